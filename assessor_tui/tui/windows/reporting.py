"""Writing the summary from inside the program: for whom, into which folder, and opened in a browser if wanted."""

import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.binding import Binding
from textual.widget import AwaitMount, Widget

from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.bundles import Progress, failure_sentence
from assessor_tui.tui.windows.dialog import Choose, Dialog, Option
from assessor_tui.tui.windows.pick_path import PickPath, first_place

if TYPE_CHECKING:
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Visit

WRITTEN_TO = "report folder"
"""Local state: the folder used last."""

REVIEW, SITE, EVERY = "review", "site", "every"


class Result(Card):
    """What came of it; always as high."""

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 9


class Reporting(Dialog[None]):
    """Writes the summary in a thread and says where it stands. Enter opens it in the browser."""

    BINDINGS: ClassVar[list[Any]] = [Binding("enter", "finish", show=False)]

    def __init__(self, visit: "Visit", folder: Path, *, audience: str, tag: str | None) -> None:
        super().__init__(_("Summary"))
        self.visit, self.folder, self.audience, self.tag = visit, folder, audience, tag
        self.files: Sequence[Path] = ()
        self.ended = False

    def hint(self) -> str:
        """The keys of the window."""
        if not self.ended:
            return _("being written")
        return _("Enter open in the browser   Esc close") if self.files else _("Esc close")

    def body(self) -> Sequence[Widget]:
        """What is being done, then what came of it."""
        return (Progress(1, id="progress"), Result(TextPage(), lines=page_lines, id="result"))

    def on_mount(self) -> None:
        """Nothing; starts the work."""
        self.begin()

    def begin(self) -> None:
        """Nothing; says what is being written and starts the thread."""
        self.query_one("#progress", Progress).show(0, _("The summary is being written."))
        self.write()

    @work(thread=True, group="report")
    def write(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.reports.html import write_report

        try:
            files = write_report(
                self.visit, self.folder, language=self.tag, audience="site" if self.audience == SITE else "review"
            )
        except Exception as error:
            self.app.call_from_thread(self.finished, (), failure_sentence(error))
        else:
            self.app.call_from_thread(self.finished, files, "")

    def finished(self, files: Sequence[Path], failure: str) -> None:
        """Nothing; says how it ended."""
        self.files, self.ended = files, True
        if files:
            self.query_one("#progress", Progress).show(1, _("The summary is written."))
            parts = [
                Part("", tuple(Remark(each.name, "answered") for each in files)),
                Part(_("in the folder"), (Remark(str(files[0].parent.absolute())),)),
                Part("", (Remark(_("One file, complete in itself: it can be sent or printed as it is.")),)),
            ]
        else:
            self.query_one("#progress", Progress).show(0, _("No summary was written."))
            parts = [Part("", (Remark(failure, "problem"),))]
        self.query_one("#result", Result).show(TextPage(parts=tuple(parts)))
        self.say("")

    def action_finish(self) -> None:
        """Nothing; opens the summary in the browser."""
        if not self.ended:
            return
        if not self.files or open_in_browser(self.files[0]):
            self.dismiss(None)
        else:
            self.say(_("No browser could be opened here. Open the file from its folder."))


def open_in_browser(file: Path) -> bool:
    """True when a browser was asked to show the file. One that runs in this terminal is never started."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:  # lynx and the like would draw over the program
        return False
    try:
        return browser.open(file.absolute().as_uri())
    except (OSError, webbrowser.Error):
        return False


def report_dialog(screen: BaseScreen, visit: "Visit") -> AwaitMount:
    """Opens the windows in which reader and folder are chosen and the summary is written; wait for it as for any."""
    program = cast("AssessorApp", screen.app)
    here = LANGUAGE_NAMES[language()]
    options = [
        Option(REVIEW, _("for the reviewer, with scores and conflicts"), here),
        Option(EVERY, _("for the reviewer, in three languages"), " ".join(LANGUAGE_NAMES[tag] for tag in LANGUAGES)),
        Option(SITE, _("for the site, without scores and internal notes"), here),
    ]

    async def reader_chosen(reader: str | None) -> None:
        if not reader:
            return

        async def folder_chosen(folders: tuple[Path, ...] | None) -> None:
            if folders:
                program.store.set_local("", WRITTEN_TO, str(folders[0]))
                tag = None if reader == EVERY else language()
                await program.push_screen(Reporting(visit, folders[0], audience=reader, tag=tag))

        start = first_place(program.store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
        await program.push_screen(PickPath(_("Summary: into which folder?"), start=start, folder=True), folder_chosen)

    return program.push_screen(Choose(_("Summary"), options), reader_chosen)
