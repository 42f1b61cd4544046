"""Where nodes and ribbons of a flow chart lie: nothing overlaps, nothing is lost, circles are fine."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.flow_layout import Arrow, FlowLayout, Point, flow_layout

GAP = 2.0
HEIGHT = 100.0

ROWS = "abcdefgh"
points = [
    Point(row, kind)
    for row, kind in zip(ROWS, ["source"] * 2 + ["conversion"] * 3 + ["use"] * 2 + ["loss"], strict=True)
]
arrows = st.lists(
    st.builds(Arrow, st.sampled_from(ROWS), st.sampled_from(ROWS), st.fractions(0, 1000, max_denominator=10)),
    max_size=20,
)


def layout(given: list[Arrow]) -> FlowLayout:
    return flow_layout(points, given, HEIGHT, GAP)


def test_a_simple_chart_runs_from_left_to_right() -> None:
    placed = layout([Arrow("a", "c", Fraction(10)), Arrow("c", "f", Fraction(8)), Arrow("c", "h", Fraction(2))])
    assert {node.row: node.column for node in placed.nodes} == {"a": 0, "c": 1, "f": 2, "h": 2}
    tops = {node.row: node.top for node in placed.nodes}
    assert tops["f"] < tops["h"], "losses stand at the bottom"


def test_what_ends_early_still_stands_at_the_right() -> None:
    placed = layout([Arrow("a", "c", Fraction(3)), Arrow("c", "d", Fraction(2)), Arrow("d", "f", Fraction(2)),
                     Arrow("c", "h", Fraction(1))])  # fmt: skip
    columns = {node.row: node.column for node in placed.nodes}
    assert columns["h"] == columns["f"] == 3


def test_a_circle_has_one_flow_that_runs_back() -> None:
    placed = layout([Arrow("a", "c", Fraction(5)), Arrow("c", "d", Fraction(4)), Arrow("d", "c", Fraction(1))])
    assert [(ribbon.start, ribbon.end) for ribbon in placed.ribbons if ribbon.back] == [("d", "c")]


def test_no_flows_no_chart() -> None:
    assert layout([]) == FlowLayout(0, (), (), 0.0)
    assert (
        layout([Arrow("a", "a", Fraction(5)), Arrow("a", "nobody", Fraction(5)), Arrow("a", "c", Fraction(0))]).nodes
        == ()
    )


@settings(max_examples=40)
@given(arrows)
def test_nodes_of_a_column_never_overlap_and_none_begins_above(given: list[Arrow]) -> None:
    placed = layout(given)
    for column in range(placed.columns):
        stack = sorted((node for node in placed.nodes if node.column == column), key=lambda node: node.top)
        assert stack, "no column is empty"
        assert stack[0].top >= 0
        for above, below in pairwise(stack):
            assert above.top + above.height <= below.top + 1e-6 or above.top == below.top == 0


@settings(max_examples=40)
@given(arrows)
def test_ribbons_are_as_thick_as_their_amounts_and_stay_on_their_nodes(given: list[Arrow]) -> None:
    placed = layout(given)
    nodes = {node.row: node for node in placed.nodes}
    for ribbon in placed.ribbons:
        assert abs(ribbon.thickness - float(given[ribbon.arrow].amount) * placed.scale) < 1e-6
        for row, top in ((ribbon.start, ribbon.start_top), (ribbon.end, ribbon.end_top)):
            assert nodes[row].top - 1e-6 <= top
            assert top + ribbon.thickness <= nodes[row].top + nodes[row].height + 1e-6


@settings(max_examples=40)
@given(arrows)
def test_the_same_flows_lie_the_same_way_every_time(given: list[Arrow]) -> None:
    assert layout(given) == layout(given)
