"""Rows of a table and the fields of a row as lines: made from the visit as values, drawn as text."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from assessor_tui.form.model import (
    LIST_TYPES,
    NUMBER_TYPES,
    RANK,
    SILENT_TYPES,
    Question,
    Repeat,
    in_language,
    named_by,
)
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.shown.rows import checks_of, own_number, row_name, spoken_number
from assessor_tui.tui.widgets.card import CardModel, Part, Remark
from assessor_tui.tui.widgets.glyphs import glyphs, mark
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import Column, columns_line
from assessor_tui.units import unit_name

if TYPE_CHECKING:
    from assessor_tui.logic.filling import Filling, Item
    from assessor_tui.visit import Visit

_ROW_ID = 34
"""Characters of a row's id in its brackets."""
NUMBER, STATE = -2, -1
"""Stand for the index of a cell in the columns of a row's number and of its state."""


class FieldLine(NamedTuple):
    """One field of a row: a question, a heading (``group``) or a table inside the row (``repeat``)."""

    kind: str
    path: str
    number: str = ""
    label: str = ""
    value: str = ""
    blank: str = ""
    """What stands for the answer while there is none."""
    state: str = ""
    """As ``glyphs`` names it; ``""`` for what is never answered."""
    asked: bool = False
    """True when it is left to do while it has no answer."""
    marks: str = ""
    """Evidence and notes, in a word or two."""
    number_cells: int = 0
    """Cells for the numbers of all fields of the row; 0 when none has one."""


class TableLine(NamedTuple):
    """One row of a table."""

    path: str
    number: str
    cells: tuple[str, ...]
    """Its name, then its answers."""
    state: str
    said: str
    """State in words: complete, or what is missing or wrong."""
    keys: tuple[tuple[int, float, str], ...] = ()
    """What each cell is sorted by."""
    checked: bool = False
    """True when somebody has checked it against the original."""

    @property
    def heading(self) -> str:
        """Its number, with a tick when it was checked."""
        return f"{self.number} {glyphs().ticked}" if self.checked else self.number


# Fields


def inside_row(items: Sequence["Item"], row_path: str) -> list["Item"]:
    """Items of one row, without those of tables inside it."""
    start, length = f"{row_path}/", len(row_path) + 1
    return [item for item in items if item.path.startswith(start) and "[" not in item.path[length:]]


def by_row(items: Sequence["Item"], repeat_path: str) -> dict[str, list["Item"]]:
    """Row path -> its items as ``inside_row`` gives them, for all rows of a table at once."""
    start, end = f"{repeat_path}[", len(repeat_path) + _ROW_ID
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.path.startswith(start) and item.path[end : end + 1] == "/" and "[" not in item.path[end:]:
            found.setdefault(item.path[:end], []).append(item)
    return found


def field_lines(visit: "Visit", form: str, row_path: str, tag: str, *, hidden: bool = False) -> list[FieldLine]:
    """The fields of a row that apply now, in the order of the form."""
    filling = visit.filling(form)
    lines: list[FieldLine] = []
    for item in inside_row(list(filling.items()), row_path):
        if isinstance(item.node, Question):
            lines.append(_question_line(visit, form, filling, item.path, item.node, tag, hidden))
        elif item.kind == "repeat" and isinstance(item.node, Repeat):
            count = len(filling.rows(item.path))
            said = ngettext("{count} row", "{count} rows", count).format(count=count)
            problems = filling.problems.get(item.path, ())
            state = "problem" if problems else ""
            lines.append(
                FieldLine("repeat", item.path, item.node.number, filling.label(item.path, tag), said, "", state)
            )
        elif item.kind == "group" and item.node.label:
            lines.append(FieldLine("group", item.path, label=filling.label(item.path, tag)))
    most = max((width_of(line.number) for line in lines), default=0)
    return [line._replace(number_cells=min(most + 1, 10) if most else 0) for line in lines]


def _question_line(
    visit: "Visit", form: str, filling: "Filling", path: str, question: Question, tag: str, hidden: bool
) -> FieldLine:
    from assessor_tui.assess.left import counts
    from assessor_tui.tui.shown import words

    now = filling.state(path)
    evidence, notes = visit.state.evidence(form, path), [] if hidden else visit.state.notes(form, path)
    standing = visit.state.standing(form, path)
    silent = question.type in SILENT_TYPES
    state = "" if silent else "answered" if question.type == "file" and evidence else now.status
    if standing is not None and standing.disputed:
        state = "conflict"
    elif (form, path) in visit.returned:
        state = "returned"
    elif wrong := [problem for problem in now.problems if problem.code != "answer.required"]:
        only_warned = all(problem.code == "answer.warning" for problem in wrong)
        explained = only_warned and visit.state.notes(form, path)
        state = state if explained else "warning" if only_warned else "problem"
    value = words.value_words(filling, path, now.value, tag) if now.status == "answered" else ""
    if question.type == "calculate":
        from assessor_tui.tui.shown.question_card import shown_number

        value = f"= {shown_number(value, question.decimals)}" if value else "="
    elif question.type == "acknowledge" and value:
        value = _("confirmed")
    elif now.status in ("not applicable", "to come"):
        value = words.status_words(now.status)
        if now.status == "to come" and standing is not None and standing.entry.why:
            from assessor_tui.i18n.sentences import awaited_words

            value = f"{value}: {awaited_words(standing.entry.why, visit.today)}"
    said = [ngettext("{count} proof", "{count} proofs", len(evidence)).format(count=len(evidence))] if evidence else []
    said += [_("note")] if notes else []
    asked = not silent and not now.read_only and (now.required or counts(question, full=visit.extent.full))
    return FieldLine(
        "question", path, question.number, filling.label(path, tag), value,
        "" if silent else _blank(question, filling, path), state, asked, "  ".join(said),
    )  # fmt: skip


def _blank(question: Question, filling: "Filling", path: str) -> str:
    if question.type in LIST_TYPES:
        count = len(filling.choices(path))
        if not count:
            return _("nothing to choose from yet")
        if question.type == RANK:
            return _("[an order of {count}]").format(count=count)
        return f"[1-{count}]" if count <= MOST_DIGITS else _("[type to search {count}]").format(count=count)
    if question.type == "acknowledge":
        return "[1]"
    if question.type == "file":
        return _("[F3 photo  F4 document]")
    if question.type == "date":
        return "[          ]"
    if question.type in NUMBER_TYPES:
        return f"[        ] {unit_name(question.units[0], language()) if question.units else ''}".rstrip()
    return "[                ]"


_STYLES = {
    "problem": "$bad", "warning": "$doubt", "conflict": "$doubt", "returned": "bold $doubt", "answered": "$good",
}  # fmt: skip


def draw_field(line: FieldLine, width: int, cursor: bool) -> Content:
    """The line of a field: mark, number, label, value, and what is tied to it."""
    if line.kind == "group":
        return content((safe(line.label), "bold $accent-text"))
    state = line.state or "missing"
    sign = mark(state) if line.state not in ("", "missing") else (mark("missing") if line.asked else " ")
    number_cells = line.number_cells if width >= 50 else 0
    label_cells = max((width - number_cells - 2) * 9 // 20, 12)
    value_cells = max(width - number_cells - label_cells - 4, 6)
    tail = content((safe(line.marks), "$muted")) if line.marks else None
    value_style = "" if line.value else "$muted"
    if line.value.startswith("="):
        value_style = "$accent-text"
    shown = safe(line.value or line.blank)
    start = content(
        (f"{sign} ", "" if cursor else _STYLES.get(line.state, "$muted")),
        (fit(line.number, number_cells), "$muted"),
        fit(line.label, label_cells),
        "  ",
    )
    if tail is None:
        return start.append(content((fit(shown, value_cells), value_style)))
    room = max(value_cells - tail.cell_length - 1, 4)
    return left_right(
        start.append(content((fit(shown, room) if width_of(shown) > room else shown, value_style))), tail, width
    )


def row_card(visit: "Visit", form: str, row_path: str, tag: str, *, hidden: bool = False) -> CardModel:
    """The whole row as a card: what is wrong in it, its proof and notes."""
    from assessor_tui.ledger.value import Evidence
    from assessor_tui.tui.shown.question_card import evidence_words
    from assessor_tui.tui.shown.returns import notices, talk_part

    filling = visit.filling(form)
    lines = field_lines(visit, form, row_path, tag, hidden=hidden)
    remarks = [
        Remark(f"{line.number}  {line.label}: {problem_text(filling, line.path, tag)}", line.state)
        for line in lines
        if line.state in ("problem", "warning", "conflict")
    ]
    parts = []
    if not hidden and (notes := visit.state.notes(form, row_path)):
        parts.append(Part(_("Note"), tuple(Remark(str(entry.value)) for _digest, entry in notes), "F2", "note"))
    evidence = [entry.value for _digest, entry in visit.state.evidence(form, row_path)]
    if evidence:
        told = tuple(Remark(evidence_words(value)) for value in evidence if isinstance(value, Evidence))
        parts.append(Part(_("Proof"), told, "", "evidence"))
    if not hidden:
        parts += talk_part(visit, form, row_path)
    state, said = row_state(filling, lines)
    if (form, row_path) in visit.returned:
        state, said = "returned", _("returned")
    repeat = row_path.rpartition("[")[0]
    return CardModel(
        number=spoken_number(visit, form, row_path),
        label=row_name(visit, form, row_path) or _("a row without a name yet"),
        position=f"{own_number(visit, form, repeat)}  {filling.label(repeat, tag)}".strip(),
        demands=said,
        status=state,
        remarks=tuple(remarks),
        notices=notices(visit, form, row_path, hidden=hidden),
        parts=tuple(parts),
        prompt=_("Enter goes through the fields of this row") if not remarks else "",
    )


def problem_text(filling: "Filling", path: str, tag: str) -> str:
    """What is wrong with the answer at ``path``, in words; ``""`` for nothing."""
    from assessor_tui.i18n.asked_words import broken_words

    now = filling.state(path)
    wrong = [problem for problem in now.problems if problem.code != "answer.required"]
    return broken_words(filling, path, wrong[0], tag) if wrong else ""


def row_states(visit: "Visit", form: str, repeat_path: str, items: Sequence["Item"], tag: str) -> list[str]:
    """State of each row of a table."""
    filling = visit.filling(form)
    states = []
    for own in by_row(items, repeat_path).values():
        fields = [
            _question_line(visit, form, filling, item.path, item.node, tag, True)
            for item in own
            if isinstance(item.node, Question)
        ]
        states.append(row_state(filling, fields)[0])
    return states


def row_state(filling: "Filling", lines: Sequence[FieldLine]) -> tuple[str, str]:
    """State of a row and its words, out of its fields."""
    if any(line.state == "conflict" for line in lines):
        return "conflict", _("conflict")
    if any(line.state == "returned" for line in lines):
        return "returned", _("returned")
    if wrong := sum(line.state == "problem" for line in lines):
        return "problem", ngettext("{count} wrong", "{count} wrong", wrong).format(count=wrong)
    if missing := sum(line.asked and line.state == "missing" for line in lines):
        return "missing", ngettext("{count} missing", "{count} missing", missing).format(count=missing)
    if warned := sum(line.state == "warning" for line in lines):
        return "warning", ngettext("{count} to look at", "{count} to look at", warned).format(count=warned)
    return "answered", _("complete")


# Tables


def shown_questions(visit: "Visit", form: str, repeat: Repeat) -> list[Question]:
    """Questions of a table by importance: those that tell rows apart, then required and scored ones, then the rest.

    What a row is called by stands in its name already.
    """
    questions = list(_own_questions(repeat.children))

    def weight(question: Question) -> tuple[int, ...]:
        return (
            question.name not in repeat.key,
            not question.points and question.benchmark is None and not question.required,
            question.asked != "core",
        )

    kept = [
        each
        for each in questions
        if each.type not in ("note", "file", "acknowledge")
        and f"{{{each.name}}}" not in repeat.row_label
        and each.name != named_by(repeat)
    ]
    order = {each.name: index for index, each in enumerate(questions)}
    return sorted(kept, key=lambda each: (*weight(each), order[each.name]))


def _own_questions(children: Sequence[object]) -> list[Question]:
    found: list[Question] = []
    for node in children:
        if isinstance(node, Question):
            found.append(node)
        elif not isinstance(node, Repeat):
            found += _own_questions(node.children)  # type: ignore[attr-defined]
    return found


def table_lines(
    visit: "Visit", form: str, repeat_path: str, questions: Sequence[Question], tag: str
) -> list[TableLine]:
    """The rows of a table, in the order in which they were added."""
    from assessor_tui.ledger.value import Quantity

    filling = visit.filling(form)
    inside = by_row(list(filling.items()), repeat_path)
    found = []
    for row in filling.rows(repeat_path):
        path = f"{repeat_path}[{row}]"
        fields = {
            item.node.name: _question_line(visit, form, filling, item.path, item.node, tag, True)
            for item in inside.get(path, [])
            if isinstance(item.node, Question)
        }
        state, said = row_state(filling, list(fields.values()))
        if (form, path) in visit.returned:
            state, said = "returned", _("returned")
        name = row_name(visit, form, path)
        cells, keys = [name], [_sort_key("", name)]
        for question in questions:
            field = fields.get(question.name)
            text = field.value if field is not None else ""
            number = ""
            if question.type == "calculate":
                text = number = text.removeprefix("=").strip()
            elif field is not None and question.type in NUMBER_TYPES:
                value = filling.state(field.path).value
                number = value.n if isinstance(value, Quantity) and text else ""
            cells.append(text)
            keys.append(_sort_key(number, text))
        spoken = spoken_number(visit, form, path)
        checked = bool(checks_of(visit, form, path))
        found.append(TableLine(path, spoken, tuple(cells), state, said, tuple(keys), checked))
    return found


def _sort_key(number: str, text: str) -> tuple[int, float, str]:
    """Numbers by their size, texts by their letters, empty ones last."""
    try:
        return (0, float(number.replace(",", "")), "") if number else (1 if text else 2, 0.0, text.casefold())
    except ValueError:
        return (1, 0.0, text.casefold())


def table_columns(
    questions: Sequence[Question], lines: Sequence[TableLine], tag: str, name: str, room: int
) -> dict[int, Column]:
    """Columns of a table for ``room`` cells: the row's number and name, the questions that fit, the state.

    By the index of the cell each shows; ``NUMBER`` and ``STATE`` for the first and the last. A question without any
    answer, or without room, has no column.
    """
    numbers = max([4, *(width_of(line.heading) for line in lines)])
    states = max([8, *(width_of(safe(line.said)) + 2 for line in lines)])
    wanted = [max([0, *(width_of(safe(line.cells[index])) for line in lines)]) for index in range(len(questions) + 1)]
    names = min(max(wanted[0], 10), max(room // 3, 10))
    left = room - numbers - states - names - 3
    cells: list[int] = []
    for question, most in zip(questions, wanted[1:], strict=True):
        number = question.type in NUMBER_TYPES or question.type in ("calculate", "date")
        title = width_of(in_language(question.label, tag))
        least = max(min(most, 12 if number else 16), min(title, 10)) if most else 0
        fits = 0 < least <= left - 1
        cells.append(least if fits else 0)
        left -= least + 1 if fits else 0
    # What is left over goes to the columns whose answers or titles are cut, the most important first.
    for index, (question, most) in enumerate(zip(questions, wanted[1:], strict=True)):
        if cells[index]:
            more = min(
                max(max(most, min(width_of(in_language(question.label, tag)), 24)) - cells[index], 0), max(left, 0)
            )
            cells[index] += more
            left -= more
    columns = {NUMBER: Column(numbers, _("No.")), 0: Column(names, name, grows=True)}
    for index, (question, width) in enumerate(zip(questions, cells, strict=True), 1):
        if width:
            numeric = question.type in NUMBER_TYPES or question.type == "calculate"
            columns[index] = Column(width, in_language(question.label, tag), align="right" if numeric else "left")
    return {**columns, STATE: Column(states, _("Done"))}


def draw_table_line(line: TableLine, columns: Mapping[int, Column], widths: Sequence[int], cursor: bool) -> Content:
    """The line of a row under its columns."""
    style = "" if cursor else _STYLES.get(line.state, "$muted")
    ends = {NUMBER: (line.heading, "bold"), STATE: (f"{mark(line.state)} {line.said}", style)}
    cells = [ends[index] if index < 0 else line.cells[index] for index in columns]
    return columns_line(cells, tuple(columns.values()), widths)
