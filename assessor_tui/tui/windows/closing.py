"""Windows of the closing meeting: writing its record, reading it out with the site's replies, keeping the sheet."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.binding import Binding
from textual.widget import Widget

from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.commands import FINDINGS
from assessor_tui.tui.widgets.card import Card, CardLine, Part, Remark, TextPage
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import content, fit_content, safe, wrap
from assessor_tui.tui.windows.bundles import Progress, failure_sentence
from assessor_tui.tui.windows.dialog import AskText, Choose, Dialog, Option
from assessor_tui.tui.windows.pick_path import PickPath, first_place
from assessor_tui.tui.windows.reporting import WRITTEN_TO, Reporting, Result

if TYPE_CHECKING:
    from assessor_tui.reports.closing import WrittenClosing
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.tui.shown.closing import Spoken
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Recorded, Visit

READ, SHEET, TEXT = "read", "sheet", "text"
REPLIES = ("agrees", "objects", "partly")
"""Choices of the site's reply, in the order of the digits."""
WIDE = 96
"""Cells of the text that is read out, where the terminal is wider."""


async def closing_dialog(screen: "VisitScreen") -> None:
    """Nothing; says what the record still lacks, then writes it, reads it out, or keeps the signed sheet."""
    from assessor_tui.assess.closing import TEXT_IN, without_text
    from assessor_tui.closing import closing_data, site_language

    visit = screen.visit
    data = closing_data(visit)
    first = site_language(visit, language())
    tags = (first, *(tag for tag in LANGUAGES if tag != first))
    lacking = {tag: without_text(data, tag) for tag in tags}
    options = [
        Option(tag, _("Write the record in {language}").format(language=LANGUAGE_NAMES[tag]), _lacks(lacking[tag]))
        for tag in tags
    ]
    options.append(Option(READ, _("Read it out, and record the site's replies"), LANGUAGE_NAMES[first]))
    last = visit.header("closing_record")
    options.append(
        Option(
            SHEET, _("Keep the signed sheet"), last if isinstance(last, str) else "",
            reason="" if last else _("no record has been written yet"),
        )
    )  # fmt: skip

    missing = lacking[first]
    if missing:
        said = _("Write the text in {language} of {number}").format(
            language=LANGUAGE_NAMES[first], number=missing[0]["number"]
        )
        options.append(Option(TEXT, said))

    async def chosen(what: str | None) -> None:
        if what == TEXT:
            place = f"{visit.scheme.findings_form}/{missing[0]['path']}/{TEXT_IN[first]}"
            await screen.program.go(FINDINGS, place)
        elif what == READ:
            await screen.app.push_screen(ReadAloud(screen, first))
        elif what == SHEET:
            await keep_sheet(screen)
        elif what:
            await _write(screen, what)

    await screen.app.push_screen(Choose(_("Closing meeting"), options, _first_of_all(visit, data, first)), chosen)


def _lacks(findings: Sequence[Any]) -> str:
    count = len(findings)
    if not count:
        return ""
    return ngettext("{count} text missing", "{count} texts missing", count).format(count=count)


def _first_of_all(visit: "Visit", data: Any, tag: str) -> str:
    """What to see to before the record is written: texts that are missing first, then what has not arrived."""
    from assessor_tui.assess.closing import outdated, unheard, without_text

    lines = [
        _("{number}: text in {language} missing: {text}").format(
            number=each["number"], language=LANGUAGE_NAMES[tag], text=" ".join(each.get("text", "").split())
        )
        for each in without_text(data, tag)
    ]
    lines += [
        _(
            "{number}: changed after its text in {language} was written; the page shows that text. Read it again."
        ).format(number=each["number"], language=LANGUAGE_NAMES[tag])
        for each in outdated(visit.scheme, visit.state, data, tag)
    ]
    lines += [_("Nothing has arrived from {person}.").format(person=name) for name in unheard(data, visit.state)]
    if count := len(visit.state.conflicts):
        lines.append(
            ngettext(
                "{count} conflict is open; where it is about a finding the page says so.",
                "{count} conflicts are open; where they are about a finding the page says so.",
                count,
            ).format(count=count)
        )
    return "\n".join(lines)


# Writing


async def _write(screen: "VisitScreen", tag: str) -> None:
    program = cast("AssessorApp", screen.app)

    async def folder_chosen(folders: tuple[Path, ...] | None) -> None:
        if folders:
            program.store.set_local("", WRITTEN_TO, str(folders[0]))
            await program.push_screen(Closing(screen, folders[0], tag))

    start = first_place(program.store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
    title = _("Closing record: into which folder?")
    await program.push_screen(PickPath(title, start=start, folder=True), folder_chosen)


class Closing(Reporting):
    """Writes the record in a thread, records its digest, and opens it in the browser when wanted."""

    def __init__(self, screen: "VisitScreen", folder: Path, tag: str) -> None:
        super().__init__(screen.visit, folder, audience="site", tag=tag)
        self.window_title = _("Closing record")
        self.page = screen
        self.language = tag

    def begin(self) -> None:
        """Nothing; says what is being written and starts the thread."""
        self.query_one("#progress", Progress).show(0, _("The closing record is being written."))
        self.write_closing()

    @work(thread=True, group="report")
    def write_closing(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.reports.closing import write_closing

        try:
            written = write_closing(self.visit, self.folder, self.language)
        except Exception as error:
            self.app.call_from_thread(self.finished, (), failure_sentence(error))
        else:
            self.app.call_from_thread(self.written, written)

    def written(self, written: "WrittenClosing") -> None:
        """Nothing; records the digest and says what came of it."""
        from assessor_tui.closing import record_closing

        self.files, self.ended = (written.path,), True
        self.page.did(record_closing(self.visit, written.digest))
        self.query_one("#progress", Progress).show(1, _("The closing record is written."))
        lines = [Remark(written.path.name, "answered"), Remark(str(written.path.parent.absolute()))]
        notes = [Remark(_("Digest {digest}").format(digest=written.digest))]
        if self.visit.header("closing_record") != written.digest:
            notes.append(
                Remark(_("It was not recorded: the visit is signed, or its form has no place for it."), "warning")
            )
        notes.append(Remark(_("Print it on A4, have it signed, photograph it, and keep the sheet with Ctrl+E.")))
        self.query_one("#result", Result).show(TextPage(parts=(Part("", tuple(lines)), Part("", tuple(notes)))))
        self.say("")


# The signed sheet


async def keep_sheet(screen: "VisitScreen") -> None:
    """Nothing; asks for the photographed signed sheet and keeps it with the record that was written last."""
    from assessor_tui.closing import attach_sheet
    from assessor_tui.evidence.files import EvidenceError
    from assessor_tui.tui.windows.evidence_dialog import LAST_FOLDER, PAPERS, PICTURES, sentence_of

    if not screen.visit.header("closing_record"):
        screen.say(_("No closing record has been written yet. Ctrl+E writes it."), "bold $doubt")
        return
    store = screen.program.store

    def picked(files: tuple[Path, ...] | None) -> None:
        if not files:
            return
        try:
            recorded = attach_sheet(screen.visit, files[0])
        except EvidenceError as error:
            screen.say(sentence_of(error), "bold $doubt")
            return
        screen.did(recorded)
        if recorded.entries:
            said = _("The signed sheet is kept with closing record {digest}.")
            screen.say(said.format(digest=screen.visit.header("closing_record")))
        elif not recorded.problems:
            screen.say(_("This sheet is kept already."))

    start = first_place(store.local("", LAST_FOLDER, ""), Path.home(), Path.cwd())
    window = PickPath(_("The signed sheet, photographed"), start=start, suffixes=tuple(PICTURES | PAPERS))
    await screen.app.push_screen(window, picked)


# Reading it out


def spoken_lines(page: "Spoken", width: int) -> list[CardLine]:
    """The page in large calm text: short lines in the middle, air between the paragraphs."""
    room = max(min(width - 8, WIDE), 10)
    edge = " " * max((width - room) // 2, 0)
    lines = [CardLine(fit_content(content(""), width))]

    def add(text: str, style: str) -> None:
        for line in wrap(safe(text), room):
            lines.append(CardLine(fit_content(content(edge, (line, style)), width)))
        lines.append(CardLine(fit_content(content(""), width)))

    add(page.title, "bold $accent-text")
    for paragraph in page.paragraphs:
        add(paragraph, "bold" if page.path else "")
    for muted in page.muted:
        add(muted, "$muted")
    return lines


class ReadAloud(Dialog[None]):
    """The closing meeting page by page over the whole screen; a digit records what the site says to a finding."""

    DEFAULT_CSS = """
    ReadAloud > Vertical { width: 100%; height: 100%; border: none; background: $background; padding: 0; }
    ReadAloud Card, ReadAloud StatusLine { background: $background; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("enter,right,pagedown,space", "turn(1)", show=False),
        Binding("left,pageup", "turn(-1)", show=False),
        Binding("down", "scroll_by(1)", show=False),
        Binding("up", "scroll_by(-1)", show=False),
        Binding("home", "turn(-999)", show=False),
        Binding("end", "turn(999)", show=False),
        Binding("1,y", "reply(0)", show=False),
        Binding("2,n", "reply(1)", show=False),
        Binding("3", "reply(2)", show=False),
        Binding("ctrl+l", "tongue", show=False),
        Binding("ctrl+z", "undo", show=False),
        Binding("q", "close", show=False),
    ]

    def __init__(self, screen: "VisitScreen", tag: str) -> None:
        super().__init__("")
        self.page = screen
        self.tag = tag
        self.at = 0
        self.pages: list[Spoken] = []
        self.recorded = 0
        """Acts of this window that can be taken back in it."""
        self._read()

    def _read(self) -> None:
        from assessor_tui.closing import closing_data
        from assessor_tui.tui.shown.closing import spoken_pages

        visit = self.page.visit
        self.pages = spoken_pages(closing_data(visit), visit.forms.get(visit.scheme.header_form), self.tag)
        self.at = min(self.at, len(self.pages) - 1)

    @property
    def here(self) -> "Spoken":
        """The page that is shown."""
        return self.pages[self.at]

    def hint(self) -> str:
        """The keys of the window."""
        keys = _("Enter next   Ctrl+L {language}   Esc close").format(language=LANGUAGE_NAMES[self.tag])
        if self.here.path:
            keys = f"{_('1 agrees   2 objects   3 in part')}   {keys}"
        return f"{self.at + 1}/{len(self.pages)}   {keys}"

    def body(self) -> Sequence[Widget]:
        """The page."""
        return (Card(self.here, lines=spoken_lines, id="spoken"),)

    def _share_lines(self, parts: Sequence[Widget]) -> None:
        for part in parts:
            if isinstance(part, Card):
                part.styles.height = max(self.app.size.height - 1, 1)

    def _draw(self, said: str = "") -> None:
        self._read()
        self.query_one("#spoken", Card).show(self.here)
        self.say(said)

    def action_turn(self, step: int) -> None:
        """Nothing; another page; on a long one first the rest of it."""
        card = self.query_one("#spoken", Card)
        if step == 1 and card.scroll_offset.y < card.max_scroll_y:
            card.scroll_page(1)
            return
        before, self.at = self.at, max(min(self.at + step, len(self.pages) - 1), 0)
        self._draw(_("This is the last page. Esc closes.") if before == self.at and step == 1 else "")
        card.scroll_to(y=0, animate=False, immediate=True)

    def action_scroll_by(self, lines: int) -> None:
        """Nothing; scrolls by lines."""
        card = self.query_one("#spoken", Card)
        card.scroll_to(y=card.scroll_offset.y + lines, animate=False, immediate=True)

    def action_tongue(self) -> None:
        """Nothing; the next language."""
        self.tag = LANGUAGES[(LANGUAGES.index(self.tag) + 1) % len(LANGUAGES)]
        self._draw()

    def action_undo(self) -> None:
        """Nothing; takes the last reply of this meeting back, and nothing from before it."""
        if not self.recorded:
            self.say(_("There is nothing to take back."))
            return
        self.recorded -= 1
        self.page.command_undo()
        self._draw(_("taken back"))

    async def action_reply(self, index: int) -> None:
        """Nothing; records what the site says to this finding, and its words when it does not agree."""
        path = self.here.path
        if not path:
            self.say(_("A reply belongs to a finding."))
            return
        visit, form = self.page.visit, self.page.visit.scheme.findings_form
        reply = REPLIES[index]
        try:
            offered = {choice.name for choice in visit.filling(form).choices(f"{path}/response")}
        except KeyError:
            offered = set()
        if reply not in offered:
            self.say(_("The form has no such reply."))
            return

        def recorded(_recorded: "Recorded") -> None:
            self.recorded += 1
            self._replied(path, reply)

        done = self.page.record(acts.ANSWER, form, f"{path}/response", (reply,), then=recorded)
        if not done.entries and not done.problems:
            self._replied(path, reply)
        elif done.problems and self.is_current:
            from assessor_tui.i18n.sentences import sentence

            self.say(sentence(done.problems[0]))

    def _said(self, _recorded: "Recorded") -> None:
        self.recorded += 1

    def _replied(self, path: str, reply: str) -> None:
        mark = glyphs().answered
        self._draw(f"{mark} {_('saved')}")
        if reply == "agrees":
            return

        def said(words: str | None) -> None:
            if words:
                form = self.page.visit.scheme.findings_form
                self.page.record(acts.ANSWER, form, f"{path}/response_words", words, then=self._said)
                self._draw(f"{mark} {_('saved')}")

        then: Callable[[str | None], None] = said
        self.app.push_screen(AskText(_("In the site's words"), self.here.title), then)
