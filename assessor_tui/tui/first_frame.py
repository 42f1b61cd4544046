"""What the screen looked like when the program was left, painted before anything else of it is loaded.

The frame is kept as the bytes a terminal draws it with, for one size of one kind of terminal. It is only ever a
picture: the program draws the same place again from the ledger a moment later, and keys typed meanwhile wait in the
terminal. Nothing of Textual is imported here.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

FILE = "first_frame"
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
_SYNC_BEGIN, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


def kind_of_terminal(width: int, height: int, environment: Mapping[str, str] = os.environ) -> str:
    """What a kept frame must have been made for to be painted again; one line."""
    names = ("TERM", "COLORTERM", "NO_COLOR", "TEXTUAL_DRIVER", "TEXTUAL_COLOR_SYSTEM", "TERM_PROGRAM")
    said = "\t".join(environment.get(name, "") for name in names)
    return f"1\t{width}x{height}\t{said}".replace("\n", " ")


def keep(folder: Path, kind: str, frame: str) -> None:
    """Nothing; keeps the frame. A folder that does not take it costs the picture and nothing else."""
    with suppress(OSError):
        part = folder / f"{FILE}.part"
        with open(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.write(f"{kind}\n{frame}")
        part.replace(folder / FILE)


def paint(folder: str | Path) -> bool:
    """True when the kept frame now stands on the alternate screen of this terminal."""
    if sys.platform == "win32":
        return False  # the console understands these bytes only after Textual has set it up
    try:
        out = sys.__stdout__
        if out is None or not out.isatty():
            return False
        size = os.get_terminal_size(out.fileno())
        with open(os.path.join(folder, FILE), encoding="utf-8", newline="") as file:
            if file.readline().rstrip("\n") != kind_of_terminal(size.columns, size.lines):
                return False
            frame = file.read(400_000)
        out.write(f"{ENTER}\x1b[?25l{_SYNC_BEGIN}{frame}{_SYNC_END}")
        out.flush()
    except (OSError, ValueError):
        return False
    return True


def take_away() -> None:
    """Nothing; gives the terminal back, for a program that does not start after all."""
    out = sys.__stdout__
    if out is not None:
        out.write(f"{LEAVE}\x1b[?25h")
        out.flush()
