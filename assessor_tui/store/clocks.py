"""Clocks of laptops that stood ahead: noted when their entries arrive, kept here, never carried.

No clock decides anything. But a time that is shown at an answer and cannot be right should be said to be wrong.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store

_CLOCKS = "clocks"
"""Local state of a visit: device -> [number of the entry, its ``at``, when it arrived, 1 once the time was noted]."""


class ClockAhead(NamedTuple):
    """A laptop whose clock stood more than a day ahead of the moment its entries arrived."""

    device: str
    seq: int
    """Number of its entry that was furthest ahead when it arrived."""
    at: int
    """What that entry says, in microseconds since 1970."""
    arrived: int
    """By this laptop's clock."""
    noted: bool
    """True once the person here has noted the true time."""

    @property
    def ahead(self) -> int:
        """At least so far ahead, in microseconds."""
        return self.at - self.arrived


def note_clocks(store: "Store", said: Iterable[tuple[str, str, int, int]], now: int) -> None:
    """Nothing; keeps (visit, device, at, seq) of entries from beyond tomorrow. Inside a transaction.

    What came before and is brought again says nothing new.
    """
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for visit, device, at, seq in said:
        devices = found.setdefault(visit, {})
        devices[device] = max(devices.get(device, (0, 0)), (at, seq))
    for visit, latest in found.items():
        kept = store.local(visit, _CLOCKS, {})
        news = {
            device: [seq, at, now, 0]
            for device, (at, seq) in latest.items()
            if device not in kept or kept[device][1] < at
        }
        if news:
            store.set_local(visit, _CLOCKS, {**kept, **news})


def clocks_ahead(store: "Store", visit: str) -> list[ClockAhead]:
    """Laptops whose clock stood ahead in this visit, by device."""
    kept = store.local(visit, _CLOCKS, {})
    return [ClockAhead(device, seq, at, then, bool(noted)) for device, (seq, at, then, noted) in sorted(kept.items())]


def clock_noted(store: "Store", visit: str, device: str) -> None:
    """Nothing; somebody has noted what time it really was on that laptop."""
    kept = store.local(visit, _CLOCKS, {})
    if device in kept:
        store.set_local(visit, _CLOCKS, {**kept, device: [*kept[device][:3], 1]})
