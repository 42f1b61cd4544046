"""Receipt, roster, enrolment and the seals of other devices: carried whole, or the bundle is refused."""

import contextlib
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.bundle.archive import Limits
from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.enclosed import parts_of
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import open_bundle, read_bundle
from assessor_tui.bundle.seal import ENROL, PURPOSES, RECEIPT, REQUEST, ROSTER, from_bytes
from assessor_tui.bundle.write import Contents, NothingToCarry
from assessor_tui.ledger import receipt as receipts
from assessor_tui.ledger.entry import to_line
from assessor_tui.trust import roster as rosters
from tests.bundle_samples import (
    COLLEAGUE,
    FORM,
    JPEG,
    KEY,
    LAPTOP,
    OTHER_KEY,
    OTHER_LAPTOP,
    OTHER_VISIT,
    PERSON,
    PUBLIC,
    RECIPIENT,
    SCHEME,
    SCHEME_PUBLIC,
    VISIT,
    flipped,
    make_log,
    plain_contents,
    receipt_bytes,
    relayed,
    roster_parts,
    seal_of,
    seals_of,
    write,
    write_signed,
)
from tests.test_bundle_read import Change, forge, refusal, segment_part, set_seal

PHOTO = hashlib.sha256(JPEG).hexdigest()
MINE = make_log(3)
THEIRS = make_log(6, device=OTHER_LAPTOP)
SEAL = seal_of(THEIRS)
PROJECT = hashlib.sha256(SCHEME_PUBLIC).hexdigest()[:32]


def of_purpose(purpose: str, folder: Path) -> Contents:
    """A bundle of each purpose, with as much as one may hold."""
    folder.mkdir(exist_ok=True)
    (folder / "photo").write_bytes(JPEG)
    if purpose == ROSTER:
        return Contents(PROJECT, ROSTER, LAPTOP, PERSON, roster=roster_parts(), roster_version=1)
    if purpose == ENROL:
        asks = dump({"person": PERSON, "recipient": RECIPIENT})
        return Contents(LAPTOP, ENROL, LAPTOP, PERSON, enrol=asks, roster=roster_parts(), roster_version=1)
    contents = relayed(3)._replace(
        purpose=purpose, forms=(FORM,), schemes=(SCHEME,), evidence={PHOTO: folder / "photo"}
    )
    return contents._replace(segments=()) if purpose == REQUEST else contents


# -- what goes in comes out


def test_what_is_enclosed_comes_out_as_it_went_in(tmp_path: Path) -> None:
    contents = relayed(3)
    with open_bundle(write_signed(tmp_path, contents).path) as bundle:
        assert bundle.receipt == contents.receipt and bundle.roster == contents.roster and bundle.enrol == b""
        assert {digest: (each.json, each.signature) for digest, each in bundle.seals.items()} == contents.seals
        assert [each.seal.device for each in bundle.seals.values()] == [OTHER_LAPTOP]
        assert (bundle.seal.roster, bundle.seal.recipients, bundle.seal.format) == (1, (), "1.1")
        assert hashlib.sha256(bundle.seal_bytes).hexdigest() == bundle.digest
        assert KEY.public_key().verify(bundle.seal_signature, b"assessor-bundle/1\0" + bundle.seal_bytes) is None
        assert bundle.unknown == () and not bundle.encrypted


@pytest.mark.parametrize("purpose", sorted(PURPOSES[1]))
def test_a_bundle_of_every_purpose_is_a_valid_bag_and_the_same_bytes_every_time(tmp_path: Path, purpose: str) -> None:
    one = write_signed(tmp_path / "one", of_purpose(purpose, tmp_path / "files")).path
    other = write_signed(tmp_path / "other", of_purpose(purpose, tmp_path / "files")).path
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as archive:
        archive.extractall(tmp_path / "bag")
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    with open_bundle(one) as bundle:
        assert bundle.seal.purpose == purpose and bag.info["External-Identifier"] == bundle.seal.visit


def test_the_samples_are_receipts_and_rosters_for_the_rooms_that_own_them() -> None:
    assert receipts.from_bytes(receipt_bytes(MINE, THEIRS)).visit == VISIT
    data, signature = roster_parts()
    roster = rosters.from_bytes(data)
    assert roster.project == PROJECT and rosters.is_signed(data, signature, roster.scheme_key)


def test_files_alone_are_carried_for_a_visit(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(JPEG)
    path = write_signed(tmp_path / "out", plain_contents(evidence={PHOTO: tmp_path / "photo"})).path
    with open_bundle(path) as bundle:
        assert (bundle.count, bundle.seal.visit, list(bundle.evidence)) == (0, VISIT, [PHOTO])
        assert b"".join(bundle.evidence_file(PHOTO)) == JPEG


def test_a_receipt_is_carried_without_entries_and_is_small(tmp_path: Path) -> None:
    written = write_signed(tmp_path, Contents(VISIT, RECEIPT, LAPTOP, PERSON, receipt=receipt_bytes(MINE, THEIRS)))
    assert written.size <= 4096
    with open_bundle(written.path) as bundle:
        assert (bundle.count, bundle.seal.purpose) == (0, RECEIPT) and list(bundle.entries()) == []


def test_nothing_at_all_is_carried_by_nobody(tmp_path: Path) -> None:
    with pytest.raises(NothingToCarry):
        write_signed(tmp_path, Contents(VISIT, "delta", LAPTOP, PERSON, roster_version=3))


# -- who vouches for what


def proven(
    folder: Path, contents: Contents, *also: tuple[bytes, bytes], signed: bool = True
) -> dict[tuple[str, int], int]:
    """(device, first number) of each segment -> the number up to which its device vouches for it."""
    path = (write_signed if signed else write)(folder, contents).path
    with open_bundle(path) as bundle:
        seals = [from_bytes(each) for each, _ in also]
        return {(each.device, each.begin): bundle.proven(each, seals) for each in bundle.seal.segments}


def test_the_sender_vouches_for_the_own_entries_by_signing(tmp_path: Path) -> None:
    contents = plain_contents(*MINE, *THEIRS)
    assert proven(tmp_path, contents) == {(LAPTOP, 1): 3, (OTHER_LAPTOP, 1): 0}
    assert proven(tmp_path, contents, signed=False) == {(LAPTOP, 1): 0, (OTHER_LAPTOP, 1): 0}


@pytest.mark.parametrize("last", range(1, 7))
def test_a_carried_seal_vouches_as_far_as_it_reaches(tmp_path: Path, last: int) -> None:
    seal = seal_of(THEIRS[:last])
    carried = plain_contents(*MINE, *THEIRS, seals=seals_of(seal))
    assert proven(tmp_path, carried)[OTHER_LAPTOP, 1] == last
    # The same, when the ledger knew the seal before.
    assert proven(tmp_path, plain_contents(*MINE, *THEIRS), seal)[OTHER_LAPTOP, 1] == last


def test_the_highest_of_several_seals_counts_and_where_one_began_counts_too(tmp_path: Path) -> None:
    early, late = seal_of(THEIRS[:2]), seal_of(THEIRS[3:5])
    assert proven(tmp_path, plain_contents(*MINE, *THEIRS, seals=seals_of(early, late)))[OTHER_LAPTOP, 1] == 5
    # It begins after number 3, and names the hash of number 3.
    assert proven(tmp_path, plain_contents(*MINE, *THEIRS[:3], seals=seals_of(late)))[OTHER_LAPTOP, 1] == 3
    assert proven(tmp_path, plain_contents(*MINE, *THEIRS[:3], seals=seals_of(early)))[OTHER_LAPTOP, 1] == 2


def test_a_seal_of_the_other_side_of_a_fork_vouches_for_nothing_behind_the_fork(tmp_path: Path) -> None:
    branch = [*THEIRS[:3], *make_log(3, device=OTHER_LAPTOP, after=THEIRS[2], values=("clone",) * 9)]
    contents = plain_contents(*MINE, *THEIRS, seals=seals_of(seal_of(branch)))
    assert proven(tmp_path, contents)[OTHER_LAPTOP, 1] == 0
    assert proven(tmp_path, contents, seal_of(branch[:3]))[OTHER_LAPTOP, 1] == 3


def test_nobody_vouches_for_another_device(tmp_path: Path) -> None:
    # The colleague once handed on what the third laptop wrote, and says so under a signature of the own.
    third = make_log(2, device=COLLEAGUE)
    relay = seal_of(third)
    contents = plain_contents(*MINE, *third)
    assert proven(tmp_path, contents, relay)[COLLEAGUE, 1] == 0
    with pytest.raises(BundleError) as caught:
        carrying(tmp_path, *seal_parts(*relay))
    assert caught.value.kind == "contents"


def test_many_entries_that_are_read_again_from_disk_are_proven_alike(tmp_path: Path) -> None:
    text = "a long note of the assessor, " * 600
    log = make_log(600, device=OTHER_LAPTOP, values=(text,) * 600)
    contents = plain_contents(*log, seals=seals_of(seal_of(log[:555])))
    with open_bundle(write_signed(tmp_path, contents).path) as bundle:
        assert not bundle._kept and bundle.proven(bundle.seal.segments[0]) == 555


def test_seals_that_do_not_belong_here_stay_where_they_are(tmp_path: Path) -> None:
    elsewhere = make_log(2, visit=OTHER_VISIT, device=OTHER_LAPTOP)
    invite = seal_of(THEIRS, visit=OTHER_VISIT)
    contents = plain_contents(*MINE, *THEIRS, seals=seals_of(SEAL, seal_of(elsewhere, visit=OTHER_VISIT), invite))
    with open_bundle(write_signed(tmp_path, contents).path) as bundle:
        assert list(bundle.seals) == list(seals_of(SEAL))


def test_an_invite_carries_the_seals_of_earlier_visits(tmp_path: Path) -> None:
    earlier = make_log(2, visit=OTHER_VISIT, device=OTHER_LAPTOP)
    seal = seal_of(earlier, visit=OTHER_VISIT)
    contents = plain_contents(*MINE, *earlier, purpose="invite", seals=seals_of(seal))
    assert proven(tmp_path, contents) == {(LAPTOP, 1): 3, (OTHER_LAPTOP, 1): 2}


# -- what somebody who knows the format can write


def as_1_1(seal: dict[str, Any]) -> None:
    seal["format"] = "1.1"


def carrying(folder: Path, *parts: tuple[str, bytes], change: Change = as_1_1, sign: bool = True) -> None:
    """Reads a forged delta with the parts after an own segment; raises what refuses it."""
    name, data, seal = segment_part([to_line(entry) for _, entry in MINE])
    payload = [(part, content, 0 if part.endswith(".sig") else 8) for part, content in sorted(parts)]
    path = folder / "bundle.zip"
    path.write_bytes(forge((name, data, 8), *payload, segments=(seal,), change=change, sign=sign))
    open_bundle(path).close()


def seal_parts(seal: bytes, signature: bytes, digest: str = "") -> list[tuple[str, bytes]]:
    stem = f"data/seal/{digest or hashlib.sha256(seal).hexdigest()}"
    return [(f"{stem}.json", seal), (f"{stem}.sig", signature)]


def kind_of(folder: Path, *parts: tuple[str, bytes], **others: Any) -> str:
    with pytest.raises(BundleError) as caught:
        carrying(folder, *parts, **others)
    assert caught.value.file == "bundle.zip" and "{" not in str(caught.value)
    return caught.value.kind


def test_a_bundle_forged_whole_is_a_bundle(tmp_path: Path) -> None:
    roster, signature = roster_parts()
    parts = [("data/receipt.json", receipt_bytes(MINE)), ("data/roster.json", roster), ("data/roster.sig", signature)]
    carrying(tmp_path, *parts, *seal_parts(*SEAL))


def test_what_1_1_added_is_refused_in_a_bundle_that_says_1_0(tmp_path: Path) -> None:
    for part in (("data/receipt.json", receipt_bytes(MINE)), *seal_parts(*SEAL)):
        assert kind_of(tmp_path, part, change=lambda seal: None) == "contents"
    for change in (
        set_seal(purpose=RECEIPT), set_seal(recipients=[RECIPIENT]), set_seal(roster=1),
    ):  # fmt: skip
        assert kind_of(tmp_path, change=change) == "seal"


def both(*changes: Change) -> Change:
    def change(seal: dict[str, Any]) -> None:
        for each in (as_1_1, *changes):
            each(seal)

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_seal(recipients=[]),
        set_seal(recipients=RECIPIENT),
        set_seal(recipients=[RECIPIENT, RECIPIENT]),
        set_seal(recipients=sorted([RECIPIENT, "age1" + "q" * 58], reverse=True)),
        set_seal(recipients=[RECIPIENT.upper()]),
        set_seal(recipients=[RECIPIENT + "q"]),
        set_seal(recipients=["age1" + "b" * 58]),
        set_seal(recipients=[7]),
        set_seal(recipients=["age1" + f"{number:058}".replace("1", "q") for number in range(300)]),
        set_seal(roster=0),
        set_seal(roster=True),
        set_seal(roster="1"),
        set_seal(roster=-1),
        set_seal(roster=2**31),
        set_seal(roster=1.0),
        set_seal(purpose="relay"),
        set_seal(hub=""),
    ],
)
def test_a_seal_of_1_1_that_is_not_as_specified_is_refused(tmp_path: Path, change: Change) -> None:
    carrying(tmp_path, change=both(set_seal(recipients=[RECIPIENT], roster=1)))
    assert kind_of(tmp_path, change=both(change)) == "seal"


HOSTILE = [
    b"", b"{}\n", b" {}", b"[]", b'"text"', b"7", b"null", b'{"a":1,"a":2}', b'{"b":1,"a":2}', b'{"a":NaN}',
    b'{"a":1e400}',
    b'{"a":1.5}', b'{"a":9007199254740993}', b'{"a":18446744073709551617}', b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":' + b"[" * 9 + b"]" * 9 + b"}", b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", b"[" * 100_000,
    b'{"a":' * 1000 + b"1" + b"}" * 1000, b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":"\\u0041"}', b"\xef\xbb\xbf{}",
    dump({"a": "bell\x07"}), dump({"a": "\x1b]52;c;x\x07"}), dump({"a": "two\nlines"}), dump({"a": "tab\t"}),
    dump({"a": "e\u0301"}), dump({"a": "\ufdd0"}), dump({"\x9b": 1}), dump({"a": [{"b": "\x00"}]}),
]  # fmt: skip


@pytest.mark.parametrize("part", ["data/receipt.json", "data/roster.json"])
def test_a_part_that_no_parser_should_meet_is_refused(tmp_path: Path, part: str) -> None:
    beside = [("data/roster.sig", bytes(64))] if "roster" in part else []
    for data in HOSTILE:
        assert kind_of(tmp_path, (part, data), *beside) == "document", data[:40]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=20,
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.booleans())
def test_whatever_somebody_writes_into_a_part_comes_out_byte_for_byte_or_is_refused(value: Any, sorted_: bool) -> None:
    data = json.dumps(value, ensure_ascii=False, sort_keys=sorted_, separators=(",", ":")).encode(
        errors="surrogatepass"
    )
    found = None
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(BundleError):
        path = write_signed(Path(folder), Contents(VISIT, RECEIPT, LAPTOP, PERSON, receipt=data)).path
        with open_bundle(path) as bundle:
            found = bundle.receipt
    assert found in (None, data)
    if found is not None:
        assert dump(json.loads(data)) == data and not any(mark in data for mark in b"\n\t\x1b\x00")


def test_an_enrolment_that_no_parser_should_meet_is_refused(tmp_path: Path) -> None:
    for data in HOSTILE[1:]:
        with pytest.raises(BundleError) as caught:
            write_signed(tmp_path, Contents(LAPTOP, ENROL, LAPTOP, PERSON, enrol=data))
        assert caught.value.kind in ("document", "limit")
    assert list(tmp_path.iterdir()) == []


def forged(change: Callable[[dict[str, Any]], None]) -> tuple[bytes, bytes]:
    """A carried seal, changed as JSON, under a signature of the colleague that holds."""
    fields = json.loads(SEAL[0])
    change(fields)
    raw = fields.pop("raw", None) or dump(fields)
    return raw, OTHER_KEY.sign(b"assessor-bundle/1\0" + raw)


def test_a_carried_seal_that_is_none_is_refused(tmp_path: Path) -> None:
    seal, signature = SEAL
    stem = f"data/seal/{hashlib.sha256(seal).hexdigest()}"
    assert kind_of(tmp_path, *seal_parts(seal, KEY.sign(b"assessor-bundle/1\0" + seal))) == "signature"
    assert kind_of(tmp_path, *seal_parts(seal, bytes(64))) == "signature"
    assert kind_of(tmp_path, *seal_parts(seal, signature[:-1])) == "limit"
    assert kind_of(tmp_path, *seal_parts(seal, signature + b"\0")) == "limit"
    assert kind_of(tmp_path, (f"{stem}.json", seal)) == "contents"
    assert kind_of(tmp_path, (f"{stem}.sig", signature)) == "contents"
    assert kind_of(tmp_path, *seal_parts(seal, signature, "ab" * 32)) == "contents"
    assert kind_of(tmp_path, (f"{stem.upper()}.json", seal)) == "structure"
    assert kind_of(tmp_path, ("data/seal/up.json", seal)) == "contents"

    def lend(fields: dict[str, Any]) -> None:
        fields["sender"]["key"] = PUBLIC.hex()

    def claim(fields: dict[str, Any]) -> None:
        fields["sender"]["device"] = LAPTOP

    def unsigned(fields: dict[str, Any]) -> None:
        fields["sender"].pop("key")

    for change in (lend, claim, unsigned):
        assert kind_of(tmp_path, *seal_parts(*forged(change))) == "signature"
    for change in (
        set_seal(extra=1), set_seal(format="0.1"), set_seal(purpose="relay"), set_seal(roster=True),
        lambda fields: fields.update(raw=dump(fields).replace(b'"from":1,', b'"from":1,"from":1,')),
        lambda fields: fields.update(raw=dump(fields).replace(b'"from":1,', b'"from":NaN,')),
        lambda fields: fields.update(raw=dump(fields) + b" "),
        lambda fields: fields.update(raw=b"[" * 100_000),
    ):  # fmt: skip
        assert kind_of(tmp_path, *seal_parts(*forged(change))) == "seal"
    assert kind_of(tmp_path, *seal_parts(*forged(set_seal(format="2.0")))) == "newer"
    # One of a newer minor version of the format is a seal all the same.
    carrying(tmp_path, *seal_parts(*forged(set_seal(format="1.9", hub="x"))))


def test_a_carried_seal_of_another_visit_or_that_vouches_for_nothing_is_refused(tmp_path: Path) -> None:
    elsewhere = make_log(2, visit=OTHER_VISIT, device=OTHER_LAPTOP)
    assert kind_of(tmp_path, *seal_parts(*seal_of(elsewhere, visit=OTHER_VISIT))) == "contents"
    assert kind_of(tmp_path, *seal_parts(*seal_of(THEIRS, visit=OTHER_VISIT))) == "contents"
    assert kind_of(tmp_path, *seal_parts(*forged(set_seal(segments=[])))) == "contents"
    assert kind_of(tmp_path, *seal_parts(*seal_of(make_log(2, device=COLLEAGUE)))) == "contents"


def test_a_carried_seal_cannot_stand_there_twice(tmp_path: Path) -> None:
    parts = seal_parts(*SEAL)
    assert kind_of(tmp_path, *parts, *parts) == "structure"


def test_a_bundle_holds_what_its_purpose_demands_and_nothing_else(tmp_path: Path) -> None:
    roster, receipt = roster_parts(), receipt_bytes(MINE)
    asks = dump({"person": PERSON})
    for contents in (
        Contents(VISIT, RECEIPT, LAPTOP, PERSON, roster=roster),
        Contents(VISIT, REQUEST, LAPTOP, PERSON, roster=roster),
        Contents(PROJECT, ROSTER, LAPTOP, PERSON, receipt=receipt),
        Contents(PROJECT, ROSTER, LAPTOP, PERSON, roster=roster, receipt=receipt),
        Contents(LAPTOP, ENROL, LAPTOP, PERSON, receipt=receipt),
        Contents(LAPTOP, ENROL, LAPTOP, PERSON, enrol=asks, receipt=receipt),
        Contents(VISIT, ENROL, LAPTOP, PERSON, enrol=asks),
        Contents(VISIT, "delta", LAPTOP, PERSON, enrol=asks),
        Contents(LAPTOP, ENROL, LAPTOP, PERSON, enrol=asks, forms=(FORM,)),
        plain_contents(*MINE, purpose=ROSTER, roster=roster),
    ):
        with pytest.raises(BundleError) as caught:
            write_signed(tmp_path, contents)
        assert caught.value.kind == "contents", contents.purpose
    with pytest.raises(BundleError):
        write(tmp_path, Contents(LAPTOP, ENROL, LAPTOP, PERSON, enrol=asks))
    assert kind_of(tmp_path, ("data/roster.json", roster[0])) == "contents"
    assert kind_of(tmp_path, ("data/roster.sig", roster[1])) == "contents"
    assert list(tmp_path.glob("*_*")) == []


def test_limits_on_what_is_enclosed_hold(tmp_path: Path) -> None:
    contents = relayed(3)
    data = write_signed(tmp_path / "out", contents).path.read_bytes()
    for limits in (Limits(receipt=20), Limits(roster=20), Limits(seals=0), Limits(enclosed=300)):
        assert refusal(tmp_path, data, limits).kind == "limit"
    large = dump({"visit": VISIT, "x": "y" * (2 * 1024**2)})
    assert kind_of(tmp_path, ("data/receipt.json", large)) == "limit"


@pytest.mark.parametrize("quarter", range(4))
def test_every_turned_bit_of_a_small_bundle_is_refused(tmp_path: Path, quarter: int) -> None:
    contents = relayed(1)._replace(roster=(dump({"version": 1}), bytes(64)))
    whole = write_signed(tmp_path, contents).path.read_bytes()
    for bit, data in flipped(whole):
        if bit % 4 != quarter:
            continue
        try:
            read_bundle(io.BytesIO(data), len(data), "bundle.zip")
        except BundleError:
            continue
        pytest.fail(f"bit {bit} turned, and it was read")
    assert read_bundle(io.BytesIO(whole), len(whole), "bundle.zip").count == 2


def test_parts_are_in_the_order_of_the_archive() -> None:
    names = list(parts_of(b"{}", (b"{}", bytes(64)), b"{}", seals_of(SEAL)))
    assert names == sorted(names) and len(names) == 6
