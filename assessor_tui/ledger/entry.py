"""One recorded act: an immutable entry of one log, and the canonical line it is carried and hashed as.

An entry belongs to one log: one visit on one device. ``seq`` counts 1, 2, 3 ... inside the log and ``prev`` is the
hash of the entry before it. The line is canonical JSON (UTF-8, sorted keys, no spaces, empty parts left out); a line
that does not re-serialise to the same bytes is refused. ``docs/bundle_format.md`` is the specification.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from assessor_tui.ledger.value import MAX_TEXT, Evidence, Quantity, Value, from_json, is_row_id, to_json

OPEN_VISIT, USE_FORM = "open visit", "use form"
ANSWER, CLEAR, NOT_APPLICABLE, TO_COME, SETTLE, RE_VERIFY = (
    "answer",
    "clear",
    "not applicable",
    "to come",
    "settle",
    "re-verify",
)
ADD_ROW, REMOVE_ROW, JOIN_ROWS = "add row", "remove row", "join rows"
ATTACH, DETACH, WITHDRAW = "attach", "detach", "withdraw"
NOTE, COMMENT = "note", "comment"
RETURN, APPROVE, DECIDE, SIGN, REOPEN, LINK = "return", "approve", "decide", "sign", "reopen", "link"

ANSWERING = frozenset({ANSWER, CLEAR, NOT_APPLICABLE, TO_COME, SETTLE})
"""Acts that compete for the answer of one question: at most one may stand, else it is a conflict."""
ROWS = frozenset({ADD_ROW, REMOVE_ROW, JOIN_ROWS})
"""Acts that decide whether a row stands."""
STATE = frozenset({SIGN, REOPEN})
"""Acts that decide whether the visit is signed; they stand at form and path ``""``."""
ACTS = (
    ANSWERING
    | ROWS
    | STATE
    | frozenset(
        {OPEN_VISIT, USE_FORM, RE_VERIFY, ATTACH, DETACH, WITHDRAW, NOTE, COMMENT, RETURN, APPROVE, DECIDE, LINK}
    )
)
"""The closed list. Acts of a newer version are kept, forwarded and shown as unknown."""

MAX_LINE = 64 * 1024
"""Longest line in bytes."""
MAX_PERSON = 200
MAX_REPLACES = 64
MAX_SEEN = 256
MAX_AT = 2**53

_ID = re.compile(r"[0-9a-f]{32}\Z")
_REFERENCE = re.compile(r"[0-9a-f]{32}\.[1-9][0-9]{0,15}\.[0-9a-f]{32}\Z")
_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,127}"
_PATH = re.compile(rf"{_NAME}(\[[0-9a-f]{{32}}\])?(/{_NAME}(\[[0-9a-f]{{32}}\])?)*\Z")
_FORM = re.compile(_NAME + r"\Z")
_VERSION = re.compile(r"[0-9a-f]{12}\Z")
_TEXTS = ("act", "form", "path", "person", "prev", "version", "why")
_KEYS = frozenset((*_TEXTS, "at", "seq", "seen", "replaces", "value"))

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Entry(NamedTuple):
    """One recorded act. Never changed, never deleted."""

    visit: str
    """32 hexadecimal digits."""
    device: str
    """32 hexadecimal digits, made from the device's public key."""
    seq: int
    """1, 2, 3 ... inside the log."""
    prev: str
    """Hash of the entry before it in the log; ``""`` for the first."""
    at: int
    """Hybrid logical clock in microseconds since 1970, for people to read; decides nothing."""
    person: str
    act: str
    form: str = ""
    version: str = ""
    """First 12 hexadecimal digits of the form's (for ``open visit``: the scheme's) hash."""
    path: str = ""
    """Row and question names without groups: ``outlets[<32 hex>]/nmhc``."""
    value: Value | None = None
    replaces: tuple[str, ...] = ()
    """References ``device.seq.hash``, sorted, of the heads its author saw at the same form and path."""
    seen: tuple[str, ...] = ()
    """References, sorted, to the last known entry of each other log of the visit; only when that has changed."""
    why: str = ""


class LineError(ValueError):
    """The line is not an entry in its canonical spelling."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def canonical_json(data: Any) -> bytes:
    """The one spelling of ``data``: UTF-8, keys sorted, no spaces. The same bytes as orjson with sorted keys."""
    return _encode(data).encode()


def to_line(entry: Entry) -> bytes:
    """The entry's canonical line, without a line end; ``visit`` and ``device`` stand in the head of its segment."""
    data: dict[str, Any] = {"at": entry.at, "seq": entry.seq}
    for key in _TEXTS:
        if text := getattr(entry, key):
            data[key] = text
    if entry.value is not None:
        data["value"] = to_json(entry.value)
    if entry.replaces:
        data["replaces"] = list(entry.replaces)
    if entry.seen:
        data["seen"] = list(entry.seen)
    return canonical_json(data)


def from_line(line: bytes, visit: str, device: str) -> Entry:
    """The entry that ``line`` spells.

    Raises:
        LineError: when the line is not JSON, not canonical, or any part is out of bounds.
    """
    if len(line) > MAX_LINE:
        raise LineError("line too long")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError("not JSON") from None
    return from_data(data, line, visit, device)


def from_data(data: Any, line: bytes, visit: str, device: str, *, spelled: bool = False) -> Entry:
    """As ``from_line``, for a line that is parsed already.

    Args:
        data: what the line parses to.
        line: the line.
        visit: of its segment.
        device: of its segment.
        spelled: True when the caller has seen that ``data``, written as canonical JSON, is ``line``.

    Raises:
        LineError: as ``from_line``.
    """
    if not isinstance(data, dict) or not data.keys() <= _KEYS:
        raise LineError("unknown part")
    get = data.get
    act, form, path, person = get("act", ""), get("form", ""), get("path", ""), get("person", "")
    prev, version, why = get("prev", ""), get("version", ""), get("why", "")
    if not (type(act) is type(form) is type(path) is type(person) is type(prev) is type(version) is type(why) is str):
        raise LineError("part of the wrong type")
    seq, at = get("seq"), get("at")
    if type(seq) is not int or not 1 <= seq < MAX_AT or type(at) is not int or not 0 <= at < MAX_AT:
        raise LineError("number out of bounds")
    replaces = references_of(data["replaces"], MAX_REPLACES) if "replaces" in data else ()
    seen = references_of(data["seen"], MAX_SEEN) if "seen" in data else ()
    try:
        value = from_json(data["value"]) if "value" in data else None
    except ValueError as error:
        raise LineError(str(error)) from None
    # ``tuple.__new__`` takes a third of the time of ``Entry(...)``, and a merge makes hundreds of thousands.
    entry = tuple.__new__(
        Entry,
        (visit, device, seq, prev, at, person, act, form, version, path, value, replaces, seen, why)
    )  # fmt: skip
    check(entry)
    if spelled:
        # What canonical JSON alone leaves open: a part that is there but empty.
        parts = 9 - (act, form, path, person, prev, version, why).count("")
        if len(data) != parts + ("value" in data) + (replaces != ()) + (seen != ()):
            raise LineError("not canonical")
        return entry
    try:
        same = to_line(entry) == line
    except UnicodeEncodeError:
        raise LineError("text that is no text") from None
    if not same:
        raise LineError("not canonical")
    return entry


def references_of(data: Any, most: int) -> tuple[str, ...]:
    """The references, at most ``most``, that a line's part spells.

    Raises:
        LineError: when one is in no canonical spelling, or they are not sorted.
    """
    if not isinstance(data, list) or not all(isinstance(r, str) and _REFERENCE.match(r) for r in data):
        raise LineError("not a reference")
    if data != sorted(set(data)):
        raise LineError("references not sorted")
    if len(data) > most:
        raise LineError("too many references")
    return tuple(data)


def check(entry: Entry) -> None:
    """Nothing, when every part of the entry is inside its bounds.

    Raises:
        LineError: otherwise.
    """
    visit, device, seq, prev, _, person, act, form, version, path, value, _, _, why = entry
    check_log(visit, device)
    check_heading(act, person, form, version)
    check_path(path)
    if (seq == 1) != (prev == "") or (prev and not _ID.match(prev)):
        raise LineError("not chained")
    if why:
        check_why(why)
    if value is not None:
        if value == ():
            raise LineError("not a list of choice names")
        for text in texts_of(value):
            if not (text.isascii() and text.isprintable()) and text != clean(text):
                raise LineError("text not clean")


@lru_cache(maxsize=256)
def check_log(visit: str, device: str) -> None:
    """Nothing, when both are ids; raises as ``check``."""
    if not _ID.match(visit) or not _ID.match(device):
        raise LineError("not an id")


@lru_cache(maxsize=1024)  # the same few stand in line after line
def check_heading(act: str, person: str, form: str, version: str) -> None:
    """Nothing, when these four may stand in a line; raises as ``check``."""
    if not act or len(act) > 40:
        raise LineError("no act")
    if not person or len(person) > MAX_PERSON:
        raise LineError("no person")
    if form and not _FORM.match(form):
        raise LineError("not a form id")
    if version and not _VERSION.match(version):
        raise LineError("not a version")
    if act != clean(act) or person != clean(person):
        raise LineError("text not clean")


@lru_cache(maxsize=4096)  # the same questions on every laptop and in every visit
def check_path(path: str) -> None:
    """Nothing, when it is a path or ``""``; raises as ``check``."""
    if path and (len(path) > 1000 or not _PATH.match(path)):
        raise LineError("not a path")


def is_form_id(text: str) -> bool:
    """True for what can be the id of a form in an entry."""
    return _FORM.match(text) is not None


def check_why(why: str) -> None:
    """Nothing, when it is a reason or ``""``; raises as ``check``."""
    if len(why) > MAX_TEXT:
        raise LineError("text too long")
    if why != clean(why):
        raise LineError("text not clean")


def texts_of(value: Value) -> Iterable[str]:
    """Every text in the value that a person or a newer version has written."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Quantity):
        return (value.u,)
    if isinstance(value, Evidence):
        return (value.kind, *value.about.values())
    return value


def hash_line(visit: str, device: str, line: bytes) -> str:
    """Hash of an entry: the first 16 bytes of SHA-256, in hexadecimal, over its line, visit and device."""
    return hash_lines(visit, device, (line,))[0].hex()


def hash_lines(visit: str, device: str, lines: Iterable[bytes]) -> list[bytes]:
    """``hash_line`` of each line of one log, as 16 bytes."""
    head, sha256 = b"assessor-entry/1\0" + visit.encode() + device.encode(), hashlib.sha256
    return [sha256(head + line).digest()[:16] for line in lines]


def hash_of(entry: Entry) -> str:
    """``hash_line`` of the entry's own line."""
    return hash_line(entry.visit, entry.device, to_line(entry))


def reference(device: str, seq: int, digest: str) -> str:
    """How one entry names another: ``device.seq.hash``."""
    return f"{device}.{seq}.{digest}"


_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


_HAN = "[\u3400-\u9fff\uf900-\ufaff]"
_BETWEEN_HAN = re.compile(f"(?<={_HAN}) (?={_HAN})")


def clean(text: str) -> str:
    """Text as it may enter the ledger: NFC, LF line ends, no control characters but TAB and LF, no lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return _UNCLEAN.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))


def plain_name(name: str) -> str:
    """The name of a person or batch as it is compared: width, case and spaces tell nobody apart."""
    spaced = " ".join(unicodedata.normalize("NFKC", clean(name)).split()).casefold()
    # Lists set 陈明 as 陈　明, as wide as names of three characters.
    return spaced if spaced.isascii() else _BETWEEN_HAN.sub("", spaced)


def row_path(path: str, row: str) -> str:
    """Path of one row of the repeat at ``path``."""
    if not is_row_id(row):
        raise ValueError("not a row id")
    return f"{path}[{row}]"


def generic_path(path: str) -> str:
    """The path without row ids: what the form calls this place."""
    return re.sub(r"\[[0-9a-f]{32}\]", "", path)
