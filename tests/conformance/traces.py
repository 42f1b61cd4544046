"""Forms filled step by step, compared with what another program had after every step."""

import gzip
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

from assessor_tui.interop.xform_in import read_xform
from assessor_tui.logic.acts import REFUSED, Play
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.definitions import REPEAT, Definition
from assessor_tui.logic.filling import Context
from assessor_tui.logic.nodes import Leaf
from tests.conformance.cases import Miss, Run, read_json

TODAY = "2026-11-22"
STAMPS = ("start", "end", "today")


def run(file: str) -> Run:
    """What came of the traces of a file."""
    cases = read_json(Path(file))
    misses = []
    for trace in cases["traces"]:
        try:
            told = replay(_form(cases["forms"], trace["form"], Path(file).parent), trace["steps"])
        except Exception as error:  # a trace that ends so is a miss like any other
            told = f"{type(error).__name__}: {error}"
        if told:
            misses.append(Miss(str(trace["id"]), f"{trace['test'].rpartition('.')[2]}: {told}"))
    return Run("traces", len(cases["traces"]), tuple(misses))


def _form(forms: Mapping[str, str], name: str, folder: Path) -> str:
    """The XML of a form: from the file of cases, or for ``file:whova_form.xml`` from the folder beside it."""
    if not name.startswith("file:"):
        return forms[name]
    stem = Path(name.removeprefix("file:")).stem
    for file in (folder / "forms" / f"{each}.xml.gz" for each in (stem, stem.removesuffix("_form"))):
        if file.is_file():
            return gzip.decompress(file.read_bytes()).decode()
    raise FileNotFoundError(name)


def replay(xml: str, steps: list[dict[str, Any]]) -> str:
    """What came out otherwise first; ``""`` when nothing did."""
    read = read_xform(xml.encode(), "form.xml", lambda _: None)
    if read.form is None:
        return "; ".join(f"{problem.code} {dict(problem.parameters)}" for problem in read.problems)
    compiled = compile_form(read.form)
    numbers = count(1)
    context = Context(TODAY, read.form.languages[0] if read.form.languages else "", now=f"{TODAY}T12:00:00.000+00:00")
    play: Play | None = None
    expected: dict[str, list[Any]] = {}
    for at, step in enumerate(steps):
        if play is None:
            play = Play(compiled, context, lambda: f"{next(numbers):032x}", first=0)
        elif told := act(play, step):
            return f"step {at} {step['a']} {step.get('ref', '')}: {told}"
        for path in step["gone"]:
            expected.pop(path, None)
        expected.update(step["set"])
        if told := difference(expected, play):
            return f"step {at} {step['a']} {step.get('ref', '')}: {told}"
    return ""


def act(play: Play, step: Mapping[str, Any]) -> str:
    """What an act gave otherwise than it should."""
    kind, ref = step["a"], step.get("ref", "")
    if kind == "answer":
        wrong = any(problem.code in REFUSED for problem in play.answer(ref, step["v"]))
        if wrong != (step["r"] == "CONSTRAINT_VIOLATED"):
            return f"{step['r']} expected"
    elif kind == "new":
        play.add_row(ref)
    elif kind == "remove":
        play.remove_row(ref)
    elif kind == "lang":
        play.set_language(_tag(play, step["v"]))
    elif kind == "choices":
        names = list(play.choices(ref))
        if names != step["v"]:
            return f"choices {step['v']} expected, {names} found"
        # There, what is chosen and not offered any more goes when the choices are looked at; here it stays and is
        # flagged. So that the next steps can be compared, what is flagged goes here, too.
        path = play.path(ref)
        chosen = play.filling.state(path).value
        if isinstance(chosen, tuple) and any(
            each.code == "answer.choice_gone" for each in play.filling.state(path).problems
        ):
            play.filling.set(path, tuple(name for name in chosen if name in names) or None)
    return ""


def _tag(play: Play, spoken: str) -> str:
    """The language that is meant: the form's own name of it, or its tag."""
    form = play.filling.compiled.form
    known = form.extra.get("language_names", {})
    return next((tag for tag, name in known.items() if spoken in (name, tag)), spoken)


def difference(expected: Mapping[str, list[Any]], play: Play) -> str:
    """The first node that stands otherwise; counted rows that were not reached there yet are left out, and whatever
    is computed from them."""
    found, compiled = play.state(), play.filling.compiled
    undecided = _undecided(expected, play)
    for path, (value, relevant, required, read_only) in expected.items():
        now = found.get(path)
        if now is None:
            return f"{path} is missing, {value!r} expected"
        if path in undecided or is_stamp(play, path):
            continue
        if not same(value, now.value):
            return f"{path} is {now.value!r}, {value!r} expected"
        # That a group is required says nothing: only questions are answered.
        flags = (bool(relevant), bool(required) and value is not None, bool(read_only))
        if flags != (now.relevant, now.required, now.read_only):
            return f"{path} is {now[1:]}, {flags} expected (relevant, required, read only)"
    for path in found:
        if path not in expected and not counted(path, compiled):
            return f"{path} should not be there"
    return ""


def is_stamp(play: Play, path: str) -> bool:
    """True for what says when the form was filled."""
    node = play.filling.nodes.get(play.path(path, first=1))
    return isinstance(node, Leaf) and node.question.type in STAMPS


def _undecided(expected: Mapping[str, list[Any]], play: Play) -> set[str]:
    """Nodes that follow from counted rows of which there are others here than there."""
    found = play.state()
    missing = [path for path in found if path not in expected]
    if not missing:
        return set()
    ours = {play.path(path, first=1): path for path in expected if path in found}
    decided = play.filling.decided_by({play.path(path, first=1) for path in missing})
    return {ours[path] for path in (*decided.relevance, *decided.computed) if path in ours}


def counted(path: str, compiled: CompiledForm) -> bool:
    """True for a node in a row that the form counts: other programs make it when somebody gets there."""
    here: Definition | None = compiled.places.root
    for step in path.split("/")[2:]:
        name = step.partition("[")[0]
        here = next((child for child in here.children if child.name == name), None) if here is not None else None
        if here is None:
            return False
        if here.kind == REPEAT:
            if getattr(here.node, "repeat_count", ""):
                return True
            here = here.row
    return False


_UNIQUE = re.compile(r"(uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def same(expected: str | None, found: str | None) -> bool:
    """Whether two values are the same: unique ids are, and moments that are one moment."""
    if expected == found:
        return True
    if expected is None or found is None:
        return False
    if _UNIQUE.match(expected) and _UNIQUE.match(found):
        return True
    if _same_numbers(expected, found):
        return True
    if len(found) == 10 and expected == f"{found}T00:00:00.000Z":
        return True  # a date that is copied into a text is written as its midnight there
    moments = _moment(expected), _moment(found)
    return moments[0] is not None and moments[0] == moments[1]


def _same_numbers(expected: str, found: str) -> bool:
    """Whether both are the same numbers in a row: ``2.0E7`` and ``20000000``, ``38.2 21.7 0.0`` and ``38.2 21.7 0``.

    Distances are computed there by another formula, which spoils the ninth digit of short ones."""
    try:
        pairs = list(zip(re.findall("[^ ;]+", expected), re.findall("[^ ;]+", found), strict=True))
        return all(math.isclose(float(one), float(other), rel_tol=1e-8) for one, other in pairs)
    except ValueError:
        return False


def _moment(text: str) -> datetime | None:
    for read in _READERS:
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _time(text: str) -> datetime:
    of_day = time.fromisoformat(text)
    moment = datetime.combine(datetime(2000, 1, 1, tzinfo=UTC).date(), of_day, of_day.tzinfo or timezone(timedelta(0)))
    return datetime.combine(datetime(2000, 1, 1, tzinfo=UTC).date(), moment.astimezone(UTC).time(), UTC)


def _date_time(text: str) -> datetime:
    if "T" not in text:
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


_READERS: tuple[Callable[[str], datetime], ...] = (_time, _date_time)
