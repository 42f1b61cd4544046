"""Numbers, quantities and dates as people type them."""

import re
import unicodedata
from collections.abc import Sequence

from assessor_tui.ledger.value import Quantity, plain_decimal

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
