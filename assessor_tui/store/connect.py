"""Connections to the ledger's file."""

import sqlite3
from pathlib import Path

from assessor_tui.store import migrate
from assessor_tui.store.errors import LedgerGone, LedgerTooNew, NoLedger, StoreError, from_sqlite

DATABASE = "ledger.sqlite3"
BACKUPS, SET_ASIDE = "backups", "set-aside"
"""Folders of the data folder: backups, and ledgers that a backup has taken the place of."""
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "mmap_size = 0",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "busy_timeout = 5000",
    "cache_size = -16384",  # KiB: what a merge writes in one transaction is read again at its end
)


def connect_writing(folder: Path) -> sqlite3.Connection:
    """The one connection that writes: durable at every commit, in memory nothing that a crash could take.

    Raises:
        LedgerGone: when the file is not there though backups of it are: no empty one is made in its place.
    """
    if is_gone(folder):
        raise LedgerGone(folder)
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def is_gone(folder: Path) -> bool:
    """True when the ledger's file is not there, or empty, though ``folder`` holds backups or one that was set aside.

    A new ledger in its place would look as if all work were lost, and would be written into.
    """
    path = folder / DATABASE
    try:
        there = path.stat().st_size > 0
    except OSError:
        there = False
    if there:
        return False
    kept = (*(folder / BACKUPS).glob("*.sqlite3"), *(folder / SET_ASIDE).glob(f"*/{DATABASE}"))
    return any(each.is_file() for each in kept)


def connect_reading(folder: Path, newest: int) -> sqlite3.Connection:
    """A connection that cannot write, also to a ledger in a folder that nobody can write.

    ``newest`` is the latest version of the tables that this program knows.

    Raises:
        StoreError: when there is no ledger, or it cannot be read.
    """
    path = folder / DATABASE
    if is_gone(folder):
        raise LedgerGone(folder)
    if not path.exists():
        raise NoLedger(folder)
    uri = path.as_uri()
    # Without its -wal and -shm files SQLite reads a WAL database only where it can make them, or as immutable.
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"{uri}?{mode}", uri=True, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("mmap_size = 0", "trusted_schema = OFF", "busy_timeout = 5000"):
                connection.execute(f"PRAGMA {pragma}")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > newest:
                raise LedgerTooNew(folder, version=str(version))
            migrate.refuse_foreign(connection, folder)
            if version == 0:
                raise NoLedger(folder)
            if version == 1:
                # Read beside a program that has not been opened since: nothing stands in the tables it lacks.
                migrate.add_trust_tables(connection, "TEMP TABLE")
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.OperationalError as error:
            connection.close()
            if mode.endswith("1") or path.with_name(f"{DATABASE}-wal").exists():
                raise from_sqlite(error, folder) from error
        except (sqlite3.Error, StoreError) as error:
            connection.close()
            raise error if isinstance(error, StoreError) else from_sqlite(error, folder) from error
        else:
            return connection
    raise NoLedger(folder)
