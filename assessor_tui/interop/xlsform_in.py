"""XLSForm in: a workbook as a form. The reference reader judges it first; the mapping is our own."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from assessor_tui.form.model import (
    UNNAMED_LANGUAGE,
    Choice,
    Form,
    Group,
    Instance,
    Node,
    Question,
    Scoring,
    walk,
)
from assessor_tui.interop.columns import MEDIA, OURS, SETTINGS, XLSFORM_SETTINGS, from_cell, tag_of, tokens_of
from assessor_tui.interop.imported import Imported
from assessor_tui.interop.names import is_plain, plain
from assessor_tui.interop.refusals import column_of, in_order, judged
from assessor_tui.interop.workbook import FORM_SHEETS, Sheet, Workbook, open_workbook, rows_of
from assessor_tui.interop.xlsform_out import without_the_usual
from assessor_tui.interop.xlsform_rows import MAX_DEPTH, depth, is_spaced, read_rows
from assessor_tui.interop.xlsform_survey import Row, Survey, Tokens, column_at, is_ours
from assessor_tui.interop.xlsform_told import EXPRESSIONS, columns_not_run, missing_texts, running, sheets_not_run
from assessor_tui.logic.searched import files_searched, name_for
from assessor_tui.problem import Place, Problem

Files = Callable[[str], bytes | None]

MAX_REFERENCES = 60_000
"""Names in ``${}`` of a survey: three on each of as many rows as one may have."""
MAX_OTHER_CELLS = 20_000
"""Of sheets that are only kept: more would make the form heavy for nothing."""


def read_xlsform(data: bytes, file: str, files: Files) -> Imported:
    """The form that a workbook holds: ``.xlsx``, ``.xls`` or a Markdown table, told by its content.

    ``files`` opens a file beside it by its name, None when there is none. Problems refuse it; everything that is kept
    and does not run here is among the warnings.
    """
    book = open_workbook(data, file)
    if isinstance(book, Problem):
        return Imported(None, (book,))
    told = tuple(problem for sheet in book.sheets for problem in sheet.warnings)
    sheet = book.sheet("survey")
    rows = list(_rows(sheet, "survey")) if sheet is not None else []
    deep, at = depth(rows)
    if sheet is not None and deep > MAX_DEPTH:
        place = Place(file, at, column_of(sheet, "survey", "type"), sheet.name)
        return Imported(None, (Problem("import.too_deep", place, {"most": str(MAX_DEPTH)}),))
    if (references := sum(cell.count("${") for row in rows for cell in row.cells.values())) > MAX_REFERENCES:
        reason = f"{references:,} × ${{}}"
        return Imported(None, (Problem("import.too_large", Place(file), {"reason": reason}),))
    refused, warned = judged(book, file)
    if refused or sheet is None:
        return Imported(None, refused or (Problem("import.no_survey", Place(file)),))
    return _imported(book, sheet, rows, file, files, (*told, *warned))


def _imported(
    book: Workbook, sheet: Sheet, rows: Sequence[Row], file: str, files: Files, told: tuple[Problem, ...]
) -> Imported:
    settings = _settings(book)
    names = _languages(book, settings.get("default_language", ""))
    columns = {tokens: at for at, tokens in enumerate(_tokens(sheet, "survey"), 1) if tokens}
    survey = Survey(file, sheet.name, columns, names)
    survey.is_ours = OURS in settings
    survey.headings = dict(zip(_tokens(sheet, "survey"), sheet.headings, strict=True))
    choices = _choices(book, "choices", names)
    survey.loops = {name: [(each.name, each.label) for each in found] for name, found in choices.items()}
    for name, found in _choices(book, "external_choices", names).items():
        survey.external[name] = name if name not in choices else f"{name}.external"
        choices[survey.external[name]] = found
    children = read_rows(survey, rows)
    for name in survey.other_lists:
        choices[name] = _with_other(choices.get(name, ()), survey.languages)
    for row in rows:
        _settings_of_row(row, settings)
    warnings = [*told, *survey.warnings, *columns_not_run(survey, rows), *sheets_not_run(book, file, settings)]
    instances = _instances(survey, children, files, warnings)
    form = _form(survey, settings, children, choices, instances, _kept(book, survey, settings, file, warnings))
    form = form._replace(children=_with_instance_id(form))
    if is_spaced(rows):
        form = form._replace(extra={**form.extra, "spaced": "yes"})
    if survey.is_ours:
        form = without_the_usual(form)
    form, problems = running(form, survey, warnings)
    if problems:
        return Imported(None, tuple(problems))
    warnings += missing_texts(form, survey, book, file)
    return Imported(form, (), tuple(sorted(warnings, key=in_order(book))))


# -- sheets -----------------------------------------------------------------------------------------------------------

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_READ = frozenset({"label", "hint", "guidance_hint"})
"""Columns of texts that people read; everywhere else typographic quotes are meant as plain ones."""


def _tokens(sheet: Sheet, name: str) -> list[Tokens]:
    double = any("::" in heading for heading in sheet.headings)
    return [tokens_of(name, heading, double) if heading else () for heading in sheet.headings]


def _rows(sheet: Sheet, name: str) -> Iterator[Row]:
    tokens = _tokens(sheet, name)
    headings = {parts: heading for parts, heading in zip(tokens, sheet.headings, strict=True) if parts}
    for number, cells in sheet.rows:
        found = {
            parts: cell if _is_for_people(parts) else cell.translate(_QUOTES)
            for parts, cell in zip(tokens, cells, strict=False)
            if parts and cell
        }
        yield Row(number, found, headings)


_MESSAGES = (("bind", "jr:constraintMsg"), ("bind", "jr:requiredMsg"))


def _is_for_people(tokens: Tokens) -> bool:
    """True for cells whose quotes stay as they are typed."""
    column = column_at(tokens)
    return tokens[0] in _READ or tokens[:2] in _MESSAGES or (column is not None and is_ours(column))


def _settings(book: Workbook) -> dict[str, str]:
    """Heading in its usual spelling -> cell of the settings sheet's first row."""
    sheet = book.sheet("settings")
    if sheet is None or not sheet.rows:
        return {}
    cells = next(iter(rows_of(sheet)))[1]
    double = any("::" in heading for heading in sheet.headings)
    return {"::".join(tokens_of("settings", heading, double)): cell for heading, cell in cells.items()}


def _settings_of_row(row: Row, settings: dict[str, str]) -> None:
    """Old forms name title and id on a row of the survey."""
    word = {"set_form_title": "form_title", "set_form_id": "form_id"}.get(row.get("type"), row.get("type"))
    if word in ("form_title", "form_id", "prefix") and row.get("name"):
        settings[word] = row.get("name")


_TRANSLATED = {("label",), ("hint",), ("guidance_hint",), ("bind", "jr:constraintMsg"), ("bind", "jr:requiredMsg"),
               ("bind", "jr:noAppErrorString"), ("warning_message",), *(("media", each) for each in MEDIA)}  # fmt: skip


def _languages(book: Workbook, default: str) -> dict[str, str]:
    """What headings call a language -> its tag, the default language first; ``""`` is the default language."""
    plainly = False
    named: list[str] = []
    for name in ("survey", "choices", "external_choices"):
        sheet = book.sheet(name)
        for tokens in _tokens(sheet, name) if sheet is not None else ():
            plainly |= tokens in _TRANSLATED
            if tokens[:-1] in _TRANSLATED and tokens[-1] not in named:
                named.append(tokens[-1])
    order = [default] if default in named or plainly or not named else []
    tags: dict[str, str] = {}
    for name in (*order, *(each for each in named if each not in order)):
        folded = "" if name == "default" else name
        tags[name] = UNNAMED_LANGUAGE if not folded else tag_of(name, tags.values())
    first = tags[default] if default in tags else next(iter(tags.values()), UNNAMED_LANGUAGE)
    # Texts without a language are the default language's; "" is looked up for them.
    return {**({"": first} if "" not in tags else {}), **tags}


def _choices(book: Workbook, name: str, languages: Mapping[str, str]) -> dict[str, tuple[Choice, ...]]:
    sheet = book.sheet(name)
    if sheet is None:
        return {}
    reading = Survey("", sheet.name, {}, languages)
    lists: dict[str, list[Choice]] = {}
    for row in _rows(sheet, name):
        list_name = row.get("list_name")
        if not list_name:
            continue
        label = reading.texts(row, "label")
        extra: dict[str, Any] = {
            row.headings[tokens]: cell
            for tokens, cell in row.cells.items()
            if tokens not in (("list_name",), ("name",))
            and not (tokens[0] == "label" and (len(tokens) == 1 or tokens[1] in languages))
        }
        # The canonical spelling writes further columns beside our own: one of the same name stands apart.
        same = {heading: extra.pop(heading) for heading in Choice._fields if heading in extra}
        extra |= {"columns": same} if same else {}
        lists.setdefault(list_name, []).append(Choice(row.get("name"), label, extra))
    return {each: tuple(found) for each, found in lists.items()}


def _with_other(choices: Sequence[Choice], languages: Mapping[str, str]) -> tuple[Choice, ...]:
    if any(choice.name == "other" for choice in choices):
        return tuple(choices)
    label = {tag: _OTHER.get(tag, _OTHER["en"]) for tag in dict.fromkeys(languages.values())}
    return (*choices, Choice("other", label, {"generated": "or_other"}))


_OTHER = {"en": "Other", "zh-Hant": "其他", "zh-Hant-HK": "其他", "zh-Hans": "其他", "zh-Hans-CN": "其他"}


# -- lists from files -------------------------------------------------------------------------------------------------

_PULLED = re.compile(r"""\bpulldata\(\s*(?:'([^']+)'|"([^"]+)")""")


def _instances(
    survey: Survey, children: tuple[Node, ...], files: Files, warnings: list[Problem]
) -> dict[str, Instance]:
    for _, node in walk(children):
        texts = [getattr(node, field) for field in EXPRESSIONS if hasattr(node, field)]
        for text in texts:
            for hit in _PULLED.finditer(text):
                survey.files.setdefault(hit[1] or hit[2], f"{hit[1] or hit[2]}.csv")
        for stem in files_searched(getattr(node, "appearance", "")):
            survey.files.setdefault(name_for(stem, survey.loops), f"{stem}.csv")
    found: dict[str, Instance] = {}
    for name, source in survey.files.items():
        found[name], told = _instance(source, files)
        place = _place_of_file(survey, source)
        warnings += [each if each.place.file else each._replace(place=place) for each in told]
    return found


def _instance(source: str, files: Files) -> tuple[Instance, tuple[Problem, ...]]:
    data = files(source)
    if data is None:
        return Instance(source), (Problem("import.file_missing", parameters={"file": source}),)
    from assessor_tui.interop.choice_files import read_choice_file

    read = read_choice_file(data, source)
    if read.instance is None:
        return Instance(source), (*read.problems, Problem("import.file_refused", parameters={"file": source}))
    return read.instance, read.warnings


def _place_of_file(survey: Survey, source: str) -> Place:
    stem = source.rpartition(".")[0]
    row = survey.files_at.get(source) or survey.files_at.get(stem, 0)
    return survey.place(row, "type") if row else survey.place_of_sheet


# -- the form ---------------------------------------------------------------------------------------------------------


def _form(
    survey: Survey,
    settings: Mapping[str, str],
    children: tuple[Node, ...],
    choices: Mapping[str, tuple[Choice, ...]],
    instances: Mapping[str, Instance],
    extra: dict[str, Any],
) -> Form:
    own = {each.field: settings[each.heading] for each in SETTINGS if survey.is_ours and each.heading in settings}
    languages = tuple(dict.fromkeys(survey.languages.values()))
    stem = PurePath(survey.place_of_sheet.file).stem or "data"
    said = settings.get("form_id", stem)
    form_id = said if is_plain(said) else plain(re.sub(r"[^\w.-]+", "_", said).strip("_") or "data")
    title = {languages[0]: settings.get("form_title", said)}
    for heading, cell in settings.items():
        first, _, language = heading.partition("::")
        if first == "form_title_in" and language in survey.languages:
            title[survey.languages[language]] = cell
    if "form_id" not in settings:
        # A form without an id is called by its file, as a server would call it.
        extra["of_file"] = {"form_id": form_id, **({} if "form_title" in settings else {"form_title": said})}
    elif form_id != said:
        extra.setdefault("settings", {})["form_id"] = said
    if survey.is_ours and "form_extra" in settings:
        try:
            extra |= from_cell("json", settings["form_extra"])
        except (ValueError, TypeError):
            told = {"heading": "form_extra", "value": settings["form_extra"][:80]}
            place = survey.place_of_sheet._replace(path="settings", line=2)
            survey.problems.append(Problem("import.bad_cell", place, told))
    scoring = {field.removeprefix("scoring."): cell for field, cell in own.items() if field.startswith("scoring.")}
    return Form(
        form_id,
        settings.get("version", ""),
        title,
        children,
        choices,
        own.get("number", ""),
        own.get("kind", "checklist"),
        languages,
        Scoring(**scoring),
        own.get("source", ""),
        settings.get("name", "data"),
        settings.get("instance_name", "").translate(_QUOTES),
        instances,
        extra,
    )


_HELD = frozenset(each.heading for each in SETTINGS) | {"form_title_in"}


def _kept(
    book: Workbook, survey: Survey, settings: Mapping[str, str], file: str, warnings: list[Problem]
) -> dict[str, Any]:
    """``extra`` of the form: what the model has no place for."""
    extra: dict[str, Any] = {}
    held = _HELD if survey.is_ours else frozenset(XLSFORM_SETTINGS)
    rest = {heading: cell for heading, cell in settings.items() if heading.partition("::")[0] not in held}
    if rest:
        extra["settings"] = rest
    named = {tag: name for name, tag in survey.languages.items() if name and name != "default"}
    if named:
        extra["language_names"] = named
    extra["headings"] = {
        name: [heading for heading in sheet.headings if heading]
        for name in ("survey", "choices", "settings", "external_choices")
        if (sheet := book.sheet(name)) is not None
    }
    if survey.kept:
        extra["rows"] = survey.kept
    if survey.ends:
        extra["ends"] = survey.ends
    if survey.external:
        extra["external_lists"] = sorted(survey.external.values())
    others = {}
    for sheet in book.sheets:
        if sheet.name.lower() in FORM_SHEETS - {"osm", "entities"} or sheet is book.sheet("survey"):
            continue
        if sum(len(cells) for _, cells in sheet.rows) > MAX_OTHER_CELLS:
            warnings.append(Problem("import.sheet_not_kept", Place(file, path=sheet.name), {"sheet": sheet.name}))
            continue
        rows = [[*cells] for _, cells in sheet.rows]
        others[sheet.name] = {"columns": [*sheet.headings], "rows": rows}
    if others:
        extra["sheets"] = others
    return extra


def _with_instance_id(form: Form) -> tuple[Node, ...]:
    """The questions, with the id of the filling where an expression reads it: XLSForm's reader adds it to each form."""
    texts = [getattr(node, field) for _, node in walk(form.children) for field in EXPRESSIONS if hasattr(node, field)]
    labels = [text for _, node in walk(form.children) for text in node.label.values()]
    names = {node.called or node.name for _, node in walk(form.children)}
    if "instanceID" in names or not any("${instanceID}" in text for text in (*texts, *labels, form.instance_name)):
        return form.children
    inside = Question("hidden", "instanceID", data_type="string", extra={"generated": "meta", "preload": "uid"})
    return (*form.children, Group("meta", {}, (inside,), weight="1", extra={"generated": "meta"}))
