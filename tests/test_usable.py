"""Which mistakes keep a form from being used: of ours every one, of one that somebody brings what cannot run."""

import pytest

from assessor_tui.form.model import LANGUAGES, Form, Question
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.usable import hinders


def form(languages: tuple[str, ...], **columns: str) -> Form:
    label = dict.fromkeys(languages, "A")
    asked = (Question("text", "a", label), Question("text", "b", label, **columns))  # type: ignore[arg-type]
    return Form("f", "1", label, asked, languages=languages)


@pytest.mark.parametrize(
    ("columns", "hindered"),
    [
        ({"relevant": "../nowhere = 1"}, False),
        ({"relevant": "no-such-function(1)"}, False),
        ({"relevant": "${b} = 1"}, False),
        ({"relevant": "${nowhere} = 1"}, True),
        ({"relevant": "1 +"}, True),
        ({"calculation": "§"}, True),
    ],
)
def test_a_form_that_somebody_brings_runs_where_others_run_it(columns: dict[str, str], hindered: bool) -> None:
    brought = form(("en",), **columns)
    problems = compile_form(brought).problems
    assert problems
    assert any(hinders(brought, problem) for problem in problems) is hindered
    ours = form(LANGUAGES, **columns)
    assert all(hinders(ours, problem) for problem in compile_form(ours).problems)
