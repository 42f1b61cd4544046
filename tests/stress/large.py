"""What is larger than anybody needs: ten thousand papers in one visit, a file and a bundle of two gibibytes."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import open_bundle
from assessor_tui.evidence.files import EvidenceError, evidence_path, store_file
from assessor_tui.ledger.value import Evidence
from assessor_tui.visit import Act, Visit
from tests.small_visit import begin, laptop

MOST = 256
"""Mebibytes that taking a bundle in may need."""
TWO_GIBIBYTES = 2 * 1024**3
_AT_ONCE = 500
_PEAK = """
status = Path("/proc/self/status").read_text()
print(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024)
"""
_MAKE = """
import sys
from pathlib import Path
from assessor_tui.carry.hand_over import make_bundle
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
with Store.open(Path(sys.argv[1])) as store:
    visit = Visit(store, store.visits()[0].id, new_id=lambda: "e" * 32)
    print(make_bundle(store, visit, Path(sys.argv[2])).path)
"""
_MERGE = """
import sys
from pathlib import Path
from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.store.ledger import Store
with Store.open(Path(sys.argv[1])) as store:
    store.identify("Bob", "lead")
    merged = merge_bundle(store, Path(sys.argv[2]))
    print(merged.error or len(store.all_evidence("have")))
"""


class Carried(NamedTuple):
    """What carrying many papers took."""

    papers: int
    arrived: str
    """How many arrived; else why none did."""
    making: int
    """Mebibytes, at most, while the bundle was made."""
    merging: int
    """Mebibytes, at most, while it was taken in."""


def carry_many(folder: Path, papers: int) -> Carried:
    """What came of a visit with so many papers, handed over in one bundle and taken in by another laptop."""
    with laptop(folder / "ann", "Ann", "lead") as store:
        visit = begin(store)
        for start in range(0, papers, _AT_ONCE):
            with store.together():
                acts = [attached(visit, number) for number in range(start, min(start + _AT_ONCE, papers))]
            assert visit.record_together(acts).problems == ()
    path, making = run(_MAKE, folder / "ann", folder / "sent")
    arrived, merging = run(_MERGE, folder / "bob", Path(path))
    return Carried(papers, arrived, making, merging)


def attached(visit: Visit, number: int) -> Act:
    """Ties a paper that stands in the data folder now, unsynced: only handing over and taking in are tried here."""
    content = f"Paper {number} of a long visit.\n".encode() * 20
    digest = hashlib.sha256(content).hexdigest()
    path = evidence_path(visit.store.folder, digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    visit.store.note_evidence(digest, len(content), "text/plain")
    about = {"sha256": digest, "name": f"paper-{number}.txt", "type": "text/plain"}
    return Act("attach", "check", "meter", Evidence("document", about))


def run(program: str, *arguments: Path) -> tuple[str, int]:
    """What the program printed, and its peak of memory in mebibytes (Linux)."""
    done = subprocess.run(
        [sys.executable, "-c", program + _PEAK, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    first, peak = done.stdout.strip().splitlines()[-2:]
    return first, int(peak)


def offer_large_file(folder: Path, size: int = TWO_GIBIBYTES) -> str:
    """The sentence with which a text of ``size`` bytes is refused as evidence; ``""`` when it was taken."""
    piece = b"A line of a very long text.\n" * 40_000
    try:
        store_file(folder, (piece for _ in range(size // len(piece) + 1)), name="video.txt")
    except EvidenceError as error:
        left = [path for path in (folder / "evidence").rglob("*") if path.is_file()]
        return "" if left else str(error)
    return ""


def offer_large_bundle(folder: Path, size: int = TWO_GIBIBYTES + 1) -> str:
    """The sentence with which a bundle of ``size`` bytes, nearly all holes, is refused; ``""`` when it is not."""
    path = folder / "large.zip"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(size)
    try:
        open_bundle(path).close()
    except BundleError as error:
        return str(error)
    finally:
        path.unlink()
    return ""
