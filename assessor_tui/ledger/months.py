"""Months and the days of bills as people write them: ``2026-01``, or ``2025-12-26..2026-01-25``."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

BETWEEN = ".."
"""Stands between the first and the last day of a bill."""

_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_CHINESE = {each: number for number, each in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_LONGEST = 400
"""Most days of a bill."""


def month_of(text: str, today: str = "", first: str = "", last: str = "") -> str:
    """The month (``2026-01``) or days (``2025-12-26..2026-01-25``) that ``text`` means; ``""`` for none.

    A year that is left out is the one with which it lies in the period from ``first`` to ``last`` (ISO), else the
    latest one that is not after ``today`` (ISO); without both nothing is guessed.
    """
    typed = unicodedata.normalize("NFKC", text).strip().strip("。.")
    plain = re.sub(r"\s*([年月日号號])\s*", r"\1", re.sub(r"\s+", " ", typed.casefold())).replace("份", "")
    if not plain or len(plain) > 60:
        return ""
    try:
        return _month(plain, today, first, last) or _days(plain, today, first, last)
    except ValueError:
        return ""


def months_between(first: str, last: str) -> list[str]:
    """Every month from the one of ``first`` to the one of ``last`` (both ISO days); empty when they are no days.

    A period that ends before it begins has none; one longer than ten years is taken for a slip and has none.
    """
    try:
        one, other = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return []
    count = (other.year - one.year) * 12 + other.month - one.month + 1
    if not 0 < count <= 120:
        return []
    return [f"{one.year + (one.month - 1 + n) // 12:04}-{(one.month - 1 + n) % 12 + 1:02}" for n in range(count)]


def is_month(text: str) -> bool:
    """True for ``2026-01``."""
    return re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) is not None


def _month(plain: str, today: str, first: str, last: str) -> str:
    if re.fullmatch(r"(19|20|21)\d\d(0[1-9]|1[0-2])", plain):  # 202601
        return f"{plain[:4]}-{plain[4:]}"
    if (match := re.fullmatch(r"(\d{4})[-/.年 ]+(\d{1,2})月?", plain)) is not None:
        return _said(int(match[1]), int(match[2]))
    if (match := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", plain)) is not None:  # 1/2026
        return _said(int(match[2]), int(match[1]))
    # The first day of a month is how spreadsheets keep a month.
    if (match := re.fullmatch(r"(\d{4})-(\d\d)-01( 00:00(:00)?)?", plain)) is not None:
        return _said(int(match[1]), int(match[2]))
    if (match := re.fullmatch(r"(?:(\d{4})年? ?)?(十[一二]?|[一二三四五六七八九])月", plain)) is not None:
        number = _CHINESE[match[2]]
        return _said(int(match[1]), number) if match[1] else _completed(number, today, first, last)
    if (match := re.fullmatch(r"(\d{1,2}) ?月", plain)) is not None:
        return _completed(int(match[1]), today, first, last)
    words = re.fullmatch(r"(?:(\d{2}|\d{4})[-/. ,']*)?([a-z]{3,9})\.?[-/. ,']*(\d{2}|\d{4})?", plain)
    numbers = [n for n, name in enumerate(_ENGLISH, 1) if words is not None and name.startswith(words[2])]
    if words is None or len(numbers) != 1 or (words[1] and words[3]):
        return ""
    year = words[1] or words[3] or ""
    if not year:
        return _completed(numbers[0], today, first, last)
    return _said(int(year) + (2000 if len(year) == 2 else 0), numbers[0])


def _said(year: int, month: int) -> str:
    return date(year, month, 1).isoformat()[:7] if 1900 <= year <= 2200 else ""


def _completed(month: int, today: str, first: str, last: str) -> str:
    """The month with its year; ``""`` when that could be several or none."""
    if not 1 <= month <= 12:
        return ""
    inside = [each for each in months_between(first, last) if each.endswith(f"-{month:02}")]
    if inside:
        return inside[0] if len(inside) == 1 else ""
    if not today:
        return ""
    year, now = int(today[:4]), int(today[5:7])
    return f"{year if month <= now else year - 1:04}-{month:02}"


def _days(plain: str, today: str, first: str, last: str) -> str:
    ends = [each.strip() for each in _split(plain)]
    if len(ends) != 2:
        return ""
    one, other = (_day(each) for each in ends)
    if one is None or other is None:
        return ""
    (year, month, day), (to_year, to_month, to_day) = one, other
    for end in _end_years(to_year, to_month, to_day, today, first, last):
        stop = date(end, to_month, to_day)
        starts = [year] if year else [end, end - 1]
        for begin in starts:
            start = date(begin, month, day)
            if timedelta(0) < stop - start <= timedelta(_LONGEST if year else 200):
                return f"{start.isoformat()}{BETWEEN}{stop.isoformat()}"
    return ""


def _end_years(year: int, month: int, day: int, today: str, first: str, last: str) -> Iterator[int]:
    """Years in which the period may end, likeliest first."""
    if year:
        yield year
        return
    # A bill often ends a few days after the period that it belongs to.
    for each in months_between(first, last):
        if each.endswith(f"-{month:02}"):
            yield int(each[:4])
    if today:
        yield int(today[:4]) if (month, day) <= (int(today[5:7]), int(today[8:10])) else int(today[:4]) - 1


def _split(plain: str) -> list[str]:
    if plain.count(BETWEEN) == 1:
        return plain.split(BETWEEN)
    parts = re.split(r"~|〜|—+|–+|至|到| to ", plain)
    if len(parts) == 2:
        return parts
    # A hyphen can stand inside a date, too: 2025-12-26-2026-01-25, 12.26-1.25
    hyphens = [at for at, each in enumerate(plain) if each == "-"]
    if len(hyphens) % 2 == 1:
        at = hyphens[len(hyphens) // 2]
        return [plain[:at], plain[at + 1 :]]
    return []


def _day(text: str) -> tuple[int, int, int] | None:
    """(year or 0, month, day)."""
    if (match := re.fullmatch(r"(\d{4})[-/.年 ]+(\d{1,2})[-/.月 ]+(\d{1,2})[日号號]?", text)) is not None:
        return int(match[1]), int(match[2]), int(match[3])
    if (match := re.fullmatch(r"(\d{1,2})[-/.月 ]+(\d{1,2})[日号號]?", text)) is not None:
        return 0, int(match[1]), int(match[2])
    return None
