"""What waits for a person in a visit that several laptops worked on, and what others have decided."""

from pathlib import Path

import pytest

from assessor_tui.carry.naming import alike
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import DAY as ONE_DAY
from assessor_tui.ledger.value import Evidence
from assessor_tui.settling import (
    join_rows,
    note_clock,
    rows_entered_twice,
    say_different,
)
from assessor_tui.store.clocks import clocks_ahead, note_clocks
from assessor_tui.store.ledger import WANTED
from assessor_tui.visit import Visit
from assessor_tui.waiting import (
    ALIKE,
    CLOCK,
    FILES,
    GAP,
    KINDS,
    RULE,
    changed_by_others,
    conflicts_waiting,
    counts,
    in_order,
    looked_at,
    new_since_looked,
    others_waiting,
    settled_by_others,
    visits_alike,
)
from tests.small_visit import NINE, begin, kilowatt_hours, say
from tests.test_settling import add_outlet, differ, entered_twice, meet, send, shared

__all__ = ["shared"]


def test_conflicts_and_rows_entered_twice_stand_the_most_urgent_first(shared) -> None:
    ann, bob = shared
    entered_twice(shared)
    say(ann, "words", "one")
    say(bob, "words", "two")
    row = add_outlet(ann, "X")
    meet(ann, bob)
    ann.record(acts.REMOVE_ROW, "check", row)
    say(bob, f"{row}/tag", "Y", why="seen")
    meet(ann, bob)
    found = conflicts_waiting(ann)
    assert [each.kind for each in found] == ["row", "rows", "value"]
    assert counts(found) == {"row": 1, "rows": 1, "value": 1}
    assert {*KINDS} >= {each.kind for each in found}
    assert in_order(ann, found[::-1]) == found
    codes = [problem.code for problem in ann.blocks_signing()]
    assert "conflict.rows" in codes


def test_entries_and_files_that_have_not_arrived_are_named_with_whom_to_ask(shared) -> None:
    ann, bob = shared
    say(bob, "words", "one")
    say(bob, "power", kilowatt_hours("2"))
    photo = Evidence("photo", {"sha256": "a" * 64, "name": "gate.jpg"})
    bob.record(acts.ATTACH, "check", "plan", photo)
    log = bob.state.log(bob.store.device.id)
    ann.store.add([log[0], log[2]])
    ann.store.note_evidence("a" * 64, 0, "", WANTED)
    ann.refresh()
    gap, files = others_waiting(ann)
    assert (gap.kind, gap.about.begin, gap.about.end) == (GAP, 2, 2)
    assert gap.about.ask == ((bob.store.device.id, "Bob"),)
    assert (files.kind, files.about.person, files.about.files) == (FILES, "Bob", (("a" * 64, "gate.jpg"),))
    send(bob, ann)
    assert [each.kind for each in others_waiting(ann)] == [FILES]


def test_a_clock_is_waited_for_until_the_true_time_is_noted(shared) -> None:
    ann, bob = shared
    device = bob.store.device.id
    with ann.store.together():
        note_clocks(ann.store, [(ann.id, device, NINE + 3 * ONE_DAY, 4)], NINE)
    (clock,) = others_waiting(ann)
    assert clock.kind == CLOCK
    assert clock.about.ahead == 3 * ONE_DAY
    assert note_clock(ann, clock.about, " ").problems
    assert note_clock(ann, clock.about, "Bob's laptop was three days ahead.").entries
    assert others_waiting(ann) == []
    assert clocks_ahead(ann.store, ann.id)[0].noted
    meet(ann, bob)
    assert [entry.value for _, entry in bob.state.comments("", "")] == ["Bob's laptop was three days ahead."]


def test_two_visits_that_look_alike_are_decided_once_for_all_laptops(shared, tmp_path: Path) -> None:
    ann, bob = shared
    twin = begin(ann.store, "e")
    (found,) = visits_alike(ann)
    assert (found.kind, found.about.other) == (ALIKE, twin.id)
    assert say_different(ann, twin.id, " ").problems
    say_different(ann, twin.id, "two halls of one name")
    assert visits_alike(ann) == visits_alike(twin) == []
    bob.store.add(twin.store.entries(twin.id))
    meet(ann, bob)
    assert alike(bob.store, bob) == []


def test_what_only_the_merged_answers_break_is_told_and_what_its_author_saw_is_not(tmp_path: Path) -> None:
    from assessor_tui.form.model import Form
    from tests import small_visit
    from tests.small_visit import asked, laptop, text
    from tests.test_settling import KEYED

    rules: Form = KEYED._replace(
        children=(
            asked("integer", "made"),
            asked("integer", "sold", constraint=". <= ${made}", constraint_message=text("more than made")),
            asked("calculate", "rest", calculation="${made} - ${sold}"),
            asked("integer", "kept", constraint=". <= ${rest}"),
            *KEYED.children,
        )
    )
    with laptop(tmp_path / "ann", "Ann", "lead") as mine, laptop(tmp_path / "bob", "Bob") as theirs:
        from assessor_tui.visit import Materials, create_visit

        for store in (mine, theirs):
            ours = small_visit.scheme()
            forms = {**small_visit.FORMS, "check": rules}
            made = Materials(
                ours, store.add_scheme(ours), {name: (form, store.add_form(form)) for name, form in forms.items()}
            )
            if store is mine:
                ann = create_visit(mine, made, {"category": ("best",)}, new_id=small_visit.ids("a"))
        theirs.add(mine.entries(ann.id))
        bob = Visit(theirs, ann.id, new_id=small_visit.ids("b"))
        number = small_visit.Quantity
        say(ann, "made", number("10"))
        meet(ann, bob)
        say(ann, "made", number("3"))
        say(bob, "sold", number("8"))
        say(bob, "kept", number("2"))
        assert others_waiting(ann) == others_waiting(bob) == []
        meet(ann, bob)
        found = others_waiting(ann)
        assert [(each.kind, each.path) for each in found] == [(RULE, "sold"), (RULE, "kept")]
        assert [entry.path for entry in found[0].about.beside][:1] == ["made"]
        say(ann, "words", "I go on")
        assert len(others_waiting(ann)) == 2, "also once somebody has worked on"
        say(ann, "sold", number("5"), why="checked; still more than made")
        assert others_waiting(ann) == [], "who typed it has seen both"
        assert {problem.code for problem in ann.blocks_signing()} >= {"answer.constraint"}


def test_decisions_of_others_are_new_until_somebody_has_looked(shared) -> None:
    ann, bob = shared
    differ(shared)
    for conflict in list(ann.state.conflicts.values()):
        ann.settle(conflict, take=conflict.heads[0][1], why="I saw it")
    assert settled_by_others(ann) == []
    meet(ann, bob)
    told = settled_by_others(bob)
    assert [entry.path for _, entry in told] == ["words", "meter"]
    assert new_since_looked(bob, told) == {digest for digest, _ in told}
    looked_at(bob, told)
    assert new_since_looked(bob, told) == frozenset()
    rows, mine, _ = entered_twice(shared)
    join_rows(ann, rows, mine, "one boiler")
    assert rows_entered_twice(ann) == []
    meet(ann, bob)
    later = settled_by_others(bob)
    assert {entry.act for digest, entry in later if digest in new_since_looked(bob, later)} >= {acts.JOIN_ROWS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_place(kind: str) -> None:
    assert KINDS.count(kind) == 1


def test_what_its_author_took_back_is_no_longer_changed_by_someone_else(shared) -> None:
    ann, bob = shared
    say(bob, "words", "one")
    meet(ann, bob)
    say(ann, "words", "two", why="seen")
    assert [entry.value for _digest, entry in changed_by_others(ann.state)] == ["two"]
    ann.undo()
    assert changed_by_others(ann.state) == []
    differ(shared)
    meet(ann, bob)
    (conflict, _other) = ann.state.conflicts.values()
    (own,) = [entry for _digest, entry in conflict.heads if entry.person == ann.store.person]
    ann.settle(conflict, take=own, why="together")
    assert len(changed_by_others(ann.state)) == 1
    ann.undo()
    assert changed_by_others(ann.state) == [] and len(ann.state.conflicts) == 2
    (again,) = [each for each in ann.state.conflicts.values() if each.path == conflict.path]
    (own,) = [entry for _digest, entry in again.heads if entry.value == own.value]
    ann.settle(again, take=own, why="together")
    assert len(changed_by_others(ann.state)) == 1
