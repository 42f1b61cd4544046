import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.geo import RADIUS, area, crosses, distance, inside, points

SQUARE = [(22.0, 114.0), (22.0, 114.01), (22.01, 114.01), (22.01, 114.0)]


def test_a_trace_is_read_with_or_without_height_and_accuracy() -> None:
    assert points(["22.3 114.2 0 5; 22.4 114.3;"]) == [(22.3, 114.2), (22.4, 114.3)]
    assert points(["22.3 114.2", "22.4 114.3"]) == [(22.3, 114.2), (22.4, 114.3)]


@pytest.mark.parametrize("text", ["", "here", "22.3", "91 0", "0 181", "nan nan", "1 2;;3 4"])
def test_what_is_no_place_on_earth_is_none(text: str) -> None:
    assert points([text]) is None


def test_a_quarter_of_the_equator_is_a_quarter_of_its_length() -> None:
    assert distance([(0, 0), (0, 90)]) == pytest.approx(RADIUS * math.pi / 2)
    assert distance([(90, 0), (90, 1)]) == pytest.approx(0, abs=1e-6)


def test_an_area_needs_three_points_and_closes_itself() -> None:
    assert area(SQUARE[:2]) == 0
    side = RADIUS * math.radians(0.01)
    assert area(SQUARE) == pytest.approx(side * side * math.cos(math.radians(22.005)), rel=1e-6)
    assert area([*SQUARE, SQUARE[0]]) == pytest.approx(area(SQUARE))


def test_a_point_is_inside_or_outside() -> None:
    assert inside((22.005, 114.005), SQUARE)
    assert not inside((22.02, 114.005), SQUARE)
    assert not inside((22.005, 114.02), SQUARE)
    assert not inside((22.005, 114.005), [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 0;1 1;0 1;1 0", True),
        ("0 0;0 1;1 1;1 0;0 0", False),
        ("0 0;0 2;2 2;2 1;-1 1", True),
        ("0 0;0 1;0 2", False),
        ("0 0;0 1;1 1;0 0.5", True),
        ("0 0;1 1", False),
        ("0 0;0 0;1 1;1 1", False),
        ("0 0;2 0;2 2;0 0;0 2", True),
    ],
)
def test_a_line_crosses_itself_or_does_not(line: str, expected: bool) -> None:
    read = points([line])
    assert read is not None
    assert crosses(read) is expected
    assert crosses(read[::-1]) is expected


def test_a_long_walk_is_looked_at_in_no_time() -> None:
    walk = [(at / 100, math.sin(at) / 10) for at in range(5_000)]
    assert crosses(walk) is False
    assert crosses([(east, north) for north, east in walk]) is False
    spiral = [(at * math.cos(at / 9) / 1000, at * math.sin(at / 9) / 1000) for at in range(20_000)]
    assert crosses(spiral) is None


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=8))
def test_no_points_crash_any_measure(line: list[tuple[float, float]]) -> None:
    assert distance(line) >= 0
    assert area(line) >= 0
    crosses(line)
    inside((0.0, 0.0), line)
