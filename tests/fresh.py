"""README's two commands in a fresh clone and an empty environment: ``python -m tests.fresh``.

The first one opens the demo in a terminal of its own; it is left again with Ctrl+Q. The second one runs all tests.
Needs whatever ``pip`` needs to install packages. ``--demo`` stops after the first.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.pty_terminal import Terminal
from tests.readme import CHECKOUT, README, shell_blocks


def main(arguments: list[str]) -> int:
    """0 when both commands did what README says."""
    with tempfile.TemporaryDirectory(prefix="assessor-fresh-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(CHECKOUT), str(clone)], check=True)
        demo, tests = shell_blocks((clone / README.name).read_text(encoding="utf-8"))[:2]
        if not opens_demo(demo, clone, Path(folder)):
            return 1
        return 0 if "--demo" in arguments or runs_tests(tests, clone) else 1


def environment(folder: Path) -> dict[str, str]:
    """The variables of a person who has Python and nothing else."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "ASSESSOR", "VIRTUAL_ENV", "PYTEST")) and name not in ("XDG_DATA_HOME",)
    }
    # `python3` is the one that runs this, without its packages.
    base = Path(sys.base_prefix) / "bin"
    return kept | {"PATH": f"{base}{os.pathsep}{kept.get('PATH', '')}", "TMPDIR": str(folder), "LANG": "C.UTF-8"}


def opens_demo(command: str, clone: Path, folder: Path) -> bool:
    """True when the demo's first screen came and the program left when asked to."""
    begin = time.monotonic()
    with Terminal(["sh", "-c", command], environment=environment(folder), folder=clone) as terminal:
        terminal.wait_for(lambda screen: "?1049" in screen.modes, seconds=600)
        terminal.wait_for("Sample", seconds=30)
        took = time.monotonic() - begin
        terminal.settle()
        print(terminal.screen.text())
        terminal.feed("\x11")
        code = terminal.end()
    print(f"demo opened after {took:.0f} s, left with exit code {code}")
    return code == 0


def runs_tests(command: str, clone: Path) -> bool:
    """True when the tests of the clone pass."""
    begin = time.monotonic()
    done = subprocess.run(["sh", "-c", command], cwd=clone, env=environment(clone.parent))
    print(f"tests ended after {time.monotonic() - begin:.0f} s with exit code {done.returncode}")
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
