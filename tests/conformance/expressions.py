"""What other suites say each expression is worth.

A case is an expression, a document, the node it stands at, the type that was asked for, and a time zone. What counts as
agreement:

* Numbers are compared as numbers, within a billionth part (``CLOSE``) or ``NEAR``. A suite that rounds what it gives to
  two or more decimals is met by what rounds to the same, if that is within ``ROUNDED`` of it.
* ``raw`` and ``any`` leave the type to us: the result is seen as the type that is expected.
* Nodes are the same when they are the same places of the document, in any order. A date is the moment it names.
* An expected **error** is met by an expression that is refused (``ExpressionError``) and by an error value: the blank
  that stands where an expression has no answer, of which people are warned. A legitimate blank is none. The text
  ``Invalid Date`` is how JavaScript spells an error.
* Without a document nothing can be looked at: whatever asks for a node is an error.

In a suite recorded away from Greenwich a date is the moment of its midnight there and days are counted from Greenwich,
so that a date is no whole number. A visit counts on its own calendar (docs/expression_language.md, "Dates"). The
``Clock`` of the world says which, and here it is set as theirs is; ``expressions FILE visit`` sets it as a visit's is.
"""

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError
from zoneinfo import ZoneInfo

from assessor_tui.logic.closures import as_kind, build
from assessor_tui.logic.effort import Effort
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import parse
from assessor_tui.logic.values import (
    Clock,
    Element,
    ErrorValue,
    Node,
    Result,
    Scope,
    to_boolean,
    to_number,
    to_text,
)
from tests.conformance.cases import Miss, Run, read_json
from tests.conformance.documents import Document, DocumentNames, document, names_path

CLOSE, NEAR, ROUNDED = 1e-9, 1e-10, 1e-5
_KINDS = {"boolean": "b", "number": "n", "string": "t"}
_SOME_DAY = datetime(2026, 11, 12, tzinfo=UTC)
"""Cases that look at the clock are left out of the files, so any day does."""


_NOTHING = document("")


class Outside(NamedTuple):
    """What an expression may know beyond the document."""

    today: str
    now: str
    clock: Clock
    seed: int = 0
    effort: Effort = Effort()

    def place(self, node: Node) -> str:
        """The name of the node: nothing here depends on it."""
        return node.name

    def row_id(self, _: Node) -> str:
        """None: a document has no rows."""
        return ""

    def choice_label(self, _: Node, name: str) -> str:
        """The name itself."""
        return name


class Nowhere(Element):
    """Where an expression stands that belongs to no document."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        """Nothing: there is nothing to look at."""
        if name in ("value", "children", "named", "parent"):
            raise ExpressionError("form.not_nodes", 0)
        return super().__getattribute__(name)


def run(file: str, calendar: str = "theirs") -> Run:
    """What came of every case of ``file``; ``calendar`` is ``visit`` to count days as a visit does."""
    read = read_json(Path(file))
    nowhere = Document(Nowhere(""), doctype=False)
    documents: dict[str, Document] = {}
    misses: list[Miss] = []
    for case in read["cases"]:
        name = case.get("doc")
        if name is not None and name not in documents:
            documents[name] = _read(read["docs"].get(name) or "")
        told = differs(case, nowhere if name is None else documents[name], calendar)
        if told:
            misses.append(Miss(case["id"], told))
    return Run("expressions", len(read["cases"]), tuple(misses), frozenset(case["id"] for case in read["cases"]))


def _read(text: str) -> Document:
    try:
        return document(text)
    except ExpatError:
        return document("")


def differs(case: dict[str, Any], here: Document, calendar: str = "theirs") -> str:
    """What came instead of what was expected; ``""`` when they agree."""
    expected = case["expected"]
    told = f"{case['expr']} should give {expected['type']} {expected['value']!r}, gives "
    try:
        result = evaluated(case, here, calendar)
    except ExpressionError as error:
        return "" if expected["type"] == "error" else f"{told}{error.reason} {error.what}"
    except Exception as error:  # a crash of ours is a miss like any other
        return f"{told}{type(error).__name__}: {error}"
    return "" if _agrees(result, expected, here) else told + _shown(result, here)


def evaluated(case: dict[str, Any], here: Document, calendar: str = "theirs") -> Result:
    """What the expression of a case is worth, seen as the type that it asks for."""
    built = build(parse(case["expr"]), DocumentNames(here) if case["doc"] is not None else DocumentNames(_NOTHING))
    kind = "s" if case["expected"]["type"] == "nodeset" else _KINDS.get(case["rt"], "v")
    run = as_kind(built, kind)
    node = here.at(case["ctx"])
    offset = _SOME_DAY.replace(tzinfo=ZoneInfo(case["tz"])).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    now = f"{_SOME_DAY:%Y-%m-%d}T10:00:00.000{sign}{hours:02d}:{rest:02d}"
    result: Result = run(
        Scope(node, node, Outside(now[:10], now, Clock(minutes, moments=minutes != 0 and calendar == "theirs")))
    )
    return result


def _agrees(result: Result, expected: dict[str, Any], here: Document) -> bool:
    kind, value = expected["type"], expected["value"]
    if kind == "error":
        return isinstance(result, ErrorValue)
    if kind == "nodeset":
        if not isinstance(result, list):
            return False
        spelled = here.indexes if all(_is_indexes(road) for road in value) else _plain_path
        return sorted(map(spelled, result)) == sorted(road.replace("[1]", "") for road in value)
    if kind == "boolean":
        return to_boolean(result) is bool(value)
    if kind == "string":
        return to_text(result) == value or (value == "Invalid Date" and isinstance(result, ErrorValue))
    if kind == "date":
        return _close(to_number(result), _days(value))
    return _close(to_number(result), float(value)) or _rounds_to(to_number(result), value)


def _days(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() / 86_400


def _close(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= max(CLOSE * max(abs(one), abs(other)), NEAR)


def _rounds_to(number: float, written: str) -> bool:
    decimals = len(written.partition(".")[2])
    if decimals < 2 or not (math.isfinite(number) and written.lstrip("-").replace(".", "").isdigit()):
        return False
    return abs(number - float(written)) <= min(0.500001 * 10.0**-decimals, ROUNDED * abs(number))


def _is_indexes(road: str) -> bool:
    return all(step.isdigit() or step.startswith("@") for step in road.split("/") if step)


def _plain_path(node: Node) -> str:
    return names_path(node).replace("[1]", "")


def _shown(result: Result, here: Document) -> str:
    if isinstance(result, list):
        return "nodes " + " ".join(map(here.indexes, result))
    return f"{type(result).__name__} {result!r}"
