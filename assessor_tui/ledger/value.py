"""What an answer can be: text, choices, a quantity, or a reference to evidence. Nothing else, and no floats."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_TEXT = 20_000
"""Longest text in characters."""

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{0,19}[1-9])?\Z")
_ROW_ID = re.compile(r"[0-9a-f]{32}\Z")
_EVIDENCE_KEYS = frozenset(
    {
        "kind", "sha256", "name", "type", "size", "taken", "camera", "original", "caption", "number", "issuer", "date",
        "page", "kept", "post",
    }
)  # fmt: skip


class Quantity(NamedTuple):
    """A number as it was given, with its unit."""

    n: str
    """Plain decimal: no exponent, no trailing zeros, no ``-0``."""
    u: str = ""
    """Unit symbol; ``""`` for a bare number."""


class Evidence(NamedTuple):
    """A file named by its SHA-256, or a record without a file."""

    kind: str
    """One of ``form.model.EVIDENCE_KINDS``."""
    about: Mapping[str, str]
    """``sha256``, ``name``, ``type``, ``size``, ``taken``, ``caption`` of a file; ``camera`` is the time that its
    camera showed, where that was wrong, and ``original`` the file after which it came, where it has no time;
    ``number``, ``issuer``, ``date``, ``page``, ``kept``, ``post``, ``caption`` of a record."""


Value = str | tuple[str, ...] | Quantity | Evidence


def is_decimal(text: str) -> bool:
    """True for a plain decimal in its one canonical spelling."""
    return _DECIMAL.match(text) is not None and text != "-0"


def is_row_id(text: str) -> bool:
    """True for 32 lower-case hexadecimal digits."""
    return _ROW_ID.match(text) is not None


def to_json(value: Value) -> Any:
    """What stands in the entry's line for this value."""
    if isinstance(value, str):
        return value
    if isinstance(value, Quantity):
        return {"n": value.n, "u": value.u} if value.u else {"n": value.n}
    if isinstance(value, Evidence):
        return {"kind": value.kind, **{key: text for key, text in value.about.items() if text}}
    return list(value)


def from_json(data: Any) -> Value:
    """The value that ``data`` spells.

    Raises:
        ValueError: when it is none of the four shapes, or not in canonical spelling. The message is a reason code.
    """
    if isinstance(data, str):
        if len(data) > MAX_TEXT:
            raise ValueError("text too long")
        return data
    if isinstance(data, list):
        if not data or len(data) > 1000 or not all(isinstance(name, str) and 0 < len(name) <= 200 for name in data):
            raise ValueError("not a list of choice names")
        if len(set(data)) != len(data):
            raise ValueError("choice named twice")
        return tuple(data)
    if isinstance(data, dict):
        number, unit = data.get("n"), data.get("u", "")
        if type(number) is str and type(unit) is str and len(data) == (2 if unit else 1):
            # As ``is_decimal``: a merge reads a hundred thousand of them.
            if _DECIMAL.match(number) is None or number == "-0" or len(unit) > 40:
                raise ValueError("not a plain quantity")
            return tuple.__new__(Quantity, (number, unit))
        if not all(isinstance(text, str) and text for text in data.values()):
            raise ValueError("empty part in a value")
        if "n" in data:
            raise ValueError("not a plain quantity")
        if "kind" in data and data.keys() <= _EVIDENCE_KEYS:
            if any(len(text) > MAX_TEXT for text in data.values()):
                raise ValueError("text too long")
            if "sha256" in data and not re.fullmatch(r"[0-9a-f]{64}", data["sha256"]):
                raise ValueError("not a SHA-256")
            return Evidence(data["kind"], {key: text for key, text in data.items() if key != "kind"})
    raise ValueError("not a value")


def names(value: Value | None) -> tuple[str, ...]:
    """The chosen names of a choice answer; empty for any other value."""
    # Quantity and Evidence are tuples too.
    return value if isinstance(value, tuple) and not isinstance(value, (Quantity, Evidence)) else ()


def plain_decimal(text: str) -> str:
    """The canonical spelling of a decimal such as ``012.50`` or ``+3``; keeps every digit that counts.

    Raises:
        ValueError: when ``text`` is not a decimal number without exponent, or longer than a value may be.
    """
    match = re.fullmatch(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", text)
    if match is None or not (match[2] or match[3]):
        raise ValueError("not a number")
    whole = match[2].lstrip("0") or "0"
    part = (match[3] or "").rstrip("0")
    number = f"{whole}.{part}" if part else whole
    if match[1] == "-" and number != "0":
        number = f"-{number}"
    if not is_decimal(number):
        raise ValueError("number too long")
    return number
