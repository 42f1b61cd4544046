"""``assessor conflicts``: list and settle."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import (
    PROBLEMS,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    new_id,
    opened,
    refuse,
    say,
    short_rows,
    show,
    show_json,
)
from assessor_tui.i18n import N_, _, language
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.ledger.state import Conflict
    from assessor_tui.visit import Visit


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    conflicts = typer.Typer(rich_markup_mode=None, help=N_("Conflicts: what two people said differently."))
    conflicts.command("list", help=N_("List the open conflicts, of one visit or of all."))(list_conflicts)
    conflicts.command("settle", help=N_("Settle a conflict with a reason."))(settle)
    app.add_typer(conflicts, name="conflicts")


def list_conflicts(
    context: typer.Context,
    visit_name: Annotated[str, typer.Argument(metavar="VISIT", help=N_("Only of this visit."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; every open conflict with its sides. Exit code 3 when there is any."""
    from assessor_tui.visit import Visit

    with opened(context) as store:
        if visit_name:
            visits = [find_visit(store, visit_name)]
        else:
            disputed = dict.fromkeys(row[0] for row in store.conflicts())
            visits = [Visit(store, each, new_id=new_id, language=language()) for each in disputed]
        found = [(visit, conflict) for visit in visits for conflict in visit.state.conflicts.values()]
        if as_json:
            show_json({"conflicts": [conflict_data(visit, conflict) for visit, conflict in found]})
        else:
            for visit, conflict in found:
                for line in conflict_lines(visit, conflict):
                    show(line)
            if not found:
                say(_("There is no open conflict."))
    if found:
        raise typer.Exit(PROBLEMS)


def said_by(visit: "Visit", entry: "Entry") -> str:
    """What the entry says, as people read it."""
    from assessor_tui.cli.typed import spoken
    from assessor_tui.ledger import entry as acts

    if entry.act in (acts.ANSWER, acts.SETTLE, acts.NOTE, acts.ATTACH) and entry.value is not None:
        return spoken(visit, entry.form, entry.path, entry.value, language())
    words = {
        acts.ANSWER: N_("answered"),
        acts.SETTLE: N_("no answer"),
        acts.CLEAR: N_("no answer"),
        acts.NOT_APPLICABLE: N_("not applicable"),
        acts.TO_COME: N_("to come"),
        acts.ADD_ROW: N_("row kept"),
        acts.REMOVE_ROW: N_("row removed"),
        acts.JOIN_ROWS: N_("rows joined"),
        acts.SIGN: N_("signed"),
        acts.REOPEN: N_("reopened"),
        acts.USE_FORM: N_("form version {version}"),
    }
    return _(words[entry.act]).format(version=entry.version) if entry.act in words else entry.act


def when(at: int) -> str:
    """Day and time as the summary says them."""
    return f"{hong_kong_time(at):%Y-%m-%d %H:%M}"


def conflict_lines(visit: "Visit", conflict: "Conflict") -> list[str]:
    """The conflict for reading: what it is about, then its sides, numbered."""
    from assessor_tui.i18n.sentences import reason_words, sentence

    label = question_label(visit, conflict.form, conflict.path)
    where = short_rows(f"{conflict.form}/{conflict.path}".strip("/"))
    lines = ["  ".join(part for part in (visit.id[:8], where, label) if part)]
    lines.append("  " + sentence(Problem(f"conflict.{conflict.kind}")))
    for number, (_digest, entry) in enumerate(conflict.heads, 1):
        why = f"  ({reason_words(entry, visit.today)})" if entry.why else ""
        lines.append(f"  {number}  {said_by(visit, entry)}  {entry.person}  {when(entry.at)}{why}")
    return lines


def question_label(visit: "Visit", form: str, path: str) -> str:
    """Number and label of what stands at the path, ``""`` when nothing does."""
    from assessor_tui.form.model import in_language

    try:
        state = visit.filling(form).state(path)
    except (KeyError, LookupError):
        try:
            return visit.filling(form).row_label(path)
        except (KeyError, LookupError):
            return ""
    return f"{state.question.number} {in_language(state.question.label, language())}".strip()


def conflict_data(visit: "Visit", conflict: "Conflict") -> dict[str, Any]:
    """The conflict as JSON data."""
    return {
        "visit": visit.id,
        "kind": conflict.kind,
        "form": conflict.form,
        "path": conflict.path,
        "label": question_label(visit, conflict.form, conflict.path),
        "sides": [
            {"take": number, **entry_data(visit, digest, entry)}
            for number, (digest, entry) in enumerate(conflict.heads, 1)
        ],
    }


def entry_data(visit: "Visit", digest: str, entry: "Entry") -> dict[str, Any]:
    """The entry as JSON data, with what it says in words."""
    from assessor_tui.ledger.value import to_json

    data: dict[str, Any] = {
        "hash": digest,
        "device": entry.device,
        "seq": entry.seq,
        "at": hong_kong_time(entry.at).isoformat(),
        "person": entry.person,
        "act": entry.act,
        "form": entry.form,
        "path": entry.path,
    }
    if entry.value is not None:
        data["value"] = to_json(entry.value)
    data["text"] = said_by(visit, entry)
    if entry.why:
        data["why"] = entry.why
    if entry.replaces:
        data["replaces"] = list(entry.replaces)
    return data


def settle(
    context: typer.Context,
    visit_name: VisitName,
    path: Annotated[
        str, typer.Argument(metavar="PATH", help=N_("What is in conflict; not needed when there is only one."))
    ] = "",
    take: Annotated[int, typer.Option("--take", metavar="N", help=N_("The side that stands, as listed."))] = 0,
    value: Annotated[str | None, typer.Option("--value", help=N_("A new answer instead."))] = None,
    clear: Annotated[bool, typer.Option("--clear", help=N_("Neither: no answer."))] = False,
    why: Annotated[str, typer.Option("--why", help=N_("The reason; it goes into the record."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; records the settlement and says it."""
    from assessor_tui.cli.answers import value_of
    from assessor_tui.cli.where import find_place
    from assessor_tui.ledger.state import FORK

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        found = list(visit.state.conflicts.values())
        if path and any(each.kind == path for each in found):
            found = [each for each in found if each.kind == path]  # a fork or signature stands at no question
        elif path:
            at = find_place(visit, path, {})
            wanted = (at.form, at.path) if not isinstance(at, Problem) else tuple(path.split("/", 1))
            found = [each for each in found if (each.form, each.path) == wanted]
        if not found:
            raise Mistake(_("There is no such conflict. “assessor conflicts list” shows those there are."))
        if len(found) > 1:
            raise Mistake(_("There are several conflicts. Name one by its PATH, as “assessor conflicts list” shows."))
        conflict = found[0]
        if (take != 0) + (value is not None) + clear != (conflict.kind != FORK):
            raise Mistake(_("Say what stands: --take N, --value VALUE or --clear. A fork needs only --why."))
        if take and not 1 <= take <= len(conflict.heads):
            raise Mistake(
                _("There is no side {take}; the conflict has {count}.").format(take=take, count=len(conflict.heads))
            )
        side = conflict.heads[take - 1][1] if take else None
        new = value_of(visit, conflict.form, conflict.path, value) if value is not None else None
        if isinstance(new, Problem):
            refuse([new])
            return
        recorded = visit.settle(conflict, take=side, value=new, why=why)
        place = Place(file=conflict.form, path=conflict.path)
        refuse([problem._replace(place=place) for problem in recorded.problems])
        open_now = len(visit.state.conflicts)
        if as_json:
            digest, entry = recorded.entries[0]
            show_json({"settled": entry_data(visit, digest, entry), "conflicts": open_now})
        else:
            say(_("Settled. Open conflicts: {count}.").format(count=open_now))
