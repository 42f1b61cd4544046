"""One recorded act and its one line."""

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import (
    MAX_AT,
    MAX_LINE,
    Entry,
    LineError,
    canonical_json,
    check,
    clean,
    from_line,
    generic_path,
    hash_line,
    hash_of,
    reference,
    row_path,
    to_line,
)
from assessor_tui.ledger.value import Quantity

VISIT, DEVICE, ROW = "ab" * 16, "cd" * 16, "01" * 16
PLAIN = Entry(VISIT, DEVICE, 1, "", 1_763_800_000_000, "Ann Example", acts.ANSWER, "water", "a" * 12, "meter", "yes")
clean_texts = st.text(max_size=40).map(clean)
references = st.lists(
    st.builds(reference, st.just(DEVICE), st.integers(1, 9), st.sampled_from(["0" * 32, "f" * 32])),
    max_size=3,
    unique=True,
).map(lambda found: tuple(sorted(found)))
entries = st.builds(
    Entry,
    st.just(VISIT),
    st.just(DEVICE),
    st.just(7),
    st.just("0" * 32),
    st.integers(0, MAX_AT - 1),
    clean_texts.filter(bool),
    st.sampled_from(sorted(acts.ACTS)),
    st.sampled_from(["", "water"]),
    st.sampled_from(["", "a" * 12]),
    st.sampled_from(["", "meter", f"outlets[{ROW}]/ph"]),
    st.one_of(st.none(), clean_texts, st.just(("yes", "no")), st.just(Quantity("12.5", "kWh"))),
    references,
    references,
    clean_texts,
)


@given(entries)
def test_an_entry_comes_back_from_its_line(entry):
    assert from_line(to_line(entry), VISIT, DEVICE) == entry


@given(entries)
def test_orjson_writes_the_same_bytes(entry):
    line = to_line(entry)
    assert orjson.dumps(json.loads(line), option=orjson.OPT_SORT_KEYS) == line


@settings(max_examples=200)
@given(entries, st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_is_another_entry(entry, place, byte):
    line = bytearray(to_line(entry))
    line[place % len(line)] = byte
    try:
        changed = from_line(bytes(line), VISIT, DEVICE)
    except LineError:
        return
    assert to_line(changed) == bytes(line)
    assert (hash_of(changed) == hash_of(entry)) == (changed == entry)


def test_a_hash_covers_visit_device_and_line():
    line = to_line(PLAIN)
    hashes = {hash_line(VISIT, DEVICE, line), hash_line(DEVICE, VISIT, line), hash_line(VISIT, DEVICE, line + b" ")}
    assert len(hashes) == 3
    assert all(len(digest) == 32 for digest in hashes)
    assert hash_of(PLAIN) == hash_line(VISIT, DEVICE, line)


def test_an_act_of_a_newer_version_is_kept():
    entry = PLAIN._replace(act="weigh")
    assert from_line(to_line(entry), VISIT, DEVICE) == entry


def spelled(**changes: object) -> bytes:
    data = json.loads(to_line(PLAIN))
    data.update(changes)
    return canonical_json({key: value for key, value in data.items() if value is not ...})


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        b"[" * 30_000,
        b" " + to_line(PLAIN),
        to_line(PLAIN) + b"\n",
        to_line(PLAIN).replace(b'"act":"answer"', b'"act":"answer","act":"answer"'),
        to_line(PLAIN).replace(b"yes", b"\\u0079es"),
        spelled(other="x"),
        spelled(seq=0),
        spelled(seq=True),
        spelled(seq=2),
        spelled(seq=1.0),
        spelled(at=-1),
        spelled(at=MAX_AT),
        spelled(person=""),
        spelled(person=...),
        spelled(person="x" * 201),
        spelled(act=...),
        spelled(act="x" * 41),
        spelled(act=1),
        spelled(why=""),
        spelled(why="esc \x1b[2J"),
        spelled(why="e\u0301"),
        spelled(why="x" * 20_001),
        spelled(value=None),
        spelled(value=1),
        spelled(value="nul \x00"),
        spelled(form="no form"),
        spelled(version="short"),
        spelled(path="../up"),
        spelled(path="outlets[1]"),
        spelled(path="a" * 1001),
        spelled(prev="0" * 32),
        spelled(replaces=[]),
        spelled(replaces=["x"]),
        spelled(replaces=[f"{DEVICE}.2.{'f' * 32}", f"{DEVICE}.1.{'f' * 32}"]),
        spelled(replaces=[f"{DEVICE}.1.{'f' * 32}"] * 2),
        spelled(replaces=[f"{DEVICE}.{number}.{'f' * 32}" for number in range(1001, 1066)]),
        spelled(seen=f"{DEVICE}.1.{'f' * 32}"),
        b'{"act":"' + b"x" * MAX_LINE,
    ],
)
def test_a_line_that_is_not_an_entry_in_its_one_spelling_is_refused(line):
    with pytest.raises(LineError):
        from_line(line, VISIT, DEVICE)


@pytest.mark.parametrize("surrogate", ["\\ud800", "\\udfff x"])
def test_half_a_character_is_refused(surrogate):
    line = to_line(PLAIN).replace(b"yes", surrogate.encode())
    with pytest.raises(LineError):
        from_line(line, VISIT, DEVICE)


def test_an_entry_out_of_bounds_is_refused_before_it_is_written():
    for unfit in (
        PLAIN._replace(visit="short"),
        PLAIN._replace(device=DEVICE.upper()),
        PLAIN._replace(seq=2),
        PLAIN._replace(path="a[b]"),
        PLAIN._replace(person="esc \x1b"),
    ):
        with pytest.raises(LineError):
            check(unfit)
    check(PLAIN)


@given(st.text())
def test_clean_text_is_clean_and_stays_so(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(letter in "\t\n" or ord(letter) >= 32 for letter in cleaned)
    cleaned.encode()


def test_cleaning_keeps_what_people_write():
    assert clean("電池廠\r\n第二行\tTAB") == "電池廠\n第二行\tTAB"
    assert clean("=HYPERLINK(<script>[bold]\u202e") == "=HYPERLINK(<script>[bold]\u202e"
    assert clean("e\u0301\x1b]52;c;x\x07") == "é]52;c;x"


def test_paths_of_rows():
    path = row_path("outlets", ROW)
    assert path == f"outlets[{ROW}]"
    assert generic_path(f"{path}/stacks[{ROW}]/ph") == "outlets/stacks/ph"
    with pytest.raises(ValueError, match="row"):
        row_path("outlets", "1")
