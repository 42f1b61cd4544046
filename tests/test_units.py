"""Every unit's ratio is exact, agrees with pint where pint knows the unit, and has a name in every language."""

from fractions import Fraction
from typing import Any

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.form.model import LANGUAGES
from assessor_tui.units import convert, exactly, unit_name, units

EXPRESSIONS = {
    "kWh": "kilowatt_hour", "MWh": "megawatt_hour", "GWh": "gigawatt_hour", "MJ": "megajoule", "GJ": "gigajoule",
    "kW": "kilowatt", "MW": "megawatt", "kg": "kilogram", "g": "gram", "t": "metric_ton", "m3": "meter ** 3",
    "L": "liter", "万m3": "10000 * meter ** 3", "m3/h": "meter ** 3 / hour", "m3/d": "meter ** 3 / day",
    "m2": "meter ** 2", "m": "meter", "mm": "millimeter", "m/s": "meter / second",
    "mg/m3": "milligram / meter ** 3", "mg/L": "milligram / liter", "mg/g": "milligram / gram", "%": "percent",
    "h": "hour", "d": "day", "Ah": "ampere_hour", "万Ah": "10000 * ampere_hour",
    "m3/万Ah": "meter ** 3 / (10000 * ampere_hour)",
    "tce": "29307.6 * megajoule", "kgce": "29307.6 * kilojoule", "斤": "500 * gram",
}  # fmt: skip
"""Symbol -> the same in pint's words."""
UNKNOWN_TO_PINT = {"Nm3", "dB(A)", "degC", "piece", "HKD", "CNY", "万CNY"}
"""No unit, or one that does not convert by a ratio alone."""


def test_every_unit_is_compared_or_known_to_be_incomparable() -> None:
    assert set(units()) == EXPRESSIONS.keys() | UNKNOWN_TO_PINT
    assert not EXPRESSIONS.keys() & UNKNOWN_TO_PINT


@pytest.fixture(scope="module")
def registry() -> "pint.UnitRegistry[Any]":
    return pint.UnitRegistry(non_int_type=Fraction)


def first_of(kind: str) -> str:
    return next(unit.symbol for unit in units().values() if unit.kind == kind)


@pytest.mark.parametrize("symbol", EXPRESSIONS)
def test_the_ratio_is_pints_exactly(registry: "pint.UnitRegistry[Any]", symbol: str) -> None:
    unit = units()[symbol]
    assert units()[first_of(unit.kind)].ratio == 1
    ours, first = (registry.Quantity(EXPRESSIONS[each]) for each in (symbol, first_of(unit.kind)))
    assert (ours / first).to("").magnitude == unit.ratio


def test_ratios_that_pint_does_not_know() -> None:
    assert units()["万CNY"].ratio == 10_000


def test_a_tonne_of_coal_equivalent_is_29_307_point_6_megajoules() -> None:
    assert convert(Fraction(1), "tce", "MJ") == Fraction("29307.6")
    assert convert(Fraction(1), "tce", "kWh") == 8141


def spellings(symbol: str) -> set[str]:
    unit = units()[symbol]
    return {each.casefold() for each in (symbol, *unit.name.values(), *unit.said)}


def test_what_is_said_means_one_unit_of_a_kind() -> None:
    said = [(unit.kind, spelling) for unit in units().values() for spelling in spellings(unit.symbol)]
    assert len(said) == len(set(said))


def test_only_these_spellings_belong_to_units_of_two_kinds() -> None:
    said = [spelling for unit in units().values() for spelling in spellings(unit.symbol)]
    assert {each for each in said if said.count(each) > 1} == {"度", "元", "块"}


@given(st.fractions(-(10**20), 10**20, max_denominator=10**6))
def test_an_exact_decimal_is_the_number_itself_or_none(number: Fraction) -> None:
    text = exactly(number)
    rest = number.denominator
    while rest % 2 == 0:
        rest //= 2
    while rest % 5 == 0:
        rest //= 5
    assert (text is None) == (rest != 1)
    assert text is None or Fraction(text) == number


@pytest.mark.parametrize("symbol", units())
def test_every_unit_has_a_name_in_every_language(symbol: str) -> None:
    assert units()[symbol].symbol == symbol
    assert tuple(units()[symbol].name) == LANGUAGES
    assert all(name.strip() == name != "" for name in units()[symbol].name.values())


def test_no_two_units_of_a_kind_share_a_name() -> None:
    for language in LANGUAGES:
        said = [(unit.kind, unit.name[language]) for unit in units().values()]
        assert len(said) == len(set(said))


def test_conversion_is_exact_there_and_back_and_never_crosses_kinds() -> None:
    assert convert(Fraction(1), "GJ", "kWh") == Fraction(2500, 9)
    assert convert(Fraction(1, 3), "万Ah", "Ah") == Fraction(10_000, 3)
    for one in units():
        for other in units():
            there = convert(Fraction(7, 11), one, other)
            assert (there is None) == (units()[one].kind != units()[other].kind)
            assert there is None or convert(there, other, one) == Fraction(7, 11)


def test_an_unknown_unit_converts_only_into_itself() -> None:
    assert convert(Fraction(3), "barrel", "barrel") == 3
    assert convert(Fraction(3), "barrel", "m3") is None
    assert convert(Fraction(3), "m3", "barrel") is None
    assert convert(Fraction(3), "Nm3", "m3") is None


def test_a_unit_is_called_by_its_name_and_reads_behind_a_number() -> None:
    assert unit_name("degC", "en-HK") == "°C"
    assert unit_name("m3/h", "zh-Hant-HK") == "立方米/小時"
    assert unit_name("furlong", "en-HK") == "furlong"
    for symbol in units():
        assert not unit_name(symbol, "en-HK")[0].isdigit(), f"12 {unit_name(symbol, 'en-HK')} reads as another number"
