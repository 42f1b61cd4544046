"""Handing a visit over: one file with what the other lacks, and the signed word of what is held here."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from json import loads
from pathlib import Path
from typing import NamedTuple

from assessor_tui import __version__
from assessor_tui.bundle import seal as seals
from assessor_tui.bundle.enclosed import vouched
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.seal import DELTA, DOMAIN, FULL, INVITE, RECEIPT, REQUEST, Seal, SegmentSeal
from assessor_tui.bundle.write import BundleNotWritten, Contents, NothingToCarry, Segment, Written, write_bundle
from assessor_tui.carry.holding import SENT, gone_of, receipt_of, standing
from assessor_tui.carry.naming import bundle_label, earlier_visits
from assessor_tui.carry.opening import SCRATCH, identities_of
from assessor_tui.carry.portions import (
    ALL,
    OWN,
    Audience,
    Portion,
    answered,
    asking,
    audience_of,
    count_entries,
    everything,
    joined,
    lacking,
)
from assessor_tui.evidence.files import EvidenceDamaged, EvidenceError, evidence_path, open_evidence
from assessor_tui.i18n import N_
from assessor_tui.ledger.receipt import to_bytes
from assessor_tui.store import chains, keys
from assessor_tui.store.errors import StoreError
from assessor_tui.store.ledger import Store
from assessor_tui.store.receipts import keep_seal, receipts
from assessor_tui.store.receipts import seals as kept_seals
from assessor_tui.store.trusted import latest_roster
from assessor_tui.trust.team import roster_of
from assessor_tui.visit import Visit

_INVITED = "handed out"
"""Local state: that a bundle has invited others to the visit; the board reads it."""
_MOST_SEALS = 256


class NotForThem(BundleNotWritten):
    """The bundle cannot be encrypted for everybody whom it is meant for."""

    exit_code = 2
    message = N_(
        "The roster does not say how to encrypt for {person}. Ask {person} for a request file (“assessor trust "
        "request”) and put it on the roster, or make the bundle without naming anybody: then everybody can read it."
    )

    def __init__(self, person: str) -> None:
        super().__init__("", "")
        self.parameters = {"person": person}


class _Stretch(NamedTuple):
    """Entries that follow each other by number, on one side of a log."""

    visit: str
    device: str
    lines: list[bytes]
    hashes: dict[int, str]


def make_bundle(
    store: Store,
    visit: Visit,
    folder: Path,
    purpose: str = FULL,
    *,
    to: Sequence[str] = (),
    evidence: str = "",
    batch_bytes: int = 0,
    label: str = "",
    handed_over: bool = True,
    portion: Portion | None = None,
) -> Written:
    """A bundle of the visit in ``folder``, read back and found good.

    ``full`` carries everything known of the visit. ``delta`` carries what has not been confirmed, so that what a lost
    stick carried is offered again; with nothing to carry it becomes a receipt. ``receipt`` and ``request`` carry what
    those who hear from this laptop lack, and the word of what is here and what is missing. ``invite`` carries the
    opening, header, forms and scheme with the earlier visits of the site that the ledger holds.

    Args:
        store: open for writing.
        visit: open on it.
        folder: where it shall stand.
        purpose: one of the five.
        to: devices for whom it is: what they lack is carried, and with a roster it is encrypted for them and for this
            device. Nobody named: for those whose word confirms, readable by everybody.
        evidence: ``all``, ``none``, ``only`` (files and no entries) or ``own``; ``""``: ``own`` in receipts and
            requests, else ``all``.
        batch_bytes: of ``only`` files at most so many bytes.
        label: the file's name up to the purpose.
        handed_over: False for a copy that stays with this laptop's person: it counts as not sent.
        portion: exactly what is carried, whatever others hold; the file is then named after its content.

    Raises:
        BundleNotWritten: when the folder does not take it; ``NothingToCarry`` when there is none of the files asked
            for; ``NotForThem`` when the roster has no recipient for one of ``to``.
    """
    device = store.device
    assert device is not None
    evidence = evidence or _evidence_of(purpose)
    recipients = recipients_of(store, to)
    exactly = portion is not None
    if portion is None:
        portion = portion_of(store, visit.id, purpose, to, evidence, batch_bytes)
    visits = [visit.id, *(earlier_visits(store, visit) if purpose == INVITE else ())]
    stretches: list[_Stretch] = []
    if portion.after is not None:
        stretches = [
            each for one in visits for each in _stretches(store, one, portion if one == visit.id else Portion({}))
        ]
    files = list(portion.files)
    for other in visits[1:]:
        files += everything(store, other).files
    if not stretches and not files and purpose not in (RECEIPT, REQUEST):
        if purpose != DELTA or evidence == "only" or not device.public:
            raise NothingToCarry(str(folder), "")
        purpose = RECEIPT
    says = bool(device.public) and (bool(stretches) or purpose in (RECEIPT, REQUEST))
    roster = latest_roster(store)
    contents = Contents(
        visit.id,
        purpose,
        device.id,
        device.person,
        [Segment(each.visit, each.device, each.lines) for each in stretches],
        *_definitions(store, visits if stretches else [], portion.definitions if purpose != INVITE else None),
        {digest: evidence_path(store.folder, digest) for digest in files},
        receipt=to_bytes(receipt_of(store, visit.id)) if says else b"",
        roster=(roster.json, roster.signature)
        if roster is not None and says and not _have_roster(store, visit.id, to, roster.version)
        else None,
        seals=_seals_for(store, stretches) if device.public else {},
        recipients=recipients,
        roster_version=roster.version if roster is not None else 0,
    )
    signed: list[tuple[bytes, bytes]] = []

    def sign(message: bytes) -> bytes:
        signature = keys.sign(store.folder, device.id, message)
        signed.append((message.removeprefix(DOMAIN), signature))
        return signature

    write = partial(
        write_bundle,
        folder,
        label=label or bundle_label(visit, device.person),
        app=f"assessor {__version__}",
        sign=sign if device.public else None,
        key=device.public,
        by_content=exactly,
        identities=identities_of(store) if recipients else (),
        scratch=store.folder / SCRATCH if recipients else None,
    )
    try:
        written = write(contents)
    except EvidenceDamaged:
        # One damaged photo must not keep two days of work on this laptop: everything else is carried.
        damaged = tuple(digest for digest in contents.evidence if not _is_sound(store, digest))
        sound = {digest: path for digest, path in contents.evidence.items() if digest not in damaged}
        written = write(contents._replace(evidence=sound))._replace(damaged=damaged)
    if handed_over:
        for json, signature in signed[-1:]:
            # Should this laptop be restored and go on as another device, it can still prove what this one wrote.
            if any(each.device == device.id for each in stretches):
                keep_seal(store, visit.id, device.id, hashlib.sha256(json).hexdigest(), json, signature)
        if purpose == INVITE:
            store.set_local(visit.id, _INVITED, True)
        elif stretches:
            _mark_sent(store, visit.id, written.damaged if evidence == ALL and not exactly else None)
        if not exactly and purpose in (DELTA, FULL, RECEIPT):
            answered(store, visit.id, to)
    return written._replace(purpose=purpose)


def _evidence_of(purpose: str) -> str:
    return OWN if purpose in (RECEIPT, REQUEST) else ALL


def portion_of(
    store: Store, visit: str, purpose: str, to: Sequence[str] = (), evidence: str = "", batch_bytes: int = 0
) -> Portion:
    """What a bundle of this purpose would carry now; arguments as ``make_bundle``.

    Raises:
        StoreError: when the ledger cannot be read.
    """
    evidence = evidence or _evidence_of(purpose)
    if purpose in (FULL, INVITE):
        return everything(store, visit, evidence, batch_bytes=batch_bytes)
    audience = audience_of(store, visit, to, everybody=purpose in (RECEIPT, REQUEST))
    portion = lacking(store, visit, audience, evidence, batch_bytes=batch_bytes)
    if purpose == DELTA and not to and (others := asking(store, visit)):
        portion = joined(
            portion, lacking(store, visit, audience_of(store, visit, others), evidence, batch_bytes=batch_bytes)
        )
    return portion


def recipients_of(store: Store, to: Sequence[str]) -> tuple[str, ...]:
    """age recipients of these devices and of this one; none when nobody is named or the team has no roster.

    Raises:
        NotForThem: when the roster has none for one of them.
    """
    roster = roster_of(store)
    if roster is None or not to or store.device is None:
        return ()
    found = []
    for device in to:
        member = roster.member(device)
        if member is None or not member.recipient or roster.is_revoked(device):
            person = next((each.person for each in store.devices() if each.id == device and each.person), device[:8])
            raise NotForThem(member.person if member is not None else person)
        found.append(member.recipient)
    return (*dict.fromkeys(found), keys.recipient(store.folder, store.device.id))


def _have_roster(store: Store, visit: str, to: Sequence[str], version: int) -> bool:
    """True when every laptop that the bundle is for has sealed something that goes by this roster, or a later one."""
    own = store.device.id if store.device is not None else ""
    known = {each.device: 0 for each in receipts(store, visit)} if not to else dict.fromkeys(to, 0)
    for each in kept_seals(store, visit):
        if each.device in known:
            known[each.device] = max(known[each.device], seals.from_bytes(each.json).roster)
    known.pop(own, None)
    return bool(known) and min(known.values()) >= version


def not_bundled(store: Store, visit: str) -> int:
    """How many of this device's entries in the visit no bundle from here has carried yet."""
    return standing(store, visit).not_sent


def carried(store: Store, visit: Visit, purpose: str = FULL, to: Sequence[str] = ()) -> int:
    """How many entries of the visit itself a bundle of this purpose would carry now."""
    return count_entries(store, visit.id, portion_of(store, visit.id, purpose, to, "none"))


def evidence_of(store: Store, visits: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """SHA-256 and path of each file here that the visits' entries name and nobody has withdrawn."""
    for visit in visits:
        for digest in everything(store, visit).files:
            yield digest, evidence_path(store.folder, digest)


def withdrawn_in(store: Store, visit: str) -> frozenset[str]:
    """SHA-256 of files that the visit has withdrawn: nobody waits for them, no bundle carries them."""
    return gone_of(store, visit, chains.files(store, visit))


def _stretches(store: Store, visit: str, portion: Portion) -> Iterator[_Stretch]:
    rows = store.logs(visit)
    forked = {row.device for row in rows if row.fork}
    after = portion.after or {}
    for row in rows:
        if row.device not in forked:
            yield from _chains(visit, row.device, store.lines(visit, row.device, after.get((row.device, row.fork), 0)))
        elif not row.fork:
            # Where a twin has written, a side need not be one chain: what came stands where there was room for it.
            sides = [each for each in rows if each.device == row.device]
            lines = [
                line
                for each in sides
                for line in store.lines(visit, row.device, after.get((row.device, each.fork), 0), each.fork)
            ]
            yield from _chains(visit, row.device, sorted(lines), forked=True)


def _chains(
    visit: str, device: str, lines: Iterable[tuple[int, str, bytes]], *, forked: bool = False
) -> Iterator[_Stretch]:
    """The entries in stretches; those of a forked log so that each names the one before it."""
    found: list[_Stretch] = []
    ends: dict[tuple[int, str], _Stretch] = {}
    for seq, digest, line in lines:
        before = _prev(line) if forked else ""
        run = ends.pop((seq - 1, before), None)
        if run is None:
            run = _Stretch(visit, device, [], {})
            found.append(run)
        run.lines.append(line)
        run.hashes[seq] = digest
        ends[seq, digest if forked else ""] = run
    return iter(found)


def _prev(line: bytes) -> str:
    """Hash of the entry before the one of this line; ``""`` for the first of a log."""
    return str(loads(line).get("prev", ""))


def _definitions(
    store: Store, visits: Sequence[str], versions: Sequence[str] | None
) -> tuple[list[bytes], list[bytes]]:
    """Canonical JSON of forms and of schemes: those of these versions, else all that the visits' entries name.

    Whoever has those that are not here carries them.
    """
    found: dict[str, list[bytes]] = {"form": [], "scheme": []}
    used = {(each.kind, each.version) for visit in visits for each in chains.definitions(store, visit)}
    for kind, version in sorted(used):
        if versions is None or version in versions:
            with suppress(KeyError):
                found[kind].append(store.definition(kind, version))
    return found["form"], found["scheme"]


def _seals_for(store: Store, stretches: Iterable[_Stretch]) -> dict[str, tuple[bytes, bytes]]:
    """The fewest seals that vouch, each in the name of its device, for as much as possible of what others wrote."""
    found: dict[str, tuple[bytes, bytes]] = {}
    for stretch in stretches:
        if store.device is not None and stretch.device == store.device.id:
            continue
        kept = {each.digest: each for each in kept_seals(store, stretch.visit, stretch.device)}
        numbers = list(stretch.hashes)
        run = SegmentSeal(stretch.visit, stretch.device, numbers[0], numbers[-1], "", stretch.hashes[numbers[-1]])
        reach = {digest: _vouches_to(seals.from_bytes(each.json), run, stretch.hashes) for digest, each in kept.items()}
        best = max(reach.values(), default=0)
        ends = [digest for digest, number in sorted(reach.items()) if number]
        chosen = [digest for digest in ends if reach[digest] == best][:1]
        found |= {digest: (kept[digest].json, kept[digest].signature) for digest in chosen}
        if best < run.end and keys.path_of(store.folder, stretch.device).exists():
            found |= _vouch_again(store, run, stretch)
    return dict(sorted(found.items())[:_MOST_SEALS])


def _vouches_to(seal: Seal, run: SegmentSeal, hashes: dict[int, str]) -> int:
    """The highest number of the run for which the seal vouches; 0 for none."""
    return max((number for number, given in vouched([seal], run).items() if hashes.get(number) in given), default=0)


def _vouch_again(store: Store, run: SegmentSeal, stretch: _Stretch) -> dict[str, tuple[bytes, bytes]]:
    """A seal of a device that this laptop was before it was restored, for what no bundle of its own had carried."""
    first = _prev(stretch.lines[0])
    devices = {each.id: each for each in store.devices()}
    of = devices.get(run.device)
    if of is None or not of.public or not of.person:
        return {}
    nothing = hashlib.sha256(b"").hexdigest()
    json = seals.to_bytes(
        Seal(
            run.visit, DELTA, run.device, of.person, of.public.hex(), (run._replace(prev=first),),
            dict.fromkeys(seals.TAGS, nothing), nothing, f"assessor {__version__}",
        )
    )  # fmt: skip
    # Its key may have a passphrase that nobody remembers; then it goes without.
    with suppress(BundleError, StoreError):
        signature = keys.sign(store.folder, run.device, DOMAIN + json)
        seals.check_signature(json, signature, of.public.hex())
        return {hashlib.sha256(json).hexdigest(): (json, signature)}
    return {}


def _mark_sent(store: Store, visit: str, damaged: Sequence[str] | None) -> None:
    """Nothing; what a bundle has carried counts as sent.

    Args:
        store: open for writing.
        visit: which visit.
        damaged: SHA-256 of files that could not be carried; None when files go another way.
    """
    # A log with a gap is not marked: what fills the gap must be carried, too.
    whole = {row.device: row.end for row in store.logs(visit) if row.fork == 0 and row.held == row.end}
    if damaged is not None:
        # Nor is what stands behind an entry whose file has still to come: the file must be carried, too.
        named = chains.files(store, visit)
        gone = gone_of(store, visit, named)
        for each in named.named:
            if each.device not in whole or each.fork or each.sha256 in gone:
                continue
            if each.sha256 in damaged or not evidence_path(store.folder, each.sha256).is_file():
                whole[each.device] = min(whole[each.device], each.seq - 1)
    store.set_local(visit, SENT, {**store.local(visit, SENT, {}), **whole})


def _is_sound(store: Store, digest: str) -> bool:
    try:
        open_evidence(store.folder, digest).close()
    except EvidenceError:
        return False
    return True


__all__ = ["Audience", "Portion", "carried", "evidence_of", "make_bundle", "not_bundled", "portion_of", "withdrawn_in"]
