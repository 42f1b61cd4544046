"""``assessor closing``: the record that the site signs at the closing meeting, and the signed sheet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import (
    REFUSED,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    opened,
    problem_line,
    refuse,
    say,
    show,
    show_json,
)
from assessor_tui.i18n import LANGUAGE_NAMES, N_, _, language, ngettext
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.reports.closing import WrittenClosing
    from assessor_tui.store.ledger import Store


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("closing", help=N_("Write the closing record that the site signs, two pages to print."))(closing)


def closing(
    context: typer.Context,
    visit_name: VisitName,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help=N_("Folder for the file."))] = Path(),
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help=N_("Keep the photographed signed sheet with the last record.")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Nothing; prints the file written. Its language is ``--lang``, else that of papers for the site."""
    from assessor_tui.store.errors import LedgerOpenElsewhere

    try:
        with opened(context, write=True) as store:
            _close(context, store, visit_name, folder, sheet, as_json=as_json)
    except LedgerOpenElsewhere:
        if sheet is not None:
            raise
        # The record is written all the same: the meeting does not wait for a program to be closed.
        with opened(context) as store:
            _close(context, store, visit_name, folder, None, as_json=as_json, reading=True)


def _close(
    context: typer.Context, store: "Store", name: str, folder: Path, sheet: Path | None, *, as_json: bool,
    reading: bool = False,
) -> None:  # fmt: skip
    from assessor_tui.closing import attach_sheet, record_closing, site_language
    from assessor_tui.reports.closing import json_of, write_closing

    visit = find_visit(store, name)
    if sheet is not None:
        demand_identity(store)
        recorded = attach_sheet(visit, sheet)
        refuse(recorded.problems, REFUSED)
        number = visit.header("closing_record")
        if as_json:
            show_json({"visit": visit.id, "digest": number, "attached": bool(recorded.entries)})
        else:
            say(_("The signed sheet is kept with closing record {digest}.").format(digest=number))
        return
    if not visit.forms:
        raise Mistake(_("The forms of this visit have not arrived."))
    tag = site_language(visit, language()) if not context.obj.language else language()
    written = write_closing(visit, folder, tag)
    problems: tuple[Problem, ...] = ()
    if not reading and store.device is not None:
        problems = record_closing(visit, written.digest).problems
    if as_json:
        show_json({"visit": visit.id, "language": tag, **json_of(written)})
    else:
        _tell(written, tag)
        show(str(written.path))
    if visit.signed and visit.header("closing_record") != written.digest:
        say(
            _("The visit is signed, so this digest was not recorded; the record handed over is {digest}.").format(
                digest=visit.header("closing_record") or "-"
            )
        )
    elif reading:
        say(_("The program is open: the digest was not recorded. Press Ctrl+E there to write the record again."))
    for problem in problems:
        say(problem_line(problem))


def _tell(written: "WrittenClosing", tag: str) -> None:
    """Findings without a text first; then what else to know before it is printed."""
    for each in written.without_text:
        words = _("{number}: text in {language} missing; the page shows the original: {text}")
        say(words.format(number=each["number"], language=LANGUAGE_NAMES[tag], text=_start(each)))
    for each in written.outdated:
        words = _(
            "{number}: changed after its text in {language} was written; the page shows that text. Read it again."
        )
        say(words.format(number=each["number"], language=LANGUAGE_NAMES[tag]))
    for name in written.unheard:
        say(_("Nothing has arrived from {person}.").format(person=name))
    if written.conflicts:
        say(
            ngettext(
                "{count} conflict is open; where it is about a finding the page says so.",
                "{count} conflicts are open; where they are about a finding the page says so.",
                written.conflicts,
            ).format(count=written.conflicts)
        )
    say(_("Closing record {digest}").format(digest=written.digest))


def _start(finding: Any) -> str:
    text = " ".join(str(finding.get("text", "")).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
