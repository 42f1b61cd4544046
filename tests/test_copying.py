"""Copies made beside the keys: at a section's end, on asking, on leaving; and a visit put away and brought back."""

import os
import re
import termios
import time
from pathlib import Path

from assessor_tui.carry.copies import IDENTITY, add_place, confirmed_copies, lacking, named_places
from assessor_tui.carry.put_away import put_away_lines
from assessor_tui.config import markers_folder
from assessor_tui.store.ledger import Store
from assessor_tui.tui.copying import section_of
from assessor_tui.tui.widgets.header_bar import HeaderBar
from assessor_tui.tui.windows.second_places import name_dialog
from tests.keyboard import CTRL_Q, DELETE, ENTER, Person
from tests.tui_visits import until
from tests.walk_world import make_visit, new_id, program, shown

CTRL_D = "\x04"


def name_places(folder: Path, *names: str) -> None:
    """Nothing; the laptop in ``folder / "data"`` knows these folders beside it as second places."""
    with Store.open(folder / "data") as store:
        if store.device is None:
            store.identify("Chan T.M.", "lead")
        for name in names:
            (folder / name).mkdir()
            add_place(store, name, folder / name, new_id=new_id)


def bundles(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.zip"))


def status(app) -> str:
    return shown(app).splitlines()[-2]


async def quiet(app, pilot) -> None:
    """Nothing; no key has come for a moment, and what then begins has ended."""
    await until(pilot, lambda: app.copying.thread is None)
    app._rested()
    await until(pilot, lambda: app.copying.thread is None)
    await pilot.pause()


async def at_rest(app, pilot) -> None:
    """Nothing; the header knows how old the copies are."""
    await quiet(app, pilot)
    assert app.copying._safety is not None


async def test_a_section_that_is_left_is_copied_and_the_header_says_so(tmp_path):
    name_places(tmp_path, "STICK", "OFFICE")
    async with program(tmp_path / "data", "walk", "air/log", size=(120, 30)) as (app, pilot):
        await at_rest(app, pilot)
        assert "no copy" in shown(app).splitlines()[0]
        await pilot.press("1")
        await quiet(app, pilot)
        assert bundles(tmp_path / "STICK") == [], "still in the same section"
        await pilot.press("pagedown")
        await quiet(app, pilot)
        assert len(bundles(tmp_path / "STICK")) == len(bundles(tmp_path / "OFFICE")) == 1
        assert "copy just now" in shown(app).splitlines()[0]
        assert lacking(app.store, app.visit.id) == ()
        # Going to and fro without a word does not keep a stick busy.
        app.copying._rests_until = 0.0
        await pilot.press("pageup")
        await quiet(app, pilot)
        assert len(bundles(tmp_path / "STICK")) == 1


async def test_a_place_that_is_away_is_told_once_and_catches_up_when_it_is_back(tmp_path):
    name_places(tmp_path, "STICK", "OFFICE")
    (tmp_path / "STICK").rename(tmp_path / "pocket")
    async with program(tmp_path / "data", "walk", "air/log", size=(100, 24)) as (app, pilot):
        await at_rest(app, pilot)

        async def leave(key: str, answer: str = "") -> None:
            app.copying._rests_until = 0.0
            app.screen.status()
            if answer:
                app.screen.record("answer", "air", "who", answer)
            await pilot.press(key)
            await quiet(app, pilot)

        await leave("pagedown", "Mr Ho")
        assert "STICK is not connected. Plug it in" in status(app)
        assert len(bundles(tmp_path / "OFFICE")) == 1
        await leave("pageup", "Ms Lee")
        assert "STICK" not in status(app), "it was told already"
        assert len(bundles(tmp_path / "OFFICE")) == 2
        (tmp_path / "pocket").rename(tmp_path / "STICK")
        await leave("pagedown")
        assert len(bundles(tmp_path / "STICK")) == 1, "nothing new was typed, but the stick lacked it"
        (tmp_path / "STICK").rename(tmp_path / "pocket")
        await leave("pageup", "Mr Fung")
        assert "STICK is not connected" in status(app), "a new trouble after a good copy is told again"


async def test_another_stick_under_the_same_path_is_not_written_on(tmp_path):
    name_places(tmp_path, "STICK")
    (tmp_path / "STICK" / IDENTITY).write_text('{"id": "' + "0" * 32 + '"}')
    async with program(tmp_path / "data", "walk", "air/log", size=(100, 24)) as (app, pilot):
        await at_rest(app, pilot)
        await pilot.press("1", "pagedown")
        await quiet(app, pilot)
        assert "another stick than STICK" in status(app)
        assert bundles(tmp_path / "STICK") == []


async def test_ctrl_d_copies_now_and_says_where(tmp_path):
    name_places(tmp_path, "STICK", "OFFICE")
    async with program(tmp_path / "data", "overview") as (app, pilot):
        await pilot.press("ctrl+d")
        await pilot.pause()
        assert "Copies elsewhere" in shown(app) and "no copy" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.copying.thread is None)
        await pilot.pause()
        assert "Copied to STICK, OFFICE: read back there and good." in status(app)
        await pilot.press("ctrl+d", "2")
        await until(pilot, lambda: app.copying.thread is None)
        assert bundles(tmp_path / "STICK") == bundles(tmp_path / "OFFICE")


async def test_the_first_place_is_named_on_the_way(tmp_path, monkeypatch):
    (tmp_path / "home" / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    async with program(tmp_path / "data", "overview") as (app, pilot):
        await pilot.press("ctrl+d")
        await pilot.pause()
        assert "Which folder is the second place?" in shown(app)
        field = app.screen.query_one("#query")
        field.value = str(tmp_path / "stick")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "What is it called?" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.copying.thread is None and bundles(tmp_path / "stick"))
        await pilot.pause()
        assert [place.name for place in named_places(app.store)] == ["stick"]
        assert "Copied to stick" in status(app)
        await pilot.press("ctrl+d", "4", "enter", "1")
        await pilot.pause()
        assert named_places(app.store) == ()


async def test_a_folder_that_will_not_do_is_said_and_nothing_is_named(tmp_path):
    async with program(tmp_path / "data", "overview") as (app, pilot):
        await name_dialog(app.screen)
        field = app.screen.query_one("#query")
        field.value = str(tmp_path / "data" / "keys") + "/"
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert "The work itself is there. Name a folder on a stick" in shown(app)
        assert named_places(app.store) == ()


async def test_hours_of_work_that_are_nowhere_else_are_shown_in_the_colour_of_doubt(tmp_path):
    name_places(tmp_path, "STICK")
    with Store.open(tmp_path / "data", now=lambda: time.time_ns() // 1000 - 3 * 3_600_000_000) as store:
        make_visit(store)
    async with program(tmp_path / "data", "overview", size=(120, 30)) as (app, pilot):
        await at_rest(app, pilot)
        state = app.screen.query_one(HeaderBar).state
        assert (state.copy, state.copy_doubtful) == ("no copy", True)
        await pilot.press("ctrl+d", "enter")
        await until(pilot, lambda: app.copying.thread is None)
        await pilot.pause()
        state = app.screen.query_one(HeaderBar).state
        assert (state.copy, state.copy_doubtful) == ("copy just now", False)


async def test_keys_go_on_while_a_copy_is_written_and_a_second_one_waits_for_it(tmp_path):
    name_places(tmp_path, "STICK")
    async with program(tmp_path / "data", "walk", "air/log") as (app, pilot):
        assert app.copying.begin(asked=True)
        assert not app.copying.begin(asked=True)
        await pilot.press("1")
        assert app.visit.filling("air").state("log").value == ("yes",)
        await until(pilot, lambda: app.copying.thread is None)
        confirmed = confirmed_copies(app.store, app.visit.id)
        assert len(confirmed) == 1
        # Whether the answer is in it or not, nobody claims more than what is there.
        assert bool(app.copying._safety.since) or not lacking(app.store, app.visit.id)


async def test_a_section_is_the_group_of_a_form_that_a_question_stands_in(tmp_path):
    async with program(tmp_path / "data", "walk") as (app, _pilot):
        said = [section_of(app.visit, target) for target in ("air/led", "air/log", "air/seen", "visit_header/category")]
        assert said == ["air/outlets", "air/outlets", "air/more", "visit_header"]
        assert [section_of(app.visit, target) for target in ("", "section:", "gone/led")] == ["", "", ""]


async def test_a_visit_is_put_away_from_the_list_and_comes_back_from_there(tmp_path):
    name_places(tmp_path, "STICK", "OFFICE")
    async with program(tmp_path / "data", "overview", size=(100, 30)) as (app, pilot):
        digest, visit_id = app.visit.digest(), app.visit.id
        await app.go("home")
        await pilot.press("delete")
        await pilot.pause()
        assert "A line stays in this list" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.store.knows(visit_id), "the cursor stands on leaving it here"
        await pilot.press("delete")
        await until(pilot, lambda: "A line stays in this list" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: "The visit has left this laptop." in shown(app))
        await pilot.press("enter")
        await pilot.pause()
        assert not app.store.knows(visit_id) and app.visit is None
        assert "put away" in shown(app) and "STICK, OFFICE" in shown(app)
        (line,) = put_away_lines(app.store)
        assert line.digest == digest
        await pilot.press("delete")
        assert "Enter brings it back" in shown(app).splitlines()[-1]
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("2")
        await until(pilot, lambda: "1 of 1 files" in shown(app))
        await app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.pause()
        assert app.store.knows(visit_id) and put_away_lines(app.store) == ()
        await pilot.press("enter")
        await until(pilot, lambda: app.visit is not None and not app.loading)
        assert app.visit.digest() == digest


async def test_what_bars_putting_away_is_said_with_the_question_it_is_about(tmp_path):
    name_places(tmp_path, "STICK")
    async with program(tmp_path / "data", "home", size=(100, 30)) as (app, pilot):
        await pilot.press("delete")
        await pilot.pause()
        assert "Name two second places first" in shown(app)
        (tmp_path / "OFFICE").mkdir()
        add_place(app.store, "OFFICE", tmp_path / "OFFICE", new_id=new_id)
        visit_id = app.store.visits()[0].id
        app.store.set_local(visit_id, "draft:air/who", "half a na")
        await pilot.press("delete", "1")
        await until(pilot, lambda: "Nothing was removed." in shown(app))
        assert "3.05 Who looks after it?" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.store.knows(visit_id) and app.store.local(visit_id, "draft:air/who") == "half a na"


def test_leaving_copies_what_is_new_and_says_it_after_the_screen_is_given_back(tmp_path):
    name_places(tmp_path, "STICK")
    with Store.open(tmp_path / "data") as store:
        make_visit(store)
    person = Person(tmp_path / "data", here=tmp_path)
    person.shows("Kam Fung")
    person.does(ENTER, "Left to do")
    person.feed(CTRL_Q)
    assert person.end() == 0
    assert len(bundles(tmp_path / "STICK")) == 1
    assert re.search("Copying the visit to STICK.*Copied to STICK: read back there and good", person.raw, re.DOTALL)
    again = Person(tmp_path / "data", here=tmp_path)
    again.shows("Left to do")
    again.does(CTRL_D, "Copies elsewhere", "copy just now")
    again.does("\x1b", without="Copies elsewhere")
    assert again.leaves() == 0
    assert "Copying" not in again.raw, "nothing is new"


def test_leaving_says_that_it_waits_for_a_place_and_a_second_ctrl_q_does_not_wait(tmp_path):
    name_places(tmp_path, "SERVER", "STICK")
    with Store.open(tmp_path / "data") as store:
        make_visit(store)
    (tmp_path / "SERVER" / IDENTITY).unlink()
    os.mkfifo(tmp_path / "SERVER" / IDENTITY)  # whoever reads it waits for ever, as for a server that does not answer
    with Person(tmp_path / "data", here=tmp_path) as chan:
        chan.shows("Kam Fung")
        chan.does(ENTER, "Left to do")
        chan.feed(CTRL_Q)
        chan.shows("Copying the visit to SERVER, STICK. Ctrl+Q leaves at once, without the copy.")
        chan.settle()
        assert chan.process.poll() is None
        chan.feed(CTRL_Q)
        assert chan.end() == 0
        assert "Left without the copy. Everything is safe on this laptop." in chan.screen.text()
        attributes = termios.tcgetattr(chan.master)
        assert attributes[0] & termios.IXON and attributes[3] & termios.ICANON, "the terminal is as it was"
    with Store.open(tmp_path / "data") as store:
        assert store.verify_logs() == []


def test_putting_away_with_real_keys_leaves_no_picture_of_it_for_the_next_start(tmp_path):
    name_places(tmp_path, "STICK", "OFFICE")
    with Store.open(tmp_path / "data") as store:
        visit_id = make_visit(store, "Secret Plating").id
    person = Person(tmp_path / "data", here=tmp_path)
    person.shows("Secret Plating")
    person.does(ENTER, "Left to do")
    person.does("\x1b[17~", "Go to")
    person.does("h", "on site")
    person.does(DELETE, "Put it away")
    person.does("1", "The visit has left this laptop.")
    person.does(ENTER, "put away")
    assert person.leaves() == 0
    with Store.open(tmp_path / "data", markers=markers_folder()) as store:
        assert not store.knows(visit_id) and store.renewed == ""
    again = Person(tmp_path / "data", here=tmp_path)
    again.shows("put away", "STICK, OFFICE")
    assert again.leaves() == 0


async def test_a_visit_that_is_left_for_another_one_is_copied_on_the_way(tmp_path):
    name_places(tmp_path, "STICK")
    async with program(tmp_path / "data", "walk", "air/log", size=(100, 24)) as (app, pilot):
        first = app.visit.id
        second = make_visit(app.store, "Yau Lee").id
        await at_rest(app, pilot)
        await pilot.press("1")
        await app.open_visit(second, "overview")
        await until(pilot, lambda: app.visit is not None and app.visit.id == second and not app.loading)
        await quiet(app, pilot)
        await until(pilot, lambda: app.copying._safety is not None)
        assert lacking(app.store, first) == () and len(bundles(tmp_path / "STICK")) == 1
        assert app.screen.query_one(HeaderBar).state.copy == "no copy", "of the second one"


async def test_going_back_to_the_visits_is_the_end_of_a_section(tmp_path):
    name_places(tmp_path, "STICK")
    async with program(tmp_path / "data", "walk", "air/log", size=(100, 24)) as (app, pilot):
        await at_rest(app, pilot)
        await pilot.press("1")
        await app.go("home")
        await quiet(app, pilot)
        assert lacking(app.store, app.visit.id) == ()
