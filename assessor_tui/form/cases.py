"""The cases that a form's file keeps beside its questions (``tests:``): what is given, answered, and expected then.

They are no part of the form: its hash stays as it is when a case is written or mended.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.form.model import Form, Repeat, questions, walk
from assessor_tui.form.nearest import nearest
from assessor_tui.form.source import Loc, Source, read_source
from assessor_tui.problem import Place, Problem

TESTS = "tests"
"""Key of a form's file that holds them."""
CASE_KEYS = ("name", "today", "language", "given", "answer", "expect", "steps")
STEP_KEYS = ("answer", "add", "remove", "expect")
EXPECTED = ("value", "relevant", "required", "read_only", "problems", "choices", "label", "rows")
"""What can be expected of a question; ``rows`` of a table."""
_TRUTHS = frozenset({"relevant", "required", "read_only"})
_LISTS = frozenset({"problems", "choices"})
MOST_CASES = 2_000


class Expectation(NamedTuple):
    """One thing expected of one question."""

    path: str
    what: str
    """One of ``EXPECTED``."""
    wanted: str | tuple[str, ...]
    place: Place


class Step(NamedTuple):
    """Something done, and what is expected after it. Paths count rows from 1: ``outlets[2]/tag``."""

    answers: tuple[tuple[str, str, Place], ...] = ()
    """Path, answer as it is typed, where it stands."""
    add: tuple[tuple[str, Place], ...] = ()
    """Tables that get a row."""
    remove: tuple[tuple[str, Place], ...] = ()
    """Rows that go."""
    expected: tuple[Expectation, ...] = ()


class Case(NamedTuple):
    """One case."""

    name: str
    place: Place
    steps: tuple[Step, ...]
    """First what is given, then what is done."""
    today: str = ""
    language: str = ""


class Cases(NamedTuple):
    """The cases of one file."""

    cases: tuple[Case, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Mistakes in how they are written."""


def read_cases(text: bytes, file: str = "") -> Cases:
    """The cases of a form's file, or of a file that holds nothing but ``tests``."""
    return cases_of(read_source(text, file))


def cases_of(source: Source) -> Cases:
    """As ``read_cases``, of a file that has been read."""
    reader = _Reader(source)
    data = source.data.get(TESTS) if isinstance(source.data, dict) else None
    if data is None:
        return Cases()
    cases = tuple(reader.cases(data))
    return Cases(cases, tuple(reader.problems))


def unknown_paths(form: Form, cases: Sequence[Case]) -> Iterator[Problem]:
    """A problem for every path of a case that the form does not have: ``case.unknown_path``."""
    known = {path for path, _ in questions(form)}
    tables = {"/".join((*above, node.name)) for above, node in walk(form.children) if isinstance(node, Repeat)}
    others = {"/".join((*above, node.name)) for above, node in walk(form.children)}
    for case in cases:
        for step in case.steps:
            named = [(path, place, known) for path, _, place in step.answers]
            named += [(path, place, tables) for path, place in (*step.add, *step.remove)]
            named += [
                (each.path, each.place, tables if each.what == "rows" else others if each.what == "relevant" else known)
                for each in step.expected
            ]
            for path, place, there in named:
                if generic(path) not in there:
                    told = {"path": path, "suggestion": nearest(generic(path), there), "case": case.name}
                    yield Problem("case.unknown_path", place, told)


def generic(path: str) -> str:
    """The path without the numbers of its rows."""
    return "/".join(part.partition("[")[0] for part in path.split("/"))


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def cases(self, data: Any) -> Iterator[Case]:
        if not isinstance(data, list):
            self._wrong("form.expected_list_of_rows", (TESTS,), column=TESTS)
            return
        for at, row in enumerate(data[:MOST_CASES]):
            loc: Loc = (TESTS, at)
            if not isinstance(row, dict):
                self._wrong("form.expected_mapping", loc, column=TESTS)
                continue
            self._keys(row, CASE_KEYS, loc)
            name = self._text(row, "name", loc) or str(at + 1)
            steps = []
            if "given" in row:
                steps.append(Step(answers=tuple(self._answers(row["given"], (*loc, "given")))))
            if "answer" in row or "expect" in row:
                steps.append(self._step(row, loc))
            more = row.get("steps", [])
            if not isinstance(more, list):
                self._wrong("form.expected_list_of_rows", (*loc, "steps"), column="steps")
                more = []
            for number, step in enumerate(more):
                if isinstance(step, dict):
                    self._keys(step, STEP_KEYS, (*loc, "steps", number))
                    steps.append(self._step(step, (*loc, "steps", number)))
                else:
                    self._wrong("form.expected_mapping", (*loc, "steps", number), column="steps")
            parts = [row, *(step for step in more if isinstance(step, dict))]
            if not any(part.get("expect") for part in parts):
                self._wrong("case.nothing_expected", loc, case=name)
            today, language = self._text(row, "today", loc), self._text(row, "language", loc)
            yield Case(name, self.source.place(loc, name), tuple(steps), today, language)

    def _step(self, row: Mapping[str, Any], loc: Loc) -> Step:
        return Step(
            tuple(self._answers(row.get("answer", {}), (*loc, "answer"))),
            tuple(self._paths(row.get("add", []), (*loc, "add"))),
            tuple(self._paths(row.get("remove", []), (*loc, "remove"))),
            tuple(self._expected(row.get("expect", {}), (*loc, "expect"))),
        )

    def _answers(self, data: Any, loc: Loc) -> Iterator[tuple[str, str, Place]]:
        if not isinstance(data, dict):
            self._wrong("form.expected_mapping", loc, column=str(loc[-1]))
            return
        for path, value in data.items():
            place = self.source.place((*loc, path), path)
            if isinstance(value, list) and all(isinstance(each, str) for each in value):
                yield path, " ".join(value), place
            elif isinstance(value, str):
                yield path, value, place
            else:
                self._wrong("case.no_answer", (*loc, path), path=path)

    def _paths(self, data: Any, loc: Loc) -> Iterator[tuple[str, Place]]:
        for path in [data] if isinstance(data, str) else data if isinstance(data, list) else ():
            if isinstance(path, str):
                yield path, self.source.place(loc, path)

    def _expected(self, data: Any, loc: Loc) -> Iterator[Expectation]:
        if not isinstance(data, dict):
            self._wrong("form.expected_mapping", loc, column="expect")
            return
        for path, wanted in data.items():
            here = (*loc, path)
            if isinstance(wanted, str | list):
                wanted = {"value": " ".join(map(str, wanted)) if isinstance(wanted, list) else wanted}
            if not isinstance(wanted, dict):
                self._wrong("form.expected_mapping", here, column=path)
                continue
            self._keys(wanted, EXPECTED, here)
            for what, value in wanted.items():
                place = self.source.place((*here, what), path)
                if what not in EXPECTED:
                    continue
                if what in _LISTS:
                    yield Expectation(
                        path, what, tuple(value if isinstance(value, list) else str(value).split()), place
                    )
                elif not isinstance(value, str) or (what in _TRUTHS and value not in ("yes", "no")):
                    self._wrong("form.not_yes_or_no", (*here, what), column=what, value=str(value))
                else:
                    yield Expectation(path, what, value, place)

    def _keys(self, row: Mapping[str, Any], known: Sequence[str], loc: Loc) -> None:
        for key in row:
            if key not in known:
                told = {"key": key, "known": ", ".join(known), "suggestion": nearest(key, known)}
                self._wrong("case.unknown_key", (*loc, key), **told)

    def _text(self, row: Mapping[str, Any], key: str, loc: Loc) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            self._wrong("form.expected_text", (*loc, key), column=key, found="list")
            return ""
        return value

    def _wrong(self, code: str, loc: Loc, **told: str) -> None:
        self.problems.append(Problem(code, self.source.place(loc), told))
