"""``assessor form export``: a form as a workbook for people who live in spreadsheets, and for ODK's tools."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor_tui.cli.form_import import MISSING, place_lines
from assessor_tui.cli.session import PROBLEMS, Json, Mistake, problem_data, say, show, show_json
from assessor_tui.i18n import N_, _
from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.form.model import Form

ENDINGS = (".xlsx", ".md")


def export(
    file: Annotated[
        Path, typer.Argument(metavar="FORM", help=N_("YAML, XLSForm (.xlsx, .xls, .md) or ODK XForm (.xml)."))
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help=N_("The workbook: .xlsx, or .md for tables as text; or a folder.")),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help=N_("Overwrite files that are there already."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; writes the workbook and prints its name, warnings on standard error. Exit code 3 for a form with
    mistakes: nothing is written then."""
    from assessor_tui.interop.xlsform_out import tables, write_markdown, write_xlsx
    from assessor_tui.using_form import read_form_file

    target = _target(file, to)
    imported = read_form_file(file)
    if imported.form is None:
        for line in place_lines(imported.problems):
            say(line)
        say(_("Nothing was written. Mistakes: {count}.").format(count=len(imported.problems)))
        raise typer.Exit(PROBLEMS)
    form = imported.form
    made = tables(form)
    data = write_markdown(form).encode() if target.suffix.casefold() == ".md" else write_xlsx(form)
    beside, missing = _beside(form, file, target)
    _write({target: data, **beside}, replace)
    warnings = [*imported.warnings, *made.warnings, *missing]
    if as_json:
        sheets = [{"name": sheet.name, "rows": len(sheet.rows)} for sheet in made.sheets]
        files = {"file": str(target), "beside": [str(each) for each in beside], "sheets": sheets}
        show_json({**files, "warnings": [problem_data(each) for each in warnings]})
        return
    # What languages lack is told on import, text by text.
    for line in place_lines(each for each in warnings if each.code not in MISSING):
        say(f"{_('warning')}: {line}")
    for each in (target, *beside):
        show(str(each))


def _target(file: Path, to: Path | None) -> Path:
    """Where the workbook goes: beside no other file of the person's than the one that was named."""
    target = to if to is not None else Path(f"{file.stem}.xlsx")
    if target.is_dir():
        target /= f"{file.stem}.xlsx"
    if target.suffix.casefold() not in ENDINGS:
        raise Mistake(
            _("A form is written as {known}; {file} is neither.").format(known=", ".join(ENDINGS), file=target)
        )
    return target


def _beside(form: "Form", file: Path, target: Path) -> tuple[dict[Path, bytes], list[Problem]]:
    """(the files that the form's lists come from, where they are not beside the workbook yet; what is missing)."""
    from assessor_tui.using_form import beside

    opened = beside(file)
    found: dict[Path, bytes] = {}
    missing: list[Problem] = []
    for name in dict.fromkeys(each.source for each in form.instances.values() if each.source):
        data = opened(name)
        if data is None:
            missing.append(Problem("export.file_missing", Place(str(file)), {"file": name}))
        elif target.parent.resolve() != file.parent.resolve():
            there = target.parent / name
            if not there.is_file() or there.read_bytes() != data:
                found[there] = data
    return found, missing


def _write(files: dict[Path, bytes], replace: bool) -> None:
    """Nothing; writes all the files, or none where one is there already with other content, without ``replace``.

    Raises:
        OSError: when one cannot be written.
    """
    files = {file: data for file, data in files.items() if not (file.is_file() and file.read_bytes() == data)}
    there = [str(file) for file in files if file.exists()]
    if there and not replace:
        words = _("There is a file already: {files}. Name another one with --to, or overwrite with --replace.")
        raise Mistake(words.format(files=", ".join(there)))
    for file, data in files.items():
        if replace:
            part = file.with_name(f".{file.name}.part")
            part.write_bytes(data)
            part.replace(file)
            continue
        with file.open("xb") as stream:
            stream.write(data)
