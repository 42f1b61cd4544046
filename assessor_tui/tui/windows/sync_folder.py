"""A shared folder in a window: what there is to take in and to push, the work in a thread, and what came of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widget import AwaitMount, Widget

from assessor_tui.i18n import _
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.shown.shared_folder import Line, about, about_folder, came_words, plan_words
from assessor_tui.tui.shown.words import folder_words, size_words, visit_title
from assessor_tui.tui.widgets.card import Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.bundles import (
    Detail,
    Progress,
    Taken,
    after_taking,
    failure_sentence,
    good_news,
    summary_words,
    taken_of,
    trust_sentences,
)
from assessor_tui.tui.windows.dialog import Choose, Dialog, Option
from assessor_tui.tui.windows.pick_path import PickPath, first_place

if TYPE_CHECKING:
    from assessor_tui.carry.compare import Compared
    from assessor_tui.carry.exchange import Merged
    from assessor_tui.carry.folder import Shelf
    from assessor_tui.carry.push import Pushed
    from assessor_tui.tui.app import AssessorApp

FOLDERS = "shared folders"
"""Local state: the folders used last, the newest first."""
_REMEMBERED = 4
_CHUNK = 8 * 1024**2
"""Bytes taken in between two looks at the keys and the bar."""

LOOKING, PLAN, WORKING, ENDED = "looking", "plan", "working", "ended"
PULL, PUSH = "pull", "push"
OTHER = "other"


class Syncing(Dialog[Taken | None]):
    """Looks at the folder, says what there is to do, does it after Enter, and says what came of it."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("enter", "go", show=False),
        Binding("space", "mark", show=False),
        Binding("f4", "only('pull')", show=False),
        Binding("f5", "only('push')", show=False),
    ]

    def __init__(self, program: "AssessorApp", folder: Path, visit: str = "") -> None:
        """``visit`` is the one that is marked at first; ``""``: all that are on this laptop."""
        super().__init__(_("Sync with a folder"))
        self.program, self.store, self.folder, self.visit = program, program.store, folder, visit
        self.state = LOOKING
        self.lines: list[Line] = []
        self.shelf: Shelf | None = None
        self.merged: list[Merged] = []
        self.taken: Taken | None = None
        self.failure = ""
        self.stopped = False
        self.readers: list[str] = []
        """Devices for which is encrypted what goes to this folder."""
        self.done = 0
        """Bytes of the bundles that were taken in or written."""

    def hint(self) -> str:
        """The keys of the window."""
        if self.state == PLAN and self._anything():
            return _("Enter sync   Space mark   F4 only take in   F5 only push   Esc close")
        if self.state == WORKING:
            return _("Esc stop after this bundle")
        if self.state == ENDED and self.taken is not None and (self.taken.conflicts or self.taken.waiting):
            if self.taken.waiting:
                return _("Enter look at what was returned   Up/Down   Esc close")
            return _("Enter look at the conflicts   Up/Down   Esc close")
        return _("Esc close") if self.state == LOOKING else _("Enter close   Up/Down")

    def body(self) -> Sequence[Widget]:
        """How far it is, the visits, and more about the one under the cursor."""
        rows: VirtualList[Line] = VirtualList(
            self.draw, self.lines, empty=_("No visit is here, and none is in the folder."), id="visits"
        )
        return (Progress(1, id="progress"), rows, Detail(TextPage(), lines=page_lines, id="detail"))

    def list_lines(self) -> int:
        """The same before and after the folder was read, so that the window stays still."""
        return 9

    def draw(self, each: Line, width: int, cursor: bool) -> Content:
        """The line of a visit."""
        marks = glyphs()
        mark = marks.problem if each.troubles else marks.ticked if each.chosen else marks.unticked
        style = "$bad" if each.troubles else "$accent-text" if each.chosen else "$muted"
        words, how = self._words(each)
        room = max(width - width_of(safe(words)) - 4, width // 3)
        return left_right(
            content((f"{mark} ", style), fit(each.title, room)),
            content((fit(words, width - min(width_of(safe(each.title)), room) - 4), how)),
            width,
        )

    def _words(self, each: Line) -> tuple[str, str]:
        if self.state in (WORKING, ENDED):
            return came_words(each, going_on=self.state == WORKING)
        return plan_words(each)

    def on_mount(self) -> None:
        """Nothing; begins to look."""
        self.set_focus(self.query_one("#visits"))
        self._tell()
        self.look_at()

    @work(thread=True, group="bundles")
    def look_at(self) -> None:
        """Nothing; what there is to do, in a thread."""
        from assessor_tui.carry.compare import compare
        from assessor_tui.carry.folder import look, readers_of, usable
        from assessor_tui.carry.hand_over import recipients_of

        try:
            shelf = look(self.store, usable(self.store, self.folder))
            self.readers = readers_of(self.store, self.folder)
            found = compare(self.store, shelf, (), recipients_of(self.store, self.readers))
            lines = [Line(each, self._title(each), self._is_chosen(each, found)) for each in found]
        except Exception as error:
            self.app.call_from_thread(self.looked, None, [], failure_sentence(error))
        else:
            self.app.call_from_thread(self.looked, shelf, lines, "")

    def _title(self, each: "Compared") -> str:
        from assessor_tui.visit import Visit

        if each.here:
            try:
                visit = Visit(self.store, each.visit, new_id=self.program.new_id, language=self.program.language)
                return f"{visit_title(visit)}   {visit.today}"
            except (LookupError, KeyError):
                return each.visit[:8]  # its opening has not arrived yet
        return each.called

    def _is_chosen(self, each: "Compared", found: "Sequence[Compared]") -> bool:
        """What is new here is taken in when a person marks it, or when this laptop has no visit yet."""
        if self.visit:
            return each.visit == self.visit
        return each.here or (not each.away and not any(other.here for other in found))

    def looked(self, shelf: "Shelf | None", lines: list[Line], failure: str) -> None:
        """Nothing; shows what there is to do."""
        # What is marked and has something to do comes first.
        self.lines = sorted(lines, key=lambda each: (not each.pulls and not each.pushes, not each.chosen))
        self.shelf, self.failure = shelf, failure
        self.state = ENDED if shelf is None else PLAN
        self.query_one("#visits", VirtualList).set_rows(self.lines, 0)
        self._tell()

    def _anything(self) -> bool:
        return any(each.chosen and (each.pulls or each.pushes) for each in self.lines)

    def _tell(self) -> None:
        progress = self.query_one("#progress", Progress)
        if self.state == LOOKING:
            words = _("Looking at {folder}").format(folder=folder_words(self.folder))
        elif self.failure:
            words = _("Stopped.") if self.done else _("Nothing was done.")
        elif self.state == PLAN:
            due = sum(each.compared.due.size for each in self.lines if each.chosen)
            coming = sum(each.compared.coming.size for each in self.lines if each.chosen)
            progress.whole = max(due + coming, 1)
            folder = folder_words(self.folder)
            words = _("encrypted   {folder}").format(folder=folder) if self.readers else folder
        elif self.state == WORKING:
            words = _("{done} of {whole}").format(done=size_words(self.done), whole=size_words(progress.whole))
        elif self.stopped:
            words = _("Stopped. What was done stands; the next time goes on from here.")
        else:
            words = _("Done.") + (summary_words(self.taken) if self.taken is not None else "")
        progress.show(progress.whole if self.state == ENDED and not self.failure else self.done, words)
        self.say(self.failure)
        self._detail()

    def on_virtual_list_highlighted(self) -> None:
        """Nothing; says more about the visit under the cursor."""
        self._detail()

    def _detail(self) -> None:
        each: Line | None = self.query_one("#visits", VirtualList).row
        remarks: list[Remark] = []
        if each is not None and self.state in (WORKING, ENDED) and (each.bundles_in or each.bundles_out):
            remarks = [Remark(words, "answered") for words in (came_words(each)[0], *each.news)]
            remarks += [Remark(words, "problem") for words in each.troubles]
        elif each is not None:
            remarks = about(each)
        if self.shelf is not None:
            remarks += about_folder(self.shelf)
        self.query_one("#detail", Detail).show(TextPage(parts=(Part("", tuple(remarks)),) if remarks else ()))

    # The keys

    def action_mark(self) -> None:
        """Nothing; the visit under the cursor takes part, or not any more."""
        rows = self.query_one("#visits", VirtualList)
        if self.state != PLAN or rows.row is None:
            return
        index = self.lines.index(rows.row)
        self.lines[index] = self.lines[index]._replace(chosen=not self.lines[index].chosen)
        rows.set_rows(self.lines, index)
        self._tell()

    async def action_go(self) -> None:
        """Nothing; begins, or closes the window once the work has ended."""
        if self.state == PLAN and self._anything():
            self._begin(PULL, PUSH)
        elif self.state in (PLAN, ENDED):
            self.dismiss(self.taken)

    def action_only(self, what: str) -> None:
        """Nothing; begins with one of the two only."""
        if self.state == PLAN and self._anything():
            self._begin(what)

    async def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; Enter on a line is Enter."""
        message.stop()
        await self.action_go()

    def action_close(self) -> None:
        """Nothing; stops the work, or closes the window when none is going on."""
        if self.state == WORKING:
            self.stopped = True
            self.say(_("Stops after this bundle."))
        else:
            self.dismiss(self.taken._replace(show="", returned="") if self.taken is not None else None)

    # The work

    def _begin(self, *what: str) -> None:
        self.state = WORKING
        self._tell()
        self.run(what)

    @work(thread=True, group="bundles")
    def run(self, what: Sequence[str]) -> None:
        """Nothing; the work, in a thread: first what others have put there, then what they lack."""
        from assessor_tui.carry.pull import pull
        from assessor_tui.carry.push import push
        from assessor_tui.visit import Visit

        chosen = [each.compared for each in self.lines if each.chosen]
        failure = ""
        try:
            if PULL in what and (visits := [each.visit for each in chosen]):
                for merged in pull(self.store, self.folder, visits, chunk=_CHUNK, stopped=lambda: self.stopped):
                    self.app.call_from_thread(self.came, merged, trust_sentences(self.store, merged))
            if PUSH in what:
                mine = [
                    Visit(self.store, each.visit, new_id=self.program.new_id)
                    for each in chosen
                    if self.store.knows(each.visit)
                ]
                mine = [each for each in mine if is_open(each)]
                for pushed in push(self.store, mine, self.folder, to=self.readers, stopped=lambda: self.stopped):
                    self.app.call_from_thread(self.went, pushed)
        except Exception as error:
            failure = failure_sentence(error)
        taken = taken_of(self.store, self.merged, self.program.new_id)
        # Whoever asks for something finds it in the folder now.
        self.app.call_from_thread(self.finished, taken._replace(asked=""), failure)

    def _change(self, visit: str, **more: Any) -> None:
        rows = self.query_one("#visits", VirtualList)
        for index, each in enumerate(self.lines):
            if each.compared.visit == visit:
                self.lines[index] = each._replace(**more)
                rows.set_rows(self.lines, index)

    def _line(self, visit: str) -> Line | None:
        return next((each for each in self.lines if each.compared.visit == visit), None)

    def came(self, merged: "Merged", held: Sequence[str] = ()) -> None:
        """Nothing; one bundle was taken in."""
        self.merged.append(merged)
        name = merged.path.name
        bundles = self.shelf.bundles if self.shelf is not None else ()
        shelved = next((each for each in bundles if name == each.name or name in each.copies), None)
        if shelved is not None:
            self.done += shelved.size
            each = self._line(shelved.visit)
            if each is not None:
                trouble = (failure_sentence(merged.error),) if merged.error is not None else tuple(held)
                self._change(
                    shelved.visit, entries_in=each.entries_in + merged.new, files_in=each.files_in + merged.files,
                    bundles_in=each.bundles_in + (merged.error is None), news=each.news + good_news(merged),
                    troubles=each.troubles + tuple(words for words in trouble if words not in each.troubles),
                )  # fmt: skip
        self._tell()

    def went(self, pushed: "Pushed") -> None:
        """Nothing; one bundle stands in the folder."""
        from assessor_tui.evidence.files import EvidenceDamaged

        each = self._line(pushed.visit)
        if each is not None:
            self.done += pushed.size
            trouble = tuple(_(EvidenceDamaged.message).format(name=digest[:12]) for digest in pushed.damaged)
            self._change(
                pushed.visit, entries_out=each.entries_out + pushed.entries, files_out=each.files_out + pushed.files,
                bundles_out=each.bundles_out + (pushed.path is not None), troubles=each.troubles + trouble,
            )  # fmt: skip
        self._tell()

    def finished(self, taken: Taken, failure: str) -> None:
        """Nothing; says how it ended."""
        self.state, self.taken, self.failure = ENDED, taken, failure
        self.query_one("#visits", VirtualList).set_rows(self.lines, 0)
        self._tell()


def is_open(visit: Any) -> bool:
    """True when the visit's opening, scheme and forms are here."""
    try:
        return bool(visit.scheme and visit.forms)
    except (LookupError, KeyError):
        return False


def sync_dialog(screen: BaseScreen, visit: str = "") -> AwaitMount:
    """Opens the window of the folder used last, or the one in which a folder is chosen; wait for it.

    ``visit`` is the only one that is marked at first; without it all of this laptop are.
    """
    program = cast("AssessorApp", screen.app)
    known = [folder for each in program.store.local("", FOLDERS, []) if _is_there(folder := Path(each))]

    async def synced(taken: Taken | None) -> None:
        if taken is not None:
            await after_taking(screen, taken)

    async def begin(folder: Path) -> None:
        from assessor_tui.carry.folder import TEAM, is_decided, keep_readers

        said = [str(folder), *(each for each in program.store.local("", FOLDERS, []) if each != str(folder))]
        program.store.set_local("", FOLDERS, said[:_REMEMBERED])
        if is_decided(program.store, folder):
            await program.push_screen(Syncing(program, folder, visit), synced)
            return

        async def decided(who: str | None) -> None:
            if who:
                keep_readers(program.store, folder, [TEAM] if who == TEAM else [])
                await program.push_screen(Syncing(program, folder, visit), synced)

        readers = [
            Option(TEAM, _("only the people on the roster"), _("encrypted")),
            Option(OTHER, _("whoever opens the folder"), _("not encrypted")),
        ]
        await program.push_screen(Choose(_("Who can read what you put there?"), readers, folder_words(folder)), decided)

    async def picked(folders: tuple[Path, ...] | None) -> None:
        if folders:
            await begin(folders[0])

    def pick() -> AwaitMount:
        text = _(
            "A stick, a network folder or a synced drive that the laptops share. Nothing that stands there is changed."
        )
        start = first_place(str(known[0].parent) if known else "", Path.home(), Path.cwd())
        window = PickPath(_("Sync with which folder?"), text, start=start, folder=True)
        return program.push_screen(window, picked)

    async def chosen(what: str | None) -> None:
        if what == OTHER:
            await pick()
        elif what:
            await begin(Path(what))

    if not known:
        return pick()
    options = [Option(str(each), folder_words(each)) for each in known] + [Option(OTHER, _("another folder"))]
    return program.push_screen(Choose(_("Sync with a folder"), options), chosen)


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
