"""Whoever leaves waits for nothing: not for a window, not for a thread."""

import subprocess
import sys
import threading

import pytest

from assessor_tui.tui.beside import Beside
from tests.walk_world import program

WINDOWS = {
    "overview": ("?", ":", "/", "ctrl+d", "ctrl+e", "ctrl+u", "f6"),
    "walk": ("f2", "f3", "f4", "f5", "f7", "f8", "/", "ctrl+r", "ctrl+w", ";", "t", "n", "ctrl+z"),
    "rows": ("f2", "f7", "f8", "+"),
    "evidence": ("+", "f2", "f7", "ctrl+e", "w"),
    "findings": ("f2", "ctrl+e", "+"),
    "review": ("s", "ctrl+e", "f5"),
    "home": ("f2", "f4", "f5", "f6", "f3", "ctrl+u", "/"),
    "board": ("enter", "f6", "/"),
    "conflicts": ("/",),
    "flows": ("/",),
}
"""Page -> keys, most of which open a window or a field there."""
NAMES = {"?": "question_mark", ":": "colon", "/": "slash", ";": "semicolon", "+": "plus"}


@pytest.mark.parametrize("place", WINDOWS)
async def test_ctrl_q_leaves_from_the_page_and_from_what_opens_over_it(tmp_path, monkeypatch, place):
    monkeypatch.setenv("HOME", str(tmp_path))
    for key in ("", *WINDOWS[place]):
        async with program(tmp_path / "data", place) as (app, pilot):
            if key:
                await pilot.press(NAMES.get(key, key))
            await pilot.press("ctrl+q")
            assert app._exit, (key, app.screen)


async def test_ctrl_q_leaves_a_small_terminal_that_only_says_so(tmp_path):
    async with program(tmp_path, "walk", size=(30, 8)) as (app, pilot):
        await pilot.press("ctrl+q")
        assert app._exit


def test_work_beside_the_screen_is_done_or_says_why_not():
    beside = Beside()
    assert beside.submit(sum, (1, 2)).result(10) == 3
    with pytest.raises(ZeroDivisionError):
        beside.submit(divmod, 1, 0).result(10)
    never = threading.Event()
    waiting = beside.submit(never.wait)
    beside.shutdown()
    assert not waiting.done()
    never.set()
    assert waiting.result(10)


def test_a_process_ends_while_a_thread_still_waits_for_a_folder():
    program = (
        "import sys, threading\n"
        "from assessor_tui.tui import beside\n"
        "beside.Beside().submit(threading.Event().wait)\n"
        "print('said')\n"
        "sys.exit(beside.end(3))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (3, "said\n")
