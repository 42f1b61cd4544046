"""What rows would come to that nobody has added: thousands of lines of a table tried at once."""

from collections.abc import Iterable, Mapping, Sequence

from assessor_tui.ledger.value import Value
from assessor_tui.logic.answers import result_text, text_of
from assessor_tui.logic.nodes import Leaf, Node, Scoped, inside
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.reads import PLACE
from assessor_tui.logic.recalculation import NO_ROW, Recalculation
from assessor_tui.logic.values import to_boolean
from assessor_tui.logic.views import ANSWERED, MISSING, Tried


def tried(filling: Recalculation, repeat_path: str, lines: Iterable[Mapping[str, Value]]) -> list[Tried]:
    """What rows with these answers (by name) would come to, each as if it were alone; nothing is stored.

    Constraints and warnings that look at the other rows are left out: thousands of lines are tried at once.

    Raises:
        KeyError: when there is no repeat at the path.
    """
    container = filling.container(repeat_path)
    row = filling.insert(container, NO_ROW, len(container.rows))
    filling.joined(container, row)
    filling.settle()
    leaves = {name: node for name, node in row.members.items() if isinstance(node, Leaf)}
    rules = _rules_inside(filling, row)
    judged = {
        name: [
            each
            for kind in ("constraint", "warning")
            if (each := filling.compiled.rules_of.get(leaf.definition, {}).get(kind)) and not _looks_around(each, row)
        ]
        for name, leaf in leaves.items()
        if "calculation" not in filling.compiled.rules_of.get(leaf.definition, {})
    }
    row.relevant = True  # though the table may not be asked for yet
    _hand_down(row)
    filling.effort.count()
    try:
        return [_tried(filling, row, leaves, rules, judged, answers) for answers in lines]
    finally:
        for leaf in leaves.values():
            leaf.status, leaf.stored, leaf.text = MISSING, None, ""
        filling.drop(row)
        filling.settle()


def _rules_inside(filling: Recalculation, row: Scoped) -> list[tuple[Rule, Node]]:
    """What decides about relevance and results inside a row, in the order in which it runs."""
    found = [
        (rule, node)
        for node in row.members.values()
        for kind, rule in filling.compiled.rules_of.get(node.definition, {}).items()
        if kind == "relevant" or (kind == "calculation" and not _looks_around(rule, row))
    ]
    return sorted(found, key=lambda each: each[0].rank)


def _hand_down(start: Node) -> None:
    """Everything inside follows the relevance of ``start``, without telling anybody."""
    for node in inside(start):
        if node is not start:
            node.relevant = node.own_relevant and node.around is not None and node.around.relevant
        if isinstance(node, Leaf):
            node.value = node.text if node.relevant else ""


def _tried(
    filling: Recalculation,
    row: Scoped,
    leaves: Mapping[str, Leaf],
    rules: Sequence[tuple[Rule, Node]],
    judged: Mapping[str, Sequence[Rule]],
    answers: Mapping[str, Value],
) -> Tried:
    for name in judged:
        leaf, value = leaves[name], answers.get(name)
        leaf.status, leaf.stored = (MISSING if value is None else ANSWERED), value
        leaf.text = text_of(leaf.question, value)
        leaf.value = leaf.text if leaf.relevant else ""
    for rule, node in rules:
        result = filling.result(rule, node)
        if rule.kind == "calculation":
            assert isinstance(node, Leaf)
            node.text = result_text(result)
            node.value = node.text if node.relevant else ""
        elif node.own_relevant != to_boolean(result):
            node.own_relevant = not node.own_relevant
            node.relevant = node.own_relevant and node.around is not None and node.around.relevant
            _hand_down(node)
    wrong = tuple(
        (name, f"answer.{rule.kind}")
        for name in answers
        if name in judged and leaves[name].relevant and leaves[name].text
        for rule in judged[name]
        if not to_boolean(filling.result(rule, leaves[name]))
    )
    return Tried(frozenset(name for name, leaf in leaves.items() if leaf.relevant), wrong)


def _looks_around(rule: Rule, row: Scoped) -> bool:
    """True when the rule, which stands in this row, reads other rows of the same repeat."""
    own = row.definition
    return any(
        use.aspect == PLACE
        or use.shift is not None
        or (use.anchor is not own and use.definition.chain[: len(own.chain)] == own.chain)
        for use in rule.uses
    )
