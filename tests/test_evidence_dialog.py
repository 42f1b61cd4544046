"""Tying a file or a record to a question."""

import os
from pathlib import Path

import pytest
from PIL import Image

from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import WALK
from assessor_tui.tui.shown.words import size_words
from assessor_tui.tui.windows.dialog import AskText
from assessor_tui.tui.windows.evidence_dialog import LAST_FOLDER, PICTURES, add_evidence, dated, refusal
from assessor_tui.tui.windows.file_dialog import FOLDER, PickFile, list_folder, pasted_path
from tests.tui_visits import CONTROL, closing, opened, ready, settled, text_of  # noqa: F401


def photo(file: Path, when: float = 0, shade: int = 90) -> Path:
    Image.new("RGB", (64, 48), (shade, 80, 70)).save(file, "JPEG")
    os.utime(file, (1_700_000_000 + when, 1_700_000_000 + when))
    return file


def tied(visit, path="has_exhaust_air"):
    return [entry.value for _digest, entry in visit.state.evidence(CONTROL, path)]


def test_files_are_listed_newest_first_and_only_those_that_may_be_kept(tmp_path):
    for when, name in enumerate(("old.jpg", "new.JPG", "tool.exe", ".hidden.jpg")):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (when, when))
    (tmp_path / "album").mkdir()
    assert [each.name for each in list_folder(tmp_path, PICTURES)] == ["new.JPG", "old.jpg", "album"]
    assert list_folder(tmp_path, PICTURES)[-1].kind == FOLDER


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("'/a b/c.jpg'", "/a b/c.jpg"),
        (r"/a\ b/c\(1\).jpg", "/a b/c(1).jpg"),
        ("file:///a%20b/c.jpg", "/a b/c.jpg"),
        ("/a/", "/a/"),
        ("img_2041", ""),
        ("", ""),
    ],
)
@pytest.mark.skipif(os.sep != "/", reason="paths as this system spells them")
def test_a_path_is_understood_however_it_was_pasted(typed, path):
    assert pasted_path(typed) == path


def test_a_file_of_a_wrong_kind_is_refused_before_the_window_closes(tmp_path):
    wrong = tmp_path / "paper.pdf"
    wrong.write_bytes(b"MZ\x90\x00 a program")
    assert "paper.pdf is not a photo" in refusal(wrong)
    assert "cannot be read" in refusal(tmp_path / "gone.jpg")
    assert "is not a file" in refusal(tmp_path)
    assert refusal(photo(tmp_path / "fine.jpg")) == ""


def test_sizes_and_dates_are_said_in_one_way():
    assert [size_words(each) for each in (7, 640_000, 2_400_000)] == ["7 B", "640 kB", "2.4 MB"]
    assert dated({"date": "3/11", "page": ""}, "2026-11-12") == {"date": "2026-11-03"}


async def test_the_newest_photo_is_two_keys_away(tmp_path):
    app, _visit = opened(tmp_path, WALK, f"{CONTROL}/has_exhaust_air")
    photo(tmp_path / "older.jpg")
    photo(tmp_path / "newest.jpg", 60, 10)
    app.store.set_local("", LAST_FOLDER, str(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await add_evidence(app.screen, CONTROL, "has_exhaust_air", "photo")
        await pilot.pause()
        assert isinstance(app.screen, PickFile)
        assert "3.01" in text_of(app.screen)
        await pilot.press("enter")
        assert isinstance(app.screen, AskText)
        await pilot.press("R", "T", "O", "enter")
        await settled(pilot)
        (value,) = tied(app.visit)
        assert isinstance(value, Evidence)
        assert (value.kind, value.about["name"], value.about["caption"]) == ("photo", "newest.jpg", "RTO")
        assert app.store.evidence(value.about["sha256"]).type == "image/jpeg"


async def test_a_record_without_a_file_is_asked_field_by_field(tmp_path):
    app, _visit = opened(tmp_path, WALK, f"{CONTROL}/has_exhaust_air")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await add_evidence(app.screen, CONTROL, "has_exhaust_air", "document")
        await pilot.press("2", "P", "enter", "7", "ctrl+s")
        await pilot.pause()
        assert "Where it is kept is needed" in text_of(app.screen)
        await pilot.press("E", "H", "S", "enter")
        await settled(pilot)
        assert tied(app.visit) == [Evidence("original_seen", {"caption": "P", "kept": "EHS", "number": "7"})]


async def test_the_same_file_is_not_tied_twice(tmp_path):
    from assessor_tui.tui.windows.evidence_dialog import attach_file

    app, _visit = opened(tmp_path, WALK, f"{CONTROL}/has_exhaust_air")
    file = photo(tmp_path / "one.jpg")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for _time in range(2):
            await attach_file(app.screen, CONTROL, "has_exhaust_air", "photo", file)
        await pilot.pause()
        assert len(tied(app.visit)) == 1
        assert "tied here already" in text_of(app.screen)
        file.unlink()
        await attach_file(app.screen, CONTROL, "has_exhaust_air", "photo", file)
        await pilot.pause()
        assert "one.jpg cannot be read" in text_of(app.screen)
