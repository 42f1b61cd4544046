"""How a form spells expressions among its texts: outputs between words, defaults that may be meant as they stand."""

import re
from functools import cache

from assessor_tui.form.wording import plain_words


def is_expression(default: str) -> bool:
    """True when a ``default`` has to be computed; false when it is meant as it stands, as ``2026-11-12`` or ``yes``."""
    return "(" in default or "${" in default or default[:1] in ("'", '"')


def quoted(text: str) -> str:
    """An expression that is this text."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"


def has_outputs(text: str) -> bool:
    """True for a text that shows values: ``${name}``, or ``<output value="expression"/>`` as ODK forms have it."""
    return "${" in text or "<output" in text


@cache
def outputs() -> re.Pattern[str]:
    """What finds each output in a text; its groups hold the expression of an ``<output>``, escaped as in XML."""
    return re.compile(
        r"""\$\{[^{}]*\}|<output\s+(?:value|ref)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')\s*(?:/>|>\s*</output>)"""
    )


def plain_around(text: str) -> str:
    """As ``plain_words``, with the outputs as they are: what marks words in a text may be part of an expression."""
    held: list[str] = []

    def kept(hit: re.Match[str]) -> str:
        held.append(hit[0])
        return f"\ue000{len(held) - 1}\ue001"

    plain = plain_words(outputs().sub(kept, text.replace("\ue000", "")))
    return re.sub("\ue000([0-9]+)\ue001", lambda hit: held[int(hit[1])], plain)


def output_of(expression: str) -> str:
    """How an expression stands in a text; ``unescape`` reads it back."""
    for letter, mark in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        expression = expression.replace(letter, mark)
    return f'<output value="{expression}"/>'


def unescape(text: str) -> str:
    """The text without the escapes of an XML attribute."""
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, letter)
    return text
