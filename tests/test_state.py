"""What the entries of a visit say: heads, conflicts, rows, signatures, undo."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import reference
from assessor_tui.ledger.state import Head, VisitState, device_letters, meaning
from assessor_tui.ledger.undo import redo_of, said_first, undo_of
from assessor_tui.ledger.value import Evidence, Quantity
from assessor_tui.units import convert
from tests.ledger_worlds import FORM, PATHS, ROW_PATHS, ROWS, Laptop, device, play, steps, values


def everything(state: VisitState) -> object:
    """All that a state says, as plain data."""
    return (
        [state.standing(FORM, path) for path in PATHS],
        state.answers(FORM),
        state.rows(FORM),
        [state.row_number(FORM, row, "F") for row in ROW_PATHS],
        [(state.notes(FORM, p), state.evidence(FORM, p), state.history(FORM, p)) for p in PATHS],
        state.jots(),
        state.withdrawn,
        state.conflicts,
        state.signed,
        state.forms,
        state.changed_by_someone_else(),
        [undo_of(state, d) for d in state.devices()],
        [redo_of(state, d) for d in state.devices()],
    )


@settings(max_examples=300, deadline=None)
@given(steps, st.randoms(use_true_random=False), st.integers(0, 100))
def test_any_order_with_repetitions_says_the_same(story, random, share):
    entries = play(story)
    entries = entries[: len(entries) * share // 100 + 1]  # any subset, too
    expected = everything(VisitState(entries))
    shuffled = entries + random.sample(entries, len(entries) // 2)
    random.shuffle(shuffled)
    state = VisitState()
    for digest, entry in shuffled:
        state.add(digest, entry)
        if random.random() < 0.3:
            _ = state.conflicts  # asking in between changes nothing
    assert everything(state) == expected


@settings(max_examples=200, deadline=None)
@given(steps)
def test_laptops_that_know_the_same_see_the_same(story):
    entries = play(story)
    for digest, entry in entries:
        assert VisitState(reversed(entries)).entry(digest) == entry
    forwards, backwards = VisitState(entries), VisitState(reversed(entries))
    assert list(forwards.conflicts) == list(backwards.conflicts)


def two(answered: str = "") -> tuple[Laptop, Laptop]:
    """Two laptops on one visit; with a path, both know one answer to it."""
    ann, bob = Laptop("ann"), Laptop("bob")
    if answered:
        ann.answer(answered, "yes")
    bob.learn(ann.known)
    return ann, bob


def meet(*laptops: Laptop) -> None:
    for laptop in laptops:
        for other in laptops:
            laptop.learn(other.known)


def kinds(laptop: Laptop) -> list[str]:
    return [conflict.kind for conflict in laptop.state.conflicts.values()]


def test_a_later_answer_replaces_what_its_author_saw():
    ann, bob = two("meter")
    bob.answer("meter", "no")
    meet(ann, bob)
    assert ann.state.answers(FORM) == {"meter": ("answered", "no")}
    assert ann.state.conflicts == {}


def test_different_answers_given_apart_are_a_conflict_and_the_smallest_hash_counts():
    ann, bob = two()
    heads = sorted([ann.answer("meter", "yes"), bob.answer("meter", "no")])
    meet(ann, bob)
    standing = ann.state.standing(FORM, "meter")
    assert standing is not None
    assert standing.disputed
    assert standing.entry == heads[0][1]
    assert ann.state.conflicts["value", FORM, "meter"].heads == tuple(heads)
    assert bob.state.conflicts == ann.state.conflicts


def test_equal_answers_given_apart_are_agreement():
    ann, bob = two()
    ann.answer("meter", "yes")
    bob.answer("meter", "yes")
    meet(ann, bob)
    assert ann.state.conflicts == {}
    assert not ann.state.standing(FORM, "meter").disputed


def test_quantities_that_convert_exactly_are_agreement():
    ann, bob = two()
    ann.answer("flow", Quantity("1", "t"))
    bob.answer("flow", Quantity("1000", "kg"))
    meet(ann, bob)
    assert ann.state.conflicts == {}
    bob.answer("flow", Quantity("1000.001", "kg"))
    ann.answer("flow", Quantity("1", "t"), blind=True)
    meet(ann, bob)
    assert kinds(ann) == ["value"]


@given(st.fractions(), st.sampled_from(["kg", "t", "kWh", "MJ", "m3", "%", "unknown"]), st.sampled_from(["kg", "MJ"]))
def test_quantities_mean_the_same_when_and_only_when_they_convert(number, unit, other):
    number = Fraction(round(number * 100), 100)
    converted = convert(number, unit, other)
    laptop = Laptop("ann")
    one = laptop.answer("flow", Quantity(str(number), unit))[1]
    two = laptop.answer("flow", Quantity(str(7 if converted is None else converted), other))[1]
    assert (meaning(one) == meaning(two)) == (converted is not None)


def test_an_answer_against_a_cleared_one_is_its_own_kind():
    ann, bob = two("meter")
    ann.record(acts.CLEAR, "meter")
    bob.answer("meter", "no")
    meet(ann, bob)
    assert kinds(ann) == ["cleared"]


def test_two_not_applicable_agree_whatever_their_reasons():
    ann, bob = two()
    ann.record(acts.NOT_APPLICABLE, "meter", why="none here")
    bob.record(acts.NOT_APPLICABLE, "meter", why="there is none")
    meet(ann, bob)
    assert ann.state.conflicts == {}
    assert ann.state.answers(FORM) == {"meter": ("not applicable", None)}


def test_settling_ends_a_conflict_on_every_laptop():
    ann, bob = two()
    ann.answer("meter", "yes")
    bob.answer("meter", "no")
    meet(ann, bob)
    ann.record(acts.SETTLE, "meter", "no", why="looked again")
    meet(ann, bob)
    assert bob.state.conflicts == {}
    assert bob.state.answers(FORM) == {"meter": ("answered", "no")}


def test_settling_apart_in_different_ways_is_a_new_conflict_and_in_the_same_way_is_none():
    for second, expected in (("yes", ["value"]), ("no", [])):
        ann, bob = two()
        ann.answer("meter", "yes")
        bob.answer("meter", "no")
        meet(ann, bob)
        ann.record(acts.SETTLE, "meter", "no", why="a")
        bob.record(acts.SETTLE, "meter", second, why="b")
        meet(ann, bob)
        assert kinds(ann) == expected


def test_an_entry_replaces_only_at_its_own_form_and_path():
    ann, bob = two("meter")
    digest, entry = ann.known[0]
    bob.answer("flow", "no", replaces=[reference(entry.device, entry.seq, digest)])
    assert bob.state.answers(FORM) == {"meter": ("answered", "yes"), "flow": ("answered", "no")}


def test_what_is_replaced_may_arrive_after_what_replaces_it():
    ann = Laptop("ann")
    first = ann.answer("meter", "yes")
    second = ann.answer("meter", "no")
    state = VisitState([second])
    assert state.answers(FORM) == {"meter": ("answered", "no")}
    state.add(*first)
    assert state.answers(FORM) == {"meter": ("answered", "no")}


# notes, evidence, jots


def test_notes_and_evidence_of_two_people_stand_beside_each_other():
    ann, bob = two()
    ann.record(acts.NOTE, "meter", "rust")
    bob.record(acts.NOTE, "meter", "paint")
    bob.record(acts.ATTACH, "meter", Evidence("photo", {"sha256": "0" * 64}))
    meet(ann, bob)
    assert [entry.value for _, entry in ann.state.notes(FORM, "meter")] == ["rust", "paint"]
    assert len(ann.state.evidence(FORM, "meter")) == 1
    assert ann.state.conflicts == {}


def test_an_edited_note_stands_once_and_a_withdrawn_one_not_at_all():
    ann = Laptop("ann")
    digest, entry = ann.record(acts.NOTE, "meter", "rust")
    digest, entry = ann.record(acts.NOTE, "meter", "much rust", replaces=[reference(entry.device, entry.seq, digest)])
    assert [each.value for _, each in ann.state.notes(FORM, "meter")] == ["much rust"]
    ann.record(acts.WITHDRAW, "meter", replaces=[reference(entry.device, entry.seq, digest)], why="wrong meter")
    assert ann.state.notes(FORM, "meter") == []
    assert len(ann.state.history(FORM, "meter")) == 3


def test_jots_are_notes_and_evidence_without_a_question():
    ann = Laptop("ann")
    ann.record(acts.NOTE, "", "ask about the tank", form="")
    ann.record(acts.NOTE, "", "whole form", form=FORM)
    ann.record(acts.NOTE, "meter", "not a jot")
    assert [entry.value for _, entry in ann.state.jots()] == ["ask about the tank", "whole form"]


# rows


def test_rows_come_by_device_and_seq_and_keep_their_place_when_they_return():
    ann = Laptop("ann")
    ann.record(acts.ADD_ROW, ROW_PATHS[1])
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    assert ann.state.rows(FORM) == {"outlets": [ROWS[1], ROWS[0]]}
    ann.record(acts.REMOVE_ROW, ROW_PATHS[1])
    assert ann.state.rows(FORM) == {"outlets": [ROWS[0]]}
    ann.record(acts.ADD_ROW, ROW_PATHS[1])
    assert ann.state.rows(FORM) == {"outlets": [ROWS[1], ROWS[0]]}


def test_counted_rows_come_by_their_position_and_are_spoken_by_it():
    ann, bob = two()
    bob.record(acts.ADD_ROW, ROW_PATHS[1], Quantity("2"))
    ann.record(acts.ADD_ROW, ROW_PATHS[1], Quantity("2"))
    ann.record(acts.ADD_ROW, ROW_PATHS[0], Quantity("1"))
    meet(ann, bob)
    assert bob.state.rows(FORM) == {"outlets": ROWS}
    assert bob.state.row_number(FORM, ROW_PATHS[1], "M") == "M2"
    assert bob.state.conflicts == {}


def test_row_numbers_carry_the_device_and_never_change():
    ann, bob = two()
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    ann.record(acts.ADD_ROW, ROW_PATHS[1])
    third = f"outlets[{'03' * 16}]"
    bob.record(acts.ADD_ROW, third)
    numbers = [ann.state.row_number(FORM, row, "F") for row in ROW_PATHS]
    assert numbers == [f"F-{device_letters(ann.id)}1", f"F-{device_letters(ann.id)}2"]
    meet(ann, bob)
    ann.record(acts.REMOVE_ROW, ROW_PATHS[0])
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    assert [ann.state.row_number(FORM, row, "F") for row in ROW_PATHS] == numbers
    assert ann.state.row_number(FORM, third, "F") == f"F-{device_letters(bob.id)}1"
    assert ann.state.row_number(FORM, "outlets[" + "0" * 32 + "]") == ""


def test_a_row_keeps_its_number_when_a_colleague_brings_it_back_or_added_an_earlier_one_under_the_same_key():
    ann, bob = two()
    third = f"outlets[{'03' * 16}]"
    for laptop in (ann, bob):
        laptop.record(acts.ADD_ROW, ROW_PATHS[0])  # the same list imported on both
    ann.record(acts.ADD_ROW, ROW_PATHS[1])
    bob.record(acts.ADD_ROW, third)
    spoken = {
        laptop.id: [laptop.state.row_number(FORM, row, "F") for row in rows]
        for laptop, rows in ((ann, [ROW_PATHS[1]]), (bob, [third]))
    }
    meet(ann, bob)
    for laptop, row in ((ann, third), (bob, ROW_PATHS[1])):
        laptop.record(acts.REMOVE_ROW, row)
        laptop.record(acts.ADD_ROW, row)
    meet(ann, bob)
    assert spoken == {
        ann.id: [ann.state.row_number(FORM, ROW_PATHS[1], "F")],
        bob.id: [ann.state.row_number(FORM, third, "F")],
    }


def test_device_letters_leave_out_what_looks_like_a_digit():
    letters = {letter for number in range(300) for letter in device_letters(device(str(number)))}
    assert len(letters) == 24
    assert not letters & set("IO")


def test_answers_of_a_removed_row_are_kept_but_not_seen():
    ann = Laptop("ann")
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    ann.answer(PATHS[2], "7")
    ann.record(acts.REMOVE_ROW, ROW_PATHS[0])
    assert ann.state.answers(FORM) == {}
    assert ann.state.rows(FORM) == {}
    assert ann.state.conflicts == {}
    assert ann.state.standing(FORM, PATHS[2]) is not None


def test_an_edit_in_a_row_that_someone_removed_is_a_conflict_and_the_row_is_kept():
    ann, bob = two()
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    meet(ann, bob)
    bob.answer(PATHS[2], "7")
    removal = ann.record(acts.REMOVE_ROW, ROW_PATHS[0])
    meet(ann, bob)
    conflict = ann.state.conflicts["row", FORM, ROW_PATHS[0]]
    assert conflict.heads[0] == removal
    assert ann.state.rows(FORM) == {"outlets": [ROWS[0]]}
    assert ann.state.answers(FORM) == {PATHS[2]: ("answered", "7")}
    ann.record(acts.REMOVE_ROW, ROW_PATHS[0], why="seen, and still")
    meet(ann, bob)
    assert bob.state.conflicts == {}
    assert bob.state.rows(FORM) == {}


def test_a_joined_row_says_into_which():
    ann = Laptop("ann")
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    ann.record(acts.ADD_ROW, ROW_PATHS[1])
    ann.record(acts.JOIN_ROWS, ROW_PATHS[1], ROWS[0], why="the same outlet")
    assert ann.state.rows(FORM) == {"outlets": [ROWS[0]]}
    assert ann.state.joined_into(FORM, ROW_PATHS[1]) == ROWS[0]
    assert ann.state.joined_into(FORM, ROW_PATHS[0]) == ""


# signatures


def test_an_edit_that_did_not_see_the_signature_is_late_and_the_signed_value_stands():
    ann, bob = two("meter")
    bob.answer("meter", "no")
    ann.record(acts.SIGN, "", "digest", form="")
    assert ann.state.is_signed
    meet(ann, bob)
    assert list(ann.state.conflicts) == [("late", FORM, "meter")]
    standing = ann.state.standing(FORM, "meter")
    assert standing.value == "yes"
    assert [entry.value for _, entry in standing.heads] == ["yes", "no"]
    assert ann.state.as_signed().answers(FORM) == {"meter": ("answered", "yes")}
    ann.record(acts.REOPEN, "", form="", why="bob measured again")
    assert not ann.state.is_signed
    assert ann.state.conflicts == {}
    assert ann.state.answers(FORM) == {"meter": ("answered", "no")}


def test_what_the_signature_saw_is_not_late_even_when_it_arrives_later():
    ann, bob = two("meter")
    bob.answer("flow", "no")
    meet(ann, bob)
    sign = ann.record(acts.SIGN, "", "digest", form="")
    cho = Laptop("cho")
    cho.learn([sign])
    assert cho.state.conflicts == {}
    cho.learn(bob.known)
    cho.learn(ann.known)
    assert cho.state.conflicts == {}


def test_declining_a_late_edit_with_the_signed_value_ends_the_conflict():
    ann, bob = two("meter")
    bob.answer("meter", "no")
    ann.record(acts.SIGN, "", "digest", form="")
    meet(ann, bob)
    ann.record(acts.SETTLE, "meter", "yes", why="declined")
    assert ann.state.conflicts == {}
    assert ann.state.answers(FORM) == {"meter": ("answered", "yes")}


def test_answers_in_a_row_that_came_late_are_one_conflict():
    ann, bob = two("meter")
    ann.record(acts.SIGN, "", "digest", form="")
    bob.record(acts.ADD_ROW, ROW_PATHS[0])
    bob.answer(PATHS[2], "7")
    meet(ann, bob)
    assert list(ann.state.conflicts) == [("late", FORM, ROW_PATHS[0])]


def test_two_signatures_agree_or_are_a_conflict():
    for second, expected in (("digest", []), ("other", ["signed"])):
        ann, bob = two()
        ann.record(acts.SIGN, "", "digest", form="")
        bob.record(acts.SIGN, "", second, form="")
        meet(ann, bob)
        assert kinds(ann) == expected
        assert ann.state.signed is not None


def test_signing_and_reopening_apart_is_a_conflict_and_the_visit_counts_as_signed():
    ann, bob = two()
    ann.record(acts.SIGN, "", "digest", form="")
    meet(ann, bob)
    ann.record(acts.REOPEN, "", form="", why="x")
    bob.record(acts.SIGN, "", "digest again", form="")
    meet(ann, bob)
    assert kinds(ann) == ["signed"]
    assert ann.state.signed.entry.act == acts.SIGN


# versions, forks


def test_an_answer_under_an_older_version_by_someone_who_had_not_heard_is_a_conflict():
    old, new = "a" * 12, "b" * 12
    ann, bob = two()
    ann.record(acts.USE_FORM, version=old)
    meet(ann, bob)
    ann.answer("meter", "yes", version=old)
    ann.record(acts.USE_FORM, version=new)
    bob.answer("flow", "no", version=old)
    meet(ann, bob)
    assert list(ann.state.conflicts) == [("version", FORM, "flow")]
    assert ann.state.forms == {FORM: new}
    bob.answer("flow", "no", version=new)
    assert bob.state.conflicts == {}


def test_moving_apart_to_different_versions_is_a_conflict():
    ann, bob = two()
    ann.record(acts.USE_FORM, version="a" * 12)
    bob.record(acts.USE_FORM, version="b" * 12)
    meet(ann, bob)
    assert list(ann.state.conflicts) == [("version", FORM, "")]


def test_a_cloned_device_makes_a_fork_and_both_sides_are_kept():
    ann = Laptop("ann")
    ann.answer("meter", "yes")
    clone = ann.copy()
    ann.answer("flow", "a")
    clone.answer("flow", "b")
    ann.learn(clone.known)
    assert set(kinds(ann)) == {"fork", "value"}
    assert len(ann.state.conflicts["fork", "", ann.id].heads) == 2
    assert len(ann.state.log(ann.id)) == 3


def test_a_fork_ends_when_someone_who_knows_both_sides_settles_it():
    ann, bob = two("meter")
    clone = ann.copy()
    ann.answer("flow", "a")
    clone.answer("meter", "b")
    bob.learn(ann.known)
    bob.record(acts.SETTLE, "", form="", why="one laptop only")
    bob.learn(clone.known)
    assert "fork" in kinds(bob), "settled before the clone was known"
    twins = [head for head in bob.state.log(ann.id) if head[1].seq >= 2]
    seen = [reference(ann.id, entry.seq, digest) for digest, entry in twins]
    bob.record(acts.SETTLE, "", form="", why="Ann used the spare laptop", seen=seen)
    assert kinds(bob) == []


def test_changed_by_someone_else_lists_what_replaced_another_persons_word():
    ann, bob = two("meter")
    ann.answer("flow", "a")
    ann.answer("flow", "b")
    change = bob.answer("meter", "no", why="read it again")
    meet(ann, bob)
    assert ann.state.changed_by_someone_else() == [change]


@pytest.mark.parametrize("number", range(8))
def test_nobody_who_joins_a_visit_opens_it_again_under_another_scheme(number):
    lead, ann, eve = Laptop("lead"), Laptop("ann"), Laptop("eve")
    opened = lead.record(acts.OPEN_VISIT, form="scheme", version="a" * 12)
    meet(lead, ann)
    ann.answer("meter", "yes")
    forged = eve.record(acts.OPEN_VISIT, form="scheme", version="b" * 12, why=str(number))
    meet(lead, eve)
    ann.learn(eve.known)
    late = ann.record(acts.OPEN_VISIT, form="scheme", version="b" * 12, why=str(number))
    lead.learn([*eve.known, late, *ann.known])
    assert lead.state.opening == opened[1]
    assert VisitState([forged, late, *lead.known[::-1]]).opening == opened[1]


def test_the_opening_is_known_by_its_smallest_hash():
    ann, bob = two()
    opened = sorted([ann.record(acts.OPEN_VISIT, form="scheme"), bob.record(acts.OPEN_VISIT, form="scheme")])
    meet(ann, bob)
    assert ann.state.opening == opened[0][1]


# undo

FILE = "f" * 64
PHOTO = Evidence("photo", {"sha256": FILE, "name": "IMG_1.jpg"})


def withdraw(laptop: Laptop, tied: Head) -> Head:
    """What takes the file away for good."""
    digest, entry = tied
    return laptop.record(
        acts.WITHDRAW, entry.path, PHOTO, form=entry.form, why="wrong site",
        replaces=[reference(entry.device, entry.seq, digest)],
    )  # fmt: skip


def take_back(laptop: Laptop, redo: bool = False) -> bool:
    """Does what undo or redo says, on a state read anew, as after a restart."""
    laptop.state = VisitState(laptop.known)
    steps = (redo_of if redo else undo_of)(laptop.state, laptop.id)
    for step in steps:
        draft = step.draft
        laptop.record(
            draft.act,
            draft.path,
            draft.value,
            form=draft.form,
            why=draft.why,
            version=draft.version,
            replaces=draft.replaces,
        )
    return bool(steps)


def test_undo_and_redo_go_all_the_way_back_and_forth_after_restarts():
    ann = Laptop("ann")
    ann.answer("meter", "yes")
    ann.answer("meter", "no")
    ann.record(acts.NOT_APPLICABLE, "flow", why="no flow")
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    seen = []
    while take_back(ann):
        seen.append((ann.state.answers(FORM), ann.state.rows(FORM)))
    none, yes, no = {}, {"meter": ("answered", "yes")}, {"meter": ("answered", "no")}
    full = {**no, "flow": ("not applicable", None)}
    assert seen == [(full, {}), (no, {}), (yes, {}), (none, {})]
    seen.clear()
    while take_back(ann, redo=True):
        seen.append((ann.state.answers(FORM), ann.state.rows(FORM)))
    assert seen == [(yes, {}), (no, {}), (full, {}), (full, {"outlets": [ROWS[0]]})]
    assert ann.state.standing(FORM, "flow").entry.why == "no flow"


def test_a_new_act_after_undo_ends_what_could_be_redone():
    ann = Laptop("ann")
    ann.answer("meter", "yes")
    take_back(ann)
    ann.answer("flow", "x")
    assert not take_back(ann, redo=True)
    assert take_back(ann)
    assert ann.state.answers(FORM) == {}


def test_undo_takes_back_notes_edits_and_evidence():
    ann = Laptop("ann")
    digest, entry = ann.record(acts.NOTE, "meter", "rust")
    ann.record(acts.NOTE, "meter", "much rust", replaces=[reference(entry.device, entry.seq, digest)])
    digest, entry = ann.record(acts.ATTACH, "meter", Evidence("photo", {"sha256": "0" * 64}))
    ann.answer("flow", "x")
    ann.record(acts.DETACH, "meter", replaces=[reference(entry.device, entry.seq, digest)])
    take_back(ann)
    assert len(ann.state.evidence(FORM, "meter")) == 1
    take_back(ann)
    take_back(ann)
    assert ann.state.evidence(FORM, "meter") == []
    take_back(ann)
    assert [e.value for _, e in ann.state.notes(FORM, "meter")] == ["rust"]
    take_back(ann)
    assert ann.state.notes(FORM, "meter") == []
    assert not take_back(ann)
    take_back(ann, redo=True)
    assert [e.value for _, e in ann.state.notes(FORM, "meter")] == ["rust"]


def test_choosing_the_old_answer_again_is_an_act_of_its_own():
    ann = Laptop("ann")
    for value in ("yes", "no", "yes"):
        ann.answer("meter", value)
    take_back(ann)
    assert ann.state.answers(FORM) == {"meter": ("answered", "no")}


def test_undo_brings_back_what_someone_else_had_said():
    _, bob = two("meter")
    bob.answer("meter", "no", why="read again")
    take_back(bob)
    assert bob.state.answers(FORM) == {"meter": ("answered", "yes")}


def test_undo_takes_a_row_back_with_the_answers_that_came_with_it():
    ann = Laptop("ann")
    ann.record(acts.OPEN_VISIT, form="scheme")
    ann.record(acts.ANSWER, "meter", "given when the visit was opened", together=True)
    ann.at += 1_000_000
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    ann.record(acts.ANSWER, PATHS[2], "default", together=True)
    ann.record(acts.ANSWER, f"{ROW_PATHS[0]}/other", "default", together=True)
    ann.at += 1_000_000
    ann.answer(f"{ROW_PATHS[0]}/third", "typed")
    take_back(ann)
    assert ann.state.rows(FORM) == {"outlets": [ROWS[0]]}
    take_back(ann)
    assert ann.state.rows(FORM) == {}
    assert not take_back(ann)
    take_back(ann, redo=True)
    assert len(ann.state.answers(FORM)) == 3


def test_what_was_recorded_together_is_undone_and_redone_together():
    ann = Laptop("ann")
    jot = ann.record(acts.ATTACH, "", PHOTO, form="")
    ann.record(acts.ATTACH, "meter", PHOTO)
    ann.record(acts.ATTACH, "flow", PHOTO, together=True)
    ann.record(acts.DETACH, "", form="", replaces=[reference(jot[1].device, 1, jot[0])], together=True)
    for _ in range(2):
        assert ann.state.jots() == []
        assert len(undo_of(ann.state, ann.id)) == 3
        take_back(ann)
        assert len(ann.state.jots()) == 1
        assert ann.state.evidence(FORM, "meter") == ann.state.evidence(FORM, "flow") == []
        take_back(ann, redo=True)
        assert ann.state.evidence(FORM, "meter")
        assert ann.state.evidence(FORM, "flow")
    take_back(ann)
    take_back(ann)
    assert ann.state.jots() == []
    assert not take_back(ann)


def test_a_withdrawn_file_is_gone_wherever_it_was_tied_and_undo_does_not_bring_it_back():
    ann, bob = two()
    tied = ann.record(acts.ATTACH, "meter", PHOTO)
    bob.record(acts.ATTACH, "flow", PHOTO)
    jot = bob.record(acts.ATTACH, "", PHOTO, form="")
    withdraw(ann, tied)
    meet(ann, bob)
    for laptop in (ann, bob):
        assert list(laptop.state.withdrawn) == [FILE]
        assert laptop.state.evidence(FORM, "meter") == laptop.state.evidence(FORM, "flow") == []
        assert laptop.state.jots() == []
        assert undo_of(laptop.state, laptop.id) == ()
    assert jot[0] in bob.state


def test_a_withdrawn_file_stands_again_where_someone_who_knew_ties_it_anew():
    ann, bob = two()
    withdraw(ann, ann.record(acts.ATTACH, "meter", PHOTO))
    meet(ann, bob)
    anew = bob.record(acts.ATTACH, "flow", PHOTO)
    meet(ann, bob)
    assert not ann.state.withdrawn
    assert ann.state.evidence(FORM, "flow") == [anew]
    withdraw(ann, anew)
    meet(ann, bob)
    assert list(bob.state.withdrawn) == [FILE]
    assert bob.state.evidence(FORM, "flow") == []


def test_undo_leaves_alone_what_someone_replaced_since():
    ann, bob = two("meter")
    bob.answer("meter", "no")
    meet(ann, bob)
    assert undo_of(ann.state, ann.id) == ()


def test_undo_does_not_reach_behind_a_signature():
    ann = Laptop("ann")
    ann.answer("flow", "x")
    ann.record(acts.SIGN, "", "digest", form="")
    assert undo_of(ann.state, ann.id) == ()


def test_undo_of_a_settled_conflict_opens_it_again_with_what_each_had_said():
    ann, bob = two()
    ann.answer("flow", "before")
    mine = ann.answer("meter", "yes")
    theirs = bob.answer("meter", "no")
    meet(ann, bob)
    for settle in (acts.SETTLE, acts.NOT_APPLICABLE):
        decided = ann.record(settle, "meter", "no" if settle == acts.SETTLE else None, why="measured again")
        assert ann.state.conflicts == {}
        for _ in range(2):
            assert len(undo_of(ann.state, ann.id)) == 2
            assert take_back(ann)
            conflict = ann.state.conflicts["value", FORM, "meter"]
            assert {said_first(ann.state, head) for head in conflict.heads} == {mine, theirs}
            assert take_back(ann, redo=True)
            assert ann.state.conflicts == {}
            standing = ann.state.standing(FORM, "meter").entry
            assert (standing.act, standing.value, standing.why) == (decided[1].act, decided[1].value, "measured again")
        assert take_back(ann)
    meet(ann, bob)
    assert list(bob.state.conflicts) == [("value", FORM, "meter")]
    assert not take_back(ann), "what was said before the conflict is not taken back by it"


def test_undo_leaves_a_decision_alone_that_somebody_has_decided_otherwise():
    ann, bob = two()
    ann.answer("meter", "yes")
    bob.answer("meter", "no")
    meet(ann, bob)
    ann.record(acts.SETTLE, "meter", "no", why="x")
    meet(ann, bob)
    bob.record(acts.SETTLE, "meter", "yes", why="y")
    meet(ann, bob)
    assert undo_of(ann.state, ann.id) == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(values, values, values, st.booleans()), min_size=1, max_size=5), st.integers(0, 3))
def test_conflicts_settled_together_are_opened_and_settled_again_together_whatever_was_said(said, more):
    ann, bob, cho = (Laptop(name) for name in ("ann", "bob", "cho"))
    paths = [f"q{number}" for number in range(len(said))]
    for path, (one, other, third, three) in zip(paths, said, strict=True):
        ann.answer(path, one)
        bob.answer(path, other)
        if three:
            cho.answer(path, third)
    ann.learn([*bob.known, *cho.known])
    before, answers = list(ann.state.conflicts), ann.state.answers(FORM)
    for number, path in enumerate(paths):
        ann.record(acts.SETTLE, path, said[number][1], why="looked", together=number > 0)
    settled = ann.state.answers(FORM)
    for _ in range(more):
        assert take_back(ann)
        assert list(ann.state.conflicts) == before
        assert ann.state.answers(FORM).keys() == answers.keys()
        assert take_back(ann, redo=True)
        assert ann.state.conflicts == {}
        assert ann.state.answers(FORM) == settled


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["meter", "flow"]), st.integers()), min_size=1, max_size=8))
def test_undoing_everything_and_redoing_everything_is_where_one_began(story):
    ann = Laptop("ann")
    for number, (path, _) in enumerate(story):
        ann.answer(path, str(number))
    before = ann.state.answers(FORM)
    count = 0
    while take_back(ann):
        count += 1
    assert ann.state.answers(FORM) == {}
    assert count == len(story)
    while take_back(ann, redo=True):
        pass
    assert ann.state.answers(FORM) == before


def test_removing_a_row_whose_answers_one_has_seen_decides_what_was_disputed_in_it():
    ann, bob = two()
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    meet(ann, bob)
    ann.answer(PATHS[2], "7")
    bob.answer(PATHS[2], "8")
    meet(ann, bob)
    assert kinds(ann) == ["value"]
    ann.record(acts.REMOVE_ROW, ROW_PATHS[0])
    assert ann.state.conflicts == {}
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    assert kinds(ann) == ["value"]


def test_a_dispute_in_a_removed_row_is_back_when_something_unseen_keeps_the_row():
    ann, bob = two()
    ann.record(acts.ADD_ROW, ROW_PATHS[0])
    meet(ann, bob)
    ann.answer(PATHS[2], "7")
    bob.answer(PATHS[2], "8")
    ann.learn(bob.known)
    ann.record(acts.REMOVE_ROW, ROW_PATHS[0])
    assert ann.state.conflicts == {}
    bob.record(acts.TO_COME, f"{ROW_PATHS[0]}/cod", "report", why="tomorrow")
    ann.learn(bob.known)
    assert kinds(ann) == ["row", "value"]
    assert kinds(ann) == [conflict.kind for conflict in VisitState(ann.known).conflicts.values()]


def test_acts_where_no_row_form_or_signature_can_stand_are_kept_and_disputed_by_nobody():
    ann, bob = two()
    ann.record(acts.ADD_ROW, "meter")
    bob.record(acts.REMOVE_ROW, "meter")
    for laptop in (ann, bob):
        laptop.record(acts.SIGN, "meter", laptop.person)
        laptop.record(acts.USE_FORM, "meter", version=laptop.id[:12])
    meet(ann, bob)
    assert ann.state.conflicts == {}
    assert len(ann.state.history(FORM, "meter")) == 6
