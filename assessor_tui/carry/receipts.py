"""Who has delivered what of a visit, what is missing and whom to ask, and what a request asks of this laptop."""

from collections.abc import Iterable
from typing import NamedTuple

from assessor_tui.carry.holding import ends_of, gone_of, reach, receipt_of, standing
from assessor_tui.evidence.files import evidence_path
from assessor_tui.ledger.entry import plain_name
from assessor_tui.ledger.receipt import Lack, Receipt
from assessor_tui.store import chains
from assessor_tui.store.ledger import Store
from assessor_tui.store.receipts import receipts
from assessor_tui.trust.team import roster_of

__all__ = ["Asked", "Delivery", "asked_of", "delivered", "people_reached", "receipt_of", "standing"]


class Delivery(NamedTuple):
    """What has arrived of one laptop's work in a visit, and what has not."""

    device: str
    """``""`` for somebody of the team from whom nothing has come."""
    person: str
    role: str
    """On the roster; else what the laptop was told here, or ``""``."""
    held: int
    """Entries that are here."""
    missing: tuple[Lack, ...]
    """Entries that are known of and not here."""
    wanted: tuple[str, ...]
    """SHA-256 of files that its entries tie and that are not here."""
    heard: int
    """When it last said something new, by this laptop's clock, in microseconds since 1970; 0: it never said."""
    last: int
    """When its last entry here was recorded, by its own clock; 0 without one."""
    has: int
    """How many of this laptop's entries it has said to hold."""

    @property
    def complete(self) -> bool:
        """True when nothing that is known of is missing."""
        return bool(self.device) and not self.missing and not self.wanted


class Asked(NamedTuple):
    """What a request asks for and this laptop has."""

    entries: int
    files: int


def delivered(store: Store, visit: str, expected: Iterable[str] = ()) -> tuple[Delivery, ...]:
    """Each other laptop of the visit, and each of the ``expected`` people from whom nothing has come, by name.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    own = store.device.id if store.device is not None else ""
    held_here = receipt_of(store, visit)
    ends = ends_of(store, visit)
    kept = {each.device: each for each in receipts(store, visit)}
    named = chains.files(store, visit)
    gone = gone_of(store, visit, named)
    lacking = {
        each.sha256 for each in named.named
        if each.sha256 not in gone and not evidence_path(store.folder, each.sha256).is_file()
    }  # fmt: skip
    counts = {row.device: 0 for row in store.logs(visit)}
    for row in store.logs(visit):
        counts[row.device] += row.held
    lasts = chains.last_written(store, visit)
    roster = roster_of(store)
    known = {each.id: each for each in store.devices()}
    found = []
    for device in {*counts, *kept, *(each.device for each in held_here.missing)} - {own}:
        member = roster.member(device) if roster is not None else None
        here = member or known.get(device)
        said = kept.get(device)
        last, wrote = lasts.get(device, (0, ""))
        found.append(
            Delivery(
                device,
                # A laptop whose work came by way of another one is called as its last entry says.
                (here.person if here is not None else "") or wrote,
                here.role if here is not None else "",
                counts.get(device, 0),
                tuple(each for each in held_here.missing if each.device == device),
                tuple(sorted({each.sha256 for each in named.named if each.device == device} & lacking)),
                said.arrived if said is not None else 0,
                last,
                reach(store, visit, said.receipt, (own, 0), ends[own, 0]) if said and (own, 0) in ends else 0,
            )
        )
    came = {plain_name(each.person) for each in found} | {plain_name(store.person)}
    found += [
        Delivery("", name, "", 0, (), (), 0, 0, 0)
        for name in dict.fromkeys(expected)
        if name and plain_name(name) not in came
    ]
    return tuple(sorted(found, key=lambda each: (plain_name(each.person), each.device)))


def people_reached(store: Store) -> dict[str, tuple[str, ...]]:
    """Person -> the devices a bundle to this person is for: those on the roster; without one those heard of here.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    own = store.device.id if store.device is not None else ""
    roster = roster_of(store)
    pairs = [(each.person, each.id) for each in store.devices()]
    if roster is not None:
        pairs = [(each.person, each.device) for each in roster.people if not roster.is_revoked(each.device)]
    found: dict[str, list[str]] = {}
    for person, device in pairs:
        if person and device != own:
            name = next((each for each in found if plain_name(each) == plain_name(person)), person)
            found.setdefault(name, []).append(device)
    return {person: tuple(sorted(devices)) for person, devices in sorted(found.items())}


def asked_of(store: Store, receipt: Receipt) -> Asked:
    """How much of what a device lacks is here: this laptop's entries, those it asks for, and files it waits for.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    own = store.device.id if store.device is not None else ""
    entries = 0
    for side, end in ends_of(store, receipt.visit).items():
        device, fork = side
        stretches = [(each.begin, each.end or end) for each in receipt.missing if each.device == device]
        if device == own:
            stretches.append((reach(store, receipt.visit, receipt, side, end) + 1, end))
        numbers = [seq for seq, _, _ in store.lines(receipt.visit, device, 0, fork)] if stretches else []
        entries += sum(any(begin <= seq <= last for begin, last in stretches) for seq in numbers)
    named = {each.sha256 for each in chains.files(store, receipt.visit).named} if receipt.evidence else set()
    files = sum(each in named and evidence_path(store.folder, each).is_file() for each in receipt.evidence)
    return Asked(entries, files)
