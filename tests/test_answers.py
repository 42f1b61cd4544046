"""What can be an answer to which question, and what expressions see of it."""

import pytest

from assessor_tui.form.model import Question
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.answers import answer_of, misfit, parameters_of, range_of, text_of, value_of


def question(kind: str, **columns: object) -> Question:
    return Question(kind, "q", **columns)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("time", "09:30", True), ("time", "23:59:59.999+08:00", True), ("time", "24:00", False),
        ("time", "9:30", False), ("datetime", "2026-11-12T09:30:00.000+08:00", True), ("datetime", "x", False),
        ("datetime", "2026-11-12", False), ("date", "2026-11-12", True), ("date", "2026-11-31", False),
        ("geopoint", "22.3 114.2 0 0", True), ("geopoint", "22.3 114.2;22.4 114.2", False), ("geopoint", "here", False),
        ("geotrace", "22.3 114.2;22.4 114.2", True), ("geoshape", "1 1;1 2;2 2;1 1", True), ("geotrace", "99 1", False),
        ("rank", ("a", "b"), True), ("rank", "a", False), ("select_one", ("a", "b"), False),
        ("hidden", "x", True), ("today", "2026-11-12", True), ("acknowledge", "OK", True),
        ("integer", Quantity("3"), True), ("integer", Quantity("3.5"), False), ("decimal", Quantity("3.5"), True),
    ],
)  # fmt: skip
def test_what_can_be_an_answer(kind: str, value: Value, fits: bool) -> None:
    assert (misfit(question(kind), value) is None) is fits


@pytest.mark.parametrize(
    ("parameters", "number", "fits"),
    [
        ("", "10", True), ("", "11", False), ("", "1.5", False), ("start=0 end=1 step=0.1", "0.3", True),
        ("start=0 end=1 step=0.1", "0.35", False), ("start=10 end=0 step=2", "4", True), ("end=5", "-1", False),
    ],
)  # fmt: skip
def test_a_range_takes_its_steps_from_start_to_end(parameters: str, number: str, fits: bool) -> None:
    wrong = misfit(question("range", parameters=parameters), Quantity(number))
    assert (wrong is None) is fits
    if wrong is not None:
        assert wrong[0] == "answer.range"
        assert set(wrong[1]) == {"start", "end", "step"}


def test_a_range_that_says_nothing_goes_from_nought_to_ten() -> None:
    assert range_of(question("range")) == (0, 10, 1)
    assert range_of(question("range", parameters="start=x end=3")) == (0, 3, 1)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "7.9", Quantity("7")), ("decimal", "07.50", Quantity("7.5")), ("decimal", "many", "many"),
        ("rank", "b a b", ("b", "a")), ("select_one", "a", ("a",)), ("text", " a b ", "a b"), ("text", "  ", None),
        ("integer", "-0.4", Quantity("0")),
    ],
)  # fmt: skip
def test_a_text_is_taken_as_its_question_takes_it(kind: str, text: str, value: Value | None) -> None:
    assert answer_of(question(kind), text) == value


def test_a_result_that_cannot_be_an_answer_is_none_and_expressions_see_nothing_of_what_does_not_fit() -> None:
    assert value_of(question("decimal"), "many") is None
    assert value_of(question("decimal"), float("nan")) is None
    assert text_of(question("decimal"), "many") == ""
    assert text_of(question("rank"), ("b", "a")) == "b a"


def test_parameters_are_read_however_they_are_divided() -> None:
    expected = {"randomize": "true", "seed": "${x}", "value": "id"}
    for written in ("randomize=true seed=${x} value=id", "randomize=true, seed=${x}, value=id",
                    "Randomize = true;seed=${x} ;  value=id "):  # fmt: skip
        assert parameters_of(written) == expected
    assert parameters_of("seed=if(${a} = 1, 2, 3) label=name") == {"seed": "if(${a} = 1, 2, 3)", "label": "name"}
    assert parameters_of("") == {}
