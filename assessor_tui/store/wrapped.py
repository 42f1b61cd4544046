"""Secrets of keys at rest: for their owner only as they are, wrapped by a passphrase, or in the system's keyring.

What was unlocked stays so while the program runs. Answering needs no key; sealing and decrypting do.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from assessor_tui.i18n import N_
from assessor_tui.store.errors import StoreError, from_system

NONE, PASSPHRASE, KEYRING = "none", "passphrase", "keyring"

_AGE = b"age-encryption.org/"
_IN_KEYRING = b"keyring\n"
_WITH_FIRST = b"with the key\n"
"""Stands in the file of a secret that is wrapped together with another."""
_SERVICE = "assessor_tui"

_open: dict[Path, str] = {}
"""Secrets unlocked since the program began."""


class KeyLocked(StoreError):
    """The key is wrapped by a passphrase that nobody has typed yet."""

    message: ClassVar[str] = N_(
        "The key of this laptop is locked by a passphrase, and sealing or opening a bundle needs it. Type it when "
        "asked, or set ASSESSOR_PASSPHRASE. Your answers are saved without it."
    )
    exit_code: ClassVar[int] = 4


class WrongPassphrase(StoreError):
    """The passphrase does not open the key."""

    message: ClassVar[str] = N_("This is not the passphrase. Nothing was changed; try again.")
    exit_code: ClassVar[int] = 4


class NoKeyring(StoreError):
    """The system has no keyring that this program can use."""

    message: ClassVar[str] = N_(
        "The keyring of this system cannot be used ({reason}). Protect the key with a passphrase instead."
    )
    exit_code: ClassVar[int] = 1


def wrap(secret: str, passphrase: str) -> bytes:
    """The secret, readable with the passphrase only; takes about a second, which makes guessing slow."""
    from pyrage import passphrase as age

    return bytes(age.encrypt(secret.encode(), passphrase))


def unwrap(data: bytes, passphrase: str, folder: Path) -> str:
    """The secret again.

    Raises:
        WrongPassphrase: when it is not the passphrase, or the file is damaged.
    """
    from pyrage import DecryptError
    from pyrage import passphrase as age

    try:
        return bytes(age.decrypt(data, passphrase)).decode()
    except (DecryptError, ValueError) as error:
        raise WrongPassphrase(folder) from error


def how(path: Path) -> str:
    """``none``, ``passphrase`` or ``keyring``: how the secret in this file is protected.

    Raises:
        OSError: when it cannot be read.
    """
    with path.open("rb") as file:
        first = file.read(len(_AGE))
    return PASSPHRASE if first == _AGE else KEYRING if first.startswith(_IN_KEYRING) else NONE


def is_locked(path: Path) -> bool:
    """True when a passphrase has to be typed before this secret can be used."""
    try:
        return path not in _open and how(path) == PASSPHRASE
    except OSError:
        return False


def read(path: Path) -> str:
    """The secret.

    Raises:
        KeyLocked: when its passphrase was not typed yet.
        NoKeyring: when it is in a keyring that does not give it.
        OSError, ValueError: when the file cannot be read or holds no text.
    """
    if path in _open:
        return _open[path]
    data = path.read_bytes()
    if data.startswith(_AGE) or data == _WITH_FIRST:
        raise KeyLocked(path.parent)
    if data == _IN_KEYRING:
        return _from_keyring(path)
    return data.decode("ascii").strip()


def unlock(path: Path, passphrase: str) -> None:
    """Nothing; the secret, and those wrapped with it, can be used until the program ends.

    Raises:
        WrongPassphrase: when this is not its passphrase.
        OSError: when the file cannot be read.
    """
    if how(path) == PASSPHRASE:
        for line in unwrap(path.read_bytes(), passphrase, path.parent).splitlines():
            name, _, secret = line.partition(" ")
            _open[path.with_name(name)] = secret


def lock_again() -> None:
    """Nothing; every passphrase has to be typed again."""
    _open.clear()


def protect(paths: Sequence[Path], kind: str, passphrase: str = "") -> None:
    """Nothing; the secrets in these files of one folder are protected in this way from now on.

    A passphrase wraps them together in the first file, for each wrapping takes a second. Each file is replaced whole,
    in such an order that every secret can be read in the old way or in the new one, whatever happens meanwhile.

    Raises:
        KeyLocked, NoKeyring, StoreError: when it cannot be; what was not done yet stays as it was.
        OSError, ValueError: when a file cannot be read.
    """
    secrets = {path: read(path) for path in paths}
    if kind == PASSPHRASE:
        whole = "".join(f"{path.name} {secret}\n" for path, secret in secrets.items())
        files = dict.fromkeys(paths, _WITH_FIRST) | {paths[0]: wrap(whole, passphrase)}
    elif kind == KEYRING:
        for path, secret in secrets.items():
            _into_keyring(path, secret)
        files = dict.fromkeys(reversed(paths), _IN_KEYRING)
    else:
        files = {path: f"{secrets[path]}\n".encode() for path in reversed(paths)}
    try:
        for path, data in files.items():
            replace(path, data)
    except OSError as error:
        raise from_system(error, paths[0].parent) from error
    for path, secret in secrets.items():
        _open.pop(path, None)
        if kind == PASSPHRASE:
            _open[path] = secret


def replace(path: Path, data: bytes) -> None:
    """Nothing; the file for its owner only holds these bytes, durable; it never holds half of them.

    Raises:
        OSError: when it cannot be written; then it holds what it held.
    """
    part = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _into_keyring(path: Path, secret: str) -> None:
    try:
        import keyring
    except ImportError as error:
        raise NoKeyring(path.parent, reason="keyring is not installed") from error
    try:
        keyring.set_password(_SERVICE, path.name, secret)
        if keyring.get_password(_SERVICE, path.name) != secret:
            raise NoKeyring(path.parent, reason="it does not give back what it was given")
    except keyring.errors.KeyringError as error:
        raise NoKeyring(path.parent, reason=str(error)) from error


def _from_keyring(path: Path) -> str:
    try:
        import keyring
    except ImportError as error:
        raise NoKeyring(path.parent, reason="keyring is not installed") from error
    try:
        secret = keyring.get_password(_SERVICE, path.name)
    except keyring.errors.KeyringError as error:
        raise NoKeyring(path.parent, reason=str(error)) from error
    if secret is None:
        raise NoKeyring(path.parent, reason="it does not hold the key of this laptop")
    return secret
