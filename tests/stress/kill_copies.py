"""A program that copies a visit, or puts it away, is killed between every two steps it takes on the disk.

A step is a file that is opened, renamed, linked or removed, and each statement that the ledger's file is given. POSIX
only: the victim is a fork.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import open_bundle
from assessor_tui.carry.copies import add_place, confirmed_copies, copy_visit, lacking, named_places, sweep_places
from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.carry.put_away import finish, put_away, put_away_lines
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, ids, laptop, say

STEPS = frozenset({"open", "os.remove", "os.rename", "os.link", "os.mkdir", "os.rmdir", "os.truncate"})
KILLED = 9
ACTS = ("copy", "put away")


class Told(NamedTuple):
    """What came of killing one act after each of its steps."""

    act: str
    kills: int
    wrong: tuple[str, ...]
    """What was not as it must be; empty when nothing was."""


def run(folder: Path, act: str, stride: int = 1) -> Told:
    """What came of killing the act after every ``stride``-th step; the last one ran to its end."""
    visit_id, digest = prepare(folder / "before")
    wrong: list[str] = []
    step = stride
    while True:
        world = folder / "world"
        shutil.rmtree(world, ignore_errors=True)
        shutil.copytree(folder / "before", world)
        for path in (world / "data" / "markers").glob("*"):
            # The copy is the laptop itself, not a clone of it.
            path.write_text(path.read_text(encoding="utf-8").replace(str(folder / "before"), str(world)), "utf-8")
        killed = attempt(world, visit_id, act, step)
        if problem := check(world, visit_id, digest, act, killed):
            wrong.append(f"{act} killed after step {step}: {problem}")
        if not killed:
            return Told(act, step // stride, tuple(wrong))
        step += stride


def prepare(world: Path) -> tuple[str, str]:
    """Id and digest of a visit with two papers and an old copy at one of two places."""
    with laptop(world / "data", "Ann", "lead") as store:
        visit = begin(store)
        attach(visit, b"Drums of May.\n")
        for name, letter in (("stick", "c"), ("office", "d")):
            (world / name).mkdir()
            add_place(store, name, world / name, new_id=ids(letter))
        place = named_places(store)[0]
        copy_visit(store, visit, place, place.path, now=NINE)
        say(visit, "words", "More than the old copy holds")
        attach(visit, b"Drums of June.\n")
        return visit.id, visit.digest()


def attach(visit: Visit, content: bytes) -> None:
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    about = {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type}
    assert visit.record("attach", "check", "meter", Evidence("document", about)).entries


def attempt(world: Path, visit_id: str, act: str, step: int) -> bool:
    """True when a process that did the act in ``world`` was killed after that many steps, False when it ended."""
    child = os.fork()
    if not child:
        status = 1
        try:
            do(world, visit_id, act, step)
            status = 0
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, KILLED):
        raise AssertionError(f"{act} ended with {status}")
    return status == KILLED


def do(world: Path, visit_id: str, act: str, step: int) -> None:
    left = step

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(KILLED)

    with Store.open(world / "data") as store:
        move_places(store, world)
        visit = Visit(store, visit_id, new_id=ids("e"))
        visit.fillings  # noqa: B018 -- what a program has loaded before
        store.connection.set_trace_callback(count)
        sys.addaudithook(lambda event, _arguments: count() if event in STEPS else None)
        if act == "copy":
            for place in named_places(store):
                copy_visit(store, visit, place, place.path, now=NINE)
        else:
            assert put_away(store, visit, [], now=NINE).line is not None
        left = 0


def move_places(store: Store, world: Path) -> None:
    """Nothing; the places stand where this copy of the world is."""
    store.set_local(
        "",
        "places",
        [{"name": each.name, "path": str(world / each.name), "id": each.id} for each in named_places(store)],
    )


def check(world: Path, visit_id: str, digest: str, act: str, killed: bool) -> str:
    """What is not as it must be after the kill; ``""`` when everything is."""
    whole = {path for path in (*(world / "stick").glob("*.zip"), *(world / "office").glob("*.zip")) if is_whole(path)}
    for path in (*(world / "stick").glob("*.zip"), *(world / "office").glob("*.zip")):
        if path not in whole:
            return f"{path.name} has its name and is not whole"
    with Store.open(world / "data") as store:
        move_places(store, world)
        if store.renewed:
            return f"a new device: {store.renewed}"
        if damage := [*store.integrity(), *(problem.code for problem in store.verify_logs())]:
            return f"damaged: {damage}"
        finish(store)
        sweep_places(store, list)
        if left := [path.name for place in ("stick", "office") for path in (world / place).glob("*.part")]:
            return f"half copies: {left}"
        if lines := put_away_lines(store):
            if act == "copy":
                return "put away"
            left = list((world / "data" / "evidence").glob("??/*"))
            if left:
                return f"{len(left)} files are still here"
            for copy in lines[0].copies:
                if not is_whole(world / copy.place / copy.file):
                    return f"{copy.place} does not hold what it was said to hold"
            if merge_bundle(store, world / "stick" / lines[0].copies[0].file).error is not None:
                return "cannot come back"
        elif act == "put away" and not killed:
            return "it did not go"
        visit = Visit(store, visit_id, new_id=ids("9"))
        if visit.digest() != digest:
            return "another visit"
        named = {entry.value.about["sha256"] for _, entry in visit.state.standing_files()}  # type: ignore[union-attr]
        if len(named) != 2 or not all(evidence_path(store.folder, each).is_file() for each in named):
            return "a paper is missing"
        for place, confirmed in confirmed_copies(store, visit_id).items():
            if not any(path.name == confirmed.file and path.parent.name == confirmed.name for path in whole):
                return f"what is confirmed at {place} is not there"
        if not visit.record("answer", "check", "words", "goes on", why="again").entries or store.verify_logs():
            return "cannot go on"
        for place in lacking(store, visit_id):
            copy_visit(store, visit, next(each for each in named_places(store) if each == place), place.path, now=NINE)
        if put_away(store, visit, [], now=NINE).line is None:
            return "cannot be put away now"
    return ""


def is_whole(path: Path) -> bool:
    try:
        open_bundle(path).close()
    except BundleError:
        return False
    return True
