"""Which question each column of somebody's table answers, told by its heading."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.form.model import SILENT_TYPES, Group, Node, Question

LOOKED_AT = 15
"""First rows among which the headings are looked for: titles and notes stand above them."""

_BRACKET = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*\Z")
_LIST_NUMBER = re.compile(r"\A[A-Z]?[0-9]+\.[0-9]+[a-z]?\b[\s.:：、]*")


class Columns(NamedTuple):
    """What the headings of a table mean. Columns are counted from 0."""

    questions: tuple[str, ...]
    """Name of the question that each column answers; ``""`` for none."""
    units: tuple[str, ...]
    """What the heading says in brackets behind the label, such as ``万度``; ``""`` for nothing."""
    unknown: tuple[int, ...]
    """Columns whose heading fits no question."""
    twice: tuple[tuple[int, int], ...]
    """(column, the one before it that answers the same question): the later one is not taken."""
    missing: tuple[str, ...]
    """Names of questions that are wanted and have no column."""
    several: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """(column, names of the questions that its heading fits): also among ``unknown``, as each line may mean another."""


def asked(children: Iterable[Node]) -> Iterator[Question]:
    """The questions that people answer, through groups, without those of inner repeats, in document order."""
    for node in children:
        if isinstance(node, Group):
            yield from asked(node.children)
        elif isinstance(node, Question) and node.type not in SILENT_TYPES and node.type != "file":
            yield node


def match(
    questions: Sequence[Question],
    headings: Sequence[str],
    wanted: Iterable[str] = (),
    meant: Mapping[str, str] | None = None,
) -> Columns:
    """What each heading means: a label in any language, a name or a number; width, case and spaces do not count.

    ``wanted`` names the questions that are missed when no column answers them; ``meant`` is what somebody said that a
    heading means: the name of a question.
    """
    names = {question.name for question in questions}
    spellings = _spellings(questions)
    known = _known(spellings) | {folded(each): name for each, name in (meant or {}).items() if name in names}
    found: list[str] = []
    units: list[str] = []
    unknown: list[int] = []
    twice: list[tuple[int, int]] = []
    for column, heading in enumerate(headings):
        name, unit = _meant(heading, known)
        if name and name in found:
            twice.append((column, found.index(name)))
            name = unit = ""
        elif not name and heading.strip():
            unknown.append(column)
        found.append(name)
        units.append(unit)
    missing = tuple(name for name in wanted if name not in found)
    shared: dict[int, tuple[str, ...]] = {}
    for column in unknown:
        for spelling, unit in _said(headings[column]):
            those = tuple(name for name in spellings.get(spelling, ()) if name not in found)
            if len(those) > 1 and column not in shared:
                shared[column], units[column] = those, unit
    return Columns(tuple(found), tuple(units), tuple(unknown), tuple(twice), missing, tuple(shared.items()))


def in_order(questions: Sequence[Question], width: int) -> Columns:
    """The columns of a table without headings: the questions one after the other."""
    names = tuple(question.name for question in questions[:width])
    names += ("",) * (width - len(names))
    return Columns(names, ("",) * width, tuple(range(len(questions), width)), (), ())


def heading_row(questions: Sequence[Question], rows: Sequence[Sequence[str]]) -> int:
    """Index of the row that holds the headings, among the first ones; -1 when there is none.

    One of its cells must be a label or a name; of several such rows the one with most of them. Numbers alone make no
    heading: ``3.07`` can be a value.
    """
    # A heading that fits several questions is a heading as well.
    said = _spellings(questions).items()
    known = {spelling: names[0] for spelling, names in said if not re.fullmatch(r"[0-9.]+", spelling)}
    best, most = -1, 0
    for index, row in enumerate(rows[:LOOKED_AT]):
        cells = [cell for cell in row if cell.strip()]
        meant = [name for cell in cells if (name := _meant(cell, known)[0])]
        # A value can be called as a question is; a row of headings is more than half made of them, or has two.
        if len(meant) > most and (len(meant) > 1 or len(cells) <= 2):
            best, most = index, len(meant)
    return best


def folded(text: str) -> str:
    """The text without what people write in different ways: width, case, spaces, final colons and stars."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("³", "3").replace("²", "2")
    return re.sub(r"[\s\u200b_]+", "", plain).strip(":*.。、?")


def without_unit(heading: str) -> tuple[str, str]:
    """(heading without the bracket behind it, what stands in that bracket)."""
    text = unicodedata.normalize("NFKC", heading).strip()
    bracket = _BRACKET.search(text)
    return (text, "") if bracket is None else (text[: bracket.start()].strip(), bracket[1].strip())


def _spellings(questions: Sequence[Question]) -> dict[str, tuple[str, ...]]:
    """Folded spelling -> names of the questions it can mean."""
    found: dict[str, tuple[str, ...]] = {}
    for question in questions:
        # A bracket that the label itself has, such as a unit, may be left out in the heading.
        spellings = {question.name, question.number, *question.label.values()}
        spellings |= {_BRACKET.sub("", label) for label in question.label.values()}
        also = question.extra.get("also", ())
        spellings |= {each for each in also if isinstance(each, str)} if isinstance(also, list | tuple) else set()
        for spelling in {folded(each) for each in spellings} - {""}:
            found[spelling] = (*found.get(spelling, ()), question.name)
    return found


def _known(spellings: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Folded spelling -> name of the one question it can mean."""
    return {spelling: names[0] for spelling, names in spellings.items() if len(names) == 1}


def _meant(heading: str, known: Mapping[str, str]) -> tuple[str, str]:
    """(name of the question, unit in brackets)."""
    return next(((known[spelling], unit) for spelling, unit in _said(heading) if spelling in known), ("", ""))


def _said(heading: str) -> Iterator[tuple[str, str]]:
    """(folded spelling, unit) of everything that the heading can be, the whole of it first."""
    text = unicodedata.normalize("NFKC", heading).strip()
    unit = without_unit(heading)[1]
    both = (text, _LIST_NUMBER.sub("", text))
    for spelling in both:
        yield folded(spelling), unit
    for spelling in both:
        # 用电量(万度), 用电量/万度, 用电量:万度
        for short, said in ((_BRACKET.sub("", spelling), unit), *_split(spelling)):
            if short:
                yield folded(short), said


def _split(text: str) -> Iterator[tuple[str, str]]:
    for sign in "/,:，：":
        short, found, unit = text.rpartition(sign)
        if found:
            yield short, unit.strip()
