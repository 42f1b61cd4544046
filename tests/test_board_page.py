"""The page with the lead's board, with real keys: what presses, the reminder, the way to a visit and back."""

import base64
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from assessor_tui.i18n import LANGUAGES, set_language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Value
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.windows.reminder import WRITTEN_TO
from assessor_tui.visit import Opening, Visit, create_visits
from tests.benchmarks import board as speed
from tests.keyboard import ENTER, F6, RIGHT, Person
from tests.ledger_worlds import Laptop
from tests.sample_visit import identities, open_store, same_visit, shipped_materials
from tests.tui_visits import until
from tests.walk_world import loaded, shown

TWENTIETH = 1_795_147_200_000_000
"""2026-11-20T12:00:00+08:00 in microseconds."""
TEAM = ({"member_name": "Chan", "member_role": ("lead",)}, {"member_name": "Lee", "member_role": ("assessor",)})
HOSTILE = "[red]\x1b[2J\u202eevil\u2066 {name} %s 甲\u0301\u0301"


@pytest.fixture
def laptop(tmp_path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", now=lambda: TWENTIETH) as store:
        store.identify("Chan", "lead")
        yield store
    set_language(LANGUAGES[0])


def opened(store: Store, *sites: str, **header: Value) -> list[Visit]:
    """New visits with a team of two."""
    openings = [Opening({"site_name_en": site, "visit_date": "2026-11-12", **header}, {"team": TEAM}) for site in sites]
    made = create_visits(store, shipped_materials(store), openings, new_id=identities(sites[0] if sites else "none"))
    return [Visit(store, visit, new_id=identities(visit)) for visit in made]


def board(store: Store) -> AssessorApp:
    return AssessorApp(store, place="board", language="en-HK", new_id=identities("page"))


async def test_no_visits_say_what_to_do(laptop):
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        assert "No visits here. F2 on the visits starts one." in shown(app)
        await pilot.press("enter")
        assert "No visits here" in shown(app)
        await pilot.press("space")
        assert "No visit names a batch" in shown(app)


async def test_f6_on_the_visits_opens_the_board_and_backspace_goes_back(laptop):
    opened(laptop, "Alpha Works")
    app = AssessorApp(laptop, place="home", language="en-HK", new_id=identities("page"))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("f6")
        await loaded(app, pilot)
        assert app.place == "board" and "Alpha Works" in shown(app) and "missing: Lee" in shown(app)
        await pilot.press("backspace")
        await loaded(app, pilot)
        assert app.place == "home"


async def test_the_visit_opens_and_back_leads_to_the_board_at_its_line(laptop):
    opened(laptop, "Alpha Works", "Beta Works")
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("down")
        await pilot.pause()
        at = app.screen.target
        await pilot.press("right")
        await loaded(app, pilot)
        assert app.place == "overview" and app.visit.id == at
        await pilot.press("backspace")
        await loaded(app, pilot)
        assert app.place == "board" and app.screen.target == at
        await pilot.press("right")
        await loaded(app, pilot)
        await pilot.press("f6", "d")
        await loaded(app, pilot)
        assert app.place == "board" and app.screen.target == at


async def test_what_presses_stands_first_and_the_panel_says_what_is_owed(laptop):
    quiet, late = opened(laptop, "Quiet Works", "Late Works")
    late.record(acts.ANSWER, "visit_header", "deadline", "2026-11-18")
    late.record(acts.TO_COME, "gate", "cp_organisation", why="Chart\nthe site\n2026-11-15")
    app = board(laptop)
    async with app.run_test(size=(140, 40)) as pilot:
        await loaded(app, pilot)
        screen = shown(app)
        assert screen.index("Late Works") < screen.index("Quiet Works")
        assert "2 days late" in screen and "1 overdue, missing: Lee" in screen
        assert "Lee: nothing has arrived yet" in screen and "the site: Chart (overdue since" in screen
        assert quiet.id != late.id


async def test_the_reminder_is_shown_in_three_languages_for_each_who_owes_and_copied(laptop):
    (visit,) = opened(laptop, "Alpha Works", site_name_zh="甲廠", deadline="2026-12-01")
    visit.record(acts.TO_COME, "gate", "cp_organisation", why="Chart\nMs Wu\n2026-11-15")
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert "To everybody" in shown(app) and "Ms Wu: Chart (overdue since 15 November 2026)" in shown(app)
        await pilot.press("right")
        assert "To Lee" in shown(app) and "Dear Lee," in shown(app) and "Chart" not in shown(app)
        await pilot.press("right")
        assert "Dear Ms Wu," in shown(app) and "- Chart" in shown(app)
        await pilot.press("space")
        assert "繁體中文" in shown(app) and "甲廠" in shown(app)
        await pilot.press("space", "space", "enter")
        assert "Copied." in shown(app)
        assert app.clipboard.startswith("Alpha Works\n") and "- Chart (overdue" in app.clipboard
        await pilot.press("escape")
        await pilot.pause()
        assert app.place == "board" and "Reminder" not in shown(app)


async def test_the_reminder_is_written_to_a_file(laptop, tmp_path):
    opened(laptop, "Alpha Works")
    (tmp_path / "out").mkdir()
    laptop.set_local("", WRITTEN_TO, str(tmp_path / "out"))
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "Written to" in shown(app)
    text = (tmp_path / "out" / "Alpha-Works-reminder.txt").read_text(encoding="utf-8")
    assert "your part of the visit" in text and text.endswith("Chan\n")


async def test_the_documents_that_the_site_owes_are_in_the_reminder(laptop):
    (visit,) = opened(laptop, "Alpha Works")
    row = visit.record(acts.ADD_ROW, "visit_header", "requested_documents").entries[0][1].path
    for name, value in (("requested_document", ("water_balance",)), ("document_state", ("requested",))):
        assert not visit.record(acts.ANSWER, "visit_header", f"{row}/{name}", value).problems
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert "the site: Water balance (overdue since 12 November 2026)" in shown(app)
        await pilot.press("left")
        assert "To the site" in shown(app) and "Dear Sir or Madam," in shown(app)


async def test_space_shows_one_batch_after_the_other_and_slash_finds_a_visit(laptop):
    opened(laptop, "Alpha Works", batch="Spring")
    opened(laptop, "Beta Works", batch="Autumn")
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("space")
        assert "[Autumn]" in shown(app) and "Beta Works" in shown(app) and "Alpha Works" not in shown(app)
        await pilot.press("slash", *"Alpha", "enter")
        await pilot.pause()
        assert "[all batches]" in shown(app)
        assert app.screen.query_one("#visits").row.facts.header["site_name_en"] == "Alpha Works"


async def test_the_stages_are_explained(laptop):
    app = board(laptop)
    async with app.run_test(size=(140, 40)) as pilot:
        await loaded(app, pilot)
        await pilot.press("f7")
        await pilot.pause()
        assert "delivered: Work of others has arrived" in shown(app)


async def test_what_a_colleague_delivers_moves_the_visit_on(laptop, tmp_path):
    (visit,) = opened(laptop, "Alpha Works")
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        assert "opened" in shown(app) and "0/1" in shown(app)
        with open_store(tmp_path / "lee", "Lee", "assessor") as other:
            theirs = same_visit(other, visit)
            theirs.record(acts.ANSWER, "gate", "cp_organisation", ("yes",))
            laptop.add(other.entries(visit.id))
        app.screen.show()
        await loaded(app, pilot)
        assert "merged" in shown(app) and "1/1" in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_hostile_headers_are_shown_as_text(laptop, size):
    site, batch = (HOSTILE.replace("\x1b", "").replace("\u202e", ""), "[bold]x[/]{batch}")
    opened(laptop, site, batch=batch, site_name_zh="]" * 300)
    app = board(laptop)
    async with app.run_test(size=size) as pilot:
        await loaded(app, pilot)
        await pilot.press("space")
        assert "[[bold]x[/]{batch}]" in shown(app) and "[red]" in shown(app)
        assert all(one.isprintable() or one == "\n" for one in shown(app))
        await pilot.press("enter")
        await pilot.pause()
        assert "[red]" in shown(app)


async def test_a_visit_whose_beginning_has_not_arrived_says_so_and_does_nothing(laptop):
    lost = Laptop("bob", visit="f" * 32)
    lost.answer("meter", "seen", form="check")
    laptop.add(lost.known)
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        assert "not arrived" in shown(app) and "ffffffff" in shown(app)
        for key in ("enter", "right"):
            await pilot.press(key)
            assert app.place == "board" and "has not arrived yet" in shown(app)


async def test_a_visit_whose_forms_have_not_arrived_has_a_line_and_a_reminder(laptop, tmp_path):
    with open_store(tmp_path / "lee", "Lee", "lead") as other:
        (visit,) = opened(other, "Alpha Works")
        laptop.add(other.entries(visit.id), schemes=[other.definition("scheme", visit.opening.version)])
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        assert "Alpha Works" in shown(app) and "handed out" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "Alpha Works" in shown(app)


async def test_all_visits_of_a_large_batch_are_shown(laptop, monkeypatch):
    monkeypatch.setattr(speed, "EACH", 3)
    speed.fill(laptop, 250)
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        assert "250 visits" in shown(app)
        await pilot.press("end")
        await pilot.pause()
        assert len(app.screen.query_one("#visits").rows) == 250


async def test_the_board_speaks_chinese(laptop):
    opened(laptop, "Alpha Works", site_name_zh="甲廠")
    app = board(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("ctrl+g")
        await loaded(app, pilot)
        assert "甲" in shown(app) and "Alpha Works" not in shown(app)


async def test_a_list_of_visits_is_looked_at_and_opened_from_the_visits(laptop, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Site", "Visit date", "Category", "Batch", "Team lead"])
    book.active.append(["Alpha Works", "2026-11-12", "Partner (Manufacturing)", "Spring", "Chan"])
    book.active.append(["Beta Works", "soon", "Partner (Manufacturing)", "Spring", "Chan"])
    book.save(tmp_path / "list.xlsx")
    laptop.set_local("", "list folder", str(tmp_path))
    app = AssessorApp(laptop, place="home", language="en-HK", new_id=identities("page"))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(app, pilot)
        await pilot.press("f3", "1")
        await pilot.pause()
        await pilot.press(*"list.xlsx", "enter")
        await until(pilot, lambda: "1 visit would be opened, 1 line is wrong" in shown(app))
        assert "B3" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert laptop.visits() == []
        await pilot.press("enter")
        await until(pilot, lambda: "1 visit is open." in shown(app))
        assert [each.header["site_name_en"] for each in laptop.board("spring")] == ["Alpha Works"]


def test_in_a_terminal_the_reminder_reaches_its_clipboard(tmp_path: Path):
    with Store.open(tmp_path / "data") as store:
        store.identify("Chan", "lead")
        store.set_local("", "language", "en-HK")
        opened(store, "Alpha Works")
    with Person(tmp_path / "data", here=tmp_path) as person:
        person.shows("Alpha Works")
        person.does(F6, "Urgent", "Alpha Works")
        person.does(ENTER, "Dear colleagues")
        person.does(RIGHT, "Dear Lee,")
        person.does(ENTER, "Copied.")
        copied = person.raw.split("\x1b]52;c;")[1].split("\a")[0].split("\x1b")[0]
        assert "Dear Lee," in base64.b64decode(copied).decode()
        person.feed("\x1b")
        person.shows("Urgent", without="Dear Lee")
        assert person.leaves() == 0
