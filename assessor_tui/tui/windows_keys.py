"""Keys of the Windows console put right before Textual reads them. Installed on Windows only.

Textual's reader (``textual.drivers.win32``) drops what comes without a key code while Shift, Num Lock or Caps Lock is
on: it takes it for noise of the modifier. But an input method delivers every character like that, so ``？`` is lost
(Textualize/textual#6667), and with Num Lock on whole sentences are. Here records that carry a character lose the state
that makes Textual drop them, and those that carry none are made to look like released keys, which nobody reads.

The records themselves follow the console's documentation; see ``docs/windows.md`` for what was tried where.
"""

from collections.abc import Iterable
from typing import Any

KEY_EVENT = 0x0001
VK_PACKET, VK_MENU, VK_PROCESSKEY = 0xE7, 0x12, 0xE5
SILENT_KEYS = frozenset({0x10, 0x11, VK_MENU, 0x14, 0x5B, 0x5C, 0x90, 0x91, VK_PROCESSKEY})
"""Shift, Ctrl, Alt, Caps Lock, the Windows keys, Num Lock, Scroll Lock, and a key that the input method has taken."""


def put_right(records: Iterable[Any]) -> None:
    """Nothing; changes the key records of one reading so that Textual takes all that was typed and nothing else.

    Args:
        records: ``INPUT_RECORD`` structures.
    """
    for record in records:
        if record.EventType != KEY_EVENT:
            continue
        key = record.Event.KeyEvent
        character = key.uChar.UnicodeChar
        empty = character in ("", "\0")
        if key.wVirtualKeyCode == VK_MENU and not key.bKeyDown and not empty:
            # A character composed with Alt and digits, also one that the console pastes so, comes when Alt is let go.
            key.bKeyDown, key.wVirtualKeyCode = 1, 0
        if not key.bKeyDown:
            continue
        if key.wVirtualKeyCode in (0, VK_PACKET) and not empty:
            key.dwControlKeyState = 0
        elif key.wVirtualKeyCode in SILENT_KEYS and empty:
            key.bKeyDown = 0


class RightedKernel:
    """Kernel32 as Textual's reader uses it; what it reads from the console has been put right."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kernel, name)

    def ReadConsoleInputW(self, console: Any, records: Any, most: int, count: Any) -> Any:
        """What the console's own call returns; both references come from ``ctypes.byref``."""
        done = self._kernel.ReadConsoleInputW(console, records, most, count)
        if done:
            put_right(records._obj[: count._obj.value])
        return done


def install() -> None:
    """Nothing; from now on Textual's reader gets its keys through here."""
    from textual.drivers import win32

    if not isinstance(win32.KERNEL32, RightedKernel):
        win32.KERNEL32 = RightedKernel(win32.KERNEL32)  # type: ignore[assignment, unused-ignore]
