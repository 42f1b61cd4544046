"""Findings of a visit and those that answers call for."""

from assessor_tui.assess.closing import TEXT_IN
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.tui.commands import FINDINGS, WALK
from assessor_tui.tui.shown.findings import contradiction, findings_of, ready_findings
from tests.tui_visits import CONTROL, add_row, closing, opened, opened_small, ready, settled, text_of  # noqa: F401


def stopped_device(visit):
    """A device that was stopped while the process ran: its answer calls for a major finding."""
    visit.record("answer", CONTROL, "has_exhaust_air", ("yes",))
    return add_row(
        visit, CONTROL, "devices", device_tag="AC-2", device_type=("adsorber",), device_running=("stopped",)
    )  # fmt: skip


async def test_answers_that_call_for_a_finding_are_offered_and_written_with_their_blanks(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    row = stopped_device(visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        shown = text_of(app.screen)
        assert "1 answer calls for a finding" in shown
        assert "AC-2: the control device" in shown
        await pilot.press("enter")
        assert "AC-2: the control device was stopped" in text_of(app.screen)
        await pilot.press("ctrl+s")
        await settled(pilot)
        (finding,) = findings_of(app.visit)
        assert finding.text == "AC-2: the control device was stopped while the process was running."
        assert (finding.grade, finding.about) == ("major", f"{CONTROL}/{row}/device_running")
        assert finding.where == "AC-2"
        assert finding.number in text_of(app.screen)
        assert ready_findings(app.visit) == []
        await pilot.press("ctrl+z")
        assert findings_of(app.visit) == []


async def test_a_ready_finding_is_written_in_every_language_of_its_text_at_once(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    stopped_device(visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter", "ctrl+s")
        await settled(pilot)
        (finding,) = findings_of(app.visit)
        said = {name: app.visit.filling("findings").state(f"{finding.path}/{name}").value for name in TEXT_IN.values()}
        assert said["text_en"] == finding.text
        assert said["text_hant"] != said["text_hans"] and all("AC-2" in text for text in said.values())
        await pilot.press("ctrl+z")
        assert findings_of(app.visit) == []


async def test_the_place_of_the_question_is_where_the_keys_go_on(tmp_path):
    app, visit = opened(tmp_path, WALK, "gate/licence")
    form, path = next(
        (form, item.path)
        for form, filling in visit.fillings.items()
        for item in filling.items()
        if getattr(item.node, "finding", None) and "[" not in item.path and "where" in str(item.node.finding)
    )
    name = next(iter(visit.filling(form).state(path).question.finding))
    visit.record("answer", form, path, (name,))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.go(WALK, f"{form}/{path}")
        await pilot.press("f5")
        await pilot.pause()
        place = visit.filling(form).state(path).question.place
        label = dict(visit.scheme.places)[place]["en-HK"]
        assert app.screen.values()["where"] == label
        assert app.screen.focused.subject == "where"


async def test_a_finding_is_written_from_the_walk_about_the_question_there(tmp_path):
    app, _visit = opened(tmp_path, WALK, f"{CONTROL}/has_exhaust_air")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f5", "3", "N", "o", "tab", "ctrl+s")
        await settled(pilot)
        (finding,) = findings_of(app.visit)
        assert (finding.grade, finding.text, finding.about) == ("minor", "No", f"{CONTROL}/has_exhaust_air")
        assert app.place == WALK
        assert "Ctrl+Z takes it back" in text_of(app.screen)


async def test_a_digit_gives_the_grade_and_a_contradiction_is_said(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    row = stopped_device(visit)
    visit.add_row(
        "findings",
        "findings",
        {"grade": ("minor",), "text": "[b]Fan off", "question": f"{CONTROL}/{row}/device_running"},
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        shown = text_of(app.screen)
        assert "[b]Fan off" in shown
        assert "calls for “major”, the finding says “minor”" in shown
        await pilot.press("2")
        (finding,) = findings_of(app.visit)
        assert finding.grade == "major"
        assert contradiction(app.visit, finding) == ""
        await pilot.press("right")
        assert (app.place, app.screen.target) == (WALK, f"{CONTROL}/{row}/device_running")


async def test_open_ones_are_shown_first_and_a_closed_one_asks_how_it_was_verified(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    visit.add_row("findings", "findings", {"grade": ("minor",), "text": "One"})
    visit.add_row("findings", "findings", {"grade": ("major",), "text": "Two"})
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert [line.text for line in app.screen.table.rows] == ["Two", "One"]
        await pilot.press("x")
        assert app.screen.inside
        await pilot.press("backspace", "space", "space")
        assert app.screen.shows == "open"
        assert [line.text for line in app.screen.table.rows] == ["One"]
        await pilot.press("r")
        assert "Findings 1/2" in text_of(app.screen)


async def test_nothing_that_judges_is_shown_while_people_look_on(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    stopped_device(visit)
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await pilot.press("h")
        assert "calls for" not in text_of(app.screen)


async def test_a_form_of_findings_with_few_questions_will_do(tmp_path):
    app, visit = opened_small(tmp_path, FINDINGS)
    visit.record("answer", "check", "meter", ("no",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter", "ctrl+s")
        await settled(pilot)
        (finding,) = findings_of(app.visit)
        assert (finding.grade, finding.text) == ("major", "No meter")
        await pilot.press("x")
        assert "no such state" in text_of(app.screen)
        await pilot.press("enter", "backspace", "right")
        assert app.place == FINDINGS


async def test_what_was_typed_about_a_finding_is_there_again(tmp_path):
    app, _visit = opened(tmp_path, WALK, f"{CONTROL}/has_exhaust_air")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f5", "3", "N", "o")
        await pilot.pause(0.6)
        await pilot.press("escape", "f5", "3", "ctrl+s")
        await settled(pilot)
        assert [finding.text for finding in findings_of(app.visit)] == ["No"]


async def test_the_proof_of_a_finding_belongs_to_its_objective_evidence(tmp_path):
    app, visit = opened(tmp_path, FINDINGS)
    visit.add_row("findings", "findings", {"grade": ("minor",), "text": "One"})
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f4", "3", "E", "H", "S", "tab", "s", "a", "i", "d", "ctrl+s")
        await settled(pilot)
        (finding,) = findings_of(app.visit)
        assert len(app.visit.state.evidence("findings", f"{finding.path}/objective_evidence")) == 1


async def test_a_correction_is_reported_and_verified_under_the_signature(tmp_path, monkeypatch):
    app, visit = opened(tmp_path, FINDINGS)
    row = add_row(
        visit, "findings", "findings", grade=("minor",), text="One", status=("open",), due="2026-11-20", owner="Ms Wong"
    )
    visit.store.append([Draft(visit.id, acts.SIGN, value=visit.digest())])
    visit.refresh()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        monkeypatch.setattr(app.store, "now", lambda: 1_800_000_000_000_000)  # in January 2027
        app.screen.show()
        assert "1 overdue" in text_of(app.screen) and "2026-11-20!" in text_of(app.screen)
        await pilot.press("3")
        assert "signed" in text_of(app.screen) and findings_of(app.visit)[0].grade == "minor"
        await pilot.press("x")
        assert findings_of(app.visit)[0].status == "closed"
        await pilot.press("backspace")
        await pilot.press("f2", *"Seen", "ctrl+s")
        await settled(pilot)
        assert [entry.value for _digest, entry in app.visit.state.notes("findings", row)] == ["Seen"]
        assert "verified" in text_of(app.screen)
        await pilot.press("f5")
        assert "The visit is signed" in text_of(app.screen)
        assert len(app.visit.state.follow_ups()) == 2 and app.visit.signed
        await pilot.press("ctrl+z", "ctrl+z")
        assert findings_of(app.visit)[0].status == "open"
        assert app.visit.state.follow_ups()[-1][1].value == ("open",)


async def test_where_is_the_place_of_the_site_that_one_walks_through(tmp_path):
    app, visit = opened(tmp_path, WALK)
    for name in ("Roof of hall 2", "Yard"):
        add_row(visit, "visit_header", "site_places", place_name=name, place_kind=("treatment",))
    visit.record("answer", CONTROL, "has_exhaust_air", ("yes",))
    app.store.set_local(visit.id, "walk order", "place")
    items = visit.filling(CONTROL).items()
    path = next(each.path for each in items if each.kind == "question" and each.node.place == "treatment")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.go(WALK, f"{CONTROL}/{path}")
        here = app.screen.standing_at
        assert here in ("Roof of hall 2", "Yard")
        await pilot.press("f5", "3")
        await settled(pilot)
        assert app.screen.values()["where"] == here
