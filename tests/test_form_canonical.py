"""The canonical spelling of forms and schemes: one per meaning, read back to the same value."""

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.form.canonical import (
    CanonicalError,
    canonical_bytes,
    form_from_canonical,
    form_hash,
    scheme_from_canonical,
)
from assessor_tui.form.model import (
    EVIDENCE_KINDS,
    GRADES,
    LANGUAGES,
    Benchmark,
    Choice,
    FindingText,
    Form,
    Group,
    Question,
    Repeat,
    Scoring,
)
from assessor_tui.form.read import read_form
from assessor_tui.form.scheme import Category, CrossCheck, FormUse, Level, Parameter, Scheme
from tests.form_texts import form_of, small_form

SMALL = "- {type: select_one yes_no, name: a, LABEL, points: {yes: 4, no: 0}, veto: [no], insist: yes}"

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
names = st.text("abcdefgh_", min_size=1, max_size=6)
texts = st.dictionaries(st.sampled_from(LANGUAGES), words, max_size=3)
decimals = st.sampled_from(["0", "1", "2.5", "10", "1.10"])
some_names = st.lists(names, max_size=3).map(tuple)
extras = st.dictionaries(
    names.map("x-".__add__), st.recursive(words, lambda inner: st.lists(inner, max_size=2), max_leaves=3), max_size=2
)


def built(what, **columns):
    """Values of one kind of the model; columns left out keep their defaults."""
    return st.fixed_dictionaries(columns).map(lambda values: what(**values))


def several(inner):
    return st.lists(inner, max_size=3).map(tuple)


questions = built(
    Question,
    type=st.sampled_from(["text", "integer", "select_one", "quantity", "note"]),
    name=names,
    label=texts,
    relevant=words,
    list_name=names,
    weight=decimals,
    points=st.dictionaries(names, decimals, max_size=2),
    veto=some_names,
    benchmark=st.none() | built(Benchmark, better=st.just("lower"), baseline=decimals, points=decimals),
    evidence=st.dictionaries(names, st.lists(st.sampled_from(EVIDENCE_KINDS), max_size=2).map(tuple), max_size=2),
    insist=st.booleans(),
    not_applicable=st.booleans(),
    finding=st.dictionaries(names, built(FindingText, grade=st.sampled_from(GRADES), text=texts), max_size=1),
    units=some_names,
    decimals=st.integers(-1, 6),
    extra=extras,
)
nodes = st.recursive(
    questions,
    lambda inner: (
        built(Group, name=names, label=texts, children=several(inner), weight=decimals, extra=extras)
        | built(Repeat, name=names, label=texts, children=several(inner), key=some_names, at_least=st.integers(0, 5))
    ),
    max_leaves=4,
)


forms = built(
    Form,
    form_id=names,
    version=words,
    title=texts,
    children=several(nodes),
    choices=st.dictionaries(names, several(built(Choice, name=names, label=texts, extra=extras)), max_size=2),
    kind=st.sampled_from(["checklist", "header"]),
    languages=some_names,
    scoring=built(Scoring, profile=st.sampled_from(["none", "points"])),
    extra=extras,
)

SCHEME = Scheme(
    "hk_gd",
    "2026.1",
    {"en-HK": "Scheme"},
    "draft criteria",
    "visit_header",
    "findings",
    (Category("maker", {"en-HK": "Maker"}, (FormUse("gate"), FormUse("air", "40")), (Level("top", {}, "top_from"),)),),
    {"top_from": Parameter("top_from", {"en-HK": "From"}, "80", "to be confirmed")},
    (("office", {"en-HK": "Office"}),),
    (CrossCheck("power", {}, "a/b", "c/d", "top_from"),),
    "category",
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(forms)
def test_a_form_comes_back_from_its_canonical_spelling(form: Form) -> None:
    spelling = canonical_bytes(form)
    assert form_from_canonical(spelling) == form
    assert form_from_canonical(spelling, verified=True) == form
    assert canonical_bytes(form_from_canonical(spelling)) == spelling


def test_a_scheme_comes_back_from_its_canonical_spelling() -> None:
    assert scheme_from_canonical(canonical_bytes(SCHEME)) == SCHEME


def test_the_hash_does_not_depend_on_how_the_yaml_is_laid_out() -> None:
    form = form_of(SMALL)
    text = small_form("""
        # the same in another layout
        - insist: 'yes'
          veto:
            - "no"
          points: {"no": "0", 'yes': 4}
          label: {zh-Hans-CN: 标签, en-HK: "Label", zh-Hant-HK: '標籤'}
          name: a
          type: select_one   yes_no
        """)
    other, problems = read_form(text.encode())
    assert other is not None, problems
    assert other == form
    assert form_hash(other) == form_hash(form)


def test_the_hash_changes_with_every_meaning() -> None:
    changed = [
        SMALL,
        SMALL.replace("4", "3"),
        SMALL.replace("insist: yes", "insist: no"),
        SMALL.replace("name: a", "name: b"),
    ]
    assert len({form_hash(form_of(survey)) for survey in changed}) == len(changed)


def test_the_spelling_of_a_form_never_changes() -> None:
    """Ledgers name forms by this hash: if this test fails, change the code back, not the test."""
    assert canonical_bytes(
        form_of("- {type: text, name: a, label: {en-HK: A, zh-Hant-HK: 甲, zh-Hans-CN: 甲}}")
    ).decode() == (
        '{"children":[{"label":{"en-HK":"A","zh-Hans-CN":"甲","zh-Hant-HK":"甲"},"name":"a","type":"text"}],'
        '"choices":{"yes_no":['
        '{"label":{"en-HK":"Yes","zh-Hans-CN":"是","zh-Hant-HK":"是"},"name":"yes"},'
        '{"label":{"en-HK":"No","zh-Hans-CN":"否","zh-Hant-HK":"否"},"name":"no"}]},'
        '"form_id":"small","number":"9","title":{"en-HK":"Small","zh-Hans-CN":"小","zh-Hant-HK":"小"},"version":"1"}'
    )
    assert form_hash(form_of(SMALL)) == "35737c815c36dcde76833d27b1730a027d7f0a811eaec0418688956ed93de1c1"
    assert form_hash(SCHEME) == "c678d265252b5bf21ae6cd95a84120b1503c8820231d8f6d947d142500d86759"


def test_columns_of_a_newer_program_are_kept_and_keep_the_hash() -> None:
    data = json.loads(canonical_bytes(form_of(SMALL)))
    data["children"][0]["photo_size"] = {"wide": ["1000"]}
    data["children"][0]["insist_more"] = True
    spelling = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    form = form_from_canonical(spelling)
    assert form.children[0].extra == {"photo_size": {"wide": ["1000"]}, "insist_more": True}
    assert canonical_bytes(form) == spelling


def test_an_extra_column_cannot_pass_for_a_known_one() -> None:
    question = form_of(SMALL).children[0]._replace(extra={"veto": "no"})
    with pytest.raises(CanonicalError):
        canonical_bytes(form_of(SMALL)._replace(children=(question,)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text.replace(b'"4"', b"4"),
        lambda text: text.replace(b'"no"', b'"no" '),
        lambda text: text.replace(b'"veto":["no"]', b'"veto":"no"'),
        lambda text: text.replace(b'"insist":true', b'"insist":"yes"'),
        lambda text: text.replace(b'"insist":true', b'"insist":false'),
        lambda text: text.replace(b'"name":"a",', b""),
        lambda text: text.replace(b'"name":"a"', b'"name":"a","name":"a"'),
        lambda text: text.replace(b'"type":"select_one"', b'"type":["select_one"]'),
        lambda text: text.replace(b'"children":[', b'"children":[[],'),
        lambda text: text.replace(b'"name":"a"', b'"name":"a","zzz":null'),
        lambda text: text.replace(b'"name":"a"', b'"name":"\\u0061"'),
        lambda text: b"[]",
        lambda text: b"\xff",
        lambda text: b"",
        lambda text: b"[" * 100_000,
        lambda text: b'{"children":[{"children":' * 20_000,
        lambda text: text.replace(b'"name":"a"', b'"name":"\\ud800"'),
        lambda text: text.replace(b'"4"', b"NaN"),
    ],
)
def test_anything_but_the_canonical_spelling_is_refused(change) -> None:
    with pytest.raises(CanonicalError):
        form_from_canonical(change(canonical_bytes(form_of(SMALL))))


@pytest.mark.parametrize("depth", [17, 100, 400, 100_000])
def test_a_form_that_is_too_deep_is_refused(depth: int) -> None:
    head, tail = '{"children":[', '],"label":{},"name":"g","type":"group"}'
    spelling = head * (depth + 1) + tail * depth + '],"form_id":"a","title":{},"version":"1"}'
    with pytest.raises(CanonicalError):
        form_from_canonical(spelling.encode())


@pytest.mark.parametrize("depth", [300, 900])
def test_a_column_of_its_own_that_is_too_deep_is_refused(depth: int) -> None:
    spelling = '{"children":[],"form_id":"a","title":{},"version":"1","zz":' + "[" * depth + "]" * depth + "}"
    try:
        assert canonical_bytes(form_from_canonical(spelling.encode())) == spelling.encode()
    except CanonicalError as error:
        assert error.reason in ("too deep", "not canonical", "not JSON")


def test_a_column_beside_the_known_ones_of_a_small_part_is_refused() -> None:
    spelling = canonical_bytes(SCHEME)
    with pytest.raises(CanonicalError):
        scheme_from_canonical(spelling.replace(b'"form":"gate"', b'"form":"gate","zz":"1"'))
    with pytest.raises(CanonicalError):
        scheme_from_canonical(spelling.replace(b'["office",', b'["office","x",'))


def test_reading_a_form_back_loads_neither_pydantic_nor_yaml() -> None:
    code = (
        "import sys, assessor_tui.form.canonical; print(sorted({'pydantic', 'yaml', 'dataclasses'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
