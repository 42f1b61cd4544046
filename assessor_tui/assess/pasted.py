"""Somebody's table as answers: which row each line fills, what each cell says, and what cannot be taken.

Nothing is recorded here. A plan names every cell that is refused; whoever shows it decides whether the rest is taken.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from assessor_tui.assess.months import month_table, period, unit_question
from assessor_tui.assess.score import number_of
from assessor_tui.assess.unlike import doubt, sizes, unlike, unlike_before
from assessor_tui.assess.wide import Wide, is_total, wide_table
from assessor_tui.form.columns import Columns, asked, folded, heading_row, in_order, match
from assessor_tui.form.model import (
    LANGUAGES,
    NUMBER_TYPES,
    SELECT_ONE,
    SELECT_TYPES,
    Question,
    Repeat,
    Text,
    in_language,
)
from assessor_tui.form.script import language_of
from assessor_tui.ledger.draft import RowDraft
from assessor_tui.ledger.entry import clean
from assessor_tui.ledger.months import is_month, month_of
from assessor_tui.ledger.state import Standing, agree
from assessor_tui.ledger.typed import MONTH, is_respelled, plain, read_choice, read_typed, unit_of
from assessor_tui.ledger.typed import number_of as decimal_of
from assessor_tui.ledger.value import MAX_TEXT, Evidence, Quantity, Value, names
from assessor_tui.logic.filling import ANSWERED, Filling
from assessor_tui.logic.trying import tried as rows_tried
from assessor_tui.problem import Place, Problem
from assessor_tui.units import exactly
from assessor_tui.units import units as known_units

ACKNOWLEDGED = "OK"
NEW, SAME, CHANGED, REFUSED = "new", "same", "changed", "refused"

_NOTHING = frozenset({"-", "--", "–", "—", "/", "\\", "n/a", "na", "nil", "无", "無"})
"""What people write into a cell for nothing, where no text is asked for."""
_YES = frozenset({"yes", "y", "true", "1", "x", "ok", "是", "有", "对", "對", "√", "✓", "✔", "☑", "✅"})
_NO = frozenset({"no", "n", "false", "0", "否", "无", "無", "没有", "沒有", "不是", "×", "✗", "✘", "✕", "✖", "❌", "☐"})
_BETWEEN = re.compile(r"[,;，、；/\n]")
_NUMBER = re.compile("[0-9０-９]")
_BRACKETS = re.compile(r"[(（].*[)）]")
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?\Z")


class Cell(NamedTuple):
    """One cell that holds something."""

    column: int
    """From 0."""
    question: str
    """Name of the question that it answers."""
    text: str
    """As it stands in the table."""
    state: str
    """``new``, ``same``, ``changed`` or ``refused``."""
    value: Value | None = None
    problem: Problem | None = None
    """Why it is refused."""
    before: Value | None = None
    """The answer that it changes."""
    person: str = ""
    """Who gave that answer."""
    respelled: bool = False
    """True when a number, date or month will be kept in another spelling than it has in the table."""
    doubt: Problem | None = None
    """What to look at before it is saved: a number far from the others, a constraint or warning that it breaks."""


class Line(NamedTuple):
    """One line of the table."""

    number: int
    """In the table, from 1."""
    row: str
    """Path of the row that it fills; ``""`` for a new one."""
    cells: tuple[Cell, ...]


class Plan(NamedTuple):
    """What a table comes to."""

    columns: Columns
    heading: int
    """Index of the line with the headings; -1 without them."""
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    """About columns and whole lines: nothing of these is taken."""
    notes: tuple[Problem, ...] = ()
    """What people should know; nothing is left out for it."""
    looks: tuple[Problem, ...] = ()
    """What to look at before anything is saved, about whole columns and lines."""
    wide: Wide | None = None
    """How the table was turned round, when it has carriers across."""

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Everything that cannot be taken: whole lines first, then cells."""
        return self.problems + tuple(cell.problem for cell in self.cells() if cell.problem is not None)

    @property
    def doubts(self) -> tuple[Problem, ...]:
        """What to look at before it is saved."""
        return self.looks + tuple(cell.doubt for cell in self.cells() if cell.doubt is not None)

    def about(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Those of the sheet's problems that matter below the headings and are not among ``refused``."""
        lines = {line.number for line in self.lines}
        return tuple(
            each
            for each in problems
            if each not in self.refused
            and (each.place.line > self.heading + 1 or not each.place.line)
            and (
                not each.place.line or not each.place.column or each.code == "sheet.merged" or each.place.line in lines
            )
        )

    def cells(self, *states: str) -> Iterator[Cell]:
        """All cells, or those in one of these states."""
        return (cell for line in self.lines for cell in line.cells if not states or cell.state in states)

    def rows(self) -> tuple[RowDraft, ...]:
        """What is to be recorded: the cells that are new or change something; refused ones are left out."""
        found = []
        for line in self.lines:
            answers = {
                cell.question: cell.value
                for cell in line.cells
                if cell.state in (NEW, CHANGED) and cell.value is not None
            }
            if answers:
                found.append(RowDraft(line.row, answers))
        return tuple(found)


class Aim(NamedTuple):
    """Where a table without headings goes: its first cell into this question, one line per row from there on."""

    rows: tuple[str, ...]
    """Paths of rows, in the order in which they are seen."""
    question: str


class _Block(NamedTuple):
    """What is read from a line at once: all of it, or the columns about one carrier."""

    columns: Columns
    fixed: Mapping[str, Value]
    read_as: Mapping[int, str] = {}
    """Column -> unit in which its numbers are read, though the bill has another."""


class _Draft(NamedTuple):
    """A line that fills a row."""

    number: int
    row: Sequence[str]
    columns: Columns
    target: str
    cells: list[Cell]
    answers: dict[str, Value]


class _Reading(NamedTuple):
    """What reading one cell needs."""

    filling: Filling
    today: str
    first: str
    last: str
    offered: dict[str, list[tuple[str, Text]]]
    first_unit: bool
    meant: Mapping[tuple[str, str], str]
    units: Callable[[Mapping[str, Value]], str]
    """Unit of the bare numbers of a line, by its other answers; ``""`` when nothing says it."""


def plan_rows(
    filling: Filling,
    repeat: Repeat,
    repeat_path: str,
    table: Sequence[Sequence[str]],
    standing: Callable[[str], Standing | None],
    *,
    today: str = "",
    given: Mapping[str, Value] | None = None,
    aim: Aim | None = None,
    damaged: Sequence[Problem] = (),
    first_unit: bool = False,
    meant: Mapping[tuple[str, str], str] | None = None,
    headings: Mapping[str, str] | None = None,
) -> Plan:
    """What the lines of ``table`` come to as rows of the repeat at ``repeat_path``.

    Args:
        filling: the form.
        repeat: the table's definition.
        repeat_path: where it stands.
        table: cells as people see them.
        standing: what stands as the answer at a path (``VisitState.standing`` of the form).
        today: the visit's date, which completes dates.
        given: answers of every line, for questions without a column.
        aim: where a table without headings goes; None: a line fills the row of its key, or adds one.
        damaged: problems of single cells (``place`` counts from 1): their cells are refused.
        first_unit: True when a number without a unit is in the first of its question's units; else it is refused.
        meant: (question, text of a cell) -> the choice that somebody said it means.
        headings: heading -> the question that somebody said it means.

    Codes of problems: those of ``read_typed``, ``typed.choice``, ``typed.month``, ``rows.*``, ``visit.disputed``,
    ``visit.too_long``; ``place.line`` and ``.column`` count from 1.
    """
    questions = list(asked(repeat.children))
    by_name = {question.name: question for question in questions}
    fixed = dict(given or {})
    wide = wide_table(filling, repeat, table, fixed, headings or {})
    heading = heading_row(questions, table) if wide is None else wide.heading
    reading = _reading(filling, repeat, today, first_unit, meant or {})
    width = max((len(row) for row in table), default=0)
    wanted = [name for name in repeat.key if name in by_name and name not in fixed]
    body = [(number, row) for number, row in enumerate(table, 1) if number > heading + 1 and any(map(str.strip, row))]
    other = _other_headings(table) if heading < 0 and aim is None else None
    if other is not None and any(headings and headings.get(cell) for cell in table[other]):
        heading = other
        body = [(number, row) for number, row in body if number > heading + 1]
    elif other is not None:
        nothing = Columns(("",) * width, ("",) * width, (), (), ())
        return Plan(nothing, -1, (), (Problem("rows.no_heading", Place(line=other + 1)),))
    if wide is not None:
        columns = _turned_columns(wide, repeat, width)
        aim = None
    elif heading >= 0:
        columns = match(questions, table[heading], wanted, headings)
        aim = None
    else:
        columns = _without_headings(reading, questions, fixed, body, width, wanted, aim)
    looks: list[Problem] = []
    if wide is None:
        problems, notes = _about_columns(columns, table[heading] if heading >= 0 else (), by_name)
        blocks = [_Block(columns, fixed)]
    else:
        problems = list(_open_columns(filling, repeat, wide))
        notes = [*_turned_notes(filling, repeat, wide), *_left_notes(filling, wide, columns, repeat)]
        looks += _units_to_look_at(filling, repeat, wide)
        blocks = list(_blocks(wide, columns, fixed, repeat))
    broken = {(each.place.line, each.place.column): each for each in damaged}
    drafts: list[_Draft] = []
    lines: list[Line] = []
    keys = _Keys(filling, repeat, repeat_path)
    sums = _Sums(reading, by_name)
    for at, (number, row) in enumerate(body):
        if is_total(row):
            notes.append(Problem("rows.total", Place(line=number), {"line": str(number)}))
            looks += sums.differing(number, row, broken)
            continue
        for block in blocks:
            cells, answers = _read_line(reading, by_name, block, number, row, broken)
            if not cells or (wide is not None and not any(cell.column != wide.month for cell in cells)):
                continue
            if aim is not None:
                target = aim.rows[at] if at < len(aim.rows) else ""
                trouble = Problem("rows.no_row", Place(line=number), {"line": str(number)}) if not target else None
            else:
                target, trouble = keys.find(number, answers)
                if target:  # its key stands there, in whatever spelling
                    cells = [cell._replace(state=SAME) if keys.stands(cell, target) else cell for cell in cells]
                cells += [
                    Cell(-1, name, "", NEW, value)
                    for name, value in block.fixed.items()
                    if name in by_name and not target
                ]
            if trouble is not None:
                # What is wrong with the cells of its key says more than that the key is missing.
                wrong = [cell for cell in cells if cell.problem is not None and cell.question in repeat.key]
                if trouble.code != "rows.no_key" or not wrong:
                    problems.append(trouble)
                lines.append(Line(number, "", tuple(wrong)))
                if wide is not None and wrong:
                    break  # the month of all carriers
                continue
            sums.add(cells, answers, block)
            drafts.append(_Draft(number, row, block.columns, target, cells, answers))
    if columns.several:
        drafts = list(_with_shared_headings(reading, repeat_path, by_name, drafts, broken, table[heading]))
    lines += (
        Line(draft.number, draft.target,
             tuple(_compared(filling, standing, draft.target, draft.number, cell) for cell in draft.cells))
        for draft in drafts
    )  # fmt: skip
    lines = sorted((line for line in lines if line.cells), key=lambda line: line.number)
    lines = list(_with_broken_rules(filling, repeat_path, by_name, lines))
    return Plan(columns, heading, tuple(_with_doubts(filling, repeat, repeat_path, by_name, lines)),
                tuple(problems), tuple(notes), tuple(looks), wide)  # fmt: skip


def message_of(repeat: Repeat, problem: Problem, language: str) -> str:
    """What the form itself says about a constraint or warning that a cell breaks; ``""`` for anything else."""
    if problem.code not in ("answer.constraint", "answer.warning"):
        return ""
    question = next((each for each in asked(repeat.children) if each.name == problem.place.path), None)
    if question is None:
        return ""
    said = question.constraint_message if problem.code == "answer.constraint" else question.warning_message
    return in_language(said, language) if said else ""


def read_cell(filling: Filling, repeat: Repeat, question: Question, text: str, today: str = "") -> Value | Problem:
    """What one cell of the table would say."""
    return _read(_reading(filling, repeat, today, True, {}), question, text, "", {})


# Tables with carriers across


def _turned_columns(wide: Wide, repeat: Repeat, width: int) -> Columns:
    """All columns that are taken, each with the question that it answers for its carrier."""
    table = month_table(repeat)
    assert table is not None
    questions, units = [""] * width, [""] * width
    questions[wide.month] = table.month
    for part in wide.parts:
        questions[part.column], units[part.column] = part.question, part.unit
    return Columns(tuple(questions), tuple(units), wide.left, wide.twice, ())


def _blocks(wide: Wide, columns: Columns, fixed: Mapping[str, Value], repeat: Repeat) -> Iterator[_Block]:
    table = month_table(repeat)
    assert table is not None
    for carrier in wide.carriers:
        own = {part.column: part for part in wide.parts if part.carrier == carrier}
        questions = tuple(
            name if column == wide.month or column in own else "" for column, name in enumerate(columns.questions)
        )
        read_as = {column: part.read_as for column, part in own.items() if part.read_as}
        yield _Block(columns._replace(questions=questions), {**fixed, table.of: (carrier,)}, read_as)


def _called(filling: Filling, repeat: Repeat, row: str) -> str:
    table = month_table(repeat)
    return filling.row_label(f"{table.each}[{row}]") if table is not None else ""


def _left_notes(filling: Filling, wide: Wide, columns: Columns, repeat: Repeat) -> Iterator[Problem]:
    table = month_table(repeat)
    assert table is not None
    known = ", ".join(_called(filling, repeat, row) for row in filling.rows(table.each))
    for column in wide.left:
        yield Problem("rows.column_left", Place(column=column + 1), {"heading": wide.headings[column], "known": known})
    for column, first in columns.twice:
        given = {"heading": wide.headings[column], "first": wide.headings[first]}
        yield Problem("rows.column_twice", Place(column=column + 1), given)


def _open_columns(filling: Filling, repeat: Repeat, wide: Wide) -> Iterator[Problem]:
    for each in wide.open:
        known = dict.fromkeys(_called(filling, repeat, row) for row, _ in each.options)
        given = {"heading": each.heading, "known": ", ".join(known)}
        yield Problem("rows.which_carrier", Place(column=each.column + 1), given)


def _turned_notes(filling: Filling, repeat: Repeat, wide: Wide) -> Iterator[Problem]:
    for part in wide.parts:
        given = {
            "heading": wide.headings[part.column], "row": _called(filling, repeat, part.carrier), "name": part.question
        }  # fmt: skip
        yield Problem("rows.turned", Place(column=part.column + 1), given)


def _units_to_look_at(filling: Filling, repeat: Repeat, wide: Wide) -> Iterator[Problem]:
    table = month_table(repeat)
    assert table is not None
    unit_at = unit_question(filling, table.each)
    for part in wide.parts:
        if part.read_as:
            own = names(filling.state(f"{table.each}[{part.carrier}]/{unit_at}").value)
            given = {"heading": wide.headings[part.column], "unit": part.read_as, "own": "".join(own[:1])}
            yield Problem("rows.kept_as", Place(column=part.column + 1), given)


class _Sums:
    """Numbers of each column as they are taken, to be held against the totals of the table."""

    def __init__(self, reading: _Reading, by_name: Mapping[str, Question]) -> None:
        self.reading = reading
        self.by_name = by_name
        self.taken: dict[int, list[tuple[Fraction, str]]] = {}
        self.last: dict[int, tuple[_Block, dict[str, Value]]] = {}
        self.since: dict[int, int] = {}
        """Column -> how many of its numbers stand above the last total."""

    def add(self, cells: Sequence[Cell], answers: dict[str, Value], block: _Block) -> None:
        """Nothing; counts the numbers of a line."""
        for cell in cells:
            if isinstance(cell.value, Quantity) and cell.column >= 0:
                unit = cell.value.u or self.reading.units(answers)
                self.taken.setdefault(cell.column, []).append((Fraction(cell.value.n), unit))
                self.last[cell.column] = block, answers

    def differing(
        self, number: int, row: Sequence[str], broken: Mapping[tuple[int, int], Problem]
    ) -> Iterator[Problem]:
        """Totals of this line that are the sum neither of all lines above it nor of those since the last total."""
        for column, taken in self.taken.items():
            text = row[column].strip() if column < len(row) else ""
            start, self.since[column] = self.since.get(column, 0), len(taken)
            if not text or (number, column + 1) in broken or len({unit for _, unit in taken}) != 1:
                continue
            block, answers = self.last[column]
            question = self.by_name[block.columns.questions[column]]
            unit = taken[0][1]
            read = _read(
                self.reading, question, text, block.columns.units[column], answers, block.read_as.get(column, "")
            )
            if not isinstance(read, Quantity) or (read.u or unit) != unit:
                continue
            said, all_of_it = Fraction(read.n), sum((each for each, _ in taken), Fraction(0))
            part = sum((each for each, _ in taken[start:]), Fraction(0))
            if min(abs(said - all_of_it), abs(said - part)) * 2 > _last_place(text, said):
                given = {
                    "line": str(number), "total": f"{read.n} {unit}".strip(),
                    "sum": f"{exactly(all_of_it) or ''} {unit}".strip(),
                }  # fmt: skip
                yield Problem("rows.total_differs", Place(line=number, column=column + 1), given)


def _last_place(text: str, value: Fraction) -> Fraction:
    """How much one in the last place of the number is worth, in the unit of ``value``: totals are rounded."""
    found = re.search(r"[0-9][0-9, ']*(\.[0-9]*)?", plain(text))
    try:
        typed = Fraction(decimal_of(found[0].strip())) if found is not None else Fraction(0)
    except ValueError:
        typed = Fraction(0)
    if found is None or not typed:
        return Fraction(0)
    return abs(value / typed) * Fraction(1, 10 ** max(len(found[1] or "") - 1, 0))


# Headings that fit several questions


def _with_shared_headings(
    reading: _Reading,
    repeat_path: str,
    by_name: Mapping[str, Question],
    drafts: Sequence[_Draft],
    broken: Mapping[tuple[int, int], Problem],
    headings: Sequence[str],
) -> Iterator[_Draft]:
    """The lines with what stands under such a heading, as an answer to the one of its questions that is asked there."""
    filling = reading.filling
    lines = [{**_standing_row(filling, by_name, draft.target), **draft.answers} for draft in drafts]
    for draft, tried in zip(drafts, rows_tried(filling, repeat_path, lines), strict=True):
        cells = list(draft.cells)
        for column, those in draft.columns.several:
            text = draft.row[column].strip() if column < len(draft.row) else ""
            place = Place(line=draft.number, column=column + 1)
            asked_here = [name for name in those if name in tried.asked]
            if not text or text.casefold() in _NOTHING:
                continue
            if (damage := broken.get((draft.number, column + 1))) is not None:
                cells.append(Cell(column, those[0], text, REFUSED, problem=damage))
            elif len(asked_here) != 1:
                numbers = ", ".join(by_name[name].number for name in those)
                given = {"heading": headings[column], "numbers": numbers}
                wrong = Problem("rows.several", place, given)
                cells.append(Cell(column, those[0], text, REFUSED, problem=wrong))
            else:
                question = by_name[asked_here[0]]
                cells.append(_cell(reading, question, column, text, draft.columns.units[column], draft.answers, place))
        yield draft._replace(cells=sorted(cells, key=lambda cell: cell.column))


def _standing_row(filling: Filling, by_name: Mapping[str, Question], row: str) -> dict[str, Value]:
    if not row:
        return {}
    found = ((name, _standing_value(filling, f"{row}/{name}")) for name in by_name)
    return {name: value for name, value in found if value is not None}


# Constraints and warnings


def _with_broken_rules(
    filling: Filling, repeat_path: str, by_name: Mapping[str, Question], lines: Sequence[Line]
) -> Iterator[Line]:
    """The lines with what to look at: what the form itself says against an answer."""
    if not lines or not any(each.constraint or each.warning for each in by_name.values()):
        yield from lines
        return
    answers = [
        _standing_row(filling, by_name, line.row)
        | {cell.question: cell.value for cell in line.cells if cell.value is not None}
        for line in lines
    ]
    for line, tried in zip(lines, rows_tried(filling, repeat_path, answers), strict=True):
        changing = [at for at, cell in enumerate(line.cells) if cell.state in (NEW, CHANGED)]
        if not tried.wrong or not changing:
            yield line
            continue
        cells = list(line.cells)
        at_of = {cells[at].question: at for at in changing}
        for name, code in reversed(tried.wrong):  # of constraint and warning the constraint
            if name not in at_of and _is_wrong(filling, f"{line.row}/{name}", code):
                continue
            # What stands in the row and is broken by the new cells is said at the last of them.
            at = at_of.get(name, changing[-1])
            place = Place(line=line.number, column=max(cells[at].column + 1, 0), path=name)
            cells[at] = cells[at]._replace(doubt=Problem(code, place))
        yield line._replace(cells=tuple(cells))


def _is_wrong(filling: Filling, path: str, code: str) -> bool:
    """True when the answer that stands there is broken already."""
    return any(problem.code == code for problem in filling.state(path).problems)


# Columns


def _without_headings(
    reading: _Reading,
    questions: Sequence[Question],
    fixed: Mapping[str, Value],
    body: Sequence[tuple[int, Sequence[str]]],
    width: int,
    wanted: Sequence[str],
    aim: Aim | None,
) -> Columns:
    """The questions one after the other, from the first one on for which the first lines can be read."""
    order = [question for question in questions if question.name not in fixed]
    if aim is not None:
        names_ = [question.name for question in questions]
        start = names_.index(aim.question) if aim.question in names_ else 0
        return in_order(questions[start:], width)
    best, most = 0, -1
    for start in range(max(len(order) - width, 0) + 1):
        fits = 0
        for _, row in body[:5]:
            for question, text in zip(order[start:], row, strict=False):
                if text.strip() and not isinstance(_read(reading, question, text, "", {}), Problem):
                    fits += 1
        if fits > most:
            best, most = start, fits
    columns = in_order(order[best:], width)
    return columns._replace(missing=tuple(name for name in wanted if name not in columns.questions))


def _other_headings(table: Sequence[Sequence[str]]) -> int | None:
    """Index of the first line when it is words over columns of numbers: headings, though none is of this table."""
    first = next((number for number, row in enumerate(table) if sum(map(bool, row)) > 1), None)
    if first is None or any(_NUMBER.search(cell) for cell in table[first] if not _BRACKETS.search(cell)):
        return None
    below = table[first + 1 :]
    for column, word in enumerate(table[first]):
        cells = [row[column] for row in below if column < len(row) and row[column].strip()]
        if word.strip() and cells and sum(cell.strip()[:1].isdecimal() for cell in cells) * 2 > len(cells):
            return first
    return None


def unknown_headings(plan: Plan, table: Sequence[Sequence[str]]) -> list[str]:
    """Headings that fit no question, for people to say what they mean."""
    at = plan.heading
    if any(each.code == "rows.no_heading" for each in plan.problems):
        at = plan.problems[0].place.line - 1
        return [cell for cell in table[at] if cell.strip()]
    shared = {column for column, _ in plan.columns.several}
    return [table[at][column] for column in plan.columns.unknown if column not in shared] if at >= 0 else []


def _about_columns(
    columns: Columns, headings: Sequence[str], by_name: Mapping[str, Question]
) -> tuple[list[Problem], list[Problem]]:
    problems: list[Problem] = []
    notes: list[Problem] = []
    shared = {column for column, _ in columns.several}
    for column in columns.unknown:
        if column in shared:
            continue
        heading = headings[column] if column < len(headings) else ""
        notes.append(Problem("rows.unknown_column", Place(column=column + 1), {"heading": heading or str(column + 1)}))
    for column, first in columns.twice:
        given = {"heading": headings[column], "first": headings[first]}
        notes.append(Problem("rows.column_twice", Place(column=column + 1), given))
    for name in columns.missing:
        problems.append(Problem("rows.no_column", Place(path=name), {"name": name}))
    return problems, notes


# Cells


def _reading(
    filling: Filling, repeat: Repeat, today: str, first_unit: bool, meant: Mapping[tuple[str, str], str]
) -> _Reading:
    table = month_table(repeat)
    first, last = period(filling, table) if table is not None else ("", "")
    unit_at = unit_question(filling, table.each) if table is not None else ""

    def unit_of_line(answers: Mapping[str, Value]) -> str:
        chosen = names(answers.get(table.of)) if table is not None and unit_at else ()
        if table is None or not chosen:
            return ""
        try:
            said = names(filling.state(f"{table.each}[{chosen[0]}]/{unit_at}").value)
        except KeyError:
            return ""
        return said[0] if said and said[0] in known_units() else ""

    return _Reading(filling, today, first, last, {}, first_unit, meant, unit_of_line)


def _read_line(
    reading: _Reading,
    by_name: Mapping[str, Question],
    block: _Block,
    number: int,
    row: Sequence[str],
    broken: Mapping[tuple[int, int], Problem],
) -> tuple[list[Cell], dict[str, Value]]:
    columns = block.columns
    answers: dict[str, Value] = dict(block.fixed)
    cells: dict[int, Cell] = {}
    # Numbers last: their unit can follow from what else the line says.
    order = sorted(
        range(len(row)), key=lambda at: bool((name := columns.questions[at]) and by_name[name].type in NUMBER_TYPES)
    )
    for column in order:
        name, text = columns.questions[column], row[column].strip()
        place = Place(line=number, column=column + 1)
        if not name:
            continue
        damage = broken.get((number, column + 1))
        if damage is not None:
            cells[column] = Cell(column, name, text, REFUSED, problem=damage)
            continue
        question = by_name[name]
        if not text or _says_nothing(reading, question, text):
            continue
        cells[column] = _cell(
            reading, question, column, text, columns.units[column], answers, place, block.read_as.get(column, "")
        )
    return [cells[column] for column in sorted(cells)], answers


def _says_nothing(reading: _Reading, question: Question, text: str) -> bool:
    """True for a dash and the like, where no text is asked for and it is no choice."""
    said = plain(text).casefold()
    if question.type == "text":
        return False
    if question.type == "acknowledge":
        return said in _NOTHING or said in _NO
    return said in _NOTHING and not (
        question.type in SELECT_TYPES and not isinstance(_choices(reading, question, text), Problem)
    )


def _cell(
    reading: _Reading,
    question: Question,
    column: int,
    text: str,
    unit: str,
    answers: dict[str, Value],
    place: Place,
    read_as: str = "",
) -> Cell:
    """The cell read; what it says is among ``answers`` then."""
    read = _read(reading, question, text, unit, answers, read_as)
    if isinstance(read, Problem):
        return Cell(column, question.name, text, REFUSED, problem=read._replace(place=place))
    answers[question.name] = read
    respelled = question.type in NUMBER_TYPES or question.type == "date" or question.role == MONTH
    return Cell(column, question.name, text, NEW, read, respelled=respelled and is_respelled(text, read))


def _read(
    reading: _Reading, question: Question, text: str, unit: str, answers: Mapping[str, Value], read_as: str = ""
) -> Value | Problem:
    """What the cell says; ``unit`` is what the heading says in brackets, ``read_as`` a unit that stands for the own."""
    if question.type in SELECT_TYPES:
        return _choices(reading, question, text)
    if question.type == "acknowledge":
        yes = plain(text).casefold() in _YES
        return ACKNOWLEDGED if yes else Problem("typed.acknowledge", parameters={"value": text})
    if question.role == MONTH and question.type == "text":
        said = month_of(_date_of_number(_CLOCK.sub("", text)), reading.today, reading.first, reading.last)
        return said or Problem("typed.month", parameters={"value": text})
    if question.type == "date":
        return read_typed(question, _date_of_number(_CLOCK.sub("", text)), reading.today)
    if question.type in NUMBER_TYPES:
        return _number(reading, question, text, unit, answers, read_as)
    said = clean(text)
    if len(said) > MAX_TEXT:
        return Problem("visit.too_long", parameters={"length": str(len(said)), "limit": str(MAX_TEXT)})
    return said


def _number(
    reading: _Reading, question: Question, text: str, unit: str, answers: Mapping[str, Value], read_as: str = ""
) -> Value | Problem:
    if question.type == "quantity":
        read = read_typed(
            question, text, unit=question.units[0] if len(question.units) == 1 or reading.first_unit else ""
        )
        if isinstance(read, Problem) and read.code == "typed.unit" and unit:
            return read_typed(question, f"{text} {unit}")
        if not isinstance(read, Problem) and unit and not re.search(r"[^\d.,'+\-\s]", plain(text)):
            return read_typed(question, f"{text} {unit}")
        return read
    label_unit = unit and any(folded(unit) in folded(label) for label in question.label.values())
    read = read_typed(question, text if not unit or label_unit else f"{text} {unit}")
    if not isinstance(read, Problem) or read.code != "typed.no_unit":
        return read
    if read.parameters["unit"] == "%" and any("%" in label for label in question.label.values()):
        return read_typed(question, plain(text).replace("%", ""))
    if own := reading.units(answers):
        # A bare number in the unit that another answer names: read in that unit, kept bare.
        typed = question._replace(type="quantity", units=(read_as or own,))
        held = read_typed(typed, text if not unit else f"{text} {unit}")
        return Quantity(held.n) if isinstance(held, Quantity) else held
    return read


def _date_of_number(text: str) -> str:
    """ISO for the number of days that a spreadsheet keeps a date as; other text as it is."""
    if re.fullmatch(r"[2-7][0-9]{4}", text):
        return (date(1899, 12, 30) + timedelta(int(text))).isoformat()
    return text


def _choices(reading: _Reading, question: Question, text: str) -> Value | Problem:
    choices = reading.offered.get(question.name)
    if choices is None:
        choices = reading.offered[question.name] = offered(reading.filling, question)
    whole = reading.meant.get((question.name, text)) or _choice(text, choices)
    if whole is None and question.rows_of:
        # Rows have long names, of which a table says the part that matters.
        part = folded(text)
        known_by = [name for name, label in choices if part in folded(" ".join(label.values()))] if part else []
        whole = known_by[0] if len(known_by) == 1 and len(part) > 1 else None
    if whole is not None:
        return (whole,)
    tag = language_of(text, LANGUAGES[1])  # as the table speaks: people know choices by their labels
    known = ", ".join(in_language(label, tag) or name for name, label in choices[:20])
    wrong = Problem("typed.choice", parameters={"value": text, "known": known})
    if question.type == SELECT_ONE:
        return wrong
    found = [_choice(piece, choices) for piece in _BETWEEN.split(text) if piece.strip()]
    if not found or None in found:
        return wrong
    order = [name for name, _ in choices]
    return tuple(sorted({name for name in found if name is not None}, key=order.index))


def _choice(text: str, choices: Sequence[tuple[str, Text]]) -> str | None:
    found = read_choice(text, choices)
    if found is not None:
        return found
    wanted = folded(text)
    same = {name for name, label in choices if wanted and wanted in {folded(each) for each in (name, *label.values())}}
    if len(same) == 1:
        return same.pop()
    known = {name for name, _ in choices}
    tick = unicodedata.normalize("NFKC", text).strip().casefold()
    for name, spellings in (("yes", _YES), ("no", _NO)):
        if name in known and tick in spellings:
            return name
    # Choices that are named by a unit, or say it: 度 for kWh.
    return unit_of(tick, [name for name in known if name in known_units()]) or None


def offered(filling: Filling, question: Question) -> list[tuple[str, Text]]:
    """(name, label) of everything that can be chosen in some row; of rows, their ids and what they are called."""
    if not question.rows_of:
        return [(choice.name, choice.label) for choice in filling.compiled.lists.choices_of(question)]
    try:
        rows = filling.rows(question.rows_of)
    except KeyError:
        return []
    return [(row, {filling.language: filling.row_label(f"{question.rows_of}[{row}]")}) for row in rows]


# Rows


class _Keys:
    """Rows by what tells them apart: those that stand, and those that the lines before add."""

    def __init__(self, filling: Filling, repeat: Repeat, repeat_path: str) -> None:
        self.filling = filling
        self.names = repeat.key
        table = month_table(repeat)
        self.month = table.month if table is not None and table.month in self.names else ""
        self.rows: dict[tuple[object, ...], str] = {}
        self.of_month: dict[tuple[object, ...], str] = {}
        """Key with the month in which a bill ends -> row: a bill and its calendar month are one row, not two."""
        self.lines: dict[tuple[object, ...], int] = {}
        self.filled: dict[str, int] = {}
        for row in filling.rows(repeat_path):
            path = f"{repeat_path}[{row}]"
            key = tuple(_meaning(_standing_value(filling, f"{path}/{name}")) for name in self.names)
            if any(key):
                self.rows.setdefault(key, path)
                if self.month:
                    self.of_month.setdefault(self._by_month(key), path)

    def find(self, number: int, answers: Mapping[str, Value]) -> tuple[str, Problem | None]:
        """(row that the line fills, ``""`` for a new one; why it cannot be taken)."""
        if not self.names:
            return "", None
        key = tuple(_meaning(answers.get(name)) for name in self.names)
        missing = [name for name, said in zip(self.names, key, strict=True) if not said]
        if missing:
            given = {"line": str(number), "name": ", ".join(missing)}
            return "", Problem("rows.no_key", Place(line=number, path=missing[0]), given)
        if key in self.lines:
            given = {"line": str(number), "first": str(self.lines[key])}
            return "", Problem("rows.key_twice", Place(line=number), given)
        self.lines[key] = number
        row = self.rows.get(key, "")
        if not row and self.month and self.of_month.get(self._by_month(key), "") not in self.filled:
            row = self.of_month.get(self._by_month(key), "")
        if row in self.filled:
            given = {"line": str(number), "first": str(self.filled[row])}
            return "", Problem("rows.key_twice", Place(line=number), given)
        if row:
            self.filled[row] = number
        return row, None

    def stands(self, cell: Cell, row: str) -> bool:
        """True for a cell of the key that the row has already; not for the days of a bill where only a month stands."""
        if cell.question not in self.names or cell.question != self.month or not isinstance(cell.value, str):
            return cell.question in self.names
        there = _standing_value(self.filling, f"{row}/{self.month}")
        return is_month(cell.value) or not isinstance(there, str) or not is_month(there)

    def _by_month(self, key: tuple[object, ...]) -> tuple[object, ...]:
        """The key with the month in which its bill ends."""
        return tuple(
            said[-10:-3] if name == self.month and isinstance(said, str) and not is_month(said) else said
            for name, said in zip(self.names, key, strict=True)
        )


def _standing_value(filling: Filling, path: str) -> Value | None:
    try:
        now = filling.state(path)
    except KeyError:
        return None
    return now.value if now.status == ANSWERED else None


def _meaning(value: Value | None) -> object:
    """What two spellings of a key have in common; falsy for none."""
    if isinstance(value, str):
        return folded(value)
    if isinstance(value, Quantity):
        unit = known_units().get(value.u)
        return (Fraction(value.n) * unit.ratio, unit.kind) if unit is not None else (Fraction(value.n), value.u)
    return "" if value is None or isinstance(value, Evidence) else value


def _compared(filling: Filling, standing: Callable[[str], Standing | None], row: str, number: int, cell: Cell) -> Cell:
    """The cell beside what stands in its row."""
    if not row or cell.state != NEW:
        return cell
    path = f"{row}/{cell.question}"
    place = Place(line=number, column=cell.column + 1, path=path)
    now = filling.state(path)
    said = standing(path)
    if said is not None and len(said.heads) > 1 and not agree(entry for _, entry in said.heads):
        return cell._replace(state=REFUSED, problem=Problem("visit.disputed", place))
    if now.status == ANSWERED and _same(now.value, cell.value):
        return cell._replace(state=SAME)
    if now.read_only:
        return cell._replace(state=REFUSED, problem=Problem("visit.read_only", place))
    if now.status == "missing":
        return cell
    return cell._replace(state=CHANGED, before=now.value, person=said.entry.person if said is not None else "")


def _same(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _meaning(one) == _meaning(other)
    return one == other


# Numbers that are unlike the others


def _with_doubts(
    filling: Filling,
    repeat: Repeat,
    repeat_path: str,
    by_name: Mapping[str, Question],
    lines: Sequence[Line],
) -> Iterator[Line]:
    months = {name for name in repeat.key if name in by_name and by_name[name].role == MONTH}
    shared = [name for name in repeat.key if name not in months] if months else []
    numbers: dict[tuple[object, ...], list[Fraction]] = {}
    filled = {line.row for line in lines if line.row}
    columns = {cell.question for line in lines for cell in line.cells if by_name[cell.question].type in NUMBER_TYPES}
    for row in filling.rows(repeat_path):
        path = f"{repeat_path}[{row}]"
        if path not in filled:
            group = _group(shared, {name: _standing_value(filling, f"{path}/{name}") for name in shared})
            for name in columns:
                number = number_of(by_name[name], _standing_value(filling, f"{path}/{name}"))
                if number is not None:
                    numbers.setdefault((name, *group), []).append(number)
    groups: list[tuple[object, ...]] = []
    for line in lines:
        said: dict[str, Value | None] = {cell.question: cell.value for cell in line.cells}
        for name in shared:
            if said.get(name) is None and line.row:
                said[name] = _standing_value(filling, f"{line.row}/{name}")
        group = _group(shared, said)
        groups.append(group)
        for name in columns:
            value = said.get(name)
            if value is None and line.row:
                value = _standing_value(filling, f"{line.row}/{name}")
            number = number_of(by_name[name], value)
            if number is not None:
                numbers.setdefault((name, *group), []).append(number)
    ordered = {key: sizes(found) for key, found in numbers.items()}
    for line, group in zip(lines, groups, strict=True):
        yield line._replace(cells=tuple(_asked(by_name, ordered, group, line, cell) for cell in line.cells))


def _group(shared: Sequence[str], said: Mapping[str, Value | None]) -> tuple[object, ...]:
    """What a line shares with those it can be compared with."""
    return tuple(_meaning(said.get(name)) for name in shared)


def _asked(
    by_name: Mapping[str, Question],
    ordered: Mapping[tuple[object, ...], list[Fraction]],
    group: tuple[object, ...],
    line: Line,
    cell: Cell,
) -> Cell:
    question = by_name[cell.question]
    if cell.state not in (NEW, CHANGED) or question.type not in NUMBER_TYPES or cell.value is None or cell.doubt:
        return cell
    number = number_of(question, cell.value)
    if not number:
        return cell
    place = Place(line=line.number, column=cell.column + 1)
    if (there := number_of(question, cell.before)) and (far := unlike_before(number, there)) is not None:
        question_of_it = doubt(question, cell.value, far, against="there")
        return cell._replace(doubt=question_of_it._replace(place=place)) if question_of_it is not None else cell
    everybody = ordered[(cell.question, *group)]
    at = bisect_left(everybody, abs(number))
    question_of_it = doubt(question, cell.value, unlike(number, everybody[:at] + everybody[at + 1 :]))
    return cell._replace(doubt=question_of_it._replace(place=place)) if question_of_it is not None else cell
