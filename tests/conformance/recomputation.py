"""Random answers, rows and languages: after each act everything stands as when what is stored is loaded afresh."""

import gzip
import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from assessor_tui.form.model import GEO_TYPES, LIST_TYPES, NUMBER_TYPES, Form, Question, Repeat
from assessor_tui.form.read import read_form
from assessor_tui.interop.xform_in import read_xform
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.nodes import Container, Leaf
from tests.conformance.cases import CASES, Miss, Run, one_line, read_json, xlsform_cases
from tests.conformance.made_forms import made_form

ANSWERS = 100_000
LARGE = 200
"""Questions from which on a form is compared after every tenth act only: loading it takes a hundred times an answer."""
SHIPPED = Path(__file__).parents[2] / "forms"
MOST_OPENED = 30
"""Fillings of one form, where they never come to rest."""
MADE = 400
"""Forms made by chance, beside those of others."""


def run(answers: str = str(ANSWERS), seed: str = "1") -> Run:
    """What came of so many random acts over all forms; a case is an act."""
    forms = list(all_forms(int(seed)))
    each = -(-int(answers) // len(forms))
    misses: list[Miss] = []
    done = 0
    for name, form in forms:
        compiled = compile_form(form)
        left = each
        for opened in range(MOST_OPENED):
            # One that never comes to rest is compared no further; the next begins anew.
            acts, told = fill(compiled, left, f"{seed} {name} {opened}")
            done, left = done + acts, left - acts
            if told:
                misses.append(Miss(name, one_line(told)))
            if told or left <= 0:
                break
    return Run("recomputation", done, tuple(misses))


def all_forms(seed: int) -> Iterator[tuple[str, Form]]:
    """Name and form of everything that can be filled: forms of others, of ours, and made by chance."""
    for at in range(MADE):
        yield f"made-{seed}-{at}", made_form(random.Random(f"{seed} {at}"))
    for file in sorted(SHIPPED.glob("*.yaml")):
        form, _ = read_form(file.read_bytes(), file.name)
        if form is not None:
            yield file.stem, form
    if not CASES.is_dir():
        return
    read = read_xform(gzip.decompress((CASES / "forms" / "whova.xml.gz").read_bytes()), "whova.xml", lambda _: None)
    if read.form is not None:
        yield "whova", read.form
    for name, xml in read_json(CASES / "traces.json")["forms"].items():
        read = read_xform(xml.encode(), "form.xml", lambda _: None)
        if read.form is not None:
            yield f"traces-{name}", read.form
    for case in xlsform_cases(CASES / "xlsforms.jsonl"):
        read = read_xlsform(case.markdown.encode(), "form.md", lambda _: None) if case.valid else read
        if case.valid and read.form is not None:
            yield case.id, read.form


def play(form: Form, acts: int, seed: str) -> str:
    """What stood otherwise after loading, first; ``""`` when nothing ever did."""
    return fill(compile_form(form), acts, seed)[1]


def fill(compiled: CompiledForm, acts: int, seed: str) -> tuple[int, str]:
    """(acts that were compared, what stood otherwise after loading) of one filling."""
    chance = random.Random(seed)
    numbers = count(1)
    last = {path: str(chance.randrange(5)) for path in compiled.places.by_path}
    language = chance.choice(compiled.form.languages or ("",))
    now = "2026-11-12T09:30:00.000+08:00"
    context = Context("2026-11-12", language, chance.randrange(99), "1" * 32, now, last_saved=last)
    filling = Play(compiled, context, lambda: f"{next(numbers):032x}").filling
    large = len(filling.nodes) > LARGE
    if told := difference(filling):
        return 0, told
    for number in range(acts):
        if filling.unsteady:
            return number, ""
        said = act(filling, chance, lambda: f"{next(numbers):032x}")
        if not large or number % 10 == 9 or number == acts - 1:
            told = difference(filling)
            if told:
                return number, f"act {number + 1}, {said}: {told}"
    return acts, ""


def act(filling: Filling, chance: random.Random, new_id: Callable[[], str]) -> str:
    """What was done: something by chance."""
    containers = [
        node for node in filling.nodes.values() if isinstance(node, Container) and not node.repeat.repeat_count
    ]
    rows = [row for container in containers for row in container.rows]
    leaves = [node for node in filling.nodes.values() if isinstance(node, Leaf) and node.question.type != "note"]
    kind = chance.choices(("answer", "add", "remove", "language"), (6, 2 * bool(containers), 1.5 * bool(rows), 0.3))[0]
    if kind == "add":
        container = chance.choice(containers)
        if len(container.rows) < 12:
            at = chance.randint(0, len(container.rows))
            filling.new_row(container.path, new_id(), at)
            return f"row {at} added to {container.path}"
    elif kind == "remove":
        row = chance.choice(rows)
        filling.remove_row(row.path)
        return f"{row.path} removed"
    elif kind == "language":
        language = chance.choice(filling.compiled.form.languages or ("",))
        filling.set_language(language)
        return f"language {language}"
    if not leaves:
        return "nothing"
    leaf = chance.choice(leaves)
    value = any_answer(filling, leaf, chance)
    status = "answered" if value is not None else chance.choice(("missing", "missing", "not applicable"))
    filling.set(leaf.path, value, status)
    return f"{leaf.path} = {value!r}"


def any_answer(filling: Filling, leaf: Leaf, chance: random.Random) -> Value | None:
    """An answer, at times none, or one that the question does not take."""
    question = leaf.question
    if chance.random() < 0.12:
        return None
    if chance.random() < 0.05:
        return chance.choice(("x", "12", ("a", "b"), Quantity("3"), Quantity("1", "kWh")))
    if question.type in NUMBER_TYPES:
        number = chance.choice(("0", "1", "2", "3", "5", "10", "42", "-1", "2.5", "0.1", "1999"))
        if question.type == "integer":
            number = number.partition(".")[0]
        return Quantity(number, chance.choice(question.units) if question.units else "")
    if question.type in LIST_TYPES:
        names = [choice.name for choice in filling.choices(leaf.path)[:40]] or ["yes", "no", "a", "other"]
        many = 1 if question.type == "select_one" else chance.randint(1, min(4, len(names)))
        return tuple(dict.fromkeys(chance.choices(names, k=many)))
    if question.type == "date":
        return f"20{chance.randint(10, 29)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
    if question.type == "datetime":
        return f"2026-11-1{chance.randint(0, 9)}T0{chance.randint(0, 9)}:00:00.000+08:00"
    if question.type == "time":
        return f"0{chance.randint(0, 9)}:30:00.000+08:00"
    if question.type in GEO_TYPES:
        points = [f"{chance.randint(-80, 80)} {chance.randint(-170, 170)} 0 0" for _ in range(4)]
        return points[0] if question.type == "geopoint" else ";".join(points)
    if question.type == "file":
        return Evidence("photo", {"name": f"{chance.randint(1, 9)}.jpg", "sha256": f"{chance.getrandbits(256):064x}"})
    return chance.choice(("a", "b", "yes", "no", "1", "2", "17", "some words", "2026-11-12", "OK", " ", "ü 漢"))


def difference(filling: Filling) -> str:
    """What stands otherwise in a filling into which the same rows and answers are loaded."""
    full = Filling(filling.compiled, filling.context)
    full.language = filling.language
    full.load(*filling.stored())
    if filling.unsteady or full.unsteady:
        return ""
    ours, fresh = everything(filling), everything(full)
    for path in dict.fromkeys((*ours, *fresh)):
        if ours.get(path) != fresh.get(path):
            return f"{path} is {ours.get(path)}, computed afresh {fresh.get(path)}"
    return ""


def everything(filling: Filling) -> dict[str, object]:
    """All that can be seen of a filling."""
    seen: dict[str, object] = {"items": [item[:3] for item in filling.items()], "problems": filling.problems}
    language = filling.language
    for path, node in filling.nodes.items():
        seen[path] = (node.relevant, node.value, isinstance(node, Container) and filling.rows(path))
        if isinstance(node, Leaf):
            state = filling.state(path)
            seen[path] = (*(getattr(state, part) for part in state.__slots__), node.value, node.text)
            if node.question.type in LIST_TYPES:
                seen[f"choices of {path}"] = [choice.name for choice in filling.choices(path)[:50]]
        if isinstance(node.definition.node, Question | Repeat) and filling.compiled.texts:
            seen[f"label of {path}"] = filling.label(path, language)
    return seen
