"""Neighbouring entries of one log, one column for each part of them.

A merge takes in hundreds of thousands of entries and looks at few of them. So it checks one part of many lines at a
time, and makes no object of an entry that nobody asks for.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple, Self

from assessor_tui.ledger.entry import (
    MAX_AT,
    MAX_REPLACES,
    MAX_SEEN,
    Entry,
    LineError,
    check_heading,
    check_log,
    check_path,
    check_why,
    clean,
    references_of,
    texts_of,
)
from assessor_tui.ledger.value import MAX_TEXT, Evidence, Quantity, Value, from_json, is_decimal

Item = tuple[str, Entry, bytes]
"""Hash, entry, line."""


class Run(NamedTuple):
    """Entries of one log; the columns after ``lines`` are the fields of ``Entry`` in their order."""

    visit: str
    device: str
    hashes: Sequence[bytes]
    """Hash of each, 16 bytes."""
    lines: Sequence[bytes]
    """Canonical line of each."""
    seqs: Sequence[int]
    prevs: Sequence[str]
    ats: Sequence[int]
    persons: Sequence[str]
    acts: Sequence[str]
    forms: Sequence[str]
    versions: Sequence[str]
    paths: Sequence[str]
    values: Sequence[Value | None]
    replaces: Sequence[tuple[str, ...]]
    seen: Sequence[tuple[str, ...]]
    whys: Sequence[str]

    @classmethod
    def of(cls, items: Sequence[Item]) -> Self:
        """These entries, at least one, all of one log."""
        digests, entries, lines = zip(*items, strict=True)
        visits, devices, *columns = zip(*entries, strict=True)
        return cls(visits[0], devices[0], list(map(bytes.fromhex, digests)), lines, *columns)

    @property
    def digests(self) -> list[str]:
        """Hash of each in hexadecimal digits."""
        return list(map(bytes.hex, self.hashes))

    def entry(self, place: int) -> Entry:
        """The entry at this place of the run, counted from 0."""
        return _new_entry([self.visit, self.device, *[column[place] for column in self[_COLUMNS:]]])

    def entries(self) -> Iterator[Entry]:
        """Each entry, in order."""
        return map(_new_entry, zip(repeat(self.visit), repeat(self.device), *self[_COLUMNS:]))

    def items(self) -> Iterator[Item]:
        """(hash, entry, line) of each entry, in order."""
        return zip(self.digests, self.entries(), self.lines, strict=True)

    def pick(self, places: Sequence[int]) -> "Run":
        """The entries at these places of the run, at least one."""
        return _new_run((self.visit, self.device, *([column[each] for each in places] for column in self[_PARTS:])))

    def files(self) -> list[tuple[str, str]]:
        """Act and SHA-256 of each entry whose value names a file."""
        return [
            (act, file)
            for act, value in zip(self.acts, self.values, strict=True)
            if type(value) is Evidence and (file := value.about.get("sha256", ""))
        ]


_PARTS, _COLUMNS = Run._fields.index("hashes"), Run._fields.index("seqs")
_new_entry = partial(tuple.__new__, Entry)
"""``Entry._make`` in half the time."""
_new_run = partial(tuple.__new__, Run)

_ABSENT: dict[str, Any] = {
    "seq": None, "prev": "", "at": None, "person": "", "act": "", "form": "", "version": "", "path": "", "value": None,
    "replaces": (), "seen": (), "why": "",
}  # fmt: skip
"""What each part of a line is where it is left out, in the order of the columns."""
_parts_of = itemgetter(*_ABSENT)


def read_run(
    data: Sequence[Any], lines: Sequence[bytes], hashes: Sequence[bytes], visit: str, device: str, begin: int, prev: str
) -> Run | None:
    """The entries of neighbouring lines of one log; None when one of them may break a rule.

    It keeps every rule of ``entry.from_data``. After None, ``from_data`` says of each line what is wrong with it.

    Args:
        data: what each line parses to; the caller has seen that this, written as canonical JSON, is the line.
        lines: the lines.
        hashes: of the lines.
        visit: of the log.
        device: of the log.
        begin: the number that the first one must have.
        prev: the hash that the first one must name as the one before it.
    """
    try:
        columns = tuple(zip(*map(_parts_of, map(_ABSENT.__or__, data)), strict=True))
        seqs, prevs, ats, persons, acts, forms, versions, paths, raws, replaces, seen, whys = columns
        if prevs[0] != prev or (begin == 1) != (prev == "") or set(map(len, prevs[1:])) - {32}:
            return None
        if "".join(prevs[1:]) != b"".join(hashes[:-1]).hex():
            return None
        if seqs != tuple(range(begin, begin + len(data))) or set(map(type, seqs)) != {int} or seqs[-1] >= MAX_AT:
            return None
        if set(map(type, ats)) != {int} or min(ats) < 0 or max(ats) >= MAX_AT:
            return None
        replaces, seen = _references(replaces, MAX_REPLACES), _references(seen, MAX_SEEN)
        # As many parts as there are full ones: none is unknown, none is there but empty. Number, time, person and act
        # are never empty.
        full = 9 * len(data) - sum(each.count("") for each in (forms, versions, paths, prevs, whys))
        full += 3 * len(data) - raws.count(None) - replaces.count(()) - seen.count(())
        if sum(map(len, data)) != full:
            return None
        check_log(visit, device)
        for column in (acts, persons, forms, versions, paths, whys):
            "".join(column)  # raises for anything but texts
        for heading in set(zip(acts, persons, forms, versions, strict=True)):
            check_heading(*heading)
        for path in set(paths):
            check_path(path)
        for why in set(whys):
            check_why(why)
        values = _values(raws)
    except (TypeError, ValueError):  # LineError is a ValueError; a list where a text must stand, a TypeError
        return None
    return Run(
        visit, device, hashes, lines, seqs, prevs, ats, persons, acts, forms, versions, paths, values, replaces, seen,
        whys,
    )  # fmt: skip


def _references(data: tuple[Any, ...], most: int) -> tuple[tuple[str, ...], ...]:
    if data.count(()) == len(data):
        return data
    return tuple(each if each == () else references_of(each, most) for each in data)


def _values(data: Iterable[Any]) -> list[Value | None]:
    """As ``from_json`` of each, every text in it clean; None stays.

    Raises:
        ValueError: when one is not in its spelling, or not clean.
        TypeError: when a part of one is of no type that a value may have.
    """
    values: list[Value | None] = []
    texts: list[str] = []
    numbers: list[str] = []
    units: set[str] = set()
    add = values.append
    for raw in data:
        kind = type(raw)
        if kind is list:
            add(_choices(tuple(raw)))
        elif kind is str:
            texts.append(raw)
            add(raw)
        elif kind is dict and "n" in raw:
            number, unit = raw["n"], raw.get("u", "")
            if len(raw) != (2 if unit else 1):
                raise ValueError("not a plain quantity")
            numbers.append(number)
            units.add(unit)
            add(_new_quantity((number, unit)))
        elif raw is None:
            add(None)
        else:
            value = from_json(raw)
            texts += texts_of(value)
            add(value)
    for unit in units:
        from_json({"n": "0", "u": unit} if unit else {"n": "0"})
    if not all(map(is_decimal, numbers)):
        raise ValueError("not a plain quantity")
    if texts and max(map(len, texts)) > MAX_TEXT:
        raise ValueError("text too long")
    whole = "".join([*texts, *units])
    if not (whole.isascii() and whole.isprintable()) and any(text != clean(text) for text in (*texts, *units)):
        raise LineError("text not clean")
    return values


_new_quantity = partial(tuple.__new__, Quantity)


@lru_cache(maxsize=4096)  # the same few answers everywhere
def _choices(names: tuple[Any, ...]) -> Value:
    value = from_json(list(names))
    for text in names:
        if text != clean(text):
            raise LineError("text not clean")
    return value
