"""What follows from what: the nodes of one filling, recalculated by rank, and its rows.

An answer changes one node; the rules that read it run by rank, and only as far as results really change. Nothing here
recurses over dependencies, so a chain may be as long as it likes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from assessor_tui.ledger.value import Value
from assessor_tui.logic import values
from assessor_tui.logic.answers import result_text, text_of, value_of
from assessor_tui.logic.beginnings import begin
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.dates import HONG_KONG, clock_of
from assessor_tui.logic.definitions import GROUP, QUESTION, ROW, Definition
from assessor_tui.logic.effort import MOST_LOOKS, UNCOUNTED, WORTH, Effort, TooMuch
from assessor_tui.logic.judging import judge, judge_rows
from assessor_tui.logic.nodes import Container, Leaf, Node, Scoped, directly_inside, inside, instances
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.reads import NEAR, PLACE, ROWS, VALUE
from assessor_tui.logic.surroundings import Surroundings
from assessor_tui.logic.values import Scope, to_boolean, to_number
from assessor_tui.logic.views import ANSWERED, MISSING, ROW_ADDED, Changes, Context, Item
from assessor_tui.problem import Problem

NO_ROW = "0" * 32
"""Id of a row that stands only while its defaults are computed."""

MAX_ROUNDS = 50
"""Rounds in which actions may set each other off, and in which counts of rows may change each other, at most."""
MAX_ROWS = 2_000
"""Most rows that a ``repeat_count`` creates."""
MAX_COUNTED = 100_000
"""Most places that a filling has in rows that ``repeat_count`` creates; rows in rows would multiply."""
_REMEMBERED = 20_000
"""Touched paths kept for ``touched_since``; whoever has not asked for that long looks at everything again."""


_RUN = frozenset({"relevant", "calculation", "required", "read_only"})
"""Rules that are run by rank."""
_JUDGED = frozenset({"constraint", "warning", "choice_filter", "choices"})
"""Rules that are looked at when everything else has come to rest."""


class Recalculation(Surroundings):
    """The nodes of one filling and how they follow each other."""

    unsteady = False
    """True when what was last answered never came to rest: counts or triggers that go round in circles."""

    def __init__(self, compiled: CompiledForm, context: Context, *, acting: bool = True) -> None:
        self.compiled = compiled
        self.acting = acting
        """False when answers that others set are told like all others: then nothing is set by itself."""
        self.may_set: Callable[[str], bool] = lambda path: True
        """False for paths that stay as they are, whatever the form would set there."""
        self.said_at: Context | None = None
        """What the form knows when it says something once: the moment, who; None: what it always knows."""
        self.context = context
        self.clock = clock_of(context.now, HONG_KONG)
        """How the calendar stands where the visit is."""
        self.language = context.language
        self.effort = Effort()
        self.given_up: dict[Rule, None] = {}
        """Rules that were cut off: they look at, count or go round more than anybody could wait for."""
        self.touched: list[str] = []
        self.forgotten = 0
        self.begin({}, {})

    def begin(self, rows: Mapping[str, Sequence[str]], answers: Mapping[str, tuple[str, Value | None]]) -> None:
        """Nothing; starts again from rows and answers as ``Filling.load`` takes them."""
        self.nodes: dict[str, Node] = {}
        self.row_of: dict[str, Scoped] = {}
        self.kept: dict[str, tuple[str, Value | None]] = dict(answers)
        self.wrong: dict[str, tuple[Problem, ...]] = {}
        self._ranks: list[int] = []
        """Ranks of the rules that wait to be run, as a heap."""
        self._waiting: dict[int, tuple[Rule, dict[Node, None]]] = {}
        """Rank -> the rule, and the nodes that it waits to be run for, in the order in which they came."""
        self.dirty: dict[Leaf | Container, None] = {}
        self._counts: dict[Container, None] = {}
        self._newborn: list[Scoped] = []
        """Counted rows that have come to stand and were given nothing to begin with yet."""
        self._recounted: set[Container] = set()
        """Counted repeats that this act has begun from no row again."""
        self._triggered: dict[tuple[Rule, Leaf], None] = {}
        self.given = rows
        self.unsteady = False
        self.given_up.clear()
        self._most_nodes = len(self.compiled.places.by_path) + MAX_COUNTED + len(answers)
        self.walked: tuple[Item, ...] | None = None
        self.forget_changes()
        acting, self.acting = self.acting, False
        self.root = Scoped(self.compiled.places.root, None, "")
        self._grow(self.root)
        self.settle()
        self.acting = acting
        self.forget_changes()
        self.forgotten += len(self.touched) + 1
        self.touched.clear()

    def _grow(self, scope: Scoped) -> None:
        """Creates everything inside the root or a row."""
        prefix = f"{scope.path}/" if scope.path else ""
        waiting: list[tuple[Definition, Node]] = [(child, scope) for child in reversed(scope.definition.children)]
        containers: list[Container] = []
        while waiting:
            definition, parent = waiting.pop()
            path = prefix + definition.key
            node: Node
            if definition.kind == QUESTION:
                node = leaf = Leaf(definition, parent, path)
                scope.members[definition.key] = leaf
                self._restore(leaf)
                self.dirty[leaf] = None
            elif definition.kind == GROUP:
                node = scope.members[definition.key] = Node(definition, parent, path)
                waiting.extend((child, node) for child in reversed(definition.children))
            else:
                node = container = Container(definition, parent, path)
                scope.containers[definition.key] = container
                containers.append(container)
                self.dirty[container] = None
            self.nodes[path] = node
            for rule in self.compiled.rules_of.get(definition, {}).values():
                if not (rule.remembers and path in self.kept):
                    self.push(rule, node)
        for container in containers:
            if not container.repeat.repeat_count:
                for row_id in self.given.get(container.path, ()):
                    self.insert(container, row_id, len(container.rows))
                self._number(container)

    def insert(self, container: Container, row_id: str, at: int) -> Scoped:
        """A new row of a repeat, put at a place among the others; nobody is told yet (``joined``)."""
        assert container.definition.row is not None
        self.walked = None
        row = Scoped(container.definition.row, container, f"{container.path}[{row_id}]", row_id)
        container.rows.insert(at, row)
        container.said.clear()
        self.nodes[row.path] = row
        self.row_of[row_id] = row
        if (relevant := self.compiled.rules_of.get(row.definition, {}).get("relevant")) is not None:
            self.push(relevant, row)
        self._grow(row)
        return row

    def _number(self, container: Container) -> None:
        """Numbers the rows and queues what reads a number that has changed."""
        moved: list[Scoped] = []
        for at, row in enumerate(container.rows):
            if row.index != at:
                row.index = at
                moved.append(row)
        for rule, _ in self.compiled.dependents.get((container.definition, PLACE), ()):
            self._push_in(rule, moved)

    def _moved_near(self, container: Container, at: int) -> None:
        """Queues what reads a row so many places away that is another one now; rows from ``at`` on have moved."""
        for rule, use in self.compiled.dependents.get((container.definition, NEAR), ()):
            shift = use.shift or 0
            if shift < 0:
                self._push_in(rule, container.rows[at : at - shift + 1])
            else:
                self._push_in(rule, container.rows[max(0, at - shift) : at])

    def _push_in(self, rule: Rule, rows: Sequence[Scoped]) -> None:
        for row in rows:
            for node in instances(rule.definition, row):
                self.push(rule, node)

    def _restore(self, leaf: Leaf) -> None:
        """Gives a new node the answer that is kept for its path."""
        leaf.status, leaf.stored = self.kept.get(leaf.path, (MISSING, None))
        if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
            # Only `once` looks at what was stored; everything else is computed anew.
            leaf.text = leaf.stored if isinstance(leaf.stored, str) else ""
        else:
            leaf.text = text_of(leaf.question, leaf.stored)
        leaf.value = leaf.text if leaf.relevant else ""

    def remembers(self, leaf: Leaf) -> bool:
        """True when the question is computed from its own last result."""
        calculation = self.compiled.rules_of.get(leaf.definition, {}).get("calculation")
        return calculation is not None and calculation.remembers

    def record_of(self, leaf: Leaf) -> tuple[str, Value | None]:
        """Status and value of a question as they are to be stored."""
        if self.remembers(leaf):
            return (ANSWERED, leaf.text) if leaf.text else (MISSING, None)
        return leaf.status, leaf.stored

    def leaf(self, path: str) -> Leaf:
        """The question at a path.

        Raises:
            KeyError: when there is none.
        """
        node = self.nodes[path]
        if not isinstance(node, Leaf):
            raise KeyError(path)
        return node

    def container(self, path: str) -> Container:
        """The repeat at a path.

        Raises:
            KeyError: when there is none.
        """
        node = self.nodes[path]
        if not isinstance(node, Container):
            raise KeyError(path)
        return node

    def readers(self, definition: Definition, aspect: str, scope: Scoped) -> Iterator[tuple[Rule, Node]]:
        """Who reads a node of ``definition`` that stands in ``scope``."""
        for rule, use in self.compiled.dependents.get((definition, aspect), ()):
            row: Scoped | None = scope
            while row is not None and row.definition is not use.anchor:
                row = row.outer
            if row is not None and use.shift:
                row = row.beside(-use.shift)
            if row is not None:
                for node in instances(rule.definition, row):
                    yield rule, node

    def push(self, rule: Rule, node: Node) -> None:
        """Nothing; queues a rule of a node."""
        kind = rule.kind
        if kind in _RUN:
            waiting = self._waiting.get(rule.rank)
            if waiting is None:
                self._waiting[rule.rank] = rule, {node: None}
                heappush(self._ranks, rule.rank)
            else:
                waiting[1][node] = None
        elif kind in _JUDGED:
            assert isinstance(node, Leaf)
            self.dirty[node] = None
            node.offered = None
        elif kind == "repeat_count":
            assert isinstance(node, Container)
            self._counts[node] = None

    def fire(self, node: Node, aspect: str, *, changed: bool = False) -> None:
        """Queues whoever reads ``node``; ``changed`` when its value itself is another one."""
        if self.compiled.recounted:
            self._recount(node)
        for rule, target in self.readers(node.definition, aspect, node.scope):
            if rule.kind == "trigger":
                if changed and self.acting and isinstance(target, Leaf):
                    self._triggered[rule, target] = None
            elif target is not node or rule.kind != "calculation":
                self.push(rule, target)

    def _recount(self, node: Node) -> None:
        """Queues the counts that read a node and their own rows, however indirectly: they begin from none again."""
        for repeat in self.compiled.recounted.get(node.definition, ()):
            for container in instances(repeat, self.root):
                assert isinstance(container, Container)
                if container not in self._recounted:
                    self._counts[container] = None

    def _set_off(self, leaf: Leaf) -> None:
        """Queues what a new answer sets, though expressions see no other value in it."""
        for rule, target in self.readers(leaf.definition, VALUE, leaf.scope):
            if rule.kind == "trigger" and self.acting and leaf.relevant and isinstance(target, Leaf):
                self._triggered[rule, target] = None

    def result(self, rule: Rule, node: Node, most: int = MOST_LOOKS) -> values.Result:
        """What the rule gives at ``node``; blank where the arithmetic has no answer, or it looks at too many places."""
        effort = self.effort
        outer, act = effort.left, effort.act
        given = most if most <= outer else outer
        if given > act:
            given = act
        effort.left = given
        try:
            effort.spend(1 + rule.size)
            result: values.Result = rule.run(Scope(node, node, self))
            if type(result) is str and len(result) > WORTH:
                effort.spend(len(result) // WORTH)
        except (ArithmeticError, ValueError) as error:
            result = ""
            if type(error) is TooMuch:
                self.given_up[rule] = None
        used = given - effort.left
        effort.left = outer - used
        effort.act -= used
        return result

    def said_once(self, rule: Rule, node: Node) -> values.Result:
        """As ``result``, of what is stored and never computed again."""
        if self.said_at is None:
            return self.result(rule, node)
        before = self.context, self.clock
        self.context, self.clock = self.said_at, clock_of(self.said_at.now, HONG_KONG)
        try:
            return self.result(rule, node)
        finally:
            self.context, self.clock = before

    def settle(self) -> None:
        """Nothing; runs what is queued until nothing follows any more, then judges what was touched."""
        acted = counted = 0
        self.effort.count()
        while self._ranks or self._counts or self._triggered or self._newborn:
            self.run()
            if self._newborn:
                newborn, self._newborn = self._newborn, []
                for row in newborn:
                    if self.nodes.get(row.path) is row and not _is_answered_in(row):
                        begin(self, row, ROW_ADDED)
            elif self._triggered:
                acted += 1
                triggered, self._triggered = self._triggered, {}
                if acted > MAX_ROUNDS + 1:
                    # Actions that set each other off without end stop here; rows are counted all the same.
                    self._give_up(rule for rule, _leaf in triggered)
                    continue
                for rule, leaf in triggered:
                    self._trigger(rule, leaf)
            elif self._counts:
                counted += 1
                counts, self._counts = self._counts, {}
                if counted > MAX_ROUNDS + 1:
                    rules_of = self.compiled.rules_of
                    self._give_up(rules_of[container.definition]["repeat_count"] for container in counts)
                    continue
                for container in counts:
                    if self.nodes.get(container.path) is container:
                        self._count(container)
        self._recounted.clear()
        dirty, self.dirty = self.dirty, {}
        if len(self.touched) > _REMEMBERED:
            self.forgotten += len(self.touched)
            self.touched.clear()
        for node in dirty:
            if self.nodes.get(node.path) is node:
                self._note(node)
        self.effort.act = UNCOUNTED

    def _give_up(self, rules: Iterable[Rule]) -> None:
        self.unsteady = True
        self.given_up |= dict.fromkeys(rules)

    def run(self) -> None:
        """Runs what is queued, by rank."""
        ranks, waiting = self._ranks, self._waiting
        self.effort.count()
        runs = 0
        limit = 100 * (len(self.nodes) + 100)
        while ranks:
            rank = ranks[0]
            rule, queued = waiting[rank]
            for node in list(queued):
                del queued[node]
                if self.nodes.get(node.path) is not node:
                    continue
                runs += 1
                if runs > limit:
                    # Rows that wait for each other's results in a circle: they stay as they are.
                    self.unsteady = True
                    self.given_up[rule] = None
                    ranks.clear()
                    waiting.clear()
                    return
                self._run(rule, node)
                if ranks[0] != rank:
                    break
            if not queued and ranks[0] == rank:
                heappop(ranks)
                del waiting[rank]

    def _run(self, rule: Rule, node: Node) -> None:
        """Runs a rule at a node and hands on what has become another one."""
        result = self.result(rule, node)
        kind = rule.kind
        if kind == "calculation":
            assert isinstance(node, Leaf)
            text = result_text(result)
            if text != node.text:
                node.text = text
                if rule.remembers and self.acting:
                    self.set_too[node.path] = text or None
                self._value_changed(node)
        elif kind == "relevant":
            if node.own_relevant != to_boolean(result):
                node.own_relevant = not node.own_relevant
                self._spread(node)
        elif kind == "required":
            assert isinstance(node, Leaf)
            node.required = to_boolean(result)
            self.dirty[node] = None
        elif node.own_read_only != to_boolean(result):
            node.own_read_only = not node.own_read_only
            for inner in inside(node):
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
            self.walked = None
            if isinstance(node, Leaf):
                node.value = node.text if relevant else ""
                node.forget()
                self.dirty[node] = None
                self._changed_relevance.add(node.path)
                self.fire(node, VALUE)
                continue
            if isinstance(node, Container):
                self.dirty[node] = None
                self.fire(node, ROWS)
            else:
                self.fire(node, VALUE)
            if node.definition.kind != ROW:
                self._changed_relevance.add(node.path)
            elif node is start and isinstance(node, Scoped) and node.container is not None:
                self.fire(node.container, ROWS)
            waiting.extend(reversed(directly_inside(node)))

    def write(self, leaf: Leaf, value: Value | None, status: str) -> None:
        """Nothing; gives a question its answer and queues whoever reads it."""
        text = text_of(leaf.question, value)
        changed = (leaf.stored, leaf.status) != (value, status)
        if changed:
            self._changed_values.add(leaf.path)
        leaf.stored, leaf.status = value, status
        self.dirty[leaf] = None
        if text != leaf.text:
            leaf.text = text
            self._value_changed(leaf)
        elif changed:
            self._set_off(leaf)

    def _value_changed(self, leaf: Leaf) -> None:
        self._changed_values.add(leaf.path)
        self.dirty[leaf] = None
        if leaf.relevant:
            leaf.value = leaf.text
            leaf.forget()
            self.fire(leaf, VALUE, changed=True)

    def _trigger(self, rule: Rule, leaf: Leaf) -> None:
        if self.nodes.get(leaf.path) is not leaf or not self.may_set(leaf.path):
            return
        value = value_of(leaf.question, self.said_once(rule.sets, leaf)) if rule.sets is not None else None
        self.set_too[leaf.path] = value
        self.write(leaf, value, MISSING if value is None else ANSWERED)

    def joined(self, container: Container, row: Scoped) -> None:
        """Tells everybody that a row stands."""
        self._number(container)
        self._moved_near(container, row.index)
        self._changed_rows.add(container.path)
        self.dirty[container] = None
        self.fire(container, ROWS)
        for node in inside(row):
            self.fire(node, ROWS if isinstance(node, Container) else VALUE)

    def drop(self, row: Scoped) -> None:
        """Nothing; takes a row away. Its answers are kept for when it comes back."""
        container = row.container
        assert container is not None
        self.walked = None
        gone = list(inside(row))
        for node in gone:
            if isinstance(node, Leaf):
                if row not in self._newborn:
                    self._keep(node)
                self.touched.append(node.path)
            del self.nodes[node.path]
            if self.wrong.pop(node.path, None) is not None:
                self._changed_problems.add(node.path)
            if isinstance(node, Container):
                self.given = {**self.given, node.path: [inner.row_id for inner in node.rows]}
            elif isinstance(node, Scoped):
                del self.row_of[node.row_id]
        container.rows.remove(row)
        container.said.clear()
        self._number(container)
        self._moved_near(container, row.index)
        self._changed_rows.add(container.path)
        self.dirty[container] = None
        self.fire(container, ROWS)
        for node in gone:
            aspect = ROWS if isinstance(node, Container) else VALUE
            for rule, target in self.readers(node.definition, aspect, container.scope):
                if rule.kind != "trigger":
                    self.push(rule, target)

    def _keep(self, leaf: Leaf) -> None:
        """Keeps the answer of a question that goes; a blank is no answer, as in what is stored."""
        status, value = self.record_of(leaf)
        if value is None and status == MISSING:
            self.kept.pop(leaf.path, None)
        else:
            self.kept[leaf.path] = (status, value)

    def _count(self, container: Container) -> None:
        """Brings a counted repeat to its number of rows.

        One whose number depends on its own rows begins from none, as when the answers are loaded: otherwise two laptops
        with the same answers would show the rows in which each of them happened to come there.
        """
        if container not in self._recounted and container.definition in self.compiled.counts_itself:
            self._recounted.add(container)
            while container.rows:
                self.drop(container.rows[-1])
            self.run()
        rule = self.compiled.rules_of[container.definition]["repeat_count"]
        number = to_number(self.result(rule, container))
        wanted = int(max(0, min(MAX_ROWS, number))) if number == number else 0
        if number > MAX_ROWS:
            self.given_up[rule] = None
        while len(container.rows) > wanted:
            self.drop(container.rows[-1])
        while len(container.rows) < wanted:
            if len(self.nodes) > self._most_nodes:
                self.unsteady = True
                self.given_up[rule] = None
                break
            at = len(container.rows)
            row = self.insert(container, self._counted_id(container, at + 1), at)
            self.joined(container, row)
            if self.acting:
                self._newborn.append(row)

    def _counted_id(self, container: Container, position: int) -> str:
        """UUIDv5 of the visit and the row's place, so that every laptop names a counted row the same."""
        import hashlib

        namespace = bytes.fromhex(self.context.visit or "0" * 32)
        name = f"{self.compiled.form.form_id}/{container.path}/{position}".encode()
        digest = bytearray(hashlib.sha1(namespace + name, usedforsecurity=False).digest()[:16])
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        return digest.hex()

    def _note(self, node: "Leaf | Container") -> None:
        """Judges a node and notes what has changed."""
        self.touched.append(node.path)
        if isinstance(node, Leaf):
            node.seen = None
        problems = judge(self, node) if isinstance(node, Leaf) else judge_rows(node)
        if problems != node.problems:
            node.problems = problems
            self._changed_problems.add(node.path)
        if problems:
            self.wrong[node.path] = problems
        else:
            self.wrong.pop(node.path, None)

    def is_read_only(self, leaf: Leaf) -> bool:
        """True when no person answers the question: it is computed, or it or something around it is read only."""
        if "calculation" in self.compiled.rules_of.get(leaf.definition, {}):
            return True
        node: Node | None = leaf
        while node is not None:
            if node.own_read_only:
                return True
            node = node.around
        return False

    def forget_changes(self) -> None:
        """Nothing; from here on changes count anew."""
        self._changed_values: set[str] = set()
        self._changed_relevance: set[str] = set()
        self._changed_problems: set[str] = set()
        self._changed_rows: set[str] = set()
        self.set_too: dict[str, Value | None] = {}
        """What questions were set to because others changed."""

    def changes(self) -> Changes:
        """What has changed since ``forget_changes``."""
        return Changes(
            frozenset(self._changed_values),
            frozenset(self._changed_relevance),
            frozenset(self._changed_problems),
            frozenset(self._changed_rows),
        )


def _is_answered_in(row: Scoped) -> bool:
    """True for a row that stood before: what it began with is not said again when it comes back."""
    return any(isinstance(node, Leaf) and node.status != MISSING for node in row.members.values())
