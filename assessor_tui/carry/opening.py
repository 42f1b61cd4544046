"""Opening bundles with the keys of this laptop: those that are encrypted for it read like any other."""

from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from assessor_tui.bundle.read import Bundle, Outline, open_bundle, read_outline
from assessor_tui.store import keys
from assessor_tui.store.errors import StoreError
from assessor_tui.store.ledger import Store

SCRATCH = "scratch"
"""Folder in the data folder where a large encrypted bundle is unpacked, under no name."""


def open_here(store: Store, path: Path, known: Container[str] = frozenset()) -> Bundle:
    """The bundle at ``path``, every check passed, opened with this laptop's keys when it is encrypted.

    Args:
        store: whose keys open it.
        path: the file.
        known: SHA-256 of forms and schemes that need no parsing again.

    Raises:
        BundleError: when it is refused.
        StoreError: when it is encrypted and this laptop's key cannot be used now, such as ``KeyLocked``.
    """
    scratch = store.folder / SCRATCH
    return open_bundle(path, known=known, identities=lambda: identities_of(store), scratch=scratch)


def outline_here(store: Store, path: Path) -> Outline:
    """What seal and list of parts say of the bundle; errors as ``open_here``."""
    return read_outline(path, identities=lambda: identities_of(store), scratch=store.folder / SCRATCH)


def identities_of(store: Store) -> list[str]:
    """The age identities of this laptop: its own, and those of the devices that it was before it was restored.

    None is made here: as long as there is none, nothing can be encrypted for this laptop.

    Raises:
        KeyLocked: when the passphrase of its own was not typed yet.
        KeyMissing, StoreError: when its own cannot be read.
    """
    own = store.device.id if store.device is not None else ""
    found = []
    if own and keys.identity_path(store.folder, own).exists():
        found.append(keys.identity(store.folder, own))
    for path in sorted((store.folder / keys.FOLDER).glob("*.age")):
        if path.stem != own:
            with suppress(StoreError):
                found.append(keys.identity(store.folder, path.stem))
    return found
