"""A file that should never have been taken is gone from every laptop; its digest and the reason stay."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.bundle.read import open_bundle
from assessor_tui.carry.exchange import DELTA, FULL, INVITE, make_bundle, merge_bundle, merge_bundles
from assessor_tui.evidence.files import evidence_path, make_preview, preview_path, store_file
from assessor_tui.evidence.inbox import tie
from assessor_tui.evidence.withdraw import clear_away, withdraw
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import reference
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import GONE, WANTED, Store
from assessor_tui.visit import Recorded, Visit
from tests.pictures import jpeg
from tests.small_visit import begin, ids, laptop

PAPER = b"%PDF-1.7 somebody's payslip"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Visit]]:
    """The lead's visit, and the same on the laptops of two colleagues."""
    stores = [laptop(tmp_path / name, name, "lead" if name == "ann" else "assessor") for name in ("ann", "bob", "cho")]
    yield shared(stores, tmp_path)
    for store in stores:
        store.close()


def shared(stores: list[Store], folder: Path) -> list[Visit]:
    visits = [begin(stores[0])]
    invitation = make_bundle(stores[0], visits[0], folder / "stick", INVITE).path
    for number, store in enumerate(stores[1:]):
        merge_bundle(store, invitation)
        visits.append(Visit(store, visits[0].id, new_id=ids("bc"[number])))
    return visits


def attach(visit: Visit, path: str, content: bytes = PAPER, why: str = "") -> tuple[str, Recorded]:
    """Digest of the file, and what came of tying it; ``path`` ``""`` makes it a jot."""
    stored = store_file(visit.store.folder, [content], name="paper.pdf")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("document", {"sha256": stored.sha256, "name": "paper.pdf", "type": stored.type})
    return stored.sha256, visit.record(acts.ATTACH, "check" if path else "", path, value, why=why)


def deliver(sender: Visit, receiver: Visit, folder: Path, purpose: str = FULL) -> None:
    path = make_bundle(sender.store, sender, folder / "stick", purpose).path
    assert merge_bundle(receiver.store, path).error is None
    receiver.refresh()


def has(visit: Visit, sha256: str) -> bool:
    return evidence_path(visit.store.folder, sha256).exists()


def test_bytes_and_preview_go_and_digest_and_reason_stay(team):
    ann = team[0]
    sha256, _ = attach(ann, "meter", jpeg())
    make_preview(ann.store.folder, sha256)
    assert withdraw(ann, sha256, "").recorded.problems[0].code == "visit.reason_needed"
    assert has(ann, sha256)
    done = withdraw(ann, sha256, "shows a worker's face")
    assert done.used_in == ()
    assert not has(ann, sha256)
    assert not preview_path(ann.store.folder, sha256).exists()
    assert ann.state.evidence("check", "meter") == []
    (entry,) = (entry for _, entry in ann.state.withdrawn.values())
    assert (entry.why, entry.value.about) == ("shows a worker's face", {"sha256": sha256, "name": "paper.pdf"})
    assert ann.store.evidence(sha256).state == GONE
    with pytest.raises(KeyError):
        withdraw(ann, sha256, "again")


def test_undo_and_redo_do_not_bring_a_withdrawn_file_back(team):
    ann = team[0]
    sha256, _ = attach(ann, "meter")
    _, tied = attach(ann, "words")
    (digest, entry), = tied.entries  # fmt: skip
    ann.record(acts.DETACH, "check", "words", replaces=[reference(entry.device, entry.seq, digest)])
    ann.record(acts.NOTE, "", "", "smell at the gate")
    withdraw(ann, sha256, "wrong factory")
    ann.undo()
    assert ann.state.jots() == []
    ann.redo()
    assert len(ann.state.jots()) == 1
    for _ in range(5):
        ann.undo()
    assert list(ann.state.withdrawn) == [sha256]
    assert ann.state.standing_files() == []


def test_a_withdrawal_removes_the_file_on_every_laptop_and_from_every_bundle(team, tmp_path):
    ann, bob, cho = team
    sha256, _ = attach(bob, "meter")
    deliver(bob, ann, tmp_path)
    deliver(bob, cho, tmp_path)
    attach(cho, "plan")  # the same photo, tied elsewhere by somebody who does not know yet
    withdraw(ann, sha256, "wrong factory")
    deliver(ann, cho, tmp_path)
    assert not has(cho, sha256)
    assert cho.state.evidence("check", "plan") == []
    bundle = make_bundle(cho.store, cho, tmp_path / "stick", FULL).path
    with open_bundle(bundle) as opened:
        assert not opened.evidence
        assert opened.withdrawn == {sha256}
    assert [merged.error for merged in merge_bundles(bob.store, [bundle])] == [None]
    assert not has(bob, sha256)
    for visit in team:
        assert visit.store.all_evidence(WANTED) == []
        visit.refresh()
        assert not any("evidence" in problem.code for problem in visit.blocks_signing() if not problem.place.path)


def test_the_bytes_of_a_withdrawn_file_are_neither_taken_in_nor_waited_for(team, tmp_path):
    ann, bob, cho = team
    sha256, _ = attach(ann, "meter")
    deliver(ann, bob, tmp_path)
    late = make_bundle(bob.store, bob, tmp_path / "late", FULL).path
    withdraw(ann, sha256, "wrong factory")
    deliver(ann, cho, tmp_path)
    for visit in (ann, cho):
        assert merge_bundle(visit.store, late).wanted == 0
        assert not has(visit, sha256)
        assert visit.store.all_evidence(WANTED) == []
    # Nothing is held back for it: the next bundle carries only what is new.
    make_bundle(cho.store, cho, tmp_path / "stick", DELTA)
    cho.record(acts.NOTE, "check", "meter", "new")
    with open_bundle(make_bundle(cho.store, cho, tmp_path / "stick", DELTA).path) as opened:
        assert opened.count == 1


def test_whoever_knows_of_the_withdrawal_can_tie_the_file_again_with_a_reason(team, tmp_path):
    ann, bob, _ = team
    sha256, _ = attach(ann, "meter")
    deliver(ann, bob, tmp_path)
    withdraw(ann, sha256, "thought it was the wrong factory")
    deliver(ann, bob, tmp_path)
    _, refused = attach(bob, "meter")
    assert [problem.code for problem in refused.problems] == ["visit.withdrawn_file"]
    attach(bob, "meter", why="it is the right one, asked the manager")
    deliver(bob, ann, tmp_path)
    assert has(ann, sha256)
    assert len(ann.state.evidence("check", "meter")) == 1


def test_a_file_that_another_visit_uses_stays_there(team, tmp_path):
    ann = team[0]
    other = begin(ann.store, "e")
    sha256, _ = attach(ann, "meter")
    attach(other, "meter")
    done = withdraw(ann, sha256, "not of this site")
    assert done.used_in == (other.id,)
    assert has(ann, sha256)
    assert ann.state.evidence("check", "meter") == []
    withdraw(other, sha256, "not of this one either")
    assert not has(ann, sha256)


def test_two_laptops_that_tie_the_same_jot_lose_nothing(team, tmp_path):
    ann, bob, _ = team
    ann.record(acts.NOTE, "", "", "smell at the gate")
    deliver(ann, bob, tmp_path)
    for visit, path in ((ann, "meter"), (bob, "words")):
        jots = visit.state.jots()
        visit.record_together(tie(str(jots[0][1].value), [("check", path)], jots))
    deliver(bob, ann, tmp_path)
    deliver(ann, bob, tmp_path)
    for visit in (ann, bob):
        assert visit.state.jots() == []
        for path in ("meter", "words"):
            assert [entry.value for _, entry in visit.state.notes("check", path)] == ["smell at the gate"]


def test_a_jot_that_was_edited_elsewhere_while_it_was_tied_stays_a_jot(team, tmp_path):
    ann, bob, _ = team
    (digest, entry), = ann.record(acts.NOTE, "", "", "smell").entries  # fmt: skip
    deliver(ann, bob, tmp_path)
    ann.record_together(tie("smell", [("check", "meter")], ann.state.jots()))
    bob.record(acts.NOTE, "", "", "smell of solvent", replaces=[reference(entry.device, entry.seq, digest)])
    deliver(bob, ann, tmp_path)
    assert [entry.value for _, entry in ann.state.jots()] == ["smell of solvent"]
    assert [entry.value for _, entry in ann.state.notes("check", "meter")] == ["smell"]


def test_what_is_recorded_together_is_refused_as_a_whole(team):
    ann = team[0]
    refused = ann.record_together(tie("smell", [("check", "meter"), ("check", "nowhere")]))
    assert [problem.code for problem in refused.problems] == ["visit.unknown_path"]
    assert ann.state.notes("check", "meter") == []


def test_what_a_crash_left_is_cleared_away_later(team):
    ann = team[0]
    sha256, _ = attach(ann, "meter")
    withdraw(ann, sha256, "wrong factory")
    store_file(ann.store.folder, [PAPER])
    assert clear_away(ann.store, [ann.id]) == [sha256]
    assert clear_away(ann.store, [ann.id]) == []


FILES = [b"%PDF-1.7 one", b"%PDF-1.7 two"]
moves = st.lists(
    st.tuples(st.sampled_from(["attach", "withdraw", "again", "meet", "meet"]), st.integers(0, 2), st.integers(0, 1)),
    min_size=3, max_size=12,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves, st.permutations([0, 1, 2]))
def test_any_order_of_merges_ends_with_the_same_files(story, order):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stores = [laptop(folder / name, name) for name in ("ann", "bob", "cho")]
        team = shared(stores, folder)
        for what, who, number in story:
            visit = team[who]
            if what == "meet":
                deliver(visit, team[(who + 1 + number) % 3], folder)
            elif what == "withdraw":
                held = {entry.value.about["sha256"] for _, entry in visit.state.standing_files()}
                sha256 = store_file(folder / "elsewhere", [FILES[number]]).sha256
                if sha256 in held:
                    withdraw(visit, sha256, "wrong")
            else:
                attach(visit, ["meter", "plan"][number], FILES[number], "right after all" if what == "again" else "")
        for _ in range(2):
            for sender in order:
                for receiver in {0, 1, 2} - {sender}:
                    deliver(team[sender], team[receiver], folder)
        expected = {entry.value.about["sha256"] for _, entry in team[0].state.standing_files()}
        for visit in team:
            assert {entry.value.about["sha256"] for _, entry in visit.state.standing_files()} == expected
            assert {row.sha256 for row in visit.store.all_evidence("have")} >= expected
            for sha256 in visit.state.withdrawn:
                assert not has(visit, sha256)
                assert visit.store.evidence(sha256).state == GONE
            assert visit.store.all_evidence(WANTED) == []
        for store in stores:
            store.close()


def test_a_preview_that_is_drawn_while_the_photo_is_withdrawn_does_not_stay(team, monkeypatch):
    from assessor_tui.evidence import files

    ann = team[0]
    sha256, _ = attach(ann, "meter", jpeg())
    drawn = files._small_jpeg

    def slowly(stream, side):
        small = drawn(stream, side)
        withdraw(ann, sha256, "shows a worker's face")
        return small

    monkeypatch.setattr(files, "_small_jpeg", slowly)
    assert make_preview(ann.store.folder, sha256) is None
    assert not preview_path(ann.store.folder, sha256).exists()


def test_a_summary_as_signed_does_not_show_what_was_withdrawn_since(team, tmp_path):
    from assessor_tui.reports.html import write_report

    ann, bob, _ = team
    other = begin(ann.store, "c", site_name_en="Other Works")
    sha256, _ = attach(ann, "words", jpeg())
    attach(other, "words", jpeg())
    for path in ("meter", "gate"):
        ann.record(acts.ANSWER, "check", path, ("no",))
    deliver(ann, bob, tmp_path)
    assert ann.sign("ann").problems == ()
    before, _ = write_report(ann, tmp_path / "before")
    assert withdraw(bob, sha256, "shows a worker's face").recorded.problems == ()
    deliver(bob, ann, tmp_path)
    assert has(ann, sha256), "another visit uses the very same file"
    after, _ = write_report(ann, tmp_path / "after")
    assert "data:image/jpeg" in before.read_text("utf-8") and "data:image/jpeg" not in after.read_text("utf-8")


def test_a_copy_that_a_viewer_was_given_goes_with_the_file_it_shows(team):
    from assessor_tui.tui.windows.viewer import copy_to_view

    ann = team[0]
    sha256, _ = attach(ann, "meter", jpeg())
    copy = copy_to_view(ann.store.folder, sha256)
    assert copy.read_bytes() == jpeg() and ann.store.folder in copy.parents
    withdraw(ann, sha256, "shows a worker's face")
    assert not copy.exists()


def test_a_file_whose_tie_was_taken_away_can_still_be_withdrawn(team, tmp_path):
    ann, bob, _ = team
    sha256, tied = attach(ann, "meter")
    deliver(ann, bob, tmp_path)
    digest, entry = tied.entries[0]
    ann.record(acts.DETACH, "check", "meter", replaces=[reference(entry.device, entry.seq, digest)])
    with pytest.raises(KeyError):
        withdraw(ann, "0" * 64, "shows a worker's face")
    assert withdraw(ann, sha256, "").recorded.problems[0].code == "visit.reason_needed"
    assert withdraw(ann, sha256, "shows a worker's face").recorded.problems == ()
    deliver(ann, bob, tmp_path)
    assert not has(ann, sha256) and not has(bob, sha256)
    ann.undo()
    assert ann.state.standing_files() == [] and not has(ann, sha256)
