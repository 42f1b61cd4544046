"""A shared folder beside this laptop: of each visit, what is here and not there, and there and not here."""

from collections.abc import Collection
from typing import NamedTuple

from assessor_tui.bundle.seal import ENROL, ROSTER
from assessor_tui.carry.folder import Shelf
from assessor_tui.carry.holding import Standing, standing
from assessor_tui.carry.pull import Coming, coming, put_away_visits
from assessor_tui.carry.push import Due, due
from assessor_tui.carry.receipts import Delivery, delivered
from assessor_tui.store.ledger import Store

ABOUT_PEOPLE = frozenset({ROSTER, ENROL})
"""Purposes of bundles that are about no visit."""


class Compared(NamedTuple):
    """One visit, here and in the folder."""

    visit: str
    here: bool
    """True when entries of it are on this laptop."""
    away: bool
    """True when it was put away: it comes back only when it is named."""
    due: Due
    """Here and not there."""
    coming: Coming
    """There and not here."""
    senders: tuple[str, ...]
    """The people whose laptops have put bundles of it there."""
    files: tuple[str, ...]
    """Names of its bundles there."""
    standing: Standing
    """How far this laptop's own entries have come."""
    deliveries: tuple[Delivery, ...]
    """What has arrived of each other laptop, and how much of this laptop's work it has confirmed."""

    @property
    def called(self) -> str:
        """What its sender has called the visit's files: all there is to go by before they were taken in."""
        parts = self.files[0].split("_")[:2] if self.files else []
        return " ".join(part for part in parts if part != self.visit[:8])


def compare(store: Store, shelf: Shelf, visits: Collection[str] = (), readers: Collection[str] = ()) -> list[Compared]:
    """Each visit that is here or there, those here first, or only the ``visits`` named; ``readers`` as for ``due``.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    there: dict[str, list[str]] = {}
    senders: dict[str, dict[str, None]] = {}
    for each in shelf.bundles:
        if each.purpose not in ABOUT_PEOPLE:
            there.setdefault(each.visit, []).append(each.name)
            senders.setdefault(each.visit, {})[each.person] = None
    here = [row.id for row in store.visits()]
    away = put_away_visits(store)
    return [
        Compared(
            visit, visit in here, visit in away, due(store, visit, shelf, readers), coming(store, visit, shelf),
            tuple(senders.get(visit, ())), tuple(there.get(visit, ())),
            standing(store, visit), delivered(store, visit) if visit in here else (),
        )
        for visit in dict.fromkeys([*here, *there])
        if not visits or visit in visits
    ]  # fmt: skip
