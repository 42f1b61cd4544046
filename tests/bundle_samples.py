"""Small bundles for tests: entries of invented logs, and a zip built by hand to attack the reader with."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.write import Contents, Written, segments_of, write_bundle
from assessor_tui.ledger.entry import ANSWER, OPEN_VISIT, Entry, hash_line, reference, to_line
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.store.keys import device_id

VISIT, OTHER_VISIT = "11" * 16, "22" * 16
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
LAPTOP, COLLEAGUE = device_id(PUBLIC), "bb" * 16
PERSON = "Assessor One"
APP = "assessor_tui 0.1.0"
FORM = dump({"settings": {"form_id": "example"}, "survey": []})
SCHEME = dump({"scheme": "example"})
JPEG = b"\xff\xd8\xff\xe0" + b"a picture, as far as its first bytes tell" * 3


def make_log(
    count: int,
    visit: str = VISIT,
    device: str = LAPTOP,
    values: tuple[Value, ...] = (),
    after: tuple[str, Entry] | None = None,
) -> list[tuple[str, Entry]]:
    """(hash, entry) of a log of ``count`` entries, or of ``count`` more after the entry given."""
    entries: list[tuple[str, Entry]] = []
    prev, start = (after[0], after[1].seq + 1) if after else ("", 1)
    for seq in range(start, start + count):
        act, form, path, value = ANSWER, "example", f"question_{seq}", Quantity(str(seq), "kWh")
        if seq == 1:
            act, form, path, value = OPEN_VISIT, "", "", None
        if 0 <= seq - 2 < len(values):
            value = values[seq - 2]
        entry = Entry(visit, device, seq, prev, 1_763_800_000_000_000 + seq, PERSON, act, form, "", path, value)
        prev = hash_line(visit, device, to_line(entry))
        entries.append((prev, entry))
    return entries


def picture(digest: str) -> Evidence:
    """An answer that names the file of that digest."""
    return Evidence("photo", {"sha256": digest, "name": "roof.jpg", "type": "image/jpeg"})


def plain_contents(*entries: tuple[str, Entry], **others: object) -> Contents:
    """A bundle's contents around the entries."""
    contents = Contents(VISIT, "delta", LAPTOP, PERSON, segments_of(entries))
    return contents._replace(**others)


def write(folder: Path, contents: Contents, **others: object) -> Written:
    """The bundle, written under a fixed label."""
    return write_bundle(folder, contents, label="Plating shop 2026", app=APP, **others)  # type: ignore[arg-type]


def small_bundle(folder: Path) -> Path:
    """A bundle with one of everything."""
    import hashlib

    folder.mkdir(exist_ok=True)
    photo = folder / "photo"
    photo.write_bytes(JPEG)
    digest = hashlib.sha256(JPEG).hexdigest()
    log = make_log(3, values=(picture(digest),))
    contents = plain_contents(*log, forms=(FORM,), schemes=(SCHEME,), evidence={digest: photo})
    return write(folder, contents).path


def replacing(entry: tuple[str, Entry], digest: str, device: str, seq: int) -> tuple[str, Entry]:
    """The entry with a reference in ``replaces``, hashed anew."""
    changed = entry[1]._replace(replaces=(reference(device, seq, digest),))
    return hash_line(changed.visit, changed.device, to_line(changed)), changed


def zip_bytes(*parts: tuple[str, bytes, int], lie: dict[str, int] | None = None) -> bytes:
    """A zip of (name, content, method), canonical but for what ``lie`` changes in the headers of its last part."""
    lie = lie or {}
    local, central = b"", b""
    for number, (name, data, method) in enumerate(parts, 1):
        fields = {"version": 20, "flags": 0, "method": method, "time": 0, "date": 33, "crc": zlib.crc32(data)}
        raw = data
        if method == 8:
            packer = zlib.compressobj(6, zlib.DEFLATED, -15)
            raw = packer.compress(data) + packer.flush()
        fields |= {"packed": len(raw), "size": len(data)}
        offset = len(local)
        if number == len(parts):
            offset = lie.get("offset", offset)
            fields |= {key: value for key, value in lie.items() if key != "offset"}
        named = name.encode()
        common = struct.pack("<5H3I2H", *fields.values(), len(named), 0)
        central += (
            b"PK\x01\x02"
            + struct.pack("<H", 0x0314)
            + common
            + struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, offset)
            + named
        )
        local += b"PK\x03\x04" + common + named + raw
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(parts), len(parts), len(central), len(local), 0)
    return local + central + end


def flipped(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(position of the bit, data with that bit turned)."""
    changed = bytearray(data)
    for bit in range(len(data) * 8):
        changed[bit // 8] ^= 1 << bit % 8
        yield bit, bytes(changed)
        changed[bit // 8] ^= 1 << bit % 8
