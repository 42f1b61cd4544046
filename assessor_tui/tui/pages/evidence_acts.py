"""What can be done with photos, papers, records and jots: marking, tying, captions, withdrawing, the camera's clock."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessor_tui.evidence import files, inbox
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.pages.inbox import InboxPage
from assessor_tui.tui.shown.evidence import NOTE, Piece, offset_words
from assessor_tui.tui.shown.rows import place_words
from assessor_tui.tui.shown.sorting import Offer
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.visit import Act, Recorded, Visit


class EvidenceActs(InboxPage):
    """The acts of the evidence page; a subclass has the list, draws it and says what is offered."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: set[str] = set()
        """Keys of the pieces that are marked."""
        self.busy: set[str] = set()
        """Keys of inbox files that are being copied."""
        self.offered: tuple[Offer, ...] = ()
        """Places by their digits, as the card shows them."""
        self.captions: dict[str, str] = {}
        """Caption of each file that waits, by its key."""
        self.pictured = ""
        """Which picture is shown, in which size."""
        self._turn = asyncio.Lock()

    def redraw(self, target: str = "") -> None:
        """Nothing; draws the list again."""

    def show_marks(self) -> None:
        """Nothing; draws what depends on what is marked."""

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

    def caption_of(self, piece: Piece) -> str:
        """The caption that a file of the inbox will have, ``""`` for none."""
        return self.captions.get(piece.file.key, "") if piece.file is not None else ""

    # Marking

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
        self.show_marks()

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
        if number > len(self.offered):
            self.say(_("The card shows no place with this digit. F2 finds one."), "bold $doubt")
            return
        offer = self.offered[number - 1]
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
            self.busy |= {each.key for each in usable}
            self.redraw()
            self.say(_("being copied ..."))
            self.run_worker(self._copy_and_tie(self.visit, usable, places), group="tie", exit_on_error=True)
        else:
            self._record_ties(self.visit, [(each, each.value or each.label) for each in usable], places, "")

    async def _copy_and_tie(self, visit: "Visit", pieces: Sequence[Piece], places: Sequence[tuple[str, str]]) -> None:
        captions = dict(self.captions)
        async with self._turn:
            try:
                kept, failure = await asyncio.to_thread(_kept, visit, pieces, captions)
            finally:
                self.busy -= {each.key for each in pieces}
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

        if self.visit.is_closed("", "", acts.ATTACH):
            self.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
            return
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
        self.redraw(value.about.get("sha256", "") if added and isinstance(value, Evidence) else "")

    # Changing

    async def command_caption(self) -> None:
        """Nothing; writes what the marked pieces, or this one, show, wherever they are tied."""
        from assessor_tui.tui.windows.dialog import AskText

        pieces = [each for each in self.chosen if each.kind != NOTE and not each.gone]
        if not pieces:
            self.say(_("A note has no caption."), "bold $doubt")
            return
        first = pieces[0]
        before = self.caption_of(first) or (first.value.about.get("caption", "") if first.value is not None else "")

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
            captions = {**self.captions, **waits}
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
        self.redraw()

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

        ties = [entry for piece in pieces for _digest, entry in piece.ties]
        if any(self.visit.is_closed(entry.form, entry.path, acts.WITHDRAW) for entry in ties):
            self.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
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
        from assessor_tui.evidence.withdraw import withdraw
        from assessor_tui.visit import Act

        used: set[str] = set()
        for piece in pieces:
            if piece.sha256:
                done = withdraw(self.visit, piece.sha256, why)
                recorded = done.recorded
                used.update(done.used_in)
                for key in (f"{piece.sha256} ", ""):
                    self.pictured = "" if self.pictured.startswith(key) else self.pictured
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
        taken, camera = await self.program.aside(_shot, self.visit, piece)
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
            # A tie that went, or was captioned anew, meanwhile stays as it is now.
            said = inbox.still_standing(visit, said)
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
        except files.EvidenceError as error:
            failure = _(error.message).format(**error.parameters)
        else:
            kept.append((piece, value))
    return kept, failure


def _shot(visit: "Visit", piece: Piece) -> tuple[str, str]:
    """The camera's own time of the photo, and the camera."""
    from assessor_tui.evidence.exif import shot_of

    if piece.file is not None:
        return piece.file.seen.taken, piece.file.seen.camera
    try:
        with files.open_evidence(visit.store.folder, piece.sha256) as stream:
            shot = shot_of(stream)
            return shot.taken, shot.camera
    except (files.EvidenceError, ValueError):
        return "", ""


def _clock_time(text: str, at: int) -> int | None:
    """The moment that ``10:03:12``, with or without its date, means near ``at``; None when it is no time."""
    from assessor_tui.ledger.clock import hong_kong_time

    words = text.replace("：", ":").split()
    if len(words) == 1:
        words.insert(0, f"{hong_kong_time(at):%Y-%m-%d}")
    return inbox.moment_of("T".join(words)) if len(words) == 2 else None
