"""Canonical JSON: orjson and the standard library write the same bytes, and only that spelling is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.bundle.canonical import check_plain, dump, load, load_lines
from assessor_tui.ledger.entry import LineError, canonical_json, from_data, from_line
from tests.bundle_samples import LAPTOP, VISIT

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_both_libraries_write_the_same_bytes(data: object) -> None:
    assert dump(data) == canonical_json(data)
    assert load(dump(data)) == data
    check_plain(data, 64)


def test_every_single_character_is_written_the_same() -> None:
    for first in range(0, 0x11000, 64):
        text = "".join(chr(code) for code in range(first, first + 64) if not 0xD800 <= code < 0xE000)
        assert dump({text: text}) == canonical_json({text: text})


@pytest.mark.parametrize(
    "data",
    [
        b"", b" {}", b"{} ", b'{"b":1,"a":1}', b'{"a":1,"a":1}', b"[1, 2]", b"1e400", b"NaN", b"Infinity", b"1.0e5",
        b"18446744073709551616", b"-0", b"01", b'"\\u0041"', b'"\\/"', b'"\\ud800"', b'"\xff"', b"\xef\xbb\xbf{}",
        b'"\x01"', b"[" * 2000, b"[" * 5000 + b"]" * 5000, b"{'a':1}", b"[1,]", b"// note\n1",
    ],
)  # fmt: skip
def test_any_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|canonical"):
        load(data)


@pytest.mark.parametrize("value", [1.5, [[1.0]], {"a": {"b": 2**53 + 1}}, [[[[]]]], -(2**60)])
def test_floats_depth_and_large_numbers_are_not_plain(value: object) -> None:
    with pytest.raises(ValueError, match=r"number|deep"):
        check_plain(value, 3)


SHARDS = [
    b'{"a":1}', b'{"a":[{"b":1}', b'{"b":1}]}', b'{"a":"x}', b'{y"}', b"{},{}", b"{}", b'{"a":{"b":"1"}}', b"[]", b"",
    b'{"a":["x"]}', b'{"a":1},{"b":2}', b'{"a":[[{}', b"{}]]}", b"[1", b"2]", b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":[',
    b"]}",
]  # fmt: skip


def holds_a_mapping_in_a_list(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, dict) or holds_a_mapping_in_a_list(each) for each in value)
    return isinstance(value, dict) and any(map(holds_a_mapping_in_a_list, value.values()))


@given(st.lists(st.sampled_from(SHARDS), min_size=1, max_size=6))
def test_lines_read_in_one_go_are_what_each_line_spells(lines: list[bytes]) -> None:
    try:
        alone = [load(line) for line in lines]
    except ValueError:
        alone = None
    together = load_lines(lines)
    sound = together is not None and not any(map(holds_a_mapping_in_a_list, together))
    if sound or (alone is not None and all(isinstance(each, dict) for each in alone)):
        assert together == alone


def test_what_one_line_opens_and_the_next_one_closes_is_no_line() -> None:
    assert load_lines([b'{"a":"x}', b'{y"}', b"{},{}"]) is None
    assert load_lines([b'{"a":[1', b"2]}", b"{},{}"]) is None
    # Left to whoever asks: there is a mapping in a list.
    assert load_lines([b'{"a":[{}', b"{}]}", b"{},{}"]) == [{"a": [{}, {}]}, {}, {}]


PARTS = ["act", "at", "form", "path", "person", "prev", "replaces", "seen", "seq", "value", "version", "why"]
WORDS = ["", "answer", "a/b", "x\x07", "e\u0301", None, 0, 1, 2, [], ["a"], {"n": "1"}, {"n": "1", "u": ""}]


@given(st.dictionaries(st.sampled_from(PARTS), st.sampled_from(WORDS) | TEXT))
def test_a_line_known_to_be_canonical_json_is_judged_as_any_other(changes: dict[str, object]) -> None:
    # The quick way that bundles take, and the plain way, agree on every line.
    data = {"act": "answer", "at": 1, "person": "A", "seq": 1} | changes
    line = canonical_json(data)
    try:
        plain = from_line(line, VISIT, LAPTOP)
    except LineError:
        plain = None
    try:
        quick = from_data(load(line), line, VISIT, LAPTOP, spelled=True)
    except LineError:
        quick = None
    assert plain == quick
