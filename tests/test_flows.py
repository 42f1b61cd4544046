"""Flow charts add up as an assessor would by hand, and as the form itself does."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.flows import FlowChart, flow_charts
from assessor_tui.form.model import Choice, Form, Question, Repeat
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from tests.small_visit import asked, choices, text
from tests.test_energy_and_waste_forms import answer, compiled, energy, row

KINDS = ("source", "conversion", "use", "loss")


def the_chart(filling: Filling, kind: str) -> FlowChart:
    (found,) = (chart for chart in flow_charts(filling.compiled.form, filling) if chart.kind == kind)
    return found


def node(site: Filling, name: str, kind: str) -> str:
    return row(site, "energy_nodes", node_name=name, node_kind=kind)


def flow(site: Filling, start: str, end: str, number: str, unit: str = "MWh") -> str:
    answers: dict[str, Value] = {"from": start, "to": end, "amount": Quantity(number, unit)}
    return row(site, "energy_flows", **answers)


def factory() -> tuple[Filling, dict[str, str]]:
    """100 MWh come in; 10 of the 70 that the formation gets are given back."""
    site = energy()
    kinds = {"grid": "source", "station": "conversion", "formation": "use", "light": "use", "cables": "loss"}
    nodes = {name: node(site, name, kind) for name, kind in kinds.items()}
    for start, end, number in (
        ("grid", "station", "100"),
        ("station", "formation", "70"),
        ("station", "light", "25"),
        ("station", "cables", "3"),
        ("formation", "station", "10"),
    ):
        flow(site, nodes[start], nodes[end], number)
    return site, nodes


def test_input_is_used_lost_given_back_or_unexplained() -> None:
    chart = the_chart(factory()[0], "energy")
    numbers = (chart.input, chart.used, chart.lost, chart.returned, chart.unexplained)
    assert [number / 1000 for number in numbers] == [100, 95, 3, 10, 12]
    assert chart.unit == "kWh"


def test_a_node_knows_what_enters_and_leaves_it() -> None:
    site, nodes = factory()
    (station,) = (each for each in the_chart(site, "energy").nodes if each.row == nodes["station"])
    assert (station.label, station.kind) == ("station", "conversion")
    assert [station.into, station.out] == [110_000, 98_000]


def test_amounts_in_other_units_are_converted_exactly() -> None:
    site = energy()
    gas, oven = node(site, "gas", "source"), node(site, "oven", "use")
    flow(site, gas, oven, "1", "GJ")
    assert the_chart(site, "energy").used == Fraction(2500, 9)


def test_a_flow_without_amount_or_ends_is_shown_and_counts_nothing() -> None:
    site, nodes = factory()
    before = the_chart(site, "energy")
    answer(site, f"energy_flows[{row(site, 'energy_flows')}]/from", nodes["grid"])
    chart = the_chart(site, "energy")
    assert chart.flows[-1].amount is None
    assert (chart.flows[-1].start, chart.flows[-1].end) == (nodes["grid"], "")
    assert (chart.input, chart.unexplained) == (before.input, before.unexplained)


def test_a_flow_of_a_removed_node_no_longer_counts_at_that_end() -> None:
    site, nodes = factory()
    site.remove_row(f"energy_nodes[{nodes['cables']}]")
    chart = the_chart(site, "energy")
    assert [chart.lost, chart.input] == [0, 100_000]


def test_an_empty_form_has_empty_charts() -> None:
    chart = the_chart(energy(), "energy")
    assert (chart.nodes, chart.flows) == ((), ())
    assert chart.input == chart.unexplained == 0


def test_a_form_without_roles_has_no_chart() -> None:
    form = Form("f", "1", text("F"), (Repeat("rows", text("Rows"), (asked("text", "a"),)),))
    assert list(flow_charts(form, Filling(compile_form(form), Context("2026-11-12")))) == []


def test_a_chart_of_any_kind_comes_from_the_roles_alone() -> None:
    kinds: tuple[Choice, ...] = choices(*KINDS)
    questions: tuple[Question, ...] = (
        asked("select_one", "start", rows_of="points", role="flow.from"),
        asked("select_one", "end", rows_of="points", role="flow.to"),
        asked("decimal", "how_much", role="flow.amount"),
    )
    points = (asked("text", "name"), asked("select_one", "sort", list_name="kinds", role="node.kind"))
    form = Form(
        "f", "1", text("F"),
        (
            Repeat("points", text("Points"), points, role="water.nodes", row_label="${name}"),
            Repeat("pipes", text("Pipes"), questions, role="water.flows"),
        ),
        {"kinds": kinds},
    )  # fmt: skip
    filling = Filling(compile_form(form), Context("2026-11-12"))
    ids = [row(filling, "points", name=kind, sort=kind) for kind in ("source", "use")]
    answers: dict[str, Value] = {"start": ids[0], "end": ids[1], "how_much": Quantity("4.5")}
    row(filling, "pipes", **answers)
    (chart,) = flow_charts(form, filling)
    assert (chart.kind, chart.unit, chart.input, chart.used) == ("water", "", Fraction(9, 2), Fraction(9, 2))


@settings(max_examples=25, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=5),
    flows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 50)), max_size=8),
)
def test_the_chart_and_the_form_never_disagree(kinds: list[str], flows: list[tuple[int, int, int]]) -> None:
    site = Filling(compiled("energy_material_flow"), Context("2026-11-12"))
    nodes = [node(site, f"n{place}", kind) for place, kind in enumerate(kinds)]
    for start, end, number in flows:
        flow(site, nodes[start % len(nodes)], nodes[end % len(nodes)], str(number))
    chart = the_chart(site, "energy")
    for path, total in (("energy_input", chart.input), ("energy_used", chart.used), ("energy_lost", chart.lost)):
        assert Fraction(str(site.state(path).value or 0)) == total
    # Into a source or out of a loss nothing should flow; the form counts what it is told all the same.
    if not any(kinds[end % len(kinds)] == "source" for _, end, _ in flows):
        assert Fraction(str(site.state("energy_unexplained").value or 0)) == chart.unexplained
