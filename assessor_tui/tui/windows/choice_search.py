"""Choosing among many choices by typing; however many there are, only the lines that are seen are made."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from assessor_tui.form.model import Choice
from assessor_tui.i18n import _
from assessor_tui.logic.lists import found
from assessor_tui.tui.widgets.text import content, left_right, safe
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.search_list import FieldOverList

MOST_LINES = 14


class ChoiceSearch(FieldOverList[str | None]):
    """A field over the choices that hold what is typed; the result is the name of the one that is taken.

    With ``tick`` several can be taken: each is told to ``tick``, which says whether it is chosen then, and the window
    stays.
    """

    BINDINGS: ClassVar[list[Any]] = [Binding("ctrl+s", "close", show=False)]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        label: Callable[[Choice], str],
        *,
        taken: Collection[str] = (),
        query: str = "",
        text: str = "",
        tick: Callable[[str], Collection[str]] | None = None,
    ) -> None:
        super().__init__(title, text)
        self.choices = choices
        self.label = label
        self.taken = frozenset(taken)
        self.start_query = query
        self.tick = tick
        self.ticked = ""
        """What was ticked last, in words."""

    def hint(self) -> str:
        """The keys of the window."""
        if self.tick is not None:
            return _("Up/Down choose   Enter ticks   Esc done")
        return _("Up/Down choose   Enter takes it   Esc close")

    def body(self) -> Sequence[Widget]:
        """The field and the list."""
        from assessor_tui.tui.widgets.field import LineField

        rows: VirtualList[Choice] = VirtualList(
            self.draw, found(self.choices, self.start_query), empty=_("Nothing found."), id="found"
        )
        rows.can_focus = False
        return (LineField(self.start_query, drafts=False, id="query"), rows)

    def list_lines(self) -> int:
        """The same however little is found, so that the window stays still while typing."""
        return max(min(len(self.choices), MOST_LINES), 3)

    def draw(self, choice: Choice, width: int, cursor: bool) -> Content:
        """The line of a choice."""
        box = "" if self.tick is None else "[x] " if choice.name in self.taken else "[ ] "
        said = _("chosen") if self.tick is None and choice.name in self.taken else ""
        return left_right(content(box, safe(self.label(choice))), content((said, "$accent-text")), width)

    def on_input_changed(self, message: Any) -> None:
        """Nothing; shows what is found."""
        message.stop()
        self.listed.set_rows(found(self.choices, message.value), 0)
        self.say("" if message.value else self.ticked)

    def on_done(self, message: Any) -> None:
        """Nothing; takes on Enter, closes on Esc."""
        message.stop()
        row = self.listed.row
        if message.how == "escape" or (message.how == "save" and self.tick is not None):
            self.dismiss(None)
        elif message.how in ("enter", "save") and row is not None:
            self.take(row)

    def take(self, choice: Choice) -> None:
        """Nothing; closes with the choice; where several can be taken, ticks it."""
        if self.tick is None:
            self.dismiss(choice.name)
            return
        self.taken = frozenset(self.tick(choice.name))
        self.listed.refresh_all()
        field: Any = self.query_one("#query")
        field.value = ""  # the next one is typed at once
        said = _("{label}: chosen") if choice.name in self.taken else _("{label}: taken back")
        self.ticked = said.format(label=self.label(choice))
        self.say(self.ticked)
