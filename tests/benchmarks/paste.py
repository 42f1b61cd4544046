"""5,000 cells out of somebody's table: read, checked, saved in one act and taken back, as paste and import do it.

One table of machines with a text, a choice, numbers and a unit per line, pasted into an empty table of the shipped
forms and again over what stands; and 34 carriers with twelve months each, whose rows compute and compare. The floor is
the durable append of as many entries without looking at them.
"""

import statistics
from itertools import count
from pathlib import Path

from openpyxl import Workbook

from assessor_tui.assess.pasted import Plan, plan_rows
from assessor_tui.config import shipped
from assessor_tui.form.model import Repeat, walk
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.materials import load_materials
from assessor_tui.sheets import read_sheet, read_text
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit, create_visit
from tests.benchmarks.material import identities
from tests.benchmarks.measure import Bar, Line, against, timed

CELLS = 5_000
BUDGET = 2_000.0
"""Milliseconds, of the issue."""
ROUNDS = 3
FORM = "energy_material_flow"
MACHINES, MONTHS, CARRIERS = "equipment", "energy_by_month", "energy_carriers"
PER_LINE = 6
"""Cells of a line of machines."""


def machines() -> str:
    """The table of machines as a spreadsheet copies it."""
    lines = ["名称及型号\t类别\t台数\t单台功率（kW）\t能效等级\t所在地点"]
    lines += [
        f"电机 {number}\t电动机\t{1 + number % 4}\t{11 + number % 9}\t2级能效\t{number % 5 + 1}号车间"
        for number in range(CELLS // PER_LINE)
    ]
    return "\n".join(lines)


def months(carriers: int) -> str:
    """Twelve months of each carrier: three cells and its name a line."""
    lines = ["能源品种\t月份\t计量值\t票据值"]
    lines += [
        f"户号 {carrier:03}\t2025年{month}月\t{12_000 + carrier * 10 + month}\t{12_010 + carrier * 10 + month}"
        for carrier in range(carriers)
        for month in range(1, 13)
    ]
    return "\n".join(lines)


def opened(folder: Path) -> tuple[Store, Visit]:
    """A new visit of the shipped scheme, all its forms filled in."""
    store = Store.open(folder)
    store.identify("Lead Assessor", "lead")
    materials = load_materials(store, shipped("forms"))[0]
    header = {"site_name_en": "Speed Works Limited", "visit_date": "2026-11-12"}
    visit = create_visit(store, materials, header, new_id=identities("paste"))
    _ = visit.fillings
    return store, visit


def planned(visit: Visit, repeat: str, text: str) -> Plan:
    """What the preview shows."""
    filling = visit.filling(FORM)
    node = next(
        each for _, each in walk(visit.forms[FORM].children) if isinstance(each, Repeat) and each.name == repeat
    )
    table = read_text(text, delimiter="\t").rows
    return plan_rows(filling, node, repeat, table, lambda path: visit.state.standing(FORM, path), today=visit.today)


def taken(visit: Visit, repeat: str, text: str) -> int:
    """Entries stored; every cell must have been taken."""
    plan = planned(visit, repeat, text)
    assert not plan.refused, plan.refused[:3]
    recorded = visit.fill_rows(FORM, repeat, plan.rows())
    assert not recorded.problems, recorded.problems[:3]
    return len(recorded.entries)


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    """Each way in against its budget, and beside the disk alone."""
    times: dict[str, list[float]] = {}

    def note(what: str, seconds: float) -> None:
        times.setdefault(what, []).append(seconds)

    table = machines()
    rows = CELLS // PER_LINE
    entries = 0
    for turn in range(ROUNDS):
        store, visit = opened(scratch / f"turn-{turn}")
        with store:
            note("new", timed(lambda visit=visit: taken(visit, MACHINES, table)))
            entries = len(visit.state)
            note("again", timed(lambda visit=visit: taken(visit, MACHINES, table)))
            note("changed", timed(lambda visit=visit: taken(visit, MACHINES, table.replace("2级能效", "1级能效"))))
            note("undo", timed(lambda visit=visit: [visit.undo(), visit.undo()]))
            assert visit.filling(FORM).rows(MACHINES) == ()
            carriers = CELLS // 48
            for path, day in (("period_from", "2025-01-01"), ("period_to", "2025-12-31")):
                visit.record(acts.ANSWER, FORM, path, day)
            text = "能源品种及户号\t计费单位\n" + "\n".join(f"户号 {number:03}\tkWh" for number in range(carriers))
            taken(visit, CARRIERS, text)
            note("months", timed(lambda visit=visit, carriers=carriers: taken(visit, MONTHS, months(carriers))))
            assert len(visit.filling(FORM).rows(MONTHS)) == carriers * 12
        note("floor", _floor(scratch / f"floor-{turn}", entries))
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in table.splitlines():
        sheet.append(line.split("\t"))
    book.save(scratch / "machines.xlsx")
    workbook = [timed(lambda: read_sheet(scratch / "machines.xlsx")) for _ in range(ROUNDS)]
    middle = {what: statistics.median(each) for what, each in times.items()}
    cells = f"{rows * PER_LINE:,} pasted cells"
    return [
        Bar(f"{cells} checked and saved, {rows} new rows", middle["new"], BUDGET),
        Bar(f"{CELLS // 48 * 48:,} pasted cells checked and saved, months of {CELLS // 48} carriers", middle["months"],
            BUDGET),
        Bar(f"{cells} checked, one column of {rows} changed", middle["changed"], BUDGET),
        Bar("the same table again: nothing to save", middle["again"], BUDGET),
        Bar("both taken back", middle["undo"], BUDGET),
        Bar("a workbook of as many cells read", statistics.median(workbook), BUDGET),
        against("pasted and saved, beside appending as many entries", middle["new"], middle["floor"], "append", None),
    ]  # fmt: skip


def _floor(folder: Path, entries: int) -> float:
    """Seconds of one durable append of as many entries."""
    numbers = count()
    with Store.open(folder) as store:
        store.identify("Lead Assessor", "lead")
        visit = "a" * 32
        drafts = [Draft(visit, acts.ANSWER, FORM, f"q{next(numbers)}", "words") for _ in range(entries)]
        return timed(lambda: store.append(drafts))
