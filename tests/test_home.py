"""The list of visits, the first start, a new visit."""

import shutil
from datetime import timedelta

import pytest

from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.pages.home import first_wanted
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows import bundles, take_forms
from assessor_tui.visit import create_visit
from tests.sample_visit import new_visit
from tests.walk_world import loaded, make_visit, materials, new_id, shown


@pytest.fixture
def small(monkeypatch):
    """New visits are made of the small example instead of the shipped forms."""
    monkeypatch.setattr(take_forms, "materials_of", lambda store: [materials(store)])


def home(store):
    return AssessorApp(store, place="home", language="en-HK", new_id=new_id)


async def test_the_first_start_asks_for_name_and_role_only(tmp_path):
    with Store.open(tmp_path) as store:
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            assert "Who works on this laptop?" in shown(app)
            await pilot.press(*"Lee", "enter")
            await pilot.pause()
            await pilot.press("2")
            await pilot.pause()
            assert (store.device.person, store.device.role) == ("Lee", "lead")
            assert "No visits yet" in shown(app)


async def test_visits_show_their_site_in_both_languages_and_how_far_they_are(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        make_visit(store).record("answer", "air", "log", ("yes",))
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            screen = shown(app)
            assert "Kam Fung  金豐" in screen and "1/8" in screen and "on site" in screen
            assert "not sent" in screen


async def test_the_stage_is_the_boards_and_what_forms_answer_themselves_is_no_progress(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = new_visit(store)
        visit.record("answer", "visit_header", "batch", "2026-2")
        app = home(store)
        async with app.run_test(size=(140, 40)) as pilot:
            await loaded(app, pilot)
            assert "opened" in shown(app) and " 0/" in shown(app)
            await pilot.press("f6")
            await loaded(app, pilot)
            assert "opened" in shown(app)


async def test_the_cursor_is_on_the_visit_of_today_then_on_the_next_one_until_it_is_moved(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        days = {}
        for name, offset in (("far", 30), ("over", -9), ("today", -1), ("soon", 2), ("latest", 60)):
            day = hong_kong_time(store.now()).date()
            header = {
                "site_name_en": name,
                "visit_date": (day + timedelta(offset)).isoformat(),
                "visit_last_date": (day + timedelta(offset + 1)).isoformat(),
            }
            days[name] = create_visit(store, materials(store), header, new_id=new_id).id
        app = home(store)
        async with app.run_test(size=(140, 40)) as pilot:
            await loaded(app, pilot)
            visits = app.screen.query_one(VirtualList)
            assert visits.row.id == days["today"]
            await pilot.press("home")
            first = visits.row.id
            app.screen.show()
            await loaded(app, pilot)
            assert visits.row.id == first != days["today"], "the person's choice stands"
            rows = [row for row in visits.rows if row.id != days["today"]]
            assert rows[first_wanted(rows, app.today)].id == days["soon"]
            over = [row for row in rows if row.id == days["over"]]
            assert first_wanted(over, app.today) == first_wanted([], app.today) == 0


async def test_enter_opens_the_visit_and_back_returns(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        make_visit(store)
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            await pilot.press("enter")
            await loaded(app, pilot)
            assert app.place == "overview"
            await pilot.press("backspace")
            await pilot.pause()
            assert app.place == "home"


async def test_a_new_visit_asks_only_what_cannot_be_asked_later(tmp_path, small):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f2", *"Kam", "tab", *"金豐", "tab", "tab", "tab", "tab")
            await loaded(app, pilot)
            await pilot.press("2")
            await loaded(app, pilot)
            await loaded(app, pilot)
            assert app.place == "overview"
            assert app.visit.header("site_name_zh") == "金豐"
            assert app.visit.header("category") == ("b",)


async def test_a_new_visit_needs_a_name(tmp_path, small):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f2", "ctrl+s")
            await loaded(app, pilot)
            assert "The site needs a name" in shown(app)
            assert store.visits() == []


async def test_a_bundle_goes_out_and_is_taken_in_on_another_laptop(tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    with Store.open(tmp_path / "lee") as store:
        store.identify("Lee", "assessor")
        make_visit(store)
        store.set_local("", bundles.WRITTEN_TO, str(stick))
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            await pilot.press("f5", "1")
            await pilot.pause()
            await pilot.press("enter")
            await loaded(app, pilot)
            assert "read back and good" in shown(app)
    assert len(list(stick.glob("*.zip"))) == 1
    with Store.open(tmp_path / "chan") as store:
        store.identify("Chan", "lead")
        store.set_local("", bundles.TAKEN_FROM, str(stick))
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f4", "enter")
            await loaded(app, pilot)
            assert "of Lee" in shown(app)
            await pilot.press("escape")
            await loaded(app, pilot)
            assert "Kam Fung" in shown(app)
    shutil.rmtree(stick)


async def test_space_shows_one_kind_of_visits_after_the_other(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        make_visit(store)
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            await pilot.press("space", "space")
            assert "[conflicts]" in shown(app) and "0 visits" in shown(app)


async def test_a_visit_whose_beginning_has_not_arrived_says_so(tmp_path):
    with Store.open(tmp_path / "lee") as store:
        store.identify("Lee", "assessor")
        visit = make_visit(store)
        later = [head for head in store.entries(visit.id) if head[1].seq > 3]
    with Store.open(tmp_path / "chan") as store:
        store.identify("Chan", "lead")
        store.add(later)
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            await pilot.press("enter")
            await loaded(app, pilot)
            assert app.place == "home"
            assert "has not arrived yet" in shown(app)
