"""What an answer can be, and its one spelling."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.value import Evidence, Quantity, from_json, is_decimal, is_row_id, plain_decimal, to_json

decimals = st.decimals(-(10**25), 10**25, places=6).map(lambda number: plain_decimal(f"{number:f}"))
values = st.one_of(
    st.text(max_size=50),
    st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5, unique=True).map(tuple),
    st.builds(Quantity, decimals, st.sampled_from(["", "kWh", "m3"])),
    st.builds(
        Evidence,
        st.just("document"),
        st.dictionaries(st.sampled_from(["name", "caption", "issuer"]), st.text(min_size=1, max_size=20)),
    ),
)


@given(values)
def test_a_value_comes_back_from_its_json(value):
    assert from_json(to_json(value)) == value


@given(st.from_regex(r"[+-]?[0-9]{1,25}(\.[0-9]{0,15})?", fullmatch=True))
def test_a_decimal_keeps_its_worth_and_has_one_spelling(text):
    spelling = plain_decimal(text)
    assert is_decimal(spelling)
    assert Fraction(spelling) == Fraction(text.removesuffix("."))
    assert plain_decimal(spelling) == spelling


@pytest.mark.parametrize("text", ["", ".", "-", "1e5", "1,000", "\u0663", "NaN", "inf", " 1", "1.0.0", "9" * 31])
def test_what_is_no_plain_decimal_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        plain_decimal(text)


@pytest.mark.parametrize("text", ["-0", "01", "1.0", "+1", ".5", "1.", "1\n"])
def test_other_spellings_are_not_canonical(text):
    assert not is_decimal(text)


@pytest.mark.parametrize(
    "data",
    [
        None,
        True,
        1,
        1.5,
        [],
        [""],
        ["a", "a"],
        ["a", 1],
        [["a"]],
        ["x" * 201],
        {},
        {"n": "1.0"},
        {"n": 1},
        {"n": "1", "u": ""},
        {"n": "1", "x": "y"},
        {"n": "1", "u": "k" * 41},
        {"kind": "photo", "sha256": "short"},
        {"kind": "photo", "other": "x"},
        {"kind": "photo", "name": {"a": "b"}},
        {"kind": "photo", "caption": "x" * 20_001},
        "x" * 20_001,
        [str(number) for number in range(1001)],
    ],
)
def test_anything_else_is_no_value(data):
    with pytest.raises(ValueError, match=r"."):
        from_json(data)


def test_a_row_id_is_32_hexadecimal_digits():
    assert is_row_id("0123456789abcdef" * 2)
    assert not is_row_id("0123456789ABCDEF" * 2)
    assert not is_row_id("0" * 33)
    assert not is_row_id("0" * 32 + "\n")
