"""Predicates: which of many nodes are kept, with what can be looked up by hash looked up first.

``[region = ${region} and contains(label, 'x')]`` is a look-up in the column ``region`` and a look at each of the rows
found. What a column is compared with is the same for every node, so it is computed once for all of them: a register
that checks each of its rows against all others, and a list of 50,000 towns, would otherwise be slow.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from assessor_tui.logic.functions import FUNCTIONS
from assessor_tui.logic.parser import Call, Filter, Negation, Number, Operation, Path, Tree
from assessor_tui.logic.tables import Items
from assessor_tui.logic.values import Closure, Node, Result, Scope, equal, to_boolean, to_text

if TYPE_CHECKING:
    from assessor_tui.logic.closures import Built, Names

Keep = Callable[[Scope, Sequence[Node]], list[Node]]
"""Gives those of the nodes that are kept, in their order."""
Build = Callable[[Tree, "Names | None"], "Built"]


class _Lookup(NamedTuple):
    """A column that must say what something else says."""

    column: str
    """``""`` for the id of the row."""
    wanted: Closure
    selected: bool
    """True when the column must be one of the names selected."""


def predicate(tree: Tree, names: "Names | None", build: Build) -> Keep:
    """Which nodes a predicate keeps.

    Raises:
        ExpressionError: as ``closures.build``.
    """
    parts = _conjuncts(tree)
    if names is None or any(_asks_for_place(part) for part in parts):
        return _each(tree, names, build)
    lookups: list[_Lookup] = []
    rest: list[Tree] = []
    for part in parts:
        lookup = _lookup(part, names, build)
        if lookup is not None:
            lookups.append(lookup)
        else:
            rest.append(part)
    if not lookups:
        return _each(tree, names, build)
    if not rest:
        return _looked_up(lookups)
    first = rest[0]
    left = Operation(first, tuple(("and", part) for part in rest[1:]), first.start, tree.end) if rest[1:] else first
    look_up, look_at = _looked_up(lookups), _each(left, names, build, truth=True)
    return lambda scope, nodes: look_at(scope, found) if (found := look_up(scope, nodes)) else found


def positional(tree: Tree) -> bool:
    """True when what is kept depends on where a node stands among the others: its place, or how many there are."""
    # A number by itself is a place, whatever it is computed from.
    return _asks_for_place(tree) or _may_be_number(tree)


def _asks_for_place(tree: Tree) -> bool:
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Call):
            if here.name in ("position", "last") and not here.arguments:
                return True
            waiting.extend(here.arguments)
        elif isinstance(here, Operation):
            waiting += [here.first, *(part for _, part in here.rest)]
        elif isinstance(here, Negation | Filter):
            waiting.append(here.operand)
        elif isinstance(here, Path) and here.origin is not None:
            waiting.append(here.origin)
    return False


def _may_be_number(tree: Tree) -> bool:
    if isinstance(tree, Number | Negation):
        return True
    if isinstance(tree, Operation):
        return tree.rest[0][0] in ("+", "-", "*", "div", "mod")
    if isinstance(tree, Call):
        function = FUNCTIONS.get(tree.name)
        return function is None or function.result in ("n", "v")
    return False


def _conjuncts(tree: Tree) -> list[Tree]:
    """The parts of which all must hold."""
    if isinstance(tree, Operation) and tree.rest[0][0] == "and":
        return [inner for part in (tree.first, *(each for _, each in tree.rest)) for inner in _conjuncts(part)]
    return [tree]


def _lookup(tree: Tree, names: "Names", build: Build) -> _Lookup | None:
    """What is looked up by ``column = anything``, ``anything = column`` or ``selected(anything, column)``."""
    if isinstance(tree, Operation) and len(tree.rest) == 1 and tree.rest[0][0] == "=":
        left, right = tree.first, tree.rest[0][1]
        for column, other in ((left, right), (right, left)):
            name = _column(column, names)
            if name is not None and independent(other):
                built = build(other, names)
                return _Lookup(name, built.run, False)
    if isinstance(tree, Call) and tree.name == "selected" and len(tree.arguments) == 2:
        name = _column(tree.arguments[1], names)
        if name and independent(tree.arguments[0]):
            run = build(tree.arguments[0], names).run
            return _Lookup(name, lambda scope: to_text(run(scope)), True)
    return None


def _column(tree: Tree, names: "Names") -> str | None:
    """Name of the column, or of the question of each row; ``""`` for the row's own id; None for anything else."""
    if isinstance(tree, Call):
        return "" if tree.name == "row-id" and not tree.arguments else None
    if not isinstance(tree, Path) or tree.origin is not None or tree.absolute:
        return None
    steps = tree.steps
    if len(steps) == 2 and steps[0].axis == "self" and steps[0].test == "node()" and not steps[0].predicates:
        tree = tree._replace(steps=steps[1:])  # ./column
    if len(tree.steps) != 1 or tree.steps[0].axis != "child":
        return None
    return tree.steps[0].test if names.is_single(tree) else None


def independent(tree: Tree) -> bool:
    """True when the result is the same whichever node is looked at."""
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Path):
            if here.origin is not None:
                waiting.append(here.origin)
            elif not here.absolute:
                return False
        elif isinstance(here, Call):
            function = FUNCTIONS.get(here.name)
            if here.name in ("position", "last", "row-id") and not here.arguments:
                return False
            if function is not None and (function.own or (function.of_node and not here.arguments)):
                return False
            waiting.extend(here.arguments)
        elif isinstance(here, Operation):
            waiting += [here.first, *(part for _, part in here.rest)]
        elif isinstance(here, Negation | Filter):
            waiting.append(here.operand)
    return True


def _looked_up(lookups: list[_Lookup]) -> Keep:
    def keep(scope: Scope, nodes: Sequence[Node]) -> list[Node]:
        for column, run, selected in lookups:
            if not nodes:
                break
            wanted = run(scope)
            if not column:
                row_id = scope.world.row_id
                nodes = [node for node in nodes if equal(row_id(node), wanted)]
            elif selected:
                nodes = _selected(nodes, column, wanted)
            else:
                nodes = _equal(nodes, column, wanted)
        return nodes if isinstance(nodes, list) else list(nodes)

    return keep


def _equal(nodes: Sequence[Node], column: str, wanted: Result) -> Sequence[Node]:
    """The nodes whose column equals a value, by the rules of ``=``."""
    if isinstance(wanted, list):
        texts = {node.value for node in wanted}
        if len(texts) != 1:
            return _any_of(nodes, column, texts, stripped=False)
        wanted = texts.pop()
    if isinstance(wanted, str):
        return nodes[0].among(nodes, column, wanted)
    return [node for node in nodes if equal(node.text_of(column), wanted)]


def _selected(nodes: Sequence[Node], column: str, wanted: str) -> Sequence[Node]:
    return _any_of(nodes, column, set(wanted.split()), stripped=True)


def _any_of(nodes: Sequence[Node], column: str, texts: set[str], *, stripped: bool) -> list[Node]:
    if isinstance(nodes, Items):
        table = nodes.table
        rows = {at for text in texts for at in table.rows_that_say(column, text, stripped=stripped)}
        return [table.item(at) for at in sorted(rows)]
    if stripped:
        return [node for node in nodes if node.text_of(column).strip() in texts]
    return [node for node in nodes if node.text_of(column) in texts]


def _each(tree: Tree, names: "Names | None", build: Build, *, truth: bool = False) -> Keep:
    """Looks at each node; ``truth``: what comes out is a truth even where it is a number."""
    run = build(tree, names).run

    def keep(scope: Scope, nodes: Sequence[Node]) -> list[Node]:
        inner = Scope(scope.node, scope.current, scope.world, 0, len(nodes))
        kept: list[Node] = []
        for at, node in enumerate(nodes, 1):
            inner.node, inner.position = node, at
            result: Any = run(inner)
            if result is False:
                continue
            if result is True or (result == at if type(result) is float and not truth else to_boolean(result)):
                kept.append(node)
        return kept

    return keep
