"""XML from outside: what is read, what is refused, and that nothing in a file costs more than its size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.form.markup import MAX_DEPTH, Element, Markup, read_markup, spell_markup
from assessor_tui.i18n.sentences import SENTENCES


def read(text: str) -> Element:
    markup = read_markup(text.encode())
    assert markup.root is not None, markup.problems
    return markup.root


def refused(data: bytes | str, **limits: int) -> tuple[str, int, int]:
    markup = read_markup(data.encode() if isinstance(data, str) else data, "list.xml", **limits)
    assert markup.root is None
    (problem,) = markup.problems
    assert problem.code in SENTENCES
    assert problem.place.file == "list.xml"
    return problem.code, problem.place.line, problem.place.column


def test_elements_texts_and_attributes_keep_their_order_and_lines() -> None:
    root = read('<a one="1"\n two="2">before<b/> between <c>inside</c>\nafter</a>')

    assert list(root.attributes.items()) == [("one", "1"), ("two", "2")]
    assert [part if isinstance(part, str) else part.name for part in root.children] == [
        "before", "b", " between ", "c", "\nafter",
    ]  # fmt: skip
    assert root.text == "before between \nafter"
    assert [(each.name, each.line, each.column) for each in root.elements()] == [("b", 2, 16), ("c", 2, 29)]


def test_names_know_their_namespace_and_how_they_are_written() -> None:
    root = read('<x:a xmlns:x="urn:x" xmlns="urn:plain" x:mark="1" plain="2"><b/></x:a>')

    assert (root.name, root.namespace, root.written) == ("a", "urn:x", "x:a")
    assert root.attributes == {"{urn:x}mark": "1", "plain": "2"}
    inner = root.first("b")
    assert inner is not None
    assert (inner.namespace, inner.written) == ("urn:plain", "b")


def test_comments_and_instructions_are_passed_over_and_part_no_text() -> None:
    assert read("<a>one<!-- two -->three<?four five?>six</a>").children == ["onethreesix"]


def test_texts_are_composed_and_lose_characters_that_nobody_sees() -> None:
    markup = read_markup("<a b='\u200fe\u0301'>e\u0301\u202ex\u202e</a>".encode(), "list.xml")

    assert markup.root is not None
    assert (markup.root.attributes["b"], markup.root.text) == ("é", "éx")
    assert [(each.code, each.parameters["character"]) for each in markup.warnings] == [
        ("markup.invisible", "U+200F"),
        ("markup.invisible", "U+202E"),
    ]


def test_a_long_text_is_one_text() -> None:
    assert read(f"<a>{'é' * 300_000}</a>").children == ["é" * 300_000]


def test_utf_16_with_its_mark_is_read() -> None:
    assert read_markup('<?xml version="1.0" encoding="UTF-16"?><a>工廠</a>'.encode("utf-16")).root.text == "工廠"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ("markup.empty", 1, 1)),
        (" \n\ufeff", ("markup.empty", 1, 1)),
        ("form_id,title\n1,2\n", ("markup.syntax", 1, 1)),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', ("markup.doctype", 1, 13)),
        ('<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', ("markup.doctype", 1, 46)),
        ("<a>\n&nbsp;</a>", ("markup.entity", 2, 1)),
        ("<a>&#1;</a>", ("markup.character", 1, 4)),
        ("<a>\n<b>\n</a>", ("markup.tags", 3, 3)),
        ("<a>\n<b/>", ("markup.ends", 2, 5)),
        ("<a><b", ("markup.ends", 1, 4)),
        ("<a/>\n<b/>", ("markup.after", 2, 1)),
        ('<a b="1"\nb="2"/>', ("markup.twice", 2, 1)),
        ("<a><jr:b/></a>", ("markup.prefix", 1, 4)),
        ("<a>\x01</a>", ("markup.syntax", 1, 4)),
        ('<?xml version="1.0" encoding="shift_jis"?><a/>', ("markup.encoding", 1, 1)),
    ],
)
def test_what_is_no_strict_xml_is_refused_at_its_place(text: str, told: tuple[str, int, int]) -> None:
    assert refused(text) == told


def test_bytes_that_are_no_utf_8_are_refused_at_their_place() -> None:
    assert refused(b"<a>\n<b>\xff</b></a>") == ("markup.not_text", 2, 4)
    assert refused(b"\xff\xfe<\x00a\x00/\x00>") == ("markup.not_text", 1, 1)


def test_a_billion_laughs_are_refused_before_the_first() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))

    assert refused(f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{laughs}]><a>&l29;</a>')[0] == "markup.doctype"


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    assert refused(b"<a>" + b" " * 2_000_000, most_bytes=1_000_000) == ("markup.too_big", 1, 1)


def test_ten_thousand_levels_are_refused_where_they_are_too_many() -> None:
    assert refused("<a>" * 10_000) == ("markup.too_deep", 1, MAX_DEPTH * 3 + 1)


def test_more_elements_and_attributes_than_anybody_needs_are_refused() -> None:
    assert refused("<a>" + "<b/>" * 1000 + "</a>", most=1000)[0] == "markup.too_many"
    assert refused("<a " + " ".join(f'b{n}="1"' for n in range(1000)) + "/>")[0] == "markup.attributes"


def test_a_less_than_between_quotes_is_read_as_odk_reads_it_and_said() -> None:
    markup = read_markup(b'<a>\n<!-- "<" --><b c="[x < 3]" d=\'<&lt;\'>y</b><![CDATA[<"]]></a>', "form.xml")

    assert markup.root is not None
    inner = markup.root.first("b")
    assert inner is not None
    assert dict(inner.attributes) == {"c": "[x < 3]", "d": "<<"}
    assert [(each.code, each.place.line) for each in markup.warnings] == [("markup.unescaped", 2)]


NAMES = st.sampled_from(["a", "b", "item", "x:a", "x:b", "y:a"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Cn", "Co")), max_size=8)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> Element:
    written = draw(NAMES)
    prefix, _, name = written.rpartition(":")
    element = Element(name, f"urn:{prefix}" if prefix else "", prefix)
    keys = draw(st.lists(st.sampled_from(["one", "{urn:x}two", "{urn:z}three"]), unique=True, max_size=3))
    element.attributes = {key: read_text(draw(TEXTS)) for key in keys}
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        text = read_text(draw(TEXTS))
        if text:
            element.children.append(text)
        element.children.append(draw(elements(depth - 1)))
    return element


def read_text(text: str) -> str:
    return read(f"<a>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</a>").text


def plain(element: Element) -> object:
    inside = [part if isinstance(part, str) else plain(part) for part in element.children]
    return element.written, element.namespace, dict(element.attributes), inside


@given(elements())
def test_what_is_written_is_read_back_the_same(element: Element) -> None:
    again = read(spell_markup(element))

    assert plain(again) == plain(element)
    assert spell_markup(again) == spell_markup(element)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_one_problem(data: bytes) -> None:
    markup = read_markup(data)

    assert isinstance(markup, Markup)
    assert (markup.root is None) == bool(markup.problems)


PIECES = st.sampled_from(
    ["<a>", "</a>", "<b", " c=", '"', "'", "<", ">", "&", ";", "&lt;", "<!--", "-->", "<![CDATA[", "]]>", "<?x", "?>",
     "<!DOCTYPE a>", "\x00", "\ud7ff", "]]", "/>", " xmlns:x='u'", "x:", "\n"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30))
def test_any_order_of_pieces_of_xml_is_a_tree_or_one_problem(pieces: list[str]) -> None:
    markup = read_markup(f"<a>{''.join(pieces)}</a>".encode())

    assert (markup.root is None) == bool(markup.problems)
    assert {each.code for each in markup.problems} <= set(SENTENCES)
