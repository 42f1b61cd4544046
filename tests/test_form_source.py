"""YAML in: what is let in, what is a mistake, and that no file brings the program down."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form import source as source_module
from assessor_tui.form.source import MAX_BYTES, MAX_PARTS, read_source


def mistakes(text: str | bytes) -> list[tuple[str, int, int]]:
    source = read_source(text.encode() if isinstance(text, str) else text, "form.yaml")
    return [(problem.code, problem.place.line, problem.place.column) for problem in source.problems]


def test_every_scalar_is_the_text_its_author_typed() -> None:
    source = read_source(b"{a: no, b: 1.10, c: 010, d: ~, e: true, f: 2026-11-12, g: 1e3, h: , 12: '12'}")
    assert source.data == {
        **{"a": "no", "b": "1.10", "c": "010", "d": "~", "e": "true"},
        **{"f": "2026-11-12", "g": "1e3", "h": "", "12": "12"},
    }
    assert source.problems == ()


def test_every_key_and_item_has_its_line_and_column() -> None:
    source = read_source("a: 1\nb:\n  - x\n  - {鍵: 2}\n".encode(), "form.yaml")
    assert source.marks[("b",)] == (2, 1)
    assert source.marks[("b", 1)] == (4, 5)
    assert source.marks[("b", 1, "鍵")] == (4, 6)
    assert source.place(("b", 1, "none", "such"))[:3] == ("form.yaml", 4, 5)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{a: "])
def test_thirty_thousand_open_brackets_are_one_mistake_with_a_line(opening: str) -> None:
    (mistake,) = mistakes(opening * 30_000)
    assert mistake[:2] == ("form.too_deep", 1)


def test_thirty_thousand_indents_are_one_mistake() -> None:
    text = "\n".join(" " * depth + "a:" for depth in range(1500))
    assert [code for code, *_ in mistakes(text)] == ["form.too_deep"]


def test_thirty_two_levels_are_fine() -> None:
    assert mistakes("[" * 32 + "]" * 32) == []
    assert [code for code, *_ in mistakes("[" * 33 + "]" * 33)] == ["form.too_deep"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: &x 2\n", ("form.anchor", 2, 4)),
        ("a: 1\nb: *x\n", ("form.alias", 2, 4)),
        ("a: !python/object:os.system x\n", ("form.tag", 1, 4)),
        ("a: !!int 3\n", ("form.tag", 1, 4)),
        ("a: 1\nb: 2\na: 3\n", ("form.duplicate_key", 3, 1)),
        ("a: 1\n---\nb: 2\n", ("form.documents", 2, 1)),
        ("", ("form.empty", 1, 1)),
        ("# only a remark\n", ("form.empty", 1, 1)),
        ("a: 1\n[1, 2]: 3\n", ("form.key_not_text", 2, 1)),
        ("a: 1\nb: x: y\n", ("form.yaml_colon", 2, 5)),
        ("a:\n\t- b\n", ("form.yaml_tab", 2, 1)),
        ("a: 1\nb: 'x\nc: 2\n", ("form.yaml_quote", 2, 4)),
        ("a: [1, 2\nb: 3\n", ("form.yaml_bracket", 1, 4)),
        ("a: {b: 1\n", ("form.yaml_bracket", 1, 4)),
        ("a: %x\n", ("form.yaml_start", 1, 4)),
        ("a: 1\nb\nc: 2\n", ("form.yaml_no_colon", 3, 1)),
        ("a:\n    b: 1\n  c: 2\n", ("form.yaml_indent", 3, 3)),
        ("- a\nb: c\n", ("form.yaml_indent", 2, 1)),
        ("a:\n  - b: [x,\n  - c: d\n", ("form.yaml_bracket_before", 3, 3)),
        ("a: 'it's'\n", ("form.yaml_after", 1, 8)),
        ("a: [x]]\n", ("form.yaml_after", 1, 7)),
        ("a: - b\n", ("form.yaml_dash", 1, 4)),
        ("a:b\nc: d\n", ("form.yaml_colon", 2, 2)),
        ("a: ,b\n", ("form.yaml_start", 1, 4)),
        ("a: *\n", ("form.yaml_start", 1, 5)),
        ("a: !<x\n", ("form.yaml_start", 1, 7)),
        ("%x\n", ("form.yaml_start", 1, 3)),
        ('a: "\\q"\n', ("form.yaml_escape", 1, 5)),
        ("a: >x\n b\n", ("form.yaml", 1, 5)),
        ('a: "\\x1b[31m"\n', ("form.control_character", 1, 4)),
        ("a: x\u202ey\n", ("form.control_character", 1, 4)),
        ("a: 1\nb: x\x07y\n", ("form.control_character", 2, 5)),
    ],
)
def test_one_mistake_with_its_line_and_column(text: str, expected: tuple[str, int, int]) -> None:
    assert mistakes(text) == [expected]


def test_several_mistakes_are_reported_together() -> None:
    assert [code for code, *_ in mistakes("a: &x 1\nb: *x\nb: !t 2\n")] == [
        "form.anchor",
        "form.alias",
        "form.duplicate_key",
        "form.tag",
    ]


def test_a_file_that_is_not_utf8_names_the_first_wrong_byte() -> None:
    assert mistakes(b"a: 1\nb: \xff\n") == [("form.not_utf8", 2, 4)]
    assert [code for code, *_ in mistakes("a: 評".encode("utf-16"))] == ["form.not_utf8"]


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert read_source(b"\xef\xbb\xbfa: 1\n").data == {"a": "1"}


def test_a_file_over_two_megabytes_is_not_read() -> None:
    assert mistakes(b"a" * (MAX_BYTES + 1)) == [("form.too_big", 1, 1)]


def test_a_file_of_a_million_parts_is_not_read_to_its_end() -> None:
    assert [code for code, *_ in mistakes("[" + "a," * (MAX_PARTS + 5) + "]")] == ["form.too_many_parts"]


def test_text_is_composed_so_that_equal_texts_have_equal_bytes() -> None:
    assert read_source("a: cafe\u0301\n".encode()).data == {"a": "caf\u00e9"}


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    source = read_source(data)
    assert source.data is not None or source.problems


@settings(deadline=None)
@given(st.text(alphabet="ab:-[]{}'\"#&*!|>%@?, \n\t", max_size=80))
def test_no_yaml_brings_the_reader_down(text: str) -> None:
    source = read_source(text.encode())
    assert source.data is not None or source.problems


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 30_000, "form.too_deep"),
        ("{a: " * 30_000, "form.too_deep"),
        ("a: b: c\n", "form.yaml_colon"),
        ("a: 'x\n", "form.yaml_quote"),
        ("a: [1, 2\nb: 3\n", "form.yaml_bracket"),
        ("a:\n    b: 1\n  c: 2\n", "form.yaml_indent"),
        ("a: *b\n", "form.alias"),
    ],
)
def test_where_pyyaml_comes_without_libyaml_the_mistakes_are_the_same(
    text: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_LOADER", yaml.SafeLoader)
    assert [found for found, *_ in mistakes(text)] == [code]
