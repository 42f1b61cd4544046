"""Columns of a workbook: headings taken apart, cells and languages in both directions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.interop.columns import from_cell, name_of, tag_of, to_cell, tokens_of


@pytest.mark.parametrize(
    ("sheet", "heading", "double", "tokens"),
    [
        ("survey", "Relevance", True, ("bind", "relevant")),
        ("survey", "constraint message::English (en)", True, ("bind", "jr:constraintMsg", "English (en)")),
        ("survey", "bind::jr:constraintMsg::fr", True, ("bind", "jr:constraintMsg", "fr")),
        ("survey", "media:image:fr", False, ("media", "image", "fr")),
        ("survey", "jr:count", False, ("control", "jr:count")),
        ("survey", "label:fr", False, ("label", "fr")),
        ("survey", "Owner of it", True, ("Owner of it",)),
        ("choices", "list name", True, ("list_name",)),
        ("choices", "County", True, ("County",)),
        ("settings", "set form title", True, ("form_title",)),
        ("settings", "id_string", True, ("form_id",)),
    ],
)
def test_a_heading_is_taken_apart_as_xlsform_does(
    sheet: str, heading: str, double: bool, tokens: tuple[str, ...]
) -> None:
    assert tokens_of(sheet, heading, double) == tokens


@pytest.mark.parametrize(
    ("name", "tag"),
    [("English (en)", "en"), ("English(en-hk)", "en-HK"), ("中文", "zh-Hant"), ("繁體中文 (zh-Hant-HK)", "zh-Hant-HK"),
     ("简体", "zh-Hans"), ("fr", "fr"), ("eng", "en"), ("Kyrgyz", "x-kyrgyz"), ("Old Norse", "x-old-norse"),
     ("", "und"), ("default", "und"), ("long language name", "x-long-language-name")],
)  # fmt: skip
def test_a_language_has_its_tag(name: str, tag: str) -> None:
    assert tag_of(name) == tag


def test_two_languages_never_share_a_tag() -> None:
    assert tag_of("English", ["en"]) == "en-x-2"
    assert tag_of("Kyrgyz", ["x-kyrgyz"]) == "x-kyrgyz-2"


@pytest.mark.parametrize("tag", ["en", "en-HK", "zh-Hant-HK", "zh-Hans-CN", "und", "fr", "pt-BR"])
def test_what_we_call_a_language_is_read_back(tag: str) -> None:
    assert tag_of(name_of(tag)) == tag


def test_cells_are_written_as_people_would_write_them() -> None:
    assert to_cell("pairs", {"yes": "2", "no": "0.5"}) == "yes=2 no=0.5"
    assert to_cell("lists", {"*": ("photo", "document")}) == "*=photo,document"
    assert to_cell("names", ("yes", "no")) == "yes no"
    assert to_cell("truth", True) == "yes"


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


@given(
    st.one_of(
        st.tuples(st.just("pairs"), st.dictionaries(_TEXTS, _TEXTS, max_size=4)),
        st.tuples(st.just("lists"), st.dictionaries(_TEXTS, st.lists(_TEXTS, max_size=3).map(tuple), max_size=4)),
        st.tuples(st.just("names"), st.lists(_TEXTS, max_size=4).map(tuple)),
        st.tuples(st.just("truth"), st.booleans()),
        st.tuples(st.just("whole"), st.integers(0, 999)),
        st.tuples(st.just("json"), st.dictionaries(_TEXTS, st.lists(_TEXTS), max_size=3)),
    )
)
def test_what_is_written_into_a_cell_is_read_back(cell: tuple[str, Any]) -> None:
    kind, value = cell
    assert from_cell(kind, to_cell(kind, value)) == value
