"""Conflicts: what two laptops said differently, side by side, and the decision with its reason.

The list holds everything that waits because several laptops worked on the visit, the most urgent first. Beside it what
others have decided and changed, how far two people agree, and what the last merge brought.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from assessor_tui.tui.commands import CONFLICTS, FINDINGS, WALK, bindings
from assessor_tui.tui.pages.conflicts_decide import Decides, is_open
from assessor_tui.tui.shown.conflict_card import ConflictModel, conflict_lines, effect_lines
from assessor_tui.tui.widgets.card import Card, CardLine, TextPage, page_lines
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.views import View, Views
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.ledger.state import Head
    from assessor_tui.tui.shown.conflict_effect import Effect
    from assessor_tui.tui.shown.conflicts import Case, Side
    from assessor_tui.visit import Recorded
    from assessor_tui.waiting import Waits

OPEN, DECIDED, CHANGED, AGREEMENT, TAKEN = "open", "decided", "changed", "agreement", "taken"
VIEWS = (OPEN, DECIDED, CHANGED, AGREEMENT, TAKEN)
_LISTED = (DECIDED, CHANGED)
"""Views with the list above and the words about one line below."""
_PAGES = (AGREEMENT, TAKEN)
"""Views without a list."""

EFFECT_SECONDS = 0.06
"""Quiet after which the effect on the score is computed, so that going through the list stays quick."""


class EffectBar(Card):
    """What each side does to the score, always in sight under the card."""

    DEFAULT_CSS = "EffectBar { height: 4; border-top: solid $rule; }"


def effect_page(model: ConflictModel, width: int) -> list[CardLine]:
    """The lines of the effect, or a word while they are computed."""
    if model.now is None and model.sides:
        return []
    return effect_lines(model, width)


class ConflictsScreen(Decides):
    """The page of conflicts."""

    PLACE = CONFLICTS
    BINDINGS: ClassVar[list[Any]] = bindings(CONFLICTS)
    DEFAULT_CSS = """
    ConflictsScreen #whole { height: 1fr; width: 1fr; }
    ConflictsScreen #middle.-below { border-top: solid $rule; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = OPEN
        self.mine = False
        """True while only conflicts that are the person's are shown."""
        self.kind = ""
        """The one kind that is shown; ``""`` for all."""
        self.card_tag = ""
        self.decided: Sequence[Head] = ()
        self.new: frozenset[str] = frozenset()
        """Decisions of others that have arrived since they were last looked at."""
        self.changed_entries: Sequence[Entry] = ()
        self._beside: tuple[int, Sequence[Waits]] = -1, ()
        """Number of entries of which it was found out, and what waits beside conflicts."""
        self._alike: Sequence[Waits] = ()
        self._looked_for_alike = -1
        self._effects: dict[tuple[int, tuple[str, str, str]], tuple[Effect, tuple[Effect | None, ...]]] = {}

    def body(self) -> ComposeResult:
        """The lists' names, the list, the card, the effect on the score."""
        with Vertical(id="whole"):
            yield Views(id="views")
            with Container(id="both", classes="body"):
                yield VirtualList(self.draw_row, id="cases", classes="side drawer")
                with Vertical(id="middle", classes="pane"):
                    yield Card(ConflictModel(), lines=conflict_lines, id="card")
                    yield Card(TextPage(), lines=page_lines, id="page")
                    yield EffectBar(ConflictModel(), lines=effect_page, id="effect")

    def on_mount(self) -> None:
        """Nothing; the keys belong to the screen, not to the list."""
        rows = self.query_one("#cases", VirtualList)
        rows.can_focus = False
        rows.empty = _("None.")
        self.query_one("#effect").display = False
        self.query_one("#card").display = False
        self.query_one("#page", Card).show(TextPage(empty=_("The visit is being opened.")))

    # What is shown

    @property
    def tag(self) -> str:
        """Language of the card."""
        return self.card_tag or language()

    @property
    def _row(self) -> Any:
        return self.query_one("#cases", VirtualList).row

    @property
    def case(self) -> "Case | None":
        """The conflict that is shown."""
        from assessor_tui.tui.shown.conflicts import Case

        row = self._row
        return row if self.view == OPEN and isinstance(row, Case) else None

    @property
    def waits(self) -> "Waits | None":
        """What is shown that waits beside the conflicts."""
        from assessor_tui.waiting import Waits

        row = self._row
        return row if self.view == OPEN and isinstance(row, Waits) else None

    def show(self, target: str = "") -> None:
        """Nothing; draws the list and the conflict at ``target``."""
        self._look()
        if target and any(_target(row) == target for row in self.rows):
            self.view = OPEN
        at = next((index for index, row in enumerate(self.rows) if _target(row) == target), None)
        self._show_at(at)

    def show_row(self, row: "Case | Waits") -> None:
        """Nothing; draws everything again, with the cursor on this row."""
        self._look()
        self._show_at(next((index for index, each in enumerate(self.rows) if each.key == row.key), None))

    def _look(self) -> None:
        """Nothing; finds out anew what waits and what others have done."""
        from assessor_tui.tui.shown.conflicts import rows_of_list
        from assessor_tui.waiting import changed_by_others, new_since_looked, others_waiting, settled_by_others

        visit = self.visit
        count = len(visit.state)
        if self._beside[0] != count:
            self._beside = count, others_waiting(visit)
        if self._looked_for_alike < 0:
            self._looked_for_alike = count
            self._look_for_alike()
        beside = [*self._beside[1], *self._alike]
        rows = rows_of_list(visit, beside, self.kind)
        if self.kind and not rows:
            self.kind = ""
            rows = rows_of_list(visit, beside)
        self.rows = self._only_mine(rows) if self.mine else rows
        self.decided = settled_by_others(visit)
        self.new = new_since_looked(visit, self.decided)
        self.changed_entries = [entry for _digest, entry in changed_by_others(visit.state)]

    def _only_mine(self, rows: "Sequence[Case | Waits]") -> "Sequence[Case | Waits]":
        from assessor_tui.tui.shown.conflicts import Case
        from assessor_tui.tui.shown.mine import mine_in

        is_mine = mine_in(self.visit)
        return [
            row
            for row in rows
            if (
                is_mine([(row.conflict.form, row.conflict.path)], [entry for _digest, entry in row.conflict.heads])
                if isinstance(row, Case)
                else is_mine([(row.form, row.path)], [])
            )
        ]

    @work(thread=True, group="alike", exclusive=True)
    def _look_for_alike(self) -> None:
        """Nothing; looks among all visits of this laptop for one that is the same, beside the keys."""
        from assessor_tui.waiting import visits_alike

        found = visits_alike(self.visit)
        if found:
            self.app.call_from_thread(self._found_alike, found)

    def _found_alike(self, found: "Sequence[Waits]") -> None:
        self._alike = found
        if self.is_current:
            row = self._row if self.view == OPEN else None
            self.show_row(row) if row is not None else self.show()

    def _show_at(self, at: int | None) -> None:
        rows = self.query_one("#cases", VirtualList)
        self._lay_out()
        if self.view == OPEN:
            rows.set_rows(self.rows, at if at is not None else min(max(rows.cursor, 0), len(self.rows)))
        elif self.view in _LISTED:
            listed = self.decided if self.view == DECIDED else self.changed_entries
            rows.set_rows([] if self.onlookers else listed)
        else:
            rows.set_rows([])
        self._draw()
        self.show_header()

    def _lay_out(self) -> None:
        """A conflict has its list beside it; what others did has it above, with the words about one line below."""
        both, rows, middle = self.query_one("#both"), self.query_one("#cases"), self.query_one("#middle")
        lines = self.view in _LISTED
        both.styles.layout = "vertical" if lines else "horizontal"
        rows.styles.width = "1fr" if lines else None
        rows.styles.border = ("none", "transparent") if lines else None
        rows.styles.display = "block" if lines else None
        middle.styles.height = 8 if lines else None
        middle.set_class(lines, "-below")

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws everything again: a decision changes the list."""
        self._alike = [each for each in self._alike if each.key not in self._decided_alike()]
        self.show()

    def _decided_alike(self) -> set[tuple[str, str, str]]:
        from assessor_tui.ledger.entry import LINK
        from assessor_tui.ledger.value import names

        said = [entry.value for _digest, entry in self.visit.state.standing_acts(LINK)]
        others = [each if isinstance(each, str) else (names(each) or ("",))[-1] for each in said]
        return {("alike", "", other) for other in others}

    def language_changed(self) -> None:
        """Nothing; the card follows the program's language again."""
        self.card_tag = ""

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; shows what the cursor stands on."""
        self._draw()

    def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; a second click closes the list on a narrow screen."""
        self.toggle_drawer(self.query_one("#cases"), show=False) if not self.has_class("-wide") else None

    def on_resize(self) -> None:
        """Nothing; how much fits has changed."""
        if self.program.visit is not None:
            self._draw()

    # Drawing

    def _draw(self) -> None:
        """Draws what the cursor stands on."""
        if self.program.visit is None:
            return
        card, page, effect = self.query_one("#card", Card), self.query_one("#page", Card), self.query_one("#effect")
        case, waits = self.case, self.waits
        card.display = case is not None
        page.display = not card.display
        self.query_one("#cases").set_class(self.view in _PAGES, "-closed")
        open_now = sum(map(is_open, self.rows))
        position = ""
        if case is not None or waits is not None:
            row = self._row
            self.target = _target(row)
            index = self.query_one("#cases", VirtualList).cursor + 1
            position = (
                _("conflict {number} of {count}").format(number=index, count=open_now)
                if is_open(row)
                else _("settled {number} of {count}").format(number=index - open_now, count=len(self.rows) - open_now)
            )
        if case is not None:
            model = self._model(case)
            low = self.size.height < 24
            effect.display = model.now is not None and not low
            card.show(model._replace(with_effects=low))
            if isinstance(effect, Card):
                effect.show(model)
            if not self.onlookers and self._key(case) not in self._effects:
                self.set_timer(EFFECT_SECONDS, lambda: self._compute(case))
        else:
            effect.display = False
            page.show(self._page())
        self.query_one(Views).show(self._views(open_now), self.view, position)
        self._hints()

    def _views(self, open_now: int) -> list[View]:
        changed, decided, new = len(self.changed_entries), len(self.decided), len(self.new)
        mine = (_("My conflicts {count}") if self.mine else _("Conflicts {count}")).format(count=open_now)
        if self.kind:
            from assessor_tui.i18n.waiting_words import kind_words

            mine = f"{kind_words(self.kind)} {open_now}"
        told = _("{count}, {new} new").format(count=decided, new=new) if new else str(decided)
        return [
            View(OPEN, mine, mine),
            View(
                DECIDED,
                _("Decided by others {count}").format(count=told),
                _("Decided {count}").format(count=told),
                bool(new),
            ),
            View(
                CHANGED,
                _("Changed by someone else {count}").format(count=changed),
                _("Changed {count}").format(count=changed),
            ),
            View(AGREEMENT, _("Agreement"), _("Agree")),
            View(TAKEN, _("Taken in"), _("Taken")),
        ]

    def _hints(self) -> None:
        case, waits = self.case, self.waits
        bar = self.query_one(HintBar)
        if waits is not None:
            from assessor_tui.ledger.conflicts import EqualRows

            count = len(waits.about.rows) + 1 if isinstance(waits.about, EqualRows) else 1
            keys = {"choose": f"1-{count}" if count > 1 else "1"}
            bar.show(("write_new", "leave_open"), {"choose": _("see to it")}, keys)
            return
        if case is None:
            bar.show(("choose", "write_new", "leave_open", "next_conflict", "card_language", "settle_many"))
            return
        count = len(self._sides(case))
        labels = {"choose": _("take this side") if case.settled is None else _("decide otherwise")}
        conflict = case.conflict
        no_answer = not conflict.path or conflict.path.endswith("]") or not self.visit.may_settle(conflict)
        unavailable = ("write_new",) if no_answer else ()
        bar.show(unavailable, labels, {"choose": f"1-{count}" if count > 1 else "1"})

    def _sides(self, case: "Case") -> "tuple[Side, ...]":
        from assessor_tui.tui.shown.conflicts import sides_of

        return sides_of(self.visit, case, self.tag, hidden=self.onlookers)

    def _model(self, case: "Case") -> ConflictModel:
        from assessor_tui.tui.shown.conflict_lines import conflict_model

        known = None if self.onlookers else self._effects.get(self._key(case))
        return conflict_model(
            self.visit,
            case,
            self._sides(case),
            self.tag,
            second=self.has_class("-wide"),
            hidden=self.onlookers,
            effects=known,
        )

    def _key(self, case: "Case") -> tuple[int, tuple[str, str, str]]:
        return len(self.visit.state), case.key

    def _compute(self, case: "Case", known: "tuple[Effect | None, ...]" = ()) -> None:
        """The effect of one side after the other, so that keys are never kept waiting for all of them."""
        if self.program.visit is None or self.case is not case or self._key(case) in self._effects:
            return
        from assessor_tui.tui.shown.conflict_effect import effect_now, effect_of

        sides = self._sides(case)
        known = (*known, effect_of(self.visit, self.results, case.conflict, sides[len(known)]))
        if known[0] is None:
            return  # what this conflict is about has no points
        if len(known) < len(sides):
            self.set_timer(EFFECT_SECONDS / 3, lambda: self._compute(case, known))
            return
        self._effects = {self._key(case): (effect_now(self.visit, self.results, case.conflict.form), known)}
        self._draw()

    def draw_row(self, row: Any, width: int, cursor: bool) -> Content:
        """One line of the list."""
        from assessor_tui.tui.shown.conflict_lines import list_line

        return list_line(self.visit, row, self.tag, width, new=self.new)

    def _page(self) -> TextPage:
        """What stands in place of a conflict."""
        from assessor_tui.tui.shown import decided

        row, waits = self._row, self.waits
        if waits is not None:
            return decided.waits_page(self.visit, waits, self.tag)
        if self.onlookers and self.view in (*_LISTED, AGREEMENT):
            return TextPage(empty=_("Hidden from people looking on."))
        if self.view == DECIDED:
            nothing = TextPage(empty=_("Nobody else has decided anything here."))
            return decided.changed_page(self.visit, row[1], self.tag) if row is not None else nothing
        if self.view == CHANGED:
            nothing = TextPage(empty=_("Nobody changed what a colleague had said."))
            return decided.changed_page(self.visit, row, self.tag) if row is not None else nothing
        if self.view == AGREEMENT:
            return decided.agreement_page(self.visit, self.tag)
        if self.view == TAKEN:
            from assessor_tui.tui.windows.bundles import TAKEN as BROUGHT

            store = self.program.store
            wanted = {each.sha256 for each in store.all_evidence("wanted")}
            brought = store.local(self.visit.id, BROUGHT, [])
            return decided.taken_page(self.visit, brought, wanted, sum(map(is_open, self.rows)))
        return decided.nothing_page()

    # Going about

    def action_view(self, view: str, mine: bool = False) -> None:
        """Nothing; shows another of the lists; of the conflicts all, or those that are the person's."""
        if self.view == DECIDED and view != DECIDED:
            from assessor_tui.waiting import looked_at

            looked_at(self.visit, self.decided)
        self.view, self.mine = view, mine
        self.query_one("#cases", VirtualList).set_rows([], 0)
        self.show()

    def command_filter(self) -> None:
        """Nothing; the next of the lists; after the last one the conflicts that are the person's."""
        if self.view == VIEWS[-1] and any(map(is_open, self.rows)):
            from assessor_tui.tui.shown.mine import mine_words

            self.action_view(OPEN, mine=True)
            self.say(mine_words(self.visit))
        elif self.mine:
            self.action_view(OPEN)
        else:
            self.action_view(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

    async def command_kinds(self) -> None:
        """Nothing; shows one kind only, chosen from those there are with their counts."""
        from assessor_tui.i18n.waiting_words import kind_words
        from assessor_tui.tui.windows.dialog import Choose, Option
        from assessor_tui.waiting import conflicts_waiting, counts

        many = counts([*conflicts_waiting(self.visit), *self._beside[1], *self._alike])
        if not many:
            self.say(_("Nothing waits here."))
            return
        options = [Option("", _("all kinds"), str(sum(many.values())))]
        options += [Option(kind, kind_words(kind), str(count)) for kind, count in many.items()]

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self.kind = kind
                self.action_view(OPEN)

        await self.app.push_screen(Choose(_("Show which kind?"), options), chosen)

    def command_list(self) -> None:
        """Nothing; shows or hides the list."""
        self.toggle_drawer(self.query_one("#cases"))

    def command_page_down(self) -> None:
        """Nothing; scrolls the conflict."""
        self._scroll(1)

    def command_page_up(self) -> None:
        """Nothing; scrolls the conflict back."""
        self._scroll(-1)

    def _scroll(self, pages: int) -> None:
        self.query_one("#card" if self.case is not None else "#page", Card).scroll_page(pages)

    def command_next_conflict(self) -> None:
        """Nothing; the next conflict that is open, from the first again after the last."""
        if self.query("#cases.-open"):
            self.toggle_drawer(self.query_one("#cases"), show=False)
            return
        rows = self.query_one("#cases", VirtualList)
        count = len(self.rows)
        for step in range(1, count + 1):
            index = (rows.cursor + step) % count
            if self.view == OPEN and is_open(self.rows[index]):
                if index == rows.cursor:
                    break
                rows.move_cursor(index)
                return
        self.say(_("There is no other open conflict."))

    def _place(self) -> tuple[str, str] | None:
        """Form and path of what the cursor stands on; None when it stands on nothing."""
        row = self._row
        if row is None:
            return None
        if self.case is not None:
            return self.case.conflict.form, self.case.conflict.path
        entry = row[1] if self.view == DECIDED else row
        return entry.form, entry.path

    async def command_open_question(self) -> None:
        """Nothing; goes to the question in the walk, or to the finding."""
        place = self._place()
        if place is None:
            self.say(_("There is nothing to go to."), "bold $doubt")
            return
        form, path = place
        if not form or not path:
            self.say(_("This is about the whole visit."), "bold $doubt")
            return
        await self.program.go(FINDINGS if form == self.visit.scheme.findings_form else WALK, f"{form}/{path}")

    def command_card_language(self) -> None:
        """Nothing; shows the conflict in the next language."""
        self.card_tag = LANGUAGES[(LANGUAGES.index(self.tag) + 1) % len(LANGUAGES)]
        self.query_one("#cases", VirtualList).refresh_all()
        self._draw()
        self.say(_("This card: {name}").format(name=LANGUAGE_NAMES[self.card_tag]))

    async def command_history(self) -> None:
        """Nothing; who answered what, when and why."""
        from assessor_tui.tui.windows.history import History

        place = self._place()
        if self.onlookers:
            self.say(_("History is hidden. The same key as before shows it again."), "bold $doubt")
        elif place is not None:
            await self.app.push_screen(History(self.visit, *place, self.tag))


def _target(row: "Case | Waits") -> str:
    """``form/path`` of what a line is about."""
    from assessor_tui.waiting import Waits

    return f"{row.form}/{row.path}" if isinstance(row, Waits) else row.target
