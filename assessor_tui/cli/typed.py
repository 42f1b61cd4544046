"""What a person typed, read as the value that a question asks for."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date

from assessor_tui.form.model import SELECT_ONE, SELECT_TYPES, Question, Text
from assessor_tui.i18n import catalogue
from assessor_tui.ledger.value import Quantity, Value, plain_decimal
from assessor_tui.problem import Place, Problem
from assessor_tui.units import units
from assessor_tui.visit import Visit

ACKNOWLEDGED = "OK"
"""What an acknowledgement is answered with, as in XLSForm."""

_YES = frozenset({"ok", "yes", "y", "true", "1", "x", "是", "好", "對", "对", "確認", "确认"})
_BETWEEN_CHOICES = re.compile(r"[,;，、；\n]")
_NUMBER = re.compile(r"\s*([+-]?[0-9][0-9,. \u00a0\u202f]*|[+-]?\.[0-9]+)\s*(.*?)\s*\Z", re.DOTALL)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\Z")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?\Z")


def read_value(visit: Visit, form: str, path: str, text: str) -> Value | Problem:
    """The value that ``text`` spells for the question at ``path``, or what is wrong with it.

    Codes ``typed.choice`` (parameters ``value``, ``known``), ``typed.several``, ``typed.number``, ``typed.unit``,
    ``typed.date``, ``typed.acknowledge``. An unknown path raises KeyError.
    """
    filling = visit.filling(form)
    question = filling.state(path).question
    place = Place(file=form, path=path)
    if question.type in SELECT_TYPES:
        return _read_choices(visit, form, path, question, text)
    if question.type in ("integer", "decimal", "quantity"):
        return _read_number(question, text, place)
    if question.type == "date":
        return read_date(text) or Problem("typed.date", place, {"value": text})
    if question.type == "acknowledge":
        if unicodedata.normalize("NFKC", text).strip().casefold() in _YES:
            return ACKNOWLEDGED
        return Problem("typed.acknowledge", place, {"value": text})
    return text


def read_date(text: str) -> str | None:
    """The ISO date that ``text`` spells, year first (2026-11-12, 2026/11/12, 2026年11月12日); None for none."""
    match = _DAY.match(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def _read_number(question: Question, text: str, place: Place) -> Value | Problem:
    match = _NUMBER.match(unicodedata.normalize("NFKC", text))
    if match is None:
        return Problem("typed.number", place, {"value": text})
    digits, unit = match[1].strip(), match[2]
    if _GROUPED.match(digits):
        digits = digits.replace(",", "")
    try:
        number = plain_decimal(re.sub(r"[\s\u00a0\u202f]", "", digits))
    except ValueError:
        return Problem("typed.number", place, {"value": text})
    if question.type != "quantity":
        if unit:
            return Problem("typed.no_unit", place, {"unit": unit})
        if question.type == "integer" and "." in number:
            return Problem("typed.whole", place, {"value": text})
        return Quantity(number)
    symbol = _unit(unit, question.units)
    if symbol is None:
        code = "answer.unit" if unit else "typed.unit"
        return Problem(code, place, {"unit": unit, "units": ", ".join(question.units)})
    return Quantity(number, symbol)


def _unit(text: str, symbols: Sequence[str]) -> str | None:
    """The unit meant, by symbol or name; None for another one, or for none where there are several."""
    if not text:
        return symbols[0] if len(symbols) == 1 else None
    if text in symbols:
        return text
    # The symbol was normalised while typed: m³ has become m3, and some keyboards write µ in two ways.
    plain = _plain(text)
    known = units()
    fitting = [symbol for symbol in symbols if _plain(symbol) == plain]
    fitting += [s for s in symbols if s in known and plain in map(_plain, known[s].name.values())]
    return fitting[0] if len(set(fitting)) == 1 else None


def _read_choices(visit: Visit, form: str, path: str, question: Question, text: str) -> Value | Problem:
    filling = visit.filling(form)
    offered: list[tuple[str, Text]] = [(choice.name, choice.label) for choice in filling.choices(path)]
    place = Place(file=form, path=path)
    spoken = _spoken_rows(visit, form, path, question, offered) if question.rows_of else {}

    def one(typed: str) -> str | None:
        return read_choice(typed, offered) or spoken.get(_plain(typed))

    whole = one(text)
    if whole is not None:
        return (whole,)
    known = ", ".join(name[:8] if question.rows_of else name for name, _label in offered)
    wrong = Problem("typed.choice", place, {"value": text, "known": known})
    if question.type == SELECT_ONE:
        return wrong
    pieces = [piece.strip() for piece in _BETWEEN_CHOICES.split(text) if piece.strip()]
    found = [one(piece) for piece in pieces]
    if pieces and None in found and len(pieces) == 1:
        found = [one(piece) for piece in text.split()]
    if not found or None in found:
        return wrong
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


def read_choice(text: str, offered: Iterable[tuple[str, Text]]) -> str | None:
    """The name of the choice meant by its name or its label in any language; None for none or several."""
    choices = list(offered)
    wanted = _plain(text)
    for name, _label in choices:
        if name == text.strip():
            return name
    by_name = [name for name, _label in choices if _plain(name) == wanted]
    by_label = [name for name, label in choices if wanted in map(_plain, label.values())]
    found = list(dict.fromkeys(by_name or by_label))
    return found[0] if len(found) == 1 and wanted else None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def spoken(visit: Visit, form: str, path: str, value: Value | None, language: str) -> str:
    """The value as people read it: labels instead of names, numbers with their unit."""
    from assessor_tui.form.model import in_language
    from assessor_tui.ledger.value import Evidence, names

    if value is None:
        return ""
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}".strip()
    if isinstance(value, Evidence):
        return value.about.get("name", "") or value.about.get("number", "") or value.kind
    if isinstance(value, str):
        return value
    labels: dict[str, str] = {}
    with suppress(LookupError):  # a form or question of another version: the names are all there is
        labels = {each.name: in_language(each.label, language) for each in visit.filling(form).choices(path)}
    return catalogue(language).gettext(", ").join(labels.get(name, name) for name in names(value))
