"""What is returned, replied to and ended on a laptop: one act each, also under a signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.returns import (
    AGAIN,
    ANSWERED,
    DONE,
    OPEN,
    REPLIED,
    TAKEN_BACK,
    open_places,
    open_returns,
    returns_of,
)
from assessor_tui.ledger.value import Quantity
from assessor_tui.returning import can_end, end, give_back, is_asked, needs_reopening, own_waiting, reply
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit, create_visit
from tests.small_visit import ids, materials

KWH = Quantity("1200", "kWh")
POWER = ("check", "power")


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with Store.open(tmp_path / "data", write=True) as store:
        store.identify("Lee Siu Ming", "lead")
        opened = create_visit(
            store, materials(store), {"site_name_en": "Mock Works", "visit_date": "2026-11-12"}, new_id=ids("f")
        )
        opened.record(acts.ANSWER, *POWER, KWH)
        yield opened


def become(visit: Visit, role: str) -> None:
    device = visit.store.device
    assert device is not None
    visit.store.identify(device.person, role)


def states(visit: Visit) -> list[str]:
    return [each.state for each in returns_of(visit.state)]


def codes(recorded: object) -> list[str]:
    return [problem.code for problem in recorded.problems]  # type: ignore[attr-defined]


def test_several_places_are_returned_as_one_act_with_one_reason(visit: Visit) -> None:
    recorded = give_back(visit, [POWER, ("", ""), POWER], " Which meter? ")
    assert len(recorded.entries) == 2
    assert {entry.why for _, entry in recorded.entries} == {"Which meter?"}
    assert open_places(visit.state) == {POWER, ("", "")}
    visit.undo()
    assert not open_places(visit.state)
    visit.redo()
    assert open_places(visit.state) == {POWER, ("", "")}


def test_a_return_needs_a_reason_a_place_and_somebody_who_may(visit: Visit) -> None:
    assert codes(give_back(visit, [POWER], "  ")) == ["visit.reason_needed"]
    assert codes(give_back(visit, [("check", "nowhere")], "Why?")) == ["visit.unknown_path"]
    become(visit, "assessor")
    assert codes(give_back(visit, [POWER], "Why?")) == ["visit.may_not_return"]
    assert not visit.state.returned


def test_nothing_is_returned_when_one_of_the_places_may_not_be(visit: Visit) -> None:
    assert codes(give_back(visit, [POWER, ("check", "nowhere")], "Why?")) == ["visit.unknown_path"]
    assert not visit.state.returned


@pytest.mark.parametrize("role", ["lead", "reviewer", "authority"])
def test_a_lead_a_reviewer_and_the_authority_may_return(visit: Visit, role: str) -> None:
    become(visit, role)
    assert give_back(visit, [POWER], "Why?").entries


def test_a_second_reason_of_the_same_person_takes_the_place_of_the_first(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    give_back(visit, [POWER], "Which meter, and which month?")
    assert states(visit) == [AGAIN, OPEN]
    assert own_waiting(visit, *POWER)[0].entry.why == "Which meter, and which month?"


def test_a_new_answer_answers_and_undo_of_it_opens_the_return_again(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    visit.record(acts.ANSWER, *POWER, Quantity("1250", "kWh"))
    assert states(visit) == [ANSWERED]
    visit.undo()
    assert states(visit) == [OPEN]


def test_a_reply_answers_every_return_that_waits_there_and_needs_words(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    assert codes(reply(visit, POWER, "  ")) == ["visit.empty_text"]
    reply(visit, POWER, "The main meter, see photo 3.")
    assert states(visit) == [REPLIED]
    visit.undo()
    assert states(visit) == [OPEN]
    visit.redo()
    assert states(visit) == [REPLIED]


def test_a_comment_where_nothing_waits_answers_nothing(visit: Visit) -> None:
    ((digest, entry),) = reply(visit, POWER, "For your information.").entries
    assert entry.replaces == ()
    assert visit.state.comments(*POWER) == [(digest, entry)]


def test_a_return_is_taken_back_or_done_without_a_reason(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    end(visit, open_returns(visit.state))
    assert states(visit) == [TAKEN_BACK]
    give_back(visit, [POWER], "Which meter?")
    visit.record(acts.ANSWER, *POWER, Quantity("1250", "kWh"))
    end(visit, [each for each in returns_of(visit.state) if can_end(visit, each)])
    assert states(visit) == [TAKEN_BACK, DONE]


def test_undo_does_not_take_back_a_return_that_was_answered_meanwhile(visit: Visit) -> None:
    from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle

    give_back(visit, [POWER], "Which meter?")
    folder = visit.store.folder.parent
    with Store.open(folder / "other", write=True) as other:
        other.identify("Chan Tai Man", "assessor")
        written = make_bundle(visit.store, visit, folder / "out", FULL)
        merge_bundle(other, written.path)
        theirs = Visit(other, visit.id, new_id=ids("d"))
        reply(theirs, POWER, "The main meter.")
        merge_bundle(visit.store, make_bundle(other, theirs, folder / "back", FULL).path)
    visit.refresh()
    assert states(visit) == [REPLIED]
    assert codes(visit.undo()) == ["visit.return_answered"]
    assert states(visit) == [REPLIED]


def test_an_assessor_ends_no_return_and_a_reviewer_only_an_own_one(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    (returned,) = returns_of(visit.state)
    become(visit, "assessor")
    assert not can_end(visit, returned)
    assert codes(end(visit, [returned])) == ["visit.may_not_end_return"]
    become(visit, "reviewer")
    assert can_end(visit, returned)
    assert not visit.may_end(returned.entry._replace(device="e" * 32))
    become(visit, "lead")
    assert visit.may_end(returned.entry._replace(device="e" * 32))


def test_an_open_return_stands_in_the_way_of_signing(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    (blocking,) = (each for each in visit.blocks_signing() if each.code == "return.waits")
    assert (blocking.place.file, blocking.place.path) == POWER
    assert blocking.parameters == {"person": "Lee Siu Ming", "why": "Which meter?"}
    reply(visit, POWER, "The main meter.")
    assert not [each for each in visit.blocks_signing() if each.code == "return.waits"]


def signed(visit: Visit) -> None:
    visit._store([visit._draft(acts.SIGN, "", "", visit.digest())])
    assert visit.signed


def test_under_a_signature_one_returns_replies_and_ends_and_the_answer_needs_reopening(visit: Visit) -> None:
    signed(visit)
    assert needs_reopening(visit, *POWER)
    assert not needs_reopening(visit, "", "")
    give_back(visit, [POWER, ("", "")], "Which meter?")
    assert not visit.state.conflicts
    assert codes(visit.record(acts.ANSWER, *POWER, Quantity("1250", "kWh"))) == ["visit.signed"]
    reply(visit, POWER, "The main meter.")
    end(visit, returns_of(visit.state))
    assert sorted(states(visit)) == [DONE, TAKEN_BACK]
    assert visit.signed
    assert not visit.state.conflicts


def test_under_a_signature_undo_takes_back_a_return_and_a_reply_and_stops_there(visit: Visit) -> None:
    signed(visit)
    give_back(visit, [POWER], "Which meter?")
    reply(visit, POWER, "The main meter.")
    visit.undo()
    assert states(visit) == [OPEN]
    visit.undo()
    assert states(visit) == [TAKEN_BACK]
    assert codes(visit.undo()) in ([], ["visit.signed"])
    assert visit.signed


def test_a_note_that_was_signed_is_not_withdrawn_with_a_return(visit: Visit) -> None:
    ((_, note),) = visit.record(acts.NOTE, *POWER, "A note.").entries
    digest = next(digest for digest, entry in visit.state.notes(*POWER) if entry == note)
    signed(visit)
    give_back(visit, [POWER], "Which meter?")
    (returned,) = returns_of(visit.state)
    both = sorted(
        f"{each.device}.{each.seq}.{name}" for each, name in ((note, digest), (returned.entry, returned.digest))
    )
    assert codes(visit.record(acts.WITHDRAW, *POWER, why="both", replaces=both)) == ["visit.signed"]


def test_a_place_is_asked_while_the_form_has_it(visit: Visit) -> None:
    assert is_asked(visit, "", "")
    assert is_asked(visit, "check", "")
    assert is_asked(visit, *POWER)
    assert not is_asked(visit, "check", "nowhere")
    assert not is_asked(visit, "gone", "power")


def test_what_a_newer_version_of_the_form_does_not_ask_is_still_replied_to_and_ended(visit: Visit) -> None:
    give_back(visit, [POWER], "Which meter?")
    form = visit.forms["check"]
    kept = tuple(node for node in form.children if getattr(node, "name", "") != "power")
    newer = visit.store.add_form(form._replace(version="9", children=kept))
    visit._store([Draft(visit.id, acts.USE_FORM, "check", version=newer[:12])])
    visit.refresh()
    assert not is_asked(visit, *POWER)
    assert states(visit) == [OPEN]
    assert codes(give_back(visit, [POWER], "Again")) == ["visit.unknown_path"]
    assert reply(visit, POWER, "It went with the new edition.").entries
    assert states(visit) == [REPLIED]
    end(visit, returns_of(visit.state))
    assert states(visit) == [DONE]


def test_what_another_laptop_returned_is_ended_by_the_lead_and_by_no_forged_withdrawal(visit: Visit) -> None:
    from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle
    from assessor_tui.ledger.entry import reference

    give_back(visit, [POWER], "Which meter?")
    (returned,) = returns_of(visit.state)
    named = (reference(returned.entry.device, returned.entry.seq, returned.digest),)
    folder = visit.store.folder.parent
    with Store.open(folder / "other", write=True) as other:
        other.identify("Chan Tai Man", "assessor")
        merge_bundle(other, make_bundle(visit.store, visit, folder / "out", FULL).path)
        theirs = Visit(other, visit.id, new_id=ids("d"))
        # As a program would do that does not ask who may.
        theirs._store([theirs._draft(acts.WITHDRAW, *POWER, None, replaces=named)])
        merge_bundle(visit.store, make_bundle(other, theirs, folder / "back", FULL).path)
        visit.refresh()
        assert states(visit) == [OPEN]
        become(theirs, "lead")
        ((_, ended),) = end(theirs, returns_of(theirs.state)).entries
        assert ended.act == acts.RETURN
        merge_bundle(visit.store, make_bundle(other, theirs, folder / "end", FULL).path)
    visit.refresh()
    assert states(visit) == [TAKEN_BACK]
