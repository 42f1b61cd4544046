"""What is awaited, as one reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.i18n.sentences import awaited_words
from assessor_tui.ledger.awaited import Awaited, awaited_of, awaited_text, is_overdue, until_of

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


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("", ""),
        ("2026-11-20", "2026-11-20"),
        ("20", "2026-11-20"),
        ("10", "2026-12-10"),
        ("12", "2026-11-12"),
        ("20/11", "2026-11-20"),
        ("3/1", "2027-01-03"),
        ("1月3日", "2027-01-03"),
        ("1/3/2026", "2026-03-01"),
        ("20260301", "2026-03-01"),
    ],
)
def test_a_day_without_its_year_or_month_is_the_next_one(typed: str, day: str) -> None:
    assert until_of(typed, "2026-11-12") == day


def test_the_31st_is_that_of_the_next_month_that_has_one() -> None:
    assert until_of("31", "2026-12-31") == "2026-12-31"
    assert until_of("30", "2027-01-31") == "2027-03-30"


@pytest.mark.parametrize("typed", ["soon", "32", "29/2", "31/4"])
def test_what_is_no_day_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(ValueError):
        until_of(typed, "2026-11-12")


def test_overdue_is_what_was_promised_for_a_day_before() -> None:
    assert is_overdue(Awaited("Permit", until="2026-11-11"), "2026-11-12")
    assert not is_overdue(Awaited("Permit", until="2026-11-12"), "2026-11-12")
    assert not is_overdue(Awaited("Permit"), "2026-11-12")


def test_what_is_awaited_is_said_in_one_line() -> None:
    assert (
        awaited_words("Permit\nMs. Lam\n2026-11-11", "2026-11-12") == "Permit, from Ms. Lam, until 2026-11-11, overdue"
    )
    assert awaited_words("Permit\n\n2026-12-01", "2026-11-12") == "Permit, until 2026-12-01"
    assert awaited_words("by phone\u202e soon", "2026-11-12") == "by phone  soon"
