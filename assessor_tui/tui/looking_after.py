"""The ledger is looked after beside the keys: the day's backup, and a word when none could be made."""

from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from assessor_tui.i18n import _
from assessor_tui.store.errors import LedgerDamaged, StoreError
from assessor_tui.tui import beside

if TYPE_CHECKING:
    from assessor_tui.tui.app import AssessorApp

SOON, EVERY = 5.0, 600.0
"""Seconds after the first frame, and between one look and the next: a program may stay open for two days."""


class LookedAfter(Message):
    """Why no backup was made."""

    def __init__(self, error: StoreError) -> None:
        super().__init__()
        self.error = error


class LookingAfter:
    """When the day's backup is made, and what was said about it."""

    def __init__(self, program: "AssessorApp") -> None:
        self.program = program
        self._said: set[type[StoreError]] = set()
        self._busy = False
        program.set_timer(SOON, self.look)
        program.set_interval(EVERY, self.look)

    def look(self) -> None:
        """Nothing; the backup that is due is begun in a thread."""
        if not self._busy:
            self._busy = True
            beside.start(self._look, name="looking after")

    def _look(self) -> None:
        from assessor_tui.carry.care import back_up_daily
        from assessor_tui.store import backups

        store = self.program.store
        error: StoreError | None = None
        try:
            # What an import has begun is waited for as well, so that its failure is said.
            back_up_daily(store)
            error = backups.wait(store.folder)
        except StoreError as caught:
            error = caught
        finally:
            self._busy = False
        if error is not None:
            with suppress(RuntimeError):  # the program is being left
                self.program.post_message(LookedAfter(error))

    def told(self, error: StoreError) -> None:
        """Nothing; says once in a run why no backup was made. A damaged ledger is said in a window, with what to do."""
        if type(error) in self._said:
            return
        self._said.add(type(error))
        words = _(error.message).format_map({"reason": "", **error.parameters})
        if isinstance(error, LedgerDamaged):
            self.program.read_out(_("The ledger is damaged"), words)
        else:
            self.program.say(words)
