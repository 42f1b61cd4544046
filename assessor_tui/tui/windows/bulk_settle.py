"""Settling many conflicts at once: which, whose answers, every change looked at before any of it is recorded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from assessor_tui.form.model import in_language
from assessor_tui.i18n import _, ngettext
from assessor_tui.ledger.entry import hash_of
from assessor_tui.ledger.undo import said_first
from assessor_tui.moving import still_asked
from assessor_tui.settling import (
    Plan,
    Planned,
    all_of,
    later_of_same,
    sections,
    settle_together,
    sides_by_person,
    within,
)
from assessor_tui.tui.shown.conflicts import place_words, said_words, when_words
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.text import content, fit, safe, width_of
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows.dialog import AskText, Choose, Option, WideList

if TYPE_CHECKING:
    from assessor_tui.ledger.state import Conflict
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Visit

_LATER = "later"
_SAME = "same question"
_OF = "of "


class Change(Card):
    """One change in full; always as high, so that the window stays still."""

    DEFAULT_CSS = "Change { height: 6; border-top: solid $rule; }"

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 6


class SettlePreview(WideList[bool]):
    """Every change, one line each: Enter goes on to the reason, Esc leaves everything open."""

    BINDINGS: ClassVar[list[Any]] = [Binding("enter", "take", show=False, priority=True)]

    def __init__(self, visit: "Visit", plan: Plan, title: str, tag: str) -> None:
        changes = sum(each.changes for each in plan.settled)
        settled = ngettext("{count} conflict is settled", "{count} conflicts are settled", len(plan.settled))
        more = ngettext("{count} answer becomes another one", "{count} answers become other ones", changes)
        stay = ngettext("{count} stays open", "{count} stay open", len(plan.left)).format(count=len(plan.left))
        text = _("{settled}; {changed}; {left}.").format(
            settled=settled.format(count=len(plan.settled)), changed=more.format(count=changes), left=stay
        )
        super().__init__(title, text)
        self.visit, self.plan, self.tag = visit, plan, tag

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter give the reason and settle them all   Esc leave them open")

    def body(self) -> Sequence[Widget]:
        """One line for each change, and the one under the cursor in full."""
        rows: VirtualList[Planned] = VirtualList(self.draw, self.plan.settled, id="changes")
        return (rows, Change(TextPage(), lines=page_lines, id="whole"))

    def _words(self, row: Planned) -> tuple[str, str, str, str]:
        """Number, label, what counts now, what would count."""
        conflict = row.conflict
        number, label = place_words(self.visit, conflict.form, conflict.path, self.tag)
        return number, label, said_words(self.visit, row.now, self.tag), said_words(self.visit, row.take, self.tag)

    def draw(self, row: Planned, width: int, cursor: bool) -> Content:
        """Number and label, what counts now, what would count: a third each."""
        number, label, now, then = self._words(row)
        part = max((width - 8) // 3, 8)
        left = fit(f"{fit(number, max(width_of(number), 5))} {safe(label)}", width - 2 * part - 6)
        becomes = "->" if row.changes else "=="
        style = "bold $accent-text" if row.changes else "$muted"
        return content(left, "  ", (fit(safe(now), part), "$muted"), f" {becomes} ", (fit(safe(then), part), style))

    def on_mount(self) -> None:
        """Nothing; the keys go to the list."""
        self.set_focus(self.query_one("#changes"))
        self._show_whole()

    def on_virtual_list_highlighted(self) -> None:
        """Nothing; shows the change under the cursor in full."""
        self._show_whole()

    def _show_whole(self) -> None:
        row = self.query_one("#changes", VirtualList).row
        if row is None:
            return
        number, label, now, then = self._words(row)
        first = said_first(self.visit.state, (hash_of(row.take), row.take))[1]
        says = f"{then}   {first.person}, {when_words(first.at)}"
        lines = (
            Remark(_("now: {said}").format(said=now)),
            Remark(_("then: {said}").format(said=says), "answered" if row.changes else ""),
        )
        self.query_one("#whole", Card).show(TextPage(f"{number}  {label}".strip(), (Part("", lines),)))

    def action_take(self) -> None:
        """Nothing; goes on."""
        self.dismiss(True)


async def settle_many(screen: "VisitScreen", at: "Conflict | None", tag: str) -> None:
    """Nothing; asks where and whose answers stand, shows every change, asks for the reason, records all together."""
    visit = screen.visit
    places = _places(visit, at, tag)
    same = still_asked(visit)
    if not places and not same:
        screen.say(_("There are no conflicts between answers that could be settled together."), "bold $doubt")
        return

    async def placed(place: str | None) -> None:
        if place == _SAME:
            await _look_through(screen, Plan(tuple(same), ()), _("Answers under an older version"), tag)
        elif place is not None:
            form, _slash, section = place.partition("/")
            await _ask_how(screen, within(visit, form, section), dict(places)[place], tag)

    options = [Option(place, words) for place, words in places]
    if same:
        words = _("answered under an older version, and the question is the same: {count}")
        options.insert(0, Option(_SAME, words.format(count=len(same))))
    await screen.app.push_screen(Choose(_("Settle many at once: where?"), options), placed)


def _places(visit: "Visit", at: "Conflict | None", tag: str) -> list[tuple[str, str]]:
    """(place, words) of what can be chosen: the section and the form under the cursor first, then the whole visit."""
    found: list[tuple[str, str]] = []
    everything = within(visit)
    if at is not None and at.form in visit.forms:
        path = at.path
        for group, _paths in sections(visit, at.form):
            mine = within(visit, at.form, group.name)
            if any(each.path == path for each in mine):
                found.append((f"{at.form}/{group.name}", _count(in_language(group.label, tag), len(mine))))
        if here := within(visit, at.form):
            found.append((at.form, _count(in_language(visit.forms[at.form].title, tag), len(here))))
    if everything:
        found.append(("", _count(_("the whole visit"), len(everything))))
    return found


def _count(name: str, count: int) -> str:
    return ngettext("{name}: {count} conflict", "{name}: {count} conflicts", count).format(name=name, count=count)


async def _ask_how(screen: "VisitScreen", conflicts: "Sequence[Conflict]", where: str, tag: str) -> None:
    visit = screen.visit
    people = sides_by_person(visit, conflicts)
    later = later_of_same(visit, conflicts)
    options = [
        Option(
            _OF + person,
            _("all answers of {person} stand: {count}").format(person=person, count=count),
        )
        for person, count in people.items()
    ]
    words = _("the later of two answers of one person stands: {count}").format(count=len(later.settled))
    reason = "" if later.settled else _("none here")
    options.append(Option(_LATER, words, reason=reason))

    async def chosen(how: str | None) -> None:
        if how is None:
            return
        plan = later if how == _LATER else all_of(visit, conflicts, how.removeprefix(_OF))
        title = words if how == _LATER else _("All answers of {person} stand").format(person=how.removeprefix(_OF))
        await _look_through(screen, plan, title, tag)

    await screen.app.push_screen(Choose(where, options), chosen)


async def _look_through(screen: "VisitScreen", plan: Plan, title: str, tag: str) -> None:
    async def looked(go_on: bool | None) -> None:
        if go_on:
            await _ask_reason(screen, plan, title)

    await screen.app.push_screen(SettlePreview(screen.visit, plan, title, tag), looked)


async def _ask_reason(screen: "VisitScreen", plan: Plan, title: str) -> None:
    usual = (
        _("checked together on site"),
        _("agreed by the team"),
        _("was there longer and saw more"),
        _("has the documents"),
    )

    def answered(why: str | None) -> None:
        if not why:
            return
        recorded = settle_together(screen.visit, plan.settled, why)
        screen.did(recorded)
        if recorded.entries:
            words = ngettext("{count} conflict settled.", "{count} conflicts settled.", len(recorded.entries))
            screen.say(words.format(count=len(recorded.entries)) + " " + _("Ctrl+Z opens all of them again."))

    await screen.app.push_screen(AskText(_("Why do these stand?"), title, usual=usual), answered)
