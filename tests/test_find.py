"""Finding anything in a visit."""

from assessor_tui.ledger.value import Evidence, Quantity
from assessor_tui.tui.commands import EVIDENCE, FINDINGS, ROWS, WALK
from assessor_tui.tui.windows.find import KINDS, index_of
from assessor_tui.tui.windows.search_list import found
from tests.tui_visits import CONTROL, add_row, closing, opened, ready, text_of, until  # noqa: F401
from tests.walk_world import program, shown


def filled(visit):
    """A visit with a row, a finding, a note and evidence."""
    visit.record("answer", CONTROL, "has_exhaust_air", ("yes",))
    row = add_row(visit, CONTROL, "devices", device_tag="Wet scrubber [red]WS-02")
    visit.add_row("findings", "findings", {"grade": ("minor",), "text": "Scrubber pH probe not calibrated"})
    visit.record("note", CONTROL, "has_exhaust_air", "heat from scrubber water is not recovered")
    visit.record("attach", CONTROL, row, Evidence("measured", {"caption": "scrubber pH 9.1"}))
    return row


def test_words_are_found_in_rows_findings_evidence_and_notes(tmp_path):
    _app, visit = opened(tmp_path, WALK)
    row = filled(visit)
    entries = index_of(visit, "en-HK")
    targets = {each.kind: each.id for each in found(entries, "scrubber", KINDS) if each.kind != "question"}
    assert targets["row"] == f"{ROWS} {CONTROL}/{row}"
    assert targets["finding"].startswith(f"{FINDINGS} findings/findings[")
    assert targets["note"] == f"{WALK} {CONTROL}/has_exhaust_air"
    assert targets["evidence"].startswith(f"{EVIDENCE} measured")
    assert {each.kind for each in found(entries, "! scrubber", KINDS)} == {"finding"}
    assert {each.kind for each in found(entries, '"scrubber', KINDS)} == {"note"}


def test_a_number_comes_first_also_in_a_table_and_in_any_language(tmp_path):
    _app, visit = opened(tmp_path, WALK)
    row = filled(visit)
    entries = index_of(visit, "en-HK")
    assert found(entries, "3.01", KINDS)[0].id == f"{WALK} {CONTROL}/has_exhaust_air"
    assert found(entries, "３.05.1", KINDS)[0].id == f"{ROWS} {CONTROL}/{row}/device_tag"
    assert found(entries, "廢氣治理設施", KINDS)[0].id.startswith(f"{ROWS} {CONTROL}/devices")


def test_notes_are_not_found_while_people_look_on_and_the_index_follows_the_visit(tmp_path):
    _app, visit = opened(tmp_path, WALK)
    filled(visit)
    assert found(index_of(visit, "en-HK", hidden=True), "heat from scrubber") == []
    entries = index_of(visit, "en-HK")
    assert index_of(visit, "en-HK") is entries
    visit.record("note", CONTROL, "has_exhaust_air", "a second look")
    assert found(index_of(visit, "en-HK"), "second look")


async def test_slash_and_a_number_go_straight_there(tmp_path):
    app, visit = opened(tmp_path, EVIDENCE)
    filled(visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", "W", "S", "-", "0")
        assert "Wet scrubber [red]WS-02" in text_of(app.screen)
        await pilot.press(*["backspace"] * 4, "3", ".", "0", "1", "enter")
        await pilot.pause()
        assert (app.place, app.screen.target) == (WALK, f"{CONTROL}/has_exhaust_air")


async def test_a_line_of_number_answer_and_note_is_shown_before_enter_records_it(tmp_path):
    async with program(tmp_path, target="visit_header/site_name_en") as (app, pilot):
        walk = app.screen
        await pilot.press("slash", *"3.01 2 log has gaps")
        await pilot.pause()
        assert "Enter records 3.01: Partly   note: log has gaps" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is walk and walk.target == "air/led")
        state = app.store.state(app.visit_id)
        assert state.standing("air", "led").value == ("partial",)
        assert [entry.value for _, entry in state.notes("air", "led")] == ["log has gaps"]
        assert "Recorded 3.01: Partly" in shown(app)
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert app.store.state(app.visit_id).standing("air", "led").status == "missing"


async def test_a_line_that_cannot_be_read_says_why_and_records_nothing(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        before = len(app.visit.state)
        await pilot.press("slash", *"3.01 7 seen", "enter")
        await pilot.pause()
        assert "7 is none of the choices here" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.store.state(app.visit_id)) == before


async def test_a_line_over_the_colleagues_answer_asks_for_the_reason(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        walk = app.screen
        app.visit.record("answer", "air", "led", ("yes",))
        app.store.set_person("Lee")
        await pilot.press("slash", *"3.01 3", "enter")
        await until(pilot, lambda: "Chan T.M. answered this" in shown(app))
        await pilot.press("2")
        await until(pilot, lambda: app.screen is walk)
        standing = app.store.state(app.visit_id).standing("air", "led")
        assert (standing.value, standing.entry.person, standing.entry.why) == (("no",), "Lee", "seen again on site")


async def test_a_line_for_a_row_of_a_table_is_recorded_in_that_row(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        rows = [app.visit.record("add row", "air", "meters").entries[0][1].path for _ in range(2)]
        app.screen.show("air/led")
        await pilot.press("slash", *"3.09.2#2 2019 plate")
        await pilot.pause()
        assert "Enter records 3.09.2 " in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.place == ROWS)
        await pilot.pause()
        state = app.store.state(app.visit_id)
        assert state.standing("air", f"{rows[1]}/fitted").value.n == "2019"
        assert [entry.value for _, entry in state.notes("air", f"{rows[1]}/fitted")] == ["plate"]


async def test_a_number_far_from_the_others_is_asked_about_before_enter_records_it(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        rows = [app.visit.record("add row", "air", "meters").entries[0][1].path for _ in range(3)]
        for row in rows[:2]:
            app.visit.record("answer", "air", f"{row}/fitted", Quantity("10"))

        def fitted():
            standing = app.store.state(app.visit_id).standing("air", f"{rows[2]}/fitted")
            return standing.value if standing is not None else None

        await pilot.press("slash", *"3.09.2#3 1000")
        await pilot.pause()
        assert "about 100 times the other rows" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "Enter again records it" in shown(app)
        assert fitted() is None
        await pilot.press("backspace", "1", "enter")
        await pilot.pause()
        assert fitted() is None
        await pilot.press("enter")
        await until(pilot, lambda: fitted() == Quantity("1001"))
