"""Numbers that are about ten or a thousand times their neighbours'."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.assess.unlike import FAR, about, doubt_at, sizes, unlike, unlike_before
from assessor_tui.form.model import Form, Question, Repeat
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import ANSWERED, Context, Filling

positive = st.fractions(min_value=Fraction(1, 1000), max_value=10**9, max_denominator=1000)
alike = st.lists(st.fractions(min_value=100, max_value=250, max_denominator=10), min_size=2, max_size=30)


@given(alike, st.integers(1, 6), st.booleans())
def test_a_slip_by_a_power_of_ten_is_noticed(others, power, more):
    number = others[0] * Fraction(10) ** (power if more else -power)
    found = unlike(number * (2 if more else Fraction(1, 2)), sizes(others))

    assert found is not None
    assert found.more == more


@given(alike, st.fractions(min_value=100, max_value=250))
def test_a_number_among_its_like_is_not_asked_about(others, number):
    assert unlike(number, sizes(others)) is None


@given(st.lists(positive, min_size=0, max_size=20), positive, st.integers(-3, 3).map(lambda n: Fraction(10) ** n))
def test_the_unit_in_which_all_are_written_does_not_matter(others, number, ratio):
    one, other = unlike(number, sizes(others)), unlike(number * ratio, sizes([each * ratio for each in others]))

    assert (one is None) == (other is None)
    assert one is None or other is None or (one.times, one.more) == (other.times, other.more)


@given(st.lists(positive, max_size=20), positive)
def test_what_is_asked_about_is_far_away(others, number):
    found = unlike(number, sizes(others))

    assert found is None or found.times >= FAR


@pytest.mark.parametrize("others", [[], [5], [1, 10, 100, 1000], [0, 0, 0]])
def test_others_that_are_few_or_range_widely_say_nothing(others):
    assert unlike(Fraction(10**6), sizes([Fraction(each) for each in others])) is None


def test_nothing_is_asked_about_nothing():
    assert unlike(Fraction(0), sizes([Fraction(5), Fraction(6)])) is None
    assert unlike_before(Fraction(0), Fraction(5)) is unlike_before(Fraction(5), Fraction(0)) is None
    assert unlike_before(Fraction(5000), Fraction(5)) is not None


@pytest.mark.parametrize(
    ("times", "said"),
    [(10, "10"), (Fraction(98, 10), "10"), (1013, "1000"), (25, "25"), (Fraction(153, 10), "15"), (7, "7")],
)
def test_times_are_said_with_the_digits_that_count(times, said):
    assert about(Fraction(times)) == said


MONTHS = Repeat(
    "used", {},
    (
        Question("text", "carrier"), Question("text", "month", role="month"),
        Question("quantity", "kwh", units=("kWh", "MWh")),
    ),
    key=("carrier", "month"),
)  # fmt: skip
FORM = Form("plant", "1", {}, (Question("decimal", "area"), MONTHS))
ROWS = [f"{number:032x}" for number in range(1, 8)]


def filled(year: int, numbers: list[str], area: str, carriers: str = "aaaaaaa") -> Filling:
    filling = Filling(compile_form(FORM), Context(f"{year + 1}-01-15"))
    answers: dict[str, Value] = {"area": Quantity(area)}
    for number, row, carrier, month in zip(numbers, ROWS, carriers, range(1, 13), strict=False):
        answers[f"used[{row}]/carrier"] = carrier
        answers[f"used[{row}]/month"] = f"{year}-{month:02}"
        if number:
            answers[f"used[{row}]/kwh"] = Quantity(number, "kWh")
    filling.load({"used": ROWS[: len(numbers)]}, {path: (ANSWERED, value) for path, value in answers.items()})
    return filling


def test_a_value_is_compared_with_its_neighbours_in_whatever_unit():
    filling = filled(2025, ["100", "120", "110", ""], "5")
    path = f"used[{ROWS[3]}]/kwh"

    assert doubt_at(filling, MONTHS, path, Quantity("0.115", "MWh")) is None
    found = doubt_at(filling, MONTHS, path, Quantity("115", "MWh"))
    assert found is not None
    assert (found.code, found.parameters["times"], found.parameters["typical"]) == ("unlike.more", "1000", "110 kWh")


def test_rows_of_another_carrier_are_no_neighbours():
    filling = filled(2025, ["100", "120", "110", "5", "6", ""], "5", "aaabbb")

    assert doubt_at(filling, MONTHS, f"used[{ROWS[5]}]/kwh", Quantity("7", "kWh")) is None
    assert doubt_at(filling, MONTHS, f"used[{ROWS[5]}]/kwh", Quantity("110", "kWh")) is not None


def test_a_value_is_compared_with_last_years_in_the_row_of_the_same_name_and_month():
    before, now = filled(2024, ["100", "900", "110"], "5000"), filled(2025, ["", "", ""], "5")
    asked = doubt_at(now, MONTHS, f"used[{ROWS[1]}]/kwh", Quantity("90", "kWh"), before)

    assert asked is not None
    assert (asked.code, asked.parameters["year"]) == ("unlike.less_before", "2025")
    assert doubt_at(now, MONTHS, f"used[{ROWS[0]}]/kwh", Quantity("90", "kWh"), before) is None
    assert doubt_at(now, None, "area", Quantity("5"), before) is not None
    assert doubt_at(now, None, "area", Quantity("4800"), before) is None
