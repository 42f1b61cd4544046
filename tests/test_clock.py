"""The hybrid clock."""

from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.clock import DAY, advanced, hong_kong_time, next_at
from assessor_tui.ledger.entry import MAX_AT

moments = st.integers(0, MAX_AT - 2)


@given(moments, moments)
def test_the_next_moment_is_after_the_last_and_not_before_now(now, last):
    at = next_at(now, last)
    assert last < at < MAX_AT
    assert at >= now


def test_a_clock_before_1970_still_gives_a_moment():
    assert next_at(-5, -1) == 0


@given(moments, moments, moments)
def test_what_is_received_moves_the_clock_forward_and_never_beyond_tomorrow(now, last, received):
    moved = advanced(now, last, received)
    assert moved in (last, received)
    assert moved >= last
    assert moved == last or moved <= now + DAY


def test_a_camera_that_never_knew_the_time_can_be_shown():
    assert hong_kong_time(-28_800_000_000).isoformat() == "1970-01-01T00:00:00+08:00"
    assert hong_kong_time(0).isoformat() == "1970-01-01T08:00:00+08:00"
