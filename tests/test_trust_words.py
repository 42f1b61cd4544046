"""What was held back and why, in words for somebody who is no cryptographer."""

import pytest

from assessor_tui.i18n.trust_words import (
    ADVICE,
    NEWS,
    REASONS,
    act_words,
    advice_words,
    count_words,
    held_words,
    news_words,
)
from assessor_tui.ledger.entry import ACTS
from assessor_tui.trust import judge
from assessor_tui.trust.judge import HeldBack
from assessor_tui.trust.roles import FORBIDDEN
from assessor_tui.trust.team import News

VISIT, DEVICE = "11" * 16, "aa" * 16


@pytest.mark.parametrize("reason", judge.REASONS)
def test_every_reason_has_its_words_and_what_to_do(reason: str) -> None:
    held = HeldBack(reason, VISIT, DEVICE, 3, 5, "sign" if reason == judge.ROLE else "")
    assert held_words(held, "Bob (KQT)").startswith("3 entries of Bob (KQT)")
    assert "{" not in held_words(held, "Bob") + advice_words(held, "Bob")
    assert advice_words(held, "Bob").endswith(".")


def test_there_are_no_words_for_reasons_that_there_are_not() -> None:
    assert set(REASONS) == set(ADVICE) == set(judge.REASONS)


def test_acts_beyond_a_role_are_said_as_people_say_them() -> None:
    for act in (FORBIDDEN["assessor"] | FORBIDDEN["lead"]) & ACTS:
        assert act_words(act) != ""


def test_how_much_is_held_back_is_counted_in_entries() -> None:
    two = HeldBack("role", VISIT, DEVICE, 3, 4, "sign")
    assert count_words([two, HeldBack("role", VISIT, DEVICE, 9, 9, "link")]) == "3 entries held back"
    assert count_words([HeldBack("unknown", VISIT, DEVICE, 0, 0)]) == "held back"
    assert "files" in held_words(HeldBack("unknown", VISIT, DEVICE, 0, 0), "Bob")


@pytest.mark.parametrize("outcome", NEWS)
def test_what_came_of_a_roster_is_said_and_alarms_say_so(outcome: str) -> None:
    news = News(outcome, 3, "1234 5678", 4)
    words = news_words(news)
    assert words and "{" not in words
    assert news.is_alarm == words.startswith("Careful")


def test_nothing_is_said_of_the_roster_that_is_here() -> None:
    assert news_words(News("same", 3, here=3)) == ""
