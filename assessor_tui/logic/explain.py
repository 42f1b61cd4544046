"""Why a question stands as it does: why it is hidden, wrong, demanded or computed so, what it reads, what reads it.

``explain`` gives values and ``lines`` puts them in reading order; the words stand in ``i18n/explain_words``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from assessor_tui.logic import values
from assessor_tui.logic.closures import build
from assessor_tui.logic.definitions import QUESTION, ROW, Definition
from assessor_tui.logic.effort import MOST_LOOKS, MOST_LOOKS_OF_ACT, UNCOUNTED
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.names import FormNames
from assessor_tui.logic.nodes import Container, Leaf, Node, Scoped, instances
from assessor_tui.logic.parser import Call, Filter, Negation, Number, Operation, Path, Reference, Text, Tree, parse
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.reads import NEAR, PLACE, ROWS, VALUE, Use
from assessor_tui.logic.values import Scope, to_boolean, to_text
from assessor_tui.problem import Problem

MOST_READS = 12
"""Nodes of one reference that are named; a sum over a thousand rows reads a thousand."""
MOST_PARTS = 120
"""Parts of one expression that are taken apart."""
MOST_TEXT = 200
"""Longest piece of a text that is shown of a value or an expression."""


class Read(NamedTuple):
    """A question, or the rows of a repeat, that an expression looks at."""

    path: str
    value: str
    """What the expression sees of it; of a repeat the number of its rows."""
    relevant: bool = True
    """False when it is blank for the expression because it is hidden, whatever is stored."""
    is_rows: bool = False


class Part(NamedTuple):
    """A piece of an expression and what it comes to."""

    text: str
    """As it stands in the expression."""
    value: str
    truth: bool
    """``value`` as a condition sees it."""
    is_condition: bool
    """True when the piece gives yes or no."""
    decides: bool
    """True when the whole is as it is because of this piece."""
    reads: tuple[Read, ...] = ()
    """Of a name or path only."""
    unnamed: int = 0
    """How many more it reads."""
    parts: "tuple[Part, ...]" = ()
    no_answer: str = ""
    """Where it can have none with these answers: the reason of its error value, such as ``value.date``."""


class Reason(NamedTuple):
    """One expression of a question, or of a group or repeat around it, taken apart."""

    column: str
    """XLSForm column: relevant, required, constraint, warning, calculation, read_only."""
    path: str
    """What it stands at."""
    text: str
    value: str
    holds: bool
    part: Part


class Reader(NamedTuple):
    """An expression that looks at the question."""

    path: str
    """Whose expression it is."""
    column: str


class Explanation(NamedTuple):
    """Why a question, group or repeat stands as it does."""

    path: str
    kind: str
    """``question``, ``group``, ``repeat`` or ``row``."""
    relevant: bool
    status: str = ""
    """Of a question: ``missing``, ``answered``, ``not applicable`` or ``to come``."""
    value: str = ""
    """What is stored or computed, as text."""
    is_required: bool = False
    is_read_only: bool = False
    relevance: tuple[Reason, ...] = ()
    """The conditions of all that stands around it, outermost first, and its own."""
    required: Reason | None = None
    read_only: tuple[Reason, ...] = ()
    computed: Reason | None = None
    """Its calculation."""
    checks: tuple[Reason, ...] = ()
    """Its constraint and warning, while something is answered."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with it now."""
    reads: tuple[Read, ...] = ()
    """Everything that its own expressions look at."""
    read_by: tuple[Reader, ...] = ()
    """Whose expressions look at it."""


def explain(filling: Filling, path: str) -> Explanation:
    """Why the question, group, repeat or row at ``path`` stands as it does now.

    Raises:
        KeyError: when nothing stands there.
    """
    node = filling.nodes[path]
    rules = filling.compiled.rules_of.get(node.definition, {})
    around = list(_around(node))
    explained = Explanation(
        path,
        node.definition.kind,
        node.relevant,
        relevance=tuple(_reasons(filling, around, "relevant")),
        reads=_read_by_rules(filling, node, rules.values()),
        read_by=_readers(filling, node),
        problems=node.problems if isinstance(node, Leaf | Container) else (),
    )
    if not isinstance(node, Leaf):
        return explained
    state = filling.state(path)
    computed = rules.get("calculation") or rules.get("triggered")
    required = rules.get("required")
    checks = [rules[column] for column in ("constraint", "warning") if column in rules and node.text and node.relevant]
    return explained._replace(
        status=state.status,
        value=_shown(node.text),
        is_required=state.required,
        is_read_only=state.read_only,
        required=_reason(filling, required, node) if required is not None else None,
        read_only=tuple(reason for reason in _reasons(filling, around, "read_only") if reason.holds),
        computed=_reason(filling, computed, node) if computed is not None else None,
        checks=tuple(_reason(filling, rule, node) for rule in checks),
    )


def _around(node: Node) -> Iterator[Node]:
    """The node itself and what is around it, outermost first."""
    chain: list[Node] = []
    here: Node | None = node
    while here is not None:
        chain.append(here)
        here = here.around
    return reversed(chain)


def _reasons(filling: Filling, around: Iterable[Node], column: str) -> Iterator[Reason]:
    for node in around:
        rule = filling.compiled.rules_of.get(node.definition, {}).get(column)
        if rule is not None:
            yield _reason(filling, rule, node)


def _reason(filling: Filling, rule: Rule, node: Node) -> Reason:
    column = rule.column
    parts = _Parts(filling, node, rule.text)
    try:
        part = parts.of(parse(rule.text))
    except (ExpressionError, ArithmeticError, ValueError):
        part = Part(rule.text[:MOST_TEXT], "", False, column != "calculation", True)
    return Reason(column, node.path, rule.text[:MOST_TEXT], part.value, part.truth, part)


def _shown(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


class _Parts:
    """One expression at one node, taken apart; each piece evaluated by itself."""

    def __init__(self, filling: Filling, node: Node, text: str) -> None:
        self.filling = filling
        self.node = node
        self.text = text
        self.left = MOST_PARTS
        self.looks = MOST_LOOKS_OF_ACT

    def of(self, tree: Tree, decides: bool = True) -> Part:
        """The piece with the pieces in it that can be other than they are."""
        self.left -= 1
        result = self._result(tree)
        value = _value(result)
        truth = to_boolean(result)
        parts: list[Part] = []
        reads: tuple[Read, ...] = ()
        unnamed = 0
        if isinstance(tree, Reference | Path | Filter):
            found = _reads(self.filling, self.node, self._uses(tree))
            reads, unnamed = tuple(found[:MOST_READS]), max(0, len(found) - MOST_READS)
        else:
            for piece, counts in _pieces(tree, truth, self._result):
                if self.left > 0 and not isinstance(piece, Number | Text):
                    parts.append(self.of(piece, decides and counts))
        is_condition = isinstance(result, bool)
        text = self.text[tree.start : tree.end]
        no_answer = result.reason if isinstance(result, values.ErrorValue) else ""
        return Part(_shown(text), value, truth, is_condition, decides, reads, unnamed, tuple(parts), no_answer)

    def _result(self, tree: Tree) -> values.Result:
        try:
            built = build(tree, self._names())
            effort = self.filling.effort
            effort.left = given = min(MOST_LOOKS, self.looks)
            try:
                result: values.Result = built.run(Scope(self.node, self.node, self.filling))
            finally:
                self.looks -= given - effort.left
                effort.left = UNCOUNTED
        except (ExpressionError, ArithmeticError, ValueError):
            return ""
        return result

    def _uses(self, tree: Tree) -> Iterable[Use]:
        names = self._names()
        try:
            names.explore(tree)
        except ExpressionError:
            return ()
        return names.uses

    def _names(self) -> FormNames:
        compiled = self.filling.compiled
        return FormNames(compiled.form, self.node.definition, compiled.places.by_name)


def _pieces(tree: Tree, truth: bool, result: Any) -> Iterator[tuple[Tree, bool]]:
    """Each piece of a tree, and whether the tree is as it is because of this piece."""
    if isinstance(tree, Operation):
        operands = (tree.first, *(operand for _, operand in tree.rest))
        sign = tree.rest[0][0]
        if sign not in ("and", "or") or truth == (sign == "and"):
            # Both sides of a comparison, every part of an `and` that holds, every part of an `or` that does not.
            yield from ((operand, True) for operand in operands)
        else:
            yield from ((operand, to_boolean(result(operand)) == truth) for operand in operands)
    elif isinstance(tree, Call):
        if tree.name == "if" and len(tree.arguments) == 3:
            taken = 1 if to_boolean(result(tree.arguments[0])) else 2
            yield from ((argument, at in (0, taken)) for at, argument in enumerate(tree.arguments))
        else:
            yield from ((argument, True) for argument in tree.arguments)
    elif isinstance(tree, Negation):
        yield tree.operand, True


def _value(result: values.Result) -> str:
    if isinstance(result, list):
        found = [node.value for node in result[:MOST_READS]]
        return _shown(", ".join(found) + (", …" if len(result) > MOST_READS else ""))
    return _shown(to_text(result))


def _reads(filling: Filling, node: Node, uses: Iterable[Use]) -> list[Read]:
    """What stands where an expression of ``node`` looks, in the order in which it names them."""
    found: dict[str, Read] = {}
    for use in uses:
        row: Scoped | None = node.scope
        while row is not None and row.definition is not use.anchor:
            row = row.outer
        meant = row.beside(use.shift) if row is not None and use.shift else row
        if meant is None or use.aspect == NEAR or use.definition is filling.root.definition:
            continue  # what is asked of the whole form is not read of one node
        rows = [meant.container] if use.aspect == PLACE else instances(use.definition, meant)
        for each in rows:
            if isinstance(each, Container):
                found.setdefault(each.path, Read(each.path, str(len(each.rows)), each.relevant, is_rows=True))
            elif isinstance(each, Leaf):
                found.setdefault(each.path, Read(each.path, _shown(each.value), each.relevant))
    return list(found.values())


def _read_by_rules(filling: Filling, node: Node, rules: Iterable[Rule]) -> tuple[Read, ...]:
    uses = dict.fromkeys(use for rule in rules for use in rule.uses)
    return tuple(read for read in _reads(filling, node, uses) if read.path != node.path)[: MOST_READS * 4]


def _readers(filling: Filling, node: Node) -> tuple[Reader, ...]:
    aspect = ROWS if isinstance(node, Container) else VALUE
    definition: Definition = node.definition
    if definition.kind not in (QUESTION, ROW) and not isinstance(node, Container):
        return ()
    found: dict[Reader, None] = {}
    for rule, target in filling.readers(definition, aspect, node.scope):
        if target is not node:
            found[Reader(target.path, rule.column)] = None
        if len(found) == MOST_READS * 4:
            break
    return tuple(found)


# In reading order


class Line(NamedTuple):
    """One line of an explanation, before it is put into words."""

    code: str
    """Key of its sentence in ``i18n/explain_words``."""
    depth: int
    blanks: Mapping[str, str]
    """Of the sentence. ``path`` is what faces name as people call it."""
    decides: bool = True
    """False for what is told beside the reason."""


def lines(explained: Explanation) -> Iterator[Line]:
    """The explanation in reading order: how it stands, then why, then what hangs together with it."""
    at = {"path": explained.path, "value": explained.value}
    if explained.computed is None or not explained.relevant:
        yield Line("shown" if explained.relevant else "hidden", 0, at)
    if not explained.relevant and explained.status == "answered" and explained.computed is None:
        yield Line("kept", 0, at)
    yield from _told(explained.relevance, explained.relevant, explained.path)
    if explained.kind != QUESTION:
        yield from _around_it(explained)
        return
    if explained.computed is not None:
        yield Line("computed" if explained.value else "computed_blank", 0, at | {"text": explained.computed.text})
        if explained.computed.part.no_answer:
            yield Line(f"part_{explained.computed.part.no_answer}", 1, {"text": explained.computed.text})
        yield from _pieces_of(explained.computed.part)
    if explained.required is not None:
        yield Line("required" if explained.is_required else "not_required", 0, at | {"text": explained.required.text})
        yield from _pieces_of(explained.required.part)
    for reason in explained.read_only:
        yield Line("read_only", 0, {"path": reason.path, "text": reason.text})
        yield from _pieces_of(reason.part)
    for reason in explained.checks:
        code = f"{reason.column}_{'holds' if reason.holds else 'broken'}"
        yield Line(code, 0, at | {"text": reason.text}, not reason.holds)
        if not reason.holds:
            yield from _pieces_of(reason.part)
    yield from _around_it(explained)


def _told(reasons: Iterable[Reason], relevant: bool, path: str) -> Iterator[Line]:
    """The conditions: of what is hidden those that do not hold, before those that do."""
    for reason in sorted(reasons, key=lambda reason: reason.holds):
        whose = "own" if reason.path == path else "outer"
        code = f"{whose}_{'holds' if reason.holds else 'fails'}"
        yield Line(code, 0, {"path": reason.path, "text": reason.text}, reason.holds == relevant)
        yield from _pieces_of(reason.part)


def _pieces_of(part: Part) -> Iterator[Line]:
    """The lines below an expression that has been told already."""
    for read in part.reads:
        yield _read_line(read, 1)
    if part.unnamed:
        yield Line("more", 1, {"count": str(part.unnamed)})
    for inner in part.parts:
        yield from _part_lines(inner, 1)


def _part_lines(part: Part, depth: int) -> Iterator[Line]:
    blanks = {"text": part.text, "value": part.value}
    if part.is_condition:
        yield Line("part_true" if part.truth else "part_false", depth, blanks, part.decides)
    elif not part.reads:
        nothing = f"part_{part.no_answer}" if part.no_answer else "part_blank"
        yield Line("part_value" if part.value else nothing, depth, blanks, part.decides)
    for read in part.reads:
        yield _read_line(read, depth, part.decides)
    if part.unnamed:
        yield Line("more", depth, {"count": str(part.unnamed)}, part.decides)
    for inner in part.parts:
        yield from _part_lines(inner, depth + 1)


def _read_line(read: Read, depth: int, decides: bool = True) -> Line:
    code = "rows" if read.is_rows else "blank_hidden" if not read.relevant else "is" if read.value else "blank"
    return Line(code, depth, {"path": read.path, "value": read.value}, decides)


def _around_it(explained: Explanation) -> Iterator[Line]:
    if explained.reads:
        yield Line("depends_on", 0, {})
        yield from (_read_line(read, 1) for read in explained.reads)
    if explained.read_by:
        yield Line("depended_on", 0, {})
        yield from (Line(f"read_{each.column}", 1, {"path": each.path}) for each in explained.read_by)
