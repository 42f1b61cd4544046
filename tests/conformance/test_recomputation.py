"""Random answers, and everything computed afresh after each (see ``recomputation``)."""

import gzip
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.interop.xform_in import read_xform
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from tests.conformance.cases import CASES, read_json
from tests.conformance.made_forms import made_form
from tests.conformance.recomputation import difference, play


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**9))
def test_in_any_form_all_stands_as_when_it_is_loaded_afresh(seed: int) -> None:
    assert play(made_form(random.Random(seed)), 25, str(seed)) == ""


def test_forms_made_by_chance_have_no_mistakes_but_circles() -> None:
    forms = [made_form(random.Random(seed)) for seed in range(60)]
    found = {problem.code for form in forms for problem in compile_form(form).problems}
    assert found <= {"form.cycle"}


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases of other programs are not beside the checkout")
def test_in_forms_of_others_all_stands_as_when_it_is_loaded_afresh() -> None:
    forms = list(read_json(CASES / "traces.json")["forms"].values())
    for at, xml in enumerate(forms[::4]):
        read = read_xform(xml.encode(), "form.xml", lambda _: None)
        if read.form is not None:
            assert play(read.form, 12, str(at)) == ""
    whova = read_xform(gzip.decompress((CASES / "forms" / "whova.xml.gz").read_bytes()), "whova.xml", lambda _: None)
    assert whova.form is not None
    assert play(whova.form, 30, "whova") == ""


def test_a_difference_is_told() -> None:
    form = made_form(random.Random(3))
    filling = Filling(compile_form(form), Context("2026-11-12"))
    assert difference(filling) == ""
    filling.leaf("n1").text = "not what is stored"
    assert "n1 is" in difference(filling)
