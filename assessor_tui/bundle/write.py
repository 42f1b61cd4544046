"""Writing a bundle: packed, sealed, read back with our own reader, and only then given its name."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, BinaryIO, ClassVar, NamedTuple, cast

from assessor_tui.bundle import bagit, crypt, enclosed
from assessor_tui.bundle.archive import CHUNK, LIMITS, Limits, Packed, Writer
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.names import CLEAR, ENCRYPTED, Same, file_stem, publish
from assessor_tui.bundle.pack import Spooled, pack, pack_log, unspool
from assessor_tui.bundle.read import read_bundle
from assessor_tui.bundle.seal import DOMAIN, Seal, SegmentSeal, Sign, segment_name, segment_order, to_bytes
from assessor_tui.evidence.files import EvidenceDamaged, EvidenceMissing
from assessor_tui.i18n import N_
from assessor_tui.ledger.entry import Entry, to_line
from assessor_tui.ledger.run import Item

_SPOOL = 8 * 1024**2
_HEADER_VARIES = 2048
"""Bytes by which two age files of one bundle may differ in length: the library adds stanzas that mean nothing."""


class BundleNotWritten(Exception):
    """The bundle could not be written; nothing stands under its name."""

    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = N_(
        "The bundle could not be written to {folder} ({reason}). Choose another place or make room."
    )

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.parameters = {"folder": folder, "reason": reason}
        """Blanks of the sentence."""

    def __str__(self) -> str:
        return self.message.format(**self.parameters)


class NothingToCarry(BundleNotWritten):
    """There is no entry, form, scheme or file to put in."""

    message = N_("There is nothing new to put into a bundle.")


class Segment(NamedTuple):
    """A run of one log, to be written; where its chain is broken, another segment begins."""

    visit: str
    device: str
    lines: Iterable[bytes]
    """Canonical lines in order, without line ends."""


class Contents(NamedTuple):
    """What a bundle shall carry."""

    visit: str
    purpose: str
    """One of ``seal.PURPOSES``."""
    device: str
    """The sender's."""
    person: str
    """The sender."""
    segments: Sequence[Segment] = ()
    forms: Iterable[bytes] = ()
    """Canonical JSON of each."""
    schemes: Iterable[bytes] = ()
    """Canonical JSON of each."""
    evidence: Mapping[str, Path] = {}
    """SHA-256 -> file."""
    receipt: bytes = b""
    """Canonical JSON of what the sender holds."""
    roster: tuple[bytes, bytes] | None = None
    """Canonical JSON and the signature of the scheme's key."""
    enrol: bytes = b""
    """Canonical JSON of what a device says of itself to be put on the roster."""
    seals: Mapping[str, tuple[bytes, bytes]] = {}
    """SHA-256 of ``seal.json`` -> that and its signature: seals under which other devices handed over their entries."""
    recipients: tuple[str, ...] = ()
    """age recipients for whom it is encrypted; none: it can be read by whoever holds it."""
    roster_version: int = 0
    """Version of the roster that the sender goes by; 0 for none."""


class Written(NamedTuple):
    """A bundle that stands under its name, read back and found good."""

    path: Path
    digest: str
    """SHA-256 of its ``seal.json``: names the bundle."""
    size: int
    new: bool
    """False when the very same bundle was there already."""
    damaged: tuple[str, ...] = ()
    """SHA-256 of files that were left out, for what stands on disk is no longer what was captured."""
    purpose: str = ""
    """Of the bundle, where it was not the one asked for: a delta with nothing new is a receipt."""


class _Part(NamedTuple):
    """A payload part that is to be written."""

    name: str
    size: int
    sha256: str
    source: Spooled | Path | bytes
    """Deflated in the spool; or a file, or bytes, to be stored as they are."""


def segments_of(entries: Iterable[tuple[str, Entry] | Item]) -> list[Segment]:
    """The fewest unbroken segments that hold all ``entries``, given as (hash, entry) or with the line, in any order.

    A gap begins a new segment; so does each branch of a fork.
    """
    logs: dict[tuple[str, str], dict[str, Entry]] = {}
    for digest, entry, *_ in entries:
        logs.setdefault((entry.visit, entry.device), {})[digest] = entry
    segments = []
    for (visit, device), log in sorted(logs.items()):
        after: dict[str, list[str]] = {}
        starts: list[str] = []
        for digest, entry in sorted(log.items(), key=lambda item: (item[1].seq, item[0])):
            (after.setdefault(entry.prev, []) if entry.prev in log else starts).append(digest)
        for start in starts:  # grows: each branch of a fork is one more start
            run = [start]
            while len(following := after.get(run[-1], [])) == 1:
                run.append(following[0])
            starts.extend(following)
            segments.append(Segment(visit, device, [to_line(log[digest]) for digest in run]))
    return segments


def write_bundle(
    folder: Path,
    contents: Contents,
    *,
    label: str,
    app: str,
    sign: Sign | None = None,
    key: bytes = b"",
    limits: Limits = LIMITS,
    by_content: bool = False,
    identities: Sequence[str] = (),
    scratch: Path | None = None,
) -> Written:
    """The bundle in ``folder``; an existing file is never replaced.

    Args:
        folder: where it shall stand.
        contents: what it shall carry.
        label: the file name up to the purpose; its parts stand between underscores.
        app: program and version.
        sign: gives the device's Ed25519 signature (64 bytes) of a message; None writes an unsigned bundle.
        key: the device's public key, 32 bytes, when ``sign`` is given.
        limits: as for ``open_bundle``.
        by_content: names the file after its digest instead of the next free number, for folders that many laptops
            fill at once: the same content has the same name everywhere.
        identities: this laptop's age identities; with one of them an encrypted bundle is read back, too.
        scratch: folder where parts wait under no name, and what is to be encrypted; None for the system's own.

    Raises:
        BundleNotWritten: when the folder does not take it; ``NothingToCarry`` when ``contents`` is empty.
        BundleError: when what was to be carried is not what a bundle may hold.
        EvidenceMissing, EvidenceDamaged: when a file of ``contents`` is not there, or not what its digest says.
    """
    try:
        if scratch is not None:
            scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL, dir=None if scratch is None else str(scratch)) as spool:
            payload, seal, tags = _pack(contents, app, sign, key, spool, folder)
            digest = hashlib.sha256(seal).hexdigest()
            stem = file_stem(label, contents.visit, contents.purpose)
            # Not mkstemp: in a shared folder the colleagues must be able to read what gets its name here.
            part = folder / f"{stem}.{os.urandom(4).hex()}.part"
            name = digest if by_content else ""
            try:
                if not contents.recipients:
                    with part.open("xb") as stream:
                        _write(cast(BinaryIO, stream), tags, payload, spool)
                        os.fsync(stream.fileno())
                    with part.open("rb") as stream:
                        _read_back(cast(BinaryIO, stream), folder, stem, limits, digest)
                    published = publish(part, folder, stem, CLEAR, name)
                else:
                    with crypt.scratch_file(scratch) as clear:
                        _write(clear, tags, payload, spool)
                        _read_back(clear, folder, stem, limits, digest)
                        is_same = _encrypt(clear, part, contents.recipients, identities)
                    published = publish(part, folder, stem, ENCRYPTED, name, is_same)
                if published is None:
                    raise BundleNotWritten(str(folder), "another file has its name")
                path, new = published
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
            return Written(path, digest, path.stat().st_size, new)
    except OSError as error:
        raise BundleNotWritten(str(folder), error.strerror or type(error).__name__) from error


def _pack(
    contents: Contents, app: str, sign: Sign | None, key: bytes, spool: IO[bytes], folder: Path
) -> tuple[list[_Part], bytes, dict[str, bytes]]:
    """The payload, ``seal.json``, and the tag files with it, all in the order of the archive."""
    payload, segments = _payload(contents, spool)
    if not payload:
        raise NothingToCarry(str(folder), "")
    tags = {
        "bagit.txt": bagit.BAGIT,
        "manifest-sha256.txt": bagit.manifest((part.name, part.sha256) for part in payload),
        "bag-info.txt": bagit.bag_info(app, contents.visit, {part.name: part.size for part in payload}),
    }
    packed = hashlib.sha256()
    for part in payload:
        if isinstance(part.source, Spooled):
            for piece in unspool(spool, part.source):
                packed.update(piece)
    seal = to_bytes(
        Seal(
            contents.visit,
            contents.purpose,
            contents.device,
            contents.person,
            key.hex() if sign is not None else "",
            tuple(segments),
            {name: hashlib.sha256(tag).hexdigest() for name, tag in tags.items()},
            packed.hexdigest(),
            app,
            recipients=tuple(sorted(set(contents.recipients))),
            roster=contents.roster_version,
        )
    )
    ordered = {"bagit.txt": tags["bagit.txt"], "seal.json": seal}
    if sign is not None:
        ordered["seal.sig"] = sign(DOMAIN + seal)
    ordered |= {name: tags[name] for name in ("manifest-sha256.txt", "bag-info.txt")}
    ordered["tagmanifest-sha256.txt"] = bagit.manifest(
        (name, hashlib.sha256(data).hexdigest()) for name, data in ordered.items()
    )
    return payload, seal, ordered


def _payload(contents: Contents, spool: IO[bytes]) -> tuple[list[_Part], list[SegmentSeal]]:
    """Every payload part, what is deflated already packed into the spool, and what the seal says of the segments."""
    runs: dict[str, tuple[SegmentSeal, Spooled]] = {}
    for segment in contents.segments:
        for seal, spooled in pack_log(spool, segment.visit, segment.device, segment.lines):
            runs.setdefault(segment_name(seal, contents.visit), (seal, spooled))
    sealed = sorted((seal for seal, _ in runs.values()), key=lambda seal: segment_order(seal, contents.visit))
    payload = [_spooled(name, runs[name][1]) for name in (segment_name(seal, contents.visit) for seal in sealed)]
    for kind, documents in (("form", contents.forms), ("scheme", contents.schemes)):
        by_name = {f"data/{kind}/{hashlib.sha256(each).hexdigest()}.json": each for each in documents}
        payload += [_spooled(name, pack(spool, (each,))) for name, each in sorted(by_name.items())]
    for digest, path in sorted(contents.evidence.items()):
        payload.append(_Part(f"data/evidence/{digest}", _size(digest, path), digest, path))
    seals = enclosed.fitting(contents.seals, {contents.visit, *(seal.visit for seal in sealed)})
    for name, data in enclosed.parts_of(contents.receipt, contents.roster, contents.enrol, seals).items():
        if enclosed.is_signature(name):
            payload.append(_Part(name, len(data), hashlib.sha256(data).hexdigest(), data))
        else:
            payload.append(_spooled(name, pack(spool, (data,))))
    return payload, sealed


def _spooled(name: str, spooled: Spooled) -> _Part:
    return _Part(name, spooled.size, spooled.sha256, spooled)


def _write(stream: BinaryIO, tags: Mapping[str, bytes], payload: Iterable[_Part], spool: IO[bytes]) -> None:
    """Nothing; the whole archive stands in the stream."""
    writer = Writer(stream)
    for name, data in tags.items():
        writer.add(name, (data,))
    for part in payload:
        match part.source:
            case Spooled():
                writer.add_packed(Packed(part.name, part.source.crc, part.size, unspool(spool, part.source)))
            case Path():
                writer.add(part.name, _evidence(part.sha256, part.source, part.size))
            case data:
                writer.add(part.name, (data,))
    writer.close()
    stream.flush()


def _read_back(stream: BinaryIO, folder: Path, stem: str, limits: Limits, digest: str) -> None:
    """Nothing, when the bundle in the stream passes every check of a reader; the stream stays open then."""
    bundle = read_bundle(stream, stream.seek(0, os.SEEK_END), stem, limits)
    if bundle.digest != digest:
        raise BundleNotWritten(str(folder), "it does not read back as written")


def _encrypt(clear: BinaryIO, part: Path, recipients: Iterable[str], identities: Sequence[str]) -> Same:
    """Tells whether another file holds what now stands encrypted in ``part``, durable and read back if it can be."""
    clear.seek(0)
    with part.open("xb") as stream:
        crypt.encrypt(clear, cast(BinaryIO, stream), sorted(set(recipients)))
        stream.flush()
        os.fsync(stream.fileno())
    clear.seek(0)
    digest = hashlib.sha256()
    while piece := clear.read(CHUNK):
        digest.update(piece)
    mine = [each for each in identities if not crypt.recipients_of([each]).isdisjoint(recipients)]
    size = part.stat().st_size

    def is_same(path: Path) -> bool:
        # Encrypted anew the same bundle has other bytes, and a header that is a little longer or shorter.
        if not mine or not path.is_file() or abs(path.stat().st_size - size) > _HEADER_VARIES:
            return False
        with contextlib.suppress(BundleError), path.open("rb") as stream:
            crypt.check_encrypted(cast(BinaryIO, stream), mine, digest.hexdigest())
            return True
        return False

    if mine and not is_same(part):
        raise BundleNotWritten(str(part.parent), "it does not read back as written")
    return is_same


def _size(sha256: str, path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        raise EvidenceMissing(sha256[:12]) from None


def _evidence(sha256: str, path: Path, size: int) -> Iterator[bytes]:
    """The file's bytes; raises at their end when they are not what its digest says."""
    digest = hashlib.sha256()
    try:
        stream = path.open("rb")
    except OSError:
        raise EvidenceMissing(sha256[:12]) from None
    with stream:
        while piece := stream.read(CHUNK):
            size -= len(piece)
            digest.update(piece)
            yield piece
    if size or digest.hexdigest() != sha256:
        raise EvidenceDamaged(sha256[:12])
