"""Putting a visit away: its contents leave this laptop once two named places have confirmed everything.

Both bundles are read again now, in full, where their place is connected. A place that is away counts only when what it
was seen to hold is everything that is here; at least one must be connected. A line stays that says what went, when, by
whom, and where the copies are; merging one of them brings the visit back whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.bundle.error import BundleError
from assessor_tui.carry.copies import (
    Confirmed,
    CopyNotGood,
    NamedPlace,
    OtherPlace,
    PlaceAway,
    PlaceError,
    confirmed_copies,
    copy_visit,
    holds_all,
    named_places,
    read_copy,
    whereabouts,
)
from assessor_tui.carry.exchange import evidence_of
from assessor_tui.carry.opening import outline_here
from assessor_tui.evidence.files import evidence_path, forget_viewed, preview_path
from assessor_tui.evidence.inbox import ASIDE, REFUSED, TAKEN, files_of, hashed, inbox_of, look, seen_of
from assessor_tui.evidence.withdraw import clear_away
from assessor_tui.i18n import _
from assessor_tui.ledger.state import file_of
from assessor_tui.problem import Place, Problem
from assessor_tui.store.backups import forget
from assessor_tui.store.ledger import Store
from assessor_tui.trust.quarantine import bundles_held
from assessor_tui.trust.quarantine import forget as forget_held
from assessor_tui.visit import Visit

PLACES = 2
"""Second places that must hold everything."""

_DRAFT, _NOTE, _FINDING, _FLAGS = "draft:", "draft:note:", "draft:finding:", "flags"
_PICTURE = "first_frame"
"""The picture of the last screen, painted at the next start."""


class Copy(NamedTuple):
    """A copy that holds everything of a visit put away."""

    place: str
    """Name of the place."""
    file: str
    digest: str
    """Of the bundle."""
    at: int
    """When it was last read in full, microseconds since 1970."""


class Line(NamedTuple):
    """What stays of a visit that was put away."""

    visit: str
    names: Mapping[str, str]
    """``en`` and ``zh``: the site's names; those there are."""
    number: str
    """Of the application, or the site's registered one; ``""`` while nobody said."""
    date: str
    """Of the visit."""
    at: int
    """When it was put away, microseconds since 1970."""
    person: str
    """Who did it."""
    entries: int
    files: int
    digest: str
    """Of the canonical assessment as it stood; ``""`` where a form had not arrived."""
    copies: tuple[Copy, ...]


class PutAway(NamedTuple):
    """What came of putting a visit away."""

    line: Line | None = None
    """None when it was refused, and all is as it was."""
    problems: tuple[Problem, ...] = ()
    """Everything that stands in the way."""
    backups: tuple[Path, ...] = ()
    """Backups of the ledger that still hold the visit, for they could not be changed."""


def put_away_lines(store: Store) -> tuple[Line, ...]:
    """What stays of each visit that was put away and has not come back, the latest first."""
    return tuple(_line(said) for said in reversed(store.put_away_lines()))


def _line(said: Mapping[str, Any]) -> Line:
    return Line(**{**said, "copies": tuple(Copy(**copy) for copy in said["copies"])})


def put_away(store: Store, visit: Visit, mounts: Iterable[Path], *, now: int) -> PutAway:
    """Removes the visit's contents from this laptop, or says everything that stands in the way.

    A connected place that lacks something is copied to first. Then each connected place's bundle is read in full and
    compared with the ledger; a place that is away counts when what it was seen to hold is everything.

    Args:
        store: open for writing.
        visit: open on it.
        mounts: where sticks may appear.
        now: microseconds since 1970.

    Raises:
        StoreError, EvidenceError: when this laptop's disk fails; nothing was removed.
    """
    problems = list(what_bars(store, visit, now=now))
    if problems:
        return PutAway(problems=tuple(problems))
    sound, wrong = _sound_copies(store, visit, list(mounts), now)
    connected = [copy for copy, read_now in sound if read_now]
    if len(sound) < PLACES or not connected:
        code = "put_away.places" if len(sound) < PLACES else "put_away.none_connected"
        return PutAway(problems=(*wrong, Problem(code, parameters={"count": str(len(sound)), "needed": str(PLACES)})))
    line = _line_of(store, visit, tuple(copy for copy, _ in sound), now)
    # Each is evidence as well, so nothing is lost if the next step fails; after that step only evidence is left to go.
    inbox = list(_taken_in_inbox(store, visit, now))
    for path in (*inbox, store.folder / _PICTURE):
        with suppress(OSError):
            path.unlink()
    for folder in {path.parent for path in inbox}:
        with suppress(OSError):
            folder.rmdir()
    named = {file for _, entry in store.entries(visit.id) if (file := file_of(entry))}
    store.put_away(visit.id, {**line._asdict(), "copies": [copy._asdict() for copy in line.copies]})
    finish(store)
    forget_viewed(store.folder)
    forget_held(store, visit.id)
    # What others have withdrawn stood here for this visit's sake only.
    others = {each for digest in named if store.evidence(digest) for each in store.visits_naming(digest)}
    clear_away(store, sorted(others))
    return PutAway(line, backups=tuple(forget(store.folder, [visit.id])))


def what_bars(store: Store, visit: Visit, *, now: int) -> Iterator[Problem]:
    """What is nowhere but on this laptop: drafts, flags, untied files of the inbox, bundles that were held back."""
    for key, kept in store.locals_of(visit.id).items():
        if not kept:
            continue
        if key.startswith(_DRAFT):
            form, _slash, at = key.removeprefix(_NOTE).removeprefix(_FINDING).removeprefix(_DRAFT).partition("/")
            yield Problem("put_away.draft", Place(file=form, path=at))
        elif key == _FLAGS:
            yield Problem("put_away.flags", parameters={"count": str(len(kept))})
    waiting = [path for path, taken in _inbox(store, visit, now) if not taken]
    if waiting:
        yield Problem("put_away.inbox", parameters={"count": str(len(waiting)), "folder": str(waiting[0].parent)})
    held = sum(each.visit == visit.id for each in bundles_held(store))
    if held:
        yield Problem("put_away.held_back", parameters={"count": str(held)})
    with suppress(OSError):
        for path in sorted((store.folder / "kept").glob("*.zip*")):
            with suppress(BundleError):
                if outline_here(store, path).seal.visit == visit.id:
                    yield Problem("put_away.newer", parameters={"file": str(path)})


def _inbox(store: Store, visit: Visit, now: int) -> Iterator[tuple[Path, bool]]:
    """Files of the visit's inbox that need a decision or would go, each with whether it is evidence already.

    Outside the data folder what was left aside or cannot be taken is nobody's business here.
    """
    folder = inbox_of(visit)
    if not folder.is_dir():
        return
    ours = _is_in_data(store, folder)
    looked = dict(look(folder, seen_of(store, visit.id), now))
    for name, seen in hashed(folder, dict(looked), lambda: False):
        looked[name] = (looked[name][0], seen)
    for file in files_of(folder, looked, visit.state, {}, store.local(visit.id, ASIDE, [])):
        if file.state == TAKEN or ours or not (file.aside or file.state == REFUSED):
            yield file.path, file.state == TAKEN


def _taken_in_inbox(store: Store, visit: Visit, now: int) -> Iterator[Path]:
    """Files of an inbox in the data folder that are evidence, so that each copy holds them."""
    return (path for path, taken in _inbox(store, visit, now) if taken and _is_in_data(store, path.parent))


def _is_in_data(store: Store, folder: Path) -> bool:
    """True for a folder that really stands in the data folder: a link in it may lead to somebody's own pictures."""
    return store.folder.resolve() in folder.resolve().parents


def _sound_copies(
    store: Store, visit: Visit, mounts: list[Path], now: int
) -> tuple[list[tuple[Copy, bool]], list[Problem]]:
    """Copies that hold everything, each with whether it was read just now, and why other places do not count."""
    sound: list[tuple[Copy, bool]] = []
    wrong: list[Problem] = []
    for place in named_places(store):
        try:
            folder = whereabouts(place, mounts)
        except (PlaceAway, OtherPlace):
            copy = confirmed_copies(store, visit.id).get(place.id)
            if copy is not None and holds_all(copy, store, visit.id):
                sound.append((Copy(place.name, copy.file, copy.digest, copy.at), False))
            else:
                wrong.append(Problem("put_away.away", parameters={"place": place.name}))
            continue
        try:
            sound.append((_read_again(store, visit, place, folder, now), True))
        except PlaceError as error:
            reason = _(error.message).format(**error.parameters)
            wrong.append(Problem("put_away.place", parameters={"place": place.name, "reason": reason}))
    return sound, wrong


def _read_again(store: Store, visit: Visit, place: NamedPlace, folder: Path, now: int) -> Copy:
    """The place's copy, made now where it lacks something, read in full and compared with the ledger.

    Raises:
        CopyNotMade: when there is no such copy.
    """
    copy = confirmed_copies(store, visit.id).get(place.id)
    if copy is None or not holds_all(copy, store, visit.id) or not _is_whole(store, visit, copy, folder):
        # Anything that is not as it was seen is written anew; what then does not read back is said by ``copy_visit``.
        copy = copy_visit(store, visit, place, folder, now=now)
        if not holds_all(copy, store, visit.id) or not _is_whole(store, visit, copy, folder):
            raise CopyNotGood(place.name, folder)
    return Copy(place.name, copy.file, copy.digest, now)


def _is_whole(store: Store, visit: Visit, copy: Confirmed, folder: Path) -> bool:
    """True when the bundle, read in full now, holds every entry and every file that this laptop has of the visit."""
    try:
        found = read_copy(folder / copy.file)
    except BundleError:
        return False
    return (
        (found.visit, found.digest) == (visit.id, copy.digest)
        and store.hashes(visit.id) <= found.hashes
        and found.evidence.issuperset(digest for digest, _ in evidence_of(store, [visit.id]))
    )


def _line_of(store: Store, visit: Visit, copies: tuple[Copy, ...], now: int) -> Line:
    names = {
        key: value
        for key, path in (("en", "site_name_en"), ("zh", "site_name_zh"))
        if isinstance(value := visit.header(path), str) and value
    }
    numbers = (visit.header(path) for path in ("application_number", "registered_number"))
    number = next((each for each in numbers if isinstance(each, str) and each), "")
    try:
        digest = visit.digest()
    except KeyError:
        digest = ""  # a form has not arrived
    files = len({each for each, _ in evidence_of(store, [visit.id])})
    return Line(
        visit.id, names, number, visit.today, now, store.person, len(store.hashes(visit.id)), files, digest, copies
    )


def finish(store: Store) -> None:
    """Nothing; files of visits put away are gone from the disk. Done again it finishes what a crash has interrupted.

    May run beside a merge: what comes in again is spared before its bytes are written.
    """
    for digest in store.to_remove():
        with store.together():
            left = store.to_remove()
            if digest in left and store.evidence(digest) is None:
                for path in (evidence_path(store.folder, digest), preview_path(store.folder, digest)):
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
            if not evidence_path(store.folder, digest).exists() or store.evidence(digest) is not None:
                store.keep_to_remove([each for each in left if each != digest])
