"""``assessor form import``: forms of other programs become checklists of this one, all of those named or none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from assessor_tui.cli.session import PROBLEMS, Json, Mistake, problem_data, say, show, show_json
from assessor_tui.i18n import N_, _, ngettext
from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.form.model import Form
    from assessor_tui.interop.imported import Imported

ENDINGS = (".xlsx", ".xls", ".md", ".xml")
MISSING = ("import.missing_text", "form.no_translation")
"""Codes of texts that a language lacks: counted, and listed with --verbose."""
WORDY = (*MISSING, "import.missing_columns")
"""Codes that are listed with --verbose only."""


class Taken(NamedTuple):
    """One file that was read."""

    source: Path
    imported: "Imported"
    files: Mapping[Path, bytes]
    """What is to be written: the checklist first, then the files of its lists."""


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help=N_("XLSForms (.xlsx, .xls, .md) or ODK XForms (.xml).")),
    ],
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help=N_("Where the checklists go; else into this folder."))
    ] = Path(),
    replace: Annotated[bool, typer.Option("--replace", help=N_("Overwrite files that are there already."))] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help=N_("Name every missing text, too."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; writes a YAML file per form and prints their names, what is worth a look on standard error. Exit code 3
    when a form is refused: nothing is written then."""
    taken = [_taken(file, to) for file in _checked(files)]
    refused = [each for each in taken if each.imported.form is None]
    if not refused:
        _write(taken, to, replace)
    if as_json:
        show_json({"forms": [_data(each, not refused) for each in taken]})
    else:
        for each in taken:
            _tell(each, verbose)
        if refused:
            say(
                _("Nothing was written. Refused: {files}.").format(
                    files=", ".join(str(each.source) for each in refused)
                )
            )
        else:
            for file in dict.fromkeys(file for each in taken for file in each.files):
                show(str(file))
    if refused:
        raise typer.Exit(PROBLEMS)


def _checked(files: Sequence[Path]) -> list[Path]:
    for file in files:
        if file.suffix.casefold() not in (*ENDINGS, ".xlsm"):
            words = _("{file}: a form is imported from {known}. A YAML file is a checklist already.")
            raise Mistake(words.format(file=file, known=", ".join(ENDINGS)))
        if not file.is_file():
            raise Mistake(_("There is no file {file}.").format(file=file))
    return list(dict.fromkeys(files))


def _taken(file: Path, to: Path) -> Taken:
    """The form of a file, read, and written and read back once to be sure that nothing is lost."""
    from assessor_tui.form.write import to_yaml
    from assessor_tui.using_form import beside, read_form_file

    imported = read_form_file(file)
    if imported.form is None:
        return Taken(file, imported, {})
    text = to_yaml(imported.form).encode()
    if problems := _lost(imported.form, text, file):
        return Taken(file, imported._replace(form=None, problems=problems), {})
    opened = beside(file)
    files = {to / f"{file.stem}.yaml": text}
    for source in dict.fromkeys(each.source for each in imported.form.instances.values() if each.source):
        data = opened(source)
        if data is not None and to.resolve() != file.parent.resolve():
            files[to / source] = data
    return Taken(file, imported, files)


def _lost(form: "Form", text: bytes, file: Path) -> tuple[Problem, ...]:
    """Why the checklist could not be used as it would be written."""
    from assessor_tui.form.canonical import canonical_bytes
    from assessor_tui.form.read import read_form

    back, problems = read_form(text, str(file))
    if any(problem.code in ("form.too_big", "form.too_many_parts") for problem in problems):
        reason = f"{len(text) / 1024**2:,.1f} MB"
        return (Problem("import.too_large", Place(str(file)), {"reason": reason}),)
    if problems or back is None:
        return tuple(problem._replace(place=problem.place._replace(line=0, column=0)) for problem in problems)
    if canonical_bytes(_bare(back)) != canonical_bytes(_bare(form)):
        return (Problem("import.not_the_same", Place(str(file))),)
    return ()


def _bare(form: "Form") -> "Form":
    """The form without what the files of its lists hold."""
    named = {
        name: each._replace(columns=(), rows=(), document="") if each.source else each
        for name, each in form.instances.items()
    }
    return form._replace(instances=named)


def _write(taken: Sequence[Taken], to: Path, replace: bool) -> None:
    """Nothing; writes all files, or none when one is there already with other content.

    Raises:
        Mistake: when two forms would be one file, or a file is there already.
    """
    wanted: dict[Path, tuple[bytes, Path]] = {}
    for each in taken:
        for file, data in each.files.items():
            other = wanted.setdefault(file, (data, each.source))
            if other[0] != data:
                words = _("{one} and {other} would both become {file}. Import them into different folders.")
                raise Mistake(words.format(one=other[1], other=each.source, file=file))
    changed = {file: data for file, (data, _from) in wanted.items() if not _holds(file, data)}
    there = [str(file) for file in changed if file.exists()]
    if there and not replace:
        words = _("There is a file already: {files}. Name another folder with --to, or overwrite with --replace.")
        raise Mistake(words.format(files=", ".join(there)))
    to.mkdir(parents=True, exist_ok=True)
    parts: list[tuple[Path, Path]] = []
    try:
        for file, data in changed.items():
            part = file.with_name(f".{file.name}.part")
            parts.append((part, file))
            part.write_bytes(data)
        for part, file in parts:
            part.replace(file)
    finally:
        for part, _file in parts:
            part.unlink(missing_ok=True)


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


# -- words ------------------------------------------------------------------------------------------------------------


def _tell(taken: Taken, verbose: bool) -> None:
    """Nothing; what came of one file, on standard error."""
    imported = taken.imported
    for line in place_lines(imported.problems):
        say(line)
    missing = [each for each in imported.warnings if each.code in MISSING]
    shown = imported.warnings if verbose else [each for each in imported.warnings if each.code not in WORDY]
    if imported.form is not None:
        say(f"{taken.source}: {_summary(imported.form)}")
        for language, count in _counts(missing).items():
            words = ngettext(
                "{count} text is missing in {language}.", "{count} texts are missing in {language}.", count
            )
            say(words.format(count=count, language=_language(imported.form, language)))
        if missing and not verbose:
            say(_("Type --verbose to see which."))
    for line in place_lines(shown):
        say(f"{_('warning')}: {line}")


def place_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """One line per mistake or warning; what a column of a sheet says again and again stands once, with its cells."""
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.sheets import by_cells

    by_sheet: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        by_sheet.setdefault((problem.place.file, problem.place.path), []).append(problem)
    for (file, sheet), found in by_sheet.items():
        if not file.casefold().endswith((".xlsx", ".xlsm", ".xls", ".md")):
            for problem in found:
                at = f":{problem.place.line}:{problem.place.column}" if problem.place.line else ""
                yield f"{file}{at}: {sheet + ': ' if sheet else ''}{sentence(problem)}"
            continue
        for cells, problem in by_cells(found):
            at = cells if problem.place.column else _("row {row}").format(row=cells) if problem.place.line else ""
            where = ", ".join(part for part in (file, sheet) if part)
            yield f"{where} {at}: {sentence(problem)}" if at else f"{where}: {sentence(problem)}"


def _summary(form: "Form") -> str:
    counts = _sizes(form)
    said = [
        ngettext("{count} question", "{count} questions", counts["questions"]).format(count=counts["questions"]),
        ngettext("{count} group", "{count} groups", counts["groups"]).format(count=counts["groups"]),
        ngettext("{count} repeat", "{count} repeats", counts["repeats"]).format(count=counts["repeats"]),
        ngettext("{count} list", "{count} lists", counts["lists"]).format(count=counts["lists"]),
    ]
    languages = _(", ").join(_language(form, tag) for tag in form.languages if tag != "und")
    counts_said = _(", ").join(said)
    words = _("{counts}. Languages: {languages}.") if languages else _("{counts}.")
    return words.format(counts=counts_said, languages=languages)


def _sizes(form: "Form") -> dict[str, int]:
    from assessor_tui.form.model import SILENT_TYPES, Group, Question, Repeat, walk

    nodes = [node for _path, node in walk(form.children)]
    return {
        "questions": sum(isinstance(node, Question) and node.type not in SILENT_TYPES for node in nodes),
        "groups": sum(isinstance(node, Group) for node in nodes),
        "repeats": sum(isinstance(node, Repeat) for node in nodes),
        "lists": len(form.choices) + len(form.instances),
    }


def _counts(missing: Iterable[Problem]) -> dict[str, int]:
    found: dict[str, int] = {}
    for problem in missing:
        language = problem.parameters.get("language", "")
        found[language] = found.get(language, 0) + 1
    return found


def _language(form: "Form", tag: str) -> str:
    """A language as the form calls it, with its tag."""
    name = str(form.extra.get("language_names", {}).get(tag, ""))
    return name if f"({tag})" in name else f"{name} ({tag})" if name else tag


def _data(taken: Taken, written: bool) -> dict[str, Any]:
    imported = taken.imported
    missing = [each for each in imported.warnings if each.code in MISSING]
    data: dict[str, Any] = {"file": str(taken.source)}
    if imported.form is not None:
        data |= {"form": imported.form.form_id, **_sizes(imported.form), "languages": list(imported.form.languages)}
        data["missing_texts"] = _counts(missing)
    return {
        **data,
        "written": [str(file) for file in taken.files] if written else [],
        "problems": [problem_data(each) for each in imported.problems],
        "warnings": [problem_data(each) for each in imported.warnings],
    }
