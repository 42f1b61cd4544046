"""Rosters that come with bundles: newer ones of the same scheme count, everything else is told and changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.bundle.canonical import dump
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import latest_roster
from assessor_tui.trust.enrol import enrolment_of
from assessor_tui.trust.own import own_role
from assessor_tui.trust.roster import DOMAIN, Member, fingerprint, with_member
from assessor_tui.trust.team import bench, offers, own_member, roster_of, take_roster
from tests.small_visit import laptop
from tests.trust_worlds import SCHEME, person, signed
from tests.trust_worlds import roster_of as roster_with

ANN, BOB, OTHER = person("Ann"), person("Bob"), person("another scheme")
FIRST = roster_with(ANN.member("lead"))
SECOND = with_member(FIRST, BOB.member("assessor"), 2)
READ_ALOUD = fingerprint(SCHEME.key)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with laptop(tmp_path / "ledger", "Cy") as opened:
        yield opened


@pytest.fixture
def team(store: Store) -> Store:
    """A ledger that has the second roster."""
    assert take_roster(store, *signed(SECOND), confirmed=READ_ALOUD).outcome == "newer"
    return store


def test_the_first_roster_counts_once_a_person_has_compared_its_fingerprint(store: Store) -> None:
    assert take_roster(store, *signed(FIRST)).outcome == "offered"
    assert roster_of(store) is None
    (offer,) = offers(store)
    assert offer.fingerprint == READ_ALOUD
    assert take_roster(store, offer.json, offer.signature, confirmed="0000").outcome == "offered"
    news = take_roster(store, offer.json, offer.signature, confirmed=READ_ALOUD.replace(" ", "").upper())
    assert (news.outcome, roster_of(store), offers(store)) == ("newer", FIRST, [])


def test_of_two_first_rosters_of_one_scheme_the_newer_one_is_offered(store: Store) -> None:
    for roster in (FIRST, SECOND, FIRST):
        take_roster(store, *signed(roster))
    take_roster(store, *signed(roster_with(scheme=OTHER), OTHER))
    assert sorted(each.roster.version for each in offers(store)) == [1, 2]


def test_first_rosters_of_ever_new_schemes_do_not_fill_the_ledger(store: Store) -> None:
    for number in range(40):
        someone = person(f"scheme {number}")
        take_roster(store, *signed(roster_with(scheme=someone), someone))
    assert len(offers(store)) == 8


def test_a_newer_roster_of_the_scheme_counts_by_itself(team: Store) -> None:
    third = with_member(SECOND, OTHER.member("reviewer"), 3)
    assert take_roster(team, *signed(third)).outcome == "newer"
    assert roster_of(team) == third
    assert bench(team).members.keys() == {ANN.device, BOB.device, OTHER.device}


def test_an_older_roster_changes_nothing(team: Store) -> None:
    news = take_roster(team, *signed(FIRST))
    assert (news.outcome, news.version, news.here, news.is_alarm) == ("older", 1, 2, False)
    assert roster_of(team) == SECOND


def test_another_roster_with_the_same_number_is_an_alarm(team: Store) -> None:
    news = take_roster(team, *signed(SECOND._replace(made=9)))
    assert (news.outcome, news.is_alarm) == ("alarm", True)
    assert roster_of(team) == SECOND


def test_a_roster_of_another_scheme_is_refused_however_new(team: Store) -> None:
    news = take_roster(team, *signed(roster_with(BOB.member("lead"), version=99, scheme=OTHER), OTHER))
    assert (news.outcome, news.is_alarm, news.fingerprint) == ("other scheme", True, fingerprint(OTHER.key))
    assert roster_of(team) == SECOND


def test_a_roster_that_the_schemes_key_did_not_sign_is_refused(team: Store) -> None:
    third = with_member(SECOND, OTHER.member("lead"), 3)
    data, signature = signed(third)
    for wrong in (signed(third, OTHER)[1], SCHEME.private.sign(data), signed(SECOND)[1], bytes(64)):
        assert take_roster(team, data, wrong).outcome == "not signed"
    assert take_roster(team, data.replace(b'"lead"', b'"authority"', 1), signature).outcome == "not signed"
    assert roster_of(team) == SECOND


def test_a_leap_to_the_last_version_is_refused(team: Store) -> None:
    import json

    fields = json.loads(signed(SECOND)[0]) | {"version": 2**31}
    data = dump(fields)
    assert take_roster(team, data, SCHEME.private.sign(DOMAIN + data)).outcome == "broken"
    assert roster_of(team) == SECOND


def test_every_roster_that_counted_is_kept(team: Store) -> None:
    third = with_member(SECOND, OTHER.member("reviewer"), 3)
    take_roster(team, *signed(third))
    row = latest_roster(team)
    assert row is not None and (row.version, row.json, row.signature) == (3, *signed(third))
    (count,) = team.connection.execute("SELECT count(*) FROM roster").fetchone()
    assert count == 2


def test_the_own_role_follows_the_roster_at_once_and_after_a_restart(store: Store) -> None:
    assert own_role(store) == ""
    asked = enrolment_of(store)
    member = Member(asked.device, asked.key, asked.recipient, asked.person, "assessor", 1)
    first = roster_with(member)
    take_roster(store, *signed(first), confirmed=READ_ALOUD)
    assert own_role(store) == "assessor"
    take_roster(store, *signed(with_member(first, member._replace(role="lead"), 2)))
    assert own_role(store) == "lead"
    folder = store.folder
    store.close()
    with Store.open(folder) as again:
        assert own_role(again) == "lead"
        mine = own_member(again)
        assert mine is not None and mine.person == "Cy"
