"""What is held of a visit, here and by others, and what of it is confirmed.

Confirmed is what a device whose word counts has said, signed, to hold: an entry by its hash, its file by not waiting
for it. With a roster the word of a lead, reviewer or authority counts, without one that of any other device.
"""

import json
from collections.abc import Container, Iterable, Sequence
from itertools import count, takewhile
from typing import NamedTuple

from assessor_tui.evidence.files import evidence_path
from assessor_tui.ledger.receipt import MAX_BYTES, MAX_FILES, MAX_LOGS, Receipt, held_of, lacks_of, to_bytes
from assessor_tui.ledger.state import VisitState
from assessor_tui.store import chains, keys
from assessor_tui.store.ledger import LogRow, Store
from assessor_tui.store.receipts import Kept, receipts
from assessor_tui.trust.roles import CONFIRMING
from assessor_tui.trust.team import roster_of

SENT = "sent"
"""Local state: device -> last seq that a bundle from here has carried."""

Side = tuple[str, int]
"""Device and fork: one side of one log of a visit."""


class Standing(NamedTuple):
    """How far this device's own entries in a visit have come."""

    saved: int
    """All of them."""
    not_sent: int
    """Those that no bundle from here has carried."""
    not_confirmed: int
    """Those that were carried, and nobody whose word counts has said to hold them with their files."""


def receipt_of(store: Store, visit: str) -> Receipt:
    """What this ledger holds of the visit, ready to be signed and carried.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    runs = chains.runs(store, visit)
    known = [*chains.seen_beyond(store, visit), *_said_beyond(store, visit)]
    missing = tuple(each for each in lacks_of(runs, known) if each.begin <= each.end)
    wanted = tuple(sorted(wanted_of(store, visit)))
    receipt = Receipt(visit, held_of(runs), missing[:MAX_LOGS], wanted, _definitions_wanted(store, visit))
    if len(receipt.logs) > MAX_LOGS or len(wanted) > MAX_FILES or len(to_bytes(receipt)) > MAX_BYTES:
        # What does not fit must say less, never more: with files left out of the list it would confirm them.
        return Receipt(visit)
    return receipt


def _said_beyond(store: Store, visit: str) -> Iterable[tuple[str, int]]:
    """Device and number of the end of each log that another device has said to hold and that is not here."""
    for kept in receipts(store, visit):
        for held in kept.receipt.logs:
            if not chains.is_here(store, visit, held.device, held.to, held.last):
                yield held.device, held.to


def wanted_of(store: Store, visit: str) -> set[str]:
    """SHA-256 of each file that entries of the visit tie and that is neither here nor withdrawn."""
    named = chains.files(store, visit)
    lacking = {each.sha256 for each in named.named if not evidence_path(store.folder, each.sha256).is_file()}
    return lacking - gone_of(store, visit, named) if lacking else lacking


def gone_of(store: Store, visit: str, named: chains.Files) -> frozenset[str]:
    """SHA-256 of files that the visit has withdrawn: nobody waits for them, no bundle carries them."""
    return frozenset(VisitState(store.entries(visit)).withdrawn) if named.withdraws else frozenset()


def _definitions_wanted(store: Store, visit: str) -> tuple[str, ...]:
    lacking = set()
    for each in chains.definitions(store, visit):
        try:
            store.definition(each.kind, each.version)
        except KeyError:
            lacking.add(each.version)
    return tuple(sorted(lacking))


# What others hold


def word_counts(store: Store) -> Container[str] | None:
    """Devices whose receipt confirms; None in a team without a roster, where any other device's does.

    For the laptop that is the only one of such a role everybody else on the roster confirms: a lead's own work is safe
    once an assessor holds it.
    """
    roster = roster_of(store)
    if roster is None:
        return None
    listed = {each.device for each in roster.people if not roster.is_revoked(each.device)}
    counts = {each.device for each in roster.people if each.role in CONFIRMING} & listed
    return listed if store.device is not None and counts == {store.device.id} else counts


def confirming(store: Store, visit: str) -> list[Kept]:
    """What each device whose word counts has said to hold of the visit."""
    counts = word_counts(store)
    return [each for each in receipts(store, visit) if counts is None or each.device in counts]


def reach(store: Store, visit: str, receipt: Receipt, side: Side, end: int) -> int:
    """Number up to which the receipt's device holds this side of a log of which ``end`` is the last number here.

    Only hashes count. Whoever holds the log further than it is here says a hash that nobody here can compare: that
    is taken for holding it only by ``overlap``.
    """
    device, fork = side
    if fork or store.lines(visit, device, 0, 1):
        numbers = covered(
            store, visit, device, ((1, each.to, each.last) for each in receipt.logs if each.device == device)
        )
        here = (seq for seq, _, _ in store.lines(visit, device, 0, fork))
        return max(takewhile(numbers.get(fork, frozenset()).__contains__, here), default=0)
    return max((
        each.to for each in receipt.logs
        if each.device == device and each.to <= end
        and chains.hash_at(store, visit, device, fork, each.to) == each.last
    ), default=0)  # fmt: skip


def covered(store: Store, visit: str, device: str, runs: Iterable[tuple[int, int, str]]) -> dict[int, set[int]]:
    """Fork -> numbers of the entries of a forked log in any of these runs: first and last number, hash of the last.

    Where a twin has written, a side need not be one chain: what came stands where there was room for it. So the hashes
    are followed, from one side to the other.
    """
    here: dict[str, tuple[int, int, str]] = {}
    for fork in count():
        lines = store.lines(visit, device, 0, fork)
        if not lines:
            break
        here |= {digest: (fork, seq, json.loads(line).get("prev", "")) for seq, digest, line in lines}
    found: dict[int, set[int]] = {}
    for begin, end, last in runs:
        digest = last if last in here and here[last][1] == end else ""
        while digest in here and here[digest][1] >= begin:
            fork, seq, digest = here[digest]
            found.setdefault(fork, set()).add(seq)
    return found


def overlap(store: Store, visit: str, receipt: Receipt, side: Side, end: int, forked: bool) -> int:
    """As ``reach``, for what need not be offered again: a log held further than here counts as held, if none forked.

    Should it have been another side of a fork after all, the receipt says so as soon as both are known here. Of what
    this laptop has written only hashes count: nobody can hold more of it, so whoever says so shall not stop it being
    offered.
    """
    found = reach(store, visit, receipt, side, end)
    if is_own(store, side[0]):
        return found
    of_device = [each for each in receipt.logs if each.device == side[0]]
    return end if not forked and len(of_device) == 1 and of_device[0].to > end else found


def is_own(store: Store, device: str) -> bool:
    """True for this laptop's device, and for those that it was before it was restored: their keys are here."""
    return (store.device is not None and device == store.device.id) or keys.path_of(store.folder, device).exists()


def ends_of(store: Store, visit: str) -> dict[Side, int]:
    """Side of a log -> number of its last entry here."""
    return {(row.device, row.fork): row.end for row in store.logs(visit)}


def standing(store: Store, visit: str) -> Standing:
    """How far this laptop's entries have come, under its former devices too; all zeros before ``identify``.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    if store.device is None:
        return Standing(0, 0, 0)
    rows = [row for row in store.logs(visit) if not row.fork and is_own(store, row.device)]
    said = [each.receipt for each in confirming(store, visit)] if rows else []
    stand = [_standing(store, visit, row, said) for row in rows]
    return Standing(*(sum(numbers) for numbers in zip((0, 0, 0), *stand, strict=True)))


def _standing(store: Store, visit: str, row: LogRow, said: Sequence[Receipt]) -> Standing:
    own = (row.device, 0)
    reached = [reach(store, visit, each, own, row.end) for each in said]
    confirmed = max(reached, default=0)
    sent = min(max(store.local(visit, SENT, {}).get(row.device, 0), confirmed), row.end)
    waiting: set[int] = set()
    if confirmed and any(each.evidence for each in said):
        named = chains.files(store, visit)
        gone = gone_of(store, visit, named)
        lacking = [frozenset(each.evidence) for each in said]
        for each in named.named:
            if (each.device, each.fork) == own and each.seq <= confirmed and each.sha256 not in gone:
                places = range(len(said))
                if not any(reached[place] >= each.seq and each.sha256 not in lacking[place] for place in places):
                    waiting.add(each.seq)
    return Standing(row.held, row.end - sent, max(sent - confirmed, 0) + len(waiting))
