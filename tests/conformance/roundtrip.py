"""Forms that go out as they came in: workbook -> our YAML -> workbook is the same form by XLSForm's own reader."""

import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from assessor_tui.form.canonical import canonical_bytes
from assessor_tui.form.model import Form
from assessor_tui.form.read import read_form
from assessor_tui.form.write import to_yaml
from assessor_tui.i18n.sentences import sentence
from assessor_tui.interop.workbook import Workbook, open_workbook
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.interop.xlsform_out import write_markdown, write_xlsx
from assessor_tui.problem import Problem
from tests.conformance.cases import CASES, Miss, Run, one_line, xlsform_cases

FORMS = Path(__file__).parents[2] / "forms"


def run(*arguments: str) -> Run:
    """What came of the files: .xlsx, .xls, .md workbooks, .yaml forms, .jsonl cases (the valid ones); without any, the
    WHO questionnaire, the forms that we ship and the cases."""
    files = [Path(argument) for argument in arguments] or [CASES / "forms" / "whova.xlsx", *our_forms()]
    if not arguments and (CASES / "xlsforms.jsonl").exists():
        files.append(CASES / "xlsforms.jsonl")
    told = [(case, said) for file in files for case, said in _file(file)]
    return Run("roundtrip", len(told), tuple(Miss(case, one_line(said)) for case, said in told if said))


def our_forms() -> list[Path]:
    """The forms in ``forms/``."""
    from assessor_tui.form.read import is_scheme

    return [file for file in sorted(FORMS.glob("*.yaml")) if not is_scheme(file.read_bytes())]


def _file(file: Path) -> Iterator[tuple[str, str]]:
    """Id of every case in the file, and what differed (``""`` for nothing)."""
    if file.suffix == ".yaml":
        yield file.name, _told(partial(_form, file))
    elif file.suffix == ".jsonl":
        for case in xlsform_cases(file):
            if case.valid:
                yield case.id, _told(partial(_workbook, case.markdown.encode(), "case.md", None))
    else:
        yield file.name, _told(partial(_workbook, file.read_bytes(), file.name, file.parent))


def _told(check: Any) -> str:
    """What the check says; a crash is a miss, not the end."""
    try:
        return str(check())
    except Exception as error:  # what any of the readers may raise
        return f"{type(error).__name__}: {error}"


def _form(file: Path) -> str:
    """What differs after a form of ours went to a workbook and back."""
    form, problems = read_form(file.read_bytes(), file.name)
    if form is None:
        return _said(problems)
    workbook = write_xlsx(form)
    xform(workbook, ".xlsx")
    back = read_xlsform(workbook, f"{form.form_id}.xlsx", partial(_beside, file.parent))
    if back.form is None:
        return _said(back.problems)
    return first_difference(canonical_bytes(form).decode(), canonical_bytes(back.form).decode())


def _workbook(data: bytes, name: str, folder: Path | None) -> str:
    """What differs in XLSForm's own output after a workbook went through our YAML, as .xlsx and as Markdown."""
    imported = read_xlsform(data, name, partial(_beside, folder))
    if imported.form is None:
        return _said(imported.problems)
    written = to_yaml(imported.form)
    form, problems = read_form(written.encode(), "form.yaml")
    if form is None:
        return _said(problems)
    if canonical_bytes(_without_files(form)) != canonical_bytes(_without_files(imported.form)):
        both = (canonical_bytes(each).decode() for each in (imported.form, form))
        return f"YAML: {first_difference(*both)}"
    workbook = write_xlsx(form)
    if told := _headings_differ(data, workbook):
        return told
    original = xform(data, Path(name).suffix)
    markdown = xform(write_markdown(form).encode(), ".md")
    # Markdown has no line breaks inside cells.
    return first_difference(original, xform(workbook, ".xlsx")) or first_difference(
        *(re.sub(r"(\\[nt]|[ \t])+", " ", each) for each in (original, markdown))
    )


def _headings_differ(one: bytes, other: bytes) -> str:
    """Which sheet is missing or has other headings."""
    books = [open_workbook(each, "form") for each in (one, other)]
    if any(isinstance(book, Problem) for book in books):
        return "one of them is no workbook"
    first, second = (
        {sheet.name.lower(): sheet for sheet in book.sheets} for book in books if isinstance(book, Workbook)
    )
    for name, sheet in first.items():
        if not any(sheet.headings):
            continue
        if name not in second:
            return f"the sheet {name} is missing"
        here, there = (list(filter(None, each.headings)) for each in (sheet, second[name]))
        if here != there:
            return f"{name}: {here} /// {there}"
    return ""


def _without_files(form: Form) -> Form:
    """The form without what its lists' files hold: YAML names them only."""
    bare = {
        name: each._replace(columns=(), rows=(), document="") if each.source else each
        for name, each in form.instances.items()
    }
    return form._replace(instances=bare)


def _beside(folder: Path | None, name: str) -> bytes | None:
    file = folder / Path(name).name if folder else None
    return file.read_bytes() if file and file.is_file() else None


def _said(problems: tuple[Problem, ...]) -> str:
    return "; ".join(f"{problem.code} {problem.place} {sentence(problem)}" for problem in problems[:3])


def xform(workbook: bytes, suffix: str) -> str:
    """The XForm that XLSForm's own reader makes, one element or text a line, attributes in alphabetical order."""
    from pyxform.xls2xform import convert  # type: ignore[import-untyped]

    made = convert(io.BytesIO(workbook), validate=False, pretty_print=False, form_name="case", file_type=suffix)
    return "\n".join(_lines(ElementTree.fromstring(made.xform)))


def _lines(element: ElementTree.Element, depth: int = 0) -> Iterator[str]:
    attributes = "".join(f" {name}={value!r}" for name, value in sorted(element.attrib.items()))
    yield f"{' ' * depth}<{element.tag}{attributes}>{_text(element.text)}"
    for child in element:
        yield from _lines(child, depth + 1)
        if tail := _text(child.tail):
            yield f"{' ' * depth} {tail}"


def _text(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def first_difference(one: str, other: str) -> str:
    """Where two texts part, from both; ``""`` when they are the same."""
    if one == other:
        return ""
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - 60)
    return f"...{one[start : at + 100]} /// ...{other[start : at + 100]}"
