"""The key of this device: Ed25519, made at first run, kept in the data folder for its owner only.

``cryptography`` and how keys are wrapped are imported late: answering needs no key, only a bundle's seal does.
"""

import hashlib
import os
from pathlib import Path

from assessor_tui.store.errors import KeyMissing, from_system

FOLDER = "keys"


def device_id(public: bytes) -> str:
    """Id of the device with this public key (32 raw bytes): half of its SHA-256, in hexadecimal."""
    return hashlib.sha256(public).digest()[:16].hex()


def make(folder: Path, private_key: bytes = b"") -> tuple[str, bytes]:
    """Id and public key (32 raw bytes) of a new device, whose private key is on disk when this returns.

    Args:
        folder: the data folder.
        private_key: 32 raw bytes to be the key instead of random ones, where every run must give the same.

    Raises:
        StoreError: when the key cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(private_key) if private_key else Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    device = device_id(public)
    path = path_of(folder, device)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_once(path, private.private_bytes_raw().hex())
    except OSError as error:
        raise from_system(error, folder) from error
    return device, public


def sign(folder: Path, device: str, data: bytes) -> bytes:
    """Signature (64 bytes) of the device over ``data``.

    Raises:
        KeyMissing: when its private key is not in the folder or cannot be read.
        KeyLocked: when its passphrase was not typed yet.
    """

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assessor_tui.store import wrapped

    try:
        text = wrapped.read(path_of(folder, device))
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text)).sign(data)
    except (OSError, ValueError) as error:
        raise KeyMissing(folder) from error


def identity(folder: Path, device: str) -> str:
    """The device's age identity, ``AGE-SECRET-KEY-1...``, that opens what is encrypted for it; made when first needed.

    Raises:
        StoreError: when it cannot be written; ``KeyMissing`` when it is there and cannot be read.
    """

    from pyrage import IdentityError, x25519

    from assessor_tui.store import wrapped

    path = identity_path(folder, device)
    try:
        text = wrapped.read(path)
        return str(x25519.Identity.from_str(text))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, IdentityError) as error:
        raise KeyMissing(folder) from error
    made = str(x25519.Identity.generate())
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write_whole(path, made)
    except FileExistsError:  # a second program of this laptop was quicker
        return identity(folder, device)
    except OSError as error:
        raise from_system(error, folder) from error
    return made


def recipient(folder: Path, device: str) -> str:
    """The public half of ``identity``, ``age1...``, that others encrypt to; errors as there."""
    from pyrage import x25519

    return str(x25519.Identity.from_str(identity(folder, device)).to_public())


def is_locked(folder: Path, device: str) -> bool:
    """True when a passphrase has to be typed before this device can seal."""
    from assessor_tui.store import wrapped

    return wrapped.is_locked(path_of(folder, device))


def how_protected(folder: Path, device: str) -> str:
    """``none``, ``passphrase`` or ``keyring``.

    Raises:
        KeyMissing: when its key cannot be read.
    """
    from assessor_tui.store import wrapped

    try:
        return wrapped.how(path_of(folder, device))
    except OSError as error:
        raise KeyMissing(folder) from error


def unlock(folder: Path, device: str, passphrase: str) -> None:
    """Nothing; the device can seal and open what is encrypted for it until the program ends.

    Raises:
        WrongPassphrase: when this is not its passphrase.
        KeyMissing: when its key cannot be read.
    """
    from assessor_tui.store import wrapped

    try:
        wrapped.unlock(path_of(folder, device), passphrase)
    except OSError as error:
        raise KeyMissing(folder) from error


def protect(folder: Path, device: str, kind: str, passphrase: str = "") -> None:
    """Nothing; both keys of the device are protected by ``passphrase``, by the system's ``keyring`` or by ``none``.

    Raises:
        KeyLocked, NoKeyring, KeyMissing, StoreError: when they cannot be; what was not done yet stays as it was.
    """
    from assessor_tui.store import wrapped

    identity(folder, device)  # made now, or it would be made unprotected later
    try:
        wrapped.protect([path_of(folder, device), identity_path(folder, device)], kind, passphrase)
    except (OSError, ValueError) as error:
        raise KeyMissing(folder) from error


def give_up(folder: Path, device: str) -> None:
    """Nothing; the device's keys, whose passphrase nobody knows any more, are put aside and kept.

    The ledger goes on as a new device when it is next opened, as after a lost key.

    Raises:
        KeyMissing: when they cannot be put aside.
    """
    try:
        for path in (identity_path(folder, device), path_of(folder, device)):
            if path.exists():
                path.rename(path.with_name(f"{path.name}.forgotten"))
    except OSError as error:
        raise KeyMissing(folder) from error


def is_signature(public: bytes, signature: bytes, data: bytes) -> bool:
    """True when ``signature`` over ``data`` was made by the owner of ``public`` (32 raw bytes)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _write_whole(path: Path, secret: str) -> None:
    """Nothing; the secret stands in a new file, as ``write_once``, which holds all of it or is not there."""
    part = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        write_once(part, secret)
        try:
            os.link(part, path)  # unlike a rename it never replaces
        except FileExistsError:
            raise
        except OSError:  # a disk that knows no links
            part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def write_once(path: Path, secret: str) -> None:
    """Nothing; the secret stands in a new file for its owner only, durable.

    Raises:
        OSError: when the file is there already or cannot be written.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())


def identity_path(folder: Path, device: str) -> Path:
    """Where the age identity of ``device`` stands."""
    return folder / FOLDER / f"{device}.age"


def path_of(folder: Path, device: str) -> Path:
    """Where the private key of ``device`` stands."""
    return folder / FOLDER / f"{device}.key"
