"""Choices that ``search()`` in an appearance takes out of a CSV file, as ODK Collect has it since its first days.

The rows of the choice list say which columns are meant: ``name`` the one that is stored, ``label`` those that are read,
divided by commas. A row whose name is a whole number is a choice itself. Case tells nothing apart.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.form.model import Choice, Form, Instance
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Call, Text, Tree, parse
from assessor_tui.logic.tables import Table
from assessor_tui.logic.values import Closure, Scope

_SEARCH = r"\bsearch\s*\("
_WHOLE = r"-?\d+\Z"

_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda said, wanted: wanted in said,
    "startswith": lambda said, wanted: said.startswith(wanted),
    "endswith": lambda said, wanted: said.endswith(wanted),
    "matches": lambda said, wanted: said == wanted,
}


class Searched(NamedTuple):
    """What an appearance asks of a file."""

    instance: str
    """Name of the list in the form."""
    test: str
    """One of ``contains``, ``startswith``, ``endswith``, ``matches``; ``""`` for all rows."""
    columns: tuple[str, ...]
    wanted: Tree | None
    filter_column: str
    filter_wanted: Tree | None
    text: str
    """As it stands in the appearance."""

    def expressions(self) -> list[Tree]:
        """What is compared with."""
        return [tree for tree in (self.wanted, self.filter_wanted) if tree is not None]


def searched_of(appearance: str, form: Form) -> Searched | None:
    """What ``search()`` in the appearance asks; None where there is none, or its file was never there.

    Raises:
        ExpressionError: when it cannot be read.
    """
    begin = re.search(_SEARCH, appearance) if appearance else None
    if begin is None:
        return None
    text = _call(appearance[begin.start() :])
    tree = parse(text)
    if not isinstance(tree, Call) or not 1 <= len(tree.arguments) <= 6 or len(tree.arguments) in (2, 3, 5):
        raise ExpressionError("form.expression", 0, "search")
    said = [argument.value if isinstance(argument, Text) else "" for argument in tree.arguments]
    instance = instance_of(said[0], form)
    if instance is None:
        return None
    said += [""] * (6 - len(said))
    test = said[1].lower()
    if test and test not in _TESTS:
        raise ExpressionError("form.expression", tree.start, said[1])
    columns = tuple(filter(None, map(str.strip, said[2].split(","))))
    parts = (*tree.arguments, None, None, None, None, None)
    searched = Searched(instance, test, columns, parts[3], said[4], parts[5], text)
    known = form.instances[instance].columns
    for column in (*columns, *filter(None, [said[4]])):
        if known and column not in known:
            raise ExpressionError("form.no_such_column", tree.start, column)
    return searched


def instance_of(file: str, form: Form) -> str | None:
    """Name under which the form holds the file that ``search()`` names; None for none."""
    stem = file.removesuffix(".csv")
    return next((name for name in (f"{stem}.csv", stem) if name in form.instances), None)


def name_for(stem: str, lists: Mapping[str, object]) -> str:
    """Name under which an importer holds the file: a list of choices may have the same name, and often has."""
    return f"{stem}.csv" if stem in lists else stem


def files_searched(appearance: str) -> list[str]:
    """Names of the files that an appearance searches, without their ending."""
    return [hit[1].removesuffix(".csv") for hit in re.finditer(r"\bsearch\s*\(\s*['\"]([^'\"]+)['\"]", appearance)]


def _call(text: str) -> str:
    """The call that ``text`` begins with, up to its closing bracket."""
    depth, quote = 0, ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
            if not depth:
                return text[: at + 1]
    return text


class Rows:
    """Looks up the rows of one search."""

    __slots__ = ("_filter", "_folded", "_searched", "_wanted", "table")

    def __init__(self, searched: Searched, instance: Instance, wanted: Closure | None, kept: Closure | None) -> None:
        self._searched = searched
        self.table = Table(instance.columns, instance.rows)
        self._wanted = wanted
        self._filter = kept
        self._folded: dict[str, list[str]] = {}

    def __call__(self, scope: Scope) -> Sequence[int]:
        """Numbers of the rows that are kept."""
        asked, rows = self._searched, range(len(self.table))
        kept: Sequence[int] = rows
        if self._filter is not None and asked.filter_column:
            kept = self.table.rows_that_say(asked.filter_column, self._filter(scope))
        if asked.test and self._wanted is not None:
            test, wanted = _TESTS[asked.test], self._wanted(scope).casefold()
            columns = [self._said(column) for column in asked.columns]
            kept = [at for at in kept if any(test(texts[at], wanted) for texts in columns)]
        return kept

    def _said(self, column: str) -> list[str]:
        known = self._folded.get(column)
        if known is None:
            known = self._folded[column] = [text.casefold() for text in self.table.texts(column)]
        return known

    def choices(self, pattern: Choice, rows: Sequence[int]) -> list[Choice]:
        """A choice for each row, each name once; ``pattern`` says which columns."""
        if re.match(_WHOLE, pattern.name):
            return [pattern]
        names = self.table.texts(pattern.name)
        labels = {
            tag: [self.table.texts(column.strip()) for column in text.split(",")] for tag, text in pattern.label.items()
        }
        found: dict[str, Choice] = {}
        for at in rows:
            name = names[at]
            if name and name not in found:
                said = {tag: ", ".join(filter(None, (texts[at] for texts in each))) for tag, each in labels.items()}
                found[name] = Choice(name, {tag: text or name for tag, text in said.items()} or {"": name})
        return list(found.values())
