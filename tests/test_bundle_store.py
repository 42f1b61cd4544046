"""From one laptop's ledger through a bundle into another's: nothing is lost, and repetition changes nothing."""

from pathlib import Path

from assessor_tui.bundle.read import Bundle, open_bundle
from assessor_tui.bundle.write import Contents, segments_of, write_bundle
from assessor_tui.evidence.files import evidence_path, open_evidence, store_file
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import ANSWER, OPEN_VISIT
from assessor_tui.ledger.value import Quantity
from assessor_tui.store import keys
from assessor_tui.store.ledger import Store
from tests.bundle_samples import FORM, JPEG, VISIT, picture


def laptop(folder: Path, person: str) -> Store:
    store = Store.open(folder)
    store.identify(person, "assessor")
    return store


def deliver(store: Store, folder: Path) -> Bundle:
    device = store.device
    assert device is not None
    carried = [entry[1].value for entry in store.entries(VISIT)]
    files = {value.about["sha256"] for value in carried if hasattr(value, "about")}
    contents = Contents(
        VISIT,
        "full",
        device.id,
        device.person,
        segments_of(store.entries(VISIT)),
        forms=(FORM,),
        evidence={digest: evidence_path(store.folder, digest) for digest in files},
    )
    written = write_bundle(
        folder, contents, label="Plating shop", app="assessor_tui 0.1.0",
        sign=lambda data: keys.sign(store.folder, device.id, data), key=device.public,
    )  # fmt: skip
    return open_bundle(written.path)


def take_in(store: Store, bundle: Bundle) -> tuple[int, int]:
    """(new, known) entries. Files first: an entry never stands in the ledger before the proof it names."""
    with bundle:
        for digest in bundle.evidence:
            assert store_file(store.folder, bundle.evidence_file(digest)).sha256 == digest
        added = store.add(bundle.entries(), forms=map(bundle.form, bundle.forms))
    return added.new, added.known


def test_two_laptops_and_a_lead_end_with_the_same_entries(tmp_path: Path) -> None:
    lead, one = laptop(tmp_path / "lead", "Lead"), laptop(tmp_path / "one", "Assessor One")
    lead.append([Draft(VISIT, OPEN_VISIT)])
    assert take_in(one, deliver(lead, tmp_path / "stick")) == (1, 0)
    photo = store_file(one.folder, [JPEG])
    one.append(
        [
            Draft(VISIT, ANSWER, "example", "energy", Quantity("12.5", "kWh")),
            Draft(VISIT, ANSWER, "example", "energy", Quantity("13", "kWh"), why="read again"),
            Draft(VISIT, ANSWER, "example", "roof", picture(photo.sha256)),
        ]
    )
    bundle = deliver(one, tmp_path / "stick")
    assert bundle.signed and not bundle.wanted and bundle.count == 4
    assert take_in(lead, bundle) == (3, 1)
    assert take_in(lead, deliver(one, tmp_path / "stick")) == (0, 4)
    assert sorted(lead.entries(VISIT)) == sorted(one.entries(VISIT))
    with open_evidence(lead.folder, photo.sha256) as stream:
        assert stream.read() == JPEG
    standing = lead.state(VISIT).standing("example", "energy")
    assert standing is not None and standing.value == Quantity("13", "kWh") and not standing.disputed
    lead.close()
    one.close()
