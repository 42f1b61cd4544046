"""Changing the tables: a checked backup first, then all or nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assessor_tui.ledger.draft import Draft
from assessor_tui.store import errors
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.ledger import Store
from assessor_tui.store.migrate import MIGRATIONS
from tests.ledger_worlds import VISIT


@pytest.fixture
def folder(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Ann Example", "assessor")
        store.append([Draft(VISIT, "answer", "water", "meter", "yes")])
    return tmp_path


def add_a_column(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE evidence ADD COLUMN taken TEXT NOT NULL DEFAULT ''")


def fail_half_way(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM entry")
    raise sqlite3.OperationalError("half way")


def entries_of(path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM entry").fetchone()[0]


def test_a_new_ledger_needs_no_migration_and_no_backup(tmp_path):
    with Store.open(tmp_path, migrations=[*MIGRATIONS, fail_half_way]) as store:
        assert store.migrated is None
    assert not (tmp_path / "backups").exists()


def test_a_migration_runs_once_after_a_backup_that_opens(folder):
    with Store.open(folder, migrations=[*MIGRATIONS, add_a_column]) as store:
        copy = store.migrated
        assert entries_of(copy) == 1
        assert "taken" in [row[1] for row in store.connection.execute("PRAGMA table_info(evidence)")]
        assert len(store.entries(VISIT)) == 1
    with Store.open(folder, migrations=[*MIGRATIONS, add_a_column]) as store:
        assert store.migrated is None
    assert list(copy.parent.iterdir()) == [copy]


def test_a_failed_migration_is_taken_back_and_the_backup_stays(folder):
    with pytest.raises(errors.StoreError, match="half way"):
        Store.open(folder, migrations=[*MIGRATIONS, add_a_column, fail_half_way])
    with Store.open(folder, migrations=[*MIGRATIONS, add_a_column]) as store:
        assert store.migrated is None
        assert len(store.entries(VISIT)) == 1
    assert len(list((folder / "backups").iterdir())) == 1


def test_without_a_backup_nothing_is_changed(folder):
    (folder / "backups").write_text("in the way", encoding="utf-8")
    with pytest.raises(errors.BackupFailed):
        Store.open(folder, migrations=[*MIGRATIONS, add_a_column])
    with Store.open(folder) as store:
        assert len(store.entries(VISIT)) == 1


def test_a_backup_is_a_whole_ledger(folder, tmp_path_factory):
    with Store.open(folder) as store:
        copy = store.back_up("monday")
        written = store.entries(VISIT)
    other = tmp_path_factory.mktemp("other")
    copy.rename(other / DATABASE)
    with Store.open(other, write=False) as store:
        assert store.entries(VISIT) == written


def first_edition(folder: Path) -> list[tuple]:
    """A ledger as the first edition of the tables had it, with one answer; its entries."""
    with Store.open(folder) as store:
        store.identify("Ann Example", "assessor")
        store.append([Draft(VISIT, "answer", "water", "meter", "yes")])
    path = folder / DATABASE
    with closing(sqlite3.connect(path)) as new, closing(sqlite3.connect(folder / "first")) as old:
        old.executescript((Path(__file__).parent / "golden" / "ledger-1.sql").read_text(encoding="utf-8"))
        for (table,) in old.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            for row in new.execute(f"SELECT * FROM {table}").fetchall():
                old.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        old.execute("PRAGMA user_version = 1")
        old.commit()
        entries = old.execute("SELECT * FROM entry").fetchall()
    (folder / "first").replace(path)
    return entries


def tables_of(connection: sqlite3.Connection) -> dict[str, list[tuple]]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in names}


def test_a_ledger_of_the_first_edition_gets_the_tables_of_today_and_keeps_every_line(tmp_path):
    entries = first_edition(tmp_path / "old")
    with Store.open(tmp_path / "new") as new, Store.open(tmp_path / "old") as old:
        assert tables_of(old.connection) == tables_of(new.connection)
        assert old.connection.execute("SELECT * FROM entry").fetchall() == entries
        assert entries_of(old.migrated) == 1


def test_a_ledger_of_the_first_edition_is_read_without_being_changed(tmp_path):
    first_edition(tmp_path)
    with Store.open(tmp_path, write=False) as store:
        assert len(store.entries(VISIT)) == 1
        assert store.connection.execute("SELECT count(*) FROM roster").fetchone() == (0,)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
