"""What is awaited, as one reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.awaited import Awaited, awaited_of, awaited_text

_line = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40).map(
    lambda text: " ".join(text.split())
)


def test_what_is_awaited_reads_well_as_a_reason() -> None:
    assert awaited_text(Awaited("Manifests of May", "Ms. Lam, EHS", "2026-12-01")) == (
        "Manifests of May\nMs. Lam, EHS\n2026-12-01"
    )
    assert awaited_text(Awaited("Line 2 stands still")) == "Line 2 stands still"
    assert awaited_text(Awaited("Permit", until="2026-12-01")) == "Permit\n\n2026-12-01"


@given(_line.filter(bool), _line, st.dates().map(lambda day: day.isoformat()) | st.just(""))
def test_what_was_said_comes_back(what: str, whom: str, until: str) -> None:
    assert awaited_of(awaited_text(Awaited(what, whom, until))) == Awaited(what, whom, until)


def test_a_reason_in_other_words_is_what_is_awaited() -> None:
    assert awaited_of("") == Awaited("")
    assert awaited_of("paper promised\nby the plant\nsome day") == Awaited("paper promised by the plant some day")
    assert awaited_of("a\nb\n2026-12-01\nand more") == Awaited("a b 2026-12-01 and more")


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        awaited_text(Awaited("Permit", until="next week"))
