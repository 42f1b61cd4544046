"""The page of flows: the chart in cells, the table, the balance, and the way to the rows."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess.flow_layout import Arrow
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.commands import FLOWS, ROWS, WALK
from assessor_tui.tui.shown import flows
from assessor_tui.tui.widgets.sankey import DARK, Chart, Node, paint, text_of
from assessor_tui.visit import Visit
from tests import tui_visits
from tests.sample_visit import ENERGY_FLOWS, ENERGY_NODES, MATERIAL_FLOWS, MATERIAL_NODES, chart, new_visit, open_store
from tests.tui_visits import ready, settled

FORM = "energy_material_flow"

NODES = (
    Node("a", "source", "Grid electricity 外購電力", "18 420"), Node("b", "source", "[b]PV[/b]", "2 150"),
    Node("c", "conversion", "Substation 變電站", "20 570"), Node("d", "use", "Dry rooms 乾燥房", "9 000"),
    Node("e", "loss", "Loss", "310"),
)  # fmt: skip
ARROWS = (
    Arrow("a", "c", Fraction(18420)), Arrow("b", "c", Fraction(2150)), Arrow("c", "d", Fraction(9000)),
    Arrow("c", "e", Fraction(310)), Arrow("d", "c", Fraction(200)), Arrow("a", "d", Fraction(0)),
)  # fmt: skip


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A visit with energy flows that do not add up, and material flows that do."""
    store = open_store(tmp_path / "data", "Chan Siu Ming (sample)", "lead")
    made = new_visit(store)
    chart(made, ("energy_nodes", "node_name", "node_kind"), ("energy_flows", "from", "to", "carrier", "amount"),
          ENERGY_NODES, ENERGY_FLOWS, "MWh")  # fmt: skip
    chart(
        made, ("material_nodes", "stage_name", "stage_kind"),
        ("material_flows", "material_from", "material_to", "material", "material_amount"),
        MATERIAL_NODES, MATERIAL_FLOWS, "t",
    )  # fmt: skip
    yield made
    store.close()


def app_of(visit: Visit, target: str = "") -> AssessorApp:
    return AssessorApp(visit.store, place=FLOWS, visit_id=visit.id, target=target)


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with enough colours for the chart."""
    monkeypatch.setattr("assessor_tui.tui.pages.flows.can_paint", lambda screen: True)


@given(
    width=st.integers(50, 160),
    height=st.integers(7, 45),
    amounts=st.lists(st.integers(0, 30000), min_size=6, max_size=6),
    chosen=st.integers(-1, 5),
    half=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_every_row_of_a_chart_is_exactly_as_wide_as_asked(
    width: int, height: int, amounts: list[int], chosen: int, *, half: bool
) -> None:
    arrows = tuple(arrow._replace(amount=Fraction(amount)) for arrow, amount in zip(ARROWS, amounts, strict=True))
    strips = paint(Chart(NODES, arrows, chosen), width, height, DARK, half_blocks=half)
    assert len(strips) == (height if any(amounts) else 0)
    for strip in strips:
        assert sum(segment.cell_length for segment in strip) == width
        if not half:
            assert "▀" not in strip.text


def test_labels_stand_in_the_chart_and_markup_is_text() -> None:
    text = text_of(paint(Chart(NODES, ARROWS), 100, 20, DARK))
    for said in ("Grid electricity", "外購電力", "18 420", "[b]PV[/b]", "Dry rooms 乾燥房"):
        assert said in text


def test_there_is_no_chart_without_room_or_flows() -> None:
    assert paint(Chart(NODES, ARROWS), 49, 20, DARK) == []
    assert paint(Chart(NODES, ARROWS), 80, 6, DARK) == []
    assert paint(Chart(NODES, ()), 80, 20, DARK) == []


def test_amounts_follow_the_unit_exactly(visit: Visit) -> None:
    energy = flows.charts_of(visit)[0]
    assert flows.units_for(energy) == ("kWh", "MWh", "GJ")
    assert flows.best_unit(energy) == "MWh"
    in_mwh = flows.page_of(visit, energy, "MWh", "en-HK")
    in_gj = flows.page_of(visit, energy, "GJ", "en-HK")
    assert in_mwh.input == Fraction(26870)
    assert in_gj.input == Fraction(26870) * Fraction(36, 10)
    assert in_gj.share == in_mwh.share
    assert [row.path for row in in_gj.rows] == [row.path for row in in_mwh.rows]
    assert in_mwh.rows[0].amount == max(row.amount for row in in_mwh.rows)


def test_the_answers_that_use_the_flows_are_found_through_what_is_computed_from_them(visit: Visit) -> None:
    energy = flows.charts_of(visit)[0]
    used = {path for _number, _form, path in flows.using(visit, energy)}
    assert {"energy_input", "energy_unexplained_share"} <= used
    assert "energy_diagram" not in used


async def test_the_page_shows_chart_and_balance(visit: Visit, colours: None) -> None:
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        said = tui_visits.text_of(pilot.app.screen)
        assert "▀" in said
        assert "Dry rooms" in said
        assert "in 26 870 MWh" in said
        assert "not explained" in said
        await pilot.press("down")
        assert "▸ Grid electricity" in tui_visits.text_of(pilot.app.screen)


async def test_space_shows_the_table_and_few_colours_show_it_anyway(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor_tui.tui.pages.flows.can_paint", lambda screen: True)
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("space")
        said = tui_visits.text_of(pilot.app.screen)
        assert "▀" not in said
        assert "68.5%" in said
        await pilot.press("space")
        assert "▀" in tui_visits.text_of(pilot.app.screen)
    monkeypatch.setattr("assessor_tui.tui.pages.flows.can_paint", lambda screen: False)
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "68.5%" in tui_visits.text_of(pilot.app.screen)


async def test_unit_and_kind_go_round(visit: Visit, colours: None) -> None:
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f2")
        assert "96 732 GJ" in tui_visits.text_of(pilot.app.screen)
        await pilot.press("f3")
        said = tui_visits.text_of(pilot.app.screen)
        assert "[Material flow]" in said
        assert "in 1226 t" in said


async def test_enter_edits_the_row_of_the_flow_and_right_goes_to_an_answer(visit: Visit, colours: None) -> None:
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        page = pilot.app.screen
        largest = page.page.rows[0].path
        await pilot.press("right")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert pilot.app.place == WALK
        await pilot.press("backspace")
        await settled(pilot)
        assert pilot.app.place == FLOWS
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.place == ROWS
        assert pilot.app.screen.target.startswith(f"{FORM}/{largest}")


async def test_a_new_flow_has_a_row_at_once_and_says_what_it_lacks(visit: Visit, colours: None) -> None:
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = len(visit.store.entries(visit.id))
        await pilot.press("insert")
        await settled(pilot)
        assert pilot.app.place == ROWS
        assert len(visit.store.entries(visit.id)) > before
        await pilot.app.go(FLOWS)
        await settled(pilot)
        assert "1 without an amount" in tui_visits.text_of(pilot.app.screen)


async def test_a_visit_without_flows_says_what_to_do(tmp_path: Path) -> None:
    app, _visit = tui_visits.opened(tmp_path, FLOWS)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "No flows yet. Ins adds the first one." in tui_visits.text_of(app.screen)
    app.store.close()


async def test_a_changed_amount_changes_the_balance(visit: Visit, colours: None) -> None:
    async with app_of(visit).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        page = pilot.app.screen
        row = page.page.rows[0]
        page.record(acts.ANSWER, FORM, f"{row.path}/amount", Quantity("16950", "MWh"))
        await settled(pilot)
        assert "in 25 400 MWh" in tui_visits.text_of(page)
