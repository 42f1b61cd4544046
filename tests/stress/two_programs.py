"""Several programs at once on one data folder: one writes at a time, the others are told, nothing is lost."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from assessor_tui.ledger.value import Quantity
from assessor_tui.store.errors import LedgerOpenElsewhere
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop


class Outcome(NamedTuple):
    """What came of all programs."""

    said: int
    """Answers that some program said were saved."""
    found: int
    """Answers in the ledger."""
    told: int
    """How often a program was told that another one is open."""
    damage: tuple[str, ...]


def compete(folder: Path, programs: int, answers: int) -> Outcome:
    """What comes of ``programs`` that each open the ledger until they have saved ``answers`` answers."""
    with laptop(folder, "Ann", "lead") as store:
        visit_id = begin(store).id
    command = [sys.executable, "-m", "tests.stress", "take-turns", str(folder), visit_id, str(answers)]
    running = [subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(programs)]
    lines = [each.communicate()[0].split() for each in running]
    said, told = sum(int(line[0]) for line in lines), sum(int(line[1]) for line in lines)
    with Store.open(folder) as store:
        found = sum(entry.act == "answer" for _, entry in store.entries(visit_id, "check", "power"))
        damage = (*store.integrity(), *(problem.code for problem in store.verify_logs()))
    return Outcome(said, found, told, damage)


def take_turns(folder: Path, visit_id: str, answers: int, number: int) -> None:
    """Nothing; saves answers, one per opening, and prints how many and how often the folder was taken."""
    said = told = 0
    while said < answers:
        try:
            with Store.open(folder) as store:
                visit = Visit(store, visit_id, new_id=ids("t"))
                value = Quantity(str(number * 1000 + said + 1), "kWh")
                assert visit.record("answer", "check", "power", value).entries
                said += 1
        except LedgerOpenElsewhere:
            told += 1
    print(said, told)
