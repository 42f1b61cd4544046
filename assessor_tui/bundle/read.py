"""Opening a bundle: everything is checked before anything is handed out (``docs/bundle_format.md`` section 10)."""

import hashlib
import io
import os
import stat
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from assessor_tui.bundle import crypt, enclosed, lines
from assessor_tui.bundle.archive import LIMITS, Limits, Part, content, read_parts
from assessor_tui.bundle.enclosed import CarriedSeal
from assessor_tui.bundle.error import CANNOT_READ, BundleError
from assessor_tui.bundle.payload import NAMED, EvidencePart, check_order, check_payload
from assessor_tui.bundle.seal import Seal, SegmentSeal, segment_name
from assessor_tui.bundle.tags import SIGNED_PARTS, UNSIGNED_PARTS, check_sender, read_seal_of, read_tags
from assessor_tui.ledger.entry import clean
from assessor_tui.ledger.run import Item, Run
from assessor_tui.store.keys import device_id

_SMALL = 1024 * 1024
_EVIDENCE = "data/evidence/"
_RECEIPT = "data/receipt.json"


class Bundle:
    """A bundle whose every part has passed; open until ``close``, usable in ``with``."""

    def __init__(self, stream: BinaryIO, size: int, file: str) -> None:
        self._stream = stream
        self._parts: dict[str, Part] = {}
        self._kept: Mapping[str, list[Run]] = {}
        self._vouched: Mapping[tuple[str, str], enclosed.Vouched] | None = None
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
        if self._vouched is None:
            # Once for all segments: somebody may have sent thousands of them, and seals of thousands.
            self._vouched = enclosed.vouched_by_log(carried.seal for carried in self.seals.values())
        mine = self._vouched.get((segment.visit, segment.device), {})
        for vouched in (mine, theirs := enclosed.vouched(also, segment)):
            if segment.last in vouched.get(segment.end, ()):
                return segment.end
        # Whichever is shorter is gone through: a bundle may hold thousands of short segments of one log.
        numbers = range(segment.begin, segment.end)
        if len(numbers) > len(mine) + len(theirs):
            within = any(each in numbers for each in (*mine, *theirs))
        else:
            within = any(each in mine or each in theirs for each in numbers)
        if not within:
            return 0
        return max(
            (
                entry.seq
                for digest, entry, _ in self.segment(segment)
                if digest in mine.get(entry.seq, ()) or digest in theirs.get(entry.seq, ())
            ),
            default=0,
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
        data = b"".join(self._again(self._parts[name]))
        if hashlib.sha256(data).hexdigest() != self.manifest[name]:
            raise BundleError(CANNOT_READ, name, "it has changed meanwhile", file=self.file)
        return data

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
            seal_bytes, seal, signature = read_seal_of(stream, parts, limits)
            check_sender(seal_bytes, seal, signature, readers, device_id)
            named = [match for part in parts if (match := NAMED.match(part.name))]
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
    seal_bytes, seal, signature = read_seal_of(stream, parts, limits)
    check_sender(seal_bytes, seal, signature, readers, device_of)
    bundle.seal, bundle.seal_bytes, bundle.seal_signature = seal, seal_bytes, signature
    bundle.digest = hashlib.sha256(seal_bytes).hexdigest()
    bundle.manifest = read_tags(stream, parts, seal, seal_bytes, signature, limits)
    payload = parts[len(SIGNED_PARTS if seal.key else UNSIGNED_PARTS) :]
    check_order(payload, seal, bundle.manifest)
    bundle._parts = {part.name: part for part in payload}
    found = check_payload(stream, payload, seal, bundle.manifest, limits, known)
    bundle._kept, bundle.count, bundle.forms, bundle.schemes, bundle.evidence = found[:5]
    bundle.wanted, bundle.withdrawn, bundle.unknown = found.wanted, found.withdrawn, found.unknown
    bundle.receipt, bundle.roster, bundle.enrol, bundle.seals = found.enclosed
