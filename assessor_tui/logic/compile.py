"""A form compiled: every expression a closure, with what it depends on, in the order they have to run.

``compile_form`` never fails: an expression that cannot be used is left out and stands among the problems.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from assessor_tui.form.model import Form, Group, Question, Repeat
from assessor_tui.logic.closures import as_kind, build
from assessor_tui.logic.definitions import REPEAT, ROW, Definition, Places, places_of, walk
from assessor_tui.logic.functions import FORMS, FUNCTIONS
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.names import FormNames, Use
from assessor_tui.logic.parser import Reference, parse
from assessor_tui.logic.values import Closure
from assessor_tui.problem import Place, Problem


class Rule:
    """One expression of one definition."""

    __slots__ = ("definition", "kind", "rank", "run", "speaks", "text", "uses")

    def __init__(self, kind: str, definition: Definition, text: str, run: Closure, uses: tuple[Use, ...]) -> None:
        self.kind = kind
        """XLSForm column: relevant, calculation, required, read_only, constraint, warning ..."""
        self.definition = definition
        self.text = text
        self.run = run
        self.uses = uses
        self.rank = 0
        """Rules of a lower rank run first."""
        self.speaks = False
        """True when its result depends on the language being shown."""

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.definition.path}: {self.text}>"


Label = tuple[str | Closure, ...]
"""A text with outputs: pieces of text, and closures for what stands between."""

Labels = dict[tuple[Definition, str], Label]


class CompiledForm:
    """A form ready to be filled. It never changes; all fillings of the form share it."""

    __slots__ = ("dependents", "form", "labels", "places", "problems", "rules", "rules_of")

    def __init__(
        self, form: Form, places: Places, rules: tuple[Rule, ...], labels: Labels, problems: tuple[Problem, ...]
    ) -> None:
        self.form = form
        self.places = places
        self.rules = rules
        """In the order in which they run."""
        self.labels = labels
        """(definition, language) -> pieces, for labels with outputs only."""
        self.problems = problems
        self.rules_of: dict[Definition, dict[str, Rule]] = {}
        """By definition and column."""
        readers: dict[tuple[Definition, str], list[tuple[Rule, Definition]]] = {}
        for rule in rules:
            self.rules_of.setdefault(rule.definition, {})[rule.kind] = rule
            for use in rule.uses:
                readers.setdefault((use.definition, use.aspect), []).append((rule, use.anchor))
        self.dependents = {key: tuple(pairs) for key, pairs in readers.items()}
        """What is read -> who reads it, with the anchor."""


def compile_form(form: Form) -> CompiledForm:
    """The form compiled. ``.problems`` holds what is wrong with its expressions, at generic paths:
    ``form.expression``, ``form.expression_too_deep``, ``form.expression_too_long``, ``form.unknown_name``,
    ``form.ambiguous_name``, ``form.unknown_function``, ``form.arguments``, ``form.not_nodes``, ``form.not_a_name``,
    ``form.not_a_repeat``, ``form.cycle``.
    """
    places = places_of(form)
    problems: list[Problem] = []
    rules: list[Rule] = []
    labels: Labels = {}
    for definition in walk(places.root):
        for column, text in _expressions(definition):
            if (rule := _rule(form, definition, column, text, places, problems)) is not None:
                rules.append(rule)
        if isinstance(definition.node, Question | Group | Repeat) and definition.kind != ROW:
            for language, text in definition.node.label.items():
                if "${" in text:
                    labels[definition, language] = _label(form, definition, text, places, problems)
    ranked = _ranked(rules, problems)
    return CompiledForm(form, places, ranked, labels, tuple(problems))


_QUESTION_COLUMNS = (
    "relevant", "required", "read_only", "constraint", "warning", "calculation", "choice_filter", "default", "trigger",
)  # fmt: skip
_WORDS = {"yes": "true()", "no": "false()", "true": "true()", "false": "false()"}
"""XLSForm writes the constant truths of ``required``, ``read_only`` and ``relevant`` as words."""


def _expressions(definition: Definition) -> Iterator[tuple[str, str]]:
    node = definition.node
    if isinstance(node, Question):
        if node.rows_of:
            yield "rows_of", f"${{{node.rows_of}}}"
        for column in _QUESTION_COLUMNS:
            if text := getattr(node, column):
                yield column, _WORDS.get(text.strip().lower(), text) if column in _TRUTHS else text
    elif definition.kind == ROW and isinstance(node, Repeat):
        if node.row_label:
            yield "row_label", node.row_label
    elif isinstance(node, Group | Repeat):
        for column in ("relevant", "read_only"):
            if text := getattr(node, column):
                yield column, _WORDS.get(text.strip().lower(), text)
        if isinstance(node, Repeat) and node.repeat_count:
            yield "repeat_count", node.repeat_count


_TRUTHS = frozenset({"relevant", "required", "read_only", "constraint", "warning"})
_KINDS = dict.fromkeys((*_TRUTHS, "choice_filter"), "b") | {"repeat_count": "n", "row_label": "t", "rows_of": "s"}


def is_expression(default: str) -> bool:
    """True when a ``default`` has to be computed; false when it is meant as it stands, as ``2026-11-12`` or ``yes``."""
    return "(" in default or "${" in default or default[:1] in ("'", '"')


def _rule(
    form: Form,
    definition: Definition,
    column: str,
    text: str,
    places: Places,
    problems: list[Problem],
) -> Rule | None:
    if column == "default" and not is_expression(text):
        literal = text
        return Rule(column, definition, text, lambda _: literal, ())
    names = FormNames(form, definition, places.by_name)
    if column == "choice_filter":
        names.open_choices(definition)
    try:
        tree = parse(text)
        if column == "rows_of" and isinstance(tree, Reference) and names.find(tree.name, 0).kind != REPEAT:
            return None
        run = as_kind(build(tree, names), _KINDS.get(column, "v"))
        names.explore(tree)
    except ExpressionError as error:
        if column != "rows_of":  # `form.read` says that there is no such repeat
            problems.append(_problem(error, definition, column, text, names))
        return None
    rule = Rule(column, definition, text, run, tuple(names.uses))
    rule.speaks = "speaks" in names.marks
    return rule


def _problem(error: ExpressionError, definition: Definition, column: str, text: str, names: "FormNames") -> Problem:
    parameters = {"column": column, "expression": text[:200], "at": str(error.at + 1), "found": error.what}
    if error.reason == "form.cycle":
        parameters["cycle"] = error.what
    elif error.reason == "form.unknown_name":
        parameters["suggestion"] = nearest(error.what, names.known())
    elif error.reason == "form.unknown_function":
        parameters["suggestion"] = nearest(error.what, (*FUNCTIONS, *FORMS))
    return Problem(error.reason, Place(path=definition.path), parameters)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like ``word``, ``""`` when none is."""
    import difflib

    return next(iter(difflib.get_close_matches(word, sorted(set(known)), 1, 0.6)), "")


_OUTPUT = re.compile(r"\$\{[^{}]*\}")


def _label(form: Form, definition: Definition, text: str, places: Places, problems: list[Problem]) -> Label:
    names = FormNames(form, definition, places.by_name)
    pieces: list[str | Closure] = []
    end = 0
    for hit in _OUTPUT.finditer(text):
        pieces.append(text[end : hit.start()])
        end = hit.end()
        try:
            pieces.append(as_kind(build(parse(hit[0]), names), "t"))
        except ExpressionError as error:
            problems.append(_problem(error, definition, "label", hit[0], names))
            pieces.append(hit[0])
    return (*pieces, text[end:])


_PRODUCERS = frozenset({"relevant", "calculation"})
"""Rules whose result other rules can read. The others run after them; how many rows there are comes last of all,
outside this order, because a count may well depend on what stands inside the rows."""


def _ranked(rules: list[Rule], problems: list[Problem]) -> tuple[Rule, ...]:
    """The rules in the order they run, each with its rank. Rules that wait for each other become problems and go."""
    triggered = {rule.definition for rule in rules if rule.kind == "trigger"}
    producers: dict[tuple[str, Definition], Rule] = {}
    for rule in rules:
        if rule.kind == "calculation" and rule.definition in triggered:
            rule.kind = "triggered"
        if rule.kind in _PRODUCERS:
            producers[rule.kind, rule.definition] = rule
    waits: dict[Rule, set[Rule]] = {rule: _waits_for(rule, producers) for rule in producers.values()}
    order: list[Rule] = []
    while waits:
        order.extend(_sorted_out(waits))
        if waits:
            cycle = _cycle(waits)
            problems.append(_cycle_problem(cycle))
            for rule in cycle:
                del waits[rule]
    standing = set(order)
    order += [rule for rule in rules if rule.kind not in _PRODUCERS]
    for rank, rule in enumerate(order):
        rule.rank = rank
    return tuple(rule for rule in order if rule.kind not in _PRODUCERS or rule in standing)


def _waits_for(rule: Rule, producers: dict[tuple[str, Definition], Rule]) -> set[Rule]:
    """The rules that decide what ``rule`` reads: a value's own, and the relevance of everything around it."""
    found: set[Rule] = set()
    for use in rule.uses:
        if (producer := producers.get(("calculation", use.definition))) is not None:
            found.add(producer)
        around: Definition | None = use.definition
        while around is not None:
            if (producer := producers.get(("relevant", around))) is not None:
                found.add(producer)
            around = around.parent
    if rule.kind == "calculation":
        # A calculation may look at its own last result (`once`), and at its own result in other rows.
        found.discard(rule)
    return found


def _sorted_out(waits: dict[Rule, set[Rule]]) -> Iterator[Rule]:
    """Takes out of ``waits``, in order, every rule that does not wait for a cycle."""
    readers: dict[Rule, list[Rule]] = {}
    for rule, others in waits.items():
        for other in others:
            readers.setdefault(other, []).append(rule)
    left = {rule: sum(1 for other in others if other in waits) for rule, others in waits.items()}
    ready = deque(rule for rule, count in left.items() if not count)
    while ready:
        rule = ready.popleft()
        del waits[rule]
        yield rule
        for reader in readers.get(rule, ()):
            left[reader] -= 1
            if not left[reader]:
                ready.append(reader)


def _cycle(waits: dict[Rule, set[Rule]]) -> list[Rule]:
    """One cycle, from its first rule in document order. Every rule left waits for another that is left."""
    rule = next(iter(waits))
    seen: dict[Rule, int] = {}
    road: list[Rule] = []
    while rule not in seen:
        seen[rule] = len(road)
        road.append(rule)
        rule = min((other for other in waits[rule] if other in waits), key=lambda other: other.definition.order)
    cycle = road[seen[rule] :]
    first = min(range(len(cycle)), key=lambda at: cycle[at].definition.order)
    return cycle[first:] + cycle[:first]


def _cycle_problem(cycle: list[Rule]) -> Problem:
    paths = [rule.definition.path for rule in (*cycle, cycle[0])]
    first = cycle[0]
    parameters = {"column": first.kind, "expression": first.text[:200], "cycle": " → ".join(paths)}
    return Problem("form.cycle", Place(path=first.definition.path), parameters)
