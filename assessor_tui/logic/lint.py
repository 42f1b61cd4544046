"""What an author should look at in the expressions of a form that compiles: what can never be, and what is no answer.

Codes beginning with ``lint.`` are warnings but for those in ``GRAVE``: with these nobody can fill in what is asked.
"""

from collections import deque
from collections.abc import Container, Iterable, Iterator
from typing import Any

from assessor_tui.form.model import GEO_TYPES, LIST_TYPES, NUMBER_TYPES, SILENT_TYPES, Group, Question, Repeat
from assessor_tui.form.nearest import nearest
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.constants import errors
from assessor_tui.logic.definitions import GROUP, QUESTION, REPEAT, Definition, walk
from assessor_tui.logic.functions import FUNCTIONS
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import (
    Call,
    Negation,
    Number,
    Operation,
    Path,
    Reference,
    Text,
    Tree,
    inside,
    parse,
    parts_of,
)
from assessor_tui.logic.patterns import broken_regex, runs_away
from assessor_tui.logic.possible import Answers, Assumed, choice_names, conditions, located
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.reads import VALUE
from assessor_tui.logic.spelling import is_expression
from assessor_tui.logic.values import equal, number_text, text_to_number, to_day
from assessor_tui.problem import Place, Problem

GRAVE = frozenset({"lint.unknown_choice", "lint.text_for_number", "lint.never_accepted", "lint.regex"})
"""Codes that are mistakes, not warnings."""

MOST_RULES = 40_000
"""Expressions of a form of which it is still looked at together what can never be."""

_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_NO_NUMBERS = GEO_TYPES | {"file"}
_ORDER = frozenset({"<", "<=", ">", ">="})
_NOT_VOLATILE_HERE = frozenset({"today"})
"""``today()`` is the visit's date on every laptop and in every later year."""


def is_warning(problem: Problem) -> bool:
    """True when a form may be used in spite of the problem."""
    return problem.code.startswith("lint.") and problem.code not in GRAVE


def lint(compiled: CompiledForm) -> tuple[Problem, ...]:
    """What an author should look at, at generic paths, in the order of the form; nothing that ``compile_form`` tells.

    ``lint.unknown_choice``, ``lint.text_for_number``, ``lint.text_for_date``, ``lint.number_for_date``,
    ``lint.arithmetic``, ``lint.order``, ``lint.never_true``, ``lint.never_true_here``,
    ``lint.never_asked``, ``lint.never_accepted``,
    ``lint.no_answer.*``, ``lint.nothing_offered``, ``lint.volatile``, ``lint.regex``, ``lint.regex_slow``,
    ``lint.overwrites``, ``lint.unused_list``, ``lint.never_ends``.
    """
    found: list[tuple[int, Problem]] = []
    trees = list(_trees(compiled))
    for rule, tree in trees:
        found += ((rule.definition.order, problem) for problem in _Clashes(compiled, rule).of(tree))
        found += ((rule.definition.order, problem) for problem in _volatile(rule, tree))
        found += ((rule.definition.order, problem) for problem in _no_answer(rule, tree))
    found += ((problem_at, problem) for problem_at, problem in _never_ending(compiled))
    if len(compiled.rules) > MOST_RULES:
        return tuple(_unique(problem for _, problem in sorted(found, key=lambda each: each[0])))
    answers = Answers(compiled)
    # A misspelt choice is one mistake, not also a condition that never holds and all that waits for it.
    misspelt = {problem.place.path for _, problem in found if problem.parameters["column"] == "relevant"}
    found += ((definition.order, problem) for definition, problem in _never(compiled, answers, misspelt))
    found += ((definition.order, problem) for definition, problem in _other(compiled, answers))
    found += ((0, problem) for problem in _unused_lists(compiled, [tree for _, tree in trees]))
    found.sort(key=lambda each: each[0])
    return tuple(_unique(problem for _, problem in found))


def _unique(problems: Iterable[Problem]) -> Iterator[Problem]:
    seen = set()
    for problem in problems:
        key = problem.code, problem.place, tuple(sorted(problem.parameters.items()))
        if key not in seen:
            seen.add(key)
            yield problem


def _trees(compiled: CompiledForm) -> Iterator[tuple[Rule, Tree]]:
    for rule in compiled.rules:
        if rule.kind == "default" and not is_expression(rule.text):
            continue
        try:
            yield rule, parse(rule.text)
        except ExpressionError:
            continue


def _problem(rule: Rule, code: str, **parameters: str) -> Problem:
    return Problem(f"lint.{code}", Place(path=rule.definition.path), {"column": rule.column, **parameters})


def _never_ending(compiled: CompiledForm) -> Iterator[tuple[int, Problem]]:
    """What is cut off when the form is opened and nobody has answered yet, with where it stands in the form."""
    from assessor_tui.logic.filling import Filling
    from assessor_tui.logic.views import Context

    filling = Filling(compiled, Context(today=_ANY_DAY))
    filling.open()
    for rule in filling.given_up:
        yield rule.definition.order, _problem(rule, "never_ends")


_ANY_DAY = "2000-01-01"


def _no_answer(rule: Rule, tree: Tree) -> Iterator[Problem]:
    """Calls that can have no answer, whatever is answered; broken patterns are told as ``lint.regex``."""
    for call, reason in errors(tree):
        if call.name != "regex":
            yield _problem(rule, f"no_answer.{reason.removeprefix('value.')}", found=rule.text[call.start : call.end])


# What is compared with what


class _Clashes:
    """Comparisons and sums in one expression that cannot mean what they say."""

    def __init__(self, compiled: CompiledForm, rule: Rule) -> None:
        self.compiled = compiled
        self.rule = rule
        self.answers = _Asked(compiled, rule)

    def of(self, tree: Tree) -> Iterator[Problem]:
        for here in inside(tree):
            if isinstance(here, Operation):
                yield from self._operation(here)
            elif isinstance(here, Call):
                yield from self._call(here)

    def _operation(self, tree: Operation) -> Iterator[Problem]:
        first = tree.first
        for sign, second in tree.rest:
            if sign in _ARITHMETIC:
                for side in (first, second) if first is tree.first else (second,):
                    yield from self._sum(tree, sign, side)
            elif sign in ("=", "!=", *_ORDER):
                yield from self._comparison(first, sign, second)
                yield from self._comparison(second, sign, first)
            first = second

    def _sum(self, tree: Operation, sign: str, side: Tree) -> Iterator[Problem]:
        question = self.answers.question(side)
        text = ""
        if isinstance(side, Text) and text_to_number(side.value) != text_to_number(side.value):
            text = f"'{side.value}'"
        elif question is not None and question.type in LIST_TYPES and not question.rows_of:
            names = choice_names(self.compiled.form, question)
            if question.type != "select_one" or (names and not any(_is_number(name) for name in names)):
                text = self._written(side)
        elif question is not None and question.type in _NO_NUMBERS:
            text = self._written(side)
        if text:
            yield _problem(self.rule, "arithmetic", found=text, sign=sign)

    def _comparison(self, asked: Tree, sign: str, other: Tree) -> Iterator[Problem]:
        """``asked`` is a question and ``other`` what it is compared with."""
        question = self.answers.question(asked)
        if question is None or not isinstance(other, Text | Number):
            return
        name = self._written(asked)
        if question.type in LIST_TYPES and not question.rows_of:
            yield from self._choice(question, name, sign, other)
        elif isinstance(other, Text):
            text = other.value
            if not text:
                return
            if question.type in NUMBER_TYPES and not _is_number(text) and text != _NO_NUMBER:
                code = "date_for_number" if to_day(text) is not None else "text_for_number"
                yield _problem(self.rule, code, name=name, found=text)
            elif question.type in ("date", "datetime") and to_day(text) is None and not _is_number(text):
                yield _problem(self.rule, "text_for_date", name=name, found=text)
        elif question.type == "date" and abs(other.value) < _FIRST_LIKELY_DAY:
            yield _problem(self.rule, "number_for_date", name=name, found=number_text(other.value))

    def _choice(self, question: Question, name: str, sign: str, other: Text | Number) -> Iterator[Problem]:
        names = choice_names(self.compiled.form, question)
        if names is None:
            return
        if sign in _ORDER:
            if not any(_is_number(each) for each in names):
                yield _problem(self.rule, "order", name=name, sign=sign)
            return
        if isinstance(other, Number):
            if not any(equal(each, other.value) for each in names):
                yield self._unknown(question, name, number_text(other.value), names)
            return
        words = [other.value] if question.type == "select_one" else other.value.split()
        for word in words:
            if word and word not in names and word != _NO_NUMBER:
                yield self._unknown(question, name, word, names)

    def _unknown(self, question: Question, name: str, found: str, names: Iterable[str]) -> Problem:
        known = list(names)
        shown = [choice.name for choice in self.compiled.form.choices[question.list_name]]
        told = ", ".join(shown[:_MOST_NAMES]) + (", …" if len(shown) > _MOST_NAMES else "")
        return _problem(
            self.rule, "unknown_choice", name=name, found=found, list=question.list_name, known=told,
            suggestion=nearest(found, known),
        )  # fmt: skip

    def _call(self, tree: Call) -> Iterator[Problem]:
        if tree.name == "selected" and len(tree.arguments) == 2:
            question, word = self.answers.question(tree.arguments[0]), tree.arguments[1]
            if question is None or question.type not in LIST_TYPES or question.rows_of:
                return
            names = choice_names(self.compiled.form, question)
            found = word.value.strip() if isinstance(word, Text) else ""
            if isinstance(word, Number):
                found = number_text(word.value)
            if found and names is not None and found not in names:
                yield self._unknown(question, self._written(tree.arguments[0]), found, names)
        elif tree.name == "regex" and len(tree.arguments) == 2 and isinstance(tree.arguments[1], Text):
            yield from self._regex(tree.arguments[1].value)

    def _regex(self, pattern: str) -> Iterator[Problem]:
        why = broken_regex(pattern)
        if why:
            yield _problem(self.rule, "regex", found=pattern, why=why)
        elif runs_away(pattern):
            yield _problem(self.rule, "regex_slow", found=pattern)

    def _written(self, tree: Tree) -> str:
        return self.rule.text[tree.start : tree.end]


_FIRST_LIKELY_DAY = 3650
"""Days since 1970 below which nobody means a date of today."""
_NO_NUMBER = "NaN"
"""What a number without an answer spells in other programs: compared with on purpose, in forms that do without."""
_MOST_NAMES = 12


def _is_number(text: str) -> bool:
    number = text_to_number(text)
    return number == number and to_day(text) is None


class _Asked:
    """The questions that names in one expression lead to."""

    def __init__(self, compiled: CompiledForm, rule: Rule) -> None:
        self.compiled = compiled
        self.rule = rule

    def question(self, tree: Tree) -> Question | None:
        """The question, None for what is none or may be several different ones."""
        if not isinstance(tree, Reference | Path):
            return None
        if self.rule.kind == "choice_filter" and not isinstance(tree, Reference):
            return None  # a column of the choices
        location = located(self.compiled, tree, self.rule.definition)
        if location is None or location.open or len(location.definitions) != 1:
            return None
        node = location.definitions[0].node
        return node if isinstance(node, Question) else None


# What changes by itself


def _volatile(rule: Rule, tree: Tree) -> Iterator[Problem]:
    """Functions that give something else each time, where that is computed again and again."""
    if rule.kind not in ("calculation", "relevant", "constraint", "required", "read_only", "repeat_count", "warning"):
        return
    if rule.definition.name == _INSTANCE_ID:
        return  # every ODK form computes it so, and every program does it once
    for name in _outside_once(tree):
        yield _problem(rule, "volatile", found=name)


_INSTANCE_ID = "instanceID"


def _outside_once(tree: Tree) -> Iterator[str]:
    waiting: list[Tree] = [tree]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Call):
            if here.name == "once":
                continue
            function = FUNCTIONS.get(here.name)
            if function is not None and function.volatile and here.name not in _NOT_VOLATILE_HERE:
                yield here.name
        waiting.extend(parts_of(here))


# What can never be


def _never(compiled: CompiledForm, answers: Answers, known: Container[str]) -> Iterator[tuple[Definition, Problem]]:
    """Conditions that cannot hold: each group or question once, nothing again for what stands inside."""
    told: dict[Definition, Problem] = {}
    waiting = deque(each for each in walk(compiled.places.root) if each.kind in (GROUP, REPEAT, QUESTION))
    while waiting:
        definition = waiting.popleft()
        own = compiled.rules_of.get(definition, {}).get("relevant")
        if own is None or definition in told or definition.path in known or _is_inside(definition, told):
            continue
        if _can_hold(answers, conditions(compiled, definition)):
            continue
        told[definition] = _told(answers, definition, own)
        # Whoever asks about something in it is looked at again: that is blank for ever.
        for inner in walk(definition):
            if inner.kind == QUESTION and inner not in answers.never:
                answers.never.add(inner)
                for rule, _ in compiled.dependents.get((inner, VALUE), ()):
                    if rule.kind == "relevant":
                        waiting.extend(walk(rule.definition))
    yield from ((each, problem) for each, problem in told.items() if not _is_inside(each, told))


def _is_inside(definition: Definition, told: Container[Definition]) -> bool:
    here = definition.parent
    while here is not None:
        if here in told:
            return True
        here = here.parent
    return False


def _can_hold(answers: Answers, rules: Iterable[Rule]) -> bool:
    """False when these conditions cannot hold together."""
    assumed: Assumed = {}
    rules = list(rules)
    for _ in range(min(len(rules), 2)):  # what an inner one says may decide an outer one
        for rule in rules:
            known = answers.assume(parse(rule.text), True, rule.definition, assumed)
            if known is None:
                return False
            assumed = known
    return True


def _told(answers: Answers, definition: Definition, own: Rule) -> Problem:
    count = sum(1 for inner in walk(definition) if inner.kind == QUESTION) - (definition.kind == QUESTION)
    never = [use.definition.name for use in own.uses if use.definition in answers.never]
    if never and len({use.definition for use in own.uses}) == len(set(never)):
        return _problem(own, "never_asked", name=never[0], count=str(count))
    alone = answers.assume(parse(own.text), True, definition, {}) is None
    return _problem(own, "never_true" if alone else "never_true_here", found=own.text[:200], count=str(count))


def _other(compiled: CompiledForm, answers: Answers) -> Iterator[tuple[Definition, Problem]]:
    for rule in compiled.rules:
        if rule.definition in answers.never:
            continue
        if rule.kind == "constraint" and not _can_hold(answers, [rule]):
            yield rule.definition, _problem(rule, "never_accepted", found=rule.text[:200])
        elif rule.kind == "choice_filter" and _offers_nothing(compiled, answers, rule):
            yield rule.definition, _problem(rule, "nothing_offered", found=rule.text[:200])
        elif rule.kind == "calculation":
            node = rule.definition.node
            if isinstance(node, Question) and node.type not in SILENT_TYPES and not node.read_only:
                yield rule.definition, _problem(rule, "overwrites", type=node.type)


def _offers_nothing(compiled: CompiledForm, answers: Answers, rule: Rule) -> bool:
    """True when a filter keeps none of the choices, whatever is answered."""
    question = rule.definition.node
    if not isinstance(question, Question) or question.rows_of or question.itemset:
        return False
    choices = compiled.form.choices.get(question.list_name, ())
    tree = parse(rule.text)
    if not choices or len(choices) > _MOST_FILTERED or "[" in rule.text:
        return False
    for choice in choices:
        columns = {"name": choice.name, **{column: str(value) for column, value in choice.extra.items()}}
        if answers.assume(_filled_in(tree, columns), True, rule.definition, {}) is not None:
            return False
    return True


_MOST_FILTERED = 2_000


def _filled_in(tree: Tree, columns: dict[str, str]) -> Tree:
    """The filter of one choice: its columns as texts."""
    if isinstance(tree, Path):
        if not tree.absolute and tree.origin is None and len(tree.steps) == 1 and tree.steps[0].axis == "child":
            name = tree.steps[0].test
            if name in columns or name == "label":
                return (
                    Text(columns.get(name, ""), tree.start, tree.end) if name != "label" else Call("string", (), 0, 0)
                )
            return Text("", tree.start, tree.end)
        return tree
    if isinstance(tree, Operation):
        rest = tuple((sign, _filled_in(operand, columns)) for sign, operand in tree.rest)
        return tree._replace(first=_filled_in(tree.first, columns), rest=rest)
    if isinstance(tree, Call):
        return tree._replace(arguments=tuple(_filled_in(argument, columns) for argument in tree.arguments))
    if isinstance(tree, Negation):
        return tree._replace(operand=_filled_in(tree.operand, columns))
    return tree


# What is not used


def _unused_lists(compiled: CompiledForm, trees: Iterable[Tree]) -> Iterator[Problem]:
    form = compiled.form
    used = {node.list_name for node in _nodes(compiled) if isinstance(node, Question)}
    named = {
        here.arguments[0].value
        for tree in trees
        for here in inside(tree)
        if isinstance(here, Call) and here.arguments and isinstance(here.arguments[0], Text)
    }
    for name in form.choices:
        if name not in used and name not in named:
            yield Problem("lint.unused_list", Place(path=f"choices/{name}"), {"list": name, "column": ""})


def _nodes(compiled: CompiledForm) -> Iterator[Group | Repeat | Question | Any]:
    for definition in walk(compiled.places.root):
        if definition.node is not None:
            yield definition.node
