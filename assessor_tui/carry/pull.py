"""Pulling from a shared folder: every bundle there that has something for this laptop, and was not taken in yet."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from assessor_tui.carry.exchange import Merged, merge_bundles
from assessor_tui.carry.folder import Shelf, Shelved, joined, look, numbers_in, outside
from assessor_tui.carry.push import own_devices
from assessor_tui.evidence.files import evidence_path
from assessor_tui.store.ledger import GONE, WANTED, Store

CHUNK = 64 * 1024**2
"""Bytes of bundles that are taken in at a time; whoever is interrupted loses at most this much work."""
_TAKEN = "pulled"
"""Local state of a visit: digests of the bundles that were pulled, cut to ``_DIGITS``."""
_DIGITS = 24


class Coming(NamedTuple):
    """What is in the folder of a visit and not here."""

    visit: str
    entries: int
    files: int
    bundles: tuple[Shelved, ...]
    """Those to take in; they may hold something that only reading them tells, such as a receipt."""

    @property
    def size(self) -> int:
        """Bytes of the bundles."""
        return sum(each.size for each in self.bundles)


def coming(store: Store, visit: str, shelf: Shelf) -> Coming:
    """What the folder holds of the visit that is not here, and which of its bundles are to be taken in."""
    return _coming(store, visit, shelf.of(visit))


def _coming(store: Store, visit: str, bundles: list[Shelved]) -> Coming:
    logs = _Logs(store)
    taken = set(store.local(visit, _TAKEN, []))
    own = own_devices(store, visit)
    lacking: dict[tuple[str, str], list[tuple[int, int]]] = {}
    forked: dict[str, int] = {}
    files: set[str] = set()
    to_take = []
    for each in bundles:
        lacks = False
        for run in each.runs:
            hashes, held = logs.of(run.visit, run.device)
            if new := outside([(run.begin, run.end)], held):
                lacking.setdefault((run.visit, run.device), []).extend(new)
            elif run.last not in hashes:
                forked[run.last] = run.end - run.begin + 1
            lacks |= run.last not in hashes or bool(new)
        away = {digest for digest in each.evidence if _is_away(store, digest)}
        files |= away
        if each.device in own and each.signed:
            wanted = lacks or bool(away)
        else:
            wanted = each.digest[:_DIGITS] not in taken or any(_is_wanted(store, digest) for digest in away)
        if wanted:
            to_take.append(each)
    entries = sum(numbers_in(joined(stretches)) for stretches in lacking.values()) + sum(forked.values())
    return Coming(visit, entries, len(files), tuple(to_take))


class _Logs:
    """Hashes of the entries that are here, and the stretches they make, log by log; each log is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[tuple[str, str], tuple[set[str], list[tuple[int, int]]]] = {}

    def of(self, visit: str, device: str) -> tuple[set[str], list[tuple[int, int]]]:
        """Those of one log, all its sides."""
        if (visit, device) not in self._found:
            sides = [row.fork for row in self._store.logs(visit) if row.device == device]
            lines = [line for fork in sides for line in self._store.lines(visit, device, 0, fork)]
            held = joined((seq, seq) for seq, _, _ in lines)
            self._found[visit, device] = {digest for _, digest, _ in lines}, held
        return self._found[visit, device]


def _is_away(store: Store, digest: str) -> bool:
    """True for a file that is not here, and was not withdrawn."""
    if evidence_path(store.folder, digest).is_file():
        return False
    known = store.evidence(digest)
    return known is None or known.state != GONE


def _is_wanted(store: Store, digest: str) -> bool:
    known = store.evidence(digest)
    return known is not None and known.state == WANTED


def put_away_visits(store: Store) -> set[str]:
    """Visits that were put away: they come back when they are named, not by themselves."""
    return {line["visit"] for line in store.put_away_lines()}


def to_pull(store: Store, shelf: Shelf, visits: Collection[str] = (), *, known: bool = False) -> list[Coming]:
    """What there is to pull, by visit.

    Args:
        store: the ledger.
        shelf: as ``look`` found it.
        visits: only these; without any all but those that were put away.
        known: only visits that are on this laptop already.
    """
    by_visit: dict[str, list[Shelved]] = {}
    for each in shelf.bundles:
        by_visit.setdefault(each.visit, []).append(each)
    away = put_away_visits(store)
    return [
        _coming(store, visit, bundles)
        for visit, bundles in by_visit.items()
        if (visit in visits if visits else visit not in away) and (store.knows(visit) or not known)
    ]


def pull(
    store: Store,
    folder: Path,
    visits: Collection[str] = (),
    *,
    known: bool = False,
    chunk: int = CHUNK,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Merged]:
    """What came of each bundle that is not here yet, given out when it is on disk.

    Whoever is interrupted goes on where it ended. A bundle that is refused is tried again the next time: it may have
    been half-copied.

    Args:
        store: open for writing.
        folder: as ``folder.usable`` gives it.
        visits: as for ``to_pull``.
        known: as for ``to_pull``.
        chunk: bytes of bundles that are taken in at a time.
        stopped: asked before each chunk; True ends it there.

    Raises:
        FolderError: when the folder cannot be listed.
        StoreError, EvidenceError: when the disk does not take it; what was given out before is in.
    """
    bundles = {
        folder / each.name: each
        for visit in to_pull(store, look(store, folder), visits, known=known)
        for each in visit.bundles
    }
    for paths in _chunks(bundles, chunk):
        if stopped():
            return
        for merged in merge_bundles(store, paths):
            if merged.error is None:
                _mark(store, bundles[merged.path])
            yield merged


def _chunks(bundles: Mapping[Path, Shelved], most: int) -> Iterator[list[Path]]:
    chunk: list[Path] = []
    held = 0
    # Entries before photos: whoever is interrupted has read what colleagues wrote.
    for path, each in sorted(bundles.items(), key=lambda item: not item[1].runs):
        if chunk and held + each.size > most:
            yield chunk
            chunk, held = [], 0
        chunk.append(path)
        held += each.size
    if chunk:
        yield chunk


def _mark(store: Store, each: Shelved) -> None:
    taken: Iterable[str] = store.local(each.visit, _TAKEN, [])
    store.set_local(each.visit, _TAKEN, sorted({*taken, each.digest[:_DIGITS]}))
