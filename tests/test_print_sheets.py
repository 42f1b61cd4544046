"""Walk sheets on paper."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from assessor_tui.assess.places import place_named
from assessor_tui.form.model import questions
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity
from assessor_tui.reports import print_sheets
from assessor_tui.reports.print_sheets import Asked, Heading, NothingToPrint, Table, Wanted, html, sheets, write_sheets
from assessor_tui.tui.commands import OVERVIEW, WALK
from tests.sample_visit import merge, new_visit, open_store
from tests.tui_visits import closing, opened, ready, settled, text_of  # noqa: F401

CONTROL, GATE = "pollution_control", "gate"
BOTH = ("en-HK", "zh-Hant-HK")
HOSTILE = '<script>alert(1)</script> & "quoted" \'; } body{display:none} \u202e\x1b[31m'


@pytest.fixture
def visit(tmp_path):
    store = open_store(tmp_path / "data", "Chan Tai Man", "lead")
    yield new_visit(store)
    store.close()


def answer(visit, form, path, value):
    recorded = visit.record(acts.ANSWER, form, path, value)
    assert recorded.problems == (), recorded.problems


def lines(found, kind=Asked):
    return [line for section in found.sections for line in section.lines if isinstance(line, kind)]


def numbered(found, number):
    return next((line for line in lines(found) + lines(found, Table) if line.number == number), None)


class Page(HTMLParser):
    """The tags of a page and what people read on it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self._skip = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._skip += tag in ("style", "title")

    def handle_endtag(self, tag):
        self._skip -= tag in ("style", "title")

    def handle_data(self, data):
        if not self._skip:
            self.text.append(data)


def test_a_question_has_its_number_its_text_in_both_languages_and_a_box_for_each_digit(visit):
    found = numbered(sheets(visit, BOTH), "3.01")
    question = next(question for _, question in questions(visit.forms[CONTROL]) if question.number == "3.01")
    assert found.texts == (question.label["en-HK"], question.label["zh-Hant-HK"])
    assert found.room == "boxes"
    assert [choice.digit for choice in found.choices] == [str(n) for n in range(1, len(found.choices) + 1)]
    assert all(len(choice.texts) == 2 for choice in found.choices)


def test_one_language_is_printed_once(visit):
    found = sheets(visit, ("zh-Hans-CN", "zh-Hans-CN"))
    assert found.languages == ("zh-Hans-CN",)
    assert all(len(line.texts) == 1 for line in lines(found))


def test_beside_a_box_stands_its_digit_and_its_label_and_no_points(visit):
    for form in visit.checklists:
        for section in sheets(visit, BOTH, Wanted(section=form)).sections:
            labels = {
                tuple(dict.fromkeys(choice.label[tag] for tag in BOTH))
                for listed in visit.forms[form].choices.values()
                for choice in listed
            }
            asked = [line for line in section.lines if isinstance(line, Asked)]
            assert {choice.texts for line in asked for choice in line.choices} <= labels


def test_what_an_open_answer_decides_is_printed_with_its_condition(visit):
    before = [line for line in lines(sheets(visit, ("en-HK",))) if line.conditions]
    assert before
    said = [line.conditions[0] for line in before]
    assert all(re.match(r"Only if ", each) for each in said)
    assert any(re.search(r"\d\.\d\d (is|includes) “\d [^”]+”", each) for each in said)


def test_an_answer_takes_the_condition_away_or_the_question(visit):
    form = visit.forms[CONTROL]
    question = next(
        each for path, each in questions(form) if "/" not in path and re.fullmatch(r"\$\{\w+\} = '\w+'", each.relevant)
    )
    name, value = re.fullmatch(r"\$\{(\w+)\} = '(\w+)'", question.relevant).groups()
    asked = next(each for _, each in questions(form) if each.name == name)
    other = next(each.name for each in form.choices[asked.list_name] if each.name != value)
    full = Wanted(full=True)
    assert numbered(sheets(visit, ("en-HK",), full), question.number).conditions
    answer(visit, CONTROL, name, (value,))
    assert not numbered(sheets(visit, ("en-HK",), full), question.number).conditions
    answer(visit, CONTROL, name, (other,))
    assert numbered(sheets(visit, ("en-HK",), full), question.number) is None


def test_every_question_is_printed_or_ruled_out(visit):
    found = sheets(visit, ("en-HK",), Wanted(full=True))
    printed = {line.number for line in lines(found)}
    for form in visit.checklists:
        for path, question in questions(visit.forms[form]):
            now = visit.filling(form).state(path) if "/" not in path else None
            if (
                now is not None
                and now.relevant
                and question.asked != "at_hand"
                and question.type not in ("note", "calculate")
            ):
                assert question.number in printed


def test_the_size_of_the_visit_decides_what_is_printed(visit):
    core, full = sheets(visit, ("en-HK",), Wanted(full=False)), sheets(visit, ("en-HK",), Wanted(full=True))
    assert core.questions < full.questions
    asked = sheets(visit, ("en-HK",)).questions
    assert asked == (full if visit.extent.full else core).questions


def test_the_answer_that_stands_is_beside_the_question(visit):
    found = next(each for _, each in questions(visit.forms[CONTROL]) if each.number == "3.01")
    answer(visit, CONTROL, found.name, ("yes",) if found.type == "select_one" else ("voc",))
    (last,) = numbered(sheets(visit, ("en-HK",)), "3.01").last
    assert last[0] == "Now" and last[1]


def test_the_answer_of_the_visit_before_is_beside_the_question(visit):
    question = next(each for _, each in questions(visit.forms[GATE]) if each.number == "1.06")
    chosen = visit.forms[GATE].choices[question.list_name][0]
    answer(visit, GATE, question.name, (chosen.name,))
    later = new_visit(visit.store, name="later")
    assert numbered(sheets(later, ("en-HK",)), "1.06").last == ((f"On {visit.today}", chosen.label["en-HK"]),)


def test_two_different_answers_are_said_and_neither_is_printed(visit, tmp_path):
    question = next(each for _, each in questions(visit.forms[GATE]) if each.number == "1.06")
    one, other = (choice.name for choice in visit.forms[GATE].choices[question.list_name][:2])
    answer(visit, GATE, question.name, (one,))
    with open_store(tmp_path / "other", "Lee Ka Yan", "assessor") as store:
        colleague = new_visit(store)
        answer(colleague, GATE, question.name, (other,))
        merge(visit, colleague)
    ((when, said),) = numbered(sheets(visit, ("en-HK",)), "1.06").last
    assert (when, said) == ("Now", "answered differently, not decided")


def test_what_nobody_may_change_is_not_asked_on_paper(tmp_path):
    from tests.small_visit import begin, laptop

    with laptop(tmp_path, "Chan", "lead") as store:
        found = sheets(begin(store), ("en-HK",))
        assert ("words",) in [line.texts for line in lines(found)]
        assert ("fixed",) not in [line.texts for line in lines(found)]
        heading = next(line for line in lines(found, Heading))
        assert heading.conditions == ("Only if meter is “3 no”",)


def test_the_rows_of_a_table_are_filled_and_some_are_empty(visit):
    found = [line for line in lines(sheets(visit, BOTH, Wanted(section=CONTROL, full=True)), Table) if line.number]
    assert found and all(band.empty >= 2 for line in found for band in line.bands if not band.rows)
    assert all(1 <= len(band.heads) <= 6 for line in found for band in line.bands)
    item = next(each for each in visit.filling(GATE).items() if each.kind == "repeat")
    text = next(child for child in item.node.children if getattr(child, "type", "") == "text")
    assert visit.add_row(GATE, item.path, {text.name: HOSTILE}).problems == ()
    again = next(
        line for line in lines(sheets(visit, BOTH, Wanted(full=True)), Table) if line.number == item.node.number
    )
    assert any(cell.startswith("<script>") for band in again.bands for row in band.rows for cell in row)


def test_a_place_has_its_own_questions_and_rows_only(visit):
    places = print_sheets.place_names(visit, "en-HK")
    assert places
    found = [
        sheets(visit, BOTH, Wanted(place=print_sheets.place_wanted(visit, name), full=True)) for name in places[:3]
    ]
    everything = sheets(visit, BOTH, Wanted(full=True))
    assert all(0 < each.questions < everything.questions for each in found)
    assert all(each.place for each in found)
    assert print_sheets.place_wanted(visit, "the moon") is None


def test_rows_that_stand_elsewhere_are_not_on_the_sheet_of_a_place(visit):
    form, repeat, own = next(
        (form, repeat, own)
        for form in visit.checklists
        for repeat, own in print_sheets.placed_tables(visit.forms[form])
        if any(item.path == repeat.name for item in visit.filling(form).items())
    )
    for name in ("Hall A", "Hall B"):
        place = {"place_name": name, "place_kind": (repeat.place,)}
        assert visit.add_row("visit_header", "site_places", place).problems == ()
        assert visit.add_row(form, repeat.name, {own.name: name}).problems == ()
    place = place_named(print_sheets.places_of(visit.scheme, visit.filling("visit_header")), "Hall A")
    found = sheets(visit, ("en-HK",), Wanted(place=place, full=True))
    cells = [cell for line in lines(found, Table) for band in line.bands for row in band.rows for cell in row]
    assert "Hall A" in cells and "Hall B" not in cells


def test_a_person_has_what_the_header_gives(visit):
    member = {"member_name": "Lee Ka Yan", "member_role": ("assessor",), "covers_sections": (CONTROL,)}
    assert visit.add_row("visit_header", "team", member).problems == ()
    assert print_sheets.is_covered(visit, "lee ka yan") and not print_sheets.is_covered(visit, "Nobody")
    found = sheets(visit, BOTH, Wanted(person="Lee Ka Yan"))
    assert [section.number for section in found.sections] == [visit.forms[CONTROL].number]


def test_a_section_is_meant_by_name_number_or_title(visit):
    number = visit.forms[CONTROL].number
    assert {print_sheets.section_wanted(visit, each) for each in (CONTROL, number, "Pollution control")} == {CONTROL}
    assert print_sheets.section_wanted(visit, "") is None
    assert print_sheets.section_wanted(visit, "e") is None


def test_nothing_to_print_is_said(visit):
    place = print_sheets.SitePlace("x", {"en-HK": "x"}, "no such kind")
    with pytest.raises(NothingToPrint):
        sheets(visit, BOTH, Wanted(place=place))


def test_text_from_outside_stays_text_in_the_page_and_in_its_style(visit, tmp_path):
    answer(visit, "visit_header", "site_name_en", HOSTILE.replace("\x1b", "").replace("\u202e", ""))
    page = html(sheets(visit, BOTH, Wanted(section=GATE)))
    assert "script" not in Page(page).tags
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "<" not in style and "display:none" not in style and "alert(" not in style
    assert "HEAD" not in style and page.count("<style>") == 1
    assert not re.search(r"https?:|src=|@import|url\(", page)


def test_reading_and_units_have_room(visit):
    found = [line for line in lines(sheets(visit, BOTH, Wanted(full=True))) if line.room == "reading"]
    assert any(len(line.units) > 1 for line in found)
    question = next(q for _, q in questions(visit.forms["energy_material_flow"]) if q.type == "quantity" and q.units)
    assert Quantity("1", question.units[0])


def test_units_are_called_by_their_names(visit):
    found = {unit for line in lines(sheets(visit, ("zh-Hant-HK", "en-HK")), Asked) for unit in line.units}
    assert "立方米" in found and not found & {"m3", "degC", "m3/h"}


def test_the_file_is_named_after_the_visit_and_what_it_holds(visit, tmp_path):
    file, found = write_sheets(visit, BOTH, Wanted(section=GATE), lambda name: tmp_path / "out" / name)
    assert file.name.endswith(".html") and "-walk-" in file.name and file.is_file()
    assert found.questions > 10
    assert print_sheets.second_language(visit, "en-HK") != "en-HK"
    assert print_sheets.second_language(visit, "zh-Hans-CN") != "zh-Hans-CN"


async def test_the_palette_prints_what_is_chosen(tmp_path):
    for place in (OVERVIEW, WALK):
        app, _ = opened(tmp_path / place, place)
        folder = tmp_path / place / "data"
        app.store.set_local("", "report folder", str(folder))
        async with app.run_test(size=(80, 24)) as pilot:
            await ready(pilot)
            await app.screen.action_command("print_sheets")
            await settled(pilot)
            assert "everything this visit asks" in text_of(app.screen)
            await pilot.press("3", "enter")
            await settled(pilot)
            await app.workers.wait_for_complete()
            await settled(pilot)
            assert "The sheets are written." in text_of(app.screen)
            (file,) = folder.glob("*-walk-*.html")
            assert "<h1>" in file.read_text(encoding="utf-8")


@pytest.mark.skipif(not (shutil.which("chromium") and shutil.which("pdftotext")), reason="no Chromium to print with")
@pytest.mark.parametrize("languages", [("en-HK", "zh-Hant-HK"), ("zh-Hant-HK",), ("zh-Hans-CN", "en-HK")])
def test_printed_on_paper_no_box_is_cut_and_no_heading_stands_alone(visit, tmp_path, languages):
    file, found = write_sheets(visit, languages, Wanted(section=CONTROL), lambda name: tmp_path / name)
    pdf = tmp_path / "sheets.pdf"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--user-data-dir={tmp_path / 'browser'}", f"--print-to-pdf={pdf}", file.as_uri()],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, timeout=30).stdout
    pages = text.decode().split("\f")[:-1]
    assert len(pages) > 1
    word = found.words[0]["note"]
    for number, page in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in page
        assert found.date in page
        # A question is never cut: the line for its note is on the page of its number.
        asked = re.findall(r"^ ?(\d\.\d\d)\s", page, re.MULTILINE)
        tables = {line.number for line in lines(found, Table)}
        notes = len(re.findall(rf"^\s*{re.escape(word)}", page, re.MULTILINE))
        assert notes >= len([each for each in asked if each not in tables])
        # What stands last on a page, above its foot, is no heading.
        body = [line.strip() for line in page.strip().splitlines() if line.strip()][:-1]
        headings = {text for line in lines(found, Heading) for text in line.texts}
        assert not body or body[-1] not in headings
