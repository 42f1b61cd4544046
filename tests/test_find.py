"""Finding anything in a visit."""

from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import EVIDENCE, FINDINGS, ROWS, WALK
from assessor_tui.tui.windows.find import KINDS, index_of
from assessor_tui.tui.windows.search_list import found
from tests.tui_visits import CONTROL, add_row, closing, opened, ready, text_of  # noqa: F401


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
