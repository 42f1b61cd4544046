"""What the lines of one visit say without being made into entries: unbroken runs, files named, what others have seen.

A receipt, a delta and the line that says what is confirmed ask this of the tables, so that they stay cheap in a visit
of thousands of entries.
"""

import json
from typing import Any, NamedTuple

from assessor_tui.ledger.entry import OPEN_VISIT, USE_FORM, WITHDRAW
from assessor_tui.ledger.receipt import Run
from assessor_tui.store.ledger import Store
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS

_LOGS = (
    "SELECT log.id, device.uid, log.fork FROM log JOIN visit ON visit.id = log.visit "
    "JOIN device ON device.id = log.device WHERE visit.uid = ? ORDER BY device.uid, log.fork"
)
_OF_VISIT = (
    "FROM visit CROSS JOIN log ON log.visit = visit.id JOIN device ON device.id = log.device "
    f"CROSS JOIN entry ON entry.id BETWEEN log.id << {SEQ_BITS} AND log.id << {SEQ_BITS} | {MAX_SEQ} "
    "WHERE visit.uid = ? AND instr(entry.line, ?)"
)
"""The lines of one visit that hold something, found without a look at any other visit."""


class Named(NamedTuple):
    """An entry that ties a file."""

    device: str
    fork: int
    seq: int
    sha256: str


class Files(NamedTuple):
    """What the entries of a visit say of files."""

    named: tuple[Named, ...]
    """Every tie that was ever made, log by log."""
    withdraws: bool
    """True when an entry withdraws a file: what else is known decides whether it is gone."""


class Used(NamedTuple):
    """An entry that names a definition."""

    kind: str
    """``form`` or ``scheme``."""
    version: str
    """Beginning of its hash."""
    device: str
    fork: int
    seq: int


def runs(store: Store, visit: str) -> list[Run]:
    """Every unbroken run of every log of the visit, by device and fork; errors as ``Store.entries``."""
    found: list[Run] = []
    logs = store.select(_LOGS, (visit,))
    for log, device, _fork in logs:
        base = log << SEQ_BITS
        bounds = (base, base | MAX_SEQ)
        # A line spells a quotation mark within a text as \", so this is its key and nothing that somebody typed.
        starts = store.select(
            "SELECT e.id, e.line FROM entry AS e LEFT JOIN entry AS p ON p.id = e.id - 1 AND p.id > ? "
            "WHERE e.id BETWEEN ? AND ? AND (p.id IS NULL OR "
            "instr(e.line, CAST('\"prev\":\"' || lower(hex(p.hash)) || '\"' AS BLOB)) = 0) ORDER BY e.id",
            (base, *bounds),
        )
        for place, (first, line) in enumerate(starts):
            following = starts[place + 1][0] if place + 1 < len(starts) else bounds[1] + 1
            ((last, digest),) = store.select(
                "SELECT id, hash FROM entry WHERE id < ? AND id > ? ORDER BY id DESC LIMIT 1", (following, base)
            )
            begin, after = first & MAX_SEQ, json.loads(line).get("prev", "")
            joined = begin > 1 and _has(store, [each for each, other, _ in logs if other == device], begin - 1, after)
            found.append(Run(device, begin, last & MAX_SEQ, digest.hex(), after, joined))
    return found


def _has(store: Store, logs: list[int], seq: int, digest: str) -> bool:
    return any(
        store.select("SELECT 1 FROM entry WHERE id = ? AND hash = ?", (log << SEQ_BITS | seq, bytes.fromhex(digest)))
        for log in logs
    )


def is_here(store: Store, visit: str, device: str, seq: int, digest: str) -> bool:
    """True when the entry of the visit is here, on whichever side of its log."""
    return _has(store, [log for log, other, _ in store.select(_LOGS, (visit,)) if other == device], seq, digest)


def hash_at(store: Store, visit: str, device: str, fork: int, seq: int) -> str:
    """Hash of an entry by its place; ``""`` when there is none."""
    rows = store.select(
        "SELECT entry.hash FROM log JOIN visit ON visit.id = log.visit JOIN device ON device.id = log.device "
        "JOIN entry ON entry.id = (log.id << ? | ?) WHERE visit.uid = ? AND device.uid = ? AND log.fork = ?",
        (SEQ_BITS, seq, visit, device, fork),
    )
    return rows[0][0].hex() if rows else ""


def seen_beyond(store: Store, visit: str) -> list[tuple[str, int]]:
    """Device and number of the furthest entry of each log that an author has seen and that is not here."""
    furthest: dict[str, tuple[int, str]] = {}
    for (line,) in store.select(
        f"SELECT entry.line {_OF_VISIT}",
        (visit, b'"seen":["'),
    ):
        for reference in json.loads(line).get("seen", ()):
            device, seq, digest = reference.split(".")
            furthest[device] = max(furthest.get(device, (0, "")), (int(seq), digest))
    return [(each, at[0]) for each, at in sorted(furthest.items()) if not is_here(store, visit, each, *at)]


def files(store: Store, visit: str) -> Files:
    """Every file that entries of the visit tie, and whether any is withdrawn."""
    named: list[Named] = []
    withdraws = False
    for identity, device, fork, line in store.select(
        f"SELECT entry.id, device.uid, log.fork, entry.line {_OF_VISIT} ORDER BY 2, 3, 1",
        (visit, b'"sha256":"'),
    ):
        data: dict[str, Any] = json.loads(line)
        value = data.get("value")
        if not isinstance(value, dict) or not value.get("sha256"):
            continue
        if data["act"] == WITHDRAW:
            withdraws = True
        else:
            named.append(Named(device, fork, identity & MAX_SEQ, value["sha256"]))
    return Files(tuple(named), withdraws)


def definitions(store: Store, visit: str) -> list[Used]:
    """Every entry that opens the visit or uses a form, with the definition that it names."""
    found = []
    for act, kind in ((USE_FORM, "form"), (OPEN_VISIT, "scheme")):
        for identity, device, fork, line in store.select(
            f"SELECT entry.id, device.uid, log.fork, entry.line {_OF_VISIT} ORDER BY 2, 3, 1",
            (visit, f'"act":"{act}"'.encode()),
        ):
            data = json.loads(line)
            if data["act"] == act and data.get("version"):
                found.append(Used(kind, data["version"], device, fork, identity & MAX_SEQ))
    return found


def last_written(store: Store, visit: str) -> dict[str, tuple[int, str]]:
    """Device -> ``at`` (microseconds since 1970) and person of its last entry of the visit that is here."""
    found: dict[str, tuple[int, str]] = {}
    for log, device, _ in store.select(_LOGS, (visit,)):
        base = log << SEQ_BITS
        rows = store.select(
            "SELECT line FROM entry WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1", (base, base | MAX_SEQ)
        )
        for (line,) in rows:
            data = json.loads(line)
            found[device] = max(found.get(device, (0, "")), (data["at"], data["person"]))
    return found
