"""A window with a few named fields, asked one after the other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage
from assessor_tui.tui.widgets.field import Done, Draft, LineField
from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece, safe, width_of
from assessor_tui.tui.windows.dialog import Dialog


class Asked(NamedTuple):
    """One field of the window."""

    name: str
    label: str
    value: str = ""
    required: bool = False
    placeholder: str = ""
    check: Callable[[str], str] = lambda text: ""
    """What is wrong with a text, ``""`` for nothing; asked for texts that are not empty."""
    unsure: bool = False
    """True for a value that is only the beginning: the keys go there first."""


class _Label(LineBar):
    """The name of a field."""

    DEFAULT_CSS = "_Label { background: $surface; color: $foreground; width: auto; }"

    def __init__(self, text: str, cells: int) -> None:
        super().__init__()
        self.styles.width = cells
        self.text = text

    def line(self, width: int) -> list[Piece]:
        """The name."""
        return [(safe(self.text), "bold")]


class _Row(Horizontal):
    """A name and its field on one line."""

    DEFAULT_CSS = "_Row { height: 1; }"
    LINES = 1

    def __init__(self, asked: Asked, cells: int, field: type[LineField]) -> None:
        super().__init__()
        self.asked = asked
        self.cells = cells
        self.field = field

    def compose(self) -> ComposeResult:
        """The name and the field."""
        yield _Label(self.asked.label, self.cells)
        yield self.field(
            self.asked.value, subject=self.asked.name, placeholder=self.asked.placeholder,
            id=f"field-{self.asked.name}",
        )  # fmt: skip


class AskFields(Dialog[dict[str, str] | None]):
    """A window that asks for several short texts: Enter goes from one to the next and saves after the last.

    The result maps each field's name to its text, or is None. ``told`` makes the text over the fields out of what is
    typed so far, so that one sees what comes of it.
    """

    FIELD: ClassVar[type[LineField]] = LineField

    def __init__(
        self,
        title: str,
        fields: Sequence[Asked],
        text: str = "",
        *,
        told: Callable[[Mapping[str, str]], str] | None = None,
        keep: Callable[[Mapping[str, str] | None], None] | None = None,
    ) -> None:
        """``keep`` is given what has been typed after each pause, and None once it is saved."""
        values = {each.name: each.value for each in fields}
        super().__init__(title, told(values) if told is not None else text)
        self.fields = tuple(fields)
        self.told = told
        self.keep = keep

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter next   Tab next   Ctrl+S save   Esc close")

    def body(self) -> Sequence[Widget]:
        """The fields."""
        left = self.unfinished() or {}
        self.fields = tuple(each._replace(value=left.get(each.name, each.value)) for each in self.fields)
        cells = min(max(width_of(each.label) for each in self.fields) + 2, 28)
        return [_Row(each, cells, self.FIELD) for each in self.fields]

    def on_mount(self) -> None:
        """Nothing; what is typed goes to the first field that is empty, else to the first."""
        first = next((each for each in self.fields if not each.value or each.unsure), self.fields[0])
        self._focus(first.name)

    def _focus(self, name: str) -> None:
        self.set_focus(self.query_one(f"#field-{name}"))

    def values(self) -> dict[str, str]:
        """What is typed in each field."""
        return {each.name: self.query_one(f"#field-{each.name}", LineField).value.strip() for each in self.fields}

    def on_input_changed(self, message: Any) -> None:
        """Nothing; shows what comes of it."""
        message.stop()
        self.retell()

    def retell(self) -> None:
        """Nothing; shows what comes of the fields as they are."""
        self.say("")
        if self.told is not None:
            remark = Remark(self.told(self.values()))
            self.query_one("#text", Card).show(TextPage(parts=(Part("", (remark,)),)))
            self.on_resize()

    def on_draft(self, message: Draft) -> None:
        """Nothing; hands out what is typed, so that a crash does not take it."""
        message.stop()
        if self.keep is not None:
            self.keep(self.values())

    def on_done(self, message: Done) -> None:
        """Nothing; the next field, or the end of it."""
        message.stop()
        names = [each.name for each in self.fields]
        at = names.index(message.source.subject)
        if message.how == "escape":
            self._leave()
            self.dismiss(None)
        elif message.how == "save" or (message.how == "enter" and at == len(names) - 1):
            self._save()
        elif message.how in ("enter", "next"):
            self._focus(names[(at + 1) % len(names)])
        elif message.how == "previous":
            self._focus(names[at - 1])

    def _save(self) -> None:
        values = self.values()
        for each in self.fields:
            text = values[each.name]
            wrong = _("{field} is needed.").format(field=each.label) if each.required and not text else ""
            if wrong := wrong or (each.check(text) if text else ""):
                self._focus(each.name)
                self.say(wrong)
                return
        if self.keep is not None:
            self.keep(None)
        self.leave(None)
        self.dismiss(values)

    def _leave(self) -> None:
        """What is typed and not saved stands in the window when it is opened here again."""
        values = self.values()
        if values == {each.name: each.value for each in self.fields}:
            return
        if self.keep is not None:
            self.keep(values)
        else:
            self.leave(values)
