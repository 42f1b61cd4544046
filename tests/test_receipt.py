"""A receipt is read strictly, and two of one device never take back what it has said to hold."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.receipt import (
    MAX_BYTES,
    Held,
    Lack,
    Receipt,
    Run,
    from_bytes,
    held_of,
    lacks_of,
    later,
    to_bytes,
)

VISIT = "ab" * 16
ANN, BOB = "0a" * 16, "0b" * 16
FILE, OTHER_FILE = "f1" * 32, "f2" * 32


def hashed(number: int, side: str = "a") -> str:
    return f"{side}{number:031x}"


def holds(to: int, *evidence: str, side: str = "a") -> Receipt:
    return Receipt(VISIT, (Held(ANN, to, hashed(to, side)),), (), evidence)


def test_a_receipt_reads_back_as_it_was_written() -> None:
    receipt = Receipt(
        VISIT,
        (Held(ANN, 3, hashed(3)), Held(BOB, 9, hashed(9)), Held(BOB, 9, hashed(9, "b"))),
        (Lack(ANN, 4, 6), Lack(BOB, 10, 0)),
        (FILE, OTHER_FILE),
        ("0123456789ab",),
    )
    assert from_bytes(to_bytes(receipt)) == receipt
    assert from_bytes(to_bytes(Receipt(VISIT))) == Receipt(VISIT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"visit":"AB"}',
        b'{"logs":[],"visit":"abababababababababababababababab"}',
        b'{"visit":"abababababababababababababababab" }',
        b'{"visit":"abababababababababababababababab","visit":"abababababababababababababababab"}',
        b'{"evidence":["../x"],"visit":"abababababababababababababababab"}',
        b'{"evidence":{},"visit":"abababababababababababababababab"}',
        b'{"more":1,"visit":"abababababababababababababababab"}',
        b"[" * 100_000,
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_not_a_receipt_in_its_one_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_bytes(data)


@pytest.mark.parametrize(
    "wrong",
    [
        Receipt(VISIT, (Held(ANN, 0, hashed(0)),)),
        Receipt(VISIT, (Held(ANN, 2**31, hashed(0)),)),
        Receipt(VISIT, (Held(ANN, 2, "short"),)),
        Receipt(VISIT, (Held(ANN, 2, hashed(2)),) * 2),
        Receipt(VISIT, (), (Lack(ANN, 5, 4),)),
        Receipt(VISIT, (), (Lack(ANN, 0, 4),)),
    ],
)
def test_numbers_and_hashes_out_of_bounds_are_refused(wrong: Receipt) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_bytes(to_bytes(wrong))


def test_true_is_no_number() -> None:
    data = to_bytes(holds(1)).replace(b'"to":1', b'"to":true')
    with pytest.raises(ValueError, match="number"):
        from_bytes(data)


def test_of_two_receipts_the_one_that_holds_more_counts_whichever_came_first() -> None:
    older, newer = holds(3, FILE), holds(5)
    assert later(older, newer) == later(newer, older) == newer


def test_a_file_that_arrived_stays_arrived_when_the_logs_are_the_same() -> None:
    assert later(holds(3, FILE, OTHER_FILE), holds(3, OTHER_FILE)) == holds(3, OTHER_FILE)
    assert later(holds(3, OTHER_FILE), holds(3, FILE, OTHER_FILE)) == holds(3, OTHER_FILE)


def test_a_second_side_of_a_log_stands_beside_the_first() -> None:
    both = Receipt(VISIT, (Held(ANN, 3, hashed(3)), Held(ANN, 4, hashed(4, "b"))))
    assert later(holds(3), both) == later(both, holds(3)) == both
    apart = later(holds(3), holds(3, side="b"))
    assert set(apart.logs) == {Held(ANN, 3, hashed(3)), Held(ANN, 3, hashed(3, "b"))}


def test_what_each_of_two_receipts_alone_holds_is_held() -> None:
    one = Receipt(VISIT, (Held(ANN, 3, hashed(3)), Held(BOB, 1, hashed(1))), (), (FILE,))
    other = Receipt(VISIT, (Held(ANN, 2, hashed(2)), Held(BOB, 4, hashed(4))), (), (OTHER_FILE,))
    both = later(one, other)
    assert both.logs == (Held(ANN, 3, hashed(3)), Held(BOB, 4, hashed(4)))
    assert both.evidence == (FILE, OTHER_FILE)


numbers = st.integers(0, 4)


@given(st.lists(st.tuples(numbers, numbers), min_size=1), st.randoms())
def test_in_whatever_order_receipts_come_the_furthest_of_each_log_is_kept(
    said: list[tuple[int, int]], random: Random
) -> None:
    receipts = [
        Receipt(VISIT, tuple(Held(device, to, hashed(to)) for device, to in ((ANN, one), (BOB, two)) if to))
        for one, two in said
    ]
    random.shuffle(receipts)
    kept = receipts[0]
    for each in receipts[1:]:
        kept = later(kept, each)
    ends = {each.device: each.to for each in kept.logs}
    assert ends == {
        device: end for device, end in ((ANN, max(one for one, _ in said)), (BOB, max(two for _, two in said))) if end
    }


# What is held and what is lacking, out of the runs that are there


def test_a_log_reaches_as_far_as_it_has_no_gap() -> None:
    runs = [Run(ANN, 1, 5, hashed(5)), Run(ANN, 9, 12, hashed(12), hashed(8))]
    assert held_of(runs) == (Held(ANN, 5, hashed(5)),)
    assert lacks_of(runs) == (Lack(ANN, 6, 8),)


def test_a_log_whose_beginning_is_missing_is_not_held() -> None:
    runs = [Run(ANN, 3, 5, hashed(5), hashed(2))]
    assert held_of(runs) == ()
    assert lacks_of(runs) == (Lack(ANN, 1, 2),)


def test_both_sides_of_a_fork_are_held_to_their_ends() -> None:
    runs = [Run(ANN, 1, 5, hashed(5)), Run(ANN, 4, 6, hashed(6, "b"), hashed(3), joined=True)]
    assert held_of(runs) == (Held(ANN, 5, hashed(5)), Held(ANN, 6, hashed(6, "b")))
    assert lacks_of(runs) == ()


def test_a_log_that_goes_on_on_another_side_is_one() -> None:
    runs = [Run(ANN, 1, 5, hashed(5)), Run(ANN, 6, 8, hashed(8), hashed(5), joined=True)]
    assert held_of(runs) == (Held(ANN, 8, hashed(8)),)


def test_what_a_clone_wrote_is_not_held_while_the_way_to_it_is_missing() -> None:
    runs = [Run(ANN, 1, 5, hashed(5)), Run(ANN, 6, 7, hashed(7, "b"), hashed(5, "b"))]
    assert held_of(runs) == (Held(ANN, 5, hashed(5)),)
    assert lacks_of(runs) == (Lack(ANN, 1, 5),)


def test_what_others_have_seen_and_is_not_here_is_lacking() -> None:
    assert lacks_of([Run(ANN, 1, 5, hashed(5))], [(ANN, 9), (BOB, 4)]) == (Lack(ANN, 6, 9), Lack(BOB, 1, 4))


def test_stretches_that_touch_are_one() -> None:
    runs = [Run(ANN, 4, 5, hashed(5), hashed(3)), Run(ANN, 7, 7, hashed(7), hashed(6))]
    assert lacks_of(runs, [(ANN, 9)]) == (Lack(ANN, 1, 3), Lack(ANN, 6, 6), Lack(ANN, 8, 9))
