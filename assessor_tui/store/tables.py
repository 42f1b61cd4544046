"""How entries lie in the tables: their numbers, and the way back from a row to an entry."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.run import Run
from assessor_tui.ledger.state import IN_ANSWER, IN_FORM, IN_ROW, IN_SET, IN_STATE, SLOT_OF
from assessor_tui.ledger.value import Evidence, Quantity, Value

SEQ_BITS = 32
"""An entry's number is its log's, followed by its seq in this many bits."""
MAX_SEQ = 2**SEQ_BITS - 1
SLOTS = (IN_SET, IN_ANSWER, IN_ROW, IN_STATE, IN_FORM)
"""A slot's number in the tables is its place here. Slot 0 has no heads."""
SLOT_NUMBER: Mapping[str, int] = {act: SLOTS.index(slot) for act, slot in SLOT_OF.items()}
DERIVED = ("head", "replaced", "conflict", "tally", "progress")
"""Tables that can be emptied and filled again from the others."""
_MOST_WORDS = 200_000
_AT_ONCE = 500

Head = tuple[str, Entry]
"""Hash and entry."""
Slot = tuple[int, int, int]
"""Interned form and path, slot number."""


class Rows(NamedTuple):
    """Rows of the entry table on their way in, with the entries themselves."""

    run: Run
    """Entries of one log."""
    ids: Sequence[int]
    slots: Sequence[Slot]


class Words:
    """Form ids and paths by number and back, each asked of the database once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}
        self._texts: dict[int, str] = {}

    def number(self, text: str) -> int:
        """Number of the text, which is written when it is new."""
        number = self._numbers.get(text)
        if number is None:
            row = self._connection.execute("SELECT id FROM word WHERE text = ?", (text,)).fetchone()
            number = row[0] if row is not None else None
            if number is None:
                number = self._connection.execute("INSERT INTO word (text) VALUES (?)", (text,)).lastrowid
            assert number is not None
            if len(self._numbers) >= _MOST_WORDS:
                self._numbers.clear()
            self._numbers[text] = number
        return number

    def all_numbers(self, texts: Sequence[str]) -> list[int]:
        """Number of each text."""
        try:
            return list(map(self._numbers.__getitem__, texts))
        except KeyError:
            return [self.number(text) for text in texts]

    def text(self, number: int) -> str:
        """The text with this number."""
        text = self._texts.get(number)
        if text is None:
            text = self._connection.execute("SELECT text FROM word WHERE id = ?", (number,)).fetchone()[0]
            assert isinstance(text, str)
            if len(self._texts) >= _MOST_WORDS:
                self._texts.clear()
            self._texts[number] = text
        return text

    def forget(self) -> None:
        """Nothing; numbers that a transaction taken back has given are not remembered."""
        self._numbers.clear()
        self._texts.clear()


def log_numbers(connection: sqlite3.Connection, visit: int) -> list[tuple[int, str, int]]:
    """Interned log, device and fork of each log of the visit, by device and fork."""
    return connection.execute(
        "SELECT log.id, device.uid, log.fork FROM log JOIN device ON device.id = log.device "
        "WHERE log.visit = ? ORDER BY device.uid, log.fork",
        (visit,),
    ).fetchall()


def read_entries(
    connection: sqlite3.Connection, number: int, visit: str, where: str = "", parameters: tuple[object, ...] = ()
) -> list[Head]:
    """Hash and entry of every entry of one visit, by device and seq; ``where`` narrows the rows."""
    found: list[Head] = []
    for log, device, _ in log_numbers(connection, number):
        base = log << SEQ_BITS
        found += [
            (raw.hex(), entry_of(line, visit, device))
            for raw, line in connection.execute(
                f"SELECT hash, line FROM entry WHERE id BETWEEN ? AND ?{where}",  # noqa: S608
                (base, base | MAX_SEQ, *parameters),
            )
        ]
    return found


def read_numbered(connection: sqlite3.Connection, visit: str, numbers: Sequence[int]) -> dict[int, Entry]:
    """The entries with these numbers, all of one visit, by number."""
    found: dict[int, Entry] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        for number, line, device in connection.execute(
            "SELECT entry.id, entry.line, device.uid FROM entry JOIN log ON log.id = entry.id >> ? "  # noqa: S608
            f"JOIN device ON device.id = log.device WHERE entry.id IN ({', '.join('?' * len(part))})",
            (SEQ_BITS, *part),
        ):
            found[number] = entry_of(line, visit, device)
    return found


def entry_of(line: bytes, visit: str, device: str) -> Entry:
    """The entry of a line that passed every check before it came into the ledger, so none is made here again."""
    data = decode(line.decode())[0]
    get = data.get
    # One tuple at once: opening a visit makes an entry of every line.
    return tuple.__new__(Entry, (
        visit, device, data["seq"], get("prev", ""), data["at"], data["person"], data["act"], get("form", ""),
        get("version", ""), get("path", ""), value_of(get("value")),
        tuple(get("replaces", ())), tuple(get("seen", ())), get("why", ""),
    ))  # fmt: skip


def value_of(data: Any) -> Value | None:
    """As ``ledger.value.from_json``, for what passed it before."""
    if type(data) is list:
        return tuple(data)
    if type(data) is dict:
        if "n" in data:
            return Quantity(data["n"], data.get("u", ""))
        return Evidence(data.pop("kind"), data)
    text: str | None = data
    return text


decode = json.JSONDecoder().raw_decode
