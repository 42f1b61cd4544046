"""One answer through ``Visit.record`` until it is durable, beside an append of 12 KiB with fdatasync on the same disk.

Both alternate, answer by answer: choices of a visit with 500 questions, their consequences worked out.
"""

import os
from pathlib import Path

from tests.benchmarks.material import checklist_id, make_visit, open_visit
from tests.benchmarks.measure import Line, against, percentile, timed

ANSWERS = 450


def measure(scratch: Path, checkout: Path) -> list[Line]:
    folder = scratch / "durable"
    make_visit(folder, 500)
    store, visit = open_visit(folder)
    visit.fillings  # noqa: B018 -- loaded, as in a program that is open
    block = os.urandom(12 * 1024)
    sync = getattr(os, "fdatasync", os.fsync)
    ours: list[float] = []
    floor: list[float] = []
    with store, (scratch / "floor").open("ab", buffering=0) as file:

        def append() -> None:
            file.write(block)
            sync(file.fileno())

        for number in range(ANSWERS):
            form, path = checklist_id(number // 100 + 1), f"q{number % 100 + 1}"
            value = (("yes", "partial")[number % 2],)
            took = timed(lambda form=form, path=path, value=value: visit.record("answer", form, path, value))
            floor_took = timed(append)
            if number >= 50:
                ours.append(took)
                floor.append(floor_took)
    name = "12 KiB + fdatasync"
    return [
        against(f"durable answer, {part}", percentile(ours, share), percentile(floor, share), f"{name}, {part}", budget)
        for part, share, budget in (("p50", 0.5, 5), ("p99", 0.99, 10))
    ]
