"""The closing meeting at the terminal: writing the record, reading it out, keeping the signed sheet."""

from pathlib import Path

from PIL import Image

from assessor_tui.closing import closing_data
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import FINDINGS, OVERVIEW, REVIEW
from assessor_tui.tui.shown.closing import spoken_pages
from tests.tui_visits import CONTROL, add_row, closing, opened, opened_small, ready, settled, text_of  # noqa: F401


def with_findings(visit):
    """A good practice in English, a finding in three languages, one in Chinese only. Paths of the findings."""
    add_row(visit, "findings", "findings", grade=("good_practice",), text="Heat of the condenser is used.")
    known = add_row(
        visit, "findings", "findings", grade=("minor",), text="Three labels have no date.",
        text_en="Three labels have no date.", text_hant="三個標籤沒有日期。", text_hans="三个标签没有日期。",
        where="Store B", owner="Ms Wong", due="2026-12-31",
    )  # fmt: skip
    chinese = add_row(visit, "findings", "findings", grade=("major",), text="監測儀未校準。")
    return known, chinese


def response(app, path):
    return app.visit.filling("findings").state(f"{path}/response").value


async def typed(pilot, text):
    for character in text:
        await pilot.press("space" if character == " " else character)


async def test_the_window_names_what_is_missing_first_and_writes_in_the_language_chosen(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    with_findings(visit)
    app.store.set_local("", "report folder", str(tmp_path / "data"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e")
        shown = text_of(app.screen)
        assert "text in English missing" in shown and "監測儀未校準" in shown
        assert "1 text missing" in shown and "2 texts missing" in shown
        await pilot.press("1", "enter")
        await settled(pilot)
        await app.workers.wait_for_complete()
        await settled(pilot)
        (page,) = (tmp_path / "data").glob("*-closing-en-HK.html")
        assert "Three labels have no date." in page.read_text(encoding="utf-8")
        said = app.visit.header("closing_record")
        assert isinstance(said, str) and said in page.read_text(encoding="utf-8")
        assert said in text_of(app.screen)
        assert not list((tmp_path / "data").glob("*summary*"))


async def test_the_first_text_that_is_missing_is_one_key_away(tmp_path):
    app, visit = opened(tmp_path, OVERVIEW)
    _known, chinese = with_findings(visit)
    visit.record("answer", "visit_header", "site_language", ("en-HK",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e", "6")
        await settled(pilot)
        assert app.place == FINDINGS
        assert app.screen.question_path == f"{chinese}/text_en"
        await typed(pilot, "No calibration")
        await pilot.press("enter")
        await settled(pilot)
        assert app.visit.filling("findings").state(f"{chinese}/text_en").value == "No calibration"
        await pilot.press("ctrl+e")
        assert "missing: " not in text_of(app.screen)


async def test_the_same_key_opens_it_on_the_review_and_the_overview(tmp_path):
    app, visit = opened(tmp_path, REVIEW)
    with_findings(visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for place in (REVIEW, OVERVIEW):
            await app.go(place)
            await pilot.press("ctrl+e")
            assert "Read it out" in text_of(app.screen)
            await pilot.press("escape")


async def test_it_is_read_out_in_the_sites_language_and_replies_are_recorded_at_once(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    known, chinese = with_findings(visit)
    visit.record("answer", "visit_header", "site_language", ("zh-Hans-CN",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        assert "Heat of the condenser" in text_of(app.screen)
        await pilot.press("1")
        assert "belongs to a finding" in text_of(app.screen)
        await pilot.press("ctrl+z")
        assert "nothing to take back" in text_of(app.screen)
        await pilot.press("enter")
        assert "監測儀未校準" in text_of(app.screen)
        await pilot.press("enter")
        assert "三个标签没有日期" in text_of(app.screen) and "Three labels" not in text_of(app.screen)
        await pilot.press("ctrl+l")
        assert "Three labels have no date." in text_of(app.screen)
        await pilot.press("1")
        assert response(app, known) == ("agrees",)
        await pilot.press("left", "n")
        assert response(app, chinese) == ("objects",)
        await typed(pilot, "not so")
        await pilot.press("enter")
        await settled(pilot)
        assert app.visit.filling("findings").state(f"{chinese}/response_words").value == "not so"
        assert "not so" in text_of(app.screen)
        await pilot.press("3", "escape", "ctrl+z")
        assert response(app, chinese) == ("objects",)
        await pilot.press("end", "enter")
        assert "This is the last page" in text_of(app.screen)
        await pilot.press("escape")
        assert app.place == FINDINGS


async def test_nothing_is_found_and_nothing_owed_is_said_in_words(tmp_path):
    app, _visit = opened(tmp_path, FINDINGS)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        assert "No findings." in text_of(app.screen)
        await pilot.press("enter")
        assert "Nothing is owed." in text_of(app.screen)


async def test_the_signed_sheet_is_kept_with_the_record_that_was_written(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    with_findings(visit)
    visit.record("answer", "visit_header", "closing_record", "AAAA-BBBB-CCCC-DDDD-EEEE")
    Image.new("RGB", (40, 50), "white").save(tmp_path / "sheet.jpg")
    app.store.set_local("", "evidence folder", str(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e", "5")
        await settled(pilot)
        await typed(pilot, "sheet")
        await pilot.press("enter")
        await settled(pilot)
        ((_digest, entry),) = app.visit.state.evidence("visit_header", "closing_record")
        assert isinstance(entry.value, Evidence)
        assert entry.value.about["number"] == "AAAA-BBBB-CCCC-DDDD-EEEE"
        assert "The signed sheet is kept" in text_of(app.screen)


async def test_without_a_record_there_is_nothing_to_keep_a_sheet_with(tmp_path):
    app, _visit = opened(tmp_path, FINDINGS)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e", "5")
        assert "no record has been written yet" in text_of(app.screen)


def test_pages_stand_in_the_order_of_the_meeting(tmp_path: Path) -> None:
    _app, visit = opened(tmp_path, FINDINGS)
    with_findings(visit)
    visit.record("to come", CONTROL, "has_exhaust_air", why="Land certificate\nMs Ho\n2026-11-01")
    pages = spoken_pages(closing_data(visit), visit.forms["visit_header"], "en-HK")
    assert [page.kind for page in pages] == ["good", "finding", "finding", "dates", "owed"]
    assert "no date agreed: " in pages[3].muted[0]
    assert pages[4].paragraphs == ("Land certificate   Ms Ho   Until 1 November 2026  (overdue)",)


async def test_forms_without_replies_texts_or_a_place_for_the_digest_will_do(tmp_path):
    app, visit = opened_small(tmp_path, FINDINGS)
    visit.add_row("findings", "findings", {"grade": ("major",), "text": "No meter"})
    app.store.set_local("", "report folder", str(tmp_path / "data"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        assert "No meter" in text_of(app.screen)
        await pilot.press("1")
        assert "The form has no such reply." in text_of(app.screen)
        await pilot.press("escape", "ctrl+e", "1", "enter")
        await settled(pilot)
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert "It was not recorded" in text_of(app.screen)
        assert list((tmp_path / "data").glob("*-closing-en-HK.html"))
