"""What a list of visits comes to, in words, for the command and the window."""

from assessor_tui.assess.visit_list import SITE_NAMES, NewVisit
from assessor_tui.form.model import Form, in_language, questions
from assessor_tui.i18n import _, language
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.value import names
from assessor_tui.problem import Problem
from assessor_tui.sheets import column_letters


def cell_words(problem: Problem, headings: tuple[str, ...]) -> str:
    """Where in the sheet: ``C5 (Category)``, or the row alone; ``""`` for the sheet as a whole."""
    line, column = problem.place.line, problem.place.column
    if not column:
        return _("row {row}").format(row=line) if line else ""
    cell = f"{column_letters(column)}{line or ''}"
    heading = " ".join(headings[column - 1].split()) if column <= len(headings) else ""
    return f"{cell} ({heading})" if heading else cell


def problem_words(problem: Problem, headings: tuple[str, ...], form: Form) -> str:
    """Where and what."""
    where, said = cell_words(problem, headings), what_words(problem, form)
    return f"{where}: {said}" if where else said


def what_words(problem: Problem, form: Form) -> str:
    """What is wrong, in the form's own words where it has some."""
    said = sentence(problem)
    if problem.code == "answer.constraint":
        asked = dict(questions(form))
        question = asked.get(problem.parameters.get("question", ""))
        if question is not None and question.constraint_message:
            return in_language(question.constraint_message, language())
    return said


def visit_words(visit: NewVisit) -> str:
    """The site, day and number that a line names."""
    order = SITE_NAMES if language() != "en-HK" else SITE_NAMES[::-1]
    site = next((text for name in order if isinstance(text := visit.answers.get(name), str) and text), "")
    more = [visit.answers.get(name) for name in ("visit_date", "application_number")]
    team = [str(member.get("member_name", "")) for member in visit.team]
    said = [site, *(each for each in more if isinstance(each, str) and each)]
    if team:
        said.append(_(", ").join(team))
    return "  ".join(each for each in said if each)


def category_words(visit: NewVisit, form: Form, category: str) -> str:
    """The label of the category that a line chooses; ``""`` for none."""
    question = dict(questions(form)).get(category)
    chosen = names(visit.answers.get(category))
    if question is None or not chosen:
        return ""
    labels = {choice.name: in_language(choice.label, language()) for choice in form.choices.get(question.list_name, ())}
    return labels.get(chosen[0], chosen[0])
