"""A visit goes from laptop to laptop and comes back together; what cannot be taken changes nothing."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.write import Contents, segments_of, write_bundle
from assessor_tui.carry import exchange
from assessor_tui.carry.exchange import (
    DELTA,
    FULL,
    INVITE,
    Alike,
    Portion,
    alike,
    bundles_in,
    carried,
    earlier_visits,
    make_bundle,
    merge_bundle,
    merge_bundles,
    not_bundled,
    site_name,
    visit_label,
)
from assessor_tui.carry.quarantine import accept
from assessor_tui.cli.session import find_visit
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import Entry, canonical_json, hash_of
from assessor_tui.ledger.value import Evidence, Value
from assessor_tui.store.errors import DiskFull
from assessor_tui.store.ledger import WANTED, Store
from assessor_tui.store.tables import DERIVED
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, clock, ids, kilowatt_hours, laptop, say

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


def test_a_delta_carries_what_nobody_has_confirmed_and_a_full_one_everything(team: Team) -> None:
    assert not_bundled(team.colleague.store, team.colleague.id) == 0
    say(team.colleague, "meter", ("yes",))
    assert not_bundled(team.colleague.store, team.colleague.id) == 1
    make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)
    assert not_bundled(team.colleague.store, team.colleague.id) == 0
    say(team.colleague, "words", "more")
    # The first delta never arrived, so the second one carries its answer once more.
    assert carried(team.colleague.store, team.colleague, DELTA) == 2
    assert carried(team.colleague.store, team.colleague, FULL) == len(team.colleague.state)
    deliver(team.colleague, team.lead, team.folder, DELTA)
    assert team.lead.filling("check").state("meter").value == ("yes",)
    assert team.lead.store.verify_logs() == []
    deliver(team.lead, team.colleague, team.folder, DELTA)
    assert carried(team.colleague.store, team.colleague, DELTA) == 0


def without_the_first(visit: Visit, folder: Path) -> Path:
    """A bundle of what this laptop has recorded, but for its first entry."""
    assert visit.store.device is not None
    after = {(row.device, row.fork): 1 if row.device == visit.store.device.id else 0
             for row in visit.store.logs(visit.id)}  # fmt: skip
    return make_bundle(visit.store, visit, folder, DELTA, portion=Portion(after)).path


def test_what_fills_a_gap_is_carried_on(team: Team, tmp_path: Path) -> None:
    say(team.colleague, "meter", ("yes",))
    first = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA).path
    say(team.colleague, "words", "more")
    second = without_the_first(team.colleague, team.folder)
    with laptop(tmp_path / "third", "Cy") as store:
        third = Visit(store, team.lead.id, new_id=ids("c"))
        assert store.device is not None
        for part in (second, first):
            merge_bundle(team.lead.store, part)
            team.lead.refresh()
            merge_bundle(store, make_bundle(team.lead.store, team.lead, team.folder, DELTA, to=[store.device.id]).path)
            third.refresh()
        assert third.filling("check").state("meter").value == ("yes",)
        assert store.verify_logs() == []


def test_a_delta_with_nothing_new_is_a_receipt_of_a_few_thousand_bytes(team: Team) -> None:
    say(team.colleague, "meter", ("yes",))
    deliver(team.colleague, team.lead, team.folder)
    deliver(team.lead, team.colleague, team.folder)
    written = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)
    assert written.purpose == "receipt"
    assert written.size <= 4096
    assert merge_bundle(team.lead.store, written.path).outcome == "known"


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


@pytest.mark.parametrize("few", [1, 2, 50])
def test_what_many_bundles_bring_is_compared_however_far_apart_they_lie(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(exchange, "_FEW", few)
    paths = []
    for answer in ("yes", "no"):
        for visit in (team.lead, team.colleague):
            say(visit, "meter", (answer if visit is team.lead else "no",))
            paths.append(make_bundle(visit.store, visit, team.folder, FULL).path)
    (tmp_path / "damaged.zip").write_bytes(paths[0].read_bytes()[:-1])
    with laptop(tmp_path / "reader", "Cy") as store:
        told = list(merge_bundles(store, [*paths[:2], tmp_path / "damaged.zip", *paths[2:]]))
        assert [each.outcome for each in told] == ["other visit", "new", "refused", "new", "known"]
        visit = Visit(store, team.lead.id, new_id=ids("c"))
        assert store.conflicts() == [] == list(visit.state.conflicts)
        before = [sorted(store.connection.execute(f"SELECT * FROM {table}")) for table in DERIVED]
        store.rebuild()
        assert before == [sorted(store.connection.execute(f"SELECT * FROM {table}")) for table in DERIVED]
    with laptop(tmp_path / "another", "Di") as store:
        list(merge_bundles(store, paths[:2]))
        assert [kind for _, kind, *_ in store.conflicts()] == ["value"]


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


# What a stranger, or a newer version, may send


class Stranger:
    """A device whose entries are written by hand, as anyone can who has read the format."""

    def __init__(self, visit: str, device: str, person: str = "Eve") -> None:
        self.visit, self.device, self.person = visit, device, person
        self.items: list[tuple[str, Entry]] = []

    def add(self, act: str, form: str = "", path: str = "", value: Value | None = None, **more: Any) -> None:
        number = len(self.items) + 1
        entry = Entry(self.visit, self.device, number, "", NINE + number, self.person, act, form, "", path, value)
        before = self.items[-1][0] if self.items else "cd" * 16 if more.get("seq", 1) > 1 else ""
        entry = entry._replace(prev=before, **more)
        self.items.append((hash_of(entry), entry))

    def bundle(self, folder: Path, **more: Any) -> Path:
        contents = Contents(self.visit, DELTA, self.device, self.person, segments_of(self.items))
        return write_bundle(folder, contents._replace(**more), label="stranger", app="a").path


def test_whatever_is_disputed_where_nobody_is_asked_can_be_settled(lead: Visit, tmp_path: Path) -> None:
    gone = lead.record("add row", "check", "outlets").entries[0][1].path
    assert lead.record("remove row", "check", gone).problems == ()
    places = [("check", "no_such"), ("nowhere", "q"), ("check", f"outlets[{'e' * 32}]/tag"), ("check", f"{gone}/tag")]
    for letter, said in (("b", "1"), ("c", "2")):
        stranger = Stranger(lead.id, letter * 32)
        for form, path in places:
            stranger.add("answer", form, path, said)
        assert merge_bundle(lead.store, stranger.bundle(tmp_path)).outcome == "new"
    lead.refresh()
    while lead.state.conflicts:
        conflict = next(iter(lead.state.conflicts.values()))
        assert lead.settle(conflict, take=conflict.heads[0][1], why="nobody asks this").problems == ()
    assert lead.store.conflicts(lead.id) == []
    assert make_bundle(lead.store, lead, tmp_path / "out").size


def test_an_act_of_a_newer_version_is_kept_handed_on_and_shown(team: Team, tmp_path: Path) -> None:
    stranger = Stranger(team.lead.id, "b" * 32)
    stranger.add("weigh", "check", "meter", ("heavy",))
    assert merge_bundle(team.lead.store, stranger.bundle(tmp_path)).new == 1
    team.lead.refresh()
    assert [entry.act for _, entry in team.lead.state.history("check", "meter")] == ["weigh"]
    deliver(team.lead, team.colleague, team.folder)
    assert [entry.act for _, entry in team.colleague.state.history("check", "meter")] == ["weigh"]


def test_a_number_that_no_log_ever_reaches_is_refused(lead: Visit, tmp_path: Path) -> None:
    stranger = Stranger(lead.id, "b" * 32)
    stranger.add("note", "check", "meter", "x", seq=2**31)
    with pytest.raises(BundleError):
        stranger.bundle(tmp_path)


def test_a_number_forged_under_this_devices_name_does_not_use_up_its_numbers(lead: Visit, tmp_path: Path) -> None:
    assert lead.store.device is not None
    forger = Stranger(lead.id, lead.store.device.id, "Ann")
    forger.add("note", "check", "meter", "x", seq=2**31 - 1)
    forged = merge_bundle(lead.store, forger.bundle(tmp_path))
    assert (forged.new, [each.reason for each in forged.held]) == (0, ["unsigned"])
    # Even let in by a person it uses up nothing.
    assert accept(lead.store, forged.digest).new == 1
    lead.refresh()
    say(lead, "words", "still here")
    assert lead.state.history("check", "words")[-1][1].seq < 100
    assert make_bundle(lead.store, lead, tmp_path / "out").size


def test_a_scheme_or_form_that_cannot_be_read_bars_only_its_own_visit(lead: Visit, tmp_path: Path) -> None:
    spelled = canonical_json({"scheme": "example"})
    stranger = Stranger("22" * 16, "b" * 32)
    digest = hashlib.sha256(spelled).hexdigest()
    stranger.add("open visit", "example", value=("assessment",), version=digest[:12])
    assert merge_bundle(lead.store, stranger.bundle(tmp_path, schemes=[spelled])).outcome == "other visit"
    assert alike(lead.store, lead) == []
    assert find_visit(lead.store, "Mock").id == lead.id
    with pytest.raises(KeyError):
        lead.store.scheme(digest)


def test_a_form_that_has_not_arrived_leaves_the_others_open(lead: Visit, tmp_path: Path) -> None:
    stranger = Stranger(lead.id, "b" * 32)
    stranger.add("use form", "air", version="123456789abc")
    stranger.add("use form", "check", version="123456789abc")
    merge_bundle(lead.store, stranger.bundle(tmp_path))
    lead.refresh()
    assert "air" not in lead.forms and "header" in lead.forms
    assert make_bundle(lead.store, lead, tmp_path / "out", INVITE).size
    assert lead.blocks_signing()
    (conflict,) = lead.state.conflicts.values()
    mine = next(entry for _, entry in conflict.heads if entry.person == "Ann")
    assert lead.settle(conflict, take=mine, why="ours").problems == ()
    assert lead.state.conflicts == {}
    say(lead, "words", "goes on")


def test_a_form_of_the_scheme_that_has_not_arrived_bars_signing(lead: Visit) -> None:
    newer = Draft(lead.id, "use form", "check", version="123456789abc")
    lead.store.append([newer])
    lead.refresh()
    assert "check" not in lead.forms
    assert ("visit.unknown_form", "check") in [(p.code, p.place.file) for p in lead.blocks_signing()]


def test_with_more_laptops_than_a_line_can_name_every_line_is_one_that_others_take(lead: Visit, empty: Store) -> None:
    for number in range(300):
        stranger = Stranger(lead.id, f"{number + 1:032x}", f"Person {number}")
        stranger.add("note", "check", "meter", "seen")
        lead.store.add(stranger.items)
    lead.refresh()
    say(lead, "words", "one")
    say(lead, "power", kilowatt_hours("1"))
    seen = [len(entry.seen) for _, entry in lead.state.log(lead.store.device.id)][-2:]  # type: ignore[union-attr]
    assert seen == [256, 44]
    path = make_bundle(lead.store, lead, empty.folder / "stick").path
    assert merge_bundle(empty, path).error is None


def test_a_bundle_with_parts_of_a_newer_version_is_kept_whole(empty: Store, tmp_path: Path) -> None:
    from tests.test_bundle_read import LINES, forge, segment_part, set_seal

    name, data, seal = segment_part(LINES)
    whole = forge((name, data, 8), ("data/voice/0b.opus", b"opus", 8), segments=(seal,), change=set_seal(format="1.7"))
    path = tmp_path / "newer.zip"
    path.write_bytes(whole)
    merged = merge_bundle(empty, path)
    assert (merged.outcome, merged.new) == ("other visit", 3)
    assert merged.kept is not None and merged.kept.read_bytes() == whole
    again = merge_bundle(empty, path)
    assert (again.outcome, again.kept) == ("known", merged.kept)
    assert [each.name for each in merged.kept.parent.iterdir()] == [merged.kept.name]


def there(store: Store) -> str:
    """The device that another laptop is."""
    assert store.device is not None
    return store.device.id


def test_a_file_that_came_later_is_handed_on_by_the_next_delta(team: Team, tmp_path: Path) -> None:
    digest = attach(team.colleague, "meter")
    file = evidence_path(team.colleague.store.folder, digest)
    aside = file.rename(tmp_path / "aside")
    deliver(team.colleague, team.lead, team.folder)
    with laptop(tmp_path / "third", "Cy") as third:
        merge_bundle(third, make_bundle(team.lead.store, team.lead, team.folder, FULL).path)
        assert [row.sha256 for row in third.all_evidence(WANTED)] == [digest]
        aside.rename(file)
        deliver(team.colleague, team.lead, team.folder)
        merge_bundle(third, make_bundle(team.lead.store, team.lead, team.folder, DELTA, to=[there(third)]).path)
        assert third.all_evidence(WANTED) == []
        assert evidence_path(third.folder, digest).read_bytes() == PAPER


def test_a_file_that_is_on_disk_already_is_not_wanted(team: Team, tmp_path: Path) -> None:
    digest = attach(team.colleague, "meter")
    store_file(team.lead.store.folder, [PAPER])
    file = evidence_path(team.colleague.store.folder, digest)
    file.rename(tmp_path / "aside")
    deliver(team.colleague, team.lead, team.folder)
    assert team.lead.store.all_evidence(WANTED) == []


@pytest.mark.parametrize("name", ["A\nB\tC", "名" * 300, " \u202e<script>\x1b[2J "])
def test_whatever_a_person_is_called_the_bundles_are_taken(tmp_path: Path, empty: Store, name: str) -> None:
    with Store.open(tmp_path / "named", now=clock()) as store:
        store.identify(name, "lead")
        visit = begin(store)
        assert merge_bundle(empty, make_bundle(store, visit, tmp_path / "stick").path).error is None


def test_nobody_signs_over_entries_that_have_not_arrived(team: Team, tmp_path: Path) -> None:
    say(team.colleague, "words", "first")
    lost = make_bundle(team.colleague.store, team.colleague, tmp_path / "lost", DELTA).path
    say(team.colleague, "expires", "2026-12-01")
    merge_bundle(team.lead.store, without_the_first(team.colleague, team.folder))
    team.lead.refresh()
    say(team.lead, "meter", ("no",))
    assert team.lead.state.log(team.lead.store.device.id)[-1][1].seen == ()  # type: ignore[union-attr]
    refused = team.lead.sign("Ann")
    assert [problem.code for problem in refused.problems] == ["ledger.gap"]
    assert refused.problems[0].parameters["seq"] == "2"
    assert merge_bundle(team.lead.store, lost).new == 1
    team.lead.refresh()
    (signature,) = team.lead.sign("Ann").entries
    assert team.lead.state.conflicts == {}
    assert team.lead.digest() == signature[1].value


def test_a_damaged_file_stays_behind_and_the_work_is_carried(team: Team, tmp_path: Path) -> None:
    sound, damaged = attach(team.colleague, "meter"), attach(team.colleague, "words", b"Another paper.\n")
    file = evidence_path(team.colleague.store.folder, damaged)
    file.write_bytes(b"Anothez paper.\n")
    say(team.colleague, "words", "work")
    written = make_bundle(team.colleague.store, team.colleague, team.folder, DELTA)
    assert written.damaged == (damaged,)
    merged = merge_bundle(team.lead.store, written.path)
    assert (merged.error, merged.new, merged.wanted) == (None, 3, 1)
    assert evidence_path(team.lead.store.folder, sound).is_file()
    file.write_bytes(b"Another paper.\n")
    deliver(team.colleague, team.lead, team.folder)
    assert team.lead.store.all_evidence(WANTED) == []


def test_a_photo_that_is_swapped_in_a_shared_folder_while_it_is_read_is_refused(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = PAPER + b"0" * 2 * 1024**2  # a smaller bundle is read into memory whole
    digest = attach(team.colleague, "meter", paper)
    path = make_bundle(team.colleague.store, team.colleague, tmp_path / "shared", FULL).path
    # Another content with the same CRC-32: a multiple of its polynomial changes nothing of it.
    pattern = int(f"{0x104C11DB7:b}"[::-1], 2).to_bytes(5, "little")
    end = bytes(one ^ other for one, other in zip(paper[-9:-4], pattern, strict=True))
    swapped = paper[:-9] + end + paper[-4:]
    assert zlib.crc32(swapped) == zlib.crc32(paper)
    whole = path.read_bytes()
    opened = exchange.open_here

    def open_while_somebody_writes(*arguments: Any) -> Any:
        bundle = opened(*arguments)
        with path.open("r+b") as stream:
            stream.write(whole.replace(paper, swapped))
        return bundle

    monkeypatch.setattr(exchange, "open_here", open_while_somebody_writes)
    merged = merge_bundle(team.lead.store, path)
    assert merged.error is not None and "changed meanwhile" in str(merged.error)
    assert team.lead.store.evidence(digest) is None
    monkeypatch.undo()
    path.write_bytes(whole)
    assert merge_bundle(team.lead.store, path).error is None
    assert evidence_path(team.lead.store.folder, digest).read_bytes() == paper
