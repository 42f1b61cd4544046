"""Opening a bundle: everything is checked before anything is handed out (``docs/bundle_format.md`` section 10)."""

import hashlib
import io
import os
import re
import stat
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from assessor_tui.bundle import bagit, canonical, crypt, enclosed, lines
from assessor_tui.bundle.archive import DEFLATED, LIMITS, STORED, Limits, Part, content, read_parts
from assessor_tui.bundle.enclosed import CarriedSeal
from assessor_tui.bundle.error import (
    CANNOT_READ,
    CONTENTS,
    EVIDENCE,
    FORM,
    LIMIT,
    NOT_A_BUNDLE,
    PASSED_ON,
    SEAL,
    SIGNATURE,
    BundleError,
)
from assessor_tui.bundle.seal import TAGS, Seal, SegmentSeal, check_signature, from_bytes, segment_name
from assessor_tui.evidence.files import SNIFFED, sniff
from assessor_tui.ledger.entry import WITHDRAW, clean
from assessor_tui.ledger.run import Item, Run
from assessor_tui.store.keys import device_id

SIGNED_PARTS = ("bagit.txt", "seal.json", "seal.sig", "manifest-sha256.txt", "bag-info.txt", "tagmanifest-sha256.txt")
"""The tag files in their order; an unsigned bundle has no ``seal.sig``."""
UNSIGNED_PARTS = tuple(name for name in SIGNED_PARTS if name != "seal.sig")

_SMALL = 1024 * 1024
_KEEP = 8 * 1024 * 1024
"""Segments up to this many unpacked bytes in all stay in memory as entries; larger ones are read a second time."""
_FORM_DEPTH = 40
_NAMED = re.compile(r"data/(form|scheme|evidence)/([0-9a-f]{64})(\.json)?\Z")
_EVIDENCE = "data/evidence/"
_RECEIPT = "data/receipt.json"
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


class Bundle:
    """A bundle whose every part has passed; open until ``close``, usable in ``with``."""

    def __init__(self, stream: BinaryIO, size: int, file: str) -> None:
        self._stream = stream
        self._parts: dict[str, Part] = {}
        self._kept: dict[str, list[Run]] = {}
        self.file = file
        """Name of the file, for people."""
        self.size = size
        """Bytes of the zip."""
        self.encrypted = False
        """True when the file was encrypted, for this laptop among others."""
        self.seal: Seal
        self.seal_bytes = b""
        """``seal.json``."""
        self.seal_signature = b""
        """``seal.sig``; ``b""`` when nobody has signed it."""
        self.digest = ""
        """SHA-256 of ``seal.json``: names the bundle."""
        self.manifest: Mapping[str, str] = {}
        """Payload part -> SHA-256."""
        self.forms: tuple[str, ...] = ()
        """SHA-256 of each form carried."""
        self.schemes: tuple[str, ...] = ()
        self.evidence: Mapping[str, EvidencePart] = {}
        """SHA-256 -> file carried."""
        self.wanted: frozenset[str] = frozenset()
        """SHA-256 of files that entries of this bundle tie and the bundle does not carry."""
        self.withdrawn: frozenset[str] = frozenset()
        """SHA-256 of files that entries of this bundle withdraw; what else is known decides whether they are."""
        self.receipt = b""
        """``data/receipt.json``, canonical JSON; ``b""`` when there is none."""
        self.roster: tuple[bytes, bytes] | None = None
        """``data/roster.json`` and its signature, which is not checked yet."""
        self.enrol = b""
        """``data/enrol.json``, canonical JSON; ``b""`` when there is none."""
        self.seals: Mapping[str, CarriedSeal] = {}
        """SHA-256 -> seal under which another device handed over its own entries, its signature checked."""
        self.unknown: tuple[str, ...] = ()
        """Parts that only a newer version knows; when there are any, keep the file to hand it on."""
        self.count = 0
        """How many entries it holds."""

    @property
    def signed(self) -> bool:
        """True when the sender's device has signed it; who the device is, only a roster says."""
        return bool(self.seal.key)

    def entries(self) -> Iterator[Item]:
        """(hash, entry, line) of every entry, segment by segment in the order of the seal.

        Raises:
            BundleError: when a segment too large to be kept in memory has changed since it was checked.
        """
        for segment in self.seal.segments:
            yield from self.segment(segment)

    def segment(self, segment: SegmentSeal) -> Iterator[Item]:
        """(hash, entry, line) of every entry of one segment of the seal, in order; errors as ``entries``."""
        return chain.from_iterable(run.items() for run in self.runs(segment))

    def runs(self, segment: SegmentSeal) -> Iterator[Run]:
        """As ``segment``, some entries at a time and no object made of each."""
        name = segment_name(segment, self.seal.visit)
        kept = self._kept.get(name)
        return iter(kept) if kept is not None else self._reread(segment, name)

    def proven(self, segment: SegmentSeal, also: Iterable[Seal] = ()) -> int:
        """The number up to which the segment's own device has vouched for it with a signature; 0 for nothing.

        Args:
            segment: one of the seal.
            also: further seals whose signatures hold, such as those that the ledger keeps.

        Raises:
            BundleError: as ``entries``.
        """
        if self.signed and segment.device == self.seal.device:
            return segment.end
        given = (*(carried.seal for carried in self.seals.values()), *also)
        vouched = enclosed.vouched(given, segment)
        if segment.last in vouched.get(segment.end, ()):
            return segment.end
        if not any(segment.begin <= number < segment.end for number in vouched):
            return 0
        return max(
            (item[1].seq for item in self.segment(segment) if item[0] in vouched.get(item[1].seq, ())), default=0
        )

    def form(self, digest: str) -> bytes:
        """Canonical JSON of a form carried.

        Raises:
            KeyError: when it is none of ``forms``.
            BundleError: as ``evidence_file``.
        """
        return self._bytes(f"data/form/{digest}.json")

    def scheme(self, digest: str) -> bytes:
        """Canonical JSON of a scheme carried; errors as ``form``."""
        return self._bytes(f"data/scheme/{digest}.json")

    def evidence_file(self, digest: str) -> Iterator[bytes]:
        """The file's bytes in pieces; whoever stores them checks the digest once more, as ``store_file`` does.

        Raises:
            KeyError: when it is none of ``evidence``.
            BundleError: when the bundle has changed since it was checked, or cannot be read any more.
        """
        return self._again(self._parts[_EVIDENCE + digest])

    def close(self) -> None:
        """Nothing; the file is closed and nothing more can be had from it."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _bytes(self, name: str) -> bytes:
        return b"".join(self._again(self._parts[name]))

    def _reread(self, segment: SegmentSeal, name: str) -> Iterator[Run]:
        pieces = self._again(self._parts[name])
        try:
            yield from lines.read_segment(lines.split(pieces, name), segment, name)
        except BundleError as error:
            error.file = self.file
            raise

    def _again(self, part: Part) -> Iterator[bytes]:
        """The content of a part that was checked; a stick may be pulled out at any time."""
        try:
            yield from content(self._stream, part)
        except BundleError as error:
            error.file = self.file
            raise
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "closed"
            raise BundleError(CANNOT_READ, part.name, reason, file=self.file) from error


def open_bundle(
    path: Path,
    limits: Limits = LIMITS,
    *,
    known: Container[str] = frozenset(),
    device_of: Callable[[bytes], str] = device_id,
    identities: crypt.Identities = (),
    scratch: Path | None = None,
) -> Bundle:
    """The bundle at ``path``, every check passed; one that is encrypted is known by its first bytes.

    Args:
        path: the file.
        limits: what is refused as too much.
        known: SHA-256 of forms and schemes that the ledger holds; these are compared, not parsed again.
        device_of: gives the device's id for a public key (32 bytes).
        identities: age identities of this laptop; its seal must name one of them when the file is encrypted.
        scratch: folder where an encrypted bundle is unpacked under no name; None for the system's own.

    Raises:
        BundleError: at the first check that fails; nothing was handed out.
    """
    file = _plain_name(path)
    stream, size, readers = _opened(path, file, limits, identities, scratch)
    return read_bundle(stream, size, file, limits, known=known, device_of=device_of, readers=readers)


def _plain_name(path: Path) -> str:
    """The file's name, for people."""
    return clean(path.name).replace("\n", " ").replace("\t", " ")


def _opened(
    path: Path, file: str, limits: Limits, identities: crypt.Identities, scratch: Path | None
) -> tuple[BinaryIO, int, frozenset[str]]:
    """The zip in the file, its size, and for an encrypted one the recipients of whom one must be named in its seal."""
    try:
        # A pipe or a device would block or never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise BundleError(CANNOT_READ, reason="not a file", file=file)
        stream: BinaryIO = path.open("rb")
        size = os.fstat(stream.fileno()).st_size
        if size <= _SMALL:
            with stream:
                whole = stream.read(_SMALL + 1)
            stream, size = io.BytesIO(whole), len(whole)
        is_encrypted = stream.read(len(crypt.MAGIC)) == crypt.MAGIC
        stream.seek(0)
    except (OSError, ValueError) as error:  # ValueError: no path can be spelled like that
        reason = getattr(error, "strerror", None) or "not a path"
        raise BundleError(CANNOT_READ, reason=reason, file=file) from error
    if not is_encrypted:
        return stream, size, frozenset()
    with stream:
        mine = identities() if callable(identities) else identities
        try:
            clear = crypt.decrypted(stream, size, mine, scratch, limits)
        except BundleError as error:
            error.file = file
            raise
    size = clear.seek(0, os.SEEK_END)
    return clear, size, crypt.recipients_of(mine)


class Outline(NamedTuple):
    """What the seal and the list of parts say of a bundle."""

    seal: Seal
    evidence: frozenset[str]
    """SHA-256 of the files that it names as its own; their content was not looked at."""
    digest: str = ""
    """SHA-256 of ``seal.json``: names the bundle."""
    receipt: int = 0
    """CRC-32 of the receipt that it carries, as the list of parts says; 0 when there is none."""
    definitions: frozenset[str] = frozenset()
    """SHA-256 of the forms and schemes that it names as its own."""


def read_seal(path: Path, limits: Limits = LIMITS) -> Seal:
    """What the seal says of the bundle at ``path``; errors as ``read_outline``."""
    return read_outline(path, limits).seal


def read_outline(
    path: Path, limits: Limits = LIMITS, *, identities: crypt.Identities = (), scratch: Path | None = None
) -> Outline:
    """What seal and list of parts say of the bundle at ``path``, its signature checked, nothing else of the file read.

    Identities and scratch as for ``open_bundle``.

    Raises:
        BundleError: when it has no seal, or one that is not what its key signed, or is encrypted for others.
    """
    file = _plain_name(path)
    try:
        stream, size, readers = _opened(path, file, limits, identities, scratch)
        with stream:
            parts = read_parts(stream, size, limits)
            seal_bytes, seal, signature = _read_seal(stream, parts, limits)
            _check_sender(seal_bytes, seal, signature, readers, device_id)
            named = [match for part in parts if (match := _NAMED.match(part.name))]
            return Outline(
                seal,
                frozenset(match[2] for match in named if match[1] == "evidence"),
                hashlib.sha256(seal_bytes).hexdigest(),
                next((part.crc for part in parts if part.name == _RECEIPT), 0),
                frozenset(match[2] for match in named if match[1] != "evidence"),
            )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise BundleError(CANNOT_READ, reason=reason, file=file) from error
    except BundleError as error:
        error.file = file
        raise


def read_bundle(
    stream: BinaryIO,
    size: int,
    file: str,
    limits: Limits = LIMITS,
    *,
    known: Container[str] = frozenset(),
    device_of: Callable[[bytes], str] = device_id,
    readers: frozenset[str] = frozenset(),
) -> Bundle:
    """As ``open_bundle``, for the ``size`` bytes of a stream that can seek; ``file`` is its name for people.

    The bundle owns the stream; a refusal closes it. Of ``readers``, age recipients, the seal must name one; none for a
    file that was not encrypted.
    """
    bundle = Bundle(stream, size, file)
    bundle.encrypted = bool(readers)
    try:
        _check(bundle, stream, limits, known, device_of, readers)
    except BundleError as error:
        error.file = file
        stream.close()
        raise
    except OSError as error:
        stream.close()
        raise BundleError(CANNOT_READ, reason=error.strerror or type(error).__name__, file=file) from error
    return bundle


def _check(
    bundle: Bundle,
    stream: BinaryIO,
    limits: Limits,
    known: Container[str],
    device_of: Callable[[bytes], str],
    readers: frozenset[str],
) -> None:
    parts = read_parts(stream, bundle.size, limits)
    seal_bytes, seal, signature = _read_seal(stream, parts, limits)
    _check_sender(seal_bytes, seal, signature, readers, device_of)
    bundle.seal, bundle.seal_bytes, bundle.seal_signature = seal, seal_bytes, signature
    bundle.digest = hashlib.sha256(seal_bytes).hexdigest()
    bundle.manifest = _read_tags(stream, parts, seal, seal_bytes, signature, limits)
    payload = parts[len(SIGNED_PARTS if seal.key else UNSIGNED_PARTS) :]
    _check_order(payload, seal, bundle.manifest)
    bundle._parts = {part.name: part for part in payload}
    _check_payload(bundle, stream, payload, limits, known)


def _check_sender(
    seal_bytes: bytes, seal: Seal, signature: bytes, readers: frozenset[str], device_of: Callable[[bytes], str]
) -> None:
    """Nothing, when the seal is signed by the device it names, and for one of ``readers``, when there are any."""
    if seal.key:
        check_signature(seal_bytes, signature, seal.key)
        if device_of(bytes.fromhex(seal.key)) != seal.device:
            raise BundleError(SIGNATURE, "seal.json", "the key is not that of the device named as sender")
    if readers and readers.isdisjoint(seal.recipients):
        raise BundleError(PASSED_ON, "seal.json", "it names other recipients")


def _read_seal(stream: BinaryIO, parts: tuple[Part, ...], limits: Limits) -> tuple[bytes, Seal, bytes]:
    """The seal's bytes, what they say, and the signature, ``b""`` when there is none."""
    if len(parts) < 2 or parts[0].name != SIGNED_PARTS[0] or parts[1].name != SIGNED_PARTS[1]:
        raise BundleError(NOT_A_BUNDLE, reason="no seal")
    part = parts[1]
    if part.size > limits.seal or part.method != STORED:
        raise BundleError(SEAL, part.name, f"more than {limits.seal} bytes, or packed")
    data = b"".join(content(stream, part))
    seal = from_bytes(data)
    expected = SIGNED_PARTS if seal.key else UNSIGNED_PARTS
    names = tuple(part.name for part in parts[: len(expected)])
    if names != expected:
        if seal.key and "seal.sig" not in names:
            raise BundleError(SIGNATURE, "seal.sig", "the seal names a key, but there is no signature")
        raise BundleError(CONTENTS, "the tag files", "not those of a bundle, in their order")
    if not seal.key:
        return data, seal, b""
    if parts[2].size != 64 or parts[2].method != STORED:
        raise BundleError(SIGNATURE, "seal.sig", "not 64 bytes")
    return data, seal, b"".join(content(stream, parts[2]))


def _read_tags(
    stream: BinaryIO, parts: tuple[Part, ...], seal: Seal, seal_bytes: bytes, signature: bytes, limits: Limits
) -> dict[str, str]:
    """The manifest, when every tag file is the one that seal and payload call for."""
    names = SIGNED_PARTS if seal.key else UNSIGNED_PARTS
    tags = {"seal.json": seal_bytes, "seal.sig": signature}
    for part in parts[: len(names)]:
        if part.size > limits.manifest or part.method != STORED:
            raise BundleError(LIMIT, part.name, f"more than {limits.manifest} bytes, or packed")
        if part.name not in tags:
            tags[part.name] = b"".join(content(stream, part))
    digests = {name: hashlib.sha256(tags[name]).hexdigest() for name in names[:-1]}
    for name in TAGS:
        if digests[name] != seal.digests[name]:
            raise BundleError(CONTENTS, name, "not the one that was sealed")
    if tags["tagmanifest-sha256.txt"] != bagit.manifest(digests.items()):
        raise BundleError(CONTENTS, "tagmanifest-sha256.txt", "does not agree with the parts it lists")
    if tags["bagit.txt"] != bagit.BAGIT:
        raise BundleError(CONTENTS, "bagit.txt", "not BagIt 1.0")
    sizes = {part.name: part.size for part in parts[len(names) :]}
    # A newer version may say more there; the digest in the seal holds it to that.
    if not seal.newer and tags["bag-info.txt"] != bagit.bag_info(seal.app, seal.visit, sizes):
        raise BundleError(CONTENTS, "bag-info.txt", "does not agree with the seal")
    try:
        return bagit.read_manifest(tags["manifest-sha256.txt"])
    except ValueError as error:
        raise BundleError(CONTENTS, "manifest-sha256.txt", str(error)) from None


def _check_order(payload: tuple[Part, ...], seal: Seal, manifest: Mapping[str, str]) -> None:
    """Nothing, when the payload is the sealed segments, then known kinds in order, each packed as its kind is."""
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
    match = _NAMED.match(name)
    if match is None or (match[1] == "evidence") != (match[3] is None):
        return "", ""
    return match[1], match[2]


def _check_payload(
    bundle: Bundle, stream: BinaryIO, payload: tuple[Part, ...], limits: Limits, known: Container[str]
) -> None:
    packed = hashlib.sha256()
    seal, manifest = bundle.seal, bundle.manifest
    places = lines.Places(limits.references)
    named: set[str] = set()
    withdrawn: set[str] = set()
    room = _KEEP
    for segment, part in zip(seal.segments, payload, strict=False):
        digest = hashlib.sha256()
        pieces = _digested(content(stream, part, packed), digest)
        keep: list[Run] | None = [] if part.size <= room else None
        number = 2
        bundle.count += segment.end - segment.begin + 1
        if bundle.count > limits.entries:
            raise BundleError(LIMIT, part.name, f"more than {limits.entries} entries")
        for run in lines.read_segment(lines.split(pieces, part.name), segment, part.name):
            places.add(run, part.name, number)
            number += len(run.lines)
            for act, file in run.files():
                (withdrawn if act == WITHDRAW else named).add(file)
            if keep is not None:
                keep.append(run)
        _same_digest(digest.hexdigest(), manifest, part.name)
        if keep is not None:
            bundle._kept[part.name] = keep
            room -= part.size
    evidence: dict[str, EvidencePart] = {}
    enclosed_parts: dict[str, bytes] = {}
    found: dict[str, list[str]] = {"form": [], "scheme": [], "": []}
    for part in payload[len(seal.segments) :]:
        kind, name = _kind(part.name, seal)
        if kind == "evidence":
            evidence[name] = _check_evidence(stream, part, seal, limits)
        elif kind == _ENCLOSED:
            room_left = limits.enclosed - sum(map(len, enclosed_parts.values()))
            enclosed_parts[part.name] = data = _check_size(stream, part, packed, limits, room_left)
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
    bundle.receipt, bundle.roster, bundle.enrol, bundle.seals = enclosed.read(enclosed_parts, seal, limits)
    bundle.forms, bundle.schemes, bundle.unknown = tuple(found["form"]), tuple(found["scheme"]), tuple(found[""])
    bundle.evidence = evidence
    bundle.wanted = frozenset(named - evidence.keys())
    bundle.withdrawn = frozenset(withdrawn)


def _check_size(stream: BinaryIO, part: Part, packed: "hashlib._Hash", limits: Limits, room: int) -> bytes:
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
