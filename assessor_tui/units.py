"""Units: what kind of quantity each measures, its exact ratio to the first unit of that kind, its names."""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Unit(NamedTuple):
    """One unit."""

    symbol: str
    kind: str
    """Kind of quantity: energy, mass, volume, area, share ... Units convert only inside a kind."""
    ratio: Fraction
    """How many of the kind's first unit make one of these, exactly."""
    name: Mapping[str, str]
    """Language tag -> what people call it."""


@cache
def units() -> dict[str, Unit]:
    """All units by symbol, from ``units.json`` beside this module."""
    rows = json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8"))
    return {symbol: Unit(symbol, row["kind"], Fraction(row["ratio"]), row["name"]) for symbol, row in rows.items()}


def convert(number: Fraction, unit: str, into: str) -> Fraction | None:
    """``number`` of ``unit`` expressed in ``into``, exactly; None when the two measure different things."""
    if unit == into:
        return number
    known = units()
    if unit not in known or into not in known or known[unit].kind != known[into].kind:
        return None
    return number * known[unit].ratio / known[into].ratio
