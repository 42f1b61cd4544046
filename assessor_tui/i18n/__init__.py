"""The interface's own words in three languages, switchable while the program runs.

``_`` looks a sentence up when it is called, never at import, so a live switch of language reaches every
screen that is drawn again. A sentence that stands in a table at import time is marked with ``N_`` and
looked up where it is drawn. A missing catalogue or sentence falls back to the English msgid.
"""

import gettext as _gettext
import os
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en-HK", "zh-Hant-HK", "zh-Hans-CN")
"""Tags of the interface languages; the first is the language of the msgids."""

LANGUAGE_NAMES: Mapping[str, str] = {"en-HK": "English", "zh-Hant-HK": "繁體中文", "zh-Hans-CN": "简体中文"}
"""Tag -> the language's name in itself."""

CATALOGUES = Path(__file__).parent / "locales"
DOMAIN = "assessor"

_language = LANGUAGES[0]
_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()
_loaded: dict[str, _gettext.NullTranslations] = {}


def _(message: str) -> str:
    """The sentence in the present language."""
    return _catalogue.gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence in the present language, in the form that ``count`` takes."""
    return _catalogue.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """The sentence in the present language as it reads in ``context``."""
    return _catalogue.pgettext(context, message)


def N_(message: str) -> str:
    """The sentence unchanged: marks it for translation where it is only looked up later."""
    return message


def language() -> str:
    """Tag of the present language."""
    return _language


def set_language(tag: str) -> str:
    """The tag that now holds: ``tag`` mapped to the nearest language that there is."""
    global _language, _catalogue  # noqa: PLW0603 - one person looks at one screen in one language
    _language = nearest_language(tag)
    _catalogue = catalogue(_language)
    return _language


def catalogue(tag: str) -> _gettext.NullTranslations:
    """The sentences of one language of ``LANGUAGES``; an empty catalogue (English) when there is no file."""
    if tag not in _loaded:
        file = CATALOGUES / tag / "LC_MESSAGES" / f"{DOMAIN}.mo"
        try:
            with file.open("rb") as stream:
                _loaded[tag] = _gettext.GNUTranslations(stream)
        except (OSError, UnicodeDecodeError):
            # A damaged or absent catalogue costs the translation, never the program.
            _loaded[tag] = _gettext.NullTranslations()
    return _loaded[tag]


def nearest_language(tag: str) -> str:
    """The language of ``LANGUAGES`` nearest to a BCP 47 tag or a system locale such as ``zh_TW.UTF-8``."""
    if tag in LANGUAGES:
        return tag
    parts = tag.split(".")[0].split("@")[0].replace("_", "-").lower().split("-")
    if parts[0] not in ("zh", "yue", "chinese", "chinese (traditional)", "chinese (simplified)"):
        return LANGUAGES[0]
    if "hans" in parts or "chinese (simplified)" in parts:
        return LANGUAGES[2]
    if parts[0] == "yue" or {"hant", "hk", "mo", "tw", "chinese (traditional)"}.intersection(parts):
        return LANGUAGES[1]
    return LANGUAGES[2]


def system_language(environment: Mapping[str, str] | None = None) -> str:
    """The language that the environment asks for, in gettext's order of variables."""
    variables = os.environ if environment is None else environment
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = variables.get(name, "").split(":")[0]
        if value and value not in ("C", "POSIX", "C.UTF-8"):
            return nearest_language(value)
    return LANGUAGES[0]


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def long_date(iso: str, tag: str = "") -> str:
    """An ISO date as people read it in running text; tables keep ISO dates. What is none comes back as it is."""
    pieces = iso[:10].split("-")
    if len(pieces) != 3 or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        return iso
    year, month, day = (int(piece) for piece in pieces)
    if not 1 <= month <= 12:
        return iso
    if (tag or _language) == LANGUAGES[0]:
        return f"{day} {_MONTHS[month - 1]} {year}"
    return f"{year}年{month}月{day}日"


def grouped(decimal: str) -> str:
    """A plain decimal with thin groups of three in its whole part (``12 400.5``), the same in all three languages."""
    sign, digits = ("-", decimal[1:]) if decimal.startswith("-") else ("", decimal)
    whole, point, fraction = digits.partition(".")
    if len(whole) < 5 or not (whole.isascii() and whole.isdigit()):
        return decimal
    return sign + f"{int(whole):,}".replace(",", " ") + point + fraction
