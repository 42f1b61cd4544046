"""The closing record of a visit with 450 questions and 20 findings, from an opened ledger to the file on the disk."""

import statistics
from pathlib import Path

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.awaited import Awaited, awaited_text
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.value import Value
from tests.benchmarks.material import checklist_id, make_visit, open_visit
from tests.benchmarks.measure import Bar, timed

ROUNDS = 7
QUESTIONS, FINDINGS, TO_COME = 450, 20, 15


def _fill(folder: Path) -> None:
    store, visit = open_visit(folder)
    with store:
        drafts = []
        for form, filling in visit.checklists.items():
            for number in range(1, QUESTIONS // 5 + 1):
                version = visit.versions[form]
                drafts.append(Draft(visit.id, acts.ANSWER, form, f"q{number}", ("yes",), version))
                assert filling.state(f"q{number}")
        why = awaited_text(Awaited("Certificate", "Ms Ho", "2026-11-26"))
        form = checklist_id(1)
        drafts += [
            Draft(visit.id, acts.TO_COME, form, f"q{number}", None, visit.versions[form], why)
            for number in range(4, 4 + TO_COME)
        ]
        store.append(drafts)
        visit.refresh()
        for number in range(FINDINGS):
            text = f"Three labels of drum {number} have no date."
            answers: dict[str, Value] = {
                "grade": ("minor",), "text": text, "text_en": text, "text_hant": "三個標籤沒有日期。",
                "text_hans": "三个标签没有日期。", "where": "Store B", "owner": "Ms Ho", "due": "2026-12-31",
                "question": f"{form}/q{number + 1}",
            }  # fmt: skip
            assert visit.add_row("findings", "findings", answers).entries


def measure(scratch: Path, checkout: Path) -> list[Bar]:
    from assessor_tui.reports.closing import write_closing

    folder = scratch / "closing"
    make_visit(folder, QUESTIONS)
    _fill(folder)

    def write() -> None:
        store, visit = open_visit(folder)
        with store:
            write_closing(visit, scratch / "out", "zh-Hans-CN")

    write()
    took = statistics.median(timed(write) for _ in range(ROUNDS))
    return [Bar("closing record of a 450-question visit, ledger opened to file written", took, 1000)]
