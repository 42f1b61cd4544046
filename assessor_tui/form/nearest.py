"""Which word somebody most likely meant who typed another one: the one measure for all suggestions."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` was most likely meant to be, whatever its case; ``""`` when none is near."""
    by_folded = {each.casefold(): each for each in sorted(known)}
    folded = word.casefold()
    if folded in by_folded:
        return by_folded[folded]
    from difflib import get_close_matches  # here, because what has no mistakes never needs it

    found = get_close_matches(folded, by_folded, 1, 0.6)
    return by_folded[found[0]] if found else ""
