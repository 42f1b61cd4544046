"""Marks of one cell. A state is always a mark and a word, so that neither colour nor font carries it alone.

``SAFE`` holds characters that are one cell wide in every terminal we know, besides lines and blocks, which take two
in terminals set up for East Asian "ambiguous" width; ``ASCII`` has a sign for each of them. ``fitting`` chooses by
what a terminal was measured to draw.
"""

from collections.abc import Mapping
from typing import NamedTuple

from assessor_tui.i18n import N_, _


class Glyphs(NamedTuple):
    """One set of marks; each is one cell wide."""

    answered: str
    missing: str
    not_applicable: str
    to_come: str
    flag: str
    edit: str
    problem: str
    warning: str
    conflict: str
    returned: str
    cursor: str
    ticked: str
    unticked: str
    opened: str
    closed: str
    undo: str
    enter: str
    full: str
    empty: str
    cut: str
    """Stands where text was cut off."""
    rule: str
    """Horizontal line."""
    side: str
    """Vertical line."""
    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    half: str
    """The upper half of a cell; a space where that cannot be drawn, and then the ground alone carries the colour."""


SAFE = Glyphs(
    "✓", "-", "/", "↻", "⚑", "✎", "✗", "⚠", "⇄", "«", "▸", "☑", "☐", "▾", "▸", "↻", "⏎", "▰", "▱", "⋯",
    "─", "│", "┌", "┐", "└", "┘", "▀",
)  # fmt: skip
ASCII = Glyphs(
    "v", "-", "/", "~", "!", "*", "x", "!", "#", "<", ">", "x", "-", "v", ">", "~", "<", "#", ".", "~",
    "-", "|", "+", "+", "+", "+", " ",
)  # fmt: skip

STATE_WORDS = {
    "answered": N_("answered"),
    "missing": N_("no answer"),
    "not applicable": N_("not applicable"),
    "to come": N_("to come"),
    "flag": N_("flagged"),
    "edit": N_("being edited"),
    "problem": N_("wrong"),
    "warning": N_("look again"),
    "conflict": N_("conflict"),
    "returned": N_("returned"),
}
"""State (as ``logic`` and ``ledger`` name it) -> msgid of its word."""

_present = SAFE


def glyphs() -> Glyphs:
    """The set of marks in use."""
    return _present


def use_glyphs(chosen: Glyphs) -> None:
    """Nothing; from now on ``glyphs()`` gives ``chosen``."""
    global _present  # noqa: PLW0603 - one terminal, one set of marks
    _present = chosen


def fitting(cells: Mapping[str, int]) -> Glyphs:
    """``SAFE`` with a plain sign for each mark that a terminal draws in another width than one cell.

    A frame is drawn with one kind of line: when one of its signs is too wide, all of them are plain.

    Args:
        cells: what the terminal was measured to draw: character -> cells. One that was not measured is taken for good.
    """
    unfit = {mark for mark in SAFE if cells.get(mark, 1) != 1}
    frame = SAFE[SAFE.index(SAFE.rule) : SAFE.index(SAFE.half)]
    if unfit.intersection(frame):
        unfit.update(frame)
    if unfit.intersection((SAFE.full, SAFE.empty)):
        unfit.update((SAFE.full, SAFE.empty))
    return Glyphs(*(plain if mark in unfit else mark for mark, plain in zip(SAFE, ASCII, strict=True)))


def mark(state: str) -> str:
    """The mark of a state, one cell wide."""
    mark: str = getattr(_present, state.replace(" ", "_"))
    return mark


def state(state: str) -> str:
    """Mark and word of a state, in the present language."""
    return f"{mark(state)} {_(STATE_WORDS[state])}"


def bar(part: int, whole: int, width: int) -> str:
    """A bar of ``width`` cells. Only a complete whole is drawn complete, only nothing is drawn empty."""
    if width <= 0:
        return ""
    if whole <= 0 or part <= 0:
        full = 0
    elif part >= whole:
        full = width
    else:
        full = min(max(round(part * width / whole), 1), max(width - 1, 1))
    return _present.full * full + _present.empty * (width - full)
