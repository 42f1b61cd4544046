"""An explanation in words."""

import re
from pathlib import Path

import pytest

import assessor_tui.logic
from assessor_tui.i18n.explain_words import line_words
from assessor_tui.i18n.sentences import SENTENCES
from assessor_tui.logic.explain import Line, explain, lines
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


def test_every_reason_that_functions_give_has_its_words() -> None:
    logic = Path(assessor_tui.logic.__file__).parent
    given = {hit for file in logic.glob("*.py") for hit in re.findall(r'ErrorValue\("value\.(\w+)"', file.read_text())}
    assert {"date", "place", "pattern"} <= given
    for reason in given:
        assert f"lint.no_answer.{reason}" in SENTENCES
        said = line_words(Line(f"part_value.{reason}", 0, {"text": "f()"}))
        assert said.startswith("f() comes to nothing: ")


def test_what_is_not_answered_yet_comes_to_nothing_without_a_reason() -> None:
    here = filling(text("said"), computed("day", "date(${said})"))
    assert not any("no date" in line_words(line) for line in lines(explain(here, "day")))
