"""Writing a bundle: packed, sealed, read back with our own reader, and only then given its name."""

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, BinaryIO, ClassVar, NamedTuple, cast

from assessor_tui.bundle import bagit, canonical, enclosed
from assessor_tui.bundle.archive import CHUNK, LIMITS, Limits, Packed, Writer, deflate
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.lines import head
from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.seal import DOMAIN, Seal, SegmentSeal, Sign, segment_name, segment_order, to_bytes
from assessor_tui.evidence.files import EvidenceDamaged, EvidenceMissing, sync_folder
from assessor_tui.i18n import N_
from assessor_tui.ledger.entry import Entry, hash_line, to_line
from assessor_tui.ledger.run import Item

_SPOOL = 8 * 1024**2
_PART = 48
"""Bytes of one part of a file name: with all of them a name fits every file system."""
_MOST = 10_000
"""Bundles of one visit, person and purpose in one folder."""
_DIGITS = 16
"""Of the digest, in a name made of it."""


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


class _Spooled(NamedTuple):
    """A part that is packed already, waiting in the spool."""

    crc: int
    size: int
    sha256: str
    start: int
    length: int


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

    Raises:
        BundleNotWritten: when the folder does not take it; ``NothingToCarry`` when ``contents`` is empty.
        BundleError: when what was to be carried is not what a bundle may hold.
        EvidenceMissing, EvidenceDamaged: when a file of ``contents`` is not there, or not what its digest says.
    """
    try:
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
            return _write(folder, contents, label, app, sign, key, limits, by_content, spool)
    except OSError as error:
        raise BundleNotWritten(str(folder), error.strerror or type(error).__name__) from error


def _write(
    folder: Path,
    contents: Contents,
    label: str,
    app: str,
    sign: Sign | None,
    key: bytes,
    limits: Limits,
    by_content: bool,
    spool: IO[bytes],
) -> Written:
    packed: dict[str, _Spooled] = {}
    sealed: list[SegmentSeal] = []
    for segment in contents.segments:
        for run in _unbroken(segment):
            found, part = _pack_segment(spool, run)
            name = segment_name(found, contents.visit)
            if name not in packed:
                sealed.append(found)
                packed[name] = part
    sealed.sort(key=lambda segment: segment_order(segment, contents.visit))
    names = [segment_name(segment, contents.visit) for segment in sealed]
    for kind, documents in (("form", contents.forms), ("scheme", contents.schemes)):
        found_names = []
        for document in documents:
            name = f"data/{kind}/{hashlib.sha256(document).hexdigest()}.json"
            if name not in packed:
                packed[name] = _pack(spool, (document,))
                found_names.append(name)
        names += sorted(found_names)
    files = {f"data/evidence/{digest}": path for digest, path in sorted(contents.evidence.items())}
    slips = enclosed.parts_of(contents.receipt, contents.roster, contents.enrol, contents.seals)
    if not names and not files and not slips:
        raise NothingToCarry(str(folder), "")
    packed |= {name: _pack(spool, (data,)) for name, data in slips.items() if not enclosed.is_signature(name)}
    sizes = {name: packed[name].size for name in names} | {name: _size(name, path) for name, path in files.items()}
    sizes |= {name: len(data) for name, data in slips.items()}
    digests = [(name, packed[name].sha256) for name in names] + [(name, name.rpartition("/")[2]) for name in files]
    digests += [(name, hashlib.sha256(data).hexdigest()) for name, data in slips.items()]
    tags = {
        "bagit.txt": bagit.BAGIT,
        "manifest-sha256.txt": bagit.manifest(digests),
        "bag-info.txt": bagit.bag_info(app, contents.visit, sizes),
    }
    all_packed = hashlib.sha256()
    for name in (*names, *(name for name in slips if name in packed)):
        for piece in _unspool(spool, packed[name]):
            all_packed.update(piece)
    seal = to_bytes(
        Seal(
            contents.visit,
            contents.purpose,
            contents.device,
            contents.person,
            key.hex() if sign is not None else "",
            tuple(sealed),
            {name: hashlib.sha256(tag).hexdigest() for name, tag in tags.items()},
            all_packed.hexdigest(),
            app,
            recipients=tuple(sorted(set(contents.recipients))),
            roster=contents.roster_version,
        )
    )
    # The order of the archive is the order of this table.
    ordered = {"bagit.txt": tags["bagit.txt"], "seal.json": seal}
    if sign is not None:
        ordered["seal.sig"] = sign(DOMAIN + seal)
    ordered |= {name: tags[name] for name in ("manifest-sha256.txt", "bag-info.txt")}
    ordered["tagmanifest-sha256.txt"] = bagit.manifest(
        (name, hashlib.sha256(data).hexdigest()) for name, data in ordered.items()
    )
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(seal).hexdigest()
    stem = file_stem(label, contents.visit, contents.purpose)
    # Not mkstemp: in a shared folder the colleagues must be able to read what gets its name here.
    part_path = folder / f"{stem}.{os.urandom(4).hex()}.part"
    try:
        with part_path.open("xb") as stream:
            writer = Writer(cast(BinaryIO, stream))
            for name, data in ordered.items():
                writer.add(name, (data,))
            for name in names:
                part = packed[name]
                writer.add_packed(Packed(name, part.crc, part.size, _unspool(spool, part)))
            for name, path in files.items():
                writer.add(name, _evidence(name, path, sizes[name]))
            for name, data in slips.items():
                if name in packed:
                    part = packed[name]
                    writer.add_packed(Packed(name, part.crc, part.size, _unspool(spool, part)))
                else:
                    writer.add(name, (data,))
            writer.close()
            stream.flush()
            os.fsync(stream.fileno())
        size = _read_back(part_path, limits, digest)
        path, new = _publish(part_path, folder, stem, digest if by_content else "")
    finally:
        with contextlib.suppress(OSError):
            part_path.unlink(missing_ok=True)
    return Written(path, digest, size, new)


def _read_back(path: Path, limits: Limits, digest: str) -> int:
    """Size of the bundle just written, every check of a reader passed."""
    try:
        with open_bundle(path, limits) as bundle:
            if bundle.digest != digest:
                raise BundleNotWritten(str(path.parent), "it does not read back as written")
            return bundle.size
    except BundleError as error:
        error.file = path.name.removesuffix(".part")
        raise


def _unbroken(segment: Segment) -> Iterator[Segment]:
    """The segment, cut wherever a line does not name the one before it: at a gap, and where a fork was interleaved."""
    run, before = 0, ""

    def numbered() -> Iterator[tuple[int, bytes]]:
        nonlocal run, before
        for line in segment.lines:
            if before and canonical.load(line).get("prev", "") != before:
                run += 1
            before = hash_line(segment.visit, segment.device, line)
            yield run, line

    for _, lines in groupby(numbered(), key=itemgetter(0)):
        yield Segment(segment.visit, segment.device, map(itemgetter(1), lines))


def _pack_segment(spool: IO[bytes], segment: Segment) -> tuple[SegmentSeal, _Spooled]:
    """The segment, which has a line, packed into the spool, and what the seal says of it."""
    first = last = b""
    count = 0

    def pieces() -> Iterator[bytes]:
        nonlocal first, last, count
        buffer, held = [head(segment.visit, segment.device)], 0
        for last in segment.lines:
            first = first or last
            count += 1
            buffer.append(last)
            held += len(last)
            if held > CHUNK:
                yield b"\n".join(buffer) + b"\n"
                buffer, held = [], 0
        if buffer:
            yield b"\n".join(buffer) + b"\n"

    part = _pack(spool, pieces())
    # The whole segment is read back before it gets its name; here only what the seal needs is taken from it.
    fields = canonical.load(first)
    begin, prev = int(fields["seq"]), str(fields.get("prev", ""))
    digest = hash_line(segment.visit, segment.device, last)
    return SegmentSeal(segment.visit, segment.device, begin, begin + count - 1, prev, digest), part


def _pack(spool: IO[bytes], pieces: Iterable[bytes]) -> _Spooled:
    digest = hashlib.sha256()
    crc = size = 0

    def counted() -> Iterator[bytes]:
        nonlocal crc, size
        for piece in pieces:
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            yield piece

    start = spool.seek(0, os.SEEK_END)
    for data in deflate(counted()):
        spool.write(data)
    return _Spooled(crc, size, digest.hexdigest(), start, spool.tell() - start)


def _unspool(spool: IO[bytes], part: _Spooled) -> Iterator[bytes]:
    at, left = part.start, part.length
    while left:
        spool.seek(at)
        piece = spool.read(min(left, CHUNK))
        yield piece
        at += len(piece)
        left -= len(piece)


def _size(name: str, path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        raise EvidenceMissing(name.rpartition("/")[2][:12]) from None


def _evidence(name: str, path: Path, size: int) -> Iterator[bytes]:
    """The file's bytes; raises at their end when they are not what the name says."""
    digest = hashlib.sha256()
    sha256 = name.rpartition("/")[2]
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


def file_stem(label: str, visit: str, purpose: str) -> str:
    """The file name up to its number: letters and digits of every script, hyphens, underscores between its parts."""
    parts = [_plain(part) for part in label.split("_", 3)]
    return "_".join([*(filter(None, parts) if any(parts) else (visit[:8],)), purpose])


def numbered(folder: Path, stem: str) -> dict[int, Path]:
    """Number -> file of the folder whose name is ``stem``, a hyphen and that number."""
    name = re.compile(re.escape(stem) + r"-([0-9]{1,4})\.zip", re.IGNORECASE)
    # Some systems give names back decomposed.
    found = ((name.fullmatch(unicodedata.normalize("NFC", each.name)), each) for each in folder.iterdir())
    return {int(match[1]): path for match, path in found if match is not None}


def _plain(text: str) -> str:
    """What is left of ``text`` in letters and digits, words joined by hyphens, cut where a name would be too long."""
    # Whole words and characters of every script stay; what one system or another refuses in names is none of these.
    kept = "".join(one if one.isalnum() else "-" for one in unicodedata.normalize("NFKC", text))
    joined = re.sub("-+", "-", kept).strip("-")
    return joined.encode()[:_PART].decode(errors="ignore").strip("-")


def _publish(part: Path, folder: Path, stem: str, digest: str = "") -> tuple[Path, bool]:
    """(path, True) once ``part`` stands under its name; (path, False) when the same bundle stood there before."""
    if digest:
        # What stands under this name and is another file was half-copied or damaged: the name after it is free.
        names = (f"{stem}_{digest[:_DIGITS]}{f'-{number}' if number > 1 else ''}.zip" for number in range(1, _MOST))
    else:
        there = numbered(folder, stem)
        for path in there.values():
            if _same(part, path):
                return path, False
        names = (f"{stem}-{number}.zip" for number in range(max(there, default=0) + 1, _MOST))
    for name in names:
        target = folder / name
        if digest and _same(part, target):
            return target, False
        if not target.exists() and _rename(part, target):
            sync_folder(folder)
            return target, True
    raise BundleNotWritten(str(folder), "another file has its name")


def _rename(part: Path, target: Path) -> bool:
    """True once ``part`` has become ``target``; False when ``target`` came to be meanwhile."""
    try:
        if os.name == "posix":
            # Unlike a rename a link never replaces; where the disk knows no links (a stick) only the check above helps.
            with contextlib.suppress(PermissionError, NotImplementedError):
                os.link(part, target)
                return True
    except FileExistsError:
        return False
    except OSError:
        pass
    try:
        part.rename(target)
    except FileExistsError:
        return False
    return True


def _same(one: Path, other: Path) -> bool:
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while piece := left.read(CHUNK):
            if piece != right.read(CHUNK):
                return False
    return True
