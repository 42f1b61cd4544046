"""Any XML text as nodes that expressions can walk, for the cases only: namespaces, doctypes and HTML included."""

from typing import NamedTuple
from xml.parsers import expat

from assessor_tui.logic.values import Element, Node


class _Open:
    """An element whose end has not been read yet."""

    __slots__ = ("inside", "marks", "name", "words")

    def __init__(self, name: str) -> None:
        self.name = name
        self.inside: list[Element] = []
        self.marks: list[Element] = []
        self.words: list[str] = []


class Document(NamedTuple):
    """A document and the way to its nodes."""

    root: Element
    doctype: bool
    """True when a doctype counts as the first child of the document, as the cases have it."""

    def at(self, road: str) -> Node:
        """The node at an index path such as ``/0/2/@name``; ``/`` is the document."""
        node: Node = self.root
        for step in filter(None, road.split("/")):
            if step.startswith("@"):
                node = next(mark for mark in node.attributes() if mark.name == step[1:])
            else:
                node = node.children()[int(step) - (self.doctype and node is self.root)]
        return node

    def indexes(self, node: Node) -> str:
        """The index path of a node, as ``at`` reads it."""
        steps: list[str] = []
        while node.parent is not None:
            around = node.parent
            if any(mark is node for mark in around.attributes()):
                steps.append(f"@{node.name}")
            else:
                at = next(at for at, other in enumerate(around.children()) if other is node)
                steps.append(str(at + (self.doctype and around is self.root)))
            node = around
        return "/" + "/".join(reversed(steps))


def names_path(node: Node) -> str:
    """The path of a node by names, each with its number: ``/data[1]/path[3]``."""
    steps: list[str] = []
    while node.parent is not None:
        steps.append(f"{node.name}[{node.position()}]")
        node = node.parent
    return "/" + "/".join(reversed(steps))


def document(text: str) -> Document:
    """The document that ``text`` spells; one without nodes for a blank text."""
    waiting = [_Open("")]
    words: list[str] = []
    doctypes: list[str] = []

    def close() -> Element:
        done = waiting.pop()
        return Element(done.name, "".join(done.words), tuple(done.inside), tuple(done.marks))

    def flush() -> None:
        if words:
            word = "".join(words)
            words.clear()
            waiting[-1].inside.append(Element("text()", word))
            for around in waiting:
                around.words.append(word)

    def start(name: str, marks: list[str]) -> None:
        flush()
        opened = _Open(name)
        for key, value in zip(marks[::2], marks[1::2], strict=True):
            if key != "xmlns" and not key.startswith("xmlns:"):
                opened.marks.append(Element(key, value))
        waiting.append(opened)

    def end(_: str) -> None:
        flush()
        done = close()
        waiting[-1].inside.append(done)

    def comment(said: str) -> None:
        flush()
        waiting[-1].inside.append(Element("comment()", said))

    def instruction(target: str, said: str) -> None:
        flush()
        waiting[-1].inside.append(Element(f"processing-instruction('{target}')", said))

    if text.strip():
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = words.append
        parser.CommentHandler = comment
        parser.ProcessingInstructionHandler = instruction
        parser.StartDoctypeDeclHandler = lambda *_: doctypes.append("")
        parser.Parse(text, True)
    return Document(close(), bool(doctypes))
