"""Numbers, quantities and dates as people type them."""

import re
import unicodedata
from collections.abc import Sequence

from assessor_tui.form.model import NUMBER_TYPES, Question
from assessor_tui.i18n import _
from assessor_tui.ledger.value import Quantity, Value, plain_decimal
from assessor_tui.tui.input_keys import plain_character

TYPED = NUMBER_TYPES | {"text", "date"}
"""Types of question that are answered by typing."""

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([, \u2009\u00a0'][0-9]{3})+(\.[0-9]*)?\Z")


def number_of(text: str) -> str:
    """The canonical decimal that ``text`` means: ``12,400.50`` is ``12400.5``.

    Raises:
        ValueError: when it is no number, or a comma could be read in two ways.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if _GROUPED.match(plain):
        plain = re.sub(r"[, \u2009\u00a0']", "", plain)
    return plain_decimal(plain)


def quantity_of(text: str, units: Sequence[str], unit: str = "") -> Quantity:
    """The quantity that ``text`` means: a number, then one of ``units`` when it differs from ``unit``.

    Raises:
        ValueError: when there is no number, or the unit is none of ``units``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match = re.match(r"[+\-−]?[0-9][0-9.,' \u2009\u00a0]*|[+\-−]?\.[0-9]+", plain)
    if match is None:
        raise ValueError("not a number")
    said = plain[match.end() :].strip()
    chosen = unit or (units[0] if units else "")
    if said:
        known = {unicodedata.normalize("NFKC", each).casefold(): each for each in units}
        if said.casefold() not in known:
            raise ValueError("not a unit")
        chosen = known[said.casefold()]
    return Quantity(number_of(match[0]), chosen)


def date_of(text: str, today: str) -> str:
    """The ISO date that ``text`` means. What is left out is taken from ``today`` (ISO).

    ``2026-11-12``, ``2026/11/12``, ``2026年11月12日``, ``20261112``, day first ``12/11/2026``, ``12.11.26``, ``12/11``
    and ``12`` are the same day in November 2026.

    Raises:
        ValueError: when it is no date.
    """
    from datetime import date

    plain = unicodedata.normalize("NFKC", text).strip()
    pieces = [int(piece) for piece in re.findall(r"[0-9]+", plain)]
    year, month, _day = (int(piece) for piece in (today or "2000-01-01").split("-"))
    if re.fullmatch(r"[0-9]{8}", plain):
        pieces = [int(plain[:4]), int(plain[4:6]), int(plain[6:])]
    elif not re.fullmatch(r"[0-9]+([-/.年月 ]+[0-9]+){0,2}[日号號]?", plain):
        raise ValueError("not a date")
    if len(pieces) == 1:
        found = (year, month, pieces[0])
    elif len(pieces) == 2:
        # 11月12日 says the month first
        found = (year, pieces[0], pieces[1]) if "月" in plain else (year, pieces[1], pieces[0])
    elif pieces[0] > 31:
        found = (pieces[0], pieces[1], pieces[2])
    else:
        found = (pieces[2] + 2000 if pieces[2] < 100 else pieces[2], pieces[1], pieces[0])
    if not 1900 <= found[0] <= 2200:
        raise ValueError("not a date")
    return date(*found).isoformat()


def opens_field(kind: str, character: str) -> bool:
    """True when a character typed on a question of this type is the beginning of its answer."""
    plain = plain_character(character)
    if kind in NUMBER_TYPES:
        return plain.isdecimal() or plain in (".", "-")
    if kind == "date":
        return plain.isdecimal()
    return kind == "text" and (plain.isalnum() or not plain.isascii())


def answer_of(question: Question, text: str, today: str, unit: str = "") -> Value | None:
    """The answer that ``text`` means; None for nothing.

    Raises:
        ValueError: when it cannot be one; its message is a sentence for people.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if question.type == "date":
            return date_of(text, today)
        if question.type == "quantity":
            return quantity_of(text, question.units, unit)
        if question.type in NUMBER_TYPES:
            return Quantity(number_of(text))
    except ValueError as error:
        raise ValueError(_why_not(question, str(error))) from None
    return text


def _why_not(question: Question, reason: str) -> str:
    if question.type == "date":
        return _("This is no date. Type it as 2026-11-12, 12/11/2026 or just the day.")
    if reason == "not a unit":
        return _("The unit is not one of {units}.").format(units=", ".join(question.units))
    return _("This is no number. Type digits with a point, such as 12.5.")
