"""Who has delivered, in a window: what has come of each laptop, what is missing, and asking for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding
from textual.content import Content
from textual.widget import AwaitMount, Widget

from assessor_tui.bundle.seal import RECEIPT, REQUEST
from assessor_tui.i18n import _, ngettext
from assessor_tui.reports.receipts_words import heard_words, missing_words, standing_words, state_words
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece, content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.bundles import Detail, opened, write_dialog
from assessor_tui.tui.windows.dialog import Dialog

if TYPE_CHECKING:
    from assessor_tui.carry.holding import Standing
    from assessor_tui.carry.receipts import Delivery
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Visit

Wanted = tuple[str, tuple[str, ...]]
"""Purpose of the bundle to make, and the devices it is for."""


class Own(LineBar):
    """The visit, and how far this laptop's own entries have come."""

    DEFAULT_CSS = "Own { background: $surface; color: $muted; margin: 0 0 1 0; }"
    LINES = 2

    def __init__(self, title: str, standing: "Standing") -> None:
        super().__init__()
        self.visit_title, self.standing = title, standing

    def line(self, width: int) -> list[Piece]:
        """The site, shortened to leave room for the other."""
        words = standing_words(self.standing)
        right = content(_("yours: {standing}").format(standing=words) if words else "")
        room = max(width - right.cell_length - 4, 8)
        return [left_right(content(" ", fit(self.visit_title, room)), content(right, " "), width)]


class Deliveries(Dialog["Wanted | None"]):
    """One line per laptop. Enter asks its person for what is missing, F5 makes a receipt."""

    BINDINGS: ClassVar[list[Any]] = [Binding("f5", "receipt", show=False)]

    def __init__(self, title: str, standing: "Standing", rows: "Sequence[Delivery]") -> None:
        super().__init__(_("Deliveries"))
        self.visit_title, self.standing = title, standing
        self.rows = tuple(rows)

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter ask for what is missing   F5 receipt   Esc close") if self.rows else _("Esc close")

    def body(self) -> Sequence[Widget]:
        """The laptops, and more about the one under the cursor."""
        rows: VirtualList[Delivery] = VirtualList(
            self.draw, self.rows, empty=_("Nobody else has written in this visit yet."), id="laptops"
        )
        return (Own(self.visit_title, self.standing), rows, Detail(TextPage(), lines=page_lines, id="detail"))

    def list_lines(self) -> int:
        """One for each laptop."""
        return max(min(len(self.rows), 10), 1)

    def draw(self, each: "Delivery", width: int, cursor: bool) -> Content:
        """The line of a laptop."""
        marks = glyphs()
        mark, style = (marks.answered, "$good") if each.complete else (marks.to_come, "$doubt")
        words = ngettext("{count} entry", "{count} entries", each.held).format(count=each.held) if each.device else ""
        state = _("complete") if each.complete else _("something is missing") if each.device else state_words(each)
        right = content(f"{words}   " if words else "", (state, "" if cursor else style))
        room = max(width - width_of(right.plain) - 5, 8)
        left = content((f"{mark} ", "" if cursor else style), fit(name_of(each), min(width_of(name_of(each)), room)))
        return left_right(left, right, width)

    def on_mount(self) -> None:
        """Nothing; puts the cursor on the first laptop of which something is missing."""
        rows = self.query_one("#laptops", VirtualList)
        first = next((place for place, each in enumerate(self.rows) if not each.complete), 0)
        if self.rows:
            rows.move_cursor(first, tell=False)
        self.set_focus(rows)
        self._detail()

    def on_virtual_list_highlighted(self) -> None:
        """Nothing; says more about the laptop under the cursor."""
        self._detail()

    def _detail(self) -> None:
        each = self.query_one("#laptops", VirtualList).row
        self.query_one("#detail", Detail).show(detail_page(each) if each is not None else TextPage())

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; asks for what is missing."""
        message.stop()
        each = self.rows[message.index]
        if not each.device:
            self.say(_("Nothing has come of {person} yet: send an invitation (F5 bundle).").format(person=each.person))
        elif each.complete:
            self.say(_("Nothing is missing of {person}. F5 makes a receipt.").format(person=name_of(each)))
        else:
            self.dismiss((REQUEST, (each.device,)))

    def action_receipt(self) -> None:
        """Nothing; a receipt for the laptop under the cursor."""
        each = self.query_one("#laptops", VirtualList).row
        if each is not None and each.device:
            self.dismiss((RECEIPT, (each.device,)))


def name_of(each: "Delivery") -> str:
    """Person and laptop, as people call them."""
    from assessor_tui.ledger.state import device_letters

    person = safe(each.person) or _("somebody")
    return f"{person}  {device_letters(each.device)}" if each.device else person


def detail_page(each: "Delivery") -> TextPage:
    """What there is to say about one laptop."""
    lines = []
    if missing := missing_words(each):
        lines.append(Remark(_("missing: {what}").format(what=missing), "warning"))
    else:
        lines.append(Remark(state_words(each), "answered" if each.complete else "warning"))
    if each.has:
        said = ngettext(
            "{count} entry of this laptop has arrived there",
            "{count} entries of this laptop have arrived there",
            each.has,
        )
        lines.append(Remark(said.format(count=each.has)))
    if heard := heard_words(each):
        lines.append(Remark(heard))
    return TextPage(parts=(Part("", tuple(lines)),))


def deliveries_dialog(screen: BaseScreen, visit: "Visit | str") -> AwaitMount:
    """Opens the window; wait for it as for any."""
    from assessor_tui.assess.cover import team_of
    from assessor_tui.carry.holding import standing
    from assessor_tui.carry.receipts import delivered
    from assessor_tui.tui.shown.words import visit_title

    program = cast("AssessorApp", screen.app)
    mine = opened(program, visit) if isinstance(visit, str) else visit
    header = mine.scheme.header_form
    team = team_of(mine.filling(header)) if header in mine.forms else ()
    rows = delivered(program.store, mine.id, [each.name for each in team])

    async def wanted(what: "Wanted | None") -> None:
        if what is not None:
            await write_dialog(screen, mine, *what)

    return program.push_screen(Deliveries(visit_title(mine), standing(program.store, mine.id), rows), wanted)
