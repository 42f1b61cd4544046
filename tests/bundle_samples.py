"""Small bundles for tests: entries of invented logs, and a zip built by hand to attack the reader with."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.seal import DOMAIN, TAGS, Seal, SegmentSeal, to_bytes
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


# What 1.1 adds: a colleague with a key, a scheme, age identities.

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OTHER_PUBLIC = OTHER_KEY.public_key().public_bytes_raw()
OTHER_LAPTOP = device_id(OTHER_PUBLIC)
SCHEME_KEY = Ed25519PrivateKey.from_private_bytes(b"\2" * 32)
SCHEME_PUBLIC = SCHEME_KEY.public_key().public_bytes_raw()
IDENTITY = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZ9K4CN"
RECIPIENT = "age15nsf9y4k28p83wth93tf7hafhvfajp45d2mge80ems45gz0c5gys3me64l"
STRANGER = "AGE-SECRET-KEY-1QGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQ0N3JDM"
STRANGERS_RECIPIENT = "age1e6xn45wvkce7c7msc9upffw8dmxs9959q5xng369hgzcwrjc04vszex59m"


Log = list[tuple[str, Entry]]


def seal_of(log: Log, visit: str = VISIT, key: Ed25519PrivateKey = OTHER_KEY) -> tuple[bytes, bytes]:
    """``seal.json`` and signature under which a device with that key once handed over this log of the visit."""
    public = key.public_key().public_bytes_raw()
    first, last = log[0][1], log[-1][1]
    segment = SegmentSeal(first.visit, first.device, first.seq, last.seq, first.prev, log[-1][0])
    some = dict.fromkeys(TAGS, "ab" * 32)
    device = device_id(public)
    purpose = "delta" if first.visit == visit else "invite"
    seal = Seal(visit, purpose, device, "Assessor Two", public.hex(), (segment,), some, "ab" * 32, APP)
    json = to_bytes(seal)
    return json, key.sign(DOMAIN + json)


def seals_of(*seals: tuple[bytes, bytes]) -> dict[str, tuple[bytes, bytes]]:
    """The seals by the digest of their bytes, as ``Contents`` takes them."""
    return {hashlib.sha256(json).hexdigest(): (json, signature) for json, signature in seals}


def receipt_bytes(*logs: Log, visit: str = VISIT) -> bytes:
    """``receipt.json`` of a device that holds these logs whole."""
    held = [{"device": log[0][1].device, "last": log[-1][0], "to": log[-1][1].seq} for log in logs]
    return dump({"logs": sorted(held, key=lambda each: each["device"]), "visit": visit})


def roster_parts(version: int = 1) -> tuple[bytes, bytes]:
    """``roster.json`` with the two laptops, and the scheme's signature."""
    people = [
        {"added": 1, "device": LAPTOP, "key": PUBLIC.hex(), "person": PERSON, "recipient": RECIPIENT, "role": "lead"},
        {
            "added": 1, "device": OTHER_LAPTOP, "key": OTHER_PUBLIC.hex(), "person": "Assessor Two",
            "recipient": STRANGERS_RECIPIENT, "role": "assessor",
        },
    ]  # fmt: skip
    fields = {
        "made": 1_763_800_000_000_000, "people": sorted(people, key=lambda each: str(each["device"])), "revoked": [],
        "scheme": SCHEME_PUBLIC.hex(), "version": version,
    }  # fmt: skip
    json = dump(fields)
    return json, SCHEME_KEY.sign(b"assessor-roster/1\0" + json)


def write_signed(folder: Path, contents: Contents, **others: object) -> Written:
    """The bundle, signed by the sample laptop."""
    return write(folder, contents, sign=KEY.sign, key=PUBLIC, **others)


def relayed(count: int = 1, **others: object) -> Contents:
    """Own entries and those of a colleague, with the colleague's seal, a receipt and a roster."""
    mine, theirs = make_log(count), make_log(count, device=OTHER_LAPTOP)
    return plain_contents(
        *mine, *theirs, seals=seals_of(seal_of(theirs)), receipt=receipt_bytes(mine, theirs), roster=roster_parts(),
        roster_version=1, **others,
    )  # fmt: skip
