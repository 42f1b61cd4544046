"""Cases inside a form: read with their lines, no part of the form, each failure with what came instead."""

import pytest

from assessor_tui.form.canonical import form_hash
from assessor_tui.form.cases import read_cases, unknown_paths
from assessor_tui.form.read import check_file, read_form
from assessor_tui.logic.case_runs import Tried, try_cases
from assessor_tui.logic.compile import compile_form

FORM = """settings: {form_id: tanks, version: "1", languages: [und], title: {und: Tanks}}
choices:
  yes_no: [{name: yes, label: {und: "Yes"}}, {name: no, label: {und: "No"}}]
survey:
  - {type: select_one yes_no, name: tanks, label: {und: Any tanks?}, required: yes}
  - type: repeat
    name: tank
    label: {und: Tank}
    relevant: "${tanks} = 'yes'"
    children:
      - {type: quantity, name: volume, label: {und: Volume}, units: [m3, L], constraint: ". > 0",
         constraint_message: {und: above 0}}
      - {type: text, name: content, label: {und: Content}}
  - {type: calculate, name: total, calculation: "sum(${volume})"}
  - {type: note, name: much, label: {und: "Together ${total}"}, relevant: "${total} > 10"}
"""


def tried(cases: str, only: str = "") -> list[Tried]:
    text = (FORM + "tests:\n" + cases).encode()
    form, problems = read_form(text)
    assert form is not None, problems
    found = read_cases(text, "tanks.yaml")
    assert found.problems == ()
    return list(try_cases(compile_form(form), found.cases, today="2026-01-15", only=only))


def test_cases_are_no_part_of_the_form() -> None:
    bare, _ = read_form(FORM.encode())
    with_cases, problems = read_form((FORM + "tests:\n  - {name: a, expect: {total: 0}}\n").encode())
    assert problems == ()
    assert bare is not None
    assert with_cases is not None
    assert form_hash(bare) == form_hash(with_cases)


def test_what_is_given_answered_and_expected_is_played_in_steps() -> None:
    (one,) = tried("""
  - name: all of it
    given: {tanks: yes, "tank[1]/volume": 4, "tank[2]/volume": 7000 L}
    expect:
      total: 11
      tank: {rows: 2, relevant: yes}
      much: {relevant: yes, label: Together 11}
      tanks: {value: yes, choices: [yes, no], required: yes, read_only: no}
    steps:
      - {remove: "tank[1]", expect: {total: 7, much: {relevant: no}}}
      - {add: tank, expect: {tank: {rows: 2}, "tank[2]/volume": ""}}
      - {answer: {"tank[2]/volume": -1}, expect: {"tank[2]/volume": {problems: [constraint], value: -1}}}
      - {answer: {tanks: no}, expect: {tank: {relevant: no}, total: 0}}
      - {answer: {tanks: ""}, expect: {tanks: {problems: [required]}}}
""")
    assert one.failures == ()
    assert one.expectations == 18


def test_a_failure_says_what_was_expected_what_came_and_where() -> None:
    (one,) = tried("""
  - name: sums
    given: {"tank[1]/volume": 4}
    expect: {total: 5, much: {relevant: yes}}
""")
    assert [(f.path, f.what, f.wanted, f.got, f.place.line) for f in one.failures] == [
        ("total", "value", "5", "0", 20),
        ("much", "relevant", "yes", "no", 20),
    ]


def test_what_cannot_be_done_is_a_failure() -> None:
    (one,) = tried("""
  - name: cannot
    given: {total: 4, tanks: yes}
    expect: {total: 0}
    steps: [{remove: "tank[3]"}]
""")
    assert [(failure.what, failure.path) for failure in one.failures] == [("answer", "total"), ("answer", "tank[3]")]


def test_only_the_cases_that_are_meant_are_tried() -> None:
    cases = "  - {name: First thing, expect: {total: 0}}\n  - {name: second, expect: {total: 0}}\n"
    assert [each.case.name for each in tried(cases, only="first")] == ["First thing"]


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("{name: a, gven: {}, expect: {total: 0}}", "case.unknown_key"),
        ("{name: a, expect: {total: {vale: 0}}}", "case.unknown_key"),
        ("{name: a, given: {tanks: yes}}", "case.nothing_expected"),
        ("{name: a, given: {tanks: {a: b}}, expect: {total: 0}}", "case.no_answer"),
        ("{name: a, expect: {total: {relevant: maybe}}}", "form.not_yes_or_no"),
        ("{name: a, expect: [total]}", "form.expected_mapping"),
        ("words", "form.expected_mapping"),
        ("{name: a, expect: {totl: 0}}", "case.unknown_path"),
        ("{name: a, given: {'tank[1]/volum': 0}, expect: {total: 0}}", "case.unknown_path"),
        ("{name: a, expect: {total: 0}, steps: [{add: tnk}]}", "case.unknown_path"),
    ],
)
def test_a_mistake_in_a_case_is_told_by_the_check_with_its_line(case: str, code: str) -> None:
    (problem,) = check_file((FORM + f"tests:\n  - {case}\n").encode(), "t.yaml")
    assert problem.code == code
    assert problem.place.line == 17


def test_a_misspelt_path_is_answered_with_the_nearest() -> None:
    text = (FORM + "tests: [{name: a, expect: {totl: 0}}]\n").encode()
    form, _ = read_form(text)
    assert form is not None
    (problem,) = unknown_paths(form, read_cases(text).cases)
    assert problem.parameters["suggestion"] == "total"
