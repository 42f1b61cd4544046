"""What is "mine" on the pages that list: covered by, or written by, the person at the keyboard."""

import pytest

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.shown.mine import mine_in, mine_words
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
