"""A form as YAML: read back it is the same form, and people would have written it so."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form.canonical import canonical_bytes
from assessor_tui.form.model import (
    EVIDENCE_KINDS,
    GRADES,
    LANGUAGES,
    Action,
    Benchmark,
    Choice,
    FindingText,
    Form,
    Group,
    Instance,
    Question,
    Repeat,
    Scoring,
)
from assessor_tui.form.read import read_form
from assessor_tui.form.write import to_yaml

FORMS = [
    Path(__file__).parents[1] / "forms" / f"{name}.yaml"
    for name in (
        *("energy_material_flow", "findings", "gate", "pollution_control", "recycling_waste", "supply_chain"),
        "visit_header",
    )
]

# -- random forms -----------------------------------------------------------------------------------------------------

NASTY = [
    *("", " ", "no", "Yes", "NULL", "~", "true", "y", "1.10", "010", "1e3", "12:30", "2020-01-01", "0x1F", "=", "<<"),
    *("-", "- a", "? a", ": a", "# a", "a # b", "a: b", "a:", "{a}", "[a", "*", "&a", "!a", "|", ">", "%a", "@a", "`a"),
    *("'a'", '"a"', "a\\b", "---", "...", "a\n", "\na", "a\n\n", "a\nb", " a\nb", "a \nb", "a\n  b\n\n c", "\ta"),
    *("a\tb", "a\n\tb", "a\n# b", "\u2028a", "a\u2029", "\xa0", "\u200b", "😀 ok", "是，否", "${a} = 'b'", "x" * 2000),
]
FORBIDDEN = [0x7F, 0x61C, 0x200E, 0x200F, 0xFEFF, 0xFFFE, 0xFFFF, *range(0x80, 0xA0), *range(0x202A, 0x202F)]
FORBIDDEN += [*range(0x2066, 0x206A), *range(0xFDD0, 0xFDF0)]
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="".join(map(chr, FORBIDDEN)))
Draw = Callable[[Any], Any]


@st.composite
def texts(draw: Draw) -> str:
    text = draw(st.sampled_from(NASTY) | st.text(LETTERS | st.sampled_from("\n\t :#-'\""), max_size=30))
    return unicodedata.normalize("NFC", text)


@st.composite
def names(draw: Draw) -> str:
    name = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,12}", fullmatch=True)
    found: str = draw(name | st.sampled_from(["yes", "null", "a.2", "_", "y"]))
    return found


@st.composite
def words(draw: Draw) -> dict[str, str]:
    tags = st.sampled_from([*LANGUAGES, "und", "x-klingon"])
    found: dict[str, str] = draw(st.dictionaries(tags, texts(), max_size=3))
    return found


@st.composite
def extras(draw: Draw) -> Any:
    inside = st.recursive(
        texts(), lambda part: st.lists(part, max_size=3) | st.dictionaries(texts(), part, max_size=3), max_leaves=5
    )
    return draw(st.dictionaries(st.sampled_from(["own", "columns", "bind::odk:x", "也"]), inside, max_size=2))


DECIMALS = st.sampled_from(["0", "1", "2.5", "10"])
TYPES: list[dict[str, str]] = [
    {"type": "text"},
    {"type": "start-geopoint"},
    {"type": "select_one", "list_name": "yes_no"},
    {"type": "rank", "list_name": "l.2"},
    {"type": "select_one", "rows_of": "rows"},
]


def lists(part: Any) -> Any:
    return st.lists(part, max_size=2).map(tuple)


@st.composite
def questions(draw: Draw) -> Question:
    columns: dict[str, Any] = {
        **{column: texts() for column, value in Question._field_defaults.items() if value == ""},
        **{
            column: words() for column in Question._fields if column in ("label", "hint", "guidance", "warning_message")
        },
        **dict.fromkeys(("veto", "limiting", "reason", "units"), lists(texts())),
        "asked": st.sampled_from(["core", "full", "at_hand"]),
        "weight": DECIMALS,
        "points": st.dictionaries(texts(), DECIMALS, max_size=3),
        "benchmark": st.builds(Benchmark, st.just("lower"), DECIMALS, st.just(""), DECIMALS, texts()),
        "evidence": st.dictionaries(texts(), lists(st.sampled_from(EVIDENCE_KINDS)), max_size=2),
        "insist": st.booleans(),
        "finding": st.dictionaries(texts(), st.builds(FindingText, st.sampled_from(GRADES), words()), max_size=2),
        "not_applicable": st.booleans(),
        "decimals": st.integers(-1, 9),
        "reviewed_by": st.dictionaries(texts(), texts(), max_size=2),
        "actions": lists(st.builds(Action, st.sampled_from(["load", "row", "change"]), texts(), texts())),
        "extra": extras(),
    }
    kind = draw(st.sampled_from(TYPES))
    chosen = draw(st.sets(st.sampled_from(sorted(set(columns) - {"list_name", "rows_of"})), max_size=6))
    return Question(**kind, name=draw(names()), **{column: draw(columns[column]) for column in sorted(chosen)})


@st.composite
def nodes(draw: Draw, depth: int = 2) -> Any:
    kind = draw(st.sampled_from(["question", "group", "repeat"][: 3 if depth else 1]))
    if kind == "question":
        return draw(questions())
    children = draw(lists(nodes(depth - 1)))
    same = {"name": draw(names()), "label": draw(words()), "children": children, "called": draw(texts())}
    if kind == "group":
        return Group(**same, relevant=draw(texts()), weight=draw(DECIMALS | st.just("")), extra=draw(extras()))
    return Repeat(
        **same,
        number=draw(texts()),
        guidance=draw(words()),
        repeat_count=draw(texts()),
        row_label=draw(texts()),
        row_letter=draw(st.sampled_from(["", "F"])),
        key=draw(lists(texts())),
        at_least=draw(st.integers(0, 3)),
        first_rows=draw(lists(st.dictionaries(texts(), texts(), max_size=2))),
        extra=draw(extras()),
    )


@st.composite
def forms(draw: Draw) -> Form:
    choices = lists(st.builds(Choice, texts(), words(), extras()))
    instances = st.builds(Instance, st.just(""), lists(texts()), lists(lists(texts())), texts())
    return Form(
        form_id=draw(names()),
        version=draw(texts()),
        title=draw(words()),
        children=draw(lists(nodes())),
        choices=draw(st.dictionaries(names(), choices, max_size=2)),
        number=draw(texts()),
        kind=draw(st.sampled_from(["checklist", "header", "findings"])),
        languages=draw(st.lists(texts(), min_size=1, max_size=3).map(tuple)),
        scoring=draw(st.builds(Scoring, st.just("points"), st.just("rescale_thresholds"), texts(), texts())),
        root=draw(texts()),
        instance_name=draw(texts()),
        instances=draw(st.dictionaries(texts(), instances, max_size=2)),
        extra=draw(extras()),
    )


@settings(max_examples=60, deadline=None)
@given(forms())
def test_any_form_is_read_back_as_it_was(form: Form) -> None:
    written = to_yaml(form)
    back, problems = read_form(written.encode())
    assert back is not None, (written, problems)
    assert canonical_bytes(back) == canonical_bytes(form), written


def _question(**columns: Any) -> str:
    return to_yaml(_form(Question("text", "q", **columns)))


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_text_is_read_as_anything_else(text: str) -> None:
    form, problems = read_form(_question(label={"und": text}, extra={text: [text, {text: text}]}).encode())
    assert form is not None, problems
    (question,) = form.children
    assert (question.label, question.extra) == ({"und": text}, {text: [text, {text: text}]})


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_our_forms_are_the_same_after_writing_and_reading(file: Path) -> None:
    form, problems = read_form(file.read_bytes())
    assert form is not None and not problems
    back, found = read_form(to_yaml(form).encode())
    assert back is not None and not found
    assert canonical_bytes(back) == canonical_bytes(form)
    assert to_yaml(back) == to_yaml(form)


def test_most_lines_are_those_that_people_wrote() -> None:
    file = next(file for file in FORMS if file.stem == "energy_material_flow")
    form, _ = read_form(file.read_bytes())
    assert form is not None
    by_hand = [line.strip().replace('"', "") for line in file.read_text(encoding="utf-8").splitlines()]
    written = [line.strip().replace('"', "") for line in to_yaml(form).splitlines()]
    assert len(set(written) & set(by_hand)) > 0.95 * len(set(written))


def test_what_fits_stays_on_one_line_and_long_texts_are_blocks() -> None:
    label = {"en-HK": "Yes", "zh-Hant-HK": "是", "zh-Hans-CN": "是"}
    form = Form(
        "f",
        "1.10",
        label,
        (
            Question(
                "select_one", "q", list_name="l", guidance={"en-HK": "First.\n\nThen: more.\n"}, points={"no": "0"}
            ),
        ),
        {"l": (Choice("no", label),)},
    )
    assert to_yaml(form) == (
        "settings:\n"
        "  form_id: f\n"
        '  version: "1.10"\n'
        "  kind: checklist\n"
        '  title: {en-HK: "Yes", zh-Hant-HK: 是, zh-Hans-CN: 是}\n'
        "choices:\n"
        "  l:\n"
        '    - {name: no, label: {en-HK: "Yes", zh-Hant-HK: 是, zh-Hans-CN: 是}}\n'
        "survey:\n"
        "  - type: select_one l\n"
        "    name: q\n"
        "    guidance:\n"
        "      en-HK: |\n"
        "        First.\n"
        "\n"
        "        Then: more.\n"
        '    points: {no: "0"}\n'
    )


def _form(*children: Any, **columns: Any) -> Form:
    return Form("f", "1", {"und": "F"}, children, languages=("und",), **columns)


def test_a_list_from_a_file_is_named_only() -> None:
    written = to_yaml(_form(instances={"towns": Instance("towns.csv", ("name",), (("a",),))}))
    assert "  towns: {source: towns.csv}\n" in written


@pytest.mark.parametrize("weight", ["", "0", "1", "2.5"])
def test_how_much_a_group_weighs_stays_as_it_is_said_or_not(weight: str) -> None:
    back, _ = read_form(to_yaml(_form(Group("g", {}, (Question("text", "q"),), weight=weight))).encode())
    assert back is not None and isinstance(back.children[0], Group)
    assert back.children[0].weight == weight


def test_what_no_file_may_hold_is_refused_on_reading_and_not_lost_without_a_word() -> None:
    for text in ("\x00", "a\x85b", "\u202eabc", "\ufeff"):
        _, problems = read_form(to_yaml(_form(Question("text", "q", label={"und": text}))).encode())
        assert "form.control_character" in [problem.code for problem in problems]
