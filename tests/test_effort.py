"""What expressions may look at: a form that would hardly ever end leaves blanks, the same on every laptop."""

import pytest

from assessor_tui.form.model import Question
from assessor_tui.logic import effort
from assessor_tui.logic.effort import MOST_LOOKS, MOST_LOOKS_OF_ACT, UNCOUNTED
from assessor_tui.logic.filling import Filling
from tests.logic_forms import computed, filling, repeat


def opened(*after: Question, inside: tuple[Question, ...] = (), rows: str = "1500") -> Filling:
    return filling(repeat("r", computed("x", "position(..)"), *inside, repeat_count=rows), *after)


def test_what_looks_at_everything_from_everywhere_is_blank_and_told() -> None:
    made = opened(
        computed("never", "count(//*[count(following::* | preceding::*) > 0])"),
        computed("soon", "sum(${x})"),
    )

    assert made.state("never").value is None
    assert made.state("soon").value == "1125750", "what asks for little has its answer all the same"
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

    made = opened(inside=(inside,), rows="400")

    first, *_, last = made.rows("r")
    assert made.state(f"r[{first}]/above").value == "399"
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
