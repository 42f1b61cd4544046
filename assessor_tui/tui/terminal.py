"""How wide this terminal draws our marks: asked once per kind of terminal, and kept in the data folder.

A terminal set up for Chinese may draw lines, blocks and points two cells wide where the program counts one; then
nothing on the screen stands where it belongs. Only the terminal knows, so it is asked: a character is written and the
terminal reports where its cursor stands after it. The question goes out before the program's libraries are loaded and
the answer is read afterwards, so it costs the first start next to nothing and later starts nothing at all.
Nothing of Textual is imported here.
"""

import os
import re
import select
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.tui.widgets.glyphs import SAFE

FILE = "terminals"
CTRL_Q = "\x11"
TIMEOUT = 0.25
"""Seconds after the question in which a terminal has answered, or it is taken for one that does not."""
_REST = 1.0
"""Seconds more for a report whose beginning is here: its end must not be taken for keys."""
_MOST = 60
"""Kinds of terminals that are kept."""

TEXT = "·°×Ωя…“℃→≥①─█●★、中（ｱ"
"""One character of each kind that texts of people are made of; ``wide`` says for which others it speaks."""
WIDE = "、中（"
"""Those of them that take two cells everywhere."""
SAMPLES = "".join(dict.fromkeys(mark for mark in (*SAFE, *TEXT) if not mark.isascii()))
"""What the terminal is asked about."""

_REPORT = re.compile(rb"\x1b\[(\d{1,4});(\d{1,4})R")
_BEGINNING = re.compile(rb"\x1b\[\d{1,4}(?:;\d{0,4})?$")
_SAID = re.compile(rb"\x1b\[[?>=][\d;$]*[ -/]*[@-~]")
"""What a terminal says of itself; no key is spelled so."""
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?1049l\x1b[?25h"
_ROW = 2
"""The row of the screen that is written on. In the first one a report cannot be told from Shift and F3."""

_NAMES = (
    "TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "KONSOLE_VERSION", "COLORTERM",
    "LC_ALL", "LC_CTYPE", "LANG",
)  # fmt: skip
_PRESENT = ("WT_SESSION", "TMUX", "STY", "SSH_CONNECTION", "ConEmuPID", "KITTY_WINDOW_ID")
"""Variables that have another value in each window; that they are there says which program draws."""

Cells = dict[str, int]
"""Character -> cells that the terminal took for it. Empty for a terminal that did not answer."""


def kind_of_terminal(environment: Mapping[str, str] = os.environ) -> str:
    """What tells this terminal from others whose characters may be as wide as theirs; one line."""
    said = [environment.get(name, "") for name in _NAMES]
    said += [name if name in environment else "" for name in _PRESENT]
    return " ".join((sys.platform, *("-".join(each.split()) or "." for each in said)))


def recall(folder: Path, kind: str) -> Cells | None:
    """What was measured in a terminal of this kind, empty when it did not answer; None when it was never asked."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    for line in lines:
        known, _, said = line.partition("\t")
        if known == kind:
            pairs = zip(said[::2], said[1::2], strict=False)
            return {character: int(cells) for character, cells in pairs if cells in "012"}
    return None


def keep(folder: Path, kind: str, cells: Cells) -> None:
    """Nothing; keeps what was measured. A folder that does not take it has the terminal asked again, nothing else."""
    with suppress(OSError):
        try:
            lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            lines = []
        lines = [line for line in lines if line.partition("\t")[0] != kind][-_MOST + 1 :]
        lines.append(f"{kind}\t{''.join(f'{character}{count}' for character, count in cells.items())}")
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{FILE}.{os.getpid()}.part"
        part.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
        part.replace(folder / FILE)


def unusual(cells: Cells) -> bool:
    """True when the terminal draws anything in another width than the program counts by itself."""
    return any(count != (2 if character in WIDE else 1) for character, count in cells.items())


class Answer(NamedTuple):
    """What a terminal answered."""

    cells: Cells
    """Empty when it did not answer, or not to everything."""
    typed: str
    """What a person typed meanwhile; the program is given it as its first keys."""


class Question(NamedTuple):
    """A question that is on its way to the terminal, which until ``give_back`` shows and changes nothing typed."""

    keys: int
    screen: int
    attributes: list[Any]
    asked: float

    def answer(self, seconds: float = TIMEOUT) -> Answer:
        """What the terminal answered within ``seconds`` of the question."""
        seen = b""
        end = self.asked + seconds
        while len(reports(seen)) < len(SAMPLES):
            left = end - time.monotonic()
            if left <= 0 and _BEGINNING.search(seen):
                left = end + _REST - time.monotonic()
            # An answer that has arrived meanwhile is read even when the time is over.
            if not select.select([self.keys], [], [], max(left, 0))[0]:
                break
            piece = os.read(self.keys, 4096)
            if not piece:
                break
            seen += piece
        return read_answer(seen)

    def give_back(self) -> None:
        """Nothing; the terminal reads lines again as it did before."""
        import termios

        with suppress(termios.error):
            termios.tcsetattr(self.keys, termios.TCSANOW, self.attributes)

    def take_away(self) -> None:
        """Nothing; what stood on the screen before stands there again."""
        with suppress(OSError):
            os.write(self.screen, _LEAVE.encode())


def ask() -> Question | None:
    """The question, once it is on its way; None when there is no terminal that could answer.

    The terminal is left on its alternate screen, for the program to draw on or ``Question.take_away`` to leave.
    """
    if sys.platform == "win32":
        return None  # the console is asked by calls, see ``ask_console``
    import termios

    try:
        out, source = sys.__stdout__, sys.__stdin__
        if out is None or source is None or not out.isatty() or not source.isatty():
            return None
        before = termios.tcgetattr(source.fileno())
        quiet = list(before)
        quiet[0] &= ~(termios.ICRNL | termios.IXON)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(source.fileno(), termios.TCSANOW, quiet)
        asked = "".join(f"\x1b[{_ROW};1H{character}\x1b[6n" for character in SAMPLES)
        os.write(out.fileno(), f"{_ENTER}{asked}\x1b[{_ROW};1H\x1b[2K".encode())
    except (OSError, ValueError, termios.error):
        return None
    return Question(source.fileno(), out.fileno(), before, time.monotonic())


@contextmanager
def listening() -> "Iterator[Callable[[], bool]]":
    """What says whether Ctrl+Q was pressed since it was asked last; for waiting when no screen is shown.

    Ctrl+C interrupts as ever. Without a keyboard nothing is ever pressed.
    """
    if sys.platform == "win32":
        import msvcrt

        yield lambda: any(msvcrt.getwch() == CTRL_Q for _ in iter(msvcrt.kbhit, False))
        return
    import termios

    source = sys.__stdin__
    try:
        keys = source.fileno() if source is not None and source.isatty() else -1
        before = termios.tcgetattr(keys) if keys >= 0 else None
    except (OSError, ValueError, termios.error):
        before = None
    if before is None:
        yield lambda: False
        return
    # A terminal that reads lines would keep Ctrl+Q for itself.
    single = list(before)
    single[0] &= ~termios.IXON
    single[3] &= ~(termios.ECHO | termios.ICANON)

    def pressed() -> bool:
        seen = b""
        while select.select([keys], [], [], 0)[0] and (piece := os.read(keys, 4096)):
            seen += piece
        return CTRL_Q.encode() in seen

    with suppress(termios.error):
        termios.tcsetattr(keys, termios.TCSANOW, single)
    try:
        yield pressed
    finally:
        with suppress(termios.error):
            termios.tcsetattr(keys, termios.TCSANOW, before)


def reports(seen: bytes) -> list[int]:
    """The columns, from 1, of the cursor reports among what was read."""
    return [int(column) for row, column in _REPORT.findall(seen) if int(row) != 1]


def read_answer(seen: bytes) -> Answer:
    """The answer in what was read from the keyboard; everything that is no report was typed by a person."""
    columns = reports(seen)
    typed = _REPORT.sub(lambda match: match[0] if int(match[1]) == 1 else b"", seen)
    typed = _BEGINNING.sub(b"", _SAID.sub(b"", typed))
    cells = {}
    if len(columns) == len(SAMPLES) and all(1 <= column <= 3 for column in columns):
        cells = {character: column - 1 for character, column in zip(SAMPLES, columns, strict=True)}
    return Answer(cells, typed.decode("utf-8", "replace"))


def ask_console(console: Any = None) -> Cells:
    """What the console of Windows draws, empty when it does not say. Its own calls report the cursor; no key is read.

    Args:
        console: kernel32 of Windows, or what a test puts in its place.
    """
    import ctypes
    from ctypes import wintypes

    class Information(ctypes.Structure):
        """CONSOLE_SCREEN_BUFFER_INFO."""

        _fields_ = (
            ("size", wintypes._COORD),
            ("cursor", wintypes._COORD),
            ("attributes", wintypes.WORD),
            ("window", wintypes.SMALL_RECT),
            ("largest", wintypes._COORD),
        )

    def write(text: str) -> bool:
        written = wintypes.DWORD(0)
        units = len(text.encode("utf-16-le")) // 2
        return bool(console.WriteConsoleW(screen, ctypes.c_wchar_p(text), units, ctypes.byref(written), None))

    if console is None:
        console = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
        console.GetStdHandle.restype = wintypes.HANDLE
    screen = wintypes.HANDLE(console.GetStdHandle(wintypes.DWORD(-11 & 0xFFFFFFFF)))
    mode = wintypes.DWORD(0)
    if not console.GetConsoleMode(screen, ctypes.byref(mode)):
        return {}
    cells: Cells = {}
    try:
        for character in SAMPLES:
            information = Information()
            if not write(f"\r{character}") or not console.GetConsoleScreenBufferInfo(screen, ctypes.byref(information)):
                return {}
            cells[character] = int(information.cursor.X)
    finally:
        write("\r   \r")
    return cells if all(0 <= count <= 2 for count in cells.values()) else {}


def measured(seconds: float = TIMEOUT) -> Answer:
    """What the terminal answers now; nothing stays on the screen. For a caller that has nothing to do meanwhile."""
    if sys.platform == "win32":
        return Answer(ask_console() if sys.stdout.isatty() else {}, "")
    question = ask()
    if question is None:
        return Answer({}, "")
    try:
        return question.answer(seconds)
    finally:
        question.take_away()
        question.give_back()
