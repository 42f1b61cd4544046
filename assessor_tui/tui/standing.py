"""How far the open visit's entries have come, for the line over the keys: read beside the keys, then counted along.

Nothing is read before no key has come for a moment; what is recorded meanwhile is added by its number alone.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from assessor_tui.tui import beside

if TYPE_CHECKING:
    from threading import Thread

    from assessor_tui.carry.holding import Standing
    from assessor_tui.tui.app import AssessorApp


class Stood(Message):
    """What was read of a visit."""

    def __init__(self, visit: str, standing: "Standing | None", end: int) -> None:
        super().__init__()
        self.visit = visit
        self.standing = standing
        """None when it could not be read."""
        self.end = end
        """Number of this laptop's last entry when it was read."""


class StandingLine:
    """Saved, sent, confirmed: of the open visit, as far as it is known."""

    def __init__(self, program: "AssessorApp") -> None:
        self.program = program
        self.thread: Thread | None = None
        self._visit = ""
        self._standing: Standing | None = None
        self._end = 0
        """Number of the last entry that is counted."""
        self._latest = 0
        """Number of the last entry recorded since the visit was opened here."""
        self._stale = True

    def words(self) -> tuple[str, ...]:
        """What the line says, the whole first, then shorter; nothing while it is not known."""
        standing = self._standing
        if standing is None or self._visit != self.program.visit_id:
            return ()
        from assessor_tui.reports.receipts_words import standing_words

        more = max(self._latest - self._end, 0)
        now = standing._replace(saved=standing.saved + more, not_sent=standing.not_sent + more)
        whole = standing_words(now)
        return (whole,) if whole else ()

    def note(self, number: int) -> None:
        """Nothing; an entry was recorded under this number."""
        self._latest = max(self._latest, number) if self._visit == self.program.visit_id else number

    def changed(self) -> None:
        """Nothing; something else than an answer may have changed it: it is read again at the next rest."""
        self._stale = True

    def look(self) -> None:
        """Nothing; reads it when it is not known or may have changed. Called once no key has come for a moment."""
        visit = self.program.visit
        if visit is None or self.thread is not None or not (self._stale or visit.id != self._visit):
            return
        self._stale = False
        self.thread = beside.start(self._read, visit.id, name="standing")

    def _read(self, visit_id: str) -> None:
        """In the thread, over a connection of its own."""
        from assessor_tui.carry.holding import ends_of, standing
        from assessor_tui.store.errors import StoreError
        from assessor_tui.store.ledger import Store

        found, end = None, 0
        with suppress(StoreError), Store.open(self.program.store.folder, write=False) as source:
            own = source.device.id if source.device is not None else ""
            end = ends_of(source, visit_id).get((own, 0), 0)
            found = standing(source, visit_id)
        with suppress(RuntimeError):  # the program is being left
            self.program.post_message(Stood(visit_id, found, end))

    def told(self, message: Stood) -> None:
        """Nothing; what was read is said from now on."""
        self.thread = None
        if message.standing is None or message.visit != self.program.visit_id:
            return
        if self._visit != message.visit:
            self._visit, self._latest = message.visit, max(self._latest, message.end)
        self._standing, self._end = message.standing, message.end
