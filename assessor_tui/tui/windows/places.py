"""Where files from outside usually lie on this laptop."""

import os
from collections.abc import Iterable
from pathlib import Path


def usual_places(home: Path, *, first: Iterable[Path] = (), then: Iterable[Path] = ()) -> list[Path]:
    """``first``, memory sticks and cameras, ``then``, and the person's own folders; only those there are."""
    own = [home / name for name in ("Downloads", "Desktop", "Documents", "Pictures")]
    places = dict.fromkeys((*first, *_mounted(home.name), *then, *own, home))
    return [each for each in places if _is_folder(each)]


def _mounted(user: str) -> list[Path]:
    if os.name == "nt":
        return [Path(f"{letter}:\\") for letter in "DEFGHIJ"]
    found: list[Path] = []
    for mounts in (Path("/media") / user, Path("/run/media") / user, Path("/Volumes")):
        try:
            found += sorted(each for each in mounts.iterdir() if not each.name.startswith("."))
        except OSError:
            continue
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
