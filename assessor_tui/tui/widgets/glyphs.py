"""Marks of one cell. A state is always a mark and a word, so that neither colour nor font carries it alone.

``SAFE`` holds characters that are one cell wide in every terminal, also in those set up for East Asian
"ambiguous" width; ``ASCII`` is for fonts that have none of them.
"""

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


SAFE = Glyphs("✓", "-", "/", "↻", "⚑", "✎", "✗", "⚠", "⇄", "▸", "☑", "☐", "▾", "▸", "↻", "⏎", "▰", "▱", "⋯", "─")
ASCII = Glyphs("v", "-", "/", "~", "!", "*", "x", "!", "#", ">", "x", "-", "v", ">", "~", "<", "#", ".", "~", "-")

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
