"""Exact numbers as plain decimals: rounded half to even, never across a limit."""

from collections.abc import Iterable
from fractions import Fraction

MOST_PLACES = 6
"""Decimals that tell a number from a limit it only nearly reaches; beyond that nobody reads on."""


def decimal_text(number: Fraction, places: int, *, keep_zeros: bool = False) -> str:
    """The number with at most (or, with ``keep_zeros``, exactly) ``places`` decimals, in plain decimal spelling."""
    scaled = round(number * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    if not keep_zeros:
        part = part.rstrip("0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def beside(number: Fraction, limits: Iterable[Fraction], places: int = 1) -> str:
    """The number rounded for people, standing on the same side of every limit as the number itself.

    84.96 beside a limit of 85 is ``84.9`` and not ``85.0``; where one decimal cannot say it, more are shown.
    """
    limits = tuple(limits)
    for shown in range(places, MOST_PLACES + 1):
        step = Fraction(1, 10**shown)
        nearest = Fraction(round(number / step)) * step
        for candidate in (nearest, nearest - step, nearest + step):
            if abs(candidate - number) <= step and all(_side(candidate, x) == _side(number, x) for x in limits):
                return decimal_text(candidate, shown, keep_zeros=True)
    return decimal_text(number, MOST_PLACES)


def _side(number: Fraction, limit: Fraction) -> bool:
    """True when the limit is reached."""
    return number >= limit
