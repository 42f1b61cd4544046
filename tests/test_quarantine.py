"""Attacks on the real ledger: what is forged, revoked or a stranger's waits beside it, and nothing is lost."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.write import Contents, segments_of, write_bundle
from assessor_tui.carry.exchange import FULL, INVITE, Merged, make_bundle, merge_bundle, merge_bundles
from assessor_tui.carry.put_away import what_bars
from assessor_tui.carry.quarantine import FileMissing, NotHeldBack, accept, decline, find, reconsider
from assessor_tui.evidence.files import CannotKeep, evidence_path
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import Entry, hash_of
from assessor_tui.ledger.value import Evidence
from assessor_tui.store import keys
from assessor_tui.store.errors import DiskFull
from assessor_tui.store.ledger import Store
from assessor_tui.trust.enrol import enrolment_of
from assessor_tui.trust.quarantine import bundles_held, forget
from assessor_tui.trust.revoking import revocation
from assessor_tui.trust.roster import Member, Roster, fingerprint, with_member, with_revoked
from assessor_tui.trust.team import take_roster
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop, say
from tests.trust_worlds import SCHEME, Person, person, signed

PAPER = b"Calibrated until 2027.\n"


class Team(NamedTuple):
    """A lead, an assessor who was invited, and somebody from elsewhere with a laptop of the same program."""

    lead: Visit
    bob: Visit
    eve: Visit
    folder: Path


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with (
        laptop(tmp_path / "ann", "Ann", "lead") as ann,
        laptop(tmp_path / "bob", "Bob") as bob,
        laptop(tmp_path / "eve", "Eve") as eve,
    ):
        lead = begin(ann)
        invitation = make_bundle(ann, lead, tmp_path / "stick", INVITE).path
        for store in (bob, eve):
            assert merge_bundle(store, invitation).error is None
        visits = (Visit(bob, lead.id, new_id=ids("b")), Visit(eve, lead.id, new_id=ids("e")))
        yield Team(lead, *visits, tmp_path / "stick")


def roster_with(*members: tuple[Store, str], version: int = 1) -> Roster:
    """A roster of these laptops."""
    people = []
    for store, role in members:
        asked = enrolment_of(store)
        people.append(Member(asked.device, asked.key, asked.recipient, asked.person, role, version))
    return Roster(version, SCHEME.key, 1, tuple(sorted(people)))


def enact(roster: Roster, *stores: Store) -> None:
    """These laptops have the roster, its fingerprint compared."""
    data, signature = signed(roster)
    for store in stores:
        took = take_roster(store, data, signature, confirmed=fingerprint(SCHEME.key))
        assert took.outcome in ("newer", "same")


def with_roster(team: Team) -> Roster:
    """Ann leads, Bob assesses; Eve is nobody."""
    roster = roster_with((team.lead.store, "lead"), (team.bob.store, "assessor"))
    enact(roster, team.lead.store, team.bob.store)
    return roster


def handed(visit: Visit, team: Team, purpose: str = FULL) -> Path:
    return make_bundle(visit.store, visit, team.folder, purpose).path


def forged(who: Person | None, folder: Path, visit: str, items: list[tuple[str, Entry]], **more: Any) -> Path:
    """A bundle as anyone can write it who has read the format, signed with the key of ``who``."""
    device = who.device if who is not None else items[0][1].device
    contents = Contents(visit, "delta", device, who.name if who is not None else "Bob", segments_of(items))
    sign = who.private.sign if who is not None else None
    key = bytes.fromhex(who.key) if who is not None else b""
    return write_bundle(folder, contents._replace(**more), label="forged", app="a", sign=sign, key=key).path


def after(visit: Visit, device: str, words: str, count: int = 1, at: int = 0) -> list[tuple[str, Entry]]:
    """Invented entries that go on where this device's log stands, or after its entry number ``at``."""
    log = [head for head in visit.store.entries(visit.id) if head[1].device == device]
    log = log[:at] if at else log
    last = log[-1] if log else None
    items: list[tuple[str, Entry]] = []
    for _ in range(count):
        prev, seq = (last[0], last[1].seq) if last is not None else ("", 0)
        new = Entry(
            visit.id, device, seq + 1, prev, 1_794_500_000_000_000, "Bob", "answer", "check", "", "words", words
        )
        last = (hash_of(new), new)
        items.append(last)
    return items


def device_of(visit: Visit) -> str:
    assert visit.store.device is not None
    return visit.store.device.id


def reasons(merged: Merged) -> list[str]:
    return [each.reason for each in merged.held]


def hashes(visit: Visit) -> set[str]:
    return visit.store.hashes(visit.id)


# Forged entries in somebody else's log


def test_a_stranger_cannot_write_in_the_log_of_a_laptop_that_signs(team: Team) -> None:
    say(team.bob, "words", "said by Bob")
    assert merge_bundle(team.lead.store, handed(team.bob, team)).held == ()
    before = hashes(team.lead)
    path = forged(person("Eve"), team.folder, team.lead.id, after(team.lead, device_of(team.bob), "forged"))
    merged = merge_bundle(team.lead.store, path)
    assert (merged.new, reasons(merged), merged.error) == (0, ["not proven"], None)
    assert hashes(team.lead) == before
    (waiting,) = bundles_held(team.lead.store)
    assert waiting.path.read_bytes() == path.read_bytes()
    assert (waiting.sender, waiting.entries, waiting.file) == ("Eve", 1, path.name)


def test_nor_with_a_seal_made_by_another_key(team: Team) -> None:
    say(team.bob, "words", "said by Bob")
    merge_bundle(team.lead.store, handed(team.bob, team))
    eve = person("Eve")
    items = after(team.lead, device_of(team.bob), "forged")
    with open_bundle(forged(eve, team.folder, team.lead.id, items)) as first:
        seal = (first.seal_bytes, first.seal_signature)
    path = forged(
        eve, team.folder, team.lead.id, [*items, *after(team.lead, eve.device, "own")], seals={first.digest: seal}
    )
    merged = merge_bundle(team.lead.store, path)
    assert "not proven" in reasons(merged)
    assert not {digest for digest, _ in items} & hashes(team.lead)


def test_a_chain_that_forks_off_behind_the_sealed_end_is_held_back_and_the_sealed_part_goes_in(
    team: Team, tmp_path: Path
) -> None:
    say(team.bob, "words", "one")
    with open_bundle(handed(team.bob, team)) as own:
        seal = {own.digest: (own.seal_bytes, own.seal_signature)}
    log = [head for head in team.bob.store.entries(team.bob.id) if head[1].device == device_of(team.bob)]
    items = [*log, *after(team.bob, device_of(team.bob), "forged", 2)]
    merged = merge_bundle(team.lead.store, forged(person("Eve"), team.folder, team.lead.id, items, seals=seal))
    assert [(each.reason, each.begin, each.end) for each in merged.held] == [("not proven", len(log) + 1, len(log) + 2)]
    assert {digest for digest, _ in log} <= hashes(team.lead)
    assert merged.new == len(log)


def test_what_was_held_back_for_want_of_a_proof_goes_in_when_its_author_brings_it(team: Team) -> None:
    say(team.bob, "words", "one")
    merge_bundle(team.lead.store, handed(team.bob, team))
    say(team.bob, "words", "two")
    log = [head for head in team.bob.store.entries(team.bob.id) if head[1].device == device_of(team.bob)]
    relayed = merge_bundle(team.lead.store, forged(person("Eve"), team.folder, team.lead.id, log))
    assert reasons(relayed) == ["not proven"]
    merged = merge_bundle(team.lead.store, handed(team.bob, team))
    assert merged.released == (relayed.digest,)
    assert bundles_held(team.lead.store) == []


def test_a_relay_with_the_seals_of_the_others_is_as_good_as_their_own_bundles(team: Team, tmp_path: Path) -> None:
    with_roster(team)
    say(team.bob, "words", "one")
    assert merge_bundle(team.lead.store, handed(team.bob, team)).held == ()
    with laptop(tmp_path / "cy", "Cy") as third:
        enact(roster_with((team.lead.store, "lead"), (team.bob.store, "assessor")), third)
        merged = merge_bundle(third, handed(team.lead, team))
        assert merged.held == ()
        assert third.hashes(team.lead.id) == hashes(team.lead)


# A team with a roster


def test_a_stranger_waits_and_goes_in_by_itself_once_the_roster_lists_his_laptop(team: Team) -> None:
    roster = with_roster(team)
    say(team.eve, "words", "said by Eve")
    merged = merge_bundle(team.lead.store, handed(team.eve, team))
    assert set(reasons(merged)) == {"unknown"}
    assert merged.new == 0
    asked = enrolment_of(team.eve.store)
    newer = with_member(roster, Member(asked.device, asked.key, asked.recipient, "Eve", "assessor", 0), 2)
    enact(newer, team.bob.store)
    # Bob has it already; it spreads with his ordinary bundle.
    say(team.bob, "meter", ("yes",))
    merged = merge_bundle(team.lead.store, handed(team.bob, team))
    assert merged.roster is not None and merged.roster.outcome == "newer"
    assert len(merged.released) == 1
    team.lead.refresh()
    assert team.lead.filling("check").state("words").value == "said by Eve"
    assert list((team.lead.store.folder / "quarantine").iterdir()) == []


def test_a_new_roster_in_the_very_bundle_counts_for_it(team: Team) -> None:
    roster = with_roster(team)
    asked = enrolment_of(team.eve.store)
    newer = with_member(roster, Member(asked.device, asked.key, asked.recipient, "Eve", "assessor", 0), 2)
    enact(newer, team.eve.store)
    say(team.eve, "words", "said by Eve")
    merged = merge_bundle(team.lead.store, handed(team.eve, team))
    assert (merged.held, merged.new) == ((), 1)


def test_whoever_fills_a_folder_with_bundles_of_his_own_fills_no_disk_and_blocks_no_colleague(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor_tui.trust.quarantine.MOST_FILES", 3)
    with_roster(team)
    eve, lead = person("eve"), team.lead.store
    visit = team.lead.id
    flood = [
        forged(eve, team.folder / str(number), visit, after(team.lead, eve.device, f"words {number}"))
        for number in range(5)
    ]
    say(team.bob, "words", "from Bob")
    came = list(merge_bundles(lead, [*flood, handed(team.bob, team)]))
    assert [bool(each.held) for each in came] == [True, True, True, False, False, False]
    assert [each.error.kind if each.error else "" for each in came[3:]] == ["too much held back"] * 2 + [""]
    assert came[-1].new
    assert len(bundles_held(lead)) == len(list((lead.folder / "quarantine").iterdir())) == 3
    # What is held back stays so, what was decided makes room, and nothing was lost: the file is where it was.
    assert merge_bundle(lead, flood[0]).held
    decline(lead, came[0].digest)
    assert merge_bundle(lead, flood[3]).held


def test_thousands_of_acts_beyond_the_role_between_good_ones_are_told_apart_soon(team: Team) -> None:
    with_roster(team)
    bob = team.bob.store
    good = after(team.bob, device_of(team.bob), "words", 6_000)
    items: list[tuple[str, Entry]] = []
    for _, each in good:
        if each.seq % 2:
            each = each._replace(act="sign", form="", path="", value="digest")
        each = each._replace(prev=items[-1][0] if items else each.prev)
        items.append((hash_of(each), each))
    contents = Contents(team.lead.id, "delta", device_of(team.bob), "Bob", segments_of(items))
    path = write_bundle(
        team.folder, contents, label="many", app="a", key=bob.device.public,
        sign=lambda message: keys.sign(bob.folder, device_of(team.bob), message),
    ).path  # fmt: skip
    begun = time.process_time()
    merged = merge_bundle(team.lead.store, path)
    assert (merged.new, len(merged.held)) == (3_000, 3_000)
    # Going through all of it once for each of them took a minute.
    assert time.process_time() - begun < 15


def test_an_unsigned_bundle_is_held_back(team: Team) -> None:
    with_roster(team)
    path = forged(None, team.folder, team.lead.id, after(team.lead, device_of(team.bob), "forged"))
    merged = merge_bundle(team.lead.store, path)
    assert (merged.signed, reasons(merged), merged.new) == (False, ["unsigned"], 0)


def test_an_act_beyond_the_role_is_held_back_and_the_rest_goes_in(team: Team) -> None:
    bob = team.bob.store
    say(team.bob, "words", "before")
    # An older program, or a changed one, does not ask the roster.
    bob.append([Draft(team.bob.id, "sign", value="00" * 32), Draft(team.bob.id, "note", "check", "meter", "x")])
    with_roster(team)
    merged = merge_bundle(team.lead.store, handed(team.bob, team))
    assert [(each.reason, each.act, each.end - each.begin) for each in merged.held] == [("role", "sign", 0)]
    assert merged.new == 2
    team.lead.refresh()
    assert not team.lead.signed


def test_the_own_laptop_refuses_what_its_role_may_not_record(team: Team) -> None:
    with_roster(team)
    assert [each.code for each in team.bob.record("link", "", "", "22" * 16).problems] == ["visit.role_assessor"]
    assert team.bob.record("comment", "check", "meter", "please look").problems == ()
    assert [each.code for each in team.bob.sign("Bob").problems] == ["visit.not_lead"]


def test_a_revoked_laptop_brings_what_counts_and_no_more_whatever_it_writes(team: Team) -> None:
    roster = with_roster(team)
    say(team.bob, "words", "before")
    merge_bundle(team.lead.store, handed(team.bob, team))
    copy = team.folder.parent / "copy"
    shutil.copytree(team.bob.store.folder, copy)  # the laptop is stolen
    found = revocation(team.lead.store, device_of(team.bob))
    enact(with_revoked(roster, found.revoked, 3), team.lead.store)
    say(team.bob, "words", "after")
    merged = merge_bundle(team.lead.store, handed(team.bob, team))
    assert (reasons(merged), merged.new) == (["revoked"], 0)
    assert merge_bundle(team.lead.store, handed(team.bob, team)).decision == "waiting"
    device = device_of(team.bob)
    private = bytes.fromhex(keys.path_of(copy, device).read_text().strip())
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    thief = Person("Bob", Ed25519PrivateKey.from_private_bytes(private))
    assert thief.device == device
    other = after(team.lead, device, "forged under a number that counts", at=0)
    log = [head for head in team.lead.store.entries(team.lead.id) if head[1].device == device]
    fork = after(team.lead, device, "forged", at=1) if len(log) > 1 else []
    for items in (other, fork):
        if items:
            merged = merge_bundle(team.lead.store, forged(thief, team.folder, team.lead.id, items))
            assert (merged.new, set(reasons(merged)), merged.forks) == (0, {"revoked"}, ())


def test_a_revocation_from_a_number_on_counts_what_was_before(team: Team, tmp_path: Path) -> None:
    roster = with_roster(team)
    for words in ("one", "two", "three"):
        say(team.bob, "words", words)
    path = handed(team.bob, team)
    merge_bundle(team.lead.store, path)
    found = revocation(team.lead.store, device_of(team.bob), {team.lead.id: 3})
    assert (found.counting, found.beyond) == (2, 1)
    newer = with_revoked(roster, found.revoked, 3)
    with laptop(tmp_path / "cy", "Cy") as third:
        enact(newer, third)
        merged = merge_bundle(third, path)
        mine = [each for each in merged.held if each.device == device_of(team.bob)]
        assert [(each.reason, each.begin, each.end) for each in mine] == [("revoked", 3, 3)]


def test_a_bundle_under_another_name_is_taken_and_told(team: Team) -> None:
    with_roster(team)
    team.bob.store.identify("Ann", "assessor")
    say(team.bob, "words", "one")
    merged = merge_bundle(team.lead.store, handed(team.bob, team))
    assert (merged.held, merged.sender, merged.called) == ((), "Ann", "Bob")
    names = {each.id: each.person for each in team.lead.store.devices()}
    assert names[device_of(team.bob)] == "Bob"


def test_replay_of_a_whole_bundle_changes_nothing(team: Team) -> None:
    with_roster(team)
    say(team.bob, "words", "one")
    path = handed(team.bob, team)
    merge_bundle(team.lead.store, path)
    say(team.bob, "words", "two")
    merge_bundle(team.lead.store, handed(team.bob, team))
    team.lead.refresh()
    before = hashes(team.lead)
    merged = merge_bundle(team.lead.store, path)
    assert (merged.new, merged.held, hashes(team.lead)) == (0, (), before)


def test_a_withdrawal_by_a_stranger_removes_no_photo(team: Team) -> None:
    from assessor_tui.evidence.files import store_file

    with_roster(team)
    store = team.lead.store
    stored = store_file(store.folder, [PAPER], name="paper.txt")
    store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("document", {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type})
    assert team.lead.record("attach", "check", "meter", value).problems == ()
    merge_bundle(team.eve.store, handed(team.lead, team))
    team.eve.refresh()
    assert team.eve.record("withdraw", "check", "meter", value, why="gone").problems == ()
    merged = merge_bundle(store, handed(team.eve, team))
    assert (set(reasons(merged)), merged.withdrawn) == ({"unknown"}, ())
    assert evidence_path(store.folder, stored.sha256).read_bytes() == PAPER


# Decisions


def held_stranger(team: Team) -> tuple[Path, str]:
    """A file that is held back, and its digest."""
    with_roster(team)
    say(team.eve, "words", "said by Eve")
    path = handed(team.eve, team)
    return path, merge_bundle(team.lead.store, path).digest


def test_what_is_accepted_goes_in_whole_and_stays_accepted(team: Team) -> None:
    path, digest = held_stranger(team)
    merged = accept(team.lead.store, digest[:8])
    assert (merged.new, merged.held, merged.outcome) == (1, (), "new")
    team.lead.refresh()
    assert team.lead.filling("check").state("words").value == "said by Eve"
    assert bundles_held(team.lead.store) == []
    again = merge_bundle(team.lead.store, path)
    assert (again.new, again.held) == (0, ())


def test_what_is_declined_stays_out_however_often_it_comes_and_can_still_be_accepted(team: Team) -> None:
    path, digest = held_stranger(team)
    decline(team.lead.store, digest)
    merged = merge_bundle(team.lead.store, path)
    assert (merged.new, merged.decision, bool(merged.held)) == (0, "declined", True)
    assert bundles_held(team.lead.store) == []
    assert find(team.lead.store, digest).path.read_bytes() == path.read_bytes()
    assert accept(team.lead.store, digest).new == 1


def test_decisions_and_what_waits_survive_a_restart(team: Team, tmp_path: Path) -> None:
    path, digest = held_stranger(team)
    folder = team.lead.store.folder
    team.lead.store.close()
    with Store.open(folder) as store:
        assert [each.digest for each in bundles_held(store)] == [digest]
        decline(store, digest)
    with Store.open(folder) as store:
        assert merge_bundle(store, path).decision == "declined"
        accept(store, digest)
    with Store.open(folder) as store:
        assert merge_bundle(store, path).held == ()


def test_a_copy_made_here_brings_back_what_was_accepted(team: Team, tmp_path: Path) -> None:
    _, digest = held_stranger(team)
    accept(team.lead.store, digest)
    team.lead.refresh()
    before = hashes(team.lead)
    copy = handed(team.lead, team)
    team.lead.store.put_away(team.lead.id, {"entries": len(before)})
    merged = merge_bundle(team.lead.store, copy)
    assert (merged.held, hashes(team.lead)) == ((), before)


def test_a_visit_is_not_put_away_while_something_of_it_waits_and_what_was_declined_goes_with_it(team: Team) -> None:
    _, digest = held_stranger(team)
    bars = [each.code for each in what_bars(team.lead.store, team.lead, now=0)]
    assert bars == ["put_away.held_back"]
    decline(team.lead.store, digest)
    assert list(what_bars(team.lead.store, team.lead, now=0)) == []
    forget(team.lead.store, team.lead.id)
    assert list((team.lead.store.folder / "quarantine").iterdir()) == []
    assert find(team.lead.store, digest).state == "declined"


def test_a_bundle_held_back_whose_file_has_gone_is_said_and_waits_until_it_comes_again(team: Team) -> None:
    path, digest = held_stranger(team)
    find(team.lead.store, digest).path.unlink()
    with pytest.raises(FileMissing):
        accept(team.lead.store, digest)
    assert reconsider(team.lead.store) == ()
    assert merge_bundle(team.lead.store, path).decision == "waiting"
    assert accept(team.lead.store, digest).new == 1


def test_a_damaged_file_in_quarantine_is_not_let_in(team: Team) -> None:
    _, digest = held_stranger(team)
    file = find(team.lead.store, digest).path
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    merged = accept(team.lead.store, digest)
    assert (merged.outcome, merged.new) == ("refused", 0)
    assert [each.digest for each in bundles_held(team.lead.store)] == [digest]


@pytest.mark.parametrize("digits", ["", "zz", "ff" * 32])
def test_digits_that_name_no_bundle_are_said(team: Team, digits: str) -> None:
    with pytest.raises(NotHeldBack):
        find(team.lead.store, digits)


# The world


def test_a_disk_that_is_full_while_the_file_is_kept_changes_nothing(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_roster(team)
    say(team.eve, "words", "said by Eve")
    path = handed(team.eve, team)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises((CannotKeep, DiskFull)):
            merge_bundle(team.lead.store, path)
    assert list((team.lead.store.folder / "quarantine").iterdir()) == []
    assert bundles_held(team.lead.store) == []
    assert bool(merge_bundle(team.lead.store, path).held)


def test_what_a_killed_program_left_half_is_no_bundle_and_goes(team: Team) -> None:
    path, digest = held_stranger(team)
    folder = team.lead.store.folder / "quarantine"
    (folder / f"{'ab' * 32}.part").write_bytes(path.read_bytes()[:100])
    whole = folder / f"{'cd' * 32}.zip"  # killed before the row was written
    whole.write_bytes(b"whole")
    assert [each.digest for each in bundles_held(team.lead.store)] == [digest]
    accept(team.lead.store, digest)
    assert list(folder.iterdir()) == [whole]


Merging = Callable[[Store, list[Path]], list[Merged]]


def one_by_one(store: Store, paths: list[Path]) -> list[Merged]:
    return [merge_bundle(store, path) for path in paths]


def together(store: Store, paths: list[Path]) -> list[Merged]:
    return list(merge_bundles(store, paths))


@pytest.mark.parametrize("merging", [one_by_one, together])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_any_order_ends_alike_with_what_is_good_in_and_the_rest_waiting(
    team: Team, tmp_path: Path, merging: Merging, order: tuple[int, ...]
) -> None:
    roster = with_roster(team)
    say(team.bob, "words", "one")
    with open_bundle(handed(team.bob, team)) as own:
        seal = {own.digest: (own.seal_bytes, own.seal_signature)}
    log = [head for head in team.bob.store.entries(team.bob.id) if head[1].device == device_of(team.bob)]
    items = [*log, *after(team.bob, device_of(team.bob), "forged", 2)]
    say(team.eve, "words", "said by Eve")
    paths = [
        handed(team.bob, team),
        forged(person("Eve"), team.folder, team.lead.id, items, seals=seal),
        handed(team.eve, team),
    ]
    with laptop(tmp_path / "cy", "Cy") as third:
        enact(roster, third)
        merging(third, [handed(team.lead, team), *(paths[each] for each in order)])
        good = {*hashes(team.lead), *(digest for digest, _ in log)}
        assert third.hashes(team.lead.id) == good
        assert len(bundles_held(third)) == 2
        assert third.verify_logs() == []


MERGES = """
import sys
from pathlib import Path
from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.store.ledger import Store
with Store.open(Path(sys.argv[1])) as store:
    sys.stdout.write("begins")
    sys.stdout.flush()
    merge_bundle(store, Path(sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_killed_at_any_moment_of_holding_back_nothing_half_is_there(team: Team) -> None:
    with_roster(team)
    photo = team.folder / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 60_000)
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    eve = person("Eve")
    items = after(team.lead, eve.device, "said by Eve")
    path = forged(eve, team.folder, team.lead.id, items, evidence={digest: photo})
    folder = team.lead.store.folder
    team.lead.store.close()
    for number in range(8):
        process = subprocess.Popen([sys.executable, "-c", MERGES, folder, path], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.read(6)
        time.sleep(number * 0.015)
        process.kill()
        process.wait()
        process.stdout.close()
        for kept in (folder / "quarantine").glob("*.zip"):
            with open_bundle(kept) as bundle:
                assert bundle.digest == kept.stem
        with Store.open(folder, write=False) as store:
            assert all(each.path.is_file() for each in bundles_held(store))
    with Store.open(folder) as store:
        merged = merge_bundle(store, path)
        assert reasons(merged) == ["unknown"]
        assert accept(store, merged.digest).new == 1
        assert evidence_path(folder, digest).stat().st_size == photo.stat().st_size
        assert list((folder / "quarantine").iterdir()) == []
