"""Pushing to a shared folder: what is here and not there, entries first, then photos and papers in small bundles."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.write import BundleNotWritten, NothingToCarry
from assessor_tui.carry.exchange import DELTA, Portion, make_bundle, withdrawn_in
from assessor_tui.carry.folder import FolderGone, Shelf, Shelved, disk_of, look, numbers_in, outside
from assessor_tui.evidence.files import evidence_path
from assessor_tui.ledger.entry import WITHDRAW, from_line
from assessor_tui.ledger.state import file_of
from assessor_tui.store import keys
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit

BATCH = 64 * 1024**2
"""Bytes of photos and papers in one bundle; a larger file goes alone."""

ENTRIES, FILES, RECEIPT = "entries", "files", "receipt"

_FILE = b'"sha256":"'
"""Stands in every line that names a file."""


class Due(NamedTuple):
    """What is here of a visit and not in the folder."""

    visit: str
    after: Mapping[tuple[str, int], int]
    """(device, fork) -> number up to which the folder holds all that is here of that log."""
    entries: int
    files: tuple[tuple[str, int], ...]
    """SHA-256 and bytes of each file, in the order in which they go."""

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
    after: dict[tuple[str, int], int] = {}
    entries = 0
    named: dict[str, bool] = {}
    withdraws = False
    for row in store.logs(visit):
        lines = store.lines(visit, row.device, 0, row.fork)
        runs = [run for each in _counting(bundles, row.device, own) for run in each.runs if run.visit == visit]
        numbers = {digest: seq for seq, digest, _ in lines}
        held = [(run.begin, run.end) for run in runs if run.device == row.device and numbers.get(run.last) == run.end]
        lacks = outside(((seq, seq) for seq, _, _ in lines), held)
        entries += numbers_in(lacks)
        after[row.device, row.fork] = lacks[0][0] - 1 if lacks else row.end
        for _, _, line in lines:
            if _FILE in line:
                entry = from_line(line, visit, row.device)
                withdraws |= entry.act == WITHDRAW
                if digest := file_of(entry):
                    named[digest] = named.get(digest, False) or row.device in own
    there = {digest for each in bundles for digest in each.evidence}
    ours_there = {digest for each in bundles if each.device in own for digest in each.evidence}
    gone: Container[str] = withdrawn_in(store, visit) if withdraws else ()
    files = [
        (digest, size)
        for digest, is_ours in named.items()
        if digest not in (ours_there if is_ours else there)
        if digest not in gone
        if (size := _size(evidence_path(store.folder, digest))) is not None
    ]
    return Due(visit, after, entries, tuple(files))


def own_devices(store: Store, visit: str) -> set[str]:
    """The devices whose private key is on this laptop: its own, and those it was before it was restored."""
    return {row.device for row in store.logs(visit) if keys.path_of(store.folder, row.device).exists()} | (
        {store.device.id} if store.device is not None else set()
    )


def _counting(bundles: Iterable[Shelved], device: str, own: Collection[str]) -> Iterable[Shelved]:
    """The bundles whose word is taken that entries of ``device`` are in them."""
    return (each for each in bundles if each.device in own) if device in own else bundles


def _size(path: Path) -> int | None:
    """Bytes of a file; None when it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return None


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
        if lacks := lacking[visit.id].entries:
            yield written(visit, Portion(lacking[visit.id].after), ENTRIES, lacks)
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
    return written.path, written.size, written.damaged
