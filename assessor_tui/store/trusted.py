"""Rosters that were taken in, and bundles that were held back, as rows. What they mean is ``trust``'s."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from assessor_tui.store.ledger import Store
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS

WAITING, ACCEPTED, DECLINED = "waiting", "accepted", "declined"
"""What was decided about a bundle held back."""


class RosterRow(NamedTuple):
    """A roster as it arrived; its signature was checked then."""

    version: int
    json: bytes
    signature: bytes
    arrived: int
    """By this laptop's clock, in microseconds since 1970."""


class HeldRow(NamedTuple):
    """A bundle that was not, or not wholly, let in."""

    digest: str
    """SHA-256 of its seal; names its file."""
    visit: str
    state: str
    """``waiting``, ``accepted`` or ``declined``."""
    facts: Mapping[str, Any]
    """Who sent it, what was held back and why."""
    arrived: int


def latest_roster(store: Store) -> RosterRow | None:
    """The roster that counts; None while the team has none.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    rows = store.select("SELECT version, json, signature, arrived FROM roster ORDER BY version DESC LIMIT 1", ())
    return RosterRow(*rows[0]) if rows else None


def keep_roster(store: Store, row: RosterRow) -> None:
    """Nothing; the roster is kept and counts when its version is the highest.

    Raises:
        StoreError: when the disk does not take it.
    """
    with store.together():
        store.connection.execute("INSERT OR IGNORE INTO roster VALUES (?, ?, ?, ?)", row)


def held_rows(store: Store, state: str = "") -> list[HeldRow]:
    """Bundles held back, in this state or all, the first to arrive first; errors as ``latest_roster``."""
    rows = store.select(
        "SELECT digest, visit, state, facts, arrived FROM quarantine WHERE ? IN ('', state) ORDER BY arrived, digest",
        (state,),
    )
    return [HeldRow(digest, visit, now, json.loads(facts), arrived) for digest, visit, now, facts, arrived in rows]


def decisions(store: Store) -> dict[str, str]:
    """Digest -> state of every bundle that was ever held back; errors as ``latest_roster``."""
    return dict(store.select("SELECT digest, state FROM quarantine", ()))


def count_waiting(store: Store) -> int:
    """How many bundles wait for a decision; errors as ``latest_roster``."""
    return int(store.select("SELECT count(*) FROM quarantine WHERE state = 'waiting'", ())[0][0])


def keep_held(store: Store, digest: str, visit: str, facts: Mapping[str, Any], *, now: int) -> None:
    """Nothing; the bundle waits for a decision. One that was made already stays, with what is held back now.

    Raises:
        StoreError: when the disk does not take it.
    """
    with store.together():
        store.connection.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET facts = excluded.facts",
            (digest, visit, WAITING, json.dumps(facts, ensure_ascii=False), now),
        )


def decide(store: Store, digest: str, state: str) -> None:
    """Nothing; what was decided about the bundle is kept.

    Raises:
        StoreError: when the disk does not take it.
    """
    with store.together():
        store.connection.execute("UPDATE quarantine SET state = ? WHERE digest = ?", (state, digest))


def lines_between(store: Store, visit: str, device: str, begin: int, end: int) -> list[tuple[str, bytes]]:
    """Hash and line of every entry of one log between two numbers, of all its forks; errors as ``latest_roster``."""
    found: list[tuple[str, bytes]] = []
    for (log,) in store.select(
        "SELECT log.id FROM log JOIN visit ON visit.id = log.visit JOIN device ON device.id = log.device "
        "WHERE visit.uid = ? AND device.uid = ?",
        (visit, device),
    ):
        base = log << SEQ_BITS
        rows = store.select(
            "SELECT hash, line FROM entry WHERE id BETWEEN ? AND ?", (base | begin, base | min(end, MAX_SEQ))
        )
        found += [(raw.hex(), line) for raw, line in rows]
    return found


def named_device(store: Store, device: str) -> tuple[str, bytes]:
    """What the device is called here and its public key; ``""`` and ``b""`` for what is not known."""
    rows = store.select("SELECT person, public FROM device WHERE uid = ?", (device,))
    return rows[0] if rows else ("", b"")


def ends_of(store: Store, device: str) -> list[tuple[str, int, str]]:
    """(visit, number, hash) of the last entry here of each log of the device, forks left out.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    found = []
    for visit, log in store.select(
        "SELECT visit.uid, log.id FROM log JOIN visit ON visit.id = log.visit JOIN device ON device.id = log.device "
        "WHERE device.uid = ? AND log.fork = 0 ORDER BY visit.uid",
        (device,),
    ):
        base = log << SEQ_BITS
        rows = store.select(
            "SELECT id & ?, hash FROM entry WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
            (MAX_SEQ, base, base | MAX_SEQ),
        )
        found += [(visit, seq, raw.hex()) for seq, raw in rows]
    return found
