"""``assessor deliveries``: what has arrived of each laptop's work, what is missing, and how far one's own has come."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import PROBLEMS, Json, find_visit, new_id, opened, say, show, show_json, show_table
from assessor_tui.i18n import N_, _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.carry.receipts import Delivery
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Visit


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("deliveries", help=N_("Who has delivered, what is missing, and what of yours is confirmed."))(
        deliveries
    )


def deliveries(
    context: typer.Context,
    visit_name: Annotated[
        str, typer.Argument(metavar="[VISIT]", help=N_("Beginning of the visit's id, or its site; without it all."))
    ] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per laptop. Exit code 3 when something is missing."""
    from assessor_tui.carry.exchange import site_name
    from assessor_tui.carry.holding import standing
    from assessor_tui.reports.receipts_words import standing_words

    missing = False
    found: list[dict[str, Any]] = []
    with opened(context) as store:
        visits = [find_visit(store, visit_name)] if visit_name else list(_visits(store))
        for visit in visits:
            own, others = standing(store, visit.id), deliveries_of(store, visit)
            missing = missing or not all(each.complete for each in others)
            if as_json:
                found.append({"visit": visit.id, **own._asdict(), "laptops": [_data(each) for each in others]})
                continue
            said = standing_words(own) or _("nothing of yours")
            show(f"{visit.id[:8]}  {site_name(visit, language())}  {said}")
            show_table(_row(each) for each in others)
            if any(each.device and not each.complete for each in others):
                say(_("“assessor bundle make {visit} --request” asks for what is missing.").format(visit=visit.id[:8]))
        if not visits and not as_json:
            say(_("There are no visits yet. “assessor visit new” opens one."))
    if as_json:
        show_json({"visits": found})
    if missing:
        raise typer.Exit(PROBLEMS)


def deliveries_of(store: "Store", visit: "Visit") -> "tuple[Delivery, ...]":
    """What has come of each other laptop, and who of the team has not delivered anything."""
    from assessor_tui.assess.cover import team_of
    from assessor_tui.carry.receipts import delivered

    header = visit.scheme.header_form
    team = team_of(visit.filling(header)) if header in visit.forms else ()
    return delivered(store, visit.id, [each.name for each in team])


def _visits(store: "Store") -> "list[Visit]":
    from assessor_tui.visit import Visit

    found = []
    for row in store.visits():
        try:
            visit = Visit(store, row.id, new_id=new_id, language=language())
            _ = visit.scheme
        except (LookupError, KeyError):
            continue  # its opening has not arrived yet
        found.append(visit)
    return found


def _row(each: "Delivery") -> list[str]:
    from assessor_tui.ledger.state import device_letters
    from assessor_tui.reports.receipts_words import heard_words, state_words

    person = each.person or _("somebody")
    if not each.device:
        return [f"  {person}", "", "", state_words(each), ""]
    entries = ngettext("{count} entry", "{count} entries", each.held).format(count=each.held)
    return [f"  {person}", device_letters(each.device), entries, state_words(each), heard_words(each)]


def _data(each: "Delivery") -> dict[str, Any]:
    from assessor_tui.ledger.clock import hong_kong_time

    data: dict[str, Any] = {
        "device": each.device, "person": each.person, "role": each.role, "complete": each.complete,
        "entries": each.held, "missing": [{"from": lack.begin, "to": lack.end} for lack in each.missing],
        "files": list(each.wanted), "confirmed": each.has,
    }  # fmt: skip
    for key, at in (("heard", each.heard), ("last", each.last)):
        data[key] = hong_kong_time(at).isoformat(timespec="seconds") if at else ""
    return data
