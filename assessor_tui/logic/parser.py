"""Expression text to tree, by operator precedence (Pratt). Every node knows where it stands in the text."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assessor_tui.logic.lexer import ExpressionError, Token, tokens

MAX_DEPTH = 100
"""Deepest nesting of brackets, arguments and predicates, so that nothing that walks a tree runs out of stack. Chains
such as ``a or b or c`` do not nest; an ``if`` in an ``if`` for each of eighty answers does, and people write those."""


class Number(NamedTuple):
    """A number as written."""

    value: float
    start: int
    end: int


class Text(NamedTuple):
    """A text in quotes."""

    value: str
    start: int
    end: int


class Reference(NamedTuple):
    """``${name}`` or ``${last-saved#name}``."""

    name: str
    last_saved: bool
    start: int
    end: int


class Step(NamedTuple):
    """One step of a path: ``../``, ``amount[. > 3]``, ``ancestor::*``."""

    axis: str
    test: str
    """A name, ``*``, or a node type with its brackets such as ``node()``."""
    predicates: "tuple[Tree, ...]"
    start: int
    end: int


class Path(NamedTuple):
    """Steps from ``origin``: a tree, the root (``absolute``), or the node the expression stands at."""

    origin: "Tree | None"
    absolute: bool
    steps: tuple[Step, ...]
    start: int
    end: int


class Filter(NamedTuple):
    """Nodes of ``operand`` for which every predicate holds."""

    operand: "Tree"
    predicates: "tuple[Tree, ...]"
    start: int
    end: int


class Call(NamedTuple):
    """A function call."""

    name: str
    arguments: "tuple[Tree, ...]"
    start: int
    end: int


class Negation(NamedTuple):
    """Unary minus, ``times`` times."""

    operand: "Tree"
    times: int
    start: int
    end: int


class Operation(NamedTuple):
    """Operands of one precedence, from left to right; a flat chain, so that long ones do not nest."""

    first: "Tree"
    rest: "tuple[tuple[str, Tree], ...]"
    start: int
    end: int


Tree = Number | Text | Reference | Path | Filter | Call | Negation | Operation


def parts_of(tree: Tree) -> Sequence[Tree]:
    """The trees directly inside, but not the conditions in square brackets: these stand elsewhere."""
    if isinstance(tree, Operation):
        return (tree.first, *(operand for _, operand in tree.rest))
    if isinstance(tree, Call):
        return tree.arguments
    if isinstance(tree, Negation | Filter):
        return (tree.operand,)
    return (tree.origin,) if isinstance(tree, Path) and tree.origin is not None else ()


def inside(tree: Tree) -> Iterator[Tree]:
    """The tree and every tree in it, but not the conditions in square brackets."""
    waiting: list[Tree] = [tree]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(parts_of(here))


_POWER = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6, "|": 8,
}  # fmt: skip
_UNARY_POWER = 7
_NODE_TYPES = frozenset({"node", "text", "comment", "processing-instruction"})
AXES = frozenset(
    {
        "ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
        "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self",
    }
)  # fmt: skip
_LAST_SAVED = "last-saved#"


class _Reader:
    """Where the parser is in its tokens, and how deep."""

    __slots__ = ("at", "depth", "next", "tokens")

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.depth = 0
        self.next = found[0]

    def take(self, kind: str = "") -> Token:
        token = self.next
        if kind and token.kind != kind:
            raise ExpressionError("form.expression", token.start, token.text)
        if token.kind != "end":
            self.at += 1
            self.next = self.tokens[self.at]
        return token

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("form.expression_too_deep", self.next.start)


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression. The same text gives the same tree.

    Raises:
        ExpressionError: when ``text`` is no expression, nests deeper than ``MAX_DEPTH`` or is too long.
    """
    reader = _Reader(tokens(text))
    tree = _expression(reader, 0)
    reader.take("end")
    return tree


def _expression(reader: _Reader, floor: int) -> Tree:
    reader.enter()
    left = _operand(reader)
    while reader.next.kind == "operator" and (power := _POWER[reader.next.text]) > floor:
        rest: list[tuple[str, Tree]] = []
        while reader.next.kind == "operator" and _POWER[reader.next.text] == power:
            operator = reader.take().text
            rest.append((operator, _expression(reader, power)))
        left = Operation(left, tuple(rest), left.start, rest[-1][1].end)
    reader.depth -= 1
    return left


def _operand(reader: _Reader) -> Tree:
    token = reader.next
    if token.kind == "operator" and token.text == "-":
        times = 0
        while reader.next.kind == "operator" and reader.next.text == "-":
            reader.take()
            times += 1
        operand = _expression(reader, _UNARY_POWER)
        return Negation(operand, times, token.start, operand.end)
    primary = _primary(reader)
    if primary is None:
        return _path(reader, None)
    if reader.next.kind == "[":
        predicates = _predicates(reader)
        primary = Filter(primary, predicates, primary.start, reader.tokens[reader.at - 1].end)
    if reader.next.kind in ("/", "//"):
        return _path(reader, primary)
    return primary


def _primary(reader: _Reader) -> Tree | None:
    token = reader.next
    if token.kind == "number":
        reader.take()
        return Number(float(token.text), token.start, token.end)
    if token.kind == "text":
        reader.take()
        return Text(token.text, token.start, token.end)
    if token.kind == "reference":
        reader.take()
        last_saved = token.text.startswith(_LAST_SAVED)
        name = token.text[len(_LAST_SAVED) :].strip() if last_saved else token.text
        return Reference(name, last_saved, token.start, token.end)
    if token.kind == "(":
        reader.take()
        inner = _expression(reader, 0)
        reader.take(")")
        return inner
    if token.kind == "name" and reader.tokens[reader.at + 1].kind == "(" and token.text not in _NODE_TYPES:
        reader.take()
        reader.take("(")
        arguments: list[Tree] = []
        if reader.next.kind != ")":
            arguments.append(_expression(reader, 0))
            while reader.next.kind == ",":
                reader.take()
                arguments.append(_expression(reader, 0))
        return Call(token.text, tuple(arguments), token.start, reader.take(")").end)
    return None


def _path(reader: _Reader, origin: Tree | None) -> Path:
    start = reader.next.start if origin is None else origin.start
    absolute = origin is None and reader.next.kind in ("/", "//")
    steps: list[Step] = []
    if absolute and reader.next.kind == "/":
        reader.take()
        if not _begins_step(reader.next):
            return Path(None, True, (), start, reader.tokens[reader.at - 1].end)
        steps.append(_step(reader))
    elif origin is None and not absolute:
        steps.append(_step(reader))
    while reader.next.kind in ("/", "//"):
        mark = reader.take()
        if mark.kind == "//":
            steps.append(Step("descendant-or-self", "node()", (), mark.start, mark.end))
        steps.append(_step(reader))
    return Path(origin, absolute, tuple(steps), start, reader.tokens[reader.at - 1].end)


def _begins_step(token: Token) -> bool:
    return token.kind in ("name", ".", "..", "@")


def _step(reader: _Reader) -> Step:
    token = reader.take()
    axis, test = "child", token.text
    if token.kind == ".":
        axis, test = "self", "node()"
    elif token.kind == "..":
        axis, test = "parent", "node()"
    else:
        if token.kind == "@":
            axis, test = "attribute", reader.take("name").text
        elif token.kind == "name" and reader.next.kind == "::":
            reader.take()
            axis, test = token.text, reader.take("name").text
            if axis not in AXES:
                raise ExpressionError("form.expression", token.start, token.text)
        elif token.kind != "name":
            raise ExpressionError("form.expression", token.start, token.text)
        if test in _NODE_TYPES and reader.next.kind == "(":
            reader.take()
            target = f"'{reader.take().text}'" if reader.next.kind == "text" else ""
            reader.take(")")
            test = f"{test}({target})"
    predicates = _predicates(reader)
    return Step(axis, test, predicates, token.start, reader.tokens[reader.at - 1].end)


def _predicates(reader: _Reader) -> tuple[Tree, ...]:
    found: list[Tree] = []
    while reader.next.kind == "[":
        reader.take()
        found.append(_expression(reader, 0))
        reader.take("]")
    return tuple(found)
