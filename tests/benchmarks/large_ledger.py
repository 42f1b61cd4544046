"""100 bundles merged into a ledger that holds 2 million entries already, beside the same into an empty one.

The large ledger is built once, by the merge's own functions, and kept under the benchmarks' cache; a copy of it is
worked on. 5,000 of its questions are in conflict. Before so many entries come in, a backup of it is begun, and it goes
on beside the merge, which shares disk and processors with it; the empty one has nothing to back up. Opening a visit is
what the program waits for before it can draw one of 200 entries: finding it, its logs, and reading their lines; next to
it, the same visit as heads, conflicts and rows in memory. It takes minutes the first time, and a gigabyte.
"""

import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

from assessor_tui.carry.exchange import merge_bundles
from assessor_tui.store import backups
from assessor_tui.store.ledger import Store
from assessor_tui.store.migrate import MIGRATIONS
from tests.benchmarks.material import LEAD
from tests.benchmarks.measure import Bar, Line, against, timed
from tests.benchmarks.merge import ASSESSORS, EACH, ENTRIES, laptops, log, visit_id, write_bundles
from tests.benchmarks.peers import cache_folder

HELD = 2_000_000
PAIRS = 500
"""Visits that two assessors have filled in; the others have one."""
VISITS = 50
ROUNDS = 3
AT_ONCE = 100
FIRST = 1_000_000
"""Number of the first visit that is held."""


def fill(store: Store) -> None:
    """Nothing; ``HELD`` entries of other visits are in."""
    everybody = laptops()
    logs = [(number, side) for number in range(PAIRS) for side in (0, 1)]
    logs += [(number, 0) for number in range(PAIRS, HELD // ENTRIES - PAIRS)]
    for begin in range(0, len(logs), AT_ONCE):
        with store.gathering():
            for number, side in logs[begin : begin + AT_ONCE]:
                store.add(log(visit_id(FIRST + number), everybody[(number + side) % ASSESSORS].device, side))


def large_ledger() -> Path:
    """The folder of the ledger that is kept, built when there is none of today's tables."""
    folder = cache_folder() / f"ledger-{HELD}-{PAIRS}-{1 + len(MIGRATIONS)}"
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        with Store.open(part) as store:
            store.identify(LEAD, "lead")
            fill(store)
        part.rename(folder)
    return folder


def merge(store: Store, paths: list[Path]) -> None:
    """All bundles are new, in one ledger as in the other."""
    assert [each.new for each in merge_bundles(store, paths)] == [ENTRIES] * len(paths)


def read_lines(store: Store, visit: str) -> None:
    """Every line of a visit, as the ledger gives it for drawing."""
    assert sum(len(store.lines(visit, each.device, 0, each.fork)) for each in store.logs(visit)) == ENTRIES


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    paths = write_bundles(scratch / "bundles", VISITS)
    kept = large_ledger()
    into_empty: list[float] = []
    into_large: list[float] = []
    for number in range(ROUNDS):
        shutil.copytree(kept, scratch / "large")
        with Store.open(scratch / "large") as large, Store.open(scratch / f"empty-{number}") as empty:
            empty.identify(LEAD, "lead")
            # By turns: which of the two finds the bundles read already, and the disk at rest, changes.
            for store, times in ((empty, into_empty), (large, into_large))[:: 1 - 2 * (number % 2)]:
                times.append(timed(lambda: merge(store, paths)))  # noqa: B023
            if number == ROUNDS - 1:
                held = sum(row.entries for row in large.visits())
                alone = [visit_id(FIRST + PAIRS + each) for each in range(0, HELD // ENTRIES - 2 * PAIRS, 173)]
                opened = median_of(lambda visit: read_lines(large, visit), alone)
                known = median_of(large.state, alone)
                listed = median_of(lambda _: large.conflicts(), [""] * 9)
                conflicts = len(large.conflicts())
                assert conflicts == (PAIRS + VISITS) * EACH
        backups.stop(scratch / "large")
        shutil.rmtree(scratch / "large")
    return [
        against(
            f"merge of {len(paths)} bundles into {held - len(paths) * ENTRIES:,} entries",
            statistics.median(into_large), statistics.median(into_empty), "into an empty ledger", 2,
        ),
        Bar(f"a visit of {ENTRIES} entries opened among {held:,}", opened, 1),
        Bar("… as heads, conflicts and rows in memory", known, 16),
        Bar(f"the list of all {conflicts:,} conflicts there", listed, 50),
    ]  # fmt: skip


def median_of(act: Callable[[str], object], visits: list[str]) -> float:
    """Seconds that the act takes, the median over the visits, each of them once."""
    return statistics.median(timed(lambda: act(visit)) for visit in visits)  # noqa: B023
