"""The places of a filling: questions, groups, repeats and rows as they stand."""

from collections.abc import Iterator, Sequence

from assessor_tui.form.model import Choice, Question, Repeat
from assessor_tui.ledger.value import Value
from assessor_tui.logic import values
from assessor_tui.logic.definitions import QUESTION, REPEAT, ROW, Definition
from assessor_tui.logic.views import MISSING, QuestionState
from assessor_tui.problem import Problem

MANY = 32
"""Rows from which on it is remembered which of them say what."""


class Node(values.Node):
    """A group of one row, and what all nodes of a filling share."""

    __slots__ = ("around", "definition", "own_read_only", "own_relevant", "path", "scope")

    def __init__(self, definition: Definition, parent: "Node | None", path: str) -> None:
        self.definition = definition
        self.name = definition.name
        self.around = parent
        """The node around it; the repeat, of a row."""
        # Expressions do not see repeats, only their rows.
        self.parent = parent.parent if isinstance(parent, Container) else parent
        self.path = path
        self.value = ""
        self.own_relevant = True
        self.own_read_only = False
        self.relevant = parent is None or parent.relevant
        if parent is not None:
            self.scope: Scoped = parent.scope

    def children(self) -> Sequence[values.Node]:
        """Relevant nodes directly inside: rows stand where their repeat does."""
        found: list[Node] = []
        for child in self.definition.children:
            if child.kind == REPEAT:
                container = self.scope.containers[child.key]
                if container.relevant:
                    found.extend(row for row in container.rows if row.relevant)
            elif (node := self.scope.members[child.key]).relevant:
                found.append(node)
        return found

    def named(self, name: str) -> Sequence[values.Node]:
        """Relevant nodes of that name inside, through groups."""
        target = self.definition.names.get(name)
        if target is None:
            return ()
        if target.kind == REPEAT:
            container = self.scope.containers[target.key]
            return [row for row in container.rows if row.relevant] if container.relevant else ()
        node = self.scope.members[target.key]
        return (node,) if node.relevant else ()


class Leaf(Node):
    """A question of one row."""

    __slots__ = ("offered", "problems", "required", "seen", "status", "stored", "text")

    def __init__(self, definition: Definition, parent: Node, path: str) -> None:
        super().__init__(definition, parent, path)
        self.status = MISSING
        self.stored: Value | None = None
        self.text = ""
        """What expressions see while the question is relevant."""
        self.required = False
        self.problems: tuple[Problem, ...] = ()
        self.seen: QuestionState | None = None
        """How it stood when somebody last looked, until something of it changes."""
        self.offered: tuple[str, Sequence[Choice]] | None = None
        """(language, what could be chosen when somebody last looked), until something that decides about it changes."""

    def forget(self) -> None:
        """Nothing; its value is another one, so what its repeat remembers of it does not hold."""
        container = self.scope.container
        if container is not None and container.said:
            container.said.pop(self.definition.key, None)

    @property
    def question(self) -> Question:
        """What is asked."""
        assert isinstance(self.definition.node, Question)
        return self.definition.node


class Container(Node):
    """A repeat of one row: its rows."""

    __slots__ = ("problems", "rows", "said")

    def __init__(self, definition: Definition, parent: Node, path: str) -> None:
        super().__init__(definition, parent, path)
        self.rows: list[Scoped] = []
        self.said: dict[str, dict[str, list[values.Node]]] = {}
        """Question of its rows -> value -> rows that say it; until a value of that question changes."""
        self.problems: tuple[Problem, ...] = ()

    @property
    def repeat(self) -> Repeat:
        """What is asked once per row."""
        assert isinstance(self.definition.node, Repeat)
        return self.definition.node


class Scoped(Node):
    """The root, or a row: everything in it by name."""

    __slots__ = ("container", "containers", "index", "members", "outer", "row_id")

    def __init__(self, definition: Definition, container: Container | None, path: str, row_id: str = "") -> None:
        super().__init__(definition, container, path)
        self.scope = self
        self.container = container
        self.outer = container.scope if container is not None else None
        self.row_id = row_id
        self.index = 0
        self.members: dict[str, Node] = {}
        """Groups and questions, not those of inner rows."""
        self.containers: dict[str, Container] = {}

    def text_of(self, name: str) -> str:
        """Value of a question of the row, by name."""
        return self.members[self.definition.names[name].key].value

    def among(self, nodes: Sequence[values.Node], name: str, text: str) -> list[values.Node]:
        """Those of ``nodes``, rows of one repeat, whose question of that name has this value.

        A register in which every row looks at all others asks this a million times, so of all rows of a repeat it is
        remembered which of them say what.
        """
        last = nodes[-1]
        container = self.container
        key = self.definition.names[name].key
        if (
            len(nodes) < MANY
            or container is None
            or len(nodes) != len(container.rows)
            or not isinstance(last, Scoped)
            or last.container is not container
        ):
            return [row for row in nodes if row.members[key].value == text]  # type: ignore[attr-defined]
        said = container.said.get(key)
        if said is None:
            said = container.said[key] = {}
            for row in container.rows:
                said.setdefault(row.members[key].value, []).append(row)
        return said.get(text, [])

    def beside(self, places: int) -> "Scoped | None":
        """The row so many places after this one, if there is one."""
        at = self.index + places
        rows = self.container.rows if self.container is not None else []
        return rows[at] if 0 <= at < len(rows) else None

    def position(self) -> int:
        """The number of the row, from 1."""
        return self.index + 1


def instances(definition: Definition, row: Scoped) -> Iterator[Node]:
    """All nodes of a definition below the root or a row."""
    if definition.scope is row.definition and definition.kind == QUESTION:
        # By far the commonest: what stands in the same row.
        yield row.members[definition.key]
        return
    rows = [row]
    for name in definition.scope.chain[len(row.definition.chain) :]:
        rows = [inner for around in rows for inner in around.containers[name].rows]
    if definition.kind == ROW:
        yield from rows
    elif definition.kind == REPEAT:
        for row in rows:
            yield row.containers[definition.key]
    else:
        for row in rows:
            yield row.members[definition.key]


def inside(node: Node) -> Iterator[Node]:
    """The node and everything inside it."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(directly_inside(here))


def directly_inside(node: Node) -> list[Node]:
    """Everything directly inside a node, relevant or not; repeats as themselves."""
    if isinstance(node, Container):
        return list(node.rows)
    scope = node.scope
    return [
        scope.containers[child.key] if child.kind == REPEAT else scope.members[child.key]
        for child in node.definition.children
    ]
