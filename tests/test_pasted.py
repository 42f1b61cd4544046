"""Somebody's table as answers: which row each line fills, and which cells cannot be taken."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from assessor_tui.assess.months import missing_rows, month_table
from assessor_tui.assess.pasted import Aim, Plan, message_of, plan_rows
from assessor_tui.form.model import Form, Question, Repeat, walk
from assessor_tui.ledger.draft import RowDraft
from assessor_tui.ledger.entry import ANSWER, Entry
from assessor_tui.ledger.state import Standing
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import ANSWERED, Context, Filling
from assessor_tui.problem import Place, Problem
from assessor_tui.visit import Visit
from tests.sample_visit import new_visit, open_store, same_visit
from tests.small_visit import asked, choices

MONTHS = {"from": "first", "to": "last", "month": "month", "each": "carriers", "as": "carrier"}
CARRIERS = Repeat(
    "carriers", {}, (asked("text", "name"), asked("select_one", "bill_unit", list_name="units")),
    row_label="${name}", key=("name",),
)  # fmt: skip
USED = Repeat(
    "used", {},
    (
        Question("select_one", "carrier", {"en-HK": "Carrier", "zh-Hans-CN": "能源品种"}, rows_of="carriers"),
        Question("text", "month", {"en-HK": "Month", "zh-Hans-CN": "月份"}, role="month"),
        Question("decimal", "metered", {"en-HK": "Metered", "zh-Hans-CN": "计量值"}),
        Question("decimal", "billed", {"en-HK": "Billed", "zh-Hans-CN": "票据值"}),
    ),
    key=("carrier", "month"), extra={"months": MONTHS},
)  # fmt: skip
MACHINES = Repeat(
    "machines", {},
    (
        asked("text", "tag"), asked("quantity", "power", units=("kW", "MW")), asked("date", "bought"),
        asked("select_one", "kind", list_name="kinds"), asked("select_multiple", "at", list_name="places"),
        asked("integer", "count"), asked("acknowledge", "seen"), asked("text", "fixed", read_only="yes"),
    ),
    key=("tag",),
)  # fmt: skip
FORM = Form(
    "plant", "1", {}, (asked("date", "first"), asked("date", "last"), CARRIERS, USED, MACHINES),
    {"units": choices("kWh", "m3"), "kinds": choices("yes", "no"), "places": choices("roof", "hall", "yard")},
)  # fmt: skip
ROW = "{:032x}".format


def filled(rows: Mapping[str, Sequence[str]] = {}, answers: Mapping[str, Value] = {}) -> Filling:
    """The plant with electricity (kWh) and water (m3), its period 2025."""
    filling = Filling(compile_form(FORM), Context("2026-11-12"))
    told: dict[str, Value] = {
        "first": "2025-01-01", "last": "2025-12-31",
        f"carriers[{ROW(1)}]/name": "电", f"carriers[{ROW(1)}]/bill_unit": ("kWh",),
        f"carriers[{ROW(2)}]/name": "水", **answers,
    }  # fmt: skip
    filling.load({"carriers": [ROW(1), ROW(2)], **rows}, {path: (ANSWERED, value) for path, value in told.items()})
    return filling


def plan(
    repeat: Repeat, table: Sequence[Sequence[str]], filling: Filling | None = None, said: Mapping[str, Standing] = {},
    **more: object,
) -> Plan:  # fmt: skip
    return plan_rows(filling or filled(), repeat, repeat.name, table, said.get, today="2026-11-12", **more)  # type: ignore[arg-type]


def told(found: Plan) -> list[tuple[str, int, int]]:
    return [(each.code, each.place.line, each.place.column) for each in found.refused]


def test_lines_with_headings_in_any_language_become_rows():
    found = plan(
        USED, [["电量统计", "", ""], ["能源品种", "月份", "Metered"], ["电", "1月", "12,400"], ["水", "2025-02", "3"]]
    )

    assert found.refused == ()
    assert found.heading == 1
    assert found.rows() == (
        ("", {"carrier": (ROW(1),), "month": "2025-01", "metered": Quantity("12400")}),
        ("", {"carrier": (ROW(2),), "month": "2025-02", "metered": Quantity("3")}),
    )


def test_lines_without_headings_are_read_from_the_first_question_that_they_fit():
    assert plan(USED, [["电", "1月", "5"]]).rows()[0].answers["metered"] == Quantity("5")
    found = plan(USED, [["1月", "5", "6"]], given={"carrier": (ROW(2),)})
    assert found.rows() == (
        ("", {"carrier": (ROW(2),), "month": "2025-01", "metered": Quantity("5"), "billed": Quantity("6")}),
    )


def test_a_line_fills_the_row_of_its_key_however_that_is_spelled():
    row = f"used[{ROW(9)}]"
    filling = filled(
        {"used": [ROW(9)]},
        {f"{row}/carrier": (ROW(1),), f"{row}/month": "2025-01", f"{row}/metered": Quantity("7")},
    )
    found = plan(USED, [["carrier", "month", "metered", "billed"], ["电", "2025年1月", "8", "9"]], filling)

    assert found.rows() == ((row, {"metered": Quantity("8"), "billed": Quantity("9")}),)
    assert [(cell.question, cell.state, cell.before) for cell in found.cells()] == [
        ("carrier", "same", None), ("month", "same", None), ("metered", "changed", Quantity("7")),
        ("billed", "new", None),
    ]  # fmt: skip


def test_the_same_table_again_changes_nothing():
    row = f"machines[{ROW(9)}]"
    filling = filled({"machines": [ROW(9)]}, {f"{row}/tag": "P-1", f"{row}/power": Quantity("3000", "kW")})

    assert plan(MACHINES, [["tag", "power"], [" p-1 ", "3 MW"]], filling).rows() == ()


def test_every_cell_that_cannot_be_taken_is_named():
    found = plan(
        MACHINES,
        [["tag", "power", "bought", "kind", "at", "count", "seen"],
         ["P-1", "abc", "soon", "perhaps", "roof, moon", "1.5", "perhaps"],
         ["P-2", "3", "", "", "", "", ""]],
    )  # fmt: skip

    assert told(found) == [
        ("typed.number", 2, 2), ("typed.date", 2, 3), ("typed.choice", 2, 4), ("typed.choice", 2, 5),
        ("typed.whole", 2, 6), ("typed.acknowledge", 2, 7), ("typed.unit", 3, 2),
    ]  # fmt: skip
    assert found.rows() == (("", {"tag": "P-1"}), ("", {"tag": "P-2"}))


def test_cells_are_read_as_people_fill_them_in():
    found = plan(
        MACHINES,
        [["tag", "power (MW)", "bought", "kind", "at", "count", "seen"],
         ["P-1", "1.5", "45658", "√", "yard、roof", "3", "✓"],
         ["P-2", "20 kW", "2025-01-01 08:00", "-", "/", "", ""]],
    )  # fmt: skip

    assert found.refused == ()
    assert [row.answers for row in found.rows()] == [
        {"tag": "P-1", "power": Quantity("1.5", "MW"), "bought": "2025-01-01", "kind": ("yes",),
         "at": ("roof", "yard"), "count": Quantity("3"), "seen": "OK"},
        {"tag": "P-2", "power": Quantity("20", "kW"), "bought": "2025-01-01"},
    ]  # fmt: skip


def test_a_bare_number_takes_the_first_unit_only_when_somebody_said_so():
    assert told(plan(MACHINES, [["tag", "power"], ["P-1", "3"]])) == [("typed.unit", 2, 2)]
    found = plan(MACHINES, [["tag", "power"], ["P-1", "3"]], first_unit=True)
    assert found.rows()[0].answers["power"] == Quantity("3", "kW")


def test_bare_numbers_take_the_unit_of_their_bill():
    found = plan(
        USED,
        [["能源品种", "月份", "计量值（万度）", "票据值"], ["电", "1月", "1.24", "12400 度"], ["水", "1月", "3", "4"]],
    )

    assert found.rows()[0].answers["metered"] == found.rows()[0].answers["billed"] == Quantity("12400")
    assert told(found) == [("typed.no_unit", 3, 3)]


def test_a_line_without_its_key_and_one_that_comes_twice_are_refused():
    found = plan(MACHINES, [["tag", "count"], ["", "3"], ["P-1", "4"], ["P-1", "5"]])

    assert told(found) == [("rows.no_key", 2, 0), ("rows.key_twice", 4, 0)]
    assert [row.answers["tag"] for row in found.rows()] == ["P-1"]


def test_totals_are_left_out_and_said():
    found = plan(MACHINES, [["tag", "count"], ["P-1", "4"], ["合计", "4"]])

    assert len(found.lines) == 1
    assert [(each.code, each.place.line) for each in found.notes] == [("rows.total", 3)]


def test_columns_that_fit_nothing_stand_twice_or_are_missing_are_said():
    found = plan(MACHINES, [["power", "POWER", "备注"], ["3 kW", "4 kW", "x"]])

    assert [each.code for each in found.notes] == ["rows.unknown_column", "rows.column_twice"]
    assert [each.code for each in found.problems] == ["rows.no_column", "rows.no_key"]
    assert found.rows() == ()


def test_damaged_cells_are_refused_whatever_stands_in_them():
    damage = Problem("sheet.error_cell", Place(line=2, column=1), {"cell": "A2", "value": "#REF!"})
    found = plan(MACHINES, [["tag", "count"], ["#REF!", "3"], ["P-2", "3"]], damaged=[damage])

    assert damage in found.refused
    assert [row.answers["tag"] for row in found.rows()] == ["P-2"]


def test_numbers_without_headings_go_down_from_the_cursor():
    rows = {"used": [ROW(8), ROW(9)]}
    paths = tuple(f"used[{row}]" for row in rows["used"])
    found = plan(USED, [["5", "6"], ["7", "8"], ["9", "10"]], filled(rows), aim=Aim(paths, "metered"))

    assert found.rows() == (
        (paths[0], {"metered": Quantity("5"), "billed": Quantity("6")}),
        (paths[1], {"metered": Quantity("7"), "billed": Quantity("8")}),
    )
    assert told(found) == [("rows.no_row", 3, 0)]


def head(digest: str, value: Value) -> tuple[str, Entry]:
    return digest, Entry("a" * 32, "b" * 32, 1, "", 0, "Bo", ANSWER, "plant", value=value)


def test_whose_answer_changes_is_said_and_a_dispute_is_not_decided_by_a_table():
    row = f"machines[{ROW(9)}]"
    filling = filled({"machines": [ROW(9)]}, {f"{row}/tag": "P-1", f"{row}/count": Quantity("7")})
    table = [["tag", "count"], ["P-1", "8"]]
    one, other = head("1" * 32, Quantity("7")), head("2" * 32, Quantity("9"))

    alone = plan(MACHINES, table, filling, {f"{row}/count": Standing((one,))})
    both = plan(MACHINES, table, filling, {f"{row}/count": Standing((one, other))})

    assert [(cell.state, cell.person) for cell in alone.cells()] == [("same", ""), ("changed", "Bo")]
    assert told(both) == [("visit.disputed", 2, 2)]


def test_what_nobody_may_change_is_refused():
    row = f"machines[{ROW(9)}]"
    filling = filled({"machines": [ROW(9)]}, {f"{row}/tag": "P-1"})

    assert told(plan(MACHINES, [["tag", "fixed"], ["P-1", "x"]], filling)) == [("visit.read_only", 2, 2)]


def test_a_number_far_from_its_column_is_asked_about_among_rows_of_the_same_carrier_only():
    table = [["carrier", "month", "metered"]]
    table += [["电", f"{month}月", "12400" if month != 5 else "1240"] for month in range(1, 13)]
    table += [["水", f"{month}月", "12"] for month in range(1, 13)]

    assert [(each.code, each.place.line) for each in plan(USED, table).doubts] == [("unlike.less", 6)]


def test_a_table_knows_the_months_that_it_does_not_have_yet():
    row = f"used[{ROW(9)}]"
    filling = filled({"used": [ROW(9)]}, {f"{row}/carrier": (ROW(1),), f"{row}/month": "2024-12-26..2025-01-25"})
    missing = missing_rows(filling, USED, "used")

    assert len(missing) == 23
    assert missing[0] == ("", {"carrier": (ROW(1),), "month": "2025-02"})
    assert missing[-1] == ("", {"carrier": (ROW(2),), "month": "2025-12"})


@pytest.mark.parametrize(
    "extra", [{}, {"months": "yes"}, {"months": {"from": "first"}}, {"months": {**MONTHS, "each": "x"}}]
)
def test_a_form_that_says_nothing_of_months_has_none(extra):
    repeat = USED._replace(extra=extra)

    assert missing_rows(filled(), repeat, "used") == []
    assert extra.get("months") not in ({}, "yes") or month_table(repeat) is None


def test_a_number_far_from_the_one_it_replaces_is_asked_about():
    row = f"used[{ROW(9)}]"
    filling = filled(
        {"used": [ROW(9)]},
        {f"{row}/carrier": (ROW(1),), f"{row}/month": "2025-01", f"{row}/metered": Quantity("12400")},
    )
    found = plan(USED, [["carrier", "month", "metered"], ["电", "1月", "1.24"]], filling)

    assert [(each.code, each.parameters["times"]) for each in found.doubts] == [("unlike.less_there", "10000")]


def test_a_row_is_known_by_a_part_of_its_name_and_by_what_somebody_said_it_means():
    table = [["carrier", "month", "metered"], ["1号电表", "1月", "5"]]

    assert told(plan(USED, table)) == [("typed.choice", 2, 1)]
    assert plan(USED, table, meant={("carrier", "1号电表"): ROW(1)}).rows()[0].answers["carrier"] == (ROW(1),)


def test_what_is_wrong_in_the_sheet_outside_its_lines_is_not_told():
    found = plan(MACHINES, [["list", ""], ["tag", "count"], ["P-1", "3"], ["合计", "3"]])
    merged = Problem("sheet.merged", Place(line=1, column=1), {"cells": "A1:B1"})
    total = Problem("sheet.no_result", Place(line=4, column=2), {"cell": "B4"})
    hidden = Problem("sheet.hidden", Place(line=3), {"rows": "3"})

    assert found.about([merged, total, hidden]) == (hidden,)


def test_headings_of_another_table_are_not_taken_for_a_row():
    found = plan(MACHINES, [["日期", "人数"], ["2025-01-01", "5"], ["2025-01-02", "6"]])

    assert told(found) == [("rows.no_heading", 1, 0)]
    assert found.rows() == ()


# The same table on two laptops


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Visit, Visit]]:
    with open_store(tmp_path / "lead", "Chan", "lead") as lead, open_store(tmp_path / "bo", "Bo", "assessor") as bo:
        visit = new_visit(lead)
        yield visit, same_visit(bo, visit)


def team(visit: Visit, *lines: list[str], why: str = "") -> None:
    filling = visit.filling("visit_header")
    (repeat,) = [
        node for _, node in walk(visit.forms["visit_header"].children)
        if isinstance(node, Repeat) and node.name == "team"
    ]  # fmt: skip
    found = plan_rows(
        filling, repeat, "team", [["姓名", "機構"], *lines], lambda path: visit.state.standing("visit_header", path)
    )
    assert visit.fill_rows("visit_header", "team", found.rows(), why).problems == ()


def members(visit: Visit) -> list[tuple[str, Value | None]]:
    filling = visit.filling("visit_header")
    return [
        (filling.row_label(f"team[{row}]"), filling.state(f"team[{row}]/member_organisation").value)
        for row in filling.rows("team")
    ]


def test_one_list_imported_on_two_laptops_is_one_list_after_merging(shared):
    lead, bo = shared
    team(lead, ["Wong", "Green Office"], ["Ip", "Green Office"])
    team(bo, ["Ip", "Green  Office"], ["Ho", "Blue Office"], ["wong", "Green Office"])

    lead.store.add(bo.store.entries(bo.id))
    lead.refresh()

    assert sorted(name.casefold() for name, _ in members(lead)) == ["ho", "ip", "wong"]
    # What differs is a conflict of that one cell, for a person; no row is lost and none stands twice.
    rows = [conflict.path.rpartition("/")[2] for conflict in lead.state.conflicts.values()]
    assert sorted(rows) == ["member_name", "member_organisation"]


def test_a_row_that_was_removed_is_not_brought_back_by_the_list(shared):
    lead, _ = shared
    team(lead, ["Wong", "Green Office"])
    (row,) = lead.filling("visit_header").rows("team")
    lead.record("answer", "visit_header", f"team[{row}]/member_role", ("lead",))
    lead.record("remove row", "visit_header", f"team[{row}]")

    team(lead, ["Wong", "Green Office"])

    (again,) = lead.filling("visit_header").rows("team")
    assert again != row
    assert lead.filling("visit_header").state(f"team[{again}]/member_role").status == "missing"


def test_a_key_that_stands_twice_makes_two_rows_and_never_a_mixed_one(shared):
    lead, _ = shared
    rows = [RowDraft("", {"member_name": "Wong", "member_organisation": each}) for each in ("Green Office", "Blue")]
    assert lead.fill_rows("visit_header", "team", rows).problems == ()
    assert members(lead) == [("Wong", "Green Office"), ("Wong", "Blue")]


# Ticks, headings that several questions share, and what the form says against an answer

GOODS = Repeat(
    "goods", {},
    (
        asked("text", "name"), asked("select_one", "counted", list_name="measures"),
        Question("quantity", "mass", {"zh-Hans-CN": "产量"}, "7.03", units=("t", "kg"), relevant="${counted} = 'mass'"),
        Question("quantity", "area", {"zh-Hans-CN": "产量"}, "7.04", units=("m2",), relevant="${counted} = 'area'"),
        asked("date", "begun"),
        asked("date", "ended", constraint="${begun} = '' or . >= ${begun}",
              constraint_message={"en-HK": "Ends before it begins."}),
        asked("integer", "lines", warning=". < 50"), asked("acknowledge", "seen"),
        asked("select_one", "good", list_name="kinds"),
    ),
    key=("name",),
)  # fmt: skip
SHOP = Form("shop", "1", {}, (GOODS,), {"measures": choices("mass", "area"), "kinds": choices("yes", "no")})


def shop(rows: Mapping[str, Mapping[str, Value]] = {}) -> Filling:
    filling = Filling(compile_form(SHOP), Context("2026-11-12"))
    told = {f"goods[{row}]/{name}": (ANSWERED, value) for row, said in rows.items() for name, value in said.items()}
    filling.load({"goods": list(rows)}, told)
    return filling


LATE = {"name": "C", "begun": "2026-06-01", "ended": "2026-05-01"}
"""A row that is wrong as it stands."""


@pytest.mark.parametrize("word", ["√", "✓", "✔", "☑", "是", "有", "Y", "ｙ", "yes", "對", "1"])
def test_a_yes_is_read_in_every_way_in_which_cells_say_it(word):
    (row,) = plan(GOODS, [["name", "seen", "good"], ["A", word, word]], shop()).rows()
    assert row.answers == {"name": "A", "seen": "OK", "good": ("yes",)}


@pytest.mark.parametrize("word", ["×", "✗", "否", "无", "無", "没有", "N", "no", "0"])
def test_a_no_is_a_choice_and_leaves_a_tick_open(word):
    found = plan(GOODS, [["name", "seen", "good"], ["A", word, word]], shop())
    assert found.refused == ()
    assert found.rows()[0].answers == {"name": "A", "good": ("no",)}


def test_a_heading_of_several_questions_goes_to_the_one_that_is_asked_in_the_line():
    filling = shop({ROW(9): {"name": "C", "counted": ("mass",)}})
    found = plan(
        GOODS, [["name", "counted", "产量"], ["A", "mass", "5 t"], ["B", "area", "6"], ["C", "", "7 kg"]], filling
    )

    assert found.refused == found.notes == ()
    assert [row.answers for row in found.rows()] == [
        {"name": "A", "counted": ("mass",), "mass": Quantity("5", "t")},
        {"name": "B", "counted": ("area",), "area": Quantity("6", "m2")}, {"mass": Quantity("7", "kg")},
    ]  # fmt: skip


def test_a_line_that_does_not_say_which_of_them_it_means_is_refused_there():
    found = plan(GOODS, [["name", "产量（t）"], ["A", "5"], ["B", ""]], shop())

    assert told(found) == [("rows.several", 2, 2)]
    assert found.refused[0].parameters["numbers"] == "7.03, 7.04"
    assert [row.answers for row in found.rows()] == [{"name": "A"}, {"name": "B"}]


def test_what_the_form_says_against_a_cell_is_looked_at_before_it_is_taken():
    filling = shop({ROW(9): {"name": "C", "begun": "2026-05-01"}})
    found = plan(
        GOODS,
        [["name", "begun", "ended", "lines"], ["A", "2026-03-01", "2026-02-01", "3"],
         ["B", "2026-01-01", "2026-02-01", "60"], ["C", "", "2026-04-01", ""]],
        filling,
    )  # fmt: skip

    assert [(each.code, each.place.line, each.place.column) for each in found.doubts] == [
        ("answer.constraint", 2, 3), ("answer.warning", 3, 4), ("answer.constraint", 4, 3),
    ]  # fmt: skip
    assert message_of(GOODS, found.doubts[0], "en-HK") == "Ends before it begins."
    other = shop({ROW(9): {"name": "C", "ended": "2026-05-01"}})
    (doubt,) = plan(GOODS, [["name", "begun"], ["C", "2026-06-01"]], other).doubts
    assert (doubt.code, doubt.place) == ("answer.constraint", Place(line=2, column=2, path="ended"))
    assert plan(GOODS, [["name", "lines"], ["C", "3"]], shop({ROW(9): {**LATE}})).doubts == ()
    assert len(found.rows()) == 3
    assert filling.rows("goods") == (ROW(9),)
    assert filling.problems == {}
