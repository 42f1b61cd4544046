"""The shape of ``assessment.json``: pydantic models, published as ``docs/assessment.schema.json``.

Parts that are empty are left out of the data, so most have a default here. The copy for the site has the same shape
without what only reviewers read.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[dict[str, str], Field(description="Language tag (BCP 47) to text.")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hexadecimal.")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$", description="Hong Kong time.")]
Exact = Annotated[str, Field(pattern=r"^-?\d+(/[1-9]\d*)?$", description="Whole number or fraction, exactly.")]
Decimal = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="Rounded to six decimals, to read.")]
Status = Literal["answered", "missing", "not applicable", "to come"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(_Part):
    """A number, exactly and to read."""

    exact: Exact
    decimal: Decimal


class Interval(_Part):
    """From the least to the most that is still possible."""

    least: Number
    most: Number


class Said(_Part):
    """Who said it, when, on which laptop."""

    by: str
    at: Time
    device: Annotated[str, Field(description="Three letters of the laptop.")]


class QuantityValue(_Part):
    """A number with its unit."""

    n: str
    u: str = ""


class EvidenceValue(_Part):
    """A reference to evidence."""

    kind: str
    sha256: str = ""
    name: str = ""
    type: str = ""
    size: str = ""
    taken: str = ""
    camera: str = ""
    original: str = ""
    caption: str = ""
    number: str = ""
    issuer: str = ""
    date: str = ""
    page: str = ""
    kept: str = ""
    post: str = ""


Value = str | list[str] | QuantityValue | EvidenceValue


class Noted(_Part):
    """A note or a comment."""

    text: str = ""
    why: str = ""
    said: Said


class EvidenceItem(EvidenceValue):
    """A piece of evidence and who added it."""

    why: str = ""
    said: Said


class Jot(EvidenceItem):
    """A note or a piece of evidence not tied to a question."""

    kind: str = ""
    text: str = ""


class Points(Interval):
    """Weighted points of a question."""

    of: Number
    taken_off: Number | None = None
    weight: Number
    state: str = ""


class GateState(_Part):
    """What the answer means for a gate."""

    kind: Literal["veto", "limiting"]
    state: Literal["pass", "fail", "open"]


class Item(_Part):
    """One line of the walk through a form: a group, a repeat, a row or a question."""

    kind: Literal["group", "repeat", "row", "question"]
    path: Annotated[str, Field(description="Row and question names; empty for a group without a name.")] = ""
    depth: int
    number: str = ""
    label: Text
    type: str = ""
    status: Status | None = None
    value: Value | None = None
    text: Annotated[dict[str, str], Field(description="The answer as people read it, by language.")] = {}
    why: str = ""
    said: Said | None = None
    disputed: bool = False
    required: bool = False
    left_out: Annotated[bool, Field(description="No answer, and not asked on a visit of this size.")] = False
    internal: bool = False
    place: str = ""
    asked: str = ""
    clause: str = ""
    source: str = ""
    criteria: str = ""
    points: Points | None = None
    gate: list[GateState] = []
    notes: list[Noted] = []
    comments: list[Noted] = []
    evidence: list[EvidenceItem] = []
    problems: list[str] = []
    demands: list[str] = []


class FormPart(_Part):
    """One form with everything that was asked."""

    form: str
    version: str
    hash: Digest
    number: str = ""
    kind: str
    title: Text
    weight: str = ""
    status: str = ""
    counts: dict[str, int] = {}
    items: list[Item]


class Answer(_Part):
    """An answer by the name of its question."""

    value: Value | None = None
    text: dict[str, str] = {}
    status: Status
    why: str = ""
    disputed: bool = False


class Row(_Part):
    """A row with its answers by name."""

    path: str
    number: str
    label: Text
    answers: dict[str, Answer]
    evidence: list[EvidenceItem]


class Table(_Part):
    """Answers and rows of the header or the findings form by name."""

    form: str
    answers: dict[str, Answer]
    rows: dict[str, list[Row]]


class VisitSize(_Part):
    """How long the visit is, and which questions it asks and scores."""

    name: str
    label: Text
    asks: Literal["core", "full"]


class Opened(_Part):
    """The visit."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    kind: str
    date: str
    opened: Said
    size: VisitSize | None = None


class Parameter(_Part):
    """A number that the scheme leaves to the client."""

    name: str
    label: Text
    value: str = ""
    status: str = ""
    source: str = ""


class Scheme(_Part):
    """The scheme the visit was opened under."""

    scheme: str
    version: str
    hash: Digest
    title: Text
    status: Annotated[str, Field(description="`draft criteria` until the client confirms them.")]
    parameters: list[Parameter] = []


class Level(_Part):
    """A level of the category, highest first."""

    name: str
    label: Text
    parameter: str
    at_least: str = ""
    limiting: bool = False


class Category(_Part):
    """What the company applies for."""

    name: str
    label: Text
    stated: Annotated[bool, Field(description="False while the header does not say; then the scheme's first.")]
    levels: list[Level] = []


class Limit(_Part):
    """How far the score is from a level: above zero is missing, zero or less is reached."""

    level: str
    at_least: Number
    from_least: Number
    from_most: Number


class Gate(_Part):
    """A question that can veto or limit whatever the points say."""

    form: str
    path: str
    number: str = ""
    label: Text
    kind: Literal["veto", "limiting"]
    state: Literal["pass", "fail", "open"]


class ScorePart(Interval):
    """A number of the score with what it is made of. ``share`` is 0 to 1."""

    kind: str
    form: str = ""
    path: str = ""
    label: Text
    weight: Number
    of: Number
    share: Interval
    coverage: Number
    taken_off: Number | None = None
    parts: "list[ScorePart]" = []


class Score(Interval):
    """The score out of 100, as an interval."""

    of: Number
    coverage: Annotated[Number, Field(description="Share of the score that rests on answers, 0 to 1.")]
    status: str
    levels: Annotated[list[str], Field(description="Levels still possible, highest first; empty text for none.")]
    undecided: list[str]
    limits: list[Limit]
    gates: list[Gate]
    parts: list[ScorePart]


class FlowNode(_Part):
    """Where flows begin or end."""

    row: str
    label: Text
    kind: str = ""
    into: Number
    out: Number


class Flow(_Part):
    """One flow, in the chart's unit."""

    path: str
    start: str = ""
    end: str = ""
    amount: Number | None = None
    label: Text


class FlowChart(_Part):
    """All flows of one kind with their balance: input + returned = used + lost + unexplained."""

    kind: str
    form: str
    unit: str
    nodes: list[FlowNode]
    flows: list[Flow]
    input: Number
    returned: Number
    used: Number
    lost: Number
    unexplained: Number


class CrossCheck(_Part):
    """Two numbers of two forms that should agree; difference and tolerance in per cent."""

    name: str
    label: Text
    left_path: str
    right_path: str
    unit: str
    state: Literal["agree", "differ", "unknown"]
    parameter: str
    left: Number | None = None
    right: Number | None = None
    difference: Number | None = None
    tolerance: Number | None = None


class Listed(_Part):
    """A question that is not applicable, or whose answer is to come."""

    form: str
    path: str
    number: str = ""
    label: Text
    value: Value | None = None
    text: dict[str, str] = {}
    why: str = ""
    said: Said | None = None


class Side(_Part):
    """One side of a conflict."""

    act: str
    status: Status
    why: str = ""
    value: Value | None = None
    text: dict[str, str] = {}
    said: Said


class OpenConflict(_Part):
    """Something only a person can decide."""

    form: str
    path: str
    number: str
    label: Text
    kind: str
    sides: list[Side]


class SettledConflict(_Part):
    """A conflict that was settled, with both sides."""

    form: str
    path: str
    number: str = ""
    label: Text
    why: str
    said: Said
    settled_as: Side
    sides: list[Side] = []
    stands: bool


class Conflicts(_Part):
    """Open and settled."""

    open: list[OpenConflict]
    settled: list[SettledConflict]


class Overruled(_Part):
    """An entry that replaced what another person had said."""

    form: str
    path: str
    act: str
    why: str = ""
    said: Said


class Log(_Part):
    """The entries of one laptop, signatures left out."""

    device: str
    letters: str
    people: list[str]
    entries: int
    first: Time
    latest: Time
    last: Annotated[str, Field(description="Hash of its last entry.")]


class History(_Part):
    """What the assessment was computed from."""

    entries: int
    acts: dict[str, int] = {}
    people: dict[str, int] = {}
    logs: list[Log]


class SignedOver(_Part):
    """Entries of one laptop that had not arrived when the visit was signed, knowingly."""

    device: str
    missing: list[str]
    """Numbers, or first and last of several: ``4-6``."""


class SignatureAct(_Part):
    """A signing or reopening."""

    act: Literal["sign", "reopen"]
    why: str = ""
    digest: Digest | None = None
    over: list[SignedOver] = []
    said: Said


class Signature(_Part):
    """The signature that stands; the digest leaves this part out."""

    signed: bool
    disputed: bool = False
    said: Said | None = None
    why: str = ""
    """Why it was given although entries had not arrived."""
    digest: Digest | None = None
    over: list[SignedOver] = []
    acts: list[SignatureAct]


class Assessment(_Part):
    """The canonical assessment of a visit."""

    schema_version: Annotated[str, Field(pattern=r"^1\.\d+\.\d+$")]
    audience: Literal["review", "site"]
    time_zone: Literal["Asia/Hong_Kong"]
    visit: Opened
    scheme: Scheme
    category: Category
    forms: list[FormPart]
    header: Table
    findings: Table
    score: Score | None = None
    flows: list[FlowChart]
    cross_checks: list[CrossCheck]
    not_applicable: list[Listed]
    to_come: list[Listed]
    conflicts: Conflicts | None = None
    changed_by_someone_else: list[Overruled] | None = None
    jots: list[Jot] | None = None
    history: History
    signature: Signature | None = None


def schema_text() -> str:
    """The text of ``docs/assessment.schema.json``, JSON Schema 2020-12."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Assessment.model_json_schema(),
    }
    for row in (schema, *schema["$defs"].values()):
        for about in row.get("properties", {}).values():
            about.pop("title", None)
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")
