"""Where the cases lie, what is known to differ, and how a run says what came of it."""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CASES = HERE.parents[2] / "shared" / "cases"
"""Beside the checkout. Without it the runs are skipped, visibly."""
DEVIATIONS = HERE / "deviations.toml"


class Miss(NamedTuple):
    """One case that came out otherwise."""

    case: str
    """Its id, as the deviations name it."""
    told: str
    """One line: what was expected and what came."""


class Run(NamedTuple):
    """What came of one file of cases."""

    kind: str
    """``expressions``, ``traces``, ``xlsforms``, ``fuzz``, ``roundtrip`` or ``recomputation``."""
    of: int
    """How many cases there were."""
    misses: tuple[Miss, ...]
    ran: frozenset[str] = frozenset()
    """Ids of the cases, where the file may hold others than those the deviations were written for."""


def deviations(kind: str) -> Mapping[str, str]:
    """Id of a case that is known to differ -> why."""
    with DEVIATIONS.open("rb") as file:
        found: Mapping[str, str] = tomllib.load(file).get(kind, {})
        return found


def read_json(path: Path) -> Any:
    """What a file of cases holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def unexpected(run: Run) -> list[str]:
    """What the deviations do not say, or say wrongly: misses without a reason, and reasons of cases that pass."""
    known = deviations(run.kind)
    missed = {miss.case for miss in run.misses}
    found = [f"{miss.case}: {miss.told}" for miss in run.misses if miss.case not in known]
    return found + [
        f"{case}: passes, but stands among the deviations"
        for case in known
        if case not in missed and (case in run.ran or not run.ran)
    ]


def show(run: Run, out: Any = None) -> None:
    """Nothing; writes ``N of M`` and then one line per miss."""
    out = out or sys.stdout
    out.write(f"{run.of - len(run.misses)} of {run.of}\n")
    for miss in run.misses:
        out.write(f"{miss.case}: {one_line(miss.told)}\n")


def one_line(text: str) -> str:
    """The text without line breaks, cut."""
    return " ".join(text.split())[:400]


def count(runs: Iterable[Run]) -> int:
    """Misses in all the runs."""
    return sum(len(run.misses) for run in runs)


class XlsformCase(NamedTuple):
    """One XLSForm as Markdown tables."""

    id: str
    """Name of the test it is from, and its number among that test's: ``...test_or_other#2``."""
    valid: bool
    markdown: str
    error: str
    """What the reference importer says when it refuses; ``""`` for a valid one."""


def xlsform_cases(path: Path) -> list[XlsformCase]:
    """The cases of a file shaped like ``xlsforms.jsonl``, in their order."""
    found: list[XlsformCase] = []
    numbers: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            case = json.loads(line)
            numbers[case["test"]] = number = numbers.get(case["test"], 0) + 1
            found.append(XlsformCase(f"{case['test']}#{number}", case["valid"], case["md"], case.get("error", "")))
    return found
