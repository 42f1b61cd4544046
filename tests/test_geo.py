import math

import pytest

from assessor_tui.logic.geo import RADIUS, area, distance, inside, points

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
