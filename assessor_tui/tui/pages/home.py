"""The visits on this laptop: open one, start one, take in and hand over bundles."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message

from assessor_tui.i18n import N_, _, language, long_date, ngettext
from assessor_tui.store.ledger import is_same_person
from assessor_tui.store.trusted import count_waiting, latest_roster
from assessor_tui.tui.commands import BOARD, HOME, PLACE_NAMES, bindings
from assessor_tui.tui.pages.visits_page import ColumnTitles, VisitsScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import bar, glyphs
from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState
from assessor_tui.tui.widgets.hint_bar import HintBar, LineBar, StatusLine
from assessor_tui.tui.widgets.text import Piece, fit
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.carry.holding import Standing
    from assessor_tui.store.ledger import VisitRow
    from assessor_tui.tui.app import AssessorApp

COLUMNS = (
    Column(20, N_("Site"), grows=True),
    Column(10, N_("Date"), rank=2),
    Column(12, N_("Stage")),
    Column(7, N_("Done"), align="right"),
    Column(14, N_("Bundle"), rank=1, align="right"),
)
FILTERS = ("", "on site", "conflicts", "returned", "not bundled", "signed", "mine")

ROLES = (("assessor", N_("assessor")), ("lead", N_("team lead")), ("expert", N_("expert")),
         ("observer", N_("observer")), ("reviewer", N_("reviewer")))  # fmt: skip


class Shown(NamedTuple):
    """One line of the list."""

    id: str
    conflicts: int
    facts: dict[str, Any]
    """As ``facts.facts_of`` gave them; empty while they are being computed."""
    standing: "Standing | None" = None
    """How far this laptop's entries have come; None while that is not known."""
    away: Mapping[str, Any] | None = None
    """What stays of a visit that was put away, as ``Store.put_away_lines`` has it."""
    stage: str | None = None
    """As the board has it; None while that is not known."""


def stage_of(row: Shown) -> str:
    """How far the visit is, in the board's words."""
    if row.away is not None:
        return _("put away")
    if row.stage is None:
        return glyphs().cut
    from assessor_tui.reports.board_words import stage_words

    return stage_words(row.stage)


def site_words(facts: dict[str, Any]) -> str:
    """The site's names in both languages, the interface's first."""
    order = ("en", "zh") if language() == "en-HK" else ("zh", "en")
    return "  ".join(facts[key] for key in order if facts.get(key))


def draw_visit(row: Shown, width: int, cursor: bool) -> Content:
    """One visit on one line."""
    facts = row.facts
    stage: Any = stage_of(row)
    if row.conflicts:
        words = ngettext("{count} conflict", "{count} conflicts", row.conflicts).format(count=row.conflicts)
        stage = (words, "" if cursor else "bold $doubt")
    elif count := facts.get("returned", 0):
        words = ngettext("{count} returned", "{count} returned", count).format(count=count)
        stage = (words, "" if cursor else "bold $doubt")
    elif row.stage == "signed":
        stage = (f"{glyphs().answered} {stage}", "" if cursor else "$good")
    done = f"{facts['done']}/{facts['asked']}" if facts and row.away is None else ""
    carried = ", ".join(copy["place"] for copy in row.away["copies"]) if row.away is not None else ""
    if row.standing is not None:
        carried = sent_words(row.standing)
    site = site_words(facts) or _("visit {id}").format(id=row.id[:8])
    return columns_line((site, facts.get("date", ""), stage, done, carried), COLUMNS, column_widths(COLUMNS, width))


def sent_words(standing: "Standing") -> str:
    """What matters most of how far this laptop's entries have come; ``""`` when there are none."""
    from assessor_tui.reports.receipts_words import not_sent_words

    if standing.not_sent:
        return not_sent_words(standing.not_sent)
    if standing.not_confirmed:
        # One word, for the site needs the room.
        said = ngettext("{count} unconfirmed", "{count} unconfirmed", standing.not_confirmed)
        return said.format(count=standing.not_confirmed)
    return _("confirmed") if standing.saved else ""


class Filters(LineBar):
    """Which visits are shown."""

    DEFAULT_CSS = "Filters { background: $background; color: $muted; margin: 0 0 1 0; }"
    chosen = ""
    count = 0

    def line(self, width: int) -> list[Piece]:
        """The kinds, the present one in brackets, and how many visits there are."""
        names = {"": _("all"), "on site": _("on site"), "conflicts": _("conflicts"),
                 "returned": _("returned"), "not bundled": _("not sent"),
                 "signed": _("signed"), "mine": _("mine")}  # fmt: skip
        pieces: list[Piece] = [f" {_('Show:')} "]
        for kind in FILTERS:
            here = kind == self.chosen
            pieces.append((f"[{names[kind]}]" if here else f" {names[kind]} ", "bold $accent-text" if here else ""))
        pieces.append(f"  {ngettext('{count} visit', '{count} visits', self.count).format(count=self.count)}")
        return pieces


class HeldBackLine(LineBar):
    """How many bundles wait for a decision; not there while none does."""

    DEFAULT_CSS = "HeldBackLine { background: $background; color: $doubt; margin: 0 0 1 0; display: none; }"
    count = 0

    def show(self, count: int) -> None:
        """Nothing; says it, or goes away."""
        self.count = count
        self.display = count > 0
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """One sentence."""
        words = ngettext("{count} bundle is held back and waits for your decision: F7",
                         "{count} bundles are held back and wait for your decision: F7", self.count)  # fmt: skip
        return [f" {glyphs().warning} ", fit(words.format(count=self.count), width - 4)]


class Computed(Message):
    """The facts of one visit have been computed."""

    def __init__(self, visit_id: str, facts: dict[str, Any], standing: "Standing") -> None:
        super().__init__()
        self.visit_id = visit_id
        self.facts = facts
        self.standing = standing


class Stages(Message):
    """How far the visits are, as the board has it."""

    def __init__(self, stages: dict[str, str]) -> None:
        super().__init__()
        self.stages = stages


class HomeScreen(VisitsScreen):
    """All visits of this laptop."""

    PLACE = HOME
    AUTO_FOCUS = "#visits"
    BINDINGS: ClassVar[list[Any]] = bindings(HOME)

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Shown] = []
        self.kind = ""
        self.standings: dict[str, Standing] = {}
        self._wanted = ""
        """The visit where the person has put the cursor, or came from."""
        self._put = ""
        """The visit where the program put it last."""

    @property
    def program(self) -> "AssessorApp":
        """The program this page belongs to."""
        return cast("AssessorApp", self.app)

    def compose(self) -> ComposeResult:
        """Header, filters, list, what is known of the visit under the cursor, keys."""
        yield HeaderBar(id="header")
        with Container(id="pages"):
            with Container(id="visit-list"):
                yield Filters(id="filters")
                yield HeldBackLine(id="held-back")
                yield ColumnTitles(COLUMNS)
                yield VirtualList(draw_visit, id="visits")
            yield Card(TextPage(), lines=page_lines, id="detail")
        yield StatusLine(id="status")
        yield HintBar(HOME, id="hints")

    async def on_mount(self) -> None:
        """Nothing; draws the list; on the first start asks who works here."""
        self.query_one(VirtualList).empty = _("No visits yet. F2 starts one, F4 takes in a bundle from a colleague.")
        self.show()
        if self.program.store.device is None:
            await self.ask_identity()

    def on_screen_resume(self) -> None:
        """Nothing; other pages may have changed the visits."""
        if self.is_mounted:
            self.show()

    # Who works here

    async def ask_identity(self) -> None:
        """Nothing; asks for a name and a role, the only things that have to be set up."""
        from assessor_tui.ledger.entry import clean
        from assessor_tui.tui.windows.dialog import AskText, Choose, Option

        async def named(name: str | None) -> None:
            name = " ".join(clean(name or "").split())
            if not name:
                self.say(_("Before answering, say who works on this laptop (F2 asks again)."), "bold $doubt")
                return
            options = [Option(role, _(label)) for role, label in ROLES]

            def chosen(role: str | None) -> None:
                self.program.store.identify(name, role or "assessor")
                self.show()
                self.say(_("{name} works here. F2 starts a visit, F4 takes in a bundle.").format(name=name))

            await self.app.push_screen(
                Choose(_("Your role"), options, _("It can be changed later; only a team lead signs.")), chosen
            )

        text = _("Your name stands beside every answer you give. Nothing else has to be set up.")
        await self.app.push_screen(AskText(_("Who works on this laptop?"), text, placeholder=_("your name")), named)

    # Drawing

    def show(self, target: str = "") -> None:
        """Nothing; draws the list again, the cursor on the visit ``target`` when one is given."""
        store = self.program.store
        title = f"Assessor   {_(PLACE_NAMES[HOME])}"
        note = _("offline: all work is on this laptop")
        if latest_roster(store) is None:
            note = _("unsigned team   offline")
        self.query_one(HeaderBar).show(HeaderState(title=title, note=note, person=store.person))
        self.query_one(HeldBackLine).show(count_waiting(store))
        before = {row.id: row for row in self.all if row.away is None}
        here = [self._shown(row, before.get(row.id)) for row in store.visits()]
        self.all = here + [away_row(line) for line in reversed(store.put_away_lines())]
        self._filter(target)
        if here and not self.program.loading:
            # Of those that are known, too: a bundle may have been made meanwhile.
            self._compute(tuple(row.id for row in here))

    def _shown(self, row: "VisitRow", before: Shown | None) -> Shown:
        facts = dict(row.facts) if row.facts else {}
        known = self.standings.get(f"{row.id}/{row.entries}")
        stage = before.stage if before is not None else None
        return Shown(row.id, row.conflicts, facts or (before.facts if before is not None else {}), known, stage=stage)

    def _filter(self, target: str = "") -> None:
        rows = [row for row in self.all if self._fits(row)]
        visits: VirtualList[Shown] = self.query_one(VirtualList)
        if visits.row is not None and visits.row.id != self._put:
            self._wanted = visits.row.id
        self._wanted = target or self._wanted
        wanted = self._wanted or self.program.visit_id
        at = next((index for index, row in enumerate(rows) if row.id == wanted), -1)
        visits.set_rows(rows, at if at >= 0 else first_wanted(rows, self.program.today))
        self._put = visits.row.id if visits.row is not None else ""
        filters = self.query_one(Filters)
        filters.chosen, filters.count = self.kind, len(rows)
        filters.refresh()
        self._show_detail()

    def _fits(self, row: Shown) -> bool:
        if self.kind == "conflicts":
            return row.conflicts > 0
        if self.kind == "returned":
            return bool(row.facts.get("returned", 0))
        if self.kind == "mine":
            person = self.program.store.person
            return any(is_same_person(name, person) for name in row.facts.get("team", ()))
        if self.kind == "not bundled":
            return row.standing is not None and row.standing.not_sent > 0
        return not self.kind or row.stage == self.kind

    @work(thread=True, exclusive=True, group="facts")
    def _compute(self, visit_ids: tuple[str, ...]) -> None:
        from textual.worker import get_current_worker

        from assessor_tui.assess.board import line_of
        from assessor_tui.carry.holding import standing
        from assessor_tui.tui.shown.facts import facts_of
        from assessor_tui.visit import Visit

        worker, store = get_current_worker(), self.program.store
        device = store.device
        own = (device.person, device.id) if device is not None else ("", "")
        self.post_message(Stages({each.visit: line_of(each, self.program.today, *own).stage for each in store.board()}))
        known = {row.id: row for row in store.visits()}
        for visit_id in visit_ids:
            if worker.is_cancelled or visit_id not in known:
                return
            row = known[visit_id]
            facts = dict(row.facts) if row.facts else {}
            if not facts:
                try:
                    facts = facts_of(Visit(store, visit_id, new_id=self.program.new_id))
                except (LookupError, KeyError):
                    facts = {}  # its opening has not arrived yet
                else:
                    store.set_facts(visit_id, facts)
            now = standing(store, visit_id)
            if row.facts and self.standings.get(f"{visit_id}/{row.entries}") == now:
                continue
            self.standings[f"{visit_id}/{row.entries}"] = now
            self.post_message(Computed(visit_id, facts, now))

    def on_stages(self, message: Stages) -> None:
        """Nothing; shows how far the visits are."""
        self.all = [row._replace(stage=message.stages.get(row.id, row.stage)) for row in self.all]
        self._filter()

    def on_computed(self, message: Computed) -> None:
        """Nothing; shows what was computed."""
        for index, row in enumerate(self.all):
            if row.id == message.visit_id and row.away is None:
                self.all[index] = row._replace(facts=message.facts or row.facts, standing=message.standing)
        self._filter()

    def _show_detail(self) -> None:
        row = self.query_one(VirtualList).row
        self.query_one("#detail", Card).show(
            detail_page(row, hidden=self.program.onlookers) if row is not None else TextPage()
        )

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; what is known of the visit under the cursor."""
        self._show_detail()

    def language_changed(self) -> None:
        """Nothing; says everything again."""
        self.show()

    # Commands

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; opens the visit."""
        await self._open(message.source.row)

    async def _open(self, row: Shown | None) -> None:
        if row is not None and row.away is not None:
            from assessor_tui.tui.windows.putting_away import bring_back_dialog

            await bring_back_dialog(self, row.away)
        elif row is not None:
            await self.program.open_visit(row.id)

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now."""
        if command_id in ("open", "bundle", "put_away") and self.query_one(VirtualList).row is None:
            return _("No visits yet. F2 starts one, F4 takes in a bundle from a colleague.")
        if command_id in ("bundle", "put_away") and (row := self.query_one(VirtualList).row) and row.away is not None:
            return _("This visit was put away. Enter brings it back.")
        return ""

    async def command_put_away(self) -> None:
        """Nothing; puts the visit under the cursor away, after a question."""
        from assessor_tui.tui.windows.putting_away import put_away_dialog

        row = self.query_one(VirtualList).row
        if row is not None and (window := put_away_dialog(self, row.id)) is not None:
            await window

    def command_filter(self) -> None:
        """Nothing; shows the next kind of visits only."""
        self.kind = FILTERS[(FILTERS.index(self.kind) + 1) % len(FILTERS)]
        self._filter()
        if self.kind == "mine":
            self.say(_("Mine: visits whose team names {person}.").format(person=self.program.store.person))

    async def command_find(self) -> None:
        """Nothing; a search list over the visits."""
        from assessor_tui.tui.windows.search_list import SearchList, entry

        async def go(visit_id: str | None) -> None:
            if visit_id:
                self.kind = ""
                self._filter(visit_id)
                await self._open(self.query_one(VirtualList).row)

        entries = [
            entry(row.id, site_words(row.facts) or row.id[:8], also=row.facts.get("number", ""), detail=stage_of(row))
            for row in self.all
        ]
        await self.app.push_screen(SearchList(_("Find a visit"), entries, placeholder=_("site or number")), go)

    async def command_person(self) -> None:
        """Nothing; asks who is at the keyboard, offering the team of the visit under the cursor."""
        if self.program.store.device is None:
            await self.ask_identity()
            return
        from assessor_tui.tui.windows.person import ask_person

        row = self.query_one(VirtualList).row
        team = row.facts.get("team", ()) if row is not None else ()
        await ask_person(self, self.program.store, team, self.show)

    async def command_new_visit(self) -> None:
        """Nothing; asks for what a new visit needs and starts it."""
        if self.program.store.device is None:
            await self.ask_identity()
            return
        from assessor_tui.tui.pages.new_visit import NewVisit

        async def created(visit_id: str | None) -> None:
            if visit_id:
                await self.program.open_visit(visit_id, "overview")

        await self.app.push_screen(NewVisit(self.program), created)

    async def command_import(self) -> None:
        """Nothing; takes in forms and schemes from a folder, or opens the visits of a list."""
        from assessor_tui.tui.windows.dialog import Choose, Option
        from assessor_tui.tui.windows.take_forms import ask_import
        from assessor_tui.tui.windows.visit_list import ask_list

        async def chosen(what: str | None) -> None:
            if what == "forms":
                ask_import(self)
            elif what == "visits" and self.program.store.device is None:
                await self.ask_identity()
            elif what == "visits":
                await ask_list(self)

        options = [
            Option("visits", _("a list of visits: each of its lines becomes a visit"), ".xlsx .csv"),
            Option("forms", _("forms and a scheme for new visits"), ".yaml"),
        ]
        await self.app.push_screen(Choose(_("Bring in"), options), chosen)

    async def command_merge(self) -> None:
        """Nothing; takes in bundles."""
        if self.program.store.device is None:
            await self.ask_identity()
            return
        from assessor_tui.tui.windows.bundles import merge_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(self, lambda: merge_dialog(self))

    async def command_sync(self) -> None:
        """Nothing; shares a folder with the other laptops."""
        if self.program.store.device is None:
            await self.ask_identity()
            return
        from assessor_tui.tui.windows.passphrase import with_key
        from assessor_tui.tui.windows.sync_folder import sync_dialog

        await with_key(self, lambda: sync_dialog(self))

    async def command_bundle(self) -> None:
        """Nothing; makes a bundle of the visit under the cursor."""
        from assessor_tui.tui.windows.bundles import bundle_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        row = self.query_one(VirtualList).row
        if row is not None:
            await with_key(self, lambda: bundle_dialog(self, row.id))

    async def command_deliveries(self) -> None:
        """Nothing; shows who has delivered of the visit under the cursor."""
        from assessor_tui.tui.windows.deliveries import deliveries_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        row = self.query_one(VirtualList).row
        if row is not None and row.away is None:
            await with_key(self, lambda: deliveries_dialog(self, row.id))

    async def command_held_back(self) -> None:
        """Nothing; shows what is held back."""
        from assessor_tui.tui.windows.held_back import held_back_dialog

        await held_back_dialog(self)

    async def command_team(self) -> None:
        """Nothing; shows the team's roster."""
        from assessor_tui.tui.windows.team import team_dialog

        await team_dialog(self)

    async def command_places(self) -> None:
        """Nothing; names second places."""
        from assessor_tui.tui.windows.second_places import places_dialog

        await places_dialog(self)

    async def command_board(self) -> None:
        """Nothing; shows the board."""
        await self.program.go(BOARD)

    def command_save(self) -> None:
        """Nothing; says that everything is saved."""
        self.say(_("Everything is saved: each answer was on the disk before the screen said so."))


def first_wanted(rows: Sequence[Shown], today: str) -> int:
    """Index of the visit that takes place today, else of the next one coming, else of the one last over."""
    days = [
        (row.facts["date"], row.facts.get("last") or row.facts["date"], index)
        for index, row in enumerate(rows)
        if row.away is None and row.facts.get("date")
    ]
    now = [(first, index) for first, last, index in days if first <= today <= last]
    coming = [(first, index) for first, _last, index in days if first > today]
    over = [(last, index) for _first, last, index in days if last < today]
    if now or coming:
        return min(now or coming)[1]
    return max(over)[1] if over else 0


def away_row(line: Mapping[str, Any]) -> Shown:
    """The line of a visit that was put away."""
    names = {"en": "", "zh": "", **line["names"]}
    facts = {**names, "date": line["date"], "number": line["number"]}
    return Shown(line["visit"], 0, facts, away=line)


def away_page(line: Mapping[str, Any], title: str) -> TextPage:
    """What stays of a visit that was put away."""
    from assessor_tui.ledger.clock import hong_kong_time

    day = long_date(hong_kong_time(line["at"]).date().isoformat())
    said = [Remark(_("Put away on {date} by {person}").format(date=day, person=line["person"]))]
    held = _("{entries} entries and {files} files").format(entries=line["entries"], files=line["files"])
    said += [Remark(held), Remark(_("Enter brings it back."))]
    copies = tuple(Remark(f"{copy['place']}   {copy['file']}") for copy in line["copies"])
    return TextPage(title, (Part("", tuple(said)), Part(_("Copies"), copies)))


def detail_page(row: Shown, *, hidden: bool = False) -> TextPage:
    """What is known of a visit, a few lines; without its score while that is ``hidden`` from onlookers."""
    facts = row.facts
    if row.away is not None:
        return away_page(row.away, site_words(facts))
    if not facts:
        return TextPage(_("visit {id}").format(id=row.id[:8]), (Part("", (Remark(_("being read"), ""),)),))
    tag = language()

    def say(text: dict[str, str]) -> str:
        return text.get(tag) or next(iter(text.values()), "")

    days = long_date(facts["date"])
    if facts["last"] and facts["last"] != facts["date"]:
        days += f" - {long_date(facts['last'])}"
    lines = [f"{days}   {say(facts['category'])}"]
    if facts["team"]:
        lines.append(_("Team: {names}").format(names=_(", ").join(facts["team"])))
    said = [_("{left} left to do").format(left=facts["left"])]
    if facts["range"] and not hidden:
        said.append(_("score {range} of 100, {known} known").format(range=facts["range"], known=facts["known"]))
    count = sum(facts["findings"].values())
    if count:
        said.append(ngettext("{count} finding", "{count} findings", count).format(count=count))
    lines.append("   ".join(said))
    if count := facts.get("returned", 0):
        words = ngettext("{count} returned: look at it again", "{count} returned: look at them again", count).format(
            count=count
        )
        lines.append(f"{glyphs().returned} {words}")
    if row.standing is not None and row.standing.saved:
        from assessor_tui.reports.receipts_words import standing_words

        lines.append(_("Yours: {standing}").format(standing=standing_words(row.standing)))
    sections = [
        f"{fit(number, 2)} {fit(say(title), 26)} {bar(done, asked, 8)} {done}/{asked}"
        for title, number, done, asked in facts["sections"]
    ]
    lines.append(_("Enter opens it where you were last."))
    parts = [
        Part("", tuple(Remark(line) for line in lines)),
        Part(_("Sections"), tuple(Remark(line) for line in sections)),
    ]
    return TextPage(site_words(facts), tuple(parts))
