"""Any XML text as nodes that expressions can walk, for the cases only: namespaces, doctypes and HTML included."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.parsers import expat

from assessor_tui.logic.closures import Built, as_kind, build, nodes_of
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Call, Path, Reference, Step, Tree
from assessor_tui.logic.values import Closure, Element, ErrorValue, Node, Scope


class _Open:
    """An element whose end has not been read yet."""

    __slots__ = ("inside", "marks", "name", "words")

    def __init__(self, name: str) -> None:
        self.name = name
        self.inside: list[Element] = []
        self.marks: list[Element] = []
        self.words: list[str] = []


class Document(NamedTuple):
    """A document and the way to its nodes."""

    root: Element
    doctype: bool
    """True when a doctype counts as the first child of the document, as the cases have it."""

    def at(self, road: str) -> Node:
        """The node at an index path such as ``/0/2/@name``; ``/`` is the document."""
        node: Node = self.root
        for step in filter(None, road.split("/")):
            if step.startswith("@"):
                node = next(mark for mark in node.attributes() if mark.name == step[1:])
            else:
                node = node.children()[int(step) - (self.doctype and node is self.root)]
        return node

    def indexes(self, node: Node) -> str:
        """The index path of a node, as ``at`` reads it."""
        steps: list[str] = []
        while node.parent is not None:
            around = node.parent
            if any(mark is node for mark in around.attributes()):
                steps.append(f"@{node.name}")
            else:
                at = next(at for at, other in enumerate(around.children()) if other is node)
                steps.append(str(at + (self.doctype and around is self.root)))
            node = around
        return "/" + "/".join(reversed(steps))


def names_path(node: Node) -> str:
    """The path of a node by names, each with its number: ``/data[1]/path[3]``."""
    steps: list[str] = []
    while node.parent is not None:
        steps.append(f"{node.name}[{node.position()}]")
        node = node.parent
    return "/" + "/".join(reversed(steps))


def document(text: str) -> Document:
    """The document that ``text`` spells; one without nodes for a blank text."""
    waiting = [_Open("")]
    words: list[str] = []
    doctypes: list[str] = []

    def close() -> Element:
        done = waiting.pop()
        return Element(done.name, "".join(done.words), tuple(done.inside), tuple(done.marks))

    def flush() -> None:
        if words:
            word = "".join(words)
            words.clear()
            waiting[-1].inside.append(Element("text()", word))
            for around in waiting:
                around.words.append(word)

    def start(name: str, marks: list[str]) -> None:
        flush()
        opened = _Open(name)
        for key, value in zip(marks[::2], marks[1::2], strict=True):
            if key != "xmlns" and not key.startswith("xmlns:"):
                opened.marks.append(Element(key, value))
        waiting.append(opened)

    def end(_: str) -> None:
        flush()
        done = close()
        waiting[-1].inside.append(done)

    def comment(said: str) -> None:
        flush()
        waiting[-1].inside.append(Element("comment()", said))

    def instruction(target: str, said: str) -> None:
        flush()
        waiting[-1].inside.append(Element(f"processing-instruction('{target}')", said))

    if text.strip():
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = words.append
        parser.CommentHandler = comment
        parser.ProcessingInstructionHandler = instruction
        parser.StartDoctypeDeclHandler = lambda *_: doctypes.append("")
        parser.Parse(text, True)
    return Document(close(), bool(doctypes))


class DocumentNames:
    """What names and calls mean in a document that is no form of ours.

    In one that is a whole ODK XForm, absolute paths lead into its primary instance, ``instance()`` and ``pulldata()``
    into the others, and ``jr:itext()`` into the texts of its default language.
    """

    def __init__(self, here: Document) -> None:
        models = [node for node in _inside(here.root, "model") if node.parent is not None and _is_head(node.parent)]
        self.root = here.root
        self.instances = [node for model in models for node in model.children() if node.name == "instance"]
        self.translations = [node for model in models for node in _inside(model, "translation")]

    def reference(self, tree: Reference) -> Built:
        raise ExpressionError("form.unknown_name", tree.start, tree.name)

    def path(self, _: Path) -> None:
        return None

    def beginning(self, tree: Path) -> tuple[Closure | None, tuple[Step, ...]]:
        named = {node.name for node in self.root.children()} if self.instances else set()
        if not self.instances or (tree.steps and tree.steps[0].test in named):
            return None, tree.steps
        primary = self.instances[0]
        return (lambda _: [primary]), tree.steps

    def place(self, _: Call) -> None:
        """A document has no rows of its own."""

    def is_single(self, _: Path) -> bool:
        return False

    def within(self, _: Tree) -> "DocumentNames":
        return self

    def unknown(self, error: ExpressionError) -> Built:
        value = ErrorValue(error.reason)
        return Built(lambda _: value, "v")

    def call(self, tree: Call) -> Built | None:
        if tree.name == "indexed-repeat" and len(tree.arguments) % 2:
            return self._indexed(tree)
        texts = [as_kind(build(each, self), "t") for each in tree.arguments]
        if tree.name == "instance":
            return Built(lambda scope: self._instance(texts[0](scope)), "s")
        if tree.name == "pulldata":
            return Built(lambda scope: self._pulled(*(text(scope) for text in texts)), "t")
        if tree.name == "jr:itext":
            return Built(lambda scope: self._said(texts[0](scope)), "t")
        return None

    def _indexed(self, tree: Call) -> Built:
        wanted = nodes_of(tree.arguments[0], self)
        repeats = [
            (nodes_of(tree.arguments[at], self), as_kind(build(tree.arguments[at + 1], self), "n"))
            for at in range(1, len(tree.arguments), 2)
        ]

        def nodes(scope: Scope) -> list[Node]:
            found: list[Node] = wanted(scope)
            for repeat, number in repeats:
                at = number(scope)
                rows = [row for row in repeat(scope) if row.position() == at]
                found = [node for node in found if any(above is row for above in _around(node) for row in rows)]
            return found[:1]

        return Built(nodes, "s")

    def _instance(self, name: str) -> list[Node]:
        return [node for node in self.instances if _mark(node, "id") == name]

    def _pulled(self, name: str, column: str, key: str, value: str) -> str:
        for instance in self._instance(name):
            for item in _inside(instance, "item"):
                if item.text_of(key) == value:
                    return item.text_of(column)
        return ""

    def _said(self, key: str) -> str:
        spoken = [each for each in self.translations if any(mark.name == "default" for mark in each.attributes())]
        for translation in spoken or self.translations[:1]:
            for text in translation.named("text"):
                if _mark(text, "id") == key:
                    plain = [value for value in text.named("value") if not value.attributes()]
                    return plain[0].value if plain else ""
        return ""


def _inside(node: Node, name: str) -> Iterator[Node]:
    waiting: list[Node] = list(reversed(node.children()))
    while waiting:
        here = waiting.pop()
        if here.name == name:
            yield here
        waiting.extend(reversed(here.children()))


def _around(node: Node) -> Sequence[Node]:
    found: list[Node] = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def _is_head(node: Node) -> bool:
    return node.name.rpartition(":")[2] == "head"


def _mark(node: Node, name: str) -> str:
    return next((mark.value for mark in node.attributes() if mark.name == name), "")
