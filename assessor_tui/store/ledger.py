"""The ledger of this laptop: opened, written as one device, kept. Standard library only on this module's road.

Every write is one transaction, on disk (WAL, synchronous=FULL) before it returns. Answering and merging put entries
in by the same function (``intake``); what can be asked is in ``reading``. ``docs/ledger.md`` describes the tables.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from assessor_tui.ledger.clock import DAY, advanced, next_at
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import (
    MAX_LINE,
    MAX_PERSON,
    MAX_SEEN,
    Entry,
    check,
    clean,
    hash_line,
    plain_name,
    to_line,
)
from assessor_tui.ledger.run import Item, Run
from assessor_tui.ledger.state import device_letters
from assessor_tui.store import lock, migrate
from assessor_tui.store.connect import connect_reading, connect_writing
from assessor_tui.store.errors import EntryTooLong, NoDevice, ReadingOnly, from_sqlite, from_system
from assessor_tui.store.intake import Added, Intake, runs_of
from assessor_tui.store.marker import CLONED, INSIDE, KEYLESS, Marker, doubt, place_of, this_machine
from assessor_tui.store.pen import Pen, heads_of, read_pen
from assessor_tui.store.reading import (
    GONE,
    HAVE,
    PUT_AWAY,
    TO_REMOVE,
    WANTED,
    Device,
    EvidenceRow,
    LogRow,
    Reading,
    VisitRow,
)
from assessor_tui.store.tables import SLOT_NUMBER

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from assessor_tui.form.model import Form
    from assessor_tui.form.scheme import Scheme

__all__ = [
    "GONE", "HAVE", "WANTED", "Added", "Device", "Draft", "EvidenceRow", "LogRow", "Store", "VisitRow",
    "is_same_person",
]  # fmt: skip

_OWN_ENDS = "own ends"
"""Key of the laptop's local state: visit -> device -> number and hash of the last entry it had written when the visit
was put away."""

_AT_KEYBOARD, _PEOPLE, _FORMER_NAMES = "person", "people", "former names"
"""Keys of the laptop's local state: who is at the keyboard, who has been, what the owner was called before."""
_MOST_PEOPLE = 20


def _name(person: str) -> str:
    """The name as it stands in lines and seals: cleaned, on one line, of at most ``MAX_PERSON`` characters."""
    return " ".join(clean(person).split())[:MAX_PERSON].strip()


def is_same_person(one: str, other: str) -> bool:
    """True when both names are one person's, however spaced, capitalised and wide."""
    return plain_name(one) == plain_name(other)


class Store(Reading):
    """The ledger in one folder. Made by ``open``; usable in ``with``; safe to call from several threads."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, held: "BaseFileLock | None", now: Callable[[], int]
    ) -> None:
        super().__init__(folder, connection)
        self.device: Device | None = None
        """Who this ledger writes as; None before ``identify``."""
        self.renewed = ""
        """Why it goes on as a new device since this ``open``: ``restored``, ``cloned``, ``keyless``; else ``""``."""
        self.migrated: Path | None = None
        """Backup made because the tables were changed by this ``open``."""
        self._held = held
        self._now = now
        self._person = ""
        """Who is at the keyboard instead of the device's owner; ``""`` for the owner."""
        self._depth = 0
        self._marker: Marker | None = None
        self._markers = folder
        self._clock = 0
        self._written = 0
        self._device_row = 0
        self._pens: dict[str, Pen] = {}
        self._intake = Intake(connection)

    # opening

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        write: bool = True,
        now: Callable[[], int] = lambda: time.time_ns() // 1000,
        markers: Path | None = None,
        migrations: Sequence[migrate.Migration] = migrate.MIGRATIONS,
    ) -> Self:
        """The ledger in ``folder``, made when there is none and ``write`` is true.

        Args:
            folder: the data folder.
            write: take the lock. Without it the ledger can be read beside a program that writes.
            now: the clock, in microseconds since 1970.
            markers: folder outside the data folder for the marker that tells a restored or cloned ledger; without
                it the marker stands in the data folder and only a restored database is told.
            migrations: changes of the tables.

        Raises:
            StoreError: one of its kinds, when the world does not allow it.
        """
        folder = folder.absolute()
        if not write:
            return cls(folder, connect_reading(folder, 1 + len(migrations)), None, now)._begin()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise from_system(error, folder) from error
        held = lock.take(folder)
        connection = None
        try:
            connection = connect_writing(folder)
            store = cls(folder, connection, held, now)
            store.migrated = migrate.migrate(connection, folder, now(), migrations)
            store._markers = (markers or folder / INSIDE).absolute()
            store._begin()
            store._watch_over()
        except BaseException as error:
            if connection is not None:
                connection.close()
            held.release()
            if isinstance(error, sqlite3.Error):
                raise from_sqlite(error, folder) from error
            raise
        return store

    def _begin(self) -> Self:
        try:
            row = self.connection.execute(
                "SELECT id, uid, person, role, public, clock, written FROM device WHERE own = 1"
            ).fetchone()
        except sqlite3.Error as error:
            raise from_sqlite(error, self.folder) from error
        if row is not None:
            self._device_row, uid, person, role, public, self._clock, self._written = row
            self.device = Device(uid, device_letters(uid), person, role, public)
            self._person = self.local("", _AT_KEYBOARD, "")
        return self

    def _watch_over(self) -> None:
        """A restored or cloned ledger goes on as a new device: a sequence number is never used twice."""
        if self.device is None:
            return
        from assessor_tui.store import keys

        marker = place_of(self._markers, self.folder, self.device.id)
        why = doubt(marker, self.folder, self._written, this_machine())
        if not why and not keys.path_of(self.folder, self.device.id).exists():
            why = KEYLESS
        if not why and self._has_a_twin():
            why = CLONED
        if why:
            self.renew(why)
        else:
            self._mark(self.device.id, self._written)
            if marker.parent != self._markers:
                with suppress(OSError):  # a copy of the folder shall not bring a marker of its own
                    marker.unlink()

    def renew(self, why: str) -> None:
        """Nothing; this laptop goes on as a new device of the same person, for the reason ``renewed`` says then.

        Raises:
            StoreError: when the key or the ledger cannot be written.
        """
        assert self.device is not None
        self._new_device(self.device.person, self.device.role)
        self.renewed = why

    def _has_a_twin(self) -> bool:
        """True when another ledger was seen to write as this very device: its numbers are not this one's alone."""
        sql = "SELECT 1 FROM log WHERE device = ? AND fork > 0 LIMIT 1"
        return self.connection.execute(sql, (self._device_row,)).fetchone() is not None

    def _mark(self, device: str, written: int) -> None:
        if self._marker is not None:
            self._marker.close()
        try:
            self._marker = Marker(self._markers / device, self.folder, written, this_machine())
        except OSError as error:
            inside = self.folder / INSIDE
            if self._markers == inside:
                raise from_system(error, self._markers) from error
            # Where nothing outside the data folder can be written, a marker inside it is better than no work.
            self._markers = inside
            self._mark(device, written)

    def identify(self, person: str, role: str, *, private: bytes = b"") -> Device:
        """Who works on this laptop from now on; the first time makes the device and its key.

        The name stands in every line and seal: it is cleaned, on one line and of at most ``MAX_PERSON`` characters.
        ``private`` is the key of a new device (32 raw bytes) where it must not be a random one.

        Raises:
            StoreError: when the key or the ledger cannot be written.
        """
        person = _name(person)
        if self.device is None:
            return self._new_device(person, role, private)
        former = self.local("", _FORMER_NAMES, [])
        with self.together():
            self.connection.execute(
                "UPDATE device SET person = ?, role = ? WHERE id = ?", (person, role, self._device_row)
            )
            if self.device.person and self.device.person not in (person, *former):
                self.set_local("", _FORMER_NAMES, [*former, self.device.person])
            self.set_local("", _AT_KEYBOARD, None)
        self._person = ""
        self.device = self.device._replace(person=person, role=role)
        return self.device

    @property
    def person(self) -> str:
        """Who is at the keyboard, and whose name stands in what is recorded; ``""`` before ``identify``."""
        return self._person or (self.device.person if self.device is not None else "")

    @property
    def owner_is_here(self) -> bool:
        """True while the device's owner is at the keyboard."""
        return not self._person

    def set_person(self, name: str, *, keep: bool = True) -> str:
        """Who is at the keyboard from now on: ``name``, cleaned; an empty one, and the owner's own, are the owner.

        Device, chain and undo stay those of the laptop; what is recorded carries the person. Without ``keep`` it
        holds until the ledger is closed.

        Raises:
            NoDevice: before ``identify``.
            StoreError: when it cannot be kept.
        """
        if self.device is None:
            raise NoDevice(self.folder)
        name = _name(name)
        self._person = "" if not name or is_same_person(name, self.device.person) else name
        if keep:
            before = self.local("", _PEOPLE, [])
            with self.together():
                self.set_local("", _AT_KEYBOARD, self._person or None)
                if self._person:
                    others = [each for each in before if not is_same_person(each, name)]
                    self.set_local("", _PEOPLE, [name, *others][:_MOST_PEOPLE])
        return self.person

    def people(self) -> list[str]:
        """Others than the owner who have been at this keyboard, the last one first."""
        found: list[str] = self.local("", _PEOPLE, [])
        return found

    def wrote(self, entry: Entry) -> bool:
        """True when the entry is of the person at the keyboard, on whatever laptop, under whatever earlier name.

        By person and not by device: whoever got a new laptop goes on with his own answers, and two people at one
        laptop are two.
        """
        if self.device is None:
            return False
        if is_same_person(entry.person, self.person):
            return True
        if entry.device != self.device.id or not self.owner_is_here:
            return False
        return entry.person in self.local("", _FORMER_NAMES, [])

    def _new_device(self, person: str, role: str, private: bytes = b"") -> Device:
        from assessor_tui.store import keys

        uid, public = keys.make(self.folder, private)
        # First: a ledger that was killed in between would look as if it had been copied here.
        self._mark(uid, 0)
        self._written = 0
        try:
            with self.together():
                self.connection.execute("UPDATE device SET own = 0 WHERE own = 1")
                cursor = self.connection.execute(
                    "INSERT INTO device (uid, own, person, role, public, clock, written) VALUES (?, 1, ?, ?, ?, ?, 0)",
                    (uid, person, role, public, self._clock),
                )
        except BaseException:
            if self.device is not None:
                self._mark(self.device.id, self._written)  # it goes on as it was
            raise
        assert cursor.lastrowid is not None
        self._device_row = cursor.lastrowid
        self._pens.clear()
        self.device = Device(uid, device_letters(uid), person, role, public)
        return self.device

    def close(self) -> None:
        """Nothing; the ledger is closed and others may write it."""
        if self._held is not None:
            self._stop_backup()
        with self._guard:
            self.connection.close()
            if self._marker is not None:
                self._marker.close()
                self._marker = None
            if self._held is not None:
                self._held.release()
                self._held = None

    def _stop_backup(self) -> None:
        """Nothing; nobody reads an older moment of the ledger any more. What was never begun is not imported for it."""
        if (backups := sys.modules.get("assessor_tui.store.backups")) is not None:
            backups.stop(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """One transaction as ``together``; heads and conflicts are worked out once, at its end, and not asked before.

        For many bundles, which often bring several logs of one visit.
        """
        with self.together():
            self._intake.gathers = True
            try:
                yield
            finally:
                self._intake.gathers = False
            self._intake.derive_gathered()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction around everything inside: all of it on disk when it ends, or nothing of it."""
        if self._held is None:
            raise ReadingOnly(self.folder)
        with self._guard:
            outer, waiting = self._depth == 0, self._intake.waiting
            try:
                self.connection.execute("BEGIN IMMEDIATE" if outer else f"SAVEPOINT level{self._depth:d}")
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                self.connection.execute("COMMIT" if outer else f"RELEASE level{self._depth:d}")
                if outer and self._marker is not None:
                    self._marker.move(self._written)
            except BaseException as error:
                self._take_back(waiting)
                if isinstance(error, sqlite3.Error):
                    raise from_sqlite(error, self.folder) from error
                raise

    def _take_back(self, waiting: int) -> None:
        """What memory knows of the unfinished transaction is forgotten together with it."""
        if self.connection.in_transaction:
            if self._depth:
                self.connection.execute(f"ROLLBACK TO level{self._depth:d}")
            else:
                self.connection.execute("ROLLBACK")
        self._intake.forget(waiting)
        self._pens.clear()
        row = self.connection.execute("SELECT clock, written FROM device WHERE own = 1").fetchone()
        self._clock, self._written = row or (0, 0)

    def now(self) -> int:
        """The time by this laptop's clock, in microseconds since 1970."""
        return self._now()

    # putting entries in

    def append(self, drafts: Sequence[Draft]) -> list[tuple[str, Entry]]:
        """Hash and entry of each draft, recorded as the next entries of this device's logs.

        Raises:
            NoDevice: before ``identify``.
            EntryTooLong: when one does not fit a line.
            LineError: when a part of a draft is not fit for the ledger.
            StoreError: when the disk does not take it. In every case nothing was recorded.
        """
        device = self.device
        if device is None:
            raise NoDevice(self.folder)
        written: list[tuple[str, Entry]] = []
        if not drafts:
            return written
        with self.together():
            # Acts recorded together are one microsecond apart, others are more, whatever the clock says.
            now = self._now()
            self._clock += 1
            # What stands is worked out once for all of them, unless one of them replaces what another has put there.
            slots = {(each.visit, each.form, each.path, SLOT_NUMBER.get(each.act, 0)) for each in drafts}
            at_once = len(slots) == len(drafts) or all(each.replaces is not None for each in drafts)
            waiting: list[Item] = []
            for draft in drafts:
                pen = self._pen(draft.visit, device.id)
                self._clock = next_at(now, self._clock)
                replaces = (
                    heads_of(self.connection, draft) if draft.replaces is None else tuple(sorted(set(draft.replaces)))
                )
                news = {d: refs for d, refs in sorted(pen.others.items()) if pen.said.get(d) != refs}
                while sum(map(len, news.values())) > MAX_SEEN:
                    news.popitem()  # a line holds no more; the next one tells the rest
                seen = tuple(sorted(ref for refs in news.values() for ref in refs))
                entry = Entry(
                    draft.visit, device.id, pen.seq + 1, pen.digest, self._clock, self.person, draft.act,
                    draft.form, draft.version, draft.path, draft.value, replaces, seen, draft.why,
                )  # fmt: skip
                check(entry)
                line = to_line(entry)
                if len(line) > MAX_LINE:
                    raise EntryTooLong(self.folder, size=str(len(line)), limit=str(MAX_LINE))
                digest = hash_line(entry.visit, entry.device, line)
                waiting.append((digest, entry, line))
                if pen.floats or not at_once:
                    self._intake.put(runs_of(waiting))
                    waiting = []
                pen.said |= news
                pen.seq, pen.digest = entry.seq, digest
                if pen.floats:
                    self._keep_own_end(draft.visit, device.id, pen)
                written.append((digest, entry))
            self._intake.put(runs_of(waiting))
            self._written += len(written)
            self.connection.execute(
                "UPDATE device SET clock = ?, written = ? WHERE id = ?",
                (self._clock, self._written, self._device_row),
            )
        return written

    def add(
        self,
        entries: Iterable[tuple[str, Entry] | Item],
        *,
        forms: Iterable[bytes] = (),
        schemes: Iterable[bytes] = (),
    ) -> Added:
        """What was new. Merge is set union: repetition and order change nothing.

        ``entries`` are (hash, entry) or (hash, entry, line), checked already: hashes fit and lines are canonical.
        ``forms`` and ``schemes`` are canonical JSON.

        Raises:
            StoreError: when the disk does not take it; then nothing was added.
        """
        items = (item if len(item) == 3 else (*item, to_line(item[1])) for item in entries)
        return self.add_runs(runs_of(items), forms=forms, schemes=schemes)

    def add_runs(self, runs: Iterable[Run], *, forms: Iterable[bytes] = (), schemes: Iterable[bytes] = ()) -> Added:
        """As ``add``, for entries that come run by run."""
        with self.together():
            for form in forms:
                self._define("form", form)
            for scheme in schemes:
                self._define("scheme", scheme)
            before, now = self._clock, self._now()
            runs = list(runs)
            for run in runs:
                for at in run.ats:
                    if at > self._clock:
                        self._clock = advanced(now, self._clock, at)
            added = self._intake.put(runs)
            if ahead := [run for run in runs if max(run.ats) > now + DAY]:
                from assessor_tui.store.clocks import note_clocks

                note_clocks(
                    self, ((run.visit, run.device, *max(zip(run.ats, run.seqs, strict=True))) for run in ahead), now
                )
            for visit in added.visits:
                self._pens.pop(visit, None)
            if self._clock != before:
                self.connection.execute("UPDATE device SET clock = ? WHERE id = ?", (self._clock, self._device_row))
        return added

    def rebuild(self) -> int:
        """How many entries the derived tables were rebuilt from, after dropping what they held."""
        with self.together():
            return self._intake.rebuild()

    # what this device writes next

    def _pen(self, visit: str, device: str) -> Pen:
        pen = self._pens.get(visit)
        if pen is None:
            end = self.local("", _OWN_ENDS, {}).get(visit, {}).get(device)
            pen = self._pens[visit] = read_pen(self.connection, visit, device, end)
        return pen

    def is_in_part(self, visit: str) -> bool:
        """True while this device has written more in the visit than is here: it was put away and came back in part.

        Raises:
            StoreError: when the ledger cannot be read.
        """
        with self._guard:
            try:
                return self.device is not None and self._pen(visit, self.device.id).floats
            except sqlite3.Error as error:
                raise from_sqlite(error, self.folder) from error

    def _keep_own_end(self, visit: str, device: str, pen: Pen) -> None:
        ends = self.local("", _OWN_ENDS, {})
        ends.setdefault(visit, {})[device] = [pen.seq, pen.digest]
        self.set_local("", _OWN_ENDS, ends)

    # what is kept beside the entries

    def set_facts(self, visit: str, facts: Mapping[str, Any]) -> None:
        """Keeps facts about the visit for the list of visits, until its next entry."""
        with self.together():
            self.connection.execute(
                "INSERT OR REPLACE INTO progress SELECT visit, entries, ? FROM tally "
                "WHERE visit = (SELECT id FROM visit WHERE uid = ?)",
                (json.dumps(facts, ensure_ascii=False), visit),
            )

    def name_device(self, device: Device) -> None:
        """Keeps who another device belongs to, as its bundle said."""
        with self.together():
            number = self._intake.device_number(device.id)
            said = (device.person, device.role, device.public)
            self.connection.execute(
                "UPDATE device SET person = ?, role = ?, public = ? WHERE id = ? AND own = 0 "
                "AND (person, role, public) IS NOT (?, ?, ?)",
                (*said, number, *said),
            )

    # forms and schemes

    def _define(self, kind: str, spelling: bytes) -> str:
        import hashlib

        digest = hashlib.sha256(spelling).hexdigest()
        self.connection.execute("INSERT OR IGNORE INTO definition VALUES (?, ?, ?)", (digest, kind, spelling))
        return digest

    def add_form(self, form: "Form") -> str:
        """Hash of the form, which is kept."""
        from assessor_tui.form.canonical import canonical_bytes

        with self.together():
            return self._define("form", canonical_bytes(form))

    def add_scheme(self, scheme: "Scheme") -> str:
        """Hash of the scheme, which is kept."""
        from assessor_tui.form.canonical import canonical_bytes

        with self.together():
            return self._define("scheme", canonical_bytes(scheme))

    # putting away

    def put_away(self, visit: str, line: Mapping[str, Any]) -> set[str]:
        """SHA-256 of evidence files that no other visit names; the visit's contents are gone from the ledger's file.

        The one exception to rows that never go. ``line`` (JSON) is kept among ``put_away_lines``, the files among
        those ``to_remove``; and kept is how far this device's log went, so that it goes on there when the visit comes
        back. The marker and ``written`` stay as they are: they count what was ever written.

        Raises:
            StoreError: when the disk does not take it; then nothing is gone.
        """
        from assessor_tui.store.erase import erase

        self._stop_backup()
        with self._guard:
            self.connection.execute("PRAGMA secure_delete = ON")
            try:
                with self.together():
                    if self.device is not None and (pen := self._pen(visit, self.device.id)).seq:
                        self._keep_own_end(visit, self.device.id, pen)
                    files = erase(self.connection, visit)
                    others = [each for each in self.put_away_lines() if each["visit"] != visit]
                    self.set_local("", PUT_AWAY, [*others, {**line, "visit": visit}])
                    self.set_local("", TO_REMOVE, sorted({*self.to_remove(), *files}))
                    for key, value in self.locals_of("").items():
                        if isinstance(value, dict) and value.get("visit") == visit:
                            self.set_local("", key, None)  # a place in the visit to begin at the next time
            finally:
                self.connection.execute("PRAGMA secure_delete = OFF")
                self._intake.forget_visit(visit)
                self._pens.pop(visit, None)
            with suppress(sqlite3.Error):  # the freed pages hold zeros only; giving them back is a comfort
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self.connection.execute("VACUUM")
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return files

    def keep_to_remove(self, files: Sequence[str]) -> None:
        """Nothing; only these of ``to_remove`` still stand on the disk."""
        self.set_local("", TO_REMOVE, list(files) or None)

    def spare(self, files: Collection[str]) -> None:
        """Nothing; none of these files is among those ``to_remove`` any more, for they come in again."""
        with self.together():
            left = self.to_remove()
            if not set(left).isdisjoint(files):
                self.keep_to_remove([each for each in left if each not in files])

    # what never travels

    def set_local(self, visit: str, key: str, value: Any) -> None:
        """Keeps a JSON value: a draft, a flag, the last place, a setting. None forgets it."""
        with self.together():
            if value is None:
                self.connection.execute("DELETE FROM local WHERE visit = ? AND key = ?", (visit, key))
            else:
                self.connection.execute(
                    "INSERT OR REPLACE INTO local VALUES (?, ?, ?)", (visit, key, json.dumps(value, ensure_ascii=False))
                )

    # evidence

    def note_evidence(self, sha256: str, size: int, media_type: str, state: str = HAVE) -> None:
        """Keeps that an evidence file is here or wanted; what is here already stays as it is."""
        with self.together():
            self.connection.execute(
                "INSERT INTO evidence VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET "
                "size = excluded.size, type = excluded.type, state = excluded.state WHERE evidence.state <> 'have'",
                (sha256, size, media_type, state),
            )

    def mark_evidence(self, sha256: str, state: str) -> None:
        """Keeps another state of an evidence file, whatever it was."""
        with self.together():
            self.connection.execute(
                "INSERT INTO evidence VALUES (?, 0, '', ?) ON CONFLICT (sha256) DO UPDATE SET state = excluded.state",
                (sha256, state),
            )

    # looking after it

    def back_up(self, why: str) -> Path:
        """A copy of the whole ledger under ``backups/``, opened again and checked; ``why`` is part of its name.

        Raises:
            StoreError: when it could not be made or read again.
        """
        from assessor_tui.store.backups import back_up

        return back_up(self.folder, why, self.now())
