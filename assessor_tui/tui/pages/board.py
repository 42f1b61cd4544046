"""The lead's board: all visits of a batch on one page, what presses most first."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message

from assessor_tui.assess.board import CONFLICTS, MERGED, NOT_HERE, RETURNED, SIGNED, Facts, Line, batches, board, owed
from assessor_tui.i18n import N_, _, language, long_date, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.state import device_letters
from assessor_tui.reports.board_words import days_words, reasons_words, stage_meanings, stage_words
from assessor_tui.reports.reminder import owed_words, site_of
from assessor_tui.tui.commands import BOARD, PLACE_NAMES, bindings
from assessor_tui.tui.pages.visits_page import ColumnTitles, VisitsScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState
from assessor_tui.tui.widgets.hint_bar import HintBar, LineBar, StatusLine
from assessor_tui.tui.widgets.text import Piece, safe
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.assess.documents import Document
    from assessor_tui.tui.app import AssessorApp

COLUMNS = (
    Column(16, N_("Site"), grows=True),
    Column(10, N_("Date"), rank=2),
    Column(13, N_("Stage")),
    Column(5, N_("In"), align="right"),
    Column(12, N_("Deadline"), align="right"),
    Column(26, N_("Urgent"), grows=True, rank=1),
)


def draw_line(line: Line, width: int, cursor: bool) -> Content:
    """One visit on one line."""
    facts = line.facts
    stage: Any = stage_words(line.stage)
    if line.stage == CONFLICTS:
        words = ngettext("{count} conflict", "{count} conflicts", facts.conflicts).format(count=facts.conflicts)
        stage = (f"{glyphs().conflict} {words}", "" if cursor else "bold $doubt")
    elif line.stage == RETURNED:
        words = ngettext("{count} returned", "{count} returned", facts.returned).format(count=facts.returned)
        stage = (f"{glyphs().returned} {words}", "" if cursor else "bold $doubt")
    elif line.stage == SIGNED:
        stage = (f"{glyphs().answered} {stage}", "" if cursor else "$good")
    elif line.stage == MERGED:
        stage = (stage, "" if cursor else "$good")
    days: Any = days_words(line.days) if line.stage != SIGNED else ""
    if line.days is not None and line.days < 0:
        days = (days, "" if cursor else "bold $bad")
    came = f"{line.has_come}/{len(line.expected)}" if line.expected else ""
    why = (reasons_words(line), "" if cursor else "$doubt")
    cells = (site_of(line, language()), facts.header.get("visit_date", ""), stage, came, days, why)
    return columns_line(cells, COLUMNS, column_widths(COLUMNS, width))


class Batches(LineBar):
    """Which batch is shown, and how many of its visits press."""

    DEFAULT_CSS = "Batches { background: $background; color: $muted; margin: 0 0 1 0; }"
    chosen = ""
    count = pressing = 0

    def line(self, width: int) -> list[Piece]:
        """The batch, and the counts."""
        shown = safe(self.chosen) or _("all batches")
        visits = ngettext("{count} visit", "{count} visits", self.count).format(count=self.count)
        press = ngettext("{count} urgent", "{count} urgent", self.pressing).format(count=self.pressing)
        return [f" {_('Show:')} ", (f"[{shown}]", "bold $accent-text"), f"  {visits}   {press}"]


class Read(Message):
    """The board has been read."""

    def __init__(self, facts: list[Facts]) -> None:
        super().__init__()
        self.facts = facts


class BoardScreen(VisitsScreen):
    """All visits of a batch."""

    PLACE = BOARD
    AUTO_FOCUS = "#visits"
    BINDINGS: ClassVar[list[Any]] = bindings(BOARD)
    DEFAULT_CSS = "BoardScreen #detail { height: 9; }"
    target = ""
    """The visit under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Facts] | None = None
        """None while the board is being read."""
        self.chosen = ""

    @property
    def program(self) -> "AssessorApp":
        """The program this page belongs to."""
        return cast("AssessorApp", self.app)

    def compose(self) -> ComposeResult:
        """Header, batch, list, what is owed in the visit under the cursor, keys."""
        yield HeaderBar(id="header")
        with Container(id="pages"):
            with Container(id="visit-list"):
                yield Batches(id="batches")
                yield ColumnTitles(COLUMNS)
                yield VirtualList(draw_line, id="visits")
            yield Card(TextPage(), lines=page_lines, id="detail")
        yield StatusLine(id="status")
        yield HintBar(BOARD, id="hints")

    def on_mount(self) -> None:
        """Nothing; starts reading."""
        self.show()

    def show(self, target: str = "") -> None:
        """Nothing; reads the board again, the cursor on the visit ``target`` when one is given."""
        self.target = target or self.target
        device = self.program.store.device
        person = f"{device.person}   " if device is not None else ""
        note = person + _("offline: all work is on this laptop")
        self.query_one(HeaderBar).show(HeaderState(title=f"Assessor   {_(PLACE_NAMES[BOARD])}", note=note))
        self._draw()
        self.read()

    @work(thread=True, exclusive=True, group="board")
    def read(self) -> None:
        """Nothing; reads the ledger beside the screen."""
        self.post_message(Read(self.program.store.board()))

    def on_read(self, message: Read) -> None:
        """Nothing; shows what was read."""
        self.facts = message.facts
        self._draw()

    def _draw(self) -> None:
        visits: VirtualList[Line] = self.query_one(VirtualList)
        device = self.program.store.device
        person, own = (device.person, device.id) if device is not None else ("", "")
        lines = board(self.facts or (), today=self.program.today, person=person, device=own, batch=self.chosen)
        at = next((index for index, line in enumerate(lines) if line.facts.visit == self.target), 0)
        visits.empty = _("being read") if self.facts is None else _("No visits here. F2 on the visits starts one.")
        visits.set_rows(lines, at)
        bar = self.query_one(Batches)
        bar.chosen, bar.count, bar.pressing = self.chosen, len(lines), sum(bool(line.reasons) for line in lines)
        bar.refresh()
        self._show_detail()

    def _show_detail(self) -> None:
        line = self.query_one(VirtualList).row
        self.query_one("#detail", Card).show(detail_page(line, self.program.today) if line is not None else TextPage())

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; what is owed in the visit under the cursor."""
        row = message.source.row
        self.target = row.facts.visit if row is not None else ""
        self._show_detail()

    def language_changed(self) -> None:
        """Nothing; says everything again."""
        self.show()

    # Commands

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now."""
        row: Line | None = self.query_one(VirtualList).row
        if command_id in ("remind", "open_visit") and row is None:
            return _("No visits here. F2 on the visits starts one.")
        if command_id in ("remind", "open_visit") and row is not None and row.stage == NOT_HERE:
            return _("The beginning of this visit has not arrived yet. Take in a bundle of whoever started it.")
        if command_id == "filter" and not batches(self.facts or ()):
            return _("No visit names a batch. Its header has a question for it.")
        return ""

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; the reminder, also by a click."""
        await self.action_command("remind")

    async def command_remind(self) -> None:
        """Nothing; opens the reminder."""
        from assessor_tui.tui.windows.reminder import Reminder

        row: Line | None = self.query_one(VirtualList).row
        sender = self.program.store.person
        if row is not None:
            await self.app.push_screen(Reminder(row, self.program.today, sender, self._documents(row.facts.visit)))

    def _documents(self, visit_id: str) -> "tuple[Document, ...]":
        from assessor_tui.assess.documents import documents
        from assessor_tui.visit import Visit

        visit = Visit(self.program.store, visit_id, new_id=self.program.new_id, language=language())
        header = visit.scheme.header_form
        return documents(visit.filling(header), self.program.today) if header in visit.forms else ()

    async def command_open_visit(self) -> None:
        """Nothing; opens the visit."""
        row: Line | None = self.query_one(VirtualList).row
        if row is not None:
            await self.program.open_visit(row.facts.visit)

    def command_filter(self) -> None:
        """Nothing; shows the next batch only."""
        known = ["", *batches(self.facts or ())]
        at = known.index(self.chosen) if self.chosen in known else 0
        self.chosen = known[(at + 1) % len(known)]
        self._draw()

    async def command_find(self) -> None:
        """Nothing; a search list over the visits."""
        from assessor_tui.tui.windows.search_list import SearchList, entry

        def go(visit_id: str | None) -> None:
            if visit_id:
                self.chosen, self.target = "", visit_id
                self._draw()

        entries = [
            entry(line.facts.visit, site_of(line, language()), also=" ".join(line.facts.header.values()),
                  detail=stage_words(line.stage))
            for line in board(self.facts or (), today=self.program.today)
        ]  # fmt: skip
        await self.app.push_screen(SearchList(_("Find a visit"), entries, placeholder=_("site or number")), go)

    async def command_merge(self) -> None:
        """Nothing; takes in bundles."""
        from assessor_tui.tui.windows.bundles import merge_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(self, lambda: merge_dialog(self))

    async def command_held_here(self) -> None:
        """Nothing; shows what is held back."""
        from assessor_tui.tui.windows.held_back import held_back_dialog

        await held_back_dialog(self)

    async def command_team(self) -> None:
        """Nothing; shows the team's roster."""
        from assessor_tui.tui.windows.team import team_dialog

        await team_dialog(self)

    async def command_sync(self) -> None:
        """Nothing; shares a folder with the other laptops."""
        from assessor_tui.tui.windows.passphrase import with_key
        from assessor_tui.tui.windows.sync_folder import sync_dialog

        await with_key(self, lambda: sync_dialog(self))

    async def command_deliveries(self) -> None:
        """Nothing; shows who has delivered of the visit under the cursor."""
        from assessor_tui.tui.windows.deliveries import deliveries_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        row: Line | None = self.query_one(VirtualList).row
        if row is not None and row.facts.complete:
            await with_key(self, lambda: deliveries_dialog(self, row.facts.visit))

    async def command_stages(self) -> None:
        """Nothing; says what the stages mean."""
        from assessor_tui.tui.windows.dialog import Pages

        stages = tuple(Remark(f"{name}: {meaning}") for name, meaning in stage_meanings())
        sorting = _(
            "First what is past its deadline, then what is overdue, people whose work is missing after the last day, "
            "laptops known to have more, conflicts, findings without owner or date, what is still to come, and what "
            "is due within a week. Signed visits stand last."
        )
        page = TextPage("", (Part(_("Stages"), stages), Part(_("Order"), (Remark(sorting),))))
        await self.app.push_screen(Pages(_("Board"), page_lines, page))

    async def command_back(self) -> None:
        """Nothing; goes back to the visits."""
        await self.program.back()

    def command_save(self) -> None:
        """Nothing; says that everything is saved."""
        self.say(_("Everything is saved: each answer was on the disk before the screen said so."))


def detail_page(line: Line, today: str) -> TextPage:
    """What is owed in a visit, and of whom what has come."""
    facts, parts = line.facts, []
    if line.stage == NOT_HERE:
        words = _("The beginning of this visit has not arrived yet. Take in a bundle of whoever started it.")
        return TextPage(_("visit {id}").format(id=facts.visit[:8]), (Part("", (Remark(words, "warning"),)),))
    head = []
    if day := facts.header.get("visit_date", ""):
        head.append(long_date(day))
    if batch := facts.header.get("batch", ""):
        head.append(batch)
    if deadline := facts.header.get("deadline", ""):
        head.append(_("due {date}").format(date=long_date(deadline)))
    parts.append(Part("", (Remark("   ".join([stage_words(line.stage), *head])),)))
    things = owed(line, today)
    if things:
        lines = tuple(Remark(owed_words(each, language()), "problem" if each.overdue else "to come") for each in things)
        parts.append(Part(_("Owed"), lines))
    came = [
        Remark(_("{letters} {persons}, last entry {time}").format(
            letters=device_letters(each.device), persons=_(", ").join(each.persons),
            time=f"{hong_kong_time(each.latest):%Y-%m-%d %H:%M}",
        ), "answered" if each.worked and not each.owes else "missing")
        for each in facts.came
    ]  # fmt: skip
    parts.append(Part(_("Laptops"), tuple(came)))
    return TextPage(site_of(line, language()), tuple(parts))
