"""Canonical JSON at orjson's speed: the same bytes as ``ledger.entry.canonical_json``, which a test proves."""

from typing import Any

import orjson

MAX_WHOLE = 2**53


def dump(data: Any) -> bytes:
    """The one spelling of ``data``, which holds texts, whole numbers, truth values, null, lists and mappings."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def load(data: bytes) -> Any:
    """What ``data`` spells, if it spells it canonically.

    Raises:
        ValueError: when it is not JSON, or another spelling of it: a duplicate key, a space, another order, ``1e400``,
            a whole number beyond 64 bits. The message is the reason.
    """
    try:
        value = orjson.loads(data)
        if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == data:
            return value
    except (orjson.JSONDecodeError, TypeError, RecursionError):
        raise ValueError("not JSON") from None
    raise ValueError("not in canonical spelling")


def load_lines(lines: list[bytes]) -> list[Any] | None:
    """What each line spells, if each spells it canonically; else None, and ``load`` says which does not and why."""
    try:
        data: list[Any] = orjson.loads(b"[" + b",".join(lines) + b"]")
        # Line by line, so that what one line opens and the next one closes is seen.
        if [orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in data] == lines:
            return data
    except (orjson.JSONDecodeError, TypeError, RecursionError):
        return None
    return None


def check_plain(value: Any, depth: int) -> None:
    """Nothing, when ``value`` nests at most ``depth`` deep and holds no float and no number beyond ``MAX_WHOLE``.

    Raises:
        ValueError: otherwise.
    """
    level = [value]
    for _ in range(depth):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, float) or (isinstance(item, int) and abs(item) > MAX_WHOLE):
                raise ValueError("a number that is not whole, or too large")
        if not below:
            return
        level = below
    raise ValueError("nested too deep")
