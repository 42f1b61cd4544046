"""From the start of the process to the finished first frame of a visit with 500 questions, in a pty of 80x24.

The program paints the last place from what it kept before it loads anything; keys typed meanwhile count. So the time
until such a key has moved the card is measured, too: then everything is loaded.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.material import make_visit
from tests.benchmarks.measure import Line, against
from tests.benchmarks.peers import peer_python, version
from tests.pty_terminal import Terminal

ROUNDS = 15
MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("the one widget")
Minimal().run()
"""
QUESTION = "read and recorded every month"


def first_frame(command: Sequence[str], marker: str, folder: Path) -> float:
    """Seconds until the marker stood on the screen."""
    begin = time.perf_counter()
    with Terminal(command, folder=folder) as terminal:
        # Textual waits for the answer to a question about the terminal from nobody; no reply costs all the same.
        terminal.wait_for(marker, seconds=60)
        return terminal.last_read - begin


def first_move(command: Sequence[str], folder: Path) -> float:
    """Seconds until Down, typed as soon as the first frame stood, has shown the next question."""
    begin = time.perf_counter()
    with Terminal(command, folder=folder) as terminal:
        terminal.wait_for(QUESTION, seconds=60)
        terminal.feed("\x1b[B")
        terminal.wait_for("point 2 ", seconds=60)
        return terminal.last_read - begin


def program(folder: Path) -> list[str]:
    """The command that opens the program over a data folder."""
    return [sys.executable, "-m", "assessor_tui", "--data", str(folder)]


def prime(folder: Path, checkout: Path) -> None:
    """Nothing; opens the visit once at its first checklist's first question and leaves, as a person would."""
    with Terminal(program(folder), folder=checkout) as terminal:
        terminal.wait_for(QUESTION, seconds=60)
        terminal.settle(1.5)
        terminal.feed("\x11")
        terminal.end()


def measure(scratch: Path, checkout: Path) -> list[Line]:
    folder = scratch / "first"
    make_visit(folder, 500)
    prime(folder, checkout)
    minimal = scratch / "minimal.py"
    minimal.write_text(MINIMAL, encoding="utf-8")
    runs: dict[str, tuple[list[str], str]] = {
        "assessor": (program(folder), QUESTION),
        "one widget": ([sys.executable, str(minimal)], "the one widget"),
    }
    python = peer_python()
    if python is not None:
        runs["harlequin"] = ([str(python), "-m", "harlequin", "--no-download-tzdata", ":memory:"], "Data Catalog")
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, (command, marker) in runs.items():
            if name == "harlequin" and number > ROUNDS // 2:
                continue
            took = first_frame(command, marker, checkout)
            if number:  # the first round only warms the files
                times[name].append(took)
    moved = statistics.median(first_move(program(folder), checkout) for _ in range(ROUNDS // 2))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = medians["assessor"]
    lines = [
        against("first frame, 500 questions, 80x24", ours, medians["one widget"], "one-widget Textual app", 1.15),
        against("… the fastest of the runs", min(times["assessor"]), min(times["one widget"]), "its fastest", None),
        against(
            "a key typed into the first frame has moved the card", moved, medians["one widget"], "its first frame", None
        ),
    ]
    if python is not None:
        name = f"harlequin {version(python, 'harlequin')}"
        lines.append(against("first frame, 500 questions, 80x24", ours, medians["harlequin"], name, 0.4))
    else:
        lines.append(Line("first frame against harlequin", "", "not installed: no network", "", "<= 0.4", ""))
    return lines
