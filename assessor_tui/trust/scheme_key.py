"""The scheme's key: it signs rosters and nothing else. It stands in a folder of its own, never in the data folder."""

import os
from pathlib import Path
from typing import ClassVar, NamedTuple

from assessor_tui.i18n import N_
from assessor_tui.store import wrapped
from assessor_tui.store.errors import StoreError, from_system
from assessor_tui.trust.roster import DOMAIN, Roster, to_bytes

NAME = "scheme.key"
SHORTEST = 10
"""Characters that a passphrase of the scheme's key has at least."""


class NoSchemeKey(StoreError):
    """The scheme's key is not in this folder."""

    message: ClassVar[str] = N_(
        "There is no scheme key in {folder}. Put in the stick that holds it and name its folder with --key, or make "
        "one with “assessor trust init”."
    )
    exit_code: ClassVar[int] = 2


class SchemeKeyThere(StoreError):
    """A scheme's key stands there already; it is never replaced."""

    message: ClassVar[str] = N_(
        "{folder} holds a scheme key already. It is never replaced: use it, or choose another folder."
    )
    exit_code: ClassVar[int] = 4


class OtherScheme(StoreError):
    """The key is not the one that signed the roster of this team."""

    message: ClassVar[str] = N_(
        "The scheme key in {folder} is not the one of this team's roster. Put in the right stick; nothing was changed."
    )
    exit_code: ClassVar[int] = 4


class SchemeKey(NamedTuple):
    """The key, open."""

    private: bytes
    """32 raw bytes."""

    @property
    def public(self) -> str:
        """64 hexadecimal digits."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw().hex()

    def sign(self, roster: Roster) -> tuple[bytes, bytes]:
        """Bytes of the roster and the signature over them."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        data = to_bytes(roster)
        return data, Ed25519PrivateKey.from_private_bytes(self.private).sign(DOMAIN + data)


def make(folder: Path, passphrase: str, private: bytes = b"") -> SchemeKey:
    """A new key, which stands in ``folder`` wrapped by the passphrase.

    Raises:
        SchemeKeyThere: when there is one already.
        StoreError: when the folder does not take it.
    """
    key = SchemeKey(private or os.urandom(32))
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise SchemeKeyThere(folder)
        wrapped.replace(path, wrapped.wrap(key.private.hex(), passphrase))
    except OSError as error:
        raise from_system(error, folder) from error
    return key


def open_key(folder: Path, passphrase: str) -> SchemeKey:
    """The key in ``folder``, or in the file that it names.

    Raises:
        NoSchemeKey: when there is none.
        WrongPassphrase: when this is not its passphrase.
    """
    path = folder if folder.is_file() else folder / NAME
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoSchemeKey(folder) from error
    try:
        private = bytes.fromhex(wrapped.unwrap(data, passphrase, path.parent))
    except ValueError as error:
        raise NoSchemeKey(folder) from error
    if len(private) != 32:
        raise NoSchemeKey(folder)
    return SchemeKey(private)
