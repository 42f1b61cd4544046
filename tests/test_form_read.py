"""Form files in: values, or every mistake of the shape at once."""

import json
from string import Formatter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.form import schema
from assessor_tui.form.model import Benchmark, FindingText, Group, Question, Repeat
from assessor_tui.form.read import check_file, read_form, read_scheme
from assessor_tui.i18n.sentences import SENTENCES, sentence
from assessor_tui.logic.compile import compile_form
from tests.form_texts import LABEL, form_of, small_form


def mistakes(text: str) -> list[tuple[str, str]]:
    """Code and path of each mistake; every one has a line and a sentence without open blanks."""
    form, problems = read_form(text.encode(), "small.yaml")
    assert problems == () or form is None or all(problem.place.line for problem in problems)
    for problem in problems:
        assert problem.place.line > 0, problem
        assert problem.code in SENTENCES
        blanks = {blank for _, blank, *_ in Formatter().parse(SENTENCES[problem.code]) if blank}
        assert blanks <= problem.parameters.keys()
    return [(problem.code, problem.place.path) for problem in problems]


def words(text: str) -> str:
    _, problems = read_form(text.encode(), "small.yaml")
    return " ".join(sentence(problem) for problem in problems)


def test_a_question_is_read_with_all_its_columns() -> None:
    form = form_of("""
        - type: group
          name: air
          LABEL
          relevant: "1 = 1"
          children:
            - type: select_one yes_no
              name: outlet
              number: "9.01"
              LABEL
              weight: "2"
              points: {yes: 4, no: 0}
              veto: [no]
              evidence: {yes: [photo, document], "*": [interview]}
              insist: yes
              reason: [no]
              finding: {no: {grade: minor, text: {en-HK: "At {where}", zh-Hant-HK: "{where}", zh-Hans-CN: "{where}"}}}
              not_applicable: no
              extra: {colour: red}
            - {type: quantity, name: power, LABEL, units: [kWh, MWh], decimals: 1,
               benchmark: {better: lower, baseline: "", leading: "2.5", points: 10}}
        """)
    group = form.children[0]
    assert isinstance(group, Group)
    outlet, power = group.children
    assert isinstance(outlet, Question)
    assert isinstance(power, Question)
    assert (outlet.type, outlet.list_name, outlet.rows_of) == ("select_one", "yes_no", "")
    assert outlet.points == {"yes": "4", "no": "0"}
    assert outlet.veto == ("no",)
    assert outlet.evidence == {"yes": ("photo", "document"), "*": ("interview",)}
    assert outlet.insist
    assert not outlet.not_applicable
    assert outlet.finding["no"] == FindingText(
        "minor", {"en-HK": "At {where}", "zh-Hant-HK": "{where}", "zh-Hans-CN": "{where}"}
    )
    assert outlet.extra == {"colour": "red"}
    assert power.units == ("kWh", "MWh")
    assert power.decimals == 1
    assert power.benchmark == Benchmark("lower", "", "2.5", "10")


def test_the_choices_of_a_select_may_be_the_rows_of_a_repeat() -> None:
    form = form_of("""
        - {type: repeat, name: nodes, LABEL, row_label: "${node}", key: [node], at_least: 2, row_letter: N,
           children: [{type: text, name: node, LABEL}]}
        - {type: "select_one ${nodes}", name: from, LABEL}
        """)
    repeat, question = form.children
    assert isinstance(repeat, Repeat)
    assert isinstance(question, Question)
    assert (repeat.key, repeat.at_least, repeat.row_letter) == (("node",), 2, "N")
    assert (question.type, question.list_name, question.rows_of) == ("select_one", "", "nodes")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{type: text, LABEL}", "form.missing_column"),
        ("{name: a, LABEL}", "form.missing_column"),
        ("{type: text, name: a b, LABEL}", "form.bad_name"),
        ("{type: text, name: 9a, LABEL}", "form.bad_name"),
        ("{type: txt, name: a, LABEL}", "form.unknown_type"),
        ("{type: select_one, name: a, LABEL}", "form.unknown_type"),
        ("{type: text yes_no, name: a, LABEL}", "form.unknown_type"),
        ('{type: "select_multiple ${a}", name: a, LABEL}', "form.unknown_type"),
        ("{type: text, name: a, LABEL, colour: red}", "form.unknown_column"),
        ("{type: text, name: a, LABEL, children: []}", "form.column_elsewhere"),
        ("{type: text, name: a, label: Label}", "form.text_without_language"),
        ("{type: text, name: a, label: [Label]}", "form.text_not_by_language"),
        ("{type: text, name: a, LABEL, 'hint::English (en)': x}", "form.column_per_language"),
        ("{type: text, name: a, LABEL, hint: {en-HK: [x]}}", "form.expected_text"),
        ("{type: text, name: a, LABEL, relevant: {a: b}}", "form.expected_text"),
        ("{type: text, name: a, LABEL, relevant: [a]}", "form.expected_text"),
        ("{type: text, name: a, LABEL, weight: '-1'}", "form.bad_decimal"),
        ("{type: select_one yes_no, name: a, LABEL, points: {yes: '-2'}}", "form.bad_decimal"),
        ("{type: text, name: a, LABEL, weight: heavy}", "form.bad_decimal"),
        ("{type: text, name: a, LABEL, weight: 1e3}", "form.bad_decimal"),
        ("{type: text, name: a, LABEL, weight: '1,5'}", "form.bad_decimal"),
        ("{type: integer, name: a, LABEL, decimals: 1.5}", "form.bad_whole_number"),
        ("{type: select_one yes_no, name: a, LABEL, points: {yes: many}}", "form.bad_decimal"),
        ("{type: select_one yes_no, name: a, LABEL, points: [4, 0]}", "form.expected_mapping"),
        ("{type: select_one yes_no, name: a, LABEL, veto: no}", "form.expected_list"),
        ("{type: select_one yes_no, name: a, LABEL, evidence: {yes: photo}}", "form.expected_list"),
        ("{type: select_one yes_no, name: a, LABEL, finding: {no: minor}}", "form.expected_mapping"),
        ("{type: text, name: a, LABEL, insist: true}", "form.not_yes_or_no"),
        ("{type: text, name: a, LABEL, asked: ful}", "form.not_one_of"),
        ("{type: decimal, name: a, LABEL, benchmark: {better: less}}", "form.not_one_of"),
        ("just text", "form.expected_mapping"),
        ("{type: group, name: a, LABEL}", "form.missing_column"),
        ("{type: group, name: a, LABEL, children: none}", "form.expected_list"),
        ("{type: group, name: a, LABEL, children: [], weight: x}", "form.bad_decimal"),
        (
            "{type: repeat, name: a, LABEL, row_letter: fx, children: [{type: text, name: b, LABEL}]}",
            "form.bad_letter",
        ),
    ],
)
def test_a_wrong_shape_is_one_problem(row: str, code: str) -> None:
    found = mistakes(small_form(f"- {{type: text, name: first, LABEL}}\n- {row}"))
    assert [found_code for found_code, _ in found if found_code != "form.no_children"] == [code]


@pytest.mark.parametrize(
    ("row", "suggestion"),
    [
        ("{type: begin_group, name: a, LABEL}", "Did you mean group?"),
        ("{type: string, name: a, LABEL}", "Did you mean text?"),
        ("{type: selct_one yes_no, name: a, LABEL}", "Did you mean select_one yes_no?"),
        ("{type: image, name: a, LABEL}", "Did you mean file?"),
        ("{type: text, name: a, LABEL, guidance_hint: x}", "Did you mean guidance?"),
        ("{type: text, name: a, LABEL, readonly: yes}", "Did you mean read_only?"),
        ("{type: text, name: a, LABEL, relevnt: x}", "Did you mean relevant?"),
        ("{type: text, name: a, LABEL, asked: cor}", "Did you mean core?"),
        ("{type: text, name: a, LABEL, 'label::English': x}", "Write label:"),
        ("{type: text, name: a, label: Dust}", '{en-HK: "Dust", zh-Hant-HK: ..., zh-Hans-CN: ...}'),
        ("{type: quantity, name: a, LABEL, units: kWh}", "Write it as [kWh]"),
    ],
)
def test_a_sentence_says_what_to_write_instead(row: str, suggestion: str) -> None:
    assert suggestion in words(small_form(f"- {row}"))


def test_all_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    _, problems = read_form(
        small_form("""
            - {type: txt, name: a, LABEL, colour: red}
            - {type: text, name: b b, label: {en-HK: Only}, weight: x}
            - type: group
              name: g
              LABEL
              children:
                - {type: text, name: inner, LABEL, place: nowhere}
                - {type: text, name: inner, LABEL, insist: 1}
            """).encode(),
        "small.yaml",
    )
    assert [problem.code for problem in problems] == [
        *("form.unknown_type", "form.unknown_column", "form.bad_name", "form.no_translation", "form.no_translation"),
        *("form.bad_decimal", "form.unknown_place", "form.duplicate_name", "form.not_yes_or_no"),
    ]
    lines = [problem.place.line for problem in problems]
    assert lines == sorted(lines)
    assert {problem.place.file for problem in problems} == {"small.yaml"}


def test_a_problem_names_the_question_without_its_groups() -> None:
    survey = f"""
        - type: group
          name: g
          {LABEL}
          children:
            - type: repeat
              name: rows
              {LABEL}
              children: [{{type: text, name: deep, {LABEL}, weight: x}}]
        """
    assert mistakes(small_form(survey)) == [("form.bad_decimal", "rows/deep")]


@pytest.mark.parametrize(
    "text",
    ["text", "- list", "settings: x", "survey: []", "settings: {}\nsurvey: {}", "a: 1", "settings: []\nchoices: []"],
)
def test_a_file_that_is_no_form_at_all_is_problems_and_no_form(text: str) -> None:
    form, problems = read_form(text.encode(), "small.yaml")
    assert form is None
    assert problems
    assert all(sentence(problem) for problem in problems)


def test_choices_have_mistakes_too() -> None:
    text = small_form("- {type: text, name: a, LABEL}").replace(
        "{name: yes, label:", "{names: yes, colour: red, label:"
    )
    assert mistakes(text) == [("form.unknown_column", "choices/yes_no"), ("form.unknown_column", "choices/yes_no")]


def test_a_column_that_is_missing_because_it_is_misspelt_is_said_once() -> None:
    assert mistakes(small_form("- {typ: text, name: a, LABEL}")) == [("form.unknown_column", "a")]


def test_a_wrong_name_in_a_label_is_said_once_and_with_its_line() -> None:
    label = "label: {en-HK: 'A ${b}', zh-Hant-HK: '甲${b}', zh-Hans-CN: '甲${b}'}"
    text = small_form("- type: text\n  name: a\n  " + label)
    problems = check_file(text.encode(), "small.yaml", lambda form: compile_form(form).problems)
    assert [(problem.code, problem.place.line) for problem in problems] == [("form.unknown_name", 14)]


def test_broken_yaml_gives_its_mistake_and_no_form() -> None:
    form, problems = read_form(b"settings: {form_id: 'x\n", "small.yaml")
    assert form is None
    assert [problem.code for problem in problems] == ["form.yaml_quote"]


def test_a_scheme_is_told_from_a_form_by_what_it_holds() -> None:
    problems = check_file(b"settings: {scheme_id: s}\ncategories: []\n", "scheme.yaml")
    assert [problem.parameters["column"] for problem in problems] == [
        *("version", "title", "status", "header_form", "findings_form")
    ]


def test_a_scheme_that_is_a_list_is_a_problem() -> None:
    scheme, problems = read_scheme(b"[]", "scheme.yaml")
    assert scheme is None
    assert [problem.code for problem in problems] == ["form.expected_mapping"]


def test_text_from_a_file_reaches_its_sentence_on_one_line_without_control_characters() -> None:
    told = words(small_form('- {type: "te\\nxt {0.__class__} {x}", name: a, LABEL}'))
    assert "\n" not in told
    assert "te xt {0.__class__} {x}" in told


KEYS = sorted(
    {*schema.QuestionRow.model_fields, *schema.RepeatRow.model_fields, *schema.FormSettings.model_fields}
    | {*schema.FormFile.model_fields, *schema.SchemeFile.model_fields, *schema.SchemeSettings.model_fields}
    | {*schema.CategoryRow.model_fields, *schema.FindingRow.model_fields, "en-HK", "zh-Hant-HK", "yes", "*", "::"}
)
VALUES = [
    "",
    "yes",
    "a",
    "9.01",
    "group",
    "repeat",
    "text",
    "quantity",
    "select_one l",
    "select_one ${a}",
    "評",
    "{x} 3",
]
anything = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)
row = st.fixed_dictionaries(
    {"type": st.sampled_from(VALUES), "name": st.sampled_from(VALUES)},
    optional={key: anything for key in KEYS if key not in ("type", "name")},
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(anything, anything, st.lists(row, max_size=3) | anything, st.booleans())
def test_whatever_a_file_says_every_mistake_has_its_sentence(settings_row, choices, survey, scheme: bool) -> None:
    data = {"settings": settings_row, "choices": choices, "survey": survey}
    if scheme:
        data = {"settings": settings_row, "categories": survey, "parameters": choices, "places": survey}
    problems = check_file(json.dumps(data).encode(), "any.yaml", lambda form: compile_form(form).problems)
    for problem in problems:
        assert problem.place.line > 0
        assert problem.code in SENTENCES
        assert sentence(problem)
