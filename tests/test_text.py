"""Text on a grid of cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assessor_tui.tui.widgets.text import (
    NOT_AT_LINE_START,
    content,
    fit,
    fit_content,
    left_right,
    paragraph,
    safe,
    wrap,
)

hostile = st.text() | st.text(
    alphabet="a b [red]金豐，。：（」é\u0301\u0336\u200d\u202e\u2066\x1b\x9b\x07\n\t👨👩🇭🇰️⚠🏽ｱﾞ가\u1100\u1161\u0e33",
    max_size=60,
)


@given(hostile, st.integers(1, 50))
def test_every_fitted_line_has_exactly_the_asked_width(text, width):
    for line in (fit(text, width), fit(text, width, align="right"), *paragraph(text, width)):
        assert cell_len(line) == width
    assert fit_content(content(safe(text), (safe(text), "bold")), width).cell_length == width
    assert left_right(content(safe(text)), content("saved 10:32"), width).cell_length == width


@given(hostile)
def test_what_is_shown_never_acts_on_the_terminal(text):
    shown = safe(text)
    assert all(character.isprintable() or character == "\u3000" for character in shown)


@given(hostile, st.integers(2, 30))
def test_wrapping_loses_nothing_but_spaces_and_line_ends(text, width):
    assert "".join(wrap(text, width)).replace(" ", "") == safe(text, lines=True).replace("\n", "").replace(" ", "")


def test_escape_sequences_and_direction_marks_become_symbols():
    assert safe("\x1b[31mred\x9b\u202e") == "␛[31mred␦␦"


def test_brackets_are_text_and_never_markup():
    assert content("[red]danger[/red]").plain == "[red]danger[/red]"


def test_no_chinese_line_starts_with_closing_punctuation():
    text = "所有受管制的廢氣排放點是否均接駁至運行中的控制設備：並有記錄？（包括「應急」排放口）。請說明；謝謝！"
    for width in range(6, 40):
        for line in wrap(text, width):
            assert line[0] not in NOT_AT_LINE_START, (width, line)
            assert line[-1] not in "（「", (width, line)


def test_words_are_kept_whole_where_they_fit():
    assert wrap("run time recorded?", 9) == ["run time", "recorded?"]
    assert wrap("Log of RTO 二號機 missing", 12) == ["Log of RTO", "二號機", "missing"]
