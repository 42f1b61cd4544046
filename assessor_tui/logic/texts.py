"""What functions do with texts, each in bounded time and memory."""

import math
import re
from collections.abc import Sequence
from functools import cache

from assessor_tui.logic.values import ErrorValue

LONGEST = 1_000_000
"""Characters of the longest text that is put together. Thirty questions that each repeat the one before twice would
otherwise fill the memory of any laptop."""
_LONGEST_MATCHED = 2_000
"""Characters of the longest text, and of the longest pattern, that are matched."""


def joined(texts: Sequence[str], separator: str = "") -> str:
    """The texts one after the other; an error value when that would be too long."""
    if len(texts) > 1 and sum(map(len, texts)) + len(separator) * (len(texts) - 1) > LONGEST:
        return ErrorValue("value.too_long")
    return separator.join(texts)


def part(text: str, start: float, end: float = math.inf) -> str:
    """The text from ``start`` (from 0; negative from the end) up to but without ``end``."""
    if start != start or end != end:
        return ""
    size = len(text)
    first = int(max(-size, min(size, start)))
    last = int(max(-size, min(size, end)))
    return text[first if first >= 0 else first + size : last if last >= 0 else last + size]


def substring(text: str, start: float, length: float | None = None) -> str:
    """XPath's ``substring``: from ``start`` (from 1), ``length`` characters, both rounded; without one all the rest."""
    first = math.floor(start + 0.5) if math.isfinite(start) else start
    if length is not None:
        length = math.floor(length + 0.5) if math.isfinite(length) else length
    last = math.inf if length is None else first + length
    if not first < last:
        return ""
    size = len(text)
    return text[int(max(0, min(size, first - 1))) : int(max(0, min(size, last - 1)))]


def translated(text: str, old: str, new: str) -> str:
    """The text with each letter of ``old`` replaced by the one at its place in ``new``, or left out."""
    table: dict[int, str | None] = {}
    for at, letter in enumerate(old):
        table.setdefault(ord(letter), new[at] if at < len(new) else None)
    return text.translate(table)


def named_at(text: str, at: float) -> str:
    """The name at that place, from 0, of names with spaces between; ``""`` when there is none."""
    names = text.split()
    return names[int(at)] if at == at and 0 <= at < len(names) else ""


@cache
def _simple() -> re.Pattern[str]:
    """Patterns without groups and alternatives, with at most one open repetition, at the end: they cannot run away."""
    piece = r"(?:\[[^\[\]]+\]|\\[dwsDWS.]|[\w \-:/@])"
    return re.compile(rf"\^?(?:{piece}(?:\{{\d{{1,3}}\}})?)*(?:{piece}[+*])?\$?\Z")


_MOST_RUNS = 5
_RAN_AWAY: dict[str, int] = {}
"""Pattern -> how often it took too long: a list of 50,000 rows must not wait for each of them."""


def matches(text: str, pattern: str) -> bool | ErrorValue:
    """Whether the whole text matches. The pattern comes from a form: one that is broken or takes long is an error."""
    if len(text) > _LONGEST_MATCHED or len(pattern) > _LONGEST_MATCHED:
        return ErrorValue("value.pattern")
    try:
        if _simple().match(pattern):
            return re.fullmatch(pattern, text) is not None
        import regex  # type: ignore[import-untyped]

        if _RAN_AWAY.get(pattern, 0) >= _MOST_RUNS:
            return ErrorValue("value.pattern")
        return regex.fullmatch(pattern, text, timeout=0.2) is not None
    except TimeoutError:
        _RAN_AWAY[pattern] = _RAN_AWAY.get(pattern, 0) + 1
        return ErrorValue("value.pattern")
    except (ValueError, OverflowError, RecursionError, re.error):
        return ErrorValue("value.pattern")
    except Exception as error:  # its own one for a broken pattern, whose class cannot be named before it is loaded
        if type(error).__module__.startswith(("regex", "_regex")):
            return ErrorValue("value.pattern")
        raise
