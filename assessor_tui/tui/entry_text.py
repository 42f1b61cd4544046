"""Which questions are answered by typing, and what is said when the text cannot be the answer."""

from assessor_tui.form.model import NUMBER_TYPES, Question
from assessor_tui.i18n import _, grouped, language
from assessor_tui.ledger.typed import MONTH, is_respelled, read_typed
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.problem import Problem
from assessor_tui.tui.input_keys import plain_character
from assessor_tui.units import unit_name

TYPED = NUMBER_TYPES | {"text", "date"}
"""Types of question that are answered by typing."""


def opens_field(kind: str, character: str) -> bool:
    """True when a character typed on a question of this type is the beginning of its answer."""
    plain = plain_character(character)
    if kind in NUMBER_TYPES:
        return plain.isdecimal() or plain in (".", "-")
    if kind == "date":
        return plain.isdecimal()
    return kind == "text" and (plain.isalnum() or not plain.isascii())


def answer_of(question: Question, text: str, today: str, unit: str = "") -> Value | None:
    """The answer that ``text`` means; None for nothing.

    Raises:
        ValueError: when it cannot be one; its message is a sentence for people.
    """
    text = text.strip()
    if not text:
        return None
    read = read_typed(question, text, today, unit)
    if isinstance(read, Problem):
        raise ValueError(_why_not(read))
    return read


def read_back(question: Question, text: str, today: str, unit: str = "") -> str:
    """The answer as it will be kept, such as ``= 12 400 kWh``, when it is typed in another spelling; else ``""``."""
    if question.type == "text" and question.role != MONTH:
        return ""
    try:
        value = answer_of(question, text, today, unit)
    except ValueError:
        return ""
    if value is None or not is_respelled(text, value):
        return ""
    if isinstance(value, Quantity):
        return f"= {grouped(value.n)} {unit_name(value.u, language())}".rstrip()
    return f"= {value}" if isinstance(value, str) else ""


def no_date() -> str:
    """What is said about a text that is no date."""
    return _("This is no date. Type it as 2026-11-12, 12/11/2026 or just the day.")


def _why_not(problem: Problem) -> str:
    if problem.code == "typed.date":
        return no_date()
    if problem.code == "answer.unit":
        return _("The unit is not one of {units}.").format(units=problem.parameters["units"])
    if problem.code == "typed.number":
        return _("This is no number. Type digits with a point, such as 12.5.")
    from assessor_tui.i18n.sentences import sentence

    return sentence(problem)
