"""What waits in a visit, in plain words: for the page of conflicts and for the command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assessor_tui.i18n import _, ngettext
from assessor_tui.ledger.clock import DAY, hong_kong_time
from assessor_tui.ledger.conflicts import EQUAL_ROWS, Gap, fork_sides
from assessor_tui.ledger.state import CLEARED, FORK, LATE, ROW, SIGNED, VALUE, VERSION, device_letters
from assessor_tui.store.clocks import ClockAhead
from assessor_tui.waiting import ALIKE, CLOCK, FILES, GAP, HELD, RULE, FilesAway, HeldBack, Waits

if TYPE_CHECKING:
    from assessor_tui.carry.naming import Alike
    from assessor_tui.ledger.signature import Over
    from assessor_tui.ledger.state import Head, VisitState

_MOST_NAMES = 6


def kind_words(kind: str) -> str:
    """What kind of thing waits, in a few plain words."""
    return {
        VALUE: _("answered differently"),
        CLEARED: _("answered, and taken back"),
        LATE: _("came after the signature"),
        ROW: _("row removed while somebody worked in it"),
        VERSION: _("another version of the form"),
        FORK: _("a laptop was copied"),
        SIGNED: _("the signature is disputed"),
        EQUAL_ROWS: _("row entered twice"),
        HELD: _("held back"),
        GAP: _("entries have not arrived"),
        FILES: _("files have not arrived"),
        RULE: _("a rule is broken since the merge"),
        ALIKE: _("visit entered twice"),
        CLOCK: _("a clock stood ahead"),
    }.get(kind, kind)


def device_words(device: str, person: str) -> str:
    """The laptop as people call it: its three letters and whose it is."""
    letters = device_letters(device)
    return _("{device} ({person})").format(device=letters, person=person) if person else letters


def gap_words(gap: Gap) -> str:
    """Which entries of whose laptop are not here."""
    whose = device_words(gap.device, gap.person)
    if gap.begin == gap.end:
        return _("Entry {number} of laptop {device} is not here.").format(number=gap.begin, device=whose)
    words = _("Entries {begin} to {end} of laptop {device} are not here.")
    return words.format(begin=gap.begin, end=gap.end, device=whose)


def ask_words(ask: Sequence[tuple[str, str]]) -> str:
    """Whom to ask for what is missing."""
    return _("Ask: {people}").format(people=_(", ").join(device_words(device, person) for device, person in ask))


def files_words(away: FilesAway) -> str:
    """Which files of whose laptop are not here."""
    words = ngettext(
        "{count} file of laptop {device} is not here: {names}",
        "{count} files of laptop {device} are not here: {names}",
        len(away.files),
    )
    names = [name or digest[:8] for digest, name in away.files]
    told = _(", ").join(names[:_MOST_NAMES]) + (" ..." if len(names) > _MOST_NAMES else "")
    return words.format(count=len(away.files), device=device_words(away.device, away.person), names=told)


def clock_words(clock: ClockAhead, person: str) -> str:
    """How far a clock stood ahead."""
    words = _("The clock of laptop {device} said {at} when its entries arrived at {arrived}: {days} days ahead.")
    return words.format(
        device=device_words(clock.device, person),
        at=f"{hong_kong_time(clock.at):%Y-%m-%d %H:%M}",
        arrived=f"{hong_kong_time(clock.arrived):%Y-%m-%d %H:%M}",
        days=clock.ahead // DAY,
    )


def held_words(held: HeldBack) -> str:
    """How many bundles are held back."""
    words = ngettext(
        "{count} bundle is held back, wholly or in part. Nothing of it is lost; look at it and decide.",
        "{count} bundles are held back, wholly or in part. Nothing of them is lost; look at them and decide.",
        held.bundles,
    )
    return words.format(count=held.bundles)


def alike_words(alike: "Alike") -> str:
    """Why two visits look like one."""
    if alike.reason == "number":
        words = _("Visit {other} has the same registered number and the same date.")
    else:
        words = _("Visit {other} has the same name of the site and the same date.")
    return words.format(other=alike.other[:8])


def fork_words(state: "VisitState", heads: "Sequence[Head]") -> str:
    """Which laptop went on twice under one number, and the two of them."""
    first = heads[0][1]
    words = _("The folder of laptop {device} was copied or restored, and both wrote on from entry {number}:").format(
        device=device_letters(first.device), number=first.seq
    )
    for side in fork_sides(state, heads):
        count = ngettext("{count} entry", "{count} entries", side.entries).format(count=side.entries)
        last = f"{hong_kong_time(side.last.at):%Y-%m-%d %H:%M}"
        told = _("{person}, {count}, last {when}").format(person=side.last.person, count=count, when=last)
        if side.goes_on:
            told += _("; since then laptop {device}").format(device=device_letters(side.goes_on))
        words += f"  ({side.first[0][:4]}) {told}."
    return words


def over_words(over: "Over", person: str) -> str:
    """Which entries were not here when the visit was signed."""
    stretches = [str(begin) if begin == end else f"{begin}-{end}" for begin, end in over.missing]
    words = _("signed without entries {numbers} of laptop {device}")
    return words.format(numbers=_(", ").join(stretches), device=device_words(over.device, person))


def waits_words(waits: Waits, people: "dict[str, str]") -> str:
    """The sentence about what waits beside conflicts; ``people`` is device -> person."""
    from assessor_tui.carry.naming import Alike

    about = waits.about
    if isinstance(about, Gap):
        return gap_words(about)
    if isinstance(about, FilesAway):
        return files_words(about)
    if isinstance(about, HeldBack):
        return held_words(about)
    if isinstance(about, ClockAhead):
        return clock_words(about, people.get(waits.path, ""))
    if isinstance(about, Alike):
        return alike_words(about)
    return kind_words(waits.kind)


def people_of(heads: "Sequence[Head]") -> dict[str, str]:
    """Device -> who wrote there last, of these entries."""
    return {entry.device: entry.person for _digest, entry in heads}
