"""What a person typed, read as the value that a question asks for."""

import re
import unicodedata
from collections.abc import Sequence

from assessor_tui.form.model import LIST_TYPES, RANK, SELECT_ONE, Question, Text
from assessor_tui.i18n import _, catalogue
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.typed import read_choice, read_typed, shown_text
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.problem import Place, Problem
from assessor_tui.visit import Visit

ACKNOWLEDGED = "OK"
"""What an acknowledgement is answered with, as in XLSForm."""

_YES = frozenset({"ok", "yes", "y", "true", "1", "x", "是", "好", "對", "对", "確認", "确认"})
_BETWEEN_CHOICES = re.compile(r"[,;，、；\n]")
_IN_ORDER = re.compile(r"[,;，、；\n>＞→]")
_MOST_KNOWN = 20
"""Choices that are named where one is not known."""


def read_value(visit: Visit, form: str, path: str, text: str) -> Value | Problem:
    """The value that ``text`` spells for the question at ``path``, or what is wrong with it.

    Codes ``typed.choice`` (parameters ``value``, ``known``), ``typed.several``, ``typed.number``, ``typed.unit``,
    ``typed.date``, ``typed.acknowledge``. An unknown path raises KeyError.
    """
    filling = visit.filling(form)
    question = filling.state(path).question
    place = Place(file=form, path=path)
    if question.type in LIST_TYPES:
        return _read_choices(visit, form, path, question, text)
    if question.type == "acknowledge":
        if unicodedata.normalize("NFKC", text).strip().casefold() in _YES:
            return ACKNOWLEDGED
        return Problem("typed.acknowledge", place, {"value": text})
    read = read_typed(question, text, visit.today, now=this_moment(visit))
    return read._replace(place=place) if isinstance(read, Problem) else read


def this_moment(visit: Visit) -> str:
    """What "now" means where a time is typed: ISO 8601 by this laptop's clock, as all times are shown."""
    return hong_kong_time(visit.store.now()).isoformat()[:19]


def _read_choices(visit: Visit, form: str, path: str, question: Question, text: str) -> Value | Problem:
    filling = visit.filling(form)
    offered: list[tuple[str, Text]] = [(choice.name, choice.label) for choice in filling.choices(path)]
    place = Place(file=form, path=path)
    spoken = _spoken_rows(visit, form, path, question, offered) if question.rows_of else {}

    def one(typed: str) -> str | None:
        return read_choice(typed, offered) or spoken.get(_plain(typed))

    whole = one(text)
    if whole is not None and (question.type != RANK or len(offered) == 1):
        return (whole,)
    known = ", ".join(name[:8] if question.rows_of else name for name, _label in offered[:_MOST_KNOWN])
    known += " ..." if len(offered) > _MOST_KNOWN else ""
    wrong = Problem("typed.choice", place, {"value": text, "known": known})
    if question.type == SELECT_ONE:
        return wrong
    between = _IN_ORDER if question.type == RANK else _BETWEEN_CHOICES
    pieces = [piece.strip() for piece in between.split(text) if piece.strip()]
    found = [one(piece) for piece in pieces]
    if pieces and None in found and len(pieces) == 1:
        found = [one(piece) for piece in text.split()]
    if not found or None in found:
        return wrong
    if question.type == RANK and (len(set(found)) != len(found) or len(found) != len(offered)):
        return Problem("typed.rank", place, {"value": text, "known": known})
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _spoken_rows(
    visit: Visit, form: str, path: str, question: Question, offered: Sequence[tuple[str, Text]]
) -> dict[str, str]:
    """What people may call the rows that are offered: their spoken number, or the beginning of their id."""
    from assessor_tui.cli.where import repeats_named

    found: dict[str, str] = {}
    rows = {name for name, _label in offered}
    for repeat_path, letter in repeats_named(visit, form, question.rows_of):
        for row in visit.filling(form).rows(repeat_path):
            if row in rows:
                found[_plain(visit.state.row_number(form, f"{repeat_path}[{row}]", letter))] = row
                for length in range(4, 33):
                    same = [each for each in rows if each.startswith(row[:length])]
                    if len(same) == 1:
                        found[row[:length]] = row
    return found


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def spoken(visit: Visit, form: str, path: str, value: Value | None, language: str) -> str:
    """The value as people read it: labels instead of names, numbers with their unit."""
    from assessor_tui.ledger.value import Evidence, names

    if value is None:
        return ""
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}".strip()
    if isinstance(value, Evidence):
        return value.about.get("name", "") or value.about.get("number", "") or value.kind
    try:
        filling = visit.filling(form)
        question = filling.state(path).question
        if isinstance(value, str):
            return shown_text(question, value)
        join = _(" > ") if question.type == RANK else catalogue(language).gettext(", ")
        return join.join(filling.chosen_text(path, name, language) for name in names(value))
    except LookupError:  # a form or question of another version: the names are all there is
        return value if isinstance(value, str) else catalogue(language).gettext(", ").join(names(value))
