"""100 bundles merged into a ledger that holds 2 million entries already, beside the same into an empty one.

Takes minutes and a gigabyte; only on demand. The large ledger is filled by the merge itself, bundle by bundle.
"""

import time
from pathlib import Path

from assessor_tui.carry.exchange import merge_bundles
from assessor_tui.store.ledger import Store
from tests.benchmarks.material import LEAD
from tests.benchmarks.measure import Line, against
from tests.benchmarks.merge import ASSESSORS, ENTRIES, laptops, log, visit_id, write_bundles

HELD = 2_000_000
VISITS = 50
AT_ONCE = 100


def fill(store: Store) -> None:
    """Puts ``HELD`` entries of other visits in."""
    everybody = laptops()
    number = 0
    while number * ENTRIES < HELD:
        with store.together():
            for _ in range(AT_ONCE):
                laptop = everybody[number % ASSESSORS]
                store.add(log(visit_id(1_000_000 + number), laptop.device, number % 2))
                number += 1


def merge(store: Store, paths: list[Path]) -> float:
    begin = time.perf_counter()
    assert all(each.new == ENTRIES for each in merge_bundles(store, paths))
    return time.perf_counter() - begin


def measure(scratch: Path, checkout: Path) -> list[Line]:
    paths = write_bundles(scratch / "bundles", VISITS)
    with Store.open(scratch / "large") as large, Store.open(scratch / "empty") as empty:
        for store in (large, empty):
            store.identify(LEAD, "lead")
        fill(large)
        into_empty, into_large = merge(empty, paths), merge(large, paths)
        held = sum(row.entries for row in large.visits())
    return [
        against(f"merge of {len(paths)} bundles into {held:,} entries", into_large, into_empty, "into an empty one", 2)
    ]
