"""A copy at a second place counts once it was read back there; what a place does not take costs nothing else."""

import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.bundle.read import open_bundle, read_seal
from assessor_tui.carry import copies
from assessor_tui.carry.copies import (
    IDENTITY,
    KEPT,
    WORK,
    Confirmed,
    CopyNotGood,
    CopyNotMade,
    InTheData,
    NamedPlace,
    NameTaken,
    NoName,
    NoSuchPlace,
    NotAFolder,
    OtherPlace,
    PlaceAway,
    PlaceReadOnly,
    PlaceVanished,
    Safety,
    add_place,
    age_words,
    confirmed_copies,
    copy_everywhere,
    copy_visit,
    holds_all,
    identity_of,
    is_doubtful,
    is_on_this_disk,
    lacking,
    named_places,
    place_named,
    remove_place,
    safety,
    sweep,
    whereabouts,
)
from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle, not_bundled
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.i18n import set_language
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, ids, laptop, say

MINUTE = 60_000_000
HOUR = 60 * MINUTE
PAPER = b"Calibrated until 2027.\n"


class World(NamedTuple):
    """A laptop with a visit, and a stick that is named."""

    visit: Visit
    stick: Path
    place: NamedPlace

    @property
    def store(self) -> Store:
        return self.visit.store

    def copy(self, now: int = NINE) -> Confirmed:
        return copy_visit(self.store, self.visit, self.place, self.stick, now=now)

    def bundles(self) -> list[str]:
        """Numbers of the bundles on the stick."""
        return sorted(path.stem.rpartition("-")[2] for path in self.stick.glob("*.zip"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    stick = tmp_path / "stick"
    stick.mkdir()
    with laptop(tmp_path / "data", "Ann", "lead") as store:
        visit = begin(store)
        yield World(visit, stick, add_place(store, "STICK", stick, new_id=ids("f")))


def attach(visit: Visit, content: bytes = PAPER) -> str:
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("document", {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type})
    assert visit.record("attach", "check", "meter", value).problems == ()
    return stored.sha256


# Places


def test_a_place_is_kept_under_its_name_and_known_by_the_file_in_it(world: World, tmp_path: Path) -> None:
    assert named_places(world.store) == (world.place,) == (NamedPlace("STICK", world.stick, f"f{1:031x}"),)
    assert identity_of(world.stick) == world.place.id
    assert place_named(world.store, " stick ") == world.place
    assert whereabouts(world.place, []) == world.stick
    with pytest.raises(NameTaken):
        add_place(world.store, "Stick", tmp_path, new_id=ids("e"))
    with pytest.raises(NameTaken):  # the very same place under another name
        add_place(world.store, "Other", world.stick, new_id=ids("e"))
    for name in ("", "  ", "x" * 41):
        with pytest.raises(NoName):
            add_place(world.store, name, tmp_path, new_id=ids("e"))
    with pytest.raises(NotAFolder):
        add_place(world.store, "Gone", tmp_path / "nowhere", new_id=ids("e"))
    with pytest.raises(InTheData):
        add_place(world.store, "Here", world.store.folder / "keys" / "..", new_id=ids("e"))
    assert is_on_this_disk(world.store, world.stick)
    remove_place(world.store, "STICK")
    assert named_places(world.store) == () and identity_of(world.stick) == world.place.id
    with pytest.raises(NoSuchPlace):
        place_named(world.store, "STICK")


def test_two_laptops_that_share_a_network_folder_know_it_as_one_place(world: World, tmp_path: Path) -> None:
    with laptop(tmp_path / "bob", "Bob") as bob:
        assert add_place(bob, "Office", world.stick, new_id=ids("b")).id == world.place.id


def test_a_stick_is_found_under_another_letter_and_another_one_under_its_path_is_told_apart(
    world: World, tmp_path: Path
) -> None:
    drives = tmp_path / "drives"
    moved = drives / "E" / "visits"
    moved.parent.mkdir(parents=True)
    place = world.place._replace(path=drives / "D" / "visits")
    world.stick.rename(moved)
    mounts = [drives / "C", drives / "E", drives / "Z"]
    assert whereabouts(place, mounts) == moved
    (drives / "D" / "visits").mkdir(parents=True)
    assert whereabouts(place, mounts) == moved, "an empty folder at its path is no place"
    (drives / "D" / "visits" / IDENTITY).write_text(json.dumps({"id": "0" * 32}))
    assert whereabouts(place, mounts) == moved
    with pytest.raises(OtherPlace, match="another stick"):
        whereabouts(place, [])
    (drives / "D" / "visits" / IDENTITY).unlink()
    with pytest.raises(PlaceAway, match="not connected"):
        whereabouts(place, [])


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"id": 1}', b'{"id": "../x"}', b"\xff\xfe\x00", b"[" * 4000]
)  # fmt: skip
def test_a_file_that_is_no_identity_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / IDENTITY).write_bytes(content)
    assert identity_of(tmp_path) == ""


# Copying


def test_a_copy_holds_everything_and_is_kept_as_confirmed(world: World) -> None:
    digest = attach(world.visit)
    say(world.visit, "words", "seen")
    confirmed = world.copy()
    assert confirmed_copies(world.store, world.visit.id) == {world.place.id: confirmed}
    assert confirmed.evidence == {digest} and confirmed.logs == tuple(world.store.logs(world.visit.id))
    assert holds_all(confirmed, world.store, world.visit.id) and lacking(world.store, world.visit.id) == ()
    with open_bundle(world.stick / confirmed.file) as bundle:
        assert (bundle.digest, bundle.seal.purpose, bundle.count) == (confirmed.digest, FULL, len(world.visit.state))
    assert re.fullmatch(r"[0-9a-f]{8}_Mock-Works_Ann_2026-11-12_full-1\.zip", confirmed.file)
    say(world.visit, "words", "more")
    assert not holds_all(confirmed, world.store, world.visit.id)
    assert lacking(world.store, world.visit.id) == (world.place,)


def test_a_photo_that_came_without_an_entry_of_its_own_is_missed_in_the_old_copy(world: World) -> None:
    digest = attach(world.visit)
    path = evidence_path(world.store.folder, digest)
    path.rename(path.with_suffix(".away"))
    confirmed = world.copy()
    assert holds_all(confirmed, world.store, world.visit.id)
    path.with_suffix(".away").rename(path)
    assert not holds_all(confirmed, world.store, world.visit.id)


def test_a_copy_is_not_taken_for_something_handed_over(world: World) -> None:
    before = not_bundled(world.store, world.visit.id)
    world.copy()
    assert not_bundled(world.store, world.visit.id) == before > 0


def test_the_newest_three_copies_stay_and_nobody_elses_file_is_touched(world: World, tmp_path: Path) -> None:
    with laptop(tmp_path / "bob", "Bob") as bob:
        merge_bundle(bob, make_bundle(world.store, world.visit, tmp_path, FULL).path)
        theirs = make_bundle(bob, Visit(bob, world.visit.id, new_id=ids("b")), world.stick, FULL).path
    own_other = make_bundle(world.store, begin(world.store, "c", site_name_en="Other"), world.stick, FULL).path
    world.copy()
    stem = next(world.stick.glob("*_Mock-Works_Ann_*")).stem.rpartition("-")[0]
    forged, plain = world.stick / f"{stem}-900.zip", world.stick / f"{stem}-901.zip"
    forged.write_bytes(theirs.read_bytes())
    plain.write_bytes(b"holiday pictures")
    for number in range(6):
        say(world.visit, "words", f"answer {number}")
        newest = world.copy()
    kept = {path.name for path in world.stick.glob("*.zip")}
    assert {theirs.name, own_other.name, forged.name, plain.name, newest.file} <= kept
    assert len(kept) == 4 + KEPT
    numbers = sorted(int(name.rpartition("-")[2][:-4]) for name in kept if name.startswith(stem))
    assert numbers == [900, 901, 905, 906, 907]


def test_an_older_copy_that_alone_holds_a_photo_stays_unless_the_photo_was_withdrawn(world: World) -> None:
    lost, face = attach(world.visit), attach(world.visit, b"Somebody's payslip.\n")
    only = world.copy().file
    evidence_path(world.store.folder, lost).unlink()
    for number in range(5):
        say(world.visit, "words", f"answer {number}")
        world.copy()
    assert (world.stick / only).is_file()
    merge_bundle(world.store, world.stick / only)
    assert evidence_path(world.store.folder, lost).is_file(), "it can be had back"
    withdraw(world.visit, face, "not ours to keep")
    world.copy()
    assert not (world.stick / only).exists() and len(world.bundles()) == KEPT


def test_what_has_not_changed_is_not_written_again(world: World) -> None:
    first, second = world.copy(), world.copy(NINE + HOUR)
    assert (first.file, first.digest) == (second.file, second.digest) and second.at == NINE + HOUR
    assert world.bundles() == ["1"]


def test_half_written_copies_of_a_killed_program_go_after_a_day_and_only_ours(world: World) -> None:
    confirmed = world.copy()
    stem = confirmed.file.rpartition("-")[0]
    now = NINE / 1_000_000
    old, young = world.stick / f"{stem}.01234567.part", world.stick / f"{stem}.89abcdef.part"
    others = [world.stick / "other_full.01234567.part", world.stick / f"{stem}.01234567.part.zip"]
    for path in (old, young, *others):
        path.write_bytes(b"half")
        os.utime(path, (now, now))
    world.copy(NINE + 23 * HOUR)
    assert old.exists()
    os.utime(young, (now + 20 * 3600, now + 20 * 3600))
    world.copy(NINE + 25 * HOUR)
    assert not old.exists() and young.exists() and all(path.exists() for path in others)


def test_half_written_files_in_the_data_folder_go_after_a_day(tmp_path: Path) -> None:
    now = NINE / 1_000_000
    stale = [tmp_path / "evidence" / f"{'a' * 16}.part", tmp_path / "previews" / "ab" / f"{'c' * 62}.12.part"]
    others = [tmp_path / "evidence" / "ab" / ("c" * 62), tmp_path / "evidence" / "mine.part"]
    for path in (*stale, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        os.utime(path, (now, now))
    assert sweep(tmp_path, now + 3600) == []
    assert sorted(sweep(tmp_path, now + 25 * 3600)) == sorted(stale)
    assert all(path.exists() for path in others) and sweep(tmp_path / "nowhere", now) == []


# What a place does not take


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the owner of everything may write anywhere")
def test_a_read_only_place_is_said_so_and_the_copy_before_counts(world: World) -> None:
    confirmed = world.copy()
    say(world.visit, "words", "more")
    world.stick.chmod(0o500)
    try:
        with pytest.raises(PlaceReadOnly, match="cannot be written"):
            world.copy()
    finally:
        world.stick.chmod(0o700)
    assert confirmed_copies(world.store, world.visit.id)[world.place.id] == confirmed


def test_a_stick_pulled_out_before_the_copy_is_not_made_again_as_a_folder_of_this_disk(world: World) -> None:
    confirmed = world.copy()
    say(world.visit, "words", "more")
    world.stick.rename(world.stick.with_name("pulled"))
    with pytest.raises(PlaceVanished, match="went away"):
        world.copy()
    assert list(world.stick.glob("*.zip")) == []
    assert confirmed_copies(world.store, world.visit.id)[world.place.id] == confirmed
    assert (world.stick.with_name("pulled") / confirmed.file).is_file()


def test_a_stick_pulled_out_at_any_moment_of_writing_loses_nothing(world: World, tmp_path: Path) -> None:
    for _ in range(3):
        attach(world.visit, os.urandom(400_000).hex().encode())
    good = world.copy()
    for moment in range(12):
        say(world.visit, "words", f"answer {moment}")
        pulled = tmp_path / f"pulled {moment}"
        timer = threading.Timer(moment * 0.004, world.stick.rename, (pulled,))
        timer.start()
        try:
            good = world.copy(NINE + moment)
        except CopyNotMade as error:
            assert isinstance(error, PlaceVanished), error
        timer.join()
        # Plugged in again: every bundle that has its name is whole, and the confirmed one is among them.
        if world.stick.exists():
            assert {path.suffix for path in world.stick.iterdir()} <= {".part", ".zip"}
            for path in world.stick.iterdir():
                path.unlink()
            world.stick.rmdir()
        pulled.rename(world.stick)
        assert all(read_seal(path).visit == world.visit.id for path in world.stick.glob("*.zip"))
        assert confirmed_copies(world.store, world.visit.id)[world.place.id] == good
        with open_bundle(world.stick / good.file) as bundle:
            assert bundle.digest == good.digest


def test_one_place_that_fails_does_not_keep_the_copy_from_another(world: World, tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    add_place(world.store, "OFFICE", tmp_path / "office", new_id=ids("e"))
    world.stick.rename(tmp_path / "gone")
    outcomes = list(copy_everywhere(world.store, world.visit, named_places(world.store), [], now=lambda: NINE))
    assert [(place.name, type(outcome)) for place, outcome in outcomes] == [
        ("STICK", PlaceAway),
        ("OFFICE", Confirmed),
    ]


def test_a_copy_that_does_not_read_back_is_not_trusted(world: World) -> None:
    confirmed = world.copy()
    data = bytearray((world.stick / confirmed.file).read_bytes())
    data[-30] ^= 1
    (world.stick / confirmed.file).write_bytes(data)
    assert isinstance(copies._trouble(damage(world.stick / confirmed.file), world.place, world.stick), CopyNotGood)


def damage(path: Path) -> Exception:
    from assessor_tui.bundle.error import BundleError

    try:
        copies.read_copy(path)
    except BundleError as error:
        return error
    raise AssertionError("it reads back")


# Answering meanwhile


def test_answers_typed_while_a_copy_is_written_are_safe_and_never_wait_for_it(world: World) -> None:
    for _ in range(3):
        attach(world.visit, os.urandom(2_000_000).hex().encode())
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with Store.open(world.store.folder, write=False) as source:
                visit = Visit(source, world.visit.id, new_id=ids("b"))
                copy_visit(world.store, visit, world.place, world.stick, now=NINE)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    count = 0
    while thread.is_alive():
        say(world.visit, "words", f"answer {count}")
        count += 1
    thread.join()
    assert failures == [] and count > 1
    assert world.store.verify_logs() == []
    confirmed = confirmed_copies(world.store, world.visit.id)[world.place.id]
    assert holds_all(confirmed, world.store, world.visit.id) is False
    # What was confirmed is not more than what is in the bundle.
    with open_bundle(world.stick / confirmed.file) as bundle:
        assert confirmed.logs[0].last in {digest for digest, _, _ in bundle.entries()}
    assert holds_all(world.copy(), world.store, world.visit.id)


# How old it is


def test_what_no_copy_holds_is_told_by_its_oldest_entry(world: World) -> None:
    first = min(entry.at for _, entry in world.visit.state.entries())
    assert safety(world.store, world.visit.id) == Safety(0, first)
    confirmed = world.copy(NINE + HOUR)
    assert safety(world.store, world.visit.id) == Safety(confirmed.at, 0)
    say(world.visit, "words", "one")
    say(world.visit, "words", "two")
    one = world.visit.state.log(world.store.device.id)[-2][1].at  # type: ignore[union-attr]
    assert safety(world.store, world.visit.id) == Safety(confirmed.at, one)
    remove_place(world.store, "STICK")
    assert safety(world.store, world.visit.id) == Safety(0, first)


def test_what_a_colleague_wrote_is_on_his_laptop_as_well(world: World, tmp_path: Path) -> None:
    with laptop(tmp_path / "bob", "Bob") as bob:
        merge_bundle(bob, make_bundle(world.store, world.visit, tmp_path, FULL).path)
        assert safety(bob, world.visit.id) == Safety(0, 0)
        say(Visit(bob, world.visit.id, new_id=ids("b")), "words", "own")
        assert safety(bob, world.visit.id).since > 0


@pytest.mark.parametrize(
    ("newest", "later", "words"),
    [
        (0, 0, "no copy"),
        (NINE, 30_000_000, "copy just now"),
        (NINE, 12 * MINUTE, "copy 12 min"),
        (NINE, 3 * HOUR, "copy 3 h"),
        (NINE, 14 * HOUR + 59 * MINUTE, "copy 14 h"),
        (NINE, 15 * HOUR, "copy yesterday"),
        (NINE, 72 * HOUR, "copy 3 days"),
        (NINE, -HOUR, "copy just now"),
    ],
)
def test_the_age_is_said_in_two_or_three_words(newest: int, later: int, words: str) -> None:
    set_language("en-HK")
    assert age_words(Safety(newest, 0), NINE + later) == words


def test_two_hours_of_work_that_are_nowhere_else_are_a_doubt() -> None:
    assert not is_doubtful(Safety(0, 0), NINE)
    assert not is_doubtful(Safety(0, NINE), NINE + WORK)
    assert is_doubtful(Safety(NINE + 1, NINE), NINE + WORK + 1)


def test_a_clock_set_back_an_hour_makes_no_copy_older_than_the_work_in_it(world: World) -> None:
    latest = max(entry.at for _, entry in world.visit.state.entries())
    confirmed = world.copy(NINE - HOUR)
    assert confirmed.at == latest
    assert world.copy(NINE - HOUR).file == confirmed.file
