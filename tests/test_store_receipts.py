"""What others hold is kept per visit and device and never goes back; seals are kept to be handed on."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.ledger.receipt import Held, Receipt
from assessor_tui.store.ledger import Device, Store
from assessor_tui.store.receipts import Kept, KeptSeal, keep_receipt, keep_seal, latest, receipts, seals
from assessor_tui.visit import Visit
from tests.small_visit import NINE, begin, laptop

LEAD = "1e" * 16


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "ann", "Ann") as store:
        visit = begin(store)
        store.name_device(Device(LEAD, "", "Lee", "lead", b"k" * 32))
        yield visit


def said(visit: Visit, to: int) -> Receipt:
    assert visit.store.device is not None
    return Receipt(visit.id, (Held(visit.store.device.id, to, f"{to:032x}"),))


def test_the_latest_receipt_of_each_device_is_kept_and_never_goes_back(visit: Visit) -> None:
    store = visit.store
    assert latest(store, visit.id, LEAD) is None
    assert keep_receipt(store, LEAD, said(visit, 5), "d5", now=NINE)
    assert not keep_receipt(store, LEAD, said(visit, 3), "d3", now=NINE + 1)
    assert receipts(store, visit.id) == [Kept(LEAD, said(visit, 5), "d5", NINE)]
    assert keep_receipt(store, LEAD, said(visit, 8), "d8", now=NINE + 2)
    assert latest(store, visit.id, LEAD) == Kept(LEAD, said(visit, 8), "d8", NINE + 2)


def test_nothing_is_kept_of_an_unknown_visit_or_device_or_of_this_laptop_itself(visit: Visit) -> None:
    store = visit.store
    assert store.device is not None
    assert not keep_receipt(store, LEAD, Receipt("99" * 16), "d", now=NINE)
    assert not keep_receipt(store, "77" * 16, said(visit, 1), "d", now=NINE)
    assert not keep_receipt(store, store.device.id, said(visit, 1), "d", now=NINE)
    assert receipts(store, visit.id) == []


def test_seals_are_kept_once_and_go_with_their_visit(visit: Visit) -> None:
    store = visit.store
    digest = hashlib.sha256(b"{}").hexdigest()
    for _ in range(2):
        keep_seal(store, visit.id, LEAD, digest, b"{}", b"s" * 64)
    keep_receipt(store, LEAD, said(visit, 5), "d5", now=NINE)
    assert seals(store, visit.id) == seals(store, visit.id, LEAD) == [KeptSeal(LEAD, digest, b"{}", b"s" * 64)]
    assert seals(store, visit.id, "77" * 16) == []
    store.put_away(visit.id, {})
    assert store.rebuild() == 0
    assert seals(store, visit.id) == []
    assert receipts(store, visit.id) == []


def test_what_is_kept_is_there_after_the_ledger_was_closed(tmp_path: Path) -> None:
    with laptop(tmp_path / "ann", "Ann") as store:
        visit = begin(store)
        store.name_device(Device(LEAD, "", "Lee", "lead", b"k" * 32))
        keep_receipt(store, LEAD, said(visit, 5), "d5", now=NINE)
        name, kept = visit.id, said(visit, 5)
    with Store.open(tmp_path / "ann", write=False) as store:
        assert [each.receipt for each in receipts(store, name)] == [kept]
