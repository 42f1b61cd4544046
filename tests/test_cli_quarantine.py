"""What is held back, by commands: digits that mean nothing, a file that has gone, a decision made twice."""

import shutil
from pathlib import Path

import pytest

from assessor_tui.bundle.write import Contents, segments_of, write_bundle
from assessor_tui.ledger.entry import Entry, hash_of
from assessor_tui.store.ledger import Store
from assessor_tui.trust.enrol import enrolment_of
from assessor_tui.trust.roster import Member, Roster, fingerprint
from assessor_tui.trust.team import take_roster
from tests.cli_world import Laptop, named, new_visit
from tests.trust_worlds import SCHEME, person, signed

EVE = person("Eve \x1b[31m")


@pytest.fixture
def lead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Laptop:
    """A lead with a roster, on which only her own laptop is, and a stranger's bundle that was merged."""
    laptop = named(tmp_path / "ann", capsys, "Ann", "lead")
    visit = new_visit(laptop)
    with Store.open(laptop.folder) as store:
        asked = enrolment_of(store)
        roster = Roster(1, SCHEME.key, 1, (Member(asked.device, asked.key, asked.recipient, "Ann", "lead", 1),))
        take_roster(store, *signed(roster), confirmed=fingerprint(SCHEME.key))
    entry = Entry(visit, EVE.device, 1, "", 1_794_500_000_000_000, "Eve", "note", "", "", "", "said by Eve")
    contents = Contents(visit, "delta", EVE.device, "Eve", segments_of([(hash_of(entry), entry)]))
    path = write_bundle(
        tmp_path, contents, label="eve", app="a", sign=EVE.private.sign, key=bytes.fromhex(EVE.key)
    ).path
    assert laptop("merge", path).code == 3
    return laptop


def test_digits_that_mean_no_bundle_are_said(lead: Laptop) -> None:
    for command in ("show", "accept", "decline"):
        said = lead("quarantine", command, "zz")
        assert said.code == 2 and "quarantine list" in said.err


def test_what_is_accepted_is_no_longer_listed_and_accepting_again_changes_nothing(lead: Laptop) -> None:
    (waiting,) = lead("quarantine", "list", "--json").data["bundles"]
    assert lead("quarantine", "accept", waiting["bundle"][:8], "--json").data["files"][0]["new"] == 1
    assert lead("quarantine", "list").code == 0
    (kept,) = lead.ok("quarantine", "list", "--all", "--json").data["bundles"]
    assert kept["state"] == "accepted"
    again = lead("quarantine", "accept", waiting["bundle"][:8])
    assert again.code == 2 and "let in already" in again.err


def test_a_file_that_has_gone_is_said_with_what_to_do(lead: Laptop) -> None:
    (waiting,) = lead("quarantine", "list", "--json").data["bundles"]
    shutil.rmtree(lead.folder / "quarantine")
    shown = lead("quarantine", "show", waiting["bundle"][:8])
    assert shown.code == 3 and "merge it" in shown.err
    assert lead("quarantine", "accept", waiting["bundle"][:8]).code == 1


def test_reading_what_is_held_back_needs_no_lock(lead: Laptop) -> None:
    with Store.open(lead.folder):
        assert lead("quarantine", "list").code == 3
        assert lead("trust", "list").code == 0
        assert lead("quarantine", "decline", "a").code in (2, 4)
