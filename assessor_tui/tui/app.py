"""The terminal program over one data folder: which page is shown, which visit is open.

The first frame is the last place the person was at, drawn by the page from a snapshot. What a visit really needs
(logic, scores) is loaded by a thread after that frame; keys typed meanwhile wait and are then applied in order.
"""

import asyncio
import gc
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.driver import Driver
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.timer import Timer

from assessor_tui.i18n import N_, _, system_language
from assessor_tui.store.errors import StoreError
from assessor_tui.store.ledger import Store
from assessor_tui.tui import first_frame, terminal
from assessor_tui.tui.base import BaseApp, BaseScreen, takes_text
from assessor_tui.tui.commands import (
    BOARD,
    CONFLICTS,
    EVIDENCE,
    FINDINGS,
    FLOWS,
    HOME,
    OVERVIEW,
    REVIEW,
    ROWS,
    VISIT,
    WALK,
)
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.themes import DARK

if TYPE_CHECKING:
    from assessor_tui.assess.results import Results
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.tui.copying import Copied, Copying
    from assessor_tui.tui.looking_after import LookedAfter
    from assessor_tui.tui.standing import StandingLine, Stood
    from assessor_tui.visit import Visit

PAGES = {
    HOME: "assessor_tui.tui.pages.home:HomeScreen",
    BOARD: "assessor_tui.tui.pages.board:BoardScreen",
    OVERVIEW: "assessor_tui.tui.pages.overview:OverviewScreen",
    WALK: "assessor_tui.tui.pages.walk:WalkScreen",
    ROWS: "assessor_tui.tui.pages.rows:RowsScreen",
    FLOWS: "assessor_tui.tui.pages.flows:FlowsScreen",
    FINDINGS: "assessor_tui.tui.pages.findings:FindingsScreen",
    EVIDENCE: "assessor_tui.tui.pages.evidence:EvidenceScreen",
    CONFLICTS: "assessor_tui.tui.pages.conflicts:ConflictsScreen",
    REVIEW: "assessor_tui.tui.pages.review:ReviewScreen",
}
"""Place -> module and class of its page, imported when the page is first shown; in the order of the tabs."""

_LATER = ("assessor_tui.tui.shown.outline", "assessor_tui.tui.shown.question_card")
"""Modules that pages need beyond their first frame."""

QUIET = 1.0
"""Seconds without a key after which the place is kept."""

LAST, LANGUAGE, THEME = "last place", "language", "theme"
"""Keys of the laptop's local state."""


def built(place: str) -> bool:
    """True when the page of the place is part of this program."""
    return find_spec(PAGES[place].partition(":")[0]) is not None


def tabs() -> tuple[str, ...]:
    """Places of the pages of a visit, in the order of the tabs."""
    return tuple(place for place in PAGES if place in VISIT and built(place))


LEAST = (50, 14)
"""Columns and rows below which nothing can be read; 60x18 is where the program is usable."""


class TooSmall(ModalScreen[None]):
    """Says that the window is too small, until it is larger. Keys do nothing meanwhile, so that none answers unseen."""

    DEFAULT_CSS = "TooSmall { background: $background; } TooSmall Card { height: 1fr; }"

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield Card(self.page(), lines=page_lines)

    def page(self) -> TextPage:
        """The sentence for the present size."""
        width, height = self.app.size
        words = _("This window is too small ({width}x{height}). Make it at least 60x18; nothing is lost.")
        return TextPage("", (Part("", (Remark(words.format(width=width, height=height)),)),))

    def on_resize(self) -> None:
        """Nothing; says the present size."""
        self.query_one(Card).show(self.page())


class Loaded(Message):
    """The thread has loaded what the visit needs, or could not."""

    def __init__(self, visit: "Visit | None", error: Exception | None) -> None:
        super().__init__()
        self.visit = visit
        self.error = error


class AssessorApp(BaseApp):
    """The program. ``store`` is open for writing."""

    TITLE = "Assessor"

    def __init__(
        self,
        store: Store,
        *,
        place: str = "",
        visit_id: str = "",
        target: str = "",
        language: str = "",
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        crash_folder: Path | None = None,
        painted: bool = False,
        typed: str = "",
    ) -> None:
        """The program at a place; without one, where the person was when it was last closed.

        ``painted`` says that the alternate screen is shown already, ``typed`` is what was typed before the program
        could read it.
        """
        self.painted = painted
        self.typed = typed
        last = store.local("", LAST, {}) if not place else {}
        super().__init__(
            language=language or store.local("", LANGUAGE, "") or system_language(),
            theme=store.local("", THEME, DARK.name),
            crash_folder=crash_folder,
        )
        self.store = store
        self.new_id = new_id
        self.visit: Visit | None = None
        self.visit_id: str = visit_id or last.get("visit", "")
        self.place: str = place or last.get("place", HOME)
        if store.device is None or (self.place not in (HOME, BOARD) and not self.visit_id) or self.place not in PAGES:
            self.place, self.visit_id = HOME, ""
        self.first_target: str = target or last.get("target", "")
        self.onlookers = False
        """True while scores, notes and history are hidden from people looking on."""
        self.key_time = 0.0
        """When the key that is being handled was typed, in seconds of the system's monotonic clock."""
        self.saved = ""
        """When the last act was saved, as the clock on the wall showed it."""
        self.loading = self.place in VISIT
        """True while the visit's parts are being loaded and keys wait."""
        self.unfinished: dict[tuple[str, ...], Any] = {}
        """What was typed in a window that was closed without saving, until the window is opened there again."""
        self._results: Results | None = None
        self._waiting: list[events.Key] = []
        self._replaying = False
        self._quiet: Timer | None = None
        self._renewed = store.renewed
        """Why this is a new device, as far as it was said."""
        self._trail: list[tuple[str, str]] = []
        self._pages: dict[str, BaseScreen] = {}

    def get_driver_class(self) -> type[Driver]:
        """The driver of this platform.

        It does not clear a screen that shows the first frame already, and begins with what was typed before.
        """
        if sys.platform == "win32":
            from assessor_tui.tui import windows_keys

            windows_keys.install()
        driver = super().get_driver_class()
        painted, typed = self.painted, self.typed
        if not painted and not typed:
            return driver

        class Begun(driver):  # type: ignore[misc, valid-type]
            """A terminal that was in use before its driver."""

            def start_application_mode(self) -> None:
                """Nothing; also hands on the keys that were read before."""
                if typed:
                    from textual._xterm_parser import XTermParser

                    parser = XTermParser()
                    for message in (*parser.feed(typed), *parser.feed("")):
                        self.process_message(message)
                super().start_application_mode()

            def write(self, data: str) -> None:
                """Nothing; writes everything but the order to clear what was painted."""
                super().write(data.replace(first_frame.ENTER, "") if painted else data)

        return Begun

    # Pages

    def page(self, place: str) -> "BaseScreen":
        """The page of a place, made when it is first asked for."""
        page = self._pages.get(place)
        if page is None:
            module, _, name = PAGES[place].partition(":")
            page = self._pages[place] = getattr(import_module(module), name)()
            self.install_screen(page, place)
        return page

    def get_default_screen(self) -> Screen[Any]:
        """The first page: nothing else stands under it."""
        page = self.page(self.place)
        # A page that is left gives up the callback it was pushed with; the first one was never pushed.
        page._push_result_callback(page, None)
        # Textual knows the size only after a first layout; the frame before it is laid out for the right one, too.
        page.add_class("-narrow" if self.size.width < 110 else "-wide")
        page.add_class("-low" if self.size.height < 24 else "-normal" if self.size.height < 36 else "-tall")
        return page

    async def go(self, place: str, target: str = "", *, back: bool = False) -> None:
        """Nothing; shows another page, its cursor at ``target`` (``form/path``), and remembers the way back."""
        if place in VISIT and self.visit is None:
            return
        if not back and (place, target) != (self.place, self._target()):
            self._trail.append((self.place, self._target()))
            del self._trail[:-50]
        page = self.page(place)
        self.place = place
        if page is not self.screen:
            await self.switch_screen(page)
        self._show(target)
        self.keep_soon()

    async def back(self) -> None:
        """Nothing; goes to where one came from; from the first place of a visit to the visits."""
        while self._trail:
            place, target = self._trail.pop()
            if place in (HOME, BOARD) or self.visit is not None:
                await self.go(place, target, back=True)
                return
        await self.go(OVERVIEW if self.place not in (OVERVIEW, HOME, BOARD) else HOME, back=True)

    def _target(self) -> str:
        return getattr(self._pages.get(self.place), "target", "")

    def _show(self, target: str = "") -> None:
        show = getattr(self._pages[self.place], "show", None)
        if show is not None:
            show(target)

    # Visits

    async def open_visit(self, visit_id: str, place: str = "", target: str = "") -> None:
        """Nothing; opens a visit at a page, without one where the person was in it last."""
        last = self.store.local(visit_id, LAST, {})
        self.visit_id = visit_id
        self.visit = None
        self._trail = [(HOME, ""), *([(BOARD, visit_id)] if self.place == BOARD else [])]
        self.place = place or last.get("place", OVERVIEW)
        if self.place not in VISIT or not built(self.place):
            self.place = OVERVIEW
        self.first_target = target or ("" if place else last.get("target", ""))
        page = self.page(self.place)
        if page is not self.screen:
            await self.switch_screen(page)
        getattr(page, "show_snapshot", lambda: None)()
        self.load()

    @property
    def today(self) -> str:
        """The day by this laptop's clock, in ISO; inside a visit the visit's own day counts instead."""
        from assessor_tui.ledger.clock import hong_kong_time

        return hong_kong_time(self.store.now()).date().isoformat()

    def forget_visit(self) -> None:
        """Nothing; no visit is open any more."""
        self.visit, self.visit_id = None, ""
        self._trail.clear()
        self._results = None

    @property
    def results(self) -> "Results":
        """Score, progress and what is left to do of the open visit as it stands."""
        if self._results is None:
            from assessor_tui.assess.results import Results

            self._results = Results()
        assert self.visit is not None
        self._results.look(self.visit.fillings, self.visit.state, self.visit.extent)
        return self._results

    def note_saved(self, entry: "Entry") -> None:
        """Nothing; the entry is durable since its time."""
        from assessor_tui.tui.shown.words import clock_time

        self.saved = clock_time(entry.at)
        self.copying.note(entry.at)
        self.standing.note(entry.seq)

    def load(self) -> None:
        """Nothing; starts loading what the open visit needs. Until it is there keys wait."""
        self.loading = True
        self._load(self.visit_id)

    @work(thread=True, exit_on_error=False)
    def _load(self, visit_id: str) -> None:
        try:
            for module in _LATER:
                import_module(module)
            from assessor_tui.assess.results import Results
            from assessor_tui.visit import Visit

            visit = Visit(self.store, visit_id, new_id=self.new_id, language=self.language)
            results = Results()
            results.look(visit.fillings, visit.state, visit.extent)
            results.score(visit.scheme, visit.category)
            self._results = results
        except Exception as error:
            self.post_message(Loaded(None, error))
        else:
            self.post_message(Loaded(visit, None))

    async def on_loaded(self, message: Loaded) -> None:
        """Nothing; shows the visit and applies the keys that have waited."""
        if message.error is not None:
            await self._not_opened(message.error)
            return
        self.visit = message.visit
        self._show(self.first_target)
        self.keep_soon()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)  # what a key makes is freed by counting; a search in the midst of it is felt
        await self._go_on()
        if message.visit is not None:
            self._look_back(message.visit)

    @work(thread=True, exit_on_error=False)
    def _look_back(self, visit: "Visit") -> None:
        """Finds the site's last visit, which the first number that is typed is compared with."""
        with suppress(Exception):  # the ledger may be closed meanwhile; whoever needs it looks again
            _ = visit.before

    async def _not_opened(self, error: Exception) -> None:
        """Shows the visits again and says why this one cannot be opened; an error of our own is raised."""
        if isinstance(error, LookupError):
            words = _("The beginning of this visit has not arrived yet. Take in a bundle of whoever started it.")
        elif (told := getattr(error, "message", None)) is not None:
            words = _(told).format_map({"reason": "", **getattr(error, "parameters", {})})
        else:
            raise error
        self.loading = False
        self._waiting.clear()
        await self.go(HOME, back=True)
        from assessor_tui.store.errors import LedgerDamaged

        if isinstance(error, LedgerDamaged):  # what to do about it takes more than a line
            self.read_out(_("The ledger is damaged"), words)
        else:
            self.page(HOME).say(words, "bold $doubt")

    async def _go_on(self) -> None:
        self.loading = False
        self._replaying = True
        while self._waiting and not self.loading:
            await self.on_event(self._waiting.pop(0))
        self._replaying = False

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Nothing; keys wait while the visit is being loaded, besides those that leave."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.loading and event.key not in ("ctrl+c", "ctrl+q"):
                self._waiting.append(event)
                return
            # When keys that waited were typed is not known; none of them is taken for a slip.
            self.key_time = self.key_time + 1 if self._replaying else event.time
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        """Nothing; a window that is too small says so, and shows the page again when it is large enough."""
        tiny = event.size.width < LEAST[0] or event.size.height < LEAST[1]
        if tiny and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not tiny and isinstance(self.screen, TooSmall):
            self.pop_screen()

    # Start and end

    def on_ready(self) -> None:
        """Nothing; the first frame stands, now comes everything else (besides what ``BaseApp`` does then)."""
        if not self.is_headless:
            from assessor_tui.tui.beside import Beside

            asyncio.get_running_loop().set_default_executor(Beside())
        if self.visit_id and self.place in VISIT:
            self.load()
        self.call_later(self._warn)
        from assessor_tui.tui.looking_after import LookingAfter

        self.looking_after = LookingAfter(self)

    def _warn(self) -> None:
        """Nothing; says what is unusual about the folder with the work."""
        from assessor_tui.i18n.sentences import doubt_of_place  # after the first frame
        from assessor_tui.store.place import doubtful_place

        if self.store.renewed:
            self._tell_renewal()
        elif place := doubtful_place(self.store.folder):
            self.say(doubt_of_place(str(self.store.folder), place))

    def _tell_renewal(self) -> None:
        from assessor_tui.i18n.sentences import renewal_words
        from assessor_tui.store.trusted import latest_roster

        self._renewed = self.store.renewed
        listed = latest_roster(self.store) is not None
        self.read_out(_("A new device"), renewal_words(self.store.renewed, listed=listed))

    def say(self, words: str) -> None:
        """Nothing; a sentence that nobody asked for stands on the page until the next key."""
        if isinstance(self.screen, BaseScreen):
            self.screen.say(words, "bold $doubt")

    def read_out(self, title: str, words: str) -> None:
        """Nothing; words that nobody may miss stand in a window until it is closed."""
        from assessor_tui.tui.windows.dialog import Pages

        self.push_screen(Pages(title, page_lines, TextPage(parts=(Part("", (Remark(words, "warning"),)),))))

    def keep_soon(self) -> None:
        """Nothing; keeps the place, and what it looks like, once no key has come for a moment."""
        if self._quiet is not None:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self._rested)

    def _rested(self) -> None:
        if self.store.renewed != self._renewed:  # what was merged has shown that another ledger writes as this device
            self._tell_renewal()
        self.keep()
        self.copying.look(self._target())
        self.standing.look()

    @cached_property
    def copying(self) -> "Copying":
        """Copies of the open visit at second places; made when a visit is open."""
        from assessor_tui.tui.copying import Copying

        return Copying(self)

    @cached_property
    def standing(self) -> "StandingLine":
        """How far the open visit's entries have come; made when a visit is open."""
        from assessor_tui.tui.standing import StandingLine

        return StandingLine(self)

    def run_to_its_end(self) -> int:
        """The exit code, once the program was left and what no second place holds yet is copied there."""
        self.run()
        if "copying" in self.__dict__:
            self.copying.finish()
        return self.return_code or 0

    def on_looked_after(self, message: "LookedAfter") -> None:
        """Nothing; says why no backup was made."""
        self.looking_after.told(message.error)

    def on_stood(self, message: "Stood") -> None:
        """Nothing; says how far the open visit's entries have come."""
        self.standing.told(message)
        # No page is left where the program is on its way out.
        if self.screen_stack and (show := getattr(self.screen, "show_standing", None)) is not None:
            show()

    def on_copied(self, message: "Copied") -> None:
        """Nothing; says once what came of a copy, and how old the newest one is now."""
        self.copying.told(message)

    def keep(self) -> None:
        """Nothing; keeps the place for the next start, and what it looks like. A window over it is not part of it."""
        if self.loading or not self._pages or not self.screen_stack:
            return
        page = self._pages[self.place]
        in_visit = self.place in VISIT and self.visit is not None
        here = {"place": self.place, "target": self._target(), "visit": self.visit_id if in_visit else ""}
        with self.store.together():
            self.store.set_local("", LAST, here)
            if in_visit:
                self.store.set_local(self.visit_id, LAST, here)
                getattr(page, "keep_snapshot", lambda: None)()
        if not self.is_headless and not isinstance(self.screen, ModalScreen) and not takes_text(self.focused):
            width, height = self.size
            frame = page._compositor.render_full_update().render_segments(self.console)
            first_frame.keep(self.store.folder, first_frame.kind_of_terminal(width, height), frame)

    def exit(self, *arguments: Any, **named: Any) -> None:
        """Nothing; keeps the place and leaves. A disk that does not take the place keeps nobody here."""
        with suppress(OSError, StoreError):
            self.keep()
        super().exit(*arguments, **named)

    def watch_language(self, tag: str) -> None:
        """Nothing; also keeps the language and gives it to the forms."""
        super().watch_language(tag)
        self.store.set_local("", LANGUAGE, tag)
        if self.visit is not None:
            self.visit.set_language(tag)
            self._show(self._target())

    def watch_theme(self, name: str) -> None:
        """Nothing; keeps the theme."""
        if self.is_running and self.store.local("", THEME, DARK.name) != name:
            self.store.set_local("", THEME, name)


class NoTerminal(Exception):
    """There is nothing to draw on: standard input or standard error, on which Textual draws, is no terminal."""

    message = N_("The program needs a terminal to draw on. Start it in one, or use its commands: assessor --help")
    parameters: ClassVar[Mapping[str, str]] = {}
    exit_code = 1


def demand_terminal() -> None:
    """Nothing, when there is a terminal to draw on.

    Raises:
        NoTerminal: when there is none.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NoTerminal


def fit_terminal(folder: Path, begun: "first_frame.Painted | terminal.Question | None" = None) -> str:
    """What was typed meanwhile. Marks and widths are as this terminal draws them from now on.

    A terminal that is not known yet is asked, and what it says is kept; one that does not answer keeps the safe set.

    Args:
        folder: the data folder.
        begun: what the start has done in the terminal already.
    """
    kind = terminal.kind_of_terminal()
    cells = terminal.recall(folder, kind)
    typed = ""
    # Over a painted frame nothing is asked: it was painted by a program that had asked.
    if cells is None and not isinstance(begun, first_frame.Painted):
        cells, typed = begun.answer() if begun is not None else terminal.measured()
        terminal.keep(folder, kind, cells)
    if cells and terminal.unusual(cells):
        from assessor_tui.tui.widgets import widths

        widths.fit_terminal(cells)
    return typed


def run(folder: Path, *, painted: "first_frame.Painted | terminal.Question | None" = None) -> int:
    """Exit code of the program over a data folder, after it was left.

    Args:
        folder: the data folder.
        painted: what the start has put on the alternate screen already: the first frame, or a question.

    Raises:
        StoreError: when the folder cannot be used.
        NoTerminal: when there is no terminal.
    """
    from assessor_tui.config import markers_folder

    with Store.open(folder, markers=markers_folder()) as store:
        demand_terminal()
        typed = fit_terminal(folder, painted)
        app = AssessorApp(store, crash_folder=folder / "crashes", painted=painted is not None, typed=typed)
        return app.run_to_its_end()
