"""The wheel, installed in an empty environment outside the checkout, works as the checkout does.

What it depends on is borrowed from the environment of the tests; our own package comes from the wheel alone.
"""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import assessor_tui
from tests.pty_terminal import Terminal

CHECKOUT = Path(__file__).parent.parent


class Installed:
    """The command ``assessor`` of an environment that holds the wheel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheel = build(folder / "dist")
        self.environment = folder / "environment"
        venv.create(self.environment, with_pip=False)
        self.python = self.environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.command = self.python.with_name("assessor.exe" if os.name == "nt" else "assessor")
        site = Path(self.ask("import sysconfig; print(sysconfig.get_path('purelib'))"))
        run(
            [
                sys.executable,
                "-m",
                "pip",
                "--python",
                self.python,
                "install",
                "-q",
                "--no-deps",
                "--no-index",
                self.wheel,
            ]
        )
        # A folder named in a .pth file is searched last, and .pth files in it are not read: no editable install.
        (site / "borrowed.pth").write_text("\n".join(p for p in sys.path if "site-packages" in p), encoding="utf-8")

    def ask(self, code: str) -> str:
        return run([self.python, "-c", code], folder=self.folder).stdout.strip()

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return run([self.command, *arguments], folder=self.folder)


def run(command: list[str | Path], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ASSESSOR", "LC_"))}
    variables |= {"LANG": "en_HK.UTF-8", "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [str(each) for each in command], cwd=folder, env=variables, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done


def build(folder: Path) -> Path:
    """The wheel of the checkout, built without a network."""
    code = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    folder.mkdir()
    run([sys.executable, "-c", code], folder=CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_the_program_its_forms_and_the_sample_sites_and_nothing_else(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()

    for folder in ("forms", "sample_sites"):
        files = {
            path.relative_to(CHECKOUT).as_posix()
            for path in (CHECKOUT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert {f"assessor_tui/_data/{file}" for file in files} <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"assessor_tui"}


def test_the_program_comes_from_the_wheel(installed: Installed) -> None:
    where = Path(installed.ask("import assessor_tui; print(assessor_tui.__file__)"))

    assert installed.environment in where.parents
    assert installed("--version").stdout == f"assessor {assessor_tui.__version__}\n"


def test_the_demo_lays_the_sample_sites_out_and_opens(installed: Installed) -> None:
    data = installed.folder / "data"

    said = installed("demo", "--data", data, "--no-open")
    visits = json.loads(installed("visit", "list", "--data", data, "--json").stdout)["visits"]

    assert str(data) in said.stderr
    assert len(visits) == 2
    assert all(visit["site"] and visit["entries"] > 20 for visit in visits)
    with Terminal([str(installed.command), "--data", str(data)], folder=installed.folder) as terminal:
        terminal.wait_for(visits[0]["site"][:12])


def test_a_checklist_is_begun_leaves_as_a_workbook_and_comes_back(installed: Installed) -> None:
    installed("form", "new", "halls", "--xlsx")
    installed("form", "import", "halls.xlsx", "--to", "back")

    (read,) = (installed.folder / "back").glob("*.yaml")
    installed("form", "check", read)
