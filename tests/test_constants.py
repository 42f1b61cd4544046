import pytest

from assessor_tui.logic.constants import constant, errors, is_constant
from assessor_tui.logic.parser import parse


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("concat('a', round(2.5))", "a3"),
        ("-(1)", -1.0),
        ("${a} + 1", None),
        ("today()", None),
        (". = 1", None),
        ("string-length()", None),
        ("random()", None),
        ("true(1)", None),
    ],
)
def test_what_says_nothing_but_constants_is_worth_the_same_everywhere(expression: str, expected: object) -> None:
    assert constant(parse(expression)) == expected


def test_a_constant_reads_no_answer() -> None:
    assert is_constant(parse("if(1 = 1, date('2026-11-12'), 'x')"))
    assert not is_constant(parse("jr:choice-name('a', '${b}')"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (". > date('12 Nov')", [("date('12 Nov')", "value.date")]),
        ("geofence(., '22.3 114')", []),
        ("geofence(., 'the yard')", [("geofence(., 'the yard')", "value.place")]),
        ("digest(${a}, 'SHA-3')", [("digest(${a}, 'SHA-3')", "value.digest")]),
        ("regex(., '[')", [("regex(., '[')", "value.pattern")]),
        ("string(date('soon'))", [("date('soon')", "value.date")]),
        ("date(${a})", []),
        ("${a}[b = date('x')]", [("date('x')", "value.date")]),
        ("1 + 1", []),
    ],
)
def test_calls_that_can_have_no_answer_are_found_before_anyone_answers(
    expression: str, expected: list[tuple[str, str]]
) -> None:
    found = [(expression[call.start : call.end], reason) for call, reason in errors(parse(expression))]
    assert found == expected
