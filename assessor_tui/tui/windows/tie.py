"""The window in which questions, rows and findings are searched and several of them are ticked."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding
from textual.content import Content

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.widgets.text import content
from assessor_tui.tui.windows.find import KINDS
from assessor_tui.tui.windows.search_list import Entry, SearchList, found


class TickSeveral(SearchList):
    """A search list in which F2 ticks; the result is the ids of what is ticked, else of the line under the cursor."""

    BINDINGS: ClassVar[list[Any]] = [Binding("f2", "tick", show=False, priority=True)]

    def __init__(self, title: str, entries: Sequence[Entry], text: str = "") -> None:
        super().__init__(
            title, entries, kinds=KINDS, placeholder=_("a word or a number such as 3.07"), text=text
        )  # fmt: skip
        self.ticked: dict[str, Entry] = {}

    def hint(self) -> str:
        """The keys of the window."""
        if self.ticked:
            said = ngettext("Enter ties to the {count} ticked", "Enter ties to the {count} ticked", len(self.ticked))
            return said.format(count=len(self.ticked)) + "   " + _("F2 tick   Esc close")
        return _("Enter tie   F2 tick several   Up/Down choose   Esc close")

    def draw(self, each: Entry, width: int, cursor: bool) -> Content:
        """The line of an entry, with its tick."""
        tick = content(("[x] " if each.id in self.ticked else "[ ] ", "bold $accent-text"))
        return tick.append(super().draw(each, width - 4, cursor))

    def action_tick(self) -> None:
        """Nothing; ticks the line under the cursor, or takes its tick away; the field is ready for the next word."""
        row = self.listed.row
        if row is None:
            return
        if self.ticked.pop(row.id, None) is None:
            self.ticked[row.id] = row
        query = self.query_one("#query")
        if getattr(query, "value", ""):
            query.value = ""  # type: ignore[attr-defined]
        self.listed.set_rows([*self.ticked.values(), *self._others("")], 0)
        self.say("")

    def _others(self, query: str) -> list[Entry]:
        entries = [each for each in self.entries if not self.only or each.kind == self.only]
        return [each for each in found(entries, query, self.kinds) if each.id not in self.ticked]

    def _show(self, query: str) -> None:
        ticked = [] if query else list(self.ticked.values())
        matching = found([each for each in self.entries if not self.only or each.kind == self.only], query, self.kinds)
        self.listed.set_rows([*ticked, *(each for each in matching if query or each.id not in self.ticked)], 0)
        self.say("")

    def take(self, each: Entry) -> None:
        """Nothing; closes the window with what is ticked, else with the line."""
        self.dismiss("\n".join(self.ticked) if self.ticked else each.id)
