"""When backups are made without being asked for: once a day, and before much is taken in."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from assessor_tui.bundle.error import BundleError
from assessor_tui.store import backups
from assessor_tui.store.errors import StoreError
from assessor_tui.store.ledger import Store

_LEAST, _USUAL = 12, 40
"""Bytes that an entry takes in a bundle at the very least, so that no small one need be opened, and usually."""


def back_up_daily(store: Store) -> bool:
    """True when a backup was begun beside the work, for the newest one is older than 24 hours.

    ``backups.failure`` says later why none came of it.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    if not backups.is_due(store.folder, store.now()):
        return False
    # What a crash kept from leaving the backups when its visit was put away leaves them now.
    away = [line["visit"] for line in store.put_away_lines() if not store.knows(line["visit"])]
    if away:
        backups.forget(store.folder, away)
    return backups.begin(store.folder, backups.DAILY, store.now())


def back_up_before_import(store: Store, paths: Iterable[Path]) -> None:
    """Nothing; a backup of this moment is begun beside the import of ``paths`` when they bring many entries.

    The import need not wait: the backup sees the ledger as it was. A failure is said, and stops no import.
    """
    if brings_many(paths):
        with suppress(StoreError):  # what cannot be read now cannot be merged into either: the import says so
            backups.begin(store.folder, backups.IMPORT, store.now())


def brings_many(paths: Iterable[Path], most: int = backups.MANY) -> bool:
    """True when the bundles at ``paths`` bring more than ``most`` entries by their seals; a small one is not opened."""
    sizes: dict[Path, int] = {}
    for path in paths:
        with suppress(OSError):
            sizes[path] = path.stat().st_size
    if sum(sizes.values()) <= most * _LEAST:
        return False
    from assessor_tui.bundle.read import read_seal

    count = 0
    for path in sizes:
        try:
            count += sum(each.end - each.begin + 1 for each in read_seal(path).segments)
        except BundleError:
            # Encrypted, or not a bundle at all: a backup too many costs nobody anything.
            count += sizes[path] // _USUAL
        if count > most:
            return True
    return False
