"""All evidence and jots of a visit, what they are tied to, and a small picture of the one under the cursor."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from assessor_tui import evidence
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.commands import EVIDENCE, ROWS, WALK, bindings
from assessor_tui.tui.pages.row_edit import ColumnHeads, TitleLine
from assessor_tui.tui.shown.evidence import (
    ALL,
    LOOSE,
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
)
from assessor_tui.tui.visit_screen import Rule, VisitScreen
from assessor_tui.tui.widgets.card import Card, TextPage, page_lines
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.picture import Picture, can_draw
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.visit import Recorded

NEWEST, OLDEST, KIND, TIE = "newest", "oldest", "kind", "tie"
SORTS = (NEWEST, OLDEST, KIND, TIE)


def columns(room: int) -> tuple[Column, ...]:
    """The columns of the list in ``room`` cells."""
    return (
        Column(11, _("When"), rank=1),
        Column(15, _("Kind")),
        Column(20, _("What it shows"), grows=True),
        Column(min(max(room // 5, 10), 30), _("Tied to")),
    )


def is_picture(piece: Piece) -> bool:
    """True when the piece has a file that can be drawn."""
    return piece.value is not None and piece.value.about.get("type", "").startswith("image/")


class EvidenceScreen(VisitScreen):
    """Evidence and jots in the order of time."""

    PLACE = EVIDENCE
    BINDINGS: ClassVar[list[Any]] = bindings(EVIDENCE)
    DEFAULT_CSS = """
    EvidenceScreen #page { width: 1fr; height: 1fr; }
    EvidenceScreen #table { height: 1fr; }
    EvidenceScreen #lower { height: 9; layout: horizontal; }
    EvidenceScreen.-low #lower { height: 6; }
    EvidenceScreen.-tall #lower { height: 50%; }
    EvidenceScreen #detail { width: 1fr; }
    EvidenceScreen #picture { width: 1fr; margin: 0 1 0 1; }
    EvidenceScreen.-plain #picture, EvidenceScreen #picture.-none { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shows = ALL
        self.sort = NEWEST
        self._pictured = ""

    def body(self) -> ComposeResult:
        """Title, list, details and picture."""
        with Vertical(id="page"):
            yield TitleLine(id="title")
            yield ColumnHeads(id="heads")
            yield VirtualList(self.draw_row, id="table")
            yield Rule()
            with Container(id="lower"):
                yield Card(TextPage(), lines=page_lines, id="detail")
                yield Picture(id="picture")

    @property
    def table(self) -> "VirtualList[Piece]":
        """The list."""
        return self.query_one("#table", VirtualList)

    @property
    def piece(self) -> Piece | None:
        """The piece under the cursor."""
        return self.table.row

    def draw_row(self, piece: Piece, width: int, cursor: bool) -> Content:
        """The line of a piece of evidence."""
        from assessor_tui.tui.shown.question_card import evidence_kind

        kind = _("note") if piece.kind == NOTE else evidence_kind(piece.kind)
        muted = "" if cursor else "$muted"
        tied = "" if cursor or piece.places else "$doubt"
        cells = ((clock(piece.at), muted), (kind, muted), (piece.label, ""), (tie_words(self.visit, piece), tied))
        shown = columns(width)
        return columns_line(cells, shown, column_widths(shown, width))

    def on_mount(self) -> None:
        """Nothing; without colours there is no picture."""
        self.set_class(not can_draw(self.app.console.color_system), "-plain")

    def show(self, target: str = "") -> None:
        """Nothing; draws the list, the cursor on the piece that ``target`` names or on one tied to it."""
        pieces = pieces_of(self.visit, notes=not self.onlookers)
        wanted = target or self.target
        shown = sorted((each for each in pieces if is_shown(each, self.shows)), key=self._sort_key)
        cursor = next((index for index, each in enumerate(shown) if each.key == wanted), None)
        if cursor is None:
            tied = (index for index, each in enumerate(shown) if wanted in {f"{f}/{p}" for f, p in each.places})
            cursor = next(tied, None)
        self.table.empty = (
            _("No evidence yet. F3 photo, F4 document or record; on a question the same keys tie it there.")
            if not pieces
            else _("None of this kind. Space shows the next kind.")
        )
        self.table.set_rows(shown, max(self.table.cursor, 0) if cursor is None else cursor)
        self.query_one("#heads", ColumnHeads).show(columns(self.size.width), {KIND: 1, TIE: 3}.get(self.sort, 0))
        self.set_focus(self.table)
        self._show_title(pieces)
        self._show_piece()
        self.show_header()

    def _sort_key(self, piece: Piece) -> tuple[Any, ...]:
        return {
            NEWEST: (-piece.at, piece.key),
            OLDEST: (piece.at, piece.key),
            KIND: (piece.kind, -piece.at),
            TIE: (not piece.places, tie_words(self.visit, piece), -piece.at) if self.sort == TIE else (),
        }[self.sort]

    def _show_title(self, pieces: list[Piece]) -> None:
        left: list[Any] = [(f"{_('Show')}  ", "$muted")]
        for shows, word in (
            (ALL, _("all")), (PHOTOS, _("photos")), (PAPERS, _("papers")), (RECORDS, _("records")),
            (LOOSE, _("not tied")),
        ):  # fmt: skip
            chosen = shows == self.shows
            left.append((f"[{word}]" if chosen else f" {word} ", "bold $accent-text" if chosen else ""))
        said = [ngettext("{count} piece", "{count} pieces", len(pieces)).format(count=len(pieces))]
        if loose := sum(not each.places for each in pieces):
            said.append(_("{count} not tied").format(count=loose))
        self.query_one("#title", TitleLine).show(tuple(left), ("   ".join(said),))

    def _show_piece(self) -> None:
        piece = self.piece
        card = self.query_one("#detail", Card)
        hints = self.query_one(HintBar)
        if piece is None:
            card.show(TextPage())
            self.query_one(Picture).show(None)
            self._pictured = ""
            hints.show(("open", "tie", "caption", "detach", "withdraw", "finding", "open_question"))
            return
        self.target = piece.key
        known = self.program.store.evidence(piece.sha256) if piece.sha256 else None
        card.show(page_of(self.visit, piece, language(), here=known is not None and known.state == "have"))
        away = () if piece.sha256 else ("open",)
        hints.show(away if piece.places else (*away, "detach", "finding", "open_question"), {"open": _("view")})
        self._show_picture(piece)

    def _show_picture(self, piece: Piece) -> None:
        picture = self.query_one(Picture)
        if picture.has_class("-none") == is_picture(piece):
            picture.set_class(not is_picture(piece), "-none")
            self._pictured = ""
            self.call_after_refresh(self._show_piece)
            return
        size = picture.size
        name = f"{piece.sha256} {size.width} {size.height}"
        if name == self._pictured:
            return
        self._pictured = name
        picture.show(None)
        if is_picture(piece) and picture.display:
            self.run_worker(self._load_picture(piece.sha256, name), group="picture", exclusive=True)

    async def _load_picture(self, sha256: str, name: str) -> None:
        picture = self.query_one(Picture)
        folder, width, height = self.program.store.folder, picture.size.width, picture.size.height

        def load() -> Any:
            try:
                return evidence.preview_pixels(folder, sha256, width, 2 * height) or None
            except evidence.EvidenceError:
                return None

        pixels = await asyncio.to_thread(load)
        if name == self._pictured:
            picture.show(pixels)

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; shows the piece under the cursor."""
        if self.program.visit is not None:
            self._show_piece()

    def on_resize(self) -> None:
        """Nothing; another size has room for another picture."""
        if self.program.visit is not None:
            self.call_after_refresh(self.show)

    def subject(self) -> tuple[str, str] | None:
        """The question or row that the piece under the cursor is tied to first."""
        piece = self.piece
        return piece.places[0] if piece is not None and piece.places else None

    # Doing

    def why_not(self, command_id: str) -> str:
        """Why nothing can be done with the line under the cursor."""
        needs_piece = command_id in ("open", "tie", "caption", "detach", "withdraw", "open_question")
        if needs_piece and self.program.visit is not None and self.piece is None:
            return _("There is no evidence here.")
        return ""

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
        self.show(value.about.get("sha256", "") if added and isinstance(value, Evidence) else "")

    async def command_tie(self) -> None:
        """Nothing; ties the piece to a question, table row or finding as well."""
        from assessor_tui.tui.windows.find import KINDS, entries_of
        from assessor_tui.tui.windows.search_list import SearchList

        piece = self.piece
        assert piece is not None
        if self.visit.signed:
            self.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
            return
        entries = [each for each in entries_of(self.visit, language(), hidden=True) if each.kind != NOTE]

        def chosen(found: str | None) -> None:
            if found:
                form, _slash, path = found.partition(" ")[2].partition("/")
                self._tie(piece, form, path)

        window = SearchList(_("Tie to"), entries, kinds=KINDS, placeholder=_("a word or a number such as 3.07"))
        await self.app.push_screen(window, chosen)

    def _tie(self, piece: Piece, form: str, path: str) -> None:
        digest, entry = piece.ties[0]
        if (form, path) in piece.places:
            self.say(_("It is tied there already."), "bold $doubt")
            return
        act = acts.NOTE if piece.kind == NOTE else acts.ATTACH
        with self.visit.store.together():
            recorded = self.visit.record(act, form, path, entry.value)
            if recorded.entries and not entry.form:
                reference = acts.reference(entry.device, entry.seq, digest)
                if piece.kind == NOTE:
                    self.visit.record(acts.WITHDRAW, "", "", why=_("tied to a question"), replaces=[reference])
                else:
                    self.visit.record(acts.DETACH, "", "", replaces=[reference])
        self.did(recorded)
        if recorded.entries:
            from assessor_tui.tui.shown.rows import place_words

            self.say(_("Tied to {place}.").format(place=place_words(self.visit, form, path, language())))

    async def command_caption(self) -> None:
        """Nothing; writes what the piece shows, wherever it is tied."""
        from assessor_tui.tui.windows.dialog import AskText

        piece = self.piece
        assert piece is not None
        value = piece.value
        if value is None:
            self.say(_("A note has no caption."), "bold $doubt")
            return

        def written(caption: str | None) -> None:
            if caption is None or caption == value.about.get("caption", ""):
                return
            about = {**value.about, "caption": caption}
            new = Evidence(value.kind, {key: text for key, text in about.items() if text})
            for digest, entry in piece.ties:
                replaces = [acts.reference(entry.device, entry.seq, digest)]
                self.record(acts.ATTACH, entry.form, entry.path, new, replaces=replaces)

        before = value.about.get("caption", "")
        await self.app.push_screen(AskText(_("Caption"), piece.label, value=before, required=False), written)

    async def command_detach(self) -> None:
        """Nothing; takes the piece from a question; it stays for the others, or as a jot."""
        from assessor_tui.tui.shown.rows import place_words
        from assessor_tui.tui.windows.dialog import Choose, Option

        piece = self.piece
        assert piece is not None
        tied = [(digest, entry) for digest, entry in piece.ties if entry.form]
        if not tied:
            self.say(_("It is tied to nothing. Del withdraws it."), "bold $doubt")
            return
        options = [
            Option(digest, place_words(self.visit, entry.form, entry.path, language())) for digest, entry in tied
        ]

        def chosen(digest: str | None) -> None:
            entry = dict(tied).get(digest or "")
            if entry is None or digest is None:
                return
            if len(piece.ties) == 1:
                # The last tie: the piece must not be lost from sight.
                self.visit.record(acts.ATTACH, "", "", entry.value)
            replaces = [acts.reference(entry.device, entry.seq, digest)]
            self.record(acts.DETACH, entry.form, entry.path, replaces=replaces)

        if len(tied) == 1:
            chosen(tied[0][0])
        else:
            await self.app.push_screen(Choose(_("Take it from which?"), options), chosen)

    async def command_withdraw(self) -> None:
        """Nothing; asks why the piece must not be used, and withdraws it everywhere."""
        from assessor_tui.tui.windows.dialog import AskText

        piece = self.piece
        assert piece is not None

        def because(why: str | None) -> None:
            for digest, entry in piece.ties if why else ():
                replaces = [acts.reference(entry.device, entry.seq, digest)]
                self.record(acts.WITHDRAW, entry.form, entry.path, why=why or "", replaces=replaces)

        usual = [
            _("shows something else"),
            _("shows people or secrets of the site"),
            _("not readable"),
            _("taken twice"),
        ]
        text = _("{piece}. Why must it not be used? It stays in the record.").format(piece=piece.label)
        await self.app.push_screen(AskText(_("Withdraw"), text, usual=usual), because)

    def command_filter(self) -> None:
        """Nothing; shows the next kind only."""
        self.shows = SHOWS[(SHOWS.index(self.shows) + 1) % len(SHOWS)]
        self.show()

    def command_sort(self) -> None:
        """Nothing; sorts by time, kind or question."""
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        self.show()
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
        if piece is None or not piece.sha256:
            self.say(_("This has no file to open."), "bold $doubt")
            return
        self.run_worker(self._view(piece.sha256), group="view")

    async def _view(self, sha256: str) -> None:
        try:
            file = await asyncio.to_thread(copy_to_view, self.program.store.folder, sha256)
        except evidence.EvidenceError as error:
            self.say(_(error.message).format(**error.parameters), "bold $bad")
            return
        if await asyncio.to_thread(open_in_viewer, file):
            self.say(_("Opened in the viewer of this computer."))
        else:
            self.say(_("No viewer was found. A copy is in {file}").format(file=file), "bold $doubt")


def copy_to_view(folder: Path, sha256: str) -> Path:
    """A copy of a stored file under its digest and the extension of its real type, for other programs to open.

    Raises:
        EvidenceMissing, EvidenceDamaged, TypeNotAllowed: when it must not or cannot be opened.
    """
    import tempfile  # costs more than this page

    with evidence.open_evidence(folder, sha256) as stream:
        media = evidence.sniff(stream.read(evidence.SNIFFED))
        if not media:
            raise evidence.TypeNotAllowed(sha256[:12])
        stream.seek(0)
        place = Path(tempfile.mkdtemp(prefix="assessor-view-"))
        copy = place / f"{sha256[:16]}{evidence.TYPES[media]}"
        with copy.open("wb") as out:
            while part := stream.read(1 << 20):
                out.write(part)
    copy.chmod(0o400)
    return copy


def open_in_viewer(file: Path) -> bool:
    """True when the system has taken the file to show it."""
    import subprocess

    try:
        if sys.platform == "win32":
            os.startfile(file)  # noqa: S606 - a copy of an allowed type, named by us
            return True
        command = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.Popen(  # noqa: S603 - no shell, our own file name
            [command, str(file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except OSError:
        return False
    return True
