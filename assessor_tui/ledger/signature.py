"""What a signature says: the digest of what it fixes, and the gaps that it was knowingly given over.

The value of ``sign`` is the digest, or, where entries of a log had not arrived, the digest and a text for each such
log: a reference to its last entry that is here, then the numbers that are not: ``device.20.hash lacks 4-6,9-9``.
The signature then knows that log up to there, without the numbers named; when they arrive, they are late.
"""

import re
from typing import NamedTuple

from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.value import Value, names

_OVER = re.compile(r"([0-9a-f]{32})\.([1-9][0-9]{0,15})\.([0-9a-f]{32}) lacks ([0-9]+-[0-9]+(?:,[0-9]+-[0-9]+)*)\Z")
_MOST = 200
"""Characters of one text in a value."""


class Over(NamedTuple):
    """A log that was signed over although some of it had not arrived."""

    device: str
    seq: int
    """Number of its last entry that was here."""
    last: str
    """Hash of that entry."""
    missing: tuple[tuple[int, int], ...]
    """First and last number of each stretch that was not here."""

    def covers(self, seq: int) -> bool:
        """True for a number that was here when the visit was signed."""
        return seq <= self.seq and not any(begin <= seq <= end for begin, end in self.missing)


def digest_of(entry: Entry) -> str:
    """The digest that the signature fixes; ``""`` when it names none."""
    texts = (entry.value,) if isinstance(entry.value, str) else names(entry.value)
    return next((text for text in texts if _OVER.match(text) is None), "")


def signed_over(entry: Entry) -> tuple[Over, ...]:
    """The logs that the signature was knowingly given over although they have gaps."""
    found = []
    for text in names(entry.value):
        if match := _OVER.match(text):
            stretches = (stretch.split("-") for stretch in match[4].split(","))
            missing = tuple((int(begin), int(end)) for begin, end in stretches)
            found.append(Over(match[1], int(match[2]), match[3], missing))
    return tuple(found)


def value_of_signature(digest: str, over: tuple[Over, ...]) -> Value:
    """The value of a signature with this digest; stretches beyond what a text can hold are named as one."""
    if not over:
        return digest
    return (digest, *(_text(each) for each in over))


def _text(over: Over) -> str:
    missing = over.missing
    while True:
        stretches = ",".join(f"{begin}-{end}" for begin, end in missing)
        text = f"{over.device}.{over.seq}.{over.last} lacks {stretches}"
        if len(text) <= _MOST:
            return text
        # What is not named as missing would pass for seen: rather name too much.
        missing = (*missing[:-2], (missing[-2][0], missing[-1][1]))
