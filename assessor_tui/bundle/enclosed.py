"""What a bundle encloses beside entries, forms and files: receipt, roster, enrolment, seals of other devices."""

import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from assessor_tui.bundle import canonical
from assessor_tui.bundle.error import CONTENTS, DOCUMENT, LIMIT, SIGNATURE, BundleError
from assessor_tui.bundle.seal import ENROL, RECEIPT, REQUEST, ROSTER, Seal, SegmentSeal, check_signature, from_bytes
from assessor_tui.ledger.entry import clean
from assessor_tui.store.keys import device_id

if TYPE_CHECKING:
    from assessor_tui.bundle.archive import Limits

RECEIPT_PART, ROSTER_PART, SIGNATURE_PART, ENROL_PART = (
    "data/receipt.json",
    "data/roster.json",
    "data/roster.sig",
    "data/enrol.json",
)

_SEAL = re.compile(r"data/seal/([0-9a-f]{64})\.(json|sig)\Z")
_SIGNATURE = 64
_DEPTH = 8


class CarriedSeal(NamedTuple):
    """The seal of another bundle, under which its device handed over entries of its own."""

    seal: Seal
    json: bytes
    """``seal.json`` of that bundle."""
    signature: bytes


class Enclosed(NamedTuple):
    """The parts themselves; empty where the bundle has none."""

    receipt: bytes = b""
    roster: tuple[bytes, bytes] | None = None
    """``roster.json`` and its signature; whether the scheme's key made it, the reader cannot know."""
    enrol: bytes = b""
    seals: Mapping[str, CarriedSeal] = {}
    """SHA-256 of ``seal.json`` -> seal, its signature checked."""


def parts_of(
    receipt: bytes, roster: tuple[bytes, bytes] | None, enrol: bytes, seals: Mapping[str, tuple[bytes, bytes]]
) -> dict[str, bytes]:
    """Name -> bytes of each part, in the order of the archive."""
    parts = {RECEIPT_PART: receipt, ENROL_PART: enrol} | dict(
        zip((ROSTER_PART, SIGNATURE_PART), roster or (b"", b""), strict=True)
    )
    for json, signature in seals.values():
        stem = f"data/seal/{hashlib.sha256(json).hexdigest()}"
        parts |= {f"{stem}.json": json, f"{stem}.sig": signature}
    return {name: data for name, data in sorted(parts.items()) if data}


def is_enclosed(name: str) -> bool:
    """True for the name of a part of this module."""
    return name in (RECEIPT_PART, ROSTER_PART, SIGNATURE_PART, ENROL_PART) or _SEAL.match(name) is not None


def is_signature(name: str) -> bool:
    """True for a part that is stored, not deflated: 64 random bytes."""
    return name.endswith(".sig")


def most(name: str, limits: "Limits") -> int:
    """How many bytes the part may have."""
    if is_signature(name):
        return _SIGNATURE
    sizes = {RECEIPT_PART: limits.receipt, ROSTER_PART: limits.roster, ENROL_PART: limits.enrol}
    return sizes.get(name, limits.seal)


def check_purpose(seal: Seal, names: Iterable[str]) -> None:
    """Nothing, when the payload parts ``names`` are what a bundle of this purpose holds.

    Raises:
        BundleError: otherwise.
    """
    there = set(names)
    if seal.newer or not seal.minor:
        return
    for purpose, demanded in ((RECEIPT, RECEIPT_PART), (REQUEST, RECEIPT_PART), (ROSTER, ROSTER_PART)):
        if seal.purpose == purpose and demanded not in there:
            raise BundleError(CONTENTS, demanded, f"a bundle of purpose {purpose} holds it, and it is not there")
    if (seal.purpose == ENROL) != (ENROL_PART in there):
        raise BundleError(CONTENTS, ENROL_PART, "stands in a bundle of purpose enrol, and only there")
    if (ROSTER_PART in there) != (SIGNATURE_PART in there):
        raise BundleError(CONTENTS, ROSTER_PART, "goes with its signature, and one of the two is not there")
    if seal.purpose in (ROSTER, ENROL) and (others := there - {ROSTER_PART, SIGNATURE_PART, ENROL_PART}):
        raise BundleError(CONTENTS, min(others), f"does not belong into a bundle of purpose {seal.purpose}")
    if seal.purpose == ENROL and (not seal.key or seal.visit != seal.device):
        raise BundleError(CONTENTS, "seal.json", "a device asks for itself, under its own signature")


def read(parts: Mapping[str, bytes], seal: Seal, limits: "Limits") -> Enclosed:
    """What the parts hold, in bounds, canonical, and the seals among them with signatures that hold.

    Args:
        parts: name -> bytes, all of them ``is_enclosed``.
        seal: of the bundle that they stand in.
        limits: what is refused as too much.

    Raises:
        BundleError: at the first that is not as specified.
    """
    for name in (RECEIPT_PART, ROSTER_PART, ENROL_PART):
        if name in parts:
            _check_document(parts[name], name)
    roster = (parts[ROSTER_PART], parts[SIGNATURE_PART]) if {ROSTER_PART, SIGNATURE_PART} <= parts.keys() else None
    return Enclosed(
        parts.get(RECEIPT_PART, b""), roster, parts.get(ENROL_PART, b""), dict(_read_seals(parts, seal, limits))
    )


def fitting(seals: Mapping[str, tuple[bytes, bytes]], visits: Container[str]) -> dict[str, tuple[bytes, bytes]]:
    """Those of ``seals`` that may stand in a bundle of these visits.

    A seal under which an earlier visit once came along with another one says something of that other one, too: it stays
    where it is.

    Raises:
        BundleError: when one is none.
    """
    return {digest: each for digest, each in seals.items() if not _is_out_of_place(from_bytes(each[0]), visits)}


def _is_out_of_place(seal: Seal, visits: Container[str]) -> str:
    """Why the seal may not stand in a bundle of these visits; ``""`` when it may."""
    if seal.visit not in visits:
        return "the seal of another visit"
    if not any(each.device == seal.device and each.visit in visits for each in seal.segments):
        return "a seal that vouches for nothing of this visit"
    return ""


Vouched = Mapping[int, set[str]]
"""Number -> hashes that a log's own device has signed for it."""


def vouched(seals: Iterable[Seal], segment: SegmentSeal) -> Vouched:
    """What the segment's own device has signed of its log: where its bundles ended, and after what they began."""
    return vouched_by_log(seals).get((segment.visit, segment.device), {})


def vouched_by_log(seals: Iterable[Seal]) -> Mapping[tuple[str, str], Vouched]:
    """(visit, device) -> what that very device has signed of its log there."""
    found: dict[tuple[str, str], dict[int, set[str]]] = {}
    for seal in seals:
        for each in seal.segments if seal.key else ():
            if each.device == seal.device:
                log = found.setdefault((each.visit, each.device), {})
                log.setdefault(each.end, set()).add(each.last)
                log.setdefault(each.begin - 1, set()).add(each.prev)
    return found


def _check_document(data: bytes, name: str) -> None:
    """Nothing, when it is a mapping in canonical JSON of clean texts and whole numbers."""
    try:
        value = canonical.load(data)
        canonical.check_plain(value, _DEPTH)
        if not isinstance(value, dict):
            raise ValueError("not a mapping")
        if not all(map(_is_clean, _texts(value))):
            raise ValueError("a text with characters that no text may have")
    except ValueError as error:
        raise BundleError(DOCUMENT, name, str(error)) from None


def _is_clean(text: str) -> bool:
    return text == clean(text) and "\n" not in text and "\t" not in text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _texts(each)


def _read_seals(parts: Mapping[str, bytes], bundle: Seal, limits: "Limits") -> Iterator[tuple[str, CarriedSeal]]:
    visits = {bundle.visit, *(segment.visit for segment in bundle.segments)}
    stems = sorted({name.rpartition(".")[0] for name in parts if _SEAL.match(name)})
    if len(stems) > limits.seals:
        raise BundleError(LIMIT, "data/seal", f"more than {limits.seals} seals of other bundles")
    for stem in stems:
        json, signature = parts.get(f"{stem}.json"), parts.get(f"{stem}.sig")
        if json is None or signature is None:
            raise BundleError(CONTENTS, stem, "a seal goes with its signature, and one of the two is not there")
        digest = hashlib.sha256(json).hexdigest()
        if stem != f"data/seal/{digest}":
            raise BundleError(CONTENTS, f"{stem}.json", "its name is not its digest")
        try:
            seal = from_bytes(json)
            if not seal.key or device_id(bytes.fromhex(seal.key)) != seal.device:
                raise BundleError(SIGNATURE, reason="it has no key, or one that is not that of the device it names")
            check_signature(json, signature, seal.key)
        except BundleError as error:
            # Where it stands is said by its name here, not by the one it once had.
            error.entry = f"{stem}.json"
            raise
        if reason := _is_out_of_place(seal, visits):
            raise BundleError(CONTENTS, f"{stem}.json", reason)
        yield digest, CarriedSeal(seal, json, signature)
