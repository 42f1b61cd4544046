"""The thirteen ways to go from a node of a document or a filling (XPath 1.0, section 2.2), and document order."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from assessor_tui.logic.values import Node

REVERSE = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})
"""Axes that count from the node outwards or backwards."""


FAR = frozenset(
    {"descendant", "descendant-or-self", "following", "following-sibling", "preceding", "preceding-sibling"}
)
"""Axes on which much may be passed by before anything is found."""


def taker(axis: str, test: str) -> Callable[[Node], Iterable[Node]]:
    """What gives the nodes on ``axis`` of a node that pass the test: a name, ``*``, or a node type with brackets."""
    if axis == "child" and test not in ("*", "node()", "text()") and "(" not in test:
        return lambda node: node.named(test)
    walk, passes = _WALKS[axis], passer(test)
    if passes is None:
        return walk
    return lambda node: [other for other in walk(node) if passes(other)]


def passer(test: str) -> Callable[[Node], bool] | None:
    """Whether a node passes a test; None when every node does."""
    if test == "node()":
        return None
    if test == "processing-instruction()":
        return lambda node: node.name.startswith("processing-instruction(")
    if test == "*":
        return lambda node: bool(node.name) and "(" not in node.name
    return lambda node: node.name == test


def _ancestors(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _descendants(node: Node) -> Iterator[Node]:
    waiting = list(reversed(node.children()))
    while waiting:
        inner = waiting.pop()
        yield inner
        waiting.extend(reversed(inner.children()))


def _siblings(node: Node) -> tuple[Sequence[Node], int]:
    if node.parent is None:
        return (), -1
    around = node.parent.children()
    return around, next((at for at, other in enumerate(around) if other is node), -1)


def _following_siblings(node: Node) -> Iterable[Node]:
    around, at = _siblings(node)
    return around[at + 1 :] if at >= 0 else ()


def _preceding_siblings(node: Node) -> Iterable[Node]:
    around, at = _siblings(node)
    return around[:at][::-1] if at >= 0 else ()


def _following(node: Node) -> Iterator[Node]:
    for above in (node, *_ancestors(node)):
        for sibling in _following_siblings(above):
            yield sibling
            yield from _descendants(sibling)


def _preceding(node: Node) -> Iterator[Node]:
    for above in (node, *_ancestors(node)):
        for sibling in _preceding_siblings(above):
            yield from reversed([sibling, *_descendants(sibling)])


_WALKS: dict[str, Callable[[Node], Iterable[Node]]] = {
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: (node, *_ancestors(node)),
    "attribute": lambda node: node.attributes(),
    "child": lambda node: node.children(),
    "descendant": _descendants,
    "descendant-or-self": lambda node: (node, *_descendants(node)),
    "following": _following,
    "following-sibling": _following_siblings,
    "namespace": lambda _: (),
    "parent": lambda node: () if node.parent is None else (node.parent,),
    "preceding": _preceding,
    "preceding-sibling": _preceding_siblings,
    "self": lambda node: (node,),
}


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Each node once, in document order."""
    once = list({id(node): node for node in nodes}.values())
    if len(once) < 2:
        return once
    places: dict[int, dict[int, int]] = {}

    def key(node: Node) -> list[int]:
        found: list[int] = []
        for above in _ancestors(node):
            if id(above) not in places:
                inside = (*above.attributes(), *above.children())
                places[id(above)] = {id(other): at for at, other in enumerate(inside)}
            found.append(places[id(above)].get(id(node), -1))
            node = above
        return found[::-1]

    return sorted(once, key=key)
