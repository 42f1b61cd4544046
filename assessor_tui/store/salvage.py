"""Bringing over from a ledger that was set aside, also a damaged one, what can still be read of it.

Every line is compared with its hash and read strictly before it goes in, so damage brings nothing false over; what
cannot be read is left out. Putting in is set union, so doing it twice changes nothing.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.ledger.entry import Entry, LineError, from_line, hash_line
from assessor_tui.ledger.state import device_letters
from assessor_tui.store.errors import LedgerDamaged
from assessor_tui.store.ledger import Device, Store
from assessor_tui.store.migrate import add_trust_tables, refuse_foreign
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS

_MOST_MISSES = 5_000
"""Numbers in a row that are asked for one by one behind a damaged place before a log is given up."""

Log = tuple[str, str]
"""Visit and device."""


class Wrote(NamedTuple):
    """What a device of this laptop has written."""

    written: int
    """How many entries ever."""
    held: int
    """How many of them the ledger holds; fewer when a visit was put away."""


class Brought(NamedTuple):
    """What came over."""

    entries: int = 0
    """New ones."""
    whole: bool = True
    """True when all of the other ledger could be read."""
    wrote: Mapping[str, Wrote] = {}
    """Devices as which the other ledger was written, as far as it could be read."""
    person: str = ""
    """Whose laptop the other ledger says it was."""
    role: str = ""


def bring_over(store: Store, path: Path) -> Brought:
    """What came into ``store`` from the ledger at ``path``; nothing when that is no ledger at all.

    Args:
        store: open for writing, older than the other ledger: local state and receipts of the other one count.
        path: the other ledger's file; it is not changed.

    Raises:
        StoreError: when the disk does not take it; then nothing came over.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as other:
            other.execute("PRAGMA trusted_schema = OFF")
            other.execute("PRAGMA mmap_size = 0")
            refuse_foreign(other, path.parent)
            if other.execute("PRAGMA user_version").fetchone()[0] == 1:
                add_trust_tables(other, "TEMP TABLE")
            with store.together():
                return _Salvage(store, other).run()
    except (sqlite3.DatabaseError, LedgerDamaged):  # not even its first page can be read, or it is no ledger
        return Brought(whole=False)


def wrote(connection: sqlite3.Connection) -> dict[str, Wrote]:
    """What each device has written as which a ledger was ever written, and what it holds of others, by id."""
    return {
        uid: Wrote(written, held)
        for uid, written, held in connection.execute(
            "SELECT uid, written, (SELECT count(*) FROM log JOIN entry "
            "ON entry.id BETWEEN log.id << ? AND log.id << ? | ? WHERE log.device = device.id) FROM device",
            (SEQ_BITS, SEQ_BITS, MAX_SEQ),
        )
    }


class _Salvage:
    """One reading of a ledger that may be damaged anywhere."""

    def __init__(self, store: Store, other: sqlite3.Connection) -> None:
        self.store, self.other = store, other
        self.whole = True
        """True while everything that was asked for could be read."""
        self.stopped = False
        """True when the last reading ended at a damaged place."""

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows up to the first that cannot be read."""
        self.stopped = False
        try:
            cursor = self.other.execute(sql, parameters)
            while (row := cursor.fetchone()) is not None:
                yield row
        except sqlite3.DatabaseError:
            self.whole, self.stopped = False, True

    def put(self, sql: str, row: tuple[Any, ...]) -> None:
        """Nothing; the row is put in, unless the tables do not take what damage has made of it."""
        try:
            self.store.connection.execute(sql, row)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
            self.whole = False

    def run(self) -> Brought:
        """What came over."""
        self._definitions()
        entries = 0
        for identity, (visit, device) in self._logs().items():
            entries += self.store.add(self._entries(identity, visit, device)).new
        self._devices()
        self._facts()
        owner = next(self.rows("SELECT person, role FROM device WHERE own = 1"), ("", ""))
        written: dict[str, Wrote] = {}
        try:
            written = wrote(self.other)
        except sqlite3.DatabaseError:
            self.whole = False
        return Brought(entries, self.whole, written, *owner)

    def _definitions(self) -> None:
        for digest, kind, spelling in self.rows("SELECT hash, kind, json FROM definition"):
            if kind in ("form", "scheme") and _digest(spelling) == digest:
                self.put("INSERT OR IGNORE INTO definition VALUES (?, ?, ?)", (digest, kind, spelling))
            else:
                self.whole = False

    def _logs(self) -> Mapping[int, Log]:
        """The other ledger's logs by number. Where its list is damaged, those of ours had the same numbers."""
        sql = (
            "SELECT log.id, visit.uid, device.uid FROM log JOIN visit ON visit.id = log.visit "
            "JOIN device ON device.id = log.device"
        )
        ours = {row[0]: (row[1], row[2]) for row in self.store.connection.execute(sql)}
        theirs = {row[0]: (row[1], row[2]) for row in self.rows(sql)}
        return {**ours, **theirs}

    def _entries(self, log: int, visit: str, device: str) -> Iterator[tuple[str, Entry, bytes]]:
        """Entries of a log whose line is what its hash says, besides those before the end of ours."""
        base, end = log << SEQ_BITS, log << SEQ_BITS | MAX_SEQ
        at, misses = base | self._known(log, visit, device), 0
        while misses < _MOST_MISSES:
            # Behind a damaged place entries are asked for one by one, until one can be read again.
            last = at + 1 if misses else end
            sql = "SELECT id, hash, line FROM entry WHERE id BETWEEN ? AND ? ORDER BY id"
            found = False
            for identity, raw, line in self.rows(sql, (at + 1, last)):
                at, found = identity, True
                if (entry := _read(raw, line, visit, device, identity & MAX_SEQ)) is not None:
                    yield raw.hex(), entry, line
                else:
                    self.whole = False
            if not misses and not self.stopped:
                return
            if found and misses:
                misses = 0
            else:
                at, misses = at + bool(misses), misses + 1

    def _known(self, log: int, visit: str, device: str) -> int:
        """Number up to which the log is the same here and there; 0 when that cannot be told."""
        for row in self.store.logs(visit):
            if row.device == device and row.held == row.end - row.begin + 1 and row.begin == 1:
                there = next(self.rows("SELECT hash FROM entry WHERE id = ?", (log << SEQ_BITS | row.end,)), (b"",))[0]
                if there.hex() == row.last:
                    return row.end
        return 0

    def _devices(self) -> None:
        for uid, person, role, public in self.rows("SELECT uid, person, role, public FROM device"):
            if person or public:
                self.store.name_device(Device(uid, device_letters(uid), person, role, public))

    def _facts(self) -> None:
        """Evidence, local state, and what others have handed over or said to hold."""
        for row in self.rows("SELECT sha256, size, type, state FROM evidence"):
            self.put("INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?)", row)
        for row in self.rows("SELECT visit, key, value FROM local"):
            if _is_json(row[2]):
                self.put("INSERT OR REPLACE INTO local VALUES (?, ?, ?)", row)
        for row in self.rows("SELECT version, json, signature, arrived FROM roster"):
            self.put("INSERT OR IGNORE INTO roster VALUES (?, ?, ?, ?)", row)
        for row in self.rows("SELECT digest, visit, state, facts, arrived FROM quarantine"):
            if _is_json(row[3]):
                self.put("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)", row)
        of_whom = (
            "visit.uid, device.uid FROM {0} JOIN visit ON visit.id = {0}.visit JOIN device ON device.id = {0}.device"
        )
        here = "FROM visit, device WHERE visit.uid = ? AND device.uid = ?"
        for row in self.rows("SELECT digest, seal.json, signature, " + of_whom.format("seal")):
            if _digest(row[1]) == row[0]:
                self.put(f"INSERT OR IGNORE INTO seal SELECT ?, visit.id, device.id, ?, ? {here}", row)
        for row in self.rows("SELECT digest, receipt.json, arrived, " + of_whom.format("receipt")):
            if _is_json(row[1]):
                self.put(f"INSERT OR REPLACE INTO receipt SELECT visit.id, device.id, ?, ?, ? {here}", row)


def _digest(data: object) -> str:
    return hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""


def _is_json(data: object) -> bool:
    if not isinstance(data, str | bytes):
        return False
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _read(raw: bytes, line: bytes, visit: str, device: str, seq: int) -> Entry | None:
    """The entry of a line that is what its hash says; None for any other."""
    if not (isinstance(raw, bytes) and isinstance(line, bytes)) or hash_line(visit, device, line) != raw.hex():
        return None
    try:
        entry = from_line(line, visit, device)
    except LineError:
        return None
    return entry if entry.seq == seq else None
