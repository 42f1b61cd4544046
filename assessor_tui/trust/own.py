"""The role of this very laptop. On the road of an answer: without a roster nothing else is loaded for it."""

from weakref import WeakKeyDictionary

from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import latest_roster

_roles: "WeakKeyDictionary[Store, str]" = WeakKeyDictionary()
"""Role of each open ledger's own device: asked before every act, changed by a new roster or device only."""


def own_role(store: Store) -> str:
    """The role of this device on the roster; ``""`` (which may record everything) when it has none.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    role = _roles.get(store)
    if role is None:
        role = _roles[store] = _read(store)
    return role


def forget(store: Store) -> None:
    """Nothing; the role is read anew when it is next asked."""
    _roles.pop(store, None)


def _read(store: Store) -> str:
    row = latest_roster(store)
    if row is None or store.device is None:
        return ""
    from assessor_tui.trust.roster import from_bytes

    member = from_bytes(row.json).member(store.device.id)
    return member.role if member is not None else ""
