"""A bundle from outside: refused with its reason, or whole. Nothing in between, and nothing but BundleError."""

import hashlib
import io
import json
import os
import random
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor_tui.bundle import bagit
from assessor_tui.bundle.archive import LIMITS, Limits
from assessor_tui.bundle.canonical import dump
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import Bundle, open_bundle, read_bundle
from assessor_tui.bundle.seal import DOMAIN
from assessor_tui.form.canonical import MAX_BYTES, MAX_ROWS, MAX_TEXTS
from assessor_tui.ledger.entry import Entry, hash_line, to_line
from tests.bundle_samples import (
    APP,
    COLLEAGUE,
    FORM,
    JPEG,
    KEY,
    LAPTOP,
    OTHER_VISIT,
    PERSON,
    PUBLIC,
    SCHEME,
    VISIT,
    flipped,
    make_log,
    picture,
    plain_contents,
    replacing,
    small_bundle,
    write,
    zip_bytes,
)

PHOTO = hashlib.sha256(JPEG).hexdigest()

Change = Callable[[dict[str, Any]], None]


def segment_part(lines: list[bytes], visit: str = VISIT, device: str = LAPTOP) -> tuple[str, bytes, dict[str, Any]]:
    """(name, content, what the seal says) of a segment with any lines at all."""
    first, last = json.loads(lines[0]), hash_line(visit, device, lines[-1])
    begin = first["seq"] if isinstance(first, dict) and isinstance(first.get("seq"), int) else 1
    end = begin + len(lines) - 1
    seal = {"device": device, "from": begin, "to": end, "last": last, "prev": first.get("prev", "")}
    data = b"\n".join([dump({"device": device, "visit": visit}), *lines]) + b"\n"
    return f"data/seg/{device}-{begin}-{end}-{last[:8]}.jsonl", data, seal


def forge(
    *payload: tuple[str, bytes, int],
    segments: tuple[dict[str, Any], ...] = (),
    change: Change = lambda seal: None,
    sign: bool = False,
    manifest: bytes | None = None,
    tags: dict[str, bytes] | None = None,
) -> bytes:
    """A bundle that agrees with itself everywhere, around any payload: what someone who knows the format can write."""
    packed = hashlib.sha256()
    for _, data, method in payload:
        if method:
            packer = zlib.compressobj(6, zlib.DEFLATED, -15)
            packed.update(packer.compress(data) + packer.flush())
    if manifest is None:
        manifest = bagit.manifest((name, hashlib.sha256(data).hexdigest()) for name, data, _ in payload)
    info = bagit.bag_info(APP, VISIT, {name: len(data) for name, data, _ in payload})
    files = {"bagit.txt": bagit.BAGIT, "manifest-sha256.txt": manifest, "bag-info.txt": info} | (tags or {})
    seal: dict[str, Any] = {
        "app": APP,
        "digests": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "format": "1.0",
        "packed": packed.hexdigest(),
        "purpose": "delta",
        "segments": list(segments),
        "sender": {"device": LAPTOP, "person": PERSON} | ({"key": PUBLIC.hex()} if sign else {}),
        "visit": VISIT,
    }
    change(seal)
    raw = seal.pop("raw", None) or dump(seal)
    ordered = {"bagit.txt": files["bagit.txt"], "seal.json": raw}
    if sign:
        ordered["seal.sig"] = KEY.sign(DOMAIN + raw)
    ordered |= {name: files[name] for name in ("manifest-sha256.txt", "bag-info.txt")}
    ordered["tagmanifest-sha256.txt"] = bagit.manifest((n, hashlib.sha256(d).hexdigest()) for n, d in ordered.items())
    return zip_bytes(*((name, data, 0) for name, data in ordered.items()), *payload)


def forge_lines(*lines: bytes, change: Change = lambda seal: None) -> bytes:
    name, data, seal = segment_part(list(lines))
    return forge((name, data, 8), segments=(seal,), change=change)


def opened(folder: Path, data: bytes, limits: Limits | None = None) -> Bundle:
    path = folder / "bundle.zip"
    path.write_bytes(data)
    return open_bundle(path, limits) if limits else open_bundle(path)


def refusal(folder: Path, data: bytes, limits: Limits | None = None) -> BundleError:
    with pytest.raises(BundleError) as caught:
        opened(folder, data, limits)
    error = caught.value
    assert error.exit_code == 4 and error.file == "bundle.zip" and "{" not in str(error)
    return error


LINES = [to_line(entry) for _, entry in make_log(3)]


def test_a_bundle_forged_whole_is_a_bundle(tmp_path: Path) -> None:
    assert opened(tmp_path, forge_lines(*LINES)).count == 3
    assert opened(tmp_path, forge(("data/form/" + hashlib.sha256(FORM).hexdigest() + ".json", FORM, 8))).forms


def test_thousands_of_random_changes_are_refused(tmp_path: Path) -> None:
    whole = small_bundle(tmp_path).read_bytes()
    chance = random.Random(11)
    for _ in range(3000):
        at, length = chance.randrange(len(whole)), chance.choice((1, 2, 4, 30, 200))
        piece = chance.choice((b"", bytes(length), chance.randbytes(length), whole[at : at + length] * 2))
        data = whole[:at] + piece + whole[at + length :]
        if data != whole:
            with pytest.raises(BundleError):
                read_bundle(io.BytesIO(data), len(data), "bundle.zip")


def test_the_same_content_packed_another_way_is_refused(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    good = forge((name, data, 8), segments=(seal,))
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    raw = packer.compress(data) + packer.flush()
    assert good.count(raw) == 1
    others = [other for _, other in flipped(raw) if unpacks_to(other, data)]
    assert others  # zlib does not look at every bit
    for other in others:
        assert refusal(tmp_path, good.replace(raw, other)).kind == "contents"


def unpacks_to(raw: bytes, data: bytes) -> bool:
    inflate = zlib.decompressobj(-15)
    try:
        return inflate.decompress(raw) == data and inflate.eof and not inflate.unused_data
    except zlib.error:
        return False


def test_every_64th_length_is_refused(tmp_path: Path) -> None:
    data = small_bundle(tmp_path).read_bytes()
    for length in range(0, len(data), 64):
        assert refusal(tmp_path, data[:length]).kind in ("cut short", "not a bundle")


def test_other_files_are_not_bundles(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"").kind == "not a bundle"
    assert refusal(tmp_path, b"SQLite format 3\0" + bytes(4080)).kind == "not a bundle"
    assert refusal(tmp_path, b"age-encryption.org/v1\n" + bytes(400)).kind == "torn"
    assert refusal(tmp_path, zip_bytes(("bagit.txt", bagit.BAGIT, 0))).kind == "not a bundle"
    with pytest.raises(BundleError) as caught:
        open_bundle(tmp_path)
    assert caught.value.kind == "cannot read"
    with pytest.raises(BundleError) as caught:
        open_bundle(tmp_path / "gone\x1b[31m.zip")
    assert caught.value.kind == "cannot read" and "\x1b" not in str(caught.value)
    with pytest.raises(BundleError):
        open_bundle(tmp_path / "nul\0.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BundleError):
        open_bundle(tmp_path / "pipe")


# -- the seal


def set_seal(**values: object) -> Change:
    return lambda seal: seal.update(values)


def raw_seal(old: bytes, new: bytes) -> Change:
    def change(seal: dict[str, Any]) -> None:
        raw = dump(seal)
        assert old in raw
        seal["raw"] = raw.replace(old, new)

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_seal(format="0.9"),
        set_seal(format="1"),
        set_seal(format=1.0),
        set_seal(format="1.0\n"),
        set_seal(purpose="everything"),
        set_seal(purpose=["delta"]),
        set_seal(visit="../../up"),
        set_seal(visit=VISIT.upper().replace("1", "A")),
        set_seal(extra="unknown"),
        set_seal(app=""),
        set_seal(app="line\nbreak"),
        set_seal(app="\x1b]0;title\x07"),
        set_seal(app="x" * 101),
        set_seal(packed="0" * 63),
        set_seal(digests={}),
        set_seal(sender={"device": LAPTOP}),
        set_seal(sender={"device": LAPTOP, "person": "\u202e\x00"}),
        set_seal(sender={"device": LAPTOP, "person": PERSON, "key": "00"}),
        set_seal(segments={}),
        set_seal(segments=[[]]),
        set_seal(segments=None),
        lambda seal: seal.pop("visit"),
        lambda seal: seal["segments"].append(seal["segments"][0]),
        lambda seal: seal["segments"][0].update({"from": 0}),
        lambda seal: seal["segments"][0].update({"from": 1.0}),
        lambda seal: seal["segments"][0].update({"from": True}),
        lambda seal: seal["segments"][0].update({"to": 2**53}),
        lambda seal: seal["segments"][0].update({"from": 4}),
        lambda seal: seal["segments"][0].update({"prev": "00" * 16}),
        lambda seal: seal["segments"][0].update({"last": "x"}),
        lambda seal: seal["segments"][0].update({"visit": VISIT}),
        lambda seal: seal["segments"][0].update({"visit": OTHER_VISIT}),
        lambda seal: seal["segments"][0].update({"more": ""}),
        raw_seal(b'"from":1,', b'"from":1,"from":1,'),
        raw_seal(b'"from":1,', b'"from":NaN,'),
        raw_seal(b'"from":1,', b'"from":1e400,'),
        raw_seal(b'"from":1,', b'"from":18446744073709551617,'),
        raw_seal(b'"from":1,', b'"from": 1,'),
        raw_seal(b'{"app"', b'\xef\xbb\xbf{"app"'),
        raw_seal(b'"delta"', b'"d\\u0065lta"'),
        raw_seal(b'"delta"', b'"\\ud800"'),
        raw_seal(b'"delta"', b'"\xff"'),
        raw_seal(b'"delta"', b"[" * 3000 + b"]" * 3000),
        raw_seal(b"{", b""),
        lambda seal: seal.update(raw=b"[]"),
        lambda seal: seal.update(raw=b'"1.0"'),
        lambda seal: seal.update(raw=b" " * 1_100_000),
    ],
)
def test_a_seal_that_is_not_as_specified_is_refused(tmp_path: Path, change: Change) -> None:
    assert refusal(tmp_path, forge_lines(*LINES, change=change)).kind == "seal"


def test_a_newer_major_version_is_refused_and_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, forge_lines(*LINES, change=set_seal(format="2.3", more={"new": 1})))
    assert error.kind == "newer" and "2.3" in str(error)


def test_what_a_newer_minor_version_adds_is_checked_and_kept(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    payload = ((name, data, 8), ("data/seal/0a.json", b"{}", 0), ("data/voice/0b.opus", b"opus", 8))
    newer = set_seal(format="1.7", purpose="relay", more={"new": 1})
    bundle = opened(tmp_path, forge(*payload, segments=(seal,), change=newer))
    assert bundle.unknown == ("data/seal/0a.json", "data/voice/0b.opus") and bundle.count == 3
    assert refusal(tmp_path, forge(*payload, segments=(seal,))).kind == "contents"
    wrong = bagit.manifest(
        (part, hashlib.sha256(b"other" if "voice" in part else text).hexdigest()) for part, text, _ in payload
    )
    assert refusal(tmp_path, forge(*payload, segments=(seal,), change=newer, manifest=wrong)).kind == "contents"


def test_evidence_of_a_type_unknown_here_is_kept_only_from_a_newer_version(tmp_path: Path) -> None:
    program = b"MZ\x90\0" + bytes(100)
    part = ("data/evidence/" + hashlib.sha256(program).hexdigest(), program, 0)
    assert refusal(tmp_path, forge(part)).kind == "evidence"
    kept = opened(tmp_path, forge(part, change=set_seal(format="1.9"))).evidence
    assert [file.type for file in kept.values()] == [""]


# -- the signature


def test_a_signature_that_does_not_hold_is_refused(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    good = forge((name, data, 8), segments=(seal,), sign=True)
    assert opened(tmp_path, good).signed
    other = Ed25519PrivateKey.from_private_bytes(b"\1" * 32).public_key().public_bytes_raw().hex()

    def lend(fields: dict[str, Any]) -> None:
        fields["sender"]["key"] = other

    def forget(fields: dict[str, Any]) -> None:
        fields["sender"].pop("key")

    assert refusal(tmp_path, forge((name, data, 8), segments=(seal,), sign=True, change=lend)).kind == "signature"
    assert refusal(tmp_path, forge((name, data, 8), segments=(seal,), sign=True, change=forget)).kind == "contents"
    claim = set_seal(sender={"device": LAPTOP, "key": PUBLIC.hex(), "person": PERSON})
    assert refusal(tmp_path, forge((name, data, 8), segments=(seal,), change=claim)).kind == "signature"


def test_a_key_that_is_not_the_devices_is_refused(tmp_path: Path) -> None:
    stolen = plain_contents(*make_log(1, device=COLLEAGUE), device=COLLEAGUE)
    with pytest.raises(BundleError) as caught:
        write(tmp_path, stolen, sign=KEY.sign, key=PUBLIC)
    assert caught.value.kind == "signature" and list(tmp_path.iterdir()) == []


# -- the list of contents


def test_a_manifest_that_lists_other_things_is_refused(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    digest = hashlib.sha256(data).hexdigest()
    for manifest in (
        b"",
        bagit.manifest([(name, "0" * 64)]),
        bagit.manifest([(name, digest), ("data/more", digest)]),
        bagit.manifest([(name, digest), (name, digest)]),
        bagit.manifest([("data/../" + name, digest)]),
        bagit.manifest([(name, digest)]).replace(b"\n", b"\r\n"),
        bagit.manifest([(name, digest)]).replace(b"  ", b" *"),
        bagit.manifest([(name, digest)])[:-1],
        bagit.manifest([(name, digest)]) + b"\n",
    ):
        assert refusal(tmp_path, forge((name, data, 8), segments=(seal,), manifest=manifest)).kind == "contents"


def test_tag_files_that_say_something_else_are_refused(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    for tags in ({"bagit.txt": b"BagIt-Version: 0.97\n"}, {"bag-info.txt": b"Bag-Software-Agent: other\n"}):
        assert refusal(tmp_path, forge((name, data, 8), segments=(seal,), tags=tags)).kind == "contents"


def test_parts_out_of_order_or_packed_otherwise_are_refused(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    form = ("data/form/" + hashlib.sha256(FORM).hexdigest() + ".json", FORM, 8)
    scheme = ("data/scheme/" + hashlib.sha256(SCHEME).hexdigest() + ".json", SCHEME, 8)
    photo = (f"data/evidence/{PHOTO}", JPEG, 0)
    assert opened(tmp_path, forge((name, data, 8), form, scheme, photo, segments=(seal,))).forms
    for payload in (
        (form, (name, data, 8)),
        ((name, data, 8), scheme, form),
        ((name, data, 8), photo, form),
        ((name, data, 0), form),
        ((name, data, 8), (form[0], FORM, 0)),
        ((name, data, 8), (photo[0], JPEG, 8)),
        ((name, data, 8), ("data/evidence/" + "0" * 64, JPEG, 0)),
        ((name, data, 8), ("data/fetch.txt", b"http", 0)),
        ((name, data, 8), ("fetch.txt", b"http", 0)),
        ((name, data, 8), ("data/evidence/" + PHOTO + ".json", JPEG, 0)),
        ((name, data, 8), (form[0][:-5], FORM, 8)),
        ((name + "x", data, 8),),
        (),
    ):
        assert refusal(tmp_path, forge(*payload, segments=(seal,))).kind == "contents"
    assert refusal(tmp_path, forge()).kind == "contents"
    assert (
        refusal(tmp_path, forge((name, data, 8), segments=(seal,), change=set_seal(packed="0" * 64))).kind == "contents"
    )


def test_a_form_that_is_not_canonical_json_is_refused(tmp_path: Path) -> None:
    for text in (
        b"{}\n", b'{"b":1,"a":2}', b'{"a":1,"a":2}', b'{"a":1.5}', b'{"a":1e400}', b"[]", b"text", b"", b'{"a":NaN}',
        b'{"a":' + b"[" * 41 + b"]" * 41 + b"}", b'{"a":' + b"[" * 100_000, b'{"a":9007199254740993}',
        b'{"a":"\\ud800"}',
    ):  # fmt: skip
        part = ("data/form/" + hashlib.sha256(text).hexdigest() + ".json", text, 8)
        assert refusal(tmp_path, forge(part)).kind == "form"
    assert refusal(tmp_path, forge(part), Limits(form=3)).kind == "limit"


def test_a_form_with_more_texts_or_lists_than_one_may_have_is_refused_before_it_is_unfolded(tmp_path: Path) -> None:
    text = b'{"x":[["a","b"],["c","d"]]}'
    part = ("data/form/" + hashlib.sha256(text).hexdigest() + ".json", text, 8)

    assert refusal(tmp_path, forge(part), Limits(form_texts=2)).kind == "limit"
    assert refusal(tmp_path, forge(part), Limits(form_rows=3)).kind == "limit"
    opened(tmp_path, forge(part), Limits(form_texts=3, form_rows=4))


def test_what_a_form_may_be_is_the_same_here_and_where_forms_are_read() -> None:
    assert (LIMITS.form, LIMITS.form_texts, LIMITS.form_rows) == (MAX_BYTES, MAX_TEXTS, MAX_ROWS)


def test_evidence_that_entries_name_and_nobody_sent_is_wanted(tmp_path: Path) -> None:
    lines = [to_line(entry) for _, entry in make_log(3, values=(picture(PHOTO), picture("0" * 64)))]
    name, data, seal = segment_part(lines)
    bundle = opened(tmp_path, forge((name, data, 8), (f"data/evidence/{PHOTO}", JPEG, 0), segments=(seal,)))
    assert bundle.wanted == {"0" * 64} and list(bundle.evidence) == [PHOTO]


# -- the lines


def line(number: int = 1, **changes: object) -> bytes:
    """One of the three lines, changed as JSON."""
    data = json.loads(LINES[number - 1]) | changes
    return dump({key: value for key, value in data.items() if value is not ...})


@pytest.mark.parametrize(
    "lines",
    [
        (line(seq=2**60),),
        (line(), line(3)),
        (line(), line(2, prev="00" * 16)),
        (line(), line()),
        (line(prev="00" * 16),),
        (line(act=...),),
        (line(act="x" * 41),),
        (line(person="\x1b[31mred"),),
        (line(why="bell\x07"),),
        (line(why="\ufdd0"),),
        (line(why=""),),
        (line(replaces=[]),),
        (line(seen=["x"]),),
        (line(more="unknown"),),
        (line(at=-1),),
        (line(at=2**53),),
        (line(at=1.5),),
        (line(at=True),),
        (line(path="../../up"),),
        (line(path="a[1]"),),
        (line(value={"n": "1e9"}),),
        (line(value={"n": "1", "u": "\x9b"}),),
        (line(value=7),),
        (line(value=None),),
        (line(value=[]),),
        (line(value={"kind": "photo", "sha256": "../up"}),),
        (line(why="x" * 20_001),),
        (line().replace(b'"seq":1', b'"seq":1,"seq":1'),),
        (line().replace(b'"seq":1', b'"seq": 1'),),
        (line() + b" ",),
        (line(why="e\u0301"),),
        (line(why="caf\u00e9").replace("é".encode(), b"\\u00e9"),),
    ],
)
def test_a_line_that_is_not_a_canonical_entry_is_refused(tmp_path: Path, lines: tuple[bytes, ...]) -> None:
    error = refusal(tmp_path, forge_lines(*lines))
    assert error.kind in ("line", "seal") and (error.kind == "seal" or error.line >= 2)


def test_lines_that_no_parser_should_meet_are_refused(tmp_path: Path) -> None:
    name, data, seal = segment_part(LINES)
    head = data[: data.index(b"\n") + 1]
    for hostile in (
        head + b"[" * 60_000 + b"\n",
        head + b'{"at":' + b"9" * 60_000 + b"}\n",
        head + b'{"at":NaN}\n',
        head + b"\n",
        head + b"x" * 70_000 + b"\n",
        head + b"x" * 700_000 + b"\n",
        head + b"\xff\xfe\n",
        head + b"null\n",
        head + data[len(head) : -1],
        head,
        b"",
        head.replace(b"1" * 32, b"2" * 32) + data[len(head) :],
        data.replace(b"\n", b"\r\n"),
        data + b"\n",
    ):
        assert refusal(tmp_path, forge((name, hostile, 8), segments=(seal,))).kind == "line"


def test_a_segment_must_begin_and_end_as_sealed(tmp_path: Path) -> None:
    for wrong in ({"to": 4}, {"last": "00" * 16}, {"from": 2, "prev": "00" * 16}):
        _, data, seal = segment_part(LINES)
        seal |= wrong
        name = f"data/seg/{LAPTOP}-{seal['from']}-{seal['to']}-{seal['last'][:8]}.jsonl"
        assert refusal(tmp_path, forge((name, data, 8), segments=(seal,))).kind == "line"


def test_an_entry_may_replace_only_what_stands_in_its_place(tmp_path: Path) -> None:
    log = make_log(3)
    other = make_log(3, device=COLLEAGUE)
    good = replacing(other[2], log[2][0], LAPTOP, 3)
    assert open_bundle(write(tmp_path, plain_contents(*log, *other[:2], good)).path).count == 6
    unknown = replacing(other[2], "77" * 16, LAPTOP, 9)
    assert open_bundle(write(tmp_path, plain_contents(*log, *other[:2], unknown)).path).count == 6
    for wrong in (
        replacing(other[2], log[1][0], LAPTOP, 2),  # another path
        replacing(other[2], log[2][0], LAPTOP, 2),  # another number
        replacing(other[2], log[2][0], COLLEAGUE, 3),  # another device
    ):
        with pytest.raises(BundleError) as caught:
            write(tmp_path, plain_contents(*log, *other[:2], wrong))
        assert caught.value.kind == "line"
        # The same, when the entry that is replaced stands later in the bundle.
        swapped = [(digest, entry) for digest, entry in (*log, *other[:2], wrong)]
        with pytest.raises(BundleError):
            write(tmp_path, plain_contents(*reversed(swapped)))


def test_an_entry_may_not_replace_one_of_another_visit(tmp_path: Path) -> None:
    log, earlier = make_log(3), make_log(3, visit=OTHER_VISIT)
    wrong = replacing(log[2], earlier[2][0], LAPTOP, 3)
    with pytest.raises(BundleError):
        write(tmp_path, plain_contents(*log[:2], wrong, *earlier, purpose="invite"))


def test_acts_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    (_, entry) = make_log(1)[0]
    newer: Entry = entry._replace(act="weigh")
    digest = hash_line(VISIT, LAPTOP, to_line(newer))
    assert [item[1].act for item in open_bundle(write(tmp_path, plain_contents((digest, newer))).path).entries()] == [
        "weigh"
    ]


def test_limits_on_entries_and_evidence_hold(tmp_path: Path) -> None:
    data = small_bundle(tmp_path).read_bytes()
    assert refusal(tmp_path, data, Limits(entries=2)).kind == "limit"
    assert refusal(tmp_path, data, Limits(evidence=10)).kind == "limit"
    assert refusal(tmp_path, data, Limits(manifest=10)).kind == "limit"


def test_a_bomb_of_one_line_takes_no_memory(tmp_path: Path) -> None:
    name, _, seal = segment_part(LINES)
    data = forge((name, b"x" * 15_000_000, 8), segments=(seal,))
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    del data
    tracemalloc.start()
    with pytest.raises(BundleError):
        open_bundle(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_markup_in_a_refusal_is_only_text(tmp_path: Path) -> None:
    error = refusal(tmp_path, zip_bytes(("[red]\x1b[31m", b"x", 0)))
    assert "\x1b" not in str(error)
