"""What fails in the world: one clear sentence each, and an exit code."""

import sqlite3
from string import Formatter

import pytest

from assessor_tui.i18n.sentences import SENTENCES
from assessor_tui.store import errors, verify

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.StoreError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_says_where_in_one_or_more_whole_sentences(kind):
    blanks = {name for _, name, *_ in Formatter().parse(kind.message) if name}
    error = kind("/data/ledger", **dict.fromkeys(blanks - {"folder"}, "x"))
    assert str(error).endswith(".")
    assert "{" not in str(error)
    assert kind.exit_code in (1, 2, 4, 5)
    assert kind.__doc__.endswith(".")


def test_full_read_only_and_damaged_are_told_apart(tmp_path):
    for code, kind in (
        (sqlite3.SQLITE_FULL, errors.DiskFull),
        (sqlite3.SQLITE_READONLY, errors.FolderNotWritable),
        (sqlite3.SQLITE_CORRUPT, errors.LedgerDamaged),
        (sqlite3.SQLITE_BUSY, errors.LedgerOpenElsewhere),
    ):
        error = sqlite3.OperationalError("reason")
        error.sqlite_errorcode = code | 0x100
        assert type(errors.from_sqlite(error, tmp_path)) is kind
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert type(errors.from_sqlite(error, tmp_path)) is errors.DiskFull, "SQLite says: disk I/O error"
    assert type(errors.from_system(OSError(28, "No space left on device"), tmp_path)) is errors.DiskFull


def test_every_problem_of_a_log_has_its_sentence():
    import re
    from pathlib import Path

    codes = set(re.findall(r'"(ledger\.[a-z_]+)"', Path(verify.__file__).read_text(encoding="utf-8")))
    assert len(codes) == 7
    assert codes <= SENTENCES.keys()
