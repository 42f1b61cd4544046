import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.values import (
    Day,
    Element,
    ErrorValue,
    Node,
    Result,
    difference,
    divide,
    equal,
    number_text,
    remainder,
    rounded,
    same,
    to_boolean,
    to_day,
    to_number,
    to_text,
    unequal,
)


def nodes(*texts: str) -> list[Node]:
    return [Element("x", text) for text in texts]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (sum([0.1] * 10), "1"),
        (1e15, "1000000000000000"),
        (1e21, "1000000000000000000000"),
        (123456789012.75, "123456789012.75"),
        (1e-7, "0.0000001"),
        (-2.5, "-2.5"),
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
    ],
)
def test_numbers_are_written_as_people_write_them(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (-0.1 - 0.2, "-0.3"),
        (sum([0.1] * 40), "4"),
        (1 / 3, "0.3333333333333333"),
        (18962 + 7 / 24, "18962.291666666668"),
        (4.35 * 100, "435"),
        (123456789012.75, "123456789012.75"),
        (1e-7, "0.0000001"),
        (2.0**70, "1180591620717411300000"),
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
    ],
)
def test_a_text_has_all_digits_of_a_number_but_not_the_noise_of_doubles(number: float, text: str) -> None:
    assert to_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_from_its_text_but_for_rounding(number: float) -> None:
    text = to_text(number)
    assert "e" not in text.lower()
    assert same(float(text), number) or abs(number) < 1e-300 or float(text) == pytest.approx(number, rel=1e-11)


def test_an_error_value_is_a_blank_in_every_way() -> None:
    error = ErrorValue("value.date")
    assert error == ""
    assert hash(error) == hash("")
    assert not to_boolean(error)
    assert math.isnan(to_number(error))
    assert equal(error, "")
    assert to_text(error) == ""


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_number_with_few_digits_comes_back_unchanged(number: object) -> None:
    assert to_number(number_text(float(str(number)))) == float(str(number))


@pytest.mark.parametrize(
    "text", ["", "a", "1e3", "+1", "1_000", "inf", "nan", "١", "1.2.3", "--1", "5 5", "2026-13-01"]
)
def test_what_is_no_number_is_nan(text: str) -> None:
    assert math.isnan(to_number(text))


def test_a_date_is_a_whole_number_of_days_whatever_the_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Phoenix")
    assert to_number("1970-01-02") == 1.0
    assert to_number("2026-11-12") == 20769.0
    assert to_text(Day(20769.0)) == "2026-11-12"
    assert to_day("2026-11-12T12:00:00+08:00") == Day(20769 + 4 / 24, True)
    assert to_day("2026-02-30") is None


def test_blank_and_zero_are_false_and_any_word_is_true() -> None:
    assert [to_boolean(value) for value in ("", 0.0, math.nan, nodes())] == [False] * 4
    assert [to_boolean(value) for value in ("false", -1.0, nodes(""))] == [True] * 3


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1.0", "1", False),
        ("1.0", 1.0, True),
        (nodes("a", "b"), "b", True),
        (nodes("a", "b"), nodes("c"), False),
        (nodes(), "", False),
        (nodes("2"), 2.0, True),
        (True, "false", True),
        ("2026-11-12", Day(20769.0), True),
        (0.1 + 0.2, 0.3, True),
        ("", math.nan, False),
    ],
)
def test_equality_is_that_of_xpath(left: Result, right: Result, expected: bool) -> None:
    assert equal(left, right) is expected
    assert equal(right, left) is expected


def test_with_several_nodes_equal_and_unequal_can_both_hold() -> None:
    assert equal(nodes("a", "b"), "a")
    assert unequal(nodes("a", "b"), "a")


def test_a_balance_that_closes_is_exactly_zero() -> None:
    assert difference(difference(0.3, 0.1), 0.2) == 0.0
    assert difference(1.0, 0.999999999) != 0.0
    assert same(6.1 - 7.8, -1.7)


def test_division_by_zero_is_no_crash() -> None:
    assert divide(1.0, 0.0) == math.inf
    assert divide(-1.0, 0.0) == -math.inf
    assert math.isnan(divide(0.0, 0.0))
    assert math.isnan(remainder(1.0, 0.0))
    assert remainder(-5.0, 2.0) == -1.0


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [(2.5, 0, 3.0), (-2.5, 0, -3.0), (2.675, 2, 2.68), (1.005, 2, 1.01), (1234.0, -2, 1200.0), (1e300, 2, 1e300)],
)
def test_rounding_is_half_away_from_zero_by_the_digits_shown(number: float, places: int, expected: float) -> None:
    assert rounded(number, places) == expected
