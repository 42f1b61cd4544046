"""What "mine" is, everywhere the same: what the person at the keyboard covers, and what that person wrote."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assessor_tui.assess.cover import covered_by
from assessor_tui.i18n import _

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.visit import Visit

Mine = Callable[[Iterable[tuple[str, str]], Iterable["Entry"]], bool]
"""True for what stands at these (form, path), or was written by these entries, when it is the person's."""


def mine_in(visit: "Visit") -> Mine:
    """Whether something is the person's who is at the keyboard: covered by, or written by the person."""
    covered = covered_by(visit.filling(visit.scheme.header_form), visit.forms, visit.store.person)

    def is_mine(places: Iterable[tuple[str, str]], entries: Iterable["Entry"]) -> bool:
        if covered is not None and any(covered.holds(form, path) for form, path in places):
            return True
        return any(visit.store.wrote(entry) for entry in entries)

    return is_mine


def mine_words(visit: "Visit") -> str:
    """What "mine" means in this visit for the person at the keyboard, as a sentence."""
    person = visit.store.person
    if covered_by(visit.filling(visit.scheme.header_form), visit.forms, person) is None:
        return _("Mine: written by {person}; the team in the header gives nothing to cover.").format(person=person)
    return _("Mine: covered or written by {person}.").format(person=person)
