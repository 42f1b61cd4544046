"""What names mean in the expressions of a form: the closures that reach what they name."""

from typing import Any

from assessor_tui.form.model import NUMBER_TYPES, Question
from assessor_tui.logic.closures import Built, as_kind, build, nodes_of
from assessor_tui.logic.definitions import (
    QUESTION,
    REPEAT,
    ROOT,
    ROW,
    Definition,
    asks_each_row,
    common,
)
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import (
    Call,
    Path,
    Reference,
    Step,
    Tree,
)
from assessor_tui.logic.reads import Reads
from assessor_tui.logic.tables import pulled
from assessor_tui.logic.values import Closure, Scope


class FormNames(Reads):
    """What names mean in the expressions of one definition, and what they read."""

    __slots__ = ()

    def reference(self, tree: Reference) -> Built:
        """The closure of ``${name}``."""
        target = self.find(tree.name, tree.start)
        if tree.last_saved:
            path = target.path
            return Built(lambda scope: _world(scope).last_saved(path), "t")
        return self.reach(target)

    def reach(self, target: Definition) -> Built:
        """The closure that goes from the current node to ``target``: out to the common row, then down."""
        shared = common(self.origin, target)
        out = len(self.origin.scope.chain) - len(shared.chain)
        down = target.scope.chain[len(shared.chain) :]
        name = target.key
        if target.kind == REPEAT:
            down, name = (*down, name), ""
        if target.kind in (ROOT, ROW):
            return Built(lambda scope: [row] if (row := _outer(_at(scope), out)).relevant else [], "s")
        if not down:
            counts = _counts(target)
            if out == 0:
                return Built(
                    lambda scope: _at(scope).members[name].value,
                    "t",
                    lambda scope: [node] if (node := _at(scope).members[name]).relevant else [],
                    counts,
                )
            return Built(
                lambda scope: _outer(_at(scope), out).members[name].value,
                "t",
                lambda scope: [node] if (node := _outer(_at(scope), out).members[name]).relevant else [],
                counts,
            )

        if len(down) == 1 and not name and not asks_each_row(target.node):
            (repeat,) = down

            def rows_of(scope: Scope) -> list[Any]:
                container = _outer(_at(scope), out).containers[repeat]
                # As they stand, without a copy: each of a thousand rows may ask for all of them.
                return container.rows if container.relevant else []

            return Built(rows_of, "s")

        def nodes(scope: Scope) -> list[Any]:
            rows = [_outer(_at(scope), out)]
            for repeat in down:
                rows = [row for around in rows for row in around.containers[repeat].rows if row.relevant]
            scope.world.effort.spend(len(rows) // 4)
            if not name:
                return list(rows)
            return [node for row in rows if (node := row.members[name]).relevant]

        return Built(nodes, "s")

    def path(self, tree: Path) -> Built | None:
        """The closure of a path that leads to one place of the form, as ``${name}`` would; None for any other."""
        if tree.origin is not None or any(step.predicates for step in tree.steps):
            return None
        if tree.absolute:
            target = self._target(tree)
            return self.reach(target) if target is not None else None
        if self.nested or self.here.open:
            return None
        location = self._quietly(tree)
        if location is None or location.many or len(location.definitions) != 1:
            return None
        (target,) = location.definitions
        if target.kind == QUESTION and location.anchor is common(self.origin, target) is target.scope:
            return self.reach(target)
        return None

    def beginning(self, tree: Path) -> tuple[Closure | None, tuple[Step, ...]]:
        """Where an absolute path starts, and its steps from there: a path into rows that the expression stands in
        means its own row, as far as no predicate says otherwise."""
        row, left = self._own_row(tree)
        out = len(self.origin.scope.chain) - len(row.chain)
        return (lambda scope: [_outer(_at(scope), out)]), left

    def place(self, tree: Call) -> Built | None:
        """The closure of ``position(..)`` where that is the number of one's own row; None for any other."""
        row = self._standing(tree.arguments[0], self.here) if tree.arguments else None
        if row is None:
            return None
        out = len(self.origin.scope.chain) - len(row.chain)
        return Built(lambda scope: float(_outer(_at(scope), out).index + 1), "n")

    def is_single(self, tree: Path) -> bool:
        """True for ``../name``, or ``name`` in a predicate on rows, when it leads to one question from each node."""
        if tree.absolute or tree.origin is not None or any(step.predicates for step in tree.steps):
            return False
        location = self._quietly(tree)
        if location is None or location.many:
            return False
        return location.level == 3 if location.open else len(location.definitions) == 1

    def within(self, tree: Tree) -> "FormNames":
        """The names inside a predicate on the nodes of ``tree``."""
        inner = FormNames(self.form, self.origin, self.everywhere)
        inner.columns, inner.marks, inner.nested = self.columns, self.marks, True
        inner.astray = self.astray
        location = self._quietly(tree)
        inner.here = (location or self.here)._replace(many=False)
        return inner

    def unknown(self, error: ExpressionError) -> Built:
        """Nothing: an unknown function is a mistake of the form, reached or not."""
        raise error

    def call(self, tree: Call) -> Built | None:
        """The closure of ``indexed-repeat``, ``jr:choice-name`` or a function that looks into the form's lists."""
        if tree.name == "indexed-repeat":
            return self.indexed(tree)
        if tree.name == "jr:choice-name":
            return self.choice_name(tree)
        arguments = [as_kind(build(each, self), "t") for each in tree.arguments]
        if tree.name == "instance":
            (name,) = arguments
            return Built(lambda scope: [node] if (node := _world(scope).instance(name(scope))) is not None else [], "s")
        if tree.name == "pulldata":
            return Built(lambda scope: pulled(_world(scope).instance, *(each(scope) for each in arguments)), "t")
        if tree.name == "jr:itext":
            self.marks.add("speaks")
            (text,) = arguments
            return Built(lambda scope: _world(scope).itext(text(scope)), "t")
        return None

    def indexed(self, tree: Call) -> Built:
        """``indexed-repeat(${question}, ${repeat}, number, ...)``: from the row around the outermost repeat, down."""
        if len(tree.arguments) % 2 == 0:
            raise ExpressionError("form.arguments", tree.start, tree.name)
        target = self._named(tree.arguments[0])
        numbers = {}
        for at in range(1, len(tree.arguments), 2):
            repeat = self._named(tree.arguments[at])
            if repeat.kind != REPEAT:
                raise ExpressionError("form.not_a_repeat", tree.arguments[at].start, repeat.name)
            numbers[repeat.key] = as_kind(build(tree.arguments[at + 1], self), "n")
        _, out, down = self._index_road(target, numbers)
        name = target.key

        def nodes(scope: Scope) -> list[Any]:
            row = _outer(_at(scope), out)
            for repeat in down:
                rows = row.containers[repeat].rows
                wanted = numbers[repeat](scope) if repeat in numbers else 1.0
                if not (wanted == wanted and 1 <= wanted <= len(rows)) or not row.containers[repeat].relevant:
                    return []
                row = rows[int(wanted) - 1]
            node = row.members[name]
            return [node] if node.relevant else []

        def value(scope: Scope) -> str:
            found = nodes(scope)
            return found[0].value if found else ""

        return Built(value, "t", nodes)

    def choice_name(self, tree: Call) -> Built:
        """``jr:choice-name(value, '${question}')``: the label in the language being shown."""
        self.marks.add("speaks")
        value = as_kind(build(tree.arguments[0], self), "t")
        asked = self._asked(tree)
        target = self._named(asked)
        node = nodes_of(asked, self)
        if target.kind == QUESTION and target.scope is common(self.origin, target):
            # The value may stand elsewhere: a question that is not relevant still has its choices.
            out, name = len(self.origin.scope.chain) - len(target.scope.chain), target.key
            node = lambda scope: [_outer(_at(scope), out).members[name]]  # noqa: E731

        def label(scope: Scope) -> str:
            found = node(scope)
            return scope.world.choice_label(found[0], value(scope)) if found else ""

        return Built(label, "t")


def _at(scope: Scope) -> Any:
    """The root or row of a filling that the expression stands in."""
    return scope.current.scope  # type: ignore[attr-defined]


def _counts(target: Definition) -> bool:
    """True for a question whose value is a number or a truth."""
    question = target.node
    return isinstance(question, Question) and (
        question.type in NUMBER_TYPES or question.data_type in ("int", "integer", "decimal", "boolean")
    )


def _world(scope: Scope) -> Any:
    """The filling that the expression stands in."""
    return scope.world


def _outer(row: Any, times: int) -> Any:
    for _ in range(times):
        row = row.outer
    return row
