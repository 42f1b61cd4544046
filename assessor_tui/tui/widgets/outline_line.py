"""One line of the walk's outline, how it is drawn, and the way from one to the next. On the way to the first frame."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from assessor_tui.i18n import _
from assessor_tui.tui.widgets.glyphs import mark
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of


class Line(NamedTuple):
    """One line: a heading (``form``, ``group``, ``place``, ``row``), a table (``repeat``) or a question.

    By place also what stands there: the row of a table (``placed``), a finding, and one of an ``earlier`` visit, whose
    ``form`` is that visit's id.
    """

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
    at_hand: bool = False
    """True for what has no answer and is not asked on a visit of this size: drawn dim and without a mark."""

    @property
    def target(self) -> str:
        """``form/path``."""
        return f"{self.form}/{self.path}"


def is_heading(line: Line) -> bool:
    """True for a line that the cursor passes over."""
    return line.kind in ("form", "group", "place", "row")


def nearest(lines: Sequence[Line], index: int) -> int:
    """The line at ``index``, or the nearest one that is no heading; -1 when there is none."""
    index = min(max(index, 0), len(lines) - 1)
    near: int
    for near in (*range(index, len(lines)), *range(index, -1, -1)):
        if not is_heading(lines[near]):
            return near
    return -1


def beside(lines: Sequence[Line], at: int, step: int, *, silent: bool = True) -> int:
    """The next line that is no heading, nor (unless ``silent``) only read or not asked here; -1 when there is none."""
    index = at + step
    while 0 <= index < len(lines):
        line = lines[index]
        if not is_heading(line) and (silent or not (line.silent or line.at_hand)):
            return index
        index += step
    return -1


def position(lines: Sequence[Line], line: Line) -> str:
    """Where the line stands among those of its form or place, such as "Pollution control   7 of 24"."""
    place = count = 0
    for each in lines:
        if not is_heading(each) and not each.silent and not each.at_hand:
            count += 1
            if each.path == line.path and each.form == line.form:
                place = count
    title = next((each.label for each in lines if each.kind in ("form", "place")), "")
    if width_of(title) > 26:
        title = fit(title, 26).rstrip()
    if not place:
        return title
    return f"{title}   " + _("{number} of {count}").format(number=place, count=count)


_STATE_STYLES = {
    "answered": "$good",
    "problem": "$bad",
    "warning": "$doubt",
    "conflict": "$doubt",
    "returned": "bold $doubt",
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
    state = "flag" if line.flagged else "" if line.at_hand else line.state
    style = "" if cursor else _STATE_STYLES.get(state, "")
    indent = "  " if "[" in line.path else ""
    return left_right(
        content(
            indent,
            (f"{mark(state) if state else ' '} ", style),
            (f"{safe(line.number)} ".lstrip() + safe(line.label), "$muted" if line.at_hand and not cursor else ""),
        ),
        tail,
        width,
    )
