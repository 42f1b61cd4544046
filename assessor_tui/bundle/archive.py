"""A strict reader and a canonical writer of the zip around a bundle (``docs/bundle_format.md`` section 3).

Each header has one permitted spelling: the reader rebuilds it from its meaning and compares every byte, so an archive
that another program would read differently is no archive here.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple, Protocol

from assessor_tui.bundle.error import CUT_SHORT, DAMAGED, LIMIT, NOT_A_BUNDLE, STRUCTURE, TOO_LARGE, BundleError

STORED, DEFLATED = 0, 8
CHUNK = 256 * 1024
"""Bytes held at a time of a part that is read as a stream."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _MADE_BY, _MIDNIGHT, _DAY = 20, 0x0314, 0, 0x0021
_PLAIN_FILE = 0o100644 << 16
_MAX_NAME = 403

# Lower case only, no component that starts or ends with a dot, none that Windows keeps for a device.
_COMPONENT = r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|\Z))[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?"
_NAME = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT}){{0,3}}\Z")


class Limits(NamedTuple):
    """What a bundle may be at most. Sizes in bytes."""

    bundle: int = 2 * 1024**3
    parts: int = 20_000
    unpacked: int = 8 * 1024**3
    ratio: int = 200
    """Unpacked to packed, of what each part unpacks to beyond ``slack``."""
    slack: int = 16 * 1024**2
    """The same long note on every question packs better than any bomb has to; up to here it may."""
    seal: int = 1024**2
    manifest: int = 8 * 1024**2
    form: int = 8 * 1024**2
    """A list of 50,000 rows that a form embeds has 3 to 6 MiB."""
    form_texts: int = 600_000
    """Commas in a form, so that no more texts than that come of it."""
    form_rows: int = 250_000
    """Opening brackets and braces."""
    evidence: int = 100 * 1024**2
    entries: int = 200_000
    references: int = 250_000
    """Entries named by ``replaces``, in the whole bundle."""
    receipt: int = 2 * 1024**2
    roster: int = 4 * 1024**2
    enrol: int = 16 * 1024
    seals: int = 256
    """Seals of other bundles."""
    enclosed: int = 8 * 1024**2
    """Receipt, roster, enrolment and seals of other bundles together."""


LIMITS = Limits()


class Part(NamedTuple):
    """One member of the archive."""

    name: str
    method: int
    crc: int
    packed: int
    """Bytes in the archive."""
    size: int
    """Bytes unpacked."""
    offset: int
    """Where its local header starts."""


class Digest(Protocol):
    """A running digest, such as ``hashlib.sha256()``."""

    def update(self, data: bytes, /) -> None:
        """Takes in the next bytes."""


def is_name(name: str) -> bool:
    """True for a name that a part may have: safe as a path on every system."""
    return len(name) < _MAX_NAME and _NAME.match(name) is not None


def read_parts(stream: BinaryIO, size: int, limits: Limits = LIMITS) -> tuple[Part, ...]:
    """The members of the archive in ``stream``, ``size`` bytes long, in order; no content is read.

    Raises:
        BundleError: when any byte of a header, the directory or the end record is not the one permitted,
            members overlap or leave gaps, or what is declared is beyond ``limits``.
    """
    if size > limits.bundle:
        raise BundleError(TOO_LARGE, reason=f"{size} of {limits.bundle} bytes")
    start = _read_at(stream, 0, 4)
    if size < _END.size or start != b"PK\x03\x04":
        raise BundleError(CUT_SHORT if size and b"PK\x03\x04".startswith(start) else NOT_A_BUNDLE, reason="no start")
    end = _read_at(stream, size - _END.size, _END.size)
    if end[:4] != b"PK\x05\x06":
        raise BundleError(CUT_SHORT, reason="no end record at the end")
    count, directory_size, directory = _END.unpack(end)[4:7]
    if end != _END.pack(b"PK\x05\x06", 0, 0, count, count, directory_size, directory, 0):
        raise BundleError(STRUCTURE, "the end record", "not canonical")
    if directory + directory_size + _END.size != size:
        raise BundleError(CUT_SHORT, reason="the directory does not end where the end record starts")
    if count > limits.parts:
        raise BundleError(LIMIT, "the list of parts", f"{count} of {limits.parts} parts")
    if directory_size > count * (_CENTRAL.size + _MAX_NAME):
        raise BundleError(STRUCTURE, "the directory", "longer than its parts")
    parts = _read_directory(_read_at(stream, directory, directory_size), count, directory, limits)
    for part in parts:
        header = _local_header(part)
        if _read_at(stream, part.offset, len(header)) != header:
            raise BundleError(STRUCTURE, part.name, "its header is not canonical or differs from the directory")
    return parts


def _read_directory(directory: bytes, count: int, end: int, limits: Limits) -> tuple[Part, ...]:
    """The parts that the central directory lists, each starting where the one before it ends, the last at ``end``."""
    parts: list[Part] = []
    names: set[str] = set()
    at = offset = unpacked = 0
    for number in range(1, count + 1):
        raw = directory[at : at + _CENTRAL.size]
        if len(raw) < _CENTRAL.size:
            raise BundleError(STRUCTURE, "the directory", f"ends before part {number}")
        fields = _CENTRAL.unpack(raw)
        method, crc, packed, size, name_length = fields[4], *fields[7:11]
        at += _CENTRAL.size
        raw_name = directory[at : at + name_length]
        at += name_length
        name = raw_name.decode("ascii", "replace")
        if len(raw_name) != name_length or not is_name(name):
            raise BundleError(STRUCTURE, f"part {number}", "a name that no part may have")
        part = Part(name, method, crc, packed, size, offset)
        if raw != _central_header(part)[: _CENTRAL.size]:
            raise BundleError(STRUCTURE, name, "its line in the directory is not canonical, or parts overlap")
        if name in names:
            raise BundleError(STRUCTURE, name, "there twice")
        if method == STORED:
            if packed != size:
                raise BundleError(STRUCTURE, name, "stored, but its two sizes differ")
        elif method != DEFLATED:
            raise BundleError(STRUCTURE, name, "packed in a way that is not permitted")
        elif packed > size + size // 1000 + 64:
            raise BundleError(STRUCTURE, name, "larger packed than unpacked")
        if size > limits.ratio * packed + limits.slack:
            raise BundleError(LIMIT, name, f"unpacks to more than {limits.ratio} times its size")
        unpacked += size
        if unpacked > limits.unpacked:
            raise BundleError(LIMIT, name, f"unpacks, with all before it, to more than {limits.unpacked} bytes")
        names.add(name)
        parts.append(part)
        offset += _LOCAL.size + name_length + packed
    if at != len(directory) or offset != end:
        raise BundleError(STRUCTURE, "the directory", "bytes that belong to no part")
    return tuple(parts)


def content(stream: BinaryIO, part: Part, packed: Digest | None = None) -> Iterator[bytes]:
    """The part's bytes, unpacked, in pieces of at most ``CHUNK``; never more than its declared size.

    Args:
        stream: the archive.
        part: one of ``read_parts``.
        packed: takes in the bytes as they stand in the archive.

    Raises:
        BundleError: when size or CRC-32 are not those declared, or the packed bytes are not one whole stream.
            What was given out before is then worth nothing.
    """
    at = part.offset + _LOCAL.size + len(part.name)
    end, crc, size = at + part.packed, 0, 0
    if part.method == STORED:
        while at < end:
            # Each time to its place: two parts may be read by turns.
            piece = _read_at(stream, at, min(end - at, CHUNK))
            if not piece:
                raise BundleError(DAMAGED, part.name, "ends early")
            at += len(piece)
            crc = zlib.crc32(piece, crc)
            if packed is not None:
                packed.update(piece)
            yield piece
        size = part.size
    else:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        raw = b""
        while not inflate.eof:
            if not raw:
                raw = _read_at(stream, at, min(end - at, CHUNK))
                at += len(raw)
                if packed is not None:
                    packed.update(raw)
            try:
                # One byte more than declared may come: enough to see that there is more, not enough to hurt.
                piece = inflate.decompress(raw, min(part.size - size + 1, CHUNK))
            except zlib.error:
                raise BundleError(DAMAGED, part.name, "cannot be unpacked") from None
            if not raw and not piece:
                raise BundleError(DAMAGED, part.name, "ends early")
            raw = inflate.unconsumed_tail
            size += len(piece)
            if size > part.size:
                raise BundleError(DAMAGED, part.name, "longer than declared")
            crc = zlib.crc32(piece, crc)
            if piece:
                yield piece
        if at != end or inflate.unused_data:
            raise BundleError(DAMAGED, part.name, "more bytes than it needs")
    if size != part.size or crc != part.crc:
        raise BundleError(DAMAGED, part.name, "size or checksum differ")


class Packed(NamedTuple):
    """A deflated part, ready to be written."""

    name: str
    crc: int
    size: int
    data: Iterable[bytes]


def deflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """``pieces`` as one raw deflate stream."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    for piece in pieces:
        if data := packer.compress(piece):
            yield data
    yield packer.flush()


class Writer:
    """A canonical archive being written to a stream that can seek; the same parts give the same bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._parts: list[Part] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Writes a stored part."""
        offset = self._begin(name)
        crc = size = 0
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            self._stream.write(piece)
        self._finish(Part(name, STORED, crc, size, size, offset))

    def add_packed(self, part: Packed) -> None:
        """Writes a part that ``deflate`` has packed."""
        offset = self._begin(part.name)
        packed = 0
        for piece in part.data:
            packed += len(piece)
            self._stream.write(piece)
        self._finish(Part(part.name, DEFLATED, part.crc, packed, part.size, offset))

    def close(self) -> None:
        """Writes directory and end record; the stream stays open."""
        directory = b"".join(map(_central_header, self._parts))
        count = len(self._parts)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), self._stream.tell(), 0)
        self._stream.write(directory + end)

    def _begin(self, name: str) -> int:
        if not is_name(name):
            raise ValueError(f"not a name for a part: {name!r}")
        offset = self._stream.tell()
        # Sizes and checksum are known only afterwards; the header is written again then.
        self._stream.write(bytes(_LOCAL.size + len(name)))
        return offset

    def _finish(self, part: Part) -> None:
        end = self._stream.tell()
        if end >= 2**32 - _END.size:
            raise BundleError(TOO_LARGE, part.name, "more than 4 GiB")
        self._stream.seek(part.offset)
        self._stream.write(_local_header(part))
        self._stream.seek(end)
        self._parts.append(part)


def _local_header(part: Part) -> bytes:
    name = part.name.encode("ascii")
    return (
        _LOCAL.pack(
            b"PK\x03\x04", _VERSION, 0, part.method, _MIDNIGHT, _DAY, part.crc, part.packed, part.size, len(name), 0
        )
        + name
    )


def _central_header(part: Part) -> bytes:
    name = part.name.encode("ascii")
    return (
        _CENTRAL.pack(
            b"PK\x01\x02", _MADE_BY, _VERSION, 0, part.method, _MIDNIGHT, _DAY, part.crc, part.packed, part.size,
            len(name), 0, 0, 0, 0, _PLAIN_FILE, part.offset,
        )
        + name
    )  # fmt: skip


def _read_at(stream: BinaryIO, offset: int, length: int) -> bytes:
    stream.seek(offset)
    return stream.read(length)
