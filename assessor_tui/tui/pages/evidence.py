"""Photos, papers, records and jots of a visit: sorted here as they come out of the inbox, and looked at again."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.timer import Timer

from assessor_tui import evidence, inbox
from assessor_tui.assess.moments import Moment, moments
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import EVIDENCE, ROWS, WALK, bindings
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.pages.inbox import InboxPage
from assessor_tui.tui.pages.row_edit import ColumnHeads, TitleLine
from assessor_tui.tui.shown.evidence import (
    ALL,
    ASIDE,
    GONE,
    LOOSE,
    MINE,
    NO_TIME,
    NOTE,
    PAPERS,
    PHOTOS,
    RECORDS,
    SHOWS,
    Piece,
    clock,
    is_shown,
    offset_words,
    page_of,
    pieces_of,
    tie_words,
    waiting,
    withdrawn,
)
from assessor_tui.tui.shown.rows import place_words
from assessor_tui.tui.shown.sorting import Offer, offers, sort_card, sort_card_lines, then_words
from assessor_tui.tui.visit_screen import Rule
from assessor_tui.tui.widgets.card import Card, TextPage
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.picture import Picture, can_draw
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line
from assessor_tui.tui.windows.viewer import copy_to_view, open_in_viewer

if TYPE_CHECKING:
    from assessor_tui.visit import Act, Recorded, Visit

NEWEST, OLDEST, KIND, TIE = "newest", "oldest", "kind", "tie"
SORTS = (NEWEST, OLDEST, KIND, TIE)

REST = 0.06
"""Seconds for which the cursor must rest before a picture is made: whoever leafs through does not wait for any."""
_REMEMBERED = 48
"""Small pictures of the inbox kept in memory."""
_AHEAD = 2
"""Pictures made ahead of the cursor."""


def columns(room: int, shows: str = ALL) -> tuple[Column, ...]:
    """The columns of the list in ``room`` cells."""
    last = _("Answered then") if shows == LOOSE else _("Why") if shows == GONE else _("Tied to")
    share = room * 2 // 5 if shows in (LOOSE, GONE) else room // 5
    return (
        Column(1),
        Column(11, _("When"), rank=1),
        Column(10, _("Kind")),
        Column(14, _("What it shows"), grows=True),
        Column(min(max(share, 10), 60 if shows in (LOOSE, GONE) else 30), last),
    )


class EvidenceScreen(InboxPage):
    """Evidence, jots and the inbox."""

    PLACE = EVIDENCE
    BINDINGS: ClassVar[list[Any]] = bindings(EVIDENCE)
    DEFAULT_CSS = """
    EvidenceScreen #page { width: 1fr; height: 1fr; }
    EvidenceScreen #table { height: 1fr; }
    EvidenceScreen #lower { height: 9; layout: horizontal; }
    EvidenceScreen.-low #lower { height: 6; }
    EvidenceScreen.-tall #lower { height: 50%; }
    EvidenceScreen #detail { width: 1fr; }
    EvidenceScreen #picture { width: 24; margin: 0 1 0 1; }
    EvidenceScreen.-wide #picture { width: 1fr; }
    EvidenceScreen.-plain #picture, EvidenceScreen #picture.-none { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shows = ALL
        self._undecided = True
        """True until it is known whether there is anything to sort, or somebody has said what to show."""
        self.sort = ""
        """The order chosen; ``""`` for the usual one: what is to be sorted by time, all else the latest first."""
        self.marked: set[str] = set()
        """Keys of the pieces that are marked."""
        self._of = ""
        self._busy: set[str] = set()
        """Keys of inbox files that are being copied."""
        self._turn = asyncio.Lock()
        self._offers: tuple[Offer, ...] = ()
        self._known: tuple[int, dict[str, list[Moment]]] = (-1, {})
        self._captions: dict[str, str] = {}
        self._clocks: dict[str, int] = {}
        self._rest: Timer | None = None
        self._pictured = ""
        self._drawing = False
        self._small: dict[str, bytes] = {}

    def body(self) -> ComposeResult:
        """Title, list, details and picture."""
        with Vertical(id="page"):
            yield TitleLine(id="title")
            yield ColumnHeads(id="heads")
            yield VirtualList(self.draw_row, id="table")
            yield Rule()
            with Container(id="lower"):
                yield Card(TextPage(), lines=sort_card_lines, id="detail")
                yield Picture(id="picture")

    @property
    def table(self) -> "VirtualList[Piece]":
        """The list."""
        return self.query_one("#table", VirtualList)

    @property
    def piece(self) -> Piece | None:
        """The piece under the cursor."""
        return self.table.row

    @property
    def chosen(self) -> list[Piece]:
        """What a key means: all marked pieces, else the one under the cursor."""
        marked = [each for each in self.table.rows if each.key in self.marked]
        return marked or [each for each in (self.piece,) if each is not None]

    def draw_row(self, piece: Piece, width: int, cursor: bool) -> Content:
        """The line of a piece of evidence."""
        from assessor_tui.tui.shown.question_card import evidence_kind
        from assessor_tui.tui.widgets.glyphs import glyphs

        kind = _("note") if piece.kind == NOTE else evidence_kind(piece.kind)
        muted = "" if cursor else "$muted"
        tied = "" if cursor or piece.places else "$doubt"
        last = tie_words(self.visit, piece)
        if self.shows == LOOSE and not piece.why_not:
            last, tied = then_words(self.visit, self._moments(piece), piece, language()), muted
        mark = glyphs().answered if piece.key in self.marked else ""
        label = self._caption_of(piece) or piece.label
        cells = (
            (mark, "bold $accent-text"), (clock(piece.at), muted), (kind, muted),
            (label, muted if piece.why_not else ""), (last, tied),
        )  # fmt: skip
        shown = columns(width, self.shows)
        return columns_line(cells, shown, column_widths(shown, width))

    def _caption_of(self, piece: Piece) -> str:
        return self._captions.get(piece.file.key, "") if piece.file is not None else ""

    def _moments(self, piece: Piece) -> list[Moment]:
        """Where whoever recorded the piece was when; for the inbox whoever is at this keyboard, on any laptop."""
        state, store = self.visit.state, self.program.store
        if self._known[0] != len(state):
            self._known = (len(state), {})
        own = store.device
        device = piece.ties[0][1].device if piece.ties else own.id if own is not None else ""
        known = self._known[1].get(device)
        if known is None:
            logs = [device] if piece.ties else [each for each in state.devices() if self._is_ours(each)]
            known = self._known[1][device] = sorted(moment for each in logs for moment in moments(state, each))
        return known

    def _is_ours(self, device: str) -> bool:
        """True for this laptop, and for one on which the same person went on."""
        own = self.program.store.device
        if own is not None and device == own.id:
            return True
        return any(self.program.store.wrote(entry) for _digest, entry in self.visit.state.log(device)[:1])

    def on_mount(self) -> None:
        """Nothing; without colours there is no picture."""
        self.set_class(not can_draw(self.app.console.color_system), "-plain")

    # Showing

    def show(self, target: str = "") -> None:
        """Nothing; draws the list, the cursor on the piece that ``target`` names or on one tied to it."""
        if self._of != self.visit.id:
            self._of, self.shows, self.sort, self._undecided = self.visit.id, ALL, "", True
            self.marked.clear()
            self._busy.clear()
        self.look()
        self._draw(target)

    def inbox_changed(self) -> None:
        """Nothing; draws the list with the files that are there now."""
        if self._of == self.visit.id:
            self._draw()

    def _pieces(self) -> list[Piece]:
        found = [*waiting(self.files), *pieces_of(self.visit, notes=not self.onlookers), *withdrawn(self.visit)]
        return [each for each in found if each.key not in self._busy]

    def _draw(self, target: str = "") -> None:
        # Read here and not at each key: a thread may be writing to the ledger.
        self._captions = self.program.store.local(self.visit.id, inbox.CAPTIONS, {})
        self._clocks = inbox.clocks_of(self.program.store, self.visit.id)
        pieces = self._pieces()
        wanted = target or self.target
        if target in ("jots", "inbox"):
            self._show_only(LOOSE)
        elif self._undecided:
            # Until somebody says otherwise it is what is to be sorted, as soon as there is any.
            asked = [each for each in pieces if _is_at(each, target or self.target)] if target else pieces
            self.shows = LOOSE if any(each.loose for each in asked) else ALL
            self._undecided = self.shows != LOOSE
        elif not self._shows(target, pieces):
            self.shows = ALL
        shown = sorted(self._of_kind(pieces), key=self._sort_key)
        self.marked &= {each.key for each in shown}
        cursor = next((index for index, each in enumerate(shown) if each.key == wanted), None)
        if cursor is None:
            cursor = next((index for index, each in enumerate(shown) if wanted and _is_at(each, wanted)), None)
        if cursor is None:
            cursor = self._nearest_to_cursor(shown)
        self.table.empty = self._nothing(pieces)
        self.table.set_rows(shown, cursor)
        sorted_by = {KIND: 2, TIE: 4}.get(self.sort, 1 if self.sort else 0)
        self.query_one("#heads", ColumnHeads).show(columns(self.size.width, self.shows), sorted_by or -1)
        self.set_focus(self.table)
        self._show_title(pieces)
        self._show_piece()
        self.show_header()
        self._say_folder()

    def _show_only(self, shows: str) -> None:
        self.shows, self._undecided = shows, False

    def _shows(self, target: str, pieces: Sequence[Piece]) -> bool:
        """True when the target is nothing, or among what is shown."""
        return not target or any(_is_at(each, target) for each in self._of_kind(pieces))

    def _of_kind(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces of the kind that is shown."""
        if self.shows != MINE:
            return [each for each in pieces if is_shown(each, self.shows)]
        from assessor_tui.tui.shown.mine import mine_in

        is_mine = mine_in(self.visit)
        kept = (each for each in pieces if is_shown(each, ALL))
        return [each for each in kept if is_mine(each.places, [entry for _digest, entry in each.ties])]

    def _nearest_to_cursor(self, shown: Sequence[Piece]) -> int:
        """Index of what stood under the cursor or after it, and still does."""
        index = {each.key: number for number, each in enumerate(shown)}
        rows, at = self.table.rows, max(self.table.cursor, 0)
        nearest = (index[each.key] for each in (*rows[at:], *reversed(rows[:at])) if each.key in index)
        return next(nearest, 0)

    def _nothing(self, pieces: Sequence[Piece]) -> str:
        if self.shows == LOOSE and pieces:
            return _("Everything is sorted. F8 shows all evidence.")
        if pieces:
            return _("None of this kind. F8 shows the next kind.")
        return _("No evidence yet. Copy photos into the inbox, or F3 photo, F4 document or record.")

    def _sort_key(self, piece: Piece) -> tuple[Any, ...]:
        return {
            NEWEST: (-piece.at % NO_TIME, piece.key),
            OLDEST: (piece.at,),
            KIND: (piece.kind, -piece.at),
            TIE: (not piece.places, tie_words(self.visit, piece), -piece.at) if self.sort == TIE else (),
        }[self.sort or (OLDEST if self.shows == LOOSE else NEWEST)]

    def _show_title(self, pieces: list[Piece]) -> None:
        left: list[Any] = [(f"{_('Show')}  ", "$muted")]
        for shows, word in (
            (LOOSE, _("to sort")), (ALL, _("all")), (PHOTOS, _("photos")), (PAPERS, _("papers")),
            (RECORDS, _("records")), (ASIDE, _("left aside")), (GONE, _("withdrawn")),
            (MINE, _("mine")),
        ):  # fmt: skip
            chosen = shows == self.shows
            if chosen or shows not in (ASIDE, GONE) or any(is_shown(each, shows) for each in pieces):
                left.append((f"[{word}]" if chosen else f" {word} ", "bold $accent-text" if chosen else ""))
        loose = sum(each.loose and not each.why_not for each in pieces)
        said = _("{count} to sort").format(count=loose) if loose else ""
        if self.marked:
            said = _("{count} marked").format(count=len(self.marked))
        self.query_one("#title", TitleLine).show(tuple(left), (said,))

    def _say_folder(self) -> None:
        if self.inbox_failure:
            self.status((self.inbox_failure, "$bad"))
        elif self.folder is not None:
            from assessor_tui.tui.widgets.text import safe

            taken = sum(each.state == inbox.TAKEN for each in self.files)
            said = _("{count} of its files are evidence").format(count=taken) if taken else ""
            self.status((f"{_('Inbox')}  {safe(str(self.folder))}  {said}", "$muted"))

    def _show_piece(self) -> None:
        piece = self.piece
        card = self.query_one("#detail", Card)
        hints = self.query_one(HintBar)
        if piece is None:
            self._offers = ()
            card.show(TextPage())
            self.query_one(Picture).show(None)
            self._pictured = ""
            hints.show(
                ("open", "tie_here", "mark", "tie", "leave_aside", "caption", "detach", "withdraw", "finding",
                 "open_question")
            )  # fmt: skip
            return
        self.target = piece.key
        self._offers = ()
        chosen = [each for each in self.chosen if not each.why_not] if piece.loose or self.marked else []
        if chosen:
            self._offers = self._offers_for(chosen)
        if piece.file is not None or piece.loose or self.marked:
            first = chosen[0] if chosen else piece
            model = sort_card(self.visit, first, self._offers, self._clocks, language())
            if self.marked:
                times = f"{clock(chosen[0].at)} - {clock(chosen[-1].at)[6:]}"
                title = ngettext("{count} marked", "{count} marked", len(chosen)).format(count=len(chosen))
                model = model._replace(title=title, note=times)
            card.show(model)
        else:
            known = self.program.store.evidence(piece.sha256) if piece.sha256 else None
            card.show(page_of(self.visit, piece, language(), here=known is not None and known.state == "have"))
        away = [] if piece.sha256 or piece.file is not None else ["open"]
        away += [] if piece.places else ["detach", "finding", "open_question"]
        away += [] if self._offers else ["tie_here"]
        away += ["withdraw"] if piece.file is not None else ["leave_aside"]
        hints.show(tuple(away), {"open": _("view")})
        self._show_picture(piece)

    def _offers_for(self, pieces: Sequence[Piece]) -> tuple[Offer, ...]:
        """The places for the digits: those of the first piece, then of the last, when several are marked."""
        left = self.results.left()
        found = [offers(self.visit, left, self._moments(each), each, language()) for each in (pieces[0], pieces[-1])]
        by_place = {(each.form, each.path): each for offered in reversed(found) for each in offered}
        order = dict.fromkeys((each.form, each.path) for offered in found for each in offered)
        return tuple(by_place[place] for place in order)[:MOST_DIGITS]

    # The picture

    def _show_picture(self, piece: Piece) -> None:
        """Nothing; asks for the small picture of the piece once the cursor rests."""
        picture = self.query_one(Picture)
        if picture.has_class("-none") == is_picture(piece):
            picture.set_class(not is_picture(piece), "-none")
            self._pictured = ""
            self.call_after_refresh(self._show_piece)
            return
        name = f"{_picture_key(piece)} {picture.size.width} {picture.size.height}"
        if name == self._pictured:
            return
        self._pictured = name
        picture.show(None)
        if self._rest is not None:
            self._rest.stop()
        if is_picture(piece) and picture.display:
            self._rest = self.set_timer(REST, self._rested)

    def _rested(self) -> None:
        if not self._drawing:
            self._drawing = True
            self.run_worker(self._load_pictures(), group="picture", exit_on_error=False)

    async def _load_pictures(self) -> None:
        """Nothing; one picture at a time: the one under the cursor, and then some after it."""
        try:
            while self.program.visit is not None and self.is_current:
                name = self._pictured
                piece = self.piece
                if piece is None or not is_picture(piece):
                    return
                pixels = await asyncio.to_thread(self._pixels, piece, *self._picture_size())
                if name == self._pictured:
                    self.query_one(Picture).show(pixels or None)
                    break
            for piece in self.table.rows[self.table.cursor + 1 :][:_AHEAD]:
                if piece.file is not None and is_picture(piece) and name == self._pictured:
                    await asyncio.to_thread(self._pixels, piece, 1, 1)
        finally:
            self._drawing = False
        if name != self._pictured:
            self._rested()

    def _picture_size(self) -> tuple[int, int]:
        size = self.query_one(Picture).size
        return size.width, 2 * size.height

    def _pixels(self, piece: Piece, width: int, height: int) -> Any:
        """The pixels; in a thread."""
        if piece.file is None:
            try:
                return evidence.preview_pixels(self.program.store.folder, piece.sha256, width, height)
            except evidence.EvidenceError:
                return ()
        key = piece.file.key
        if key not in self._small:
            self._small[key] = evidence.small_picture(piece.file.path)
            while len(self._small) > _REMEMBERED:
                del self._small[next(iter(self._small))]
        return evidence.pixels_of(self._small.get(key, b""), width, height)

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; shows the piece under the cursor."""
        if self.program.visit is not None:
            self._show_piece()

    async def on_card_clicked(self, message: Card.Clicked) -> None:
        """Nothing; a click on a place of the card is its digit."""
        kind, _colon, number = message.target.partition(":")
        if kind == "offer":
            self.command_tie_here(number)

    def on_resize(self) -> None:
        """Nothing; another size has room for another picture."""
        if self.program.visit is not None and self._of == self.visit.id:
            self.call_after_refresh(self._draw)

    def subject(self) -> tuple[str, str] | None:
        """The question or row that the piece under the cursor is tied to first."""
        piece = self.piece
        return piece.places[0] if piece is not None and piece.places else None

    # Marking

    def why_not(self, command_id: str) -> str:
        """Why nothing can be done with the line under the cursor."""
        needs_piece = command_id in (
            "open", "tie_here", "mark", "tie", "leave_aside", "caption", "detach", "withdraw", "open_question",
            "clock_photo",
        )  # fmt: skip
        if needs_piece and self.program.visit is not None and self.piece is None:
            return _("There is no evidence here.")
        return ""

    def command_mark(self) -> None:
        """Nothing; marks the piece and goes to the next, or takes its mark away."""
        piece = self.piece
        assert piece is not None
        if piece.why_not:
            self.say(piece.why_not, "bold $doubt")
            return
        self.marked ^= {piece.key}
        self.table.refresh_all()
        self.table.action_cursor(1)
        self._show_title(self._pieces())
        self._show_piece()

    def command_leave_aside(self) -> None:
        """Nothing; leaves files of the inbox aside, or takes them up again; only on this laptop."""
        files = [each.file for each in self.chosen if each.file is not None]
        if not files:
            self.say(_("Only a file of the inbox can be left aside. Del withdraws what is evidence."), "bold $doubt")
            return
        self._set_aside(files, not files[0].aside)
        count = len(files)
        said = (
            ngettext("{count} file left aside. F8 shows it again.", "{count} files left aside. F8 shows them.", count)
            if not files[0].aside
            else ngettext("{count} file taken up again.", "{count} files taken up again.", count)
        )
        self.say(said.format(count=count))

    def _set_aside(self, files: Iterable[inbox.File], aside: bool) -> None:
        store, keys = self.program.store, {file.key for file in files}
        before: list[str] = store.local(self.visit.id, inbox.ASIDE, [])
        kept = [key for key in before if key not in keys]
        store.set_local(self.visit.id, inbox.ASIDE, [*kept, *sorted(keys)] if aside else kept)
        self.marked.clear()
        self.sort_out(anew=True)

    # Tying

    def command_tie_here(self, digit: str) -> None:
        """Nothing; ties to the place that the card shows at this digit."""
        number = int(digit)
        if number > len(self._offers):
            self.say(_("The card shows no place with this digit. F2 finds one."), "bold $doubt")
            return
        offer = self._offers[number - 1]
        self.tie(self.chosen, [(offer.form, offer.path)])

    async def command_tie(self) -> None:
        """Nothing; ties to any number of questions, rows and findings that are searched and ticked."""
        from assessor_tui.tui.windows.find import entries_of
        from assessor_tui.tui.windows.tie import TickSeveral

        pieces = self.chosen
        if self._refuses(pieces):
            return
        entries = [
            each for each in entries_of(self.visit, language(), hidden=True) if each.kind not in (NOTE, "evidence")
        ]

        def ticked(found: str | None) -> None:
            places = []
            for each in (found or "").split("\n") if found else ():
                form, _slash, path = each.partition(" ")[2].partition("/")
                places.append((form, path))
            if places:
                self.tie(pieces, places)

        title = pieces[0].label if len(pieces) == 1 else ngettext("{count} piece", "{count} pieces", len(pieces))
        window = TickSeveral(_("Tie to"), entries, title.format(count=len(pieces)))
        await self.app.push_screen(window, ticked)

    def _refuses(self, pieces: Sequence[Piece]) -> bool:
        """True after it was said why none of the pieces can be tied."""
        if self.visit.signed:
            self.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
            return True
        if all(each.why_not for each in pieces):
            self.say(pieces[0].why_not, "bold $doubt")
            return True
        return False

    def tie(self, pieces: Sequence[Piece], places: Sequence[tuple[str, str]]) -> None:
        """Nothing; ties the pieces to the places, all at once: one undo takes all of it back.

        Files of the inbox are copied by a thread meanwhile, in the order of the keys.
        """
        if self._refuses(pieces):
            return
        usable = [each for each in pieces if not each.why_not]
        self.marked.clear()
        if any(each.file is not None for each in usable):
            self._busy |= {each.key for each in usable}
            self._draw()
            self.say(_("being copied ..."))
            self.run_worker(self._copy_and_tie(self.visit, usable, places), group="tie", exit_on_error=True)
        else:
            self._record_ties(self.visit, [(each, each.value or each.label) for each in usable], places, "")

    async def _copy_and_tie(self, visit: "Visit", pieces: Sequence[Piece], places: Sequence[tuple[str, str]]) -> None:
        captions = dict(self._captions)
        async with self._turn:
            try:
                kept, failure = await asyncio.to_thread(_kept, visit, pieces, captions)
            finally:
                self._busy -= {each.key for each in pieces}
            self._record_ties(visit, kept, places, failure)

    def _record_ties(
        self,
        visit: "Visit",
        kept: Sequence[tuple[Piece, Evidence | str]],
        places: Sequence[tuple[str, str]],
        failure: str,
    ) -> None:
        said: list[Act] = []
        for piece, value in kept:
            new = [place for place in places if place not in piece.places]
            loose = [head for head in piece.ties if not head[1].form] if new else []
            said += inbox.tie(value, new, loose)
        here = self.program.visit
        if here is not None and here.id == visit.id:
            visit = here  # it may have been opened anew meanwhile
        recorded = visit.record_together(said)
        if here is not visit:
            return
        self.did(recorded)
        self.sort_out(anew=True)
        if failure:
            self.say(failure, "bold $bad")
        elif recorded.entries:
            form, path = places[0]
            words = place_words(visit, form, path, language())
            more = f" +{len(places) - 1}" if len(places) > 1 else ""
            self.say(_("Tied to {place}. Ctrl+Z takes it back.").format(place=f"{words}{more}"))
        elif not recorded.problems:
            self.say(_("It is tied there already."), "bold $doubt")

    # Adding

    async def command_photo(self) -> None:
        """Nothing; a photo that is tied to nothing yet."""
        await self._add("photo")

    async def command_document(self) -> None:
        """Nothing; a document or record that is tied to nothing yet."""
        await self._add("document")

    async def _add(self, kind: str) -> None:
        from assessor_tui.tui.windows.evidence_dialog import add_evidence

        await add_evidence(self, "", "", kind)

    async def command_add_evidence(self) -> None:
        """Nothing; asks what to add: a file, a record or a note."""
        from assessor_tui.tui.windows.dialog import AskText, Choose, Option

        options = [
            Option("photo", _("A photo")),
            Option("document", _("A document, or a record without a file")),
            Option(NOTE, _("A note")),
        ]

        def noted(text: str | None) -> None:
            if text:
                self.record(acts.NOTE, "", "", text)

        async def chosen(kind: str | None) -> None:
            if kind == NOTE:
                title, text = _("Note"), _("Tied to nothing yet; it can be tied to a question later.")
                await self.app.push_screen(AskText(title, text, lines=True), noted)
            elif kind:
                await self._add(kind)

        await self.app.push_screen(Choose(_("Add"), options), chosen)

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws the list again, the cursor on what was just added."""
        entry = recorded.entries[0][1]
        value = entry.value
        added = entry.act == acts.ATTACH and isinstance(value, Evidence) and not entry.form
        self.sort_out()
        self._draw(value.about.get("sha256", "") if added and isinstance(value, Evidence) else "")

    # Changing

    async def command_caption(self) -> None:
        """Nothing; writes what the marked pieces, or this one, show, wherever they are tied."""
        from assessor_tui.tui.windows.dialog import AskText

        pieces = [each for each in self.chosen if each.kind != NOTE and not each.gone]
        if not pieces:
            self.say(_("A note has no caption."), "bold $doubt")
            return
        first = pieces[0]
        before = self._caption_of(first) or (first.value.about.get("caption", "") if first.value is not None else "")

        def written(caption: str | None) -> None:
            if caption is not None:
                self._write_caption(pieces, caption)

        count = ngettext("{count} piece", "{count} pieces", len(pieces)).format(count=len(pieces))
        text = first.label if len(pieces) == 1 else count
        await self.app.push_screen(AskText(_("Caption"), text, value=before, required=False), written)

    def _write_caption(self, pieces: Sequence[Piece], caption: str) -> None:
        from assessor_tui.visit import Act

        waits = {each.file.key: caption for each in pieces if each.file is not None}
        if waits:
            captions = {**self._captions, **waits}
            kept = {key: text for key, text in captions.items() if text}
            self.program.store.set_local(self.visit.id, inbox.CAPTIONS, kept)
        said = []
        for piece in pieces:
            if piece.value is None or piece.value.about.get("caption", "") == caption:
                continue
            about = {**piece.value.about, "caption": caption}
            new = Evidence(piece.value.kind, {key: text for key, text in about.items() if text})
            said += [
                Act(acts.ATTACH, entry.form, entry.path, new,
                    replaces=(acts.reference(entry.device, entry.seq, digest),))
                for digest, entry in piece.ties
            ]  # fmt: skip
        if said:
            self.did(self.visit.record_together(said))
        self._draw()

    async def command_detach(self) -> None:
        """Nothing; takes the piece from a question; it stays for the others, or as a jot."""
        from assessor_tui.tui.windows.dialog import Choose, Option

        piece = self.piece
        assert piece is not None
        tied = [(digest, entry) for digest, entry in piece.ties if entry.form] if not piece.gone else []
        if not tied:
            self.say(_("It is tied to nothing."), "bold $doubt")
            return
        options = [
            Option(digest, place_words(self.visit, entry.form, entry.path, language())) for digest, entry in tied
        ]

        def chosen(digest: str | None) -> None:
            entry = dict(tied).get(digest or "")
            if entry is None or digest is None or entry.value is None:
                return
            # The last tie: the piece must not be lost from sight.
            stays = [("", "")] if len(piece.ties) == 1 else []
            self.did(self.visit.record_together(inbox.tie(_evidence(entry.value), stays, [(digest, entry)])))

        if len(tied) == 1:
            chosen(tied[0][0])
        else:
            await self.app.push_screen(Choose(_("Take it from which?"), options), chosen)

    async def command_withdraw(self) -> None:
        """Nothing; asks why the piece must not be used, and withdraws it: a file on every laptop, and for good."""
        from assessor_tui.tui.windows.dialog import AskText

        pieces = [each for each in self.chosen if each.ties and not each.gone]
        if not pieces:
            said = _("A file of the inbox is yours to delete from its folder. 0 leaves it aside.")
            self.say(said if self.piece is not None and self.piece.file is not None else "", "bold $doubt")
            return

        def because(why: str | None) -> None:
            if why:
                self._withdraw(pieces, why)

        usual = [
            _("shows something else"),
            _("shows people or secrets of the site"),
            _("not readable"),
            _("taken twice"),
        ]
        text = _("{piece}. Why must it not be used? It stays in the record.")
        if any(each.sha256 for each in pieces):
            text = _(
                "{piece}. The file is removed for good, here and from every laptop that hears of it; no key brings it "
                "back. Its name, its digest and your reason stay. Why?"
            )
        label = pieces[0].label if len(pieces) == 1 else ngettext("{count} piece", "{count} pieces", len(pieces))
        title = label.format(count=len(pieces)) if len(pieces) > 1 else label
        await self.app.push_screen(AskText(_("Withdraw"), text.format(piece=title), usual=usual), because)

    def _withdraw(self, pieces: Sequence[Piece], why: str) -> None:
        from assessor_tui.visit import Act
        from assessor_tui.withdraw import withdraw

        used: set[str] = set()
        for piece in pieces:
            if piece.sha256:
                done = withdraw(self.visit, piece.sha256, why)
                recorded = done.recorded
                used.update(done.used_in)
                for key in (f"{piece.sha256} ", ""):
                    self._pictured = "" if self._pictured.startswith(key) else self._pictured
            else:
                recorded = self.visit.record_together(
                    Act(acts.WITHDRAW, entry.form, entry.path, None, why,
                        (acts.reference(entry.device, entry.seq, digest),))
                    for digest, entry in piece.ties
                )  # fmt: skip
            self.did(recorded)
            if recorded.problems:
                return
        self.marked.clear()
        if used:
            self.say(
                _("Withdrawn here. Another visit on this laptop uses the same file: there it stays."), "bold $doubt"
            )
        elif any(each.sha256 for each in pieces):
            self.say(_("Withdrawn. The file is gone from this laptop."))

    # The clock

    async def command_show_clock(self) -> None:
        """Nothing; shows a large clock to photograph, and keeps when it was shown."""
        from assessor_tui.tui.windows.clock import Clock

        def closed(shown: tuple[int, int] | None) -> None:
            if shown is not None:
                inbox.clock_shown(self.program.store, self.visit.id, *shown)

        await self.app.push_screen(Clock(), closed)

    async def command_clock_photo(self) -> None:
        """Nothing; asks what time the clock on this photo shows, and puts its camera's times right."""
        from assessor_tui.ledger.clock import hong_kong_time
        from assessor_tui.tui.windows.dialog import AskText

        piece = self.piece
        assert piece is not None
        taken, camera = await asyncio.to_thread(_shot, self.visit, piece)
        at = inbox.moment_of(taken)
        if at is None:
            self.say(_("This photo has no time of its own, so its camera's clock cannot be compared."), "bold $doubt")
            return
        showings = self.program.store.local(self.visit.id, inbox.SHOWINGS, [])
        known = at + 1_000_000 * inbox.clocks_of(self.program.store, self.visit.id).get(camera, 0)
        shown = inbox.nearest_showing(showings, known)

        def answered(text: str | None) -> None:
            moment = _clock_time(text or "", at)
            if moment is not None:
                self._set_clock(camera, (moment - at) // 1_000_000, piece)

        text = _("{camera} says {time}. What time does the clock on the photo show?")
        said = text.format(camera=camera or _("The camera"), time=f"{hong_kong_time(at):%Y-%m-%d %H:%M:%S}")
        value = f"{hong_kong_time(shown):%Y-%m-%d %H:%M:%S}" if shown is not None else ""
        if not value:
            said += " " + _("F7 shows the clock; it was not shown in this visit yet.")
        window = AskText(
            _("Photo of the clock"), said, value=value, placeholder=_("such as 10:03:12"),
            check=lambda text: "" if _clock_time(text, at) is not None else _("Write the time as 10:03:12."),
        )  # fmt: skip
        await self.app.push_screen(window, answered)

    def _set_clock(self, camera: str, seconds: int, piece: Piece) -> None:
        store, visit = self.program.store, self.visit
        inbox.set_clock(store, visit.id, camera, seconds)
        if piece.file is not None:
            self._set_aside([piece.file], True)
        self.sort_out(anew=True)
        self.run_worker(self._correct(visit, camera), group="tie", exit_on_error=True)
        self.say(f"{camera}: {offset_words(seconds)}")

    async def _correct(self, visit: "Visit", camera: str) -> None:
        """Nothing; the photos of this camera that are evidence already get the right time, too."""
        async with self._turn:
            said = await asyncio.to_thread(inbox.corrected, visit, camera)
            if said and self.program.visit is visit and not visit.signed:
                self.did(visit.record_together(said))

    async def command_inbox_folder(self) -> None:
        """Nothing; asks for the folder in which photos and papers arrive."""
        from assessor_tui.tui.windows.pick_path import PickPath

        def picked(folders: tuple[Path, ...] | None) -> None:
            if not folders:
                return
            try:
                self.folder = inbox.use_folder(self.program.store, self.visit.id, folders[0], make=True)
            except inbox.InboxUnusable as error:
                self.say(_(error.message).format(**error.parameters), "bold $bad")
                return
            self._inbox_of = ""
            self.look()

        start = self.folder if self.folder is not None else Path.home()
        window = PickPath(_("In which folder do photos and papers arrive?"), start=start, folder=True)
        await self.app.push_screen(window, picked)

    # The list

    def command_show_kind(self) -> None:
        """Nothing; shows the next kind only."""
        pieces = self._pieces()
        kinds = [each for each in SHOWS if each not in (ASIDE, GONE) or any(is_shown(piece, each) for piece in pieces)]
        self._show_only(kinds[(kinds.index(self.shows) + 1) % len(kinds)] if self.shows in kinds else ALL)
        self.marked.clear()
        self._draw()
        if self.shows == MINE:
            from assessor_tui.tui.shown.mine import mine_words

            self.say(mine_words(self.visit))

    def command_sort(self) -> None:
        """Nothing; sorts by time, kind or question."""
        now = self.sort or (OLDEST if self.shows == LOOSE else NEWEST)
        self.sort = SORTS[(SORTS.index(now) + 1) % len(SORTS)]
        self._draw()
        words = {
            NEWEST: _("the latest first"), OLDEST: _("the oldest first"), KIND: _("by kind"), TIE: _("by question"),
        }  # fmt: skip
        self.say(words[self.sort])

    async def command_open_question(self) -> None:
        """Nothing; goes to the question or row that the piece is tied to."""
        subject = self.subject()
        if subject is None:
            self.say(_("It is tied to nothing. F2 ties it to a question or a row."), "bold $doubt")
            return
        form, path = subject
        await self.program.go(ROWS if path.endswith("]") else WALK, f"{form}/{path}")

    # The system's viewer

    def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; a second click opens the file."""
        self.command_open()

    def command_open(self) -> None:
        """Nothing; opens a copy of the file in the system's viewer."""
        piece = self.piece
        if piece is None or piece.gone or not (piece.sha256 or piece.file is not None):
            self.say(_("This has no file to open."), "bold $doubt")
            return
        source = piece.file.path if piece.file is not None else piece.sha256
        self.run_worker(self._view(source), group="view")

    async def _view(self, source: Path | str) -> None:
        try:
            file = await asyncio.to_thread(copy_to_view, self.program.store.folder, source)
        except evidence.EvidenceError as error:
            self.say(_(error.message).format(**error.parameters), "bold $bad")
            return
        if await asyncio.to_thread(open_in_viewer, file):
            self.say(_("Opened in the viewer of this computer."))
        else:
            self.say(_("No viewer was found. A copy is in {file}").format(file=file), "bold $doubt")


def is_picture(piece: Piece) -> bool:
    """True when the piece has a file that can be drawn."""
    if piece.gone:
        return False
    media = piece.file.seen.type if piece.file is not None else piece.value.about.get("type", "") if piece.value else ""
    return media.startswith("image/") and not (piece.file is not None and piece.why_not)


def _picture_key(piece: Piece) -> str:
    return piece.file.key if piece.file is not None else piece.sha256


def _is_at(piece: Piece, target: str) -> bool:
    return piece.key == target or target in {f"{form}/{path}" for form, path in piece.places}


def _evidence(value: Any) -> Evidence:
    assert isinstance(value, Evidence)
    return value


def _kept(
    visit: "Visit", pieces: Sequence[Piece], captions: dict[str, str]
) -> tuple[list[tuple[Piece, Evidence | str]], str]:
    """Each piece with what is tied, files of the inbox copied; and what could not be, as a sentence. In a thread."""
    kept: list[tuple[Piece, Evidence | str]] = []
    failure = ""
    for piece in pieces:
        file = piece.file
        if file is None:
            kept.append((piece, piece.value or piece.label))
            continue
        try:
            value = inbox.keep(visit, file.path, file.seen, caption=captions.get(file.key, ""), after=file.after)
        except evidence.EvidenceError as error:
            failure = _(error.message).format(**error.parameters)
        else:
            kept.append((piece, value))
    return kept, failure


def _shot(visit: "Visit", piece: Piece) -> tuple[str, str]:
    """The camera's own time of the photo, and the camera."""
    from assessor_tui.exif import shot_of

    if piece.file is not None:
        return piece.file.seen.taken, piece.file.seen.camera
    try:
        with evidence.open_evidence(visit.store.folder, piece.sha256) as stream:
            shot = shot_of(stream)
            return shot.taken, shot.camera
    except (evidence.EvidenceError, ValueError):
        return "", ""


def _clock_time(text: str, at: int) -> int | None:
    """The moment that ``10:03:12``, with or without its date, means near ``at``; None when it is no time."""
    from assessor_tui.ledger.clock import hong_kong_time

    words = text.replace("：", ":").split()
    if len(words) == 1:
        words.insert(0, f"{hong_kong_time(at):%Y-%m-%d}")
    return inbox.moment_of("T".join(words)) if len(words) == 2 else None
