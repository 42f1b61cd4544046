"""Rows out of somebody's table: pasted, or read from a file, looked at, and taken in one act."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.form.model import Repeat, in_language
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger.entry import generic_path
from assessor_tui.ledger.value import Value
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.assess.pasted import Aim, Plan
    from assessor_tui.assess.wide import Open
    from assessor_tui.form.model import Question
    from assessor_tui.ledger.draft import RowDraft
    from assessor_tui.tui.pages.rows import RowsScreen

LAST_FOLDER = "sheets folder"
"""Local state: where the last table was taken from."""
ENDINGS = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".xls"})


class Table(NamedTuple):
    """A table and where it came from."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[Problem, ...] = ()
    damaged: tuple[Problem, ...] = ()
    file: Path | None = None
    others: tuple[str, ...] = ()
    """Other sheets with rows."""


async def paste(page: "RowsScreen", text: str) -> None:
    """Nothing; shows what the pasted text comes to, and takes it when that is confirmed."""
    from assessor_tui.sheets import SheetError, read_text

    try:
        sheet = read_text(text, _("what was pasted"), delimiter="\t")
    except SheetError as error:
        page.say(_(error.message).format(**error.parameters), "bold $doubt")
        return
    await preview(page, Table(_("Pasted rows"), sheet.rows))


async def choose_file(page: "RowsScreen") -> None:
    """Nothing; asks for a file, then goes on as after a paste."""
    from assessor_tui.tui.windows.file_dialog import PickFile
    from assessor_tui.tui.windows.places import usual_places

    store = page.program.store
    places = await page.program.aside(usual_places, Path.home())
    last = Path(store.local("", LAST_FOLDER, "") or "/nowhere")
    folder = last if last.is_dir() else places[0] if places else Path.cwd()

    async def picked(file: Path | None) -> None:
        if file is not None:
            store.set_local("", LAST_FOLDER, str(file.parent))
            await read_file(page, file)

    text = _("Excel (.xlsx) or text (.csv). Nothing is taken before you have looked at it.")
    await page.app.push_screen(PickFile(_("Rows from a file"), folder, ENDINGS, text, places=places), picked)


async def read_file(page: "RowsScreen", file: Path, sheet: str = "", others: tuple[str, ...] = ()) -> None:
    """Nothing; reads the file beside the screen and shows what it comes to."""
    from assessor_tui.sheets import REFUSED_CELLS, SheetError, read_sheet

    page.say(_("Reading {file}").format(file=file.name))
    try:
        found = await page.program.aside(read_sheet, file, sheet)
    except SheetError as error:
        page.say(_(error.message).format(**error.parameters), "bold $doubt")
        return
    page.say("")
    damaged = tuple(each for each in found.problems if each.code in REFUSED_CELLS)
    notes = tuple(each for each in found.problems if each.code not in REFUSED_CELLS)
    if not others:
        taken = [each for each in notes if each.code == "sheet.taken"]
        others = (found.name, *taken[0].parameters["others"].split(", ")) if taken else ()
    await preview(page, Table(f"{file.name}  {found.name}", found.rows, notes, damaged, file, others))


class Told(NamedTuple):
    """What somebody has said about a table that it does not say itself."""

    given: Mapping[str, Value] = {}
    """Answers of all its lines."""
    meant: Mapping[tuple[str, str], str] = {}
    """(question, text of a cell) -> the choice that is meant; ``""`` for none."""
    first_unit: bool = False
    headings: Mapping[str, str] = {}
    """Heading -> the question that it means."""


async def preview(page: "RowsScreen", table: Table, told: Told = Told()) -> None:  # noqa: B008
    """Nothing; asks for what the table does not say, then shows what it comes to."""
    from assessor_tui.tui.shown.table_plan import plan_words
    from assessor_tui.tui.windows.table_preview import COLUMNS, FIRST_UNIT, NEXT_SHEET, TAKE, TablePreview

    told = told._replace(headings={**page.program.store.local("", _headings_key(page), {}), **told.headings})
    plan = planned(page, table, told)
    if (wanted := _to_ask(page, plan)) is not None and wanted.name not in told.given:
        await _ask_for_all(page, table, wanted, told)
        return
    if plan.wide is not None and plan.wide.open:
        await _ask_about_column(page, table, plan.wide.open[0], told)
        return
    if (unknown := _not_known(page, plan, told)) is not None:
        await _ask_which(page, table, *unknown, told)
        return
    said = plan_words(page.visit, page.form, page.repeat, plan, plan.about(table.notes), language())

    async def decided(what: str | None) -> None:
        if what == TAKE:
            take(page, plan.rows())
        elif what == FIRST_UNIT:
            await preview(page, table, told._replace(first_unit=True))
        elif what == COLUMNS:
            await _ask_columns(page, table, plan, told)
        elif what == NEXT_SHEET and table.file is not None:
            following = table.others[1:] + table.others[:1]
            await read_file(page, table.file, following[0], following)
        else:
            page.say(_("Nothing was taken."))

    await page.app.push_screen(TablePreview(table.name, said, sheets=len(table.others) > 1), decided)


def planned(page: "RowsScreen", table: Table, told: Told = Told()) -> "Plan":  # noqa: B008
    """What the table comes to in the table that is open."""
    from assessor_tui.assess.pasted import plan_rows

    visit, form = page.visit, page.form
    return plan_rows(
        visit.filling(form), _repeat(page), page.repeat, table.rows,
        lambda path: visit.state.standing(form, path), today=visit.today, given=told.given,
        aim=None if told.given else _aim(page), damaged=table.damaged, first_unit=told.first_unit, meant=told.meant,
        headings=told.headings,
    )  # fmt: skip


def _repeat(page: "RowsScreen") -> Repeat:
    from assessor_tui.tui.shown.rows import repeat_at

    node = repeat_at(page.visit, page.form, page.repeat)
    assert node is not None
    return node


def _aim(page: "RowsScreen") -> "Aim | None":
    """From the field under the cursor on, when the cursor stands in one; else rows are told by their keys."""
    from assessor_tui.assess.pasted import Aim

    if not page.question_path:
        return None
    rows = [line.path for line in page.table.rows]
    return Aim(tuple(rows[rows.index(page.row) :]), page.question_path.rpartition("/")[2])


def _to_ask(page: "RowsScreen", plan: "Plan") -> "Question | None":
    """The question that tells rows apart, has no column, and can be said for all lines at once by choosing."""
    from assessor_tui.form.columns import asked

    missing = [each.parameters["name"] for each in plan.problems if each.code == "rows.no_column"]
    return next(
        (each for each in asked(_repeat(page).children) if each.name in missing and each.type == "select_one"), None
    )


async def _ask_for_all(page: "RowsScreen", table: Table, question: "Question", told: Told) -> None:
    label = in_language(question.label, language())
    text = _("The table does not say {label}. Which one are all its lines about?").format(label=label)

    async def chosen(name: str | None) -> None:
        if name:
            await preview(page, table, told._replace(given={**told.given, question.name: (name,)}))
        else:
            page.say(_("Nothing was taken."))

    await _choose(page, question, label, text, chosen)


def _not_known(page: "RowsScreen", plan: "Plan", told: Told) -> "tuple[Question, str] | None":
    """A row that the table calls by another name: the question, and the first such name nobody has explained yet."""
    from assessor_tui.form.columns import asked

    rows = {each.name: each for each in asked(_repeat(page).children) if each.rows_of and each.type == "select_one"}
    for cell in plan.cells("refused"):
        unknown = cell.problem is not None and cell.problem.code == "typed.choice"
        if unknown and cell.question in rows and (cell.question, cell.text) not in told.meant:
            return rows[cell.question], cell.text
    return None


async def _ask_which(page: "RowsScreen", table: Table, question: "Question", name: str, told: Told) -> None:
    label = in_language(question.label, language())
    text = _("The table says {name}. Which one is it? Esc leaves its lines out.").format(name=name)

    async def chosen(which: str | None) -> None:
        await preview(page, table, told._replace(meant={**told.meant, (question.name, name): which or ""}))

    await _choose(page, question, label, text, chosen)


async def _ask_about_column(page: "RowsScreen", table: Table, column: "Open", told: Told) -> None:
    """Asks which carrier a column is about, and which of its amounts; without an answer it is left out this time."""
    text = _("What does the column {heading} mean? Esc leaves it out.").format(heading=column.heading)
    meanings = _meanings(page, column.options)

    async def chosen(which: str | None) -> None:
        said = {**told.headings, column.heading: which or ""}
        _remember(page, said)
        await preview(page, table, told._replace(headings=said))

    await _choose_meaning(page, column.heading, text, meanings, chosen)


def _meanings(page: "RowsScreen", options: Sequence[tuple[str, str]]) -> dict[str, str]:
    """How the meaning of a heading is written down -> what people read, for (id of the carrier, question)."""
    from assessor_tui.assess.months import month_table
    from assessor_tui.assess.wide import told_text
    from assessor_tui.form.columns import asked

    repeat = _repeat(page)
    table = month_table(repeat)
    assert table is not None
    labels = {each.name: in_language(each.label, language()) for each in asked(repeat.children)}
    called = [(page.filling.row_label(f"{table.each}[{row}]"), question) for row, question in options]
    return {told_text(label, question): f"{label}: {labels[question]}" for label, question in called}


async def _choose_meaning(
    page: "RowsScreen",
    title: str,
    text: str,
    meanings: Mapping[str, str],
    chosen: "Callable[[str | None], Awaitable[None]]",
) -> None:
    from assessor_tui.tui.windows.dialog import Choose, Option

    await page.app.push_screen(Choose(title, [Option(said, words) for said, words in meanings.items()], text), chosen)


def _remember(page: "RowsScreen", said: Mapping[str, str]) -> None:
    """Nothing; keeps what headings mean for the next table, not what was left out this time."""
    page.program.store.set_local("", _headings_key(page), {each: name for each, name in said.items() if name} or None)


def _headings_key(page: "RowsScreen") -> str:
    """Key of the local state: what headings mean in this table, said once and known at the next sheet."""
    return f"headings {page.form}/{generic_path(page.repeat)}"


async def _ask_columns(page: "RowsScreen", table: Table, plan: "Plan", told: Told) -> None:
    """Asks of every heading that fits no question what it means, one after the other, then shows the table again."""
    from assessor_tui.assess.pasted import unknown_headings
    from assessor_tui.assess.wide import options_of
    from assessor_tui.form.columns import asked

    waiting = unknown_headings(plan, table.rows)
    free = {
        each.name: in_language(each.label, language())
        for each in asked(_repeat(page).children)
        if each.name not in plan.columns.questions
    }
    said = dict(told.headings)
    if plan.wide is not None:
        # All columns of amounts again: one of them may have been taken for another carrier's.
        headings = plan.wide.headings
        waiting = [headings[each] for each in sorted({*plan.wide.left, *(part.column for part in plan.wide.parts)})]
        free = _meanings(page, options_of(page.filling, _repeat(page)))

    async def ask(left: list[str]) -> None:
        if not left or not free:
            _remember(page, said)
            await preview(page, table, told._replace(headings=said))
            return
        heading = left[0]

        async def chosen(name: str | None) -> None:
            if name:
                said[heading] = name
                free.pop(name)
            elif plan.wide is not None:
                said[heading] = ""
            await ask(left[1:])

        text = _("What does the column {heading} mean? Esc leaves it out.").format(heading=heading)
        await _choose_meaning(page, heading, text, free, chosen)

    await ask(waiting)


async def _choose(
    page: "RowsScreen", question: "Question", title: str, text: str, chosen: "Callable[[str | None], Awaitable[None]]"
) -> None:
    """Asks for one of the choices, or goes on at once where there is only one."""
    from assessor_tui.assess.pasted import offered
    from assessor_tui.tui.windows.dialog import Choose, Option

    options = [Option(name, in_language(label, language())) for name, label in offered(page.filling, question)]
    if len(options) < 2:
        await chosen(options[0].id if options else None)
    else:
        await page.app.push_screen(Choose(title, options, text), chosen)


def take(page: "RowsScreen", rows: "Sequence[RowDraft]", why: str = "") -> None:
    """Nothing; records the rows in one act; asks once for the reason when answers of somebody else change."""
    recorded = page.visit.fill_rows(page.form, page.repeat, rows, why)
    others = [each for each in recorded.problems if each.code == "visit.someone_else"]
    if others and not why:
        page.ask_reason(others[0], lambda reason: take(page, rows, reason))
        return
    page.did(recorded)
    if recorded.entries:
        count = len(rows)
        said = ngettext("{count} row taken in. Ctrl+Z takes it all back.",
                        "{count} rows taken in. Ctrl+Z takes it all back.", count)  # fmt: skip
        page.say(said.format(count=count))
