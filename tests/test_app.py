"""The program as a whole: pages, the way back, keys typed before the visit is there, sizes."""

import pytest
from textual import events

from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import PAGES, AssessorApp, tabs
from assessor_tui.tui.commands import BOARD, HOME, VISIT
from assessor_tui.tui.pages import answering, walk
from tests.tui_visits import until
from tests.walk_world import loaded, make_visit, new_id, program, shown


def test_every_page_of_a_visit_has_its_tab():
    assert set(PAGES) == VISIT | {HOME, BOARD}
    assert set(tabs()) == VISIT


async def test_the_program_starts_at_the_question_where_it_was_left(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("down")
        app.keep()
    with Store.open(tmp_path) as store:
        app = AssessorApp(store, language="en-HK")
        assert app.place == "walk"
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            assert app.screen.target == "air/used"


async def test_the_first_frame_shows_the_last_question_before_the_visit_is_loaded(tmp_path, monkeypatch):
    async with program(tmp_path, target="air/log") as (app, pilot):
        app.keep()
    monkeypatch.setattr(AssessorApp, "load", lambda self: None)
    with Store.open(tmp_path) as store:
        app = AssessorApp(store, language="en-HK")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert app.visit is None
            assert "Is the run time recorded?" in shown(app)
            assert "Kam Fung" in shown(app)


async def test_a_snapshot_of_another_version_of_the_program_is_not_drawn(tmp_path):
    async with program(tmp_path, target="air/log") as (app, _pilot):
        app.keep()
        kept = app.store.local(app.visit_id, walk.SNAPSHOT)
        app.store.set_local(app.visit_id, walk.SNAPSHOT, {**kept, "shape": "1", "header": {"of": "old"}})
    for place in ("walk", "overview"):
        async with program(tmp_path, place=place, target="air/log") as (app, _pilot):
            assert "Kam Fung" in shown(app)


async def test_keys_typed_while_the_visit_is_opened_are_applied_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(answering, "TOO_SOON", 0.0)
    with Store.open(tmp_path) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        app = AssessorApp(store, place="walk", visit_id=visit.id, target="air/log", language="en-HK", new_id=new_id)
        async with app.run_test(size=(80, 24)) as pilot:
            app.loading = True
            for key, character in (("2", "2"), ("7", "7"), ("enter", "\r")):
                app.post_message(events.Key(key, character))
            await loaded(app, pilot)
            await pilot.pause()
            filling = app.visit.filling("air")
            assert filling.state("log").value == ("partial",)
            assert filling.state("used").value.n == "7"


async def test_back_goes_where_one_came_from(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("left_square_bracket")
        assert app.place == "overview"
        await pilot.press("backspace")
        assert (app.place, app.screen.target) == ("walk", "air/log")


async def test_a_chinese_bracket_turns_the_page(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        app._driver.send_message(events.Key("【", "【"))
        await until(pilot, lambda: app.place == "overview")


async def test_find_goes_to_a_question_by_its_number(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("slash", "3", "full_stop", "0", "4", "enter")
        await pilot.pause()
        assert app.screen.target == "air/tested"


async def test_the_language_of_the_program_is_kept(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("ctrl+g")
        assert app.store.local("", "language") == "zh-Hant-HK"
        assert "排放口是否接駁？" in shown(app)


async def test_a_window_that_is_too_small_says_so_and_recovers(tmp_path):
    async with program(tmp_path, target="air/log", size=(40, 10)) as (app, pilot):
        assert "too small (40x10)" in shown(app)
        await pilot.press("1")
        assert app.visit.filling("air").state("log").value is None
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Is the run time recorded?" in shown(app)


async def test_a_name_full_of_markup_is_plain_text(tmp_path):
    name = "[bold]Kam[/] \u202e\x1b[31m=HYPERLINK(1) <script>"
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        make_visit(store, name)
    async with program(tmp_path, target="air/log", size=(140, 40)) as (app, _pilot):
        title = shown(app).splitlines()[0]
        assert "[bold]Kam[/]" in title and "=HYPERLINK(1) <script>" in title
        assert "\x1b" not in title and "\u202e" not in title


@pytest.mark.parametrize("place", ["overview", "walk"])
async def test_a_page_stays_within_its_widgets(tmp_path, place):
    async with program(tmp_path, place=place) as (app, _pilot):
        assert len(app.screen.query("*")) <= 14
