"""Keys at rest: as they are, wrapped by a passphrase, in the keyring; the file never holds half of one."""

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from assessor_tui.store import keys, wrapped
from assessor_tui.store.errors import StoreError

DATA = b"what is signed"


@pytest.fixture
def device(tmp_path: Path) -> Iterator[str]:
    made, _ = keys.make(tmp_path, bytes(range(32)))
    yield made
    wrapped.lock_again()


class InMemory(KeyringBackend):
    """A keyring as the system has one."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))


def test_a_passphrase_is_asked_for_once_and_then_the_laptop_seals_as_before(tmp_path: Path, device: str) -> None:
    before, recipient = keys.sign(tmp_path, device, DATA), keys.recipient(tmp_path, device)
    keys.protect(tmp_path, device, wrapped.PASSPHRASE, "a long passphrase")
    assert keys.sign(tmp_path, device, DATA) == before  # whoever has just typed it is not asked at once
    wrapped.lock_again()  # the program is started again
    assert keys.is_locked(tmp_path, device)
    for use in (lambda: keys.sign(tmp_path, device, DATA), lambda: keys.identity(tmp_path, device)):
        with pytest.raises(wrapped.KeyLocked):
            use()
    for path in (tmp_path / keys.FOLDER).iterdir():
        assert b"AGE-SECRET" not in path.read_bytes() and bytes(range(32)).hex().encode() not in path.read_bytes()
        assert os.name == "nt" or path.stat().st_mode & 0o077 == 0
    with pytest.raises(wrapped.WrongPassphrase):
        keys.unlock(tmp_path, device, "another one")
    assert keys.is_locked(tmp_path, device)
    keys.unlock(tmp_path, device, "a long passphrase")
    assert not keys.is_locked(tmp_path, device)
    assert (keys.sign(tmp_path, device, DATA), keys.recipient(tmp_path, device)) == (before, recipient)
    keys.protect(tmp_path, device, wrapped.NONE)
    wrapped.lock_again()
    assert keys.how_protected(tmp_path, device) == wrapped.NONE
    assert keys.sign(tmp_path, device, DATA) == before


def test_the_keyring_of_the_system_keeps_the_key(tmp_path: Path, device: str) -> None:
    before, ring = keyring.get_keyring(), InMemory()
    signature = keys.sign(tmp_path, device, DATA)
    keyring.set_keyring(ring)
    try:
        keys.protect(tmp_path, device, wrapped.KEYRING)
        assert keys.how_protected(tmp_path, device) == wrapped.KEYRING
        assert keys.path_of(tmp_path, device).read_bytes() == b"keyring\n"
        assert keys.sign(tmp_path, device, DATA) == signature
        ring.kept.clear()  # another account, another laptop
        with pytest.raises(wrapped.NoKeyring):
            keys.sign(tmp_path, device, DATA)
    finally:
        keyring.set_keyring(before)


def test_without_a_keyring_it_is_said_and_the_key_stays_as_it_was(tmp_path: Path, device: str) -> None:
    signature = keys.sign(tmp_path, device, DATA)
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(wrapped.NoKeyring):
            keys.protect(tmp_path, device, wrapped.KEYRING)
    finally:
        keyring.set_keyring(before)
    assert keys.how_protected(tmp_path, device) == wrapped.NONE
    assert keys.sign(tmp_path, device, DATA) == signature


def test_a_disk_that_is_full_leaves_the_key_as_it_was(
    tmp_path: Path, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = keys.sign(tmp_path, device, DATA)
    keys.recipient(tmp_path, device)
    kept = {path: path.read_bytes() for path in (tmp_path / keys.FOLDER).iterdir()}

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError):
            keys.protect(tmp_path, device, wrapped.NONE)
    assert {path: path.read_bytes() for path in (tmp_path / keys.FOLDER).iterdir()} == kept
    assert keys.sign(tmp_path, device, DATA) == signature
