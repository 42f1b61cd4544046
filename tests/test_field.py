"""Fields for text."""

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from assessor_tui.tui.base import BaseApp, BaseScreen
from assessor_tui.tui.widgets.field import LineField, TextField, open_field, typed_text
from assessor_tui.tui.widgets.text import content
from assessor_tui.tui.widgets.virtual_list import VirtualList
from tests.tui_visits import until


class Form(BaseScreen):
    def __init__(self):
        super().__init__()
        self.heard = []

    def compose(self) -> ComposeResult:
        yield Static("排放點")
        rows = VirtualList(lambda row, width, cursor: content(row), ["one", "two"])
        rows.styles.height = 3
        yield rows

    def on_draft(self, message):
        self.heard.append(("draft", message.text))

    async def on_done(self, message):
        self.heard.append((message.how, message.text))
        await message.source.remove()


class Program(BaseApp):
    async def on_mount(self):
        await self.push_screen(Form())


def handed_over(app):
    """How the field ended and with which text; before it may stand drafts, for a slow machine pauses between keys."""
    *before, last = app.screen.heard
    assert all(how == "draft" for how, _ in before)
    return last


async def test_the_hardware_cursor_stands_behind_the_last_character():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        field = LineField("排ab")
        await open_field(field, app.screen)
        await pilot.pause()
        assert app.cursor_position == (field.content_region.x + 4, field.content_region.y)
        assert field.content_region.y == 4
        await pilot.press("left")
        assert app.cursor_position.x == field.content_region.x + 3


async def test_a_draft_goes_out_after_a_pause_and_holds_no_control_characters():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        field = LineField(subject="note")
        await open_field(field, app.screen)
        field.insert_text_at_cursor("a\x1b[31mb\nc")
        await until(pilot, lambda: app.screen.heard)
        assert app.screen.heard == [("draft", "a[31mb c")]
        await pilot.press("x", "escape")
        await pilot.pause(0.5)
        assert handed_over(app) == ("escape", "a[31mb cx"), "no draft may come after the end"


@pytest.mark.parametrize(("key", "how"), [("tab", "next"), ("shift+tab", "previous"), ("ctrl+s", "save")])
@pytest.mark.parametrize("kind", [LineField, TextField])
async def test_a_field_is_left_by_tab_and_ctrl_s_and_hands_its_text_over_once(kind, key, how):
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_field(kind("text"), app.screen)
        await pilot.press("1", key)
        await pilot.pause()
        assert handed_over(app) == (how, "text1")


async def test_a_click_elsewhere_ends_the_field_too():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_field(TextField("text"), app.screen)
        await pilot.pause()
        await pilot.click(VirtualList, offset=(3, 1))
        await pilot.pause()
        assert handed_over(app) == ("blur", "text")


async def test_another_window_of_the_desktop_only_pauses_the_field():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_field(LineField("text"), app.screen)
        await pilot.press("x")
        app.app_focus = False
        await pilot.pause()
        app.app_focus = True
        await pilot.pause()
        await pilot.press("y", "enter")
        assert app.screen.heard[0] == ("draft", "textx")
        assert handed_over(app) == ("enter", "textxy")


def test_what_no_one_can_have_typed_is_left_out():
    assert typed_text("a\x00\x1b[0m\x9bb\r\nc\td\x7f") == "a[0mb\nc\td"


async def test_a_burst_of_keys_is_taken_in_its_order_and_ends_where_enter_was_pressed():
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_field(LineField(), app.screen)
        for key in ("a", "b", "backspace", "c", "left", "x", "enter", "d"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()
        assert handed_over(app) == ("enter", "axc")
