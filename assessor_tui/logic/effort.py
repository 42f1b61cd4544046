"""How much expressions may look at: what would hardly ever end is left blank instead.

Places looked at are counted, not seconds, so that two laptops with the same answers leave the same blanks.
"""

MOST_LOOKS = 1_000_000
"""Places that one expression looks at: five times the longest list, or each of a thousand rows at all others."""
MOST_LOOKS_OF_ACT = 2_500_000
"""Places that all expressions together look at until everything has followed from one answer: some seconds."""
MOST_LOOKS_OF_TEXT = 100_000
"""Places that the values inside a label look at: many labels stand on a screen."""
UNCOUNTED = 1 << 62
"""What is looked at between acts does not add up."""
WORTH = 64
"""Letters of an expression, or of its result, that are worth one more look."""


class TooMuch(ArithmeticError):
    """An expression looks at more places than it may: it has no answer."""


class Effort:
    """What may still be looked at."""

    __slots__ = ("act", "left")

    def __init__(self) -> None:
        self.left = UNCOUNTED
        """By the expression that is running."""
        self.act = UNCOUNTED
        """By all of this act."""

    def spend(self, looks: int) -> None:
        """Nothing; notes that so many places are looked at.

        Raises:
            TooMuch: when that is more than is left.
        """
        self.left -= looks
        if self.left < 0:
            raise TooMuch

    def count(self) -> None:
        """Nothing; from here on what is looked at adds up, if it does not already."""
        self.act = min(self.act, MOST_LOOKS_OF_ACT)
