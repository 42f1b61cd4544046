"""What an expression is worth where it says nothing but constants: mistakes in it can be told before anyone answers."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assessor_tui.logic.closures import build
from assessor_tui.logic.dates import GREENWICH, Clock
from assessor_tui.logic.effort import Effort
from assessor_tui.logic.functions import FUNCTIONS
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Call, Filter, Negation, Number, Operation, Path, Text, Tree, inside, parts_of
from assessor_tui.logic.values import Element, ErrorValue, Node, Result, Scope


class _Nobody(NamedTuple):
    """A world that nothing constant asks."""

    today: str = ""
    now: str = ""
    clock: Clock = GREENWICH
    seed: int = 0
    effort: Effort = Effort()

    def place(self, _: Node) -> str:
        return ""

    def row_id(self, _: Node) -> str:
        return ""

    def choice_label(self, _: Node, name: str) -> str:
        return name

    def instance(self, _: str) -> Node | None:
        return None


def is_constant(tree: Tree) -> bool:
    """True when the tree is worth the same whatever is answered, on any day and any laptop."""
    for here in inside(tree):
        if isinstance(here, Call):
            function = FUNCTIONS.get(here.name)
            if function is None or function.volatile or function.own or (function.scoped and not here.arguments):
                return False
        elif not isinstance(here, Operation | Negation | Text | Number):
            return False
    return True


def constant(tree: Tree) -> Result | None:
    """What a constant tree is worth; None when it is none, or cannot be built."""
    if not is_constant(tree):
        return None
    node = Element("")
    try:
        result: Result = build(tree).run(Scope(node, node, _Nobody()))
    except (ExpressionError, ArithmeticError, ValueError):
        return None
    return result


def errors(tree: Tree) -> Iterator[tuple[Call, str]]:
    """The innermost calls in ``tree`` that can have no answer, each with its reason such as ``value.date``.

    A call whose second half is constant (``geofence(${place}, '1 2')``) is tried with a blank before it.
    """
    waiting: list[Tree] = [tree]
    while waiting:
        here = waiting.pop()
        inner = _parts(here)
        waiting += inner
        if isinstance(here, Call) and here.name in FUNCTIONS and inner:
            tried = here._replace(arguments=tuple(each if is_constant(each) else _BLANK for each in here.arguments))
            result = constant(tried)
            if isinstance(result, ErrorValue) and not any(isinstance(constant(each), ErrorValue) for each in inner):
                yield here, result.reason


_BLANK = Text("", 0, 0)


def _parts(tree: Tree) -> Sequence[Tree]:
    """Everything directly inside, conditions in square brackets, too."""
    if isinstance(tree, Filter):
        return (*parts_of(tree), *tree.predicates)
    if isinstance(tree, Path):
        return (*parts_of(tree), *(each for step in tree.steps for each in step.predicates))
    return parts_of(tree)
