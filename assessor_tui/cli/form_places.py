"""Where the questions of an imported form stand in its file: sheet, row and column, or the line of their bind."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.form.model import Form

_BIND = re.compile(rb"""<(?:\w+:)?bind\b[^>]*?\bnodeset\s*=\s*["']([^"']*)["']""")


def with_places(problems: Sequence[Problem], form: "Form", data: bytes, file: str) -> list[Problem]:
    """The problems with where they stand, as far as that can be found: those that know only a path in the form."""
    if not any(problem.place.line == 0 and problem.place.path for problem in problems):
        return [problem._replace(place=problem.place._replace(file=file)) for problem in problems]
    find = _in_xform(form, data) if file.casefold().endswith(".xml") else _in_workbook(form, data, file)
    found = []
    for problem in problems:
        place = problem.place
        line, column = find.get((place.path, problem.parameters.get("column", "")), find.get((place.path, ""), (0, 0)))
        found.append(problem._replace(place=Place(file, place.line or line, place.column or column, place.path)))
    return found


def _named(form: "Form") -> Iterator[tuple[str, str]]:
    """Generic path of every node, and what the file calls it."""
    from assessor_tui.form.model import walk

    for above, node in walk(form.children):
        yield "/".join((*above, node.name)), node.called or node.name


def _in_workbook(form: "Form", data: bytes, file: str) -> Mapping[tuple[str, str], tuple[int, int]]:
    """(path, column of the model) -> row and column of the survey sheet."""
    from assessor_tui.interop.columns import SURVEY
    from assessor_tui.interop.refusals import column_of
    from assessor_tui.interop.workbook import Workbook, open_workbook

    book = open_workbook(data, file)
    if not isinstance(book, Workbook):
        return {}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    if (sheet := book.sheet("survey")) is not None and (at := column_of(sheet, "survey", "name")):
        columns = {each.field: column_of(sheet, "survey", each.heading) for each in SURVEY if each.kind == "text"}
        rows: dict[str, list[int]] = {}
        for number, cells in sheet.rows:
            rows.setdefault(cells[at - 1].strip() if len(cells) >= at else "", []).append(number)
        for path, name in _named(form):
            number = rows[name].pop(0) if rows.get(name) else 0
            if number:
                found[path, ""] = number, at
                found |= {(path, field): (number, column) for field, column in columns.items() if column}
    if (sheet := book.sheet("choices")) is not None:
        at = column_of(sheet, "choices", "list_name")
        for number, cells in sheet.rows:
            name = cells[at - 1].strip() if at and len(cells) >= at else ""
            found.setdefault((f"choices/{name}", ""), (number, at))
    return found


def _in_xform(form: "Form", data: bytes) -> Mapping[tuple[str, str], tuple[int, int]]:
    """(path, ``""``) -> line of the bind."""
    lines: dict[str, list[int]] = {}
    line, before = 1, 0
    for hit in _BIND.finditer(data):
        line += data.count(b"\n", before, hit.start())
        before = hit.start()
        lines.setdefault(hit[1].decode("utf-8", "replace").rpartition("/")[2], []).append(line)
    found = {}
    for path, name in _named(form):
        if lines.get(name):
            found[path, ""] = lines[name].pop(0), 0
    return found
