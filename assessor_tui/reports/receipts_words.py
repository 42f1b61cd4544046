"""How far entries have come, what a request asks for, and what is missing of whom, in words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assessor_tui.i18n import _, ngettext

if TYPE_CHECKING:
    from assessor_tui.carry.holding import Standing
    from assessor_tui.carry.receipts import Asked, Delivery
    from assessor_tui.ledger.receipt import Lack


def standing_words(standing: "Standing") -> str:
    """Such as ``saved, 12 not sent, 3 not confirmed``; ``""`` while nothing of this laptop's is in the visit."""
    if not standing.saved:
        return ""
    parts = [_("saved")]
    if standing.not_sent:
        parts.append(not_sent_words(standing.not_sent))
    if standing.not_confirmed:
        parts.append(not_confirmed_words(standing.not_confirmed))
    if len(parts) == 1:
        parts.append(_("all confirmed"))
    return _(", ").join(parts)


def not_sent_words(count: int) -> str:
    """How many entries no bundle has carried."""
    return ngettext("{count} not sent", "{count} not sent", count).format(count=count)


def not_confirmed_words(count: int) -> str:
    """How many entries were carried and nobody has confirmed."""
    return ngettext("{count} not confirmed", "{count} not confirmed", count).format(count=count)


def asked_words(sender: str, asked: "Asked") -> str:
    """What a request asks for, as a sentence without what to do about it."""
    if not asked.entries and not asked.files:
        return _("{sender} asks for what is missing there; nothing of it is on this laptop.").format(sender=sender)
    parts = []
    if asked.entries:
        parts.append(ngettext("{count} entry", "{count} entries", asked.entries).format(count=asked.entries))
    if asked.files:
        parts.append(files_words(asked.files))
    return _("{sender} asks for {what}.").format(sender=sender, what=_both(parts))


def files_words(count: int) -> str:
    """A number of evidence files."""
    return ngettext("{count} photo or paper", "{count} photos or papers", count).format(count=count)


def _both(parts: list[str]) -> str:
    """One thing or two: ``entries 3 to 5 and 2 photos or papers``."""
    return _("{first} and {second}").format(first=parts[0], second=parts[1]) if len(parts) > 1 else "".join(parts)


def missing_words(delivery: "Delivery") -> str:
    """What is missing of one laptop's work: entries n to m, photos and papers; ``""`` for nothing."""
    parts = (
        [_("entries {numbers}").format(numbers=_(", ").join(_numbers(delivery.missing)))] if delivery.missing else []
    )
    if delivery.wanted:
        parts.append(files_words(len(delivery.wanted)))
    return _both(parts)


def heard_words(delivery: "Delivery") -> str:
    """When the laptop last said something new, else when its last entry was recorded; ``""`` for never."""
    from assessor_tui.ledger.clock import hong_kong_time

    if delivery.heard:
        return _("heard {time}").format(time=f"{hong_kong_time(delivery.heard):%Y-%m-%d %H:%M}")
    if delivery.last:
        return _("last entry {time}").format(time=f"{hong_kong_time(delivery.last):%Y-%m-%d %H:%M}")
    return ""


def _numbers(lacks: "Iterable[Lack]") -> list[str]:
    found = []
    for each in lacks:
        if each.begin == each.end:
            found.append(str(each.begin))
        elif each.end:
            found.append(_("{first} to {last}").format(first=each.begin, last=each.end))
        else:
            found.append(_("{first} and after").format(first=each.begin))
    return found


def state_words(delivery: "Delivery") -> str:
    """How a delivery stands, in a few words."""
    if not delivery.device:
        return _("nothing has come yet")
    said = missing_words(delivery)
    return _("missing: {what}").format(what=said) if said else _("complete as far as is known")
