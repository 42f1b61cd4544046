"""Texts of forms without the marks of other programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.form.wording import plain_words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Bold** and *slanted* and __x__ _y_", "Bold and slanted and x y"),
        ('<span style="color:red">Red</span><br>next', "Red\nnext"),
        ("# Head\ntext", "Head\ntext"), ("[site](https://example.org)", "site (https://example.org)"),
        ("&lt;5 &amp; 6", "<5 & 6"), ("**${name}**", "${name}"), ("\\*no\\*", "*no*"),
        ("3 * 4 * 5 < 6", "3 * 4 * 5 < 6"), ("a_b_c and 2*3*4", "a_b_c and 2*3*4"), ("<5 mg/L>", "<5 mg/L>"),
        ("p < 0.05 and q > 3", "p < 0.05 and q > 3"), ("* one\n* two", "* one\n* two"),
        ("${_a} and ${b_}", "${_a} and ${b_}"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)  # fmt: skip
def test_marks_that_are_well_formed_are_taken_off(written: str, read: str) -> None:
    assert plain_words(written) == read


@given(st.text(alphabet="ab *_<>/#[]()&;\\\n${}", max_size=80))
def test_any_text_ends_and_gains_nothing(text: str) -> None:
    assert len(plain_words(text)) <= len(text)
