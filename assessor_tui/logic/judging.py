"""What is wrong with an answer as everything else stands, and what can be chosen."""

from typing import TYPE_CHECKING

from assessor_tui.form.model import SELECT_TYPES, SILENT_TYPES, Choice
from assessor_tui.logic import values
from assessor_tui.logic.answers import misfit
from assessor_tui.logic.compile import Rule
from assessor_tui.logic.nodes import Container, Leaf, Scoped
from assessor_tui.logic.values import Scope, to_boolean
from assessor_tui.logic.views import MISSING
from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.logic.recalculation import Recalculation


def judge(filling: "Recalculation", leaf: Leaf) -> tuple[Problem, ...]:
    """What is wrong with the answer of a question."""
    if not leaf.relevant:
        return ()
    place, question, rules = Place(path=leaf.path), leaf.question, filling.compiled.rules_of.get(leaf.definition, {})
    found: list[Problem] = []
    if "calculation" not in rules:
        if leaf.status == MISSING:
            if leaf.required and question.type not in SILENT_TYPES:
                found.append(Problem("answer.required", place))
            return tuple(found)
        if leaf.stored is None:
            return ()
        if (code := misfit(question, leaf.stored)) is not None:
            return (Problem(code[0], place, code[1]),)
        if question.type in SELECT_TYPES and (gone := _gone(filling, leaf)):
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
    rows, choices = offered(filling, leaf)
    known = {row.row_id for row in rows} if leaf.question.rows_of else {choice.name for choice in choices}
    assert isinstance(leaf.stored, tuple)
    return [str(name)[: 8 if leaf.question.rows_of else None] for name in leaf.stored if name not in known]


def offered(filling: "Recalculation", leaf: Leaf) -> "tuple[list[Scoped], list[Choice]]":
    """The rows, or the choices, that can be chosen now."""
    rules = filling.compiled.rules_of.get(leaf.definition, {})
    keep = rules.get("choice_filter")
    scope = Scope(leaf, leaf, filling)
    if leaf.question.rows_of:
        source = rules.get("rows_of")
        rows: list[Scoped] = source.run(scope) if source is not None else []
        if keep is not None:
            rows = [row for row in rows if _holds(filling, keep, row, leaf)]
        return rows, []
    offered = filling.listed(leaf.question.list_name)
    if keep is None:
        return [], [choice for choice, _ in offered]
    return [], [choice for choice, element in offered if _holds(filling, keep, element, leaf)]


def _holds(filling: "Recalculation", rule: Rule, node: values.Node, leaf: Leaf) -> bool:
    try:
        return to_boolean(rule.run(Scope(node, leaf, filling)))
    except (ArithmeticError, ValueError):
        return False
