"""What can be said of a condition while some of the answers it asks about are not known: yes, no, or not yet."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from assessor_tui.logic.parser import Call, Number, Operation, Reference, Text, Tree

Known = tuple[str, ...] | None
"""An answer as an expression sees it: the names chosen, one text, nothing; None while it is not known."""
Said = Callable[[str], Known]
"""Gives what is known of the question or table of a name; of a table the number of its rows."""


def holds(tree: Tree, said: Said) -> bool | None:
    """True or False when the answers that are known decide it, None while they do not.

    Only what conditions of forms are made of is understood: comparisons of an answer with a value, ``selected``,
    ``count``, ``not``, ``and``, ``or``. Anything else is not decided.
    """
    match tree:
        case Operation(first=first, rest=rest) if rest[0][0] in ("and", "or"):
            parts = [holds(part, said) for part in (first, *(part for _, part in rest))]
            ends = rest[0][0] == "or"
            return ends if ends in parts else None if None in parts else not ends
        case Operation(first=first, rest=((sign, second),)) if sign in _COMPARED:
            left, right = _value(first, said), _value(second, said)
            return None if left is None or right is None else _compare(left, sign, right)
        case Call(name="not", arguments=(inner,)):
            found = holds(inner, said)
            return None if found is None else not found
        case Call(name="selected", arguments=(Reference(name=name), Text(value=wanted))):
            chosen = said(name)
            return None if chosen is None else wanted in chosen
    return None


_COMPARED = ("=", "!=", "<", "<=", ">", ">=")


def _value(tree: Tree, said: Said) -> str | None:
    match tree:
        case Text(value=text):
            return text
        case Number(value=number):
            return str(Fraction(number).limit_denominator(10**9))
        case Reference(name=name) | Call(name="count", arguments=(Reference(name=name),)):
            known = said(name)
            return None if known is None else " ".join(known)
    return None


def _compare(left: str, sign: str, right: str) -> bool:
    try:
        one, other = Fraction(left), Fraction(right)
    except (ValueError, ZeroDivisionError):
        # A blank or a name is neither more nor less than anything.
        return sign == "=" if left == right else sign == "!="
    return {
        "=": one == other, "!=": one != other, "<": one < other, "<=": one <= other, ">": one > other,
        ">=": one >= other,
    }[sign]  # fmt: skip


def names_in(tree: Tree) -> Iterator[str]:
    """The names that the expression asks about, in its order."""
    match tree:
        case Reference(name=name):
            yield name
        case Operation(first=first, rest=rest):
            for part in (first, *(part for _, part in rest)):
                yield from names_in(part)
        case Call(arguments=arguments):
            for part in arguments:
                yield from names_in(part)
        case _:
            for inner in (getattr(tree, "operand", None), getattr(tree, "origin", None)):
                if inner is not None:
                    yield from names_in(inner)
