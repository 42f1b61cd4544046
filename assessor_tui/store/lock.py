"""One program writes a ledger at a time. Reading needs no lock."""

from pathlib import Path
from typing import TYPE_CHECKING

from assessor_tui.store.errors import LedgerOpenElsewhere, from_system

if TYPE_CHECKING:
    from filelock import BaseFileLock

NAME = "ledger.lock"


def take(folder: Path) -> "BaseFileLock":
    """The lock of this folder, taken; ``release()`` gives it back, and so does the end of the process.

    Raises:
        LedgerOpenElsewhere: when another program has it.
        StoreError: when the lock file cannot be written.
    """
    from filelock import FileLock, Timeout  # late: reading never needs it

    lock = FileLock(folder / NAME, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise LedgerOpenElsewhere(folder) from None
    except (OSError, NotImplementedError) as error:
        raise from_system(error if isinstance(error, OSError) else OSError(str(error)), folder) from error
    return lock
