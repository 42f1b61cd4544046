from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.logic.axes import in_order, taker
from assessor_tui.logic.parser import AXES
from assessor_tui.logic.values import Element, Node

TREES = st.recursive(
    st.builds(lambda name: Element(name, marks=(Element("id", name),)), st.sampled_from("abc")),
    lambda inner: st.builds(
        lambda name, inside: Element(name, inside=tuple(inside)), st.sampled_from("abc"), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def everything(node: Node) -> Iterator[Node]:
    yield node
    for inner in node.children():
        yield from everything(inner)


@given(TREES)
def test_every_node_lies_on_exactly_one_way_from_another(tree: Element) -> None:
    nodes = list(everything(tree))
    for node in nodes:
        found = [
            other
            for axis in ("ancestor", "descendant", "following", "preceding", "self")
            for other in taker(axis, "node()")(node)
        ]
        assert sorted(map(id, found)) == sorted(map(id, nodes))


@given(TREES, st.randoms())
def test_nodes_come_back_in_document_order_each_once(tree: Element, chance: Random) -> None:
    nodes = list(everything(tree))
    mixed = [*nodes, *nodes]
    chance.shuffle(mixed)
    assert [id(node) for node in in_order(mixed)] == [id(node) for node in nodes]


@given(TREES)
def test_siblings_before_and_after_are_those_around(tree: Element) -> None:
    for node in everything(tree):
        around = list(node.parent.children()) if node.parent is not None else [node]
        before = list(taker("preceding-sibling", "node()")(node))
        after = list(taker("following-sibling", "node()")(node))
        assert [id(each) for each in (*before[::-1], node, *after)] == [id(each) for each in around]


@pytest.mark.parametrize("axis", sorted(AXES))
def test_every_axis_of_the_language_can_be_gone(axis: str) -> None:
    tree = Element("a", inside=(Element("b"),))
    for test in ("*", "node()", "b", "text()", "processing-instruction()"):
        assert len(list(taker(axis, test)(tree))) <= 2


def test_an_attribute_stands_before_what_is_inside() -> None:
    mark, inner = Element("id", "1"), Element("b")
    tree = Element("a", inside=(inner,), marks=(mark,))
    assert in_order([inner, mark, tree]) == [tree, mark, inner]
    assert list(taker("parent", "*")(mark)) == [tree]
    assert list(taker("following-sibling", "node()")(mark)) == []


def test_node_types_are_told_apart_from_elements() -> None:
    kinds = (
        Element("text()", "t"),
        Element("comment()", "c"),
        Element("processing-instruction('p')", "i"),
        Element("b"),
    )
    tree = Element("a", inside=kinds)
    assert list(taker("child", "*")(tree)) == [kinds[3]]
    assert list(taker("child", "text()")(tree)) == [kinds[0]]
    assert list(taker("child", "processing-instruction()")(tree)) == [kinds[2]]
    assert list(taker("child", "processing-instruction('p')")(tree)) == [kinds[2]]
    assert list(taker("child", "node()")(tree)) == list(kinds)
