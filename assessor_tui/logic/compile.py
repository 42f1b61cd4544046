"""A form compiled: every expression a closure, with what it depends on, in the order they have to run.

``compile_form`` never fails: an expression that cannot be used is left out and stands among the problems.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from assessor_tui.form.model import LIST_TYPES, NO_TEXT, TEXT_COLUMNS, Choice, Form, Group, Question, Repeat, Text
from assessor_tui.form.nearest import nearest
from assessor_tui.logic.answers import as_type
from assessor_tui.logic.choices import source_of
from assessor_tui.logic.closures import as_kind, build
from assessor_tui.logic.definitions import ROW, Definition, Places, asks_each_row, places_of, walk
from assessor_tui.logic.functions import FORMS, FUNCTIONS, takes
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.lists import Lists
from assessor_tui.logic.names import FormNames
from assessor_tui.logic.parser import parse
from assessor_tui.logic.ranks import Rule, ranked
from assessor_tui.logic.reads import Use
from assessor_tui.logic.sources import Source
from assessor_tui.logic.spelling import has_outputs, is_expression, outputs, plain_around, unescape
from assessor_tui.logic.values import Closure, Result, Scope
from assessor_tui.problem import Place, Problem

Pieces = tuple[str | Closure, ...]
"""A text with outputs: pieces of text, and closures for what stands between."""

Texts = dict[tuple[Definition, str, str], Pieces]
"""(definition, column, language) -> pieces, of texts with outputs only. Labels of choices stand under the question that
shows them, their column is ``choice`` and a space and the choice's name."""


class CompiledForm:
    """A form ready to be filled. It never changes; all fillings of the form share it."""

    __slots__ = (
        "actions",
        "counts_itself",
        "dependents",
        "form",
        "lists",
        "places",
        "problems",
        "recounted",
        "rules",
        "rules_of",
        "sources",
        "texts",
    )

    def __init__(
        self,
        form: Form,
        places: Places,
        rules: tuple[Rule, ...],
        actions: Mapping[Definition, tuple[Rule, ...]],
        texts: Texts,
        problems: tuple[Problem, ...],
        lists: Lists,
        sources: Mapping[Definition, Source],
    ) -> None:
        self.form = form
        self.places = places
        self.rules = rules
        """In the order in which they run."""
        self.actions = actions
        """What questions are set to beside their default; ``kind`` is ``load`` or ``row``, when that is."""
        self.texts = texts
        self.problems = problems
        self.lists = lists
        """What ``instance()`` reaches, with what has been looked up in it."""
        self.sources = sources
        """Question -> where its choices come from."""
        self.rules_of: dict[Definition, dict[str, Rule]] = {}
        """By definition and column."""
        readers: dict[tuple[Definition, str], list[tuple[Rule, Use]]] = {}
        for rule in rules:
            self.rules_of.setdefault(rule.definition, {})[rule.kind] = rule
            for use in rule.uses:
                readers.setdefault((use.definition, use.aspect), []).append((rule, use))
        self.dependents = {key: tuple(pairs) for key, pairs in readers.items()}
        """What is read -> who reads it, and how."""
        self.counts_itself: dict[Definition, frozenset[Definition]] = {}
        """Repeat whose number of rows is read, however indirectly, from its rows -> all that is read for it."""
        self.recounted: dict[Definition, tuple[Definition, ...]] = {}
        """The same the other way round: what is read -> the repeats."""
        for definition, own in self.rules_of.items():
            if "repeat_count" in own:
                self._look_at_count(definition)

    def _look_at_count(self, repeat: Definition) -> None:
        waiting, seen, itself = [self.rules_of[repeat]["repeat_count"]], set[Definition](), False
        while waiting:
            for use in waiting.pop().uses:
                if use.definition not in seen:
                    seen.add(use.definition)
                    waiting.extend(self.rules_of.get(use.definition, {}).values())
                    around = use.definition.parent
                    itself = itself or use.definition is repeat
                    while around is not None:
                        itself = itself or around is repeat
                        if (relevant := self.rules_of.get(around, {}).get("relevant")) is not None:
                            waiting.append(relevant)
                        around = around.parent
        if itself:
            self.counts_itself[repeat] = frozenset(seen)
            for definition in seen - {repeat}:
                self.recounted[definition] = (*self.recounted.get(definition, ()), repeat)


def compile_form(form: Form) -> CompiledForm:
    """The form compiled. ``.problems`` holds what is wrong with its expressions, at generic paths:
    ``form.expression``, ``form.expression_too_deep``, ``form.expression_too_long``, ``form.unknown_name``,
    ``form.ambiguous_name``, ``form.unknown_function``, ``form.arguments``, ``form.not_nodes``, ``form.not_a_name``,
    ``form.not_a_repeat``, ``form.cycle``; of lists ``form.unknown_instance``, ``form.no_such_column``,
    ``form.file_missing``, ``form.no_value_column``, ``form.not_in_repeat``.
    """
    places = places_of(form)
    problems: list[Problem] = []
    rules: list[Rule] = []
    actions: dict[Definition, tuple[Rule, ...]] = {}
    texts: Texts = {}
    lists = Lists(form)
    sources: dict[Definition, Source] = {}
    spoken = {name: choices for name, choices in form.choices.items() if any(_has_outputs(each) for each in choices)}
    for definition in walk(places.root):
        for column, text in _expressions(definition):
            if (rule := _rule(form, definition, column, text, places, problems)) is not None:
                rules.append(rule)
        node = definition.node
        if isinstance(node, Question) and node.type in LIST_TYPES:
            rules += _choices(form, lists, definition, sources, places, problems)
        if isinstance(node, Question) and (node.actions or node.trigger):
            once, changing = _actions(form, definition, places, problems)
            rules += changing
            if once:
                actions[definition] = once
        if node is None or definition.kind == ROW:
            continue
        for column in TEXT_COLUMNS:
            if spelled := getattr(node, column, NO_TEXT):
                _compile_text(form, definition, column, spelled, texts, places, problems)
        if isinstance(node, Question) and node.list_name in spoken:
            for choice in spoken[node.list_name]:
                _compile_text(form, definition, f"choice {choice.name}", choice.label, texts, places, problems)
    order = ranked(rules, problems)
    return CompiledForm(form, places, order, actions, texts, tuple(problems), lists, sources)


_QUESTION_COLUMNS = (
    "relevant", "required", "read_only", "constraint", "warning", "calculation", "default",
)  # fmt: skip
_WORDS = {"yes": "true()", "no": "false()", "true": "true()", "false": "false()"}
"""XLSForm writes the constant truths of ``required``, ``read_only`` and ``relevant`` as words."""


def _expressions(definition: Definition) -> Iterator[tuple[str, str]]:
    node = definition.node
    if isinstance(node, Question):
        for column in _QUESTION_COLUMNS:
            if text := getattr(node, column):
                yield column, _WORDS.get(text.strip().lower(), text) if column in _TRUTHS else text
    elif definition.kind == ROW and isinstance(node, Repeat):
        if node.row_label:
            yield "row_label", node.row_label
        if asks_each_row(node):
            yield "relevant", node.relevant
    elif isinstance(node, Group | Repeat):
        for column in ("relevant", "read_only"):
            text = getattr(node, column)
            if text and not (column == "relevant" and asks_each_row(node)):
                yield column, _WORDS.get(text.strip().lower(), text)
        if isinstance(node, Repeat) and node.repeat_count:
            yield "repeat_count", node.repeat_count


_TRUTHS = frozenset({"relevant", "required", "read_only", "constraint", "warning"})
_KINDS = dict.fromkeys(_TRUTHS, "b") | {"repeat_count": "n", "row_label": "t"}


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
    try:
        tree = parse(text)
        run = as_kind(build(tree, names), _KINDS.get(column, "v"))
        names.explore(tree)
    except ExpressionError as error:
        problems.append(_problem(error, definition, column, text, names, len(problems)))
        return None
    problems += (_problem(error, definition, column, text, names, len(problems)) for error in names.astray)
    if column in ("calculation", "action", "default") and (typed := _typed(definition)) is not None:
        run = _then(typed, run)
    if column == "relevant" and definition.kind == ROW:
        run = _numbered(run)
        names.reads_rows(definition)
    rule = Rule(column, definition, text, run, tuple(names.uses))
    rule.speaks = "speaks" in names.marks
    return rule


def _numbered(run: Closure) -> Closure:
    """The closure at a row, where ``position()`` is the number of the row."""
    return lambda scope: run(Scope(scope.node, scope.current, scope.world, scope.node.position()))


def _choices(
    form: Form,
    lists: Lists,
    definition: Definition,
    sources: dict[Definition, Source],
    places: Places,
    problems: list[Problem],
) -> Iterator[Rule]:
    """Notes where the choices of a question come from; the rules that say what they depend on."""

    def tell(error: ExpressionError, column: str, text: str, names: FormNames) -> None:
        problems.append(_problem(error, definition, column, text, names, len(problems)))

    choosing = source_of(form, lists, definition, places.by_name, tell)
    if choosing is None:
        return
    sources[definition] = choosing.source
    for each in choosing.read:
        for astray in each.names.astray:
            tell(astray, each.column, each.text, each.names)
    for column in ("choices", "choice_filter"):
        read = [each for each in choosing.read if each.column == column]
        if read:
            uses = dict.fromkeys(use for each in read for use in each.names.uses)
            rule = Rule(column, definition, read[0].text, choosing.source.offered, tuple(uses))
            rule.speaks = any("speaks" in each.names.marks for each in read)
            yield rule


def _typed(definition: Definition) -> Callable[[Result], Result] | None:
    """What makes results fit the type of the question."""
    question = definition.node
    assert isinstance(question, Question)
    return as_type(question.data_type or ("int" if question.type == "integer" else ""))


def _then(apply: Callable[[Result], Result], run: Closure) -> Closure:
    return lambda scope: apply(run(scope))


_MANY = 50
"""Problems after which nothing more is suggested: comparing each name with each takes long in a large form."""


def _problem(
    error: ExpressionError, definition: Definition, column: str, text: str, names: "FormNames", before: int
) -> Problem:
    parameters = {"column": column, "expression": text[:200], "at": str(error.at + 1), "found": error.what}
    if error.reason == "form.cycle":
        parameters["cycle"] = error.what
    elif before >= _MANY:
        return Problem(error.reason, Place(path=definition.path), parameters)
    elif error.reason == "form.unknown_name":
        parameters["suggestion"] = nearest(error.what, names.known())
    elif error.reason == "form.no_such_column":
        parameters["suggestion"] = nearest(error.what, names.columns)
    elif error.reason == "form.unknown_instance":
        parameters["suggestion"] = nearest(error.what, (*names.form.choices, *names.form.instances))
    elif error.reason == "form.unknown_function":
        parameters["suggestion"] = nearest(error.what, (*FUNCTIONS, *FORMS))
    elif error.reason == "form.arguments":
        parameters["takes"] = takes(error.what)
    return Problem(error.reason, Place(path=definition.path), parameters)


def _actions(
    form: Form, definition: Definition, places: Places, problems: list[Problem]
) -> tuple[tuple[Rule, ...], list[Rule]]:
    """(what sets a question when the form is opened or its row added, what sets it when others change)."""
    question = definition.node
    assert isinstance(question, Question)
    once: list[Rule] = []
    changing: list[Rule] = []
    if question.trigger:
        changing.append(_trigger(form, definition, question.trigger, places, problems))
    for action in question.actions:
        rule = _rule(form, definition, "action", action.value or "''", places, problems)
        if rule is None:
            continue
        if action.on == "change":
            trigger = _trigger(form, definition, action.of, places, problems)
            trigger.sets = rule
            changing.append(trigger)
        else:
            rule.kind = action.on
            once.append(rule)
    return tuple(once), changing


def _trigger(form: Form, definition: Definition, text: str, places: Places, problems: list[Problem]) -> Rule:
    """What fires when one of the questions of ``text`` changes; they are divided by spaces or commas."""
    names = FormNames(form, definition, places.by_name)
    for part in re.findall(r"\$\{[^{}]*\}|[^\s,]+", text):
        try:
            names.explore(parse(part))
        except ExpressionError as error:
            problems.append(_problem(error, definition, "trigger", part, names, len(problems)))
    return Rule("trigger", definition, text, lambda _: "", tuple(names.uses))


def _has_outputs(choice: Choice) -> bool:
    return any(has_outputs(text) for text in choice.label.values())


def _compile_text(
    form: Form,
    definition: Definition,
    column: str,
    text: Text,
    texts: Texts,
    places: Places,
    problems: list[Problem],
) -> None:
    for language, spoken in text.items():
        if has_outputs(spoken):
            said = plain_around(spoken)
            texts[definition, column, language] = _pieces(form, definition, column, said, places, problems)


def _pieces(
    form: Form, definition: Definition, column: str, text: str, places: Places, problems: list[Problem]
) -> Pieces:
    names = FormNames(form, definition, places.by_name)
    pieces: list[str | Closure] = []
    end = 0
    for hit in outputs().finditer(text):
        pieces.append(text[end : hit.start()])
        end = hit.end()
        try:
            pieces.append(as_kind(build(parse(unescape(hit[1] or hit[2] or hit[0])), names), "t"))
        except ExpressionError as error:
            problems.append(_problem(error, definition, column.partition(" ")[0], hit[0], names, len(problems)))
            pieces.append(hit[0])
    return (*pieces, text[end:])
