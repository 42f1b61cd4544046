"""A visit leaves a laptop only when two places hold all of it, leaves nothing behind, and comes back whole."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.carry.copies import IDENTITY, add_place, confirmed_copies, copy_visit, named_places, remove_place
from assessor_tui.carry.exchange import DELTA, FULL, INVITE, make_bundle, merge_bundle
from assessor_tui.carry.put_away import PutAway, finish, put_away, put_away_lines
from assessor_tui.evidence.files import evidence_path, make_preview, preview_path, store_file
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.errors import DiskFull, FolderNotWritable
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, ids, laptop, on_disk, say

SECRET = "Solvent drums behind the boiler house"


class World(NamedTuple):
    """A laptop with a visit, a photo and two second places."""

    visit: Visit
    folder: Path
    stick: Path
    office: Path
    photo: str
    """SHA-256."""

    @property
    def store(self) -> Store:
        return self.visit.store


def attach(visit: Visit, path: str, content: bytes) -> str:
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("document", {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type})
    assert visit.record("attach", "check", path, value).problems == ()
    return stored.sha256


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    new_id = ids("f")
    with laptop(tmp_path / "data", "Ann", "lead") as store:
        visit = begin(store)
        say(visit, "words", SECRET)
        photo = attach(visit, "meter", b"Drums of May.\n")
        for name in ("stick", "office"):
            (tmp_path / name).mkdir()
            add_place(store, name.upper(), tmp_path / name, new_id=new_id)
        yield World(visit, tmp_path, tmp_path / "stick", tmp_path / "office", photo)


def away(world: World, now: int = NINE) -> PutAway:
    return put_away(world.store, world.visit, [], now=now)


def codes(outcome: PutAway) -> list[str]:
    assert all("{" not in sentence(problem) for problem in outcome.problems)
    return [problem.code for problem in outcome.problems]


def bundles(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.zip"))


def back(world: World, path: Path) -> Visit:
    merged = merge_bundle(world.store, path)
    assert merged.error is None and merged.outcome == "other visit"
    return Visit(world.store, world.visit.id, new_id=ids("9"))


# Going


def test_a_visit_that_two_places_hold_goes_and_a_line_says_where_it_is(world: World) -> None:
    entries, digest = len(world.visit.state), world.visit.digest()
    line = away(world).line
    assert line is not None
    assert put_away_lines(world.store) == (line,)
    assert (line.names, line.date, line.person, line.entries, line.files) == (
        {"en": "Mock Works"}, "2026-11-12", "Ann", entries, 1,
    )  # fmt: skip
    assert (line.digest, line.at) == (digest, NINE)
    assert [copy.place for copy in line.copies] == ["STICK", "OFFICE"]
    assert (world.stick / line.copies[0].file).is_file() and (world.office / line.copies[1].file).is_file()
    assert world.store.visits() == [] and not world.store.knows(world.visit.id)


def test_nothing_of_it_is_left_in_any_file_of_the_data_folder(world: World) -> None:
    world.store.back_up("before")
    (world.store.folder / "first_frame").write_text(SECRET)
    assert away(world).line is not None
    left = [path for path in world.store.folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert left == []
    assert not evidence_path(world.store.folder, world.photo).exists()
    assert world.store.evidence(world.photo) is None and world.store.to_remove() == []
    assert world.store.integrity() == [] and world.store.verify_logs() == []


def test_what_another_visit_uses_stays(world: World) -> None:
    other = begin(world.store, "c", site_name_en="Other Works")
    say(other, "words", "Stays")
    assert attach(other, "meter", b"Drums of May.\n") == world.photo
    assert away(world).line is not None
    assert evidence_path(world.store.folder, world.photo).is_file() and world.store.evidence(world.photo) is not None
    again = Visit(world.store, other.id, new_id=ids("d"))
    assert again.digest() == other.digest() and on_disk(again, "check", "words") == ("answered", "Stays")
    assert world.store.rebuild() == len(again.state)


def test_a_preview_goes_with_its_picture(world: World) -> None:
    from tests.bundle_samples import JPEG

    stored = store_file(world.store.folder, [JPEG], name="roof.jpg")
    world.store.note_evidence(stored.sha256, stored.size, stored.type)
    value = Evidence("photo", {"sha256": stored.sha256, "name": "roof.jpg", "type": stored.type})
    world.visit.record("attach", "check", "meter", value)
    make_preview(world.store.folder, stored.sha256)
    preview_path(world.store.folder, stored.sha256).parent.mkdir(parents=True, exist_ok=True)
    preview_path(world.store.folder, stored.sha256).write_bytes(b"small")
    assert away(world).line is not None
    assert not preview_path(world.store.folder, stored.sha256).exists()


# Not going


def test_one_place_is_not_enough(world: World) -> None:
    remove_place(world.store, "OFFICE")
    assert codes(away(world)) == ["put_away.places"]
    assert on_disk(world.visit, "check", "words") == ("answered", SECRET)


def test_a_place_that_is_away_counts_when_its_copy_holds_everything(world: World) -> None:
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
    world.office.rename(world.folder / "gone")
    assert away(world).line is not None


def test_a_place_that_is_away_does_not_count_when_something_came_since(world: World) -> None:
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
    world.office.rename(world.folder / "gone")
    say(world.visit, "words", "More")
    assert codes(away(world)) == ["put_away.away", "put_away.places"]


def test_two_places_that_are_away_are_not_enough(world: World) -> None:
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
        place.path.rename(world.folder / f"gone {place.name}")
    assert codes(away(world)) == ["put_away.none_connected"]


def test_another_stick_under_the_same_path_is_none_of_the_two(world: World) -> None:
    (world.office / IDENTITY).write_text('{"id": "' + "0" * 32 + '"}')
    assert codes(away(world)) == ["put_away.away", "put_away.places"]


def test_a_copy_that_was_damaged_since_is_written_anew_and_the_damaged_one_is_not_trusted(world: World) -> None:
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
    (damaged,) = bundles(world.stick)
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    line = away(world).line
    assert line is not None and line.copies[0].file != damaged.name
    assert back(world, world.stick / line.copies[0].file).digest() == line.digest


def test_a_photo_that_was_damaged_on_this_laptop_keeps_the_visit_here(world: World) -> None:
    evidence_path(world.store.folder, world.photo).write_bytes(b"Drums of June\n")
    assert codes(away(world)) == ["put_away.place", "put_away.place", "put_away.places"]


@pytest.mark.parametrize(
    ("key", "kept", "code"),
    [
        ("draft:check/words", "half a sen", "put_away.draft"),
        ("draft:note:check/words", "half a note", "put_away.draft"),
        ("draft:finding:check/words", {"text": "half"}, "put_away.draft"),
        ("flags", ["check/words"], "put_away.flags"),
    ],
)
def test_what_was_never_saved_bars_it(world: World, key: str, kept: object, code: str) -> None:
    world.store.set_local(world.visit.id, key, kept)
    outcome = away(world)
    assert codes(outcome) == [code]
    assert bundles(world.stick) == []
    world.store.set_local(world.visit.id, key, type(kept)())
    assert away(world).line is not None


def test_a_photo_in_the_inbox_that_is_tied_to_nothing_bars_it(world: World) -> None:
    from assessor_tui.evidence.inbox import use_folder

    inbox = use_folder(world.store, world.visit.id, world.store.folder / "inbox" / "Mock Works", make=True)
    (inbox / "one.txt").write_bytes(b"Drums of May.\n")
    (inbox / "two.txt").write_bytes(b"Nobody has looked at this.\n")
    assert codes(away(world)) == ["put_away.inbox"]
    (inbox / "two.txt").unlink()
    assert away(world).line is not None
    assert not inbox.exists(), "what was evidence has gone with it"


def test_a_full_disk_leaves_everything_as_it_is(world: World) -> None:
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
    world.store.connection.execute("PRAGMA query_only = ON")
    with pytest.raises((FolderNotWritable, DiskFull)):
        away(world)
    world.store.connection.execute("PRAGMA query_only = OFF")
    assert on_disk(world.visit, "check", "words") == ("answered", SECRET)
    assert evidence_path(world.store.folder, world.photo).is_file()
    say(world.visit, "words", "goes on")


# Coming back


def test_it_comes_back_whole_and_goes_on_in_its_own_log(world: World) -> None:
    digest, device = world.visit.digest(), world.store.device
    assert device is not None
    last = world.visit.state.log(device.id)[-1][1].seq
    line = away(world).line
    assert line is not None
    visit = back(world, world.stick / line.copies[0].file)
    assert put_away_lines(world.store) == ()
    assert visit.digest() == digest == line.digest
    assert evidence_path(world.store.folder, world.photo).read_bytes() == b"Drums of May.\n"
    say(visit, "words", "Answered on")
    log = visit.state.log(device.id)
    assert [entry.seq for _, entry in log] == list(range(1, last + 2))
    assert world.store.verify_logs() == [] and world.store.integrity() == []
    visit.undo()
    assert visit.filling("check").state("words").value == SECRET


def test_the_laptop_is_the_same_device_after_putting_away_and_opening_again(tmp_path: Path, world: World) -> None:
    device = world.store.device
    line = away(world).line
    assert line is not None and device is not None
    world.store.close()
    with laptop(tmp_path / "data", "Ann", "lead") as store:
        assert store.renewed == "" and store.device == device
        merge_bundle(store, world.office / line.copies[1].file)
        visit = Visit(store, world.visit.id, new_id=ids("9"))
        say(visit, "words", "Answered on")
        assert store.verify_logs() == []


def test_a_number_is_never_used_twice_when_only_an_older_copy_comes_back(world: World) -> None:
    older = make_bundle(world.store, world.visit, world.folder / "old", FULL).path
    say(world.visit, "words", "Only in the newest copy")
    device = world.store.device
    assert device is not None
    last = world.visit.state.log(device.id)[-1]
    line = away(world).line
    assert line is not None
    visit = back(world, older)
    say(visit, "words", "Answered without it")
    new = visit.state.log(device.id)[-1][1]
    assert (new.seq, new.prev) == (last[1].seq + 1, last[0])
    # Also after the program was closed and opened.
    world.store.close()
    with laptop(world.folder / "data", "Ann", "lead") as store:
        visit = Visit(store, visit.id, new_id=ids("8"))
        say(visit, "words", "And once more")
        assert visit.state.log(device.id)[-1][1].seq == last[1].seq + 2
        assert merge_bundle(store, world.stick / line.copies[0].file).forks == ()
        assert store.verify_logs() == []
        visit.refresh()
        assert {kind for kind, _, _ in visit.state.conflicts} <= {"value"}
        assert [entry.seq for _, entry in visit.state.log(device.id)] == list(range(1, last[1].seq + 3))


def test_a_colleague_sees_one_log_whatever_was_put_away_meanwhile(tmp_path: Path, world: World) -> None:
    with laptop(tmp_path / "bob", "Bob") as bob:
        merge_bundle(bob, make_bundle(world.store, world.visit, tmp_path / "sent", INVITE).path)
        line = away(world).line
        assert line is not None
        visit = back(world, world.stick / line.copies[0].file)
        say(visit, "words", "Answered on")
        assert merge_bundle(bob, make_bundle(world.store, visit, tmp_path / "sent", DELTA).path).forks == ()
        assert bob.verify_logs() == []
        assert Visit(bob, visit.id, new_id=ids("b")).digest() == visit.digest()


def test_it_can_be_put_away_again_and_again(world: World) -> None:
    visit = world.visit
    for round_ in range(3):
        say(visit, "words", f"Round {round_}")
        outcome = put_away(world.store, visit, [], now=NINE)
        assert outcome.line is not None
        visit = back(world, world.office / outcome.line.copies[1].file)
        assert visit.digest() == outcome.line.digest
    assert len(put_away_lines(world.store)) == 0
    assert world.store.verify_logs() == []


def test_what_a_crash_left_on_the_disk_goes_the_next_time_unless_it_came_back(world: World) -> None:
    path = evidence_path(world.store.folder, world.photo)
    other = attach(world.visit, "words", b"Another paper.\n")
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
    copies = confirmed_copies(world.store, world.visit.id)
    world.store.put_away(world.visit.id, {})  # and here the program was killed
    assert path.is_file()
    file = next(iter(copies.values())).file
    assert merge_bundle(world.store, world.stick / file).error is None
    finish(world.store)
    assert path.is_file() and evidence_path(world.store.folder, other).is_file() and world.store.to_remove() == []
    world.store.put_away(world.visit.id, {})
    finish(world.store)
    assert not path.exists() and world.store.to_remove() == []


def test_a_backup_that_cannot_be_changed_is_named(world: World) -> None:
    backup = world.store.back_up("before")
    (world.store.folder / "backups" / "broken.sqlite3").write_bytes(b"no database" * 100)
    outcome = away(world)
    assert [path.name for path in outcome.backups] == ["broken.sqlite3"]
    with sqlite3.connect(backup) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (0,)
    connection.close()


# Coming back in part


def in_part(world: World) -> tuple[Visit, Path]:
    """The visit back from an older copy, and the copy that holds all of it."""
    (row,) = world.visit.record("add row", "check", "outlets").entries[:1]
    older = make_bundle(world.store, world.visit, world.folder / "old", FULL).path
    say(world.visit, f"{row[1].path}/tag", "Only in the newest copy")
    line = away(world).line
    assert line is not None
    return back(world, older), world.stick / line.copies[0].file


def test_copies_of_what_came_back_in_part_never_push_out_the_one_that_holds_the_rest(world: World) -> None:
    visit, newest = in_part(world)
    (place, _) = named_places(world.store)
    for round_ in range(5):
        say(visit, "words", f"Round {round_}")
        copy_visit(world.store, visit, place, place.path, now=NINE)
    assert newest.is_file() and len(bundles(world.stick)) == 4
    assert merge_bundle(world.store, newest).error is None
    visit.refresh()
    copy_visit(world.store, visit, place, place.path, now=NINE)
    assert not newest.exists() and len(bundles(world.stick)) == 3, "now the newest holds all of it"


def test_nobody_signs_or_removes_a_row_while_own_entries_about_it_are_away(world: World) -> None:
    visit, newest = in_part(world)
    assert "visit.in_part" in [problem.code for problem in visit.blocks_signing()]
    (row,) = visit.filling("check").rows("outlets")
    for refused in (visit.record("remove row", "check", f"outlets[{row}]"), visit.undo()):
        assert [problem.code for problem in refused.problems] == ["visit.in_part"]
        assert "{" not in sentence(refused.problems[0])
    say(visit, "words", "Answering goes on")
    assert merge_bundle(world.store, newest).error is None
    visit.refresh()
    assert "visit.in_part" not in [problem.code for problem in visit.blocks_signing()]
    assert visit.filling("check").state(f"outlets[{row}]/tag").value == "Only in the newest copy"
    assert visit.record("remove row", "check", f"outlets[{row}]").problems == ()


def test_a_withdrawn_file_that_stood_for_this_visits_sake_goes_with_it(world: World) -> None:
    other = begin(world.store, "c", site_name_en="Other Works")
    assert attach(other, "meter", b"Drums of May.\n") == world.photo
    assert withdraw(other, world.photo, "shows a face").used_in == (world.visit.id,)
    assert away(world).line is not None
    assert not evidence_path(world.store.folder, world.photo).exists()
    assert {each.state for each in world.store.all_evidence()} == {"withdrawn"}


def test_what_a_crash_left_is_spared_when_it_comes_in_again_while_it_is_cleared_away(world: World) -> None:
    for place in named_places(world.store):
        copy_visit(world.store, world.visit, place, place.path, now=NINE)
    (file,) = bundles(world.stick)
    world.store.put_away(world.visit.id, {})  # and here the program was killed
    told = world.store.to_remove()
    assert told == [world.photo]
    world.store.spare(told)  # a merge does so before it writes the first byte
    finish(world.store)
    assert evidence_path(world.store.folder, world.photo).is_file()
    assert merge_bundle(world.store, file).error is None


def test_photos_outside_the_data_folder_stay_though_the_inbox_is_a_link_to_them(world: World) -> None:
    from assessor_tui.evidence.inbox import use_folder

    pictures = world.folder / "Pictures"
    pictures.mkdir()
    (pictures / "one.txt").write_bytes(b"Drums of May.\n")
    link = world.store.folder / "inbox" / "Mock Works"
    link.parent.mkdir()
    link.symlink_to(pictures, target_is_directory=True)
    use_folder(world.store, world.visit.id, link)
    assert away(world).line is not None
    assert (pictures / "one.txt").is_file()
