"""Photos, papers, records and jots of a visit: sorted here as they come out of the inbox, and looked at again."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.timer import Timer

from assessor_tui.assess.moments import Moment, moments
from assessor_tui.config import short_path
from assessor_tui.evidence import files, inbox
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.tui.commands import EVIDENCE, ROWS, WALK, bindings
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.pages.evidence_acts import EvidenceActs
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
    page_of,
    pieces_of,
    tie_words,
    waiting,
    withdrawn,
)
from assessor_tui.tui.shown.sorting import Offer, offers, sort_card, sort_card_lines, then_words
from assessor_tui.tui.visit_screen import Rule
from assessor_tui.tui.widgets.card import Card, TextPage
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.picture import Picture, can_draw
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line
from assessor_tui.tui.windows.viewer import copy_to_view, open_in_viewer

if TYPE_CHECKING:
    pass

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


class EvidenceScreen(EvidenceActs):
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
        self._of = ""
        self._known: tuple[int, dict[str, list[Moment]]] = (-1, {})
        self._clocks: dict[str, int] = {}
        self._rest: Timer | None = None
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
        label = self.caption_of(piece) or piece.label
        cells = (
            (mark, "bold $accent-text"), (clock(piece.at), muted), (kind, muted),
            (label, muted if piece.why_not else ""), (last, tied),
        )  # fmt: skip
        shown = columns(width, self.shows)
        return columns_line(cells, shown, column_widths(shown, width))

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

    def show_marks(self) -> None:
        """Nothing; draws what depends on what is marked."""
        self._show_title(self._pieces())
        self._show_piece()

    def show(self, target: str = "") -> None:
        """Nothing; draws the list, the cursor on the piece that ``target`` names or on one tied to it."""
        if self._of != self.visit.id:
            self._of, self.shows, self.sort, self._undecided = self.visit.id, ALL, "", True
            self.marked.clear()
            self.busy.clear()
        self.look()
        self.redraw(target)

    def inbox_changed(self) -> None:
        """Nothing; draws the list with the files that are there now."""
        if self._of == self.visit.id:
            self.redraw()

    def _pieces(self) -> list[Piece]:
        found = [*waiting(self.files), *pieces_of(self.visit, notes=not self.onlookers), *withdrawn(self.visit)]
        return [each for each in found if each.key not in self.busy]

    def redraw(self, target: str = "") -> None:
        """Nothing; draws the list, the cursor at ``target`` or as near as possible to where it was."""
        # Read here and not at each key: a thread may be writing to the ledger.
        self.captions = self.program.store.local(self.visit.id, inbox.CAPTIONS, {})
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
            self.status((f"{_('Inbox')}  {safe(short_path(self.folder))}  {said}", "$muted"))

    def _show_piece(self) -> None:
        piece = self.piece
        card = self.query_one("#detail", Card)
        hints = self.query_one(HintBar)
        if piece is None:
            self.offered = ()
            card.show(TextPage())
            self.query_one(Picture).show(None)
            self.pictured = ""
            hints.show(
                ("open", "tie_here", "mark", "tie", "leave_aside", "caption", "detach", "withdraw", "finding",
                 "open_question")
            )  # fmt: skip
            return
        self.target = piece.key
        self.offered = ()
        chosen = [each for each in self.chosen if not each.why_not] if piece.loose or self.marked else []
        if chosen:
            self.offered = self._offers_for(chosen)
        if piece.file is not None or piece.loose or self.marked:
            first = chosen[0] if chosen else piece
            model = sort_card(self.visit, first, self.offered, self._clocks, language())
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
        away += [] if self.offered else ["tie_here"]
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
            self.pictured = ""
            self.call_after_refresh(self._show_piece)
            return
        name = f"{_picture_key(piece)} {picture.size.width} {picture.size.height}"
        if name == self.pictured:
            return
        self.pictured = name
        picture.show(None)
        if self._rest is not None:
            self._rest.stop()
        if is_picture(piece) and picture.display:
            self._rest = self.set_timer(REST, self._rested)

    def _rested(self) -> None:
        if not self._drawing:
            self._drawing = True
            self.run_worker(self._load_pictures(), group="picture")

    async def _load_pictures(self) -> None:
        """Nothing; one picture at a time: the one under the cursor, and then some after it."""
        name = self.pictured
        try:
            while self.program.visit is not None and self.is_current:
                name = self.pictured
                piece = self.piece
                if piece is None or not is_picture(piece):
                    return
                pixels = await asyncio.to_thread(self._pixels, piece, *self._picture_size())
                if name == self.pictured:
                    self.query_one(Picture).show(pixels or None)
                    break
            for piece in self.table.rows[self.table.cursor + 1 :][:_AHEAD]:
                if piece.file is not None and is_picture(piece) and name == self.pictured:
                    await asyncio.to_thread(self._pixels, piece, 1, 1)
        finally:
            self._drawing = False
        if name != self.pictured:
            self._rested()

    def _picture_size(self) -> tuple[int, int]:
        size = self.query_one(Picture).size
        return size.width, 2 * size.height

    def _pixels(self, piece: Piece, width: int, height: int) -> Any:
        """The pixels; in a thread."""
        if piece.file is None:
            try:
                return files.preview_pixels(self.program.store.folder, piece.sha256, width, height)
            except files.EvidenceError:
                return ()
        key = piece.file.key
        if key not in self._small:
            self._small[key] = files.small_picture(piece.file.path)
            while len(self._small) > _REMEMBERED:
                del self._small[next(iter(self._small))]
        return files.pixels_of(self._small.get(key, b""), width, height)

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
            self.call_after_refresh(self.redraw)

    def subject(self) -> tuple[str, str] | None:
        """The question or row that the piece under the cursor is tied to first."""
        piece = self.piece
        return piece.places[0] if piece is not None and piece.places else None

    # The list

    def why_not(self, command_id: str) -> str:
        """Why nothing can be done with the line under the cursor."""
        needs_piece = command_id in (
            "open", "tie_here", "mark", "tie", "leave_aside", "caption", "detach", "withdraw", "open_question",
            "clock_photo",
        )  # fmt: skip
        if needs_piece and self.program.visit is not None and self.piece is None:
            return _("There is no evidence here.")
        return ""

    def command_show_kind(self) -> None:
        """Nothing; shows the next kind only."""
        pieces = self._pieces()
        kinds = [each for each in SHOWS if each not in (ASIDE, GONE) or any(is_shown(piece, each) for piece in pieces)]
        self._show_only(kinds[(kinds.index(self.shows) + 1) % len(kinds)] if self.shows in kinds else ALL)
        self.marked.clear()
        self.redraw()
        if self.shows == MINE:
            from assessor_tui.tui.shown.mine import mine_words

            self.say(mine_words(self.visit))

    def command_sort(self) -> None:
        """Nothing; sorts by time, kind or question."""
        now = self.sort or (OLDEST if self.shows == LOOSE else NEWEST)
        self.sort = SORTS[(SORTS.index(now) + 1) % len(SORTS)]
        self.redraw()
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
        except files.EvidenceError as error:
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
