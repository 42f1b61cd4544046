"""Times of day and moments as people type them, kept as ODK keeps them: ``09:30:00.000+08:00``.

The offset is Hong Kong's on every laptop: all times are shown so, and no result may depend on a laptop's own zone.
"""

import re
import unicodedata
from collections.abc import Callable

OFFSET = "+08:00"
"""Of every time that is typed or taken from the clock."""

_NOW = frozenset({"now", "现在", "現在", "此刻", "刚刚", "剛剛"})
_TODAY = {
    "today": 0,
    "now": 0,
    "现在": 0,
    "現在": 0,
    "今天": 0,
    "今日": 0,
    "yesterday": -1,
    "昨天": -1,
    "昨日": -1,
}

_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]{1,6})?)?)?\Z")
_DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})([0-9]{2})?\Z")
_SPOKEN = re.compile(r"([0-9]{1,2})[点點时時](?:([0-9]{1,2})分?|(半)|([一二三])刻|整)?(?:([0-9]{1,2})秒)?(?:钟|鐘)?\Z")
_HALF = re.compile(r"(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜晚)")
_AFTER_NOON = frozenset({"下午", "傍晚", "晚上", "夜晚"})
_LATIN_HALF = re.compile(r"\s*([ap])\.?\s?m\.?\Z")
_KEPT_OFFSET = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})\Z")
_CHINESE_NUMBERS = re.compile("[零〇一二两兩三四五六七八九十]+(?=[点點时時分秒])")
_DIGIT_OF = {each: at for at, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}


def time_of(text: str, now: str = "") -> str:
    """The time that ``text`` means: ``9:30``, ``930``, ``9.30``, ``9点半``, ``下午3点``, ``3 pm``, ``now``.

    ``now`` is the moment (ISO 8601, local) that the word means; without it the word is none.

    Raises:
        ValueError: when it is no time.
    """
    typed = _plain(text)
    if typed in _NOW and now:
        return f"{now[11:19]}.000{OFFSET}"
    if typed in ("noon", "中午", "正午"):
        return f"12:00:00.000{OFFSET}"
    typed, offset = _without_offset(typed)
    typed, half = _without_half(typed)
    if (spoken := _SPOKEN.match(_in_digits(typed))) is not None:
        minute = "30" if spoken[3] else str(15 * ("一二三".index(spoken[4]) + 1)) if spoken[4] else spoken[2] or "0"
        parts: tuple[str | None, ...] = (spoken[1], minute, spoken[5])
    elif (match := _CLOCK.match(typed)) or (match := _DIGITS.match(typed)):
        parts = match.groups()
    else:
        raise ValueError("not a time")
    hour, minute, second = (int(part or 0) for part in parts)
    hour = half(hour)
    if (hour, minute, second) == (24, 0, 0):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("not a time")
    return f"{hour:02}:{minute:02}:{second:02}.000{offset or OFFSET}"


def moment_of(text: str, today: str, now: str, date_of: Callable[[str, str], str]) -> str:
    """The moment that ``text`` means: a date as ``date_of`` reads it, then a time; a time alone is ``today``'s.

    Raises:
        ValueError: when it is none.
    """
    typed = _plain(text)
    if typed in _NOW and now:
        return f"{now[:19]}.000{OFFSET}"
    typed = re.sub(r"(?<=[0-9])t(?=[0-9])", " ", typed)
    # The time begins wherever what stands before it is a whole date, the longest date first.
    for cut in range(len(typed) - 1, 0, -1):
        before, after = typed[:cut].strip(), typed[cut:].strip(" ,，")
        if not after or (typed[cut - 1].isdigit() and typed[cut].isdigit()):
            continue
        try:
            day = day_of(before, today) or date_of(before, today)
            return f"{day}T{time_of(after, now)}"
        except ValueError:
            continue
    if not today:
        raise ValueError("not a moment")
    return f"{today}T{time_of(typed, now)}"


def day_of(text: str, today: str) -> str:
    """The date of a word such as ``today`` or ``昨天``; ``""`` for any other text."""
    from datetime import date, timedelta

    step = _TODAY.get(_plain(text))
    return (date.fromisoformat(today) + timedelta(days=step)).isoformat() if step is not None and today else ""


def shown_time(value: str) -> str:
    """A time or moment as people read it: ``09:30``, ``2026-11-12 09:30``, seconds only where there are any.

    Another offset than Hong Kong's is shown; text that is no time stays as it is.
    """
    day, mark, clock = value.rpartition("T")
    match = re.match(r"([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?\Z", clock)
    if match is None or bool(mark) != bool(day):
        return value
    shown = match[1] + (f":{match[2]}" if match[2] not in (None, "00") else "")
    zone = "" if match[3] in (None, OFFSET, OFFSET.replace(":", "")) else f" {match[3]}"
    return f"{day} {shown}{zone}".strip()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _without_offset(typed: str) -> tuple[str, str]:
    match = _KEPT_OFFSET.search(typed.upper())
    if match is None or ":" not in typed[: match.start()]:
        return typed, ""
    offset = "+00:00" if match[1] == "Z" else match[1] if ":" in match[1] else f"{match[1][:3]}:{match[1][3:]}"
    return typed[: match.start()], offset


def _without_half(typed: str) -> tuple[str, Callable[[int], int]]:
    """The text without its half of the day, and what an hour is in that half."""
    if (latin := _LATIN_HALF.search(typed)) is not None:
        return typed[: latin.start()].strip(), _after_noon if latin[1] == "p" else _before_noon
    if (half := _HALF.match(typed)) is not None:
        rest = typed[half.end() :].strip()
        if half[1] == "中午":
            return rest, lambda hour: hour + 12 if hour < 3 else hour
        if half[1] in ("晚上", "夜晚"):
            return rest, lambda hour: 0 if hour == 12 else _after_noon(hour)
        return rest, _after_noon if half[1] in _AFTER_NOON else _before_noon
    return typed, lambda hour: hour


def _after_noon(hour: int) -> int:
    return hour + 12 if hour < 12 else hour


def _before_noon(hour: int) -> int:
    return 0 if hour == 12 else hour


def _in_digits(typed: str) -> str:
    """The text with Chinese numbers before hours, minutes and seconds as digits: ``九点二十分`` is ``9点20分``."""

    def digits(found: re.Match[str]) -> str:
        tens, ten, ones = found[0].partition("十")
        if not ten:
            return "".join(str(_DIGIT_OF[each]) for each in tens)
        return str(10 * (_DIGIT_OF[tens[-1]] if tens else 1) + (_DIGIT_OF[ones[-1]] if ones else 0))

    return _CHINESE_NUMBERS.sub(digits, typed)
