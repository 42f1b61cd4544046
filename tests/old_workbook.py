"""Small .xls files, written by hand: no library that this project has writes them."""

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def old_workbook(sheets: Mapping[str, Sequence[Sequence[str | float | bool]]], more: Sequence[str] = ()) -> bytes:
    """A BIFF8 workbook in its container; ``more`` are names of further streams, such as ``_VBA_PROJECT``."""
    body = [(name, _sheet(rows)) for name, rows in sheets.items()]
    heads = [_record(0x85, b"\0\0\0\0" + struct.pack("<H", 0) + _short(name)) for name, _ in body]
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0x0DBB, 0x07CC, 0, 6))
    coded = _record(0x42, struct.pack("<H", 1200))
    end = _record(0x0A, b"")
    at = len(begin) + len(coded) + sum(map(len, heads)) + len(end)
    heads = []
    for name, part in body:
        heads.append(_record(0x85, struct.pack("<IH", at, 0) + _short(name)))
        at += len(part)
    return _container(begin + coded + b"".join(heads) + end + b"".join(part for _, part in body), more)


def _sheet(rows: Sequence[Sequence[str | float | bool]]) -> bytes:
    parts = [_record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, bool):
                parts.append(_record(0x205, place + bytes((cell, 0))))
            elif isinstance(cell, str):
                if cell:
                    text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                    parts.append(_record(0x204, place + text))
            else:
                parts.append(_record(0x203, place + struct.pack("<d", cell)))
    return b"".join([*parts, _record(0x0A, b"")])


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _short(name: str) -> bytes:
    return struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")


def _container(stream: bytes, more: Sequence[str]) -> bytes:
    """An OLE2 file: header, one sector that says which sector follows which, the directory, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    entries = [_entry("Root Entry", 5, _END, 0, child=1), _entry("Workbook", 2, 2, len(stream))]
    entries += [_entry(name, 2, _END, 0) for name in more]
    directory = b"".join(entries).ljust(_SECTOR, b"\0")
    assert len(directory) == _SECTOR and count + 2 <= _SECTOR // 4
    follows = [_FAT, _END, *range(3, count + 2), _END]
    table = struct.pack(f"<{_SECTOR // 4}I", *follows, *[_FREE] * (_SECTOR // 4 - len(follows)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    return head + table + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return (
        coded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(coded), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
