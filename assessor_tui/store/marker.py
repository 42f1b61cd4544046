"""A word kept outside the database about how far this device had come.

A restored backup and a cloned folder know less than the device has already written; continuing there would use a
sequence number twice. The marker tells, and the laptop then goes on as a new device. It is never asked what an entry
says, so losing it costs a new device and nothing else.
"""

from pathlib import Path

from assessor_tui.store.connect import DATABASE

_DIGITS = 16
RESTORED, CLONED, KEYLESS = "restored", "cloned", "keyless"
"""Why a laptop goes on as a new device."""


def doubt(marker: Path, folder: Path, written: int) -> str:
    """Why this ledger must not continue its device's logs: ``restored``, ``cloned``, or ``""`` when it may.

    ``written`` is how many entries of the device the ledger in ``folder`` holds.
    """
    try:
        count, _, place = marker.read_text(encoding="utf-8").partition("\n")
        known = int(count)
    except (OSError, ValueError):
        return CLONED if written else ""
    if known > written:
        return RESTORED
    other = Path(place.rstrip("\n"))
    if other != folder and (other / DATABASE).exists():
        return CLONED
    return ""


class Marker:
    """The marker of one device, held open while the ledger is."""

    def __init__(self, path: Path, folder: Path, written: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        # Never emptied first: a program killed in between would leave a marker that says nothing.
        self._file = path.open("r+b", buffering=0)
        self._file.write(f"{written:0{_DIGITS}d}\n{folder}\n".encode())
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
