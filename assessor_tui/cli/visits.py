"""``assessor visit``: new, list, show, use-form, link."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.moving import update_form
from assessor_tui.cli.put_away import HELP, line_data, line_row, put_away
from assessor_tui.cli.session import (
    Json,
    Mistake,
    VisitName,
    day_here,
    demand_identity,
    find_visit,
    new_id,
    opened,
    problem_line,
    refuse,
    say,
    short_rows,
    show,
    show_json,
    show_table,
    title,
)
from assessor_tui.i18n import N_, _, language, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.form.model import Form
    from assessor_tui.store.ledger import Store, VisitRow
    from assessor_tui.visit import Materials, Visit

HEADER_OPTIONS = {
    "site": "site_name_en",
    "site_zh": "site_name_zh",
    "number": "registered_number",
    "date": "visit_date",
}
"""Option of ``visit new`` -> question of the header form."""


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    visit = typer.Typer(rich_markup_mode=None, help=N_("Visits: a new one, a list of them, one of them."))
    visit.command("new", help=N_("Open a new visit."))(new)
    visit.command("list", help=N_("List the visits of this laptop."))(list_visits)
    visit.command("show", help=N_("Show one visit: header, progress by form, what is left to do."))(show_visit)
    visit.command("use-form", help=N_("Add a checklist of any kind to a visit: YAML, XLSForm or ODK XForm."))(use)
    visit.command("update-form", help=N_("Go over to a newer version of a form, after a look at what that means."))(
        update_form
    )
    visit.command("link", help=N_("Say that two visits are one and the same."))(link)
    visit.command("put-away", help=HELP)(put_away)
    app.add_typer(visit, name="visit")


def new(
    context: typer.Context,
    site: Annotated[str, typer.Option("--site", help=N_("Registered English name of the site."))] = "",
    site_zh: Annotated[str, typer.Option("--site-zh", help=N_("Registered Chinese name of the site."))] = "",
    number: Annotated[str, typer.Option("--number", help=N_("Registered number of the site."))] = "",
    date: Annotated[str, typer.Option("--date", help=N_("Date of the visit, such as 2026-11-12."))] = "",
    category: Annotated[str, typer.Option("--category", help=N_("Category applied for."))] = "",
    scheme: Annotated[str, typer.Option("--scheme", help=N_("The scheme, when there are several."))] = "",
    forms: Annotated[
        Path | None, typer.Option("--forms", help=N_("Folder with forms and schemes (else those of the program)."))
    ] = None,
    own: Annotated[
        list[str] | None,
        typer.Option(
            "--form", metavar="FORM", help=N_("A form file or the id of a form held here: a checklist of your own.")
        ),
    ] = None,
    claim: Annotated[bool, typer.Option("--claim", help=N_("The applicant's own declaration."))] = False,
    list_file: Annotated[
        Path | None, typer.Option("--from", metavar="LIST", help=N_("Open every visit of this list (.xlsx or .csv)."))
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Only say what the list would open."))] = False,
    skip_wrong: Annotated[
        bool, typer.Option("--skip-wrong", help=N_("Open the good lines of the list and leave the others out."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Nothing; opens the visit and prints its id."""
    if list_file is not None:
        from assessor_tui.cli.visit_list import new_from_list

        if site or site_zh or number or date or category or own:
            raise Mistake(_("With --from everything about the visits stands in the list."))
        new_from_list(
            context, list_file, forms=forms, scheme=scheme, kind="claim" if claim else "assessment",
            dry_run=dry_run, skip_wrong=skip_wrong, as_json=as_json,
        )  # fmt: skip
        return
    if dry_run or skip_wrong:
        raise Mistake(_("--dry-run and --skip-wrong belong to --from."))
    from assessor_tui.ledger.typed import date_of, read_choice
    from assessor_tui.ledger.value import Value
    from assessor_tui.visit import create_visit

    if not site.strip() and not site_zh.strip() and not own:
        raise Mistake(_("A visit needs the site's name. Give it with --site or --site-zh."))
    with opened(context, write=True) as store:
        demand_identity(store)
        checklists = [_form_meant(store, each) for each in own or ()]
        alone = bool(checklists) and not (category or scheme or forms)
        materials = _own_checklists(store) if alone else fitting_materials(store, forms, scheme)
        if not site.strip() and not site_zh.strip():
            site = _title_of(checklists[0])
        answers: dict[str, Value] = {}
        given = {"site": site, "site_zh": site_zh, "number": number}
        answers |= {HEADER_OPTIONS[key]: text.strip() for key, text in given.items() if text.strip()}
        day = date or day_here()
        try:
            answers["visit_date"] = date_of(day)
        except ValueError:
            raise Mistake(_("{date} is not a date. Write it as 2026-11-12.").format(date=day)) from None
        if category:
            categories = [(each.name, each.label) for each in materials.scheme.categories]
            chosen = read_choice(category, categories)
            if chosen is None:
                names = ", ".join(name for name, _label in categories)
                raise Mistake(
                    _("There is no category {category}. Categories are {known}.").format(category=category, known=names)
                )
            answers[materials.scheme.category_question.partition("/")[2]] = (chosen,)
        if checklists:
            from assessor_tui.using_form import with_forms

            added = with_forms(store, materials, checklists)
            if isinstance(added, Problem):
                refuse((added,))
            else:
                materials = added
        visit = create_visit(
            store,
            materials,
            answers,
            new_id=new_id,
            kind="claim" if claim else "assessment",
            language=language(),
        )
        say(_("Visit {visit} is open: {site}.").format(visit=visit.id[:8], site=title(visit)))
        _propose_links(store, visit)
        if as_json:
            show_json(summary(store, visit))
        else:
            show(visit.id)


def use(
    context: typer.Context,
    visit_name: VisitName,
    said: Annotated[str, typer.Argument(metavar="FORM", help=N_("A form file, or the id of a form held here."))],
    as_json: Json = False,
) -> None:
    """Nothing; the form stands beside those that the visit has, with all that it says itself."""
    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        form = _form_meant(store, said)
        is_new = _take_into_use(visit, form)
        if as_json:
            show_json({"visit": visit.id, "form": form.form_id, "version": visit.versions[form.form_id], "new": is_new})


def _form_meant(store: "Store", said: str) -> "Form":
    """The form of a file or id; every mistake of the file is said.

    Raises:
        FormWrong: when it has any.
    """
    from assessor_tui.using_form import FormWrong, form_meant

    try:
        return form_meant(store, said)
    except FormWrong as error:
        for problem in error.problems:
            say(problem_line(problem))
        raise


def _take_into_use(visit: "Visit", form: "Form") -> bool:
    """True when the visit uses the form from now on, False when it did so before; else the command is refused."""
    from assessor_tui.using_form import use_form

    recorded = use_form(visit, form)
    refuse(recorded.problems)
    if recorded.entries:
        say(_("The visit now uses the form {form} ({title}).").format(form=form.form_id, title=_title_of(form)))
    else:
        say(_("The visit uses this form already."))
    return bool(recorded.entries)


def _title_of(form: "Form") -> str:
    from assessor_tui.form.model import in_language

    return in_language(form.title, language()) or form.form_id


def _own_checklists(store: "Store") -> "Materials":
    from assessor_tui.config import shipped
    from assessor_tui.materials import own_checklists

    return own_checklists(store, shipped("forms"))


def fitting_materials(store: "Store", forms: Path | None, scheme: str) -> "Materials":
    """The one scheme meant, with its forms.

    Raises:
        Mistake: when several fit, or none.
        MaterialsWrong: when the forms have mistakes.
    """
    from assessor_tui.config import shipped
    from assessor_tui.materials import load_materials

    known = load_materials(store, (forms or shipped("forms")).absolute())
    fitting = [each for each in known if scheme in ("", each.scheme.scheme_id)]
    if len(fitting) != 1:
        names = ", ".join(each.scheme.scheme_id for each in known)
        raise Mistake(_("Name one scheme with --scheme. There are: {known}.").format(known=names or "-"))
    return fitting[0]


def _propose_links(store: "Store", visit: "Visit") -> None:
    from assessor_tui.carry.exchange import alike

    for pair in alike(store, visit):
        say(alike_sentence(pair.visit, pair.other, pair.reason))


def alike_sentence(visit: str, other: str, reason: str) -> str:
    """The proposal to link two visits that look the same."""
    template = (
        _("Visits {visit} and {other} have the same registered number and date. ")
        if reason == "number"
        else _("Visits {visit} and {other} have the same site name and date. ")
    ) + _("If they are one, say so: assessor visit link {visit} {other}")
    return template.format(visit=visit[:8], other=other[:8])


def summary(store: "Store", visit: "Visit") -> dict[str, Any]:
    """One visit as JSON data, without its progress."""
    try:
        category = visit.category.name
        today, signed, site = visit.today, visit.signed, title(visit)
    except (LookupError, KeyError):
        return {"visit": visit.id, "complete": False}
    device = store.device
    return {
        "visit": visit.id,
        "complete": True,
        "site": site,
        "date": today,
        "category": category,
        "kind": next(iter(visit.opening.value), "") if isinstance(visit.opening.value, tuple) else "",
        "scheme": visit.scheme.scheme_id,
        "signed": signed,
        "conflicts": len(visit.state.conflicts),
        "entries": len(visit.state),
        "mine": device is not None and device.id in visit.state.devices(),
    }


def list_visits(
    context: typer.Context,
    filter_text: Annotated[str, typer.Option("--filter", help=N_("Only visits whose line holds this text."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per visit, the latest first, then what stays of those put away."""
    from assessor_tui.carry.put_away import put_away_lines

    with opened(context) as store:
        found = [(row, summary(store, _visit(store, row))) for row in store.visits()]
        gone = [(line, line_row(line)) for line in put_away_lines(store)]
        lines = [_line(row, data) for row, data in found]
        wanted = filter_text.casefold()
        kept = [index for index, line in enumerate(lines) if wanted in " ".join(line).casefold()]
        gone = [each for each in gone if wanted in " ".join(each[1]).casefold()]
        if as_json:
            away = [line_data(line) for line, _row in gone]
            show_json({"visits": [found[index][1] for index in kept], "put_away": away})
        elif not found and not gone:
            say(_("There are no visits yet. “assessor visit new” opens one."))
        else:
            show_table([*(lines[index] for index in kept), *(row for _line, row in gone)])


def _visit(store: "Store", row: "VisitRow") -> "Visit":
    from assessor_tui.visit import Visit

    return Visit(store, row.id, new_id=new_id, language=language())


def _line(row: "VisitRow", data: dict[str, Any]) -> list[str]:
    if not data["complete"]:
        return [row.id[:8], "", _("its opening has not arrived yet"), "", ""]
    state = _("signed") if data["signed"] else _("in progress")
    if data["conflicts"]:
        state = ngettext("{count} conflict", "{count} conflicts", data["conflicts"]).format(count=data["conflicts"])
    latest = f"{hong_kong_time(row.latest):%Y-%m-%d %H:%M}"
    return [row.id[:8], data["date"], data["site"], state, latest]


def show_visit(
    context: typer.Context,
    visit_name: VisitName,
    mine: Annotated[
        bool, typer.Option("--mine", help=N_("Of what is left to do only what you cover (--as NAME: somebody else)."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Nothing; the visit's header, its progress by form and what is left to do."""
    from assessor_tui.assess.cover import covered_by
    from assessor_tui.assess.left import left_to_do, progress
    from assessor_tui.cli.session import problem_data, problem_line
    from assessor_tui.evidence.inbox import unsorted_files
    from assessor_tui.form.model import in_language
    from assessor_tui.i18n.sentences import unsorted_words
    from assessor_tui.problem import Place

    with opened(context) as store:
        visit = find_visit(store, visit_name)
        data = summary(store, visit)
        full = visit.extent.full
        forms = {name: progress(name, filling, visit.state, full=full) for name, filling in visit.fillings.items()}
        left = left_to_do(visit.fillings, visit.state, full=full)
        if mine:
            covered = covered_by(visit.filling(visit.scheme.header_form), visit.forms, store.person)
            if covered is None:
                words = _("The team in the header gives {person} nothing: everything is listed.")
                say(words.format(person=store.person))
            else:
                left = covered.left(left)
        waiting = len(unsorted_files(visit, time.time_ns() // 1000))
        if as_json:
            data["forms"] = [
                {"form": name, "version": visit.versions[name], "done": each.done, "asked": each.asked,
                 "to_come": each.to_come, "conflicts": each.conflicts}
                for name, each in forms.items()
            ]  # fmt: skip
            data["left"] = [
                {"kind": each.kind, "form": each.form, "paths": list(each.paths),
                 **({"problem": problem_data(each.problem)} if each.problem else {})}
                for each in left
            ]  # fmt: skip
            data["inbox"] = waiting
            data |= {"size": visit.size.name if visit.size else "", "asks": visit.asks}
            show_json(data)
            return
        show(f"{visit.id}  {data['date']}  {data['site']}")
        size = f", {in_language(visit.size.label, language())}" if visit.size else ""
        show(in_language(visit.category.label, language()) + size)
        show_table(
            [name, in_language(visit.forms[name].title, language()), f"{each.done}/{each.asked}"]
            for name, each in forms.items()
        )
        for each in left:
            place = Place(file=each.form, path=each.paths[0])
            if each.problem is not None:
                show(problem_line(Problem(each.problem.code, place, each.problem.parameters)))
            elif each.kind == "to come":
                from assessor_tui.i18n.sentences import awaited_words

                standing = visit.state.standing(each.form, each.paths[0])
                said = awaited_words(standing.entry.why, visit.today) if standing is not None else ""
                said = said or _("still to come")
                show(f"{each.form}/{short_rows(each.paths[0])}: {_('to come: {what}').format(what=said)}")
            elif each.kind == "unanswered":
                words = ngettext(
                    "{count} question without an answer", "{count} questions without an answer", len(each.paths)
                )
                show(f"{each.form}/{short_rows(each.paths[0])}: {words.format(count=len(each.paths))}")
            elif each.kind == "jot":
                words = ngettext(
                    "{count} note or picture not tied to anything yet",
                    "{count} notes or pictures not tied yet",
                    len(each.paths),
                )
                show(words.format(count=len(each.paths)))
        if waiting:
            show(unsorted_words(waiting))


def link(
    context: typer.Context,
    visit_name: VisitName,
    other_name: Annotated[str, typer.Argument(metavar="OTHER", help=N_("The other visit."))],
    why: Annotated[str, typer.Option("--why", help=N_("How you know."))] = "",
) -> None:
    """Nothing; both visits stay as they are and name each other."""
    from assessor_tui.ledger.entry import LINK

    with opened(context, write=True) as store:
        demand_identity(store)
        visit, other = find_visit(store, visit_name), find_visit(store, other_name)
        if visit.id == other.id:
            raise Mistake(_("Both names mean the same visit. Name two."))
        with store.together():
            refuse(visit.record(LINK, "", "", other.id, why=why).problems)
            refuse(other.record(LINK, "", "", visit.id, why=why).problems)
        say(_("Visits {visit} and {other} are linked.").format(visit=visit.id[:8], other=other.id[:8]))
