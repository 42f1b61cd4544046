"""The shape of form and scheme files: pydantic models, published as JSON Schema for editors and other programs.

Every value is text here, as in the files: ``no``, ``1.10`` and ``010`` mean what the author typed. Meaning beyond the
shape (names that exist, languages that are complete) is looked at in ``form.check``.
"""

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, WithJsonSchema
from pydantic.functional_validators import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from assessor_tui.form.cases import EXPECTED
from assessor_tui.form.model import LIST_TYPES, QUESTION_TYPES

NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,127}"
_NAME = re.compile(NAME + r"\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,20})?\Z")
_WHOLE = re.compile(r"[0-9]{1,6}\Z")
_TYPE = re.compile(rf"(?P<type>[a-z_-]+)(?: +(?:(?P<list>[^\s$]\S*)|\$\{{(?P<rows>{NAME})\}}))?\Z")
_TYPED = ["string", "number", "boolean"]
"""How an editor that follows YAML's own rules sees what we read as text."""


def split_type(text: str) -> tuple[str, str, str] | None:
    """Type, list name and repeat name that a ``type`` column spells; None when it spells none."""
    match = _TYPE.match(text.strip())
    if match is None or match["type"] not in QUESTION_TYPES:
        return None
    kind, list_name, rows_of = match["type"], match["list"] or "", match["rows"] or ""
    if (kind in LIST_TYPES) != bool(list_name or rows_of):
        return None
    return None if rows_of and kind != "select_one" else (kind, list_name, rows_of)


def _is_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("form.expected_text", "a text is expected", {"found": _kind(value)})
    return value


def _kind(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list"


def _is_list(value: Any) -> Any:
    if isinstance(value, str):
        raise PydanticCustomError("form.expected_list", "a list is expected", {"value": value})
    return value


def _is_texts(value: Any) -> Any:
    if isinstance(value, str):
        raise PydanticCustomError("form.text_without_language", "a text per language is expected", {"value": value})
    return value


def _is_mapping(value: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticCustomError("form.expected_mapping", "keys and values are expected", {})
    return value


def _is_name(value: str) -> str:
    if not _NAME.match(value):
        raise PydanticCustomError("form.bad_name", "not a name", {"value": value})
    return value


def _is_decimal(value: str) -> str:
    if not _DECIMAL.match(value):
        raise PydanticCustomError("form.bad_decimal", "not a plain decimal", {"value": value})
    return value


def _is_share(value: str) -> str:
    # With less than nothing to be earned, a score could not be said as a range.
    if value.startswith("-"):
        raise PydanticCustomError("form.bad_decimal", "less than nothing", {"value": value})
    return _is_decimal(value)


def _is_decimal_or_empty(value: str) -> str:
    return _is_decimal(value) if value else value


def _is_whole(value: str) -> str:
    if not _WHOLE.match(value):
        raise PydanticCustomError("form.bad_whole_number", "not a whole number", {"value": value})
    return value


def _is_yes_or_no(value: str) -> str:
    if value not in ("yes", "no"):
        raise PydanticCustomError("form.not_yes_or_no", "yes or no is expected", {"value": value})
    return value


def _is_question_type(value: str) -> str:
    if split_type(value) is None:
        raise PydanticCustomError("form.unknown_type", "unknown type", {"value": value})
    return value


Scalar = Annotated[str, BeforeValidator(_is_text), WithJsonSchema({"type": _TYPED})]
Name = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(_is_name),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^{NAME}$"}, {"type": "boolean"}]}),
]
ChoiceName = Annotated[str, BeforeValidator(_is_text), WithJsonSchema({"type": _TYPED})]
Decimal = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(_is_share),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^(0|[1-9][0-9]{0,29})(\.[0-9]{1,20})?$"}),
]
DecimalOrEmpty = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(_is_decimal_or_empty),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^(-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,20})?)?$"}),
]
Share = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(lambda value: _is_share(value) if value else value),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^((0|[1-9][0-9]{0,29})(\.[0-9]{1,20})?)?$"}),
]
Whole = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(_is_whole),
    WithJsonSchema({"type": ["string", "integer"], "pattern": "^[0-9]{1,6}$"}),
]
YesNo = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(_is_yes_or_no),
    WithJsonSchema({"anyOf": [{"enum": ["yes", "no"]}, {"type": "boolean"}]}),
]
Texts = Annotated[
    dict[str, Scalar],
    BeforeValidator(_is_texts),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {tag: {"type": _TYPED} for tag in ("en-HK", "zh-Hant-HK", "zh-Hans-CN")},
            "additionalProperties": {"type": _TYPED},
        }
    ),
]
Scalars = Annotated[list[Scalar], BeforeValidator(_is_list)]
Extra = Annotated[dict[str, Any], BeforeValidator(_is_mapping)]
QuestionType = Annotated[
    str,
    BeforeValidator(_is_text),
    AfterValidator(_is_question_type),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": sorted(QUESTION_TYPES - LIST_TYPES)},
                {"type": "string", "pattern": r"^(select_(one|multiple)|rank) +[^\s$]\S*$"},
                {"type": "string", "pattern": rf"^select_one +\$\{{{NAME}\}}$"},
            ]
        }
    ),
]


_ANSWERS = {"type": "object", "additionalProperties": {"type": [*_TYPED, "array"]}}
_EXPECTED = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": [*_TYPED, "array"]},
            {
                "type": "object",
                "properties": {each: {"type": [*_TYPED, "array"]} for each in EXPECTED},
                "additionalProperties": False,
            },
        ]
    },
}
_STEP = {"answer": _ANSWERS, "add": {"type": [*_TYPED, "array"]}, "remove": {"type": [*_TYPED, "array"]}}
Tests = Annotated[
    list[Any],
    BeforeValidator(_is_list),
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **{key: {"type": _TYPED} for key in ("name", "today", "language")},
                    "given": _ANSWERS,
                    "answer": _ANSWERS,
                    "expect": _EXPECTED,
                    "steps": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {**_STEP, "expect": _EXPECTED},
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
        }
    ),
]
"""Cases, which are no part of the form: ``form.cases`` reads them."""


class Row(BaseModel):
    """A mapping with known columns only."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChoiceRow(Row):
    """One answer of a list."""

    name: ChoiceName
    label: Texts
    extra: Extra = {}


class FindingRow(Row):
    """Finding that an answer calls for."""

    grade: Scalar
    text: Texts


class BenchmarkRow(Row):
    """Values a number is scored against."""

    better: Literal["lower", "higher"]
    baseline: DecimalOrEmpty = ""
    leading: DecimalOrEmpty = ""
    points: Decimal = "1"
    source: Scalar = ""


class ActionRow(Row):
    """A value that something sets."""

    on: Literal["load", "row", "change"]
    value: Scalar = ""
    of: Scalar = ""


class InstanceRow(Row):
    """A list that expressions reach with ``instance('name')``."""

    source: Scalar = ""
    columns: Scalars = []
    rows: list[Scalars] = []
    document: Scalar = ""


class QuestionRow(Row):
    """One question."""

    type: QuestionType
    name: Name
    label: Texts = {}
    number: Scalar = ""
    hint: Texts = {}
    guidance: Texts = {}
    choice_filter: Scalar = ""
    relevant: Scalar = ""
    required: Scalar = ""
    required_message: Texts = {}
    constraint: Scalar = ""
    constraint_message: Texts = {}
    warning: Scalar = ""
    warning_message: Texts = {}
    calculation: Scalar = ""
    read_only: Scalar = ""
    default: Scalar = ""
    trigger: Scalar = ""
    appearance: Scalar = ""
    parameters: Scalar = ""
    place: Scalar = ""
    asked: Literal["core", "full", "at_hand"] = "core"
    weight: Decimal = "1"
    points: Annotated[dict[str, Decimal], BeforeValidator(_is_mapping)] = {}
    veto: Scalars = []
    limiting: Scalars = []
    benchmark: Annotated[BenchmarkRow, BeforeValidator(_is_mapping)] | None = None
    evidence: Annotated[dict[str, Scalars], BeforeValidator(_is_mapping)] = {}
    insist: YesNo = "no"
    reason: Scalars = []
    finding: Annotated[
        dict[str, Annotated[FindingRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_mapping)
    ] = {}
    not_applicable: YesNo = "yes"
    clause: Scalar = ""
    source: Scalar = ""
    status: Scalar = ""
    units: Scalars = []
    decimals: Whole = ""
    role: Scalar = ""
    reviewed_by: Annotated[dict[str, Scalar], BeforeValidator(_is_mapping)] = {}
    called: Scalar = ""
    itemset: Scalar = ""
    data_type: Scalar = ""
    actions: Annotated[list[Annotated[ActionRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)] = []
    extra: Extra = {}


class GroupRow(Row):
    """Questions under one heading."""

    type: Literal["group"]
    name: Name
    label: Texts = {}
    children: "Survey"
    hint: Texts = {}
    relevant: Scalar = ""
    read_only: Scalar = ""
    weight: Share = "1"
    called: Scalar = ""
    appearance: Scalar = ""
    extra: Extra = {}


class RepeatRow(Row):
    """Questions asked once per row."""

    type: Literal["repeat"]
    name: Name
    label: Texts = {}
    children: "Survey"
    number: Scalar = ""
    hint: Texts = {}
    guidance: Texts = {}
    relevant: Scalar = ""
    read_only: Scalar = ""
    repeat_count: Scalar = ""
    row_label: Scalar = ""
    row_letter: Annotated[str, BeforeValidator(_is_text), Field(pattern="^[A-Z]?$")] = ""
    key: Scalars = []
    at_least: Whole = "0"
    place: Scalar = ""
    asked: Literal["core", "full", "at_hand"] = "core"
    role: Scalar = ""
    called: Scalar = ""
    appearance: Scalar = ""
    first_rows: Annotated[list[dict[str, Scalar]], BeforeValidator(_is_list)] = []
    extra: Extra = {}


def _row_kind(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", "")
    return kind if kind in ("group", "repeat") else "question"


SurveyRow = Annotated[
    Annotated[GroupRow, Tag("group")]
    | Annotated[RepeatRow, Tag("repeat")]
    | Annotated[QuestionRow, BeforeValidator(_is_mapping), Tag("question")],
    Discriminator(_row_kind),
]
Survey = Annotated[list[SurveyRow], BeforeValidator(_is_list)]


class ScoringRow(Row):
    """How a form scores."""

    profile: Literal["none", "gate", "points"] = "none"
    not_applicable: Literal["renormalise", "rescale_thresholds"] = "renormalise"
    source: Scalar = ""
    status: Scalar = ""


class FormSettings(Row):
    """What a form says about itself."""

    form_id: Name
    version: Scalar
    title: Texts
    number: Scalar = ""
    kind: Literal["checklist", "header", "findings"] = "checklist"
    languages: Scalars = ["en-HK", "zh-Hant-HK", "zh-Hans-CN"]
    scoring: Annotated[ScoringRow, BeforeValidator(_is_mapping)] = ScoringRow()
    source: Scalar = ""
    root: Scalar = "data"
    instance_name: Scalar = ""
    extra: Extra = {}


class FormFile(Row):
    """A form: one checklist of assessor_tui."""

    settings: Annotated[FormSettings, BeforeValidator(_is_mapping)]
    choices: Annotated[
        dict[str, Annotated[list[Annotated[ChoiceRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)]],
        BeforeValidator(_is_mapping),
    ] = {}
    instances: Annotated[
        dict[str, Annotated[InstanceRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_mapping)
    ] = {}
    survey: Survey
    tests: Tests = []


class SchemeSettings(Row):
    """What a scheme says about itself."""

    scheme_id: Name
    version: Scalar
    title: Texts
    status: Scalar
    header_form: Name
    findings_form: Name
    category_question: Scalar = ""
    size_question: Scalar = ""
    size_number: Scalar = ""
    source: Scalar = ""


class ParameterRow(Row):
    """A number the scheme leaves to the client."""

    label: Texts
    value: DecimalOrEmpty
    status: Scalar = ""
    source: Scalar = ""


class FormUseRow(Row):
    """A form inside a category."""

    form: Name
    weight: Decimal = "0"


class LevelRow(Row):
    """A level of recognition."""

    name: Name
    label: Texts
    at_least: Name
    limiting: YesNo = "yes"


class CategoryRow(Row):
    """What a company can apply for."""

    name: Name
    label: Texts
    forms: Annotated[list[Annotated[FormUseRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)]
    levels: Annotated[list[Annotated[LevelRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)] = []
    asks: Literal["", "core", "full"] = ""


class SizeRow(Row):
    """How long a visit is, and how much is asked on it."""

    name: Name
    label: Texts
    asks: Literal["core", "full"]
    below: Scalar = ""


class PlaceRow(Row):
    """A standard place on a site."""

    name: Name
    label: Texts


class CrossCheckRow(Row):
    """Two numbers of different forms that should agree."""

    name: Name
    label: Texts
    left: Scalar
    right: Scalar
    tolerance: Name


class SchemeFile(Row):
    """A scheme: categories, the forms each needs, levels, parameters and cross-checks."""

    settings: Annotated[SchemeSettings, BeforeValidator(_is_mapping)]
    parameters: Annotated[
        dict[str, Annotated[ParameterRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_mapping)
    ] = {}
    sizes: Annotated[list[Annotated[SizeRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)] = []
    places: Annotated[list[Annotated[PlaceRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)] = []
    categories: Annotated[list[Annotated[CategoryRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)]
    cross_checks: Annotated[
        list[Annotated[CrossCheckRow, BeforeValidator(_is_mapping)]], BeforeValidator(_is_list)
    ] = []


_COLUMNS = {
    "appearance": "How the question is drawn, as in XLSForm.",
    "asked": "core: on every visit; full: on a visit of a size that asks full; at_hand: never counted as left to do.",
    "asks": "core or full: which questions count as left to do and towards the score.",
    "at_least": "Rows demanded before the form counts as complete; of a level: the parameter with its lowest score.",
    "below": "Parameter below which size_number means this size; the last size has none.",
    "benchmark": "Values a number is scored against; an empty value is not loaded and scoring refuses it.",
    "calculation": "Expression that computes the value.",
    "category_question": "FORM/question whose choices are the categories.",
    "children": "Questions, groups and repeats inside this one.",
    "choice_filter": "Expression that is true for the choices to offer.",
    "clause": "Clause this question comes from.",
    "constraint": "Expression that must be true of the answer, which is written as a full stop.",
    "constraint_message": "What people read when the constraint is not met.",
    "decimals": "Decimals a number is shown with.",
    "default": "Value or expression the answer begins with.",
    "evidence": "Answer (or * for any) to the kinds of evidence of which one is demanded.",
    "extra": "Columns of your own; kept, and not looked at.",
    "finding": "Answer to the finding that it calls for.",
    "guidance": "What to look at, whom to ask, usual trap.",
    "hint": "A short help below the label.",
    "insist": "yes: only a file satisfies the demand for evidence.",
    "key": "Questions that tell a row from its neighbours.",
    "label": "What people read, per language.",
    "limiting": "Answers that fail a limiting indicator; of a level: whether none may fail.",
    "name": "What expressions and answers call it; unique in the form and never changed.",
    "not_applicable": "no: nobody may answer that it does not apply; of scoring: what happens to its points.",
    "number": "Number people speak, such as 3.07; begins with the number of the form.",
    "place": "Where on the site it is asked: office, production, utilities, treatment, stores, gate.",
    "points": "Answer to the points it earns.",
    "read_only": "Expression; when true the answer cannot be changed.",
    "reason": "Answers (or * for any) that demand a note.",
    "relevant": "Expression; when false the question is not asked.",
    "repeat_count": "Expression for the number of rows; without it people add rows.",
    "required": "yes, or an expression that is true when an answer is demanded.",
    "reviewed_by": "Language to the person who checked the wording.",
    "role": "Part it plays in a flow chart or register, such as flow.from.",
    "row_label": "Expression that names a row, seen from inside it.",
    "row_letter": "Letter before the number people speak, such as F for findings.",
    "size_number": "FORM/question: the number that decides the size while nobody has named one.",
    "size_question": "FORM/question whose choices are the sizes.",
    "source": "Where this comes from.",
    "status": "to be confirmed, or draft criteria, until the client has confirmed it.",
    "tolerance": "Parameter with the accepted difference in per cent.",
    "trigger": "Question whose change makes the calculation run.",
    "type": "text, select_one LIST, group ... as in forms/README.md.",
    "units": "Units a quantity may be given in; expressions see it in the first.",
    "veto": "Answers that fail the gate.",
    "warning": "Expression that should be true; otherwise the answer stands only with a written reason.",
    "warning_message": "What people read when the warning is not met.",
    "weight": "Plain number; shares among neighbours.",
}
"""What an editor shows beside a column."""


def json_schema(file: type[FormFile] | type[SchemeFile]) -> dict[str, Any]:
    """JSON Schema 2020-12 of form or scheme files, with a word on each column."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(file).json_schema()}
    for row in (schema, *schema["$defs"].values()):
        for column, about in row.get("properties", {}).items():
            about.pop("title", None)
            if column in _COLUMNS:
                about["description"] = _COLUMNS[column]
    return schema


PUBLISHED: dict[str, type[FormFile] | type[SchemeFile]] = {"form": FormFile, "scheme": SchemeFile}
"""What is published as ``forms/NAME.schema.json``."""


def schema_text(name: str) -> str:
    """The text of ``forms/NAME.schema.json``; ``name`` is a key of ``PUBLISHED``."""
    return json.dumps(json_schema(PUBLISHED[name]), ensure_ascii=False, indent=1) + "\n"


def publish(folder: Path) -> None:
    """Nothing; writes the schemas of form and scheme files into ``folder``."""
    for name in PUBLISHED:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
