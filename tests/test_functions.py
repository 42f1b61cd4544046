"""What each function gives, seen through a calculation of a form."""

import pytest

from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.functions import FORMS, FUNCTIONS, takes
from tests.logic_forms import A, B, compiled, computed, filling, n, number, repeat, text, worth


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1 div 3", "0.33333333333333"),
        ("7 mod 3", "1"),
        ("1 div 0", None),
        ("0 div 0", None),
        ("round(2.5)", "3"),
        ("round(1234.567, 1)", "1234.6"),
        ("int(-3.7)", "-3"),
        ("int('4.2')", "4"),
        ("number('12')", "12"),
        ("floor(-1.5) + ceiling(1.2)", "0"),
        ("abs(-3) + pow(2, 3) + sqrt(9)", "14"),
        ("sqrt(-1)", None),
        ("exp10(2) + log10(1000)", "103"),
        ("min(3, 1, '')", "1"),
        ("max('', 2)", "2"),
        ("max('')", None),
        ("if(1 > 2, 'a', 'b')", "b"),
        ("coalesce('', 'x')", "x"),
        ("concat('a', 1, true())", "a1true"),
        ("join('-', 'a', 'b', 'c')", "a-b-c"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -2)", "lo"),
        ("substring('hello', 2, 3)", "ell"),
        ("substring-before('a=b', '=')", "a"),
        ("substring-before('ab', '')", None),
        ("substring-after('a=b', '=')", "b"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("string-length('排放口')", "3"),
        ("normalize-space('  a  b ')", "a b"),
        ("contains('abc', 'b') and starts-with('abc', 'a') and ends-with('abc', 'c')", "true"),
        ("regex('12', '[0-9]{2}')", "true"),
        ("regex('123', '[0-9]{2}')", "false"),
        ("regex('2026-13', '[0-9]{4}-(0[1-9]|1[0-2])')", "false"),
        ("regex('x', '(')", None),
        ("selected('a b c', 'b')", "true"),
        ("selected('ab', 'b')", "false"),
        ("count-selected('a b')", "2"),
        ("selected-at('a b', 1)", "b"),
        ("selected-at('a b', 2)", None),
        ("not('')", "true"),
        ("boolean-from-string('false')", "false"),
        ("boolean('false')", "true"),
        ("checklist(1, 2, true(), false())", "true"),
        ("weighted-checklist(5, 9, true(), 4, false(), 3, true(), 2)", "true"),
        ("date('2026-02-30')", None),
        ("date('2026-02-28') + 1 = date('2026-03-01')", "true"),
        ("date(20769)", "2026-11-12"),
        ("today()", "2026-11-12"),
        ("today() > '2026-11-11'", "true"),
        ("today() - date('2026-11-02')", "10"),
        ("format-date('2026-03-05', '%d.%n.%Y %a %b')", "05.3.2026 Thu Mar"),
        ("format-date('soon', '%Y')", None),
        ("decimal-time('06:00')", "0.25"),
        ("digest('a', 'SHA-256', 'hex')", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("base64-decode('aGk=')", "hi"),
        ("pi() > 3.14", "true"),
    ],
)
def test_a_function_gives(expression: str, expected: str | None) -> None:
    assert worth(expression) == expected


def test_a_pattern_that_would_run_for_ever_is_false() -> None:
    assert worth(f"regex('{'a' * 200}b', '(a+)+c')") == "false"


def test_chance_is_the_same_on_every_laptop_and_differs_by_row_and_seed() -> None:
    def drawn(seed: int) -> list[object]:
        here = filling(repeat("r", computed("x", "random()")), computed("id", "uuid()"), seed=seed)
        here.add_row("r", A)
        here.add_row("r", B)
        return [here.state(path).value for path in (f"r[{A}]/x", f"r[{B}]/x", "id")]

    first, second, name = drawn(1)
    assert first != second
    assert drawn(1) == [first, second, name]
    assert drawn(2) != [first, second, name]
    assert 0 <= float(str(first)) < 1


def test_once_keeps_its_first_result() -> None:
    here = filling(text("a"), computed("first", "once(${a})"))
    here.set("a", "x")
    here.set("a", "y")
    assert here.state("first").value == "x"


def test_a_sum_skips_blanks_and_shows_what_is_no_number() -> None:
    here = filling(repeat("r", number("a"), text("b")), computed("sum", "sum(${a})"), computed("bad", "sum(${b})"))
    here.add_row("r", A)
    here.add_row("r", B)
    here.set(f"r[{A}]/a", n("2.5"))
    here.set(f"r[{A}]/b", "two")
    assert here.state("sum").value == "2.5"
    assert here.state("bad").value is None


@pytest.mark.parametrize("name", [*FUNCTIONS, *FORMS])
def test_every_function_refuses_the_wrong_number_of_arguments(name: str) -> None:
    least, most = FORMS[name] if name in FORMS else (FUNCTIONS[name].least, FUNCTIONS[name].most)
    for count in {most + 1, least - 1} - {-1}:
        if count < 100:
            (problem,) = compiled(computed("x", f"{name}({', '.join(['1'] * count)})")).problems
            assert problem.code == "form.arguments"


def test_a_mistake_says_how_many_arguments_there_should_be() -> None:
    assert [takes(name) for name in ("pi", "round", "concat", "join", "indexed-repeat")] == [
        "0",
        "1–2",
        "≥ 0",
        "≥ 1",
        "3–7",
    ]
    (problem,) = compiled(computed("x", "round(1, 2, 3)")).problems
    assert problem.parameters["takes"] == "1–2"


HOSTILE = ["''", "'x'", "-1", "1 div 0", "0 div 0", "today()", "true()", "'9' * 1", "../*", "pow(10, 300)"]


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if function.least or function.most])
def test_no_function_crashes_on_any_value(name: str) -> None:
    function = FUNCTIONS[name]
    for value in HOSTILE:
        ready = compiled(text("a"), computed("x", f"{name}({', '.join([value] * max(1, function.least))})"))
        if ready.problems:
            assert {problem.code for problem in ready.problems} == {"form.not_nodes"}
            continue
        result = Filling(ready, Context("2026-11-12")).state("x").value
        assert result is None or isinstance(result, str)
