"""The expressions of an XForm, as texts of ours: paths stay, the filling before becomes ``${last-saved#name}``."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from assessor_tui.form.markup import Element
from assessor_tui.form.model import Instance as Table
from assessor_tui.interop.xform_lists import Lists
from assessor_tui.interop.xform_notes import Notes
from assessor_tui.interop.xform_texts import Texts, text_id
from assessor_tui.interop.xform_tree import Instance, Node, walk
from assessor_tui.logic.lexer import MAX_LENGTH
from assessor_tui.logic.spelling import output_of, unescape

_LAST = re.compile(r"instance\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)((?:\s*/\s*[A-Za-z_][\w.:-]*)+)")
_PULLED = re.compile(r"pulldata\(\s*(?:'([^']*)'|\"([^\"]*)\")")
_NAME = re.compile(r"[A-Za-z_][\w.:-]*\Z")
_PART = re.compile(
    r"""'[^']*'|"[^"]*"|\[|\]|(?P<lead>[ ]{0,4})(?<![\w.:)\]/$-])(?P<path>"""
    r"""(?:/[A-Za-z_][\w.:-]*)+|(?:current\(\)/)?(?:\.\./){1,30}[A-Za-z_][\w.:-]*(?:/[A-Za-z_][\w.:-]*){0,30}"""
    r""")(?![\w.:-]|\s*[\[/(])(?P<trail>[ ]{0,4})"""
)
_ENDS_A_PATH = frozenset(")]")
"""What stands before a path that is not absolute, as in ``instance('towns') /root``."""


class Expressions:
    """What is known of all expressions of the form."""

    __slots__ = ("_names", "_texts", "instance", "lists", "notes")

    def __init__(self, instance: Instance, lists: Lists, notes: Notes) -> None:
        self.instance, self.lists, self.notes = instance, lists, notes
        self._names = Counter(node.name for node in walk(instance.root))
        self._texts: list[tuple[str, Element]] = list(self._all())

    def _all(self) -> Iterator[tuple[str, Element]]:
        for node in walk(self.instance.root):
            yield from node.binds.values()
            for _, value, _, element in node.actions:
                yield value, element
            if node.control is not None:
                for element in (node.control, *node.control.elements()):
                    yield from ((text, element) for text in element.attributes.values() if "(" in text)

    def mention(self, word: str) -> bool:
        """True when an expression other than the label of an itemset holds the word."""
        whole = re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])")
        return any(word in text and whole.search(text) for text, _ in self._texts)

    def of(self, node: Node, name: str) -> str:
        """The expression that a bind gives a node; ``""`` for none."""
        return self.ours(node.bind(name), node.binds[name][1] if name in node.binds else None, node)

    def ours(self, text: str, at: Element | None, context: Node, *, of_choices: bool = False) -> str:
        """An expression with names for paths and for the filling before, where these say the same.

        ``context``: where it stands; ``of_choices``: it is seen from a choice, so that ``../x`` is a matter of its own.
        """
        return self._with_names(self._with_last(text, at), context, of_choices)

    def _with_names(self, text: str, context: Node, of_choices: bool) -> str:
        """Paths to questions as ``${name}``: people read the expression in a checklist.

        Paths inside brackets stay, because what a name means there is a matter of its own.
        """
        if "/" not in text or len(text) > MAX_LENGTH:
            return text
        depth = 0

        def named(hit: re.Match[str]) -> str:
            nonlocal depth
            if hit["path"] is None:
                depth += {"[": 1, "]": -1}.get(hit[0], 0)
                return hit[0]
            before, after = text[hit.start() - 1 : hit.start()], text[hit.end() : hit.end() + 1]
            node = None if depth or before in _ENDS_A_PATH else self._meant(hit["path"], context, of_choices)
            if node is None:
                return hit[0]
            # XLSForm's reader puts blanks around every path; they would be more with each round trip.
            lead = " " if hit["lead"] and before not in ("", "(") else ""
            return f"{lead}{self.name(node)}{' ' if hit['trail'] and after not in ('', ')', ',') else ''}"

        return _PART.sub(named, text)

    def _meant(self, path: str, context: Node, of_choices: bool) -> Node | None:
        """The question or repeat that a name can stand for instead of the path."""
        if path[0] == "/":
            node = self.instance.by_path.get(path)
            if node is not None and node.kind == "repeat":
                # Inside a repeat its path means the own row, its name all rows.
                return None if context is node or context.path.startswith(f"{node.path}/") else node
        elif of_choices and path[0] == ".":
            return None
        else:
            node, _ = self.instance.find(path, context)
        return node if node is not None and not node.children and node.kind in ("", "question") else None

    def _with_last(self, text: str, at: Element | None) -> str:
        if not self.lists.last_saved or "instance" not in text:
            return text

        def named(hit: re.Match[str]) -> str:
            if (hit[1] if hit[1] is not None else hit[2]) not in self.lists.last_saved:
                return hit[0]
            node, _ = self.instance.find("".join(hit[3].split()), self.instance.root)
            if node is None or self._names[node.name] > 1:
                self.notes.warn("xform.last_saved", at, expression=hit[0][:200])
                return hit[0]
            return f"${{last-saved#{node.name}}}"

        return _LAST.sub(named, text)

    def name(self, node: Node) -> str:
        """How a question is named in an expression: ``${name}``, or its path where several have the name."""
        if self._names[node.name] == 1 and _NAME.match(node.name):
            return f"${{{node.name}}}"
        return node.path

    def output(self, context: Node) -> Callable[[str, Element], str]:
        """What stands in texts at ``context`` for the expressions of outputs."""

        def written(expression: str, element: Element) -> str:
            if not expression:
                self.notes.warn("xform.empty_output", element, context.path)
                return ""
            if "&" in expression:
                # Written by a program that escapes once too often; no expression has such a letter.
                expression = unescape(expression)
            found, predicates = self.instance.find(expression, context)
            if found is not None and not predicates and not found.children:
                name = self.name(found)
                if name.startswith("$"):
                    return name
            return output_of(self.ours(expression, element, context))

        return written

    def pulled(self, files: Callable[[str], bytes | None]) -> dict[str, Table]:
        """The files that ``pulldata('name', ...)`` reads, by name."""
        found: dict[str, Table] = {}
        for text, element in self._texts:
            if "pulldata" not in text:
                continue
            for hit in _PULLED.finditer(text):
                name = hit[1] if hit[1] is not None else hit[2]
                if name and name not in found and name not in self.lists.tables and name not in self.lists.choices:
                    found[name] = self.lists.external(f"jr://file-csv/{name}.csv", element)
        return found

    def itext(self, texts: Texts, looked_up: bool) -> dict[str, dict[str, str]]:
        """Id -> texts that expressions look up with ``jr:itext()`` while the form is filled.

        ``looked_up``: True when choices are called so, too.
        """
        if not looked_up and not any(self._looks_up(text, element) for text, element in self._texts):
            return {}
        output = self.output(self.instance.root)
        return {each: dict(texts.by_id(each, output).text) for each in texts.found}

    @staticmethod
    def _looks_up(text: str, element: Element) -> bool:
        """True for ``jr:itext()`` inside an expression; a message that is nothing else was looked up on import."""
        return element.name in ("bind", "setvalue", "itemset") and "jr:itext(" in text and text_id(text) is None
