"""Putting a backup back, and bringing over what can still be read of the ledger that was there.

Everything is made ready beside the ledger first; only then does the ledger go aside, which deletes nothing, and the
new one gets its name. Killed at any moment it is begun again, and comes to the same end. The laptop goes on as a new
device: nobody can know which numbers the former one has used.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, NamedTuple

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import read_seal
from assessor_tui.carry.copies import PlaceError, named_places, whereabouts
from assessor_tui.evidence.files import SNIFFED, evidence_path, sniff, sync_folder
from assessor_tui.evidence.withdraw import clear_away
from assessor_tui.i18n import N_
from assessor_tui.ledger.state import file_of
from assessor_tui.store import keys, lock
from assessor_tui.store.backups import Backup, all_backups, check, newest_good
from assessor_tui.store.connect import DATABASE, SET_ASIDE
from assessor_tui.store.errors import NoLedger, StoreError, from_system
from assessor_tui.store.ledger import GONE, HAVE, WANTED, Device, Store
from assessor_tui.store.marker import NEVER, Marker, Said, forbid, read, this_machine
from assessor_tui.store.salvage import Brought, Wrote, bring_over, wrote
from assessor_tui.store.trusted import latest_roster

_WORK = "restoring"
"""Folder of the data folder in which the new ledger is made ready."""
_TAILS = ("", "-wal", "-shm")
"""A ledger is the file of its name and these beside it."""


class NoSuchBackup(StoreError):
    """No backup has this name."""

    message: ClassVar[str] = N_("There is no backup {name} in {folder}. “assessor doctor --backups” lists them.")
    exit_code: ClassVar[int] = 2


class Restored(NamedTuple):
    """What was done, and what is left to do."""

    backup: Backup | None
    """The one that was put back; None when there was no good one and the ledger was made of what could be read."""
    passed_over: tuple[tuple[Path, str], ...]
    """Newer backups that are not good, each with what is wrong."""
    aside: Path | None
    """Where the ledger that was there stands now; None when there was none."""
    brought: Brought
    """What came over from it."""
    entries: int
    """How many entries the ledger holds now."""
    missing: int
    """How many entries this laptop had written, at least, and that are not here."""
    device: Device | None
    """As whom the laptop goes on; None when nobody was named."""
    wanted: int
    """Files of evidence that are named and not here."""
    merge: tuple[Path, ...]
    """Bundles at the second places that hold what is not here."""
    has_roster: bool
    """True when the team has a roster, which does not list the new device yet."""

    @property
    def complete(self) -> bool:
        """True when nothing that this laptop held is known to be missing."""
        return self.brought.whole and not self.missing and (self.backup is not None or self.aside is not None)


def restore(
    folder: Path, name: str = "", *, now: Callable[[], int], markers: Path, mounts: Iterable[Path] = ()
) -> Restored:
    """The newest good backup, or the one of this name, is the ledger now; what was newer and readable is in it.

    Args:
        folder: the data folder.
        name: of a backup's file; ``""`` for the newest good one.
        now: the clock, in microseconds since 1970.
        markers: as ``Store.open``.
        mounts: where sticks may appear.

    Raises:
        NoSuchBackup, BackupNotGood: when the one of this name cannot be put back.
        NoLedger: when there is neither a backup nor anything that could be read.
        StoreError: when the disk does not take it, or another program is open. The ledger that was there is whole
            in its place or set aside; doing it again finishes it.
    """
    folder = folder.absolute()
    if not folder.is_dir():
        raise NoLedger(folder)
    held = lock.take(folder)
    try:
        backup, passed_over = _chosen(folder, name)
        _finish_setting_aside(folder)
        present = _present(folder)
        if backup is None and present is None:
            raise NoLedger(folder)
        device, brought, missing = _make_ready(folder, backup, present, now, markers)
        aside = _set_aside(folder, now()) if (folder / DATABASE).exists() else present.parent if present else None
        (folder / _WORK / DATABASE).replace(folder / DATABASE)
        sync_folder(folder)
        shutil.rmtree(folder / _WORK, ignore_errors=True)
    except OSError as error:
        raise from_system(error, folder) from error
    finally:
        held.release()
    with Store.open(folder, now=now, markers=markers) as store:
        clear_away(store, [row.id for row in store.visits()])
        return Restored(
            backup,
            tuple((each.path, reason) for each, reason in passed_over),
            aside,
            brought,
            sum(row.entries for row in store.visits()),
            missing,
            device,
            len(store.all_evidence(WANTED)),
            tuple(_lacking(store, mounts)),
            latest_roster(store) is not None,
        )


def _chosen(folder: Path, name: str) -> tuple[Backup | None, list[tuple[Backup, str]]]:
    if not name:
        return newest_good(folder)
    for each in all_backups(folder):
        if name in (each.path.name, each.path.stem, str(each.path)):
            check(each.path)
            return each, []
    raise NoSuchBackup(folder, name=name)


def _present(folder: Path) -> Path | None:
    """The ledger that was there: in its place, or set aside already by a run that was interrupted."""
    if (folder / DATABASE).exists() and (folder / DATABASE).stat().st_size:
        return folder / DATABASE
    aside = sorted(each for each in (folder / SET_ASIDE).glob(f"*/{DATABASE}") if each.stat().st_size)
    return aside[-1] if aside else None


def _finish_setting_aside(folder: Path) -> None:
    """Nothing; parts of a ledger whose file stands aside already follow it."""
    aside = sorted((folder / SET_ASIDE).glob(f"*/{DATABASE}"))
    if aside and not (folder / DATABASE).exists():
        for tail in _TAILS[1:]:
            part, target = folder / (DATABASE + tail), aside[-1].with_name(DATABASE + tail)
            if part.exists() and not target.exists():
                part.replace(target)


def _make_ready(
    folder: Path, backup: Backup | None, present: Path | None, now: Callable[[], int], markers: Path
) -> tuple[Device | None, Brought, int]:
    """Makes the new ledger beside the old one: as whom it goes on, what came over, how many entries are missing."""
    work = folder / _WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    if backup is not None:
        shutil.copyfile(backup.path, work / DATABASE)
        check(work / DATABASE)
    with Store.open(work, now=now) as store:  # it has no key there, so it goes on as a new device
        device = store.device
        before = {uid: said for uid, said in wrote(store.connection).items() if device is None or uid != device.id}
        brought = bring_over(store, present) if present is not None else Brought()
        if device is None and brought.person:
            device = store.identify(brought.person, brought.role)
        _look_at_files(folder, store)
        after = wrote(store.connection)
    # A marker of a device without a key here is one of another folder on this laptop.
    ours = [each for each in {**before, **brought.wrote} if keys.path_of(folder, each).exists()]
    missing = sum(_missing(read(markers / each), each, before, brought, after) for each in ours)
    for former in ours:
        forbid(markers, folder, former)
    if device is not None:
        (folder / keys.FOLDER).mkdir(mode=0o700, exist_ok=True)
        keys.path_of(work, device.id).replace(keys.path_of(folder, device.id))
        sync_folder(folder / keys.FOLDER)
        Marker(markers / device.id, folder, 0, this_machine()).close()
    return device, brought, missing


def _missing(
    said: Said | None, device: str, before: Mapping[str, Wrote], brought: Brought, after: Mapping[str, Wrote]
) -> int:
    """How many entries that this laptop wrote as ``device``, by its marker, neither are here nor were put away."""
    if said is None or said.written >= NEVER:
        return 0
    latest = brought.wrote if brought.whole and device in brought.wrote else before
    written, held = latest.get(device, (0, 0))
    return max(said.written - (written - held) - (after[device].held if device in after else 0), 0)


def _look_at_files(folder: Path, store: Store) -> None:
    """Nothing; evidence is said to be here or wanted as it stands on the disk: files were not touched."""
    known = {row.sha256: row.state for row in store.all_evidence()}
    named = {digest for row in store.visits() for _, entry in store.entries(row.id) if (digest := file_of(entry))}
    with store.together():
        for digest in sorted(named):
            try:
                with evidence_path(folder, digest).open("rb") as stream:
                    media, size = sniff(stream.read(SNIFFED)), os.fstat(stream.fileno()).st_size
            except (OSError, ValueError):
                if known.get(digest, HAVE) == HAVE:
                    store.mark_evidence(digest, WANTED)
                continue
            if known.get(digest) != GONE:
                store.note_evidence(digest, size, media)


def _set_aside(folder: Path, now: int) -> Path:
    """Where the ledger that was there stands now: in a folder with its time, its file first."""
    stamp = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=now // 1_000_000)
    place = folder / SET_ASIDE / f"{stamp:%Y%m%dT%H%M%SZ}"
    while place.exists():
        place = place.with_name(f"{place.name}-2")
    place.mkdir(parents=True)
    for tail in _TAILS:
        with suppress(FileNotFoundError):
            (folder / (DATABASE + tail)).replace(place / (DATABASE + tail))
    sync_folder(place)
    return place


def _lacking(store: Store, mounts: Iterable[Path]) -> Iterator[Path]:
    """Bundles at connected second places whose segments end with an entry that is not here."""
    mounts = list(mounts)
    hashes: dict[str, set[str]] = {}
    for place in named_places(store):
        with suppress(PlaceError, OSError):
            for path in sorted(whereabouts(place, mounts).glob("*.zip")):
                with suppress(BundleError):
                    for segment in read_seal(path).segments:
                        if segment.last not in hashes.setdefault(segment.visit, store.hashes(segment.visit)):
                            yield path
                            break
