"""The device's key."""

import hashlib
import stat
import sys

import pytest

from assessor_tui.store import errors, keys


def test_a_device_is_named_after_its_public_key(tmp_path):
    device, public = keys.make(tmp_path)
    assert device == hashlib.sha256(public).hexdigest()[:32]
    assert len(public) == 32


def test_a_key_that_was_given_makes_the_same_device_everywhere(tmp_path):
    (tmp_path / "other").mkdir()
    given = bytes(range(32))
    assert keys.make(tmp_path, given) == keys.make(tmp_path / "other", given) != keys.make(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_private_key_is_for_its_owner_only(tmp_path):
    device, _ = keys.make(tmp_path)
    path = keys.path_of(tmp_path, device)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_device_signs_can_be_checked_by_everyone(tmp_path):
    device, public = keys.make(tmp_path)
    signature = keys.sign(tmp_path, device, b"seal")
    assert keys.is_signature(public, signature, b"seal")
    assert not keys.is_signature(public, signature, b"other")
    assert not keys.is_signature(public, b"short", b"seal")
    assert not keys.is_signature(b"short", signature, b"seal")
    assert not keys.is_signature(keys.make(tmp_path)[1], signature, b"seal")


def test_a_missing_or_broken_key_is_one_clear_error(tmp_path):
    with pytest.raises(errors.KeyMissing):
        keys.sign(tmp_path, "0" * 32, b"seal")
    device, _ = keys.make(tmp_path)
    keys.path_of(tmp_path, device).write_text("broken", encoding="ascii")
    with pytest.raises(errors.KeyMissing):
        keys.sign(tmp_path, device, b"seal")


def test_a_folder_that_cannot_hold_a_key_is_one_clear_error(tmp_path):
    (tmp_path / "keys").write_text("in the way", encoding="utf-8")
    with pytest.raises(errors.FolderNotWritable):
        keys.make(tmp_path)


def test_an_identity_is_made_when_first_asked_for_and_stays(tmp_path):
    device, _ = keys.make(tmp_path)
    assert not keys.identity_path(tmp_path, device).exists()
    identity, recipient = keys.identity(tmp_path, device), keys.recipient(tmp_path, device)
    assert identity.startswith("AGE-SECRET-KEY-1") and recipient.startswith("age1")
    assert (keys.identity(tmp_path, device), keys.recipient(tmp_path, device)) == (identity, recipient)
    assert sorted(path.name for path in (tmp_path / keys.FOLDER).iterdir()) == [f"{device}.age", f"{device}.key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(keys.identity_path(tmp_path, device).stat().st_mode) == 0o600


def test_a_damaged_identity_is_said_and_not_made_anew(tmp_path):
    device, _ = keys.make(tmp_path)
    keys.identity(tmp_path, device)
    for damaged in ("", "AGE-SECRET-KEY-1", "\x00\xff"):
        keys.identity_path(tmp_path, device).write_text(damaged, encoding="latin-1")
        with pytest.raises(errors.KeyMissing):
            keys.identity(tmp_path, device)
