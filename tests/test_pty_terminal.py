"""The program's parts in a real terminal: start, keys, bytes, colours, crash."""

import sys
import termios
import unicodedata
from pathlib import Path

import pytest

from tests.pty_terminal import Look, Screen, Terminal

if sys.platform == "win32":
    pytest.skip("pseudo terminals are a matter of POSIX", allow_module_level=True)

ROOT = Path(__file__).parent.parent
GALLERY = [sys.executable, "-m", "tests.tui_gallery"]
KEY_BUDGET = 10_000
"""Bytes that one key may send to the terminal."""


def test_the_screen_keeps_wide_characters_and_moves():
    screen = Screen(10, 3)
    screen.feed("\x1b[2J\x1b[2;3H\x1b[1;31m金x\x1b[0m\x1b[1;1Hab\x1b")
    screen.feed("[K")
    assert screen.lines() == ["ab", "  金x", ""]


def test_the_screen_keeps_how_its_cells_are_painted():
    screen = Screen(4, 1)
    screen.feed("\x1b[1;38;2;1;2;3;48;2;255;255;255m金\x1b[22;39mx\x1b[0my")
    bold, plain = Look("#010203", "#ffffff", bold=True), Look("", "#ffffff")
    assert screen.looks[0] == [bold, bold, plain, Look()]
    screen.feed("\x1b[1;1H\x1b[7m\x1b[K")
    assert screen.looks[0] == [Look(reverse=True)] * 4


def test_answers_windows_and_chinese_keys_in_a_real_terminal():
    with Terminal(GALLERY, folder=ROOT, environment={"LANG": "en_US.UTF-8"}) as terminal:
        terminal.wait_for("question 1 of")
        terminal.settle()
        before = terminal.bytes_read
        terminal.feed("2")
        terminal.wait_for("1.01 = 2")
        terminal.settle()
        assert terminal.bytes_read - before < KEY_BUDGET
        before = terminal.bytes_read
        terminal.feed("\x1b[B")
        terminal.wait_for("question 3 of")
        terminal.settle()
        assert terminal.bytes_read - before < KEY_BUDGET
        terminal.feed("３")
        terminal.wait_for("1.03 = 3")
        terminal.feed("是")
        terminal.wait_for("Input method is on")
        terminal.feed("？")
        terminal.wait_for("─ Keys ")
        terminal.feed("\x7f")
        terminal.wait_for(lambda screen: "─ Keys " not in screen.text())
        # F2 and what is typed at once after it: a note, and not the commands d and 1
        terminal.feed("\x1bOQd1 記錄\x13")
        terminal.wait_for("d1 記錄")
        terminal.wait_for(lambda screen: "EDIT" not in screen.text())
        # A second Chinese form: ： opens the commands, where 、 is text
        terminal.feed("：")
        terminal.wait_for("─ Commands ")
        terminal.feed("\x1b")
        terminal.wait_for(lambda screen: "─ Commands " not in screen.text())
        # A search typed faster than its window opens
        terminal.feed("/1.05\r")
        terminal.wait_for("question 5 of")
        mode = termios.tcgetattr(terminal.master)[3]
        assert not mode & termios.ICANON
        terminal.feed("\x11")
        assert terminal.end() == 0
        assert "?1049" not in terminal.screen.modes


def test_no_character_of_a_screen_is_two_cells_wide_in_a_terminal_set_up_for_chinese():
    with Terminal(GALLERY, folder=ROOT, width=140, height=30) as terminal:
        terminal.wait_for("question 1 of")
        terminal.feed("\x1b[6~2/")
        terminal.wait_for("Go to a question")
        shown = set(terminal.settle().text())
        ambiguous = {character for character in shown if unicodedata.east_asian_width(character) == "A"}
        assert ambiguous <= set("─│╭╮╰╯"), "only the lines of boxes, which nothing can replace"


def test_without_colours_everything_is_still_there():
    with Terminal(GALLERY, folder=ROOT, width=140, height=40, environment={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("▸ - 1.01 Permit list complete")
        terminal.resize(60, 18)
        terminal.wait_for("F2 note  F3 photo  ? keys")


def test_a_crash_leaves_the_terminal_usable_and_says_that_the_work_is_saved(tmp_path):
    program = f"""
from pathlib import Path
from tests.tui_gallery import GalleryApp, Gallery

def command_comment(self):
    answer = "a secret answer"
    raise RuntimeError(answer)

Gallery.command_comment = command_comment
app = GalleryApp()
app.crash_folder = Path({str(tmp_path)!r})
app.run()
raise SystemExit(app.return_code)
"""
    with Terminal([sys.executable, "-c", program], folder=ROOT) as terminal:
        terminal.wait_for("question 1 of")
        terminal.feed("c")
        assert terminal.end() == 1
        shown = " ".join(terminal.screen.text().split())
        assert "Your work is saved" in shown
        assert "secret" not in shown
        assert "?1049" not in terminal.screen.modes
        assert "?25" in terminal.screen.modes
    note = (tmp_path / "crash-001.txt").read_text(encoding="utf-8")
    assert "command_comment" in note
    assert "secret" not in note
