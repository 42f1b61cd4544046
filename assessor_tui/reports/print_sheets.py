"""Walk sheets on paper: what a visit asks, with boxes and lines to write on, for where no laptop may go.

One self-contained HTML file, made to be printed on A4. It shows no score and no points. What depends on an answer that
is not there yet is printed with its condition in words; what the answers rule out is left away.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, NamedTuple

from markupsafe import Markup

from assessor_tui.assess.cover import Covered, covered_by
from assessor_tui.assess.left import counts
from assessor_tui.assess.places import SitePlace, is_same_place, place_named, placed_tables, places_of
from assessor_tui.carry.exchange import earlier_visits, site_name, visit_label
from assessor_tui.form.model import (
    GRADES,
    LIST_TYPES,
    NUMBER_TYPES,
    RANK,
    SELECT_MULTIPLE,
    SELECT_TYPES,
    Form,
    Group,
    Question,
    Repeat,
    Text,
    in_language,
    walk,
)
from assessor_tui.i18n import LANGUAGES, N_, catalogue, grouped
from assessor_tui.ledger.state import VALUE
from assessor_tui.ledger.typed import shown_text, shows
from assessor_tui.ledger.value import Evidence, Quantity, Value, names
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Call, Number, Operation, Reference, Tree, parse
from assessor_tui.logic.parser import Text as Quoted
from assessor_tui.logic.unsettled import Known, holds, names_in
from assessor_tui.reports.html import file_name, template, write_text
from assessor_tui.reports.words import WORDS as SUMMARY_WORDS
from assessor_tui.units import unit_name
from assessor_tui.visit import Visit

WORDS: Mapping[str, str] = {
    "title": N_("Walk sheets"),
    "person": N_("Assessor"),
    "place": N_("Place"),
    "section": N_("Section"),
    "date": N_("Date of the visit"),
    "everything": N_("everything"),
    "now": N_("Now"),
    "in_order": N_("Number them: 1 is the foremost."),
    "then": N_("On {date}"),
    "note": N_("Note"),
    "proof": N_("Proof"),
    "unit": N_("Unit"),
    "only_if": N_("Only if {condition}"),
    "file_no": N_("Photo or file no."),
    "not_applicable": N_("n/a, because"),
    "one_per_row": N_("One row for each; use the empty rows for what is new."),
    "row": N_("Row"),
    "seen": N_("What else was seen"),
    "where": N_("Where"),
    "what": N_("What"),
    "grade": N_("Grade"),
    "by_hand": N_("Written by hand by, date"),
    "type_in": N_("To type it in: / then 3.07 2 text of the note. In the line dialogue the same, without the /."),
    "of_pages": N_("Page"),
    "disputed": N_("answered differently, not decided"),
    "photo": N_("photo"),
    "document": N_("document"),
    "original_seen": N_("original seen"),
    "interview": N_("interview"),
    "measured": N_("measured"),
    "recomputed": N_("recomputed"),
}
"""The sheets' own words, by the names that the template calls them by."""

_COLUMNS = 6
"""Columns of a table that stand beside each other; more go below, in a band of their own."""
MOST_PRINTED = 60
"""Choices that get a box each; of a longer list the answer is written."""
_SHORT = 40
"""Characters of the choices that stand in the head of a column."""
_ROW_NAME = 42
"""Characters of a row's name; its columns say the rest."""
_TOGETHER = 16
"""Lines of a table that stay on one page with the heading above it."""
_LABEL = 40
"""Characters of a choice's label in a condition."""
_EMPTY_ROWS = 3
"""Rows left for what is new, at least."""
_SEEN = 6
"""Empty rows for what was seen and asked by no question."""
_PROOF = ("photo", "document", "original_seen", "interview", "measured", "recomputed")


class NothingToPrint(Exception):
    """The visit asks nothing there."""

    message: ClassVar[str] = N_("Nothing is asked there. Choose another place, section or person, or print it all.")
    exit_code: ClassVar[int] = 1

    def __init__(self) -> None:
        self.parameters: dict[str, str] = {}
        super().__init__(self.message)


class NotWritten(Exception):
    """The sheets could not be written."""

    message: ClassVar[str] = N_("The sheets could not be written to {file}: {reason}. Name another file with -o.")
    exit_code: ClassVar[int] = 1

    def __init__(self, file: Path, reason: str) -> None:
        self.parameters = {"file": str(file), "reason": reason}
        super().__init__(self.message.format_map(self.parameters))


class Choice(NamedTuple):
    """A box to tick."""

    digit: str
    """What is typed for it; ``""`` beyond 9."""
    texts: tuple[str, ...]


class Asked(NamedTuple):
    """A question on paper. Texts are in the languages of the sheets, the first one larger."""

    number: str
    texts: tuple[str, ...]
    hint: str
    conditions: tuple[str, ...]
    """Empty when it is asked whatever else is answered."""
    room: str
    """``boxes``, ``reading``, ``line``, ``lines``, ``tick`` or ``file``."""
    choices: tuple[Choice, ...]
    several: bool
    units: tuple[str, ...]
    proof: tuple[str, ...]
    last: tuple[tuple[str, str], ...]
    """When and what: the answer that stands, and that of the visit before."""
    pattern: str = ""
    """How a date or time is written down, ``YYYY-MM-DD``."""
    kind: str = "question"


class Cell(NamedTuple):
    """The head of a column, or what stands in a row."""

    number: str
    texts: tuple[str, ...]
    condition: str = ""
    """Of a column that is asked in some rows only; in the first language."""
    boxes: tuple[str, ...] = ()
    """What can be ticked, ``1 Yes``, or the units of a number."""

    @property
    def is_short(self) -> bool:
        """True when the boxes fit into the head of the column; others stand in a line above the table."""
        return sum(map(len, self.boxes)) <= _SHORT


class Band(NamedTuple):
    """Columns of a table that fit beside each other."""

    heads: tuple[Cell, ...]
    rows: tuple[tuple[str, ...], ...]
    """The row's name, then a text for each column."""
    empty: int


class Table(NamedTuple):
    """A table on paper."""

    number: str
    texts: tuple[str, ...]
    conditions: tuple[str, ...]
    bands: tuple[Band, ...]

    kind: str = "table"

    @property
    def is_long(self) -> bool:
        """True when it may not fit on one page with the heading above it."""
        return sum(len(band.rows) + band.empty + 2 for band in self.bands) > _TOGETHER


class Heading(NamedTuple):
    """The heading of a group; ``above`` holds what stands under it in the file."""

    texts: tuple[str, ...]
    conditions: tuple[str, ...]
    depth: int

    kind: str = "heading"


Line = Asked | Table | Heading


class Section(NamedTuple):
    """What one form asks."""

    number: str
    texts: tuple[str, ...]
    lines: tuple[Line, ...]


class Sheets(NamedTuple):
    """All that is printed of a visit."""

    languages: tuple[str, ...]
    site: str
    label: str
    """The visit's short name."""
    date: str
    person: str
    place: str
    section: str
    draft: bool
    sections: tuple[Section, ...]
    words: tuple[Mapping[str, str], ...]
    """``WORDS`` in the languages."""

    @property
    def questions(self) -> int:
        """How many questions are printed outside of tables."""
        return sum(isinstance(line, Asked) for section in self.sections for line in section.lines)

    @property
    def tables(self) -> int:
        """How many tables are printed."""
        return sum(isinstance(line, Table) for section in self.sections for line in section.lines)


class Wanted(NamedTuple):
    """Which part of a visit is printed."""

    section: str = ""
    """Id of a form; ``""`` for all checklists."""
    place: SitePlace | None = None
    person: str = ""
    full: bool | None = None
    """True for the questions of a long visit, too; None as the visit's size asks."""


def sheets(visit: Visit, languages: Sequence[str], wanted: Wanted = Wanted()) -> Sheets:  # noqa: B008 - a value
    """What is printed of the visit, in one language or two.

    Raises:
        NothingToPrint: when nothing of it is asked.
    """
    languages = tuple(dict.fromkeys(languages))
    header = visit.filling(visit.scheme.header_form)
    covered = covered_by(header, visit.forms, wanted.person) if wanted.person else None
    forms = [wanted.section] if wanted.section else list(visit.checklists)
    before = _before(visit)
    full = visit.extent.full if wanted.full is None else wanted.full
    sections = []
    for form in forms:
        lines = _Printed(visit, before, form, languages, wanted.place, covered, full=full).lines()
        if any(not isinstance(line, Heading) for line in lines):
            title = visit.forms[form].title
            sections.append(Section(visit.forms[form].number, _both(title, languages), tuple(_needed(lines))))
    if not sections:
        raise NothingToPrint
    return Sheets(
        languages,
        "  ".join(dict.fromkeys(name for tag in languages if (name := site_name(visit, tag)))),
        visit_label(visit),
        visit.today,
        wanted.person,
        in_language(wanted.place.label, languages[0]) if wanted.place is not None else "",
        in_language(visit.forms[wanted.section].title, languages[0]) if wanted.section else "",
        visit.scheme.status != "",
        tuple(sections),
        tuple({key: _say(tag, word) for key, word in WORDS.items()} for tag in languages),
    )


def _needed(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without headings that have nothing below them."""
    for at, line in enumerate(lines):
        if isinstance(line, Heading):
            below = next(
                (each for each in lines[at + 1 :] if not isinstance(each, Heading) or each.depth <= line.depth), None
            )
            if below is None or isinstance(below, Heading):
                continue
        yield line


def _say(tag: str, message: str) -> str:
    return catalogue(tag).gettext(message)


def _both(text: Text, languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for tag in languages if (said := in_language(text, tag))))


def _before(visit: Visit) -> Visit | None:
    """The visit of this site before this one, when it is on this laptop."""
    found = earlier_visits(visit.store, visit)
    return Visit(visit.store, found[-1], new_id=visit.new_id) if found else None


class _Printed:
    """One form on its way to paper."""

    def __init__(
        self,
        visit: Visit,
        before: Visit | None,
        form: str,
        languages: tuple[str, ...],
        place: SitePlace | None,
        covered: Covered | None,
        *,
        full: bool,
    ) -> None:
        self.visit, self.form, self.languages, self.place, self.covered, self.full = (
            visit, form, languages, place, covered, full,
        )  # fmt: skip
        self.filling = visit.filling(form)
        self.model: Form = visit.forms[form]
        self.before = before if before is not None and form in before.forms else None
        self.nodes = {node.name: node for _, node in walk(self.model.children) if not isinstance(node, Group)}
        self.inside = {node.name for above, node in walk(self.model.children) if above}
        self.around: dict[str, tuple[str, ...]] = {}
        self._note_conditions(self.model.children, ())
        self.own_place = {repeat.name: question.name for repeat, question in placed_tables(self.model)}

    def _note_conditions(self, children: Sequence[Group | Repeat | Question], above: tuple[str, ...]) -> None:
        for node in children:
            own = (*above, node.relevant) if node.relevant else above
            if isinstance(node, Group):
                self._note_conditions(node.children, own)
            else:
                self.around[node.name] = own

    def lines(self) -> list[Line]:
        """All that is printed of the form, headings included."""
        return list(self._lines(self.model.children, 1))

    def _lines(self, children: Sequence[Group | Repeat | Question], depth: int) -> Iterator[Line]:
        for node in children:
            if node.relevant and self._holds(node.relevant) is False:
                continue
            conditions = self._conditions(node.relevant)
            if isinstance(node, Group):
                if texts := self._texts(node.name, node.label):
                    yield Heading(texts, conditions, depth)
                yield from self._lines(node.children, depth + 1)
            elif not self._is_wanted(node):
                continue
            elif isinstance(node, Repeat):
                yield from self._table(node, conditions)
            else:
                yield self._asked(node, conditions)

    def _is_wanted(self, node: Question | Repeat) -> bool:
        if not counts(node, full=self.full):
            return False
        if isinstance(node, Question) and self.filling.state(node.name).read_only:
            return False
        if self.place is not None and node.place != self.place.kind:
            return False
        return self.covered is None or self.covered.holds(self.form, node.name)

    def _texts(self, path: str, label: Text) -> tuple[str, ...]:
        """The label in the languages, its outputs filled in as far as they are known."""
        try:
            found = [self.filling.label(path, tag) for tag in self.languages]
        except KeyError:
            return _both(label, self.languages)
        return tuple(dict.fromkeys(each for each in found if each))

    # Questions

    def _asked(self, question: Question, conditions: tuple[str, ...]) -> Asked:
        choices = tuple(self._choices(question))
        hint = self.filling.text(question.name, "hint", self.languages[0])
        if question.type == RANK:
            hint = "  ".join(each for each in (hint, _say(self.languages[0], WORDS["in_order"])) if each)
        return Asked(
            question.number,
            self._texts(question.name, question.label),
            hint,
            conditions,
            _room(question) if choices or question.type not in LIST_TYPES else "line",
            choices,
            question.type in (SELECT_MULTIPLE, RANK),
            self._unit_names(question),
            tuple(kind for kind in _PROOF if any(kind in kinds for kinds in question.evidence.values())),
            tuple(self._last(question)),
            _pattern(question),
        )

    def _unit_names(self, question: Question) -> tuple[str, ...]:
        return tuple(unit_name(unit, self.languages[0]) for unit in question.units)

    def _choices(self, question: Question) -> Iterator[Choice]:
        if question.type not in LIST_TYPES:
            return
        offered = self.filling.choices(question.name)
        if len(offered) > MOST_PRINTED:
            return
        for index, choice in enumerate(offered, 1):
            yield Choice(str(index) if index <= 9 else "", _both(choice.label, self.languages) or (choice.name,))

    def _last(self, question: Question) -> Iterator[tuple[str, str]]:
        tag = self.languages[0]
        now = self.filling.state(question.name)
        if (VALUE, self.form, question.name) in self.visit.state.conflicts:
            # What counts meanwhile would pass for what stands.
            yield _say(tag, WORDS["now"]), _say(tag, WORDS["disputed"])
        elif now.status == "answered" and now.value is not None:
            yield _say(tag, WORDS["now"]), _spoken(self.filling, question, now.value, tag)
        elif now.status in ("not applicable", "to come"):
            yield _say(tag, WORDS["now"]), _say(tag, _STATES[now.status])
        if self.before is None:
            return
        filling = self.before.filling(self.form)
        try:
            then = filling.state(question.name)
        except KeyError:
            return
        if then.status == "answered" and then.value is not None:
            when = _say(tag, WORDS["then"]).format(date=self.before.today)
            yield when, _spoken(filling, then.question, then.value, tag)

    # Tables

    def _table(self, repeat: Repeat, conditions: tuple[str, ...]) -> Iterator[Line]:
        columns = [
            node
            for above, node in walk(repeat.children, (repeat.name,))
            if isinstance(node, Question) and above == (repeat.name,) and counts(node, full=self.full)
        ]
        rows = [f"{repeat.name}[{row}]" for row in self.filling.rows(repeat.name)]
        rows = [row for row in rows if self._stands_here(repeat, row)]
        if repeat.repeat_count and not rows:
            return
        empty = 0 if repeat.repeat_count else max(_EMPTY_ROWS - bool(rows), repeat.at_least - len(rows))
        bands = []
        # Bands of nearly the same number of columns: a last one of a single column wastes a page.
        most = -(-len(columns) // -(-len(columns) // _COLUMNS)) if columns else _COLUMNS
        for first in range(0, len(columns), most):
            band = columns[first : first + most]
            said = tuple(
                (_cut(self.filling.row_label(row)), *(self._cell(row, question) for question in band)) for row in rows
            )
            bands.append(Band(tuple(self._head(question) for question in band), said, empty))
        if bands:
            yield Table(repeat.number, self._texts(repeat.name, repeat.label), conditions, tuple(bands))

    def _stands_here(self, repeat: Repeat, row: str) -> bool:
        if self.place is None or repeat.name not in self.own_place:
            return True
        where = self.filling.state(f"{row}/{self.own_place[repeat.name]}").value
        # A row that does not say where it stands is looked for at every place of its kind.
        return not isinstance(where, str) or not where.strip() or is_same_place(where, self.place.name)

    def _cell(self, row: str, question: Question) -> str:
        now = self.filling.state(f"{row}/{question.name}")
        if not now.relevant:
            return "/"
        if now.status != "answered" or now.value is None:
            return ""
        return _spoken(self.filling, question, now.value, self.languages[0], now.path)

    def _head(self, question: Question) -> Cell:
        boxes = self._unit_names(question)
        if question.type in SELECT_TYPES and question.list_name:
            choices = self.model.choices.get(question.list_name, ())[:9]
            boxes = tuple(
                f"{index} {in_language(choice.label, self.languages[0])}" for index, choice in enumerate(choices, 1)
            )
        condition = next(iter(self._conditions(question.relevant)), "")
        return Cell(question.number, _both(question.label, self.languages), condition, boxes)

    # Conditions

    def _holds(self, expression: str) -> bool | None:
        tree = _tree(expression)
        return None if tree is None else holds(tree, self._said)

    def _said(self, name: str) -> Known:
        """What is known of a question or table; nothing of one that the answers rule out."""
        node = self.nodes.get(name)
        if node is None or name in self.inside:
            return None
        if any(self._holds(each) is False for each in self.around.get(name, ())):
            return ()
        if isinstance(node, Repeat):
            rows = len(self.filling.rows(name))
            return (str(rows),) if rows else None
        now = self.filling.state(name)
        if now.status == "not applicable":
            return ()
        if node.type == "calculate":
            return (str(now.value),) if now.value not in (None, "") else None
        if now.status != "answered" or now.value is None:
            return None
        return (now.value.n,) if isinstance(now.value, Quantity) else names(now.value) or (str(now.value),)

    def _conditions(self, expression: str) -> tuple[str, ...]:
        """The condition in words, in each language; nothing once it is decided."""
        tree = _tree(expression) if expression else None
        if not expression or (tree is not None and holds(tree, self._said) is not None):
            return ()
        if tree is None or not any(self._name(name, self.languages[0]) for name in names_in(tree)):
            return ()  # such as the paths of other programs' forms: half a sentence helps nobody
        found = []
        for tag in self.languages:
            found.append(
                _say(tag, WORDS["only_if"]).format(condition=self._condition(tree, tag) or self._depends(tree, tag))
            )
        return tuple(dict.fromkeys(found))

    def _depends(self, tree: Tree, tag: str) -> str:
        numbers = dict.fromkeys(self._name(name, tag) for name in names_in(tree))
        return _say(tag, N_("the figures of {numbers} call for it")).format(numbers=_say(tag, N_(", ")).join(numbers))

    def _condition(self, tree: Tree, tag: str) -> str:
        """The condition in words; ``""`` for one that has none."""
        match tree:
            case Operation(first=first, rest=rest) if rest[0][0] in ("and", "or"):
                parts = [first, *(part for _, part in rest)]
                if rest[0][0] == "or" and (said := self._one_of(parts, tag)):
                    return said
                # What is decided already is not asked of the reader again.
                undecided = [part for part in parts if holds(part, self._said) is None]
                # "Answered, and not X" is said by "not X".
                rest_of = {name for part in undecided if not _is_given(part) for name in names_in(part)}
                undecided = [
                    part for part in undecided if not rest_of.issuperset(names_in(part)) or not _is_given(part)
                ]
                words = [self._condition(part, tag) for part in undecided]
                joint = _say(tag, N_(" or ") if rest[0][0] == "or" else N_(" and "))
                return joint.join(words) if words and all(words) else ""
            case Operation(first=Reference(name=name), rest=((sign, Quoted(value="")),)) if sign in ("=", "!="):
                word = N_("{question} has no answer") if sign == "=" else N_("{question} is answered")
                return _say(tag, word).format(question=self._name(name, tag))
            case Operation(first=Reference(name=name), rest=((sign, Quoted(value=value)),)) if sign in ("=", "!="):
                word = _IS if sign == "=" else N_("{question} is not “{answer}”")
                return _say(tag, word).format(question=self._name(name, tag), answer=self._choice(name, value, tag))
            case Operation(first=Reference(name=name), rest=((sign, Number(value=number)),)) if sign in _SIGNS:
                plain = grouped(f"{number:.10f}".rstrip("0").rstrip("."))
                return _say(tag, _SIGNS[sign]).format(question=self._name(name, tag), number=plain)
            case Operation(
                first=Call(name="count", arguments=(Reference(name=name),)), rest=((">", Number(value=number)),)
            ):
                word = N_("{table} has at least {number} rows") if number else N_("{table} has a row")
                return _say(tag, word).format(table=self._name(name, tag), number=int(number) + 1)
            case Call(name="selected", arguments=(Reference(name=name), Quoted(value=value))):
                return _say(tag, _INCLUDES).format(
                    question=self._name(name, tag), answer=self._choice(name, value, tag)
                )
            case Call(name="not", arguments=(inner,)):
                said = self._condition(inner, tag)
                return _say(tag, N_("not: {condition}")).format(condition=said) if said else ""
        return ""

    def _one_of(self, parts: Sequence[Tree], tag: str) -> str:
        """``3.07 is “1 Yes” / “2 Partly”`` for a chain about one question; ``""`` for any other."""
        answers: dict[tuple[str, str], list[str]] = {}
        for part in parts:
            match part:
                case Operation(first=Reference(name=name), rest=(("=", Quoted(value=value)),)):
                    answers.setdefault((name, _IS), []).append(self._choice(name, value, tag))
                case Call(name="selected", arguments=(Reference(name=name), Quoted(value=value))):
                    answers.setdefault((name, _INCLUDES), []).append(self._choice(name, value, tag))
                case _:
                    return ""
        if len(answers) != 1:
            return ""
        (((name, word), said),) = answers.items()
        return _say(tag, word).format(question=self._name(name, tag), answer="” / “".join(said))

    def _name(self, name: str, tag: str) -> str:
        node = self.nodes.get(name)
        return (node.number or in_language(node.label, tag)) if node is not None else name

    def _choice(self, name: str, value: str, tag: str) -> str:
        """The digit and the label of a choice, cut where it is long: the box beside the digit says the rest."""
        node = self.nodes.get(name)
        listed = self.model.choices.get(node.list_name, ()) if isinstance(node, Question) else ()
        for index, choice in enumerate(listed, 1):
            if choice.name == value:
                label = in_language(choice.label, tag)
                digit = f"{index} " if index <= 9 and isinstance(node, Question) and not node.choice_filter else ""
                return f"{digit}{label if len(label) <= _LABEL else label[: _LABEL - 1] + '…'}"
        return value


def _is_given(tree: Tree) -> bool:
    """True for ``${x} != ''``."""
    match tree:
        case Operation(first=Reference(), rest=(("!=", Quoted(value="")),)):
            return True
    return False


_IS, _INCLUDES = N_("{question} is “{answer}”"), N_("{question} includes “{answer}”")
_SIGNS = {
    "=": N_("{question} is {number}"),
    "!=": N_("{question} is not {number}"),
    ">": N_("{question} is more than {number}"),
    "<": N_("{question} is less than {number}"),
    ">=": N_("{question} is at least {number}"),
    "<=": N_("{question} is at most {number}"),
}
_STATES = {"not applicable": N_("not applicable"), "to come": N_("to come")}


def _cut(name: str) -> str:
    return name if len(name) <= _ROW_NAME else f"{name[: _ROW_NAME - 1]}…"


@lru_cache(maxsize=512)
def _tree(expression: str) -> Tree | None:
    try:
        return parse(expression)
    except ExpressionError:
        return None


def _room(question: Question) -> str:
    """What one needs to write the answer down."""
    if question.type in LIST_TYPES:
        return "boxes"
    if question.type in NUMBER_TYPES:
        return "reading"
    return {"acknowledge": "tick", "file": "file", "text": "lines"}.get(question.type, "line")


def _pattern(question: Question) -> str:
    """How a date or time is written down; ``""`` for anything else."""
    if question.type == "date":
        return {"year": "YYYY", "month": "YYYY-MM"}.get(shows(question), "YYYY-MM-DD")
    return {"time": "HH:MM", "datetime": "YYYY-MM-DD HH:MM"}.get(question.type, "")


def _spoken(filling: Filling, question: Question, value: Value, tag: str, path: str = "") -> str:
    """The answer as people read it, without anything that acts instead of being seen."""
    if isinstance(value, Quantity):
        return f"{grouped(value.n)} {unit_name(value.u, tag)}".strip()
    if isinstance(value, Evidence):
        return value.about.get("name") or value.about.get("number") or value.kind
    if isinstance(value, str):
        return shown_text(question, value)
    if question.rows_of:
        labels = {each.name: in_language(each.label, tag) for each in filling.choices(path or question.name)}
    else:
        labels = {name: filling.chosen_text(path or question.name, name, tag) for name in names(value)}
    return _say(tag, N_(", ")).join(labels.get(name, name) for name in names(value))


# What is wanted


def place_wanted(visit: Visit, typed: str) -> SitePlace | None:
    """The place of the site that is meant; None for none or several."""
    return place_named(places_of(visit.scheme, visit.filling(visit.scheme.header_form)), typed)


def place_names(visit: Visit, tag: str) -> list[str]:
    """The places of the site as people call them."""
    return [in_language(each.label, tag) for each in places_of(visit.scheme, visit.filling(visit.scheme.header_form))]


def section_wanted(visit: Visit, typed: str) -> str | None:
    """Id of the form that is meant by its id, its number or a part of its title; None for none or several."""
    wanted = " ".join(typed.split()).casefold()
    if not wanted:
        return None
    exact = [name for name, form in visit.forms.items() if wanted in (name.casefold(), form.number.casefold())]
    near = [
        name for name, form in visit.forms.items() if any(wanted in said.casefold() for said in form.title.values())
    ]
    found = exact or near
    return found[0] if len(found) == 1 else None


def section_names(visit: Visit, tag: str) -> list[str]:
    """The forms of the visit with their numbers, as people call them."""
    return [f"{form.number} {in_language(form.title, tag)}".strip() for form in visit.forms.values()]


def is_covered(visit: Visit, person: str) -> bool:
    """True when the visit's header gives the person something to cover."""
    return covered_by(visit.filling(visit.scheme.header_form), visit.forms, person) is not None


def second_language(visit: Visit, first: str) -> str:
    """The other language of the sheets: the site's, else Chinese beside English and English beside Chinese."""
    said = names(visit.header("site_language"))
    site = said[0] if said and said[0] in LANGUAGES else ""
    if site and site != first:
        return site
    return LANGUAGES[1] if first == LANGUAGES[0] else LANGUAGES[0]


# The file


def write_sheets(
    visit: Visit, languages: Sequence[str], wanted: Wanted, target: Callable[[str], Path]
) -> tuple[Path, Sheets]:
    """The file written, and what stands in it. A file of an earlier run is replaced in one step.

    Args:
        visit: the visit.
        languages: one or two.
        wanted: which part of it.
        target: gives the file for the name that the sheets have by themselves.

    Raises:
        NothingToPrint: when nothing of it is asked.
        NotWritten: when the folder or disk does not take it.
    """
    found = sheets(visit, languages, wanted)
    part = next((each for each in (found.place, found.section, found.person) if each), "")
    file = target(f"{file_name(found.label)}-walk{'-' + file_name(part) if part else ''}.html")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, html(found))
    except OSError as error:
        raise NotWritten(file, error.strerror or type(error).__name__) from error
    return file, found


def html(found: Sheets) -> str:
    """The page: no script, no address outside. Everything from outside is escaped, also inside the style."""
    words = found.words[0]
    head = "   ".join(part for part in (found.site, found.date, found.place or found.section, found.person) if part)
    grades = [[_say(tag, SUMMARY_WORDS[f"grade_{grade}"]) for tag in found.languages] for grade in GRADES]
    style = (Path(__file__).parent / "templates" / "sheets.css").read_text(encoding="utf-8")
    for name, text in (("HEAD", head), ("FOOT", words["type_in"]), ("PAGE", words["of_pages"])):
        style = style.replace(f'"{name}"', _css_text(text))
    return template("sheets.html.j2").render(
        s=found,
        w=words,
        second=found.words[1] if len(found.words) > 1 else {},
        grades=grades,
        seen=_SEEN,
        style=Markup(style),  # noqa: S704 - our own file, with texts that were escaped for it
    )


def _css_text(text: str) -> str:
    """The text as a string of CSS: letters and digits of ASCII stay, everything else is written by its number."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text if c.isprintable()) + '"'
