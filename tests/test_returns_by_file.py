"""Returns over real ledgers and real bundles, in whatever order they are handed on."""

import random
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.returns import open_places, returns_at, returns_of
from assessor_tui.ledger.value import Quantity
from assessor_tui.returning import can_end, end, give_back, reply
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit, create_visit
from tests.small_visit import ids, materials

PEOPLE = (("Lee", "assessor"), ("Chan", "lead"), ("Ng", "reviewer"))
PLACES = (("check", "power"), ("check", ""), ("", ""))
Step = tuple[int, str, tuple[str, str], int]
STEP: st.SearchStrategy[Step] = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["answer", "return", "reply", "end", "undo", "carry", "carry"]),
    st.sampled_from(PLACES),
    st.integers(0, 2),
)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=4, max_size=14), st.integers(0, 10**6))
def test_all_laptops_end_with_the_same_returns_open(steps: list[Step], seed: int) -> None:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        stores = []
        for person, role in PEOPLE:
            stores.append(stack.enter_context(Store.open(folder / person, write=True)))
            stores[-1].identify(person, role)
        first = create_visit(stores[0], materials(stores[0]), {"site_name_en": "Mock Works"}, new_id=ids("f"))
        first.record(acts.ANSWER, *PLACES[0], Quantity("1200", "kWh"))
        bundles = [make_bundle(stores[0], first, folder / "0", FULL).path]
        visits = [first]
        for store in stores[1:]:
            merge_bundle(store, bundles[0])
            visits.append(Visit(store, first.id, new_id=ids("f")))
        for number, (who, what, place, amount) in enumerate(steps, 1):
            act(visits[who], what, place, amount)
            if what == "carry":
                bundles.append(make_bundle(stores[who], visits[who], folder / str(number), FULL).path)
                merge_bundle(stores[amount], bundles[-1])
                visits[amount].refresh()
        for who, visit in enumerate(visits):
            bundles.append(make_bundle(stores[who], visit, folder / f"end{who}", FULL).path)
        for store, visit in zip(stores, visits, strict=True):
            order = [*bundles, *bundles[-2:]]
            random.Random(seed).shuffle(order)
            seed += 1
            for path in order:
                assert merge_bundle(store, path).error is None
            visit.refresh()
        said = [returns_of(visit.state) for visit in visits]
        assert said[0] == said[1] == said[2]
        assert len({open_places(visit.state) for visit in visits}) == 1
        assert all(visit.returned == open_places(visit.state) for visit in visits)


def act(visit: Visit, what: str, place: tuple[str, str], amount: int) -> None:
    """Nothing; does what was drawn, or nothing where it may not be done."""
    if what == "answer":
        visit.record(acts.ANSWER, *PLACES[0], Quantity(str(1200 + amount), "kWh"), why="looked again")
    elif what == "return":
        give_back(visit, [place], f"reason {amount}")
    elif what == "reply":
        reply(visit, place, f"reply {amount}")
    elif what == "end":
        end(visit, [each for each in returns_at(visit.state, *place) if can_end(visit, each)])
    elif what == "undo":
        visit.undo()
