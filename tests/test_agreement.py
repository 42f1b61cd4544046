"""How far two people agree who answered the same questions apart."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.agreement import (
    LEAST_FOR_KAPPA,
    Agreement,
    agreement,
    answered_apart,
    cohens_kappa,
    compared,
    pairs,
)
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Quantity
from tests.ledger_worlds import FORM, Laptop
from tests.test_settling import KEYED

YES, NO = ("yes",), ("no",)


def three() -> tuple[Laptop, Laptop, Laptop]:
    return Laptop("ann"), Laptop("bob"), Laptop("cho")


def test_only_what_was_said_before_the_other_was_heard_is_compared() -> None:
    ann, bob, _ = three()
    ann.answer("a", YES)
    bob.answer("a", NO)
    bob.answer("a", YES)  # he corrected himself, not having heard her
    ann.answer("b", YES)
    ann.answer("c", Quantity("1", "t"))
    bob.answer("c", Quantity("1000", "kg"))
    bob.learn(ann.known)
    bob.answer("b", NO)  # he has seen hers
    bob.answer("c", Quantity("2", "t"), why="heard her")
    found = answered_apart(bob.state)
    assert [(each.path, each.agree) for each in found] == [("a", True), ("c", True)]
    assert agreement(found) == Agreement(2, 2)
    assert agreement([]).share is None


def test_a_settlement_or_one_person_on_two_laptops_is_no_second_opinion() -> None:
    ann, bob, _ = three()
    tablet = Laptop("tablet", person="ANN")
    ann.answer("a", YES)
    tablet.answer("a", NO)
    ann.learn(tablet.known)
    ann.record(acts.SETTLE, "a", YES, why="x")
    bob.record(acts.SETTLE, "a", NO, why="y")
    ann.learn(bob.known)
    assert answered_apart(ann.state) == []


def test_kappa_is_nothing_where_both_always_say_one_thing_and_as_in_the_textbook_else() -> None:
    table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohens_kappa(table) == Fraction(2, 5)
    assert cohens_kappa([("yes", "yes")] * 9) is None
    assert cohens_kappa([]) is None


def test_sections_and_pairs_are_told_in_the_forms_order() -> None:
    ann, bob, cho = three()
    for each, meter in ((ann, YES), (bob, NO), (cho, YES)):
        each.record(acts.ANSWER, "meter", meter, form="check")
        each.record(acts.ANSWER, "why_not", "text", form="check")
    cho.learn([*ann.known, *bob.known])
    result = compared({"check": KEYED}, cho.state)
    assert result.whole == Agreement(2, 1)
    assert result.sections == {("check", ""): Agreement(1, 0), ("check", "more"): Agreement(1, 1)}
    assert [(each.one, each.other, each.agreement) for each in result.pairs] == [
        ("ann", "bob", Agreement(2, 1)),
        ("ann", "cho", Agreement(2, 2)),
        ("bob", "cho", Agreement(2, 1)),
    ]
    assert [each.path for each in result.differ] == ["meter"]
    assert all(each.kappa is None and each.kappa_over == 0 for each in result.pairs)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([YES, NO]), st.sampled_from([YES, NO])), max_size=30), st.randoms())
def test_agreement_is_counted_right_and_the_same_whatever_arrives_first(said, chance) -> None:
    ann, bob, _ = three()
    for number, (mine, theirs) in enumerate(said):
        ann.answer(f"q{number}", mine)
        bob.answer(f"q{number}", theirs)
    known = [*ann.known, *bob.known]
    chance.shuffle(known)
    found = answered_apart(VisitState(known))
    assert agreement(found) == Agreement(len(said), sum(mine == theirs for mine, theirs in said))
    for pair in pairs(found, lambda form, path: ("yes", "no") if form == FORM else ()):
        assert (pair.kappa is not None) <= (len(said) >= LEAST_FOR_KAPPA)
        if pair.kappa is not None:
            assert -1 <= pair.kappa <= 1
            assert (pair.kappa == 1) == all(mine == theirs for mine, theirs in said)
            assert pair.kappa == cohens_kappa([(theirs[0], mine[0]) for mine, theirs in said]), "of either side"
