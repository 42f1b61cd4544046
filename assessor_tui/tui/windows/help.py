"""All keys of one place, made from the registry."""

from collections.abc import Mapping
from typing import NamedTuple

from assessor_tui.i18n import _
from assessor_tui.tui.commands import FIELD, PLACE_NAMES, Command, all_keys, by_use, main_key
from assessor_tui.tui.widgets.card import CardLine
from assessor_tui.tui.widgets.text import content, fit, fit_content, wrap
from assessor_tui.tui.windows.dialog import Pages


class KeysOf(NamedTuple):
    """What the help shows."""

    place: str
    reasons: Mapping[str, str]
    """Command id -> why it cannot run now."""


def help_lines(model: KeysOf, width: int) -> list[CardLine]:
    """The keys of the place, the most useful first, then those of text fields; lines are ``width`` cells wide."""
    lines: list[CardLine] = []
    for place in (model.place, FIELD):
        if lines:
            lines.append(CardLine(fit_content(content(""), width)))
        lines.append(CardLine(fit_content(content((_(PLACE_NAMES[place]), "bold $accent-text")), width)))
        named = False
        for command in by_use(place):
            if not main_key(command) and not named:
                named = True
                lines.append(CardLine(fit_content(content((_("By name, after F9"), "bold $accent-text")), width)))
            lines += _command_lines(command, model.reasons.get(command.id, ""), width)
    return lines


def _command_lines(command: Command, reason: str, width: int) -> list[CardLine]:
    main, accelerators = all_keys(command)
    keys = "  ".join(part for part in (main, accelerators) if part) or _(command.label)
    column = min(22, width // 3)
    text = f"{_(command.help)} ({reason})" if reason else _(command.help)
    lines = []
    for number, line in enumerate(wrap(text, max(width - column - 1, 4))):
        head = fit(keys, column) if number == 0 else " " * column
        pieces = content((head, "bold" if not reason else "$muted"), " ", (line, "$muted" if reason else ""))
        lines.append(CardLine(fit_content(pieces, width)))
    return lines


class Help(Pages):
    """The window with the keys of a place."""

    def __init__(self, place: str, reasons: Mapping[str, str]) -> None:
        super().__init__(_("Keys"), help_lines, KeysOf(place, reasons))
