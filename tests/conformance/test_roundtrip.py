"""Workbooks of others go out as they came in, told by XLSForm's own reader."""

from pathlib import Path

import pytest

from tests.conformance import roundtrip
from tests.conformance.cases import CASES, deviations, unexpected

WORKBOOK = CASES / "forms" / "whova.xlsx"
XLSFORMS = CASES / "xlsforms.jsonl"
ONE_IN = 12
"""All of them take a minute: ``python -m tests.conformance roundtrip``."""


@pytest.mark.parametrize("file", roundtrip.our_forms(), ids=lambda file: file.stem)
def test_our_forms_come_back_and_xlsforms_reader_accepts_them(file: Path) -> None:
    assert roundtrip.run(str(file)).misses == ()


@pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the cases are not at {CASES}")
def test_the_who_questionnaire_goes_out_as_it_came_in() -> None:
    assert roundtrip.run(str(WORKBOOK)).misses == ()


@pytest.mark.skipif(not XLSFORMS.exists(), reason=f"the cases are not at {CASES}")
def test_workbooks_of_others_go_out_as_they_came_in(tmp_path: Path) -> None:
    some = XLSFORMS.read_text(encoding="utf-8").splitlines()[::ONE_IN]
    (tmp_path / "some.jsonl").write_text("\n".join(some), encoding="utf-8")
    run = roundtrip.run(str(tmp_path / "some.jsonl"))
    assert run.of > 50
    # Ids count within a test, so a part of the file names them otherwise: the share decides here.
    assert [miss for miss in run.misses if miss.case.partition("#")[0] not in {case.partition("#")[0] for case in
            deviations("roundtrip")}] == []  # fmt: skip


def test_what_is_no_workbook_is_a_miss_and_not_the_end(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK nonsense")
    run = roundtrip.run(str(tmp_path / "x.xlsx"))
    assert [miss.case for miss in run.misses] == ["x.xlsx"]
    assert unexpected(run) != []
