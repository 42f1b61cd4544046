"""Writes the bundles of ``sample_sites`` again: ``python -m tests.samples [FOLDER]``."""

import sys
import tempfile
from pathlib import Path

from assessor_tui.config import shipped

from . import battery_maker, plating_shop
from .desk import PICTURES
from .pictures import draw_picture

SITES = {
    "battery_maker": (
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
    "plating_shop": (plating_shop.make, ("plating-line-2.png", "scrubber-ws-1.png")),
}
"""Folder of the site -> what records it, and its pictures."""


def make(target: Path, drawn: Path) -> None:
    """Nothing; the bundles of every site stand in ``target``. Pictures are taken from ``drawn``, drawn when missing."""
    for site, (record, names) in SITES.items():
        pictures, bundles = drawn / site / PICTURES, target / site / "bundles"
        pictures.mkdir(parents=True, exist_ok=True)
        bundles.mkdir(parents=True, exist_ok=True)
        for name in names:
            if not (pictures / name).exists():
                draw_picture(pictures / name)
        with tempfile.TemporaryDirectory() as folder:
            record(Path(folder), shipped("forms"), pictures, bundles)


if __name__ == "__main__":
    sites = shipped("sample_sites")
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else sites, sites)
