import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import (
    Call,
    Filter,
    Negation,
    Number,
    Operation,
    Reference,
    Step,
    Text,
    Tree,
    parse,
)


def shape(tree: Tree) -> object:
    """The tree without its places, as nested tuples."""
    if isinstance(tree, Number | Text):
        return tree.value
    if isinstance(tree, Reference):
        return f"${tree.name}"
    if isinstance(tree, Negation):
        return ("-", tree.times, shape(tree.operand))
    if isinstance(tree, Operation):
        return (shape(tree.first), *((sign, shape(operand)) for sign, operand in tree.rest))
    if isinstance(tree, Call):
        return (f"{tree.name}()", *map(shape, tree.arguments))
    if isinstance(tree, Filter):
        return ("filter", shape(tree.operand), *map(shape, tree.predicates))
    start = shape(tree.origin) if tree.origin is not None else "/" if tree.absolute else "."
    return ("path", start, *map(step_shape, tree.steps))


def step_shape(step: Step) -> object:
    name = f"{step.axis}::{step.test}"
    return (name, *map(shape, step.predicates)) if step.predicates else name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", (1, ("+", (2, ("*", 3))))),
        ("1 - 2 - 3", (1, ("-", 2), ("-", 3))),
        ("(1 - 2) - 3", ((1, ("-", 2)), ("-", 3))),
        ("1 - (2 - 3)", (1, ("-", (2, ("-", 3))))),
        ("1 or 2 and 3", (1, ("or", (2, ("and", 3))))),
        ("1 = 2 < 3", (1, ("=", (2, ("<", 3))))),
        ("----5", ("-", 4, 5)),
        ("-2 * 3", (("-", 1, 2), ("*", 3))),
        ("${a}[b > 1]/c", ("path", ("filter", "$a", (("path", ".", "child::b"), (">", 1))), "child::c")),
        ("../../x", ("path", ".", "parent::node()", "parent::node()", "child::x")),
        ("/", ("path", "/")),
        ("//a", ("path", "/", "descendant-or-self::node()", "child::a")),
        ("a/@b", ("path", ".", "child::a", "attribute::b")),
        ("current()/../a", ("path", ("current()",), "parent::node()", "child::a")),
        ("if(., 'a', \"b\")", ("if()", ("path", ".", "self::node()"), "a", "b")),
        ("count(a | b)", ("count()", (("path", ".", "child::a"), ("|", ("path", ".", "child::b"))))),
    ],
)
def test_operators_bind_as_in_xpath(text: str, expected: object) -> None:
    assert shape(parse(text)) == expected


def test_a_node_knows_its_part_of_the_text() -> None:
    text = "1 + round(${a}, 1)"
    tree = parse(text)
    assert isinstance(tree, Operation)
    call = tree.rest[0][1]
    assert text[call.start : call.end] == "round(${a}, 1)"


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1)", "a b", "f(1,)", "[1]", "1 2", "a/", "a[", "nowhere::a", "= 1", "/ /"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text)
    assert raised.value.reason == "form.expression"


@pytest.mark.parametrize("text", ["(" * 10_000, "(" * 10_000 + "1" + ")" * 10_000, "a[" * 10_000, "not(" * 10_000])
def test_ten_thousand_brackets_are_a_mistake_and_no_crash(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text)
    assert raised.value.reason == "form.expression_too_deep"


@pytest.mark.parametrize(
    "text", [" or ".join(["1"] * 5_000), "-" * 10_000 + "1", "a" + "/a" * 10_000, "a" + "[1]" * 9_000]
)
def test_long_chains_are_not_deep(text: str) -> None:
    parse(text)


@given(st.text(alphabet="ab1.()[]/*-+=<>'\"${}|, @:ordivmn!", max_size=40))
def test_any_text_is_a_tree_or_a_mistake(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.at <= len(text)
