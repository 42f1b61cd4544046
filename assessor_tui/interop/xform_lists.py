"""The lists of an XForm: its secondary instances, and what an ``itemset`` offers out of them or out of nodes."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from assessor_tui.form.markup import Element, spell_markup
from assessor_tui.form.model import Choice, Instance
from assessor_tui.interop.xform_notes import Notes, attribute
from assessor_tui.interop.xform_texts import Output, Texts, text_id
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.lists import columns_chosen
from assessor_tui.logic.parser import Call, Number, Path, Text, Tree, parse

Files = Callable[[str], bytes | None]

MOST_CELLS = 4_000_000
"""Of a table; what is sparser than that stays a document."""

ITEMSET = "itemset"
"""``list_name`` of a question whose choices are nodes."""


class Itemset(NamedTuple):
    """Where the choices of a select come from, in the columns of a question."""

    list_name: str
    choice_filter: str = ""
    itemset: str = ""
    parameters: str = ""


class Asked(NamedTuple):
    """An ``itemset`` element taken apart."""

    instance: str
    """Id of the secondary instance of which all ``root/item`` are offered; ``""`` when it is anything else."""
    choice_filter: str
    nodes: str
    """The expression of the nodes, without ``randomize``."""
    value: str
    label: str
    shuffled: bool
    seed: str


def asked_of(element: Element) -> Asked | None:
    """What an ``itemset`` element offers; None when its expression cannot be read."""
    nodeset = (attribute(element, "nodeset") or "").strip()
    value, label = element.first("value"), element.first("label")
    value_ref = (attribute(value, "ref") or "").strip() if value is not None else ""
    label_ref = (attribute(label, "ref") or "").strip() if label is not None else ""
    try:
        tree = parse(nodeset)
    except ExpressionError:
        return None
    shuffled, seed = False, ""
    if isinstance(tree, Call) and tree.name == "randomize" and tree.arguments:
        shuffled = True
        parts = arguments_of(nodeset)
        nodeset, seed = parts[0], ",".join(parts[1:]).strip()
        tree = tree.arguments[0]
    instance, choice_filter = _items_of(tree, nodeset)
    return Asked(instance, choice_filter, nodeset, value_ref, label_ref, shuffled, seed)


def _items_of(tree: Tree, text: str) -> tuple[str, str]:
    """Id and filter of ``instance('id')/root/item[filter]``; ``""`` twice for anything else."""
    if not isinstance(tree, Path) or not isinstance(tree.origin, Call) or tree.origin.name != "instance":
        return "", ""
    arguments, steps = tree.origin.arguments, tree.steps
    if len(arguments) != 1 or not isinstance(arguments[0], Text) or [step.test for step in steps] != ["root", "item"]:
        return "", ""
    if steps[0].predicates or any(step.axis != "child" for step in steps):
        return "", ""
    filters = predicates_of(text)
    if len(filters) != len(steps[1].predicates):
        return "", ""
    if any(_counts(each) for each in steps[1].predicates):
        return "", ""
    if len(filters) > 1:
        return arguments[0].value, " and ".join(f"({each})" for each in filters)
    return arguments[0].value, "".join(filters)


def _counts(tree: Tree) -> bool:
    """True for a predicate that is a place rather than a condition, as ``[3]`` or ``[position() = 3]``."""
    return isinstance(tree, Number) or "Call(name='position', arguments=()" in repr(tree) or "'last'" in repr(tree)


def predicates_of(text: str) -> list[str]:
    """The texts between the outermost ``[`` and ``]``, in their order; quotes are heeded."""
    found, depth, start, quote = [], 0, 0, ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "[":
            depth += 1
            start = at + 1 if depth == 1 else start
        elif character == "]":
            depth -= 1
            if depth == 0:
                found.append(text[start:at].strip())
    return found


def arguments_of(text: str) -> list[str]:
    """The texts of the arguments of the one call that ``text`` is."""
    inside = text[text.index("(") + 1 : text.rindex(")")]
    parts, depth, start, quote = [], 0, 0, ""
    for at, character in enumerate(inside):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(inside[start:at].strip())
            start = at + 1
    return [*parts, inside[start:].strip()]


class Lists:
    """The secondary instances of a form, and the lists that its selects get."""

    __slots__ = ("choices", "elements", "files", "inline", "last_saved", "notes", "tables", "texts")

    def __init__(self, model: Element, texts: Texts, files: Files, notes: Notes) -> None:
        self.notes, self.texts, self.files = notes, texts, files
        self.elements: dict[str, Element] = {}
        """Id -> ``instance`` element."""
        self.tables: dict[str, Instance] = {}
        """Id -> what it holds."""
        self.last_saved: set[str] = set()
        """Ids of instances that are the filling of the visit before."""
        self.choices: dict[str, tuple[Choice, ...]] = {}
        self.inline: dict[tuple[object, ...], str] = {}
        """What a list says -> its name, so that equal lists are one."""
        for element in list(model.elements("instance"))[1:]:
            self._read(element)

    def _read(self, element: Element) -> None:
        name = (attribute(element, "id") or "").strip()
        source = (attribute(element, "src") or "").strip()
        inside = next(element.elements(), None)
        if not name:
            self.notes.warn("xform.instance_without_id", element)
        elif name in self.elements:
            self.notes.problem("xform.instance_twice", element, id=name)
        elif source == "jr://instance/last-saved":
            self.last_saved.add(name)
        else:
            self.elements[name] = element
            if source and inside is None:
                self.tables[name] = self.external(source, element)
            else:
                self.tables[name] = table_of(inside) if inside is not None else Instance()

    def external(self, source: str, at: Element) -> Instance:
        """What the file of a ``src`` holds; an empty table with its name when it is not there."""
        file = source.rpartition("/")[2]
        if not source.startswith(("jr://file/", "jr://file-csv/")):
            self.notes.warn("xform.source", at, source=source)
            return Instance(source=file)
        data = self.files(file)
        if data is None:
            self.notes.warn("xform.no_file", at, file=file)
            return Instance(source=file)
        from assessor_tui.interop.choice_files import read_choice_file

        read = read_choice_file(data, file)
        self.notes.problems += read.problems
        self.notes.warnings += read.warnings
        return read.instance or Instance(source=file)

    # Lists of selects

    def inline_list(self, items: Iterable[tuple[str, Mapping[str, str]]], name: str) -> str:
        """The name of the list with these values and labels: ``name``, or that of an equal list."""
        choices = tuple(Choice(value, label) for value, label in items)
        key = tuple((choice.name, tuple(choice.label.items())) for choice in choices)
        if key not in self.inline:
            number, free = 2, name
            while free in self.choices or free in self.elements:
                free, number = f"{name}.{number}", number + 1
            self.inline[key] = free
            self.choices[free] = choices
        return self.inline[key]

    def itemset(self, asked: Asked, tables: Mapping[str, tuple[str, str]]) -> Itemset:
        """The columns that make a select offer this.

        ``tables``: id -> columns of value and label, of the instances that are lists of choices.
        """
        parameters = []
        if asked.shuffled:
            parameters.append("randomize=true")
            if asked.seed:
                parameters.append(f"seed={''.join(asked.seed.split())}")
        if asked.instance in tables:
            return Itemset(asked.instance, asked.choice_filter, "", " ".join(parameters))
        table = self.tables.get(asked.instance)
        value = []
        if table is None or table.document or (asked.value, asked.label) != columns_chosen(table, {}):
            value = [f"value={asked.value or 'name'}", f"label={asked.label or asked.value or 'label'}"]
        if table is not None and not table.document and _COLUMN.match(asked.value) and _COLUMN.match(asked.label):
            return Itemset(asked.instance, asked.choice_filter, "", " ".join((*parameters, *value)))
        return Itemset(ITEMSET, "", asked.nodes, " ".join((*parameters, *value)))

    def as_choices(
        self, uses: Mapping[str, set[tuple[str, str]]], mentioned: Callable[[str], bool], output: Output
    ) -> dict[str, tuple[str, str]]:
        """Makes choice lists of the tables that can be one; id -> columns of their value and label.

        Such a table stands in the form itself and is always used with the same columns: texts in several languages
        need a list of choices, and people read one more easily. ``uses``: id -> (value, label) of its itemsets;
        ``mentioned``: whether any expression holds a word; ``output``: what stands for outputs in their labels.
        """
        made = {}
        for name, columns in uses.items():
            table = self.tables.get(name)
            if table is None or table.source or table.document or len(columns) != 1:
                continue
            value, label = next(iter(columns))
            by_id = _column_of_itext(label)
            shown = by_id or label
            clash = (value != "name" and "name" in table.columns) or (shown != "label" and "label" in table.columns)
            if value not in table.columns or clash or (shown and shown not in table.columns):
                continue
            if not all(row[table.columns.index(value)] for row in table.rows):
                continue
            named = {"name", "label", *(each for each in {value, shown} if not mentioned(each))}
            self.choices[name] = tuple(
                self._choice(dict(zip(table.columns, row, strict=True)), value, shown, named, output if by_id else None)
                for row in table.rows
            )
            del self.tables[name]
            made[name] = (value, label)
        return made

    def _choice(
        self, cells: Mapping[str, str], value: str, shown: str, named: set[str], by_id: Output | None
    ) -> Choice:
        """A row as a choice; ``named``: the columns that need not be kept beside its name and label; ``by_id``: given
        when its label is the id of a text."""
        said = cells.get(shown, "")
        label = self.texts.everywhere(said)
        if by_id is not None and said in self.texts.found:
            label = self.texts.by_id(said, by_id).text
        extra = {column: cell for column, cell in cells.items() if cell and column not in named}
        return Choice(cells[value], label, extra)


_COLUMN = re.compile(r"(?:\./)?[^\W\d][\w.:-]*\Z|\Z")
"""The column of a list, rather than an expression seen from its rows."""
_ITEXT_COLUMN = re.compile(r"jr:itext\(\s*([\w.-]+)\s*\)\Z")


def _column_of_itext(label: str) -> str:
    found = _ITEXT_COLUMN.match(label)
    return found[1] if found and text_id(label) is None else ""


def table_of(root: Element) -> Instance:
    """The instance as a table when it is ``root`` with ``item`` elements of plain texts, else as a document."""
    rows = list(root.elements())
    columns: dict[str, int] = {}
    flat = root.name == "root" and not root.attributes and not root.text.strip()
    for row in rows if flat else ():
        names = [cell.written for cell in row.elements()]
        flat = (
            row.written == "item"
            and not row.attributes
            and len(set(names)) == len(names)
            and not row.text.strip()
            and all(not cell.attributes and next(cell.elements(), None) is None for cell in row.elements())
        )
        if not flat:
            break
        for name in names:
            columns.setdefault(name, len(columns))
    if not flat or len(columns) * len(rows) > MOST_CELLS:
        return Instance(document=spell_markup(root))
    table = []
    for row in rows:
        cells = [""] * len(columns)
        for cell in row.elements():
            cells[columns[cell.written]] = cell.text.strip()
        table.append(tuple(cells))
    return Instance("", tuple(columns), tuple(table))
