"""What can be chosen: lists of the form and of files, filtered, shuffled, or the rows and nodes of the filling itself.

A question's choices are compiled once (``source_of``) and asked for as everything else stands (``Source.offered``). A
list is never copied: what is offered of 50,000 rows are their numbers, each made a choice when somebody looks at it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import eq
from typing import Any, NamedTuple, overload

from assessor_tui.form.model import UNNAMED_LANGUAGE, Choice, Form, Instance, Question, Text, in_language
from assessor_tui.logic.closures import as_kind, build, nodes_of
from assessor_tui.logic.definitions import QUESTION, REPEAT, Definition, common
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.names import ROWS, VALUE, FormNames, Location, Use, columns_of, shows_values
from assessor_tui.logic.parser import Call, Filter, Negation, Operation, Path, Reference, Step, Tree, parse
from assessor_tui.logic.predicates import Keep, positional, predicate
from assessor_tui.logic.shuffle import seed_of, shuffled
from assessor_tui.logic.tables import Items, Table, document
from assessor_tui.logic.values import Closure, Node, Scope, to_number, to_text

ITEMSET = "itemset"
"""``list_name`` of a question whose choices are nodes."""

VALUE_AND_LABEL = ("id", "title")
"""The columns of value and label of a GeoJSON file unless ``parameters`` names others."""
_PLAIN = ("name", "label")

_PARAMETER = re.compile(r"[\s,;]*([A-Za-z][\w-]*)\s*=\s*(.*?)(?=[\s,;]+[A-Za-z][\w-]*\s*=[^=]|\s*\Z)", re.DOTALL)


def parameters_of(text: str) -> dict[str, str]:
    """What the column ``parameters`` says, by name: ``randomize=true seed=${x}``; names in small letters."""
    return {hit[1].lower(): hit[2].rstrip(",; \t\n") for hit in _PARAMETER.finditer(text)}


# -- lists ------------------------------------------------------------------------------------------------------------


class Listed:
    """One list as choices: which column is chosen, and what people read."""

    __slots__ = ("_folded", "_labels", "choices", "label", "table", "value")

    def __init__(self, table: Table, value: str, label: str, choices: Sequence[Choice] | None = None) -> None:
        self.table = table
        self.value = value
        self.label = label
        self.choices = choices
        """The form's own choices; None for the rows of a file."""
        spoken = [(UNNAMED_LANGUAGE, label), *((each.removeprefix(f"{label}::"), each) for each in table.columns)]
        self._labels = [(tag, column) for tag, column in spoken if tag != column and column in table.columns]
        self._folded: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self.table)

    def name(self, at: int) -> str:
        """What is stored when the row is chosen."""
        return self.table.texts(self.value)[at]

    def choice(self, at: int) -> Choice:
        """The row as a choice."""
        if self.choices is not None:
            return self.choices[at]
        texts = self.table.texts
        name = texts(self.value)[at]
        return Choice(name, {tag: text for tag, column in self._labels if (text := texts(column)[at])} or {"": name})

    def folded(self, language: str) -> list[str]:
        """What is searched of each row (``found``); folded once, and all rows at once."""
        known = self._folded.get(language)
        if known is None:
            texts = self.table.texts
            if self.choices is None and len(self._labels) == 1:
                labels = texts(self._labels[0][1])
                said = [f"\n{label}\n{name}" for label, name in zip(labels, texts(self.value), strict=True)]
            else:
                said = [said_of(self.choice(at), language) for at in range(len(self))]
            known = folded("\0".join(said)).split("\0") if said else []
            if len(known) != len(said):  # somebody's label has a null in it
                known = [folded(each) for each in said]
            self._folded[language] = known
        return known

    def rows_named(self, name: str) -> Sequence[int]:
        """The rows that are stored as ``name``."""
        return self.table.rows_that_say(self.value, name)


class Lists:
    """The lists of one form, made when somebody asks for them; shared by all its fillings."""

    __slots__ = ("_documents", "_listed", "_tables", "form")

    def __init__(self, form: Form) -> None:
        self.form = form
        self._tables: dict[tuple[str, str], Table] = {}
        self._listed: dict[tuple[str, str, str], Listed] = {}
        self._documents: dict[str, Node | None] = {}

    def instance(self, name: str, language: str) -> Node | None:
        """The node that ``instance(name)`` gives; the labels of a list of choices are in ``language``."""
        if name not in self.form.choices:
            instance = self.form.instances.get(name)
            if instance is None:
                return None
            if instance.document:
                if name not in self._documents:
                    self._documents[name] = document(instance.document)
                return self._documents[name]
        return self.table(name, language).document

    def table(self, name: str, language: str) -> Table:
        """The texts of a list."""
        choices = self.form.choices.get(name)
        key = name, language if choices is not None else ""
        table = self._tables.get(key)
        if table is None:
            instance = self.form.instances.get(name, Instance())
            made = Table(instance.columns, instance.rows) if choices is None else _table(choices, language)
            table = self._tables.setdefault(key, made)
        return table

    def listed(self, name: str, parameters: Mapping[str, str], language: str) -> Listed:
        """A list as the choices of a question with these parameters."""
        choices = self.form.choices.get(name)
        value, label = _PLAIN
        if choices is None:
            value, label = columns_chosen(self.form.instances.get(name, Instance()), parameters)
        key = name, value, f"{label} {language if choices is not None else ''}"
        found = self._listed.get(key)
        if found is None:
            found = self._listed.setdefault(key, Listed(self.table(name, language), value, label, choices))
        return found

    def choices_of(self, question: Question) -> Sequence[Choice]:
        """Everything in the list of a question, whatever is answered; nothing for one without a list."""
        choices = self.form.choices.get(question.list_name)
        if choices is not None or question.list_name not in self.form.instances:
            return choices or ()
        listed = self.listed(question.list_name, parameters_of(question.parameters), "")
        return Offered(listed, range(len(listed)))


def _table(choices: Sequence[Choice], language: str) -> Table:
    """A list of the form: its names, labels in one language and further columns."""
    extra = tuple(dict.fromkeys(column for choice in choices for column in choice.extra))
    rows = [
        (choice.name, in_language(choice.label, language), *(str(choice.extra.get(column, "")) for column in extra))
        for choice in choices
    ]
    return Table((*_PLAIN, *extra), rows)


def columns_chosen(instance: Instance, parameters: Mapping[str, str]) -> tuple[str, str]:
    """The columns of value and label of a file's list."""
    value, label = VALUE_AND_LABEL if instance.source.lower().endswith(".geojson") else _PLAIN
    return parameters.get("value", value).removeprefix("./"), parameters.get("label", label).removeprefix("./")


# -- what is offered --------------------------------------------------------------------------------------------------


class Offered(Sequence[Choice]):
    """Rows of a list as choices."""

    __slots__ = ("listed", "rows")

    def __init__(self, listed: Listed, rows: Sequence[int]) -> None:
        self.listed = listed
        self.rows = rows
        """Their numbers, in the order in which they are offered."""

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Choice: ...
    @overload
    def __getitem__(self, at: slice) -> "Offered": ...
    def __getitem__(self, at: int | slice) -> "Choice | Offered":
        if isinstance(at, slice):
            return Offered(self.listed, self.rows[at])
        return self.listed.choice(self.rows[at])

    def __iter__(self) -> Iterator[Choice]:
        return map(self.listed.choice, self.rows)

    def names(self) -> list[str]:
        """Their names, without making choices of them."""
        texts = self.listed.table.texts(self.listed.value)
        return [texts[at] for at in self.rows]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]


def found(choices: Sequence[Choice], typed: str, language: str = "") -> Sequence[Choice]:
    """The choices with every word typed in their label or name, whatever its case and width, those whose label or name
    begins with what was typed first; all of them when nothing was typed.

    ``language``: the one whose labels are looked at; ``""`` for all.
    """
    whole = " ".join(folded(typed).split())
    words = whole.split()
    if not words:
        return choices
    listed, rows = (choices.listed, choices.rows) if isinstance(choices, Offered) else (None, range(len(choices)))
    texts = listed.folded(language) if listed is not None else [folded(said_of(each, language)) for each in choices]
    first, *others = sorted(words, key=len, reverse=True)
    hits = [at for at in rows if first in texts[at]]
    for word in others:
        hits = [at for at in hits if word in texts[at]]
    mark = f"\n{whole}"
    begins = [at for at in hits if mark in texts[at]]
    if begins and len(begins) < len(hits):
        left = set(begins)
        begins += [at for at in hits if at not in left]
        hits = begins
    return Offered(listed, hits) if listed is not None else [choices[at] for at in hits]


def folded(text: str) -> str:
    """The text as it is searched: one width, one case, one blank between words, but its lines kept apart."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _BLANKS.sub(" ", text.casefold())


_BLANKS = re.compile(r"[^\S\n]+")


def said_of(choice: Choice, language: str) -> str:
    """A line for the label (each of them when no language is named) and one for the name."""
    labels = [in_language(choice.label, language)] if language else list(choice.label.values())
    return "\n".join(("", *(" ".join(label.split()) for label in labels), choice.name))


class Source:
    """Where the choices of one question come from."""

    __slots__ = ()

    def offered(self, scope: Scope) -> Sequence[Choice]:
        """What can be chosen as everything stands, in the order in which it is offered."""
        raise NotImplementedError

    def offers(self, scope: Scope, name: str) -> bool:
        """Whether ``name`` can be chosen; much cheaper than to look for it in ``offered``."""
        return any(choice.name == name for choice in self.offered(scope))

    def in_order(self, scope: Scope, names: Sequence[str]) -> tuple[str, ...]:
        """The names in the order of the list, however it is shuffled when it is shown; unknown ones last."""
        place = {choice.name: at for at, choice in enumerate(self.offered(scope))}
        return tuple(sorted(names, key=lambda name: place.get(name, len(place))))

    def label(self, scope: Scope, name: str) -> Text:
        """What people read for ``name``, also where it is not offered now; empty when it is unknown."""
        return next((choice.label for choice in self.offered(scope) if choice.name == name), {})


class ListSource(Source):
    """A list of the form, or of a file."""

    __slots__ = ("_keep", "_list", "_lists", "_parameters", "_placed", "_shuffle", "_speaking")

    def __init__(
        self,
        lists: Lists,
        name: str,
        parameters: Mapping[str, str],
        keep: Keep | None,
        shuffle: "Shuffle | None",
        *,
        placed: bool,
        speaking: bool,
    ) -> None:
        self._lists = lists
        self._list = name
        self._parameters = parameters
        self._keep = keep
        self._shuffle = shuffle
        self._placed = placed
        """True when the filter looks at the place of a choice among the others."""
        self._speaking = speaking
        """True when labels have outputs."""

    def _listed(self, scope: Scope) -> Listed:
        return self._lists.listed(self._list, self._parameters, _world(scope).language)

    def offered(self, scope: Scope) -> Sequence[Choice]:
        """The rows that the filter keeps."""
        listed = self._listed(scope)
        rows: Sequence[int] = range(len(listed))
        if self._keep is not None and rows:
            kept = self._keep(scope, Items(listed.table))
            rows = kept.rows if isinstance(kept, Items) else [item.at for item in kept]  # type: ignore[attr-defined]
        if listed.choices is None:
            names = listed.table.texts(listed.value)
            if listed.rows_named(""):
                rows = [at for at in rows if names[at]]
        if self._shuffle is not None:
            rows = self._shuffle(scope, rows)
        if self._speaking:
            return tuple(self._spoken(scope, listed, at) for at in rows)
        if len(rows) > MANY:
            return Offered(listed, rows)
        return tuple(map(listed.choice, rows))

    def _spoken(self, scope: Scope, listed: Listed, at: int) -> Choice:
        choice = listed.choice(at)
        if not self._speaking:
            return choice
        say, column = _world(scope).spoken, f"choice {choice.name}"
        return choice._replace(label={tag: say(scope.current, column, choice.label, tag) for tag in choice.label})

    def offers(self, scope: Scope, name: str) -> bool:
        """Whether the filter keeps a row of that name: no other row is looked at."""
        if self._placed:
            return super().offers(scope, name)
        listed = self._listed(scope)
        items = Items(listed.table, listed.rows_named(name))
        return bool(items and (self._keep is None or self._keep(scope, items)))

    def in_order(self, scope: Scope, names: Sequence[str]) -> tuple[str, ...]:
        """As the list has them: nothing but the names is looked for."""
        listed = self._listed(scope)
        return tuple(sorted(names, key=lambda name: next(iter(listed.rows_named(name)), len(listed))))

    def label(self, scope: Scope, name: str) -> Text:
        """As the list has it, filtered or not."""
        listed = self._listed(scope)
        rows = listed.rows_named(name)
        return self._spoken(scope, listed, rows[0]).label if rows else {}


class NodeSource(Source):
    """Nodes of the filling or of a list: an ``itemset``."""

    __slots__ = ("_label", "_languages", "_nodes", "_shuffle", "_value")

    def __init__(
        self,
        nodes: Closure,
        value: Closure,
        label: Closure,
        shuffle: "Shuffle | None",
        languages: tuple[str, ...] = (),
    ) -> None:
        self._nodes = nodes
        self._value = value
        self._label = label
        self._shuffle = shuffle
        self._languages = languages
        """Languages in which the label is another one; none where it is an answer."""

    def offered(self, scope: Scope) -> Sequence[Choice]:
        """A choice for each node that has a value."""
        world = _world(scope)
        language = world.language
        found: list[Choice] = []
        inner = Scope(scope.node, scope.current, scope.world)
        try:
            for node in self._nodes(scope):
                inner.node = node
                if name := self._value(inner).strip():
                    label: dict[str, str] = {}
                    for world.language in self._languages or (language,):
                        label[world.language] = self._label(inner) or name
                    found.append(Choice(name, label))
        finally:
            world.language = language
        return tuple(self._shuffle(scope, found) if self._shuffle is not None else found)


class RowSource(Source):
    """Rows of a repeat, chosen by their ids."""

    __slots__ = ("_keep", "_rows")

    def __init__(self, rows: Closure, keep: Keep | None) -> None:
        self._rows = rows
        self._keep = keep

    def _kept(self, scope: Scope) -> list[Any]:
        rows: list[Any] = self._rows(scope)
        return list(self._keep(scope, rows)) if self._keep is not None and rows else rows

    def offered(self, scope: Scope) -> Sequence[Choice]:
        """A choice for each row."""
        world = _world(scope)
        return tuple(Choice(row.row_id, {world.language: world.named_row(row)}) for row in self._kept(scope))

    def offers(self, scope: Scope, name: str) -> bool:
        """Whether the row stands and is kept."""
        return any(row.row_id == name for row in self._kept(scope))

    def label(self, scope: Scope, name: str) -> Text:
        """What people call the row."""
        world = _world(scope)
        return next(({world.language: world.named_row(row)} for row in self._rows(scope) if row.row_id == name), {})


MANY = 256
"""Choices from which on they are not made before somebody looks at them."""

Shuffle = Callable[[Scope, Sequence[Any]], list[Any]]


# -- compiling --------------------------------------------------------------------------------------------------------


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
    for hit in {hit for text in texts if "${" in text for hit in _OUTPUT.findall(text)}:
        compiling.part(hit, "label", compiling.names())
    for each in compiling.read:
        yield from each.names.uses


_OUTPUT = re.compile(r"\$\{[^{}]*\}")


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
            return self.listed()
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
        inner.nested = True
        inner.here = Location((repeat.row,), common(self.definition, repeat))
        keep, _ = self.filter(inner)
        return RowSource(as_kind(names.reach(repeat), "s"), keep)

    def listed(self) -> Source:
        columns = columns_of(self.form, self.question.list_name) or frozenset()
        self.file(columns)
        inner = self.names()
        inner.nested, inner.columns = True, columns
        inner.here = Location((), self.definition.scope, open=True, level=2 if columns else -1, columns=columns)
        keep, placed = self.filter(inner)
        name = self.question.list_name
        speaking = shows_values(self.form, name)
        return ListSource(self.lists, name, self.parameters, keep, self.shuffle(), placed=placed, speaking=speaking)

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


def _world(scope: Scope) -> Any:
    """The filling that the question stands in."""
    return scope.world


def _own_seed(scope: Scope) -> int:
    """A seed that is the same for this question on every laptop and at every look."""
    import hashlib

    digest = hashlib.sha256(f"choices {scope.world.seed} {scope.world.place(scope.current)}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
