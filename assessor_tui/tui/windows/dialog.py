"""Small windows over a screen: confirm, choose, write a text with a reason, search a list."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from assessor_tui.i18n import _
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
        else:
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
        return kind(value, drafts=False, placeholder=self.placeholder, id="answer")

    def on_mount(self) -> None:
        """Nothing; the keys go to the list, or to the field when there is no list."""
        self.set_focus(self.query_one("#usual" if self.usual else "#answer"))

    async def take_character(self, character: str) -> bool:
        """True when the character opened the field: anything that is no digit of a usual text."""
        if not self.usual or self.query("#answer") or character == " " or character in "123456789"[: len(self.usual)]:
            return False
        await self._write("" if character == "0" else character)
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
        if 1 <= number <= min(len(self.usual), 9):
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
            self.dismiss(text)


class Entry(NamedTuple):
    """One line of a search list."""

    id: str
    label: str
    detail: str = ""
    """Stands at the right end, such as the state or the key."""
    number: str = ""
    """What people call it, such as ``3.07``: typed alone it comes first."""
    kind: str = ""
    found_by: str = ""
    """``search_key`` of everything it is found by, made once."""
    reason: str = ""
    """Why it cannot be chosen now."""


def search_key(text: str) -> str:
    """The text as it is searched: small letters, full-width forms as their plain twins."""
    return unicodedata.normalize("NFKC", text).casefold()


def entry(id: str, label: str, *, number: str = "", also: str = "", detail: str = "", kind: str = "") -> Entry:
    """An entry with its index; ``also`` is found but not shown, as the label in the other languages."""
    return Entry(id, label, detail, number, kind, search_key(f"{number} {label} {also}"))


def found(entries: Sequence[Entry], query: str, kinds: Mapping[str, str] | None = None) -> list[Entry]:
    """Entries that hold every word of the query, those whose number or label starts with it first.

    ``kinds`` says which first character asks for which kind alone.
    """
    query = search_key(query).strip()
    wanted = (kinds or {}).get(query[:1], "")
    if wanted:
        query = query[1:].strip()
    words = query.split()
    exact: list[Entry] = []
    starting: list[Entry] = []
    others: list[Entry] = []
    for each in entries:
        if wanted and each.kind != wanted:
            continue
        found_by = each.found_by
        for word in words:
            if word not in found_by:
                break
        else:
            number = each.number.casefold()
            if number and number == query:
                exact.append(each)
            elif query and (number.startswith(query) or found_by.startswith(query)):
                starting.append(each)
            else:
                others.append(each)
    return exact + starting + others


class SearchList(Dialog[str | None]):
    """A field and a list that follows what is typed; the result is the id of the chosen entry."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "list_page(1)", show=False),
        Binding("pageup", "list_page(-1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        entries: Sequence[Entry],
        *,
        kinds: Mapping[str, str] | None = None,
        placeholder: str = "",
        text: str = "",
        query: str = "",
    ) -> None:
        """``entries`` with their index made before, so that opening costs nothing."""
        super().__init__(title, text)
        self.entries = entries
        self.kinds = kinds or {}
        self.placeholder = placeholder
        self.start_query = query
        self.only = ""
        """Kind that alone is shown; Tab switches it."""

    def hint(self) -> str:
        """The keys of the window."""
        if len({each.kind for each in self.entries}) > 1:
            return _("Up/Down choose   Enter go   Tab this kind only   Esc close")
        return _("Up/Down choose   Enter go   Esc close")

    def body(self) -> Sequence[Widget]:
        """The field and the list."""
        from assessor_tui.tui.widgets.field import LineField

        rows: VirtualList[Entry] = VirtualList(
            self.draw, found(self.entries, self.start_query, self.kinds), empty=_("Nothing found."), id="found"
        )
        rows.can_focus = False
        return (LineField(self.start_query, placeholder=self.placeholder, drafts=False, id="query"), rows)

    def list_lines(self) -> int:
        """The same however little is found, so that the window stays still while typing."""
        return max(min(len(self.entries), 14), 3)

    def draw(self, each: Entry, width: int, cursor: bool) -> Content:
        """The line of an entry."""
        style = "$muted" if each.reason else ""
        number = (fit(each.number, max(7, width_of(each.number))) + " ") if each.number else ""
        left = content((number, "bold"), (safe(each.label), style))
        detail = safe(each.reason or each.detail)
        if width_of(detail) > width // 2:
            detail = fit(detail, width // 2)
        return left_right(left, content((detail, "$muted" if each.reason else "$accent-text")), width)

    def on_mount(self) -> None:
        """Nothing; what is typed goes to the field."""
        self.set_focus(self.query_one("#query"))

    def on_input_changed(self, message: Any) -> None:
        """Nothing; shows what is found."""
        message.stop()
        self._show(message.value)

    def _show(self, query: str) -> None:
        entries = [each for each in self.entries if each.kind == self.only] if self.only else self.entries
        self.query_one("#found", VirtualList).set_rows(found(entries, query, self.kinds), 0)
        self.say("")

    def on_done(self, message: Any) -> None:
        """Nothing; chooses on Enter, closes on Esc."""
        message.stop()
        rows: VirtualList[Entry] = self.query_one("#found", VirtualList)
        if message.how == "escape":
            self.dismiss(None)
        elif message.how in ("enter", "save") and rows.row is not None:
            self.take(rows.row)
        elif message.how == "next" and (self.only or rows.row is not None):
            self.only = "" if self.only or rows.row is None else rows.row.kind
            self._show(message.text)

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; chooses the clicked entry."""
        message.stop()
        row = message.source.row
        if row is not None:
            self.take(row)

    def take(self, each: Entry) -> None:
        """Nothing; closes the window with the entry, or says why it cannot be chosen."""
        if each.reason:
            self.say(each.reason)
        else:
            self.dismiss(each.id)

    def action_move(self, step: int) -> None:
        """Nothing; moves the cursor of the list."""
        self.query_one("#found", VirtualList).action_cursor(step)

    def action_list_page(self, pages: int) -> None:
        """Nothing; moves the cursor by whole pages."""
        self.query_one("#found", VirtualList).action_page(pages)


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
        Binding("enter,q,question_mark,f1", "close", show=False),
    ]

    def body(self) -> Sequence[Widget]:
        """The text."""
        return (Card(self.model, lines=self.make_lines, id="pages"),)

    def action_scroll_by(self, lines: int) -> None:
        """Nothing; scrolls by lines."""
        card = self.query_one("#pages", Card)
        card.scroll_to(y=card.scroll_offset.y + lines, animate=False, immediate=True)
