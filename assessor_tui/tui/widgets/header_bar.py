"""The first line of a screen: where one is on the left, how things stand on the right."""

import re
from itertools import takewhile
from typing import NamedTuple

from textual import events

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece, content, fit, fit_content, left_right, safe, width_of


class HeaderState(NamedTuple):
    """What the first line says. Texts may come from outside; they are cleaned when drawn."""

    title: str = ""
    """The visit: number people speak, site."""
    progress: str = ""
    """Such as ``68/142``."""
    score: str = ""
    """Score as a range with coverage; ``""`` while hidden from onlookers."""
    saved: str = ""
    """Time of the last durable answer, ``10:32``."""
    editing: bool = False
    conflicts: int = 0
    returned: int = 0
    """Places where a return waits for an answer."""
    signed: bool = False
    hidden: bool = False
    """True while scores, notes and history are hidden from onlookers."""
    copy: str = ""
    """How old the newest copy elsewhere is."""
    copy_doubtful: bool = False
    """True when hours of work are nowhere but on this laptop."""
    note: str = ""
    """Further word on the right; it is the first to stay away where there is no room."""
    person: str = ""
    """Who is at the keyboard; shortened where there is no room, never left out."""


def short_names(person: str) -> tuple[str, ...]:
    """The name whole, then shorter and shorter: "Chan Tai Man", "Chan T.M.", "CTM"; a Chinese one as it is."""
    words = re.split(r"[(（]", person)[0].split()
    latin = list(takewhile(str.isascii, words))
    if len(latin) < 2:
        return (person, fit(person, 8).rstrip()) if width_of(person) > 8 else (person,)
    initials = "".join(f"{word[0]}." for word in latin[1:])
    return person, f"{latin[0]} {initials}", "".join(word[0] for word in latin).upper()


class HeaderBar(LineBar):
    """Title left, state right; the title gives way when both do not fit."""

    def __init__(self, state: HeaderState = HeaderState(), *, id: str | None = None) -> None:  # noqa: B008 - a value
        super().__init__(id=id)
        self._state = state

    @property
    def state(self) -> HeaderState:
        """What the line says now."""
        return self._state

    def show(self, state: HeaderState) -> None:
        """Nothing; says something else, drawing only when it differs."""
        if state != self._state:
            self._state = state
            self.refresh()

    def line(self, width: int) -> list[Piece]:
        """Title and state; when narrow, the less important parts of the state stay away."""
        state = self._state
        marks = glyphs()
        # Most important last: it stands at the edge, and what comes first is left out first.
        parts: list[tuple[str, str]] = []
        if state.note:
            parts.append((safe(state.note), ""))
        calm = [(safe(state.copy), "")] if state.copy and not state.copy_doubtful else []
        parts += calm
        if state.score:
            parts.append((safe(state.score), ""))
        if state.progress:
            parts.append((safe(state.progress), ""))
        if state.hidden:
            parts.append((_("scores hidden"), ""))
        if state.copy_doubtful:
            parts.append((safe(state.copy), "bold $doubt"))
        if state.conflicts:
            words = ngettext("{count} conflict", "{count} conflicts", state.conflicts).format(count=state.conflicts)
            parts.append((f"{marks.conflict} {words}", "bold $doubt"))
        if state.returned:
            words = ngettext("{count} returned", "{count} returned", state.returned).format(count=state.returned)
            parts.append((f"{marks.returned} {words}", "bold $doubt"))
        if state.signed:
            parts.append((f"{marks.answered} {_('signed')}", "bold $good"))
        if state.editing:
            parts.append((f"{marks.edit} {_('EDIT')}", "bold reverse"))
        elif state.saved:
            parts.append((_("saved {time}").format(time=state.saved), "$good"))
        title = safe(state.title)
        wanted = min(width_of(title), max(width * (5 if calm else 6) // 20, 12))
        # A name is shortened to where one still knows who it is before anything stays away, to initials after that.
        names = short_names(safe(state.person)) if state.person else ("",)
        # How old the newest copy is matters more than the end of a long name, less than everything else.
        if calm and sum(width_of(text) + 3 for text, _style in (*parts, (names[-1], ""))) + wanted > width:
            parts.remove(calm[0])
        for name in (*names[:2], *names[-1:] * len(parts)):
            person = [(name, "bold $accent-text")] if name else []
            room = width - sum(width_of(text) + 3 for text, _style in (*parts, *person))
            if room >= (wanted if name != names[0] or len(names) == 1 else width_of(title) + 1):
                break
            if name == names[-1] and len(parts) > 1:
                parts.pop(0)
        parts[-1:-1] = person
        right: list[Piece] = []
        for part in parts:
            right += ["   " if right else "", part]
        left = content(" ", (title, "bold"))
        line = left_right(left, content(*right, " "), width) if right else fit_content(left, width)
        return [line]


class PageTabs(LineBar):
    """The pages of a visit on one line, the present one in brackets. A click goes to a page."""

    DEFAULT_CSS = "PageTabs { background: $background; color: $muted; }"

    def __init__(self, pages: tuple[tuple[str, str], ...], current: str, *, id: str | None = None) -> None:
        """``pages`` are (place, msgid of its name)."""
        super().__init__(id=id)
        self.pages = pages
        self._current = current
        self._spans: list[tuple[int, int, str]] = []

    def show(self, current: str) -> None:
        """Nothing; marks another page as the present one."""
        if current != self._current:
            self._current = current
            self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The names; when they do not fit, those before give way so that the present page is always in sight."""
        names = [(place, _(name)) for place, name in self.pages]
        gap = 3 if sum(width_of(name) + 5 for _place, name in names) <= width else 1
        cells = [width_of(name) + 1 + gap for _place, name in names]
        here = next((index for index, (place, _name) in enumerate(names) if place == self._current), 0)
        first = 0
        while first < here and (2 if first else 0) + sum(cells[first : here + 1]) + 3 > width:
            first += 1
        lead = f"{glyphs().cut} " if first else ""
        pieces: list[Piece] = [" ", lead]
        at = 1 + width_of(lead)
        self._spans = []
        for place, name in names[first:]:
            present = place == self._current
            text = f"[{name}]" if present else f" {name} "
            self._spans.append((at, at + width_of(text), place))
            pieces += [(text, "bold $accent-text" if present else ""), " " * (gap - 1)]
            at += width_of(text) + gap - 1
        return pieces

    async def _on_click(self, event: events.Click) -> None:
        event.stop()
        for start, end, place in self._spans:
            if start <= event.x < end:
                await self.screen.run_action(f"go_to_page('{place}')")
                return
