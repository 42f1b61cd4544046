"""Tables with months down and carriers across, as plants keep them, turned round into a line per month and carrier.

Only what a column says of itself counts: its unit, the name or the kind of energy in its heading, or what somebody has
said that it means. A column that says too little is asked about; one about money or a total is left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.assess.months import MonthTable, month_table, unit_question
from assessor_tui.form.columns import LOOKED_AT, asked, folded, match, without_unit
from assessor_tui.form.model import NUMBER_TYPES, Question, Repeat
from assessor_tui.ledger.typed import plain, read_typed
from assessor_tui.ledger.value import Value, names
from assessor_tui.logic.filling import Filling
from assessor_tui.problem import Problem
from assessor_tui.units import units as known_units

_SAID_FOR = (("Nm3", "m3", "gas"), ("t", "m3", "water"), ("m3", "t", "water"))
"""(unit of a table, unit of the bill, kind): gas is billed in cubic metres that are normal ones, a tonne of water is a
cubic metre. Numbers are kept, and people are asked to look at it."""

_NUMBER = re.compile(r"[+-]?[0-9]")
_SIMPLE = str.maketrans(
    "電氣熱煤燃蒸壓縮發帳單結據錶儀計讀數費價額標總電價", "电气热煤燃蒸压缩发帐单结据表仪计读数费价额标总电价"
)
_KINDS = (
    ("natural gas", "gas"), ("天然气", "gas"), ("管道气", "gas"), ("燃气", "gas"), ("煤气", "gas"), ("用气", "gas"),
    ("耗气", "gas"), ("气量", "gas"), ("液化石油气", "lpg"), ("石油气", "lpg"), ("lpg", "lpg"), ("汽油", "petrol"),
    ("petrol", "petrol"), ("gasoline", "petrol"), ("柴油", "diesel"), ("diesel", "diesel"), ("蒸汽", "steam"),
    ("用汽", "steam"), ("汽量", "steam"), ("steam", "steam"), ("压缩空气", "air"), ("compressed air", "air"),
    ("标准煤", "all"), ("标煤", "all"), ("coal equivalent", "all"), ("煤", "coal"), ("coal", "coal"),
    ("热水", "heat"), ("热力", "heat"), ("热", "heat"), ("heat", "heat"), ("光伏", "solar"), ("solar", "solar"),
    ("自来水", "water"), ("用水", "water"), ("水", "water"), ("water", "water"), ("电", "electricity"),
    ("electric", "electricity"), ("power", "electricity"), ("gas", "gas"), ("气", "gas"),
)  # fmt: skip
"""Words, longer ones first where one holds another, and what they are about."""
_MONEY = re.compile(
    r"费|价|金额|元|税|人民币|cost|price|charge|fee|amount due|rmb|cny|hk\$|hkd|usd|¥|\$", re.IGNORECASE
)
_BILL = re.compile(r"账单|帐单|发票|票据|单据|结算|计费|invoice|bill", re.IGNORECASE)
_METER = re.compile(r"表计|抄表|读数|计量|仪表|电表|水表|气表|meter|reading", re.IGNORECASE)
_TOTAL = re.compile(r"(合计|总计|小计|总和|累计|subtotal|grandtotal|total|sum)\Z")
_LONGEST_TOTAL = 14
"""Characters of a cell that says it is a total: longer ones are notes."""


class Part(NamedTuple):
    """One column of amounts."""

    column: int
    carrier: str
    """Id of the row that it is about."""
    question: str
    """Name of the question that it answers."""
    unit: str
    """What its heading says in brackets."""
    read_as: str = ""
    """Unit in which its numbers are read and kept as they are in the bill's own, which is another: Nm3 for m3."""


class Open(NamedTuple):
    """A column whose heading fits several carriers or questions."""

    column: int
    heading: str
    options: tuple[tuple[str, str], ...]
    """(id of the row, name of the question) of everything that it could mean."""


class Wide(NamedTuple):
    """A table with months down and carriers across."""

    heading: int
    """Index of the line with the headings; of two such lines the lower one."""
    headings: tuple[str, ...]
    """What stands over each column; of two lines of headings both, one behind the other."""
    month: int
    """Column with the months."""
    parts: tuple[Part, ...]
    open: tuple[Open, ...]
    left: tuple[int, ...]
    """Columns with a heading that mean nothing here."""
    twice: tuple[tuple[int, int], ...]
    """(column, the one before it that means the same): the later one is not taken."""

    @property
    def carriers(self) -> tuple[str, ...]:
        """Ids of the rows that the table is about, in its order."""
        return tuple(dict.fromkeys(part.carrier for part in self.parts))


class _Carrier(NamedTuple):
    row: str
    name: str
    """Folded, Simplified."""
    unit: str
    kinds: frozenset[str]


def wide_table(
    filling: Filling,
    repeat: Repeat,
    table: Sequence[Sequence[str]],
    fixed: Mapping[str, Value],
    meant: Mapping[str, str],
) -> Wide | None:
    """How the table is turned round; None when it is none of this kind.

    ``fixed`` are answers of every line, ``meant`` says what headings mean (``told_text``; ``""`` leaves a column out).
    """
    months = month_table(repeat)
    if months is None or not months.each or months.of in fixed:
        return None
    questions = list(asked(repeat.children))
    amounts = [question for question in questions if question.type in NUMBER_TYPES]
    carriers = list(_carriers(filling, months))
    if not amounts or not carriers:
        return None
    for heading, row in enumerate(table[:LOOKED_AT]):
        found = match([question for question in questions if question.type not in NUMBER_TYPES], row).questions
        if months.month in found and months.of not in found:
            headings = _joined(row, table[heading + 1] if heading + 1 < len(table) else (), found.index(months.month))
            last = heading + (headings != tuple(row))
            return _turned(last, headings, found.index(months.month), found, table, carriers, amounts, meant)
    return None


def _joined(upper: Sequence[str], lower: Sequence[str], month: int) -> tuple[str, ...]:
    """The headings of both lines, when the lower one goes on with them: 电力 over 用量(万度) and 金额(元), or
    用电量 over 万度.

    A cell that is merged over several columns stands in the first of them.
    """
    words = [cell for cell in lower if cell.strip()]
    if len(words) < 2 or (month < len(lower) and lower[month].strip() not in ("", upper[month].strip())):
        return tuple(upper)
    if any(_NUMBER.match(plain(cell)) for cell in words):
        return tuple(upper)
    joined, over = [], ""
    for column, cell in enumerate(upper):
        under = lower[column].strip() if column < len(lower) and column != month else ""
        over = cell.strip() or (over if under else "")
        is_unit = bool(over and under) and any(_reads(under, symbol) for symbol in known_units())
        joined.append(f"{over}({under})" if is_unit else f"{over} {under}".strip())
    return tuple(joined)


def _turned(
    heading: int,
    headings: tuple[str, ...],
    month: int,
    known: Sequence[str],
    table: Sequence[Sequence[str]],
    carriers: Sequence[_Carrier],
    amounts: Sequence[Question],
    meant: Mapping[str, str],
) -> Wide | None:
    body = table[heading + 1 :]
    claims: dict[tuple[str, str], list[Part]] = {}
    told: dict[tuple[str, str], Part] = {}
    waiting: list[Open] = []
    left: list[int] = []
    twice: list[tuple[int, int]] = []
    for column, text in enumerate(headings):
        if column == month or not text.strip():
            continue
        if known[column]:
            left.append(column)
            continue
        if text in meant and (part := _told(column, text, meant[text], carriers, amounts)) is not None:
            if isinstance(part, Open):
                waiting.append(part)
            elif (first := told.setdefault((part.carrier, part.question), part)) is not part:
                twice.append((column, first.column))
            continue
        if meant.get(text) == "" or not _has_numbers(body, column):
            left.append(column)
            continue
        fits, sure = _fits(text, carriers, amounts)
        if not fits:
            left.append(column)
        elif sure and len(fits) == 1:
            claims.setdefault(fits[0], []).append(_part(column, text, carriers, *fits[0]))
        else:
            waiting.append(Open(column, text, tuple(fits)))
    parts = list(told.values())
    for claim, claimed in claims.items():
        if len(claimed) == 1 and claim not in told:
            parts += claimed
            continue
        # Two columns say the same of themselves, as two meters of one account do: which one counts is asked.
        others = [(claim[0], question.name) for question in amounts if question.name != claim[1]]
        waiting += (Open(part.column, headings[part.column], (claim, *others)) for part in claimed)
    waiting.sort(key=lambda each: each.column)
    asked_for = [tuple(dict.fromkeys(question for _, question in each.options)) for each in waiting]
    of_one = all(len(each) == 1 for each in asked_for) and len(set(asked_for)) == len(asked_for)
    if not parts and of_one:
        return None  # one carrier, which the table does not name: it is asked for all lines at once
    return Wide(heading, headings, month, tuple(sorted(parts)), tuple(waiting), tuple(left), tuple(twice))


def options_of(filling: Filling, repeat: Repeat) -> list[tuple[str, str]]:
    """Everything that a column of amounts can mean: (id of the row, name of the question)."""
    months = month_table(repeat)
    amounts = [question.name for question in asked(repeat.children) if question.type in NUMBER_TYPES]
    carriers = _carriers(filling, months) if months is not None and months.each else ()
    return [(each.row, name) for each in carriers for name in amounts]


def told_text(label: str, question: str = "") -> str:
    """How it is written down that a heading means the amount ``question`` of the carrier called ``label``.

    By name and not by id: the same is meant at the next visit. Without a question, its heading says which.
    """
    return f"{label}\t{question}"


def told_by_name(filling: Filling, repeat: Repeat, text: str) -> str:
    """As ``told_text``, for what people type: a carrier's name, and a question behind a slash; ``""`` for neither."""
    months = month_table(repeat)
    if months is None or not months.each:
        return ""
    carriers = list(_carriers(filling, months))
    amounts = [question for question in asked(repeat.children) if question.type in NUMBER_TYPES]
    name, _, last = text.rpartition("/")
    said = match(amounts, [last]).questions[0] if name else ""
    for label, question in ((name, said), (text, "")) if said else ((text, ""),):
        found = _called(label, carriers)
        if len(found) == 1:
            return told_text(filling.row_label(f"{months.each}[{found[0].row}]"), question)
    return ""


def is_total(row: Sequence[str]) -> bool:
    """True when a cell of the line says that it adds up others."""
    return any(
        len(cell) <= _LONGEST_TOTAL and _TOTAL_WORD.search(cell) is not None and _says_total(cell) for cell in row
    )


_TOTAL_WORD = re.compile("[计計和]|total|sum", re.IGNORECASE)
"""What every word for a total has in it: most cells are told by that alone."""


def _says_total(cell: str) -> bool:
    said = re.sub(r"[0-9年月()（）:：.%-]+", "", re.sub(r"[(（].*[)）]", "", folded(cell).translate(_SIMPLE)))
    return _TOTAL.fullmatch(said) is not None or (
        said[:1] in "年季月本全总累" and _TOTAL.search(said) is not None and len(said) <= 6
    )


def _carriers(filling: Filling, months: MonthTable) -> Iterator[_Carrier]:
    unit_at = unit_question(filling, months.each)
    try:
        rows = filling.rows(months.each)
    except KeyError:
        return
    for row in rows:
        path = f"{months.each}[{row}]"
        said = names(filling.state(f"{path}/{unit_at}").value) if unit_at else ()
        name = filling.row_label(path)
        yield _Carrier(row, _simple(name), said[0] if said else "", _kinds(name))


def _told(
    column: int, heading: str, said: str, carriers: Sequence[_Carrier], amounts: Sequence[Question]
) -> Part | Open | None:
    """What somebody has said of this heading; None when it is about nothing of this visit."""
    label, tab, question = said.partition("\t")
    if not tab:
        return None
    found = _called(label, carriers)
    if len(found) != 1:
        return None
    likely = [question] if question else _amounts(heading, amounts)
    if len(likely) != 1:
        return Open(column, heading, tuple((found[0].row, each) for each in likely))
    return _part(column, heading, carriers, found[0].row, likely[0])


def _part(column: int, heading: str, carriers: Sequence[_Carrier], row: str, question: str) -> Part:
    unit = without_unit(heading)[1]
    carrier = next(each for each in carriers if each.row == row)
    return Part(column, row, question, unit, _loosely(unit, carrier) if unit else "")


def _called(label: str, carriers: Sequence[_Carrier]) -> list[_Carrier]:
    wanted = _simple(label)
    same = [each for each in carriers if each.name == wanted]
    part = len(wanted) > 1 or not wanted.isascii()
    return same or [each for each in carriers if wanted and part and wanted in each.name]


def _fits(
    heading: str, carriers: Sequence[_Carrier], amounts: Sequence[Question]
) -> tuple[list[tuple[str, str]], bool]:
    """((carrier, question) of everything that the heading can mean, True when it says so itself); empty for nothing."""
    words, unit = without_unit(heading)
    simple = _simple(words)
    if _MONEY.search(simple) or _MONEY.search(_simple(unit)) or _says_total(words):
        return [], False
    fitting = [each for each in carriers if not unit or not each.unit or _holds(unit, each)]
    by_name = [each for each in carriers if each.name in simple or (len(simple) > 1 and simple in each.name)]
    kinds = _kinds(words)
    likely = _amounts(heading, amounts)
    sure = True
    if named := by_name or [each for each in carriers if kinds & each.kinds]:
        # The words say which one. A unit that does not go with them is refused cell by cell, where it can be seen.
        those = [each for each in named if each in fitting] or (named if len(likely) == 1 else [])
    elif kinds:
        # Of a kind that nobody has entered: only a carrier whose name says no kind can be meant.
        those = [each for each in fitting if not each.kinds] if unit else []
        sure = False
    else:
        those = [each for each in fitting if unit and _reads(unit, each.unit)]
        sure = len(likely) == 1
        if not those and sure and unit:
            those, sure = fitting, False
    return [(each.row, name) for each in those for name in likely], sure


def _amounts(heading: str, amounts: Sequence[Question]) -> list[str]:
    """Names of the questions that the heading can mean: one when its words say which."""
    if len(amounts) == 1:
        return [amounts[0].name]
    if name := match(amounts, [heading]).questions[0]:
        return [name]
    simple = _simple(heading)
    for words in (_BILL, _METER):
        if words.search(simple):
            said = [each.name for each in amounts if any(words.search(known) for known in _spellings(each))]
            if len(said) == 1:
                return said
    longest = {
        each.name: max((len(known) for known in _spellings(each) if len(known) > 1 and known in simple), default=0)
        for each in amounts
    }
    most = max(longest.values())
    best = [name for name, length in longest.items() if length == most]
    return best if most and len(best) == 1 else [each.name for each in amounts]


def _spellings(question: Question) -> Iterator[str]:
    also = question.extra.get("also", ())
    yield from map(_simple, question.label.values())
    yield from (_simple(each) for each in also if isinstance(each, str)) if isinstance(also, list | tuple) else ()


def _holds(unit: str, carrier: _Carrier) -> bool:
    """True when numbers of a column with this unit can be kept in the unit of the carrier's bill."""
    return _reads(unit, carrier.unit) or bool(_loosely(unit, carrier))


def _loosely(unit: str, carrier: _Carrier) -> str:
    """The unit that stands for the bill's own in what people write, though it does not convert into it."""
    if _reads(unit, carrier.unit):
        return ""
    return next(
        (
            other
            for other, own, kind in _SAID_FOR
            if own == carrier.unit and (kind in carrier.kinds or not carrier.kinds) and _reads(unit, other)
        ),
        "",
    )


def _reads(unit: str, own: str) -> bool:
    return not isinstance(read_typed(Question("quantity", "amount", {}, units=(own,)), f"1 {unit}"), Problem)


def _kinds(text: str) -> frozenset[str]:
    rest = _simple(text, spaces=True)
    found = set()
    for word, kind in _KINDS:
        if word in rest:
            found.add(kind)
            rest = rest.replace(word, " ")
    return frozenset(found)


def _simple(text: str, *, spaces: bool = False) -> str:
    said = " ".join(plain(text).casefold().split()) if spaces else folded(text)
    return said.translate(_SIMPLE)


def _has_numbers(body: Sequence[Sequence[str]], column: int) -> bool:
    cells = [plain(row[column]) for row in body if column < len(row) and row[column].strip(" -—–/\t")]
    return bool(cells) and sum(_NUMBER.match(cell) is not None for cell in cells) * 2 >= len(cells)
