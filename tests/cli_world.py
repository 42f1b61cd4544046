"""Commands run as a person would type them, without a process of their own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assessor_tui.cli import main


class Said(NamedTuple):
    """What came of one command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)


class Laptop:
    """One data folder and the commands typed over it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, *arguments: str | Path, lang: str = "en-HK") -> Said:
        return typed([*arguments, "--data", self.folder, "--lang", lang], self.capsys)

    def ok(self, *arguments: str | Path, lang: str = "en-HK") -> Said:
        """As a call, for a command that must succeed."""
        said = self(*arguments, lang=lang)
        assert said.code == 0, said
        return said


def typed(arguments: Sequence[str | Path], capsys: pytest.CaptureFixture[str]) -> Said:
    """What came of a command line."""
    capsys.readouterr()
    code = main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return Said(code, out, err)


def named(folder: Path, capsys: pytest.CaptureFixture[str], person: str = "Chan Tai Man", role: str = "lead") -> Laptop:
    """A laptop whose person has said the name."""
    laptop = Laptop(folder, capsys)
    laptop.ok("identity", "--name", person, "--role", role)
    return laptop


def new_visit(laptop: Laptop, site: str = "Alpha Works", *more: str) -> str:
    """Id of a new visit."""
    return laptop.ok("visit", "new", "--site", site, "--date", "2026-11-12", *more).out.strip()
