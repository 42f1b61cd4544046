"""The team as this ledger knows it: the roster that counts, what it lets in, and what comes of another roster."""

from collections.abc import Container
from functools import lru_cache
from typing import ClassVar, NamedTuple

from assessor_tui.bundle.seal import Seal, SegmentSeal, from_bytes
from assessor_tui.i18n import N_
from assessor_tui.ledger.entry import from_line
from assessor_tui.store import keys, trusted
from assessor_tui.store.ledger import Store
from assessor_tui.store.receipts import has_sealed, seals
from assessor_tui.trust import roster as rosters
from assessor_tui.trust.judge import Bench, Known, bench_of
from assessor_tui.trust.own import forget, own_role
from assessor_tui.trust.roster import ALARM, NEWER, OLDER, OTHER_SCHEME, SAME, Member, Roster, RosterError

NOT_SIGNED, BROKEN, OFFERED = "not signed", "broken", "offered"
_OFFERED = "rosters offered"
"""Local state: scheme's key -> version, JSON and signature of the newest first roster that nobody has confirmed yet."""
_MOST_OFFERED = 8


class Gate:
    """Who is let in while bundles are merged: read once for a group of them, and again after a new roster."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known = known_of(store)
        self.read()

    def read(self) -> None:
        """Nothing; roster and decisions are those that are kept now."""
        self.bench = bench(self._store)
        self.decisions = trusted.decisions(self._store)


class News(NamedTuple):
    """What came of a roster that a bundle brought."""

    outcome: str
    """``newer`` (taken), ``same``, ``older``, ``alarm``, ``other scheme``, ``not signed``, ``broken``, or ``offered``:
    the first one, which a person confirms by its fingerprint."""
    version: int = 0
    fingerprint: str = ""
    """Of the scheme's key that it names."""
    here: int = 0
    """Version that was here before; 0 for none."""

    @property
    def is_alarm(self) -> bool:
        """True when somebody may be trying to pass for the scheme."""
        return self.outcome in (ALARM, OTHER_SCHEME, NOT_SIGNED)


class RosterUnreadable(Exception):
    """The roster in a file is none."""

    message: ClassVar[str] = N_("The roster in this file cannot be read ({reason}). Ask the sender to make it again.")
    exit_code: ClassVar[int] = 4

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.parameters = {"reason": reason}


class Offer(NamedTuple):
    """A first roster that waits for a person to compare its fingerprint."""

    roster: Roster
    json: bytes
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """Of the scheme's key."""
        return rosters.fingerprint(self.roster.scheme_key)


def roster_of(store: Store) -> Roster | None:
    """The roster that counts; None in a team without one."""
    row = trusted.latest_roster(store)
    return _parsed(row.json) if row is not None else None


_parsed = lru_cache(maxsize=2)(rosters.from_bytes)
"""A roster of thousands takes a fifth of a second to read, and the line over the keys asks after every act."""


def bench(store: Store) -> Bench:
    """The roster as ``judge`` asks it, with the devices that this folder has the keys of."""
    folder = store.folder / keys.FOLDER
    own = {path.stem for path in folder.glob("*.key")} if folder.is_dir() else set()
    return bench_of(roster_of(store), own)


def own_member(store: Store) -> Member | None:
    """This device as it stands on the roster; None without a roster, and while it is not on it."""
    roster = roster_of(store)
    return roster.member(store.device.id) if roster is not None and store.device is not None else None


def known_of(store: Store) -> Known:
    """What the ledger says, for ``judge``; read when asked."""

    def given(visit: str, device: str) -> list[Seal]:
        return [from_bytes(each.json) for each in seals(store, visit, device)]

    def hashes(segment: SegmentSeal) -> Container[str]:
        between = trusted.lines_between(store, segment.visit, segment.device, segment.begin, segment.end)
        return {digest for digest, _ in between}

    def leads_on(segment: SegmentSeal) -> bool:
        number, (visit, device) = segment.end + 1, segment[:2]
        following = trusted.lines_between(store, visit, device, number, number)
        return any(from_line(line, visit, device).prev == segment.last for _, line in following)

    def has_key(device: str) -> bool:
        # Heard of by way of another laptop counts as well: that one handed on what this device had signed.
        return bool(trusted.named_device(store, device)[1]) or has_sealed(store, device)

    return Known(given, hashes, leads_on, has_key)


def take_roster(store: Store, json: bytes, signature: bytes, *, confirmed: str = "") -> News:
    """What comes of a roster: a newer one of the same scheme counts from now on, anything else changes nothing.

    The first one is only offered, until ``confirmed`` is the fingerprint of its scheme's key as a person heard it.

    Raises:
        StoreError: when the disk does not take it.
    """
    row = trusted.latest_roster(store)
    if row is not None and row.json == json:
        return News(SAME, row.version, here=row.version)
    here = rosters.from_bytes(row.json) if row is not None else None
    version = here.version if here is not None else 0
    try:
        new = rosters.from_bytes(json)
    except RosterError:
        return News(BROKEN, here=version)
    shown = rosters.fingerprint(new.scheme_key)
    if not rosters.is_signed(json, signature, new.scheme_key):
        return News(NOT_SIGNED, new.version, shown, version)
    if here is None:
        if not confirmed or not rosters.same_fingerprint(confirmed, shown):
            _offer(store, new, json, signature)
            return News(OFFERED, new.version, shown)
    else:
        outcome = rosters.compared(new, here)
        if outcome != NEWER:
            return News(outcome, new.version, shown, version)
    with store.together():
        trusted.keep_roster(store, trusted.RosterRow(new.version, json, signature, store.now()))
        store.set_local("", _OFFERED, None)
        _name_members(store, new)
    forget(store)
    return News(NEWER, new.version, shown, version)


def offers(store: Store) -> list[Offer]:
    """First rosters that came with bundles and that nobody has confirmed yet; none once the team has one."""
    found = []
    for json, signature in store.local("", _OFFERED, {}).values():
        data = bytes.fromhex(json)
        found.append(Offer(rosters.from_bytes(data), data, bytes.fromhex(signature)))
    return found


def offer_of(json: bytes, signature: bytes) -> Offer:
    """The roster that a file brings, for a person to compare; its signature is checked when it is taken.

    Raises:
        RosterUnreadable: when these bytes are none.
    """
    try:
        return Offer(rosters.from_bytes(json), json, signature)
    except RosterError as error:
        raise RosterUnreadable(str(error)) from error


def _offer(store: Store, new: Roster, json: bytes, signature: bytes) -> None:
    waiting = store.local("", _OFFERED, {})
    before = waiting.get(new.scheme_key)
    if before is not None and rosters.from_bytes(bytes.fromhex(before[0])).version >= new.version:
        return
    if before is None and len(waiting) >= _MOST_OFFERED:
        return
    store.set_local("", _OFFERED, {**waiting, new.scheme_key: (json.hex(), signature.hex())})


def _name_members(store: Store, roster: Roster) -> None:
    """Nothing; devices that have written here are called what the roster calls them."""
    known = {each.id: each for each in store.devices()}
    for member in roster.people:
        if (device := known.get(member.device)) is not None:
            store.name_device(device._replace(person=member.person, role=member.role, public=bytes.fromhex(member.key)))


__all__ = ["ALARM", "NEWER", "OLDER", "OTHER_SCHEME", "SAME", "News", "Offer", "own_role", "take_roster"]
