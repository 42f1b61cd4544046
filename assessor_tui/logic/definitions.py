"""The places of a form: what stands where, and what can be named from where."""

from collections.abc import Iterator
from typing import NamedTuple

from assessor_tui.form.model import Form, Group, Node, Repeat
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Call, inside, parse

ROOT, GROUP, REPEAT, ROW, QUESTION = "root", "group", "repeat", "row", "question"


class Definition:
    """One place of the form: the root, a group, a repeat, the row of a repeat, or a question."""

    __slots__ = ("chain", "children", "key", "kind", "name", "names", "node", "order", "parent", "path", "row", "scope")

    def __init__(self, kind: str, key: str, node: Node | None, parent: "Definition | None", order: int) -> None:
        self.kind = kind
        self.key = key
        """Its name among the answers: paths are made of it."""
        self.name = (node.called if node is not None else "") or key
        """What expressions call it; two groups may each have one of that name."""
        self.node = node
        self.parent = parent
        self.order = order
        """Place in document order."""
        self.children: list[Definition] = []
        self.row: Definition | None = None
        """Of a repeat: the definition of its rows."""
        self.names: dict[str, Definition] = {}
        """Of the root, a row and a group: everything inside by name, through groups but not into rows; of several with
        one name what stands directly inside, else the first."""
        self.scope: Definition = self
        """The root or row it stands in; a row is its own."""
        self.chain: tuple[str, ...] = ()
        """Keys of the repeats around it."""
        self.path = ""
        """Keys of repeats and its own, without groups."""
        if parent is not None:
            if kind != ROW:
                self.scope = parent.scope
                self.chain = self.scope.chain
                self.path = "/".join((*self.chain, key))
            else:
                self.chain = (*parent.chain, key)
                self.path = parent.path

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"


class Places(NamedTuple):
    """All places of one form."""

    root: Definition
    by_path: dict[str, Definition]
    """Generic path -> group, repeat or question."""
    by_name: dict[str, list[Definition]]
    """Name, as expressions call it or of its own -> everything that has it."""


def places_of(form: Form) -> Places:
    """The places of ``form``."""
    root = Definition(ROOT, "", None, None, 0)
    root.name = form.root
    places = Places(root, {}, {})
    order = 0
    waiting: list[tuple[Node, Definition]] = [(node, root) for node in reversed(form.children)]
    while waiting:
        node, parent = waiting.pop()
        order += 1
        kind = GROUP if isinstance(node, Group) else REPEAT if isinstance(node, Repeat) else QUESTION
        definition = Definition(kind, node.name, node, parent, order)
        parent.children.append(definition)
        places.by_path.setdefault(definition.path, definition)
        for name in {definition.name, definition.key}:
            places.by_name.setdefault(name, []).append(definition)
        inside = definition
        if isinstance(node, Repeat):
            inside = definition.row = Definition(ROW, node.name, node, definition, order)
        if isinstance(node, Group | Repeat):
            waiting.extend((child, inside) for child in reversed(node.children))
    _name(root)
    return places


def _name(root: Definition) -> None:
    """Gives every place the names inside it, innermost first."""
    for definition in reversed(list(walk(root))):
        if definition.kind in (QUESTION, REPEAT):
            continue
        for child in definition.children:
            definition.names.setdefault(child.name, child)
        for child in definition.children:
            if child.kind == GROUP:
                for name, inner in child.names.items():
                    definition.names.setdefault(name, inner)


def walk(definition: Definition) -> Iterator[Definition]:
    """The definition and everything inside it, in document order."""
    waiting = [definition]
    while waiting:
        here = waiting.pop()
        yield here
        if here.row is not None:
            waiting.append(here.row)
        waiting.extend(reversed(here.children))


def asks_each_row(node: Node | None) -> bool:
    """True when the relevance of a repeat differs from row to row: it asks for the row's own number."""
    if not isinstance(node, Repeat) or "position" not in node.relevant:
        return False
    try:
        tree = parse(node.relevant)
    except ExpressionError:
        return False
    return any(isinstance(here, Call) and here.name == "position" and not here.arguments for here in inside(tree))


def common(one: Definition, other: Definition) -> Definition:
    """The innermost root or row that both stand in."""
    a, b = one.scope, other.scope
    while a is not b:
        if len(a.chain) >= len(b.chain):
            a = outside(a)
        else:
            b = outside(b)
    return a


def kinship(one: Definition, other: Definition) -> int:
    """How many groups and rows both stand in."""
    mine = set(_within(one))
    return sum(1 for around in _within(other) if around in mine)


def _within(definition: Definition) -> Iterator[Definition]:
    around = definition.parent
    while around is not None:
        yield around
        around = around.parent


def outside(row: Definition) -> Definition:
    """The root or row around a row."""
    assert row.parent is not None
    return row.parent.scope


def top(definition: Definition) -> Definition:
    """The root of its form."""
    while definition.parent is not None:
        definition = definition.parent
    return definition


def repeats_around(definition: Definition) -> Iterator[Definition]:
    """The repeats it stands in, innermost first."""
    row = definition.scope
    while row.parent is not None:
        yield row.parent
        row = row.parent.scope
