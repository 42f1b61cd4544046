"""A small picture drawn with coloured half blocks, for terminals that have colours."""

import os
from collections.abc import Sequence

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from assessor_tui.tui.widgets.glyphs import glyphs

Pixel = tuple[int, int, int]
Pixels = tuple[tuple[Pixel, ...], ...]
"""A picture as rows of colours."""


def picture_strip(pixels: Pixels, line: int, width: int, ground: Style) -> Strip:
    """The strip of one line: the upper pixel as the block's colour, the lower one as its ground.

    A terminal that has no half block gets the upper pixel over the whole cell.
    """
    top: Sequence[Pixel] = pixels[2 * line] if 2 * line < len(pixels) else ()
    half = glyphs().half
    below = 2 * line + (half != " ")
    low: Sequence[Pixel] = pixels[below] if below < len(pixels) else ()
    segments = [
        Segment(
            half,
            Style(
                color=Color.from_rgb(*top[at]), bgcolor=Color.from_rgb(*low[at]) if at < len(low) else ground.bgcolor
            ),
        )
        for at in range(min(len(top), width))
    ]
    return Strip(segments, len(segments)).adjust_cell_length(width, ground)


def can_draw(color_system: str | None) -> bool:
    """True when the terminal has enough colours to make something out, and they are wanted."""
    return color_system in ("truecolor", "256", "windows") and "NO_COLOR" not in os.environ


class Picture(Widget):
    """Draws ``Pixels``; nothing while there are none."""

    DEFAULT_CSS = "Picture { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pixels: Pixels | None = None

    @property
    def pixels(self) -> Pixels | None:
        """What is shown."""
        return self._pixels

    def show(self, pixels: Pixels | None) -> None:
        """Nothing; shows another picture."""
        if pixels is not self._pixels:
            self._pixels = pixels
            self.refresh()

    def render(self) -> str:
        """Nothing: the lines are drawn by ``render_line``."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The strip of a line, exactly as wide as the widget."""
        ground = self.visual_style.rich_style
        if self._pixels is None or 2 * y >= len(self._pixels):
            return Strip.blank(self.size.width, ground)
        return picture_strip(self._pixels, y, self.size.width, ground)
