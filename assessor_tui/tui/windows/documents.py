"""Writing the list of documents asked for from inside the program: into which folder, opened in a browser if wanted."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import work

from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Part, Remark, TextPage
from assessor_tui.tui.windows.bundles import Progress, failure_sentence
from assessor_tui.tui.windows.dialog import Choose, Option
from assessor_tui.tui.windows.pick_path import PickPath, first_place
from assessor_tui.tui.windows.reporting import WRITTEN_TO, Reporting, Result

if TYPE_CHECKING:
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Visit

EVERY = "every"


async def documents_dialog(screen: BaseScreen, visit: "Visit") -> None:
    """Nothing; asks for the language and the folder, and writes the list."""
    program = cast("AssessorApp", screen.app)
    options = [Option(EVERY, _("in three languages"), " ".join(LANGUAGE_NAMES[tag] for tag in LANGUAGES))]
    own = (language(), *(tag for tag in LANGUAGES if tag != language()))
    options += [Option(tag, _("in {language} only").format(language=LANGUAGE_NAMES[tag])) for tag in own]

    async def chosen(tag: str | None) -> None:
        if not tag:
            return

        async def folder_chosen(folders: tuple[Path, ...] | None) -> None:
            if folders:
                program.store.set_local("", WRITTEN_TO, str(folders[0]))
                await program.push_screen(Documents(visit, folders[0], LANGUAGES if tag == EVERY else (tag,)))

        start = first_place(program.store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
        title = _("List of documents: into which folder?")
        await program.push_screen(PickPath(title, start=start, folder=True), folder_chosen)

    await program.push_screen(Choose(_("List of documents"), options), chosen)


class Documents(Reporting):
    """Writes the list in a thread and says where it stands."""

    def __init__(self, visit: "Visit", folder: Path, tags: tuple[str, ...]) -> None:
        super().__init__(visit, folder, audience="site", tag=None)
        self.window_title = _("List of documents")
        self.tags = tags

    def begin(self) -> None:
        """Nothing; says what is being written and starts the thread."""
        self.query_one("#progress", Progress).show(0, _("The list of documents is being written."))
        self.write_list()

    @work(thread=True, group="report")
    def write_list(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.reports.documents import write_documents

        today = hong_kong_time(self.visit.store.now()).date().isoformat()
        try:
            path = write_documents(self.visit, self.folder, today, self.tags)
        except Exception as error:
            self.app.call_from_thread(self.finished, (), failure_sentence(error))
        else:
            self.app.call_from_thread(self.written, path)

    def written(self, path: Path) -> None:
        """Nothing; says where it stands."""
        self.files, self.ended = (path,), True
        self.query_one("#progress", Progress).show(1, _("The list of documents is written."))
        lines = (Remark(path.name, "answered"), Remark(str(path.parent.absolute())))
        self.query_one("#result", Result).show(TextPage(parts=(Part("", lines),)))
        self.say("")
