"""What is "mine" on the pages that list: covered by, or written by, the person at the keyboard."""

import pytest

from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.pages.conflicts import VIEWS
from assessor_tui.tui.shown.mine import mine_in, mine_words
from assessor_tui.visit import Visit
from tests.test_places import numbered
from tests.tui_visits import CONTROL, add_row, ready, settled, text_of, until

HEADER, FINDINGS = "visit_header", "findings"
ASKED = f"{CONTROL}/has_exhaust_air"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data") as opened:
        opened.identify("Chan Tai Man", "lead")
        yield opened


@pytest.fixture
def visit(store):
    made = numbered(store)
    add_row(made, HEADER, "team", member_name="Chan Tai Man", member_role=("lead",), covers_sections=(CONTROL,))
    return made


def program(store, visit, place):
    return AssessorApp(store, place=place, visit_id=visit.id, language="en-HK")


def test_what_is_covered_or_written_by_the_person_is_mine(store, visit):
    store.set_person("Lee")
    entry = visit.record(acts.NOTE, "gate", "", "seen").entries[0][1]
    own = mine_in(visit)
    assert own([("gate", "products")], [entry])
    assert not own([tuple(ASKED.split("/", 1))], [])
    assert "written by Lee; the team" in mine_words(visit)
    store.set_person("")
    own = mine_in(visit)
    assert own([tuple(ASKED.split("/", 1))], [entry])
    assert not own([("gate", "products")], [entry])
    assert mine_words(visit) == "Mine: covered or written by Chan Tai Man."


async def test_findings_that_the_colleague_wrote_about_my_section_are_mine(store, visit):
    store.set_person("Lee", keep=False)
    add_row(visit, FINDINGS, FINDINGS, grade=("minor",), text="In my section", question=ASKED)
    add_row(visit, FINDINGS, FINDINGS, grade=("minor",), text="Elsewhere", question="gate/products")
    store.set_person("")
    app = program(store, visit, "findings")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        assert "Elsewhere" in text_of(app.screen)
        await pilot.press("space", "space")
        shown = text_of(app.screen)
        assert "In my section" in shown
        assert "Elsewhere" not in shown
        assert "Mine: covered or written by Chan Tai Man." in shown


async def test_evidence_has_a_list_of_mine(store, visit):
    store.set_person("Lee", keep=False)
    visit.record(acts.ATTACH, *ASKED.split("/", 1), Evidence("interview", {"caption": "in my section"}))
    visit.record(acts.ATTACH, "gate", "products", Evidence("interview", {"caption": "elsewhere"}))
    store.set_person("")
    app = program(store, visit, "evidence")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        for _ in range(9):
            if "[mine]" in text_of(app.screen):
                break
            await pilot.press("f8")
        shown = text_of(app.screen)
        assert "in my section" in shown
        assert "elsewhere" not in shown


async def test_the_visits_of_a_person_can_be_listed_alone(store, visit):
    store.set_person("Lee")
    app = AssessorApp(store, place="home", language="en-HK")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.screen.all and app.screen.all[0].facts)
        for _ in range(9):
            if "[mine]" in text_of(app.screen):
                break
            await pilot.press("space")
        assert "0 visits" in text_of(app.screen)
        assert "whose team names Lee" in text_of(app.screen)
        store.set_person("")
        app.screen.show()
        await settled(pilot)
        assert "1 visit" in text_of(app.screen)


async def test_the_overview_lists_what_is_left_to_one_of_the_team(store, visit):
    add_row(visit, HEADER, "team", member_name="Lee", member_role=("assessor",), covers_sections=("gate",))
    app = program(store, visit, "overview")
    async with app.run_test(size=(100, 60)) as pilot:
        await ready(pilot)
        rows = app.screen.the_list()
        who = [row for row in rows.rows if row.kind == "person"]
        assert [row.label for row in who] == ["Chan Tai Man", "Lee"]
        rows.move_cursor(rows.rows.index(who[1]))
        await pilot.press("enter")
        await settled(pilot)
        assert "Left to do by Lee" in text_of(app.screen)
        left = [row for row in rows.rows if row.kind == "left" and row.target]
        assert left
        assert all(row.target.startswith("gate/") for row in left)
        await pilot.press("enter")
        await settled(pilot)
        assert "Left to do by Lee" not in text_of(app.screen)


async def test_conflicts_have_a_list_of_mine(store, visit, tmp_path):
    with Store.open(tmp_path / "lee") as other:
        other.identify("Lee", "assessor")
        assert merge_bundle(other, make_bundle(store, visit, tmp_path).path).error is None
        theirs = Visit(other, visit.id, new_id=lambda: "0" * 32)
        for where in (ASKED, "gate/hk_connection"):
            form, path = where.split("/", 1)
            names = [choice.name for choice in visit.filling(form).choices(path)]
            assert not theirs.record(acts.ANSWER, form, path, (names[0],)).problems
            store.set_person("Wong", keep=False)
            assert not visit.record(acts.ANSWER, form, path, (names[1],)).problems
        back = make_bundle(other, theirs, tmp_path / "back")
    assert merge_bundle(store, back.path).error is None
    store.set_person("")
    app = program(store, visit, "conflicts")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        assert "Conflicts 2" in text_of(app.screen)
        await pilot.press(*["space"] * len(VIEWS))
        shown = text_of(app.screen)
        assert "My conflicts 1" in shown
        assert [row.conflict.form for row in app.screen.rows] == [CONTROL]
        await pilot.press("space")
        assert "Conflicts 2" in text_of(app.screen)
