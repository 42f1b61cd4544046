"""A bundle of every released format version reads for ever. These files are never written anew."""

import hashlib
import json
import zipfile
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import open_bundle
from assessor_tui.ledger import receipt as receipts
from assessor_tui.trust import roster as rosters
from assessor_tui.trust.enrol import read_request
from tests.bundle_samples import (
    COLLEAGUE,
    FORM,
    IDENTITY,
    JPEG,
    LAPTOP,
    OTHER_LAPTOP,
    OTHER_VISIT,
    PERSON,
    PUBLIC,
    RECIPIENT,
    SCHEME,
    make_log,
    picture,
)
from tests.golden_bundles import ENCRYPTED, GOLDEN, PHOTO, golden_contents, golden_path, write_golden

DIGESTS = {
    "delta": "1333313a20a4917c9328ae67f1d9637efe462b7191340113cc25d4c4c7409793",
    "encrypted": "68a297b8b876c880c5df41415a8bc5489ef69bed9bfc5b7a5acbe7fcfe28e42a",
    "enrol": "a4ac02309c96f4ab21e381ea3f2b4b06cca0911dfbe0fd0fde6c69463f97b715",
    "evidence": "5b91109366bd4845381dcf21efe79d273c882a1fbc44286fd7a533825221ca5f",
    "full": "72ba5f10d11462fe8a79a6274472d4b77838247510b59ecb9bbc924a1170e0f8",
    "invite": "58347cdce836ae3c01ab948697bce3621c3e922e1ad9fe717a8770b1489a38da",
    "receipt": "1bd9a990cbba4e127ba27ae6b1eafc25b8c18adb68bc8e32e36a20b7232c79ab",
    "request": "8ff6669c7cc6e72c3d9e6808b58f681bd7dd1568bec6b0ad44edb8b255526171",
    "roster": "57430fdc9cba581c08cf54b3bad1e0b9eaf78df90d8c9080dda44d9a045a3905",
}
FIRST = GOLDEN / "bundle-1.0.zip"
NAMES = sorted(DIGESTS)


def test_the_first_version_reads() -> None:
    with open_bundle(FIRST) as bundle:
        assert bundle.signed and bundle.seal.key == PUBLIC.hex() and bundle.seal.device == LAPTOP
        expected = make_log(3, values=(picture(PHOTO),)) + make_log(2, visit=OTHER_VISIT, device=COLLEAGUE)
        assert [item[:2] for item in bundle.entries()] == expected
        assert [bundle.form(digest) for digest in bundle.forms] == [FORM]
        assert [bundle.scheme(digest) for digest in bundle.schemes] == [SCHEME]
        assert b"".join(bundle.evidence_file(PHOTO)) == JPEG
        assert (bundle.receipt, bundle.roster, bundle.enrol, bundle.seals) == (b"", None, b"", {})


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_of_every_purpose_reads(name: str) -> None:
    contents = golden_contents(Path("photo"))[name]
    with open_bundle(golden_path(name), identities=(IDENTITY,)) as bundle:
        seal = bundle.seal
        assert (seal.format, seal.purpose, seal.visit) == ("1.1", contents.purpose, contents.visit)
        assert (seal.device, seal.key, seal.person) == (LAPTOP, PUBLIC.hex(), PERSON)
        assert (seal.recipients, seal.roster) == (tuple(sorted(contents.recipients)), contents.roster_version)
        lines = [line for segment in contents.segments for line in segment.lines]
        assert sorted(line for _, _, line in bundle.entries()) == sorted(lines)
        assert (bundle.receipt, bundle.roster, bundle.enrol) == (contents.receipt, contents.roster, contents.enrol)
        assert {digest: (each.json, each.signature) for digest, each in bundle.seals.items()} == contents.seals
        # What anybody wrote of the own is proven to its end, by the seal of the bundle or by one that it carries.
        assert all(bundle.proven(segment) == segment.end for segment in seal.segments)
        for digest in contents.evidence:
            assert b"".join(bundle.evidence_file(digest)) == JPEG


@pytest.mark.parametrize("name", [name for name in NAMES if name != ENCRYPTED])
def test_the_program_of_today_writes_the_same_bytes(tmp_path: Path, name: str) -> None:
    if "ng" in zlib.ZLIB_RUNTIME_VERSION:
        pytest.skip("this zlib packs the same content otherwise")
    assert write_golden(tmp_path, name).path.read_bytes() == golden_path(name).read_bytes()


def test_the_encrypted_one_is_the_same_bundle_as_is_written_today(tmp_path: Path) -> None:
    written = write_golden(tmp_path, ENCRYPTED)
    with open_bundle(golden_path(ENCRYPTED), identities=(IDENTITY,)) as bundle:
        assert bundle.encrypted and bundle.digest == written.digest
    with pytest.raises(BundleError) as caught:
        open_bundle(golden_path(ENCRYPTED))
    assert caught.value.kind == "closed"


def test_no_golden_bundle_was_written_anew() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in GOLDEN.glob("bundle-*")}
    assert found == {FIRST.name: "a02b0aaf3b1cd2376736a67fbf84e5e5bb9ee9973951d0aa4dfc8edcc3171834"} | {
        golden_path(name).name: digest for name, digest in DIGESTS.items()
    }


def test_the_receipt_the_roster_and_the_request_are_those_of_the_rooms_that_own_them() -> None:
    with open_bundle(golden_path("full")) as bundle:
        assert bundle.roster is not None
        assert [held.to for held in receipts.from_bytes(bundle.receipt).logs] == [3, 4]
        roster = rosters.from_bytes(bundle.roster[0])
        assert rosters.is_signed(*bundle.roster, roster.scheme_key) and roster.member(LAPTOP) is not None
    with open_bundle(golden_path("request")) as bundle:
        assert receipts.from_bytes(bundle.receipt).missing == (receipts.Lack(OTHER_LAPTOP, 5, 0),)
    asked = read_request(golden_path("enrol"))
    assert (asked.device, asked.key, asked.recipient, asked.person) == (LAPTOP, PUBLIC.hex(), RECIPIENT, PERSON)


@pytest.mark.parametrize("file", [FIRST, *map(golden_path, ("delta", "full", "invite"))], ids=lambda file: file.stem)
def test_the_page_about_the_format_is_enough_to_read_one(file: Path) -> None:
    # Nothing of ours: unzip, JSON, SHA-256 and Ed25519, as docs/bundle_format.md says.
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    seal = json.loads(parts["seal.json"])
    key = bytes.fromhex(seal["sender"]["key"])
    Ed25519PublicKey.from_public_bytes(key).verify(parts["seal.sig"], b"assessor-bundle/1\0" + parts["seal.json"])
    assert hashlib.sha256(key).hexdigest()[:32] == seal["sender"]["device"]
    for name, digest in seal["digests"].items():
        assert hashlib.sha256(parts[name]).hexdigest() == digest
    listed = [line.split("  ") for line in parts["manifest-sha256.txt"].decode().splitlines()]
    assert [name for _, name in listed] == list(parts)[6:]
    assert all(hashlib.sha256(parts[name]).hexdigest() == digest for digest, name in listed)
    for segment in seal["segments"]:
        visit, device = segment.get("visit", seal["visit"]), segment["device"]
        folder = f"data/earlier/{visit}" if "visit" in segment else "data/seg"
        name = f"{folder}/{device}-{segment['from']}-{segment['to']}-{segment['last'][:8]}.jsonl"
        head, *lines = parts[name].splitlines()
        assert json.loads(head) == {"device": device, "visit": visit}
        before = segment["prev"]
        for number, line in enumerate(lines, segment["from"]):
            entry = json.loads(line)
            assert (entry["seq"], entry.get("prev", "")) == (number, before)
            before = hashlib.sha256(b"assessor-entry/1\0" + (visit + device).encode() + line).hexdigest()[:32]
        assert (number, before) == (segment["to"], segment["last"])
    for name in parts:
        if name.startswith("data/seal/") and name.endswith(".json"):
            carried = json.loads(parts[name])
            key = bytes.fromhex(carried["sender"]["key"])
            signature = parts[name.removesuffix("json") + "sig"]
            Ed25519PublicKey.from_public_bytes(key).verify(signature, b"assessor-bundle/1\0" + parts[name])
    if "data/roster.json" in parts:
        scheme = bytes.fromhex(json.loads(parts["data/roster.json"])["scheme"])
        signed = b"assessor-roster/1\0" + parts["data/roster.json"]
        Ed25519PublicKey.from_public_bytes(scheme).verify(parts["data/roster.sig"], signed)
