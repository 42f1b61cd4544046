"""``python -m tests.two_days [--write]``: plays the two days; with ``--write`` tells them in ``docs/two_days.md``."""

import sys
import tempfile
import time
from pathlib import Path

from tests.two_days.answers import found_by
from tests.two_days.hours import play
from tests.two_days.story import World
from tests.two_days.telling import Telling

DOCS = Path(__file__).parents[2] / "docs"
TITLE = "Two days in a battery factory"
OPENING = """\
Two assessors, two laptops, one factory, from the secretariat's list to the reminder three days later. Every picture on
this page was on a screen: `python -m tests.two_days --write` plays the days in the real program, key by key, in two
terminals with a data folder each, and writes this page. The factory, its people, its numbers and its photos are
invented; the laptops' clocks show the days of the story."""


def played(folder: Path) -> Telling:
    """The story as it was played in ``folder``."""
    telling = Telling()
    found = [found_by(folder / f"sample {name}", f"{name}.zip") for name in ("lead", "assessor")]
    play(World(folder, *found, telling))
    return telling


def main(arguments: list[str]) -> int:
    """The exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        telling = played(Path(folder))
    print(f"{len(telling.scenes)} scenes, {len(telling.pictures)} pictures, {time.monotonic() - began:.0f} s")
    if "--write" in arguments:
        telling.write(DOCS / "two_days.md", TITLE, OPENING, DOCS / "screenshots" / "two_days")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
