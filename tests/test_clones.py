"""Restored and cloned ledgers, every way it happens: a new device, no number used twice, nothing lost, and said."""

import shutil
from pathlib import Path

import pytest

from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.i18n.sentences import renewal_words
from assessor_tui.ledger.draft import Draft
from assessor_tui.store import marker
from assessor_tui.store.backups import ASKED
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.ledger import Store
from assessor_tui.store.marker import CLONED, KEYLESS, RESTORED
from assessor_tui.visit import Visit
from tests.small_visit import begin, clock, ids, say


class World:
    """A laptop whose markers stand outside its data folder, as the program puts them."""

    def __init__(self, root: Path) -> None:
        self.root, self.home, self.markers = root, root / "home", root / "state"
        with self.open(self.home) as store:
            store.identify("Ann", "lead")
            visit = begin(store)
            self.visit = visit.id
            say(visit, "words", "Before anything happened")
            assert store.device is not None
            self.device = store.device.id

    def open(self, folder: Path, markers: Path | None = None) -> Store:
        return Store.open(folder, markers=markers or self.markers, now=clock())

    def goes_on(self, folder: Path, why: str, markers: Path | None = None, words: str = "Goes on") -> str:
        """Id of the device as which the ledger goes on and answers; why it does is said once."""
        with self.open(folder, markers) as store:
            assert store.renewed == why, folder
            visit = Visit(store, self.visit, new_id=ids("c"))
            say(visit, "words", words)
            assert store.device is not None
            assert (store.device.id != self.device) == bool(why)
            assert store.verify_logs() == []
            device = store.device.id
        with self.open(folder, markers) as store:
            assert store.renewed == "", "said once"
        return device

    def words(self, folder: Path, markers: Path | None = None) -> set[object]:
        with self.open(folder, markers) as store:
            return {entry.value for _, entry in store.entries(self.visit, "check", "words")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def both_merged(world: World, one: tuple[Path, Path], other: tuple[Path, Path]) -> None:
    """Nothing, when both ledgers (folder and markers) hold everything of both after merging, and no log has forked."""
    sent = []
    for number, (folder, markers) in enumerate((one, other)):
        with world.open(folder, markers) as store:
            visit = Visit(store, world.visit, new_id=ids("d"))
            sent.append(make_bundle(store, visit, world.root / f"sent{number}").path)
    for (folder, markers), path in zip((one, other), reversed(sent), strict=True):
        with world.open(folder, markers) as store:
            assert merge_bundle(store, path).forks == ()
            assert store.verify_logs() == []
    assert world.words(*one) == world.words(*other)


def test_a_folder_copied_on_the_same_laptop(world: World) -> None:
    copy = world.root / "copy"
    shutil.copytree(world.home, copy)
    assert world.goes_on(copy, CLONED, words="In the copy") != world.device
    assert world.goes_on(world.home, "", words="At home") == world.device
    both_merged(world, (world.home, world.markers), (copy, world.markers))
    assert {"In the copy", "At home"} <= world.words(world.home)


def test_a_folder_copied_to_another_laptop(world: World) -> None:
    away = world.root / "away"
    shutil.copytree(world.home, away)
    world.goes_on(away, CLONED, world.root / "its state", "Away")
    world.goes_on(world.home, "", words="At home")
    both_merged(world, (world.home, world.markers), (away, world.root / "its state"))


def test_a_whole_disk_copied_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is the same there, even the path: only the machine is another."""
    monkeypatch.setattr("assessor_tui.store.ledger.this_machine", lambda: "one machine")
    world = World(tmp_path)
    world.goes_on(world.home, "", words="First")
    for part in ("home", "state"):
        shutil.copytree(world.root / part, world.root / "image" / part)
    world.goes_on(world.home, "", words="Here")
    for part in ("home", "state"):
        (world.root / part).rename(world.root / f"first {part}")
        (world.root / "image" / part).rename(world.root / part)
    monkeypatch.setattr("assessor_tui.store.ledger.this_machine", lambda: "another machine")
    world.goes_on(world.home, CLONED, words="There")


def test_a_laptop_copied_after_it_was_set_up_and_before_its_first_entry(tmp_path: Path) -> None:
    with Store.open(tmp_path / "one", markers=tmp_path / "state") as store:
        device = store.identify("Ann", "lead").id
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with Store.open(tmp_path / "two", markers=tmp_path / "other state") as store:
        assert store.renewed == CLONED and store.device is not None and store.device.id != device


def test_an_old_backup_over_the_new_ledger(world: World) -> None:
    with world.open(world.home) as store:
        backup = store.back_up(ASKED)
        visit = Visit(store, world.visit, new_id=ids("e"))
        say(visit, "words", "Newer")
        newer = make_bundle(store, visit, world.root / "sent").path
    shutil.copyfile(backup, world.home / DATABASE)
    world.goes_on(world.home, RESTORED, words="On the old one")
    with world.open(world.home) as store:
        assert merge_bundle(store, newer).forks == () and store.verify_logs() == []
    assert {"Newer", "On the old one"} <= world.words(world.home)


def test_an_old_copy_of_the_whole_folder_over_the_new_one(world: World) -> None:
    shutil.copytree(world.home, world.root / "monday")
    world.goes_on(world.home, "", words="Tuesday")
    shutil.copytree(world.home, world.root / "tuesday")
    shutil.copytree(world.root / "monday", world.home, dirs_exist_ok=True)
    world.goes_on(world.home, RESTORED, words="Wednesday")


def test_only_the_database_copied_to_another_folder(world: World) -> None:
    (world.root / "bare").mkdir()
    shutil.copyfile(world.home / DATABASE, world.root / "bare" / DATABASE)
    world.goes_on(world.root / "bare", CLONED, words="Bare")
    world.goes_on(world.home, "", words="At home")
    both_merged(world, (world.home, world.markers), (world.root / "bare", world.markers))


def test_the_marker_is_lost_or_broken(world: World) -> None:
    shutil.rmtree(world.markers)
    device = world.goes_on(world.home, CLONED)
    (world.markers / device).write_bytes(b"\xff\xff")
    world.device = device
    assert world.goes_on(world.home, CLONED, words="And on") != device


def test_the_key_is_lost(world: World) -> None:
    shutil.rmtree(world.home / "keys")
    world.goes_on(world.home, KEYLESS)


def test_a_moved_folder_is_no_clone_and_neither_is_one_of_an_older_program(world: World) -> None:
    world.home.rename(world.root / "moved")
    world.goes_on(world.root / "moved", "")
    inside = world.root / "moved" / marker.INSIDE
    inside.mkdir()
    (world.markers / world.device).rename(inside / world.device)
    world.goes_on(world.root / "moved", "", words="As the older program kept it")
    assert not (inside / world.device).exists() and (world.markers / world.device).exists()


def test_two_that_wrote_as_one_device_before_anybody_could_tell_part_when_they_meet(world: World) -> None:
    """A copy made by hand, marker and all, as before machines were told apart: a fork, kept whole, and then an end."""
    twin, its_state = world.root / "twin", world.root / "twin state"
    shutil.copytree(world.home, twin)
    its_state.mkdir()
    (its_state / world.device).write_text(f"{1:016d}\n{twin}\n", encoding="utf-8")
    for folder, markers, words in ((world.home, world.markers, "At home"), (twin, its_state, "The twin")):
        with world.open(folder, markers) as store:
            assert store.renewed == ""
            store.append([Draft(world.visit, "answer", "check", "words", words)])
            visit = Visit(store, world.visit, new_id=ids("f"))
            make_bundle(store, visit, world.root / words)
    for folder, markers, words in ((world.home, world.markers, "The twin"), (twin, its_state, "At home")):
        with world.open(folder, markers) as store:
            (bundle,) = (world.root / words).glob("*.zip")
            assert len(merge_bundle(store, bundle).forks) == 1
            assert store.renewed == CLONED and store.device is not None and store.device.id != world.device
            store.append([Draft(world.visit, "note", "check", "words", "Goes on as a new device")])
            assert {each.code for each in store.verify_logs()} == {"ledger.fork"}
        with world.open(folder, markers) as store:
            assert store.renewed == ""
    assert world.words(world.home) == world.words(twin, its_state) >= {"At home", "The twin"}


@pytest.mark.parametrize("why", [RESTORED, CLONED, KEYLESS])
def test_each_reason_is_said_in_plain_words(why: str) -> None:
    said = renewal_words(why, listed=False)
    assert "as a new device" in said and said.count(". ") <= 4
    assert "trust request" in renewal_words(why, listed=True) and "trust request" not in said


def test_where_nothing_outside_the_folder_can_be_written_the_marker_stands_inside(tmp_path: Path) -> None:
    (tmp_path / "locked").write_text("a file in the way", encoding="utf-8")
    markers = tmp_path / "locked" / "markers"
    with Store.open(tmp_path / "other", markers=markers) as store:
        device = store.identify("Ann", "lead").id
    assert (tmp_path / "other" / marker.INSIDE / device).is_file()
    with Store.open(tmp_path / "other", markers=markers) as store:
        assert store.renewed == "" and store.device is not None and store.device.id == device
    shutil.copytree(tmp_path / "other", tmp_path / "copy")
    with Store.open(tmp_path / "copy", markers=markers) as store:
        assert store.renewed == CLONED
