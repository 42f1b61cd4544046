"""``assessor sign``, ``reopen`` and ``report``: what the lead and the reviewer do."""

from pathlib import Path
from typing import Annotated

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
    show,
    show_json,
)
from assessor_tui.i18n import N_, _

READERS = ("review", "site")
"""For whom a report can be written."""


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    app.command("sign", help=N_("Sign a visit (the lead only). Says everything that stands in the way."))(sign)
    app.command("reopen", help=N_("Open a signed visit again, with a reason."))(reopen)
    app.command("report", help=N_("Write the summary of a visit, for reading in a browser."))(report)


def sign(
    context: typer.Context,
    visit_name: VisitName,
    name: Annotated[str, typer.Option("--name", help=N_("Your name, typed as your signature."))] = "",
    despite: Annotated[
        str, typer.Option("--despite", metavar="REASON", help=N_("Why it is signed although entries have not arrived."))
    ] = "",
    as_json: Json = False,
) -> None:
    """Nothing; signs, or lists what stands in the way (exit code 3)."""
    from assessor_tui.assess.contradiction import contradictions
    from assessor_tui.ledger.signature import digest_of

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        if not as_json:
            # Worth a look, and not in the way.
            for problem in contradictions(visit.scheme.findings_form, visit.fillings):
                say(_("To look at: {what}").format(what=problem_line(problem)))
        recorded = visit.sign(name, despite=despite)
        if as_json:
            signed = {"digest": digest_of(recorded.entries[0][1])} if recorded.entries else {}
            blocking = [problem_data(problem) for problem in recorded.problems]
            show_json({"visit": visit.id, "signed": bool(recorded.entries), **signed, "problems": blocking})
        else:
            for problem in recorded.problems:
                say(problem_line(problem))
            if recorded.entries:
                say(_("Signed. The visit can be changed only after “assessor reopen” with a reason."))
                show(digest_of(recorded.entries[0][1]))
        if recorded.problems:
            refused = recorded.problems[0].code.startswith("visit.") and not recorded.problems[0].place.path
            raise typer.Exit(REFUSED if refused else PROBLEMS)


def reopen(
    context: typer.Context,
    visit_name: VisitName,
    why: Annotated[str, typer.Option("--why", help=N_("The reason; it goes into the record."))] = "",
) -> None:
    """Nothing; opens the visit again."""
    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        refuse(visit.reopen(why).problems)
        say(_("The visit is open again. The signature stays in the log."))


def report(
    context: typer.Context,
    visit_name: VisitName,
    reader: Annotated[
        str, typer.Option("--for", metavar="review|site", help=N_("For the reviewer, or without scores for the site."))
    ] = "review",
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help=N_("Folder for the files."))] = Path(),
    as_json: Json = False,
) -> None:
    """Nothing; prints the files written. Without ``--lang`` the page holds all three languages, with a switch."""
    from assessor_tui.reports.html import write_report

    if reader not in READERS:
        raise Mistake(_("There is no report for {reader}. Choose review or site.").format(reader=reader))
    with opened(context) as store:
        visit = find_visit(store, visit_name)
        files = write_report(
            visit,
            folder,
            language=context.obj.language or None,
            audience="site" if reader == "site" else "review",
        )
    if as_json:
        show_json({"visit": visit.id, "files": [str(file) for file in files]})
    else:
        for file in files:
            show(str(file))
