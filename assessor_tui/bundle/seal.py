"""``seal.json``: who sends what for which purpose, and digests from which every byte of the bundle follows."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from assessor_tui.bundle import canonical
from assessor_tui.bundle.error import NEWER, SEAL, SIGNATURE, BundleError
from assessor_tui.bundle.fields import ID, RECIPIENT, SHA256, matched, number, short_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAJOR, MINOR = 1, 1
FORMAT = f"{MAJOR}.{MINOR}"
DELTA, FULL, INVITE = "delta", "full", "invite"
RECEIPT, REQUEST, ROSTER, ENROL = "receipt", "request", "roster", "enrol"
PURPOSES = (frozenset({DELTA, FULL, INVITE}), frozenset({DELTA, FULL, INVITE, RECEIPT, REQUEST, ROSTER, ENROL}))
"""What a bundle can be for, by minor version."""
MOST_RECIPIENTS = 256
DOMAIN = b"assessor-bundle/1\0"
"""Stands before the seal's bytes in what is signed, so that the signature means nothing anywhere else."""
TAGS = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")

Sign = Callable[[bytes], bytes]

_KEYS = frozenset({"app", "digests", "format", "packed", "purpose", "segments", "sender", "visit"})
_SINCE_1_1 = frozenset({"recipients", "roster"})
"""Keys that are left out when empty."""
_SEGMENT = frozenset({"device", "from", "last", "prev", "to"})
_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\Z")
_MAX_SEQ = 2**31


class SegmentSeal(NamedTuple):
    """An unbroken run of one log, as the seal states it."""

    visit: str
    device: str
    begin: int
    """Number of its first entry."""
    end: int
    """Number of its last entry."""
    prev: str
    """Hash of the entry before the first; ``""`` when it is the first of the log."""
    last: str
    """Hash of the last entry."""


class Seal(NamedTuple):
    """What ``seal.json`` says."""

    visit: str
    purpose: str
    device: str
    """The sender's."""
    person: str
    """The sender."""
    key: str
    """The sender's device key, Ed25519, in hexadecimal; ``""`` for an unsigned bundle."""
    segments: tuple[SegmentSeal, ...]
    digests: Mapping[str, str]
    """SHA-256 of each of ``TAGS``."""
    packed: str
    """SHA-256 over the deflated bytes of all parts."""
    app: str
    format: str = FORMAT
    recipients: tuple[str, ...] = ()
    """For whom it is encrypted, age recipients in order; none: it is not."""
    roster: int = 0
    """The version of the roster that the sender went by; 0 for none."""

    @property
    def minor(self) -> int:
        """The minor version of the format that it is written in."""
        return int(self.format.partition(".")[2])

    @property
    def newer(self) -> bool:
        """True when a newer minor version wrote it: there may be parts that are only kept and handed on."""
        return self.minor > MINOR


def segment_name(segment: SegmentSeal, visit: str) -> str:
    """The part that holds ``segment`` in a bundle of ``visit``."""
    folder = "data/seg" if segment.visit == visit else f"data/earlier/{segment.visit}"
    return f"{folder}/{segment.device}-{segment.begin}-{segment.end}-{segment.last[:8]}.jsonl"


def segment_order(segment: SegmentSeal, visit: str) -> tuple[bool, str]:
    """Sort key: the bundle's own visit first, then by name."""
    return segment.visit != visit, segment_name(segment, visit)


def to_bytes(seal: Seal) -> bytes:
    """``seal.json``."""
    segments = []
    for segment in seal.segments:
        data: dict[str, Any] = {
            "device": segment.device,
            "from": segment.begin,
            "to": segment.end,
            "prev": segment.prev,
            "last": segment.last,
        }
        if segment.visit != seal.visit:
            data["visit"] = segment.visit
        segments.append(data)
    sender = {"device": seal.device, "person": seal.person}
    if seal.key:
        sender["key"] = seal.key
    fields: dict[str, Any] = {
        "app": seal.app,
        "digests": dict(seal.digests),
        "format": seal.format,
        "packed": seal.packed,
        "purpose": seal.purpose,
        "segments": segments,
        "sender": sender,
        "visit": seal.visit,
    }
    if seal.recipients:
        fields["recipients"] = list(seal.recipients)
    if seal.roster:
        fields["roster"] = seal.roster
    return canonical.dump(fields)


def from_bytes(data: bytes) -> Seal:
    """The seal that ``data`` spells.

    Raises:
        BundleError: ``newer`` for a newer major version, else ``seal`` when anything is not as specified.
    """
    try:
        fields = canonical.load(data)
        canonical.check_plain(fields, 8)
        version = _VERSION.match(short_text(fields, "format", 9)) if isinstance(fields, dict) else None
        if version is None:
            raise ValueError("no format version")
        if int(version[1]) > MAJOR:
            raise BundleError(NEWER, "seal.json", version[0])
        if int(version[1]) < MAJOR:
            raise ValueError("a format version that never was")
        return _from_fields(fields, int(version[2]))
    except ValueError as error:
        raise BundleError(SEAL, "seal.json", str(error)) from None


def _from_fields(fields: dict[str, Any], minor: int) -> Seal:
    newer = minor > MINOR
    _check_keys(fields, _KEYS | (_SINCE_1_1 & fields.keys()) if minor else _KEYS, newer)
    visit, purpose = matched(fields, "visit", ID), short_text(fields, "purpose", 40)
    if not newer and purpose not in PURPOSES[minor]:
        raise ValueError("unknown purpose")
    sender, digests = fields["sender"], fields["digests"]
    _check_keys(sender, frozenset({"device", "key", "person"} if "key" in sender else {"device", "person"}), newer)
    _check_keys(digests, frozenset(TAGS), newer)
    if not isinstance(fields["segments"], list):
        raise ValueError("segments is no list")
    segments = tuple(_segment(item, visit, purpose, newer) for item in fields["segments"])
    order = [segment_order(segment, visit) for segment in segments]
    if any(one >= other for one, other in pairwise(order)):
        raise ValueError("segments not in order, or one twice")
    return Seal(
        visit,
        purpose,
        matched(sender, "device", ID),
        short_text(sender, "person", 200),
        matched(sender, "key", SHA256) if "key" in sender else "",
        segments,
        {name: matched(digests, name, SHA256) for name in digests},
        matched(fields, "packed", SHA256),
        short_text(fields, "app", 100),
        fields["format"],
        _recipients(fields) if "recipients" in fields else (),
        number(fields, "roster", 1, _MAX_SEQ) if "roster" in fields else 0,
    )


def _recipients(fields: dict[str, Any]) -> tuple[str, ...]:
    found = fields["recipients"]
    if not isinstance(found, list) or not 0 < len(found) <= MOST_RECIPIENTS:
        raise ValueError("recipients is not a list in bounds")
    if not all(isinstance(each, str) and RECIPIENT.match(each) for each in found):
        raise ValueError("a recipient is not in its spelling")
    if any(one >= other for one, other in pairwise(found)):
        raise ValueError("recipients not in order, or one twice")
    return tuple(found)


def _segment(data: Any, visit: str, purpose: str, newer: bool) -> SegmentSeal:
    earlier = isinstance(data, dict) and "visit" in data
    _check_keys(data, _SEGMENT | {"visit"} if earlier else _SEGMENT, newer)
    begin, end, prev = data["from"], data["to"], data["prev"]
    if type(begin) is not int or type(end) is not int or not 1 <= begin <= end < _MAX_SEQ:
        raise ValueError("a segment with impossible numbers")
    if (begin == 1) != (prev == ""):
        raise ValueError("a segment that is not chained")
    if earlier and (data["visit"] == visit or (purpose != INVITE and not newer)):
        raise ValueError("a segment of another visit outside an invite")
    return SegmentSeal(
        matched(data, "visit", ID) if earlier else visit,
        matched(data, "device", ID),
        begin,
        end,
        matched(data, "prev", ID) if prev != "" else "",
        matched(data, "last", ID),
    )


def _check_keys(data: Any, keys: frozenset[str], newer: bool) -> None:
    if not isinstance(data, dict) or not keys <= data.keys() or (data.keys() > keys and not newer):
        raise ValueError("a part is missing or unknown")


@lru_cache(maxsize=64)  # the same few assessors send bundle after bundle
def _public_key(key: str) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))


def check_signature(seal: bytes, signature: bytes, key: str) -> None:
    """Nothing, when ``signature`` is that of ``key`` over the bytes of ``seal.json``.

    Raises:
        BundleError: otherwise.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        _public_key(key).verify(signature, DOMAIN + seal)
    except (InvalidSignature, ValueError):
        raise BundleError(SIGNATURE, "seal.sig", "it does not match the seal and the key named there") from None
