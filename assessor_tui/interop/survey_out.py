"""The survey sheet of a form's workbook: one row per question, two per group and repeat, each cell by its column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.form.model import SILENT_TYPES, UNNAMED_LANGUAGE, Form, Group, Node, Question, Repeat, walk
from assessor_tui.interop.columns import GROUP, QUESTION, REPEAT, SURVEY, Column, finding_cells, to_cell
from assessor_tui.interop.xlsform_types import IMPLIED, default_of, implied_data_type, still_means
from assessor_tui.problem import Place, Problem

Key = tuple[str, str]
"""Heading of a column in ``columns``, and the language of a text or ``""``."""

Cells = dict[Key | str, str]
"""The cells of a row by what they are; what is kept from a workbook by its heading as written."""

HANDLED = frozenset({"columns", "xlsform_type", "as_written", "or_other", "generated"})
"""What ``extra`` of a row holds that has its own place in a workbook."""


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, where it is a mapping: ``extra`` is what a file says, and may hold anything."""
    return value if isinstance(value, Mapping) else {}


def strings(value: Any) -> Sequence[str]:
    """The value, where it is a list, as texts."""
    return [each if isinstance(each, str) else "" for each in value] if isinstance(value, list | tuple) else []


class Way(NamedTuple):
    """How rows are written."""

    ours: bool
    """With columns of our own."""
    one_line: bool
    """Without line breaks that matter."""
    theirs: bool
    """The form comes from an XLSForm, which said all that one has to."""


def survey_rows(form: Form, way: Way, warnings: list[Problem]) -> Iterator[Cells]:
    """The rows of the survey sheet; what XLSForm cannot say of them goes to ``warnings``."""
    comments: dict[str, list[Cells]] = {}
    rows = form.extra.get("rows")
    for row in rows if isinstance(rows, list | tuple) else ():
        cells = mapping(mapping(row).get("cells"))
        comments.setdefault(str(mapping(row).get("before", "")), []).append(
            {heading: str(cell) for heading, cell in cells.items()}
        )
    nodes = {node.name: node for _, node in walk(form.children)}
    ends = mapping(form.extra.get("ends"))

    def inside(children: Sequence[Node]) -> Iterator[Cells]:
        for node in children:
            yield from comments.pop(node.name, ())
            if node.extra.get("generated"):
                continue
            yield _row(form, node, nodes, way, warnings)
            if not isinstance(node, Question):
                yield from inside(node.children)
                yield from comments.pop(f"end {node.name}", ())
                end: Cells = {("type", ""): _spaced(form, "end_group" if isinstance(node, Group) else "end_repeat")}
                yield end | {heading: str(cell) for heading, cell in mapping(ends.get(node.name)).items()}

    yield from inside(form.children)
    for left in comments.values():
        yield from left


def _row(form: Form, node: Node, nodes: Mapping[str, Node], way: Way, warnings: list[Problem]) -> Cells:
    """The cells of one node."""
    kind = QUESTION if isinstance(node, Question) else GROUP if isinstance(node, Group) else REPEAT
    cells: Cells = {("type", ""): _type(form, node, nodes), ("name", ""): node.called or node.name}
    for column in SURVEY[2:]:
        if kind in column.of:
            cells |= _cells(column, node, way)
    if isinstance(node, Question):
        warnings += _beyond_xlsform(node)
        if not way.theirs:
            cells |= _as_xlsform_asks(form, node, cells)
        for cell in mapping(node.extra.get("as_written")).values():
            if default_of(str(cell), node.type)[0] == node.default:
                cells[("default", "")] = str(cell)
                cells.pop(("default_expression", ""), None)
    return cells | {heading: str(cell) for heading, cell in mapping(node.extra.get("columns")).items()}


def _as_xlsform_asks(form: Form, question: Question, cells: Cells) -> Cells:
    """What a question that comes from no XLSForm needs beside for XLSForm's reader to accept it: a label, parameters
    that it knows."""
    added: Cells = {}
    asked = question.type == "note" or question.type not in SILENT_TYPES
    if asked and not question.calculation and not any((*question.label.values(), *question.hint.values())):
        added[("label", form.languages[0] if form.languages else UNNAMED_LANGUAGE)] = question.called or question.name
    if question.list_name and question.parameters:
        kept = _known_parameters(question.parameters, "_from_file" in cells[("type", "")])
        if kept != question.parameters:
            added |= {("parameters", ""): kept, ("xform_parameters", ""): question.parameters}
    return added


def _known_parameters(parameters: str, of_file: bool) -> str:
    """The parameters of a select that XLSForm knows; a seed has to be a number or a ``${name}`` there."""
    found = re.findall(r"(\w+)\s*=\s*(\$\{[^}]*\}|\S+)", parameters)
    kept = [
        f"{name}={value}"
        for name, value in found
        if name == "randomize"
        or (name == "seed" and re.fullmatch(r"\$\{[^}]*\}|-?\d+(\.\d+)?", value))
        or (of_file and name in ("value", "label"))
    ]
    return " ".join(kept)


def _cells(column: Column, node: Node, way: Way) -> Cells:
    """The cells of one column of ``columns``: one, or one per language."""
    if column.field == "extra":
        own = {name: part for name, part in node.extra.items() if name not in HANDLED}
        return {("extra", ""): to_cell("json", own)} if own else {}
    if column.field in ("finding", "finding_text"):
        if column.field == "finding_text" or not isinstance(node, Question) or not node.finding:
            return {}
        grades, texts = finding_cells(node.finding)
        if way.one_line and any("\n" in text for text in texts.values()):
            return {("finding", ""): to_cell("json", _plain(node.finding))}
        return {("finding", ""): grades, **{("finding_text", tag): text for tag, text in texts.items()}}
    if column.heading == "xform_parameters":
        return {}  # written where XLSForm does not know them
    value = getattr(node, column.field)
    if column.field == "default":
        # A text in quotes is that text; XLSForm writes it without.
        literal = _LITERAL.fullmatch(value)
        if column.heading == "default_expression":
            return {(column.heading, ""): value} if way.ours and literal else {}
        value = literal[2] if literal else value
    if column.field == "data_type" and value == implied_data_type(str(node.extra.get("xlsform_type", ""))):
        return {}
    if column.field == "itemset" and _REFERENCE.fullmatch(value):
        return {}  # the type says it
    if column.field == "trigger":
        # Ours are divided by spaces, too; XLSForm's by commas only.
        parts = re.findall(r"\$\{[^{}]*\}|[^\s,]+", value)
        value = value if "," in value or len(parts) < 2 else ", ".join(parts)
    said = IMPLIED.get(str(node.extra.get("xlsform_type", "")), ("", ""))
    if (column.field == "constraint" and value == said[0]) or (column.field == "hint" and said[1] in value.values()):
        return {}  # the type says it
    if column.kind == "texts":
        return {(column.heading, tag): text for tag, text in value.items() if text}
    usual = node._field_defaults.get(column.field, "")
    if column.field == "first_rows" and isinstance(node, Repeat):
        usual = usual_first_rows(node.repeat_count, way.ours)
    elif column.field == "weight":
        usual = "1"
    if value == usual:
        return {}
    return {(column.heading, ""): to_cell(column.kind, _plain(value))}


_LITERAL = re.compile(r"(['\"])((?:(?!\1)[\w .,;:!?@#%&'\"])+)\1")
"""An expression that is nothing but a text, which is no expression to XLSForm once its quotes are gone."""


def usual_first_rows(repeat_count: str, ours: bool) -> tuple[Mapping[str, str], ...]:
    """The rows of a repeat when the form is opened, where no cell says them: one in an XLSForm unless they are counted,
    none in a form of ours."""
    return () if repeat_count or ours else ({},)


def _plain(value: Any) -> Any:
    """The value without types of the model: what ``to_cell`` writes."""
    if hasattr(value, "_fields"):
        defaults = value._field_defaults
        return {
            name: _plain(part)
            for name, part in value._asdict().items()
            if name not in defaults or part != defaults[name]
        }
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


_TYPES = {"datetime": "dateTime", "quantity": "decimal"}
"""Ours -> XLSForm's, where they differ. A decimal with units is a quantity."""


def _type(form: Form, node: Node, nodes: Mapping[str, Node]) -> str:
    """The ``type`` cell."""
    written = str(node.extra.get("xlsform_type", ""))
    if written and (not isinstance(node, Question) or still_means(written, node)):
        return written
    if isinstance(node, Group):
        return _spaced(form, "begin_group")
    if isinstance(node, Repeat):
        return _spaced(form, "begin_repeat")
    kind = _TYPES.get(node.type, node.type)
    if kind == "calculate" and not node.calculation:
        kind = "hidden"  # only something else sets it
    if node.rows_of:
        return f"{kind} ${{{_row_shown(nodes.get(node.rows_of), node.rows_of)}}}"
    if node.itemset:
        return f"{kind} {node.itemset}" if _REFERENCE.fullmatch(node.itemset) else "text"
    if not node.list_name:
        return kind
    instance = form.instances.get(node.list_name)
    if instance is not None and instance.source and node.list_name not in form.choices:
        return f"{kind}_from_file {instance.source}"
    if node.list_name in strings(form.extra.get("external_lists")):
        return f"{kind}_external {node.list_name}"
    return f"{kind} {node.list_name}" + (" or_other" if node.extra.get("or_other") == "yes" else "")


def _spaced(form: Form, kind: str) -> str:
    return kind.replace("_", " ") if form.extra.get("spaced") == "yes" else kind


_REFERENCE = re.compile(r"\$\{[^{}]+\}")


def _row_shown(repeat: Node | None, name: str) -> str:
    """The question by which ODK shows the rows of a repeat in a select: the one that names them, else the first."""
    if not isinstance(repeat, Repeat):
        return name
    inside = [node for _, node in walk(repeat.children) if isinstance(node, Question)]
    by_name = {question.name: question for question in inside}
    labels = repeat.row_label.removeprefix("${").removesuffix("}")
    for wanted in (labels, *repeat.key):
        if wanted in by_name:
            return by_name[wanted].called or wanted
    return next((question.called or question.name for question in inside if question.type != "note"), name)


def _beyond_xlsform(question: Question) -> Iterator[Problem]:
    """What only an ODK XForm, or this program, can say of a question."""
    place = Place(path=question.name)
    if question.itemset and not _REFERENCE.fullmatch(question.itemset):
        yield Problem("export.itemset", place, {"name": question.called or question.name, "column": "xform_itemset"})
    if question.actions:
        yield Problem("export.actions", place, {"name": question.called or question.name, "column": "xform_actions"})
