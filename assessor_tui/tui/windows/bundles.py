"""Carrying visits between laptops, in windows: taking bundles in, and making one. The long work runs in a thread."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widget import AwaitMount, Widget

from assessor_tui.i18n import _, ngettext
from assessor_tui.store.trusted import latest_roster
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.commands import CONFLICTS, OVERVIEW
from assessor_tui.tui.shown.words import size_words
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import bar, glyphs
from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece, content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.dialog import AskText, Choose, Dialog, Option
from assessor_tui.tui.windows.pick_path import PickPath, first_place

if TYPE_CHECKING:
    from assessor_tui.bundle.write import Written
    from assessor_tui.carry.exchange import Alike, Merged
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Visit

TAKEN_FROM, WRITTEN_TO, TAKEN = "merge folder", "bundle folder", "taken"
"""Local state: folders used last; per visit what the last merge brought, for the page of conflicts."""

SUFFIXES = (".zip", ".zip.age")


class Work(NamedTuple):
    """One file to take in, and what came of it."""

    path: Path
    merged: "Merged | None" = None
    failure: str = ""
    """Why the ledger could not take it, as a sentence."""
    running: bool = False
    asked: str = ""
    """What it asks for, as a sentence."""
    trust: tuple[str, ...] = ()
    """What of it is held back and why, and what came of the roster in it, as sentences."""


class Taken(NamedTuple):
    """What came of all files."""

    visits: tuple[str, ...] = ()
    conflicts: int = 0
    alike: "tuple[Alike, ...]" = ()
    show: str = ""
    """Visit whose conflicts are to be shown now; ``""`` for none."""
    waiting: int = 0
    """Questions that others have returned and that wait for an answer."""
    look_again: int = 0
    """Own returns that were answered."""
    returned: str = ""
    """Visit in which something was returned or answered, the first of them."""
    asked: str = ""
    """Visit of which somebody asks for what is here, the first of them."""
    held: int = 0
    """Bundles that were held back, wholly or in part, and wait for a decision."""
    offered: bool = False
    """True when the first roster of a team came and waits to be compared."""


def failure_sentence(error: Exception) -> str:
    """The sentence about a failure of the world; an error of the program itself is raised again."""
    message = getattr(error, "message", None)
    if message is None and isinstance(error, OSError):
        return _("This cannot be read or written: {reason}.").format(reason=error.strerror or type(error).__name__)
    if message is None:
        raise error
    return _(message).format_map({"reason": "", **getattr(error, "parameters", {})})


def outcome(each: Work) -> tuple[str, str, str]:
    """(mark, words, style) of what came of one file."""
    marks = glyphs()
    merged = each.merged
    if each.failure:
        return marks.problem, each.failure, "$bad"
    if each.running:
        return marks.to_come, _("being checked and taken in"), "$accent-text"
    if merged is None:
        return " ", _("waiting"), "$muted"
    if merged.error is not None:
        return marks.problem, _("refused"), "$bad"
    if merged.purpose == "enrol":
        return marks.to_come, _("asks for a place on the roster"), "$accent-text"
    if merged.purpose == "roster":
        took = merged.roster is not None and merged.roster.outcome == "newer"
        return marks.answered, _("a new roster") if took else _("a roster"), "$good" if took else "$muted"
    if merged.held:
        from assessor_tui.i18n.trust_words import count_words

        return marks.warning, count_words(merged.held), "$doubt"
    words = {
        "new": ngettext("{count} new entry of {person}", "{count} new entries of {person}", merged.new),
        "known": _("everything in it is here already"),
        "other visit": ngettext(
            "a visit that is new here: {count} entry of {person}",
            "a visit that is new here: {count} entries of {person}",
            merged.new,
        ),
    }[merged.outcome]
    said = words.format(count=merged.new, person=merged.sender)
    return marks.answered, said, "$muted" if merged.outcome == "known" else "$good"


class Progress(LineBar):
    """How much of the work is done."""

    DEFAULT_CSS = "Progress { background: $surface; color: $muted; }"
    LINES = 1

    def __init__(self, whole: int, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.done, self.whole, self.words = 0, whole, ""

    def show(self, done: int, words: str) -> None:
        """Nothing; shows the bar and the words."""
        self.done, self.words = done, words
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """Bar and words."""
        return [(bar(self.done, self.whole, 16), "$accent-text"), "  ", safe(self.words)]


class Taking(Dialog[Taken | None]):
    """Takes files in one after the other and says what came of each. Esc stops after the file that is being read."""

    BINDINGS: ClassVar[list[Any]] = [Binding("enter", "finish", show=False)]

    def __init__(self, store: "Store", files: Sequence[Path], new_id: Callable[[], str]) -> None:
        super().__init__(_("Merge") if latest_roster(store) is not None else _("Merge: unsigned team"))
        self.store = store
        self.new_id = new_id
        self.works = [Work(path) for path in files]
        self.taken: Taken | None = None
        """What came of it; None while it goes on."""
        self.stopped = False

    def hint(self) -> str:
        """The keys of the window."""
        if self.taken is None:
            return _("Esc stop after this file")
        if self.taken.asked:
            return _("Enter make the bundle that is asked for   Up/Down   Esc close")
        if self.taken.conflicts and not self.taken.waiting:
            return _("Enter look at the conflicts   Up/Down   Esc close")
        if self.taken.returned:
            return _("Enter look at what was returned   Up/Down   Esc close")
        return _("Enter close   Up/Down")

    def body(self) -> Sequence[Widget]:
        """How far it is, the files, and what came of the one under the cursor."""
        rows: VirtualList[Work] = VirtualList(self.draw, self.works, id="files")
        return (Progress(len(self.works), id="progress"), rows, Detail(TextPage(), lines=page_lines, id="detail"))

    def list_lines(self) -> int:
        """One for each file."""
        return min(len(self.works), 10)

    def draw(self, each: Work, width: int, cursor: bool) -> Content:
        """The line of a file."""
        mark, words, style = outcome(each)
        room = max(min(width_of(safe(each.path.name)), width - 30), width // 3)
        left = content((f"{mark} ", style), fit(each.path.name, room))
        return left_right(left, content((fit(words, min(width_of(safe(words)), width - room - 4)), style)), width)

    def on_mount(self) -> None:
        """Nothing; starts the work."""
        self.set_focus(self.query_one("#files"))
        self._tell()
        self.take_in()

    @work(thread=True, group="bundles")
    def take_in(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.carry.exchange import merge_bundle

        visits: dict[str, None] = {}
        try:
            for index, each in enumerate(self.works):
                if self.stopped:
                    break
                self.app.call_from_thread(self.note, index, each._replace(running=True))
                try:
                    merged = merge_bundle(self.store, each.path)
                except Exception as error:
                    self.app.call_from_thread(self.note, index, each._replace(failure=failure_sentence(error)))
                    break
                asked = asked_sentence(self.store, merged)
                trust = (*trust_sentences(self.store, merged), *good_news(merged))
                self.app.call_from_thread(self.note, index, each._replace(merged=merged, asked=asked, trust=trust))
                if merged.error is None:
                    visits.update(dict.fromkeys(merged.visits))
            came = [each.merged for each in self.works if each.merged is not None]
            taken = taken_of(self.store, came, self.new_id)
        except Exception as error:
            self.app.call_from_thread(self.finished, Taken(tuple(visits)), failure_sentence(error))
        else:
            self.app.call_from_thread(self.finished, taken, "")

    def note(self, index: int, each: Work) -> None:
        """Nothing; shows what came of one file."""
        self.works[index] = each
        rows = self.query_one("#files", VirtualList)
        rows.refresh_row(index)
        if each.running:
            rows.move_cursor(index)
        self._tell()

    def finished(self, taken: Taken, failure: str) -> None:
        """Nothing; says how it ended."""
        self.taken = taken
        if failure:
            self.say(failure)
        else:
            self.say("")
        self._tell()

    def _tell(self) -> None:
        done = sum(each.merged is not None or bool(each.failure) for each in self.works)
        words = _("{done} of {count} files").format(done=done, count=len(self.works))
        taken = self.taken
        if taken is not None:
            new = sum(each.merged.new for each in self.works if each.merged is not None)
            words += summary_words(taken)
            # Last: where there is no room for all, the detail below says it, too.
            words += "   " + ngettext("{count} new entry", "{count} new entries", new).format(count=new)
        self.query_one("#progress", Progress).show(done, words)
        self._detail()

    def on_virtual_list_highlighted(self) -> None:
        """Nothing; says more about the file under the cursor."""
        self._detail()

    def _detail(self) -> None:
        each = self.query_one("#files", VirtualList).row
        if each is not None:
            self.query_one("#detail", Detail).show(detail_page(each))

    async def action_finish(self) -> None:
        """Nothing; closes the window, on the way to the conflicts when there are any."""
        if self.taken is not None:
            self.dismiss(self.taken)

    def on_virtual_list_chosen(self, message: "VirtualList.Chosen") -> None:
        """Nothing; Enter on a file ends the window as well."""
        message.stop()
        if self.taken is not None:
            self.dismiss(self.taken)

    def action_close(self) -> None:
        """Nothing; stops the work, or closes the window when it has ended."""
        if self.taken is None:
            self.stopped = True
            self.say(_("Stops after this file."))
        else:
            self.dismiss(self.taken._replace(show="", returned="", asked=""))


def summary_words(taken: Taken) -> str:
    """What waits for a person after files were taken in, each with its mark; ``""`` when nothing does."""
    words = ""
    if taken.waiting:
        said = ngettext("{count} returned to you", "{count} returned to you", taken.waiting)
        words += f"   {glyphs().returned} " + said.format(count=taken.waiting)
    if taken.held:
        words += f"   {glyphs().warning} " + _("{count} held back").format(count=taken.held)
    if taken.conflicts:
        said = ngettext("{count} conflict", "{count} conflicts", taken.conflicts)
        words += f"   {glyphs().conflict} " + said.format(count=taken.conflicts)
    if taken.look_again:
        said = ngettext("{count} answered: look again", "{count} answered: look again", taken.look_again)
        words += f"   {glyphs().returned} " + said.format(count=taken.look_again)
    return words


def taken_of(store: "Store", merged: "Sequence[Merged]", new_id: Callable[[], str]) -> Taken:
    """What came of the files together; what each visit got is kept, so that the page of conflicts says it tomorrow."""
    from assessor_tui.carry.exchange import alike
    from assessor_tui.returning import news
    from assessor_tui.visit import Visit

    brought: dict[str, list[dict[str, object]]] = {}
    for each in merged:
        for visit in each.visits if each.error is None else ():
            said = {"file": each.path.name, "sender": each.sender, "new": each.new, "known": each.known}
            brought.setdefault(visit, []).append(said)
    pairs: dict[frozenset[str], Alike] = {}
    for visit in brought:
        try:
            for pair in alike(store, Visit(store, visit, new_id=new_id)):
                pairs.setdefault(frozenset((pair.visit, pair.other)), pair)
        except LookupError:
            continue  # its opening has not arrived yet
    conflicts = {visit: len(store.conflicts(visit)) for visit in brought}
    for visit, said_of in brought.items():
        store.set_local(visit, TAKEN, said_of)
    first = next((visit for visit, count in conflicts.items() if count), "")
    back = {visit: new for visit in brought if any(new := news(store, store.state(visit)))}
    waiting, look_again = (sum(new[index] for new in back.values()) for index in (0, 1))
    returned = next(iter(back), "")
    asked = next((each.asked.visit for each in merged if each.asked is not None and asks(store, each)), "")
    held = len({each.digest for each in merged if each.held and each.decision != "declined"})
    offered = any(each.roster is not None and each.roster.outcome == "offered" for each in merged)
    return Taken(
        tuple(brought), sum(conflicts.values()), tuple(pairs.values()), first, waiting, look_again, returned, asked,
        held, offered,
    )  # fmt: skip


def trust_sentences(store: "Store", merged: "Merged") -> tuple[str, ...]:
    """What of one file is held back and why, and what came of the roster in it."""
    if merged.error is not None:
        return ()
    from assessor_tui.i18n.trust_words import news_words, unsigned_words
    from assessor_tui.trust.names import MOST_TOLD, called, held_words

    said = [held_words(each, called(store, each.device, merged.sender)) for each in merged.held[:MOST_TOLD]]
    if len(merged.held) > MOST_TOLD:
        said.append("…")
    if merged.held:
        said.append(_("Nothing of this counts until you decide, on the page of visits (F7)."))
    if merged.new and not merged.signed:
        said.append(unsigned_words())
    if merged.roster is not None and merged.roster.outcome not in ("offered", "older", "newer"):
        said.append(news_words(merged.roster))  # a window asks about a first one; an older one is nothing to see to
    if merged.called:
        words = _("The laptop that calls itself {sender} is known here as {person}.")
        said.append(words.format(sender=merged.sender, person=merged.called))
    return tuple(words for words in said if words)


def good_news(merged: "Merged") -> tuple[str, ...]:
    """What came of one file that asks for nothing: a newer roster, and bundles that it let in."""
    from assessor_tui.i18n.trust_words import news_words

    said = []
    if merged.roster is not None and merged.roster.outcome == "newer":
        said.append(news_words(merged.roster))
    if merged.released:
        count = len(merged.released)
        words = ngettext("{count} bundle that was held back is let in now.",
                         "{count} bundles that were held back are let in now.", count)  # fmt: skip
        said.append(words.format(count=count))
    return tuple(said)


def asks(store: "Store", merged: "Merged") -> bool:
    """True when a request asks for something that is here."""
    from assessor_tui.carry.receipts import asked_of

    return merged.asked is not None and any(asked_of(store, merged.asked))


def asked_sentence(store: "Store", merged: "Merged") -> str:
    """What a request asks for; ``""`` for a bundle that asks for nothing."""
    if merged.asked is None:
        return ""
    from assessor_tui.carry.receipts import asked_of
    from assessor_tui.reports.receipts_words import asked_words

    return asked_words(merged.sender, asked_of(store, merged.asked))


async def after_taking(screen: BaseScreen, taken: Taken) -> None:
    """Nothing; the pages show what came in, and visits that look like one and the same are proposed for linking."""
    program = cast("AssessorApp", screen.app)
    if program.visit is not None and program.visit.id in taken.visits:
        program.visit.refresh()
    show_again(screen)
    # Whoever chose to answer a request does that first; conflicts and returns wait where they stand.
    await _propose(screen, list(taken.alike), taken._replace(show="", returned="") if taken.asked else taken)
    if taken.offered:
        from assessor_tui.tui.windows.team import offer_dialog

        await offer_dialog(screen)
    if taken.asked:
        from assessor_tui.bundle.seal import DELTA

        await write_dialog(screen, opened(program, taken.asked), DELTA)


class Detail(Card):
    """A few lines about one thing; always as high, so that the window stays still."""

    DEFAULT_CSS = "Detail { height: 4; border-top: solid $rule; }"

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 5


def detail_page(each: Work) -> TextPage:
    """What there is to say about one file: why it was refused, what it brought."""
    lines: list[Remark] = []
    merged = each.merged
    if each.failure:
        lines.append(Remark(each.failure, "problem"))
    elif merged is not None and merged.error is not None:
        lines.append(Remark(failure_sentence(merged.error), "problem"))
    elif merged is not None:
        _mark, words, _style = outcome(each)
        if merged.known:
            known = ngettext("{count} known before", "{count} known before", merged.known).format(count=merged.known)
            words = f"{words}   {known}"
        lines.append(Remark(words, "warning" if merged.held else "answered"))
        lines += [Remark(words, "warning") for words in each.trust]
        if each.asked:
            lines.append(Remark(each.asked, "warning"))
        if merged.wanted:
            said = ngettext(
                "{count} photo or document it names has not arrived; ask {person} for a full bundle.",
                "{count} photos or documents it names have not arrived; ask {person} for a full bundle.",
                merged.wanted,
            )
            lines.append(Remark(said.format(count=merged.wanted, person=merged.sender), "warning"))
        if merged.withdrawn and merged.new:
            from assessor_tui.i18n.sentences import withdrawn_words

            lines.append(Remark(withdrawn_words(len(merged.withdrawn)), "warning"))
        if merged.forks:
            lines.append(Remark(_("A copy of the sender's ledger has written, too: both are kept."), "warning"))
    return TextPage(parts=(Part("", tuple(lines)),) if lines else ())


def merge_dialog(screen: BaseScreen) -> AwaitMount:
    """Opens the window in which bundles are chosen and then taken in; wait for it, so that typing ahead reaches it."""
    program = cast("AssessorApp", screen.app)
    start = first_place(program.store.local("", TAKEN_FROM, ""), Path.home(), Path.cwd())

    async def taken_in(taken: Taken | None) -> None:
        if taken is not None:
            await after_taking(screen, taken)

    async def chosen(files: tuple[Path, ...] | None) -> None:
        if files:
            program.store.set_local("", TAKEN_FROM, str(files[0].parent))
            await screen.app.push_screen(Taking(program.store, files, program.new_id), taken_in)

    text = _("Bundles end with .zip or .zip.age. Each is checked before anything is taken; nothing is overwritten.")
    return screen.app.push_screen(PickPath(_("Merge"), text, start=start, suffixes=SUFFIXES), chosen)


def show_again(screen: BaseScreen) -> None:
    """Nothing; the page under the windows draws what is there now."""
    show = getattr(screen, "show", None)
    if show is not None:
        show(getattr(screen, "target", ""))
    header = getattr(screen, "show_header", None)
    program = cast("AssessorApp", screen.app)
    if header is not None and program.visit is not None:
        header()


async def _propose(screen: BaseScreen, alike: "list[Alike]", taken: Taken) -> None:
    """Asks about each pair that looks like one visit, then goes to the conflicts when that was asked for."""
    from assessor_tui.ledger.entry import LINK
    from assessor_tui.trust.own import own_role
    from assessor_tui.trust.roles import may

    program = cast("AssessorApp", screen.app)
    if not may(own_role(program.store), LINK):
        alike = []  # the lead is asked
    if not alike:
        if taken.show and not taken.waiting:
            if program.visit is not None and program.visit.id == taken.show:
                await program.go(CONFLICTS)
            else:
                await program.open_visit(taken.show, CONFLICTS)
        elif taken.returned:
            if program.visit is not None and program.visit.id == taken.returned:
                await program.go(OVERVIEW)
            else:
                await program.open_visit(taken.returned, OVERVIEW)
        return
    pair, *rest = alike
    names = [_visit_words(program, each) for each in (pair.visit, pair.other)]
    why = (
        _("Both have the same registered number and the same date.")
        if pair.reason == "number"
        else _("Both have the same site name and the same date.")
    )
    text = "\n".join([*names, "", why, _("Nothing is joined: both stay, and each says that it belongs to the other.")])

    async def because(reason: str | None) -> None:
        from assessor_tui.settling import say_different

        if reason:
            recorded = say_different(opened(program, pair.visit), pair.other, reason)
            if recorded.entries:
                program.note_saved(recorded.entries[-1][1])
        await _propose(screen, rest, taken)

    async def decided(answer: str | None) -> None:
        if answer == "different":
            usual = (_("two sites of one name"), _("two visits on one day"), _("agreed by the team"))
            await program.push_screen(AskText(_("Why are they not the same?"), usual=usual), because)
            return
        if answer == "yes":
            link(program, pair.visit, pair.other, why)
            show_again(screen)
        await _propose(screen, rest, taken)

    options = (
        Option("yes", _("Link them: they are one visit")),
        Option("no", _("Leave them as two visits")),
        Option("different", _("They are not the same: ask no more, with a reason")),
    )
    await program.push_screen(Choose(_("The same visit twice?"), options, text, cursor=1), decided)


def _visit_words(program: "AssessorApp", visit_id: str) -> str:
    from assessor_tui.tui.shown.words import visit_title

    visit = opened(program, visit_id)
    return f"{visit_title(visit)}   {visit.today}   {visit_id[:8]}"


def opened(program: "AssessorApp", visit_id: str) -> "Visit":
    """The visit, opened on the program's ledger."""
    from assessor_tui.visit import Visit

    if program.visit is not None and program.visit.id == visit_id:
        return program.visit
    return Visit(program.store, visit_id, new_id=program.new_id, language=program.language)


def link(program: "AssessorApp", one: str, other: str, why: str) -> None:
    """Nothing; records in both visits that they are one; a visit that refuses (signed) is left alone."""
    from assessor_tui.ledger.entry import LINK

    with program.store.together():
        for mine, linked in ((one, other), (other, one)):
            recorded = opened(program, mine).record(LINK, "", "", linked, why=why)
            if recorded.entries:
                program.note_saved(recorded.entries[-1][1])


# Making a bundle


class Writing(Dialog[None]):
    """Makes a bundle and says where it stands."""

    BINDINGS: ClassVar[list[Any]] = [Binding("enter", "finish", show=False)]

    def __init__(
        self, store: "Store", visit: "Visit", folder: Path, purpose: str, to: Sequence[str] = (), evidence: str = ""
    ) -> None:
        super().__init__(_("Bundle"))
        self.store, self.visit, self.folder, self.purpose = store, visit, folder, purpose
        self.to, self.evidence = to, evidence
        self.ended = False
        self.written: Written | None = None
        self.waiting = 0
        """Files of the inbox that are tied to nothing and so not part of the bundle."""

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter close") if self.ended else _("being written and read back")

    def body(self) -> Sequence[Widget]:
        """What is being done, then what came of it."""
        return (Progress(1, id="progress"), Report(TextPage(), lines=page_lines, id="report"))

    def on_mount(self) -> None:
        """Nothing; starts the work."""
        self.query_one("#progress", Progress).show(0, _("The bundle is being written, sealed and read back."))
        self.make()

    @work(thread=True, group="bundles")
    def make(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.carry.exchange import carried, make_bundle
        from assessor_tui.evidence.inbox import unsorted_files

        try:
            count = carried(self.store, self.visit, self.purpose, self.to)
            self.folder.mkdir(parents=True, exist_ok=True)
            written = make_bundle(self.store, self.visit, self.folder, self.purpose, to=self.to, evidence=self.evidence)
            self.waiting = len(unsorted_files(self.visit, time.time_ns() // 1000))
        except Exception as error:
            self.app.call_from_thread(self.finished, None, 0, failure_sentence(error))
        else:
            self.app.call_from_thread(self.finished, written, count, "")

    def finished(self, written: "Written | None", count: int, failure: str) -> None:
        """Nothing; says how it ended."""
        self.ended, self.written = True, written
        if written is None:
            self.query_one("#progress", Progress).show(0, _("No bundle was written."))
            page = TextPage(parts=(Part("", (Remark(failure, "problem"),)),))
        else:
            self.query_one("#progress", Progress).show(1, _("The bundle is written, read back and good."))
            said = ngettext("{count} entry", "{count} entries", count).format(count=count)
            if not written.new:
                said += "   " + _("the very same bundle was there already")
            from assessor_tui.i18n.sentences import not_carried_words

            left = Remark(not_carried_words(self.waiting), "warning") if self.waiting else Remark("")
            page = TextPage(
                parts=(
                    Part(written.path.name, (Remark(f"{said}   {size_words(written.size)}", "answered"), left)),
                    Part(_("in the folder"), (Remark(str(written.path.parent)),)),
                    Part(
                        "", (Remark(_("Carry or send the file as it is; the other laptop takes it in with “merge”.")),)
                    ),
                )
            )
        self.query_one("#report", Report).show(page)
        self.say("")

    def action_finish(self) -> None:
        """Nothing; closes the window once the work has ended."""
        if self.ended:
            self.dismiss(None)

    def action_close(self) -> None:
        """Nothing; as Enter: what is being written is written."""
        self.action_finish()


class Report(Card):
    """What came of a bundle; always as high."""

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 9


def bundle_dialog(screen: BaseScreen, visit: "Visit | str") -> AwaitMount:
    """Opens the windows in which purpose and folder are chosen and the bundle is made; wait for it as for any."""
    from assessor_tui.bundle.seal import DELTA, FULL, INVITE, RECEIPT, REQUEST
    from assessor_tui.carry.exchange import carried
    from assessor_tui.carry.receipts import receipt_of
    from assessor_tui.tui.shown.words import visit_title

    program = cast("AssessorApp", screen.app)
    mine = opened(program, visit) if isinstance(visit, str) else visit
    store = program.store
    everything, since = carried(store, mine, FULL), carried(store, mine, DELTA)
    lacks = receipt_of(store, mine.id).lacks

    def entries(count: int) -> str:
        return ngettext("{count} entry", "{count} entries", count).format(count=count)

    options = [
        Option(FULL, _("everything of this visit"), entries(everything)),
        Option(DELTA, _("only what nobody has confirmed yet"), entries(since) if since else _("all confirmed")),
        Option(INVITE, _("an invitation for a colleague who begins"), _("with earlier visits")),
        Option(RECEIPT, _("a receipt for those who have delivered"), _("with your entries")),
        Option(
            REQUEST, _("a request for what is missing here"), "", reason="" if lacks else _("nothing is missing"),
        ),
    ]  # fmt: skip

    async def purpose_chosen(purpose: str | None) -> None:
        if purpose:
            await write_dialog(screen, mine, purpose)

    first = 1 if 0 < since < everything else 0
    return program.push_screen(Choose(_("Bundle"), options, visit_title(mine), cursor=first), purpose_chosen)


def write_dialog(screen: BaseScreen, visit: "Visit", purpose: str, to: Sequence[str] = ()) -> AwaitMount:
    """Opens the windows in which it is said for whom, where there is a choice, and into which folder.

    ``to`` are the devices that it is for, when that is known.
    """
    from assessor_tui.bundle.seal import DELTA, RECEIPT, REQUEST
    from assessor_tui.carry.receipts import people_reached
    from assessor_tui.trust.roles import CONFIRMING, NAMES
    from assessor_tui.trust.team import roster_of

    program = cast("AssessorApp", screen.app)
    store = program.store

    async def written(_none: None) -> None:
        show_again(screen)

    def into(devices: Sequence[str]) -> AwaitMount:
        async def folder_chosen(folders: tuple[Path, ...] | None) -> None:
            if folders:
                store.set_local("", WRITTEN_TO, str(folders[0]))
                await program.push_screen(Writing(store, visit, folders[0], purpose, devices), written)

        start = first_place(store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
        return program.push_screen(PickPath(_("Bundle: into which folder?"), start=start, folder=True), folder_chosen)

    if to:
        return into(to)
    roster = roster_of(store)
    people = people_reached(store) if roster is not None or purpose in (RECEIPT, REQUEST) else {}
    if purpose not in (DELTA, RECEIPT, REQUEST) or not people:
        return into(())

    async def person_chosen(person: str | None) -> None:
        if person is not None:
            await into(people.get(person, ()))

    if roster is None:
        options = [Option("", _("everybody")), *(Option(person, person) for person in people)]
    else:
        # Those whose word confirms first; what everybody can read is the last thing one wants.
        roles = {each.person: each.role for each in roster.people}
        order = sorted(people, key=lambda person: roles.get(person) not in CONFIRMING)
        named = {person: _(NAMES[roles[person]]) if person in roles else "" for person in order}
        options = [Option(person, person, f"{named[person]}   {_('encrypted')}") for person in order]
        options.append(Option("", _("everybody"), _("not encrypted")))
    return program.push_screen(Choose(_("Bundle: for whom?"), options), person_chosen)
