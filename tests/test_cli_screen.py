"""Commands that open the screen: the demo, and a walk at a question."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")


def test_the_demo_opens_on_its_sites_and_the_walk_at_a_question(tmp_path: Path) -> None:
    from tests.pty_terminal import Terminal

    environment = {"LANG": "C", "LANGUAGE": "", "LC_ALL": ""}
    program = [sys.executable, "-m", "assessor_tui"]
    with Terminal([*program, "demo", "--data", str(tmp_path)], environment=environment) as terminal:
        terminal.wait_for("Sample Battery")
        terminal.settle()
        terminal.feed("\x11")
        assert terminal.end() == 0
    walk = [*program, "walk", "sample battery", "--at", "gate/site_area", "--lang", "zh-HK", "--data", str(tmp_path)]
    with Terminal(walk, environment=environment) as terminal:
        terminal.wait_for("用地面積")
        terminal.settle()
        terminal.feed("\x11")
        assert terminal.end() == 0


def test_the_demo_without_a_terminal_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "assessor_tui", "demo", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)

    assert done.returncode == 1
    assert "needs a terminal to draw on" in done.stderr
