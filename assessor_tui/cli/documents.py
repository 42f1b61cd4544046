"""``assessor documents``: what was asked for before a visit, what has come, and the list to send."""

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
    refuse,
    say,
    show,
    show_json,
    show_table,
)
from assessor_tui.i18n import LANGUAGES, N_, _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.assess.documents import Document
    from assessor_tui.visit import Visit

USUAL = "usual"


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("documents", help=N_("Documents asked for: print them, write the list to send, ask for the usual."))(
        documents
    )


def documents(
    context: typer.Context,
    visit_name: VisitName,
    folder: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help=N_("Write the list as a page to send into this folder.")),
    ] = None,
    ask: Annotated[
        str, typer.Option("--ask", metavar="WHAT", help=N_("Ask for documents first: “usual” for all usual ones."))
    ] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per document. The page has three languages, or that of ``--lang``."""
    from assessor_tui.assess.documents import documents as documents_of
    from assessor_tui.ledger.clock import hong_kong_time
    from assessor_tui.reports.documents_words import documents_words

    if ask not in ("", USUAL):
        raise Mistake(_("{value} cannot be asked for. Write --ask usual.").format(value=ask))
    with opened(context, write=bool(ask)) as store:
        today = hong_kong_time(store.now()).date().isoformat()
        visit = find_visit(store, visit_name)
        header = visit.scheme.header_form
        if header not in visit.forms:
            raise Mistake(_("The forms of this visit have not arrived."))
        if ask:
            demand_identity(store)
            _ask(visit, today)
        found = documents_of(visit.filling(header), today)
        written = _write(context, visit, folder, today) if folder is not None else None
        if as_json:
            data: dict[str, Any] = {"visit": visit.id, "documents": [_data(visit, each) for each in found]}
            show_json({**data, **({"file": str(written)} if written is not None else {})})
        elif written is not None:
            show(str(written))
        else:
            show_table(_row(each) for each in found)
    say(documents_words(found))


def _ask(visit: "Visit", today: str) -> None:
    from assessor_tui.documents import ask_usual

    before = len(visit.state)
    recorded = ask_usual(visit, today)
    refuse(recorded.problems, REFUSED)
    rows = sum(entry.path.endswith("]") for _hash, entry in recorded.entries)
    if len(visit.state) == before:
        say(_("All usual documents are asked for already."))
    else:
        say(ngettext("{count} document is asked for.", "{count} documents are asked for.", rows).format(count=rows))


def _write(context: typer.Context, visit: "Visit", folder: Path, today: str) -> Path:
    from assessor_tui.reports.documents import write_documents

    return write_documents(visit, folder, today, (language(),) if context.obj.language else LANGUAGES)


def _row(document: "Document") -> list[str]:
    from assessor_tui.form.model import in_language

    what = in_language(document.label, language())
    due = _("due {date}").format(date=document.due) if document.due else ""
    if document.overdue:
        due = _("overdue since {date}").format(date=document.due)
    return [document.asked, in_language(document.state_label, language()), due, f"{what} {document.detail}".strip()]


def _data(visit: "Visit", document: "Document") -> dict[str, Any]:
    return {
        "path": f"{visit.scheme.header_form}/{document.row}",
        "document": document.name,
        "label": dict(document.label),
        "detail": document.detail,
        "asked": document.asked,
        "received": document.received,
        "state": document.state,
        "expires": document.expires,
        "open": document.open,
        "due": document.due,
        "overdue": document.overdue,
    }
