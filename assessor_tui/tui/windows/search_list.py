"""A list that is searched by typing: its lines, what is found, and the window with the field over it."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.dialog import Dialog, Result


class Entry(NamedTuple):
    """One line of a search list."""

    id: str
    label: str
    detail: str = ""
    """Stands at the right end, such as the state or the key."""
    number: str = ""
    """What people call it, such as ``3.07``: typed alone it comes first."""
    kind: str = ""
    found_by: str = ""
    """``search_key`` of everything it is found by, made once."""
    reason: str = ""
    """Why it cannot be chosen now."""


def search_key(text: str) -> str:
    """The text as it is searched: small letters, full-width forms as their plain twins."""
    return unicodedata.normalize("NFKC", text).casefold()


def entry(id: str, label: str, *, number: str = "", also: str = "", detail: str = "", kind: str = "") -> Entry:
    """An entry with its index; ``also`` is found but not shown, as the label in the other languages."""
    return Entry(id, label, detail, number, kind, search_key(f"{number} {label} {also}"))


def found(entries: Sequence[Entry], query: str, kinds: Mapping[str, str] | None = None) -> list[Entry]:
    """Entries that hold every word of the query, those whose number or label starts with it first.

    ``kinds`` says which first character asks for which kind alone.
    """
    query = search_key(query).strip()
    wanted = (kinds or {}).get(query[:1], "")
    if wanted:
        query = query[1:].strip()
    words = query.split()
    exact: list[Entry] = []
    starting: list[Entry] = []
    others: list[Entry] = []
    for each in entries:
        if wanted and each.kind != wanted:
            continue
        found_by = each.found_by
        for word in words:
            if word not in found_by:
                break
        else:
            number = each.number.casefold()
            if number and number == query:
                exact.append(each)
            elif query and (number.startswith(query) or found_by.startswith(query)):
                starting.append(each)
            else:
                others.append(each)
    return exact + starting + others


class FieldOverList(Dialog[Result]):
    """A field, and under it a list that follows what is typed; the keys that move in a list move in it.

    A subclass makes both (ids ``query`` and ``found``, the list cannot have focus), fills the list when the field
    changes, and says what a line means when it is taken.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "list_page(1)", show=False),
        Binding("pageup", "list_page(-1)", show=False),
    ]

    @property
    def listed(self) -> "VirtualList[Any]":
        """The list."""
        return self.query_one("#found", VirtualList)

    def take(self, row: Any) -> None:
        """Nothing; does what taking a line of the list means."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Nothing; what is typed goes to the field."""
        self.set_focus(self.query_one("#query"))

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; takes the clicked line."""
        message.stop()
        if message.source.row is not None:
            self.take(message.source.row)

    def action_move(self, step: int) -> None:
        """Nothing; moves the cursor of the list."""
        self.listed.action_cursor(step)

    def action_list_page(self, pages: int) -> None:
        """Nothing; moves the cursor by whole pages."""
        self.listed.action_page(pages)


class SearchList(FieldOverList[str | None]):
    """A field and a list that follows what is typed; the result is the id of the chosen entry."""

    def __init__(
        self,
        title: str,
        entries: Sequence[Entry],
        *,
        kinds: Mapping[str, str] | None = None,
        placeholder: str = "",
        text: str = "",
        query: str = "",
    ) -> None:
        """``entries`` with their index made before, so that opening costs nothing."""
        super().__init__(title, text)
        self.entries = entries
        self.kinds = kinds or {}
        self.placeholder = placeholder
        self.start_query = query
        self.only = ""
        """Kind that alone is shown; Tab switches it."""

    def hint(self) -> str:
        """The keys of the window."""
        if len({each.kind for each in self.entries}) > 1:
            return _("Up/Down choose   Enter go   Tab this kind only   Esc close")
        return _("Up/Down choose   Enter go   Esc close")

    def body(self) -> Sequence[Widget]:
        """The field and the list."""
        from assessor_tui.tui.widgets.field import LineField

        rows: VirtualList[Entry] = VirtualList(
            self.draw, found(self.entries, self.start_query, self.kinds), empty=_("Nothing found."), id="found"
        )
        rows.can_focus = False
        return (LineField(self.start_query, placeholder=self.placeholder, drafts=False, id="query"), rows)

    def list_lines(self) -> int:
        """The same however little is found, so that the window stays still while typing."""
        return max(min(len(self.entries), 14), 3)

    def draw(self, each: Entry, width: int, cursor: bool) -> Content:
        """The line of an entry."""
        style = "$muted" if each.reason else ""
        number = (fit(each.number, max(7, width_of(each.number))) + " ") if each.number else ""
        left = content((number, "bold"), (safe(each.label), style))
        detail = safe(each.reason or each.detail)
        if width_of(detail) > width // 2:
            detail = fit(detail, width // 2)
        return left_right(left, content((detail, "$muted" if each.reason else "$accent-text")), width)

    def on_input_changed(self, message: Any) -> None:
        """Nothing; shows what is found."""
        message.stop()
        self._show(message.value)

    def _show(self, query: str) -> None:
        entries = [each for each in self.entries if each.kind == self.only] if self.only else self.entries
        self.listed.set_rows(found(entries, query, self.kinds), 0)
        self.say("")

    def on_done(self, message: Any) -> None:
        """Nothing; chooses on Enter, closes on Esc."""
        message.stop()
        rows = self.listed
        if message.how == "escape":
            self.dismiss(None)
        elif message.how in ("enter", "save") and rows.row is not None:
            self.take(rows.row)
        elif message.how == "next" and (self.only or rows.row is not None):
            self.only = "" if self.only or rows.row is None else rows.row.kind
            self._show(message.text)

    def take(self, each: Entry) -> None:
        """Nothing; closes the window with the entry, or says why it cannot be chosen."""
        if each.reason:
            self.say(each.reason)
        else:
            self.dismiss(each.id)
