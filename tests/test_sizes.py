"""How much a visit asks: by its category, its length as the header says it, or the number of employees."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from assessor_tui.assess.left import (
    ROWS,
    UNANSWERED,
    counts,
    is_asked,
    is_demanded,
    left_in_form,
    left_to_do,
    progress,
)
from assessor_tui.assess.results import Results
from assessor_tui.assess.score import form_score
from assessor_tui.assess.sizes import Extent, extent_of, size_of
from assessor_tui.form.canonical import canonical_bytes, scheme_from_canonical
from assessor_tui.form.model import SILENT_TYPES, Form, Question, Repeat, walk
from assessor_tui.form.read import read_form, read_scheme
from assessor_tui.form.scheme import Category, Scheme
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.visit import Visit, create_visit
from tests.samples.expected import merged
from tests.small_visit import asked, choices, text
from tests.tui_visits import closing, opened, ready, text_of  # noqa: F401

FORMS = Path(__file__).parents[1] / "forms"
SITES = Path(__file__).parents[1] / "sample_sites"
HALF_DAY, TWO_DAYS = 90, 180
"""Most questions that the client wants asked on a visit of that length."""


@cache
def scheme() -> Scheme:
    read, problems = read_scheme((FORMS / "scheme_hk_gd.yaml").read_bytes())
    assert read is not None and not problems
    return read


@cache
def form(name: str) -> Form:
    read, problems = read_form((FORMS / f"{name}.yaml").read_bytes())
    assert read is not None and not problems
    return read


def category(name: str) -> Category:
    return next(each for each in scheme().categories if each.name == name)


def header(**answers: Value) -> Mapping[str, Value]:
    return answers


@pytest.fixture(scope="module")
def battery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    visit = merged(tmp_path_factory.mktemp("battery"), SITES / "battery_maker" / "bundles")
    yield visit
    visit.store.close()


# Which size it is.


@pytest.mark.parametrize(
    ("answers", "size"),
    [
        (header(), "two_days"),
        (header(employees=Quantity("299")), "half_day"),
        (header(employees=Quantity("300")), "two_days"),
        (header(employees=Quantity("12"), visit_length=("two_days",)), "two_days"),
        (header(employees=Quantity("1260"), visit_length=("half_day",)), "half_day"),
        (header(employees=Quantity("12"), visit_length=("a_week",)), "half_day"),
        (header(employees="twelve"), "two_days"),
    ],
)
def test_the_header_names_the_size_else_the_number_of_employees_decides(
    answers: Mapping[str, Value], size: str
) -> None:
    found = size_of(scheme(), answers.get)
    assert found is not None
    assert found.name == size


def test_while_the_limit_is_not_known_the_longest_visit_is_meant() -> None:
    limit = scheme().parameters["half_day_below"]._replace(value="")
    open_ = scheme()._replace(parameters={**scheme().parameters, "half_day_below": limit})
    found = size_of(open_, header(employees=Quantity("5")).get)
    assert found is not None
    assert found.name == "two_days"


def test_a_category_that_always_asks_so_much_does_whatever_the_length() -> None:
    short = header(visit_length=("half_day",)).get
    assert extent_of(scheme(), category("partner_manufacturing"), short) == Extent("core", "core")
    assert extent_of(scheme(), category("partner_supply_chain"), short) == Extent("full", "full")


def test_a_scheme_without_sizes_asks_the_core_and_scores_everything_as_it_always_did() -> None:
    plain = scheme()._replace(sizes=(), size_question="", size_number="")
    assert size_of(plain, header(visit_length=("two_days",)).get) is None
    assert extent_of(plain, category("partner_manufacturing"), header().get) == Extent("core", "full")


def test_a_scheme_without_sizes_is_spelled_as_before_they_were_known() -> None:
    plain = Scheme("s", "1", {"en-HK": "S"}, "", "h", "f", (Category("c", {"en-HK": "C"}, (), ()),))
    assert canonical_bytes(plain) == (
        b'{"categories":[{"forms":[],"label":{"en-HK":"C"},"levels":[],"name":"c"}],"findings_form":"f",'
        b'"header_form":"h","scheme_id":"s","status":"","title":{"en-HK":"S"},"version":"1"}'
    )
    assert scheme_from_canonical(canonical_bytes(scheme())) == scheme()


# What counts.

LISTS = {"yes_no": choices("yes", "no")}
SMALL = compile_form(
    Form(
        "f", "1", text("F"),
        (
            asked("select_one", "first", list_name="yes_no", points={"yes": "1", "no": "0"}),
            asked("select_one", "deep", list_name="yes_no", points={"yes": "1", "no": "0"}, asked="full"),
            asked("text", "deep_needed", asked="full", required="yes"),
            asked("text", "aside", asked="at_hand"),
            Repeat(
                "deep_rows", text("Rows"),
                (asked("text", "needed", required="yes"), asked("text", "more", asked="full")),
                asked="full", at_least=1,
            ),
        ),
        LISTS,
    )
)  # fmt: skip
ROW = "1" * 32


def small(*, rows: bool = False) -> Filling:
    filling = Filling(SMALL, Context("2026-11-12", "en-HK", visit="v"))
    filling.load({"deep_rows": [ROW]} if rows else {}, {})
    return filling


def left(filling: Filling, kind: str, *, full: bool) -> tuple[str, ...]:
    found = left_in_form("f", filling, VisitState(), full=full)
    return tuple(path for each in found if each.kind == kind for path in each.paths)


def test_what_a_short_visit_does_not_ask_is_not_left_to_do() -> None:
    assert left(small(), UNANSWERED, full=False) == ("first",)
    assert left(small(), UNANSWERED, full=True) == ("first", "deep", "deep_needed")


def test_what_is_at_hand_is_never_left_to_do() -> None:
    aside = next(item for item in small().items() if item.path == "aside")
    assert not is_asked(aside, full=True)


def test_rows_of_a_table_that_is_not_asked_are_not_demanded() -> None:
    assert left(small(), ROWS, full=False) == ()
    assert left(small(), ROWS, full=True) == ("deep_rows",)


def test_whoever_adds_a_row_completes_it_on_a_short_visit_too() -> None:
    filling = small(rows=True)
    assert left(filling, UNANSWERED, full=False) == ("first", f"deep_rows[{ROW}]/needed")
    assert is_demanded(filling.state(f"deep_rows[{ROW}]/needed"))
    assert not is_demanded(filling.state("deep_needed"))
    assert is_demanded(filling.state("deep_needed"), full=True)


def test_progress_counts_what_is_asked() -> None:
    assert progress("f", small(), VisitState()).asked == 1
    assert progress("f", small(), VisitState(), full=True).asked == 3


def test_a_short_visit_is_scored_over_core_questions_alone_whoever_answers_more() -> None:
    filling = small()
    filling.set("first", ("yes",))
    filling.set("deep", ("no",))
    everything = form_score(filling, VisitState()).part
    core = form_score(filling, VisitState(), scores="core").part
    assert everything.share.least == everything.share.most == Fraction(1, 2)
    assert core.share.least == core.share.most == 1


# A visit whose length changes.


def test_changing_the_length_changes_counts_score_and_signing_at_once(tmp_path: Path) -> None:
    from assessor_tui.materials import load_materials
    from assessor_tui.store.ledger import Store
    from tests.samples.desk import Clock, identities

    clock = Clock()
    clock.at("2026-11-12 09:00")
    store = Store.open(tmp_path, now=clock)
    store.identify("Chan", "lead")
    (materials,) = load_materials(store, FORMS)
    said: dict[str, Value] = {"category": ("partner_manufacturing",), "employees": Quantity("80")}
    visit = create_visit(store, materials, said, new_id=identities("sizes"))
    results = Results()

    def asked_now() -> tuple[int, int]:
        results.look(visit.fillings, visit.state, visit.extent)
        score = results.score(visit.scheme, visit.category)
        return sum(results.progress(each).asked for each in visit.checklists), len(score.root.children)

    assert visit.asks == "core"
    short, _ = asked_now()
    required = len([each for each in visit.blocks_signing() if each.code == "answer.required"])
    assert not visit.record(acts.ANSWER, "visit_header", "visit_length", ("two_days",)).problems
    assert visit.asks == "full"
    long, _ = asked_now()
    assert long > short + 10
    assert results.left() == left_to_do(visit.fillings, visit.state, full=True)
    assert len([each for each in visit.blocks_signing() if each.code == "answer.required"]) > required
    assert not visit.record(acts.ANSWER, "visit_header", "visit_length", ("half_day",)).problems
    assert asked_now()[0] == short
    store.close()


def test_the_canonical_assessment_says_how_much_was_asked(battery: Visit) -> None:
    from assessor_tui.assess.assessment import assessment

    data = assessment(battery.id, battery.scheme, battery.forms, battery.state, battery.today)
    assert (data["visit"]["size"]["name"], data["visit"]["size"]["asks"]) == ("two_days", "full")


# How many questions that is.


def asked_of(fillings: Mapping[str, Filling], *, full: bool) -> int:
    """Questions outside tables, and tables once each, that are relevant and asked."""
    return sum(
        "[" not in item.path and isinstance(item.node, Question | Repeat) and item.kind != "row"
        and counts(item.node, full=full)
        for filling in fillings.values()
        for item in filling.items()
    )  # fmt: skip


def test_the_battery_maker_is_asked_what_fits_into_half_a_day_or_two(battery: Visit) -> None:
    short, long = (asked_of(battery.checklists, full=full) for full in (False, True))
    assert short <= HALF_DAY
    assert short * 3 // 2 < long <= TWO_DAYS


def typical(name: str, **gates: Value) -> dict[str, Filling]:
    """The checklists of a category with the answers that open the most questions a site of it would see."""
    fillings = {}
    for use in category(name).forms:
        filling = Filling(compile_form(form(use.form)), Context("2026-11-12", "en-HK", visit="v"))
        filling.load({}, {})
        for path, value in gates.items():
            if path in {node.name for at, node in walk(form(use.form).children) if not at}:
                filling.set(path, value)
        fillings[use.form] = filling
    return fillings


@pytest.mark.parametrize(
    ("name", "kind"),
    [("partner_supply_chain", "supply_chain"), ("partner_technology_service", "technology_service")],
)
def test_a_company_without_a_factory_is_asked_everything_in_half_a_day(name: str, kind: str) -> None:
    fillings = typical(name, applicant_kind=(kind,))
    assert 10 < asked_of(fillings, full=True) <= HALF_DAY


@pytest.mark.parametrize("name", ["partner_manufacturing", "excellent_manufacturing"])
def test_a_factory_with_exhaust_air_waste_water_and_hazardous_waste_is_asked_what_fits(name: str) -> None:
    fillings = typical(
        name, applicant_kind=("manufacturer",), hk_connection=("wholly_owned",), approvals_complete=("yes",),
        discharge_permit=("permit",), incidents=("none",), eliminated_found=("none",), new_buildings=("yes",),
        concentrations=("within",), cp_audit=("done",), earlier_assessment=("yes",), has_exhaust_air=("yes",),
        has_voc_process=("yes",), waste_water_kind=("own_plant",), works_at_night=("yes",),
        hazardous_generated=("yes",), epr_products=("power_battery",), process_wastewater=("yes",),
        utilities_present=("boiler", "compressed_air", "dry_room", "oven", "solvent", "formation"),
        logistics_level=("level_2",), recovers_products=("yes",), makes_large_cells=("yes",),
    )  # fmt: skip
    assert asked_of(fillings, full=False) <= HALF_DAY
    assert HALF_DAY < asked_of(fillings, full=True) <= TWO_DAYS


@pytest.mark.parametrize("name", ["gate", "energy_material_flow", "pollution_control", "recycling_waste"])
def test_what_can_stop_or_limit_a_recognition_is_asked_on_every_visit(name: str) -> None:
    for above, node in walk(form(name).children):
        if isinstance(node, Question) and (node.veto or node.limiting):
            assert node.asked == "core", node.name
            for repeat in above:
                table = next(each for _, each in walk(form(name).children) if each.name == repeat)
                assert isinstance(table, Repeat) and table.asked == "core", repeat


def test_what_a_row_cannot_do_without_is_asked_wherever_the_row_is() -> None:
    for use in category("excellent_manufacturing").forms:
        for above, node in walk(form(use.form).children):
            if above and isinstance(node, Question) and node.type not in SILENT_TYPES and node.required:
                assert node.asked == "core", node.name


# On the screen and in the dialogue.


async def test_going_on_passes_over_what_a_short_visit_does_not_ask_until_its_length_changes(tmp_path: Path) -> None:
    app, visit = opened(tmp_path, "walk", "recycling_waste/hazardous_generated")
    assert not visit.record(acts.ANSWER, "visit_header", "visit_length", ("half_day",)).problems
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("1")
        assert app.screen.target == "recycling_waste/hw_notice"  # type: ignore[attr-defined]
        await pilot.press("up")
        assert app.screen.target == "recycling_waste/hw_responsibility"  # type: ignore[attr-defined]
        assert "at hand, not asked on this visit" in text_of(app.screen)
        lines = {line.target: line for line in app.screen.lines}  # type: ignore[attr-defined]
        assert lines["recycling_waste/hw_responsibility"].at_hand
        assert not lines["recycling_waste/hw_responsibility"].is_open
        assert app.visit is not None
        app.screen.changed(  # type: ignore[attr-defined]
            app.visit.record(acts.ANSWER, "visit_header", "visit_length", ("two_days",))
        )
        lines = {line.target: line for line in app.screen.lines}  # type: ignore[attr-defined]
        assert lines["recycling_waste/hw_responsibility"].is_open


def test_the_dialogue_passes_over_it_too_and_says_what_it_is(tmp_path: Path) -> None:
    from assessor_tui.cli.plain import Plain
    from assessor_tui.i18n import set_language

    set_language("en-HK")
    _app, visit = opened(tmp_path, "walk")
    assert not visit.record(acts.ANSWER, "visit_header", "visit_length", ("half_day",)).problems
    assert not visit.record(acts.ANSWER, "recycling_waste", "hazardous_generated", ("yes",)).problems

    def heard(start: str, *typed: str) -> str:
        said: list[str] = []
        waiting = iter(typed)
        form, _, path = start.partition("/")
        Plain(visit, lambda prompt: next(waiting, None), said.append).run(form, path)
        return "\n".join(said)

    said = heard("recycling_waste/hazardous_generated", "s", "b")
    assert said.index("4.01 of") < said.index("4.03 of") < said.index("4.02 of")
    assert "At hand: not asked on this visit." in said
