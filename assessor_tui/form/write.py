"""A form as the YAML that ``form.read`` reads back to the same form, shaped like the files in ``forms/``.

Written by hand rather than with PyYAML's emitter: what fits on a line stays on it, texts of several lines are literal
blocks, and a text is quoted only where YAML, or an editor that follows YAML's older rules, would see anything else in
it. What is a default of the file's columns is left out.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assessor_tui.form.model import Choice, Form, Group, Instance, Node, Question

LINE = 120
"""Columns of a screen up to which a mapping or list stays on one line; a Chinese character takes two."""

_SETTINGS = (
    *("form_id", "version", "number", "kind", "title", "languages", "scoring", "source"),
    *("root", "instance_name", "extra"),
)
_QUESTION = (
    *("type", "name", "called", "number", "label", "hint", "guidance", "place", "asked"),
    *("relevant", "required", "required_message", "read_only", "default", "calculation", "trigger"),
    *("choice_filter", "itemset", "constraint", "constraint_message", "warning", "warning_message"),
    *("units", "decimals", "data_type", "appearance", "parameters", "not_applicable"),
    *("weight", "points", "veto", "limiting", "benchmark", "evidence", "insist", "reason", "finding", "actions"),
    *("clause", "source", "status", "role", "reviewed_by", "extra"),
)
_GROUP = ("type", "name", "called", "label", "hint", "relevant", "read_only", "weight", "appearance", "extra")
_REPEAT = (
    *("type", "name", "called", "number", "label", "hint", "guidance", "place", "asked"),
    *("relevant", "read_only", "repeat_count", "at_least", "first_rows"),
    *("row_letter", "row_label", "key", "role", "appearance", "extra"),
)
"""Columns in the order in which the files in ``forms/`` have them; ``children`` come last."""

_GROUP_WEIGHT = "1"
"""What a file means that does not say how much a group weighs."""

_Tree = Any
"""Texts, lists and mappings of them."""


def to_yaml(form: Form) -> str:
    """The form as YAML. Lists that came from a file are named by their ``source``; the file belongs beside it."""
    file: dict[str, _Tree] = {"settings": _settings(form)}
    if form.choices:
        file["choices"] = {name: [_choice(each) for each in choices] for name, choices in form.choices.items()}
    if form.instances:
        file["instances"] = {name: _instance(each) for name, each in form.instances.items()}
    file["survey"] = [_node(node) for node in form.children]
    return "\n".join(_mapping(file, 0)) + "\n"


# -- values to what stands in the file --------------------------------------------------------------------------------


def _settings(form: Form) -> dict[str, _Tree]:
    said = _said(form, _SETTINGS)
    # Which kind it is, every file says.
    return {column: said.get(column, form.kind) for column in _SETTINGS if column in said or column == "kind"}


def _choice(choice: Choice) -> dict[str, _Tree]:
    row: dict[str, _Tree] = {"name": choice.name, "label": dict(choice.label)}
    return row | ({"extra": _plain(choice.extra)} if choice.extra else {})


def _instance(instance: Instance) -> dict[str, _Tree]:
    return {"source": instance.source} if instance.source else _said(instance, Instance._fields)


def _node(node: Node) -> dict[str, _Tree]:
    if isinstance(node, Question):
        return _said(node, _QUESTION) | {"type": _type(node)}
    said = _said(node, _GROUP if isinstance(node, Group) else _REPEAT)
    if isinstance(node, Group):
        said = {"type": "group", **said, "weight": node.weight}
        if node.weight == _GROUP_WEIGHT:
            del said["weight"]
    else:
        said = {"type": "repeat", **said}
    return said | {"children": [_node(child) for child in node.children]}


def _type(question: Question) -> str:
    if question.rows_of:
        return f"{question.type} ${{{question.rows_of}}}"
    return f"{question.type} {question.list_name}" if question.list_name else question.type


def _said(value: Any, columns: Sequence[str]) -> dict[str, _Tree]:
    """The columns that say more than their default."""
    defaults = value._field_defaults
    found = {column: getattr(value, column) for column in columns if column in value._fields}
    return {
        column: _plain(part) for column, part in found.items() if column not in defaults or part != defaults[column]
    }


def _plain(part: Any) -> _Tree:
    """The part as texts, lists and mappings, as a file says it."""
    if isinstance(part, str):
        return part
    if isinstance(part, bool):
        return "yes" if part else "no"
    if isinstance(part, int):
        return str(part)
    if isinstance(part, Mapping):
        return {key: _plain(each) for key, each in part.items()}
    if hasattr(part, "_fields"):
        return _said(part, part._fields)
    return [_plain(each) for each in part]


# -- YAML -------------------------------------------------------------------------------------------------------------


def _mapping(mapping: Mapping[str, _Tree], indent: int) -> Iterator[str]:
    """Its lines, keys at ``indent``."""
    before = " " * indent
    for key, part in mapping.items():
        spelled = _scalar(key)
        if len(spelled) > LINE:
            # YAML looks for the colon of a key on 1,024 characters only, unless it is told that this is a key.
            yield f"{before}? {spelled}"
            spelled = ""
        yield from _part(f"{before}{spelled}:", part, indent, keeps_lines=key in _KEEPS_LINES)


_KEEPS_LINES = frozenset({"settings", "choices", "instances", "survey", "children", "finding"})
"""What is never drawn together on one line, so that files grow by lines."""


def _part(head: str, part: _Tree, indent: int, keeps_lines: bool = False) -> Iterator[str]:
    """The lines of what stands after ``head``: a key, or the dash of a list."""
    if isinstance(part, str):
        block = _block(part, indent + 2)
        yield f"{head} {_scalar(part)}" if block is None else f"{head} {block}"
        return
    if not part or not keeps_lines:
        flow = _flow(part, LINE - _width(head) - 1)
        if flow is not None:
            yield f"{head} {flow}"
            return
    yield head
    if isinstance(part, Mapping):
        yield from _mapping(part, indent + 2)
    else:
        yield from _list(part, indent + 2)


def _list(parts: Sequence[_Tree], indent: int) -> Iterator[str]:
    dash = " " * indent + "-"
    for part in parts:
        is_row = isinstance(part, Mapping) and "type" in part and "name" in part
        flow = None if is_row or isinstance(part, str) else _flow(part, LINE - len(dash) - 1)
        if isinstance(part, str) or flow is not None or not part:
            yield from _part(dash, part, indent)
            continue
        lines = _mapping(part, indent + 2) if isinstance(part, Mapping) else _list(part, indent + 2)
        # The first line stands beside the dash.
        yield f"{dash} {next(lines)[indent + 2 :]}"
        yield from lines


def _flow(part: _Tree, room: int) -> str | None:
    """The part on one line; None where it needs more than ``room`` columns, or lines of its own."""
    if isinstance(part, str):
        return None if "\n" in part.strip("\n") else _scalar(part)
    if isinstance(part, Mapping):
        keys = [_scalar(key) for key in part]
        inside = [_flow(each, room) for each in part.values()]
        pieces = None if None in inside else [f"{key}: {each}" for key, each in zip(keys, inside, strict=True)]
        spelled = None if pieces is None else "{" + ", ".join(pieces) + "}"
    else:
        # Rows of a table stand below each other, however short they are.
        inside = [None if isinstance(each, Mapping) else _flow(each, room) for each in part]
        spelled = None if None in inside else "[" + ", ".join(each for each in inside if each is not None) + "]"
    if not part:
        return spelled
    return spelled if spelled is not None and _width(spelled) <= room else None


def _width(text: str) -> int:
    """Columns of a screen that the text takes."""
    return len(text) + (0 if text.isascii() else sum(unicodedata.east_asian_width(one) in "WF" for one in text))


_LITERAL = re.compile(r"(?:[^\s][^\n]*)(?:\n+[^\n]+)*\n?\Z")
"""Text of several lines that begins with a word and ends with at most one line break."""
_ODD = re.compile(
    "[^\n\x20-\x7e\xa1-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What is written as an escape: control characters, breaks of other systems, spaces and marks that nobody sees."""


def _block(text: str, indent: int) -> str | None:
    """A text of several lines as a literal block, its header first; None where only quotes keep it as it is."""
    if "\n" not in text.rstrip("\n") or not _LITERAL.match(text) or _ODD.search(text) or re.search(r" (\n|\Z)", text):
        return None
    lines = text.removesuffix("\n").split("\n")
    before = " " * indent
    return "\n".join(["|" if text.endswith("\n") else "|-", *(before + line if line else "" for line in lines)])


_UNQUOTED = re.compile(r"[^\W\d]|[\d(（「『“《]")
_NEEDS_QUOTES = re.compile(r"[:#,;\[\]{}\"\\\n]|  |\s\Z|^\d[\d_.eExXoO+-]*\Z")
_OTHER_THAN_TEXT = frozenset({"y", "n", "true", "false", "on", "off", "null"})


def _scalar(text: str) -> str:
    """The text on one line, in double quotes where it would be read as anything else without."""
    plain = _UNQUOTED.match(text) and not _NEEDS_QUOTES.search(text) and not _ODD.search(text)
    folded = text.casefold()
    # yes and no are the only words of YAML 1.1 that our files write without quotes: the names of choices.
    if plain and folded not in _OTHER_THAN_TEXT and (folded not in ("yes", "no") or text == folded):
        return text
    return _ODD.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
