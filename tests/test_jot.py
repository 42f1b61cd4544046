"""Jots: one key and a line, tied to nothing."""

import pytest
from textual.events import Key

from assessor_tui.ledger import entry as acts
from assessor_tui.tui.input_keys import key_of
from assessor_tui.tui.windows.jot import DRAFT
from tests.walk_world import program, shown


def jots(app):
    return [entry.value for _, entry in app.store.state(app.visit_id).jots()]


async def types(app, pilot, character):
    """Nothing; gives the program a character as an input method does."""
    app.post_message(Key(key_of(character) if character.isascii() else character, character))
    await pilot.pause()


@pytest.mark.parametrize("key", [";", "；"])
async def test_one_key_a_line_and_enter_jot_it_down(tmp_path, key):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await types(app, pilot, key)
        await pilot.press(*"ask for log 3; RTO 2", "enter")
        await pilot.pause()
        assert jots(app) == ["ask for log 3; RTO 2"]
        assert "Jotted down" in shown(app)
        assert app.screen.target == "air/led"
        _, entry = app.store.state(app.visit_id).jots()[0]
        assert (entry.act, entry.form, entry.path) == (acts.NOTE, "", "")
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert jots(app) == []


async def test_on_a_question_that_is_typed_the_key_still_jots(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press("semicolon", "x", "enter")
        await pilot.pause()
        assert jots(app) == ["x"]


@pytest.mark.parametrize("place", ["overview", "rows", "flows", "findings", "evidence", "conflicts", "review"])
async def test_it_works_on_every_page_of_a_visit(tmp_path, place):
    async with program(tmp_path, place=place) as (app, pilot):
        await pilot.press("semicolon", *"seen", "enter")
        await pilot.pause()
        assert jots(app) == ["seen"]


async def test_what_was_not_saved_is_there_again(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("semicolon", *"half a")
        await pilot.pause(0.6)
        assert app.store.local(app.visit_id, DRAFT) == "half a"  # as it would be after a kill
        await pilot.press("escape")
        assert jots(app) == []
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("semicolon", *" line", "enter")
        await pilot.pause()
        assert jots(app) == ["half a line"]
        assert app.store.local(app.visit_id, DRAFT) is None


async def test_a_jot_that_is_untied_is_left_to_do(tmp_path):
    async with program(tmp_path, place="overview") as (app, pilot):
        await pilot.press("semicolon", *"one", "enter")
        await pilot.pause()
        await pilot.press("end")
        assert "not tied" in shown(app)


async def test_an_empty_line_is_no_jot(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("semicolon", "enter")
        await pilot.pause()
        assert jots(app) == []
