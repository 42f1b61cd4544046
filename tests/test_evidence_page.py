"""All evidence of a visit on one page."""

from pathlib import Path

from assessor_tui.evidence.files import preview_pixels, store_file
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import EVIDENCE, WALK
from assessor_tui.tui.shown.evidence import pieces_of
from assessor_tui.tui.widgets.picture import can_draw
from assessor_tui.tui.windows.viewer import copy_to_view
from tests.test_evidence_dialog import photo
from tests.tui_visits import CONTROL, closing, opened, ready, settled, text_of, until  # noqa: F401

FIRST, SECOND = "has_exhaust_air", "has_voc_process"


def with_photo(visit, folder: Path, *paths: str) -> str:
    """Digest of a photo tied to these questions, to nothing when there are none."""
    store = visit.store
    stored = store_file(store.folder, photo(folder / "IMG_2041.jpg"))
    store.note_evidence(stored.sha256, stored.size, stored.type)
    about = {"sha256": stored.sha256, "name": "IMG_2041.jpg", "type": stored.type, "caption": "[red]RTO 2"}
    for path in paths or ("",):
        visit.record("attach", CONTROL if path else "", path, Evidence("photo", about))
    return stored.sha256


async def test_a_piece_stands_once_with_everything_it_is_tied_to(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    with_photo(visit, tmp_path, FIRST, SECOND)
    visit.record("attach", CONTROL, FIRST, Evidence("interview", {"post": "shift leader", "caption": "log kept"}))
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert [piece.label for piece in app.screen.table.rows] == ["log kept", "[red]RTO 2"]
        shown = text_of(app.screen)
        assert "3.01 3.02" in shown
        assert "[red]RTO 2" in shown
        await pilot.press("f8")
        assert [piece.kind for piece in app.screen.table.rows] == ["photo"]
        await pilot.press("right")
        assert (app.place, app.screen.target) == (WALK, f"{CONTROL}/{FIRST}")


async def test_a_jot_is_tied_to_a_question_by_its_number(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    with_photo(visit, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "1 to sort" in text_of(app.screen)
        await pilot.press("f2", "3", ".", "0", "1", "enter")
        await settled(pilot)
        (piece,) = pieces_of(app.visit)
        assert piece.places == [(CONTROL, FIRST)]
        assert app.visit.state.jots() == []
        assert "Everything is sorted" in text_of(app.screen)
        await pilot.press("f8", "minus")
        await settled(pilot)
        (piece,) = pieces_of(app.visit)
        assert piece.places == []


async def test_a_caption_changes_everywhere_and_a_withdrawn_piece_needs_a_reason(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    with_photo(visit, tmp_path, FIRST, SECOND)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("c", "!", "enter")
        await settled(pilot)
        (piece,) = pieces_of(app.visit)
        assert piece.label == "[red]RTO 2!"
        assert len(piece.places) == 2
        await pilot.press("x", "1")
        await settled(pilot)
        assert pieces_of(app.visit) == []
        assert {entry.why for _digest, entry in app.visit.state.entries() if entry.act == "withdraw"} == {
            "shows something else"
        }


async def test_notes_tied_to_nothing_are_hidden_from_onlookers(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    visit.record("note", "", "", "smell at the north gate")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "north gate" in text_of(app.screen)
        await pilot.press("h")
        assert "north gate" not in text_of(app.screen)


def test_a_picture_is_drawn_in_as_much_room_as_there_is(tmp_path):
    stored = store_file(tmp_path, photo(tmp_path / "one.jpg"))
    pixels = preview_pixels(tmp_path, stored.sha256, 20, 8)
    assert (len(pixels), len(pixels[0])) == (8, 10)
    paper = store_file(tmp_path, [b"%PDF-1.7"], name="paper.pdf")
    assert preview_pixels(tmp_path, paper.sha256, 20, 8) == ()


def test_no_picture_is_drawn_without_colours(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert can_draw("truecolor")
    assert not can_draw("standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not can_draw("truecolor")


def test_another_program_gets_a_copy_under_its_digest_and_real_type(tmp_path):
    stored = store_file(tmp_path, photo(tmp_path / "run.exe.jpg"))
    copy = copy_to_view(tmp_path, stored.sha256)
    assert copy.name.startswith(stored.sha256[:16]) and copy.suffix == ".jpg"
    assert copy.read_bytes() == (tmp_path / "run.exe.jpg").read_bytes()


async def test_the_page_may_be_left_before_its_picture_is_drawn(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    with_photo(visit, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        page = app.screen
        await app.go(WALK)
        page._rested()  # what the timer does that was set while the page was shown
        await until(pilot, lambda: not page._drawing)
        assert app.place == WALK and app.is_running
        await app.go(EVIDENCE)
        await pilot.pause()
        assert "RTO 2" in text_of(app.screen)
