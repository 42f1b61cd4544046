"""Programs and libraries to compare with, installed by the benchmark into an environment of its own."""

import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = ("harlequin", "pycrdt", "pygeodiff")


def cache_folder() -> Path:
    """Where the peers' environment stays from one run to the next; ``ASSESSOR_BENCHMARKS`` names another place."""
    named = os.environ.get("ASSESSOR_BENCHMARKS")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("assessor-benchmarks", appauthor=False)


def peer_python() -> Path | None:
    """The interpreter of the peers' environment, made when there is none; None when nothing can be installed."""
    folder = cache_folder() / f"peers-{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "installed.txt"
    if done.exists() and done.read_text(encoding="utf-8").split() == list(PACKAGES):
        return python
    print(f"installing {', '.join(PACKAGES)} into {folder}", file=sys.stderr)
    venv.create(folder, with_pip=True, clear=True)
    # Compiled at once: a start must not pay for it.
    installed = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--compile", *PACKAGES],
        stderr=subprocess.DEVNULL,
    )
    if installed.returncode:
        return None
    done.write_text("\n".join(PACKAGES) + "\n", encoding="utf-8")
    return python


def version(python: Path, package: str) -> str:
    """The version of a package in the peers' environment."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()
