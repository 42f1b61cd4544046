"""Texts of forms as people read them: without the marks by which other programs make text bold, coloured or a heading.

XLSForm allows a little Markdown and HTML in labels. A terminal draws none of it, and text from outside is never markup
here: what is well formed is taken off, everything else stands as it was written.
"""

import re
from functools import lru_cache

_MARKS = frozenset("*_<[#&\\")
"""A text without any of these is as it is read."""

# Patterns are compiled when a text first needs them: most forms have no marks, and this is loaded at every start.
_BREAK = r"(?i)<\s*(?:br|/p|/div|/li|/h[1-6])\s*/?\s*>"
_TAG = (
    r"(?i)</?\s*(?:a|b|big|center|code|div|em|font|h[1-6]|i|img|li|ol|p|small|span|strong|sub|sup|u|ul)"
    r"(?:\s+[a-z-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))*\s*/?>"
)
_LINK = r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)"
_STRONG = r"(\*\*|__)(?=\S)([^\n]+?)(?<=\S)\1"
_SOFT = (
    r"(?<![\w*\\])\*(?=[^\s*])([^*\n]+?)(?<=[^\s\\])\*(?![\w*])|(?<![\w_\\])_(?=[^\s_])([^_\n{}]+?)(?<=\S)_(?![\w_])"
)
_HEADING = r"(?m)^#{1,6} +"
_ESCAPED = r"\\([*_#\[\]<>\\])"
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}
_ENTITY = "|".join(_ENTITIES)


@lru_cache(maxsize=8192)  # every line of the walk asks for its label with every key
def plain_words(text: str) -> str:
    """The text without its Markdown and HTML: ``**Read** <span style="color:red">now</span>`` is ``Read now``.

    ``3 * 4 * 5``, ``< 5 mg/L`` and ``a_b_c`` stay as they are.
    """
    if _MARKS.isdisjoint(text):
        return text
    if "<" in text:
        text = re.sub(_TAG, "", re.sub(_BREAK, "\n", text))
    text = re.sub(_LINK, lambda link: link[1] if link[1] == link[2] else f"{link[1]} ({link[2]})", text)
    text = re.sub(_HEADING, "", text)
    text = re.sub(_SOFT, lambda soft: soft[1] or soft[2], re.sub(_STRONG, r"\2", text))
    if "\\" in text:
        text = re.sub(_ESCAPED, r"\1", text)
    return re.sub(_ENTITY, lambda entity: _ENTITIES[entity[0]], text).strip() if "&" in text else text.strip()
