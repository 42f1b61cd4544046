"""Whether the ledger still is what was written: for ``doctor`` and ``log verify``."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from itertools import groupby

from assessor_tui.ledger.entry import LineError, from_line, hash_line
from assessor_tui.problem import Place, Problem
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS, log_numbers


def integrity(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the file; empty when it is sound."""
    try:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
        said += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
    except sqlite3.Error as error:
        return [str(error)]
    return [line for line in said if line != "ok"]


def verify_logs(connection: sqlite3.Connection, visit: str = "") -> list[Problem]:
    """Each line that is not what its hash says, each break in a chain, gap and fork; of one visit or all."""
    where, parameters = (" WHERE uid = ?", (visit,)) if visit else ("", ())
    found: list[Problem] = []
    visits = connection.execute(f"SELECT id, uid FROM visit{where} ORDER BY uid", parameters).fetchall()  # noqa: S608
    for number, uid in visits:
        for device, logs in groupby(log_numbers(connection, number), key=lambda log: log[1]):
            found += _verify_log(connection, uid, device, [log[0] for log in logs])
    return found


def _verify_log(connection: sqlite3.Connection, visit: str, device: str, sides: list[int]) -> Iterator[Problem]:
    before: dict[int, set[str]] = {0: {""}}
    rows = [
        row
        for log in sides
        for row in connection.execute(
            "SELECT id & ?, hash, line FROM entry WHERE id BETWEEN ? AND ? ORDER BY id",
            (MAX_SEQ, log << SEQ_BITS, log << SEQ_BITS | MAX_SEQ),
        )
    ]
    for seq, raw, _ in rows:
        before.setdefault(seq, set()).add(raw.hex())
    for seq, raw, line in sorted(rows):
        problem = partial(
            Problem, place=Place(path=f"{visit}/{device}/{seq}"), parameters={"seq": str(seq), "device": device}
        )
        if hash_line(visit, device, line) != raw.hex():
            yield problem("ledger.hash")
            continue
        try:
            entry = from_line(line, visit, device)
        except LineError:
            yield problem("ledger.line")
            continue
        if entry.seq != seq:
            yield problem("ledger.line")
        elif seq - 1 not in before:
            yield problem("ledger.gap")
        elif entry.prev not in before[seq - 1]:
            yield problem("ledger.chain")
        if len(before[seq]) > 1 and raw.hex() == min(before[seq]):
            yield problem("ledger.fork")
