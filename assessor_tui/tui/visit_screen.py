"""What all pages of an opened visit share: header, tabs, hint bar, and the one way to record something."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Container

from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger.value import Value
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.commands import BOARD, HOME, PLACE_NAMES
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState, PageTabs
from assessor_tui.tui.widgets.hint_bar import HintBar, LineBar, StatusLine
from assessor_tui.tui.widgets.text import Piece

if TYPE_CHECKING:
    from assessor_tui.assess.cover import Covered
    from assessor_tui.assess.results import Results
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.problem import Problem
    from assessor_tui.quick import Quick
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Recorded, Visit

MINE = "mine"
"""Key of the visit's local state: true while only what the person at the keyboard covers is shown."""

_ASKS_REASON = frozenset({"visit.someone_else", "visit.reason_needed"})


class Rule(LineBar):
    """A thin line between the tabs and the page."""

    DEFAULT_CSS = "Rule { background: $background; color: $rule; }"

    def line(self, width: int) -> list[Piece]:
        """The line."""
        return [glyphs().rule * width]


class VisitScreen(BaseScreen):
    """A page of an opened visit.

    A subclass sets ``PLACE`` and ``BINDINGS = bindings(PLACE)`` and writes ``body`` (its widgets), ``show`` (draw
    from the visit as it stands) and, to be quick, ``changed`` (draw only what an act has changed).
    """

    DEFAULT_CSS = """
    VisitScreen > .body { layout: horizontal; }
    """

    target: str = ""
    """Where the cursor stands, ``form/path``; kept for the way back and for the next start."""

    covered: "Covered | None" = None
    """What alone is shown, while only what the person at the keyboard covers is."""

    # For the page to write

    def body(self) -> ComposeResult:
        """The page's own widgets."""
        yield from ()

    def show(self, target: str = "") -> None:
        """Nothing; draws the page from the visit as it stands, the cursor at ``target`` when one is given."""

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws what an act has changed."""
        self.show(self.target)

    def undone(self, recorded: "Recorded") -> None:
        """Nothing; after an undo or redo the cursor may go to where it happened."""

    def subject(self) -> tuple[str, str] | None:
        """(form, path) that a photo, a document or a finding is about now; None when there is nothing."""
        form, _, path = self.target.partition("/")
        return (form, path) if path else None

    # The frame around it

    def compose(self) -> ComposeResult:
        """Header, tabs, the page, what was saved last, the keys."""
        from assessor_tui.tui.app import tabs

        yield HeaderBar(id="header")
        yield PageTabs(tuple((place, PLACE_NAMES[place]) for place in tabs()), self.PLACE, id="tabs")
        yield Rule()
        with Container(classes="body"):
            yield from self.body()
        yield StatusLine(id="status")
        yield HintBar(self.PLACE, id="hints")

    @property
    def program(self) -> "AssessorApp":
        """The program this page belongs to."""
        return cast("AssessorApp", self.app)

    @property
    def visit(self) -> "Visit":
        """The open visit."""
        visit = self.program.visit
        assert visit is not None
        return visit

    @property
    def results(self) -> "Results":
        """Score, progress and what is left to do, as the visit stands."""
        return self.program.results

    @property
    def onlookers(self) -> bool:
        """True while scores, notes and history are hidden."""
        return self.program.onlookers

    def on_screen_resume(self) -> None:
        """Nothing; the page may have been away while the visit changed."""
        if self.program.visit is not None:
            self.program.standing.changed()
            self.program.keep_soon()  # a window over the page has kept the keys from asking for it
            self.show_header()

    def show_snapshot(self) -> None:
        """Nothing; draws what is known before the visit is loaded: the first line as it was."""
        kept = self.program.store.local(self.program.visit_id, "walk", {})
        header = kept.get("header", {})
        if header.keys() == set(HeaderState._fields) and self.program.visit is None:
            self.query_one(HeaderBar).show(HeaderState(**header))

    def show_header(self, **more: Any) -> None:
        """Nothing; shows how the visit stands in the first line."""
        from assessor_tui.tui.shown import words

        visit, results = self.visit, self.results
        checklists = [name for name, form in visit.forms.items() if form.kind == "checklist"]
        progress = [results.progress(form) for form in checklists]
        done, asked = sum(each.done for each in progress), sum(each.asked for each in progress)
        counted = f"{done}/{asked}"
        if self.covered is not None:
            done, asked = results.progress_of(checklists, self.covered.holds)
            counted = _("mine {done}/{asked}").format(done=done, asked=asked)
        score = "" if self.onlookers else words.score_short(results.score(visit.scheme, visit.category))
        state = HeaderState(
            title=words.visit_title(visit),
            progress=counted,
            score=score,
            saved=self.program.saved,
            conflicts=len(visit.state.conflicts),
            returned=len(visit.returned),
            signed=visit.signed,
            hidden=self.onlookers,
            **self.program.copying.header(),
            person=self.program.store.person,
        )
        self.query_one(HeaderBar).show(state._replace(**more))
        self.show_standing()

    def show_standing(self) -> None:
        """Nothing; says in the line over the keys how far this laptop's entries have come.

        A page on its way in or out has no such line; it is said when the page is shown.
        """
        for line in self.query("#status").results(StatusLine):
            line.stand(self.program.standing.words())

    def status(self, *pieces: Piece) -> None:
        """Nothing; says something in the line over the keys until the next time."""
        self.query_one("#status", StatusLine).say(*pieces)

    # The one way to record

    def record(
        self,
        act: str,
        form: str,
        path: str,
        value: Value | None = None,
        *,
        why: str = "",
        replaces: Sequence[str] | None = None,
        then: "Callable[[Recorded], None] | None" = None,
    ) -> "Recorded":
        """What came of the act. The page has been drawn again when this returns, or a sentence says why not.

        When a reason is needed it is asked for, nothing has been recorded yet, and ``then`` is called once it has.
        """
        recorded = self.visit.record(act, form, path, value, why=why, replaces=replaces)
        codes = {problem.code for problem in recorded.problems}
        if codes & _ASKS_REASON and not why:
            self.ask_reason(
                recorded.problems[0],
                lambda reason: self.record(act, form, path, value, why=reason, replaces=replaces, then=then),
            )
            return recorded
        self.did(recorded)
        if "visit.disputed" in codes:
            self.open_conflict(form, path)
        if not recorded.entries and not recorded.problems and (form, path) in self.visit.returned:
            self.say(_("This stands already, and it was returned. When it is right, reply with Ctrl+X."), "bold $doubt")
        if recorded.entries and then is not None:
            then(recorded)
        return recorded

    def did(self, recorded: "Recorded") -> None:
        """Nothing; shows what came of an act, whoever asked ``Visit`` for it."""
        if recorded.problems:
            from assessor_tui.i18n.sentences import sentence

            self.say(sentence(recorded.problems[0]), "bold $doubt")
            return
        if recorded.entries:
            self.program.note_saved(recorded.entries[-1][1])
            self.changed(recorded)
            self.show_header()

    def ask_reason(self, problem: "Problem", go_on: Callable[[str], Any]) -> None:
        """Nothing; asks for the reason that the problem demands, and goes on with it."""
        from assessor_tui.i18n.sentences import sentence
        from assessor_tui.tui.windows.dialog import AskText

        def answered(reason: str | None) -> None:
            if reason:
                go_on(reason)

        usual = [
            _("checked together with the colleague"),
            _("seen again on site"),
            _("was a slip of the key"),
            _("new document was shown"),
        ]
        self.app.push_screen(AskText(_("Reason"), sentence(problem), usual=usual), answered)

    def open_conflict(self, form: str, path: str) -> None:
        """Nothing; says that the answer is disputed, and goes to the conflict."""
        from assessor_tui.tui.app import built
        from assessor_tui.tui.commands import CONFLICTS

        if built(CONFLICTS):
            self.app.call_next(self.program.go, CONFLICTS, f"{form}/{path}")

    # Commands that mean the same on every page

    async def command_person(self) -> None:
        """Nothing; asks who is at the keyboard."""
        from assessor_tui.assess.cover import team_of
        from assessor_tui.tui.windows.person import ask_person

        def changed() -> None:
            self.show(self.target)
            self.show_header()

        team = [each.name for each in team_of(self.visit.filling(self.visit.scheme.header_form))]
        await ask_person(self, self.program.store, team, changed)

    def look_whose(self) -> None:
        """Nothing; finds out whether only what the person at the keyboard covers is shown, and what that is."""
        from assessor_tui.assess.cover import covered_by

        visit, store = self.visit, self.program.store
        self.covered = None
        if store.local(visit.id, MINE, False):
            self.covered = covered_by(visit.filling(visit.scheme.header_form), visit.forms, store.person)

    def switch_mine(self) -> str:
        """What is said after switching between what the person at the keyboard covers and everything."""
        from assessor_tui.assess.cover import cover_of

        store, visit = self.program.store, self.visit
        if store.local(visit.id, MINE, False):
            store.set_local(visit.id, MINE, None)
            return _("Everything is shown.")
        if cover_of(visit.filling(visit.scheme.header_form), store.person) is None:
            return _("The team in the header gives {person} nothing: all is shown.").format(person=store.person)
        store.set_local(visit.id, MINE, True)
        return _("Only mine is shown; / finds the rest ({person}).").format(person=store.person)

    def reason_against(self, command: Any) -> str:
        """As ``BaseScreen``; nothing but leaving is possible while the visit is being opened."""
        if self.program.visit is None and command.id not in ("quit", "help", "theme"):
            return _("The visit is being opened.")
        return super().reason_against(command)

    async def command_add_form(self) -> None:
        """Nothing; adds a checklist to this visit, after a look at what it holds."""
        from assessor_tui.tui.windows.adding import add_checklist

        await add_checklist(self)

    async def command_update_form(self) -> None:
        """Nothing; a checklist of the visit goes over to a newer version, after a look at what that means."""
        from assessor_tui.tui.windows.updating import update_dialog

        await update_dialog(self)

    def command_undo(self) -> None:
        """Nothing; takes back this laptop's last act."""
        self._take("undo", _("There is nothing to take back."), _("taken back"))

    def command_redo(self) -> None:
        """Nothing; does again what was taken back."""
        self._take("redo", _("There is nothing to do again."), _("done again"))

    def _take(self, what: str, nothing: str, said: str) -> None:
        recorded: Recorded = getattr(self.visit, what)()
        if not recorded.entries and not recorded.problems:
            self.say(nothing, "bold $doubt")
            return
        self.status()  # what was saved last may be what was taken back
        self.did(recorded)
        if recorded.entries:
            self.undone(recorded)
            places = {(entry.form, entry.path) for _digest, entry in recorded.entries}
            name, more = self.name_of(recorded.entries[0][1]), len(places) - 1
            if more:
                several = ngettext("{name} and {count} more", "{name} and {count} more", more)
                name = several.format(name=name, count=more)
            self.say(f"{said}: {name}")

    def name_of(self, entry: "Entry") -> str:
        """What an entry was about, as people call it."""
        from assessor_tui.tui.shown import words

        return words.entry_name(self.visit, entry, language())

    async def command_next_page(self) -> None:
        """Nothing; the page to the right."""
        await self._page_by(1)

    async def command_previous_page(self) -> None:
        """Nothing; the page to the left."""
        await self._page_by(-1)

    async def _page_by(self, step: int) -> None:
        from assessor_tui.tui.app import tabs

        places = tabs()
        await self.program.go(places[(places.index(self.PLACE) + step) % len(places)])

    async def action_go_to_page(self, place: str) -> None:
        """Nothing; goes to a page whose tab was clicked."""
        await self.program.go(place)

    async def command_go_to(self) -> None:
        """Nothing; a small menu of the pages."""
        from assessor_tui.tui.app import tabs
        from assessor_tui.tui.windows.dialog import Choose, Option

        letters = {
            "overview": "o", "walk": "w", "rows": "e", "flows": "f", "findings": "i", "evidence": "v", "conflicts": "c",
            "review": "r",
        }  # fmt: skip
        options = [
            Option(place, _(PLACE_NAMES[place]), _("you are here") * (place == self.PLACE), (letters[place],))
            for place in tabs()
        ]
        options += [
            Option(HOME, _(PLACE_NAMES[HOME]), "", ("h",)),
            Option(BOARD, _(PLACE_NAMES[BOARD]), "", ("d",)),
            Option("back", _("back"), "", ("b",)),
        ]

        async def go(place: str | None) -> None:
            if place == "back":
                await self.program.back()
            elif place and place != self.PLACE:
                await self.program.go(place)

        await self.app.push_screen(Choose(_("Go to"), options), go)

    def command_onlookers(self) -> None:
        """Nothing; hides scores, notes and history, or shows them again."""
        self.program.onlookers = not self.onlookers
        self.show(self.target)
        self.show_header()
        self.say(
            _("Scores, notes and history are hidden. The same key shows them again.")
            if self.onlookers
            else _("Scores, notes and history are shown again.")
        )

    def command_save(self) -> None:
        """Nothing; says when the last answer was saved."""
        saved = self.program.saved
        self.say(_("saved {time}").format(time=saved) if saved else _("Nothing new: everything was saved before."))

    async def command_back(self) -> None:
        """Nothing; goes back to where one came from."""
        await self.program.back()

    async def command_find(self) -> None:
        """Nothing; a search list over questions, rows, findings and notes, then goes there."""
        from assessor_tui.tui.windows.find import HIDDEN, QUICK, Find

        async def go(found: str | None) -> None:
            if found:
                place, _, target = found.partition(" ")
                if place == QUICK:
                    await self.record_line(target)
                elif place == HIDDEN:
                    form, _, path = target.partition("/")
                    await self.explain(form, path)
                else:
                    await self.program.go(place, target)

        await self.app.push_screen(Find(self.visit, language(), hidden=self.onlookers), go)

    async def command_why(self) -> None:
        """Nothing; shows why what the cursor stands on is asked, wrong or computed so."""
        subject = self.subject()
        if subject is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
        else:
            await self.explain(*subject)

    async def explain(self, form: str, path: str) -> None:
        """Nothing; shows why a question, also one that is hidden, stands as it does; goes where the person wants."""
        from assessor_tui.tui.commands import WALK
        from assessor_tui.tui.windows.why import Why

        try:
            self.visit.filling(form).nodes[path]
        except KeyError:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return

        async def go(target: str | None) -> None:
            if target:
                await self.program.go(WALK, target)

        await self.app.push_screen(Why(self.visit, form, path, language()), go)

    async def record_line(self, line: str) -> None:
        """Nothing; goes to the question that the line names by its number and records what the line says."""
        from assessor_tui.quick import Quick, read_quick
        from assessor_tui.tui.commands import FINDINGS, ROWS, WALK

        quick = read_quick(self.visit, line)
        if isinstance(quick, Quick):
            place = WALK if "[" not in quick.path else ROWS
            place = FINDINGS if quick.form == self.visit.scheme.findings_form else place
            await self.program.go(place, f"{quick.form}/{quick.path}")
            page = self.program.page(place)
            assert isinstance(page, VisitScreen)
            page.record_quick(quick)

    def record_quick(self, quick: "Quick", why: str = "") -> None:
        """Nothing; records answer and note as one act, and asks for the reason where one is needed."""
        from assessor_tui.quick import record_quick
        from assessor_tui.tui.windows.find import quick_words

        recorded = record_quick(self.visit, quick, why=why)
        if {problem.code for problem in recorded.problems} & _ASKS_REASON and not why:
            self.ask_reason(recorded.problems[0], lambda reason: self.record_quick(quick, reason))
            return
        said = quick_words(self.visit, quick, language())
        self.did(recorded)
        if recorded.entries:
            self.say(_("Recorded {what}. Ctrl+Z takes it back.").format(what=said))
        elif not recorded.problems:
            self.say(_("This stands already; nothing was recorded."))

    async def command_photo(self) -> None:
        """Nothing; ties a photo to what the cursor stands on."""
        await self._add_evidence("photo")

    async def command_document(self) -> None:
        """Nothing; ties a document or a record to what the cursor stands on."""
        await self._add_evidence("document")

    async def _add_evidence(self, kind: str) -> None:
        subject = self.subject()
        if subject is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return
        from assessor_tui.tui.windows.evidence_dialog import add_evidence

        await add_evidence(self, *subject, kind)

    def talked_about(self) -> list[tuple[str, str]]:
        """Form and path of each place that a return, a reply or a comment would be about now."""
        subject = self.subject()
        return [subject] if subject is not None else []

    async def command_talk(self) -> None:
        """Nothing; returns this with reasons, replies to a return, says that it is done, or comments."""
        from assessor_tui.tui.windows.returning import talk

        if places := self.talked_about():
            await talk(self, places[0])
        else:
            self.say(_("Choose a question or a row first."), "bold $doubt")

    async def command_talk_here(self) -> None:
        """Nothing; as ``command_talk``, where its key means something else."""
        await self.command_talk()

    async def command_comment_here(self) -> None:
        """Nothing; writes a comment for the colleagues on what the cursor stands on."""
        from assessor_tui.tui.windows.returning import write_comment

        if places := self.talked_about():
            await write_comment(self, places[0])
        else:
            self.say(_("Choose a question or a row first."), "bold $doubt")

    async def command_jot(self) -> None:
        """Nothing; writes a line down that is tied to nothing yet."""
        from assessor_tui.tui.windows.jot import write_jot

        await write_jot(self)

    async def command_finding(self) -> None:
        """Nothing; writes a finding about what the cursor stands on."""
        subject = self.subject()
        if subject is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return
        from assessor_tui.tui.windows.finding_dialog import write_finding

        await write_finding(self, *subject)

    @property
    def standing_at(self) -> str:
        """Name of the site's place that one walks through now; ``""`` when one does not walk by place."""
        return ""

    async def command_closing(self) -> None:
        """Nothing; the closing record: writing it, reading it out, keeping the signed sheet."""
        from assessor_tui.tui.windows.closing import closing_dialog

        await closing_dialog(self)

    async def command_sheet(self) -> None:
        """Nothing; keeps the photographed signed sheet."""
        from assessor_tui.tui.windows.closing import keep_sheet

        await keep_sheet(self)

    async def command_print_sheets(self) -> None:
        """Nothing; writes walk sheets to be printed."""
        from assessor_tui.tui.windows.printing import print_dialog

        await print_dialog(self)

    async def command_merge(self) -> None:
        """Nothing; takes in the bundles of colleagues."""
        from assessor_tui.tui.windows.bundles import merge_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(self, lambda: merge_dialog(self))

    async def command_copy_now(self) -> None:
        """Nothing; copies this visit to the second places."""
        from assessor_tui.tui.windows.second_places import copy_dialog

        await copy_dialog(self)

    async def command_copy_here(self) -> None:
        """Nothing; as ``command_copy_now``, where its key means something else."""
        await self.command_copy_now()

    async def command_deliveries(self) -> None:
        """Nothing; shows who has delivered of this visit."""
        from assessor_tui.tui.windows.deliveries import deliveries_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(self, lambda: deliveries_dialog(self, self.visit))

    async def command_bundle(self) -> None:
        """Nothing; makes a bundle of this visit."""
        from assessor_tui.tui.windows.bundles import bundle_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(self, lambda: bundle_dialog(self, self.visit))

    async def command_held_here(self) -> None:
        """Nothing; shows what is held back."""
        from assessor_tui.tui.windows.held_back import held_back_dialog

        await held_back_dialog(self)

    async def command_team(self) -> None:
        """Nothing; shows the team's roster."""
        from assessor_tui.tui.windows.team import team_dialog

        await team_dialog(self)

    async def command_sync(self) -> None:
        """Nothing; shares a folder with the other laptops, at first this visit only."""
        from assessor_tui.tui.windows.passphrase import with_key
        from assessor_tui.tui.windows.sync_folder import sync_dialog

        await with_key(self, lambda: sync_dialog(self, self.visit.id))
