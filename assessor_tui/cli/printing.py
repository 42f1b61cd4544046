"""``assessor print``: walk sheets for where no laptop may go."""

from pathlib import Path
from typing import Annotated

import typer

from assessor_tui.cli.session import Json, Mistake, Session, VisitName, find_visit, opened, say, show, show_json
from assessor_tui.i18n import LANGUAGES, N_, _, language, nearest_language


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("print", help=N_("Write walk sheets of a visit for A4 paper: boxes, room for readings, last values."))(
        print_sheets
    )


def print_sheets(
    context: typer.Context,
    visit_name: VisitName,
    place: Annotated[
        str, typer.Option("--place", metavar="PLACE", help=N_("Only what is asked at this place of the site."))
    ] = "",
    section: Annotated[
        str, typer.Option("--section", metavar="FORM", help=N_("Only one form, by its number, name or title."))
    ] = "",
    person: Annotated[
        str, typer.Option("--person", metavar="NAME", help=N_("Only what this person of the team covers."))
    ] = "",
    second: Annotated[
        str,
        typer.Option(
            "--second", metavar="LANGUAGE", help=N_("The second language of the texts; “none” for one language.")
        ),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help=N_("Also the questions that this visit's length does not ask."))
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=N_("The file, or a folder for it."))
    ] = None,
    as_json: Json = False,
) -> None:
    """Nothing; prints the file written: HTML, to be printed from a browser. ``--lang`` is the first language."""
    from assessor_tui.reports import print_sheets as paper

    session: Session = context.obj
    first = nearest_language(session.language) if session.language else language()
    with opened(context) as store:
        visit = find_visit(store, visit_name)
        wanted = paper.Wanted(person=" ".join(person.split()), full=True if everything else None)
        if place:
            found = paper.place_wanted(visit, place)
            if found is None:
                raise Mistake(_("This site has no such place: {place}. It has {places}.").format(
                    place=place, places=_(", ").join(paper.place_names(visit, first))
                ))  # fmt: skip
            wanted = wanted._replace(place=found)
        if section:
            form = paper.section_wanted(visit, section)
            if form is None:
                raise Mistake(_("This visit has no such section: {section}. It has {sections}.").format(
                    section=section, sections=_(", ").join(paper.section_names(visit, first))
                ))  # fmt: skip
            wanted = wanted._replace(section=form)
        if wanted.person and not paper.is_covered(visit, wanted.person):
            raise Mistake(
                _(
                    "The visit's header gives {person} no section and no place. Write it there, or leave --person out."
                ).format(person=wanted.person)
            )
        if second and second != "none" and nearest_language(second) != second:
            raise Mistake(
                _("There is no language {language}. There are {languages}.").format(
                    language=second, languages=_(", ").join(LANGUAGES)
                )
            )
        other = "" if second == "none" else nearest_language(second) if second else paper.second_language(visit, first)

        def target(name: str) -> Path:
            if output is None:
                return Path(name)
            return output / name if output.is_dir() else output

        file, sheets = paper.write_sheets(visit, [first, *([other] if other else [])], wanted, target)
        if as_json:
            show_json(
                {
                    "visit": visit.id, "file": str(file), "languages": list(sheets.languages),
                    "questions": sheets.questions, "tables": sheets.tables,
                    "sections": [each.number for each in sheets.sections],
                    "place": sheets.place, "section": wanted.section, "person": sheets.person,
                }
            )  # fmt: skip
        else:
            show(str(file))
            say(
                _("{questions} questions and {tables} tables. Open it in a browser and print it on A4.").format(
                    questions=sheets.questions, tables=sheets.tables
                )
            )
