"""What an answer still demands, and what is left to do in a visit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.assess.board import came_with_opening
from assessor_tui.form.model import SILENT_TYPES, Question, Repeat
from assessor_tui.ledger.conflicts import EQUAL_ROWS, equal_rows, keys_of
from assessor_tui.ledger.returns import Return, open_returns
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Evidence, Value, names
from assessor_tui.logic.filling import Filling, Item, QuestionState
from assessor_tui.problem import Place, Problem

FILE_KINDS = frozenset({"photo", "document"})

RETURNED, UNANSWERED, DEMAND, WRONG, ROWS, CONFLICT, TO_COME, JOT = (
    "returned",
    "unanswered",
    "demand",
    "wrong",
    "rows",
    "conflict",
    "to come",
    "jot",
)


class Left(NamedTuple):
    """One line of "left to do"."""

    kind: str
    """``returned``, ``conflict``, ``wrong``, ``demand``, ``rows``, ``unanswered``, ``to come`` or ``jot``."""
    form: str
    paths: tuple[str, ...]
    """Questions (or the repeat) it is about, in walking order; neighbours without an answer stand together."""
    problem: Problem | None = None


def demands(now: QuestionState, notes: int, evidence: Sequence[Evidence]) -> tuple[Problem, ...]:
    """What the answer demands beyond itself and has not got: proof, a reason.

    Codes ``demand.evidence`` (parameter ``kinds``), ``demand.reason``, ``demand.warning_reason``.
    """
    if now.status != "answered" or not now.relevant:
        return ()
    question, place = now.question, Place(path=now.path)
    wanted = _wanted(question, now.value)
    found = []
    if wanted and not _satisfied(wanted, question.insist, evidence):
        found.append(Problem("demand.evidence", place, {"kinds": " ".join(wanted)}))
    if not notes:
        chosen = {"*", *names(now.value)}
        if chosen.intersection(question.reason):
            found.append(Problem("demand.reason", place))
        if any(problem.code == "answer.warning" for problem in now.problems):
            found.append(Problem("demand.warning_reason", place))
    return tuple(found)


def _wanted(question: Question, value: Value | None) -> tuple[str, ...]:
    kinds: list[str] = []
    for name in ("*", *names(value)):
        kinds.extend(kind for kind in question.evidence.get(name, ()) if kind not in kinds)
    return tuple(kinds)


def _satisfied(wanted: Sequence[str], insist: bool, evidence: Sequence[Evidence]) -> bool:
    """A record without a file satisfies any demand, unless the form insists on a file."""
    return any(each.kind in wanted or (each.kind not in FILE_KINDS and not insist) for each in evidence)


def demands_at(filling: Filling, state: VisitState, form: str, path: str) -> tuple[Problem, ...]:
    """``demands`` of the question at ``path`` as the visit stands."""
    evidence = [entry.value for _, entry in state.evidence(form, path) if isinstance(entry.value, Evidence)]
    return demands(filling.state(path), len(state.notes(form, path)), evidence)


def counts(node: Question | Repeat, *, full: bool = False) -> bool:
    """True when the question or table is asked: always when core, on a visit that asks ``full`` also the others.

    What is not asked is at hand: it can be found and answered, and is not left to do.
    """
    if isinstance(node, Question) and node.type in SILENT_TYPES:
        return False
    return node.asked == "core" or (full and node.asked == "full")


def is_demanded(now: QuestionState, *, full: bool = False) -> bool:
    """True when the visit cannot be signed without an answer: it is required and, outside rows, asked.

    What a row cannot do without is demanded wherever somebody has added the row.
    """
    return now.required and ("[" in now.path or now.question.asked != "full" or full)


def is_asked(item: Item, *, full: bool = False) -> bool:
    """True when the question counts as left to do while it has no answer."""
    return isinstance(item.node, Question) and counts(item.node, full=full)


def left_to_do(fillings: Mapping[str, Filling], state: VisitState, *, full: bool = False) -> list[Left]:
    """Everything left to do, most pressing first: what was returned, conflicts, what is wrong, demands, rows, gaps,
    what is awaited.

    ``full`` on a visit that asks more than the core questions: ``Visit.asks``.
    """
    left = {form: left_in_form(form, filling, state, full=full) for form, filling in fillings.items()}
    return gathered(left, state)


def gathered(left_by_form: Mapping[str, Sequence[Left]], state: VisitState) -> list[Left]:
    """As ``left_to_do``, out of what is left in each form."""
    kinds: dict[str, list[Left]] = {
        kind: [] for kind in (RETURNED, CONFLICT, WRONG, DEMAND, ROWS, UNANSWERED, TO_COME, JOT)
    }  # fmt: skip
    kinds[RETURNED] = [left_of(each) for each in open_returns(state)]
    for conflict in state.conflicts.values():
        kinds[CONFLICT].append(Left(CONFLICT, conflict.form, (conflict.path,), Problem(f"conflict.{conflict.kind}")))
    for lefts in left_by_form.values():
        for left in lefts:
            kinds[left.kind].append(left)
    if jots := state.jots():
        kinds[JOT].append(Left(JOT, "", tuple(entry.path for _, entry in jots)))
    return [left for group in kinds.values() for left in group]


def left_of(returned: Return) -> Left:
    """What a return that waits for an answer leaves to do."""
    entry = returned.entry
    problem = Problem("return.waits", Place(entry.form, path=entry.path), {"person": entry.person, "why": entry.why})
    return Left(RETURNED, entry.form, (entry.path,), problem)


def left_in_form(form: str, filling: Filling, state: VisitState, *, full: bool = False) -> tuple[Left, ...]:
    """What is left to do in one form; of conflicts only rows that were entered twice, as the form tells them."""
    twice = equal_rows(state, form, keys_of(filling.compiled.form))
    conflicts = (Left(CONFLICT, form, rows.rows, Problem(f"conflict.{EQUAL_ROWS}")) for rows in twice)
    return (*conflicts, *_left_in_form(form, filling, state, full=full))


def _left_in_form(form: str, filling: Filling, state: VisitState, *, full: bool) -> Iterator[Left]:
    gap: list[str] = []
    for item in filling.items():
        if isinstance(item.node, Repeat):
            for problem in filling.problems.get(item.path, ()) if item.kind == "repeat" else ():
                if problem.code != "answer.rows" or counts(item.node, full=full):
                    yield Left(ROWS, form, (item.path,), problem)
            continue
        if not isinstance(item.node, Question) or item.node.type in SILENT_TYPES:
            continue
        now = filling.state(item.path)
        answered = now.status != "missing" or (item.node.type == "file" and state.evidence(form, item.path))
        if not answered:
            if counts(item.node, full=full) or is_demanded(now, full=full):
                gap.append(item.path)
            continue
        if gap:
            yield Left(UNANSWERED, form, tuple(gap))
            gap = []
        if now.status == "to come":
            yield Left(TO_COME, form, (item.path,))
        for problem in now.problems:
            if problem.code not in ("answer.warning", "answer.required"):
                yield Left(WRONG, form, (item.path,), problem)
        for problem in demands_at(filling, state, form, item.path):
            yield Left(DEMAND, form, (item.path,), problem)
    if gap:
        yield Left(UNANSWERED, form, tuple(gap))


class Progress(NamedTuple):
    """How far a form or visit is."""

    done: int
    asked: int
    """Relevant questions that count as left to do while unanswered; without those that a form answers itself."""
    to_come: int
    conflicts: int


class Counted:
    """What was found out about a form when its progress was last counted: a memory for counting it again."""

    __slots__ = ("counts", "stale", "total")

    def __init__(self) -> None:
        self.counts: dict[str, tuple[int, int, int]] = {}
        """Done, asked and to come, by path of the question; nothing for one that does not count."""
        self.total: tuple[int, int, int] | None = None
        self.stale: set[str] = set()
        """Paths of which something may have changed since."""


def progress(
    form: str, filling: Filling, state: VisitState, counted: Counted | None = None, *, full: bool = False
) -> Progress:
    """How many of the form's asked questions are answered (or not applicable with a reason).

    With ``counted`` of the same form (which it fills) only its ``stale`` paths are looked at again.
    """
    counted = Counted() if counted is None else counted
    if counted.total is None:
        paths: Iterable[str] = (item.path for item in filling.items() if isinstance(item.node, Question))
        done = asked = to_come = 0
    else:
        paths, (done, asked, to_come) = counted.stale, counted.total
    for path in paths:
        before, now = counted.counts.pop(path, _NOTHING), _counts(form, filling, state, path, full=full)
        if now[1]:
            counted.counts[path] = now
        done, asked, to_come = done + now[0] - before[0], asked + now[1] - before[1], to_come + now[2] - before[2]
    counted.stale.clear()
    counted.total = done, asked, to_come
    conflicts = sum(conflict.form == form for conflict in state.conflicts.values())
    return Progress(done, asked, to_come, conflicts)


_NOTHING = (0, 0, 0)


def _counts(form: str, filling: Filling, state: VisitState, path: str, *, full: bool) -> tuple[int, int, int]:
    """Done, asked and to come of what stands at ``path``."""
    try:
        now = filling.state(path)
    except KeyError:
        return _NOTHING  # a repeat, or it stood in a row that is gone
    question = now.question
    if not now.relevant or question.type in SILENT_TYPES or _answers_itself(form, state, path, question):
        return _NOTHING
    done = now.status in ("answered", "not applicable") or (
        question.type == "file" and bool(state.evidence(form, path))
    )
    to_come = now.status == "to come"
    if not (done or to_come or is_demanded(now, full=full) or counts(question, full=full)):
        return _NOTHING
    return int(done), 1, int(to_come)


def _answers_itself(form: str, state: VisitState, path: str, question: Question) -> bool:
    """True while what stands is what the form has put there when the visit was opened: nobody has answered that yet."""
    if not (question.default or question.actions) or (standing := state.standing(form, path)) is None:
        return False
    first, entry = state.opening, standing.entry
    return entry.device == first.device and came_with_opening(first.act, first.at, first.seq, entry.at, entry.seq)
