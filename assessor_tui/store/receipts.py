"""What other devices have said to hold, and the seals under which each handed over its own entries."""

from typing import NamedTuple

from assessor_tui.ledger.receipt import Receipt, from_bytes, later, to_bytes
from assessor_tui.store.ledger import Store


class Kept(NamedTuple):
    """The latest that another device has said, signed, to hold of a visit."""

    device: str
    receipt: Receipt
    digest: str
    """Of the bundle with which it came."""
    arrived: int
    """By this laptop's clock, in microseconds since 1970."""


class KeptSeal(NamedTuple):
    """A seal under which a device handed over entries of its own."""

    device: str
    digest: str
    """SHA-256 of ``json``."""
    json: bytes
    signature: bytes


def keep_receipt(store: Store, device: str, receipt: Receipt, digest: str, *, now: int) -> bool:
    """True when something new was kept of what ``device`` holds; what it said before is never taken back.

    Nothing is kept of a visit that is not here, and nothing of what this device said itself.

    Args:
        store: open for writing.
        device: who says it; the signature is checked already.
        receipt: what it says.
        digest: of the bundle with which it came.
        now: microseconds since 1970.

    Raises:
        StoreError: when the disk does not take it.
    """
    if store.device is not None and device == store.device.id:
        return False
    before = latest(store, receipt.visit, device)
    after = later(before.receipt, receipt) if before is not None else receipt
    if before is not None and after == before.receipt:
        return False
    with store.together():
        cursor = store.connection.execute(
            "INSERT OR REPLACE INTO receipt SELECT visit.id, device.id, ?, ?, ? FROM visit, device "
            "WHERE visit.uid = ? AND device.uid = ?",
            (digest, to_bytes(after), now, receipt.visit, device),
        )
    return cursor.rowcount > 0


def latest(store: Store, visit: str, device: str) -> Kept | None:
    """What the device has said to hold of the visit; None when it never said.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    return next((each for each in receipts(store, visit, device)), None)


def receipts(store: Store, visit: str, device: str = "") -> list[Kept]:
    """What each other device, or the one named, has said to hold of the visit, by device; errors as ``latest``."""
    return [
        Kept(uid, from_bytes(data), digest, arrived)
        for uid, data, digest, arrived in store.select(
            "SELECT device.uid, receipt.json, receipt.digest, receipt.arrived FROM receipt "
            "JOIN visit ON visit.id = receipt.visit JOIN device ON device.id = receipt.device "
            "WHERE visit.uid = ? AND ? IN ('', device.uid) ORDER BY device.uid",
            (visit, device),
        )
    ]


def keep_seal(store: Store, visit: str, device: str, digest: str, json: bytes, signature: bytes) -> None:
    """Nothing; the seal is kept. It seals entries of ``device`` in ``visit``, and its signature is checked already.

    Nothing is kept for a visit or device of which no entry is here.

    Raises:
        StoreError: when the disk does not take it.
    """
    with store.together():
        store.connection.execute(
            "INSERT OR IGNORE INTO seal SELECT ?, visit.id, device.id, ?, ? FROM visit, device "
            "WHERE visit.uid = ? AND device.uid = ?",
            (digest, json, signature, visit, device),
        )


def seals(store: Store, visit: str, device: str = "") -> list[KeptSeal]:
    """Every seal kept of the visit, or of one device in it, by device and digest; errors as ``latest``."""
    return [
        KeptSeal(*row)
        for row in store.select(
            "SELECT device.uid, seal.digest, seal.json, seal.signature FROM seal "
            "JOIN visit ON visit.id = seal.visit JOIN device ON device.id = seal.device "
            "WHERE visit.uid = ? AND ? IN ('', device.uid) ORDER BY 1, 2",
            (visit, device),
        )
    ]


def has_sealed(store: Store, device: str) -> bool:
    """True when a seal of this device is kept, of whatever visit; errors as ``latest``."""
    sql = "SELECT 1 FROM seal JOIN device ON device.id = seal.device WHERE device.uid = ? LIMIT 1"
    return bool(store.select(sql, (device,)))
