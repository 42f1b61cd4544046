"""``assessor form check``: every mistake in form and scheme files at once, and what their author should look at."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor_tui.cli.session import PROBLEMS, Json, Mistake, problem_data, say, show, show_json, shown
from assessor_tui.i18n import N_, _
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.form.model import Form

ENDINGS = (".yaml", ".yml", ".xlsx", ".xls", ".xml")
"""What is looked for in a folder; a Markdown table is checked where it is named itself."""


MOST_ALIKE = 20
"""Warnings of one kind that are shown of one file."""


def check(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help=N_("YAML, XLSForm (.xlsx, .xls, .md) or ODK XForm; or folders of them.")
        ),
    ],
    strict: Annotated[bool, typer.Option("--strict", help=N_("Warnings count as mistakes, too."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; one line per mistake or warning: file, line, column, where, what to do. Exit code 3 for mistakes."""
    wanted = _files(files)
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for file in wanted:
        wrong, doubtful = checked(file)
        problems += wrong
        warnings += doubtful
    if as_json:
        data = {"files": [str(file) for file in wanted]}
        told = {"problems": problems, "warnings": warnings}
        show_json({**data, **{key: [problem_data(each) for each in some] for key, some in told.items()}})
    else:
        _show(in_order(problems, warnings, [str(file) for file in wanted]))
        words = _("Files checked: {files}. Mistakes: {count}. Warnings: {warnings}.")
        say(words.format(files=len(wanted), count=len(problems), warnings=len(warnings)))
    if problems or (strict and warnings):
        raise typer.Exit(PROBLEMS)


def _show(found: Sequence[tuple[Problem, bool]]) -> None:
    """Nothing; one line each, but of very many warnings of one kind the first ones, and how many there are."""
    alike: dict[tuple[str, str], int] = {}
    for problem, is_warning in found:
        key = problem.place.file, problem.code
        alike[key] = alike.get(key, 0) + is_warning
        if alike[key] <= MOST_ALIKE:
            show(finding_line(problem, is_warning=is_warning))
    for (file, _code), count in alike.items():
        if count > MOST_ALIKE:
            words = _("{file}: and {count} more warnings like the first {shown} of this kind; --json has all of them.")
            show(words.format(file=file, count=count - MOST_ALIKE, shown=MOST_ALIKE))


def checked(file: Path) -> tuple[Sequence[Problem], Sequence[Problem]]:
    """(mistakes, warnings) of one file, each in the order of the file.

    Raises:
        OSError: when it cannot be read.
    """
    from assessor_tui.logic.compile import compile_form
    from assessor_tui.logic.lint import is_warning, lint
    from assessor_tui.logic.usable import hinders

    harmless: list[tuple[str, dict[str, str]]] = []

    def expressions(form: "Form") -> Sequence[Problem]:
        compiled = compile_form(form)
        doubts = lint(compiled)
        # What came from a workbook is somebody else's text: only what keeps it from being used is a mistake.
        looked_at = (*compiled.problems, *(doubts if "headings" in form.extra else ()))
        harmless.extend((each.code, dict(each.parameters)) for each in looked_at if not hinders(form, each))
        return (*compiled.problems, *doubts)

    def is_doubt(problem: Problem) -> bool:
        return is_warning(problem) or (problem.code, dict(problem.parameters)) in harmless

    if file.suffix.casefold() in (".yaml", ".yml"):
        from assessor_tui.form.read import check_file
        from assessor_tui.interop.choice_files import lists_beside
        from assessor_tui.using_form import bytes_of

        found: Sequence[Problem] = check_file(bytes_of(file), str(file), expressions, lists_beside(file.parent))
        warnings: list[Problem] = []
    else:
        from assessor_tui.cli.form_places import with_places
        from assessor_tui.form.check import is_ours
        from assessor_tui.using_form import bytes_of, read_form_file

        imported = read_form_file(file)
        found, warnings = list(imported.problems), list(imported.warnings)
        if imported.form is not None:
            told = {(each.code, each.place.line) for each in (*found, *warnings)}
            placed = with_places(expressions(imported.form), imported.form, bytes_of(file), str(file))
            fresh = [each for each in placed if not each.place.line or (each.code, each.place.line) not in told]
            # What somebody brings along runs as it does in other programs: the rest is his to look at.
            doubts = [each for each in fresh if each.code.startswith("lint.") and not is_ours(imported.form)]
            warnings += doubts
            found += [each for each in fresh if each not in doubts]
    return [each for each in found if not is_doubt(each)], [*warnings, *(each for each in found if is_doubt(each))]


def in_order(
    problems: Sequence[Problem], warnings: Sequence[Problem], files: Sequence[str]
) -> list[tuple[Problem, bool]]:
    """Mistakes and warnings together, as they stand in their files; with True what is a warning."""
    both = [(each, False) for each in problems] + [(each, True) for each in warnings]
    place = {file: index for index, file in enumerate(files)}
    return sorted(both, key=lambda each: (place.get(each[0].place.file, 0), each[0].place.line, each[0].place.column))


def finding_line(problem: Problem, *, is_warning: bool = False) -> str:
    """One mistake or warning: where, in the words of editors (file:line:column), and what to do."""
    from assessor_tui.i18n.sentences import sentence

    place = problem.place
    at = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
    where = f"{place.path}: " if place.path else ""
    mark = f"{_('warning')}: " if is_warning else ""
    return shown(f"{at}: {mark}{where}{sentence(problem)}")


def _files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = (each for each in path.iterdir() if each.suffix.casefold() in ENDINGS) if path.is_dir() else [path]
        found += sorted(each for each in inside if not each.name.startswith(("~$", ".")))
    if not found:
        raise Mistake(_("There are no form files in {places}.").format(places=", ".join(map(str, paths))))
    return found
