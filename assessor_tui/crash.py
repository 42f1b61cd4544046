"""The note that an error of the program itself leaves behind: where it happened, without a single answer."""

import sys
import traceback
from pathlib import Path

from assessor_tui import __version__

_MOST_NOTES = 1_000


def write_crash_note(folder: Path, error: BaseException) -> Path | None:
    """The note's file: kind and place of the error and of what caused it; None when it cannot be written.

    Messages and variables are left out, for answers may stand in them.
    """
    lines = [f"assessor {__version__}, python {sys.version.split()[0]} on {sys.platform}"]
    cause: BaseException | None = error
    while cause is not None:
        lines.append(type(cause).__qualname__)
        lines += [
            f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = _cause(cause)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_NOTES):
            file = folder / f"crash-{number:03}.txt"
            if not file.exists():
                file.write_text("\n".join(lines) + "\n", encoding="utf-8")
                return file
    except OSError:
        return None
    return None


def _cause(error: BaseException) -> BaseException | None:
    """What raised it: a worker's failure names its error without raising from it."""
    named = getattr(error, "error", None)
    return named if isinstance(named, BaseException) else error.__cause__
