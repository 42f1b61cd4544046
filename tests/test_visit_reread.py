"""Whatever was done in an open visit, it says the same as the visit read from the disk again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.visit import Recorded, Visit
from tests.small_visit import begin, ids, laptop, materials

ANSWERS: dict[str, tuple[Value, ...]] = {
    "meter": (("yes",), ("no",)),
    "power": (Quantity("1", "kWh"), Quantity("-2", "MWh"), Quantity("9000", "kWh")),
    "carriers": (("gas", "grid"),),
    "expires": ("2026-11-20", "2027-01-01"),
    "why_not": ("no room",),
    "share": (Quantity("7"),),
}
DATES = ("2026-11-12", "2026-12-24")

steps = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(sorted(ANSWERS)), st.integers(0, 2)),
    st.tuples(st.sampled_from(["clear", "not applicable", "to come"]), st.sampled_from(sorted(ANSWERS)), st.just(0)),
    st.tuples(st.just("date"), st.just(""), st.integers(0, 1)),
    st.tuples(st.just("add row"), st.just("outlets"), st.just(0)),
    st.tuples(st.sampled_from(["tag", "inner", "remove row", "choose"]), st.just(""), st.integers(0, 3)),
    st.tuples(st.sampled_from(["undo", "redo"]), st.just(""), st.just(0)),
)


def do(visit: Visit, step: tuple[str, str, int]) -> Recorded:
    act, path, number = step
    rows = [f"outlets[{row}]" for row in visit.filling("check").rows("outlets")]
    row = rows[number % len(rows)] if rows else "outlets"
    if act == "undo":
        return visit.undo()
    if act == "redo":
        return visit.redo()
    if act == "answer":
        return visit.record(act, "check", path, ANSWERS[path][number % len(ANSWERS[path])], why="seen")
    if act == "date":
        return visit.record("answer", "header", "visit_date", DATES[number], why="moved")
    if act == "tag":
        return visit.record("answer", "check", f"{row}/tag", f"DA{number}", why="read")
    if act == "inner":
        return visit.record("add row", "check", f"{row}/tests")
    if act == "remove row":
        return visit.record(act, "check", row, why="gone")
    if act == "choose":
        return visit.record("answer", "check", "worst", (row[-33:-1],), why="worst")
    return visit.record(act, "check", path, why="not there")


def told(visit: Visit) -> Iterator[Any]:
    """Everything a screen could show of the answers."""
    for form, filling in visit.fillings.items():
        for item in filling.items():
            if item.kind == "question":
                now = filling.state(item.path)
                yield form, item.path, now.status, now.value, now.required, sorted(now.problems)
            else:
                label = filling.row_label(item.path) if item.kind == "row" else ""
                yield form, item.path, label, visit.state.row_number(form, item.path)
        yield form, visit.state.answers(form), visit.state.rows(form)
    yield visit.today, list(visit.state.conflicts), visit.category.name


def read_again(visit: Visit) -> Visit:
    again = Visit(visit.store, visit.id, new_id=ids("f"))
    again.state = VisitState(visit.store.entries(visit.id))
    return again


@settings(max_examples=40, deadline=None)
@given(done=st.lists(steps, min_size=1, max_size=14))
def test_an_open_visit_says_what_its_ledger_says(done: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, laptop(Path(folder), "Ann", "lead") as store:
        visit = begin(store)
        list(told(visit))
        for step in done:
            do(visit, step)
        assert list(told(visit)) == list(told(read_again(visit)))


@settings(max_examples=20, deadline=None)
@given(
    done=st.lists(st.tuples(st.booleans(), steps), min_size=2, max_size=12),
    meetings=st.sets(st.integers(0, 11), max_size=3),
)
def test_two_laptops_that_know_the_same_say_the_same(
    done: list[tuple[bool, tuple[str, str, int]]], meetings: set[int]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        laptop(Path(folder) / "ann", "Ann", "lead") as one,
        laptop(Path(folder) / "bob", "Bob") as two,
    ):
        ann = begin(one)
        materials(two)
        two.add(one.entries(ann.id))
        bob = Visit(two, ann.id, new_id=ids("b"))

        def meet() -> None:
            two.add(one.entries(ann.id))
            one.add(two.entries(ann.id))
            ann.refresh()
            bob.refresh()

        for number, (mine, step) in enumerate(done):
            do(ann if mine else bob, step)
            if number in meetings:
                meet()
        meet()
        assert list(told(ann)) == list(told(bob)) == list(told(read_again(ann)))
        assert ann.digest() == bob.digest()
