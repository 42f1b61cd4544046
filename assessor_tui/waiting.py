"""Everything in a visit that waits for a person because several laptops worked on it, the most urgent first.

Conflicts, rows entered twice, entries and files that have not arrived, clocks that cannot be right, bundles that were
held back, visits that look like one, and rules that only the merged answers break. Of all of it only conflicts, rows
and gaps are in the way of a signature.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.conflicts import EQUAL_ROWS, EqualRows, Gap, gaps
from assessor_tui.ledger.entry import Entry, plain_name
from assessor_tui.ledger.state import CLEARED, FORK, LATE, ROW, SIGNED, VALUE, VERSION, Conflict, Head, agree, file_of
from assessor_tui.ledger.undo import said_first, sides_of
from assessor_tui.ledger.value import Evidence, names
from assessor_tui.settling import rows_entered_twice
from assessor_tui.store.clocks import ClockAhead, clocks_ahead

if TYPE_CHECKING:
    from assessor_tui.assess.merged import Broken
    from assessor_tui.carry.exchange import Alike
    from assessor_tui.ledger.state import VisitState
    from assessor_tui.visit import Visit

HELD, GAP, RULE, FILES, ALIKE, CLOCK = "held", "gap", "rule", "files", "alike", "clock"
"""Kinds beside those of conflicts: bundles held back, entries not here, a rule broken, files not here, one visit twice,
a clock that stood ahead."""

KINDS = (HELD, FORK, SIGNED, LATE, GAP, ROW, EQUAL_ROWS, VALUE, CLEARED, VERSION, RULE, FILES, ALIKE, CLOCK)
"""All kinds, the most urgent first: what may be forged or lost, then what is signed, then what blocks signing."""
_PLACE = {kind: place for place, kind in enumerate(KINDS)}

_LOOKED = "settlements seen"
"""Local state of a visit: device -> number of its last entry when somebody last looked at the decisions of others."""


class FilesAway(NamedTuple):
    """Files that entries of one device name and that have not arrived."""

    device: str
    person: str
    files: tuple[tuple[str, str], ...]
    """(SHA-256, name)."""


class HeldBack(NamedTuple):
    """Bundles, or parts of them, that were not let in."""

    bundles: int


class Waits(NamedTuple):
    """One thing that waits for a person."""

    kind: str
    """One of ``KINDS``."""
    form: str
    path: str
    """Where it stands; ``""`` for the whole visit. Of a fork, gap, clock or files: the device."""
    about: "Conflict | EqualRows | Gap | FilesAway | ClockAhead | Alike | Broken | HeldBack"

    @property
    def key(self) -> tuple[str, str, str]:
        """Names it among the others, also after a merge."""
        return self.kind, self.form, self.path


def conflicts_waiting(visit: "Visit", beside: Sequence[Waits] = ()) -> list[Waits]:
    """Open conflicts and rows entered twice, the most urgent kind first, each kind in walking order.

    ``beside`` is what waits else, to stand among them.
    """
    found = [Waits(key[0], key[1], key[2], conflict) for key, conflict in visit.state.conflicts.items()]
    found += [Waits(EQUAL_ROWS, rows.form, rows.rows[0], rows) for rows in rows_entered_twice(visit)]
    return in_order(visit, [*found, *beside])


def others_waiting(visit: "Visit") -> list[Waits]:
    """What waits beside conflicts, the most urgent first; without visits that look alike, which take longer to find."""
    from assessor_tui.store.trusted import count_waiting

    found = [Waits(GAP, "", f"{gap.device}.{gap.begin}", gap) for gap in gaps(visit.state)]
    found += [Waits(FILES, "", away.device, away) for away in files_away(visit)]
    found += [Waits(CLOCK, "", each.device, each) for each in clocks_ahead(visit.store, visit.id) if not each.noted]
    found += [Waits(RULE, broken.form, broken.path, broken) for broken in rules_broken(visit)]
    if held := count_waiting(visit.store):
        found.append(Waits(HELD, "", "", HeldBack(held)))
    return in_order(visit, found)


def visits_alike(visit: "Visit") -> list[Waits]:
    """Visits of this laptop that look like this one and that nobody has decided about; looks at all of them."""
    from assessor_tui.carry.exchange import alike

    return [Waits(ALIKE, "", pair.other, pair) for pair in alike(visit.store, visit)]


def in_order(visit: "Visit", found: Sequence[Waits]) -> list[Waits]:
    """The most urgent kind first, each kind in walking order."""
    forms = {name: index for index, name in enumerate(visit.forms)}
    places: dict[str, dict[str, int]] = {}

    def order(waits: Waits) -> tuple[int, int, int, str]:
        form = waits.form
        if form not in places:
            items = visit.filling(form).items() if form in forms else ()
            places[form] = {item.path: index for index, item in enumerate(items)}
        return _PLACE[waits.kind], forms.get(form, -1), places[form].get(waits.path, -1), waits.path

    return sorted(found, key=order)


def counts(found: Sequence[Waits]) -> dict[str, int]:
    """Kind -> how many, the most urgent first; only kinds that there are."""
    many = Counter(each.kind for each in found)
    return {kind: many[kind] for kind in KINDS if many[kind]}


def files_away(visit: "Visit") -> list[FilesAway]:
    """Files that standing entries name and that are not here, by the device that tied them."""
    from assessor_tui.evidence.files import evidence_path

    wanted = {row.sha256 for row in visit.store.all_evidence("wanted")}
    found: dict[str, dict[str, str]] = {}
    people: dict[str, str] = {}
    for _, entry in visit.state.standing_files() if wanted else ():
        digest = file_of(entry)
        if digest in wanted and not evidence_path(visit.store.folder, digest).is_file():
            name = entry.value.about.get("name", "") if isinstance(entry.value, Evidence) else ""
            found.setdefault(entry.device, {}).setdefault(digest, name)
            people[entry.device] = entry.person
    return [FilesAway(device, people[device], tuple(files.items())) for device, files in sorted(found.items())]


def rules_broken(visit: "Visit") -> "list[Broken]":
    """Answers that break a rule beside what others have answered, and broke none where they were typed."""
    if len(visit.state.devices()) < 2:
        return []
    from assessor_tui.assess.merged import broken_by_merge

    return [
        broken
        for form, filling in visit.fillings.items()
        for broken in broken_by_merge(form, filling, visit.state, lambda state, form=form: visit.filled(form, state))  # type: ignore[misc]
    ]


# What others have decided


def is_decision(visit: "Visit", entry: acts.Entry) -> bool:
    """True for an entry by which somebody has decided between what others had done, with a reason."""
    if not entry.why:
        return False
    if entry.act == acts.SETTLE or entry.act == acts.JOIN_ROWS:
        return True
    if entry.act == acts.ADD_ROW:
        return bool(names(entry.value)) or bool(entry.replaces)
    return entry.act in acts.ANSWERING and len(sides_of(visit.state, entry)) > 1


def settled_by_others(visit: "Visit") -> list[Head]:
    """Decisions that other people have recorded, the latest first."""
    known = visit.state.arrived_after(0)
    found = [head for head in known if is_decision(visit, head[1]) and not visit.store.wrote(head[1])]
    return sorted(found, key=lambda head: (-head[1].at, head[1].device, -head[1].seq))


def changed_by_others(state: "VisitState") -> list[Head]:
    """What somebody made something else of what another person had said, the latest first.

    What its own author has taken back since is left out: nothing is changed by it any more.
    """
    told = state.changed_by_someone_else()
    known = {digest for digest, _entry in told}
    again = [head for head in state.entries() if head[1].act == acts.SETTLE and head[0] not in known]
    told += [head for head in again if _decides_over_others(state, head[1])]
    found = [head for head in told if not _taken_back(state, head)]
    return sorted(found, key=lambda head: (-head[1].at, head[1].device, -head[1].seq))


def _decides_over_others(state: "VisitState", entry: Entry) -> bool:
    """True when it settles, after an undo, against a side that somebody else had said first."""
    first = (said_first(state, side)[1] for side in sides_of(state, entry))
    return any(plain_name(each.person) != plain_name(entry.person) and not agree((each, entry)) for each in first)


def _taken_back(state: "VisitState", head: Head) -> bool:
    """True when its author has recorded again all that it replaced."""
    digest, entry = head
    history = state.history(entry.form, entry.path)
    replaced = {ref[-32:] for ref in entry.replaces}
    after = [
        new
        for _digest, new in history
        if plain_name(new.person) == plain_name(entry.person) and any(ref[-32:] == digest for ref in new.replaces)
    ]
    return all(any(agree((old, new)) for new in after) for known, old in history if known in replaced)


def new_since_looked(visit: "Visit", decisions: Sequence[Head]) -> frozenset[str]:
    """Hashes of the decisions that have arrived since somebody last looked at them here."""
    seen: Mapping[str, int] = visit.store.local(visit.id, _LOOKED, {})
    return frozenset(digest for digest, entry in decisions if entry.seq > seen.get(entry.device, 0))


def looked_at(visit: "Visit", decisions: Sequence[Head]) -> None:
    """Nothing; these decisions were seen here."""
    seen = dict(visit.store.local(visit.id, _LOOKED, {}))
    before = dict(seen)
    for _, entry in decisions:
        seen[entry.device] = max(seen.get(entry.device, 0), entry.seq)
    if seen != before:
        visit.store.set_local(visit.id, _LOOKED, seen)
