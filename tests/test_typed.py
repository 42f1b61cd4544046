"""Numbers, quantities and dates as people type them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.form.model import Question
from assessor_tui.ledger.typed import date_of, is_respelled, number_of, read_choice, read_typed
from assessor_tui.ledger.value import Quantity
from assessor_tui.problem import Problem
from assessor_tui.units import convert


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", "12"), ("012.50", "12.5"), ("12,400", "12400"), ("12 400.5", "12400.5"), ("１２．５", "12.5"),
     (".5", "0.5"),     ("-3", "-3"), ("1,234,567", "1234567")],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed, number):
    assert number_of(typed) == number


@pytest.mark.parametrize("typed", ["", "12,5", "1,23,456", "abc", "1e5", "12 kWh", "--3"])
def test_what_could_mean_two_things_is_no_number(typed):
    with pytest.raises(ValueError):
        number_of(typed)


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [("3", Quantity("3", "MWh")), ("3 kWh", Quantity("3", "kWh")), ("3KWH", Quantity("3", "kWh")),
     ("1,200 MWh", Quantity("1200", "MWh"))],
)  # fmt: skip
def test_a_quantity_takes_the_unit_that_is_typed_else_the_chosen_one(typed, quantity):
    assert read_typed(Question("quantity", "used", units=("kWh", "MWh")), typed, unit="MWh") == quantity


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [("quantity", "3 apples", "answer.unit"), ("quantity", "kWh", "typed.number"), ("quantity", "3", "typed.unit"),
     ("decimal", "3 kWh", "typed.no_unit"), ("integer", "3.5", "typed.whole"), ("date", "soon", "typed.date")],
)  # fmt: skip
def test_what_is_wrong_is_told_apart(kind, typed, code):
    read = read_typed(Question(kind, "used", units=("kWh", "MWh") if kind == "quantity" else ()), typed)

    assert isinstance(read, Problem)
    assert read.code == code


def test_a_unit_is_meant_by_its_symbol_or_its_name():
    question = Question("quantity", "used", units=("kWh", "m3"))

    assert read_typed(question, "3 m³") == Quantity("3", "m3")
    assert read_typed(question, "3 千瓦時") == Quantity("3", "kWh")


def test_half_a_date_needs_a_day_that_completes_it():
    with pytest.raises(ValueError, match="whole date"):
        date_of("12/11")


@pytest.mark.parametrize(
    "typed",
    ["2026-11-12", "2026/11/12", "2026年11月12日", "20261112", "12/11/2026", "12.11.26", "12/11", "12-11", "11月12日",
     "12",
     "２０２６－１１－１２", " 12 "],
)  # fmt: skip
def test_a_date_is_read_day_first_and_completed_from_the_visit(typed):
    assert date_of(typed, "2026-11-22") == "2026-11-12"


@pytest.mark.parametrize(
    "typed", ["", "31/2", "2026-13-01", "soon", "0", "12/11/1026", "1/2/3/4", "99999999", "2200000000", "9" * 5000]
)
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError):
        date_of(typed, "2026-11-22")


@pytest.mark.parametrize(
    ("units", "typed", "quantity"),
    [(("kWh", "MWh"), "12400度", Quantity("12400", "kWh")),
     (("kWh", "MWh"), "1.24万度", Quantity("12400", "kWh")),
     (("kWh", "MWh"), "１．２４ 萬度", Quantity("12400", "kWh")),
     (("kWh", "MWh"), "1.2亿千瓦时", Quantity("120000000", "kWh")),
     (("kWh", "MWh"), "3 百万千瓦時", Quantity("3000000", "kWh")),
     (("kWh", "MWh"), "2 tce", Quantity("16282", "kWh")),
     (("kWh", "MWh"), "2噸標煤", Quantity("16282", "kWh")),
     (("MWh",), "3 kWh", Quantity("0.003", "MWh")),
     (("t", "kg"), "3 吨", Quantity("3", "t")), (("t", "kg"), "3公噸", Quantity("3", "t")),
     (("kg", "t"), "30斤", Quantity("15", "kg")), (("kg", "t"), "3千克", Quantity("3", "kg")),
     (("m3", "万m3"), "30方", Quantity("30", "m3")), (("m3",), "1.24万方", Quantity("12400", "m3")),
     (("m3", "万m3"), "1.24万方", Quantity("1.24", "万m3")), (("m3",), "3 立方", Quantity("3", "m3")),
     (("Nm3",), "1.5万Nm³", Quantity("15000", "Nm3")), (("Nm3",), "1.5萬標方", Quantity("15000", "Nm3")),
     (("CNY", "万CNY"), "3.5万元", Quantity("3.5", "万CNY")), (("CNY",), "3.5萬元", Quantity("35000", "CNY")),
     (("CNY",), "¥3,500", Quantity("3500", "CNY")), (("CNY",), "RMB 3500", Quantity("3500", "CNY")),
     (("HKD",), "HK$ 3,500.50", Quantity("3500.5", "HKD")), (("HKD",), "3.5万元", Quantity("35000", "HKD")),
     (("HKD",), "3500港幣", Quantity("3500", "HKD")), (("degC",), "25度", Quantity("25", "degC")),
     (("degC",), "25℃", Quantity("25", "degC")), (("GJ", "MJ", "kWh"), "36 度", Quantity("36", "kWh")),
     (("tce", "kgce"), "3 吨标准煤", Quantity("3", "tce")), (("kW", "MW"), "3千瓦", Quantity("3", "kW"))],
)  # fmt: skip
def test_units_are_read_as_they_are_said(units, typed, quantity):
    assert read_typed(Question("quantity", "used", units=units), typed) == quantity


@pytest.mark.parametrize(
    ("typed", "unit", "read"),
    [("1.24万", "kWh", Quantity("12400", "kWh")), ("1.2億", "MWh", Quantity("120000000", "MWh")),
     ("１２，４００", "kWh", Quantity("12400", "kWh"))],
)  # fmt: skip
def test_a_number_may_be_said_in_ten_thousands(typed, unit, read):
    assert read_typed(Question("quantity", "used", units=("kWh", "MWh")), typed, unit=unit) == read
    assert read_typed(Question("decimal", "used"), typed) == Quantity(read.n)


@pytest.mark.parametrize(
    ("units", "typed", "unit", "code"),
    [(("kWh", "MWh"), "1 GJ", "kWh", "typed.inexact"), (("tce",), "3 kWh", "", "typed.inexact"),
     (("m3",), "3 吨", "", "answer.unit"), (("m3",), "3 度", "", "answer.unit"), (("Nm3",), "3 方", "", "answer.unit"),
     (("CNY",), "3 港元", "", "answer.unit"), (("m3", "万m3"), "1.24万", "万m3", "typed.twice"),
     (("kWh",), "1e5", "", "answer.unit"), (("kWh",), "约300", "", "answer.unit"),
     (("kWh",), "3万亿亿亿度", "", "answer.unit"), (("kWh",), "9" * 29 + "亿", "kWh", "typed.number")],
)  # fmt: skip
def test_what_is_not_exactly_a_unit_of_the_question_is_refused(units, typed, unit, code):
    read = read_typed(Question("quantity", "used", units=units), typed, unit=unit)

    assert isinstance(read, Problem)
    assert read.code == code


@pytest.mark.parametrize(
    ("typed", "value", "respelled"),
    [("12400", Quantity("12400", "kWh"), False), ("12,400", Quantity("12400", "kWh"), True),
     ("12400 kWh", Quantity("12400", "kWh"), False), ("1.24万", Quantity("12400", "kWh"), True),
     ("１２", Quantity("12"), True), ("12.50", Quantity("12.5"), False), ("-3", Quantity("-3"), False),
     ("12/11", "2026-11-12", True), ("2026-11-12", "2026-11-12", False)],
)  # fmt: skip
def test_what_was_spelled_otherwise_is_known(typed, value, respelled):
    assert is_respelled(typed, value) == respelled


@given(
    st.sampled_from(["kWh", "MWh", "GJ", "MJ", "tce", "t", "kg", "斤", "m3", "万m3", "CNY", "万CNY"]),
    st.sampled_from([("kWh", "MWh"), ("GJ",), ("t", "kg"), ("m3",), ("万CNY", "CNY")]),
    st.decimals(min_value=0, max_value=10**9, places=3),
)
def test_a_conversion_says_exactly_the_same_or_is_refused(unit, units, number):
    read = read_typed(Question("quantity", "used", units=units), f"{number:f} {unit}")

    if isinstance(read, Problem):
        assert read.code in ("typed.inexact", "answer.unit")
    else:
        assert convert(Fraction(read.n), read.u, unit) == Fraction(number)


def test_a_choice_is_meant_by_its_name_with_spaces_too() -> None:
    offered = [("half_day", {"en-HK": "Half a day"}), ("two_days", {"en-HK": "Two days"})]
    assert read_choice("half day", offered) == read_choice("Half  a day", offered) == "half_day"
    assert read_choice("half", offered) is None
