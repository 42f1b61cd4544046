"""An explanation in words."""

import pytest

from assessor_tui.i18n.explain_words import line_words
from assessor_tui.logic.explain import explain, lines
from tests.logic_forms import computed, filling, text


@pytest.mark.parametrize(
    ("calculation", "told"),
    [
        ("date(${said})", "date(${said}) comes to nothing: this is no date"),
        ("concat('on ', date(${said}))", "date(${said}) comes to nothing: this is no date"),
        ("geofence('1 1', ${said})", "geofence('1 1', ${said}) comes to nothing: this is no place on earth"),
        ("regex(${said}, '(')", "regex(${said}, '(') comes to nothing: the pattern is broken, or takes too long"),
    ],
)
def test_what_has_no_answer_is_told_with_its_reason(calculation: str, told: str) -> None:
    here = filling(text("said"), computed("day", calculation))
    here.set("said", "next week")
    assert told in [line_words(line) for line in lines(explain(here, "day"))]


def test_what_is_not_answered_yet_comes_to_nothing_without_a_reason() -> None:
    here = filling(text("said"), computed("day", "date(${said})"))
    assert not any("no date" in line_words(line) for line in lines(explain(here, "day")))
