"""The page of commands is true: its examples run in order, its JSON has these keys, and it leaves no option out."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command

from assessor_tui.cli.app import app
from assessor_tui.config import shipped
from tests.cli_world import typed

PAGE = (Path(__file__).parent.parent / "docs" / "commands.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"(?:^`(?P<file>[\w.]+)`:\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    kind: str
    text: str
    file: str


def blocks() -> Iterator[Block]:
    for match in _BLOCK.finditer(PAGE):
        yield Block(match["kind"], match["text"], match["file"] or "")


def test_every_example_runs_and_prints_the_keys_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSESSOR_DATA", "lead")
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("ASSESSOR_SCHEME_PASSPHRASE", "for this page only")
    shutil.copy(shipped("sample_sites") / "battery_maker/pictures/meter-substation.png", tmp_path / "plan.png")
    out = ""
    for block in blocks():
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for line in block.text.splitlines():
                if line.startswith("$ "):
                    out = run(line, capsys)
                else:
                    assert line in out.splitlines()
        elif block.kind == "json":
            assert_same_shape(json.loads(block.text), json.loads(out))


def run(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What an example prints."""
    command, _, code = line.removeprefix("$ ").partition(" # ")
    program, *arguments = shlex.split(command)
    assert program == "assessor"
    said = typed(arguments, capsys)
    assert said.code == int(code or 0), (line, said)
    return said.out


def assert_same_shape(shown: Any, printed: Any) -> None:
    """The keys shown are printed, with values of the same kind; a list is shown by its first item."""
    assert type(shown) is type(printed), (shown, printed)
    if isinstance(shown, dict):
        if set(shown) == {"VISIT"}:
            assert len(printed) == 1
            return
        assert shown.keys() <= printed.keys(), (shown.keys() - printed.keys(), printed)
        for key, value in shown.items():
            assert_same_shape(value, printed[key])
    elif isinstance(shown, list) and shown:
        assert printed, shown
        assert_same_shape(shown[0], printed[0])


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield name, command
    for each, sub in (inner or {}).items():
        yield from commands(sub, f"{name} {each}")


@pytest.mark.parametrize(("name", "command"), list(commands(get_command(app), "assessor")))
def test_every_command_stands_on_the_page_with_every_option(name: str, command: Any) -> None:
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert section, f"{name} is not on the page"
    for parameter in command.params:
        if parameter.name in ("help", "context"):
            continue
        row = f"| `{(parameter.metavar or '').replace('|', chr(92) + '|')}` | {parameter.help} |"
        if parameter.param_type_name == "option":
            metavar = "" if parameter.is_flag or not parameter.metavar else f" {parameter.metavar}"
            row = "| `" + "`, `".join(parameter.opts) + f"{metavar}` | {parameter.help} |"
            row = row.replace("review|site`", "review\\|site`")
        assert row in section
