"""A bundle of every released format version reads for ever. These files are never written anew."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assessor_tui.bundle.read import open_bundle
from tests.bundle_samples import COLLEAGUE, FORM, JPEG, LAPTOP, OTHER_VISIT, PUBLIC, SCHEME, make_log, picture

GOLDEN = Path(__file__).parent / "golden"
PHOTO = hashlib.sha256(JPEG).hexdigest()


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("bundle-1.*.zip")), ids=lambda file: file.stem)
def test_every_released_version_reads(file: Path) -> None:
    with open_bundle(file) as bundle:
        assert bundle.signed and bundle.seal.key == PUBLIC.hex() and bundle.seal.device == LAPTOP
        expected = make_log(3, values=(picture(PHOTO),)) + make_log(2, visit=OTHER_VISIT, device=COLLEAGUE)
        assert [item[:2] for item in bundle.entries()] == expected
        assert [bundle.form(digest) for digest in bundle.forms] == [FORM]
        assert [bundle.scheme(digest) for digest in bundle.schemes] == [SCHEME]
        assert b"".join(bundle.evidence_file(PHOTO)) == JPEG


def test_the_page_about_the_format_is_enough_to_read_one() -> None:
    # Nothing of ours: unzip, JSON, SHA-256 and Ed25519, as docs/bundle_format.md says.
    with zipfile.ZipFile(GOLDEN / "bundle-1.0.zip") as archive:
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


def test_the_first_version_is_among_them() -> None:
    assert hashlib.sha256((GOLDEN / "bundle-1.0.zip").read_bytes()).hexdigest() == DIGEST


DIGEST = "a02b0aaf3b1cd2376736a67fbf84e5e5bb9ee9973951d0aa4dfc8edcc3171834"
