"""A folder that several laptops share (a stick, a network or synced drive): which bundles stand in it, by their seals.

Nothing is remembered about the folder but what its files say: each is looked into once and known again by its name,
size and time, so a file that somebody deletes is simply no longer there. Whatever else lies in the folder is left
alone.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from assessor_tui.bundle.archive import LIMITS
from assessor_tui.bundle.crypt import MAGIC
from assessor_tui.bundle.error import CLOSED, LIMIT, BundleError
from assessor_tui.bundle.names import SUFFIXES
from assessor_tui.bundle.seal import SegmentSeal
from assessor_tui.carry.copies import identity_of
from assessor_tui.carry.opening import outline_here
from assessor_tui.i18n import N_
from assessor_tui.store.errors import ReadingOnly
from assessor_tui.store.ledger import LogRow, Store
from assessor_tui.store.wrapped import KeyLocked
from assessor_tui.trust.team import roster_of

_KEPT = "folder 2 "
"""Local state, with the folder's key behind it: what was read of each file, under the visit that it is about. The
number rises with the shape of ``_Facts``."""

_READERS = "folder readers"
"""Local state: the folder's key -> devices for which is encrypted what goes there, or only ``TEAM``."""
TEAM = "*"
"""Instead of devices: everybody on the roster."""

_FIRST, _LOCAL_HEADER = b"bagit.txt", 30
"""What stands first in every bundle, and the bytes before its name."""

_Facts = list[Any]
"""Size, time and what was read of one file, as it is kept; nothing more of one that is encrypted for others."""


class FolderError(Exception):
    """Nothing can be pushed to the folder or pulled from it now; what stands there stands."""

    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = N_("{folder} cannot be used ({reason}).")

    def __init__(self, folder: Path | str = "", reason: str = "") -> None:
        super().__init__(str(folder), reason)
        self.parameters = {"folder": str(folder), "reason": reason}
        """Blanks of the sentence."""

    def __str__(self) -> str:
        return self.message.format(**self.parameters)


# Short, and the folder last: they stand on one line of a narrow screen.


class NoFolder(FolderError):
    """There is no such folder."""

    exit_code = 2
    message = N_("No such folder. Plug the stick in, connect the drive, or make it first: {folder}")


class FolderGone(FolderError):
    """The folder went away during the work."""

    message = N_("The folder went away. Connect it and repeat; what arrived there stands: {folder}")


class InTheData(FolderError):
    """The folder is the one with the work."""

    exit_code = 2
    message = N_("The work itself is there. Name a folder on a stick or a shared drive, not {folder}")


class Shelved(NamedTuple):
    """A bundle that stands in a folder, as its seal speaks of it."""

    name: str
    """Of the file."""
    size: int
    digest: str
    """SHA-256 of its seal."""
    visit: str
    purpose: str
    device: str
    """The sender's."""
    person: str
    """The sender."""
    signed: bool
    runs: tuple[SegmentSeal, ...]
    evidence: frozenset[str]
    """SHA-256 of its files."""
    definitions: frozenset[str]
    """Beginning of the SHA-256 of its forms and schemes, as entries name them."""
    receipt: int
    """CRC-32 of the receipt in it; 0 for none."""
    roster: int
    """Version of the roster that its sender went by; 0 for none."""
    recipients: tuple[str, ...] = ()
    """For whom it is encrypted; none: it is not."""
    copies: tuple[str, ...] = ()
    """Names of further files that hold the same bundle."""


class Shelf(NamedTuple):
    """What a folder holds."""

    folder: Path
    bundles: tuple[Shelved, ...]
    """Each bundle once, however many copies of its file there are; by name."""
    closed: tuple[str, ...]
    """Names of files that are encrypted for others."""
    locked: tuple[str, ...]
    """Names of files that are encrypted, while this laptop's own key waits for its passphrase."""
    unread: tuple[BundleError, ...]
    """Why a file that ought to be a bundle cannot be read: half-copied, damaged, of a newer version."""

    def of(self, visit: str) -> list[Shelved]:
        """The bundles of one visit."""
        return [each for each in self.bundles if each.visit == visit]


def look(store: Store, folder: Path) -> Shelf:
    """What the folder holds; a file that was looked into before, and has not changed since, is not opened.

    Files that are no bundles, folders, half-written ``.part`` files are passed over.

    Args:
        store: keeps what was read, when it is open for writing.
        folder: where to look; folders in it are not entered.

    Raises:
        NoFolder, FolderGone: when it cannot be listed.
    """
    kept = store.locals_under(key := _KEPT + _key_of(folder))
    known: dict[str, tuple[str, _Facts]] = {
        name: (visit, facts) for visit, files in kept.items() for name, facts in files.items()
    }
    now: dict[str, dict[str, _Facts]] = {}
    bundles: dict[str, Shelved] = {}
    closed: list[str] = []
    locked: list[str] = []
    unread: list[BundleError] = []
    for name, size, time in _files(folder):
        visit, facts = known.get(name, ("", []))
        if facts[:2] != [size, time]:
            try:
                visit, facts = _read(store, folder, name, size, time)
            except BundleError as error:
                if error.kind != CLOSED:
                    # Nothing is kept: it may be half-copied, and be whole the next time with the same size.
                    if _begins_as_bundle(folder / name):
                        unread.append(error)
                    continue
                visit, facts = "", [size, time]
            except KeyLocked:
                locked.append(name)
                continue
        if len(facts) == 2:
            closed.append(name)
        else:
            shelved = _from_facts(name, visit, facts)
            first = bundles.setdefault(shelved.digest, shelved)
            if first is not shelved:
                bundles[shelved.digest] = first._replace(copies=(*first.copies, name))
        now.setdefault(visit, {})[name] = facts
    _keep(store, key, kept, now)
    return Shelf(folder, tuple(bundles.values()), tuple(closed), tuple(locked), tuple(unread))


def usable(store: Store, folder: Path) -> Path:
    """The folder, absolute, when it can be shared.

    Raises:
        NoFolder, InTheData: otherwise.
    """
    folder = folder.absolute()
    if not _is_there(folder):
        raise NoFolder(folder)
    if store.folder.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise InTheData(folder)
    return folder


def readers_of(store: Store, folder: Path) -> list[str]:
    """The devices for which everything that is pushed to the folder is encrypted; none: everybody can read it."""
    kept: list[str] = store.local("", _READERS, {}).get(_key_of(folder), [])
    if kept != [TEAM]:
        return kept
    roster, own = roster_of(store), store.device.id if store.device is not None else ""
    people = roster.people if roster is not None else ()
    return [
        each.device
        for each in people
        if each.recipient and each.device != own and roster is not None and not roster.is_revoked(each.device)
    ]


def is_decided(store: Store, folder: Path) -> bool:
    """True when somebody has said who can read what goes to the folder; without a roster nobody need be asked."""
    return roster_of(store) is None or _key_of(folder) in store.local("", _READERS, {})


def keep_readers(store: Store, folder: Path, devices: Sequence[str]) -> None:
    """Nothing; what is pushed to the folder from now on is encrypted for these devices, or with none for nobody.

    ``[TEAM]`` is everybody on the roster, whoever joins later too. Kept, so that nobody who forgets to say it puts a
    client's figures on a shared drive in clear.
    """
    store.set_local("", _READERS, {**store.local("", _READERS, {}), _key_of(folder): list(devices)})


def disk_of(folder: Path) -> int:
    """The number of the disk that the folder is on: another one when a drive was taken away under its path.

    Raises:
        FolderGone: when it is not there any more.
    """
    try:
        if folder.is_dir():
            return folder.stat().st_dev
    except OSError as error:
        raise FolderGone(folder, error.strerror or "") from error
    raise FolderGone(folder)


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):
        return False


def _key_of(folder: Path) -> str:
    """The same for one folder every time: a second place is known under every letter, others by where they are."""
    return identity_of(folder) or hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:32]


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Name, bytes and time of each file whose name ends like a bundle's, by name."""
    found = []
    try:
        with os.scandir(folder) as each_entry:
            for entry in each_entry:
                # Names that begin with a dot are what systems leave beside a file (._name.zip).
                if not entry.name.lower().endswith(SUFFIXES) or entry.name.startswith("."):
                    continue
                with suppress(OSError):  # gone since it was listed
                    if entry.is_file():
                        stat = entry.stat()
                        found.append((entry.name, stat.st_size, stat.st_mtime_ns))
    except OSError as error:
        raise (FolderGone if _is_there(folder.parent) else NoFolder)(folder, error.strerror or "") from error
    return sorted(found)


def _read(store: Store, folder: Path, name: str, size: int, time: int) -> tuple[str, _Facts]:
    """Visit and facts of a file that is looked into; errors as ``outline_here``."""
    outline = outline_here(store, folder / name)
    seal = outline.seal
    if numbers_in((run.begin, run.end) for run in seal.segments) > LIMITS.entries:
        raise BundleError(LIMIT, "seal.json", f"more than {LIMITS.entries} entries", file=name)
    runs = [
        [run.device, run.begin, run.end, run.prev, run.last, *([run.visit] if run.visit != seal.visit else [])]
        for run in seal.segments
    ]
    facts = [
        size, time, outline.digest, seal.purpose, seal.device, seal.person, bool(seal.key), runs,
        sorted(outline.evidence), sorted(each[:12] for each in outline.definitions), outline.receipt,
        seal.roster, list(seal.recipients),
    ]  # fmt: skip
    return seal.visit, facts


def _begins_as_bundle(path: Path) -> bool:
    """True for a file that was meant to be a bundle, and not somebody's own archive."""
    with suppress(OSError), path.open("rb") as stream:
        start = stream.read(_LOCAL_HEADER + len(_FIRST))
        return start[_LOCAL_HEADER:] == _FIRST or start.startswith(MAGIC)
    return True  # one that cannot be read now


def _from_facts(name: str, visit: str, facts: Sequence[Any]) -> Shelved:
    size, _time, digest, purpose, device, person, signed, runs, evidence, definitions, *others = facts
    receipt, roster, recipients = others
    return Shelved(
        name, size, digest, visit, purpose, device, person, signed,
        tuple(SegmentSeal(run[5] if len(run) > 5 else visit, *run[:5]) for run in runs),
        frozenset(evidence), frozenset(definitions), receipt, roster, tuple(recipients),
    )  # fmt: skip


def _keep(store: Store, key: str, before: Mapping[str, Any], now: Mapping[str, Mapping[str, _Facts]]) -> None:
    """What has changed is kept; of a visit that was put away nothing is, and beside an open program nothing can be."""
    away = {line["visit"] for line in store.put_away_lines()}
    now = {visit: files for visit, files in now.items() if visit not in away or store.knows(visit)}
    changed = [visit for visit in {*before, *now} if before.get(visit) != now.get(visit)]
    if not changed:
        return
    with suppress(ReadingOnly), store.together():
        for visit in changed:
            store.set_local(visit, key, now.get(visit))


# Stretches of a log: first and last number of each


def joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in as few stretches as can be, in order."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def outside(stretches: Iterable[tuple[int, int]], held: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of ``stretches`` is in none of ``held``, joined."""
    found: list[tuple[int, int]] = []
    covers = joined(held)
    at = 0
    for begin, end in joined(stretches):
        while at < len(covers) and covers[at][1] < begin:
            at += 1
        each = at
        while each < len(covers) and covers[each][0] <= end:
            if begin < covers[each][0]:
                found.append((begin, covers[each][0] - 1))
            begin = covers[each][1] + 1
            each += 1
        if begin <= end:
            found.append((begin, end))
    return found


def numbers_in(stretches: Iterable[tuple[int, int]]) -> int:
    """How many numbers there are in stretches that do not overlap."""
    return sum(end - begin + 1 for begin, end in stretches)


def stretches_of(store: Store, visit: str, row: LogRow) -> list[tuple[int, int]]:
    """The stretches of one side of a log that are here."""
    if row.held == row.end - row.begin + 1:
        return [(row.begin, row.end)]
    return joined((seq, seq) for seq, _, _ in store.lines(visit, row.device, 0, row.fork))
