"""An act before it is recorded: what its author says, without what the log adds."""

from collections.abc import Mapping
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


class RowDraft(NamedTuple):
    """Answers of one row of a table, before they are recorded."""

    row: str
    """Path of the row that they are for; ``""`` for a new one."""
    answers: Mapping[str, Value]
    """Question name -> answer."""
