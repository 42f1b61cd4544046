"""What a ledger says: every question that leaves it as it is. Standard library only on this module's road."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assessor_tui.ledger.state import VisitState, device_letters
from assessor_tui.store.errors import from_sqlite
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS, Head, log_numbers, read_entries

if TYPE_CHECKING:
    from assessor_tui.assess.board import Facts
    from assessor_tui.form.model import Form
    from assessor_tui.form.scheme import Scheme
    from assessor_tui.problem import Problem

HAVE, WANTED, GONE = "have", "wanted", "withdrawn"
"""States of an evidence file."""

PUT_AWAY, TO_REMOVE = "put away", "to remove"
"""Keys of the laptop's local state: a line for each visit put away; files that go from the disk."""


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


class EvidenceRow(NamedTuple):
    """An evidence file, known by its SHA-256."""

    sha256: str
    size: int
    """In bytes."""
    type: str
    state: str
    """``have``, ``wanted`` or ``withdrawn``: not here and not wanted."""


class Reading:
    """What can be asked of the ledger in one folder; safe to call from several threads."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.connection = connection
        """The one connection; SQLModel gets it by ``creator=``."""
        self._guard = threading.RLock()

    def select(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
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
        rows = self.select("SELECT id FROM visit WHERE uid = ?", (visit,))
        return int(rows[0][0]) if rows else 0

    def knows(self, visit: str) -> bool:
        """True when entries of the visit are here."""
        return self._number_of(visit) != 0

    def visits(self) -> list[VisitRow]:
        """Every visit with entries, the one with the latest entry first."""
        return [
            VisitRow(visit, entries, latest, conflicts, json.loads(facts) if facts else None)
            for visit, entries, latest, conflicts, facts in self.select(
                "SELECT visit.uid, tally.entries, tally.latest, "
                "(SELECT count(*) FROM conflict WHERE conflict.visit = visit.id), "
                "CASE WHEN progress.entries = tally.entries THEN progress.facts END "
                "FROM tally JOIN visit ON visit.id = tally.visit LEFT JOIN progress ON progress.visit = visit.id "
                "ORDER BY tally.latest DESC, visit.uid"
            )
        ]

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
                count, begin, end = self.select(
                    "SELECT count(*), min(id), max(id) FROM entry WHERE id BETWEEN ? AND ?", (base, base | MAX_SEQ)
                )[0]
                if count:
                    last = self.select("SELECT hash FROM entry WHERE id = ?", (end,))[0][0].hex()
                    found.append(LogRow(device, fork, begin & MAX_SEQ, end & MAX_SEQ, last, count))
            return found

    def lines(self, visit: str, device: str, after: int = 0, fork: int = 0) -> list[tuple[int, str, bytes]]:
        """Seq, hash and line, exactly as it was hashed, of one log's entries beyond seq ``after``."""
        rows = self.select(
            "SELECT log.id FROM log JOIN visit ON visit.id = log.visit JOIN device ON device.id = log.device "
            "WHERE visit.uid = ? AND device.uid = ? AND log.fork = ?",
            (visit, device, fork),
        )
        if not rows:
            return []
        base = rows[0][0] << SEQ_BITS
        found = self.select(
            "SELECT id & ?, hash, line FROM entry WHERE id BETWEEN ? AND ?",
            (MAX_SEQ, base + after + 1, base | MAX_SEQ),
        )
        return [(seq, raw.hex(), line) for seq, raw, line in found]

    def hashes(self, visit: str) -> set[str]:
        """Hash of every entry of the visit."""
        found: set[str] = set()
        for log, _, _ in self.select("SELECT id, device, fork FROM log WHERE visit = ?", (self._number_of(visit),)):
            base = log << SEQ_BITS
            rows = self.select("SELECT hash FROM entry WHERE id BETWEEN ? AND ?", (base, base | MAX_SEQ))
            found.update(raw.hex() for (raw,) in rows)
        return found

    def conflicts(self, visit: str = "") -> list[tuple[str, str, str, str]]:
        """Visit, kind, form and path of every conflict, of one visit or of all, sorted."""
        where, parameters = (" WHERE visit.uid = ?", (visit,)) if visit else ("", ())
        return [
            (uid, kind, form, path)
            for uid, kind, form, path in self.select(
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
            for uid, person, role, public in self.select("SELECT uid, person, role, public FROM device ORDER BY uid")
        ]

    # forms and schemes

    def definition(self, kind: str, version: str) -> bytes:
        """Canonical JSON of a ``form`` or ``scheme`` by its hash, or the beginning of it.

        Raises:
            KeyError: when it is not here.
        """
        rows = self.select(
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
        return [row[0] for row in self.select("SELECT hash FROM definition WHERE kind = ? ORDER BY hash", (kind,))]

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

    # evidence

    def evidence(self, sha256: str) -> EvidenceRow | None:
        """What is known of an evidence file; None for nothing."""
        rows = self.select("SELECT sha256, size, type, state FROM evidence WHERE sha256 = ?", (sha256,))
        return EvidenceRow(*rows[0]) if rows else None

    def all_evidence(self, state: str = "") -> list[EvidenceRow]:
        """Evidence files in this state, or all, by hash."""
        rows = self.select(
            "SELECT sha256, size, type, state FROM evidence WHERE ? IN ('', state) ORDER BY sha256", (state,)
        )
        return [EvidenceRow(*row) for row in rows]

    def visits_naming(self, sha256: str) -> list[str]:
        """Visits that have an entry about this evidence file, sorted; every line is looked at."""
        return self.visits_saying(f'"sha256":"{sha256}"')

    def visits_saying(self, part: str) -> list[str]:
        """Visits in which a line holds this part of canonical JSON, sorted; every line is looked at."""
        rows = self.select(
            "SELECT DISTINCT visit.uid FROM entry JOIN log ON log.id = entry.id >> ? "
            "JOIN visit ON visit.id = log.visit WHERE instr(entry.line, ?) ORDER BY 1",
            (SEQ_BITS, part.encode()),
        )
        return [row[0] for row in rows]

    # what never travels

    def local(self, visit: str, key: str, default: Any = None) -> Any:
        """What ``set_local`` kept under this key, of one visit or (``""``) of the laptop; else ``default``."""
        rows = self.select("SELECT value FROM local WHERE visit = ? AND key = ?", (visit, key))
        return json.loads(rows[0][0]) if rows else default

    def locals_of(self, visit: str) -> dict[str, Any]:
        """Everything kept for one visit, or (``""``) for the laptop, by key."""
        rows = self.select("SELECT key, value FROM local WHERE visit = ? ORDER BY key", (visit,))
        return {key: json.loads(value) for key, value in rows}

    def locals_under(self, key: str) -> dict[str, Any]:
        """Visit (``""`` for the laptop) -> what ``set_local`` kept under this key."""
        rows = self.select("SELECT visit, value FROM local WHERE key = ? ORDER BY visit", (key,))
        return {visit: json.loads(value) for visit, value in rows}

    def put_away_lines(self) -> list[dict[str, Any]]:
        """What ``put_away`` kept of each visit that was put away and has not come back whole, the latest last."""
        lines: list[dict[str, Any]] = self.local("", PUT_AWAY, [])
        if not lines:
            return lines
        held = dict(self.select("SELECT visit.uid, tally.entries FROM tally JOIN visit ON visit.id = tally.visit"))
        return [line for line in lines if held.get(line["visit"], -1) < line.get("entries", 0)]

    def to_remove(self) -> list[str]:
        """SHA-256 of evidence files of visits put away that may still stand on the disk."""
        found: list[str] = self.local("", TO_REMOVE, [])
        return found

    # whether it is sound

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
