"""A window to choose a file: the newest first, or by a typed or pasted path."""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import unquote

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.tui.shown.words import size_words
from assessor_tui.tui.widgets.text import content, left_right, safe
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.search_list import FieldOverList, search_key

FILE, FOLDER, HEADING = "file", "folder", "heading"
_MOST_FILES = 2000
"""Files shown of one folder, the newest."""


class Found(NamedTuple):
    """One line of the window."""

    kind: str
    name: str
    path: Path
    size: int = 0
    changed: float = 0.0
    """Seconds since 1970."""


def pasted_path(text: str) -> str:
    """The path that was typed, pasted or dropped: without quotes, ``file://`` or a shell's backslashes.

    ``""`` when the text is no path but part of a name.
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://").removeprefix("localhost"))
        if re.match(r"/[A-Za-z]:", text):
            text = text[1:]
    elif os.sep == "/" and text.startswith(("/", "~")):
        text = re.sub(r"\\([ '\"()&\[\]!$`\\])", r"\1", text)
    is_path = text.startswith(("/", "~")) or re.match(r"[A-Za-z]:[\\/]|\\\\", text) is not None
    return str(Path(text).expanduser()) + (os.sep if text.endswith(("/", os.sep)) else "") if is_path else ""


def list_folder(folder: Path, endings: frozenset[str]) -> list[Found]:
    """Files with one of the endings, the newest first, then folders by name. Hidden ones are left out.

    Raises:
        OSError: when the folder cannot be read.
    """
    files: list[Found] = []
    folders: list[Found] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir():
                    folders.append(Found(FOLDER, entry.name, Path(entry.path)))
                elif os.path.splitext(entry.name)[1].lower() in endings and entry.is_file(follow_symlinks=False):  # noqa: PTH122 - a path object for each of thousands of names costs
                    seen = entry.stat(follow_symlinks=False)
                    files.append(Found(FILE, entry.name, Path(entry.path), seen.st_size, seen.st_mtime))
            except OSError:
                continue
    files.sort(key=lambda each: (-each.changed, each.name))
    folders.sort(key=lambda each: each.name.casefold())
    return files[:_MOST_FILES] + folders


class PickFile(FieldOverList[Path | None]):
    """A window with the files of a folder; the result is the chosen file. What is typed filters, or is a path."""

    BINDINGS: ClassVar[list[Any]] = [Binding("backspace", "above", show=False, priority=True)]

    def __init__(
        self,
        title: str,
        folder: Path,
        endings: frozenset[str],
        text: str = "",
        *,
        places: Sequence[Path] = (),
        refuse: Callable[[Path], str] = lambda path: "",
    ) -> None:
        """``refuse`` says why a file cannot be taken, before the window closes."""
        super().__init__(title, text)
        self.folder = folder
        self.endings = endings
        self.places = tuple(places)
        self.refuse = refuse
        self.inside: list[Found] = []

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter take   Tab complete   Backspace folder above   Esc close")

    def body(self) -> Sequence[Widget]:
        """The field and the list."""
        from assessor_tui.tui.widgets.field import LineField

        rows: VirtualList[Found] = VirtualList(
            self.draw, is_heading=lambda each: each.kind == HEADING, empty=_("Nothing found."), id="found"
        )
        rows.can_focus = False
        field = LineField(placeholder=_("part of the name, or a path pasted here"), drafts=False, id="query")
        return (field, rows)

    def list_lines(self) -> int:
        """The same however little is found, so that the window stays still while typing."""
        return 14

    def on_mount(self) -> None:
        """Nothing; what is typed goes to the field."""
        self._enter(self.folder)
        super().on_mount()

    def draw(self, each: Found, width: int, cursor: bool) -> Content:
        """The line of a file or folder."""
        if each.kind == HEADING:
            return content((safe(each.name), "$muted"))
        if each.kind == FOLDER:
            return content((f"{safe(each.name).rstrip(os.sep)}/", "bold"))
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.changed))
        right = content((f"{size_words(each.size):>8}  {when}", "$muted"))
        return left_right(content(safe(each.name)), right, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """False for the way to the folder above while there is something to delete in the field."""
        return action != "above" or not self._typed

    @property
    def _typed(self) -> str:
        from textual.widgets import Input

        return self.query_one("#query", Input).value

    def _enter(self, folder: Path) -> None:
        """Shows the folder, or says why it cannot."""
        try:
            found = list_folder(folder, self.endings)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            self.say(_("{folder} cannot be opened ({reason}).").format(folder=str(folder), reason=reason))
            return
        self.folder, self.inside = folder, found
        self.query_one(Vertical).border_title = Content(safe(f"{self.window_title}   {folder}"))
        self._type("")

    def _type(self, text: str) -> None:
        from textual.widgets import Input

        field = self.query_one("#query", Input)
        field.value = text
        field.cursor_position = len(text)
        self._filter(text)

    def on_input_changed(self, message: Any) -> None:
        """Nothing; shows what fits."""
        message.stop()
        self.say("")
        self._filter(message.value)

    def _filter(self, text: str) -> None:
        typed = pasted_path(text)
        rows = self.listed
        if typed:
            rows.set_rows(list(self._beginning_with(typed)), 0)
            return
        words = search_key(text).split()
        shown = [each for each in self.inside if all(word in search_key(each.name) for word in words)]
        if not words:
            if not any(each.kind == FILE for each in shown):
                shown.insert(0, Found(HEADING, _("No file of an allowed kind in this folder."), self.folder))
            shown += self._around()
        rows.set_rows(shown, 0)

    def _around(self) -> Iterator[Found]:
        yield Found(HEADING, _("Other folders"), self.folder)
        if self.folder.parent != self.folder:
            above = self.folder.parent
            yield Found(FOLDER, _("folder above: {name}").format(name=above.name or str(above)), above)
        for place in self.places:
            if place != self.folder:
                yield Found(FOLDER, str(place), place)

    def _beginning_with(self, typed: str) -> Iterator[Found]:
        """The file itself, and what the path could go on to be."""
        whole = Path(typed)
        if not typed.endswith(os.sep):
            try:
                seen = whole.stat()
            except (OSError, ValueError):
                pass
            else:
                kind = FOLDER if stat.S_ISDIR(seen.st_mode) else FILE
                yield Found(kind, whole.name or typed, whole, seen.st_size, seen.st_mtime)
        folder, start = (whole, "") if typed.endswith(os.sep) else (whole.parent, whole.name)
        try:
            inside = list_folder(folder, self.endings)
        except (OSError, ValueError):
            return
        yield from (each for each in inside if each.name != start and each.name.casefold().startswith(start.casefold()))

    def on_done(self, message: Any) -> None:
        """Nothing; takes the file on Enter, completes on Tab, closes on Esc."""
        message.stop()
        rows = self.listed
        if message.how == "escape":
            self.dismiss(None)
        elif message.how in ("enter", "save") and rows.row is not None:
            self.take(rows.row)
        elif message.how in ("enter", "save"):
            self.say(_("There is no such file here. Only files of the kinds that can be taken are shown."))
        elif message.how == "next" and rows.row is not None:
            self._complete(rows.row)

    def _complete(self, each: Found) -> None:
        if not pasted_path(self._typed):
            if each.kind == FOLDER:
                self._enter(each.path)
            else:
                self._type(each.name)
            return
        self._type(str(each.path) + (os.sep if each.kind == FOLDER else ""))

    def take(self, each: Found) -> None:
        """Nothing; closes the window with the file, opens the folder, or says why it cannot be taken."""
        if each.kind == FOLDER:
            self._enter(each.path)
        elif reason := self.refuse(each.path):
            self.say(reason)
        else:
            self.dismiss(each.path)

    def action_above(self) -> None:
        """Nothing; opens the folder around this one."""
        self._enter(self.folder.parent)
