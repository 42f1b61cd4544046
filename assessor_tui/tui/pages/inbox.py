"""A page that watches the visit's inbox: files are listed and hashed by threads while it is shown, and not else."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import work
from textual.timer import Timer
from textual.worker import get_current_worker

from assessor_tui.evidence import inbox
from assessor_tui.evidence.inbox import File, Seen
from assessor_tui.evidence.withdraw import clear_away
from assessor_tui.tui.visit_screen import VisitScreen

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

EVERY = 2.0
"""Seconds between two looks at the folder."""
_BATCH = 1.0
"""Seconds after which what was hashed meanwhile is shown."""

_Looked = dict[str, tuple[str, Seen]]


class InboxPage(VisitScreen):
    """A subclass draws ``files`` in ``inbox_changed``."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[File] = []
        """The inbox as it was at the last look, by name."""
        self.folder: Path | None = None
        self.inbox_failure = ""
        """Why the folder cannot be used, as a sentence."""
        self._inbox_of = ""
        self._looked: _Looked = {}
        self._made_of: object = None
        self._hashing = False
        self._shown = False
        """True once the inbox was drawn."""
        self._watch: Timer | None = None

    def inbox_changed(self) -> None:
        """Nothing; draws the inbox as it is now."""

    # When

    def on_mount(self) -> None:
        """Nothing; looks again and again."""
        self._watch = self.set_interval(EVERY, self.look)

    def on_screen_resume(self) -> None:
        """Nothing; the page is shown, so the folder is watched."""
        if self._watch is not None:
            self._watch.resume()
        self.look()

    def on_screen_suspend(self) -> None:
        """Nothing; nobody looks at the page, so nothing is read for it."""
        if self._watch is not None:
            self._watch.pause()
        self.workers.cancel_group(self, "inbox-hash")

    def look(self) -> None:
        """Nothing; starts a look at the folder, when a visit is open."""
        visit = self.program.visit
        if visit is None or self.program.loading:
            return
        if self._inbox_of != visit.id:
            self._inbox_of, self._looked, self.files, self.folder = visit.id, {}, [], None
            self.inbox_failure, self._shown = "", False
            self.workers.cancel_group(self, "inbox-hash")
        self._look(visit, self._looked)

    # What threads do

    @work(thread=True, group="inbox", exclusive=True)
    def _look(self, visit: "Visit", before: _Looked) -> None:
        store = visit.store
        failure, looked = "", before
        folder = self.folder
        if folder is None and visit.state.withdrawn:
            clear_away(store, [visit.id])  # what a crash has left, or somebody's undo of tying it again
        try:
            if folder is None:
                folder = inbox.inbox_of(visit)
                # One that was chosen may be a card that is not plugged in now: nothing is made in its place.
                folder = inbox.use_folder(store, visit.id, folder, make=folder.is_relative_to(store.folder))
            seen = {name: each for name, (_how, each) in before.items()} or inbox.seen_of(store, visit.id)
            looked = inbox.look(folder, seen, time.time_ns() // 1000)
            if any(seen.get(name) != each for name, (_how, each) in looked.items()):
                inbox.keep_seen(store, visit.id, {name: each for name, (_how, each) in looked.items()})
        except inbox.InboxUnusable as error:
            failure = str(error.parameters["reason"])
        self.app.call_from_thread(self._seen, visit.id, folder, looked, failure)

    def _seen(self, visit_id: str, folder: Path, looked: _Looked, failure: str) -> None:
        from assessor_tui.i18n import _

        if visit_id != self._inbox_of or self.program.visit is None:
            return
        self.folder = folder
        words = inbox.InboxUnusable.message
        failed = _(words).format(folder=folder, reason=failure) if failure else ""
        for name, (how, seen) in looked.items():
            known = self._looked.get(name)
            if known is not None and not seen.sha256 and known[1]._replace(sha256="") == seen:
                looked[name] = (how, known[1])  # hashed while the folder was looked at
        changed = failed != self.inbox_failure or not self._shown
        self._shown = True
        self._looked, self.inbox_failure = looked, failed
        self.sort_out(anew=changed)
        waits = any(how == inbox.WAITING and not seen.sha256 for how, seen in looked.values())
        if waits and not self._hashing and self.is_current:
            self._hashing = True
            self._hash(self.visit, folder, dict(looked))

    @work(thread=True, group="inbox-hash")
    def _hash(self, visit: "Visit", folder: Path, looked: _Looked) -> None:
        worker = get_current_worker()
        batch: dict[str, Seen] = {}
        since = time.monotonic()
        try:
            for name, seen in inbox.hashed(folder, looked, lambda: worker.is_cancelled):
                batch[name] = seen
                if time.monotonic() - since > _BATCH:
                    self.app.call_from_thread(self._hashed, visit.id, batch)
                    batch, since = {}, time.monotonic()
        finally:
            self._hashing = False
            if not worker.is_cancelled:
                self.app.call_from_thread(self._hashed, visit.id, batch)

    def _hashed(self, visit_id: str, batch: Mapping[str, Seen]) -> None:
        if visit_id != self._inbox_of or not batch:
            return
        for name, seen in batch.items():
            known = self._looked.get(name)
            if known is not None and known[1] == seen._replace(sha256=""):
                self._looked[name] = (known[0], seen)
        self.sort_out()
        if not any(how == inbox.WAITING and not seen.sha256 for how, seen in self._looked.values()):
            self._keep(self.visit, {name: seen for name, (_how, seen) in self._looked.items()})

    @work(thread=True, group="inbox-keep")
    def _keep(self, visit: "Visit", seen: dict[str, Seen]) -> None:
        inbox.keep_seen(visit.store, visit.id, seen)

    # What is known

    def sort_out(self, *, anew: bool = False) -> None:
        """Nothing; works out how the files stand in the visit, and draws them when that has changed (or ``anew``)."""
        visit = self.program.visit
        if visit is None or self.folder is None or self._inbox_of != visit.id:
            return
        local: Any = visit.store.local
        aside = local(visit.id, inbox.ASIDE, [])
        files = inbox.files_of(self.folder, self._looked, visit.state, inbox.clocks_of(visit.store, visit.id), aside)
        changed = anew or _seen_by_people(files) != _seen_by_people(self.files)
        self.files = files
        if changed:
            self.inbox_changed()


def _seen_by_people(files: list[File]) -> list[File]:
    """The files without their digests, which change nothing that is drawn."""
    return [file._replace(seen=file.seen._replace(sha256="")) for file in files]
