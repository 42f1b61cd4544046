"""What is awaited where the answer is "to come": what, from whom, until when."""

import re
from datetime import date
from typing import NamedTuple

from assessor_tui.ledger.typed import date_of, plain


class Awaited(NamedTuple):
    """What a person who recorded "to come" waits for."""

    what: str
    whom: str = ""
    until: str = ""
    """ISO date, ``""`` when none was promised."""


def awaited_text(awaited: Awaited) -> str:
    """What stands as the reason of a "to come" entry: one line each, so that it reads well as it is.

    Raises:
        ValueError: when ``until`` is no date.
    """
    if awaited.until:
        date.fromisoformat(awaited.until)
    lines = (awaited.what, awaited.whom, awaited.until)
    return "\n".join(" ".join(line.split()) for line in lines).rstrip("\n")


def awaited_of(why: str) -> Awaited:
    """What the reason of a "to come" entry says; a reason in other words is all ``what``."""
    lines = why.split("\n")
    if len(lines) > 3:
        return Awaited(" ".join(why.split()))
    what, whom, until = (*lines, "", "")[:3]
    if until:
        try:
            date.fromisoformat(until)
        except ValueError:
            return Awaited(" ".join(why.split()))
    return Awaited(what, whom, until)


def until_of(text: str, today: str) -> str:
    """The ISO date that ``text`` means, as ``date_of``; what names no year is not before ``today``; ``""`` for nothing.

    Raises:
        ValueError: when it is no date.
    """
    if not text.strip():
        return ""
    found = date_of(text, today)
    pieces = len(re.findall(r"[0-9]+", plain(text)))
    if found >= today or pieces > 2 or len(plain(text)) == 8:
        return found
    year, month, day = int(found[:4]), int(found[5:7]), int(found[8:])
    for _ in range(12):
        year, month = (year + 1, month) if pieces == 2 else (year + month // 12, month % 12 + 1)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            continue  # a month without that day
    raise ValueError("not a date")


def is_overdue(awaited: Awaited, today: str) -> bool:
    """True when it was promised for a day before ``today`` (ISO)."""
    return bool(awaited.until) and awaited.until < today
