"""The command palette: every command of a place with its key; those that cannot run now say why."""

from collections.abc import Mapping

from assessor_tui.i18n import _
from assessor_tui.tui.commands import Command, all_keys, commands_at
from assessor_tui.tui.windows.search_list import Entry, SearchList, search_key


def palette_entries(place: str, reasons: Mapping[str, str]) -> list[Entry]:
    """One entry for each command of the place, those that can run now first; found also by help and English name."""
    entries = [_entry(command, reasons.get(command.id, "")) for command in commands_at(place) if command.bound]
    return sorted(entries, key=lambda entry: bool(entry.reason))


def _entry(command: Command, reason: str) -> Entry:
    main, accelerators = all_keys(command)
    keys = "  ".join(part for part in (main, accelerators) if part)
    label = f"{_(command.label)}: {_(command.help)}"
    index = search_key(f"{label} {command.label} {command.id}")
    return Entry(command.id, label, keys, "", "command", index, reason)


class Palette(SearchList):
    """A search list over the commands; the result is the id of a command."""

    def __init__(self, place: str, reasons: Mapping[str, str]) -> None:
        super().__init__(_("Commands"), palette_entries(place, reasons), placeholder=_("type a part of its name"))
