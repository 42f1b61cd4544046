"""The energy and material flow form and the recycling and waste form compute what an assessor would by hand."""

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

from assessor_tui.form.model import SELECT_TYPES
from assessor_tui.form.read import read_form
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling

FORMS = Path(__file__).parents[1] / "forms"
ROW_NUMBERS: Iterator[int] = count(1)


@cache
def compiled(name: str) -> CompiledForm:
    form, problems = read_form((FORMS / f"{name}.yaml").read_bytes(), name)
    assert form is not None
    assert problems == ()
    result = compile_form(form)
    assert result.problems == ()
    return result


def energy() -> Filling:
    filling = Filling(compiled("energy_material_flow"), Context("2026-11-12"))
    for path, value in filling.defaults().items():  # as whoever opens the visit records them
        filling.set(path, value)
    return filling


def waste() -> Filling:
    return Filling(compiled("recycling_waste"), Context("2026-11-12"))


def answer(filling: Filling, path: str, value: Value) -> None:
    """One answer; a plain text given to a select is its only choice."""
    if isinstance(value, str) and filling.state(path).question.type in SELECT_TYPES:
        value = (value,)
    filling.set(path, value)


def row(filling: Filling, repeat: str, **answers: Value) -> str:
    """Id of a new row with these answers."""
    row_id = f"{next(ROW_NUMBERS):032x}"
    filling.add_row(repeat, row_id)
    for name, value in answers.items():
        answer(filling, f"{repeat}[{row_id}]/{name}", value)
    return row_id


def number(filling: Filling, path: str) -> float:
    """What a calculation shows, as a number."""
    value = filling.state(path).value
    assert isinstance(value, str)
    return float(value)


def energy_flow(filling: Filling, start: str, end: str, megawatt_hours: str) -> None:
    answers: dict[str, Value] = {"from": start, "to": end, "amount": Quantity(megawatt_hours, "MWh")}
    row(filling, "energy_flows", **answers)


def test_what_enters_and_is_neither_used_nor_lost_is_unexplained() -> None:
    site = energy()
    grid = row(site, "energy_nodes", node_name="Grid", node_kind="source")
    station = row(site, "energy_nodes", node_name="Substation", node_kind="conversion")
    oven = row(site, "energy_nodes", node_name="Oven", node_kind="use")
    cable = row(site, "energy_nodes", node_name="Cable heat", node_kind="loss")
    energy_flow(site, grid, station, "1000")
    energy_flow(site, station, oven, "880")
    energy_flow(site, station, cable, "20")
    assert number(site, "energy_input") == 1_000_000
    assert number(site, "energy_used") == 880_000
    assert number(site, "energy_lost") == 20_000
    assert number(site, "energy_unexplained_share") == 10
    assert number(site, f"energy_nodes[{station}]/node_gap") == 100_000
    assert site.state("energy_remainder").relevant


def test_heat_that_a_user_gives_back_is_not_counted_as_used_twice() -> None:
    site = energy()
    gas = row(site, "energy_nodes", node_name="Gas", node_kind="source")
    boiler = row(site, "energy_nodes", node_name="Boiler", node_kind="conversion")
    dryer = row(site, "energy_nodes", node_name="Dryer", node_kind="use")
    energy_flow(site, gas, boiler, "90")
    energy_flow(site, boiler, dryer, "100")
    energy_flow(site, dryer, boiler, "10")
    assert number(site, "energy_returned") == 10_000
    assert number(site, "energy_unexplained") == 0


def test_a_carrier_whose_meter_and_bills_disagree_asks_why() -> None:
    site = energy()
    power = row(site, "energy_carriers", carrier_name="Power", carrier_unit="kWh")
    for month in range(1, 13):
        amounts: dict[str, Value] = {"metered": Quantity("110"), "invoiced": Quantity("100")}
        row(site, "energy_by_month", carrier_of=power, month=f"2026-{month:02d}", **amounts)
    assert number(site, f"energy_carriers[{power}]/carrier_gap") == 10
    assert number(site, "carriers_incomplete") == 0
    assert site.state("gap_explained").relevant


def test_no_boiler_means_no_boiler_questions() -> None:
    site = energy()
    answer(site, "utilities_present", ("compressed_air",))
    paths = {item.path for item in site.items()}
    assert "boilers" not in paths
    assert "air_pressure_set" in paths
    assert "solvent_bought" not in paths


def test_solvent_recovery_is_recovered_over_put_in_whatever_the_units() -> None:
    site = energy()
    answer(site, "utilities_present", ("solvent",))
    answer(site, "solvent_bought", Quantity("100", "t"))
    answer(site, "solvent_recovered", Quantity("92000", "kg"))
    assert number(site, "solvent_recovery_rate") == 92


def test_hazardous_waste_that_is_neither_stored_nor_transferred_must_be_explained() -> None:
    site = waste()
    answer(site, "hazardous_generated", "yes")
    amounts = {"waste_generated": "10", "stored_begin": "1", "stored_end": "2", "transferred": "8", "manifested": "8"}
    tonnes: dict[str, Value] = {name: Quantity(amount, "t") for name, amount in amounts.items()}
    row(site, "waste_streams", waste_class="hazardous", permit_until="2026-05-01", **tonnes)
    assert number(site, "hazardous_gap") == 1
    assert site.state("manifest_gap_explained").relevant
    assert site.state("handed_after_expiry").relevant


def test_utilisation_counts_general_waste_only() -> None:
    site = waste()
    for kind, route in (("general", "recycling"), ("general", "landfill"), ("domestic", "energy")):
        amounts: dict[str, Value] = {"waste_generated": Quantity("50", "t"), "transferred": Quantity("50", "t")}
        row(site, "waste_streams", waste_class=kind, waste_route=route, **amounts)
    assert number(site, "utilisation_rate") == 50


def test_a_site_without_hazardous_waste_is_not_asked_about_it() -> None:
    site = waste()
    answer(site, "hazardous_generated", "no")
    assert not site.state("hw_store").relevant
    assert not site.state("hazardous_total").relevant


def test_take_back_is_asked_of_makers_of_such_products_only() -> None:
    site = waste()
    answer(site, "epr_products", ("power_battery",))
    assert site.state("battery_coding").relevant
    answer(site, "epr_products", ("none",))
    assert not site.state("epr_level").relevant
