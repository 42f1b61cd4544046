"""The canonical assessment: complete, exact, the same on every laptop, and safe to hand to the site."""

import json
import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assessor_tui.assess.assessment import SIGNATURE, assessment, digest, for_site
from assessor_tui.assess.changes import changes
from assessor_tui.assess.decimals import beside, decimal_text
from assessor_tui.assess.score import score
from assessor_tui.form.model import LANGUAGES
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.draft import Draft
from assessor_tui.reports.schema import Assessment, schema_text
from assessor_tui.visit import Visit
from tests.sample_visit import NINE_O_CLOCK, Sample, merge, new_visit, open_store, sample, say

SCHEMA = Path(__file__).parents[1] / "docs" / "assessment.schema.json"


def assessed(visit: Visit) -> dict[str, Any]:
    return assessment(visit.id, visit.scheme, visit.forms, visit.state, visit.today)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    made = sample(tmp_path_factory.mktemp("sample"))
    yield made
    made.close()


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A visit just begun."""
    with open_store(tmp_path, "Lead (sample)", "lead") as store:
        yield new_visit(store)


@pytest.fixture(scope="module")
def data(both: Sample) -> dict[str, Any]:
    return assessed(both.lead)


def items(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for form in data["forms"]:
        for item in form["items"]:
            yield form["form"], item


def leaves(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        for part in data.values():
            yield from leaves(part)
    elif isinstance(data, list):
        for part in data:
            yield from leaves(part)
    else:
        yield data


def test_two_laptops_with_the_same_entries_compute_the_same_bytes(both: Sample, data: dict[str, Any]) -> None:
    merge(both.colleague, both.lead)
    assert assessed(both.colleague) == data
    assert digest(assessed(both.colleague)) == digest(data)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process cannot be set here")
def test_neither_time_zone_nor_language_of_the_reader_changes_the_digest(
    both: Sample, data: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        monkeypatch.setitem(os.environ, "TZ", "America/St_Johns")
        time.tzset()
        both.lead.set_language("zh-Hans-CN")
        assert digest(assessed(both.lead)) == digest(data)
    finally:
        monkeypatch.undo()
        time.tzset()
        both.lead.set_language("en-HK")


def test_one_answer_more_is_another_digest(visit: Visit) -> None:
    before = digest(assessed(visit))
    say(visit, "visit_header", "contact_person", "王經理（樣本）")
    assert digest(assessed(visit)) != before


def test_a_signature_does_not_change_what_it_fixes(visit: Visit) -> None:
    fixed = digest(assessed(visit))
    visit.store.append([Draft(visit.id, acts.SIGN, value=fixed)])
    visit.refresh()
    signed = assessed(visit)
    assert digest(signed) == fixed
    assert signed[SIGNATURE]["signed"] and signed[SIGNATURE]["digest"] == fixed


def test_nothing_in_it_is_a_float_or_nothing(data: dict[str, Any]) -> None:
    assert {type(leaf) for leaf in leaves(data)} == {str, int, bool}


def test_every_question_asked_stands_there_with_its_number_and_three_labels(both: Sample, data: dict[str, Any]) -> None:
    for form, filling in both.lead.fillings.items():
        walked = [(item.kind, item.path) for item in filling.items()]
        assert [(item["kind"], item.get("path", "")) for name, item in items(data) if name == form] == walked
    for _, item in items(data):
        assert set(item["label"]) == set(LANGUAGES)


def test_the_score_is_the_exact_interval_with_a_decimal_beside_it(both: Sample, data: dict[str, Any]) -> None:
    lead = both.lead
    exact = score(lead.scheme, lead.category.name, lead.fillings, lead.state).hundred
    assert Fraction(data["score"]["least"]["exact"]) == exact.least
    assert Fraction(data["score"]["most"]["exact"]) == exact.most
    assert abs(Fraction(data["score"]["most"]["decimal"]) - exact.most) <= Fraction(1, 10**6)


def test_an_open_conflict_shows_every_side_with_who_and_when(data: dict[str, Any]) -> None:
    (conflict,) = data["conflicts"]["open"]
    assert {side["said"]["by"] for side in conflict["sides"]} == {"Chan Siu Ming (sample)", "李芷晴（樣本）"}
    assert len({str(side["value"]) for side in conflict["sides"]}) == 2


def test_a_settled_conflict_keeps_both_sides_and_the_reason(data: dict[str, Any]) -> None:
    (settled,) = data["conflicts"]["settled"]
    assert len(settled["sides"]) == 2
    assert settled["why"].startswith("INTERNAL-SETTLED")
    assert settled["stands"]
    assert settled["settled_as"]["value"] in [side["value"] for side in settled["sides"]]


def test_not_applicable_and_to_come_are_listed_with_their_reasons(data: dict[str, Any]) -> None:
    (listed,) = data["not_applicable"]
    assert "tank lorry" in listed["why"] and listed["number"].startswith("4.")
    assert all("by 2026-11-26" in each["why"] for each in data["to_come"])
    assert data["to_come"]


def test_times_are_hong_kong_time(data: dict[str, Any]) -> None:
    assert hong_kong_time(NINE_O_CLOCK).isoformat() == "2026-11-12T09:00:00+08:00"
    assert data["visit"]["opened"]["at"].startswith("2026-11-12T09:0")


def test_the_site_gets_no_score_no_conflict_and_no_internal_word(data: dict[str, Any]) -> None:
    shared = for_site(data)
    told = [leaf for leaf in leaves(shared) if isinstance(leaf, str)]
    assert [text for text in told if "INTERNAL" in text or "WITHDRAWN-FINDING" in text] == []
    hidden = {"score", "points", "gate", "conflicts", "notes", "comments", "disputed", "levels", "parameters"}
    assert hidden.isdisjoint(keys(shared))


def test_the_site_does_not_learn_a_disputed_answer(data: dict[str, Any]) -> None:
    (conflict,) = data["conflicts"]["open"]
    place = (conflict["form"], conflict["path"])
    shared = next(item for name, item in items(for_site(data)) if (name, item["path"]) == place)
    assert shared["status"] == "missing" and "value" not in shared


def keys(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, part in data.items():
            yield key
            yield from keys(part)
    elif isinstance(data, list):
        for part in data:
            yield from keys(part)


def test_the_published_schema_is_current_and_both_copies_fit_it(data: dict[str, Any]) -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "python -m assessor_tui.reports.schema docs/..."
    validator = Draft202012Validator(json.loads(schema_text()))
    for copy in (data, for_site(data)):
        assert [error.message for error in validator.iter_errors(copy)] == []
        Assessment.model_validate(copy)


def test_an_unfinished_visit_fits_the_schema_too(visit: Visit) -> None:
    Assessment.model_validate(assessed(visit))


def test_changes_name_each_question_that_is_answered_differently_now(visit: Visit) -> None:
    before = assessed(visit)
    assert changes(before, before) == []
    say(visit, "visit_header", "main_products", "鋰電池")
    visit.record(acts.CLEAR, "visit_header", "application_number")
    found = {each.path: (each.before.get("en-HK"), each.now.get("en-HK")) for each in changes(before, assessed(visit))}
    assert found["main_products"] == ("磷酸鐵鋰電芯及電池組", "鋰電池")
    assert found["application_number"] == ("SAMPLE-2026-0147", None)


@given(st.fractions(0, 100), st.lists(st.integers(0, 100), max_size=3))
def test_a_rounded_score_never_changes_sides_at_a_limit(number: Fraction, whole: list[int]) -> None:
    limits = [Fraction(limit) for limit in whole]
    shown = Fraction(beside(number, limits))
    if len(beside(number, limits).partition(".")[2]) < 6:
        assert all((shown >= limit) == (number >= limit) for limit in limits)
    assert abs(shown - number) <= Fraction(1, 10)


def test_a_score_just_below_a_limit_does_not_read_as_the_limit() -> None:
    limit = Fraction(85)
    assert beside(Fraction("84.96"), [limit]) == "84.9"
    assert beside(Fraction("84.999999999"), [limit]) == "84.9"
    assert beside(Fraction("85"), [limit]) == "85.0"
    assert beside(Fraction("84.94"), [limit]) == "84.9"
    assert beside(Fraction("84.97"), [Fraction("84.95"), limit]) == "84.97"


@given(st.decimals(-1000, 1000, places=4))
def test_a_decimal_that_fits_is_written_exactly(number: Any) -> None:
    assert Fraction(decimal_text(Fraction(number), 4)) == Fraction(number)


def test_decimals_are_plain() -> None:
    assert decimal_text(Fraction(1, 3), 6) == "0.333333"
    assert decimal_text(Fraction(-1, 200), 2) == "0"
    assert decimal_text(Fraction(5, 2), 0) == "2"
    assert decimal_text(Fraction(7), 1, keep_zeros=True) == "7.0"
