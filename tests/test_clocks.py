"""Clocks of laptops that stood ahead when their entries arrived."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger.clock import DAY
from assessor_tui.store.clocks import ClockAhead, clock_noted, clocks_ahead
from assessor_tui.store.ledger import Store
from tests.ledger_worlds import VISIT, Laptop

NOW = 1_794_445_200_000_000


def test_a_clock_more_than_a_day_ahead_is_noted_once_when_its_entries_arrive(tmp_path: Path) -> None:
    now = [NOW]
    with Store.open(tmp_path, now=lambda: now[0]) as store:
        store.identify("Lead", "lead")
        ann, bob = Laptop("ann"), Laptop("bob")
        ann.at, bob.at = NOW + 2 * DAY, NOW + DAY - 10
        ann.answer("meter", "yes")
        bob.answer("meter", "yes")
        store.add([*ann.known, *bob.known])
        assert clocks_ahead(store, VISIT) == [ClockAhead(ann.id, 1, NOW + 2 * DAY + 2, NOW, False)]
        clock_noted(store, VISIT, ann.id)
        now[0] += 1
        store.add(ann.known)
        (noted,) = clocks_ahead(store, VISIT)
        assert noted.noted, "what came before says nothing new"
        assert noted.ahead > DAY
        ann.at += DAY
        ann.answer("flow", "x")
        store.add(ann.known)
        assert [each.noted for each in clocks_ahead(store, VISIT)] == [False]
        assert store.conflicts() == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.integers(-400, 400)), min_size=1, max_size=8))
def test_whatever_the_clocks_say_the_furthest_is_noted_and_nothing_else_changes(tmp_path_factory, said) -> None:
    laptops = {name: Laptop(name) for name in ("ann", "bob")}
    for number, (name, hours) in enumerate(said):
        laptops[name].at = max(NOW + hours * DAY // 24, 0)
        laptops[name].answer(f"q{number}", "x")
    with Store.open(tmp_path_factory.mktemp("clocks"), now=lambda: NOW) as store:
        store.identify("Lead", "lead")
        for each in laptops.values():
            store.add(each.known)
        expected = {
            each.id: max(entry.at for _, entry in each.known)
            for each in laptops.values()
            if any(entry.at > NOW + DAY for _, entry in each.known)
        }
        assert {each.device: each.at for each in clocks_ahead(store, VISIT)} == expected
