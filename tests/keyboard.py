"""A person at the keyboard of the running program, in a terminal of its own."""

import codecs
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.pty_terminal import Screen, Terminal

ENTER, ESCAPE, TAB, BACKSPACE, DELETE = "\r", "\x1b", "\t", "\x7f", "\x1b[3~"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
F2, F3, F4, F5, F6, F7, F8, F9 = (
    "\x1bOQ",
    "\x1bOR",
    "\x1bOS",
    "\x1b[15~",
    "\x1b[17~",
    "\x1b[18~",
    "\x1b[19~",
    "\x1b[20~",
)
CTRL_G, CTRL_K, CTRL_L, CTRL_Q, CTRL_R, CTRL_S, CTRL_W, CTRL_Z = (
    "\x07",
    "\x0b",
    "\x0c",
    "\x11",
    "\x12",
    "\x13",
    "\x17",
    "\x1a",
)


class Kept:
    """A decoder that keeps what it has decoded."""

    def __init__(self, decoder: codecs.IncrementalDecoder) -> None:
        self.decoder = decoder
        self.texts: list[str] = []

    def decode(self, data: bytes) -> str:
        """The text of the bytes."""
        text = self.decoder.decode(data)
        self.texts.append(text)
        return text


class Person(Terminal):
    """The program over a data folder; ``here`` is the folder it is started in, and its home."""

    def __init__(
        self,
        data: Path,
        *,
        here: Path | None = None,
        width: int = 80,
        height: int = 24,
        language: str = "en-HK",
        program: Sequence[str] = ("-m", "assessor_tui"),
    ) -> None:
        self.last_answer = 0.0
        """When this person gave an answer, by the monotonic clock."""
        environment = {"LANG": "C.UTF-8", "LANGUAGE": "", "LC_ALL": "", "ASSESSOR_DATA": ""}
        if here is not None:
            environment["HOME"] = str(here)
        environment["PYTHONPATH"] = os.pathsep.join(map(str, [Path(__file__).parent.parent]))
        command = [sys.executable, *program, "--data", str(data), "--lang", language]
        super().__init__(command, width=width, height=height, environment=environment, folder=here)
        self._decoder = self.kept = Kept(self._decoder)

    @property
    def raw(self) -> str:
        """Everything the program has written."""
        return "".join(self.kept.texts)

    def shows(self, *wanted: str, without: str = "") -> str:
        """The screen as soon as it shows all of ``wanted`` and not ``without``."""

        def complete(screen: Screen) -> bool:
            text = screen.text()
            return all(each in text for each in wanted) and not (without and without in text)

        try:
            return self.wait_for(complete, 10).text()
        except TimeoutError as error:
            raise AssertionError(f"{wanted} without {without!r}: {error}") from None

    def does(self, keys: str, *wanted: str, without: str = "") -> str:
        """The screen after ``keys``, as soon as it shows ``wanted`` and not ``without``."""
        self.feed(keys)
        return self.shows(*wanted, without=without) if wanted or without else self.settle().text()

    def until(self, said: Callable[[str], bool]) -> str:
        """The screen as soon as ``said`` is true of it."""
        return self.wait_for(lambda screen: said(screen.text()), 10).text()

    def at(self, number: str) -> bool:
        """True when the card shows the question of this number."""
        return any(number in line.split()[:2] for line in self.screen.lines()[3:4])

    def goes_to(self, number: str) -> None:
        """Nothing; finds a question by its number."""
        if not self.at(number):
            self.does("/", "Up/Down choose")
            self.does(number + ENTER, without="Up/Down choose")
            self.until(lambda _text: self.at(number))

    def leaves(self) -> int:
        """The exit code after Ctrl+Q."""
        self.feed(CTRL_Q)
        return self.end()


def introduces(person: Person, name: str, role: str) -> None:
    """Nothing; says who works here: the first thing the program asks."""
    person.shows("Who works on this laptop?")
    person.does(name, name)
    person.does(ENTER, "Your role")
    person.does(role, f"{name} works here")
