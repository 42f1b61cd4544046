"""The scheme's own forms answered: what is pruned, refused, warned of and computed."""

from functools import cache
from pathlib import Path

from assessor_tui.form.read import read_form
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling

FORMS = Path(__file__).parent.parent / "forms"
ROW = "0" * 31


@cache
def compiled(name: str) -> CompiledForm:
    form, problems = read_form((FORMS / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    assert form is not None and problems == ()
    done = compile_form(form)
    assert done.problems == ()
    return done


def filling(name: str, **answers: Value) -> Filling:
    started = Filling(compiled(name), Context(today="2026-11-12"))
    started.load({}, {})
    for question, value in answers.items():
        started.set(question, value)
    return started


def row(of: Filling, repeat: str, number: int, **answers: Value) -> str:
    path = f"{repeat}[{ROW}{number}]"
    of.add_row(repeat, f"{ROW}{number}")
    for question, value in answers.items():
        of.set(f"{path}/{question}", value)
    return path


def relevant(of: Filling) -> set[str]:
    return {item.path for item in of.items()}


def codes(of: Filling, path: str) -> set[str]:
    return {problem.code for problem in of.state(path).problems}


def test_a_service_provider_is_not_asked_for_permits_buildings_or_output() -> None:
    asked = relevant(filling("gate", applicant_kind=("technology_service",)))
    factory_only = {"hk_connection", "approvals_complete", "permits", "separate_rooms", "concentrations", "products"}
    assert not asked & factory_only
    assert factory_only <= relevant(filling("gate", applicant_kind=("manufacturer",)))


def test_shares_are_asked_only_of_a_common_holder_and_a_small_share_is_warned_of() -> None:
    gate = filling("gate", applicant_kind=("manufacturer",), hk_connection=("wholly_owned",))
    assert "holding_mainland" not in relevant(gate)
    gate.set("hk_connection", ("common_holder",))
    gate.set("holding_mainland", Quantity("50", "%"))
    assert "answer.warning" in codes(gate, "holding_mainland")
    gate.set("holding_mainland", Quantity("50.1", "%"))
    assert codes(gate, "holding_mainland") == set()


def test_a_permit_that_ended_before_the_visit_is_warned_of_and_counted() -> None:
    gate = filling("gate", applicant_kind=("manufacturer",))
    old = row(gate, "permits", 1, issued_on="2020-03-01", expires_on="2026-11-11")
    last_day = row(gate, "permits", 2, issued_on="2020-03-01", expires_on="2026-11-12")
    row(gate, "permits", 3, issued_on="2020-03-01")
    assert codes(gate, f"{old}/expires_on") == {"answer.warning"}
    assert codes(gate, f"{last_day}/expires_on") == set()
    assert gate.state("permits_expired").value == "1"


def test_a_permit_is_named_by_kind_and_number() -> None:
    gate = filling("gate", applicant_kind=("manufacturer",))
    permit = row(gate, "permits", 1, permit_kind=("eia",), document_no="[2020] 12")
    assert gate.row_label(permit) == "Environmental impact assessment approval [2020] 12"


def test_more_options_done_than_planned_is_refused() -> None:
    gate = filling("gate", applicant_kind=("manufacturer",), cp_audit=("done",), options_planned=Quantity("8"))
    gate.set("options_done", Quantity("9"))
    assert "answer.constraint" in codes(gate, "options_done")
    gate.set("options_done", Quantity("5"))
    assert gate.state("options_share").value == "62.5"


def test_figures_of_less_than_a_year_are_warned_of() -> None:
    gate = filling("gate", statistics_from="2025-01-01", statistics_to="2025-12-31")
    assert codes(gate, "statistics_to") == set()
    gate.set("statistics_to", "2025-11-30")
    assert codes(gate, "statistics_to") == {"answer.warning"}


def test_output_counted_in_charge_is_added_up_in_one_unit() -> None:
    gate = filling("gate", applicant_kind=("manufacturer",))
    row(gate, "products", 1, measure=("charge",), output_charge=Quantity("120", "万Ah"))
    row(gate, "products", 2, measure=("charge",), output_charge=Quantity("50000", "Ah"))
    row(gate, "products", 3, measure=("pieces",), output_pieces=Quantity("900", "piece"))
    assert gate.state("output_charge_total").value == "125"


def test_plot_ratio_is_blank_until_the_area_is_known() -> None:
    gate = filling("gate", applicant_kind=("manufacturer",), floor_area=Quantity("30000", "m2"))
    assert gate.state("plot_ratio").value in (None, "")
    gate.set("site_area", Quantity("20000", "m2"))
    assert gate.state("plot_ratio").value == "1.5"


def test_the_last_day_of_a_visit_is_not_before_the_first() -> None:
    header = filling("visit_header", visit_date="2026-11-12", visit_last_date="2026-11-11")
    assert codes(header, "visit_last_date") == {"answer.constraint"}
    header.set("visit_last_date", "2026-11-13")
    assert codes(header, "visit_last_date") == set()


def test_a_document_asked_for_the_day_before_is_warned_of() -> None:
    header = filling("visit_header", visit_date="2026-11-12")
    asked = row(header, "requested_documents", 1, requested_document=("site_plan",), asked_on="2026-11-11")
    assert codes(header, f"{asked}/asked_on") == {"answer.warning"}
    header.set(f"{asked}/asked_on", "2026-11-10")
    assert codes(header, f"{asked}/asked_on") == set()


def test_the_team_has_its_leads_counted() -> None:
    header = filling("visit_header")
    row(header, "team", 1, member_name="A", member_role=("lead",))
    row(header, "team", 2, member_name="B", member_role=("assessor",))
    row(header, "team", 3, member_name="C", member_role=("expert",))
    assert (header.state("lead_count").value, header.state("assessor_count").value) == ("1", "2")


def test_a_good_practice_is_asked_for_its_highlight_and_not_for_a_date() -> None:
    findings = filling("findings")
    found = row(findings, "findings", 1, grade=("good_practice",), text="Solvent is recovered on site.")
    asked = relevant(findings)
    assert f"{found}/highlight" in asked
    assert not {f"{found}/due", f"{found}/owner", f"{found}/correction", f"{found}/clause"} & asked
    findings.set(f"{found}/highlight", "x" * 101)
    assert "answer.constraint" in codes(findings, f"{found}/highlight")


def test_a_nonconformity_told_to_the_site_wants_a_date_that_is_not_before_the_visit() -> None:
    findings = filling("findings")
    found = row(findings, "findings", 1, grade=("major",), text="Two drums stand outside the bund.", status=("open",))
    assert findings.state(f"{found}/due").required
    assert findings.state("undated_count").value == "1"
    findings.set(f"{found}/due", "2026-11-11")
    assert "answer.constraint" in codes(findings, f"{found}/due")
    findings.set(f"{found}/due", "2026-12-12")
    assert findings.state("undated_count").value == "0"


def test_a_withdrawn_finding_is_not_counted() -> None:
    findings = filling("findings")
    found = row(findings, "findings", 1, grade=("major",), text="x")
    assert findings.state("major_count").value == "1"
    findings.set(f"{found}/status", ("withdrawn",))
    assert findings.state("major_count").value == "0"


def test_an_action_points_at_a_finding_by_its_text() -> None:
    findings = filling("findings")
    row(findings, "findings", 1, grade=("minor",), text="Labels are missing.")
    action = row(findings, "actions", 2, action="Label the drums")
    offered = findings.choices(f"{action}/action_finding")
    assert [(choice.name, findings.row_label(f"findings[{choice.name}]")) for choice in offered] == [
        (f"{ROW}1", "Labels are missing.")
    ]


def test_payback_is_own_money_over_net_saving() -> None:
    findings = filling("findings")
    project = row(
        findings,
        "projects",
        1,
        project_title="Heat pump",
        project_state=("done",),
        investment=Quantity("120", "万CNY"),
        subsidy=Quantity("200000", "CNY"),
        gross_saving=Quantity("500000", "CNY"),
    )
    assert findings.state(f"{project}/payback_years").value == "2"
    findings.set(f"{project}/running_cost", Quantity("100000", "CNY"))
    assert findings.state(f"{project}/net_saving").value == "400000"
    assert findings.state(f"{project}/payback_years").value == "2.5"
    findings.set(f"{project}/gross_saving", Quantity("40000", "CNY"))
    assert findings.state(f"{project}/payback_years").value in (None, "")


def test_only_what_a_project_saves_is_asked_and_only_projects_done_are_added_up() -> None:
    findings = filling("findings")
    done = row(
        findings,
        "projects",
        1,
        project_state=("done",),
        saves=("electricity", "voc"),
        saved_electricity=Quantity("12", "MWh"),
        investment=Quantity("10000", "CNY"),
    )
    row(
        findings,
        "projects",
        2,
        project_state=("planned",),
        saves=("electricity",),
        saved_electricity=Quantity("99", "MWh"),
    )
    asked = relevant(findings)
    assert f"{done}/cut_voc" in asked and f"{done}/saved_water" not in asked
    assert findings.state("total_electricity").value == "12000"
    assert findings.state("total_investment").value == "10000"
    assert findings.state("project_count").value == "1"
