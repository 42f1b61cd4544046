"""A program is killed (``kill -9``) after a random step of one act; what it had said was done is there, and it goes on.

A step is a file that is opened, renamed, linked or removed, and each statement that a ledger's file is given. POSIX
only: the victim is a fork.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.error import BundleError
from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.carry.hand_over import make_bundle
from assessor_tui.carry.opening import open_here
from assessor_tui.carry.push import push
from assessor_tui.carry.restore import restore
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.ledger.state import file_of
from assessor_tui.ledger.value import Evidence, Quantity
from assessor_tui.store import backups, keys
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.errors import LedgerDamaged
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import RosterRow, keep_roster
from assessor_tui.visit import Visit
from tests.small_visit import begin, clock, ids, laptop, say
from tests.trust_worlds import Member, roster_of, signed

STEPS = frozenset(
    {"open", "os.remove", "os.rename", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "shutil.copyfile"}
)
ACTS = ("attach", "bundle", "encrypt", "merge", "migrate", "back up", "restore", "restore damaged", "push")
GOLDEN = Path(__file__).parents[1] / "golden" / "ledger-1.sql"
_RENEWED = ("restore", "restore damaged")
"""After these the laptop goes on as a new device."""


class Told(NamedTuple):
    """What came of killing one act."""

    act: str
    steps: int
    """How many steps the act has."""
    kills: int
    acknowledged: int
    """Entries and files that the victims had said were there."""
    wrong: tuple[str, ...]
    """What was not as it must be; empty when nothing was."""


def run(folder: Path, act: str, times: int, seed: int) -> Told:
    """What came of killing the act ``times`` times, each time after a step drawn with ``seed``."""
    folder.mkdir(parents=True, exist_ok=True)
    prepare(folder / "before", act)
    steps = attempt(fresh(folder), act, 0)[1]
    chance = random.Random(seed)
    wrong: list[str] = []
    kills = acknowledged = 0
    for _ in range(times):
        step = chance.randint(1, steps)
        world = fresh(folder)
        killed, _, said = attempt(world, act, step)
        kills += killed
        acknowledged += len(said)
        try:
            problem = check(world, act, said)
        except Exception as error:  # whatever comes is what is looked for
            problem = f"{type(error).__name__}: {error} {traceback.extract_tb(error.__traceback__)[-1]}"
        if problem:
            wrong.append(f"{act} killed after step {step} of {steps}: {problem}")
    return Told(act, steps, kills, acknowledged, tuple(wrong))


# The world before


def prepare(world: Path, act: str) -> None:
    """Nothing; a laptop with a visit, papers and a backup, and what a colleague delivers."""
    with laptop(world / "data", "Ann", "lead") as store:
        visit = begin(store)
        attach(visit, b"Drums of May.\n")
        invitation = make_bundle(store, visit, world, "invite").path
        store.back_up(backups.ASKED)
        say(visit, "words", "Newer than the backup")
        if act == "encrypt":
            keep_roster(store, roster_with(store))
    with laptop(world / "other", "Bob") as other:
        merge_bundle(other, invitation)
        theirs = Visit(other, visit.id, new_id=ids("b"))
        for number in range(40):
            say(theirs, "words", f"Seen at the gate {number} " + "long " * 40)
        attach(theirs, b"A paper of the gate.\n" * 5_000)
        make_bundle(other, theirs, world / "delivered", "full")
    (world / "stick").mkdir()
    (world / "expected").write_text("\n".join(sorted(hashes(world / "data"))), encoding="utf-8")
    if act == "migrate":
        make_old(world / "data" / DATABASE)
    if act == "restore damaged":
        spoilt = bytearray((world / "data" / DATABASE).read_bytes())
        spoilt[:2000] = bytes(2000)
        (world / "data" / DATABASE).write_bytes(spoilt)


def roster_with(store: Store) -> RosterRow:
    device = store.device
    assert device is not None
    member = Member(device.id, device.public.hex(), keys.recipient(store.folder, device.id), device.person, "lead", 1)
    return RosterRow(1, *signed(roster_of(member)), arrived=1)


def make_old(path: Path) -> None:
    """Nothing; the ledger is one of the first edition of the tables, with the same entries."""
    old = path.with_name("old")
    with closing(sqlite3.connect(path)) as new, closing(sqlite3.connect(old)) as first:
        first.executescript(GOLDEN.read_text(encoding="utf-8"))
        for (table,) in first.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            for row in new.execute(f"SELECT * FROM {table}").fetchall():
                first.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        first.execute("PRAGMA user_version = 1")
        first.commit()
    old.replace(path)


def attach(visit: Visit, content: bytes) -> str:
    stored = store_file(visit.store.folder, [content], name="paper.txt")
    visit.store.note_evidence(stored.sha256, stored.size, stored.type)
    about = {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type}
    assert visit.record("attach", "check", "meter", Evidence("document", about)).entries
    return stored.sha256


def hashes(data: Path) -> set[str]:
    with Store.open(data, write=False) as store:
        return {digest for row in store.visits() for digest in store.hashes(row.id)}


def fresh(folder: Path) -> Path:
    """The world as it was before: the very laptop, not a copy of it."""
    world = folder / "world"
    shutil.rmtree(world, ignore_errors=True)
    shutil.copytree(folder / "before", world)
    for path in (world / "data" / "markers").glob("*"):
        path.write_text(path.read_text(encoding="utf-8").replace(str(folder / "before"), str(world)), "utf-8")
    return world


# The victim


def attempt(world: Path, act: str, step: int) -> tuple[bool, int, list[str]]:
    """Whether a process that did the act was killed after ``step`` steps (0: never), its steps, what it had said."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        status = 1
        try:
            count = Steps(step)
            sys.addaudithook(lambda event, _arguments: count() if event in STEPS else None)
            DO[act](world, count, lambda said: os.write(writing, f"{said}\n".encode()))
            count.rests = True
            os.write(writing, f"steps {count.done}\n".encode())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = [line for line in pipe.read().split("\n")[:-1] if line]
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, -signal.SIGKILL):
        raise AssertionError(f"{act} ended with {status}")
    steps = next((int(line.split()[1]) for line in said if line.startswith("steps ")), 0)
    return status != 0, steps, [line for line in said if not line.startswith("steps ")]


class Steps:
    """Counts steps and kills this very process after the one that was named."""

    def __init__(self, last: int) -> None:
        self.last, self.done, self.rests = last, 0, False

    def __call__(self, *_: object) -> None:
        if not self.rests:
            self.done += 1
            if self.done == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


Say = Callable[[str], object]
"""Tells that something is durable."""


def opened(world: Path, count: Steps) -> tuple[Store, Visit]:
    count.rests = True
    store = Store.open(world / "data", now=clock())
    visit = Visit(store, store.visits()[0].id, new_id=ids("e"))
    visit.fillings  # noqa: B018 -- what a program has loaded before
    count.rests = False
    store.connection.set_trace_callback(count)
    return store, visit


def do_attach(world: Path, count: Steps, tell: Say) -> None:
    store, visit = opened(world, count)
    with store:
        for number in range(5):
            tell("file " + attach(visit, f"Drums of week {number}.\n".encode() * 3_000))
            tell("entry " + visit.state.log(visit.store.device.id)[-1][0])  # type: ignore[union-attr]


def do_bundle(world: Path, count: Steps, tell: Say) -> None:
    store, visit = opened(world, count)
    with store:
        tell("bundle " + make_bundle(store, visit, world / "stick").path.name)


def do_encrypt(world: Path, count: Steps, tell: Say) -> None:
    store, visit = opened(world, count)
    with store:
        assert store.device is not None
        tell("bundle " + make_bundle(store, visit, world / "stick", to=[store.device.id]).path.name)


def do_merge(world: Path, count: Steps, tell: Say) -> None:
    store, visit = opened(world, count)
    with store:
        (delivered,) = (world / "delivered").glob("*.zip")
        assert merge_bundle(store, delivered).new > 40
        for digest in store.hashes(visit.id):
            tell("entry " + digest)


def count_statements(count: Steps) -> None:
    """Nothing; from now on each statement of every connection of this process is a step."""
    connect = sqlite3.connect

    def counted(*arguments: object, **named: object) -> sqlite3.Connection:
        connection = connect(*arguments, **named)  # type: ignore[call-overload]
        connection.set_trace_callback(count)
        return connection  # type: ignore[no-any-return]

    sqlite3.connect = counted  # type: ignore[assignment]


def do_migrate(world: Path, count: Steps, tell: Say) -> None:
    count_statements(count)
    with Store.open(world / "data", now=clock()) as store:
        assert store.migrated is not None
        tell("backup " + store.migrated.name)


def do_back_up(world: Path, count: Steps, tell: Say) -> None:
    store, visit = opened(world, count)
    with store:
        tell("backup " + store.back_up(backups.DAILY).name)
        say(visit, "words", "Said beside the backup")
        tell("entry " + visit.state.log(store.device.id)[-1][0])  # type: ignore[union-attr]
        assert backups.begin(store.folder, backups.DAILY, store.now(), pause=0)
        assert backups.wait(store.folder) is None


def do_restore(world: Path, count: Steps, tell: Say) -> None:
    count_statements(count)
    restore(world / "data", now=clock(), markers=world / "data" / "markers")


def do_push(world: Path, count: Steps, tell: Say) -> None:
    store, visit = opened(world, count)
    with store:
        for pushed in push(store, [visit], world / "stick"):
            if pushed.path is not None:
                tell("bundle " + pushed.path.name)


DO: dict[str, Callable[[Path, Steps, Say], None]] = {
    "attach": do_attach,
    "bundle": do_bundle,
    "encrypt": do_encrypt,
    "merge": do_merge,
    "migrate": do_migrate,
    "back up": do_back_up,
    "restore": do_restore,
    "restore damaged": do_restore,
    "push": do_push,
}


# What is left


def check(world: Path, act: str, said: list[str]) -> str:
    """What is not as it must be after the kill; ``""`` when everything is."""
    data = world / "data"
    expected = set((world / "expected").read_text(encoding="utf-8").split())
    if act in _RENEWED:
        before = expected
        with suppress(LedgerDamaged):  # gone or damaged, and it says what to type
            Store.open(data, now=clock()).close()
        restored = restore(data, now=clock(), markers=data / "markers")
        if act == "restore damaged":
            expected = set()  # the newest entries are in no file that can be read; those of the backup are
            if not restored.entries:
                return "nothing was restored"
        elif not before <= hashes(data):
            return "a newer entry was lost"
        if not list((data / "set-aside").glob(f"*/{DATABASE}")):
            return "the ledger that was there was not kept"
    with Store.open(data, now=clock()) as store:
        if store.renewed:
            return f"a new device: {store.renewed}"
        if damage := [*store.integrity(), *(problem.code for problem in store.verify_logs())]:
            return f"damaged: {damage}"
        (row,) = store.visits()
        here = store.hashes(row.id)
        expected |= {each.split()[1] for each in said if each.startswith("entry ")}
        if lost := expected - here:
            return f"{len(lost)} acknowledged entries are not there"
        for _, entry in store.entries(row.id):
            if (file := file_of(entry)) and not evidence_path(data, file).is_file():
                return "an entry names a file that is not there"
        for each in (line.split()[1] for line in said if line.startswith("file ")):
            if not evidence_path(data, each).is_file():
                return "an acknowledged file is not there"
        for path in (*(world / "stick").iterdir(), *(world / "delivered").iterdir()):
            if path.suffix in (".zip", ".age"):
                try:
                    open_here(store, path).close()
                except BundleError as error:
                    return f"{path.name} has its name and is not whole: {error}"
        for each in (line.split()[1] for line in said if line.startswith("bundle ")):
            if not (world / "stick" / each).is_file():
                return "a bundle that was said to be there is not"
        for each in backups.all_backups(data):
            backups.check(each.path)
        if not backups.all_backups(data):
            return "no backup is left"
        for each in (line.split()[1] for line in said if line.startswith("backup ")):
            if not (data / "backups" / each).is_file():
                return "a backup that was said to be there is not"
        visit = Visit(store, row.id, new_id=ids("9"))
        if (
            not visit.record("answer", "check", "power", Quantity("13", "kWh"), why="again").entries
            or store.verify_logs()
        ):
            return "cannot go on"
        return ended(world, act, store, visit)


def ended(world: Path, act: str, store: Store, visit: Visit) -> str:
    """What is wrong once the act was done again to its end; ``""`` when nothing is."""
    if act == "merge":
        (delivered,) = (world / "delivered").glob("*.zip")
        if merge_bundle(store, delivered).error is not None or store.verify_logs():
            return "cannot be merged again"
    elif act == "push":
        list(push(store, [visit], world / "stick"))
    elif act in ("bundle", "encrypt"):
        make_bundle(store, visit, world / "stick")
    store.back_up(backups.ASKED)
    if list((world / "data" / "backups").glob("*.part*")):
        return "half backups are left"
    if act in ("merge", "attach", "bundle", "encrypt", "push") and list((world / "data").rglob("*.age.part")):
        return "something half-made is left"
    return ""
