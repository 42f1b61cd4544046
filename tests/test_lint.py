"""What an author is told about expressions that compile: what can never be, and what is no answer."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.config import shipped
from assessor_tui.form.model import Node, Question
from assessor_tui.form.read import read_form
from assessor_tui.i18n.sentences import SENTENCES
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic import lint as lint_module
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.lint import is_warning, lint
from assessor_tui.logic.parser import parse
from assessor_tui.logic.possible import Answers
from assessor_tui.logic.views import Context
from assessor_tui.problem import Problem
from tests.logic_forms import TODAY, compiled, computed, group, many, number, one, repeat, text


def told(*children: Node) -> list[Problem]:
    made = compiled(*children)
    assert made.problems == ()
    return [problem for problem in lint(made) if problem.code != "lint.unused_list"]


def codes(*children: Node) -> list[tuple[str, str]]:
    return [(problem.code.removeprefix("lint."), problem.place.path) for problem in told(*children)]


def date(name: str, **columns: object) -> Question:
    return Question("date", name, {"en-HK": name}, **columns)  # type: ignore[arg-type]


def whole(name: str, **columns: object) -> Question:
    return Question("integer", name, {"en-HK": name}, **columns)  # type: ignore[arg-type]


ASKED = (one("permit"), many("kinds"), number("flow"), whole("people"), text("name"), date("since"))
"""permit: yes or no; kinds: input and output."""


@pytest.mark.parametrize(
    ("relevant", "code"),
    [
        ("${permit} = 'yess'", "unknown_choice"),
        ("${permit} != 'maybe'", "unknown_choice"),
        ("'maybe' = ${permit}", "unknown_choice"),
        ("selected(${kinds}, 'inputs')", "unknown_choice"),
        ("selected(${permit}, 'y')", "unknown_choice"),
        ("${kinds} = 'input outputs'", "unknown_choice"),
        ("${permit} = 1", "unknown_choice"),
        ("../permit = 'yess'", "unknown_choice"),
        ("not(${permit} = 'yess') and ${flow} > 3", "unknown_choice"),
        ("${flow} = 'none'", "text_for_number"),
        ("${flow} > '2026-01-01'", "date_for_number"),
        ("${since} > 'yesterday'", "text_for_date"),
        ("${since} > 5", "number_for_date"),
        ("${permit} > 3", "order"),
        ("${permit} + 1 > 2", "arithmetic"),
        ("${flow} - 'a' > 2", "arithmetic"),
        ("random() > 0.5", "volatile"),
        ("regex(${name}, '(')", "regex"),
        ("regex(${name}, '(a+)+b')", "regex_slow"),
    ],
)
def test_a_comparison_that_cannot_mean_what_it_says_is_told(relevant: str, code: str) -> None:
    assert codes(*ASKED, text("b", relevant=relevant)) == [(code, "b")]


@pytest.mark.parametrize(
    "relevant",
    [
        "${permit} = 'yes' and ${permit} = 'no'",
        "${permit} = 'yes' and not(selected(${permit}, 'yes'))",
        "${permit} = '' and ${permit} = 'no'",
        "${flow} > 5 and ${flow} < 3",
        "${flow} > 5 and ${flow} <= 5",
        "5 < ${flow} and 3 > ${flow}",
        "${people} > 3 and ${people} < 4",
        "${name} = 'a' and ${name} = 'b'",
        "selected(${kinds}, 'input') and not(selected(${kinds}, 'input'))",
        "count-selected(${kinds}) > 2",
        "string-length(${name}) < 0",
        "false()",
        "no",
        "1 = 2",
        "'a' = 'b' or 2 > 3",
        "(${permit} = 'yes' or ${permit} = 'no') and ${permit} = ''",
        "not(${permit} = 'yes' or ${flow} > 1) and ${permit} = 'yes'",
        "if(${permit} = 'yes', 'a', 'b') = 'c'",
        "${flow} + 1 > 5 and ${flow} < 3 and ${flow} > 3",
    ],
)
def test_a_condition_that_can_never_hold_is_told(relevant: str) -> None:
    assert codes(*ASKED, text("b", relevant=relevant)) == [("never_true", "b")]


@pytest.mark.parametrize(
    "relevant",
    [
        "${permit} = 'yes'",
        "${permit} != 'yes' and ${permit} != 'no'",
        "${permit} = ''",
        "${permit} = 'yes' or ${permit} = 'no'",
        "not(selected(${kinds}, 'input')) and selected(${kinds}, 'output')",
        "${flow} > 3 and ${flow} < 5",
        "${flow} >= 3 and ${flow} <= 3",
        "not(${flow} > 3) and not(${flow} < 5)",
        "${people} > 3 and ${people} <= 4",
        "count-selected(${kinds}) = 2",
        "${name} != 'a' and ${name} != 'b'",
        "${name}",
        "string-length(${name}) > 2",
        "${flow} = '' or ${flow} = 0",
        "${flow} = '3'",
        "${since} > '2026-01-01' and ${since} < today()",
        "${since} + 5 > today()",
        "coalesce(${flow}, 0) + 1 > 0",
        "if(${permit} = 'yes', ${flow}, 7) = 7",
        "${permit} = ${name}",
        "boolean(${name}) = true()",
        "(${permit} = 'yes') = true()",
        "regex(${name}, '([0-9]+,)*[0-9]+')",
        "-${flow} < 0 and ${flow} > 0",
    ],
)
def test_a_condition_that_can_hold_is_not_told(relevant: str) -> None:
    assert codes(*ASKED, text("b", relevant=relevant)) == []


def test_a_group_that_is_never_shown_is_told_once_with_what_it_hides() -> None:
    (problem,) = told(one("a"), group("g", text("b"), text("c"), relevant="${a} = 'yes' and ${a} = 'no'"))
    assert (problem.code, problem.place.path, problem.parameters["count"]) == ("lint.never_true", "g", "2")


def test_a_condition_against_the_group_around_it_is_told() -> None:
    inner = text("b", relevant="${a} = 'no'")
    assert codes(one("a"), group("g", inner, relevant="${a} = 'yes'")) == [("never_true_here", "b")]


def test_what_waits_for_a_question_that_is_never_asked_is_told_through_any_number_of_them() -> None:
    found = codes(one("a", relevant="false()"), one("b", relevant="${a} = 'yes'"), text("c", relevant="${b} = 'no'"))
    assert found == [("never_true", "a"), ("never_asked", "b"), ("never_asked", "c")]


def test_what_may_be_blank_is_asked_where_a_question_that_is_never_asked_counts_as_blank() -> None:
    assert codes(one("a", relevant="false()"), text("b", relevant="${a} = ''")) == [("never_true", "a")]


def test_a_computed_value_is_followed() -> None:
    kind = computed("kind", "if(${flow} > 3, 'large', 'small')")
    assert codes(number("flow"), kind, text("b", relevant="${kind} = 'larg'")) == [("never_true", "b")]
    assert codes(number("flow"), kind, text("b", relevant="${kind} = ''")) == []


def test_a_constraint_that_nothing_satisfies_is_a_mistake() -> None:
    (problem,) = told(number("a", constraint=". > 10 and . < 5"))
    assert problem.code == "lint.never_accepted"
    assert not is_warning(problem)
    assert codes(one("a", constraint=". = 'yes' and selected(., 'no')")) == [("never_accepted", "a")]
    assert codes(number("a", constraint=". >= 0 and . <= ${b}"), number("b")) == []


def test_a_condition_beyond_what_the_constraint_accepts_is_told() -> None:
    age = number("age", constraint=". >= 0 and . <= 120")
    assert codes(age, text("b", relevant="${age} > 150")) == [("never_true", "b")]
    assert codes(age, text("b", relevant="${age} >= 120")) == []


def test_several_rows_are_not_taken_for_one() -> None:
    row = repeat("r", one("a"), text("b", relevant="${a} = 'yes' and ${a} = 'no'"))
    assert codes(row) == [("never_true", "r/b")]
    assert codes(repeat("r", one("a")), text("b", relevant="${a} = 'yes' and ${a} = 'no'")) == []
    assert codes(repeat("r", one("a")), text("b", relevant="count(${r}[a = 'yes']) > 0")) == []


def test_a_filter_that_keeps_no_choice_is_told() -> None:
    found = codes(one("p", "province"), one("c", "city", choice_filter="province = ${p}"))
    assert found == []
    assert codes(one("p", "province"), one("c", "city", choice_filter="province = 'kowloon'")) == [
        ("nothing_offered", "c")
    ]
    assert codes(one("p", "province"), one("c", "city", choice_filter="name = ${p}")) == [("nothing_offered", "c")]


def test_once_and_a_trigger_keep_what_changes_by_itself() -> None:
    assert codes(computed("a", "once(random())"), computed("b", "uuid()", trigger="${c}"), text("c")) == []
    assert codes(computed("a", "random()")) == [("volatile", "a")]
    assert codes(text("a", default="uuid()"), computed("b", "today()")) == []


def test_a_calculation_over_what_people_type_is_told() -> None:
    assert codes(number("a", calculation="1 + 1")) == [("overwrites", "a")]
    assert codes(number("a", calculation="1 + 1", read_only="yes")) == []


def test_a_list_that_nobody_uses_is_told() -> None:
    found = lint(compiled(one("a")))
    assert {problem.parameters["list"] for problem in found} == {"kind", "province", "city"}
    assert all(is_warning(problem) for problem in found)


def test_a_value_that_something_else_sets_can_be_anything() -> None:
    default = one("a", default="concat('x', 'y')")
    assert codes(default, text("b", relevant="${a} = 'yes' and ${a} = 'no'")) == [("never_true", "b")]
    assert codes(one("a", default="maybe"), text("b", relevant="selected(${a}, 'yes')")) == []


def test_a_long_chain_is_looked_at_without_going_deep() -> None:
    chain = [one("q0"), *(one(f"q{at}", relevant=f"${{q{at - 1}}} = 'yes'") for at in range(1, 400))]
    assert codes(*chain) == []
    assert len(codes(one("q0", relevant="no"), *chain[1:])) == 400


@pytest.mark.parametrize(
    ("calculation", "code"),
    [
        ("date('12 November')", "no_answer.date"),
        ("digest(${name}, 'SHA-3')", "no_answer.digest"),
        ("geofence(${name}, 'the yard')", "no_answer.place"),
        ("base64-decode('ü')", "no_answer.base64"),
    ],
)
def test_a_call_that_can_have_no_answer_is_told_before_anyone_answers(calculation: str, code: str) -> None:
    assert codes(*ASKED, computed("x", calculation)) == [(code, "x")]


def test_a_call_that_waits_for_an_answer_is_no_mistake() -> None:
    assert codes(*ASKED, computed("x", "concat(date(${since}), geofence(${name}, '1 1;1 2;2 2'))")) == []


def test_what_other_programs_spell_for_a_number_without_answer_is_left_alone() -> None:
    assert codes(*ASKED, text("b", relevant="${flow} != 'NaN' and ${permit} != 'NaN'")) == []


def test_the_id_that_every_odk_form_computes_is_left_alone() -> None:
    assert codes(computed("instanceID", "concat('uuid:', uuid())")) == []


@pytest.mark.parametrize(
    "name", ["gate", "pollution_control", "energy_material_flow", "recycling_waste", "supply_chain"]
)
def test_the_shipped_checklists_give_no_cause(name: str) -> None:
    form, problems = read_form((shipped("forms") / f"{name}.yaml").read_bytes())
    assert form is not None
    assert problems == ()
    assert lint(compile_form(form)) == ()


NUMBERS = st.sampled_from(["0", "1", "2", "2.5", "3", "-1", "10"])
EQUAL = st.sampled_from(["=", "!="])
COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
ATOMS = st.one_of(
    st.builds(
        lambda sign, name: f"${{permit}} {sign} '{name}'",
        st.sampled_from(["=", "!="]),
        st.sampled_from(["yes", "no", ""]),
    ),
    st.builds(lambda sign, n: f"${{flow}} {sign} {n}", COMPARISONS, NUMBERS),
    st.builds(lambda sign, n: f"{n} {sign} ${{people}}", COMPARISONS, NUMBERS),
    st.builds(lambda sign, n: f"${{people}} + {n} {sign} ${{flow}}", COMPARISONS, NUMBERS),
    st.builds(lambda sign, n: f"-${{flow}} {sign} {n}", COMPARISONS, NUMBERS),
    st.builds(lambda name: f"selected(${{kinds}}, '{name}')", st.sampled_from(["input", "output"])),
    st.builds(lambda sign, n: f"count-selected(${{kinds}}) {sign} {n}", COMPARISONS, NUMBERS),
    st.builds(
        lambda sign, t: f"${{name}} {sign} '{t}'", st.sampled_from(["=", "!="]), st.sampled_from(["a", "b", "3", ""])
    ),
    st.builds(lambda sign, n: f"string-length(${{name}}) {sign} {n}", COMPARISONS, NUMBERS),
    st.builds(lambda sign, n: f"${{name}} {sign} {n}", COMPARISONS, NUMBERS),
    st.builds(lambda n: f"coalesce(${{flow}}, {n}) > ${{people}}", NUMBERS),
    st.builds(lambda n: f"if(${{permit}} = 'yes', ${{flow}}, {n}) = 2", NUMBERS),
    st.sampled_from(["${name}", "${permit}", "true()", "false()", "${flow}", "'a' = 'b'", "boolean(${kinds})"]),
    st.sampled_from(
        ["${since} > '2026-01-01'", "${since} = ''", "${calc} = 'large'", "${calc} = 'no'", "${calc} != ''"]
    ),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a} and {b})", inner, inner),
        st.builds(lambda a, b: f"({a} or {b})", inner, inner),
        st.builds(lambda a: f"not({a})", inner),
    ),
    max_leaves=6,
)
ANSWERS = st.fixed_dictionaries(
    {
        "permit": st.sampled_from([None, ("yes",), ("no",)]),
        "kinds": st.sampled_from([None, ("input",), ("output",), ("input", "output")]),
        "flow": st.sampled_from([None, "0", "1", "2", "2.5", "3", "-1", "5", "10"]),
        "people": st.sampled_from([None, "0", "1", "2", "3", "10"]),
        "name": st.sampled_from([None, "a", "b", "3", "2.5"]),
        "since": st.sampled_from([None, "2025-12-31", "2026-01-02"]),
    }
)


@settings(max_examples=120, deadline=None)
@given(CONDITIONS, CONDITIONS, st.lists(ANSWERS, min_size=1, max_size=12))
def test_what_is_said_to_hold_never_or_always_does_so_whatever_is_answered(
    around: str, own: str, answered: list[dict[str, object]]
) -> None:
    calc = computed("calc", "if(${flow} > 2, 'large', if(${flow} > 0, 'small', ''))")
    made = compiled(*ASKED, calc, group("g", text("b", relevant=own), relevant=around))
    assert made.problems == ()
    told = {p.place.path for p in lint(made) if p.code.startswith("lint.never")}
    answers = Answers(made)
    truth = answers.holds(parse(own), made.places.by_path["b"], {})
    it = Filling(made, Context(TODAY))
    for given_answers in answered:
        for path, value in given_answers.items():
            number = path in ("flow", "people") and value is not None
            it.set(path, Quantity(str(value), "") if number else value)  # type: ignore[arg-type]
        assert not ("g" in told and it.nodes["g"].relevant), around
        assert not ("b" in told and it.state("b").relevant), (around, own)
        if truth is not None:
            assert it.nodes["b"].own_relevant is truth, own


@pytest.mark.parametrize(
    ("before", "after"), [("1 = (", ")"), ("if(1 = (", ") , 'a', 'b')"), ("not(${flow} > 1 and (", "))")]
)
def test_conditions_deep_inside_each_other_are_looked_at_in_no_time(before: str, after: str) -> None:
    depth = 20
    codes(*ASKED, computed("x", before * depth + "${flow}" + after * depth))


def test_every_warning_has_its_sentence() -> None:
    source = Path(lint_module.__file__).read_text(encoding="utf-8")
    codes_told = set(re.findall(r'_problem\([\w.]+, "([a-z_]+)"', source)) | {
        "unused_list",
        "never_true",
        "date_for_number",
    }
    assert {f"lint.{code}" for code in codes_told} <= SENTENCES.keys()
