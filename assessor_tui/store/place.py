"""Whether a folder is a safe place for a ledger: not one that a service copies behind our back, not a network drive."""

import os
import sys
from pathlib import Path

_SYNCED_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud Drive",
    "iclouddrive": "iCloud Drive",
    "mobile documents": "iCloud Drive",
    "cloudstorage": "CloudStorage",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "seafile": "Seafile",
    "syncthing": "Syncthing",
    "baidunetdiskworkspace": "Baidu Netdisk",
    "坚果云": "坚果云",
    "nutstore": "Nutstore",
    "wpsdrive": "WPS Drive",
    "pcloud drive": "pCloud",
    "box sync": "Box",
}
_SYNCED_FILES = {
    ".dropbox": "Dropbox",
    ".stfolder": "Syncthing",
    ".owncloudsync.log": "ownCloud",
    ".sync_journal.db": "Nextcloud",
    ".tmp.driveupload": "Google Drive",
}
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "9p", "fuse.sshfs", "fuse.rclone", "davfs"}
)
_DRIVE_REMOTE = 4


def doubtful_place(path: Path) -> str:
    """What makes this a bad place for a ledger, by its name (``OneDrive``, ``nfs``); ``""`` when nothing is known."""
    folder = Path(os.path.abspath(path))  # noqa: PTH100 -- resolve() would follow into the place it is mounted from
    for place in {folder, folder.resolve()}:
        for part in (place, *place.parents):
            name = part.name.casefold()
            for known, service in _SYNCED_NAMES.items():
                if name == known or name.startswith((f"{known} - ", f"{known}-")):
                    return service
            for file, service in _SYNCED_FILES.items():
                if part != part.parent and os.path.lexists(part / file):
                    return service
    return _network_drive(folder.resolve())


def _network_drive(folder: Path) -> str:
    """Name of the network file system that ``folder`` is on, ``""`` when it is on none or nobody can tell."""
    if str(folder).startswith(("\\\\", "//")):
        return "UNC"
    if sys.platform == "win32":
        import ctypes

        kind = ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\")
        return "network drive" if kind == _DRIVE_REMOTE else ""
    return network_of(folder, _mounts())


def network_of(folder: Path, mounts: str) -> str:
    """Network file system of ``folder`` by a table of mounts as Linux writes it; ``""`` for none."""
    best, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if (folder == point or point in folder.parents) and len(point.parts) >= best:
            best, found = len(point.parts), fields[2]
    return found if found in _NETWORK else ""


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
