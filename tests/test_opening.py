"""Bundles that are encrypted for this laptop are merged, held back and kept like any other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage import encrypt, x25519

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import open_bundle
from assessor_tui.carry.exchange import bundles_in, merge_bundle, merge_bundles
from assessor_tui.carry.opening import identities_of, open_here, outline_here
from assessor_tui.carry.quarantine import accept
from assessor_tui.store import keys
from assessor_tui.store.ledger import Store
from assessor_tui.store.wrapped import KeyLocked
from assessor_tui.trust.quarantine import bundles_held
from tests.bundle_samples import (
    OTHER_KEY,
    OTHER_LAPTOP,
    OTHER_PUBLIC,
    RECIPIENT,
    VISIT,
    make_log,
    plain_contents,
    relayed,
    write,
    write_signed,
)
from tests.small_visit import laptop
from tests.test_bundle_read import LINES, forge, segment_part


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with laptop(tmp_path / "lead", "Ann", "lead") as opened:
        yield opened


def own(store: Store) -> str:
    assert store.device is not None
    return keys.recipient(store.folder, store.device.id)


def count(store: Store) -> int:
    return len(list(store.entries(VISIT)))


def test_what_is_encrypted_for_this_laptop_is_merged_among_others(store: Store, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    write_signed(stick, relayed(3, recipients=(own(store), RECIPIENT)))
    write_signed(stick, relayed(5, recipients=(RECIPIENT,)))
    (stick / "notes.txt").write_text("no bundle")
    outcomes = {each.path.suffixes[-1]: each for each in merge_bundles(store, bundles_in([stick]))}
    assert [each.path.name for each in merge_bundles(store, bundles_in([stick]))] == [
        "Plating-shop-2026_delta-1.zip.age",
        "Plating-shop-2026_delta-2.zip.age",
    ]
    assert list(outcomes) == [".age"] and count(store) == 6
    refused = merge_bundle(store, stick / "Plating-shop-2026_delta-2.zip.age")
    assert refused.error is not None and refused.error.kind == "closed"
    assert not list(store.folder.glob("scratch/*"))


def test_the_outline_of_an_encrypted_one_is_read_with_this_laptops_key(store: Store, tmp_path: Path) -> None:
    written = write_signed(tmp_path, relayed(3, recipients=(own(store),)))
    outline = outline_here(store, written.path)
    assert (outline.digest, outline.seal.visit, outline.seal.recipients) == (written.digest, VISIT, (own(store),))


def test_no_key_is_made_only_to_look(store: Store, tmp_path: Path) -> None:
    path = write_signed(tmp_path, relayed(3, recipients=(RECIPIENT,))).path
    with pytest.raises(BundleError):
        open_here(store, path)
    assert identities_of(store) == [] and not list((store.folder / keys.FOLDER).glob("*.age"))


def test_what_was_encrypted_for_the_device_before_a_restore_opens_still(store: Store, tmp_path: Path) -> None:
    keys.identity(store.folder, OTHER_LAPTOP)
    before = keys.recipient(store.folder, OTHER_LAPTOP)
    assert merge_bundle(store, write_signed(tmp_path, relayed(3, recipients=(before,))).path).new == 6
    # One that cannot be read any more does not stand in the way of the own.
    keys.identity_path(store.folder, OTHER_LAPTOP).write_text("damaged")
    assert merge_bundle(store, write_signed(tmp_path, relayed(4, recipients=(own(store),))).path).new == 2


def test_a_key_behind_a_passphrase_is_asked_for_and_nothing_is_half_done(store: Store, tmp_path: Path) -> None:
    assert store.device is not None
    path = write_signed(tmp_path, relayed(3, recipients=(own(store),))).path
    key = keys.identity_path(store.folder, store.device.id)
    unlocked = key.read_bytes()
    key.write_bytes(b"age-encryption.org/v1\n-> scrypt")  # how a passphrase wraps it, as far as anybody looks
    with pytest.raises(KeyLocked):
        merge_bundle(store, path)
    assert count(store) == 0
    key.write_bytes(unlocked)
    assert merge_bundle(store, path).new == 6


def test_one_that_waits_for_the_passphrase_keeps_no_other_out(store: Store, tmp_path: Path) -> None:
    assert store.device is not None
    closed = write_signed(tmp_path, relayed(3, recipients=(own(store),))).path
    plain = write_signed(tmp_path / "plain", plain_contents(*make_log(2))).path
    key = keys.identity_path(store.folder, store.device.id)
    unlocked = key.read_bytes()
    key.write_bytes(b"age-encryption.org/v1\n-> scrypt")
    came = []
    with pytest.raises(KeyLocked):
        for merged in merge_bundles(store, [*[closed] * 60, plain, closed]):
            came.append(merged)
    assert [(each.path, each.new) for each in came] == [(plain, 2)]
    assert count(store) == 2
    key.write_bytes(unlocked)
    assert [each.error for each in merge_bundles(store, [closed, plain])] == [None, None]
    assert count(store) == 6


def test_one_that_is_held_back_stays_encrypted_and_goes_in_when_it_is_accepted(store: Store, tmp_path: Path) -> None:
    # Nobody vouches for the colleague's entries.
    theirs = make_log(4, device=OTHER_LAPTOP)
    known = plain_contents(*theirs[:1], device=OTHER_LAPTOP)
    assert merge_bundle(store, write(tmp_path, known, sign=OTHER_KEY.sign, key=OTHER_PUBLIC).path).new == 1
    contents = plain_contents(*make_log(2), *theirs, recipients=(own(store),))
    merged = merge_bundle(store, write_signed(tmp_path / "out", contents).path)
    assert merged.held and merged.new == 2
    (waiting,) = bundles_held(store)
    assert waiting.path.name == f"{merged.digest}.zip.age"
    with pytest.raises(BundleError):
        open_bundle(waiting.path)
    accept(store, waiting.digest)
    assert count(store) == 6


def test_a_bundle_of_a_newer_version_is_kept_as_it_came(store: Store, tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    newer = forge(
        (name, data, 8),
        ("data/voice/0b.opus", b"opus", 8),
        segments=(seal,),
        change=lambda fields: fields.update(format="1.7", recipients=[own(store)]),
        sign=True,
    )
    path = tmp_path / "newer.zip.age"
    path.write_bytes(encrypt(newer, [x25519.Recipient.from_str(own(store))]))
    merged = merge_bundle(store, path)
    assert merged.error is None and merged.new == 3 and merged.kept is not None
    assert merged.kept.suffixes == [".zip", ".age"] and merged.kept.read_bytes() == path.read_bytes()
