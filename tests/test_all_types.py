"""A form with every type of question in a visit: answered by real keys and line by line, saved, reopened, merged."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events

from assessor_tui.cli.plain import Plain
from assessor_tui.cli.where import find_place
from assessor_tui.config import shipped
from assessor_tui.form.model import Form, Question, Repeat
from assessor_tui.i18n import set_language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity
from assessor_tui.materials import own_checklists
from assessor_tui.problem import Problem
from assessor_tui.reports.print_sheets import html, sheets
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.commands import OVERVIEW, REVIEW, ROWS
from assessor_tui.tui.pages import answering
from assessor_tui.tui.shown.question_card import Look, card_of
from assessor_tui.tui.shown.rows import spoken_number
from assessor_tui.using_form import keep_form, use_form, with_forms
from assessor_tui.visit import Materials, Visit, create_visit
from tests.all_types import ALL, FORM, prepared, said
from tests.small_visit import begin, ids, laptop
from tests.tui_visits import ready, text_of

POINT = "22.31916667 114.16916667 0 0"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of a test come faster than a person's."""
    set_language("en-HK")
    monkeypatch.setattr(answering, "TOO_SOON", 0.0)


@asynccontextmanager
async def walking(
    store: Store, visit: Visit, at: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[AssessorApp, object]]:
    app = AssessorApp(store, place="walk", visit_id=visit.id, target=f"{ALL}/{at}", language="en-HK")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        yield app, pilot


async def types(pilot, text: str, *keys: str) -> None:
    for character in text:
        await pilot.press({" ": "space"}.get(character, character))
    await pilot.press(*(keys or ("enter",)))
    await pilot.pause()


def value(app: AssessorApp, path: str) -> object:
    assert app.visit is not None
    return app.visit.filling(ALL).state(path).value


async def test_what_the_form_sets_itself_is_recorded_once_by_whoever_adds_it(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    filling = visit.filling(ALL)
    assert filling.state("day_of_filling").value == visit.today
    assert filling.state("who").value == "Chan Tai Man"
    assert str(filling.state("began").value).startswith("2026-11-12T09:00:")
    assert filling.state("kept_hidden").value == "secret"
    hall = filling.rows("halls")[0]
    assert len(filling.rows(f"halls[{hall}]/lines")) == 1, "ODK shows the first row of a repeat at once"
    shown = {item.path for item in filling.items()}
    assert not shown & {"began", "day_of_filling", "who", "device", "kept_hidden"}
    store.close()


async def test_every_type_is_answered_by_keys(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    async with walking(store, visit, "name") as (app, pilot):
        assert "As on the sign" in text_of(app.screen), "marks of Markdown are not drawn"
        await types(pilot, "Fabrik")
        assert "How many people work at Fabrik?" in text_of(app.screen)
        await types(pilot, "0")
        assert "Fabrik has somebody, surely." in text_of(app.screen)
        await types(pilot, "12")
        await types(pilot, "2.5")
        await types(pilot, "3")
        await pilot.press("right", "right", "left", "right", "right", "enter")  # 0 2 0 2 4
        await types(pilot, "12/11")
        await types(pilot, "3/2020")
        await types(pilot, "930")
        await types(pilot, "12 9.30")
        app.screen.post_message(events.Paste("北纬22度19分9秒，东经114度10分9秒"))
        await pilot.pause()
        await pilot.press("enter")
        await types(pilot, "22.1 114.1", "enter")
        await types(pilot, "22.2, 114.2", "ctrl+s")
        await pilot.press("down")
        await types(pilot, "22.1 114.1;22.2 114.1;22.2 114.2", "ctrl+s")
        await pilot.press("down")
        await pilot.press("2")
        await pilot.press("1", "3", "enter")
        assert "What is worst?" in text_of(app.screen)
        await pilot.press("2", "3")
        assert "[1] Zinc" in text_of(app.screen) and "1 has no place yet" in text_of(app.screen)
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("2")  # county: West
        assert "type to search 30 choices" in text_of(app.screen)
        await types(pilot, "town 010")
        await types(pilot, "town 007")
        await types(pilot, "008", "enter")
        await pilot.press("escape")
        app.screen.move_to(app.screen._index_of(f"{ALL}/told"))
        await pilot.press("1")
        await pilot.pause()
    check(visit := Visit(store, visit.id, new_id=visit.new_id))
    assert visit.filling(ALL).state("greeting").value == "Hello Fabrik", "set because of another answer, and recorded"
    assert visit.filling(ALL).state("dense").value == "4.8"
    store.close()


def check(visit: Visit) -> None:
    """What every way of answering comes to."""
    filling = visit.filling(ALL)
    stands = {
        path: filling.state(path).value
        for path in ("name", "people", "area", "power", "smell", "opened_on", "since", "shift", "seen", "gate", "fence",
                     "yard", "tidy", "metals", "worst", "county", "town", "told")
    }  # fmt: skip
    assert stands == {
        "name": "Fabrik",
        "people": Quantity("12"),
        "area": Quantity("2.5"),
        "power": Quantity("3", "kWh"),
        "smell": Quantity("4"),
        "opened_on": "2026-11-12",
        "since": "2020-03-01",
        "shift": "09:30:00.000+08:00",
        "seen": "2026-11-12T09:30:00.000+08:00",
        "gate": POINT,
        "fence": "22.1 114.1 0 0;22.2 114.2 0 0",
        "yard": "22.1 114.1 0 0;22.2 114.1 0 0;22.2 114.2 0 0;22.1 114.1 0 0",
        "tidy": ("no",),
        "metals": ("lead", "tin"),
        "worst": ("zinc", "tin", "lead"),
        "county": ("west",),
        "town": ("t010",),
        "told": "OK",
    }
    assert set(filling.state("markets").value) == {"t007", "t008"}
    wrong = {path: problems for path, problems in filling.problems.items() if path != "why_untidy"}
    assert not wrong, wrong


def talked(visit: Visit, lines: list[str], at: str) -> str:
    """Everything that was said while these lines were typed."""
    told: list[str] = []
    waiting: Iterator[str] = iter(lines)

    def ask(prompt: str) -> str | None:
        told.append(prompt)
        return next(waiting, None)

    Plain(visit, ask, told.append).run(ALL, at)
    return "\n".join(told)


def test_every_type_is_answered_line_by_line(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    lines = [
        "Fabrik", "0", "=12", "2.5", "3 kWh", "5", "4", "12/11", "3/2020", "9点半", "12 930",
        "北纬22度19分9秒，东经114度10分9秒", "22.1 114.1; 22.2, 114.2", "22.1 114.1;22.2 114.1;22.2 114.2", "2", "1 3",
        "2 3", "2 3 1", "West", "town 01", "6", "008", "b", "007", "ok",
    ]  # fmt: skip
    said = talked(visit, lines, "name")
    assert "Read this first." in said, "a note is told with the question after it"
    assert "How many people work at Fabrik?" in said and "Fabrik has somebody, surely." in said
    assert "People for each unit of area: 4.8" in said
    assert "This must be a number from 0 to 10 in steps of 2." in said
    assert "Time: 9:30, 930" in said and "= 09:30" in said
    assert "60 choices. Type a part of one." in said
    assert "Positions divided by ; such as 22.3193, 114.1694; at least two" in said
    assert "2 3 does not name every choice once. Write all of them, the first one foremost: 1, 2, 3." in said
    check(visit)
    store.close()


def test_every_type_is_answered_by_the_command_and_by_a_file(tmp_path: Path) -> None:
    from assessor_tui.cli.answers import Wish, apply

    store, visit = prepared(tmp_path)
    given = {
        "name": "Fabrik", "people": "12", "area": "2.5", "power": "3 kWh", "smell": "4", "opened_on": "2026-11-12",
        "since": "2020-03", "shift": "0930", "seen": "2026-11-12T09:30", "gate": "Lat: 22.31916667 Lng: 114.16916667",
        "fence": "22.1 114.1;22.2 114.2", "yard": "22.1 114.1;22.2 114.1;22.2 114.2", "tidy": "No",
        "metals": ["Lead", "tin"], "worst": "Zinc > Tin > Lead", "county": "west", "town": "Town 010",
        "markets": ["t007", "Town 008"], "told": True,
    }  # fmt: skip
    applied = apply(visit, [Wish(f"{ALL}/{path}", value=value) for path, value in given.items()])
    assert not applied.problems, applied.problems
    check(visit)
    for path, wrong, code in (
        ("worst", "Zinc, Tin", "typed.rank"), ("shift", "25:00", "typed.time"), ("gate", "here", "typed.point"),
        ("yard", "1 2;3 4", "typed.few_points"), ("smell", "3", "answer.range"),
        ("began", "now", "visit.not_answered_by_people"),
    ):  # fmt: skip
        (refused,) = apply(visit, [Wish(f"{ALL}/{path}", value=wrong)]).problems
        assert refused[1].code == code, refused
    store.close()


def test_one_undo_takes_back_an_answer_with_what_the_form_set_because_of_it(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    visit.record(acts.ANSWER, ALL, "name", "Fabrik")
    assert visit.filling(ALL).state("greeting").value == "Hello Fabrik"
    reread = Visit(store, visit.id, new_id=visit.new_id)
    assert reread.filling(ALL).state("greeting").value == "Hello Fabrik"
    reread.undo()
    assert reread.filling(ALL).state("greeting").value is None
    assert reread.filling(ALL).state("name").value is None
    store.close()


def test_a_row_that_is_added_brings_the_first_rows_inside_it(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    row = visit.record(acts.ADD_ROW, ALL, "halls").entries[0][1].path
    (line,) = visit.filling(ALL).rows(f"{row}/lines")
    visit.record(acts.ADD_ROW, ALL, f"{row}/lines[{line}]/machines")
    (machine,) = visit.filling(ALL).rows(f"{row}/lines[{line}]/machines")
    visit.record(acts.ANSWER, ALL, f"{row}/lines[{line}]/machines[{machine}]/machine", "Press")
    reread = Visit(store, visit.id, new_id=visit.new_id)
    assert reread.filling(ALL).row_label(f"{row}/lines[{line}]/machines[{machine}]") == "Press"
    store.close()


async def test_tables_three_deep_are_filled_by_keys(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    async with walking(store, visit, "halls") as (_app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("enter")  # into the row
        await types(pilot, "Hall A")
        await pilot.press("enter")  # its table of lines
        await pilot.pause()
        await pilot.press("enter")
        await types(pilot, "Line 1")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("insert")
        await pilot.pause()
        await types(pilot, "Press")
        await types(pilot, "930")
    reread = Visit(store, visit.id, new_id=visit.new_id).filling(ALL)
    hall = reread.rows("halls")[0]
    line = reread.rows(f"halls[{hall}]/lines")[0]
    machines = f"halls[{hall}]/lines[{line}]/machines"
    (machine,) = reread.rows(machines)
    labels = [
        reread.row_label(path) for path in (f"halls[{hall}]", f"halls[{hall}]/lines[{line}]", f"{machines}[{machine}]")
    ]
    assert labels == ["Hall A", "Line 1", "Press"]
    assert reread.state(f"{machines}[{machine}]/serviced").value == "09:30:00.000+08:00"
    store.close()


@pytest.mark.parametrize(
    ("size", "tag"), [((40, 10), "zh-Hans-CN"), ((60, 18), "en-HK"), ((80, 24), "zh-Hant-HK"), ((140, 40), "en-HK")]
)
async def test_every_type_fits_every_screen_in_every_language(tmp_path: Path, size: tuple[int, int], tag: str) -> None:
    store, visit = prepared(tmp_path)
    app = AssessorApp(store, place="walk", visit_id=visit.id, target=f"{ALL}/name", language=tag)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        for _ in range(27):
            text = text_of(app.screen)
            assert all(len(line) <= size[0] for line in text.split("\n"))
            assert "**" not in text and "<span" not in text and "{" not in text
            await pilot.press("down")
    set_language("en-HK")
    store.close()


async def test_why_is_asked_on_a_question_and_of_one_that_is_hidden(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    async with walking(store, visit, "tidy") as (app, pilot):
        await pilot.press("x")
        await pilot.pause()
        assert "Why is it not tidy?: whether it is asked" in text_of(app.screen)
        await pilot.press("escape", "slash")
        await pilot.pause()
        await types(pilot, "not tidy")
        await pilot.pause()
        text = text_of(app.screen)
        assert "is hidden" in text and "tidy" in text and "is not answered" in text, text
        await pilot.press("escape")
    said = talked(visit, ["w", "w why_untidy"], "tidy")
    assert "Why is it not tidy? is hidden." in said
    store.close()


async def test_a_checklist_is_added_from_the_palette_after_a_look_at_it(tmp_path: Path) -> None:
    from tests.small_visit import begin

    store = laptop(tmp_path, "Chan Tai Man", "lead")
    visit = begin(store)
    keep_form(store, FORM)
    app = AssessorApp(store, place="walk", visit_id=visit.id, language="en-HK")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.screen.command_add_form()
        await pilot.pause()
        assert "All types" in text_of(app.screen) and "from a file" in text_of(app.screen)
        await types(pilot, "all types")
        await pilot.pause()
        assert "3 tables" in text_of(app.screen) and "It scores nothing." in text_of(app.screen), text_of(app.screen)
        await pilot.press("1")
        await pilot.pause()
        assert "belongs to this visit now" in text_of(app.screen), text_of(app.screen)
        assert any(line.target == f"{ALL}/name" for line in app.screen.lines)
    store.close()


async def test_rows_without_a_label_of_their_own_are_told_apart(tmp_path: Path) -> None:
    """XLSForm says neither what names a row nor who numbers those that are counted."""
    wells = Repeat("wells", said("Wells"), (
        Question("text", "tag", said("Tag")),
        Repeat("levels", said("Levels"), (Question("decimal", "metres", said("Metres"), constraint=". > 0"),),
               repeat_count="2"),
    ), first_rows=({},))  # fmt: skip
    store = laptop(tmp_path, "Chan Tai Man", "lead")
    visit = begin(store, "a")
    use_form(visit, Form("site", "1", said("Site"), (wells,), languages=("en",)))
    (well,) = visit.filling("site").rows("wells")
    assert visit.filling("site").row_label(f"wells[{well}]") == "1"
    visit.record(acts.ANSWER, "site", f"wells[{well}]/tag", "North well")
    assert visit.filling("site").row_label(f"wells[{well}]") == "North well"
    levels = visit.filling("site").rows(f"wells[{well}]/levels")
    paths = [f"wells[{well}]/levels[{level}]" for level in levels]
    assert [spoken_number(visit, "site", path) for path in paths] == ["1", "2"]
    assert spoken_number(visit, "site", f"gone[{well}]") == ""
    found = find_place(visit, "site/wells[1]/levels[2]/metres", {})
    assert not isinstance(found, Problem) and found.path == f"{paths[1]}/metres"
    visit.record(acts.ANSWER, "site", f"{paths[1]}/metres", Quantity("-1", ""))
    card = card_of(visit, "site", f"{paths[1]}/metres", Look("en"))
    assert card.status == "problem", "no tick beside what is wrong"
    app = AssessorApp(store, place=ROWS, visit_id=visit.id, target=f"site/{paths[0][:-34]}", language="en-HK")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "North well  > Levels" in text_of(app.screen)
        assert [row.number for row in app.screen.table.rows] == ["1", "2"]
        await app.screen.action_go_to_page(OVERVIEW)
        await ready(pilot)
        assert "North well 1: Metres" in text_of(app.screen)
    store.close()


async def test_checklists_that_nothing_scores_are_reviewed_without_a_warning_of_their_criteria(tmp_path: Path) -> None:
    other = Question("text", "other", said("Which other?"), relevant="selected(../kind, 'other')")
    form = Form("kinds", "1", said("Kinds"), (Question("text", "kind", said("Kind")), other), languages=("en",))
    store = laptop(tmp_path, "Chan Tai Man", "lead")
    materials = with_forms(store, own_checklists(store, shipped("forms")), [form])
    assert isinstance(materials, Materials)
    visit = create_visit(store, materials, {"visit_date": "2026-11-12"}, new_id=ids("c"))
    app = AssessorApp(store, place=REVIEW, visit_id=visit.id, language="en-HK")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "no score yet" in text_of(app.screen) and "criteria" not in text_of(app.screen)
    assert "Only if" not in html(sheets(visit, ("en",))), "no condition without what it looks at"
    store.close()
