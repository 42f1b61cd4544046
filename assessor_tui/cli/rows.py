"""``assessor rows import``: rows of a table out of an Excel or CSV file, in one act."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import (
    PROBLEMS,
    REFUSED,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    opened,
    problem_data,
    problem_line,
    refuse,
    say,
    short_rows,
    show,
    show_json,
)
from assessor_tui.form.model import Repeat
from assessor_tui.i18n import N_, _, ngettext
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.assess.pasted import Cell, Plan
    from assessor_tui.ledger.value import Value
    from assessor_tui.sheets import Sheet
    from assessor_tui.visit import Recorded, Visit


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    family = typer.Typer(help=N_("Rows of tables: take them from a file."), no_args_is_help=True)
    # With a callback it stays a family, though it has one command.
    family.callback()(lambda: None)
    family.command("import", help=N_("Take rows from an Excel or CSV file, in one act that one undo takes back."))(take)
    app.add_typer(family, name="rows")


def take(
    context: typer.Context,
    visit_name: VisitName,
    path: Annotated[str, typer.Argument(metavar="PATH", help=N_("FORM/table, such as gate/permits."))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("An .xlsx or .csv file."))],
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help=N_("Sheet; else the first with rows."))] = "",
    fixed: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="QUESTION=VALUE", help=N_("An answer of every row, where the file has no column.")
        ),
    ] = None,
    meant: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="HEADING=MEANING",
            help=N_(
                "What a heading means: a question, or of a table with carriers across the carrier; - leaves it out."
            ),
        ),
    ] = None,
    first_unit: Annotated[
        bool, typer.Option("--first-unit", help=N_("Numbers without a unit are in the first unit of their question."))
    ] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help=N_("Take everything else when some cells cannot be taken."))
    ] = False,
    why: Annotated[str, typer.Option("--why", help=N_("The reason, when answers of somebody else change."))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Say what would be taken, and take nothing."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; what was taken is on disk before it is said. While any cell is refused, nothing is taken."""
    from assessor_tui.sheets import read_sheet

    found = read_sheet(file, sheet)
    with opened(context, write=not dry_run) as store:
        if not dry_run:
            demand_identity(store)
        visit = find_visit(store, visit_name)
        form, table, repeat = _table_at(visit, path)
        headings = _meant(visit, form, repeat, found, meant or ())
        plan = _planned(visit, form, table, repeat, found, fixed or (), headings, first_unit=first_unit)
        told = plan.about(found.problems)
        _say_all((*told, *plan.notes, *plan.doubts), repeat, visit.language)
        recorded = None
        if plan.refused and not leave_out:
            _say_all(plan.refused, repeat, visit.language)
        elif not dry_run:
            recorded = visit.fill_rows(form, table, plan.rows(), why)
            refuse(recorded.problems, REFUSED)
        _report(visit, form, table, plan, found, recorded, told, as_json=as_json)
    if plan.refused and not leave_out:
        if any(each.code == "rows.which_carrier" for each in plan.refused):
            say(_("Say what a column means with --column HEADING=CARRIER, or HEADING=CARRIER/QUESTION."))
        say(_("Nothing was taken. Correct the cells named, or leave them out with --leave-out."))
        raise typer.Exit(PROBLEMS)


def _table_at(visit: "Visit", path: str) -> tuple[str, str, Repeat]:
    from assessor_tui.cli.where import find_place
    from assessor_tui.form.model import walk
    from assessor_tui.ledger.entry import generic_path

    at = find_place(visit, path, {})
    if isinstance(at, Problem):
        raise Mistake(problem_line(at))
    wanted = generic_path(at.path)
    for around, node in walk(visit.forms[at.form].children):
        if isinstance(node, Repeat) and "/".join((*around, node.name)) == wanted and not at.path.endswith("]"):
            return at.form, at.path, node
    raise Mistake(_("{path} is no table. Name one, such as FORM/table.").format(path=path))


def _planned(
    visit: "Visit",
    form: str,
    table: str,
    repeat: Repeat,
    found: "Sheet",
    fixed: Sequence[str],
    headings: Mapping[str, str],
    *,
    first_unit: bool,
) -> "Plan":
    from assessor_tui.assess.pasted import plan_rows
    from assessor_tui.sheets import REFUSED_CELLS

    return plan_rows(
        visit.filling(form), repeat, table, found.rows, lambda path: visit.state.standing(form, path),
        today=visit.today, given=_given(visit, form, repeat, fixed), first_unit=first_unit,
        damaged=[each for each in found.problems if each.code in REFUSED_CELLS], headings=headings,
    )  # fmt: skip


def _meant(visit: "Visit", form: str, repeat: Repeat, found: "Sheet", said: Sequence[str]) -> dict[str, str]:
    """What headings mean, as it was typed after ``--column``."""
    from assessor_tui.assess.wide import told_by_name, wide_table
    from assessor_tui.form.columns import LOOKED_AT, asked, folded, match

    headings = {folded(cell): cell for row in reversed(found.rows[:LOOKED_AT]) for cell in row if cell.strip()}
    wide = wide_table(visit.filling(form), repeat, found.rows, {}, {})
    headings |= {folded(each): each for each in (wide.headings if wide is not None else ()) if each}
    questions = list(asked(repeat.children))
    meant: dict[str, str] = {}
    for each in said:
        heading, equals, text = (part.strip() for part in each.partition("="))
        if not equals or folded(heading) not in headings:
            raise Mistake(
                _("--column {text}: write HEADING=MEANING, with a heading as it stands in the file.").format(text=each)
            )
        means = (
            ""
            if text == "-"
            else told_by_name(visit.filling(form), repeat, text) or match(questions, [text]).questions[0]
        )
        if not means and text != "-":
            words = _("--column {text}: {meaning} is neither one carrier of this visit nor a question: {known}.")
            known = ", ".join(question.name for question in questions)
            raise Mistake(words.format(text=each, meaning=text, known=known))
        meant[headings[folded(heading)]] = means
    return meant


def _given(visit: "Visit", form: str, repeat: Repeat, fixed: Sequence[str]) -> "dict[str, Value]":
    """Answers of every row, as they were typed after ``--set``."""
    from assessor_tui.assess.pasted import read_cell
    from assessor_tui.form.columns import asked
    from assessor_tui.i18n.sentences import sentence

    questions = {question.name: question for question in asked(repeat.children)}
    given: dict[str, Value] = {}
    for each in fixed:
        name, equals, text = each.partition("=")
        if not equals or name.strip() not in questions:
            known = ", ".join(questions)
            raise Mistake(
                _("--set {text}: write QUESTION=VALUE; questions are {known}.").format(text=each, known=known)
            )
        value = read_cell(visit.filling(form), repeat, questions[name.strip()], text.strip(), visit.today)
        if isinstance(value, Problem):
            raise Mistake(f"--set {each}: {sentence(value)}")
        given[name.strip()] = value
    return given


def _say_all(problems: Sequence[Problem], repeat: Repeat, language: str) -> None:
    """Nothing; where in the sheet and what, each in one line."""
    from assessor_tui.assess.pasted import message_of
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.sheets import by_cells

    for where, problem in by_cells(problems):
        words = message_of(repeat, problem, language) or sentence(problem)
        say(f"{where}: {words}" if where else words)


def _told(cell: "Cell") -> str:
    """What a cell says, before and after."""
    from assessor_tui.ledger.value import Evidence, Quantity

    def words(value: "Value | None") -> str:
        if isinstance(value, Quantity):
            return f"{value.n} {value.u}".strip()
        if isinstance(value, Evidence) or value is None:
            return "-"
        return value if isinstance(value, str) else ", ".join(each[:8] for each in value)

    before = f"{words(cell.before)} > " if cell.state == "changed" else ""
    return f"{cell.question}: {before}{words(cell.value)}"


def _report(
    visit: "Visit",
    form: str,
    table: str,
    plan: "Plan",
    found: "Sheet",
    recorded: "Recorded | None",
    told: Sequence[Problem],
    *,
    as_json: bool,
) -> None:
    from assessor_tui.ledger.value import to_json

    rows = plan.rows()
    new = sum(not each.row for each in rows)
    if as_json:
        lines: list[dict[str, Any]] = [
            {
                "line": line.number,
                "row": line.row,
                "cells": [
                    {"question": cell.question, "text": cell.text, "state": cell.state,
                     **({"value": to_json(cell.value)} if cell.value is not None else {}),
                     **({"before": to_json(cell.before), "person": cell.person} if cell.before is not None else {})}
                    for cell in line.cells
                ],
            }
            for line in plan.lines
        ]  # fmt: skip
        show_json(
            {
                "visit": visit.id, "form": form, "path": table, "sheet": found.name,
                "taken": len(recorded.entries) if recorded is not None else 0,
                "new": new, "filled": len(rows) - new, "lines": lines,
                "refused": [problem_data(each) for each in plan.refused],
                "doubts": [problem_data(each) for each in plan.doubts],
                "notes": [problem_data(each) for each in (*told, *plan.notes)],
            }
        )  # fmt: skip
        return
    if recorded is None:
        for line in plan.lines:
            cells = [cell for cell in line.cells if cell.state in ("new", "changed")]
            if cells:
                which = short_rows(line.row) if line.row else _("new")
                show("  ".join([str(line.number), which, *map(_told, cells)]))
        return
    if not recorded.entries:
        say(_("Everything stands already; nothing was taken."))
        return
    said = [
        ngettext("{count} new row", "{count} new rows", new).format(count=new),
        ngettext("{count} row filled in", "{count} rows filled in", len(rows) - new).format(count=len(rows) - new),
    ]
    say(_(", ").join(said) + ". " + _("“assessor walk --plain” takes it back with u."))
