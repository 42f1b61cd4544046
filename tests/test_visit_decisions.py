"""Deciding in a visit: conflicts of every kind are settled by a person, the lead signs, a reason reopens."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import hash_of
from assessor_tui.ledger.state import Conflict
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.materials import load_materials
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit, create_visit
from tests.sample_visit import clock, identities
from tests.test_cli_story import FILES

YES, NO = ("yes",), ("no",)


class Pair(NamedTuple):
    """The same visit on two laptops."""

    lead: Visit
    colleague: Visit
    folder: Path

    def deliver(self) -> None:
        """Everything that the colleague has recorded is on the lead's laptop."""
        written = make_bundle(self.colleague.store, self.colleague, self.folder)
        assert merge_bundle(self.lead.store, written.path).error is None
        self.lead.refresh()

    def conflict(self) -> Conflict:
        """The one conflict on the lead's laptop."""
        (conflict,) = self.lead.state.conflicts.values()
        return conflict


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    forms, out = tmp_path / "forms", tmp_path / "out"
    forms.mkdir()
    out.mkdir()
    for name, text in FILES.items():
        (forms / name).write_text(text, encoding="utf-8")
    with Store.open(tmp_path / "lead", now=clock()) as mine, Store.open(tmp_path / "lee", now=clock()) as theirs:
        mine.identify("Chan Tai Man", "lead")
        theirs.identify("Lee Siu Yee", "assessor")
        (materials,) = load_materials(mine, forms)
        answers: dict[str, Value] = {"site_name_en": "Alpha", "visit_date": "2026-11-12", "person": "Mr Ho"}
        visit = create_visit(mine, materials, answers, new_id=identities("lead"))
        merge_bundle(theirs, make_bundle(mine, visit, out, "invite").path)
        yield Pair(visit, Visit(theirs, visit.id, new_id=identities("lee")), out)


def head(conflict: Conflict, person: str) -> acts.Entry:
    return next(entry for _, entry in conflict.heads if entry.person == person)


def test_the_side_that_is_taken_stands_with_its_reason(pair: Pair) -> None:
    pair.lead.record(acts.ANSWER, "list", "has_meters", YES)
    pair.colleague.record(acts.ANSWER, "list", "has_meters", NO)
    pair.deliver()
    settled = pair.lead.settle(pair.conflict(), take=head(pair.conflict(), "Lee Siu Yee"), why="Seen together")
    assert settled.entries[0][1].act == acts.SETTLE
    assert pair.lead.state.conflicts == {}
    assert pair.lead.filling("list").state("has_meters").value == NO


def test_a_new_answer_or_none_settles_too(pair: Pair) -> None:
    for number, wanted in ((1, Quantity("3", "kWh")), (2, None)):
        why = "" if number == 1 else "Other invoice"
        pair.lead.record(acts.ANSWER, "list", "power", Quantity(f"{number}1", "kWh"), why=why)
        pair.colleague.record(acts.ANSWER, "list", "power", Quantity(f"{number}2", "kWh"), why=why)
        pair.deliver()
        pair.lead.settle(pair.conflict(), value=wanted, why="Counted again")
        assert pair.lead.state.conflicts == {}
        assert pair.lead.filling("list").state("power").value == wanted
        merge_bundle(pair.colleague.store, make_bundle(pair.lead.store, pair.lead, pair.folder).path)
        pair.colleague.refresh()


def test_a_side_that_says_not_applicable_or_to_come_stands_as_that(pair: Pair) -> None:
    pair.lead.record(acts.ANSWER, "list", "power", Quantity("5", "kWh"))
    pair.colleague.record(acts.NOT_APPLICABLE, "list", "power", why="No electricity")
    pair.lead.record(acts.ANSWER, "head", "category", ("making",))
    pair.deliver()
    pair.lead.settle(pair.conflict(), take=head(pair.conflict(), "Lee Siu Yee"), why="There is none")
    assert pair.lead.filling("list").state("power").status == "not applicable"
    assert pair.lead.state.conflicts == {}


@pytest.mark.parametrize("kept", [True, False])
def test_a_row_removed_by_one_and_worked_in_by_the_other_is_kept_or_removed(pair: Pair, kept: bool) -> None:
    pair.lead.record(acts.ANSWER, "list", "has_meters", YES)
    row = pair.lead.record(acts.ADD_ROW, "list", "meters").entries[0][1].path
    merge_bundle(pair.colleague.store, make_bundle(pair.lead.store, pair.lead, pair.folder).path)
    pair.colleague.refresh()
    pair.colleague.record(acts.ANSWER, "list", f"{row}/meter_no", "M-01")
    pair.lead.record(acts.REMOVE_ROW, "list", row)
    pair.deliver()
    conflict = pair.conflict()
    person = "Lee Siu Yee" if kept else "Chan Tai Man"
    pair.lead.settle(conflict, take=head(conflict, person), why="Went there again")
    assert pair.lead.state.conflicts == {}
    assert len(pair.lead.filling("list").rows("meters")) == int(kept)


def test_a_copied_folder_is_settled_by_saying_how_it_happened(pair: Pair) -> None:
    pair.colleague.record(acts.ANSWER, "list", "power", Quantity("5", "kWh"))
    pair.deliver()
    assert pair.colleague.store.device is not None
    last = pair.colleague.state.log(pair.colleague.store.device.id)[-1][1]
    forked = last._replace(value=Quantity("7", "kWh"))
    pair.lead.store.add([(hash_of(forked), forked)])
    pair.lead.refresh()
    fork = next(each for each in pair.lead.state.conflicts.values() if each.kind == "fork")
    assert pair.lead.blocks_signing()[0].code.startswith("conflict.")
    pair.lead.settle(fork, why="The laptop was cloned")
    assert "fork" not in {conflict.kind for conflict in pair.lead.state.conflicts.values()}


def test_settling_asks_for_a_reason_and_is_refused_under_a_signature(pair: Pair) -> None:
    pair.lead.record(acts.ANSWER, "list", "has_meters", YES)
    pair.colleague.record(acts.ANSWER, "list", "has_meters", NO)
    pair.deliver()
    side = pair.conflict().heads[0][1]
    assert [each.code for each in pair.lead.settle(pair.conflict(), take=side, why="  ").problems] == [
        "visit.reason_needed"
    ]
    refused = pair.lead.record(acts.ANSWER, "list", "has_meters", YES)
    assert [each.code for each in refused.problems] == ["visit.disputed"]


def finished(pair: Pair) -> Visit:
    visit = pair.lead
    visit.record(acts.ANSWER, "list", "has_meters", NO)
    visit.record(acts.ANSWER, "list", "power", Quantity("5", "kWh"))
    return visit


def test_everything_that_stands_in_the_way_is_said_at_once(pair: Pair) -> None:
    pair.lead.record(acts.ANSWER, "list", "has_meters", YES)
    pair.lead.record(acts.ADD_ROW, "found", "findings")
    row = pair.lead.filling("found").rows("findings")[0]
    pair.lead.record(acts.ANSWER, "found", f"findings[{row}]/grade", ("major",))
    said = [(each.code, each.place.file, each.place.path.partition("[")[0]) for each in pair.lead.blocks_signing()]
    assert said == [
        ("demand.evidence", "list", "has_meters"),
        ("answer.required", "list", "power"),
        ("visit.finding_owner", "found", "findings"),
        ("visit.finding_due", "found", "findings"),
    ]
    assert [each.code for each in pair.lead.sign("Chan Tai Man").problems] == [code for code, _, _ in said]
    assert not pair.lead.signed


def test_only_the_lead_signs_with_the_own_name(pair: Pair) -> None:
    visit = finished(pair)
    assert [each.code for each in visit.sign("Chan").problems] == ["visit.other_name"]
    pair.deliver()
    assert [each.code for each in pair.colleague.sign("Lee Siu Yee").problems] == ["visit.not_lead"]
    assert visit.sign(" chan TAI  man").entries[0][1].value == visit.digest()
    assert [each.code for each in visit.sign("Chan Tai Man").problems] == ["visit.signed"]


def test_a_signed_visit_changes_only_after_it_was_reopened_with_a_reason(pair: Pair) -> None:
    visit = finished(pair)
    assert [each.code for each in visit.reopen("Why not").problems] == ["visit.not_signed"]
    visit.sign("Chan Tai Man")
    change = Quantity("6", "kWh")
    assert [each.code for each in visit.record(acts.ANSWER, "list", "power", change).problems] == ["visit.signed"]
    assert [each.code for each in visit.undo().problems] == ["visit.signed"]
    assert [each.code for each in visit.reopen(" ").problems] == ["visit.reason_needed"]
    assert visit.reopen("Invoice came").entries
    assert visit.record(acts.ANSWER, "list", "power", change).entries
    assert visit.sign("Chan Tai Man").entries
    assert len(visit.state.history("", "")) >= 3


def test_the_digest_is_the_same_on_every_laptop(pair: Pair) -> None:
    visit = finished(pair)
    merge_bundle(pair.colleague.store, make_bundle(visit.store, visit, pair.folder).path)
    pair.colleague.refresh()
    assert pair.colleague.digest() == visit.digest()
