"""An inbox of 500 photos: listing it, and keys on the evidence page while its photos are hashed and previewed.

Photos of twelve megapixels are written beside each other once; listing reads the first bytes of each. Keys are pressed
in a terminal at 140x40 with colours, where each photo under the cursor is drawn; the same keys are pressed again when
everything is hashed, without colours.
"""

import os
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.first_frame import program
from tests.benchmarks.material import make_visit
from tests.benchmarks.measure import Bar, Line, against, milliseconds, percentile, timed
from tests.pictures import jpeg
from tests.pty_terminal import Terminal

COUNT = 500
SIZE = 4_000_000
"""Bytes of each photo."""
ROUNDS = 5
KEYS = 80
DOWN = "\x1b[B"
QUIET = 0.03
"""Seconds without a byte after which the frame is whole; a picture is begun only later."""


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    from assessor_tui.evidence import inbox
    from assessor_tui.store.ledger import Store

    folder = scratch / "inbox"
    make_visit(folder, 50, place="evidence")
    box = scratch / "photos"
    _photos(box)
    now = time.time_ns() // 1000
    with Store.open(folder) as store:
        visit = store.visits()[0].id
        inbox.use_folder(store, visit, box)
        state = store.state(visit)

        def listed(seen: dict[str, inbox.Seen]) -> dict[str, inbox.Seen]:
            looked = inbox.look(box, seen, now)
            assert len(inbox.files_of(box, looked, state, {})) == COUNT
            return {name: each for name, (_how, each) in looked.items()}

        first = [timed(lambda: listed({})) for _ in range(ROUNDS)]
        seen = listed({})
        again = [timed(lambda: listed(seen)) for _ in range(ROUNDS)]
        floor = [timed(lambda: [path.stat() for path in box.iterdir()]) for _ in range(ROUNDS)]
    busy = _keys(folder, checkout, {})
    quiet = _keys(folder, checkout, {"NO_COLOR": "1"})
    return [
        Bar(f"{COUNT} photos listed for the first time", statistics.median(first), 1000),
        Bar(f"{COUNT} photos listed again", statistics.median(again), 100),
        Line("the same names and sizes alone", milliseconds(statistics.median(floor)), "", "", "", ""),
        against("Down while photos are hashed and drawn, p50", percentile(busy, 0.5), percentile(quiet, 0.5),
                "the same keys, hashed already and without pictures", 2.0),
        against("Down while photos are hashed and drawn, p95", percentile(busy, 0.95), percentile(quiet, 0.95),
                "the same keys, hashed already and without pictures", 2.5),
    ]  # fmt: skip


def _photos(box: Path) -> None:
    """Nothing; the photos stand in the folder, two gigabytes to be hashed."""
    box.mkdir()
    photo = b""
    for number in range(COUNT):
        if number % 50 == 0:
            taken = f"2026:11:12 {9 + number // 100:02}:03:00"
            photo = jpeg(taken, size=(4000, 3000), colour=(number % 256, 90, 60), place=True)
        path = box / f"IMG_{number:04}.JPG"
        with path.open("wb") as stream:
            stream.write(photo + number.to_bytes(4, "big"))
            stream.truncate(SIZE)
        os.utime(path, (1_600_000_000, 1_600_000_000))


def _keys(folder: Path, checkout: Path, environment: Mapping[str, str]) -> list[float]:
    """Seconds of each key from being pressed to the frame with the cursor one line further."""
    times = []
    with Terminal(program(folder), folder=checkout, width=140, height=40, environment=environment) as terminal:
        terminal.wait_for("IMG_0002", seconds=60)
        for _ in range(KEYS):
            time.sleep(0.15)  # long enough for a picture to be begun
            while terminal.read(0.01):
                pass
            begin = time.perf_counter()
            terminal.feed(DOWN)
            assert terminal.read(10)
            while terminal.read(QUIET):
                pass
            times.append(terminal.last_read - begin)
    return times
