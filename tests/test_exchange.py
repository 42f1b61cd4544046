"""A visit goes from laptop to laptop and comes back together; what cannot be taken changes nothing."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.bundle.write import NothingToCarry
from assessor_tui.evidence import evidence_path, store_file
from assessor_tui.exchange import (
    DELTA,
    FULL,
    INVITE,
    Alike,
    alike,
    bundles_in,
    carried,
    earlier_visits,
    make_bundle,
    merge_bundle,
    not_bundled,
    site_name,
    visit_label,
)
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.errors import DiskFull
from assessor_tui.store.ledger import WANTED, Store
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop, say

PAPER = b"Calibrated until 2027.\n"


class Team(NamedTuple):
    """A lead with a visit and a colleague who was invited."""

    lead: Visit
    colleague: Visit
    folder: Path
    """Where bundles are put."""


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "lead", "Ann", "lead") as store:
        yield begin(store)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A laptop on which nothing is yet."""
    with laptop(tmp_path / "other", "Bob") as store:
        yield store


@pytest.fixture
def team(lead: Visit, empty: Store, tmp_path: Path) -> Team:
    folder = tmp_path / "stick"
    invitation = make_bundle(lead.store, lead, folder, INVITE)
    assert merge_bundle(empty, invitation.path).outcome == "other visit"
    return Team(lead, Visit(empty, lead.id, new_id=ids("b")), folder)


def deliver(sender: Visit, receiver: Visit, folder: Path, purpose: str = DELTA) -> None:
    path = make_bundle(sender.store, sender, folder, purpose).path
    assert merge_bundle(receiver.store, path).error is None
    receiver.refresh()


def attach(visit: Visit, path: str, content: bytes = PAPER) -> str:
    """Digest of a file that is tied to a question now."""
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("document", {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type})
    assert visit.record("attach", "check", path, value).problems == ()
    return stored.sha256


# Inviting, answering, delivering


def test_an_invitation_is_all_a_colleague_needs_to_answer(team: Team) -> None:
    assert list(team.colleague.forms) == list(team.lead.forms)
    assert team.colleague.category == team.lead.category
    assert site_name(team.colleague) == "Mock Works"
    say(team.colleague, "meter", ("yes",))
    deliver(team.colleague, team.lead, team.folder)
    assert team.lead.filling("check").state("meter").value == ("yes",)
    assert team.lead.state.conflicts == {}


def test_a_bundle_says_what_it_brought_and_the_second_time_that_all_is_known(team: Team) -> None:
    say(team.colleague, "meter", ("yes",))
    say(team.colleague, "words", "seen")
    written = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)
    first, second = (merge_bundle(team.lead.store, written.path) for _ in range(2))
    assert (first.outcome, first.new, first.sender, first.visits) == ("new", 2, "Bob", (team.lead.id,))
    assert (second.outcome, second.new) == ("known", 0)


def test_different_answers_meet_as_a_conflict_and_equal_ones_as_agreement(team: Team) -> None:
    say(team.lead, "meter", ("yes",))
    say(team.lead, "words", "same")
    say(team.colleague, "meter", ("no",))
    say(team.colleague, "words", "same")
    deliver(team.colleague, team.lead, team.folder)
    deliver(team.lead, team.colleague, team.folder, FULL)
    assert list(team.lead.state.conflicts) == list(team.colleague.state.conflicts) == [("value", "check", "meter")]
    (conflict,) = team.lead.state.conflicts.values()
    team.lead.settle(conflict, value=("partly",), why="One of two has a meter")
    deliver(team.lead, team.colleague, team.folder)
    assert team.colleague.state.conflicts == {}
    assert team.colleague.filling("check").state("meter").value == ("partly",)


def test_rows_of_two_laptops_stand_beside_each_other_under_their_own_numbers(team: Team) -> None:
    rows = [visit.record("add row", "check", "outlets").entries[0][1].path for visit in (team.lead, team.colleague)]
    deliver(team.colleague, team.lead, team.folder)
    deliver(team.lead, team.colleague, team.folder)
    numbers = [[visit.state.row_number("check", row, "O") for row in rows] for visit in (team.lead, team.colleague)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers[0])) == 2
    assert sorted(team.lead.filling("check").rows("outlets")) == sorted(row[-33:-1] for row in rows)


def test_a_delta_carries_what_no_bundle_has_carried_and_a_full_one_everything(team: Team) -> None:
    assert not_bundled(team.colleague.store, team.colleague.id) == 0
    say(team.colleague, "meter", ("yes",))
    assert not_bundled(team.colleague.store, team.colleague.id) == 1
    make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)
    assert not_bundled(team.colleague.store, team.colleague.id) == 0
    say(team.colleague, "words", "more")
    assert carried(team.colleague.store, team.colleague, DELTA) == 1
    assert carried(team.colleague.store, team.colleague, FULL) == len(team.colleague.state)
    deliver(team.colleague, team.lead, team.folder, DELTA)
    # The first delta never arrived: its answer is missing until somebody brings it.
    assert team.lead.filling("check").state("meter").status == "missing"
    assert [(row.begin, row.held) for row in team.lead.store.logs(team.lead.id) if row.held == 1] == [(2, 1)]
    deliver(team.colleague, team.lead, team.folder, FULL)
    assert team.lead.filling("check").state("meter").value == ("yes",)
    assert team.lead.store.verify_logs() == []


def test_what_fills_a_gap_is_carried_on(team: Team, tmp_path: Path) -> None:
    say(team.colleague, "meter", ("yes",))
    first = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA).path
    say(team.colleague, "words", "more")
    second = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA).path
    with laptop(tmp_path / "third", "Cy") as store:
        third = Visit(store, team.lead.id, new_id=ids("c"))
        for part in (second, first):
            merge_bundle(team.lead.store, part)
            team.lead.refresh()
            deliver(team.lead, third, team.folder, DELTA)
        assert third.filling("check").state("meter").value == ("yes",)
        assert store.verify_logs() == []


def test_with_nothing_new_there_is_no_delta(team: Team) -> None:
    say(team.colleague, "meter", ("yes",))
    make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)
    with pytest.raises(NothingToCarry):
        make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)


def test_whole_bundles_in_any_order_make_the_same_visit(team: Team, tmp_path: Path) -> None:
    say(team.lead, "meter", ("yes",))
    say(team.colleague, "meter", ("no",))
    say(team.colleague, "carriers", ("gas",))
    paths = [make_bundle(visit.store, visit, team.folder, FULL).path for visit in (team.lead, team.colleague)]
    told = []
    for place, order in enumerate((paths, paths[::-1], paths + paths)):
        with laptop(tmp_path / f"reader{place}", "Cy") as store:
            for path in order:
                assert merge_bundle(store, path).error is None
            visit = Visit(store, team.lead.id, new_id=ids("c"))
            told.append((visit.state.answers("check"), list(visit.state.conflicts), visit.digest()))
    assert told[0] == told[1] == told[2]


# Evidence


def test_files_travel_with_the_entries_that_name_them(team: Team) -> None:
    digest = attach(team.colleague, "meter")
    deliver(team.colleague, team.lead, team.folder)
    assert evidence_path(team.lead.store.folder, digest).read_bytes() == PAPER
    row = team.lead.store.evidence(digest)
    assert row is not None and (row.size, row.type, row.state) == (len(PAPER), "text/plain", "have")


def test_a_file_that_did_not_come_along_is_wanted_until_it_does(team: Team, tmp_path: Path) -> None:
    digest = attach(team.colleague, "meter")
    file = evidence_path(team.colleague.store.folder, digest)
    aside = file.rename(tmp_path / "aside")
    path = make_bundle(team.colleague.store, team.colleague, team.folder, FULL).path
    assert merge_bundle(team.lead.store, path).wanted == 1
    assert [row.sha256 for row in team.lead.store.all_evidence(WANTED)] == [digest]
    aside.rename(file)
    path = make_bundle(team.colleague.store, team.colleague, team.folder, FULL).path
    merged = merge_bundle(team.lead.store, path)
    assert (merged.outcome, merged.wanted) == ("known", 0)
    assert team.lead.store.all_evidence(WANTED) == []
    assert evidence_path(team.lead.store.folder, digest).read_bytes() == PAPER


# What cannot be taken


def changed(path: Path, at: int) -> Path:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    out = path.with_name("changed.zip")
    out.write_bytes(data)
    return out


@pytest.mark.parametrize("damage", ["cut", "byte", "other", "empty", "missing", "folder"])
def test_a_refused_file_is_reported_with_its_reason_and_changes_nothing(
    lead: Visit, empty: Store, tmp_path: Path, damage: str
) -> None:
    path = make_bundle(lead.store, lead, tmp_path / "stick", INVITE).path
    bad = tmp_path / "stick" / "bad.zip"
    if damage == "cut":
        bad.write_bytes(path.read_bytes()[:-100])
    elif damage == "byte":
        bad = changed(path, path.stat().st_size // 2)
    elif damage == "other":
        with zipfile.ZipFile(bad, "w") as archive:
            archive.writestr("holiday.txt", "sun")
    elif damage == "empty":
        bad.touch()
    elif damage == "folder":
        bad.mkdir()
    merged = merge_bundle(empty, bad)
    assert (merged.outcome, merged.new, merged.visits) == ("refused", 0, ())
    assert merged.error is not None and merged.error.exit_code == 4
    assert empty.visits() == []
    assert empty.definitions("form") == []
    assert not list(empty.folder.glob("evidence/*/*"))


def test_a_disk_that_fills_up_during_a_merge_leaves_the_ledger_as_it_was(team: Team) -> None:
    for number in range(40):
        say(team.colleague, "words", f"{number} {'x' * 2000}")
    path = make_bundle(team.colleague.store, team.colleague, team.folder, FULL).path
    store = team.lead.store
    before = len(store.entries(team.lead.id))
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
    store.connection.execute(f"PRAGMA max_page_count = {pages + 2:d}")
    with pytest.raises(DiskFull):
        merge_bundle(store, path)
    team.lead.refresh()
    assert len(store.entries(team.lead.id)) == len(team.lead.state) == before
    store.connection.execute("PRAGMA max_page_count = 1000000")
    assert merge_bundle(store, path).new == 40


# Which files are meant


def test_a_folder_stands_for_its_bundles_and_a_pattern_for_the_files_that_fit(tmp_path: Path) -> None:
    for name in ("b.zip", "a.zip", "C.ZIP", "notes.txt", "a[1].zip"):
        (tmp_path / name).touch()
    (tmp_path / "old.zip").mkdir()

    def names(*paths: str) -> list[str]:
        return [path.name for path in bundles_in([tmp_path / path for path in paths])]

    assert names("") == ["C.ZIP", "a.zip", "a[1].zip", "b.zip"]
    assert names("?.zip") == ["a.zip", "b.zip"]
    assert names("a[1].zip") == ["a[1].zip"]  # a file of that very name is no pattern
    assert names("b.zip", "*.zip", "gone.zip") == ["b.zip", "a.zip", "a[1].zip", "gone.zip"]
    assert names("x*.zip") == []


# Visits of the same site


def test_an_invitation_brings_earlier_visits_of_the_site_by_its_number(tmp_path: Path, empty: Store) -> None:
    with laptop(tmp_path / "lead", "Ann", "lead") as store:
        before = begin(store, "1", registered_number="SAMPLE-1", visit_date="2024-05-06")
        begin(store, "2", registered_number="SAMPLE-2", visit_date="2025-05-06")
        say(before, "words", "two years ago")
        now = begin(store, "3", registered_number="SAMPLE-1")
        later = begin(store, "4", registered_number="SAMPLE-1", visit_date="2027-01-01")
        assert earlier_visits(store, now) == [before.id]
        assert earlier_visits(store, later) == [before.id, now.id]
        path = make_bundle(store, now, tmp_path / "stick", INVITE).path
    assert set(merge_bundle(empty, path).visits) == {before.id, now.id}
    assert Visit(empty, before.id, new_id=ids("c")).filling("check").state("words").value == "two years ago"


def test_two_visits_that_look_the_same_are_proposed_until_a_person_links_them(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann", "lead") as store:
        mine = begin(store, "1", registered_number="SAMPLE-1")
        same = begin(store, "2", registered_number="sample-1 ", site_name_en="Other name")
        named = begin(store, "3", registered_number="SAMPLE-9", site_name_en=" MOCK  works")
        begin(store, "4", registered_number="SAMPLE-1", visit_date="2025-11-12")
        begin(store, "5", site_name_en="Somewhere else")
        found = alike(store, mine)
        assert sorted(found) == sorted([Alike(mine.id, same.id, "number"), Alike(mine.id, named.id, "name")])
        assert mine.record("link", "", "", same.id).problems == ()
        assert alike(store, mine) == [Alike(mine.id, named.id, "name")]


def test_a_visit_is_called_by_its_site_and_date_else_by_its_id(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann", "lead") as store:
        both = begin(store, "1", site_name_zh="示例廠")
        assert (site_name(both), site_name(both, "zh-Hant-HK")) == ("Mock Works", "示例廠")
        assert visit_label(both) == "Mock Works-2026-11-12"
        none = begin(store, "2", site_name_en="")
        assert visit_label(none) == none.id[:8]


def test_a_visit_whose_opening_has_not_come_yet_is_passed_over(team: Team, tmp_path: Path) -> None:
    say(team.colleague, "words", "first")
    make_bundle(team.colleague.store, team.colleague, team.folder, FULL)
    say(team.colleague, "words", "second")
    path = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA).path
    with laptop(tmp_path / "third", "Cy") as store:
        other = begin(store, "7")
        assert merge_bundle(store, path).outcome == "other visit"
        assert alike(store, other) == []
        assert earlier_visits(store, other) == []
