"""Answers and what expressions see of them."""

from fractions import Fraction

from assessor_tui.form.model import SELECT_TYPES, Question
from assessor_tui.ledger.value import Evidence, Quantity, Value, plain_decimal
from assessor_tui.logic import values
from assessor_tui.logic.values import number_text, to_day, to_text
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
    fits = True
    if kind in ("integer", "decimal", "quantity"):
        fits = isinstance(value, Quantity)
        if isinstance(value, Quantity) and kind == "quantity" and value.u not in question.units:
            return "answer.unit", {"unit": value.u, "units": ", ".join(question.units)}
        if isinstance(value, Quantity) and kind != "quantity":
            fits = not value.u and (kind == "decimal" or "." not in value.n)
    elif kind in SELECT_TYPES:
        fits = _is_names(value) and (kind != "select_one" or len(value) == 1)
    elif kind == "date":
        day = to_day(value) if isinstance(value, str) else None
        fits = day is not None and not day.has_time and isinstance(value, str) and len(value) == 10
    elif kind == "text":
        fits = isinstance(value, str)
    elif kind == "acknowledge":
        fits = isinstance(value, str) or _is_names(value)
    elif kind == "file":
        fits = isinstance(value, Evidence | str)
    return None if fits else ("answer.type", {"type": kind})


def _is_names(value: Value) -> bool:
    return isinstance(value, tuple) and not isinstance(value, Quantity | Evidence)


def result_text(result: values.Result) -> str:
    """The text of a calculation's result; a number that cannot be written (NaN, infinite) is no answer."""
    text = to_text(result)
    return "" if isinstance(result, float) and text in ("NaN", "Infinity", "-Infinity") else text


def value_of(question: Question, result: values.Result) -> Value | None:
    """A computed or default result as an answer to the question; None when blank or when it cannot be one."""
    text = result_text(result).strip()
    if not text:
        return None
    if question.type in ("integer", "decimal", "quantity"):
        try:
            return Quantity(plain_decimal(text), question.units[0] if question.units else "")
        except ValueError:
            return None
    if question.type in SELECT_TYPES:
        return tuple(dict.fromkeys(text.split()))
    return text
