"""The roster: which devices belong to a scheme's team and in which role, as a value and as canonical JSON.

It is signed by one key, the scheme's. Versions only ever go up; ``is_newer`` says what to do with another one.
"""

import hashlib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from assessor_tui.bundle import canonical
from assessor_tui.bundle.fields import ID, RECIPIENT, SHA256, matched, number, short_text
from assessor_tui.ledger.entry import MAX_AT, MAX_PERSON
from assessor_tui.store.keys import device_id, is_signature
from assessor_tui.trust.roles import ROLES

DOMAIN = b"assessor-roster/1\0"
"""Stands before the roster's bytes in what the scheme's key signs."""
MAX_BYTES = 4 * 1024 * 1024
MAX_VERSION = 2**31
"""A version stays below this: nobody can leap so far ahead that no later roster is newer."""
_MAX_SEQ = 2**31


NEWER, SAME, OLDER, ALARM, OTHER_SCHEME = "newer", "same", "older", "alarm", "other scheme"


class Member(NamedTuple):
    """One device of the team."""

    device: str
    """Its id, made from its key."""
    key: str
    """Ed25519, 64 hexadecimal digits."""
    recipient: str
    """Its age recipient (``age1...``), for whom bundles to it are encrypted; ``""`` when it has none."""
    person: str
    role: str
    added: int
    """Version of the roster since which it stands there."""


class Mark(NamedTuple):
    """How far a log of a revoked device counts."""

    to: int
    last: str
    """Hash of that entry; ``""`` when it was not at hand: then the number alone counts."""


class Revoked(NamedTuple):
    """A device whose later entries are held back; those up to the mark of each visit count."""

    device: str
    logs: Mapping[str, Mark]
    """Visit -> how far its entries count; in any other visit none does."""


class Roster(NamedTuple):
    """Who belongs to the team."""

    version: int
    scheme_key: str
    """Ed25519, 64 hexadecimal digits."""
    made: int
    """In microseconds since 1970, for people to read."""
    people: tuple[Member, ...] = ()
    """By device."""
    revoked: tuple[Revoked, ...] = ()
    """By device."""

    @property
    def project(self) -> str:
        """Id of the scheme's key: stands where bundles of purpose ``roster`` have the visit."""
        return device_id(bytes.fromhex(self.scheme_key))

    def member(self, device: str) -> Member | None:
        """The device as it stands here, revoked or not; None for a stranger."""
        return next((each for each in self.people if each.device == device), None)

    def is_revoked(self, device: str) -> bool:
        """True when the device was revoked."""
        return any(each.device == device for each in self.revoked)


class RosterError(ValueError):
    """These bytes are no roster; the message is the reason, in English, for whoever looks closer."""


def fingerprint(key: str, recipient: str = "") -> str:
    """Eight groups of four hexadecimal digits to read aloud, over both keys of a device or the key of a scheme."""
    digest = hashlib.sha256(b"assessor-fingerprint/1\0" + bytes.fromhex(key) + recipient.encode()).hexdigest()
    return " ".join(digest[place : place + 4] for place in range(0, 32, 4))


def same_fingerprint(typed: str, shown: str) -> bool:
    """True when what a person typed is the fingerprint, however spaced and capitalised."""
    return "".join(typed.split()).replace("-", "").lower() == "".join(shown.split())


def to_bytes(roster: Roster) -> bytes:
    """``roster.json``."""
    return canonical.dump(
        {
            "made": roster.made,
            "people": [
                {
                    "added": each.added,
                    "device": each.device,
                    "key": each.key,
                    "person": each.person,
                    "role": each.role,
                    **({"recipient": each.recipient} if each.recipient else {}),
                }
                for each in sorted(roster.people)
            ],
            "revoked": [
                {
                    "device": each.device,
                    "logs": {visit: {"last": mark.last, "to": mark.to} for visit, mark in each.logs.items()},
                }
                for each in sorted(roster.revoked, key=lambda each: each.device)
            ],
            "scheme": roster.scheme_key,
            "version": roster.version,
        }
    )


def from_bytes(data: bytes) -> Roster:
    """The roster that ``data`` spells.

    Raises:
        RosterError: when anything is not as ``to_bytes`` writes it.
    """
    if len(data) > MAX_BYTES:
        raise RosterError(f"more than {MAX_BYTES} bytes")
    try:
        fields = canonical.load(data)
        canonical.check_plain(fields, 6)
        roster = _roster(fields)
    except RosterError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RosterError(str(error)) from None
    return roster


def _roster(fields: Any) -> Roster:
    _exactly(fields, "made", "people", "revoked", "scheme", "version")
    version = number(fields, "version", 1, MAX_VERSION)
    people = tuple(_member(each, version) for each in _list(fields, "people"))
    revoked = tuple(_revoked(each) for each in _list(fields, "revoked"))
    devices = [each.device for each in people]
    gone = [each.device for each in revoked]
    for ordered in (devices, gone):
        if any(one >= other for one, other in pairwise(ordered)):
            raise RosterError("devices not in order, or one twice")
    if not set(gone) <= set(devices):
        raise RosterError("a device is revoked that was never on it")
    return Roster(version, matched(fields, "scheme", SHA256), number(fields, "made", 0, MAX_AT), people, revoked)


def _member(data: Any, version: int) -> Member:
    _exactly(data, *(("recipient",) if isinstance(data, dict) and "recipient" in data else ()),
             "added", "device", "key", "person", "role")  # fmt: skip
    key, person = matched(data, "key", SHA256), short_text(data, "person", MAX_PERSON)
    if data["role"] not in ROLES:
        raise RosterError("a role that this version does not know")
    device = matched(data, "device", ID)
    if device_id(bytes.fromhex(key)) != device:
        raise RosterError("a key that is not the device's")
    recipient = matched(data, "recipient", RECIPIENT) if "recipient" in data else ""
    return Member(device, key, recipient, person, data["role"], number(data, "added", 1, version + 1))


def _revoked(data: Any) -> Revoked:
    _exactly(data, "device", "logs")
    logs = {}
    if not isinstance(data["logs"], dict):
        raise RosterError("logs is no mapping")
    for visit, mark in data["logs"].items():
        _exactly(mark, "last", "to")
        last = matched(mark, "last", ID) if mark["last"] != "" else ""
        logs[matched({"visit": visit}, "visit", ID)] = Mark(number(mark, "to", 0, _MAX_SEQ), last)
    return Revoked(matched(data, "device", ID), logs)


def _exactly(data: Any, *keys: str) -> None:
    if not isinstance(data, dict) or data.keys() != set(keys):
        raise RosterError("a part is missing or unknown")


def _list(data: dict[str, Any], key: str) -> list[Any]:
    if not isinstance(data[key], list):
        raise RosterError(f"{key} is no list")
    found: list[Any] = data[key]
    return found


def is_signed(data: bytes, signature: bytes, scheme_key: str) -> bool:
    """True when the owner of the scheme's key signed these very bytes as a roster."""
    return is_signature(bytes.fromhex(scheme_key), signature, DOMAIN + data)


def compared(new: Roster, here: Roster) -> str:
    """``newer``, ``same``, ``older``, ``alarm`` (one version, two contents) or ``other scheme``."""
    if new.scheme_key != here.scheme_key:
        return OTHER_SCHEME
    if new.version != here.version:
        return NEWER if new.version > here.version else OLDER
    return SAME if to_bytes(new) == to_bytes(here) else ALARM


def with_member(roster: Roster, member: Member, made: int) -> Roster:
    """The next version, with the device on it; one that stands there already is replaced."""
    added = roster.member(member.device)
    new = member._replace(added=added.added if added is not None else roster.version + 1)
    others = [each for each in roster.people if each.device != member.device]
    return roster._replace(version=roster.version + 1, made=made, people=tuple(sorted([*others, new])))


def with_revoked(roster: Roster, revoked: Revoked, made: int) -> Roster:
    """The next version, with the device revoked; an earlier revocation of it is replaced."""
    others = [each for each in roster.revoked if each.device != revoked.device]
    everyone = tuple(sorted([*others, revoked], key=lambda each: each.device))
    return roster._replace(version=roster.version + 1, made=made, revoked=everyone)
