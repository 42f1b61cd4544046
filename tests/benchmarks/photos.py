"""A bundle with 200 photos of 2 MB each, written and taken in, beside copying the same files with an fsync each.

Writing reads every photo, hashes it, and reads the bundle back before it gets its name; taking in hashes every photo
before the first one is stored, and each is on the disk before the ledger names it. The floor does neither. Rounds of
all three alternate.
"""

import os
import random
import shutil
import statistics
from pathlib import Path

from assessor_tui.bundle.seal import FULL
from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.carry.hand_over import make_bundle
from assessor_tui.evidence.files import store_file
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.benchmarks.material import LEAD, make_visit, open_visit
from tests.benchmarks.measure import Line, milliseconds, timed

PHOTOS, SIZE = 200, 2_000_000
ROUNDS = 3


def write_photos(folder: Path) -> list[Path]:
    """Files that begin as a JPEG does; what follows cannot be packed any smaller, as in a photo."""
    folder.mkdir()
    source = random.Random(4)
    paths = []
    for number in range(PHOTOS):
        path = folder / f"{number}.jpg"
        path.write_bytes(b"\xff\xd8\xff\xe0" + source.randbytes(SIZE - 4))
        paths.append(path)
    return paths


def tie(visit: Visit, paths: list[Path]) -> None:
    """Every photo stored and tied to the visit."""
    drafts = []
    for path in paths:
        stored = store_file(visit.store.folder, path)
        visit.store.note_evidence(stored.sha256, stored.size, stored.type)
        about = {"sha256": stored.sha256, "name": path.name, "type": stored.type, "size": str(stored.size)}
        drafts.append(Draft(visit.id, acts.ATTACH, "", value=Evidence("photo", about)))
    visit.store.append(drafts)


def copy_durably(paths: list[Path], folder: Path) -> None:
    """The floor: each file copied, then on the disk."""
    folder.mkdir()
    for path in paths:
        with path.open("rb") as source, (folder / path.name).open("wb") as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)
            copy.flush()
            os.fsync(copy.fileno())


def measure(scratch: Path, checkout: Path) -> list[Line]:
    paths = write_photos(scratch / "photos")
    floor: list[float] = []
    written: list[float] = []
    taken: list[float] = []
    make_visit(scratch / "from", 50)
    store, visit = open_visit(scratch / "from")
    with store:
        tie(visit, paths)
        for number in range(ROUNDS):
            copies, out, folder = (scratch / f"{name}-{number}" for name in ("copies", "out", "into"))
            floor.append(timed(lambda: copy_durably(paths, copies)))  # noqa: B023
            written.append(timed(lambda: make_bundle(store, visit, out, FULL)))  # noqa: B023
            [bundle] = out.glob("*.zip")
            with Store.open(folder) as into:
                into.identify(LEAD, "lead")
                taken.append(timed(lambda: merge_bundle(into, bundle)))  # noqa: B023
                assert len(into.all_evidence("have")) == PHOTOS
            for each in (copies, out, folder):
                shutil.rmtree(each)
    least = statistics.median(floor)
    return [
        share(f"a bundle with {PHOTOS} photos of 2 MB taken in", statistics.median(taken), least, 0.4),
        share("the same bundle written and read back", statistics.median(written), least, 0.3),
    ]


def share(what: str, ours: float, floor: float, least: float) -> Line:
    """A line that judges which part of the floor's speed is reached."""
    ratio = floor / ours
    return Line(
        what, milliseconds(ours), f"copy + fsync of the files: {milliseconds(floor)}", f"{ratio:.2f} of its speed",
        f">= {least:g}", "pass" if ratio >= least else "over",
    )  # fmt: skip
