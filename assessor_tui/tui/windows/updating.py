"""A checklist of the visit goes over to a newer version: chosen, looked at, then one act that one undo takes back."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.widget import Widget

from assessor_tui.i18n import _, language, ngettext
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.dialog import Choose, Dialog, Option, Pages

if TYPE_CHECKING:
    from assessor_tui.form.diff import Change
    from assessor_tui.form.model import Form
    from assessor_tui.moving import Preview
    from assessor_tui.problem import Problem
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Visit

ENDINGS = frozenset({".yaml", ".yml", ".xlsx", ".xls", ".md", ".xml"})
LAST_FOLDER = "forms taken from"
"""Key of the laptop's local state: where the last form file lay."""
FROM_FILE = "file"
_MOST_HELD = 8
_MOST_LINES = 30
"""Lines of one part of the preview."""


async def update_dialog(screen: "VisitScreen") -> None:
    """Nothing; asks for the newer version, shows what it means for this visit, and goes over to it."""
    held = _held(screen.visit)
    if not held:
        await choose_file(screen, _("Update a checklist"), _newer(), _look_at)
        return
    options = [Option(version, title, detail) for version, title, detail in held]
    options.append(Option(FROM_FILE, _("from a file ..."), ".yaml .xlsx .xml", ("f",)))

    async def chosen(what: str | None) -> None:
        if what == FROM_FILE:
            await choose_file(screen, _("Update a checklist"), _newer(), _look_at)
        elif what:
            await _look_at(screen, screen.visit.store.form(what))

    text = _("These other versions of the visit's checklists are on this laptop.")
    await screen.app.push_screen(Choose(_("Update a checklist"), options, text), chosen)


def _held(visit: "Visit") -> list[tuple[str, str, str]]:
    """(hash, title, what its author calls the version) of other versions of the visit's forms."""
    from assessor_tui.form.model import in_language
    from assessor_tui.using_form import known_forms

    found = []
    for each in known_forms(visit.store):
        used = visit.versions.get(each.form.form_id)
        if used is not None and not each.version.startswith(used):
            title = in_language(each.form.title, language()) or each.form.form_id
            found.append((each.version, title, f"{each.form.version}  {each.version[:8]}"))
    return found[:_MOST_HELD]


Then = Callable[["VisitScreen", "Form"], Awaitable[None]]
"""What is done with a form that was read."""


def _newer() -> str:
    return _("The newer version: YAML, a workbook (.xlsx) or an ODK form (.xml). Nothing changes before you agree.")


async def choose_file(screen: "VisitScreen", title: str, text: str, then: Then) -> None:
    """Nothing; asks for a form file, tells every mistake in it, and goes on with a good one."""
    from assessor_tui.tui.windows.file_dialog import PickFile
    from assessor_tui.tui.windows.places import usual_places

    store = screen.program.store
    places = await screen.program.aside(usual_places, Path.home())
    last = Path(store.local("", LAST_FOLDER, "") or "/nowhere")
    folder = last if last.is_dir() else places[0] if places else Path.cwd()

    async def picked(file: Path | None) -> None:
        if file is not None:
            store.set_local("", LAST_FOLDER, str(file.parent))
            await _read(screen, file, then)

    await screen.app.push_screen(PickFile(title, folder, ENDINGS, text, places=places), picked)


async def _read(screen: "VisitScreen", file: Path, then: Then) -> None:
    from assessor_tui.using_form import read_form_file

    screen.say(_("Reading {file}").format(file=file.name))
    try:
        read = await screen.program.aside(read_form_file, file)
    except OSError as error:
        screen.say(_("{file} cannot be read ({reason}).").format(file=file.name, reason=error.strerror), "bold $doubt")
        return
    screen.say("")
    if read.form is None:
        lines = tuple(Remark(_mistake(each), "problem") for each in read.problems[:_MOST_LINES])
        count = len(read.problems)
        title = ngettext("{file}: {count} mistake", "{file}: {count} mistakes", count)
        page = TextPage(title.format(file=file.name, count=count), (Part("", lines),))
        await screen.app.push_screen(Pages(_("This form cannot be used"), page_lines, page))
        return
    await then(screen, read.form)


def _mistake(problem: "Problem") -> str:
    """One mistake of a form's file: sheet and cell, line, or at least which question; and what to do."""
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.sheets import by_cells

    place = problem.place
    if place.file.casefold().endswith((".xlsx", ".xls", ".md")):
        row = _("row {row}").format(row=place.line) if place.line else ""
        where = f"{place.path} {by_cells([problem])[0][0] if place.column else row}".strip()
    else:
        where = str(place.line) if place.line else place.path
    return f"{where}: {sentence(problem)}" if where else sentence(problem)


async def _look_at(screen: "VisitScreen", form: "Form") -> None:
    from assessor_tui.moving import preview, update_form

    visit = screen.visit
    if form.form_id not in visit.forms:
        told = _("This visit has no checklist {form}; “assessor visit use-form” adds one.").format(form=form.form_id)
        screen.say(told, "bold $doubt")
        return
    moved = preview(visit, form, language=language())
    if moved.old == moved.new:
        screen.say(_("The visit uses this version already."))
        return

    async def agreed(yes: bool | None) -> None:
        if not yes:
            screen.say(_("Nothing was changed."))
            return
        recorded = update_form(visit, form)
        screen.did(recorded)
        if recorded.entries:
            screen.say(_("The checklist is the newer version now. Undo goes back."))

    await screen.app.push_screen(UpdatePreview(visit, form, moved), agreed)


class UpdatePreview(Dialog[bool]):
    """What the newer version means for this visit: Enter goes over, Esc leaves everything as it is."""

    DEFAULT_CSS = "UpdatePreview > Vertical { width: 96%; }"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("enter", "take", show=False),
        Binding("down", "scroll_by(1)", show=False),
        Binding("up", "scroll_by(-1)", show=False),
        Binding("home", "scroll_by(-1000000)", show=False),
        Binding("end", "scroll_by(1000000)", show=False),
    ]

    def __init__(self, visit: "Visit", form: "Form", moved: "Preview") -> None:
        super().__init__(_("Update a checklist"))
        self.page = preview_page(visit, form, moved)
        self.may = not moved.refused

    def hint(self) -> str:
        """The keys of the window."""
        take = _("Enter go over to it   ") if self.may else ""
        return take + _("Up/Down scroll   Esc leave it as it is")

    def body(self) -> Sequence[Widget]:
        """The preview."""
        return (Card(self.page, lines=page_lines, id="pages"),)

    def action_take(self) -> None:
        """Nothing; closes the window with yes, unless the visit cannot go over."""
        if self.may and self.is_current:
            self.dismiss(True)

    def action_scroll_by(self, lines: int) -> None:
        """Nothing; scrolls by lines."""
        card = self.query_one("#pages", Card)
        card.scroll_to(y=card.scroll_offset.y + lines, animate=False, immediate=True)


def preview_page(visit: "Visit", form: "Form", moved: "Preview") -> TextPage:
    """The preview as a page: why it cannot be, what it means for answers, then what differs."""
    from assessor_tui.form.model import in_language
    from assessor_tui.i18n.diff_words import change_words
    from assessor_tui.i18n.moving_words import heading, kinds, part_line
    from assessor_tui.i18n.sentences import sentence

    def named(path: str) -> str:
        return place_words_in(visit, form, path)

    parts = []
    if moved.refused:
        refused = tuple(Remark(sentence(each), "problem") for each in moved.refused)
        parts.append(Part(_("The visit cannot go over now:"), refused))
    for kind in kinds(moved):
        found: Sequence[Any] = getattr(moved, kind)
        state = "problem" if kind == "again" else "warning" if kind in ("lost", "demanded") else ""
        lines = [Remark(part_line(kind, each, named), state) for each in found[:_MOST_LINES]]
        parts.append(Part(heading(kind, len(found)), tuple(lines) + _more(len(found))))
    if moved.is_quiet and not moved.as_text:
        quiet = Remark(_("No answer and no result is touched, and nothing more is asked."), "answered")
        parts.append(Part("", (quiet,)))
    changes = [
        Remark(change_words(each) if _says_where(each) else f"{named(each.path)}: {change_words(each)}")
        for each in moved.changes[:_MOST_LINES]
    ]
    parts.append(Part(_("What differs between the versions:"), tuple(changes) + _more(len(moved.changes))))
    title = in_language(form.title, language()) or form.form_id
    told = _("{title}: version {old} becomes {new}")
    old = visit.forms[form.form_id].version
    if old == form.version:  # its author has not counted
        return TextPage(told.format(title=title, old=moved.old, new=moved.new), tuple(parts))
    return TextPage(told.format(title=title, old=old, new=form.version), tuple(parts))


def _says_where(change: "Change") -> bool:
    """True when the words name what came or went themselves."""
    return not change.path or change.code.endswith(("_added", "_removed", "_renamed"))


def _more(count: int) -> tuple[Remark, ...]:
    left = count - _MOST_LINES
    return (Remark(ngettext("and {count} more", "and {count} more", left).format(count=left)),) if left > 0 else ()


def place_words_in(visit: "Visit", form: "Form", path: str) -> str:
    """Number and label of a question that the visit's version of the form has, else of one that the new version has."""
    from assessor_tui.form.diff import nodes
    from assessor_tui.form.model import Group, in_language
    from assessor_tui.ledger.entry import generic_path

    if path.startswith("choices/"):
        return path.removeprefix("choices/")
    for each in (visit.forms[form.form_id], form):
        at = nodes(each).get(generic_path(path))
        if at is not None:
            number = "" if isinstance(at.node, Group) else at.node.number
            label = in_language(at.node.label, language()) or at.node.name
            return f"{number} {label}".strip()
    return path
