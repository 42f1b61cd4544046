"""A window in which a file or folder is found: by typing its path, or by walking through the folders."""

import fnmatch
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from textual.content import Content
from textual.widget import Widget

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.shown.words import size_words
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.places import usual_places
from assessor_tui.tui.windows.search_list import FieldOverList

_MOST = 2000
"""Entries of a folder that are looked at; nobody reads more."""

ALL, HERE, FILE, FOLDER, UP, PLACE = "all", "here", "file", "folder", "up", "place"


class Found(NamedTuple):
    """One line: something that can be taken or walked into."""

    kind: str
    path: Path
    label: str
    detail: str = ""
    files: tuple[Path, ...] = ()
    """What is taken with it."""


def first_place(remembered: str, home: Path, here: Path) -> Path:
    """Where to begin: where one was the last time, else where downloads lie, else here."""
    last = Path(remembered) if remembered else None
    if last is not None and last.is_dir():
        return last
    return next((each for each in (home / "Downloads",) if each.is_dir()), here)


def find(text: str, suffixes: Sequence[str], *, folder: bool, base: Path, home: Path) -> list[Found]:
    """What stands where ``text`` points: the contents of a folder, or of its parent as far as the name begins so.

    ``suffixes`` (small letters, with the dot) say which files count, none for all; ``folder`` True asks for a folder
    instead of files. Folders that cannot be read are empty.
    """
    stripped = meant(text)
    if not stripped:
        return [Found(PLACE, place, str(place)) for place in usual_places(home, then=(base,))]
    typed = home / stripped[2:] if stripped == "~" or stripped.startswith(("~/", f"~{os.sep}")) else base / stripped
    inside = stripped.endswith(("/", os.sep)) and _is_dir(typed)
    where, beginning = (typed, "") if inside else (typed.parent, typed.name)
    folders, files = _contents(where, suffixes)
    if any(sign in beginning for sign in "*?["):
        files = [each for each in files if fnmatch.fnmatch(each.name, beginning)]
        folders = []
    elif beginning:
        wanted = beginning.casefold()
        files = [each for each in files if wanted in each.name.casefold()]
        folders = [each for each in folders if wanted in each.name.casefold()]
        folders.sort(key=lambda each: not each.name.casefold().startswith(wanted))
    found: list[Found] = []
    if folder:
        if inside:
            found.append(Found(HERE, where, _("Take this folder"), "", (where,)))
        elif not folders and _is_dir(where):
            found.append(
                Found(HERE, typed, _("Make the folder {name} and take it").format(name=typed.name), "", (typed,))
            )
    else:
        if len(files) > 1:
            said = ngettext("Take all {count} files here", "Take all {count} files here", len(files))
            found.append(Found(ALL, where, said.format(count=len(files)), "", tuple(files)))
        found += [Found(FILE, each, each.name, _file_detail(each), (each,)) for each in files]
    found += [Found(FOLDER, each, f"{each.name}{os.sep}") for each in folders]
    if where.parent != where and not beginning:
        found.append(Found(UP, where.parent, _("the folder above")))
    if not beginning:
        found += [Found(PLACE, place, str(place)) for place in usual_places(home, then=(base,)) if place != where]
    return found


def meant(text: str) -> str:
    """The path that was typed or pasted, also behind another one: without quotes or ``file://``."""
    text = text.strip().strip("'\"")
    if "file://" in text:
        return unquote(text[text.rindex("file://") :].removeprefix("file://").removeprefix("localhost"))
    text = re.split(r"(?<=[/\\])(?=[/~]|['\"]|[A-Za-z]:[/\\])", text)[-1].strip("'\"")
    return text


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _contents(folder: Path, suffixes: Sequence[str]) -> tuple[list[Path], list[Path]]:
    folders: list[Path] = []
    files: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= _MOST:
                    break
                if entry.name.startswith("."):
                    continue
                try:
                    if entry.is_dir():
                        folders.append(folder / entry.name)
                    elif entry.is_file() and (not suffixes or entry.name.casefold().endswith(tuple(suffixes))):
                        files.append(folder / entry.name)
                except OSError:
                    continue
    except OSError:
        return [], []
    return sorted(folders, key=_by_name), sorted(files, key=_newest)


def _by_name(path: Path) -> str:
    return path.name.casefold()


def _newest(path: Path) -> tuple[float, str]:
    try:
        return -path.stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name


def _file_detail(path: Path) -> str:
    from datetime import datetime

    try:
        stat = path.stat()
        changed = datetime.fromtimestamp(stat.st_mtime)  # noqa: DTZ006 - the person's own clock
    except (OSError, OverflowError, ValueError):  # gone, or of a time that no calendar has
        return _("cannot be read")
    return f"{changed:%Y-%m-%d %H:%M}  {size_words(stat.st_size):>9}"


class PickPath(FieldOverList[tuple[Path, ...] | None]):
    """A field for a path and a list that follows it; the result is what was taken, or None.

    Enter on a folder walks into it. With an empty field the usual places are listed, memory sticks first.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        start: Path,
        suffixes: Sequence[str] = (),
        folder: bool = False,
        home: Path | None = None,
        base: Path | None = None,
    ) -> None:
        """``start`` is the folder to begin with; see ``find`` for the others."""
        super().__init__(title, text)
        self.start_text = str(start).rstrip(os.sep) + os.sep
        self.suffixes = tuple(suffixes)
        self.folder = folder
        self.home = home or Path.home()
        self.base = base or Path.cwd()

    def hint(self) -> str:
        """The keys of the window."""
        return _("type or paste a path, or Up/Down and Enter   Esc close")

    def body(self) -> Sequence[Widget]:
        """The field and the list."""
        from assessor_tui.tui.widgets.field import LineField

        rows: VirtualList[Found] = VirtualList(
            self.draw, self._find(self.start_text), empty=_("Nothing here that could be taken."), id="found"
        )
        rows.can_focus = False
        return (LineField(self.start_text, drafts=False, id="query"), rows)

    def list_lines(self) -> int:
        """The same in every folder, so that the window stays still."""
        return 12

    def _find(self, text: str) -> list[Found]:
        return find(text, self.suffixes, folder=self.folder, base=self.base, home=self.home)

    def draw(self, each: Found, width: int, cursor: bool) -> Content:
        """The line of a file or folder."""
        style = "bold $accent-text" if each.kind in (ALL, HERE) else "$muted" if each.kind == UP else ""
        head = {FILE: "  ", ALL: f"{glyphs().ticked} ", HERE: f"{glyphs().ticked} ", UP: "^ "}.get(
            each.kind, f"{glyphs().closed} "
        )
        detail = safe(each.detail)
        room = max(width - width_of(head) - width_of(detail) - 1, 8)
        return left_right(content((head, "$muted"), (fit(each.label, room), style)), content((detail, "$muted")), width)

    def on_input_changed(self, message: Any) -> None:
        """Nothing; the list follows."""
        message.stop()
        self.listed.set_rows(self._find(message.value), 0)
        self.say("")

    def on_done(self, message: Any) -> None:
        """Nothing; Enter takes the line under the cursor, Tab walks into it, Esc closes."""
        message.stop()
        row: Found | None = self.listed.row
        if message.how == "escape":
            self.dismiss(None)
        elif message.how == "next" and row is not None and row.kind in (FOLDER, UP, PLACE):
            self.take(row)
        elif message.how in ("enter", "save"):
            if row is not None:
                self.take(row)
            else:
                self.say(_("There is nothing of that name."))

    def take(self, row: Found) -> None:
        """Nothing; closes the window with what the line stands for, or walks into the folder."""
        if row.files:
            self.dismiss(row.files)
            return
        from assessor_tui.tui.widgets.field import LineField

        field = self.query_one("#query", LineField)
        field.value = str(row.path).rstrip(os.sep) + os.sep
        field.cursor_position = len(field.value)
