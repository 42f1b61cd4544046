"""The secretariat's list: what its lines say, what is refused, and the visits it becomes."""

from pathlib import Path

import openpyxl
import pytest

from assessor_tui.assess.board import facts_of
from assessor_tui.assess.visit_list import read_list
from assessor_tui.ledger.value import Quantity
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Opening, Visit, create_visits
from assessor_tui.visit_list import open_listed, read_list_file
from tests.cli_world import named
from tests.sample_visit import identities, new_visit, shipped_materials

HEADINGS = ["Registered name in Chinese", "Registered number", "Category", "Application number", "Visit date"]
LINE = ["樣本廠", "91440000MA00000001", "Partner (Manufacturing)", "APP-1", "2026-11-12"]


@pytest.fixture
def laptop(tmp_path):
    with Store.open(tmp_path / "data") as store:
        store.identify("Chan Tai Man", "lead")
        yield store


@pytest.fixture
def form(laptop):
    return shipped_materials(laptop).forms["visit_header"][0]


def write(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_columns_are_found_by_label_in_any_language_by_name_by_number_and_by_everyday_words(form):
    rows = [["注册中文名称", "H.02", "registered_number", "申請編號", "評核日期", "Last day", "批次"],
            ["甲廠", "A Ltd", "91440000MA", "APP-1", "2026年11月12日", "13/11/2026", "Spring"]]  # fmt: skip
    listed = read_list(form, rows)
    assert listed.columns == ("site_name_zh", "site_name_en", "registered_number", "application_number", "visit_date",
                              "visit_last_date", "batch")  # fmt: skip
    assert listed.visits[0].answers == {
        "site_name_zh": "甲廠", "site_name_en": "A Ltd", "registered_number": "91440000MA",
        "application_number": "APP-1", "visit_date": "2026-11-12", "visit_last_date": "2026-11-13", "batch": "Spring",
    }  # fmt: skip


@pytest.mark.parametrize("said", ["partner_manufacturing", "Partner (Manufacturing)", "伙伴（製造業）", "伙伴(制造业)"])
def test_the_category_is_chosen_by_its_label_in_any_language(form, said):
    (visit,) = read_list(form, [HEADINGS, [*LINE[:2], said, *LINE[3:]]]).visits
    assert visit.is_new and visit.answers["category"] == ("partner_manufacturing",)


def test_titles_above_the_headings_and_empty_lines_are_passed_over(form):
    rows = [["List of 2026"], [], HEADINGS, LINE, ["", " "], [*LINE[:3], "APP-2", "2026-11-13"]]
    assert [visit.row for visit in read_list(form, rows).new] == [4, 6]


def test_a_sheet_without_headings_says_what_to_write(form):
    listed = read_list(form, [["a", "b"], ["c", "d"]])
    assert [problem.code for problem in listed.problems] == ["list.no_headings"] and listed.visits == ()


def test_every_refused_cell_is_named_by_row_and_column(form):
    rows = [HEADINGS, LINE, ["", "no good!", "Nonsense", "APP-2", "32/13/2026"], ["乙廠", "x", "", "", ""]]
    listed = read_list(form, rows)
    found = [(p.code, p.place.line, p.place.column) for visit in listed.wrong for p in visit.problems]
    assert found == [
        ("typed.choice", 3, 3), ("typed.date", 3, 5), ("answer.constraint", 3, 2), ("answer.constraint", 4, 2),
    ]  # fmt: skip
    assert [visit.row for visit in listed.new] == [2]


def test_a_line_without_a_site_is_refused(form):
    listed = read_list(form, [HEADINGS, ["", *LINE[1:]]])
    assert [p.code for p in listed.visits[0].problems] == ["list.no_site"]


def test_names_stand_under_their_role_and_sections_belong_to_who_stands_left(form):
    headings = ["組長", "負責部分", "Assessor 1", "Sections covered", "Places covered", "Assessor 2", "Observers"]
    cells = ["Chan Tai Man", "1; 2", "Lee; Ho、陳大文", "3 Pollution control; 4", "Office", "", "Wu"]
    rows = [[*HEADINGS, *headings], [*LINE, *cells]]
    (visit,) = read_list(form, rows).visits
    assert visit.is_new, visit.problems
    assert [(m["member_name"], m["member_role"], m.get("covers_sections", ())) for m in visit.team] == [
        ("Chan Tai Man", ("lead",), ("gate", "energy_material_flow")),
        ("Lee", ("assessor",), ("pollution_control", "recycling_waste")),
        ("Ho", ("assessor",), ("pollution_control", "recycling_waste")),
        ("陳大文", ("assessor",), ("pollution_control", "recycling_waste")),
        ("Wu", ("observer",), ()),
    ]
    assert visit.team[1]["covers_places"] == ("office",)


def test_columns_beside_a_person_are_headed_in_everyday_words(form):
    rows = [[*HEADINGS, "Lead", "Lead: sections", "Assessor 1", "Assessor 1 sections", "專家", "地點"],
            [*LINE, "Chan", "1", "Lee", "3", "Ho", "Office"]]  # fmt: skip
    listed = read_list(form, rows)
    assert listed.notes == () and [
        (m["member_name"], m.get("covers_sections"), m.get("covers_places")) for m in listed.visits[0].team
    ] == [("Chan", ("gate",), None), ("Lee", ("pollution_control",), None), ("Ho", None, ("office",))]


def test_sections_of_nobody_are_refused(form):
    (visit,) = read_list(form, [[*HEADINGS, "Team lead", "Sections covered"], [*LINE, "", "1"]]).visits
    assert [(p.code, p.place.column) for p in visit.problems] == [("list.nobody", 7)]


def test_columns_that_are_not_read_are_named_but_not_the_lines_numbers(form):
    listed = read_list(form, [["No.", "序號", *HEADINGS, "Colour", "Registered number"], ["1", "1", *LINE, "red", "x"]])
    assert [p.parameters["heading"] for p in listed.notes] == ["Colour", "Registered number"]
    assert [p.code for p in listed.notes] == ["list.unknown_column", "list.column_twice"]
    assert listed.new


def test_a_visit_that_is_here_is_known_by_its_application_or_by_number_and_day(laptop, form):
    new_visit(laptop)  # 91441900MA00000000, SAMPLE-2026-0147, 2026-11-12
    rows = [HEADINGS, ["甲", "91440000MA", "", "sample-2026-0147", "2027-01-01"],
            ["乙", "91441900ma00000000", "", "", "2026-11-12"], ["丙", "91441900MA00000000", "", "", "2026-11-13"],
            ["丁", "91441900MA00000000", "", "", "2026-11-13"]]  # fmt: skip
    listed = read_list(form, rows, laptop.board())
    (there,) = laptop.visits()
    assert [(visit.visit, visit.first) for visit in listed.visits] == [(there.id, 0), (there.id, 0), ("", 0), ("", 4)]
    assert [visit.row for visit in listed.new] == [4]


def test_a_line_that_cannot_be_opened_stands_for_no_other_and_width_tells_no_numbers_apart(form):
    rows = [HEADINGS, [*LINE[:2], "no such category", "APP-1", "2026-11-12"], LINE, [*LINE[:3], "ＡＰＰ－１", LINE[4]]]
    listed = read_list(form, rows)
    assert [bool(visit.problems) for visit in listed.visits] == [True, False, False]
    assert [visit.row for visit in listed.new] == [3] and listed.visits[2].first == 3


def test_a_visit_that_was_put_away_is_not_opened_again(laptop, tmp_path):
    new_visit(laptop)  # SAMPLE-2026-0147
    (there,) = laptop.visits()
    laptop.put_away(there.id, {
        "names": {}, "number": "SAMPLE-2026-0147", "date": "2026-11-12", "at": 0, "person": "Chan Tai Man",
        "entries": there.entries, "files": 0, "digest": "", "copies": [],
    })  # fmt: skip
    rows = [HEADINGS, [*LINE[:3], "sample-2026-0147", "2027-01-01"], LINE]
    listed = read_list_file(laptop, shipped_materials(laptop), write(tmp_path / "list.xlsx", *rows)).listed
    assert [(visit.row, visit.visit) for visit in listed.visits] == [(2, there.id), (3, "")]


def test_hostile_cells_are_text_and_too_long_ones_are_refused(form):
    evil = "=cmd|' /C calc'!A0 [red]\x1b[2J\u202e<script>"
    (visit,) = read_list(form, [HEADINGS, [evil, *LINE[1:]]]).visits
    assert visit.is_new and "\x1b" not in visit.answers["site_name_zh"]
    (long,) = read_list(form, [HEADINGS, ["x" * 70_000, *LINE[1:]]]).visits
    assert [p.code for p in long.problems] == ["visit.too_long"]


def test_the_visits_are_opened_together_with_their_teams(laptop, tmp_path):
    materials = shipped_materials(laptop)
    lines = [[f"樣本{n}廠", f"9144{n:014}", "Partner (Manufacturing)", f"APP-{n}", "2026-11-12", "Chan; Lee", "120"]
             for n in range(5)]  # fmt: skip
    path = write(tmp_path / "list.xlsx", [*HEADINGS, "Assessor", "Employees"], *lines)
    file = read_list_file(laptop, materials, path)
    visits = open_listed(laptop, materials, file.listed.new, new_id=identities("list"))
    assert len(visits) == len(laptop.visits()) == 5
    visit = Visit(laptop, visits[3], new_id=identities("x"))
    assert visit.header("site_name_zh") == "樣本3廠" and visit.header("employees") == Quantity("120")
    assert visit.category.name == "partner_manufacturing"
    header = visit.filling("visit_header")
    assert [header.row_label(f"team[{row}]") for row in header.rows("team")] == ["Chan", "Lee"]
    assert not facts_of(visit.state, "visit_header", "findings", conflicts=0).came[0].worked
    again = read_list_file(laptop, materials, path)
    assert again.listed.new == () and {each.visit for each in again.listed.visits} == set(visits)


def test_one_answer_that_is_none_opens_no_visit_at_all(laptop):
    good, bad = Opening({"site_name_en": "Good"}), Opening({"site_name_en": "x" * 70_000})
    with pytest.raises(ValueError, match="too long"):
        create_visits(laptop, shipped_materials(laptop), [good, bad], new_id=identities("list"))
    assert laptop.visits() == []


def test_the_command_opens_all_or_nothing(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    path = write(tmp_path / "list.xlsx", HEADINGS, LINE, ["乙廠", "!", "Nonsense", "APP-2", "2026-11-13"])
    dry = laptop("visit", "new", "--from", path, "--dry-run")
    assert dry.code == 3 and "B3 (Registered number)" in dry.err and "C3 (Category)" in dry.err
    refused = laptop("visit", "new", "--from", path)
    assert refused.code == 3 and "Nothing was opened" in refused.err and refused.out == ""
    assert laptop("visit", "list", "--json").data["visits"] == []
    taken = laptop("visit", "new", "--from", path, "--skip-wrong", "--json")
    assert taken.code == 3 and [each["opened"] for each in taken.data["visits"]] == [True, False]
    assert "1 visit is open." in taken.err
    again = laptop("visit", "new", "--from", path, "--skip-wrong")
    assert "is on this laptop already" in again.err and again.out == ""
    assert len(laptop.ok("visit", "list", "--json").data["visits"]) == 1


def test_the_command_reads_a_csv_and_says_what_it_does_not_read(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    (tmp_path / "list.csv").write_text("Site,Visit date,Colour\nAlpha Works,2026-11-12,red\n", encoding="utf-8")
    said = laptop.ok("visit", "new", "--from", tmp_path / "list.csv")
    assert "C (Colour)" in said.err and len(said.out.split()) == 1
    assert laptop.ok("visit", "list", "--json").data["visits"][0]["site"] == "Alpha Works"


def test_the_command_refuses_options_that_say_the_same_and_files_that_are_no_table(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    path = write(tmp_path / "list.xlsx", HEADINGS, LINE)
    assert laptop("visit", "new", "--from", path, "--site", "X").code == 2
    assert laptop("visit", "new", "--dry-run", "--site", "X").code == 2
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04rubbish")
    assert laptop("visit", "new", "--from", tmp_path / "bad.xlsx").code == 4
    assert laptop("visit", "new", "--from", tmp_path / "none.xlsx").code == 1
    assert laptop("visit", "list", "--json").data["visits"] == []


def test_of_many_visits_that_are_here_the_first_are_told_and_the_others_counted(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    lines = [[f"樣本{n}廠", "", "", f"APP-{n}", ""] for n in range(30)]
    path = write(tmp_path / "list.xlsx", HEADINGS, *lines)
    laptop.ok("visit", "new", "--from", path)
    again = laptop.ok("visit", "new", "--from", path)
    assert again.err.count("is on this laptop already") == 20 and "10 more" in again.err
