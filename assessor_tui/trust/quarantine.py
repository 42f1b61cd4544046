"""Bundles held back: the whole file in ``quarantine/`` under its digest, a row that says why, and a decision."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.bundle.error import CANNOT_READ, TOO_MUCH_HELD, BundleError
from assessor_tui.bundle.read import Bundle
from assessor_tui.evidence.files import CannotKeep, sync_folder
from assessor_tui.store import trusted
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import ACCEPTED, WAITING
from assessor_tui.trust.judge import HeldBack

FOLDER = "quarantine"
MOST_FILES, MOST_BYTES = 1_000, 4 * 1024**3
"""Held back at a time: whoever fills a shared folder with bundles of his own fills no laptop's disk."""
_SPARE = 512 * 1024**2
"""Bytes of the disk that what is held back leaves free for the work."""
_ENCRYPTED = b"age-encryption.org/"
_SUFFIXES = (".zip", ".zip.age")


class Waiting(NamedTuple):
    """A bundle held back, wholly or in part."""

    digest: str
    visit: str
    state: str
    """``waiting``, ``accepted`` or ``declined``."""
    file: str
    """Name that the file had when it came."""
    sender: str
    """Who it says it is from."""
    device: str
    """The sender's."""
    signed: bool
    """True when that device signed it."""
    held: tuple[HeldBack, ...]
    entries: int
    """How many entries are held back."""
    new_here: bool
    """True when nothing of its visit was on this laptop when it came."""
    path: Path
    arrived: int
    """By this laptop's clock, in microseconds since 1970."""


def hold(store: Store, bundle: Bundle, held: Iterable[HeldBack]) -> None:
    """Nothing; the bundle, whose copy stands in the folder, waits for a decision.

    Raises:
        StoreError: when the disk does not take it.
    """
    seal = bundle.seal
    facts: dict[str, Any] = {
        "file": bundle.file,
        "sender": seal.person,
        "device": seal.device,
        "signed": bundle.signed,
        "new here": not store.knows(seal.visit),
        "held": [list(each) for each in held],
    }
    trusted.keep_held(store, bundle.digest, seal.visit, facts, now=store.now())


def bundles_held(store: Store, state: str = WAITING) -> list[Waiting]:
    """Bundles held back in this state (``""``: whatever was decided), the first to arrive first.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    return [_waiting(store, row) for row in trusted.held_rows(store, state)]


def _waiting(store: Store, row: trusted.HeldRow) -> Waiting:
    facts: Mapping[str, Any] = row.facts
    held = tuple(HeldBack(*each) for each in facts["held"])
    entries = sum(each.end - each.begin + 1 for each in held if each.begin)
    return Waiting(
        row.digest, row.visit, row.state, facts["file"], facts["sender"], facts["device"], facts["signed"],
        held, entries, facts["new here"], path_of(store.folder, row.digest), row.arrived,
    )  # fmt: skip


def path_of(folder: Path, digest: str) -> Path:
    """Where the file of a bundle held back stands, encrypted or not."""
    paths = [folder / FOLDER / f"{digest}{suffix}" for suffix in _SUFFIXES]
    return next((path for path in paths if path.exists()), paths[0])


def keep_copy(folder: Path, bundle: Bundle, path: Path, open_again: Callable[[Path], Bundle]) -> Path:
    """Where the bundle's file stands in ``folder`` from now on, byte for byte as it came, under its digest.

    Nothing half is ever there: the copy gets its name once it is on disk, read again and found to be this bundle.

    Args:
        folder: made when it is not there.
        bundle: as it was opened from ``path``.
        path: the file.
        open_again: opens the copy as the file was opened.

    Raises:
        CannotKeep: when the disk does not take it.
        BundleError: when the file is no longer the one that was opened.
    """
    part = folder / f"{bundle.digest}.part"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with path.open("rb") as source:
            first = source.read(len(_ENCRYPTED))
            source.seek(0)
            target = folder / f"{bundle.digest}{_SUFFIXES[first == _ENCRYPTED]}"
            if target.exists():
                return target
            with part.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1024 * 1024)
                copy.flush()
                os.fsync(copy.fileno())
        with open_again(part) as copied:
            if copied.digest != bundle.digest:
                raise BundleError(CANNOT_READ, reason="it has changed meanwhile", file=bundle.file)
        part.replace(target)
        sync_folder(folder)
    except OSError as error:
        raise CannotKeep(bundle.file, error.strerror or type(error).__name__) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def check_room(store: Store, bundle: Bundle, path: Path) -> None:
    """Nothing, when there is room for one more bundle that waits; what is held back already needs none.

    Raises:
        BundleError: otherwise; the file stays where it came from.
        CannotKeep: when the folder cannot be looked into.
    """
    states = trusted.decisions(store)
    if bundle.digest in states:
        return
    waiting = [path_of(store.folder, digest) for digest, state in states.items() if state == WAITING]
    try:
        sizes = [each.stat().st_size for each in waiting if each.exists()]
        size, free = path.stat().st_size, shutil.disk_usage(store.folder).free
    except OSError as error:
        raise CannotKeep(bundle.file, error.strerror or type(error).__name__) from error
    reason = ""
    if len(sizes) >= MOST_FILES:
        reason = f"{len(sizes)} files"
    elif sum(sizes) + size > MOST_BYTES:
        reason = f"{sum(sizes) // 1024**2} MiB"
    elif free - size < _SPARE:
        reason = f"{free // 1024**2} MiB free"
    if reason:
        raise BundleError(TOO_MUCH_HELD, reason=reason, file=bundle.file)


def forget(store: Store, visit: str) -> None:
    """Nothing; files of this visit that were declined are gone from the disk, for the visit leaves this laptop.

    What was decided stays: should one of them come again, it stays out.
    """
    for row in trusted.held_rows(store):
        if row.visit == visit and row.state != WAITING:
            with suppress(OSError):
                path_of(store.folder, row.digest).unlink(missing_ok=True)


def clear(store: Store) -> None:
    """Nothing; of what was let in wholly the file goes, and so does what a crash has left half.

    What was declined, and what waits, stays.
    """
    folder = store.folder / FOLDER
    if not folder.is_dir():
        return
    states = trusted.decisions(store)
    for path in folder.iterdir():
        digest = path.name.partition(".")[0]
        if path.suffix == ".part" or states.get(digest) == ACCEPTED:
            with suppress(OSError):  # the next time, then
                path.unlink()
