"""The primary instance of an XForm as a tree of nodes, each once, and how references find them.

A repeat stands in the instance as often as it has rows at the start, and once more as its template; all of these are
one node here, with the elements it stands for.
"""

import re
from collections.abc import Iterator

from assessor_tui.form.markup import Element
from assessor_tui.interop.names import Names
from assessor_tui.interop.xform_notes import Notes, attribute
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Call, Path, Tree, parse

MOST_NODES = 20_000


class Node:
    """One node of the primary instance."""

    __slots__ = (
        "actions", "binds", "by_local", "children", "control", "element", "kind", "many", "name", "order", "parent",
        "path", "template", "unique",
    )  # fmt: skip

    def __init__(self, element: Element, parent: "Node | None") -> None:
        self.element = element
        """The first one in the file."""
        self.name = element.written
        """As expressions write it."""
        self.parent = parent
        self.path: str = f"{parent.path if parent else ''}/{self.name}"
        self.children: dict[str, Node] = {}
        """By name, in the order of the file."""
        self.by_local: dict[str, Node] | None = None
        """By name without prefix, once somebody has looked; the first of each."""
        self.template: Element | None = None
        """The element that new rows begin as, when the file marks one."""
        self.many = False
        """True when it stands several times at the start, beside its template."""
        self.kind = ""
        """``group``, ``repeat`` or ``question`` as the body says; ``""``: only the instance names it."""
        self.control: Element | None = None
        """The element of the body that asks it."""
        self.order = 0
        """Place of its control in the body; 0: none."""
        self.binds: dict[str, tuple[str, Element]] = {}
        """Attribute of its ``bind`` elements -> text and element."""
        self.actions: list[tuple[str, str, str, Element]] = []
        """What sets it: ``load``, ``row`` or ``change``; expression; paths of whose change; element."""
        self.unique = ""
        """Its name in the form: plain, and nobody else's."""

    def __repr__(self) -> str:
        return f"<{self.kind or 'node'} {self.path}>"

    def bind(self, name: str) -> str:
        """The text of an attribute of its ``bind``, without space around it; ``""`` for none."""
        found = self.binds.get(name)
        return found[0].strip() if found else ""

    def value(self) -> str:
        """What it holds in the template, or else in the first instance."""
        return self.element.text.strip()


class Instance:
    """The primary instance."""

    __slots__ = ("by_path", "root")

    def __init__(self, root: Node) -> None:
        self.root = root
        self.by_path: dict[str, Node] = {node.path: node for node in walk(root)}

    def find(self, text: str, context: Node) -> tuple[Node | None, str]:
        """The node that a reference names, seen from ``context``, and the predicates it has (``""`` for none)."""
        text = text.strip()
        found = self.by_path.get(text)
        if found is not None:
            return found, ""
        if _PLAIN.match(text):
            # Without the parser: a form may name as many nodes that are not there as it likes.
            if text.split("/", 2)[1] not in (self.root.name, self.root.element.name):
                return None, ""
            here: Node | None = self.root
            for name in text.split("/")[2:]:
                here = child_of(here, name) if here is not None else None
            return here, ""
        try:
            tree = parse(text)
        except ExpressionError:
            return None, ""
        node = self._follow(tree, context)
        between = _BRACKETS.search(text)
        return node, between[0] if between else ""

    def _follow(self, tree: Tree, context: Node) -> Node | None:
        if not isinstance(tree, Path):
            return context if isinstance(tree, Call) and tree.name == "current" else None
        node: Node | None = context
        steps = list(tree.steps)
        if tree.absolute:
            if not steps or steps[0].test not in (self.root.name, self.root.element.name):
                return None
            node, steps = self.root, steps[1:]
        elif tree.origin is not None:
            node = self._follow(tree.origin, context)
        for step in steps:
            if node is None:
                return None
            if step.axis == "parent":
                node = node.parent
            elif step.axis == "child":
                node = child_of(node, step.test)
            elif step.axis != "self":
                return None
        return node


_PLAIN = re.compile(r"(?:/[A-Za-z_][\w.:-]*)+\Z")
_BRACKETS = re.compile(r"\[.*\]", re.DOTALL)


def child_of(node: Node, name: str) -> Node | None:
    """The child of this name, with its prefix or without one."""
    found = node.children.get(name)
    if found is None and node.children:
        if node.by_local is None:
            node.by_local = {child.element.name: child for child in reversed(node.children.values())}
        found = node.by_local.get(name.rpartition(":")[2])
    return found


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it, in document order."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(here.children.values()))


def instance_of(root: Element, notes: Notes) -> Instance:
    """The primary instance whose outermost element is ``root``."""
    top = Node(root, None)
    left = MOST_NODES
    waiting = [(top, [root])]
    while waiting:
        node, elements = waiting.pop()
        by_name: dict[str, list[Element]] = {}
        many: set[str] = set()
        for element in elements:
            rows: set[str] = set()
            for child in element.elements():
                by_name.setdefault(child.written, []).append(child)
                if not is_template(child):
                    (many if child.written in rows else rows).add(child.written)
        for name, found in by_name.items():
            left -= 1
            if left < 0:
                notes.problem("xform.too_many_nodes", found[0], most=str(MOST_NODES))
                return Instance(top)
            template = next((each for each in found if is_template(each)), None)
            child_node = node.children[name] = Node(template or found[0], node)
            child_node.template = template
            child_node.many = name in many
            waiting.append((child_node, found))
            for key in template.attributes if template else found[0].attributes:
                if not key.endswith("}template") and key != "template":
                    notes.warn("xform.attribute", found[0], child_node.path, name=key.rpartition("}")[2])
        if node.children and any(element.text.strip() for element in elements):
            notes.warn("xform.mixed", elements[0], node.path, name=node.name)
    return Instance(top)


def is_template(element: Element) -> bool:
    """True for the element that new rows of a repeat begin as."""
    return attribute(element, "template") is not None


def rows_in(element: Element, name: str) -> list[Element]:
    """The rows of a repeat directly inside an element, without the template."""
    return [each for each in element.elements() if each.written == name and not is_template(each)]


def give_names(instance: Instance) -> None:
    """Nothing; every node gets a name that is plain and its own, as questions of other imported forms do."""
    names = Names()
    for node in walk(instance.root):
        if node.parent is not None:
            node.unique, _ = names.take(node.element.name, node.parent.unique)
