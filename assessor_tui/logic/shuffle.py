"""The order that ``randomize`` gives: the same for the same seed as in ODK Collect and Enketo.

Park and Miller's "minimal standard" generator, shuffled inside out (docs.getodk.org; recorded in the cases).
"""

import math
from collections.abc import Sequence
from typing import Any

_MODULUS = 2**31 - 1
_FACTOR = 16_807


def shuffled(things: Sequence[Any], seed: int) -> list[Any]:
    """The things in the order that the seed gives."""
    state = abs(seed) % _MODULUS
    state = state if seed > 0 and state else _MODULUS - 1 - state
    found: list[Any] = []
    for at, thing in enumerate(things):
        state = state * _FACTOR % _MODULUS
        place = (state - 1) * (at + 1) // (_MODULUS - 1)
        found.append(thing)
        if place != at:
            found[at] = found[place]
            found[place] = thing
    return found


def seed_of(text: str, number: float) -> int:
    """The seed that a value means: its whole number, else the head of the text's SHA-256; 0 for a blank."""
    if math.isfinite(number):
        return int(number)
    if not text:
        return 0
    import hashlib

    # There it passes through a double on its way, which spoils its last bits.
    return int(float(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)))
