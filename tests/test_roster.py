"""The roster as bytes: one spelling, no bounds left open, and versions that only go up."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.bundle.canonical import dump
from assessor_tui.trust.roles import ROLES
from assessor_tui.trust.roster import (
    ALARM,
    MAX_VERSION,
    NEWER,
    OLDER,
    OTHER_SCHEME,
    SAME,
    Mark,
    Revoked,
    Roster,
    RosterError,
    compared,
    fingerprint,
    from_bytes,
    is_signed,
    same_fingerprint,
    to_bytes,
    with_member,
    with_revoked,
)
from tests.trust_worlds import SCHEME, VISIT, person, roster_of, signed

ANN, BOB, EVE = person("Ann"), person("Bob"), person("Eve")
TEAM = roster_of(ANN.member("lead"), BOB.member("assessor"))


@given(
    st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from(ROLES)), unique_by=lambda each: each[0]),
    st.integers(1, MAX_VERSION - 1),
    st.integers(0, 2**31 - 1),
)
def test_a_roster_comes_back_from_its_bytes_as_it_was(people: list[tuple[str, str]], version: int, mark: int) -> None:
    members = [person(name).member(role) for name, role in people]
    roster = roster_of(*members, version=version)
    revoked = tuple(Revoked(each.device, {VISIT: Mark(mark, "ab" * 16)}) for each in roster.people[:2])
    roster = roster._replace(revoked=revoked)
    assert from_bytes(to_bytes(roster)) == roster


def test_only_the_schemes_key_signs_a_roster_and_nothing_else_counts_as_one() -> None:
    data, signature = signed(TEAM)
    assert is_signed(data, signature, TEAM.scheme_key)
    assert not is_signed(data, signed(TEAM, EVE)[1], TEAM.scheme_key)
    assert not is_signed(data, SCHEME.private.sign(data), TEAM.scheme_key)
    assert not is_signed(data + b" ", signature, TEAM.scheme_key)


BAD = {
    "a leap to the last version": lambda data: data.update(version=MAX_VERSION),
    "version 0": lambda data: data.update(version=0),
    "a version that is text": lambda data: data.update(version="1"),
    "a version that is true": lambda data: data.update(version=True),
    "an unknown part": lambda data: data.update(more=1),
    "a missing part": lambda data: data.pop("revoked"),
    "people that are no list": lambda data: data.update(people={}),
    "a person twice": lambda data: data.update(people=[data["people"][0]] * 2),
    "people out of order": lambda data: data["people"].reverse(),
    "an unknown role": lambda data: data["people"][0].update(role="king"),
    "a key of someone else": lambda data: data["people"][0].update(key=EVE.key),
    "a name with a control character": lambda data: data["people"][0].update(person="A\x1bnn"),
    "no name": lambda data: data["people"][0].update(person=""),
    "a recipient that is none": lambda data: data["people"][0].update(recipient="age1"),
    "someone added later than this version": lambda data: data["people"][0].update(added=2),
    "a stranger revoked": lambda data: data["revoked"].append({"device": EVE.device, "logs": {}}),
    "a log that is no visit": lambda data: data["revoked"].append(
        {"device": data["people"][0]["device"], "logs": {"x": {"to": 1, "last": ""}}}
    ),
    "a number out of bounds": lambda data: data["revoked"].append(
        {"device": data["people"][0]["device"], "logs": {VISIT: {"to": 2**31, "last": ""}}}
    ),
    "a scheme that is no key": lambda data: data.update(scheme="00"),
    "a float": lambda data: data.update(made=1.5),
}


@pytest.mark.parametrize("how", BAD)
def test_what_is_not_spelled_as_a_roster_is_none(how: str) -> None:
    data = json.loads(to_bytes(TEAM))
    BAD[how](data)
    with pytest.raises(RosterError):
        from_bytes(dump(data))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"{" * 100_000, b'{"version":1,"version":2}', b"\xff"])
def test_bytes_that_are_no_roster_are_refused(data: bytes) -> None:
    with pytest.raises(RosterError):
        from_bytes(data)


def test_another_spelling_of_the_same_roster_is_refused() -> None:
    data = to_bytes(TEAM)
    for other in (data + b"\n", data.replace(b":", b": ", 1), json.dumps(json.loads(data)).encode()):
        with pytest.raises(RosterError):
            from_bytes(other)


def test_versions_only_go_up_and_one_version_has_one_content() -> None:
    next_one = with_member(TEAM, EVE.member("assessor"), 5)
    assert compared(next_one, TEAM) == NEWER
    assert compared(TEAM, next_one) == OLDER
    assert compared(TEAM, TEAM) == SAME
    assert compared(TEAM._replace(made=7), TEAM) == ALARM
    assert compared(roster_of(version=9, scheme=EVE), TEAM) == OTHER_SCHEME


def test_putting_someone_on_the_roster_keeps_since_when_each_stands_there() -> None:
    second = with_member(TEAM, EVE.member("assessor", added=99), 5)
    third = with_member(second, EVE.member("lead"), 6)
    assert [(each.person, each.added) for each in sorted(third.people, key=lambda each: each.person)] == [
        ("Ann", 1), ("Bob", 1), ("Eve", 2),
    ]  # fmt: skip
    assert (third.version, third.member(EVE.device).role) == (3, "lead")  # type: ignore[union-attr]


def test_a_device_is_revoked_once_and_stays_on_the_list_of_people() -> None:
    once = with_revoked(TEAM, Revoked(BOB.device, {VISIT: Mark(5, "ab" * 16)}), 5)
    twice = with_revoked(once, Revoked(BOB.device, {VISIT: Mark(3, "cd" * 16)}), 6)
    assert twice.is_revoked(BOB.device)
    assert [each.logs[VISIT].to for each in twice.revoked] == [3]
    assert isinstance(from_bytes(to_bytes(twice)), Roster)


def test_a_fingerprint_is_read_aloud_in_eight_groups_and_covers_both_keys() -> None:
    read = fingerprint(ANN.key, "age1xyz")
    assert [len(group) for group in read.split()] == [4] * 8
    assert read not in (fingerprint(ANN.key), fingerprint(BOB.key, "age1xyz"))
    assert same_fingerprint(f" {read.upper().replace(' ', '-')} ", read)
    assert same_fingerprint(read.replace(" ", ""), read)
    assert not same_fingerprint(read[:-1], read)
