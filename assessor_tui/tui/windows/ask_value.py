"""Asking for the answer to one question in a window, whatever its type."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widget import AwaitMount, Widget

from assessor_tui.form.model import LIST_TYPES, RANK, Choice
from assessor_tui.i18n import _, language
from assessor_tui.i18n.asked_words import example
from assessor_tui.ledger.value import Value, names
from assessor_tui.tui.entry_text import SEVERAL_LINES, answer_of
from assessor_tui.tui.input_keys import MOST_DIGITS, TOO_SOON
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.choice_search import ChoiceSearch
from assessor_tui.tui.windows.dialog import AskText, Choose, Dialog, Option, option_line
from assessor_tui.tui.windows.rank import Rank
from assessor_tui.units import unit_name

if TYPE_CHECKING:
    from textual.app import App

    from assessor_tui.logic.filling import Filling

Then = Callable[[Value | None], Any]
"""Gets the value, or None when nothing was chosen."""


class AskReason(AskText):
    """Asks for a reason after a digit; a second digit that comes too soon was meant for the first one."""

    def __init__(self, title: str, text: str, *, usual: Sequence[str], opened_at: float) -> None:
        """``opened_at`` is when the key that opened the window was typed, as events say it."""
        super().__init__(title, text, usual=usual)
        self.opened_at = opened_at

    async def on_key(self, event: Any) -> None:
        """Nothing; ignores a digit that comes too soon, with a word."""
        character = event.character or ""
        if character.isdecimal() and 0 <= event.time - self.opened_at < TOO_SOON:
            event.stop()
            event.prevent_default()
            self.say(_("{key} was ignored: it came within 0.3 seconds of the key before.").format(key=character))


class Tick(Dialog[tuple[str, ...] | None]):
    """A window in which several choices are ticked by digits or Space; the result is their ids, or None."""

    BINDINGS: ClassVar[list[Any]] = [Binding("ctrl+s", "finish", show=False)]

    def __init__(self, title: str, options: Sequence[Option], text: str = "", ticked: Sequence[str] = ()) -> None:
        super().__init__(title, text)
        self.options = tuple(options)
        self.ticked = set(ticked)

    def hint(self) -> str:
        """The keys of the window."""
        return _("1-9 or Space tick   Enter done   Esc close")

    def body(self) -> Sequence[Widget]:
        """The choices."""
        return (VirtualList(self._draw, self.options, id="options"),)

    def list_lines(self) -> int:
        """One for each choice."""
        return min(len(self.options), 14)

    def _draw(self, option: Option, width: int, cursor: bool) -> Content:
        index = self.options.index(option) + 1
        box = "[x]" if option.id in self.ticked else "[ ]"
        return option_line(option._replace(label=f"{box} {option.label}"), str(index) if index <= 9 else "", width)

    def on_mount(self) -> None:
        """Nothing; the keys go to the list."""
        self.set_focus(self.query_one("#options"))

    async def on_key(self, event: Any) -> None:
        """Nothing; a digit or Space ticks."""
        character = event.character or ""
        rows = self.query_one("#options", VirtualList)
        index = rows.cursor if event.key == "space" else int(character) - 1 if character.isdecimal() else -1
        if 0 <= index < min(len(self.options), 9 if character.isdecimal() else len(self.options)):
            event.stop()
            self.ticked ^= {self.options[index].id}
            rows.move_cursor(index)
            rows.refresh_row(index)

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; Enter is done."""
        message.stop()
        self.action_finish()

    def action_finish(self) -> None:
        """Nothing; closes the window with what is ticked."""
        if self.ticked:
            self.dismiss(tuple(option.id for option in self.options if option.id in self.ticked))
        else:
            self.say(_("Tick at least one, or close with Esc."))


def ask_value(app: "App[Any]", filling: "Filling", path: str, tag: str, today: str, then: Then) -> AwaitMount:
    """Opens the window that fits the question at ``path``; ``then`` is called with what was answered.

    Raises:
        KeyError: when there is no such question.
    """
    question = filling.state(path).question
    title = f"{question.number}  {_('new answer')}".strip()
    text = filling.label(path, tag)

    async def done(value: Value | None) -> None:
        result = then(value)
        if result is not None and hasattr(result, "__await__"):
            await result

    if question.type in LIST_TYPES:
        return _ask_choice(app, title, text, filling, path, tag, done)
    if question.type == "acknowledge":
        return app.push_screen(Choose(title, [Option("OK", _("Confirmed"))], text), lambda said: done(said or None))

    def check(typed: str) -> str:
        try:
            value = answer_of(question, typed, today)
        except ValueError as error:
            return str(error)
        from assessor_tui.i18n.sentences import sentence

        wrong = [problem for problem in filling.check(path, value) if problem.code != "answer.warning"]
        return sentence(wrong[0]) if wrong else ""

    async def typed(said: str | None) -> None:
        await done(answer_of(question, said, today) if said else None)

    placeholder = {
        "date": "2026-11-12",
        "quantity": " / ".join(unit_name(unit, language()) for unit in question.units),
    }.get(question.type) or example(question)
    lines = question.type in SEVERAL_LINES or question.type == "text"
    return app.push_screen(AskText(title, text, check=check, placeholder=placeholder, lines=lines), typed)


def _ask_choice(
    app: "App[Any]", title: str, text: str, filling: "Filling", path: str, tag: str, done: Then
) -> AwaitMount:
    offered, kind = filling.choices(path), filling.state(path).question.type

    def label(choice: Choice) -> str:
        return filling.choice_text(path, choice, tag)

    async def one(name: str | None) -> None:
        await done((name,) if name else None)

    if kind == "select_one" and len(offered) > MOST_DIGITS:
        return app.push_screen(ChoiceSearch(title, offered, label, text=text), one)
    options = [Option(each.name, label(each)) for each in offered]
    if kind == RANK:
        return app.push_screen(Rank(title, options, text), lambda placed: done(names(placed) or None))
    if kind == "select_one":
        return app.push_screen(Choose(title, options, text), one)
    return app.push_screen(Tick(title, options, text), lambda ticked: done(names(ticked) or None))
