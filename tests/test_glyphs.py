"""Marks of one cell."""

from unicodedata import east_asian_width

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assessor_tui.tui.widgets.glyphs import ASCII, SAFE, STATE_WORDS, bar, glyphs, state, use_glyphs


def test_every_mark_is_one_cell_wide_and_plain_in_the_poor_set():
    assert all(cell_len(mark) == 1 for mark in SAFE)
    assert all(mark.isascii() and len(mark) == 1 for mark in ASCII)


@given(st.integers(-2, 200), st.integers(0, 200), st.integers(2, 40))
def test_a_bar_is_full_only_when_everything_is_done(part, whole, width):
    drawn = bar(part, whole, width)
    assert len(drawn) == width
    assert (SAFE.empty not in drawn) == (whole > 0 and part >= whole)
    assert (SAFE.full not in drawn) == (part <= 0 or whole <= 0)


def test_no_mark_is_two_cells_wide_in_a_terminal_set_up_for_chinese():
    assert [mark for mark in SAFE if east_asian_width(mark) not in ("N", "Na")] == [SAFE.rule]


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
