"""What a sample site comes to: its summary and its assessment, written by the program as it would for a reviewer."""

import re
import tempfile
from pathlib import Path

from assessor_tui.carry.exchange import bundles_in, merge_bundle
from assessor_tui.reports.html import write_report
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit

from .desk import Clock, identities

SUMMARY, ASSESSMENT = "summary.html", "assessment.json"


def merged(folder: Path, bundles: Path) -> Visit:
    """The visit of a sample site with all its bundles, on a laptop of its own in ``folder``; close its store."""
    clock = Clock()
    clock.at("2026-11-16 09:00")
    store = Store.open(folder, now=clock)
    store.identify("Reader (invented)", "lead")
    for path in bundles_in([bundles]):
        outcome = merge_bundle(store, path)
        assert outcome.error is None, outcome
    (row,) = store.visits()
    return Visit(store, row.id, new_id=identities("reader"))


def write_expected(bundles: Path, folder: Path) -> None:
    """Nothing; the summary in three languages and the assessment stand in ``folder``."""
    with tempfile.TemporaryDirectory() as laptop:
        visit = merged(Path(laptop), bundles)
        try:
            summary, _ = write_report(visit, folder)
        finally:
            visit.store.close()
        summary.replace(folder / SUMMARY)


def comparable(summary: str) -> str:
    """The summary without what depends on the picture library and the program's version."""
    without_pictures = re.sub(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", "PICTURE", summary)
    return re.sub(r"assessor_tui [0-9][0-9a-z.]*", "VERSION", without_pictures)
