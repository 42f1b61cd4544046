"""Backups from the command line: listed, put back, and said in plain words; a damaged ledger says what to type."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assessor_tui.config import markers_folder
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.ledger import Store
from tests.cli_world import Laptop, named, new_visit

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def used(tmp_path: Path, capsys: Capsys) -> Laptop:
    """A laptop with a backup and one answer more."""
    laptop = named(tmp_path / "data", capsys)
    new_visit(laptop)
    laptop.ok("answer", "alpha", "visit_header/main_products", "after the backup")
    return laptop


def test_the_backups_are_listed_each_checked(used: Laptop) -> None:
    (found,) = used.ok("doctor", "--backups", "--json").data["backups"]
    assert found["why"] == "daily" and found["entries"] > 5 and found["reason"] == ""
    assert "good: " in used.ok("doctor", "--backups").out
    (used.folder / "backups" / found["name"]).write_bytes(b"rotten" * 999)
    said = used("doctor", "--backups")
    assert said.code == 5 and "not good: " in said.out


def test_no_backups_yet_is_said(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    assert "There are no backups yet." in laptop.ok("doctor", "--backups").err


def test_a_damaged_ledger_says_what_to_type_and_that_works(used: Laptop) -> None:
    (used.folder / DATABASE).write_bytes(b"\0broken\0" * 5000)
    for command in (("visit", "list"), ("doctor",), ("answer", "alpha", "visit_header/main_products", "x")):
        said = used(*command)
        assert said.code == 5, said
        assert f'assessor doctor --restore --data "{used.folder}"' in said.err + said.out
    said = used("doctor", "--restore")
    assert said.code == 3, said
    assert "Put back: the backup of " in said.out and "Only part of it could be read" in said.out
    assert "Entries that this laptop had written and that are not here: 1, perhaps more." in said.out
    assert "Merge again every bundle and copy that was made or taken in since " in said.out
    assert "goes on as a new device" in said.out and "{" not in said.out
    assert used.ok("doctor").code == 0
    assert used.ok("answer", "alpha", "visit_header/main_products", "goes on").err.count("new device") == 0


def test_a_sound_ledger_loses_nothing(used: Laptop) -> None:
    before = used.ok("identity", "--json").data["device"]
    said = used.ok("doctor", "--restore", "--json").data
    assert (said["brought"], said["missing"], said["complete"]) == (1, 0, True)
    assert said["device"] == used.ok("identity", "--json").data["device"] != before
    assert "Nothing is missing." in used.ok("doctor", "--restore").out
    assert used.ok("answer", "alpha", "visit_header/main_products", "and again").code == 0


def test_a_name_without_restore_and_an_unknown_name_are_one_sentence(used: Laptop) -> None:
    assert used("doctor", "monday").code == 2
    said = used("doctor", "--restore", "monday")
    assert said.code == 2 and "There is no backup monday" in said.err


def test_a_log_that_is_not_what_its_device_has_signed_is_found(used: Laptop, tmp_path: Path) -> None:
    used.ok("bundle", "make", "alpha", "--output", tmp_path / "sent")
    (bundle,) = (tmp_path / "sent").glob("*.zip")
    other = named(tmp_path / "other", used.capsys, "Lee Siu Ming")
    other("merge", bundle)
    assert other("log", "verify", "--json").data["problems"] == []
    with closing(sqlite3.connect(other.folder / DATABASE)) as ledger:
        assert ledger.execute("SELECT count(*) FROM seal").fetchone()[0] > 0
        ledger.execute("UPDATE entry SET hash = zeroblob(16) WHERE id = (SELECT max(id) FROM entry)")
        ledger.commit()
    said = other("log", "verify", "--json")
    assert said.code == 5
    assert {"ledger.seal", "ledger.hash"} <= {each["code"] for each in said.data["problems"]}
    with closing(sqlite3.connect(other.folder / DATABASE)) as ledger:
        ledger.execute("UPDATE seal SET json = x'00'")
        ledger.commit()
    said = other("log", "verify")
    assert said.code == 5 and "A seal of device " in said.out


def test_a_database_that_was_copied_over_a_newer_one_is_a_new_device_and_says_so_once(used: Laptop) -> None:
    older = (used.folder / DATABASE).read_bytes()
    used.ok("answer", "alpha", "visit_header/main_products", "newer")
    (used.folder / DATABASE).write_bytes(older)
    said = used.ok("answer", "alpha", "visit_header/main_products", "on the older one")
    assert "is older than what this laptop has written" in said.err and "merge them again" in said.err
    assert "new device" not in used.ok("answer", "alpha", "visit_header/main_products", "once more").err
    with Store.open(used.folder, markers=markers_folder()) as store:
        assert store.renewed == "" and store.verify_logs() == []
