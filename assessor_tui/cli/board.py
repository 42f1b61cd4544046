"""``assessor board``: all visits of a batch, what presses most first."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import Json, Mistake, opened, say, show, show_json, show_table
from assessor_tui.i18n import N_, _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.assess.board import Line
    from assessor_tui.store.ledger import Store


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("board", help=N_("All visits of a batch: how far, who is missing, what is overdue."))(board)


def board(
    context: typer.Context,
    batch: Annotated[str, typer.Option("--batch", help=N_("Only visits of this batch."))] = "",
    remind: Annotated[
        str, typer.Option("--remind", metavar="VISIT", help=N_("Print the reminder for this visit instead."))
    ] = "",
    whom: Annotated[
        str, typer.Option("--whom", metavar="NAME", help=N_("Only what this person owes; “site” for the site."))
    ] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per visit."""
    from assessor_tui.assess.board import batches
    from assessor_tui.assess.board import board as board_of
    from assessor_tui.ledger.clock import hong_kong_time

    with opened(context) as store:
        today = hong_kong_time(store.now()).date().isoformat()
        facts = store.board(batch)
        device = store.device
        person, own = (device.person, device.id) if device is not None else ("", "")
        lines = board_of(facts, today=today, person=person, device=own, batch=batch)
        if remind:
            text = _reminder(store, lines, remind, whom, today, store.person)
            if as_json:
                show_json({"text": text})
            for row in () if as_json else text.split("\n"):
                show(row)
            return
        if as_json:
            show_json({"today": today, "visits": [line_data(line, today) for line in lines]})
            return
        if batch and not lines:
            known = batches(store.board())
            said = _(", ").join(known) if known else _("none")
            say(_("There is no visit of the batch {batch}. Batches are: {known}.").format(batch=batch, known=said))
        elif not lines:
            say(_("There are no visits yet. “assessor visit new” opens one."))
        show_table(_row(line) for line in lines)


def _reminder(store: "Store", lines: "tuple[Line, ...]", name: str, whom: str, today: str, person: str) -> str:
    from assessor_tui.assess.board import owed
    from assessor_tui.assess.documents import documents
    from assessor_tui.cli.session import find_visit
    from assessor_tui.ledger.entry import plain_name
    from assessor_tui.reports.reminder import SITE, reminder

    visit = find_visit(store, name)
    line = next((each for each in lines if each.facts.visit == visit.id), None)
    if line is None:
        raise Mistake(_("The visit {visit} is not in this batch.").format(visit=visit.id[:8]))
    header = visit.scheme.header_form
    asked = documents(visit.filling(header), today) if header in visit.forms else ()
    known = {plain_name(each.whom) for each in owed(line, today)}
    if whom.casefold() == "site" and "site" not in known:
        whom = SITE
    return reminder(line, language(), today, whom, person, asked)


def line_data(line: "Line", today: str) -> dict[str, Any]:
    """One visit of the board as JSON data."""
    from assessor_tui.assess.board import owed
    from assessor_tui.ledger.clock import hong_kong_time
    from assessor_tui.ledger.state import device_letters

    facts = line.facts
    behind = {each.device for each in line.behind}
    return {
        "visit": facts.visit,
        "complete": facts.complete,
        "site_name_en": facts.header.get("site_name_en", ""),
        "site_name_zh": facts.header.get("site_name_zh", ""),
        "batch": facts.header.get("batch", ""),
        "date": facts.header.get("visit_date", ""),
        "deadline": facts.header.get("deadline", ""),
        "days": line.days,
        "stage": line.stage,
        "reasons": list(line.reasons),
        "expected": [each.name for each in line.expected],
        "missing": [each.name for each in line.missing],
        "devices": [
            {"device": each.device, "letters": device_letters(each.device), "persons": list(each.persons),
             "latest": hong_kong_time(each.latest).isoformat(), "entries": each.end, "behind": each.device in behind}
            for each in facts.came
        ],
        "conflicts": facts.conflicts,
        "returned": facts.returned,
        "look_again": facts.look_again,
        "to_come": len(facts.to_come),
        "overdue": len(line.overdue),
        "findings_without_date": len(line.undated),
        "owed": [each._asdict() for each in owed(line, today)],
    }  # fmt: skip


def _row(line: "Line") -> list[str]:
    from assessor_tui.reports.board_words import days_words, reasons_words, stage_words
    from assessor_tui.reports.reminder import site_of

    facts = line.facts
    came = f"{line.has_come}/{len(line.expected)}" if line.expected else ""
    conflicts = ""
    if facts.conflicts:
        conflicts = ngettext("{count} conflict", "{count} conflicts", facts.conflicts).format(count=facts.conflicts)
    return [
        facts.visit[:8], facts.header.get("visit_date", ""), site_of(line, language()), stage_words(line.stage), came,
        days_words(line.days), "  ".join(each for each in (conflicts, reasons_words(line)) if each),
    ]  # fmt: skip
