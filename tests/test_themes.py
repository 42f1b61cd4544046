"""Light, dark and high contrast."""

import pytest
from textual.color import Color

from assessor_tui.tui.widgets.themes import CONTRAST, THEME_NAMES, THEMES, next_theme

TEXTS = ("muted", "good", "doubt", "bad", "accent-text")


def contrast(first, second):
    """The contrast ratio of WCAG 2."""

    def luminance(color):
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lighter, darker = sorted((luminance(Color.parse(first)), luminance(Color.parse(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme):
    least = 7.0 if theme is CONTRAST else 4.5
    grounds = (theme.background, theme.surface, theme.variables["bar"], theme.variables["cursor-away"])
    for ground in grounds:
        for text in (theme.foreground, *(theme.variables[name] for name in TEXTS)):
            assert contrast(text, ground) >= least, (text, ground)
    assert contrast(theme.variables["cursor-text"], theme.variables["cursor"]) >= least
    assert contrast(theme.variables["bar-text"], theme.variables["bar"]) >= least


def test_one_key_goes_through_all_themes_and_comes_back():
    seen = [next_theme("another program's theme")]
    for _ in THEMES:
        seen.append(next_theme(seen[-1]))
    assert set(seen) == set(THEME_NAMES)
    assert seen[0] == seen[-1]
