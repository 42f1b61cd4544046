"""A form as a value: groups, repeats, questions and choices, named as in XLSForm.

Everything here is created by ``form.read`` (from YAML) or ``form.canonical`` (from canonical JSON) and
never changes afterwards. Expressions are kept as their text; ``logic`` compiles them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

LANGUAGES = ("en-HK", "zh-Hant-HK", "zh-Hans-CN")
"""The three languages every shipped form speaks, as BCP 47 tags."""

UNNAMED_LANGUAGE = "und"
"""Tag of a text that an imported form gives without a language."""

Text = Mapping[str, str]
"""What a person reads: language tag -> text."""

NO_TEXT: Text = {}

TEXT_COLUMNS = ("label", "hint", "guidance", "required_message", "constraint_message", "warning_message")
"""Columns that people read; a group or repeat has some of them."""

SELECT_ONE, SELECT_MULTIPLE, RANK = "select_one", "select_multiple", "rank"
NUMBER_TYPES = frozenset({"integer", "decimal", "quantity", "range"})
SELECT_TYPES = frozenset({SELECT_ONE, SELECT_MULTIPLE})
LIST_TYPES = SELECT_TYPES | {RANK}
"""Types whose answers are names out of a list; of a rank all of them, the first one foremost."""
GEO_TYPES = frozenset({"geopoint", "geotrace", "geoshape"})
"""Answers are ODK's texts: ``latitude longitude altitude accuracy``, several divided by ``;``."""
METADATA_TYPES = frozenset(
    {
        "start", "end", "today", "username", "deviceid", "phonenumber", "email", "subscriberid", "simserial", "audit",
        "start-geopoint", "background-geopoint", "background-audio",
    }
)  # fmt: skip
"""Types that the program fills in itself; those that no laptop knows stay blank."""
SILENT_TYPES = frozenset({"note", "calculate", "hidden"}) | METADATA_TYPES
"""Types that are never answered by a person."""
QUESTION_TYPES = (
    NUMBER_TYPES | LIST_TYPES | SILENT_TYPES | GEO_TYPES | {"text", "date", "time", "datetime", "acknowledge", "file"}
)

GRADES = ("veto", "major", "minor", "observation", "good_practice")
"""Grades of a finding, gravest first (after ISO 19011)."""

EVIDENCE_KINDS = ("photo", "document", "original_seen", "interview", "measured", "recomputed")
"""The first two are files, the others are records without a file."""


class Choice(NamedTuple):
    """One answer that can be chosen."""

    name: str
    label: Text
    extra: Mapping[str, Any] = {}
    """Further columns, for choice filters."""


class FindingText(NamedTuple):
    """Finding that an answer calls for, with its ready text."""

    grade: str
    """One of ``GRADES``."""
    text: Text
    """May hold blanks ``{where}``, ``{what}``, ``{how_much}``."""


class Benchmark(NamedTuple):
    """Values a number is scored against. An empty value is not loaded: scoring refuses it."""

    better: str
    """``lower`` or ``higher``."""
    baseline: str = ""
    """Plain decimal in the question's first unit: earns no point at or beyond it."""
    leading: str = ""
    """Plain decimal: earns all points at or beyond it; linear between."""
    points: str = "1"
    source: str = ""


class Action(NamedTuple):
    """A value that something sets, beyond ``default`` and ``trigger``: ``setvalue`` of an ODK XForm."""

    on: str
    """``load`` (the form is opened for the first time), ``row`` (its row is added), ``change`` (of ``of``)."""
    value: str
    """Expression, seen from the question that is set; ``""`` clears it."""
    of: str = ""
    """Paths or ``${names}`` of the questions whose change sets it, divided by spaces."""


class Instance(NamedTuple):
    """A list that expressions reach with ``instance('name')``: a table, or a document where it is none."""

    source: str = ""
    """Name of the file it was read from, such as ``towns.csv``; ``""`` when the form itself holds it."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """Texts by column; each is ``item`` below ``root`` for expressions."""
    document: str = ""
    """XML of a list that is no table."""


class Question(NamedTuple):
    """One question. Expressions are texts, ``""`` when there is none."""

    type: str
    """One of ``QUESTION_TYPES``."""
    name: str
    label: Text = NO_TEXT
    number: str = ""
    """Static number people speak, such as ``3.07``; does not change with relevance."""
    hint: Text = NO_TEXT
    guidance: Text = NO_TEXT
    """What to look at, whom to ask, usual trap."""
    list_name: str = ""
    """Choice list of a select; ``""`` when the choices are rows."""
    rows_of: str = ""
    """Name of the repeat whose rows are the choices of a select."""
    choice_filter: str = ""
    relevant: str = ""
    required: str = ""
    required_message: Text = NO_TEXT
    constraint: str = ""
    constraint_message: Text = NO_TEXT
    warning: str = ""
    """Soft constraint: when false, the answer may stand with a written reason."""
    warning_message: Text = NO_TEXT
    calculation: str = ""
    read_only: str = ""
    default: str = ""
    trigger: str = ""
    appearance: str = ""
    parameters: str = ""
    place: str = ""
    """Where on the site it is asked: office, production, utilities, treatment, stores, gate, or the form's own."""
    asked: str = "core"
    """``core`` (on every visit), ``full`` (on a visit whose size asks full) or ``at_hand`` (never left to do)."""
    weight: str = "1"
    """Plain decimal."""
    points: Mapping[str, str] = {}
    """Choice name -> points (plain decimal). Empty: the question earns no points."""
    veto: tuple[str, ...] = ()
    """Choices that fail the gate."""
    limiting: tuple[str, ...] = ()
    """Choices that fail a limiting indicator."""
    benchmark: Benchmark | None = None
    evidence: Mapping[str, tuple[str, ...]] = {}
    """Choice name (``*`` for any answer) -> kinds of evidence of which one is demanded."""
    insist: bool = False
    """True when a record without a file does not satisfy the demand for evidence."""
    reason: tuple[str, ...] = ()
    """Choices that demand a note (``*`` for any answer)."""
    finding: Mapping[str, FindingText] = {}
    """Choice name -> the finding that this answer calls for."""
    not_applicable: bool = True
    """True when a person may answer "not applicable" (with a reason)."""
    clause: str = ""
    source: str = ""
    status: str = ""
    """``to be confirmed`` when points, weight or thresholds have no source yet."""
    units: tuple[str, ...] = ()
    """Unit symbols a quantity may be given in; expressions see it in the first."""
    decimals: int = -1
    """Decimals a number is shown with; -1: as typed."""
    role: str = ""
    """Part it plays in a flow chart or register, such as ``flow.from``."""
    reviewed_by: Mapping[str, str] = {}
    """Language tag -> who checked the wording."""
    called: str = ""
    """What expressions and other programs call it, where that is no name of its own in this form: the same name in
    two groups, or letters that no path may hold."""
    itemset: str = ""
    """Expression whose nodes are the choices, where that is no list and no rows (``list_name`` is ``itemset`` then);
    ``parameters`` names the columns of ``value`` and ``label``."""
    data_type: str = ""
    """XForm type of a calculated or hidden value where it decides: ``int``, ``decimal``, ``date``, ``dateTime`` ..."""
    actions: tuple[Action, ...] = ()
    extra: Mapping[str, Any] = {}
    """Columns this program does not know, kept."""


class Group(NamedTuple):
    """Questions under one heading, shown as a section."""

    name: str
    label: Text
    children: "tuple[Node, ...]"
    hint: Text = NO_TEXT
    relevant: str = ""
    read_only: str = ""
    weight: str = ""
    """Share among its sibling groups (plain decimal); ``""``: its questions count by their own points."""
    called: str = ""
    appearance: str = ""
    extra: Mapping[str, Any] = {}


class Repeat(NamedTuple):
    """Questions asked once per row."""

    name: str
    label: Text
    children: "tuple[Node, ...]"
    number: str = ""
    hint: Text = NO_TEXT
    guidance: Text = NO_TEXT
    relevant: str = ""
    read_only: str = ""
    repeat_count: str = ""
    """Expression; ``""`` when people add the rows."""
    row_label: str = ""
    """Expression that names a row, seen from inside it."""
    row_letter: str = ""
    """Letter before the number people speak, such as ``F`` for findings."""
    key: tuple[str, ...] = ()
    """Questions that tell a row from its neighbours (natural key)."""
    at_least: int = 0
    """Rows demanded before the form counts as complete."""
    place: str = ""
    asked: str = "core"
    role: str = ""
    called: str = ""
    appearance: str = ""
    first_rows: tuple[Mapping[str, str], ...] = ()
    """Rows that stand when the form is opened, each with the values it begins with by name; in rows inside it
    ``inner[0]/name``. ODK shows the first row of a repeat at once, so imported ones have one."""
    extra: Mapping[str, Any] = {}


Node = Group | Repeat | Question


class Scoring(NamedTuple):
    """How a form scores."""

    profile: str = "none"
    """``none``, ``gate`` (veto answers only) or ``points``."""
    not_applicable: str = "renormalise"
    """``renormalise`` (weights of the rest are scaled up) or ``rescale_thresholds`` (marks come off the full score)."""
    source: str = ""
    status: str = ""


class Form(NamedTuple):
    """One checklist."""

    form_id: str
    version: str
    """What its author calls this version; its identity is the hash of its canonical JSON."""
    title: Text
    children: tuple[Node, ...]
    choices: Mapping[str, tuple[Choice, ...]] = {}
    number: str = ""
    """Prefix of its question numbers."""
    kind: str = "checklist"
    """``checklist``, ``header`` or ``findings``."""
    languages: tuple[str, ...] = LANGUAGES
    scoring: Scoring = Scoring()
    source: str = ""
    root: str = "data"
    """Outermost name of absolute paths: ``/data/group/question``."""
    instance_name: str = ""
    """Expression that names a filling."""
    instances: Mapping[str, Instance] = {}
    """Name of a further list -> what it holds."""
    extra: Mapping[str, Any] = {}


def walk(children: tuple[Node, ...], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node with the names of the repeats it stands in, in document order."""
    for node in children:
        yield path, node
        if isinstance(node, Group):
            yield from walk(node.children, path)
        elif isinstance(node, Repeat):
            yield from walk(node.children, (*path, node.name))


def questions(form: Form) -> Iterator[tuple[str, Question]]:
    """Every question with its generic path: repeat and question names without groups, ``outlets/nmhc``."""
    for path, node in walk(form.children):
        if isinstance(node, Question):
            yield "/".join((*path, node.name)), node


def named_by(repeat: Repeat) -> str:
    """Name of the question whose answer names a row where no ``row_label`` does: the first text of a row; else ``""``.

    XLSForm has no column for it, and nobody tells rows apart by numbers alone.
    """
    if repeat.row_label:
        return ""
    nodes = [*reversed(repeat.children)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Group):
            nodes += reversed(node.children)
        elif isinstance(node, Question) and node.type == "text" and node.label:
            return node.name
    return ""


def in_language(text: Text, language: str) -> str:
    """The text in ``language``, else in the nearest language that it has; ``""`` for no text.

    Nearest to ``zh-Hant-HK`` are ``zh-Hant``, ``zh``, another ``zh-Hant-...``, another ``zh-...``; then a text without
    a language, the first of ``LANGUAGES`` that there is, any.
    """
    if language in text:
        return text[language]
    wanted = language.split("-")
    for length in range(len(wanted) - 1, 0, -1):
        if (shorter := "-".join(wanted[:length])) in text:
            return text[shorter]
    for length in range(len(wanted) - 1, 0, -1):
        for tag in text:
            if tag.split("-")[:length] == wanted[:length] and wanted[0] != "x":
                return text[tag]
    for fallback in (UNNAMED_LANGUAGE, *LANGUAGES):
        if fallback in text:
            return text[fallback]
    return next(iter(text.values()), "")
