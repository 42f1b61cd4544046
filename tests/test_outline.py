"""Lines of the walk that are taken over are what making them anew gives."""

import random

import pytest

from assessor_tui.assess.results import Results
from assessor_tui.tui.shown.outline import Asked, form_lines
from tests.test_results import QUESTIONS, act, two_laptops


def steps(chance: random.Random):
    """Anything that two people may do."""
    answer = chance.choice(["yes", "partial", "no"])
    return chance.choice(
        [
            ("answer", chance.choice(QUESTIONS), answer),
            ("answer", chance.choice(QUESTIONS), answer),
            (chance.choice(["clear", "not applicable", "to come"]), chance.choice(QUESTIONS)),
            ("many", chance.randint(0, 3)),
            ("in row", chance.randint(0, 2), chance.choice("rst"), answer),
            (chance.choice(["add row", "undo", "redo", "note", "photo", "detach"]),),
            ("remove row", chance.randint(0, 2)),
        ]
    )


@pytest.mark.parametrize("tag", ["en-HK", "zh-Hant-HK"])
def test_lines_taken_over_are_the_lines_made_anew(tmp_path, tag):
    chance = random.Random(5)
    results = Results()
    with two_laptops(tmp_path) as (visit, other):
        lines: dict[str, list] = {}
        for _ in range(80):
            recorded = act(visit, other, steps(chance))
            results.look(visit.fillings, visit.state)
            touched = {entry.path for _digest, entry in recorded.entries} if recorded else set()
            for changes in recorded.changes.values() if recorded else ():
                touched |= changes.values | changes.relevance | changes.problems
            for form in ("site", "more"):
                anew = form_lines(visit, results, form, Asked(tag))
                known = {line.path: line for line in lines.get(form, ()) if line.kind == "question"}
                assert form_lines(visit, results, form, Asked(tag, known=known, touched=touched)) == anew
                lines[form] = anew
