"""Between visits: corrections and their verification are recorded under a signature, and change nothing of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.follow_up import is_follow_up
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Evidence, Value
from assessor_tui.visit import Visit
from tests.ledger_worlds import FOLLOW_UP, FORM, PATHS, ROWS, Laptop, play, steps
from tests.sample_visit import new_visit, open_store, same_visit, say

SIGNER = "Lead (sample)"
PHOTO = Evidence("photo", {"sha256": "0" * 64, "name": "label.jpg", "type": "image/jpeg"})


def meet(*laptops: Laptop) -> None:
    for one in laptops:
        for other in laptops:
            one.learn(other.known)


def stands(state: VisitState | None, path: str) -> object:
    """The value that stands at a path."""
    assert state is not None
    standing = state.standing(FORM, path)
    assert standing is not None
    return standing.value


def signed_by_ann() -> tuple[Laptop, Laptop, Laptop]:
    ann, bob, cho = Laptop("ann"), Laptop("bob"), Laptop("cho")
    ann.answer(FOLLOW_UP, ("open",))
    ann.answer("meter", "yes")
    meet(ann, bob, cho)
    ann.record(acts.SIGN, "", "digest", form="")
    return ann, bob, cho


@pytest.mark.parametrize(
    ("act", "path", "allowed"),
    [
        (acts.ANSWER, FOLLOW_UP, True),
        (acts.CLEAR, f"actions[{ROWS[0]}]/action_done_on", True),
        (acts.SETTLE, f"findings[{ROWS[0]}]/verified_by", True),
        (acts.ATTACH, f"findings[{ROWS[0]}]/proof_kind", True),
        (acts.NOTE, f"findings[{ROWS[0]}]", True),
        (acts.ATTACH, "closing_record", True),
        (acts.ANSWER, "closing_record", False),
        (acts.ANSWER, f"findings[{ROWS[0]}]/grade", False),
        (acts.ANSWER, f"findings[{ROWS[0]}]/due", False),
        (acts.ANSWER, "findings/status", False),
        (acts.ADD_ROW, f"findings[{ROWS[0]}]", False),
        (acts.REMOVE_ROW, f"findings[{ROWS[0]}]", False),
        (acts.NOTE, "meter", False),
        (acts.ANSWER, f"outlets[{ROWS[0]}]/status", False),
    ],
)
def test_only_correction_and_verification_are_follow_up(act: str, path: str, allowed: bool) -> None:
    assert is_follow_up(act, path) is allowed


def test_who_has_seen_the_signature_follows_up_and_no_conflict_arises() -> None:
    ann, bob, cho = signed_by_ann()
    meet(ann, bob)
    bob.answer(FOLLOW_UP, ("closed",))
    meet(ann, bob, cho)
    for each in (ann, bob, cho):
        assert each.state.conflicts == {}
        assert stands(each.state, FOLLOW_UP) == ("closed",)
        assert stands(each.state.as_signed(), FOLLOW_UP) == ("open",)
        assert [entry.value for _, entry in each.state.follow_ups()] == [("closed",)]


def test_who_has_not_seen_the_signature_is_late_as_ever() -> None:
    ann, bob, cho = signed_by_ann()
    bob.answer(FOLLOW_UP, ("closed",))
    meet(ann, bob, cho)
    assert list(cho.state.conflicts) == [("late", FORM, FOLLOW_UP)]
    assert stands(cho.state, FOLLOW_UP) == ("open",)
    assert cho.state.follow_ups() == []


def test_follow_up_stands_beside_what_came_late() -> None:
    ann, bob, cho = signed_by_ann()
    bob.answer(FOLLOW_UP, ("withdrawn",))
    meet(ann, cho)
    cho.answer(FOLLOW_UP, ("closed",))
    meet(ann, bob, cho)
    assert ("late", FORM, FOLLOW_UP) in ann.state.conflicts
    assert stands(ann.state, FOLLOW_UP) == ("closed",)


def test_another_answer_after_the_signature_is_late_though_its_author_knew() -> None:
    ann, bob, _ = signed_by_ann()
    meet(ann, bob)
    bob.answer("meter", "no")
    meet(ann, bob)
    assert list(ann.state.conflicts) == [("late", FORM, "meter")]
    assert stands(ann.state, "meter") == "yes"


def test_two_laptops_that_verify_differently_are_an_ordinary_conflict() -> None:
    ann, bob, cho = signed_by_ann()
    meet(ann, bob, cho)
    bob.answer(FOLLOW_UP, ("closed",))
    cho.answer(FOLLOW_UP, ("answered",))
    meet(ann, bob, cho)
    assert list(ann.state.conflicts) == [("value", FORM, FOLLOW_UP)]
    ann.record(acts.SETTLE, FOLLOW_UP, ("closed",), why="seen on site")
    meet(ann, bob, cho)
    assert cho.state.conflicts == {}
    assert stands(cho.state, FOLLOW_UP) == ("closed",)


def test_what_followed_one_signature_is_late_under_the_next_that_did_not_see_it() -> None:
    ann, bob, _ = signed_by_ann()
    meet(ann, bob)
    bob.answer(FOLLOW_UP, ("closed",))
    ann.record(acts.REOPEN, "", form="", why="a number was wrong")
    ann.record(acts.SIGN, "", "digest again", form="")
    meet(ann, bob)
    assert list(ann.state.conflicts) == [("late", FORM, FOLLOW_UP)]


def said(state: VisitState) -> object:
    paths = [*PATHS]
    standing = {path: found.value for path in paths if (found := state.standing(FORM, path)) is not None}
    return standing, list(state.conflicts), state.follow_ups(), state.is_signed


@given(steps, st.randoms(use_true_random=False))
def test_follow_up_is_the_same_in_whatever_order_it_arrives(story: list[tuple[str, int, object, int]], random) -> None:  # type: ignore[no-untyped-def]
    entries: list[tuple[str, Entry]] = play(story)
    shuffled = list(entries)
    random.shuffle(shuffled)
    state = VisitState(shuffled)
    assert said(state) == said(VisitState(entries))
    before = state.as_signed()
    if before is not None:
        assert not {digest for digest, _ in before.entries()} & {digest for digest, _ in state.follow_ups()}


# On the one road.


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[tuple[Visit, Visit, str]]:
    """The lead's visit with one finding, signed; the colleague's copy of it; the finding's row."""
    theirs = open_store(tmp_path / "lee", "Lee (sample)", "assessor")
    with open_store(tmp_path / "lead", SIGNER, "lead") as mine, theirs:
        visit = new_visit(mine)
        row = visit.record(acts.ADD_ROW, "findings", "findings").entries[0][1].path
        answers: dict[str, Value] = {
            "grade": ("minor",), "text": "Three labels have no date.", "where": "Store B",
            "objective_evidence": "Seen.",
            "owner": "Ms Wong", "due": "2026-12-31", "response": ("agrees",),
        }  # fmt: skip
        for name, value in answers.items():
            say(visit, "findings", f"{row}/{name}", value)
        say(visit, "findings", f"{row}/status", ("open",))
        visit.store.append([visit._draft(acts.SIGN, "", "", visit.digest())])
        visit.refresh()
        yield visit, same_visit(theirs, visit), row


def test_a_correction_is_recorded_under_the_signature_and_the_signed_digest_stays(
    signed: tuple[Visit, Visit, str],
) -> None:
    visit, _, row = signed
    from assessor_tui.assess.assessment import assessment, digest

    def signed_digest() -> str:
        state = visit.state.as_signed()
        assert state is not None
        return digest(assessment(visit.id, visit.scheme, visit.forms, state, visit.today))

    before = signed_digest()
    follow_up: dict[str, Value] = {"correction": "New labels.", "status": ("closed",), "verified_by": "Lee"}
    for name, value in follow_up.items():
        assert visit.record(acts.ANSWER, "findings", f"{row}/{name}", value).entries
    assert visit.record(acts.ATTACH, "findings", f"{row}/proof_kind", PHOTO).entries
    assert visit.record(acts.NOTE, "findings", row, "Sent by mail.").entries
    assert visit.signed and signed_digest() == before
    assert visit.filling("findings").state(f"{row}/status").value == ("closed",)
    assert len(visit.state.follow_ups()) == 5


def test_everything_else_is_refused_as_before(signed: tuple[Visit, Visit, str]) -> None:
    visit, _, row = signed
    refused: tuple[tuple[str, str, str, Value | None], ...] = (
        (acts.ANSWER, "findings", f"{row}/grade", ("major",)), (acts.ADD_ROW, "findings", "findings", None),
        (acts.REMOVE_ROW, "findings", row, None), (acts.ANSWER, "visit_header", "main_products", "x"),
        (acts.NOTE, "visit_header", "main_products", "x"),
    )  # fmt: skip
    for act, form, path, value in refused:
        assert [each.code for each in visit.record(act, form, path, value).problems] == ["visit.signed"], path
    assert [each.code for each in visit.undo().problems] == ["visit.signed"]


def test_the_own_follow_up_can_be_taken_back_and_nothing_that_was_signed(signed: tuple[Visit, Visit, str]) -> None:
    visit, _, row = signed
    visit.record(acts.ANSWER, "findings", f"{row}/status", ("answered",))
    assert visit.undo().entries
    assert visit.filling("findings").state(f"{row}/status").value == ("open",)
    assert visit.redo().entries
    assert visit.filling("findings").state(f"{row}/status").value == ("answered",)
    visit.undo()
    assert [each.code for each in visit.undo().problems] == ["visit.signed"]


def test_a_proof_that_was_signed_is_not_taken_away_a_later_one_is(signed: tuple[Visit, Visit, str]) -> None:
    visit, _, row = signed
    visit.reopen("a proof was missing")
    old = visit.record(acts.ATTACH, "findings", f"{row}/objective_evidence", PHOTO).entries[0]
    visit.store.append([visit._draft(acts.SIGN, "", "", visit.digest())])
    visit.refresh()
    place = ("findings", f"{row}/objective_evidence")
    name = acts.reference(old[1].device, old[1].seq, old[0])
    assert [each.code for each in visit.record(acts.DETACH, *place, replaces=[name]).problems] == ["visit.signed"]
    other = PHOTO._replace(about={**PHOTO.about, "sha256": "1" * 64})
    new = visit.record(acts.ATTACH, *place, other).entries[0]
    name = acts.reference(new[1].device, new[1].seq, new[0])
    assert visit.record(acts.DETACH, *place, replaces=[name]).entries


def test_two_who_verify_differently_are_settled_without_reopening(
    signed: tuple[Visit, Visit, str], tmp_path: Path
) -> None:
    lead, colleague, row = signed
    path = f"{row}/status"
    lead.record(acts.ANSWER, "findings", path, ("answered",))
    assert colleague.record(acts.ANSWER, "findings", path, ("closed",), why="seen on site").entries
    merge_bundle(lead.store, make_bundle(colleague.store, colleague, tmp_path).path)
    lead.refresh()
    (conflict,) = lead.state.conflicts.values()
    assert conflict.kind == "value"
    assert [each.code for each in lead.record(acts.ANSWER, "findings", path, ("open",)).problems] == ["visit.disputed"]
    assert lead.settle(conflict, value=("closed",), why="photos of 12 December").entries
    assert lead.state.conflicts == {} and lead.signed
