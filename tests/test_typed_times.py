"""Times and moments as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.form.model import Question
from assessor_tui.ledger.typed import date_of, read_typed, shown_text
from assessor_tui.ledger.typed_times import moment_of, shown_time, time_of
from assessor_tui.problem import Problem

TODAY, NOW = "2026-11-12", "2026-11-12T10:11:12"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9:30", "09:30"), ("930", "09:30"), ("0930", "09:30"), ("9.30", "09:30"), ("９：３０", "09:30"),
        ("9", "09:00"),
        ("9点半", "09:30"), ("九點半", "09:30"), ("十点二十分", "10:20"), ("9點30分", "09:30"), ("9点一刻", "09:15"),
        ("下午3点", "15:00"), ("晚上12点", "00:00"), ("中午", "12:00"), ("3 pm", "15:00"), ("3:15pm", "15:15"),
        ("12am", "00:00"), ("now", "10:11:12"), ("现在", "10:11:12"), ("24:00", "00:00"), ("15:30:20", "15:30:20"),
        ("09:30:00.000+08:00", "09:30"), ("09:30Z", "09:30 +00:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_type_it(typed: str, shown: str) -> None:
    assert shown_time(time_of(typed, NOW)) == shown


@pytest.mark.parametrize("typed", ["25:00", "9:60", "abc", "", "12:30:61", "9 30 1 2", "99999"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        time_of(typed, NOW)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-11-12 9:30", "2026-11-12T09:30"), ("12/11 930", "2026-11-12T09:30"), ("9:30", "2026-11-12T09:30"),
        ("12日9点半", "2026-11-12T09:30"), ("today 930", "2026-11-12T09:30"), ("昨天下午3点", "2026-11-11T15:00"),
        ("2026-11-12T09:30", "2026-11-12T09:30"), ("now", "2026-11-12T10:11"), ("20261112 0930", "2026-11-12T09:30"),
    ],
)  # fmt: skip
def test_a_moment_is_a_date_and_a_time(typed: str, kept: str) -> None:
    assert moment_of(typed, TODAY, NOW, date_of)[:16] == kept


def test_a_date_alone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="not a"):
        moment_of("2026-11-12", TODAY, NOW, date_of)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_what_is_kept_and_what_is_shown_are_read_back_as_the_same(hour: int, minute: int, second: int) -> None:
    kept = time_of(f"{hour}:{minute:02}:{second:02}")
    assert time_of(kept) == kept == time_of(shown_time(kept))


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in ("time", "datetime", "date", "geopoint", "geotrace", "geoshape"):
        read = read_typed(Question(kind, "a"), text, TODAY, now=NOW)
        assert isinstance(read, Problem) or read_typed(Question(kind, "a"), str(read), TODAY, now=NOW) == read


@pytest.mark.parametrize(
    ("appearance", "typed", "kept", "shown"),
    [
        ("month-year", "3/2020", "2020-03-01", "2020-03"), ("month-year", "2020年3月", "2020-03-01", "2020-03"),
        ("month-year", "3", "2026-03-01", "2026-03"), ("month-year", "2020-03-17", "2020-03-01", "2020-03"),
        ("year", "2020", "2020-01-01", "2020"), ("year", "3/2020", "2020-01-01", "2020"),
        ("", "today", "2026-11-12", "2026-11-12"), ("", "昨天", "2026-11-11", "2026-11-11"),
    ],
)  # fmt: skip
def test_of_a_date_no_more_is_asked_than_the_form_wants(appearance: str, typed: str, kept: str, shown: str) -> None:
    question = Question("date", "a", appearance=appearance)
    assert read_typed(question, typed, TODAY) == kept
    assert shown_text(question, kept) == shown
