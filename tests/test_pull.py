"""A pull takes in what is in the folder and not here, in any order, any number of times; in the end all are equal."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.bundle.read import open_bundle
from assessor_tui.carry.compare import compare
from assessor_tui.carry.exchange import DELTA, merge_bundle, merge_bundles
from assessor_tui.carry.folder import look
from assessor_tui.carry.hand_over import make_bundle
from assessor_tui.carry.pull import coming, pull, to_pull
from assessor_tui.evidence.files import evidence_path
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.store.ledger import Store
from assessor_tui.trust.enrol import write_request, write_roster
from assessor_tui.trust.roster import from_bytes
from assessor_tui.visit import Visit
from tests.shared_folder import World, attach, give_roster, photo, pulled, pushed, two_laptops  # noqa: F401
from tests.small_visit import begin, ids, laptop, say


def test_what_is_there_and_not_here_is_counted_before_it_is_taken_in(world: World) -> None:
    ann, bob, folder = world
    attach(ann, photo(1))
    pushed(ann, folder)
    found = coming(bob, ann.id, look(bob, folder))
    assert (found.entries, found.files, len(found.bundles)) == (len(ann.store.hashes(ann.id)), 1, 2)
    assert found.size == sum(path.stat().st_size for path in folder.iterdir())
    pulled(bob, folder)
    assert coming(bob, ann.id, look(bob, folder)) == (ann.id, 0, 0, ())


def test_what_a_stick_brought_already_is_not_counted_as_missing(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    attach(ann, photo(1))
    pushed(ann, folder)
    make_bundle(ann.store, ann, tmp_path / "stick", "full")
    list(merge_bundles(bob, list((tmp_path / "stick").iterdir())))
    found = coming(bob, ann.id, look(bob, folder))
    assert (found.entries, found.files, len(found.bundles)) == (0, 0, 2), "they may hold a receipt"
    assert [each[0] for each in pulled(bob, folder)] == ["known", "known"]
    assert pulled(bob, folder) == []


def test_a_photo_that_was_lost_here_is_taken_from_the_folder_again(world: World) -> None:
    ann, bob, folder = world
    digest = attach(ann, photo(1))
    pushed(ann, folder)
    pulled(bob, folder)
    evidence_path(bob.folder, digest).unlink()
    assert coming(bob, ann.id, look(bob, folder)).files == 1
    assert pulled(bob, folder) == [("known", 0, 1)]
    assert evidence_path(bob.folder, digest).is_file()


def test_a_ledger_restored_from_a_backup_takes_its_own_work_from_the_folder_again(world: World, tmp_path: Path) -> None:
    ann, _bob, folder = world
    shutil.copytree(ann.store.folder, tmp_path / "backup")
    say(ann, "words", "after the backup")
    attach(ann, photo(1))
    pushed(ann, folder)
    whole = ann.store.hashes(ann.id)
    with Store.open(tmp_path / "backup") as restored:
        assert not whole <= restored.hashes(ann.id)
        pulled(restored, folder)
        assert whole <= restored.hashes(ann.id)


def test_visits_that_are_new_here_stay_out_when_only_known_ones_are_wanted(world: World) -> None:
    ann, bob, folder = world
    other = begin(ann.store, "c", site_name_en="Other Works")
    pushed(ann, folder)
    pulled(bob, folder)
    pushed(other, folder)
    assert pulled(bob, folder, known=True) == []
    assert [each.visit for each in to_pull(bob, look(bob, folder), known=True)] == [ann.id]
    assert [each[0] for each in pulled(bob, folder)] == ["other visit"]


def test_a_bundle_that_is_refused_is_told_every_time_and_keeps_no_other_from_coming(world: World) -> None:
    ann, bob, folder = world
    attach(ann, photo(1, 5_000))
    pushed(ann, folder)
    (path,) = (folder / each.name for each in look(ann.store, folder).bundles if each.evidence)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for count in (2, 1, 1):
        found = list(pull(bob, folder))
        assert len(found) == count and [each.outcome for each in found].count("refused") == 1
    assert bob.hashes(ann.id) == ann.store.hashes(ann.id)


def test_rosters_come_along_whatever_visit_is_named_and_requests_for_a_place_on_one_do_not(
    world: World, tmp_path: Path
) -> None:
    ann, bob, folder = world
    give_roster(ann.store, bob)
    newer = give_roster(ann.store, bob, version=2, keep=False)
    write_roster(ann.store, from_bytes(newer.json), newer.json, newer.signature, folder)
    write_request(bob, folder)
    pushed(ann, folder)
    assert {each.purpose for each in look(bob, folder).bundles} == {"delta", "enrol", "roster"}
    found = list(pull(bob, folder, {"0" * 32}))
    assert [(each.purpose, each.roster and each.roster.outcome) for each in found] == [("roster", "newer")]
    assert [each.purpose for each in pull(bob, folder)] == ["delta"]
    assert pulled(bob, folder) == []
    assert {each.visit for each in compare(bob, look(bob, folder))} == {ann.id}, "a roster is no visit"


def test_a_colleague_who_is_on_a_newer_roster_is_let_in_with_it(world: World, tmp_path: Path) -> None:
    ann, bob, folder = world
    give_roster(ann.store, bob)
    pushed(ann, folder)
    pulled(bob, folder)
    with laptop(tmp_path / "cho", "Cho") as cho:
        newer = give_roster(ann.store, bob, cho, version=2, keep=False)
        write_roster(ann.store, from_bytes(newer.json), newer.json, newer.signature, folder)
        pulled(cho, folder)
        say(theirs := Visit(cho, ann.id, new_id=ids("e")), "words", "Cho's")
        pushed(theirs, folder)
        assert [each.held for each in pull(bob, folder)] == [(), ()]
        assert bob.hashes(ann.id) == cho.hashes(ann.id)


def test_a_photo_that_was_withdrawn_before_its_bytes_came_does_not_come_with_them(world: World) -> None:
    ann, bob, folder = world
    photo_of = attach(ann, photo(1))
    merge_bundle(bob, make_bundle(ann.store, ann, folder.parent / "stick", DELTA, evidence="none").path)
    visit = Visit(bob, ann.id, new_id=ids("b"))
    assert withdraw(visit, photo_of, "shows a face").recorded.problems == ()
    pushed(ann, folder)
    pulled(bob, folder)
    assert not evidence_path(bob.folder, photo_of).exists()
    assert [each.state for each in bob.all_evidence()] == ["withdrawn"]


def test_of_several_copies_of_a_bundle_a_good_one_is_enough(world: World) -> None:
    ann, bob, folder = world
    attach(ann, photo(1, 5_000))
    pushed(ann, folder)
    (path,) = (folder / each.name for each in look(ann.store, folder).bundles if each.evidence)
    for name in ("A copy.zip", "Z copy.zip"):
        shutil.copy(path, folder / name)
    for damaged in (path, folder / "A copy.zip"):
        data = bytearray(damaged.read_bytes())
        data[len(data) // 2] ^= 1
        damaged.write_bytes(data)
    assert [each.outcome for each in pull(bob, folder)] == ["other visit", "known"]
    assert {each.state for each in bob.all_evidence()} == {"have"} and pulled(bob, folder) == []


def test_stopping_between_two_chunks_goes_on_from_there(world: World) -> None:
    ann, bob, folder = world
    for number in range(4):
        attach(ann, photo(number, 1_000))
    pushed(ann, folder, batch=1_100)
    asked = iter([False, False, True])
    assert len(list(pull(bob, folder, chunk=1, stopped=lambda: next(asked)))) == 2
    assert len(list(pull(bob, folder))) == 3


LAPTOPS, VISITS, FOLDERS = 3, 2, 2
steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, LAPTOPS - 1), st.integers(0, VISITS - 1), st.sampled_from("abc")),
        st.tuples(st.just("attach"), st.integers(0, LAPTOPS - 1), st.integers(0, VISITS - 1), st.integers(0, 3)),
        st.tuples(st.just("push"), st.integers(0, LAPTOPS - 1), st.integers(0, FOLDERS - 1), st.booleans()),
        st.tuples(st.just("pull"), st.integers(0, LAPTOPS - 1), st.integers(0, FOLDERS - 1), st.booleans()),
        st.tuples(st.just("lose"), st.integers(0, 9), st.integers(0, FOLDERS - 1), st.none()),
    ),
    max_size=16,
)


def is_here(visit: Visit) -> bool:
    try:
        return bool(visit.scheme and visit.forms)
    except (LookupError, KeyError):
        return False


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_after_any_story_one_round_through_a_folder_makes_all_laptops_equal(
    story: list[tuple[str, int, int, object]],
) -> None:
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_now:
        base = Path(name)
        folders = [base / f"folder {number}" for number in range(FOLDERS)]
        for folder in folders:
            folder.mkdir()
        stores = [open_now.enter_context(laptop(base / f"laptop {number}", f"P{number}")) for number in range(LAPTOPS)]
        known = [begin(stores[0], letter).id for letter in "ac"]

        def visit(who: int, which: int) -> Visit:
            return Visit(stores[who], known[which], new_id=ids("b"))

        for act, who, where, what in story:
            if act == "lose":
                for path in sorted(folders[where].iterdir())[who : who + 1]:
                    path.unlink()
            elif act == "pull":
                pulled(stores[who], folders[where], [known[0]] if what else [])
            elif act == "push":
                for which in range(1 if what else VISITS):
                    if is_here(visit(who, which)):
                        pushed(visit(who, which), folders[where])
            elif is_here(visit(who, where)):
                if act == "say":
                    say(visit(who, where), "words", f"{what}{who}", why="again")
                else:
                    assert isinstance(what, int)
                    attach(visit(who, where), photo(what))
        for who in range(LAPTOPS):
            for which in range(VISITS):
                if is_here(visit(who, which)):
                    pushed(visit(who, which), folders[0])
        for store in stores:
            pulled(store, folders[0])
        for which in known:
            assert len({frozenset(store.hashes(which)) for store in stores}) == 1
            assert len({tuple(store.conflicts(which)) for store in stores}) == 1
        for store in stores:
            assert {each.state for each in store.all_evidence()} <= {"have"}
            assert not store.verify_logs()


def test_no_key_number_or_chain_spans_two_visits(tmp_path: Path) -> None:
    """Each visit travels by itself, through a folder of its own, in any order, twice, and is the same everywhere: so a
    hub can be distributed by visit.
    """
    shared = tmp_path / "shared"
    shared.mkdir()
    with ExitStack() as open_now:

        def opened(name: str) -> Store:
            return open_now.enter_context(laptop(tmp_path / name, name))

        ann, bob = opened("Ann"), opened("Bob")
        known = [begin(ann, letter).id for letter in "ac"]
        for turn in range(3):
            for store in (ann, bob):
                pulled(store, shared)
                for number, visit in enumerate(known):
                    if store.knows(visit):
                        mine = Visit(store, visit, new_id=ids("b"))
                        say(mine, "words", f"{store.person} {turn}", why="again")
                        attach(mine, photo(turn * 2 + number))
                        pushed(mine, shared)
        for _ in range(2):
            for store in (bob, ann):
                pulled(store, shared)
                for visit in known:
                    pushed(Visit(store, visit, new_id=ids("b")), shared)
        together, apart = opened("together"), opened("apart")
        pulled(together, shared)
        for visit in reversed(known):
            own, alone = tmp_path / visit, opened(f"alone {visit}")
            own.mkdir()
            pushed(Visit(bob, visit, new_id=ids("b")), own)
            for path in own.iterdir():
                with open_bundle(path) as bundle:
                    assert {segment.visit for segment in bundle.seal.segments} <= {visit}
            for store in (apart, alone, apart):
                pulled(store, own)
                assert store.hashes(visit) == ann.hashes(visit)
            assert [row.id for row in alone.visits()] == [visit] and not alone.verify_logs()
        for visit in known:
            assert together.hashes(visit) == apart.hashes(visit) == bob.hashes(visit)
            assert together.logs(visit) == apart.logs(visit) == ann.logs(visit)
