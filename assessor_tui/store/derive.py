"""Heads, conflicts and tallies, kept up to date with what comes in: only touched questions are looked at."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from itertools import chain

from assessor_tui.ledger.entry import ANSWERING, JOIN_ROWS, REMOVE_ROW, STATE, USE_FORM, Entry
from assessor_tui.ledger.run import Run
from assessor_tui.ledger.state import IN_FORM, VisitState, head_conflict
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS, SLOTS, Rows, Slot, Words, read_entries, read_numbered

_ENTANGLING = STATE | {REMOVE_ROW, JOIN_ROWS}
"""After one of these acts a conflict can depend on who knew what, so all entries of the visit are looked at."""
_NO_QUESTION = ("", "]")
"""How a path ends at which no question can stand."""
_ALL_STAND = (
    "INSERT INTO head SELECT log.visit, form, path, slot, entry.id FROM log "
    "JOIN entry ON entry.id BETWEEN log.id << ? AND log.id << ? | ? WHERE log.visit = ? AND slot > 0 "
    "ORDER BY form, path, slot, entry.id"
)
"""Each entry of a visit as a head, in half the time of handing each over."""
_MANY = 32
"""From this many new entries on, a visit's heads are fetched all at once."""


def derive(
    connection: sqlite3.Connection,
    words: Words,
    visit: str,
    number: int,
    rows: Sequence[Rows],
    *,
    fresh: bool,
    forked: bool,
    states: MutableMapping[str, VisitState],
) -> None:
    """Nothing; the derived tables say what they say with new ``rows`` of one visit, too.

    Args:
        connection: inside a transaction, with the rows in the entry table already.
        words: forms and paths by number.
        visit: its id.
        number: its number.
        rows: what is new of it.
        fresh: nothing is derived of the visit yet.
        forked: one of the rows is the twin of another.
        states: visits whose conflicts needed all entries, with these rows; one that is missing is put in.
    """
    times = Counter(chain.from_iterable(each.slots for each in rows))
    slots = {slot for slot in times if slot[2]}
    heads, replaced = ({}, set()) if fresh else _standing_in(connection, number, slots, times.total() >= _MANY)
    named = _replaced_by(rows, replaced)
    replaced.update(named)
    dropped = _drop(connection, heads, named)
    # Most heads stand alone in their slot and need not be looked at.
    several = {slot for slot in slots if times[slot] > 1 or slot in heads}
    for run, ids, mine in rows if several else ():
        for place, slot in enumerate(mine):
            if slot in several and (slot, run.hashes[place]) not in replaced:
                heads.setdefault(slot, {})[ids[place]] = run.entry(place)
    shared = {slot: mine for slot, mine in heads.items() if len(mine) > 1 and slot in slots}
    execute = connection.executemany
    if named:
        execute("INSERT INTO replaced VALUES (?, ?, ?, ?, ?)", [(number, *slot, raw) for slot, raw in named])
    if dropped:
        execute(
            "DELETE FROM head WHERE visit = ? AND form = ? AND path = ? AND slot = ? AND entry = ?",
            [(number, *slot, identity) for slot, identity in dropped],
        )
    if fresh and not replaced:
        connection.execute(_ALL_STAND, (SEQ_BITS, SEQ_BITS, MAX_SEQ, number))
    else:
        raised = (
            (number, *slot, identity)
            for run, ids, mine in rows
            for slot, identity, raw in zip(mine, ids, run.hashes, strict=True)
            if slot[2] and (slot, raw) not in replaced
        )
        execute("INSERT INTO head VALUES (?, ?, ?, ?, ?)", raised)
    kinds = _kinds(connection, visit, shared)
    latest = max(max(each.run.ats) for each in rows)
    before = connection.execute(
        "SELECT entries, latest, entangled FROM tally WHERE visit = ?", (number,)
    ).fetchone() or (0, 0, 0)
    tangles = any(_entangle(each.run) for each in rows) or any(SLOTS[slot[2]] == IN_FORM for slot in kinds)
    entangled = int(before[2] or forked or tangles)
    connection.execute(
        "INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?)",
        (number, before[0] + times.total(), max(latest, before[1]), entangled),
    )
    if entangled:
        state = states.get(visit)
        if state is None:
            state = states[visit] = VisitState(read_entries(connection, number, visit))
        _set_conflicts(connection, number, set(state.conflicts), None)
    elif fresh:
        found = {(number, kind, words.text(slot[0]), words.text(slot[1])) for slot, kind in kinds.items()}
        execute("INSERT INTO conflict VALUES (?, ?, ?, ?)", sorted(found))
    else:
        texts = {slot: (words.text(slot[0]), words.text(slot[1])) for slot in slots}
        _set_conflicts(connection, number, {(kinds[s], *texts[s]) for s in kinds}, set(texts.values()))


def _replaced_by(rows: Sequence[Rows], replaced: Collection[tuple[Slot, bytes]]) -> list[tuple[Slot, bytes]]:
    """Slot and hash of what ``rows`` replace and nothing has ``replaced`` before."""
    named: dict[tuple[Slot, bytes], None] = {}
    for run, _, slots in rows:
        if any(run.replaces):
            for slot, references in zip(slots, run.replaces, strict=True):
                for each in references if slot[2] else ():
                    named[slot, bytes.fromhex(each[-32:])] = None
    return [pair for pair in named if pair not in replaced]


def _standing_in(
    connection: sqlite3.Connection, visit: int, slots: set[Slot], many: bool
) -> tuple[dict[Slot, dict[int, Entry | None]], set[tuple[Slot, bytes]]]:
    """Heads and replaced hashes of the slots: row by row for a few, the whole visit at once for many."""
    here = "" if many else " AND form = ? AND path = ? AND slot = ?"
    heads: dict[Slot, dict[int, Entry | None]] = {}
    replaced: set[tuple[Slot, bytes]] = set()
    for place in [()] if many else slots:
        for form, path, slot, identity in connection.execute(
            f"SELECT form, path, slot, entry FROM head WHERE visit = ?{here}",  # noqa: S608
            (visit, *place),
        ):
            heads.setdefault((form, path, slot), {})[identity] = None
        for form, path, slot, raw in connection.execute(
            f"SELECT form, path, slot, hash FROM replaced WHERE visit = ?{here}",  # noqa: S608
            (visit, *place),
        ):
            replaced.add(((form, path, slot), raw))
    return heads, replaced


def _drop(
    connection: sqlite3.Connection, heads: dict[Slot, dict[int, Entry | None]], named: Sequence[tuple[Slot, bytes]]
) -> list[tuple[Slot, int]]:
    """Heads among those given that are replaced now; they are taken out of ``heads``."""
    dropped = []
    for slot, raw in named:
        for identity in list(heads.get(slot, ())):
            row = connection.execute("SELECT hash FROM entry WHERE id = ?", (identity,)).fetchone()
            if row[0] == raw:
                del heads[slot][identity]
                dropped.append((slot, identity))
    return dropped


def _kinds(
    connection: sqlite3.Connection, visit: str, heads: Mapping[Slot, Mapping[int, Entry | None]]
) -> dict[Slot, str]:
    """Kind of conflict of each slot whose heads, several of them, differ."""
    unread = [identity for mine in heads.values() for identity, entry in mine.items() if entry is None]
    read = read_numbered(connection, visit, unread)
    kinds = {}
    for slot, mine in heads.items():
        entries = [entry or read[identity] for identity, entry in mine.items()]
        if kind := head_conflict(SLOTS[slot[2]], entries):
            kinds[slot] = kind
    return kinds


def _set_conflicts(
    connection: sqlite3.Connection, visit: int, wanted: set[tuple[str, str, str]], places: set[tuple[str, str]] | None
) -> None:
    """Makes the conflict table say ``wanted`` of these places of the visit; None: of all of it."""
    there = {
        (kind, form, path)
        for kind, form, path in connection.execute("SELECT kind, form, path FROM conflict WHERE visit = ?", (visit,))
        if places is None or (form, path) in places
    }
    connection.executemany(
        "DELETE FROM conflict WHERE visit = ? AND kind = ? AND form = ? AND path = ?",
        [(visit, *key) for key in there - wanted],
    )
    connection.executemany("INSERT INTO conflict VALUES (?, ?, ?, ?)", [(visit, *k) for k in wanted - there])


def _entangle(run: Run) -> bool:
    """True when from one of these on the conflicts of their visit can depend on who knew what."""
    plain = ANSWERING.issuperset(run.acts) and "" not in run.paths and "]\n" not in "\n".join((*run.paths, ""))
    return not plain and any(map(_entangles, run.acts, run.paths, run.replaces))


def _entangles(act: str, path: str, replaces: tuple[str, ...]) -> bool:
    """True when from this entry on the conflicts of its visit can depend on who knew what."""
    if act in _ENTANGLING:
        return True
    if act == USE_FORM:
        return bool(replaces) or path != ""
    # An answer where no question can stand shares its conflict's key with another slot.
    return act in ANSWERING and path[-1:] in _NO_QUESTION
