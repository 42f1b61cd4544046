"""What is said of a return: on the card, in lists, in the summary, on the command line."""

from typing import TYPE_CHECKING

from assessor_tui.i18n import _, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.returns import AGAIN, ANSWERED, DONE, OPEN, REPLIED, ROW_REMOVED, TAKEN_BACK, Return

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry


def when_words(at: int) -> str:
    """Day and time of an entry, in Hong Kong time."""
    return f"{hong_kong_time(at):%Y-%m-%d %H:%M}"


def returned_words(entry: "Entry") -> str:
    """Who returned it, when and why."""
    return _("Returned by {person}, {when}: {why}").format(
        person=entry.person, when=when_words(entry.at), why=" ".join(entry.why.split())
    )


def ended_words(returned: Return) -> str:
    """What has become of a return, with who did it and when; ``""`` while it is open."""
    if returned.by is None:
        return ""
    by = returned.by[1]
    said = {
        ANSWERED: _("Answered anew by {person}, {when}."),
        REPLIED: _("{person} replied, {when}: {text}"),
        ROW_REMOVED: _("{person} removed its row, {when}."),
        DONE: _("{person} said that it is done, {when}."),
        TAKEN_BACK: _("{person} took it back, {when}."),
        AGAIN: _("Returned again by {person}, {when}."),
    }[returned.state]
    text = " ".join(by.value.split()) if isinstance(by.value, str) else ""
    return said.format(person=by.person, when=when_words(by.at), text=text)


def state_words(state: str) -> str:
    """The state of a return in a word or two."""
    return {
        OPEN: _("waits for an answer"),
        ANSWERED: _("answered, look again"),
        REPLIED: _("replied, look again"),
        ROW_REMOVED: _("row removed, look again"),
        DONE: _("done"),
        TAKEN_BACK: _("taken back"),
        AGAIN: _("returned again"),
    }[state]


def count_words(count: int) -> str:
    """How many returns wait, in a few words."""
    return ngettext("{count} returned", "{count} returned", count).format(count=count)


def to_you_words(count: int) -> str:
    """What a bundle brought back to whoever answered."""
    return ngettext(
        "{count} question was returned to you: look at it again.",
        "{count} questions were returned to you: look at them again.",
        count,
    ).format(count=count)


def look_again_words(count: int) -> str:
    """How many returns were answered since."""
    return ngettext(
        "{count} return was answered since: look again.", "{count} returns were answered since: look again.", count
    ).format(count=count)
