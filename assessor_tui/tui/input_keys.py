"""What keys mean: what a digit can do, and one meaning for the many forms that a Chinese input method gives a key.

The latter is applied once, in ``BaseApp.on_event``, before any binding is looked at, and never in a text field.
"""

import unicodedata

MOST_DIGITS = 9
"""Choices or rows that a digit can take; more are searched by typing."""
TOO_SOON = 0.3
"""Seconds in which a second digit is taken for a slip."""

_TWINS = {
    "［": "[",
    "【": "[",
    "「": "[",
    "『": "[",
    "］": "]",
    "】": "]",
    "」": "]",
    "』": "]",
    "｛": "{",
    "｝": "}",
    "、": "/",
    "／": "/",
    "÷": "/",
    "？": "?",
    "：": ":",
    "！": "!",
    "\u3000": " ",
    "。": ".",
    "－": "-",
    "—": "-",
    "＋": "+",
}

_FIRST_FULL_WIDTH, _LAST_FULL_WIDTH = 0xFF01, 0xFF5E
_FULL_WIDTH_OFFSET = 0xFEE0


def plain_character(character: str) -> str:
    """The character of the keyboard that ``character`` is another form of; ``character`` itself when it is none."""
    if character in _TWINS:
        return _TWINS[character]
    if len(character) == 1 and _FIRST_FULL_WIDTH <= ord(character) <= _LAST_FULL_WIDTH:
        return chr(ord(character) - _FULL_WIDTH_OFFSET)
    return character


def is_foreign(character: str) -> bool:
    """True for a character that no key of the keyboard gives: an input method is on."""
    return not plain_character(character).isascii()


_KEY_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def key_of(character: str) -> str:
    """Textual's name of the key that gives an ASCII character: ``[`` is ``left_square_bracket``."""
    if character.isalnum():
        return character
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _KEY_NAMES.get(name, name)
