"""A program in a terminal of our own: start it, feed it keys, read what stands on its screen.

The screen is kept by a small emulator that knows what the program sends: text, cursor moves, erasing, colours,
private modes (remembered). Wide characters take two cells, the second one empty.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

_CONTROL = re.compile(
    r"\x1b\[(?P<private>[?>=<]?)(?P<numbers>[\d;:]*)(?P<space>[ $]?)(?P<final>[@-~])"
    r"|\x1b[P\]^_].*?(?:\x1b\\|\x07)|\x1b[()][A-Z0-9]|\x1b[=>78cMDEH]",
    re.DOTALL,
)


class Look(NamedTuple):
    """How a cell is painted; ``""`` is the terminal's own colour."""

    colour: str = ""
    ground: str = ""
    bold: bool = False
    dim: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = Look()


def painted(look: Look, numbers: Sequence[int]) -> Look:
    """The look after ``ESC [ numbers m``: full colours, bold, dim, underline, reverse; others are left out."""
    at = 0
    while at < len(numbers):
        number = numbers[at]
        if number in (38, 48) and numbers[at + 1 : at + 2] == [2]:
            name = "#" + "".join(f"{part:02x}" for part in numbers[at + 2 : at + 5])
            look = look._replace(colour=name) if number == 38 else look._replace(ground=name)
            at += 4
        elif number == 0:
            look = PLAIN
        elif number in (1, 2, 4, 7):
            look = look._replace(**{{1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[number]: True})
        elif number == 22:
            look = look._replace(bold=False, dim=False)
        elif number in (24, 27):
            look = look._replace(**{{24: "underline", 27: "reverse"}[number]: False})
        elif number in (39, 49):
            look = look._replace(colour="") if number == 39 else look._replace(ground="")
        at += 1
    return look


class Screen:
    """Cells of a terminal of ``width`` x ``height``."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.cells = [[" "] * width for _ in range(height)]
        self.looks = [[PLAIN] * width for _ in range(height)]
        """How each cell is painted."""
        self._look = PLAIN
        self.x = self.y = 0
        self.modes: set[str] = set()
        self._rest = ""
        self.cells_of: Callable[[str], int] = cell_len
        """Cells that this terminal draws a character with."""
        self.reports: list[str] = []
        """Where the cursor stood, for each time the program asked."""

    def feed(self, text: str) -> None:
        """Nothing; draws what the program wrote."""
        text = self._rest + text
        self._rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = _CONTROL.match(text, at)
                if match is None:
                    if len(text) - at < 4096:
                        self._rest = text[at:]
                        return
                    at += 1
                    continue
                self._control(match)
                at = match.end()
            else:
                self._character(text[at])
                at += 1

    def _character(self, character: str) -> None:
        if character == "\r":
            self.x = 0
        elif character == "\n":
            self.y = min(self.y + 1, self.height - 1)
        elif character == "\b":
            self.x = max(self.x - 1, 0)
        elif character >= " ":
            cells = self.cells_of(character)
            if cells == 0:
                if self.x:
                    self.cells[self.y][self.x - 1] += character
                return
            if self.x + cells > self.width:
                return
            self.cells[self.y][self.x] = character
            if cells == 2:
                self.cells[self.y][self.x + 1] = ""
            self.looks[self.y][self.x : self.x + cells] = [self._look] * cells
            self.x += cells

    def _control(self, match: "re.Match[str]") -> None:
        final = match["final"]
        if final is None:
            return
        numbers = [int(each) if each else 0 for each in re.split("[;:]", match["numbers"])]
        first = numbers[0]
        if match["private"]:
            if final in "hl":
                if 1049 in numbers and ("?1049" in self.modes) != (final == "h"):
                    self.cells = [[" "] * self.width for _ in range(self.height)]
                    self.looks = [[PLAIN] * self.width for _ in range(self.height)]
                    self.x = self.y = 0
                for number in numbers:
                    (self.modes.add if final == "h" else self.modes.discard)(f"?{number}")
        elif final == "m":
            self._look = painted(self._look, numbers)
        elif final in "Hf":
            self.y = min(max(first, 1), self.height) - 1
            self.x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.width) - 1
        elif final == "A":
            self.y = max(self.y - max(first, 1), 0)
        elif final == "B":
            self.y = min(self.y + max(first, 1), self.height - 1)
        elif final == "C":
            self.x = min(self.x + max(first, 1), self.width - 1)
        elif final == "D":
            self.x = max(self.x - max(first, 1), 0)
        elif final == "G":
            self.x = min(max(first, 1), self.width) - 1
        elif final == "K":
            start, end = ((self.x, self.width), (0, self.x + 1), (0, self.width))[first]
            self.cells[self.y][start:end] = [" "] * (end - start)
            self.looks[self.y][start:end] = [self._look] * (end - start)
        elif final == "n" and numbers == [6]:
            self.reports.append(f"\x1b[{self.y + 1};{self.x + 1}R")
        elif final == "J":
            if first == 0:
                self.cells[self.y][self.x :] = [" "] * (self.width - self.x)
                self.looks[self.y][self.x :] = [self._look] * (self.width - self.x)
            lines = range(self.y + 1, self.height) if first == 0 else range(self.height)
            for line in lines:
                self.cells[line] = [" "] * self.width
                self.looks[line] = [self._look] * self.width

    def lines(self) -> list[str]:
        """The lines without the spaces at their ends."""
        return ["".join(cells).rstrip() for cells in self.cells]

    def text(self) -> str:
        """All lines in one text."""
        return "\n".join(self.lines())


class Terminal:
    """A running program and its screen. Use it as a context manager: leaving it ends the program."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        width: int = 80,
        height: int = 24,
        environment: Mapping[str, str] | None = None,
        folder: str | os.PathLike[str] | None = None,
        cells_of: Callable[[str], int] | None = None,
        answer: Callable[["Terminal", list[str]], None] | None = None,
    ) -> None:
        """A program that is started.

        ``cells_of`` says how wide the terminal draws a character. ``answer`` is called with where the cursor stood
        when the program asked; without it the terminal is one that does not answer, unless ``cells_of`` is given.
        """
        self.screen = Screen(width, height)
        self._answer = answer
        if cells_of is not None:
            self.screen.cells_of = cells_of
            self._answer = answer or (lambda terminal, reports: terminal.feed("".join(reports)))
        self.bytes_read = 0
        self.last_read = 0.0
        """``time.perf_counter()`` of the last bytes that arrived."""
        self.master, slave = pty.openpty()
        self._set_size(width, height)
        variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1"}
        for name in ("TMUX", "NO_COLOR", "TEXTUAL", "LINES", "COLUMNS"):
            variables.pop(name, None)
        variables.update(environment or {})

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=variables,
            cwd=folder,
            preexec_fn=own_terminal,
            close_fds=True,
        )
        os.close(slave)
        self._decoder = __import__("codecs").getincrementaldecoder("utf-8")("replace")

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width: int, height: int) -> None:
        """Nothing; gives the terminal another size and tells the program."""
        cells_of = self.screen.cells_of
        self.screen = Screen(width, height)
        self.screen.cells_of = cells_of
        self._set_size(width, height)
        self.process.send_signal(signal.SIGWINCH)

    def feed(self, keys: str) -> None:
        """Nothing; types what a terminal would send: ``\\r`` is Enter, ``\\x1b[A`` Up, ``\\x1bOQ`` F2."""
        os.write(self.master, keys.encode())

    def read(self, seconds: float = 0.05) -> int:
        """Bytes that arrived within ``seconds``, drawn on the screen; returns at the first quiet moment after some."""
        end = time.monotonic() + seconds
        count = 0
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], 0.01 if count else left)
            if not ready:
                if count:
                    break
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.last_read = time.perf_counter()
            count += len(data)
            self.screen.feed(self._decoder.decode(data))
            if self.screen.reports and self._answer is not None:
                reports, self.screen.reports = self.screen.reports, []
                self._answer(self, reports)
        self.bytes_read += count
        return count

    def wait_for(self, wanted: str | Callable[[Screen], bool], seconds: float = 20.0) -> Screen:
        """The screen as soon as it shows ``wanted``. TimeoutError, with the screen, when it never does."""
        end = time.monotonic() + seconds
        while True:
            shown = wanted in self.screen.text() if isinstance(wanted, str) else wanted(self.screen)
            if shown:
                return self.screen
            if time.monotonic() > end:
                raise TimeoutError(f"{wanted!r} is not on the screen:\n{self.screen.text()}")
            if not self.read(0.05) and self.process.poll() is not None and not self.read(0.2):
                raise TimeoutError(
                    f"the program ended ({self.process.returncode}) before {wanted!r}:\n{self.screen.text()}"
                )

    def settle(self, quiet: float = 0.15, seconds: float = 5.0) -> Screen:
        """The screen once nothing has arrived for ``quiet`` seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(quiet):
            pass
        return self.screen

    def end(self, seconds: float = 10.0) -> int:
        """The exit code of a program that is about to end."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        self.read(0.05)
        return self.process.wait(timeout=1)

    def close(self) -> None:
        """Nothing; ends the program if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self.master)
