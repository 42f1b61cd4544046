"""The inbox of a visit: a folder where photos and papers wait to be tied. They stay there; taking one copies it.

Listing reads names, sizes and the first bytes of what is new, nothing else. What was read once is kept in the laptop's
local state and read again only when the file has changed.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from assessor_tui.evidence.exif import Shot, shot_of
from assessor_tui.evidence.files import (
    MAX_FILE,
    SNIFFED,
    EvidenceError,
    evidence_path,
    make_preview,
    open_evidence,
    sniff,
    store_file,
)
from assessor_tui.i18n import N_
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import clean, reference
from assessor_tui.ledger.state import Head, VisitState, file_of
from assessor_tui.ledger.value import Evidence
from assessor_tui.problem import Problem
from assessor_tui.store.ledger import HAVE, Store
from assessor_tui.visit import Act, Visit

WAITING, ARRIVING, REFUSED, TAKEN = "waiting", "arriving", "refused", "taken"
"""How a file of the inbox stands: to be tied, still being written, of no use as it is, evidence already."""

MOST_FILES = 5_000
"""Files of one inbox that are listed."""
QUIET = 2_000_000
"""Microseconds for which a new file must not have been written to."""

FOLDER, SEEN, ASIDE, CAPTIONS = "inbox", "inbox files", "inbox aside", "inbox captions"
"""Keys of the visit's local state: the folder, what was read of its files, the keys of those that were left aside, and
key -> caption of those that wait."""
CLOCKS, SHOWINGS = "camera clocks", "clock shown"
"""The seconds that are added to each camera's time; when the program's clock was shown (from, to)."""

_MOST_SHOWINGS = 50
_ARRIVING, _EMPTY, _UNREADABLE = "inbox.arriving", "inbox.empty", "inbox.unreadable"
_LOOK_AGAIN = frozenset({_ARRIVING, _EMPTY, _UNREADABLE})
"""What may be over at the next look though size and time are the same."""
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
_PIECE = 1024 * 1024
_HONG_KONG = timezone(timedelta(hours=8))


class StillArriving(EvidenceError):
    """The file was written to while it was copied."""

    message = N_("{name} is still being copied into the inbox. Take it when that has ended.")
    exit_code: ClassVar[int] = 1


class WasWithdrawn(EvidenceError):
    """The visit has withdrawn the very same file."""

    message = N_("{name} was withdrawn by {person} ({reason}). To use it nevertheless, attach it with F3 and say why.")

    def __init__(self, name: str = "", person: str = "", reason: str = "") -> None:
        super().__init__(name, reason)
        self.parameters = {"name": name, "person": person, "reason": reason}


class InboxUnusable(Exception):
    """The folder cannot be made or read."""

    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = N_("The inbox {folder} cannot be used ({reason}). Choose another folder for it.")

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(str(folder), reason)
        self.parameters = {"folder": str(folder), "reason": reason}
        """Blanks of the sentence."""

    def __str__(self) -> str:
        return self.message.format(**self.parameters)


class Seen(NamedTuple):
    """What was read of a file when it had this size and time."""

    size: int
    changed: int
    """When it was last written to, in nanoseconds since 1970."""
    type: str = ""
    """Media type by its content; ``""`` for one that cannot stand as evidence."""
    taken: str = ""
    """As ``exif.Shot.taken``."""
    camera: str = ""
    code: str = ""
    """Code of what stands against it, ``""`` for nothing."""
    reason: str = ""
    sha256: str = ""
    """``""`` until somebody has hashed it."""


class File(NamedTuple):
    """A file of the inbox."""

    path: Path
    state: str
    """``waiting``, ``arriving``, ``refused`` or ``taken``."""
    seen: Seen
    problem: Problem | None = None
    """Why it is refused, and what to do."""
    at: int | None = None
    """When it was taken, by the corrected clock of its camera, in microseconds since 1970; None when nothing says so.
    A photo without a time of its own has that of the file before it by name."""
    after: str = ""
    """Name of that file, for one without a time of its own."""
    aside: bool = False
    """True when it was left aside on this laptop."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.path.name

    @property
    def key(self) -> str:
        """What names it as long as nobody writes to it."""
        return f"{self.name}\t{self.seen.size}\t{self.seen.changed}"


# The folder


def folder_of(store: Store, visit: str, label: str) -> Path:
    """The visit's inbox folder: the one chosen, else one below the data folder with a name that people recognise.

    Args:
        store: the ledger.
        visit: id of the visit.
        label: a short name of the visit, for the folder.
    """
    if chosen := store.local(visit, FOLDER, ""):
        return Path(chosen)
    name = re.sub(r'[<>:"/\\|?*\s\x00-\x1f]+', " ", label).strip(". ")[:60].strip()
    return store.folder / "inbox" / f"{name} {visit[:4]}".strip()


def use_folder(store: Store, visit: str, folder: Path, *, make: bool = False) -> Path:
    """The folder, which is the visit's inbox from now on. ``make`` makes one that is not there.

    Raises:
        InboxUnusable: when it is no folder, or cannot be made or read.
    """
    folder = folder.expanduser().absolute()
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        with os.scandir(folder) as entries:
            next(entries, None)
    except OSError as error:
        raise InboxUnusable(folder, error.strerror or type(error).__name__) from error
    if store.local(visit, FOLDER, "") != str(folder):
        store.set_local(visit, FOLDER, str(folder))
    return folder


def inbox_of(visit: Visit) -> Path:
    """``folder_of`` under the visit's site and date."""
    from assessor_tui.carry.exchange import site_name  # which imports far more

    return folder_of(visit.store, visit.id, f"{site_name(visit)} {visit.today}".strip())


def unsorted_files(visit: Visit, now: int) -> list[File]:
    """Files that wait in the visit's inbox on this laptop to be tied, by name; nothing when there is no such folder.

    ``now`` is in microseconds since 1970. Nothing is hashed or kept: what is hashed already is known.
    """
    store, folder = visit.store, inbox_of(visit)
    try:
        looked = look(folder, seen_of(store, visit.id), now)
    except InboxUnusable:
        return []
    aside = store.local(visit.id, ASIDE, [])
    files = files_of(folder, looked, visit.state, clocks_of(store, visit.id), aside)
    return [file for file in files if file.state in (WAITING, ARRIVING) and not file.aside]


# Listing


def seen_of(store: Store, visit: str) -> dict[str, Seen]:
    """Name -> what was read of it, as kept."""
    kept: dict[str, list[Any]] = store.local(visit, SEEN, {})
    with suppress(TypeError, ValueError):
        return {name: Seen(*values) for name, values in kept.items()}
    return {}


def keep_seen(store: Store, visit: str, seen: Mapping[str, Seen]) -> None:
    """Nothing; keeps what was read. Losing it costs only time."""
    store.set_local(visit, SEEN, {name: list(each) for name, each in seen.items() if _can_be_spelled(name)})


def _can_be_spelled(name: str) -> bool:
    """False for a name whose bytes are no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def look(folder: Path, seen: Mapping[str, Seen], now: int) -> dict[str, tuple[str, Seen]]:
    """Name -> ``waiting``, ``arriving`` or ``refused``, and what was read, of every file; by name, ``10`` after ``9``.

    A file is arriving while its size or time differs from the look before, or it was written to a moment ago.

    Args:
        folder: the inbox.
        seen: what the look before gave.
        now: microseconds since 1970.

    Raises:
        InboxUnusable: when the folder cannot be read.
    """
    found: dict[str, tuple[str, Seen]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or name.lower() in _SYSTEM_FILES or len(found) >= MOST_FILES:
                    continue
                with suppress(FileNotFoundError):  # gone since
                    found[name] = _look_at(entry, seen.get(name), now)
    except OSError as error:
        raise InboxUnusable(folder, error.strerror or type(error).__name__) from error
    return {name: found[name] for name in sorted(found, key=natural)}


def _look_at(entry: "os.DirEntry[str]", before: Seen | None, now: int) -> tuple[str, Seen]:
    status = entry.stat(follow_symlinks=False)
    size, changed = status.st_size, status.st_mtime_ns
    if not stat.S_ISREG(status.st_mode):
        return REFUSED, Seen(size, changed, code="inbox.folder" if stat.S_ISDIR(status.st_mode) else "inbox.link")
    same = before is not None and (before.size, before.changed) == (size, changed)
    if before is not None and same and before.code not in _LOOK_AGAIN:
        return (REFUSED if before.code else WAITING), before
    if not same and (before is not None or 0 <= now - changed // 1000 < QUIET):
        # Not read yet: what is read of half a photo is wrong tomorrow.
        return ARRIVING, Seen(size, changed, code=_ARRIVING)
    seen = _read(Path(entry.path), size, changed)
    return (REFUSED if seen.code else WAITING), seen


def _read(path: Path, size: int, changed: int) -> Seen:
    if size > MAX_FILE:
        return Seen(size, changed, code="inbox.too_large")
    if not size:
        return Seen(size, changed, code=_EMPTY)
    try:
        with path.open("rb") as stream:
            head = stream.read(SNIFFED)
            media = sniff(head)
            stream.seek(0)
            shot = shot_of(stream) if media.startswith("image/") else Shot()
    except OSError as error:
        return Seen(size, changed, code=_UNREADABLE, reason=error.strerror or type(error).__name__)
    return Seen(size, changed, media, shot.taken, shot.camera, "" if media else _what_it_is(head))


def _what_it_is(head: bytes) -> str:
    """Code for a file that cannot stand as evidence."""
    if head[4:8] == b"ftyp" or head[8:12] == b"AVI " or head.startswith((b"\x1aE\xdf\xa3", b"\0\0\1\xba")):
        return "inbox.video"
    if head.startswith((b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"#!")):
        return "inbox.program"
    return "inbox.type"


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts names as people do: ``IMG_9`` before ``IMG_10``."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return tuple((0, int(part)) if part.isdecimal() and part.isascii() else (1, part) for part in parts if part)


def files_of(
    folder: Path,
    looked: Mapping[str, tuple[str, Seen]],
    state: VisitState,
    clocks: Mapping[str, int],
    aside: Iterable[str] = (),
) -> list[File]:
    """Every file of the inbox as it stands in the visit, by name.

    Args:
        folder: the inbox.
        looked: what ``look`` gave.
        state: what the visit says: which files are tied already, which were withdrawn.
        clocks: camera -> seconds to add to its time.
        aside: keys of files that were left aside.
    """
    standing = {file_of(entry) for _, entry in state.standing_files()}
    left = frozenset(aside)
    first: dict[str, str] = {}
    files: list[File] = []
    before: tuple[int | None, str] = (None, "")
    for name, (how, seen) in looked.items():
        file = File(folder / name, how, seen)
        at = moment_of(seen.taken, clocks.get(seen.camera, 0))
        if at is not None:
            before = (at, name)
        elif seen.type.startswith("image/"):
            file = file._replace(after=before[1])
            at = before[0]
        problem = _problem(file) if seen.code else None
        if seen.sha256 in standing:
            file = file._replace(state=TAKEN)
        elif seen.sha256 in state.withdrawn:
            said = state.withdrawn[seen.sha256][1]
            problem = Problem("inbox.withdrawn", parameters={"person": said.person, "why": said.why})
        elif seen.sha256 and first.setdefault(seen.sha256, name) != name:
            problem = Problem("inbox.twice", parameters={"other": first[seen.sha256]})
        if problem is not None and how == WAITING:
            file = file._replace(state=REFUSED)
        files.append(file._replace(problem=problem, at=at, aside=file.key in left))
    return files


def _problem(file: File) -> Problem:
    megabytes = f"{file.seen.size / 1_000_000:.0f}"
    parameters = {"size": megabytes, "limit": str(MAX_FILE // 1024**2), "reason": file.seen.reason}
    return Problem(file.seen.code, parameters=parameters)


def hashed(
    folder: Path, looked: Mapping[str, tuple[str, Seen]], stop: Callable[[], bool]
) -> Iterator[tuple[str, Seen]]:
    """Name and what is known of each waiting file, its digest now among it; ends when ``stop`` says so.

    A file that has gone or changed meanwhile is passed over: the next look finds it anew.
    """
    for name, (how, seen) in looked.items():
        if how != WAITING or seen.sha256:
            continue
        digest = hashlib.sha256()
        try:
            with (folder / name).open("rb") as stream:
                while piece := stream.read(_PIECE):
                    if stop():
                        return
                    digest.update(piece)
                after = os.fstat(stream.fileno())
        except OSError:
            continue
        if (after.st_size, after.st_mtime_ns) == (seen.size, seen.changed):
            yield name, seen._replace(sha256=digest.hexdigest())


# Time


def moment_of(taken: str, seconds: int = 0) -> int | None:
    """A camera's time, ``seconds`` added, in microseconds since 1970; None when there is none.

    A camera that does not know its zone was set by people who were there: Hong Kong time.
    """
    try:
        when = datetime.fromisoformat(taken)
        when = when if when.tzinfo is not None else when.replace(tzinfo=_HONG_KONG)
        return int((when + timedelta(seconds=seconds)).timestamp()) * 1_000_000
    except (ValueError, OverflowError):
        return None


def clocks_of(store: Store, visit: str) -> dict[str, int]:
    """Camera -> seconds that are added to its time in this visit."""
    clocks: dict[str, int] = store.local(visit, CLOCKS, {})
    return clocks


def set_clock(store: Store, visit: str, camera: str, seconds: int) -> None:
    """Nothing; from now on so many seconds are added to the camera's time in this visit."""
    store.set_local(visit, CLOCKS, {**clocks_of(store, visit), camera: seconds})


def clock_shown(store: Store, visit: str, begin: int, end: int) -> None:
    """Nothing; keeps that the program's clock was on the screen, in microseconds since 1970."""
    showings = [*store.local(visit, SHOWINGS, []), [begin, end]]
    store.set_local(visit, SHOWINGS, showings[-_MOST_SHOWINGS:])


def nearest_showing(showings: Sequence[Sequence[int]], at: int) -> int | None:
    """The moment at which the clock was shown that lies nearest to ``at``; None when it never was."""
    moments = [min(max(at, begin), end) for begin, end in showings]
    return min(moments, key=lambda moment: (abs(moment - at), moment), default=None)


# Taking


def keep(
    visit: Visit,
    path: Path,
    seen: Seen | None = None,
    *,
    kind: str = "",
    caption: str = "",
    after: str = "",
    again: bool = False,
) -> Evidence:
    """The reference to the file, a copy of which stands in the data folder now, with its preview.

    The time is the camera's, corrected by what is known of its clock.

    Args:
        visit: the visit that it is for.
        path: the file.
        seen: what the inbox knows of it; the file must still be the same.
        kind: ``photo`` or ``document``; a file that is no picture is a document whatever it is called. ``""``: by type.
        caption: what it shows.
        after: name of the file after which it stands, for one without a time of its own.
        again: True takes also a file that the visit has withdrawn.

    Raises:
        EvidenceError: when it cannot be taken (``StillArriving`` when it has changed, ``WasWithdrawn``); nothing of it
            stays behind.
    """
    store = visit.store
    stored = store_file(store.folder, path)
    withdrawn = visit.state.withdrawn.get(stored.sha256) if not again else None
    changed = seen is not None and not _is_as_seen(path, seen)
    if withdrawn is not None or changed:
        known = store.evidence(stored.sha256)
        if known is None or known.state != HAVE:
            evidence_path(store.folder, stored.sha256).unlink(missing_ok=True)
        if withdrawn is not None:
            raise WasWithdrawn(path.name, withdrawn[1].person, withdrawn[1].why)
        raise StillArriving(path.name)
    shot = Shot()
    is_picture = stored.type.startswith("image/")
    if is_picture:
        with open_evidence(store.folder, stored.sha256) as stream:
            shot = shot_of(stream)
        make_preview(store.folder, stored.sha256)
    store.note_evidence(stored.sha256, stored.size, stored.type)
    about = {
        "sha256": stored.sha256,
        "name": clean(path.name)[:200],
        "type": stored.type,
        "size": str(stored.size),
        **times_of(shot, clocks_of(store, visit.id)),
        "original": "" if shot.taken else after,
        "caption": caption,
    }
    kind = (kind or "photo") if is_picture else "document"
    return Evidence(kind, {key: text for key, text in about.items() if text})


def tie(
    value: Evidence | str, places: Iterable[tuple[str, str]], loose: Iterable[Head] = (), *, why: str = ""
) -> list[Act]:
    """What ``Visit.record_together`` records to tie evidence, or a text as a note, to places (form and path) at once.

    ``loose`` are the jots that it was until now: they end there. Where two laptops tie the same jot, all ties stand.
    """
    act = acts.NOTE if isinstance(value, str) else acts.ATTACH
    said = [Act(act, form, path, value, why) for form, path in places]
    for digest, entry in loose:
        replaces = (reference(entry.device, entry.seq, digest),)
        said.append(Act(acts.DETACH, entry.form, entry.path, replaces=replaces))
    return said


def times_of(shot: Shot, clocks: Mapping[str, int]) -> dict[str, str]:
    """``taken``, the corrected time of a photo, and ``camera``, what its camera said, where that was wrong."""
    seconds = clocks.get(shot.camera, 0)
    at = moment_of(shot.taken, seconds) if seconds else None
    if at is None:
        return {"taken": shot.taken}
    return {"taken": hong_kong_time(at).replace(tzinfo=None).isoformat(), "camera": shot.taken}


def corrected(visit: Visit, camera: str) -> list[Act]:
    """What ``Visit.record_together`` records to give this laptop's photos of a camera the time of its corrected clock.

    Photos whose file is not here, or that carry the right time already, are left out.
    """
    device = visit.store.device
    clocks = clocks_of(visit.store, visit.id)
    said = []
    for digest, entry in visit.state.standing_files():
        value = entry.value
        if not isinstance(value, Evidence) or device is None or entry.device != device.id:
            continue
        try:
            with open_evidence(visit.store.folder, file_of(entry)) as stream:
                shot = shot_of(stream)
        except EvidenceError:
            continue
        times = times_of(shot, clocks)
        about = {key: text for key, text in value.about.items() if key not in ("taken", "camera")} | times
        if shot.camera == camera and shot.taken and about != value.about:
            replaces = (reference(entry.device, entry.seq, digest),)
            said.append(Act(acts.ATTACH, entry.form, entry.path, Evidence(value.kind, about), replaces=replaces))
    return said


def still_standing(visit: Visit, said: Iterable[Act]) -> list[Act]:
    """Those acts whose every replaced entry still stands: the others were worked out from what is no more."""
    return [each for each in said if all(visit.state.stands(named[-32:]) for named in each.replaces or ())]


def _is_as_seen(path: Path, seen: Seen) -> bool:
    try:
        now = path.stat()
    except OSError:
        return True  # gone since it was copied whole
    return (now.st_size, now.st_mtime_ns) == (seen.size, seen.changed)
