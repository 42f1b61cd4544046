"""Carrying visits between laptops: what goes into a bundle, and taking bundles in. Nothing is ever overwritten."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle.error import CANNOT_READ, DOCUMENT, BundleError
from assessor_tui.bundle.names import SUFFIXES
from assessor_tui.bundle.payload import EvidencePart
from assessor_tui.bundle.read import Bundle
from assessor_tui.bundle.seal import DELTA, ENROL, FULL, INVITE, REQUEST, ROSTER, Seal
from assessor_tui.carry.care import back_up_before_import
from assessor_tui.carry.hand_over import carried, evidence_of, make_bundle, not_bundled, portion_of, withdrawn_in
from assessor_tui.carry.naming import Alike, alike, bundle_label, earlier_visits, site_name, visit_label
from assessor_tui.carry.opening import open_here
from assessor_tui.carry.portions import Portion, note_asked
from assessor_tui.evidence.files import (
    evidence_path,
    store_files,
)
from assessor_tui.evidence.withdraw import clear_away, visits_using
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.receipt import Receipt
from assessor_tui.ledger.receipt import from_bytes as receipt_from_bytes
from assessor_tui.ledger.run import Run
from assessor_tui.ledger.state import VisitState, file_of
from assessor_tui.store.errors import KeyMissing, StoreError
from assessor_tui.store.ledger import GONE, WANTED, Device, Store, is_same_person
from assessor_tui.store.marker import CLONED
from assessor_tui.store.receipts import keep_receipt, keep_seal
from assessor_tui.store.trusted import ACCEPTED, WAITING, decide, named_device
from assessor_tui.store.wrapped import KeyLocked, NoKeyring
from assessor_tui.trust.judge import NOT_PROVEN, REVOKED, HeldBack, Judgement, judge, runs_of, sender_reason
from assessor_tui.trust.quarantine import FOLDER as QUARANTINE
from assessor_tui.trust.quarantine import Waiting, bundles_held, check_room, clear, hold, keep_copy
from assessor_tui.trust.roster import NEWER
from assessor_tui.trust.team import Gate, News, take_roster

__all__ = [
    "DELTA", "FULL", "INVITE", "Alike", "Merged", "Portion", "alike", "bundle_label", "bundles_in", "carried",
    "earlier_visits", "evidence_of", "make_bundle", "merge_bundle", "merge_bundles", "merge_whole", "not_bundled",
    "portion_of", "site_name", "visit_label", "withdrawn_in",
]  # fmt: skip
"""Handing over and taking in, with what visits are called: what faces need of carrying."""

NEW, KNOWN, OTHER_VISIT, REFUSED = "new", "known", "other visit", "refused"

_GROUP = 250
"""Files of one transaction, where many are merged at once."""
_GROUP_ENTRIES = 50_000
"""New entries after which a transaction ends."""
_FEW, _FEW_ENTRIES = 50, 10_000
"""Files and new entries that are compared with what was there at once: until then they are held in memory."""


class Merged(NamedTuple):
    """What came of one file."""

    path: Path
    outcome: str
    """``new``, ``known``, ``other visit`` (a visit that was not on this laptop before) or ``refused``."""
    visits: tuple[str, ...] = ()
    new: int = 0
    known: int = 0
    forks: tuple[str, ...] = ()
    sender: str = ""
    wanted: int = 0
    """Evidence files that its entries name and that have not arrived yet."""
    error: BundleError | None = None
    kept: Path | None = None
    """The bundle's file in the data folder, when it holds parts that only a newer version can take in."""
    withdrawn: tuple[str, ...] = ()
    """SHA-256 of files that its entries withdraw: their bytes are gone from this laptop, too."""
    held: tuple[HeldBack, ...] = ()
    """What was not let in; the file stands in quarantine until a person decides."""
    decision: str = ""
    """What was decided about this very bundle before; ``""`` for nothing."""
    signed: bool = True
    """True when its sender's device has signed it."""
    purpose: str = ""
    digest: str = ""
    """SHA-256 of its seal; names it in quarantine and receipts."""
    roster: News | None = None
    """What came of the roster that it brought; None when it brought none."""
    asked: Receipt | None = None
    """What the sender asks for with a request: what its laptop holds and lacks of the visit."""
    released: tuple[str, ...] = ()
    """Digests of bundles held back before that are let in wholly now, because of what this one brought."""
    called: str = ""
    """What the sender's device is called here, when its bundle gives it another name; else ``""``."""
    files: int = 0
    """Evidence files that it has brought and that were not here before."""


def merge_bundle(store: Store, path: Path) -> Merged:
    """What the file brought, taken into the ledger in one transaction; a refused file changes nothing.

    Raises:
        StoreError, EvidenceError: when the disk does not take it; then nothing was taken in.
    """
    back_up_before_import(store, [path])
    return _merge_one(store, path, Gate(store))


def merge_whole(store: Store, path: Path, digest: str) -> Merged:
    """What the file brought when a person lets in all of the bundle of this digest; errors as ``merge_bundle``."""
    gate = Gate(store)
    gate.decisions[digest] = ACCEPTED
    return _merge_one(store, path, gate)


def let_in_again(store: Store) -> tuple[str, ...]:
    """Digests of bundles held back that go in wholly now, after a new roster; errors as ``merge_bundle``."""
    with _collector_resting(), store.together():
        released = _let_in_again(store, bundles_held(store), _known(store), Gate(store))
    clear(store)
    return released


def _merge_one(store: Store, path: Path, gate: Gate) -> Merged:
    with _collector_resting(), store.together():
        known = _known(store)
        group = _reconsider(store, [_merge(store, path, known, gate)], known, gate)
    _clear_away(store, group)
    return group[0]


def merge_bundles(store: Store, paths: Sequence[Path]) -> Iterator[Merged]:
    """What each file brought, in order, as ``merge_bundle``; given out when it is on disk.

    Files are taken in by groups, one transaction each: a disk makes a few things durable far quicker than many, and
    what two assessors bring of one visit is compared once. A refused file changes nothing and leaves its group as it
    is. Of those that are encrypted while the own key cannot be used nothing is given out: all others go in first.

    Raises:
        StoreError, EvidenceError: when the disk does not take a group; those given out before are in.
        KeyLocked, KeyMissing, NoKeyring: after everything else is in, when the own key opens none of the rest now.
    """
    back_up_before_import(store, paths)
    left = iter(paths)
    closed: list[StoreError] = []
    while True:
        group: list[Merged] = []
        new = 0
        with _collector_resting(), store.together():
            known, gate = _known(store), Gate(store)
            while (
                len(group) < _GROUP and new < _GROUP_ENTRIES and (few := _merge_few(store, left, known, gate, closed))
            ):
                group += few
                new += sum(each.new for each in few)
            group = _reconsider(store, group, known, gate)
        if not group:
            break
        _clear_away(store, group)
        yield from group
    for error in closed[:1]:
        raise error


def _merge_few(
    store: Store, left: Iterator[Path], known: set[str], gate: Gate, closed: list[StoreError]
) -> list[Merged]:
    """What each of the next files brought; heads and conflicts are worked out once for all of them.

    Why a file could not be opened with the own key is added to ``closed``.
    """
    few: list[Merged] = []
    new = 0
    with store.gathering():
        for path in left:
            try:
                few.append(_merge(store, path, known, gate))
            except (KeyLocked, KeyMissing, NoKeyring) as error:
                closed.append(error)
                continue
            new += few[-1].new
            if len(few) == _FEW or new >= _FEW_ENTRIES:
                break
    return few


def _clear_away(store: Store, group: Iterable[Merged]) -> None:
    """Nothing; what the files merged have withdrawn is gone from the disk, and a twin's numbers are used no more."""
    group = list(group)
    clear_away(store, dict.fromkeys(visit for merged in group if merged.withdrawn for visit in merged.visits))
    own = store.device.id if store.device is not None else ""
    if own and any(each.startswith(own) for merged in group for each in merged.forks):
        store.renew(CLONED)
    if any(merged.released or merged.decision for merged in group):
        clear(store)


def _known(store: Store) -> set[str]:
    """SHA-256 of the forms and schemes that the ledger holds."""
    return {*store.definitions("form"), *store.definitions("scheme")}


def _merge(store: Store, path: Path, known: set[str], gate: Gate) -> Merged:
    """What the file brought; ``known`` is what ``_known`` says, and goes on saying so."""
    try:
        with open_here(store, path, known) as bundle:
            merged = _take(store, bundle, path, gate)
            known.update(bundle.forms, bundle.schemes)
            return merged
    except BundleError as error:
        return Merged(path, REFUSED, error=error)


def _reconsider(store: Store, group: list[Merged], known: set[str], gate: Gate) -> list[Merged]:
    """The same, the last one with the bundles held back before that go in now: a roster lists them, a seal proves them.

    Only those are opened again of which something that was merged may change what is said.
    """
    if WAITING not in gate.decisions.values():
        return group
    roster = any(each.roster is not None and each.roster.outcome == NEWER for each in group)
    visits = {visit for each in group if each.new for visit in each.visits}
    alone = group[0].digest if len(group) == 1 and not roster else ""
    waiting = [
        each
        for each in bundles_held(store)
        if each.digest != alone
        and (roster or any(part.visit in visits and part.reason in (NOT_PROVEN, REVOKED) for part in each.held))
    ]
    released = _let_in_again(store, waiting, known, gate)
    return [*group[:-1], group[-1]._replace(released=released)] if released else group


def _let_in_again(store: Store, waiting: list[Waiting], known: set[str], gate: Gate) -> tuple[str, ...]:
    """Digests of those that go in wholly now; one of them may be what another one waits for."""
    released: list[str] = []
    left = list(waiting)
    progress = True
    while progress:
        progress = False
        for each in list(left):
            try:
                with open_here(store, each.path, known) as bundle:
                    again = _take(store, bundle, each.path, gate)
                    known.update(bundle.forms, bundle.schemes)
            except (BundleError, KeyLocked, KeyMissing, NoKeyring):
                left.remove(each)  # gone, damaged or locked: it goes on waiting, and “quarantine show” says so
                continue
            progress = progress or again.new > 0
            if not again.held:
                released.append(each.digest)
                left.remove(each)
    return tuple(released)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Entries hold no cycles, and looking for cycles among hundreds of thousands of them costs a fifth of a merge."""
    resting = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not resting:
            gc.enable()


class _LetIn(NamedTuple):
    """What of a bundle goes in."""

    runs: Callable[[], Iterable[Run]]
    evidence: Mapping[str, EvidencePart]
    wanted: frozenset[str]
    """SHA-256 of files that these entries tie and the bundle does not carry."""
    withdrawn: frozenset[str]
    """SHA-256 of files that these entries withdraw."""


def _let_in(store: Store, bundle: Bundle, judgement: Judgement) -> _LetIn:
    """What goes in of a bundle: all of it, or what its entries that go in bring along."""
    if not judgement.held:
        return _LetIn(
            lambda: chain.from_iterable(map(bundle.runs, bundle.seal.segments)),
            bundle.evidence,
            bundle.wanted,
            bundle.withdrawn,
        )

    def runs() -> Iterable[Run]:
        return runs_of(bundle, judgement.taken)

    tied: set[str] = set()
    withdrawn: set[str] = set()
    for run in runs():
        for act, digest in run.files():
            (withdrawn if act == acts.WITHDRAW else tied).add(digest)
    missed = {row.sha256 for row in store.all_evidence(WANTED)}
    evidence = {digest: part for digest, part in bundle.evidence.items() if digest in tied or digest in missed}
    return _LetIn(runs, evidence, frozenset(tied - evidence.keys()), frozenset(withdrawn))


def _take(store: Store, bundle: Bundle, path: Path, gate: Gate) -> Merged:
    seal = bundle.seal
    receipt = _receipt_in(bundle)
    news = _hear_roster(store, bundle, gate)
    about = Merged(
        path, KNOWN, sender=seal.person, signed=bundle.signed, purpose=seal.purpose, digest=bundle.digest, roster=news
    )
    if seal.purpose in (ROSTER, ENROL):
        return about
    decision = gate.decisions.get(bundle.digest, "")
    judgement = judge(gate.bench, bundle, gate.known, decision)
    is_known = store.knows(seal.visit)
    let_in = _let_in(store, bundle, judgement)
    gone = _gone(store, bundle, let_in)
    if judgement.held:
        check_room(store, bundle, path)
        keep_copy(store.folder / QUARANTINE, bundle, path, partial(open_here, store))
    store.spare(let_in.evidence.keys())
    # Files first: an entry never names a file that a crash has kept from arriving.
    arriving = sum(not evidence_path(store.folder, digest).is_file() for digest in let_in.evidence.keys() - gone)
    files = ((digest, bundle.evidence_file(digest)) for digest in let_in.evidence if digest not in gone)
    stored = store_files(store.folder, files, any_type=seal.newer)
    if {each.sha256 for each in stored} != let_in.evidence.keys() - gone:
        # Whoever shares the folder has changed it since it was checked.
        raise BundleError(CANNOT_READ, reason="it has changed meanwhile", file=bundle.file)
    kept = _keep(store, bundle, path) if bundle.unknown else None
    with store.together():
        for digest, part in let_in.evidence.items():
            if digest not in gone:
                store.note_evidence(digest, part.size, part.type)
        added = store.add_runs(
            let_in.runs(),
            forms=[bundle.form(digest) for digest in bundle.forms] if judgement.taken else (),
            schemes=[bundle.scheme(digest) for digest in bundle.schemes] if judgement.taken else (),
        )
        for digest in let_in.wanted - gone:
            if not evidence_path(store.folder, digest).is_file():
                store.note_evidence(digest, 0, "", WANTED)
        called = _name_sender(store, seal, gate, judgement)
        _keep_proofs(store, bundle, gate, judgement, receipt)
        if judgement.held:
            hold(store, bundle, judgement.held)
            gate.decisions.setdefault(bundle.digest, WAITING)
        elif decision:
            decide(store, bundle.digest, ACCEPTED)
            gate.decisions[bundle.digest] = ACCEPTED
    here = is_known or bool(added.new)
    return about._replace(
        outcome=KNOWN if not added.new else NEW if is_known else OTHER_VISIT,
        visits=added.visits or ((seal.visit,) if here else ()),
        new=added.new,
        known=added.known,
        forks=added.forks,
        wanted=sum(not evidence_path(store.folder, digest).is_file() for digest in let_in.wanted - gone),
        files=arriving,
        kept=kept,
        withdrawn=tuple(sorted(let_in.withdrawn & gone)),
        held=judgement.held,
        decision=decision,
        asked=receipt if _asks(store, gate, seal) else None,
        called=called,
    )


def _receipt_in(bundle: Bundle) -> Receipt | None:
    """What the sender holds of the visit, as its bundle says; None when it says nothing.

    Raises:
        BundleError: when what it says is none; nothing was taken over.
    """
    if not bundle.receipt:
        return None
    try:
        receipt = receipt_from_bytes(bundle.receipt)
        if receipt.visit != bundle.seal.visit:
            raise ValueError("about another visit")
    except ValueError as error:
        raise BundleError(DOCUMENT, "data/receipt.json", str(error), file=bundle.file) from None
    return receipt


def _hear_roster(store: Store, bundle: Bundle, gate: Gate) -> News | None:
    """What came of the roster in the bundle; a newer one counts for this very bundle."""
    if bundle.roster is None:
        return None
    news = take_roster(store, *bundle.roster)
    if news.outcome == NEWER:
        gate.read()
    return news


def _name_sender(store: Store, seal: Seal, gate: Gate, judgement: Judgement) -> str:
    """What the sender's device is called here when the bundle calls it otherwise; a new device gets its name.

    The roster's name counts before the one that the device gives itself.
    """
    if not seal.key or (judgement.held and not judgement.taken):
        return ""
    member = gate.bench.members.get(seal.device)
    if member is not None:
        store.name_device(Device(seal.device, "", member.person, member.role, bytes.fromhex(seal.key)))
        return "" if is_same_person(member.person, seal.person) else member.person
    before = named_device(store, seal.device)[0]
    store.name_device(Device(seal.device, "", seal.person, "", bytes.fromhex(seal.key)))
    return "" if not before or is_same_person(before, seal.person) else before


def _keep_proofs(store: Store, bundle: Bundle, gate: Gate, judgement: Judgement, receipt: Receipt | None) -> None:
    """Nothing; seals of devices whose entries went in are kept to be handed on, and what the sender says it holds."""
    seal = bundle.seal
    let_in = {taken.segment.device for taken in judgement.taken}
    if seal.key and seal.device in let_in:
        keep_seal(store, seal.visit, seal.device, bundle.digest, bundle.seal_bytes, bundle.seal_signature)
    for digest, given in bundle.seals.items():
        if given.seal.device in let_in:
            keep_seal(store, given.seal.visit, given.seal.device, digest, given.json, given.signature)
    if receipt is not None and seal.key and not sender_reason(gate.bench, seal):
        keep_receipt(store, seal.device, receipt, bundle.digest, now=store.now())
        if _asks(store, gate, seal):
            note_asked(store, seal.visit, seal.device)


def _asks(store: Store, gate: Gate, seal: Seal) -> bool:
    """True for a request of another laptop that may ask; one's own, come back, asks for nothing."""
    own = store.device.id if store.device is not None else ""
    return seal.purpose == REQUEST and seal.device != own and not sender_reason(gate.bench, seal)


def _gone(store: Store, bundle: Bundle, let_in: _LetIn) -> frozenset[str]:
    """SHA-256 of files that the bundle brings or names and nobody wants: every visit that tied them withdrew them."""
    named = let_in.evidence.keys() | let_in.wanted
    asked = let_in.withdrawn | {digest for digest in named if _is_gone(store, digest)}
    if not asked:
        return frozenset()
    # Photos may come alone, without any entry of their visit.
    visits = (bundle.seal.visit, *(segment.visit for segment in bundle.seal.segments))
    by_visit: dict[str, list[tuple[str, Entry]]] = {visit: [] for visit in visits}
    for run in let_in.runs():
        by_visit[run.visit] += zip(run.digests, run.entries(), strict=True)
    gone: set[str] = set()
    used: set[str] = set()
    for visit, brought in by_visit.items():
        state = VisitState([*store.entries(visit), *brought])
        gone.update(asked & state.withdrawn.keys())
        used.update(file_of(entry) for _, entry in state.standing_files())
    return frozenset(
        digest for digest in gone - used if not any(each not in by_visit for each in visits_using(store, digest))
    )


def _is_gone(store: Store, digest: str) -> bool:
    known = store.evidence(digest)
    return known is not None and known.state == GONE


def _keep(store: Store, bundle: Bundle, path: Path) -> Path:
    """Where the file stands in the data folder from now on: it holds what only a newer version can take in."""
    return keep_copy(store.folder / "kept", bundle, path, partial(open_here, store))


def bundles_in(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the bundles in it, by their names, a pattern for the files that fit it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(each for each in path.iterdir() if each.name.lower().endswith(SUFFIXES) and each.is_file())
        elif not path.exists() and any(sign in path.name for sign in "*?["):
            found += sorted(each for each in path.parent.glob(path.name) if each.is_file())
        else:
            found.append(path)
    return list(dict.fromkeys(found))
