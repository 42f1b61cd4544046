"""Answers and what expressions see of them."""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache

from assessor_tui.form.model import GEO_TYPES, LIST_TYPES, NUMBER_TYPES, SELECT_ONE, SILENT_TYPES, Question
from assessor_tui.ledger.value import Evidence, Quantity, Value, plain_decimal
from assessor_tui.logic import values
from assessor_tui.logic.geo import points
from assessor_tui.logic.values import number_text, text_to_number, to_day, to_number, to_text
from assessor_tui.units import convert


def text_of(question: Question, value: Value | None) -> str:
    """What expressions see of a value: names joined by spaces, a quantity as its number in the question's first unit;
    ``""`` for a value that does not fit the question."""
    if value is None:
        return ""
    if isinstance(value, Quantity):
        if not question.units or value.u == question.units[0] or misfit(question, value) is not None:
            return value.n if misfit(question, value) is None else ""
        converted = convert(Fraction(value.n), value.u, question.units[0])
        return number_text(float(converted)) if converted is not None else ""
    if misfit(question, value) is not None:
        return ""
    if isinstance(value, Evidence):
        return value.about.get("name") or value.about.get("sha256") or value.kind
    return value if isinstance(value, str) else " ".join(value)


def misfit(question: Question, value: Value) -> tuple[str, dict[str, str]] | None:
    """(code, parameters) when the value cannot be an answer to the question, whatever else is answered."""
    kind = question.type
    if kind in NUMBER_TYPES:
        return _misfit_number(question, value)
    if kind in LIST_TYPES:
        fits = _is_names(value) and (kind != SELECT_ONE or len(value) == 1)
    elif kind == "date":
        day = to_day(value) if isinstance(value, str) else None
        fits = day is not None and not day.has_time and isinstance(value, str) and len(value) == 10
    elif kind == "datetime":
        day = to_day(value) if isinstance(value, str) else None
        fits = day is not None and day.has_time
    elif kind == "time":
        fits = isinstance(value, str) and is_time(value)
    elif kind in GEO_TYPES:
        fits = isinstance(value, str) and _is_place(kind, value)
    elif kind == "text":
        fits = isinstance(value, str)
    elif kind == "acknowledge":
        fits = isinstance(value, str) or _is_names(value)
    elif kind == "file":
        fits = isinstance(value, Evidence | str)
    else:
        fits = kind in SILENT_TYPES
    return None if fits else ("answer.type", {"type": kind})


def _misfit_number(question: Question, value: Value) -> tuple[str, dict[str, str]] | None:
    kind = question.type
    if not isinstance(value, Quantity):
        return "answer.type", {"type": kind}
    if kind == "quantity":
        if value.u in question.units:
            return None
        return "answer.unit", {"unit": value.u, "units": ", ".join(question.units)}
    if value.u or (kind == "integer" and "." in value.n):
        return "answer.type", {"type": kind}
    if kind == "range" and not _in_range(question.parameters, float(value.n)):
        return "answer.range", dict(zip(("start", "end", "step"), map(number_text, range_of(question)), strict=True))
    return None


def parameters_of(text: str) -> dict[str, str]:
    """What the column ``parameters`` says, by small name: ``start=0 end=10``, ``randomize=true seed=${x}``."""
    return {hit[1].lower(): hit[2].rstrip(",; \t\n") for hit in _parameter().finditer(text)} if text else {}


@cache
def _parameter() -> re.Pattern[str]:
    return re.compile(r"[\s,;]*([A-Za-z][\w-]*)\s*=\s*(.*?)(?=[\s,;]+[A-Za-z][\w-]*\s*=(?!=)|\s*\Z)", re.DOTALL)


def range_of(question: Question) -> tuple[float, float, float]:
    """(start, end, step) of a range; 0 to 10 by 1 where its ``parameters`` do not say."""
    return _range(question.parameters)


@lru_cache(maxsize=256)
def _range(parameters: str) -> tuple[float, float, float]:
    known = parameters_of(parameters)
    start, end, step = (text_to_number(known.get(name, "")) for name in ("start", "end", "step"))
    return (start if start == start else 0.0, end if end == end else 10.0, abs(step) if step == step and step else 1.0)


def _in_range(parameters: str, number: float) -> bool:
    start, end, step = _range(parameters)
    least, most = min(start, end), max(start, end)
    if not least - step * 1e-9 <= number <= most + step * 1e-9:
        return False
    steps = (number - start) / step
    return abs(steps - round(steps)) < 1e-6


@cache
def _clock() -> re.Pattern[str]:
    return re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?\Z", re.ASCII)


def is_time(text: str) -> bool:
    """True for a time of day, ``14:05`` or ``14:05:30.500+08:00``."""
    return _clock().match(text) is not None


def _is_place(kind: str, text: str) -> bool:
    found = points([text])
    return bool(found) and (kind != "geopoint" or len(found or ()) == 1)


def _is_names(value: Value) -> bool:
    return isinstance(value, tuple) and not isinstance(value, Quantity | Evidence)


def result_text(result: values.Result) -> str:
    """The text of a calculation's result; a number that cannot be written (NaN, infinite) is no answer."""
    if isinstance(result, float):
        return number_text(result) if math.isfinite(result) else ""
    return to_text(result)


def value_of(question: Question, result: values.Result) -> Value | None:
    """A computed or default result as an answer to the question; None when blank or when it cannot be one."""
    value = answer_of(question, result_text(result))
    return None if value is None or (question.type in NUMBER_TYPES and isinstance(value, str)) else value


def answer_of(question: Question, text: str) -> Value | None:
    """The answer that ``text`` spells, as programs of the field store it: names divided by spaces, a plain number; the
    text as it is where it is none, so that what is wrong with it can be told; None for a blank."""
    text = text.strip()
    if not text:
        return None
    if question.type in NUMBER_TYPES:
        try:
            number = plain_decimal(text)
        except ValueError:
            return text
        if question.type == "integer":
            number = number.partition(".")[0]
        return Quantity("0" if number == "-0" else number, question.units[0] if question.units else "")
    if question.type in LIST_TYPES:
        return tuple(dict.fromkeys(text.split()))
    return text


def as_type(data_type: str) -> Callable[[values.Result], values.Result] | None:
    """What makes a result fit an XForm type, where that changes it: ``int`` cuts off, ``date`` forgets the time."""
    return _TYPED.get(data_type)


def _whole(result: values.Result) -> values.Result:
    number = to_number(result)
    return float(math.trunc(number)) if math.isfinite(number) else ""


def _whole_day(result: values.Result) -> values.Result:
    if not isinstance(result, values.Day | float):
        return result
    days = to_number(result)
    return values.Day(float(math.floor(days))) if math.isfinite(days) else ""


def _moment(result: values.Result) -> values.Result:
    if isinstance(result, float):
        return values.Day(result, True) if math.isfinite(result) else ""
    return result


_TYPED: dict[str, Callable[[values.Result], values.Result]] = {
    "int": _whole,
    "integer": _whole,
    "date": _whole_day,
    "dateTime": _moment,
}
