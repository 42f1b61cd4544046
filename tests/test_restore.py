"""A backup is put back: nothing that could be read is lost, nothing is deleted, and the laptop is a new device."""

import os
import shutil
from pathlib import Path

import pytest

from assessor_tui.carry import restore as restoring
from assessor_tui.carry.copies import add_place, copy_visit, named_places
from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.carry.restore import NoSuchBackup, Restored, restore
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.backups import ASKED
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.errors import BackupNotGood, LedgerDamaged, LedgerGone, LedgerOpenElsewhere, NoLedger
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, clock, ids, laptop, say


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A laptop with a visit, of which a backup was made before its last answer; it is closed."""
    with opened(tmp_path, name="Ann") as store:
        visit = begin(store)
        say(visit, "words", "In the backup")
        store.back_up(ASKED)
        say(visit, "words", "Newer than the backup")
    return tmp_path / "data"


def opened(root: Path, name: str = "") -> Store:
    store = Store.open(root / "data", markers=root / "markers", now=clock())
    if name:
        store.identify(name, "lead")
    return store


def put_back(folder: Path, name: str = "") -> Restored:
    return restore(folder, name, now=clock(NINE + 10**9), markers=folder.parent / "markers")


def words(store: Store) -> list[object]:
    (row,) = store.visits()
    return [entry.value for _, entry in store.entries(row.id, "check", "words")]


def damage(folder: Path, at: int = 0, length: int = 4000) -> None:
    data = bytearray((folder / DATABASE).read_bytes())
    data[at : at + length] = os.urandom(len(data[at : at + length]))
    (folder / DATABASE).write_bytes(data)


def test_a_ledger_that_cannot_be_read_at_all_gives_way_to_the_backup_and_is_kept(folder: Path) -> None:
    with opened(folder.parent) as store:
        former = store.device.id
    damage(folder)
    with pytest.raises(LedgerDamaged, match="--restore"):
        opened(folder.parent)
    spoilt = (folder / DATABASE).read_bytes()
    done = put_back(folder)
    assert (done.missing, done.brought.entries, done.brought.whole, done.complete) == (1, 0, False, False)
    assert done.aside is not None and (done.aside / DATABASE).read_bytes() == spoilt
    with opened(folder.parent) as store:
        assert store.renewed == "" and store.device == done.device and store.device.id != former
        assert words(store) == ["In the backup"]
        visit = Visit(store, store.visits()[0].id, new_id=ids("e"))
        say(visit, "words", "Goes on")
        assert [entry.seq for _, entry in visit.state.log(store.device.id)] == [1]
        assert store.verify_logs() == [] and store.integrity() == []


def test_a_sound_ledger_gives_all_that_is_newer_than_the_backup(folder: Path) -> None:
    with opened(folder.parent) as store:
        store.set_local("", "theme", "light")
    done = put_back(folder)
    assert (done.brought.entries, done.missing, done.complete) == (1, 0, True)
    with opened(folder.parent) as store:
        assert words(store) == ["In the backup", "Newer than the backup"]
        assert store.local("", "theme") == "light"
        assert store.verify_logs() == []
        before = store.connection.execute("SELECT * FROM head ORDER BY 1, 2, 3, 4, 5").fetchall()
        store.rebuild()
        assert store.connection.execute("SELECT * FROM head ORDER BY 1, 2, 3, 4, 5").fetchall() == before


def test_what_stands_around_a_damaged_place_is_brought_over(tmp_path: Path) -> None:
    with opened(tmp_path, "Ann") as store:
        visit = begin(store)
        store.back_up(ASKED)
        for number in range(600):
            say(visit, "words", f"Number {number} " + "x" * 200)
        total = len(store.entries(visit.id))
    folder = tmp_path / "data"
    size = (folder / DATABASE).stat().st_size
    damage(folder, size // 2 // 4096 * 4096, 8 * 4096)
    done = put_back(folder)
    assert not done.brought.whole
    with opened(tmp_path) as store:
        entries = done.entries
        assert 400 < entries < total
        assert done.missing == total - entries
        assert {each.code for each in store.verify_logs()} <= {"ledger.gap"}
        assert store.integrity() == []


def test_without_any_backup_a_new_ledger_is_made_of_what_can_be_read(folder: Path) -> None:
    shutil.rmtree(folder / "backups")
    done = put_back(folder)
    assert done.backup is None and done.brought.whole and done.complete
    assert done.device is not None and done.device.person == "Ann"
    with opened(folder.parent) as store:
        assert words(store) == ["In the backup", "Newer than the backup"]
        assert store.device == done.device


def test_nothing_to_put_back_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoLedger):
        put_back(tmp_path / "data")
    (tmp_path / "data").mkdir()
    with pytest.raises(NoLedger):
        put_back(tmp_path / "data")


def test_a_ledger_whose_file_is_gone_is_not_begun_anew_but_put_back(folder: Path) -> None:
    (folder / DATABASE).unlink()
    for write in (True, False):
        with pytest.raises(LedgerGone, match="--restore"):
            Store.open(folder, write=write)
    assert not (folder / DATABASE).exists()
    (folder / DATABASE).touch()
    with pytest.raises(LedgerGone):
        Store.open(folder)
    done = put_back(folder)
    assert (done.missing, done.brought.entries) == (1, 0)
    with opened(folder.parent) as store:
        assert words(store) == ["In the backup"]


def test_a_backup_is_chosen_by_its_name_and_one_that_is_not_good_is_refused_or_passed_over(folder: Path) -> None:
    (good,) = (folder / "backups").iterdir()
    bad = good.with_name("ledger-20301112T010000Z-daily.sqlite3")
    bad.write_bytes(b"rotten" * 1000)
    with pytest.raises(NoSuchBackup):
        put_back(folder, "tuesday")
    with pytest.raises(BackupNotGood):
        put_back(folder, bad.name)
    assert not (folder / "set-aside").exists()
    done = put_back(folder)
    assert done.backup is not None and done.backup.path == good
    assert [path for path, _ in done.passed_over] == [bad]
    assert put_back(folder, good.stem).backup == done.backup


def test_an_open_program_is_not_disturbed(folder: Path) -> None:
    with opened(folder.parent), pytest.raises(LedgerOpenElsewhere):
        put_back(folder)


def attach(visit: Visit, content: bytes) -> str:
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    about = {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type}
    assert visit.record("attach", "check", "meter", Evidence("document", about)).entries
    return stored.sha256


def test_files_stay_and_what_is_withdrawn_stays_withdrawn(tmp_path: Path) -> None:
    with opened(tmp_path, "Ann") as store:
        visit = begin(store)
        kept, gone = attach(visit, b"A plan of the works.\n"), attach(visit, b"A face.\n")
        store.back_up(ASKED)
        newer = attach(visit, b"A newer paper.\n")
        withdraw(visit, gone, "shows a face")
    folder = tmp_path / "data"
    assert put_back(folder).wanted == 0
    with opened(tmp_path) as store:
        states = {row.sha256: row.state for row in store.all_evidence()}
        assert states == {kept: "have", newer: "have", gone: "withdrawn"}
        assert evidence_path(folder, kept).is_file() and not evidence_path(folder, gone).exists()
    evidence_path(folder, kept).unlink()
    assert put_back(folder).wanted == 1


def test_what_to_merge_again_is_found_at_the_second_places_and_brings_all_back(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    with opened(tmp_path, "Ann") as store:
        visit = begin(store)
        add_place(store, "STICK", tmp_path / "stick", new_id=ids("d"))
        store.back_up(ASKED)
        say(visit, "words", "Only in the copy")
        (place,) = named_places(store)
        copy_visit(store, visit, place, place.path, now=NINE)
        digest = visit.digest()
    damage(tmp_path / "data")
    done = put_back(tmp_path / "data")
    (copy,) = (tmp_path / "stick").glob("*.zip")
    assert done.merge == (copy,) and done.missing == 1
    with opened(tmp_path) as store:
        assert merge_bundle(store, copy).new == 1
        visit = Visit(store, visit.id, new_id=ids("e"))
        assert visit.digest() == digest
        say(visit, "words", "Goes on")
        assert store.verify_logs() == []


def test_the_former_device_is_never_gone_on_with_even_when_nothing_newer_was_written(tmp_path: Path) -> None:
    with opened(tmp_path, "Ann") as store:
        begin(store)
        former = store.device.id
        store.back_up(ASKED)
    done = put_back(tmp_path / "data")
    assert done.device is not None and done.device.id != former and done.complete
    again = put_back(tmp_path / "data")
    assert again.device is not None and again.device.id not in (former, done.device.id)


def test_a_colleague_sees_both_devices_of_the_restored_laptop_and_no_fork(folder: Path, tmp_path: Path) -> None:
    with opened(folder.parent) as store:
        visit = Visit(store, store.visits()[0].id, new_id=ids("c"))
        sent = make_bundle(store, visit, tmp_path / "sent").path
    with laptop(tmp_path / "bob", "Bob") as bob:
        merge_bundle(bob, sent)
        damage(folder)
        put_back(folder)
        with opened(folder.parent) as store:
            visit = Visit(store, visit.id, new_id=ids("e"))
            say(visit, "words", "Said after the restoring")
            assert merge_bundle(bob, make_bundle(store, visit, tmp_path / "sent").path).forks == ()
            assert merge_bundle(store, sent).new == 1
        assert bob.verify_logs() == []


STEPS = ("_make_ready", "_set_aside", "sync_folder")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("spoil", [False, True])
def test_interrupted_anywhere_it_is_done_again_and_comes_to_the_same_end(
    folder: Path, step: str, spoil: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if spoil:
        damage(folder)
    original = getattr(restoring, step)

    def killed(*arguments: object) -> object:
        original(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restoring, step, killed)
        with pytest.raises(KeyboardInterrupt):
            put_back(folder)
    done = put_back(folder)
    assert done.entries and done.brought.whole != spoil
    with opened(folder.parent) as store:
        assert words(store) == ["In the backup", *([] if spoil else ["Newer than the backup"])]
        assert store.verify_logs() == [] and store.integrity() == []
    assert not (folder / "restoring").exists()
