"""The shipped scheme and its own forms: what stands in one file agrees with what stands in the others."""

from functools import cache
from pathlib import Path

import pytest

from assessor_tui.form.model import NUMBER_TYPES, Form, Group, Question, Repeat, questions, walk
from assessor_tui.form.read import read_form, read_scheme
from assessor_tui.form.scheme import CrossCheck, Scheme
from assessor_tui.units import units

FORMS = Path(__file__).parent.parent / "forms"
OWN = ("gate", "visit_header", "findings")


@cache
def form(name: str) -> Form:
    read, problems = read_form((FORMS / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    assert read is not None and problems == ()
    return read


@cache
def scheme() -> Scheme:
    read, problems = read_scheme((FORMS / "scheme_hk_gd.yaml").read_bytes(), "scheme_hk_gd.yaml")
    assert read is not None and problems == ()
    return read


def question(path: str) -> Question:
    name, _, inside = path.partition("/")
    return dict(questions(form(name)))[inside]


def test_the_scheme_says_that_its_criteria_are_a_draft() -> None:
    assert scheme().status == "draft criteria"
    assert {parameter.status for parameter in scheme().parameters.values()} == {"to be confirmed"}


def test_what_a_company_can_apply_for_is_what_the_header_offers() -> None:
    asked = question(scheme().category_question)
    header = form(scheme().header_form)
    offered = {choice.name: choice.label for choice in header.choices[asked.list_name]}
    assert offered == {category.name: category.label for category in scheme().categories}


def test_every_form_of_a_category_is_shipped_under_its_own_name() -> None:
    named = {use.form for category in scheme().categories for use in category.forms}
    for name in sorted(named | {scheme().header_form, scheme().findings_form}):
        assert form(name).form_id == name


def test_the_weights_of_a_category_make_a_hundred() -> None:
    for category in scheme().categories:
        assert sum(int(use.weight) for use in category.forms) == 100, category.name


def test_sections_offered_to_a_team_member_are_the_forms_of_the_scheme() -> None:
    offered = {choice.name for choice in form("visit_header").choices["sections"]}
    assert offered == {use.form for category in scheme().categories for use in category.forms}


def test_places_offered_in_the_header_are_the_places_of_the_scheme() -> None:
    offered = [(choice.name, choice.label) for choice in form("visit_header").choices["standard_places"]]
    assert offered == list(scheme().places)


@pytest.mark.parametrize("check", scheme().cross_checks, ids=lambda check: check.name)
def test_a_cross_check_compares_two_numbers_of_the_same_kind(check: CrossCheck) -> None:
    left, right = question(check.left), question(check.right)
    assert left.type in NUMBER_TYPES and right.type in NUMBER_TYPES
    assert {units()[symbol].kind for symbol in left.units} == {units()[symbol].kind for symbol in right.units}
    assert check.left.split("/")[0] != check.right.split("/")[0]


@pytest.mark.parametrize("name", OWN)
def test_everything_asked_has_a_number_a_place_and_guidance(name: str) -> None:
    for _, node in walk(form(name).children):
        if not isinstance(node, Group):
            assert node.number and node.place and node.guidance, node.name


def test_the_first_day_of_the_visit_is_asked_and_cannot_be_passed_over() -> None:
    first_day = question("visit_header/visit_date")
    assert (first_day.type, first_day.required, first_day.not_applicable) == ("date", "yes", False)


def test_findings_actions_and_projects_are_spoken_of_by_their_letters() -> None:
    letters = {node.name: node.row_letter for _, node in walk(form("findings").children) if isinstance(node, Repeat)}
    assert letters == {"findings": "F", "actions": "A", "projects": "P"}


def test_an_answer_that_fails_the_gate_brings_its_finding_and_cannot_be_declared_not_applicable() -> None:
    gate = [asked for _, asked in questions(form("gate")) if asked.veto]
    assert len(gate) >= 8
    for asked in gate:
        assert {asked.finding[choice].grade for choice in asked.veto} == {"veto"}, asked.name
        assert not asked.not_applicable, asked.name
