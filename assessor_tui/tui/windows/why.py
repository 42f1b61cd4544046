"""Why a question stands as it does: what hides it, what is wrong, how it is computed, what reads it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.content import Content
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.i18n.explain_words import line_words
from assessor_tui.tui.widgets.text import content, safe, wrap
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.dialog import WIDTH, Dialog

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

MOST_LINES = 15
MOST_LABEL = 46
"""Characters of a label inside a sentence."""


class Said(NamedTuple):
    """One drawn line."""

    text: str
    path: str
    """The question that the line is about; ``""`` for none."""


class Why(Dialog[str | None]):
    """The reasons, line by line; the result is ``form/path`` of the question whose line was taken."""

    def __init__(self, visit: "Visit", form: str, path: str, tag: str) -> None:
        super().__init__(_("Why?"), called(visit, form, path, tag))
        self.visit = visit
        self.form = form
        self.path = path
        self.tag = tag

    def hint(self) -> str:
        """The keys of the window."""
        return _("Up/Down read   Enter goes to that question   Esc close")

    def body(self) -> Sequence[Widget]:
        """The lines."""
        width = max(min(WIDTH, self.app.size.width) - 6, 10)
        return (VirtualList(self._draw, said_lines(self.visit, self.form, self.path, self.tag, width), id="why"),)

    def list_lines(self) -> int:
        """As many as there are, while they fit."""
        return MOST_LINES

    def _draw(self, line: Said, width: int, cursor: bool) -> Content:
        return content(safe(line.text))

    def on_mount(self) -> None:
        """Nothing; the keys go to the lines."""
        self.set_focus(self.query_one("#why"))

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; goes to the question of the line; one that is hidden is explained here."""
        message.stop()
        rows: VirtualList[Any] = self.query_one("#why", VirtualList)
        if rows.row is None or not rows.row.path or rows.row.path == self.path:
            return
        path = rows.row.path
        filling = self.visit.filling(self.form)
        if not filling.nodes[path].relevant:
            self.path = path
            width = max(min(WIDTH, self.app.size.width) - 6, 10)
            rows.set_rows(said_lines(self.visit, self.form, path, self.tag, width), 0)
            return
        self.dismiss(f"{self.form}/{path}")


def said_lines(visit: "Visit", form: str, path: str, tag: str, width: int) -> list[Said]:
    """The reasons as lines of at most ``width`` cells.

    Raises:
        KeyError: when nothing stands at ``path``.
    """
    from assessor_tui.logic.explain import explain, lines

    filling = visit.filling(form)
    found: list[Said] = []
    for line in lines(explain(filling, path)):
        about = dict(line.blanks).get("path", "")
        indent = "  " * line.depth
        text = line_words(line, lambda at: called(visit, form, at, tag))
        for number, piece in enumerate(wrap(text, max(width - len(indent) - 2, 8))):
            found.append(Said(f"{indent}{'  ' if number else ''}{piece}", about if about in filling.nodes else ""))
    return found


def called(visit: "Visit", form: str, path: str, tag: str) -> str:
    """What people call the question, group, repeat or row at ``path``: its number and label, else its name."""
    filling = visit.filling(form)
    node = filling.nodes.get(path)
    if node is None:
        return path
    try:
        label = filling.row_label(path) if path.endswith("]") else filling.label(path, tag)
    except KeyError:
        label = ""
    label = " ".join(label.split())
    number = getattr(node.definition.node, "number", "")
    short = f"{label[:MOST_LABEL].rstrip()}..." if len(label) > MOST_LABEL else label
    return f"{number} {short}".strip() or path.rpartition("/")[2]
