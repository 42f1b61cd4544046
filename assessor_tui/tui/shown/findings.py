"""Findings as the visit has them, and those that answers call for and nobody has written yet."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.form.model import GRADES, Question, Repeat, in_language
from assessor_tui.ledger.value import Value, names
from assessor_tui.tui.shown.rows import own_number, repeat_at, row_around, spoken_number

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

REPEAT = "findings"
DONE = frozenset({"closed", "withdrawn"})
"""States of a finding that need nothing more."""

_BLANK = re.compile(r"\{(where|what|how_much)\}")


class Finding(NamedTuple):
    """One row of the findings form."""

    path: str
    number: str
    """What people speak, such as ``F-KQT3``."""
    grade: str
    """One of ``GRADES``; ``""`` while there is none."""
    about: str
    """``form/path`` of the question it belongs to, or what was typed there."""
    text: str
    where: str
    owner: str
    due: str
    status: str
    device: str
    """Device that wrote it."""


class Ready(NamedTuple):
    """A finding that an answer calls for and nobody has written."""

    form: str
    path: str
    number: str
    grade: str
    text: Mapping[str, str]
    """Language tag -> ready text with its blanks."""


def has_findings(visit: "Visit") -> bool:
    """True when the visit's scheme has a form for findings."""
    form = visit.scheme.findings_form
    return form in visit.forms and repeat_at(visit, form, REPEAT) is not None


def findings_of(visit: "Visit") -> list[Finding]:
    """All findings, in the order in which they were written."""
    if not has_findings(visit):
        return []
    form = visit.scheme.findings_form
    filling = visit.filling(form)
    found = []
    for row in filling.rows(REPEAT):
        path = f"{REPEAT}[{row}]"
        said = {name: _text(visit, form, f"{path}/{name}") for name in ("question", "text", "where", "owner", "due")}
        chosen = {name: (names(_value(visit, form, f"{path}/{name}")) or ("",))[0] for name in ("grade", "status")}
        heads = visit.state.row_heads(form, path)
        found.append(
            Finding(
                path, spoken_number(visit, form, path), chosen["grade"], said["question"], said["text"], said["where"],
                said["owner"], said["due"], chosen["status"], heads[0][1].device if heads else "",
            )
        )  # fmt: skip
    return found


def _value(visit: "Visit", form: str, path: str) -> Value | None:
    try:
        now = visit.filling(form).state(path)
    except KeyError:
        return None
    return now.value if now.status == "answered" else None


def _text(visit: "Visit", form: str, path: str) -> str:
    value = _value(visit, form, path)
    return value if isinstance(value, str) else ""


def question_of(visit: "Visit", about: str) -> tuple[str, str] | None:
    """(form, path) of the question or table that a finding names, by path or by number; None for none."""
    form, _slash, path = about.partition("/")
    if form in visit.forms and path:
        filling = visit.filling(form)
        try:
            filling.state(path)
        except KeyError:
            if repeat_at(visit, form, path) is None:
                return None
        return form, path
    if not about:
        return None
    for each, filling in visit.fillings.items():
        for item in filling.items():
            if getattr(item.node, "number", "") == about and item.kind in ("question", "repeat"):
                return each, item.path
    return None


def about_words(visit: "Visit", about: str) -> str:
    """The number of the question that a finding names, else what was typed."""
    found = question_of(visit, about)
    if found is None:
        return about
    form, path = found
    if path.endswith("]"):
        return spoken_number(visit, form, path)
    return own_number(visit, form, path) or about


def ready_findings(visit: "Visit") -> list[Ready]:
    """Findings that answers call for and nobody has written yet, gravest first."""
    from assessor_tui.tui.shown.question_card import ready_finding

    if not has_findings(visit):
        return []
    written = {finding.about for finding in findings_of(visit)}
    found = []
    for form, filling in visit.fillings.items():
        for item in filling.items():
            if not isinstance(item.node, Question) or not item.node.finding:
                continue
            ready = ready_finding(item.node, filling.state(item.path))
            if ready is None or f"{form}/{item.path}" in written or (item.node.number or "-") in written:
                continue
            # One finding may have been written for the whole row, or for the table.
            row = row_around(item.path)
            if row and {f"{form}/{row}", f"{form}/{row.rpartition('[')[0]}"} & written:
                continue
            found.append(Ready(form, item.path, item.node.number, *ready))
    return sorted(found, key=lambda each: GRADES.index(each.grade))


def contradiction(visit: "Visit", finding: Finding) -> str:
    """How the grade and the answer of its question do not agree, as a sentence; ``""`` when they do."""
    from assessor_tui.assess.contradiction import contradiction as contradicts
    from assessor_tui.i18n.sentences import sentence

    found = question_of(visit, finding.about)
    if found is None or finding.status == "withdrawn":
        return ""
    try:
        problem = contradicts(finding.grade, visit.filling(found[0]).state(found[1]))
    except KeyError:
        return ""
    return sentence(problem) if problem is not None else ""


def blanks(text: Mapping[str, str], tag: str) -> list[str]:
    """Names of the blanks of a ready text in this language, in their order."""
    return list(dict.fromkeys(_BLANK.findall(in_language(text, tag))))


def filled(text: Mapping[str, str], tag: str, values: Mapping[str, str]) -> str:
    """The ready text with its blanks filled in; a line stands for what is empty."""
    return _BLANK.sub(lambda blank: values.get(blank[1], "") or "____", in_language(text, tag))


def findings_repeat(visit: "Visit") -> Repeat:
    """The table of findings."""
    repeat = repeat_at(visit, visit.scheme.findings_form, REPEAT)
    assert repeat is not None
    return repeat
