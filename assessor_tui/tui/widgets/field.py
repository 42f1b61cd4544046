"""Fields for text, mounted only while someone types.

Outside them letters are commands; inside them everything is text until the field is left by Enter (one line),
Ctrl+S, Tab or Esc. Imported late: Textual's text widgets are not on the way to the first frame.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

DRAFT_SECONDS = 0.4
"""Pause in typing after which the text is handed out as a draft."""

_LEAVING: list[Binding | tuple[str, str] | tuple[str, str, str]] = [
    Binding("ctrl+s", "finish('save')", show=False),
    Binding("tab", "finish('next')", show=False),
    Binding("shift+tab", "finish('previous')", show=False),
    Binding("escape", "finish('escape')", show=False),
]


class Draft(Message):
    """Text that is being typed, after a short pause; to be kept so that it survives a crash."""

    def __init__(self, source: "LineField | TextField", text: str) -> None:
        super().__init__()
        self.source = source
        self.text = text

    @property
    def control(self) -> "LineField | TextField":
        """The field."""
        return self.source

    def can_replace(self, message: Message) -> bool:
        """True for an older draft of the same field."""
        return isinstance(message, Draft) and message.source is self.source


class Done(Message):
    """The field is being left; the screen saves or drops the text and removes the field."""

    def __init__(self, source: "LineField | TextField", text: str, how: str) -> None:
        """``how`` is ``enter``, ``save``, ``next``, ``previous``, ``escape``, or ``blur`` for a click elsewhere."""
        super().__init__()
        self.source = source
        self.text = text
        self.how = how

    @property
    def control(self) -> "LineField | TextField":
        """The field."""
        return self.source


def typed_text(text: str) -> str:
    """The text without what no one can have meant to type: control characters besides line ends and tabulators."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text if each in "\n\t" or (each >= " " and not "\x7f" <= each <= "\x9f"))


async def open_field(
    field: "LineField | TextField", parent: Widget, *, before: Widget | None = None, after: Widget | None = None
) -> None:
    """Nothing; mounts the field in ``parent`` and gives it the keys before the next key is looked at.

    ``Widget.focus`` would wait its turn, and what is typed ahead would run as commands.
    """
    await parent.mount(field, before=before, after=after)
    parent.screen.set_focus(field)


class _Drafting:
    """Hands out drafts while typing; shared by both fields."""

    takes_text = True

    def _start(self, subject: str, drafts: bool, value: str) -> None:
        self.subject = subject
        self.first = value
        """The text the field was opened with."""
        self.drafts = drafts
        self._timer: Timer | None = None
        self._last = value
        self._finished = False

    def _changed(self, field: "LineField | TextField", text: str) -> None:
        if text == self._last:
            return  # also what was typed right before the end and is told after it: the field stays finished
        self._finished = False
        if not self.drafts:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = field.set_timer(DRAFT_SECONDS, lambda: self._hand_out(field, text))

    def _hand_out(self, field: "LineField | TextField", text: str) -> None:
        if text != self._last:
            self._last = text
            field.post_message(Draft(field, typed_text(text)))

    def hand_out_now(self) -> None:
        """Nothing; the draft goes to whoever keeps it, before this returns: the program is being left."""
        text = self.value if isinstance(self, Input) else getattr(self, "text", "")
        if not self.drafts or self._finished or text == self._last or not isinstance(self, Widget):
            return
        self._last = text
        for node in self.ancestors:
            if (keeps := getattr(node, "on_draft", None)) is not None:
                keeps(Draft(self, typed_text(text)))  # type: ignore[arg-type]
                return

    def _finish(self, field: "LineField | TextField", text: str, how: str) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._last = text  # handed over now: no draft of it may follow
        self._finished = True
        field.post_message(Done(field, typed_text(text), how))

    def _focused(self, field: "LineField | TextField") -> None:
        """The hardware cursor, which an input method's window follows, goes where the field is after the layout."""
        self._finished = False

        def place_cursor() -> None:
            if field.has_focus and field.is_attached:
                field.app.cursor_position = field.cursor_screen_offset

        field.call_after_refresh(place_cursor)

    def _left(self, field: "LineField | TextField", text: str) -> None:
        """The focus went elsewhere: by a click the field is done; with the terminal's window it only pauses."""
        if self._finished or not field.is_attached:
            return
        if field.app.app_focus and field.app.screen is field.screen:
            self._finish(field, text, "blur")
        elif self.drafts:
            self._hand_out(field, text)


class LineField(_Drafting, Input):
    """One line of text. ``subject`` names what is typed, for the screen that gets ``Draft`` and ``Done``."""

    DEFAULT_CSS = "LineField { height: 1; border: none; padding: 0; background: $cursor-away; width: 1fr; }"
    LINES = 1
    BINDINGS: ClassVar[list[Any]] = [*_LEAVING, Binding("enter", "finish('enter')", show=False)]

    def __init__(
        self,
        value: str = "",
        *,
        subject: str = "",
        placeholder: str = "",
        drafts: bool = True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A field that starts with ``value``, the cursor at its end."""
        super().__init__(value, placeholder=placeholder, select_on_focus=False, compact=True, id=id, classes=classes)
        self.cursor_blink = False
        self._start(subject, drafts, value)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the hardware cursor stands, which an input method's window follows.

        Textual's own answer is one cell too far right when the cursor is at the end of the text.
        """
        x, y, _width, _height = self.content_region
        return Offset(x + self._position_to_cell(self.cursor_position) - self.scroll_offset.x, y)

    def insert_text_at_cursor(self, text: str) -> None:
        """Nothing; inserts the text as far as it can be text of one line."""
        super().insert_text_at_cursor(typed_text(text).replace("\n", " ").replace("\t", " "))

    def render_line(self, y: int) -> Strip:
        """The strip of the line; blank once the field is on its way out.

        Textual may draw a widget once more between its removal and the next layout, when its styles are gone.
        """
        return super().render_line(y) if self.is_attached else Strip.blank(self.size.width)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nothing; starts waiting for the pause after which a draft goes out."""
        self._changed(self, event.value)

    def action_finish(self, how: str) -> None:
        """Nothing; posts ``Done``."""
        self._finish(self, self.value, how)

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self._left(self, self.value)

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        self._focused(self)

    def on_resize(self) -> None:
        """Nothing; the hardware cursor follows the field."""
        self._focused(self)


class StepField(LineField):
    """A line for a number that the arrow keys move on by steps."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("right", "step(1)", show=False),
        Binding("left", "step(-1)", show=False),
        Binding("up", "step(1)", show=False),
        Binding("down", "step(-1)", show=False),
    ]

    stepped: Callable[[str, int], str] | None = None
    """What a text becomes one step further, or (-1) back."""

    def action_step(self, step: int) -> None:
        """Nothing; another number stands in the field."""
        if self.stepped is not None:
            self.value = self.stepped(self.value, step)
            self.cursor_position = len(self.value)


class TextField(_Drafting, TextArea):
    """Several lines of text; Enter starts a new one."""

    DEFAULT_CSS = """
    TextField { height: 5; border: none; padding: 0; background: $cursor-away; width: 1fr; }
    TextField .text-area--cursor-line { background: $cursor-away; }
    """
    LINES = 5
    BINDINGS: ClassVar[list[Any]] = _LEAVING

    def __init__(
        self,
        value: str = "",
        *,
        subject: str = "",
        placeholder: str = "",
        drafts: bool = True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A field that starts with ``value``, the cursor at its end."""
        super().__init__(
            value,
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
            placeholder=placeholder,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False
        self._start(subject, drafts, value)
        self.move_cursor(self.document.end)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips of the field; blank ones once it is on its way out, for the reason given in ``LineField``."""
        return super().render_lines(crop) if self.is_attached else [Strip.blank(crop.width)] * crop.height

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Nothing; starts waiting for the pause after which a draft goes out."""
        self._changed(self, self.text)

    def action_finish(self, how: str) -> None:
        """Nothing; posts ``Done``."""
        self._finish(self, self.text, how)

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self._left(self, self.text)

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        self._focused(self)

    def on_resize(self) -> None:
        """Nothing; the hardware cursor follows the field."""
        self._focused(self)
