"""What XLSForm's reference reader (pyxform) says of a workbook, in our words and at its place in the sheet.

A workbook that the reference refuses is refused here: whoever sends it back to other programs would meet the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from assessor_tui.form.nearest import nearest
from assessor_tui.interop.columns import tokens_of
from assessor_tui.interop.workbook import Sheet, Workbook, dictionary
from assessor_tui.problem import Place, Problem

MOST = 20
"""Mistakes that are looked for; the reference tells one at a time."""
_LARGE = 3_000
"""Rows from which on only the first is told: each costs another reading."""


def judged(book: Workbook, file: str) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """(why the reference reader refuses the workbook, what it warns of).

    It stops at its first mistake. So that people hear of all, the row is mended by a stopgap and the rest is looked at.
    """
    problems: list[Problem] = []
    stopgaps: Stopgaps = {}
    warned: tuple[Problem, ...] = ()
    size = sum(len(sheet.rows) for sheet in book.sheets)
    if headings := (*_headings_below(book, file), *_heading_parts(book, file)):
        return headings, ()
    for _ in range(MOST if size < _LARGE else 1):
        found, warned = _judged_once(book, file)
        new = [each for each in found if each not in problems and not _follows(each, stopgaps)]
        problems += new
        before = len(stopgaps)
        for problem in new:
            book = _mended(book, problem, stopgaps)
        if len(stopgaps) == before:
            break
    return tuple(sorted(problems, key=in_order(book))), () if problems else warned


def in_order(book: Workbook) -> Callable[[Problem], tuple[int, int, int]]:
    """What sorts problems as they stand in the workbook: by sheet, row and column."""
    names = [sheet.name for sheet in book.sheets]
    return lambda each: (
        names.index(each.place.path) if each.place.path in names else -1,
        each.place.line,
        each.place.column,
    )


_TELLING = {"survey": {"type"}, "choices": {"list_name", "list name"}, "settings": {"form_id", "form id", "id_string"}}
"""Sheet -> a heading, in any of its spellings, that a row of headings has and nothing else."""
_TITLES = 10
"""Rows in which a title above the headings may stand."""


def _headings_below(book: Workbook, file: str) -> Iterator[Problem]:
    """Sheets whose headings stand below a title, as people who print their lists have it; nobody reads those."""
    for name, telling in _TELLING.items():
        sheet = book.sheet(name)
        if sheet is None or any(heading.lower() in telling for heading in sheet.headings):
            continue
        for number, cells in sheet.rows:
            if number > _TITLES:
                break
            if any(cell.lower() in telling for cell in cells):
                yield Problem("import.headings_below", Place(file, number, path=sheet.name), {"row": str(number)})
                break


def _heading_parts(book: Workbook, file: str) -> Iterator[Problem]:
    """Headings with a part too many, which the reference only stumbles over: a type or a name has no language."""
    for name in ("survey", "choices"):
        sheet = book.sheet(name)
        double = sheet is not None and any("::" in each for each in sheet.headings)
        for column, heading in enumerate(sheet.headings if sheet is not None else (), 1):
            tokens = tokens_of(name, heading, double) if heading else ()
            if sheet is not None and len(tokens) > 1 and tokens[0] in ("type", "name", "list_name"):
                yield Problem("import.heading_parts", Place(file, 1, column, sheet.name), {"heading": heading})


_END_OF_ALL = frozenset({"import.begin_without_end", "import.no_headings", "import.too_deep", "import.not_understood"})


Stopgaps = dict[tuple[str, int, int], str]
"""Sheet, row and column (0: the whole row) that were mended -> name of the row."""
_OF_CELLS = {"import.unknown_reference": "1", "import.bad_reference": "1", "import.ambiguous": "1",
             "import.reference_commas": "", "import.parameters_shape": "", "import.parameters_unknown": "",
             "import.range_number": "", "import.range": ""}  # fmt: skip
"""Code -> what stands in for a cell, where the rest of its row may be right."""


def _mended(book: Workbook, problem: Problem, stopgaps: Stopgaps) -> Workbook:
    """The workbook with a stopgap in the cell or row of a problem, noted in ``stopgaps``; else as it is."""
    sheet = next((each for each in book.sheets if each.name == problem.place.path), None)
    column = problem.place.column if problem.code in _OF_CELLS and sheet is book.sheet("survey") else 0
    here = (problem.place.path, problem.place.line, column)
    if sheet is None or problem.place.line < 2 or here in stopgaps or problem.code in _END_OF_ALL:
        return book
    rows = []
    for number, cells in sheet.rows:
        if number == problem.place.line:
            stopgaps[here] = cells[name - 1] if 0 < (name := column_of(sheet, "survey", "name")) <= len(cells) else ""
            if column:
                stopgaps[here] = ""
                rows.append((number, (*cells[: column - 1], _OF_CELLS[problem.code], *cells[column:])))
            elif (stopgap := _stopgap(book, sheet, cells, problem)) is not None:
                rows.append((number, stopgap))
            continue
        rows.append((number, cells))
    mended = sheet._replace(rows=tuple(rows))
    return book._replace(sheets=tuple(mended if each is sheet else each for each in book.sheets))


def _stopgap(book: Workbook, sheet: Sheet, cells: Sequence[str], problem: Problem) -> tuple[str, ...] | None:
    """A row that asks nothing, under the name of one that is wrong; None where the row had best go."""
    if sheet is not book.sheet("survey") or problem.code == "import.end_without_begin":
        return None
    columns = {heading: column_of(sheet, "survey", heading) for heading in ("type", "name", "label")}
    said = {heading: cells[at - 1] if 0 < at <= len(cells) else "" for heading, at in columns.items()}
    row = [""] * len(sheet.headings)
    begins = re.match(r"begin[ _](group|repeat)\b", said["type"])
    kind = said["type"] if begins else "note"
    name = said["name"] if problem.code not in _OF_NAMES else f"stopgap_{problem.place.line}"
    for heading, cell in (("type", kind), ("name", name or f"stopgap_{problem.place.line}"), ("label", "-")):
        if columns[heading]:
            row[columns[heading] - 1] = cell
    return tuple(row)


_OF_NAMES = frozenset(
    {"import.name_twice", "import.bad_name", "import.name_meta", "import.repeat_twice", "import.repeat_is_root"}
)


def _follows(problem: Problem, stopgaps: Stopgaps) -> bool:
    """True for what is wrong only because a row is a stopgap now."""
    if not stopgaps:
        return False
    place = problem.place
    if not place.line or {(place.path, place.line, 0), (place.path, place.line, place.column)} & stopgaps.keys():
        return True
    found = problem.parameters.get("found", "")
    gone = {name for name in stopgaps.values() if name}
    return found in gone or found.removesuffix("_other") in gone or problem.code in ("import.refused", "import.search")


def _judged_once(book: Workbook, file: str) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    from pyxform.errors import PyXFormError  # type: ignore[import-untyped]  # costs more than a second
    from pyxform.xls2xform import convert  # type: ignore[import-untyped]

    said: list[str] = []
    try:
        convert(dictionary(book), warnings=said)
    except PyXFormError as error:
        return tuple(_problems(book, file, str(error))), ()
    except RecursionError:
        return (Problem("import.too_deep", Place(file, path="survey"), {"most": ""}),), ()
    except Exception as error:  # it stumbles over some mistakes instead of telling them
        told = str(error) if str(error) != "None" else ""
        return (Problem("import.not_understood", Place(file), {"said": f"{type(error).__name__} {told}".strip()}),), ()
    return (), tuple(problem for words in said for problem in _warnings(book, file, words))


# Text of the reference -> code. Named groups become blanks of our sentence; `name` and `type` also find the row.
_REFUSALS: Sequence[tuple[str, str]] = (
    (r"You must have a sheet named 'survey'\.", "import.no_survey"),
    (r"There should be an? (?P<sheet>\w+) sheet in this xlsform\.", "import.no_sheet"),
    (r"Duplicate column header: (?P<heading>.*)", "import.heading_twice"),
    (r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. For XLSForms, this may be due", "import.no_headings"),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. Headers that are different names for the same column "
        r"were found: '(?P<heading>[^']*)', '(?P<other>[^']*)'",
        "import.heading_alias",
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. One or more required column headers were not found: "
        r"(?P<missing>[^.]*)\.",
        "import.heading_missing",
    ),
    (r"the 'name' value '(?P<name>[^']*)' is invalid\. Questions, groups, and repeats must be", "import.name_twice"),
    (r"the 'name' value '(?P<name>[^']*)' is invalid\. Repeat names must not be", "import.repeat_is_root"),
    (r"the 'name' value '(?P<name>[^']*)' is invalid\. Repeat names must unique", "import.repeat_twice"),
    (r"the 'name' value 'meta' is invalid\.", "import.name_meta"),
    (r"value is invalid\. Choices must have a name\.", "import.choice_no_name"),
    (r"value is invalid\. Choice names must be unique", "import.choice_twice"),
    (r"the '(?P<column>[^']*)' value is invalid\. Names must begin with a letter", "import.bad_name"),
    (r"The '(?P<column>[^']*)' value is invalid\. Names must begin with a letter", "import.bad_name"),
    (r"value is invalid\. Reference variables must start with", "import.bad_reference"),
    (r"value is invalid\. Reference variable lists must have a comma", "import.reference_commas"),
    (r"Could not find the name '(?P<found>[^']*)'", "import.unknown_reference"),
    (r"Reference variables names must be unique anywhere.*The name '(?P<found>[^']*)' appears", "import.ambiguous"),
    (r"trying to replace \$\{(?P<found>[^}]*)\}.*There are multiple survey elements", "import.ambiguous"),
    (r"Unmatched 'end_(?P<kind>\w+)'\.", "import.end_without_begin"),
    (r"Unmatched 'begin_(?P<kind>\w+)'\..*for the name '(?P<name>[^']*)'", "import.begin_without_end"),
    (r"Parameters must be in the form of", "import.parameters_shape"),
    (
        r"The accepted parameter keys for this question type are '(?P<known>[^']*)'\. "
        r"The following are invalid parameter key\(s\): '(?P<found>[^']*)'",
        "import.parameters_unknown",
    ),
    (r"For the 'range' question type, the parameters? '(?P<parameter>[^']*)' must be a number", "import.range_number"),
    (r"For the 'range' question type, (?P<said>.*?)\.?$", "import.range"),
    (r"Unknown question type '(?P<type>[^']*)'", "import.unknown_type"),
    (r"Question with no type", "import.no_type"),
    (r"Question or group with no name", "import.no_name"),
    (r"The survey element named '(?P<name>[^']*)' has no label or hint", "import.no_label"),
    (r"Missing calculation", "import.no_calculation"),
    (r"List name not in (?P<sheet>\w+(?: choices)?) sheet: (?P<list>.*)", "import.unknown_list"),
    (r"Choice names with spaces.*See \[(?P<choice>[^\]]*)\] in \[(?P<list>[^\]]*)\]", "import.choice_spaces"),
    (r"Choice filter not supported with or_other", "import.filter_or_other"),
    (r"Please specify choices for this 'or other' question", "import.unknown_list"),
    (
        r"The question \$\{(?P<found>[^}]*)\} is not user-visible so it can't be used as a calculation trigger for "
        r"question \$\{(?P<name>[^}]*)\}",
        "import.trigger_unseen",
    ),
    (r"File name for '(?P<type>[^']*)' should end with", "import.file_ending"),
    (
        r"The same instance id will be generated for different external instance source URIs.*"
        r"Instance name: '(?P<name>[^']*)'",
        "import.instance_twice",
    ),
    (r"randomize must be set to true or false", "import.randomize"),
    (r"seed value must be a number or a reference", "import.seed"),
    (r"Parameters must include randomize=true to use a seed", "import.seed_alone"),
    (r"Audits must always be named", "import.audit_name"),
    (r"you must also specify an image for the survey element named (?P<name>\S*?)\.?$", "import.big_image"),
    (r"Question '(?P<name>[^']*)' uses? 'search\(\)'", "import.search"),
    (r"Question '(?P<name>[^']*)' is a select from file type, using 'search\(\)'", "import.search"),
    (r"To save entity properties using the save_to column, add an entities sheet", "import.no_entities"),
    (r"Badly formatted table list, list names don't match: (?P<list>\S+) vs\. (?P<other>\S+)", "import.table_list"),
)  # fmt: skip

_WARNINGS: Sequence[tuple[str, str]] = (
    (r"Use the max-pixels parameter", "import.max_pixels"),
    (r"The 'disabled' column header", "import.disabled"),
    (r"Row without name, text, or label is being skipped", "import.comment_row"),
    (r"Language '(?P<language>[^']*)' is missing the (?P<sheet>survey|choices) (?:columns )?(?P<columns>.*?)"
     r"(?: column)?\.", "import.missing_columns"),
    (r"Choices should have a label", "import.choice_no_label"),
    (r"Repeat has no label", "import.repeat_no_label"),
    (r"is problematic\. The name is a case-insensitive match", "import.name_case"),
    (r"the '(?P<heading>[^']*)' value is invalid\. Column headers must not be empty and must not contain spaces",
     "import.heading_spaces"),
    (r"When looking for a sheet named '(?P<sheet>\w+)', the following sheets with similar names were found: "
     r"(?P<found>.*?)\.", "import.sheet_alike"),
    (r"This form uses or_other and translations", "import.or_other"),
    (r"do not contain valid machine-readable codes: (?P<languages>.*?)\. Learn", "import.language_code"),
    (r"is no longer supported on most devices", "import.device_unknown"),
    (r"select one external is only meant for filtered selects", "import.external_unfiltered"),
)  # fmt: skip


def _problems(book: Workbook, file: str, words: str) -> Iterator[Problem]:
    # Of duplicate choices it tells several at once, one per line.
    lines = words.split("\n") if words.count("[row : ") > 1 else [words]
    for line in lines:
        yield _problem(book, file, line, _REFUSALS, "import.refused")


def _warnings(book: Workbook, file: str, words: str) -> Iterator[Problem]:
    lines = words.split("\n") if words.startswith("Language '") else [words]
    for line in lines:
        problem = _problem(book, file, line, _WARNINGS, "import.warned")
        if problem.code == "import.language_code":
            # It knows the first part of a code only: zh-Hant is one all the same.
            named = [each.strip() for each in problem.parameters.get("languages", "").split(",")]
            if not (without := [each for each in named if not each.endswith(")")]):
                continue
            problem = problem._replace(parameters={"languages": ", ".join(without)})
        yield problem


_ROW = re.compile(r"\[row : (\d+|unknown)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet")
_COLUMN = re.compile(r"the '([^'()]+?)(?: \([^')]*\))?' value")


def _problem(book: Workbook, file: str, words: str, known: Sequence[tuple[str, str]], other: str) -> Problem:
    code, told = other, {"said": _ROW.sub("", words).strip().rstrip(".")}
    for pattern, name in known:
        if hit := re.search(pattern, words, re.DOTALL):
            code, told = name, {key: value for key, value in hit.groupdict().items() if value is not None}
            break
    place = _place(book, file, words, told, _COLUMNS.get(code, ""))
    if code in _MEANT and (meant := nearest(told.get(_MEANT[code][0], ""), _known(book, *_MEANT[code][1:]))):
        told["suggestion"] = meant
    return Problem(code, place, told)


_COLUMNS: Mapping[str, str] = {
    "import.unknown_list": "type", "import.end_without_begin": "type", "import.begin_without_end": "type",
    "import.no_type": "type", "import.unknown_type": "type", "import.file_ending": "type", "import.no_name": "name",
    "import.no_calculation": "calculation", "import.filter_or_other": "choice_filter", "import.no_label": "label",
    "import.randomize": "parameters", "import.seed": "parameters", "import.seed_alone": "parameters",
    "import.trigger_unseen": "trigger", "import.max_pixels": "parameters", "import.disabled": "disabled",
    "import.repeat_no_label": "label", "import.device_unknown": "type",
}  # fmt: skip
"""Code -> column it is about, where the reference does not say."""
_MEANT = {
    "import.unknown_reference": ("found", "survey", "name"),
    "import.unknown_list": ("list", "choices", "list_name"),
}
"""Code -> what was written, and the column that holds what could have been meant."""


def _known(book: Workbook, sheet_name: str, heading: str) -> list[str]:
    sheet = book.sheet(sheet_name)
    column = column_of(sheet, sheet_name, heading) if sheet is not None else 0
    if sheet is None or not column:
        return []
    return list(dict.fromkeys(cells[column - 1] for _, cells in sheet.rows if len(cells) >= column))


def _place(book: Workbook, file: str, words: str, told: Mapping[str, str], column: str) -> Place:
    row = _ROW.search(words)
    number = int(row[1]) if row and row[1].isdigit() else 0
    on = _SHEET.search(words)
    name = on[1] if on else "survey" if row else told.get("sheet", "")
    wanted = _COLUMN.search(words)
    heading = wanted[1] if wanted else told.get("heading", column)
    if not number:
        for key in ("name", "type"):
            if key in told and (found := row_of(book.sheet("survey"), "survey", key, told[key])):
                name, number, heading = "survey", found, heading or key
    sheet = book.sheet(name) if name else None
    if sheet is None:
        return Place(file, number, path=name if number or name in ("survey", "choices") else "")
    return Place(
        file, number or (1 if heading and heading != column else 0), column_of(sheet, name, heading), sheet.name
    )


def row_of(sheet: Sheet | None, name: str, heading: str, cell: str) -> int:
    """Number of the first row of the sheet (as XLSForm calls it) that has ``cell`` in the column; 0 for none."""
    if sheet is None or not (column := column_of(sheet, name, heading)):
        return 0
    found = (number for number, cells in sheet.rows if len(cells) >= column and cells[column - 1] == cell)
    return next(found, 0)


def column_of(sheet: Sheet, name: str, heading: str) -> int:
    """Number of the column with that heading, from 1, however it is spelled; 0 for none."""
    if not heading:
        return 0
    if heading in sheet.headings:
        return sheet.headings.index(heading) + 1
    double = any("::" in each for each in sheet.headings)
    wanted = tokens_of(name, heading, double)
    for column, each in enumerate(sheet.headings, 1):
        if each and tokens_of(name, each, double)[: len(wanted)] == wanted:
            return column
    return 0
