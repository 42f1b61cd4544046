"""Pushing to a shared folder: what is here and not there, entries first, then photos and papers in small bundles."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.write import BundleNotWritten, NothingToCarry
from assessor_tui.carry.exchange import DELTA, make_bundle
from assessor_tui.carry.folder import FolderGone, Shelf, Shelved, disk_of, look, numbers_in, outside, stretches_of
from assessor_tui.carry.holding import Side, gone_of
from assessor_tui.carry.portions import Portion
from assessor_tui.carry.pull import mark_taken
from assessor_tui.evidence.files import evidence_path
from assessor_tui.store import chains, keys
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit

BATCH = 64 * 1024**2
"""Bytes of photos and papers in one bundle; a larger file goes alone."""

ENTRIES, FILES, RECEIPT = "entries", "files", "receipt"


class Due(NamedTuple):
    """What is here of a visit and not in the folder."""

    visit: str
    after: Mapping[Side, int]
    """(device, fork) -> number up to which the folder holds all that is here of that log."""
    entries: int
    files: tuple[tuple[str, int], ...]
    """SHA-256 and bytes of each file, in the order in which they go."""
    definitions: tuple[str, ...] = ()
    """Beginning of the hash of each form and scheme that the folder lacks."""

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


def due(store: Store, visit: str, shelf: Shelf) -> Due:
    """What is here of the visit and not in the folder.

    Whatever this laptop's own devices have written counts as being there only under their own signature, for anyone
    can write a seal that claims to carry it.
    """
    bundles = [each for each in shelf.of(visit) if each.signed]
    own = own_devices(store, visit)
    ours = [each for each in bundles if each.device in own]
    after: dict[Side, int] = {}
    entries = 0
    for row in store.logs(visit):
        runs = (run for each in (ours if row.device in own else bundles) for run in each.runs)
        held = [
            (run.begin, run.end)
            for run in runs
            if (run.visit, run.device) == (visit, row.device) and run.end <= row.end
            if run.last in (row.last, chains.hash_at(store, visit, row.device, row.fork, run.end))
        ]
        lacks = outside(stretches_of(store, visit, row), held)
        entries += numbers_in(lacks)
        after[row.device, row.fork] = lacks[0][0] - 1 if lacks else row.end
    defined = {each for bundle in bundles for each in bundle.definitions}
    lacked = {(each.kind, each.version) for each in chains.definitions(store, visit) if each.version not in defined}
    definitions = tuple(sorted(version for kind, version in lacked if _is_defined(store, kind, version)))
    return Due(visit, after, entries, tuple(_files(store, visit, bundles, ours, own)), definitions)


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
        batch: bytes of files in one bundle.
        stopped: asked before each bundle; True ends it there.

    Raises:
        FolderError, BundleNotWritten: when the folder does not take it; what it took before stands.
    """
    disk = disk_of(folder)
    shelf = look(store, folder)
    lacking = {visit.id: due(store, visit.id, shelf) for visit in visits}

    def written(visit: Visit, portion: Portion, kind: str, entries: int) -> Pushed:
        path, size, damaged = _write(store, visit, folder, portion, disk)
        return Pushed(visit.id, kind, path, size, entries, len(portion.files) - len(damaged), damaged)

    for visit in visits:
        if stopped():
            return
        lacks = lacking[visit.id]
        if lacks.entries or lacks.definitions:
            yield written(visit, Portion(lacks.after, (), lacks.definitions), ENTRIES, lacks.entries)
    for visit in visits:
        for files in batches(lacking[visit.id].files, batch):
            if stopped():
                return
            yield written(visit, Portion(None, files), FILES, 0)


def _write(
    store: Store, visit: Visit, folder: Path, portion: Portion, disk: int
) -> tuple[Path | None, int, tuple[str, ...]]:
    """Path and size of the bundle, and the damaged files that were left out of it."""
    if disk_of(folder) != disk:
        raise FolderGone(folder)
    try:
        written = make_bundle(store, visit, folder, DELTA, portion=portion)
    except NothingToCarry:
        return None, 0, portion.files
    except BundleNotWritten as error:
        if disk_of(folder) != disk:
            raise FolderGone(folder) from error
        raise
    if disk_of(folder) != disk:
        # Where a drive was taken away its folder may have been made again, on this very disk.
        written.path.unlink(missing_ok=True)
        raise FolderGone(folder)
    mark_taken(store, visit.id, written.digest)
    return written.path, written.size, written.damaged
