"""Copies of the open visit at second places, made beside the keys: a thread with a connection of its own.

Nothing is imported for it, and no place is looked for, before no key has come for a moment.
"""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.message import Message

from assessor_tui.i18n import _
from assessor_tui.tui import beside, terminal
from assessor_tui.tui.commands import HOME
from assessor_tui.tui.widgets.header_bar import HeaderBar
from assessor_tui.tui.widgets.hint_bar import StatusLine
from assessor_tui.tui.widgets.text import safe

if TYPE_CHECKING:
    from assessor_tui.carry.copies import Confirmed, NamedPlace, Safety
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Visit

EVERY = 60.0
"""Seconds after which the header says anew how old the newest copy is."""
REST = 10
"""How many times as long as a copy took no other is made unasked: a slow stick is not kept busy all day."""


def narrate(words: str) -> None:
    """Nothing; one line on standard error."""
    sys.stderr.write("".join(one if one.isprintable() else " " for one in words) + "\n")
    sys.stderr.flush()


class Copied(Message):
    """What came of copying to one place, or (``place`` None) that all is done or why it could not be done at all."""

    def __init__(self, visit: str, place: "NamedPlace | None", outcome: "Confirmed | Exception | None") -> None:
        super().__init__()
        self.visit = visit
        self.place = place
        self.outcome = outcome


class Copying:
    """When the open visit is copied, what is running, and what was said about it."""

    def __init__(self, program: "AssessorApp") -> None:
        self.program = program
        self.thread: threading.Thread | None = None
        """Makes copies, or reads how old they are; None when it has ended and everything is said."""
        self._visit = ""
        """The visit that all the rest is about."""
        self._safety: Safety | None = None
        """None before it was read."""
        self._read: Safety | None = None
        """What the thread has read."""
        self._behind = False
        """True when a place was seen to lack something that another one holds."""
        self._meanwhile = 0
        """``at`` of the first entry recorded while the thread was running; 0 for none."""
        self._section = ""
        self._touched: dict[str, None] = {}
        """Visits in which something was recorded since this program has copied them."""
        self._asked = False
        self._done: list[str] = []
        """Names of places to which this run has copied."""
        self._said: set[tuple[str, str]] = set()
        """Places with their troubles that were told already."""
        self._failed = ""
        self._rests_until = 0.0
        program.set_interval(EVERY, self.refresh)

    # What the header says

    def header(self) -> dict[str, Any]:
        """The header's fields about copies; none while they are not known."""
        safety = self._safety
        if safety is None or self._visit != self.program.visit_id or not (safety.newest or safety.since):
            return {}
        from assessor_tui.carry.copies import age_words, is_doubtful

        # A clock set back does not make what was recorded younger than it is.
        now = max(time.time_ns() // 1000, safety.since, safety.newest)
        return {"copy": age_words(safety, now), "copy_doubtful": is_doubtful(safety, now)}

    def note(self, at: int) -> None:
        """Nothing; an entry was recorded that no copy holds yet."""
        self._touched[self.program.visit_id] = None
        if self.thread is not None:
            self._meanwhile = self._meanwhile or at
        if self._safety is not None and not self._safety.since:
            self._safety = self._safety._replace(since=at)

    def refresh(self) -> None:
        """Nothing; the first line says how old the newest copy is now."""
        try:
            bar = self.program.screen.query_one(HeaderBar)
        except (NoMatches, ScreenStackError):  # no page is shown, or the program is being left
            return
        if self.program.visit is not None and bar.state.progress:
            bar.show(bar.state._replace(**{"copy": "", "copy_doubtful": False, **self.header()}))

    # When copies are made

    def look(self, target: str) -> None:
        """Nothing; copies the visit when the person has left a section of it, or the visit.

        Called once no key has come for a moment.
        """
        visit = self.program.visit
        if visit is None or self.thread is not None:
            return
        if visit.id != self._visit:
            before, self._visit = self._visit, visit.id
            self._safety, self._section = None, section_of(visit, target)
            if before in self._touched:
                self._begin(before)
            else:
                self._start(self._look_up, visit.id)
            return
        section = HOME if self.program.place == HOME else section_of(visit, target)
        if section and section != self._section:
            left, self._section = self._section, section
            work = self._safety is not None and (self._safety.since or self._behind)
            if left and work and time.monotonic() >= self._rests_until:
                self._begin(visit.id)

    def begin(self, places: "Sequence[NamedPlace]" = (), *, asked: bool = False) -> bool:
        """True when copying the open visit has begun: to ``places``, without any to all; ``asked`` by a person."""
        visit = self.program.visit
        if visit is None or self.thread is not None:
            return False
        self._visit = visit.id
        self._begin(visit.id, tuple(places), asked=asked)
        return True

    def _begin(self, visit_id: str, places: "tuple[NamedPlace, ...]" = (), *, asked: bool = False) -> None:
        self._asked, self._done, self._failed = asked, [], ""
        self._start(self._copy, visit_id, places, asked, self._post)

    def _start(self, work: Callable[..., None], *arguments: Any) -> threading.Thread:
        self._meanwhile = 0
        self.thread = beside.start(work, *arguments, name="copies")
        return self.thread

    def _look_up(self, visit_id: str) -> None:
        """In the thread: how old the copies are, and what a program that was left or killed has left half-written."""
        from assessor_tui.carry.copies import lacking, safety, sweep, sweep_places
        from assessor_tui.carry.put_away import finish
        from assessor_tui.config import mount_points
        from assessor_tui.store.ledger import Store

        error: Exception | None = None
        try:
            with Store.open(self.program.store.folder, write=False) as source:
                self._read, self._behind = safety(source, visit_id), bool(lacking(source, visit_id))
            sweep(self.program.store.folder, time.time())
            sweep_places(self.program.store, lambda: mount_points(Path.home().name))
            finish(self.program.store)
        except Exception as caught:
            error = caught
        self._post(Copied(visit_id, None, error))

    def _post(self, message: Copied) -> None:
        with suppress(RuntimeError):  # the program is being left
            self.program.post_message(message)

    def _copy(
        self, visit_id: str, places: "tuple[NamedPlace, ...]", asked: bool, tell: Callable[[Copied], object]
    ) -> None:
        """In the thread: copies to each place that lacks something, to all when a person has asked."""
        from assessor_tui.carry.copies import copy_everywhere, lacking, named_places, safety
        from assessor_tui.config import mount_points
        from assessor_tui.store.ledger import Store
        from assessor_tui.visit import Visit

        begun = time.monotonic()
        error: Exception | None = None
        try:
            with Store.open(self.program.store.folder, write=False) as source:
                visit = Visit(source, visit_id, new_id=self.program.new_id)
                chosen = places or (named_places(source) if asked else lacking(source, visit_id))
                mounts = mount_points(Path.home().name) if chosen else []
                now = time.time_ns
                for place, outcome in copy_everywhere(
                    self.program.store, visit, chosen, mounts, now=lambda: now() // 1000
                ):
                    tell(Copied(visit_id, place, outcome))
                self._read, self._behind = safety(source, visit_id), bool(lacking(source, visit_id))
        except Exception as caught:
            error = caught
        ended = time.monotonic()
        self._rests_until = ended + REST * (ended - begun)
        tell(Copied(visit_id, None, error))

    # What is said

    def told(self, message: Copied) -> None:
        """Nothing; says what came of it, a trouble of a place once and not again before a copy was made there."""
        place, outcome = message.place, message.outcome
        if place is None:
            self._ended(message.visit, outcome if isinstance(outcome, Exception) else None)
        elif isinstance(outcome, Exception):
            trouble = (place.id, type(outcome).__name__)
            if self._asked or trouble not in self._said:
                self._said.add(trouble)
                self._failed = self._failed or _sentence(outcome)
                self._status(self._failed, "$doubt")
        else:
            self._said = {each for each in self._said if each[0] != place.id}
            self._done.append(place.name)

    def _ended(self, visit_id: str, error: Exception | None) -> None:
        self.thread = None
        if error is not None:
            self._status(self._failure(error), "$doubt")
            return
        read, self._read = self._read, None
        if read is not None and not read.since and not (self._meanwhile and visit_id == self._visit):
            self._touched.pop(visit_id, None)
        if visit_id != self._visit:
            # The visit that was left is copied; now the open one.
            self._start(self._look_up, self._visit)
            return
        if read is not None:
            self._safety = read._replace(since=read.since or self._meanwhile)
        if self._asked and self._done and not self._failed:
            words = _("Copied to {places}: read back there and good.")
            self._status(words.format(places=_(", ").join(self._done)), "$good")
        self._asked = False
        self.refresh()

    def _failure(self, error: Exception) -> str:
        """The sentence about it; an error of the program itself is noted, but does not end anybody's work."""
        if isinstance(error, OSError) or hasattr(error, "message") or self.program.crash_folder is None:
            return _sentence(error)
        from assessor_tui.crash import write_crash_note

        note = write_crash_note(self.program.crash_folder, error)
        return _("No copy was made: an error of the program. It is noted in {file}").format(file=note)

    def _status(self, words: str, style: str) -> None:
        for screen in reversed(self.program.screen_stack):
            for line in screen.query("#status").results(StatusLine):
                line.say((safe(words), style))
                return

    # Leaving

    def finish(self, say: Callable[[str], object] = narrate) -> None:
        """Nothing; what was recorded since the last copy is copied before the program ends; Ctrl+Q ends it at once.

        Called when the screen is given back already.
        """
        from assessor_tui.carry.copies import lacking

        store, outcomes = self.program.store, list[Copied]()
        visits = [visit for visit in {**self._touched, self.program.visit_id: None} if store.knows(visit)]
        due = {visit: places for visit in visits if (places := lacking(store, visit))}
        if not due:
            return
        names = dict.fromkeys(place.name for places in due.values() for place in places)
        say(
            _("Copying the visit to {places}. Ctrl+Q leaves at once, without the copy.").format(
                places=_(", ").join(names)
            )
        )
        with terminal.listening() as pressed:
            done = self._ends(pressed)
            for visit in due:
                if done and lacking(store, visit):  # what was being copied may have been this very visit
                    self._start(self._copy, visit, (), False, outcomes.append)
                    done = self._ends(pressed)
        if not done:
            say(_("Left without the copy. Everything is safe on this laptop."))
            return
        failed = dict.fromkeys(_sentence(each.outcome) for each in outcomes if isinstance(each.outcome, Exception))
        good = {each.place.name: None for each in outcomes if each.place and not isinstance(each.outcome, Exception)}
        for words in failed:
            say(words)
        if good:
            say(_("Copied to {places}: read back there and good.").format(places=_(", ").join(good)))

    def _ends(self, pressed: Callable[[], bool]) -> bool:
        """True once the thread has ended; False when the person did not want to wait for it."""
        try:
            while self.thread is not None and self.thread.is_alive():
                if pressed():
                    return False
                self.thread.join(0.05)
        except KeyboardInterrupt:
            return False
        return True


def _sentence(error: Exception) -> str:
    """The sentence about a failure of the world; an error of the program itself is raised again."""
    from assessor_tui.tui.windows.bundles import failure_sentence

    return failure_sentence(error)


def section_of(visit: "Visit", target: str) -> str:
    """The section that ``target`` (``form/path``) stands in, as form and group; ``""`` for no place of a form."""
    form, _slash, path = target.partition("/")
    if form not in visit.forms or not path:
        return ""
    from assessor_tui.form.model import Group, walk

    first = path.partition("/")[0].partition("[")[0]
    for top in visit.forms[form].children:
        if isinstance(top, Group) and any(node.name == first for _, node in walk(top.children)):
            return f"{form}/{top.name}"
    return form
