"""Tests of regular expressions looked at before anybody answers."""

import pytest

from assessor_tui.logic.patterns import broken_regex, runs_away


@pytest.mark.parametrize("pattern", ["(a+)+", "([a-z]*)*x", r"^(\w+\s?)*$", "(?:a*)+", "((a|b)+)*", "(a+){2,}"])
def test_a_pattern_that_runs_away_is_seen(pattern: str) -> None:
    assert runs_away(pattern)


@pytest.mark.parametrize(
    "pattern", ["a+b*", "([0-9]+,)+", r"(\d{3}-)*\d+", "[(a+)+]", r"\(a+\)+", "(ab)+", "(a?b)+c*", ""]
)
def test_a_pattern_that_ends_is_left_alone(pattern: str) -> None:
    assert not runs_away(pattern)
    assert broken_regex(pattern) == ""
