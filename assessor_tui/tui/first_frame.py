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
from typing import Any, NamedTuple

FILE = "first_frame"
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
_LONGEST = 400_000
"""Characters of the largest frame that is painted."""
_SYNC_BEGIN, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


def kind_of_terminal(width: int, height: int, environment: Mapping[str, str] = os.environ) -> str:
    """What a kept frame must have been made for to be painted again; one line."""
    names = ("TERM", "COLORTERM", "NO_COLOR", "TEXTUAL_DRIVER", "TEXTUAL_COLOR_SYSTEM", "TERM_PROGRAM")
    said = "\t".join(environment.get(name, "") for name in names)
    return f"2\t{width}x{height}\t{said}".replace("\n", " ")


def keep(folder: Path, kind: str, frame: str) -> None:
    """Nothing; keeps the frame. A folder that does not take it costs the picture and nothing else."""
    with suppress(OSError):
        part = folder / f"{FILE}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(f"{kind}\n{frame}")
        part.replace(folder / FILE)


class Painted(NamedTuple):
    """A terminal whose alternate screen shows the kept frame, and how it was before."""

    input: int
    attributes: list[Any]

    def give_back(self) -> None:
        """Nothing; the terminal reads lines again as it did before."""
        import termios

        with suppress(termios.error):
            termios.tcsetattr(self.input, termios.TCSANOW, self.attributes)

    def take_away(self) -> None:
        """Nothing; the frame is gone, for a program that does not start after all."""
        out = sys.__stdout__
        if out is not None:
            out.write(f"{LEAVE}\x1b[?25h")
            out.flush()


def paint(folder: str | Path) -> Painted | None:
    """The terminal, once the kept frame stands on its alternate screen; None when there is none that fits it."""
    if sys.platform == "win32":
        return None  # the console understands these bytes only after Textual has set it up
    import termios

    try:
        out, source = sys.__stdout__, sys.__stdin__
        if out is None or source is None or not out.isatty() or not source.isatty():
            return None
        size = os.get_terminal_size(out.fileno())
        with (Path(folder) / FILE).open(encoding="utf-8", newline="") as file:
            if file.readline().rstrip("\n") != kind_of_terminal(size.columns, size.lines):
                return None
            frame = file.read(_LONGEST)
        before = termios.tcgetattr(source.fileno())
        # What is typed from now on belongs to the program: not shown, not held back until Enter, Enter not changed.
        quiet = list(before)
        quiet[0] &= ~(termios.ICRNL | termios.IXON)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(source.fileno(), termios.TCSANOW, quiet)
        out.write(f"{ENTER}\x1b[?25l{_SYNC_BEGIN}{frame}{_SYNC_END}")
        out.flush()
    except (OSError, ValueError, termios.error):
        return None
    return Painted(source.fileno(), before)
