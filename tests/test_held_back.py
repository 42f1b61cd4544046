"""What is held back, the team and the passphrase, at the keyboard: said on the page of visits, decided in windows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.carry.exchange import FULL, INVITE, make_bundle, merge_bundle
from assessor_tui.store import keys, wrapped
from assessor_tui.store.ledger import Store
from assessor_tui.trust.enrol import enrolment_of, read_request
from assessor_tui.trust.quarantine import bundles_held
from assessor_tui.trust.roster import Member, Roster, fingerprint
from assessor_tui.trust.team import roster_of, take_roster
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.windows import passphrase
from assessor_tui.tui.windows.bundles import WRITTEN_TO
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop, say
from tests.trust_worlds import SCHEME, signed
from tests.tui_visits import until
from tests.walk_world import loaded, new_id, shown

SIZES = [(80, 24), (140, 40)]


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "ann", "Ann", "lead") as store:
        yield begin(store)


def roster(*stores: Store) -> Roster:
    people = []
    for store in stores:
        asked = enrolment_of(store)
        people.append(Member(asked.device, asked.key, asked.recipient, asked.person, "lead", 1))
    return Roster(1, SCHEME.key, 1, tuple(sorted(people)))


@pytest.fixture
def stick(lead: Visit, tmp_path: Path) -> Path:
    """A bundle of somebody who is not on the roster."""
    folder = tmp_path / "stick"
    invitation = make_bundle(lead.store, lead, tmp_path / "invite", INVITE).path
    with laptop(tmp_path / "eve", "Eve") as store:
        merge_bundle(store, invitation)
        visit = Visit(store, lead.id, new_id=ids("e"))
        say(visit, "words", "said by Eve")
        make_bundle(store, visit, folder, FULL)
    return folder


@pytest.fixture
def team(lead: Visit, stick: Path) -> Store:
    """The lead's ledger with a roster, and the bundle held back."""
    take_roster(lead.store, *signed(roster(lead.store)), confirmed=fingerprint(SCHEME.key))
    assert merge_bundle(lead.store, next(stick.iterdir())).held
    return lead.store


def home(store: Store) -> AssessorApp:
    return AssessorApp(store, place="home", language="en-HK", new_id=new_id)


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_of_visits_says_that_a_team_is_unsigned(lead: Visit, size: tuple[int, int]) -> None:
    app = home(lead.store)
    async with app.run_test(size=size) as pilot:
        await loaded(app, pilot)
        assert "unsigned team" in shown(app)
        assert "held back" not in shown(app).split("F7")[0]
        take_roster(lead.store, *signed(roster(lead.store)), confirmed=fingerprint(SCHEME.key))
        app.screen.show()
        await pilot.pause()
        assert "unsigned team" not in shown(app)


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_held_back_is_said_explained_and_accepted(team: Store, size: tuple[int, int]) -> None:
    app = home(team)
    async with app.run_test(size=size) as pilot:
        await loaded(app, pilot)
        assert "1 bundle is held back" in shown(app)
        await pilot.press("f7")
        await pilot.pause()
        said = shown(app)
        assert "Eve" in said and "is not on the roster of your team" in said and "What to do" in said
        await pilot.press("enter")
        await pilot.pause()
        assert "Accept only what Eve has told you in person" in shown(app)
        await pilot.press("2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Nothing is held back" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "is held back and waits" not in shown(app)
    assert bundles_held(team) == []


async def test_declining_leaves_it_out_and_deciding_later_changes_nothing(team: Store) -> None:
    app = home(team)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("f7", "enter")
        await pilot.pause()
        await pilot.press("1")
        await pilot.pause()
        assert [each.state for each in bundles_held(team)] == ["waiting"]
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("3")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Left out" in shown(app)
    assert [each.state for each in bundles_held(team, "")] == ["declined"]


async def test_a_file_that_has_gone_is_said_and_goes_on_waiting(team: Store) -> None:
    shutil.rmtree(team.folder / "quarantine")
    app = home(team)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("f7")
        await pilot.pause()
        assert "is gone from the data folder" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert len(bundles_held(team)) == 1


async def test_merging_says_what_was_held_back_and_why(lead: Visit, stick: Path) -> None:
    take_roster(lead.store, *signed(roster(lead.store)), confirmed=fingerprint(SCHEME.key))
    lead.store.set_local("", "merge folder", str(stick))
    app = home(lead.store)
    async with app.run_test(size=(140, 40)) as pilot:
        await loaded(app, pilot)
        await pilot.press("f4")
        await pilot.pause()
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        said = shown(app)
        assert "1 held back" in said and "is not on the roster of your team" in said


async def test_the_first_roster_is_taken_once_a_person_has_compared_it(lead: Visit, tmp_path: Path) -> None:
    with laptop(tmp_path / "bob", "Bob") as store:
        merge_bundle(store, make_bundle(lead.store, lead, tmp_path / "invite", INVITE).path)
        assert take_roster(store, *signed(roster(lead.store, store))).outcome == "offered"
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            await app.screen.command_team()  # type: ignore[attr-defined]
            await pilot.pause()
            assert fingerprint(SCHEME.key) in shown(app)
            await pilot.press("enter")
            await pilot.pause()
            assert roster_of(store) is None
            await app.screen.command_team()  # type: ignore[attr-defined]
            await pilot.pause()
            await pilot.press("1")
            await pilot.pause()
            assert roster_of(store) is not None
            await app.screen.command_team()  # type: ignore[attr-defined]
            await pilot.pause()
            said = shown(app)
            assert "Roster 1" in said and "Ann" in said and enrolment_of(store).fingerprint in said


async def test_a_laptop_that_is_not_on_the_roster_is_told_so_and_writes_its_request(
    lead: Visit, tmp_path: Path
) -> None:
    with laptop(tmp_path / "bob", "Bob") as store:
        assert take_roster(store, *signed(roster(lead.store))).outcome == "offered"
        store.set_local("", WRITTEN_TO, str(tmp_path))
        app = home(store)
        async with app.run_test(size=(80, 24)) as pilot:
            await loaded(app, pilot)
            await app.screen.command_team()  # type: ignore[attr-defined]
            await pilot.press("1")
            await pilot.pause()
            assert "This laptop is not on the roster" in shown(app)
            await pilot.press("f5")
            await pilot.press("enter")
            await pilot.pause()
            assert "Give this file to whoever keeps" in shown(app)
            (path,) = tmp_path.glob("*_enrol_*.zip")
            assert read_request(path).person == "Bob"


async def test_a_locked_key_asks_for_its_passphrase_once(lead: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    store = lead.store
    assert store.device is not None
    keys.protect(store.folder, store.device.id, wrapped.PASSPHRASE, "abc")
    wrapped.lock_again()
    done: list[str] = []

    async def sealed() -> None:
        done.append("sealed")

    app = home(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await passphrase.with_key(app.screen, sealed)  # type: ignore[arg-type]
        await pilot.pause()
        await pilot.press(*"abd", "enter")
        await until(pilot, lambda: "This is not the passphrase" in shown(app))
        assert "abd" not in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert done == []
        await passphrase.with_key(app.screen, sealed)  # type: ignore[arg-type]
        await pilot.pause()
        await pilot.press(*"abc", "enter")
        await until(pilot, lambda: done == ["sealed"])
        await passphrase.with_key(app.screen, sealed)  # type: ignore[arg-type]
        assert done == ["sealed", "sealed"]
    wrapped.lock_again()
