"""Score, progress and what is left, kept up to date, are what computing them anew gives."""

import random

from assessor_tui.assess.left import left_to_do, progress
from assessor_tui.assess.results import Results
from assessor_tui.assess.score import score
from assessor_tui.ledger.value import Quantity
from assessor_tui.store.ledger import Store
from tests.walk_world import make_visit


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


def test_results_that_are_kept_equal_results_computed_anew(tmp_path):
    chance = random.Random(7)
    results = Results()
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = make_visit(store)
        for _ in range(60):
            visit.record(*acts(chance), why="because") if chance.random() < 0.9 else visit.undo()
            results.look(visit.fillings, visit.state)
            anew = score(visit.scheme, visit.category.name, visit.fillings, visit.state)
            assert results.score(visit.scheme, visit.category) == anew
            assert results.left() == left_to_do(visit.fillings, visit.state)
            for form, filling in visit.fillings.items():
                assert results.progress(form) == progress(form, filling, visit.state)
