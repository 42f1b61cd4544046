"""The words of the lead's board, for the page and the command."""

from collections.abc import Mapping

from assessor_tui.assess.board import (
    AWAITED,
    BEHIND,
    CONFLICTS,
    DELIVERED,
    HANDED_OUT,
    IN_CONFLICT,
    LATE,
    LOOK_AGAIN,
    MERGED,
    MISSING,
    NOT_HERE,
    ON_SITE,
    OPENED,
    OVERDUE,
    RETURNED,
    SIGNED,
    SOON,
    STAGES,
    TO_SETTLE,
    UNDATED,
    WAITING,
    Line,
)
from assessor_tui.i18n import N_, _, ngettext
from assessor_tui.ledger.state import device_letters

_STAGES: Mapping[str, str] = {
    OPENED: N_("opened"),
    HANDED_OUT: N_("handed out"),
    ON_SITE: N_("on site"),
    DELIVERED: N_("delivered"),
    MERGED: N_("merged"),
    CONFLICTS: N_("conflicts"),
    RETURNED: N_("returned"),
    TO_SETTLE: N_("to settle"),
    SIGNED: N_("signed"),
    NOT_HERE: N_("not arrived"),
}
_MEANINGS: Mapping[str, str] = {
    OPENED: N_("It stands on this laptop and nobody has been given it: no bundle of it was made here."),
    HANDED_OUT: N_("A bundle of it was made here, or it came from another laptop. No work has come back."),
    ON_SITE: N_("Somebody has answered on this laptop; nothing has come from others."),
    DELIVERED: N_("Work of others has arrived, not yet of everybody in the team."),
    MERGED: N_("Work of everybody in the team is here, and nothing is open that this board knows of."),
    CONFLICTS: N_("Two people said different things; somebody has to decide."),
    RETURNED: N_("A lead or reviewer returned something; it waits for a new answer or a reply."),
    TO_SETTLE: N_("Everything is here; something is still to come, or a finding has no owner or date."),
    SIGNED: N_("Signed by the lead."),
}


def stage_words(stage: str) -> str:
    """How far a visit is, in a word or two."""
    return _(_STAGES[stage])


def stage_meanings() -> list[tuple[str, str]]:
    """Every stage in its order, with what it means."""
    return [(_(_STAGES[stage]), _(_MEANINGS[stage])) for stage in STAGES]


def days_words(days: int | None) -> str:
    """The time to the deadline; ``""`` without one."""
    if days is None:
        return ""
    if days < 0:
        return ngettext("{count} day late", "{count} days late", -days).format(count=-days)
    return ngettext("{count} day", "{count} days", days).format(count=days) if days else _("today")


def reasons_words(line: Line, most: int = 9) -> str:
    """Why the visit presses, in a few words; the deadline itself stands in a column of its own."""
    words = [_reason(line, reason) for reason in line.reasons]
    return _(", ").join([each for each in words if each][:most])


def _reason(line: Line, reason: str) -> str:
    facts = line.facts
    if reason == OVERDUE:
        return ngettext("{count} overdue", "{count} overdue", len(line.overdue)).format(count=len(line.overdue))
    if reason == MISSING:
        return _("missing: {names}").format(names=_(", ").join(each.name for each in line.missing))
    if reason == BEHIND:
        return _("not all of: {devices}").format(devices=_(", ").join(device_letters(e.device) for e in line.behind))
    if reason == UNDATED:
        count = len(line.undated)
        return ngettext("{count} finding without date", "{count} findings without date", count).format(count=count)
    if reason == WAITING:
        return ngettext("{count} returned", "{count} returned", facts.returned).format(count=facts.returned)
    if reason == LOOK_AGAIN:
        words = ngettext("{count} answered: look again", "{count} answered: look again", facts.look_again)
        return words.format(count=facts.look_again)
    if reason == AWAITED:
        return _("{count} to come").format(count=len(facts.to_come))
    # The others stand in columns of their own.
    assert reason in (LATE, SOON, IN_CONFLICT)
    return ""
