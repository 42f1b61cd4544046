"""What the answers of a form can be, and so which of its conditions can never hold: nothing is answered for it.

A condition is true, false, or not decided. Answers are assumed to be whatever the condition around allows
(``assume``); where that leaves nothing, it cannot hold. What is not understood is not decided: no false alarm.
"""

import math
from collections.abc import Iterable, Mapping

from assessor_tui.form.model import LIST_TYPES, SELECT_ONE, Form, Question
from assessor_tui.logic.answers import range_of
from assessor_tui.logic.can_be import (
    ANYTHING,
    BLANK,
    COMPARED,
    MOST_TEXTS,
    TRUTH,
    TRUTHS,
    TURNED,
    Possible,
    added,
    also_blank,
    either,
    may_be,
    narrowed,
    without_blank,
)
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.definitions import QUESTION, Definition
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.locations import Location
from assessor_tui.logic.names import FormNames
from assessor_tui.logic.parser import Call, Negation, Number, Operation, Path, Reference, Text, Tree, parse
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.spelling import is_expression
from assessor_tui.logic.values import number_text, to_boolean

_WHOLE = frozenset({"integer"})
_NUMBERS = frozenset({"integer", "decimal", "range"})


Assumed = Mapping[Definition, Possible]
"""What is taken for granted of answers."""


MOST_LOOKS = 5_000
"""Most looks at the parts of one expression: those that stand inside each other are looked at again and again."""


MOST_DEPTH = 100
"""Deepest part of an expression that is looked at."""


class Answers:
    """What the answers of one form can be."""

    def __init__(self, compiled: CompiledForm) -> None:
        self.compiled = compiled
        self._depth = self._looks = 0
        self.never: set[Definition] = set()
        """Questions that are never asked, so that expressions see them blank."""
        self.can_be: dict[Definition, Possible] = {}
        self._set_by_something = set(_set_by_something(compiled))
        self._asked: dict[tuple[object, Definition], tuple[Definition, bool] | None] = {}
        for definition in compiled.places.by_path.values():
            if isinstance(definition.node, Question):
                self.can_be[definition] = self._of_question(definition, definition.node)
        for rule in compiled.rules:
            if rule.kind == "calculation":
                found = self.value(parse(rule.text), rule.definition, {})
                self.can_be[rule.definition] = also_blank(found)
            elif rule.kind == "constraint" and self.can_be.get(rule.definition, ANYTHING).is_number:
                accepted = self.assume(parse(rule.text), True, rule.definition, {})
                if accepted is not None and rule.definition in accepted:
                    self.can_be[rule.definition] = accepted[rule.definition]._replace(may_be_blank=True)

    def _of_question(self, definition: Definition, question: Question) -> Possible:
        if definition in self._set_by_something:
            return ANYTHING
        if question.type in _NUMBERS:
            least, most = _ends(question)
            return Possible(is_number=True, least=least, most=most, is_whole=question.type in _WHOLE)
        if question.type == "quantity":
            return Possible(is_number=True)
        if question.type in LIST_TYPES:
            names = choice_names(self.compiled.form, question)
            if names is None or len(names) > MOST_TEXTS:
                return ANYTHING
            if question.default:
                names = names | frozenset(question.default.strip("'\"").split())
            return Possible(names | {""}) if question.type == SELECT_ONE else Possible(names=names)
        return Possible(frozenset({"", "OK"})) if question.type == "acknowledge" else ANYTHING

    # What a name leads to

    def asked(self, tree: Tree, at: Definition) -> tuple[Definition, bool] | None:
        """(question, whether it is a single node) that a name or path leads to; None for anything else."""
        key = (tree.name, at.scope) if isinstance(tree, Reference) else (tree, at)
        if key not in self._asked:
            location = located(self.compiled, tree, at)
            found = None
            if location is not None and not location.open and len(location.definitions) == 1:
                definition = location.definitions[0]
                found = (definition, not location.many) if definition.kind == QUESTION else None
            self._asked[key] = found
        return self._asked[key]

    def _known(self, definition: Definition, assumed: Assumed) -> Possible:
        if definition in self.never:
            return BLANK
        return assumed.get(definition) or self.can_be.get(definition, ANYTHING)

    # What an expression comes to

    def value(self, tree: Tree, at: Definition, assumed: Assumed) -> Possible:
        """What the expression, which stands at ``at``, can come to."""
        if not self._looks_once_more():
            return ANYTHING
        self._depth += 1
        try:
            return self._value(tree, at, assumed)
        finally:
            self._depth -= 1

    def _looks_once_more(self) -> bool:
        """False once an expression has been looked at so often that it is taken to be anything."""
        self._looks = self._looks + 1 if self._depth else 0
        return self._looks < MOST_LOOKS and self._depth < MOST_DEPTH

    def _value(self, tree: Tree, at: Definition, assumed: Assumed) -> Possible:
        if isinstance(tree, Text):
            return Possible(frozenset({tree.value}), may_be_blank=not tree.value)
        if isinstance(tree, Number):
            return Possible(None, tree.value, tree.value, True, False)
        if isinstance(tree, Reference | Path):
            found = self.asked(tree, at)
            return self._known(found[0], assumed) if found is not None and found[1] else ANYTHING
        if isinstance(tree, Negation):
            inner = self.value(tree.operand, at, assumed)
            if not inner.is_number or tree.times % 2 == 0:
                return inner if inner.is_number else ANYTHING
            return Possible(None, -inner.most, -inner.least, True, inner.may_be_blank)
        if isinstance(tree, Operation):
            return self._operation(tree, at, assumed)
        if isinstance(tree, Call):
            return self._call(tree, at, assumed)
        return ANYTHING

    def _operation(self, tree: Operation, at: Definition, assumed: Assumed) -> Possible:
        if tree.rest[0][0] in TRUTHS:
            truth = self.holds(tree, at, assumed)
            return TRUTH if truth is None else Possible(frozenset({"true" if truth else "false"}), may_be_blank=False)
        found = self.value(tree.first, at, assumed)
        for sign, operand in tree.rest:
            other = self.value(operand, at, assumed)
            if sign not in ("+", "-") or not found.is_number or not other.is_number:
                return Possible(is_number=True) if sign != "|" else ANYTHING
            least, most = (other.least, other.most) if sign == "+" else (-other.most, -other.least)
            blank = found.may_be_blank or other.may_be_blank
            found = Possible(None, added(found.least, least, -math.inf), added(found.most, most, math.inf), True, blank)
        return found

    def _call(self, tree: Call, at: Definition, assumed: Assumed) -> Possible:
        name, arguments = tree.name, tree.arguments
        if name in ("true", "false"):
            return Possible(frozenset({name}), may_be_blank=False)
        if name == "if" and len(arguments) == 3:
            truth = self.holds(arguments[0], at, assumed)
            branches = [
                argument for argument, taken in zip(arguments[1:], (True, False), strict=True) if truth in (None, taken)
            ]
            return either([self.value(branch, at, assumed) for branch in branches])
        if name == "coalesce":
            return either([self.value(argument, at, assumed) for argument in arguments])
        if name in ("string-length", "count", "count-non-empty", "count-selected", "position"):
            most = math.inf
            if name == "count-selected" and arguments and (found := self.asked(arguments[0], at)) is not None:
                names = self._known(found[0], assumed).names
                most = float(len(names)) if names is not None else most
            return Possible(None, 0.0, most, True, False, is_whole=True)
        if name in ("not", "selected", "boolean", "regex", "contains", "starts-with", "ends-with"):
            truth = self.holds(tree, at, assumed)
            return TRUTH if truth is None else Possible(frozenset({"true" if truth else "false"}), may_be_blank=False)
        return ANYTHING

    # Whether a condition holds

    def holds(self, tree: Tree, at: Definition, assumed: Assumed) -> bool | None:
        """True or False when the condition is so whatever is answered (within what is assumed), else None."""
        if self.assume(tree, True, at, assumed) is None:
            return False
        return True if self.assume(tree, False, at, assumed) is None else None

    def assume(self, tree: Tree, wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        """What is known besides when the condition is (or is not) to hold; None when it cannot be so."""
        if not self._looks_once_more():
            return assumed
        self._depth += 1
        try:
            return self._assume(tree, wanted, at, assumed)
        finally:
            self._depth -= 1

    def _assume(self, tree: Tree, wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        if isinstance(tree, Operation):
            sign = tree.rest[0][0]
            operands = [tree.first, *(operand for _, operand in tree.rest)]
            if sign in ("and", "or"):
                run = self._all if (sign == "and") == wanted else self._any
                return run(operands, wanted, at, assumed)
            if sign in COMPARED and len(tree.rest) == 1:
                return self._compared(tree, wanted, at, assumed)
            return assumed
        if isinstance(tree, Call):
            if tree.name in ("true", "false") and not tree.arguments:
                return assumed if (tree.name == "true") == wanted else None
            if tree.name in ("not", "boolean") and len(tree.arguments) == 1:
                return self.assume(tree.arguments[0], wanted != (tree.name == "not"), at, assumed)
            if tree.name == "selected" and len(tree.arguments) == 2:
                return self._selected(tree, wanted, at, assumed)
        if isinstance(tree, Reference | Path):
            # A text is true unless blank; a name that may be a list of nodes is true when it has any.
            found = self.asked(tree, at)
            if found is None or not found[1]:
                return assumed
            now = self._known(found[0], assumed)
            if wanted:
                return _with(assumed, found[0], without_blank(now))
            return None if now.texts is not None and "" not in now.texts else _with(assumed, found[0], BLANK)
        if isinstance(tree, Text | Number):
            return assumed if to_boolean(tree.value) == wanted else None
        return self._by_value(tree, wanted, at, assumed)

    def _by_value(self, tree: Tree, wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        """As ``assume``, for what is no condition itself: a calculation such as ``if(...)``."""
        if not isinstance(tree, Call) or tree.name not in ("if", "coalesce"):
            return assumed
        possible = self.value(tree, at, assumed)
        if possible.texts is None or possible.texts & {"true", "false"}:
            return assumed
        return assumed if any(to_boolean(text) == wanted for text in possible.texts) else None

    def _all(self, operands: Iterable[Tree], wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        operands = list(operands)
        for _ in range(2):  # what a later part says may decide an earlier one
            before = assumed
            for operand in operands:
                known = self.assume(operand, wanted, at, assumed)
                if known is None:
                    return None
                assumed = known
            if assumed is before:
                break
        return assumed

    def _any(self, operands: Iterable[Tree], wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        alive = [known for operand in operands if (known := self.assume(operand, wanted, at, assumed)) is not None]
        if not alive:
            return None
        if len(alive) == 1:
            return alive[0]
        shared = set(alive[0]).intersection(*alive[1:])
        found = dict(assumed)
        for definition in shared:
            found[definition] = either([known[definition] for known in alive])
        return found

    def _selected(self, tree: Call, wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        found, name = self.asked(tree.arguments[0], at), tree.arguments[1]
        if found is None or not isinstance(name, Text | Number):
            return assumed
        word = (name.value if isinstance(name, Text) else number_text(name.value)).strip()
        definition, single = found
        now = self._known(definition, assumed)
        if now.texts is not None:
            left = frozenset(text for text in now.texts if (word in text.split()) == wanted)
            if not single:
                return assumed if left or not wanted else None
            return _with(assumed, definition, now._replace(texts=left))
        if now.names is None:
            return assumed
        if not single:
            return None if wanted and word not in now.names else assumed
        changed = now._replace(has=now.has | {word}) if wanted else now._replace(lacks=now.lacks | {word})
        return _with(assumed, definition, changed)

    def _compared(self, tree: Operation, wanted: bool, at: Definition, assumed: Assumed) -> Assumed | None:
        ((sign, second),) = tree.rest
        first = tree.first
        left, right = self.value(first, at, assumed), self.value(second, at, assumed)
        if not self._pairs_possible(first, second, at):
            return assumed
        if not may_be(left, sign, right, wanted):
            return None
        for side, other, mark in ((first, right, sign), (second, left, TURNED[sign])):
            found = self.asked(side, at) if isinstance(side, Reference | Path) else None
            if found is None or not found[1]:
                continue
            known = _with(assumed, found[0], narrowed(self._known(found[0], assumed), mark, other, wanted))
            if known is None:
                return None
            assumed = known
        return assumed

    def _pairs_possible(self, first: Tree, second: Tree, at: Definition) -> bool:
        """False where a side may be several nodes or none, so that comparing it says little of each."""
        for side in (first, second):
            if isinstance(side, Reference | Path) and (found := self.asked(side, at)) is not None and not found[1]:
                return False
        return True


def located(compiled: CompiledForm, tree: Tree, at: Definition) -> Location | None:
    """Where a name or path that stands at ``at`` leads; None where that cannot be said."""
    try:
        return FormNames(compiled.form, at, compiled.places.by_name).explore(tree)
    except ExpressionError:
        return None


def choice_names(form: Form, question: Question) -> frozenset[str] | None:
    """The names that can be chosen; None where they are rows, nodes or lines of a file."""
    if (
        question.rows_of
        or question.itemset
        or question.list_name not in form.choices
        or "search(" in question.appearance
    ):
        return None
    return frozenset(choice.name for choice in form.choices[question.list_name])


def _with(assumed: Assumed, definition: Definition, possible: Possible) -> Assumed | None:
    if possible.is_impossible:
        return None
    return {**assumed, definition: possible}


def _ends(question: Question) -> tuple[float, float]:
    """The ends of a ``range``."""
    if question.type != "range":
        return -math.inf, math.inf
    start, end, _ = range_of(question)
    return min(start, end), max(start, end)


def _set_by_something(compiled: CompiledForm) -> Iterable[Definition]:
    """Questions whose value can come from elsewhere than from a person's choice."""
    for definition in compiled.places.by_path.values():
        node = definition.node
        if isinstance(node, Question) and (node.actions or node.trigger or is_expression(node.default)):
            yield definition


def conditions(compiled: CompiledForm, definition: Definition) -> list[Rule]:
    """The relevance of what is around the definition, outermost first, and its own."""
    found: list[Rule] = []
    here: Definition | None = definition
    while here is not None:
        rule = compiled.rules_of.get(here, {}).get("relevant")
        if rule is not None:
            found.append(rule)
        here = here.parent
    return found[::-1]
