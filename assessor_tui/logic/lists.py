"""The lists of a form and of the files beside it as choices: made when somebody looks, searched by what is typed.

A list is never copied: what is offered of 50,000 rows are their numbers.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import eq
from typing import overload

from assessor_tui.form.model import UNNAMED_LANGUAGE, Choice, Form, Instance, Question, in_language
from assessor_tui.logic.answers import parameters_of
from assessor_tui.logic.tables import Table, document
from assessor_tui.logic.values import Node

VALUE_AND_LABEL = ("id", "title")
"""The columns of value and label of a GeoJSON file unless ``parameters`` names others."""
_PLAIN = ("name", "label")


class Listed:
    """One list as choices: which column is chosen, and what people read."""

    __slots__ = ("_folded", "_labels", "choices", "table", "value")

    def __init__(self, table: Table, value: str, label: str, choices: Sequence[Choice] | None = None) -> None:
        self.table = table
        self.value = value
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
    return _blanks().sub(" ", text.casefold())


@cache
def _blanks() -> re.Pattern[str]:
    # A single blank stays as it is: most are, and a list may have a hundred thousand of them.
    return re.compile(r"[^\S\n]{2,}|[^\S\n ]")


def said_of(choice: Choice, language: str) -> str:
    """A line for the label (each of them when no language is named) and one for the name."""
    labels = [in_language(choice.label, language)] if language else list(choice.label.values())
    return "\n".join(["", *[" ".join(label.split()) for label in labels], choice.name])
