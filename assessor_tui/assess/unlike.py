"""Numbers that are about ten or a thousand times their neighbours' or last year's: most often a slip of the unit.

Nothing is refused for it; people are asked once before such a number is saved.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from assessor_tui.assess.decimals import decimal_text
from assessor_tui.assess.score import number_of
from assessor_tui.form.columns import folded
from assessor_tui.form.model import NUMBER_TYPES, Question, Repeat
from assessor_tui.ledger.months import is_month
from assessor_tui.ledger.typed import MONTH
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.filling import ANSWERED, Filling
from assessor_tui.problem import Place, Problem

FAR = 7
"""From this many times on (or this part) a number is far away: between what differs by nature and a slip by ten."""
NEAR = 3
"""Numbers are alike up to this many times."""


class Unlike(NamedTuple):
    """How far a number is from what is usual."""

    times: Fraction
    """How many times the typical one it is, or (``more`` is False) the typical one is of it; at least ``FAR``."""
    typical: Fraction
    more: bool


def unlike(number: Fraction, others: Sequence[Fraction]) -> Unlike | None:
    """How the number differs from ``others`` (as ``sizes`` gives them); None when it does not, or they say nothing.

    Two of three others must be alike among themselves: where they range widely, nothing is far away.
    """
    if number == 0 or len(others) < 2:
        return None
    typical = others[len(others) // 2]
    alike = bisect_right(others, typical * NEAR) - bisect_left(others, typical / NEAR)
    if alike < 2 or alike * 3 < len(others) * 2:
        return None
    return _far(abs(number), typical)


def unlike_before(number: Fraction, before: Fraction) -> Unlike | None:
    """How the number differs from the one given for the same a year before; None when it does not."""
    return _far(abs(number), abs(before)) if number and before else None


def _far(number: Fraction, typical: Fraction) -> Unlike | None:
    if number >= typical * FAR:
        return Unlike(number / typical, typical, True)
    if number * FAR <= typical:
        return Unlike(typical / number, typical, False)
    return None


def sizes(numbers: Sequence[Fraction]) -> list[Fraction]:
    """The numbers as ``unlike`` wants the others."""
    return sorted(abs(number) for number in numbers if number)


def about(times: Fraction) -> str:
    """The times as people say them, with one or two digits that count: ``10``, ``1 000``, ``25``."""
    power = 0
    while times >= 10 ** (power + 1):
        power += 1
    for digits in (1, 2):
        step = Fraction(10) ** (power + 1 - digits)
        rounded = round(times / step) * step
        if abs(rounded - times) * 8 <= times:
            break
    return decimal_text(rounded, 1)


def doubt(
    question: Question, value: Value, found: Unlike | None, at: str = "", *, against: str = "", year: str = ""
) -> Problem | None:
    """What to ask, as a problem; None for nothing.

    Codes ``unlike.more`` and ``unlike.less`` than the other rows; with ``_before`` than in the ``year`` of the site's
    last visit, with ``_there`` than the answer that it would replace: ``against`` says which.
    """
    if found is None or not isinstance(value, Quantity):
        return None
    unit = question.units[0] if question.units else ""
    code = ("unlike.more" if found.more else "unlike.less") + (f"_{against}" if against else "")
    given = {
        "value": f"{value.n} {value.u}".strip(),
        "times": about(found.times),
        "typical": f"{decimal_text(found.typical, 3)} {unit}".strip(),
        "year": year,
    }
    return Problem(code, Place(path=at), given)


def doubt_at(
    filling: Filling, repeat: Repeat | None, path: str, value: Value, before: Filling | None = None
) -> Problem | None:
    """What to ask before ``value`` is saved at ``path``; None for nothing.

    ``repeat`` is the one whose row the question stands in (None outside rows), ``before`` the same form at the site's
    last visit.
    """
    question = filling.state(path).question
    if question.type not in NUMBER_TYPES or not isinstance(value, Quantity):
        return None
    number = number_of(question, value)
    if number is None:
        return None
    if repeat is not None:
        row, _, name = path.rpartition("/")
        group = group_of(filling, repeat, row)
        others = [
            other
            for each in rows_of(filling, row)
            if each != row and group_of(filling, repeat, each) == group
            if (other := _number_at(filling, f"{each}/{name}")) is not None
        ]
        if (asked := doubt(question, value, unlike(number, sizes(others)), path)) is not None:
            return asked
    if before is None:
        return None
    then = number_before(filling, repeat, path, before)
    year = before.today[:4]
    if then is None:
        return None
    return doubt(question, value, unlike_before(number, then), path, against="before", year=year)


def rows_of(filling: Filling, row_path: str) -> list[str]:
    """Paths of the rows of the table that this row stands in."""
    table = row_path[: row_path.rindex("[")]
    return [f"{table}[{row}]" for row in filling.rows(table)]


def group_of(filling: Filling, repeat: Repeat, row_path: str) -> tuple[str, ...]:
    """What a row shares with those it can be compared with: its key without the month, when the key has one."""
    months = [name for name in repeat.key if _is_month(repeat, name)]
    if not months:
        return ()
    return tuple(_said(filling, f"{row_path}/{name}") for name in repeat.key if name not in months)


def number_before(filling: Filling, repeat: Repeat | None, path: str, before: Filling) -> Fraction | None:
    """The number given at the site's last visit for the same: in the row of the same key, for the same month."""
    if repeat is None:
        return _number_at(before, path)
    row, _, name = path.rpartition("/")
    key = key_of(filling, repeat, row)
    table = row[: row.rindex("[")]
    if not any(key) or "[" in table:
        return None
    try:
        rows = before.rows(table)
    except KeyError:
        return None
    same = [each for each in rows if key_of(before, repeat, f"{table}[{each}]") == key]
    return _number_at(before, f"{table}[{same[0]}]/{name}") if len(same) == 1 else None


def key_of(filling: Filling, repeat: Repeat, row_path: str) -> tuple[str, ...]:
    """What tells the row from its neighbours, in words that mean the same at another visit; a month without year."""
    said = []
    for name in repeat.key:
        text = _said(filling, f"{row_path}/{name}")
        if _is_month(repeat, name):
            # Of a bill's days, the month in which it ends.
            text = text[-2:] if is_month(text) else text[-5:-3]
        said.append(text)
    return tuple(said)


def _number_at(filling: Filling, path: str) -> Fraction | None:
    try:
        now = filling.state(path)
    except KeyError:
        return None
    return number_of(now.question, now.value) if now.status == ANSWERED else None


def _said(filling: Filling, path: str) -> str:
    try:
        now = filling.state(path)
    except KeyError:
        return ""
    value = now.value
    if now.status != ANSWERED or value is None:
        return ""
    if isinstance(value, str):
        return folded(value)
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}"
    if now.question.rows_of:
        # Rows have other ids at another visit, but the same names.
        labels = {choice.name: next(iter(choice.label.values()), "") for choice in filling.choices(path)}
        return " ".join(folded(labels.get(str(each), "")) for each in value)
    return " ".join(map(str, value))


def _is_month(repeat: Repeat, name: str) -> bool:
    return any(each.name == name and each.role == MONTH for each in _questions(repeat))


def _questions(repeat: Repeat) -> Iterator[Question]:
    waiting = list(repeat.children)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Question):
            yield node
        elif not isinstance(node, Repeat):
            waiting.extend(node.children)
