"""The ledger of this laptop: entries in, entries and what they say out. Standard library only on this module's road.

Every write is one transaction, on disk (WAL, synchronous=FULL) before it returns. Answering and merging put entries
in by the same function. ``docs/ledger.md`` describes the tables.
"""

import json
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from assessor_tui.ledger.clock import DAY, advanced, next_at
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import (
    MAX_LINE,
    MAX_PERSON,
    MAX_REPLACES,
    MAX_SEEN,
    Entry,
    LineError,
    check,
    clean,
    hash_line,
    plain_name,
    reference,
    to_line,
)
from assessor_tui.ledger.run import Item, Run
from assessor_tui.ledger.state import (
    VisitState,
    device_letters,
)
from assessor_tui.store import lock, migrate
from assessor_tui.store.connect import connect_reading, connect_writing
from assessor_tui.store.derive import derive
from assessor_tui.store.errors import (
    EntryTooLong,
    NoDevice,
    ReadingOnly,
    from_sqlite,
    from_system,
)
from assessor_tui.store.marker import CLONED, INSIDE, KEYLESS, Marker, doubt, place_of, this_machine
from assessor_tui.store.tables import (
    DERIVED,
    MAX_SEQ,
    SEQ_BITS,
    SLOT_NUMBER,
    Head,
    Rows,
    Words,
    entry_of,
    log_numbers,
    read_entries,
)

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from assessor_tui.assess.board import Facts
    from assessor_tui.form.model import Form
    from assessor_tui.form.scheme import Scheme
    from assessor_tui.problem import Problem

__all__ = ["Added", "Device", "Draft", "EvidenceRow", "LogRow", "Store", "VisitRow"]

HAVE, WANTED, GONE = "have", "wanted", "withdrawn"
"""States of an evidence file."""

_MOST_STATES = 4

_PUT_AWAY, _OWN_ENDS, _TO_REMOVE = "put away", "own ends", "to remove"
"""Local state of the laptop: a line for each visit put away; visit -> device -> number and hash of the last entry it
had written then; files that go from the disk."""

_AT_KEYBOARD, _PEOPLE, _FORMER_NAMES = "person", "people", "former names"
"""Keys of the laptop's local state: who is at the keyboard, who has been, what the owner was called before."""
_MOST_PEOPLE = 20


def _name(person: str) -> str:
    """The name as it stands in lines and seals: cleaned, on one line, of at most ``MAX_PERSON`` characters."""
    return " ".join(clean(person).split())[:MAX_PERSON].strip()


def is_same_person(one: str, other: str) -> bool:
    """True when both names are one person's, however spaced, capitalised and wide."""
    return plain_name(one) == plain_name(other)


class Device(NamedTuple):
    """A laptop's ledger, as it signs."""

    id: str
    """32 hexadecimal digits, made from its public key."""
    letters: str
    """Three letters that people speak for it."""
    person: str
    role: str
    public: bytes = b""
    """Public key, 32 raw bytes; empty when it has not been heard."""


class VisitRow(NamedTuple):
    """One visit in the list of visits."""

    id: str
    entries: int
    latest: int
    """Latest ``at`` of its entries, in microseconds since 1970; for people to read."""
    conflicts: int
    facts: Mapping[str, Any] | None
    """What ``set_facts`` kept of it; None when entries came since, or nobody kept any."""


class LogRow(NamedTuple):
    """One log of a visit, or one side of a forked one."""

    device: str
    fork: int
    """0; higher for what a clone of the device wrote under numbers taken already."""
    begin: int
    """First seq that is here."""
    end: int
    """Last seq that is here."""
    last: str
    """Hash of the last entry."""
    held: int
    """How many entries are here; fewer than ``end - begin + 1`` when there is a gap."""


class Added(NamedTuple):
    """What a merge brought."""

    new: int
    known: int
    forks: tuple[str, ...]
    """References of entries whose seq another entry of the same log has already."""
    visits: tuple[str, ...]
    """Visits with new entries."""


class EvidenceRow(NamedTuple):
    """An evidence file, known by its SHA-256."""

    sha256: str
    size: int
    """In bytes."""
    type: str
    state: str
    """``have``, ``wanted`` or ``withdrawn``: not here and not wanted."""


class _Log:
    """Numbers of one log while entries are put in: interned ids and which entries are there."""

    __slots__ = ("base", "known")

    def __init__(self, identity: int, known: dict[int, bytes]) -> None:
        self.base = identity << SEQ_BITS
        self.known = known


class _Pen:
    """Where this device's log of one visit stands, and what it last said it had seen."""

    __slots__ = ("digest", "floats", "others", "said", "seq")

    def __init__(self) -> None:
        self.seq = 0
        self.floats = False
        """True when the log went further than what is here: part of a visit that was put away has not come back."""
        self.digest = ""
        self.said: dict[str, tuple[str, ...]] = {}
        """Other device -> the references this log named last."""
        self.others: dict[str, tuple[str, ...]] = {}
        """Other device -> references to the last of its entries that are here."""


class _Batch(NamedTuple):
    """New rows of one visit of which nothing is derived yet."""

    visit: str
    number: int
    fresh: bool
    forked: bool
    rows: list[Rows]


def _runs(items: Iterable[Item]) -> list[Run]:
    """The entries by log, each log in the order given."""
    logs: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        logs.setdefault(item[1][:2], []).append(item)
    return [Run.of(log) for log in logs.values()]


class Store:
    """The ledger in one folder. Made by ``open``; usable in ``with``; safe to call from several threads."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, held: "BaseFileLock | None", now: Callable[[], int]
    ) -> None:
        self.folder = folder
        self.connection = connection
        """The one connection; SQLModel gets it by ``creator=``."""
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
        self._guard = threading.RLock()
        self._depth = 0
        self._marker: Marker | None = None
        self._markers = folder
        self._clock = 0
        self._written = 0
        self._device_row = 0
        self._words = Words(connection)
        self._pens: dict[str, _Pen] = {}
        self._states: dict[str, VisitState] = {}
        """Of entangled visits that are being written."""
        self._gathers = False
        self._gathered: list[_Batch] = []

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
            folder.mkdir(parents=True, exist_ok=True)
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
            self._gathers = True
            try:
                yield
            finally:
                self._gathers = False
            self._derive_gathered()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction around everything inside: all of it on disk when it ends, or nothing of it."""
        if self._held is None:
            raise ReadingOnly(self.folder)
        with self._guard:
            outer, gathered = self._depth == 0, len(self._gathered)
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
                del self._gathered[gathered:]
                self._take_back()
                if isinstance(error, sqlite3.Error):
                    raise from_sqlite(error, self.folder) from error
                raise

    def _take_back(self) -> None:
        """What memory knows of the unfinished transaction is forgotten together with it."""
        if self.connection.in_transaction:
            if self._depth:
                self.connection.execute(f"ROLLBACK TO level{self._depth:d}")
            else:
                self.connection.execute("ROLLBACK")
        self._words.forget()
        self._pens.clear()
        self._states.clear()
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
                replaces = self._heads_of(draft) if draft.replaces is None else tuple(sorted(set(draft.replaces)))
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
                    self._put(_runs(waiting))
                    waiting = []
                pen.said |= news
                pen.seq, pen.digest = entry.seq, digest
                if pen.floats:
                    self._keep_own_end(draft.visit, device.id, pen)
                written.append((digest, entry))
            self._put(_runs(waiting))
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
        return self.add_runs(_runs(items), forms=forms, schemes=schemes)

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
            added = self._put(runs)
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

    def _put(self, runs: Sequence[Run]) -> Added:
        """Puts entries in, with what is derived from them. Inside a transaction."""
        by_visit: dict[str, list[Run]] = {}
        for run in runs:
            by_visit.setdefault(run.visit, []).append(run)
        forks: list[str] = []
        visits: list[str] = []
        new = 0
        for visit, logs in by_visit.items():
            number, fresh = self._visit_number(visit)
            forked = len(forks)
            batch = [rows for run in logs if (rows := self._insert(number, run, forks)) is not None]
            if batch:
                visits.append(visit)
                new += sum(len(rows.ids) for rows in batch)
                self._gathered.append(_Batch(visit, number, fresh, len(forks) > forked, batch))
        if not self._gathers:
            self._derive_gathered()
        return Added(new, sum(len(run.lines) for run in runs) - new, tuple(forks), tuple(visits))

    def _derive_gathered(self) -> None:
        """Brings the derived tables up to date with every batch that waits, all batches of a visit at once."""
        by_visit: dict[str, list[_Batch]] = {}
        for batch in self._gathered:
            by_visit.setdefault(batch.visit, []).append(batch)
        self._gathered.clear()
        for visit, batches in by_visit.items():
            rows = batches[0].rows if len(batches) == 1 else [row for batch in batches for row in batch.rows]
            if visit in self._states:
                for each in rows:
                    for digest, entry, _ in each.run.items():
                        self._states[visit].add(digest, entry)
            while len(self._states) > _MOST_STATES:
                del self._states[next(iter(self._states))]
            derive(
                self.connection, self._words, visit, batches[0].number, rows,
                fresh=batches[0].fresh, forked=any(batch.forked for batch in batches), states=self._states,
            )  # fmt: skip

    def _insert(self, visit: int, run: Run, forks: list[str]) -> Rows | None:
        """The rows of what was new in the run; references of new twins are added to ``forks``."""
        sides = self._sides(visit, self._device_number(run.device), run.seqs)
        bases = [sides[0].base] * len(run.hashes)
        if sides[0].known or len(sides) > 1 or len(set(run.seqs)) < len(bases):
            places, bases = self._unknown(visit, run, sides, forks)
            if not places:
                return None
            run = run.pick(places)
        ids = list(map(or_, bases, run.seqs))
        forms, paths = self._words.all_numbers(run.forms), self._words.all_numbers(run.paths)
        number_of = {act: SLOT_NUMBER.get(act, 0) for act in set(run.acts)}
        numbers = list(map(number_of.__getitem__, run.acts))
        self.connection.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            zip(ids, run.hashes, forms, paths, numbers, run.lines, strict=True),
        )
        return Rows(run, ids, list(zip(forms, paths, numbers, strict=True)))

    def _unknown(self, visit: int, run: Run, sides: list[_Log], forks: list[str]) -> tuple[list[int], list[int]]:
        """Places in the run of what is new, and the base of the side on which each stands."""
        places: list[int] = []
        bases: list[int] = []
        for place, (seq, raw) in enumerate(zip(run.seqs, run.hashes, strict=True)):
            side = sides[0]
            if seq in side.known:
                if any(each.known.get(seq) == raw for each in sides):
                    continue
                side = self._free_side(sides, visit, self._device_number(run.device), seq)
                forks.append(reference(run.device, seq, raw.hex()))
            side.known[seq] = raw
            places.append(place)
            bases.append(side.base)
        return places, bases

    def _sides(self, visit: int, device: int, seqs: Sequence[int]) -> list[_Log]:
        """The log's sides, the first one always there, with the hashes of the stretch that ``seqs`` cover."""
        first, last = min(seqs), max(seqs)
        if last > MAX_SEQ:
            raise LineError("number out of bounds")
        sides = []
        for (identity,) in self.connection.execute(
            "SELECT id FROM log WHERE visit = ? AND device = ? ORDER BY fork", (visit, device)
        ).fetchall():
            base = identity << SEQ_BITS
            known = self.connection.execute(
                "SELECT id & ?, hash FROM entry WHERE id BETWEEN ? AND ?", (MAX_SEQ, base | first, base | last)
            )
            sides.append(_Log(identity, dict(known)))
        return sides or [self._new_side(visit, device, 0)]

    def _free_side(self, sides: list[_Log], visit: int, device: int, seq: int) -> _Log:
        for side in sides:
            if seq not in side.known:
                return side
        sides.append(self._new_side(visit, device, len(sides)))
        return sides[-1]

    def _new_side(self, visit: int, device: int, fork: int) -> _Log:
        cursor = self.connection.execute(
            "INSERT INTO log (visit, device, fork) VALUES (?, ?, ?)", (visit, device, fork)
        )
        assert cursor.lastrowid is not None
        return _Log(cursor.lastrowid, {})

    def _visit_number(self, visit: str) -> tuple[int, bool]:
        """Interned visit, and whether it was unknown until now."""
        row = self.connection.execute("SELECT id FROM visit WHERE uid = ?", (visit,)).fetchone()
        if row is not None:
            return row[0], False
        cursor = self.connection.execute("INSERT INTO visit (uid) VALUES (?)", (visit,))
        assert cursor.lastrowid is not None
        return cursor.lastrowid, True

    def _device_number(self, device: str) -> int:
        row = self.connection.execute("SELECT id FROM device WHERE uid = ?", (device,)).fetchone()
        if row is not None:
            return int(row[0])
        cursor = self.connection.execute(
            "INSERT INTO device (uid, own, person, role, public, clock, written) VALUES (?, 0, '', '', x'', 0, 0)",
            (device,),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    # what is derived

    def rebuild(self) -> int:
        """How many entries the derived tables were rebuilt from, after dropping what they held."""
        count = 0
        with self.together():
            for table in DERIVED:
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608
            self._states.clear()
            for number, visit in self.connection.execute("SELECT id, uid FROM visit ORDER BY id").fetchall():
                rows = []
                forked = False
                for identity, device, fork in log_numbers(self.connection, number):
                    forked = forked or fork > 0
                    base = identity << SEQ_BITS
                    found = self.connection.execute(
                        "SELECT id, hash, form, path, slot, line FROM entry WHERE id BETWEEN ? AND ?",
                        (base, base | MAX_SEQ),
                    ).fetchall()
                    if found:
                        items = [(raw.hex(), entry_of(line, visit, device), line) for _, raw, *_, line in found]
                        slots = [(form, path, slot) for _, _, form, path, slot, _ in found]
                        rows.append(Rows(Run.of(items), [each[0] for each in found], slots))
                if rows:
                    derive(self.connection, self._words, visit, number, rows, fresh=True, forked=forked, states={})
                count += sum(len(each.ids) for each in rows)
        return count

    # what this device writes next

    def _pen(self, visit: str, device: str) -> _Pen:
        pen = self._pens.get(visit)
        if pen is not None:
            return pen
        pen = _Pen()
        row = self.connection.execute("SELECT id FROM visit WHERE uid = ?", (visit,)).fetchone()
        own: list[tuple[int, str]] = []
        for log, other, fork in log_numbers(self.connection, row[0]) if row is not None else ():
            base = log << SEQ_BITS
            last = self._last_without_gap(base, fork)
            if other == device:
                own += self._read_own(base, last, pen)
            elif last is not None:
                pen.others[other] = tuple(sorted((*pen.others.get(other, ()), reference(other, *last))))
        if own:
            # What a clone of this very device wrote is another's, too.
            pen.seq, pen.digest = max(own)
            clones = sorted(reference(device, *last) for last in own if last != max(own))
            if clones:
                pen.others[device] = tuple(clones)
        end = self.local("", _OWN_ENDS, {}).get(visit, {}).get(device)
        if end is not None and end[0] > pen.seq:
            # A number is never used twice: what was put away is still out there.
            pen.seq, pen.digest = end
            pen.floats = True
        self._pens[visit] = pen
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

    def _keep_own_end(self, visit: str, device: str, pen: _Pen) -> None:
        ends = self.local("", _OWN_ENDS, {})
        ends.setdefault(visit, {})[device] = [pen.seq, pen.digest]
        self.set_local("", _OWN_ENDS, ends)

    def _read_own(self, base: int, last: tuple[int, str] | None, pen: _Pen) -> list[tuple[int, str]]:
        """Seq and hash of the last entry of an own log; what it said it had seen goes to ``pen``."""
        # Beyond a gap stands what this device has not written: it goes on where its own log ends.
        if last is None:
            return []
        for (line,) in self.connection.execute(
            "SELECT line FROM entry WHERE id BETWEEN ? AND ? AND instr(line, ?) ORDER BY id",
            (base, base + last[0], b'"seen":['),
        ):
            said: dict[str, list[str]] = {}
            for ref in json.loads(line).get("seen", ()):
                said.setdefault(ref[:32], []).append(ref)
            pen.said.update((each, tuple(refs)) for each, refs in said.items())
        return [last]

    def _last_without_gap(self, base: int, fork: int) -> tuple[int, str] | None:
        """Seq and hash of the last entry of a log before its first gap; None when its beginning is not here."""
        count, first, last = self.connection.execute(
            "SELECT count(*), min(id), max(id) FROM entry WHERE id BETWEEN ? AND ?", (base, base | MAX_SEQ)
        ).fetchone()
        if not count or (first != base + 1 and not fork):  # a fork's side begins where it parts from the other
            return None
        if count != last - first + 1:
            last = self.connection.execute(
                "SELECT min(id) FROM entry AS e WHERE id BETWEEN ? AND ? "
                "AND NOT EXISTS (SELECT 1 FROM entry WHERE id = e.id + 1)",
                (base, base | MAX_SEQ),
            ).fetchone()[0]
        raw = self.connection.execute("SELECT hash FROM entry WHERE id = ?", (last,)).fetchone()[0]
        return last & MAX_SEQ, raw.hex()

    def _heads_of(self, draft: Draft) -> tuple[str, ...]:
        """References of what stands in the draft's slot; nothing for acts that do not compete."""
        slot = SLOT_NUMBER.get(draft.act, 0)
        if not slot:
            return ()
        found = self.connection.execute(
            "SELECT device.uid, entry.id & ?, entry.hash FROM head JOIN entry ON entry.id = head.entry "
            "JOIN log ON log.id = entry.id >> ? JOIN device ON device.id = log.device "
            "WHERE head.visit = (SELECT id FROM visit WHERE uid = ?) "
            "AND head.form = (SELECT id FROM word WHERE text = ?) "
            "AND head.path = (SELECT id FROM word WHERE text = ?) AND head.slot = ?",
            (MAX_SEQ, SEQ_BITS, draft.visit, draft.form, draft.path, slot),
        )
        return tuple(sorted(reference(device, seq, raw.hex()) for device, seq, raw in found)[:MAX_REPLACES])

    # reading

    def _all(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            StoreError: when the ledger cannot be read.
        """
        with self._guard:
            try:
                return self.connection.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise from_sqlite(error, self.folder) from error

    def _number_of(self, visit: str) -> int:
        """Interned visit; 0 when it is not known."""
        rows = self._all("SELECT id FROM visit WHERE uid = ?", (visit,))
        return int(rows[0][0]) if rows else 0

    def knows(self, visit: str) -> bool:
        """True when entries of the visit are here."""
        return self._number_of(visit) != 0

    def state(self, visit: str) -> VisitState:
        """Everything the visit's entries say now, the caller's to add to; empty for an unknown visit."""
        return VisitState(self.entries(visit))

    def entries(self, visit: str, form: str | None = None, path: str | None = None) -> list[Head]:
        """Hash and entry of every entry of the visit, or of one form or path of it, by device and seq."""
        where, words = "", []
        for column, text in (("form", form), ("path", path)):
            if text is not None:
                where += f" AND {column} = (SELECT id FROM word WHERE text = ?)"  # noqa: S608
                words.append(text)
        number = self._number_of(visit)
        with self._guard:
            try:
                return read_entries(self.connection, number, visit, where, tuple(words))
            except sqlite3.Error as error:
                raise from_sqlite(error, self.folder) from error

    def logs(self, visit: str) -> list[LogRow]:
        """The visit's logs, by device and fork."""
        with self._guard:
            found = []
            for log, device, fork in log_numbers(self.connection, self._number_of(visit)):
                base = log << SEQ_BITS
                count, begin, end = self._all(
                    "SELECT count(*), min(id), max(id) FROM entry WHERE id BETWEEN ? AND ?", (base, base | MAX_SEQ)
                )[0]
                if count:
                    last = self._all("SELECT hash FROM entry WHERE id = ?", (end,))[0][0].hex()
                    found.append(LogRow(device, fork, begin & MAX_SEQ, end & MAX_SEQ, last, count))
            return found

    def lines(self, visit: str, device: str, after: int = 0, fork: int = 0) -> list[tuple[int, str, bytes]]:
        """Seq, hash and line, exactly as it was hashed, of one log's entries beyond seq ``after``."""
        rows = self._all(
            "SELECT log.id FROM log JOIN visit ON visit.id = log.visit JOIN device ON device.id = log.device "
            "WHERE visit.uid = ? AND device.uid = ? AND log.fork = ?",
            (visit, device, fork),
        )
        if not rows:
            return []
        base = rows[0][0] << SEQ_BITS
        found = self._all(
            "SELECT id & ?, hash, line FROM entry WHERE id BETWEEN ? AND ?",
            (MAX_SEQ, base + after + 1, base | MAX_SEQ),
        )
        return [(seq, raw.hex(), line) for seq, raw, line in found]

    def hashes(self, visit: str) -> set[str]:
        """Hash of every entry of the visit."""
        found: set[str] = set()
        for log, _, _ in self._all("SELECT id, device, fork FROM log WHERE visit = ?", (self._number_of(visit),)):
            base = log << SEQ_BITS
            rows = self._all("SELECT hash FROM entry WHERE id BETWEEN ? AND ?", (base, base | MAX_SEQ))
            found.update(raw.hex() for (raw,) in rows)
        return found

    def visits(self) -> list[VisitRow]:
        """Every visit with entries, the one with the latest entry first."""
        return [
            VisitRow(visit, entries, latest, conflicts, json.loads(facts) if facts else None)
            for visit, entries, latest, conflicts, facts in self._all(
                "SELECT visit.uid, tally.entries, tally.latest, "
                "(SELECT count(*) FROM conflict WHERE conflict.visit = visit.id), "
                "CASE WHEN progress.entries = tally.entries THEN progress.facts END "
                "FROM tally JOIN visit ON visit.id = tally.visit LEFT JOIN progress ON progress.visit = visit.id "
                "ORDER BY tally.latest DESC, visit.uid"
            )
        ]

    def set_facts(self, visit: str, facts: Mapping[str, Any]) -> None:
        """Keeps facts about the visit for the list of visits, until its next entry."""
        with self.together():
            self.connection.execute(
                "INSERT OR REPLACE INTO progress SELECT visit, entries, ? FROM tally "
                "WHERE visit = (SELECT id FROM visit WHERE uid = ?)",
                (json.dumps(facts, ensure_ascii=False), visit),
            )

    def conflicts(self, visit: str = "") -> list[tuple[str, str, str, str]]:
        """Visit, kind, form and path of every conflict, of one visit or of all, sorted."""
        where, parameters = (" WHERE visit.uid = ?", (visit,)) if visit else ("", ())
        return [
            (uid, kind, form, path)
            for uid, kind, form, path in self._all(
                "SELECT visit.uid, kind, form, path FROM conflict JOIN visit ON visit.id = conflict.visit"  # noqa: S608
                f"{where} ORDER BY 1, 2, 3, 4",
                parameters,
            )
        ]

    def board(self, batch: str = "") -> "list[Facts]":
        """What the lead's board shows of every visit, or of those of one batch, by visit id.

        Raises:
            StoreError: when the ledger cannot be read.
        """
        from assessor_tui.store.board import read_board

        with self._guard:
            try:
                return read_board(self.connection, self.scheme, batch)
            except sqlite3.Error as error:
                raise from_sqlite(error, self.folder) from error

    def devices(self) -> list[Device]:
        """Every device whose entries stand here, and this one; those not heard of by name have none."""
        return [
            Device(uid, device_letters(uid), person, role, public)
            for uid, person, role, public in self._all("SELECT uid, person, role, public FROM device ORDER BY uid")
        ]

    def name_device(self, device: Device) -> None:
        """Keeps who another device belongs to, as its bundle said."""
        with self.together():
            number = self._device_number(device.id)
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

    def definition(self, kind: str, version: str) -> bytes:
        """Canonical JSON of a ``form`` or ``scheme`` by its hash, or the beginning of it.

        Raises:
            KeyError: when it is not here.
        """
        rows = self._all(
            "SELECT json FROM definition WHERE hash >= ? AND hash < ? AND kind = ? LIMIT 1",
            (version, version + "g", kind),
        )
        if not version or not rows:
            raise KeyError(version)
        found = rows[0][0]
        assert isinstance(found, bytes)
        return found

    def definitions(self, kind: str) -> list[str]:
        """Hashes of all forms or schemes here, sorted."""
        return [row[0] for row in self._all("SELECT hash FROM definition WHERE kind = ? ORDER BY hash", (kind,))]

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

    def form(self, version: str) -> "Form":
        """The form with this hash, or beginning of one.

        Raises:
            KeyError: when it is not here, or only a newer version of the program can read it.
        """
        from assessor_tui.form.canonical import CanonicalError, form_from_canonical

        try:
            return form_from_canonical(self.definition("form", version))
        except CanonicalError as error:
            raise KeyError(version) from error

    def scheme(self, version: str) -> "Scheme":
        """The scheme with this hash, or beginning of one.

        Raises:
            KeyError: when it is not here, or only a newer version of the program can read it.
        """
        from assessor_tui.form.canonical import CanonicalError, scheme_from_canonical

        try:
            return scheme_from_canonical(self.definition("scheme", version))
        except CanonicalError as error:
            raise KeyError(version) from error

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
                    self.set_local("", _PUT_AWAY, [*others, {**line, "visit": visit}])
                    self.set_local("", _TO_REMOVE, sorted({*self.to_remove(), *files}))
                    for key, value in self.locals_of("").items():
                        if isinstance(value, dict) and value.get("visit") == visit:
                            self.set_local("", key, None)  # a place in the visit to begin at the next time
            finally:
                self.connection.execute("PRAGMA secure_delete = OFF")
                self._words.forget()
                self._pens.pop(visit, None)
                self._states.pop(visit, None)
            with suppress(sqlite3.Error):  # the freed pages hold zeros only; giving them back is a comfort
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self.connection.execute("VACUUM")
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return files

    def put_away_lines(self) -> list[dict[str, Any]]:
        """What ``put_away`` kept of each visit that was put away and has not come back whole, the latest last."""
        lines: list[dict[str, Any]] = self.local("", _PUT_AWAY, [])
        if not lines:
            return lines
        held = dict(self._all("SELECT visit.uid, tally.entries FROM tally JOIN visit ON visit.id = tally.visit"))
        return [line for line in lines if held.get(line["visit"], -1) < line.get("entries", 0)]

    def to_remove(self) -> list[str]:
        """SHA-256 of evidence files of visits put away that may still stand on the disk."""
        found: list[str] = self.local("", _TO_REMOVE, [])
        return found

    def keep_to_remove(self, files: Sequence[str]) -> None:
        """Nothing; only these of ``to_remove`` still stand on the disk."""
        self.set_local("", _TO_REMOVE, list(files) or None)

    def spare(self, files: Collection[str]) -> None:
        """Nothing; none of these files is among those ``to_remove`` any more, for they come in again."""
        with self.together():
            left = self.to_remove()
            if not set(left).isdisjoint(files):
                self.keep_to_remove([each for each in left if each not in files])

    # what never travels

    def local(self, visit: str, key: str, default: Any = None) -> Any:
        """What ``set_local`` kept under this key, of one visit or (``""``) of the laptop; else ``default``."""
        rows = self._all("SELECT value FROM local WHERE visit = ? AND key = ?", (visit, key))
        return json.loads(rows[0][0]) if rows else default

    def locals_of(self, visit: str) -> dict[str, Any]:
        """Everything kept for one visit, or (``""``) for the laptop, by key."""
        rows = self._all("SELECT key, value FROM local WHERE visit = ? ORDER BY key", (visit,))
        return {key: json.loads(value) for key, value in rows}

    def locals_under(self, key: str) -> dict[str, Any]:
        """Visit (``""`` for the laptop) -> what ``set_local`` kept under this key."""
        rows = self._all("SELECT visit, value FROM local WHERE key = ? ORDER BY visit", (key,))
        return {visit: json.loads(value) for visit, value in rows}

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

    def visits_naming(self, sha256: str) -> list[str]:
        """Visits that have an entry about this evidence file, sorted; every line is looked at."""
        return self.visits_saying(f'"sha256":"{sha256}"')

    def visits_saying(self, part: str) -> list[str]:
        """Visits in which a line holds this part of canonical JSON, sorted; every line is looked at."""
        rows = self._all(
            "SELECT DISTINCT visit.uid FROM entry JOIN log ON log.id = entry.id >> ? "
            "JOIN visit ON visit.id = log.visit WHERE instr(entry.line, ?) ORDER BY 1",
            (SEQ_BITS, part.encode()),
        )
        return [row[0] for row in rows]

    def evidence(self, sha256: str) -> EvidenceRow | None:
        """What is known of an evidence file; None for nothing."""
        rows = self._all("SELECT sha256, size, type, state FROM evidence WHERE sha256 = ?", (sha256,))
        return EvidenceRow(*rows[0]) if rows else None

    def all_evidence(self, state: str = "") -> list[EvidenceRow]:
        """Evidence files in this state, or all, by hash."""
        rows = self._all(
            "SELECT sha256, size, type, state FROM evidence WHERE ? IN ('', state) ORDER BY sha256", (state,)
        )
        return [EvidenceRow(*row) for row in rows]

    # looking after it

    def back_up(self, why: str) -> Path:
        """A copy of the whole ledger under ``backups/``, opened again and checked; ``why`` is part of its name.

        Raises:
            StoreError: when it could not be made or read again.
        """
        from assessor_tui.store.backups import back_up

        return back_up(self.folder, why, self.now())

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with the file; empty when it is sound."""
        from assessor_tui.store import verify

        with self._guard:
            return verify.integrity(self.connection)

    def verify_logs(self, visit: str = "") -> "list[Problem]":
        """Each line that is not what its hash says, each break in a chain, gap and fork; of one visit or all.

        Raises:
            StoreError: when the ledger cannot be read.
        """
        from assessor_tui.store import verify

        with self._guard:
            try:
                return verify.verify_logs(self.connection, visit)
            except sqlite3.Error as error:
                raise from_sqlite(error, self.folder) from error
