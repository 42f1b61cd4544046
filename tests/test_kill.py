"""Whatever happens to the program or the disk, an answer that was said to be saved is saved."""

import os
from pathlib import Path

import pytest

from assessor_tui.store.errors import DiskFull, FolderNotWritable, ReadingOnly, StoreError
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, kilowatt_hours, laptop, on_disk, say
from tests.stress.kill import kill_often


def test_a_killed_program_loses_no_answer_that_it_said_was_saved(tmp_path: Path) -> None:
    told = kill_often(tmp_path, 4, seed=os.getpid())
    assert [each.damage for each in told] == [()] * 4
    assert all(each.acknowledged <= each.found <= each.acknowledged + 1 for each in told)


def test_a_ledger_that_is_open_for_reading_takes_no_answer_and_says_so(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann") as store:
        visit = begin(store)
        say(visit, "words", "kept")
    with Store.open(tmp_path, write=False) as reading:
        looked = Visit(reading, visit.id, new_id=ids("c"))
        with pytest.raises(ReadingOnly):
            looked.record("answer", "check", "words", "lost")
        assert looked.filling("check").state("words").value == "kept"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the owner of everything may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    with laptop(tmp_path / "data", "Ann"):
        pass
    (tmp_path / "data").chmod(0o500)
    try:
        with pytest.raises(FolderNotWritable):
            Store.open(tmp_path / "data")
    finally:
        (tmp_path / "data").chmod(0o700)


def test_a_file_where_the_data_folder_should_be_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StoreError, match="data"):
        Store.open(tmp_path / "data")


def test_a_ledger_that_turns_read_only_in_the_middle_keeps_what_it_has(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann") as store:
        visit = begin(store)
        say(visit, "power", kilowatt_hours("1"))
        store.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(FolderNotWritable):
            say(visit, "power", kilowatt_hours("2"))
        assert visit.filling("check").state("power").value == kilowatt_hours("1")
        store.connection.execute("PRAGMA query_only = OFF")
        say(visit, "power", kilowatt_hours("3"))
        assert on_disk(visit, "check", "power") == ("answered", kilowatt_hours("3"))


def test_after_a_full_disk_the_next_answer_follows_the_last_that_was_saved(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann") as store:
        visit = begin(store)
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
        store.connection.execute(f"PRAGMA max_page_count = {pages + 4:d}")
        saved = 0
        with pytest.raises(DiskFull):
            for number in range(1, 5000):
                say(visit, "words", f"{number} {'x' * 3000}")
                saved = number
        assert saved
        store.connection.execute("PRAGMA max_page_count = 1000000")
        say(visit, "words", "room again")
        words = [entry.value for _, entry in store.entries(visit.id, "check", "words")]
        assert [str(value).split()[0] for value in words] == [*map(str, range(1, saved + 1)), "room"]
        assert store.verify_logs() == []
        assert store.integrity() == []
