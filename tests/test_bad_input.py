"""What the world hands us and must not hurt: one clear sentence, the exit code of the house, the ledger untouched."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assessor_tui.config import shipped
from assessor_tui.materials import load_materials
from assessor_tui.store.ledger import Store
from assessor_tui.visit import create_visit
from tests.bundle_samples import small_bundle, zip_bytes
from tests.cli_world import Laptop, named, new_visit
from tests.pty_terminal import Terminal

Capsys = pytest.CaptureFixture[str]

FORM = """
settings:
  form_id: example
  version: "1"
  number: "9"
  kind: checklist
  title: {en-HK: Example, zh-Hant-HK: 示例, zh-Hans-CN: 示例}
survey:
  - {type: decimal, name: one, number: "9.1", label: {en-HK: One, zh-Hant-HK: 一, zh-Hans-CN: 一}}
"""
BROKEN: dict[str, tuple[str, str]] = {
    "no yaml": ("settings: {form_id: example\nsurvey: ]", "1:11: "),
    "30,000 brackets": ("[" * 30_000, "32 levels"),
    "30,000 mappings": ("{a: " * 30_000, "32 levels"),
    "an alias": ("settings: &x {form_id: *x}", ""),
    "a question without Chinese": (FORM.replace(", zh-Hant-HK: 一", ""), "zh-Hant-HK"),
    "a cycle": (
        FORM
        + "  - {type: calculate, name: a, calculation: '${b} + 1'}\n"
        + "  - {type: calculate, name: b, calculation: '${a} + 1'}\n",
        "a",
    ),
    "a name that is not there": (FORM + "  - {type: calculate, name: a, calculation: '${onee} + 1'}\n", "one"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_form_with_a_mistake_is_told_with_its_place_and_what_to_do(tmp_path: Path, capsys: Capsys, kind: str) -> None:
    text, told = BROKEN[kind]
    file = tmp_path / "broken.yaml"
    file.write_text(text, encoding="utf-8")

    said = Laptop(tmp_path / "none", capsys)("form", "check", file)

    lines = said.out.strip().splitlines()
    assert said.code == 3
    assert lines and len(lines) < 12, "all mistakes, but each only once"
    assert is_one_sentence(said.err)
    assert all("broken.yaml:" in line for line in lines), lines
    assert any(told in line for line in lines), lines


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a visit of Alpha Works, which no test here may change but where it says so."""
    folder = tmp_path_factory.mktemp("lead")
    with Store.open(folder) as store:
        store.identify("Chan Tai Man", "lead")
        (materials,) = load_materials(store, shipped("forms"))
        header = {"site_name_en": "Alpha Works", "visit_date": "2026-11-12"}
        create_visit(store, materials, header, new_id=lambda: "ab" * 16)
    return folder


def test_forms_with_mistakes_open_no_visit(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path / "data", capsys)
    forms = tmp_path / "forms"
    forms.mkdir()
    (forms / "broken.yaml").write_text("[" * 30_000, encoding="utf-8")

    said = laptop("visit", "new", "--site", "Alpha", "--forms", forms)

    assert said.code == 3
    assert is_one_sentence(said.err) and "assessor form check" in said.err
    assert laptop("visit", "list").out == ""


@pytest.mark.parametrize(
    "place_and_value",
    [
        ("visit_header/employees", "many"),
        ("visit_header/visit_date", "31 February"),
        ("visit_header/category", "the best one"),
        ("visit_header/employees", "1e400"),
        ("visit_header/nothing", "4"),
        ("nothing/at_all", "4"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_and_nothing_recorded(
    lead: Path, capsys: Capsys, place_and_value: tuple[str, str]
) -> None:
    laptop = Laptop(lead, capsys)
    before = entries(lead)

    said = laptop("answer", "alpha", *place_and_value)

    assert said.code in (2, 3, 4)
    assert is_one_sentence(said.err), said.err
    assert entries(lead) == before


def changed_byte(data: bytes) -> bytes:
    return data[:200] + bytes([data[200] ^ 1]) + data[201:]


TEXT = b"a short text"
HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda good: good[: len(good) // 2],
    "without its last byte": lambda good: good[:-1],
    "with a changed byte": changed_byte,
    "empty": lambda good: b"",
    "no archive at all": lambda good: b"\x89PNG\r\n\x1a\n" * 20,
    "with a path that climbs out": lambda good: zip_bytes(("../../escaped.txt", TEXT, 0)),
    "with a path from the root": lambda good: zip_bytes(("/etc/escaped.txt", TEXT, 0)),
    "with a name twice": lambda good: zip_bytes(("bagit.txt", TEXT, 0), ("bagit.txt", TEXT, 0)),
    "that is a bomb": lambda good: zip_bytes(("bagit.txt", TEXT, 0), ("seal.json", bytes(40 * 1024**2), 8)),
    "that hides its size": lambda good: zip_bytes(("seal.json", bytes(4 * 1024**2), 8), lie={"size": 10}),
    "with another archive after it": lambda good: good + good,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bundle_is_refused(tmp_path: Path, lead: Path, capsys: Capsys, kind: str) -> None:
    laptop = Laptop(lead, capsys)
    file = tmp_path / "stick" / "bundle.zip"
    file.parent.mkdir()
    file.write_bytes(HOSTILE[kind](small_bundle(tmp_path / "good").read_bytes()))
    before, files = entries(lead), names(tmp_path) | names(lead)

    said = laptop("merge", file)
    checked = laptop("bundle", "check", file)

    for each in (said, checked):
        assert each.code == 4
        assert is_one_sentence(each.out) and "bundle.zip" in each.out, each.out
    assert entries(lead) == before
    assert names(tmp_path) | names(lead) == files


def test_a_full_disk_is_said_and_everything_before_stands(lead: Path, capsys: Capsys) -> None:
    laptop = Laptop(lead, capsys)
    before = entries(lead)
    # No file of this process may grow beyond what the answer's first pages take.
    limit = 33_000
    command = [sys.executable, "-m", "assessor_tui", "answer", "alpha", "visit_header/main_products", "x" * 19_000]
    done = subprocess.run(
        [*command, "--data", str(lead), "--lang", "en-HK"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        cwd=shipped("forms").parent,
    )

    assert done.returncode == 1, done.stderr
    assert is_one_sentence(done.stderr) and str(lead) in done.stderr, done.stderr
    assert entries(lead) == before
    assert laptop.ok("log", "verify")
    laptop.ok("answer", "alpha", "visit_header/main_products", "batteries")


def test_a_ledger_that_may_not_grow_says_the_disk_is_full(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.identify("Chan Tai Man", "lead")
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(Exception, match=r"disk .* is full") as failed:
            store.set_local("", "draft", "x" * 100_000)
        assert getattr(failed.value, "exit_code", 0) == 1
        assert store.local("", "draft", "nothing") == "nothing"
        store.set_local("", "draft", "short")


@pytest.mark.parametrize("place", ["OneDrive - Sample", "Dropbox", "坚果云"])
def test_a_data_folder_that_a_service_copies_is_warned_of(tmp_path: Path, capsys: Capsys, place: str) -> None:
    laptop = Laptop(tmp_path / place / "work", capsys)

    said = laptop.ok("identity", "--name", "Chan Tai Man")
    doctor = laptop.ok("doctor")

    assert "Name another folder with --data" in said.err
    assert place[:7] in doctor.out


def test_a_clock_set_back_loses_nothing_and_never_runs_backwards(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = named(tmp_path, capsys)
    visit = new_visit(laptop)
    laptop.ok("answer", visit, "visit_header/employees", "10")
    earlier = time.time_ns() - 400 * 86_400 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: earlier)
    laptop.ok("answer", visit, "visit_header/employees", "20")

    with Store.open(tmp_path, write=False) as store:
        times = [entry.at for _, entry in store.entries(visit)]
        standing = store.state(visit).standing("visit_header", "employees")
    assert times == sorted(times) and len(set(times)) == len(times)
    assert standing is not None and "20" in repr(standing.value) and not standing.disputed
    assert laptop.ok("log", "verify")


NAME = '[red]=HYPERLINK("x")\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\u202eevil\u2066{0}%s'


def test_a_hostile_site_name_is_plain_text_in_the_terminal(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop, NAME)
    with Terminal([sys.executable, "-m", "assessor_tui", "--data", str(tmp_path)], width=140, height=40) as terminal:
        raw = Recorder(terminal)
        screen = terminal.wait_for('[red]=HYPERLINK("x")')
        terminal.settle()
        assert "<script>" in screen.text()
    sent = raw.text()
    assert not {"\u202e", "\u2066", "\x9b"} & set(sent)
    assert "owned\x07" not in sent and "\x1b]0;owned" not in sent


class Recorder:
    """Keeps everything a terminal was sent."""

    def __init__(self, terminal: Terminal) -> None:
        self._kept: list[str] = []
        feed = terminal.screen.feed

        def keep(text: str) -> None:
            self._kept.append(text)
            feed(text)

        terminal.screen.feed = keep  # type: ignore[method-assign]

    def text(self) -> str:
        return "".join(self._kept)


def test_a_terminal_of_40_by_10_says_so_and_goes_on_when_it_grows(lead: Path) -> None:
    command = [sys.executable, "-m", "assessor_tui", "--data", str(lead)]
    with Terminal(command, width=40, height=10) as terminal:
        terminal.wait_for("60x18")
        terminal.resize(80, 24)
        terminal.wait_for(lambda screen: "Alpha Works" in screen.text() and len(screen.lines()) == 24)


def is_one_sentence(said: str) -> bool:
    text = said.strip()
    return "\n" not in text and len(text) > 20 and text.endswith((".", "?", "!", ")")) and "Traceback" not in text


def entries(folder: Path) -> list[str]:
    """Hash of every entry in the ledger."""
    with Store.open(folder, write=False) as store:
        return [digest for row in store.visits() for digest, _ in store.entries(row.id)]


def names(folder: Path) -> set[str]:
    """Every file below, and beside, the folder."""
    outside = {path.name for path in folder.parent.glob("escaped*")}
    return outside | {
        str(path.relative_to(folder)) for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm", ".lock"))
    }
