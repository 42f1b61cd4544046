"""Small windows over a screen: confirm, choose, write a text with a reason, read a longer text."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.tui.input_keys import plain_character
from assessor_tui.tui.widgets.card import Card, CardLine, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.hint_bar import StatusLine
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.tui.widgets.field import LineField, TextField

Result = TypeVar("Result")

WIDTH = 74
"""Cells of a window, where the terminal is wide enough."""


class Option(NamedTuple):
    """One line that can be chosen."""

    id: str
    label: str
    detail: str = ""
    """Stands at the right end."""
    keys: tuple[str, ...] = ()
    """Letters that choose it besides its digit."""
    reason: str = ""
    """Why it cannot be chosen now; ``""`` when it can."""


class Dialog(ModalScreen[Result]):
    """A window of fixed height in the middle of the screen. Esc or Backspace closes it and changes nothing."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 74; max-width: 100%; height: auto; max-height: 100%;
        border: round $accent-text; border-title-color: $accent-text; border-title-style: bold;
        background: $surface; padding: 0 1;
    }
    Dialog Card, Dialog VirtualList { background: $surface; }
    Dialog StatusLine { background: $surface; }
    """
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "close", show=False),
        Binding("backspace", "close", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__()
        self.window_title = title
        self.text = text

    def body(self) -> Sequence[Widget]:
        """The widgets under the text."""
        return ()

    def hint(self) -> str:
        """The keys of the window, on its last line."""
        return _("Esc close")

    def compose(self) -> ComposeResult:
        """The window: text, body, one line of keys."""
        said = StatusLine(id="said")
        said.say((self.hint(), "$muted"))
        parts = list(self.body())
        if self.text:
            parts.insert(0, Card(TextPage(parts=(Part("", (Remark(self.text),)),)), lines=page_lines, id="text"))
        # Before anything is mounted: a height that comes later costs the terminal another picture.
        self._share_lines(parts)
        with Vertical() as window:
            window.border_title = Content(safe(self.window_title))
            yield from parts
            yield said

    def on_resize(self) -> None:
        """Nothing; shares the lines anew."""
        self._share_lines(list(self.query("Vertical > *").results(Widget)))

    def list_lines(self) -> int:
        """Lines that the list would like to have; 0 without a list."""
        return 0

    def _share_lines(self, parts: Sequence[Widget]) -> None:
        """The window is as high as its content or as the terminal; a long text gives way to the list, and scrolls."""
        room = self.app.size.height - 3  # border and the line of keys
        width = min(WIDTH, self.app.size.width) - 4
        cards = [each for each in parts if isinstance(each, Card)]
        text_lines = sum(card.lines_at(width) for card in cards)
        room -= sum(getattr(each, "LINES", 0) for each in parts)
        lists = [each for each in parts if isinstance(each, VirtualList)]
        list_lines = max(min(self.list_lines(), room - min(text_lines, 3)), 1)
        for rows in lists:
            rows.styles.height = list_lines
        for card in cards:
            card.styles.height = max(min(text_lines, room - (list_lines if lists else 0)), 1)

    def say(self, message: str) -> None:
        """Nothing; shows a sentence on the last line, the keys when it is empty."""
        for line in self.query(StatusLine):
            line.say((safe(message), "bold $doubt") if message else (self.hint(), "$muted"))

    def _left_at(self) -> tuple[str, ...]:
        """What tells this window from others in ``AssessorApp.unfinished``: its words, visit and place in it."""
        below = [screen for screen in self.app.screen_stack if screen is not self]
        place = getattr(below[-1], "target", "") if below else ""
        visit = getattr(self.app, "visit_id", "")
        return type(self).__name__, self.window_title, self.text, visit, place

    def unfinished(self) -> Any:
        """What was typed when this window was closed here without saving; None for nothing."""
        return getattr(self.app, "unfinished", {}).get(self._left_at())

    def leave(self, typed: Any) -> None:
        """Nothing; keeps what is typed and not saved for the next time; nothing is kept of what is empty."""
        kept = getattr(self.app, "unfinished", {})
        kept.pop(self._left_at(), None)
        if typed:
            kept[self._left_at()] = typed

    def action_close(self) -> None:
        """Nothing; closes the window, the result is None."""
        self.dismiss(None)

    def action_page(self, pages: int) -> None:
        """Nothing; scrolls the text."""
        for card in self.query(Card):
            card.scroll_page(pages)


def option_line(option: Option, digit: str, width: int) -> Content:
    """The line of an option: digit, label, detail or the reason against it."""
    style = "$muted" if option.reason else ""
    detail = safe(option.reason or option.detail)
    left = content((f"{digit or ' '} ", "bold $accent-text"), (safe(option.label), style))
    if not detail:
        return left
    if width_of(detail) > width // 2:
        detail = fit(detail, width // 2)
    return left_right(left, content((detail, "$muted")), width)


class WideList(Dialog[Result]):
    """A window as wide as the terminal: the texts have what they need, the list what it wants of the rest."""

    DEFAULT_CSS = "WideList > Vertical { width: 96%; }"

    def _share_lines(self, parts: Sequence[Widget]) -> None:
        width = int(self.app.size.width * 0.96) - 4
        room = self.app.size.height - 3
        for each in parts:
            if isinstance(each, Card):
                lines = each.lines_at(width)
                each.styles.height = lines
                room -= lines
        for each in parts:
            if isinstance(each, VirtualList):
                each.styles.height = max(min(len(each.rows), room), 1)


class Choose(Dialog[str | None]):
    """A window with options; the result is the id of the chosen one. Digits and an option's letters choose at once."""

    def __init__(self, title: str, options: Sequence[Option], text: str = "", *, cursor: int = 0) -> None:
        super().__init__(title, text)
        self.options = tuple(options)
        self.first = cursor

    def hint(self) -> str:
        """The keys of the window."""
        return _("1-9 or Enter choose   Esc close")

    def body(self) -> Sequence[Widget]:
        """The list of options."""
        rows: VirtualList[Option] = VirtualList(
            lambda option, width, cursor: option_line(option, self._digit(option), width), self.options, id="options"
        )
        return (rows,)

    def list_lines(self) -> int:
        """One for each option."""
        return min(len(self.options), 14)

    def on_mount(self) -> None:
        """Nothing; puts the cursor on the first option that can be chosen."""
        rows = self.query_one("#options", VirtualList)
        rows.move_cursor(self.first, tell=False)
        self.set_focus(rows)

    def _digit(self, option: Option) -> str:
        index = self.options.index(option) + 1
        return option.keys[0] if option.keys else str(index) if index <= 9 else ""

    async def on_key(self, event: events.Key) -> None:
        """Nothing; a digit or letter chooses its option."""
        character = event.character or ""
        for index, option in enumerate(self.options):
            if character and (character in option.keys or (index < 9 and character == str(index + 1))):
                event.stop()
                self.take(option)
                return

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; takes the option under the cursor."""
        message.stop()
        self.take(self.options[message.index])

    def take(self, option: Option) -> None:
        """Nothing; closes the window with the option, or says why it cannot be chosen."""
        if option.reason:
            self.say(option.reason)
        elif self.is_current:  # a key typed ahead must not close what is under the window
            self.dismiss(option.id)


class Confirm(Choose):
    """A question with yes and no; the result is ``yes``, ``no`` or None. The cursor stands on no."""

    def __init__(self, title: str, text: str, *, yes: str = "", no: str = "") -> None:
        options = (Option("yes", yes or _("Yes")), Option("no", no or _("No")))
        super().__init__(title, options, text, cursor=1)


class AskText(Dialog[str | None]):
    """A window that asks for a text: the usual ones on digits, free text after. The result is the text or None."""

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        usual: Sequence[str] = (),
        value: str = "",
        required: bool = True,
        lines: bool = False,
        placeholder: str = "",
        check: Callable[[str], str] = lambda text: "",
    ) -> None:
        """``lines`` gives a field of several lines; ``check`` says what is wrong with a text, ``""`` for nothing."""
        super().__init__(title, text)
        self.usual = tuple(usual)
        self.value = value
        self.required = required
        self.lines = lines
        self.placeholder = placeholder
        self.check = check

    def hint(self) -> str:
        """The keys of the window."""
        if self.usual and not self.query("#answer"):
            return _("1-9 choose   0 your own words   Esc close")
        return _("Ctrl+S save   Esc close") if self.lines else _("Enter save   Esc close")

    def body(self) -> Sequence[Widget]:
        """The usual texts, or the field when there are none."""
        if not self.usual:
            return (self._field(self.value),)
        options = [Option(text, text) for text in self.usual]
        return (VirtualList(self._draw, [*options, Option("", _("your own words"))], id="usual"),)

    def list_lines(self) -> int:
        """One for each usual text and one for free text."""
        return min(len(self.usual) + 1, 10)

    def _draw(self, option: Option, width: int, cursor: bool) -> Content:
        index = self.usual.index(option.label) + 1 if option.id else 0
        return option_line(option, str(index) if index <= 9 else "", width)

    def _field(self, value: str) -> "LineField | TextField":
        from assessor_tui.tui.widgets.field import LineField, TextField

        kind = TextField if self.lines else LineField
        if value == self.value:
            value = self.unfinished() or value
        return kind(value, drafts=False, placeholder=self.placeholder, id="answer")

    def on_mount(self) -> None:
        """Nothing; the keys go to the list, or to the field when there is no list."""
        self.set_focus(self.query_one("#usual" if self.usual else "#answer"))

    async def take_character(self, character: str) -> bool:
        """True when the character opened the field: anything that is no digit of a usual text."""
        plain = plain_character(character)  # an input method may be on
        if not self.usual or self.query("#answer") or plain == " " or plain in "123456789"[: len(self.usual)]:
            return False
        await self._write("" if plain == "0" else character)
        return True

    async def _write(self, start: str = "") -> None:
        from assessor_tui.tui.widgets.field import open_field

        await open_field(self._field(self.value + start), self.query_one(Vertical), before=self.query_one("#said"))
        self.on_resize()
        self.say("")

    async def on_key(self, event: events.Key) -> None:
        """Nothing; a digit takes its usual text."""
        if self.query("#answer") or not event.character or not event.character.isdecimal():
            return
        number = int(event.character)
        if 1 <= number <= min(len(self.usual), 9) and self.is_current:
            event.stop()
            self.dismiss(self.usual[number - 1])

    async def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; takes the text under the cursor or opens the field."""
        message.stop()
        if message.index < len(self.usual):
            self.dismiss(self.usual[message.index])
        elif not self.query("#answer"):
            await self._write()

    async def on_done(self, message: Any) -> None:
        """Nothing; closes the window with the text if it will do."""
        message.stop()
        text = message.text.strip()
        if message.how == "blur":
            return
        if message.how == "escape":
            self.leave(text if text != self.value else None)
            if self.usual:
                await message.source.remove()
                self.set_focus(self.query_one("#usual"))
                self.say("")
            else:
                self.dismiss(None)
        elif self.required and not text:
            self.say(_("A few words are needed here."))
        elif wrong := self.check(text):
            self.say(wrong)
        else:
            self.leave(None)
            self.dismiss(text)


class Pages(Dialog[None]):
    """A window with a longer text to read."""

    def __init__(self, title: str, lines: Callable[[Any, int], list[CardLine]], model: Any) -> None:
        super().__init__(title)
        self.make_lines = lines
        self.model = model

    def hint(self) -> str:
        """The keys of the window."""
        return _("Up/Down PgUp/PgDn scroll   Esc close")

    BINDINGS: ClassVar[list[Any]] = [
        Binding("down", "scroll_by(1)", show=False),
        Binding("up", "scroll_by(-1)", show=False),
        Binding("home", "scroll_by(-1000000)", show=False),
        Binding("end", "scroll_by(1000000)", show=False),
        Binding("enter,q,question_mark,f1", "close", show=False),
    ]

    def body(self) -> Sequence[Widget]:
        """The text."""
        return (Card(self.model, lines=self.make_lines, id="pages"),)

    def action_scroll_by(self, lines: int) -> None:
        """Nothing; scrolls by lines."""
        card = self.query_one("#pages", Card)
        card.scroll_to(y=card.scroll_offset.y + lines, animate=False, immediate=True)
