"""Which questions are answered by typing, and what is said when the text cannot be the answer."""

from assessor_tui.form.model import GEO_TYPES, NUMBER_TYPES, Question
from assessor_tui.i18n import _, grouped, language
from assessor_tui.ledger.typed import MONTH, is_respelled, read_typed, shown_text
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.problem import Problem
from assessor_tui.tui.input_keys import plain_character
from assessor_tui.units import unit_name

TYPED = NUMBER_TYPES | GEO_TYPES | {"text", "date", "time", "datetime"}
"""Types of question that are answered by typing."""
SEVERAL_LINES = GEO_TYPES - {"geopoint"}
"""Types that are typed over several lines."""


def opens_field(kind: str, character: str) -> bool:
    """True when a character typed on a question of this type is the beginning of its answer."""
    plain = plain_character(character)
    if kind in NUMBER_TYPES:
        return plain.isdecimal() or plain in (".", "-")
    if kind == "date":
        return plain.isdecimal()
    if kind in ("time", "datetime"):
        return plain.isdecimal() or not plain.isascii()
    if kind in GEO_TYPES:
        return plain.isdecimal() or plain in (".", "-") or not plain.isascii()
    return kind == "text" and (plain.isalnum() or not plain.isascii())


def answer_of(question: Question, text: str, today: str, unit: str = "", now: str = "") -> Value | None:
    """The answer that ``text`` means; None for nothing. ``now`` as ``ledger.typed.read_typed``.

    Raises:
        ValueError: when it cannot be one; its message is a sentence for people.
    """
    text = text.strip()
    if not text:
        return None
    read = read_typed(question, text, today, unit, now)
    if isinstance(read, Problem):
        raise ValueError(_why_not(read))
    return read


def read_back(question: Question, text: str, today: str, unit: str = "", now: str = "") -> str:
    """The answer as it will be kept, such as ``= 12 400 kWh``, when it is typed in another spelling; else ``""``."""
    if question.type == "text" and question.role != MONTH:
        return ""
    try:
        value = answer_of(question, text, today, unit, now)
    except ValueError:
        return ""
    if value is None or not is_respelled(text, value):
        return ""
    if isinstance(value, str) and text.strip() == shown_text(question, value):
        return ""
    if isinstance(value, Quantity):
        return f"= {grouped(value.n)} {unit_name(value.u, language())}".rstrip()
    return f"= {shown_text(question, value)}" if isinstance(value, str) else ""


def stepped(question: Question, text: str, step: int) -> str:
    """The number of a range one step further (or, -1, back) than ``text``; from nothing, where the range begins."""
    from decimal import Decimal, InvalidOperation

    from assessor_tui.i18n.asked_words import range_words

    start, end, by = (Decimal(each) for each in range_words(question).values())
    up = by if end >= start else -by
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return f"{start if step > 0 else end:f}"
    return f"{min(max(number + up * step, min(start, end)), max(start, end)):f}"


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
