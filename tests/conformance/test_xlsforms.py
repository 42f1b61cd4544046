"""XLSForms that others wrote: the bar of the issue, on a share of the cases that stays the same from run to run."""

import zlib
from pathlib import Path

import pytest

from tests.conformance import fuzz
from tests.conformance.cases import CASES, Run, deviations, unexpected, xlsform_cases
from tests.conformance.xlsforms import run

FILE = CASES / "xlsforms.jsonl"
SHARE = 6
"""One case of so many; ``python -m tests.conformance xlsforms FILE`` runs them all."""


@pytest.mark.skipif(not FILE.exists(), reason="the cases of other programs are not beside the checkout")
def test_a_share_of_the_forms_of_others_loads_and_fills_or_is_refused(tmp_path: Path) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    # What deviates is always among them: a case that passes by now has to leave the list.
    names = {case.id: number for number, case in enumerate(xlsform_cases(FILE))}
    known = {names[case] for case in _deviating() if case in names}
    taken = {case: number for case, number in names.items() if not zlib.crc32(case.encode()) % SHARE or number in known}
    file = tmp_path / "share.jsonl"
    file.write_text("".join(lines[number] for number in taken.values()), encoding="utf-8")
    came = run(str(file))
    # Numbers among the cases of one test are others in a share of the file.
    ids = list(taken)
    again = [case.id for case in xlsform_cases(file)]
    misses = tuple(miss._replace(case=ids[again.index(miss.case)]) for miss in came.misses)
    assert unexpected(Run("xlsforms", came.of, misses)) == []


FORMS = CASES / "forms"


@pytest.mark.skipif(not FORMS.exists(), reason="the cases of other programs are not beside the checkout")
def test_the_who_questionnaire_behaves_out_of_its_workbook_as_out_of_its_xform() -> None:
    recorded = [str(FORMS / name) for name in ("whova.xlsx", "whova-1.acts", "whova-1.javarosa.txt.gz")]
    came = fuzz.run(*recorded)
    assert came.of > 1
    assert came.misses == ()


def _deviating() -> list[str]:
    return list(deviations("xlsforms"))
