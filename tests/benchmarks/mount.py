"""Showing the walk of a visit with 50 questions and with 1,000, from asking for the page to its drawn frame."""

import asyncio
import statistics
import time
from pathlib import Path

from tests.benchmarks.material import make_visit
from tests.benchmarks.measure import Line, milliseconds, within

ROUNDS = 9
SIZES = (50, 1000)


async def _mount(folder: Path) -> float:
    """Seconds from switching to the walk of an opened visit until the program has nothing left to draw."""
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.app import AssessorApp

    with Store.open(folder) as store:
        visit = store.visits()[0].id
        app = AssessorApp(store, place="overview", visit_id=visit)
        async with app.run_test(size=(80, 24)) as pilot:
            while app.visit is None or app.loading:
                await pilot.pause(0.01)
            await pilot.pause()
            begin = time.perf_counter()
            await app.go("walk")
            await pilot.pause()
            return time.perf_counter() - begin


def measure(scratch: Path, checkout: Path) -> list[Line]:
    folders = {size: scratch / f"mount-{size}" for size in SIZES}
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    for size, folder in folders.items():
        make_visit(folder, size, place="overview")
    for number in range(ROUNDS + 1):
        for size, folder in folders.items():
            took = asyncio.run(_mount(folder))
            if number:
                times[size].append(took)
    few, many = (statistics.median(times[size]) for size in SIZES)
    ratio = many / few
    return [
        Line(
            "mount of the walk, 1,000 questions", milliseconds(many), f"50 questions: {milliseconds(few)}",
            f"{ratio:.2f}", "<= 1.2", within(ratio, 1.2),
        )
    ]  # fmt: skip
