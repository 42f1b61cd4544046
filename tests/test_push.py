"""A push puts into the folder what is not there, however it was interrupted and whoever pushes beside it."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path

import pytest

from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.write import BundleNotWritten
from assessor_tui.carry import push as pushing
from assessor_tui.carry.exchange import merge_bundles
from assessor_tui.carry.folder import TEAM, FolderGone, keep_readers, look, readers_of
from assessor_tui.carry.hand_over import make_bundle
from assessor_tui.carry.holding import standing
from assessor_tui.carry.pull import pull
from assessor_tui.carry.push import batches, due, own_devices, push
from assessor_tui.evidence.files import evidence_path
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.shared_folder import World, attach, give_roster, names_in, photo, pulled, pushed, two_laptops  # noqa: F401
from tests.small_visit import NINE, begin, ids, laptop, say


def entries_of(visit: Visit) -> int:
    return len(visit.store.hashes(visit.id))


def test_what_one_laptop_pushes_another_pulls_and_neither_sends_it_again(world: World) -> None:
    ann, bob, folder = world
    count = entries_of(ann)
    assert pushed(ann, folder) == [("entries", count, 0)]
    (name,) = names_in(folder)
    (shelved,) = look(ann.store, folder).bundles
    assert name == f"EP-1_Mock-Works_Ann_2026-11-12_delta_{shelved.digest[:16]}.zip"
    assert pushed(ann, folder) == []
    assert pulled(bob, folder) == [("other visit", count, 0)] and bob.hashes(ann.id) == ann.store.hashes(ann.id)
    assert pulled(bob, folder) == []
    there = Visit(bob, ann.id, new_id=ids("b"))
    say(there, "words", "Seen at the gate")
    assert pushed(there, folder) == [("entries", 1, 0)], "what Ann has pushed is there already"
    assert pulled(ann.store, folder) == [("new", 1, 0)]
    assert pushed(ann, folder) == [("receipt", 0, 0)], "so that Bob knows that it has arrived"
    assert pushed(ann, folder) == [] and pushed(there, folder) == []
    pulled(bob, folder)
    assert standing(bob, ann.id) == (1, 0, 0)
    assert pushed(ann, folder) == [] and pushed(there, folder) == [], "a receipt is not answered by another"


def test_photos_go_in_batches_after_the_entries_and_an_interrupted_push_sends_only_what_is_missing(
    world: World,
) -> None:
    ann, bob, folder = world
    photos = [attach(ann, photo(number, 2_000)) for number in range(200)]
    size = len(photo(0, 2_000))
    batch = 25 * size
    seen = [each.kind for each in islice(push(ann.store, [ann], folder, batch=batch), 4)]
    assert seen == ["entries", "files", "files", "files"]
    assert [each for each in names_in(folder) if not each.endswith(".zip")] == []
    assert pushed(ann, folder, batch=batch) == [("files", 0, 25)] * 5, "three of eight batches are there"
    assert pushed(ann, folder, batch=batch) == []
    # The other side is interrupted after three bundles as well.
    taken = list(islice(pull(bob, folder, chunk=1), 3))
    assert [each.files for each in taken] == [0, 25, 25]
    assert sum(files for _, _, files in pulled(bob, folder)) == 150
    assert pulled(bob, folder) == []
    assert all(evidence_path(bob.folder, each).is_file() for each in photos)


def test_a_file_that_somebody_removed_from_the_folder_is_pushed_again(world: World) -> None:
    ann, _bob, folder = world
    attach(ann, photo(1))
    pushed(ann, folder)
    for path in list(folder.glob("*.zip")):
        shelved = next(each for each in look(ann.store, folder).bundles if each.name == path.name)
        path.unlink()
        again = pushed(ann, folder)
        assert [each[0] for each in again] == ["files" if shelved.evidence else "entries"]
        assert path.exists() and path.stat().st_size == shelved.size, "the very same file"


def test_batches_keep_the_order_and_a_large_file_goes_alone() -> None:
    files = [("a", 3), ("b", 3), ("c", 30), ("d", 9), ("e", 1)]
    assert list(batches(files, 10)) == [("a", "b"), ("c",), ("d", "e")]
    assert list(batches([], 10)) == []


def test_two_laptops_with_the_same_content_push_it_once(world: World) -> None:
    ann, bob, folder = world
    stick = folder.parent / "stick"
    make_bundle(ann.store, ann, stick, "full")
    list(merge_bundles(bob, list(stick.iterdir())))
    pushed(ann, folder)
    theirs = Visit(bob, ann.id, new_id=ids("b"))
    assert pushed(theirs, folder) == [("receipt", 0, 0)]


def test_a_seal_of_another_laptop_does_not_vouch_for_this_ones_own_work(world: World) -> None:
    """Or anyone could keep somebody's work from being delivered by claiming to have put it there."""
    ann, _bob, folder = world
    attach(ann, photo(1))
    pushed(ann, folder)
    bobs = world.bobs()
    for path in folder.iterdir():
        path.unlink()
    assert [each[0] for each in pushed(bobs, folder)] == ["entries", "files"], "Bob hands on what Ann wrote"
    assert [each[0] for each in pushed(ann, folder)] == ["entries", "files"]
    assert own_devices(ann.store, ann.id) == {ann.store.device.id}  # type: ignore[union-attr]


def test_with_a_roster_only_what_its_members_have_sealed_counts_as_being_there(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    bobs = world.bobs()
    say(bobs, "words", "Bob's")
    pushed(bobs, folder)
    pulled(ann.store, folder)
    with laptop(tmp_path / "stranger", "Eve") as eve:
        pulled(eve, folder)
        for path in folder.iterdir():
            path.unlink()
        pushed(Visit(eve, ann.id, new_id=ids("e")), folder)
    shelf = look(ann.store, folder)
    assert due(ann.store, ann.id, shelf).entries == entries_of(ann) - 1, "what Bob wrote is there, as Eve says"
    give_roster(ann.store, bob)
    assert due(ann.store, ann.id, shelf).entries == entries_of(ann)


def test_two_laptops_push_at_once_and_both_arrive(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    theirs = world.bobs()
    for number in range(12):
        attach(ann, photo(number, 50_000))
        attach(theirs, photo(100 + number, 50_000))
    failures: list[BaseException] = []

    def one(visit: Visit) -> None:
        try:
            for number in range(6):
                say(visit, "words", f"{visit.store.person} {number}", why="again")
                pushed(visit, folder, batch=150_000)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(visit,)) for visit in (ann, theirs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert not [name for name in names_in(folder) if not name.endswith(".zip")]
    for path in folder.iterdir():
        open_bundle(path).close()
    pulled(ann.store, folder), pulled(bob, folder)
    assert ann.store.hashes(ann.id) == bob.hashes(ann.id)


PROGRAM = """
import sys, time
from pathlib import Path
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from assessor_tui.carry.push import push
from assessor_tui.carry.pull import pull
from tests.small_visit import ids
data, folder, act = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
with Store.open(data) as store:
    visit = Visit(store, store.visits()[0].id, new_id=ids("e")) if store.visits() else None
    print("ready", flush=True)
    sys.stdin.readline()
    for each in push(store, [visit], folder, batch=60_000) if act == "push" else pull(store, folder, chunk=60_000):
        print("done", flush=True)
"""


def program(data: Path, folder: Path, act: str) -> "subprocess.Popen[str]":
    """A process that pushes or pulls once a line is sent to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), str(folder), act],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_programs_push_to_one_folder_at_the_same_moment(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    with laptop(tmp_path / "ann", "Ann", "lead") as ann, laptop(tmp_path / "bob", "Bob") as bob:
        visit = begin(ann)
        pushed(visit, folder)
        pulled(bob, folder)
        theirs = Visit(bob, visit.id, new_id=ids("b"))
        for number in range(8):
            attach(visit, photo(number, 20_000))
            attach(theirs, photo(100 + number, 20_000))
    programs = [program(tmp_path / name, folder, "push") for name in ("ann", "bob")]
    for each in programs:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    assert [each.communicate()[1] for each in programs] == [None, None]
    assert [each.returncode for each in programs] == [0, 0]
    with Store.open(tmp_path / "ann") as ann, Store.open(tmp_path / "bob") as bob:
        pulled(ann, folder), pulled(bob, folder)
        assert ann.hashes(visit.id) == bob.hashes(visit.id)
        assert not [each for each in ann.all_evidence() if each.state != "have"]


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("act", ["push", "pull"])
def test_a_program_killed_at_any_moment_leaves_the_folder_good_and_goes_on_from_there(tmp_path: Path, act: str) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    chance = random.Random(7)
    with laptop(tmp_path / "ann", "Ann", "lead") as ann:
        visit = begin(ann)
        for number in range(40):
            attach(visit, photo(number, 20_000))
        whole = ann.hashes(visit.id)
        if act == "pull":
            pushed(visit, folder, batch=60_000)
    laptop(tmp_path / "bob", "Bob").close()
    victim = tmp_path / ("ann" if act == "push" else "bob")
    for _ in range(5):
        process = program(victim, folder, act)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(chance.random() * 0.08)
        process.kill()
        process.communicate()
        for path in folder.glob("*.zip"):
            open_bundle(path).close()
        with Store.open(victim) as store:
            assert store.integrity() == [] and not store.verify_logs()
    with Store.open(tmp_path / "ann") as ann, Store.open(tmp_path / "bob") as bob:
        pushed(Visit(ann, visit.id, new_id=ids("e")), folder)
        pulled(bob, folder)
        assert bob.hashes(visit.id) == whole
        assert {each.state for each in bob.all_evidence()} == {"have"} and len(bob.all_evidence()) == 40


def test_what_a_killed_push_left_half_written_goes_a_day_later(world: World) -> None:
    ann, _bob, folder = world
    stem = "EP-1_Mock-Works_Ann_2026-11-12_delta"
    for name in (f"{stem}.0a1b2c3d.part", f"{stem}.11111111.part", "Other_delta.0a1b2c3d.part"):
        (folder / name).touch()
    for name in (f"{stem}.0a1b2c3d.part", "Other_delta.0a1b2c3d.part"):
        os.utime(folder / name, (NINE / 1_000_000 - 2 * 86_400,) * 2)
    os.utime(folder / f"{stem}.11111111.part", (NINE / 1_000_000,) * 2)
    pushed(ann, folder)
    left = {name for name in names_in(folder) if name.endswith(".part")}
    assert left == {f"{stem}.11111111.part", "Other_delta.0a1b2c3d.part"}


def test_a_folder_that_goes_away_or_cannot_be_written_is_a_sentence_and_what_was_pushed_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, _bob, folder = world
    attach(ann, photo(1))
    away = folder.parent / "unplugged"
    steps = push(ann.store, [ann], folder)
    next(steps)
    folder.rename(away)
    with pytest.raises(FolderGone, match="went away"):
        next(steps)
    assert not folder.exists(), "it is not made again on this disk"
    away.rename(folder)
    assert pushed(ann, folder) == [("files", 0, 1)]
    say(ann, "words", "more")
    # Another disk under the same path.
    steps = push(ann.store, [ann], folder)
    disk = iter([1, 2])
    monkeypatch.setattr(pushing, "disk_of", lambda _folder: next(disk))
    with pytest.raises(FolderGone):
        next(steps)
    monkeypatch.undo()
    assert pushed(ann, folder) == [("entries", 1, 0)]


@pytest.mark.skipif(os.name != "posix" or not shutil.which("unshare"), reason="a disk of our own")
@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_full_or_read_only_disk_refuses_the_push_in_words_and_leaves_nothing_half_done(
    tmp_path: Path, how: str
) -> None:
    (tmp_path / "disk").mkdir()
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-c", "import sys, tests.test_push as t; t.on_a_disk(*sys.argv[1:])",
         str(tmp_path), how],
        capture_output=True, text=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("no file system of our own here")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["refused"] > 0 and said["wrong"] == []


def on_a_disk(where: str, how: str) -> None:
    """In a namespace of its own: pushes to a small disk, with a little more room each time."""
    folder = Path(where)
    disk = folder / "disk"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], check=True)
    refused, wrong = 0, []
    with laptop(folder / "ann", "Ann", "lead") as ann:
        visit = begin(ann)
        for number in range(6):
            attach(visit, photo(number, 10_000))
        if how == "read-only":
            pushed(visit, disk, batch=21_000)
            say(visit, "words", "more")
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            try:
                pushed(visit, disk)
            except BundleNotWritten as error:
                refused += 1
                if "ead-only" not in str(error):
                    wrong.append(str(error))
            with laptop(folder / "bob", "Bob") as bob:
                if len(pulled(bob, disk)) != 4:
                    wrong.append("a read-only folder can be pulled from")
            print(json.dumps({"refused": refused, "wrong": wrong}))
            return
        for room in range(0, 140_000, 4096):
            for path in disk.iterdir():
                path.unlink()
            filler = disk / "filler"
            filler.write_bytes(bytes(max(shutil.disk_usage(disk).free - room, 0)))
            try:
                pushed(visit, disk, batch=21_000)
            except BundleNotWritten:
                refused += 1
            filler.unlink()
            if left := [path.name for path in disk.iterdir() if path.suffix != ".zip"]:
                wrong.append(f"{room}: left {left}")
            for path in disk.glob("*.zip"):
                open_bundle(path).close()
            held = {path.name for path in disk.iterdir()}
            again = pushed(visit, disk, batch=21_000)
            if len(held) + len(again) != 4 or pushed(visit, disk):
                wrong.append(f"{room}: {len(held)} and {len(again)}")
    print(json.dumps({"refused": refused, "wrong": wrong}))


def test_a_damaged_photo_is_left_out_and_said_and_the_others_go(world: World) -> None:
    ann, _bob, folder = world
    good, bad = attach(ann, photo(1)), attach(ann, photo(2))
    path = evidence_path(ann.store.folder, bad)
    path.chmod(0o600)
    path.write_bytes(b"\xff\xd8\xffdamaged")
    found = list(push(ann.store, [ann], folder))
    assert [(each.kind, each.files, each.damaged) for each in found] == [("entries", 0, ()), ("files", 1, (bad,))]
    (again,) = push(ann.store, [ann], folder)
    assert (again.path, again.files, again.damaged) == (None, 0, (bad,)), (
        "it is said every time, and nothing is written"
    )
    assert good in look(ann.store, folder).bundles[-1].evidence | look(ann.store, folder).bundles[0].evidence


def test_a_withdrawn_photo_is_not_pushed(world: World) -> None:
    ann, _bob, folder = world
    gone = attach(ann, photo(1))
    attach(ann, photo(2))
    withdraw(ann, gone, "A face in it")
    assert [each for each in pushed(ann, folder) if each[0] == "files"] == [("files", 0, 1)]


def test_a_form_that_came_late_is_pushed_with_the_entry_that_names_it(world: World) -> None:
    ann, _bob, folder = world
    pushed(ann, folder)
    shelf = look(ann.store, folder)
    without = shelf._replace(bundles=tuple(each._replace(definitions=frozenset()) for each in shelf.bundles))
    lacks = due(ann.store, ann.id, without)
    assert lacks.entries == 0 and len(lacks.definitions) == 4
    assert min(lacks.after.values()) == 0, "from the opening on"


def test_only_the_visits_named_are_pushed_and_each_has_bundles_of_its_own(world: World) -> None:
    ann, _bob, folder = world
    other = begin(ann.store, "c", site_name_en="Other Works")
    attach(ann, photo(1))
    attach(other, photo(2))
    pushed(other, folder)
    assert {each.visit for each in look(ann.store, folder).bundles} == {other.id}
    found = list(push(ann.store, [ann, other], folder))
    assert [(each.visit, each.kind) for each in found] == [(ann.id, "entries"), (ann.id, "files")]
    for path in folder.iterdir():
        with open_bundle(path) as bundle:
            assert {segment.visit for segment in bundle.seal.segments} <= {bundle.seal.visit}


def test_whoever_joins_a_team_later_can_read_what_was_pushed_before(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    give_roster(ann.store, bob)
    keep_readers(ann.store, folder, [TEAM])
    pushed(ann, folder, to=readers_of(ann.store, folder))
    with laptop(tmp_path / "cho", "Cho") as cho:
        assert [len(look(each, folder).bundles) for each in (bob, cho)] == [1, 0]
        assert pushed(ann, folder, to=readers_of(ann.store, folder)) == []
        give_roster(ann.store, bob, cho, version=2)
        assert [each[0] for each in pushed(ann, folder, to=readers_of(ann.store, folder))] == ["entries"]
        pulled(cho, folder)
        assert cho.hashes(ann.id) == ann.store.hashes(ann.id)
        assert len(look(bob, folder).bundles) == 2, "what stood there stands"
