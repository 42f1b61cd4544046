"""``assessor form``: checking form and scheme files, and the schemas that let editors complete them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from assessor_tui.cli.session import PROBLEMS, Json, Mistake, problem_data, say, show, show_json
from assessor_tui.i18n import N_, _
from assessor_tui.problem import Problem


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    form = typer.Typer(rich_markup_mode=None, help=N_("Forms and schemes: check their files."))
    form.command("check", help=N_("Report every mistake in form and scheme files at once."))(check)
    form.command("schema", help=N_("Print the JSON Schema that lets an editor complete form files."))(schema)
    app.add_typer(form, name="form")


def check(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=N_("YAML files, or folders of them."))],
    as_json: Json = False,
) -> None:
    """Nothing; one line per mistake: file, line, column, where, what to do. Exit code 3 when there is any."""
    from assessor_tui.form.read import check_file
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.logic.compile import compile_form

    problems: list[Problem] = []
    wanted = _yaml_files(files)
    for file in wanted:
        problems += check_file(file.read_bytes(), str(file), lambda form: compile_form(form).problems)
    if as_json:
        show_json({"files": [str(file) for file in wanted], "problems": [problem_data(each) for each in problems]})
    else:
        for problem in problems:
            place = problem.place
            where = f"{place.path}: " if place.path else ""
            show(f"{place.file}:{place.line}:{place.column}: {where}{sentence(problem)}")
        say(_("Files checked: {files}. Mistakes: {count}.").format(files=len(wanted), count=len(problems)))
    if problems:
        raise typer.Exit(PROBLEMS)


def _yaml_files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not found:
        raise Mistake(_("There are no .yaml files in {places}.").format(places=", ".join(map(str, paths))))
    return found


def schema(
    name: Annotated[str, typer.Argument(metavar="form|scheme", help=N_("Which schema."))] = "form",
) -> None:
    """Nothing; prints the schema."""
    from assessor_tui.form.schema import PUBLISHED, schema_text

    if name not in PUBLISHED:
        raise Mistake(_("There is no schema {name}. There are: {known}.").format(name=name, known=", ".join(PUBLISHED)))
    sys.stdout.write(schema_text(name))
