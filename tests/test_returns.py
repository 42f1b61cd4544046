"""Returns as a function of the set of entries: when one is open, what ends it, whose turn it is."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry, reference
from assessor_tui.ledger.returns import (
    AGAIN,
    ANSWERED,
    DONE,
    OPEN,
    REPLIED,
    ROW_REMOVED,
    TAKEN_BACK,
    open_places,
    open_returns,
    return_of,
    returns_at,
    returns_of,
    says_of_return,
    to_look_at,
)
from assessor_tui.ledger.state import OVER, VisitState
from assessor_tui.ledger.undo import redo_of, undo_of
from tests.ledger_worlds import FORM, ROW_PATHS, Laptop

METER = "meter"
IN_ROW = f"{ROW_PATHS[0]}/ph"


@pytest.fixture
def laptops() -> tuple[Laptop, Laptop]:
    """The assessor's, with one answer, and the lead's, who has seen it."""
    assessor, lead = Laptop("assessor"), Laptop("lead")
    assessor.answer(METER, "410")
    lead.learn(assessor.known)
    return assessor, lead


def give_back(laptop: Laptop, path: str = METER, why: str = "Which month?", **more: object) -> tuple[str, Entry]:
    return laptop.record(acts.RETURN, path, why=why, **more)


def states(laptop: Laptop) -> list[str]:
    return [each.state for each in returns_of(laptop.state)]


def named(head: tuple[str, Entry]) -> str:
    return reference(head[1].device, head[1].seq, head[0])


def test_a_return_is_open_until_its_question_is_answered_anew_by_somebody_who_knew_it(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    (before,) = open_returns(assessor.state)
    assert (before.entry.person, before.entry.why, before.by) == ("lead", "Which month?", None)
    assert open_places(assessor.state) == {(FORM, METER)}
    anew = assessor.answer(METER, "415")
    (after,) = returns_of(assessor.state)
    assert (after.state, after.by) == (ANSWERED, anew)
    assert not open_returns(assessor.state)
    assert to_look_at(assessor.state) == (after,)


def test_an_answer_by_somebody_who_did_not_know_the_return_leaves_it_open(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.answer(METER, "415")
    assessor.learn(lead.known)
    assert states(assessor) == [OPEN]


def test_an_answer_that_was_there_when_it_was_returned_does_not_count_as_new(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    assessor.answer(METER, "415")
    assessor.answer(METER, "410")
    assert states(assessor) == [OPEN]


def test_clearing_the_answer_does_not_answer_and_saying_why_it_does_not_apply_does(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    assessor.record(acts.CLEAR, METER)
    assert states(assessor) == [OPEN]
    assessor.record(acts.NOT_APPLICABLE, METER, why="No meter here.")
    assert states(assessor) == [ANSWERED]


def test_undo_of_the_new_answer_opens_the_return_again(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    assessor.answer(METER, "415")
    (step,) = undo_of(assessor.state, assessor.id)
    draft = step.draft
    assessor.record(draft.act, draft.path, draft.value, replaces=draft.replaces)
    assert states(assessor) == [OPEN]


def test_who_knows_the_new_answer_but_not_the_return_does_not_open_it_again(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    anew = assessor.answer(METER, "415")
    third = Laptop("third")
    third.learn([each for each in assessor.known if each[1].device == assessor.id])
    further = third.answer(METER, "416", why="Read again.", replaces=[named(anew)])
    assessor.learn([further])
    (after,) = returns_of(assessor.state)
    assert (after.state, after.by) == (ANSWERED, further)


def test_a_comment_that_names_the_return_answers_it_and_another_comment_does_not(laptops) -> None:
    assessor, lead = laptops
    back = give_back(lead)
    assessor.learn(lead.known)
    assessor.record(acts.COMMENT, METER, "I will ask.")
    assert states(assessor) == [OPEN]
    reply = assessor.record(acts.COMMENT, METER, "It is March, see the bill.", replaces=[named(back)])
    (after,) = returns_of(assessor.state)
    assert (after.state, after.by) == (REPLIED, reply)


def test_undo_takes_the_reply_back_and_redo_says_it_again(laptops) -> None:
    assessor, lead = laptops
    back = give_back(lead)
    assessor.learn(lead.known)
    assessor.record(acts.COMMENT, METER, "It is March.", replaces=[named(back)])
    for way, wanted in ((undo_of, OPEN), (redo_of, REPLIED), (undo_of, OPEN), (redo_of, REPLIED)):
        (step,) = way(assessor.state, assessor.id)
        draft = step.draft
        assessor.record(draft.act, draft.path, draft.value, replaces=draft.replaces, why=draft.why)
        assert states(assessor) == [wanted]


def test_undo_takes_back_ones_own_return_and_redo_returns_it_again(laptops) -> None:
    _, lead = laptops
    give_back(lead)
    for way, wanted in ((undo_of, 0), (redo_of, 1), (undo_of, 0), (redo_of, 1)):
        (step,) = way(lead.state, lead.id)
        draft = step.draft
        lead.record(draft.act, draft.path, draft.value, replaces=draft.replaces, why=draft.why)
        assert len(open_returns(lead.state)) == wanted
    assert open_returns(lead.state)[0].entry.why == "Which month?"


def test_a_return_is_taken_back_or_once_it_was_answered_done(laptops) -> None:
    assessor, lead = laptops
    first = give_back(lead)
    lead.record(acts.WITHDRAW, METER, replaces=[named(first)])
    assert states(lead) == [TAKEN_BACK]
    second = give_back(lead, why="And the unit?")
    assessor.learn(lead.known)
    assessor.answer(METER, "415")
    lead.learn(assessor.known)
    lead.record(acts.WITHDRAW, METER, replaces=[named(second)])
    assert states(lead) == [TAKEN_BACK, DONE]
    assert not to_look_at(lead.state)


def test_returning_again_ends_the_look_at_the_answer_and_waits_itself(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    assessor.answer(METER, "415")
    lead.learn(assessor.known)
    again = give_back(lead, why="Still the wrong month.")
    assert states(lead) == [AGAIN, OPEN]
    assessor.learn(lead.known)
    assessor.answer(METER, "420")
    lead.learn(assessor.known)
    assert states(lead) == [AGAIN, ANSWERED]
    lead.record(acts.WITHDRAW, METER, replaces=[named(again)])
    assert states(lead) == [AGAIN, DONE]


def test_a_second_return_that_was_taken_back_leaves_the_first_to_be_looked_at(laptops) -> None:
    assessor, lead = laptops
    give_back(lead)
    assessor.learn(lead.known)
    assessor.answer(METER, "415")
    lead.learn(assessor.known)
    again = give_back(lead, why="Still wrong.")
    lead.record(acts.WITHDRAW, METER, replaces=[named(again)])
    assert states(lead) == [ANSWERED, TAKEN_BACK]


def test_a_return_worded_anew_takes_the_place_of_the_first(laptops) -> None:
    _, lead = laptops
    first = give_back(lead)
    second = give_back(lead, why="Which month and which meter?", replaces=[named(first)])
    assert [each.digest for each in open_returns(lead.state)] == [second[0]]
    assert return_of(lead.state, first[0]).state == AGAIN


def test_two_people_return_one_question_and_an_answer_ends_what_its_author_knew(laptops) -> None:
    assessor, lead = laptops
    reviewer = Laptop("reviewer")
    reviewer.learn(assessor.known)
    give_back(lead)
    give_back(reviewer, why="No unit.")
    assessor.learn(lead.known)
    assessor.answer(METER, "415")
    assessor.learn(reviewer.known)
    (open_one,) = open_returns(assessor.state)
    assert open_one.entry.person == "reviewer"
    assert len(returns_at(assessor.state, FORM, METER)) == 2
    assessor.answer(METER, "415", why="Read again, in kWh.")
    assert states(assessor) == [ANSWERED, ANSWERED]


@pytest.mark.parametrize("act", [acts.WITHDRAW, acts.DETACH, acts.NOTE, acts.ATTACH, acts.SETTLE, "new act"])
def test_nothing_that_anybody_may_record_makes_go_what_another_laptop_has_returned_or_said(laptops, act: str) -> None:
    assessor, lead = laptops
    back, said = give_back(lead), lead.record(acts.COMMENT, METER, "See the bill.")
    assessor.learn(lead.known)
    assessor.person = lead.person  # a name is only what somebody has typed
    forged = assessor.record(act, METER, replaces=[named(back), named(said)], why="done")
    assert states(assessor) == [OPEN]
    assert assessor.state.comments(FORM, METER) == [said]
    # What came first changes nothing.
    turned = VisitState([forged, *assessor.known])
    assert (returns_of(turned), turned.comments(FORM, METER)) == (returns_of(assessor.state), [said])
    lead.record(acts.WITHDRAW, METER, replaces=[named(back), named(said)])
    assert (states(lead), lead.state.comments(FORM, METER)) == ([TAKEN_BACK], [])


def test_what_another_laptop_has_returned_is_ended_by_an_act_that_only_those_record_who_may_return(laptops) -> None:
    assessor, lead = laptops
    reviewer = Laptop("reviewer")
    reviewer.learn(assessor.known)
    back = give_back(reviewer)
    lead.learn(reviewer.known)
    over = lead.record(acts.RETURN, METER, OVER, replaces=[named(back)])
    (after,) = returns_of(lead.state)
    assert (after.state, after.by) == (TAKEN_BACK, over)
    assert return_of(lead.state, over[0]) is None
    (step,) = undo_of(lead.state, lead.id)
    draft = step.draft
    lead.record(draft.act, draft.path, draft.value, replaces=draft.replaces, why=draft.why)
    assert states(lead) == [AGAIN, OPEN]
    (step,) = redo_of(lead.state, lead.id)
    draft = step.draft
    lead.record(draft.act, draft.path, draft.value, replaces=draft.replaces, why=draft.why)
    assert not open_returns(lead.state)


def test_a_row_a_section_or_the_visit_is_answered_by_a_reply_only() -> None:
    assessor, lead = Laptop("assessor"), Laptop("lead")
    assessor.record(acts.ADD_ROW, ROW_PATHS[0])
    assessor.answer(IN_ROW, "7")
    lead.learn(assessor.known)
    row, visit = give_back(lead, ROW_PATHS[0]), give_back(lead, "", form="")
    assessor.learn(lead.known)
    assessor.answer(IN_ROW, "8")
    assert states(assessor) == [OPEN, OPEN]
    assessor.record(acts.COMMENT, ROW_PATHS[0], "All measured again.", replaces=[named(row)])
    assessor.record(acts.COMMENT, "", "Read through again.", form="", replaces=[named(visit)])
    assert states(assessor) == [REPLIED, REPLIED]


def test_a_return_in_a_row_that_goes_is_looked_at_and_makes_no_conflict_of_the_removal() -> None:
    assessor, lead = Laptop("assessor"), Laptop("lead")
    assessor.record(acts.ADD_ROW, ROW_PATHS[0])
    assessor.answer(IN_ROW, "7")
    lead.learn(assessor.known)
    give_back(lead, IN_ROW)
    removal = assessor.record(acts.REMOVE_ROW, ROW_PATHS[0])
    assessor.learn(lead.known)
    (after,) = returns_of(assessor.state)
    assert (after.state, after.by) == (ROW_REMOVED, removal)
    assert not assessor.state.conflicts
    assessor.record(acts.ADD_ROW, ROW_PATHS[0])
    assert states(assessor) == [OPEN]


def test_a_return_under_a_signature_is_no_conflict(laptops) -> None:
    assessor, lead = laptops
    lead.record(acts.SIGN, form="")
    assessor.learn(lead.known)
    give_back(lead)
    give_back(assessor)
    assert not lead.state.conflicts
    assert not assessor.state.conflicts
    assert states(assessor) == [OPEN]


def test_the_talk_beside_the_answers_is_told_from_what_a_signature_fixes(laptops) -> None:
    _, lead = laptops
    back, said = give_back(lead), lead.record(acts.COMMENT, METER, "See the bill.")
    note = lead.record(acts.NOTE, METER, "A note.")
    state = lead.state
    assert says_of_return(state, acts.RETURN, ())
    assert says_of_return(state, acts.COMMENT, [named(back)])
    assert says_of_return(state, acts.WITHDRAW, [named(back), named(said)])
    assert not says_of_return(state, acts.WITHDRAW, [named(note)])
    assert not says_of_return(state, acts.WITHDRAW, [named(back), named(note)])
    assert not says_of_return(state, acts.WITHDRAW, ())
    assert not says_of_return(state, acts.ANSWER, ())
    assert return_of(state, note[0]) is None


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(
            ["learn", "answer", "clear", "return", "again", "reply", "take back", "over", "row", "sign", "undo"]
        ),
        st.sampled_from([METER, IN_ROW, ROW_PATHS[0]]),
        st.integers(0, 3),
    ),
    max_size=40,
)


def play(steps: Sequence[tuple[int, str, str, int]]) -> list[Laptop]:
    laptops = [Laptop(name) for name in ("assessor", "lead", "reviewer")]
    for who, what, path, number in steps:
        laptop = laptops[who]
        here = returns_at(laptop.state, FORM, path)
        back = named((here[number % len(here)].digest, here[number % len(here)].entry)) if here else ""
        if what == "learn":
            laptop.learn(laptops[number % 3].known)
        elif what == "answer" and path != ROW_PATHS[0]:
            laptop.answer(path, str(number))
        elif what == "clear" and path != ROW_PATHS[0]:
            laptop.record(acts.CLEAR, path)
        elif what == "row":
            laptop.record(acts.REMOVE_ROW if number % 2 else acts.ADD_ROW, ROW_PATHS[0])
        elif what == "sign":
            laptop.record(acts.SIGN if number % 2 else acts.REOPEN, form="")
        elif what == "return":
            give_back(laptop, path, why=f"reason {number}")
        elif what == "again" and back:
            give_back(laptop, path, why="again", replaces=[back])
        elif what == "reply" and back:
            laptop.record(acts.COMMENT, path, "reply", replaces=[back])
        elif what == "take back" and back:
            laptop.record(acts.WITHDRAW, path, replaces=[back])
        elif what == "over" and back:
            laptop.record(acts.RETURN, path, OVER, replaces=[back])
        elif what == "undo":
            for step in undo_of(laptop.state, laptop.id):
                draft = step.draft
                laptop.record(
                    draft.act, draft.path, draft.value, form=draft.form, why=draft.why, replaces=draft.replaces
                )
    return laptops


@settings(deadline=None, max_examples=150)
@given(STEPS, st.randoms(use_true_random=False))
def test_in_any_order_of_delivery_the_same_returns_are_open(steps, random) -> None:
    laptops = play(steps)
    for laptop in laptops:
        for other in laptops:
            laptop.learn(other.known)
    everything = list(laptops[0].known)
    random.shuffle(everything)
    shuffled = returns_of(VisitState(everything))
    assert all(returns_of(laptop.state) == shuffled for laptop in laptops)
    assert [each for each in shuffled if each.is_open] == list(open_returns(laptops[1].state))
    assert {(each.entry.form, each.entry.path) for each in shuffled if each.is_open} == open_places(laptops[2].state)


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_each_return_is_open_to_be_looked_at_or_over_and_says_what_ended_it(steps) -> None:
    for laptop in play(steps):
        for each in returns_of(laptop.state):
            assert (each.by is None) == each.is_open
            assert not (each.is_open and each.is_to_look_at)
            if each.by is not None:
                assert each.by[0] in laptop.state


@settings(deadline=None, max_examples=150)
@given(
    STEPS, st.lists(st.tuples(st.sampled_from([acts.WITHDRAW, acts.DETACH, acts.NOTE, "new act"]), st.integers(0, 9)))
)
def test_whatever_a_stranger_forges_no_return_ends_and_no_comment_goes(steps, forgeries) -> None:
    laptops = play(steps)
    stranger = Laptop("stranger", person="lead")
    for laptop in laptops:
        stranger.learn(laptop.known)
    before = open_returns(stranger.state)
    comments = {path: stranger.state.comments(FORM, path) for path in (METER, IN_ROW, ROW_PATHS[0])}
    talk = [head for head in stranger.known if head[1].act in (acts.RETURN, acts.COMMENT)]
    for act, number in forgeries if talk else ():
        target = talk[number % len(talk)]
        stranger.record(act, target[1].path, form=target[1].form, replaces=[named(target)], why="done")
    assert {*before} <= {*open_returns(stranger.state)}
    assert {path: stranger.state.comments(FORM, path) for path in comments} == comments
