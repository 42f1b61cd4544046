"""A form opened for the first time: its first rows, and everything it sets itself."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from assessor_tui.form.model import Group, Node, Question, Repeat
from assessor_tui.ledger.value import Value
from assessor_tui.logic.answers import answer_of
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.views import ANSWERED, Context


class Opened(NamedTuple):
    """What is to be recorded of a form that was opened for the first time."""

    rows: tuple[tuple[str, str], ...]
    """(path of the repeat, id of the row), outer rows first; those counted by the form are not among them."""
    answers: dict[str, Value]
    """Path -> value."""


def open_form(compiled: CompiledForm, context: Context, new_id: Callable[[], str]) -> tuple[Filling, Opened]:
    """A filling of the form opened for the first time, and what of it is to be recorded."""
    filling = Filling(compiled, context)
    rows = []
    for path, row_id, begins in first_rows(compiled.form.children, "", new_id):
        filling.stand(path, row_id, begins)
        rows.append((path, row_id))
    filling.open()
    _, answers = filling.stored()
    given = {path: value for path, (status, value) in answers.items() if status == ANSWERED and value is not None}
    return filling, Opened(tuple(rows), given)


def first_rows(
    children: tuple[Node, ...], above: str, new_id: Callable[[], str], around: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str, dict[str, Value | None]]]:
    """Path of the repeat, id and first values of every row that stands at once, outer rows first."""
    for node in children:
        if isinstance(node, Group):
            yield from first_rows(node.children, above, new_id, around)
        elif isinstance(node, Repeat) and not node.repeat_count:
            path = above + node.name
            questions = {each.name: each for each in _questions(node.children)}
            for begins in node.first_rows if around is None else _inner_rows(node, around):
                row_id = new_id()
                known = {name: text for name, text in begins.items() if name in questions}
                yield path, row_id, {name: answer_of(questions[name], text) for name, text in known.items()}
                yield from first_rows(node.children, f"{path}[{row_id}]/", new_id, begins)


def _inner_rows(repeat: Repeat, begins: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """The rows of a repeat inside a row: those that ``inner[0]/name`` tells of, else those of the repeat."""
    told: dict[int, dict[str, str]] = {}
    for name, text in begins.items():
        head, mark, rest = name.partition("]")
        repeat_name, _, number = head.partition("[")
        if mark and repeat_name == repeat.name and number.isdecimal():
            row = told.setdefault(int(number), {})
            if rest:
                row[rest.removeprefix("/")] = text
    yield from (told[at] for at in sorted(told)) if told else repeat.first_rows


def _questions(children: tuple[Node, ...]) -> Iterator[Question]:
    for node in children:
        if isinstance(node, Group):
            yield from _questions(node.children)
        elif isinstance(node, Question):
            yield node
