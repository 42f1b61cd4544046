"""What an expression reads: where its names and paths lead, and what has to be computed before it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assessor_tui.form.model import Choice, Form, Question, Repeat
from assessor_tui.logic.definitions import (
    REPEAT,
    ROW,
    Definition,
    common,
    kinship,
    outside,
    repeats_around,
    top,
)
from assessor_tui.logic.functions import FUNCTIONS
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.locations import Location, in_list, is_name, merged, places_around, reached
from assessor_tui.logic.parser import (
    Call,
    Filter,
    Negation,
    Number,
    Operation,
    Path,
    Reference,
    Step,
    Text,
    Tree,
    parse,
)
from assessor_tui.logic.predicates import wanted_place

VALUE, ROWS, PLACE, NEAR = "value", "rows", "place", "near"
"""What can be read of a definition: its value (and whether it is relevant), which rows it has, the number of one's own
row among them, or which row stands so many places further."""


class Use(NamedTuple):
    """One thing a rule reads."""

    definition: Definition
    aspect: str
    """``VALUE`` or ``ROWS``."""
    anchor: Definition
    """Root or row: whoever stands below the same instance of it reads the same instances."""
    shift: int | None = None
    """Set when only the row is read that stands so many places after one's own; ``anchor`` is one's own row then."""


class Reads:
    """What the expressions of one definition read."""

    __slots__ = (
        "astray", "columns", "everywhere", "form", "found", "here", "labelling", "marks", "nested", "origin", "uses",
    )  # fmt: skip

    def __init__(self, form: Form, origin: Definition, everywhere: Mapping[str, list[Definition]]) -> None:
        self.form = form
        self.origin = origin
        self.everywhere = everywhere
        self.uses: dict[Use, None] = {}
        self.here = Location((origin,), origin.scope)
        """What ``.`` is where the expression starts."""
        self.nested = False
        """True where ``.`` is another node than the one the whole expression belongs to: in predicates."""
        self.columns: frozenset[str] = frozenset()
        self.labelling = {origin.parent} if origin.kind == ROW else set()
        """Repeats whose ``row_label`` is being looked at."""
        self.astray: list[ExpressionError] = []
        """Paths that lead nowhere: they are told, and give no node."""
        self.marks: set[str] = set()
        """``speaks`` once a choice's label is asked for, which depends on the language being shown."""
        self.found: tuple[Tree, Location, Location | None] | None = None
        """(tree, from where, where it leads) of what was last looked for: it is asked for twice in a row."""

    def open_choices(self, definition: Definition) -> None:
        """From here on names are those of a choice: its columns, or the questions of the row it stands for."""
        question = definition.node
        assert isinstance(question, Question)
        self.nested = True
        if question.rows_of:
            repeat = self.find(question.rows_of, 0)
            if repeat.row is not None:
                self.here = Location((repeat.row,), common(self.origin, repeat))
                return
        self.columns = columns_of(self.form, question.list_name) or frozenset()
        self.here = Location((), self.origin.scope, open=True, level=2 if self.columns else -1, columns=self.columns)

    def known(self) -> Iterator[str]:
        """Every name that could have been meant."""
        yield from self.everywhere
        yield from self.columns

    def find(self, name: str, at: int) -> Definition:
        """The definition that ``${name}`` means here: the one that shares the innermost row, then the most groups."""
        found = self.everywhere.get(name)
        if not found:
            raise ExpressionError("form.unknown_name", at, name)
        if len(found) == 1:
            return found[0]
        depths = [len(common(self.origin, definition).chain) for definition in found]
        best = [definition for definition, depth in zip(found, depths, strict=True) if depth == max(depths)]
        nearest_depth = min(len(definition.chain) for definition in best)
        best = [definition for definition in best if len(definition.chain) == nearest_depth]
        if len(best) > 1:
            nearest = max(kinship(self.origin, definition) for definition in best)
            best = [definition for definition in best if kinship(self.origin, definition) == nearest]
        if len(best) > 1:
            raise ExpressionError("form.ambiguous_name", at, name)
        return best[0]

    def _target(self, tree: Path) -> Definition | None:
        """The one place that an absolute path of names leads to; a repeat, where it leads to its rows."""
        here, left = top(self.origin), self._from_root(tree)
        for at, step in enumerate(left):
            if step.axis != "child" or not is_name(step.test) or step.predicates:
                return None
            target = here.names.get(step.test)
            if target is None or (target.row is not None and at == len(left) - 1):
                return target
            here = target.row or target
        return here

    def _from_root(self, tree: Path) -> tuple[Step, ...]:
        """The steps of an absolute path without the one that names the form itself."""
        first = tree.steps[0] if tree.steps else None
        named = first is not None and first.axis == "child" and first.test in (self.form.root, "*")
        return tree.steps[1:] if named and first is not None and not first.predicates else tree.steps

    def _own_row(self, tree: Path) -> tuple[Definition, tuple[Step, ...]]:
        here = row = top(self.origin)
        left = steps = self._from_root(tree)
        for at, step in enumerate(steps[:-1]):
            if step.axis != "child" or step.predicates or not is_name(step.test) or step.test not in here.names:
                break
            here = here.names[step.test].row or here.names[step.test]
            if here.kind == ROW:
                if here.chain != self.origin.scope.chain[: len(here.chain)]:
                    break
                row, left = here, steps[at + 1 :]
        return row, left

    def _quietly(self, tree: Tree) -> Location | None:
        """Where ``tree`` leads, without noting what it reads; mistakes are told by ``explore``."""
        known = self.found
        if known is not None and known[0] is tree and known[1] is self.here:
            return known[2]
        quiet = Reads(self.form, self.origin, self.everywhere)
        quiet.columns, quiet.here, quiet.nested = self.columns, self.here, self.nested
        try:
            location = quiet.explore(tree)
        except ExpressionError:
            location = None
        self.found = tree, self.here, location
        return location

    def _index_road(self, target: Definition, numbers: Mapping[str, object]) -> tuple[Definition, int, tuple[str, ...]]:
        """(row or root to start at, rows to climb to it, repeats to go down) for the repeats that have a number."""
        outermost = next((at for at, name in enumerate(target.chain) if name in numbers), len(target.chain))
        start = self.origin.scope
        shared = len(common(self.origin, target).chain)
        while len(start.chain) > min(outermost, shared):
            start = outside(start)
        return start, len(self.origin.scope.chain) - len(start.chain), target.chain[len(start.chain) :]

    def _named(self, tree: Tree) -> Definition:
        if isinstance(tree, Reference):
            return self.find(tree.name, tree.start)
        target: Definition | None = None
        if isinstance(tree, Path) and tree.absolute:
            target = self._target(tree)
        elif (
            isinstance(tree, Path) and (location := self._quietly(tree)) is not None and len(location.definitions) == 1
        ):
            (target,) = location.definitions
            target = target.parent if target.kind == ROW else target
        if target is None:
            raise ExpressionError("form.not_a_name", tree.start)
        return target

    def _asked(self, tree: Call) -> Tree:
        """The ``${question}`` or path of a ``jr:choice-name``, which stands in quotes."""
        second = tree.arguments[1]
        asked = parse(second.value) if isinstance(second, Text) else second
        if not isinstance(asked, Reference | Path):
            raise ExpressionError("form.not_a_name", second.start)
        return asked

    def explore(self, tree: Tree, here: Location | None = None) -> Location | None:
        """Notes everything that ``tree`` reads; where its nodes are, when it gives nodes."""
        here = here or self.here
        if isinstance(tree, Number | Text):
            return None
        if isinstance(tree, Reference):
            target = self.find(tree.name, tree.start)
            return None if tree.last_saved else self._read(self._located(target))
        if isinstance(tree, Negation):
            self.explore(tree.operand, here)
            return None
        if isinstance(tree, Operation):
            locations = [self.explore(operand, here) for operand in (tree.first, *(part for _, part in tree.rest))]
            return merged(locations) if tree.rest[0][0] == "|" else None
        if isinstance(tree, Filter):
            if isinstance(tree.operand, Reference) and not tree.operand.last_saved:
                near = self._near(self._located(self.find(tree.operand.name, tree.start)), tree.predicates, here)
                if near is not None:
                    return near
            location = self.explore(tree.operand, here)
            if location is not None:
                location = location._replace(many=True)
                for predicate in tree.predicates:
                    self.explore(predicate, location)
            return location
        if isinstance(tree, Path):
            return self._follow(tree, here)
        return self._explore_call(tree, here)

    def _explore_call(self, tree: Call, here: Location) -> Location | None:
        if tree.name == "current":
            return Location((self.origin,), self.origin.scope)
        if tree.name == "indexed-repeat":
            target = self._named(tree.arguments[0])
            repeats = {self._named(argument).key: 0 for argument in tree.arguments[1::2]}
            start, _, _ = self._index_road(target, repeats)
            row, shift = self._offset(tree.arguments[2], here)
            if row is not None and len(tree.arguments) == 3 and row.key in repeats and target.scope is row:
                # The row so many places away is another one only where rows come or go near by, whatever its number.
                return self._read(Location((target,), row, shift=shift))
            for argument in tree.arguments[2::2]:
                self.explore(argument, here)
            for definition in (target, *repeats_around(target)):
                self._use(definition, start)
            return Location((target,), start)
        if tree.name == "jr:choice-name":
            self.explore(tree.arguments[0], here)
            asked = self._asked(tree)
            self.explore(asked, here)
            self._use_row_labels(self._named(asked), asked.start)
            self._use_choices(self._named(asked))
            return None
        if tree.name == "position" and tree.arguments and (row := self._standing(tree.arguments[0], here)) is not None:
            self.uses[Use(_repeat_of(row), PLACE, row)] = None
            return None
        locations = [self.explore(argument, here) for argument in tree.arguments]
        if tree.name == "instance":
            return self._list(tree, tree.arguments[0])
        if tree.name == "pulldata":
            found = self._list(tree, tree.arguments[0])
            for argument in tree.arguments[1:3]:
                if isinstance(argument, Text) and found.columns and argument.value not in found.columns:
                    raise ExpressionError("form.no_such_column", argument.start, argument.value)
            return None
        if tree.name == "randomize":
            return locations[0]._replace(many=True) if locations[0] is not None else None
        function = FUNCTIONS.get(tree.name)
        if function is not None and (function.own or (function.of_node and not tree.arguments)):
            self._read(here)
        return merged(locations) if tree.name in ("if", "coalesce", "once") else None

    def _list(self, tree: Call, named: Tree) -> Location:
        """What is around the rows of a list of the form."""
        outside = Location((), top(self.origin), many=True, open=True)
        if not isinstance(named, Text):
            return outside
        columns = columns_of(self.form, named.value)
        if columns is None:
            raise ExpressionError("form.unknown_instance", tree.start, named.value)
        if "label" in columns and named.value in self.form.choices:
            self.marks.add("speaks")
        self.columns |= columns
        return outside._replace(level=0 if columns else -1, columns=columns)

    def _use_row_labels(self, select: Definition, at: int) -> None:
        """Labels of rows depend on whatever their ``row_label`` reads; from here all rows count."""
        question = select.node
        if not isinstance(question, Question) or not question.rows_of:
            return
        for repeat in self.everywhere.get(question.rows_of, ()):
            if repeat.row is None or not isinstance(repeat.node, Repeat):
                continue
            if repeat in self.labelling:
                raise ExpressionError("form.cycle", at, f"{repeat.path} → {repeat.path}")
            root = top(repeat)
            self._use(repeat, root)
            if not repeat.node.row_label:
                continue
            inner = Reads(self.form, repeat.row, self.everywhere)
            inner.labelling |= self.labelling
            try:
                inner.explore(parse(repeat.node.row_label))
            except ExpressionError as error:
                if error.reason == "form.cycle" and self.origin.kind == ROW:
                    raise
                continue  # told where the label itself is compiled
            for use in inner.uses:
                self.uses[use._replace(anchor=root)] = None

    def _use_choices(self, select: Definition) -> None:
        """Labels out of nodes depend on whatever decides about the nodes, labels with outputs on what they show."""
        question = select.node
        if isinstance(question, Question) and (question.itemset or shows_values(self.form, question.list_name)):
            from assessor_tui.logic.choices import read_for  # which is built on names

            for use in read_for(self.form, select, self.everywhere):
                self.uses[use._replace(anchor=top(select))] = None

    def _located(self, target: Definition) -> Location:
        shared = common(self.origin, target)
        many = target.scope is not shared or target.kind == REPEAT
        return Location((target.row or target,), shared, many)

    def _read(self, location: Location) -> Location:
        for definition in location.definitions:
            row = location.anchor
            if location.shift is None:
                self._use(definition, row)
            elif definition is row or definition.scope is not row:
                self._use(definition, outside(row))
            else:
                self.uses[Use(_repeat_of(row), NEAR, row, location.shift)] = None
                self.uses[Use(definition, VALUE, row, location.shift)] = None
        return location

    def reads_rows(self, row: Definition) -> None:
        """Notes that the number of a row is read."""
        self._use(row, row)

    def _use(self, definition: Definition, anchor: Definition) -> None:
        if definition.kind == ROW:
            assert definition.parent is not None
            definition = definition.parent
        if definition.kind == REPEAT:
            # Which rows there are is known one level out; whoever stands inside reads the rows around itself.
            if anchor.parent is definition:
                anchor = definition.scope
            self.uses[Use(definition, ROWS, anchor)] = None
        else:
            self.uses[Use(definition, VALUE, anchor)] = None

    def _follow(self, tree: Path, here: Location) -> Location | None:
        steps = tree.steps
        if tree.origin is not None:
            start = self.explore(tree.origin, here)
            if start is None:
                return None
        elif tree.absolute:
            if (target := self._target(tree)) is not None:
                return self._read(self._located(target))
            row, steps = self._own_row(tree)
            start = Location((row,), row)
        else:
            start = here
        location = start
        for step in steps:
            location = self._step(step, location)
        return self._read(location)

    def _step(self, step: Step, here: Location) -> Location:
        location = in_list(step, here) if here.open else self._inside(step, here)
        if step.predicates and (near := self._near(location, step.predicates, here)) is not None:
            return near
        if step.predicates:
            location = location._replace(many=True)
            self._read(location)
            for predicate in step.predicates:
                self.explore(predicate, location)
        elif location.shift is None and any(definition.kind == ROW for definition in location.definitions):
            self._read(location)
        return location

    def _near(self, location: Location, predicates: tuple[Tree, ...], here: Location) -> Location | None:
        """The row of one's own repeat that ``[position() = position(..) - 1]`` means; None for other predicates."""
        if len(predicates) != 1 or len(location.definitions) != 1 or location.open:
            return None
        (row,) = location.definitions
        wanted = wanted_place(predicates[0])
        if row.kind != ROW or wanted is None or location.anchor is not outside(row):
            return None
        own, shift = self._offset(wanted, None)
        if own is not row:
            return None
        return location._replace(many=True, anchor=row, shift=shift)

    def _offset(self, tree: Tree, here: Location | None) -> tuple[Definition | None, int]:
        """(own row, places after it) of ``position(..) - 1``; no row for anything else."""
        shift = 0
        if isinstance(tree, Operation) and all(
            sign in ("+", "-") and isinstance(part, Number) and part.value.is_integer() for sign, part in tree.rest
        ):
            for sign, part in tree.rest:
                assert isinstance(part, Number)
                shift += int(part.value) if sign == "+" else -int(part.value)
            tree = tree.first
        if isinstance(tree, Call) and tree.name == "position" and tree.arguments and abs(shift) < MOST_PLACES:
            return self._standing(tree.arguments[0], here), shift
        return None, 0

    def _standing(self, tree: Tree, here: Location | None) -> Definition | None:
        """The row that ``..`` or ``current()/..`` leads to, one of those that the expression stands in."""
        if not isinstance(tree, Path) or tree.absolute or any(step.predicates for step in tree.steps):
            return None
        from_current = isinstance(tree.origin, Call) and tree.origin.name == "current"
        if not from_current and (tree.origin is not None or here is not self.here or self.nested):
            return None
        at: Definition | None = self.origin
        for step in tree.steps:
            if step.axis != "parent" or step.test != "node()" or at is None:
                return None
            at = next(iter(places_around(at)), None)
        return at if at is not None and at.kind == ROW else None

    def _inside(self, step: Step, here: Location) -> Location:
        """Where the step leads from ``here``, inside the form."""
        if here.shift is not None and step.axis != "child":
            here = here._replace(shift=None, anchor=outside(here.anchor))
        found = [target for definition in here.definitions for target in reached(step, definition)]
        if not found and step.axis == "child" and is_name(step.test) and here.definitions:
            self.astray.append(ExpressionError("form.unknown_name", step.start, step.test))
        anchor, many = here.anchor, here.many
        if step.axis in ("parent", "ancestor", "ancestor-or-self"):
            anchor = min((anchor, *(target.scope for target in found)), key=lambda scope: len(scope.chain))
            many = many or step.axis != "parent"
        elif step.axis == "child":
            many = many or len(found) != 1 or found[0].kind == ROW
        elif step.axis != "self":
            many = True
            if not step.axis.startswith("descendant"):
                anchor = top(self.origin)
        return Location(tuple(dict.fromkeys(found)), anchor, many, shift=here.shift)


def columns_of(form: Form, name: str) -> frozenset[str] | None:
    """The columns of a list of the form, empty where it is no table or its file is missing; None for no such list."""
    if name in form.choices:
        return _seen(form.choices[name]).columns
    instance = form.instances.get(name)
    return frozenset(instance.columns) if instance is not None else None


def shows_values(form: Form, name: str) -> bool:
    """True when labels of a list of the form have outputs."""
    return name in form.choices and _seen(form.choices[name]).shows_values


class _Seen(NamedTuple):
    """What one look through a list told."""

    choices: tuple[Choice, ...]
    columns: frozenset[str]
    shows_values: bool


_SEEN: dict[int, _Seen] = {}
"""By the identity of a list: a long one is asked about again and again while its form is compiled."""


def _seen(choices: tuple[Choice, ...]) -> _Seen:
    known = _SEEN.get(id(choices))
    if known is None or known.choices is not choices:
        if len(_SEEN) > 64:
            _SEEN.clear()
        columns = frozenset({"name", "label"}.union(*(choice.extra for choice in choices)))
        shows = any("${" in text for choice in choices for text in choice.label.values())
        known = _SEEN[id(choices)] = _Seen(choices, columns, shows)
    return known


MOST_PLACES = 100
"""Most places between a row and the one it reads that are looked at singly."""


def _repeat_of(row: Definition) -> Definition:
    assert row.parent is not None
    return row.parent
