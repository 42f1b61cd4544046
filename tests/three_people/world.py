"""Where the story plays: three laptops with a data folder and a home each, one shared folder, some sticks."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.keyboard import Person
from tests.two_days.telling import Telling

LEAD, LEE, WONG, STRANGER = "lead", "lee", "wong", "stranger"
NAMES = {LEAD: "Chan Sample", LEE: "Lee Sample", WONG: "Wong Sample", STRANGER: "Nobody Known"}
SITE = "Mock Coatings Ltd (invented)"
SHARED = "shared"
VISIT = "mock"
"""What is typed for the visit."""
PASSPHRASE = "a drawer in the office"
CONFLICTS = 3
"""Exit code of what was done and left something to see to."""


class Said(NamedTuple):
    """What came of one command."""

    code: int
    out: str
    err: str


def typist() -> subprocess.Popen[str]:
    """Somebody who types commands, until the pipe is closed."""
    line = [sys.executable, "-m", "tests.three_people.typist"]
    checkout = Path(__file__).parents[2]
    return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=checkout)


class World(NamedTuple):
    """The folders of the story, and its telling."""

    folder: Path
    telling: Telling
    typist: subprocess.Popen[str]
    """Types the commands (see ``tests/three_people/typist.py``)."""

    def place(self, name: str) -> Path:
        """A folder that somebody has."""
        made = self.folder / name
        made.mkdir(exist_ok=True)
        return made

    @property
    def shared(self) -> Path:
        """The folder that all laptops see."""
        return self.place(SHARED)

    def home(self, who: str) -> Path:
        """The home folder of a laptop; the work lies in ``work`` below it."""
        return self.place(f"home of {who}")

    def plug(self, who: str, *, is_in: bool = True) -> None:
        """Nothing; the shared folder can be reached from this laptop, or not any more."""
        link = self.home(who) / SHARED
        if is_in and not link.is_symlink():
            link.symlink_to(self.shared, target_is_directory=True)
        elif not is_in:
            link.unlink()

    def laptop(self, who: str, at: str, *, speed: float = 60, wide: bool = False) -> Person:
        """The program on a laptop, started at this moment of the story."""
        width, height = (140, 40) if wide else (80, 24)
        here = self.home(who)
        program = ("-m", "tests.two_days.clocked", at, str(speed))
        return Person(here / "work", here=here, width=width, height=height, program=program)

    def command(self, who: str, at: str, *arguments: str, code: int = 0, tell: bool = False) -> Said:
        """What came of a command typed in the home folder of a laptop; ``tell`` puts it on the page."""
        here = self.home(who)
        environment = {
            "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(here), "PATH": "", "PYTHONUTF8": "1",
            "ASSESSOR_SCHEME_PASSPHRASE": PASSPHRASE, "ASSESSOR_DATA": str(here / "work"), "LANG": "C.UTF-8",
        }  # fmt: skip
        # Where the program keeps the marker of a device: the same place for commands as for the screen.
        environment.update(
            {name: os.environ[name] for name in ("XDG_STATE_HOME", "LOCALAPPDATA") if name in os.environ}
        )
        asked = {"home": str(here), "at": at, "arguments": arguments, "environment": environment}
        assert self.typist.stdin is not None and self.typist.stdout is not None
        self.typist.stdin.write(json.dumps(asked) + "\n")
        self.typist.stdin.flush()
        said = Said(**json.loads(self.typist.stdout.readline()))
        assert said.code == code, (arguments, said)
        if tell:
            words = " ".join(f'"{each}"' if re.search(r"[\s()]", each) else each for each in arguments)
            self.telling.typed(who, f"assessor {words}", self.plain(said.out + said.err))
        return said

    def plain(self, text: str) -> str:
        """The text without the folders of the computer on which the story is played."""
        for each in (self.folder.resolve(), self.folder):
            text = re.sub(re.escape(str(each)) + r"/(home of \w+/)?", "", text)
        return text

    def bundles(self) -> set[str]:
        """Names of what stands in the shared folder."""
        return {entry.name for entry in os.scandir(self.shared)}
