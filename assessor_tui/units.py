"""Units: what kind of quantity each measures, its exact ratio to the first unit of that kind, its names."""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

MOST_DIGITS, MOST_PLACES = 30, 20
"""Digits before and behind the point that a value may have."""


class Unit(NamedTuple):
    """One unit."""

    symbol: str
    kind: str
    """Kind of quantity: energy, mass, volume, area, share ... Units convert only inside a kind."""
    ratio: Fraction
    """How many of the kind's first unit make one of these, exactly."""
    name: Mapping[str, str]
    """Language tag -> what people call it."""
    said: tuple[str, ...] = ()
    """How else it is said and written, Chinese in Simplified characters; some, as 度, belong to units of two kinds."""


@cache
def units() -> dict[str, Unit]:
    """All units by symbol, from ``units.json`` beside this module."""
    rows = json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8"))
    return {
        symbol: Unit(symbol, row["kind"], Fraction(row["ratio"]), row["name"], tuple(row.get("said", ())))
        for symbol, row in rows.items()
    }


def unit_name(symbol: str, language: str) -> str:
    """What people call the unit in the language; a unit that is not known is called by its symbol."""
    known = units().get(symbol)
    return known.name.get(language, symbol) if known is not None else symbol


def convert(number: Fraction, unit: str, into: str) -> Fraction | None:
    """``number`` of ``unit`` expressed in ``into``, exactly; None when the two measure different things."""
    if unit == into:
        return number
    known = units()
    if unit not in known or into not in known or known[unit].kind != known[into].kind:
        return None
    return number * known[unit].ratio / known[into].ratio


def exactly(number: Fraction) -> str | None:
    """The number as a plain decimal; None when it has no end, as a third has none, or is longer than values are."""
    rest, places = number.denominator, 0
    for factor in (2, 5):
        count = 0
        while rest % factor == 0:
            rest //= factor
            count += 1
        places = max(places, count)
    if rest != 1 or places > MOST_PLACES or abs(number) >= 10**MOST_DIGITS:
        return None
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{'-' if number < 0 else ''}{whole}{'.' if part else ''}{part}"
