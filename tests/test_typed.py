"""Numbers, quantities and dates as people type them."""

import pytest

from assessor_tui.form.model import Question
from assessor_tui.ledger.typed import date_of, number_of, read_typed
from assessor_tui.ledger.value import Quantity
from assessor_tui.problem import Problem


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


@pytest.mark.parametrize("typed", ["", "31/2", "2026-13-01", "soon", "0", "12/11/1026", "1/2/3/4", "99999999"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError):
        date_of(typed, "2026-11-22")
