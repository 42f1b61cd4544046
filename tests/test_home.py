"""The list of visits, the first start, a new visit."""

import shutil

import pytest

from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.windows import bundles, take_forms
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


async def test_a_visit_that_was_only_opened_is_planned(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        new_visit(store)  # its forms answer some questions themselves
        app = home(store)
        async with app.run_test(size=(140, 40)) as pilot:
            await loaded(app, pilot)
            assert "planned" in shown(app)


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
