"""Numbers, quantities and dates as people type them, read in one way on the screen, in plain mode and in imports."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from assessor_tui.form.model import NUMBER_TYPES, Question
from assessor_tui.ledger.value import Quantity, Value, plain_decimal
from assessor_tui.problem import Place, Problem
from assessor_tui.units import units as known_units

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([, '][0-9]{3})+(\.[0-9]*)?\Z")
_NUMBER_AND_UNIT = re.compile(r"([+-]?[0-9][0-9.,' ]*|[+-]?\.[0-9]+)(.*)\Z", re.DOTALL)


def plain(text: str) -> str:
    """The text with full-width forms, special spaces and the minus sign as a keyboard has them."""
    return unicodedata.normalize("NFKC", text).strip().replace("−", "-")


def read_typed(question: Question, text: str, today: str = "", unit: str = "") -> Value | Problem:
    """The value that ``text`` is for a question that is answered by typing, or what is wrong with it.

    ``today`` (ISO) completes a date, ``unit`` is the one that is chosen. Codes ``typed.number``, ``typed.whole``,
    ``typed.no_unit``, ``typed.unit``, ``answer.unit``, ``typed.date``; their place is left empty.
    """
    if question.type == "date":
        try:
            return date_of(text, today)
        except ValueError:
            return Problem("typed.date", Place(), {"value": text})
    if question.type not in NUMBER_TYPES:
        return text
    match = _NUMBER_AND_UNIT.match(plain(text))
    try:
        number = number_of(match[1] if match is not None else "")
    except ValueError:
        return Problem("typed.number", Place(), {"value": text})
    named = match[2].strip() if match is not None else ""
    if question.type == "quantity":
        chosen = unit_of(named, question.units) if named else unit
        if not named and not unit and len(question.units) == 1:
            chosen = question.units[0]
        if chosen:
            return Quantity(number, chosen)
        given = {"unit": named, "units": ", ".join(question.units)}
        return Problem("answer.unit" if named else "typed.unit", Place(), given)
    if named:
        return Problem("typed.no_unit", Place(), {"unit": named})
    if question.type == "integer" and "." in number:
        return Problem("typed.whole", Place(), {"value": text})
    return Quantity(number)


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
    wanted, known = _folded(text), known_units()
    fitting = {symbol for symbol in symbols if _folded(symbol) == wanted}
    fitting |= {each for each in symbols if each in known and wanted in map(_folded, known[each].name.values())}
    return fitting.pop() if len(fitting) == 1 else ""


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


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
    if not 1900 <= found[0] <= 2200:
        raise ValueError("not a date")
    return date(*found).isoformat()
