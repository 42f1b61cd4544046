"""A filling played without a visit: opened, answered, rows added and removed."""

from collections.abc import Callable, Mapping
from itertools import count

import pytest

from assessor_tui.form.model import Action, Form, Question
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context
from tests.logic_forms import TODAY, computed, form, group, many, number, one, repeat, text


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


def play(made: Form, last_saved: Mapping[str, str] | None = None, *, first: int = 1, strict: bool = True) -> Play:
    context = Context(
        TODAY, now=f"{TODAY}T09:30:00.000+08:00", username="Chan", deviceid="d1", last_saved=last_saved or {}
    )
    return Play(compile_form(made), context, ids(), first=first, strict=strict)


def whole(name: str, **columns: object) -> Question:
    return Question("integer", name, {"en-HK": name}, **columns)  # type: ignore[arg-type]


def values(here: Play) -> dict[str, str | None]:
    return {path: state.value for path, state in here.state().items() if state.value is not None}


def test_a_form_is_opened_with_first_rows_defaults_what_is_set_on_loading_and_metadata() -> None:
    rows: tuple[dict[str, str], ...] = ({"a": "kept"}, {}, {"a": ""})
    inner = repeat("s", text("b", default="7"), first_rows=({},))
    here = play(
        form(
            Question("start", "begun"), Question("today", "day"), Question("username", "who"), Question("end", "ended"),
            text("loaded", actions=(Action("load", "concat(${n}, '!')"),)), number("n", default="2 + 3"),
            number("m", default="4"), number("later", default="${m} + count(${r})"),
            repeat("r", text("a", default="usual"), inner, first_rows=rows),
        )
    )  # fmt: skip
    found = values(here)
    assert found["/data[1]/begun[1]"] == f"{TODAY}T09:30:00.000+08:00"
    assert (found["/data[1]/day[1]"], found["/data[1]/who[1]"], found["/data[1]/ended[1]"]) == (TODAY, "Chan", "")
    assert (found["/data[1]/m[1]"], found["/data[1]/later[1]"]) == ("4", "7")
    assert [found[f"/data[1]/r[{at}]/a[1]"] for at in (1, 2, 3)] == ["kept", "usual", ""]
    assert found["/data[1]/r[3]/s[1]/b[1]"] == "7"
    assert len(here.opened.rows) == 6
    assert here.opened.answers["m"] == Quantity("4")


def test_what_is_said_once_is_said_of_first_rows_and_defaults_too() -> None:
    here = play(
        form(
            computed("often", "once(count(${r}))"), computed("word", "once(coalesce(${n}, 'none'))"),
            text("n", default="some"),
            repeat("r", text("a", default="x"), computed("c", "once(concat(${a}, count(${r})))"), first_rows=({}, {})),
            repeat("t", text("d", default="y"), computed("e", "once(${d})"), repeat_count="2"),
        )
    )  # fmt: skip
    found = values(here)
    assert (found["/data[1]/often[1]"], found["/data[1]/word[1]"]) == ("2", "some")
    assert [found[f"/data[1]/r[{at}]/c[1]"] for at in (1, 2)] == ["x2", "x2"]
    assert [found[f"/data[1]/t[{at}]/{name}[1]"] for at in (1, 2) for name in ("d", "e")] == ["y"] * 4
    here.add_row("/data/r")
    here.answer("/data/n", "else")
    found = values(here)
    assert (found["/data[1]/often[1]"], found["/data[1]/word[1]"]) == ("2", "some")
    assert [found[f"/data[1]/r[{at}]/c[1]"] for at in (1, 2, 3)] == ["x2", "x2", "x3"]


def test_paths_of_odk_count_from_what_is_said_and_ours_are_taken_too() -> None:
    made = form(group("g", repeat("r", text("a"))))
    for first in (0, 1):
        here = play(made, first=first)
        ours = here.add_row("/data/g/r")
        assert here.path(f"/data/g[{first}]/r[{first}]/a") == f"{ours}/a"
        here.answer(f"/data/g/r[{first}]/a", "x")
        here.add_row(f"/data/g/r[{first}]")  # before it
        here.answer(f"{ours}/a", "y")
        assert [values(here)[f"/data[1]/g[1]/r[{at}]/a[1]"] for at in (1, 2)] == ["", "y"]
        here.remove_row(f"/data/g/r[{first}]")
        assert values(here) == {"/data[1]/g[1]/r[1]/a[1]": "y"}
    for wrong in ("/data/g/x", "/data/g/r[7]/a", "/data/h"):
        with pytest.raises(KeyError):
            here.answer(wrong, "z")


def test_an_answer_that_breaks_its_constraint_is_refused_with_the_reason_or_kept_and_flagged() -> None:
    made = form(whole("n", constraint=". < 10"), whole("free"), many("which"), one("yes"))
    here = play(made)
    assert [problem.code for problem in here.answer("n", "12")] == ["answer.constraint"]
    assert [problem.code for problem in here.answer("n", "no number")] == ["answer.type", "answer.constraint"]
    assert values(here)["/data[1]/n[1]"] == ""
    assert here.answer("n", "9") == ()
    assert [problem.code for problem in here.answer("free", "many")] == ["answer.type"]
    assert values(here)["/data[1]/free[1]"] == "many"
    assert here.answer("which", "output input") == ()
    assert here.filling.state("which").value == ("output", "input")
    assert here.answer("which", "") == ()
    assert here.filling.state("which").value is None
    lenient = play(made, strict=False)
    lenient.answer("n", "12")
    assert values(lenient)["/data[1]/n[1]"] == "12"


def test_an_action_follows_a_real_change_of_any_of_its_sources_also_of_a_computed_one() -> None:
    here = play(
        form(
            number("a"), number("b"), computed("sum", "coalesce(${a}, 0) + coalesce(${b}, 0)"),
            text("told", actions=(Action("change", "concat(${sum}, ';', ${told})", "${sum}"),)),
            text("cleared", actions=(Action("change", "", "${a} ${b}"),)),
        )
    )  # fmt: skip
    here.answer("cleared", "x")
    here.answer("a", "1")
    assert (values(here)["/data[1]/told[1]"], values(here)["/data[1]/cleared[1]"]) == ("1;", "")
    here.answer("cleared", "x")
    here.answer("a", "1")
    assert (values(here)["/data[1]/told[1]"], values(here)["/data[1]/cleared[1]"]) == ("1;", "x")
    here.answer("b", "0")
    assert (values(here)["/data[1]/told[1]"], values(here)["/data[1]/cleared[1]"]) == ("1;", "")


def test_an_action_in_a_row_stays_in_it_and_a_new_row_begins_with_what_is_said_of_it() -> None:
    here = play(
        form(
            repeat(
                "r", text("a"), text("b", actions=(Action("change", "concat(${a}, '!')", "${a}"),)),
                text("place", actions=(Action("row", "position(..)"),)),
                text("before", default="${r}[position() = position(current()/..) - 1]/a"),
            )
        )
    )  # fmt: skip
    one_row, other = here.add_row("r"), None
    here.answer(f"{one_row}/a", "x")
    other = here.add_row("r")
    here.answer(f"{other}/a", "y")
    found = values(here)
    assert [found[f"/data[1]/r[{at}]/b[1]"] for at in (1, 2)] == ["x!", "y!"]
    assert [found[f"/data[1]/r[{at}]/place[1]"] for at in (1, 2)] == ["1", "2"]
    assert [found[f"/data[1]/r[{at}]/before[1]"] for at in (1, 2)] == ["", "x"]


def test_counted_rows_begin_with_their_defaults_once() -> None:
    inner = (text("a", default="concat('row ', position(..))"), text("b"))
    here = play(form(number("n"), repeat("r", *inner, repeat_count="${n}")))
    here.answer("n", "2")
    assert [values(here)[f"/data[1]/r[{at}]/a[1]"] for at in (1, 2)] == ["row 1", "row 2"]
    here.answer("/data/r[2]/a", "")
    here.answer("/data/r[2]/b", "mine")
    here.answer("n", "1")
    here.answer("n", "2")
    assert values(here)["/data[1]/r[2]/a[1]"] == "", "what was cleared stays cleared while its row is away"
    here.answer("/data/r[2]/b", "")
    here.answer("n", "1")
    here.answer("n", "2")
    assert values(here)["/data[1]/r[2]/a[1]"] == "row 2", "a row in which nothing stands begins again"


def test_the_visit_before_is_asked_by_the_name_of_a_question() -> None:
    made = form(number("meter", default="${last-saved#meter}"), computed("more", "${meter} - ${last-saved#meter}"))
    here = play(made, {"meter": "120"})
    here.answer("meter", "150")
    assert values(here)["/data[1]/more[1]"] == "30"
    assert values(play(made))["/data[1]/meter[1]"] == ""


def test_what_never_comes_to_rest_ends() -> None:
    here = play(form(whole("a", actions=(Action("change", "${a} + 1", "${a}"),))))
    here.answer("a", "1")
    assert here.filling.unsteady
    assert [(each.code, each.place.path) for each in here.filling.cut_off()] == [("lint.never_ends", "a")]
    assert here.filling.cut_off("a") == here.filling.cut_off()
