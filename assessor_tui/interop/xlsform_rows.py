"""Rows of an XLSForm's survey sheet as groups, repeats and questions."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from assessor_tui.form.model import NO_TEXT, Action, Group, Node, Question, Repeat, Text
from assessor_tui.interop.xlsform_survey import Row, Survey, extra_of, own_fields
from assessor_tui.interop.xlsform_types import (
    BEGIN,
    END,
    EXTERNAL_TYPES,
    IMPLIED,
    NOT_RUN,
    SELECT,
    SETTING_TYPES,
    default_of,
    implied_data_type,
    select_type,
    type_of,
)

MAX_DEPTH = 14
"""Groups and repeats inside each other; the form's own file could not hold more."""


# -- rows to nodes ----------------------------------------------------------------------------------------------------


def depth(rows: Sequence[Row]) -> tuple[int, int]:
    """(levels of groups inside each other, row of the innermost)."""
    level = most = at = 0
    for row in rows:
        kind = row.get("type")
        if BEGIN.match(kind):
            level += 1
            if level > most:
                most, at = level, row.number
        elif END.match(kind):
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
        if END.match(kind):
            said_there = {row.headings[tokens]: cell for tokens, cell in row.cells.items() if tokens != ("type",)}
            if said_there:
                survey.ends[around] = said_there
            survey.kept += [{"before": f"end {around}", "cells": each} for each in survey.waiting]
            survey.waiting = []
            break
        if _is_left_out(survey, row, kind):
            survey.waiting.append({row.headings[tokens]: cell for tokens, cell in row.cells.items()})
            continue
        begin = BEGIN.match(kind)
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
            extra = extra_of(survey, row, "group", {})
            nodes.append(
                Group(
                    name, survey.texts(row, "label"), children, survey.texts(row, "hint"), row.get("bind", "relevant"),
                    row.get("bind", "readonly"), own_fields(survey, row, "group").get("weight", "1"), said,
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
    return kind in SETTING_TYPES


def _repeat(survey: Survey, row: Row, rows: Iterator[Row], name: str, said: str) -> Repeat:
    children = _nodes(survey, rows, name)
    own = own_fields(survey, row, "repeat")
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
        extra=extra_of(survey, row, "repeat", {}),
        **own,
    )


def _loop(survey: Survey, row: Row, rows: Iterator[Row], name: str, said: str, list_name: str) -> Group:
    """The questions once per choice, in a group of each, as XLSForm's reader writes them out."""
    inside: list[tuple[Row, int]] = []
    level = 0
    for each in rows:
        around = level
        level += bool(BEGIN.match(each.get("type"))) - bool(END.match(each.get("type")))
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
        appearance=row.get("control", "appearance"), extra=extra_of(survey, row, "group", {}),
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
    select = SELECT.match(kind)
    if select is not None:
        type_ = _select(survey, row, select, kind, said, kept)
    else:
        type_ = type_of(kind)
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
    if type_ not in ("calculate", "hidden") and type_ not in NOT_RUN and (calculation or trigger) and unseen:
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
    own = own_fields(survey, row, "question")
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
    if code := NOT_RUN.get(type_):
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
        extra=extra_of(survey, row, "question", kept, ("label", "hint") if silent else ()),
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
    return select_type(command)


def _constant(text: str) -> str:
    folded = text.strip().lower()
    return "true()" if folded in ("yes", "true") else "false()" if folded in ("no", "false") else text
