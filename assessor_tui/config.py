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


def markers_folder(folder: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where the ledger's markers lie so that a copied or restored data folder is noticed; None: inside the folder.

    Only the folder this system gives has a place of its own beside it; a folder somebody named keeps all it needs.
    """
    import platformdirs

    if environment.get("ASSESSOR_DATA") or folder != platformdirs.user_data_path("assessor", appauthor=False):
        return None
    return platformdirs.user_state_path("assessor", appauthor=False) / "markers"


def shipped(name: str) -> Path:
    """The folder ``forms`` or ``sample_sites`` that came with the program, from a checkout and from a wheel alike."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
