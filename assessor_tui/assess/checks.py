"""Checks across forms: two numbers of different forms that should agree."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from assessor_tui.form.model import Question, questions
from assessor_tui.form.scheme import CrossCheck, Scheme
from assessor_tui.ledger.entry import generic_path
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic.filling import Filling
from assessor_tui.units import convert

AGREE, DIFFER, UNKNOWN = "agree", "differ", "unknown"


class Checked(NamedTuple):
    """What came of one cross-check."""

    check: CrossCheck
    left: Fraction | None
    """In ``unit``; None while there is no answer."""
    right: Fraction | None
    unit: str
    difference: Fraction | None
    """Per cent of the left number (of the right one when the left is zero); None while one is missing."""
    tolerance: Fraction | None
    """Per cent; None while its parameter has no value."""
    state: str
    """``agree``, ``differ`` or ``unknown``."""


def cross_checks(scheme: Scheme, fillings: Mapping[str, Filling]) -> list[Checked]:
    """Every cross-check of the scheme whose forms the visit uses."""
    return [
        _checked(check, scheme, fillings)
        for check in scheme.cross_checks
        if check.left.partition("/")[0] in fillings and check.right.partition("/")[0] in fillings
    ]


def _checked(check: CrossCheck, scheme: Scheme, fillings: Mapping[str, Filling]) -> Checked:
    unit = _unit(fillings, check.left)
    left, right = _total(fillings, check.left, unit), _total(fillings, check.right, unit)
    parameter = scheme.parameters.get(check.tolerance)
    tolerance = Fraction(parameter.value) if parameter is not None and parameter.value else None
    if left is None or right is None:
        return Checked(check, left, right, unit, None, tolerance, UNKNOWN)
    base = abs(left) or abs(right)
    difference = abs(left - right) / base * 100 if base else Fraction(0)
    if tolerance is None:
        return Checked(check, left, right, unit, difference, None, UNKNOWN)
    return Checked(check, left, right, unit, difference, tolerance, AGREE if difference <= tolerance else DIFFER)


def _question(fillings: Mapping[str, Filling], reference: str) -> Question | None:
    form, _, path = reference.partition("/")
    return dict(questions(fillings[form].compiled.form)).get(path)


def _unit(fillings: Mapping[str, Filling], reference: str) -> str:
    question = _question(fillings, reference)
    return question.units[0] if question is not None and question.units else ""


def _total(fillings: Mapping[str, Filling], reference: str, unit: str) -> Fraction | None:
    """Sum of all relevant answers at a generic path in ``unit``; None for no answer or a unit that does not convert."""
    form, _, path = reference.partition("/")
    filling, own = fillings[form], _unit(fillings, reference)
    numbers: list[Fraction] = []
    for item in filling.items():
        if item.kind != "question" or generic_path(item.path) != path:
            continue
        value = filling.state(item.path).value
        if isinstance(value, Quantity):
            number = convert(Fraction(value.n), value.u or own, unit)
        elif isinstance(value, str) and value and _question(fillings, reference):
            number = _calculated(value, own, unit)
        else:
            continue
        if number is None:
            return None
        numbers.append(number)
    return sum(numbers, Fraction(0)) if numbers else None


def _calculated(text: str, own: str, unit: str) -> Fraction | None:
    try:
        return convert(Fraction(text), own, unit)
    except (ValueError, ZeroDivisionError):
        return None
