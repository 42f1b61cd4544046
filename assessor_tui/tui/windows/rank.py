"""Putting choices in order: a window with all of them, the first one foremost."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.widgets.text import content, safe
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.dialog import Dialog, Option

MOST_LINES = 14


class Rank(Dialog[tuple[str, ...] | None]):
    """All choices in an order that keys change; the result is their ids in that order, or None."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("ctrl+s", "finish", show=False),
        Binding("plus,left", "carry(-1)", show=False),
        Binding("minus,right", "carry(1)", show=False),
        *(Binding(str(digit), f"put({digit})", show=False) for digit in range(1, MOST_DIGITS + 1)),
    ]

    def __init__(self, title: str, options: Sequence[Option], text: str = "") -> None:
        super().__init__(title, text)
        self.options = list(options)

    def hint(self) -> str:
        """The keys of the window."""
        return _("1-9 puts it at that place   +/- move it   Enter saves   Esc close")

    def body(self) -> Sequence[Widget]:
        """The choices in their order."""
        return (VirtualList(self._draw, tuple(self.options), id="options"),)

    def list_lines(self) -> int:
        """One for each choice."""
        return min(len(self.options), MOST_LINES)

    def _draw(self, option: Option, width: int, cursor: bool) -> Content:
        place = self.options.index(option) + 1
        return content((f"{place:>3}  ", "bold $accent-text"), safe(option.label))

    def on_mount(self) -> None:
        """Nothing; the keys go to the list."""
        self.set_focus(self.query_one("#options"))

    @property
    def _list(self) -> "VirtualList[Option]":
        return self.query_one("#options", VirtualList)

    def action_carry(self, step: int) -> None:
        """Nothing; the line under the cursor changes places with its neighbour."""
        at = self._list.cursor
        if 0 <= at + step < len(self.options):
            self._move(at, at + step)

    def action_put(self, place: int) -> None:
        """Nothing; the line under the cursor goes to that place."""
        if place <= len(self.options):
            self._move(self._list.cursor, place - 1)

    def _move(self, start: int, end: int) -> None:
        self.options.insert(end, self.options.pop(start))
        self._list.set_rows(tuple(self.options), end)

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; Enter is done."""
        message.stop()
        self.action_finish()

    def action_finish(self) -> None:
        """Nothing; closes the window with the order."""
        self.dismiss(tuple(option.id for option in self.options))
