"""What each role on the roster may record. Faces ask before they offer a command, merging before it lets entries in."""

from collections.abc import Iterable, Mapping

from assessor_tui.i18n import N_
from assessor_tui.ledger.entry import (
    ACTS,
    APPROVE,
    COMMENT,
    DECIDE,
    LINK,
    NOTE,
    REOPEN,
    RETURN,
    SIGN,
    WITHDRAW,
)
from assessor_tui.ledger.value import Evidence, Value

ASSESSOR, LEAD, REVIEWER, AUTHORITY = "assessor", "lead", "reviewer", "authority"
ROLES = (ASSESSOR, LEAD, REVIEWER, AUTHORITY)

NAMES: Mapping[str, str] = {
    ASSESSOR: N_("assessor"),
    LEAD: N_("team lead"),
    REVIEWER: N_("reviewer"),
    AUTHORITY: N_("authority"),
}
"""Role -> what people call it."""

FORBIDDEN: Mapping[str, frozenset[str]] = {
    ASSESSOR: frozenset({SIGN, REOPEN, RETURN, APPROVE, DECIDE, LINK}),
    LEAD: frozenset({APPROVE, DECIDE}),
    REVIEWER: ACTS - {COMMENT, NOTE, RETURN, WITHDRAW},
    AUTHORITY: ACTS - {COMMENT, RETURN, APPROVE, DECIDE, WITHDRAW},
}
"""Role -> acts that it may not record. Acts of a newer version are not among them: they decide nothing here yet."""

CONFIRMING = frozenset({LEAD, REVIEWER, AUTHORITY})
"""Roles whose receipt says that work has arrived where it counts."""

_TAKES_BACK_ONLY_OWN = frozenset({REVIEWER, AUTHORITY})

LOOKED_AT: Mapping[str, frozenset[str]] = {
    role: acts | {RETURN, WITHDRAW} if role in _TAKES_BACK_ONLY_OWN else acts for role, acts in FORBIDDEN.items()
}
"""Role -> acts of which ``may_record`` has to be asked; it may record all others."""


def may(role: str, act: str) -> bool:
    """True when the role may record the act; ``""`` (no role, or no roster) may record everything."""
    return act not in FORBIDDEN.get(role, frozenset())


def may_record(role: str, act: str, device: str, replaces: Iterable[str] = (), value: Value | None = None) -> bool:
    """True when the role may record this very act: by this device, replacing these entries, with this value."""
    if not may(role, act):
        return False
    if act == RETURN and value is not None and role in _TAKES_BACK_ONLY_OWN:
        return False  # it says that somebody else's return is over
    if act == WITHDRAW and role in _TAKES_BACK_ONLY_OWN:
        # Their word may be taken back; other people's work and photos may not.
        names_file = isinstance(value, Evidence) and "sha256" in value.about
        return not names_file and all(each.startswith(f"{device}.") for each in replaces)
    return True


def is_wider(role: str, than: str) -> bool:
    """True when ``role`` may record everything that ``than`` may."""
    return FORBIDDEN[role] <= FORBIDDEN[than] and not (
        role in _TAKES_BACK_ONLY_OWN and than not in _TAKES_BACK_ONLY_OWN
    )
