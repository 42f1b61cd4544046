import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form.model import Choice, Form, Node, Question, Repeat
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.trying import tried
from tests.logic_forms import (
    TODAY,
    A,
    B,
    C,
    D,
    compiled,
    computed,
    filling,
    group,
    many,
    n,
    number,
    one,
    repeat,
    row_of,
    text,
)


def codes(filling: Filling, path: str) -> list[str]:
    return [problem.code for problem in filling.state(path).problems]


# Relevance


def test_an_answer_that_is_not_relevant_is_kept_and_seen_as_blank() -> None:
    here = filling(one("ask"), number("a", relevant="${ask} = 'yes'"), computed("b", "coalesce(${a}, 'blank')"))
    here.set("ask", ("yes",))
    here.set("a", n("5"))
    assert here.state("b").value == "5"
    changes = here.set("ask", ("no",))
    assert changes.relevance == {"a"}
    assert changes.values == {"ask", "b"}
    assert (here.state("a").relevant, here.state("a").value, here.state("b").value) == (False, n("5"), "blank")
    here.set("ask", ("yes",))
    assert here.state("b").value == "5"


def test_relevance_is_inherited_through_groups_repeats_and_rows() -> None:
    here = filling(
        one("ask"),
        group("g", repeat("r", group("h", text("t", required="yes")), at_least=2), relevant="${ask} = 'yes'"),
    )
    here.add_row("r", A)
    assert [item.path for item in here.items()] == ["ask"]
    assert here.problems == {}
    changes = here.set("ask", ("yes",))
    assert changes.relevance == {"g", "r", f"r[{A}]/h", f"r[{A}]/t"}
    assert changes.problems == {"r", f"r[{A}]/t"}
    assert [(item.kind, item.path, item.depth) for item in here.items()] == [
        ("question", "ask", 0),
        ("group", "g", 0),
        ("repeat", "r", 1),
        ("row", f"r[{A}]", 2),
        ("group", f"r[{A}]/h", 3),
        ("question", f"r[{A}]/t", 4),
    ]


def test_what_is_not_relevant_is_blank_also_in_filters_and_counts() -> None:
    here = filling(
        one("ask"),
        repeat("r", number("a", relevant="${ask} = 'yes'")),
        computed("blank", "count(${r}[a = ''])"),
        computed("answers", "count(${a})"),
        computed("rows", "count(${r})"),
    )
    here.add_row("r", A)
    here.set(f"r[{A}]/a", n("1"))
    assert [here.state(name).value for name in ("blank", "answers", "rows")] == ["1", "0", "1"]
    here.set("ask", ("yes",))
    assert [here.state(name).value for name in ("blank", "answers", "rows")] == ["0", "1", "1"]


def test_rows_of_a_repeat_that_is_not_relevant_do_not_count() -> None:
    here = filling(one("ask"), repeat("r", number("a"), relevant="${ask} = 'yes'"), computed("rows", "count(${r})"))
    here.add_row("r", A)
    assert here.state("rows").value == "0"
    here.set("ask", ("yes",))
    assert here.state("rows").value == "1"


def test_who_depends_for_relevance_is_found_through_others_and_in_the_same_row_only() -> None:
    here = filling(
        one("ask"),
        computed("asked", "if(${ask} = 'yes', 1, 0)"),
        group("g", text("a"), text("b", relevant="${a} != ''"), relevant="${asked} = 1"),
        text("c", relevant="${b} = 'x'"),
        text("free"),
        repeat("r", one("more"), text("why", relevant="${more} = 'yes'")),
    )
    here.add_row("r", A)
    here.add_row("r", B)
    assert here.decided_by(("ask",)).relevance == {"a", "b", "c"}
    assert here.decided_by(("a",)).relevance == {"b", "c"}
    assert here.decided_by(("free",)).relevance == frozenset()
    assert here.decided_by((f"r[{A}]/more",)).relevance == {f"r[{A}]/why"}


# What is demanded and what is wrong


def test_a_required_answer_that_is_missing_is_a_problem_and_any_other_status_is_none() -> None:
    here = filling(one("ask"), text("a", required="${ask} = 'yes'"))
    assert not here.state("a").required
    changes = here.set("ask", ("yes",))
    assert changes.problems == {"a"}
    assert codes(here, "a") == ["answer.required"]
    for status in ("not applicable", "to come"):
        here.set("a", None, status)
        assert (here.state("a").status, codes(here, "a")) == (status, [])
    here.set("a", None, "missing")
    assert codes(here, "a") == ["answer.required"]
    here.set("a", "said")
    assert here.problems == {}


def test_notes_and_calculations_are_never_required() -> None:
    here = filling(Question("note", "n", required="yes"), computed("c", "''", required="yes"))
    assert here.problems == {}


def test_an_answer_that_breaks_its_constraint_is_kept_and_flagged_as_soon_as_it_does() -> None:
    here = filling(number("most"), number("a", constraint=". <= ${most}", warning=". > 0"))
    here.set("most", n("10"))
    here.set("a", n("11"))
    assert (here.state("a").value, codes(here, "a")) == (n("11"), ["answer.constraint"])
    assert here.set("most", n("12")).problems == {"a"}
    assert codes(here, "a") == []
    here.set("a", n("-1"))
    assert codes(here, "a") == ["answer.warning"]


def test_a_blank_answer_breaks_no_constraint() -> None:
    assert filling(number("a", constraint="false()", warning="false()")).problems == {}


def test_a_result_can_be_warned_about() -> None:
    here = filling(number("a"), computed("gap", "${a} * 2", warning=". < 5"))
    here.set("a", n("3"))
    assert codes(here, "gap") == ["answer.warning"]


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        (Question("integer", "q"), Quantity("3"), []),
        (Question("integer", "q"), Quantity("3.5"), ["answer.type"]),
        (Question("integer", "q"), "3", ["answer.type"]),
        (Question("decimal", "q"), Quantity("3.5"), []),
        (Question("decimal", "q"), Quantity("3", "kg"), ["answer.type"]),
        (Question("quantity", "q", units=("kg", "t")), Quantity("3", "t"), []),
        (Question("quantity", "q", units=("kg", "t")), Quantity("3", "kWh"), ["answer.unit"]),
        (Question("quantity", "q", units=("kg",)), Quantity("3"), ["answer.unit"]),
        (Question("date", "q"), "2026-11-12", []),
        (Question("date", "q"), "2026-11-31", ["answer.type"]),
        (Question("date", "q"), "12.11.2026", ["answer.type"]),
        (Question("text", "q"), ("a",), ["answer.type"]),
        (one("q"), ("yes",), []),
        (one("q"), ("maybe",), ["answer.choice_gone"]),
        (one("q"), ("yes", "no"), ["answer.type"]),
        (one("q"), "yes", ["answer.type"]),
        (many("q"), ("input", "output"), []),
        (many("q"), Quantity("1"), ["answer.type"]),
        (Question("acknowledge", "q"), "OK", []),
        (Question("file", "q"), Evidence("photo", {"name": "roof.jpg"}), []),
        (Question("file", "q"), ("a",), ["answer.type"]),
    ],
)
def test_an_answer_must_fit_its_type(question: Question, value: Value, expected: list[str]) -> None:
    here = filling(question)
    assert [problem.code for problem in here.check("q", value)] == expected
    assert here.state("q").value is None
    here.set("q", value)
    assert codes(here, "q") == expected


def test_an_answer_of_the_wrong_type_is_blank_to_others() -> None:
    here = filling(number("a"), computed("b", "coalesce(${a}, 'blank')"))
    here.set("a", "twelve")
    assert here.state("b").value == "blank"


def test_checking_a_value_looks_at_the_present_answers_and_leaves_no_trace() -> None:
    here = filling(number("a", constraint=". < ${b} and ${a} = ."), number("b"), computed("c", "${a} + 0"))
    here.set("b", n("5"))
    here.set("a", n("1"))
    assert [problem.code for problem in here.check("a", n("6"))] == ["answer.constraint"]
    assert here.check("a", n("4")) == ()
    assert here.check("a", None) == ()
    assert (here.state("a").value, here.state("c").value) == (n("1"), "1")


def test_read_only_is_inherited() -> None:
    here = filling(one("lock"), group("g", repeat("r", text("a")), read_only="${lock} = 'yes'"), text("b"))
    here.add_row("r", A)
    here.set("lock", ("yes",))
    assert (here.state(f"r[{A}]/a").read_only, here.state("b").read_only) == (True, False)


# Numbers


def test_an_expression_sees_a_quantity_in_the_first_unit() -> None:
    here = filling(
        Question("quantity", "mass", units=("kg", "t"), constraint=". < 2000"), computed("double", "${mass} * 2")
    )
    here.set("mass", n("1.5", "t"))
    assert (here.state("double").value, here.state("mass").value) == ("3000", n("1.5", "t"))
    here.set("mass", n("2", "t"))
    assert codes(here, "mass") == ["answer.constraint"]


def test_adding_decimals_shows_what_people_expect() -> None:
    here = filling(repeat("r", number("a")), computed("sum", "sum(${a})"), computed("gap", "${sum} - 0.3"))
    for row, digits in ((A, "0.1"), (B, "0.2")):
        here.add_row("r", row)
        here.set(f"r[{row}]/a", n(digits))
    assert (here.state("sum").value, here.state("gap").value) == ("0.3", "0")


def test_a_register_finds_its_double_entries() -> None:
    twice = "count(${entries}[kind = ${kind} and label = ${label}]) < 2"
    here = filling(repeat("entries", one("kind", "kind"), text("label", warning=twice)))
    for row in (A, B, C):
        here.add_row("entries", row)
        here.set(f"entries[{row}]/kind", ("input",))
        here.set(f"entries[{row}]/label", "meter" if row != C else "other")
    assert set(here.problems) == {f"entries[{A}]/label", f"entries[{B}]/label"}
    here.set(f"entries[{B}]/kind", ("output",))
    assert here.problems == {}


# Choices


def test_choices_follow_their_filter_and_a_choice_that_is_gone_is_kept_and_flagged() -> None:
    here = filling(one("province", "province"), one("city", "city", choice_filter="province = ${province}"))
    assert here.choices("city") == ()
    here.set("province", ("gd",))
    assert [choice.name for choice in here.choices("city")] == ["foshan", "zhuhai"]
    here.set("city", ("foshan",))
    assert here.set("province", ("hk",)).problems == {"city"}
    assert (here.state("city").value, codes(here, "city")) == (("foshan",), ["answer.choice_gone"])


def test_a_select_of_rows_offers_them_by_label_and_survives_renaming() -> None:
    here = filling(
        repeat("nodes", text("title"), computed("id", "row-id()"), row_label="${title}"),
        repeat("flows", row_of("source", "nodes"), number("amount")),
        computed("out", "sum(${flows}[source = current()/../wanted]/amount)"),
        row_of("wanted", "nodes"),
        computed("said", "jr:choice-name(${wanted}, '${wanted}')"),
    )
    for row in (A, B):
        here.add_row("nodes", row)
    here.set(f"nodes[{A}]/title", "Boiler")
    assert here.choices("wanted") == (Choice(A, {"en-HK": "Boiler"}), Choice(B, {"en-HK": "2"}))
    assert (here.row_label(f"nodes[{A}]"), here.state(f"nodes[{A}]/id").value) == ("Boiler", A)
    here.add_row("flows", C)
    here.set(f"flows[{C}]/source", (A,))
    here.set(f"flows[{C}]/amount", n("7"))
    here.set("wanted", (A,))
    assert (here.state("out").value, here.state("said").value) == ("7", "Boiler")
    assert "said" in here.set(f"nodes[{A}]/title", "Boiler 1").values
    assert (here.state("said").value, here.state("wanted").value) == ("Boiler 1", (A,))
    assert here.remove_row(f"nodes[{A}]").problems >= {"wanted", f"flows[{C}]/source"}
    assert codes(here, "wanted") == ["answer.choice_gone"]


def test_the_ends_of_a_flow_are_compared_with_the_row_they_stand_for() -> None:
    here = filling(
        repeat("nodes", computed("out", "sum(${flows}[source = current()/../id]/amount)"), computed("id", "row-id()")),
        repeat("flows", row_of("source", "nodes"), number("amount")),
    )
    for row in (A, B):
        here.add_row("nodes", row)
    for row, digits in ((C, "2"), (D, "3")):
        here.add_row("flows", row)
        here.set(f"flows[{row}]/source", (A,))
        here.set(f"flows[{row}]/amount", n(digits))
    assert [here.state(f"nodes[{row}]/out").value for row in (A, B)] == ["5", "0"]
    here.set(f"flows[{D}]/source", (B,))
    assert [here.state(f"nodes[{row}]/out").value for row in (A, B)] == ["2", "3"]


def test_choice_names_follow_the_language() -> None:
    here = filling(one("a"), computed("said", "jr:choice-name(${a}, '${a}')"))
    here.set("a", ("yes",))
    assert here.state("said").value == "Yes"
    here.set_language("zh-Hant-HK")
    assert here.state("said").value == "是"


def test_labels_are_filled_in_in_any_language() -> None:
    asked = Question("text", "b", {"en-HK": "Why ${a} of ${c}?", "zh-Hant-HK": "為何${a}？"})
    here = filling(text("a"), asked, computed("c", "string-length(${a})"))
    here.set("a", "so")
    assert here.label("b", "en-HK") == "Why so of 2?"
    assert here.label("b", "zh-Hant-HK") == "為何so？"
    assert here.label("b", "zh-Hans-CN") == "為何so？", "the other script, rather than another language"
    assert here.label("b", "fr") == "Why so of 2?"
    assert here.label("a", "zh-Hans-CN") == "a"


# Rows


def test_rows_are_added_and_removed_in_the_middle_and_know_their_place() -> None:
    here = filling(
        repeat("r", number("a"), computed("nth", "position(..)")),
        computed("sum", "sum(${a})"),
        computed("all", "join(' ', ${a})"),
    )
    for row, at in ((A, -1), (B, -1), (C, 1)):
        changes = here.add_row("r", row, at)
    assert changes.rows == {"r"}
    assert here.rows("r") == (A, C, B)
    assert changes.values == {"all", f"r[{B}]/nth", f"r[{C}]/nth"}
    for row, digits in ((A, "1"), (B, "2"), (C, "3")):
        here.set(f"r[{row}]/a", n(digits))
    assert (here.state("all").value, here.state("sum").value) == ("1 3 2", "6")
    changes = here.remove_row(f"r[{C}]")
    assert changes.values == {"all", "sum", f"r[{B}]/nth"}
    assert (here.rows("r"), here.state(f"r[{B}]/nth").value, here.state("sum").value) == ((A, B), "2", "3")
    with pytest.raises(KeyError):
        here.state(f"r[{C}]/a")


def test_a_row_added_again_has_its_answers_and_inner_rows_again() -> None:
    here = filling(repeat("r", text("a"), repeat("s", text("b"))))
    here.add_row("r", A)
    here.add_row(f"r[{A}]/s", B)
    here.set(f"r[{A}]/a", "kept")
    here.set(f"r[{A}]/s[{B}]/b", "inside")
    here.remove_row(f"r[{A}]")
    here.add_row("r", A)
    assert (here.state(f"r[{A}]/a").value, here.state(f"r[{A}]/s[{B}]/b").value) == ("kept", "inside")


def test_an_answer_cleared_before_its_row_went_does_not_come_back() -> None:
    here = filling(repeat("r", text("a")))
    here.load({"r": [A]}, {f"r[{A}]/a": ("answered", "old")})
    here.set(f"r[{A}]/a", None, "missing")
    here.remove_row(f"r[{A}]")
    here.add_row("r", A)
    assert here.state(f"r[{A}]/a").value is None


def test_a_select_of_rows_that_names_no_repeat_offers_nothing() -> None:
    here = Filling(compiled(text("a"), row_of("b", "a"), row_of("c", "nowhere")), Context(TODAY))
    assert (here.choices("b"), here.choices("c")) == ((), ())


def test_too_few_rows_are_a_problem_of_the_repeat() -> None:
    here = filling(repeat("r", text("a"), at_least=1))
    assert [problem.code for problem in here.problems["r"]] == ["answer.rows"]
    assert here.add_row("r", A).problems == {"r"}
    assert here.problems == {}


def test_a_counted_repeat_follows_its_count_keeps_its_answers_and_names_its_rows_alike_everywhere() -> None:
    form = (number("wanted"), repeat("r", text("a"), repeat_count="${wanted}"))
    here = filling(*form, visit="0" * 31 + "1")
    changes = here.set("wanted", n("2"))
    assert changes.rows == {"r"}
    rows = here.rows("r")
    here.set(f"r[{rows[1]}]/a", "second")
    here.set("wanted", n("0"))
    assert here.rows("r") == ()
    here.set("wanted", n("3"))
    assert here.rows("r")[:2] == rows
    assert here.state(f"r[{rows[1]}]/a").value == "second"
    elsewhere, other_visit = filling(*form, visit="0" * 31 + "1"), filling(*form, visit="0" * 31 + "2")
    for one_more in (elsewhere, other_visit):
        one_more.set("wanted", n("2"))
    assert elsewhere.rows("r") == rows
    assert not set(other_visit.rows("r")) & set(rows)
    with pytest.raises(ValueError, match="row"):
        here.add_row("r", A)
    with pytest.raises(ValueError, match="row"):
        here.remove_row(f"r[{rows[0]}]")


def test_a_count_may_depend_on_its_own_rows_and_one_that_never_rests_ends() -> None:
    here = filling(repeat("r", one("more"), repeat_count="1 + count(${r}[more = 'yes'])"))
    for nth in range(3):
        here.set(f"r[{here.rows('r')[nth]}]/more", ("yes",))
    assert len(here.rows("r")) == 4
    restless = filling(repeat("r", text("a"), repeat_count="count(${r}) + 1"))
    assert 1 < len(restless.rows("r")) < 1_000


def test_defaults_are_told_and_not_applied() -> None:
    here = filling(
        text("a", default="plain words"),
        Question("date", "day", default="today()"),
        number("b", default="5"),
        one("c", default="yes"),
        Question("date", "fixed", default="2026-01-02"),
        repeat("r", number("size", default="coalesce(../../r[position() = last() - 1]/size, 1) + 1"), text("free")),
    )
    assert here.defaults() == {
        "a": "plain words",
        "day": TODAY,
        "b": n("5"),
        "c": ("yes",),
        "fixed": "2026-01-02",
    }
    assert here.state("a").status == "missing"
    assert here.row_defaults("r") == {"size": n("2")}
    here.add_row("r", A)
    here.set(f"r[{A}]/size", n("7"))
    assert here.row_defaults("r") == {"size": n("8")}
    assert here.rows("r") == (A,)


def test_a_trigger_sets_an_answer_only_when_what_it_watches_really_changes() -> None:
    here = filling(text("a"), text("b", calculation="concat(${a}, '!')", trigger="${a}"))
    assert "b" in here.set("a", "x").values
    assert here.state("b").value == "x!"
    here.set("b", "mine")
    here.set("a", "x")
    assert here.state("b").value == "mine"


# Loading


def test_loading_gives_back_what_was_answered_in_any_row() -> None:
    form = compiled(repeat("r", text("a"), repeat("s", number("b"))), computed("sum", "sum(${b})"))
    here = Filling(form, Context(TODAY))
    here.load(
        {"r": [B, A], f"r[{A}]/s": [C, D]},
        {f"r[{A}]/s[{C}]/b": ("answered", n("2")), f"r[{B}]/a": ("to come", None), "gone": ("answered", "x")},
    )
    assert (here.rows("r"), here.rows(f"r[{A}]/s"), here.state("sum").value) == ((B, A), (C, D), "2")
    assert here.state(f"r[{B}]/a").status == "to come"


def test_an_answer_to_a_computed_question_changes_nothing() -> None:
    here = filling(computed("a", "1 + 1"))
    assert not any(here.set("a", "5"))
    assert here.state("a").value == "2"


def test_an_unchanged_result_stops_the_recalculation() -> None:
    here = filling(number("a"), computed("big", "${a} > 10"), text("b", relevant="${big} = 'true'"))
    here.set("a", n("11"))
    assert here.set("a", n("12")).values == {"a"}


@pytest.mark.parametrize("call", ["state", "rows", "choices", "row_label", "check"])
def test_an_unknown_path_is_a_key_error(call: str) -> None:
    here = filling(text("a"))
    with pytest.raises(KeyError):
        getattr(here, call)("nowhere", *([None] if call == "check" else []))


def test_calculations_without_a_label_are_not_walked() -> None:
    here = filling(computed("hidden", "1"), computed("shown", "1", label={"en-HK": "Shown"}))
    assert [item.path for item in here.items()] == ["shown"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 39), st.sampled_from("ab"), st.sampled_from(["set", "drop", "hide"])), max_size=8)
)
def test_what_a_long_register_remembers_of_its_rows_never_outlives_a_change(changes):
    rows = [f"{each:032x}" for each in range(40)]
    register = Repeat(
        "register", {},
        (
            Question("text", "kind"),
            Question("calculate", "same", calculation="count(${register}[kind = ${kind}])"),
            Question("calculate", "own", calculation="${register}[row-id() = ${me}]/kind"),
            Question("calculate", "me", calculation="row-id()"),
        ),
        relevant="${hidden} != 'yes'",
    )  # fmt: skip
    compiled = compile_form(Form("big", "1", {}, (Question("text", "hidden"), register)))
    filling = Filling(compiled, Context("2026-11-12"))
    filling.load({"register": rows}, {f"register[{row}]/kind": ("answered", "a") for row in rows})
    for at, kind, what in changes:
        row = f"register[{rows[at]}]"
        if what == "hide":
            filling.set("hidden", "yes" if kind == "a" else "no")
        elif rows[at] not in filling.rows("register"):
            filling.add_row("register", rows[at])
        elif what == "drop":
            filling.remove_row(row)
        else:
            filling.set(f"{row}/kind", kind)
            assert filling.check(f"{row}/kind", "c") == ()
    for row in filling.rows("register"):
        now = {name: filling.state(f"register[{row}]/{name}").value for name in ("kind", "same", "own")}
        if filling.state(f"register[{row}]/kind").relevant:
            alike = [each for each in filling.rows("register")
                     if (filling.state(f"register[{each}]/kind").value or "") == (now["kind"] or "")]  # fmt: skip
            assert now["same"] == str(len(alike))
            assert (now["own"] or None) == now["kind"]


# Rows that are tried before they are added


def tried_form() -> list[Node]:
    return [
        one("ask"), number("most"),
        repeat(
            "r", one("kind"), number("low"),
            group("g", number("high", relevant="${kind} = 'yes'", constraint=". >= ${low}"), relevant="${low} != 7"),
            computed("twice", "${low} * 2"), number("big", warning=". < ${twice}"),
            number("all", warning="sum(${r}[low > 0]/low) < 3"), number("own", constraint=". <= ${most}"),
            relevant="${ask} = 'yes'",
        ),
    ]  # fmt: skip


LINES = st.fixed_dictionaries(
    {}, optional={"kind": st.sampled_from([("yes",), ("no",)])}
    | {name: st.integers(0, 9).map(lambda number: n(str(number))) for name in ("low", "high", "big", "own")},
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, max_size=4))
def test_a_tried_row_comes_to_what_it_would_when_it_was_added(lines: list[dict[str, Value]]) -> None:
    here = filling(*tried_form())
    here.set("ask", ("yes",))
    here.set("most", n("5"))
    found_rows = tried(here, "r", lines)
    assert here.rows("r") == ()
    for answers, found in zip(lines, found_rows, strict=True):
        here.add_row("r", A)
        for name, value in answers.items():
            here.set(f"r[{A}]/{name}", value)
        states = {name: here.state(f"r[{A}]/{name}") for name in ("kind", "low", "high", "big", "own")}
        assert {name for name, state in states.items() if state.relevant} == found.asked & states.keys()
        assert {(name, each.code) for name in answers for each in states[name].problems} == set(found.wrong)
        for name in answers:
            here.set(f"r[{A}]/{name}", None)
        here.remove_row(f"r[{A}]")


def test_trying_rows_leaves_no_trace_and_looks_at_no_other_row() -> None:
    here = filling(*tried_form())
    here.set("ask", ("yes",))
    here.add_row("r", A)
    here.set(f"r[{A}]/low", n("2"))
    before = here.problems, here.rows("r"), here.state(f"r[{A}]/low").value
    (found,) = tried(here, "r", [{"low": n("9"), "all": n("1")}])
    assert found.wrong == ()
    assert (here.problems, here.rows("r"), here.state(f"r[{A}]/low").value) == before
    here.add_row("r", B)
    assert here.state(f"r[{B}]/low").status == "missing"


def test_rows_of_a_table_that_is_not_asked_for_yet_can_be_tried() -> None:
    here = filling(*tried_form())
    (found,) = tried(here, "r", [{"kind": ("yes",), "low": n("3"), "high": n("1")}])
    assert found.wrong == (("high", "answer.constraint"),)
    assert here.problems == {}
