"""Expressions over documents: paths, axes, operators, and that nothing whatever crashes."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.logic.closures import as_kind, build
from assessor_tui.logic.explain import explain, lines
from assessor_tui.logic.functions import FUNCTIONS
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.lint import lint
from assessor_tui.logic.parser import AXES, parse
from assessor_tui.logic.values import Clock, ErrorValue, Node, Result, Scope, to_text
from tests.conformance.documents import DocumentNames, document
from tests.conformance.expressions import Outside
from tests.logic_forms import A, computed, filling, repeat, text

WORLD = Outside("2026-11-12", "2026-11-12T10:00:00.000+08:00", Clock(480))
PLANT = document(
    '<plant id="p1" xml:lang="en"><!--a note--><outlet no="1">12<unit>mg</unit></outlet>'
    '<outlet no="2">7<unit>kg</unit></outlet><store><outlet no="3">9</outlet><empty/></store>tail</plant>'
)


def worth(expression: str, at: str = "/0") -> Result:
    here = PLANT.at(at)
    result: Result = build(parse(expression), DocumentNames(PLANT)).run(Scope(here, here, WORLD))
    return result


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("outlet", ["/0/1", "/0/2"]),
        ("*", ["/0/1", "/0/2", "/0/3"]),
        ("//outlet", ["/0/1", "/0/2", "/0/3/0"]),
        (".//outlet[@no > 1]", ["/0/2", "/0/3/0"]),
        ("outlet[2]", ["/0/2"]),
        ("outlet[last()]", ["/0/2"]),
        ("(//outlet)[last()]", ["/0/3/0"]),
        ("outlet/unit[. = 'kg']/..", ["/0/2"]),
        ("@id", ["/0/@id"]),
        ("@*", ["/0/@id", "/0/@xml:lang"]),
        ("//@no", ["/0/1/@no", "/0/2/@no", "/0/3/0/@no"]),
        ("//*", ["/0", "/0/1", "/0/1/1", "/0/2", "/0/2/1", "/0/3", "/0/3/0", "/0/3/1"]),
        ("//*[1]", ["/0", "/0/1", "/0/1/1", "/0/2/1", "/0/3/0"]),
        ("(. | outlet)/*", ["/0/1", "/0/1/1", "/0/2", "/0/2/1", "/0/3"]),
        ("ancestor-or-self::*/*", ["/0/1", "/0/2", "/0/3"]),
        ("store | outlet", ["/0/1", "/0/2", "/0/3"]),
        ("text()", ["/0/4"]),
        ("comment()", ["/0/0"]),
        ("node()", ["/0/0", "/0/1", "/0/2", "/0/3", "/0/4"]),
        ("/", ["/"]),
        ("/plant/store/empty/ancestor::*", ["/0", "/0/3"]),
        ("store/empty/ancestor::*[1]", ["/0/3"]),
        ("store/empty/ancestor-or-self::node()", ["/", "/0", "/0/3", "/0/3/1"]),
        ("store/empty/preceding::outlet", ["/0/1", "/0/2", "/0/3/0"]),
        ("store/empty/preceding::outlet[1]", ["/0/3/0"]),
        ("store/preceding-sibling::outlet[1]", ["/0/2"]),
        ("outlet[1]/following-sibling::*", ["/0/2", "/0/3"]),
        ("outlet[2]/following::outlet", ["/0/3/0"]),
        ("descendant::unit", ["/0/1/1", "/0/2/1"]),
        ("descendant-or-self::plant", ["/0"]),
        ("outlet/parent::plant", ["/0"]),
        ("self::store", []),
        ("namespace::*", []),
        ("id('p1')", ["/0"]),
        ("indexed-repeat(outlet/unit, outlet, 2)", ["/0/2/1"]),
        ("indexed-repeat(outlet/unit, outlet, 5)", []),
        ("instance('towns')", []),
    ],
)
def test_a_path_leads_to_these_nodes(expression: str, expected: list[str]) -> None:
    found = worth(expression)
    assert isinstance(found, list)
    assert [PLANT.indexes(node) for node in found] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name(//unit)", "unit"),
        ("name(text())", ""),
        ("substring('plant', 1 div -0)", "plant"),
        ("substring('plant', 1 div -0, 1 div 0)", ""),
        ("local-name(@xml:lang)", "lang"),
        ("count(//outlet[position() = 1])", 2.0),
        ("sum(//@no)", 6.0),
        ("outlet/@no = 2", True),
        ("outlet/@no != 2", True),
        ("outlet/@no > 2", False),
        ("//nothing = ''", False),
        ("//nothing < true()", True),
        ("string(//nothing)", ""),
        ("position(outlet[2])", 2.0),
        ("- - 2", 2.0),
        ("2e2 + 1.5E-1", 200.15),
        ("checklist(2, 2, outlet, '')", True),
        ("weighted-checklist(9, 9, outlet/unit, outlet/@no, 'a', 6)", True),
        ("count-non-empty(store/*)", 1.0),
        ("false() and no-such()", False),
        ("selected('a  b\n', 'b')", True),
        ("selected('ab', 'b')", False),
        ("selected('a b', 'a b')", False),
        ("selected('', '')", False),
        ("if(true(), 1, substr())", 1.0),
    ],
)
def test_an_expression_is_worth(expression: str, expected: Result) -> None:
    assert worth(expression) == expected


@pytest.mark.parametrize(
    "expression",
    ["no-such()", "true(1)", "date('soon')", "date(true())", "decimal-date-time('x')", "geofence('0 0', 'x')",
     "digest('a', 'SHA-9')", "base64-decode('ü')", "extract-signed('aaaa', 'bbbb')", "regex('a', '(')"],
)  # fmt: skip
def test_what_has_no_answer_is_a_blank_that_can_be_told_from_others(expression: str) -> None:
    found = worth(expression)
    assert isinstance(found, ErrorValue)
    assert found == ""
    assert found.reason


@pytest.mark.parametrize("expression", ["date('')", "geofence('', '0 0;0 1;1 1')", "extract-signed('', 'x')", "''"])
def test_what_is_only_not_answered_yet_is_no_error(expression: str) -> None:
    assert not isinstance(worth(expression), ErrorValue)
    assert not worth(expression)


WORDS = ["''", "'a b'", "1", "0", "-1", "0.5", "1 div 0", "0 div 0", "99999999999999999999", "1e300", "'2026-11-12'",
         "'[0-9]+'", "'%Y-%H'", "true()", "today()", "now()", "'22.3 114.2;22.4 114.2;22.4 114.3'", "'MD5'", "'hex'",
         "'😀é'", "'10:00'", "'NaN'", "'Nov 22 2026'"]  # fmt: skip
TESTS = ["*", "node()", "outlet", "unit", "text()", "comment()"]
OPERATORS = ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or", "|"]


def _steps(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    step = st.builds("{}::{}".format, st.sampled_from(sorted(AXES)), st.sampled_from(TESTS))
    filtered = step | st.builds("{}[{}]".format, step, inner)
    return st.builds(
        lambda start, steps: start + "/".join(steps),
        st.sampled_from(["", "/", "//", "./", "../"]),
        st.lists(filtered, min_size=1, max_size=3),
    )


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(FUNCTIONS)).flatmap(
        lambda name: st.lists(
            inner, min_size=FUNCTIONS[name].least, max_size=min(FUNCTIONS[name].most, FUNCTIONS[name].least + 2)
        ).map(lambda arguments: f"{name}({', '.join(arguments)})")
    )


EXPRESSIONS = st.recursive(
    st.sampled_from([*WORDS, ".", "..", "@id", "//outlet", "current()"]),
    lambda inner: (
        _calls(inner)
        | _steps(inner)
        | st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner)
        | inner.map("-{}".format)
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, st.sampled_from(["/", "/0", "/0/1", "/0/@id", "/0/3/1", "/0/0"]))
def test_any_expression_at_any_node_has_a_value_of_every_kind(text: str, place: str) -> None:
    try:
        built = build(parse(text))
    except ExpressionError as error:
        assert error.reason == "form.not_nodes"
        return
    here: Node = PLANT.at(place)
    scope = Scope(here, here, WORLD)
    assert isinstance(to_text(built.run(scope)), str)
    assert isinstance(as_kind(built, "t")(scope), str)
    assert type(as_kind(built, "n")(scope)) in (float, int)
    assert type(as_kind(built, "b")(scope)) is bool
    assert isinstance(as_kind(built, "s")(scope), list)


@given(st.text(alphabet="ab1.()[]/*-+=<>'\"| ,@:$!eE", max_size=30))
def test_any_text_is_refused_or_has_a_value(text: str) -> None:
    try:
        built = build(parse(text))
    except ExpressionError:
        return
    to_text(built.run(Scope(PLANT.root, PLANT.root, WORLD)))


def test_powers_and_long_texts_end() -> None:
    assert worth("pow(10, 400)") == float("inf")
    assert worth("pow(-10, 401)") == float("-inf")
    assert worth("pow(0, -1)") == float("inf")
    assert worth("pow(-8, 0.5) = pow(-8, 0.5)") is False
    assert worth("pow(2, 60)") == 2.0**60
    assert worth("exp10(400)") == float("inf")
    assert worth("string-length(string(pow(10, 300)))") == 301.0
    assert worth("round(pow(10, 300), -400)") == 0.0 or worth("round(pow(10, 300), -400)") == pytest.approx(1e300)
    big = f"concat({', '.join(['//text()'] * 2000)})"
    assert worth(f"string-length(digest({big}, 'SHA-512', 'hex'))") == 128.0


def under(frames: int, doing: Callable[[], None]) -> None:
    """Nothing; does it with so many frames on the stack already."""
    doing() if not frames else under(frames - 1, doing)


@pytest.mark.parametrize(
    ("before", "core", "after", "levels"),
    [
        ("if(${a} = 'x', 'y', ", "${a}", ")", 96),
        ("if(", "${a}", " = 'x', 'y', 'z')", 96),
        ("concat('a', ", "${a}", ")", 97),
        ("(${a} = 'x' and (", "${a} = 'y'", "))", 30),
        ("not(", "${a}", ")", 98),
        ("${r}[b = 'x' or count(", "${r}", ") > 0]", 30),
        ("1 + (2 * (3 - ", "${a}", "))", 23),
        ("1 = (", "${a}", ")", 48),
    ],
)
def test_the_deepest_expression_is_filled_in_checked_and_explained(
    before: str, core: str, after: str, levels: int
) -> None:
    expression = f"string({before * levels}{core}{after * levels})"

    def all_of_it() -> None:
        here = filling(text("a"), repeat("r", text("b")), computed("x", expression))
        here.add_row("r", A)
        here.set("a", "q")
        here.state("x")
        lint(here.compiled)
        assert list(lines(explain(here, "x")))

    under(300, all_of_it)
