"""Walking by the real places of a site, and only by what one covers, with real key presses."""

import pytest

from assessor_tui.assess.places import placed_tables
from assessor_tui.ledger import entry as acts
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.shown.place_card import place_names
from tests.test_places import numbered
from tests.tui_visits import CONTROL, _open, add_row, closing, ready, settled, text_of, until  # noqa: F401

HEADER, FINDINGS, WASTE = "visit_header", "findings", "recycling_waste"
ASKED = f"{CONTROL}/has_exhaust_air"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data") as opened:
        opened.identify("Chan Tai Man", "lead")
        yield opened


def program(store, visit, target=ASKED, place="walk"):
    return AssessorApp(store, place=place, visit_id=visit.id, target=target, language="en-HK")


def halls(visit):
    add_row(visit, HEADER, "site_places", place_name="Gatehouse", place_kind=("gate",))
    add_row(visit, HEADER, "site_places", place_name="Hall A", place_kind=("production",))
    add_row(visit, HEADER, "site_places", place_name="Hall B", place_kind=("production",))


def places(app):
    return [line.label for line in app.screen.lines if line.kind == "place"]


def lines_at(app, place):
    return [line for line in app.screen.lines if line.place == place and line.kind != "place"]


async def test_the_walk_goes_from_place_to_place_in_the_sites_order(store):
    visit = numbered(store)
    halls(visit)
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e")
        await settled(pilot)
        assert places(app)[:3] == ["Gatehouse", "Hall A", "Hall B"]
        assert app.screen.target == ASKED
        await pilot.press("home")
        seen = [app.screen.at_place]
        for _ in range(3):
            await pilot.press("pagedown")
            seen.append(app.screen.at_place)
        assert seen[:3] == ["Gatehouse", "Hall A", "Hall B"]
        await pilot.press("pageup")
        assert app.screen.at_place == seen[2]
        assert "Hall B   1 of" in text_of(app.screen)


async def test_one_answer_counts_at_every_place_of_its_kind_and_the_cursor_stays_where_one_is(store):
    visit = numbered(store)
    halls(visit)
    app = program(store, visit)
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e", "home", "pagedown", "pagedown")
        assert app.screen.at_place == "Hall B"
        while app.screen.line.kind != "question" or not app.screen.offered():
            await pilot.press("down")
        line = app.screen.line
        await pilot.press("1")
        await until(pilot, lambda: store.state(visit.id).standing(line.form, line.path))
        assert app.screen.at_place == "Hall B"
        states = {each.place: each for each in app.screen.lines if each.target == line.target}
        assert set(states) == {"Hall A", "Hall B"}
        assert states["Hall A"].state == states["Hall B"].state != "missing"
        assert states["Hall B"].tail == "as at Hall A"


async def test_rows_findings_and_what_was_left_open_before_stand_at_their_place(store):
    before = numbered(store)
    add_row(before, FINDINGS, FINDINGS, grade=("major",), text="No interlock", question=ASKED, where="Hall B",
            status=("open",))  # fmt: skip
    visit = numbered(store)
    halls(visit)
    table, question = next(placed_tables(visit.forms[WASTE]))
    row = add_row(visit, WASTE, table.name, **{question.name: "hall b"})
    finding = add_row(
        visit, FINDINGS, FINDINGS, grade=("minor",), text="Drums outdoors", question=ASKED, where="Hall B"
    )
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e")
        await settled(pilot)
        there = [(line.kind, line.path) for line in lines_at(app, "Hall B") if line.kind not in ("question", "repeat")]
        earlier = next(path for kind, path in there if kind == "earlier")
        assert there == [("placed", row), ("finding", finding), ("earlier", earlier)]
        await go_to(pilot, app, "placed")
        await pilot.press("enter")
        await settled(pilot)
        assert (app.place, app.screen.target.startswith(f"{WASTE}/{row}")) == ("rows", True)
        await pilot.press("q")
        await settled(pilot)
        await go_to(pilot, app, "finding")
        assert "Drums outdoors" in text_of(app.screen)
        await pilot.press("enter")
        await settled(pilot)
        assert app.place == "findings"


async def go_to(pilot, app, kind):
    """Nothing; moves down to the line of this kind."""
    await pilot.press("home")
    for _ in range(len(app.screen.lines)):
        if app.screen.line.kind == kind:
            return
        await pilot.press("down")
    raise AssertionError(f"no line of kind {kind}")


@pytest.mark.parametrize(("digit", "kind"), [("1", "finding"), ("2", "note")])
async def test_a_finding_of_before_is_read_and_is_still_so_or_corrected(store, digit, kind):
    before = numbered(store)
    add_row(before, FINDINGS, FINDINGS, grade=("major",), text="No interlock", question=ASKED, where="Hall B",
            status=("open",))  # fmt: skip
    visit = numbered(store)
    halls(visit)
    store.set_local(visit.id, "walk order", "place")
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: any(line.kind == "earlier" for line in app.screen.lines))
        await go_to(pilot, app, "earlier")
        shown = text_of(app.screen)
        assert "No interlock" in shown
        assert "told to the site, open" in shown
        await pilot.press("enter", digit)
        if kind == "note":
            await pilot.press(*"door", "enter")
        await settled(pilot)
        now = app.visit
        if kind == "finding":
            row = now.filling(FINDINGS).rows(FINDINGS)[0]
            text = now.filling(FINDINGS).state(f"findings[{row}]/text").value
            assert text.startswith("No interlock (still as ")
            assert now.filling(FINDINGS).state(f"findings[{row}]/where").value == "Hall B"
        else:
            notes = [entry.value for _, entry in now.state.notes(*ASKED.split("/", 1))]
            assert len(notes) == 1
            assert "is corrected: door" in notes[0]
        line = next(line for line in app.screen.lines if line.kind == "earlier")
        assert line.state == "answered"
        assert line.tail.endswith("still so" if kind == "finding" else "corrected")


async def test_a_place_is_added_while_walking(store):
    visit = numbered(store)
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e", "ctrl+d", *"Hall C", "enter")
        assert "What kind of place is Hall C?" in text_of(app.screen)
        kinds = [name for name, _label in visit.scheme.places]
        await pilot.press(str(kinds.index("production") + 1))
        await settled(pilot)
        assert places(app)[0] == "Hall C"
        assert app.screen.at_place == "Hall C"
        await pilot.press("ctrl+d", *"hall c", "enter")
        assert "There is a place of this name already." in text_of(app.screen)
        await pilot.press("escape", "ctrl+z")
        await settled(pilot)
        assert "Hall C" not in places(app)


async def test_search_finds_a_place_and_goes_there(store):
    visit = numbered(store)
    halls(visit)
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        walk = app.screen
        await pilot.press("slash", *"hall b", "enter")
        await until(pilot, lambda: app.screen is walk and walk.at_place == "Hall B")
        assert walk.order == "place"


async def test_a_digit_writes_the_place_where_a_row_stands_and_anything_else_is_typed(store):
    visit = numbered(store)
    halls(visit)
    table, question = next(placed_tables(visit.forms[WASTE]))
    row = add_row(visit, WASTE, table.name)
    assert place_names(visit, question, "en-HK")[:3] == ["Gatehouse", "Hall A", "Hall B"]
    app = program(store, visit, f"{WASTE}/{row}/{question.name}")
    async with app.run_test(size=(80, 30)) as pilot:
        await ready(pilot)
        assert "3 ( ) Hall B" in text_of(app.screen)
        await pilot.press("3")
        await settled(pilot)
        assert app.visit.filling(WASTE).state(f"{row}/{question.name}").value == "Hall B"
    app = program(store, visit, f"{WASTE}/{row}/{question.name}")
    async with app.run_test(size=(80, 30)) as pilot:
        await ready(pilot)
        assert "3 (x) Hall B" in text_of(app.screen)
        await pilot.press(*"yard", "enter")
        await settled(pilot)
        assert app.visit.filling(WASTE).state(f"{row}/{question.name}").value == "yard"


async def test_mine_shows_what_the_person_covers_and_search_reaches_the_rest(store):
    visit = numbered(store)
    add_row(visit, HEADER, "team", member_name="Chan Tai Man", member_role=("lead",), covers_sections=("gate",))
    add_row(visit, HEADER, "team", member_name="Lee", member_role=("assessor",), covers_places=("treatment",))
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await settled(pilot)
        forms = {line.form for line in app.screen.lines if line.kind == "question"}
        assert forms == {"gate", CONTROL}  # and the line on which the cursor stood
        assert [line.target for line in app.screen.lines if line.form == CONTROL and line.kind == "question"] == [ASKED]
        assert "mine 0/" in text_of(app.screen).splitlines()[0]
        walk = app.screen
        await pilot.press("home", "down", "slash", *"3.03", "enter")
        await until(pilot, lambda: app.screen is walk and walk.target == f"{CONTROL}/waste_water_kind")
        await pilot.press("left_square_bracket")
        await settled(pilot)
        assert "Left to do by Chan Tai Man" in text_of(app.screen)
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert "mine" not in text_of(app.screen).splitlines()[0]
        assert "Left to do, by person" in text_of(app.screen)


async def test_mine_says_when_the_header_gives_the_person_nothing(store):
    visit = numbered(store)
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        count = len(app.screen.lines)
        await pilot.press("ctrl+o")
        assert "gives Chan Tai Man nothing" in text_of(app.screen)
        assert len(app.screen.lines) == count


async def test_by_place_an_answer_draws_what_drawing_anew_would(store):
    visit = numbered(store)
    halls(visit)
    store.set_local(visit.id, "walk order", "place")
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("home")
        for key in ("1", "down", "1", "down", "2", "enter", "1", "ctrl+z", "pagedown", "1"):
            await pilot.press(key)
        await settled(pilot)
        lines = list(app.screen.lines)
        app.screen.show(app.screen.target)
        assert lines == list(app.screen.lines)
        assert any(entry.act == acts.ANSWER for _, entry in app.visit.state.entries())


async def test_where_a_finding_is_takes_a_place_by_its_digit(store):
    visit = numbered(store)
    halls(visit)
    row = add_row(visit, FINDINGS, FINDINGS, grade=("minor",), text="Drums outdoors", question=ASKED)
    app = program(store, visit, f"{FINDINGS}/{row}/where", place="findings")
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert app.screen.here == (FINDINGS, f"{row}/where")
        await pilot.press("3")
        await settled(pilot)
        assert app.visit.filling(FINDINGS).state(f"{row}/where").value == "Hall B"


async def test_whom_the_header_gives_another_section_sees_it_at_once(store):
    visit = numbered(store)
    row = add_row(visit, HEADER, "team", member_name="Chan Tai Man", member_role=("lead",), covers_sections=("gate",))
    store.set_local(visit.id, "mine", True)
    app = program(store, visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = {line.form for line in app.screen.lines if line.kind == "form"}
        app.screen.record(acts.ANSWER, HEADER, f"{row}/covers_sections", ("supply_chain",))
        await settled(pilot)
        after = {line.form for line in app.screen.lines if line.kind == "form"}
        assert "gate" in before
        assert after - {CONTROL} == {"supply_chain"}
