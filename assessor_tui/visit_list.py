"""Opening many visits from the secretariat's list: what the file says, and the visits it becomes, all at once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assessor_tui.assess.board import TEAM, Facts
from assessor_tui.assess.visit_list import APPLICATION, DATE, REGISTERED, NewVisit, VisitList, read_list
from assessor_tui.carry.put_away import put_away_lines
from assessor_tui.problem import Problem
from assessor_tui.sheets import REFUSED_CELLS, read_sheet
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Opening, create_visits


class ListFile(NamedTuple):
    """A list as it was read from its file."""

    name: str
    """Of the sheet."""
    listed: VisitList
    notes: tuple[Problem, ...]
    """What people should know about the sheet itself."""


def read_list_file(store: Store, materials: Materials, path: Path, sheet: str = "") -> ListFile:
    """What the list in the file comes to, beside the visits here and those put away from here; nothing is recorded.

    Raises:
        SheetError: when there is no table in the file, or too much of one.
        StoreError: when the ledger cannot be read.
    """
    table = read_sheet(path, sheet)
    damaged = [problem for problem in table.problems if problem.code in REFUSED_CELLS]
    form, _ = materials.forms[materials.scheme.header_form]
    listed = read_list(form, table.rows, [*store.board(), *_put_away(store)], damaged)
    return ListFile(table.name, listed, tuple(problem for problem in table.problems if problem not in damaged))


def _put_away(store: Store) -> Iterator[Facts]:
    """What stays of visits put away: they are no new ones either."""
    for line in put_away_lines(store):
        numbers = {APPLICATION: line.number, REGISTERED: line.number}
        yield Facts(line.visit, complete=False, header={**numbers, DATE: line.date})


def open_listed(
    store: Store,
    materials: Materials,
    visits: Sequence[NewVisit],
    *,
    new_id: Callable[[], str],
    kind: str = "assessment",
    language: str = "en-HK",
) -> list[str]:
    """Ids of the visits opened, in the order of the lines; all of them in one transaction.

    Raises:
        StoreError: when the disk does not take it; then none was opened.
    """
    openings = [Opening(each.answers, {TEAM: each.team} if each.team else {}) for each in visits]
    return create_visits(store, materials, openings, new_id=new_id, kind=kind, language=language)
