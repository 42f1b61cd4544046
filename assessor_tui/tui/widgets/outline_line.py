"""One line of the walk's outline, and how it is drawn. On the way to the first frame: nothing else is imported here."""

from typing import NamedTuple

from textual.content import Content

from assessor_tui.tui.widgets.glyphs import mark
from assessor_tui.tui.widgets.text import content, left_right, safe


class Line(NamedTuple):
    """One line: a heading (``form``, ``group``, ``place``, ``row``), a table (``repeat``) or a question."""

    kind: str
    form: str
    path: str
    depth: int = 0
    number: str = ""
    label: str = ""
    state: str = ""
    """As ``glyphs`` names it; ``""`` for what is never answered."""
    tail: str = ""
    """At the right end: points, rows, or how much of a section is done."""
    is_open: bool = False
    """True when it is left to do."""
    place: str = ""
    silent: bool = False
    """True for what people read but do not answer."""
    flagged: bool = False

    @property
    def target(self) -> str:
        """``form/path``."""
        return f"{self.form}/{self.path}"


def is_heading(line: Line) -> bool:
    """True for a line that the cursor passes over."""
    return line.kind not in ("question", "repeat")


_STATE_STYLES = {
    "answered": "$good",
    "problem": "$bad",
    "warning": "$doubt",
    "conflict": "$doubt",
    "to come": "$doubt",
    "missing": "$muted",
}


def draw_line(line: Line, width: int, cursor: bool) -> Content:
    """The line at ``width`` cells."""
    tail = content((safe(line.tail), "$muted" if not cursor else ""))
    if line.kind == "form":
        return left_right(content((f"{safe(line.number)} {safe(line.label)}", "bold $accent-text")), tail, width)
    if line.kind in ("group", "place", "row"):
        indent = " " * (min(line.depth, 2) if line.kind != "place" else 0)
        style = "bold $accent-text" if line.kind == "place" else "bold $muted"
        return left_right(content(indent, (safe(line.label), style)), tail, width)
    state = "flag" if line.flagged else line.state
    style = "" if cursor else _STATE_STYLES.get(state, "")
    indent = "  " if "[" in line.path else ""
    return left_right(
        content(
            indent, (f"{mark(state) if state else ' '} ", style), f"{safe(line.number)} ".lstrip(), safe(line.label)
        ),
        tail,
        width,
    )
