"""Deciding about bundles held back: taking one in as it is, or leaving it out. Its file decides nothing by itself."""

from typing import ClassVar

from assessor_tui.carry.exchange import Merged, let_in_again, merge_whole
from assessor_tui.i18n import N_
from assessor_tui.store import trusted
from assessor_tui.store.ledger import Store
from assessor_tui.store.trusted import ACCEPTED, DECLINED
from assessor_tui.trust.quarantine import Waiting, bundles_held


class NotHeldBack(Exception):
    """No bundle, or more than one, is held back under these digits."""

    message: ClassVar[str] = N_(
        "{digest} names no bundle held back, or several. “assessor quarantine list” shows them."
    )
    exit_code: ClassVar[int] = 2

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.parameters = {"digest": digest}


class LetInAlready(Exception):
    """All of the bundle is in the ledger."""

    message: ClassVar[str] = N_("All of this bundle is let in already. Nothing is left to accept.")
    exit_code: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__()
        self.parameters: dict[str, str] = {}


class FileMissing(Exception):
    """The file of a bundle held back is no longer in the data folder."""

    message: ClassVar[str] = N_(
        "The file of this bundle is gone from the data folder. Ask {person} for it and merge it: it waits here again."
    )
    exit_code: ClassVar[int] = 1

    def __init__(self, person: str) -> None:
        super().__init__(person)
        self.parameters = {"person": person}


def find(store: Store, digest: str) -> Waiting:
    """The bundle held back whose digest begins with these digits.

    Raises:
        NotHeldBack: when there is none, or several.
    """
    wanted = digest.strip().lower()
    found = [each for each in bundles_held(store, "") if wanted and each.digest.startswith(wanted)]
    if len(found) != 1:
        raise NotHeldBack(digest)
    return found[0]


def accept(store: Store, digest: str) -> Merged:
    """What came of taking in everything that was held back of a bundle; what was declined can still be accepted.

    Raises:
        NotHeldBack, LetInAlready, FileMissing: when there is nothing to take in.
        BundleError: in ``Merged.error``, when its file is damaged; then it goes on waiting.
        StoreError, EvidenceError: when the disk does not take it; then nothing was taken in and it goes on waiting.
    """
    waiting = find(store, digest)
    if waiting.state == ACCEPTED:
        raise LetInAlready
    if not waiting.path.is_file():
        raise FileMissing(waiting.sender)
    return merge_whole(store, waiting.path, waiting.digest)


def reconsider(store: Store) -> tuple[str, ...]:
    """Digests of bundles held back that the roster of now lets in wholly, and that are in.

    Raises:
        StoreError, EvidenceError: when the disk does not take them; then they go on waiting.
    """
    return let_in_again(store)


def decline(store: Store, digest: str) -> Waiting:
    """The bundle, which is left out from now on, however often it comes; its file is kept.

    Raises:
        NotHeldBack: when there is none.
        StoreError: when the disk does not take it.
    """
    waiting = find(store, digest)
    trusted.decide(store, waiting.digest, DECLINED)
    return waiting._replace(state=DECLINED)
