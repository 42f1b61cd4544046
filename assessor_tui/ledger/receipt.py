"""What a laptop says it holds of a visit: how far each log, which numbers are missing, which files it still waits for.

A receipt is carried in every signed bundle with entries, so whatever arrives also says what has arrived there. It only
ever adds: what a device has said to hold, it held. Canonical JSON, as every other part of a bundle.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from assessor_tui.ledger.entry import canonical_json

MAX_BYTES = 2 * 1024**2
MAX_LOGS = 4_096
"""Logs, and stretches missing, in one receipt."""
MAX_FILES = 20_000
MAX_NUMBER = 2**31
"""Numbers of entries are below it."""

_ID = re.compile(r"[0-9a-f]{32}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_VERSION = re.compile(r"[0-9a-f]{12}\Z")
_LISTS = frozenset({"logs", "missing", "evidence", "definitions"})


class Held(NamedTuple):
    """A log that is there without a gap from its first entry on; a forked one has one for each side."""

    device: str
    to: int
    """Number of the last entry."""
    last: str
    """Its hash, which speaks for everything before it."""


class Lack(NamedTuple):
    """Entries that are known of and not there."""

    device: str
    begin: int
    end: int
    """0: as far as there is anything."""


class Receipt(NamedTuple):
    """What one device holds of one visit."""

    visit: str
    logs: tuple[Held, ...] = ()
    missing: tuple[Lack, ...] = ()
    evidence: tuple[str, ...] = ()
    """SHA-256 of files that its entries name and that have not arrived there."""
    definitions: tuple[str, ...] = ()
    """Forms and schemes that its entries name and that have not arrived there: the first 12 digits of the hash."""

    @property
    def lacks(self) -> bool:
        """True when something that is known of is not there."""
        return bool(self.missing or self.evidence or self.definitions)


class Run(NamedTuple):
    """Entries of one log that are there, each naming the one before it."""

    device: str
    begin: int
    end: int
    last: str
    """Hash of the last entry."""
    after: str = ""
    """Hash of the entry before the first: ``""`` when it is the first of its log."""
    joined: bool = False
    """True when that entry is there, on another side of a forked log."""


Known = tuple[str, int]
"""A device and a number that an entry of its log is known to have, from what others have seen."""


def held_of(runs: Iterable[Run]) -> tuple[Held, ...]:
    """How far each log reaches without a gap from its first entry on; both sides of a fork, each to its end."""
    found: list[Held] = []
    for device, stretches in _by_device_of(runs).items():
        rooted = _rooted(stretches)
        continued = {(each.begin - 1, each.after) for each in rooted}
        found += [Held(device, each.end, each.last) for each in rooted if (each.end, each.last) not in continued]
    return tuple(sorted(set(found)))


def lacks_of(runs: Iterable[Run], known: Iterable[Known] = ()) -> tuple[Lack, ...]:
    """What is missing of each log: before what is there, and up to the numbers that are ``known`` and not there.

    What is before an entry that names another predecessor than the one that is there can begin anywhere.
    """
    by_device = _by_device_of(runs)
    wanted: dict[str, list[tuple[int, int]]] = {}
    for device, stretches in by_device.items():
        rooted = _rooted(stretches)
        for each in stretches:
            if each in rooted or each.joined:
                continue
            below = max((other.end for other in stretches if other.end < each.begin), default=0)
            wanted.setdefault(device, []).append((below + 1 if below + 1 < each.begin else 1, each.begin - 1))
    for device, number in known:
        below = max((each.end for each in by_device.get(device, ()) if each.end < number), default=0)
        wanted.setdefault(device, []).append((below + 1, number))
    return tuple(
        Lack(device, begin, end) for device, stretch in sorted(wanted.items()) for begin, end in _joined(stretch)
    )


def _by_device_of(runs: Iterable[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for each in sorted(runs):
        found.setdefault(each.device, []).append(each)
    return found


def _rooted(stretches: list[Run]) -> list[Run]:
    """Those from which an unbroken chain leads back to the first entry."""
    # A side of a fork joins one that began before it.
    rooted: list[Run] = []
    for each in stretches:
        if each.begin == 1 or (each.joined and any(other.begin < each.begin <= other.end + 1 for other in rooted)):
            rooted.append(each)
    return rooted


def _joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in the fewest stretches."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def to_bytes(receipt: Receipt) -> bytes:
    """``data/receipt.json``; the same bytes for the same receipt, in whatever order it names things."""
    data: dict[str, Any] = {
        "logs": [{"device": each.device, "last": each.last, "to": each.to} for each in sorted(receipt.logs)],
        "missing": [{"device": each.device, "from": each.begin, "to": each.end} for each in sorted(receipt.missing)],
        "evidence": sorted(receipt.evidence),
        "definitions": sorted(receipt.definitions),
    }
    return canonical_json({"visit": receipt.visit, **{key: value for key, value in data.items() if value}})


def from_bytes(data: bytes) -> Receipt:
    """The receipt that ``data`` spells.

    Raises:
        ValueError: when it is not in its one spelling, or out of bounds; the message is the reason.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(fields, dict) or not fields.keys() <= _LISTS | {"visit"}:
        raise ValueError("a part is missing or unknown")
    lists = {key: fields.get(key, []) for key in _LISTS}
    if not all(isinstance(each, list) for each in lists.values()):
        raise ValueError("a list is none")
    if max(len(lists["logs"]), len(lists["missing"])) > MAX_LOGS:
        raise ValueError(f"more than {MAX_LOGS} logs")
    if max(len(lists["evidence"]), len(lists["definitions"])) > MAX_FILES:
        raise ValueError(f"more than {MAX_FILES} files")
    receipt = Receipt(
        _match(fields.get("visit"), _ID),
        tuple(_held(each) for each in lists["logs"]),
        tuple(_lack(each) for each in lists["missing"]),
        tuple(_match(each, _SHA256) for each in lists["evidence"]),
        tuple(_match(each, _VERSION) for each in lists["definitions"]),
    )
    if any(len(set(each)) < len(each) for each in receipt[1:]):
        raise ValueError("something is named twice")
    if to_bytes(receipt) != data:
        raise ValueError("not in canonical spelling")
    return receipt


def _held(data: Any) -> Held:
    _check_keys(data, {"device", "last", "to"})
    return Held(_match(data["device"], _ID), _number(data["to"], 1), _match(data["last"], _ID))


def _lack(data: Any) -> Lack:
    _check_keys(data, {"device", "from", "to"})
    lack = Lack(_match(data["device"], _ID), _number(data["from"], 1), _number(data["to"], 0))
    if lack.end and lack.end < lack.begin:
        raise ValueError("a stretch that ends before it begins")
    return lack


def _check_keys(data: Any, keys: set[str]) -> None:
    if not isinstance(data, dict) or data.keys() != keys:
        raise ValueError("a part is missing or unknown")


def _match(text: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(text, str) or not pattern.match(text):
        raise ValueError("an id or hash is not in its spelling")
    return text


def _number(number: Any, least: int) -> int:
    if type(number) is not int or not least <= number < MAX_NUMBER:
        raise ValueError("a number out of bounds")
    return number


def later(one: Receipt, other: Receipt) -> Receipt:
    """Both receipts of one device as one, whichever came first: nothing that it has said to hold is taken back.

    The one that holds more of the logs is the later one, and what it lacks counts. With the same logs, only what both
    lack is lacking: files arrive and do not leave.
    """
    logs, others = _by_device(one.logs), _by_device(other.logs)
    if logs == others:
        return Receipt(
            one.visit,
            other.logs,
            other.missing,
            tuple(sorted(set(one.evidence) & set(other.evidence))),
            tuple(sorted(set(one.definitions) & set(other.definitions))),
        )
    devices = logs.keys() | others.keys()
    if all(_reaches(others.get(each, []), logs.get(each, [])) for each in devices):
        return other
    if all(_reaches(logs.get(each, []), others.get(each, [])) for each in devices):
        return one
    # No device that only ever adds says two such things; one that came back in part may.
    held: list[Held] = []
    for each in devices:
        mine, theirs = logs.get(each, []), others.get(each, [])
        held += theirs if _reaches(theirs, mine) else mine if _reaches(mine, theirs) else [*mine, *theirs]
    return Receipt(
        one.visit,
        tuple(sorted(set(held))),
        other.missing,
        tuple(sorted({*one.evidence, *other.evidence})),
        tuple(sorted({*one.definitions, *other.definitions})),
    )


def _by_device(logs: Iterable[Held]) -> Mapping[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for each in sorted(logs):
        found.setdefault(each.device, []).append(each)
    return found


def _reaches(logs: list[Held], others: list[Held]) -> bool:
    """True when each side of a log among ``others`` is among ``logs`` too, as far or further."""
    return len(logs) >= len(others) and all(
        one.to > other.to or one in others
        for one, other in zip(
            sorted(logs, key=_how_far, reverse=True), sorted(others, key=_how_far, reverse=True), strict=False
        )
    )


def _how_far(held: Held) -> tuple[int, str]:
    return held.to, held.last
