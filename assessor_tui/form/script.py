"""Which of our languages a text of a person is probably written in."""

from assessor_tui.form.model import LANGUAGES

_ENCODINGS = {LANGUAGES[1]: "big5hkscs", LANGUAGES[2]: "gb2312"}


def language_of(text: str, page: str) -> str:
    """The language a free text is probably written in: by its script, and by characters only one script has.

    ``en``, a Chinese tag, ``""`` for no letters at all. Chinese that fits both scripts is that of the ``page``, or
    ``zh`` on an English one.
    """
    han, latin = _letters(text)
    if not han:
        return "en" if latin else ""
    if latin > 4 * len(han):
        return "en"
    traditional, simplified = (_fits(han, encoding) for encoding in _ENCODINGS.values())
    if traditional and not simplified:
        return LANGUAGES[1]
    if simplified and not traditional:
        return LANGUAGES[2]
    return page if page.startswith("zh") else "zh"


def is_in(text: str, language: str) -> bool:
    """True when readers of ``language`` find the text in it: alone, or beside the same in another language.

    A word or two of the other script, a model or a name, do not make it that of another language. A text without
    letters is in every language.
    """
    han, latin = _letters(text)
    if not han and not latin:
        return True
    if language not in _ENCODINGS:
        return latin >= 2 * len(han)
    return 4 * len(han) >= latin and bool(han) and _fits(han, _ENCODINGS[language])


def _letters(text: str) -> tuple[str, int]:
    """The Chinese characters, and how many Latin letters there are."""
    han = "".join(character for character in text if "\u3400" <= character <= "\u9fff" or ord(character) >= 0x20000)
    return han, sum(character.isascii() and character.isalpha() for character in text)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
