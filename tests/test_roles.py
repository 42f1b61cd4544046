"""What each role may record."""

import pytest

from assessor_tui.ledger.entry import ACTS
from assessor_tui.ledger.value import Evidence
from assessor_tui.trust.roles import (
    ASSESSOR,
    AUTHORITY,
    FORBIDDEN,
    LEAD,
    LOOKED_AT,
    REVIEWER,
    ROLES,
    is_wider,
    may,
    may_record,
)

OWN, OTHER = "aa" * 16, "bb" * 16


def allowed(role: str) -> set[str]:
    return {act for act in ACTS if may(role, act)}


def test_an_assessor_does_the_work_and_a_lead_signs_settles_and_returns_it() -> None:
    assert ACTS - allowed(ASSESSOR) == {"sign", "reopen", "return", "approve", "decide", "link"}
    assert ACTS - allowed(LEAD) == {"approve", "decide"}


def test_a_reviewer_and_an_authority_only_say_what_they_think_of_it() -> None:
    assert allowed(REVIEWER) == {"comment", "note", "return", "withdraw"}
    assert allowed(AUTHORITY) == {"comment", "return", "approve", "decide", "withdraw"}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_who_has_no_role_may_record_everything(act: str) -> None:
    assert may("", act)


@pytest.mark.parametrize("role", ROLES)
def test_acts_of_a_newer_version_are_nobodys_yet(role: str) -> None:
    assert may(role, "weigh")


def test_a_reviewer_takes_back_what_he_said_and_nothing_of_others() -> None:
    def withdraws(role: str, *replaces: str, value: Evidence | None = None) -> bool:
        return may_record(role, "withdraw", OWN, [f"{device}.1.{'cd' * 16}" for device in replaces], value)

    photo = Evidence("photo", {"sha256": "00" * 32})
    for role in (REVIEWER, AUTHORITY):
        assert withdraws(role, OWN)
        assert not withdraws(role, OTHER)
        assert not withdraws(role, OWN, OTHER)
        assert not withdraws(role, value=photo)
    assert withdraws(ASSESSOR, OTHER, value=photo)


def test_only_a_lead_says_of_what_others_returned_that_it_is_over() -> None:
    named = [f"{OTHER}.1.{'cd' * 16}"]
    assert may_record(LEAD, "return", OWN, named, ("over",))
    for role in (ASSESSOR, REVIEWER, AUTHORITY):
        assert not may_record(role, "return", OWN, named, ("over",))
        assert role == ASSESSOR or may_record(role, "return", OWN, named)


def test_what_is_not_looked_at_may_always_be_recorded() -> None:
    for role in ROLES:
        for act in ACTS - LOOKED_AT[role]:
            assert may_record(role, act, OWN, [f"{OTHER}.1.{'cd' * 16}"])
        assert FORBIDDEN[role] <= LOOKED_AT[role]


def test_only_a_role_that_takes_nothing_away_can_follow_another() -> None:
    assert is_wider(LEAD, ASSESSOR)
    assert not is_wider(ASSESSOR, LEAD)
    assert not is_wider(AUTHORITY, LEAD)
    assert all(is_wider(role, role) for role in ROLES)
