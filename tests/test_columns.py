"""Which question each column of somebody's table answers."""

import pytest

from assessor_tui.form.columns import asked, heading_row, in_order, match
from assessor_tui.form.model import Group, Question, Repeat

MONTH = Question("text", "month", {"en-HK": "Month", "zh-Hant-HK": "月份", "zh-Hans-CN": "月份"}, "2.05a")
USED = Question(
    "quantity", "used", {"en-HK": "Electricity used", "zh-Hant-HK": "用電量", "zh-Hans-CN": "用电量"}, "2.05b",
    units=("kWh", "MWh"),
)  # fmt: skip
COST = Question(
    "quantity", "cost", {"en-HK": "Cost (RMB)", "zh-Hant-HK": "金額（人民幣）", "zh-Hans-CN": "金额（人民币）"}
)
QUESTIONS = (MONTH, USED, COST)


@pytest.mark.parametrize(
    "heading", ["Electricity used", "ELECTRICITY  USED:", "用電量", "用电量", "used", "2.05b", "2.05b 用电量",
                "用电量（万度）", "用电量/万度", "Electricity used*"]
)  # fmt: skip
def test_a_heading_is_a_label_in_any_language_a_name_or_a_number(heading):
    assert match(QUESTIONS, [heading]).questions == ("used",)


def test_the_unit_in_brackets_is_handed_on():
    assert match(QUESTIONS, ["月份", "用电量 (万度)", "cost"]).units == ("", "万度", "")
    assert match(QUESTIONS, ["用电量/万度"]).units == ("万度",)


def test_a_bracket_of_the_label_may_be_left_out():
    assert match(QUESTIONS, ["金额", "Cost (RMB)"]).questions == ("cost", "")


def test_what_fits_nothing_what_stands_twice_and_what_is_missing_is_said():
    columns = match(QUESTIONS, ["月份", "备注", "Month", "", "用电量"], wanted=["month", "cost"])

    assert columns.questions == ("month", "", "", "", "used")
    assert columns.unknown == (1,)
    assert columns.twice == ((2, 0),)
    assert columns.missing == ("cost",)


def test_a_heading_that_two_questions_share_means_neither():
    other = USED._replace(name="sold", number="2.06")

    assert match((USED, other), ["用电量", "2.06"]).questions == ("", "sold")


def test_the_headings_are_found_below_titles():
    rows = [["2026 电力统计表", "", ""], ["", "", ""], ["月份", "用电量(度)", "备注"], ["2026-01", "3", "month"]]

    assert heading_row(QUESTIONS, rows) == 2


@pytest.mark.parametrize("rows", [[["2026-01", "12400", "3"]], [["2.05", "2.05b", "7"]], [["a", "b", "month"]]])
def test_values_are_no_headings(rows):
    assert heading_row(QUESTIONS, rows) == -1


def test_one_column_may_have_a_heading_too():
    assert heading_row(QUESTIONS, [["用电量"], ["12400"]]) == 0


def test_without_headings_the_columns_are_the_questions_in_their_order():
    assert in_order(QUESTIONS, 4).questions == ("month", "used", "cost", "")
    assert in_order(QUESTIONS, 4).unknown == (3,)
    assert in_order(QUESTIONS, 2).questions == ("month", "used")


def test_only_what_people_answer_by_themselves_is_asked():
    inner = Repeat("more", {}, (Question("text", "inner"),))
    group = Group("first", {}, (MONTH, Question("calculate", "total"), Question("file", "photo"), inner))

    assert [each.name for each in asked((group, USED, Question("note", "hint")))] == ["month", "used"]


def test_a_form_names_further_headings_by_which_people_know_a_question():
    used = USED._replace(extra={"also": ["耗电量", "Consumption"]})
    assert match((MONTH, used), ["耗电量(万度)", "consumption"]).questions == ("used", "")
    assert match((MONTH, USED), ["耗电量(万度)"]).questions == ("",)
    assert match((USED._replace(extra={"also": "耗电量"}),), ["耗"]).questions == ("",)
