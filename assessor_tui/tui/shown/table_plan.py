"""What a pasted or imported table comes to, as lines to read before it is taken."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.i18n import _, ngettext
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.problem import Problem
from assessor_tui.tui.shown.words import quantity_words
from assessor_tui.tui.widgets.text import fit, safe, width_of

if TYPE_CHECKING:
    from assessor_tui.assess.pasted import Cell, Line, Plan
    from assessor_tui.visit import Visit

REFUSED, DOUBT, OTHERS, NOTE, CHANGED, NEW = "problem", "warning", "conflict", "flag", "edit", "answered"
"""Kinds of lines, named as ``glyphs`` names their marks."""


_UNKNOWN = frozenset({"rows.no_heading", "rows.unknown_column", "rows.column_left"})
_NAME = 24
"""Cells for the name of a row: what happens to it matters more."""


class PlanLine(NamedTuple):
    """One line of the preview."""

    kind: str
    where: str
    """The cell as a spreadsheet calls it, ``C7``, or the number of the line."""
    words: str


class Said(NamedTuple):
    """The table in words."""

    summary: str
    lines: tuple[PlanLine, ...]
    refused: int
    doubts: int
    others: int
    """Answers of other people that would change."""
    bare: bool
    """True when numbers are refused only because their unit is not said."""
    takes: bool
    """True when there is anything to take."""
    unknown: bool
    """True when a heading fits no question."""


def plan_words(visit: "Visit", form: str, repeat: str, plan: "Plan", notes: Sequence[Problem], tag: str) -> Said:
    """What is refused and asked about first, then what changes and what is new."""
    labels = _labels(visit, form, repeat, tag)
    own = visit.store.person
    others = [cell for cell in plan.cells("changed") if cell.person and cell.person != own]
    label_of = _column_labels(visit, form, repeat, plan, labels)
    refused = _lines(REFUSED, plan.refused, label_of, labels)
    doubts = _lines(DOUBT, plan.doubts, label_of, labels, lambda problem: _message(visit, form, repeat, problem, tag))
    told = _lines(NOTE, (*notes, *plan.notes), {}, labels)
    rows = list(_rows(visit, form, plan, labels, own, tag))
    return Said(
        _summary(plan, len(plan.refused), len(plan.doubts), len(others)),
        (*refused, *doubts, *told, *rows),
        len(plan.refused),
        len(plan.doubts),
        len(others),
        any(each.code == "typed.unit" for each in plan.refused),
        bool(plan.rows()),
        any(each.code in _UNKNOWN for each in (*plan.problems, *plan.notes)) or plan.wide is not None,
    )


def _column_labels(visit: "Visit", form: str, repeat: str, plan: "Plan", labels: dict[str, str]) -> dict[int, str]:
    """Column, from 1 -> what its cells are about: the question, or the carrier of a table with carriers across."""
    found = {cell.column + 1: labels[cell.question] for cell in plan.cells() if cell.column >= 0}
    if plan.wide is not None:
        from assessor_tui.assess.months import month_table
        from assessor_tui.tui.shown.rows import repeat_at

        node = repeat_at(visit, form, repeat)
        table = month_table(node) if node is not None else None
        if table is not None:
            filling = visit.filling(form)
            found |= {part.column + 1: filling.row_label(f"{table.each}[{part.carrier}]") for part in plan.wide.parts}
    return found


def _message(visit: "Visit", form: str, repeat: str, problem: Problem, tag: str) -> str:
    """What the form says about a constraint or warning that is broken."""
    from assessor_tui.assess.pasted import message_of
    from assessor_tui.tui.shown.rows import repeat_at

    node = repeat_at(visit, form, repeat)
    return message_of(node, problem, tag) if node is not None else ""


def _lines(
    kind: str,
    problems: Sequence[Problem],
    label_of: dict[int, str],
    labels: dict[str, str],
    message: Callable[[Problem], str] = lambda problem: "",
) -> list[PlanLine]:
    """One for each; ``message`` is what the form itself says about it, ``""`` for our own sentence."""
    from assessor_tui.sheets import by_cells

    return [
        PlanLine(kind, where, ": ".join(each for each in (_about(problem, label_of), words) if each))
        for where, problem in by_cells(problems)
        for words in (message(problem) or sentence(_named(problem, labels)),)
    ]


def _about(problem: Problem, label_of: dict[int, str]) -> str:
    """What the cell is about; of a whole column its heading says it."""
    return label_of.get(problem.place.column, "") if problem.place.line else ""


def _summary(plan: "Plan", refused: int, doubts: int, others: int) -> str:
    taken = [line for line in plan.lines if any(cell.state in ("new", "changed") for cell in line.cells)]
    new = sum(not line.row for line in taken)
    filled = len(taken) - new
    same = sum(1 for line in plan.lines if line.row and all(cell.state == "same" for cell in line.cells))
    changes = sum(1 for _ in plan.cells("changed"))
    turned = len(plan.wide.carriers) if plan.wide is not None else 0
    months = len({line.number for line in plan.lines}) if turned else 0
    parts = [
        (turned, turned_words(months, turned)),
        (new, ngettext("{count} new row", "{count} new rows", new)),
        (filled, ngettext("{count} row filled in", "{count} rows filled in", filled)),
        (changes, ngettext("{count} answer changes", "{count} answers change", changes)),
        (others, ngettext("{count} of somebody else", "{count} of somebody else", others)),
        (same, ngettext("{count} row stands already", "{count} rows stand already", same)),
        (refused, ngettext("{count} cannot be taken", "{count} cannot be taken", refused)),
        (doubts, ngettext("{count} thing to look at", "{count} things to look at", doubts)),
    ]
    return _(", ").join(words.format(count=count) for count, words in parts if count) or _("Nothing to take.")


def turned_words(months: int, carriers: int) -> str:
    """How many months of how many carriers a table with carriers across holds."""
    return _("{months} x {carriers}").format(
        months=ngettext("{count} month", "{count} months", months).format(count=months),
        carriers=ngettext("{count} carrier", "{count} carriers", carriers).format(count=carriers),
    )


def _rows(visit: "Visit", form: str, plan: "Plan", labels: dict[str, str], own: str, tag: str) -> Iterator[PlanLine]:
    changed: list[PlanLine] = []
    new: list[PlanLine] = []
    for line in plan.lines:
        cells = [cell for cell in line.cells if cell.state in ("new", "changed")]
        if not cells:
            continue
        words = [_taken(visit, form, line, cell, own, tag) for cell in cells]
        is_new = not line.row
        name = _("new") if is_new else _short(visit.filling(form).row_label(line.row), _NAME)
        theirs = any(cell.person and cell.person != own and cell.state == "changed" for cell in cells)
        kind = OTHERS if theirs else NEW if is_new else CHANGED
        (new if is_new else changed).append(PlanLine(kind, str(line.number), f"{name}: " + "  ".join(words)))
    yield from (*changed, *new)


def _taken(visit: "Visit", form: str, line: "Line", cell: "Cell", own: str, tag: str) -> str:
    said = value_said(visit, form, cell.question, cell.value, tag)
    if cell.respelled and cell.text.strip() not in (said, ""):
        said = f"{cell.text.strip()} = {said}"
    if cell.state == "changed":
        before = value_said(visit, form, cell.question, cell.before, tag) or _("no answer")
        whose = f" ({cell.person})" if cell.person and cell.person != own else ""
        said = f"{before}{whose} > {said}"
    return said


def _short(name: str, cells: int) -> str:
    return fit(name, cells) if width_of(safe(name)) > cells else name


def value_said(visit: "Visit", form: str, name: str, value: Value | None, tag: str) -> str:
    """A value of a question of some row, as people read it."""
    if value is None:
        return ""
    if isinstance(value, Quantity):
        return quantity_words(value, tag)
    if isinstance(value, str):
        return value
    from assessor_tui.form.model import in_language, questions

    filling = visit.filling(form)
    found = next((each for path, each in questions(visit.forms[form]) if path.rpartition("/")[2] == name), None)
    if found is not None and found.rows_of:
        known = {row: filling.row_label(f"{found.rows_of}[{row}]") for row in filling.rows(found.rows_of)}
    else:
        choices = visit.forms[form].choices.get(found.list_name if found is not None else "", ())
        known = {choice.name: in_language(choice.label, tag) for choice in choices}
    return _(", ").join(known.get(str(each), str(each)) for each in value)


def _labels(visit: "Visit", form: str, repeat: str, tag: str) -> dict[str, str]:
    from assessor_tui.form.columns import asked
    from assessor_tui.form.model import in_language
    from assessor_tui.tui.shown.rows import repeat_at

    node = repeat_at(visit, form, repeat)
    return {each.name: in_language(each.label, tag) for each in asked(node.children)} if node is not None else {}


def _named(problem: Problem, labels: dict[str, str]) -> Problem:
    """The problem with the labels of the questions it names instead of names that only the form's author knows."""
    if problem.code not in ("rows.no_column", "rows.no_key", "rows.turned"):
        return problem
    said = _(", ").join(labels.get(name, name) for name in problem.parameters["name"].split(", "))
    return problem._replace(parameters={**problem.parameters, "name": said})
