"""What expressions may look at: a form that would hardly ever end leaves blanks, the same on every laptop."""

import pytest

from assessor_tui.form.model import Node, Question
from assessor_tui.logic import effort, recalculation
from assessor_tui.logic.effort import MOST_LOOKS, MOST_LOOKS_OF_ACT, UNCOUNTED
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.lint import lint
from tests.logic_forms import compiled, computed, filling, repeat, text


@pytest.fixture(autouse=True)
def _few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of what is allowed, so that a tenth of the rows shows it."""
    monkeypatch.setattr(recalculation, "MOST_LOOKS", MOST_LOOKS // 10)
    monkeypatch.setattr(effort, "MOST_LOOKS_OF_ACT", MOST_LOOKS_OF_ACT // 10)


def opened(*after: Question, inside: tuple[Question, ...] = (), rows: str = "400") -> Filling:
    return filling(repeat("r", computed("x", "position(..)"), *inside, repeat_count=rows), *after)


def test_what_looks_at_everything_from_everywhere_is_blank_and_told() -> None:
    made = opened(
        computed("never", "count(//*[count(following::* | preceding::*) > 0])"),
        computed("soon", "sum(${x})"),
    )

    assert made.state("never").value is None
    assert made.state("soon").value == "80200", "what asks for little has its answer all the same"
    assert [(rule.definition.path, rule.kind) for rule in made.given_up] == [("never", "calculation")]


@pytest.mark.parametrize(
    "expression",
    [
        "count(//*[following::zzz])",
        "count(//*[preceding::zzz])",
        "count(//*[count(descendant-or-self::*[count(//*) > 0]) > 1])",
        "count(//*[count(../../*/*) > 0])",
    ],
)
def test_every_way_through_the_form_counts(expression: str) -> None:
    made = opened(computed("n", expression))

    assert made.state("n").value is None
    assert made.given_up


def test_each_of_many_rows_may_look_at_all_others() -> None:
    inside = computed("above", "count(${r}[x > current()/../x])")

    made = opened(inside=(inside,), rows="150")

    first, *_, last = made.rows("r")
    assert made.state(f"r[{first}]/above").value == "149"
    assert made.state(f"r[{last}]/above").value == "0"
    assert not made.given_up


def test_all_expressions_together_end_however_many_rows_they_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "MOST_LOOKS_OF_ACT", 100_000)
    each = computed("y", "count(//*[string(.) != current()/../x])")

    made = opened(inside=(each,), rows="300")

    assert made.given_up
    assert made.effort.act == UNCOUNTED, "the next answer begins anew"


def test_nodes_that_are_all_alike_are_compared_in_one_go() -> None:
    made = opened(
        computed("differs", "if(${x}[. > 0] != ${x}, 'yes', 'no')"),
        computed("less", "if(${x} < ${x}[. = 1], 'yes', 'no')"),
        computed("no_less", "if(${x} <= ${x}[. = 1], 'yes', 'no')"),
        rows="2000",
    )

    assert [made.state(name).value for name in ("differs", "less", "no_less")] == ["yes", "no", "yes"]
    assert not made.given_up


def test_one_expression_cannot_take_all_that_an_act_may_look_at() -> None:
    assert MOST_LOOKS * 2 < MOST_LOOKS_OF_ACT


@pytest.mark.parametrize(
    ("children", "told"),
    [
        ((repeat("r", text("x"), repeat_count="count(${r}) + 1"),), "r"),
        ((repeat("r", text("x"), repeat_count="1000000000"),), "r"),
        ((repeat("r", text("x"), repeat_count="1 div 0"),), "r"),
        (
            (
                repeat("r", text("x"), repeat_count="count(${s}) + 1"),
                repeat("s", text("y"), repeat_count="count(${r}) + 1"),
            ),
            "r",
        ),
        ((repeat("r", repeat("s", text("y"), repeat_count="count(${r}) + 1"), repeat_count="count(${s}) + 1"),), "r"),
        (
            (text("a"), computed("b", "${a} + 1"), repeat("r", text("x"), repeat_count="count(//*[following::zzz])")),
            "",
        ),
    ],
)
def test_rows_that_never_end_are_told_by_the_check(
    children: tuple[Node, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "MAX_COUNTED", 3_000)

    found = [problem for problem in lint(compiled(*children)) if problem.code == "lint.never_ends"]

    assert [problem.place.path for problem in found][:1] == [told] * bool(told)
    assert all(problem.parameters["column"] == "repeat_count" for problem in found)
