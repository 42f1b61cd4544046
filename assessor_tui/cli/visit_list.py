"""``assessor visit new --from``: the secretariat's list of visits."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from assessor_tui.cli.session import PROBLEMS, demand_identity, new_id, opened, say, show, show_json, show_table
from assessor_tui.cli.visits import fitting_materials
from assessor_tui.i18n import _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.assess.visit_list import NewVisit, VisitList
    from assessor_tui.form.model import Form
    from assessor_tui.problem import Problem
    from assessor_tui.visit_list import ListFile


_SAID = 20
"""Lines that are named one by one when they are here already."""


def new_from_list(
    context: typer.Context,
    path: Path,
    *,
    forms: Path | None,
    scheme: str,
    kind: str,
    dry_run: bool,
    skip_wrong: bool,
    as_json: bool,
) -> None:
    """Nothing; opens the visits of the list and prints their ids, or says what is wrong and opens none."""
    from assessor_tui.visit_list import open_listed, read_list_file

    with opened(context, write=True) as store:
        demand_identity(store)
        materials = fitting_materials(store, forms, scheme)
        form, _hash = materials.forms[materials.scheme.header_form]
        category = materials.scheme.category_question.partition("/")[2]
        file = read_list_file(store, materials, path)
        listed = file.listed
        _narrate(file, form)
        wrong = bool(listed.problems) or (bool(listed.wrong) and not skip_wrong)
        ids: dict[int, str] = {}
        if not wrong and not dry_run:
            opened_ids = open_listed(store, materials, listed.new, new_id=new_id, kind=kind, language=language())
            ids = dict(zip((each.row for each in listed.new), opened_ids, strict=True))
    if as_json:
        show_json(_data(listed, ids, form))
    elif dry_run:
        from assessor_tui.reports.visit_list_words import category_words, visit_words

        show_table([str(each.row), _outcome(each), visit_words(each), category_words(each, form, category)]
                   for each in listed.visits)  # fmt: skip
    else:
        for visit in ids.values():
            show(visit)
    _conclude(listed, len(ids), wrong=wrong, dry_run=dry_run)
    if listed.problems or listed.wrong:
        raise typer.Exit(PROBLEMS)


def _narrate(file: "ListFile", form: "Form") -> None:
    """Nothing; every note and every refused cell on a line of its own."""
    from assessor_tui.reports.visit_list_words import problem_words, visit_words

    listed = file.listed
    for problem in (
        *file.notes,
        *listed.problems,
        *listed.notes,
        *(each for line in listed.wrong for each in line.problems),
    ):
        say(problem_words(problem, listed.headings, form))
    there = [line for line in listed.visits if line.visit or line.first]
    for line in there[:_SAID]:
        if line.visit:
            template = _("row {row}: {visit} is on this laptop already ({id}); it is not opened again.")
            say(template.format(row=line.row, visit=visit_words(line), id=line.visit[:8]))
        else:
            template = _("row {row}: {visit} stands in row {first} already; it is opened once.")
            say(template.format(row=line.row, visit=visit_words(line), first=line.first))
    more = len(there) - _SAID
    if more > 0:
        say(ngettext("... and {count} more of these.", "... and {count} more of these.", more).format(count=more))


def _conclude(listed: "VisitList", count: int, *, wrong: bool, dry_run: bool) -> None:
    if wrong:
        said = _("Nothing was opened. Correct the list, or take its good lines with --skip-wrong.")
    elif dry_run:
        new = len(listed.new)
        said = ngettext("{count} visit would be opened.", "{count} visits would be opened.", new).format(count=new)
    else:
        said = ngettext("{count} visit is open.", "{count} visits are open.", count).format(count=count)
    say(said)


def _outcome(visit: "NewVisit") -> str:
    if visit.problems:
        return _("refused")
    return _("known already") if visit.visit else _("twice in the list") if visit.first else _("new")


def _data(listed: "VisitList", ids: dict[int, str], form: "Form") -> dict[str, Any]:
    from assessor_tui.ledger.value import to_json
    from assessor_tui.reports.visit_list_words import cell_words, problem_words

    def problem(each: "Problem") -> dict[str, Any]:
        said = {"code": each.code, "cell": cell_words(each, ()), "sentence": problem_words(each, listed.headings, form)}
        return {**said, "row": each.place.line, "column": each.place.column}

    return {
        "columns": [
            {"heading": heading, "question": column}
            for heading, column in zip(listed.headings, listed.columns, strict=True)
        ],
        "visits": [
            {"row": each.row, "visit": ids.get(each.row, each.visit), "opened": each.row in ids,
             "known": bool(each.visit), "same_as_row": each.first,
             "answers": {name: to_json(value) for name, value in each.answers.items()},
             "team": [{name: to_json(value) for name, value in member.items()} for member in each.team],
             "problems": [problem(one) for one in each.problems]}
            for each in listed.visits
        ],
        "problems": [problem(each) for each in listed.problems],
        "notes": [problem(each) for each in listed.notes],
    }  # fmt: skip
