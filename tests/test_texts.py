import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.texts import LONGEST, joined, matches, named_at, part, substring, translated
from assessor_tui.logic.values import ErrorValue


def test_a_text_that_doubles_for_ever_stops_at_a_million_letters() -> None:
    text = "x" * 1000
    for _ in range(2000):
        text = joined([text, text])
        assert len(text) <= LONGEST
    assert joined(["a", "b"], "-") == "a-b"
    assert isinstance(joined(["x" * LONGEST, "y"]), ErrorValue)


@given(st.text(max_size=12), st.integers(-20, 20), st.integers(-20, 20))
def test_a_part_of_a_text_is_that_of_python(text: str, start: int, end: int) -> None:
    assert part(text, float(start), float(end)) == text[start:end]
    assert part(text, float(start)) == text[start:]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (2.0, 3.0, "234"),
        (1.5, 2.6, "234"),
        (0.0, 3.0, "12"),
        (float("nan"), 3.0, ""),
        (1.0, float("nan"), ""),
        (-42.0, float("inf"), "12345"),
        (float("-inf"), float("inf"), ""),
    ],
)
def test_substring_counts_as_xpath_does(start: float, length: float, expected: str) -> None:
    assert substring("12345", start, length) == expected


def test_letters_are_replaced_by_place_and_left_out_where_none_stands() -> None:
    assert translated("--aaa--", "abc-", "ABC") == "AAA"
    assert translated("aa", "aa", "xy") == "xx"


def test_a_name_has_its_place_from_zero() -> None:
    assert [named_at("a b", at) for at in (0.0, 1.0, 2.0, -1.0, float("nan"))] == ["a", "b", "", "", ""]


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("2026", "[0-9]{4}", True),
        ("20267", "[0-9]{4}", False),
        ("ab", "a|ab", True),
        ("水12", r"\p{L}\d+", True),
        ("a\n", "a", False),
        ("", "", True),
    ],
)
def test_a_pattern_must_match_the_whole_text(text: str, pattern: str, expected: bool) -> None:
    assert matches(text, pattern) is expected


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("a" * 200 + "b", "(a+)+c"), ("x", "("), ("x" * 3000, "x*"), ("x", "x" * 3000), ("x", "(?<=a+)")],
)
def test_a_pattern_that_is_broken_or_never_ends_is_an_error_and_false(text: str, pattern: str) -> None:
    found = matches(text, pattern)
    assert not found


@given(st.text(alphabet="ab()[]{}*+?|\\d.^$,1", max_size=20), st.text(alphabet="ab1", max_size=30))
def test_no_pattern_crashes(pattern: str, text: str) -> None:
    matches(text, pattern)
