"""Lists of a form as nodes that expressions reach with ``instance('name')``: made as they are looked at, found by hash.

A list may have 50,000 rows. Its rows become nodes one by one, when an expression keeps them; which rows say what in a
column is remembered from the first time somebody asks. A list never changes, so all fillings of a form share it.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import overload

from assessor_tui.logic.values import Element, Node


class Table:
    """Texts by row and column."""

    __slots__ = ("_at", "_exact", "_items", "_stripped", "_texts", "columns", "document", "rows")

    def __init__(self, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        self.columns = columns
        self.rows = rows
        """A row that is too short is blank in the columns it lacks."""
        self._at = {name: at for at, name in reversed(list(enumerate(columns)))}
        self._texts: dict[str, Sequence[str]] = {}
        self._exact: dict[str, dict[str, int | list[int]]] = {}
        self._stripped: dict[str, dict[str, int | list[int]]] = {}
        self._items: dict[int, Item] = {}
        self.document = _document(self)
        """The node that ``instance('name')`` gives: ``root`` inside it, and each row as ``item`` inside that."""

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, column: str) -> Sequence[str]:
        """What the rows say in a column, in their order; blank everywhere for a column that is not there."""
        found = self._texts.get(column)
        if found is None:
            at = self._at.get(column, -1)
            found = ("",) * len(self.rows) if at < 0 else [row[at] if at < len(row) else "" for row in self.rows]
            self._texts[column] = found
        return found

    def rows_that_say(self, column: str, text: str, *, stripped: bool = False) -> Sequence[int]:
        """The rows with exactly this text in the column, in order; ``stripped``: but for blanks around it."""
        known = self._stripped if stripped else self._exact
        by_text = known.get(column)
        if by_text is None:
            texts = self.texts(column)
            by_text = known[column] = _by_text([text.strip() for text in texts] if stripped else texts)
        found = by_text.get(text, ())
        return (found,) if isinstance(found, int) else found

    def item(self, at: int) -> "Item":
        """The node of a row, whose number counts from 0; always the same one."""
        found = self._items.get(at)
        # Two threads may look at once: the first node stays.
        return found if found is not None else self._items.setdefault(at, Item(self, at))


def _by_text(texts: Sequence[str]) -> dict[str, int | list[int]]:
    """Text -> its row, or its rows where there are several: most keys of a long list stand once."""
    found: dict[str, int | list[int]] = {}
    for at, text in enumerate(texts):
        known = found.get(text)
        if known is None:
            found[text] = at
        elif isinstance(known, int):
            found[text] = [known, at]
        else:
            known.append(at)
    return found


class Item(Node):
    """One row."""

    __slots__ = ("_cells", "at", "table")

    def __init__(self, table: Table, at: int) -> None:
        self.name = "item"
        self.value = ""
        self.parent = table.document.inside[0]
        self.relevant = True
        self.table = table
        self.at = at
        self._cells: dict[str, Element] = {}

    def cell(self, column: str) -> Element:
        """The node of a column; always the same one."""
        found = self._cells.get(column)
        if found is None:
            made = Element(column, self.table.texts(column)[self.at])
            made.parent = self
            found = self._cells.setdefault(column, made)
        return found

    def children(self) -> Sequence[Node]:
        """A node per column."""
        return [self.cell(column) for column in self.table.columns]

    def named(self, name: str) -> Sequence[Node]:
        """The node of the column."""
        return (self.cell(name),) if name in self.table.columns else ()

    def text_of(self, name: str) -> str:
        """What the row says in a column."""
        return self.table.texts(name)[self.at]

    def among(self, nodes: Sequence[Node], name: str, text: str) -> Sequence[Node]:
        """Those of ``nodes``, rows of this list, that say ``text`` in the column; found by hash among all of them."""
        if isinstance(nodes, Items):
            return nodes.that_say(name, {text})
        return [node for node in nodes if node.text_of(name) == text]

    def position(self) -> int:
        """Its number in the list, from 1."""
        return self.at + 1


class Items(Sequence[Node]):
    """Rows of a list, each made when somebody looks at it."""

    __slots__ = ("rows", "table")

    def __init__(self, table: Table, rows: Sequence[int] | None = None) -> None:
        self.table = table
        self.rows = range(len(table)) if rows is None else rows
        """Their numbers; in the order of the list."""

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Node: ...
    @overload
    def __getitem__(self, at: slice) -> "Items": ...
    def __getitem__(self, at: int | slice) -> "Node | Items":
        if isinstance(at, slice):
            return Items(self.table, self.rows[at])
        return self.table.item(self.rows[at])

    def __iter__(self) -> Iterator[Node]:
        return map(self.table.item, self.rows)

    def texts(self, column: str) -> Sequence[str]:
        """What they say in a column."""
        texts = self.table.texts(column)
        return texts if len(self.rows) == len(texts) else [texts[at] for at in self.rows]

    def most(self, column: str, text: str) -> int:
        """How many of them can say ``text`` in the column, without looking at each."""
        return min(len(self.rows), len(self.table.rows_that_say(column, text)))

    def that_say(self, column: str, wanted: AbstractSet[str], *, stripped: bool = False) -> "Items":
        """Those that say one of the texts in the column: by hash among all rows, else one by one."""
        table = self.table
        if len(self.rows) == len(table):
            found = [table.rows_that_say(column, text, stripped=stripped) for text in wanted]
            return Items(table, found[0] if len(found) == 1 else sorted({at for rows in found for at in rows}))
        texts = table.texts(column)
        if stripped:
            return Items(table, [at for at in self.rows if texts[at].strip() in wanted])
        return Items(table, [at for at in self.rows if texts[at] in wanted])


class _Root(Element):
    """What stands around the rows."""

    __slots__ = ("items",)

    def __init__(self, table: Table) -> None:
        super().__init__("root")
        self.items = Items(table)

    def children(self) -> Sequence[Node]:
        """The rows."""
        return self.items

    def named(self, name: str) -> Sequence[Node]:
        """The rows, which are called ``item``."""
        return self.items if name == "item" else ()


def _document(table: Table) -> Element:
    return Element("", "", (_Root(table),))


def document(text: str) -> Element | None:
    """The node of a list that is no table, out of its XML; None when it cannot be read."""
    from assessor_tui.form import markup

    root = markup.read_markup(text.encode()).root
    if root is None:
        return None
    made: dict[markup.Element, Element] = {}
    waiting = [root]
    order: list[markup.Element] = []
    while waiting:
        here = waiting.pop()
        order.append(here)
        waiting.extend(here.elements())
    for here in reversed(order):
        inside = tuple(made.pop(inner) for inner in here.elements())
        marks = tuple(Element(name, value) for name, value in here.attributes.items())
        made[here] = Element(here.name, here.text.strip(), inside, marks)
    return Element("", "", (made[root],))


def pulled(instance: Callable[[str], Node | None], name: str, column: str, key: str, wanted: str) -> str:
    """What the first row with ``wanted`` in column ``key`` of a list says in ``column``; ``""`` when there is none."""
    around = instance(name)
    for root in around.named("root") if around is not None else ():
        rows = root.named("item")
        found = rows[0].among(rows, key, wanted) if rows else ()
        if found:
            return found[0].text_of(column)
    return ""
