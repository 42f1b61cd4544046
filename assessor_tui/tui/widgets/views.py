"""The line over a list that names its views, the present one in brackets, and says where in it one is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece, content, left_right, safe, width_of


class View(NamedTuple):
    """One of the lists."""

    id: str
    name: str
    short: str
    """Its name where there is little room."""
    marked: bool = False
    """True when something in it is new."""


class Views(LineBar):
    """Which of several lists is shown; a click asks the screen for ``view('<id>')``."""

    DEFAULT_CSS = "Views { background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.views: Sequence[View] = ()
        self.current = ""
        self.position = ""
        self._spans: list[tuple[int, int, str]] = []

    def show(self, views: Sequence[View], current: str, position: str) -> None:
        """Nothing; shows another state."""
        self.views, self.current, self.position = tuple(views), current, position
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The names, short ones where the long ones leave no room for the position."""
        room = width - width_of(self.position) - 3
        names = [view.name for view in self.views]
        if sum(width_of(name) + 3 for name in names) > room:
            names = [view.short for view in self.views]
        pieces: list[Piece] = [" "]
        self._spans = []
        at = 1
        for view, name in zip(self.views, names, strict=True):
            here = view.id == self.current
            text = f"[{name}]" if here else f" {name} "
            style = "bold $accent-text" if here else "bold $doubt" if view.marked else ""
            pieces += [(text, style), " "]
            self._spans.append((at, at + width_of(text), view.id))
            at += width_of(text) + 1
        return [left_right(content(*pieces), content((safe(self.position), ""), " "), width)]

    async def _on_click(self, event: Any) -> None:
        event.stop()
        for start, end, view in self._spans:
            if start <= event.x < end:
                await self.screen.run_action(f"view('{view}')")
                return
