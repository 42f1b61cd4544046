"""A jot: one line written down at once, tied to nothing yet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from assessor_tui.i18n import _
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.windows.dialog import Dialog

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Recorded

DRAFT = "draft:jot"
"""Key of the visit's local state: what is being typed and is not saved."""


class Jot(Dialog[str | None]):
    """The field; what is typed in it is kept as a draft until it is saved."""

    def __init__(self, store: "Store", visit_id: str) -> None:
        super().__init__(_("Jot"))
        self.store = store
        self.visit_id = visit_id

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter save, tied to nothing yet   Esc close, the text is kept")

    def body(self) -> Sequence[Widget]:
        """The field, with what was typed before and not saved."""
        from assessor_tui.tui.widgets.field import LineField

        return (LineField(self.store.local(self.visit_id, DRAFT, ""), subject=DRAFT, id="jot"),)

    def on_mount(self) -> None:
        """Nothing; what is typed goes to the field."""
        self.set_focus(self.query_one("#jot"))

    def on_draft(self, message: Any) -> None:
        """Nothing; keeps what is being typed, so that a crash does not take it."""
        message.stop()
        self.store.set_local(self.visit_id, DRAFT, message.text or None)

    def on_done(self, message: Any) -> None:
        """Nothing; closes the window with the text, or keeps it for the next time."""
        message.stop()
        text = message.text.strip()
        self.store.set_local(self.visit_id, DRAFT, text or None)
        if message.how == "blur":
            return
        self.dismiss(text if message.how in ("enter", "save", "next") and text else None)


async def write_jot(screen: "VisitScreen") -> None:
    """Nothing; asks for a line and records it as a note that is tied to nothing."""
    visit, store = screen.visit, screen.program.store
    if visit.signed:
        screen.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
        return

    def saved(recorded: "Recorded") -> None:
        store.set_local(visit.id, DRAFT, None)
        words = _("Jotted down {time}; the evidence page ties it to questions. Ctrl+Z takes it back.")
        screen.say(words.format(time=screen.program.saved))

    def written(text: str | None) -> None:
        if text:
            screen.record(acts.NOTE, "", "", text, then=saved)

    await screen.app.push_screen(Jot(store, visit.id), written)
