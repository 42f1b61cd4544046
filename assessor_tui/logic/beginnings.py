"""What questions begin with: defaults, what is set on loading or in a new row, who fills the form and when.

It happens once, when the form is opened for the first time or a row comes to stand. Whoever does that records it, so
that nothing of it ever changes by reopening.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assessor_tui.form.model import METADATA_TYPES, Question
from assessor_tui.ledger.value import Value
from assessor_tui.logic.answers import value_of
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.definitions import Definition, walk
from assessor_tui.logic.nodes import Container, Leaf, Node, Scoped, inside
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.reads import VALUE
from assessor_tui.logic.views import ANSWERED, LOAD, MISSING, ROW_ADDED, Context

if TYPE_CHECKING:
    from assessor_tui.logic.recalculation import Recalculation


def begin(filling: "Recalculation", scope: Scoped, event: str) -> None:
    """Nothing; gives the questions of the root or of a row what they begin with, in document order.

    Questions that were answered before, or whose answer was cleared, keep what they have; but what is set on an event
    is set.
    """
    compiled = filling.compiled
    for leaf in list(scope.members.values()):
        if not isinstance(leaf, Leaf):
            continue
        rule = compiled.rules_of.get(leaf.definition, {}).get("default")
        if leaf.question.type in METADATA_TYPES and leaf.stored is None:
            _give(filling, leaf, metadata(leaf.question.type, filling.said_at or filling.context) or None)
        elif rule is not None and leaf.stored is None and leaf.path not in filling.kept:
            _give(filling, leaf, _computed(filling, rule, leaf))
    for leaf in list(scope.members.values()):
        for rule in compiled.actions.get(leaf.definition, ()):
            if rule.kind != event or not isinstance(leaf, Leaf) or not filling.may_set(leaf.path):
                continue
            if not (event == ROW_ADDED and leaf.path in filling.kept):
                filling.set_too[leaf.path] = value = _computed(filling, rule, leaf)
                filling.write(leaf, value, MISSING if value is None else ANSWERED)
                filling.run()
    if event == ROW_ADDED:
        _say_once(filling, scope.members.values())


def _computed(filling: "Recalculation", rule: Rule, leaf: Leaf) -> Value | None:
    return value_of(leaf.question, filling.said_once(rule, leaf))


def _give(filling: "Recalculation", leaf: Leaf, value: Value | None) -> None:
    if value is not None and filling.may_set(leaf.path):
        filling.set_too[leaf.path] = value
        filling.write(leaf, value, ANSWERED)
        filling.run()


def _say_once(filling: "Recalculation", nodes: Iterable[Node]) -> None:
    """Computes anew what is computed once: it was, before first rows stood and questions had what they begin with."""
    for leaf in nodes:
        if isinstance(leaf, Leaf) and leaf.text and leaf.path not in filling.kept and filling.remembers(leaf):
            leaf.text = leaf.value = ""
            leaf.forget()
            filling.fire(leaf, VALUE)
            filling.push(filling.compiled.rules_of[leaf.definition]["calculation"], leaf)
    filling.run()


def begin_all(filling: "Recalculation") -> None:
    """Nothing; gives everything that stands what it begins with when the form is opened for the first time."""
    begin(filling, filling.root, LOAD)
    for row in list(_rows(filling.root)):
        assert row.container is not None
        begin(filling, row, ROW_ADDED if row.container.repeat.repeat_count else LOAD)
    filling.settle()
    _say_once(filling, inside(filling.root))
    filling.settle()


def _rows(root: Scoped) -> Iterator[Scoped]:
    for node in inside(root):
        if isinstance(node, Container):
            yield from node.rows


def begins(compiled: CompiledForm, row: Definition) -> bool:
    """True when the form sets something by itself in a row of this kind."""
    for definition in walk(row):
        if "default" in compiled.rules_of.get(definition, {}) or definition in compiled.actions:
            return True
        if isinstance(definition.node, Question) and definition.node.type in METADATA_TYPES:
            return True
    return False


def metadata(kind: str, context: Context) -> str:
    """What a question of a metadata type begins with; ``""`` for what no laptop knows, and for the end."""
    if kind == "start":
        return context.now or context.today
    if kind == "today":
        return context.today
    return {
        "username": context.username, "deviceid": context.deviceid, "email": context.email,
        "phonenumber": context.phonenumber,
    }.get(kind, "")  # fmt: skip
