"""1,000 sealed bundles of 200 entries merged into an empty ledger, each durable when it is reported.

500 visits of two assessors each, every bundle with its sender's receipt; every visit has 10 questions both answered
differently and 10 both answered alike. The floor puts the same rows into a bare table of the same shape in one durable
transaction; merges and floors alternate. What a process needs of memory for it is measured in one of its own. pycrdt
merges the same answers as documents without signature, database or conflicts shown. pygeodiff rebases and applies the
same answers as changes of one table whose rows were there before, git fetches and merges them as one JSON file per
visit; both on fewer visits, extrapolated in a straight line, which flatters them. A delta of a visit with nothing new
is a receipt.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor_tui.bundle.seal import RECEIPT
from assessor_tui.bundle.write import Contents, Segment, write_bundle
from assessor_tui.carry.exchange import DELTA, make_bundle, merge_bundles
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry, hash_line, to_line
from assessor_tui.ledger.receipt import Held, Receipt, to_bytes
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.store.keys import device_id
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.benchmarks.material import make_visit, open_visit
from tests.benchmarks.measure import Line, against, milliseconds, within
from tests.benchmarks.peers import peer_python, version

VISITS, ENTRIES, EACH = 500, 200, 10
"""Visits; entries of each assessor; true conflicts and agreements of each visit."""
ROUNDS = 3
GIT_VISITS = 100
GEODIFF_VISITS = 50
ASSESSORS = 20


class Laptop(NamedTuple):
    key: Ed25519PrivateKey
    public: bytes
    device: str


def laptops() -> list[Laptop]:
    """The keys of some assessors, the same in every run."""
    made = []
    for number in range(ASSESSORS):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"speed {number}".encode()).digest())
        public = key.public_key().public_bytes_raw()
        made.append(Laptop(key, public, device_id(public)))
    return made


def visit_id(number: int) -> str:
    return hashlib.sha256(f"visit {number}".encode()).hexdigest()[:32]


def answer(number: int, side: int) -> tuple[str, Value]:
    """Path and value of one entry: first the questions both answered differently, then alike, then each alone."""
    if number < EACH:
        return f"energy/meter_{number}", Quantity(str(1000 + number + side), "kWh")
    if number < 2 * EACH:
        return f"gate/question_{number}", ("yes",)
    if number % 3 == 0:
        return f"own_{side}_{number}", "Seen at the meter house, reading taken twice"
    return f"own_{side}_{number}", ("partial",) if number % 3 == 1 else Quantity(f"{number}.5", "t")


def log(visit: str, device: str, side: int) -> Iterator[tuple[str, Entry]]:
    """One assessor's log of one visit."""
    before = ""
    for number in range(ENTRIES):
        path, value = answer(number, side)
        at = 1_790_000_000_000_000 + number * 1_000_000 + side
        entry = Entry(
            visit, device, number + 1, before, at, f"Assessor {side}", acts.ANSWER, "speed", "0" * 12, path, value
        )
        before = hash_line(visit, device, to_line(entry))
        yield before, entry


def write_bundles(folder: Path, visits: int = VISITS) -> list[Path]:
    """Two sealed bundles per visit."""
    folder.mkdir()
    everybody = laptops()
    paths = []
    for number in range(visits):
        visit = visit_id(number)
        for side in (0, 1):
            laptop = everybody[(2 * number + side) % ASSESSORS]
            lines = [to_line(entry) for _, entry in log(visit, laptop.device, side)]
            last = hash_line(visit, laptop.device, lines[-1])
            receipt = Receipt(visit, (Held(laptop.device, ENTRIES, last),))
            contents = Contents(
                visit, "full", laptop.device, f"Assessor {side}", [Segment(visit, laptop.device, lines)],
                receipt=to_bytes(receipt),
            )  # fmt: skip
            written = write_bundle(
                folder, contents, label=f"visit {number}", app="assessor speed", sign=laptop.key.sign, key=laptop.public
            )
            paths.append(written.path)
    return paths


def merge(folder: Path, paths: list[Path]) -> tuple[float, float]:
    """Seconds of the merge into a new ledger and of doing it all again; everything found is checked."""
    with Store.open(folder) as store:
        store.identify("Lead Assessor", "lead")
        begin = time.perf_counter()
        merged = list(merge_bundles(store, paths))
        first = time.perf_counter() - begin
        assert [each.new for each in merged] == [ENTRIES] * len(paths), merged[0]
        check_conflicts(store)
        begin = time.perf_counter()
        again = list(merge_bundles(store, paths))
        second = time.perf_counter() - begin
        assert [(each.new, each.known) for each in again] == [(0, ENTRIES)] * len(paths)
    return first, second


def check_conflicts(store: Store) -> None:
    """All true conflicts are found, and nothing else is called one."""
    wanted = {(visit_id(number), "speed", f"energy/meter_{each}") for number in range(VISITS) for each in range(EACH)}
    found = [(visit, form, path) for visit, _, form, path in store.conflicts()]
    assert len(found) == len(wanted), len(found)
    assert set(found) == wanted


def raw_insert(path: Path, rows: list[tuple[int, bytes, int, int, int, bytes]]) -> float:
    """Seconds of the same rows into a bare table, one durable transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE entry (id INTEGER PRIMARY KEY, hash BLOB NOT NULL, form INTEGER NOT NULL, path INTEGER NOT NULL, "
        "slot INTEGER NOT NULL, line BLOB NOT NULL) STRICT"
    )
    begin = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    took = time.perf_counter() - begin
    connection.close()
    return took


def measure(scratch: Path, checkout: Path) -> list[Line]:
    paths = write_bundles(scratch / "bundles")
    ours: list[float] = []
    again: list[float] = []
    floor: list[float] = []
    rows: list[tuple[int, bytes, int, int, int, bytes]] = []
    for number in range(ROUNDS):
        folder = scratch / f"merge-{number}"
        first, second = merge(folder, paths)
        if not rows:
            with sqlite3.connect(folder / "ledger.sqlite3") as connection:
                rows = connection.execute("SELECT * FROM entry ORDER BY id").fetchall()
            connection.close()
        floor.append(raw_insert(scratch / f"floor-{number}.sqlite3", rows))
        ours.append(first)
        again.append(second)
        shutil.rmtree(folder)
    took, once_more = statistics.median(ours), statistics.median(again)
    entries = len(rows)
    per_second = f"{entries / took:,.0f} entries a second"
    lines = [
        against("merge of 1,000 bundles x 200 entries", took, statistics.median(floor), "raw insert of the rows", 4),
        Line("… entries a second", per_second, "", "", "", ""),
        Line(
            "… true conflicts found, false ones",
            f"{VISITS * EACH:,} of {VISITS * EACH:,}, 0 false",
            "",
            "",
            "all, 0",
            "pass",
        ),
        against("the same bundles once more", once_more, took, "the first time", 1),
        memory_line(scratch, checkout),
        delta_line(scratch),
        pycrdt_line(scratch, took),
        geodiff_line(scratch, took),
        git_line(scratch, took),
    ]
    return lines


MEMORY = """
import re, resource, sys
from pathlib import Path
from assessor_tui.carry.exchange import merge_bundles
from assessor_tui.store.ledger import Store
def most():
    if sys.platform == "linux":  # the other figure begins with what the process was before this program
        return int(re.search("VmHWM: *([0-9]+)", Path("/proc/self/status").read_text().replace(chr(9), " "))[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
with Store.open(Path(sys.argv[2])) as store:
    store.identify("Lead Assessor", "lead")
    before = most()
    for _ in merge_bundles(store, sorted(Path(sys.argv[1]).iterdir())):
        pass
print(before, most())
"""


def memory_line(scratch: Path, checkout: Path) -> Line:
    """The most memory that a process of its own takes for the whole merge."""
    what, budget = "… memory of the importer at its most", 256
    if os.name != "posix":
        return Line(what, "", "not known here", "", f"<= {budget} MiB", "")
    command = [sys.executable, "-c", MEMORY, str(scratch / "bundles"), str(scratch / "memory")]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    before, most = map(float, done.stdout.split())
    return Line(what, f"{most:,.0f} MiB", f"before it: {before:,.0f} MiB", "", f"<= {budget} MiB", within(most, budget))


def delta_line(scratch: Path) -> Line:
    """The size of a delta of a visit with 450 questions when nothing has happened since the last one."""
    make_visit(scratch / "delta", 450)
    store, visit = open_visit(scratch / "delta")
    with store:
        with Store.open(scratch / "delta-lead") as lead:
            lead.identify("Lead", "lead")
            list(merge_bundles(lead, [make_bundle(store, visit, scratch / "delta-out", DELTA).path]))
            theirs = Visit(lead, visit.id, new_id=visit.new_id)
            # Nothing counts as delivered before the lead has said so.
            list(merge_bundles(store, [make_bundle(lead, theirs, scratch / "delta-back", RECEIPT).path]))
        size = make_bundle(store, visit, scratch / "delta-out", DELTA).size
    return Line("a delta with nothing new", f"{size:,} bytes", "", "", "<= 4,096 bytes", within(size, 4096))


PYCRDT = """
import json, sys, time
from pycrdt import Doc, Map
world = json.load(open(sys.argv[1]))
updates = []
for visit in world:
    for side in visit:
        doc = Doc()
        doc["answers"] = answers = Map()
        for path, value in side:
            answers[path] = value
        updates.append(doc.get_update())
begin = time.perf_counter()
for number in range(0, len(updates), 2):
    doc = Doc()
    doc.apply_update(updates[number])
    doc.apply_update(updates[number + 1])
    dict(doc.get("answers", type=Map).to_py())
print(time.perf_counter() - begin)
"""


def world(visits: int) -> list[list[list[tuple[str, object]]]]:
    """The answers of each side of each visit, as plain data."""
    return [
        [[(path, str(value)) for path, value in (answer(number, side) for number in range(ENTRIES))] for side in (0, 1)]
        for _ in range(visits)
    ]


def pycrdt_line(scratch: Path, ours: float) -> Line:
    python = peer_python()
    if python is None:
        return Line("merge against pycrdt", "", "not installed: no network", "", "", "")
    file = scratch / "world.json"
    file.write_text(json.dumps(world(VISITS)), encoding="utf-8")
    took = float(
        subprocess.run([str(python), "-c", PYCRDT, str(file)], capture_output=True, text=True, check=True).stdout
    )
    return against(
        "merge, signed and durable", ours, took, f"pycrdt {version(python, 'pycrdt')} in memory, 0 conflicts shown", 2.5
    )


GEODIFF = """
import json, shutil, sqlite3, sys, time
from pathlib import Path
import pygeodiff
world, folder = json.load(open(sys.argv[1])), Path(sys.argv[2])
folder.mkdir()
geodiff = pygeodiff.GeoDiff()
base, work, hub = (str(folder / f"{name}.sqlite") for name in ("base", "work", "hub"))
number = {}
connection = sqlite3.connect(base)
connection.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, value TEXT)")
for visit, sides in enumerate(world):
    for path in sorted({path for side in sides for path, _ in side}):
        number[visit, path] = len(number) + 1
connection.executemany("INSERT INTO answer VALUES (?, NULL)", [(each,) for each in number.values()])
connection.commit()
connection.close()
bundles = []
for visit, sides in enumerate(world):
    for side in sides:
        shutil.copy(base, work)
        connection = sqlite3.connect(work)
        connection.executemany("UPDATE answer SET value = ? WHERE id = ?", [(v, number[visit, p]) for p, v in side])
        connection.commit()
        connection.close()
        bundles.append(str(folder / f"{len(bundles)}.diff"))
        geodiff.create_changeset(base, work, bundles[-1])
shutil.copy(base, hub)
told = 0
begin = time.perf_counter()
theirs = ""
for each in bundles:
    if not theirs:
        geodiff.apply_changeset(hub, each)
        theirs = each
        continue
    rebased, conflicts, joined = each + ".rebased", each + ".conflicts", each + ".joined"
    geodiff.create_rebased_changeset_ex("sqlite", "", base, each, theirs, rebased, conflicts)
    geodiff.apply_changeset(hub, rebased)
    geodiff.concat_changes([theirs, rebased], joined)
    theirs = joined
    if Path(conflicts).exists():
        told += sum(len(part["changes"]) for part in json.load(open(conflicts))["geodiff"])
print(time.perf_counter() - begin, told)
"""


def geodiff_line(scratch: Path, ours: float) -> Line:
    """What pygeodiff takes for fewer visits, and how many conflicts it tells of."""
    python = peer_python()
    if python is None:
        return Line("merge against pygeodiff", "", "not installed: no network", "", "", "")
    file = scratch / "geodiff.json"
    file.write_text(json.dumps(world(GEODIFF_VISITS)), encoding="utf-8")
    command = [str(python), "-c", GEODIFF, str(file), str(scratch / "geodiff")]
    took, told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    whole = float(took) * VISITS / GEODIFF_VISITS
    return Line(
        "merge against pygeodiff", milliseconds(ours),
        f"pygeodiff {version(python, 'pygeodiff')}: {whole:,.1f} s from {2 * GEODIFF_VISITS} bundles, "
        f"{int(told):,} told where {EACH * GEODIFF_VISITS:,} are in conflict",
        f"{whole / ours:.1f} x faster", "", "",
    )  # fmt: skip


def git_line(scratch: Path, ours: float) -> Line:
    """Git with one JSON file per visit, one question per line; each assessor delivers a git bundle."""
    if shutil.which("git") is None:
        return Line("merge against git", "", "git is not on this machine", "", ">= 50 x faster", "")
    took, conflicts = git_merge(scratch / "git")
    whole = took * VISITS / GIT_VISITS
    ratio = whole / ours
    return Line(
        "merge against git bundles", milliseconds(ours),
        f"git: {whole:,.0f} s from {2 * GIT_VISITS} bundles, {conflicts} of {GIT_VISITS} files in conflict",
        f"{ratio:.0f} x faster", ">= 50", "pass" if ratio >= 50 else "over",
    )  # fmt: skip


def git_merge(folder: Path) -> tuple[float, int]:
    """Seconds to fetch and merge the bundles of some visits, and how many files were left in conflict."""
    folder.mkdir()
    environment = {
        **os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip

    def git(*arguments: str, where: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=where, env=environment, capture_output=True, text=True, check=check
        )

    hub = folder / "hub"
    hub.mkdir()
    git("init", "-q", "-b", "main", where=hub)
    for number in range(VISITS):
        (hub / f"{visit_id(number)}.json").write_text("{\n}\n", encoding="utf-8")
    git("add", ".", where=hub)
    git("commit", "-q", "-m", "visits", where=hub)
    bundles = []
    for number, sides in enumerate(world(GIT_VISITS)):
        for side, answers in enumerate(sides):
            work = folder / "work"
            git("clone", "-q", str(hub), str(work), where=folder)
            text = json.dumps(dict(sorted(answers)), indent=0)
            (work / f"{visit_id(number)}.json").write_text(text, encoding="utf-8")
            git("commit", "-q", "-a", "-m", "answers", where=work)
            bundle = folder / f"{number}-{side}.bundle"
            git("bundle", "create", "-q", str(bundle), "main", "^origin/main", where=work)
            bundles.append(bundle)
            shutil.rmtree(work)
    conflicts = 0
    begin = time.perf_counter()
    for bundle in bundles:
        git("fetch", "-q", str(bundle), "main", where=hub)
        if git("merge", "-q", "--no-edit", "FETCH_HEAD", where=hub, check=False).returncode:
            conflicts += 1
            # Somebody would have to settle the file by hand; here one side is taken.
            git("checkout", "-q", "--ours", ".", where=hub)
            git("add", "-A", where=hub)
            git("commit", "-q", "-m", "one side taken", where=hub)
    return time.perf_counter() - begin, conflicts
