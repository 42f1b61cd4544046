"""A folder between laptops, for tests: photos to carry, and what other programs leave beside them."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.carry.pull import pull
from assessor_tui.carry.push import push
from assessor_tui.evidence.files import store_file
from assessor_tui.ledger.value import Evidence
from assessor_tui.store import keys
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import RosterRow, keep_roster
from assessor_tui.trust.roster import Member
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop
from tests.trust_worlds import roster_of, signed

JPEG = b"\xff\xd8\xff\xe0"


def photo(number: int, size: int = 100) -> bytes:
    """The bytes of a picture, as far as its first bytes tell."""
    return JPEG + hashlib.sha256(str(number).encode()).digest() * (size // 32 + 1)


def attach(visit: Visit, content: bytes) -> str:
    """SHA-256 of a photo that is tied to a question."""
    stored = store_file(visit.store.folder, [content], name="photo.jpg")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("photo", {"sha256": stored.sha256, "name": "photo.jpg", "type": stored.type})
    assert visit.record("attach", "check", "meter", value).problems == ()
    return stored.sha256


def pushed(visit: Visit, folder: Path, **more: object) -> list[tuple[str, int, int]]:
    """Kind, entries and files of each bundle that was pushed."""
    found = push(visit.store, [visit], folder, **more)  # type: ignore[arg-type]
    return [(each.kind, each.entries, each.files) for each in found]


def pulled(store: Store, folder: Path, visits: Iterable[str] = (), **more: object) -> list[tuple[str, int, int]]:
    """Outcome, entries and files of each bundle that was taken in."""
    found = pull(store, folder, set(visits), **more)  # type: ignore[arg-type]
    return [(each.outcome, each.new, each.files) for each in found]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def encrypted_for_nobody() -> bytes:
    """An age file that no laptop here can open."""
    from pyrage import encrypt, x25519

    return encrypt(b"a bundle of another team", [x25519.Identity.generate().to_public()])


def litter(folder: Path) -> dict[str, bytes]:
    """What other programs and people leave in a shared folder, by name; a folder is not among them but is there too."""
    found = {
        "desktop.ini": b"[.ShellClassInfo]\n",
        ".DS_Store": bytes(8),
        "Thumbs.db": bytes(100),
        "._EP-1_Mock-Works_delta_0.zip": bytes(50),
        "~$minutes.docx": b"x",
        "empty.zip": b"",
        "zeros.zip": bytes(5000),
        "notes.zip.txt": b"PK\x03\x04",
        "EP-1_Mock-Works_Ann_delta.0a1b2c3d.part": b"half",
        "for others.zip.age": encrypted_for_nobody(),
    }
    for name, content in found.items():
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "holiday.zip", "w") as archive:
        archive.writestr("beach.jpg", b"sun")
    found["holiday.zip"] = (folder / "holiday.zip").read_bytes()
    (folder / "sub.zip").mkdir()
    (folder / "sub.zip" / "inside.zip").write_bytes(b"PK\x03\x04")
    return found


def give_roster(*stores: Store, version: int = 1, keep: bool = True) -> RosterRow:
    """A roster that all of them are on, and that each has unless ``keep`` is False: the first one's person leads."""
    members = []
    for store in stores:
        device = store.device
        assert device is not None
        recipient = keys.recipient(store.folder, device.id)
        role = "assessor" if members else "lead"
        members.append(Member(device.id, device.public.hex(), recipient, device.person, role, 1))
    row = RosterRow(version, *signed(roster_of(*members, version=version)), arrived=1)
    for store in stores if keep else ():
        keep_roster(store, row)
    return row


class World(NamedTuple):
    """A lead and an assessor with one visit, and a folder between them."""

    ann: Visit
    bob: Store
    folder: Path

    def bobs(self) -> Visit:
        """The visit on Bob's laptop, taken in."""
        pulled(self.bob, self.folder)
        return Visit(self.bob, self.ann.id, new_id=ids("b"))


@pytest.fixture(name="world")
def two_laptops(tmp_path: Path) -> Iterator[World]:
    """The fixture ``world`` of every test file that imports it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    with laptop(tmp_path / "ann", "Ann", "lead") as ann, laptop(tmp_path / "bob", "Bob") as bob:
        yield World(begin(ann, application_number="EP-1"), bob, folder)
