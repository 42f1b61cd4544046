"""Taking one visit out of the tables: the one exception to rows that never go (``Store.put_away``)."""

import re
import sqlite3
from collections.abc import Iterator

from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS

KEPT_LOCALLY = ("sent", "copies")
"""Keys of a visit's local state that stay: what was handed over and where copies are. Nothing of its contents."""

_OF_A_VISIT = ("seal", "receipt", "head", "replaced", "conflict", "tally", "progress")
_FILE = re.compile(rb'"sha256":"([0-9a-f]{64})"')


def erase(connection: sqlite3.Connection, visit: str) -> set[str]:
    """SHA-256 of evidence files that only this visit named; the visit is in no table any more.

    Inside a transaction. Where the bytes must be gone from the file as well, ``secure_delete`` is on. The devices and
    the forms stay: they belong to no visit.
    """
    row = connection.execute("SELECT id FROM visit WHERE uid = ?", (visit,)).fetchone()
    number = row[0] if row is not None else 0
    files: set[str] = set()
    words: set[int] = set()
    for (log,) in connection.execute("SELECT id FROM log WHERE visit = ?", (number,)).fetchall():
        bounds = (log << SEQ_BITS, log << SEQ_BITS | MAX_SEQ)
        for form, path, line in connection.execute(
            "SELECT form, path, line FROM entry WHERE id BETWEEN ? AND ?", bounds
        ):
            words.update((form, path))
            files.update(_files(line))
        connection.execute("DELETE FROM entry WHERE id BETWEEN ? AND ?", bounds)
    for table in _OF_A_VISIT:
        connection.execute(f"DELETE FROM {table} WHERE visit = ?", (number,))  # noqa: S608
    connection.execute("DELETE FROM log WHERE visit = ?", (number,))
    connection.execute("DELETE FROM visit WHERE id = ?", (number,))
    connection.execute(
        f"DELETE FROM local WHERE visit = ? AND key NOT IN ({', '.join('?' * len(KEPT_LOCALLY))})",  # noqa: S608
        (visit, *KEPT_LOCALLY),
    )
    for form, path in connection.execute("SELECT DISTINCT form, path FROM entry"):
        words.difference_update((form, path))
    connection.executemany("DELETE FROM word WHERE id = ?", [(word,) for word in sorted(words)])
    if files:
        marked = b'"sha256":"'
        for (line,) in connection.execute("SELECT line FROM entry WHERE instr(line, ?)", (marked,)):
            files.difference_update(_files(line))
    connection.executemany("DELETE FROM evidence WHERE sha256 = ?", [(digest,) for digest in sorted(files)])
    return files


def _files(line: bytes) -> Iterator[str]:
    return (digest.decode() for digest in _FILE.findall(line))
