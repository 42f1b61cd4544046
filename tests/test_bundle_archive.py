"""The outer zip: every header has one spelling, and what another program would read differently is refused."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.bundle.archive import LIMITS, Limits, Packed, Part, Writer, content, deflate, is_name, read_parts
from assessor_tui.bundle.error import BundleError
from tests.bundle_samples import flipped, zip_bytes


def parts_of(data: bytes, limits: Limits = LIMITS) -> tuple[Part, ...]:
    return read_parts(io.BytesIO(data), len(data), limits)


def contents_of(data: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    return {part.name: b"".join(content(io.BytesIO(data), part)) for part in parts_of(data, limits)}


def refusal(data: bytes, limits: Limits = LIMITS) -> BundleError:
    with pytest.raises(BundleError) as caught:
        contents_of(data, limits)
    return caught.value


def written(*parts: tuple[str, bytes, int]) -> bytes:
    stream = io.BytesIO()
    writer = Writer(stream)
    for name, data, method in parts:
        if method:
            writer.add_packed(Packed(name, zlib.crc32(data), len(data), deflate([data])))
        else:
            writer.add(name, [data])
    writer.close()
    return stream.getvalue()


TWO = (("one.txt", b"one", 0), ("two/three.txt", b"three " * 50, 8))


def test_what_is_written_is_read_and_other_programs_read_it_too() -> None:
    data = written(*TWO)
    assert contents_of(data) == {name: text for name, text, _ in TWO}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents_of(data)
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_the_hand_made_zip_of_these_tests_is_the_canonical_one() -> None:
    assert zip_bytes(*TWO) == written(*TWO)


@given(st.lists(st.binary(max_size=2000), max_size=6), st.lists(st.sampled_from([0, 8]), min_size=6, max_size=6))
def test_any_content_comes_back(pieces: list[bytes], methods: list[int]) -> None:
    parts = [(f"part{number}", data, methods[number]) for number, data in enumerate(pieces)]
    if parts:
        assert list(contents_of(written(*parts)).values()) == pieces


@pytest.mark.parametrize(
    "name",
    [
        "../up", "/absolute", "c:/drive", "a\\b", "a//b", "a/../b", "./a", "a/.", "a/", "", " a", "a ", "A", "é",
        "a\nb",         "a\0b", "con", "nul.txt", "data/com1", "~root", "a." , "-x", "a/b/c/d/e", "x" * 101,
    ],
)  # fmt: skip
def test_a_name_that_is_not_safe_on_every_system_is_refused(name: str) -> None:
    assert not is_name(name)
    assert refusal(zip_bytes((name, b"text", 0))).kind == "structure"
    with pytest.raises(ValueError, match="not a name"):
        written((name, b"text", 0))


@pytest.mark.parametrize(
    ("lie", "kind"),
    [
        ({"flags": 1}, "structure"),  # encrypted
        ({"flags": 8}, "structure"),  # data descriptor
        ({"flags": 0x800}, "structure"),
        ({"method": 12}, "structure"),  # bzip2
        ({"method": 14}, "structure"),  # lzma
        ({"version": 45}, "structure"),
        ({"time": 1}, "structure"),
        ({"date": 34}, "structure"),
        ({"offset": 0}, "structure"),  # overlaps the first part
        ({"offset": 7}, "structure"),
        ({"crc": 0}, "damaged"),
        ({"size": 299}, "damaged"),
        ({"size": 301}, "damaged"),
        ({"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF}, "structure"),  # zip64
    ],
)
def test_a_header_that_lies_is_refused(lie: dict[str, int], kind: str) -> None:
    assert refusal(zip_bytes(*TWO, lie=lie)).kind == kind


def test_two_parts_of_one_name_are_refused() -> None:
    assert refusal(zip_bytes(("seal.json", b"good", 0), ("seal.json", b"evil", 0))).reason == "there twice"


def test_bytes_before_between_and_after_are_refused() -> None:
    data = written(*TWO)
    assert refusal(b"MZ" + data).kind == "not a bundle"
    assert refusal(data[:40] + b"junk" + data[40:]).kind in ("cut short", "structure")
    assert refusal(data + b"junk").kind == "cut short"
    assert refusal(data[:-2] + b"\x04\x00note").kind == "cut short"
    other = written(("x", b"x", 0))
    assert refusal(data + other).kind == "structure" or refusal(data + other).kind == "cut short"


def test_overlapping_parts_that_would_unpack_to_gigabytes_are_refused() -> None:
    kernel = zip_bytes(("a", bytes(10_000_000), 8))
    end = struct.unpack("<4s4H2IH", kernel[-22:])
    line = kernel[end[6] : -22]
    lines = b"".join(line[:46] + name.encode() for name in "abcdefgh")
    data = kernel[: end[6]] + lines + struct.pack("<4s4H2IH", end[0], 0, 0, 8, 8, len(lines), end[6], 0)
    assert refusal(data).kind == "structure"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = zip_bytes(("bomb", bytes(50_000_000), 8))
    tracemalloc.start()
    assert refusal(data).kind == "limit"
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_bomb_that_hides_its_size_stops_at_the_size_it_states() -> None:
    data = zip_bytes(("bomb", bytes(50_000_000), 8), lie={"size": 60_000})
    tracemalloc.start()
    assert refusal(data).reason in ("longer than declared", "larger packed than unpacked")
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_large_part_is_read_in_pieces() -> None:
    data = written(("large", bytes(50_000_000), 8))
    part = parts_of(data, Limits(ratio=2000))[0]
    stream = io.BytesIO(data)
    tracemalloc.start()
    assert sum(map(len, content(stream, part))) == 50_000_000
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_limits_on_number_and_total_hold() -> None:
    assert refusal(written(*TWO), Limits(parts=1)).kind == "limit"
    assert refusal(written(*TWO), Limits(unpacked=100)).kind == "limit"
    assert refusal(written(*TWO), Limits(bundle=100)).kind == "too large"


def test_every_length_short_of_the_whole_is_refused() -> None:
    data = written(*TWO)
    for length in range(len(data)):
        assert refusal(data[:length]).kind in ("cut short", "not a bundle"), length


def test_every_turned_bit_of_the_headers_is_refused() -> None:
    # Stored parts only: what deflate leaves open is closed by the seal.
    for _, data in flipped(written(("one.txt", b"one", 0), ("two/three.txt", b"three", 0))):
        refusal(data)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_refused_in_words(data: bytes) -> None:
    refusal(data)
    refusal(b"PK\x03\x04" + data)


def test_a_packed_part_with_more_or_less_than_one_stream_is_refused() -> None:
    text = b"three " * 50
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    raw = packer.compress(text) + packer.flush()
    for wrong in (raw + b"\0", raw[:-1], raw + raw, b"", b"\xff" + raw):
        stream = io.BytesIO()
        writer = Writer(stream)
        writer.add_packed(Packed("part", zlib.crc32(text), len(text), [wrong]))
        writer.close()
        assert refusal(stream.getvalue()).kind in ("damaged", "structure")
