"""Positions as people type them and paste them out of maps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.positions import point_of, positions_of, shown_positions


@pytest.mark.parametrize(
    "typed",
    [
        "22.3193, 114.1694", "22.3193 114.1694", "22.3193，114.1694", "(22.3193, 114.1694)", "114.1694,22.3193",
        "22.3193N 114.1694E", "N22.3193 E114.1694", "E114.1694 N22.3193", "22.3193°, 114.1694°",
        "22°19'09.48\"N 114°10'09.84\"E", "22 19.158 N, 114 10.164 E", "北纬22.3193 东经114.1694",
        "經度:114.1694 緯度:22.3193",
        "Lat: 22.3193 Lng: 114.1694", "latitude=22.3193&longitude=114.1694", "22.3193 114.1694 0 0",
        "https://www.google.com/maps/@22.3193,114.1694,15z", "https://maps.google.com/?q=22.3193,114.1694",
        "https://uri.amap.com/marker?position=114.1694,22.3193",
        "https://www.google.com/maps/place/x/@22.3,114.1,17z/data=!3d22.3193!4d114.1694",
    ],
)  # fmt: skip
def test_one_point_is_read_however_it_is_written(typed: str) -> None:
    assert point_of(typed) == "22.3193 114.1694 0 0"


def test_altitude_and_accuracy_are_kept_and_shown() -> None:
    for typed in ("22.3 114.1 12 5", "22.3, 114.1 alt 12 m ±5 m", "海拔12米 22.3，114.1 精度5米"):
        assert point_of(typed) == "22.3 114.1 12 5"
    assert shown_positions("22.3 114.1 12 5") == "22.3, 114.1, 12 m ±5 m"
    assert point_of(shown_positions("22.3 114.1 12 5")) == "22.3 114.1 12 5"


def test_the_south_and_the_west_are_negative() -> None:
    assert point_of("33°51'54\"S 151°12'34\"E").startswith("-33.865 151.2094")
    assert point_of("22 N 43 W") == "22 -43 0 0"


@pytest.mark.parametrize(
    "typed", ["", "here", "91, 181", "22.3193", "22 N 23 N", "http://example.org/", "22,5 114,3,1,1,1"]
)
def test_what_is_no_point_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="point"):
        point_of(typed)


def test_a_line_has_two_points_and_an_area_three_and_an_end() -> None:
    assert positions_of("geotrace", "22.1 114.1\n22.2, 114.2") == "22.1 114.1 0 0;22.2 114.2 0 0"
    area = positions_of("geoshape", "22.1 114.1; 22.2 114.1; 22.2 114.2")
    assert area.split(";")[0] == area.split(";")[-1]
    assert positions_of("geoshape", area) == area
    for kind, typed in (("geotrace", "22.1 114.1"), ("geoshape", "22.1 114.1;22.2 114.2")):
        with pytest.raises(ValueError, match="few"):
            positions_of(kind, typed)
    with pytest.raises(ValueError, match="many"):
        positions_of("geotrace", ";".join(f"22.{n:04} 114" for n in range(600)))


@given(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6))
def test_what_is_kept_is_read_back_as_the_same(latitude: object, longitude: object) -> None:
    kept = point_of(f"{latitude:f}, {longitude:f}")
    assert point_of(kept) == kept
    if abs(float(str(latitude))) > 0 and abs(float(str(longitude))) > 90:
        assert point_of(shown_positions(kept)) == kept
