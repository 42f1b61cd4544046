"""What was being answered when: read off one device's own log, to say beside what a photo or jot was taken."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from assessor_tui.ledger.entry import ADD_ROW, ANSWER, ANSWERING, NOTE, OPEN_VISIT, USE_FORM
from assessor_tui.ledger.state import VisitState

_ACTS = ANSWERING | {ADD_ROW, NOTE}
_STARTS = frozenset({OPEN_VISIT, USE_FORM, ADD_ROW})
_AT_ONCE = 1
"""Microseconds between what was recorded together."""


class Moment(NamedTuple):
    """Somebody was at a question, table row or section."""

    at: int
    """Microseconds since 1970."""
    form: str
    path: str


def moments(state: VisitState, device: str) -> list[Moment]:
    """Where whoever used the device was, by time; without what the program filled in by itself."""
    found: list[Moment] = []
    given, before = False, 0
    for _, entry in state.log(device):
        given = entry.act in _STARTS or (given and entry.at - before <= _AT_ONCE)
        before = entry.at
        if entry.act in _ACTS and entry.form and not (given and entry.act == ANSWER):
            found.append(Moment(entry.at, entry.form, entry.path))
    return sorted(found)


def around(known: Sequence[Moment], at: int) -> tuple[Moment | None, Moment | None]:
    """The last of them at or before ``at``, and the first one after it that is somewhere else."""
    index = bisect_right(known, (at, "\U0010ffff", ""))
    last = known[index - 1] if index else None
    here = last[1:] if last is not None else None
    return last, next((moment for moment in known[index:] if moment[1:] != here), None)
