"""Runs the benchmarks named, or all of them, and prints a table; ``--write`` also keeps it as docs/speed.md."""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.measure import REFERENCE, Bar, Line, calibrate, judged

CHECKOUT = Path(__file__).parents[2]
NAMES = (
    "first_frame",
    "answer_key",
    "mount",
    "durable",
    "merge",
    "photos",
    "inbox",
    "board",
    "closing",
    "paste",
    "form_logic",
    "choices",
)
ON_DEMAND = ("whova_keys", "large_ledger")
"""Take minutes, and the last some gigabytes."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{', '.join((*NAMES, *ON_DEMAND))}; all but the last {len(ON_DEMAND)} without a name",
    )
    parser.add_argument("--write", action="store_true", help="write docs/speed.md")
    parser.add_argument("--scratch", type=Path, help="folder for the data, on the disk that is measured")
    options = parser.parse_args()
    names = options.names or list(NAMES)
    if unknown := set(names) - {*NAMES, *ON_DEMAND}:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if options.scratch:
        options.scratch.mkdir(parents=True, exist_ok=True)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    parts: list[tuple[str, float, list[Line]]] = []
    for name in names:
        module = import_module(f"tests.benchmarks.{name}")
        with tempfile.TemporaryDirectory(prefix="assessor-speed-", dir=options.scratch) as folder:
            before = calibrate()
            measured = module.measure(Path(folder), CHECKOUT)
            calibration = (before + calibrate()) / 2
        lines = [judged(each, calibration) if isinstance(each, Bar) else each for each in measured]
        parts.append((name, calibration, lines))
        show(name, calibration, lines)
    if options.write:
        (CHECKOUT / "docs" / "speed.md").write_text(page(parts, load), encoding="utf-8", newline="\n")
    return 1 if any(line.verdict == "over" for _, _, lines in parts for line in lines) else 0


def show(name: str, calibration: float, lines: Sequence[Line]) -> None:
    print(f"\n{name} (calibration loop {calibration:.1f} ms)")
    for line in lines:
        print("  " + " | ".join(cell for cell in line if cell), flush=True)


def page(parts: Sequence[tuple[str, float, Sequence[Line]]], load: str) -> str:
    """The page, written from what was measured."""
    today = datetime.now().astimezone().date().isoformat()
    text = [
        "# Speed",
        "",
        "Written by `python -m tests.benchmarks --write`; nothing is typed by hand. Every figure is measured beside",
        "a peer or a floor in the same run, runs of both alternate, medians are compared and the ratio is judged. Bars",
        f"in milliseconds are stretched by a calibration loop that takes {REFERENCE:g} ms on the machine they were set",
        "on. A line says *over* where the budget is not met.",
        "",
        f"Measured on {today}: {platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Textual {version('textual')}. "
        f"Load before it began: {load}.",
        "",
        "| what | ours | beside | ratio | budget | |",
        "|---|---|---|---|---|---|",
    ]
    loops = []
    for name, calibration, lines in parts:
        loops.append(f"{name} {calibration:.1f} ms")
        text += [
            f"| {line.what} | {line.ours} | {line.against} | {line.ratio} | {line.budget} | {line.verdict} |"
            for line in lines
        ]
    text += ["", f"Calibration loop around each part: {', '.join(loops)}.", *notes([name for name, _, _ in parts])]
    return "\n".join(text) + "\n"


def notes(names: Sequence[str]) -> list[str]:
    """What each part does, from its module's own words."""
    lines = ["", "## What is measured", ""]
    for name in names:
        words = (import_module(f"tests.benchmarks.{name}").__doc__ or "").strip().split("\n\n")
        lines.append(f"- **{name}**: " + " ".join(" ".join(words).split()))
    return lines


if __name__ == "__main__":
    sys.exit(main())
