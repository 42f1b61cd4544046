"""Which of our languages a text of a person is probably written in."""

from assessor_tui.form.model import LANGUAGES


def language_of(text: str, page: str) -> str:
    """The language a free text is probably written in: by its script, and by characters only one script has.

    ``en``, a Chinese tag, ``""`` for no letters at all. Chinese that fits both scripts is that of the ``page``, or
    ``zh`` on an English one.
    """
    han = "".join(character for character in text if "\u3400" <= character <= "\u9fff" or ord(character) >= 0x20000)
    latin = sum(character.isascii() and character.isalpha() for character in text)
    if not han:
        return "en" if latin else ""
    if latin > 4 * len(han):
        return "en"
    traditional, simplified = _fits(han, "big5hkscs"), _fits(han, "gb2312")
    if traditional and not simplified:
        return LANGUAGES[1]
    if simplified and not traditional:
        return LANGUAGES[2]
    return page if page.startswith("zh") else "zh"


def is_in(text: str, language: str) -> bool:
    """True when readers of ``language`` can read the text; a text without letters is in every language."""
    return language.startswith(language_of(text, language))


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
