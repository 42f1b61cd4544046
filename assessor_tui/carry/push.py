"""Pushing to a shared folder: what is here and not there, entries first, then photos and papers in small bundles."""

import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.names import file_stem
from assessor_tui.bundle.seal import DELTA, RECEIPT, SegmentSeal
from assessor_tui.bundle.write import BundleNotWritten, NothingToCarry
from assessor_tui.carry.copies import PART, remove_stale
from assessor_tui.carry.folder import FolderGone, Shelf, Shelved, disk_of, look, numbers_in, outside, stretches_of
from assessor_tui.carry.hand_over import make_bundle, recipients_of
from assessor_tui.carry.holding import Side, covered, gone_of, receipt_of
from assessor_tui.carry.naming import bundle_label
from assessor_tui.carry.portions import Portion
from assessor_tui.carry.pull import mark_taken
from assessor_tui.evidence.files import evidence_path
from assessor_tui.ledger.receipt import to_bytes
from assessor_tui.store import chains, keys
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import latest_roster
from assessor_tui.trust.team import roster_of
from assessor_tui.visit import Visit

BATCH = 64 * 1024**2
"""Bytes of photos and papers in one bundle; a larger file goes alone."""

ENTRIES, FILES, WORD = "entries", "files", "receipt"


class Due(NamedTuple):
    """What is here of a visit and not in the folder."""

    visit: str
    after: Mapping[Side, int]
    """(device, fork) -> number up to which the folder holds all that is here of that log."""
    entries: int
    files: tuple[tuple[str, int], ...]
    """SHA-256 and bytes of each file, in the order in which they go."""
    definitions: tuple[str, ...]
    """Beginning of the hash of each form and scheme that the folder lacks."""
    receipt: bool
    """True when the folder lacks this laptop's word of what is here, or the roster that it goes by."""

    @property
    def anything(self) -> bool:
        """True when there is something to push."""
        return bool(self.entries or self.files or self.definitions or self.receipt)

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return sum(size for _, size in self.files)


class Pushed(NamedTuple):
    """One bundle that stands in the folder now, read back and good."""

    visit: str
    kind: str
    """``entries``, ``files`` or ``receipt``."""
    path: Path | None
    """None when no bundle was written, as every file of it is damaged."""
    size: int
    entries: int
    files: int
    damaged: tuple[str, ...] = ()
    """SHA-256 of files that were left out, for what stands on this disk is no longer what was captured."""


def due(store: Store, visit: str, shelf: Shelf, readers: Collection[str] = ()) -> Due:
    """What is here of the visit and not in the folder.

    Whatever this laptop's own devices have written counts as being there only under their own signature, for anyone
    can write a seal that claims to carry it. With a roster only what its members have sealed counts.

    Args:
        store: the ledger.
        visit: which visit.
        shelf: as ``look`` found it.
        readers: age recipients who must be able to read it; a bundle encrypted for fewer does not count.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    own, roster = own_devices(store, visit), roster_of(store)
    bundles = [
        each
        for each in shelf.of(visit)
        if each.signed and (not each.recipients or set(readers) <= {*each.recipients})
        # What comes from anybody else is held back wherever it is pulled.
        if roster is None or (roster.member(each.device) and not roster.is_revoked(each.device))
    ]
    ours = [each for each in bundles if each.device in own]
    after: dict[Side, int] = {}
    entries = 0
    rows = store.logs(visit)
    forked = {
        device: covered(
            store, visit, device,
            (
                (run.begin, run.end, run.last)
                for each in (ours if device in own else bundles)
                for run in _runs_of(each, visit, device)
            ),
        )
        for device in {row.device for row in rows if row.fork}
    }  # fmt: skip
    for row in rows:
        held = [
            (run.begin, run.end)
            for each in (ours if row.device in own else bundles)
            for run in _runs_of(each, visit, row.device)
            if run.end <= row.end
            if run.last in (row.last, chains.hash_at(store, visit, row.device, row.fork, run.end))
        ]
        if row.device in forked:
            held = [(seq, seq) for seq in forked[row.device].get(row.fork, ())]
        lacks = outside(stretches_of(store, visit, row), held)
        entries += numbers_in(lacks)
        after[row.device, row.fork] = lacks[0][0] - 1 if lacks else row.end
    defined = {each for bundle in bundles for each in bundle.definitions}
    lacked = [each for each in chains.definitions(store, visit) if each.version not in defined]
    lacked = [each for each in lacked if _is_defined(store, each.kind, each.version)]
    for each in lacked:
        # They travel beside the entries that name them.
        after[each.device, each.fork] = min(after[each.device, each.fork], each.seq - 1)
    return Due(
        visit, after, entries, tuple(_files(store, visit, bundles, ours, own)),
        tuple(sorted({each.version for each in lacked})), _lacks_receipt(store, visit, ours),
    )  # fmt: skip


def _runs_of(bundle: Shelved, visit: str, device: str) -> Iterator[SegmentSeal]:
    return (run for run in bundle.runs if (run.visit, run.device) == (visit, device))


def _lacks_receipt(store: Store, visit: str, ours: Iterable[Shelved]) -> bool:
    if store.device is None or not store.device.public:
        return False
    said = zlib.crc32(to_bytes(receipt_of(store, visit)))
    roster = latest_roster(store)
    version = roster.version if roster is not None else 0
    mine = [each for each in ours if store.device is not None and each.device == store.device.id]
    return all(each.receipt != said for each in mine) or all(each.roster < version for each in mine)


def _files(
    store: Store, visit: str, bundles: Iterable[Shelved], ours: Iterable[Shelved], own: Collection[str]
) -> Iterator[tuple[str, int]]:
    """SHA-256 and bytes of each file that is here and not there, in the order of the entries that tie it."""
    there = {digest for each in bundles for digest in each.evidence}
    ours_there = {digest for each in ours for digest in each.evidence}
    named = chains.files(store, visit)
    gone = gone_of(store, visit, named)
    mine = {each.sha256 for each in named.named if each.device in own}
    for digest in dict.fromkeys(each.sha256 for each in named.named):
        if digest not in (ours_there if digest in mine else there) and digest not in gone:
            with suppress(OSError):
                yield digest, evidence_path(store.folder, digest).stat().st_size


def _is_defined(store: Store, kind: str, version: str) -> bool:
    try:
        return bool(store.definition(kind, version))
    except KeyError:
        return False


def own_devices(store: Store, visit: str) -> set[str]:
    """The devices whose private key is on this laptop: its own, and those it was before it was restored."""
    return {row.device for row in store.logs(visit) if keys.path_of(store.folder, row.device).exists()} | (
        {store.device.id} if store.device is not None else set()
    )


def sweep(store: Store, visit: Visit, folder: Path) -> list[Path]:
    """Half-written bundles of this visit and person that are gone now, a day after anybody wrote to them."""
    label = bundle_label(visit, store.device.person) if store.device is not None else ""
    gone: list[Path] = []
    for purpose in (DELTA, RECEIPT):
        stem = re.escape(file_stem(label, visit.id, purpose))
        gone += remove_stale(folder, stem + PART, store.now() / 1_000_000)
    return gone


def batches(files: Iterable[tuple[str, int]], most: int = BATCH) -> Iterator[tuple[str, ...]]:
    """The files in order, cut into bundles of at most ``most`` bytes; a larger file goes alone."""
    batch: list[str] = []
    held = 0
    for digest, size in files:
        if batch and held + size > most:
            yield tuple(batch)
            batch, held = [], 0
        batch.append(digest)
        held += size
    if batch:
        yield tuple(batch)


def push(
    store: Store,
    visits: Sequence[Visit],
    folder: Path,
    *,
    to: Sequence[str] = (),
    batch: int = BATCH,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Pushed]:
    """Each bundle that the folder took, given out as it stands there: first the entries of all visits, then the files.

    Nothing that stands in the folder is touched. Whoever is interrupted goes on where it ended, as only what the
    folder lacks is written.

    Args:
        store: open for writing.
        visits: what is pushed; those whose opening is not here yet are left out by whoever calls.
        folder: as ``folder.usable`` gives it.
        to: devices for which it is encrypted; none: everybody can read it.
        batch: bytes of files in one bundle.
        stopped: asked before each bundle; True ends it there.

    Raises:
        FolderError, BundleNotWritten: when the folder does not take it, or the roster has no key to encrypt with for
            somebody of ``to``; what the folder took before stands.
    """
    disk = disk_of(folder)
    shelf, readers = look(store, folder), recipients_of(store, to)
    lacking = {visit.id: due(store, visit.id, shelf, readers) for visit in visits}

    def written(visit: Visit, kind: str, portion: Portion, entries: int = 0) -> Pushed:
        if disk_of(folder) != disk:
            raise FolderGone(folder)
        purpose = RECEIPT if kind == WORD else DELTA
        try:
            bundle = make_bundle(store, visit, folder, purpose, to=to, portion=portion)
        except NothingToCarry:
            return Pushed(visit.id, kind, None, 0, entries, 0, portion.files)
        except BundleNotWritten as error:
            if disk_of(folder) != disk:
                raise FolderGone(folder) from error
            raise
        if disk_of(folder) != disk:
            # Where a drive was taken away its folder may have been made again, on this very disk.
            bundle.path.unlink(missing_ok=True)
            raise FolderGone(folder)
        mark_taken(store, visit.id, bundle.digest)
        files = len(portion.files) - len(bundle.damaged)
        return Pushed(visit.id, kind, bundle.path, bundle.size, entries, files, bundle.damaged)

    for visit in visits:
        if stopped():
            return
        lacks = lacking[visit.id]
        if lacks.anything:
            sweep(store, visit, folder)
        if lacks.entries or lacks.definitions:
            yield written(visit, ENTRIES, Portion(lacks.after, (), lacks.definitions), lacks.entries)
        elif lacks.receipt:
            yield written(visit, WORD, Portion(None))
    for visit in visits:
        for files in batches(lacking[visit.id].files, batch):
            if stopped():
                return
            yield written(visit, FILES, Portion(None, files))
