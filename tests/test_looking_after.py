"""The ledger is looked after beside the keys, and what goes wrong is said once."""

import shutil

from assessor_tui.store import backups
from assessor_tui.store.backups import all_backups
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.errors import LedgerDamaged
from assessor_tui.store.ledger import Store
from tests.tui_visits import until
from tests.walk_world import make_visit, program, shown


async def test_the_days_backup_is_made_beside_the_keys_and_nothing_is_said(tmp_path):
    async with program(tmp_path, "walk", "air/log") as (app, pilot):
        app.looking_after.look()
        await until(pilot, lambda: all_backups(tmp_path) and not app.looking_after._busy)
        await pilot.press("1")
        assert app.visit.filling("air").state("log").value == ("yes",)
        (made,) = all_backups(tmp_path)
        app.looking_after.look()
        await until(pilot, lambda: not app.looking_after._busy)
        assert all_backups(tmp_path) == [made]


async def test_a_disk_without_room_for_it_is_said_once_on_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "ROOM", 10**18)
    async with program(tmp_path, "walk", "air/log", size=(200, 24)) as (app, pilot):
        app.looking_after.look()
        await until(pilot, lambda: "nearly full: no backup was made" in shown(app))
        await pilot.press("1")
        assert app.visit.filling("air").state("log").value == ("yes",)
        app.looking_after.look()
        await until(pilot, lambda: not app.looking_after._busy)
        await pilot.pause()
        assert "nearly full" not in shown(app)


async def test_damage_that_is_found_meanwhile_stands_in_a_window_with_what_to_type(tmp_path):
    async with program(tmp_path, "walk", "air/log") as (app, pilot):
        app.looking_after.told(LedgerDamaged(tmp_path, reason="page 7 is another"))
        await pilot.pause()
        words = " ".join(line.strip("│ ") for line in shown(app).splitlines())
        assert "assessor doctor --restore" in words and "page 7 is another" in words
        await pilot.press("escape")
        await pilot.press("1")
        assert app.visit.filling("air").state("log").value == ("yes",)


async def test_a_copied_folder_is_told_once_in_plain_words_that_it_is_a_new_device(tmp_path):
    with Store.open(tmp_path / "one") as store:
        store.identify("Chan T.M.", "lead")
        make_visit(store)
        former = store.device.id
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    async with program(tmp_path / "two", "walk", "air/log", size=(80, 24)) as (app, pilot):
        await pilot.pause()
        words = " ".join(line.strip("│ ") for line in shown(app).splitlines())
        assert "A new device" in words and "copied from another folder or laptop" in words
        assert app.store.device.id != former
        await pilot.press("escape", "1")
        assert app.visit.filling("air").state("log").value == ("yes",)
    async with program(tmp_path / "two", "walk", "air/log", size=(80, 24)) as (app, pilot):
        await pilot.pause()
        assert "A new device" not in shown(app)
    assert (tmp_path / "two" / DATABASE).exists()
