"""docs/conformance.md: what came of every run, each figure measured by the run itself."""

import platform
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tests.conformance.cases import CASES, Run, deviations, read_json, xlsform_cases

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
ANSWERS = 100_000
KINDS = ("expressions", "traces", "xlsforms", "fuzz", "roundtrip", "recomputation")
FILLINGS = ("whova-1", "whova-2", "whova-3")


class Line(NamedTuple):
    """One row of the table."""

    kind: str
    what: str
    demanded: str
    """In per cent of ``of``."""
    of: int
    misses: frozenset[str]
    """Cases that came out otherwise."""

    @property
    def verdict(self) -> str:
        """Whether what is demanded is reached, and every miss has its reason."""
        passed, missed = self.of - len(self.misses), len(self.misses)
        explained = self.misses <= deviations(self.kind).keys()
        if self.of and explained and passed * 100 >= float(self.demanded) * self.of:
            return "holds"
        return f"holds but for the {missed} below" if self.of and explained and self.demanded == "100" else FAILS

    def row(self, day: str) -> str:
        """As a row of the page."""
        passed = self.of - len(self.misses)
        # Rounded down: no share looks like one that was not reached.
        share = int(passed * 10_000 / self.of) / 100 if self.of else 0
        came = f"{passed:,} of {self.of:,} | {share:g} % | {self.demanded} %"
        return f"| `{self.kind}` | {self.what} | {came} | {self.verdict} | {day} |"


FAILS = "**does not hold**"


def write(*arguments: str) -> int:
    """Exit code, after running what is named (all without names) and writing the page; rows that were not run stay as
    they are in it. A number says how many random acts ``recomputation`` makes. 1 when something does not hold."""
    kinds = [each for each in arguments if each in KINDS] or list(KINDS)
    answers = next((int(each) for each in arguments if each.isdigit()), ANSWERS)
    if unknown := [each for each in arguments if each not in KINDS and not each.isdigit()]:
        sys.stderr.write(f"There is no run {', '.join(unknown)}. There are {', '.join(KINDS)}.\n")
        return 2
    day = datetime.now().astimezone().date().isoformat()
    rows = _rows_of_page()
    failed = False
    for kind in kinds:
        lines = list(_LINES[kind](answers))
        rows[kind] = [line.row(day) for line in lines]
        for row in rows[kind]:
            sys.stdout.write(row + "\n")
        missed = frozenset().union(*(line.misses for line in lines))
        for case in deviations(kind).keys() - missed:
            sys.stdout.write(f"{kind}: {case} passes, but stands among the deviations\n")
            failed = True
        for case in sorted(missed - deviations(kind).keys()):
            sys.stdout.write(f"{kind}: {case} has no reason among the deviations\n")
        failed |= any(line.verdict == FAILS for line in lines)
        sys.stdout.flush()
    PAGE.write_text(page([row for kind in KINDS for row in rows.get(kind, ())]), encoding="utf-8")
    return 1 if failed else 0


def _rows_of_page() -> dict[str, list[str]]:
    """Kind of run -> its rows as they stand in the page."""
    rows: dict[str, list[str]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else ():
        kind = line.partition("| `")[2].partition("`")[0]
        if line.startswith("| `") and kind in KINDS:
            rows.setdefault(kind, []).append(line)
    return rows


# -- the runs ---------------------------------------------------------------------------------------------------------


def _line(run: Run, what: str, demanded: str) -> Line:
    return Line(run.kind, what, demanded, run.of, frozenset(miss.case for miss in run.misses))


def _expressions(_answers: int) -> Iterator[Line]:
    from tests.conformance import expressions

    file = str(CASES / "expressions.json")
    own = expressions.run(file, "visit")
    what = (
        "expressions, each with its document, clock, time zone and the value asserted; days counted as that suite "
        f"counts them (on a visit's calendar, where a date is a whole number: {own.of - len(own.misses):,} the same)"
    )
    yield _line(expressions.run(file), what, "99")


def _traces(_answers: int) -> Iterator[Line]:
    from tests.conformance import traces

    what = f"fillings of {len(read_json(CASES / 'traces.json')['forms'])} ODK XForms, the whole state after each act"
    yield _line(traces.run(str(CASES / "traces.json")), what, "95")


def _xlsforms(_answers: int) -> Iterator[Line]:
    from tests.conformance import xlsforms

    file = CASES / "xlsforms.jsonl"
    valid = {case.id: case.valid for case in xlsform_cases(file)}
    run = xlsforms.run(str(file))
    missed = frozenset(miss.case for miss in run.misses)
    for is_valid, what, demanded in (
        (True, f"XLSForms that are right load, and take {xlsforms.ANSWERS} random answers and rows", "99.5"),
        (False, "XLSForms that an importer must refuse are refused with a message", "100"),
    ):
        cases = frozenset(case for case, said in valid.items() if said is is_valid)
        yield Line("xlsforms", what, demanded, len(cases), missed & cases)


def _fuzz(_answers: int) -> Iterator[Line]:
    from tests.conformance import fuzz

    folder = CASES / "forms"
    for name in FILLINGS:
        files = (folder / "whova.xml.gz", folder / f"{name}.acts", folder / f"{name}.javarosa.txt.gz")
        what = (
            f"recorded filling {name} of the WHO questionnaire: the state of all nodes at the start and after each act"
        )
        yield _line(fuzz.run(*map(str, files)), what, "100")


def _roundtrip(_answers: int) -> Iterator[Line]:
    from tests.conformance import roundtrip

    files = {
        "the WHO questionnaire: workbook, our YAML, workbook": [CASES / "forms" / "whova.xlsx"],
        "forms that we ship: YAML, workbook, the same canonical bytes": roundtrip.our_forms(),
        "XLSForms that are right: tables, our YAML, workbook and tables": [CASES / "xlsforms.jsonl"],
    }
    for what, some in files.items():
        yield _line(roundtrip.run(*map(str, some)), what, "100")


def _recomputation(answers: int) -> Iterator[Line]:
    from tests.conformance import recomputation

    run = recomputation.run(str(answers))
    what = "random answers, rows and languages over all these forms and 400 made by chance; computed afresh, the same"
    yield _line(run, what, "100")


_LINES: dict[str, Callable[[int], Iterator[Line]]] = {
    "expressions": _expressions,
    "traces": _traces,
    "xlsforms": _xlsforms,
    "fuzz": _fuzz,
    "roundtrip": _roundtrip,
    "recomputation": _recomputation,
}


# -- the page ---------------------------------------------------------------------------------------------------------

_HEAD = """\
# Conformance

Written by `python -m tests.conformance write`; no figure is typed by hand. What other programs of the field do with the
same expressions and forms was recorded as facts; here it is replayed in this one. A share is rounded down. *Holds* says
that the share demanded is reached and that every case that comes out otherwise stands below with its reason; an entry
there that passes is an error, too.

| run | what | came out the same | share | demanded | | measured |
|---|---|---|---|---|---|---|
"""
_FOOT = """
## How to run

The cases lie in `../shared/cases` beside the checkout; without them the tests skip, visibly. Each run takes its files
as arguments, so others of the same shape go through it, too, and prints `N of M` and then one line per miss.

```console
$ python -m tests.conformance expressions ../shared/cases/expressions.json
$ python -m tests.conformance traces ../shared/cases/traces.json
$ python -m tests.conformance xlsforms ../shared/cases/xlsforms.jsonl
$ python -m tests.conformance fuzz FORM ACTS STATES
$ python -m tests.conformance roundtrip [WORKBOOK | FORM.yaml | CASES.jsonl ...]
$ python -m tests.conformance recomputation [ACTS [SEED]]
$ python -m tests.conformance write [RUN ...] [ACTS]
```

`roundtrip` compares by what XLSForm's own reader makes of both workbooks: element by element, attributes in
alphabetical order, white space between words as one space; no sheet or heading may be lost, added or moved. Of our own
forms the canonical bytes have to be the same, and XLSForm's reader has to accept the workbook.

## Where the cases come from

| cases | from | licence |
|---|---|---|
| expressions | JavaRosa; Enketo's openrosa-xpath-evaluator | Apache-2.0 |
| fillings of ODK XForms, recorded fillings of the WHO questionnaire | JavaRosa | Apache-2.0 |
| XLSForms as Markdown tables | pyxform | BSD-2-Clause |
| WHO verbal autopsy questionnaire 2016 | test fixtures of getodk/web-forms and JavaRosa | Apache-2.0 |

They are read where they lie; no sentence of theirs stands in this project. Left out from the start were expected
values that depend on the clock, on random numbers or on handlers of one program; stamps of start, end and today are not
compared.
"""


def page(rows: list[str]) -> str:
    """The page with these rows, and with what is known to differ today."""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_HEAD}{chr(10).join(rows)}\n\n{system}.\n\n{differences()}{_FOOT}"


def differences() -> str:
    """The section of what comes out otherwise, by run and reason."""
    parts = ["## What comes out otherwise, and why\n"]
    for kind in KINDS:
        by_reason: dict[str, list[str]] = {}
        for case, reason in deviations(kind).items():
            by_reason.setdefault(reason, []).append(case)
        if by_reason:
            parts.append(f"`{kind}`:\n")
            parts += [f"- {', '.join(f'`{case}`' for case in cases)}: {reason}" for reason, cases in by_reason.items()]
            parts.append("")
        else:
            parts.append(f"`{kind}`: nothing.\n")
    return "\n".join(parts)


def known_sizes() -> dict[str, list[int]]:
    """Run -> how many cases each of its rows is of, as far as the files of cases say it."""
    from tests.conformance import roundtrip

    valid = [case.valid for case in xlsform_cases(CASES / "xlsforms.jsonl")]
    return {
        "expressions": [len(read_json(CASES / "expressions.json")["cases"])],
        "traces": [len(read_json(CASES / "traces.json")["traces"])],
        "xlsforms": [valid.count(True), valid.count(False)],
        "roundtrip": [1, len(roundtrip.our_forms()), valid.count(True)],
    }
