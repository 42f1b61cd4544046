"""Printing walk sheets from inside the program: which part of the visit, into which folder."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import work

from assessor_tui.form.model import in_language
from assessor_tui.i18n import LANGUAGE_NAMES, _, language
from assessor_tui.tui.widgets.card import Part, Remark, TextPage
from assessor_tui.tui.windows.bundles import Progress, failure_sentence
from assessor_tui.tui.windows.dialog import Choose, Option
from assessor_tui.tui.windows.pick_path import PickPath, first_place
from assessor_tui.tui.windows.reporting import WRITTEN_TO, Reporting, Result

if TYPE_CHECKING:
    from assessor_tui.reports.print_sheets import Sheets, Wanted
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Visit

EVERYTHING, MINE, PLACE, SECTION = "everything", "mine", "place:", "section:"


async def print_dialog(screen: "VisitScreen") -> None:
    """Nothing; asks which sheets are wanted and into which folder, then writes them."""
    program = cast("AssessorApp", screen.app)
    visit = screen.visit

    async def chosen(what: str | None) -> None:
        if not what:
            return

        async def folder_chosen(folders: tuple[Path, ...] | None) -> None:
            if folders:
                program.store.set_local("", WRITTEN_TO, str(folders[0]))
                await program.push_screen(Printing(visit, folders[0], what))

        start = first_place(program.store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
        title = _("Walk sheets: into which folder?")
        await program.push_screen(PickPath(title, start=start, folder=True), folder_chosen)

    await program.push_screen(Choose(_("Walk sheets to print"), options_of(visit)), chosen)


def options_of(visit: "Visit") -> list[Option]:
    """The parts of the visit that can be printed: all, what the person covers, each place, each section."""
    from assessor_tui.assess.cover import cover_of
    from assessor_tui.assess.places import places_of

    header, tag = visit.filling(visit.scheme.header_form), language()
    person = visit.store.person
    nothing = _("The header gives them nothing.") if cover_of(header, person) is None else ""
    options = [
        Option(EVERYTHING, _("everything this visit asks")),
        Option(MINE, _("what {person} covers").format(person=person), reason=nothing),
    ]
    kinds = {kind for kind, _label in visit.scheme.places}
    for place in places_of(visit.scheme, header):
        kind = next((in_language(label, tag) for name, label in visit.scheme.places if name == place.kind), "")
        said = in_language(place.label, tag)
        unknown = "" if place.kind in kinds else _("Nobody has said yet what kind of place it is.")
        options.append(
            Option(f"{PLACE}{place.name}", said, _("place") if kind == said else kind or _("place"), reason=unknown)
        )
    for form in visit.checklists:
        model = visit.forms[form]
        options.append(Option(f"{SECTION}{form}", f"{model.number}  {in_language(model.title, tag)}", _("section")))
    return options


class Printing(Reporting):
    """Writes the sheets in a thread and says where they stand. Enter opens them in the browser, to be printed."""

    def __init__(self, visit: "Visit", folder: Path, what: str) -> None:
        super().__init__(visit, folder, audience="site", tag=language())
        self.window_title = _("Walk sheets")
        self.what = what

    def begin(self) -> None:
        """Nothing; says what is being written and starts the thread."""
        self.query_one("#progress", Progress).show(0, _("The sheets are being written."))
        self.write_sheets()

    def wanted(self) -> "Wanted":
        """The part of the visit that was chosen."""
        from assessor_tui.reports.print_sheets import Wanted, place_wanted

        if self.what == MINE:
            return Wanted(person=self.visit.store.person)
        if self.what.startswith(PLACE):
            return Wanted(place=place_wanted(self.visit, self.what.removeprefix(PLACE)))
        return Wanted(section=self.what.removeprefix(SECTION) if self.what.startswith(SECTION) else "")

    @work(thread=True, group="report")
    def write_sheets(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.reports import print_sheets

        first = self.tag or language()
        try:
            languages = (first, print_sheets.second_language(self.visit, first))
            file, sheets = print_sheets.write_sheets(
                self.visit, languages, self.wanted(), lambda name: self.folder / name
            )
        except Exception as error:
            self.app.call_from_thread(self.finished, (), failure_sentence(error))
        else:
            self.app.call_from_thread(self.written, file, sheets)

    def written(self, file: Path, sheets: "Sheets") -> None:
        """Nothing; says what came of it."""
        self.files, self.ended = (file,), True
        self.query_one("#progress", Progress).show(1, _("The sheets are written."))
        said = _("{questions} questions and {tables} tables in {languages}").format(
            questions=sheets.questions,
            tables=sheets.tables,
            languages=" ".join(LANGUAGE_NAMES[tag] for tag in sheets.languages),
        )
        lines = (Remark(file.name, "answered"), Remark(str(file.parent.absolute())), Remark(said))
        notes = (Remark(_("Print them on A4 from the browser. To type them in: / then 3.07 2 text of the note.")),)
        self.query_one("#result", Result).show(TextPage(parts=(Part("", lines), Part("", notes))))
        self.say("")
