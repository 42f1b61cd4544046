"""Files from elsewhere on a ledger with work in it: refused or held back in words, and no table is touched."""

import hashlib
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.bundle.seal import DOMAIN
from assessor_tui.bundle.write import Contents, segments_of, write_bundle
from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle
from assessor_tui.carry.restore import restore
from assessor_tui.store.clocks import clocks_ahead
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.errors import LedgerDamaged
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.bundle_samples import zip_bytes
from tests.small_visit import NINE, begin, ids, laptop, say
from tests.test_bad_input import is_one_sentence
from tests.test_quarantine import after
from tests.trust_worlds import Person, person


def tables(store: Store) -> dict[str, str]:
    """Digest of what each table holds, but for what is kept of files that were looked at."""
    names = [row[0] for row in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: hashlib.sha256(
            repr(sorted(map(repr, store.connection.execute(f"SELECT * FROM {name}")))).encode()
        ).hexdigest()
        for name in names
    }


def recursive_view(name: str) -> Callable[[Path], None]:
    """Writes an SQLite file in which reading ``name`` never ends."""

    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY, uid TEXT)")
            connection.execute(
                f"CREATE VIEW {name} AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
                "SELECT id, x'00' AS hash, 0 AS form, 0 AS path, 0 AS slot, x'00' AS line FROM n"
            )
            connection.execute("PRAGMA user_version = 2")
            connection.commit()

    return make


def blown_up(path: Path) -> None:
    """Writes an SQLite file of 8 KiB in which a row takes 200 MB when it is read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE device (id INTEGER, own INTEGER, uid AS (hex(zeroblob(100000000))))")
        connection.execute("INSERT INTO device VALUES (1, 1)")
        connection.execute("PRAGMA user_version = 2")
        connection.commit()


def somebodys(path: Path) -> None:
    """Writes the database of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE history (url TEXT)")
        connection.execute("INSERT INTO history VALUES ('somewhere')")
        connection.commit()


def with_trigger(path: Path) -> None:
    """Writes a ledger that records by itself what nobody says."""
    with Store.open(path.parent / "other") as store:
        store.identify("Chan Tai Man", "lead")
        store.connection.execute(
            "CREATE TRIGGER more AFTER INSERT ON entry BEGIN UPDATE entry SET line = x'00' WHERE id = new.id; END"
        )
    (path.parent / "other" / DATABASE).replace(path)


FOREIGN: dict[str, Callable[[Path], None]] = {
    "of another program": somebodys,
    "with a view that never ends": recursive_view("entry"),
    "with a row that is made as it is read": blown_up,
    "with a trigger": with_trigger,
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_sqlite_file_is_no_bundle(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "bundle.zip"
    FOREIGN[kind](file)
    with laptop(tmp_path / "data", "Ann", "lead") as store:
        visit = begin(store)
        before = tables(store)
        merged = merge_bundle(store, file)
        assert merged.error is not None and is_one_sentence(str(merged.error))
        assert tables(store) == before
        assert store.hashes(visit.id) == {digest for digest, _ in visit.state.entries()}


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_sqlite_file_in_the_ledgers_place_is_said_and_restoring_brings_the_work_back(
    tmp_path: Path, kind: str
) -> None:
    folder, markers = tmp_path / "data", tmp_path / "state"
    with Store.open(folder, markers=markers) as store:
        store.identify("Ann", "lead")
        before = {row.id: store.hashes(row.id) for row in [begin(store)]}
        store.back_up("asked")
    for tail in ("", "-wal", "-shm"):
        (folder / f"{DATABASE}{tail}").unlink(missing_ok=True)
    FOREIGN[kind](folder / DATABASE)
    content = (folder / DATABASE).read_bytes()
    for write in (True, False):
        with pytest.raises(LedgerDamaged, match="--restore"):
            Store.open(folder, markers=markers, write=write)
    with sqlite3.connect(folder / DATABASE) as left:
        tell = "SELECT name FROM sqlite_master ORDER BY 1"
        (tmp_path / "same").write_bytes(content)
        with sqlite3.connect(tmp_path / "same") as as_it_was:
            assert left.execute(tell).fetchall() == as_it_was.execute(tell).fetchall(), "nothing was written into it"
    done = restore(folder, now=lambda: 1, markers=markers)
    assert done.backup is not None and done.aside is not None
    with Store.open(folder, markers=markers) as store:
        assert {row.id: store.hashes(row.id) for row in store.visits()} == before
        assert store.verify_logs() == [] and store.integrity() == []


def test_a_foreign_file_among_the_backups_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Store.open(folder, markers=tmp_path / "state") as store:
        store.identify("Ann", "lead")
        begin(store)
        good = store.back_up("asked")
    recursive_view("entry")(folder / "backups" / "ledger-20991112T010000Z-daily.sqlite3")
    (folder / DATABASE).unlink()
    done = restore(folder, now=lambda: 1, markers=tmp_path / "state")
    assert done.backup is not None and done.backup.path == good and len(done.passed_over) == 1


class Two(NamedTuple):
    """Two laptops with one visit, and what was on a stick between them."""

    ann: Visit
    bob: Visit
    stick: Path


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with laptop(tmp_path / "ann", "Ann", "lead") as ann, laptop(tmp_path / "bob", "Bob") as bob:
        visit = begin(ann)
        assert merge_bundle(bob, make_bundle(ann, visit, tmp_path / "stick", FULL).path).error is None
        yield Two(visit, Visit(bob, visit.id, new_id=ids("b")), tmp_path / "stick")


def full_bundle(visit: Visit, stick: Path) -> Path:
    return make_bundle(visit.store, visit, stick, FULL).path


def test_a_bundle_put_together_anew_with_any_other_content_touches_no_table(two: Two) -> None:
    """Whoever knows the format builds the archive itself anew: the seal still says what was in it."""
    say(two.bob, "words", "said by Bob")
    path = full_bundle(two.bob, two.stick)
    with zipfile.ZipFile(path) as archive:
        good = [(each.filename, archive.read(each), each.compress_type) for each in archive.infolist()]
    line = next(name for name, data, _ in good if b"said by Bob" in data)

    def rebuilt(change: Callable[[bytes], bytes], name: str = line) -> bytes:
        return zip_bytes(*((part, change(data) if part == name else data, how) for part, data, how in good))

    attacks = {
        "other words": rebuilt(lambda data: data.replace(b"said by Bob", b"said by Eve")),
        "a key twice": rebuilt(lambda data: data.replace(b'"act":', b'"act":"note","act":', 1)),
        "a number beyond all": rebuilt(lambda data: data.replace(b'"seq":1', b'"seq":1' + b"0" * 400)),
        "no number": rebuilt(lambda data: data.replace(b'"seq":1', b'"seq":NaN')),
        "infinity": rebuilt(lambda data: data.replace(b'"seq":1', b'"seq":1e400')),
        "a control character": rebuilt(lambda data: data.replace(b"said by Bob", b"said\x1b by B")),
        "half a character": rebuilt(lambda data: data.replace(b"said by Bob", b"\\ud800 by Bob")),
        "deep": rebuilt(lambda data: b"[" * 30_000),
        "part twice": zip_bytes(*good, good[-1]),
        "part gone": zip_bytes(*good[:-1]),
        "turned round": zip_bytes(*reversed(good)),
        "climbing": zip_bytes(*good, ("data/../../../escaped", b"x", 0)),
        "bomb": zip_bytes(*good, ("data/form/" + "0" * 64 + ".json", bytes(64 * 1024**2), 8)),
        "a part of a gigabyte": zip_bytes(*good, lie={"size": 2**30}),
        "before it": b"#!/bin/sh\n" + path.read_bytes(),
        "after it": path.read_bytes() + b"\n",
        "twice": path.read_bytes() * 2,
    }
    said_here, before = hashes(two.ann), tables(two.ann.store)
    for name, data in attacks.items():
        file = two.stick / "attack.zip"
        file.write_bytes(data)
        merged = merge_bundle(two.ann.store, file)
        assert merged.error is not None, name
        assert is_one_sentence(str(merged.error)), (name, str(merged.error))
        assert tables(two.ann.store) == before, name
    assert hashes(two.ann) == said_here
    assert merge_bundle(two.ann.store, path).new == 1, "the good one goes in all the same"


def test_replay_and_rollback_take_nothing_back(two: Two) -> None:
    say(two.bob, "words", "first")
    old = full_bundle(two.bob, two.stick)
    say(two.bob, "words", "second")
    new = full_bundle(two.bob, two.stick)
    merge_bundle(two.ann.store, new)
    before, held = tables(two.ann.store), hashes(two.ann)
    for _ in range(3):
        assert (merge_bundle(two.ann.store, old).outcome, merge_bundle(two.ann.store, new).outcome) == ("known",) * 2
    changed = {name for name, digest in tables(two.ann.store).items() if digest != before[name]}
    assert changed <= {"seal"}, "of an old bundle its seal is kept, so that it can be handed on; nothing else"
    assert hashes(two.ann) == held
    two.ann.refresh()
    assert two.ann.filling("check").state("words").value == "second"


def test_a_clock_fifty_years_ahead_decides_nothing_and_does_not_take_the_receivers_clock_along(two: Two) -> None:
    say(two.ann, "words", "now")
    merge_bundle(two.bob.store, full_bundle(two.ann, two.stick))
    ahead = 50 * 365 * 86_400 * 10**6
    two.bob.store._now = lambda: NINE + ahead
    two.bob.refresh()
    say(two.bob, "meter", ("yes",))
    merged = merge_bundle(two.ann.store, full_bundle(two.bob, two.stick))
    assert (merged.error, merged.held, merged.new) == (None, (), 1)
    two.ann.refresh()
    say(two.ann, "words", "later", why="looked again")
    mine = max(entry.at for _, entry in two.ann.store.entries(two.ann.id) if entry.person == "Ann")
    assert mine < NINE + ahead // 2
    assert two.ann.filling("check").state("words").value == "later"
    assert clocks_ahead(two.ann.store, two.ann.id)


def test_a_bundle_that_says_it_is_of_the_first_version_cannot_speak_for_a_laptop_that_seals(two: Two) -> None:
    """The first version knew no seals of others: whoever goes back to it must not get round them."""
    say(two.bob, "words", "said by Bob")
    assert merge_bundle(two.ann.store, full_bundle(two.bob, two.stick)).held == ()
    device = two.bob.store.device
    assert device is not None
    eve = person("Eve")
    items = after(two.ann, device.id, "forged")
    contents = Contents(two.ann.id, "delta", eve.device, "Eve", segments_of(items))
    file = two.stick / "old.zip"
    file.write_bytes(as_first_version(write_bundle(
        two.stick, contents, label="forged", app="a", sign=eve.private.sign, key=bytes.fromhex(eve.key)
    ).path, eve))  # fmt: skip
    before = hashes(two.ann)
    merged = merge_bundle(two.ann.store, file)
    assert merged.error is None and [each.reason for each in merged.held] == ["not proven"]
    assert hashes(two.ann) == before


def as_first_version(path: Path, sender: Person) -> bytes:
    """The bundle, sealed anew by its sender as one of version 1.0."""
    with zipfile.ZipFile(path) as archive:
        parts = {each.filename: (archive.read(each), each.compress_type) for each in archive.infolist()}
    seal = parts["seal.json"][0].replace(b'"format":"1.1"', b'"format":"1.0"')
    parts["seal.json"] = seal, 0
    parts["seal.sig"] = sender.private.sign(DOMAIN + seal), 0
    listed = [name for name in parts if not name.startswith("data/") and name != "tagmanifest-sha256.txt"]
    lines = "".join(f"{hashlib.sha256(parts[name][0]).hexdigest()}  {name}\n" for name in listed)
    parts["tagmanifest-sha256.txt"] = lines.encode(), 0
    return zip_bytes(*((name, data, how) for name, (data, how) in parts.items()))


def hashes(visit: Visit) -> set[str]:
    return visit.store.hashes(visit.id)
