"""Withdrawing a file that should never have been taken: its bytes go for good, its digest and the reason stay.

What an entry withdraws, ``VisitState.withdrawn`` says, the same on every laptop. Here the disk follows: the file and
its preview are removed once the entry is durable, unless another visit of this ledger uses the very same file.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from assessor_tui.evidence.files import evidence_path, forget_viewed, preview_path
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry, reference
from assessor_tui.ledger.state import file_of
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import GONE, HAVE, Store
from assessor_tui.visit import Act, Recorded, Visit


class Withdrawn(NamedTuple):
    """What came of withdrawing a file."""

    recorded: Recorded
    used_in: tuple[str, ...] = ()
    """Other visits of this ledger that use the very same file: there it stays, and so do its bytes."""


def withdraw(visit: Visit, sha256: str, why: str) -> Withdrawn:
    """Withdraws the file from the visit, wherever it is tied or was, and removes its bytes from this laptop.

    Refused without a reason and under a signature; then nothing was removed. Undo does not bring it back.

    Raises:
        KeyError: when the visit has no such file.
    """
    ties = [head for head in visit.state.standing_files() if file_of(head[1]) == sha256]
    said = []
    for digest, entry in ties:
        replaces = (reference(entry.device, entry.seq, digest),)
        said.append(Act(acts.WITHDRAW, entry.form, entry.path, _named(entry), why, replaces))
    if not ties:
        # Its ties were taken away; the bytes are here all the same, and in every bundle.
        held = [entry for _, entry in visit.state.held_files() if file_of(entry) == sha256]
        if not held:
            raise KeyError(sha256)
        said.append(Act(acts.WITHDRAW, value=_named(held[-1]), why=why))
    recorded = visit.record_together(said)
    if recorded.problems:
        return Withdrawn(recorded)
    used = tuple(other for other in visits_using(visit.store, sha256) if other != visit.id)
    clear_away(visit.store, [visit.id])
    return Withdrawn(recorded, used)


def _named(entry: Entry) -> Evidence:
    """The file that the entry ties, by digest and name."""
    assert isinstance(entry.value, Evidence)
    about = entry.value.about
    return Evidence(entry.value.kind, {key: about[key] for key in ("sha256", "name") if about.get(key)})


def visits_using(store: Store, sha256: str) -> list[str]:
    """Visits of this ledger in which the file stands."""
    return [
        visit
        for visit in store.visits_naming(sha256)
        if any(file_of(entry) == sha256 for _, entry in store.state(visit).standing_files())
    ]


def clear_away(store: Store, visits: Iterable[str]) -> list[str]:
    """SHA-256 of files whose bytes are gone from this laptop now, for these visits have withdrawn them.

    To be called once the entries are durable; doing it again finishes what a crash has interrupted.
    """
    removed = []
    for visit in visits:
        for sha256 in store.state(visit).withdrawn:
            known = store.evidence(sha256)
            path, preview = evidence_path(store.folder, sha256), preview_path(store.folder, sha256)
            if known is not None and known.state == GONE and not path.exists() and not preview.exists():
                continue
            if visits_using(store, sha256):
                continue
            for each in (path, preview):
                with suppress(OSError):  # another program has it open: the next time takes it away
                    each.unlink(missing_ok=True)
            store.mark_evidence(sha256, HAVE if path.exists() else GONE)
            if not path.exists():
                removed.append(sha256)
    if removed:
        forget_viewed(store.folder)
    return removed
