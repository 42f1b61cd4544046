"""What is wrong with an answer as everything else stands, and what can be chosen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assessor_tui.form.model import LIST_TYPES, SILENT_TYPES, Choice
from assessor_tui.logic.answers import misfit
from assessor_tui.logic.effort import MOST_LOOKS, UNCOUNTED
from assessor_tui.logic.nodes import Container, Leaf
from assessor_tui.logic.values import Scope, to_boolean
from assessor_tui.logic.views import MISSING
from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.logic.recalculation import Recalculation
    from assessor_tui.logic.sources import Source


def judge(filling: "Recalculation", leaf: Leaf) -> tuple[Problem, ...]:
    """What is wrong with the answer of a question."""
    rules = filling.compiled.rules_of.get(leaf.definition, {})
    computed = "calculation" in rules
    if not leaf.relevant or (computed and not ("constraint" in rules or "warning" in rules)):
        return ()
    place, question = Place(path=leaf.path), leaf.question
    found: list[Problem] = []
    if not computed:
        if leaf.status == MISSING:
            if leaf.required and question.type not in SILENT_TYPES:
                found.append(Problem("answer.required", place))
            return tuple(found)
        if leaf.stored is None:
            return ()
        if (code := misfit(question, leaf.stored)) is not None:
            return (Problem(code[0], place, code[1]),)
        if question.type in LIST_TYPES and (gone := _gone(filling, leaf)):
            found.append(Problem("answer.choice_gone", place, {"choice": ", ".join(gone)}))
    if leaf.text:
        for column in ("constraint", "warning"):
            rule = rules.get(column)
            if rule is not None and not to_boolean(filling.result(rule, leaf)):
                found.append(Problem(f"answer.{column}", place))
    return tuple(found)


def judge_rows(container: Container) -> tuple[Problem, ...]:
    """What is wrong with the number of rows."""
    least, count = container.repeat.at_least, len(container.rows)
    if not container.relevant or count >= least:
        return ()
    place = Place(path=container.path)
    return (Problem("answer.rows", place, {"at_least": str(least), "rows": str(count)}),)


def _gone(filling: "Recalculation", leaf: Leaf) -> list[str]:
    """Names chosen that are not offered any more; of a row the head of its id."""
    assert isinstance(leaf.stored, tuple)
    source = filling.compiled.sources.get(leaf.definition)
    scope = Scope(leaf, leaf, filling)
    filling.effort.left = MOST_LOOKS
    gone = [name for name in leaf.stored if source is None or not source.offers(scope, str(name))]
    filling.effort.left = UNCOUNTED
    return [str(name)[: 8 if leaf.question.rows_of else None] for name in gone]


def offered(filling: "Recalculation", leaf: Leaf) -> Sequence[Choice]:
    """What can be chosen now; looked for once, until something that decides about it changes."""
    source = filling.compiled.sources.get(leaf.definition)
    if source is None:
        return ()
    if leaf.question.rows_of:
        return _offered(filling, leaf, source)  # rows are called by whatever their label shows
    known = leaf.offered
    if known is None or known[0] != filling.language:
        known = leaf.offered = filling.language, _offered(filling, leaf, source)
    return known[1]


def _offered(filling: "Recalculation", leaf: Leaf, source: "Source") -> Sequence[Choice]:
    filling.effort.left = MOST_LOOKS
    try:
        return source.offered(Scope(leaf, leaf, filling))
    finally:
        filling.effort.left = UNCOUNTED


def obeys(filling: "Recalculation", leaf: Leaf, text: str) -> bool:
    """True unless the constraint of a question refuses this text, though it may be of no use as an answer."""
    rule = filling.compiled.rules_of.get(leaf.definition, {}).get("constraint")
    if rule is None or not text or not leaf.relevant:
        return True
    before = leaf.value
    leaf.value = text
    leaf.forget()
    try:
        return to_boolean(filling.result(rule, leaf))
    finally:
        leaf.value = before
        leaf.forget()
