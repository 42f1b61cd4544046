"""Returning what others answered, replying to it, and saying that it is done: each as one act that one undo takes back.

A face asks these and not ``Visit.record``, because what is returned together stands in one append, and because a reply
or an end names the returns that it is about.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import reference
from assessor_tui.ledger.returns import Return, returns_at, returns_of
from assessor_tui.ledger.state import OVER, VisitState
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Act, Recorded, Visit

Place = tuple[str, str]
"""Form and path; both ``""`` for the whole visit."""


class News(NamedTuple):
    """What of a visit's returns is whoever is at this laptop to see to."""

    waiting: int = 0
    """Places that others have returned and that wait for an answer."""
    look_again: int = 0
    """Own returns that were answered and not looked at again."""


def news(store: Store, state: VisitState) -> News:
    """What waits here because somebody returned it, and what of the own returns was answered."""
    if not state.returned:
        return News()
    returns = returns_of(state)
    waiting = {(each.entry.form, each.entry.path) for each in returns if each.is_open and not store.wrote(each.entry)}
    return News(len(waiting), sum(each.is_to_look_at and store.wrote(each.entry) for each in returns))


def give_back(visit: Visit, places: Iterable[Place], why: str) -> Recorded:
    """What came of returning these places with one reason; refused as a whole when one of them may not be.

    Where this person's own return still waits, the new reason takes the place of the old one.
    """
    return visit.record_together(
        [Act(acts.RETURN, form, path, None, why, _references(own_waiting(visit, form, path)) or None)
         for form, path in dict.fromkeys(places)]
    )  # fmt: skip


def reply(visit: Visit, place: Place, text: str) -> Recorded:
    """What came of a comment that answers every return that waits at this place; without any, of a plain comment."""
    waiting = [each for each in returns_at(visit.state, *place) if each.is_open]
    return visit.record(acts.COMMENT, *place, text, replaces=_references(waiting) or None)


def end(visit: Visit, returns: Sequence[Return], why: str = "") -> Recorded:
    """What came of saying of these returns that they are over: done where they were answered, else taken back."""
    device = visit.store.device

    def ending(each: Return) -> Act:
        # What another laptop has returned is ended by an act that only those may record who return.
        mine = device is not None and each.entry.device == device.id
        act, value = (acts.WITHDRAW, None) if mine else (acts.RETURN, OVER)
        return Act(act, each.entry.form, each.entry.path, value, why, _references([each]))

    return visit.record_together([ending(each) for each in returns])


def own_waiting(visit: Visit, form: str, path: str) -> list[Return]:
    """Returns of the person at this laptop that wait at this place."""
    return [each for each in returns_at(visit.state, form, path) if each.is_open and visit.store.wrote(each.entry)]


def can_end(visit: Visit, returned: Return) -> bool:
    """True when the person at this laptop may say that this return is over, and it is not."""
    return (returned.is_open or returned.is_to_look_at) and visit.may_end(returned.entry)


def needs_reopening(visit: Visit, form: str, path: str) -> bool:
    """True where the signature has to be lifted before the question can be answered anew."""
    return bool(path) and visit.is_closed(form, path)


def is_asked(visit: Visit, form: str, path: str) -> bool:
    """True while the place is there: the visit's form still has it, and its rows stand."""
    return not form or (form in visit.versions and (not path or visit.is_place(form, path)))


def _references(returns: Iterable[Return]) -> tuple[str, ...]:
    return tuple(sorted(reference(each.entry.device, each.entry.seq, each.digest) for each in returns))
