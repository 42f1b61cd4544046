"""Where things lie on this computer. Nothing else asks for it; everybody else is given paths."""

import os
from collections.abc import Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_folder(option: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that holds the work: ``--data``, else ``ASSESSOR_DATA``, else where this system keeps data."""
    if option is not None:
        return option.absolute()
    if named := environment.get("ASSESSOR_DATA"):
        return Path(named).absolute()
    import platformdirs

    return platformdirs.user_data_path("assessor", appauthor=False)


def markers_folder() -> Path:
    """Where the ledgers' markers lie, outside every data folder, so that a copied or restored one is noticed."""
    import platformdirs

    return platformdirs.user_state_path("assessor", appauthor=False) / "markers"


def mount_points(user: str, letters: str = "DEFGHIJKLMNOPQRSTUVWXYZ") -> list[Path]:
    """Where memory sticks, cameras and network folders appear on this system for ``user``; few of them are there.

    ``letters`` are the drives looked at on Windows.
    """
    if os.name == "nt":
        return [Path(f"{letter}:\\") for letter in letters]
    found: list[Path] = []
    for mounts in (Path("/media") / user, Path("/run/media") / user, Path("/Volumes")):
        try:
            found += sorted(each for each in mounts.iterdir() if not each.name.startswith("."))
        except OSError:
            continue
    return found


def shipped(name: str) -> Path:
    """The folder ``forms`` or ``sample_sites`` that came with the program, from a checkout and from a wheel alike."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def short_path(path: Path) -> str:
    """The path as people say it: ``~`` for their home folder."""
    home = Path.home()
    return f"~{os.sep}{path.relative_to(home)}" if path != home and path.is_relative_to(home) else str(path)
