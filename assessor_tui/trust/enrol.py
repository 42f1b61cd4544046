"""A device asks to be put on the roster: its two public keys and its person, in a bundle that it signs itself."""

from pathlib import Path
from typing import NamedTuple

from assessor_tui import __version__
from assessor_tui.bundle import canonical
from assessor_tui.bundle.error import DOCUMENT, NOT_A_BUNDLE, BundleError
from assessor_tui.bundle.fields import RECIPIENT
from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.seal import ENROL, ROSTER
from assessor_tui.bundle.write import Contents, Written, write_bundle
from assessor_tui.ledger.entry import MAX_PERSON, clean
from assessor_tui.store import keys
from assessor_tui.store.ledger import Device, Store
from assessor_tui.trust.roster import Roster, fingerprint, from_bytes


class Enrolment(NamedTuple):
    """What a request says."""

    device: str
    key: str
    """Ed25519, 64 hexadecimal digits."""
    recipient: str
    """Its age recipient."""
    person: str

    @property
    def fingerprint(self) -> str:
        """To be read aloud by the person and compared by whoever signs the roster."""
        return fingerprint(self.key, self.recipient)


def enrolment_of(store: Store) -> Enrolment:
    """This device as it asks to be enrolled.

    Raises:
        StoreError: when its keys cannot be read.
    """
    device = store.device
    assert device is not None
    recipient = keys.recipient(store.folder, device.id)
    return Enrolment(device.id, device.public.hex(), recipient, device.person)


def write_request(store: Store, folder: Path) -> Written:
    """The request of this device, in ``folder``.

    Raises:
        BundleNotWritten: when the folder does not take it.
        StoreError: when the keys cannot be used.
    """
    device = store.device
    assert device is not None
    asked = enrolment_of(store)
    data = canonical.dump({"person": asked.person, "recipient": asked.recipient})
    return _write(store, device, folder, Contents(device.id, ENROL, device.id, device.person, enrol=data))


def read_request(path: Path) -> Enrolment:
    """The request in this file, signed by the very device that it is about.

    Raises:
        BundleError: when it is damaged, or no request.
    """
    with open_bundle(path) as bundle:
        seal = bundle.seal
        if seal.purpose != ENROL:
            raise BundleError(NOT_A_BUNDLE, reason=f"a bundle of purpose {seal.purpose}", file=bundle.file)
        try:
            fields = canonical.load(bundle.enrol)
            if not isinstance(fields, dict) or fields.keys() != {"person", "recipient"}:
                raise ValueError("a part is missing or unknown")
            person, recipient = fields["person"], fields["recipient"]
            if not isinstance(recipient, str) or not RECIPIENT.match(recipient):
                raise ValueError("a recipient that is none")
            if not isinstance(person, str) or not 0 < len(person) <= MAX_PERSON or person != clean(person):
                raise ValueError("a name that is not a text in bounds")
        except ValueError as error:
            raise BundleError(DOCUMENT, "data/enrol.json", str(error), file=bundle.file) from None
        return Enrolment(seal.device, seal.key, recipient, person)


def write_roster(store: Store, roster: Roster, json: bytes, signature: bytes, folder: Path) -> Written:
    """The roster as a bundle of its own, in ``folder``; errors as ``write_request``."""
    device = store.device
    assert device is not None
    contents = Contents(
        roster.project, ROSTER, device.id, device.person, roster=(json, signature), roster_version=roster.version
    )
    return _write(store, device, folder, contents)


def _write(store: Store, device: Device, folder: Path, contents: Contents) -> Written:
    def sign(message: bytes) -> bytes:
        return keys.sign(store.folder, device.id, message)

    label = device.person
    return write_bundle(
        folder, contents, label=label, app=f"assessor {__version__}", sign=sign, key=device.public, by_content=True
    )


def read_fingerprint(path: Path) -> tuple[str, str]:
    """Whose fingerprint (``device`` or ``scheme``), and the fingerprint, of a request or of a bundle with a roster.

    Raises:
        BundleError: when it is damaged, or neither.
    """
    with open_bundle(path) as bundle:
        roster, file, purpose = bundle.roster, bundle.file, bundle.seal.purpose
    if roster is None or purpose == ENROL:
        return "device", read_request(path).fingerprint
    try:
        return "scheme", fingerprint(from_bytes(roster[0]).scheme_key)
    except ValueError as error:
        raise BundleError(DOCUMENT, "data/roster.json", str(error), file=file) from None
