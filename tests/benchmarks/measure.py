"""Numbers: what is measured, how it is summed up, and the loop that says how fast this machine is now."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

REFERENCE = 7.5
"""Milliseconds of the calibration loop on the machine the bars in milliseconds were set on."""


class Line(NamedTuple):
    """One line of the table."""

    what: str
    ours: str
    against: str
    ratio: str
    budget: str
    verdict: str
    """``pass``, ``over`` or ``""`` where there is no budget."""


def calibrate(rounds: int = 9) -> float:
    """Milliseconds of a fixed piece of Python, the median of some rounds."""

    def loop() -> float:
        begin = time.perf_counter()
        total = 0
        words: dict[str, int] = {}
        for number in range(60_000):
            total += number * number % 7
            if number % 10 == 0:
                words[str(number)] = total
        return (time.perf_counter() - begin) * 1000

    return statistics.median(loop() for _ in range(rounds))


def percentile(values: Sequence[float], part: float) -> float:
    """The value that ``part`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(round(part * (len(ordered) - 1)), len(ordered) - 1)]


def timed(act: Callable[[], object]) -> float:
    """Seconds that the act took."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def milliseconds(seconds: float) -> str:
    """The time for people."""
    value = seconds * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 1 else f"{value:.3f} ms"


def within(ratio: float, budget: float) -> str:
    """``pass`` or ``over``."""
    return "pass" if ratio <= budget else "over"


def against(what: str, ours: float, other: float, name: str, budget: float | None) -> Line:
    """A line that judges the ratio of two times in seconds."""
    ratio = ours / other
    bar, verdict = (f"<= {budget:g}", within(ratio, budget)) if budget is not None else ("", "")
    return Line(what, milliseconds(ours), f"{name}: {milliseconds(other)}", f"{ratio:.2f}", bar, verdict)


class Bar(NamedTuple):
    """Seconds that are judged by a bar in milliseconds, once it is known how fast the machine was meanwhile."""

    what: str
    ours: float
    budget: float


def judged(bar: Bar, calibration: float) -> Line:
    """The line of a bar, stretched by how fast this machine was."""
    what, ours, budget = bar
    stretched = budget * calibration / REFERENCE
    ratio = ours * 1000 / stretched
    return Line(
        what,
        milliseconds(ours),
        f"bar: {budget:g} ms x {calibration / REFERENCE:.2f}",
        f"{ratio:.2f}",
        "<= 1",
        within(ratio, 1),
    )
