"""docs/conformance.md says what the runs say; the figures of long runs are compared with what is known to differ."""

import re

import pytest

from tests.conformance import page
from tests.conformance.cases import CASES, deviations

PAGE = page.PAGE.read_text(encoding="utf-8")
ROW = re.compile(r"\| `(\w+)` \| .* \| ([\d,]+) of ([\d,]+) \| ([\d.]+) % \| ([\d.]+) % \| (.*) \| \d{4}-\d\d-\d\d \|")
UPDATE = "run: python -m tests.conformance write RUN"


def rows() -> dict[str, list[tuple[int, int]]]:
    """Run -> passed and of, of each of its rows."""
    found: dict[str, list[tuple[int, int]]] = {}
    for match in ROW.finditer(PAGE):
        passed, of = (int(match[at].replace(",", "")) for at in (2, 3))
        found.setdefault(match[1], []).append((passed, of))
    return found


def test_every_run_stands_in_the_page_with_what_came_of_it() -> None:
    assert list(rows()) == list(page.KINDS)
    for match in ROW.finditer(PAGE):
        reached = float(match[4]) >= float(match[5])
        assert match[6] == page.FAILS or reached or "below" in match[6], match[0]


def test_what_is_known_to_differ_stands_in_the_page() -> None:
    assert page.differences() in PAGE, UPDATE


def test_as_many_cases_are_missed_as_have_a_reason() -> None:
    failing = {match[1] for match in ROW.finditer(PAGE) if match[6] == page.FAILS}
    for kind, figures in rows().items():
        if kind not in failing:
            assert sum(of - passed for passed, of in figures) == len(deviations(kind)), (kind, UPDATE)


@pytest.mark.skipif(not CASES.exists(), reason="the cases of other programs are not beside the checkout")
def test_the_page_is_of_all_cases_that_there_are() -> None:
    for kind, sizes in page.known_sizes().items():
        assert [of for _, of in rows()[kind]] == sizes, (kind, UPDATE)


def test_random_acts_are_as_many_as_demanded() -> None:
    ((_, acts),) = rows()["recomputation"]
    assert acts >= page.ANSWERS


def test_a_share_is_never_rounded_up_and_a_miss_without_reason_does_not_hold() -> None:
    line = page.Line("roundtrip", "x", "100", 100_000, frozenset({"nobody knows"}))
    assert "99.99 %" in line.row("2026-11-12")
    assert line.verdict == page.FAILS
    assert page.Line("roundtrip", "x", "100", 0, frozenset()).verdict == page.FAILS
    assert page.Line("roundtrip", "x", "100", 5, frozenset()).verdict == "holds"
