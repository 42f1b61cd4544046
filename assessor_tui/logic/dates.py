"""Days and moments: read from ISO 8601, counted, and written.

Days are counted on the calendar of the place where the visit is, not of the laptop: a date is a whole number of days
since 1970-01-01, a moment the same with its time of day as a part. So ``today()`` is never a day off in the morning,
``int(now())`` is today, and no result depends on how a laptop is set.
"""

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re


class Clock(NamedTuple):
    """How the calendar of a place stands."""

    offset: int = 0
    """Minutes that its clocks are ahead of UTC."""
    moments: bool = False
    """True for programs in which a date is the moment of its midnight, counted from Greenwich, as the ODK XForms
    specification reads: 7 hours west of it 1970-01-01 is day 0.29. Never in a visit; the conformance runs compare with
    such programs."""

    @property
    def zero(self) -> float:
        """The number of the day 1970-01-01."""
        return -self.offset / 1440 if self.moments else 0.0


GREENWICH = Clock()
HONG_KONG = Clock(480)
"""Where visits are unless they say otherwise."""


class Day(NamedTuple):
    """A day, or a moment: days since 1970-01-01 on the calendar of a place."""

    days: float
    has_time: bool = False
    clock: Clock = GREENWICH


_EPOCH = 719_163
"""``date(1970, 1, 1).toordinal()``"""
_DAY = 86_400_000_000
"""Microseconds of a day."""
_LONGEST = 64
"""No date is longer than this; what is longer is not kept in memory to find that out."""


def clock_of(moment: str, otherwise: Clock = GREENWICH) -> Clock:
    """The clock of the place where it is ``moment`` (ISO 8601); ``otherwise`` when that does not say."""
    read = _read(moment) if len(moment) <= _LONGEST else None
    return Clock(read[2]) if read is not None and read[2] is not None else otherwise


def to_day(text: str, clock: Clock = GREENWICH) -> Day | None:
    """The day or moment that an ISO 8601 text names, None for any other text.

    A moment with an offset is seen as it is where ``clock`` stands; without one it stands as it is written.
    """
    if not 8 <= len(text) <= _LONGEST:
        return None
    read = _read(text)
    if read is None:
        return None
    at, has_time, offset = read
    if offset is not None:
        at += (clock.offset - offset) * 60_000_000
    return Day(at / _DAY, has_time, clock)


def days_of(text: str, clock: Clock = GREENWICH) -> float | None:
    """The number of the day or moment that an ISO 8601 text names, as it is compared and counted; None for others."""
    if not 8 <= len(text) <= _LONGEST:
        return None
    read = _read(text)
    if read is None:
        return None
    at, _, offset = read
    if offset is not None:
        at += (clock.offset - offset) * 60_000_000
    return at / _DAY + clock.zero if clock.moments else at / _DAY


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[int, bool, int | None] | None:
    """(microseconds as the text has them, whether it names a time, minutes of its offset); None when it is no date."""
    if not text[:1].isdigit() or "-" not in text:
        return None
    head, mark, _ = text.partition("T")
    try:
        year, month, day = map(_digits, head.split("-"))
        if head[4] != "-":
            return None
        days = date(year, month, day).toordinal() - _EPOCH
        if not mark:
            return days * _DAY, False, None
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    time = (moment.hour * 3600 + moment.minute * 60 + moment.second) * 1_000_000 + moment.microsecond
    offset = moment.utcoffset()
    return days * _DAY + time, True, None if offset is None else round(offset.total_seconds() / 60)


def _digits(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise ValueError
    return int(text)


@cache
def _spoken() -> "re.Pattern[str]":
    import re

    return re.compile(
        r"(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})"
        r"(?: (\d\d:\d\d:\d\d)(?: (?:GMT|UTC)?([+-]\d\d):?(\d\d)(?: \([^)]*\))?)?)?"
    )


def spoken_day(text: str, clock: Clock = GREENWICH) -> Day | None:
    """The day or moment of a text such as ``Nov 22 2026`` or ``Sun Nov 22 2026 02:51:48 GMT+0800``, else None.

    Programs that run in a browser put such texts into calculations; only functions that ask for a date take them.
    """
    hit = _spoken().fullmatch(text) if len(text) <= 2 * _LONGEST else None
    if hit is None or hit[1] not in _MONTHS:
        return None
    iso = f"{hit[3]}-{_MONTHS.index(hit[1]) + 1:02d}-{int(hit[2]):02d}"
    if hit[4]:
        iso += f"T{hit[4]}" + (f"{hit[5]}:{hit[6]}" if hit[5] else "")
    return to_day(iso, clock)


def day_text(day: Day) -> str:
    """ISO 8601 of the day (``2026-11-12``) or of the moment with its offset; ``""`` outside the years 1 to 9999."""
    try:
        if not day.has_time:
            return date.fromordinal(math.floor(day.days) + _EPOCH).isoformat()
        moment = datetime.fromordinal(_EPOCH) + timedelta(milliseconds=round(day.days * 86_400_000))
        hours, minutes = divmod(abs(day.clock.offset), 60)
        sign = "-" if day.clock.offset < 0 else "+"
        return f"{moment.isoformat(timespec='milliseconds')}{sign}{hours:02d}:{minutes:02d}"
    except (ValueError, OverflowError):
        return ""


@cache
def _time() -> "re.Pattern[str]":
    import re

    return re.compile(
        r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?", re.ASCII
    )


def time_of_day(text: str, clock: Clock = GREENWICH) -> float:
    """The part of the day (0.5 at noon) of a time such as ``18:30`` or ``18:30:00.000+08:00``; NaN for other texts."""
    hit = _time().fullmatch(text) if len(text) <= _LONGEST else None
    if hit is None:
        return math.nan
    minutes = int(hit[1]) * 60 + int(hit[2])
    if hit[4]:
        ahead = int(hit[5]) * 60 + int(hit[6])
        minutes += clock.offset - (ahead if hit[4] == "+" else -ahead)
    elif text.endswith("Z"):
        minutes += clock.offset
    return (minutes % 1440 * 60 + float(hit[3] or 0)) / 86_400


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


_PARTS: dict[str, Callable[[date, int], str]] = {
    "Y": lambda day, _: f"{day.year:04d}",
    "y": lambda day, _: f"{day.year % 100:02d}",
    "m": lambda day, _: f"{day.month:02d}",
    "n": lambda day, _: str(day.month),
    "b": lambda day, _: _MONTHS[day.month - 1],
    "d": lambda day, _: f"{day.day:02d}",
    "e": lambda day, _: str(day.day),
    "a": lambda day, _: _WEEKDAYS[day.weekday()],
    "H": lambda _, time: f"{time // 3_600_000:02d}",
    "h": lambda _, time: str(time // 3_600_000),
    "M": lambda _, time: f"{time // 60_000 % 60:02d}",
    "S": lambda _, time: f"{time // 1000 % 60:02d}",
    "3": lambda _, time: f"{time % 1000:03d}",
}
"""Letter after ``%`` -> what it writes of a day and of the milliseconds since its midnight."""


@lru_cache(maxsize=1024)
def formatted(day: Day, pattern: str) -> str:
    """The day as ``pattern`` has it (``%d.%m.%Y``); ``""`` when it cannot be written.

    Names of months and days are English whatever language is shown: conditions such as ``= 'Sun'`` are made of them,
    and what a checklist demands cannot depend on the language that somebody reads it in.
    """
    whole = math.floor(day.days)
    try:
        here = date.fromordinal(whole + _EPOCH)
    except (ValueError, OverflowError):
        return ""
    clock = min(round((day.days - whole) * 86_400_000), 86_399_999)
    pieces = pattern.split("%")
    out, at = [pieces[0]], 1
    while at < len(pieces):
        piece = pieces[at]
        if not piece:  # `%%` is the sign itself, a single `%` at the end too
            out.append("%")
            at += 1
            out.append(pieces[at] if at < len(pieces) else "")
        else:
            write = _PARTS.get(piece[0])
            out.append((write(here, clock) if write is not None else "%" + piece[0]) + piece[1:])
        at += 1
    return "".join(out)
