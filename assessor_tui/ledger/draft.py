"""An act before it is recorded: what its author says, without what the log adds."""

from typing import NamedTuple

from assessor_tui.ledger.value import Value


class Draft(NamedTuple):
    """One act to record. The store adds device, seq, prev, at, person and seen."""

    visit: str
    """32 hexadecimal digits."""
    act: str
    form: str = ""
    path: str = ""
    value: Value | None = None
    version: str = ""
    """First 12 hexadecimal digits of the form's hash."""
    why: str = ""
    replaces: tuple[str, ...] | None = None
    """References it replaces; None: the heads that stand now, for acts that compete, and nothing for the others."""
