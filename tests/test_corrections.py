"""How far a correction is, on a given day."""

import pytest

from assessor_tui.assess.corrections import correction_of


@pytest.mark.parametrize(
    ("grade", "status", "due", "expected"),
    [
        ("minor", "open", "2026-12-31", "open"),
        ("minor", "open", "2026-12-01", "overdue"),
        ("minor", "open", "2026-12-10", "open"),
        ("major", "draft", "", "open"),
        ("major", "answered", "2026-12-01", "reported"),
        ("veto", "closed", "2026-12-01", "verified"),
        ("veto", "withdrawn", "2026-12-01", ""),
        ("good_practice", "open", "", ""),
        ("observation", "open", "", ""),
        ("observation", "open", "2026-12-01", "overdue"),
    ],
)
def test_the_state_of_a_correction(grade: str, status: str, due: str, expected: str) -> None:
    assert correction_of(grade, status, due, "2026-12-10") == expected
