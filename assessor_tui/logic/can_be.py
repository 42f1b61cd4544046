"""What an answer, or what an expression comes to, can be: some texts, a number between bounds, choices among others."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from assessor_tui.logic.values import before, equal, not_after, text_to_number, unequal

MOST_TEXTS = 200
"""Longest list of possible texts that is gone through; of a longer one nothing is known."""


class Possible(NamedTuple):
    """What an answer, or what an expression comes to, can be."""

    texts: frozenset[str] | None = None
    """Every text that it can be; None for any."""
    least: float = -math.inf
    most: float = math.inf
    """Bounds of the number that it is, where it is one."""
    is_number: bool = False
    """True when it is a number, or blank."""
    may_be_blank: bool = True
    has: frozenset[str] = frozenset()
    """Choices that are among those chosen."""
    lacks: frozenset[str] = frozenset()
    """Choices that are not."""
    names: frozenset[str] | None = None
    """Of a question with several choices: those that there are."""
    open_least: bool = False
    open_most: bool = False
    """True when the bound itself is not possible."""
    is_whole: bool = False

    @property
    def is_impossible(self) -> bool:
        """True when nothing is left that it could be."""
        if self.texts is not None:
            return not self.texts
        if self.has & self.lacks or (self.names is not None and not self.has <= self.names):
            return True
        return self.is_number and not self.may_be_blank and self._no_number()

    def _no_number(self) -> bool:
        least, most = self.least, self.most
        if self.is_whole and math.isfinite(least):
            least = math.floor(least) + 1 if self.open_least else math.ceil(least)
        if self.is_whole and math.isfinite(most):
            most = math.ceil(most) - 1 if self.open_most else math.floor(most)
        if least > most:
            return True
        return not self.is_whole and least == most and (self.open_least or self.open_most)


ANYTHING = Possible()
BLANK = Possible(frozenset({""}))
TRUTH = Possible(frozenset({"true", "false"}), may_be_blank=False)

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": before, "<=": not_after, ">": lambda left, right: before(right, left),
    ">=": lambda left, right: not_after(right, left),
}  # fmt: skip
COMPARED = frozenset({"=", "!=", *_COMPARISONS})
TRUTHS = COMPARED | {"and", "or"}
TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OTHERWISE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _compare(left: str | float, sign: str, right: str | float) -> bool:
    if sign in _COMPARISONS:
        one = left if isinstance(left, float) else text_to_number(left)
        other = right if isinstance(right, float) else text_to_number(right)
        return _COMPARISONS[sign](one, other)
    return equal(left, right) if sign == "=" else unequal(left, right)


def _each(possible: Possible) -> list[str | float] | None:
    """Every single value, where there are few."""
    if possible.texts is not None:
        return list(possible.texts) if len(possible.texts) <= MOST_TEXTS else None
    if possible.is_number and not possible.may_be_blank and possible.least == possible.most:
        return [possible.least]
    return None


def may_be(left: Possible, sign: str, right: Possible, wanted: bool) -> bool:
    """False when ``left sign right`` can never come to ``wanted``."""
    ones, others = _each(left), _each(right)
    if TRUTH.texts is not None and any(p.texts is not None and p.texts & TRUTH.texts for p in (left, right)):
        return True  # truths compare as truths, which texts do not show
    if ones is not None and others is not None and len(ones) * len(others) <= MOST_TEXTS * 20:
        return any(_compare(one, sign, other) == wanted for one in ones for other in others)
    one, other = _as_number(left), _as_number(right)
    if one is None or other is None:
        return True
    if not wanted:
        # What is blank compares as no number: nothing is so then but `!=`.
        if one.may_be_blank or other.may_be_blank:
            return True
        sign = _OTHERWISE[sign]
    if sign == "!=":
        return not (one.least == one.most == other.least == other.most)
    if sign == "=":
        return _meet(one, other)
    if sign in (">", ">="):
        one, other, sign = other, one, TURNED[sign]
    if sign == "<":
        return one.least < other.most
    return one.least < other.most or (one.least == other.most and not one.open_least and not other.open_most)


def _meet(one: Possible, other: Possible) -> bool:
    return not _within(one._replace(may_be_blank=False), "=", other).is_impossible


def _as_number(possible: Possible) -> Possible | None:
    """The possible as a number; a text only where it is a single one that spells a number."""
    if possible.is_number:
        return possible
    if possible.texts is not None and len(possible.texts) == 1:
        number = text_to_number(next(iter(possible.texts)))
        if number == number:
            return Possible(None, number, number, True, False)
    return None


def narrowed(now: Possible, sign: str, other: Possible, wanted: bool) -> Possible:
    """What is left of ``now`` when ``now sign other`` is to be ``wanted``."""
    others = _each(other)
    if now.texts is not None and others is not None:
        left = frozenset(text for text in now.texts if any(_compare(text, sign, each) == wanted for each in others))
        return now._replace(texts=left)
    if now.is_number:
        number = _as_number(other)
        if number is None:
            return now
        if not wanted:
            if now.may_be_blank:
                return now
            sign = _OTHERWISE[sign]
        if number.may_be_blank and sign != "!=":
            number = number._replace(may_be_blank=False)  # a blank satisfies no comparison
        return _within(now, sign, number)
    if now.names is None and now.texts is None and others is not None and not now.has and not now.lacks:
        texts = [each for each in others if isinstance(each, str)]
        if len(texts) == len(others) and (sign == "=") == wanted and sign in ("=", "!="):
            return Possible(frozenset(texts))
    return now


def _within(now: Possible, sign: str, other: Possible) -> Possible:
    """A number that stands so to another."""
    if sign == "!=":
        return now
    found = now._replace(may_be_blank=False)
    if sign in ("<", "<=", "="):
        is_open = sign == "<" or other.open_most
        if other.most < found.most or (other.most == found.most and is_open):
            found = found._replace(most=other.most, open_most=is_open)
    if sign in (">", ">=", "="):
        is_open = sign == ">" or other.open_least
        if other.least > found.least or (other.least == found.least and is_open):
            found = found._replace(least=other.least, open_least=is_open)
    return found


def also_blank(possible: Possible) -> Possible:
    """As an expression sees it from elsewhere: blank while its question is not asked."""
    if possible.texts is not None:
        return possible._replace(texts=possible.texts | {""}, may_be_blank=True)
    return possible._replace(may_be_blank=True)


def without_blank(possible: Possible) -> Possible:
    """What is left of it where something is answered."""
    if possible.texts is not None:
        return possible._replace(texts=possible.texts - {""}, may_be_blank=False)
    return possible._replace(may_be_blank=False)


def either(several: Iterable[Possible]) -> Possible:
    """What one of several can be, nobody knows which."""
    first, *rest = several
    for other in rest:
        if first.texts is not None and other.texts is not None and len(first.texts | other.texts) <= MOST_TEXTS:
            first = Possible(first.texts | other.texts, may_be_blank=first.may_be_blank or other.may_be_blank)
        elif first.is_number and other.is_number:
            first = _hull(first, other)
        elif first.names is not None and first.names == other.names:
            first = first._replace(has=first.has & other.has, lacks=first.lacks & other.lacks)
        else:
            return ANYTHING
    return first


def _hull(one: Possible, other: Possible) -> Possible:
    least, open_least = min((one.least, one.open_least), (other.least, other.open_least))
    most, closed_most = max((one.most, not one.open_most), (other.most, not other.open_most))
    blank, whole = one.may_be_blank or other.may_be_blank, one.is_whole and other.is_whole
    return Possible(None, least, most, True, blank, open_least=open_least, open_most=not closed_most, is_whole=whole)


def added(one: float, other: float, otherwise: float) -> float:
    """The sum of two bounds; ``otherwise`` where they are infinite in both directions."""
    total = one + other
    return total if total == total else otherwise
