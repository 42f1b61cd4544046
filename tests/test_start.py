"""The start: what is loaded before the first frame, and what a key sends to the terminal."""

import json
import subprocess
import sys
import time

from assessor_tui.store.ledger import Store
from assessor_tui.tui import first_frame
from tests.pty_terminal import Terminal
from tests.walk_world import make_visit

HEAVY = (
    "assessor_tui.logic", "assessor_tui.assess", "assessor_tui.visit", "assessor_tui.filled_visit", "assessor_tui.cli",
    "assessor_tui.bundle", "assessor_tui.trust.judge",
    "pydantic", "sqlmodel", "sqlalchemy", "yaml", "cryptography", "pyrage", "keyring", "PIL", "jinja2",
    "typer", "openpyxl", "pyxform",
)  # fmt: skip

UP_TO_THE_FRAME = """
import json, sys
from pathlib import Path
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
class Program(AssessorApp):
    def on_ready(self):
        print(json.dumps(sorted(sys.modules)))
        self.exit()
with Store.open(Path(sys.argv[1])) as store:
    Program(store).run(headless=True)
"""


def lay_out(folder):
    with Store.open(folder) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        place = {"place": "walk", "visit": visit.id, "target": "air/log"}
        store.set_local("", "last place", place)
        store.set_local(visit.id, "last place", place)


def run(script, *arguments):
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_what_is_painted_first_needs_almost_nothing(tmp_path):
    script = (
        "import sys, json; before = set(sys.modules); from assessor_tui.__main__ import main;"
        "from assessor_tui.config import data_folder; from assessor_tui.tui import first_frame;"
        "first_frame.paint(data_folder(None, {'ASSESSOR_DATA': sys.argv[1]}));"
        "print(json.dumps([name for name in sys.modules if name not in before]))"
    )
    modules = run(script, str(tmp_path))
    assert "textual" not in modules and "sqlite3" not in modules
    assert len([name for name in modules if name.startswith("assessor_tui")]) <= 12


def test_logic_and_libraries_are_loaded_after_the_first_frame(tmp_path):
    lay_out(tmp_path)
    modules = run(UP_TO_THE_FRAME, str(tmp_path))
    assert [name for name in modules if name.startswith(HEAVY)] == []
    # A long file that was parted counts more often here without loading more; what is not needed for the frame shows.
    assert len([name for name in modules if name.startswith("assessor_tui")]) <= 44


def test_the_last_place_is_painted_again_and_keys_typed_meanwhile_count(tmp_path):
    lay_out(tmp_path)
    command = [sys.executable, "-m", "assessor_tui", "--data", str(tmp_path)]
    with Terminal(command) as terminal:
        terminal.wait_for("Is the run time recorded?")
        terminal.wait_for(lambda screen: (tmp_path / first_frame.FILE).exists())
        terminal.feed("\x11")
        assert terminal.end() == 0
    with Terminal(command) as terminal:
        terminal.wait_for("Is the run time recorded?")
        terminal.feed("27\r")  # while nothing of the program is there but its picture
        terminal.wait_for("3.03: 7 kWh")
        terminal.feed("\x11")
        assert terminal.end() == 0
    with Store.open(tmp_path, write=False) as store:
        (visit,) = store.visits()
        assert store.state(visit.id).standing("air", "log").value == ("partial",)
        assert store.state(visit.id).standing("air", "used").value.n == "7"


def test_a_frame_of_another_terminal_is_not_painted(tmp_path):
    first_frame.keep(tmp_path, first_frame.kind_of_terminal(80, 24, {"TERM": "dumb"}), "frame")
    assert first_frame.paint(tmp_path) is None


def test_a_folder_that_is_open_elsewhere_is_one_sentence(tmp_path):
    lay_out(tmp_path)
    with Store.open(tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "assessor_tui", "--data", str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert done.returncode == 4
    assert done.stdout == "" and done.stderr.count("\n") == 1 and str(tmp_path) in done.stderr


def test_a_key_sends_little_to_the_terminal(tmp_path):
    lay_out(tmp_path)
    with Terminal([sys.executable, "-m", "assessor_tui", "--data", str(tmp_path)]) as terminal:
        terminal.wait_for("1-3 answer")
        terminal.settle(0.4)
        for key in ("\x1b[B", "\x1b[A", "1"):
            before = terminal.bytes_read
            terminal.feed(key)
            terminal.settle(0.2)
            assert terminal.bytes_read - before < 10_000


def test_an_acknowledged_answer_survives_a_kill(tmp_path):
    lay_out(tmp_path)
    with Terminal([sys.executable, "-m", "assessor_tui", "--data", str(tmp_path)]) as terminal:
        terminal.wait_for("1-3 answer")
        terminal.settle(0.4)
        terminal.feed("1")
        terminal.wait_for("3.02: Yes")
        time.sleep(0.4)  # a digit right after an answer would be taken for a slip
        terminal.feed("5")
        terminal.wait_for("EDIT")
        terminal.process.kill()
        terminal.process.wait()
    with Store.open(tmp_path) as store:
        (visit,) = store.visits()
        assert store.state(visit.id).standing("air", "log").value == ("yes",)
        assert store.local(visit.id, "draft:air/used") == "5"


def test_without_a_terminal_the_program_says_so(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "assessor_tui", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 1
    assert (
        done.stderr
        == "The program needs a terminal to draw on. Start it in one, or use its commands: assessor --help\n"
    )
