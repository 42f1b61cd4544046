"""Backups: of one moment, checked before they get their name, few of them kept, nothing in them that must be gone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.clock import DAY
from assessor_tui.ledger.draft import Draft
from assessor_tui.store import backups
from assessor_tui.store.backups import (
    ASKED,
    DAILY,
    DAYS,
    IMPORT,
    WEEKS,
    Backup,
    all_backups,
    back_up,
    begin,
    check,
    is_due,
)
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.errors import BackupFailed, BackupNotGood, LedgerDamaged, NoRoomForBackup
from assessor_tui.store.ledger import Store
from tests.ledger_worlds import VISIT
from tests.small_visit import NINE

OTHER = "cd" * 16


def answered(store: Store, *paths: str, visit: str = VISIT, value: str = "yes") -> None:
    store.append([Draft(visit, "answer", "water", path, value) for path in paths])


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path, now=lambda: NINE) as store:
        store.identify("Ann Example", "assessor")
        answered(store, "meter", "pump")
        yield store


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backups").iterdir())


def test_a_backup_is_named_by_its_moment_and_reason_and_holds_every_entry_and_every_end(store: Store) -> None:
    path = store.back_up(ASKED)
    assert names(store.folder) == ["ledger-20261112T010000Z-asked.sqlite3"]
    (found,) = all_backups(store.folder)
    assert found == (path, NINE, ASKED, path.stat().st_size)
    held = check(path)
    assert held == backups.held(store.connection)
    assert (held.entries, [end[3] for end in held.ends]) == (2, [2])


def test_what_is_recorded_while_it_is_made_waits_for_nobody_and_is_not_in_it(store: Store) -> None:
    with backups._making:  # the copying has not begun; its moment is taken
        assert begin(store.folder, DAILY, NINE)
        answered(store, "boiler")
        answered(store, "secret", visit=OTHER)
    assert backups.wait(store.folder) is None
    assert check(all_backups(store.folder)[0].path).entries == 2
    assert len(store.entries(VISIT)) == 3


def test_it_is_due_after_a_day_and_a_clock_that_ran_ahead_does_not_stop_it(store: Store) -> None:
    assert is_due(store.folder, NINE)
    store.back_up(DAILY)
    assert not is_due(store.folder, NINE + DAY - 1)
    assert is_due(store.folder, NINE + DAY)
    assert is_due(store.folder, NINE - 50 * 365 * DAY), "made in a future that never was"


def test_a_disk_that_is_nearly_full_is_said_and_nothing_is_left(store: Store) -> None:
    with pytest.raises(NoRoomForBackup, match="nearly full: no backup was made") as said:
        back_up(store.folder, DAILY, NINE, room=10**18)
    assert "{" not in str(said.value)
    assert names(store.folder) == []


def test_a_damaged_ledger_is_found_by_its_backup_and_said_to_be_damaged(store: Store) -> None:
    answered(store, *(f"q{number}" for number in range(500)))
    store.close()
    good = (store.folder / DATABASE).read_bytes()
    (store.folder / DATABASE).write_bytes(good[:-20_000] + b"\xff" * 20_000)
    with pytest.raises(LedgerDamaged, match="--restore"):
        back_up(store.folder, DAILY, NINE)
    assert names(store.folder) == []


def test_a_line_that_was_changed_by_hand_at_the_end_of_a_chain_is_found(store: Store) -> None:
    path = store.back_up(ASKED)
    with closing(sqlite3.connect(path)) as copy:
        copy.execute(
            "UPDATE entry SET line = CAST(replace(line, 'yes', 'not') AS BLOB) WHERE id IN (SELECT max(id) FROM entry)"
        )
        copy.commit()
    with pytest.raises(BackupNotGood, match="is not what was written"):
        check(path)
    path.write_bytes(b"no database at all" * 500)
    with pytest.raises(BackupNotGood):
        check(path)


def test_the_newest_good_one_is_found_behind_those_that_are_not(store: Store) -> None:
    good = back_up(store.folder, DAILY, NINE)
    bad = back_up(store.folder, DAILY, NINE + DAY)
    bad.write_bytes(b"rotten" * 1000)
    found, wrong = backups.newest_good(store.folder)
    assert found is not None and found.path == good
    assert [each.path for each, _ in wrong] == [bad]


def test_what_a_killed_program_has_left_goes_with_the_next_one(store: Store) -> None:
    (store.folder / "backups").mkdir()
    (store.folder / "backups" / "ledger-x.part").write_bytes(b"half")
    (store.folder / "backups" / "ledger-x.part-wal").write_bytes(b"half")
    path = store.back_up(ASKED)
    assert names(store.folder) == [path.name]


def test_one_is_made_at_a_time_and_none_of_an_empty_ledger(store: Store, tmp_path: Path) -> None:
    with backups._making:
        assert begin(store.folder, DAILY, NINE)
        assert not begin(store.folder, IMPORT, NINE), "one of this moment is being made"
    assert backups.wait(store.folder) is None
    with Store.open(tmp_path / "empty") as empty:
        empty.identify("Bob Example", "assessor")
        assert not begin(empty.folder, DAILY, NINE)


def test_why_none_was_made_beside_the_work_is_said_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "ROOM", 10**18)
    assert begin(store.folder, DAILY, NINE)
    assert isinstance(backups.wait(store.folder), NoRoomForBackup)
    assert backups.failure(store.folder) is None


def test_closing_the_ledger_gives_up_what_is_being_made_and_leaves_nothing(store: Store) -> None:
    answered(store, *(f"q{number}" for number in range(2000)))
    assert begin(store.folder, DAILY, NINE, pause=60)
    store.close()
    assert not (store.folder / f"{DATABASE}-wal").exists(), "the last one who reads has gone first"
    assert names(store.folder) == [] and backups.failure(store.folder) is None


# Few are kept


def test_a_month_of_days_leaves_seven_days_and_four_weeks(store: Store) -> None:
    for day in range(40):
        back_up(store.folder, DAILY, NINE + day * DAY)
    days = sorted((each.at - NINE) // DAY for each in all_backups(store.folder))
    assert days[-7:] == list(range(33, 40))
    assert len(days) == 7 + 4 - 2, "two of the last four weeks end among the last seven days"


def test_the_newest_of_a_day_is_kept_and_a_file_of_ones_own_stays(store: Store) -> None:
    (store.folder / "backups").mkdir()
    (store.folder / "backups" / "my own.sqlite3").write_bytes(b"mine")
    for hour in range(5):
        back_up(store.folder, ASKED, NINE + hour * DAY // 24)
    assert names(store.folder) == ["ledger-20261112T050000Z-asked.sqlite3", "my own.sqlite3"]


def test_what_came_before_a_change_of_the_tables_is_kept(store: Store) -> None:
    before = back_up(store.folder, "version-1", NINE)
    for day in range(1, 60):
        back_up(store.folder, DAILY, NINE + day * DAY)
    assert before.exists()


MOMENTS = st.lists(st.integers(0, 4_000_000_000).map(lambda seconds: seconds * 1_000_000), min_size=1, unique=True)


@given(MOMENTS, st.data())
def test_however_the_clock_ran_the_one_just_made_is_kept_and_few_others(
    moments: list[int], data: st.DataObject
) -> None:
    now = data.draw(st.sampled_from(moments))
    found = [Backup(Path(str(at)), at, DAILY, 1) for at in moments]
    kept = backups.to_keep(found, now)
    assert any(each.at == now for each in kept)
    assert len(kept) <= DAYS + WEEKS
    assert kept == backups.to_keep(sorted(kept), now), "thinning again takes nothing away"
    assert len(kept) >= min(len({at // DAY for at in moments}), DAYS) - 1


# What must be gone is gone


def test_a_visit_that_is_put_away_is_in_no_backup_any_more_also_in_one_of_an_older_edition(store: Store) -> None:
    answered(store, "meter", visit=OTHER, value="A secret of the other visit")
    now, then = back_up(store.folder, ASKED, NINE), back_up(store.folder, "version-1", NINE - DAY)
    with closing(sqlite3.connect(then)) as old:
        for table in ("seal", "receipt", "roster", "quarantine"):
            old.execute(f"DROP TABLE {table}")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    assert backups.forget(store.folder, [OTHER]) == []
    for path in (now, then):
        assert b"A secret of the other visit" not in path.read_bytes()
        assert check(path).entries == 2


def test_a_visit_that_is_put_away_while_a_backup_is_made_is_neither_in_it_nor_in_the_log(store: Store) -> None:
    answered(store, *(f"q{number}" for number in range(2000)), visit=OTHER, value="A secret of the other visit")
    assert begin(store.folder, DAILY, NINE, pause=60)  # of the moment before
    store.put_away(OTHER, {})
    assert backups.forget(store.folder, [OTHER]) == []
    left = [path for path in store.folder.rglob("*") if path.is_file() and b"A secret of" in path.read_bytes()]
    assert left == []
    back_up(store.folder, DAILY, NINE)
    assert check(all_backups(store.folder)[0].path).entries == 2


def test_a_backup_that_is_never_left_in_peace_fails_in_words(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_copy", lambda *_: None)
    with pytest.raises(BackupFailed):
        store.back_up(ASKED)


def test_nobody_at_the_keys_waits_for_a_backup(store: Store) -> None:
    """It rests for a minute in the middle, and answers go on: it holds no lock that they need."""
    answered(store, *(f"q{number}" for number in range(2000)))
    assert begin(store.folder, DAILY, NINE, pause=60)
    answered(store, *(f"r{number}" for number in range(300)))
    assert len(store.entries(VISIT)) == 2302
    backups.stop(store.folder)
    assert names(store.folder) == []
