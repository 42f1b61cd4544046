"""The secretariat's list of visits as values: what each line says of a new visit, and what cannot be taken.

Columns are questions of the visit's header, told by their heading; a column headed by a role of the team (``Team
lead``, ``Assessor 2``) holds names, and what the team's repeat asks beside it (``Sections covered``) belongs to them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.assess.board import MEMBER_NAME, MEMBER_ROLE, TEAM, Facts
from assessor_tui.form.columns import LOOKED_AT, asked, folded, heading_row, match
from assessor_tui.form.model import SELECT_ONE, SELECT_TYPES, Choice, Form, Question, Repeat, walk
from assessor_tui.ledger.entry import clean
from assessor_tui.ledger.typed import read_choice, read_typed
from assessor_tui.ledger.value import MAX_TEXT, Value
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.problem import Place, Problem

SITE_NAMES = ("site_name_zh", "site_name_en")
APPLICATION, REGISTERED, DATE = "application_number", "registered_number", "visit_date"
ACKNOWLEDGED = "OK"

EVERYDAY: Mapping[str, tuple[str, ...]] = {
    "site_name_zh": (
        "Chinese name", "企業名稱", "企业名称", "工廠名稱", "公司名稱", "公司名称", "中文名稱", "中文名称",
    ),
    "site_name_en": ("Site", "Site name", "Company", "Company name", "Factory", "English name", "英文名稱", "英文名称"),
    "registered_number": (
        "Registered number", "Registration number", "註冊號碼", "注册号", "統一社會信用代碼", "统一社会信用代码",
    ),
    "application_number": ("Application no", "Application", "Case number", "申請編號", "申请编号", "個案編號"),
    "category": ("Category", "類別", "类别", "申請類別", "申请类别"),
    "visit_date": ("Date", "Visit date", "Date of visit", "Date of the visit", "日期", "評核日期", "评核日期"),
    "visit_last_date": ("Last day", "End date", "結束日期", "结束日期"),
    "deadline": ("Deadline", "Due", "截止日期", "限期"),
    "batch": ("Batch", "批次"),
}  # fmt: skip
"""What secretariats write over a column whose question has a longer label."""
BESIDE: Mapping[str, tuple[str, ...]] = {
    "covers_sections": ("Section", "Sections", "部分", "負責部分", "负责部分"),
    "covers_places": ("Place", "Places", "地點", "地点", "負責地點", "负责地点"),
    "member_organisation": ("Organisation", "Unit", "機構", "单位"),
}
"""The same of columns beside a person of the team."""
_COUNTING = frozenset({"no", "#", "item", "序號", "序号", "編號", "编号"})
"""Headings of the lines' own numbers."""
_NOTHING = frozenset({"-", "--", "–", "—", "/", "n/a", "nil", "无", "無"})
"""What people write into a cell for nothing, where no text is asked for."""
_YES = frozenset({"ok", "yes", "y", "true", "1", "x", "是", "√", "✓"})
_BETWEEN_NAMES = re.compile(r"[;；、\n]")
_BETWEEN_CHOICES = re.compile(r"[,;，、；\n]")
_NUMBERED = re.compile(r"[\s#.:]*[0-9]+\Z")
_UNSAID = frozenset({"answer.required", "answer.warning"})
"""What is not wrong with a list: it may say little, and what is unusual is asked about in the visit."""


class NewVisit(NamedTuple):
    """What one line says."""

    row: int
    """In the sheet, from 1."""
    answers: Mapping[str, Value]
    """Of the visit's header, by question."""
    team: tuple[Mapping[str, Value], ...] = ()
    """Answers of each member of the team, by question of the repeat."""
    visit: str = ""
    """The visit on this laptop that it is already."""
    first: int = 0
    """Row further up that says the same visit."""
    problems: tuple[Problem, ...] = ()
    """Why it cannot be opened; ``place`` has row and column, from 1."""

    @property
    def is_new(self) -> bool:
        """True when it can be opened and is not there yet."""
        return not self.problems and not self.visit and not self.first


class VisitList(NamedTuple):
    """What a list comes to."""

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    """What each column answers: a question, ``team`` or ``team/<question>``; ``""`` for one that is not read."""
    visits: tuple[NewVisit, ...]
    problems: tuple[Problem, ...] = ()
    """Why nothing of it can be read."""
    notes: tuple[Problem, ...] = ()
    """What people should know; nothing is left out for it."""

    @property
    def new(self) -> tuple[NewVisit, ...]:
        """The visits that can be opened."""
        return tuple(each for each in self.visits if each.is_new)

    @property
    def wrong(self) -> tuple[NewVisit, ...]:
        """The lines that cannot be taken."""
        return tuple(each for each in self.visits if each.problems)


def read_list(
    form: Form, rows: Sequence[Sequence[str]], known: Iterable[Facts] = (), damaged: Sequence[Problem] = ()
) -> VisitList:
    """What the rows of a sheet say of new visits.

    Args:
        form: the visit's header.
        rows: cells as people see them.
        known: the visits of this laptop; a line that is one of them is not new.
        damaged: problems of single cells (``place`` from 1), which cannot be taken.

    Codes: ``list.no_headings``, ``list.no_site``, ``list.nobody``, ``visit.too_long``, those of ``read_typed``,
    ``typed.choice``, ``typed.acknowledge`` and the form's own checks; notes ``list.unknown_column``,
    ``list.column_twice``.
    """
    questions = list(asked(form.children))
    top = _heading_row(questions, rows)
    if top < 0:
        wanted = ", ".join(question.label.get("en-HK", question.name) for question in questions[:3])
        return VisitList((), (), (), (Problem("list.no_headings", Place(), {"wanted": wanted}),))
    headings = tuple(rows[top])
    columns, notes = _columns(form, questions, headings)
    by_name = {question.name: question for question in questions}
    broken = {(each.place.line, each.place.column): each for each in damaged}
    reading = _Reading(form, by_name, _member(form), columns, headings, compile_form(form), broken)
    visits: list[NewVisit] = []
    there = {key: each.visit for each in known for key in _keys(each.header)}
    above: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, 1):
        if number <= top + 1 or not any(cell.strip() for cell in row):
            continue
        visit = _read_line(reading, number, row)
        keys = list(_keys(visit.answers))
        known_as = next((there[key] for key in keys if key in there), "")
        first = next((above[key] for key in keys if key in above), 0)
        for key in keys if not visit.problems else ():  # what cannot be opened stands for no other line
            above.setdefault(key, number)
        visits.append(visit._replace(visit=known_as, first=first if not known_as else 0))
    return VisitList(headings, columns, tuple(visits), (), tuple(notes))


def _keys(header: Mapping[str, Value]) -> Iterator[tuple[str, ...]]:
    """What tells visits apart: the application's number; the site's registered number and the day."""

    def plain(name: str) -> str:
        value = header.get(name)
        return folded(clean(value)) if isinstance(value, str) else ""

    if application := plain(APPLICATION):
        yield (APPLICATION, application)
    if plain(REGISTERED) and plain(DATE):
        yield (REGISTERED, plain(REGISTERED), plain(DATE))


# Columns


def _heading_row(questions: Sequence[Question], rows: Sequence[Sequence[str]]) -> int:
    """As ``heading_row``, knowing everyday headings, too."""
    everyday = {folded(each): name for name, spellings in EVERYDAY.items() for each in spellings}
    plain = [[everyday.get(folded(cell), cell) for cell in row] for row in rows[:LOOKED_AT]]
    return heading_row(questions, plain)


def _columns(
    form: Form, questions: Sequence[Question], headings: Sequence[str]
) -> tuple[tuple[str, ...], list[Problem]]:
    """What each column answers, and what people should know about it."""
    team = _team_columns(form, headings)
    found = match(questions, ["" if at in team else heading for at, heading in enumerate(headings)])
    columns = [team.get(at, name) for at, name in enumerate(found.questions)]
    names = {question.name for question in questions}
    everyday = {folded(each): name for name, spellings in EVERYDAY.items() for each in spellings if name in names}
    notes = []
    for at in found.unknown:
        name = everyday.get(folded(headings[at]), "")
        if name and name not in columns:
            columns[at] = name
        elif folded(headings[at]) not in _COUNTING:
            notes.append(Problem("list.unknown_column", Place(column=at + 1), {"heading": headings[at]}))
    for at, first in found.twice:
        said = {"heading": headings[at], "first": headings[first]}
        notes.append(Problem("list.column_twice", Place(column=at + 1), said))
    return tuple(columns), notes


def _team(form: Form) -> Repeat | None:
    nodes = (node for _, node in walk(form.children))
    return next((node for node in nodes if isinstance(node, Repeat) and node.name == TEAM), None)


def _member(form: Form) -> dict[str, Question]:
    """What is asked of a member of the team, by name of the question; empty when the form has no team."""
    team = _team(form)
    return {question.name: question for question in asked(team.children)} if team is not None else {}


def _team_columns(form: Form, headings: Sequence[str]) -> dict[int, str]:
    """Column -> ``team:<role>`` for names, ``team/<question>`` for what is asked beside them."""
    member = _member(form)
    if MEMBER_NAME not in member or MEMBER_ROLE not in member:
        return {}
    roles = form.choices.get(member[MEMBER_ROLE].list_name, ())
    beside = [question for name, question in member.items() if name not in (MEMBER_NAME, MEMBER_ROLE)]
    found: dict[int, str] = {}
    person = ""
    for at, heading in enumerate(headings):
        role = _role(_NUMBERED.sub("", unicodedata.normalize("NFKC", heading).strip()), roles)
        if role:
            found[at], person = f"{TEAM}:{role}", folded(heading)
        elif person and (name := match(beside, [heading]).questions[0] or _beside(heading, person)) in member:
            found[at] = f"{TEAM}/{name}"
    return found


def _beside(heading: str, person: str) -> str:
    """The question that an everyday heading beside a person means: ``Sections``, ``Lead: sections``; else ``""``."""
    said = folded(folded(heading).removeprefix(person))
    return next((name for name, words in BESIDE.items() if said in map(folded, words)), "")


def _role(heading: str, roles: Sequence[Choice]) -> str:
    """The role that a heading names: its label or name, or how it ends in everyday words (組長, lead)."""
    said = folded(heading)
    if len(said) < 2:
        return ""
    spelled = {role.name: {folded(role.name), *map(folded, role.label.values())} for role in roles}
    exact = [name for name, spellings in spelled.items() if said in spellings or said.removesuffix("s") in spellings]
    ends = [name for name, spellings in spelled.items() if any(each.endswith(said) for each in spellings)]
    found = exact or ends
    return found[0] if len(found) == 1 else ""


# Cells


class _Reading(NamedTuple):
    """What reading a line needs."""

    form: Form
    questions: Mapping[str, Question]
    member: Mapping[str, Question]
    columns: Sequence[str]
    headings: Sequence[str]
    compiled: CompiledForm
    damaged: Mapping[tuple[int, int], Problem]


def _read_line(reading: _Reading, number: int, row: Sequence[str]) -> NewVisit:
    answers: dict[str, Value] = {}
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    team: list[dict[str, Value]] = []
    beside: list[dict[str, Value]] = []
    """Members of the person column further left."""
    for at, (column, text) in enumerate(zip(reading.columns, row, strict=False)):
        place = Place(line=number, column=at + 1)
        if not column:
            continue
        if damage := reading.damaged.get((number, at + 1)):
            problems.append(damage._replace(place=place))
            continue
        text = clean(text).strip()
        kind, _, name = column.partition(":" if ":" in column else "/")
        if column.startswith(f"{TEAM}:"):
            beside = [{MEMBER_NAME: each, MEMBER_ROLE: (name,)} for each in _names(text)]
            team += beside
            continue
        question = reading.member[name] if kind == TEAM and name else reading.questions[column]
        if not text or (question.type != "text" and text.casefold() in _NOTHING):
            continue
        value = _value(reading.form, question, text)
        if isinstance(value, Problem):
            problems.append(value._replace(place=place))
        elif kind != TEAM:
            answers[column], columns[column] = value, at + 1
        elif not beside:
            problems.append(Problem("list.nobody", place, {"heading": reading.headings[at]}))
        else:
            for each in beside:
                each[name] = value
    if not problems and not any(answers.get(name) for name in SITE_NAMES):
        problems.append(Problem("list.no_site", Place(line=number), {"row": str(number)}))
    problems += _checked(reading, number, answers, columns)
    return NewVisit(number, answers, tuple(team), problems=tuple(problems))


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(piece.split()) for piece in _BETWEEN_NAMES.split(text) if piece.strip()))


def _value(form: Form, question: Question, text: str) -> Value | Problem:
    """What a cell says, or why it cannot be taken."""
    if len(text) > MAX_TEXT:
        return Problem("visit.too_long", Place(), {"length": str(len(text)), "limit": str(MAX_TEXT)})
    if question.type in SELECT_TYPES:
        return _choices(form, question, text)
    if question.type == "acknowledge":
        said = unicodedata.normalize("NFKC", text).casefold()
        return ACKNOWLEDGED if said in _YES else Problem("typed.acknowledge", Place(), {"value": text})
    return read_typed(question, text)


def _choices(form: Form, question: Question, text: str) -> Value | Problem:
    choices = form.choices.get(question.list_name, ())
    offered = [(choice.name, choice.label) for choice in choices]

    def one(piece: str) -> str | None:
        # "3 Pollution control" is also called by its number.
        numbered = [name for name, label in offered if {each.partition(" ")[0] for each in label.values()} == {piece}]
        return read_choice(piece, offered) or (numbered[0] if len(numbered) == 1 else None)

    whole = one(text)
    if whole is not None:
        return (whole,)
    pieces = [piece.strip() for piece in _BETWEEN_CHOICES.split(text) if piece.strip()]
    found = [one(piece) for piece in pieces]
    if question.type == SELECT_ONE or not found or None in found:
        known = ", ".join(label.get("en-HK", name) for name, label in offered)
        return Problem("typed.choice", Place(), {"value": text, "known": known})
    chosen = {name for name in found if name is not None}
    return tuple(choice.name for choice in choices if choice.name in chosen)


def _checked(
    reading: _Reading, number: int, answers: Mapping[str, Value], columns: Mapping[str, int]
) -> Iterator[Problem]:
    """What the form itself finds wrong with the answers of a line."""
    day = answers.get(DATE)
    filling = Filling(reading.compiled, Context(day if isinstance(day, str) else ""))
    filling.load({}, {name: ("answered", value) for name, value in answers.items()})
    for name in answers:
        for problem in filling.state(name).problems:
            if problem.code not in _UNSAID:
                given = {**problem.parameters, "question": name}
                yield Problem(problem.code, Place(line=number, column=columns[name]), given)
