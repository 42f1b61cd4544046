"""The WHO verbal autopsy questionnaire, imported from its workbook and walked by keys; where the cases are present."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.config import shipped
from assessor_tui.i18n import set_language
from assessor_tui.ledger import entry as acts
from assessor_tui.materials import own_checklists
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.pages import answering
from assessor_tui.using_form import read_form_file, with_forms
from assessor_tui.visit import Materials, Visit, create_visit
from tests.conformance.cases import CASES
from tests.small_visit import clock, ids
from tests.test_cli_plain import walked
from tests.tui_visits import ready, text_of

WORKBOOK = CASES / "forms" / "whova.xlsx"
pytestmark = pytest.mark.skipif(not WORKBOOK.is_file(), reason=f"{WORKBOOK} is not here")

CONSENT = "Id10013"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a visit of the questionnaire; the workbook is read once."""
    where = tmp_path_factory.mktemp("whova")
    with Store.open(where, now=clock()) as store:
        store.identify("Chan Tai Man", "lead")
        read = read_form_file(WORKBOOK)
        assert read.form is not None, read.problems
        materials = with_forms(store, own_checklists(store, shipped("forms")), [read.form])
        assert isinstance(materials, Materials)
        create_visit(store, materials, {"site_name_en": "WHO VA", "visit_date": "2026-11-12"}, new_id=ids("a"))
    return where


@pytest.fixture
def visit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    set_language("en-HK")
    monkeypatch.setattr(answering, "TOO_SOON", 0.0)
    with Store.open(folder, now=clock()) as store:
        yield Visit(store, store.visits()[0].id, new_id=ids("b"))


def questionnaire(visit: Visit) -> str:
    (form,) = visit.checklists
    return form


async def test_consent_opens_the_questionnaire_and_every_key_answers(visit: Visit) -> None:
    form = questionnaire(visit)
    app = AssessorApp(visit.store, place="walk", visit_id=visit.id, target=f"{form}/{CONSENT}", language="en-HK")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = len(app.screen.lines)
        await pilot.press("1")
        await pilot.pause()
        assert len(app.screen.lines) > before + 20, "consent opens what comes after it"
        answered = 0
        for _ in range(80):
            question = app.screen.state.question if app.screen.here is not None else None
            offered = app.screen.offered() if question is not None and question.type == "select_one" else ()
            before_at = app.screen.target
            if offered and not app.screen.is_fixed() and app.screen.state.status == "missing":
                await pilot.press(str(min(2, len(offered))))
                answered += 1
            if app.screen.target == before_at:
                await pilot.press("down")
            text = text_of(app.screen)
            assert "${" not in text and "**" not in text and "</" not in text
            assert all(len(line) <= 80 for line in text.split("\n"))
        await pilot.pause()
        assert answered >= 20
        assert app.visit is not None
        walked_state = {path: app.visit.filling(form).state(path).relevant for path in _paths(app.visit, form)}
    reread = Visit(visit.store, visit.id, new_id=visit.new_id)
    assert {path: reread.filling(form).state(path).relevant for path in _paths(reread, form)} == walked_state
    stands = [entry for _digest, entry in reread.state.entries() if entry.act == acts.ANSWER and entry.form == form]
    assert len(stands) >= answered


def _paths(visit: Visit, form: str) -> list[str]:
    return [item.path for item in visit.filling(form).items() if item.kind == "question"]


def test_it_is_asked_line_by_line_and_says_why_something_is_hidden(visit: Visit) -> None:
    form = questionnaire(visit)
    visit.record(acts.CLEAR, form, CONSENT)
    said = walked(visit, "w Id10019", "Yes", at=f"{form}/{CONSENT}")
    assert "is hidden" in said
    assert visit.filling(form).state(CONSENT).value == ("yes",)
    assert visit.filling(form).state("Id10019").relevant
