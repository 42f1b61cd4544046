"""``python -m tests.three_people [--write]``: plays the story; ``--write`` tells it in ``docs/three_people.md``."""

import sys
import tempfile
import time
from pathlib import Path

from tests.three_people.scenes import play
from tests.three_people.world import World, typist
from tests.two_days.telling import Telling

DOCS = Path(__file__).parents[2] / "docs"
TITLE = "Three people, three laptops, one folder"
OPENING = """\
A lead and two assessors work on one visit without a network, and share what they have through a folder. Every
picture on this page was on a screen and every line was typed: `python -m tests.three_people --write` plays the
story in the real program, in three data folders and one shared folder, and writes this page; the test suite plays
it, too. The factory, its people and its numbers are invented; the checklist is a short one, made for this page."""


def played(folder: Path) -> Telling:
    """The story as it was played in ``folder``."""
    telling = Telling()
    with typist() as hands:
        play(World(folder, telling, hands))
    return telling


def main(arguments: list[str]) -> int:
    """The exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        telling = played(Path(folder))
    print(f"{len(telling.scenes)} scenes, {len(telling.pictures)} pictures, {time.monotonic() - began:.0f} s")
    if "--write" in arguments:
        telling.write(DOCS / "three_people.md", TITLE, OPENING, DOCS / "screenshots" / "three_people")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
