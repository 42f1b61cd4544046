"""Opening the visits of the secretariat's list from inside the program: a file, what it comes to, and all at once."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from assessor_tui.i18n import _, language, ngettext
from assessor_tui.reports.visit_list_words import cell_words, visit_words, what_words
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.shown.table_plan import CHANGED, NEW, NOTE, REFUSED, PlanLine, Said
from assessor_tui.tui.windows.pick_path import PickPath, first_place
from assessor_tui.tui.windows.table_preview import TAKE, TablePreview
from assessor_tui.tui.windows.take_forms import in_thread, materials_of

if TYPE_CHECKING:
    from assessor_tui.assess.visit_list import NewVisit, VisitList
    from assessor_tui.form.model import Form
    from assessor_tui.problem import Problem
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Materials
    from assessor_tui.visit_list import ListFile

LAST_FOLDER = "list folder"
"""Local state: the folder used last."""
SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt")


async def ask_list(screen: BaseScreen) -> None:
    """Nothing; asks for the file, shows what it comes to and opens the visits."""
    program = cast("AssessorApp", screen.app)
    store = program.store

    def picked(files: tuple[Path, ...] | None) -> None:
        if not files:
            return
        store.set_local("", LAST_FOLDER, str(files[0].parent))
        screen.say(_("The list is being read ..."))

        def read() -> "tuple[Materials, ListFile]":
            from assessor_tui.visit_list import read_list_file

            known = materials_of(store)
            return known[0], read_list_file(store, known[0], files[0])

        in_thread(screen, read, lambda found: show(*found))

    def show(materials: "Materials", file: "ListFile") -> None:
        form, _hash = materials.forms[materials.scheme.header_form]

        def decided(what: str | None) -> None:
            if what == TAKE:
                open_them(materials, file.listed)

        screen.say("")
        title = _("Visits of {file}").format(file=file.name)
        screen.app.push_screen(TablePreview(title, said_of(file, form)), decided)

    def open_them(materials: "Materials", listed: "VisitList") -> None:
        def work() -> list[str]:
            from assessor_tui.visit_list import open_listed

            return open_listed(store, materials, listed.new, new_id=program.new_id, language=language())

        def opened(visits: list[str]) -> None:
            getattr(screen, "show", lambda: None)()
            count = len(visits)
            screen.say(ngettext("{count} visit is open.", "{count} visits are open.", count).format(count=count))

        screen.say(_("The visits are being opened ..."))
        in_thread(screen, work, opened)

    start = first_place(store.local("", LAST_FOLDER, ""), Path.home(), Path.cwd())
    text = _("A table of visits (.xlsx or .csv). Its columns are headed by questions of the visit's header.")
    await screen.app.push_screen(PickPath(_("List of visits"), text, start=start, suffixes=SUFFIXES), picked)


def said_of(file: "ListFile", form: "Form") -> Said:
    """What the list comes to, line by line: what is wrong first, then what is new, then what is here already."""
    listed = file.listed
    wrong = [*listed.problems, *(each for line in listed.wrong for each in line.problems)]
    new = [PlanLine(NEW, str(each.row), visit_words(each)) for each in listed.new]
    there = [PlanLine(CHANGED, str(each.row), _there(each)) for each in listed.visits if each.visit or each.first]
    count, refused = len(listed.new), len(listed.wrong)
    summary = [ngettext("{count} visit would be opened", "{count} visits would be opened", count).format(count=count)]
    if refused:
        summary.append(ngettext("{count} line is wrong", "{count} lines are wrong", refused).format(count=refused))
    if there:
        words = ngettext("{count} is here already", "{count} are here already", len(there))
        summary.append(words.format(count=len(there)))
    lines = (
        *(_line(REFUSED, each, listed, form) for each in wrong),
        *(_line(NOTE, each, listed, form) for each in (*file.notes, *listed.notes)),
        *new,
        *there,
    )
    return Said(_(", ").join(summary), lines, refused, doubts=0, others=0, bare=False, takes=bool(count), unknown=False)


def _line(kind: str, problem: "Problem", listed: "VisitList", form: "Form") -> PlanLine:
    column, words = problem.place.column, what_words(problem, form)
    heading = " ".join(listed.headings[column - 1].split()) if 0 < column <= len(listed.headings) else ""
    return PlanLine(kind, cell_words(problem, ()), f"{heading}: {words}" if heading else words)


def _there(visit: "NewVisit") -> str:
    if visit.visit:
        return _("{visit}: on this laptop already").format(visit=visit_words(visit))
    return _("{visit}: stands in row {first} already").format(visit=visit_words(visit), first=visit.first)
