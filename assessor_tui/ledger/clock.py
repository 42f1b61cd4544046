"""The clock of the ledger: hybrid, so that time never runs backwards inside a log, whatever the laptop says."""

from datetime import datetime, timedelta, timezone

from assessor_tui.ledger.entry import MAX_AT

_EPOCH = datetime(1970, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
DAY = 24 * 60 * 60 * 1_000_000
"""One day in microseconds."""


def next_at(now: int, last: int) -> int:
    """The ``at`` of the next entry: ``now``, or just after ``last`` when the clock stood still or was set back.

    Both in microseconds since 1970; ``last`` is the latest ``at`` this device wrote or accepted.
    """
    return min(max(now, last + 1, 0), MAX_AT - 1)


def advanced(now: int, last: int, received: int) -> int:
    """The new ``last`` after reading an entry of ``received``; one from beyond tomorrow moves nobody's clock."""
    return max(last, received) if received <= now + DAY else last


def hong_kong_time(at: int) -> datetime:
    """``at`` as people read it: Hong Kong time, on every laptop, so that a day begins for all at the same moment."""
    # Not fromtimestamp: Windows refuses what lies before 1970, where cameras without a clock begin.
    return _EPOCH + timedelta(seconds=at // 1_000_000)
