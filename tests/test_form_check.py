"""What a form says that cannot be: names that do not exist, texts that are missing, numbers out of order."""

import pytest

from assessor_tui.form.check import check_form, check_scheme, main, wrong_script
from assessor_tui.form.model import Form, Group, Question
from assessor_tui.form.read import read_form, read_scheme
from assessor_tui.i18n.sentences import SENTENCES, sentence
from tests.form_texts import LABEL, form_of, small_form


def problem_of(text: str) -> tuple[str, str]:
    """Code and sentence of the one mistake in the form."""
    form, problems = read_form(text.encode(), "small.yaml")
    assert form is not None, problems
    assert len(problems) == 1, problems
    assert problems[0].place.line > 0
    assert problems[0].code in SENTENCES
    return problems[0].code, sentence(problems[0])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{type: text, name: first, LABEL}", "form.duplicate_name"),
        ('{type: text, name: a, number: "9.01", LABEL}', "form.duplicate_number"),
        ('{type: text, name: a, number: "8.02", LABEL}', "form.number_prefix"),
        ('{type: text, name: a, number: "91", LABEL}', "form.number_prefix"),
        ("{type: select_one yes_noo, name: a, LABEL}", "form.unknown_list"),
        ('{type: "select_one ${first}", name: a, LABEL}', "form.unknown_repeat"),
        ("{type: select_one yes_no, name: a, LABEL, points: {yess: 4}}", "form.unknown_choice"),
        ("{type: select_one yes_no, name: a, LABEL, points: {'*': 4}}", "form.unknown_choice"),
        ("{type: select_one yes_no, name: a, LABEL, veto: [maybe]}", "form.unknown_choice"),
        ("{type: select_one yes_no, name: a, LABEL, limiting: [maybe]}", "form.unknown_choice"),
        ("{type: select_one yes_no, name: a, LABEL, reason: [maybe]}", "form.unknown_choice"),
        ("{type: select_one yes_no, name: a, LABEL, evidence: {maybe: [photo]}}", "form.unknown_choice"),
        (
            "{type: select_one yes_no, name: a, LABEL, finding: {maybe: {grade: minor, text: TEXT}}}",
            "form.unknown_choice",
        ),
        ("{type: text, name: a, LABEL, veto: [yes]}", "form.choice_without_list"),
        ("{type: select_one yes_no, name: a, LABEL, evidence: {yes: [foto]}}", "form.unknown_evidence"),
        ("{type: select_one yes_no, name: a, LABEL, evidence: {yes: []}}", "form.no_evidence_kind"),
        ("{type: select_one yes_no, name: a, LABEL, finding: {no: {grade: grave, text: TEXT}}}", "form.unknown_grade"),
        ("{type: text, name: a, LABEL, place: roof}", "form.unknown_place"),
        ("{type: quantity, name: a, LABEL, units: [kwhs]}", "form.unknown_unit"),
        ("{type: quantity, name: a, LABEL, units: [kWh, kg]}", "form.units_differ"),
        ("{type: quantity, name: a, LABEL}", "form.no_unit"),
        ("{type: decimal, name: a, LABEL, units: [kWh]}", "form.unit_without_quantity"),
        ("{type: text, name: a, LABEL, benchmark: {better: lower}}", "form.benchmark_without_number"),
        ("{type: note, name: a, LABEL, required: yes}", "form.never_answered"),
        ("{type: calculate, name: a, calculation: '1', required: yes}", "form.never_answered"),
        ("{type: calculate, name: a}", "form.no_calculation"),
        ("{type: text, name: a, LABEL, constraint: '. > 1'}", "form.no_message"),
        ("{type: text, name: a, LABEL, warning: '. > 1'}", "form.no_message"),
        ("{type: text, name: a, LABEL, warning_message: TEXT}", "form.message_alone"),
        ("{type: text, name: a, LABEL, choice_filter: 'x'}", "form.not_a_select"),
        ("{type: text, name: a}", "form.no_text"),
        ("{type: group, name: a, LABEL, children: []}", "form.no_children"),
        ("{type: repeat, name: a, LABEL, key: [bb], children: [{type: text, name: b, LABEL}]}", "form.unknown_key"),
        ("{type: text, name: a, label: {en-HK: A, zh-Hant-HK: 甲}}", "form.no_translation"),
        ("{type: text, name: a, label: {en-HK: A, zh-Hant-HK: 甲, zh-Hans-CN: ''}}", "form.no_translation"),
        ("{type: text, name: a, LABEL, hint: {en-HK: A, zh-Hans-CN: 甲}}", "form.no_translation"),
        (
            "{type: text, name: a, label: {en-HK: A, zh-Hant-HK: 甲, zh-Hans-CN: 甲, zh-HK: 甲}}",
            "form.unknown_language",
        ),
        ("{type: text, name: a, label: {en-HK: 甲, zh-Hant-HK: 甲, zh-Hans-CN: 甲}}", "form.wrong_script"),
        ("{type: text, name: a, label: {en-HK: A, zh-Hant-HK: 评审, zh-Hans-CN: 评审}}", "form.wrong_script"),
        ("{type: text, name: a, label: {en-HK: A, zh-Hant-HK: 評審, zh-Hans-CN: 評審}}", "form.wrong_script"),
        ("{type: text, name: a, label: {en-HK: 3 years, zh-Hant-HK: 三年, zh-Hans-CN: 4年}}", "form.numbers_differ"),
        (
            "{type: text, name: a, label: {en-HK: '${first}', zh-Hant-HK: '${first}', zh-Hans-CN: 甲}}",
            "form.blanks_differ",
        ),
        (
            "{type: select_one yes_no, name: a, LABEL,"
            " finding: {no: {grade: minor, text: {en-HK: '{whre}', zh-Hant-HK: '{whre}', zh-Hans-CN: '{whre}'}}}}",
            "form.unknown_blank",
        ),
    ],
)
def test_a_mistake_is_one_problem_with_its_line(row: str, code: str) -> None:
    row = row.replace("TEXT", LABEL.removeprefix("label: "))
    found, told = problem_of(small_form(f'- {{type: text, name: first, number: "9.01", LABEL}}\n- {row}'))
    assert found == code
    assert told.endswith((".", "?"))


def test_a_duplicate_names_the_line_of_the_first() -> None:
    _, told = problem_of(small_form("- {type: text, name: a, LABEL}\n- {type: text, name: a, LABEL}"))
    assert "on line 12" in told


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    _, told = problem_of(small_form("- {type: quantity, name: a, LABEL, units: [KWH]}"))
    assert told.endswith("Did you mean kWh?")


def test_a_list_needs_choices_with_names_that_can_be_stored() -> None:
    text = small_form("- {type: text, name: a, LABEL}")
    assert problem_of(text.replace("choices:\n", "choices:\n  none: []\n"))[0] == "form.no_choices"
    assert problem_of(text.replace("{name: no,", "{name: no way,"))[0] == "form.bad_choice_name"
    assert problem_of(text.replace("{name: no,", "{name: yes,"))[0] == "form.duplicate_choice"


def test_a_form_names_places_of_its_own() -> None:
    text = small_form("- {type: text, name: a, LABEL, place: roof}")
    form, problems = read_form(text.replace("  form_id", "  extra: {places: [roof]}\n  form_id").encode())
    assert form is not None
    assert problems == ()


def test_a_form_in_one_unnamed_language_is_complete() -> None:
    text = 'settings: {form_id: a, version: "1", languages: [und], title: {und: T}}\n'
    text += "survey: [{type: text, name: b, label: {und: L}}]"
    assert read_form(text.encode())[1] == ()


def test_a_form_from_elsewhere_is_checked_without_lines() -> None:
    form = form_of("- {type: text, name: a, LABEL}")
    wrong = form._replace(number="9", children=(form.children[0]._replace(number="3.01"),))
    (problem,) = check_form(wrong)
    assert (problem.code, problem.place) == ("form.number_prefix", ("", 0, 0, "a"))


@pytest.mark.parametrize(
    ("english", "hant", "hans"),
    [
        ("12 months", "十二個月", "12个月"),
        ("twelve months", "12個月", "十二个月"),
        ("CO2 and PM2.5", "二氧化碳及微細懸浮粒子", "二氧化碳及细颗粒物"),
        ("10,000 Ah", "一萬安時", "1万安时"),
        ("120,000 t", "12萬公噸", "12万吨"),
        ("mg/m³", "毫克/立方米", "毫克/立方米"),
        ("31 December", "12月31日", "12月31日"),
        ("5 of 6", "６項中的５項", "6项中的5项"),
        ("25,000", "二萬五千", "2.5万"),
        ("Once a year", "每年1次", "每年一次"),
    ],
)
def test_numbers_may_be_written_in_words_or_left_in_symbols(english: str, hant: str, hans: str) -> None:
    form_of(f'- {{type: text, name: a, label: {{en-HK: "{english}", zh-Hant-HK: "{hant}", zh-Hans-CN: "{hans}"}}}}')


@pytest.mark.parametrize(
    ("english", "hant", "hans"),
    [
        ("within 3 months", "四個月內", "3个月内"),
        ("3.07", "3.70", "3.07"),
        ("10,000", "一千", "10000"),
        ("over 100 m", "過長", "超过100米"),
    ],
)
def test_numbers_that_differ_between_languages_are_found(english: str, hant: str, hans: str) -> None:
    row = f'- {{type: text, name: a, label: {{en-HK: "{english}", zh-Hant-HK: "{hant}", zh-Hans-CN: "{hans}"}}}}'
    assert problem_of(small_form(row))[0] == "form.numbers_differ"


def test_the_characters_of_each_language_are_told_apart() -> None:
    assert wrong_script("評審報告", "zh-Hans-CN") == "評審報"
    assert wrong_script("评审报告", "zh-Hant-HK") == "评审报"
    assert wrong_script("實地評審 23 °C, 㗎嘅衞裏", "zh-Hant-HK") == ""
    assert wrong_script("业东号医", "zh-Hant-HK") == "业东号医"
    assert wrong_script("酞酰酶着恒", "zh-Hant-HK") == ""
    assert wrong_script("粤港清洁生产伙伴", "zh-Hans-CN") == ""
    assert wrong_script("評", "fr") == ""


def test_as_a_program_it_writes_one_line_per_problem(tmp_path, capsys) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(small_form("- {type: text, name: a, LABEL}"), encoding="utf-8")
    bad.write_text(small_form("- {type: text, name: a, LABEL, place: ofice}"), encoding="utf-8")
    assert main([str(good)]) == 0
    assert capsys.readouterr().out == ""
    assert main([str(good), str(bad)]) == 3
    line = capsys.readouterr().out
    assert line.startswith(f"{bad}:12:")
    assert line.endswith(
        "a: There is no place ofice. Places are office, production, utilities, treatment, stores, gate."
        " Did you mean office?\n"
    )


SCHEME = """
settings:
  scheme_id: small
  version: "1"
  title: {en-HK: Small, zh-Hant-HK: 小, zh-Hans-CN: 小}
  status: draft criteria
  header_form: head
  findings_form: findings
  category_question: head/category
  size_question: head/length
  size_number: head/people
parameters:
  top_from: {label: {en-HK: From, zh-Hant-HK: 由, zh-Hans-CN: 从}, value: "80"}
sizes:
  - {name: short, label: {en-HK: Short, zh-Hant-HK: 短, zh-Hans-CN: 短}, asks: core, below: top_from}
  - {name: long, label: {en-HK: Long, zh-Hant-HK: 長, zh-Hans-CN: 长}, asks: full}
places:
  - {name: office, label: {en-HK: Office, zh-Hant-HK: 辦公室, zh-Hans-CN: 办公室}}
categories:
  - name: maker
    label: {en-HK: Maker, zh-Hant-HK: 製造業, zh-Hans-CN: 制造业}
    forms: [{form: gate}, {form: air, weight: "40"}]
    levels:
      - {name: top, label: {en-HK: Top, zh-Hant-HK: 優越, zh-Hans-CN: 优越}, at_least: top_from}
cross_checks:
  - {name: power, label: {en-HK: Power, zh-Hant-HK: 電, zh-Hans-CN: 电}, left: a/b, right: c/d/e, tolerance: top_from}
"""


def test_a_scheme_without_mistakes_is_read() -> None:
    scheme, problems = read_scheme(SCHEME.encode(), "scheme.yaml")
    assert scheme is not None, problems
    assert problems == ()
    assert check_scheme(scheme) == ()
    assert scheme.categories[0].levels[0].limiting
    assert scheme.categories[0].forms[1].weight == "40"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("at_least: top_from", "at_least: top_form", "form.unknown_parameter"),
        ("tolerance: top_from", "tolerance: other", "form.unknown_parameter"),
        ('value: "80"', 'value: ""', "scheme.no_value"),
        ('value: "80"', "value: eighty", "form.bad_decimal"),
        ("left: a/b", "left: a", "scheme.bad_path"),
        ("{form: air,", "{form: gate,", "scheme.form_twice"),
        ('[{form: gate}, {form: air, weight: "40"}]', "[]", "scheme.no_forms"),
        ("head/category", "category", "scheme.category_question"),
        ("head/length", "other/length", "scheme.category_question"),
        ("  size_question: head/length\n", "", "scheme.no_size_question"),
        ("  size_number: head/people\n", "", "scheme.no_size_number"),
        ("below: top_from", "below: top_form", "form.unknown_parameter"),
        (", below: top_from", "", "scheme.size_below"),
        ("asks: full}", "asks: full, below: top_from}", "scheme.size_below"),
        ("asks: core", "asks: some", "form.not_one_of"),
        ("name: long", "name: short", "form.duplicate_name"),
        ("zh-Hant-HK: 製造業, ", "", "form.no_translation"),
        ("製造業", "制造业", "form.wrong_script"),
        ("status: draft criteria", "stat: draft", "form.unknown_column"),
        ("  status: draft criteria\n", "", "form.missing_column"),
        ("at_least: top_from}", "at_least: top_from, limiting: maybe}", "form.not_yes_or_no"),
        (
            "places:\n",
            "places:\n  - {name: office, label: {en-HK: A, zh-Hant-HK: 甲, zh-Hans-CN: 甲}}\n",
            "form.duplicate_name",
        ),
    ],
)
def test_a_mistake_in_a_scheme_is_a_problem_with_its_line(old: str, new: str, code: str) -> None:
    assert old in SCHEME
    _, problems = read_scheme(SCHEME.replace(old, new).encode(), "scheme.yaml")
    assert code in [problem.code for problem in problems]
    assert len(problems) <= 2
    assert all(problem.place.line > 0 and sentence(problem) for problem in problems)


def test_a_category_asks_what_one_of_the_sizes_asks() -> None:
    text = SCHEME.replace("asks: full", "asks: core").replace("    levels:", "    asks: full\n    levels:")
    _, (problem,) = read_scheme(text.encode(), "scheme.yaml")
    assert (problem.code, problem.place.path) == ("scheme.no_such_size", "categories/maker")
    assert "asks full" in sentence(problem)


TABLE = """
- {type: date, name: begin, LABEL}
- {type: date, name: finish, LABEL}
- type: repeat
  name: bills
  LABEL
  extra: {months: {from: begin, to: finish, month: month}}
  children:
    - {type: text, name: month, LABEL, role: month}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("from: begin", "from: beginn", "form.unknown_months", "Did you mean begin?"),
        ("month: month}", "month: finish}", "form.unknown_months", "name finish as month"),
        ("month: month}", "month: month, each: carriers}", "form.unknown_months", "name carriers as each"),
        ("month: month}", "month: month, eech: bills}", "form.unknown_column", "Did you mean each?"),
        (", month: month}", "}", "form.missing_column", "month"),
        ("{type: text, name: month", "{type: date, name: month", "form.role_of_text", "not by date"),
    ],
)
def test_what_the_months_of_a_table_come_from_exists(old: str, new: str, code: str, told: str) -> None:
    assert old in TABLE
    assert form_of(TABLE).children
    _, (problem,) = read_form(small_form(TABLE.replace(old, new)).encode(), "small.yaml")
    assert (problem.code, problem.place.line > 0) == (code, True)
    assert told in sentence(problem)


def test_a_form_that_others_bring_along_is_not_asked_for_our_languages() -> None:
    asked = Question(
        "text", "a", {"en": "A", "fr": ""}, constraint=". != ''", hint={"fr": "在 3"}, appearance="minimal"
    )
    form = Form("f", "1", {"en": "F"}, (asked, Group("g", {}, ())), languages=("en", "fr", "x-old-norse"))
    assert check_form(form) == ()
    ours = form._replace(languages=("en-HK", "zh-Hant-HK", "zh-Hans-CN"))
    assert {"form.no_translation", "form.no_message", "form.no_children"} <= {each.code for each in check_form(ours)}
