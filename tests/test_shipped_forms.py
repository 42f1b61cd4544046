"""The forms and schemes in ``forms/``, and the examples of its README, are right."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.form.canonical import canonical_bytes, form_from_canonical, scheme_from_canonical
from assessor_tui.form.model import LANGUAGES, Form, Question, Text, walk
from assessor_tui.form.read import check_file, is_scheme, read_form, read_scheme
from assessor_tui.form.scheme import Scheme
from assessor_tui.i18n.sentences import sentence
from assessor_tui.logic.compile import compile_form
from assessor_tui.problem import Problem

FORMS = Path(__file__).parents[1] / "forms"
FILES = sorted(FORMS.glob("*.yaml"))
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (FORMS / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def lines(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{problem.place.file}:{problem.place.line}: {sentence(problem)}" for problem in problems]


def expression_mistakes(form: Form) -> tuple[Problem, ...]:
    return compile_form(form).problems


def shipped_forms() -> list[Form]:
    texts = [path.read_bytes() for path in FILES]
    read = [read_form(text)[0] for text in texts if not is_scheme(text)]
    return [form for form in read if form is not None]


def shipped_schemes() -> list[Scheme]:
    texts = [path.read_bytes() for path in FILES]
    read = [read_scheme(text)[0] for text in texts if is_scheme(text)]
    return [scheme for scheme in read if scheme is not None]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_file_has_no_mistake(path: Path) -> None:
    assert lines(check_file(path.read_bytes(), path.name, expression_mistakes)) == []


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text[:40].replace("\n", " "))
def test_an_example_of_the_readme_has_no_mistake(text: str) -> None:
    assert lines(check_file(text.encode(), "README.md", expression_mistakes)) == []


def test_the_readme_has_an_example_of_a_form_and_of_a_scheme() -> None:
    assert [is_scheme(text.encode()) for text in EXAMPLES] == [False, True]


@pytest.mark.parametrize("form", shipped_forms(), ids=lambda form: form.form_id)
def test_everything_a_shipped_form_says_is_there_in_three_languages(form: Form) -> None:
    assert form.languages == LANGUAGES
    for where, text in everything_said(form):
        assert set(text) == set(LANGUAGES), where
        assert all(words.strip() for words in text.values()), where


def everything_said(form: Form) -> Iterator[tuple[str, Text]]:
    yield "title", form.title
    for name, choices in form.choices.items():
        for choice in choices:
            yield f"{name}/{choice.name}", choice.label
    for _, node in walk(form.children):
        if node.label or not (isinstance(node, Question) and node.type == "calculate"):
            yield node.name, node.label
        if isinstance(node, Question):
            for finding in node.finding.values():
                yield f"{node.name} finding", finding.text
            for column in ("hint", "guidance", "required_message", "constraint_message", "warning_message"):
                if getattr(node, column):
                    yield f"{node.name} {column}", getattr(node, column)


@pytest.mark.parametrize("form", shipped_forms(), ids=lambda form: form.form_id)
def test_a_shipped_form_comes_back_from_its_canonical_spelling(form: Form) -> None:
    assert form_from_canonical(canonical_bytes(form)) == form


def test_no_two_shipped_forms_have_the_same_id_or_number() -> None:
    forms = shipped_forms()
    numbers = [form.number for form in forms if form.number]
    assert len({form.form_id for form in forms}) == len(forms)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("scheme", shipped_schemes(), ids=lambda scheme: scheme.scheme_id)
def test_a_shipped_scheme_uses_forms_and_questions_that_are_shipped(scheme: Scheme) -> None:
    assert scheme_from_canonical(canonical_bytes(scheme)) == scheme
    forms = {form.form_id: form for form in shipped_forms()}
    assert {scheme.header_form, scheme.findings_form} <= forms.keys()
    assert {use.form for category in scheme.categories for use in category.forms} <= forms.keys()
    paths = {
        "/".join((form_id, *repeats, node.name))
        for form_id, form in forms.items()
        for repeats, node in walk(form.children)
        if isinstance(node, Question)
    }
    for check in scheme.cross_checks:
        assert {check.left, check.right} <= paths, check.name
    if scheme.category_question:
        assert scheme.category_question in paths
    places = {name for name, _ in scheme.places}
    for form in forms.values():
        used = {node.place for _, node in walk(form.children) if isinstance(node, Question) and node.place}
        assert used <= places | set(form.extra.get("places", ())), form.form_id
