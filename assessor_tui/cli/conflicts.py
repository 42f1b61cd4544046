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
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Visit
    from assessor_tui.waiting import Waits


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    conflicts = typer.Typer(rich_markup_mode=None, help=N_("Conflicts: what two people said differently."))
    conflicts.command("list", help=N_("List the open conflicts, of one visit or of all."))(list_conflicts)
    conflicts.command("settle", help=N_("Settle a conflict with a reason."))(settle)
    from assessor_tui.cli import deciding

    deciding.add_to(conflicts)
    app.add_typer(conflicts, name="conflicts")


def list_conflicts(
    context: typer.Context,
    visit_name: Annotated[str, typer.Argument(metavar="VISIT", help=N_("Only of this visit."))] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help=N_("Only of this kind, such as value."))] = "",
    counts: Annotated[
        bool, typer.Option("--counts", help=N_("Only how many of each kind in each visit, from the table."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Nothing; every open conflict with its sides, the most urgent first. Exit code 3 when there is any.

    Of one visit also what else waits because several laptops worked on it: what has not arrived, clocks, held back.
    """
    from assessor_tui.visit import Visit
    from assessor_tui.waiting import KINDS, conflicts_waiting, in_order, others_waiting, visits_alike

    if kind and kind not in KINDS:
        raise Mistake(_("There is no kind {kind}. There are: {kinds}").format(kind=kind, kinds=_(", ").join(KINDS)))
    with opened(context) as store:
        if counts:
            _count(store, find_visit(store, visit_name).id if visit_name else "", kind, as_json=as_json)
            return
        if visit_name:
            visits = [find_visit(store, visit_name)]
        else:
            disputed = dict.fromkeys(row[0] for row in store.conflicts())
            visits = [Visit(store, each, new_id=new_id, language=language()) for each in disputed]
        found = [(visit, each) for visit in visits for each in conflicts_waiting(visit) if kind in ("", each.kind)]
        beside = []
        if visit_name:
            (visit,) = visits
            waits = in_order(visit, [*others_waiting(visit), *visits_alike(visit)])
            beside = [each for each in waits if kind in ("", each.kind)]
        if as_json:
            data = {"conflicts": [waiting_data(visit, each) for visit, each in found]}
            if visit_name:
                data["waiting"] = [waiting_data(visits[0], each) for each in beside]
            show_json(data)
        else:
            for visit, each in found:
                for line in waiting_lines(visit, each):
                    show(line)
            for each in beside:
                for line in waiting_lines(visits[0], each):
                    show(line)
            if not found:
                say(_("There is no open conflict."))
    if found:
        raise typer.Exit(PROBLEMS)


def _count(store: "Store", visit: str, kind: str, *, as_json: bool) -> None:
    many: dict[str, dict[str, int]] = {}
    for each, its_kind, _form, _path in store.conflicts(visit):
        if kind in ("", its_kind):
            of_visit = many.setdefault(each, {})
            of_visit[its_kind] = of_visit.get(its_kind, 0) + 1
    if as_json:
        show_json({"visits": [{"visit": each, "kinds": kinds} for each, kinds in many.items()]})
    else:
        from assessor_tui.i18n.waiting_words import kind_words

        for each, kinds in many.items():
            told = _(", ").join(f"{count} {kind_words(its_kind)}" for its_kind, count in kinds.items())
            show(f"{each[:8]}  {told}")
        if not many:
            say(_("There is no open conflict."))
    if many:
        raise typer.Exit(PROBLEMS)


def waiting_lines(visit: "Visit", waits: "Waits") -> list[str]:
    """What waits, for reading."""
    from assessor_tui.assess.merged import Broken
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.i18n.waiting_words import ask_words, fork_words, people_of, waits_words
    from assessor_tui.ledger.conflicts import EqualRows, Gap
    from assessor_tui.ledger.state import FORK, Conflict

    about = waits.about
    if isinstance(about, Conflict):
        lines = conflict_lines(visit, about)
        return (
            [lines[0], lines[1], f"  {fork_words(visit.state, about.heads)}", *lines[2:]]
            if about.kind == FORK
            else lines
        )
    if isinstance(about, EqualRows):
        from assessor_tui.cli.deciding import rows_lines

        lines = rows_lines(visit, about)
        return [lines[0], "  " + sentence(Problem("conflict.rows")), *lines[1:]]
    if isinstance(about, Broken):
        label = question_label(visit, waits.form, waits.path)
        lines = ["  ".join(part for part in (visit.id[:8], short_rows(f"{waits.form}/{waits.path}"), label) if part)]
        lines.append("  " + sentence(about.problem))
        said = (f"  {said_by(visit, each)}  {each.person}  {when(each.at)}" for each in about.beside[:3])
        return [*lines, *said]
    people = people_of(list(visit.state.entries()))
    lines = [f"{visit.id[:8]}  {waits_words(waits, people)}"]
    return [*lines, f"  {ask_words(about.ask)}"] if isinstance(about, Gap) else lines


def waiting_data(visit: "Visit", waits: "Waits") -> dict[str, Any]:
    """What waits, as JSON data."""
    from assessor_tui.assess.merged import Broken
    from assessor_tui.ledger.conflicts import EqualRows, Gap
    from assessor_tui.ledger.state import Conflict
    from assessor_tui.waiting import FilesAway

    about = waits.about
    if isinstance(about, Conflict):
        return conflict_data(visit, about)
    data: dict[str, Any] = {"visit": visit.id, "kind": waits.kind}
    if isinstance(about, EqualRows):
        from assessor_tui.cli.deciding import rows_data

        return data | rows_data(visit, about)
    if isinstance(about, Gap):
        ask = [{"device": device, "person": person} for device, person in about.ask]
        return data | {"device": about.device, "from": about.begin, "to": about.end, "ask": ask}
    if isinstance(about, FilesAway):
        files = [{"sha256": digest, "name": name} for digest, name in about.files]
        return data | {"device": about.device, "person": about.person, "files": files}
    if isinstance(about, Broken):
        where = {"form": waits.form, "path": waits.path, "code": about.problem.code}
        return data | where | {"beside": [f"{entry.form}/{entry.path}" for entry in about.beside]}
    from assessor_tui.i18n.waiting_words import waits_words

    return data | {"about": waits.path, "sentence": waits_words(waits, {})}


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

    try:
        state = visit.filling(form).state(path)
    except (KeyError, LookupError):
        try:
            return visit.filling(form).row_label(path)
        except (KeyError, LookupError):
            return ""
    return f"{state.question.number} {visit.filling(form).label(path, language())}".strip()


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
