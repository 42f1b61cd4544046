"""A recorded filling of a form, answer by answer, compared with the whole state of another program after each."""

import gzip
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from assessor_tui.interop.xform_in import read_xform
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context
from tests.conformance.cases import Miss, Run
from tests.conformance.traces import TODAY, is_stamp, same

END = "--"
"""Ends the state after an act."""
_BETWEEN = "\x01"

_META = "/meta[1]"

State = dict[str, tuple[str, bool, bool]]
"""Path -> value, relevant, required."""


def run(form: str, acts: str, states: str) -> Run:
    """What came of one filling: a case is the state of all nodes after the start or after one answer."""
    is_workbook = form.casefold().endswith((".xlsx", ".xls", ".md"))
    read = (read_xlsform if is_workbook else read_xform)(_bytes(form), Path(form).name, lambda _: None)
    if read.form is None:
        return Run("fuzz", 1, (Miss("form", "; ".join(problem.code for problem in read.problems)),))
    numbers = count(1)
    context = Context(TODAY, read.form.languages[0] if read.form.languages else "", now=f"{TODAY}T12:00:00.000+00:00")
    play = Play(compile_form(read.form), context, lambda: f"{next(numbers):032x}", strict=False)
    given = [line.split("|", 2) for line in _bytes(acts).decode().splitlines() if line]
    expected: State = {}
    misses: list[Miss] = []
    cases = 0
    for at, changed in enumerate(_states(_bytes(states).decode())):
        cases += 1
        if at:
            path, value, _ = given[at - 1]
            play.answer(path, value)
        # The id of a filling is no row of a workbook: its reader adds it to each form it makes.
        expected |= {path: seen for path, seen in changed.items() if not (is_workbook and _META in path)}
        misses.extend(_differences(f"{Path(acts).stem}:{at}", expected, play))
    return Run("fuzz", cases, tuple(misses))


def _differences(case: str, expected: State, play: Play) -> Iterator[Miss]:
    found = play.state()
    for path, (value, relevant, required) in expected.items():
        now = found.get(path)
        if now is None:
            yield Miss(case, f"{path} is missing")
        elif is_stamp(play, path):
            continue
        elif (
            not same(value, now.value or "")
            or relevant != now.relevant
            or (now.value is not None and required != now.required)
        ):
            yield Miss(case, f"{path} is {tuple(now)[:3]}, {(value, relevant, required)} expected")
    for path in found.keys() - expected.keys():
        yield Miss(case, f"{path} should not be there")


def _states(text: str) -> Iterator[State]:
    block: State = {}
    for line in text.split("\n"):
        if line == END:
            yield block
            block = {}
        elif line:
            path, value, relevant, required = line.split(_BETWEEN)
            block[path] = (value, relevant == "1", required == "1")


def _bytes(file: str) -> bytes:
    data = Path(file).read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
