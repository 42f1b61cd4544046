"""Energy and material flows out of the rows that play those roles in a form, with their balance. Exact numbers."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from assessor_tui.form.model import Form, Question, Repeat, walk
from assessor_tui.ledger.value import Quantity, names
from assessor_tui.logic.filling import Filling
from assessor_tui.units import convert

ZERO = Fraction(0)
SOURCE, CONVERSION, USE, LOSS = "source", "conversion", "use", "loss"


class FlowNode(NamedTuple):
    """Where flows begin or end."""

    row: str
    """Row id."""
    path: str
    label: str
    kind: str
    """``source``, ``conversion``, ``use`` or ``loss``; ``""`` while nobody said."""
    into: Fraction
    """Sum of the flows that end here."""
    out: Fraction
    """Sum of the flows that begin here."""


class Flow(NamedTuple):
    """One flow between two nodes."""

    path: str
    start: str
    """Row id of the node it begins at; ``""`` while nobody said."""
    end: str
    amount: Fraction | None
    """In the chart's unit; None while it is not known, or given in a unit that does not convert."""
    label: str


class FlowChart(NamedTuple):
    """All flows of one kind in a form, with what goes in, is used, is lost and stays unexplained."""

    kind: str
    """``energy``, ``material`` or whatever the form calls it in ``KIND.nodes`` and ``KIND.flows``."""
    form: str
    unit: str
    nodes: tuple[FlowNode, ...]
    flows: tuple[Flow, ...]

    @property
    def input(self) -> Fraction:
        """What the sources give."""
        return self._between((SOURCE,), (SOURCE, CONVERSION, USE, LOSS, ""))

    @property
    def used(self) -> Fraction:
        """What reaches a use for the first time."""
        return self._between((SOURCE, CONVERSION), (USE,))

    @property
    def lost(self) -> Fraction:
        """What is known to be lost before any use."""
        return self._between((SOURCE, CONVERSION), (LOSS,))

    @property
    def returned(self) -> Fraction:
        """What a use or loss gives back to a conversion, which passes it on once more."""
        return self._between((USE, LOSS), (CONVERSION,))

    @property
    def unexplained(self) -> Fraction:
        """What went in and is neither used nor a known loss; negative when more comes out than went in."""
        return self.input + self.returned - self.used - self.lost

    def _between(self, starts: tuple[str, ...], ends: tuple[str, ...]) -> Fraction:
        kinds = {node.row: node.kind for node in self.nodes}
        amounts = (
            flow.amount or ZERO
            for flow in self.flows
            if kinds.get(flow.start) in starts and kinds.get(flow.end, "") in ends
        )
        return sum(amounts, ZERO)


def flow_charts(form: Form, filling: Filling) -> Iterator[FlowChart]:
    """Every flow chart of a form, in document order."""
    repeats = {node.role: node for _, node in walk(form.children) if isinstance(node, Repeat) and node.role}
    for role, nodes in repeats.items():
        kind, _, what = role.rpartition(".")
        flows = repeats.get(f"{kind}.flows")
        if what == "nodes" and flows is not None:
            yield _chart(kind, form, filling, nodes, flows)


def _roles(repeat: Repeat) -> dict[str, Question]:
    return {node.role: node for _, node in walk(repeat.children) if isinstance(node, Question) and node.role}


def _chart(kind: str, form: Form, filling: Filling, nodes: Repeat, flows: Repeat) -> FlowChart:
    asked = _roles(flows)
    amount = asked.get("flow.amount")
    unit = amount.units[0] if amount is not None and amount.units else ""
    found = tuple(_flow(filling, path, asked, unit) for path in _rows(filling, flows))
    kind_question = _roles(nodes).get("node.kind")
    made = []
    for path in _rows(filling, nodes):
        row = path[-33:-1]
        chosen = names(filling.state(f"{path}/{kind_question.name}").value) if kind_question else ()
        into = sum((flow.amount or ZERO for flow in found if flow.end == row), ZERO)
        out = sum((flow.amount or ZERO for flow in found if flow.start == row), ZERO)
        made.append(FlowNode(row, path, filling.row_label(path), chosen[0] if chosen else "", into, out))
    return FlowChart(kind, form.form_id, unit, tuple(made), found)


def _rows(filling: Filling, repeat: Repeat) -> list[str]:
    return [f"{repeat.name}[{row}]" for row in filling.rows(repeat.name)]


def _flow(filling: Filling, path: str, asked: dict[str, Question], unit: str) -> Flow:
    def chosen(role: str) -> str:
        question = asked.get(role)
        if question is None:
            return ""
        now = filling.state(f"{path}/{question.name}")
        return (*names(now.value), "")[0] if now.relevant else ""

    amount = asked.get("flow.amount")
    value = filling.state(f"{path}/{amount.name}").value if amount is not None else None
    number = convert(Fraction(value.n), value.u or unit, unit) if isinstance(value, Quantity) else None
    return Flow(path, chosen("flow.from"), chosen("flow.to"), number, filling.row_label(path))
