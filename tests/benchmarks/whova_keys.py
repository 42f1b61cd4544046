"""Answer keys on the WHO verbal autopsy questionnaire, imported from its workbook, from the key to the finished frame.

The consent opens and closes all of its questions. Without the cases beside the checkout it says so.
"""

import re
import time
from pathlib import Path

from tests.benchmarks.answer_key import PAUSE, key_to_frame
from tests.benchmarks.first_frame import program
from tests.benchmarks.measure import Bar, Line, percentile
from tests.conformance.cases import CASES
from tests.pty_terminal import Terminal

KEYS = 80
FRAME, MANY_CHANGE = 16.0, 50.0
"""Milliseconds: one frame; and as for any answer with hundreds of consequences."""
CONSENT = "Id10013"


def prepared(folder: Path) -> None:
    """Nothing; a visit of the questionnaire stands in the folder, the cursor at the consent."""
    from assessor_tui.cli.session import new_id
    from assessor_tui.config import shipped
    from assessor_tui.form.model import questions
    from assessor_tui.materials import own_checklists
    from assessor_tui.store.ledger import Store
    from assessor_tui.using_form import read_form_file, with_forms
    from assessor_tui.visit import Materials, create_visit

    form = read_form_file(CASES / "forms" / "whova.xlsx").form
    assert form is not None
    consent = next(path for path, _ in questions(form) if path.endswith(CONSENT))
    with Store.open(folder) as store:
        store.identify("Lead Assessor", "lead")
        materials = with_forms(store, own_checklists(store, shipped("forms")), [form])
        assert isinstance(materials, Materials)
        answers = {"site_name_en": "WHO VA", "visit_date": "2026-11-12"}
        visit = create_visit(store, materials, answers, new_id=new_id)
        store.set_local("", "last", {"visit": visit.id})
        store.set_local(visit.id, "place", {"page": "walk", "target": f"{form.form_id}/{consent}"})


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    """Answers, Down, and the consent in both directions."""
    if not CASES.is_dir():
        return [Line("WHO VA in the walk", "the cases are not there", "", "", "", "")]
    prepared(scratch / "data")
    with Terminal(program(scratch / "data"), folder=checkout) as terminal:
        terminal.wait_for("WHO VA", seconds=60)
        terminal.settle(1.0)
        terminal.feed("\r")
        terminal.wait_for("Overview", seconds=30)
        terminal.feed("/")
        terminal.settle(0.5)
        terminal.feed("Id10013\r")
        terminal.settle(1.0)
        consent: list[float] = []
        for key in "121":
            time.sleep(PAUSE)
            terminal.read(0.01)
            took, _ = key_to_frame(terminal, key)
            consent.append(took)
            terminal.settle(0.2)
            if key != "1" or len(consent) == 1:
                terminal.feed("/")
                terminal.settle(0.5)
                terminal.feed("Id10013\r")
                terminal.settle(0.5)
        answers: list[float] = []
        moves: list[float] = []
        for _ in range(KEYS):
            time.sleep(PAUSE)
            terminal.read(0.01)
            line = terminal.screen.text().rstrip().split("\n")[-1]
            digit = re.match(r" *1-[2-9] answer", line)
            took, _ = key_to_frame(terminal, "2" if digit else "\x1b[B")
            (answers if digit else moves).append(took)
        for _ in range(40):
            moves.append(key_to_frame(terminal, "\x1b[B")[0])
    return [
        Bar("WHO VA in the walk: answer key to finished frame, p50", percentile(answers, 0.5), FRAME),
        Bar("WHO VA in the walk: answer key to finished frame, p95", percentile(answers, 0.95), FRAME),
        Bar("WHO VA in the walk: Down to finished frame, p95", percentile(moves, 0.95), FRAME),
        Bar("WHO VA in the walk: the consent, which opens everything, slowest", max(consent), MANY_CHANGE),
    ]
