"""``assessor inbox`` and ``assessor withdraw``."""

import os
from pathlib import Path

import pytest

from assessor_tui.evidence.files import evidence_path
from tests.cli_world import Laptop, named, new_visit
from tests.pictures import jpeg


@pytest.fixture
def laptop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Laptop:
    return named(tmp_path / "data", capsys)


def put(folder: Path, name: str, data: bytes) -> Path:
    """A file that has rested for an hour."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (path.stat().st_mtime - 3600,) * 2)
    return path


def test_the_inbox_is_made_named_and_listed_with_what_is_wrong(laptop: Laptop, tmp_path: Path) -> None:
    visit = new_visit(laptop)
    place = Path(laptop.ok("inbox", "alpha").out.strip())
    assert place.parent == laptop.folder / "inbox"
    assert "Alpha Works" in place.name
    put(place, "IMG_1.jpg", jpeg("2026:11:12 10:03:00"))
    put(place, "IMG_2.jpg", jpeg(colour="red"))
    put(place, "\x1b[31mclip.mp4", b"\0\0\0\x18ftypisom" + bytes(100))
    said = laptop("inbox", "alpha")
    assert said.code == 3
    assert "\x1b" not in said.out
    assert "2026-11-12 10:03:00" in said.out
    assert "no time of its own; by name after IMG_1.jpg" in said.out
    assert "It is a video." in said.out
    data = laptop("inbox", "alpha", "--json").data
    assert data["visit"] == visit
    assert [each["state"] for each in data["files"]] == ["refused", "waiting", "waiting"]
    assert data["files"][1]["camera"] == "Canon PowerShot"
    shown = laptop.ok("visit", "show", "alpha")
    assert "2 files of the inbox not sorted yet" in shown.out
    assert laptop.ok("visit", "show", "alpha", "--json").data["inbox"] == 2
    made = laptop.ok("bundle", "make", "alpha", "-o", tmp_path / "stick")
    assert "2 files of the inbox are not part of it" in made.err


def test_another_folder_is_kept_and_one_that_is_none_is_refused(laptop: Laptop, tmp_path: Path) -> None:
    new_visit(laptop)
    put(tmp_path / "card", "IMG_1.jpg", jpeg())
    assert laptop("inbox", "alpha", "--folder", tmp_path / "nowhere").code == 1
    assert laptop.ok("inbox", "alpha", "--folder", tmp_path / "card", "--json").data["folder"] == str(tmp_path / "card")
    assert laptop.ok("inbox", "alpha", "--json").data["files"][0]["name"] == "IMG_1.jpg"


def test_a_file_is_withdrawn_by_name_or_digest_with_a_reason(laptop: Laptop, tmp_path: Path) -> None:
    new_visit(laptop)
    photo = put(tmp_path, "face.jpg", jpeg())
    laptop.ok("answer", "alpha", "visit_header/employees", "12", "--photo", photo)
    assert laptop("withdraw", "alpha", "face.jpg").code == 4
    assert laptop("withdraw", "alpha", "other.jpg", "--why", "x").code == 1
    data = laptop.ok("withdraw", "alpha", "face.jpg", "--why", "a worker's face", "--json").data
    assert not evidence_path(laptop.folder, data["sha256"]).exists()
    assert data["used_in"] == []
    again = laptop("answer", "alpha", "visit_header/employees", "12", "--photo", photo)
    assert "a worker's face" in again.err
    assert laptop("withdraw", "alpha", data["sha256"][:12], "--why", "x").code == 1
