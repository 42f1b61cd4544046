"""``assessor return``, ``comment`` and ``returned``: sending answers back with reasons, and what became of it."""

from collections.abc import Sequence
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
    is_whole,
    new_id,
    opened,
    problem_line,
    refuse,
    say,
    short_rows,
    show,
    show_json,
)
from assessor_tui.i18n import N_, _, language
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.ledger.returns import Return
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Recorded, Visit


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    app.command("return", help=N_("Return questions, rows, sections or a whole visit, with the reason."))(give_back)
    app.command("comment", help=N_("Write a comment for the colleagues, or a reply to what was returned."))(comment)
    app.command("returned", help=N_("List what was returned and what became of it, of one visit or of all."))(returned)


def give_back(
    context: typer.Context,
    visit_name: VisitName,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help=N_("Questions or rows, or sections by their form; none: the visit.")),
    ] = None,
    why: Annotated[str, typer.Option("--why", help=N_("What to look at again, and why."))] = "",
    done: Annotated[
        bool, typer.Option("--done", help=N_("End what was returned there: it is done, or taken back."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Nothing; what was recorded is on disk before it is said."""
    from assessor_tui import returning
    from assessor_tui.ledger.returns import returns_of

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        places = [_place(visit, each) for each in paths or [""]]
        if done:
            ending = [
                each
                for each in returns_of(visit.state)
                if (each.entry.form, each.entry.path) in places and (each.is_open or each.is_to_look_at)
            ]
            if not ending:
                raise Mistake(_("Nothing is returned there. “assessor returned {visit}” lists it.").format(
                    visit=visit.id[:8]
                ))  # fmt: skip
            recorded = returning.end(visit, ending, why)
        else:
            if not why.strip():
                raise Mistake(_("Say with --why what to look at again, and why."))
            recorded = returning.give_back(visit, places, why)
        _report(visit, recorded, as_json)
        if not as_json and not done:
            say(_("It goes with the next bundle: “assessor bundle make {visit}”.").format(visit=visit.id[:8]))


def comment(
    context: typer.Context,
    visit_name: VisitName,
    said: Annotated[
        list[str], typer.Argument(metavar="[PATH] TEXT", help=N_("Where, and what; without a path on the whole visit."))
    ],
    reply: Annotated[bool, typer.Option("--reply", help=N_("Answer what was returned there with this."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; what was recorded is on disk before it is said."""
    from assessor_tui import returning
    from assessor_tui.ledger import entry as acts
    from assessor_tui.ledger.returns import returns_at

    if len(said) > 2:
        raise Mistake(_("Give a path and one text; put the text in quotes."))
    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        form, path = _place(visit, said[0] if len(said) == 2 else "")
        if not reply:
            _report(visit, visit.record(acts.COMMENT, form, path, said[-1]), as_json)
            if any(each.is_open for each in returns_at(visit.state, form, path)) and not as_json:
                say(_("What was returned there still waits. With --reply a comment answers it."))
            return
        if not any(each.is_open for each in returns_at(visit.state, form, path)):
            raise Mistake(_("Nothing waits for a reply there. Leave --reply out to comment."))
        _report(visit, returning.reply(visit, (form, path), said[-1]), as_json)


def returned(
    context: typer.Context,
    visit_name: Annotated[str, typer.Argument(metavar="VISIT", help=N_("Only of this visit."))] = "",
    every: Annotated[bool, typer.Option("--all", help=N_("What is over, too."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; every return with what became of it. Exit code 3 when one waits for an answer."""
    from assessor_tui.ledger.returns import returns_of

    with opened(context) as store:
        visits = [find_visit(store, visit_name)] if visit_name else _with_returns(store)
        found = [
            (visit, each)
            for visit in visits
            for each in returns_of(visit.state)
            if every or each.is_open or each.is_to_look_at
        ]
        if as_json:
            show_json({"returned": [return_data(visit, each) for visit, each in found]})
        else:
            for visit, each in found:
                for line in return_lines(visit, each):
                    show(line)
            if not found:
                say(_("Nothing is returned."))
    if any(each.is_open for _visit, each in found):
        raise typer.Exit(PROBLEMS)


def _with_returns(store: "Store") -> "list[Visit]":
    from assessor_tui.visit import Visit

    visits = (Visit(store, row.id, new_id=new_id, language=language()) for row in store.visits())
    return [visit for visit in visits if visit.state.returned and is_whole(visit)]


def _place(visit: "Visit", typed: str) -> tuple[str, str]:
    """Form and path meant: of a question, a row, a table, a whole section by its form, or (``""``) the visit."""
    from assessor_tui.cli.where import find_place

    typed = typed.strip()
    if not typed or typed in visit.versions:
        return typed, ""
    for _digest, entry in visit.state.returned:
        # Also where the form, moved to another version, asks nothing any more.
        if typed in (f"{entry.form}/{entry.path}", short_rows(f"{entry.form}/{entry.path}")):
            return entry.form, entry.path
    if "[+" in typed:
        raise Mistake(_("Name a row that is there; [+] adds one."))
    at = find_place(visit, typed, {})
    if isinstance(at, Problem):
        raise Mistake(problem_line(at), REFUSED)
    return at.form, at.path


def _report(visit: "Visit", recorded: "Recorded", as_json: bool) -> None:
    from assessor_tui.cli.conflicts import entry_data

    refuse(recorded.problems)
    if as_json:
        entries = [entry_data(visit, digest, entry) for digest, entry in recorded.entries]
        show_json({"visit": visit.id, "recorded": entries})
        return
    for _digest, entry in recorded.entries:
        say(_("Recorded: {what}").format(what="  ".join(_about(visit, entry.form, entry.path))))


def _about(visit: "Visit", form: str, path: str) -> Sequence[str]:
    """What people call the place, then how it is typed."""
    from assessor_tui.cli.conflicts import question_label
    from assessor_tui.form.model import in_language

    if not form:
        return (_("the whole visit"),)
    if not path:
        title = visit.forms[form].title if form in visit.forms else {}
        return tuple(each for each in (in_language(title, language()) if title else "", form) if each)
    return tuple(each for each in (question_label(visit, form, path), short_rows(f"{form}/{path}")) if each)


def return_lines(visit: "Visit", each: "Return") -> list[str]:
    """The return for reading: where, who returned it when and why, and what became of it."""
    from assessor_tui.reports.returns_words import ended_words, returned_words, state_words
    from assessor_tui.returning import is_asked, needs_reopening

    entry = each.entry
    lines = ["  ".join((visit.id[:8], state_words(each.state), *_about(visit, entry.form, entry.path)))]
    lines.append(f"  {returned_words(entry)}")
    if ended := ended_words(each):
        lines.append(f"  {ended}")
    if each.is_open and not is_asked(visit, entry.form, entry.path):
        lines.append("  " + _("It is not asked any more in this version of the form: reply to it."))
    elif each.is_open and needs_reopening(visit, entry.form, entry.path):
        lines.append("  " + _("The visit is signed: reply, or reopen it to answer anew."))
    return lines


def returned_at(visit: "Visit", form: str, path: str) -> list[str]:
    """What waits at the place or at a row it stands in: who returned it, when and why, and how it is answered."""
    place = waiting_at(visit, form, path)
    if place is None:
        return []
    from assessor_tui.ledger.returns import returns_at
    from assessor_tui.reports.returns_words import returned_words
    from assessor_tui.returning import needs_reopening

    lines = [returned_words(each.entry) for each in returns_at(visit.state, *place) if each.is_open]
    if needs_reopening(visit, *place):
        return [*lines, _("The visit is signed: r replies. A new answer needs the lead to reopen the visit first.")]
    return [*lines, _("Answer it anew, or reply with r when it is right or something was added.")]


def waiting_at(visit: "Visit", form: str, path: str) -> tuple[str, str] | None:
    """The place itself, else the innermost row it stands in, where a return waits; None for none."""
    from assessor_tui.ledger.state import row_paths

    around = [path, *reversed(list(row_paths(path)))]
    return next(((form, each) for each in around if (form, each) in visit.returned), None)


def return_data(visit: "Visit", each: "Return") -> dict[str, Any]:
    """The return as JSON data."""
    from assessor_tui.cli.conflicts import entry_data, question_label

    return {
        "visit": visit.id,
        "state": each.state,
        "form": each.entry.form,
        "path": each.entry.path,
        "label": question_label(visit, each.entry.form, each.entry.path) if each.entry.path else "",
        "returned": entry_data(visit, each.digest, each.entry),
        **({"ended": entry_data(visit, *each.by)} if each.by is not None else {}),
    }
