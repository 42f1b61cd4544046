"""What names and paths mean, where they stand in groups and rows."""

from itertools import count

import pytest

from assessor_tui.form.model import Form, Question
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context
from assessor_tui.logic.reads import NEAR, PLACE, ROWS
from tests.logic_forms import TODAY, computed, form, group, number, repeat, text


def play(made: Form) -> Play:
    numbers = count(1)
    return Play(compile_form(made), Context(TODAY), lambda: f"{next(numbers):032x}")


def value(here: Play, path: str) -> str | None:
    return here.state()[path].value


def test_one_name_in_two_groups_means_the_one_that_stands_nearest() -> None:
    here = play(
        form(
            group("g", text("g.a", called="a"), computed("own_g", "${a}"), computed("other", "/data/h/a")),
            group("h", text("h.a", called="a"), computed("own_h", "../a"), group("i", computed("deep", "${a}"))),
        )
    )
    here.answer("g.a", "in g")
    here.answer("h.a", "in h")
    found = {name: value(here, f"/data[1]/{name}[1]") for name in ("g[1]/own_g", "g[1]/other", "h[1]/own_h")}
    assert found == {"g[1]/own_g": "in g", "g[1]/other": "in h", "h[1]/own_h": "in h"}
    assert value(here, "/data[1]/h[1]/i[1]/deep[1]") == "in h"


def test_what_stands_directly_inside_comes_before_what_stands_deeper() -> None:
    here = play(form(group("g", text("g.a", called="a")), text("a"), computed("x", "/data/a"), computed("y", "../a")))
    here.answer("g.a", "deep")
    here.answer("a", "here")
    assert (value(here, "/data[1]/x[1]"), value(here, "/data[1]/y[1]")) == ("here", "here")


def test_names_with_other_letters_are_those_of_expressions() -> None:
    here = play(form(Question("text", "q1", {}, called="größe"), computed("x", "concat(${größe}, /data/größe)")))
    here.answer("/data/größe", "3")
    assert value(here, "/data[1]/x[1]") == "33"


ROWS_FORM = (
    repeat(
        "r", number("a"), computed("own", "/data/r/a"), computed("rel", "../a"),
        computed("all", "sum(/data/r[true()]/a)"), computed("rows", "count(/data/r)"),
        computed("first", "/data/r[1]/a"),
        computed("before", "/data/r[position() = position(current()/..) - 1]/a"),
        computed("after", "coalesce(indexed-repeat(/data/r/a, /data/r, position(..) + 1), 'none')"),
        repeat("s", number("b"), computed("both", "/data/r/a * 10 + /data/r/s/b")),
    ),
    computed("outside", "sum(/data/r/a)"),
)  # fmt: skip


def test_an_absolute_path_into_the_own_row_means_that_row_as_far_as_no_predicate_says_otherwise() -> None:
    here = play(form(*ROWS_FORM))
    for at, number_text in ((1, "3"), (2, "5"), (3, "7")):
        here.add_row("r")
        here.answer(f"/data/r[{at}]/a", number_text)
    here.add_row("/data/r[2]/s")
    here.answer("/data/r[2]/s[1]/b", "1")
    names = ("own", "rel", "all", "rows", "first", "before", "after")
    assert [value(here, f"/data[1]/r[2]/{name}[1]") for name in names] == ["5", "5", "15", "3", "3", "3", "7"]
    assert value(here, "/data[1]/r[2]/s[1]/both[1]") == "51"
    assert value(here, "/data[1]/outside[1]") == "15"
    here.remove_row("/data/r[1]")
    assert [value(here, f"/data[1]/r[1]/{name}[1]") for name in names] == ["5", "5", "12", "2", "5", "", "7"]
    here.remove_row("/data/r[2]")
    assert value(here, "/data[1]/r[1]/after[1]") == "none"


def test_what_reads_its_number_or_a_neighbour_reads_no_other_row() -> None:
    ready = compile_form(form(*ROWS_FORM, repeat("t", text("c"), computed("place", "position(..)"))))
    aspects = {
        rule.definition.name: {use.aspect for use in rule.uses if use.aspect in (ROWS, PLACE, NEAR)}
        for rule in ready.rules
    }
    assert aspects["place"] == {PLACE}
    assert aspects["before"] == aspects["after"] == {NEAR}
    assert aspects["rows"] == {ROWS}


def test_a_path_that_leads_nowhere_is_told_and_gives_nothing() -> None:
    made = form(text("a"), computed("x", "concat('[', /data/gone/far, ../gone, ']')"))
    ready = compile_form(made)
    assert {(each.code, each.parameters["found"]) for each in ready.problems} == {("form.unknown_name", "gone")}
    assert value(play(made), "/data[1]/x[1]") == "[]"


@pytest.mark.parametrize(("said", "asked"), [("0", False), ("2", True), ("", False)])
def test_a_number_by_itself_holds_unless_it_is_nought(said: str, asked: bool) -> None:
    here = play(form(number("n"), text("a", relevant="${n}"), text("b", relevant="not(${n})")))
    here.answer("n", said)
    assert here.state()["/data[1]/a[1]"].relevant is asked
    assert here.state()["/data[1]/b[1]"].relevant is not asked


def test_a_repeat_that_asks_for_the_number_of_its_row_is_relevant_row_by_row() -> None:
    here = play(form(repeat("r", number("a"), relevant="position() > 1"), computed("sum", "sum(${a})")))
    for at in (1, 2, 3):
        here.add_row("r")
        here.answer(f"/data/r[{at}]/a", str(at))
    assert [here.state()[f"/data[1]/r[{at}]"].relevant for at in (1, 2, 3)] == [False, True, True]
    assert value(here, "/data[1]/sum[1]") == "5"
    here.remove_row("/data/r[1]")
    assert value(here, "/data[1]/sum[1]") == "3"
