"""Putting a visit away in windows: what will happen, the work in a thread, and the way back."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.binding import Binding
from textual.widget import AwaitMount, Widget

from assessor_tui.i18n import _, language, ngettext
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.bundles import Progress, Taken, Taking, failure_sentence
from assessor_tui.tui.windows.dialog import Choose, Confirm, Dialog, Option

if TYPE_CHECKING:
    from assessor_tui.carry.put_away import PutAway
    from assessor_tui.problem import Problem
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Visit


class PuttingAway(Dialog[bool]):
    """Reads the copies again, removes the visit, and says how it ended; the result is whether it went."""

    BINDINGS: ClassVar[list[Any]] = [Binding("enter", "finish", show=False)]

    def __init__(self, program: "AssessorApp", visit: "Visit") -> None:
        super().__init__(_("Put away"))
        self.program = program
        self.visit = visit
        self.outcome: PutAway | None = None
        self.ended = False

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter close") if self.ended else _("the copies are being read again")

    def body(self) -> Sequence[Widget]:
        """What is being done, then what came of it."""
        return (Progress(1, id="progress"), Told(TextPage(), lines=page_lines, id="report"))

    def on_mount(self) -> None:
        """Nothing; starts the work."""
        self.query_one("#progress", Progress).show(0, _("The copies are being read again, in full."))
        self.put()

    @work(thread=True, group="bundles")
    def put(self) -> None:
        """Nothing; the work, in a thread."""
        from assessor_tui.carry.put_away import put_away
        from assessor_tui.config import mount_points

        try:
            mounts = mount_points(Path.home().name)
            outcome = put_away(self.program.store, self.visit, mounts, now=time.time_ns() // 1000)
        except Exception as error:
            self.app.call_from_thread(self.finished, None, failure_sentence(error))
        else:
            self.app.call_from_thread(self.finished, outcome, "")

    def finished(self, outcome: "PutAway | None", failure: str) -> None:
        """Nothing; says how it ended."""
        self.ended, self.outcome = True, outcome
        progress, report = self.query_one("#progress", Progress), self.query_one("#report", Told)
        if outcome is None or outcome.line is None:
            progress.show(0, _("Nothing was removed."))
            said = [failure] if outcome is None else [problem_words(self.visit, each) for each in outcome.problems]
            report.show(TextPage(parts=(Part("", tuple(Remark(words, "problem") for words in said)),)))
        else:
            progress.show(1, _("The visit has left this laptop."))
            copies = [Remark(f"{copy.place}   {copy.file}", "answered") for copy in outcome.line.copies]
            kept = _("The backup {file} still holds the visit. Remove it by hand when you do not need it.")
            copies += [Remark(kept.format(file=path), "warning") for path in outcome.backups]
            report.show(TextPage(parts=(Part(_("All of it is here"), tuple(copies)),)))
        self.say("")

    def action_finish(self) -> None:
        """Nothing; closes the window once the work has ended."""
        if self.ended:
            self.dismiss(self.outcome is not None and self.outcome.line is not None)

    def action_close(self) -> None:
        """Nothing; as Enter."""
        self.action_finish()


class Told(Card):
    """What came of it; always as high."""

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 9


def problem_words(visit: "Visit", problem: "Problem") -> str:
    """What stands in the way, with the question it is about."""
    from assessor_tui.i18n.sentences import sentence

    form, path = problem.place.file, problem.place.path
    label = ""
    if form in visit.forms:
        try:
            label = f"{visit.filling(form).state(path).question.number} {visit.filling(form).label(path, language())}"
        except KeyError:
            label = visit.forms[form].title.get(language(), "")
    return f"{label.strip()}: {sentence(problem)}" if label else sentence(problem)


def put_away_dialog(screen: BaseScreen, visit_id: str) -> AwaitMount | None:
    """Opens the window that says what will happen, and puts the visit away after a yes; None when it cannot begin."""
    from assessor_tui.carry.copies import is_on_this_disk, named_places
    from assessor_tui.carry.put_away import PLACES
    from assessor_tui.tui.shown.words import visit_title
    from assessor_tui.visit import Visit

    program = cast("AssessorApp", screen.app)
    places = named_places(program.store)
    if len(places) < PLACES:
        screen.say(_("Name two second places first: F9, “second places”. Nothing was removed."), "bold $doubt")
        return None
    visit = Visit(program.store, visit_id, new_id=program.new_id, language=program.language)
    try:
        title, count = visit_title(visit), len(visit.state)
    except (LookupError, KeyError):
        screen.say(_("The beginning of this visit has not arrived yet; it stays here."), "bold $doubt")
        return None

    async def ended(gone: bool | None) -> None:
        if gone and program.visit_id == visit_id:
            program.forget_visit()
        getattr(screen, "show", lambda: None)()

    async def sure(answer: str | None) -> None:
        if answer == "yes":
            await program.push_screen(PuttingAway(program, visit), ended)

    goes = ngettext(
        "{count} entry and all photos and papers of this visit leave this laptop.",
        "{count} entries and all photos and papers of this visit leave this laptop.",
        count,
    ).format(count=count)
    first = _("First the copies on {places} are read again, in full. If two do not hold everything, nothing goes.")
    stays = _("A line stays in this list. Merging a copy brings the visit back.")
    lines = [title, goes, first.format(places=_(", ").join(place.name for place in places)), stays]
    if own := [place.name for place in places if is_on_this_disk(program.store, place.path)]:
        said = _("{places}: on this laptop's own disk. What stands there does not leave it.")
        lines.append(said.format(places=_(", ").join(own)))
    text = "\n".join(lines)
    window = Confirm(_("Put away?"), text, yes=_("Put it away"), no=_("Leave it here"))
    return program.push_screen(window, sure)


def bring_back_dialog(screen: BaseScreen, line: Mapping[str, Any]) -> AwaitMount:
    """Opens the window in which a visit put away is taken in again from one of its copies; wait for it."""
    from assessor_tui.carry.copies import PlaceError, place_named, whereabouts
    from assessor_tui.config import mount_points

    program = cast("AssessorApp", screen.app)

    async def taken_in(taken: Taken | None) -> None:
        getattr(screen, "show", lambda: None)()

    async def chosen(index: str | None) -> None:
        if index is None:
            return
        copy = line["copies"][int(index)]
        try:
            place = place_named(program.store, copy["place"])
            path = whereabouts(place, mount_points(Path.home().name)) / copy["file"]
        except PlaceError as error:
            screen.say(failure_sentence(error), "bold $doubt")
            return
        await program.push_screen(Taking(program.store, [path], program.new_id), taken_in)

    options = [
        Option(str(index), _("Bring it back from {name}").format(name=copy["place"]))
        for index, copy in enumerate(line["copies"])
    ]
    text = _("This visit was put away. F4 takes in a copy from anywhere else.")
    return program.push_screen(Choose(_("Put away"), options, text), chosen)
