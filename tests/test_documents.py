"""Documents asked for: how each stands, the list to send, the usual ones as one act."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.assess.documents import documents, usual
from assessor_tui.documents import ask_usual
from assessor_tui.i18n import LANGUAGES, set_language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Value
from assessor_tui.reports.documents import documents_html, write_documents
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.cli_world import named
from tests.cli_world import new_visit as new_by_command
from tests.sample_visit import new_visit, row
from tests.small_visit import begin
from tests.tui_visits import closing, opened, ready, settled, text_of  # noqa: F401 - closing is a fixture

HEADER, TABLE = "visit_header", "requested_documents"
TODAY = "2026-11-20"


@pytest.fixture
def visit(tmp_path) -> Iterator[Visit]:
    """A visit of 12 November 2026."""
    with Store.open(tmp_path / "data") as store:
        store.identify("Chan Tai Man", "lead")
        yield new_visit(store)
    set_language(LANGUAGES[0])


def asked(visit: Visit, name: str, state: str, **more: Value) -> str:
    """Path of the row of a document."""
    first: dict[str, Value] = {"requested_document": (name,), "asked_on": "2026-11-01", "document_state": (state,)}
    return row(visit, HEADER, TABLE, **{**first, **more})


def standing(visit: Visit, today: str = TODAY) -> list[tuple[str, str, bool, str, bool]]:
    return [
        (each.name, each.state, each.open, each.due, each.overdue)
        for each in documents(visit.filling(HEADER), today)
    ]  # fmt: skip


def test_what_is_requested_or_refused_is_owed_until_the_first_day_on_site(visit):
    asked(visit, "water_balance", "requested")
    asked(visit, "licences", "original_seen")
    asked(visit, "site_plan", "not_held")
    asked(visit, "air_data", "refused")
    assert standing(visit, "2026-11-12") == [
        ("water_balance", "requested", True, "2026-11-12", False), ("licences", "original_seen", False, "", False),
        ("site_plan", "not_held", False, "", False), ("air_data", "refused", True, "2026-11-12", False),
    ]  # fmt: skip
    assert [each[3:] for each in standing(visit) if each[2]] == [("2026-11-12", True)] * 2


def test_after_the_visit_they_are_owed_until_the_deadline(visit):
    asked(visit, "water_balance", "requested")
    visit.record(acts.ANSWER, HEADER, "deadline", "2026-12-01")
    assert standing(visit, "2026-11-12")[0][3:] == ("2026-11-12", False)
    assert standing(visit)[0][3:] == ("2026-12-01", False)
    assert standing(visit, "2026-12-02")[0][3:] == ("2026-12-01", True)


@pytest.mark.parametrize(("expires", "state"), [("2026-11-11", "expired"), ("2026-11-12", "original_seen")])
def test_what_ends_before_the_visit_is_expired_whatever_was_said(visit, expires, state):
    asked(visit, "licences", "original_seen", document_expires=expires)
    assert standing(visit)[0][1:3] == (state, state == "expired")


def test_they_stand_in_the_order_in_which_they_were_asked_for(visit):
    asked(visit, "licences", "requested", asked_on="2026-11-05")
    asked(visit, "air_data", "requested")
    assert [each[0] for each in standing(visit)] == ["air_data", "licences"]


def test_the_usual_documents_are_asked_for_as_one_act(visit):
    asked(visit, "licences", "received")
    recorded = ask_usual(visit, TODAY)
    assert recorded.problems == ()
    every = documents(visit.filling(HEADER), TODAY)
    names = [choice.name for choice in visit.forms[HEADER].choices["documents"]]
    assert sorted(each.name for each in every) == sorted(set(names) - {"other"})
    assert {each.asked for each in every if each.name != "licences"} == {TODAY}
    assert ask_usual(visit, TODAY).entries == ()
    visit.undo()
    assert [each.name for each in documents(visit.filling(HEADER), TODAY)] == ["licences"]
    assert usual(visit.forms[HEADER], ()) == tuple(name for name in names if name != "other")


def test_a_header_without_the_table_has_no_documents(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        small = begin(store)
        assert documents(small.filling("header"), TODAY) == () and ask_usual(small, TODAY).entries == ()
        assert "No document has been asked for." in documents_html(small, TODAY, ("en-HK",))


def test_the_list_stands_in_three_languages_in_one_file_without_scripts_or_addresses(visit, tmp_path):
    asked(visit, "water_balance", "requested", document_detail="Building 2")
    asked(visit, "licences", "original_seen", document_expires="2026-01-31", received_on="2026-11-02")
    path = write_documents(visit, tmp_path / "out", TODAY)
    page = path.read_text(encoding="utf-8")
    assert path.name.endswith("-documents.html") and page.count("<main") == 3
    for words in ("Water balance", "水平衡", "Building 2", "2026-11-12", "overdue", "valid until 2026-01-31"):
        assert words in page, words
    assert "<script" not in page and not re.search(r"(src|href)=", page) and "http:" not in page.replace("http-", "")
    assert documents_html(visit, TODAY, ("zh-Hans-CN",)).count("<main") == 1


def test_hostile_words_are_text_on_the_page(visit):
    asked(visit, "other", "requested", document_detail="<img src=x onerror=alert(1)>\u202eevil {{ 7*7 }}")
    visit.record(acts.ANSWER, HEADER, "contact_person", "</dd><script>alert(1)</script>")
    page = documents_html(visit, TODAY)
    assert "<img" not in page and "<script" not in page and "\u202e" not in page
    assert "&lt;img src=x" in page and "{{ 7*7 }}" in page


def test_the_command_asks_lists_and_writes(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_by_command(laptop)
    assert "No document has been asked for." in laptop.ok("documents", visit).err
    said = laptop.ok("documents", visit, "--ask", "usual", "--json")
    assert len(said.data["documents"]) == 24 and "24 documents are asked for." in said.err
    assert {each["state"] for each in said.data["documents"]} == {"requested"}
    assert "All usual documents are asked for already." in laptop.ok("documents", visit, "--ask", "usual").err
    listed = laptop.ok("documents", visit)
    assert len(listed.out.splitlines()) == 24 and "Water balance" in listed.out
    page = laptop.ok("documents", visit, "-o", tmp_path / "out", lang="zh-Hant-HK").out.strip()
    assert "水平衡" in Path(page).read_text(encoding="utf-8")
    assert laptop("documents", visit, "--ask", "everything").code == 2
    assert laptop("documents", "nobody").code == 2


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_by_command(laptop)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    said = laptop("documents", visit, "-o", tmp_path / "file")
    assert said.code == 1 and "-o" in said.err


async def test_the_overview_says_what_is_open_and_the_palette_asks_and_writes(tmp_path):
    app, _visit = opened(tmp_path, "overview")
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert "documents open" not in text_of(app.screen)
        await pilot.press("f9", *"usual documents", "enter")
        await settled(pilot)
        assert "24 documents are asked for." in text_of(app.screen)
        assert "24 of 24 documents open, 24 overdue" in text_of(app.screen)
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert "documents open" not in text_of(app.screen)
        await pilot.press("ctrl+y")
        await settled(pilot)
        out = tmp_path / "out"
        out.mkdir()
        app.store.set_local("", "report folder", str(out))
        await pilot.press("f9", *"document list", "enter")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        assert "The list of documents is written." in text_of(app.screen)
        assert len(list(out.glob("*-documents.html"))) == 1


async def test_the_line_of_documents_leads_to_their_table(tmp_path):
    app, visit = opened(tmp_path, "overview", target=f"documents:{HEADER}/{TABLE}")
    asked(visit, "water_balance", "requested")
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.place == "rows" and "Water balance" in text_of(app.screen)
