"""The window in which a pasted or imported table is looked at before any of it is taken."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.shown.table_plan import PlanLine, Said
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import mark
from assessor_tui.tui.widgets.text import content, fit, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.dialog import WideList

TAKE, FIRST_UNIT, NEXT_SHEET, COLUMNS = "take", "first unit", "next sheet", "columns"
"""What was decided."""

_STYLES = {"problem": "$bad", "warning": "$doubt", "conflict": "$doubt", "answered": "$good", "edit": "$accent-text"}
_WHERE = 8


class Whole(Card):
    """The line under the cursor in full; always as high, so that the window stays still."""

    DEFAULT_CSS = "Whole { height: 4; border-top: solid $rule; }"

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 4


class TablePreview(WideList[str | None]):
    """What a table comes to: Enter takes it, Esc leaves everything as it is.

    While something is refused or doubtful, the first Enter says so and takes nothing; the second takes the rest.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("enter", "take", show=False, priority=True),
        Binding("u", "decide('first unit')", show=False),
        Binding("s", "decide('next sheet')", show=False),
        Binding("c", "decide('columns')", show=False),
    ]

    def __init__(self, title: str, said: Said, *, sheets: bool = False) -> None:
        """``sheets``: True when the file has other sheets with rows."""
        super().__init__(title, said.summary)
        self.said = said
        self.sheets = sheets
        self.warned = False

    def hint(self) -> str:
        """The keys of the window."""
        keys = [_("Enter take")] if self.said.takes else []
        keys += [_("u numbers are in the first unit")] if self.said.bare else []
        keys += [_("c columns")] if self.said.unknown else []
        keys += [_("s next sheet")] if self.sheets else []
        return "   ".join([*keys, _("Esc leave it all")])

    def body(self) -> Sequence[Widget]:
        """The lines, and the one under the cursor in full."""
        rows: VirtualList[PlanLine] = VirtualList(self.draw, self.said.lines, id="lines")
        return (rows, Whole(TextPage(), lines=page_lines, id="whole"))

    def draw(self, line: PlanLine, width: int, cursor: bool) -> Content:
        """Mark, cell, words."""
        room = max(width - _WHERE - 3, 10)
        words = safe(line.words)
        return content(
            (f"{mark(line.kind)} ", "" if cursor else _STYLES.get(line.kind, "$muted")),
            (fit(line.where, _WHERE), "$muted"),
            " ",
            fit(words, room) if width_of(words) > room else words,
        )

    def on_mount(self) -> None:
        """Nothing; the keys go to the list."""
        self.set_focus(self.query_one("#lines"))
        self._show_whole()

    def on_virtual_list_highlighted(self) -> None:
        """Nothing; shows the line under the cursor in full."""
        self._show_whole()

    def _show_whole(self) -> None:
        line = self.query_one("#lines", VirtualList).row
        if line is not None:
            remark = Remark(f"{line.where}  {line.words}".strip(), line.kind if line.kind in _STYLES else "")
            self.query_one("#whole", Card).show(TextPage(parts=(Part("", (remark,)),)))

    def action_take(self) -> None:
        """Nothing; takes the table, after having said once what is left out of it."""
        said = self.said
        if not said.takes:
            self.say(_("There is nothing to take: everything stands already or is refused."))
        elif self.warned or not (said.refused or said.doubts):
            self.dismiss(TAKE)
        else:
            self.warned = True
            self.say(_warning(said))

    def action_decide(self, what: str) -> None:
        """Nothing; closes the window with the decision, where it means something."""
        means = {FIRST_UNIT: self.said.bare, NEXT_SHEET: self.sheets, COLUMNS: self.said.unknown}
        if means[what]:
            self.dismiss(what)


def _warning(said: Said) -> str:
    words = []
    if said.refused:
        words.append(
            ngettext("{count} cannot be taken.", "{count} cannot be taken.", said.refused).format(count=said.refused)
        )
    if said.doubts:
        words.append(
            ngettext("{count} thing to look at.", "{count} things to look at.", said.doubts).format(count=said.doubts)
        )
    last = _("Enter again takes the rest.") if said.refused else _("Enter again saves them all.")
    return " ".join([*words, last])
