"""Parts of a signed JSON object, taken only as what each has to be. A refusal is a ValueError with its reason."""

import re
from typing import Any

from assessor_tui.ledger.entry import clean

ID = re.compile(r"[0-9a-f]{32}\Z")
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}\Z")
"""An age recipient for X25519."""


def matched(data: dict[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    """The text under ``key``, in the one spelling it may have."""
    text = data[key]
    if not isinstance(text, str) or not pattern.match(text):
        raise ValueError(f"{key} is not in its spelling")
    return text


def short_text(data: dict[str, Any], key: str, longest: int) -> str:
    """The text under ``key``: clean, on one line, not empty, of at most ``longest`` characters."""
    text = data.get(key)
    if not isinstance(text, str) or not 0 < len(text) <= longest or text != clean(text) or "\n" in text:
        raise ValueError(f"{key} is not a text in bounds")
    return text


def number(data: dict[str, Any], key: str, least: int, below: int) -> int:
    """The whole number under ``key``, from ``least`` on and below ``below``."""
    found = data[key]
    if type(found) is not int or not least <= found < below:
        raise ValueError(f"{key} is out of bounds")
    return found
