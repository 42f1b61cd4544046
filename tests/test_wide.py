"""Tables with months down and carriers across, turned round into a line per month and carrier."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.pasted import Plan, plan_rows
from assessor_tui.assess.wide import is_total, told_by_name, told_text, wide_table
from assessor_tui.form.model import Form, Question, Repeat
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import ANSWERED, Context, Filling
from tests.small_visit import asked, choices
from tests.test_pasted import CARRIERS, MONTHS, ROW

METERED = ["用电量", "用气量", "用水量", "用量", "Usage", "Reading"]
USED = Repeat(
    "used", {},
    (
        Question("select_one", "carrier", {"en-HK": "Carrier"}, rows_of="carriers"),
        Question("text", "month", {"en-HK": "Month", "zh-Hans-CN": "月份"}, role="month"),
        Question("decimal", "metered", {"en-HK": "Metered", "zh-Hans-CN": "计量值"}, extra={"also": METERED}),
        Question("decimal", "billed", {"en-HK": "Invoiced", "zh-Hans-CN": "票据值"}, extra={"also": ["账单用量"]}),
    ),
    key=("carrier", "month"), extra={"months": MONTHS},
)  # fmt: skip
COMPILED = compile_form(
    Form("plant", "1", {}, (asked("date", "first"), asked("date", "last"), CARRIERS, USED),
         {"units": choices("kWh", "m3", "t")})
)  # fmt: skip
GRID, GAS, WATER = ("Grid electricity 外購電力", "kWh"), ("Natural gas 天然氣", "m3"), ("自来水", "m3")
SECOND = ("电 2号户", "kWh")


def filled(*carriers: tuple[str, str], rows: Sequence[tuple[int, str, Mapping[str, str]]] = ()) -> Filling:
    """The carriers (name, unit of the bill), the year 2025, and rows (carrier from 0, month, amounts)."""
    told: dict[str, Value] = {"first": "2025-01-01", "last": "2025-12-31"}
    for at, (name, unit) in enumerate(carriers):
        told |= {f"carriers[{ROW(at + 1)}]/name": name, f"carriers[{ROW(at + 1)}]/bill_unit": (unit,)}
    for at, (carrier, month, amounts) in enumerate(rows):
        path = f"used[{ROW(100 + at)}]"
        told |= {f"{path}/carrier": (ROW(carrier + 1),), f"{path}/month": month}
        told |= {f"{path}/{name}": Quantity(amount) for name, amount in amounts.items()}
    filling = Filling(COMPILED, Context("2026-11-12"))
    filling.load(
        {"carriers": [ROW(at + 1) for at in range(len(carriers))], "used": [ROW(100 + at) for at in range(len(rows))]},
        {path: (ANSWERED, value) for path, value in told.items()},
    )
    return filling


def plan(filling: Filling, table: Sequence[Sequence[str]], headings: Mapping[str, str] | None = None) -> Plan:
    return plan_rows(filling, USED, "used", table, {}.get, today="2026-11-12", headings=headings)


def amounts(found: Plan) -> list[tuple[int, str, str, str]]:
    """(carrier from 0, month, question, number) of every new row."""
    return [
        (int(str(row.answers["carrier"][0]), 16) - 1, str(row.answers["month"]), name, value.n)  # type: ignore[index, union-attr]
        for row in found.rows()
        for name, value in row.answers.items()
        if isinstance(value, Quantity)
    ]


def columns(filling: Filling, *headings: str, meant: Mapping[str, str] | None = None) -> dict[str, str]:
    """Heading -> what its column is taken as: ``0 metered``, ``?`` asked about, ``-`` left out."""
    table = [["月份", *headings], *([f"{month}月", *["7"] * len(headings)] for month in (1, 2))]
    found = wide_table(filling, USED, table, {}, meant or {})
    if found is None:
        return {}
    said = {part.column: f"{int(part.carrier, 16) - 1} {part.question}" for part in found.parts}
    said |= {each.column: "?" for each in found.open} | dict.fromkeys(found.left, "-")
    return {heading: said[at] for at, heading in enumerate(headings, 1) if at in said}


def test_the_sheet_of_a_plant_becomes_rows_of_each_carrier():
    found = plan(
        filled(GRID, GAS),
        [["2025年能源消耗统计表", "", "", ""], ["月份", "用电量(万度)", "用气量(万m³)", "电费(元)"],
         ["2025年1月", "1.5", "0.2", "9000"], ["2025-01-26至2025-02-25", "2", "-", "9100"],
         ["合计", "3.5", "0.2", "18100"]],
    )  # fmt: skip

    assert found.refused == found.doubts == ()
    assert amounts(found) == [
        (0, "2025-01", "metered", "15000"), (1, "2025-01", "metered", "2000"),
        (0, "2025-01-26..2025-02-25", "metered", "20000"),
    ]  # fmt: skip
    assert [(each.code, each.place.column) for each in found.notes] == [
        ("rows.turned", 2), ("rows.turned", 3), ("rows.column_left", 4), ("rows.total", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "taken"),
    [
        ("用电量(万度)", "0 metered"), ("用電量", "0 metered"), ("Electricity usage (kWh)", "0 metered"),
        ("Electricity bill (kWh)", "0 billed"), ("账单用电(度)", "0 billed"), ("发票电量(度)", "0 billed"),
        ("Gas meter reading (m3)", "1 metered"), ("天然气表读数（方）", "1 metered"), ("用量(度)", "0 metered"),
        ("电(度)", "?"), ("天然气", "?"), ("用量(m3)", "?"), ("电费(元)", "-"), ("电价", "-"), ("燃气费", "-"),
        ("Electricity cost", "-"), ("折标煤(tce)", "-"), ("产量(t)", "-"), ("合计", "-"), ("蒸汽(t)", "-"),
        ("备注", "-"), ("用量(吨)", "?"),
    ],
)  # fmt: skip
def test_a_column_is_taken_asked_about_or_left_out(heading, taken):
    assert columns(filled(GRID, GAS, WATER), heading, "用水量(m3)")[heading] == taken


def test_two_columns_that_say_the_same_are_both_asked_about():
    assert columns(filled(GRID, GAS), "1号表用电量(度)", "2号表用电量(度)", "用气量(方)") == {
        "1号表用电量(度)": "?", "2号表用电量(度)": "?", "用气量(方)": "1 metered",
    }  # fmt: skip
    assert columns(filled(GRID, SECOND, GAS), "用电量(度)", "用气量(方)")["用电量(度)"] == "?"
    assert columns(filled(GRID, SECOND), "电 2号户", "用气量")["电 2号户"] == "?"  # metered, or invoiced


def test_what_somebody_said_of_a_heading_counts():
    filling = filled(GRID, GAS)
    said = {"甲(度)": told_text(GRID[0], "billed"), "用气量(方)": "", "乙": told_text("Steam", "metered")}

    assert columns(filling, "甲(度)", "用气量(方)", "乙", meant=said) == {
        "甲(度)": "0 billed", "用气量(方)": "-", "乙": "-",
    }  # fmt: skip
    twice = {"甲": told_text(GRID[0], "billed"), "乙": told_text(GRID[0], "billed")}
    found = plan(filling, [["月份", "甲", "乙"], ["1月", "3", "4"]], twice)
    assert amounts(found) == [(0, "2025-01", "billed", "3")]
    assert "rows.column_twice" in [each.code for each in found.notes]


def test_people_name_a_carrier_by_a_part_of_its_name_and_the_question_behind_a_slash():
    filling = filled(GRID, GAS)

    assert told_by_name(filling, USED, "Natural gas") == told_text(GAS[0])
    assert told_by_name(filling, USED, "天然气 / Invoiced") == told_text(GAS[0], "billed")
    assert told_by_name(filling, USED, "steam") == told_by_name(filling, USED, "a") == ""


def test_a_table_that_names_no_carrier_is_not_turned_round():
    filling = filled(GRID, GAS)

    assert columns(filling, "计量值", "票据值") == {}
    assert columns(filling, "计量值") == {}
    assert columns(filled(), "用电量(度)") == {}
    assert wide_table(filling, USED, [["Carrier", "月份", "用电量(度)"], ["电", "1月", "3"]], {}, {}) is None


def test_two_lines_of_headings_are_read_as_one():
    found = plan(
        filled(GRID, GAS),
        [["月份", "电力", "", "", "天然气", ""],
         ["", "用量(万度)", "发票用量(万度)", "金额(元)", "用量(方)", "金额(元)"],
         ["1月", "1.5", "1.6", "9000", "7", "30"], ["合计", "1.5", "1.6", "9000", "7", "30"]],
    )  # fmt: skip

    assert found.refused == found.doubts == ()
    assert amounts(found) == [
        (0, "2025-01", "metered", "15000"), (0, "2025-01", "billed", "16000"), (1, "2025-01", "metered", "7"),
    ]  # fmt: skip
    left = [each.parameters["heading"] for each in found.notes if each.code == "rows.column_left"]
    assert left == ["电力 金额(元)", "天然气 金额(元)"]


def test_units_in_a_line_under_the_headings_count():
    found = plan(filled(GRID, GAS), [["月份", "用电量", "用气量"], ["", "万度", "方"], ["1月", "1.5", "7"]])

    assert amounts(found) == [(0, "2025-01", "metered", "15000"), (1, "2025-01", "metered", "7")]


def test_what_is_asked_about_is_taken_from_nobody():
    found = plan(filled(GRID, GAS), [["月份", "电(度)", "用气量(方)"], ["1月", "3", "4"]])

    assert [(each.code, each.place.column) for each in found.refused] == [("rows.which_carrier", 2)]
    assert amounts(found) == [(1, "2025-01", "metered", "4")]


def test_a_unit_that_people_write_for_the_bills_own_is_kept_and_looked_at():
    found = plan(filled(GRID, GAS, WATER), [["月份", "用气量(万Nm³)", "用水量(吨)"], ["1月", "1.2", "30"]])

    assert amounts(found) == [(1, "2025-01", "metered", "12000"), (2, "2025-01", "metered", "30")]
    assert [each.code for each in found.looks] == ["rows.kept_as", "rows.kept_as"]


def test_a_unit_that_the_bill_does_not_hold_is_refused_cell_by_cell():
    found = plan(filled(GRID, GAS), [["月份", "用电量(度)", "用气量(吨)"], ["1月", "3", "4"]])

    assert [(each.code, each.place.line, each.place.column) for each in found.refused] == [("answer.unit", 2, 3)]
    assert amounts(found) == [(0, "2025-01", "metered", "3")]


def test_a_total_that_is_not_the_sum_of_what_was_taken_is_said():
    table = [["月份", "用电量(万度)", "用气量(方)"], ["1月", "1.5", "4"], ["2月", "x", "5"], ["合计", "3.5", "9"]]
    found = plan(filled(GRID, GAS), table)

    assert [(each.code, each.place.line, each.place.column, each.parameters["sum"]) for each in found.looks] == [
        ("rows.total_differs", 4, 2, "15000 kWh")
    ]


def test_totals_of_parts_rounded_ones_and_the_one_of_all_are_right():
    table = [
        ["月份", "用电量(万度)"], ["1月", "1.54"], ["2月", "2.53"], ["小计", "4.07"], ["3月", "1"], ["小计", "1.0"],
        ["全年合计", "5.1"],
    ]  # fmt: skip

    assert plan(filled(GRID), table).looks == ()


def test_rows_of_months_that_stand_are_filled_and_not_doubled():
    filling = filled(GRID, GAS, rows=[(0, "2025-01", {}), (0, "2025-02", {"metered": "7"}), (1, "2025-01", {})])
    table = [["月份", "用电量(度)", "用气量(方)"], ["2024-12-26至2025-01-25", "3", "4"], ["2月", "7", "5"]]
    found = plan(filling, table)

    assert [(row.row, row.answers.get("month")) for row in found.rows()] == [
        (f"used[{ROW(100)}]", "2024-12-26..2025-01-25"), (f"used[{ROW(102)}]", "2024-12-26..2025-01-25"),
        ("", "2025-02"),
    ]  # fmt: skip


def test_the_days_of_a_bill_that_stand_are_kept_when_a_table_says_only_its_month():
    filling = filled(GRID, rows=[(0, "2024-12-26..2025-01-25", {})])
    (row,) = plan(filling, [["月份", "用电量(度)"], ["1月", "3"]]).rows()

    assert row == (f"used[{ROW(100)}]", {"metered": Quantity("3")})


def test_a_month_that_cannot_be_read_is_named_once():
    found = plan(filled(GRID, GAS), [["月份", "用电量(度)", "用气量(方)"], ["13月", "3", "4"], ["备注：估算", "", ""]])

    assert [(each.code, each.place.line) for each in found.refused] == [("typed.month", 2)]


@pytest.mark.parametrize(
    "word", ["合计", "合 计", "總計", "小計", "Total", "TOTAL:", "Sub-total", "Grand total", "全年合计", "年合计",
             "合计（万度）", "2025年合计", "本页小计", "累计"]
)  # fmt: skip
def test_words_for_totals_are_known(word):
    assert is_total(["", word, "3"])


@pytest.mark.parametrize(
    "word", ["Total station TS-1", "和记", "Summit pump", "3", "统计员：王", "合计见附表二的说明文字及附注"]
)
def test_other_words_are_no_totals(word):
    assert not is_total(["P-1", word])


NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False).map(lambda number: f"{number:f}")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 12), st.sampled_from(("metered", "billed")), NUMBERS),
        unique_by=lambda each: each[:3], max_size=30,
    )
)  # fmt: skip
def test_turning_a_long_table_wide_and_back_loses_nothing(cells):
    filling = filled(GRID, GAS, WATER)
    names = (GRID[0], GAS[0], WATER[0])
    asked_for = {"metered": "计量值", "billed": "票据值"}
    pairs = list(dict.fromkeys((carrier, question) for carrier, _, question, _ in cells))
    months = sorted({month for _, month, _, _ in cells})
    said = {(carrier, month, question): number for carrier, month, question, number in cells}
    long = [["Carrier", "月份", "计量值", "票据值"]] + [
        [names[carrier], f"2025-{month:02}", said.get((carrier, month, "metered"), ""),
         said.get((carrier, month, "billed"), "")]
        for month in months
        for carrier in range(3)
        if {(carrier, month, "metered"), (carrier, month, "billed")} & said.keys()
    ]  # fmt: skip
    wide = [["月份", *(f"{names[carrier]} {asked_for[question]}" for carrier, question in pairs)]] + [
        [f"2025-{month:02}", *(said.get((carrier, month, question), "") for carrier, question in pairs)]
        for month in months
    ]

    assert sorted(amounts(plan(filling, wide))) == sorted(amounts(plan(filling, long)))
    assert len(amounts(plan(filling, wide))) == len(cells)


WORDS = st.sampled_from(
    ["", "月份", "Month", "用电量(万度)", "用气量(万Nm³)", "电费(元)", "电", "天然气", "用量", "万度", "合计", "1月",
     "2025-02", "13月", "2025-12-26至2026-01-25", "1.5", "-", "1,2,3", "x" * 40, "(", "用量/度", "0", "电力",
     "金额(元)", "√", "\u200b", "１２．５"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=6), max_size=8))
def test_whatever_a_table_holds_is_taken_or_named(table):
    width = max((len(row) for row in table), default=0)
    found = plan(
        filled(GRID, GAS, rows=[(0, "2025-01", {"metered": "3"})]), [row + [""] * (width - len(row)) for row in table]
    )

    assert all(sentence(each) for each in (*found.refused, *found.doubts, *found.notes))
    for row in found.rows():
        assert row.row or {"carrier", "month"} <= row.answers.keys()
