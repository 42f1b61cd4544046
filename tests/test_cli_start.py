"""Cheap commands start cheaply: what they do not need is not imported."""

import subprocess
import sys
from pathlib import Path

import pytest

# Newer versions of typer import pydantic themselves.
HEAVY = {
    "textual",
    "sqlmodel",
    "sqlalchemy",
    "yaml",
    "jinja2",
    "PIL",
    "openpyxl",
    "pyxform",
    "cryptography",
    "pyrage",
    "keyring",
    "regex",
}

RUN = """
import sys
from assessor_tui.cli import main
code = main(sys.argv[1:])
print("imported", *sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
sys.exit(code)
"""


def imported(*arguments: str) -> set[str]:
    """Top-level modules that the command has imported."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, encoding="utf-8", check=True
    )
    return set(done.stderr.rpartition("imported ")[2].split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    for arguments in (
        ["identity", "--name", "Chan", "--role", "lead"],
        ["visit", "new", "--site", "Alpha"],
    ):
        imported(*arguments, "--data", str(folder))
    return folder


def test_nothing_but_typer_is_imported_for_the_version() -> None:
    assert not imported("--version") & (HEAVY | {"rich", "sqlite3", "platformdirs"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["visit", "list"],
        ["conflicts", "list"],
        ["log", "verify"],
        ["answer", "alpha", "visit_header/main_products", "Cells"],
        ["score", "alpha"],
    ],
)
def test_reading_and_answering_load_no_heavy_room(folder: Path, arguments: list[str]) -> None:
    allowed = {"cryptography"} if arguments[0] == "answer" else set()
    assert not imported(*arguments, "--data", str(folder)) & (HEAVY - allowed)
