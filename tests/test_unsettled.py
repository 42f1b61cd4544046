"""What conditions say while answers are missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.parser import parse
from assessor_tui.logic.unsettled import holds, names_in

KNOWN = {"x": ("yes",), "many": ("a", "b"), "n": ("12.5",), "blank": (), "rows": ("2",), "open": None}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${x} = 'yes'", True),
        ("${x} != 'yes'", False),
        ("${open} = 'yes'", None),
        ("${x} = 'yes' or ${open} = 'yes'", True),
        ("${x} = 'no' or ${open} = 'yes'", None),
        ("${x} = 'no' and ${open} = 'yes'", False),
        ("not(${open} = 'yes')", None),
        ("not(${x} = 'no')", True),
        ("selected(${many}, 'b')", True),
        ("selected(${blank}, 'b')", False),
        ("selected(${open}, 'b')", None),
        ("${n} > 12", True),
        ("${n} <= 12", False),
        ("${blank} > 0", False),
        ("${blank} != 'no'", True),
        ("count(${rows}) > 1", True),
        ("count(${open}) > 0", None),
        ("${n} + 1 = 2", None),
        ("regex(${x}, 'y')", None),
    ],
)
def test_a_condition_is_decided_by_what_is_known(expression, expected):
    assert holds(parse(expression), KNOWN.get) is expected


def test_the_names_come_in_their_order():
    assert list(names_in(parse("${b} > 0 - ${a} or selected(${c}, 'x') and sum(${d}) = 1"))) == ["b", "a", "c", "d"]


@given(st.sampled_from(["yes", "no"]), st.sampled_from(["and", "or"]), st.booleans())
def test_what_is_decided_early_is_never_decided_otherwise_later(answer, joint, negated):
    text = f"${{a}} = 'yes' {joint} ${{b}} = 'yes'"
    tree = parse(f"not({text})" if negated else text)
    early = holds(tree, {"a": (answer,), "b": None}.get)
    for later in ("yes", "no"):
        found = holds(tree, {"a": (answer,), "b": (later,)}.get)
        assert found is not None
        assert early in (None, found)
