"""A bundle of every released format version reads for ever. These files are never written anew."""

import hashlib
from pathlib import Path

import pytest

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


def test_the_first_version_is_among_them() -> None:
    assert hashlib.sha256((GOLDEN / "bundle-1.0.zip").read_bytes()).hexdigest() == DIGEST


DIGEST = "a02b0aaf3b1cd2376736a67fbf84e5e5bb9ee9973951d0aa4dfc8edcc3171834"
