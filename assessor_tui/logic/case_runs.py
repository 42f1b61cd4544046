"""Cases of a form played: each expectation that does not come true, with what came instead."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assessor_tui.form.cases import Case, Expectation
from assessor_tui.form.model import Question
from assessor_tui.ledger.value import Quantity, Value, plain_decimal
from assessor_tui.logic.acts import Play
from assessor_tui.logic.answers import answer_of
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.views import Context
from assessor_tui.problem import Place

MOST_ROWS = 500
"""Rows of one table that a case makes by naming the last of them."""


class Failure(NamedTuple):
    """One expectation that did not come true."""

    case: str
    place: Place
    path: str
    what: str
    """``value``, ``relevant`` ... of ``form.cases.EXPECTED``; ``answer`` for what could not be done."""
    wanted: str
    got: str


class Tried(NamedTuple):
    """What came of one case."""

    case: Case
    expectations: int
    failures: tuple[Failure, ...]


def try_cases(compiled: CompiledForm, cases: Iterable[Case], *, today: str, only: str = "") -> Iterator[Tried]:
    """What came of each case whose name holds ``only``; each begins with the form as it is opened on ``today``."""
    for case in cases:
        if only.casefold() in case.name.casefold():
            yield try_case(compiled, case, today)


def try_case(compiled: CompiledForm, case: Case, today: str) -> Tried:
    """What came of one case."""
    from itertools import count

    numbers = count(1)
    language = case.language or (compiled.form.languages[0] if compiled.form.languages else "")
    context = Context(case.today or today, language)
    play = Play(compiled, context, lambda: f"{next(numbers):032x}", strict=False)
    failures: list[Failure] = []
    for step in case.steps:
        for path, place in step.add:
            try:
                play.add_row(_standing(play, path))
            except (KeyError, ValueError):
                failures.append(Failure(case.name, place, path, "answer", "", ""))
        for path, place in step.remove:
            try:
                play.remove_row(_standing(play, path))
            except (KeyError, ValueError):
                failures.append(Failure(case.name, place, path, "answer", "", ""))
        for path, text, place in step.answers:
            if not answer(play, path, text):
                failures.append(Failure(case.name, place, path, "answer", text, ""))
        for each in step.expected:
            got = _found(play, each, language)
            wanted = each.wanted if isinstance(each.wanted, str) else ", ".join(each.wanted)
            if not _is_as_wanted(each, wanted, got):
                failures.append(Failure(case.name, each.place, each.path, each.what, wanted, got))
    return Tried(case, sum(len(step.expected) for step in case.steps), tuple(failures))


def answer(play: Play, path: str, text: str) -> bool:
    """True when the answer was given; rows that its path names are added first. ``text`` is as people type it.

    False where there is no such question, or people do not answer it.
    """
    try:
        at = reached(play, path)
        question = play.filling.state(at).question
        if question.type == "note" or (question.calculation and not question.trigger):
            return False
        if question.rows_of and text.endswith("]"):
            play.answer(at, (reached(play, text)[-33:-1],))  # tanks[2]: that row
        else:
            play.answer(at, typed(question, text))
    except (KeyError, ValueError):
        return False
    return not text or play.filling.state(at).status == "answered"


def typed(question: Question, text: str) -> Value | None:
    """The answer that a text of a case spells: with a unit where the question has several."""
    number, _, unit = text.strip().rpartition(" ")
    if question.type == "quantity" and number and unit in question.units:
        try:
            return Quantity(plain_decimal(number.replace(",", "")), unit)
        except ValueError:
            return text
    return answer_of(question, text)


def standing_path(filling: Filling, path: str) -> str:
    """The path of a filling for one that counts rows from 1: ``outlets[2]/tag``.

    Raises:
        KeyError: when there is no such row.
    """
    found = ""
    for name, number in _parts(path):
        found = f"{found}/{name}" if found else name
        if number:
            rows = filling.rows(found)
            row = number if len(number) == 32 else rows[int(number) - 1] if 0 < int(number) <= len(rows) else ""
            if row not in rows:
                raise KeyError(path)
            found += f"[{row}]"
    return found


def reached(play: Play, path: str) -> str:
    """As ``standing_path``, or of a path of ODK; rows that are not there are added, unless the form counts them."""
    if path.startswith("/"):
        return play.path(path)
    found = ""
    for name, number in _parts(path):
        found = f"{found}/{name}" if found else name
        if number and len(number) < 32:
            while len(play.filling.rows(found)) < int(number):
                try:
                    play.add_row(found)
                except ValueError:
                    raise KeyError(path) from None
            number = play.filling.rows(found)[int(number) - 1]
        found += f"[{number}]" if number else ""
    return found


def _parts(path: str) -> Iterator[tuple[str, str]]:
    """(name, number or id of the row) of each step."""
    for part in path.split("/"):
        name, bracket, number = part.partition("[")
        number = number.rstrip("]")
        if bracket and len(number) != 32 and not (number.isdecimal() and 1 <= int(number) <= MOST_ROWS):
            raise KeyError(path)
        yield name, number


def _standing(play: Play, path: str) -> str:
    return play.path(path) if path.startswith("/") else standing_path(play.filling, path)


def _found(play: Play, wanted: Expectation, language: str) -> str:
    """What stands where something is expected; ``""`` where nothing does."""
    filling = play.filling
    try:
        path = _standing(play, wanted.path)
        if wanted.what == "rows":
            return str(len(filling.rows(path)))
        if wanted.what == "label":
            return filling.label(path, language)
        if wanted.what == "relevant":
            return "yes" if _is_relevant(play, path) else "no"
        if wanted.what == "choices":
            return ", ".join(choice.name for choice in filling.choices(path))
        state = filling.state(path)
    except KeyError:
        return "no" if wanted.what == "relevant" else ""
    if wanted.what == "problems":
        return ", ".join(problem.code.removeprefix("answer.") for problem in state.problems)
    if wanted.what == "value":
        return filling.leaf(path).text
    return "yes" if getattr(state, wanted.what) else "no"


def _is_relevant(play: Play, path: str) -> bool:
    return any(item.path == path for item in play.filling.items()) or _is_silently(play, path)


def _is_silently(play: Play, path: str) -> bool:
    """Whether something that is not shown, such as a calculation, is relevant."""
    try:
        return play.filling.state(path).relevant
    except KeyError:
        return False


def _is_as_wanted(expected: Expectation, wanted: str, got: str) -> bool:
    if wanted == got:
        return True
    if expected.what != "value":
        return False
    # 12.50 is 12.5, and a number with the unit that expressions see is that number.
    try:
        return plain_decimal(wanted) == plain_decimal(got)
    except ValueError:
        return " ".join(wanted.replace(",", " ").split()) == " ".join(got.split())
