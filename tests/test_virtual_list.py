"""The list that draws only what can be seen."""

from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import ComposeResult

from assessor_tui.tui.base import BaseApp
from assessor_tui.tui.widgets.text import content, safe
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line


class Line(NamedTuple):
    text: str
    heading: bool = False


class Shown(BaseApp):
    def __init__(self, rows):
        super().__init__()
        self.rows = rows
        self.heard = []

    def compose(self) -> ComposeResult:
        yield VirtualList(
            lambda row, width, cursor: content(safe(row.text)), self.rows, is_heading=lambda row: row.heading
        )

    def on_mount(self):
        self.query_one(VirtualList).focus()

    def on_virtual_list_highlighted(self, message):
        self.heard.append(("highlighted", message.index))

    def on_virtual_list_chosen(self, message):
        self.heard.append(("chosen", message.index))


ROWS = [Line(f"question {n} 問題", heading=n % 10 == 0) for n in range(10_000)]


async def test_the_cursor_walks_over_ten_thousand_rows_and_never_stops_on_a_heading():
    app = Shown(ROWS)
    async with app.run_test(size=(80, 24)) as pilot:
        rows = app.query_one(VirtualList)
        assert rows.cursor == 1
        await pilot.press("up")
        assert rows.cursor == 1
        await pilot.press("end")
        assert (rows.cursor, rows.scroll_offset.y) == (9_999, 10_000 - 24)
        await pilot.press("pageup", "home")
        assert (rows.cursor, rows.scroll_offset.y) == (1, 0)
        rows.move_cursor(9)
        await pilot.press("down", "enter")
        assert app.heard[-2:] == [("highlighted", 11), ("chosen", 11)]


async def test_moving_the_cursor_draws_two_lines():
    app = Shown(ROWS)
    async with app.run_test(size=(80, 24)) as pilot:
        rows = app.query_one(VirtualList)
        drawn = []
        draw = rows._draw
        rows._draw = lambda index, width, cursor: drawn.append(index) or draw(index, width, cursor)
        await pilot.press("down")
        assert sorted(drawn) == [1, 2]
        await pilot.press("up")
        assert len(drawn) == 4
        await pilot.press("down", "up")
        assert len(drawn) == 4, "the strips were remembered"


async def test_a_click_moves_the_cursor_and_a_second_one_chooses():
    app = Shown(ROWS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(VirtualList, offset=(5, 7))
        await pilot.click(VirtualList, offset=(70, 7))
        await pilot.click(VirtualList, offset=(5, 10))
        assert app.heard == [("highlighted", 7), ("chosen", 7)]


async def test_other_rows_keep_the_cursor_near_where_it_was():
    app = Shown(ROWS)
    async with app.run_test(size=(40, 10)) as pilot:
        rows = app.query_one(VirtualList)
        rows.move_cursor(500)
        rows.set_rows(ROWS[:20])
        await pilot.pause()
        assert rows.cursor == 19
        rows.set_rows([])
        await pilot.pause()
        assert (rows.cursor, rows.row) == (-1, None)
        await pilot.press("down", "enter")


async def test_every_strip_is_exactly_as_wide_as_the_list():
    app = Shown([Line("x")])
    async with app.run_test(size=(37, 6)) as pilot:
        rows = app.query_one(VirtualList)

        @settings(max_examples=60, suppress_health_check=list(HealthCheck))
        @given(st.lists(st.text(alphabet="ab[/]金豐，é\u0301\u202e\x1b👨\u200d👩🇭🇰\n ", max_size=40), max_size=9))
        def check(texts):
            rows.set_rows([Line(text) for text in texts])
            width = rows.scrollable_content_region.width
            for y in range(6):
                strip = rows.render_line(y)
                assert sum(segment.cell_length for segment in strip) == strip.cell_length == width

        check()
        await pilot.pause()


@given(
    st.lists(st.builds(Column, st.integers(1, 20), st.just(""), st.booleans(), rank=st.integers(0, 3)), max_size=7),
    st.integers(1, 150),
)
def test_columns_fill_the_width_and_the_least_important_go_first(columns, width):
    widths = column_widths(columns, width)
    shown = [cells for cells in widths if cells]
    line = columns_line(["金豐x"] * len(columns), columns, widths)
    assert line.cell_length == sum(shown) + max(len(shown) - 1, 0)
    if any(column.grows and cells for column, cells in zip(columns, widths, strict=True)) and not any(
        column.grows and not cells for column, cells in zip(columns, widths, strict=True)
    ):
        least = sum(column.width for column, cells in zip(columns, widths, strict=True) if cells)
        assert line.cell_length == width or least + len(shown) - 1 > width
