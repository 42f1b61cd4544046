"""Which entries of a bundle are let in, and which are held back for a person to decide. A pure function.

One look per segment where the sender wrote it, signed it and its role allows all of it; entry by entry only where
something may have to be held back.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple, Protocol

from assessor_tui.bundle.seal import Seal, SegmentSeal
from assessor_tui.ledger.run import Run
from assessor_tui.trust.roles import LOOKED_AT, may_record
from assessor_tui.trust.roster import Mark, Member, Roster

UNKNOWN, UNSIGNED, NOT_PROVEN, REVOKED, ROLE = "unknown", "unsigned", "not proven", "revoked", "role"
"""Why entries are held back: their device is not on the roster; nobody signed them; someone else handed them over
without the seal of their device; their device was revoked before them; their device's role may not record this."""
REASONS = (UNKNOWN, UNSIGNED, NOT_PROVEN, REVOKED, ROLE)

WAITING, ACCEPTED, DECLINED = "waiting", "accepted", "declined"
"""What was decided about a bundle held back; ``""`` for one that never was."""


class Taken(NamedTuple):
    """Entries that go in: those of a segment from one number to another."""

    segment: SegmentSeal
    begin: int
    end: int


class HeldBack(NamedTuple):
    """Entries that wait for a decision: neighbours of one log for one reason."""

    reason: str
    visit: str
    device: str
    begin: int
    """Number of the first one; 0 for a bundle that carries files or a receipt only."""
    end: int
    act: str = ""
    """What they record, where that is the reason."""


class Judgement(NamedTuple):
    """What becomes of a bundle's entries: each is either taken or held."""

    taken: tuple[Taken, ...]
    held: tuple[HeldBack, ...]


class Sealed(Protocol):
    """What of a bundle is judged; ``bundle.read.Bundle`` is one."""

    @property
    def seal(self) -> Seal:
        """Who hands over what."""

    def runs(self, segment: SegmentSeal) -> Iterator[Run]:
        """The entries of one segment, in order."""

    def proven(self, segment: SegmentSeal, also: Iterable[Seal] = ()) -> int:
        """Highest number of the segment for which a seal of its own device vouches; 0 for none."""


class Known(NamedTuple):
    """What the ledger says; asked only where something may have to be held back."""

    seals: Callable[[str, str], Iterable[Seal]]
    """(visit, device) -> seals of that device that came earlier."""
    hashes: Callable[[SegmentSeal], Container[str]]
    """Hashes of entries between the numbers of the segment that stand in the ledger already."""
    leads_on: Callable[[SegmentSeal], bool]
    """True when the ledger holds the entry that follows the segment and names its last one as the one before."""
    has_key: Callable[[str], bool]
    """True for a device of which a signature was seen."""


class Bench(NamedTuple):
    """A roster, looked up quickly; without one, everyone who cannot be told to be someone else is let in."""

    roster: Roster | None = None
    members: Mapping[str, Member] = {}
    revoked: Mapping[str, Mapping[str, Mark]] = {}
    own: frozenset[str] = frozenset()
    """Devices whose keys are in this data folder: what they sealed has been let in here before."""


def bench_of(roster: Roster | None, own: Iterable[str] = ()) -> Bench:
    """The roster as ``judge`` asks it."""
    if roster is None:
        return Bench(own=frozenset(own))
    return Bench(
        roster,
        {each.device: each for each in roster.people},
        {each.device: each.logs for each in roster.revoked},
        frozenset(own),
    )


def judge(bench: Bench, bundle: Sealed, known: Known, decision: str = "") -> Judgement:
    """What goes in and what is held back; every entry is one or the other.

    Args:
        bench: the roster, if the team has one.
        bundle: signed or not, every check of its own passed.
        known: the ledger.
        decision: what a person decided about this very bundle.
    """
    seal = bundle.seal
    taken: list[Taken] = []
    held: list[HeldBack] = []
    # What this laptop sealed itself stood in its ledger: a copy brings back what was let in, accepted things too.
    mine = bool(seal.key) and seal.device in bench.own and seal.device not in bench.revoked
    if not seal.segments and decision != ACCEPTED and not mine and (reason := sender_reason(bench, seal)):
        held.append(HeldBack(reason, seal.visit, seal.device, 0, 0))
    for segment in seal.segments:
        whole = Taken(segment, segment.begin, segment.end)
        if decision == ACCEPTED or mine or _goes_in(bench, bundle, segment, known):
            taken.append(whole)
            continue
        reasons = list(_reasons(bench, bundle, segment, known))
        for (reason, act), run in groupby(reasons, key=lambda each: each[1:]):
            seqs = [seq for seq, _, _ in run]
            if reason:
                held.append(HeldBack(reason, segment.visit, segment.device, seqs[0], seqs[-1], act))
            else:
                taken.append(Taken(segment, seqs[0], seqs[-1]))
    return Judgement(tuple(taken), tuple(held))


def sender_reason(bench: Bench, seal: Seal) -> str:
    """Why the sender's word does not count in this team; ``""`` when it does."""
    if bench.roster is None:
        return ""
    if not seal.key:
        return UNSIGNED
    if seal.device not in bench.members:
        return UNKNOWN
    return REVOKED if seal.device in bench.revoked else ""


def runs_of(bundle: Sealed, taken: Iterable[Taken]) -> Iterator[Run]:
    """What goes in, some entries at a time."""
    # Each segment is gone through once, however many pieces of it go in: somebody may have made thousands.
    for segment, pieces in groupby(taken, key=lambda each: each.segment):
        numbers = {seq for _, begin, end in pieces for seq in range(begin, end + 1)}
        for run in bundle.runs(segment):
            places = [place for place, seq in enumerate(run.seqs) if seq in numbers]
            if len(places) == len(run.seqs):
                yield run
            elif places:
                yield run.pick(places)


def _goes_in(bench: Bench, bundle: Sealed, segment: SegmentSeal, known: Known) -> bool:
    """True when the whole segment goes in, told without looking at each entry."""
    if bench.roster is None:
        return _suffices(bundle, segment, known)
    member = bench.members.get(segment.device)
    if member is None or segment.device in bench.revoked or _proven(bundle, segment, known) < segment.end:
        return False
    looked_at = LOOKED_AT[member.role]
    return all(looked_at.isdisjoint(run.acts) for run in bundle.runs(segment))


def _suffices(bundle: Sealed, segment: SegmentSeal, known: Known) -> bool:
    """True when, without a roster, nothing says that this is not from whom it says it is."""
    seal = bundle.seal
    if seal.key and seal.device == segment.device:
        return True
    if seal.format == "1.0" and all(each.format == "1.0" for each in known.seals(segment.visit, segment.device)):
        return True  # it could not carry the seals of others yet; of who seals under a later one nobody needs it
    proven = _proven(bundle, segment, known)
    return proven >= segment.end or (proven == 0 and not known.has_key(segment.device))


def _proven(bundle: Sealed, segment: SegmentSeal, known: Known) -> int:
    proven = bundle.proven(segment)
    return (
        proven
        if proven >= segment.end
        else max(proven, bundle.proven(segment, known.seals(segment.visit, segment.device)))
    )


def _reasons(bench: Bench, bundle: Sealed, segment: SegmentSeal, known: Known) -> Iterator[tuple[int, str, str]]:
    """(number, reason, act) of each entry, in order; reason ``""`` when it goes in."""
    here = known.hashes(segment)
    items = [item for run in bundle.runs(segment) for item in zip(run.digests, run.entries(), strict=True)]
    # An entry's hash fixes all before it, so whatever stands in the ledger already vouches for those, too.
    proven = max(
        _proven(bundle, segment, known), max((entry.seq for digest, entry in items if digest in here), default=0)
    )
    member = bench.members.get(segment.device)
    counts = _counts(bench, bundle, segment, known)
    nobody = UNSIGNED if segment.device == bundle.seal.device and not bundle.seal.key else NOT_PROVEN
    for digest, entry in items:
        seq = entry.seq
        if digest in here:
            yield seq, "", ""
        elif bench.roster is not None and member is None:
            yield seq, UNKNOWN, ""
        elif seq > proven:
            yield seq, nobody, ""
        elif seq > counts:
            yield seq, REVOKED, ""
        elif member is not None and not may_record(member.role, entry.act, entry.device, entry.replaces, entry.value):
            yield seq, ROLE, entry.act
        else:
            yield seq, "", ""


def _counts(bench: Bench, bundle: Sealed, segment: SegmentSeal, known: Known) -> int:
    """Highest number of the segment that counts; its end unless the device was revoked.

    Whoever has a copy of the key can write other entries under the numbers that count, so a segment must hold the
    entry at which the device was revoked, or lead on to it in the bundle or in the ledger.
    """
    if segment.device not in bench.revoked:
        return segment.end
    mark = bench.revoked[segment.device].get(segment.visit, Mark(0, ""))
    if not mark.last or mark.to < segment.begin:
        return mark.to
    if mark.to <= segment.end:
        return mark.to if _holds(bundle, segment, mark.last) else 0
    log = [each for each in bundle.seal.segments if (each.visit, each.device) == (segment.visit, segment.device)]
    by_prev: dict[str, list[SegmentSeal]] = {}
    for each in log:
        by_prev.setdefault(each.prev, []).append(each)
    ahead, seen = [segment], {segment}
    while ahead:
        now = ahead.pop()
        if now.begin <= mark.to <= now.end:
            if _holds(bundle, now, mark.last):
                return segment.end
        elif known.leads_on(now):
            return segment.end
        for each in by_prev.get(now.last, ()):
            if each not in seen:
                seen.add(each)
                ahead.append(each)
    return 0


def _holds(bundle: Sealed, segment: SegmentSeal, digest: str) -> bool:
    return any(digest in run.digests for run in bundle.runs(segment))
