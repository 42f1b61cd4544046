"""Predicates: which of many nodes are kept, with what can be looked up by hash looked up first.

``[region = ${region} and contains(label, 'x')]`` is a look-up in the column ``region`` and a look at each of the rows
found. What a column is compared with is the same for every node, so it is computed once for all of them: a register
that checks each of its rows against all others, and a list of 50,000 towns, would otherwise be slow.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from assessor_tui.logic.effort import WORTH
from assessor_tui.logic.functions import FUNCTIONS
from assessor_tui.logic.parser import Call, Negation, Number, Operation, Path, Text, Tree, inside
from assessor_tui.logic.tables import Items
from assessor_tui.logic.values import Closure, Node, Result, Scope, equal, same, to_boolean, to_number, to_text

if TYPE_CHECKING:
    from assessor_tui.logic.closures import Built, Names

Keep = Callable[[Scope, Sequence[Node]], Sequence[Node]]
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
    wanted = wanted_place(tree)
    if wanted is not None and independent(wanted):
        return _at(build(wanted, names).run)
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


def wanted_place(tree: Tree) -> Tree | None:
    """What ``position() = ...`` compares with, and the number itself in ``[3]``; None for any other predicate."""
    if isinstance(tree, Number):
        return tree
    if isinstance(tree, Operation) and len(tree.rest) == 1 and tree.rest[0][0] == "=":
        for one, other in ((tree.first, tree.rest[0][1]), (tree.rest[0][1], tree.first)):
            if isinstance(one, Call) and one.name == "position" and not one.arguments:
                return other
    return None


def _at(run: Closure) -> Keep:
    """The one node at a place."""

    def keep(scope: Scope, nodes: Sequence[Node]) -> Sequence[Node]:
        number = to_number(run(scope), scope)
        if not 0.5 < number < len(nodes) + 0.5 or not same(number, round(number)):
            return []
        return nodes[round(number) - 1 : round(number)]

    return keep


def positional(tree: Tree) -> bool:
    """True when what is kept depends on where a node stands among the others: its place, or how many there are."""
    # A number by itself is a place, whatever it is computed from.
    return _asks_for_place(tree) or _may_be_number(tree)


def _asks_for_place(tree: Tree) -> bool:
    return any(
        isinstance(here, Call) and here.name in ("position", "last") and not here.arguments for here in inside(tree)
    )


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
    for here in inside(tree):
        if isinstance(here, Path) and here.origin is None and not here.absolute:
            return False
        if isinstance(here, Call) and (_of_node(here) or (here.name in ("position", "last") and not here.arguments)):
            return False
    return True


def _of_node(call: Call) -> bool:
    """True when the function reads the node that it stands at."""
    function = FUNCTIONS.get(call.name)
    if function is None or function.own or call.name == "id":
        return function is not None
    return not call.arguments and (function.of_node or call.name in ("name", "local-name", "row-id"))


def _looked_up(lookups: list[_Lookup]) -> Keep:
    def keep(scope: Scope, nodes: Sequence[Node]) -> Sequence[Node]:
        asked = [(column, run(scope), selected) for column, run, selected in lookups]
        if len(asked) > 1 and isinstance(nodes, Items):
            most, size = nodes.most, len(nodes)
            asked.sort(key=lambda each: most(each[0], each[1]) if isinstance(each[1], str) else size)
        for column, wanted, selected in asked:
            if not nodes:
                break
            if not column:
                row_id = scope.world.row_id
                nodes = [node for node in nodes if equal(row_id(node), wanted)]
            elif selected:
                nodes = _any_of(nodes, column, set(wanted.split()), stripped=True)
            else:
                nodes = _equal(nodes, column, wanted, scope)
        return nodes

    return keep


def _equal(nodes: Sequence[Node], column: str, wanted: Result, scope: Scope) -> Sequence[Node]:
    """The nodes whose column equals a value, by the rules of ``=``."""
    if isinstance(wanted, list):
        texts = {node.value for node in wanted}
        if len(texts) != 1:
            return _any_of(nodes, column, texts, stripped=False)
        wanted = texts.pop()
    if isinstance(wanted, str):
        return nodes[0].among(nodes, column, wanted)
    return [node for node in nodes if equal(node.text_of(column), wanted, scope)]


def _any_of(nodes: Sequence[Node], column: str, texts: set[str], *, stripped: bool) -> Sequence[Node]:
    if isinstance(nodes, Items):
        return nodes.that_say(column, texts, stripped=stripped)
    if stripped:
        return [node for node in nodes if node.text_of(column).strip() in texts]
    return [node for node in nodes if node.text_of(column) in texts]


# One by one


class Held(NamedTuple):
    """A part that gives the same for every node, as a tree among trees: it is computed when it is first asked for."""

    built: "Built"
    start: int
    end: int


class _Looking(Scope):
    """Where a predicate stands while it looks at one node after the other."""

    __slots__ = ("held", "texts")

    def __init__(self, scope: Scope, size: int, held: list[Any]) -> None:
        super().__init__(scope.node, scope.current, scope.world, 0, size)
        self.held = held
        self.texts: tuple[str, ...] = ()
        """What the row of a list that is looked at says in the columns that the predicate reads."""


_NOT_YET: Any = object()


def _each(tree: Tree, names: "Names | None", build: Build, *, truth: bool = False) -> Keep:
    """Looks at each node; ``truth``: what comes out is a truth even where it is a number."""
    held: list[Any] = []
    if names is not None:
        tree = _holding(tree, names, build, held)
    run = build(tree, names).run
    columns: dict[str, int] = {}
    by_column = _by_column(tree, names, build, columns) if names is not None else None
    look = build(by_column, names).run if by_column is not None and columns else None
    part = _part_of_text(tree, names, build) if names is not None else None

    weight = 1 + (tree.end - tree.start) // WORTH

    def keep(scope: Scope, nodes: Sequence[Node]) -> Sequence[Node]:
        scope.world.effort.spend(weight * len(nodes))
        inner = _Looking(scope, len(nodes), held.copy())
        if part is not None and isinstance(nodes, Items):
            return Items(nodes.table, part(inner, nodes))
        if look is not None and isinstance(nodes, Items):
            rows: list[int] = []
            texts = zip(*(nodes.texts(column) for column in columns), strict=True)
            for inner.position, (at, inner.texts) in enumerate(zip(nodes.rows, texts, strict=True), 1):
                result: Any = look(inner)
                if result is True or (result is not False and _kept(result, inner.position, truth)):
                    rows.append(at)
            return Items(nodes.table, rows)
        kept: list[Node] = []
        for inner.position, node in enumerate(nodes, 1):
            inner.node = node
            result = run(inner)
            if result is True or (result is not False and _kept(result, inner.position, truth)):
                kept.append(node)
        return kept

    return keep


def _part_of_text(tree: Tree, names: "Names", build: Build) -> Callable[[Scope, Items], list[int]] | None:
    """Rows whose column has a part that is the same for all of them: what people type into a search, by far the
    commonest look at every row."""
    if not isinstance(tree, Call) or tree.name not in ("contains", "starts-with") or len(tree.arguments) != 2:
        return None
    column = _column(tree.arguments[0], names)
    if not column or not isinstance(tree.arguments[1], Held | Text):
        return None
    wanted = build(Call("string", tree.arguments[1:], tree.start, tree.end), names).run
    if tree.name == "contains":

        def containing(scope: Scope, items: Items) -> list[int]:
            part = wanted(scope)
            return [at for at, text in zip(items.rows, items.texts(column), strict=True) if part in text]

        return containing

    def beginning(scope: Scope, items: Items) -> list[int]:
        part = wanted(scope)
        return [at for at, text in zip(items.rows, items.texts(column), strict=True) if text.startswith(part)]

    return beginning


def _kept(result: Result, position: int, truth: bool) -> bool:
    return result == position if type(result) is float and not truth else to_boolean(result)


def _holding(tree: Tree, names: "Names", build: Build, held: list[Any]) -> Tree:
    """The tree with what is the same for every node held; literals are cheap enough as they are."""
    if isinstance(tree, Text | Number):
        return tree
    if independent(tree):
        at = len(held)
        held.append(_NOT_YET)
        built = build(tree, names)
        original = built.run

        def run(scope: Scope) -> Any:
            found = scope.held  # type: ignore[attr-defined]
            if found[at] is _NOT_YET:
                found[at] = original(scope)
            return found[at]

        return cast(Tree, Held(built._replace(run=run), tree.start, tree.end))
    if isinstance(tree, Operation):
        rest = tuple((sign, _holding(operand, names, build, held)) for sign, operand in tree.rest)
        return tree._replace(first=_holding(tree.first, names, build, held), rest=rest)
    if isinstance(tree, Call) and tree.name in FUNCTIONS:
        return tree._replace(arguments=tuple(_holding(each, names, build, held) for each in tree.arguments))
    if isinstance(tree, Negation):
        return tree._replace(operand=_holding(tree.operand, names, build, held))
    return tree


def _by_column(tree: Tree, names: "Names", build: Build, columns: dict[str, int]) -> Tree | None:
    """The tree as it is asked of the texts of a row, without its node; None when it needs the node itself."""
    if isinstance(tree, Text | Number | Held):
        return tree
    if isinstance(tree, Path):
        column = _column(tree, names)
        if column is None:
            return None
        at = columns.setdefault(column, len(columns))
        said: Closure = lambda scope: scope.texts[at]  # type: ignore[attr-defined]  # noqa: E731
        return cast(Tree, Held(build(tree, names)._replace(run=said, nodes=None), tree.start, tree.end))
    inner: list[Tree | None]
    if isinstance(tree, Operation):
        inner = [_by_column(part, names, build, columns) for part in (tree.first, *(each for _, each in tree.rest))]
        if tree.rest[0][0] == "|" or None in inner:
            return None
        first, *others = cast(list[Tree], inner)
        rest = tuple((sign, each) for (sign, _), each in zip(tree.rest, others, strict=True))
        return tree._replace(first=first, rest=rest)
    if isinstance(tree, Call):
        function = FUNCTIONS.get(tree.name)
        inner = [_by_column(each, names, build, columns) for each in tree.arguments]
        if function is None or None in inner or _of_node(tree) or (tree.arguments and "s" in function.arguments):
            return None
        return tree._replace(arguments=tuple(cast(list[Tree], inner)))
    if isinstance(tree, Negation):
        operand = _by_column(tree.operand, names, build, columns)
        return tree._replace(operand=operand) if operand is not None else None
    return None
