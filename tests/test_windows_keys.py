"""Key records as the Windows console sends them, through Textual's own reader; only the system's calls are replaced."""

import ctypes
import importlib
import sys
import threading
import types
from ctypes import wintypes

import pytest
from textual import events

from assessor_tui.tui import windows_keys

SHIFT, NUM, CAPS, ENHANCED, LEFT_CTRL, LEFT_ALT = 0x10, 0x20, 0x80, 0x100, 0x08, 0x02
IME_ON, DBCS = 0x00800000, 0x00010000
"""States that an input method adds: conversion is on, the character takes two bytes in the old code page."""


def key(character, code=0, state=0, *, down=True):
    """One key record: character, virtual key code, control key state, pressed or let go."""
    return (character, code, state, down)


def typed(text, code=0, state=0):
    """A press and a release for each UTF-16 unit of the text, as the console sends them."""
    units = text.encode("utf-16-le", "surrogatepass")
    characters = [chr(int.from_bytes(units[at : at + 2], "little")) for at in range(0, len(units), 2)]
    return [key(each, code, state, down=down) for each in characters for down in (True, False)]


class Console:
    """The console's calls: each reading gives one list of records, then the reader is told to stop."""

    def __init__(self, readings):
        self.readings = [list(each) for each in readings]
        self.done = threading.Event()
        self.GetStdHandle = _Call(lambda number: 7)

    def WaitForMultipleObjects(self, *_):
        return 0

    def ReadConsoleInputW(self, console, records, most, count):
        reading = self.readings.pop(0)
        assert len(reading) <= most
        for at, (character, code, state, down) in enumerate(reading):
            record = records._obj[at]
            record.EventType = windows_keys.KEY_EVENT
            found = record.Event.KeyEvent
            found.bKeyDown, found.wRepeatCount, found.wVirtualKeyCode = down, 1, code
            found.uChar.UnicodeChar, found.dwControlKeyState = character, state
        count._obj.value = len(reading)
        if not self.readings:
            self.done.set()
        return 1


class _Call:
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)


@pytest.fixture
def win32(monkeypatch):
    """Textual's module for the Windows console, loaded over a system of ours."""
    if sys.platform != "win32":
        monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: Console([[]]), raising=False)
        monkeypatch.setitem(sys.modules, "msvcrt", types.ModuleType("msvcrt"))
    monkeypatch.delitem(sys.modules, "textual.drivers.win32", raising=False)
    import textual.drivers

    module = importlib.import_module("textual.drivers.win32")
    yield module
    sys.modules.pop("textual.drivers.win32", None)
    vars(textual.drivers).pop("win32", None)


def read(win32, *readings, repaired=True):
    """The events that Textual's reader makes of the readings."""
    console = Console(readings)
    win32.KERNEL32 = console
    win32.GetStdHandle = lambda number: wintypes.HANDLE(7)
    if repaired:
        windows_keys.install()
    errors = []
    app = types.SimpleNamespace(log=types.SimpleNamespace(error=lambda *said: errors.append(said)))
    found = []
    monitor = win32.EventMonitor(None, app, console.done, found.append)
    monitor.run()  # in this thread: it ends with the last reading
    assert errors == []
    return found


def keys(found):
    return [each.key if isinstance(each, events.Key) else each for each in found]


def text(found):
    return "".join(each.character or "" for each in found if isinstance(each, events.Key))


LOCKS = [0, NUM, CAPS, NUM | CAPS, NUM | IME_ON, SHIFT, SHIFT | NUM | IME_ON | DBCS]


@pytest.mark.parametrize("state", LOCKS)
@pytest.mark.parametrize("code", [0, windows_keys.VK_PACKET])
def test_what_an_input_method_commits_arrives_whatever_lock_is_on(win32, state, code):
    assert text(read(win32, typed("排放口編號？", code, state))) == "排放口編號？"


def test_textual_alone_loses_it_with_num_lock_on(win32):
    """When this fails, Textual has been repaired and ``windows_keys`` can go."""
    assert text(read(win32, typed("排放口", 0, NUM), repaired=False)) == ""


@pytest.mark.parametrize("state", LOCKS)
def test_letters_and_digits_arrive_once_each(win32, state):
    pressed = [key("a", 0x41, state), key("a", 0x41, state, down=False), key("7", 0x67, state), key("\r", 0x0D, state)]
    assert keys(read(win32, pressed)) == ["a", "7", "enter"]


def test_modifiers_alone_are_no_keys(win32):
    alone = [key("\0", code, SHIFT | NUM) for code in sorted(windows_keys.SILENT_KEYS)]
    alone += [key("\0", 0, SHIFT), key("\0", 0, NUM | CAPS)]
    assert read(win32, [*alone, *typed("A", 0x41, SHIFT)])[0].key == "A"


def test_keys_that_the_console_sends_as_sequences_stay_keys(win32):
    """With virtual terminal input the console writes ESC [ A character by character, without a key."""
    assert keys(read(win32, typed("\x1b[A"), typed("\x1bOP"), typed("\x1b[15~"), typed("\x1b[Z"))) == [
        "up", "f1", "f5", "shift+tab",
    ]  # fmt: skip


@pytest.mark.parametrize("state", [0, NUM, NUM | ENHANCED])
def test_sequences_arrive_also_with_num_lock_on(win32, state):
    """Whether the console tells the state of the locks with them is not documented; they must come through then."""
    found = keys(read(win32, typed("\x1b[A", 0, state)))
    assert found == ["up"]


def test_a_dead_key_gives_the_letter_it_makes(win32):
    pressed = [key("\0", 0xDD, 0), key("\0", 0xDD, 0, down=False), key("é", 0x45, 0), key("e", 0x45, 0, down=False)]
    found = read(win32, pressed)
    assert text(found).replace("\0", "") == "é"


def test_a_character_beyond_the_first_plane_comes_in_two_records(win32):
    assert text(read(win32, typed("𨋢", 0, NUM))) == "𨋢"


def test_a_character_composed_with_alt_comes_when_alt_is_let_go(win32):
    pressed = [
        key("\0", windows_keys.VK_MENU, LEFT_ALT),
        key("\0", 0x66, LEFT_ALT | NUM),
        key("\0", 0x66, LEFT_ALT | NUM, down=False),
        key("廠", windows_keys.VK_MENU, 0, down=False),
    ]
    assert text(read(win32, pressed)).replace("\0", "") == "廠"


def test_what_is_pasted_is_one_paste(win32):
    pasted = typed("\x1b[200~") + typed("三廢 12,400\t度", 0, NUM) + typed("\x1b[201~")
    found = read(win32, pasted)
    assert [each.text for each in found if isinstance(each, events.Paste)] == ["三廢 12,400\t度"]
    assert keys(found) == found


def test_control_keys_stay_control_keys(win32):
    pressed = [key("\x13", 0x53, LEFT_CTRL), key("\x1a", 0x5A, LEFT_CTRL | NUM), key("\x08", 0x08, NUM)]
    assert keys(read(win32, pressed)) == ["ctrl+s", "ctrl+z", "backspace"]


def test_windows_that_change_their_size_are_left_alone(win32):
    records = (win32.INPUT_RECORD * 1)()
    records[0].EventType = 0x0004
    records[0].Event.WindowBufferSizeEvent.dwSize.X = 80
    windows_keys.put_right(records)
    assert records[0].Event.WindowBufferSizeEvent.dwSize.X == 80


def test_it_is_installed_once(win32):
    windows_keys.install()
    once = win32.KERNEL32
    windows_keys.install()
    assert win32.KERNEL32 is once
