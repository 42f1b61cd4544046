"""A word kept outside the database about how far this device had come, where, and on which machine.

A restored backup and a cloned folder know less than the device has already written; continuing there would use a
sequence number twice. The marker tells, and the laptop then goes on as a new device. It is never asked what an entry
says, so losing it costs a new device and nothing else.
"""

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from assessor_tui.store.connect import DATABASE

_DIGITS = 16
NEVER = 10**_DIGITS - 1
"""More entries than any device writes: what stands under such a marker was restored."""
RESTORED, CLONED, KEYLESS = "restored", "cloned", "keyless"
"""Why a laptop goes on as a new device."""
INSIDE = "markers"
"""Folder inside the data folder where markers stand when no other place is named."""


class Said(NamedTuple):
    """What a marker says."""

    written: int
    """How many entries the device has written, at least."""
    folder: str
    """Where its ledger stood."""
    machine: str
    """On which machine; ``""`` where nobody can tell."""


def read(path: Path) -> Said | None:
    """What the marker says; None when there is none that can be read."""
    try:
        count, *places = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        machine = places.pop() if len(places) > 1 else ""
        return Said(int(count), "\n".join(places), machine)
    except (OSError, ValueError):
        return None


def doubt(path: Path, folder: Path, written: int, machine: str = "") -> str:
    """Why this ledger must not continue its device's logs: ``restored``, ``cloned``, or ``""`` when it may.

    Args:
        path: the device's marker.
        folder: where the ledger stands now.
        written: how many entries of the device it holds.
        machine: as ``this_machine`` says.
    """
    said = read(path)
    if said is None:
        return CLONED
    if said.written > written:
        return RESTORED
    if said.machine and machine and said.machine != machine:
        return CLONED
    other = Path(said.folder)
    if other != folder and (other / DATABASE).exists():
        return CLONED
    return ""


def place_of(markers: Path, folder: Path, device: str) -> Path:
    """Where the device's marker stands: in ``markers``, or still inside the data folder, where it is no longer put."""
    outside, inside = markers / device, folder / INSIDE / device
    return outside if outside.exists() or not inside.exists() else inside


def this_machine() -> str:
    """A word for this machine that another one does not have, of 16 characters; ``""`` where the system gives none."""
    said = ""
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            said = str(winreg.QueryValueEx(key, "MachineGuid")[0])
    else:
        with suppress(OSError, ValueError):
            said = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    return hashlib.sha256(f"assessor-marker\0{said}".encode()).hexdigest()[:16] if said else ""


def forbid(markers: Path, folder: Path, device: str) -> None:
    """Nothing; whatever ledger of this device is opened from now on goes on as a new device. Durable.

    Raises:
        OSError: when the marker cannot be written.
    """
    markers.mkdir(parents=True, exist_ok=True)
    part = markers / f"{device}.part"
    with part.open("wb") as file:
        file.write(f"{NEVER:0{_DIGITS}d}\n{folder}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    part.replace(markers / device)


class Marker:
    """The marker of one device, held open while the ledger is."""

    def __init__(self, path: Path, folder: Path, written: int, machine: str = "") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        # Never emptied first: a program killed in between would leave a marker that says nothing.
        self._file = path.open("r+b", buffering=0)
        self._file.write(f"{written:0{_DIGITS}d}\n{folder}\n{machine}{chr(10) if machine else ''}".encode())
        self._file.truncate()
        self._written = written

    def move(self, written: int) -> None:
        """Nothing; the marker says ``written`` now. Not forced to disk: lagging behind is harmless."""
        if written == self._written:
            return
        try:
            self._file.seek(0)
            self._file.write(f"{written:0{_DIGITS}d}".encode())
        except OSError:
            # The entries are safe; a marker that lags behind only makes a restored backup harder to tell.
            return
        self._written = written

    def close(self) -> None:
        """Nothing; the file is closed."""
        self._file.close()
