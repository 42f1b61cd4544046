"""Marks of one cell."""

from unicodedata import east_asian_width

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assessor_tui.tui.widgets.glyphs import ASCII, SAFE, STATE_WORDS, bar, fitting, glyphs, state, use_glyphs


def test_every_mark_is_one_cell_wide_and_plain_in_the_poor_set():
    assert all(cell_len(mark) == 1 for mark in SAFE)
    assert all(mark.isascii() and len(mark) == 1 for mark in ASCII)


@given(st.integers(-2, 200), st.integers(0, 200), st.integers(2, 40))
def test_a_bar_is_full_only_when_everything_is_done(part, whole, width):
    drawn = bar(part, whole, width)
    assert len(drawn) == width
    assert (SAFE.empty not in drawn) == (whole > 0 and part >= whole)
    assert (SAFE.full not in drawn) == (part <= 0 or whole <= 0)


def test_only_lines_and_blocks_may_be_two_cells_wide_in_a_terminal_set_up_for_chinese():
    assert "".join(mark for mark in SAFE if east_asian_width(mark) not in ("N", "Na")) == "─│┌┐└┘▀"


def test_each_mark_that_is_drawn_too_wide_has_a_plain_sign():
    assert fitting({}) == SAFE
    assert fitting(dict.fromkeys(SAFE, 1)) == SAFE
    assert fitting(dict.fromkeys(SAFE, 2)) == ASCII
    chosen = fitting({"⚑": 2, "▀": 2})
    assert (chosen.flag, chosen.half, chosen.answered, chosen.rule) == ("!", " ", "✓", "─")


def test_a_frame_is_drawn_with_one_kind_of_line_and_a_bar_with_one_kind_of_cell():
    chosen = fitting({"│": 2, "▱": 2})
    assert chosen[SAFE.index("─") : SAFE.index("▀")] == ("-", "|", "+", "+", "+", "+")
    assert chosen.full + chosen.empty == "#."


def test_a_state_is_a_mark_and_a_word():
    for each in STATE_WORDS:
        mark, word = state(each).split(" ", 1)
        assert len(mark) == 1
        assert word
    use_glyphs(ASCII)
    try:
        assert glyphs() is ASCII
        assert state("answered") == "v answered"
    finally:
        use_glyphs(SAFE)
