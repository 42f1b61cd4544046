"""``assessor bundle check`` says what a bundle is, for whom, and who vouches for it."""

import json
from pathlib import Path

import pytest

from assessor_tui.store import keys
from assessor_tui.store.ledger import Store
from tests.bundle_samples import IDENTITY, LAPTOP, OTHER_LAPTOP, RECIPIENT, relayed, write_signed
from tests.cli_world import Laptop, named
from tests.golden_bundles import GOLDEN, golden_path

Capsys = pytest.CaptureFixture[str]


def checked(laptop: Laptop, path: Path) -> str:
    """What is said beneath the headline."""
    headline, details = laptop.ok("bundle", "check", path).out.splitlines()
    assert headline.startswith(f"good: {path}: ")
    return details.strip()


def test_every_purpose_is_said_in_words_without_a_ledger(tmp_path: Path, capsys: Capsys) -> None:
    laptop = Laptop(tmp_path / "none", capsys)
    signed, whole = "signed by its laptop; not encrypted", "carries roster 1; with a receipt: nothing is missing there"
    assert checked(laptop, golden_path("delta")) == f"what was not confirmed yet; {signed}; {whole}"
    assert checked(laptop, golden_path("full")) == f"the whole visit; {signed}; {whole}"
    assert checked(laptop, golden_path("invite")) == f"an invitation; {signed}; {whole}"
    assert checked(laptop, golden_path("receipt")) == f"a receipt; {signed}; {whole}"
    lacking = "with a receipt: missing there are 1 gap in the entries"
    assert checked(laptop, golden_path("request")) == f"a request for what is missing; {signed}; {lacking}"
    assert checked(laptop, golden_path("roster")) == f"a roster; {signed}; carries roster 1"
    assert checked(laptop, golden_path("enrol")) == f"a request for a place on the roster; {signed}"
    assert checked(laptop, golden_path("evidence")) == f"photos and papers alone; {signed}"
    unproven = "2 entries of other laptops without those laptops' word"
    assert checked(laptop, GOLDEN / "bundle-1.0.zip") == f"an invitation; {signed}; {unproven}"
    assert not (tmp_path / "none").exists()


def test_one_that_is_encrypted_for_others_is_refused_in_words(tmp_path: Path, capsys: Capsys) -> None:
    for laptop in (Laptop(tmp_path / "none", capsys), named(tmp_path / "ann", capsys)):
        said = laptop("bundle", "check", golden_path("encrypted"))
        assert said.code == 4 and "is encrypted" in said.out and "Ask the sender" in said.out
        file = laptop("bundle", "check", golden_path("encrypted"), "--json").data["files"][0]
        assert (file["outcome"], file["reason"]) == ("refused", "closed")


def test_one_that_is_encrypted_for_this_laptop_says_for_whom(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path / "ann", capsys)
    with Store.open(laptop.folder, write=True) as store:
        assert store.device is not None
        own = keys.recipient(store.folder, store.device.id)
    contents = relayed(2, recipients=(own, RECIPIENT))
    path = write_signed(tmp_path / "out", contents, identities=(IDENTITY,)).path
    assert f"encrypted for {RECIPIENT[:12]}…, this laptop" in checked(laptop, path)
    file = laptop.ok("bundle", "check", tmp_path / "out", "--json").data["files"][0]
    assert file["encrypted"] and {each["key"]: each["person"] for each in file["recipients"]} == {
        own: "this laptop",
        RECIPIENT: "",
    }


def test_data_says_all_that_the_bundle_does(tmp_path: Path, capsys: Capsys) -> None:
    file = Laptop(tmp_path, capsys).ok("bundle", "check", golden_path("full"), "--json").data["files"][0]
    assert (file["format"], file["purpose"], file["signed"], file["encrypted"]) == ("1.1", "full", True, False)
    assert file["roster"] == {"known": 1, "carried": 1} and file["seals"] == 2 and file["unknown"] == []
    assert {(each["device"], each["from"], each["to"], each["proven"]) for each in file["segments"]} == {
        (LAPTOP, 1, 3, 3),
        (OTHER_LAPTOP, 1, 4, 4),
    }
    logs = sorted(
        [{"device": LAPTOP, "to": 3}, {"device": OTHER_LAPTOP, "to": 4}], key=lambda each: str(each["device"])
    )
    assert file["receipt"] == {"logs": logs, "missing": [], "files": 0}
    assert json.dumps(file).count(file["digest"]) == 1


def test_receipts_and_rosters_that_are_none_are_said(tmp_path: Path, capsys: Capsys) -> None:
    contents = relayed(1)._replace(receipt=b'{"visit":7}', roster=(b'{"version":1}', bytes(64)))
    said = checked(Laptop(tmp_path / "none", capsys), write_signed(tmp_path / "out", contents).path)
    assert "carries a roster that is none" in said and "carries a receipt that is none" in said
