"""A bundle with as much in it as one may hold, and the memory that reading it takes."""

import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.bundle.archive import LIMITS
from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.write import Contents, Segment
from assessor_tui.ledger.entry import hash_line, to_line
from tests.bundle_samples import (
    COLLEAGUE,
    LAPTOP,
    OTHER_LAPTOP,
    PERSON,
    VISIT,
    make_log,
    seal_of,
    seals_of,
    write_signed,
)

_PARTS = 19_000
_MEASURE = """
import sys
from pathlib import Path
from assessor_tui.bundle.read import open_bundle
with open_bundle(Path(sys.argv[1])) as bundle:
    proven = sum(bundle.proven(segment) for segment in bundle.seal.segments)
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
print(bundle.count, len(bundle.seals), proven, peak // 1024)
"""


class Peak(NamedTuple):
    """What reading a bundle took."""

    entries: int
    seals: int
    proven: int
    """Number up to which the seals vouch."""
    mebibytes: int


def bundle_at_its_limits(folder: Path, entries: int = LIMITS.entries, parts: int = _PARTS) -> Path:
    """A bundle with so many entries and parts, and the most references, seals and bytes of enclosed parts."""
    first = make_log(1, device=OTHER_LAPTOP)[0]
    digest, lines, seals = first[0], [to_line(first[1])], []
    left, stride = LIMITS.references // 64, entries // LIMITS.seals
    for seq in range(2, entries + 1):
        data: dict[str, Any] = {
            "act": "answer", "at": seq, "form": "example", "path": f"q_{seq}", "person": PERSON, "prev": digest,
            "seq": seq, "value": f"{seq * 7919}",
        }  # fmt: skip
        if left and seq % max(entries * 64 // LIMITS.references, 1) == 0:
            data["replaces"] = [f"{COLLEAGUE}.{seq}.{seq * 64 + each:032x}" for each in range(64)]
            left -= 1
        lines.append(dump(data))
        digest = hash_line(VISIT, OTHER_LAPTOP, lines[-1])
        if seq % stride == 0 and len(seals) < LIMITS.seals:
            seals.append(seal_of([first, (digest, first[1]._replace(seq=seq))]))
    contents = Contents(
        VISIT, "delta", LAPTOP, PERSON, [Segment(VISIT, OTHER_LAPTOP, lines)],
        forms=[_list_at_its_limits(), *(dump({"n": number}) for number in range(parts - 1))], seals=seals_of(*seals),
        receipt=dump({"x": [0] * 1_000_000}), roster=(dump({"x": [0] * 2_000_000}), bytes(64)),
    )  # fmt: skip
    return write_signed(folder, contents).path


def _list_at_its_limits() -> bytes:
    """A form with as many rows and texts as one may have, and as many bytes as fit."""
    rows = LIMITS.form_rows - 10
    cells = LIMITS.form_texts - rows - 10
    number = iter(range(cells + rows))
    table = [[f"{next(number):08x}" for _ in range(2 + (at < cells - rows))] for at in range(rows)]
    return dump({"x": table})


def peak_of(path: Path) -> Peak:
    """What a program of its own takes to read the bundle; Linux only."""
    run = subprocess.run([sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True)
    return Peak(*map(int, run.stdout.split()))
