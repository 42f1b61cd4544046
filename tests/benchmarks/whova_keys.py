"""Answer keys on the WHO verbal autopsy questionnaire, imported from its workbook, from the key to the finished frame.

Run by hand: ``python -m tests.benchmarks.whova_keys``. Without the shared cases it says so.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.answer_key import PAUSE, key_to_frame
from tests.benchmarks.first_frame import program
from tests.benchmarks.measure import percentile
from tests.conformance.cases import CASES
from tests.pty_terminal import Terminal

KEYS = 80
CONSENT = "Id10013"


def prepared(folder: Path) -> None:
    """Nothing; a visit of the questionnaire stands in the folder, the cursor at the consent."""
    from assessor_tui.cli.session import new_id
    from assessor_tui.config import shipped
    from assessor_tui.form.model import questions
    from assessor_tui.materials import own_checklists
    from assessor_tui.store.ledger import Store
    from assessor_tui.using_form import Materials, read_form_file, with_forms
    from assessor_tui.visit import create_visit

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


def measure(scratch: Path, checkout: Path, size: tuple[int, int] = (80, 24)) -> None:
    """Nothing; prints p50 and p95 of answers, of Down, and of the consent in both directions."""
    prepared(scratch)
    with Terminal(program(scratch), folder=checkout, width=size[0], height=size[1]) as terminal:
        terminal.wait_for("WHO VA", seconds=60)
        terminal.settle(1.0)
        terminal.feed("\r")
        terminal.wait_for("Overview", seconds=30)
        terminal.feed("/")
        terminal.settle(0.5)
        terminal.feed("Id10013\r")
        terminal.settle(1.0)
        consent = []
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
        answers, moves = [], []
        for _ in range(KEYS):
            time.sleep(PAUSE)
            terminal.read(0.01)
            line = terminal.screen.text().rstrip().split("\n")[-1]
            digit = re.match(r" *1-[2-9] answer", line)
            took, _ = key_to_frame(terminal, "2" if digit else "\x1b[B")
            (answers if digit else moves).append(took)
        for _ in range(40):
            moves.append(key_to_frame(terminal, "\x1b[B")[0])
    for name, times in (("consent", consent), ("answer", answers), ("down", moves)):
        shown = f"p50 {percentile(times, 0.5) * 1000:.1f} ms   p95 {percentile(times, 0.95) * 1000:.1f} ms"
        sys.stdout.write(f"{name:8} {len(times):3}  {shown}\n")


if __name__ == "__main__":
    if not CASES.is_dir():
        sys.exit(f"{CASES} is missing")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "data", Path(__file__).parents[2])
