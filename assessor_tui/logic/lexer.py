"""The tokens of an expression, with where each stands."""

import re
from functools import cache
from typing import NamedTuple

MAX_LENGTH = 50_000
"""Longest expression in characters; longer ones are refused rather than slow."""

_WORD_OPERATORS = ("and", "or", "div", "mod")
_OPERATORS = frozenset({"+", "-", "=", "<", ">", "|", "!=", "<=", ">="})
_BEFORE_OPERAND = frozenset({"operator", "(", "[", ",", "/", "//", "::", "@", "start"})
"""After one of these a ``*`` is a wildcard and ``and`` is a name: XPath 1.0, section 3.7."""


class ExpressionError(ValueError):
    """The text is not an expression.

    ``reason`` is the code of a problem, ``at`` the offset in the text, ``what`` the text found there.
    """

    def __init__(self, reason: str, at: int, what: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.what = what


class Token(NamedTuple):
    """One token."""

    kind: str
    """``number``, ``text``, ``name``, ``reference``, ``operator``, ``end``, or the mark itself."""
    text: str
    """What counts of it: a text without quotes, a reference without ``${}``."""
    start: int
    end: int


@cache
def _pattern() -> re.Pattern[str]:
    name = r"[^\W\d][\w.\-]*"
    return re.compile(
        rf"""\s*(?:
        (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,3}}(?![\w.\-]))?)
        |(?P<text>"[^"]*"|'[^']*')
        |(?P<reference>\$\{{[^{{}}]*\}})
        |(?P<name>{name}(?::(?!:){name})?)
        |(?P<mark>\.\.|::|//|!=|<=|>=|[()\[\]/@,|+\-=<>*.]))""",
        re.VERBOSE,
    )


def tokens(text: str) -> list[Token]:
    """All tokens of ``text``; the last one is of kind ``end``.

    Raises:
        ExpressionError: ``form.expression`` at the first character that begins no token.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError("form.expression_too_long", MAX_LENGTH - 1)
    found: list[Token] = []
    match = _pattern().match
    at, before = 0, "start"
    size = len(text.rstrip())
    while at < size:
        hit = match(text, at)
        if hit is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError("form.expression", at, text[at : at + 20])
        kind = str(hit.lastgroup)
        word = hit[kind]
        end = hit.end()
        start = end - len(word)
        if kind == "mark":
            if word == "*":
                kind = "name" if before in _BEFORE_OPERAND else "operator"
            else:
                kind = "operator" if word in _OPERATORS else word
        elif kind == "text":
            word = word[1:-1]
        elif kind == "reference":
            word = word[2:-1].strip()
        elif kind == "name" and word.startswith(_WORD_OPERATORS) and before not in _BEFORE_OPERAND:
            # An operand cannot follow an operand, so `1and1` and `5 mod2` hold an operator.
            word = next(name for name in _WORD_OPERATORS if word.startswith(name))
            kind, end = "operator", start + len(word)
        found.append(Token(kind, word, start, end))
        at, before = end, kind
    found.append(Token("end", "", len(text), len(text)))
    return found
