"""The two days, hour by hour: who presses what, and what must stand on the screen then."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.keyboard import ENTER, ESCAPE, F6, Person
from tests.two_days.answers import Found, Table
from tests.two_days.telling import Telling

LEAD, ASSESSOR = "lead", "assessor"
SITE = "Sample Battery (Dongguan) Ltd"

LIST = """\
批次,申请编号,公司名称,英文名称,注册号,类别,日期,结束日期,截止日期,组长,评核员
SAMPLE-2026,SAMPLE-2026-001,示例電池（東莞）有限公司（虛構）,Sample Battery (Dongguan) Ltd (invented),SAMPLE000000000001,优越伙伴（制造业）,2026-11-12,2026-11-13,2026-12-18,{lead},{assessor}
SAMPLE-2026,SAMPLE-2026-002,模拟五金电镀厂（虚构）,Mock Plating Works (invented),SAMPLE000000000002,伙伴（制造业）,2026-11-19,2026-11-19,2026-12-18,{lead},{assessor}
SAMPLE-2026,SAMPLE-2026-003,虚拟印刷有限公司（虚构）,Imaginary Printing Ltd (invented),SAMPLE000000000003,伙伴（制造业）,2026-11-26,2026-11-26,2026-12-18,{lead},{assessor}
"""  # noqa: E501 - a line of the list is a line
"""The secretariat's list, as a spreadsheet program saves it."""


class World(NamedTuple):
    """Where the story plays."""

    folder: Path
    lead: Found
    assessor: Found
    telling: Telling

    def place(self, name: str) -> Path:
        """A stick, a desk, a folder of the story."""
        made = self.folder / name
        made.mkdir(exist_ok=True)
        return made

    def home(self, who: str) -> Path:
        """The home folder of ``lead`` or ``assessor`` on their laptop; their work lies in ``assessor`` below it."""
        return self.place(f"home of the {who}")

    def laptop(self, who: str, at: str, *, speed: float = 60, wide: bool = False, language: str = "en-HK") -> Person:
        """The program on the laptop of ``who``, started at this moment of the story."""
        program = ("-m", "tests.two_days.clocked", at, str(speed))
        width, height = (140, 40) if wide else (80, 24)
        here = self.home(who)
        return Person(here / "assessor", here=here, width=width, height=height, language=language, program=program)

    def command(self, who: str, at: str, *arguments: str | Path) -> str:
        """What a command typed on that laptop prints; it must succeed."""
        line = [sys.executable, "-m", "tests.two_days.clocked", at, "60", *map(str, arguments)]
        here = self.home(who)
        environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(here), "PATH": "", "PYTHONUTF8": "1"}
        # Where the program keeps the marker of a device: the same place for commands as for the screen.
        places = ("XDG_STATE_HOME", "LOCALAPPDATA")
        environment.update({name: os.environ[name] for name in places if name in os.environ})
        done = subprocess.run(
            [*line, "--data", str(here / "assessor")], capture_output=True, encoding="utf-8", cwd=here, env=environment
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout


# What hands do again and again.


def goes_to_page(person: Person, letter: str, name: str) -> None:
    """Nothing; another page of the visit, by the small menu."""
    person.does(F6, "Go to")
    person.does(letter, f"[{name}]", without="─ Go to")


def types(person: Person, lines: Sequence[str]) -> list[str]:
    """The lines that are not asked yet; types each into the search, as one types in a walk sheet."""
    waiting = []
    for line in lines:
        number = line.split()[0].partition("#")[0]
        person.does("/", "─ Go to")
        person.feed(line + ENTER)
        person.until(lambda text, said=f"Recorded {number}": _was_taken(text, said) or "is not asked" in text)
        if "─ Go to" in person.screen.text():
            waiting.append(line)
            person.does(ESCAPE, without="─ Go to")
    return waiting


def _was_taken(text: str, said: str) -> bool:
    return "─ Go to" not in text and (said in text or "stands already" in text)


def pastes(person: Person, table: Table, telling: Telling | None = None, caption: str = "") -> None:
    """Nothing; pastes the rows of a spreadsheet into a table, looks at what is asked about, takes them."""
    person.does("/", "─ Go to")
    person.does(table.number, f"▸ {table.number}")
    person.does(ENTER, "[Tables]", table.number, without="─ Go to")
    person.settle()
    person.does("\x1b[200~" + "\r\n".join(map("\t".join, table.cells)) + "\x1b[201~", "Pasted rows")
    if telling is not None and caption:
        person.settle(0.3)
        telling.picture(person.screen, "pasted", caption)
    person.feed(ENTER)
    person.until(lambda text: "taken in" in text or "Enter again" in text or "reason" in text.casefold())
    if "Enter again" in person.screen.text():
        person.does(ENTER, "taken in")
