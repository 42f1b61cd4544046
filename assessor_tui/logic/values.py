"""The values of expressions (text, number, truth, day, nodes), and how each is seen as another.

A value is a ``str``, ``float``, ``bool``, ``Day`` or a list of ``Node``. ``""`` is "no answer".
"""

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any, Protocol

from assessor_tui.logic.dates import GREENWICH as GREENWICH
from assessor_tui.logic.dates import Clock as Clock
from assessor_tui.logic.dates import Day as Day
from assessor_tui.logic.dates import day_text as day_text
from assessor_tui.logic.dates import days_of
from assessor_tui.logic.dates import to_day as to_day
from assessor_tui.logic.effort import Effort

NAN = math.nan

SIGNIFICANT_DIGITS = 14
"""Digits of a number that is not whole. A double holds 15 to 17; each operation may spoil the last by a half unit.
With 14, forty operations in a row (``sum`` counts as one: it adds exactly) cannot reach a digit that is shown, so
0.1 + 0.2 is 0.3, and amounts up to 999 billion keep their cents."""

_ROUNDING_NOISE = 2.0**-48
"""Two results closer than this part of them differ only by the rounding of doubles."""

_EXACT_WHOLE = 2.0**53
_MANY = 1e9
"""From here on all digits are shown that people may mean, and no more: an amount and its cents."""


class Node:
    """A place that expressions can reach: what ``filling`` and documents derive from."""

    __slots__ = ("name", "parent", "relevant", "value")

    name: str
    parent: "Node | None"
    """The node around it, ``None`` for the outermost."""
    relevant: bool
    """False when every expression has to pass it over."""
    value: str
    """What an expression sees: ``""`` when blank or not relevant."""

    def children(self) -> "Sequence[Node]":
        """Relevant nodes directly inside, in document order."""
        return ()

    def named(self, name: str) -> "Sequence[Node]":
        """Relevant children of that name."""
        return [node for node in self.children() if node.name == name]

    def text_of(self, name: str) -> str:
        """Value of the only child of that name, blank when there is none."""
        found = self.named(name)
        return found[0].value if found else ""

    def among(self, nodes: "Sequence[Node]", name: str, text: str) -> "Sequence[Node]":
        """Those of ``nodes``, all of this one's kind, whose child of that name has this value."""
        return [node for node in nodes if node.text_of(name) == text]

    def attributes(self) -> "Sequence[Node]":
        """Attributes of an element of a document; a form has none."""
        return ()

    def row(self) -> "Node | None":
        """The row it stands in (itself when it is one), if any."""
        return None

    def position(self) -> int:
        """Its number among its namesakes under the same parent, from 1."""
        if self.parent is None:
            return 1
        around = self.parent.named(self.name)
        return next((at for at, node in enumerate(around, 1) if node is self), 1)


class ErrorValue(str):
    """A blank that stands where an expression has no answer: ``date('soon')``.

    It is ``""`` in every way, so nothing on an answer's road looks at it; whoever checks a form tells it by its type.
    """

    __slots__ = ("reason",)

    reason: str
    """Code of a problem."""

    def __new__(cls, reason: str) -> "ErrorValue":
        """The blank of that reason."""
        self = super().__new__(cls, "")
        self.reason = reason
        return self


Result = str | float | bool | Day | list[Node]


class Element(Node):
    """A node of a document that is no form: a choice with its columns, an item of an external list."""

    __slots__ = ("inside", "marks")

    def __init__(
        self, name: str, value: str = "", inside: "Sequence[Element]" = (), marks: "Sequence[Element]" = ()
    ) -> None:
        self.name = name
        self.value = value
        self.parent = None
        self.relevant = True
        self.inside = inside
        self.marks = marks
        for node in (*inside, *marks):
            node.parent = self

    def children(self) -> "Sequence[Node]":
        """What stands inside, in document order."""
        return self.inside

    def attributes(self) -> "Sequence[Node]":
        """Its attributes."""
        return self.marks


class World(Protocol):
    """What an expression may know beyond its nodes. Everything is given, nothing is looked up on the laptop."""

    @property
    def today(self) -> str:
        """The date of the visit, ISO 8601."""

    @property
    def now(self) -> str:
        """The moment of the visit, ISO 8601 with its offset."""

    @property
    def clock(self) -> Clock:
        """How the calendar stands where the visit is."""

    @property
    def seed(self) -> int:
        """Where random numbers start."""

    @property
    def effort(self) -> Effort:
        """What may still be looked at."""

    def place(self, node: Node) -> str:
        """A name of the node that no other node of the filling has."""

    def row_id(self, node: Node) -> str:
        """Id of the row that the node stands in, ``""`` outside rows."""

    def choice_label(self, node: Node, name: str) -> str:
        """What people read for the choice ``name`` of the question at ``node``."""


class Scope:
    """Where an expression stands while it is evaluated."""

    __slots__ = ("current", "node", "position", "size", "world")

    def __init__(self, node: Node, current: Node, world: World, position: int = 1, size: int = 1) -> None:
        self.node = node
        """The context node: what ``.`` and names start from; inside a predicate the node being judged."""
        self.current = current
        """The node that the whole expression belongs to."""
        self.world = world
        self.position = position
        self.size = size


Closure = Callable[[Scope], Any]
"""A compiled expression: what it gives is a ``Result``."""


def to_number(value: Result, scope: Scope | None = None) -> float:
    """The value as a number; NaN when it is none. Dates count days; ``scope`` says on whose calendar."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return text_to_number(value, scope)
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, Day):
        return value.days + value.clock.zero
    return text_to_number(value[0].value, scope) if value else NAN


@cache
def _not_in_numbers() -> dict[int, None]:
    return dict.fromkeys(map(ord, "0123456789.-"))


_SHORT = 40
"""What is longer is hardly a number, and not kept in memory to find that out."""


@lru_cache(maxsize=8192)
def _spelled(text: str) -> float | None:
    text = text.strip(" \t\r\n")
    if text and not text.translate(_not_in_numbers()):
        try:
            return float(text)
        except ValueError:
            pass
    return None


def text_to_number(text: str, scope: Scope | None = None) -> float:
    """The number that ``text`` spells (no exponent, no ``+``), the days of an ISO date, else NaN."""
    if not text:
        return NAN
    number = _spelled(text) if len(text) <= _SHORT else _spelled.__wrapped__(text)
    if number is not None:
        return number
    days = days_of(text.strip(" \t\r\n"), scope.world.clock if scope is not None else GREENWICH)
    return NAN if days is None else days


def to_text(value: Result) -> str:
    """The value as text: numbers without exponent, truth as ``true`` or ``false``, days in ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return full_number_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Day):
        return day_text(value)
    return value[0].value if value else ""


def to_boolean(value: Result) -> bool:
    """The value as truth: a text or list of nodes is true unless empty, a number unless zero or NaN."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and value != 0.0
    if isinstance(value, Day):
        return value.days != 0.0
    return bool(value)


def full_number_text(number: float) -> str:
    """The number as a text inside an expression: all its digits, unless the last are only the rounding of doubles.

    ``0.1 + 0.2`` is 0.3; ``1 div 3`` is 0.3333333333333333, as it is in other programs.
    """
    if number != number or abs(number) >= _MANY or number == int(number):
        return number_text(number)
    text = number_text(number)
    if len(text.lstrip("-0.").replace(".", "")) <= SIGNIFICANT_DIGITS - 2:
        return text
    return _plain(repr(number))


def _plain(text: str) -> str:
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_text(number: float) -> str:
    """The number as people see it and as it is kept: ``3``, ``-0.25``, ``NaN``, ``Infinity``.

    It never has more than ``SIGNIFICANT_DIGITS``, so that the mathematics libraries of two laptops, which may differ in
    the last digit, give one and the same result.
    """
    if abs(number) < _EXACT_WHOLE and number == int(number):
        return str(int(number))
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return _plain(f"{number:.{SIGNIFICANT_DIGITS}g}" if abs(number) < _EXACT_WHOLE else repr(number))


def equal(left: Result, right: Result, scope: Scope | None = None) -> bool:
    """``left = right`` by XPath 1.0: with nodes, whether any pair is equal; truth before number before text."""
    if type(left) is str and type(right) is str:
        return left == right
    if isinstance(left, list):
        if isinstance(right, list):
            return not {node.value for node in left}.isdisjoint(node.value for node in right)
        if isinstance(right, bool):
            return bool(left) == right
        return any(equal(node.value, right, scope) for node in left)
    if isinstance(right, list):
        return equal(right, left, scope)
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return same(to_number(left, scope), to_number(right, scope))


def same(left: float, right: float) -> bool:
    """Whether two numbers are equal but for the rounding of their last digits, so that 0.1 + 0.2 = 0.3 holds."""
    return left == right or abs(left - right) < abs(left) * _ROUNDING_NOISE


def unequal(left: Result, right: Result, scope: Scope | None = None) -> bool:
    """``left != right`` by XPath 1.0: with nodes, whether any pair differs."""
    if isinstance(left, list):
        if isinstance(right, list):
            said = {node.value for node in left}
            return bool(left and right) and (len(said) > 1 or any(node.value not in said for node in right))
        if isinstance(right, bool):
            return bool(left) != right
        return any(unequal(node.value, right, scope) for node in left)
    if isinstance(right, list):
        return unequal(right, left, scope)
    return not equal(left, right, scope)


def before(left: float, right: float) -> bool:
    """``left < right``, and not merely by rounding."""
    return left < right and not right - left < abs(left) * _ROUNDING_NOISE


def not_after(left: float, right: float) -> bool:
    """``left <= right``, or above it merely by rounding."""
    return left <= right or same(left, right)


def ordered(compare: Callable[[float, float], bool]) -> Callable[[Result, Result, Scope | None], bool]:
    """The operator ``<``, ``<=``, ``>`` or ``>=``: always by number, with nodes whether any pair is so ordered."""

    def run(left: Result, right: Result, scope: Scope | None = None) -> bool:
        if isinstance(left, list) and not isinstance(right, bool):
            if isinstance(right, list):
                # If any pair is so ordered, two of the ends are.
                return any(compare(a, b) for a in _ends(left, scope) for b in _ends(right, scope))
            number = to_number(right, scope)
            return any(compare(text_to_number(node.value, scope), number) for node in left)
        if isinstance(right, list) and not isinstance(left, bool):
            number = to_number(left, scope)
            return any(compare(number, text_to_number(node.value, scope)) for node in right)
        if isinstance(left, list):
            left = bool(left)
        if isinstance(right, list):
            right = bool(right)
        return compare(to_number(left, scope), to_number(right, scope))

    return run


def _ends(nodes: list[Node], scope: Scope | None) -> set[float]:
    """The least and the largest number that the nodes say; none when none says a number."""
    numbers = [number for node in nodes if (number := text_to_number(node.value, scope)) == number]
    return {min(numbers), max(numbers)} if numbers else set()


def difference(left: float, right: float) -> float:
    """``left - right``, and exactly 0 when what is left over is only the rounding of the last digits.

    Otherwise a balance such as 0.3 - 0.1 - 0.2 would show -0.000000000000000028 and fail ``= 0``.
    """
    result = left - right
    if result and abs(result) < abs(left) * _ROUNDING_NOISE:
        return 0.0
    return result


def divide(left: float, right: float) -> float:
    """``left div right``; by zero as IEEE 754 has it."""
    if right:
        return left / right
    if left != left or not left or right != right:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """``left mod right`` with the sign of ``left``."""
    if not right or math.isinf(left) or left != left or right != right:
        return NAN
    return math.fmod(left, right)


def rounded(number: float, places: int = 0) -> float:
    """The number rounded to decimal places, half away from zero, by the digits it shows (2.675 gives 2.68)."""
    if number != number or math.isinf(number) or abs(places) > 300:
        return number
    unit = Decimal(1).scaleb(-places)
    exact = Decimal(number_text(number))
    if exact.adjusted() + places > 27:
        return number
    return float(exact.quantize(unit, rounding=ROUND_HALF_UP))
