"""What the two pages that list visits share: the list, with what is under the cursor below it or beside it."""

from collections.abc import Sequence

from assessor_tui.i18n import _
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece
from assessor_tui.tui.widgets.virtual_list import Column, column_widths, columns_line


class ColumnTitles(LineBar):
    """The titles of the list's columns."""

    DEFAULT_CSS = "ColumnTitles { background: $background; color: $muted; }"

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns

    def line(self, width: int) -> list[Piece]:
        """The titles over their columns."""
        titles = [_(each.title) for each in self.columns]
        return ["  ", columns_line(titles, self.columns, column_widths(self.columns, width - 3))]


class VisitsScreen(BaseScreen):
    """A page of visits; a subclass has the list and draws it."""

    DEFAULT_CSS = """
    VisitsScreen #visits { height: 1fr; scrollbar-gutter: stable; }
    VisitsScreen #visit-list { width: 1fr; height: 1fr; layout: vertical; }
    VisitsScreen #pages { width: 1fr; height: 1fr; layout: vertical; }
    VisitsScreen #detail { height: 8; border-top: solid $rule; padding: 0 1; }
    VisitsScreen.-wide #pages { layout: horizontal; }
    VisitsScreen.-wide #detail { height: 1fr; width: 52; border-top: none; border-left: solid $rule; }
    VisitsScreen.-low #detail { display: none; }
    """
