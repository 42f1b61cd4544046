"""Nothing counts as delivered before the other has said, signed, to hold it; whatever is lost is offered again."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.seal import RECEIPT, REQUEST
from assessor_tui.bundle.write import Contents, NothingToCarry, Segment, write_bundle
from assessor_tui.carry.exchange import DELTA, FULL, INVITE, Portion, carried, make_bundle, merge_bundle
from assessor_tui.carry.hand_over import NotForThem
from assessor_tui.carry.holding import Standing, receipt_of, standing
from assessor_tui.carry.portions import asking
from assessor_tui.carry.receipts import Asked, asked_of, delivered, people_reached
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.ledger.receipt import Held, Lack, Receipt, from_bytes, to_bytes
from assessor_tui.ledger.state import file_of
from assessor_tui.ledger.value import Evidence
from assessor_tui.store import keys
from assessor_tui.store.ledger import Store
from assessor_tui.store.receipts import receipts, seals
from assessor_tui.trust.enrol import enrolment_of
from assessor_tui.trust.roster import Member, Revoked, Roster, fingerprint, with_revoked
from assessor_tui.trust.team import take_roster
from assessor_tui.visit import Visit
from tests.small_visit import begin, clock, ids, laptop, say
from tests.trust_worlds import SCHEME, person, signed


def device(visit: Visit) -> str:
    assert visit.store.device is not None
    return visit.store.device.id


def attach(visit: Visit, content: bytes, path: str = "meter") -> str:
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("document", {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type})
    assert visit.record("attach", "check", path, value).problems == ()
    return stored.sha256


class Team:
    """A lead and two assessors, each with a laptop; everything that is written goes through ``stick``."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.stick = folder / "stick"
        self.folder = folder
        self.stack = stack
        self.lead = begin(stack.enter_context(laptop(folder / "lead", "Lee", "lead")))
        invitation = make_bundle(self.lead.store, self.lead, self.stick, INVITE).path
        self.ann, self.bob = (self._join(name, letter, invitation) for name, letter in (("Ann", "b"), ("Bob", "c")))

    def _join(self, name: str, letter: str, invitation: Path) -> Visit:
        store = self.stack.enter_context(laptop(self.folder / name, name))
        merge_bundle(store, invitation)
        return Visit(store, self.lead.id, new_id=ids(letter))

    def write(self, visit: Visit, purpose: str = DELTA, **more: object) -> Path:
        return make_bundle(visit.store, visit, self.stick, purpose, **more).path  # type: ignore[arg-type]

    def carry(self, sender: Visit, receiver: Visit, purpose: str = DELTA, **more: object) -> None:
        take(receiver, self.write(sender, purpose, **more))


def take(visit: Visit, path: Path) -> None:
    assert merge_bundle(visit.store, path).error is None
    visit.refresh()


def stands(visit: Visit) -> Standing:
    return standing(visit.store, visit.id)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with ExitStack() as stack:
        yield Team(tmp_path, stack)


# The status of one's own entries


def test_an_entry_is_saved_then_sent_then_confirmed(team: Team) -> None:
    assert stands(team.ann) == (0, 0, 0)
    say(team.ann, "meter", ("yes",))
    say(team.ann, "words", "seen")
    assert stands(team.ann) == (2, 2, 0)
    path = team.write(team.ann)
    assert stands(team.ann) == (2, 0, 2)
    take(team.lead, path)
    assert stands(team.ann) == (2, 0, 2)
    team.carry(team.lead, team.ann, RECEIPT)
    assert stands(team.ann) == (2, 0, 0)
    say(team.ann, "words", "seen again")
    assert stands(team.ann) == (3, 1, 0)


def test_a_lost_bundle_is_offered_again_until_a_receipt_comes(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.write(team.ann).unlink()
    say(team.ann, "words", "more")
    assert carried(team.ann.store, team.ann, DELTA) == 2
    team.carry(team.ann, team.lead)
    assert team.lead.filling("check").state("meter").value == ("yes",)
    assert carried(team.ann.store, team.ann, DELTA) == 2
    team.carry(team.lead, team.ann, RECEIPT)
    assert carried(team.ann.store, team.ann, DELTA) == 0


def test_receipts_out_of_order_never_go_back(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.lead)
    early = team.write(team.lead, RECEIPT, to=[device(team.ann)])
    say(team.ann, "words", "more")
    team.carry(team.ann, team.lead)
    take(team.ann, team.write(team.lead, RECEIPT, to=[device(team.ann)]))
    assert stands(team.ann) == (2, 0, 0)
    take(team.ann, early)
    assert stands(team.ann) == (2, 0, 0)
    assert carried(team.ann.store, team.ann, DELTA) == 0


def test_an_unsigned_bundle_confirms_nothing(team: Team, tmp_path: Path) -> None:
    say(team.ann, "meter", ("yes",))
    team.write(team.ann)
    store = team.ann.store
    lines = [line for _, _, line in store.lines(team.ann.id, device(team.ann))]
    forged = write_bundle(
        tmp_path / "forged",
        Contents(
            team.ann.id, RECEIPT, device(team.lead), "Lee", [Segment(team.ann.id, device(team.ann), lines)],
            receipt=to_bytes(receipt_of(store, team.ann.id)),
        ),
        label="forged", app="test",
    ).path  # fmt: skip
    assert merge_bundle(store, forged).error is None
    assert stands(team.ann) == (1, 0, 1)


def test_what_somebody_says_to_hold_is_told_by_the_hash(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.write(team.ann)
    lie = Receipt(team.ann.id, (Held(device(team.ann), 1, "77" * 16),))
    store = team.lead.store
    assert store.device is not None
    path = write_bundle(
        team.stick, Contents(team.ann.id, RECEIPT, store.device.id, "Lee", receipt=to_bytes(lie)),
        label="lie", app="test", key=store.device.public,
        sign=lambda message: keys.sign(store.folder, device(team.lead), message),
    ).path  # fmt: skip
    take(team.ann, path)
    assert stands(team.ann) == (1, 0, 1)
    assert carried(team.ann.store, team.ann, DELTA) == 1


def test_a_stranger_who_says_to_hold_more_of_a_log_than_there_is_stops_nothing_being_offered(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.write(team.ann)
    for to in (2, 2**31 - 1):
        lie = Receipt(team.ann.id, (Held(device(team.ann), to, "77" * 16),))
        eve = person("eve")
        path = write_bundle(
            team.stick, Contents(team.ann.id, RECEIPT, eve.device, "Lee", receipt=to_bytes(lie)),
            label=f"lie{to}", app="test", key=bytes.fromhex(eve.key), sign=eve.private.sign,
        ).path  # fmt: skip
        take(team.ann, path)
        assert stands(team.ann) == (1, 0, 1)
        for to_whom in ([], [device(team.lead)]):
            assert carried(team.ann.store, team.ann, DELTA, to_whom) == 1


def test_an_entry_with_a_photo_is_confirmed_when_the_photo_is_there(team: Team) -> None:
    digest = attach(team.ann, b"A paper.\n")
    team.carry(team.ann, team.lead, evidence="none")
    team.carry(team.lead, team.ann, RECEIPT)
    assert stands(team.ann) == (1, 0, 1)
    assert receipts(team.ann.store, team.ann.id)[0].receipt.evidence == (digest,)
    # The next delta has no entry to carry, and the photo all the same.
    path = team.write(team.ann)
    with open_bundle(path) as bundle:
        assert (bundle.count, list(bundle.evidence)) == (0, [digest])
    take(team.lead, path)
    team.carry(team.lead, team.ann, RECEIPT)
    assert stands(team.ann) == (1, 0, 0)


def test_photos_go_by_themselves_in_bundles_of_a_size_those_waited_for_first(team: Team) -> None:
    first, second = attach(team.ann, b"first " * 200), attach(team.ann, b"second " * 200, "words")
    evidence_path(team.lead.store.folder, first).unlink(missing_ok=True)
    path = team.write(team.ann, DELTA, evidence="only", batch_bytes=1500)
    with open_bundle(path) as bundle:
        assert (bundle.count, list(bundle.evidence)) == (0, [first])
    team.carry(team.ann, team.lead, evidence="none")
    take(team.lead, path)
    team.carry(team.lead, team.ann, RECEIPT)
    path = team.write(team.ann, DELTA, evidence="only", batch_bytes=1500)
    with open_bundle(path) as bundle:
        assert list(bundle.evidence) == [second]
    take(team.lead, path)
    team.carry(team.lead, team.ann, RECEIPT)
    assert stands(team.ann) == (2, 0, 0)
    with pytest.raises(NothingToCarry):
        team.write(team.ann, DELTA, evidence="only")


def test_a_receipt_to_an_assessor_brings_the_leads_settlement_back(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    say(team.bob, "meter", ("no",))
    for each in (team.ann, team.bob):
        team.carry(each, team.lead)
    (conflict,) = team.lead.state.conflicts.values()
    team.lead.settle(conflict, value=("partly",), why="One of two has a meter")
    for each in (team.ann, team.bob):
        path = team.write(team.lead, RECEIPT, to=[device(each)])
        with open_bundle(path) as bundle:
            # What he wrote himself does not come back to him.
            assert device(each) not in {segment.device for segment in bundle.seal.segments}
        take(each, path)
        assert each.filling("check").state("meter").value == ("partly",)
        assert each.state.conflicts == {}
        assert stands(each) == (1, 0, 0)


def test_a_receipt_with_nothing_new_is_at_most_four_kilobytes(team: Team) -> None:
    for number in range(60):
        say(team.ann, "words", f"answer {number}")
    team.carry(team.ann, team.lead)
    team.carry(team.lead, team.ann, RECEIPT)
    team.carry(team.ann, team.lead)
    for sender, receiver in ((team.ann, team.lead), (team.lead, team.ann)):
        for to in ((), (device(receiver),)):
            written = make_bundle(sender.store, sender, team.stick, DELTA, to=to)
            assert (written.purpose, written.size <= 4096) == (RECEIPT, True)


# Who has delivered, and asking for what is missing


def gap(team: Team) -> None:
    """Ann's second entry and her photo have not arrived."""
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.lead)
    say(team.ann, "words", "lost")
    attach(team.ann, b"A paper.\n")
    team.carry(team.ann, team.lead, portion=Portion({(device(team.ann), 0): 2, (device(team.lead), 0): 99}))


def test_the_lead_sees_per_laptop_what_has_arrived_and_what_is_missing(team: Team) -> None:
    gap(team)
    (ann, nobody) = delivered(team.lead.store, team.lead.id, ["Ann", "Cho", "lee"])
    assert (ann.device, ann.person, ann.held) == (device(team.ann), "Ann", 2)
    assert ann.missing == (Lack(device(team.ann), 2, 2),)
    assert len(ann.wanted) == 1
    assert ann.heard > 0 and ann.last > 0
    assert not ann.complete
    assert (nobody.device, nobody.person, nobody.heard) == ("", "Cho", 0)
    assert delivered(team.ann.store, team.ann.id)[0].has == 0


def test_a_request_asks_for_what_is_missing_and_the_next_delta_brings_it(team: Team) -> None:
    gap(team)
    path = team.write(team.lead, REQUEST, to=[device(team.ann)])
    merged = merge_bundle(team.ann.store, path)
    assert merged.asked is not None and merged.asked.lacks
    assert asked_of(team.ann.store, merged.asked) == Asked(2, 1)
    assert asking(team.ann.store, team.ann.id) == [device(team.lead)]
    team.carry(team.ann, team.lead)
    assert asking(team.ann.store, team.ann.id) == []
    assert all(each.complete for each in delivered(team.lead.store, team.lead.id))


def test_ones_own_request_come_back_asks_for_nothing(team: Team) -> None:
    gap(team)
    merged = merge_bundle(team.lead.store, team.write(team.lead, REQUEST))
    assert (merged.asked, asking(team.lead.store, team.lead.id)) == (None, [])


def test_what_somebody_asks_for_who_confirms_nothing_goes_along_too(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.lead)
    team.carry(team.lead, team.ann, RECEIPT)
    assert carried(team.ann.store, team.ann, DELTA) == 0
    say(team.bob, "words", "hello")
    merge_bundle(team.ann.store, team.write(team.bob, REQUEST))
    team.ann.refresh()
    assert carried(team.ann.store, team.ann, DELTA) == 1
    team.carry(team.ann, team.bob)
    assert team.bob.filling("check").state("meter").value == ("yes",)


def test_that_others_hold_more_of_a_log_is_told_as_missing(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.bob)
    team.carry(
        team.bob, team.lead, portion=Portion({(device(team.ann), 0): 1, (device(team.lead), 0): 99}), purpose=DELTA
    )
    say(team.bob, "words", "more")
    team.carry(team.bob, team.lead, portion=Portion({(device(team.ann), 0): 1, (device(team.lead), 0): 99}))
    assert receipt_of(team.lead.store, team.lead.id).missing == (Lack(device(team.ann), 1, 1),)


# Handing on what others wrote


def test_a_seal_goes_along_for_every_log_that_is_handed_on(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.lead)
    say(team.ann, "words", "more")
    team.carry(team.ann, team.lead)
    path = team.write(team.lead, DELTA, to=[device(team.bob)])
    with open_bundle(path) as bundle:
        (segment,) = (each for each in bundle.seal.segments if each.device == device(team.ann))
        assert len(bundle.seals) == 1
        assert bundle.proven(segment) == segment.end == 2
    merged = merge_bundle(team.bob.store, path)
    assert merged.held == ()
    assert len(seals(team.bob.store, team.bob.id, device(team.ann))) == 1


def test_a_restored_laptop_still_proves_what_it_wrote_under_its_former_name(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.lead)
    say(team.ann, "words", "not sent yet")
    former, store = device(team.ann), team.ann.store
    store.renew("restored")
    path = make_bundle(store, team.ann, team.stick, FULL).path
    with open_bundle(path) as bundle:
        (segment,) = (each for each in bundle.seal.segments if each.device == former)
        assert bundle.proven(segment) == 2
    merged = merge_bundle(team.lead.store, path)
    assert (merged.held, merged.new) == ((), 1)


def test_what_a_laptop_wrote_before_it_was_restored_is_counted_and_offered_until_it_is_confirmed(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    team.write(team.ann)
    say(team.ann, "words", "not sent yet")
    assert stands(team.ann) == (2, 1, 1)
    team.ann.store.renew("restored")
    assert stands(team.ann) == (2, 1, 1)
    say(team.ann, "words", "by the new device")
    assert stands(team.ann) == (3, 2, 1)
    assert carried(team.ann.store, team.ann, DELTA) == 3
    team.carry(team.ann, team.lead)
    assert stands(team.ann) == (3, 0, 3)
    team.carry(team.lead, team.ann, RECEIPT)
    assert stands(team.ann) == (3, 0, 0)


# Forks and clones


def test_of_two_clones_each_is_confirmed_by_its_own_hashes(team: Team) -> None:
    say(team.ann, "meter", ("yes",))
    with Store.open(team.folder / "clone", now=clock()) as store:
        key = keys.path_of(team.ann.store.folder, device(team.ann)).read_text(encoding="ascii")
        store.identify("Ann", "assessor", private=bytes.fromhex(key))
        merge_bundle(store, team.write(team.ann, FULL))
        clone = Visit(store, team.lead.id, new_id=ids("d"))
        assert device(clone) == device(team.ann)
        say(clone, "words", "written by the clone")
        say(team.ann, "words", "written by Ann")
        team.carry(clone, team.lead, FULL)
        team.carry(team.lead, team.ann, RECEIPT)
        # The lead holds number 2 of this log, but not this one.
        # The lead holds a number 2 of this log, but not this one.
        assert stands(team.ann) == (2, 1, 1)
        team.carry(team.ann, team.lead, FULL)
        sides = [each for each in receipt_of(team.lead.store, team.lead.id).logs if each.device == device(team.ann)]
        assert [each.to for each in sides] == [2, 2]
        for each in (team.ann, clone):
            team.carry(team.lead, each, RECEIPT)
            assert stands(each)[1:] == (0, 0)


# Whatever happens on the way


class Step(NamedTuple):
    """Somebody notes something, writes a bundle for somebody, or takes one in that is about."""

    what: str
    who: int
    other: int
    pick: int


steps = st.lists(
    st.builds(Step, st.sampled_from(["note", "photo", "write", "receipt", "take", "take", "take"]),
              st.integers(0, 2), st.integers(0, 2), st.integers(0, 30)),
    max_size=25,
)  # fmt: skip


def held_elsewhere(visits: list[Visit], mine: Visit) -> int:
    """How many of this laptop's entries another one really has, with their files."""
    own = {digest: entry for digest, entry in mine.store.entries(mine.id) if entry.device == device(mine)}
    count = 0
    for digest, entry in own.items():
        for other in visits:
            if other is not mine and digest in other.store.hashes(other.id):
                file = file_of(entry)
                if not file or evidence_path(other.store.folder, file).is_file():
                    count += 1
                    break
    return count


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_whatever_is_lost_repeated_or_late_all_is_confirmed_in_the_end_and_never_what_nobody_holds(
    plan: list[Step],
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        team = Team(Path(folder), stack)
        visits = [team.lead, team.ann, team.bob]
        about: list[Path] = []
        for number, step in enumerate(plan):
            who, other = visits[step.who], visits[step.other]
            if step.what == "note":
                assert who.record("note", "check", "words", f"note {number}").problems == ()
            elif step.what == "photo":
                attach(who, f"paper {number}\n".encode())
            elif step.what == "take":
                if about:
                    take(who, about[step.pick % len(about)])
            else:
                to = [device(other)] if other is not who else []
                purpose = RECEIPT if step.what == "receipt" else DELTA
                about.append(team.write(who, purpose, to=to, evidence=("", "none")[step.pick % 2]))
            for each in visits:
                saved, not_sent, not_confirmed = stands(each)
                assert saved - not_sent - not_confirmed <= held_elsewhere(visits, each)
        for _ in range(3):
            for one in visits:
                for other in visits:
                    if one is not other:
                        team.carry(one, other, DELTA, to=[device(other)])
        for each in visits:
            assert stands(each)[1:] == (0, 0)
            assert not receipt_of(each.store, each.id).lacks
            receipt = receipt_of(each.store, each.id)
            assert receipt == from_bytes(to_bytes(receipt))
            assert receipt._replace(visit="") == receipt_of(team.lead.store, team.lead.id)._replace(visit="")


# With a roster


def listed(version: int, **roles: Store) -> Roster:
    """A roster of these laptops, by role."""
    people = []
    for role, store in roles.items():
        asked = enrolment_of(store)
        people.append(Member(asked.device, asked.key, asked.recipient, asked.person, role.rstrip("_"), version))
    return Roster(version, SCHEME.key, 1, tuple(sorted(people)))


def enact(roster: Roster, *stores: Store) -> None:
    """These laptops have the roster, its fingerprint compared."""
    for store in stores:
        assert take_roster(store, *signed(roster), confirmed=fingerprint(SCHEME.key)).outcome == "newer"


def test_with_a_roster_only_those_confirm_whose_word_counts(team: Team) -> None:
    stores = [each.store for each in (team.lead, team.ann, team.bob)]
    roster = listed(1, lead=team.lead.store, assessor=team.ann.store, assessor_=team.bob.store)
    enact(roster, *stores)
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.bob)
    team.carry(team.bob, team.ann, RECEIPT)
    assert len(receipts(team.ann.store, team.ann.id)) == 2
    assert stands(team.ann) == (1, 0, 1)
    team.carry(team.ann, team.lead)
    team.carry(team.lead, team.ann, RECEIPT)
    assert stands(team.ann) == (1, 0, 0)
    # Revoked: what she said does not count any more.
    enact(with_revoked(roster, Revoked(device(team.lead), {}), made=2), team.ann.store)
    assert stands(team.ann) == (1, 0, 1)


def test_the_only_lead_of_a_team_is_confirmed_by_whoever_else_is_on_the_roster(team: Team) -> None:
    stores = (team.lead.store, team.ann.store)
    roster = listed(1, lead=team.lead.store, assessor=team.ann.store)
    enact(roster, *stores)
    say(team.lead, "words", "seen")
    team.carry(team.lead, team.ann)
    assert stands(team.lead).not_confirmed > 0
    team.carry(team.ann, team.lead, RECEIPT)
    assert stands(team.lead)[1:] == (0, 0)


def test_a_stranger_confirms_nothing_for_a_team_with_a_roster(team: Team) -> None:
    enact(listed(1, lead=team.lead.store, assessor=team.ann.store), team.ann.store)
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.bob)
    before = len(receipts(team.ann.store, team.ann.id))
    merge_bundle(team.ann.store, team.write(team.bob, RECEIPT))
    assert len(receipts(team.ann.store, team.ann.id)) == before
    assert stands(team.ann) == (1, 0, 1)


def test_a_bundle_for_somebody_is_encrypted_for_that_laptop_and_this_one(team: Team) -> None:
    enact(listed(1, lead=team.lead.store, assessor=team.ann.store), team.lead.store, team.ann.store)
    say(team.ann, "meter", ("yes",))
    path = team.write(team.ann, DELTA, to=[device(team.lead)])
    assert path.name.endswith(".zip.age")
    assert merge_bundle(team.bob.store, path).error is not None
    take(team.lead, path)
    take(team.ann, path)
    assert team.lead.filling("check").state("meter").value == ("yes",)
    with pytest.raises(NotForThem, match="assessor trust"):
        team.write(team.ann, DELTA, to=[device(team.bob)])
    assert set(people_reached(team.ann.store)) == {"Lee"}


def test_the_roster_goes_along_until_a_laptop_says_that_it_has_it(team: Team) -> None:
    roster = listed(1, lead=team.lead.store, assessor=team.ann.store, assessor_=team.bob.store)
    enact(roster, team.lead.store)
    say(team.ann, "meter", ("yes",))
    team.carry(team.ann, team.lead)
    path = team.write(team.lead, RECEIPT, to=[device(team.ann)])
    with open_bundle(path, identities=[keys.identity(team.ann.store.folder, device(team.ann))]) as bundle:
        assert bundle.roster is not None and bundle.seal.roster == 1
    enact(roster, team.ann.store)
    take(team.ann, path)
    say(team.ann, "words", "more")
    team.carry(team.ann, team.lead)
    path = team.write(team.lead, RECEIPT, to=[device(team.ann)])
    with open_bundle(path, identities=[keys.identity(team.ann.store.folder, device(team.ann))]) as bundle:
        assert bundle.roster is None and bundle.seal.roster == 1
    assert path.stat().st_size <= 4096
