"""How far the entries of a device count that is being revoked, as this ledger holds them."""

from collections.abc import Mapping
from typing import NamedTuple

from assessor_tui.store import trusted
from assessor_tui.store.ledger import Store
from assessor_tui.trust.roster import Mark, Revoked


class Revocation(NamedTuple):
    """A revocation that a person is about to sign."""

    revoked: Revoked
    counting: int
    """Entries of the device here that go on counting."""
    beyond: int
    """Entries of it here that would no longer be let in; they stay where they are, to be looked at."""


def revocation(store: Store, device: str, first: Mapping[str, int] = {}) -> Revocation:
    """The revocation under which everything of the device that is here counts, but for what ``first`` names.

    Args:
        store: the ledger.
        device: to be revoked.
        first: visit -> number of the first entry that no longer counts.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    logs: dict[str, Mark] = {}
    counting = beyond = 0
    for visit, end, last in trusted.ends_of(store, device):
        mark = Mark(end, last)
        if visit in first and first[visit] <= end:
            to = first[visit] - 1
            found = trusted.lines_between(store, visit, device, to, to) if to else []
            mark = Mark(to, found[0][0] if found else "")
            beyond += end - to
        logs[visit] = mark
        counting += mark.to
    for visit, number in first.items():
        logs.setdefault(visit, Mark(number - 1, ""))
    return Revocation(Revoked(device, logs), counting, beyond)
