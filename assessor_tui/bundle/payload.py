"""The payload of a bundle: each part in its place, unpacked within bounds, and what it has to be."""

import hashlib
import re
from collections.abc import Container, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from assessor_tui.bundle import canonical, enclosed, lines
from assessor_tui.bundle.archive import DEFLATED, STORED, Limits, Part, content
from assessor_tui.bundle.enclosed import Enclosed
from assessor_tui.bundle.error import CONTENTS, EVIDENCE, FORM, LIMIT, BundleError
from assessor_tui.bundle.seal import Seal, segment_name
from assessor_tui.evidence.files import SNIFFED, sniff
from assessor_tui.ledger.entry import WITHDRAW
from assessor_tui.ledger.run import Run

NAMED = re.compile(r"data/(form|scheme|evidence)/([0-9a-f]{64})(\.json)?\Z")
"""Parts that are named by their digest: kind, digest."""

_KEEP = 8 * 1024 * 1024
"""Segments up to this many unpacked bytes in all stay in memory as entries; larger ones are read a second time."""
_FORM_DEPTH = 40
_RANK = {"form": 1, "scheme": 2, "evidence": 3}
_LAST = 4
"""Readers of 1.0 expect there whatever later versions add."""
_ENCLOSED = "enclosed"


class EvidencePart(NamedTuple):
    """A file that the bundle carries."""

    sha256: str
    size: int
    type: str
    """Media type by its content; ``""`` for one that only a newer version knows: keep it, never open it."""


class Payload(NamedTuple):
    """What the payload holds."""

    kept: Mapping[str, list[Run]]
    """Segment's part -> its entries, for those that stay in memory."""
    entries: int
    """How many."""
    forms: tuple[str, ...]
    """SHA-256 of each."""
    schemes: tuple[str, ...]
    evidence: Mapping[str, EvidencePart]
    """SHA-256 -> file."""
    wanted: frozenset[str]
    """SHA-256 of files that entries tie and that are not there."""
    withdrawn: frozenset[str]
    """SHA-256 of files that entries withdraw."""
    enclosed: Enclosed
    unknown: tuple[str, ...]
    """Parts that only a newer version knows."""


def check_order(payload: tuple[Part, ...], seal: Seal, manifest: Mapping[str, str]) -> None:
    """Nothing, when the payload is the sealed segments, then known kinds in order, each packed as its kind is.

    Raises:
        BundleError: otherwise.
    """
    names = [part.name for part in payload]
    if names != list(manifest):
        raise BundleError(CONTENTS, "manifest-sha256.txt", "lists other parts than there are, or in another order")
    if not names:
        raise BundleError(CONTENTS, "data", "nothing is there")
    segments = [segment_name(segment, seal.visit) for segment in seal.segments]
    if names[: len(segments)] != segments:
        raise BundleError(CONTENTS, "seal.json", "seals other segments than there are")
    for part in payload[: len(segments)]:
        if part.method != DEFLATED:
            raise BundleError(CONTENTS, part.name, "not packed as its kind is")
    before = (0, "")
    for part in payload[len(segments) :]:
        kind, digest = _kind(part.name, seal)
        rank = _RANK.get(kind, _LAST)
        if not kind:
            if not seal.newer or not part.name.startswith("data/"):
                raise BundleError(CONTENTS, part.name, "a part that this version does not know")
        elif part.method != (STORED if kind == "evidence" or enclosed.is_signature(part.name) else DEFLATED):
            raise BundleError(CONTENTS, part.name, "not packed as its kind is")
        elif digest and manifest[part.name] != digest:
            raise BundleError(CONTENTS, part.name, "its name is not its digest")
        if (rank, part.name) <= before:
            raise BundleError(CONTENTS, part.name, "not in its order")
        before = (rank, part.name)


def _kind(name: str, seal: Seal) -> tuple[str, str]:
    """("form" | "scheme" | "evidence", digest) by the part's name; ("enclosed", ""); ("", "") for another."""
    if seal.minor and enclosed.is_enclosed(name):
        return _ENCLOSED, ""
    match = NAMED.match(name)
    if match is None or (match[1] == "evidence") != (match[3] is None):
        return "", ""
    return match[1], match[2]


def check_payload(
    stream: BinaryIO,
    payload: tuple[Part, ...],
    seal: Seal,
    manifest: Mapping[str, str],
    limits: Limits,
    known: Container[str],
) -> Payload:
    """What the payload holds, every part read and found to be what seal and manifest say.

    Args:
        stream: the archive.
        payload: its payload parts, in the order that ``check_order`` has found good.
        seal: of the bundle.
        manifest: payload part -> SHA-256.
        limits: what is refused as too much.
        known: SHA-256 of forms and schemes that are not parsed again.

    Raises:
        BundleError: at the first part that is not.
    """
    packed = hashlib.sha256()
    places = lines.Places(limits.references)
    tied: set[str] = set()
    withdrawn: set[str] = set()
    kept: dict[str, list[Run]] = {}
    room, count = _KEEP, 0
    for segment, part in zip(seal.segments, payload, strict=False):
        digest = hashlib.sha256()
        pieces = _digested(content(stream, part, packed), digest)
        keep: list[Run] | None = [] if part.size <= room else None
        number = 2
        count += segment.end - segment.begin + 1
        if count > limits.entries:
            raise BundleError(LIMIT, part.name, f"more than {limits.entries} entries")
        for run in lines.read_segment(lines.split(pieces, part.name), segment, part.name):
            places.add(run, part.name, number)
            number += len(run.lines)
            for act, file in run.files():
                (withdrawn if act == WITHDRAW else tied).add(file)
            if keep is not None:
                keep.append(run)
        _same_digest(digest.hexdigest(), manifest, part.name)
        if keep is not None:
            kept[part.name] = keep
            room -= part.size
    evidence: dict[str, EvidencePart] = {}
    slips: dict[str, bytes] = {}
    found: dict[str, list[str]] = {"form": [], "scheme": [], "": []}
    for part in payload[len(seal.segments) :]:
        kind, name = _kind(part.name, seal)
        if kind == "evidence":
            evidence[name] = _check_evidence(stream, part, seal, limits)
        elif kind == _ENCLOSED:
            left = limits.enclosed - sum(map(len, slips.values()))
            slips[part.name] = data = _read_slip(stream, part, packed, limits, left)
            _same_digest(hashlib.sha256(data).hexdigest(), manifest, part.name)
        elif kind:
            _check_form(stream, part, packed, name, limits, known)
            found[kind].append(name)
        else:
            digest = hashlib.sha256()
            for _ in _digested(content(stream, part, packed if part.method == DEFLATED else None), digest):
                pass
            _same_digest(digest.hexdigest(), manifest, part.name)
            found[""].append(part.name)
    if packed.hexdigest() != seal.packed:
        raise BundleError(CONTENTS, "data", "packed differently from what was sealed")
    enclosed.check_purpose(seal, manifest)
    return Payload(
        kept, count, tuple(found["form"]), tuple(found["scheme"]), evidence, frozenset(tied - evidence.keys()),
        frozenset(withdrawn), enclosed.read(slips, seal, limits), tuple(found[""]),
    )  # fmt: skip


def _read_slip(stream: BinaryIO, part: Part, packed: "hashlib._Hash", limits: Limits, room: int) -> bytes:
    """The content of an enclosed part, which is small."""
    longest = enclosed.most(part.name, limits)
    if part.size > longest or (part.size != longest and enclosed.is_signature(part.name)):
        raise BundleError(LIMIT, part.name, f"not {longest} bytes, or more")
    if part.size > room:
        raise BundleError(LIMIT, part.name, f"with all enclosed parts before it, more than {limits.enclosed} bytes")
    return b"".join(content(stream, part, packed if part.method == DEFLATED else None))


def _check_form(
    stream: BinaryIO, part: Part, packed: "hashlib._Hash", name: str, limits: Limits, known: Container[str]
) -> None:
    if part.size > limits.form:
        raise BundleError(LIMIT, part.name, f"more than {limits.form} bytes")
    data = b"".join(content(stream, part, packed))
    _same_digest(hashlib.sha256(data).hexdigest(), {part.name: name}, part.name)
    if name in known:
        return
    if data.count(b",") > limits.form_texts or data.count(b"[") + data.count(b"{") > limits.form_rows:
        raise BundleError(LIMIT, part.name, f"more than {limits.form_texts} texts or {limits.form_rows} lists")
    try:
        value = canonical.load(data)
        canonical.check_plain(value, _FORM_DEPTH)
    except ValueError as error:
        raise BundleError(FORM, part.name, str(error)) from None
    if not isinstance(value, dict):
        raise BundleError(FORM, part.name, "not a mapping")


def _check_evidence(stream: BinaryIO, part: Part, seal: Seal, limits: Limits) -> EvidencePart:
    if part.size > limits.evidence:
        raise BundleError(LIMIT, part.name, f"more than {limits.evidence} bytes")
    digest = hashlib.sha256()
    first = b""
    for piece in _digested(content(stream, part), digest):
        first = first or piece[:SNIFFED]
    name = part.name.rpartition("/")[2]
    _same_digest(digest.hexdigest(), {part.name: name}, part.name)
    media = sniff(first)
    if not media and not seal.newer:
        raise BundleError(EVIDENCE, part.name)
    return EvidencePart(name, part.size, media)


def _digested(pieces: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _same_digest(digest: str, manifest: Mapping[str, str], name: str) -> None:
    if manifest[name] != digest:
        raise BundleError(CONTENTS, name, "its SHA-256 is not the one listed")
