"""What a shared folder holds is read from its bundles, each once; whatever else lies there is left alone."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.bundle.error import CUT_SHORT, LIMIT
from assessor_tui.carry.compare import compare
from assessor_tui.carry.folder import (
    FolderGone,
    InTheData,
    NoFolder,
    disk_of,
    joined,
    look,
    numbers_in,
    outside,
    usable,
)
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.bundle_samples import make_log, plain_contents, write, zip_bytes
from tests.shared_folder import World, attach, litter, names_in, photo, pulled, pushed, two_laptops  # noqa: F401
from tests.small_visit import ids, say


def test_what_other_programs_leave_there_is_neither_read_as_a_bundle_nor_touched(world: World) -> None:
    ann, bob, folder = world
    before = litter(folder)
    attach(ann, photo(1))
    pushed(ann, folder)
    shelf = look(bob, folder)
    assert [(each.visit, each.purpose) for each in shelf.bundles] == [(ann.id, "delta")] * 2
    assert shelf.closed == ("for others.zip.age",)
    assert shelf.unread == ()
    assert [each[0] for each in pulled(bob, folder)] == ["other visit", "known"]
    assert pushed(Visit(bob, ann.id, new_id=ids("b")), folder) == [("receipt", 0, 0)]
    for name, content in before.items():
        assert (folder / name).read_bytes() == content
    assert (folder / "sub.zip" / "inside.zip").exists()


def test_a_half_copied_bundle_is_said_not_counted_and_read_once_it_is_whole(world: World) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    (path,) = folder.glob("*.zip")
    whole = path.read_bytes()
    time = path.stat().st_mtime_ns
    path.write_bytes(whole[:-30])
    shelf = look(bob, folder)
    assert shelf.bundles == () and [(each.file, each.kind) for each in shelf.unread] == [(path.name, CUT_SHORT)]
    assert pulled(bob, folder) == []
    # Ann's own push does not count it either: the same content goes under the name after it.
    assert [each[0] for each in pushed(ann, folder)] == ["entries"]
    assert path.read_bytes() == whole[:-30], "nothing is overwritten, damaged or not"
    path.write_bytes(whole)
    os.utime(path, ns=(time, time))
    assert len(look(bob, folder).bundles) == 1, "the same bundle twice is one"
    assert [each[0] for each in pulled(bob, folder)] == ["other visit"]


def test_conflict_copies_of_cloud_drives_are_the_bundle_that_they_copy(world: World) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    (path,) = folder.glob("*.zip")
    for name in (f"{path.stem} (1).zip", f"{path.stem}-LAPTOP.zip", f"{path.stem} (Bob's conflicted copy).ZIP"):
        shutil.copy(path, folder / name)
    assert len(look(bob, folder).bundles) == 1
    assert pushed(ann, folder) == []
    # The one with the right name is damaged: any of the others serves.
    path.write_bytes(path.read_bytes()[:100])
    assert [each[0] for each in pulled(bob, folder)] == ["other visit"]
    assert pushed(ann, folder) == [], "a copy of it is there"


def test_a_name_in_other_capitals_is_the_same_bundle(world: World) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    (path,) = folder.glob("*.zip")
    path.rename(folder / path.name.upper())
    assert pushed(ann, folder) == []
    assert [each[0] for each in pulled(bob, folder)] == ["other visit"]


def test_no_file_that_has_not_changed_is_read_twice(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    (first,) = look(bob, folder).bundles
    path = folder / first.name
    stat = path.stat()
    path.write_bytes(bytes(stat.st_size))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert look(bob, folder).bundles == (first,), "by name, size and time it is the one that was read"
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert look(bob, folder).bundles == ()


def test_a_folder_of_ten_thousand_files_is_listed_without_reading_them_again(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    (path,) = folder.glob("*.zip")
    for number in range(1_000):
        os.link(path, folder / f"{path.stem} ({number}).zip")
    for number in range(9_000):
        (folder / f"minutes of meeting {number}.txt").touch()
    look(bob, folder)
    opened: list[str] = []
    sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
    assert len(look(bob, folder).bundles) == 1
    (compared,) = compare(bob, look(bob, folder))
    assert not any(name.endswith(".zip") for name in opened)
    assert (compared.here, compared.coming.entries) == (False, len(ann.store.hashes(ann.id)))


def test_beside_the_open_program_the_folder_is_looked_at_and_nothing_is_kept(world: World) -> None:
    ann, _bob, folder = world
    pushed(ann, folder)
    with Store.open(ann.store.folder, write=False) as beside:
        assert len(look(beside, folder).bundles) == 1
        (compared,) = compare(beside, look(beside, folder))
        assert not compared.due.anything and compared.coming.bundles == ()


def test_a_seal_that_claims_more_than_a_bundle_may_hold_is_not_believed(world: World) -> None:
    ann, _bob, folder = world
    write(folder, plain_contents(*make_log(3)))
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        parts = [(each.filename, archive.read(each), each.compress_type) for each in archive.infolist()]
    parts = [(name, data.replace(b'"to":3}', b'"to":2147483647}'), method) for name, data, method in parts]
    path.write_bytes(zip_bytes(*parts))
    shelf = look(ann.store, folder)
    assert shelf.bundles == () and [each.kind for each in shelf.unread] == [LIMIT]


def test_only_a_folder_that_is_there_and_not_the_work_itself_is_shared(world: World, tmp_path: Path) -> None:
    ann, _bob, folder = world
    assert usable(ann.store, folder) == folder
    for wrong in (tmp_path / "nowhere", tmp_path / "a file"):
        (tmp_path / "a file").touch()
        with pytest.raises(NoFolder, match="No such folder"):
            usable(ann.store, wrong)
    with pytest.raises(InTheData):
        usable(ann.store, ann.store.folder / "keys")
    with pytest.raises(FolderGone):
        disk_of(tmp_path / "nowhere")


def test_what_was_read_of_a_visit_goes_with_it_when_it_is_put_away(world: World) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    pulled(bob, folder)
    assert any("folder" in key for key in bob.locals_of(ann.id))
    bob.put_away(ann.id, {"visit": ann.id, "entries": len(ann.store.hashes(ann.id)), "number": "", "names": {}})
    assert bob.put_away_lines()
    assert pulled(bob, folder) == [], "it does not come back by itself"
    assert not any("folder" in key for key in bob.locals_of(ann.id)), "and leaves no trace"
    assert [each[0] for each in pulled(bob, folder, [ann.id])] == ["other visit"], "but when it is named"
    assert bob.hashes(ann.id) == ann.store.hashes(ann.id)


stretches = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])))


@given(stretches, stretches)
def test_stretches_are_sets_of_numbers(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    def numbers(of: list[tuple[int, int]]) -> set[int]:
        return {number for begin, end in of for number in range(begin, end + 1)}

    assert numbers(joined(some)) == numbers(some)
    assert numbers(outside(some, others)) == numbers(some) - numbers(others)
    assert numbers_in(outside(some, others)) == len(numbers(some) - numbers(others))


def test_a_folder_that_cannot_be_listed_is_a_sentence(world: World, tmp_path: Path) -> None:
    ann, _bob, folder = world
    shutil.rmtree(folder)
    with pytest.raises(FolderGone, match="went away"):
        look(ann.store, folder)


def test_the_same_folder_by_another_road_is_the_same(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    pushed(ann, folder)
    look(bob, folder)
    keys = list(bob.locals_of(ann.id))
    (tmp_path / "link").symlink_to(folder)
    look(bob, tmp_path / "link" / ".." / "link")
    assert list(bob.locals_of(ann.id)) == keys


def test_people_answer_meanwhile(world: World) -> None:
    """What is recorded while the folder is looked at goes with the next push."""
    ann, _bob, folder = world
    found = pushed(ann, folder)
    say(ann, "words", "later")
    assert found[0][1] + pushed(ann, folder)[0][1] == len(ann.store.hashes(ann.id))
    assert len(names_in(folder)) == 2
