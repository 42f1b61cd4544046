"""Files that wait in a visit's inbox: listed, hashed, dated, taken; what is wrong with one is said, none is lost."""

import base64
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from assessor_tui.evidence import inbox
from assessor_tui.evidence.files import FileGone, evidence_path, preview_path, small_picture
from assessor_tui.evidence.inbox import ARRIVING, REFUSED, TAKEN, WAITING, File, Seen, StillArriving
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import reference
from assessor_tui.ledger.value import Evidence
from assessor_tui.visit import Visit
from tests.pictures import heic, jpeg
from tests.small_visit import NINE, begin, laptop

LATER = NINE + 3600 * 10**6
"""An hour after everything was written."""


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "data", "Ann") as store:
        yield begin(store)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(box: Path, name: str, data: bytes, at: int = NINE) -> Path:
    path = box / name
    path.write_bytes(data)
    os.utime(path, ns=(at * 1000, at * 1000))
    return path


def listed(box: Path, visit: Visit, *, hash_them: bool = True) -> dict[str, File]:
    looked = inbox.look(box, {}, LATER)
    if hash_them:
        for name, seen in inbox.hashed(box, looked, lambda: False):
            looked[name] = (looked[name][0], seen)
    files = inbox.files_of(box, looked, visit.state, inbox.clocks_of(visit.store, visit.id))
    return {file.name: file for file in files}


def minutes(file: File) -> int | None:
    """After nine o'clock."""
    return None if file.at is None else (file.at - NINE) // 60_000_000


# The folder


def test_a_visit_has_an_inbox_with_a_name_that_people_recognise(visit: Visit, tmp_path: Path) -> None:
    folder = inbox.folder_of(visit.store, visit.id, "Kam Fung: A/B 2026-11-12")
    assert folder.parent == visit.store.folder / "inbox"
    assert folder.name == f"Kam Fung A B 2026-11-12 {visit.id[:4]}"
    chosen = inbox.use_folder(visit.store, visit.id, tmp_path / "card", make=True)
    assert inbox.folder_of(visit.store, visit.id, "renamed") == chosen == tmp_path / "card"


def test_a_folder_that_is_none_is_refused_and_the_old_one_stays(visit: Visit, tmp_path: Path, box: Path) -> None:
    inbox.use_folder(visit.store, visit.id, box)
    put(tmp_path, "file", b"text")
    for wrong in (tmp_path / "file", tmp_path / "nowhere"):
        with pytest.raises(inbox.InboxUnusable):
            inbox.use_folder(visit.store, visit.id, wrong)
    assert inbox.folder_of(visit.store, visit.id, "") == box


# Listing


def test_files_are_listed_in_the_order_people_count(visit: Visit, box: Path) -> None:
    for name in ("IMG_10.jpg", "IMG_9.jpg", ".hidden", "Thumbs.db", "b.pdf"):
        put(box, name, b"%PDF-1.7")
    assert list(listed(box, visit)) == ["b.pdf", "IMG_9.jpg", "IMG_10.jpg"]


def test_what_cannot_be_taken_is_shown_with_the_reason_and_what_to_do(visit: Visit, box: Path) -> None:
    put(box, "video.mp4", b"\0\0\0\x18ftypisom" + bytes(100))
    put(box, "photo.jpg", b"MZ\x90\0" + bytes(100))
    put(box, "drawing.dwg", b"AC1032" + bytes(100))
    put(box, "nothing.jpg", b"")
    put(box, "fine.HEIC", heic())
    (box / "100CANON").mkdir()
    (box / "link.jpg").symlink_to(box / "fine.HEIC")
    with (box / "huge.tif").open("wb") as stream:
        stream.truncate(inbox.MAX_FILE + 1)
    os.utime(box / "huge.tif", ns=(NINE * 1000, NINE * 1000))
    files = listed(box, visit)
    codes = {name: file.problem.code for name, file in files.items() if file.problem}
    assert codes == {
        "100CANON": "inbox.folder", "drawing.dwg": "inbox.type", "huge.tif": "inbox.too_large",
        "link.jpg": "inbox.link", "nothing.jpg": "inbox.empty", "photo.jpg": "inbox.program",
        "video.mp4": "inbox.video",
    }  # fmt: skip
    assert {file.state for name, file in files.items() if name != "fine.HEIC"} == {REFUSED}
    assert "{" not in " ".join(sentence(file.problem) for file in files.values() if file.problem)
    assert (files["fine.HEIC"].state, files["fine.HEIC"].seen.type) == (WAITING, "image/heic")


def test_a_file_that_is_being_copied_is_arriving_until_it_rests(box: Path) -> None:
    path = put(box, "IMG_1.jpg", jpeg("2026:11:12 09:05:00")[:300], NINE)
    looked = inbox.look(box, {}, NINE + 500_000)
    assert looked["IMG_1.jpg"][0] == ARRIVING
    put(box, "IMG_1.jpg", jpeg("2026:11:12 09:05:00"), NINE + 10_000_000)
    looked = inbox.look(box, {name: seen for name, (_, seen) in looked.items()}, NINE + 20_000_000)
    assert looked["IMG_1.jpg"][0] == ARRIVING
    looked = inbox.look(box, {name: seen for name, (_, seen) in looked.items()}, NINE + 22_000_000)
    assert (looked["IMG_1.jpg"][0], looked["IMG_1.jpg"][1].taken) == (WAITING, "2026-11-12T09:05:00")
    assert path.exists()


def test_what_was_read_once_is_not_read_again_until_it_changes(visit: Visit, box: Path) -> None:
    path = put(box, "IMG_1.jpg", jpeg("2026:11:12 09:05:00"))
    looked = inbox.look(box, {}, LATER)
    inbox.keep_seen(visit.store, visit.id, {name: seen for name, (_, seen) in looked.items()})
    kept = inbox.seen_of(visit.store, visit.id)
    path.write_bytes(bytes(path.stat().st_size))
    os.utime(path, ns=(NINE * 1000, NINE * 1000))
    assert inbox.look(box, kept, LATER) == looked
    assert kept == {"IMG_1.jpg": looked["IMG_1.jpg"][1]}


def test_two_thousand_files_at_once_are_listed(visit: Visit, box: Path) -> None:
    photo = jpeg("2026:11:12 09:05:00")
    for number in range(2000):
        (box / f"IMG_{number}.jpg").write_bytes(photo)
    looked = inbox.look(box, {}, LATER + 10**15)
    assert len(looked) == 2000
    assert list(looked)[-1] == "IMG_1999.jpg"
    assert len(inbox.files_of(box, looked, visit.state, {})) == 2000


def test_a_name_that_is_no_text_can_be_listed(visit: Visit, box: Path) -> None:
    if os.name != "posix":
        pytest.skip("names are text there")
    Path(os.fsdecode(os.fsencode(box) + b"/IMG_\xff.jpg")).write_bytes(jpeg())
    looked = inbox.look(box, {}, LATER + 10**15)
    inbox.keep_seen(visit.store, visit.id, {name: seen for name, (_, seen) in looked.items()})
    (name,) = looked
    assert inbox.keep(visit, box / name).about["type"] == "image/jpeg"


# Time


def test_a_photo_without_a_time_of_its_own_comes_after_its_neighbour_by_name(visit: Visit, box: Path) -> None:
    put(box, "IMG_9.jpg", jpeg("2026:11:12 09:30:00"))
    put(box, "IMG_10.jpg", jpeg())
    put(box, "IMG_2.jpg", jpeg(colour="red"))
    put(box, "paper.pdf", b"%PDF-1.7")
    files = listed(box, visit)
    assert (minutes(files["IMG_10.jpg"]), files["IMG_10.jpg"].after) == (30, "IMG_9.jpg")
    assert (minutes(files["IMG_2.jpg"]), files["IMG_2.jpg"].after) == (None, "")
    assert minutes(files["paper.pdf"]) is None


def test_two_clocks_an_hour_apart_are_brought_together_camera_by_camera(visit: Visit, box: Path) -> None:
    put(box, "IMG_1.jpg", jpeg("2026:11:12 08:02:00"))
    put(box, "DSC_1.jpg", jpeg("2026:11:12 09:30:00", make="Nikon"))
    put(box, "phone.jpg", jpeg("2026:11:12 01:40:00", zone="+00:00", make="Phone"))
    camera = listed(box, visit)["IMG_1.jpg"].seen.camera
    inbox.set_clock(visit.store, visit.id, camera, 3600 - 60)
    files = listed(box, visit)
    assert {name: minutes(file) for name, file in files.items()} == {"IMG_1.jpg": 1, "DSC_1.jpg": 30, "phone.jpg": 40}
    about = inbox.keep(visit, box / "IMG_1.jpg").about
    assert (about["taken"], about["camera"]) == ("2026-11-12T09:01:00", "2026-11-12T08:02:00")
    assert "camera" not in inbox.keep(visit, box / "DSC_1.jpg").about


def test_the_clock_was_shown_nearest_to_a_moment() -> None:
    assert inbox.nearest_showing([], 5) is None
    assert inbox.nearest_showing([(10, 20), (100, 110)], 15) == 15
    assert inbox.nearest_showing([(10, 20), (100, 110)], 90) == 100
    assert inbox.nearest_showing([(10, 20), (100, 110)], 5) == 10


# Taking


def test_a_taken_file_stays_where_it_is_and_is_not_offered_again(visit: Visit, box: Path) -> None:
    path = put(box, "IMG_1.jpg", jpeg("2026:11:12 09:05:00"))
    value = inbox.keep(visit, path, listed(box, visit)["IMG_1.jpg"].seen, caption="RTO 2")
    sha256 = value.about["sha256"]
    assert (value.kind, value.about["caption"], value.about["taken"]) == ("photo", "RTO 2", "2026-11-12T09:05:00")
    assert path.exists()
    assert evidence_path(visit.store.folder, sha256).exists()
    assert preview_path(visit.store.folder, sha256).exists()
    visit.record(acts.ATTACH, "check", "meter", value)
    put(box, "copy of IMG_1.jpg", path.read_bytes())
    assert {file.state for file in listed(box, visit).values()} == {TAKEN}
    visit.undo()
    assert listed(box, visit)["IMG_1.jpg"].state == REFUSED  # the other one is enough
    assert listed(box, visit)["copy of IMG_1.jpg"].state == WAITING


def test_the_same_photo_twice_is_recognised(visit: Visit, box: Path) -> None:
    put(box, "IMG_1.jpg", jpeg())
    put(box, "IMG_1 (1).jpg", jpeg())
    files = listed(box, visit)
    twice = [file for file in files.values() if file.problem]
    assert [file.problem.code for file in twice if file.problem] == ["inbox.twice"]


def test_a_withdrawn_file_is_not_offered_again(visit: Visit, box: Path) -> None:
    path = put(box, "IMG_1.jpg", jpeg())
    value = inbox.keep(visit, path)
    visit.record(acts.ATTACH, "check", "meter", value)
    withdraw(visit, value.about["sha256"], "a worker's face")
    file = listed(box, visit)["IMG_1.jpg"]
    assert file.state == REFUSED
    assert file.problem is not None
    assert "a worker's face" in sentence(file.problem)


def test_a_file_that_vanishes_or_grows_while_it_is_copied_is_not_taken(visit: Visit, box: Path) -> None:
    path = put(box, "IMG_1.jpg", jpeg())
    seen = listed(box, visit)["IMG_1.jpg"].seen
    put(box, "IMG_1.jpg", jpeg() + bytes(10))
    with pytest.raises(StillArriving):
        inbox.keep(visit, path, seen)
    path.unlink()
    with pytest.raises(FileGone):
        inbox.keep(visit, path, seen)
    assert list(inbox.hashed(box, {"IMG_1.jpg": (WAITING, seen._replace(sha256=""))}, lambda: False)) == []
    assert visit.store.all_evidence() == []


def test_a_photo_of_sixty_megabytes_is_taken(visit: Visit, box: Path) -> None:
    path = put(box, "large.jpg", jpeg("2026:11:12 09:05:00", size=(400, 300)))
    with path.open("ab") as stream:
        stream.truncate(60_000_000)
    assert inbox.keep(visit, path).about["size"] == "60000000"


def test_hashing_stops_when_it_is_asked_to(visit: Visit, box: Path) -> None:
    for number in range(5):
        put(box, f"IMG_{number}.jpg", jpeg())
    looked = inbox.look(box, {}, LATER)
    asked = iter([False, False, True])
    assert len(list(inbox.hashed(box, looked, lambda: next(asked)))) == 2


def test_what_was_kept_by_another_version_is_read_anew(visit: Visit) -> None:
    visit.store.set_local(visit.id, inbox.SEEN, {"IMG_1.jpg": [1] * 20})
    assert inbox.seen_of(visit.store, visit.id) == {}
    assert Seen(1, 2).sha256 == ""


def test_where_a_photo_was_taken_is_in_the_original_and_in_nothing_that_is_handed_out(
    visit: Visit, box: Path, tmp_path: Path
) -> None:
    from assessor_tui.reports.html import write_report

    path = put(box, "IMG_1.jpg", jpeg("2026:11:12 09:05:00", place=True, size=(1200, 900)))
    assert b"Exif" in path.read_bytes()
    value = inbox.keep(visit, path)
    visit.record(acts.ATTACH, "check", "meter", value)
    with Image.open(path) as original:
        assert original.getexif().get_ifd(0x8825)
    preview = preview_path(visit.store.folder, value.about["sha256"])
    for data in (preview.read_bytes(), small_picture(path)):
        with Image.open(io.BytesIO(data)) as small:
            assert not small.getexif()
        assert b"Exif" not in data
    for audience in ("site", "review"):
        for written in write_report(visit, tmp_path / audience, language="en-HK", audience=audience):
            pictures = re.findall(rb"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", written.read_bytes())
            assert not any(b"Exif" in base64.b64decode(each) for each in pictures)


def test_a_corrected_clock_brings_nothing_back_that_went_while_the_photos_were_read(visit: Visit, box: Path) -> None:
    for second in (1, 2):
        path = put(box, f"IMG_{second}.jpg", jpeg(f"2026:11:12 09:00:0{second}"))
        visit.record(acts.ATTACH, "check", "words", inbox.keep(visit, path))
    camera = listed(box, visit)["IMG_1.jpg"].seen.camera
    inbox.set_clock(visit.store, visit.id, camera, 3600)
    said = inbox.corrected(visit, camera)
    (first, entry), (second, _) = visit.state.standing_files()
    visit.record(acts.DETACH, "check", "words", replaces=[reference(entry.device, entry.seq, first)])
    assert len(said) == 2
    visit.record_together(inbox.still_standing(visit, said))
    ((changed, tie),) = visit.state.standing_files()
    assert isinstance(tie.value, Evidence) and changed != second
    assert (tie.value.about["name"], tie.value.about["taken"]) == ("IMG_2.jpg", "2026-11-12T10:00:02")
