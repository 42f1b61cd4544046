"""What differs between two versions of a form, and which answers survive it."""

import pytest

from assessor_tui.form.diff import Change, diff, is_same_question
from assessor_tui.form.model import Choice, Form, Node, Question
from assessor_tui.i18n.diff_words import change_words
from tests.logic_forms import CHOICES, form, group, many, number, one, repeat, text


def between(before: tuple[Node, ...], now: tuple[Node, ...]) -> list[Change]:
    return list(diff(form(*before), form(*now)))


def codes(before: tuple[Node, ...], now: tuple[Node, ...]) -> list[tuple[str, str, bool]]:
    return [(change.code, change.path, change.grave) for change in between(before, now)]


def test_equal_forms_do_not_differ() -> None:
    same = (group("g", text("a")), repeat("r", number("b")))
    assert between(same, same) == []


def test_questions_groups_and_repeats_come_and_go() -> None:
    before = (text("first"), group("g", number("load")))
    now = (text("first"), repeat("wells", number("depth")))
    assert codes(before, now) == [
        ("group_removed", "g", False), ("question_removed", "load", False), ("repeat_added", "wells", False),
        ("question_added", "wells/depth", False),
    ]  # fmt: skip


def test_a_name_that_went_where_one_alike_came_is_told_as_a_guess() -> None:
    before = Question("text", "permit_no", {"en-HK": "Number of the discharge permit"})
    (change,) = between((before,), (before._replace(name="permit_number"),))
    assert (change.code, change.grave) == ("question_renamed", False)
    assert "perhaps renamed" in change_words(change)


@pytest.mark.parametrize(
    ("before", "now", "grave"),
    [
        (number("a"), text("a"), False),
        (one("a"), text("a"), False),
        (text("a"), number("a"), True),
        (one("a"), many("a", "yes_no"), True),
        (one("a"), one("a", "kind"), True),
        (text("a"), group("a", text("b")), True),
    ],
)
def test_a_name_never_changes_its_type_except_to_text(before: Node, now: Node, grave: bool) -> None:
    (change,) = [each for each in between((before,), (now,)) if each.code == "type"]
    assert change.grave is grave


def test_a_question_that_moves_between_tables_loses_its_answers_and_one_that_moves_within_does_not() -> None:
    before = (text("a"), text("b"), group("g", text("c")), repeat("r", text("d")))
    assert codes(before, (text("b"), text("a"), group("g", text("c")), repeat("r", text("d")))) == [
        ("question_moved", "b", False)
    ]
    assert codes(before, (text("a"), group("g", text("c"), text("b")), repeat("r", text("d")))) == [
        ("question_moved", "b", False)
    ]
    assert codes(before, (text("b"), group("g", text("c")), repeat("r", text("d"), text("a")))) == [
        ("question_moved", "r/a", True)
    ]


def test_every_column_is_told_with_what_it_was() -> None:
    before = number("a", relevant="${b} = 'yes'", weight="2")
    now = number("a", relevant="${b} = 'no'", constraint=". > 0")
    told = {change.told["column"]: change_words(change) for change in between((before, one("b")), (now, one("b")))}
    assert told == {
        "relevant": "relevant: ${b} = 'yes' became ${b} = 'no'",
        "constraint": "constraint added: . > 0",
        "weight": "weight: 2 became 1",
    }


def test_texts_are_told_per_language() -> None:
    before = Question("text", "a", {"en-HK": "Name", "zh-Hant-HK": "名稱"})
    now = Question("text", "a", {"en-HK": "Full name", "zh-Hant-HK": "名稱"}, hint={"en-HK": "As registered"})
    words = [change_words(change) for change in between((before,), (now,))]
    assert words == ["label, en-HK: Name became Full name", "hint, en-HK added: As registered"]


def test_choices_are_told_with_who_uses_the_list() -> None:
    before = form(one("a"))
    kept, gone = CHOICES["yes_no"]
    changed = (Choice("later", {"en-HK": "Later"}), kept._replace(label={"en-HK": "Yes!", "zh-Hant-HK": "是"}))
    found = diff(before, before._replace(choices={**CHOICES, "yes_no": changed, "more": changed}))
    assert [(each.code, each.told.get("choice", ""), each.grave) for each in found] == [
        ("choice_removed", gone.name, True), ("choice_added", "later", False), ("choice_text", "yes", False),
        ("list_added", "", False),
    ]  # fmt: skip
    assert found[0].told["used"] == "a"


def test_two_forms_are_not_two_versions() -> None:
    (change,) = [each for each in diff(form(text("a")), form(text("a"))._replace(form_id="other")) if each.grave]
    assert change.code == "other_form"


def test_every_difference_has_words() -> None:
    before = form(text("a"), group("g", number("n")), repeat("r", one("c")))
    now = Form("example", "2", {"en-HK": "Other"}, (one("a"), repeat("g", text("n")), text("r")), {"yes_no": ()})
    for change in (*diff(before, now), *diff(now, before)):
        assert change.code not in change_words(change).split(":")[0] or change.code == "type"


def test_an_answer_means_the_same_only_where_the_same_is_asked() -> None:
    before = form(one("a", relevant="1 = 1"), number("n", weight="2"), text("t"))
    now = form(one("a"), number("n"), text("t", constraint=". != ''"))
    assert is_same_question(before, now, "a")
    assert is_same_question(before, now, "n")
    assert not is_same_question(before, now, "t")
    assert not is_same_question(before, now, "gone")
    more = now._replace(choices={**CHOICES, "yes_no": CHOICES["kind"]})
    assert not is_same_question(before, more, "a")


def test_large_forms_are_compared_soon() -> None:
    before = form(*(text(f"q{at}") for at in range(3000)))
    now = form(*(text(f"q{at}") for at in range(2999, 1000, -1)), *(text(f"p{at}") for at in range(2000)))
    assert len(diff(before, now)) > 4000


def test_what_came_and_went_is_told_in_the_language_that_is_asked_for() -> None:
    went = Question("text", "permit", {"en-HK": "Permit", "zh-Hant-HK": "許可證"})
    came = Question("integer", "staff", {"en-HK": "Staff", "zh-Hans-CN": "员工"})

    told = [dict(change.told) for change in diff(form(went), form(came), "zh-Hant-HK")]

    assert told == [{"old": "許可證"}, {"new": "员工"}]


def test_a_list_that_has_a_name_twice_does_not_differ_from_itself() -> None:
    twice = (Choice("a", {"en-HK": "One"}), Choice("a", {"en-HK": "Two"}))
    here = Form("example", "1", {"en-HK": "Example"}, (one("q", "kind"),), {"kind": twice})
    assert diff(here, here) == ()
    other = here._replace(choices={"kind": (twice[0], Choice("a", {"en-HK": "Three"}))})
    assert [change.code for change in diff(here, other)] == ["choice_text"]
