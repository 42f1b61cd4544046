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
