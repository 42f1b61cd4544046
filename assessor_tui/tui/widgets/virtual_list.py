"""A list of any length that draws only the lines that can be seen, and on a move of the cursor only two of them."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import content, fit, fit_content, strip_of

Row = TypeVar("Row")

_REMEMBERED = 512
"""Strips kept; a few screens full."""


class Column(NamedTuple):
    """One column of a list."""

    width: int
    """Cells; the least when the column grows."""
    title: str = ""
    """msgid or text of the heading."""
    grows: bool = False
    """Takes what the others leave."""
    align: str = "left"
    rank: int = 0
    """Columns with the highest rank go first when the list is narrow; 0 always stays."""


def column_widths(columns: Sequence[Column], width: int) -> tuple[int, ...]:
    """Cells of each column so that all of them, one cell apart, take ``width``; 0 for a column that had to go."""
    kept = list(range(len(columns)))

    def needed() -> int:
        return sum(columns[index].width for index in kept) + max(len(kept) - 1, 0)

    while needed() > width and any(columns[index].rank for index in kept):
        kept.remove(max(kept, key=lambda index: (columns[index].rank, index)))
    widths = [columns[index].width if index in kept else 0 for index in range(len(columns))]
    growing = [index for index in kept if columns[index].grows]
    spare = width - needed()
    for position, index in enumerate(growing):
        share = spare // len(growing) + (1 if position < spare % len(growing) else 0)
        widths[index] = max(widths[index] + share, 0)
    return tuple(widths)


def columns_line(
    cells: Sequence[str | tuple[str, str]], columns: Sequence[Column], widths: Sequence[int], style: str = ""
) -> Content:
    """One line of cells, each text or (text, style), cleaned and cut to its column; one cell between columns."""
    pieces: list[str | tuple[str, str]] = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        if width <= 0:
            continue
        text, own = cell if isinstance(cell, tuple) else (cell, style)
        if pieces:
            pieces.append(" ")
        pieces.append((fit(text, width, align=column.align), own))
    return content(*pieces)


class VirtualList(ScrollView, Generic[Row], can_focus=True):
    """A list with a cursor over rows that never become widgets."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "virtual-list--cursor",
        "virtual-list--cursor-away",
    }
    DEFAULT_CSS = """
    VirtualList {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .virtual-list--cursor { background: $cursor; color: $cursor-text; text-style: bold; }
        & > .virtual-list--cursor-away { background: $cursor-away; }
    }
    """
    BINDINGS: ClassVar[list[Binding | tuple[str, str] | tuple[str, str, str]]] = [
        Binding("down", "cursor(1)", show=False),
        Binding("up", "cursor(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Highlighted(Message):
        """The cursor stands on another row. Only the last of several waiting ones is delivered."""

        def __init__(self, source: "VirtualList[Any]", index: int) -> None:
            super().__init__()
            self.source = source
            self.index = index

        @property
        def control(self) -> "VirtualList[Any]":
            """The list."""
            return self.source

        def can_replace(self, message: Message) -> bool:
            """True for an older one of the same list."""
            return isinstance(message, VirtualList.Highlighted) and message.source is self.source

    class Chosen(Message):
        """A row was chosen by Enter or by a click on the cursor."""

        def __init__(self, source: "VirtualList[Any]", index: int) -> None:
            super().__init__()
            self.source = source
            self.index = index

        @property
        def control(self) -> "VirtualList[Any]":
            """The list."""
            return self.source

    def __init__(
        self,
        render_row: Callable[[Row, int, bool], Content],
        rows: Sequence[Row] = (),
        *,
        is_heading: Callable[[Row], bool] = lambda row: False,
        gutter: bool = True,
        empty: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A list of ``rows``.

        ``render_row(row, width, has_cursor)`` gives one line, already clean; it is fitted to ``width``. Rows for
        which ``is_heading`` is true cannot be chosen. With ``gutter`` two cells before each row show the cursor as
        a mark, so that it is seen without colour. ``empty`` is shown when there are no rows.
        """
        super().__init__(id=id, classes=classes)
        self.rows: Sequence[Row] = rows
        self.render_row = render_row
        self.is_heading = is_heading
        self.gutter_cells = 2 if gutter else 0
        self.empty = empty
        self._cursor = -1
        self._strips: OrderedDict[tuple[int, int, int], Strip] = OrderedDict()
        self._cursor = self._nearest(0, 1)

    # What is shown

    @property
    def cursor(self) -> int:
        """Index of the row under the cursor; -1 when no row can be chosen."""
        return self._cursor

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self._cursor] if 0 <= self._cursor < len(self.rows) else None

    def set_rows(self, rows: Sequence[Row], cursor: int | None = None) -> None:
        """Nothing; shows other rows, the cursor on ``cursor`` or as near as possible to where it was."""
        self.rows = rows
        before = self._cursor
        self._cursor = self._nearest(max(before, 0) if cursor is None else cursor, 1)
        self._strips.clear()
        self._measure()
        self.refresh()
        self.show_cursor()
        if self._cursor != before:
            self.post_message(self.Highlighted(self, self._cursor))

    def refresh_row(self, index: int) -> None:
        """Nothing; draws one row again because what it shows has changed."""
        for key in [key for key in self._strips if key[0] == index]:
            del self._strips[key]
        if 0 <= index - self.scroll_offset.y < self.size.height:
            self.refresh_line(index)

    def refresh_all(self) -> None:
        """Nothing; draws every row again, as after a switch of language."""
        self._strips.clear()
        self.refresh()

    def move_cursor(self, index: int, *, tell: bool = True) -> bool:
        """True when the cursor now stands elsewhere: on ``index``, or beyond it when that is a heading.

        ``tell`` False keeps ``Highlighted`` back, for a screen that moves the cursor itself.
        """
        target = self._nearest(index, 1 if index >= self._cursor else -1)
        if target == self._cursor or target < 0:
            return False
        before, self._cursor = self._cursor, target
        top = self.scroll_offset.y
        self.show_cursor()
        if self.scroll_offset.y == top:
            for line in (before, target):
                if 0 <= line - top < self.size.height:
                    self.refresh_line(line)
        if tell:
            self.post_message(self.Highlighted(self, target))
        return True

    def show_cursor(self) -> None:
        """Nothing; scrolls so that the cursor, and a heading just above it, can be seen."""
        height = self.scrollable_content_region.height
        if self._cursor < 0 or height <= 0:
            return
        top = self.scroll_offset.y
        above = self._cursor
        while above > 0 and self._cursor - above < height - 1 and self.is_heading(self.rows[above - 1]):
            above -= 1
        if above < top:
            self.scroll_to(y=above, animate=False, immediate=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, immediate=True)

    def _nearest(self, index: int, direction: int) -> int:
        """The row nearest to ``index`` that can be chosen, looking first in ``direction``; -1 when there is none."""
        count = len(self.rows)
        if not count:
            return -1
        index = min(max(index, 0), count - 1)
        for step in (direction, -direction):
            at = index
            while 0 <= at < count:
                if not self.is_heading(self.rows[at]):
                    return at
                at += step
        return -1

    # Keys and mouse

    def action_cursor(self, step: int) -> None:
        """Nothing; moves the cursor by ``step`` rows that can be chosen."""
        at = self._cursor + step
        while 0 <= at < len(self.rows) and self.is_heading(self.rows[at]):
            at += 1 if step > 0 else -1
        if 0 <= at < len(self.rows):
            self.move_cursor(at)
        elif step < 0:
            self.scroll_to(y=0, animate=False, immediate=True)

    def action_page(self, pages: int) -> None:
        """Nothing; moves the cursor by whole screens."""
        self.move_cursor(self._cursor + pages * max(self.scrollable_content_region.height - 1, 1))

    def action_edge(self, direction: int) -> None:
        """Nothing; moves the cursor to the first (-1) or last (1) row."""
        if direction < 0:
            self.move_cursor(0)
            self.scroll_to(y=0, animate=False, immediate=True)
        else:
            self.move_cursor(len(self.rows) - 1)

    def action_choose(self) -> None:
        """Nothing; posts ``Chosen`` for the row under the cursor."""
        if self._cursor >= 0:
            self.post_message(self.Chosen(self, self._cursor))

    async def _on_click(self, event: events.Click) -> None:
        event.stop()
        index = event.y - self.gutter.top + self.scroll_offset.y
        if not 0 <= index < len(self.rows) or self.is_heading(self.rows[index]):
            return
        if index == self._cursor:
            self.action_choose()
        else:
            self.move_cursor(index)

    # Drawing

    def _measure(self) -> None:
        self.virtual_size = Size(0, max(len(self.rows), 1))

    def _on_mount(self, event: events.Mount) -> None:
        super()._on_mount(event)
        self._measure()

    def _on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self.show_cursor()

    def notify_style_update(self) -> None:
        """Nothing; forgets strips drawn in the old style."""
        super().notify_style_update()
        self._strips.clear()

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        self._refresh_cursor()

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self._refresh_cursor()

    def _refresh_cursor(self) -> None:
        if self._cursor >= 0:
            self.refresh_line(self._cursor)

    def render(self) -> str:
        """Nothing: the lines are drawn by ``render_line``."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The strip of the line ``y`` of the window, exactly as wide as the list."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(self.rows):
            if index == 0 and self.empty:
                return strip_of(content((fit(self.empty, width), "$muted")), width, self.visual_style, self._parse)
            return Strip.blank(width, self.visual_style.rich_style)
        if not self.is_attached:  # drawn once more between its removal and the next layout, when its styles are gone
            return Strip.blank(width)
        has_cursor = index == self._cursor
        key = (index, width, (2 if self.has_focus else 1) if has_cursor else 0)
        strip = self._strips.get(key)
        if strip is not None:
            self._strips.move_to_end(key)
            return strip
        strip = self._strips[key] = self._draw(index, width, has_cursor)
        if len(self._strips) > _REMEMBERED:
            self._strips.popitem(last=False)
        return strip

    def _draw(self, index: int, width: int, has_cursor: bool) -> Strip:
        line = self.render_row(self.rows[index], max(width - self.gutter_cells, 0), has_cursor)
        if self.gutter_cells:
            mark = glyphs().cursor if has_cursor else " "
            line = content(f"{mark} ", fit_content(line, max(width - self.gutter_cells, 0)))
        if not has_cursor:
            base = self.visual_style
        elif self.has_focus:
            # One colour on the cursor: no theme can make all meanings readable on it, and marks and words stay.
            base = self.get_visual_style("virtual-list--cursor")
            line = line.without_spans
        else:
            base = self.get_visual_style("virtual-list--cursor-away")
        return strip_of(line, width, base, self._parse)

    @property
    def _parse(self) -> Callable[[str | Style], Style]:
        return self.app.stylesheet.parse_style

    def refresh_line(self, y: int) -> None:
        """Nothing; draws one line again, ``y`` counted from the first row."""
        width = self.scrollable_content_region.width
        self.refresh(Region(0, y - self.scroll_offset.y, width, 1))
