"""Parts packed into a spool: what the seal says of them is known before the first byte of the bundle is written."""

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import IO, NamedTuple

from assessor_tui.bundle import canonical
from assessor_tui.bundle.archive import CHUNK, deflate
from assessor_tui.bundle.lines import head
from assessor_tui.bundle.seal import SegmentSeal
from assessor_tui.ledger.entry import hash_line


class Spooled(NamedTuple):
    """A part that is packed already, waiting in the spool."""

    crc: int
    size: int
    sha256: str
    start: int
    length: int


def pack_log(
    spool: IO[bytes], visit: str, device: str, lines: Iterable[bytes]
) -> Iterator[tuple[SegmentSeal, Spooled]]:
    """What the seal says of each unbroken run of the log's lines, and the run as it is packed in the spool."""
    for run in _unbroken(visit, device, lines):
        yield _pack_segment(spool, visit, device, run)


def pack(spool: IO[bytes], pieces: Iterable[bytes]) -> Spooled:
    """The pieces as one part, deflated at the end of the spool."""
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
    return Spooled(crc, size, digest.hexdigest(), start, spool.tell() - start)


def unspool(spool: IO[bytes], part: Spooled) -> Iterator[bytes]:
    """The deflated bytes of a part, in pieces."""
    at, left = part.start, part.length
    while left:
        spool.seek(at)
        piece = spool.read(min(left, CHUNK))
        yield piece
        at += len(piece)
        left -= len(piece)


def _unbroken(visit: str, device: str, lines: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """The lines, cut wherever one does not name the one before it: at a gap, and where a fork was interleaved."""
    run, before = 0, ""

    def numbered() -> Iterator[tuple[int, bytes]]:
        nonlocal run, before
        for line in lines:
            if before and canonical.load(line).get("prev", "") != before:
                run += 1
            before = hash_line(visit, device, line)
            yield run, line

    for _, together in groupby(numbered(), key=itemgetter(0)):
        yield map(itemgetter(1), together)


def _pack_segment(spool: IO[bytes], visit: str, device: str, lines: Iterable[bytes]) -> tuple[SegmentSeal, Spooled]:
    """The run, which has a line, packed into the spool, and what the seal says of it."""
    first = last = b""
    count = 0

    def pieces() -> Iterator[bytes]:
        nonlocal first, last, count
        buffer, held = [head(visit, device)], 0
        for last in lines:
            first = first or last
            count += 1
            buffer.append(last)
            held += len(last)
            if held > CHUNK:
                yield b"\n".join(buffer) + b"\n"
                buffer, held = [], 0
        if buffer:
            yield b"\n".join(buffer) + b"\n"

    part = pack(spool, pieces())
    # The whole segment is read back before it gets its name; here only what the seal needs is taken from it.
    fields = canonical.load(first)
    begin, prev = int(fields["seq"]), str(fields.get("prev", ""))
    return SegmentSeal(visit, device, begin, begin + count - 1, prev, hash_line(visit, device, last)), part
