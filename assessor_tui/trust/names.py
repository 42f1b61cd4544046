"""What a device is called when something of it is held back: by the roster, by the ledger, else by its id."""

from assessor_tui.i18n import _
from assessor_tui.i18n.trust_words import advice_words, held_words
from assessor_tui.ledger.state import device_letters
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import named_device
from assessor_tui.trust.judge import HeldBack
from assessor_tui.trust.quarantine import Waiting
from assessor_tui.trust.team import roster_of

MOST_TOLD = 20
"""Stretches of entries held back that are told one by one: somebody may have made thousands of them."""


def called(store: Store, device: str, says: str = "") -> str:
    """The device for people: its person by the roster, or as it called itself, with its letters.

    Args:
        store: the ledger.
        device: its id.
        says: what its own bundle calls it.
    """
    roster = roster_of(store)
    member = roster.member(device) if roster is not None else None
    person = member.person if member is not None else named_device(store, device)[0] or says
    letters = device_letters(device)
    return f"{person} ({letters})" if person else _("the laptop {letters}").format(letters=letters)


def held_sentence(store: Store, held: HeldBack, bundle: Waiting) -> str:
    """Which entries are held back and why."""
    return held_words(held, called(store, held.device, bundle.sender if held.device == bundle.device else ""))


def advice(store: Store, bundle: Waiting) -> list[str]:
    """What to do about a bundle held back, each advice once."""
    kinds: dict[tuple[str, str], HeldBack] = {}
    for held in bundle.held:
        kinds.setdefault((held.reason, held.device), held)
    said = (
        advice_words(each, called(store, each.device, bundle.sender if each.device == bundle.device else ""))
        for each in kinds.values()
    )
    return list(dict.fromkeys(said))


__all__ = ["MOST_TOLD", "advice", "called", "held_sentence", "held_words"]
