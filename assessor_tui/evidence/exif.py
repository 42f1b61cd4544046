"""When and with which camera a photo was taken, read from the first bytes of its file; nothing is decoded."""

import struct
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, NamedTuple

HEAD = 16 * 1024
"""Bytes that say it for most photos."""
MOST = 192 * 1024
"""Bytes after which nothing is looked for any more."""

_MAKE, _MODEL, _DETAILS = 0x010F, 0x0110, 0x8769
_TAKEN, _DIGITIZED, _ZONE, _SERIAL = 0x9003, 0x9004, 0x9011, 0xA431
_WANTED = frozenset({_MAKE, _MODEL, _TAKEN, _DIGITIZED, _ZONE, _SERIAL})
_MOST_FIELDS = 200
_TEXT = 2


class Shot(NamedTuple):
    """What a camera says of a photo."""

    taken: str = ""
    """Its own time, ``2026-11-12T10:03:00``, with ``+08:00`` when it knows its zone; ``""`` when it does not say."""
    camera: str = ""
    """Make, model and serial number; ``""`` when it does not say."""


class _MoreNeeded(Exception):
    """What is looked for stands behind the bytes that are there."""


def shot_of(stream: BinaryIO) -> Shot:
    """What the camera says, read from the stream's place on; never more than ``MOST`` bytes."""
    head = stream.read(HEAD)
    try:
        return read_shot(head)
    except _MoreNeeded:
        head += stream.read(MOST - HEAD)
    with suppress(_MoreNeeded):
        return read_shot(head)
    return Shot()


def read_shot(head: bytes) -> Shot:
    """What the camera says in the first bytes of a file; nothing for a broken one.

    Raises:
        _MoreNeeded: when it stands behind them.
    """
    try:
        at, end = _block(head)
        return _read_block(head[at:end], more=end > len(head) == HEAD) if at else Shot()
    except (struct.error, IndexError, UnicodeDecodeError):
        return Shot()


def _block(head: bytes) -> tuple[int, int]:
    """Where the block of tags begins and ends; (0, 0) when there is none."""
    if head.startswith(b"\xff\xd8"):
        return _in_jpeg(head)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _in_chunks(head, 8, b"eXIf", b"IDAT", ">", length_first=True)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _in_chunks(head, 12, b"EXIF", b"", "<", length_first=False)
    if head[4:8] == b"ftyp":
        # The boxes of HEIC say where it stands by a chain of tables; its first words are plain enough.
        found = [head.find(mark) for mark in (b"Exif\0\0II*\0", b"Exif\0\0MM\0*")]
        at = min((each for each in found if each >= 0), default=-1)
        if at < 0 and len(head) == HEAD:
            raise _MoreNeeded
        return (at + 6, MOST) if at >= 0 else (0, 0)
    return 0, 0


def _in_jpeg(head: bytes) -> tuple[int, int]:
    at = 2
    while head[at : at + 1] == b"\xff" and head[at + 1] not in (0xD9, 0xDA):
        (length,) = struct.unpack_from(">H", head, at + 2)
        end = at + 2 + length
        if head[at + 1] == 0xE1 and head[at + 4 : at + 10] == b"Exif\0\0":
            return at + 10, end
        at = end
        if at + 4 > len(head) and len(head) == HEAD:
            raise _MoreNeeded
    return 0, 0


def _in_chunks(head: bytes, at: int, wanted: bytes, last: bytes, order: str, *, length_first: bool) -> tuple[int, int]:
    while at + 8 <= len(head):
        name, size = (head[at + 4 : at + 8], head[at : at + 4]) if length_first else (head[at : at + 4], head[at + 4 :])
        (length,) = struct.unpack_from(f"{order}I", size)
        begin = at + 8
        if name == wanted:
            begin += 6 if head[begin : begin + 6] == b"Exif\0\0" else 0
            return begin, begin + length
        if name == last:
            return 0, 0
        at = begin + length + (4 if length_first else length % 2)
    if len(head) == HEAD:
        raise _MoreNeeded
    return 0, 0


def _read_block(block: bytes, *, more: bool) -> Shot:
    """``more`` says that the block goes on behind what is there, and could be had."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return Shot()
    (at,) = struct.unpack_from(f"{order}I", block, 4)
    first = _fields(block, at, order, more)
    details = _fields(block, first[_DETAILS], order, more) if isinstance(first.get(_DETAILS), int) else {}
    when = details.get(_TAKEN) or details.get(_DIGITIZED)
    named = (first.get(_MAKE), first.get(_MODEL), details.get(_SERIAL))
    words = list(dict.fromkeys(str(each).strip() for each in named if isinstance(each, str) and each.strip()))
    if len(words) > 1 and words[1].casefold().startswith(words[0].casefold()):
        del words[0]  # "Canon Canon EOS"
    return Shot(_time(str(when or ""), str(details.get(_ZONE) or "")), " ".join(words)[:100])


def _fields(block: bytes, at: int | str, order: str, more: bool) -> dict[int, int | str]:
    """Texts and numbers of one table of tags."""
    if not isinstance(at, int) or not 8 <= at < MOST:
        return {}
    if more and at + 2 > len(block):
        raise _MoreNeeded
    (count,) = struct.unpack_from(f"{order}H", block, at)
    found: dict[int, int | str] = {}
    for number in range(min(count, _MOST_FIELDS)):
        entry = at + 2 + 12 * number
        if more and entry + 12 > len(block):
            raise _MoreNeeded
        tag, kind, length = struct.unpack_from(f"{order}HHI", block, entry)
        if kind == _TEXT:
            place = entry + 8
            if length > 4:
                (place,) = struct.unpack_from(f"{order}I", block, entry + 8)
            if more and place + length > len(block) and tag in _WANTED:
                raise _MoreNeeded
            text = block[place : place + min(length, 64)].split(b"\0")[0].decode("utf-8", "replace")
            found[tag] = "".join(each for each in text if each.isprintable())
        elif tag == _DETAILS:
            (found[tag],) = struct.unpack_from(f"{order}I", block, entry + 8)
    return found


def _time(when: str, zone: str) -> str:
    for text, pattern in ((when + zone, "%Y:%m:%d %H:%M:%S%z"), (when, "%Y:%m:%d %H:%M:%S")):
        with suppress(ValueError):
            return datetime.strptime(text, pattern).isoformat()  # noqa: DTZ007 - a camera seldom knows its zone
    return ""
