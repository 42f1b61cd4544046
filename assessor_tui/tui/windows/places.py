"""Where files from outside usually lie on this laptop."""

from collections.abc import Iterable
from pathlib import Path

from assessor_tui.config import mount_points


def usual_places(home: Path, *, first: Iterable[Path] = (), then: Iterable[Path] = ()) -> list[Path]:
    """``first``, memory sticks and cameras, ``then``, and the person's own folders; only those there are."""
    own = [home / name for name in ("Downloads", "Desktop", "Documents", "Pictures")]
    places = dict.fromkeys((*first, *mount_points(home.name, "DEFGHIJ"), *then, *own, home))
    return [each for each in places if _is_folder(each)]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
