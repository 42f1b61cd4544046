import sys

import pytest

from assessor_tui.form.model import Question
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.problem import Problem
from tests.logic_forms import TODAY, A, compiled, computed, filling, form, group, n, number, one, repeat, row_of, text


def only(*problems: Problem) -> Problem:
    (problem,) = problems
    return problem


def test_an_unknown_name_is_told_with_its_column_place_and_the_nearest_name() -> None:
    problem = only(*compiled(number("outlets_total"), number("b", relevant="${outlet_total} > 1")).problems)
    assert problem.code == "form.unknown_name"
    assert problem.place.path == "b"
    assert problem.parameters == {
        "column": "relevant",
        "expression": "${outlet_total} > 1",
        "at": "1",
        "found": "outlet_total",
        "suggestion": "outlets_total",
    }


@pytest.mark.parametrize(
    ("calculation", "code", "found"),
    [
        ("summ(${a})", "form.unknown_function", "summ"),
        ("round()", "form.arguments", "round"),
        ("count(1)", "form.not_nodes", ""),
        ("${a} +", "form.expression", ""),
        ("${r}[lenght = 1]/length", "form.unknown_name", "lenght"),
        ("${r}/width", "form.unknown_name", "width"),
        ("../nothing", "form.unknown_name", "nothing"),
        ("indexed-repeat(${length}, ${a}, 1)", "form.not_a_repeat", "a"),
        ("indexed-repeat(1, ${r}, 1)", "form.not_a_name", ""),
        ("jr:choice-name(${a}, '${b}')", "form.unknown_name", "b"),
        ("${last-saved#b}", "form.unknown_name", "b"),
        ("(" * 10_000, "form.expression_too_deep", ""),
        ("not(" * 101 + "1" + ")" * 101, "form.expression_too_deep", ""),
        (" = ".join("1" * 100), "form.expression_too_deep", ""),
        (f"count({'../r[1]/' * 5_000}length)", "form.expression_too_deep", ""),
    ],
)
def test_what_cannot_be_used_is_a_problem_and_the_rest_works(calculation: str, code: str, found: str) -> None:
    ready = compiled(number("a"), repeat("r", number("length")), computed("x", calculation), computed("y", "${a} + 1"))
    problem = only(*ready.problems)
    assert (problem.code, problem.place.path, problem.parameters["found"]) == (code, "x", found)
    here = Filling(ready, Context(TODAY))
    here.set("a", n("1"))
    assert here.state("y").value == "2"
    assert here.state("x").value is None


def test_all_problems_come_at_once_at_generic_paths() -> None:
    ready = compiled(
        repeat("r", number("a", constraint=". > ${x}", warning="${y}"), row_label="${z}", relevant="${u}"),
        group("g", text("t", required="maybe()"), read_only="${v}"),
    )
    assert sorted((problem.place.path, problem.parameters["column"]) for problem in ready.problems) == [
        ("g", "read_only"),
        ("r", "relevant"),
        ("r", "row_label"),
        ("r/a", "constraint"),
        ("r/a", "warning"),
        ("t", "required"),
    ]


def test_a_label_names_only_what_exists() -> None:
    asked = Question("text", "t", {"en-HK": "About ${nmae}", "zh-Hant-HK": "關於 ${name}"})
    problem = only(*compiled(text("name"), asked).problems)
    assert (problem.code, problem.parameters["column"], problem.parameters["suggestion"]) == (
        "form.unknown_name",
        "label",
        "name",
    )


@pytest.mark.parametrize(
    ("children", "cycle"),
    [
        ([computed("a", "${b}"), computed("b", "${c}"), computed("c", "${a}")], "a → b → c → a"),
        ([text("a", relevant="${b} = ''"), text("b", relevant="${a} = ''")], "a → b → a"),
        ([text("a", relevant=". = ''")], "a → a"),
        ([group("g", one("a"), relevant="${a} = 'yes'")], "g → g"),
        ([group("g", one("a"), relevant="${b} = 1"), computed("b", "${a}")], "g → b → g"),
        ([repeat("r", computed("a", "${total}")), computed("total", "sum(${a})")], "r/a → total → r/a"),
    ],
)
def test_a_cycle_is_told_with_its_path(children: list[object], cycle: str) -> None:
    ready = compiled(*children, computed("fine", "1 + 1"))  # type: ignore[arg-type]
    problem = only(*ready.problems)
    assert (problem.code, problem.parameters["cycle"]) == ("form.cycle", cycle)
    assert Filling(ready, Context(TODAY)).state("fine").value == "2"


def test_two_cycles_are_both_told_and_what_waits_for_them_still_runs() -> None:
    ready = compiled(
        computed("a", "${b}"), computed("b", "${a}"), computed("c", "${d}"), computed("d", "${c} + ${n}"),
        number("m"), computed("n", "${m} + 1"), computed("after", "concat(${a}, ${n})"),
    )  # fmt: skip
    assert [problem.parameters["cycle"] for problem in ready.problems] == ["a → b → a", "c → d → c"]
    here = Filling(ready, Context(TODAY))
    here.set("m", n("1"))
    assert here.state("after").value == "2"


def test_reading_ones_own_result_in_other_rows_is_no_cycle() -> None:
    assert not compiled(
        repeat("r", number("a"), computed("sum", "${a} + coalesce(indexed-repeat(${sum}, ${r}, position(..) - 1), 0)"))
    ).problems


def test_a_count_that_depends_on_its_own_rows_is_no_cycle() -> None:
    assert not compiled(repeat("r", one("more"), repeat_count="count(${r}[more = 'yes']) + 1")).problems


def test_rows_that_are_named_after_each_other_are_a_cycle() -> None:
    ready = compiled(
        repeat("r", row_of("next", "r"), text("a"), row_label="jr:choice-name(${next}, '${next}')"),
        computed("x", "jr:choice-name(${next}, '${next}')"),
    )
    assert [(problem.code, problem.place.path) for problem in ready.problems] == [("form.cycle", "r")]
    here = Filling(ready, Context(TODAY))
    here.add_row("r", A)
    here.set(f"r[{A}]/next", (A,))
    assert here.row_label(f"r[{A}]") == "1"


def test_a_name_used_twice_means_the_one_in_the_same_row() -> None:
    here = filling(
        repeat("r", number("amount"), computed("double", "${amount} * 2")),
        repeat("s", number("amount"), computed("triple", "${amount} * 3")),
    )
    here.add_row("s", A)
    here.set(f"s[{A}]/amount", n("2"))
    assert here.state(f"s[{A}]/triple").value == "6"


def test_a_name_used_twice_and_equally_near_is_ambiguous() -> None:
    ready = compiled(repeat("r", number("amount")), repeat("s", number("amount")), computed("x", "sum(${amount})"))
    assert only(*ready.problems).code == "form.ambiguous_name"


def test_the_columns_of_the_choices_are_the_names_of_a_choice_filter() -> None:
    assert not compiled(one("p", "province"), one("c", "city", choice_filter="province = ${p}")).problems
    ready = compiled(one("p", "province"), one("c", "city", choice_filter="provinc = ${p}"))
    assert only(*ready.problems).parameters["suggestion"] == "province"
    rows = (repeat("r", number("size")), row_of("x", "r", choice_filter="sise > 1"))
    assert only(*compiled(*rows).problems).parameters["suggestion"] == "size"


def test_words_for_truth_stand_for_constants() -> None:
    here = filling(text("a", required="yes"), text("b", required="no"), text("c", read_only="yes"))
    assert [here.state(name).required for name in "abc"] == [True, False, False]
    assert [here.state(name).read_only for name in "abc"] == [False, False, True]


def test_a_chain_of_a_thousand_calculations_does_not_recurse() -> None:
    chain = [computed(f"c{at}", f"${{c{at - 1}}} + 1" if at else "${head}") for at in range(1_000)]
    links = [text(f"t{at}", relevant=f"${{t{at - 1}}} != ''" if at else "${c999} > 1000") for at in range(1_000)]
    ready = compile_form(form(number("head"), *reversed(chain), *links))
    assert ready.problems == ()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        here = Filling(ready, Context(TODAY))
        here.set("head", n("5"))
        here.decided_by(("head",))
    finally:
        sys.setrecursionlimit(limit)
    assert here.state("c999").value == "1004"
    assert here.state("t0").relevant
    assert len(here.decided_by(("head",)).relevance) == 1_000


def test_a_sum_of_thousands_of_terms_does_not_recurse() -> None:
    here = filling(
        number("a"), computed("x", " + ".join(["${a}"] * 5_000)), computed("y", " or ".join(["${a}"] * 5_000))
    )
    here.set("a", n("1"))
    assert (here.state("x").value, here.state("y").value) == ("5000", "true")


def test_the_expression_of_a_removed_rule_leaves_no_trace_in_the_order() -> None:
    ready = compiled(computed("a", "${b}"), computed("b", "${a}"), number("c", constraint="${a} = ''"))
    assert [rule.kind for rule in ready.rules] == ["constraint"]
