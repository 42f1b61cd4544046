"""Neighbouring entries of one log, read and kept part by part."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import MAX_AT, Entry, LineError, from_data, hash_of, to_line
from assessor_tui.ledger.run import Run, read_run
from assessor_tui.ledger.value import MAX_TEXT, Evidence, Quantity
from tests.test_entry import DEVICE, PLAIN, VISIT, entries, references

PHOTO = Evidence("photo", {"sha256": "ab" * 32, "name": "gate.jpg"})


def items_of(*parts):
    """Entries of one log, each the plain one with these parts."""
    found, prev = [], ""
    for number, part in enumerate(parts, 1):
        entry = PLAIN._replace(seq=number, prev=prev, **part)
        prev = hash_of(entry)
        found.append((prev, entry, to_line(entry)))
    return found


def reread(items):
    digests, _, lines = zip(*items, strict=True)
    hashes = list(map(bytes.fromhex, digests))
    return read_run([json.loads(line) for line in lines], lines, hashes, VISIT, DEVICE, 1, "")


MISFITS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-1, 3),
        st.just(2.0),
        st.sampled_from(["", "x", "yes", "-0", "1.50", "e\u0301", "\x1b", "0" * 32, "x" * 201, "water", "meter"]),
        st.just(MAX_AT),
        references.map(list),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["n", "u", "kind", "name", "x"]), inner, max_size=3),
    ),
    max_leaves=4,
)
PARTS = [*Entry._fields[2:], "other"]


@settings(max_examples=500, deadline=None)
@given(
    st.lists(entries, min_size=1, max_size=4),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(PARTS), MISFITS), max_size=2),
)
def test_lines_read_together_keep_every_rule_of_lines_read_one_by_one(run, begin, misfits):
    data, prevs = [], []
    for number, entry in enumerate(run, begin):
        prevs.append("" if number == 1 else f"{number:032x}")
        data.append(json.loads(to_line(entry._replace(seq=number, prev=prevs[-1]))))
    lines, digests = [b"line of each"] * len(run), [*prevs[1:], "f" * 32]
    for number, part, misfit in misfits:
        data[number % len(data)][part] = misfit
    try:
        alone = [from_data(each, b"", VISIT, DEVICE, spelled=True) for each in data]
    except LineError:
        alone = None
    if alone and ([e.prev for e in alone] != prevs or [e.seq for e in alone] != list(range(begin, begin + len(run)))):
        alone = None
    hashes = list(map(bytes.fromhex, digests))
    run = read_run(data, lines, hashes, VISIT, DEVICE, begin, prevs[0])
    assert (list(run.items()) if run else None) == (list(zip(digests, alone, lines, strict=True)) if alone else None)
    assert read_run(data, lines, hashes, "short", DEVICE, begin, prevs[0]) is None


def test_a_run_gives_back_the_entries_it_was_made_of():
    items = items_of({}, {"value": Quantity("12.5", "kWh")}, {"value": ("yes", "no"), "why": "seen"}, {"value": None})
    for run in (Run.of(items), reread(items)):
        assert list(run.items()) == items
        assert list(run.entries()) == [entry for _, entry, _ in items]
        assert run.entry(2) == items[2][1]
        assert list(run.pick([0, 3]).items()) == [items[0], items[3]]


def test_a_run_names_its_files_with_their_acts():
    items = items_of({}, {"act": acts.ATTACH, "value": PHOTO}, {"act": acts.WITHDRAW, "value": PHOTO})
    assert reread(items).files() == [(acts.ATTACH, "ab" * 32), (acts.WITHDRAW, "ab" * 32)]
    record = Evidence("original seen", {"number": "7"})
    assert Run.of(items_of({"act": acts.ATTACH, "value": record})).files() == []


@pytest.mark.parametrize(
    "value",
    [
        {"n": "1.50"}, {"n": "-0"}, {"n": "1\n2"}, {"n": 1}, {"n": "1", "u": ""}, {"n": "1", "u": "x" * 41},
        {"n": "1", "u": "e\u0301"}, {"n": "1", "u": 1}, {"n": "1", "u": None}, {"n": "1", "u": []},
        {"n": "1", "kind": "photo"}, {"kind": "photo", "sha256": "AB" * 32}, {"kind": "photo", "name": "\x07"},
        {"kind": ""}, {}, [], ["yes", "yes"], ["e\u0301"], [1], [[]], [{"n": "1"}], "x" * (MAX_TEXT + 1), "a\x1bb",
        True, 1, 1.5,
    ],
)  # fmt: skip
def test_no_value_passes_in_a_run_that_is_refused_alone(value):
    data = json.loads(to_line(PLAIN)) | {"value": value}
    with pytest.raises(LineError):
        from_data(data, b"", VISIT, DEVICE, spelled=True)
    assert read_run([data], [b""], [b"f" * 16], VISIT, DEVICE, 1, "") is None


def test_what_is_no_mapping_is_no_entry():
    for data in ([], [[]], [None], ["x"], [3]):
        assert read_run(data, [b""] * len(data), [b"f" * 16] * len(data), VISIT, DEVICE, 1, "") is None


def test_a_mapping_in_a_list_is_no_part_of_an_entry():
    # Bundles rely on it: lines that open and close one another would otherwise be read as other lines.
    for part in ("value", "replaces", "seen", "act", "at", "form", "path", "person", "prev", "seq", "version", "why"):
        for misfit in ([{}], [[{}]], {"n": [{}]}, {"kind": [{}]}, {"kind": "photo", "name": [{}]}):
            data = json.loads(to_line(PLAIN)) | {part: misfit}
            assert read_run([data], [b""], [b"f" * 16], VISIT, DEVICE, 1, "") is None
