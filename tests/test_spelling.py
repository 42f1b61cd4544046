"""Tests of how a form spells expressions among its texts."""

import pytest

from assessor_tui.logic.closures import build
from assessor_tui.logic.parser import parse
from assessor_tui.logic.spelling import has_outputs, is_expression, output_of, outputs, plain_around, quoted, unescape


def test_a_default_is_computed_only_where_it_says_so() -> None:
    assert [is_expression(text) for text in ("today()", "${a}", "'yes'", '"yes"')] == [True] * 4
    assert [is_expression(text) for text in ("yes", "2026-11-12", "it's", "")] == [False] * 4


@pytest.mark.parametrize("text", ["", "plain", "it's", 'a "word"', 'it\'s a "word"', "'", "''\"\""])
def test_a_quoted_text_is_an_expression_that_gives_it_back(text: str) -> None:
    assert build(parse(quoted(text))).run(None) == text  # type: ignore[arg-type]


def test_an_expression_in_a_text_is_found_and_read_back() -> None:
    written = output_of('${a} < 3 and ${b} = "x&y"')
    text = f"There are {written} of ${{n}}."
    assert has_outputs(text)
    assert [unescape(hit[1] or hit[0]) for hit in outputs().finditer(text)] == ['${a} < 3 and ${b} = "x&y"', "${n}"]
    assert not has_outputs("3 < 4 for $5")


def test_marks_of_words_are_taken_off_around_outputs_only() -> None:
    shown = output_of("2 * 3 * 4")
    assert plain_around(f"**Read** ${{a_b_c}} *now* {shown}") == f"Read ${{a_b_c}} now {shown}"
