from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.dates import (
    GREENWICH,
    HONG_KONG,
    Clock,
    Day,
    clock_of,
    day_text,
    days_of,
    formatted,
    spoken_day,
    time_of_day,
    to_day,
)

PHOENIX = Clock(-420)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(-840, 840))
def test_a_date_is_the_same_whole_number_on_every_calendar_and_comes_back(day: date, offset: int) -> None:
    read = to_day(day.isoformat(), Clock(offset))
    assert read is not None
    assert read.days == (day - date(1970, 1, 1)).days
    assert day_text(read) == day.isoformat()


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)),  # noqa: DTZ001
    st.integers(-840, 840),
    st.integers(-840, 840),
)
def test_a_moment_is_told_as_it_is_where_the_visit_is(moment: datetime, offset: int, here: int) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(minutes=offset)))
    read = to_day(moment.isoformat(), Clock(here))
    assert read is not None
    told = day_text(read)
    assert datetime.fromisoformat(told) == moment
    assert clock_of(told) == Clock(here)


def test_in_the_morning_it_is_already_today() -> None:
    now = to_day("2026-11-12T07:30:00.000+08:00", HONG_KONG)
    assert now == Day(20769 + 7.5 / 24, True, HONG_KONG)
    assert to_day("2026-11-11T23:30:00Z", HONG_KONG) == now


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "2026-13-01", "26-01-01", "2026-01-01T25:00", "2026-01-01T", "tomorrow", "２０２６-01-01",
     "2026-01-01T00:00" + "0" * 100],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert to_day(text) is None
    assert days_of(text) is None


def test_programs_that_count_from_greenwich_can_be_compared_with() -> None:
    theirs = PHOENIX._replace(moments=True)
    assert days_of("1970-01-01", theirs) == pytest.approx(7 / 24)
    assert days_of("1970-01-01T00:00:00Z", theirs) == pytest.approx(0)
    assert days_of("1970-01-01", PHOENIX) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("06:00", 0.25),
        ("18:00:00.000", 0.75),
        ("06:00:00.000+08:00", 0.25),
        ("00:00:00Z", 1 / 3),
        ("23:00+0900", 22 / 24),
        ("01:00+09:00", 0.0),
        ("24:00", None),
        ("06:60", None),
        ("6:00", None),
        ("06:00+24:00", None),
        ("", None),
    ],
)
def test_a_time_is_its_part_of_the_day_where_the_visit_is(text: str, expected: float | None) -> None:
    found = time_of_day(text, HONG_KONG)
    assert (None if found != found else found) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("%Y-%m-%d", "2026-03-05"),
        ("%e.%n.%y", "5.3.26"),
        ("%a %b", "Thu Mar"),
        ("%H:%M:%S.%3 %h", "09:07:08.123 9"),
        ("100%%, %q, %", "100%, %q, %"),
        ("", ""),
    ],
)
def test_a_day_is_written_by_a_pattern(pattern: str, expected: str) -> None:
    day = to_day("2026-03-05T09:07:08.123+08:00", HONG_KONG)
    assert day is not None
    assert formatted(day, pattern) == expected


def test_every_day_of_a_week_has_its_name() -> None:
    assert [formatted(Day(20769.0 + at), "%a") for at in range(7)] == ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20))
def test_any_number_of_days_and_any_pattern_can_be_written(days: float, pattern: str) -> None:
    formatted(Day(days), pattern)
    day_text(Day(days))
    day_text(Day(days, True, PHOENIX))


def test_the_dates_of_browsers_are_read_where_a_date_is_asked_for() -> None:
    moment = spoken_day("Sun Nov 22 2026 02:51:48 GMT+0800 (China Standard Time)", HONG_KONG)
    assert moment == to_day("2026-11-22T02:51:48+08:00", HONG_KONG)
    assert spoken_day("Nov 22, 2026") == to_day("2026-11-22")
    assert spoken_day("Nov 31 2026") is None
    assert spoken_day("Foo 22 2026") is None


def test_a_moment_without_an_offset_leaves_the_clock_in_greenwich() -> None:
    assert clock_of("2026-11-12") == GREENWICH
    assert clock_of("", HONG_KONG) == HONG_KONG
    assert clock_of("2026-11-12T10:00:00") == GREENWICH
    assert clock_of("x" * 1000) == GREENWICH
    assert clock_of("2026-11-12T10:00:00+05:30") == Clock(330)
