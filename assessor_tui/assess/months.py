"""Tables with one row per month: which months they should have, and which are not there yet."""

from collections.abc import Iterator
from typing import NamedTuple

from assessor_tui.form.columns import asked
from assessor_tui.form.model import SELECT_ONE, Repeat, walk
from assessor_tui.ledger.draft import RowDraft
from assessor_tui.ledger.months import is_month, months_between
from assessor_tui.ledger.value import Value, names
from assessor_tui.logic.filling import Filling
from assessor_tui.units import units


class MonthTable(NamedTuple):
    """What ``extra: {months: {from, to, month, each, as}}`` of a repeat says: names of questions."""

    first: str
    """Question with the first day of the period."""
    last: str
    month: str
    """Question of the table that takes the month."""
    each: str = ""
    """Repeat of which every row has its own months; ``""`` for one run of months."""
    of: str = ""
    """Question of the table that names the row of ``each``."""


def month_table(repeat: Repeat) -> MonthTable | None:
    """What the form says about the months of this table; None when it is none of months."""
    said = repeat.extra.get("months")
    if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in ("from", "to", "month")):
        return None
    return MonthTable(said["from"], said["to"], said["month"], str(said.get("each", "")), str(said.get("as", "")))


def period(filling: Filling, table: MonthTable) -> tuple[str, str]:
    """(first, last) day of the period, ISO; ``""`` for what is not answered."""
    first, last = (_text(filling, path) for path in (table.first, table.last))
    return first, last


def unit_question(filling: Filling, each: str) -> str:
    """Name of the question of the repeat ``each`` whose choices are units, such as the unit of the bill."""
    form = filling.compiled.form
    for _, node in walk(form.children):
        if isinstance(node, Repeat) and node.name == each:
            for question in asked(node.children):
                choices = form.choices.get(question.list_name, ())
                if question.type == SELECT_ONE and choices and all(each.name in units() for each in choices):
                    return question.name
    return ""


def missing_rows(filling: Filling, repeat: Repeat, repeat_path: str) -> list[RowDraft]:
    """A row for every month of the period (of every row of ``each``) that the table does not have yet.

    A bill that does not run by calendar months stands for the month in which it ends. Empty when the period is not
    answered, or the form says nothing about months.
    """
    table = month_table(repeat)
    if table is None:
        return []
    months = months_between(*period(filling, table))
    there = set(_there(filling, table, repeat_path))
    return [
        RowDraft("", {**({table.of: (each,)} if each else {}), table.month: month})
        for each in _each(filling, table)
        for month in months
        if (each, month) not in there
    ]


def _each(filling: Filling, table: MonthTable) -> tuple[str, ...]:
    if not table.each:
        return ("",)
    try:
        return filling.rows(table.each)
    except KeyError:
        return ()


def _there(filling: Filling, table: MonthTable, repeat_path: str) -> Iterator[tuple[str, str]]:
    for row in filling.rows(repeat_path):
        path = f"{repeat_path}[{row}]"
        text = _text(filling, f"{path}/{table.month}")
        of = names(_value(filling, f"{path}/{table.of}")) if table.each else ("",)
        if text and of:
            yield of[0], text if is_month(text) else text[-10:-3]


def _text(filling: Filling, path: str) -> str:
    value = _value(filling, path)
    return value if isinstance(value, str) else ""


def _value(filling: Filling, path: str) -> Value | None:
    try:
        return filling.state(path).value
    except KeyError:
        return None
