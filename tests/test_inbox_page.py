"""Sorting the inbox by keys: photos beside what was being answered when they were taken."""

import os
from pathlib import Path

from assessor_tui.evidence import inbox
from assessor_tui.evidence.files import evidence_path
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import EVIDENCE, OVERVIEW, WALK
from assessor_tui.tui.shown.evidence import LOOSE, pieces_of
from assessor_tui.tui.windows.clock import Clock, large
from tests.pictures import jpeg
from tests.tui_visits import CONTROL, closing, opened, ready, settled, text_of, until  # noqa: F401

FIRST, SECOND = "has_exhaust_air", "has_voc_process"


def answer(visit, path: str, value: object = ("yes",)) -> int:
    """When it was recorded, in microseconds."""
    recorded = visit.record("answer", CONTROL, path, value)
    assert recorded.entries, recorded.problems
    return recorded.entries[0][1].at


def box_of(visit, folder: Path) -> Path:
    return inbox.use_folder(visit.store, visit.id, folder / "inbox", make=True)


def put(box: Path, name: str, at: int | None, *, behind: int = 0, data: bytes = b"", place: bool = False) -> Path:
    """A photo taken at ``at`` by a camera that is so many seconds behind; None for one without a time."""
    taken = "" if at is None else f"{hong_kong_time(at - behind * 1_000_000):%Y:%m:%d %H:%M:%S}"
    path = box / name
    path.write_bytes(data or jpeg(taken, place=place) + name.encode())
    os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


async def listed(pilot, count: int) -> None:
    """Nothing; so many files of the inbox are listed and hashed."""
    screen = pilot.app.screen

    def hashed() -> bool:
        return len(screen.files) == count and all(
            each.seen.sha256 for each in screen.files if each.state == inbox.WAITING
        )

    await until(pilot, hashed)
    await settled(pilot)


def labels(app) -> list[str]:
    return [piece.label for piece in app.screen.table.rows]


def tied(visit) -> dict[str, list[str]]:
    return {piece.label: [path for _form, path in piece.places] for piece in pieces_of(visit) if piece.places}


async def test_a_photo_stands_beside_what_was_answered_then_and_a_digit_ties_it(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    at, later = answer(visit, FIRST), answer(visit, SECOND) + 60_000_000
    box = box_of(visit, tmp_path)
    put(box, "IMG_2.jpg", later, place=True)
    put(box, "IMG_1.jpg", at + 1_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 2)
        screen = app.screen
        assert screen.shows == LOOSE
        assert labels(app) == ["IMG_1.jpg", "IMG_2.jpg"]
        shown = text_of(screen)
        assert "2 to sort" in shown
        assert "answered" in shown
        await pilot.press("home", "1")
        await until(pilot, lambda: labels(app) == ["IMG_2.jpg"])
        await pilot.press("1")
        await until(pilot, lambda: labels(app) == [])
        assert "Everything is sorted" in text_of(screen)
        assert set(tied(app.visit)) == {"IMG_1.jpg", "IMG_2.jpg"}
        assert tied(app.visit)["IMG_2.jpg"] == [SECOND]
        for path in box.iterdir():
            assert path.exists()
        await pilot.press("ctrl+z")
        await until(pilot, lambda: labels(app) == ["IMG_2.jpg"])


async def test_many_photos_are_sorted_with_a_key_or_two_each_and_no_path(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    first, second = answer(visit, FIRST), answer(visit, SECOND) + 60_000_000
    box = box_of(visit, tmp_path)
    for number in range(60):
        taken = f"{hong_kong_time(first if number < 30 else second):%Y:%m:%d %H:%M:%S}"
        put(box, f"IMG_{number}.jpg", None, data=jpeg(taken, size=(16, 16)) + bytes(number))
    keys = 0
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 60)
        await pilot.press("home")
        while app.screen.table.rows:
            count = len(app.screen.table.rows)
            run = ["space"] * min(10, count) + ["1"]
            keys += len(run)
            await pilot.press(*run)
            await until(pilot, lambda before=count: len(app.screen.table.rows) == before - 10)
        assert keys == 66
        await until(pilot, lambda: len(tied(app.visit)) == 60)
        undone = len(app.visit.state)
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert len(app.visit.state) == undone + 10  # ten ties were one act
        assert len(app.screen.table.rows) == 10


async def test_a_jot_becomes_a_note_where_it_is_tied_and_one_undo_brings_it_back(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    answer(visit, FIRST)
    visit.record("note", "", "", "smell at the north gate")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert labels(app) == ["smell at the north gate"]
        await pilot.press("1")
        await settled(pilot)
        assert [entry.value for _d, entry in app.visit.state.notes(CONTROL, FIRST)] == ["smell at the north gate"]
        assert app.visit.state.jots() == []
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert app.visit.state.notes(CONTROL, FIRST) == []
        assert labels(app) == ["smell at the north gate"]


async def test_marked_pieces_are_tied_to_all_that_is_ticked(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    answer(visit, FIRST)  # only then the second question is asked
    box = box_of(visit, tmp_path)
    put(box, "IMG_1.jpg", None)
    put(box, "IMG_2.jpg", None)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 2)
        await pilot.press("home", "space", "space", "f2", *"3.01", "f2", *"3.02", "f2")
        await pilot.pause()
        assert "Enter ties to the 2 ticked" in text_of(app.screen)
        await pilot.press("enter")
        await until(pilot, lambda: app.place == EVIDENCE and not getattr(app.screen, "table", app).rows)
        assert tied(app.visit) == {"IMG_1.jpg": [FIRST, SECOND], "IMG_2.jpg": [FIRST, SECOND]}
        assert {piece.value.about.get("original") for piece in pieces_of(app.visit)} == {None}
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert tied(app.visit) == {}


async def test_one_caption_for_all_marked_goes_with_them(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    at = answer(visit, FIRST)
    box = box_of(visit, tmp_path)
    put(box, "IMG_1.jpg", at)
    put(box, "IMG_2.jpg", at)
    stored = Evidence("photo", {"sha256": "0" * 64, "name": "old.jpg"})
    visit.record("attach", "", "", stored)
    long = "房頂風機銘牌" * 1667
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 2)
        await pilot.press("home", "space", "space", "space", "ctrl+e")
        await pilot.pause()
        app.screen.query_one("#answer").value = long[:10_000]
        await pilot.press("enter")
        await settled(pilot)
        assert text_of(app.screen).count("房頂風機") >= 3
        await pilot.press("1")  # the marks have stayed
        await until(pilot, lambda: len(tied(app.visit)) == 1 and not app.screen.table.rows)
        pieces = pieces_of(app.visit)
        assert {piece.value.about["caption"] for piece in pieces} == {long[:10_000]}


async def test_a_photo_of_the_clock_puts_its_camera_right_also_for_what_was_tied_before(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    at = answer(visit, FIRST)
    answer(visit, SECOND)
    box = box_of(visit, tmp_path)
    put(box, "IMG_1.jpg", at, behind=3492)
    put(box, "IMG_2.jpg", at + 120_000_000, behind=3492)
    inbox.clock_shown(visit.store, visit.id, at, at + 5_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 2)
        screen = app.screen
        await pilot.press("end")
        screen.tie([screen.piece], [(CONTROL, SECOND)])
        await until(pilot, lambda: labels(app) == ["IMG_1.jpg"])
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert app.screen.query_one("#answer").value == f"{hong_kong_time(at):%Y-%m-%d %H:%M:%S}"
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.table.rows)
        assert "58 min 12 s behind" in text_of(screen)
        await until(pilot, lambda: any("camera" in each.value.about for each in pieces_of(app.visit)))
        (piece,) = pieces_of(app.visit)
        assert piece.value.about["taken"] == f"{hong_kong_time(at + 120_000_000):%Y-%m-%dT%H:%M:%S}"
        assert piece.value.about["camera"] == f"{hong_kong_time(at + 120_000_000 - 3_492_000_000):%Y-%m-%dT%H:%M:%S}"


async def test_the_clock_is_shown_and_when_it_was_is_kept(tmp_path):
    app, _visit = opened(tmp_path, EVIDENCE)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await pilot.pause()
        assert isinstance(app.screen, Clock)
        assert "UTC+8" in text_of(app.screen)
        await pilot.press("escape")
        await pilot.pause()
        ((begin, end),) = app.store.local(app.visit.id, inbox.SHOWINGS)
        assert begin <= end


def test_the_digits_of_the_clock_fit_into_the_smallest_terminal():
    for line in large("23:59:59", 2):
        assert sum(len(cells) for cells, _filled in line) <= 76
    assert len(large("23:59:59", 2)) + len(large("12-31")) + 1 <= 20


async def test_what_is_left_aside_is_not_counted_and_comes_back(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    box = box_of(visit, tmp_path)
    put(box, "lunch.jpg", None)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 1)
        await pilot.press("0")
        await settled(pilot)
        assert labels(app) == []
        assert inbox.unsorted_files(app.visit, 0) == []
        while "[left aside]" not in text_of(app.screen):
            await pilot.press("f8")
        await pilot.press("0")
        await settled(pilot)
        assert [file.name for file in inbox.unsorted_files(app.visit, 0)] == ["lunch.jpg"]


async def test_what_cannot_be_tied_says_why_and_is_not_dropped(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    answer(visit, FIRST)
    box = box_of(visit, tmp_path)
    put(box, "clip.mp4", None, data=b"\0\0\0\x18ftypisom" + bytes(100))
    put(box, "gone.jpg", None)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 2)
        await pilot.press("home")
        assert "It is a video" in text_of(app.screen)
        await pilot.press("1")
        await pilot.pause()
        assert labels(app) == ["clip.mp4", "gone.jpg"]
        await pilot.press("end")
        (box / "gone.jpg").unlink()
        await pilot.press("1")
        await until(pilot, lambda: "gone.jpg cannot be read" in text_of(app.screen))
        assert app.visit.state.standing_files() == []


async def test_withdrawing_says_plainly_what_it_does_and_leaves_a_line(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    answer(visit, FIRST)
    box = box_of(visit, tmp_path)
    path = put(box, "face.jpg", None)
    value = inbox.keep(visit, path)
    visit.record("attach", CONTROL, FIRST, value)
    sha256 = value.about["sha256"]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 1)
        await pilot.press("f8", "delete")
        await pilot.pause()
        assert "removed for good" in text_of(app.screen)
        await pilot.press("2")
        await settled(pilot)
        assert not evidence_path(app.store.folder, sha256).exists()
        assert tied(app.visit) == {}
        while "[withdrawn]" not in text_of(app.screen):
            await pilot.press("f8")
        assert "shows people or secrets" in text_of(app.screen)
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert not app.visit.state.standing_files()


async def test_the_overview_counts_the_inbox_and_leads_to_it(tmp_path):
    app, visit = opened(tmp_path, OVERVIEW)
    box = box_of(visit, tmp_path)
    put(box, "IMG_1.jpg", None)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: app.screen.unsorted == 1)
        await pilot.press("end")
        await pilot.pause()
        assert "1 file of the inbox not sorted yet" in text_of(app.screen)
        await pilot.press("enter")
        await listed(pilot, 1)
        assert (app.place, app.screen.shows) == (EVIDENCE, LOOSE)
        await app.go(WALK)
        await pilot.pause()
        assert not [worker for worker in app.workers if worker.group == "inbox-hash" and worker.is_running]


async def test_a_picture_of_the_inbox_is_drawn_while_keys_go_on(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("assessor_tui.tui.pages.evidence.can_draw", lambda system: True)
    app, visit = opened(tmp_path, EVIDENCE)
    box = box_of(visit, tmp_path)
    for number in range(5):
        put(box, f"IMG_{number}.jpg", None)
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await listed(pilot, 5)
        await pilot.press("home", "down", "down")
        assert app.screen.piece.label == "IMG_2.jpg"
        await until(pilot, lambda: app.screen.query_one("#picture").pixels)
        assert not (app.store.folder / "previews").exists()


async def test_a_record_without_a_file_is_made_and_tied_by_keys(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    answer(visit, FIRST)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f4", "3")
        await pilot.pause()
        await pilot.press(*"shift", "enter", *"log", "enter", "enter")
        await until(pilot, lambda: app.place == EVIDENCE and getattr(app.screen, "shows", "") == LOOSE)
        await pilot.press("1")
        await settled(pilot)
        (entry,) = (entry for _digest, entry in app.visit.state.evidence(CONTROL, FIRST))
        assert (entry.value.kind, entry.value.about["post"]) == ("interview", "shift")
        assert app.visit.state.jots() == []


async def test_a_file_that_was_withdrawn_asks_why_it_is_taken_again(tmp_path):
    from assessor_tui.evidence.withdraw import withdraw
    from assessor_tui.tui.windows.evidence_dialog import attach_file

    app, visit = opened(tmp_path, EVIDENCE)
    answer(visit, FIRST)
    path = put(box_of(visit, tmp_path), "face.jpg", None)
    value = inbox.keep(visit, path)
    visit.record("attach", CONTROL, FIRST, value)
    withdraw(visit, value.about["sha256"], "wrong site")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await listed(pilot, 1)
        assert "It was withdrawn by Chan Tai Man: wrong site" in text_of(app.screen)
        await attach_file(app.screen, CONTROL, FIRST, "photo", path)
        await pilot.pause()
        assert "nevertheless?" in text_of(app.screen)
        assert not evidence_path(app.store.folder, value.about["sha256"]).exists()
        await pilot.press(*"right", "enter")
        await until(pilot, lambda: app.visit.state.standing_files())
        assert evidence_path(app.store.folder, value.about["sha256"]).exists()


async def test_a_card_that_is_pulled_out_is_said_and_nothing_is_made_in_its_place(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    box = box_of(visit, tmp_path)
    box.rmdir()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "cannot be used" in text_of(app.screen))
        assert not box.exists()
        box.mkdir()
        put(box, "IMG_1.jpg", None)
        await listed(pilot, 1)
        assert "cannot be used" not in text_of(app.screen)
