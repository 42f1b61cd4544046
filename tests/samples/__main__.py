"""Writes bundles and expected results of ``sample_sites`` again: ``python -m tests.samples [FOLDER]``."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from assessor_tui.config import shipped

from . import battery_maker, plating_shop
from .desk import PICTURES
from .expected import write_expected
from .pictures import draw_picture


class Site(NamedTuple):
    """How one sample site is made."""

    record: Callable[[Path, Path, Path, Path], None]
    """Gets a folder to work in, the forms, the pictures and the folder for its bundles."""
    pictures: tuple[str, ...]


SITES = {
    "battery_maker": Site(
        battery_maker.make,
        (
            "nameplate-rto-1.png",
            "control-panel-rto-1.png",
            "drum-store-day-1.png",
            "drum-store-day-2.png",
            "meter-substation.png",
            "stack-da002.png",
        ),
    ),
    "plating_shop": Site(plating_shop.make, ("plating-line-2.png", "scrubber-ws-1.png")),
}
"""Folder of the site -> how it is made."""


def make(target: Path, drawn: Path, sites: Iterable[str] = SITES) -> None:
    """Nothing; the bundles of the sites stand in ``target``. Pictures are taken from ``drawn``, drawn when missing."""
    for name in sites:
        pictures, bundles = drawn / name / PICTURES, target / name / "bundles"
        pictures.mkdir(parents=True, exist_ok=True)
        bundles.mkdir(parents=True, exist_ok=True)
        for picture in SITES[name].pictures:
            if not (pictures / picture).exists():
                draw_picture(pictures / picture)
        with tempfile.TemporaryDirectory() as folder:
            SITES[name].record(Path(folder), shipped("forms"), pictures, bundles)


if __name__ == "__main__":
    ours = shipped("sample_sites")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ours
    make(target, ours)
    for name in SITES:
        write_expected(target / name / "bundles", target / name / "expected")
