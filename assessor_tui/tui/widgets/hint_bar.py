"""The last line of a screen: the most useful keys, or a word about what has just happened."""

from collections.abc import Iterable

from textual import events
from textual.app import RenderResult
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.tui.commands import BY_ID, Command, hints, main_key
from assessor_tui.tui.widgets.text import Piece, content, left_right, safe, strip_of, width_of

_MOST = 6
"""Keys on a narrow screen besides ``? keys``; more than that nobody reads."""


class LineBar(Widget):
    """One line that is drawn without ever being laid out again."""

    DEFAULT_CSS = """
    LineBar { height: 1; width: 1fr; background: $bar; color: $bar-text; }
    """

    def line(self, width: int) -> list[Piece]:
        """The pieces of the line; cut or padded to ``width`` afterwards."""
        return []

    def render(self) -> RenderResult:
        """Nothing: the line is drawn by ``render_line``."""
        return ""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One."""
        return 1

    def render_line(self, y: int) -> Strip:
        """The strip of the line, exactly as wide as the bar."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.visual_style.rich_style)
        return strip_of(content(*self.line(width)), width, self.visual_style, self.app.stylesheet.parse_style)


class HintBar(LineBar):
    """The keys of a place, as many as fit. A message stands before them until it is taken away.

    Clicking a key runs its command.
    """

    def __init__(self, place: str, *, id: str | None = None) -> None:
        """The bar of a place of ``commands``. Until ``labels`` says otherwise commands carry their own names."""
        super().__init__(id=id)
        self.place = place
        self.labels: dict[str, str] = {}
        """Command id -> words that fit the present question better, already translated."""
        self.key_texts: dict[str, str] = {}
        """Command id -> keys that fit the present question better, such as ``1-3``."""
        self.unavailable: frozenset[str] = frozenset()
        self.message = ""
        self.message_style = "bold"
        self._spans: list[tuple[int, int, Command]] = []

    def show(
        self,
        unavailable: Iterable[str] = (),
        labels: dict[str, str] | None = None,
        key_texts: dict[str, str] | None = None,
    ) -> None:
        """Nothing; shows the keys of another state of the place."""
        state = (frozenset(unavailable), labels or {}, key_texts or {})
        if state != (self.unavailable, self.labels, self.key_texts):
            self.unavailable, self.labels, self.key_texts = state
            self.refresh()

    def say(self, message: str, style: str = "bold") -> None:
        """Nothing; shows a message instead of the keys; ``""`` brings the keys back."""
        if message != self.message or style != self.message_style:
            self.message, self.message_style = message, style
            self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The message, or the keys that fit into ``width`` cells."""
        self._spans = []
        if self.message:
            return [" ", (safe(self.message), self.message_style)]
        commands = hints(self.place, self.unavailable)
        help_command = BY_ID["help"]
        shown = [command for command in commands if command is not help_command]
        if width < 110:
            shown = shown[:_MOST]
        last = help_command if help_command in commands else None
        room = width - 1 - (self._width(last) if last else 0)
        chosen: list[Command] = []
        for command in shown:
            room -= self._width(command) + 2
            if room < 0:
                break
            chosen.append(command)
        pieces: list[Piece] = [" "]
        at = 1
        for command in [*chosen, *([last] if last else [])]:
            keys, label = self._texts(command)
            needed = width_of(keys) + 1 + width_of(label)
            self._spans.append((at, at + needed, command))
            pieces += ["  " if at > 1 else "", (keys, "bold $accent-text"), " ", label]
            at += needed + 2
        return pieces

    def _texts(self, command: Command) -> tuple[str, str]:
        keys = self.key_texts.get(command.id) or main_key(command)
        return keys, self.labels.get(command.id) or _(command.label)

    def _width(self, command: Command) -> int:
        keys, label = self._texts(command)
        return width_of(keys) + 1 + width_of(label)

    async def _on_click(self, event: events.Click) -> None:
        event.stop()
        for start, end, command in self._spans:
            if start <= event.x < end:
                await self.screen.run_action(f"command('{command.id}')")
                return


class StatusLine(LineBar):
    """One line over the hint bar: what was saved last and which key takes it back."""

    DEFAULT_CSS = "StatusLine { background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pieces: tuple[Piece, ...] = ()
        self._standing: tuple[str, ...] = ()

    def stand(self, words: tuple[str, ...]) -> None:
        """Nothing; says on the right how far what was saved has come, the first of ``words`` that finds room."""
        if words != self._standing:
            self._standing = words
            self.refresh()

    def say(self, *pieces: Piece) -> None:
        """Nothing; shows the pieces, whose texts must be clean, until the next ones."""
        if pieces != self._pieces:
            self._pieces = pieces
            self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The pieces said last, and on the right, where there is room, how far what was saved has come."""
        left = content(" ", *self._pieces)
        room = width - width_of(left.plain) - 4
        words = next((each for each in self._standing if width_of(each) <= room), "")
        return [left_right(left, content((safe(words), "$muted"), " "), width)] if words else [left]
