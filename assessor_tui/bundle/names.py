"""The names of bundles in a folder: made of letters and digits, numbered, and never taken from another file."""

import contextlib
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from assessor_tui.bundle.archive import CHUNK
from assessor_tui.evidence.files import sync_folder

CLEAR, ENCRYPTED = ".zip", ".zip.age"
SUFFIXES = (CLEAR, ENCRYPTED)
"""How the names of bundles end."""
_PART = 48
"""Bytes of one part of a file name: with all of them a name fits every file system."""
_MOST = 10_000
"""Bundles of one visit, person and purpose in one folder."""
_DIGITS = 16
"""Of the digest, in a name made of it."""

Same = Callable[[Path], bool]


def file_stem(label: str, visit: str, purpose: str) -> str:
    """The file name up to its number: letters and digits of every script, hyphens, underscores between its parts."""
    parts = [_plain(part) for part in label.split("_", 3)]
    return "_".join([*(filter(None, parts) if any(parts) else (visit[:8],)), purpose])


def numbered(folder: Path, stem: str) -> dict[int, Path]:
    """Number -> file of the folder whose name is ``stem``, a hyphen and that number."""
    name = re.compile(re.escape(stem) + r"-([0-9]{1,4})\.zip(?:\.age)?", re.IGNORECASE)
    # Some systems give names back decomposed.
    found = ((name.fullmatch(unicodedata.normalize("NFC", each.name)), each) for each in folder.iterdir())
    return {int(match[1]): path for match, path in found if match is not None}


def _plain(text: str) -> str:
    """What is left of ``text`` in letters and digits, words joined by hyphens, cut where a name would be too long."""
    # Whole words and characters of every script stay; what one system or another refuses in names is none of these.
    kept = "".join(one if one.isalnum() else "-" for one in unicodedata.normalize("NFKC", text))
    joined = re.sub("-+", "-", kept).strip("-")
    return joined.encode()[:_PART].decode(errors="ignore").strip("-")


def publish(
    part: Path, folder: Path, stem: str, suffix: str = CLEAR, digest: str = "", is_same: Same | None = None
) -> tuple[Path, bool] | None:
    """(path, True) once ``part`` stands under its name; (path, False) when the same bundle stood there before.

    Args:
        part: the file, in ``folder``.
        folder: where it gets its name.
        stem: the name as ``file_stem`` gives it.
        suffix: ``CLEAR`` or ``ENCRYPTED``.
        digest: of the bundle, when its name shall be made of that instead of the next free number.
        is_same: tells whether another file holds what ``part`` holds; by default one with the same bytes does.

    None when no name is left.
    """
    same = is_same or (lambda path: _same(part, path))
    if digest:
        # What stands under this name and is another file was half-copied or damaged: the name after it is free.
        stem = f"{stem}_{digest[:_DIGITS]}"
        names = (f"{stem}{f'-{number}' if number > 1 else ''}{suffix}" for number in range(1, _MOST))
    else:
        there = numbered(folder, stem)
        for path in there.values():
            if same(path):
                return path, False
        names = (f"{stem}-{number}{suffix}" for number in range(max(there, default=0) + 1, _MOST))
    for name in names:
        target = folder / name
        if digest and target.is_file() and same(target):
            return target, False
        if not target.exists() and _rename(part, target):
            sync_folder(folder)
            return target, True
    return None


def _rename(part: Path, target: Path) -> bool:
    """True once ``part`` has become ``target``; False when ``target`` came to be meanwhile."""
    try:
        if os.name == "posix":
            # Unlike a rename a link never replaces; where the disk knows no links (a stick) only the check above helps.
            with contextlib.suppress(PermissionError, NotImplementedError):
                os.link(part, target)
                return True
    except FileExistsError:
        return False
    except OSError:
        pass
    try:
        part.rename(target)
    except FileExistsError:
        return False
    return True


def _same(one: Path, other: Path) -> bool:
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while piece := left.read(CHUNK):
            if piece != right.read(CHUNK):
                return False
    return True
