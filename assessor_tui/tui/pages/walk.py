"""The walk: one question after the other on a card, its list beside it, what to look at on the other side.

On the way to the first frame: what needs logic (``outline``, ``question_card``) is imported when the visit is there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from assessor_tui.i18n import N_, _, language
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.commands import AT_PLACE, FIELD, FINDINGS, ROWS, WALK, bindings
from assessor_tui.tui.input_keys import MOST_DIGITS, plain_character
from assessor_tui.tui.pages.answering import NOTE, UNIT_KEYS, AnsweringPage, draft_key
from assessor_tui.tui.widgets.card import (
    Card,
    CardModel,
    ChoiceLine,
    Part,
    Remark,
    TextPage,
    best_fit,
    card_from,
    page_from,
    page_lines,
)
from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState
from assessor_tui.tui.widgets.hint_bar import HintBar, StatusLine
from assessor_tui.tui.widgets.outline_line import Line, beside, draw_line, is_heading, nearest, position
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.assess.places import SitePlace
    from assessor_tui.assess.sizes import Extent
    from assessor_tui.logic.filling import Filling
    from assessor_tui.tui.shown.outline import Moved
    from assessor_tui.tui.shown.places import EarlierFinding, There
    from assessor_tui.visit import Recorded

SNAPSHOT = "walk"
"""Key of the visit's local state: what the walk looked like, for the first frame of the next start."""
SHAPE = " ".join(
    field
    for model in (Line, CardModel, ChoiceLine, Remark, Part, TextPage, HeaderState)
    for field in ("2", *model._fields)
)
"""What a snapshot is made of."""
FLAGS = "flags"
ORDER = "walk order"
SECTION, PLACE = "section", "place"
AT = "walk place"
"""Key of the visit's local state: the place where one was, when walking by place."""


class EarlierRead(Message):
    """The open findings of earlier visits of a visit's site have been read."""

    def __init__(self, visit_id: str, found: "list[EarlierFinding]") -> None:
        super().__init__()
        self.visit_id = visit_id
        self.found = found


class WalkScreen(AnsweringPage):
    """The walk through a visit's questions."""

    PLACE = WALK
    WANTED: ClassVar[Mapping[str, str]] = {
        "proof": N_("Saved; it needs proof: F3 photo, F4 document. Enter goes on."),
        "note": N_("Saved; it needs a note: F2. Enter goes on."),
        "finding": N_("Saved; a finding is ready: F5 writes it. Enter goes on."),
    }
    DRAFT_KEPT = N_("Not saved; the text is kept as a draft. Tab goes on typing.")
    BINDINGS: ClassVar[list[Any]] = [
        *bindings(WALK),
        *UNIT_KEYS,
    ]
    DEFAULT_CSS = """
    WalkScreen .side { padding: 0 1 0 0; }
    WalkScreen #field { margin: 0 1 1 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()
        self.at = -1
        """Index of the line the card shows; -1 while there is none."""
        self.order = SECTION
        self.row = ""
        """``form/row path`` of the row that is being walked; its questions stand among the lines."""
        self.card_tag = ""
        """Language of the card, ``""`` for the program's."""
        self._form_lines: dict[str, list[Line]] = {}
        self._extent: Extent | None = None
        self._index: dict[str, int] = {}
        """``form/path`` -> index of its line."""
        self._stay = False
        """True when the lines were last made again where they stood: what changed is how they look."""
        self._index_at: dict[tuple[str, str], int] = {}
        """By place: name of the place and ``form/path`` -> index of its line; one question can stand at several."""
        self.site: tuple[SitePlace, ...] = ()
        """The places, while one walks by them."""
        self.at_place = ""
        """Name of the place where the card's line stands."""
        self._moved: Moved = {}
        self._there: dict[str, list[Line]] | None = None
        """What stands at the places besides questions; None when it has to be looked for, with what is known of it."""
        self._known_there: There | None = None
        self._earlier: tuple[str, list[EarlierFinding]] = ("", [])
        """Id of the visit and the open findings of those before it, once they have been read."""

    def body(self) -> ComposeResult:
        """Outline, card and guidance; on a narrow terminal outline and guidance are drawers."""
        yield VirtualList(draw_line, is_heading=is_heading, id="outline", classes="side drawer")
        with Vertical(classes="pane", id="middle"):
            yield Card(id="card")
        yield Card(TextPage(), lines=page_lines, id="guidance", classes="guidance drawer")

    @property
    def line(self) -> Line | None:
        """The line the card shows."""
        return self.lines[self.at] if 0 <= self.at < len(self.lines) else None

    # Drawing

    def on_mount(self) -> None:
        """Nothing; the keys belong to the screen, not to the list."""
        self.query_one("#outline").can_focus = False
        if self.program.visit is None:
            self.show_snapshot()

    def show_snapshot(self) -> None:
        """Nothing; draws what the walk looked like when it was left, until the visit is loaded."""
        kept = self.program.store.local(self.program.visit_id, SNAPSHOT, {})
        if kept.get("shape") != SHAPE:
            return  # none, or one of another version of the program
        self.target = kept["target"]
        self.lines = [Line(*line) for line in kept["lines"]]
        self.at = kept["at"]
        self.query_one("#outline", VirtualList).set_rows(self.lines, self.at)
        self.query_one("#card", Card).show(card_from(kept["card"]))
        self.query_one("#guidance", Card).show(page_from(kept["guidance"]))
        self.query_one(HeaderBar).show(HeaderState(**kept["header"]))
        self.query_one(HintBar).show(*kept["hints"])

    def show(self, target: str = "") -> None:
        """Nothing; draws everything, the card at ``target``: a question, a table, or (``place:NAME``) a place."""
        store = self.program.store
        place = ""
        if target.startswith(AT_PLACE):
            place, target = target.removeprefix(AT_PLACE), ""
            store.set_local(self.program.visit_id, ORDER, PLACE)
        self.order = store.local(self.program.visit_id, ORDER, SECTION)
        self._form_lines.clear()
        self._there = self._known_there = None
        if not self.at_place:
            self.at_place = store.local(self.program.visit_id, AT, "")
        wanted = target or self.target
        form, _slash, path = wanted.partition("/")
        if "[" in path:
            self.row = f"{form}/{path[: path.rindex(']') + 1]}"
        self._gather(self.visit.forms, wanted=wanted)
        self._read_earlier()
        index = self._first_at(place) if place else self._index_of(wanted)
        self.query_one("#outline", VirtualList).set_rows(self.lines, index)
        self.move_to(index, keep=False)
        # The list knows how far it can scroll once it is laid out; a key may have moved the card by then.
        self.call_after_refresh(lambda: self._follow(self.at))
        self.show_header()

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws the lines that the act has touched, and the card unless it is about to move on."""
        forms = {entry.form for _digest, entry in recorded.entries} | set(recorded.changes)
        touched = {entry.path for _digest, entry in recorded.entries}
        for changes in recorded.changes.values():
            touched |= changes.values | changes.relevance | changes.problems
        before, target = self.lines, self.target
        if any(path.startswith("team[") for path in touched):
            self.look_whose()
            self._there = None
        if self._moves_something(recorded, touched):
            self._there = None
            if self._known_there is not None:
                self._known_there.forget(forms)
        if self.visit.extent == self._extent:
            self._gather([form for form in forms if form in self.visit.forms], touched)
        else:
            self._there = self._known_there = None
            self._gather(self.visit.forms)  # what the visit asks has changed everywhere
        outline = self.query_one("#outline", VirtualList)
        here = self._index_of(target)
        if self._stay:
            outline.rows = self.lines
            for index, (old, new) in enumerate(zip(before, self.lines, strict=True)):
                if old is not new and old != new:
                    outline.refresh_row(index)
        else:
            outline.set_rows(self.lines, here)
        if self.going_on:
            self.at = here
        else:
            self.move_to(here)

    def _moves_something(self, recorded: "Recorded", touched: Collection[str]) -> bool:
        """True when the act may change which rows and findings stand at a place."""
        return any("[" in path for path in touched) or any(
            entry.act == acts.NOTE and self._earlier[1] for _digest, entry in recorded.entries
        )

    def _gather(self, forms: Iterable[str], touched: Collection[str] | None = None, *, wanted: str = "") -> None:
        """Makes the lines of these forms again (all of them, or those ``touched``), and all lines out of those.

        The line ``wanted``, else the present one, is shown also when the person does not cover it.
        """
        from assessor_tui.tui.shown import outline

        visit, results = self.visit, self.results
        self._extent = visit.extent
        flags = self.program.store.local(visit.id, FLAGS, [])
        asked = outline.Asked(self.tag, self.row, frozenset(flags), self.onlookers)
        for form in forms:
            if form == visit.scheme.findings_form:
                continue
            if touched is not None:
                known = {line.path: line for line in self._form_lines.get(form, ()) if line.kind == "question"}
                asked = asked._replace(known=known, touched=touched)
            self._form_lines[form] = outline.form_lines(visit, results, form, asked)
        lines = [line for form in visit.forms for line in self._form_lines.get(form, ())]
        if touched is None:
            self.look_whose()
        if self.covered is not None:
            lines = outline.only(lines, self.covered, wanted or self.target)
        self._index_at = {}
        if self.order == PLACE:
            lines = self._by_place(lines)
            self._index_at = {(line.place, line.target): index for index, line in enumerate(lines)}
        self._stay = len(lines) == len(self.lines) and all(
            old is new or old[:3] == new[:3] for old, new in zip(self.lines, lines, strict=True)
        )
        self.lines = lines
        if not (self._stay and self._index):
            # Where something stands at several places, the first of them is meant.
            self._index = {line.target: index for index, line in reversed([*enumerate(lines)]) if not is_heading(line)}

    def _by_place(self, lines: "list[Line]") -> "list[Line]":
        from assessor_tui.assess.places import places_of
        from assessor_tui.tui.shown import outline
        from assessor_tui.tui.shown.places import There

        visit = self.visit
        site = places_of(visit.scheme, visit.filling(visit.scheme.header_form))
        if site != self.site or self._there is None:
            self.site = site
            self._moved.clear()
            earlier = self._earlier[1] if self._earlier[0] == visit.id else ()
            if self._known_there is None:
                self._known_there = There()
            self._there = self._known_there.lines(visit, site, earlier, hidden=self.onlookers)
            if self.covered is not None:
                self._there = outline.only_there(self._there, self.covered, site)
        return outline.by_place(lines, site, self.tag, self._there, self._moved)

    @work(thread=True, exclusive=True, group="earlier")
    def _look_earlier(self, visit_id: str) -> None:
        """Reads what earlier visits of the site left open; other visits are opened for it, so not while keys wait."""
        from assessor_tui.store.errors import StoreError
        from assessor_tui.tui.shown.places import earlier_findings
        from assessor_tui.visit import Visit

        try:
            store = self.program.store
            found = earlier_findings(store, Visit(store, visit_id, new_id=self.program.new_id))
        except (StoreError, LookupError):
            found = []  # a visit that has not arrived whole; what is wrong with the ledger is said where it is opened
        self.post_message(EarlierRead(visit_id, found))

    def _read_earlier(self) -> None:
        if self.order == PLACE and self._earlier[0] != self.visit.id:
            self._earlier = (self.visit.id, [])
            self._look_earlier(self.visit.id)

    def on_earlier_read(self, message: "EarlierRead") -> None:
        """Nothing; shows what earlier visits left open at its places."""
        if message.found and self.program.visit is not None and self.visit.id == message.visit_id:
            self._earlier = (message.visit_id, message.found)
            if self.order == PLACE and self.lines:
                self._draw_again()

    def _draw_again(self) -> None:
        """Draws all lines again, the cursor where it was."""
        self._there = None
        self._gather(())
        index = self._index_of(self.target)
        self.query_one("#outline", VirtualList).set_rows(self.lines, index)
        if self.typing is None:
            self.move_to(index, keep=False)
        else:
            self.at = index
        self.show_header()

    def _index_of(self, target: str) -> int:
        """Index of the line at ``form/path``, of its table when it stands in a row, else of the nearest.

        By place the one at the place where one is, when it stands at several.
        """
        form, _slash, path = target.partition("/")
        while path:
            index = self._index_at.get((self.at_place, f"{form}/{path}"), self._index.get(f"{form}/{path}"))
            if index is not None:
                return index
            path = path.rpartition("/")[0] if "]" not in path[-1:] else path[: path.rindex("[")]
        if target:
            return nearest(self.lines, self.at)
        first: int = next((index for index, line in enumerate(self.lines) if line.is_open), -1)
        return first if first >= 0 else nearest(self.lines, 0)

    @property
    def tag(self) -> str:
        """Language of the card."""
        return self.card_tag or language()

    def move_to(self, index: int, *, keep: bool = True) -> None:
        """Nothing; the card shows the line at ``index``."""
        self.at = index
        line = self.line
        if line is None:
            self.query_one("#card", Card).show(CardModel(label=_("This visit has no questions.")))
            return
        self.target = line.target
        if self.order == PLACE:
            self.at_place = line.place
        self._follow(index)
        self.draw_card()
        self._show_hints(line)
        if keep:
            self.program.keep_soon()

    def _follow(self, index: int) -> None:
        """Moves the outline's cursor; when it comes near an edge, the list jumps so that what follows is seen."""
        outline = self.query_one("#outline", VirtualList)
        outline.move_cursor(index, tell=False)
        height, top = outline.size.height, outline.scroll_offset.y
        if height > 6 and not top + 2 <= index <= top + height - 3:
            outline.scroll_to(y=max(index - height // 3, 0), animate=False, immediate=True)

    def draw_question(self) -> None:
        """Nothing; draws the present line again, and keeps how the walk looks."""
        self.move_to(self.at)

    def draw_card(self) -> None:
        """Nothing; draws card and guidance of the present line, as much of both languages as there is room for."""
        line = self.line
        if line is None:
            return
        from assessor_tui.tui.shown import question_card

        card = self.query_one("#card", Card)
        guidance = self.query_one("#guidance", Card)
        if line.kind in ("placed", "finding", "earlier"):
            from assessor_tui.tui.shown.place_card import card_there

            earlier = next((e for e in self._earlier[1] if (e.visit, e.finding.path) == (line.form, line.path)), None)
            guidance.show(TextPage())
            card.show(card_there(self.visit, line, self.tag, earlier))
            return
        second = self.second
        draft = self.program.store.local(self.visit.id, draft_key(line.form, line.path), "")
        if self.order == PLACE:
            place = position(self._lines_at(line.place), line)
        else:
            place = position(self._form_lines.get(line.form, ()), line)
        look = question_card.Look(self.tag, second, self.onlookers, line.flagged, draft, place, self.placed)
        model = question_card.card_of(self.visit, line.form, line.path, look)
        page = question_card.guidance_of(self.visit, line.form, line.path, look)
        if guidance.display:
            guidance.show(page)
        width, height = card.scrollable_content_region.width or self.size.width, card.size.height or 17
        card.show(best_fit(model, page if not guidance.display else TextPage(), width, height))

    @property
    def standing_at(self) -> str:
        """As ``VisitScreen``."""
        return self.line.place if self.order == PLACE and self.line is not None else ""

    def _lines_at(self, place: str) -> Sequence[Line]:
        """The heading of a place and what stands under it."""
        first = next((at for at, line in enumerate(self.lines) if (line.kind, line.path) == ("place", place)), -1)
        if first < 0:
            return ()
        last = next((at for at in range(first + 1, len(self.lines)) if self.lines[at].kind == "place"), len(self.lines))
        return self.lines[first:last]

    @property
    def second(self) -> str:
        """Second language of the card: Chinese beside English, English beside Chinese."""
        if self.tag != "en-HK":
            return "en-HK"
        return "zh-Hans-CN" if self.program.language == "zh-Hans-CN" else "zh-Hant-HK"

    def _show_hints(self, line: Line) -> None:
        hints = self.query_one(HintBar)
        if line.kind in ("placed", "finding", "earlier"):
            away = ("photo", "document", "finding", "note", "answer") if line.kind == "earlier" else ("answer",)
            hints.show(away, {"next_open": _("open")})
            return
        if line.kind == "repeat":
            count = min(len(self.filling.rows(line.path)), 9)
            hidden = ("photo", "finding", "document", "note") + (() if count else ("answer",))
            hints.show(hidden, {"next_open": _("open table"), "answer": _("row")}, {"answer": f"1-{count}"})
            return
        from assessor_tui.tui.entry_text import TYPED

        question = self.state.question
        offered = self.offered()
        if question.type == "acknowledge":
            hints.show((), {"answer": _("confirm")}, {"answer": "1"})
        elif question.type == "rank" and offered:
            digits = f"1-{min(len(offered), MOST_DIGITS)}"
            hints.show((), {"answer": _("in order")}, {"answer": digits})
        elif 0 < len(offered) <= MOST_DIGITS:
            many = question.type == "select_multiple"
            hints.show(
                (),
                {"answer": _("tick") if many else _("answer")},
                {"answer": f"1-{len(offered)}" if offered[1:] else "1"},
            )
        elif question.type in TYPED or offered:
            letters = question.type == "text" or bool(offered)
            hints.show((), {"answer": _("type")}, {"answer": "a-z 0-9" if letters else "0-9"})
        else:
            hints.show(("answer",))

    @property
    def here(self) -> tuple[str, str] | None:
        """The question the card shows; None when it shows a table."""
        line = self.line
        return (line.form, line.path) if line is not None and line.kind == "question" else None

    @property
    def filling(self) -> "Filling":
        """The filling of the form that the present line belongs to."""
        line = self.line
        assert line is not None
        return self.visit.filling(line.form)

    # Going about

    def command_next(self) -> None:
        """Nothing; the next line."""
        self._step(1)

    def command_previous(self) -> None:
        """Nothing; the line before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        index = beside(self.lines, self.at, step)
        if index < 0:
            self.say(_("This is the last question.") if step > 0 else _("This is the first question."))
        else:
            self.move_to(index)

    def go_on(self, step: int = 1) -> None:
        """Nothing; the card shows the next question that can be answered, at the end the same one."""
        index = beside(self.lines, self.at, step, silent=False)
        self.move_to(index if index >= 0 else self.at)

    def command_first(self) -> None:
        """Nothing; the first line."""
        self.move_to(nearest(self.lines, 0))

    def command_last(self) -> None:
        """Nothing; the last line."""
        self.move_to(nearest(self.lines, len(self.lines) - 1))

    def command_next_section(self) -> None:
        """Nothing; the first question of the next section."""
        for index in range(self.at + 1, len(self.lines)):
            if self.lines[index].kind in ("form", "group", "place"):
                self.move_to(nearest(self.lines, index))
                return
        self.say(_("This is the last section."))

    def command_previous_section(self) -> None:
        """Nothing; the first question of this section, or of the one before when it stands there."""
        starts = [
            nearest(self.lines, index)
            for index, line in enumerate(self.lines)
            if line.kind in ("form", "group", "place")
        ]
        before = [start for start in starts if start < self.at]
        if before:
            self.move_to(before[-1])
        else:
            self.say(_("This is the first section."))

    async def command_next_open(self) -> None:
        """Nothing; the next question without an answer; on a table, opens it."""
        if self._close_drawers():
            return
        line = self.line
        if line is not None and line.kind != "question":
            await self._open_there(line)
            return
        count = len(self.lines)
        for offset in range(1, count + 1):
            index = (self.at + offset) % count
            if self.lines[index].is_open and index != self.at:
                if index < self.at:
                    self.say(_("From the beginning again: left open before."))
                self.move_to(index)
                return
        if line is not None and line.is_open:
            self.say(_("This is the only one left without an answer."))
        else:
            self.say(_("Every question here has an answer. The overview shows what else is left to do."))

    async def _open_there(self, line: Line) -> None:
        """Opens what is no question: a table, the row or finding that stands here, the finding of an earlier visit."""
        if line.kind == "earlier":
            from assessor_tui.tui.windows.earlier import ask_earlier

            earlier = next(e for e in self._earlier[1] if (e.visit, e.finding.path) == (line.form, line.path))
            await ask_earlier(self, earlier)
        else:
            await self.program.go(FINDINGS if line.kind == "finding" else ROWS, line.target)

    def subject(self) -> tuple[str, str] | None:
        """The line; a finding of an earlier visit takes nothing more."""
        return super().subject() if self.line is None or self.line.kind != "earlier" else None

    async def command_card_down(self) -> None:
        """Nothing; what did not fit on the screen of the question; of a range, one step further."""
        if not await self.step_range(1):
            self.query_one("#card", Card).scroll_page(1)

    async def command_card_up(self) -> None:
        """Nothing; the question from further up; of a range, one step back."""
        if not await self.step_range(-1):
            self.query_one("#card", Card).scroll_page(-1)

    async def command_order(self) -> None:
        """Nothing; walks by place instead of by section, and back."""
        order = PLACE if self.order == SECTION else SECTION
        self.program.store.set_local(self.visit.id, ORDER, order)
        self.show(self.target)
        self.say(_("By place: as one walks through the site.") if order == PLACE else _("By section, as in the form."))

    async def command_mine(self) -> None:
        """Nothing; shows only what the person at the keyboard covers, or everything again."""
        said = self.switch_mine()
        self.show(self.target)
        self.say(said)

    def command_add_place(self) -> None:
        """Nothing; asks for a place of this site, which is one to walk to from then on."""
        from assessor_tui.tui.windows.new_place import ask_place

        if self.visit.is_closed(self.visit.scheme.header_form, ""):
            self.say_fixed()
            return
        kind = next((place.kind for place in self.site if place.name == self.at_place), "")

        def added(name: str) -> None:
            self.program.store.set_local(self.visit.id, ORDER, PLACE)
            self.order = PLACE
            self._draw_again()
            self.move_to(self._first_at(name))
            self.say(_("{place} is a place of this site now.").format(place=name))

        ask_place(self, kind, added)

    def _first_at(self, place: str) -> int:
        """Index of the first line that stands at a place; of the present one when nothing stands there."""
        at = next((at for at, line in enumerate(self.lines) if (line.kind, line.path) == ("place", place)), self.at)
        return nearest(self.lines, at)

    def command_outline(self) -> None:
        """Nothing; shows or hides the list of questions."""
        self._toggle("#outline")

    def command_guidance(self) -> None:
        """Nothing; shows or hides what to look at."""
        self._toggle("#guidance")

    def _toggle(self, selector: str) -> None:
        self.toggle_drawer(self.query_one(selector))
        self.call_after_refresh(self.draw_card)

    def _close_drawers(self) -> bool:
        """True when a drawer covered the card and now does not."""
        if not self.query_one(".body").has_class("-covered"):
            return False
        self.toggle_drawer(self.query_one("#outline"), show=False)
        return True

    async def command_back(self) -> None:
        """Nothing; closes a drawer, else goes back to where one came from."""
        if not self._close_drawers():
            await super().command_back()

    def on_resize(self) -> None:
        """Nothing; another size has room for more or for less."""
        self.call_after_refresh(self._fit_again)

    def _fit_again(self) -> None:
        if self.program.visit is not None and self.line is not None:
            self._follow(self.at)
            self.draw_card()

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; a click in the outline goes to that question."""
        outline, index = message.source, message.index
        if index == outline.cursor and index != self.at and self.program.visit is not None:
            self.move_to(index)

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; a second click closes the drawer, or opens a table."""
        if not self._close_drawers() and self.line is not None and self.line.kind != "question":
            await self._open_there(self.line)

    # Answering

    def command_answer(self, key: str) -> None:
        """Nothing; the choice of this digit; on a table, walks through the row of this digit."""
        if self.is_slip(key) or self.line is None or self._close_drawers():
            return  # nobody answers a question that a drawer covers
        if self.line.kind == "repeat":
            self._walk_row(int(key))
        elif self.here is None:
            self.say(_("Enter opens it."), "bold $doubt")
        else:
            super().command_answer(key)

    def reasons_not_applicable(self) -> Sequence[str]:
        """What assessors write most often about a whole question."""
        return (
            _("the site has no such process"),
            _("the equipment does not exist here"),
            _("not in operation in the period"),
            _("the law does not ask it of this site"),
        )

    def _walk_row(self, number: int) -> None:
        line = self.line
        assert line is not None
        rows = self.filling.rows(line.path)
        if number > len(rows):
            self.say(_("There is no row {number}. Enter opens the table.").format(number=number), "bold $doubt")
            return
        self.walk_row(line.form, f"{line.path}[{rows[number - 1]}]")

    def walk_row(self, form: str, row_path: str) -> None:
        """Nothing; the questions of a row stand among the lines, the card shows the first of them."""
        self.row = f"{form}/{row_path}"
        self._gather([form])
        first = next(
            (
                index
                for index, line in enumerate(self.lines)
                if line.form == form and line.path.startswith(f"{row_path}/")
            ),
            -1,
        )
        self.query_one("#outline", VirtualList).set_rows(self.lines, max(first, 0))
        if first >= 0:
            self.move_to(first)

    async def command_comment(self) -> None:
        """Nothing; asks for a comment for the colleagues."""
        await self.command_comment_here()

    def command_flag(self) -> None:
        """Nothing; flags the line for later, or takes the flag away; only on this laptop."""
        line = self.line
        if line is None:
            return
        flags = list(self.program.store.local(self.visit.id, FLAGS, []))
        flags.remove(line.target) if line.target in flags else flags.append(line.target)
        self.program.store.set_local(self.visit.id, FLAGS, flags)
        self._gather([line.form] if line.form in self.visit.forms else [])
        outline = self.query_one("#outline", VirtualList)
        outline.rows = self.lines
        outline.refresh_row(self.at)
        self.draw_card()
        self.say(_("Flagged for later.") if line.target in flags else _("Flag taken away."))

    def command_card_language(self) -> None:
        """Nothing; shows the card in the next language, choices included."""
        from assessor_tui.i18n.asked_words import language_name, next_language

        form = self.visit.forms.get(self.line.form) if self.line is not None else None
        form = form or self.visit.forms[self.visit.scheme.header_form]
        self.card_tag = next_language(form, self.tag)
        self.draw_card()
        self.say(_("This card: {name}").format(name=language_name(form, self.card_tag)))

    def language_changed(self) -> None:
        """Nothing; the card follows the program's language again."""
        self.card_tag = ""

    def command_history(self) -> None:
        """Nothing; who answered what, when and why."""
        from assessor_tui.tui.windows.history import History

        line = self.line
        if self.onlookers:
            self.say(_("History is hidden. The same key as before shows it again."), "bold $doubt")
        elif line is not None and line.kind != "earlier":
            self.app.push_screen(History(self.visit, line.form, line.path, self.tag))

    def undone(self, recorded: "Recorded") -> None:
        """Nothing; goes to where it happened."""
        entry = recorded.entries[0][1]
        if entry.form in self.visit.forms:
            self.move_to(self._index_of(f"{entry.form}/{entry.path}"))

    # Typing

    async def take_character(self, character: str) -> bool:
        """As ``AnsweringPage``; a minus says that the question does not apply, it begins no number."""
        if plain_character(character) == "-":
            return self.is_slip("-")
        return await super().take_character(character)

    async def command_edit(self) -> None:
        """Nothing; opens the field with the present answer, or with what was typed and not saved."""
        line = self.line
        if line is None:
            return
        if line.kind != "question":
            await self._open_there(line)
            return
        if self.is_fixed():
            self.say_fixed()
        elif not await self.open_answer():
            self.say(_("Answer with a digit."), "bold $doubt")

    def field_parent(self) -> Vertical:
        """Under the card."""
        return self.query_one("#middle", Vertical)

    def show_keys(self) -> None:
        """Nothing; the hint bar shows the keys of the field, or those of the walk again."""
        hints = self.query_one(HintBar)
        hints.place = WALK if self.typing is None else FIELD
        if self.typing is None:
            hints.labels = {}
            if self.line is not None:
                self._show_hints(self.line)
        elif self.typing.several:
            hints.show((), {}, {"field_done": "Ctrl+S"})
        else:
            hints.show((), {"field_done": _("save and go on")}, {"field_done": "Enter"})
        hints.refresh()

    def show_prompt(self) -> None:
        """Nothing; says over the field what is typed in it."""
        line = self.query_one("#prompt", StatusLine)
        if self.typing is not None and self.typing.what == NOTE:
            line.say((_("Note"), "bold"))
            return
        from assessor_tui.i18n.asked_words import example, typed_as

        question = self.state.question
        back = self.read_back()
        if question.units:
            from assessor_tui.units import unit_name  # not on the way to the first frame

            more = (("   Up/Down ", "bold $accent-text"), _("another unit")) if len(question.units) > 1 else ()
            line.say(*back, (_("Number in {unit}").format(unit=unit_name(self.unit, language())), "bold"), *more)
        else:
            shown = example(question)
            line.say(*back, (typed_as(question), "bold"), *([(f"   {shown}", "$muted")] if shown else []))

    # The next start

    def keep_snapshot(self) -> None:
        """Nothing; keeps what the walk looks like for the next start."""
        if self.program.visit is not None and self.line is not None and self.typing is None:
            self.program.store.set_local(self.visit.id, SNAPSHOT, self.snapshot())
            self.program.store.set_local(self.visit.id, AT, self.at_place or None)

    def snapshot(self) -> dict[str, Any]:
        """What the walk looks like, as JSON."""
        hints = self.query_one(HintBar)
        return {
            "target": self.target,
            "at": self.at,
            "lines": self.lines,
            "card": self.query_one("#card", Card).model,
            "guidance": self.query_one("#guidance", Card).model,
            "shape": SHAPE,
            "hints": (sorted(hints.unavailable), hints.labels, hints.key_texts),
            "header": self.query_one(HeaderBar).state._replace(editing=False, saved="")._asdict(),
        }
