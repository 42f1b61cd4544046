"""Text from outside, made safe to show: what acts instead of being seen is shown as its code."""

import unicodedata
from collections import Counter
from typing import NamedTuple

from assessor_tui.form.script import language_of as language_of

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\n\t")


class Free(NamedTuple):
    """Text that a person wrote, in the language it was written in."""

    text: str
    language: str
    """BCP 47 tag, guessed from the characters; ``""`` when they do not tell."""


class Cleaner:
    """Makes text plain and counts what it had to replace."""

    def __init__(self, language: str) -> None:
        self.language = language
        """Of the page; settles what Chinese characters alone do not."""
        self.replaced: Counter[str] = Counter()
        """Code such as ``U+202E`` -> how often it was replaced."""

    def plain(self, text: str) -> str:
        """The text with each invisible or acting character as ``〔U+202E〕``; tabs and line ends stay."""
        if text.isascii() and text.isprintable():
            return text
        return "".join(self._shown(character) for character in text)

    def free(self, text: str) -> Free:
        """The text, plain, with the language it is probably written in."""
        return Free(self.plain(text), language_of(text, self.language))

    def _shown(self, character: str) -> str:
        if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
            return character
        code = f"U+{ord(character):04X}"
        self.replaced[code] += 1
        return f"〔{code}〕"
