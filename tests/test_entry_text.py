"""Numbers, quantities and dates as people type them."""

import pytest

from assessor_tui.ledger.value import Quantity
from assessor_tui.tui.entry_text import date_of, number_of, quantity_of


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
    assert quantity_of(typed, ("kWh", "MWh"), "MWh") == quantity


def test_an_unknown_unit_is_told_from_no_number():
    with pytest.raises(ValueError, match="not a unit"):
        quantity_of("3 apples", ("kWh",))
    with pytest.raises(ValueError, match="not a number"):
        quantity_of("kWh", ("kWh",))


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
