"""The text that reminds: who owes what until when, for everybody or for one."""

import pytest

from assessor_tui.assess.board import Came, Facts, Finding, Member, ToCome, line_of, owed
from assessor_tui.assess.documents import Document
from assessor_tui.i18n import LANGUAGES
from assessor_tui.ledger.awaited import Awaited
from assessor_tui.reports.reminder import SITE, owed_words, reminder

TODAY = "2026-11-20"
LABEL = {"en-HK": "Water balance", "zh-Hant-HK": "水平衡", "zh-Hans-CN": "水平衡"}


def line(**known):
    header = {
        "site_name_en": "Alpha Works", "site_name_zh": "甲廠", "visit_date": "2026-11-12", "deadline": "2026-12-01",
        "application_number": "APP-1",
    }  # fmt: skip
    facts = Facts("a" * 32, complete=True, header=header, team=(Member("Chan", "lead"), Member("Lee", "assessor")))
    return line_of(facts._replace(**known), TODAY, "Chan")


def document(**known) -> Document:
    first = Document("r", "water_balance", LABEL, "", "2026-11-01", "", "requested", {}, "", "2026-11-12", overdue=True)
    return first._replace(**known)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_it_names_site_number_day_and_what_is_owed_in_every_language(tag):
    text = reminder(line(), tag, TODAY, sender="Chan")
    assert text.startswith("Alpha Works (APP-1)\n" if tag == "en-HK" else "甲廠 (APP-1)\n")
    assert "Lee" in text and text.endswith("\nChan") and "2026" in text


def test_each_kind_of_what_is_owed_has_its_words():
    behind = Came("b" * 32, ("Lee",), 1, 5, 8, gap=False, worked=True)
    paper = ToCome("f", "p", "Lee", Awaited("Report", "Ms Wu", "2026-11-15"))
    text = reminder(line(came=(behind,), to_come=(paper,), findings=(Finding("f", "major", False, False, "open"),)),
                    "en-HK", TODAY)  # fmt: skip
    assert "- Lee: the rest of your entries on laptop " in text
    assert "- Ms Wu: Report (overdue since 15 November 2026)" in text
    assert "- Chan: who puts 1 finding right, and by when (by 1 December 2026)" in text
    assert "due by 1 December 2026" in text


def test_for_one_person_it_says_only_what_that_person_owes():
    paper = ToCome("f", "p", "Lee", Awaited("Report", "Ms Wu", ""))
    text = reminder(line(to_come=(paper,)), "en-HK", TODAY, "MS  WU")
    assert "Dear MS  WU," in text and "- Report" in text and "your part" not in text


def test_for_the_site_it_names_documents_and_asks_for_a_valid_one_where_it_expired():
    papers = (document(), document(state="expired", detail="Line 2"), document(state="original_seen"))
    text = reminder(line(), "en-HK", TODAY, SITE, documents=papers)
    assert text.count("- Water balance") == 2 and "your part" not in text
    assert "- Water balance Line 2: a valid one, for it has expired (overdue since 12 November 2026)" in text
    assert "- 水平衡" in reminder(line(), "zh-Hant-HK", TODAY, SITE, documents=papers)


def test_when_nothing_is_missing_it_says_thank_you():
    done = Came("b" * 32, ("Lee",), 1, 5, 5, gap=False, worked=True)
    assert "Nothing is missing any more." in reminder(line(came=(done,)), "en-HK", TODAY)


def test_on_the_board_it_speaks_of_people_and_not_to_them():
    (part,) = owed(line(), TODAY)
    assert owed_words(part, "en-HK") == "Lee: nothing has arrived yet (by 1 December 2026)"


def test_words_with_braces_and_line_ends_stay_as_they_are():
    paper = ToCome("f", "p", "Lee", Awaited("{what} {x} %s", "{whom}", ""))
    assert "- {whom}: {what} {x} %s" in reminder(line(to_come=(paper,)), "en-HK", TODAY)
