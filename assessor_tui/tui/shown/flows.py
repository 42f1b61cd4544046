"""The flows of a visit as values for their page: rows in the unit asked for, balance, answers that use them."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.flow_layout import Arrow
from assessor_tui.assess.flows import Flow, FlowChart, flow_charts
from assessor_tui.form.model import Question, Repeat, walk
from assessor_tui.i18n import _, grouped
from assessor_tui.ledger.entry import generic_path
from assessor_tui.tui.shown import words
from assessor_tui.tui.widgets.sankey import Chart, Node
from assessor_tui.units import convert, units

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

UNITS = {"energy": ("kWh", "MWh", "GJ"), "mass": ("kg", "t"), "volume": ("m3",)}
"""Kind of quantity -> units the page goes through."""

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.-]*)\}")
_EXPRESSIONS = ("calculation", "relevant", "constraint", "warning", "required", "default", "choice_filter")


class FlowRow(NamedTuple):
    """One flow of the table."""

    place: int
    """Place among the chart's arrows."""
    path: str
    start: str
    end: str
    what: str
    """Carrier or material."""
    amount: Fraction | None
    """In the unit shown; None while it is not known."""
    share: Fraction | None
    """Per cent of the input; None without one."""


class Page(NamedTuple):
    """Everything the page shows of one chart."""

    chart: FlowChart
    unit: str
    rows: tuple[FlowRow, ...]
    """Largest first, those without an amount last."""
    input: Fraction
    used: Fraction
    lost: Fraction
    returned: Fraction
    unexplained: Fraction
    share: Fraction | None
    """Unexplained part of the input in per cent; None without an input."""
    limit: Fraction | None
    """Accepted share in per cent; None while nobody said."""


def charts_of(visit: "Visit") -> list[FlowChart]:
    """Every flow chart that the visit's forms ask for, also those without a flow yet."""
    return [chart for form, filling in visit.fillings.items() for chart in flow_charts(visit.forms[form], filling)]


def units_for(chart: FlowChart) -> tuple[str, ...]:
    """Units in which the chart can be shown, the smallest first."""
    known = units().get(chart.unit)
    if known is None:
        return (chart.unit,)
    return UNITS.get(known.kind) or (chart.unit,)


def best_unit(chart: FlowChart) -> str:
    """The unit in which the input reads best: the largest that leaves at least a hundred."""
    for unit in reversed(units_for(chart)):
        if unit == "GJ":
            continue
        amount = convert(chart.input, chart.unit, unit)
        if amount is not None and amount >= 100:
            return unit
    return units_for(chart)[0]


def page_of(visit: "Visit", chart: FlowChart, unit: str, tag: str) -> Page:
    """The chart in a unit."""
    from assessor_tui.tui.shown.gates import balance_limit, unexplained_share

    def shown(number: Fraction) -> Fraction:
        converted = convert(number, chart.unit, unit)
        return converted if converted is not None else number

    labels = {node.row: node.label for node in chart.nodes}
    rows = []
    for place, flow in enumerate(chart.flows):
        amount = shown(flow.amount) if flow.amount is not None else None
        share = flow.amount / chart.input * 100 if flow.amount is not None and chart.input else None
        rows.append(
            FlowRow(
                place, flow.path, labels.get(flow.start, "?"), labels.get(flow.end, "?"),
                _what(visit, chart, flow, tag), amount, share,
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (row.amount is None, -(row.amount or 0), row.place))
    return Page(
        chart, unit, tuple(rows), shown(chart.input), shown(chart.used), shown(chart.lost), shown(chart.returned),
        shown(chart.unexplained), unexplained_share(chart), balance_limit(visit, chart),
    )  # fmt: skip


def _what(visit: "Visit", chart: FlowChart, flow: Flow, tag: str) -> str:
    filling = visit.filling(chart.form)
    name = role_names(visit, chart).get("flow.carrier", "")
    if not name:
        return ""
    try:
        now = filling.state(f"{flow.path}/{name}")
    except KeyError:
        return ""
    return words.value_words(filling, now.path, now.value, tag)


def flows_repeat(visit: "Visit", chart: FlowChart) -> Repeat | None:
    """The table whose rows are the chart's flows."""
    return next(
        (node for _path, node in walk(visit.forms[chart.form].children)
         if isinstance(node, Repeat) and node.role == f"{chart.kind}.flows"),
        None,
    )  # fmt: skip


def role_names(visit: "Visit", chart: FlowChart) -> dict[str, str]:
    """Role -> name of the question that plays it in a flow's row."""
    repeat = flows_repeat(visit, chart)
    if repeat is None:
        return {}
    return {node.role: node.name for _path, node in walk(repeat.children) if isinstance(node, Question) and node.role}


def drawn(page: Page, chosen: str = "") -> Chart:
    """What the chart draws; the flow at path ``chosen`` stands out."""
    shown = {flow.path: place for place, flow in enumerate(page.chart.flows)}
    nodes = []
    for node in page.chart.nodes:
        amount = max(node.into, node.out)
        converted = convert(amount, page.chart.unit, page.unit)
        nodes.append(
            Node(node.row, node.kind, node.label, amount_words(converted if converted is not None else amount))
        )
    arrows = tuple(Arrow(flow.start, flow.end, flow.amount or Fraction(0)) for flow in page.chart.flows)
    return Chart(tuple(nodes), arrows, shown.get(chosen, -1))


def amount_words(number: Fraction) -> str:
    """An amount with as many digits as people can use: whole numbers from a hundred on, else two decimals."""
    return grouped(words.number_words(number, 0 if abs(number) >= 100 else 2))


def using(visit: "Visit", chart: FlowChart) -> list[tuple[str, str, str]]:
    """(number, form, path) of the questions whose rules or results depend on the chart's rows, in walking order."""
    form = visit.forms[chart.form]
    inside = {"nodes": f"{chart.kind}.nodes", "flows": f"{chart.kind}.flows"}
    names: set[str] = set()
    for _path, node in walk(form.children):
        if isinstance(node, Repeat) and node.role in inside.values():
            names.add(node.name)
    found: list[tuple[str, str, str]] = []
    asked = [
        ("/".join((*path, node.name)), node, _read(node))
        for path, node in walk(form.children)
        if isinstance(node, Question) and not any(repeat in names for repeat in path)
    ]
    grown = True
    while grown:
        grown = False
        for path, node, read in asked:
            if node.name not in names and read & names:
                names.add(node.name)
                grown = True
                if node.number and "/" not in path:
                    found.append((node.number, form.form_id, path))
    order = {item.path: place for place, item in enumerate(visit.filling(form.form_id).items())}
    return sorted((each for each in found if each[2] in order), key=lambda each: order[each[2]])


def _read(question: Question) -> set[str]:
    return {name for column in _EXPRESSIONS for name in _NAME.findall(str(getattr(question, column, "") or ""))}


def problems_in(page: Page) -> Iterator[str]:
    """What keeps the chart from being complete, in words."""
    without = sum(row.amount is None for row in page.rows)
    if without:
        yield _("{count} without an amount").format(count=without)
    loose = sum("?" in (row.start, row.end) for row in page.rows)
    if loose:
        yield _("{count} without a beginning or an end").format(count=loose)
    unkind = sum(not node.kind for node in page.chart.nodes)
    if unkind:
        yield _("{count} nodes of no kind").format(count=unkind)


def find_row(rows: Sequence[FlowRow], path: str) -> int:
    """Place of the flow that ``path`` stands in; -1 when it is none of them."""
    return next((place for place, row in enumerate(rows) if path == row.path or path.startswith(f"{row.path}/")), -1)


def belongs(chart: FlowChart, target: str) -> bool:
    """True when ``form/path`` or ``form/kind`` is about this chart."""
    form, _slash, path = target.partition("/")
    if form != chart.form:
        return False
    return path == chart.kind or any(
        generic_path(flow.path) == generic_path(path.rpartition("]")[0] + "]") for flow in chart.flows
    )
