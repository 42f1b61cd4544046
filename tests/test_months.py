"""Months and the days of bills as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.form.model import Question
from assessor_tui.ledger.months import is_month, month_of, months_between
from assessor_tui.ledger.typed import read_typed


@pytest.mark.parametrize(
    "typed",
    ["2026-01", "2026/1", "2026.1", "2026.01", "2026年1月", "2026年01月份", "２０２６年１月",
     "202601", "1/2026", "Jan 2026", "January 2026",
     "jan-26", "Jan. '26", "2026 Jan", "2026-01-01", "2026-01-01 00:00", "2026年一月", "2026 年 1 月"],
)  # fmt: skip
def test_a_month_is_read_as_people_write_it(typed):
    assert month_of(typed) == "2026-01"


@pytest.mark.parametrize("typed", ["1月", "1 月份", "一月", "Jan", "january"])
def test_a_month_without_year_lies_in_the_period_else_before_today(typed):
    assert month_of(typed, first="2025-07-01", last="2026-06-30") == "2026-01"
    assert month_of(typed, "2026-11-22") == "2026-01"
    assert month_of(typed, "2026-11-22", "2025-01-01", "2025-12-31") == "2025-01"
    assert month_of(typed) == ""


def test_a_month_that_the_period_has_twice_is_not_guessed():
    assert month_of("1月", "2026-11-22", "2025-01-01", "2026-12-31") == ""
    assert month_of("12月", "2026-11-22") == "2025-12"


@pytest.mark.parametrize(
    "typed",
    ["2025-12-26..2026-01-25", "2025-12-26 - 2026-01-25", "2025-12-26-2026-01-25", "2025/12/26~2026/1/25",
     "2025年12月26日至2026年1月25日", "2025.12.26—2026.1.25", "2025-12-26 to 2026-01-25", "12.26-2026.1.25"],
)  # fmt: skip
def test_the_days_of_a_bill_are_kept(typed):
    assert month_of(typed) == "2025-12-26..2026-01-25"


@pytest.mark.parametrize("typed", ["12.26-1.25", "12/26-1/25", "12月26日-1月25日", "12月26日至1月25日", "12.26~1.25"])
def test_days_without_year_lie_in_the_period_else_before_today(typed):
    assert month_of(typed, first="2025-07-01", last="2026-06-30") == "2025-12-26..2026-01-25"
    assert month_of(typed, "2026-11-22") == "2025-12-26..2026-01-25"
    assert month_of(typed) == ""


@pytest.mark.parametrize(
    "typed", ["", "soon", "13月", "2026-13", "2026-00", "总计", "2026", "1.25", "2026-01-25..2025-12-26", "2.30-3.31",
              "2026-01-15", "x" * 100, "..", "2020-01-01..2026-01-01", "mayor", "12-"]
)  # fmt: skip
def test_what_is_no_month_is_none(typed):
    assert month_of(typed, "2026-11-22") == ""


@given(st.text(max_size=30))
def test_no_text_makes_it_stumble(text):
    said = month_of(text, "2026-11-22", "2025-07-01", "2026-06-30")

    assert said == "" or is_month(said) or month_of(said) == said


def test_the_months_of_a_period():
    assert months_between("2025-11-15", "2026-02-01") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert len(months_between("2025-01-01", "2025-12-31")) == 12
    assert months_between("2026-02-01", "2025-11-15") == months_between("", "2026-01-01") == []
    assert months_between("1926-01-01", "2026-01-01") == []


def test_a_question_for_a_month_keeps_what_is_none_as_it_was_typed():
    question = Question("text", "month", role="month")

    assert read_typed(question, "2026年1月") == "2026-01"
    assert read_typed(question, "first half of January") == "first half of January"
