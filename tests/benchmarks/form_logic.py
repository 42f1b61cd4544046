"""The WHO verbal autopsy form beside the engines of others, long chains, and tables of a thousand rows.

The form and the recorded answers are read from the cases beside the checkout; without them only our own forms run.
"""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

from assessor_tui.form.canonical import canonical_bytes, form_from_canonical
from assessor_tui.form.model import Form, Group, Node, Question, Repeat
from assessor_tui.interop.xform_in import read_xform
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling
from tests.benchmarks.engines import Answer, measured
from tests.benchmarks.measure import Bar, Line, against, milliseconds, percentile, timed, within
from tests.conformance.cases import CASES

CONTEXT = Context("2026-11-12", now="2026-11-12T09:30:00.000+08:00")
FORMS = CASES / "forms"


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    lines: list[Line | Bar] = []
    if FORMS.exists():
        lines += _verbal_autopsy(scratch)
    else:
        lines.append(Line("WHO VA", "the cases are not there", "", "", "", ""))
    return lines + _chain() + _rows()


# -- the field's standard heavy form ----------------------------------------------------------------------------------


def recorded() -> list[list[Answer]]:
    """The recorded fillings: path, value, kind of each answer."""
    files = sorted(FORMS.glob("whova-*.acts"))
    return [_answers(file.read_text(encoding="utf-8")) for file in files]


def _answers(text: str) -> list[Answer]:
    return [(path, value, kind) for path, value, kind in (line.split("|", 2) for line in text.splitlines() if line)]


def verbal_autopsy() -> tuple[str, Form]:
    """The XForm's text, and the form that we make of it."""
    data = gzip.decompress((FORMS / "whova.xml.gz").read_bytes())
    form = read_xform(data, "whova.xml", lambda name: None).form
    assert form is not None
    return data.decode(), form


def opened(compiled: CompiledForm) -> Play:
    numbers = count(1)
    return Play(compiled, CONTEXT, lambda: f"{next(numbers):032x}")


def _verbal_autopsy(scratch: Path) -> list[Line | Bar]:
    text, form = verbal_autopsy()
    spelling = canonical_bytes(form)
    fillings = recorded()
    theirs = measured(text, fillings)
    loads: list[float] = []
    totals: list[float] = []
    single: list[float] = []
    for answers in fillings:
        begin = time.perf_counter()
        compiled = compile_form(form_from_canonical(spelling, verified=True))
        play = opened(compiled)
        loads.append(time.perf_counter() - begin)
        took = [timed(partial(play.answer, path, value)) for path, value, _ in answers]
        totals.append(sum(took))
        single += took
    lines: list[Line | Bar] = [
        Bar("WHO VA: canonical form to the first question, slowest of 3", max(loads), 300),
        Bar("WHO VA: slowest of all answers", max(single), 16),
        Line("WHO VA: an answer, median", milliseconds(percentile(single, 0.5)), "", "", "", ""),
    ]
    for name, title in (("getodk", "@getodk/xforms-engine"), ("enketo", "enketo-core")):
        found = theirs.get(name, "not installed")
        if isinstance(found, str):
            lines.append(Line(f"WHO VA beside {title}", "", found[:120], "", "", ""))
            continue
        bar = 0.25 if name == "getodk" else None
        for number, (ours, run) in enumerate(zip(totals, found, strict=True), 1):
            what = f"WHO VA: filling {number}, {len(run.times)} answers"
            lines.append(against(what, ours, sum(run.times), title, bar))
        slowest = max(max(run.times) for run in found)
        lines.append(against("WHO VA: slowest answer", max(single), slowest, title, None))
        lines.append(against("WHO VA: load, best of 3", min(loads), min(run.load for run in found), title, None))
    (scratch / "whova.json").write_bytes(spelling)
    (scratch / "answers.json").write_text(json.dumps(fillings[0]), encoding="utf-8")
    grown = _grown(scratch / "whova.json", scratch / "answers.json")
    told, verdict = ("not known", "") if grown is None else (f"{grown:.1f} MiB", within(grown, 60))
    lines.append(Line("WHO VA: memory above the interpreter, filled", told, "", "", "<= 60 MiB", verdict))
    return [*lines, *_import(text)]


def _import(text: str) -> list[Line | Bar]:
    """From the file to the form, beside the reference importer."""
    from pyxform.xls2xform import convert

    from assessor_tui.interop.xlsform_in import read_xlsform

    data = (FORMS / "whova.xlsx").read_bytes()
    theirs = min(timed(lambda: convert(xlsform=FORMS / "whova.xlsx", validate=False)) for _ in range(3))
    ours = min(timed(lambda: read_xlsform(data, "whova.xlsx", lambda name: None)) for _ in range(3))
    xml = min(timed(lambda: read_xform(text.encode(), "whova.xml", lambda name: None)) for _ in range(3))
    return [
        against("WHO VA: workbook to form (pyxform's own checks included)", ours, theirs, "pyxform alone", None),
        Line("WHO VA: XForm to form", milliseconds(xml), "", "", "", ""),
    ]


_FILLED = """
from itertools import count
from pathlib import Path
import json, sys
from assessor_tui.form.canonical import form_from_canonical
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context
numbers = count(1)
form = form_from_canonical(Path(sys.argv[1]).read_bytes(), verified=True)
play = Play(compile_form(form), Context("2026-11-12"), lambda: f"{next(numbers):032x}")
for path, value, _ in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")):
    play.answer(path, value)
"""
_HELD = "print(next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM')) / 1024)"


def _grown(spelling: Path, answers: Path) -> float | None:
    """MiB that a program with the form, filled, holds beyond a bare interpreter; None where the system does not say."""
    if not Path("/proc/self/status").exists():
        return None
    bare, full = (
        float(subprocess.run([sys.executable, "-c", *more], capture_output=True, text=True, check=True).stdout)
        for more in ([_HELD], [_FILLED + _HELD, str(spelling), str(answers)])
    )
    return full - bare


# -- made forms -------------------------------------------------------------------------------------------------------


def chain(length: int) -> Form:
    """Calculations that each add one to the one before, and as many questions that nothing depends on."""
    nodes: list[Node] = [Question("integer", "head")]
    nodes += [
        Question("calculate", f"c{at}", calculation=f"${{{f'c{at - 1}' if at else 'head'}}} + 1")
        for at in range(length)
    ]
    nodes += [Question("integer", f"leaf{at}", constraint=". < 100") for at in range(length)]
    return Form("chain", "1", {"und": "Chain"}, tuple(nodes), languages=("und",))


def _chain() -> list[Line | Bar]:
    form = chain(1000)
    compiled: list[CompiledForm] = []
    compiling = timed(lambda: compiled.append(compile_form(form)))
    filling = Filling(compiled[0], CONTEXT)
    filling.load({}, {})
    head = [timed(lambda n=n: filling.set("head", Quantity(str(n)))) for n in range(1, 21)]
    assert filling.state("c999").value == "1020"
    leaf = [timed(lambda n=n: filling.set(f"leaf{n}", Quantity("5"))) for n in range(500)]
    return [
        Line("chain of 1,000: compiled", milliseconds(compiling), "", "", "", ""),
        Bar("chain of 1,000: its head answered, median", percentile(head, 0.5), 16),
        Bar("chain of 1,000: a leaf answered, median", percentile(leaf, 0.5), 0.1),
    ]


_RUNNING = "${amount} + coalesce(indexed-repeat(${amount}, ${lines}, position(..) - 1), 0)"


def table() -> Form:
    """Rows that know their position and the row before, with sum and count outside."""
    row: tuple[Node, ...] = (
        Question("text", "name"),
        Question("decimal", "amount"),
        Question("calculate", "at", calculation="position(..)"),
        Question("calculate", "running", calculation=_RUNNING),
        Question("text", "why", relevant="${amount} > 100"),
    )
    nodes: tuple[Node, ...] = (
        Repeat("lines", {"und": "Lines"}, row),
        Group("totals", {"und": "Totals"}, (
            Question("calculate", "total", calculation="sum(${amount})"),
            Question("calculate", "many", calculation="count(${lines})"),
        )),
    )  # fmt: skip
    return Form("table", "1", {"und": "Table"}, nodes, languages=("und",))


def _rows() -> list[Line | Bar]:
    filling = Filling(compile_form(table()), CONTEXT)
    ids = [f"{number:032x}" for number in range(1, 1001)]
    answers = {f"lines[{each}]/amount": ("answered", Quantity("2")) for each in ids}
    loading = timed(lambda: filling.load({"lines": ids}, answers))
    new = (f"{number:032x}" for number in count(5000))
    lines: list[Line | Bar] = [Line("1,000 rows: loaded", milliseconds(loading), "", "", "", "")]
    for where, at in (("first", 0), ("in the middle", 500), ("last", -1)):
        added, gone = _added_and_removed(filling, new, at)
        lines.append(Bar(f"1,000 rows: one more, {where}", percentile(added, 0.5), 20))
        lines.append(Bar(f"1,000 rows: one less, {where}", percentile(gone, 0.5), 20))
    answered = [timed(lambda n=n: filling.set(f"lines[{ids[n]}]/amount", Quantity("3"))) for n in range(100)]
    lines.append(Line("1,000 rows: an answer in one", milliseconds(percentile(answered, 0.5)), "", "", "", ""))
    assert filling.state("many").value == "1000"
    return lines


def _added_and_removed(filling: Filling, new: Iterator[str], at: int) -> tuple[list[float], list[float]]:
    added, gone = [], []
    for row in (next(new) for _ in range(10)):
        added.append(timed(lambda row=row: filling.add_row("lines", row, at)))
        gone.append(timed(lambda row=row: filling.remove_row(f"lines[{row}]")))
    return added, gone
