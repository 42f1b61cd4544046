"""Doctor: the ledger, its place, and how wide this terminal draws what we draw."""

import hashlib
import sys
from pathlib import Path

import pytest

from assessor_tui.evidence.files import evidence_path
from tests.cli_world import Laptop, named, new_visit

Capsys = pytest.CaptureFixture[str]


def test_a_sound_ledger_is_said_to_be_sound(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    found = laptop.ok("doctor", "--json").data
    assert found["ledger"]["integrity"] == []
    assert found["ledger"]["visits"] == 1
    assert found["versions"]["assessor"]
    assert found["glyphs"] == []
    assert "The ledger is sound: 1 visits" in laptop.ok("doctor").out


def test_rebuilding_changes_nothing_that_is_seen(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    before = laptop.ok("visit", "list", "--json").data
    found = laptop.ok("doctor", "--rebuild", "--json").data
    assert found["ledger"]["rebuilt"] == found["ledger"]["entries"]
    assert laptop.ok("visit", "list", "--json").data == before


def test_a_folder_without_a_ledger_is_no_fault(tmp_path: Path, capsys: Capsys) -> None:
    laptop = Laptop(tmp_path, capsys)
    assert laptop.ok("doctor", "--json").data["ledger"] == {"exists": False}
    assert "There is no ledger here yet." in laptop.ok("doctor").out


def test_a_file_of_evidence_that_was_changed_or_lost_is_named(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    for word in ("one", "two", "three"):
        paper = tmp_path / f"{word}.txt"
        paper.write_text(word, encoding="utf-8")
        laptop.ok("answer", "alpha", "visit_header/main_products", word, "--document", paper)
    assert laptop.ok("doctor", "--json").data["ledger"]["evidence"] == []
    one, two = (hashlib.sha256(word.encode()).hexdigest() for word in ("one", "two"))
    evidence_path(tmp_path, one).chmod(0o600)
    evidence_path(tmp_path, one).write_text("uno", encoding="utf-8")
    evidence_path(tmp_path, two).unlink()
    found = laptop("doctor", "--json")
    assert found.code == 5
    assert {each["sha256"] for each in found.data["ledger"]["evidence"]} == {one, two}
    assert laptop("doctor").out.count("The stored file") == 1


def test_a_synced_place_is_named_when_the_laptop_is_set_up_and_by_doctor(tmp_path: Path, capsys: Capsys) -> None:
    laptop = Laptop(tmp_path / "Dropbox" / "work", capsys)
    assert "is in Dropbox, which may copy or lock files" in laptop.ok("identity", "--name", "Chan").err
    assert "is in Dropbox" in laptop.ok("doctor").out


@pytest.mark.skipif(sys.platform == "win32", reason="pty")
def test_the_terminal_is_asked_where_its_cursor_went(tmp_path: Path) -> None:
    """A terminal that draws every character one cell wide is found out."""
    import os
    import pty
    import re
    import subprocess

    master, slave = pty.openpty()
    program = f"import sys; from assessor_tui.cli import main; sys.exit(main(['doctor', '--data', {str(tmp_path)!r}]))"
    environment = {**os.environ, "LANG": "C", "LANGUAGE": "", "LC_ALL": "", "PYTHONUTF8": "1"}
    with subprocess.Popen([sys.executable, "-c", program], stdin=slave, stdout=slave, env=environment) as process:
        os.close(slave)
        seen = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
            for _ in re.findall(rb"\x1b\[6n", piece):
                os.write(master, b"\x1b[5;2R")
        process.wait()
    os.close(master)
    assert "draws some characters in another width: 、=1 中=1 （=1." in seen.decode()
    assert (tmp_path / "terminals").read_text(encoding="utf-8").count("\n") == 1
