"""``assessor form test``: the cases that a form's file keeps, tried; every expectation that does not come true."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.form_check import finding_line
from assessor_tui.cli.form_files import form_of_file
from assessor_tui.cli.session import PROBLEMS, Json, Mistake, problem_data, say, show, show_json, shown
from assessor_tui.i18n import N_, _

if TYPE_CHECKING:
    from assessor_tui.form.cases import Cases
    from assessor_tui.logic.case_runs import Failure

DAY = "2026-01-15"
"""What today() gives in a case that does not say: the same in every run."""


def test(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FORM...", help=N_("Form files that hold cases (tests:)."))],
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help=N_("Take the cases from this YAML file instead."))
    ] = None,
    only: Annotated[str, typer.Option("--only", metavar="WORDS", help=N_("Only cases whose name holds this."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per expectation that did not come true. Exit code 3 when there is any."""
    from assessor_tui.logic.case_runs import try_cases
    from assessor_tui.logic.compile import compile_form

    told: list[dict[str, Any]] = []
    tried = wrong = 0
    for file in files:
        form = form_of_file(file)
        if form is None:
            raise Mistake(_("There is no file {file}.").format(file=file))
        found = _cases(cases or file)
        if found.problems:
            for problem in found.problems:
                say(finding_line(problem))
            raise typer.Exit(PROBLEMS)
        for each in try_cases(compile_form(form), found.cases, today=DAY, only=only):
            tried += 1
            wrong += bool(each.failures)
            told.append(
                {
                    "file": str(file),
                    "name": each.case.name,
                    "expectations": each.expectations,
                    "failures": [_data(failure) for failure in each.failures],
                }
            )
            if not as_json:
                for failure in each.failures:
                    show(failure_line(failure))
    if as_json:
        show_json({"cases": told, "failed": wrong})
    else:
        say(_("Cases tried: {count}. Failed: {failed}.").format(count=tried, failed=wrong))
    if not tried:
        raise Mistake(
            _("There is no case to try. Write them under tests: in the form's file, or name one with --cases.")
        )
    if wrong:
        raise typer.Exit(PROBLEMS)


def _cases(file: Path) -> "Cases":
    """The cases of a file, with paths of questions that its form does not have among the problems.

    Raises:
        Mistake: for a workbook, which holds none.
    """
    from assessor_tui.form.cases import read_cases, unknown_paths
    from assessor_tui.using_form import bytes_of

    if file.suffix.casefold() not in (".yaml", ".yml"):
        raise Mistake(_("{file} holds no cases. Write them in a YAML file and name it with --cases.").format(file=file))
    found = read_cases(bytes_of(file), str(file))
    form = form_of_file(file) if _is_form(file) else None
    if form is None or found.problems:
        return found
    return found._replace(problems=tuple(unknown_paths(form, found.cases)))


def _is_form(file: Path) -> bool:
    from assessor_tui.form.source import read_source
    from assessor_tui.using_form import bytes_of

    data = read_source(bytes_of(file)).data
    return isinstance(data, dict) and "survey" in data


def failure_line(failure: "Failure") -> str:
    """Where the expectation stands, what was expected and what came."""
    place = failure.place
    where = f"{place.file}:{place.line}:{place.column}: {failure.case}: {failure.path}"
    if failure.what == "answer":
        return shown(_("{where} cannot be answered with “{wanted}” here").format(where=where, wanted=failure.wanted))
    nothing = _("nothing")
    words = _("{where}: {what}: expected {wanted}, got {got}")
    return shown(
        words.format(where=where, what=failure.what, wanted=failure.wanted or nothing, got=failure.got or nothing)
    )


def _data(failure: "Failure") -> dict[str, Any]:
    from assessor_tui.problem import Problem

    place = problem_data(Problem("case.failed", failure.place))
    at: dict[str, Any] = {key: place[key] for key in ("line", "column") if key in place}
    return {**at, "path": failure.path, "what": failure.what, "expected": failure.wanted, "got": failure.got}
