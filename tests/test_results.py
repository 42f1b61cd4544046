"""Score, progress and what is left, kept up to date, are what computing them anew gives."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.assess.left import left_to_do, progress
from assessor_tui.assess.results import Results
from assessor_tui.assess.score import score
from assessor_tui.form.model import Form, Group, Question, Repeat, Scoring
from assessor_tui.form.scheme import Category, FormUse, Level
from assessor_tui.ledger.entry import reference
from assessor_tui.ledger.value import Evidence, Quantity
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Recorded, Visit, create_visit
from tests.small_visit import clock
from tests.walk_world import CHOICES, FINDINGS, HEADER, SCHEME, make_visit, text

POINTS = {"yes": "4", "partial": "2.5", "no": "-1"}


def asked(name: str, **columns: object) -> Question:
    return Question("select_one", name, text(name), list_name="ypn", points=POINTS, **columns)


SITE = Form(
    "site",
    "1",
    text("Site"),
    (
        Group("plain", text("Plain"), (
            asked("a", veto=("no",)),
            asked("b", relevant="${a} != 'no'", weight="3"),
            asked("c", relevant="${b} = 'yes'", limiting=("no",), asked="full"),
            Group("inner", text("Inner"), (asked("d", evidence={"*": ("photo",)}), asked("e", weight="0.5"))),
            Question("integer", "many", text("How many?")),
            Question("calculate", "sum", text("Sum"), calculation="count(${rows}) + ${many}"),
            Question("file", "plan", text("Plan"), required="${a} = 'yes'"),
            asked("f", relevant="${sum} > 2", read_only="${b} = 'no'"),
        )),
        Group("tables", text("Tables"), (
            Repeat("rows", text("Rows"), (
                asked("r", veto=("no",)),
                asked("s", relevant="${r} != 'no'"),
            ), relevant="${e} != 'no'", at_least=1),
            Repeat("counted", text("Counted"), (asked("t"),), repeat_count="${many}"),
        )),
        Group("shares", text("Shares"), (
            Group("one", text("One"), (asked("g"), asked("h")), weight="2"),
            Group("two", text("Two"), (asked("i", relevant="${g} = 'yes'"),), weight="3"),
        )),
    ),
    CHOICES,
    scoring=Scoring("points"),
)  # fmt: skip
MORE = Form("more", "1", text("More"), (asked("x", veto=("no",)), asked("y")), CHOICES, scoring=Scoring("points"))
USES = (FormUse("site", "2"), FormUse("more", "1"))
WIDE = SCHEME._replace(
    categories=(
        Category("a", text("Manufacturing"), USES, (Level("gold", text("Gold"), "gold_from"),)),
        Category("b", text("Supply chain"), USES[:1], ()),
    )
)


def acts(chance):
    """Anything that may be done, again and again."""
    yes = chance.choice(("yes", "partial", "no"))
    return chance.choice(
        [
            ("answer", "air", "led", (yes,)),
            ("answer", "air", "log", (yes,)),
            ("answer", "air", "used", Quantity(str(chance.randrange(1, 2000)), "kWh")),
            ("clear", "air", "led", None),
            ("to come", "air", "log", None),
            ("note", "air", "led", "seen"),
            ("add row", "air", "meters", None),
            ("answer", "visit_header", "category", (chance.choice("ab"),)),
        ]
    )


def compare(results: Results, visit: Visit) -> None:
    results.look(visit.fillings, visit.state)
    for form, filling in visit.fillings.items():
        assert results.progress(form) == progress(form, filling, visit.state)
    anew = score(visit.scheme, visit.category.name, visit.fillings, visit.state)
    assert results.score(visit.scheme, visit.category) == anew
    assert results.left() == left_to_do(visit.fillings, visit.state)


def compare_with_reopened(results: Results, visit: Visit) -> None:
    again = Visit(visit.store, visit.id, new_id=visit.new_id)
    assert results.score(visit.scheme, visit.category) == score(
        again.scheme, again.category.name, again.fillings, again.state
    )
    assert results.left() == left_to_do(again.fillings, again.state)


def test_results_that_are_kept_equal_results_computed_anew(tmp_path):
    chance = random.Random(7)
    results = Results()
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = make_visit(store)
        for _ in range(60):
            visit.record(*acts(chance), why="because") if chance.random() < 0.9 else visit.undo()
            compare(results, visit)


QUESTIONS = [("site", name) for name in "abcdefghi"] + [("more", "x"), ("more", "y")]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(QUESTIONS), st.sampled_from(["yes", "partial", "no"])),
        st.tuples(st.sampled_from(["clear", "not applicable", "to come"]), st.sampled_from(QUESTIONS)),
        st.tuples(st.just("many"), st.integers(0, 3)),
        st.tuples(st.just("in row"), st.integers(0, 3), st.sampled_from("rst"), st.sampled_from(["yes", "no"])),
        st.tuples(st.sampled_from(["add row", "undo", "redo", "meet", "settle", "note", "photo", "detach", "comment"])),
        st.tuples(st.just("remove row"), st.integers(0, 3)),
        st.tuples(st.just("category"), st.sampled_from("ab")),
    ),
    min_size=5,
    max_size=30,
)


def act(visit: Visit, other: Visit, step: tuple) -> Recorded | None:
    """What came of one step in the visit; what cannot be done now is refused, which is as good."""
    kind = step[0]
    if kind == "answer":
        return visit.record("answer", *step[1], (step[2],), why="because")
    if kind in ("clear", "not applicable", "to come"):
        return visit.record(kind, *step[1], why="because")
    if kind == "many":
        return visit.record("answer", "site", "many", Quantity(str(step[1])), why="because")
    if kind in ("in row", "remove row"):
        repeat = "counted" if step[-2:-1] == ("t",) else "rows"
        rows = visit.filling("site").rows(repeat)
        if step[1] >= len(rows):
            return None
        row = f"{repeat}[{rows[step[1]]}]"
        if kind == "in row":
            return visit.record("answer", "site", f"{row}/{step[2]}", (step[3],), why="because")
        return visit.record("remove row", "site", row, why="because")
    if kind == "add row":
        return visit.record("add row", "site", "rows")
    if kind in ("undo", "redo"):
        return visit.undo() if kind == "undo" else visit.redo()
    if kind == "meet":
        return meet(visit, other)
    if kind == "settle":
        for conflict in visit.state.conflicts.values():
            return visit.settle(conflict, take=conflict.heads[-1][1], why="looked together")
        return None
    if kind == "photo":
        return visit.record("attach", "site", "plan", Evidence("photo", {"name": "plan.jpg"}))
    if kind == "detach":
        for digest, entry in visit.state.evidence("site", "plan"):
            return visit.record("detach", "site", "plan", replaces=[reference(entry.device, entry.seq, digest)])
        return None
    if kind == "category":
        return visit.record("answer", "visit_header", "category", (step[1],), why="because")
    return visit.record(kind, "site", "a", "seen")


def meet(one: Visit, other: Visit) -> None:
    """Nothing; both laptops know what the other knew."""
    there = other.store.entries(other.id)
    other.store.add(one.store.entries(one.id))
    one.store.add(there)
    one.refresh()
    other.refresh()


@contextmanager
def two_laptops(folder: Path) -> Iterator[tuple[Visit, Visit]]:
    """The same visit on two laptops."""
    with Store.open(folder / "one", now=clock()) as mine, Store.open(folder / "two", now=clock()) as theirs:
        mine.identify("Chan", "lead")
        theirs.identify("Lee", "assessor")
        for store in (mine, theirs):
            used = {form.form_id: (form, store.add_form(form)) for form in (HEADER, SITE, MORE, FINDINGS)}
            scheme_hash = store.add_scheme(WIDE)
        numbers = count(1)

        def new_id() -> str:
            return f"{next(numbers):032x}"

        visit = create_visit(mine, Materials(WIDE, scheme_hash, used), {"category": ("a",)}, new_id=new_id)
        theirs.add(mine.entries(visit.id))
        yield visit, Visit(theirs, visit.id, new_id=new_id)


def test_answers_in_rows_that_the_form_counts_are_there_when_the_visit_is_opened_again(tmp_path):
    with two_laptops(tmp_path) as (visit, _):
        visit.record("answer", "site", "many", Quantity("2"))
        path = f"counted[{visit.filling('site').rows('counted')[1]}]/t"
        visit.record("answer", "site", path, ("yes",))
        again = Visit(visit.store, visit.id, new_id=visit.new_id)
        assert again.filling("site").state(path).value == ("yes",)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.booleans(), STEPS), min_size=1, max_size=3))
def test_they_are_so_whatever_two_people_do(story):
    with tempfile.TemporaryDirectory() as folder, two_laptops(Path(folder)) as (visit, other):
        pairs = {True: (visit, other, Results()), False: (other, visit, Results())}
        for first, steps in story:
            here, there, results = pairs[first]
            for step in steps:
                act(here, there, step)
                compare(results, here)
            compare_with_reopened(results, here)
