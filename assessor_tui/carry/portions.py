"""What of a visit a bundle carries to whom: everything after what they have said to hold.

Nothing counts as delivered because it was sent. What a lost stick carried is part of the next bundle, and of every one
after it, until a receipt says that it is there; overlap is harmless.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.carry.holding import Side, confirming, gone_of, overlap, reach
from assessor_tui.evidence.files import evidence_path
from assessor_tui.ledger.receipt import Receipt
from assessor_tui.store import chains
from assessor_tui.store.ledger import LogRow, Store
from assessor_tui.store.receipts import latest, receipts

ALL, NONE, ONLY, OWN = "all", "none", "only", "own"
"""Which evidence files go along: every one that is lacking there, none, these and no entries, or only those that
entries of this device name."""

ASKED = "asked for"
"""Local state of a visit: devices whose request came in and was not answered yet."""


class Portion(NamedTuple):
    """A part of a visit that one bundle carries."""

    after: Mapping[Side, int] | None
    """(device, fork) -> number up to which that log is not carried; None: no entries are carried."""
    files: tuple[str, ...] = ()
    """SHA-256 of the files that are carried."""
    definitions: tuple[str, ...] | None = None
    """Beginning of the hash of each form and scheme that is carried; None: all that the visit's entries name."""


class Audience(NamedTuple):
    """For whom a bundle is made."""

    receipts: tuple[Receipt, ...]
    """What each of them holds."""
    every: bool
    """True: whatever one of them lacks is carried; False: only what all of them lack."""


def audience_of(store: Store, visit: str, to: Sequence[str] = (), *, everybody: bool = False) -> Audience:
    """Those whom the bundle is for: the devices named, else ``everybody`` heard of, else whose word counts.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    if to:
        found = [latest(store, visit, device) for device in dict.fromkeys(to)]
        return Audience(tuple(each.receipt if each is not None else Receipt(visit) for each in found), every=True)
    if everybody:
        return Audience(tuple(each.receipt for each in receipts(store, visit)) or (Receipt(visit),), every=True)
    return Audience(tuple(each.receipt for each in confirming(store, visit)), every=False)


def lacking(store: Store, visit: str, audience: Audience, evidence: str = ALL, *, batch_bytes: int = 0) -> Portion:
    """What the audience lacks and this ledger has.

    Args:
        store: the ledger.
        visit: of which visit.
        audience: for whom; nobody heard of lacks everything.
        evidence: which files go along.
        batch_bytes: of ``only`` files at most so many bytes, but one in any case; 0: all.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    rows = store.logs(visit)
    reached = [_overlaps(store, visit, each, rows) for each in audience.receipts]
    choose = min if audience.every else max
    after = {
        (row.device, row.fork): choose((each[row.device, row.fork] for each in reached), default=0) for row in rows
    }
    used = chains.definitions(store, visit)
    wanted = {version for each in audience.receipts for version in each.definitions}
    versions = {each.version for each in used if each.seq > after[each.device, each.fork]} | {
        each.version for each in used if any(each.version.startswith(version) for version in wanted)
    }
    files = [] if evidence == NONE else _files(store, visit, audience, evidence, rows)
    if evidence == ONLY and batch_bytes:
        files = _batch(store, files, batch_bytes)
    return Portion(
        None if evidence == ONLY else after, tuple(files), () if evidence == ONLY else tuple(sorted(versions))
    )


def everything(store: Store, visit: str, evidence: str = ALL, *, batch_bytes: int = 0) -> Portion:
    """All that this ledger has of the visit; arguments and errors as ``lacking``."""
    return lacking(store, visit, Audience((), every=True), evidence, batch_bytes=batch_bytes)


def joined(one: Portion, other: Portion) -> Portion:
    """What either carries."""
    after: Mapping[Side, int] | None = one.after if one.after is not None else other.after
    if one.after is not None and other.after is not None:
        after = {side: min(number, other.after.get(side, 0)) for side, number in one.after.items()}
    return Portion(
        after,
        tuple(dict.fromkeys((*one.files, *other.files))),
        None
        if one.definitions is None or other.definitions is None
        else tuple(sorted({*one.definitions, *other.definitions})),
    )


def count_entries(store: Store, visit: str, portion: Portion) -> int:
    """How many entries it carries."""
    if portion.after is None:
        return 0
    return sum(len(store.lines(visit, device, number, fork)) for (device, fork), number in portion.after.items())


def _overlaps(store: Store, visit: str, receipt: Receipt, rows: Iterable[LogRow]) -> dict[Side, int]:
    forked = {row.device for row in rows if row.fork}
    return {
        (row.device, row.fork): overlap(
            store, visit, receipt, (row.device, row.fork), row.end, row.device in forked
        )
        for row in rows
    }  # fmt: skip


def _files(store: Store, visit: str, audience: Audience, evidence: str, rows: Sequence[LogRow]) -> list[str]:
    """SHA-256 of each file that is here and lacking there, those that are waited for first."""
    named = chains.files(store, visit)
    gone = gone_of(store, visit, named)
    waited = [frozenset(each.evidence) for each in audience.receipts]
    there: list[set[str]] = []
    for receipt, lacks in zip(audience.receipts, waited, strict=True):
        reached = {
            (row.device, row.fork): reach(store, visit, receipt, (row.device, row.fork), row.end) for row in rows
        }
        there.append({
            each.sha256 for each in named.named
            if each.seq <= reached[each.device, each.fork] and each.sha256 not in lacks
        })  # fmt: skip
    held: set[str] = set().union(*there)
    if audience.every:
        held = held.intersection(*there)
    own = store.device.id if store.device is not None else ""
    mine = {each.sha256 for each in named.named if evidence != OWN or each.device == own}
    found = [
        digest for digest in dict.fromkeys(each.sha256 for each in named.named)
        if digest in mine and digest not in held and digest not in gone
        and evidence_path(store.folder, digest).is_file()
    ]  # fmt: skip
    return sorted(found, key=lambda digest: not any(digest in each for each in waited))


def _batch(store: Store, files: Iterable[str], most: int) -> list[str]:
    found: list[str] = []
    for digest in files:
        size = evidence_path(store.folder, digest).stat().st_size
        if found and size > most:
            continue
        found.append(digest)
        most -= size
        if most <= 0:
            break
    return found


# What was asked for


def note_asked(store: Store, visit: str, device: str) -> None:
    """Nothing; the next delta carries what the device lacks, for it has asked.

    Raises:
        StoreError: when the disk does not take it.
    """
    before = store.local(visit, ASKED, [])
    if device not in before:
        store.set_local(visit, ASKED, [*before, device])


def asking(store: Store, visit: str) -> list[str]:
    """Devices whose request was not answered yet."""
    found: list[str] = store.local(visit, ASKED, [])
    return found


def answered(store: Store, visit: str, to: Sequence[str]) -> None:
    """Nothing; a bundle for these devices, or with none named for all, was made.

    Raises:
        StoreError: when the disk does not take it.
    """
    before = asking(store, visit)
    left = [each for each in before if to and each not in to]
    if left != before:
        store.set_local(visit, ASKED, left or None)
