"""A laptop asks for a place on the roster in a file that it signs itself, and gets a roster in one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.seal import ENROL
from assessor_tui.bundle.write import Contents, write_bundle
from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.store.ledger import Store
from assessor_tui.trust.enrol import enrolment_of, read_fingerprint, read_request, write_request, write_roster
from assessor_tui.trust.roster import fingerprint
from tests.small_visit import laptop
from tests.trust_worlds import RECIPIENT, SCHEME, person, roster_of, signed


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with laptop(tmp_path / "ledger", "Cy") as opened:
        yield opened


def test_a_request_says_who_asks_and_both_keys(store: Store, tmp_path: Path) -> None:
    path = write_request(store, tmp_path / "stick").path
    asked = read_request(path)
    assert asked == enrolment_of(store)
    assert store.device is not None
    assert (asked.device, asked.person) == (store.device.id, "Cy")
    assert asked.recipient.startswith("age1")
    assert read_fingerprint(path) == ("device", asked.fingerprint)


def test_merging_a_request_changes_nothing_and_says_what_it_is(store: Store, tmp_path: Path) -> None:
    path = write_request(store, tmp_path / "stick").path
    with laptop(tmp_path / "lead", "Ann", "lead") as lead:
        merged = merge_bundle(lead, path)
        assert (merged.purpose, merged.sender, merged.visits, merged.error) == ("enrol", "Cy", (), None)
        assert lead.visits() == []


def test_a_roster_in_a_file_of_its_own_is_taken_by_merging_it(store: Store, tmp_path: Path) -> None:
    roster = roster_of(person("Ann").member("lead"))
    path = write_roster(store, roster, *signed(roster), tmp_path / "stick").path
    assert read_fingerprint(path) == ("scheme", fingerprint(SCHEME.key))
    with laptop(tmp_path / "other", "Bob") as other:
        merged = merge_bundle(other, path)
        assert merged.roster is not None and merged.roster.outcome == "offered"


BAD = {
    "no recipient": {"person": "Cy"},
    "a recipient that is none": {"person": "Cy", "recipient": "age1"},
    "an empty name": {"person": "", "recipient": RECIPIENT},
    "a part more": {"person": "Cy", "recipient": RECIPIENT, "role": "lead"},
    "a name that is a list": {"person": ["Cy"], "recipient": RECIPIENT},
}


@pytest.mark.parametrize("how", BAD)
def test_a_request_that_is_none_is_refused(tmp_path: Path, how: str) -> None:
    eve = person("Eve")
    contents = Contents(eve.device, ENROL, eve.device, "Eve", enrol=dump(BAD[how]))
    written = write_bundle(tmp_path, contents, label="x", app="a", sign=eve.private.sign, key=bytes.fromhex(eve.key))
    with pytest.raises(BundleError):
        read_request(written.path)


def test_another_bundle_is_no_request(store: Store, tmp_path: Path) -> None:
    roster = roster_of(person("Ann").member("lead"))
    path = write_roster(store, roster, *signed(roster), tmp_path / "stick").path
    with pytest.raises(BundleError):
        read_request(path)
