"""The ledger on disk: durable, merged by union, the same however it was put together, and honest about the world."""

import os
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import LineError, hash_of, reference, to_line
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Quantity
from assessor_tui.store import errors
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.ledger import HAVE, WANTED, Store
from tests.ledger_worlds import FORM, ROW_PATHS, VERSIONS, VISIT, Laptop, play, steps

DERIVED = ("head", "replaced", "conflict", "tally")


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "ledger") as store:
        yield store


def opened(folder: Path, **more: object) -> Store:
    store = Store.open(folder, **more)
    if store.device is None:
        store.identify("Ann Example", "assessor")
    return store


def answer(path: str, value: object = "yes", **more: object) -> Draft:
    return Draft(VISIT, acts.ANSWER, FORM, path, value, **more)


def derived(store: Store) -> list[object]:
    return [sorted(store.connection.execute(f"SELECT * FROM {table}")) for table in DERIVED]


def in_words(store: Store) -> list[object]:
    """What the derived tables say, without the numbers that depend on the order of arrival."""
    heads = store.connection.execute(
        "SELECT visit.uid, f.text, p.text, head.slot, entry.hash FROM head JOIN visit ON visit.id = head.visit "
        "JOIN word f ON f.id = head.form JOIN word p ON p.id = head.path JOIN entry ON entry.id = head.entry"
    )
    return [sorted(heads), store.conflicts(), store.visits()]


# appending


def test_appending_numbers_and_chains_the_log(store):
    written = store.append([answer("a"), answer("b")]) + store.append([answer("c")])
    entries = [entry for _, entry in written]
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.prev for entry in entries] == ["", written[0][0], written[1][0]]
    assert all(hash_of(entry) == digest for digest, entry in written)
    assert store.entries(VISIT) == written
    assert store.verify_logs() == []


def test_each_visit_has_a_log_of_its_own(store):
    store.append([answer("a")])
    ((_, entry),) = store.append([answer("a")._replace(visit="cd" * 16)])
    assert (entry.seq, entry.prev) == (1, "")


def test_an_answer_replaces_what_stands_and_a_note_replaces_nothing(store):
    first, second = store.append([answer("a"), answer("a", "no")])
    assert second[1].replaces == (reference(first[1].device, 1, first[0]),)
    ((_, note),) = store.append([Draft(VISIT, acts.NOTE, FORM, "a", "rust")])
    assert note.replaces == ()


def test_appending_before_anybody_is_named_is_refused(tmp_path):
    with Store.open(tmp_path) as store, pytest.raises(errors.NoDevice):
        store.append([answer("a")])


def test_a_draft_that_is_not_fit_records_nothing_of_its_batch(store):
    for unfit in (answer("b", "esc \x1b[2J"), answer("no path!"), answer("b", "x")._replace(visit="short")):
        with pytest.raises(LineError):
            store.append([answer("a"), unfit])
    with pytest.raises(errors.EntryTooLong):
        store.append([answer("a"), answer("b", "\u4e2d" * 15_000, why="\u4e2d" * 15_000)])
    assert store.entries(VISIT) == []
    assert store.append([answer("a")])[0][1].seq == 1


def test_seen_is_written_when_another_log_has_grown_and_only_then(store):
    bob = Laptop("bob")
    last = bob.answer("x", "1"), bob.answer("y", "2")
    store.append([answer("a")])
    store.add(bob.known)
    (_, second), (_, third) = store.append([answer("b"), answer("c")])
    assert second.seen == (reference(bob.id, 2, last[1][0]),)
    assert third.seen == ()
    assert store.state(VISIT).knows((hash_of(third), third), last[0])


def test_seen_stops_at_a_gap(store):
    bob = Laptop("bob")
    for number in range(4):
        bob.answer("x", str(number))
    store.add([bob.known[0], bob.known[3]])
    assert store.append([answer("a")])[0][1].seen == (reference(bob.id, 1, bob.known[0][0]),)
    store.add(bob.known)
    assert store.append([answer("b")])[0][1].seen == (reference(bob.id, 4, bob.known[3][0]),)


def test_seen_is_remembered_over_a_restart(tmp_path):
    bob = Laptop("bob")
    bob.answer("x", "1")
    with opened(tmp_path) as store:
        store.add(bob.known)
        assert store.append([answer("a")])[0][1].seen
    with opened(tmp_path) as store:
        ((_, entry),) = store.append([answer("b")])
        assert (entry.seq, entry.seen) == (2, ())
        assert store.renewed == ""


def test_the_clock_never_runs_backwards_in_a_log(tmp_path):
    times = iter([5_000_000, 1_000_000, 1_000_000, 9_000_000, 9_000_000])
    with opened(tmp_path, now=lambda: next(times)) as store:  # the first one names a backup
        ats = [store.append([answer("a")])[0][1].at for _ in range(3)]
    assert ats == [1_000_000, 1_000_002, 9_000_000]


def test_a_received_clock_moves_ours_only_up_to_a_day(tmp_path):
    day = 24 * 3600 * 10**6
    for ahead, expected in ((day // 2, day // 2 + 102), (40 * 365 * day, 100)):
        bob = Laptop("bob")
        bob.at = 100 + ahead - 2
        bob.answer("x", "1")
        with opened(tmp_path / str(ahead), now=lambda: 100) as store:
            store.add(bob.known)
            assert store.append([answer("a")])[0][1].at == expected


# merging


@settings(max_examples=40, deadline=None)
@given(steps, st.randoms(use_true_random=False))
def test_merging_in_any_order_and_pieces_gives_one_ledger_and_rebuilding_changes_nothing(tmp_path_factory, story, rng):
    entries = play(story)
    folder = tmp_path_factory.mktemp("merge")
    with Store.open(folder / "one") as one, Store.open(folder / "two") as two:
        one.add(entries)
        shuffled = entries + rng.sample(entries, len(entries) // 2)
        rng.shuffle(shuffled)
        while shuffled:
            piece = [shuffled.pop() for _ in range(min(len(shuffled), rng.randint(1, 6)))]
            two.add(piece)
            if rng.random() < 0.3:
                two.state(VISIT)
        assert in_words(one) == in_words(two)
        expected = VisitState(entries)
        for each in (one, two):
            assert sorted(each.entries(VISIT)) == sorted(entries)
            assert [key[1:] for key in each.conflicts()] == list(expected.conflicts)
            before = derived(each)
            each.rebuild()
            assert derived(each) == before
            gaps = {problem.code for problem in each.verify_logs()}
            assert gaps <= {"ledger.fork"}
            assert each.integrity() == []


@settings(max_examples=30, deadline=None)
@given(steps)
def test_appending_and_adding_give_the_same_ledger(tmp_path_factory, story):
    folder = tmp_path_factory.mktemp("append")
    with opened(folder / "one") as one, Store.open(folder / "two") as two:
        for kind, _, what, chance in story:
            if kind == "record":
                act, path, value = what
                form = "" if act in acts.STATE else FORM
                one.append([Draft(VISIT, act, form, path, value, VERSIONS[chance % 2])])
        written = one.entries(VISIT)
        two.add(written)
        assert in_words(one) == in_words(two)
        before = derived(one)
        one.rebuild()
        assert derived(one) == before


def test_merging_says_what_was_new_and_what_was_known(store):
    bob = Laptop("bob")
    bob.answer("x", "1")
    bob.answer("y", "2")
    assert store.add(bob.known[:1])[:2] == (1, 0)
    added = store.add([(digest, entry, to_line(entry)) for digest, entry in bob.known])
    assert added[:2] == (1, 1)
    assert added.visits == (VISIT,)
    assert store.add(bob.known) == (0, 2, (), ())


def test_two_entries_with_one_number_are_a_fork_and_both_are_kept(store):
    bob = Laptop("bob")
    bob.answer("x", "1")
    clone = bob.copy()
    one, two = bob.answer("x", "2"), clone.answer("y", "3")
    store.add(bob.known)
    assert store.add(clone.known).forks == (reference(bob.id, 2, two[0]),)
    assert store.add(clone.known) == (0, 2, (), ())
    assert {digest for digest, _ in store.entries(VISIT)} == {bob.known[0][0], one[0], two[0]}
    assert [key[1] for key in store.conflicts()] == ["fork"]
    assert [problem.code for problem in store.verify_logs()] == ["ledger.fork"]
    assert [row.fork for row in store.logs(VISIT)] == [0, 1]


def test_a_fork_can_be_settled_by_others_and_by_the_device_itself(store, tmp_path):
    bob = Laptop("bob")
    bob.answer("x", "1")
    clone = bob.copy()
    bob.answer("x", "2")
    clone.answer("y", "3")
    mine = Laptop("")
    mine.id, mine.person = store.device.id, "Ann Example"
    store.append([answer("z")])
    mine.answer("other", "clone of this laptop")
    store.add([*bob.known, *clone.known, *mine.known])
    assert [key[1] for key in store.conflicts()] == ["fork", "fork"]
    store.append([Draft(VISIT, acts.SETTLE, why="a spare laptop was used")])
    assert store.conflicts() == []
    with opened(tmp_path / "other") as other:
        other.add(store.entries(VISIT))
        assert other.conflicts() == []


def test_a_number_that_no_log_reaches_is_refused_and_nothing_is_added(store):
    bob = Laptop("bob")
    bob.seq, bob.prev = 2**40, "0" * 32
    bob.answer("x", "1")
    with pytest.raises(LineError):
        store.add([*Laptop("cho").known, *bob.known])
    assert store.visits() == []


def test_lines_come_back_byte_for_byte(store):
    bob = Laptop("bob")
    bob.answer("x", "\u96fb\u6c60 <script> \u202e [bold]")
    bob.answer("x", Quantity("1.5", "kWh"))
    store.add(bob.known)
    assert store.lines(VISIT, bob.id) == [(e.seq, d, to_line(e)) for d, e in bob.known]
    assert store.lines(VISIT, bob.id, after=1) == store.lines(VISIT, bob.id)[1:]
    (row,) = store.logs(VISIT)
    assert (row.device, row.begin, row.end, row.last, row.held) == (bob.id, 1, 2, bob.known[1][0], 2)


def test_entries_can_be_asked_for_one_question(store):
    store.append([answer("a"), answer("b"), Draft(VISIT, acts.NOTE, FORM, "a", "rust")])
    assert [entry.seq for _, entry in store.entries(VISIT, FORM, "a")] == [1, 3]
    assert store.entries(VISIT, "other") == []
    assert store.entries("0" * 32) == []


def test_several_merges_in_one_transaction_stand_or_fall_together(store):
    bob, cho = Laptop("bob"), Laptop("cho")
    bob.answer("x", "1")
    cho.answer("x", "2")
    with pytest.raises(ZeroDivisionError), store.together():
        store.add(bob.known)
        raise ZeroDivisionError
    assert store.visits() == []
    with store.together():
        store.add(bob.known)
        with pytest.raises(ZeroDivisionError), store.together():
            store.add(cho.known)
            raise ZeroDivisionError
    assert store.entries(VISIT) == bob.known
    assert store.rebuild() == 1


def test_a_state_handed_out_is_the_callers(store):
    state = store.state(VISIT)
    written = store.append([answer("a")])
    assert state.answers(FORM) == {}
    for head in written:
        state.add(*head)
    assert state.answers(FORM) == store.state(VISIT).answers(FORM) == {"a": ("answered", "yes")}


def test_what_was_taken_back_is_forgotten_in_an_entangled_visit_too(store):
    store.append([Draft(VISIT, acts.SIGN, value="digest"), answer("a")])
    assert [key[1] for key in store.conflicts()] == ["late"]
    with pytest.raises(ZeroDivisionError), store.together():
        store.append([answer("b")])
        raise ZeroDivisionError
    store.append([answer("c")])
    assert [key[3] for key in store.conflicts()] == ["a", "c"]
    assert [entry.seq for _, entry in store.entries(VISIT)] == [1, 2, 3]


def test_damage_is_found(store):
    store.append([answer("a"), answer("b"), answer("c"), answer("d")])
    (first, second, third, _) = store.connection.execute("SELECT id, line FROM entry ORDER BY id").fetchall()
    store.connection.execute("UPDATE entry SET line = ? WHERE id = ?", (first[1].replace(b"yes", b"no!"), first[0]))
    store.connection.execute("DELETE FROM entry WHERE id = ?", (third[0],))
    assert [(p.code, p.parameters["seq"]) for p in store.verify_logs(VISIT)] == [
        ("ledger.hash", "1"),
        ("ledger.gap", "4"),
    ]
    assert second


# visits, forms, local things, evidence


def test_visits_are_listed_with_facts_until_something_changes(store):
    store.append([answer("a")])
    store.append([answer("a")._replace(visit="cd" * 16)])
    store.set_facts(VISIT, {"site": "\u96fb\u6c60\u5ee0"})
    latest, first = store.visits()
    assert (latest.id, latest.entries, latest.conflicts, latest.facts) == ("cd" * 16, 1, 0, None)
    assert first.facts == {"site": "\u96fb\u6c60\u5ee0"}
    store.append([answer("b")])
    assert store.visits()[0].facts is None


def test_forms_are_kept_by_their_hash(store):
    added = store.add([], forms=[b'{"form_id":"a"}'], schemes=[b'{"scheme_id":"b"}'])
    assert added == (0, 0, (), ())
    (digest,) = store.definitions("form")
    assert store.definition("form", digest[:12]) == b'{"form_id":"a"}'
    with pytest.raises(KeyError):
        store.definition("scheme", digest)
    with pytest.raises(KeyError):
        store.definition("form", "")


def test_local_things_are_kept_until_forgotten(store):
    store.set_local(VISIT, "draft.water/meter", {"text": "half a sen"})
    store.set_local("", "language", "zh-Hant-HK")
    assert store.local(VISIT, "draft.water/meter") == {"text": "half a sen"}
    assert store.local(VISIT, "language", "en-HK") == "en-HK"
    assert store.locals_of("") == {"language": "zh-Hant-HK"}
    store.set_local(VISIT, "draft.water/meter", None)
    assert store.locals_of(VISIT) == {}


def test_evidence_that_is_here_is_never_wanted_again(store):
    store.note_evidence("0" * 64, 10, "image/png", WANTED)
    store.note_evidence("1" * 64, 10, "image/png")
    assert [row.sha256 for row in store.all_evidence(WANTED)] == ["0" * 64]
    store.note_evidence("0" * 64, 12, "image/png", HAVE)
    store.note_evidence("0" * 64, 12, "image/png", WANTED)
    assert store.evidence("0" * 64) == ("0" * 64, 12, "image/png", HAVE)
    assert store.evidence("2" * 64) is None
    assert len(store.all_evidence()) == 2


def test_devices_are_named_by_their_bundles_but_this_one_only_by_its_person(store):
    bob = Laptop("bob")
    bob.answer("x", "1")
    store.add(bob.known)
    known = {device.id: device for device in store.devices()}
    assert known[bob.id].person == ""
    store.name_device(known[bob.id]._replace(person="Bob Example", role="assessor", public=b"\1" * 32))
    store.name_device(store.device._replace(person="Nobody"))
    assert {device.person for device in store.devices()} == {"Bob Example", "Ann Example"}
    store.identify("Ann Example", "lead")
    assert store.device.role == "lead"


# the world


def test_a_second_program_is_refused_but_may_look(tmp_path):
    with opened(tmp_path) as store:
        store.append([answer("a")])
        with pytest.raises(errors.LedgerOpenElsewhere) as refused:
            Store.open(tmp_path)
        assert refused.value.exit_code == 4
        assert str(tmp_path) in str(refused.value)
        with Store.open(tmp_path, write=False) as reader:
            assert len(reader.entries(VISIT)) == 1
            store.append([answer("b")])
            assert len(reader.state(VISIT)) == 2
            with pytest.raises(errors.ReadingOnly):
                reader.append([answer("c")])
    with Store.open(tmp_path) as store:
        assert len(store.entries(VISIT)) == 2


def test_another_process_is_refused_too(tmp_path):
    with opened(tmp_path):
        run = subprocess.run(
            [sys.executable, "-c", "import sys, pathlib\nfrom assessor_tui.store.ledger import Store\n"
             "Store.open(pathlib.Path(sys.argv[1]))", str(tmp_path)],
            capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
    assert "LedgerOpenElsewhere" in run.stderr


def test_reading_where_there_is_no_ledger_is_refused(tmp_path):
    with pytest.raises(errors.NoLedger):
        Store.open(tmp_path / "nowhere", write=False)
    assert not (tmp_path / "nowhere").exists()


def test_a_full_disk_is_one_clear_error_and_nothing_is_half_done(store):
    store.append([answer("a")])
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    recorded = 1
    with pytest.raises(errors.DiskFull) as full:
        for number in range(1000):
            store.append([answer("a", "x" * 900), answer(f"b{number}")])
            recorded += 2
    assert full.value.exit_code == 1
    store.connection.execute("PRAGMA max_page_count = 100000")
    assert len(store.entries(VISIT)) == recorded
    store.append([answer("c")])
    assert store.verify_logs() == []
    before = derived(store)
    store.rebuild()
    assert derived(store) == before


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        with pytest.raises(errors.FolderNotWritable):
            Store.open(folder)


@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform != "linux", reason="drops to an ordinary user")
def test_a_ledger_in_a_folder_that_cannot_be_written_can_be_read(tmp_path):
    with opened(tmp_path / "ledger") as store:
        store.append([answer("a")])
    program = (
        "import os, sys, pathlib, filelock\n"
        "from assessor_tui.store.ledger import Store\nfrom assessor_tui.store.errors import FolderNotWritable\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "if os.getuid() == 0: os.seteuid(65534)\n"
        "print(len(Store.open(folder, write=False).entries('ab' * 16)))\n"
        "try: Store.open(folder)\nexcept FolderNotWritable: print('refused')\n"
    )
    (tmp_path / "ledger").chmod(0o555)
    for parent in [tmp_path, *tmp_path.parents]:
        if parent.stat().st_uid == os.getuid() and parent.parts[-1:] != ("tmp",) and len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o055)
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "ledger")], capture_output=True, text=True, encoding="utf-8"
    )
    (tmp_path / "ledger").chmod(0o755)
    assert run.stdout.split() == ["1", "refused"], run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_new_data_folder_is_for_its_owner_only(tmp_path):
    with opened(tmp_path / "data" / "ledger"):
        assert (tmp_path / "data" / "ledger").stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_one_clear_error(tmp_path):
    (tmp_path / DATABASE).write_bytes(b"This is not a database at all. " * 200)
    for write in (True, False):
        with pytest.raises(errors.LedgerDamaged) as damaged:
            Store.open(tmp_path, write=write)
        assert damaged.value.exit_code == 5


def test_a_ledger_of_a_newer_version_is_refused(tmp_path):
    with opened(tmp_path) as store:
        store.connection.execute("PRAGMA user_version = 99")
    for write in (True, False):
        with pytest.raises(errors.LedgerTooNew):
            Store.open(tmp_path, write=write)


def test_a_restored_database_goes_on_as_a_new_device(tmp_path):
    folder, markers = tmp_path / "ledger", tmp_path / "markers"
    with opened(folder, markers=markers) as store:
        store.append([answer("a")])
        before = store.device.id
        copy = store.back_up("monday")
        store.append([answer("b")])
    for rest in folder.glob(DATABASE + "*"):
        rest.unlink()
    copy.rename(folder / DATABASE)
    with opened(folder, markers=markers) as store:
        assert store.renewed == "restored"
        assert store.device.id != before
        assert store.device.person == "Ann Example"
        ((_, entry),) = store.append([answer("b", "again")])
        assert (entry.seq, len(entry.seen)) == (1, 1)
    with opened(folder, markers=markers) as store:
        assert store.renewed == ""
        assert len(store.entries(VISIT)) == 2


def test_a_cloned_folder_goes_on_as_a_new_device_on_this_laptop_and_on_another(tmp_path):
    import shutil

    folder, markers = tmp_path / "ledger", tmp_path / "markers"
    with opened(folder, markers=markers) as store:
        store.append([answer("a")])
        before = store.device.id
    shutil.copytree(folder, tmp_path / "clone")
    shutil.copytree(folder, tmp_path / "elsewhere")
    for clone, its_markers in ((tmp_path / "clone", markers), (tmp_path / "elsewhere", tmp_path / "other")):
        with opened(clone, markers=its_markers) as store:
            assert store.renewed == "cloned"
            assert store.device.id != before
    with opened(folder, markers=markers) as store:
        assert (store.renewed, store.device.id) == ("", before)
    folder.rename(tmp_path / "moved")
    with opened(tmp_path / "moved", markers=markers) as store:
        assert (store.renewed, store.device.id) == ("", before)


def test_a_device_without_its_key_goes_on_as_a_new_one(tmp_path):
    with opened(tmp_path) as store:
        before = store.device.id
        store.append([answer("a")])
    next((tmp_path / "keys").iterdir()).unlink()
    with opened(tmp_path) as store:
        assert store.renewed == "keyless"
        assert store.device.id != before


WRITER = """
import sys, pathlib
from assessor_tui.ledger.draft import Draft
from assessor_tui.store.ledger import Store
store = Store.open(pathlib.Path(sys.argv[1]))
if store.device is None:
    store.identify("Ann Example", "assessor")
number = 0
while True:
    number += 1
    written = store.append([Draft("ab" * 16, "answer", "water", f"q{number % 7}", str(number))])
    print(written[0][0], flush=True)
"""


KILLER = """
import os, pathlib, random, signal, sys, time
from assessor_tui.ledger.draft import Draft
from assessor_tui.store.ledger import Store
folder, rng = pathlib.Path(sys.argv[1]), random.Random(7)
with Store.open(folder) as store:
    store.identify("Ann Example", "assessor")
for _ in range(100):
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        store = Store.open(folder)
        while True:
            drafts = [Draft("ab" * 16, "answer", "water", f"q{rng.randrange(7)}", str(rng.random())) for _ in range(2)]
            os.write(tell, "".join(digest + "\\n" for digest, _ in store.append(drafts)).encode())
    os.close(tell)
    with os.fdopen(told) as words:
        # After so many entries, however long they take; then at any moment of opening the ledger or of the next one.
        heard = [words.readline() for _ in range(2 * rng.randrange(6))]
        time.sleep(rng.uniform(0, 0.004))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print("".join(heard) + words.read(), end="", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="starting a hundred programs takes too long without fork")
def test_killing_the_program_at_a_hundred_moments_loses_no_acknowledged_entry(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path)], capture_output=True, text=True, encoding="utf-8", check=True
    )
    acknowledged = run.stdout.split()
    with Store.open(tmp_path) as store:
        assert store.renewed == ""
        kept = {digest for digest, _ in store.entries(VISIT)}
        assert len(acknowledged) > 100
        assert set(acknowledged) <= kept
        assert len(kept) % 2 == 0
        assert store.integrity() == []
        assert store.verify_logs() == []
        before = derived(store)
        store.rebuild()
        assert derived(store) == before


def test_the_road_of_an_answer_imports_the_standard_library_only(tmp_path):
    program = WRITER.replace("while True:", "for _ in range(1):") + (
        "foreign = {'sqlmodel', 'sqlalchemy', 'pydantic', 'yaml', 'orjson', 'platformdirs', 'textual', 'rich'}\n"
        "print(sorted(foreign & {name.split('.')[0] for name in sys.modules}))\n"
        "print(len([name for name in sys.modules if name.startswith('assessor_tui')]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, encoding="utf-8", check=True
    )
    _, foreign, count = run.stdout.splitlines()
    assert foreign == "[]"
    # The ledger itself is four of them: asking, putting in, where the own log goes on, and the file that opens it.
    assert int(count) <= 23


def test_opening_and_answering_look_at_one_visit_only(store):
    """The queries on the road of an answer use an index, so a ledger of any size answers at the same pace."""
    seen: list[str] = []
    store.append([answer("a")])
    store._pens.clear()
    store._intake.forget(0)
    store.connection.set_trace_callback(seen.append)
    store.state(VISIT)
    store.append([answer("a", "no")])
    store.connection.set_trace_callback(None)
    scans = [
        (sql, step[3])
        for sql in dict.fromkeys(seen)
        if sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))
        for step in store.connection.execute("EXPLAIN QUERY PLAN " + sql.partition(" RETURNING")[0])
        if step[3].startswith("SCAN")
    ]
    assert [scan for scan in scans if "device" not in scan[1]] == []


def test_times_are_in_order_for_people(store):
    start = time.time_ns() // 1000
    for number in range(5):
        store.append([answer("a", str(number))])
    ats = [entry.at for _, entry in store.entries(VISIT)]
    assert all(one < two for one, two in pairwise(ats))
    assert start <= ats[0]


def test_a_removed_row_is_a_conflict_on_disk_too(store):
    bob = Laptop("bob")
    store.append([Draft(VISIT, acts.ADD_ROW, FORM, ROW_PATHS[0])])
    bob.learn(store.entries(VISIT))
    bob.answer(f"{ROW_PATHS[0]}/ph", "7")
    store.append([Draft(VISIT, acts.REMOVE_ROW, FORM, ROW_PATHS[0])])
    store.add(bob.known)
    assert store.conflicts(VISIT) == [(VISIT, "row", FORM, ROW_PATHS[0])]
    store.append([Draft(VISIT, acts.ADD_ROW, FORM, ROW_PATHS[0])])
    assert store.conflicts() == []


def test_sqlite_errors_nobody_expects_still_say_where(tmp_path):
    error = errors.from_sqlite(sqlite3.OperationalError("odd"), tmp_path)
    assert str(tmp_path) in str(error)
    assert "odd" in str(error)


def test_a_log_whose_beginning_is_not_here_is_not_seen(store):
    bob = Laptop("bob")
    for number in range(3):
        bob.answer("x", str(number))
    store.add(bob.known[1:])
    assert store.append([answer("a")])[0][1].seen == ()
    assert [entry.seq for _, entry in store.state(VISIT).gaps()] == [2]
    store.add(bob.known)
    assert store.append([answer("b")])[0][1].seen == (reference(bob.id, 3, bob.known[2][0]),)
    assert store.state(VISIT).gaps() == []
