"""When and with what a photo was taken, out of the first bytes of its file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assessor_tui.evidence.exif import HEAD, MOST, Shot, shot_of
from tests.pictures import heic, jpeg


def read(data: bytes) -> Shot:
    return shot_of(io.BytesIO(data))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_every_kind_of_picture_says_it(form: str) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0110] = "P900"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:12 10:03:00"
    Image.new("RGB", (50, 50)).save(out, form, exif=exif)
    assert read(out.getvalue()) == Shot("2026-11-12T10:03:00", "P900")


def test_a_camera_is_its_make_model_and_serial_number() -> None:
    data = jpeg("2026:11:12 10:03:00", zone="+08:00", make="Canon", model="Canon EOS R6", serial="0042")
    assert read(data) == Shot("2026-11-12T10:03:00+08:00", "Canon EOS R6 0042")
    assert read(heic()) == Shot("2026-11-12T10:03:00", "Apple iPhone 15")


def test_what_does_not_say_when_has_no_time() -> None:
    for data in (b"", b"\xff\xd8\xff\xe1", b"%PDF-1.7", jpeg(), jpeg("yesterday"), jpeg("2026:11:12 10:03:00")[:60]):
        assert read(data).taken == ""


def test_a_block_behind_a_large_one_is_found_by_reading_on() -> None:
    data = jpeg("2026:11:12 10:03:00")
    before = b"\xff\xe2" + (60_002).to_bytes(2, "big") + bytes(60_000)
    assert read(data[:2] + before + data[2:]).taken == "2026-11-12T10:03:00"
    assert read(data[:2] + before[: HEAD - 60]).taken == ""
    far = b"\xff\xe2" + (65_002).to_bytes(2, "big") + bytes(65_000)
    assert read(data[:2] + far * 4 + data[2:]) == Shot()
    assert MOST < 4 * 65_000


@given(st.binary(max_size=400), st.integers(0, 400))
def test_no_bytes_make_the_reader_fail(noise: bytes, at: int) -> None:
    data = jpeg("2026:11:12 10:03:00", place=True)
    read(data[:at] + noise + data[at + len(noise) :])
    read(data[:12] + noise)
