"""Rows of an XLSForm's survey sheet as groups, repeats and questions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.form.model import (
    NO_TEXT,
    Action,
    Benchmark,
    FindingText,
    Group,
    Node,
    Question,
    Repeat,
    Text,
)
from assessor_tui.interop.columns import BY_TOKENS, Column, finding_of, from_cell
from assessor_tui.interop.names import Names
from assessor_tui.logic.spelling import is_expression, quoted
from assessor_tui.problem import Place, Problem

Tokens = tuple[str, ...]

MAX_DEPTH = 14
"""Groups and repeats inside each other; the form's own file could not hold more."""


class Row(NamedTuple):
    """One row of the survey sheet."""

    number: int
    cells: Mapping[Tokens, str]
    """By the parts of its heading."""
    headings: Mapping[Tokens, str]
    """Parts -> heading as it is written."""

    def get(self, *tokens: str) -> str:
        """The cell under that heading, ``""`` for none."""
        return self.cells.get(tokens, "")


class Survey:
    """What is known while the rows are read."""

    def __init__(self, file: str, sheet: str, columns: Mapping[Tokens, int], languages: Mapping[str, str]) -> None:
        self.place_of_sheet = Place(file, path=sheet)
        self.columns = columns
        """Parts of a heading -> number of its column."""
        self.headings: Mapping[Tokens, str] = {}
        """Parts of a heading -> the heading as it is written."""
        self.languages = languages
        """What headings call a language -> its tag; ``""`` is the default language."""
        self.is_ours = False
        """True when the columns of our own are meant as such."""
        self.names = Names()
        self.warnings: list[Problem] = []
        self.problems: list[Problem] = []
        self.rows_of: dict[str, int] = {}
        """Name of a question, group or repeat -> number of its row."""
        self.kept: list[dict[str, Any]] = []
        """Rows that make no question; ``extra["rows"]`` of the form."""
        self.waiting: list[dict[str, Any]] = []
        self.ends: dict[str, dict[str, str]] = {}
        """Group or repeat -> what its last row says beside its type."""
        self.files: dict[str, str] = {}
        """Name of a list -> file it is read from."""
        self.files_at: dict[str, int] = {}
        """Name of a file -> first row that names it."""
        self.other_lists: dict[str, int] = {}
        """Lists that need a choice ``other`` -> row that says so."""
        self.external: dict[str, str] = {}
        """List of the sheet external_choices -> what it is called among the lists of the form."""
        self.loops: Mapping[str, Sequence[tuple[str, Text]]] = {}
        """Choice list -> names and labels, for loops."""

    def place(self, row: int, *tokens: str) -> Place:
        """Where a cell stands."""
        return self.place_of_sheet._replace(line=row, column=self.columns.get(tokens, 0))

    def place_of_text(self, row: int, tokens: Tokens, language: str) -> Place:
        """Where the text of a column stands, or should, in a language."""
        ways = [(*tokens, name) for name, tag in self.languages.items() if tag == language]
        found = (self.columns[way] for way in (*ways, tokens) if way in self.columns)
        others = (at for parts, at in self.columns.items() if parts[: len(tokens)] == tokens)
        return self.place_of_sheet._replace(line=row, column=next(found, next(others, 0)))

    def warn(self, code: str, row: int, *tokens: str, **told: str) -> None:
        """Nothing; notes a warning."""
        self.warnings.append(Problem(code, self.place(row, *tokens), told))

    def texts(self, row: Row, *tokens: str) -> Text:
        """The texts of a column, by language."""
        found: dict[str, str] = {}
        plain = ""
        for parts, cell in row.cells.items():
            if parts[: len(tokens)] == tokens and cell:
                if len(parts) == len(tokens):
                    plain = cell
                elif len(parts) == len(tokens) + 1 and parts[-1] in self.languages:
                    found[self.languages[parts[-1]]] = cell
        if plain:
            found.setdefault(self.languages[""], plain)
        order = {tag: at for at, tag in enumerate(dict.fromkeys(self.languages.values()))}
        return {tag: found[tag] for tag in sorted(found, key=lambda tag: order[tag])}


# -- types ------------------------------------------------------------------------------------------------------------

_BEGIN = re.compile(r"begin[ _](?P<kind>group|lgroup|repeat|looped group|loop)(?: (?:over )?(?P<list>\S+))?\Z")
_END = re.compile(r"end[ _](?:group|lgroup|repeat|loop|looped group)\Z")
_SELECT = re.compile(
    r"(?P<kind>add select one prompt using|add select multiple prompt using|select all that apply from|"
    r"select one from file|select multiple from file|select one from|select1|select_one_from_file|"
    r"select_multiple_from_file|select_one_external|select_one|select one|select_multiple|select all that apply|rank)"
    r" (?P<list>\S+)(?P<other> (?:or specify other|or_other|or other))?\Z"
)
_OSM = re.compile(r"osm (\S+)")

_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(
        ("image", "photo", "audio", "video", "file", "q image", "q picture", "q audio", "q video", "osm",
         "add image prompt", "add photo prompt", "add audio prompt", "add video prompt", "add file prompt"), "file"),
    **dict.fromkeys(("text", "string", "q string", "add text prompt", "barcode", "q barcode", "add barcode prompt",
                     "phone number"), "text"),
    **dict.fromkeys(("integer", "int", "q int", "add integer prompt", "percentage", "number of days in last month",
                     "number of days in last six months", "number of days in last year"), "integer"),
    **dict.fromkeys(("decimal", "q decimal", "add decimal prompt"), "decimal"),
    **dict.fromkeys(("date", "q date", "add date prompt"), "date"),
    **dict.fromkeys(("datetime", "dateTime", "date time", "q dateTime", "q date time", "add dateTime prompt",
                     "add date time prompt"), "datetime"),
    "time": "time",
    **dict.fromkeys(("geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"), "geopoint"),
    **dict.fromkeys(("geotrace", "q geotrace"), "geotrace"),
    **dict.fromkeys(("geoshape", "q geoshape"), "geoshape"),
    **dict.fromkeys(("note", "q note", "add note prompt"), "note"),
    **dict.fromkeys(("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"), "acknowledge"),
    **dict.fromkeys(("calculate", "q calculate", "add calculate prompt"), "calculate"),
    "hidden": "hidden", "range": "range", "audit": "audit",
    **dict.fromkeys(("start", "start time", "get start time"), "start"),
    **dict.fromkeys(("end", "end time", "get end time"), "end"),
    **dict.fromkeys(("today", "get today"), "today"),
    **dict.fromkeys(("deviceid", "imei", "device id", "get device id", "uri:deviceid"), "deviceid"),
    **dict.fromkeys(("phonenumber", "get phone number", "uri:phonenumber"), "phonenumber"),
    **dict.fromkeys(("simserial", "sim id", "get sim id", "uri:simserial"), "simserial"),
    **dict.fromkeys(("subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"), "subscriberid"),
    **dict.fromkeys(("username", "uri:username"), "username"), **dict.fromkeys(("email", "uri:email"), "email"),
    "start-geopoint": "start-geopoint", "background-geopoint": "background-geopoint",
    "background-audio": "background-audio",
}  # fmt: skip
"""What XLSForm calls a type -> the type here."""

IMPLIED: Mapping[str, tuple[str, str]] = {
    "percentage": ("0 <= . and . <= 100", ""),
    "number of days in last month": ("0 <= . and . <= 31", "Enter a number 0-31."),
    "number of days in last six months": ("0 <= . and . <= 183", "Enter a number 0-183."),
    "number of days in last year": ("0 <= . and . <= 365", "Enter a number 0-365."),
    "phone number": (r"regex(., '^\d*$')", "Enter numbers only."),
}
"""Type -> constraint and hint that come with it."""

_DATA_TYPES = {"integer": "int", "decimal": "decimal", "date": "date", "datetime": "dateTime", "time": "time",
               "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "range": "int"}  # fmt: skip
EXTERNAL_TYPES = {"csv-external": "csv", "xml-external": "xml"}
"""Rows that only name a file."""
_SETTING_TYPES = frozenset({"form_title", "set_form_title", "form_id", "set_form_id", "prefix"})

_NOT_RUN = {
    "audit": "import.audit", "background-audio": "import.background", "background-geopoint": "import.background",
    "start-geopoint": "import.background", "simserial": "import.device_value", "subscriberid": "import.device_value",
}  # fmt: skip
"""Types that no laptop can fill in -> what is said about them."""


# -- rows to nodes ----------------------------------------------------------------------------------------------------


def still_means(written: str, question: Question) -> bool:
    """True when a ``type`` cell as it was written says what the question is: nobody has changed it since."""
    select = _SELECT.match(written)
    if select is None:
        meant = _ALIASES.get(written) or ("file" if _OSM.match(written) else "text")
        return question.type in (meant, "calculate", "hidden")
    name = select["list"]
    stem = name.rpartition(".")[0] or name
    lists = {name, stem, f"{name}.external", "itemset" if question.itemset == name else name}
    command = select["kind"]
    meant = "rank" if command == "rank" else "select_multiple" if re.search("multiple|all", command) else "select_one"
    same = question.list_name in (*lists, "") and question.type in (meant, "calculate", "hidden")
    return same and (question.extra.get("or_other") == "yes") == bool(select["other"])


def implied_data_type(kind: str) -> str:
    """XForm type of a value that nobody is asked for, by what its ``type`` cell says."""
    return _DATA_TYPES.get(_ALIASES.get(kind, ""), "")


def depth(rows: Sequence[Row]) -> tuple[int, int]:
    """(levels of groups inside each other, row of the innermost)."""
    level = most = at = 0
    for row in rows:
        kind = row.get("type")
        if _BEGIN.match(kind):
            level += 1
            if level > most:
                most, at = level, row.number
        elif _END.match(kind):
            level -= 1
    return most, at


def is_spaced(rows: Sequence[Row]) -> bool:
    """True when the sheet writes ``begin group`` and ``end repeat`` with a space throughout."""
    kinds = [row.get("type") for row in rows]
    found = [kind for kind in kinds if re.match(r"(begin|end)[ _](group|repeat)\Z", kind)]
    return bool(found) and all(" " in kind for kind in found)


def read_rows(survey: Survey, rows: Sequence[Row]) -> tuple[Node, ...]:
    """What the rows of the sheet ask. Warnings, names and rows are noted in ``survey``."""
    nodes = _nodes(survey, iter(rows), "")
    survey.kept += [{"before": "", "cells": each} for each in survey.waiting]
    survey.waiting = []
    return nodes


def _nodes(survey: Survey, rows: Iterator[Row], around: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for row in rows:
        kind = row.get("type")
        if _END.match(kind):
            said_there = {row.headings[tokens]: cell for tokens, cell in row.cells.items() if tokens != ("type",)}
            if said_there:
                survey.ends[around] = said_there
            survey.kept += [{"before": f"end {around}", "cells": each} for each in survey.waiting]
            survey.waiting = []
            break
        if _is_left_out(survey, row, kind):
            survey.waiting.append({row.headings[tokens]: cell for tokens, cell in row.cells.items()})
            continue
        begin = _BEGIN.match(kind)
        called = row.get("name")
        if kind == "audit":
            called = "audit"
        elif kind == "note" and not called:
            called = f"generated_note_name_{row.number}"
        name, said = survey.names.take(called, around)
        survey.rows_of[name] = row.number
        survey.kept += [{"before": name, "cells": each} for each in survey.waiting]
        survey.waiting = []
        if begin is None:
            nodes += _questions(survey, row, kind, name, said)
        elif begin["kind"] in ("repeat", "lgroup", "looped group"):
            nodes.append(_repeat(survey, row, rows, name, said))
        elif begin["kind"] == "loop":
            nodes.append(_loop(survey, row, rows, name, said, begin["list"] or ""))
        else:
            children = _nodes(survey, rows, name)
            extra = _extra(survey, row, "group", {})
            nodes.append(
                Group(
                    name, survey.texts(row, "label"), children, survey.texts(row, "hint"), row.get("bind", "relevant"),
                    row.get("bind", "readonly"), _own(survey, row, "group").get("weight", "1"), said,
                    row.get("control", "appearance"), extra,
                )
            )  # fmt: skip
    return tuple(nodes)


def _is_left_out(survey: Survey, row: Row, kind: str) -> bool:
    """True for rows that make no question; what they say of files and settings is noted."""
    if row.get("disabled").strip() and row.get("disabled").lower() in ("yes", "true", "true()"):
        return True
    if not kind:
        return True
    if kind in EXTERNAL_TYPES:
        survey.files[row.get("name")] = f"{row.get('name')}.{EXTERNAL_TYPES[kind]}"
        survey.files_at.setdefault(survey.files[row.get("name")], row.number)
        return True
    return kind in _SETTING_TYPES


def _repeat(survey: Survey, row: Row, rows: Iterator[Row], name: str, said: str) -> Repeat:
    children = _nodes(survey, rows, name)
    own = _own(survey, row, "repeat")
    count = row.get("control", "jr:count")
    first_rows = own.pop("first_rows", () if count or survey.is_ours else ({},))
    return Repeat(
        name,
        survey.texts(row, "label"),
        children,
        hint=survey.texts(row, "hint"),
        guidance=survey.texts(row, "guidance_hint"),
        relevant=row.get("bind", "relevant"),
        read_only=row.get("bind", "readonly"),
        repeat_count=count,
        called=said,
        appearance=row.get("control", "appearance"),
        first_rows=tuple({str(key): str(value) for key, value in each.items()} for each in first_rows),
        extra=_extra(survey, row, "repeat", {}),
        **own,
    )


def _loop(survey: Survey, row: Row, rows: Iterator[Row], name: str, said: str, list_name: str) -> Group:
    """The questions once per choice, in a group of each, as XLSForm's reader writes them out."""
    inside: list[tuple[Row, int]] = []
    level = 0
    for each in rows:
        around = level
        level += bool(_BEGIN.match(each.get("type"))) - bool(_END.match(each.get("type")))
        if level < 0:
            break
        inside.append((each, around))
    columns: list[Node] = []
    for choice, label in survey.loops.get(list_name, ()):
        if choice == "none":
            continue
        group, called = survey.names.take(choice, name)
        survey.rows_of[group] = row.number
        # Texts of groups inside a loop keep their blanks, as in XLSForm's reader.
        filled = [each if deep else _filled(each, choice, label, survey) for each, deep in inside]
        columns.append(Group(group, label, _nodes(survey, iter(filled), group), weight="1", called=called))
    return Group(
        name, survey.texts(row, "label"), tuple(columns), relevant=row.get("bind", "relevant"), weight="1", called=said,
        appearance=row.get("control", "appearance"), extra=_extra(survey, row, "group", {}),
    )  # fmt: skip


def _filled(row: Row, name: str, label: Text, survey: Survey) -> Row:
    first = next(iter(label.values()), "")
    cells = {}
    for tokens, cell in row.cells.items():
        said = label.get(survey.languages.get(tokens[-1], survey.languages[""]), first)
        cells[tokens] = cell.replace("%(label)s", said).replace("%(name)s", name)
    return row._replace(cells=cells)


# -- questions --------------------------------------------------------------------------------------------------------


def _questions(survey: Survey, row: Row, kind: str, name: str, called: str) -> list[Node]:
    """The question of a row, and what comes with it."""
    kept: dict[str, Any] = {}
    said: dict[str, Any] = {"list_name": "", "itemset": ""}
    select = _SELECT.match(kind)
    if select is not None:
        type_ = _select(survey, row, select, kind, said, kept)
    else:
        type_ = _ALIASES.get(kind) or ("file" if _OSM.match(kind) else "text")
        if kind != {"datetime": "dateTime"}.get(type_, type_):
            kept["xlsform_type"] = kind
    label, hint = survey.texts(row, "label"), survey.texts(row, "hint")
    # Other programs never show a calculation, whatever label it has.
    silent = type_ in ("calculate", "hidden") and not survey.is_ours
    if silent:
        label = hint = NO_TEXT
    constraint = row.get("bind", "constraint")
    if kind in IMPLIED:
        implied, help_ = IMPLIED[kind]
        constraint = constraint or implied
        hint = hint or ({survey.languages[""]: help_} if help_ else {})
    calculation = _constant(row.get("bind", "calculate"))
    default, as_written = default_of(row.get("default"), kind)
    trigger = row.get("trigger")
    data_type = row.get("bind", "type")
    unseen = not label and not hint
    if type_ not in ("calculate", "hidden") and type_ not in _NOT_RUN and (calculation or trigger) and unseen:
        # Nobody is asked: XLSForm's reader makes no question of it either.
        kept["xlsform_type"] = kind
        data_type = data_type or implied_data_type(kind)
        type_ = "calculate"
        said["list_name"] = said["itemset"] = ""
    actions: tuple[Action, ...] = ()
    if type_ == "calculate" and not calculation:
        kept["xlsform_type"] = kind
        type_ = "hidden"
    if as_written:
        kept["as_written"] = {row.headings[("default",)]: as_written}
    own = _own(survey, row, "question")
    default = own.pop("default", default)
    if own.get("rows_of"):
        # The question that the type names is only what other programs show of a row.
        said["itemset"] = said["list_name"] = ""
        kept.pop("xlsform_type", None)
    if own.get("units") and type_ == "decimal":
        type_ = "quantity"
    own.setdefault("actions", actions)
    if said["itemset"]:
        own.pop("itemset", "")
    else:
        said["itemset"] = own.pop("itemset", "")
    if code := _NOT_RUN.get(type_):
        survey.warn(code, row.number, "type", type=kind)
    appearance = row.get("control", "appearance")
    if re.search(r"\bex:|\bprinter:|\bintent\b", appearance) or row.get("intent"):
        tokens = ("control", "appearance") if appearance else ("intent",)
        survey.warn("import.other_app", row.number, *tokens, appearance=appearance or row.get("intent"))
    question = Question(
        type_,
        name,
        label,
        hint=hint,
        guidance=survey.texts(row, "guidance_hint"),
        choice_filter=row.get("choice_filter"),
        relevant=row.get("bind", "relevant"),
        required=row.get("bind", "required"),
        required_message=survey.texts(row, "bind", "jr:requiredMsg"),
        constraint=constraint,
        constraint_message=survey.texts(row, "bind", "jr:constraintMsg"),
        calculation=calculation,
        read_only=row.get("bind", "readonly"),
        default=default,
        trigger=trigger,
        appearance=appearance,
        parameters=own.pop("parameters", row.get("parameters")),
        called=called,
        data_type=data_type,
        extra=_extra(survey, row, "question", kept, ("label", "hint") if silent else ()),
        list_name=said["list_name"],
        itemset=said["itemset"],
        **own,
    )
    if kept.get("or_other") != "yes":
        return [question]
    survey.other_lists.setdefault(question.list_name, row.number)
    written = called or name
    other, other_called = survey.names.take(f"{written}_other", "")
    survey.rows_of[other] = row.number
    specify = {tag: _SPECIFY.get(tag, _SPECIFY["en"]) for tag in dict.fromkeys(survey.languages.values())}
    return [
        question,
        Question(
            "text", other, specify, relevant=f"selected(../{written}, 'other')", called=other_called,
            extra={"generated": "or_other"},
        ),
    ]  # fmt: skip


_SPECIFY = {
    "en": "Specify other.",
    "zh-Hant": "請說明其他。",
    "zh-Hant-HK": "請說明其他。",
    "zh-Hans": "请说明其他。",
    "zh-Hans-CN": "请说明其他。",
}


def _select(
    survey: Survey, row: Row, select: re.Match[str], kind: str, said: dict[str, Any], kept: dict[str, Any]
) -> str:
    command, list_name = select["kind"], select["list"]
    type_ = "rank" if command == "rank" else "select_multiple" if "multiple" in command or "all" in command else ""
    type_ = type_ or "select_one"
    stem, dot, ending = list_name.rpartition(".")
    plain = {"select_one", "select_multiple", "rank"}
    if list_name.startswith("${"):
        said["itemset"], said["list_name"] = list_name, "itemset"
        kept["xlsform_type"] = kind
    elif dot and ending in ("csv", "xml", "geojson"):
        said["list_name"] = stem
        survey.files[stem] = list_name
        survey.files_at.setdefault(list_name, row.number)
        if command not in ("select_one_from_file", "select_multiple_from_file"):
            kept["xlsform_type"] = kind
    elif command == "select_one_external":
        said["list_name"] = survey.external.get(list_name, list_name)
        kept["xlsform_type"] = kind
    else:
        said["list_name"] = list_name
        if command not in plain or select["other"]:
            kept["xlsform_type"] = kind
    if select["other"]:
        kept["or_other"] = "yes"
    return type_


def _constant(text: str) -> str:
    folded = text.strip().lower()
    return "true()" if folded in ("yes", "true") else "false()" if folded in ("no", "false") else text


def default_of(cell: str, kind: str) -> tuple[str, str]:
    """(the default as this program reads it, the cell where that is another text)."""
    from pyxform.utils import default_is_dynamic  # type: ignore[import-untyped]  # loaded by now

    if not cell:
        return "", ""
    dynamic = bool(default_is_dynamic(cell, kind))
    if dynamic == is_expression(cell):
        return cell, ""
    if dynamic:
        return f"({cell})", cell
    return quoted(cell), cell


# -- columns ----------------------------------------------------------------------------------------------------------

_XLSFORM = frozenset(
    {"type", "name", "label", "hint", "guidance", "relevant", "required", "required_message", "constraint",
     "constraint_message", "calculation", "data_type", "trigger", "default", "read_only", "choice_filter", "parameters",
     "appearance", "repeat_count"}
)  # fmt: skip
"""Fields that every XLSForm may say."""


def column_at(tokens: Tokens) -> Column | None:
    """The column of the survey sheet that a heading means, without its language."""
    column = BY_TOKENS.get(tokens)
    if column is None and len(tokens) > 1:
        column = BY_TOKENS.get(tokens[:-1])
        if column is not None and column.kind != "texts":
            return None
    return column


def is_ours(column: Column) -> bool:
    """True for columns that only this program knows."""
    return column.field not in _XLSFORM or column.heading in ("default_expression", "xform_parameters")


def _own(survey: Survey, row: Row, what: str) -> dict[str, Any]:
    """Fields of the columns that only this program knows."""
    found: dict[str, Any] = {}
    if not survey.is_ours:
        return found
    for tokens, cell in row.cells.items():
        column = column_at(tokens)
        if column is None or not is_ours(column) or what not in column.of or not cell or column.field == "extra":
            continue
        if column.field == "finding_text":
            continue  # read with the grades
        if column.kind == "texts":
            found[column.field] = survey.texts(row, *(column.tokens or (column.heading,)))
            continue
        try:
            found[column.field] = _value(column, cell, survey.texts(row, "finding_text"))
        except (ValueError, TypeError, KeyError, AttributeError):
            told = {"heading": row.headings[tokens], "value": cell[:80]}
            survey.problems.append(Problem("import.bad_cell", survey.place(row.number, *tokens), told))
    return found


def _value(column: Column, cell: str, finding_text: Text) -> Any:
    if column.field == "finding":
        found = finding_of(cell, finding_text)
        return {answer: FindingText(grade, text) for answer, (grade, text) in found.items()}
    value = from_cell(column.kind, cell)
    if column.field == "benchmark":
        return Benchmark(**{str(key): str(part) for key, part in value.items()})
    if column.field == "actions":
        return tuple(Action(str(each["on"]), str(each.get("value", "")), str(each.get("of", ""))) for each in value)
    return value


def _extra(survey: Survey, row: Row, what: str, kept: Mapping[str, Any], unseen: Sequence[str] = ()) -> dict[str, Any]:
    """What the model has no place for; ``unseen`` are fields that nobody would see."""
    columns: dict[str, str] = {}
    extra: dict[str, Any] = {}
    for tokens, cell in row.cells.items():
        column = column_at(tokens)
        if tokens == ("extra",) and survey.is_ours and cell:
            try:
                extra |= from_cell("json", cell)
            except (ValueError, TypeError):
                told = {"heading": row.headings[tokens], "value": cell[:80]}
                survey.problems.append(Problem("import.bad_cell", survey.place(row.number, *tokens), told))
            continue
        known = column is not None and what in column.of and (survey.is_ours or not is_ours(column))
        known = known and column is not None and column.field not in unseen
        if known and column is not None and column.kind == "texts" and len(tokens) > len(column.tokens or ("",)):
            known = tokens[-1] in survey.languages
        if cell and not known and tokens != ("disabled",):
            columns[row.headings[tokens]] = cell
    return {**extra, **({"columns": columns} if columns else {}), **kept}
