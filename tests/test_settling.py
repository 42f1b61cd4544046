"""Deciding many conflicts at once, and rows that two people added for one thing: preview, one append, one undo."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.assessment import assessment
from assessor_tui.form.model import Repeat
from assessor_tui.i18n.waiting_words import fork_words
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.conflicts import EqualRows, equal_rows, fork_sides, gaps, overs
from assessor_tui.ledger.entry import row_path
from assessor_tui.ledger.signature import digest_of, signed_over
from assessor_tui.ledger.state import VisitState, device_letters
from assessor_tui.ledger.value import Evidence
from assessor_tui.settling import (
    all_of,
    join_rows,
    joining,
    keep_apart,
    later_of_same,
    rows_entered_twice,
    settle_together,
    sides_by_person,
    within,
)
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Visit, create_visit
from tests import small_visit
from tests.ledger_worlds import FORM, ROW_PATHS, ROWS, Laptop
from tests.small_visit import DAY, ids, kilowatt_hours, laptop, say

KEYED = small_visit.CHECK._replace(
    children=tuple(
        node._replace(key=("tag",)) if isinstance(node, Repeat) and node.name == "outlets" else node
        for node in small_visit.CHECK.children
    )
)
SEEN = Evidence("original_seen", {"number": "12"})


def materials(store: Store) -> Materials:
    ours = small_visit.scheme()
    forms = {**small_visit.FORMS, "check": KEYED}
    return Materials(ours, store.add_scheme(ours), {name: (form, store.add_form(form)) for name, form in forms.items()})


def send(one: Visit, other: Visit) -> None:
    other.store.add(one.store.entries(one.id))
    other.refresh()


def meet(ann: Visit, bob: Visit) -> None:
    send(ann, bob)
    send(bob, ann)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Visit, Visit]]:
    with laptop(tmp_path / "ann", "Ann", "lead") as mine, laptop(tmp_path / "bob", "Bob") as theirs:
        answers = {"site_name_en": "Mock Works", "visit_date": DAY, "category": ("best",)}
        ann = create_visit(mine, materials(mine), answers, new_id=ids("a"))
        materials(theirs)
        theirs.add(mine.entries(ann.id))
        yield ann, Visit(theirs, ann.id, new_id=ids("b"))


def settled_in_the_assessment(visit: Visit) -> list[dict[str, Any]]:
    made = assessment(visit.id, visit.scheme, visit.forms, visit.state, visit.today)
    settled: list[dict[str, Any]] = made["conflicts"]["settled"]
    return settled


def test_the_assessment_tells_a_decision_made_again_once_and_with_those_who_said_it(shared: tuple[Visit, Visit]):
    ann, bob = shared
    say(ann, "words", "ten")
    say(bob, "words", "twenty")
    meet(ann, bob)
    (conflict,) = ann.state.conflicts.values()
    ann.settle(conflict, take=conflict.heads[0][1], why="read once more")
    ann.undo()
    assert settled_in_the_assessment(ann) == []
    (conflict,) = ann.state.conflicts.values()
    ann.settle(conflict, take=conflict.heads[0][1], why="read together")
    (told,) = settled_in_the_assessment(ann)
    assert told["why"] == "read together"
    assert {(side["said"]["by"], side["value"]) for side in told["sides"]} == {("Ann", "ten"), ("Bob", "twenty")}


def add_outlet(visit: Visit, tag: str) -> str:
    row = visit.record(acts.ADD_ROW, "check", "outlets").entries[0][1].path
    say(visit, f"{row}/tag", tag)
    return row


def differ(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    for path, mine, theirs in (("meter", ("yes",), ("no",)), ("words", "one", "two")):
        say(ann, path, mine)
        say(bob, path, theirs)
    say(ann, "power", kilowatt_hours("1"))
    meet(ann, bob)


# Many at once


def test_every_answer_of_one_person_stands_with_one_reason_and_one_undo_opens_all_again(shared) -> None:
    ann, bob = shared
    differ(shared)
    say(ann, "share", small_visit.Quantity("7"))
    before = ann.state.conflicts
    plan = all_of(ann, within(ann), "bob")
    assert [(each.conflict.path, each.take.value) for each in plan.settled] == [("meter", ("no",)), ("words", "two")]
    assert ann.state.conflicts == before, "nothing is recorded by looking"
    assert sides_by_person(ann, within(ann)) == {"Ann": 2, "Bob": 2}
    recorded = settle_together(ann, plan.settled, "Bob went there twice")
    assert len(recorded.entries) == 2
    assert ann.state.conflicts == {}
    assert ann.filling("check").state("words").value == "two"
    assert len(ann.undo().entries) == 4
    assert ann.state.conflicts.keys() == before.keys()
    for _ in range(2):
        assert [each[1:] for each in ann.store.conflicts()] == list(before)
        ann.store.rebuild()
    assert ann.filling("check").state("meter").status == "answered"
    assert len(ann.redo().entries) == 2
    assert ann.filling("check").state("meter").value == ("no",)
    meet(ann, bob)
    assert bob.state.conflicts == {}
    assert ann.store.conflicts() == bob.store.conflicts() == []


def test_the_opened_conflict_is_between_the_same_people_and_their_answers_are_taken_again(shared) -> None:
    ann, _ = shared
    differ(shared)
    settle_together(ann, all_of(ann, within(ann), "Bob").settled, "seen")
    ann.undo()
    assert sides_by_person(ann, within(ann)) == {"Ann": 2, "Bob": 2}
    settle_together(ann, all_of(ann, within(ann), "Ann").settled, "no, Ann")
    assert ann.filling("check").state("words").value == "one"


def test_together_means_all_or_none_and_without_a_reason_none(shared) -> None:
    ann, _ = shared
    differ(shared)
    plan = all_of(ann, within(ann), "Bob")
    assert {each.code for each in settle_together(ann, plan.settled, " ").problems} == {"visit.reason_needed"}
    ann.settle(plan.settled[1].conflict, take=plan.settled[1].take, why="meanwhile")
    assert [each.code for each in settle_together(ann, plan.settled, "x").problems] == ["conflict.changed"]
    assert len(ann.state.conflicts) == 1


def test_a_section_takes_only_its_own_questions(shared) -> None:
    ann, bob = shared
    say(ann, "meter", ("no",))
    meet(ann, bob)
    for visit, said in ((ann, "a"), (bob, "b")):
        say(visit, "why_not", said)
        say(visit, "words", said)
    meet(ann, bob)
    assert [each.path for each in within(ann, "check", "more")] == ["why_not"]
    assert [each.path for each in within(ann, "check")] == ["words", "why_not"]
    assert within(ann, "findings") == []


def test_the_later_of_two_answers_of_one_person_stands_and_those_of_two_people_stay_open(
    shared, tmp_path: Path
) -> None:
    ann, bob = shared
    with laptop(tmp_path / "tablet", "Bob") as third:
        materials(third)
        third.add(ann.store.entries(ann.id))
        tablet = Visit(third, ann.id, new_id=ids("c"))
        say(bob, "words", "in the morning")
        say(tablet, "power", kilowatt_hours("1"))
        say(tablet, "words", "in the evening")
        say(ann, "power", kilowatt_hours("2"))
        for other in (bob, tablet):
            send(other, ann)
    plan = later_of_same(ann, within(ann))
    assert [(each.conflict.path, each.take.value) for each in plan.settled] == [("words", "in the evening")]
    assert [each.path for each in plan.left] == ["power"]


# Rows entered twice


def entered_twice(shared) -> tuple[EqualRows, str, str]:
    ann, bob = shared
    mine, theirs = add_outlet(ann, "Boiler 1"), add_outlet(bob, "boiler  1")
    inner = bob.record(acts.ADD_ROW, "check", f"{theirs}/tests").entries[0][1].path
    say(bob, f"{inner}/result", small_visit.Quantity("4"))
    bob.record(acts.NOTE, "check", f"{theirs}/tag", "The plate is worn.")
    bob.record(acts.ATTACH, "check", theirs, SEEN)
    say(bob, "worst", (theirs[-33:-1],))
    meet(ann, bob)
    (rows,) = rows_entered_twice(ann)
    assert set(rows.rows) == {mine, theirs}
    return rows, mine, theirs


def test_rows_added_apart_with_one_key_wait_for_a_person_on_every_laptop(shared) -> None:
    rows, *_ = entered_twice(shared)
    assert rows_entered_twice(shared[1]) == [rows]
    assert rows.key in (("Boiler 1",), ("boiler  1",))


def test_two_rows_of_one_laptop_or_added_knowingly_are_nobody_s_mistake(shared) -> None:
    ann, bob = shared
    add_outlet(ann, "Boiler 1")
    add_outlet(ann, "Boiler 1")
    meet(ann, bob)
    add_outlet(bob, "Boiler 1")
    meet(ann, bob)
    assert rows_entered_twice(ann) == []


def test_joined_the_row_that_stays_gets_what_it_lacked_and_one_undo_takes_all_back(shared) -> None:
    ann, bob = shared
    rows, mine, theirs = entered_twice(shared)
    before = (ann.state.answers("check"), ann.state.rows("check"))
    plan = joining(ann, rows, mine)
    assert plan.gone == (theirs,)
    assert ("Boiler 1", "boiler  1") in [each[1:] for each in plan.lost]
    assert (plan.beside, plan.named) == (2, ("worst",))
    recorded = join_rows(ann, rows, mine, "one boiler")
    assert not recorded.problems
    assert rows_entered_twice(ann) == []
    assert ann.state.joined_into("check", theirs) == mine[-33:-1]
    assert ann.filling("check").rows("outlets") == (mine[-33:-1],)
    assert ann.filling("check").state("worst").value == (mine[-33:-1],)
    inner = f"{mine}/tests[{ann.filling('check').rows(f'{mine}/tests')[0]}]/result"
    assert ann.filling("check").state(inner).value == small_visit.Quantity("4")
    assert [entry.value for _, entry in ann.state.notes("check", f"{mine}/tag")] == ["The plate is worn."]
    assert [entry.value for _, entry in ann.state.evidence("check", mine)] == [SEEN]
    assert ann.state.conflicts == {}
    ann.undo()
    assert (ann.state.answers("check"), ann.state.rows("check")) == before
    assert len(rows_entered_twice(ann)) == 1
    ann.redo()
    meet(ann, bob)
    assert bob.filling("check").rows("outlets") == (mine[-33:-1],)
    assert bob.state.conflicts == {}


def test_kept_apart_with_a_reason_they_are_asked_about_no_more_and_undo_asks_again(shared) -> None:
    ann, bob = shared
    rows, mine, _ = entered_twice(shared)
    assert [each.code for each in keep_apart(ann, rows, " ").problems] == ["visit.reason_needed"]
    assert len(keep_apart(ann, rows, "two boilers of one name").entries) == 2
    assert rows_entered_twice(ann) == []
    assert [each.code for each in join_rows(ann, rows, mine, "x").problems] == ["conflict.changed"]
    ann.undo()
    assert rows_entered_twice(ann) == [rows]
    ann.redo()
    meet(ann, bob)
    assert rows_entered_twice(bob) == []
    assert bob.state.conflicts == {}
    assert len(bob.filling("check").rows("outlets")) == 2


def test_kept_apart_by_one_and_joined_by_another_is_a_conflict_about_the_row(shared) -> None:
    ann, bob = shared
    rows, mine, theirs = entered_twice(shared)
    keep_apart(ann, rows, "two boilers")
    join_rows(bob, rows, mine, "one boiler")
    meet(ann, bob)
    assert ("row", "check", theirs) in ann.state.conflicts
    assert ann.state.conflicts.keys() == bob.state.conflicts.keys()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["K", "k ", "L"])), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=4),
    st.randoms(use_true_random=False),
)
def test_equal_rows_are_the_same_whatever_arrives_first_and_deciding_ends_them(added, meetings, chance) -> None:
    laptops = [Laptop(name) for name in ("ann", "bob", "cho")]
    for number, (who, key) in enumerate(added):
        row = row_path("outlets", f"{number + 1:032x}")
        laptops[who].record(acts.ADD_ROW, row)
        laptops[who].answer(f"{row}/tag", key)
        for one, other in meetings[number : number + 1]:
            laptops[one].learn(laptops[other].known)
    known = list({head[0]: head for each in laptops for head in each.known}.values())
    keys = {"outlets": ("tag",)}
    found = equal_rows(VisitState(known), FORM, keys)
    chance.shuffle(known)
    assert equal_rows(VisitState(known), FORM, keys) == found
    lead = laptops[0]
    lead.learn(known)
    for rows in found:
        assert len(rows.rows) > 1
        for path in rows.rows:
            others = tuple(sorted(each[-33:-1] for each in rows.rows if each != path))
            lead.record(acts.ADD_ROW, path, others, why="two of one name")
    assert equal_rows(lead.state, FORM, keys) == []
    assert lead.state.conflicts == {}


# Gaps, and signing over them


def seen(state: VisitState, device: str) -> list[str]:
    """What the program says to have seen of a log: nothing behind its first gap."""
    last = ""
    for number, (digest, entry) in enumerate(state.log(device), 1):
        if entry.seq != number:
            break
        last = f"{device}.{number}.{digest}"
    return [last] if last else []


def test_a_gap_says_from_whom_to_whom_and_who_has_it() -> None:
    ann, bob, cho = (Laptop(name) for name in ("ann", "bob", "cho"))
    for path in ("a", "b", "c", "d"):
        ann.answer(path, "x")
    bob.learn(ann.known)
    bob.answer("e", "y")
    cho.learn([*ann.known[:1], *ann.known[2:3], *bob.known[4:]])
    found = gaps(cho.state)
    assert [(each.device, each.person, each.begin, each.end) for each in found] == [
        (ann.id, "ann", 2, 2),
        (ann.id, "ann", 4, 4),
    ]
    assert found[0].ask == ((ann.id, "ann"), (bob.id, "bob"))
    cho.learn(ann.known)
    assert gaps(cho.state) == []


def test_what_stood_behind_a_gap_that_was_signed_over_is_signed_and_what_fills_it_is_late() -> None:
    ann, lead = Laptop("ann"), Laptop("lead")
    for path in ("a", "b", "c"):
        ann.answer(path, "x")
    missing = ann.known[1]
    lead.learn([ann.known[0], ann.known[2]])
    lead.record(acts.SIGN, "", "d" * 64, form="", seen=seen(lead.state, ann.id))
    assert [key[2] for key in lead.state.conflicts] == ["c"], "late, as what stands behind a gap is not known"
    lead.record(acts.REOPEN, "", form="", why="x", seen=[])
    from assessor_tui.ledger.signature import value_of_signature

    over = overs(lead.state)
    assert [each.missing for each in over] == [((2, 2),)]
    sign = lead.record(acts.SIGN, "", value_of_signature("d" * 64, over), form="", why="the laptop burnt", seen=[])
    assert lead.state.conflicts == {}
    assert (digest_of(sign[1]), signed_over(sign[1])) == ("d" * 64, over)
    assert set(lead.state.as_signed().answers(FORM)) == {"a", "c"}
    lead.learn([missing])
    assert list(lead.state.conflicts) == [("late", FORM, "b")]


def test_a_copied_folder_is_told_by_its_two_laptops_and_as_whom_each_goes_on() -> None:
    ann = Laptop("ann")
    ann.answer("a", "x")
    twin = ann.copy()
    ann.answer("b", "mine")
    twin.answer("b", "theirs")
    twin.answer("c", "x")
    new = Laptop("new", person="ann")
    new.learn(twin.known)
    new.answer("d", "x")
    ann.learn([*twin.known, *new.known])
    (conflict,) = [each for key, each in ann.state.conflicts.items() if key[0] == "fork"]
    sides = {side.first[1].value: side for side in fork_sides(ann.state, conflict.heads)}
    assert [(value, side.entries, side.goes_on) for value, side in sorted(sides.items())] == [
        ("mine", 1, ""),
        ("theirs", 2, new.id),
    ]
    words = fork_words(ann.state, conflict.heads)
    assert f"since then laptop {device_letters(new.id)}" in words
    assert "2 entries" in words


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(1, 12), min_size=1, max_size=11), st.booleans())
def test_a_signature_over_any_gap_knows_what_was_here_and_nothing_else(here: set[int], later: bool) -> None:
    from assessor_tui.ledger.signature import value_of_signature

    ann, lead = Laptop("ann"), Laptop("lead")
    for number in range(12):
        ann.answer(f"q{number}", "x")
    lead.learn([ann.known[number - 1] for number in sorted(here)])
    value = value_of_signature("d" * 64, overs(lead.state))
    sign = lead.record(acts.SIGN, "", value, form="", why="lost", seen=seen(lead.state, ann.id))
    assert lead.state.conflicts == {}
    if later:
        lead.learn(ann.known)
    assert {e.seq for h, e in ann.known if lead.state.knows(sign, (h, e))} == here


def test_the_lead_signs_over_a_named_gap_with_a_reason_and_over_nothing_else(shared) -> None:
    ann, bob = shared
    say(ann, "meter", ("yes",))
    ann.record(acts.ATTACH, "check", "meter", Evidence("photo", {"sha256": "a" * 64, "name": "a.jpg"}))
    say(ann, "gate", ("yes",))
    say(bob, "words", "first")
    say(bob, "power", kilowatt_hours("2"))
    say(bob, "expires", DAY)
    log = bob.state.log(bob.store.device.id)
    ann.store.add([log[0], log[2]])
    ann.refresh()
    assert [each.code for each in ann.sign("Ann").problems] == ["ledger.gap"]
    assert ann.sign("Ann", despite="  ").problems
    recorded = ann.sign("Ann", despite="Bob's laptop fell into the basin")
    assert not recorded.problems
    (_, entry) = recorded.entries[0]
    assert entry.why == "Bob's laptop fell into the basin"
    assert [each.missing for each in signed_over(entry)] == [((2, 2),)]
    assert ann.state.conflicts == {}
    assert ann.store.conflicts() == []
    assert ann.state.as_signed().answers("check")["expires"] == ("answered", DAY)
    send(bob, ann)
    assert list(ann.state.conflicts) == [("late", "check", "power")]
    assert [each[1:] for each in ann.store.conflicts()] == list(ann.state.conflicts)


def test_no_reason_signs_over_anything_but_a_gap(shared) -> None:
    ann, _ = shared
    assert {each.code for each in ann.sign("Ann", despite="it is late").problems} == {"answer.required"}
    assert not ann.signed


def test_rows_of_the_ledger_worlds_without_keys_are_never_equal() -> None:
    ann = Laptop("ann")
    for row in ROW_PATHS:
        ann.record(acts.ADD_ROW, row)
    assert len(ROWS) == 2
    assert equal_rows(ann.state, FORM, {}) == []
