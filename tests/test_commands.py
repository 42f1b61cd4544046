"""The one registry of commands."""

from collections import Counter
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from assessor_tui.tui.commands import (
    COMMANDS,
    FIRST,
    IME_SAFE,
    PLACE_NAMES,
    RESERVED,
    SCREENS,
    all_keys,
    bindings,
    by_use,
    commands_at,
    hints,
    key_name,
    keys_page,
    main_key,
    write_keys_pages,
)


def test_no_reserved_key_is_bound():
    for command in COMMANDS:
        for key in (*command.keys, *command.accelerators):
            assert key not in RESERVED, command.id
            assert "alt+" not in key, command.id


def test_every_command_works_with_an_input_method_on():
    for command in COMMANDS:
        if not command.bound:
            continue
        # Without a key of its own a command is reached by F9 and the arrows.
        for key in command.keys:
            assert key in IME_SAFE or key.startswith("ctrl+"), (command.id, key)


def test_keys_are_named_as_textual_names_them():
    for command in COMMANDS:
        for key in (*command.keys, *command.accelerators):
            assert len(key) > 1 or _character_to_key(key) == key, (command.id, key)


@pytest.mark.parametrize("place", sorted(PLACE_NAMES))
def test_one_key_means_one_thing_in_one_place(place):
    keys = Counter(key for command in commands_at(place) for key in (*command.keys, *command.accelerators))
    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_unique_and_every_screen_can_ask_for_help_commands_and_the_way_out():
    assert max(Counter(command.id for command in COMMANDS).values()) == 1
    for place in SCREENS:
        assert {"help", "commands", "find", "quit"} <= {command.id for command in commands_at(place)}


def test_the_keys_that_were_decided_stand():
    walk = {key: command.id for command in commands_at("walk") for key in (*command.keys, *command.accelerators)}
    decided = {
        "f2": "note", "f3": "photo", "f4": "document", "f5": "finding", "f6": "go_to", "f7": "guidance",
        "f8": "outline", "f9": "commands", "space": "flag", "ctrl+z": "undo", "ctrl+y": "redo", "u": "undo",
        "right_square_bracket": "next_page", "slash": "find", "question_mark": "help", "5": "answer", "0": "clear",
    }  # fmt: skip
    assert {key: walk[key] for key in decided} == decided
    home = {key: command.id for command in commands_at("home") for key in command.keys}
    assert [home[f"f{n}"] for n in (2, 3, 4, 5)] == ["new_visit", "import", "merge", "bundle"]


def test_the_hint_bar_shows_what_matters_first_and_nothing_that_cannot_run():
    assert [command.id for command in hints("walk")][:3] == ["answer", "next_open", "note"]
    assert "note" not in [command.id for command in hints("walk", ["note"])]


def test_each_page_names_first_what_is_needed_most_there_and_everything_once():
    assert [command.id for command in hints("findings")][:4] == ["level", "open", "add_row", "closing"]
    assert "jot" in [command.id for command in hints("walk")][:6]
    for place in SCREENS:
        ordered = by_use(place)
        assert sorted(ordered) == sorted(commands_at(place))
        assert {*FIRST.get(place, ())} <= {command.id for command in ordered}
        keys = [bool(main_key(command)) for command in ordered]
        assert keys == sorted(keys, reverse=True), "what has no key comes last"


def test_digits_bring_their_key_along():
    actions = {binding.key: binding.action for binding in bindings("walk")}
    assert actions["3"] == "command('answer', '3')"


def test_keys_read_as_on_the_keyboard():
    assert [key_name(key) for key in ("ctrl+z", "f9", "right_square_bracket", "pagedown", "n", "U", "ctrl+right")] == [
        "Ctrl+Z", "F9", "]", "PgDn", "n", "U", "Ctrl+Right",
    ]  # fmt: skip


def test_the_pages_of_keys_in_docs_are_current(tmp_path):
    docs = Path(__file__).parent.parent / "docs"
    for written in write_keys_pages(tmp_path):
        kept = docs / written.name
        if kept.exists():  # python -c "from assessor_tui.tui.commands import *; write_keys_pages(Path('docs'))"
            assert kept.read_text(encoding="utf-8") == written.read_text(encoding="utf-8")


def test_the_page_of_keys_lists_every_command_with_its_help():
    page = keys_page()
    for command in COMMANDS:
        assert f"| {all_keys(command)[0]} |" in page
        assert command.help in page
