"""A filling played without a ledger: opened, answered, rows added and removed, its state told after each act."""

import re
from collections.abc import Callable
from typing import NamedTuple

from assessor_tui.ledger.value import Value
from assessor_tui.logic.answers import answer_of
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.definitions import REPEAT
from assessor_tui.logic.judging import obeys
from assessor_tui.logic.nodes import Container, Leaf, Node, Scoped, inside
from assessor_tui.logic.opening import open_form
from assessor_tui.logic.views import Context
from assessor_tui.problem import Place, Problem

REFUSED = frozenset({"answer.constraint"})
"""What is wrong with an answer that other programs do not take."""


class NodeState(NamedTuple):
    """One node as other programs tell it."""

    value: str | None
    """None for a group, a row or the form itself."""
    relevant: bool
    required: bool
    read_only: bool


class Play:
    """One filling being played.

    Paths are ours (``outlets[<row>]/nmhc``) or those of ODK (``/data/group/outlets[2]/nmhc``), whose numbers count from
    ``first``.
    """

    def __init__(
        self,
        compiled: CompiledForm,
        context: Context,
        new_id: Callable[[], str],
        *,
        first: int = 1,
        strict: bool = True,
    ) -> None:
        self.filling, self.opened = open_form(compiled, context, new_id)
        self.new_id = new_id
        self.first = first
        self.strict = strict
        """True when an answer that breaks its constraint is not stored."""

    def answer(self, path: str, value: Value | str | None) -> tuple[Problem, ...]:
        """What is wrong with an answer; it is stored unless it breaks its constraint. A text is taken as its question
        takes it: names divided by spaces, a number; a blank clears.

        Raises:
            KeyError: when there is no question at the path.
        """
        path = self.path(path)
        question = self.filling.leaf(path).question
        given = answer_of(question, value) if isinstance(value, str) else value
        wrong = self.filling.check(path, given)
        if isinstance(given, str) and wrong and not obeys(self.filling, self.filling.leaf(path), given):
            wrong = (*wrong, Problem("answer.constraint", Place(path=path)))
        if not (self.strict and any(problem.code in REFUSED for problem in wrong)):
            self.filling.set(path, given)
        return wrong

    def add_row(self, path: str) -> str:
        """Path of a new row of the repeat at ``path``; with a number, where it comes to stand.

        Raises:
            KeyError: when there is no repeat at the path.
            ValueError: when its rows are counted by the form.
        """
        head, number = _numbered(path)
        repeat = self.path(head)
        row_id = self.new_id()
        self.filling.new_row(repeat, row_id, -1 if number is None else number - self.first)
        return f"{repeat}[{row_id}]"

    def remove_row(self, path: str) -> None:
        """Nothing; removes a row.

        Raises:
            KeyError: when there is no row at the path.
            ValueError: when its rows are counted by the form.
        """
        self.filling.remove_row(self.path(path))

    def set_language(self, language: str) -> None:
        """Nothing; switches the language of labels."""
        self.filling.set_language(language)

    def choices(self, path: str) -> tuple[str, ...]:
        """Names that can be chosen at ``path`` now.

        Raises:
            KeyError: when there is no question at the path.
        """
        return tuple(choice.name for choice in self.filling.choices(self.path(path)))

    def path(self, path: str, first: int | None = None) -> str:
        """Our path of a path of ODK, whose numbers count from ``first``; ours as it is.

        Raises:
            KeyError: when nothing stands there.
        """
        if not path.startswith("/"):
            return path
        first = self.first if first is None else first
        here: Node = self.filling.root
        for step in path.split("/")[2:]:
            name, number = _numbered(step)
            here = _step(here, name, None if number is None else number - first)
        return here.path

    def state(self) -> dict[str, NodeState]:
        """Path of ODK (numbers from 1, everywhere) -> how every node stands."""
        found: dict[str, NodeState] = {}
        paths: dict[Node, str] = {}
        for node in inside(self.filling.root):
            if isinstance(node, Container):
                paths[node] = paths[node.around] if node.around is not None else ""
                continue
            around = paths[node.around] if node.around is not None else ""
            number = node.position() if isinstance(node, Scoped) and node.container is not None else 1
            here = paths[node] = f"{around}/{node.definition.name}[{number}]"
            if isinstance(node, Leaf):
                found[here] = NodeState(_told(node), node.relevant, node.required, _locked(node))
            else:
                found[here] = NodeState(None, node.relevant, False, _locked(node))
        return found


def _told(leaf: Leaf) -> str:
    """What is stored, also where expressions do not see it because it does not fit the question."""
    return leaf.text or (leaf.stored if isinstance(leaf.stored, str) else "")


def _locked(node: Node | None) -> bool:
    """True where ``read_only`` says so, of the node or of what is around it; that it is computed does not count."""
    while node is not None:
        if node.own_read_only or (isinstance(node, Leaf) and node.question.type == "note"):
            return True
        node = node.around
    return False


def _step(node: Node, name: str, number: int | None) -> Node:
    for child in node.definition.children:
        if child.name != name:
            continue
        if child.kind != REPEAT:
            return node.scope.members[child.key]
        container = node.scope.containers[child.key]
        if number is None:
            return container
        if 0 <= number < len(container.rows):
            return container.rows[number]
    raise KeyError(name)


def _numbered(step: str) -> tuple[str, int | None]:
    hit = re.search(r"\[(\d+)\]\Z", step)
    return (step[: hit.start()], int(hit[1])) if hit is not None else (step, None)
