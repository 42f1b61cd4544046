"""What can fail in the world around the ledger. Each class has its sentence, with blanks, and its exit code."""

import sqlite3
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import ClassVar

from assessor_tui.i18n import N_

_FULL = (ENOSPC, EDQUOT)


class StoreError(Exception):
    """The ledger cannot be used."""

    message: ClassVar[str] = N_("The ledger in {folder} cannot be used: {reason}.")
    exit_code: ClassVar[int] = 1

    def __init__(self, folder: Path | str, **parameters: str) -> None:
        self.parameters = {"folder": str(folder), **parameters}
        """Blanks of the sentence."""
        super().__init__(self.message.format(**{"reason": "", **self.parameters}))


class NoLedger(StoreError):
    """There is no ledger in this folder."""

    message: ClassVar[str] = N_(
        "There is no ledger in {folder} yet. Start the program once, or name another folder with --data."
    )


class LedgerOpenElsewhere(StoreError):
    """Another program is writing in this folder."""

    message: ClassVar[str] = N_(
        "Another assessor program is open on {folder}. Close it first; looking and reporting work beside it."
    )
    exit_code: ClassVar[int] = 4


class FolderNotWritable(StoreError):
    """The folder of the ledger cannot be written."""

    message: ClassVar[str] = N_("{folder} cannot be written ({reason}). Free it, or name another folder with --data.")


class DiskFull(StoreError):
    """The disk is full; the last act was not recorded."""

    message: ClassVar[str] = N_(
        "The disk of {folder} is full. The last act was not recorded; everything before it is safe. Make room."
    )


class LedgerDamaged(StoreError):
    """The ledger file is damaged."""

    message: ClassVar[str] = N_(
        "The ledger in {folder} is damaged ({reason}). Close the program and type: "
        'assessor doctor --restore --data "{folder}" '
        "It puts the newest good backup in its place, sets the damaged file aside without deleting it, brings over "
        "what can still be read of it, and says which bundles to merge again. Photos and papers stay where they are."
    )
    exit_code: ClassVar[int] = 5


class LedgerGone(LedgerDamaged):
    """The file of the ledger is not there, though backups of it are."""

    message: ClassVar[str] = N_(
        "The ledger in {folder} is gone, but backups of it are there. Type: "
        'assessor doctor --restore --data "{folder}" '
        "It puts the newest good backup in its place and says which bundles to merge again. "
        "Photos and papers stay where they are."
    )


class LedgerTooNew(StoreError):
    """The ledger was made by a newer version of the program."""

    message: ClassVar[str] = N_(
        "The ledger in {folder} was made by a newer version of this program (schema {version}). Update first."
    )
    exit_code: ClassVar[int] = 4


class BackupFailed(StoreError):
    """No backup could be made that opens and holds everything."""

    message: ClassVar[str] = N_(
        "No good backup of the ledger in {folder} could be made ({reason}). What is in the ledger stays as it was."
    )


class NoRoomForBackup(BackupFailed):
    """The disk is nearly full: there is no room for a backup."""

    message: ClassVar[str] = N_(
        "The disk of {folder} is nearly full: no backup was made ({needed} MB are needed, {free} MB are free). "
        "Your work is saved. Make room."
    )


class BackupNotGood(StoreError):
    """A backup does not pass the check."""

    message: ClassVar[str] = N_(
        "The backup {folder} is not good ({reason}). Take another one; “assessor doctor --backups” lists them."
    )
    exit_code: ClassVar[int] = 5


class NoDevice(StoreError):
    """Nobody has said yet who works on this laptop."""

    message: ClassVar[str] = N_("Nobody is named yet in {folder}. Say who works on this laptop first.")
    exit_code: ClassVar[int] = 2


class KeyMissing(StoreError):
    """The key of this device is not there."""

    message: ClassVar[str] = N_(
        "The key of this device is missing in {folder}. Open the program once: it will make a new device."
    )
    exit_code: ClassVar[int] = 5


class EntryTooLong(StoreError):
    """An act is longer than one entry may be; it was not recorded."""

    message: ClassVar[str] = N_(
        "This is too long for one entry ({size} bytes of {limit}). Shorten it; nothing was recorded."
    )
    exit_code: ClassVar[int] = 4


class ReadingOnly(StoreError):
    """The ledger is open for reading only."""

    message: ClassVar[str] = N_("The ledger in {folder} is open for reading only.")
    exit_code: ClassVar[int] = 4


def from_sqlite(error: sqlite3.Error, folder: Path) -> StoreError:
    """The failure of the world behind an error of SQLite."""
    whole_code = getattr(error, "sqlite_errorcode", 0)
    code = whole_code & 0xFF
    reason = str(error)
    # Where the file beside the log cannot grow, SQLite does not say that the disk is full.
    if code == sqlite3.SQLITE_FULL or whole_code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return DiskFull(folder)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return FolderNotWritable(folder, reason=reason)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LedgerDamaged(folder, reason=reason)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerOpenElsewhere(folder)
    return StoreError(folder, reason=reason)


def from_system(error: OSError, folder: Path) -> StoreError:
    """The failure of the world behind an error of the operating system."""
    if error.errno in _FULL:
        return DiskFull(folder)
    return FolderNotWritable(folder, reason=error.strerror or type(error).__name__)
