"""The places of a form: what stands where, and what can be named from where."""

from collections.abc import Iterator
from typing import NamedTuple

from assessor_tui.form.model import Form, Group, Node, Repeat

ROOT, GROUP, REPEAT, ROW, QUESTION = "root", "group", "repeat", "row", "question"


class Definition:
    """One place of the form: the root, a group, a repeat, the row of a repeat, or a question."""

    __slots__ = ("chain", "children", "kind", "name", "names", "node", "order", "parent", "path", "row", "scope")

    def __init__(self, kind: str, name: str, node: Node | None, parent: "Definition | None", order: int) -> None:
        self.kind = kind
        self.name = name
        self.node = node
        self.parent = parent
        self.order = order
        """Place in document order."""
        self.children: list[Definition] = []
        self.row: Definition | None = None
        """Of a repeat: the definition of its rows."""
        self.names: dict[str, Definition] = {}
        """Of the root, a row and a group: everything inside by name, through groups but not into rows."""
        self.scope: Definition = self
        """The root or row it stands in; a row is its own."""
        self.chain: tuple[str, ...] = ()
        """Names of the repeats around it."""
        self.path = ""
        """Names of repeats and its own, without groups."""
        if parent is not None:
            if kind != ROW:
                self.scope = parent.scope
                self.chain = self.scope.chain
                self.path = "/".join((*self.chain, name))
            else:
                self.chain = (*parent.chain, name)
                self.path = parent.path

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"


class Places(NamedTuple):
    """All places of one form."""

    root: Definition
    by_path: dict[str, Definition]
    """Generic path -> group, repeat or question."""
    by_name: dict[str, list[Definition]]
    """Name -> everything that has it."""


def places_of(form: Form) -> Places:
    """The places of ``form``."""
    places = Places(Definition(ROOT, "", None, None, 0), {}, {})
    _define(form.children, places.root, places, 0)
    return places


def _define(children: tuple[Node, ...], parent: Definition, places: Places, order: int) -> int:
    for node in children:
        order += 1
        kind = GROUP if isinstance(node, Group) else REPEAT if isinstance(node, Repeat) else QUESTION
        definition = Definition(kind, node.name, node, parent, order)
        parent.children.append(definition)
        around: Definition | None = parent
        while around is not None:
            around.names.setdefault(node.name, definition)
            around = around.parent if around.kind == GROUP else None
        places.by_path.setdefault(definition.path, definition)
        places.by_name.setdefault(node.name, []).append(definition)
        if isinstance(node, Group):
            order = _define(node.children, definition, places, order)
        elif isinstance(node, Repeat):
            definition.row = Definition(ROW, node.name, node, definition, order)
            order = _define(node.children, definition.row, places, order)
    return order


def walk(definition: Definition) -> Iterator[Definition]:
    """The definition and everything inside it, in document order."""
    waiting = [definition]
    while waiting:
        here = waiting.pop()
        yield here
        if here.row is not None:
            waiting.append(here.row)
        waiting.extend(reversed(here.children))


def common(one: Definition, other: Definition) -> Definition:
    """The innermost root or row that both stand in."""
    a, b = one.scope, other.scope
    while a is not b:
        if len(a.chain) >= len(b.chain):
            a = outside(a)
        else:
            b = outside(b)
    return a


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
