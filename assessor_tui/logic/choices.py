"""The choices of questions, compiled: lists filtered and shuffled, rows, nodes, what ``search()`` finds.

A question's choices are compiled once (``source_of``) and asked for as everything else stands (``Source.offered``).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from assessor_tui.form.model import Form, Question
from assessor_tui.logic.answers import parameters_of
from assessor_tui.logic.closures import as_kind, build, nodes_of
from assessor_tui.logic.definitions import QUESTION, REPEAT, Definition, common
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.lists import Lists, columns_chosen
from assessor_tui.logic.locations import Location
from assessor_tui.logic.names import FormNames
from assessor_tui.logic.parser import Call, Filter, Negation, Operation, Path, Reference, Step, Tree, parse
from assessor_tui.logic.predicates import Keep, positional, predicate
from assessor_tui.logic.reads import ROWS, VALUE, Use, columns_of, shows_values
from assessor_tui.logic.searched import Rows, searched_of
from assessor_tui.logic.shuffle import seed_of, shuffled
from assessor_tui.logic.sources import ListSource, NodeSource, RowSource, SearchedSource, Shuffle, Source
from assessor_tui.logic.values import Closure, Scope, to_number, to_text


class Read(NamedTuple):
    """One expression that the choices depend on."""

    column: str
    """``choice_filter``, or ``choices`` for what else decides about them."""
    text: str
    names: FormNames
    """With everything that it reads."""


class Choosing(NamedTuple):
    """The choices of one question, compiled."""

    source: "Source"
    read: tuple[Read, ...]


Tell = Callable[[ExpressionError, str, str, FormNames], None]


def source_of(
    form: Form,
    lists: Lists,
    definition: Definition,
    everywhere: Mapping[str, list[Definition]],
    tell: Tell,
) -> Choosing | None:
    """Where the choices of a question come from, and what they depend on; None when there is nothing to choose from.

    ``tell`` is given every mistake with the column and text it stands in; what has one is left out.
    """
    compiling = _Compiling(form, lists, definition, everywhere, tell)
    source = compiling.source()
    return None if source is None else Choosing(source, tuple(compiling.read))


def read_for(form: Form, definition: Definition, everywhere: Mapping[str, list[Definition]]) -> Iterator[Use]:
    """Everything that decides which choices a question has and how they are called."""
    compiling = _Compiling(form, Lists(form), definition, everywhere, lambda *mistake: None)
    compiling.source()
    texts = (text for choice in form.choices.get(compiling.question.list_name, ()) for text in choice.label.values())
    for hit in {hit for text in texts if "${" in text for hit in re.findall(_OUTPUT, text)}:
        compiling.part(hit, "label", compiling.names())
    for each in compiling.read:
        yield from each.names.uses


_OUTPUT = r"\$\{[^{}]*\}"


class _Compiling:
    """The parts of one question's choices while they are compiled."""

    def __init__(
        self,
        form: Form,
        lists: Lists,
        definition: Definition,
        everywhere: Mapping[str, list[Definition]],
        tell: Tell,
    ) -> None:
        assert isinstance(definition.node, Question)
        self.form = form
        self.lists = lists
        self.definition = definition
        self.everywhere = everywhere
        self.question = definition.node
        self.tell = tell
        self.read: list[Read] = []
        self.parameters = parameters_of(self.question.parameters)

    def source(self) -> Source | None:
        question = self.question
        if question.rows_of:
            return self.rows()
        if question.itemset:
            return self.nodes()
        if question.list_name in self.form.choices or question.list_name in self.form.instances:
            return self.searched() or self.listed()
        return None

    def names(self) -> FormNames:
        return FormNames(self.form, self.definition, self.everywhere)

    def rows(self) -> Source | None:
        names = self.names()
        try:
            repeat = names.find(self.question.rows_of, 0)
        except ExpressionError:
            return None  # `form.read` says that there is no such repeat
        if repeat.kind != REPEAT or repeat.row is None:
            return None
        text = f"${{{self.question.rows_of}}}"
        names.explore(parse(text))
        self.read.append(Read("choices", text, names))
        inner = self.names()
        inner.open_choices(self.definition)
        keep, _ = self.filter(inner)
        return RowSource(as_kind(names.reach(repeat), "s"), keep)

    def listed(self) -> Source:
        columns = columns_of(self.form, self.question.list_name) or frozenset()
        self.file(columns)
        keep, placed = None, False
        if self.question.choice_filter.strip():
            inner = self.names()
            inner.open_choices(self.definition)
            keep, placed = self.filter(inner)
        name = self.question.list_name
        speaking = shows_values(self.form, name)
        return ListSource(self.lists, name, self.parameters, keep, self.shuffle(), placed=placed, speaking=speaking)

    def searched(self) -> Source | None:
        """What ``search()`` finds, where the appearance has one."""
        names, text = self.names(), self.question.appearance
        try:
            asked = searched_of(text, self.form)
            if asked is None:
                return None
            runs = [as_kind(build(tree, names), "t") if tree is not None else None
                    for tree in (asked.wanted, asked.filter_wanted)]  # fmt: skip
            for tree in asked.expressions():
                names.explore(tree)
        except ExpressionError as error:
            self.tell(error, "appearance", text, names)
            return None
        self.read.append(Read("choices", asked.text, names))
        rows = Rows(asked, self.form.instances[asked.instance], *runs)
        return SearchedSource(self.form.choices.get(self.question.list_name, ()), rows)

    def file(self, columns: frozenset[str]) -> None:
        """Nothing; tells what a file lacks that the question needs."""
        name = self.question.list_name
        instance = self.form.instances.get(name)
        if instance is None or name in self.form.choices or instance.document:
            return
        if not columns:
            if instance.source:
                self.tell(ExpressionError("form.file_missing", 0, instance.source), "type", name, self.names())
            return
        value = columns_chosen(instance, self.parameters)[0]
        if value not in columns:
            self.tell(ExpressionError("form.no_value_column", 0, value), "parameters", value, self.names())

    def filter(self, names: FormNames) -> tuple[Keep | None, bool]:
        """The filter seen from a choice, and whether it looks at places."""
        text = self.question.choice_filter
        if not text.strip():
            return None, False
        tree = self.part(text, "choice_filter", names)
        if tree is None:
            return None, False
        return predicate(tree, names, build), positional(tree)

    def part(
        self, text: str, column: str, names: FormNames, rewrite: "Callable[[Tree], Tree] | None" = None
    ) -> Tree | None:
        """The tree of one expression, once it is known to compile; what it reads is noted."""
        try:
            tree = parse(text)
            tree = rewrite(tree) if rewrite is not None else tree
            build(tree, names)
            names.explore(tree)
        except ExpressionError as error:
            self.tell(error, column, text, names)
            return None
        self.read.append(Read("choice_filter" if column == "choice_filter" else "choices", text, names))
        return tree

    def shuffle(self) -> Shuffle | None:
        """What ``randomize=true`` asks for."""
        if self.parameters.get("randomize", "").lower() not in ("true", "true()", "yes"):
            return None
        text = self.parameters.get("seed", "")
        names = self.names()
        tree = self.part(text, "parameters", names) if text else None
        if tree is None:
            return lambda scope, things: shuffled(things, _own_seed(scope))
        seed = build(tree, names).run

        def run(scope: Scope, things: Sequence[Any]) -> list[Any]:
            given = seed(scope)
            return shuffled(things, seed_of(to_text(given), to_number(given)))

        return run

    def nodes(self) -> Source | None:
        names = self.names()
        text = self.question.itemset
        try:
            tree = parse(text)
        except ExpressionError as error:
            self.tell(error, "itemset", text, names)
            return None
        if isinstance(tree, Reference) and not self.parameters.get("value"):
            return self.answers(tree, names)
        if self.part(text, "itemset", names) is None:
            return None
        inner = names.within(tree)
        try:
            found = nodes_of(tree, names)
        except ExpressionError as error:
            self.tell(error, "itemset", text, names)
            return None
        keep, _ = self.filter(inner)
        value = self.ref(self.parameters.get("value", "name"), inner)
        label = self.ref(self.parameters.get("label", "label"), inner) or value
        if value is None or label is None:
            return None
        languages = self.form.languages if "speaks" in inner.marks else ()
        return NodeSource(_kept(found, keep), value, label, self.shuffle(), languages)

    def ref(self, text: str, names: FormNames) -> Closure | None:
        """The closure of the reference to value or label, seen from a node."""
        tree = self.part(text, "parameters", names)
        return None if tree is None else as_kind(build(tree, names), "t")

    def answers(self, tree: Reference, names: FormNames) -> Source | None:
        """The answers to a question of a repeat, each a choice: ``select_one ${name}``."""
        try:
            target = names.find(tree.name, tree.start)
        except ExpressionError as error:
            self.tell(error, "itemset", self.question.itemset, names)
            return None
        repeat = target.scope.parent
        if target.kind != QUESTION or repeat is None or repeat.row is None:
            self.tell(
                ExpressionError("form.not_in_repeat", tree.start, tree.name), "itemset", self.question.itemset, names
            )
            return None
        rows = as_kind(names.reach(repeat), "s")
        text = self.question.itemset
        around = common(self.definition, repeat)
        names.uses |= {Use(repeat, ROWS, around): None, Use(target, VALUE, around): None}
        self.read.append(Read("choices", text, names))
        inner = self.names()
        inner.nested = True
        inner.here = Location((repeat.row,), common(self.definition, repeat))
        keep = None
        if self.question.choice_filter.strip():
            seen = self.part(
                self.question.choice_filter, "choice_filter", inner, partial(_from_row, target.scope, names)
            )
            keep = predicate(seen, inner, build) if seen is not None else None
        key = target.key
        said = lambda scope: node.value if (node := scope.node.members[key]).relevant else ""  # noqa: E731
        return NodeSource(_kept(rows, keep), said, said, self.shuffle())


def _from_row(row: Definition, names: FormNames, tree: Tree) -> Tree:
    """The filter of choices out of a repeat: ``${name}`` of a question of its rows means that of the row looked at."""

    def seen(tree: Tree) -> Tree:
        if isinstance(tree, Reference):
            if tree.last_saved or names.find(tree.name, tree.start).scope is not row:
                return tree
            step = Step("child", tree.name, (), tree.start, tree.end)
            return Path(None, False, (step,), tree.start, tree.end)
        if isinstance(tree, Operation):
            rest = tuple((sign, seen(operand)) for sign, operand in tree.rest)
            return tree._replace(first=seen(tree.first), rest=rest)
        if isinstance(tree, Call):
            return tree._replace(arguments=tuple(map(seen, tree.arguments)))
        if isinstance(tree, Negation | Filter):
            return tree._replace(operand=seen(tree.operand))
        return tree

    return seen(tree)


def _kept(nodes: Closure, keep: Keep | None) -> Closure:
    if keep is None:
        return nodes
    return lambda scope: keep(scope, some) if (some := nodes(scope)) else some


def _own_seed(scope: Scope) -> int:
    """A seed that is the same for this question on every laptop and at every look."""
    import hashlib

    digest = hashlib.sha256(f"choices {scope.world.seed} {scope.world.place(scope.current)}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
