"""The lead's board of 250 visits, read from the ledger and sorted, as the page and the command show it.

Each visit is one of the shipped scheme with its header, a team of three, some 400 entries of three devices, findings,
answers that are to come and now and then a conflict. The floor opens one such visit in full, 250 times over.
"""

import hashlib
import statistics
from collections.abc import Iterator
from pathlib import Path

from assessor_tui.assess.board import Line as BoardLine
from assessor_tui.assess.board import board, facts_of
from assessor_tui.config import shipped
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry, hash_line, to_line
from assessor_tui.ledger.value import Value
from assessor_tui.materials import load_materials
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials
from tests.benchmarks.measure import Bar, Line, against, timed
from tests.benchmarks.merge import laptops

VISITS = 250
EACH = 180
"""Answers of each of the two assessors in a visit."""
TODAY = "2026-11-20"
BUDGET = 300.0
"""Milliseconds, of the issue."""
ROUNDS = 7
PEOPLE = ("Lead Assessor", "Assessor One", "Assessor Two")
_NINE = 1_794_445_200_000_000
_DAY = 86_400_000_000


def row(*words: object) -> str:
    """32 hexadecimal digits."""
    return hashlib.sha256(" ".join(map(str, words)).encode()).hexdigest()[:32]


Said = tuple[str, str, str, Value | None, str]
"""Act, form, path, value, reason."""


def opening(materials: Materials, number: int) -> Iterator[Said]:
    """What the lead records before the visit."""
    header = materials.scheme.header_form
    said: dict[str, Value] = {
        "site_name_en": f"Sample Works {number} Limited",
        "site_name_zh": f"樣本{number}廠",
        "registered_number": f"91440000{number:010d}",
        "visit_date": f"2026-11-{1 + number % 28:02d}",
        "category": ("partner_manufacturing",),
        "batch": "Spring 2026",
        "deadline": f"2026-12-{1 + number % 28:02d}",
    }
    for path, value in said.items():
        yield acts.ANSWER, header, path, value, ""
    for name, role in zip(PEOPLE, ("lead", "assessor", "assessor"), strict=True):
        member = f"team[{row(number, name)}]"
        yield acts.ADD_ROW, header, member, None, ""
        yield acts.ANSWER, header, f"{member}/member_name", name, ""
        yield acts.ANSWER, header, f"{member}/member_role", (role,), ""


def work(materials: Materials, number: int, side: int) -> Iterator[Said]:
    """What one assessor records on site: answers, one they disagree in now and then, findings, papers to come."""
    form, findings = "pollution_control", materials.scheme.findings_form
    for each in range(EACH):
        yield acts.ANSWER, form, f"side_{side}_{each}", ("yes",), ""
    if number % 10 == 0:
        yield acts.ANSWER, form, "both", ("yes",) if side else ("no",), ""
    for each in range(3):
        path = f"findings[{row(number, side, each)}]"
        yield acts.ADD_ROW, findings, path, None, ""
        yield acts.ANSWER, findings, f"{path}/grade", ("minor",), ""
        yield acts.ANSWER, findings, f"{path}/text", "The drum store has no bund.", ""
        yield acts.ANSWER, findings, f"{path}/status", ("open",), ""
        if each or number % 3:
            yield acts.ANSWER, findings, f"{path}/owner", "Head of maintenance", ""
            yield acts.ANSWER, findings, f"{path}/due", "2026-12-31", ""
    for each in range(2):
        until = "2026-11-15" if number % 4 == 0 else "2026-12-15"
        yield acts.TO_COME, form, f"paper_{side}_{each}", None, f"Test report {each}\nThe site\n{until}"


def log(
    visit: str, device: str, person: str, said: Iterator[Said], versions: dict[str, str], at: int, scheme: str = ""
) -> Iterator[tuple[str, Entry]]:
    """The entries of one device; with ``scheme`` it opens the visit."""
    before = ""
    begin: list[Said] = []
    if scheme:
        begin = [(acts.OPEN_VISIT, "hk_gd_partners", "", ("assessment",), "")]
        begin += [(acts.USE_FORM, form, "", None, "") for form in versions]
    for seq, (act, form, path, value, why) in enumerate([*begin, *said], 1):
        version = scheme[:12] if act == acts.OPEN_VISIT else versions[form]
        entry = Entry(
            visit, device, seq, before, at + seq * 30_000_000, person, act, form, version, path, value, why=why
        )
        before = hash_line(visit, device, to_line(entry))
        yield before, entry


def fill(store: Store, visits: int = VISITS) -> None:
    """Puts the visits into the ledger: of every fifth the second assessor has not delivered."""
    (materials,) = load_materials(store, shipped("forms"))
    versions = {name: version[:12] for name, (_, version) in materials.forms.items()}
    lead, *assessors = laptops()[:3]
    for number in range(visits):
        visit, at = row("visit", number), _NINE + number % 28 * _DAY
        entries = list(
            log(visit, lead.device, PEOPLE[0], opening(materials, number), versions, at, materials.scheme_hash)
        )
        for side, laptop in enumerate(assessors):
            if number % 5 or not side:
                said = work(materials, number, side)
                entries += log(visit, laptop.device, PEOPLE[1 + side], said, versions, at + 10_000_000_000)
        store.add(entries)


def read(store: Store) -> tuple[BoardLine, ...]:
    """The board, as a page or command asks for it."""
    return board(store.board(), today=TODAY, person="Lead Assessor")


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    """The board against its budget, and beside opening each visit."""
    with Store.open(scratch / "board") as store:
        store.identify("Lead Assessor", "lead")
        fill(store)
        lines = read(store)
        assert len(lines) == VISITS
        entries = sum(each.entries for each in store.visits())
        took = statistics.median(timed(lambda: read(store)) for _ in range(ROUNDS))
        visits = [each.facts.visit for each in lines]

        def opened() -> None:
            for visit in visits:
                facts_of(store.state(visit), "visit_header", "findings", conflicts=0)

        one_by_one = timed(opened)
    what = f"the board of {VISITS} visits ({entries:,} entries)"
    return [Bar(what, took, BUDGET), against(f"{what}, beside opening each", took, one_by_one, "opening each", None)]
