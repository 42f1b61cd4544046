"""What the golden bundles of format 1.1 hold: the same keys, entries and files for ever.

``python -m tests.golden_bundles`` writes those that are not there; one that is there is never written anew.
"""

import hashlib
import tempfile
from pathlib import Path

from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.write import Contents, Written
from tests.bundle_samples import (
    FORM,
    IDENTITY,
    JPEG,
    LAPTOP,
    OTHER_LAPTOP,
    OTHER_VISIT,
    PERSON,
    RECIPIENT,
    SCHEME,
    SCHEME_PUBLIC,
    STRANGERS_RECIPIENT,
    VISIT,
    make_log,
    picture,
    plain_contents,
    receipt_bytes,
    roster_parts,
    seal_of,
    seals_of,
    write_signed,
)

GOLDEN = Path(__file__).parent / "golden"
PHOTO = hashlib.sha256(JPEG).hexdigest()
MINE = make_log(3, values=(picture(PHOTO),))
THEIRS = make_log(4, device=OTHER_LAPTOP)
EARLIER = make_log(2, visit=OTHER_VISIT, device=OTHER_LAPTOP)
PROJECT = hashlib.sha256(SCHEME_PUBLIC).hexdigest()[:32]
ENCRYPTED = "encrypted"
"""Its bytes are others each time it is written."""


def golden_contents(photo: Path) -> dict[str, Contents]:
    """Name -> what the golden bundle of that name holds; ``photo`` is a file that holds ``JPEG``."""
    receipt, roster = receipt_bytes(MINE, THEIRS), roster_parts()
    seals = seals_of(seal_of(THEIRS[:2]), seal_of(THEIRS))
    delta = plain_contents(
        *MINE[1:], *THEIRS, receipt=receipt, roster=roster, roster_version=1, seals=seals, evidence={PHOTO: photo}
    )
    full = delta._replace(
        purpose="full", segments=plain_contents(*MINE, *THEIRS).segments, forms=(FORM,), schemes=(SCHEME,)
    )
    earlier = plain_contents(*MINE, *EARLIER).segments
    return {
        "delta": delta,
        "full": full,
        "invite": full._replace(
            purpose="invite", segments=earlier, seals=seals_of(seal_of(EARLIER, visit=OTHER_VISIT)), evidence={}
        ),
        "receipt": Contents(VISIT, "receipt", LAPTOP, PERSON, receipt=receipt, roster=roster, roster_version=1),
        "request": Contents(
            VISIT, "request", LAPTOP, PERSON,
            receipt=dump({"missing": [{"device": OTHER_LAPTOP, "from": 5, "to": 0}], "visit": VISIT}),
        ),
        "roster": Contents(PROJECT, "roster", LAPTOP, PERSON, roster=roster, roster_version=1),
        "enrol": Contents(
            LAPTOP, "enrol", LAPTOP, PERSON, enrol=dump({"person": PERSON, "recipient": RECIPIENT})
        ),
        "evidence": plain_contents(evidence={PHOTO: photo}),
        ENCRYPTED: delta._replace(recipients=(RECIPIENT, STRANGERS_RECIPIENT)),
    }  # fmt: skip


def golden_path(name: str) -> Path:
    """Where the golden bundle of that name stands."""
    return GOLDEN / f"bundle-1.1-{name}.zip{'.age' if name == ENCRYPTED else ''}"


def write_golden(folder: Path, name: str) -> Written:
    """The bundle as the program of today writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = folder / "photo"
    photo.write_bytes(JPEG)
    return write_signed(folder / "out", golden_contents(photo)[name], identities=(IDENTITY,))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for each in golden_contents(Path("photo")):
            if not golden_path(each).exists():
                golden_path(each).write_bytes(write_golden(Path(scratch) / each, each).path.read_bytes())
                print(golden_path(each))
