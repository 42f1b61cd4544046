"""How each type of question is answered by typing, and what its form says about a broken rule, for every face."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assessor_tui.form.model import NUMBER_TYPES, UNNAMED_LANGUAGE, Form, Question
from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _
from assessor_tui.ledger.typed import shows
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.logic.filling import Filling

_MESSAGES: Mapping[str, str] = {
    "answer.constraint": "constraint_message",
    "answer.warning": "warning_message",
    "answer.required": "required_message",
}
"""Code of a problem -> the column with the form's own words about it."""


def typed_as(question: Question) -> str:
    """What is typed: ``Date``, ``Number``, ``Position`` ..."""
    kind = question.type
    if kind == "date":
        return {"year": _("Year"), "month": _("Month")}.get(shows(question), _("Date"))
    return {
        "time": _("Time"),
        "datetime": _("Date and time"),
        "geopoint": _("Position"),
        "geotrace": _("Line: a position on each line"),
        "geoshape": _("Area: a position on each line"),
    }.get(kind, _("Number") if kind in NUMBER_TYPES else _("Answer"))


def example(question: Question) -> str:
    """How it can be typed, by examples; ``""`` where nobody needs one."""
    kind = question.type
    if kind == "date":
        by_part = {"year": _("2026"), "month": _("2026-11 or 11/2026")}
        return by_part.get(shows(question), _("2026-11-12, 12/11/2026 or just 12"))
    if kind == "range":
        return _("from {start} to {end} in steps of {step}").format(**range_words(question))
    return {
        "time": _("9:30, 930 or 9点半; “now” is this moment"),
        "datetime": _("2026-11-12 9:30 or 12/11 930; “now” is this moment"),
        "geopoint": _("22.3193, 114.1694, or pasted from a map"),
        "geotrace": _("22.3193, 114.1694; at least two"),
        "geoshape": _("22.3193, 114.1694; at least three"),
    }.get(kind, "")


def range_words(question: Question) -> dict[str, str]:
    """Start, end and step of a range as people read them."""
    from assessor_tui.logic.answers import range_of
    from assessor_tui.logic.values import number_text

    return dict(zip(("start", "end", "step"), map(number_text, range_of(question)), strict=True))


def next_language(form: Form, tag: str) -> str:
    """The language in which a form is read after ``tag``: one of the interface's, or of those that the form has."""
    if set(form.languages) <= set(LANGUAGES):
        tags: tuple[str, ...] = LANGUAGES
    else:
        tags = tuple(each for each in form.languages if each != UNNAMED_LANGUAGE) or LANGUAGES
    at = tags.index(tag) if tag in tags else next((at for at, each in enumerate(tags) if tag.startswith(each)), -1)
    return tags[(at + 1) % len(tags)]


def language_name(form: Form, tag: str) -> str:
    """What a language of a form is called: by itself, else as its author has headed the column."""
    return LANGUAGE_NAMES.get(tag) or str(form.extra.get("language_names", {}).get(tag, "")) or tag


def broken_words(filling: "Filling", path: str, problem: Problem, language: str) -> str:
    """The form's own message about a broken rule of the question at ``path``, with its outputs; else our sentence."""
    from assessor_tui.i18n.sentences import sentence

    column = _MESSAGES.get(problem.code, "")
    try:
        return (filling.text(path, column, language) if column else "") or sentence(problem)
    except KeyError:
        return sentence(problem)
