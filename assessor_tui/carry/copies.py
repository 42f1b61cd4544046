"""Copies of a visit at second places: a stick, a network folder. Nothing counts before it was read back there.

A place is named once and known again by a small file that stands in it, so that another stick under the same path is
told apart, and the same stick is found under another letter. What a copy was seen to hold is kept as local state of
the visit; it is the word on which ``put_away`` relies.
"""

import errno
import json
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from assessor_tui.bundle.error import CANNOT_READ, LIMIT, TOO_LARGE, BundleError
from assessor_tui.bundle.names import file_stem, numbered
from assessor_tui.bundle.read import open_bundle, read_outline, read_seal
from assessor_tui.bundle.seal import SegmentSeal
from assessor_tui.bundle.write import BundleNotWritten
from assessor_tui.carry.exchange import FULL, bundle_label, evidence_of, make_bundle
from assessor_tui.evidence.files import forget_viewed, sync_folder
from assessor_tui.i18n import N_, _, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import clean
from assessor_tui.store import keys
from assessor_tui.store.ledger import LogRow, Store
from assessor_tui.visit import Visit

IDENTITY = "assessor-place.json"
"""The file by which a place is known again."""
KEPT = 3
"""Copies of one visit that stay at a place."""
WORK = 2 * 3600 * 1_000_000
"""Microseconds of work that nothing elsewhere holds, after which the header shows doubt."""
STALE = 24 * 3600
"""Seconds after which nobody writes a ``.part`` any more."""

_PLACES, _COPIES, _UNDERWAY = "places", "copies", "copies underway"
"""Keys of local state: the laptop's places; per visit, place -> what is confirmed there; place -> the beginning of the
name of what is being written there."""
PART = r"\.[0-9a-f]{8}\.part"
"""How the name of a bundle that is being written ends."""
_LONGEST_NAME = 40
_LONGEST_IDENTITY = 4096
_ABOUT = "By this file the assessor program knows this place again. Leave it here."
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


class NamedPlace(NamedTuple):
    """A second place of this laptop."""

    name: str
    path: Path
    """Where it was when it was named."""
    id: str
    """32 hexadecimal digits, in its identity file."""


class Confirmed(NamedTuple):
    """What one place was seen to hold of one visit."""

    place: str
    """Id of the place."""
    name: str
    """What the place was called."""
    file: str
    """Name of the bundle there."""
    digest: str
    """Of the bundle: SHA-256 of its seal."""
    at: int
    """When it was read back, microseconds since 1970."""
    logs: tuple[LogRow, ...]
    evidence: frozenset[str]
    """SHA-256 of the files in it."""


class Safety(NamedTuple):
    """How safe a visit's work is from the loss of this laptop."""

    newest: int
    """When the newest copy elsewhere was confirmed, in microseconds since 1970; 0 when there is none."""
    since: int
    """``at`` of this laptop's oldest entry that no copy elsewhere holds; 0 when there is none."""


class PlaceError(Exception):
    """A place cannot be named so."""

    exit_code: ClassVar[int] = 2
    message: ClassVar[str] = N_("{name} cannot be a second place.")

    def __init__(self, name: str = "", folder: Path | str = "", reason: str = "") -> None:
        super().__init__(name, str(folder), reason)
        self.parameters = {"name": name, "folder": str(folder), "reason": reason}
        """Blanks of the sentence."""

    def __str__(self) -> str:
        return self.message.format(**self.parameters)


# Those that may come while somebody types are short: they stand on one line of a narrow screen.


class NameTaken(PlaceError):
    """The name, or the place, has been given already."""

    message = N_("There is a second place {name} already. Take another name, or remove that one first.")


class NoName(PlaceError):
    """The name is empty or too long."""

    message = N_("A second place needs a name of 1 to 40 characters, such as STICK.")


class NoSuchPlace(PlaceError):
    """No place has this name."""

    message = N_("There is no second place {name}. “assessor place list” shows those there are.")


class NotAFolder(PlaceError):
    """What was named is no folder."""

    message = N_("No such folder can be reached. Plug the stick in, or make it first: {folder}.")


class InTheData(PlaceError):
    """The folder is the one with the work."""

    message = N_("The work itself is there. Name a folder on a stick or in the network, not {folder}.")


class CopyNotMade(PlaceError):
    """No copy was made at a place; what was there before still counts."""

    exit_code = 1
    message = N_("No copy on {name} ({reason}). Try again, or name another place.")


class PlaceAway(CopyNotMade):
    """The place is not connected."""

    message = N_("{name} is not connected. Plug it in; the next copy goes there.")


class OtherPlace(CopyNotMade):
    """Under the place's path stands another one."""

    message = N_("This is another stick than {name}. Plug in {name}, or name this one as well.")


class PlaceFull(CopyNotMade):
    """There is no room for the copy."""

    message = N_("{name} is full: no copy made. Make room on it, or name another place.")


class PlaceReadOnly(CopyNotMade):
    """The place does not let itself be written."""

    message = N_("{name} cannot be written. Unlock it, or name another place.")


class PlaceVanished(CopyNotMade):
    """The place went away while the copy was written."""

    message = N_("{name} went away during the copy. Plug it in again; the copy before counts.")


class CopyTooLarge(CopyNotMade):
    """The visit with its files is more than one bundle may hold."""

    message = N_("The visit is too large for one bundle: no copy on {name}. Keep videos and scans elsewhere.")


class CopyNotGood(CopyNotMade):
    """What stands at the place is not what was written."""

    message = N_(
        "The copy on {name} does not read back as it was written. Do not trust this stick; name another place."
    )


# Places


def named_places(store: Store) -> tuple[NamedPlace, ...]:
    """The second places of this laptop, in the order in which they were named."""
    found: list[dict[str, str]] = store.local("", _PLACES, [])
    return tuple(NamedPlace(each["name"], Path(each["path"]), each["id"]) for each in found)


def place_named(store: Store, name: str) -> NamedPlace:
    """The place of this name, however capitalised.

    Raises:
        NoSuchPlace: when there is none.
    """
    wanted = name.strip().casefold()
    for place in named_places(store):
        if place.name.casefold() == wanted:
            return place
    raise NoSuchPlace(name)


def add_place(store: Store, name: str, folder: Path, *, new_id: Callable[[], str]) -> NamedPlace:
    """The folder as a second place from now on, its identity file in it.

    A folder that another laptop has named already keeps its identity: it is the same place for both.

    Raises:
        PlaceError: when name or folder will not do, or (``CopyNotMade``) the folder cannot be written.
    """
    name, folder = " ".join(clean(name).split()), folder.absolute()
    places = named_places(store)
    if not 0 < len(name) <= _LONGEST_NAME:
        raise NoName(name)
    if any(each.name.casefold() == name.casefold() for each in places):
        raise NameTaken(name)
    if not _is_folder(folder):
        raise NotAFolder(name, folder)
    if store.folder.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise InTheData(name, folder)
    identity = identity_of(folder)
    for each in places:
        if each.id == identity:
            raise NameTaken(each.name)
    if not identity:
        identity = new_id()
        try:
            _write_identity(folder, identity, name)
        except OSError as error:
            raise _trouble(error, NamedPlace(name, folder, identity), folder) from error
    place = NamedPlace(name, folder, identity)
    _keep_places(store, (*places, place))
    return place


def remove_place(store: Store, name: str) -> NamedPlace:
    """The place of this name, which is none any more; what stands there stays.

    Raises:
        NoSuchPlace: when there is none.
    """
    place = place_named(store, name)
    _keep_places(store, tuple(each for each in named_places(store) if each.id != place.id))
    return place


def _keep_places(store: Store, places: Iterable[NamedPlace]) -> None:
    store.set_local("", _PLACES, [{"name": each.name, "path": str(each.path), "id": each.id} for each in places])


def identity_of(folder: Path) -> str:
    """Id of the place that ``folder`` is; ``""`` when it is none or cannot be read."""
    try:
        with (folder / IDENTITY).open("rb") as stream:
            said = json.loads(stream.read(_LONGEST_IDENTITY))
        identity = said["id"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return identity if isinstance(identity, str) and re.fullmatch("[0-9a-f]{32}", identity) else ""


def _write_identity(folder: Path, identity: str, name: str) -> None:
    part = folder / f"{IDENTITY}.{os.urandom(4).hex()}.part"
    try:
        with part.open("x", encoding="utf-8") as stream:
            json.dump({"about": _ABOUT, "id": identity, "name": name}, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(folder / IDENTITY)
        sync_folder(folder)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def whereabouts(place: NamedPlace, mounts: Iterable[Path]) -> Path:
    """The folder that the place is now: where it was named, else the same folder under one of ``mounts``.

    Raises:
        OtherPlace: when another place stands where it was.
        PlaceAway: when it is nowhere.
    """
    here = identity_of(place.path)
    if here == place.id:
        return place.path
    tail = place.path.parts[1:]
    for mount in mounts:
        for start in range(len(tail) + 1):
            folder = mount.joinpath(*tail[start:])
            if folder != place.path and identity_of(folder) == place.id:
                return folder
    raise OtherPlace(place.name, place.path) if here else PlaceAway(place.name, place.path)


def is_on_this_disk(store: Store, folder: Path) -> bool:
    """True when the folder is on the disk that holds the work: it is lost together with the laptop."""
    try:
        return folder.stat().st_dev == store.folder.stat().st_dev
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


# Copies


def copy_visit(store: Store, visit: Visit, place: NamedPlace, folder: Path, *, now: int) -> Confirmed:
    """What the place now holds of the visit: a full bundle in ``folder``, read back from there and compared.

    ``visit`` may be open on another connection than ``store``, which only keeps the confirmation; then nothing that
    is typed meanwhile has to wait. Older copies of this visit from this device go, all but the newest ``KEPT``.

    Args:
        store: open for writing.
        visit: what is copied.
        place: where to.
        folder: as ``whereabouts`` found it.
        now: microseconds since 1970.

    Raises:
        CopyNotMade: what was confirmed before still counts.
        EvidenceError, StoreError: when the visit itself cannot be read or the confirmation not be kept.
    """
    source = visit.store
    # In this order: what comes in meanwhile is in the bundle, and not yet claimed to be.
    logs = tuple(source.logs(visit.id))
    hashes, evidence = source.hashes(visit.id), {digest for digest, _ in evidence_of(source, [visit.id])}
    device = source.device
    assert device is not None
    stem = file_stem(bundle_label(visit, device.person), visit.id, FULL)
    _keep_underway(store, place, stem)
    try:
        written = make_bundle(source, visit, folder, FULL, handed_over=False)
        if identity_of(folder) != place.id:
            # Where a stick was pulled out its folder may have been made again, on this very disk.
            written.path.unlink(missing_ok=True)
            raise PlaceVanished(place.name, folder)
        found = read_copy(written.path)
    except (BundleNotWritten, BundleError, OSError) as error:
        raise _trouble(error, place, folder) from error
    if found.digest != written.digest or not hashes <= found.hashes:
        raise CopyNotGood(place.name, folder)
    latest = max((entry.at for _, entry in visit.state.log(device.id)), default=0)
    confirmed = Confirmed(
        # A clock set back must not make a copy older than the work in it.
        place.id, place.name, written.path.name, written.digest, max(now, latest), logs,
        frozenset(evidence & found.evidence),
    )  # fmt: skip
    with store.together():
        _keep_confirmed(store, visit.id, confirmed)
        _keep_underway(store, place, None)
    _tidy(folder, stem, device.id, written.path, found, visit.state.withdrawn, now / 1_000_000)
    return confirmed


class Found(NamedTuple):
    """What a bundle at a place holds, every check passed."""

    digest: str
    visit: str
    hashes: frozenset[str]
    """Of its entries."""
    evidence: frozenset[str]
    """SHA-256 of its files."""


def read_copy(path: Path) -> Found:
    """What the bundle holds, read in full from where it stands.

    Raises:
        BundleError: when it does not pass.
    """
    _forget_cached(path)
    with open_bundle(path) as bundle:
        hashes = frozenset(digest for digest, _, _ in bundle.entries())
        return Found(bundle.digest, bundle.seal.visit, hashes, frozenset(bundle.evidence))


def _forget_cached(path: Path) -> None:
    # What was just written would be read from memory, not from the stick.
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def _tidy(
    folder: Path, stem: str, device: str, newest: Path, found: Found, withdrawn: Container[str], now: float
) -> None:
    """Removes this device's older copies of the visit, all but the newest few, and what killed programs left.

    A name proves nothing: what goes was signed by this very device, as a full bundle of this visit. And it goes only
    when the newest one, of which ``found`` was read, holds all of it: after a visit was put away and has come back in
    part, or a photo was lost on this laptop, an older copy may hold what stands nowhere else.
    """
    with suppress(OSError, BundleError):
        runs = read_seal(newest).segments
        older: list[tuple[int, int, Path]] = []
        for number, path in numbered(folder, stem).items():
            with suppress(BundleError):
                seal, files, *_ = read_outline(path)
                if path == newest or (seal.visit, seal.device, seal.purpose) != (found.visit, device, FULL):
                    continue
                more = any(each not in withdrawn for each in files - found.evidence)
                if seal.key and not more and all(_is_held(run, runs, found.hashes) for run in seal.segments):
                    older.append((sum(each.end for each in seal.segments), number, path))
        for _held, _number, path in sorted(older, reverse=True)[KEPT - 1 :]:
            path.unlink()
        remove_stale(folder, re.escape(stem) + PART, now)


def _is_held(run: SegmentSeal, runs: Iterable[SegmentSeal], hashes: Container[str]) -> bool:
    """True when the entries of ``run`` are all among those of ``runs``, whose hashes these are."""
    return run.last in hashes and any(
        (each.visit, each.device) == (run.visit, run.device) and each.begin <= run.begin and run.end <= each.end
        for each in runs
    )


def _keep_underway(store: Store, place: NamedPlace, stem: str | None) -> None:
    with store.together():
        underway = {**store.local("", _UNDERWAY, {}), place.id: stem}
        store.set_local("", _UNDERWAY, {each: said for each, said in underway.items() if said} or None)


def sweep_places(store: Store, mounts: Callable[[], Iterable[Path]]) -> list[Path]:
    """Half copies that are gone now: of a program that was left or killed while it was writing them.

    ``store`` is open for writing, so nobody on this laptop is writing them still. A place that is not connected is
    looked at another time.
    """
    gone: list[Path] = []
    underway: dict[str, str] = store.local("", _UNDERWAY, {})
    if not underway:
        return gone
    known = list(mounts())
    for place in named_places(store):
        if (stem := underway.get(place.id)) is not None:
            with suppress(PlaceError, OSError):
                folder = whereabouts(place, known)
                gone += remove_stale(folder, re.escape(stem) + PART, inf)
                _keep_underway(store, place, None)
    return gone


def remove_stale(folder: Path, name: str, now: float) -> list[Path]:
    """Files of the folder, with a name that fits the pattern, that nobody has written for a day and that are gone now.

    ``now`` is in seconds since 1970.
    """
    gone: list[Path] = []
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                if re.fullmatch(name, path.name) and path.is_file() and path.stat().st_mtime < now - STALE:
                    path.unlink()
                    gone.append(path)
    return gone


def sweep(folder: Path, now: float) -> list[Path]:
    """What a killed program left half-written in the data folder more than a day ago, and which is gone now.

    ``now`` is in seconds since 1970.
    """
    forget_viewed(folder, now - STALE)
    gone = remove_stale(folder / "evidence", r"[0-9a-f]{16}\.part", now)
    gone += remove_stale(folder / "kept", r"[0-9a-f]{64}\.part", now)
    with suppress(OSError):
        for previews in (folder / "previews").iterdir():
            gone += remove_stale(previews, r"[0-9a-f]{62}\.[0-9]+\.part", now)
    return gone


def _trouble(error: Exception, place: NamedPlace, folder: Path) -> Exception:
    """The failure of the place behind an error; the error itself when it is not the place's."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__
    number = cause.errno if isinstance(cause, OSError) else 0
    if number in _FULL:
        return PlaceFull(place.name, folder)
    if not _is_folder(folder) or (number not in _CLOSED and identity_of(folder) != place.id):
        return PlaceVanished(place.name, folder)
    if number in _CLOSED:
        return PlaceReadOnly(place.name, folder)
    if isinstance(error, BundleError) and error.kind in (LIMIT, TOO_LARGE):
        return CopyTooLarge(place.name, folder)
    if isinstance(error, BundleError):
        return PlaceVanished(place.name, folder) if error.kind == CANNOT_READ else CopyNotGood(place.name, folder)
    reason = getattr(cause, "strerror", None) or str(getattr(error, "parameters", {}).get("reason", ""))
    return CopyNotMade(place.name, folder, reason or type(error).__name__)


# What is confirmed


def confirmed_copies(store: Store, visit: str) -> dict[str, Confirmed]:
    """Id of a named place -> what it was last seen to hold of the visit."""
    kept: Mapping[str, Any] = store.local(visit, _COPIES, {})
    return {
        place.id: Confirmed(
            place.id, place.name, said["file"], said["digest"], said["at"],
            tuple(LogRow(*row) for row in said["logs"]), frozenset(said["evidence"]),
        )
        for place in named_places(store)
        if (said := kept.get(place.id)) is not None
    }  # fmt: skip


def _keep_confirmed(store: Store, visit: str, confirmed: Confirmed) -> None:
    said = {
        "name": confirmed.name, "file": confirmed.file, "digest": confirmed.digest, "at": confirmed.at,
        "logs": [list(row) for row in confirmed.logs], "evidence": sorted(confirmed.evidence),
    }  # fmt: skip
    with store.together():
        store.set_local(visit, _COPIES, {**store.local(visit, _COPIES, {}), confirmed.place: said})


def holds_all(confirmed: Confirmed, store: Store, visit: str) -> bool:
    """True when the copy was seen to hold every entry of every log and every file that this laptop has of the visit."""
    return set(store.logs(visit)) <= set(confirmed.logs) and confirmed.evidence.issuperset(
        digest for digest, _ in evidence_of(store, [visit])
    )


def lacking(store: Store, visit: str) -> tuple[NamedPlace, ...]:
    """The named places that were not seen to hold everything that this laptop has of the visit."""
    copies = confirmed_copies(store, visit)
    return tuple(
        place
        for place in named_places(store)
        if place.id not in copies or not holds_all(copies[place.id], store, visit)
    )


def safety(store: Store, visit: str) -> Safety:
    """How safe the visit's work is from the loss of this laptop; what colleagues wrote is on theirs as well."""
    copies = list(confirmed_copies(store, visit).values())
    since = 0
    for row in store.logs(visit):
        if not keys.path_of(store.folder, row.device).exists():
            continue
        held = max((each.end for copy in copies for each in copy.logs if each[:2] == row[:2]), default=0)
        if row.end > held:
            at = int(json.loads(store.lines(visit, row.device, held, row.fork)[0][2])["at"])
            since = min(since or at, at)
    return Safety(max((copy.at for copy in copies), default=0), since)


def is_doubtful(said: Safety, now: int) -> bool:
    """True when more than two hours of work are nowhere but on this laptop."""
    return bool(said.since) and now - said.since > WORK


def age_words(said: Safety, now: int) -> str:
    """How old the newest copy elsewhere is, in two or three words; ``now`` in microseconds since 1970."""
    if not said.newest:
        return _("no copy")
    minutes = max(now - said.newest, 0) // 60_000_000
    days = (hong_kong_time(max(now, said.newest)).date() - hong_kong_time(said.newest).date()).days
    if minutes < 1:
        return _("copy just now")
    if minutes < 60:
        return _("copy {count} min").format(count=minutes)
    if days == 0:
        return _("copy {count} h").format(count=minutes // 60)
    if days == 1:
        return _("copy yesterday")
    return ngettext("copy {count} day", "copy {count} days", days).format(count=days)


def copy_everywhere(
    store: Store, visit: Visit, places: Iterable[NamedPlace], mounts: Iterable[Path], *, now: Callable[[], int]
) -> Iterator[tuple[NamedPlace, Confirmed | Exception]]:
    """Each place with what it holds now, or why no copy was made there; given out as it happens.

    The errors are those of ``whereabouts`` and ``copy_visit``; one place's never keep another's copy from being made.
    """
    known = list(mounts)
    for place in places:
        try:
            folder = whereabouts(place, known)
            yield place, copy_visit(store, visit, place, folder, now=now())
        except PlaceError as error:
            yield place, error
