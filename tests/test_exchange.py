"""Taking many bundles in at once."""

from pathlib import Path

from assessor_tui.exchange import KNOWN, OTHER_VISIT, REFUSED, merge_bundles
from assessor_tui.store.ledger import Store
from tests.bundle_samples import LAPTOP, VISIT, make_log, plain_contents, write
from tests.bundle_samples import OTHER_VISIT as SECOND


def bundle(folder: Path, visit: str) -> Path:
    contents = plain_contents(*make_log(4, visit=visit))
    return write(folder, contents._replace(visit=visit)).path


def test_a_refused_file_among_many_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    good, other = bundle(tmp_path, VISIT), bundle(tmp_path, SECOND)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(good.read_bytes()[:-30])

    with Store.open(tmp_path / "lead") as store:
        store.identify("Lead Assessor", "lead")
        merged = list(merge_bundles(store, [good, cut, other, good, tmp_path / "nothing.zip"]))

    assert [each.outcome for each in merged] == [OTHER_VISIT, REFUSED, OTHER_VISIT, KNOWN, REFUSED]
    assert [each.new for each in merged] == [4, 0, 4, 0, 0]
    with Store.open(tmp_path / "lead", write=False) as store:
        assert {row.id: row.entries for row in store.visits()} == {VISIT: 4, SECOND: 4}
        assert {row.device for row in store.logs(VISIT)} == {LAPTOP}
