"""A shared folder in the program: what there is to do, done after Enter, stopped by Esc, said in words."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from textual.screen import Screen

from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.windows.pick_path import PickPath
from assessor_tui.tui.windows.sync_folder import ENDED, PLAN, Syncing, sync_dialog
from assessor_tui.visit import Visit
from tests.shared_folder import attach, give_roster, litter, names_in, photo, pulled, pushed
from tests.small_visit import begin, ids, laptop, say
from tests.tui_visits import settled, text_of, until


class Blank(BaseScreen):
    """Any screen."""

    def show(self, target: str = "") -> None:
        """Nothing; a page would show what came in."""


class Program(AssessorApp):
    """The program without its pages."""

    def get_default_screen(self) -> Screen:
        return Blank()


class World(NamedTuple):
    """Ann's laptop, on which the program runs, Bob's beside it, and a folder between them."""

    ann: Visit
    bob: Visit
    folder: Path

    def program(self) -> Program:
        self.ann.store.set_local("", "shared folders", [str(self.folder)])
        return Program(self.ann.store)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "shared"
    folder.mkdir()
    with laptop(tmp_path / "ann", "Ann", "lead") as ann, laptop(tmp_path / "bob", "Bob") as bob:
        visit = begin(ann)
        pushed(visit, folder)
        pulled(bob, folder)
        yield World(visit, Visit(bob, visit.id, new_id=ids("b")), folder)


async def planned(pilot) -> Syncing:
    """The window, once the folder was looked at; the folder used last stands first."""
    await sync_dialog(pilot.app.screen)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Syncing) and pilot.app.screen.state != "looking")
    await pilot.pause()
    return pilot.app.screen


async def ended(pilot, window: Syncing) -> str:
    """What the window says at the end."""
    await until(pilot, lambda: window.state == ENDED)
    await settled(pilot)
    await until(pilot, lambda: window.window_title in text_of(window))
    return text_of(window)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_plan_is_shown_and_enter_takes_in_and_pushes(world: World, size: tuple[int, int]) -> None:
    attach(world.bob, photo(1))
    pushed(world.bob, world.folder)
    say(world.ann, "words", "Seen at the gate")
    async with world.program().run_test(size=size) as pilot:
        window = await planned(pilot)
        said = text_of(window)
        assert "Mock Works" in said and "take in 1 entry and 1 file" in said and "push 1 entry" in said
        assert "In the folder from Ann, Bob." in said or "In the folder from Bob, Ann." in said
        assert "Enter sync" in said
        await pilot.press("enter")
        said = await ended(pilot, window)
        assert "took in 1 entry and 1 file" in said and "pushed 1 entry" in said and "Done." in said
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, Syncing)
    assert pulled(world.bob.store, world.folder) and world.bob.store.hashes(world.ann.id) == world.ann.store.hashes(
        world.ann.id
    )
    assert pushed(world.ann, world.folder) == []


async def test_when_both_sides_are_the_same_enter_closes(world: World) -> None:
    litter(world.folder)
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        said = text_of(window)
        assert "the same here and there" in said and "encrypted for others" in said and "Enter close" in said
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, Syncing)


async def test_what_is_new_here_is_taken_in_only_when_it_is_marked(world: World) -> None:
    other = begin(world.bob.store, "c", site_name_en="Other Works", application_number="EP-9")
    pushed(other, world.folder)
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        assert "Other-Works" in text_of(window) and "new here" in text_of(window)
        await pilot.press("enter")
        assert not world.ann.store.knows(other.id), "nothing was marked, so Enter has closed the window"
        window = await planned(pilot)
        await pilot.press("space", "enter")
        said = await ended(pilot, window)
        assert "took in" in said and world.ann.store.knows(other.id)


async def test_f4_only_takes_in_and_f5_only_pushes(world: World) -> None:
    say(world.bob, "words", "Bob's")
    pushed(world.bob, world.folder)
    say(world.ann, "carriers", ("grid",))
    before = names_in(world.folder)
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        await pilot.press("f4")
        assert "took in 1 entry" in await ended(pilot, window)
        assert names_in(world.folder) == before
        assert "pushed" not in text_of(window)
        await pilot.press("escape")
        window = await planned(pilot)
        await pilot.press("f5")
        assert "pushed 1 entry" in await ended(pilot, window)
        assert len(names_in(world.folder)) == len(before) + 1


async def test_a_conflict_is_said_and_a_damaged_bundle_is_named(world: World) -> None:
    say(world.bob, "words", "Bob's")
    pushed(world.bob, world.folder)
    say(world.ann, "words", "Ann's")
    attach(world.bob, photo(1, 3_000))
    pushed(world.bob, world.folder)
    largest = max(world.folder.iterdir(), key=lambda path: (path.stat().st_mtime_ns, path.name))
    data = bytearray(largest.read_bytes())
    data[len(data) // 2] ^= 1
    largest.write_bytes(data)
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        await pilot.press("enter")
        said = await ended(pilot, window)
        assert "1 conflict" in said and "Enter look at the conflicts" in said
        assert window.lines[0].troubles and largest.name[:20] in " ".join(window.lines[0].troubles)
        await pilot.press("escape")


async def test_a_folder_that_went_away_is_said_and_what_was_done_stands(world: World) -> None:
    say(world.ann, "words", "more")
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        shutil.rmtree(world.folder)
        await pilot.press("enter")
        said = await ended(pilot, window)
        assert "went away" in said and "Nothing was done." in said
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, Syncing)
        await sync_dialog(pilot.app.screen)
        await pilot.pause()
        assert isinstance(pilot.app.screen, PickPath), "a folder that is not there is not offered"


async def test_esc_stops_after_the_bundle_and_the_next_time_goes_on_from_there(world: World) -> None:
    for number in range(30):
        attach(world.bob, photo(number))
    pushed(world.bob, world.folder, batch=200)
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        window.stopped = True
        await pilot.press("enter")
        assert "Stopped. What was done stands" in await ended(pilot, window)
        await pilot.press("escape")
        window = await planned(pilot)
        assert window.state == PLAN
        await pilot.press("enter")
        await ended(pilot, window)
    assert len([each for each in world.ann.store.all_evidence() if each.state == "have"]) == 30


async def test_the_folder_is_chosen_the_first_time_and_remembered(world: World, tmp_path: Path) -> None:
    app = Program(world.ann.store)
    async with app.run_test(size=(80, 24)) as pilot:
        await sync_dialog(app.screen)
        await pilot.pause()
        assert isinstance(app.screen, PickPath) and "Nothing that stands there is changed" in text_of(app.screen)
        field = app.screen.query_one("#query")
        field.value = f"{world.folder}/"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Syncing))
        await pilot.press("escape")
    assert world.ann.store.local("", "shared folders") == [str(world.folder)]
    assert isinstance(world.ann.store, Store)


async def test_from_a_visit_only_that_visit_is_marked(world: World) -> None:
    other = begin(world.ann.store, "c", site_name_en="Other Works")
    async with world.program().run_test(size=(80, 24)) as pilot:
        await sync_dialog(pilot.app.screen, world.ann.id)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Syncing) and pilot.app.screen.state == PLAN)
        window = pilot.app.screen
        assert [each.compared.visit for each in window.lines if each.chosen] == [world.ann.id]
        assert {each.compared.visit for each in window.lines} == {world.ann.id, other.id}


async def test_receipts_are_said_to_come_and_go(world: World) -> None:
    say(world.bob, "words", "Bob's")
    pushed(world.bob, world.folder)
    pulled(world.ann.store, world.folder)
    async with world.program().run_test(size=(80, 24)) as pilot:
        window = await planned(pilot)
        assert "push a receipt" in text_of(window)
        await pilot.press("enter")
        assert "pushed a receipt" in await ended(pilot, window)


async def test_a_team_with_a_roster_is_asked_once_who_can_read_what_goes_to_the_folder(world: World) -> None:
    give_roster(world.ann.store, world.bob.store)
    say(world.ann, "words", "for the team only")
    async with world.program().run_test(size=(80, 24)) as pilot:
        await sync_dialog(pilot.app.screen)
        await pilot.press("enter")
        await until(pilot, lambda: "Who can read" in text_of(pilot.app.screen))
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Syncing) and pilot.app.screen.state == PLAN)
        window = pilot.app.screen
        assert "encrypted" in text_of(window)
        await pilot.press("enter")
        assert "pushed" in await ended(pilot, window)
        await pilot.press("escape")
        assert (await planned(pilot)).state == PLAN, "nobody is asked again"
    assert any(name.endswith(".zip.age") for name in names_in(world.folder))
    pulled(world.bob.store, world.folder)
    assert world.bob.store.hashes(world.ann.id) == world.ann.store.hashes(world.ann.id)
