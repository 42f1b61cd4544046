"""What is decided on the page of conflicts: a side, a new answer, many at once, rows entered twice, what is missing."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assessor_tui.i18n import _, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Value
from assessor_tui.tui.commands import REVIEW, WALK
from assessor_tui.tui.shown.conflicts import Case
from assessor_tui.tui.visit_screen import VisitScreen
from assessor_tui.tui.widgets.card import Card
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import safe
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.carry.naming import Alike
    from assessor_tui.ledger.conflicts import EqualRows
    from assessor_tui.store.clocks import ClockAhead
    from assessor_tui.tui.shown.conflicts import Side
    from assessor_tui.visit import Recorded
    from assessor_tui.waiting import Waits


def is_open(row: Any) -> bool:
    """True for a line that waits for a person."""
    return not isinstance(row, Case) or row.settled is None


class Decides(VisitScreen):
    """The acts of the page of conflicts; a subclass has the list and draws it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Case | Waits] = ()
        """What the list of conflicts shows."""

    @property
    def case(self) -> Case | None:
        """The conflict that is shown."""
        raise NotImplementedError

    @property
    def waits(self) -> "Waits | None":
        """What is shown that waits beside the conflicts."""
        raise NotImplementedError

    @property
    def tag(self) -> str:
        """Language of the card."""
        raise NotImplementedError

    def _sides(self, case: Case) -> "tuple[Side, ...]":
        raise NotImplementedError

    def show_row(self, row: "Case | Waits") -> None:
        """Nothing; draws everything again, with the cursor on this row."""
        raise NotImplementedError

    def command_next_conflict(self) -> None:
        """Nothing; the next conflict that is open."""
        raise NotImplementedError

    async def on_card_clicked(self, message: Card.Clicked) -> None:
        """Nothing; a click on a side or on a key runs what the key runs."""
        message.stop()
        what, _colon, key = message.target.partition(":")
        if what == "side":
            await self.action_command("choose", key)
        elif key == "F2":
            await self.action_command("write_new")
        elif key == "0":
            await self.action_command("leave_open")
        elif key.isdecimal():
            await self.action_command("choose", key)

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now."""
        if command_id in ("choose", "write_new", "leave_open", "settle_many"):
            if command_id != "settle_many" and self.case is None and (command_id != "choose" or self.waits is None):
                return _("There is no conflict here to decide.")
            if self.program.store.device is None:
                return _("Say first who works on this laptop: on the page of visits.")
        return ""

    async def command_choose(self, key: str) -> None:
        """Nothing; lets the side of this digit stand, once a reason is given."""
        from assessor_tui.ledger.state import FORK, SIGNED

        case, number = self.case, int(key)
        if case is None:
            assert self.waits is not None
            await self._see_to(self.waits, number)
            return
        sides = self._sides(case)
        kind = case.conflict.kind
        if kind == SIGNED or not self.visit.may_settle(case.conflict):
            self.say(_("The visit is signed: the lead reopens it here with a reason, then it can be decided."))
            await self.program.go(REVIEW)
            return
        if number > (1 if kind == FORK else len(sides)):
            self.say(_("There is no side {number} here.").format(number=number), "bold $doubt")
            return
        await self._ask_reason_for(case, sides[number - 1], sides)

    async def _ask_reason_for(self, case: Case, side: "Side", sides: "Sequence[Side]") -> None:
        from assessor_tui.tui.shown.conflicts import usual_reasons
        from assessor_tui.tui.windows.ask_value import AskReason

        async def answered(why: str | None) -> None:
            if why:
                self._decided(case, self.visit.settle(case.conflict, take=side.entry, why=why), side)

        others = [each for each in sides if each is not side]
        title = _("Why does this stand?")
        text = f"{side.person}: {side.said}"
        window = AskReason(title, text, usual=usual_reasons(side, others), opened_at=self.program.key_time)
        await self.app.push_screen(window, answered)

    def _decided(self, case: Case, recorded: "Recorded", side: "Side | None", said: str = "") -> None:
        """Says what was recorded and goes to the next open conflict."""
        at = self.query_one("#cases", VirtualList).cursor
        self.did(recorded)
        if not recorded.entries:
            return
        if case.settled is None:
            following = next((each for each in [*self.rows[at:], *self.rows[:at]] if is_open(each)), None)
            self.show_row(following if following is not None else case)
        else:
            self.show(case.target)
        left = sum(map(is_open, self.rows))
        took = said or (f"{side.person}: {side.said}" if side is not None else "")
        rest = (
            ngettext("{count} conflict is left", "{count} conflicts are left", left).format(count=left)
            if left
            else _("no conflict is left")
        )
        self.status(
            (f"{glyphs().answered} ", "bold $good"),
            (_("saved {time}").format(time=self.program.saved), "$good"),
            f"  {safe(took)}   ",
            (rest, "bold"),
        )

    async def command_write_new(self) -> None:
        """Nothing; asks for a new answer and its reason."""
        from assessor_tui.tui.shown.conflicts import usual_reasons
        from assessor_tui.tui.shown.words import value_words
        from assessor_tui.tui.windows.ask_value import ask_value
        from assessor_tui.tui.windows.dialog import AskText

        case = self.case
        assert case is not None
        conflict = case.conflict
        if not self.visit.may_settle(conflict):
            self.say(_("The visit is signed. Reopen it with a reason before changing anything."), "bold $doubt")
            return
        if conflict.path.endswith("]") or conflict.form not in self.visit.forms or not conflict.path:
            self.say(_("Here only a side can be taken: there is no answer to write."), "bold $doubt")
            return
        filling = self.visit.filling(conflict.form)

        async def given(value: Value | None) -> None:
            if value is None:
                return
            said = value_words(filling, conflict.path, value, self.tag)

            def answered(why: str | None) -> None:
                if why:
                    self._decided(case, self.visit.settle(conflict, value=value, why=why), None, said)

            await self.app.push_screen(AskText(_("Why this answer?"), said, usual=usual_reasons(None, ())), answered)

        try:
            await ask_value(self.app, filling, conflict.path, self.tag, self.visit.today, given)
        except KeyError:
            self.say(_("The question is not asked any more; take one of the sides."), "bold $doubt")

    async def command_leave_open(self) -> None:
        """Nothing; leaves the conflict open with a question to the colleagues, and goes to the next."""
        from assessor_tui.tui.windows.dialog import AskText

        case = self.case
        assert case is not None

        def asked(text: str | None) -> None:
            if text:
                recorded = self.visit.record(acts.COMMENT, case.conflict.form, case.conflict.path, text)
                self.did(recorded)
                if recorded.entries:
                    self.say(_("Left open. Your question travels with the next bundle."))
                    self.command_next_conflict()

        usual = (
            _("Please look at it again together and say what you saw."),
            _("Who has the document for this?"),
            _("When and where did you see this?"),
        )
        text = _("What shall the colleagues be asked? It stands as a comment at the question.")
        await self.app.push_screen(AskText(_("Leave open"), text, usual=usual), asked)

    def talked_about(self) -> list[tuple[str, str]]:
        """The place of the conflict that the page shows."""
        return [(self.case.conflict.form, self.case.conflict.path)] if self.case is not None else []

    async def command_settle_many(self) -> None:
        """Nothing; settles many conflicts at once, after every change was looked at."""
        from assessor_tui.tui.windows.bulk_settle import settle_many

        if self.visit.signed:
            self.say(_("The visit is signed. Reopen it with a reason before changing anything."), "bold $doubt")
            return
        case = self.case
        await settle_many(self, case.conflict if case is not None and case.settled is None else None, self.tag)

    # What waits beside conflicts

    async def _see_to(self, waits: "Waits", number: int) -> None:
        """Nothing; what the digit means for what is shown."""
        from assessor_tui import waiting
        from assessor_tui.carry.naming import Alike
        from assessor_tui.ledger.conflicts import EqualRows
        from assessor_tui.store.clocks import ClockAhead

        if isinstance(waits.about, EqualRows):
            await self._see_to_rows(waits.about, number)
        elif waits.kind in (waiting.GAP, waiting.FILES) and number == 1:
            await self._request()
        elif waits.kind == waiting.HELD and number == 1:
            await self.command_held_here()
        elif waits.kind == waiting.RULE and number == 1:
            await self.program.go(WALK, f"{waits.form}/{waits.path}")
        elif isinstance(waits.about, ClockAhead) and number == 1:
            await self._note_clock(waits.about)
        elif isinstance(waits.about, Alike) and number in (1, 2):
            await self._see_to_alike(waits.about, same=number == 1)
        else:
            self.say(_("There is no side {number} here.").format(number=number), "bold $doubt")

    async def _see_to_rows(self, rows: "EqualRows", number: int) -> None:
        from assessor_tui.settling import join_rows, keep_apart
        from assessor_tui.tui.shown.conflicts import row_number

        visit = self.visit
        if number > len(rows.rows) + 1:
            self.say(_("There is no side {number} here.").format(number=number), "bold $doubt")
            return
        apart = number == len(rows.rows) + 1
        if apart:
            title, text = _("Why are these rows of their own?"), ""
            usual: tuple[str, ...] = (_("two things of one name"), _("seen together on site"), _("agreed by the team"))
        else:
            keep = rows.rows[number - 1]
            title = _("Why is this one row?")
            text = _("{row} stays; the others go into it.").format(row=row_number(visit, rows.form, keep))
            usual = (_("the same thing, entered twice"), _("seen together on site"), _("agreed by the team"))

        def answered(why: str) -> "Recorded":
            return keep_apart(visit, rows, why) if apart else join_rows(visit, rows, rows.rows[number - 1], why)

        await self._with_reason(title, text, usual, answered, _("Decided. Ctrl+Z takes all of it back."))

    async def _note_clock(self, clock: "ClockAhead") -> None:
        from assessor_tui.i18n.waiting_words import clock_words
        from assessor_tui.ledger.clock import DAY
        from assessor_tui.ledger.state import device_letters
        from assessor_tui.settling import note_clock

        people = {entry.device: entry.person for _digest, entry in self.visit.state.entries()}
        ahead = _("The clock of laptop {device} was {days} days ahead; the times shown for it are wrong by that.")
        usual = (ahead.format(device=device_letters(clock.device), days=clock.ahead // DAY),)
        text = clock_words(clock, people.get(clock.device, ""))
        noted = _("Noted. It travels as a comment on the visit.")
        await self._with_reason(
            _("The true time"), text, usual, lambda said: note_clock(self.visit, clock, said), noted
        )

    async def _see_to_alike(self, alike: "Alike", *, same: bool) -> None:
        from assessor_tui.settling import say_different
        from assessor_tui.trust.own import own_role
        from assessor_tui.trust.roles import may

        if not may(own_role(self.program.store), acts.LINK):
            self.say(_("By the roster only the team lead says which visits are one."), "bold $doubt")
            return

        def answered(why: str) -> "Recorded":
            if not same:
                return say_different(self.visit, alike.other, why)
            from assessor_tui.visit import Visit

            other = Visit(self.program.store, alike.other, new_id=self.visit.new_id)
            linked = other.record(acts.LINK, "", "", self.visit.id, why=why)
            return linked if linked.problems else self.visit.record(acts.LINK, "", "", alike.other, why=why)

        if same:
            usual: tuple[str, ...] = (_("one visit, entered on two laptops"), _("agreed by the team"))
            title, done = _("Why are they one visit?"), _("Linked.")
        else:
            usual = (_("two sites of one name"), _("two visits on one day"), _("agreed by the team"))
            title, done = _("Why are they not the same?"), _("Recorded: they are not the same.")
        await self._with_reason(title, "", usual, answered, done)

    async def _with_reason(
        self, title: str, text: str, usual: Sequence[str], record: "Callable[[str], Recorded]", done: str
    ) -> None:
        from assessor_tui.tui.windows.dialog import AskText

        if self.program.store.device is None:
            self.say(_("Say first who works on this laptop: on the page of visits."), "bold $doubt")
            return

        def answered(why: str | None) -> None:
            if why:
                recorded = record(why)
                self.did(recorded)
                if recorded.entries:
                    self.say(done)

        await self.app.push_screen(AskText(title, text, usual=usual), answered)

    async def _request(self) -> None:
        """Nothing; writes a file that asks the colleagues for what has not arrived."""
        from assessor_tui.bundle.seal import REQUEST
        from assessor_tui.tui.windows.bundles import write_dialog
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(self, lambda: write_dialog(self, self.visit, REQUEST))
