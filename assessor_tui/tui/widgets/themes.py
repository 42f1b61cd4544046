"""The three themes. Every state is also a mark and a word, so a theme never carries meaning alone."""

from textual.theme import Theme

from assessor_tui.i18n import N_

_MEANINGS_DARK = {
    "muted": "#9aa5b1",
    "good": "#7fd18b",
    "doubt": "#f0c674",
    "bad": "#ff8b81",
    "accent-text": "#8ac6f2",
    "cursor": "#274d6b",
    "cursor-text": "#ffffff",
    "cursor-away": "#25303b",
    "rule": "#4a5663",
    "bar": "#1b2632",
    "bar-text": "#d6dde5",
}
_MEANINGS_LIGHT = {
    "muted": "#5a6572",
    "good": "#1a6b2f",
    "doubt": "#8a5a00",
    "bad": "#b3261e",
    "accent-text": "#0b5394",
    "cursor": "#cfe3f5",
    "cursor-text": "#0b1a28",
    "cursor-away": "#e6ebf0",
    "rule": "#aab4be",
    "bar": "#e3e9ef",
    "bar-text": "#25303b",
}
_MEANINGS_CONTRAST = {
    "muted": "#ffffff",
    "good": "#00ff66",
    "doubt": "#ffff00",
    "bad": "#ff9d9d",
    "accent-text": "#00ffff",
    "cursor": "#ffff00",
    "cursor-text": "#000000",
    "cursor-away": "#202000",
    "rule": "#ffffff",
    "bar": "#000000",
    "bar-text": "#ffffff",
}

DARK = Theme(
    name="assessor-dark",
    primary="#5b9bd5",
    secondary="#6cb4a8",
    accent="#8ac6f2",
    foreground="#e4e9ee",
    background="#121a22",
    surface="#18222c",
    panel="#1f2b37",
    success="#7fd18b",
    warning="#f0c674",
    error="#ff8b81",
    dark=True,
    variables=_MEANINGS_DARK,
)
LIGHT = Theme(
    name="assessor-light",
    primary="#0b5394",
    secondary="#1f6f63",
    accent="#0b5394",
    foreground="#17212b",
    background="#fbfcfd",
    surface="#f3f6f9",
    panel="#e8edf2",
    success="#1a6b2f",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
    variables=_MEANINGS_LIGHT,
)
CONTRAST = Theme(
    name="assessor-contrast",
    primary="#00ffff",
    secondary="#00ff66",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    success="#00ff66",
    warning="#ffff00",
    error="#ff9d9d",
    dark=True,
    variables=_MEANINGS_CONTRAST,
)

THEMES = (DARK, LIGHT, CONTRAST)
THEME_NAMES = {DARK.name: N_("dark"), LIGHT.name: N_("light"), CONTRAST.name: N_("high contrast")}
"""Theme -> msgid of its name, in the order in which one key goes through them."""


def next_theme(name: str) -> str:
    """The name of the theme after ``name``; the first for a theme that is not ours."""
    names = list(THEME_NAMES)
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
