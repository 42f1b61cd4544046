"""What is told of an XLSForm that comes in: what is kept and does not run, expressions of no use, missing texts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assessor_tui.form import check
from assessor_tui.form.model import Form, Node, Question, Text, walk
from assessor_tui.interop.refusals import column_of
from assessor_tui.interop.workbook import FORM_SHEETS, Workbook
from assessor_tui.interop.xlsform_survey import Row, Survey, Tokens, column_at, is_ours
from assessor_tui.problem import Place, Problem

EXPRESSIONS = (
    "relevant", "required", "constraint", "calculation", "read_only", "default", "choice_filter", "repeat_count",
)  # fmt: skip
"""Fields that are expressions, of questions, groups or repeats."""


def columns_not_run(survey: Survey, rows: Sequence[Row]) -> Iterator[Problem]:
    """One warning per column whose cells are kept and do nothing here."""
    for tokens, at in survey.columns.items():
        column = column_at(tokens)
        if column is not None and (survey.is_ours or not is_ours(column)):
            continue
        if tokens in (("bind", "type"), ("disabled",)):
            continue
        filled = [row for row in rows if row.get(*tokens)]
        if not filled:
            continue
        place = survey.place(1, *tokens)._replace(column=at)
        told = {"heading": filled[0].headings[tokens], "count": str(len(filled))}
        if tokens[0] == "media":
            code = "import.media"
        elif tokens[0] == "bind" and "entities:saveto" in tokens:
            code = "import.save_to"
        elif column is not None:
            code = "import.column_ours"
        else:
            code = "import.column_kept"
        yield Problem(code, place, told)


_SETTINGS_NOT_RUN = {
    "public_key": "import.encryption", "submission_url": "import.sending", "auto_send": "import.sending",
    "auto_delete": "import.sending", "sms_keyword": "import.sms", "prefix": "import.sms", "delimiter": "import.sms",
}  # fmt: skip


def sheets_not_run(book: Workbook, file: str, settings: Mapping[str, str]) -> Iterator[Problem]:
    """Settings and sheets that are kept and do nothing here."""
    sheet = book.sheet("settings")
    for heading, code in _SETTINGS_NOT_RUN.items():
        if heading in settings and sheet is not None:
            place = Place(file, 2, column_of(sheet, "settings", heading), sheet.name)
            yield Problem(code, place, {"heading": heading})
    for name, code in (("entities", "import.entities"), ("osm", "import.osm")):
        found = book.sheet(name)
        if found is not None and found.rows:
            yield Problem(code, Place(file, 1, path=found.name), {"sheet": found.name})
    for each in book.sheets:
        if each.name.lower() not in FORM_SHEETS and each is not book.sheet("survey") and each.rows:
            yield Problem("import.sheet_kept", Place(file, path=each.name), {"sheet": each.name})


_COLUMN_OF: Mapping[str, Tokens] = {
    "relevant": ("bind", "relevant"), "required": ("bind", "required"), "constraint": ("bind", "constraint"),
    "calculation": ("bind", "calculate"), "read_only": ("bind", "readonly"), "repeat_count": ("control", "jr:count"),
    "label": ("label",), "default": ("default",), "trigger": ("trigger",), "choice_filter": ("choice_filter",),
    "parameters": ("parameters",), "hint": ("hint",), "itemset": ("type",),
}  # fmt: skip
_USELESS = frozenset({"form.expression", "form.expression_too_deep", "form.expression_too_long"})
"""Expressions that nothing can be made of are left out, kept for export and told as warnings."""


def running(form: Form, survey: Survey, warnings: list[Problem]) -> tuple[Form, list[Problem]]:
    """(the form without the expressions that are no use here, why it cannot run)."""
    from assessor_tui.logic.compile import compile_form

    refused = [*survey.problems, *_geometry_searched(survey, form)]
    ours = check.is_ours(form)
    refused += (
        Problem(each.code, _placed(survey, each.path, ""), each.parameters) for each in check.form_mistakes(form)
    )
    useless: dict[str, set[str]] = {}
    seen: set[object] = set()
    for problem in compile_form(form).problems:
        column = problem.parameters.get("column", "")
        if problem.code == "form.file_missing":  # said already, with what to do
            continue
        if problem.code == "form.cycle" and column == "relevant":
            first, _, rest = problem.parameters["cycle"].partition(" → ")
            if first == rest:  # other programs ask such a question, too
                problem = Problem("import.self_relevant", problem.place, {"cycle": first, "column": column})
        placed = problem._replace(place=_placed(survey, problem.place.path, column))
        told = refused if ours or problem.code == "form.cycle" else warnings
        same = (placed.code, placed.place, tuple(placed.parameters.items()))
        if same not in seen:  # a label says the same wrong name in each language
            seen.add(same)
            told.append(placed)
        if problem.code in _USELESS:
            useless.setdefault(problem.place.path.rpartition("/")[2], set()).add(column)
    return form._replace(children=_without(form.children, useless, survey)) if useless else form, refused


def _without(children: tuple[Node, ...], useless: Mapping[str, set[str]], survey: Survey) -> tuple[Node, ...]:
    """The questions with expressions that are no use moved to where they are only kept."""
    found: list[Node] = []
    for node in children:
        for column in sorted(useless.get(node.name, ())):
            if column in EXPRESSIONS or column == "trigger":
                node = _moved(node, column, survey)
        if not isinstance(node, Question):
            node = node._replace(children=_without(node.children, useless, survey))
        found.append(node)
    return tuple(found)


def _moved(node: Node, column: str, survey: Survey) -> Node:
    tokens = _COLUMN_OF.get(column, (column,))
    written = node.extra.get("as_written", {}).get(survey.headings.get(tokens, column), getattr(node, column, ""))
    columns = {**node.extra.get("columns", {}), survey.headings.get(tokens, column): written}
    extra = {key: value for key, value in node.extra.items() if key != "as_written"} | {"columns": columns}
    changed: dict[str, Any] = {column: "", "extra": extra}
    if isinstance(node, Question) and node.type == "calculate" and column == "calculation":
        changed |= {"type": "hidden", "extra": {"xlsform_type": "calculate", **extra}}
    return node._replace(**changed)


def _geometry_searched(survey: Survey, form: Form) -> Iterator[Problem]:
    """A list that ``search()`` fills is none that a map could show."""
    asked = [node for _, node in walk(form.children) if isinstance(node, Question)]
    searched = {each.list_name for each in asked if re.search(r"\bsearch\s*\(", each.appearance)}
    for each in asked:
        hit = re.search(r"reference-geometry\s*=\s*([^\s,;]+)", each.parameters)
        if hit and hit[1] in searched:
            place = survey.place(survey.rows_of[each.name], "parameters")
            yield Problem("import.reference_geometry", place, {"list": hit[1]})


def _placed(survey: Survey, path: str, column: str) -> Place:
    row = survey.rows_of.get(path.rpartition("/")[2], 0)
    tokens = _COLUMN_OF.get(column, (column,))
    at = next((number for parts, number in survey.columns.items() if parts[: len(tokens)] == tokens), 0)
    return survey.place_of_sheet._replace(line=row, column=at if column else 0)


# -- missing texts ----------------------------------------------------------------------------------------------------

_TEXTS: Mapping[str, Tokens] = {
    "label": ("label",), "hint": ("hint",), "guidance": ("guidance_hint",),
    "required_message": ("bind", "jr:requiredMsg"), "constraint_message": ("bind", "jr:constraintMsg"),
    "warning_message": ("warning_message",),
}  # fmt: skip


def missing_texts(form: Form, survey: Survey, book: Workbook, file: str) -> Iterator[Problem]:
    """A warning for each text that some languages of the form have and others do not."""
    if len(form.languages) < 2:
        return
    for _, node in walk(form.children):
        if node.extra.get("generated"):
            continue
        for field, tokens in _TEXTS.items():
            text: Text = getattr(node, field, {})
            for language in form.languages if text else ():
                if language not in text:
                    place = survey.place_of_text(survey.rows_of.get(node.name, 0), tokens, language)
                    yield Problem("import.missing_text", place, {"language": language, "column": field})
    sheet = book.sheet("choices")
    for name, choices in form.choices.items():
        for choice in choices:
            for language in form.languages if choice.label and "generated" not in choice.extra else ():
                if language not in choice.label:
                    place = Place(file, path=sheet.name if sheet is not None else "choices")
                    told = {"language": language, "column": f"{name}: {choice.name}"}
                    yield Problem("import.missing_text", place, told)
