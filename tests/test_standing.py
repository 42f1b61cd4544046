"""The line over the keys says how far one's entries have come: saved, not sent, not confirmed."""

from typing import Any

import pytest

from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle
from assessor_tui.carry.holding import Standing
from assessor_tui.carry.receipts import Asked, Delivery
from assessor_tui.ledger.receipt import Lack
from assessor_tui.reports.receipts_words import asked_words, missing_words, standing_words, state_words
from assessor_tui.store.ledger import Store
from assessor_tui.tui.standing import Stood
from assessor_tui.tui.windows.dialog import Choose, Option
from tests.tui_visits import until
from tests.walk_world import program, shown

ANN = Delivery("0a" * 16, "Ann", "", 5, (), (), 0, 0, 0)


def test_the_words_say_what_is_not_sent_and_what_is_not_confirmed() -> None:
    assert standing_words(Standing(15, 12, 3)) == "saved, 12 not sent, 3 not confirmed"
    assert standing_words(Standing(15, 0, 3)) == "saved, 3 not confirmed"
    assert standing_words(Standing(15, 0, 0)) == "saved, all confirmed"
    assert standing_words(Standing(0, 0, 0)) == ""


def test_what_is_missing_is_named_as_entries_and_files() -> None:
    lacks = (Lack(ANN.device, 3, 3), Lack(ANN.device, 6, 9), Lack(ANN.device, 12, 0))
    some = ANN._replace(missing=lacks, wanted=("f1" * 32,))
    assert missing_words(some) == "entries 3, 6 to 9, 12 and after and 1 photo or paper"
    assert state_words(ANN) == "complete as far as is known"
    assert state_words(ANN._replace(device="")) == "nothing has come yet"
    assert asked_words("Lee", Asked(3, 2)) == "Lee asks for 3 entries and 2 photos or papers."
    assert "nothing of it is on this laptop" in asked_words("Lee", Asked(0, 0))


async def at_rest(app: Any, pilot: Any) -> None:
    """Nothing; no key has come for a moment, and what then begins has ended."""
    app._rested()
    await until(pilot, lambda: app.standing.thread is None)
    await pilot.pause()


def status(app: Any) -> str:
    return str(shown(app).splitlines()[-2])


@pytest.mark.parametrize("width", [80, 140])
async def test_the_line_counts_along_and_hears_of_receipts(tmp_path: Any, width: int) -> None:
    async with program(tmp_path / "data", "walk", "air/log", size=(width, 24)) as (app, pilot):
        await at_rest(app, pilot)
        before = app.standing._standing.saved
        assert f"{before} not sent" in status(app)
        await pilot.press("1")
        await pilot.pause()
        assert f"{before + 1} not sent" in status(app)
        with Store.open(tmp_path / "lee") as lee:
            lee.identify("Lee", "lead")
            sent = make_bundle(app.store, app.visit, tmp_path / "stick", FULL).path
            app.standing.changed()
            await at_rest(app, pilot)
            assert f"saved, {before + 1} not confirmed" in status(app)
            merge_bundle(lee, sent)
            from assessor_tui.visit import Visit

            theirs = Visit(lee, app.visit.id, new_id=app.new_id)
            merge_bundle(app.store, make_bundle(lee, theirs, tmp_path / "back", "receipt").path)
        app.standing.changed()
        await at_rest(app, pilot)
        assert "saved, all confirmed" in status(app)


async def test_once_a_window_has_closed_the_line_is_read_again_without_a_key(tmp_path: Any) -> None:
    async with program(tmp_path / "data", "walk", "air/log", size=(80, 24)) as (app, pilot):
        await at_rest(app, pilot)
        before = app.standing._standing.saved
        await app.push_screen(Choose("A window", [Option("go", "Go")]))
        make_bundle(app.store, app.visit, tmp_path / "stick", FULL)
        await pilot.press("enter")
        await until(pilot, lambda: f"saved, {before} not confirmed" in status(app))


async def test_what_was_read_is_no_matter_of_pages_that_come_or_have_gone(tmp_path: Any) -> None:
    async with program(tmp_path / "data", "walk", "air/log") as (app, pilot):
        await at_rest(app, pilot)
        app.page("evidence").show_standing()
    app.on_stood(Stood("", None, 0))
