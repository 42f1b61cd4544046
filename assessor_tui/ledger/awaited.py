"""What is awaited where the answer is "to come": what, from whom, until when."""

from datetime import date
from typing import NamedTuple


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
