"""Numbers, quantities and dates as people type them, read in one way on the screen, in plain mode and in imports."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cache

from assessor_tui.form.model import GEO_TYPES, NUMBER_TYPES, Question, Text
from assessor_tui.ledger.months import month_of
from assessor_tui.ledger.typed_times import day_of, moment_of, time_of
from assessor_tui.ledger.value import Quantity, Value, plain_decimal
from assessor_tui.problem import Place, Problem
from assessor_tui.units import convert, exactly
from assessor_tui.units import units as known_units

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([, '][0-9]{3})+(\.[0-9]*)?\Z")
_UNIT_AND_NUMBER = re.compile(r"([^0-9+\-.,\s][^0-9+\-.,]*)([+-]?[0-9][0-9.,' ]*)\Z")
_NUMBER_AND_UNIT = re.compile(r"([+-]?[0-9][0-9.,' ]*|[+-]?\.[0-9]+)(.*)\Z", re.DOTALL)

_TIMES_OF = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_TEN_THOUSAND = "万"
_SIMPLE = str.maketrans("萬億噸時標準電幣攝個隻臺塊貝圓鐘錢", "万亿吨时标准电币摄个只台块贝元钟钱")
"""Characters of units and numbers that the two scripts write differently."""


MONTH = "month"
"""Role of a text question that takes a month, or the days of a bill."""


def plain(text: str) -> str:
    """The text with full-width forms, special spaces and the minus sign as a keyboard has them."""
    return unicodedata.normalize("NFKC", text).strip().replace("−", "-")


TYPED_AS_TEXT = frozenset({"date", "time", "datetime"}) | GEO_TYPES
"""Types kept as one text in one spelling, however they were typed."""


def read_typed(question: Question, text: str, today: str = "", unit: str = "", now: str = "") -> Value | Problem:
    """The value that ``text`` is for a question that is answered by typing, or what is wrong with it.

    ``today`` (ISO) completes a date, ``now`` (ISO, local) is what that word means, ``unit`` is the one that is chosen.
    A unit that the question does not have is converted into the question's first one that holds the number exactly.
    Codes ``typed.number``, ``typed.whole``, ``typed.no_unit``, ``typed.unit``, ``typed.inexact``, ``typed.twice``,
    ``answer.unit``, ``typed.date``, ``typed.time``, ``typed.datetime``, ``typed.point``, ``typed.few_points``,
    ``typed.many_points``; their place is left empty.
    """
    if question.type in TYPED_AS_TEXT:
        return _one_text(question, text, today, now)
    if question.role == MONTH and question.type == "text":
        return month_of(text, today) or text
    if question.type not in NUMBER_TYPES:
        return text
    digits, named = _parts(plain(text))
    try:
        number = number_of(digits)
        if question.type == "quantity":
            return _quantity(question.units, number, named, unit)
        for times, rest in _scaled(named):
            if not rest:
                number, named = _times(number, times), ""
    except ValueError:
        return Problem("typed.number", Place(), {"value": text})
    if named:
        return Problem("typed.no_unit", Place(), {"unit": named})
    if question.type == "integer" and "." in number:
        return Problem("typed.whole", Place(), {"value": text})
    return Quantity(number)


def _one_text(question: Question, text: str, today: str, now: str) -> Value | Problem:
    """A date, time, moment or position in the spelling that it is kept in."""
    kind = question.type
    if kind in GEO_TYPES:
        from assessor_tui.ledger.positions import positions_of

        try:
            return positions_of(kind, text)
        except ValueError as error:
            code = {"few": "typed.few_points", "many": "typed.many_points"}.get(str(error), "typed.point")
            return Problem(code, Place(), {"value": text})
    try:
        if kind == "time":
            return time_of(text, now)
        if kind == "datetime":
            return moment_of(text, today, now, date_of)
        found = _part_of_a_date(question, text, today) or day_of(text, today) or date_of(text, today)
        return found[: _KEPT[shows(question)]] + "0000-01-01"[_KEPT[shows(question)] :]
    except ValueError:
        return Problem(f"typed.{kind}", Place(), {"value": text})


_YEAR = re.compile(r"([0-9]{4})年?\Z")
_MONTH_OF_YEAR = re.compile(r"(?:([0-9]{4})[-/.年 ]+([0-9]{1,2})月?|([0-9]{1,2})[-/. ]+([0-9]{4}))\Z")


def shows(question: Question) -> str:
    """``year`` or ``month`` for a date of which no more is asked, else ``day``."""
    asked = question.appearance.split()
    return "year" if "year" in asked else "month" if "month-year" in asked else "day"


_KEPT = {"year": 4, "month": 7, "day": 10}
"""Characters of a date that say what is asked; the rest is the first day."""


def _part_of_a_date(question: Question, text: str, today: str) -> str:
    """The first day of the year or month that a question asks for; ``""`` for any other text or question.

    Raises:
        ValueError: for a month that is none.
    """
    if (asked := shows(question)) == "day":
        return ""
    typed = plain(text)
    if asked == "year" and (year := _YEAR.match(typed)):
        return date(int(year[1]), 1, 1).isoformat()
    if asked == "month" and today and re.fullmatch(r"(0?[1-9]|1[0-2])月?", typed):
        return f"{today[:4]}-{int(typed.rstrip('月')):02}-01"
    if (match := _MONTH_OF_YEAR.match(typed)) is None:
        return ""
    month = 1 if asked == "year" else int(match[2] or match[3])
    return date(int(match[1] or match[4]), month, 1).isoformat()


def shown_text(question: Question, value: str) -> str:
    """A date, time, moment or position as people read it; any other text as it is."""
    if question.type == "date":
        return value[: {"year": 4, "month": 7}.get(shows(question), len(value))]
    if question.type in ("time", "datetime"):
        from assessor_tui.ledger.typed_times import shown_time

        return shown_time(value)
    if question.type in GEO_TYPES:
        from assessor_tui.ledger.positions import shown_positions

        return shown_positions(value)
    return value


def is_respelled(text: str, value: Value) -> bool:
    """True when a number or date was typed in another way than it is kept in: people look at it again then."""
    typed = text.strip()
    if isinstance(value, str):
        return typed != value
    if not isinstance(value, Quantity) or typed in (f"{value.n} {value.u}", f"{value.n}{value.u}"):
        return False
    try:
        return not typed.isascii() or plain_decimal(typed) != value.n
    except ValueError:
        return True


def _parts(typed: str) -> tuple[str, str]:
    """(digits, unit) of a number with its unit behind or, as money has it, before; ``""`` for no digits."""
    if (match := _NUMBER_AND_UNIT.match(typed)) is not None:
        return match[1], match[2].strip()
    if (match := _UNIT_AND_NUMBER.match(typed)) is not None:
        return match[2], match[1].strip()
    return "", ""


def _quantity(units: Sequence[str], number: str, named: str, unit: str) -> Value | Problem:
    """Raises ValueError for a number that is longer than a value may be."""
    given = {"unit": named, "units": ", ".join(units)}
    for times, rest in _scaled(named):
        if not rest:
            chosen = unit or (units[0] if len(units) == 1 else "")
            if times != 1 and chosen.startswith(_TEN_THOUSAND):
                return Problem("typed.twice", Place(), {"value": f"{number}{named}", "unit": chosen})
            return Quantity(_times(number, times), chosen) if chosen else Problem("typed.unit", Place(), given)
        if own := unit_of(rest, units):
            return Quantity(_times(number, times), own)
        known = known_units()
        kinds = {known[symbol].kind for symbol in units if symbol in known}
        if other := unit_of(rest, [symbol for symbol, each in known.items() if each.kind in kinds]):
            for into in units:
                held = convert(Fraction(number) * times, other, into)
                if held is not None and (exact := exactly(held)) is not None:
                    return Quantity(plain_decimal(exact), into)
            return Problem("typed.inexact", Place(), {**given, "unit": other})
    return Problem("answer.unit", Place(), given)


def _scaled(named: str) -> Iterator[tuple[int, str]]:
    """(1, unit), then (times, unit) when it begins with ten thousands and the like: 万度 is ten thousand 度.

    The shorter beginning first: 亿千瓦时 are hundred millions of 千瓦时.
    """
    yield 1, named
    simple, times = named.translate(_SIMPLE), 1
    for length in (1, 2):
        if simple[length - 1 : length] not in _TIMES_OF:
            return
        times *= _TIMES_OF[simple[length - 1]]
        yield times, named[length:].strip()


def _times(number: str, times: int) -> str:
    return number if times == 1 else plain_decimal(exactly(Fraction(number) * times) or "")


def number_of(text: str) -> str:
    """The canonical decimal that ``text`` means: ``12,400.50`` is ``12400.5``.

    Raises:
        ValueError: when it is no number, or a comma could be read in two ways.
    """
    digits = plain(text)
    if _GROUPED.match(digits):
        digits = re.sub("[, ']", "", digits)
    return plain_decimal(digits)


def unit_of(text: str, symbols: Sequence[str]) -> str:
    """The one of ``symbols`` that is meant, by itself or by its name in any language; ``""`` for none or several."""
    if text in symbols:
        return text
    # The symbol was normalised while typed: m³ has become m3, and some keyboards write µ in two ways.
    wanted = _folded(text)
    fitting = {symbol for symbol in symbols if wanted in _spellings(symbol)}
    return fitting.pop() if len(fitting) == 1 else ""


@cache
def _spellings(symbol: str) -> frozenset[str]:
    unit = known_units().get(symbol)
    also = (*unit.name.values(), *unit.said) if unit is not None else ()
    return frozenset(map(_folded, (symbol, *also)))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold().translate(_SIMPLE)


def date_of(text: str, today: str = "") -> str:
    """The ISO date that ``text`` means. What is left out is taken from ``today`` (ISO), if there is one.

    ``2026-11-12``, ``2026/11/12``, ``2026年11月12日``, ``20261112``, day first ``12/11/2026``, ``12.11.26``, ``12/11``
    and ``12`` are the same day in November 2026.

    Raises:
        ValueError: when it is no date.
    """
    typed = plain(text)
    pieces = [int(piece) for piece in re.findall(r"[0-9]+", typed)]
    if re.fullmatch(r"[0-9]{8}", typed):
        pieces = [int(typed[:4]), int(typed[4:6]), int(typed[6:])]
    elif not re.fullmatch(r"[0-9]+([-/.年月 ]+[0-9]+){0,2}[日号號]?", typed):
        raise ValueError("not a date")
    if len(pieces) < 3 and not today:
        raise ValueError("not a whole date")
    if len(pieces) == 1:
        found = (int(today[:4]), int(today[5:7]), pieces[0])
    elif len(pieces) == 2:
        # 11月12日 says the month first
        found = (int(today[:4]), *(pieces if "月" in typed else reversed(pieces)))
    elif pieces[0] > 31:
        found = (pieces[0], pieces[1], pieces[2])
    else:
        found = (pieces[2] + 2000 if pieces[2] < 100 else pieces[2], pieces[1], pieces[0])
    if not 1900 <= found[0] <= 2200 or max(found) > 2200:  # date() itself breaks on a number that long
        raise ValueError("not a date")
    return date(*found).isoformat()


def read_choice(text: str, offered: Iterable[tuple[str, Text]]) -> str | None:
    """The name of the choice meant by its name or its label in any language; None for none or several."""
    choices = list(offered)
    wanted = _spaced(text)
    for name, _label in choices:
        if name == text.strip():
            return name
    by_name = [name for name, _label in choices if wanted in (_spaced(name), _spaced(name.replace("_", " ")))]
    by_label = [name for name, label in choices if wanted in map(_spaced, label.values())]
    found = list(dict.fromkeys(by_name or by_label))
    return found[0] if len(found) == 1 and wanted else None


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
