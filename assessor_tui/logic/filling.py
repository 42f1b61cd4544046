"""One form of a visit being answered, in memory: what is relevant, demanded, wrong and computed, after every answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from assessor_tui.form.model import METADATA_TYPES, NO_TEXT, Choice, Group, Question, in_language
from assessor_tui.form.wording import plain_words
from assessor_tui.ledger.value import Value
from assessor_tui.logic.answers import misfit as misfit
from assessor_tui.logic.answers import text_of
from assessor_tui.logic.beginnings import begin, begin_all, begins
from assessor_tui.logic.definitions import GROUP, QUESTION, REPEAT, ROW
from assessor_tui.logic.judging import judge, offered
from assessor_tui.logic.nodes import Container, Leaf, Node, Scoped, inside, instances
from assessor_tui.logic.reads import ROWS, VALUE
from assessor_tui.logic.recalculation import NO_ROW, Recalculation
from assessor_tui.logic.values import Scope
from assessor_tui.logic.views import (
    ANSWERED as ANSWERED,
)
from assessor_tui.logic.views import (
    MISSING as MISSING,
)
from assessor_tui.logic.views import ROW_ADDED
from assessor_tui.logic.views import Changes as Changes
from assessor_tui.logic.views import Context as Context
from assessor_tui.logic.views import Decided as Decided
from assessor_tui.logic.views import Item as Item
from assessor_tui.logic.views import QuestionState as QuestionState
from assessor_tui.problem import Place, Problem

_UNSEEN = METADATA_TYPES | {"hidden"}
"""Types that nobody sees, labelled or not."""


class Filling(Recalculation):
    """One form being answered."""

    def load(self, rows: Mapping[str, Sequence[str]], answers: Mapping[str, tuple[str, Value | None]]) -> None:
        """Starts again from what is stored.

        ``rows``: path of a repeat -> ids of its rows in order (not needed for counted repeats).
        ``answers``: path -> status and value. Answers of rows that do not stand are kept for when they do.
        Defaults are not applied: whoever opens the visit or adds a row records them once (``defaults``,
        ``row_defaults``), so that they never change by reopening.
        """
        self.begin(rows, answers)

    def set(self, path: str, value: Value | None, status: str = ANSWERED) -> Changes:
        """Stores an answer and recalculates; ``None`` with ``missing`` clears. What is wrong is stored and flagged.

        An answer to a question that is computed changes nothing.

        Raises:
            KeyError: when there is no question at ``path``.
        """
        leaf = self.leaf(path)
        self.forget_changes()
        if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
            return self.changes()
        self.write(leaf, value, MISSING if value is None and status == ANSWERED else status)
        self.settle()
        return self.changes()

    def add_row(self, repeat_path: str, row_id: str, position: int = -1) -> Changes:
        """Adds a row at ``position`` (-1: at the end).

        Raises:
            KeyError: when there is no repeat at the path.
            ValueError: when the row stands already, or its rows are counted by the form.
        """
        container = self.container(repeat_path)
        if row_id in self.row_of or container.repeat.repeat_count:
            raise ValueError("row cannot be added")
        self.forget_changes()
        row = self.insert(container, row_id, len(container.rows) if position < 0 else position)
        self.joined(container, row)
        self.settle()
        return self.changes()

    def remove_row(self, row_path: str) -> Changes:
        """Removes a row. Its answers are kept: adding the same row again brings them back.

        Raises:
            KeyError: when there is no row at the path.
            ValueError: when its rows are counted by the form.
        """
        row = self.nodes[row_path]
        if not isinstance(row, Scoped) or row.container is None:
            raise KeyError(row_path)
        if row.container.repeat.repeat_count:
            raise ValueError("row cannot be removed")
        self.forget_changes()
        self.drop(row)
        self.settle()
        return self.changes()

    def stand(self, repeat_path: str, row_id: str, begins: Mapping[str, Value | None]) -> None:
        """Nothing; adds a first row, with what it begins with by name (None: blank, whatever the default).

        Raises:
            KeyError: when there is no repeat at the path.
        """
        for name, value in begins.items():
            status = MISSING if value is None else ANSWERED
            self.kept[f"{repeat_path}[{row_id}]/{name}"] = (status, value)
        container = self.container(repeat_path)
        self.joined(container, self.insert(container, row_id, len(container.rows)))
        self.settle()

    def open(self) -> None:
        """Nothing; gives everything what it begins with when the form is opened for the first time."""
        self.forget_changes()
        begin_all(self)

    def new_row(self, repeat_path: str, row_id: str, position: int = -1) -> Changes:
        """As ``add_row``, and gives the row what it begins with; ``set_too`` tells what that was.

        Raises:
            KeyError: when there is no repeat at the path.
            ValueError: when the row stands already, or its rows are counted by the form.
        """
        self.add_row(repeat_path, row_id, position)
        begin(self, self.row_of[row_id], ROW_ADDED)
        self.settle()
        return self.changes()

    def copy(self) -> "Filling":
        """The same filling once more, to try something."""
        copy = Filling(self.compiled, self.context)
        copy.language = self.language
        copy.load(*self.stored())
        return copy

    def stored(self) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, Value | None]]]:
        """What has to be stored of the filling: rows and answers as ``load`` takes them."""
        rows: dict[str, tuple[str, ...]] = {path: tuple(ids) for path, ids in self.given.items()}
        answers = dict(self.kept)
        for path, node in self.nodes.items():
            if isinstance(node, Container):
                rows[path] = tuple(row.row_id for row in node.rows)
            elif isinstance(node, Leaf):
                answers.pop(path, None)
                status, value = self.record_of(node)
                if value is not None or status != MISSING or self.remembers(node):
                    answers[path] = (status, value)
        return rows, answers

    def what_follows(self, act: Callable[["Filling"], object]) -> dict[str, Value | None]:
        """Path -> value of every question that the form itself would set after an act; nothing happens here.

        ``act`` is called with a copy that it may change: ``lambda copy: copy.set(path, value)``.
        """
        copy = self.copy()
        copy.forget_changes()
        act(copy)
        return copy.set_too

    def defaults(self) -> dict[str, Value]:
        """Path -> what every unanswered question begins with, to be recorded once when the visit is opened."""
        if not begins(self.compiled, self.compiled.places.root):
            return {}
        found = self.what_follows(Filling.open)
        return {path: value for path, value in found.items() if value is not None}

    def row_defaults(self, repeat_path: str) -> dict[str, Value]:
        """Question name -> what it begins with in a row that would be added at the end now, to be recorded with it.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        return self.defaults_of_rows(repeat_path, 1)[0]

    def defaults_of_rows(self, repeat_path: str, count: int) -> list[dict[str, Value]]:
        """As ``row_defaults``, of each of several rows that would be added together.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        container = self.container(repeat_path)
        assert container.definition.row is not None
        if not begins(self.compiled, container.definition.row):
            return [{} for _ in range(count)]
        # The rows are added for a moment, so that defaults can look at their number and at the rows before them.
        acting, self.acting = self.acting, False
        rows: list[Scoped] = []
        for number in range(count):
            rows.append(self.insert(container, f"{NO_ROW}{number:x}"[-32:], len(container.rows)))
            self.joined(container, rows[-1])
        self.settle()
        found: list[dict[str, Value]] = []
        for row in rows:
            begin(self, row, ROW_ADDED)
            leaves = ((name, node) for name, node in row.members.items() if isinstance(node, Leaf))
            found.append({name: leaf.stored for name, leaf in leaves if leaf.stored is not None})
        for row in reversed(rows):
            inside_row = [node.path for node in inside(row)]
            self.drop(row)
            for path in inside_row:
                self.kept.pop(path, None)
        self.settle()
        self.acting = acting
        return found

    def set_language(self, language: str) -> None:
        """Switches the language of choice names inside expressions."""
        self.language = language
        for rule in self.compiled.rules:
            if rule.speaks:
                for node in list(instances(rule.definition, self.root)):
                    self.push(rule, node)
        self.forget_changes()
        self.settle()

    def state(self, path: str) -> QuestionState:
        """The question at ``path`` as it stands.

        Raises:
            KeyError: when there is none.
        """
        leaf = self.leaf(path)
        if leaf.seen is None:
            status, value = leaf.status, leaf.stored
            if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
                value = leaf.text or None
                status = ANSWERED if leaf.text else MISSING
            leaf.seen = QuestionState(
                leaf.question, path, status, value, leaf.relevant, leaf.required, self.is_read_only(leaf), leaf.problems
            )
        return leaf.seen

    @property
    def moment(self) -> int:
        """A number that grows whenever something changes; for ``touched_since``."""
        return self.forgotten + len(self.touched)

    def touched_since(self, moment: int) -> Sequence[str] | None:
        """Paths of the questions and repeats of which something has changed since a ``moment``, also of those that
        are gone; None when that is too long ago to say.
        """
        return self.touched[moment - self.forgotten :] if moment >= self.forgotten else None

    def rows(self, repeat_path: str) -> tuple[str, ...]:
        """Ids of the rows, in order.

        Raises:
            KeyError: when there is no repeat at the path.
        """
        return tuple(row.row_id for row in self.container(repeat_path).rows)

    def items(self) -> Iterator[Item]:
        """What is relevant and seen, in document order: no calculation without a label, nothing hidden."""
        if self.walked is None:
            self.walked = tuple(self._items(self.root, 0))
        return iter(self.walked)

    def _items(self, node: Node, depth: int) -> Iterator[Item]:
        for definition in node.definition.children:
            if definition.kind == REPEAT:
                container = node.scope.containers[definition.key]
                if container.relevant:
                    yield Item(REPEAT, container.path, depth, container.repeat)
                    for row in container.rows:
                        if not row.relevant:
                            continue
                        yield Item(ROW, row.path, depth + 1, container.repeat)
                        yield from self._items(row, depth + 2)
                continue
            child = node.scope.members[definition.key]
            if not child.relevant:
                continue
            if isinstance(definition.node, Question):
                if definition.node.type not in _UNSEEN and (
                    definition.node.type != "calculate" or definition.node.label
                ):
                    yield Item(QUESTION, child.path, depth, definition.node)
            elif isinstance(definition.node, Group):
                yield Item(GROUP, child.path, depth, definition.node)
                yield from self._items(child, depth + 1)

    def choices(self, path: str) -> Sequence[Choice]:
        """What can be chosen at ``path`` now; rows of a repeat as ``Choice(row id, {language: its label})``.

        Raises:
            KeyError: when there is no question at the path.
        """
        return offered(self, self.leaf(path))

    def in_list_order(self, path: str, chosen: Sequence[str]) -> tuple[str, ...]:
        """Names of choices of the question at ``path`` in the order of their list; those it does not have come last.

        Raises:
            KeyError: when there is no question at the path.
        """
        leaf = self.leaf(path)
        source = self.compiled.sources.get(leaf.definition)
        return source.in_order(Scope(leaf, leaf, self), chosen) if source is not None else tuple(chosen)

    def row_label(self, row_path: str) -> str:
        """What people call the row, by its ``row_label``; its number where that is blank.

        Raises:
            KeyError: when there is no row at the path.
        """
        row = self.nodes[row_path]
        if not isinstance(row, Scoped):
            raise KeyError(row_path)
        return self.named_row(row)

    def label(self, path: str, language: str) -> str:
        """The label of the group, repeat or question at ``path`` with its outputs filled in.

        Raises:
            KeyError: when nothing stands at the path.
        """
        return self.text(path, "label", language)

    def text(self, path: str, column: str, language: str) -> str:
        """A text of what stands at ``path`` with its outputs filled in: ``label``, ``hint``, ``guidance``,
        ``required_message``, ``constraint_message`` or ``warning_message``; ``""`` where there is none.

        Raises:
            KeyError: when nothing stands at the path.
        """
        node = self.nodes[path]
        return self.spoken(node, column, getattr(node.definition.node, column, NO_TEXT), language)

    def choice_text(self, path: str, choice: Choice, language: str) -> str:
        """The label of a choice of the question at ``path``, with its outputs filled in.

        Raises:
            KeyError: when there is no question at the path.
        """
        return self.spoken(self.leaf(path), f"choice {choice.name}", choice.label, language)

    def chosen_text(self, path: str, name: str, language: str) -> str:
        """The label of the choice ``name`` of the question at ``path``, also where it is not offered now; the name
        itself for one that is unknown.

        Raises:
            KeyError: when there is no question at the path.
        """
        leaf = self.leaf(path)
        if leaf.question.rows_of:
            return self.choice_label(leaf, name)
        source = self.compiled.sources.get(leaf.definition)
        label = source.label(Scope(leaf, leaf, self), name) if source is not None else NO_TEXT
        return plain_words(in_language(label, language)) or name

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
            node = self.nodes.get(path)
            if isinstance(node, Scoped) and node.container is not None:
                waiting += [node.container, *inside(node)]
            elif node is not None:
                waiting.append(node)
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            aspect = ROWS if isinstance(node, Container) else VALUE
            for rule, target in self.readers(node.definition, aspect, node.scope):
                if rule.kind in ("relevant", "repeat_count"):
                    if rule.kind == "repeat_count":
                        counted.add(target.path)
                    for inner in inside(target):
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
        leaf = self.leaf(path)
        before = leaf.status, leaf.stored, leaf.text, leaf.value
        leaf.status, leaf.stored = (MISSING if value is None else ANSWERED), value
        leaf.text = leaf.value = text_of(leaf.question, value)
        leaf.forget()
        try:
            return judge(self, leaf)
        finally:
            leaf.status, leaf.stored, leaf.text, leaf.value = before
            leaf.forget()

    def cut_off(self, path: str = "") -> tuple[Problem, ...]:
        """What looks at, counts or goes round more than anybody could wait for, and was left as it stood, since the
        answers were loaded: ``lint.never_ends``, each at one path where it stands. ``path``: only of what stands there.
        """
        if not self.given_up:
            return ()
        node = self.nodes.get(path)
        found = []
        for rule in self.given_up:
            if node is None or rule.definition is node.definition:
                at = node or next(iter(instances(rule.definition, self.root)), rule.definition)
                found.append(Problem("lint.never_ends", Place(path=at.path), {"column": rule.column}))
        return tuple(found)

    @property
    def problems(self) -> dict[str, tuple[Problem, ...]]:
        """Every path with something wrong: questions, and repeats with too few rows."""
        return dict(self.wrong)
