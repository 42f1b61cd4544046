"""What a bundle carries comes out as it went in, the same bytes every time, and valid for other programs."""

import hashlib
import os
import zipfile
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.names import file_stem
from assessor_tui.bundle.read import Bundle, open_bundle
from assessor_tui.bundle.write import BundleNotWritten, NothingToCarry, Segment, segments_of, write_bundle
from assessor_tui.evidence.files import EvidenceDamaged, EvidenceMissing
from assessor_tui.ledger.entry import Entry, to_line
from tests.bundle_samples import (
    APP,
    COLLEAGUE,
    FORM,
    JPEG,
    KEY,
    LAPTOP,
    OTHER_VISIT,
    PUBLIC,
    SCHEME,
    VISIT,
    make_log,
    picture,
    plain_contents,
    small_bundle,
    write,
)

PHOTO = hashlib.sha256(JPEG).hexdigest()


def entries(bundle: Bundle) -> list[tuple[str, Entry]]:
    return [(digest, entry) for digest, entry, _ in bundle.entries()]


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    path = small_bundle(tmp_path)
    with open_bundle(path) as bundle:
        assert entries(bundle) == make_log(3, values=(picture(PHOTO),))
        assert [line for _, _, line in bundle.entries()] == [to_line(entry) for _, entry in entries(bundle)]
        assert [bundle.form(digest) for digest in bundle.forms] == [FORM]
        assert [bundle.scheme(digest) for digest in bundle.schemes] == [SCHEME]
        assert b"".join(bundle.evidence_file(PHOTO)) == JPEG
        assert bundle.evidence[PHOTO].type == "image/jpeg"
        assert (bundle.count, bundle.wanted, bundle.signed, bundle.unknown) == (3, frozenset(), False, ())
        assert (bundle.seal.visit, bundle.seal.device, bundle.seal.purpose) == (VISIT, LAPTOP, "delta")


def test_the_same_contents_are_the_same_bytes(tmp_path: Path) -> None:
    one, other = small_bundle(tmp_path / "one"), small_bundle(tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    assert one.name == other.name == "Plating-shop-2026_delta-1.zip"


def test_a_bundle_written_again_is_not_written_twice(tmp_path: Path) -> None:
    contents = plain_contents(*make_log(3))
    first, second = write(tmp_path, contents), write(tmp_path, contents)
    assert (first.new, second.new, first.path) == (True, False, second.path)
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]


def test_another_file_of_that_name_is_never_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "elsewhere", plain_contents(*make_log(3))).path
    (tmp_path / path.name).write_text("someone else's")
    written = write(tmp_path, plain_contents(*make_log(3)))
    assert (tmp_path / path.name).read_text() == "someone else's"
    assert written.path.name != path.name and open_bundle(written.path).count == 3


def test_unzipped_it_is_a_valid_bag(tmp_path: Path) -> None:
    with zipfile.ZipFile(small_bundle(tmp_path)) as archive:
        archive.extractall(tmp_path / "bag")
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert bag.version == "1.0" and bag.info["External-Identifier"] == VISIT


def test_a_signed_bundle_names_its_key_and_reads(tmp_path: Path) -> None:
    path = write(tmp_path, plain_contents(*make_log(2)), sign=KEY.sign, key=PUBLIC).path
    with open_bundle(path) as bundle:
        assert bundle.signed and bundle.seal.key == PUBLIC.hex()


def test_a_gap_and_a_fork_each_begin_a_segment(tmp_path: Path) -> None:
    log = make_log(6)
    branch = make_log(2, after=log[2], values=(picture(PHOTO),) * 9)
    all_of_it = [*log[:2], *log[3:], log[2], *branch]
    assert sorted(len(list(segment.lines)) for segment in segments_of(all_of_it)) == [2, 3, 3]
    without = [item for item in log if item[1].seq != 3]
    assert [len(list(segment.lines)) for segment in segments_of(without)] == [2, 3]
    bundle = open_bundle(write(tmp_path, plain_contents(*all_of_it)).path)
    assert sorted(entries(bundle)) == sorted(all_of_it) and bundle.wanted == {PHOTO}


def test_a_run_whose_chain_is_broken_is_carried_as_two(tmp_path: Path) -> None:
    log = make_log(6)
    branch = make_log(2, after=log[2], values=(picture(PHOTO),) * 9)
    interleaved = [*log[:3], branch[0], log[4], branch[1], log[3]]
    segments = [Segment(VISIT, LAPTOP, [to_line(entry) for _, entry in interleaved])] * 2
    bundle = open_bundle(write(tmp_path, plain_contents(segments=segments)).path)
    assert sorted(entries(bundle)) == sorted(interleaved)


@settings(max_examples=25)
@given(st.data())
def test_any_set_of_entries_whatever_is_missing_or_forked_comes_out_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    logs = []
    for device in (LAPTOP, COLLEAGUE):
        log = make_log(data.draw(st.integers(1, 6)), device=device)
        for number in range(data.draw(st.integers(0, 2))):
            after = data.draw(st.sampled_from(log))
            log += make_log(2, device=device, after=after, values=(f"branch {number}",) * 20)
        logs += log
    chosen = data.draw(st.lists(st.sampled_from(logs), min_size=1, unique_by=lambda item: item[0]))
    written = write(tmp_path_factory.mktemp("bundle"), plain_contents(*chosen))
    bundle = open_bundle(written.path)
    assert sorted(entries(bundle)) == sorted(chosen)
    again = write(tmp_path_factory.mktemp("bundle"), plain_contents(*reversed(entries(bundle))))
    assert again.path.read_bytes() == written.path.read_bytes()


def test_an_invite_also_carries_earlier_visits(tmp_path: Path) -> None:
    carried = make_log(2) + make_log(3, visit=OTHER_VISIT) + make_log(1, visit=OTHER_VISIT, device=COLLEAGUE)
    bundle = open_bundle(write(tmp_path, plain_contents(*carried, purpose="invite")).path)
    assert sorted(entries(bundle)) == sorted(carried)
    assert [segment.visit for segment in bundle.seal.segments] == [VISIT, OTHER_VISIT, OTHER_VISIT]


def test_many_entries_are_read_a_second_time_from_disk(tmp_path: Path) -> None:
    text = "a long note of the assessor, " * 600
    log = make_log(600, values=(text,) * 600)
    bundle = open_bundle(write(tmp_path, plain_contents(*log)).path)
    assert not bundle._kept and entries(bundle) == log


@pytest.mark.parametrize(
    ("label", "stem"),
    [
        ("EP-0137_Example: Cells / A_CHAN Tai Man_2026-11-12", "EP-0137_Example-Cells-A_CHAN-Tai-Man_2026-11-12"),
        ("電鍍廠: <b>_陳大文_2026-11-12", "電鍍廠-b_陳大文_2026-11-12"),
        ("ＥＰ－０１３７_..\\..\x1b[31m_\u202eCON", "EP-0137_31m_CON"),
        ("*_?_:", VISIT[:8]),
        ("", VISIT[:8]),
    ],
)  # fmt: skip
def test_a_name_keeps_letters_of_every_script_and_nothing_that_a_file_system_refuses(label: str, stem: str) -> None:
    assert file_stem(label, VISIT, "full") == f"{stem}_full"


@given(st.text(), st.text(), st.text())
def test_whatever_people_and_sites_are_called_a_name_fits_every_file_system(one: str, two: str, three: str) -> None:
    stem = file_stem(f"{one}_{two}_{three}_2026-11-12", VISIT, "full")
    assert len(f"{stem}-9999.01234567.part".encode()) <= 240
    assert not set(stem) & set('<>:"/\\|?*. ') and stem.isprintable()


def test_a_very_long_name_is_cut_between_characters(tmp_path: Path) -> None:
    contents = plain_contents(*make_log(1))
    path = write_bundle(tmp_path, contents, label="_".join("電鍍" * 500 for _ in range(3)), app=APP).path
    assert path.name == "_".join(["電鍍" * 8] * 3) + "_delta-1.zip"


def test_bundles_of_one_name_are_numbered_and_none_is_overwritten(tmp_path: Path) -> None:
    paths = [write(tmp_path, plain_contents(*make_log(count))).path for count in (1, 2, 3)]
    assert [path.name for path in paths] == [f"Plating-shop-2026_delta-{number}.zip" for number in (1, 2, 3)]
    paths[0].unlink()
    # A number that is free again is not the newest one.
    assert write(tmp_path, plain_contents(*make_log(4))).path.name == "Plating-shop-2026_delta-4.zip"
    assert not write(tmp_path, plain_contents(*make_log(2))).new


def test_nothing_new_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NothingToCarry):
        write(tmp_path, plain_contents())


def test_a_missing_or_changed_photo_leaves_nothing_behind(tmp_path: Path) -> None:
    photo = tmp_path / "photo"
    contents = plain_contents(*make_log(1), evidence={PHOTO: photo})
    out = tmp_path / "out"
    with pytest.raises(EvidenceMissing):
        write(out, contents)
    photo.write_bytes(JPEG[:-1] + b"?")
    with pytest.raises(EvidenceDamaged):
        write(out, contents)
    assert not out.exists() or not list(out.iterdir())


def test_a_folder_that_is_a_file_takes_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BundleNotWritten) as caught:
        write(tmp_path / "file", plain_contents(*make_log(1)))
    assert str(tmp_path / "file") in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="no limit on file sizes here")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    import resource

    photo = tmp_path / "photo"
    photo.write_bytes(JPEG + bytes(600_000))
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    contents = plain_contents(*make_log(3), evidence={digest: photo})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        with pytest.raises(BundleNotWritten):
            write(tmp_path / "out", contents)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "out").iterdir()) == []
    assert write(tmp_path / "out", contents).new


def test_what_no_bundle_may_hold_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        write(tmp_path / "out", plain_contents(*make_log(3), forms=(b'{"b":1, "a":2}',)))
    assert caught.value.kind == "form" and not caught.value.file.endswith(".part")
    with pytest.raises(BundleError):
        write(tmp_path / "out", plain_contents(*make_log(3), purpose="everything"))
    assert list((tmp_path / "out").iterdir()) == []


def test_parts_can_be_read_by_turns(tmp_path: Path) -> None:
    photo = tmp_path / "photo"
    photo.write_bytes(JPEG + os.urandom(3_000_000))
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    log = make_log(20, values=(os.urandom(4000).hex(),) * 20)
    bundle = open_bundle(write(tmp_path, plain_contents(*log, forms=(FORM,), evidence={digest: photo})).path)
    bundle._kept.clear()
    pieces = []
    for piece, (_, entry, _) in zip(bundle.evidence_file(digest), bundle.entries(), strict=False):
        pieces.append(piece)
        assert entry.visit == VISIT and bundle.form(bundle.forms[0]) == FORM
    assert b"".join(pieces) == photo.read_bytes()[: sum(map(len, pieces))]
    bundle.close()
    with pytest.raises(BundleError):
        next(bundle.evidence_file(digest))


def test_lines_from_the_ledger_are_carried_untouched(tmp_path: Path) -> None:
    log = make_log(3)
    segment = Segment(VISIT, LAPTOP, (to_line(entry) for _, entry in log))
    assert entries(open_bundle(write(tmp_path, plain_contents(segments=[segment])).path)) == log
