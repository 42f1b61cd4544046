"""Returning on the screen: the card, the lists, the keys of a lead and of an assessor."""

from pathlib import Path

import pytest

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.returns import open_returns, returns_of
from assessor_tui.ledger.value import Quantity
from assessor_tui.returning import end, give_back, reply
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.walk_world import loaded, make_visit, program, shown

LED, USED = ("air", "led"), ("air", "used")


def prepared(folder: Path, *places: tuple[str, str], role: str = "assessor", by: str = "Lee Siu Ming") -> str:
    """Id of a visit of which a lead has returned these places, on the laptop of somebody in this role."""
    with Store.open(folder) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        visit.record(acts.ANSWER, *LED, ("no",))
        visit.record(acts.ANSWER, *USED, Quantity("12", "kWh"))
        if places:
            store.set_person(by, keep=False)
            give_back(visit, places, "Which meter is this?")
        store.identify("Chan T.M.", role)
        return visit.id


def at(lines, target: str, kind: str = "item") -> int:
    return next(index for index, line in enumerate(lines) if line.target == target and line.kind == kind)


async def test_the_card_says_who_returned_it_when_and_why_until_it_is_answered_anew(tmp_path):
    prepared(tmp_path, USED)
    async with program(tmp_path, target="air/used") as (app, pilot):
        screen = shown(app)
        assert "« 3.03" in screen
        assert "« Returned by Lee Siu Ming, 2026-" in screen
        assert "Which meter is this?" in screen
        assert "Answer it anew." in screen
        assert "Ctrl+X." in screen
        assert "« 1 returned" in screen
        await pilot.press("1", "5", "enter")
        await loaded(app, pilot)
        assert "returned" not in shown(app)
        assert not open_returns(app.visit.state)
        await pilot.press("ctrl+z")
        await loaded(app, pilot)
        assert "« Returned by Lee Siu Ming" in shown(app)


async def test_an_assessor_replies_with_one_key(tmp_path):
    prepared(tmp_path, USED)
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("ctrl+x")
        assert "Reply to what was returned" in shown(app)
        assert "Which meter is this?" in shown(app)
        await pilot.press(*"Main meter", "enter")
        await loaded(app, pilot)
        assert [each.state for each in returns_of(app.visit.state)] == ["replied"]
        screen = shown(app)
        assert "Replied." in screen
        assert "« Returned" not in screen
        assert "Chan T.M., 2026-" in screen
        assert "Main meter" in screen


async def test_where_nothing_was_returned_the_key_of_an_assessor_comments(tmp_path):
    prepared(tmp_path)
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("ctrl+x", *"Hm", "enter")
        await loaded(app, pilot)
        assert [entry.value for _digest, entry in app.visit.state.comments(*USED)] == ["Hm"]
        assert not app.visit.state.returned


async def test_the_same_answer_typed_again_says_that_a_reply_is_wanted(tmp_path):
    prepared(tmp_path, USED)
    async with program(tmp_path, target="air/used") as (app, pilot):
        app.screen.record(acts.ANSWER, *USED, Quantity("12", "kWh"))
        await pilot.pause()
        assert "This stands already, and it was returned." in shown(app)


async def test_a_lead_returns_with_a_usual_reason_takes_it_back_and_returns_again(tmp_path):
    prepared(tmp_path, role="lead")
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("ctrl+x")
        assert "Return: what has to be looked at again, and why?" in shown(app)
        await pilot.press("2")
        await loaded(app, pilot)
        (back,) = open_returns(app.visit.state)
        assert back.entry.why == "Which month and which meter is this?"
        assert "It waits for an answer; Ctrl+X takes it back." in shown(app)
        await pilot.press("ctrl+x", "d")
        await loaded(app, pilot)
        assert not open_returns(app.visit.state)
        assert "The return is taken back." in shown(app)
        await pilot.press("ctrl+x", "0", *"Look", "enter")
        await loaded(app, pilot)
        assert open_returns(app.visit.state)[0].entry.why == "Look"


async def test_a_lead_words_the_own_reason_anew(tmp_path):
    prepared(tmp_path, USED, role="lead", by="Chan T.M.")
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("ctrl+x", "b", *" Or month?", "enter")
        await loaded(app, pilot)
        (back,) = open_returns(app.visit.state)
        assert back.entry.why == "Which meter is this? Or month?"


async def test_the_lead_reads_what_was_answered_and_says_that_it_is_done(tmp_path):
    prepared(tmp_path, USED, role="lead", by="Chan T.M.")
    async with program(tmp_path, target="air/used") as (app, pilot):
        reply(app.visit, USED, "The main meter.")
        app.screen.show("air/used")
        await pilot.pause()
        assert "replied, 2026-" in shown(app)
        assert "Ctrl+X: it is done, or return it again." in shown(app)
        await pilot.press("ctrl+x", "d")
        await loaded(app, pilot)
        assert [each.state for each in returns_of(app.visit.state)] == ["done"]
        assert "Ctrl+X: it is done" not in shown(app)


async def test_the_lead_returns_again_what_was_answered(tmp_path):
    prepared(tmp_path, USED, role="lead", by="Chan T.M.")
    async with program(tmp_path, target="air/used") as (app, pilot):
        reply(app.visit, USED, "The main meter.")
        app.screen.show("air/used")
        await pilot.press("ctrl+x", "b", "1")
        await loaded(app, pilot)
        assert [each.state for each in returns_of(app.visit.state)] == ["returned again", "open"]


async def test_the_walk_goes_on_to_what_was_returned_and_the_list_marks_it(tmp_path):
    prepared(tmp_path, USED)
    async with program(tmp_path, size=(140, 40), target="air/led") as (app, pilot):
        line = next(line for line in app.screen.lines if line.target == "air/used")
        assert (line.state, line.is_open) == ("returned", True)
        for _ in range(30):
            await pilot.press("enter")
            if app.screen.target == "air/used":
                break
        assert app.screen.target == "air/used"


async def test_the_overview_lists_what_was_returned_first_and_enter_goes_there(tmp_path):
    prepared(tmp_path, USED, ("", ""), ("air", ""))
    async with program(tmp_path, place="overview") as (app, pilot):
        rows = app.screen.query_one("#rows").rows
        left = [row for row in rows if row.kind == "left"]
        assert [row.state for row in left[:4]] == ["returned"] * 3 + [left[3].state]
        assert left[3].state != "returned"
        assert "Which meter is this? (Lee Siu Ming)" in left[0].note
        assert {row.label for row in left[:3]} >= {"the whole visit"}
        cursor = next(index for index, row in enumerate(rows) if row.target == "air/used" and row.state == "returned")
        app.screen.query_one("#rows").move_cursor(cursor)
        await pilot.press("enter")
        await loaded(app, pilot)
        assert (app.place, app.screen.target) == ("walk", "air/used")


async def test_what_was_returned_of_the_whole_visit_is_replied_to_from_the_overview(tmp_path):
    prepared(tmp_path, ("", ""))
    async with program(tmp_path, place="overview") as (app, pilot):
        rows = app.screen.query_one("#rows")
        rows.move_cursor(next(index for index, row in enumerate(rows.rows) if row.state == "returned"))
        await pilot.press("enter")
        assert "Reply to what was returned" in shown(app)
        await pilot.press(*"Read", "enter")
        await loaded(app, pilot)
        assert not open_returns(app.visit.state)


async def test_the_overview_of_the_returner_says_look_again(tmp_path):
    prepared(tmp_path, USED, role="lead", by="Chan T.M.")
    async with program(tmp_path, place="overview") as (app, pilot):
        reply(app.visit, USED, "The main meter.")
        app.screen.show()
        await pilot.pause()
        assert "Answered since it was returned: look again" in shown(app)
        assert "The main meter." in shown(app)
        end(app.visit, returns_of(app.visit.state))
        app.screen.show()
        await pilot.pause()
        assert "look again" not in shown(app)


async def test_several_marked_questions_are_returned_together_and_said_to_be_done_together(tmp_path):
    prepared(tmp_path, role="lead")
    async with program(tmp_path, place="review", size=(100, 40)) as (app, pilot):
        give_back(app.visit, [LED, USED], "First")
        app.screen.show()
        await pilot.pause()
        gates = app.screen.query_one("#gates")
        assert "✗ everything that was returned is answered" in shown(app)
        gates.move_cursor(next(index for index, line in enumerate(gates.rows) if line.kind == "gate"))
        await pilot.press("insert")
        assert app.screen.marked == {"air/led", "air/used"}
        assert "2 marked; Ctrl+X returns them together." in shown(app)
        await pilot.press("ctrl+x", "1")
        await loaded(app, pilot)
        again = open_returns(app.visit.state)
        assert len({each.entry.why for each in again if each.entry.why != "First"}) == 1
        assert not app.screen.marked
        for place in (LED, USED):
            reply(app.visit, place, "Yes.")
        app.screen.show()
        await pilot.pause()
        gates.move_cursor(at(gates.rows, "air/led"))
        await pilot.press("insert", "insert", "ctrl+x", "d")
        await loaded(app, pilot)
        assert not [each for each in returns_of(app.visit.state) if each.is_open or each.is_to_look_at]


async def test_an_assessor_marks_and_is_told_to_comment(tmp_path):
    prepared(tmp_path, USED)
    async with program(tmp_path, place="review", size=(100, 40)) as (app, pilot):
        gates = app.screen.query_one("#gates")
        gates.move_cursor(at(gates.rows, "air/used"))
        await pilot.press("insert", "ctrl+x")
        assert "Write a comment instead." in shown(app)


async def test_under_a_signature_the_card_says_that_a_new_answer_needs_reopening(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        visit.record(acts.ANSWER, *USED, Quantity("12", "kWh"))
        visit._store([visit._draft(acts.SIGN, "", "", visit.digest())])
        store.set_person("Ng Man Wai", keep=False)
        give_back(visit, [USED], "Which meter?")
        store.identify("Chan T.M.", "assessor")
    async with program(tmp_path, target="air/used") as (app, pilot):
        assert "The visit is signed: Ctrl+X replies. A new answer needs the lead to reopen" in shown(app)
        assert not app.visit.state.conflicts
        await pilot.press("ctrl+x", *"March", "enter")
        await loaded(app, pilot)
        assert [each.state for each in returns_of(app.visit.state)] == ["replied"]
        assert app.visit.signed


async def test_the_list_of_visits_counts_and_filters_what_was_returned(tmp_path):
    prepared(tmp_path, USED, LED)
    async with program(tmp_path, place="home") as (app, pilot):
        for _ in range(200):
            await pilot.pause(0.05)
            if "« 2 returned" in shown(app):
                break
        assert "« 2 returned" in shown(app)
        assert "2 returned: look at them again" in shown(app)
        while app.screen.kind != "returned":
            await pilot.press("space")
        assert len(app.screen.query_one("#visits").rows) == 1


async def test_reasons_are_hidden_from_people_looking_on(tmp_path):
    prepared(tmp_path, USED)
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("ctrl+k")
        await pilot.pause()
        assert "Which meter" not in shown(app)
        assert "This was returned: look at it again." in shown(app)


async def test_hostile_reasons_are_text(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan T.M.", "lead")
        visit: Visit = make_visit(store)
        give_back(visit, [USED], "[red]x[/] \x1b]52;c;?\x07 [@click=app.boom]y")
        store.identify("Lee", "assessor")
    async with program(tmp_path, target="air/used") as (app, _pilot):
        assert "[red]x[/]" in shown(app)
        assert "\x1b" not in shown(app)


@pytest.mark.parametrize(("place", "target"), [("rows", "air/meters"), ("findings", "")])
async def test_a_row_is_returned_and_says_so(tmp_path, place, target):
    with Store.open(tmp_path) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        form, repeat = ("air", "meters") if place == "rows" else (visit.scheme.findings_form, "findings")
        row = visit.record(acts.ADD_ROW, form, repeat).entries[0][1].path
        target = f"{form}/{row}"
    async with program(tmp_path, place=place, target=target) as (app, pilot):
        await pilot.press("b", "1")
        await loaded(app, pilot)
        (back,) = open_returns(app.visit.state)
        assert (back.entry.form, back.entry.path) == (form, row)
