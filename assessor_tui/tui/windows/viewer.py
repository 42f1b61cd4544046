"""Opening a file in the system's viewer: always a copy, under the extension of its real type."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from assessor_tui.evidence import files


def copy_to_view(folder: Path, source: Path | str) -> Path:
    """A copy of a file under the extension of its real type, for other programs to open; it goes after a day.

    Args:
        folder: the data folder.
        source: SHA-256 of a stored file, or the path of another.

    Raises:
        EvidenceError: when it must not or cannot be opened.
    """
    name = source[:16] if isinstance(source, str) else "file"
    with files.open_evidence(folder, source) if isinstance(source, str) else _opened(source) as stream:
        media = files.sniff(stream.read(files.SNIFFED))
        if not media:
            raise files.TypeNotAllowed(name)
        stream.seek(0)
        copy = files.viewed_path(folder, f"{name}-{os.urandom(4).hex()}{files.TYPES[media]}")
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("wb") as out:
                while part := stream.read(1 << 20):
                    out.write(part)
            copy.chmod(0o400)
        except OSError as error:
            raise files.CannotKeep(name, error.strerror or type(error).__name__) from error
    return copy


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise files.FileGone(source.name, error.strerror or type(error).__name__) from error


def open_in_viewer(file: Path) -> bool:
    """True when the system has taken the file to show it."""
    import subprocess

    try:
        if sys.platform == "win32":
            os.startfile(file)  # noqa: S606 - a copy of an allowed type, named by us
            return True
        command = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.Popen(  # noqa: S603 - no shell, our own file name
            [command, str(file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except OSError:
        return False
    return True
