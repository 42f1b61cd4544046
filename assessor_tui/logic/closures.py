"""Expression tree to closure: built once, called for every recalculation.

The closures walk ``values.Node`` only, so they work on a filling as on any document. Where a form gives names their
meaning (``${name}``), ``Names`` does it.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from assessor_tui.logic.axes import FAR, REVERSE, in_order, passer, taker
from assessor_tui.logic.functions import FORMS, FUNCTIONS, Function
from assessor_tui.logic.lexer import ExpressionError
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
)
from assessor_tui.logic.predicates import Held, positional, predicate
from assessor_tui.logic.values import (
    Closure,
    Node,
    Scope,
    before,
    difference,
    divide,
    equal,
    not_after,
    ordered,
    remainder,
    same,
    text_to_number,
    to_boolean,
    to_number,
    to_text,
    unequal,
)


class Built(NamedTuple):
    """A closure and what it is known to give: a letter as in ``functions``."""

    run: Closure
    result: str
    nodes: Closure | None = None
    """Gives the nodes themselves, where ``run`` gives the value of one."""
    counts: bool = False
    """True when the value is a number or a truth, though it is kept as text: 0 does not hold then."""


class Names(Protocol):
    """What names mean where the expression stands."""

    def reference(self, tree: Reference) -> Built:
        """What ``${name}`` gives."""

    def path(self, tree: Path) -> Built | None:
        """The closure of a path that leads to one place of the form; None for any other."""

    def beginning(self, tree: Path) -> tuple[Closure | None, tuple[Step, ...]]:
        """What gives the node an absolute path starts at (None: the root), and its steps from there."""

    def place(self, tree: Call) -> Built | None:
        """The closure of ``position(..)`` where that is the number of one's own row; None for any other."""

    def is_single(self, tree: Path) -> bool:
        """True when the path always leads to one question, so that it is blank rather than an empty list."""

    def within(self, tree: Tree) -> "Names":
        """What names mean inside a predicate on the nodes that ``tree`` gives."""

    def call(self, tree: Call) -> Built | None:
        """The closure of a call that looks at the form itself; None when it is not one."""

    def unknown(self, error: ExpressionError) -> Built:
        """What stands for a call that cannot be run, which may be one that is never reached.

        Raises:
            ExpressionError: ``error``, where such a call is a mistake wherever it stands.
        """


def build(tree: Tree, names: Names | None = None) -> Built:
    """The closure of ``tree``.

    Raises:
        ExpressionError: ``form.unknown_function``, ``form.arguments``, or ``form.not_nodes`` where nodes are demanded.
    """
    if isinstance(tree, Held):
        return tree.built
    if isinstance(tree, Reference):
        if names is None:
            raise ExpressionError("form.unknown_name", tree.start, tree.name)
        return names.reference(tree)
    if isinstance(tree, Text | Number):
        value = tree.value
        return Built(lambda _: value, "t" if isinstance(value, str) else "n")
    if isinstance(tree, Operation):
        return _operation(tree, names)
    if isinstance(tree, Call):
        return _call(tree, names)
    if isinstance(tree, Path):
        return _path(tree, names)
    if isinstance(tree, Filter):
        return _filter(tree, names)
    return _negation(tree, names)


def as_kind(built: Built, kind: str) -> Closure:
    """The closure with its result seen as text (``t``), number, truth or nodes."""
    run = built.run
    if kind == "s" and built.nodes is not None:
        return built.nodes
    if kind in (built.result, "v", "l"):
        return run
    if kind == "t":
        return lambda scope: to_text(run(scope))
    if kind == "n":
        if built.result == "t":
            return lambda scope: text_to_number(run(scope), scope)

        def number(scope: Scope) -> float:
            value = run(scope)
            return value if type(value) is float else to_number(value, scope)

        return number
    if kind == "b" and built.counts:
        return lambda scope: _holds(run(scope))
    if kind == "b":
        return lambda scope: to_boolean(run(scope))

    def nodes(scope: Scope) -> list[Node]:
        value = run(scope)
        return value if isinstance(value, list) else []

    return nodes


def _holds(text: str) -> bool:
    """Whether a number, or a truth as ``true`` or ``false``, holds; what is neither holds unless it is blank."""
    number = text_to_number(text)
    return number != 0 if number == number else text not in ("", "false")


def nodes_of(tree: Tree, names: Names | None) -> Closure:
    """The closure that gives nodes.

    Raises:
        ExpressionError: ``form.not_nodes`` when ``tree`` can never give any.
    """
    built = build(tree, names)
    if built.nodes is None and built.result not in ("s", "v"):
        raise ExpressionError("form.not_nodes", tree.start)
    return as_kind(built, "s")


def _negation(tree: Negation, names: Names | None) -> Built:
    run = as_kind(build(tree.operand, names), "n")
    return Built((lambda scope: -run(scope)) if tree.times % 2 else run, "n")


MAX_FILTERED = 64
"""Most steps of one path that have conditions: what names mean is looked up from the first step on for each."""
MAX_COMPARED = 32
"""Longest chain of comparisons such as ``1 = 2 = 3``, which nobody writes on purpose."""

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": difference, "*": operator.mul, "div": divide, "mod": remainder,
}  # fmt: skip
_SCALARS = frozenset("tnb")
_BY_NUMBER: dict[str, Callable[[float, float], bool]] = {
    "<": before,
    "<=": not_after,
    ">": lambda left, right: before(right, left),
    ">=": lambda left, right: not_after(right, left),
}
_COMPARISON: dict[str, Callable[[Any, Any, Scope], bool]] = {
    "=": equal,
    "!=": unequal,
    **{sign: ordered(compare) for sign, compare in _BY_NUMBER.items()},
}


def _operation(tree: Operation, names: Names | None) -> Built:
    first = build(tree.first, names)
    rest = [(sign, build(operand, names)) for sign, operand in tree.rest]
    sign = rest[0][0]
    if sign in ("or", "and"):
        runs = [as_kind(built, "b") for built in (first, *(built for _, built in rest))]
        return Built(_either(runs) if sign == "or" else _both(runs), "b")
    if len(rest) > MAX_COMPARED and sign in _COMPARISON:
        raise ExpressionError("form.expression_too_deep", tree.rest[MAX_COMPARED][1].start)
    if sign == "|":
        parts = [nodes_of(operand, names) for operand in (tree.first, *(operand for _, operand in tree.rest))]
        return Built(lambda scope: in_order(node for part in parts for node in part(scope)), "s")
    if len(rest) > 1 and sign in _ARITHMETIC:
        return _sum_up(first, rest)
    run = first
    for sign, operand in rest:
        run = _arithmetic(sign, run, operand) if sign in _ARITHMETIC else _comparison(sign, run, operand)
    return run


def _sum_up(first: Built, rest: list[tuple[str, Built]]) -> Built:
    """A chain such as ``a + b - c``, in a loop: closures inside closures would make long ones too deep."""
    start = as_kind(first, "n")
    parts = [(_ARITHMETIC[sign], as_kind(operand, "n")) for sign, operand in rest]

    def run(scope: Scope) -> float:
        result: float = start(scope)
        for apply, operand in parts:
            result = apply(result, operand(scope))
        return result

    return Built(run, "n")


def _either(runs: list[Closure]) -> Closure:
    def either(scope: Scope) -> bool:
        for run in runs:  # noqa: SIM110  a generator costs more than the loop
            if run(scope):
                return True
        return False

    return either


def _both(runs: list[Closure]) -> Closure:
    def both(scope: Scope) -> bool:
        for run in runs:  # noqa: SIM110
            if not run(scope):
                return False
        return True

    return both


def _arithmetic(sign: str, left: Built, right: Built) -> Built:
    apply, a, b = _ARITHMETIC[sign], as_kind(left, "n"), as_kind(right, "n")
    return Built(lambda scope: apply(a(scope), b(scope)), "n")


def _comparison(sign: str, left: Built, right: Built) -> Built:
    a, b = left.run, right.run
    if left.result == right.result == "t" and sign in ("=", "!="):
        if sign == "=":
            return Built(lambda scope: a(scope) == b(scope), "b")
        return Built(lambda scope: a(scope) != b(scope), "b")
    kinds = {left.result, right.result}
    if kinds <= _SCALARS and (sign in _BY_NUMBER or ("n" in kinds and "b" not in kinds)):
        # Neither side can be nodes, so that it is known before that numbers are compared.
        one, other, by_number = as_kind(left, "n"), as_kind(right, "n"), _BY_NUMBER.get(sign, same)
        if sign == "!=":
            return Built(lambda scope: not same(one(scope), other(scope)), "b")
        return Built(lambda scope: by_number(one(scope), other(scope)), "b")
    apply = _COMPARISON[sign]
    return Built(lambda scope: apply(a(scope), b(scope), scope), "b")


def _unknown(reason: str, tree: Call, names: Names | None) -> Built:
    error = ExpressionError(reason, tree.start, tree.name)
    if names is None:
        raise error
    return names.unknown(error)


def _call(tree: Call, names: Names | None) -> Built:
    name, count = tree.name, len(tree.arguments)
    bounds = FORMS.get(name) or ((FUNCTIONS[name].least, FUNCTIONS[name].most) if name in FUNCTIONS else None)
    if bounds is None:
        return _unknown("form.unknown_function", tree, names)
    if not bounds[0] <= count <= bounds[1]:
        return _unknown("form.arguments", tree, names)
    if name == "position" and names is not None and (known := names.place(tree)) is not None:
        return known
    if name == "current":
        return Built(lambda scope: [scope.current], "s")
    if name in FORMS:
        built = names.call(tree) if names is not None else None
        if built is None:
            return _unknown("form.unknown_function", tree, names)
        return built
    function = FUNCTIONS[name]
    letters = function.arguments
    runs: list[Closure] = []
    for at, argument in enumerate(tree.arguments):
        letter = letters[min(at, len(letters) - 1)]
        if letter == "s":
            runs.append(nodes_of(argument, names))
        else:
            built = build(argument, names)
            # A single question is one text; aggregates want to see its node, so that blanks can be told apart.
            wants_nodes = letter == "v" and built.nodes is not None and name in _AGGREGATES
            runs.append(as_kind(built, "s" if wants_nodes else letter))
    if name == "selected" and isinstance(tree.arguments[1], Text):
        return Built(_selects(runs[0], tree.arguments[1].value.strip()), "b")
    return Built(_applied(function, runs), function.result)


def _selects(answer: Closure, name: str) -> Closure:
    """``selected(answer, 'name')``, by far the commonest call: most answers are one name, or not given."""

    def selects(scope: Scope) -> bool:
        text = answer(scope)
        return text == name or (name in text and name in text.split())

    return selects if len(name.split()) == 1 else lambda _: False


_AGGREGATES = frozenset({"sum", "min", "max"})


def _applied(function: Function, runs: list[Closure]) -> Closure:
    run = function.run
    if "l" in function.arguments:
        return lambda scope: run(scope, *runs)
    if function.scoped:
        return lambda scope: run(scope, *[closure(scope) for closure in runs])
    if len(runs) == 1:
        only = runs[0]
        return lambda scope: run(only(scope))
    if len(runs) == 2:
        first, second = runs
        return lambda scope: run(first(scope), second(scope))
    return lambda scope: run(*[closure(scope) for closure in runs])


def _path(tree: Path, names: Names | None) -> Built:
    if len(tree.steps) > MAX_FILTERED and sum(1 for step in tree.steps if step.predicates) > MAX_FILTERED:
        raise ExpressionError("form.expression_too_deep", tree.steps[MAX_FILTERED].start)
    if tree.origin is None and not tree.absolute and _is_self(tree.steps):
        # `.` is by far the commonest path: the value being judged.
        return Built(lambda scope: scope.node.value, "t", lambda scope: [scope.node])
    if names is not None and (known := names.path(tree)) is not None:
        return known
    origin = nodes_of(tree.origin, names) if tree.origin is not None else None
    absolute, left = tree.absolute, tree.steps
    if absolute and names is not None:
        origin, left = names.beginning(tree)
    taken = len(tree.steps) - len(left)
    steps: list[Callable[[Scope, list[Node]], list[Node]]] = []
    level = absolute or _level(tree.origin)
    for at, step in _directly(left, taken):
        steps.append(_step(step, _inside(tree, at, names), level=level))
        level = level and step.axis in _LEVEL

    def nodes(scope: Scope) -> list[Node]:
        if origin is not None:
            found: list[Node] = origin(scope)
        elif absolute:
            node = scope.node
            while node.parent is not None:
                node = node.parent
            found = [node]
        else:
            found = [scope.node]
        for step in steps:
            found = step(scope, found)
            if not found:
                break
        return found

    if names is not None and names.is_single(tree):
        column = tree.steps[0]
        if origin is None and not absolute and len(steps) == 1 and column.axis == "child":
            name = column.test
            return Built(lambda scope: scope.node.text_of(name), "t", nodes)

        def value(scope: Scope) -> str:
            found = nodes(scope)
            return found[0].value if found else ""

        return Built(value, "t", nodes)
    return Built(nodes, "s")


_LEVEL = frozenset({"attribute", "child", "following-sibling", "parent", "preceding-sibling", "self"})
"""Axes on which nodes that are equally deep lead to nodes that are equally deep."""


def _level(tree: Tree | None) -> bool:
    """True when the nodes of ``tree`` are equally deep: what stands inside one comes before what is in the next."""
    while isinstance(tree, Filter):
        tree = tree.operand
    if isinstance(tree, Path):
        return all(step.axis in _LEVEL for step in tree.steps) and (tree.absolute or _level(tree.origin))
    return tree is None or isinstance(tree, Reference) or (isinstance(tree, Call) and tree.name != "id")


def _directly(steps: Sequence[Step], first: int) -> list[tuple[int, Step]]:
    """The steps with their numbers from ``first``; ``//name`` is one, unless the place among siblings is asked for."""
    found: list[tuple[int, Step]] = []
    for at, step in enumerate(steps, first):
        before = found[-1][1] if found else None
        if (
            before is not None
            and (before.axis, before.test, before.predicates) == ("descendant-or-self", "node()", ())
            and step.axis == "child"
            and not any(map(positional, step.predicates))
        ):
            found[-1] = at, step._replace(axis="descendant")
        else:
            found.append((at, step))
    return found


def _inside(tree: Path, at: int, names: Names | None) -> Names | None:
    """What names mean in the predicates of step ``at``."""
    if names is None or not tree.steps[at].predicates:
        return names
    bare = tree.steps[at]._replace(predicates=())
    return names.within(tree._replace(steps=(*tree.steps[:at], bare)))


def _is_self(steps: tuple[Step, ...]) -> bool:
    return len(steps) == 1 and steps[0].axis == "self" and steps[0].test == "node()" and not steps[0].predicates


def _filter(tree: Filter, names: Names | None) -> Built:
    nodes = nodes_of(tree.operand, names)
    inner = names.within(tree.operand) if names is not None else None
    keep = [predicate(each, inner, build) for each in tree.predicates]

    def run(scope: Scope) -> list[Node]:
        found: Sequence[Node] = nodes(scope)
        for each in keep:
            found = each(scope, found)
        return found if isinstance(found, list) else list(found)

    return Built(run, "s")


def _step(step: Step, names: Names | None, *, level: bool) -> Callable[[Scope, list[Node]], list[Node]]:
    """Nodes to nodes, both in document order; ``level``: they are equally deep."""
    predicates = [predicate(each, names, build) for each in step.predicates]
    far = step.axis in FAR
    passes = passer(step.test) if far else None
    take = taker(step.axis, "node()" if far else step.test)
    reverse = step.axis in REVERSE

    def run(scope: Scope, nodes: list[Node]) -> list[Node]:
        everything: list[Node] = []
        spend = scope.world.effort.spend
        for node in nodes:
            # A long list is not unfolded before its predicate has looked up what it wants of it.
            taken = take(node)
            if predicates and not far and isinstance(taken, Sequence):
                found = taken
                spend(1 + len(found) // 16 if type(found) is list else 1)
            else:
                found = list(taken)
                spend(1 + (2 * len(found) if far else len(found)))
            if passes is not None:
                found = [other for other in found if passes(other)]
            for keep in predicates:
                found = keep(scope, found)
            if len(nodes) == 1:
                return list(found)[::-1] if reverse else list(found)
            everything.extend(found)
        kept = step.axis == "self" or (level and step.axis in ("child", "attribute"))
        return everything if kept else in_order(everything)

    return run
