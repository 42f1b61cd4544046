"""Answering, bundling and merging on a disk with no room left, for every size of the room up to enough.

The disk is a small file system in memory that only this process sees (Linux, ``unshare``); it is gone with it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.write import BundleNotWritten
from assessor_tui.carry.copies import PlaceError, PlaceFull, add_place, confirmed_copies, copy_visit, named_places
from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.carry.folder import FolderError
from assessor_tui.carry.push import push
from assessor_tui.carry.put_away import put_away, put_away_lines
from assessor_tui.carry.restore import restore
from assessor_tui.evidence.files import EvidenceError, evidence_path
from assessor_tui.ledger.state import file_of
from assessor_tui.ledger.value import Quantity
from assessor_tui.store import backups
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.errors import BackupFailed, DiskFull, StoreError
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, clock, ids, laptop
from tests.stress.kill_acts import attach, make_old

STEP = 4096
SIZE = 3 * 1024 * 1024
ACTS = (
    "answer", "attach", "bundle", "merge", "open", "copy", "put away", "push", "back up", "restore", "update",
)  # fmt: skip
_CLOSED = ("open", "restore", "update")
"""Acts that begin with a ledger that is not open."""


class Outcome(NamedTuple):
    """What came of one act over all sizes of the room."""

    act: str
    tried: int
    refused: int
    """How often the act was refused as the disk was full."""
    wrong: tuple[str, ...]
    """What was not as it must be; empty when nothing was."""


def run(folder: Path, step: int = STEP) -> list[Outcome]:
    """What came of every act, with ``step`` bytes more room each time. OSError where there is no such disk."""
    prepare(folder)
    disk = folder / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-m", "tests.stress.full_disk", str(folder), str(step)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no file system of our own")
    return [Outcome(each[0], each[1], each[2], tuple(each[3])) for each in json.loads(done.stdout)]


def prepare(folder: Path) -> None:
    """Nothing; two laptops with the same visit, and the bundle that the second one delivers."""
    with laptop(folder / "lead", "Ann", "lead") as store:
        visit = begin(store)
        invitation = make_bundle(store, visit, folder, "invite").path
        store.back_up(backups.ASKED)
    with laptop(folder / "other", "Bob") as store:
        merge_bundle(store, invitation)
        other = Visit(store, visit.id, new_id=ids("o"))
        for number in range(200):
            other.record("answer", "check", "words", f"Seen at the gate {number} " + "long " * 40)
        (folder / "delivered").mkdir()
        make_bundle(store, other, folder / "delivered", "full")


def on_full_disk(folder: Path, step: int) -> list[Outcome]:
    """What came of every act; inside the namespace, ``folder / "disk"`` may be mounted."""
    disk = folder / "disk"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    return [over_all_sizes(act, folder, disk, step) for act in ACTS]


def over_all_sizes(act: str, folder: Path, disk: Path, step: int) -> Outcome:
    """What came of the act with more and more room, until it has succeeded three times."""
    wrong: list[str] = []
    tried = refused = successes = 0
    room = 0
    while successes < 3 and room < SIZE // 2:
        tried += 1
        problem, was_refused = once(act, folder, disk, room)
        refused += was_refused
        successes += not was_refused
        if problem:
            wrong.append(f"{act} with {room} bytes left: {problem}")
        room += step
    if successes < 3:
        wrong.append(f"{act} never succeeded")
    return Outcome(act, tried, refused, tuple(wrong))


def once(act: str, folder: Path, disk: Path, room: int) -> tuple[str, bool]:
    """What was wrong (``""`` when nothing was), and whether the act was refused, with ``room`` bytes left."""
    for each in disk.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    data = disk / "data"
    shutil.copytree(folder / "lead", data)
    visit_id = visit_of(data)
    filler = disk / "filler"
    failed: Exception | None = None
    if act == "update":
        make_old(data / DATABASE)
    if act in _CLOSED:
        fill(filler, disk, room)
    try:
        if act == "restore":
            restore(data, now=clock(), markers=data / "markers")
        with Store.open(data) as store:
            visit = Visit(store, visit_id, new_id=ids("x"))
            visit.fillings  # noqa: B018 -- what a program has in memory before the disk is full
            if act in ("copy", "put away"):
                name_places(store, visit, disk if act == "copy" else folder / "places", copied=act == "put away")
            if act not in _CLOSED:
                fill(filler, disk, room)
            DO[act](store, visit, folder, disk)
    except (StoreError, EvidenceError, BundleNotWritten, PlaceError, FolderError) as error:
        failed = error
    except Exception as error:  # whatever else comes is what is looked for
        return f"{type(error).__name__}: {error}", True
    filler.unlink(missing_ok=True)
    return check(act, data, disk, visit_id, failed), failed is not None


def visit_of(data: Path) -> str:
    with Store.open(data, write=False) as store:
        return store.visits()[0].id


def fill(filler: Path, disk: Path, room: int) -> None:
    """Nothing; leaves ``room`` bytes on the disk."""
    left = shutil.disk_usage(disk).free - room
    with filler.open("wb") as file:
        file.write(bytes(max(left, 0)))


def answer(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """One answer and a row, with everything they change."""
    assert visit.record("answer", "check", "power", Quantity("12", "kWh")).entries


def bundle(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """A bundle on the full disk itself."""
    make_bundle(store, visit, disk, "full")


def merge(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """The bundle that the other laptop delivered."""
    (delivered,) = (folder / "delivered").glob("*.zip")
    assert merge_bundle(store, delivered).new == 200


def name_places(store: Store, visit: Visit, where: Path, *, copied: bool) -> None:
    """Nothing; two second places in new folders, with a copy of the visit when it is to be put away."""
    shutil.rmtree(where / "stick", ignore_errors=True)
    shutil.rmtree(where / "office", ignore_errors=True)
    for name, letter in (("stick", "c"), ("office", "d")):
        (where / name).mkdir(parents=True)
        place = add_place(store, name, where / name, new_id=ids(letter))
        if copied:
            copy_visit(store, visit, place, where / name, now=NINE)


def copy(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """A copy at a second place that is full; the laptop's own disk is the same here, and as full."""
    place = named_places(store)[0]
    copy_visit(store, visit, place, place.path, now=NINE)


def leave(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """Putting the visit away while the laptop's disk is full."""
    assert put_away(store, visit, [], now=NINE).line is not None


def take_paper(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """A paper of 60 KB and its entry."""
    attach(visit, b"A line of a paper.\n" * 3_000)


def push_all(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """Everything to a folder on the full disk."""
    (disk / "stick").mkdir(exist_ok=True)
    list(push(store, [visit], disk / "stick"))


def back_up(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """A backup of the ledger."""
    backups.check(store.back_up(backups.ASKED))


def nothing(store: Store, visit: Visit, folder: Path, disk: Path) -> None:
    """Opening the ledger was all."""


DO: dict[str, Callable[[Store, Visit, Path, Path], None]] = {
    "answer": answer,
    "bundle": bundle,
    "merge": merge,
    "open": nothing,
    "copy": copy,
    "put away": leave,
    "attach": take_paper,
    "push": push_all,
    "back up": back_up,
    "restore": nothing,
    "update": nothing,
}


def check(act: str, data: Path, disk: Path, visit_id: str, failed: Exception | None) -> str:
    """What is not as it must be once there is room again."""
    in_words = (DiskFull, EvidenceError, PlaceFull, BackupFailed)
    if failed is not None and act not in ("bundle", "push") and not isinstance(failed, in_words):
        return f"said {type(failed).__name__}: {failed}"
    if act == "restore":
        if failed is not None and (data / DATABASE).exists() == bool(list((data / "set-aside").glob(f"*/{DATABASE}"))):
            return "neither in its place nor set aside"
        if restore(data, now=clock(), markers=data / "markers").missing:
            return "not all of it came back"
    if list((data / "backups").glob("*.part*")):
        return "a half backup is left"
    for each in backups.all_backups(data):
        backups.check(each.path)
    if act == "copy":
        for path in (disk / "stick").glob("*"):
            if path.suffix == ".zip":
                open_bundle(path).close()
            elif path.suffix != ".json":
                return f"left {path.name}"
    if act == "push":
        for path in (disk / "stick").glob("*.zip"):
            open_bundle(path).close()
    if act == "bundle":
        for path in disk.glob("*"):
            if path.suffix == ".zip":
                open_bundle(path).close()  # whole, even where remembering that it was made did not fit any more
            elif path.name != "data":
                return f"left {path.name}"
    with Store.open(data) as store:
        if damage := [*store.integrity(), *(problem.code for problem in store.verify_logs())]:
            return f"damaged: {damage}"
        if act == "put away" and failed is None:
            return came_back(store, visit_id)
        visit = Visit(store, visit_id, new_id=ids("y"))
        if act == "copy" and bool(confirmed_copies(store, visit_id)) == (failed is not None):
            return "confirmed and failed, or neither"
        answered = visit.filling("check").state("power").value is not None
        named = [file for _, entry in store.entries(visit_id) if (file := file_of(entry))]
        if not all(evidence_path(data, file).is_file() for file in named):
            return "an entry names a file that is not there"
        if act == "attach" and bool(named) == (failed is not None):
            return "half done, or lost"
        merged = len(store.logs(visit_id)) == 2
        if act == "answer" and answered == (failed is not None):
            return "half done, or lost"
        if act == "merge" and merged == (failed is not None):
            return "half done, or lost"
        if not visit.record("answer", "check", "power", Quantity("13", "kWh"), why="again").entries:
            return "cannot go on when there is room again"
    return ""


def came_back(store: Store, visit_id: str) -> str:
    """What is wrong with a visit that was put away and is taken in again; ``""`` when nothing is."""
    (line,) = put_away_lines(store)
    place = named_places(store)[0]
    if merge_bundle(store, place.path / line.copies[0].file).error is not None:
        return "its copy cannot be merged"
    return "" if Visit(store, visit_id, new_id=ids("z")).digest() == line.digest else "it came back another"


def as_json(outcomes: list[Outcome]) -> Any:
    return json.dumps([list(each) for each in outcomes])


def main() -> list[Outcome]:
    """As ``run``, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="assessor-full-") as folder:
        return run(Path(folder))


if __name__ == "__main__":
    print(as_json(on_full_disk(Path(sys.argv[1]), int(sys.argv[2]))))
