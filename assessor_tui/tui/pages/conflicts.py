"""Conflicts: what two laptops said differently, side by side, and the decision with its reason.

Beside them what was changed by someone else, and what the last merge brought.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Value
from assessor_tui.tui.commands import CONFLICTS, FINDINGS, REVIEW, WALK, bindings
from assessor_tui.tui.shown.conflict_card import ConflictModel, conflict_lines, effect_lines
from assessor_tui.tui.visit_screen import VisitScreen
from assessor_tui.tui.widgets.card import Card, CardLine, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.hint_bar import HintBar, LineBar
from assessor_tui.tui.widgets.text import Piece, content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.tui.shown.conflicts import Case, Effect, Side
    from assessor_tui.visit import Recorded

OPEN, CHANGED, TAKEN = "open", "changed", "taken"
VIEWS = (OPEN, CHANGED, TAKEN)

EFFECT_SECONDS = 0.06
"""Quiet after which the effect on the score is computed, so that going through the list stays quick."""


class Views(LineBar):
    """Which of the three lists is shown, and where in it one is."""

    DEFAULT_CSS = "Views { background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.current = OPEN
        self.mine = False
        self.counts: tuple[int, int] = (0, 0)
        self.position = ""
        self._spans: list[tuple[int, int, str]] = []

    def show(self, current: str, counts: tuple[int, int], position: str, *, mine: bool) -> None:
        """Nothing; shows another state."""
        self.current, self.counts, self.position, self.mine = current, counts, position, mine
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The names with their counts, the present one in brackets."""
        names = {
            OPEN: (_("My conflicts {count}") if self.mine else _("Conflicts {count}")).format(count=self.counts[0]),
            CHANGED: _("Changed by someone else {count}").format(count=self.counts[1]),
            TAKEN: _("Taken in"),
        }
        pieces: list[Piece] = [" "]
        self._spans = []
        at = 1
        for view in VIEWS:
            text = f"[{names[view]}]" if view == self.current else f" {names[view]} "
            pieces += [(text, "bold $accent-text" if view == self.current else ""), " "]
            self._spans.append((at, at + width_of(text), view))
            at += width_of(text) + 1
        return [left_right(content(*pieces), content((safe(self.position), ""), " "), width)]

    async def _on_click(self, event: Any) -> None:
        event.stop()
        for start, end, view in self._spans:
            if start <= event.x < end:
                await self.screen.run_action(f"view('{view}')")
                return


class EffectBar(Card):
    """What each side does to the score, always in sight under the card."""

    DEFAULT_CSS = "EffectBar { height: 4; border-top: solid $rule; }"


def effect_page(model: ConflictModel, width: int) -> list[CardLine]:
    """The lines of the effect, or a word while they are computed."""
    if model.now is None and model.sides:
        return []
    return effect_lines(model, width)


class ConflictsScreen(VisitScreen):
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
        self.card_tag = ""
        self.cases: Sequence[Case] = ()
        self.changed_entries: Sequence[Entry] = ()
        self._effects: dict[tuple[int, tuple[str, str, str]], tuple[Effect, tuple[Effect | None, ...]]] = {}

    def body(self) -> ComposeResult:
        """The three lists' names, the list, the card, the effect on the score."""
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

    # Drawing

    @property
    def tag(self) -> str:
        """Language of the card."""
        return self.card_tag or language()

    @property
    def case(self) -> "Case | None":
        """The conflict that is shown."""
        row = self.query_one("#cases", VirtualList).row
        return row if self.view == OPEN else None

    def show(self, target: str = "") -> None:
        """Nothing; draws the list and the conflict at ``target``."""
        from assessor_tui.tui.shown.conflicts import cases

        visit = self.visit
        self.cases = cases(visit)
        if self.mine and any(case.target == target for case in self.cases):
            self.mine = False
        if self.mine:
            from assessor_tui.tui.shown.mine import mine_in

            is_mine = mine_in(visit)
            said = [(case, case.conflict) for case in self.cases]
            self.cases = [c for c, o in said if is_mine([(o.form, o.path)], [entry for _digest, entry in o.heads])]
        self.changed_entries = [entry for _digest, entry in reversed(visit.state.changed_by_someone_else())]
        if target and any(case.target == target for case in self.cases):
            self.view = OPEN
        rows = self.query_one("#cases", VirtualList)
        self._lay_out()
        if self.view == OPEN:
            at = next((index for index, case in enumerate(self.cases) if case.target == target), None)
            rows.set_rows(self.cases, at if at is not None else min(max(rows.cursor, 0), len(self.cases)))
        elif self.view == CHANGED:
            rows.set_rows([] if self.onlookers else self.changed_entries)
        else:
            rows.set_rows([])
        self._draw()
        self.show_header()

    def _lay_out(self) -> None:
        """A conflict has its list beside it; what was changed has it above, with the words about one line below."""
        both, rows, middle = self.query_one("#both"), self.query_one("#cases"), self.query_one("#middle")
        lines = self.view == CHANGED
        both.styles.layout = "vertical" if lines else "horizontal"
        rows.styles.width = "1fr" if lines else None
        rows.styles.border = ("none", "transparent") if lines else None
        rows.styles.display = "block" if lines else None
        middle.styles.height = 8 if lines else None
        middle.set_class(lines, "-below")

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws everything again: a decision changes the list."""
        self.show()

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

    def _draw(self) -> None:
        """Draws what the cursor stands on."""
        if self.program.visit is None:
            return
        card, page, effect = self.query_one("#card", Card), self.query_one("#page", Card), self.query_one("#effect")
        case = self.case
        card.display = self.view == OPEN and case is not None
        page.display = not card.display
        self.query_one("#cases").set_class(self.view == TAKEN, "-closed")
        open_now = sum(each.settled is None for each in self.cases)
        position = ""
        if case is not None:
            self.target = case.target
            index = self.cases.index(case) + 1
            position = (
                _("conflict {number} of {count}").format(number=index, count=open_now)
                if case.settled is None
                else _("settled {number} of {count}").format(number=index - open_now, count=len(self.cases) - open_now)
            )
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
        self.query_one(Views).show(self.view, (open_now, len(self.changed_entries)), position, mine=self.mine)
        self._hints(case)

    def _hints(self, case: "Case | None") -> None:
        if case is None:
            self.query_one(HintBar).show(("choose", "write_new", "leave_open", "next_conflict", "card_language"))
            return
        count = len(self._sides(case))
        labels = {"choose": _("take this side") if case.settled is None else _("decide otherwise")}
        conflict = case.conflict
        no_answer = not conflict.path or conflict.path.endswith("]") or not self.visit.may_settle(conflict)
        unavailable = ("write_new",) if no_answer else ()
        self.query_one(HintBar).show(unavailable, labels, {"choose": f"1-{count}" if count > 1 else "1"})

    def _sides(self, case: "Case") -> "tuple[Side, ...]":
        from assessor_tui.tui.shown.conflicts import sides_of

        return sides_of(self.visit, case, self.tag, hidden=self.onlookers)

    def _model(self, case: "Case") -> ConflictModel:
        from assessor_tui.form.model import in_language
        from assessor_tui.tui.shown import conflicts as of

        visit, conflict, tag = self.visit, case.conflict, self.tag
        number, label = of.place_words(visit, conflict.form, conflict.path, tag)
        second = ""
        if self.has_class("-wide"):
            other = "en-HK" if tag != "en-HK" else "zh-Hans-CN" if language() == "zh-Hans-CN" else "zh-Hant-HK"
            second = of.place_words(visit, conflict.form, conflict.path, other)[1]
        sides = self._sides(case)
        notes, comments = ((), ()) if self.onlookers else of.others_said(visit, conflict)
        now, effects = (None, ()) if self.onlookers else self._effects.get(self._key(case), (None, ()))
        title = in_language(visit.forms[conflict.form].title, tag) if conflict.form in visit.forms else ""
        model = ConflictModel(
            number,
            label,
            second if second != label else "",
            of.kind_words(conflict.kind),
            sides,
            "" if self.onlookers else of.before_words(visit, conflict, tag),
            notes,
            comments,
            now=now,
            effects=effects,
            form_title=title,
        )
        if case.settled is not None:
            entry = case.settled[1]
            said = _("settled by {person}, {when}: {said}").format(
                person=entry.person, when=of.when_words(entry.at), said=of.said_words(visit, entry, tag)
            )
            otherwise = ((f"1-{len(sides)}", _("decide otherwise, with a reason")),)
            again = otherwise if visit.may_settle(conflict) else ()
            return model._replace(settled=said, why="" if self.onlookers else entry.why, to_do=again)
        to_do = of.what_to_do(conflict.kind, signed=not visit.may_settle(conflict), sides=len(sides))
        return model._replace(to_do=(*to_do, ("0", _("leave it open and ask the colleagues"))))

    def _key(self, case: "Case") -> tuple[int, tuple[str, str, str]]:
        return len(self.visit.state), case.key

    def _compute(self, case: "Case", known: "tuple[Effect | None, ...]" = ()) -> None:
        """The effect of one side after the other, so that keys are never kept waiting for all of them."""
        if self.program.visit is None or self.case is not case or self._key(case) in self._effects:
            return
        from assessor_tui.tui.shown.conflicts import effect_now, effect_of

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
        """One line of the list: a conflict, or what someone else has changed."""
        from assessor_tui.tui.shown import conflicts as of

        marks = glyphs()
        if isinstance(row, of.Case):
            number, label = of.place_words(self.visit, row.conflict.form, row.conflict.path, self.tag)
            mark = (f"{marks.conflict} ", "bold $doubt") if row.settled is None else (f"{marks.answered} ", "$good")
            return content(
                mark,
                (fit(number, max(width_of(number), 5)), "bold"),
                " ",
                safe(label or of.kind_words(row.conflict.kind)),
            )
        number, label = of.place_words(self.visit, row.form, row.path, self.tag)
        left = content((fit(number, max(width_of(number), 5)), "bold"), " ", safe(label))
        right = f"{row.person}  {of.when_words(row.at)}" if width >= 76 else row.person
        return left_right(left, content((fit(right, min(width_of(safe(right)), width // 2)), "$muted")), width)

    def _page(self) -> TextPage:
        """What stands in place of a conflict: what changed, what was taken, or that there is none."""
        if self.view == TAKEN:
            return self._taken_page()
        if self.view == CHANGED:
            if self.onlookers:
                return TextPage(empty=_("Hidden from people looking on."))
            row = self.query_one("#cases", VirtualList).row
            return (
                self._changed_page(row)
                if row is not None
                else TextPage(empty=_("Nobody changed what a colleague had said."))
            )
        return TextPage(
            parts=(
                Part("", (Remark(_("No conflict is open and none was settled."), "answered"),)),
                Part(
                    "",
                    (
                        Remark(
                            _("When laptops are merged (F4 on the overview), what they say differently stands here.")
                        ),
                    ),
                ),
            )
        )

    def _changed_page(self, entry: "Entry") -> TextPage:
        from assessor_tui.tui.shown import conflicts as of

        visit, tag = self.visit, self.tag
        number, label = of.place_words(visit, entry.form, entry.path, tag)
        before = [each for ref in entry.replaces if (each := visit.state.entry(ref[-32:])) is not None]
        was = [f"{of.said_words(visit, each, tag)}   {each.person}   {of.when_words(each.at)}" for each in before]
        is_now = f"{of.said_words(visit, entry, tag)}   {entry.person}   {of.when_words(entry.at)}"
        lines = [Remark(_("before: {said}").format(said=each)) for each in was]
        lines.append(Remark(_("now: {said}").format(said=is_now)))
        lines.append(
            Remark(
                _("because: {why}").format(why=entry.why) if entry.why else _("without a reason"),
                "" if entry.why else "warning",
            )
        )
        return TextPage(f"{number}  {label}".strip(), (Part("", tuple(lines)),))

    def _taken_page(self) -> TextPage:
        """What the last merge brought, and what of the answers was taken as it is."""
        from assessor_tui.tui.windows.bundles import TAKEN as BROUGHT

        brought = self.program.store.local(self.visit.id, BROUGHT, [])
        files = []
        for each in brought:
            said = ngettext("{count} new entry of {person}", "{count} new entries of {person}", each["new"])
            known = _("{count} known before").format(count=each["known"])
            files.append(
                Remark(
                    f"{each['file']}   {said.format(count=each['new'], person=each['sender'])}   {known}", "answered"
                )
            )
        alone, agreed, wanted = self._counts()
        open_now = sum(case.settled is None for case in self.cases)
        alone_words = ngettext(
            "{count} answer that only one laptop had", "{count} answers that only one laptop had", alone
        )
        agreed_words = ngettext(
            "{count} answer that is the same on several", "{count} answers that are the same on several", agreed
        )
        counts = [alone_words.format(count=alone), agreed_words.format(count=agreed)]
        open_words = ngettext(
            "{count} conflict waits for a decision", "{count} conflicts wait for a decision", open_now
        )
        wanted_words = ngettext(
            "{count} photo or document has not arrived", "{count} photos or documents have not arrived", wanted
        )
        waiting = [(open_now, open_words, "conflict"), (wanted, wanted_words, "warning")]
        parts = [
            Part(_("Last merge"), tuple(files) or (Remark(_("Nothing was merged on this laptop yet.")),)),
            Part(_("Taken as it is"), tuple(Remark(each, "answered") for each in counts)),
            Part(
                _("Laptops in this visit"),
                tuple(Remark(each) for each in self._laptops()),
            ),
        ]
        if any(count for count, _words, _state in waiting):
            parts.append(
                Part(
                    _("Not yet"),
                    tuple(Remark(words.format(count=count), state) for count, words, state in waiting if count),
                )
            )
        return TextPage(parts=tuple(parts))

    def _laptops(self) -> list[str]:
        from assessor_tui.ledger.state import device_letters
        from assessor_tui.tui.shown.conflicts import when_words

        lines = []
        for device in self.visit.state.devices():
            log = self.visit.state.log(device)
            last = log[-1][1]
            count = ngettext("{count} entry", "{count} entries", len(log)).format(count=len(log))
            latest = _("last {when}").format(when=when_words(last.at))
            lines.append(f"{device_letters(device)}  {last.person}   {count}   {latest}")
        return lines

    def _counts(self) -> tuple[int, int, int]:
        """Answers of one laptop alone, answers on which several agree, evidence files still to arrive."""
        state = self.visit.state
        alone = agreed = 0
        wanted: set[str] = set()
        here = {row.sha256 for row in self.program.store.all_evidence("wanted")}
        devices: dict[tuple[str, str], set[str]] = {}
        for _digest, entry in state.entries():
            if entry.act in acts.ANSWERING:
                devices.setdefault((entry.form, entry.path), set()).add(entry.device)
            about = getattr(entry.value, "about", None)
            if about and about.get("sha256") in here:
                wanted.add(about["sha256"])
        for (form, path), several in devices.items():
            standing = state.standing(form, path)
            if standing is None or standing.disputed or standing.status == "missing":
                continue
            if len(several) == 1:
                alone += 1
            elif len(standing.heads) > 1:
                agreed += 1
        return alone, agreed, len(wanted)

    # Going about

    def action_view(self, view: str, mine: bool = False) -> None:
        """Nothing; shows another of the three lists; of the conflicts all, or those that are the person's."""
        self.view, self.mine = view, mine
        self.query_one("#cases", VirtualList).set_rows([], 0)
        self.show()

    def command_filter(self) -> None:
        """Nothing; the next of the three lists; after the last one the conflicts that are the person's."""
        if self.view == VIEWS[-1] and any(case.settled is None for case in self.cases):
            from assessor_tui.tui.shown.mine import mine_words

            self.action_view(OPEN, mine=True)
            self.say(mine_words(self.visit))
        elif self.mine:
            self.action_view(OPEN)
        else:
            self.action_view(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

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
        self.query_one("#card" if self.view == OPEN else "#page", Card).scroll_page(pages)

    def command_next_conflict(self) -> None:
        """Nothing; the next conflict that is open, from the first again after the last."""
        if self.query("#cases.-open"):
            self.toggle_drawer(self.query_one("#cases"), show=False)
            return
        rows = self.query_one("#cases", VirtualList)
        count = len(self.cases)
        for step in range(1, count + 1):
            index = (rows.cursor + step) % count
            if self.view == OPEN and self.cases[index].settled is None:
                if index == rows.cursor:
                    break
                rows.move_cursor(index)
                return
        self.say(_("There is no other open conflict."))

    async def command_open_question(self) -> None:
        """Nothing; goes to the question in the walk, or to the finding."""
        row = self.query_one("#cases", VirtualList).row
        if row is None:
            self.say(_("There is nothing to go to."), "bold $doubt")
            return
        form, path = (row.conflict.form, row.conflict.path) if self.view == OPEN else (row.form, row.path)
        if not path:
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

        row = self.query_one("#cases", VirtualList).row
        if self.onlookers:
            self.say(_("History is hidden. The same key as before shows it again."), "bold $doubt")
        elif row is not None:
            form, path = (row.conflict.form, row.conflict.path) if self.view == OPEN else (row.form, row.path)
            await self.app.push_screen(History(self.visit, form, path, self.tag))

    # Deciding

    async def on_card_clicked(self, message: Card.Clicked) -> None:
        """Nothing; a click on a side or on a key runs what the key runs."""
        message.stop()
        what, _colon, key = message.target.partition(":")
        if what == "side":
            await self.action_command("choose", key)
        elif key == "n":
            await self.action_command("write_new")
        elif key == "0":
            await self.action_command("leave_open")
        elif key.isdecimal():
            await self.action_command("choose", key)

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now."""
        if command_id in ("choose", "write_new", "leave_open"):
            if self.view != OPEN or self.case is None:
                return _("There is no conflict here to decide.")
            if self.program.store.device is None:
                return _("Say first who works on this laptop: on the page of visits.")
        return ""

    async def command_choose(self, key: str) -> None:
        """Nothing; lets the side of this digit stand, once a reason is given."""
        from assessor_tui.ledger.state import FORK, SIGNED

        case, number = self.case, int(key)
        assert case is not None
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

    async def _ask_reason_for(self, case: "Case", side: "Side", sides: "Sequence[Side]") -> None:
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

    def _decided(self, case: "Case", recorded: "Recorded", side: "Side | None", said: str = "") -> None:
        """Says what was recorded and goes to the next open conflict."""
        at = self.query_one("#cases", VirtualList).cursor
        self.did(recorded)
        if not recorded.entries:
            return
        if case.settled is None:
            following = next((each for each in [*self.cases[at:], *self.cases[:at]] if each.settled is None), None)
            self.show(following.target if following is not None else case.target)
        else:
            self.show(case.target)
        left = sum(each.settled is None for each in self.cases)
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

    def command_undo(self) -> None:
        """Nothing; takes back this laptop's last act; a settled conflict is decided anew instead."""
        device = self.program.store.device
        log = self.visit.state.log(device.id) if device is not None else []
        last = next((entry for _digest, entry in reversed(log) if entry.act != acts.COMMENT), None)
        if last is not None and last.act == acts.SETTLE:
            self.show(f"{last.form}/{last.path}")
            self.say(_("A decision stays in the record. Choose again to decide otherwise."))
            return
        super().command_undo()
