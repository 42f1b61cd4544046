"""A grade and the answer it is about: when they do not agree."""

import pytest

from assessor_tui.assess.contradiction import about_of, called_for, contradiction, contradictions
from assessor_tui.form.model import Choice, FindingText, Form, Question, Repeat, Scoring
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.value import Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling


def text(words: str) -> dict[str, str]:
    return {"en-HK": words, "zh-Hant-HK": words, "zh-Hans-CN": words}


LISTS = {"ypn": tuple(Choice(name, text(name)) for name in ("yes", "partial", "no"))}
POINTS = {"yes": "4", "partial": "2", "no": "0"}
CHECK = Form(
    "check", "1", text("Check"),
    (
        Question("select_one", "led", text("Led?"), "3.01", list_name="ypn", points=POINTS,
                 finding={"no": FindingText("major", text("No.")), "partial": FindingText("minor", text("Half."))}),
        Question("select_one", "log", text("Log?"), "3.02", list_name="ypn", points=POINTS),
        Question("select_one", "plain", text("Plain?"), "3.03", list_name="ypn"),
        Question("select_multiple", "seen", text("Seen?"), "3.04", list_name="ypn",
                 finding={"no": FindingText("observation", text("a")), "partial": FindingText("minor", text("b"))}),
    ),
    LISTS, "3", scoring=Scoring("points"),
)  # fmt: skip
FINDINGS = Form(
    "findings", "1", text("Findings"),
    (Repeat("findings", text("Findings"), tuple(
        Question("text", name, text(name)) for name in ("grade", "question", "status")
    ), row_letter="F"),),
    {}, "F", "findings",
)  # fmt: skip


def answered(**answers: Value) -> Filling:
    filling = Filling(compile_form(CHECK), Context("2026-11-12", "en-HK", visit="v"))
    for name, value in answers.items():
        filling.set(name, value, "answered")
    return filling


@pytest.mark.parametrize(
    ("question", "value", "grade", "code"),
    [
        ("led", ("no",), "major", ""),
        ("led", ("no",), "minor", "finding.other_grade"),
        ("led", ("partial",), "veto", "finding.other_grade"),
        ("led", ("no",), "good_practice", "finding.other_grade"),
        ("led", ("yes",), "major", "finding.good_answer"),
        ("led", ("yes",), "observation", ""),
        ("log", ("yes",), "minor", "finding.good_answer"),
        ("log", ("partial",), "minor", ""),
        ("log", ("no",), "good_practice", "finding.no_good_practice"),
        ("plain", ("no",), "major", ""),
        ("seen", ("yes",), "major", "finding.none_called"),
        ("seen", ("partial", "no"), "minor", ""),
        ("led", ("no",), "", ""),
    ],
)
def test_grade_and_answer(question: str, value: Value, grade: str, code: str) -> None:
    problem = contradiction(grade, answered(**{question: value}).state(question))
    assert (problem.code if problem else "") == code


def test_nothing_is_said_of_a_question_without_an_answer() -> None:
    assert contradiction("major", answered().state("led")) is None
    assert called_for(answered().state("led")) is None


def test_the_sentence_names_question_and_grades_as_people_call_them() -> None:
    problem = contradiction("good_practice", answered(led=("no",)).state("led"))
    assert problem is not None
    assert sentence(problem) == "The answer to 3.01 calls for “major”, the finding says “good practice”."


def test_a_finding_names_its_question_by_path_or_number() -> None:
    fillings = {"check": answered()}
    assert about_of(fillings, "check/led") == ("check", "led")
    assert about_of(fillings, "3.02") == ("check", "log")
    assert about_of(fillings, "check/gone") is about_of(fillings, "") is about_of(fillings, "9.99") is None


def test_every_finding_is_looked_at_but_withdrawn_ones() -> None:
    filling = Filling(compile_form(FINDINGS), Context("2026-11-12", "en-HK", visit="v"))
    rows = ["0" * 31 + str(number) for number in range(3)]
    for row, (grade, about, status) in zip(
        rows, [("minor", "check/led", ""), ("minor", "3.01", "withdrawn"), ("major", "3.01", "open")], strict=True
    ):
        filling.add_row("findings", row)
        for name, value in (("grade", grade), ("question", about), ("status", status)):
            filling.set(f"findings[{row}]/{name}", (value,) if name != "question" else value, "answered")
    fillings = {"check": answered(led=("no",)), "findings": filling}
    assert [problem.place.path for problem in contradictions("findings", fillings)] == [f"findings[{rows[0]}]/grade"]
    assert list(contradictions("none", fillings)) == list(contradictions("check", fillings)) == []
