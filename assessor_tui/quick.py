"""One line that answers one question: its number, its row, the answer, a note; ``3.07 2 log has gaps``.

What was written on a walk sheet is typed in like this, in the search of the screen and in the plain walk. A line is
read whole before anything is recorded.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assessor_tui.form.model import LIST_TYPES, RANK, SELECT_ONE, SILENT_TYPES, Question, Repeat, walk
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.awaited import Awaited, awaited_text
from assessor_tui.ledger.typed import date_of, read_choice, read_typed, unit_of
from assessor_tui.ledger.value import Value
from assessor_tui.problem import Place, Problem
from assessor_tui.units import units
from assessor_tui.visit import Recorded, Visit

_NUMBER = re.compile(r"([A-Z]?[0-9]*(?:\.[0-9]+)+[a-z]?)(?:\[([^\]]+)\]|#(.+))?\Z", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[。．·](?=[0-9])")
_ENDS = ",;:.，；：。、"
"""What may stand between an answer and its note."""
_DIGITS = re.compile(r"[0-9]+(?:[,+/、，][0-9]+)*\Z")
_SPACED = re.compile(r"[0-9]\s+[0-9]")
_MOST_WORDS = 12
"""Words of the longest label that is looked for."""
_YES = frozenset({"1", "ok", "yes", "y", "是", "好", "對", "对", "√", "✓", "✔"})


class Quick(NamedTuple):
    """What one line asks to be recorded."""

    form: str
    path: str
    act: str
    """``answer``, ``not applicable`` or ``to come``."""
    value: Value | None
    note: str = ""
    why: str = ""
    """The reason, of an act that needs one."""


def is_quick(visit: Visit, line: str) -> bool:
    """True when the line begins with the number of a question or table of the visit and says something about it."""
    words = line.split(maxsplit=1)
    return len(words) == 2 and (match := _numbered(words[0])) is not None and bool(_asked(visit, match[0]))


def read_quick(visit: Visit, line: str) -> Quick | Problem | None:
    """What the line asks for, or what is wrong with it; None when it is no such line: no number, or nothing after it.

    Codes ``quick.*``, ``typed.*``, ``answer.unit``, ``visit.not_answered_by_people``.
    """
    if not is_quick(visit, line):
        return None
    first, rest = line.split(maxsplit=1)
    number, row = _numbered(first) or ("", "")
    form, path, node = _asked(visit, number)[0]
    if isinstance(node, Repeat):
        inside = [each.number for each in node.children if isinstance(each, Question) and each.number]
        return Problem("quick.table", Place(path=number), {"number": number, "example": (inside or [number])[0]})
    at = _in_row(visit, form, path, number, row)
    if isinstance(at, Problem):
        return at
    now = visit.filling(form).state(at)
    if not now.relevant:
        return Problem("quick.not_asked", Place(path=number), {"number": number})
    said = _said(visit, form, at, now.question, rest)
    return said._replace(place=Place(path=number)) if isinstance(said, Problem) else said


def doubt_of(visit: Visit, quick: Quick) -> Problem | None:
    """What to ask before it is recorded: a number far from its neighbours' or the last visit's; None for nothing."""
    if quick.act != acts.ANSWER or quick.value is None:
        return None
    now = visit.filling(quick.form).state(quick.path)
    return visit.doubt(quick.form, quick.path, quick.value) if now.value != quick.value else None


def record_quick(visit: Visit, quick: Quick, *, why: str = "") -> Recorded:
    """What came of it; answer and note are one act. ``why`` is the reason when another person's answer is replaced."""
    return visit.answer_with_note(quick.act, quick.form, quick.path, quick.value, quick.note, why=why or quick.why)


def _numbered(word: str) -> tuple[str, str] | None:
    """Number and row of the first word of a line; None when it is no number of a question."""
    plain = _BETWEEN_DIGITS.sub(".", unicodedata.normalize("NFKC", word)).rstrip(":：")
    match = _NUMBER.match(plain)
    return (match[1], (match[2] or match[3] or "").strip()) if match is not None else None


def _asked(visit: Visit, number: str) -> list[tuple[str, str, Question | Repeat]]:
    """Form, generic path and node of what has this number, which is unique in a form and begins with the form's own."""
    found: list[tuple[str, str, Question | Repeat]] = []
    for form, model in visit.forms.items():
        for above, node in walk(model.children):
            if isinstance(node, Question | Repeat) and node.number.casefold() == number.casefold() != "":
                found.append((form, "/".join((*above, node.name)), node))
    return found


def _in_row(visit: Visit, form: str, path: str, number: str, row: str) -> str | Problem:
    """The path of the question, in the row that was named."""
    above, slash, name = path.rpartition("/")
    if not slash:
        return path if not row else Problem("quick.no_rows", Place(path=number), {"number": number})
    if "/" in above:
        return Problem("quick.inner_rows", Place(path=number), {"number": number})
    rows = visit.filling(form).rows(above)
    count = {"number": number, "count": str(len(rows)), "row": row}
    if not rows:
        return Problem("quick.no_row_yet", Place(path=number), count)
    if not row and len(rows) > 1:
        return Problem("quick.which_row", Place(path=number), count)
    if not row:
        found = [rows[0]]
    elif row.isdecimal() and row.isascii():
        found = [rows[int(row) - 1]] if 1 <= int(row) <= len(rows) else []
    else:
        found = [each for each in rows if _plain(row) in _names_of(visit, form, f"{above}[{each}]")]
    if len(found) != 1:
        return Problem("quick.row", Place(path=number), count)
    return f"{above}[{found[0]}]/{name}"


def _names_of(visit: Visit, form: str, row: str) -> set[str]:
    """What people may call a row: its spoken number with and without its letter, its label."""
    repeat = row.partition("[")[0]
    node = next(
        node for _, node in walk(visit.forms[form].children) if isinstance(node, Repeat) and node.name == repeat
    )
    number = visit.state.row_number(form, row, node.row_letter)
    return {_plain(number), _plain(number.rpartition("-")[2]), _plain(visit.filling(form).row_label(row))} - {""}


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _said(visit: Visit, form: str, path: str, question: Question, rest: str) -> Quick | Problem:
    """The answer, and the note that follows it."""
    sign, words = rest.split(maxsplit=1)[0], rest.split(maxsplit=1)[1:]
    if unicodedata.normalize("NFKC", sign) in ("-", "+", "−", "—"):
        if not words:
            return Problem("visit.reason_needed")
        if unicodedata.normalize("NFKC", sign) == "+":
            return _awaited(visit, form, path, words[0])
        return Quick(form, path, acts.NOT_APPLICABLE, None, why=words[0].strip())
    if question.type in SILENT_TYPES or question.type == "file":
        return Problem("visit.not_answered_by_people")
    if question.type == "text":
        return Quick(form, path, acts.ANSWER, rest.strip())
    read = _read(visit, form, path, question, rest)
    if isinstance(read, Problem):
        return read
    value, note = read
    return Quick(form, path, acts.ANSWER, value, note)


def _awaited(visit: Visit, form: str, path: str, words: str) -> Quick | Problem:
    """What comes later: what, and after semicolons from whom and by when."""
    what, whom, until = (*(part.strip() for part in re.split("[;；]", words, maxsplit=2)), "", "")[:3]
    if until:
        try:
            until = date_of(until, visit.today)
        except ValueError:
            return Problem("typed.date", parameters={"value": until})
    return Quick(form, path, acts.TO_COME, None, why=awaited_text(Awaited(what, whom, until)))


def _read(visit: Visit, form: str, path: str, question: Question, rest: str) -> tuple[Value, str] | Problem:
    """The value that the beginning of ``rest`` is, as much of it as can be one, and what follows."""
    if question.type in LIST_TYPES:
        return _read_choice(visit, form, path, question, rest)
    if question.type == "acknowledge":
        begin, note = next(_beginnings(rest, 1))
        if unicodedata.normalize("NFKC", begin).casefold() in _YES:
            return "OK", note
        return Problem("typed.acknowledge", parameters={"value": begin})
    return _read_number(question, rest, visit.today)


def _read_number(question: Question, rest: str, today: str) -> tuple[Value, str] | Problem:
    """A number with its unit, or a date. Digits that can be one number or two are asked about, never guessed."""
    wrong: list[Problem] = []
    found: list[tuple[str, Value, str]] = []
    for begin, note in _beginnings(rest, 4):
        read = read_typed(question, begin, today)
        if isinstance(read, Problem):
            if read.code == "answer.unit" and unit_of(read.parameters["unit"], tuple(units())):
                return read  # another unit, no note
            wrong.append(read)
        else:
            found.append((begin, read, note))
    if not found:
        # What is wrong with the fewest words says most: the others hold words of the note.
        fitting = [each for each in wrong if each.code in ("typed.unit", "answer.unit")]
        return (fitting or wrong)[-1]
    begin, value, note = found[0]
    if _SPACED.search(begin) and any(each[1] != value for each in found):
        return Problem("quick.ambiguous", parameters={"text": begin, "first": begin.split()[0]})
    return value, note


def _read_choice(visit: Visit, form: str, path: str, question: Question, rest: str) -> tuple[Value, str] | Problem:
    """A choice by its digit, name or label; several by digits, as ``1,3`` or ``1+3``."""
    choices = visit.filling(form).choices(path)
    many = question.type != SELECT_ONE
    first, note = next(_beginnings(rest, 1))
    digits = unicodedata.normalize("NFKC", first)
    if _DIGITS.match(digits):
        picked = [int(each) for each in re.findall("[0-9]+", digits)]
        if question.type == RANK and sorted(picked) != list(range(1, len(choices) + 1)):
            known = ", ".join(choice.name for choice in choices)
            return Problem("typed.rank", parameters={"value": first, "known": known})
        if all(1 <= each <= len(choices) for each in picked) and (many or len(picked) == 1):
            return tuple(choices[each - 1].name for each in dict.fromkeys(picked)), note
        if not many and len(picked) > 1:
            return Problem("quick.one_choice", parameters={"value": first})
        return Problem("quick.choice", parameters={"value": first, "count": str(len(choices))})
    offered = [(choice.name, choice.label) for choice in choices] if question.type != RANK else []
    for begin, after in _beginnings(rest, _MOST_WORDS):
        if (name := read_choice(begin, offered)) is not None:
            return (name,), after
    return Problem("quick.choice", parameters={"value": first, "count": str(len(choices))})


def _beginnings(text: str, most: int) -> Iterator[tuple[str, str]]:
    """The first words of the text, at most so many, and what follows them: the longest beginning first."""
    ends: Sequence[int] = [match.end() for match in re.finditer(r"\S+", text)][:most]
    for end in reversed(ends):
        begin, after = text[:end].strip(), text[end:].strip()
        cut = begin.rstrip(_ENDS)
        yield cut or begin, after.lstrip(_ENDS).strip() if after[:1] in _ENDS else after
