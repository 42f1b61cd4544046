"""Devices with keys, logs with good and bad entries, bundles as values and rosters: what judging is tested with."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor_tui.bundle.enclosed import vouched
from assessor_tui.bundle.seal import DELTA, FORMAT, Seal, SegmentSeal
from assessor_tui.ledger.entry import ANSWER, Entry, hash_of
from assessor_tui.ledger.run import Run
from assessor_tui.store.keys import device_id
from assessor_tui.trust.judge import Known
from assessor_tui.trust.roster import DOMAIN, Member, Roster, to_bytes

VISIT = "11" * 16
RECIPIENT = "age1" + "q" * 58

Head = tuple[str, Entry]


class Person(NamedTuple):
    """Somebody with a laptop."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> str:
        """The laptop's public key in hexadecimal."""
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def device(self) -> str:
        """The laptop's id."""
        return device_id(bytes.fromhex(self.key))

    def member(self, role: str, added: int = 1) -> Member:
        """As the roster has it."""
        return Member(self.device, self.key, RECIPIENT, self.name, role, added)


def person(name: str) -> Person:
    """Always the same key for the same name."""
    return Person(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


SCHEME = person("the scheme's key")


def roster_of(*people: Member, version: int = 1, scheme: Person = SCHEME) -> Roster:
    """A roster of these people."""
    return Roster(version, scheme.key, 1_763_800_000_000_000, tuple(sorted(people)))


def signed(roster: Roster, by: Person = SCHEME) -> tuple[bytes, bytes]:
    """The roster's bytes and signature."""
    data = to_bytes(roster)
    return data, by.private.sign(DOMAIN + data)


def log_of(who: Person, acts: Iterable[str], after: Head | None = None, words: str = "said") -> list[Head]:
    """A log of one entry per act, or what follows ``after`` in it."""
    log: list[Head] = []
    prev, seq = (after[0], after[1].seq) if after is not None else ("", 0)
    for act in acts:
        seq += 1
        value = f"{words} {seq}" if act == ANSWER else None
        entry = Entry(
            VISIT, who.device, seq, prev, 1_763_800_000_000_000 + seq, who.name, act, "check", "", f"q{seq}", value
        )
        prev = hash_of(entry)
        log.append((prev, entry))
    return log


def segment_of(log: list[Head]) -> SegmentSeal:
    """The run of one log as a seal states it."""
    first, (last, end) = log[0][1], log[-1]
    return SegmentSeal(VISIT, first.device, first.seq, end.seq, first.prev, last)


def seal_of(sender: Person, *logs: list[Head], key: bool = True, version: str = FORMAT) -> Seal:
    """The seal of a bundle that carries these runs."""
    segments = tuple(sorted(segment_of(log) for log in logs))
    return Seal(VISIT, DELTA, sender.device, sender.name, sender.key if key else "", segments, {}, "", "test", version)


class Carried:
    """A bundle of which every check has passed, as a value: seal, entries and the seals that it relays."""

    def __init__(self, seal: Seal, *logs: list[Head], seals: Iterable[Seal] = ()) -> None:
        self.seal = seal
        self._logs = {segment_of(log): log for log in logs}
        self._seals = tuple(seals)

    def runs(self, segment: SegmentSeal) -> Iterator[Run]:
        """The entries of one segment."""
        yield Run.of([(digest, entry, b"") for digest, entry in self._logs[segment]])

    def proven(self, segment: SegmentSeal, also: Iterable[Seal] = ()) -> int:
        """As ``Bundle.proven``."""
        if self.seal.key and segment.device == self.seal.device:
            return segment.end
        vouches = vouched((*self._seals, *also), segment)
        found = (entry.seq for digest, entry in self._logs[segment] if digest in vouches.get(entry.seq, ()))
        return max(found, default=0)

    def everything(self) -> set[str]:
        """Hashes of all entries."""
        return {digest for log in self._logs.values() for digest, _ in log}


def bundle(
    sender: Person, *logs: list[Head], seals: Iterable[Seal] = (), key: bool = True, version: str = FORMAT
) -> Carried:
    """A bundle of these runs."""
    return Carried(seal_of(sender, *logs, key=key, version=version), *logs, seals=seals)


class Ledger:
    """What a ledger says, as ``judge`` asks it."""

    def __init__(self) -> None:
        self.heads: dict[str, Entry] = {}
        self.seals: list[Seal] = []

    @property
    def known(self) -> Known:
        """The questions."""
        return Known(
            lambda visit, device: [each for each in self.seals if each.device == device and each.visit == visit],
            lambda segment: {
                digest for digest, each in self.heads.items()
                if each.device == segment.device and segment.begin <= each.seq <= segment.end
            },
            lambda segment: any(
                each.device == segment.device and each.seq == segment.end + 1 and each.prev == segment.last
                for each in self.heads.values()
            ),
            lambda device: any(each.device == device for each in self.seals),
        )  # fmt: skip
