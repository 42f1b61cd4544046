"""Windows over a screen."""

import pytest
from textual import events

from assessor_tui.tui.base import BaseApp
from assessor_tui.tui.commands import commands_at
from assessor_tui.tui.windows.dialog import AskText, Choose, Confirm, Option
from assessor_tui.tui.windows.help import Help, KeysOf, help_lines
from assessor_tui.tui.windows.palette import Palette
from assessor_tui.tui.windows.search_list import Entry, SearchList, entry, found


class Program(BaseApp):
    def __init__(self, dialog):
        super().__init__()
        self.dialog = dialog
        self.results = []

    async def on_mount(self):
        await self.push_screen(self.dialog, self.results.append)


async def results(dialog, *keys, size=(80, 24)):
    app = Program(dialog)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
    return app.results


OPTIONS = (Option("mine", "score 3"), Option("theirs", "score 2"), Option("new", "a new answer", reason="signed"))


@pytest.mark.parametrize(
    ("keys", "result"),
    [(["2"], ["theirs"]), (["down", "enter"], ["theirs"]), (["escape"], [None]), (["backspace"], [None]), (["3"], [])],
)
async def test_an_option_is_chosen_by_digit_or_cursor_and_never_against_its_reason(keys, result):
    assert await results(Choose("Conflict [red]", OPTIONS, "Which answer stands?"), *keys) == result


@pytest.mark.parametrize("dialog", [Choose("Conflict", OPTIONS), AskText("Reason", usual=("seen", "misread"))])
async def test_a_key_typed_ahead_does_not_close_what_is_under_the_window(dialog):
    app = Program(dialog)
    async with app.run_test() as pilot:
        before = len(app.screen_stack)
        for key in ("2", "1"):  # both are there before the window has closed
            dialog.post_message(events.Key(key, key))
        await pilot.pause()
        assert (len(app.screen_stack), len(app.results)) == (before - 1, 1)


async def test_a_confirmation_stands_on_no():
    assert await results(Confirm("Remove row", "Take F-KQT3 away?"), "enter") == ["no"]
    assert await results(Confirm("Remove row", "Take F-KQT3 away?"), "1") == ["yes"]


async def test_usual_reasons_stand_on_digits_and_free_text_comes_after():
    usual = ("saw the later state", "misread")
    assert await results(AskText("Reason", usual=usual), "2") == ["misread"]
    assert await results(AskText("Reason", usual=usual), "0", "n", "o", "enter") == ["no"]
    assert await results(AskText("Reason", usual=usual), "n", "9", "enter") == ["n9"]
    assert await results(AskText("Reason", usual=usual), "n", "escape", "1") == ["saw the later state"]


async def test_an_empty_reason_is_not_taken():
    assert await results(AskText("Reason"), "enter", "space", "enter", "x", "enter") == ["x"]
    assert await results(AskText("Note", required=False), "enter") == [""]


async def test_several_lines_are_saved_by_ctrl_s():
    assert await results(AskText("Note", lines=True), "a", "enter", "b", "ctrl+s") == ["a\nb"]


ENTRIES = [
    entry("f/3.07", "Is every emission point led to control equipment?", number="3.07", also="排放點", kind="question"),
    entry("f/3.1", "Scrubber liquor", number="3.1", kind="question"),
    entry("f/13.07", "Wet scrubber", number="13.07", kind="row"),
]


def test_a_number_alone_comes_first():
    assert [each.number for each in found(ENTRIES, "3.07")] == ["3.07", "13.07"]
    assert [each.number for each in found(ENTRIES, "3.")] == ["3.07", "3.1", "13.07"]


def test_every_word_must_be_found_in_any_language_and_width():
    assert [each.id for each in found(ENTRIES, "SCRUB wet")] == ["f/13.07"]
    assert [each.id for each in found(ENTRIES, "排放")] == ["f/3.07"]
    assert [each.id for each in found(ENTRIES, "３．０７")][:1] == ["f/3.07"]
    assert [each.id for each in found(ENTRIES, "@ scrub", {"@": "row"})] == ["f/13.07"]
    assert found(ENTRIES, "nowhere") == []


async def test_searching_follows_what_is_typed():
    assert await results(SearchList("Go to", ENTRIES), "s", "c", "r", "down", "enter") == ["f/13.07"]
    assert await results(SearchList("Go to", ENTRIES), "escape") == [None]
    assert await results(SearchList("Go to", ENTRIES), "x", "y", "z", "enter", "escape") == [None]


async def test_tab_shows_the_kind_under_the_cursor_alone():
    app = Program(SearchList("Go to", ENTRIES))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end", "down", "down", "tab")
        assert [each.kind for each in app.screen.query_one("#found").rows] == ["row"]
        await pilot.press("tab")
        assert len(app.screen.query_one("#found").rows) == 3


async def test_a_chinese_text_can_be_searched():
    app = Program(SearchList("Go to", ENTRIES))
    async with app.run_test(size=(60, 18)) as pilot:
        for character in "排放":
            app._driver.send_message(events.Key(character, character))
        await pilot.press("enter")
    assert app.results == ["f/3.07"]


async def test_the_palette_finds_commands_and_says_why_one_cannot_run():
    assert await results(Palette("walk", {}), *"guidan", "enter") == ["guidance"]
    app = Program(Palette("walk", {"undo": "There is nothing to take back."}))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"undo", "enter")
        assert app.results == []
        shown = [each for each in app.screen.query_one("#found").rows if each.id == "undo"]
        assert shown[0].reason == "There is nothing to take back."


def test_the_help_lists_every_command_of_the_place():
    for width in (40, 70):
        lines = help_lines(KeysOf("walk", {"undo": "nothing to undo"}), width)
        assert all(line.line.cell_length == width for line in lines)
    text = "\n".join(line.line.plain for line in lines)
    for command in commands_at("walk"):
        assert command.help.split()[0] in text
    assert "nothing to undo" in " ".join(text.split())


@pytest.mark.parametrize("size", [(40, 10), (60, 18)])
async def test_every_window_opens_on_any_terminal(size):
    dialogs = [Help("walk", {}), Palette("home", {}), Choose("x", OPTIONS * 4, "long text " * 90), AskText("x")]
    app = BaseApp()
    async with app.run_test(size=size) as pilot:
        for dialog in dialogs:
            await app.push_screen(dialog)
            await pilot.pause()
            window = dialog.query_one("Vertical").region
            assert window.height <= size[1]
            assert window.width <= size[0]
            assert dialog.query_one("#said").region.bottom <= size[1]
            assert len(list(dialog.query("*"))) <= 8


def test_ten_thousand_entries_are_searched_quickly_enough_to_type():
    entries = [entry(str(n), f"question {n} about air and water", number=f"3.{n}") for n in range(10_000)]
    assert isinstance(entries[0], Entry)
    assert found(entries, "3.777 air")[0].number == "3.777"


async def test_with_an_input_method_on_a_digit_takes_its_usual_text_and_a_character_begins_ones_own():
    usual = ("saw the later state", "misread")
    for typed, taken in ((["２"], ["misread"]), (["０", "誤", "enter"], ["誤"]), (["誤", "enter"], ["誤"])):
        app = Program(AskText("Reason", usual=usual))
        async with app.run_test(size=(80, 24)) as pilot:
            for key in typed:
                if len(key) == 1:
                    app._driver.send_message(events.Key(key, key))
                    await pilot.pause()
                else:
                    await pilot.press(key)
            await pilot.pause()
        assert app.results == taken
