"""Where the choices of a question come from as everything stands: a list, nodes, what ``search()`` finds, or rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assessor_tui.form.model import Choice, Text
from assessor_tui.logic.lists import Listed, Lists, Offered
from assessor_tui.logic.predicates import Keep
from assessor_tui.logic.searched import Rows
from assessor_tui.logic.tables import Items
from assessor_tui.logic.values import Closure, Scope

MANY = 256
"""Choices from which on they are not made before somebody looks at them."""

Shuffle = Callable[[Scope, Sequence[Any]], list[Any]]
"""Puts things in the order that ``randomize`` gives."""


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
            kept = _given(self._keep, scope, Items(listed.table))
            rows = kept.rows if isinstance(kept, Items) else [item.at for item in kept]
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
        return bool(items and (self._keep is None or _given(self._keep, scope, items)))

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
        found = self._found(scope)
        return tuple(found if self._shuffle is None else self._shuffle(scope, found))

    def in_order(self, scope: Scope, names: Sequence[str]) -> tuple[str, ...]:
        """In the order of the nodes."""
        place = {choice.name: at for at, choice in enumerate(self._found(scope))}
        return tuple(sorted(names, key=lambda name: place.get(name, len(place))))

    def _found(self, scope: Scope) -> list[Choice]:
        world = _world(scope)
        language = world.language
        found: list[Choice] = []
        inner = Scope(scope.node, scope.current, scope.world)
        try:
            for node in _given(self._nodes, scope):
                inner.node = node
                if name := self._value(inner).strip():
                    label: dict[str, str] = {}
                    for world.language in self._languages or (language,):
                        label[world.language] = self._label(inner) or name
                    found.append(Choice(name, label))
        finally:
            world.language = language
        return found


class SearchedSource(Source):
    """Rows that ``search()`` finds in a file, and choices of the list that stand beside them."""

    __slots__ = ("_patterns", "_rows")

    def __init__(self, patterns: Sequence[Choice], rows: Rows) -> None:
        self._patterns = patterns
        self._rows = rows

    def offered(self, scope: Scope) -> Sequence[Choice]:
        """A choice for each row that is found."""
        return self._made(_given(self._rows, scope))

    def label(self, scope: Scope, name: str) -> Text:
        """As the file has it, found now or not."""
        every = self._made(range(len(self._rows.table)))
        return next((choice.label for choice in every if choice.name == name), {})

    def _made(self, rows: Sequence[int]) -> tuple[Choice, ...]:
        return tuple(choice for pattern in self._patterns for choice in self._rows.choices(pattern, rows))


class RowSource(Source):
    """Rows of a repeat, chosen by their ids."""

    __slots__ = ("_keep", "_rows")

    def __init__(self, rows: Closure, keep: Keep | None) -> None:
        self._rows = rows
        self._keep = keep

    def _kept(self, scope: Scope) -> list[Any]:
        rows = list(_given(self._rows, scope))
        return list(_given(self._keep, scope, rows)) if self._keep is not None and rows else rows

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


def _given(run: Callable[..., Sequence[Any]], *arguments: Any) -> Sequence[Any]:
    """What it gives; nothing where the arithmetic has no answer, or it would hardly ever end."""
    try:
        return run(*arguments)
    except (ArithmeticError, ValueError):
        return ()


def _world(scope: Scope) -> Any:
    """The filling that the question stands in."""
    return scope.world
