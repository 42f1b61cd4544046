"""Carrying visits between laptops: what goes into a bundle, and taking bundles in. Nothing is ever overwritten."""

import gc
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from assessor_tui import __version__
from assessor_tui.bundle.error import DOCUMENT, BundleError
from assessor_tui.bundle.read import Bundle, EvidencePart, open_bundle
from assessor_tui.bundle.seal import ENROL, REQUEST, ROSTER, Seal
from assessor_tui.bundle.write import Contents, NothingToCarry, Segment, Written, write_bundle
from assessor_tui.carry.care import back_up_before_import
from assessor_tui.evidence.files import (
    EvidenceDamaged,
    EvidenceError,
    evidence_path,
    open_evidence,
    store_file,
)
from assessor_tui.evidence.withdraw import clear_away, visits_using
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry, canonical_json
from assessor_tui.ledger.receipt import Receipt
from assessor_tui.ledger.receipt import from_bytes as receipt_from_bytes
from assessor_tui.ledger.state import VisitState, file_of
from assessor_tui.store import keys
from assessor_tui.store.ledger import GONE, WANTED, Device, Store, is_same_person
from assessor_tui.store.receipts import keep_receipt, keep_seal
from assessor_tui.store.trusted import ACCEPTED, WAITING, decide, named_device
from assessor_tui.trust.judge import NOT_PROVEN, REVOKED, HeldBack, Item, Judgement, entries_of, judge, sender_reason
from assessor_tui.trust.quarantine import FOLDER as QUARANTINE
from assessor_tui.trust.quarantine import Waiting, bundles_held, clear, hold, keep_copy
from assessor_tui.trust.roster import NEWER
from assessor_tui.trust.team import Gate, News, take_roster
from assessor_tui.visit import Visit

DELTA, FULL, INVITE = "delta", "full", "invite"
NEW, KNOWN, OTHER_VISIT, REFUSED = "new", "known", "other visit", "refused"

_GROUP = 250
"""Files of one transaction, where many are merged at once."""
_GROUP_ENTRIES = 50_000
"""New entries after which a transaction ends: until then they are held in memory."""
_INVITED = "handed out"
"""Local state: that a bundle has invited others to the visit; the board reads it."""
_SENT = "sent"
"""Local state: device -> last seq that a bundle from here has carried."""


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


class Portion(NamedTuple):
    """A part of a visit that one bundle takes to a folder, under a name made of its content."""

    after: Mapping[tuple[str, int], int] | None
    """(device, fork) -> number up to which that log is not carried; None: no entries are carried."""
    files: tuple[str, ...] = ()
    """SHA-256 of the files that are carried."""


class Alike(NamedTuple):
    """Two visits that look like one and the same; only a person links them."""

    visit: str
    other: str
    reason: str
    """``number`` (registered number and period) or ``name`` (site name and visit date)."""


def make_bundle(
    store: Store,
    visit: Visit,
    folder: Path,
    purpose: str = FULL,
    *,
    label: str = "",
    handed_over: bool = True,
    portion: Portion | None = None,
) -> Written:
    """A bundle of the visit in ``folder``, read back and found good.

    ``full`` carries everything known of the visit; ``delta`` what no bundle from here has carried yet; ``invite`` its
    opening, header, forms and scheme with the earlier visits of the site that the ledger holds. ``handed_over`` is
    False for a copy that stays with this laptop's person: later deltas carry what it holds, too. ``portion`` says
    exactly what is carried, whatever was carried before.

    Raises:
        BundleNotWritten: when the folder does not take it, or (``NothingToCarry``) nothing is new.
    """
    device = store.device
    assert device is not None
    sent = store.local(visit.id, _SENT, {}) if purpose == DELTA else {}
    visits = [visit.id]
    if purpose == INVITE:
        visits += earlier_visits(store, visit)
    after: Mapping[tuple[str, int], int] | None = {(each, 0): seq for each, seq in sent.items()}
    if portion is not None:
        after = portion.after
    segments = [
        segment
        for each in visits
        if after is not None
        for segment in _segments(store, each, after if each == visit.id else {})
    ]
    if not segments and (portion is None or not portion.files):
        raise NothingToCarry(str(folder), "")
    if portion is None:
        evidence = dict(evidence_of(store, visits, sent))
    else:
        evidence = {digest: evidence_path(store.folder, digest) for digest in portion.files}
    entries = [entry for each in visits for _, entry in store.entries(each)] if segments else []
    versions = {entry.version for entry in entries if entry.act == acts.USE_FORM}
    schemes = {entry.version for entry in entries if entry.act == acts.OPEN_VISIT}
    contents = Contents(
        visit.id,
        purpose,
        device.id,
        device.person,
        segments,
        _definitions(store, "form", versions),
        _definitions(store, "scheme", schemes),
        evidence,
    )
    write = partial(
        write_bundle,
        folder,
        label=label or bundle_label(visit, device.person),
        app=f"assessor {__version__}",
        sign=partial(keys.sign, store.folder, device.id) if device.public else None,
        key=device.public,
        by_content=portion is not None,
    )
    try:
        written = write(contents)
    except EvidenceDamaged:
        # One damaged photo must not keep two days of work on this laptop: everything else is carried.
        damaged = tuple(digest for digest in contents.evidence if not _is_sound(store, digest))
        sound = {digest: path for digest, path in contents.evidence.items() if digest not in damaged}
        written = write(contents._replace(evidence=sound))._replace(damaged=damaged)
    if purpose != INVITE and handed_over and segments:
        # A log with a gap is not marked: what fills the gap must be carried, too.
        whole = {row.device: row.end for row in store.logs(visit.id) if row.fork == 0 and row.held == row.end}
        gone = withdrawn_in(store, visit.id)
        for _, entry in store.entries(visit.id):
            if entry.device in whole and file_of(entry) not in gone and _awaits_its_file(store, entry, written.damaged):
                # Nor is what stands behind an entry whose file has still to come: the file must be carried, too.
                whole[entry.device] = min(whole[entry.device], entry.seq - 1)
        store.set_local(visit.id, _SENT, {**store.local(visit.id, _SENT, {}), **whole})
    elif purpose == INVITE and handed_over:
        store.set_local(visit.id, _INVITED, True)
    return written


def _definitions(store: Store, kind: str, versions: Iterable[str]) -> list[bytes]:
    """Canonical JSON of those that are here; whoever has the others carries them."""
    found = []
    for version in sorted(versions):
        with suppress(KeyError):
            found.append(store.definition(kind, version))
    return found


def _segments(store: Store, visit: str, after: Mapping[tuple[str, int], int]) -> Iterator[Segment]:
    for row in store.logs(visit):
        run: list[bytes] = []
        before = 0
        for seq, _, line in store.lines(visit, row.device, after.get((row.device, row.fork), 0), row.fork):
            if run and seq != before + 1:
                yield Segment(visit, row.device, run)
                run = []
            run.append(line)
            before = seq
        if run:
            yield Segment(visit, row.device, run)


def evidence_of(store: Store, visits: Iterable[str], sent: Mapping[str, int] = {}) -> Iterator[tuple[str, Path]]:
    """SHA-256 and path of each file here that the visits' entries name, besides those ``sent`` (device -> seq)."""
    for visit in visits:
        gone = withdrawn_in(store, visit)
        for _, entry in store.entries(visit):
            digest = file_of(entry)
            if not digest or digest in gone or entry.seq <= sent.get(entry.device, 0):
                continue
            if (path := evidence_path(store.folder, digest)).is_file():
                yield digest, path


def _awaits_its_file(store: Store, entry: Entry, damaged: Container[str]) -> bool:
    digest = file_of(entry)
    return bool(digest) and (digest in damaged or not evidence_path(store.folder, digest).is_file())


def withdrawn_in(store: Store, visit: str) -> Container[str]:
    """SHA-256 of files that the visit has withdrawn: nobody waits for them, no bundle carries them."""
    entries = store.entries(visit)
    if not any(entry.act == acts.WITHDRAW and file_of(entry) for _, entry in entries):
        return frozenset()
    return VisitState(entries).withdrawn


def _is_sound(store: Store, digest: str) -> bool:
    try:
        open_evidence(store.folder, digest).close()
    except EvidenceError:
        return False
    return True


def not_bundled(store: Store, visit: str) -> int:
    """How many of this device's entries in the visit no bundle from here has carried yet."""
    device = store.device
    if device is None:
        return 0
    sent = store.local(visit, _SENT, {}).get(device.id, 0)
    return sum(max(row.end - sent, 0) for row in store.logs(visit) if row.device == device.id and row.fork == 0)


def carried(store: Store, visit: Visit, purpose: str = FULL) -> int:
    """How many entries of the visit itself a bundle of this purpose would carry now."""
    sent = store.local(visit.id, _SENT, {}) if purpose == DELTA else {}
    return sum(max(row.end - sent.get(row.device, 0), 0) if row.fork == 0 else row.held for row in store.logs(visit.id))


def merge_bundle(store: Store, path: Path) -> Merged:
    """What the file brought, taken into the ledger in one transaction; a refused file changes nothing.

    Raises:
        StoreError, EvidenceError: when the disk does not take it; then nothing was taken in.
    """
    back_up_before_import(store, [path])
    with _collector_resting():
        merged = _merge(store, path, _known(store), Gate(store))
    _clear_away(store, [merged])
    return merged


def merge_whole(store: Store, path: Path, digest: str) -> Merged:
    """What the file brought when a person lets in all of the bundle of this digest; errors as ``merge_bundle``."""
    gate = Gate(store)
    gate.decisions[digest] = ACCEPTED
    with _collector_resting():
        merged = _merge(store, path, _known(store), gate)
    _clear_away(store, [merged])
    return merged


def merge_bundles(store: Store, paths: Sequence[Path]) -> Iterator[Merged]:
    """What each file brought, in order, as ``merge_bundle``; given out when it is on disk.

    Files are taken in by groups, one transaction each: a disk makes a few things durable far quicker than many, and
    what two assessors bring of one visit is compared once. A refused file changes nothing and leaves its group as it
    is.

    Raises:
        StoreError, EvidenceError: when the disk does not take a group; those given out before are in.
    """
    back_up_before_import(store, paths)
    left = iter(paths)
    while True:
        group: list[Merged] = []
        with _collector_resting(), store.gathering():
            known, gate = _known(store), Gate(store)
            for path in islice(left, _GROUP):
                group.append(_merge(store, path, known, gate))
                if sum(each.new for each in group) >= _GROUP_ENTRIES:
                    break
        if not group:
            return
        _clear_away(store, group)
        yield from group


def _clear_away(store: Store, group: Iterable[Merged]) -> None:
    """Nothing; what the files merged have withdrawn is gone from the disk."""
    clear_away(store, dict.fromkeys(visit for merged in group if merged.withdrawn for visit in merged.visits))
    if any(merged.released or merged.decision for merged in group):
        clear(store)


def _known(store: Store) -> set[str]:
    """SHA-256 of the forms and schemes that the ledger holds."""
    return {*store.definitions("form"), *store.definitions("scheme")}


def _merge(store: Store, path: Path, known: set[str], gate: Gate) -> Merged:
    """What the file brought; ``known`` is what ``_known`` says, and goes on saying so."""
    try:
        with open_bundle(path, known=known) as bundle:
            merged = _take(store, bundle, path, gate)
            known.update(bundle.forms, bundle.schemes)
    except BundleError as error:
        return Merged(path, REFUSED, error=error)
    return _reconsider(store, merged, known, gate)


def _reconsider(store: Store, merged: Merged, known: set[str], gate: Gate) -> Merged:
    """The same, with the bundles held back before that go in now: a roster lists them, or a seal proves them."""
    waiting = [each for each in gate.decisions.items() if each[1] == WAITING]
    if not waiting or not (merged.new or (merged.roster is not None and merged.roster.outcome == NEWER)):
        return merged
    released: list[str] = []
    left = [each for each in bundles_held(store) if each.digest != merged.digest and _may_go_in(each, merged)]
    progress = True
    while progress:
        progress = False
        for each in list(left):
            try:
                with open_bundle(each.path, known=known) as bundle:
                    again = _take(store, bundle, each.path, gate)
                    known.update(bundle.forms, bundle.schemes)
            except BundleError:
                left.remove(each)  # its file is gone or damaged: it goes on waiting, and “quarantine show” says so
                continue
            progress = progress or again.new > 0
            if not again.held:
                released.append(each.digest)
                left.remove(each)
    return merged._replace(released=tuple(released))


def _may_go_in(waiting: Waiting, merged: Merged) -> bool:
    """True when what was merged may have changed what is said of a bundle held back."""
    if merged.roster is not None and merged.roster.outcome == NEWER:
        return True
    return any(each.visit in merged.visits and each.reason in (NOT_PROVEN, REVOKED) for each in waiting.held)


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

    entries: Callable[[], Iterable[Item]]
    evidence: Mapping[str, EvidencePart]
    wanted: frozenset[str]
    """SHA-256 of files that these entries tie and the bundle does not carry."""
    withdrawn: frozenset[str]
    """SHA-256 of files that these entries withdraw."""


def _let_in(store: Store, bundle: Bundle, judgement: Judgement) -> _LetIn:
    """What goes in of a bundle: all of it, or what its entries that go in bring along."""
    if not judgement.held:
        return _LetIn(bundle.entries, bundle.evidence, bundle.wanted, bundle.withdrawn)

    def entries() -> Iterable[Item]:
        return entries_of(bundle, judgement.taken)

    tied: set[str] = set()
    withdrawn: set[str] = set()
    for _, entry, _ in entries():
        if digest := file_of(entry):
            (withdrawn if entry.act == acts.WITHDRAW else tied).add(digest)
    missed = {row.sha256 for row in store.all_evidence(WANTED)}
    evidence = {digest: part for digest, part in bundle.evidence.items() if digest in tied or digest in missed}
    return _LetIn(entries, evidence, frozenset(tied - evidence.keys()), frozenset(withdrawn))


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
        keep_copy(store.folder / QUARANTINE, bundle, path, open_bundle)
    store.spare(let_in.evidence.keys())
    # Files first: an entry never names a file that a crash has kept from arriving.
    for digest in let_in.evidence.keys() - gone:
        store_file(store.folder, bundle.evidence_file(digest), name=digest, any_type=seal.newer)
    kept = _keep(store, bundle, path) if bundle.unknown else None
    with store.together():
        for digest, part in let_in.evidence.items():
            if digest not in gone:
                store.note_evidence(digest, part.size, part.type)
        added = store.add(
            let_in.entries(),
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
        wanted=len(let_in.wanted - gone),
        kept=kept,
        withdrawn=tuple(sorted(let_in.withdrawn & gone)),
        held=judgement.held,
        decision=decision,
        asked=receipt if seal.purpose == REQUEST and not sender_reason(gate.bench, seal) else None,
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
    for digest, carried in bundle.seals.items():
        if carried.seal.device in let_in:
            keep_seal(store, carried.seal.visit, carried.seal.device, digest, carried.json, carried.signature)
    if receipt is not None and seal.key and not sender_reason(gate.bench, seal):
        keep_receipt(store, seal.device, receipt, bundle.digest, now=store.now())


def _gone(store: Store, bundle: Bundle, let_in: _LetIn) -> frozenset[str]:
    """SHA-256 of files that the bundle brings or names and nobody wants: every visit that tied them withdrew them."""
    named = let_in.evidence.keys() | let_in.wanted
    asked = let_in.withdrawn | {digest for digest in named if _is_gone(store, digest)}
    if not asked:
        return frozenset()
    by_visit: dict[str, list[tuple[str, Entry]]] = {segment.visit: [] for segment in bundle.seal.segments}
    for digest, entry, _ in let_in.entries():
        by_visit[entry.visit].append((digest, entry))
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
    return keep_copy(store.folder / "kept", bundle, path, open_bundle)


def bundles_in(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the ``.zip`` files in it, a pattern for the files that fit it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(each for each in path.iterdir() if each.suffix.lower() == ".zip" and each.is_file())
        elif not path.exists() and any(sign in path.name for sign in "*?["):
            found += sorted(each for each in path.parent.glob(path.name) if each.is_file())
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def visit_label(visit: Visit) -> str:
    """A short name of the visit for file names: its site and date."""
    return f"{site_name(visit)}-{visit.today}" if site_name(visit) else visit.id[:8]


def bundle_label(visit: Visit, person: str) -> str:
    """The name of the visit's bundles up to their purpose: visit, site, person and day between underscores."""
    number = visit.header("application_number")
    parts = (number if isinstance(number, str) and number else visit.id[:8], site_name(visit), person, visit.today)
    return "_".join(part.replace("_", "-") for part in parts if part)


def site_name(visit: Visit, language: str = "en-HK") -> str:
    """The site's registered name: English for English when there is one, else Chinese; ``""`` while nobody said."""
    order = ("site_name_en", "site_name_zh") if language == "en-HK" else ("site_name_zh", "site_name_en")
    for path in order:
        value = visit.header(path)
        if isinstance(value, str) and value:
            return value
    return ""


def earlier_visits(store: Store, visit: Visit) -> list[str]:
    """Other visits of the same site (by its registered number) that were opened before this one, oldest first."""
    number = visit.header("registered_number")
    if not isinstance(number, str) or not number:
        return []
    found = []
    # Opening every visit of a season to ask for its number would take seconds.
    for other in _others(store, visit, store.visits_saying(canonical_json(number).decode())):
        if other.header("registered_number") == number and other.opening.at < visit.opening.at:
            found.append((other.opening.at, other.id))
    return [each for _, each in sorted(found)]


def alike(store: Store, visit: Visit) -> list[Alike]:
    """Visits on this laptop that look like this one and are not linked with it yet; nothing is joined silently."""
    linked = {entry.value for _, entry in visit.state.entries() if entry.act == acts.LINK}
    found = []
    for other in _others(store, visit):
        if other.id in linked:
            continue
        same_date = other.today == visit.today
        if _same(visit, other, "registered_number") and same_date:
            found.append(Alike(visit.id, other.id, "number"))
        elif same_date and (_same(visit, other, "site_name_en") or _same(visit, other, "site_name_zh")):
            found.append(Alike(visit.id, other.id, "name"))
    return found


def _same(visit: Visit, other: Visit, path: str) -> bool:
    def plain(value: object) -> str:
        return "".join(value.split()).casefold() if isinstance(value, str) else ""

    mine = plain(visit.header(path))
    return bool(mine) and mine == plain(other.header(path))


def _others(store: Store, visit: Visit, among: Iterable[str] | None = None) -> Iterator[Visit]:
    """The other visits on this laptop, or those ``among`` them, as far as they can be opened."""
    for each in among if among is not None else [row.id for row in store.visits()]:
        if each == visit.id:
            continue
        try:
            other = Visit(store, each, new_id=visit.new_id)
            _ = other.scheme
        except (LookupError, KeyError):
            continue  # its opening has not arrived yet
        yield other
