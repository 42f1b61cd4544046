"""Photos and papers: stored whole under their digest or not at all, opened only when nothing has changed."""

import hashlib
import io
import os
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assessor_tui.evidence.files import (
    TYPES,
    CannotKeep,
    EvidenceDamaged,
    EvidenceError,
    EvidenceMissing,
    FileGone,
    FileTooLarge,
    NotAFile,
    TypeNotAllowed,
    evidence_path,
    make_preview,
    open_evidence,
    preview_path,
    sniff,
    store_file,
    store_files,
)


def picture(size: tuple[int, int] = (40, 30), form: str = "JPEG", **exif: str) -> bytes:
    image = Image.new("RGB", size, "green")
    out = io.BytesIO()
    data = Image.Exif()
    if exif:
        data[0x0112] = 6  # turned by 90 degrees
        data.get_ifd(0x8769).update({0x9003: exif["when"], 0x9011: exif.get("zone", "")})
    image.save(out, form, exif=data)
    return out.getvalue()


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<xml/>" * 10)
    return out.getvalue()


SHEET = office("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
PAPER = office("[Content_Types].xml", "_rels/.rels", "word/document.xml")

# -- what may stand as evidence


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (picture(), "image/jpeg"),
        (picture(form="PNG"), "image/png"),
        (picture(form="WEBP"), "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        (b"meter,kWh\r\n1,200\r\n", "text/plain"),
        ("電錶,度數\n".encode(), "text/plain"),
        ("電錶,度數\n".encode("big5"), "text/plain"),
        ("電錶,度數\n".encode("utf-16"), "text/plain"),
        (b"=HYPERLINK(1)<script>", "text/plain"),
        (SHEET, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (PAPER, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_allowed_types_are_known_by_their_content(data: bytes, media: str) -> None:
    assert sniff(data) == media and media in TYPES


@pytest.mark.parametrize(
    "data",
    [
        b"", b"MZ\x90\0\x03", b"\x7fELF\x02\x01", b"GIF89a\x01\0", b"RIFF\0\0\0\0AVI LIST", b"SQLite format 3\0",
        b"PK\x03\x04", office("a.txt"), office("xl/workbook.xml", "xl/vbaProject.bin"), office("xl/a", "word/a"),
        b"\0\0\0\x18ftypisom\0\0\0\0", b"\x1b[31mred", b"junk before\x00%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x89PNG\r\n\x1a\n\0\0\0\0AAAA", b"\xff\xfe\x00\x00\x01\x00", b"age\x7f",
    ],
)  # fmt: skip
def test_other_files_are_not_evidence(data: bytes) -> None:
    assert sniff(data) == ""


@given(st.binary(max_size=200))
def test_any_first_bytes_have_an_answer(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", b"RIFF", b"\0\0\0\x18ftyp"):
        assert sniff(start + data) in {"", *TYPES}


# -- storing


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_is_stored_under_its_digest_and_opens(tmp_path: Path) -> None:
    source = tmp_path / "roof 屋頂.jpg"
    source.write_bytes(picture())
    stored = store_file(tmp_path / "data", source)
    digest = hashlib.sha256(picture()).hexdigest()
    assert stored == (digest, len(picture()), "image/jpeg")
    assert files_in(tmp_path / "data") == [tmp_path / "data" / "evidence" / digest[:2] / digest[2:]]
    with open_evidence(tmp_path / "data", digest) as stream:
        assert stream.read() == picture()
    assert store_file(tmp_path / "data", source) == stored and len(files_in(tmp_path / "data")) == 1


def test_a_file_may_come_in_pieces(tmp_path: Path) -> None:
    pieces = [bytes([byte]) for byte in picture()]
    assert store_file(tmp_path, pieces).type == "image/jpeg"
    assert store_file(tmp_path, iter([b"a" * 5000, b"\0 no longer looked at"])).type == "text/plain"


def test_what_cannot_stand_as_evidence_leaves_nothing_behind(tmp_path: Path) -> None:
    data, source = tmp_path / "data", tmp_path / "file"
    cases: list[tuple[type[EvidenceError], bytes]] = [
        (TypeNotAllowed, b""), (TypeNotAllowed, b"MZ\0"), (TypeNotAllowed, b"MZ\0" + bytes(9000)),
        (FileTooLarge, b"text " * 300),
    ]  # fmt: skip
    for kind, content in cases:
        source.write_bytes(content)
        with pytest.raises(kind) as caught:
            store_file(data, source, limit=1024 if kind is FileTooLarge else 10**6)
        assert "file" in str(caught.value) and "{" not in str(caught.value)
        assert files_in(data) == []


def test_a_type_of_a_newer_version_is_kept_when_asked(tmp_path: Path) -> None:
    stored = store_file(tmp_path, [b"\0new" * 3000], any_type=True)
    assert stored.type == ""
    open_evidence(tmp_path, stored.sha256).close()


def test_folders_links_pipes_and_vanished_files_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(NotAFile):
        store_file(data, tmp_path)
    with pytest.raises(FileGone):
        store_file(data, tmp_path / "gone.jpg")
    with pytest.raises(FileGone):
        store_file(data, tmp_path / "nul\0.jpg")
    if os.name == "posix":
        (tmp_path / "real.txt").write_text("text")
        (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
        os.mkfifo(tmp_path / "pipe")
        for name in ("link.txt", "pipe"):
            with pytest.raises(NotAFile):
                store_file(data, tmp_path / name)
    assert files_in(data) == []


def test_a_stick_pulled_out_while_copying_leaves_nothing_behind(tmp_path: Path) -> None:
    def pulled_out() -> Iterator[bytes]:
        yield b"text " * 2000
        raise FileGone("notes.txt", "Input/output error")

    with pytest.raises(FileGone):
        store_file(tmp_path, pulled_out())
    assert files_in(tmp_path) == []


def test_many_files_are_stored_as_each_would_be(tmp_path: Path) -> None:
    texts = [f"page {number}".encode() for number in (*range(120), 3)]
    stored = store_files(tmp_path, ((f"{number}.txt", [text]) for number, text in enumerate(texts)))
    assert [each.sha256 for each in stored] == [hashlib.sha256(text).hexdigest() for text in texts]
    for each, text in zip(stored, texts, strict=True):
        with open_evidence(tmp_path, each.sha256) as stream:
            assert stream.read() == text
    assert len(files_in(tmp_path)) == 120


def test_one_of_many_that_fails_is_named_and_nothing_half_written_stays(tmp_path: Path) -> None:
    files = [("good.txt", [b"text"]), ("bad.exe", [b"MZ\0\0"]), ("never.txt", [b"more text"])]
    with pytest.raises(TypeNotAllowed, match=r"bad\.exe"):
        store_files(tmp_path, files)
    assert files_in(tmp_path) == []
    assert store_files(tmp_path, []) == []


@pytest.mark.skipif(os.name != "posix", reason="no limit on file sizes here")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(CannotKeep):
            store_file(tmp_path, [b"text " * 10_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files_in(tmp_path) == []


def test_a_data_folder_that_takes_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(CannotKeep) as caught:
        store_file(tmp_path / "data", [b"text"], name="notes.txt")
    assert "notes.txt" in str(caught.value)


def test_a_damaged_file_is_not_opened_and_is_mended_by_a_good_copy(tmp_path: Path) -> None:
    stored = store_file(tmp_path, [picture()])
    path = evidence_path(tmp_path, stored.sha256)
    path.write_bytes(picture()[:-1] + b"?")
    with pytest.raises(EvidenceDamaged) as caught:
        open_evidence(tmp_path, stored.sha256)
    assert caught.value.exit_code == 5
    store_file(tmp_path, [picture()])
    open_evidence(tmp_path, stored.sha256).close()


def test_a_file_that_has_not_arrived_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing):
        open_evidence(tmp_path, "0" * 64)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 62 + "/."])
def test_only_a_digest_names_a_file(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        evidence_path(tmp_path, digest)


# -- pictures


def test_a_preview_is_small_upright_and_says_nothing_of_the_place(tmp_path: Path) -> None:
    stored = store_file(tmp_path, [picture((2000, 1000), when="2026:11:12 10:03:00")])
    path = make_preview(tmp_path, stored.sha256)
    assert path == preview_path(tmp_path, stored.sha256) == make_preview(tmp_path, stored.sha256)
    with Image.open(path) as image:
        assert (image.size, image.format, dict(image.getexif())) == ((320, 640), "JPEG", {})
    assert b"Exif" not in path.read_bytes()


def test_what_is_no_picture_or_a_broken_one_has_no_preview(tmp_path: Path) -> None:
    broken = picture((300, 300), form="PNG")
    for data in (b"text", b"%PDF-1.7", broken[:100], broken[:40] + bytes(60) + broken[100:]):
        assert make_preview(tmp_path, store_file(tmp_path, [data]).sha256) is None


def test_a_picture_of_too_many_pixels_is_never_decoded(tmp_path: Path) -> None:
    header = picture((8, 8), form="PNG")
    huge = header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:29]
    import zlib

    huge += zlib.crc32(huge[12:29]).to_bytes(4, "big") + header[33:]
    stored = store_file(tmp_path, [huge])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make_preview(tmp_path, stored.sha256) is None
