"""Where this device's log of a visit goes on: its next number, what it has not said yet, and what it replaces."""

import json
import sqlite3

from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import MAX_REPLACES, reference
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS, SLOT_NUMBER, log_numbers


class Pen:
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


def read_pen(connection: sqlite3.Connection, visit: str, device: str, end: tuple[int, str] | None) -> Pen:
    """Where the log of this device stands in a visit; ``end`` is where it ended when the visit was put away."""
    pen = Pen()
    row = connection.execute("SELECT id FROM visit WHERE uid = ?", (visit,)).fetchone()
    own: list[tuple[int, str]] = []
    for log, other, fork in log_numbers(connection, row[0]) if row is not None else ():
        base = log << SEQ_BITS
        last = _last_without_gap(connection, base, fork)
        if other == device:
            own += _read_own(connection, base, last, pen)
        elif last is not None:
            pen.others[other] = tuple(sorted((*pen.others.get(other, ()), reference(other, *last))))
    if own:
        # What a clone of this very device wrote is another's, too.
        pen.seq, pen.digest = max(own)
        clones = sorted(reference(device, *last) for last in own if last != max(own))
        if clones:
            pen.others[device] = tuple(clones)
    if end is not None and end[0] > pen.seq:
        # A number is never used twice: what was put away is still out there.
        pen.seq, pen.digest = end
        pen.floats = True
    return pen


def heads_of(connection: sqlite3.Connection, draft: Draft) -> tuple[str, ...]:
    """References of what stands in the draft's slot; nothing for acts that do not compete."""
    slot = SLOT_NUMBER.get(draft.act, 0)
    if not slot:
        return ()
    found = connection.execute(
        "SELECT device.uid, entry.id & ?, entry.hash FROM head JOIN entry ON entry.id = head.entry "
        "JOIN log ON log.id = entry.id >> ? JOIN device ON device.id = log.device "
        "WHERE head.visit = (SELECT id FROM visit WHERE uid = ?) "
        "AND head.form = (SELECT id FROM word WHERE text = ?) "
        "AND head.path = (SELECT id FROM word WHERE text = ?) AND head.slot = ?",
        (MAX_SEQ, SEQ_BITS, draft.visit, draft.form, draft.path, slot),
    )
    return tuple(sorted(reference(device, seq, raw.hex()) for device, seq, raw in found)[:MAX_REPLACES])


def _read_own(
    connection: sqlite3.Connection, base: int, last: tuple[int, str] | None, pen: Pen
) -> list[tuple[int, str]]:
    """Seq and hash of the last entry of an own log; what it said it had seen goes to ``pen``."""
    # Beyond a gap stands what this device has not written: it goes on where its own log ends.
    if last is None:
        return []
    for (line,) in connection.execute(
        "SELECT line FROM entry WHERE id BETWEEN ? AND ? AND instr(line, ?) ORDER BY id",
        (base, base + last[0], b'"seen":['),
    ):
        said: dict[str, list[str]] = {}
        for ref in json.loads(line).get("seen", ()):
            said.setdefault(ref[:32], []).append(ref)
        pen.said.update((each, tuple(refs)) for each, refs in said.items())
    return [last]


def _last_without_gap(connection: sqlite3.Connection, base: int, fork: int) -> tuple[int, str] | None:
    """Seq and hash of the last entry of a log before its first gap; None when its beginning is not here."""
    count, first, last = connection.execute(
        "SELECT count(*), min(id), max(id) FROM entry WHERE id BETWEEN ? AND ?", (base, base | MAX_SEQ)
    ).fetchone()
    if not count or (first != base + 1 and not fork):  # a fork's side begins where it parts from the other
        return None
    if count != last - first + 1:
        last = connection.execute(
            "SELECT min(id) FROM entry AS e WHERE id BETWEEN ? AND ? "
            "AND NOT EXISTS (SELECT 1 FROM entry WHERE id = e.id + 1)",
            (base, base | MAX_SEQ),
        ).fetchone()[0]
    raw = connection.execute("SELECT hash FROM entry WHERE id = ?", (last,)).fetchone()[0]
    return last & MAX_SEQ, raw.hex()
