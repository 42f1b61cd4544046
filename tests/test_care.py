"""Backups nobody asked for: once a day, and before much is taken in."""

from pathlib import Path

import pytest

from assessor_tui.carry.care import back_up_daily, brings_many
from assessor_tui.carry.exchange import make_bundle, merge_bundle, merge_bundles
from assessor_tui.ledger.clock import DAY
from assessor_tui.store import backups
from assessor_tui.store.backups import DAILY, IMPORT, all_backups, check
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.cli_world import named, new_visit
from tests.small_visit import NINE, begin, ids, laptop, say


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with fifty answers or so."""
    with laptop(tmp_path / "bob", "Bob") as store:
        visit = begin(store, "b", site_name_en="Other Works")
        for number in range(50):
            say(visit, "words", f"Number {number} " + "of a long list of words " * 20)
        return make_bundle(store, visit, tmp_path / "sent").path


def test_a_bundle_brings_many_by_its_seal_and_a_small_file_is_not_opened(bundle: Path, tmp_path: Path) -> None:
    assert brings_many([bundle], 40) and not brings_many([bundle], 100)
    assert brings_many([bundle, bundle.with_name("gone.zip")], 40)
    (tmp_path / "no.zip").write_bytes(b"nothing at all")
    assert not brings_many([tmp_path / "no.zip", tmp_path / "gone"], 10_000)


def test_an_encrypted_bundle_counts_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "secret.zip.age").write_bytes(b"age-encryption.org/v1\n" + bytes(100_000))
    assert brings_many([tmp_path / "secret.zip.age"], 1_000)


def test_before_much_is_taken_in_the_ledger_is_backed_up_as_it_was(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor_tui.carry.care.brings_many", lambda paths: brings_many(paths, 40))
    with laptop(tmp_path / "ann", "Ann") as store:
        visit = begin(store)
        before = len(store.entries(visit.id))
        assert merge_bundle(store, bundle).new > 40
        assert backups.wait(store.folder) is None
        (made,) = all_backups(store.folder)
        assert (made.why, check(made.path).entries) == (IMPORT, before)
        list(merge_bundles(store, [bundle]))
        assert backups.wait(store.folder) is None
        assert check(all_backups(store.folder)[0].path).entries > before + 40


def test_a_disk_without_room_for_a_backup_takes_the_bundle_all_the_same(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor_tui.carry.care.brings_many", lambda paths: True)
    monkeypatch.setattr(backups, "ROOM", 10**18)
    with laptop(tmp_path / "ann", "Ann") as store:
        begin(store)
        assert merge_bundle(store, bundle).new > 40
        assert backups.wait(store.folder) is not None
        assert all_backups(store.folder) == []


def test_a_day_has_one_backup(tmp_path: Path) -> None:
    now = NINE
    with Store.open(tmp_path, now=lambda: now) as store:
        store.identify("Ann", "lead")
        visit = begin(store)
        assert back_up_daily(store)
        assert backups.wait(tmp_path) is None
        assert not back_up_daily(store)
        now += DAY
        say(Visit(store, visit.id, new_id=ids("c")), "words", "the next day")
        assert back_up_daily(store)
        assert backups.wait(tmp_path) is None
    assert [each.why for each in all_backups(tmp_path)] == [DAILY, DAILY]


def test_what_a_crash_left_in_the_backups_of_a_visit_put_away_goes_with_the_next_one(tmp_path: Path) -> None:
    now = NINE
    with Store.open(tmp_path, now=lambda: now) as store:
        store.identify("Ann", "lead")
        begin(store)
        visit = begin(store, "b", site_name_en="Secret Works")
        store.back_up(backups.ASKED)
        store.put_away(visit.id, {"entries": 9})  # and here the program was killed
        now += DAY
        assert back_up_daily(store)
        assert backups.wait(tmp_path) is None
    assert len(all_backups(tmp_path)) == 2
    left = [path for path in tmp_path.rglob("*") if path.is_file() and b"Secret Works" in path.read_bytes()]
    assert left == []


def test_commands_that_write_make_the_days_backup_and_those_that_read_do_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    laptop.ok("visit", "list")
    assert all_backups(tmp_path) == []
    laptop.ok("answer", "alpha", "visit_header/main_products", "one")
    (made,) = all_backups(tmp_path)
    assert made.why == DAILY
    laptop.ok("answer", "alpha", "visit_header/main_products", "two")
    assert all_backups(tmp_path) == [made]
    made.path.unlink()
    monkeypatch.setattr(backups, "ROOM", 10**18)
    said = laptop.ok("answer", "alpha", "visit_header/main_products", "three").err
    assert "is nearly full: no backup was made" in said and "Your work is saved. Make room." in said
