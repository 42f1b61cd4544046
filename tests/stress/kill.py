"""A program that answers is killed at a random moment: whatever it had said was saved is there."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from assessor_tui.ledger.value import Quantity
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop


class Told(NamedTuple):
    """What the ledger says after one kill."""

    acknowledged: int
    """Answers that the killed program had said were saved, since the ledger was made."""
    found: int
    """Answers that are there."""
    damage: tuple[str, ...]
    """What integrity and log checks find wrong; empty when nothing is."""


def prepare(folder: Path) -> str:
    """Id of a new visit in ``folder``."""
    with laptop(folder, "Ann", "lead") as store:
        return begin(store).id


def answer_for_ever(folder: Path, visit_id: str) -> None:
    """Answers, adds rows and undoes without end; each number is told on stdout once it is saved."""
    store = Store.open(folder)
    visit = Visit(store, visit_id, new_id=lambda: os.urandom(16).hex())
    last = visit.filling("check").state("power").value
    number = int(last.n) if isinstance(last, Quantity) else 0
    while True:
        number += 1
        assert visit.record("answer", "check", "power", Quantity(str(number), "kWh")).entries
        os.write(1, f"{number}\n".encode())
        if number % 7 == 0:
            row = visit.record("add row", "check", "outlets").entries[0][1].path
            visit.record("answer", "check", f"{row}/tag", f"DA{number}")
            visit.record("remove row", "check", row)
            visit.undo()


def kill_once(folder: Path, visit_id: str, seconds: float) -> Told:
    """What is there after the program has answered for ``seconds`` and was killed."""
    # The child is ours to the last byte: what it wrote before it died is still in the pipe.
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.stress", "answer", str(folder), visit_id], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    begun = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    lines = (begun + child.stdout.read()).split(b"\n")
    child.wait()
    child.stdout.close()
    # A line without its end was never wholly said.
    return look(folder, visit_id, int(lines[-2]))


def look(folder: Path, visit_id: str, acknowledged: int) -> Told:
    """What the ledger in ``folder`` says when it is opened again."""
    with Store.open(folder) as store:
        visit = Visit(store, visit_id, new_id=ids("e"))
        said = [entry for _, entry in store.entries(visit_id, "check", "power") if entry.act == "answer"]
        found = [int(entry.value.n) for entry in said if isinstance(entry.value, Quantity)]
        damage = [*store.integrity(), *(problem.code for problem in store.verify_logs())]
        if found != list(range(1, len(found) + 1)):
            damage.append("answers are not in order")
        if store.renewed:
            damage.append(f"a new device: {store.renewed}")
        standing = visit.state.standing("check", "power")
        if standing is None or standing.value != Quantity(str(len(found)), "kWh"):
            damage.append("the last answer does not stand")
        return Told(acknowledged, len(found), tuple(damage))


def kill_often(folder: Path, times: int, seed: int) -> list[Told]:
    """One ``Told`` per kill, all on the same ledger, at moments drawn with ``seed``."""
    moments = random.Random(seed)
    visit_id = prepare(folder)
    return [kill_once(folder, visit_id, moments.uniform(0, 0.35)) for _ in range(times)]
