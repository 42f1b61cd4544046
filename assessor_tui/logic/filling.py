"""One form of a visit being answered, in memory: what is relevant, demanded, wrong and computed, after every answer.

An answer changes one node; the rules that read it run by rank, and only as far as results really change. Nothing here
recurses over dependencies, so a chain may be as long as it likes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from typing import NamedTuple

from assessor_tui.form.model import (
    SELECT_TYPES,
    SILENT_TYPES,
    Choice,
    Group,
    Question,
    Repeat,
    in_language,
)
from assessor_tui.ledger.value import Evidence, Quantity, Value, plain_decimal
from assessor_tui.logic import values
from assessor_tui.logic.compile import CompiledForm, Label, Rule
from assessor_tui.logic.definitions import GROUP, QUESTION, REPEAT, ROW, Definition, walk
from assessor_tui.logic.names import ROWS, VALUE
from assessor_tui.logic.values import Element, Scope, number_text, to_boolean, to_day, to_number, to_text
from assessor_tui.problem import Place, Problem
from assessor_tui.units import convert

MISSING, ANSWERED, NOT_APPLICABLE, TO_COME = "missing", "answered", "not applicable", "to come"

_NO_ROW = "0" * 32
"""Id of a row that stands only while its defaults are computed."""

_MANY = 32
"""Rows from which on it is remembered which of them say what."""

MAX_ROUNDS = 50
"""Rounds in which counts of rows may change each other before they are left as they stand."""
MAX_ROWS = 2_000
"""Most rows that a ``repeat_count`` creates."""
_REMEMBERED = 20_000
"""Touched paths kept for ``touched_since``; whoever has not asked for that long looks at everything again."""


class Context(NamedTuple):
    """What expressions may know beyond the answers."""

    today: str
    """The visit's date, ISO 8601."""
    language: str = "en-HK"
    seed: int = 0
    visit: str = ""
    """Id of the visit, 32 hexadecimal digits: counted rows take their ids from it."""


class QuestionState:
    """One question of one row as it stands; does not change with the filling."""

    __slots__ = ("path", "problems", "question", "read_only", "relevant", "required", "status", "value")

    def __init__(
        self,
        question: Question,
        path: str,
        status: str,
        value: Value | None,
        relevant: bool,
        required: bool,
        read_only: bool,
        problems: tuple[Problem, ...],
    ) -> None:
        self.question = question
        self.path = path
        self.status = status
        """``missing``, ``answered``, ``not applicable`` or ``to come``."""
        self.value = value
        """The stored answer, kept while the question is not relevant; the text of a calculation's result, or None."""
        self.relevant = relevant
        self.required = required
        self.read_only = read_only
        self.problems = problems
        """What is wrong with the answer, empty while the question is not relevant."""


class Item(NamedTuple):
    """One line of the walk."""

    kind: str
    """``group``, ``repeat``, ``row`` or ``question``."""
    path: str
    depth: int
    node: Group | Repeat | Question


class Changes(NamedTuple):
    """Paths that one act has touched."""

    values: frozenset[str]
    relevance: frozenset[str]
    problems: frozenset[str]
    rows: frozenset[str]
    """Repeats with a row more or less."""


class Tried(NamedTuple):
    """What a row would come to that nobody has added."""

    asked: frozenset[str]
    """Names of its questions that would be relevant."""
    wrong: tuple[tuple[str, str], ...]
    """(name of the question, ``answer.constraint`` or ``answer.warning``) of answers that would break what is said."""


class Decided(NamedTuple):
    """Paths that an answer or a row decides about, directly or through others."""

    relevance: frozenset[str]
    """Questions and repeats that it makes relevant or not; questions of rows that it makes stand or not."""
    computed: frozenset[str]
    """Questions whose result is computed from it."""
    counted: frozenset[str]
    """Repeats whose number of rows follows from it."""


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
                container = self.scope.containers[child.name]
                if container.relevant:
                    found.extend(container.rows)
            elif (node := self.scope.members[child.name]).relevant:
                found.append(node)
        return found

    def named(self, name: str) -> Sequence[values.Node]:
        """Relevant nodes of that name inside, through groups."""
        target = self.definition.names.get(name)
        if target is None:
            return ()
        if target.kind == REPEAT:
            container = self.scope.containers[name]
            return container.rows if container.relevant else ()
        node = self.scope.members[name]
        return (node,) if node.relevant else ()


class Leaf(Node):
    """A question of one row."""

    __slots__ = ("problems", "required", "seen", "status", "stored", "text")

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

    def forget(self) -> None:
        """Nothing; its value is another one, so what its repeat remembers of it does not hold."""
        container = self.scope.container
        if container is not None and container.said:
            container.said.pop(self.name, None)

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
        return self.members[name].value

    def among(self, nodes: Sequence[values.Node], name: str, text: str) -> list[values.Node]:
        """Those of ``nodes``, rows of one repeat, whose question of that name has this value.

        A register in which every row looks at all others asks this a million times, so of all rows of a repeat it is
        remembered which of them say what.
        """
        last = nodes[-1]
        container = self.container
        if (
            len(nodes) < _MANY
            or container is None
            or len(nodes) != len(container.rows)
            or not isinstance(last, Scoped)
            or last.container is not container
        ):
            return [row for row in nodes if row.members[name].value == text]  # type: ignore[attr-defined]
        said = container.said.get(name)
        if said is None:
            said = container.said[name] = {}
            for row in container.rows:
                said.setdefault(row.members[name].value, []).append(row)
        return said.get(text, [])

    def position(self) -> int:
        """The number of the row, from 1."""
        return self.index + 1


class Filling:
    """One form being answered."""

    def __init__(self, compiled: CompiledForm, context: Context) -> None:
        self.compiled = compiled
        self.context = context
        self.language = context.language
        self._elements: dict[str, list[tuple[Choice, Element]]] = {}
        self._touched: list[str] = []
        self._forgotten = 0
        self._begin({}, {})

    # What expressions may ask

    @property
    def today(self) -> str:
        """The date of the visit."""
        return self.context.today

    @property
    def seed(self) -> int:
        """Where random numbers start."""
        return self.context.seed

    def place(self, node: values.Node) -> str:
        """The path of a node."""
        return node.path if isinstance(node, Node) else ""

    def row_id(self, node: values.Node) -> str:
        """Id of the row around a node, ``""`` outside rows."""
        return node.scope.row_id if isinstance(node, Node) else ""

    def choice_label(self, node: values.Node, name: str) -> str:
        """What people read for the choice ``name`` of the question at ``node``; the name itself for an unknown one."""
        if not isinstance(node, Leaf) or not name:
            return ""
        question = node.question
        if question.rows_of:
            row = self._rows.get(name)
            return self._row_label(row) if row is not None else name
        for choice in self.compiled.form.choices.get(question.list_name, ()):
            if choice.name == name:
                return in_language(choice.label, self.language)
        return name

    # Starting

    def load(self, rows: Mapping[str, Sequence[str]], answers: Mapping[str, tuple[str, Value | None]]) -> None:
        """Starts again from what is stored.

        ``rows``: path of a repeat -> ids of its rows in order (not needed for counted repeats).
        ``answers``: path -> status and value. Answers of rows that do not stand are kept for when they do.
        Defaults are not applied: whoever opens the visit or adds a row records them once (``defaults``,
        ``row_defaults``), so that they never change by reopening.
        """
        self._begin(rows, answers)

    def _begin(self, rows: Mapping[str, Sequence[str]], answers: Mapping[str, tuple[str, Value | None]]) -> None:
        self._nodes: dict[str, Node] = {}
        self._rows: dict[str, Scoped] = {}
        self._kept: dict[str, tuple[str, Value | None]] = dict(answers)
        self._wrong: dict[str, tuple[Problem, ...]] = {}
        self._heap: list[tuple[int, int, Rule, Node]] = []
        self._queued: set[tuple[Rule, Node]] = set()
        self._tick = 0
        self._dirty: dict[Leaf | Container, None] = {}
        self._counts: dict[Container, None] = {}
        self._recounted: set[Container] = set()
        """Counted repeats that this act has begun from no row again."""
        self._triggered: dict[Leaf, None] = {}
        self._given = rows
        self._unsteady = False
        self._walked: tuple[Item, ...] | None = None
        self._forget_changes()
        self._loading = True
        self.root = Scoped(self.compiled.places.root, None, "")
        self._grow(self.root)
        self._settle()
        self._loading = False
        self._forget_changes()
        self._forgotten += len(self._touched) + 1
        self._touched.clear()

    def _grow(self, scope: Scoped) -> None:
        """Creates everything inside the root or a row."""
        prefix = f"{scope.path}/" if scope.path else ""
        waiting: list[tuple[Definition, Node]] = [(child, scope) for child in reversed(scope.definition.children)]
        containers: list[Container] = []
        while waiting:
            definition, parent = waiting.pop()
            path = prefix + definition.name
            node: Node
            if definition.kind == QUESTION:
                node = leaf = Leaf(definition, parent, path)
                scope.members[definition.name] = leaf
                self._restore(leaf)
                self._dirty[leaf] = None
            elif definition.kind == GROUP:
                node = scope.members[definition.name] = Node(definition, parent, path)
                waiting.extend((child, node) for child in reversed(definition.children))
            else:
                node = container = Container(definition, parent, path)
                scope.containers[definition.name] = container
                containers.append(container)
                self._dirty[container] = None
            self._nodes[path] = node
            for rule in self.compiled.rules_of.get(definition, {}).values():
                self._push(rule, node)
        for container in containers:
            if not container.repeat.repeat_count:
                for row_id in self._given.get(container.path, ()):
                    self._insert(container, row_id, len(container.rows))
                self._number(container)

    def _insert(self, container: Container, row_id: str, at: int) -> Scoped:
        assert container.definition.row is not None
        self._walked = None
        row = Scoped(container.definition.row, container, f"{container.path}[{row_id}]", row_id)
        container.rows.insert(at, row)
        container.said.clear()
        self._nodes[row.path] = row
        self._rows[row_id] = row
        self._grow(row)
        return row

    def _number(self, container: Container) -> None:
        for at, row in enumerate(container.rows):
            row.index = at

    def _restore(self, leaf: Leaf) -> None:
        """Gives a new node the answer that is kept for its path."""
        leaf.status, leaf.stored = self._kept.get(leaf.path, (MISSING, None))
        if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
            # Only `once` looks at what was stored; everything else is computed anew.
            leaf.text = leaf.stored if isinstance(leaf.stored, str) else ""
        else:
            leaf.text = text_of(leaf.question, leaf.stored)
        leaf.value = leaf.text if leaf.relevant else ""

    # Acts

    def set(self, path: str, value: Value | None, status: str = ANSWERED) -> Changes:
        """Stores an answer and recalculates; ``None`` with ``missing`` clears. What is wrong is stored and flagged.

        An answer to a question that is computed changes nothing.

        Raises:
            KeyError: when there is no question at ``path``.
        """
        leaf = self._leaf(path)
        self._forget_changes()
        if leaf.question.type in SILENT_TYPES or "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
            return self._changes()
        self._write(leaf, value, MISSING if value is None and status == ANSWERED else status)
        self._settle()
        return self._changes()

    def add_row(self, repeat_path: str, row_id: str, position: int = -1) -> Changes:
        """Adds a row at ``position`` (-1: at the end).

        Raises:
            KeyError: when there is no repeat at the path.
            ValueError: when the row stands already, or its rows are counted by the form.
        """
        container = self._container(repeat_path)
        if row_id in self._rows or container.repeat.repeat_count:
            raise ValueError("row cannot be added")
        self._forget_changes()
        row = self._insert(container, row_id, len(container.rows) if position < 0 else position)
        self._joined(container, row)
        self._settle()
        return self._changes()

    def remove_row(self, row_path: str) -> Changes:
        """Removes a row. Its answers are kept: adding the same row again brings them back.

        Raises:
            KeyError: when there is no row at the path.
            ValueError: when its rows are counted by the form.
        """
        row = self._nodes[row_path]
        if not isinstance(row, Scoped) or row.container is None:
            raise KeyError(row_path)
        if row.container.repeat.repeat_count:
            raise ValueError("row cannot be removed")
        self._forget_changes()
        self._drop(row)
        self._settle()
        return self._changes()

    def defaults(self) -> dict[str, Value]:
        """Path -> default of every unanswered question outside rows, to be recorded once when the visit is opened."""
        return self._defaults(self.root)

    def row_defaults(self, repeat_path: str) -> dict[str, Value]:
        """Question name -> default in a row that would be added at the end now, to be recorded with the row.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        return self.defaults_of_rows(repeat_path, 1)[0]

    def defaults_of_rows(self, repeat_path: str, count: int) -> list[dict[str, Value]]:
        """As ``row_defaults``, of each of several rows that would be added together.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        container = self._container(repeat_path)
        assert container.definition.row is not None
        if not any("default" in self.compiled.rules_of.get(inner, {}) for inner in walk(container.definition.row)):
            return [{} for _ in range(count)]
        # The rows are added for a moment, so that defaults can look at their number and at the rows before them.
        rows: list[Scoped] = []
        for number in range(count):
            rows.append(self._insert(container, f"{_NO_ROW}{number:x}"[-32:], len(container.rows)))
            self._joined(container, rows[-1])
        self._settle()
        found = [self._defaults(row) for row in rows]
        for row in reversed(rows):
            self._drop(row)
        self._settle()
        return [{path.rpartition("/")[2]: value for path, value in each.items()} for each in found]

    def _defaults(self, scope: Scoped) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for node in scope.members.values():
            rule = self.compiled.rules_of.get(node.definition, {}).get("default")
            if rule is not None and isinstance(node, Leaf) and node.stored is None:
                value = value_of(node.question, self._result(rule, node))
                if value is not None:
                    found[node.path] = value
        return found

    def set_language(self, language: str) -> None:
        """Switches the language of choice names inside expressions."""
        self.language = language
        for rule in self.compiled.rules:
            if rule.speaks:
                for node in list(self._instances(rule.definition, self.root)):
                    self._push(rule, node)
        self._forget_changes()
        self._settle()

    # Views

    def state(self, path: str) -> QuestionState:
        """The question at ``path`` as it stands.

        Raises:
            KeyError: when there is none.
        """
        leaf = self._leaf(path)
        if leaf.seen is None:
            status, value = leaf.status, leaf.stored
            if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
                value = leaf.text or None
                status = ANSWERED if leaf.text else MISSING
            leaf.seen = QuestionState(
                leaf.question, path, status, value, leaf.relevant, leaf.required, self._read_only(leaf), leaf.problems
            )
        return leaf.seen

    @property
    def moment(self) -> int:
        """A number that grows whenever something changes; for ``touched_since``."""
        return self._forgotten + len(self._touched)

    def touched_since(self, moment: int) -> Sequence[str] | None:
        """Paths of the questions and repeats of which something has changed since a ``moment``, also of those that
        are gone; None when that is too long ago to say.
        """
        return self._touched[moment - self._forgotten :] if moment >= self._forgotten else None

    def rows(self, repeat_path: str) -> tuple[str, ...]:
        """Ids of the rows, in order.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        return tuple(row.row_id for row in self._container(repeat_path).rows)

    def items(self) -> Iterator[Item]:
        """What is relevant, in document order. Calculations without a label are not shown."""
        if self._walked is None:
            self._walked = tuple(self._items(self.root, 0))
        return iter(self._walked)

    def _items(self, node: Node, depth: int) -> Iterator[Item]:
        for definition in node.definition.children:
            if definition.kind == REPEAT:
                container = node.scope.containers[definition.name]
                if container.relevant:
                    yield Item(REPEAT, container.path, depth, container.repeat)
                    for row in container.rows:
                        yield Item(ROW, row.path, depth + 1, container.repeat)
                        yield from self._items(row, depth + 2)
                continue
            child = node.scope.members[definition.name]
            if not child.relevant:
                continue
            if isinstance(definition.node, Question):
                if definition.node.type != "calculate" or definition.node.label:
                    yield Item(QUESTION, child.path, depth, definition.node)
            elif isinstance(definition.node, Group):
                yield Item(GROUP, child.path, depth, definition.node)
                yield from self._items(child, depth + 1)

    def choices(self, path: str) -> tuple[Choice, ...]:
        """What can be chosen at ``path`` now; rows of a repeat as ``Choice(row id, {language: its label})``.

        Raises:
            KeyError: when there is no question at the path.
        """
        leaf = self._leaf(path)
        offered = self._offered(leaf)
        if leaf.question.rows_of:
            return tuple(Choice(row.row_id, {self.language: self._row_label(row)}) for row in offered[0])
        return tuple(offered[1])

    def row_label(self, row_path: str) -> str:
        """What people call the row, by its ``row_label``; its number where that is blank.

        Raises:
            KeyError: when there is no row at the path.
        """
        row = self._nodes[row_path]
        if not isinstance(row, Scoped):
            raise KeyError(row_path)
        return self._row_label(row)

    def label(self, path: str, language: str) -> str:
        """The label of the group, repeat or question at ``path`` with its outputs filled in.

        Raises:
            KeyError: when nothing stands at the path.
        """
        node = self._nodes[path]
        text = getattr(node.definition.node, "label", {})
        pieces: Label | None = None
        for tag in (language, *text):
            if tag in text and in_language(text, language) == text[tag]:
                pieces = self.compiled.labels.get((node.definition, tag))
                break
        if pieces is None:
            return in_language(text, language)
        before, self.language = self.language, language
        try:
            scope = Scope(node, node, self)
            return "".join(piece if isinstance(piece, str) else piece(scope) for piece in pieces)
        finally:
            self.language = before

    def relevance_dependents(self, path: str) -> frozenset[str]:
        """Paths of the questions whose relevance depends on the one at ``path``, directly or through others.

        Raises:
            KeyError: when there is no question at the path.
        """
        self._leaf(path)
        return self.decided_by((path,)).relevance

    def decided_by(self, paths: Iterable[str]) -> Decided:
        """What else can change when the questions and rows at ``paths`` do, directly or through others.

        Paths where nothing stands decide nothing.
        """
        relevance: set[str] = set()
        computed: set[str] = set()
        counted: set[str] = set()
        seen: set[Node] = set()
        waiting: list[Node] = []
        for path in paths:
            node = self._nodes.get(path)
            if isinstance(node, Scoped) and node.container is not None:
                waiting += [node.container, *self._inside(node)]
            elif node is not None:
                waiting.append(node)
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            aspect = ROWS if isinstance(node, Container) else VALUE
            for rule, target in self._readers(node.definition, aspect, node.scope):
                if rule.kind in ("relevant", "repeat_count"):
                    if rule.kind == "repeat_count":
                        counted.add(target.path)
                    for inner in self._inside(target):
                        if isinstance(inner, Leaf) or (rule.kind == "relevant" and isinstance(inner, Container)):
                            relevance.add(inner.path)
                        waiting.append(inner)
                elif rule.kind == "calculation":
                    computed.add(target.path)
                    waiting.append(target)
        return Decided(frozenset(relevance), frozenset(computed), frozenset(counted))

    def check(self, path: str, value: Value | None) -> tuple[Problem, ...]:
        """What would be wrong with this value at ``path``; nothing is stored.

        Raises:
            KeyError: when there is no question at the path.
        """
        leaf = self._leaf(path)
        before = leaf.status, leaf.stored, leaf.text, leaf.value
        leaf.status, leaf.stored = (MISSING if value is None else ANSWERED), value
        leaf.text = leaf.value = text_of(leaf.question, value)
        leaf.forget()
        try:
            return self._judge(leaf)
        finally:
            leaf.status, leaf.stored, leaf.text, leaf.value = before
            leaf.forget()

    def tried(self, repeat_path: str, lines: Iterable[Mapping[str, Value]]) -> list[Tried]:
        """What rows with these answers (by name) would come to, each as if it were alone; nothing is stored.

        Constraints and warnings that look at the other rows are left out: thousands of lines are tried at once.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        container = self._container(repeat_path)
        row = self._insert(container, _NO_ROW, len(container.rows))
        self._joined(container, row)
        self._settle()
        leaves = {name: node for name, node in row.members.items() if isinstance(node, Leaf)}
        rules = self._rules_inside(row)
        judged = {
            name: [
                each
                for kind in ("constraint", "warning")
                if (each := self.compiled.rules_of.get(leaf.definition, {}).get(kind)) and not _looks_around(each, row)
            ]
            for name, leaf in leaves.items()
            if "calculation" not in self.compiled.rules_of.get(leaf.definition, {})
        }
        row.relevant = True  # though the table may not be asked for yet
        self._hand_down(row)
        try:
            return [self._tried(row, leaves, rules, judged, answers) for answers in lines]
        finally:
            for leaf in leaves.values():
                leaf.status, leaf.stored, leaf.text = MISSING, None, ""
            self._drop(row)
            self._settle()

    def _rules_inside(self, row: "Scoped") -> list[tuple[Rule, Node]]:
        """What decides about relevance and results inside a row, in the order in which it runs."""
        found = [
            (rule, node)
            for node in row.members.values()
            for kind, rule in self.compiled.rules_of.get(node.definition, {}).items()
            if kind == "relevant" or (kind == "calculation" and not _looks_around(rule, row))
        ]
        return sorted(found, key=lambda each: each[0].rank)

    def _hand_down(self, start: Node) -> None:
        """Everything inside follows the relevance of ``start``, without telling anybody."""
        for node in self._inside(start):
            if node is not start:
                node.relevant = node.own_relevant and node.around is not None and node.around.relevant
            if isinstance(node, Leaf):
                node.value = node.text if node.relevant else ""

    def _tried(
        self,
        row: "Scoped",
        leaves: Mapping[str, Leaf],
        rules: Sequence[tuple[Rule, Node]],
        judged: Mapping[str, Sequence[Rule]],
        answers: Mapping[str, Value],
    ) -> Tried:
        for name in judged:
            leaf, value = leaves[name], answers.get(name)
            leaf.status, leaf.stored = (MISSING if value is None else ANSWERED), value
            leaf.text = text_of(leaf.question, value)
            leaf.value = leaf.text if leaf.relevant else ""
        for rule, node in rules:
            result = self._result(rule, node)
            if rule.kind == "calculation":
                assert isinstance(node, Leaf)
                node.text = result_text(result)
                node.value = node.text if node.relevant else ""
            elif node.own_relevant != to_boolean(result):
                node.own_relevant = not node.own_relevant
                node.relevant = node.own_relevant and node.around is not None and node.around.relevant
                self._hand_down(node)
        wrong = tuple(
            (name, f"answer.{rule.kind}")
            for name in answers
            if name in judged and leaves[name].relevant and leaves[name].text
            for rule in judged[name]
            if not to_boolean(self._result(rule, leaves[name]))
        )
        return Tried(frozenset(name for name, leaf in leaves.items() if leaf.relevant), wrong)

    @property
    def problems(self) -> dict[str, tuple[Problem, ...]]:
        """Every path with something wrong: questions, and repeats with too few rows."""
        return dict(self._wrong)

    # Finding nodes

    def _leaf(self, path: str) -> Leaf:
        node = self._nodes[path]
        if not isinstance(node, Leaf):
            raise KeyError(path)
        return node

    def _container(self, path: str) -> Container:
        node = self._nodes[path]
        if not isinstance(node, Container):
            raise KeyError(path)
        return node

    def _instances(self, definition: Definition, row: Scoped) -> Iterator[Node]:
        """All nodes of a definition below the root or a row."""
        rows = [row]
        for name in definition.scope.chain[len(row.definition.chain) :]:
            rows = [inner for around in rows for inner in around.containers[name].rows]
        if definition.kind == ROW:
            yield from rows
        elif definition.kind == REPEAT:
            for row in rows:
                yield row.containers[definition.name]
        else:
            for row in rows:
                yield row.members[definition.name]

    def _readers(self, definition: Definition, aspect: str, scope: Scoped) -> Iterator[tuple[Rule, Node]]:
        """Who reads a node of ``definition`` that stands in ``scope``."""
        for rule, anchor in self.compiled.dependents.get((definition, aspect), ()):
            row: Scoped | None = scope
            while row is not None and row.definition is not anchor:
                row = row.outer
            if row is not None:
                for node in self._instances(rule.definition, row):
                    yield rule, node

    def _inside(self, node: Node) -> Iterator[Node]:
        """The node and everything inside it."""
        waiting = [node]
        while waiting:
            here = waiting.pop()
            yield here
            waiting.extend(self._children(here))

    def _children(self, node: Node) -> list[Node]:
        """Everything directly inside a node, relevant or not; repeats as themselves."""
        if isinstance(node, Container):
            return list(node.rows)
        scope = node.scope
        return [
            scope.containers[child.name] if child.kind == REPEAT else scope.members[child.name]
            for child in node.definition.children
        ]

    # Recalculating

    def _push(self, rule: Rule, node: Node) -> None:
        kind = rule.kind
        if kind in ("constraint", "warning", "choice_filter", "rows_of"):
            assert isinstance(node, Leaf)
            self._dirty[node] = None
        elif kind == "repeat_count":
            assert isinstance(node, Container)
            self._counts[node] = None
        elif kind in ("relevant", "calculation", "required", "read_only") and (rule, node) not in self._queued:
            self._queued.add((rule, node))
            self._tick += 1
            heappush(self._heap, (rule.rank, self._tick, rule, node))

    def _fire(self, node: Node, aspect: str, *, changed: bool = False) -> None:
        """Queues whoever reads ``node``; ``changed`` when its value itself is another one."""
        for rule, target in self._readers(node.definition, aspect, node.scope):
            if rule.kind == "trigger":
                if changed and not self._loading and isinstance(target, Leaf):
                    self._triggered[target] = None
            elif target is not node or rule.kind != "calculation":
                self._push(rule, target)

    def _result(self, rule: Rule, node: Node) -> values.Result:
        """What the rule gives at ``node``; blank where the arithmetic has no answer."""
        try:
            result: values.Result = rule.run(Scope(node, node, self))
        except (ArithmeticError, ValueError):
            return ""
        return result

    def _settle(self) -> None:
        rounds = 0
        self._recounted.clear()
        while self._heap or self._counts or self._triggered:
            self._run()
            if self._triggered:
                rounds += 1
                triggered, self._triggered = self._triggered, {}
                for leaf in triggered:
                    self._trigger(leaf)
            elif self._counts:
                rounds += 1
                counts, self._counts = self._counts, {}
                for container in counts:
                    if self._nodes.get(container.path) is container:
                        self._count(container)
            if rounds > MAX_ROUNDS:
                self._unsteady = True
                self._counts.clear()
                self._triggered.clear()
                self._run()
                break
        dirty, self._dirty = self._dirty, {}
        if len(self._touched) > _REMEMBERED:
            self._forgotten += len(self._touched)
            self._touched.clear()
        for node in dirty:
            if self._nodes.get(node.path) is node:
                self._note(node)

    def _run(self) -> None:
        """Runs what is queued, by rank."""
        heap, queued = self._heap, self._queued
        runs = 0
        limit = 100 * (len(self._nodes) + 100)
        while heap:
            _, _, rule, node = heappop(heap)
            queued.discard((rule, node))
            if self._nodes.get(node.path) is not node:
                continue
            runs += 1
            if runs > limit:
                # Rows that wait for each other's results in a circle: they stay as they are.
                heap.clear()
                queued.clear()
                break
            result = self._result(rule, node)
            if rule.kind == "relevant":
                if node.own_relevant != to_boolean(result):
                    node.own_relevant = not node.own_relevant
                    self._spread(node)
            elif rule.kind == "calculation":
                assert isinstance(node, Leaf)
                text = result_text(result)
                if text != node.text:
                    node.text = text
                    self._value_changed(node)
            elif rule.kind == "required":
                assert isinstance(node, Leaf)
                node.required = to_boolean(result)
                self._dirty[node] = None
            elif node.own_read_only != to_boolean(result):
                node.own_read_only = not node.own_read_only
                for inner in self._inside(node):
                    if isinstance(inner, Leaf):
                        inner.seen = None

    def _spread(self, start: Node) -> None:
        """Hands a change of relevance down to everything inside."""
        waiting = [start]
        while waiting:
            node = waiting.pop()
            relevant = node.own_relevant and (node.around is None or node.around.relevant)
            if node.relevant == relevant:
                continue
            node.relevant = relevant
            self._walked = None
            if isinstance(node, Leaf):
                node.value = node.text if relevant else ""
                node.forget()
                self._dirty[node] = None
                self._changed_relevance.add(node.path)
                self._fire(node, VALUE)
                continue
            if isinstance(node, Container):
                self._dirty[node] = None
                self._fire(node, ROWS)
            else:
                self._fire(node, VALUE)
            if node.definition.kind != ROW:
                self._changed_relevance.add(node.path)
            waiting.extend(reversed(self._children(node)))

    def _write(self, leaf: Leaf, value: Value | None, status: str) -> None:
        text = text_of(leaf.question, value)
        if (leaf.stored, leaf.status) != (value, status):
            self._changed_values.add(leaf.path)
        leaf.stored, leaf.status = value, status
        self._dirty[leaf] = None
        if text != leaf.text:
            leaf.text = text
            self._value_changed(leaf)

    def _value_changed(self, leaf: Leaf) -> None:
        self._changed_values.add(leaf.path)
        self._dirty[leaf] = None
        if leaf.relevant:
            leaf.value = leaf.text
            leaf.forget()
            self._fire(leaf, VALUE, changed=True)

    def _trigger(self, leaf: Leaf) -> None:
        rule = self.compiled.rules_of[leaf.definition].get("triggered")
        if rule is not None and self._nodes.get(leaf.path) is leaf:
            value = value_of(leaf.question, self._result(rule, leaf))
            self._write(leaf, value, MISSING if value is None else ANSWERED)

    # Rows

    def _joined(self, container: Container, row: Scoped) -> None:
        """Tells everybody that a row stands."""
        self._number(container)
        self._changed_rows.add(container.path)
        self._dirty[container] = None
        self._fire(container, ROWS)
        for node in self._inside(row):
            self._fire(node, ROWS if isinstance(node, Container) else VALUE)

    def _drop(self, row: Scoped) -> None:
        container = row.container
        assert container is not None
        self._walked = None
        inside = list(self._inside(row))
        for node in inside:
            if isinstance(node, Leaf):
                self._kept[node.path] = (node.status, node.stored)
                self._touched.append(node.path)
            del self._nodes[node.path]
            if self._wrong.pop(node.path, None) is not None:
                self._changed_problems.add(node.path)
            if isinstance(node, Container):
                self._given = {**self._given, node.path: [inner.row_id for inner in node.rows]}
            elif isinstance(node, Scoped):
                del self._rows[node.row_id]
        container.rows.remove(row)
        container.said.clear()
        self._number(container)
        self._changed_rows.add(container.path)
        self._dirty[container] = None
        self._fire(container, ROWS)
        for node in inside:
            aspect = ROWS if isinstance(node, Container) else VALUE
            for rule, target in self._readers(node.definition, aspect, container.scope):
                if rule.kind != "trigger":
                    self._push(rule, target)

    def _count(self, container: Container) -> None:
        """Brings a counted repeat to its number of rows.

        One whose number depends on its own rows begins from none, as when the answers are loaded: otherwise two laptops
        with the same answers would show the rows in which each of them happened to come there.
        """
        if container not in self._recounted and self._counts_itself(container.definition):
            self._recounted.add(container)
            while container.rows:
                self._drop(container.rows[-1])
        number = to_number(self._result(self.compiled.rules_of[container.definition]["repeat_count"], container))
        wanted = int(max(0, min(MAX_ROWS, number))) if number == number else 0
        while len(container.rows) > wanted:
            self._drop(container.rows[-1])
        while len(container.rows) < wanted:
            at = len(container.rows)
            row = self._insert(container, self._counted_id(container, at + 1), at)
            self._joined(container, row)

    def _counts_itself(self, definition: Definition) -> bool:
        """True when the number of rows is read, however indirectly, from the rows."""
        waiting, seen = [self.compiled.rules_of[definition]["repeat_count"]], set()
        while waiting:
            for use in waiting.pop().uses:
                around: Definition | None = use.definition
                while around is not None and around is not definition:
                    around = around.parent
                if around is definition:
                    return True
                if use.definition not in seen:
                    seen.add(use.definition)
                    waiting.extend(self.compiled.rules_of.get(use.definition, {}).values())
        return False

    def _counted_id(self, container: Container, position: int) -> str:
        """UUIDv5 of the visit and the row's place, so that every laptop names a counted row the same."""
        import hashlib

        namespace = bytes.fromhex(self.context.visit or "0" * 32)
        name = f"{self.compiled.form.form_id}/{container.path}/{position}".encode()
        digest = bytearray(hashlib.sha1(namespace + name, usedforsecurity=False).digest()[:16])
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        return digest.hex()

    # Judging

    def _note(self, node: "Leaf | Container") -> None:
        """Judges a node and notes what has changed."""
        self._touched.append(node.path)
        if isinstance(node, Leaf):
            node.seen = None
        problems = self._judge(node) if isinstance(node, Leaf) else self._judge_rows(node)
        if problems != node.problems:
            node.problems = problems
            self._changed_problems.add(node.path)
        if problems:
            self._wrong[node.path] = problems
        else:
            self._wrong.pop(node.path, None)

    def _judge_rows(self, container: Container) -> tuple[Problem, ...]:
        least, count = container.repeat.at_least, len(container.rows)
        if not container.relevant or count >= least:
            return ()
        place = Place(path=container.path)
        return (Problem("answer.rows", place, {"at_least": str(least), "rows": str(count)}),)

    def _judge(self, leaf: Leaf) -> tuple[Problem, ...]:
        if not leaf.relevant:
            return ()
        place, question, rules = Place(path=leaf.path), leaf.question, self.compiled.rules_of.get(leaf.definition, {})
        found: list[Problem] = []
        if "calculation" not in rules:
            if leaf.status == MISSING:
                if leaf.required and question.type not in SILENT_TYPES:
                    found.append(Problem("answer.required", place))
                return tuple(found)
            if leaf.stored is None:
                return ()
            if (code := misfit(question, leaf.stored)) is not None:
                return (Problem(code[0], place, code[1]),)
            if question.type in SELECT_TYPES and (gone := self._gone(leaf)):
                found.append(Problem("answer.choice_gone", place, {"choice": ", ".join(gone)}))
        if leaf.text:
            for column in ("constraint", "warning"):
                rule = rules.get(column)
                if rule is not None and not to_boolean(self._result(rule, leaf)):
                    found.append(Problem(f"answer.{column}", place))
        return tuple(found)

    def _gone(self, leaf: Leaf) -> list[str]:
        """Names chosen that are not offered any more; of a row the head of its id."""
        rows, choices = self._offered(leaf)
        known = {row.row_id for row in rows} if leaf.question.rows_of else {choice.name for choice in choices}
        assert isinstance(leaf.stored, tuple)
        return [str(name)[: 8 if leaf.question.rows_of else None] for name in leaf.stored if name not in known]

    def _offered(self, leaf: Leaf) -> "tuple[list[Scoped], list[Choice]]":
        """The rows, or the choices, that can be chosen now."""
        rules = self.compiled.rules_of.get(leaf.definition, {})
        keep = rules.get("choice_filter")
        scope = Scope(leaf, leaf, self)
        if leaf.question.rows_of:
            source = rules.get("rows_of")
            rows: list[Scoped] = source.run(scope) if source is not None else []
            if keep is not None:
                rows = [row for row in rows if self._holds(keep, row, leaf)]
            return rows, []
        offered = self._listed(leaf.question.list_name)
        if keep is None:
            return [], [choice for choice, _ in offered]
        return [], [choice for choice, element in offered if self._holds(keep, element, leaf)]

    def _holds(self, rule: Rule, node: values.Node, leaf: Leaf) -> bool:
        try:
            return to_boolean(rule.run(Scope(node, leaf, self)))
        except (ArithmeticError, ValueError):
            return False

    def _listed(self, name: str) -> list[tuple[Choice, Element]]:
        if name not in self._elements:
            self._elements[name] = [
                (choice, _element(choice, self.language)) for choice in self.compiled.form.choices.get(name, ())
            ]
        return self._elements[name]

    def _row_label(self, row: Scoped) -> str:
        rule = self.compiled.rules_of.get(row.definition, {}).get("row_label")
        label = to_text(self._result(rule, row)).strip() if rule is not None else ""
        return label or str(row.position())

    def _read_only(self, leaf: Leaf) -> bool:
        if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
            return True
        node: Node | None = leaf
        while node is not None:
            if node.own_read_only:
                return True
            node = node.around
        return False

    # What has changed

    def _forget_changes(self) -> None:
        self._changed_values: set[str] = set()
        self._changed_relevance: set[str] = set()
        self._changed_problems: set[str] = set()
        self._changed_rows: set[str] = set()

    def _changes(self) -> Changes:
        return Changes(
            frozenset(self._changed_values),
            frozenset(self._changed_relevance),
            frozenset(self._changed_problems),
            frozenset(self._changed_rows),
        )


def _element(choice: Choice, language: str) -> Element:
    columns = {**choice.extra, "name": choice.name, "label": in_language(choice.label, language)}
    return Element("item", "", [Element(column, str(value)) for column, value in columns.items()])


def _looks_around(rule: Rule, row: Scoped) -> bool:
    """True when the rule, which stands in this row, reads other rows of the same repeat."""
    own = row.definition
    return any(use.anchor is not own and use.definition.chain[: len(own.chain)] == own.chain for use in rule.uses)


def text_of(question: Question, value: Value | None) -> str:
    """What expressions see of a value: names joined by spaces, a quantity as its number in the question's first unit;
    ``""`` for a value that does not fit the question."""
    if value is None:
        return ""
    if isinstance(value, Quantity):
        if not question.units or value.u == question.units[0] or misfit(question, value) is not None:
            return value.n if misfit(question, value) is None else ""
        converted = convert(Fraction(value.n), value.u, question.units[0])
        return number_text(float(converted)) if converted is not None else ""
    if misfit(question, value) is not None:
        return ""
    if isinstance(value, Evidence):
        return value.about.get("name") or value.about.get("sha256") or value.kind
    return value if isinstance(value, str) else " ".join(value)


def misfit(question: Question, value: Value) -> tuple[str, dict[str, str]] | None:
    """(code, parameters) when the value cannot be an answer to the question, whatever else is answered."""
    kind = question.type
    fits = True
    if kind in ("integer", "decimal", "quantity"):
        fits = isinstance(value, Quantity)
        if isinstance(value, Quantity) and kind == "quantity" and value.u not in question.units:
            return "answer.unit", {"unit": value.u, "units": ", ".join(question.units)}
        if isinstance(value, Quantity) and kind != "quantity":
            fits = not value.u and (kind == "decimal" or "." not in value.n)
    elif kind in SELECT_TYPES:
        fits = _is_names(value) and (kind != "select_one" or len(value) == 1)
    elif kind == "date":
        day = to_day(value) if isinstance(value, str) else None
        fits = day is not None and not day.has_time and isinstance(value, str) and len(value) == 10
    elif kind == "text":
        fits = isinstance(value, str)
    elif kind == "acknowledge":
        fits = isinstance(value, str) or _is_names(value)
    elif kind == "file":
        fits = isinstance(value, Evidence | str)
    return None if fits else ("answer.type", {"type": kind})


def _is_names(value: Value) -> bool:
    return isinstance(value, tuple) and not isinstance(value, Quantity | Evidence)


def result_text(result: values.Result) -> str:
    """The text of a calculation's result; a number that cannot be written (NaN, infinite) is no answer."""
    text = to_text(result)
    return "" if isinstance(result, float) and text in ("NaN", "Infinity", "-Infinity") else text


def value_of(question: Question, result: values.Result) -> Value | None:
    """A computed or default result as an answer to the question; None when blank or when it cannot be one."""
    text = result_text(result).strip()
    if not text:
        return None
    if question.type in ("integer", "decimal", "quantity"):
        try:
            return Quantity(plain_decimal(text), question.units[0] if question.units else "")
        except ValueError:
            return None
    if question.type in SELECT_TYPES:
        return tuple(dict.fromkeys(text.split()))
    return text
