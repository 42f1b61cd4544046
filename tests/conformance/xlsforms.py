"""XLSForms that others wrote: those that are right load and can be filled in, the others are refused with a message."""

import random
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from assessor_tui.form.model import GEO_TYPES, LIST_TYPES, NUMBER_TYPES, SILENT_TYPES, Form
from assessor_tui.i18n.sentences import sentence
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.definitions import QUESTION, REPEAT
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.opening import open_form
from assessor_tui.problem import Problem
from tests.conformance.cases import Miss, Run, XlsformCase, one_line, xlsform_cases

ANSWERS = 30


def run(*arguments: str) -> Run:
    """What came of the cases in the files; of a valid one with ``ANSWERS`` random answers, rows among them."""
    cases = [case for argument in arguments for case in xlsform_cases(Path(argument))]
    told = ((case.id, _told(case)) for case in cases)
    return Run("xlsforms", len(cases), tuple(Miss(case, one_line(said)) for case, said in told if said))


def _told(case: XlsformCase) -> str:
    """What is wrong with how the case came out; ``""`` for nothing."""
    try:
        imported = read_xlsform(case.markdown.encode(), "case.md", lambda name: None)
        if not case.valid:
            if imported.form is not None:
                return f"accepted; expected: {case.error}"
            return "" if _messages(imported.problems).strip() else "refused without a message"
        if imported.form is None:
            return f"refused: {_messages(imported.problems)}"
        for warning in imported.warnings:
            sentence(warning)
        return fill(imported.form, zlib.crc32(case.id.encode()))
    except Exception as error:  # whatever the reader or the filling raises is a miss, not the end
        return f"{type(error).__name__}: {error}"


def _messages(problems: tuple[Problem, ...]) -> str:
    return "; ".join(sentence(problem) for problem in problems)


def fill(form: Form, seed: int, answers: int = ANSWERS) -> str:
    """What is wrong after random answers and rows; ``""`` when everything stands as after loading what is stored."""
    chance = random.Random(seed)
    compiled = compile_form(form)
    context = Context("2026-11-12", form.languages[0], seed, visit="0" * 31 + "1")
    ids = (f"{number:032x}" for number in count(2**64))
    filling, _ = open_form(compiled, context, lambda: next(ids))
    for number in range(answers):
        acts = list(_acts(filling))
        if not acts:
            break
        kind, path = chance.choice(acts)
        if kind == "add":
            filling.new_row(path, f"{number + 1:032x}")
        elif kind == "remove":
            filling.remove_row(path)
        else:
            filling.set(path, _value(filling, path, chance))
    again = Filling(compiled, context)
    again.load(*filling.stored())
    if differs := next((path for path in filling.nodes if path not in again.nodes), None):
        return f"{differs} stands no more after loading"
    for path, definition in [(path, node.definition) for path, node in again.nodes.items()]:
        if path not in filling.nodes:
            return f"{path} stands after loading only"
        if definition.kind == QUESTION and _seen(filling, path) != _seen(again, path):
            return f"{path}: {_seen(filling, path)}; after loading {_seen(again, path)}"
    return ""


def _seen(filling: Filling, path: str) -> tuple[object, ...]:
    state = filling.state(path)
    codes = tuple(problem.code for problem in state.problems)
    return state.status, state.value, state.relevant, state.required, state.read_only, codes


def _acts(filling: Filling) -> Iterator[tuple[str, str]]:
    """What a person could do now."""
    for path, node in filling.nodes.items():
        definition = node.definition
        if definition.kind == REPEAT and not filling.container(path).repeat.repeat_count:
            if len(filling.rows(path)) < 5:
                yield "add", path
            yield from (("remove", f"{path}[{row}]") for row in filling.rows(path))
        elif definition.kind == QUESTION and node.relevant and filling.leaf(path).question.type not in SILENT_TYPES:
            yield "answer", path


def _value(filling: Filling, path: str, chance: random.Random) -> Value | None:
    """An answer somebody might give, or none."""
    question = filling.leaf(path).question
    if chance.random() < 0.15:
        return None
    if question.type in LIST_TYPES:
        names = [choice.name for choice in filling.choices(path)]
        if not names:
            return None
        if question.type == "select_one":
            return (chance.choice(names),)
        many = names[:] if question.type == "rank" else [name for name in names if chance.random() < 0.5]
        chance.shuffle(many)
        return tuple(many) if question.type == "rank" else tuple(name for name in names if name in many) or None
    if question.type in NUMBER_TYPES:
        number = chance.choice(["0", "1", "2", "3", "7", "18", "42", "100"])
        return Quantity(number, question.units[0] if question.units else "")
    if question.type in GEO_TYPES:
        points = [f"{chance.randint(-80, 80)} {chance.randint(-179, 179)} 0 0" for _ in range(4)]
        return points[0] if question.type == "geopoint" else ";".join([*points, points[0]])
    if question.type == "file":
        return Evidence("document", {"sha256": f"{chance.getrandbits(256):064x}", "name": "a.pdf"})
    texts = {"date": "2026-11-1%d", "time": "1%d:30:00.000+08:00", "datetime": "2026-11-12T1%d:30:00.000+08:00"}
    if question.type in texts:
        return texts[question.type] % chance.randint(0, 9)
    return "OK" if question.type == "acknowledge" else chance.choice(["a", "other", "yes", "2", "2026-11-12", "'"])
