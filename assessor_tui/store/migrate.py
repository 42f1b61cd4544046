"""Changes of the enduring tables: an ordered list of functions. The lines of the ledger are never changed."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from assessor_tui.store.errors import LedgerDamaged, LedgerTooNew, from_sqlite

Migration = Callable[[sqlite3.Connection], None]
"""Takes the tables from one version to the next, with plain SQL, inside a transaction it does not end."""

_TRUST_TABLES = (
    "seal (digest TEXT NOT NULL, visit INTEGER NOT NULL, device INTEGER NOT NULL, json BLOB NOT NULL, "
    "signature BLOB NOT NULL, PRIMARY KEY (digest)) WITHOUT ROWID, STRICT",
    "receipt (visit INTEGER NOT NULL, device INTEGER NOT NULL, digest TEXT NOT NULL, json BLOB NOT NULL, "
    "arrived INTEGER NOT NULL, PRIMARY KEY (visit, device)) WITHOUT ROWID, STRICT",
    "roster (version INTEGER NOT NULL, json BLOB NOT NULL, signature BLOB NOT NULL, arrived INTEGER NOT NULL, "
    "PRIMARY KEY (version)) STRICT",
    "quarantine (digest TEXT NOT NULL, visit TEXT NOT NULL, state TEXT NOT NULL, facts TEXT NOT NULL, "
    "arrived INTEGER NOT NULL, PRIMARY KEY (digest)) WITHOUT ROWID, STRICT",
)


def add_trust_tables(connection: sqlite3.Connection, kind: str = "TABLE") -> None:
    """Nothing; adds the tables of seals, receipts, rosters and quarantined bundles, as ``TABLE`` or ``TEMP TABLE``."""
    for table in _TRUST_TABLES:
        connection.execute(f"CREATE {kind} {table}")


def refuse_foreign(connection: sqlite3.Connection, folder: Path) -> None:
    """Nothing, when the file is empty or may be a ledger: no other program's tables, and no views and triggers.

    A view can make whoever reads it count for ever, and a trigger writes what nobody has recorded.

    Raises:
        LedgerDamaged: when another program's file stands in the ledger's place.
    """
    found = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    kinds = {kind for kind, _ in found}
    if found and (("table", "entry") not in found or kinds & {"view", "trigger"}):
        raise LedgerDamaged(folder, reason="file is not a ledger")


MIGRATIONS: tuple[Migration, ...] = (add_trust_tables,)
"""Migration n (counted from 0) takes version n + 1 to n + 2. New ledgers are made with ``schema.sql`` at once."""


def migrate(
    connection: sqlite3.Connection, folder: Path, now: int, migrations: Sequence[Migration] = MIGRATIONS
) -> Path | None:
    """The backup that was made before the tables were changed; None when there was nothing to change.

    ``now``, microseconds since 1970, becomes part of the backup's name.

    Raises:
        LedgerTooNew: when a newer program made these tables.
        BackupFailed: when no backup could be made that opens and passes SQLite's check; nothing was changed.
        StoreError: when a migration failed; it was taken back.
    """
    newest = 1 + len(migrations)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    refuse_foreign(connection, folder)
    if version == 0:
        tables = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        connection.executescript(f"BEGIN IMMEDIATE;\n{tables}\nPRAGMA user_version = {newest:d};\nCOMMIT;")
        return None
    if version > newest:
        raise LedgerTooNew(folder, version=str(version))
    if version == newest:
        return None
    from assessor_tui.store.backups import back_up  # a start seldom needs it

    copy = back_up(folder, f"version-{version}", now, connection=connection)
    for number in range(version, newest):
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrations[number - 1](connection)
            connection.execute(f"PRAGMA user_version = {number + 1:d}")
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            connection.execute("ROLLBACK")
            raise from_sqlite(error, folder) from error
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return copy
