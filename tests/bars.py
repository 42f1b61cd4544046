"""A screen with the first and the last lines and nothing between them, for tests of these lines."""

import pytest
from textual.app import ComposeResult

from assessor_tui import i18n
from assessor_tui.tui.base import BaseApp, BaseScreen
from assessor_tui.tui.commands import bindings
from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState, PageTabs
from assessor_tui.tui.widgets.hint_bar import HintBar, StatusLine

PAGES = (("overview", "Overview"), ("walk", "Walk"), ("review", "Review"))


class Bars(BaseScreen):
    PLACE = "walk"
    BINDINGS = bindings("walk")

    def __init__(self):
        super().__init__()
        self.did = []

    def compose(self) -> ComposeResult:
        yield HeaderBar(HeaderState("V-1 Site [red] 金豐電池", "68/142", "48-91%", "10:32", conflicts=2))
        yield PageTabs(PAGES, "walk")
        yield StatusLine()
        yield HintBar("walk")

    def command_note(self):
        self.did.append("note")

    def action_go_to_page(self, place):
        self.did.append(place)


class Program(BaseApp):
    def on_mount(self):
        self.push_screen(Bars())


@pytest.fixture(autouse=True)
def english():
    yield
    i18n.set_language("en-HK")


def line(app, kind):
    return "".join(segment.text for segment in app.screen.query_one(kind).render_line(0))
