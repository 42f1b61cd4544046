"""Every mistake has its sentence, and text from outside cannot break out of it."""

import re
from pathlib import Path
from string import Formatter

import pytest

from assessor_tui.i18n.sentences import SENTENCES, sentence
from assessor_tui.problem import Problem

FORM = Path(__file__).parents[1] / "assessor_tui" / "form"
CODES = sorted(
    {
        code
        for module in ("source", "schema", "read", "check")
        for code in re.findall(r'"((?:form|scheme)\.[a-z_0-9]+)"', (FORM / f"{module}.py").read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("code", CODES)
def test_a_mistake_of_a_form_or_scheme_has_its_sentence(code: str) -> None:
    assert code in SENTENCES


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_ends_as_sentences_do_and_names_its_blanks(code: str) -> None:
    assert SENTENCES[code].endswith((".", "?")), SENTENCES[code]
    assert all(blank is None or re.fullmatch("[a-z_]+", blank) for _, blank, *_ in Formatter().parse(SENTENCES[code]))


def test_text_from_outside_stays_text() -> None:
    hostile = "\x1b[31m{code.__class__}\n[bold]\u202e"
    told = sentence(Problem("form.unknown_place", parameters={"value": hostile, "known": "office", "suggestion": ""}))
    assert told == "There is no place  [31m{code.__class__} [bold] . Places are office."


def test_what_was_most_likely_meant_is_said_at_the_end() -> None:
    problem = Problem("form.unknown_place", parameters={"value": "gat", "known": "gate", "suggestion": "gate"})
    assert sentence(problem).endswith("Did you mean gate?")


def test_a_code_without_a_sentence_is_shown_as_it_is() -> None:
    assert sentence(Problem("newer.problem")) == "newer.problem"
