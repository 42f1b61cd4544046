"""The sample sites are what their generator makes, hold together, and come to the results that stand beside them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from assessor_tui.assess.checks import DIFFER, cross_checks
from assessor_tui.assess.flows import flow_charts
from assessor_tui.assess.left import CONFLICT, DEMAND, WRONG, left_to_do
from assessor_tui.bundle.read import open_bundle
from assessor_tui.carry.exchange import bundles_in
from assessor_tui.config import shipped
from assessor_tui.ledger.value import Evidence
from assessor_tui.visit import Visit
from tests.samples import battery_maker, plating_shop
from tests.samples.__main__ import SITES, make
from tests.samples.expected import ASSESSMENT, SUMMARY, comparable, merged, write_expected

SAMPLES = shipped("sample_sites")


@pytest.fixture(scope="module")
def battery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    visit = merged(tmp_path_factory.mktemp("battery"), SAMPLES / "battery_maker" / "bundles")
    yield visit
    visit.store.close()


@pytest.fixture(scope="module")
def plating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    visit = merged(tmp_path_factory.mktemp("plating"), SAMPLES / "plating_shop" / "bundles")
    yield visit
    visit.store.close()


def content(path: Path) -> tuple[object, ...]:
    """What a bundle says, whatever packed it."""
    with open_bundle(path) as bundle:
        return sorted(digest for digest, *_ in bundle.entries()), sorted(bundle.forms), sorted(bundle.evidence)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(folder, SAMPLES)
    return folder


@pytest.mark.parametrize("site", SITES)
def test_the_bundles_are_what_the_generator_makes(made: Path, site: str) -> None:
    paths = bundles_in([SAMPLES / site / "bundles"])
    assert len(paths) == {"battery_maker": 2, "plating_shop": 1}[site]
    for path in paths:
        assert content(made / site / "bundles" / path.name) == content(path), "make them again: python -m tests.samples"


def test_making_a_site_twice_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    make(tmp_path, SAMPLES, ["plating_shop"])
    (path,) = bundles_in([tmp_path / "plating_shop" / "bundles"])
    assert path.read_bytes() == (made / "plating_shop" / "bundles" / path.name).read_bytes()


@pytest.mark.parametrize("site", SITES)
def test_every_picture_is_small_and_stands_beside_the_bundles(site: str) -> None:
    drawn = {path.name for path in (SAMPLES / site / "pictures").iterdir()}
    assert drawn == set(SITES[site].pictures)
    assert all(path.stat().st_size < 50_000 for path in (SAMPLES / site / "pictures").iterdir())


@pytest.mark.parametrize("site", SITES)
def test_every_site_says_in_three_languages_that_it_is_invented(site: str) -> None:
    said = (SAMPLES / site / "README.md").read_text(encoding="utf-8")
    assert all(word in said for word in ("Everything here is invented", "均屬虛構", "均为虚构"))


def invented(name: str) -> bool:
    return any(word in name for word in ("invented", "虛構"))


@pytest.mark.parametrize("site", ["battery", "plating"])
def test_sites_and_persons_are_labelled_as_invented(site: str, request: pytest.FixtureRequest) -> None:
    visit: Visit = request.getfixturevalue(site)
    header = visit.state.answers("visit_header")
    names = {"site_name_zh", "site_name_en", "applicant_name_en", "applicant_name_zh", "member_name", "attendee_name"}
    said = [value for path, (_, value) in header.items() if path.rpartition("/")[2] in names]
    said += [entry.person for _, entry in visit.state.entries()]
    assert len(said) > 5
    assert [name for name in said if not (isinstance(name, str) and invented(name))] == []


def test_the_battery_maker_is_two_logs_over_all_five_checklists(battery: Visit) -> None:
    state = battery.state
    people = {entry.person for _, entry in state.entries()}
    assert people == {battery_maker.LEAD, battery_maker.ASSESSOR}
    assert len(state.devices()) == 2
    answers = {form: len(state.answers(form)) for form in battery.checklists}
    assert set(answers) == {"gate", "energy_material_flow", "pollution_control", "recycling_waste", "supply_chain"}
    assert sum(answers.values()) > 150
    assert min(answers.values()) >= 40
    statuses = {status for form in answers for status, _ in state.answers(form).values()}
    assert statuses == {"answered", "not applicable", "to come"}


def test_its_rows_cover_every_register(battery: Visit) -> None:
    rows = {repeat: len(ids_) for form in battery.forms for repeat, ids_ in battery.state.rows(form).items()}
    wanted = {
        "site_places": 13, "team": 2, "attendance": 4, "requested_documents": 6, "permits": 6, "outlets": 3,
        "devices": 3,
        "energy_nodes": 13, "energy_flows": 18, "energy_by_month": 24, "meters": 6, "waste_streams": 7,
        "suppliers": 5, "findings": 5, "actions": 1, "projects": 1, "material_flows": 6,
    }  # fmt: skip
    assert {repeat: rows[repeat] for repeat in wanted} == wanted


def test_its_one_conflict_has_two_answers_with_a_note_and_a_picture_each(battery: Visit) -> None:
    ((_, form, path),) = battery.state.conflicts
    assert (form, path) == battery_maker.CONFLICT
    (conflict,) = battery.state.conflicts.values()
    assert {entry.person: entry.value for _, entry in conflict.heads} == {
        battery_maker.LEAD: ("one",),
        battery_maker.ASSESSOR: ("two",),
    }
    for acts in (battery.state.notes(form, path), battery.state.evidence(form, path)):
        assert {entry.person for _, entry in acts} == {battery_maker.LEAD, battery_maker.ASSESSOR}


def test_every_file_that_its_evidence_names_has_come_along(battery: Visit) -> None:
    named = {
        entry.value.about["sha256"]
        for _, entry in battery.state.entries()
        if isinstance(entry.value, Evidence) and "sha256" in entry.value.about
    }
    assert len(named) >= 5
    assert battery.store.all_evidence("wanted") == []
    assert {row.sha256 for row in battery.store.all_evidence("have")} == named


def test_its_answers_break_no_rule_and_demand_one_proof_that_is_missing(battery: Visit) -> None:
    kinds = [left.kind for left in left_to_do(battery.fillings, battery.state)]
    assert kinds.count(WRONG) == 0
    assert kinds.count(CONFLICT) == 1
    assert kinds.count(DEMAND) == 1


def test_its_numbers_ask_the_questions_that_they_should(battery: Visit) -> None:
    energy, waste, gate = (battery.filling(f) for f in ("energy_material_flow", "recycling_waste", "gate"))
    (chart, material) = flow_charts(battery.forms["energy_material_flow"], energy)
    assert 5 < chart.unexplained / chart.input * 100 < 6
    assert 0 < material.unexplained / material.input * 100 < 5
    for filling, path in ((energy, "energy_remainder"), (energy, "gap_explained"), (waste, "manifest_gap_explained")):
        assert filling.state(path).relevant
        assert filling.state(path).status == "answered"
    assert not energy.state("material_remainder").relevant
    assert gate.state("permits_expired").value == "1"
    assert waste.state("permits_expired").value == "1"


def test_two_of_its_figures_differ_between_two_checklists(battery: Visit) -> None:
    states = {each.check.name: each.state for each in cross_checks(battery.scheme, battery.fillings)}
    assert sorted(name for name, state in states.items() if state == DIFFER) == [
        "packaging_recovered",
        "water_discharged_recycling",
    ]


def test_the_plating_shop_is_one_log_over_two_days_without_its_draft(plating: Visit) -> None:
    (device,) = plating.state.devices()
    days = {entry.at // 86_400_000_000 for _, entry in plating.state.log(device)}
    assert len(days) == 3  # the evening before, the interrupted morning, the next one
    assert plating.state.conflicts == {}
    assert not any(plating_shop.DRAFT in str(entry.value) for _, entry in plating.state.entries())
    assert plating.store.locals_of(plating.id) == {}


@pytest.mark.parametrize("site", SITES)
def test_the_expected_results_are_what_the_visit_comes_to(tmp_path: Path, site: str) -> None:
    write_expected(SAMPLES / site / "bundles", tmp_path)
    for name in (ASSESSMENT, SUMMARY):
        expected, told = ((folder / name).read_text("utf-8") for folder in (SAMPLES / site / "expected", tmp_path))
        assert comparable(expected) == comparable(told), "look at the difference; then: python -m tests.samples"


@pytest.mark.parametrize("site", SITES)
def test_the_expected_assessment_fits_the_published_schema(site: str) -> None:
    schema = json.loads((SAMPLES.parent / "docs" / "assessment.schema.json").read_text("utf-8"))
    data = json.loads((SAMPLES / site / "expected" / ASSESSMENT).read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
