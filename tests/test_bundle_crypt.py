"""The outer layer: what is encrypted opens for those it was made for, and leaves nothing readable behind."""

import errno
import hashlib
import io
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage import encrypt, x25519

from assessor_tui.bundle import crypt
from assessor_tui.bundle.archive import LIMITS, Limits
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import open_bundle, read_outline
from assessor_tui.bundle.write import BundleNotWritten, Contents
from tests.bundle_samples import (
    IDENTITY,
    JPEG,
    RECIPIENT,
    STRANGER,
    STRANGERS_RECIPIENT,
    make_log,
    picture,
    plain_contents,
    relayed,
    write,
    write_signed,
)

SECRET = "the effluent was not as the applicant wrote"


def secret(**others: object) -> Contents:
    return plain_contents(*make_log(3, values=(SECRET,) * 2), recipients=(RECIPIENT,), **others)


def large(folder: Path, **others: object) -> Contents:
    """With a photo of some 3 MB, so that it does not fit in memory; every 32 bytes of it can be found again."""
    photo = folder / "photo"
    photo.write_bytes(JPEG + SECRET.encode() * 70_000)
    return secret(evidence={hashlib.sha256(photo.read_bytes()).hexdigest(): photo}, **others)


def refusal(path: Path, scratch: Path | None = None, identities: crypt.Identities = (IDENTITY,)) -> BundleError:
    with pytest.raises(BundleError) as caught:
        open_bundle(path, identities=identities, scratch=scratch)
    assert caught.value.file == path.name and "{" not in str(caught.value) and caught.value.exit_code == 4
    return caught.value


def on_disk(*folders: Path) -> Iterator[bytes]:
    for folder in folders:
        for path in folder.rglob("*") if folder.exists() else ():
            if path.is_file():
                yield path.read_bytes()


# -- there and back


def test_an_encrypted_bundle_opens_for_each_of_its_recipients_and_reads_like_any_other(tmp_path: Path) -> None:
    contents = secret(purpose="delta")._replace(recipients=(STRANGERS_RECIPIENT, RECIPIENT, RECIPIENT))
    written = write_signed(tmp_path, contents, identities=(IDENTITY,))
    assert written.path.name == "Plating-shop-2026_delta-1.zip.age" and written.new
    assert written.size == written.path.stat().st_size
    for identity in (IDENTITY, STRANGER):
        with open_bundle(written.path, identities=(identity,)) as bundle:
            assert bundle.encrypted and bundle.signed and bundle.digest == written.digest
            assert bundle.seal.recipients == tuple(sorted((RECIPIENT, STRANGERS_RECIPIENT)))
            assert [item[:2] for item in bundle.entries()] == make_log(3, values=(SECRET,) * 2)
        outline = read_outline(written.path, identities=(identity,))
        assert (outline.digest, outline.seal) == (written.digest, bundle.seal)


def test_a_large_one_is_unpacked_under_no_name_and_gone_when_closed(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    path = write_signed(tmp_path / "out", large(tmp_path), identities=(IDENTITY,), scratch=scratch).path
    assert list(scratch.iterdir()) == []
    with open_bundle(path, identities=(IDENTITY,), scratch=scratch) as bundle:
        (digest,) = bundle.evidence
        assert hashlib.sha256(b"".join(bundle.evidence_file(digest))).hexdigest() == digest
        if os.name == "posix":
            assert list(scratch.iterdir()) == []
    assert list(scratch.iterdir()) == []
    assert not any(SECRET.encode() in data for data in on_disk(tmp_path / "out"))
    assert not any(digest in path.name for path in (tmp_path / "out").iterdir())


def test_nothing_readable_ever_stands_in_the_folder_it_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    seen: list[bytes] = []
    encrypt_it = crypt.encrypt

    def watched(source: io.BufferedIOBase, target: io.BufferedIOBase, recipients: list[str]) -> None:
        seen.extend(on_disk(stick))
        encrypt_it(source, target, recipients)  # type: ignore[arg-type]
        target.flush()
        seen.extend(on_disk(stick))

    monkeypatch.setattr(crypt, "encrypt", watched)
    write_signed(stick, large(tmp_path), scratch=tmp_path / "scratch")
    seen.extend(on_disk(stick, tmp_path / "scratch"))
    assert len(seen) >= 3 and not any(SECRET.encode() in data or b"PK\x03\x04" in data[:4] for data in seen)


def test_one_without_secrets_is_found_by_its_first_bytes_whatever_its_name(tmp_path: Path) -> None:
    closed = write_signed(tmp_path, secret()).path
    clear = write_signed(tmp_path, plain_contents(*make_log(2))).path
    closed.rename(tmp_path / "a.zip")
    clear.rename(tmp_path / "b.zip.age")
    assert crypt.is_encrypted(tmp_path / "a.zip") and not crypt.is_encrypted(tmp_path / "b.zip.age")
    assert not crypt.is_encrypted(tmp_path) and not crypt.is_encrypted(tmp_path / "none")
    assert open_bundle(tmp_path / "a.zip", identities=(IDENTITY,)).encrypted
    assert not open_bundle(tmp_path / "b.zip.age", identities=(IDENTITY,)).encrypted


def test_keys_are_asked_for_only_when_a_file_is_encrypted(tmp_path: Path) -> None:
    asked: list[int] = []

    def identities() -> list[str]:
        asked.append(1)
        return [IDENTITY]

    assert open_bundle(write(tmp_path, plain_contents(*make_log(2))).path, identities=identities).count == 2
    assert not asked
    assert open_bundle(write_signed(tmp_path, secret()).path, identities=identities).count == 3
    assert len(asked) == 1


def test_a_key_that_cannot_be_had_is_that_and_no_refusal(tmp_path: Path) -> None:
    path = write_signed(tmp_path, secret()).path

    class Locked(Exception):
        pass

    def identities() -> list[str]:
        raise Locked

    with pytest.raises(Locked):
        open_bundle(path, identities=identities)


def test_the_same_bundle_is_not_written_a_second_time_though_its_bytes_would_differ(tmp_path: Path) -> None:
    first = write_signed(tmp_path, secret(), identities=(IDENTITY,))
    again = write_signed(tmp_path, secret(), identities=(IDENTITY,))
    assert (first.new, again.new, again.path) == (True, False, first.path)
    assert len(list(tmp_path.iterdir())) == 1
    by_content = [write_signed(tmp_path, secret(), identities=(IDENTITY,), by_content=True) for _ in range(2)]
    assert [each.new for each in by_content] == [True, False]
    assert by_content[0].path.name == f"Plating-shop-2026_delta_{first.digest[:16]}.zip.age"
    other = write_signed(tmp_path, secret(receipt=b'{"visit":"x"}'), identities=(IDENTITY,))
    assert other.new and other.path.name == "Plating-shop-2026_delta-2.zip.age"


def test_who_may_not_read_it_writes_it_all_the_same(tmp_path: Path) -> None:
    written = write_signed(tmp_path, secret(), identities=(STRANGER,))
    assert written.new and open_bundle(written.path, identities=(IDENTITY,)).digest == written.digest


def test_a_recipient_that_is_none_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        write_signed(tmp_path / "out", secret()._replace(recipients=("age1" + "q" * 58,)))
    assert caught.value.kind == "seal" and list((tmp_path / "out").iterdir()) == []


# -- others


def test_others_cannot_open_it(tmp_path: Path) -> None:
    path = write_signed(tmp_path, secret()).path
    assert refusal(path, identities=(STRANGER,)).kind == "closed"
    assert refusal(path, identities=()).kind == "closed"
    with pytest.raises(BundleError):
        read_outline(path, identities=(STRANGER,))


def clear_of(path: Path, identity: str = IDENTITY) -> bytes:
    with crypt.decrypted(io.BytesIO(path.read_bytes()), path.stat().st_size, [identity], None, LIMITS) as clear:
        return clear.read()


def encrypted(folder: Path, data: bytes, *recipients: str) -> Path:
    path = folder / "again.zip.age"
    path.write_bytes(encrypt(data, [x25519.Recipient.from_str(each) for each in recipients]))
    return path


def test_a_bundle_encrypted_again_for_somebody_else_is_refused(tmp_path: Path) -> None:
    # The stranger was a recipient, opens it, and encrypts it for this laptop, which the sender never named.
    path = write_signed(tmp_path, secret()._replace(recipients=(STRANGERS_RECIPIENT,))).path
    clear = clear_of(path, STRANGER)
    assert refusal(encrypted(tmp_path, clear, RECIPIENT)).kind == "passed on"
    with pytest.raises(BundleError) as caught:
        read_outline(tmp_path / "again.zip.age", identities=(IDENTITY,))
    assert caught.value.kind == "passed on"
    # Handed on readable it is what it is: the seal says for whom it was encrypted.
    (tmp_path / "clear.zip").write_bytes(clear)
    with open_bundle(tmp_path / "clear.zip", identities=(IDENTITY,)) as bundle:
        assert not bundle.encrypted and bundle.seal.recipients == (STRANGERS_RECIPIENT,)


def test_a_bundle_that_names_nobody_and_comes_encrypted_is_refused(tmp_path: Path) -> None:
    clear = write_signed(tmp_path, plain_contents(*make_log(2))).path.read_bytes()
    assert refusal(encrypted(tmp_path, clear, RECIPIENT)).kind == "passed on"
    golden = Path(__file__).parent / "golden" / "bundle-1.0.zip"
    assert refusal(encrypted(tmp_path, golden.read_bytes(), RECIPIENT)).kind == "passed on"


def test_what_is_inside_is_checked_like_any_other_bundle(tmp_path: Path) -> None:
    for inside in (b"", b"no zip", encrypt(b"PK", [x25519.Recipient.from_str(RECIPIENT)])):
        assert refusal(encrypted(tmp_path, inside, RECIPIENT)).kind == "not a bundle"
    path = write_signed(tmp_path, secret()).path
    clear = clear_of(path)
    for bit in random.Random(3).sample(range(len(clear) * 8), 200):
        changed = bytearray(clear)
        changed[bit // 8] ^= 1 << bit % 8
        refusal(encrypted(tmp_path, bytes(changed), RECIPIENT))


def test_a_file_that_a_passphrase_opens_is_for_others(tmp_path: Path) -> None:
    path = tmp_path / "with a passphrase.age"
    scrypt = b"-> scrypt " + b"A" * 22 + b" 18\n" + b"A" * 43 + b"\n"
    path.write_bytes(crypt.MAGIC + scrypt + b"--- " + b"A" * 43 + b"\n" + bytes(100))
    assert refusal(path).kind == "closed"


# -- damage


def test_a_small_one_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = write_signed(tmp_path, secret()).path
    whole, cut, scratch = path.read_bytes(), tmp_path / "cut.zip.age", tmp_path / "scratch"
    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        assert refusal(cut, scratch).kind in ("torn", "not a bundle", "cut short")
    cut.write_bytes(whole + b"\0")
    assert refusal(cut, scratch).kind == "torn"
    assert not scratch.exists()


def test_every_turned_bit_of_a_small_one_is_refused(tmp_path: Path) -> None:
    contents = plain_contents(*make_log(1), recipients=(RECIPIENT,))
    whole = write_signed(tmp_path, contents).path.read_bytes()
    chance = random.Random(5)
    header = whole.index(b"\n--- ") + 60
    bits = [*range(header * 8), *chance.sample(range(header * 8, len(whole) * 8), 3000)]
    for bit in bits:
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BundleError):
            crypt.decrypted(io.BytesIO(changed), len(changed), [IDENTITY], None, LIMITS)


def test_a_large_one_cut_or_damaged_anywhere_leaves_nothing_readable(tmp_path: Path) -> None:
    scratch, damaged = tmp_path / "scratch", tmp_path / "bad" / "bad.zip.age"
    damaged.parent.mkdir()
    whole = write_signed(tmp_path / "out", large(tmp_path)).path.read_bytes()
    assert len(whole) > 3_000_000
    places = [0, 1, 21, 22, 100, 300, 1_000, 65_536, 70_000, 131_072, 1_048_577, 2_000_000, len(whole) - 1]
    for place in places:
        damaged.write_bytes(whole[:place])
        assert refusal(damaged, scratch).kind in ("torn", "not a bundle", "cut short")
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert refusal(damaged, scratch).kind in ("torn", "not a bundle", "cut short", "closed")
        # Two chunks swapped, one left out: each is authentic where it was.
        damaged.write_bytes(whole[:place] + whole[place + 65_552 :])
        refusal(damaged, scratch)
    assert not any(SECRET.encode() in data for data in on_disk(scratch, damaged.parent))
    assert not list(scratch.iterdir())


def test_what_is_refused_after_decrypting_leaves_nothing_readable_either(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    path = write_signed(tmp_path / "out", large(tmp_path)).path
    clear = clear_of(path)
    assert refusal(encrypted(tmp_path, clear[:-1], RECIPIENT), scratch).kind == "cut short"
    assert refusal(encrypted(tmp_path, clear, RECIPIENT, STRANGERS_RECIPIENT), scratch, (STRANGER,)).kind == "passed on"
    assert not list(scratch.iterdir())


def test_what_a_power_cut_has_left_in_the_scratch_folder_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "left").write_text(SECRET)
    (tmp_path / "folder").mkdir()
    crypt.clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_header_of_many_recipients_is_refused_before_it_costs_anything(tmp_path: Path) -> None:
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
    path = tmp_path / "many.zip.age"
    for header in (stanza * 200_000, b"-> X25519 " + b"A" * 50_000_000, b"-> " + b"\n-> " * 20_000):
        path.write_bytes(crypt.MAGIC + header + b"--- " + b"A" * 43 + b"\n" + bytes(100))
        begun = time.process_time()
        assert refusal(path).kind == "torn"
        assert time.process_time() - begun < 2


def test_the_most_recipients_fit(tmp_path: Path) -> None:
    identities = [x25519.Identity.generate() for _ in range(256)]
    contents = secret()._replace(recipients=tuple(str(each.to_public()) for each in identities))
    path = write_signed(tmp_path, contents).path
    assert path.read_bytes().index(b"\n--- ") < 32 * 1024
    assert open_bundle(path, identities=(str(identities[-1]),)).count == 3


def test_an_encrypted_file_that_is_too_large_is_not_looked_into(tmp_path: Path) -> None:
    path = write_signed(tmp_path, large(tmp_path)).path
    with pytest.raises(BundleError) as caught:
        open_bundle(path, Limits(bundle=100_000), identities=(IDENTITY,), scratch=tmp_path / "scratch")
    assert caught.value.kind == "too large" and not (tmp_path / "scratch").exists()


# -- the world


class Failing(io.BytesIO):
    """A disk that gives up after so many bytes."""

    def __init__(self, data: bytes = b"", after: int = 0, number: int = errno.EIO) -> None:
        super().__init__(data)
        self.after, self.number = after, number

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= self.after and self.number == errno.EIO:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)

    def write(self, data: object) -> int:
        if self.tell() >= self.after and self.number == errno.ENOSPC:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


def test_a_stick_that_is_pulled_out_is_said_so(tmp_path: Path) -> None:
    whole = write_signed(tmp_path, large(tmp_path)).path.read_bytes()
    with pytest.raises(BundleError) as caught:
        crypt.decrypted(Failing(whole, after=500_000), len(whole), [IDENTITY], tmp_path / "scratch", LIMITS)
    assert caught.value.kind == "cannot read" and "Input/output" in caught.value.reason


@pytest.mark.skipif(os.name != "posix", reason="no limit on file sizes here")
def test_a_laptop_without_room_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    import resource

    contents = large(tmp_path)
    scratch, path = tmp_path / "scratch", write_signed(tmp_path, contents).path
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        assert refusal(path, scratch).kind == "no room"
        with pytest.raises(BundleNotWritten):
            write_signed(tmp_path / "out", contents, scratch=scratch)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(scratch.iterdir()) and not list((tmp_path / "out").iterdir())
    with open_bundle(path, identities=(IDENTITY,), scratch=scratch) as bundle:
        assert bundle.count == 3


def test_what_fails_while_encrypting_is_the_disk_and_nothing_else() -> None:
    with pytest.raises(OSError, match="No space"):
        crypt.encrypt(io.BytesIO(bytes(1_000_000)), Failing(after=70_000, number=errno.ENOSPC), [RECIPIENT])
    with pytest.raises(OSError, match="Input/output"):
        crypt.encrypt(Failing(bytes(1_000_000), after=70_000), io.BytesIO(), [RECIPIENT])


class Interrupted(io.BytesIO):
    """Somebody presses Ctrl+C meanwhile."""

    def write(self, data: object) -> int:
        raise KeyboardInterrupt


def test_who_stops_it_has_stopped_it_and_no_bundle_is_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        crypt.encrypt(io.BytesIO(bytes(1_000_000)), Interrupted(), [RECIPIENT])
    whole = write_signed(tmp_path, large(tmp_path)).path.read_bytes()
    monkeypatch.setattr(crypt, "scratch_file", lambda scratch: Interrupted())
    with pytest.raises(KeyboardInterrupt):
        crypt.decrypted(io.BytesIO(whole), len(whole), [IDENTITY], None, LIMITS)


def test_a_wanted_photo_in_an_encrypted_bundle_is_wanted(tmp_path: Path) -> None:
    contents = plain_contents(*make_log(2, values=(picture("ab" * 32),)), recipients=(RECIPIENT,))
    assert open_bundle(write_signed(tmp_path, contents).path, identities=(IDENTITY,)).wanted == {"ab" * 32}


def test_what_a_bundle_encloses_travels_encrypted_too(tmp_path: Path) -> None:
    contents = relayed(2, recipients=(RECIPIENT,))
    with open_bundle(write_signed(tmp_path, contents).path, identities=(IDENTITY,)) as bundle:
        assert (bundle.receipt, bundle.roster) == (contents.receipt, contents.roster)
        assert [bundle.proven(each) for each in bundle.seal.segments] == [2, 2]
