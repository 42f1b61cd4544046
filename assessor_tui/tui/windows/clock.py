"""A large clock to photograph: it can be read off a photo taken from a metre away, and puts a camera's clock right."""

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.tui.widgets.hint_bar import StatusLine
from assessor_tui.tui.widgets.text import content, safe, strip_of

_SHAPES = {
    "0": ("###", "# #", "# #", "# #", "###"), "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"), "3": ("###", "  #", " ##", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"), "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"), "7": ("###", "  #", "  #", " # ", " # "),
    "8": ("###", "# #", "###", "# #", "###"), "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "), "-": ("  ", "  ", "##", "  ", "  "),
}  # fmt: skip
"""Digits out of squares; a square is two cells wide, for a cell is twice as high as wide."""


def large(text: str, height: int = 1) -> list[list[tuple[str, bool]]]:
    """The lines of digits, ``:`` and ``-`` out of blank cells, each (cells, filled); a square is ``height`` lines."""
    lines: list[list[tuple[str, bool]]] = []
    for row in range(5):
        line: list[tuple[str, bool]] = []
        for index, sign in enumerate(text):
            if index:
                line.append(("  ", False))
            line += [("  ", square == "#") for square in _SHAPES[sign][row]]
        lines += [line] * height
    return lines


class Face(Widget):
    """Draws the date and the time in large digits; the ground of cells is coloured, so that every font can do it."""

    DEFAULT_CSS = "Face { width: 1fr; height: 1fr; background: black; color: white; }"

    def __init__(self, now: Callable[[], int]) -> None:
        """``now`` gives microseconds since 1970."""
        super().__init__()
        self.now = now

    def render(self) -> str:
        """Nothing: the lines are drawn by ``render_line``."""
        return ""

    def lines(self) -> list[list[tuple[str, bool]]]:
        """The date over the time, as high as there is room for."""
        moment = hong_kong_time(self.now())
        room = self.size.height - 6
        time_lines = large(f"{moment:%H:%M:%S}", 3 if room >= 24 else 2 if room >= 10 else 1)
        return [*large(f"{moment:%m-%d}"), [], *time_lines]

    def render_line(self, y: int) -> Strip:
        """The strip of a line."""
        lines = self.lines()
        index = y - max(self.size.height - len(lines), 0) // 2
        cells = lines[index] if 0 <= index < len(lines) else []
        before = " " * max((self.size.width - 2 * len(cells)) // 2, 0)
        pieces: Sequence[Any] = [before, *((text, "reverse") if filled else text for text, filled in cells)]
        return strip_of(content(*pieces), self.size.width, self.visual_style, self.app.stylesheet.parse_style)


class Clock(ModalScreen[tuple[int, int]]):
    """The clock over the whole screen; the result is from when to when it was shown, in microseconds since 1970."""

    DEFAULT_CSS = "Clock { layout: vertical; background: black; } Clock StatusLine { background: black; }"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,enter,space,backspace,f7,q", "close", show=False)]

    def __init__(self, now: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        super().__init__()
        self.now = now
        self.begin = now()

    def compose(self) -> ComposeResult:
        """The digits, and what to do."""
        yield StatusLine(id="date")
        yield Face(self.now)
        yield StatusLine(id="hint")

    def on_mount(self) -> None:
        """Nothing; shows the next second when it begins."""
        self.query_one("#hint", StatusLine).say(
            safe(_("Photograph this with each camera. Later: Ctrl+T on that photo.   Esc close"))
        )
        self._tick()

    def _tick(self) -> None:
        now = self.now()
        self.query_one("#date", StatusLine).say(f"{hong_kong_time(now):%Y-%m-%d %H:%M:%S}  UTC+8")
        self.query_one(Face).refresh()
        self.set_timer((1_000_000 - now % 1_000_000) / 1_000_000 + 0.01, self._tick)

    def action_close(self) -> None:
        """Nothing; closes the clock."""
        self.dismiss((self.begin, self.now()))
