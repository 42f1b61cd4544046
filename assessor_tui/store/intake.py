"""Putting entries into the tables, with what is derived from them: the same for answering and for merging.

Everything here runs inside a transaction of ``Store.together``, which also says when one was taken back.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from operator import or_
from typing import NamedTuple

from assessor_tui.ledger.entry import LineError, reference
from assessor_tui.ledger.run import Item, Run
from assessor_tui.ledger.state import VisitState
from assessor_tui.store.derive import derive
from assessor_tui.store.tables import DERIVED, MAX_SEQ, SEQ_BITS, SLOT_NUMBER, Rows, Words, entry_of, log_numbers

_MOST_STATES = 4


class Added(NamedTuple):
    """What a merge brought."""

    new: int
    known: int
    forks: tuple[str, ...]
    """References of entries whose seq another entry of the same log has already."""
    visits: tuple[str, ...]
    """Visits with new entries."""


class _Log:
    """Numbers of one log while entries are put in: interned ids and which entries are there."""

    __slots__ = ("base", "known")

    def __init__(self, identity: int, known: dict[int, bytes]) -> None:
        self.base = identity << SEQ_BITS
        self.known = known


class _Batch(NamedTuple):
    """New rows of one visit of which nothing is derived yet."""

    visit: str
    number: int
    fresh: bool
    forked: bool
    rows: list[Rows]


def runs_of(items: Iterable[Item]) -> list[Run]:
    """The entries by log, each log in the order given."""
    logs: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        logs.setdefault(item[1][:2], []).append(item)
    return [Run.of(log) for log in logs.values()]


class Intake:
    """The way into the tables of one ledger, and what is remembered between two entries that take it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.gathers = False
        """True while nothing is derived before ``derive_gathered``."""
        self._connection = connection
        self._words = Words(connection)
        self._states: dict[str, VisitState] = {}
        """Of entangled visits that are being written."""
        self._gathered: list[_Batch] = []

    @property
    def waiting(self) -> int:
        """How many batches wait for ``derive_gathered``."""
        return len(self._gathered)

    def forget(self, waiting: int) -> None:
        """Nothing; the transaction was taken back, and only the first ``waiting`` batches stand."""
        del self._gathered[waiting:]
        self._words.forget()
        self._states.clear()

    def forget_visit(self, visit: str) -> None:
        """Nothing; the visit was erased, with words that only it had."""
        self._words.forget()
        self._states.pop(visit, None)

    def put(self, runs: Sequence[Run]) -> Added:
        """What was new of these entries, which are in now with what is derived from them."""
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
        if not self.gathers:
            self.derive_gathered()
        return Added(new, sum(len(run.lines) for run in runs) - new, tuple(forks), tuple(visits))

    def derive_gathered(self) -> None:
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
                self._connection, self._words, visit, batches[0].number, rows,
                fresh=batches[0].fresh, forked=any(batch.forked for batch in batches), states=self._states,
            )  # fmt: skip

    def _insert(self, visit: int, run: Run, forks: list[str]) -> Rows | None:
        """The rows of what was new in the run; references of new twins are added to ``forks``."""
        sides = self._sides(visit, self.device_number(run.device), run.seqs)
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
        self._connection.executemany(
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
                side = self._free_side(sides, visit, self.device_number(run.device), seq)
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
        for (identity,) in self._connection.execute(
            "SELECT id FROM log WHERE visit = ? AND device = ? ORDER BY fork", (visit, device)
        ).fetchall():
            base = identity << SEQ_BITS
            known = self._connection.execute(
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
        cursor = self._connection.execute(
            "INSERT INTO log (visit, device, fork) VALUES (?, ?, ?)", (visit, device, fork)
        )
        assert cursor.lastrowid is not None
        return _Log(cursor.lastrowid, {})

    def _visit_number(self, visit: str) -> tuple[int, bool]:
        """Interned visit, and whether it was unknown until now."""
        row = self._connection.execute("SELECT id FROM visit WHERE uid = ?", (visit,)).fetchone()
        if row is not None:
            return row[0], False
        cursor = self._connection.execute("INSERT INTO visit (uid) VALUES (?)", (visit,))
        assert cursor.lastrowid is not None
        return cursor.lastrowid, True

    def device_number(self, device: str) -> int:
        """Interned device, noted when it was unknown until now."""
        row = self._connection.execute("SELECT id FROM device WHERE uid = ?", (device,)).fetchone()
        if row is not None:
            return int(row[0])
        cursor = self._connection.execute(
            "INSERT INTO device (uid, own, person, role, public, clock, written) VALUES (?, 0, '', '', x'', 0, 0)",
            (device,),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def rebuild(self) -> int:
        """How many entries the derived tables were rebuilt from, after dropping what they held."""
        count = 0
        for table in DERIVED:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608
        self._states.clear()
        for number, visit in self._connection.execute("SELECT id, uid FROM visit ORDER BY id").fetchall():
            rows = []
            forked = False
            for identity, device, fork in log_numbers(self._connection, number):
                forked = forked or fork > 0
                base = identity << SEQ_BITS
                found = self._connection.execute(
                    "SELECT id, hash, form, path, slot, line FROM entry WHERE id BETWEEN ? AND ?",
                    (base, base | MAX_SEQ),
                ).fetchall()
                if found:
                    items = [(raw.hex(), entry_of(line, visit, device), line) for _, raw, *_, line in found]
                    slots = [(form, path, slot) for _, _, form, path, slot, _ in found]
                    rows.append(Rows(Run.of(items), [each[0] for each in found], slots))
            if rows:
                derive(self._connection, self._words, visit, number, rows, fresh=True, forked=forked, states={})
            count += sum(len(each.ids) for each in rows)
        return count
