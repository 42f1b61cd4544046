"""What merging has broken: a rule of the form that no one broke where he typed.

Two answers can each be right beside what their author knew, and wrong beside each other. Who typed them saw no
warning, so the page of conflicts says it.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from assessor_tui.form.model import Question
from assessor_tui.ledger.entry import Entry, generic_path
from assessor_tui.ledger.state import Head, VisitState
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.filling import Filling
from assessor_tui.problem import Problem

NOT_RULES = frozenset({"answer.required", "answer.warning"})
"""Problems that are no broken rule: what is still missing, and what may stand with a reason."""


class Broken(NamedTuple):
    """An answer that breaks a rule beside what somebody else has answered."""

    form: str
    path: str
    problem: Problem
    beside: tuple[Entry, ...]
    """The answers of other devices that it came to stand beside, newest first, unknown to who wrote it."""


def broken_by_merge(
    form: str, filling: Filling, state: VisitState, filled: Callable[[VisitState], Filling]
) -> Iterator[Broken]:
    """Every answer of the form that breaks a rule now and broke none where anybody typed it.

    ``filled`` fills the same form in with another state of the visit. Work is done only for answers that are wrong.
    """
    if len(state.devices()) < 2:
        return
    views: dict[str, Filling] = {}
    for item in filling.items():
        if item.kind != "question" or not isinstance(item.node, Question):
            continue
        problems = [each for each in filling.state(item.path).problems if each.code not in NOT_RULES]
        standing = state.standing(form, item.path)
        if not problems or standing is None or standing.disputed:
            continue
        own = standing.heads[0]
        others = _unknown_to(state, form, own, _reads(filling.compiled, generic_path(item.path)))
        if not others:
            continue  # whoever wrote it had everything before him: he saw it
        for problem in problems:
            if not any(_saw(views, state, filled, head, item.path, problem) for head in (own, *others[:3])):
                yield Broken(form, item.path, problem, tuple(entry for _, entry in others))
                break


def _reads(compiled: CompiledForm, path: str) -> frozenset[str]:
    """Generic paths of what the rules of a question read, directly or through calculations."""
    start = compiled.places.by_path.get(path)
    waiting, met = [start] if start is not None else [], set()
    while waiting:
        definition = waiting.pop()
        if definition in met:
            continue
        met.add(definition)
        waiting += [use.definition for rule in compiled.rules_of.get(definition, {}).values() for use in rule.uses]
    return frozenset(each.path for each in met)


def _unknown_to(state: VisitState, form: str, own: Head, reads: frozenset[str]) -> list[Head]:
    """What stands at questions that are read, from other devices, and the author of ``own`` had not seen."""
    found = [
        head
        for path in state.answers(form)
        if generic_path(path) in reads and (standing := state.standing(form, path)) is not None
        for head in standing.heads
        if head[1].device != own[1].device and not state.knows(own, head)
    ]
    return sorted(found, key=lambda head: (-head[1].at, head[0]))


def _saw(
    views: dict[str, Filling],
    state: VisitState,
    filled: Callable[[VisitState], Filling],
    head: Head,
    path: str,
    problem: Problem,
) -> bool:
    """True when the rule was broken at ``path`` already where this entry was typed."""
    view = views.get(head[0])
    if view is None:
        view = views[head[0]] = filled(state.as_of(head))
    try:
        return any(each.code == problem.code for each in view.state(path).problems)
    except KeyError:
        return False
