"""Backups of the ledger: copied beside the work, opened and checked before they get their name, few of them kept.

A backup is a copy of one moment: a reading connection holds that moment (SQLite's write-ahead log lets others write
meanwhile) while its pages are copied. Nothing is called a backup before it was opened again, passed SQLite's check and
was found to hold every entry and the end of every chain.
"""

import os
import re
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from assessor_tui.evidence.files import sync_folder
from assessor_tui.ledger.clock import DAY, hong_kong_time
from assessor_tui.ledger.entry import hash_line
from assessor_tui.store.connect import BACKUPS, DATABASE, SET_ASIDE
from assessor_tui.store.errors import (
    BackupFailed,
    BackupNotGood,
    LedgerDamaged,
    NoRoomForBackup,
    StoreError,
    from_sqlite,
)
from assessor_tui.store.migrate import add_trust_tables, refuse_foreign
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS

DAILY, IMPORT, ASKED = "daily", "import", "asked"
"""Why a backup was made; ``version-1`` is another: before the tables of that version were changed."""
DAYS, WEEKS = 7, 4
"""The newest backup of so many days and weeks is kept."""
MANY = 10_000
"""Entries from which on an import is worth a backup."""
ROOM = 64 * 1024**2
"""Bytes that a backup nobody asked for leaves free on the disk."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"ledger-(?:(?P<at>\d{8}T\d{6})Z-(?P<why>[a-z0-9-]+)|(?P<was>version-\d+)-(?P<then>\d{8}T\d{6})Z)")
_PAGES = 256
"""Pages copied at once: a mebibyte."""
_AGAIN = 3

_making = threading.Lock()
"""One backup at a time."""
_changing = threading.Lock()
"""Held while a backup gets its name and while something is taken out of those there are."""
_taken_out: Counter[Path] = Counter()
"""Data folder -> how often something was taken out of its backups."""
_running: "dict[Path, tuple[threading.Thread, threading.Event]]" = {}
"""Data folder -> the thread that makes a backup of it, and what stops it."""
_failed: dict[Path, StoreError] = {}
"""Data folder -> why the last backup beside the work was not made, until somebody is told."""
_STEPS = 100_000
"""Steps of SQLite's machine after which a check looks whether it shall stop."""


class Backup(NamedTuple):
    """One backup on the disk."""

    path: Path
    at: int
    """The moment that it holds, microseconds since 1970, by this laptop's clock."""
    why: str
    """``daily``, ``import``, ``version-1`` ...; ``""`` for a file with a name of its own."""
    size: int
    """In bytes."""


class Held(NamedTuple):
    """What a ledger holds, as far as a backup is compared with it."""

    entries: int
    ends: frozenset[tuple[str, str, int, int, str]]
    """Visit, device, fork, number and hash of the last entry of every log."""


# What there is


def all_backups(folder: Path) -> list[Backup]:
    """The backups of the data folder, the newest first."""
    found = []
    for path in (folder / BACKUPS).glob("*.sqlite3"):
        with suppress(OSError):  # it goes just now
            at, why = _named(path)
            about = path.stat()
            found.append(Backup(path, at if why else about.st_mtime_ns // 1000, why, about.st_size))
    return sorted(found, key=lambda each: (each.at, each.path.name), reverse=True)


def _named(path: Path) -> tuple[int, str]:
    """What the file's name says: the moment and the reason; (0, "") for a name that is none of ours."""
    match = _NAME.fullmatch(path.stem)
    if match is None:
        return 0, ""
    try:
        moment = datetime.strptime(match["at"] or match["then"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return 0, ""
    return (moment - _EPOCH) // timedelta(microseconds=1), match["why"] or match["was"]


def is_due(folder: Path, now: int) -> bool:
    """True when no backup is younger than 24 hours.

    One from a clock that ran ahead by more than a day does not count: it would stop all backups until that day.
    """
    return not any(each.why and now - DAY < each.at <= now + DAY for each in all_backups(folder))


# Making one


def back_up(folder: Path, why: str, at: int, *, connection: sqlite3.Connection | None = None, room: int = 0) -> Path:
    """The new backup of the ledger in ``folder``, opened again and found good; older ones are thinned out after it.

    Args:
        folder: the data folder.
        why: reason, part of the name: small letters, digits and hyphens.
        at: the time, microseconds since 1970.
        connection: outside a transaction, where nobody else writes; without it one of its own is opened.
        room: bytes that must stay free on the disk.

    Raises:
        NoRoomForBackup: when the disk is too full for it.
        LedgerDamaged: when the ledger itself does not pass the check.
        BackupFailed: when none could be made that opens and holds everything. In every case nothing half-made stays.
    """
    with _making:
        for _ in range(_AGAIN):
            before = _taken_out[folder]
            with closing(_snapshot(folder)) if connection is None else nullcontext(connection) as source:
                path = _copy(source, folder, why, at, room, before)
            if path is not None:
                thin(folder, at)
                return path
    raise BackupFailed(folder, reason="the ledger was being changed")


def begin(folder: Path, why: str, at: int, *, pause: float = 0.002) -> bool:
    """True when a backup of this very moment is being made beside the work, whatever is written meanwhile.

    Nothing is begun while another one is being made, or for a ledger without entries. ``wait`` or ``failure`` says why
    none came of it. What it leaves half-made when the program ends goes the next time.

    Args:
        folder: the data folder.
        why: as ``back_up``.
        at: as ``back_up``.
        pause: seconds to rest after each mebibyte, so that the disk has time for answers.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    if folder in _running and _running[folder][0].is_alive():
        return False
    before = _taken_out[folder]
    source = _snapshot(folder)
    if source.execute("SELECT 1 FROM entry LIMIT 1").fetchone() is None:
        source.close()
        return False
    stop = threading.Event()

    def rest() -> bool:
        return stop.wait(pause)

    def work() -> None:
        try:
            with _making, closing(source):
                path = _copy(source, folder, why, at, ROOM, before, rest)
            if path is not None:
                thin(folder, at)
        except StoreError as error:
            if not stop.is_set():
                _failed[folder] = error

    thread = threading.Thread(target=work, daemon=True, name="backup")
    _running[folder] = thread, stop
    thread.start()
    return True


def wait(folder: Path) -> StoreError | None:
    """Why no backup came of what was begun beside the work, which has ended; None when all is well."""
    if (running := _running.get(folder)) is not None:
        running[0].join()
    return failure(folder)


def failure(folder: Path) -> StoreError | None:
    """Why the last backup beside the work was not made; said once."""
    return _failed.pop(folder, None)


def stop(folder: Path) -> None:
    """Nothing; what is being made beside the work is given up, and no longer reads the ledger."""
    if (running := _running.pop(folder, None)) is not None:
        running[1].set()
        running[0].join()


def _snapshot(folder: Path) -> sqlite3.Connection:
    """A connection that sees the ledger as it is now until it is closed, whatever is written meanwhile."""
    uri = f"{(folder / DATABASE).as_uri()}?mode=ro"
    try:
        source = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("mmap_size = 0", "trusted_schema = OFF", "busy_timeout = 5000", "query_only = ON"):
                source.execute(f"PRAGMA {pragma}")
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM device").fetchone()  # a moment begins with its first reading
        except BaseException:
            source.close()
            raise
    except sqlite3.Error as error:
        raise from_sqlite(error, folder) from error
    return source


def _copy(
    source: sqlite3.Connection,
    folder: Path,
    why: str,
    at: int,
    room: int,
    before: int,
    rest: Callable[[], bool] = lambda: False,
) -> Path | None:
    """The backup; None when something was taken out of the backups since ``before``, so that it must be made anew.

    ``rest`` is called after each mebibyte; when it returns True the backup is given up.
    """
    place = folder / BACKUPS
    moment = _EPOCH + timedelta(seconds=at // 1_000_000)
    path = place / f"ledger-{moment:%Y%m%dT%H%M%SZ}-{why}.sqlite3"
    part = path.with_suffix(".part")
    try:
        place.mkdir(exist_ok=True)
        _sweep(place)
        size = source.execute("PRAGMA page_count").fetchone()[0] * source.execute("PRAGMA page_size").fetchone()[0]
        free = shutil.disk_usage(place).free
        if free < size + room:
            megabytes = {"needed": str((size + room) // 10**6 + 1), "free": str(free // 10**6)}
            raise NoRoomForBackup(folder, **megabytes)
        there = held(source)
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            # Nobody sees the file before it has its name, so no journal of its own is needed; it is synced below.
            copy.execute("PRAGMA synchronous = OFF")
            source.backup(copy, pages=_PAGES, progress=lambda *_: _go_on(rest))
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(part)
        try:
            if check(part, rest) != there:
                raise BackupFailed(folder, reason="it does not hold what the ledger holds")
        except BackupNotGood as error:
            # The copy is as the ledger is, page by page: a fault in it is one of the ledger, or of the disk.
            if wrong := _wrong(source):
                raise LedgerDamaged(folder, reason=wrong) from error
            raise BackupFailed(folder, reason=error.parameters["reason"]) from error
        with _changing:
            if _taken_out[folder] != before:
                return None
            part.replace(path)
        sync_folder(place)
    except sqlite3.Error as error:
        failure = from_sqlite(error, folder)
        raise failure if isinstance(failure, LedgerDamaged) else BackupFailed(folder, reason=str(error)) from error
    except OSError as error:
        raise BackupFailed(folder, reason=error.strerror or type(error).__name__) from error
    finally:
        _sweep(place)
    return path


def _go_on(rest: Callable[[], bool]) -> None:
    if rest():
        raise sqlite3.OperationalError("stopped")


def _sweep(place: Path) -> None:
    """Nothing; what a killed program has left half-made is gone."""
    for path in place.glob("*.part*"):
        with suppress(OSError):
            path.unlink()


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


# Checking one


def check(path: Path, rest: Callable[[], bool] = lambda: False) -> Held:
    """What the backup at ``path`` holds, opened and checked: SQLite's check, and the last line of every log.

    ``rest`` is called now and then; when it returns True the check is given up.

    Raises:
        BackupNotGood: when it is not a good ledger.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            copy.execute("PRAGMA trusted_schema = OFF")
            copy.set_progress_handler(rest, _STEPS)
            refuse_foreign(copy, path.parent)
            if wrong := _wrong(copy):
                raise BackupNotGood(path, reason=wrong)
            return held(copy)
    except LedgerDamaged as error:
        raise BackupNotGood(path, reason=error.parameters["reason"]) from error
    except sqlite3.Error as error:
        raise BackupNotGood(path, reason=str(error)) from error


def _wrong(connection: sqlite3.Connection) -> str:
    """What is wrong with the file or with the end of a chain; ``""`` when nothing is."""
    try:
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if said != "ok":
            return said
        for visit, device, _fork, seq, digest, line in _ends(connection):
            if hash_line(visit, device, line) != digest:
                return f"entry {seq} of device {device[:8]} is not what was written"
    except sqlite3.Error as error:
        return str(error)
    return ""


def held(connection: sqlite3.Connection) -> Held:
    """How many entries a ledger holds, and where each of its logs ends."""
    count = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    return Held(count, frozenset(end[:5] for end in _ends(connection)))


def _ends(connection: sqlite3.Connection) -> Iterator[tuple[str, str, int, int, str, bytes]]:
    logs = connection.execute(
        "SELECT log.id, visit.uid, device.uid, fork FROM log JOIN visit ON visit.id = log.visit "
        "JOIN device ON device.id = log.device"
    ).fetchall()
    for log, visit, device, fork in logs:
        last = connection.execute(
            "SELECT id, hash, line FROM entry WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
            (log << SEQ_BITS, log << SEQ_BITS | MAX_SEQ),
        ).fetchone()
        if last is not None:
            yield visit, device, fork, last[0] & MAX_SEQ, last[1].hex(), last[2]


# Letting go of some


def thin(folder: Path, now: int) -> list[Path]:
    """Backups that were removed: those beyond the newest of ``DAYS`` days and of ``WEEKS`` weeks.

    Called once a new one was found good, so there is always a good one left. Files with names of their own stay.
    """
    found = [each for each in all_backups(folder) if each.why]
    keep = to_keep(found, now)
    gone = []
    for each in found:
        if each not in keep:
            with suppress(OSError):
                each.path.unlink()
                gone.append(each.path)
    return gone


def to_keep(found: Sequence[Backup], now: int) -> set[Backup]:
    """Those of ``found`` that are kept at the time ``now`` (microseconds since 1970).

    What a clock that ran ahead has dated later than now comes last, so that it pushes nobody out.
    """
    keep: set[Backup] = set()
    newest_first = sorted(found, key=lambda each: (each.at <= now, each.at), reverse=True)
    day, week = (lambda at: hong_kong_time(at).date()), (lambda at: hong_kong_time(at).isocalendar()[:2])
    for most, period in ((DAYS, day), (WEEKS, week)):
        newest: dict[object, Backup] = {}
        for each in newest_first:
            newest.setdefault(period(each.at), each)
        keep.update(list(newest.values())[:most])
    # Nobody can go back to the tables of an older program without it.
    keep.update([each for each in newest_first if each.why.startswith("version-")][:1])
    return keep


def forget(folder: Path, visits: Iterable[str]) -> list[Path]:
    """Backups and ledgers set aside from which these visits could not be taken; they are in no other any more.

    One that is being made meanwhile is made anew. Doing it again finishes what a crash has interrupted.
    """
    from assessor_tui.store.erase import erase

    kept = []
    visits = list(visits)
    with _changing:
        _taken_out[folder] += 1
        for path in sorted([*(folder / BACKUPS).glob("*.sqlite3"), *(folder / SET_ASIDE).glob(f"*/{DATABASE}")]):
            try:
                with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                    connection.execute("PRAGMA trusted_schema = OFF")
                    known = {uid for (uid,) in connection.execute("SELECT uid FROM visit")}
                    if known.isdisjoint(visits):
                        continue
                    if connection.execute("PRAGMA user_version").fetchone()[0] == 1:
                        add_trust_tables(connection, "TEMP TABLE")
                    connection.execute("PRAGMA secure_delete = ON")
                    connection.execute("BEGIN IMMEDIATE")
                    for visit in visits:
                        erase(connection, visit)
                    connection.execute("COMMIT")
                    connection.execute("VACUUM")
            except sqlite3.Error:
                kept.append(path)
    return kept


def newest_good(folder: Path) -> tuple[Backup | None, list[tuple[Backup, str]]]:
    """The newest backup that passes every check, and those newer ones that did not, each with what is wrong."""
    wrong = []
    for each in all_backups(folder):
        try:
            check(each.path)
        except BackupNotGood as error:
            wrong.append((each, error.parameters["reason"]))
        else:
            return each, wrong
    return None, wrong
