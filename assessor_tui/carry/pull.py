"""Pulling from a shared folder: every bundle there that has something for this laptop, and was not taken in yet."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.seal import ENROL, ROSTER
from assessor_tui.carry.care import back_up_before_import
from assessor_tui.carry.exchange import Merged, merge_bundles
from assessor_tui.carry.folder import Shelf, Shelved, joined, look, numbers_in, outside, stretches_of
from assessor_tui.carry.holding import wanted_of
from assessor_tui.evidence.files import evidence_path
from assessor_tui.store import chains
from assessor_tui.store.ledger import GONE, Store

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
    taken = set(store.local(visit, _TAKEN, []))
    wanted = wanted_of(store, visit)
    held: dict[tuple[str, str], list[tuple[int, int]]] = {}
    lacking: dict[tuple[str, str], list[tuple[int, int]]] = {}
    forked: dict[str, int] = {}
    files: set[str] = set()
    to_take = []
    for each in bundles:
        is_taken = each.digest[:_DIGITS] in taken
        away = each.evidence & wanted if is_taken else {file for file in each.evidence if _is_away(store, file)}
        files |= away
        if not is_taken or away:
            to_take.append(each)
        for run in () if is_taken else each.runs:
            log = run.visit, run.device
            if log not in held:
                rows = (row for row in store.logs(run.visit) if row.device == run.device)
                held[log] = [stretch for row in rows for stretch in stretches_of(store, run.visit, row)]
            if new := outside([(run.begin, run.end)], held[log]):
                lacking.setdefault(log, []).extend(new)
            elif not chains.is_here(store, *log, run.end, run.last):
                forked[run.last] = run.end - run.begin + 1
    entries = sum(numbers_in(joined(stretches)) for stretches in lacking.values()) + sum(forked.values())
    return Coming(visit, entries, len(files), tuple(to_take))


def _is_away(store: Store, digest: str) -> bool:
    """True for a file that is not here, and was not withdrawn."""
    if evidence_path(store.folder, digest).is_file():
        return False
    known = store.evidence(digest)
    return known is None or known.state != GONE


def put_away_visits(store: Store) -> set[str]:
    """Visits that were put away: they come back when they are named, not by themselves."""
    return {line["visit"] for line in store.put_away_lines()}


def to_pull(store: Store, shelf: Shelf, visits: Collection[str] = (), *, known: bool = False) -> list[Coming]:
    """What there is to pull, by visit.

    Args:
        store: the ledger.
        shelf: as ``look`` found it.
        visits: only these; without any all but those that were put away. Rosters are about no visit and always come.
        known: only visits that are on this laptop already.
    """
    by_visit: dict[str, list[Shelved]] = {}
    rosters: dict[str, list[Shelved]] = {}
    for each in shelf.bundles:
        # Who asks to be put on the roster is for whoever signs it: “assessor trust sign” takes the file.
        if each.purpose != ENROL:
            (rosters if each.purpose == ROSTER else by_visit).setdefault(each.visit, []).append(each)
    away = put_away_visits(store)
    return [
        *(_coming(store, scheme, bundles) for scheme, bundles in rosters.items()),
        *(
            _coming(store, visit, bundles)
            for visit, bundles in by_visit.items()
            if (visit in visits if visits else visit not in away) and (store.knows(visit) or not known)
        ),
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
    chunks = list(_chunks(bundles, chunk))
    if len(chunks) > 1:
        # By itself no chunk may bring as much as calls for a backup; together they may.
        back_up_before_import(store, [path for path, each in bundles.items() if each.runs])
    for paths in chunks:
        if stopped():
            return
        for merged in merge_bundles(store, paths):
            each = bundles[merged.path]
            for copy in each.copies if merged.error is not None else ():
                (again,) = merge_bundles(store, [folder / copy])
                if again.error is None:
                    merged = again
                    break
            if merged.error is None:
                mark_taken(store, each.visit, each.digest)
            yield merged


def _chunks(bundles: Mapping[Path, Shelved], most: int) -> Iterator[list[Path]]:
    chunk: list[Path] = []
    held = 0
    # Rosters first: they say whose entries are let in. Then entries before photos: whoever is interrupted has read what
    # colleagues wrote.
    for path, each in sorted(bundles.items(), key=lambda item: (item[1].purpose != ROSTER, not item[1].runs)):
        if chunk and held + each.size > most:
            yield chunk
            chunk, held = [], 0
        chunk.append(path)
        held += each.size
    if chunk:
        yield chunk


def mark_taken(store: Store, visit: str, digest: str) -> None:
    """Nothing; the bundle is here, whether it was pulled or made here.

    Kept in the ledger, not in the folder: a ledger that is restored from a backup forgets it together with what the
    bundle has brought.
    """
    taken: Iterable[str] = store.local(visit, _TAKEN, [])
    store.set_local(visit, _TAKEN, sorted({*taken, digest[:_DIGITS]}))
