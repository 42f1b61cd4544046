"""What all screens share: keys and their Chinese forms, language, themes, crashes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.worker import WorkerFailed

from assessor_tui import i18n
from assessor_tui.store.errors import DiskFull
from assessor_tui.tui.base import BaseApp, BaseScreen
from assessor_tui.tui.commands import bindings
from assessor_tui.tui.widgets.card import Card, CardLine
from assessor_tui.tui.widgets.field import Draft, LineField, open_field
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.text import content
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.take_forms import in_thread
from tests.tui_visits import until


class Walk(BaseScreen):
    PLACE = "walk"
    BINDINGS = bindings("walk")

    def __init__(self):
        super().__init__()
        self.did = []
        self.wants_text = False

    def compose(self) -> ComposeResult:
        yield HintBar("walk")

    def why_not(self, command_id):
        return "There is nothing to take back." if command_id == "undo" else ""

    def command_answer(self, key):
        self.did.append(f"answer {key}")

    async def command_note(self):
        await self.write("")

    def command_undo(self):
        self.did.append("undo")

    def command_flag(self):
        self.did.append("flag")

    def command_find(self):
        self.did.append("find")

    def command_next_page(self):
        self.did.append("next page")

    def command_previous_page(self):
        self.did.append("page before")

    async def take_character(self, character):
        if self.wants_text and character != " ":
            await self.write(character)
            return True
        return False

    async def write(self, start):
        await open_field(LineField(start, id="field"), self)

    async def on_done(self, message):
        self.did.append((message.how, message.text))
        await message.source.remove()

    def on_draft(self, message: Draft):
        self.did.append(("draft", message.text))


class Program(BaseApp):
    def on_mount(self):
        self.push_screen(Walk())


def message(app):
    return app.screen.query_one(HintBar).message


@pytest.fixture(autouse=True)
def english():
    yield
    i18n.set_language("en-HK")


async def press_character(pilot, character):
    pilot.app._driver.send_message(events.Key(character, character))
    await pilot.pause()


TWINS = [(chr(0xFF11 + number), f"answer {number + 1}") for number in range(9)]
TWINS += [(character, "page before") for character in "［【「"] + [(character, "next page") for character in "］】」"]
TWINS += [("／", "find"), ("、", "find"), ("！", "flag"), ("\u3000", "flag")]


async def test_full_width_and_chinese_forms_are_the_same_key():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        for typed, _done in TWINS:
            app._driver.send_message(events.Key(typed, typed))
        await pilot.pause()
        assert app.screen.did == [done for _typed, done in TWINS]


async def test_chinese_question_mark_and_colon_open_help_and_commands():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        for typed, window in (("？", "Help"), ("：", "Palette")):
            await press_character(pilot, typed)
            assert type(app.screen).__name__ == window
            await pilot.press("escape")
            assert isinstance(app.screen, Walk)


async def test_a_character_that_no_key_gives_says_that_the_input_method_is_on():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await press_character(pilot, "是")
        assert "Input method is on" in message(app)
        await pilot.press("3")
        assert message(app) == ""
        assert app.screen.did == ["answer 3"]


async def test_what_is_typed_ahead_of_a_field_goes_into_the_field():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        for key, character in [("f2", None), ("d", "d"), ("1", "1"), ("是", "是"), ("？", "？"), ("ctrl+s", "\x13")]:
            app._driver.send_message(events.Key(key, character))
        await pilot.pause()
        assert app.screen.did[-1] == ("save", "d1是？")
        await pilot.press("u")
        assert message(app) == "There is nothing to take back."
        assert "undo" not in app.screen.did


async def test_a_text_question_takes_letters_and_chinese_before_any_command():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.wants_text = True
        for character in "排放":
            app._driver.send_message(events.Key(character, character))
        await pilot.pause()
        await pilot.press("enter")
        assert app.screen.did == [("enter", "排放")]


async def test_the_language_of_the_program_switches_live(monkeypatch):
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+g")
        assert (app.language, i18n.language()) == ("zh-Hant-HK", "zh-Hant-HK")
        assert "繁體中文" in message(app)


async def test_a_key_goes_through_the_three_themes():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        seen = {app.theme}
        for _ in range(2):
            await pilot.press("t")
            seen.add(app.theme)
        assert seen == {"assessor-dark", "assessor-light", "assessor-contrast"}


async def test_ctrl_c_leaves_only_when_pressed_twice():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+c", "1", "ctrl+c")
        assert app.is_running
        assert "Ctrl+C again" in message(app)
        await pilot.press("ctrl+c")
    assert not app.is_running


class Drawers(BaseScreen):
    PLACE = "walk"
    BINDINGS = bindings("walk")

    def compose(self) -> ComposeResult:
        with Horizontal(classes="body"):
            yield VirtualList(
                lambda row, width, cursor: content(i18n.long_date(row)), ["2026-11-12"], classes="side drawer"
            )
            yield Card("2026-11-12", lines=lambda day, width: [CardLine(content(i18n.long_date(day)))], classes="pane")
        yield HintBar("walk")

    def command_outline(self):
        self.toggle_drawer(self.query_one(VirtualList))

    async def command_comment(self):
        await self.mount(LineField(id="short"))
        await self.query_one("#short").remove()


def shown(app, kind):
    return "".join(segment.text for segment in app.screen.query_one(kind).render_line(0))


async def test_a_drawer_stands_beside_the_page_when_wide_and_covers_it_when_narrow():
    app = BaseApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(Drawers())
        await pilot.pause()
        drawer, page = app.screen.query_one(VirtualList), app.screen.query_one(Card)
        assert (drawer.display, page.display) == (False, True)
        await pilot.press("f8")
        assert (drawer.display, page.display) == (True, False)
        await pilot.press("f8")
        assert (drawer.display, page.display) == (False, True)
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        assert (drawer.display, page.display) == (True, True)
        await pilot.press("f8")
        assert (drawer.display, page.display) == (False, True)


async def test_lists_and_cards_speak_the_new_language_at_once():
    app = BaseApp()
    async with app.run_test(size=(140, 24)) as pilot:
        await app.push_screen(Drawers())
        await pilot.pause()
        assert "12 November 2026" in shown(app, VirtualList)
        app.language = "zh_HK"
        await pilot.pause()
        assert app.language == "zh-Hant-HK"
        assert "2026年11月12日" in shown(app, VirtualList)
        assert "2026年11月12日" in shown(app, Card)


async def test_a_command_may_mount_and_remove_and_wait_for_both():
    app = BaseApp()
    async with app.run_test(size=(140, 24)) as pilot:
        await app.push_screen(Drawers())
        await pilot.press("c", "f8")
        assert not app.screen.query("#short")
        assert not app.screen.query_one(VirtualList).display


def test_fields_windows_and_help_are_not_on_the_way_to_the_first_frame():
    program = (
        "import sys, assessor_tui.tui.base, assessor_tui.tui.widgets.card, assessor_tui.tui.widgets.header_bar\n"
        "windows = 'assessor_tui.tui.windows.'\n"
        "late = [m for m in ('assessor_tui.tui.widgets.field', windows + 'dialog', windows + 'help', "
        "windows + 'palette', 'textual.widgets._text_area') if m in sys.modules]\n"
        "print(late, len([m for m in sys.modules if m.startswith('assessor_tui.')]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    late, ours = done.stdout.strip().rsplit(" ", 1)
    assert late == "[]"
    assert int(ours) <= 14


async def test_ctrl_q_leaves_out_of_a_field_with_its_draft_and_out_of_a_window():
    for keys, did in ((("f2", "h", "a", "l", "f", "ctrl+q"), [("draft", "half")]), (("question_mark", "ctrl+q"), [])):
        app = Program()
        async with app.run_test(size=(80, 24)) as pilot:
            walk = app.screen
            await pilot.press(*keys)
            assert (app._exit, walk.did) == (True, did)


async def test_ctrl_q_right_after_enter_leaves_once_the_answer_was_given():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        walk = app.screen
        for key, character in [("f2", None), ("d", "d"), ("enter", "\r"), ("ctrl+q", "\x11")]:
            app._driver.send_message(events.Key(key, character))
        await pilot.pause()
        assert (app._exit, walk.did) == (True, [("enter", "d")])


async def test_ctrl_q_does_not_wait_for_what_a_command_waits_for():
    class Waiting(Walk):
        async def command_undo(self):
            await app.aside(never.wait)
            self.did.append("came back")

        def why_not(self, command_id):
            return ""

    class Opened(BaseApp):
        def on_mount(self):
            self.push_screen(Waiting())

    never = threading.Event()
    app = Opened()
    async with app.run_test(size=(80, 24)) as pilot:
        walk = app.screen
        app._driver.send_message(events.Key("u", "u"))
        await pilot.pause()
        # The app waits for the thread, so it takes the message from the driver and not from its own queue.
        app._driver.send_message(events.Key("ctrl+q", "\x11"))
        await pilot.pause()
        never.set()
        assert (app._exit, walk.did) == (True, [])


@pytest.mark.parametrize("failing", ["work", "then"])
async def test_an_error_of_the_program_in_a_thread_or_after_it_ends_it_with_a_note(tmp_path, capfd, failing):
    def fail(*_said):
        raise KeyError("secret")

    app = Program()
    app.crash_folder = tmp_path
    with pytest.raises(WorkerFailed):
        async with app.run_test(size=(80, 24)) as pilot:
            in_thread(app.screen, fail if failing == "work" else str, fail if failing == "then" else print)
            await until(pilot, lambda: app.crash_note)
    note = app.crash_note.read_text("utf-8")
    assert " fail\n" in note and "secret" not in note


async def test_a_failure_of_the_world_beside_the_screen_is_said_and_ends_nothing():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:

        def fail():
            raise DiskFull(Path("/work"))

        app.run_worker(fail, thread=True)
        await until(pilot, lambda: "disk" in message(app).lower())
        assert not app._exit and app.crash_note is None
