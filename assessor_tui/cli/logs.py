"""``assessor log``: show and verify."""

from typing import Annotated

import typer

from assessor_tui.cli.conflicts import entry_data, said_by, when
from assessor_tui.cli.session import (
    DAMAGED,
    PROBLEMS,
    Json,
    Mistake,
    VisitName,
    find_visit,
    opened,
    problem_data,
    problem_line,
    say,
    short_rows,
    show,
    show_json,
)
from assessor_tui.i18n import N_, _
from assessor_tui.problem import Problem


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    log = typer.Typer(rich_markup_mode=None, help=N_("The log: every act, who and when."))
    log.command("show", help=N_("Show what was recorded in a visit, or about one question."))(show_log)
    log.command("verify", help=N_("Check every line against its hash, and every chain."))(verify)
    app.add_typer(log, name="log")


def show_log(
    context: typer.Context,
    visit_name: VisitName,
    path: Annotated[str, typer.Argument(metavar="PATH", help=N_("Only about this question, row or form."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; every entry, oldest first."""
    from assessor_tui.cli.where import find_place

    with opened(context) as store:
        visit = find_visit(store, visit_name, whole=bool(path))
        entries = list(visit.state.entries())
        if path in visit.versions:
            entries = [each for each in entries if each[1].form == path]
        elif path:
            at = find_place(visit, path, {})
            if isinstance(at, Problem):
                raise Mistake(problem_line(at))
            entries = [
                (digest, entry)
                for digest, entry in entries
                if entry.form == at.form
                and (entry.path == at.path or entry.path.startswith((f"{at.path}/", f"{at.path}[")))
            ]
        entries.sort(key=lambda each: (each[1].at, each[1].device, each[1].seq, each[0]))
        if as_json:
            show_json({"visit": visit.id, "entries": [entry_data(visit, digest, entry) for digest, entry in entries]})
            return
        for _digest, entry in entries:
            where = short_rows("/".join(part for part in (entry.form, entry.path) if part))
            text = said_by(visit, entry)
            words = [when(entry.at), entry.person, entry.act, where]
            words += [text] if text != entry.act else []
            words += [f"({entry.why})"] if entry.why else []
            show("  ".join(word for word in words if word))


def verify(
    context: typer.Context,
    visit_name: Annotated[str, typer.Argument(metavar="VISIT", help=N_("Only this visit."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; every line that is not what its hash says. Exit code 5 for damage, 3 for gaps and forks."""
    with opened(context) as store:
        visit = find_visit(store, visit_name, whole=False).id if visit_name else ""
        problems = store.verify_logs(visit)
        checked = sum(row.entries for row in store.visits() if visit in ("", row.id))
    if as_json:
        show_json({"checked": checked, "problems": [problem_data(problem) for problem in problems]})
    else:
        for problem in problems:
            show(problem_line(problem))
        say(_("Entries checked: {count}. Problems: {problems}.").format(count=checked, problems=len(problems)))
    if problems:
        raise typer.Exit(exit_code(problems))


def exit_code(problems: list[Problem]) -> int:
    """5 when a line or chain is damaged, 3 when something is missing or was written twice."""
    return PROBLEMS if all(each.code in ("ledger.gap", "ledger.fork") for each in problems) else DAMAGED
