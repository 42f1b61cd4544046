"""The review: what is missing before the lead signs, the signature, and opening again."""

from fractions import Fraction

import pytest

from assessor_tui.assess.score import Interval
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence, Quantity
from assessor_tui.store.ledger import Store
from assessor_tui.tui.pages.review import FormScore, ReviewModel, brief_lines, range_bar, summary_lines
from assessor_tui.tui.shown import gates
from tests.entries import Log
from tests.walk_world import loaded, make_visit, program, shown

PROOF = Evidence("photo", {"name": "roof.jpg", "caption": "Roof"})


def complete(visit) -> None:
    """Answers what stands in the way of signing."""
    visit.record(acts.ANSWER, "air", "led", ("yes",))
    visit.record(acts.ATTACH, "air", "led", PROOF)
    row = visit.record(acts.ADD_ROW, "air", "meters").entries[0][1].path
    visit.record(acts.ANSWER, "air", f"{row}/meter", "M-1")


def prepared(folder, *, role: str = "lead") -> None:
    """A visit in the folder that can be signed."""
    with Store.open(folder) as store:
        store.identify("Chan T.M.", role)
        complete(make_visit(store))


async def test_gates_say_what_is_missing_and_enter_goes_there(tmp_path):
    async with program(tmp_path, place="review") as (app, pilot):
        app.visit.record(acts.ANSWER, "air", "led", ("yes",))
        app.screen.show()
        await pilot.pause()
        screen = shown(app)
        assert "✗ every answer has the proof and the reason it demands" in screen
        assert "proof needed: photo" in screen
        assert "things stand in the way" in screen
        lines = app.screen.query_one("#gates").rows
        at = next(index for index, line in enumerate(lines) if line.kind == "item" and line.target == "air/led")
        app.screen.query_one("#gates").move_cursor(at)
        await pilot.press("enter")
        await loaded(app, pilot)
        assert (app.place, app.screen.target) == ("walk", "air/led")


async def test_signing_is_refused_with_the_gate_in_the_way(tmp_path):
    async with program(tmp_path, place="review") as (app, pilot):
        await pilot.press("ctrl+s")
        assert "is not fulfilled" in shown(app)
        assert not app.visit.signed


async def test_what_a_colleague_wrote_and_has_not_arrived_stands_first_in_the_way(tmp_path):
    prepared(tmp_path)
    async with program(tmp_path, place="review") as (app, pilot):
        log = Log("d" * 32, "Lee", app.visit.id)
        log.add("note", "air", "led", "first")
        app.store.add([log.add("note", "air", "led", "second")])
        app.visit.refresh()
        app.screen.show()
        await pilot.pause()
        first = app.screen.query_one("#gates").rows[0]
        assert first.words == "everything the colleagues wrote has arrived"
        assert "Entries before 2 of device" in shown(app)


async def test_the_lead_signs_with_the_name_and_it_is_checked_against_what_the_visit_says(tmp_path):
    prepared(tmp_path)
    async with program(tmp_path, place="review", size=(140, 40)) as (app, pilot):
        await pilot.press("ctrl+s")
        await pilot.press(*"Lee", "enter")
        assert "This is not the name of this laptop" in shown(app)
        assert not app.visit.signed
        await pilot.press("backspace", "backspace", "backspace", *"chan t.m.", "enter")
        await loaded(app, pilot)
        await loaded(app, pilot)
        assert app.visit.signed
        screen = shown(app)
        digest = app.visit.state.signed.entry.value
        assert gates.short_digest(digest) in screen
        assert "nothing was changed since" in screen.replace("\n", " ") or "The digest is that of" in screen
        await pilot.press("ctrl+s")
        assert "signed already" in shown(app)


async def test_only_the_leads_laptop_signs(tmp_path):
    prepared(tmp_path, role="assessor")
    async with program(tmp_path, place="review") as (app, pilot):
        assert "only the team lead's laptop signs" in shown(app)
        await pilot.press("ctrl+s")
        assert not app.visit.signed


async def test_a_signed_visit_is_opened_again_with_a_reason_and_says_what_changed(tmp_path):
    prepared(tmp_path)
    async with program(tmp_path, place="review") as (app, pilot):
        assert not app.visit.sign("Chan T.M.").problems
        app.screen.show()
        await pilot.press("f5", "3")
        await loaded(app, pilot)
        assert not app.visit.signed
        app.visit.record(acts.ANSWER, "air", "used", Quantity("12", "kWh"))
        app.screen.show()
        await pilot.pause()
        assert "1 changed since the signature" in shown(app)
        await pilot.press("f4")
        await pilot.pause()
        screen = shown(app)
        assert "Electricity used" in screen
        assert "12 kWh" in screen
        await pilot.press("escape", "space")
        await pilot.pause()
        assert "the site sent a document that was missing" in " ".join(shown(app).split())


async def test_nothing_of_the_score_is_drawn_while_someone_looks_on(tmp_path):
    async with program(tmp_path, place="review", size=(140, 40)) as (app, pilot):
        assert "Gold" in shown(app)
        await pilot.press("ctrl+k")
        await pilot.pause()
        screen = shown(app)
        assert "Gold" not in screen
        assert "of 100" not in screen


async def test_the_summary_is_written_and_its_place_is_said(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    async with program(tmp_path / "data", place="review") as (app, pilot):
        app.store.set_local("", "report folder", str(out))
        await pilot.press("f3", "3")
        await pilot.pause()
        await pilot.press("enter")
        await loaded(app, pilot)
        await loaded(app, pilot)
        assert "The summary is written." in shown(app)
        await pilot.press("escape")
    assert len(list(out.glob("*.html"))) == 1


async def test_a_comment_goes_to_the_question_under_the_cursor(tmp_path):
    async with program(tmp_path, place="review") as (app, pilot):
        app.visit.record(acts.ANSWER, "air", "led", ("yes",))
        app.screen.show("air/led")
        await pilot.pause()
        await pilot.press("c", *"Photo?", "ctrl+s")
        await loaded(app, pilot)
        assert [entry.value for _digest, entry in app.visit.state.comments("air", "led")] == ["Photo?"]


def test_what_was_answered_back_is_no_change(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        complete(visit)
        assert not visit.sign("Chan T.M.").problems
        sign = gates.last_signature(visit.state)
        assert not visit.reopen("a late answer").problems
        assert gates.changes_since(visit, sign, "en-HK") == []
        visit.record(acts.ANSWER, "air", "led", ("no",))
        (changed,) = gates.changes_since(visit, sign, "en-HK")
        assert (changed.number, changed.before, changed.now) == ("3.01", "Yes", "No")
        visit.record(acts.ANSWER, "air", "led", ("yes",))
        assert gates.changes_since(visit, sign, "en-HK") == []


def test_a_bar_shows_what_is_sure_and_what_is_possible():
    cells = [text for text, _style in range_bar(Interval(Fraction(1, 4), Fraction(1, 2)), 8)]
    assert cells == ["▰▰", "▱▱", "────"]
    assert sum(len(text) for text, _style in range_bar(Interval(Fraction(0), Fraction(1, 100)), 8)) == 8


@pytest.mark.parametrize("width", [20, 40, 56, 61, 80, 120])
@pytest.mark.parametrize("lines", [brief_lines, summary_lines])
def test_every_line_is_as_wide_as_its_card(lines, width):
    level = gates.LevelLine("a", "優越伙伴（製造業）", Fraction(85), False, "possible", Fraction(7, 2))
    model = ReviewModel(
        "48-85 of 100", "draft criteria",
        (FormScore("2", "能量流及物質流", Interval(Fraction(1, 3), Fraction(1)), "1"),),
        "Excellent", "not sure yet", (level, level._replace(state="unknown", limit=None)), (("major", 2, 1),),
        (("F-ABC1", "no date", "排水許可證已於 2026-10-31 到期" * 3),), 3, 0, 2,
        "signed by 陳 [b]x[/b], 2026-11-13 10:00", "ab12 cd34 ef56 7890", "", "Opened again", "",
    )  # fmt: skip
    for each in (model, model._replace(signed="")):
        assert {line.line.cell_length for line in lines(each, width)} == {width}


async def test_the_lead_signs_over_entries_that_are_lost_with_a_reason_that_the_summary_says(tmp_path):
    from assessor_tui.reports.html import write_report

    prepared(tmp_path)
    async with program(tmp_path, place="review", size=(140, 40)) as (app, pilot):
        log = Log("d" * 32, "Lee", app.visit.id)
        log.add("note", "air", "led", "first")
        app.store.add([log.add("note", "air", "led", "second")])
        app.visit.refresh()
        app.screen.show()
        await pilot.press("ctrl+s")
        assert "Not everything has arrived. Sign over that, and why?" in shown(app)
        assert "Entry 1 of laptop" in shown(app)
        await pilot.press("escape")
        assert not app.visit.signed
        await pilot.press("ctrl+s", "1", *"chan t.m.", "enter")
        await loaded(app, pilot)
        await loaded(app, pilot)
        assert app.visit.signed
        assert not app.visit.state.conflicts
        assert "signed without entries 1 of laptop" in shown(app)
        assert "nothing was changed since" in shown(app).replace("\n", " ") or "The digest is that of" in shown(app)
        page = write_report(app.visit, tmp_path / "out", language="en-HK")[0].read_text(encoding="utf-8")
        assert "had not arrived: the laptop is lost; nothing else is known of it" in page
