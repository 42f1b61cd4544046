"""The score is an exact interval: no way of answering what is open ever leaves it, and its ends can be reached."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.score import Interval, Score, form_score, points_of, score, shaky_paths
from assessor_tui.form.model import Benchmark, Choice, Form, Group, Node, Question, Repeat, Scoring
from assessor_tui.form.scheme import Category, FormUse, Level, Parameter, Scheme
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from tests.entries import A, B, Log

CHOICES = {"levels": tuple(Choice(name, {"en-HK": name}) for name in ("full", "half", "none"))}
POINTS = {"full": "4", "half": "2", "none": "0"}


def question(name: str, **columns: object) -> Question:
    fixed = {"type": "select_one", "list_name": "levels", "points": POINTS, "label": {"en-HK": name}}
    return Question(name=name, **{**fixed, **columns})  # type: ignore[arg-type]


def form_of(*children: Node, form_id: str = "f") -> Form:
    return Form(form_id, "1", {"en-HK": "Form"}, tuple(children), CHOICES, scoring=Scoring("points"))


def scheme_of(
    *, weights: Mapping[str, str], levels: Sequence[Level] = (), parameters: Sequence[Parameter] = ()
) -> Scheme:
    uses = tuple(FormUse(form, weight) for form, weight in weights.items())
    category = Category("any", {"en-HK": "Any"}, uses, tuple(levels))
    return Scheme(
        "s", "1", {"en-HK": "Scheme"}, "draft criteria", "header", "findings", (category,),
        {parameter.name: parameter for parameter in parameters},
    )  # fmt: skip


def filled(form: Form, state: VisitState) -> Filling:
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.load(state.rows(form.form_id), state.answers(form.form_id))
    return filling


def answered(form: Form, **answers: str | Quantity) -> tuple[Filling, VisitState]:
    log = Log(A)
    for path, said in answers.items():
        value: Value = (said,) if isinstance(said, str) else said
        log.add("answer", form.form_id, path, value)
    state = VisitState(log.items)
    return filled(form, state), state


def share(form: Form, **answers: str | Quantity) -> Interval:
    return form_score(*answered(form, **answers)).part.share


def test_nothing_answered_means_anything_from_nothing_to_everything() -> None:
    assert share(form_of(question("a"), question("b"))) == Interval(Fraction(0), Fraction(1))


def test_an_answer_narrows_the_range_by_its_weight() -> None:
    form = form_of(question("a", weight="3"), question("b"))

    assert share(form, a="full") == Interval(Fraction(3, 4), Fraction(1))
    assert share(form, a="half", b="none") == Interval(Fraction(3, 8), Fraction(3, 8))


def test_every_level_reached_is_exactly_one_hundred() -> None:
    form = form_of(*(question(f"q{n}", weight=str(weight)) for n, weight in enumerate((0.1, 0.2, 0.3, 0.7, 1.1))))

    exact = share(form, **{f"q{n}": "full" for n in range(5)})

    assert exact == Interval(Fraction(1), Fraction(1))


def test_not_applicable_takes_the_points_off() -> None:
    form = form_of(question("a"), question("b"))
    log = Log(A)
    log.add("answer", "f", "a", ("half",))
    log.add("not applicable", "f", "b", why="no such device")
    state = VisitState(log.items)

    part = form_score(filled(form, state), state).part

    assert (part.share, part.taken_off) == (Interval(Fraction(1, 2), Fraction(1, 2)), Fraction(4))


def test_to_come_counts_as_missing() -> None:
    form = form_of(question("a"))
    log = Log(A)
    log.add("to come", "f", "a", "report, from the site, by Friday")
    state = VisitState(log.items)

    part = form_score(filled(form, state), state).part

    assert (part.share, part.coverage) == (Interval(Fraction(0), Fraction(1)), Fraction(0))


def test_a_disputed_answer_counts_over_both_heads() -> None:
    form = form_of(question("a"), question("b"))
    one, two = Log(A), Log(B)
    one.add("answer", "f", "a", ("full",))
    two.add("answer", "f", "a", ("half",))
    one.add("answer", "f", "b", ("none",))
    state = VisitState([*one.items, *two.items])

    assert form_score(filled(form, state), state).part.share == Interval(Fraction(1, 4), Fraction(1, 2))


def test_what_a_disputed_answer_makes_relevant_counts_from_nothing_to_everything() -> None:
    form = form_of(question("boiler", points={}), question("a", relevant="${boiler} = 'full'"), question("b"))
    one, two = Log(A), Log(B)
    one.add("answer", "f", "boiler", ("full",))
    two.add("answer", "f", "boiler", ("none",))
    one.add("answer", "f", "a", ("half",))
    one.add("answer", "f", "b", ("half",))
    state = VisitState([*one.items, *two.items])

    assert form_score(filled(form, state), state).part.share == Interval(Fraction(2, 8), Fraction(6, 8))


def test_groups_with_weights_share_by_weight_and_an_irrelevant_group_leaves_the_rest_whole() -> None:
    form = form_of(
        question("boiler", points={}),
        Group("x", {}, (question("a"),), weight="3", relevant="${boiler} != 'none'"),
        Group("y", {}, (question("b"), question("c"))  , weight="1"),
    )  # fmt: skip

    assert share(form, boiler="full", a="full", b="none", c="none").least == Fraction(3, 4)
    assert share(form, boiler="none", b="half", c="half") == Interval(Fraction(1, 2), Fraction(1, 2))


def test_rows_count_as_their_mean() -> None:
    form = form_of(Repeat("outlets", {}, (question("state"),)))
    log = Log(A)
    for number, said in enumerate(("full", "half", "none", "none")):
        row = f"outlets[{number:032x}]"
        log.add("add row", "f", row)
        log.add("answer", "f", f"{row}/state", (said,))
    state = VisitState(log.items)

    assert form_score(filled(form, state), state).part.share.least == Fraction(3, 8)


def test_demanded_rows_that_are_not_there_count_from_nothing_to_everything() -> None:
    form = form_of(question("a"), Repeat("outlets", {}, (question("state"),), at_least=1))

    assert share(form, a="full") == Interval(Fraction(1, 2), Fraction(1))


@pytest.mark.parametrize(
    ("value", "points"), [("150", "0"), ("100", "0"), ("75", "5"), ("50", "10"), ("1", "10"), ("99.9", "0.02")]
)
def test_a_benchmark_is_linear_between_baseline_and_leading_value(value: str, points: str) -> None:
    asked = question(
        "n", type="quantity", units=("kWh", "MWh"), points={}, benchmark=Benchmark("lower", "100", "50", "10")
    )

    assert points_of(asked, Quantity(value, "kWh")) == Fraction(points)


def test_a_benchmark_sees_other_units_and_calculated_numbers() -> None:
    asked = question("n", type="quantity", units=("kWh", "MWh"), benchmark=Benchmark("higher", "0", "1000", "10"))

    assert points_of(asked, Quantity("0.5", "MWh")) == 5
    assert points_of(asked, "250") == Fraction(5, 2)


def test_scoring_refuses_an_empty_benchmark() -> None:
    form = form_of(question("n", type="decimal", points={}, benchmark=Benchmark("higher", "", "", "4")))

    part = form_score(*answered(form, n=Quantity("3"))).part

    assert part.share == Interval(Fraction(0), Fraction(1))
    assert part.children[0].state == "not loaded"


LEVELS = (Level("excellent", {}, "high"), Level("partner", {}, "low"))
PARAMETERS = (Parameter("high", {}, "75"), Parameter("low", {}, "50"))


def visit_score(form: Form, state: VisitState, **parts: object) -> Score:
    scheme = scheme_of(weights={"f": "1"}, levels=LEVELS, parameters=PARAMETERS)._replace(**parts)
    return score(scheme, "any", {"f": filled(form, state)}, state)


def test_levels_are_those_still_possible_and_the_limit_itself_is_enough() -> None:
    form = form_of(question("a", weight="3"), question("b"))

    _, exactly = answered(form, a="full", b="none")
    _, open_ = answered(form, b="none")

    assert visit_score(form, exactly).levels == ("excellent",)
    assert visit_score(form, open_).levels == ("excellent", "partner", "")


def test_a_failed_gate_leaves_no_level_and_an_open_one_leaves_doubt() -> None:
    form = form_of(question("gate", points={}, veto=("none",)), question("a"))

    failed = visit_score(form, answered(form, gate="none", a="full")[1])
    doubt = visit_score(form, answered(form, a="full")[1])
    passed = visit_score(form, answered(form, gate="full", a="full")[1])

    assert [(each.gates[0].state, each.levels) for each in (failed, doubt, passed)] == [
        ("fail", ("",)),
        ("open", ("excellent", "partner", "")),
        ("pass", ("excellent",)),
    ]


def test_a_disputed_gate_is_open_unless_both_sides_fail_it() -> None:
    form = form_of(question("gate", points={}, veto=("none", "half")))
    one, two = Log(A), Log(B)
    one.add("answer", "f", "gate", ("none",))
    two.add("answer", "f", "gate", ("half",))

    assert visit_score(form, VisitState([*one.items, *two.items])).gates[0].state == "fail"


def test_a_threshold_without_a_value_is_said_and_not_guessed() -> None:
    form = form_of(question("a"))
    empty = {"high": PARAMETERS[0]._replace(value=""), "low": PARAMETERS[1]}

    scored = visit_score(form, answered(form, a="full")[1], parameters=empty)

    assert (scored.undecided, scored.levels) == (("high",), ("partner",))


# The interval against every way the open questions can still be answered.

SAID = st.sampled_from(["full", "half", "none", "missing", "to come", "not applicable"])
HEADS = st.lists(SAID.filter(lambda said: said != "missing"), min_size=0, max_size=2)


def small_form() -> Form:
    return form_of(
        question("gate", points={"full": "1", "half": "0", "none": "0"}),
        Group("x", {}, (question("a", relevant="${gate} = 'full'"), question("b", weight="2")), weight="2"),
        Group("y", {}, (question("c", relevant="${gate} != 'none' and ${a} != 'none'"), question("d")), weight="1"),
        Group("z", {}, (question("e", points={"full": "3"}, relevant="${d} = 'full'"),), weight="0.5"),
    )


NAMES = ("gate", "a", "b", "c", "d", "e")


def say(log: Log, path: str, said: str) -> None:
    if said in POINTS:
        log.add("answer", "f", path, (said,))
    else:
        log.add(said, "f", path, "later" if said == "to come" else None, why="because")


def completions(heads: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """Every way the visit can end: a head is settled for, what is open is answered."""
    options = []
    for name in NAMES:
        ends: set[str] = set()
        for said in heads[name] or ["missing"]:
            ends.update(POINTS if said in ("missing", "to come") else [said])
        options.append(sorted(ends))
    for ends_of in product(*options):
        yield dict(zip(NAMES, ends_of, strict=True))


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(NAMES, HEADS)))
def test_no_way_of_settling_a_dispute_leaves_the_interval(heads: dict[str, list[str]]) -> None:
    form = small_form()
    logs = (Log(A), Log(B))
    for name, said in heads.items():
        for log, each in zip(logs, said, strict=False):
            say(log, name, each)
    state = VisitState([item for log in logs for item in log.items])
    filling = filled(form, state)
    interval = form_score(filling, state).part.share
    disputed = {conflict.path for conflict in state.conflicts.values()}
    steady = {name: filling.state(name).relevant for name in NAMES if name not in shaky_paths("f", filling, state)}

    for ends in completions({name: heads[name] if name in disputed else heads[name][:1] for name in NAMES}):
        log = Log(A)
        for name, said in ends.items():
            say(log, name, said)
        final = VisitState(log.items)
        end = filled(form, final)
        exact = form_score(end, final).part
        # With relevance as it stands: only a dispute may change what is asked.
        if exact.of and all(end.state(name).relevant == relevant for name, relevant in steady.items()):
            assert interval.least <= exact.share.least <= exact.share.most <= interval.most


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys("abcd", SAID)))
def test_both_ends_of_the_interval_can_be_reached(said: dict[str, str]) -> None:
    form = form_of(Group("x", {}, (question("a"), question("b", weight="2")), weight="2"),
                   Group("y", {}, (question("c"), question("d")), weight="1"))  # fmt: skip
    log = Log(A)
    for name, each in said.items():
        if each != "missing":
            say(log, name, each)
    state = VisitState(log.items)
    part = form_score(filled(form, state), state).part
    shares = []
    open_ = [name for name, each in said.items() if each in ("missing", "to come")]
    for ends in product(POINTS, repeat=len(open_)):
        final = Log(A)
        for name, each in {**said, **dict(zip(open_, ends, strict=True))}.items():
            say(final, name, each)
        end = VisitState(final.items)
        shares.append(form_score(filled(form, end), end).part.share.least)

    if part.of:
        assert part.share == Interval(min(shares), max(shares))


# Disputes that decide more than one answer


def calculated(name: str, calculation: str) -> Question:
    return Question("calculate", name, {}, calculation=calculation)


def number(name: str) -> Question:
    return Question("integer", name, {"en-HK": name})


def disputing(form: Form, path: str, *values: Value, **others: Value) -> tuple[Interval, list[Interval]]:
    """The form's share while the values stand against each other, and its share when each of them is settled for."""
    logs = [Log(letter) for letter in (A, B)]
    for log, value in zip(logs, values, strict=True):
        log.add("answer", "f", path, value)
    for name, value in others.items():
        logs[0].add("answer", "f", name, value)
    state = VisitState([item for log in logs for item in log.items])
    ends = []
    for value in values:
        log = Log(A)
        for name, each in {path: value, **others}.items():
            log.add("answer", "f", name, each)
        end = VisitState(log.items)
        ends.append(form_score(filled(form, end), end).part.share)
    return form_score(filled(form, state), state).part.share, ends


def holds(interval: Interval, ends: Sequence[Interval]) -> bool:
    return all(interval.least <= end.least <= end.most <= interval.most for end in ends)


@pytest.mark.parametrize("values", [("0", "2"), ("2", "0"), ("0", "1"), ("3", "1")])
def test_a_disputed_number_of_rows_counts_from_no_row_to_any(values: tuple[str, str]) -> None:
    form = form_of(
        number("outlets_there"),
        question("a"),
        Repeat("outlets", {}, (question("b", weight="3"),), repeat_count="${outlets_there}"),
    )

    interval, ends = disputing(form, "outlets_there", Quantity(values[0]), Quantity(values[1]), a=("none",))

    assert holds(interval, ends)


@pytest.mark.parametrize("values", [("full", "none"), ("none", "full")])
def test_demanded_rows_under_a_dispute_count_whichever_side_stands(values: tuple[str, str]) -> None:
    form = form_of(
        question("boiler", points={}),
        question("a"),
        Group("g", {}, (Repeat("outlets", {}, (question("b"),), at_least=1),), relevant="${boiler} = 'full'"),
    )

    interval, ends = disputing(form, "boiler", (values[0],), (values[1],), a=("full",))

    assert holds(interval, ends)


@pytest.mark.parametrize("values", [("10", "90"), ("90", "10")])
def test_a_number_computed_from_a_disputed_one_counts_from_nothing_to_all(values: tuple[str, str]) -> None:
    form = form_of(
        number("used"),
        calculated("half", "${used} div 2"),
        question("rate", type="calculate", list_name="", points={}, calculation="${half} + 1",
                 benchmark=Benchmark("lower", "50", "0", "10")),
        question("a"),
    )  # fmt: skip

    interval, ends = disputing(form, "used", Quantity(values[0]), Quantity(values[1]), a=("half",))

    assert holds(interval, ends)


def test_relevance_reached_through_a_calculation_and_across_a_repeat_is_disputed_too() -> None:
    form = form_of(
        number("used"),
        calculated("much", "if(${used} > 50, 1, 0)"),
        Repeat("outlets", {}, (question("b", relevant="${much} = 1"),), repeat_count="2"),
        question("a"),
    )

    for values in (("10", "90"), ("90", "10")):
        interval, ends = disputing(form, "used", Quantity(values[0]), Quantity(values[1]), a=("full",))
        assert holds(interval, ends)


@pytest.mark.parametrize("first", [A, B])
def test_a_disputed_row_that_makes_its_repeat_heavier_does_not_hide_what_the_others_weigh(first: str) -> None:
    """A row that may go takes the weight of the whole repeat with it."""
    form = form_of(
        question("a", weight="25"),
        Repeat("outlets", {}, (question("kind", points={}), question("b"),
                               question("c", weight="24", relevant="${kind} = 'full'"))),
    )  # fmt: skip
    one, two = "01" * 16, "02" * 16
    keeper, remover = Log(first), Log(B if first == A else A)
    keeper.add("answer", "f", "a", ("none",))
    rows = [keeper.add("add row", "f", f"outlets[{row}]") for row in (one, two)]
    for path, said in ((f"outlets[{one}]/kind", "none"), (f"outlets[{one}]/b", "full")):
        keeper.add("answer", "f", path, (said,))
    remover.add("remove row", "f", f"outlets[{two}]", replaces=[rows[1]])
    keeper.add("answer", "f", f"outlets[{two}]/kind", ("full",))
    state = VisitState([*keeper.items, *remover.items])
    assert [conflict.kind for conflict in state.conflicts.values()] == ["row"]

    interval = form_score(filled(form, state), state).part.share

    kept, gone = Log(A), Log(A)
    for log in (kept, gone):
        for _, entry in keeper.items:
            if log is kept or two not in entry.path:
                log.add(entry.act, "f", entry.path, entry.value)
    ends = [form_score(filled(form, end), end).part.share for end in (VisitState(kept.items), VisitState(gone.items))]
    assert holds(interval, ends)


def test_what_counts_the_rows_depends_on_a_disputed_row() -> None:
    form = form_of(
        question("a"),
        Repeat("outlets", {}, (question("tag", points={}),)),
        question("b", relevant="count(${outlets}) > 0"),
    )
    row = f"outlets[{'01' * 16}]"
    keeper, remover = Log(A), Log(B)
    added = keeper.add("add row", "f", row)
    keeper.add("answer", "f", "a", ("full",))
    remover.add("remove row", "f", row, replaces=[added])
    keeper.add("answer", "f", f"{row}/tag", ("full",))
    state = VisitState([*keeper.items, *remover.items])

    filling = filled(form, state)

    assert "b" in shaky_paths("f", filling, state)
    assert form_score(filling, state).part.share == Interval(Fraction(1, 2), Fraction(1))


def test_a_disputed_not_applicable_lies_within_the_interval_on_both_sides() -> None:
    form = form_of(question("a", weight="9"), question("b"))
    one, two = Log(A), Log(B)
    one.add("not applicable", "f", "a", why="no such device")
    two.add("answer", "f", "a", ("full",))
    one.add("answer", "f", "b", ("half",))
    state = VisitState([*one.items, *two.items])

    interval = form_score(filled(form, state), state).part.share

    assert holds(interval, [share(form_of(question("b")), b="half"), share(form, a="full", b="half")])


def test_a_form_that_is_not_here_counts_from_nothing_to_everything_and_leaves_every_level_in_doubt() -> None:
    form = form_of(question("a"))
    filling, state = answered(form, a="full")
    levels = (Level("best", {}, "from"),)
    scheme = scheme_of(
        weights={"f": "1", "other": "1"}, levels=levels, parameters=[Parameter("from", {}, "40")],
    )  # fmt: skip

    found = score(scheme, "any", {"f": filling}, state)

    assert found.hundred == Interval(Fraction(50), Fraction(100))
    assert found.levels == ("best", "")
    assert found.coverage == Fraction(1, 2)
