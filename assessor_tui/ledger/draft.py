"""An act before it is recorded: what its author says, without what the log adds."""

from collections.abc import Mapping
from typing import NamedTuple

from assessor_tui.ledger.entry import clean
from assessor_tui.ledger.value import Evidence, Quantity, Value, plain_decimal

NO_ANSWER: tuple[Value, ...] = ("", ())
"""Values that say nothing: whoever means one clears the answer."""


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


def clean_value(value: Value) -> Value:
    """The value as it may enter the ledger: clean text, canonical decimals.

    Raises:
        ValueError: when a quantity's number is not a decimal.
    """
    if isinstance(value, Quantity):
        return Quantity(plain_decimal(value.n), clean(value.u))
    if isinstance(value, Evidence):
        return Evidence(value.kind, {key: clean(text) for key, text in value.about.items() if text})
    if isinstance(value, str):
        return clean(value.strip())
    return value


def longest_text(value: Value | None) -> str:
    """The longest text that people wrote in the value; ``""`` when there is none."""
    if isinstance(value, Evidence):
        return max(value.about.values(), key=len, default="")
    return value if isinstance(value, str) else ""
