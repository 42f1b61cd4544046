"""How much a visit asks: by its category, its length as the header states it, or the number of employees."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from assessor_tui.form.model import Question, Repeat
from assessor_tui.form.scheme import Category, Scheme, Size
from assessor_tui.ledger.value import Quantity, Value, names

CORE, FULL = "core", "full"

Said = Callable[[str], Value | None]
"""Gives the header's answer at a path, None for none."""


class Extent(NamedTuple):
    """What a visit asks and what is scored. A question ``at_hand`` is neither asked nor scored on any visit."""

    asks: str = CORE
    """``core`` or ``full``: the questions that count as left to do while they have no answer."""
    scores: str = FULL
    """``core`` or ``full``: the questions that count towards the score, answered or not."""

    @property
    def full(self) -> bool:
        """True when questions asked ``full`` are left to do too."""
        return self.asks == FULL

    def leaves_out(self, node: Question | Repeat) -> bool:
        """True for what is only at hand: on any visit, or on one of this size."""
        return node.asked not in (CORE, FULL) or (node.asked == FULL and self.scores == CORE)


def size_of(scheme: Scheme, said: Said) -> Size | None:
    """The size of the visit, None when the scheme has none.

    What the header names comes first, then the number of employees; while nobody has said a number it is the last,
    that is the longest, so that nothing is left out unseen.
    """
    if not scheme.sizes:
        return None
    chosen = names(said(_question(scheme.size_question)))
    for size in scheme.sizes:
        if size.name in chosen:
            return size
    number = said(_question(scheme.size_number))
    if isinstance(number, Quantity):
        for size in scheme.sizes:
            limit = scheme.parameters.get(size.below)
            if limit is not None and limit.value and Fraction(number.n) < Fraction(limit.value):
                return size
    return scheme.sizes[-1]


def _question(path: str) -> str:
    return path.partition("/")[2]


def extent_of(scheme: Scheme, category: Category, said: Said) -> Extent:
    """What the visit asks and scores. Sites of one size are scored over the same questions, whoever answers more.

    A category that always asks so much (its own checklists are short) does so whatever the size.
    """
    size = size_of(scheme, said)
    if size is None:
        return Extent()
    asks = category.asks or size.asks
    return Extent(asks, asks)
