"""Bundles held back, in a window: from whom, why, what to do, and the decision."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widget import AwaitMount, Widget

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.bundles import failure_sentence, show_again
from assessor_tui.tui.windows.dialog import Choose, Dialog, Option

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.trust.quarantine import Waiting
    from assessor_tui.tui.app import AssessorApp

ACCEPT, DECLINE, LATER = "accept", "decline", "later"


class Why(Card):
    """Why a bundle is held back and what to do; always as high, so that the window stays still."""

    DEFAULT_CSS = "Why { height: 10; border-top: solid $rule; }"

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 11


class HeldBackWindow(Dialog[bool]):
    """The bundles that wait for a decision; the result is True when something was let in."""

    BINDINGS: ClassVar[list[Any]] = [Binding("enter", "decide", show=False)]

    def __init__(self, store: "Store") -> None:
        super().__init__(_("Held back"))
        self.store = store
        self.let_in = False
        self.busy = False

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter accept or decline   Up/Down   PgUp/PgDn read   Esc close")

    def body(self) -> Sequence[Widget]:
        """The bundles, and why the one under the cursor is held back."""
        from assessor_tui.trust.quarantine import bundles_held

        rows: VirtualList[Waiting] = VirtualList(self.draw, bundles_held(self.store), id="held")
        rows.empty = _("Nothing is held back.")
        return (rows, Why(TextPage(), lines=page_lines, id="why"))

    def list_lines(self) -> int:
        """One for each bundle."""
        return 6

    def draw(self, each: "Waiting", width: int, cursor: bool) -> Content:
        """The line of a bundle."""
        from assessor_tui.i18n.trust_words import count_words

        words = count_words(each.held)
        room = max(width - width_of(words) - 4, 12)
        left = content((f"{glyphs().warning} ", "$doubt"), fit(safe(f"{each.sender}   {each.file}"), room))
        return left_right(left, content((words, "$muted")), width)

    def on_mount(self) -> None:
        """Nothing; the keys go to the list."""
        self.set_focus(self.query_one("#held"))
        self._explain()

    def on_virtual_list_highlighted(self) -> None:
        """Nothing; says why the bundle under the cursor is held back."""
        self._explain()

    def _explain(self) -> None:
        each = self.query_one("#held", VirtualList).row
        self.query_one("#why", Why).show(why_page(self.store, each) if each is not None else TextPage())

    async def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; asks what to do with the bundle."""
        message.stop()
        await self.action_decide()

    async def action_decide(self) -> None:
        """Nothing; asks what to do with the bundle under the cursor."""
        each: Waiting | None = self.query_one("#held", VirtualList).row
        if each is None or self.busy:
            return
        whole = ngettext(
            "Accept: {count} entry counts from now on", "Accept: {count} entries count from now on", each.entries
        )
        options = [
            Option(LATER, _("Decide later")),
            Option(ACCEPT, whole.format(count=each.entries) if each.entries else _("Accept its files")),
            Option(DECLINE, _("Decline: leave it out; the file is kept")),
        ]
        text = _("Accept only what {person} has told you in person to be theirs. It cannot be taken out again.").format(
            person=each.sender
        )

        async def chosen(what: str | None) -> None:
            if what in (ACCEPT, DECLINE):
                self.busy = True
                self.say(_("being checked and taken in") if what == ACCEPT else "")
                self.carry_out(each, what)

        await self.app.push_screen(Choose(each.file, options, text), chosen)

    @work(thread=True, group="held back")
    def carry_out(self, each: "Waiting", what: str) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.carry.quarantine import accept, decline

        try:
            if what == DECLINE:
                decline(self.store, each.digest)
                said = _("Left out. The file is kept; “assessor quarantine list --all” still shows it.")
            else:
                merged = accept(self.store, each.digest)
                if merged.error is not None:
                    raise merged.error
                self.let_in = True
                said = ngettext("{count} new entry", "{count} new entries", merged.new).format(count=merged.new)
        except Exception as error:
            said = failure_sentence(error)
        self.app.call_from_thread(self.done, said)

    def done(self, said: str) -> None:
        """Nothing; shows what still waits, and says what came of it."""
        from assessor_tui.trust.quarantine import bundles_held

        self.busy = False
        rows: VirtualList[Waiting] = self.query_one("#held", VirtualList)
        rows.set_rows(bundles_held(self.store), min(rows.cursor, max(len(rows.rows) - 2, 0)))
        self._explain()
        self.say(said)

    def action_close(self) -> None:
        """Nothing; closes the window once nothing is being taken in."""
        if not self.busy:
            self.dismiss(self.let_in)


def why_page(store: "Store", each: "Waiting") -> TextPage:
    """Why a bundle is held back and what to do about it, in plain words."""
    from assessor_tui.trust.names import advice, held_sentence
    from assessor_tui.tui.shown.conflicts import when_words

    why = [Remark(held_sentence(store, part, each), "warning") for part in each.held[:20]]
    if len(each.held) > len(why):
        more = len(each.held) - len(why)
        why.append(Remark(ngettext("and {count} more", "and {count} more", more).format(count=more)))
    if not each.path.is_file():
        why.append(Remark(_("Its file is gone from the data folder. Ask for it again and merge it."), "problem"))
    came = _("came {when}").format(when=when_words(each.arrived))
    signed = "" if each.signed else "   " + _("not signed")
    return TextPage(
        parts=(
            Part("", (Remark(f"{each.sender}   {came}{signed}"), *why)),
            Part(_("What to do"), tuple(Remark(words) for words in advice(store, each))),
        )
    )


def held_back_dialog(screen: BaseScreen) -> AwaitMount:
    """Opens the window of what is held back; wait for it as for any."""
    program = cast("AssessorApp", screen.app)

    async def closed(let_in: bool | None) -> None:
        if let_in and program.visit is not None:
            program.visit.refresh()
        show_again(screen)

    return program.push_screen(HeldBackWindow(program.store), closed)
