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
        found += _verify_seals(connection, number, uid)
    return found


def _verify_seals(connection: sqlite3.Connection, number: int, visit: str) -> Iterator[Problem]:
    """Each place where a device has signed another entry than the one that stands here under its number.

    The chain makes one entry speak for all before it, so this finds a log that was rewritten whole, every hash fitting.
    """
    import json

    known: dict[tuple[str, int], set[str]] = {}
    for device, spelling in connection.execute(
        "SELECT device.uid, seal.json FROM seal JOIN device ON device.id = seal.device WHERE seal.visit = ?", (number,)
    ):
        try:
            said = json.loads(spelling)
            segments = [each for each in said["segments"] if each.get("visit", said["visit"]) == visit]
            ends = {(each["device"], each["to"], each["last"]) for each in segments}
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Problem("ledger.seal_unread", Place(path=f"{visit}/{device}"), {"device": device})
            continue
        for signer, seq, last in sorted(ends):
            if signer == device:  # a device's signature speaks for its own log only
                known.setdefault((device, seq), set()).add(last)
    for (device, seq), lasts in sorted(known.items()):
        here = {
            row[0].hex()
            for row in connection.execute(
                "SELECT hash FROM log JOIN device ON device.id = log.device JOIN entry ON entry.id = log.id << ? | ? "
                "WHERE log.visit = ? AND device.uid = ?",
                (SEQ_BITS, seq, number, device),
            )
        }
        if here and not lasts & here:
            place = Place(path=f"{visit}/{device}/{seq}")
            yield Problem("ledger.seal", place, {"seq": str(seq), "device": device})


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
