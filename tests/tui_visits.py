"""A visit on the shipped forms, opened in the program without its first load, for tests of pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Value
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.visit import Visit
from tests.sample_visit import new_visit
from tests.small_visit import begin, laptop

CONTROL = "pollution_control"

_open: list[Store] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Closes what ``opened`` has opened; a test module imports it."""
    yield
    while _open:
        _open.pop().close()


def opened(folder: Path, place: str, target: str = "") -> tuple[AssessorApp, Visit]:
    """The program at a page of a new visit, and the visit as the test may prepare it before the program runs."""
    store = Store.open(folder / "data")
    _open.append(store)
    store.identify("Chan Tai Man", "lead")
    visit = new_visit(store)
    return AssessorApp(store, place=place, visit_id=visit.id, target=target), visit


def opened_small(folder: Path, place: str, target: str = "") -> tuple[AssessorApp, Visit]:
    """As ``opened``, on the small forms of ``small_visit``."""
    store = laptop(folder / "data", "Chan Tai Man", "lead")
    _open.append(store)
    visit = begin(store)
    return AssessorApp(store, place=place, visit_id=visit.id, target=target), visit


def add_row(visit: Visit, form: str, repeat: str, **answers: Value) -> str:
    """Path of a new row with these answers."""
    recorded = visit.record(acts.ADD_ROW, form, repeat)
    row = recorded.entries[0][1].path
    for name, value in answers.items():
        problems = visit.record(acts.ANSWER, form, f"{row}/{name}", value).problems
        assert not problems, problems
    return row


async def ready(pilot) -> None:
    """Nothing; the visit is loaded and the page drawn."""
    app = pilot.app
    while app.visit is None or app.loading:
        await app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()


async def until(pilot, happened: Callable[[], object]) -> None:
    """Nothing; it has happened. However slow the machine is: only what never happens fails, after half a minute."""
    for _ in range(600):
        if happened():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not happen")


async def settled(pilot) -> None:
    """Nothing; what runs beside the screen has ended and is drawn."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def text_of(screen) -> str:
    """What the screen shows, line by line."""
    return "\n".join("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())
