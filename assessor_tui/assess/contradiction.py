"""Findings whose grade does not agree with the answer they are about: something to look at, never in the way."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assessor_tui.assess.score import most_points, points_of
from assessor_tui.form.model import GRADES, FindingText
from assessor_tui.ledger.value import Value, names
from assessor_tui.logic.filling import Filling, QuestionState
from assessor_tui.problem import Place, Problem

REPEAT = "findings"
GOOD = "good_practice"
NONCONFORMITIES = frozenset({"veto", "major", "minor"})
_OVER = frozenset({"withdrawn"})


class About(NamedTuple):
    """The question a finding is about."""

    form: str
    path: str


def called_for(now: QuestionState) -> FindingText | None:
    """The finding that the answer calls for, the gravest of several; None for none."""
    if now.status != "answered" or not now.relevant:
        return None
    called = [now.question.finding[name] for name in names(now.value) if name in now.question.finding]
    return min(called, key=lambda each: GRADES.index(each.grade), default=None)


def contradiction(grade: str, now: QuestionState) -> Problem | None:
    """How the grade and the answer do not agree; None when they do, or nothing can be said.

    Codes ``finding.other_grade`` (parameters ``number``, ``called``, ``grade``), ``finding.none_called``,
    ``finding.good_answer`` and ``finding.no_good_practice`` (``number``, ``grade``).
    """
    if not grade or now.status != "answered" or not now.relevant:
        return None
    question = now.question
    said = {"number": question.number or now.path, "grade": grade}
    called = called_for(now)
    if called is not None:
        if called.grade == grade:
            return None
        return Problem("finding.other_grade", Place(), {**said, "called": called.grade})
    earned = points_of(question, now.value) if question.points or question.benchmark is not None else None
    most = most_points(question)
    if grade in NONCONFORMITIES:
        if earned is not None and most and earned == most:
            return Problem("finding.good_answer", Place(), said)
        if question.finding:
            return Problem("finding.none_called", Place(), said)
    if grade == GOOD and earned is not None and most and earned <= 0:
        return Problem("finding.no_good_practice", Place(), said)
    return None


def about_of(fillings: Mapping[str, Filling], about: str) -> About | None:
    """The question that a finding names by ``form/path`` or by its number; None for none."""
    form, _slash, path = about.partition("/")
    if form in fillings and path:
        try:
            fillings[form].state(path)
        except KeyError:
            return None
        return About(form, path)
    if about:
        for name, filling in fillings.items():
            for item in filling.items():
                if item.kind == "question" and getattr(item.node, "number", "") == about:
                    return About(name, item.path)
    return None


def contradictions(findings_form: str, fillings: Mapping[str, Filling]) -> Iterator[Problem]:
    """Every finding whose grade contradicts its answer, in their order; ``place`` is the finding's grade."""
    filling = fillings.get(findings_form)
    if filling is None:
        return
    try:
        rows = filling.rows(REPEAT)
    except KeyError:
        return
    for row in rows:
        path = f"{REPEAT}[{row}]"
        if _OVER.intersection(names(_value(filling, f"{path}/status"))):
            continue
        about, grade = _value(filling, f"{path}/question"), next(iter(names(_value(filling, f"{path}/grade"))), "")
        found = about_of(fillings, about) if isinstance(about, str) else None
        problem = contradiction(grade, fillings[found.form].state(found.path)) if found is not None else None
        if problem is not None:
            yield problem._replace(place=Place(file=findings_form, path=f"{path}/grade"))


def _value(filling: Filling, path: str) -> Value | None:
    try:
        now = filling.state(path)
    except KeyError:
        return None
    return now.value if now.status == "answered" else None
