"""Returning, replying, saying that it is done, commenting: one key opens what can be said about the place one is at."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from assessor_tui.i18n import _, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.returns import Return, returns_at
from assessor_tui.reports.returns_words import ended_words, returned_words
from assessor_tui.returning import Place, can_end, end, give_back, own_waiting, reply
from assessor_tui.tui.shown.returns import place_name
from assessor_tui.tui.windows.dialog import AskText, Choose, Option

if TYPE_CHECKING:
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Recorded, Visit

REPLY, RETURN, DONE, COMMENT = "reply", "return", "done", "comment"


def talk_together(screen: "VisitScreen", places: Sequence[Place], then: Callable[["Recorded"], None]) -> AwaitMount:
    """Opens the window for several places at once: return all with one reason, or say that all answered ones are done.

    ``then`` is called once something was recorded.
    """
    visit = screen.visit
    returns = [each for place in places for each in returns_at(visit.state, *place)]
    done = [each for each in returns if each.is_to_look_at and can_end(visit, each)]
    if not done:
        return write_return(screen, places, then)
    words = ngettext("it is done", "all that were answered are done", len(done))
    options = [
        Option(DONE, words, str(len(done)), ("d",)),
        Option(RETURN, _("return with reasons"), str(len(places)), ("b",)),
    ]

    async def chosen(what: str | None) -> None:
        if what == DONE:
            _ended(screen, done, then)
        elif what == RETURN:
            await write_return(screen, places, then)

    return screen.app.push_screen(Choose(_("What is marked"), options, _names(visit, places)), chosen)


def talk(screen: "VisitScreen", place: Place) -> AwaitMount:
    """Opens the window for what can be said about this place: at once where there is only one thing to say.

    Whoever may return, returns; whoever may not, replies to what waits; where nothing waits, it is a comment.
    """
    visit = screen.visit
    here = [each for each in returns_at(visit.state, *place) if each.is_open or each.is_to_look_at]
    ending = [each for each in here if can_end(visit, each)]
    waiting = any(each.is_open for each in here)
    if not visit.may_return:
        return write_reply(screen, place, here) if waiting else write_comment(screen, place)
    if not here:
        return write_return(screen, [place])
    options = []
    if ending:
        options.append(Option(DONE, _("take the return back") if ending[0].is_open else _("it is done"), "", ("d",)))
    if waiting:
        options.append(Option(REPLY, _("reply to it"), _("the reply answers it"), ("r",)))
    again = _("other reasons") if own_waiting(visit, *place) else _("return with reasons")
    options.append(Option(RETURN, _("return again") if ending and not ending[0].is_open else again, "", ("b",)))
    options.append(Option(COMMENT, _("comment"), _("it answers nothing"), ("c",)))

    async def chosen(what: str | None) -> None:
        if what == DONE:
            _ended(screen, ending)
        elif what == REPLY:
            await write_reply(screen, place, here)
        elif what == RETURN:
            await write_return(screen, [place])
        elif what == COMMENT:
            await write_comment(screen, place)

    return screen.app.push_screen(Choose(place_name(visit, place), options, _said(here)), chosen)


def _said(returns: Sequence[Return]) -> str:
    lines = [" ".join(part for part in (returned_words(each.entry), ended_words(each)) if part) for each in returns]
    return "\n".join(lines)


def _names(visit: "Visit", places: Sequence[Place]) -> str:
    """The places by name, a few of many."""
    names = [place_name(visit, place) for place in places]
    more = [_("and {count} more").format(count=len(names) - 6)] if names[6:] else []
    return "\n".join([*names[:6], *more])


def write_return(
    screen: "VisitScreen", places: Sequence[Place], then: Callable[["Recorded"], None] = lambda recorded: None
) -> AwaitMount:
    """Opens the window that asks for the reason, and returns the places with it; ``then`` is called once they are."""
    visit = screen.visit
    own = own_waiting(visit, *places[0]) if len(places) == 1 else []

    def answered(why: str | None) -> None:
        if not why:
            return
        recorded = give_back(visit, places, why)
        screen.did(recorded)
        if recorded.entries:
            count = len(recorded.entries)
            said = ngettext(
                "Returned. It goes with the next bundle; Ctrl+Z takes it back.",
                "{count} returned. They go with the next bundle; Ctrl+Z takes them back.",
                count,
            )
            then(recorded)
            screen.say(said.format(count=count))

    usual = (
        _("The proof does not show this. Add a photo or document."),
        _("Which month and which meter is this?"),
        _("This does not agree with another answer. Look at both."),
        _("The number or its unit cannot be right. Read it again."),
        _("Say in a note what was seen."),
    )
    window = AskText(
        _("Return: what has to be looked at again, and why?"), _names(visit, places),
        usual=() if own else usual, value=own[0].entry.why if own else "",
    )  # fmt: skip
    return screen.app.push_screen(window, answered)


def write_reply(screen: "VisitScreen", place: Place, returns: Sequence[Return]) -> AwaitMount:
    """Opens the window for a reply, which answers what waits at the place."""
    visit = screen.visit

    def answered(text: str | None) -> None:
        if text:
            recorded = reply(visit, place, text)
            screen.did(recorded)
            if recorded.entries:
                screen.say(_("Replied. It goes with the next bundle; Ctrl+Z takes it back."))

    text = "\n".join([place_name(visit, place), "", _said([each for each in returns if each.is_open])])
    return screen.app.push_screen(AskText(_("Reply to what was returned"), text), answered)


def write_comment(screen: "VisitScreen", place: Place) -> AwaitMount:
    """Opens the window for a comment for the colleagues."""

    def answered(text: str | None) -> None:
        if text:
            recorded = screen.record(acts.COMMENT, *place, text)
            if recorded.entries:
                screen.say(_("Commented. It goes with the next bundle; Ctrl+Z takes it back."))

    text = "\n".join([place_name(screen.visit, place), _("For the colleagues; it is not part of the answer.")])
    return screen.app.push_screen(AskText(_("Comment"), text), answered)


def _ended(
    screen: "VisitScreen", returns: Sequence[Return], then: Callable[["Recorded"], None] = lambda recorded: None
) -> None:
    done = not returns[0].is_open
    recorded = end(screen.visit, returns)
    screen.did(recorded)
    if recorded.entries:
        then(recorded)
        screen.say(_("Done: the return is over.") if done else _("The return is taken back."))
