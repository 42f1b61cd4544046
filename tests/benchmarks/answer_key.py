"""From a key in the pty to the last byte of the finished frame, the answer durable, scored and drawn.

A visit with 500 questions in five checklists, at 80x24. The wide answer decides whether 400 others are asked.
"""

import re
import time
from pathlib import Path

from tests.benchmarks.first_frame import prime, program
from tests.benchmarks.material import make_visit
from tests.benchmarks.measure import Bar, Line, milliseconds, percentile
from tests.pty_terminal import Terminal

KEYS = 150
WIDE_KEYS = 20
PAUSE = 0.36
"""Seconds between answers: a second digit within 0.3 seconds is taken for a slip."""


def key_to_frame(terminal: Terminal, key: str) -> tuple[float, int]:
    """Seconds until the last byte arrived, and how many bytes."""
    before = terminal.bytes_read
    begin = time.perf_counter()
    terminal.feed(key)
    patience = 2.0  # until the first byte: on a busy machine it may be long in coming
    while terminal.read(patience):
        patience = 0.1
    return terminal.last_read - begin, terminal.bytes_read - before


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    times, sizes = _answers(scratch / "answers", checkout, 5, KEYS)
    one, _ = _answers(scratch / "one", checkout, 1, KEYS // 3)
    wide = _wide(scratch / "wide", checkout)
    return [
        Bar("answer key to finished frame, p50", percentile(times["answer"], 0.5), 8),
        Bar("answer key to finished frame, p95", percentile(times["answer"], 0.95), 16),
        Bar("one answer with 400 consequences, p95", percentile(wide, 0.95), 50),
        Bar("Down to finished frame, p95", percentile(times["move"], 0.95), 16),
        Line("all 500 questions in one checklist, p50", milliseconds(percentile(one["answer"], 0.5)), "", "", "", ""),
        Line("bytes per answer, p95", f"{percentile(sizes, 0.95):,.0f}", "", "", "", ""),
    ]


def _answers(folder: Path, checkout: Path, forms: int, keys: int) -> tuple[dict[str, list[float]], list[float]]:
    make_visit(folder, 500, forms=forms)
    prime(folder, checkout)
    times: dict[str, list[float]] = {"answer": [], "move": []}
    sizes: list[float] = []
    with Terminal(program(folder), folder=checkout) as terminal:
        _begin(terminal)
        for number in range(keys + 10):
            time.sleep(PAUSE)
            terminal.read(0.01)
            took, size = key_to_frame(terminal, "12"[number % 2])
            if number >= 10:
                times["answer"].append(took)
                sizes.append(size)
        _shows(terminal, f"{keys + 10}/")
        for _ in range(60):
            times["move"].append(key_to_frame(terminal, "\x1b[B")[0])
    return times, sizes


def _wide(folder: Path, checkout: Path) -> list[float]:
    make_visit(folder, 500, forms=1, wide=400)
    prime(folder, checkout)
    times = []
    with Terminal(program(folder), folder=checkout) as terminal:
        _begin(terminal)
        for number in range(WIDE_KEYS):
            time.sleep(PAUSE)
            terminal.read(0.01)
            before = _asked(terminal)
            took, _ = key_to_frame(terminal, "31"[number % 2])
            times.append(took)
            assert abs(_asked(terminal) - before) == 400, terminal.screen.text()
            terminal.feed("\x1b[H")  # back to the first question
            terminal.settle(0.1)
            for _ in range(3):
                key_to_frame(terminal, "\x1b[B")
    return times


def _begin(terminal: Terminal) -> None:
    terminal.wait_for("read and recorded", seconds=60)
    terminal.settle(1.0)


def _asked(terminal: Terminal) -> int:
    """How many questions are asked, by the first line of the screen."""
    (found,) = re.findall(r"\d+/(\d+)", terminal.screen.lines()[0])
    return int(found)


def _shows(terminal: Terminal, text: str) -> None:
    assert text in terminal.screen.text(), f"{text!r} is not on the screen:\n{terminal.screen.text()}"
