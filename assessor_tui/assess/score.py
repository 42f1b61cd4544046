"""The score as a tree of exact intervals, its gates and the levels still possible.

With relevance as it stands, a question without an answer (or one still "to come") counts from no points to all of
them; a disputed one over all its heads; whatever a disputed answer makes relevant or not, from none to all. Taking a
question out of a ratio never leaves the interval that this gives: the ratio without it lies between the ratio with
it at zero and the ratio with it in full. A question that is not applicable (with its reason) leaves the ratio.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from assessor_tui.assess.sizes import CORE, FULL, extent_of
from assessor_tui.form.model import (
    SELECT_MULTIPLE,
    SELECT_ONE,
    Benchmark,
    Form,
    Group,
    Node,
    Question,
    Repeat,
    Text,
    walk,
)
from assessor_tui.form.scheme import Category, Level, Scheme
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Quantity, Value, names
from assessor_tui.logic.filling import Decided, Filling
from assessor_tui.units import convert

ZERO, ONE = Fraction(0), Fraction(1)

exact = lru_cache(maxsize=4096)(Fraction)
"""The number that a decimal of a form or scheme says; the same few are asked for again and again."""

ANSWERED, MISSING, TO_COME, NOT_APPLICABLE = "answered", "missing", "to come", "not applicable"
DISPUTED, DEPENDS, NOT_LOADED = "disputed", "depends", "not loaded"
PASS, FAIL, OPEN = "pass", "fail", "open"


class Interval(NamedTuple):
    """From the least to the most that is still possible."""

    least: Fraction
    most: Fraction

    @property
    def exact(self) -> bool:
        """True when only one number is possible."""
        return self.least == self.most


class Part(NamedTuple):
    """One number of the score with everything it is made of."""

    kind: str
    """``scheme``, ``form``, ``group``, ``repeat`` or ``question``."""
    form: str
    path: str
    label: Text
    weight: Fraction
    """Share among its siblings, relative to theirs."""
    points: Interval
    """Weighted points; for a part built from shares, the share itself."""
    of: Fraction
    """Most points it could have earned; 0 when nothing in it counts."""
    coverage: Fraction
    """Share of ``of`` that rests on answers."""
    state: str = ""
    """Of a question: how its answer stands."""
    answer: str = ""
    """Of a question: the choices' names or the number that earned the points."""
    taken_off: Fraction = ZERO
    """Points of questions that are not applicable, taken off the full score."""
    children: "tuple[Part, ...]" = ()

    @property
    def share(self) -> Interval:
        """Points as a share of what was possible, 0 to 1."""
        return Interval(self.points.least / self.of, self.points.most / self.of) if self.of else Interval(ZERO, ZERO)


class Gate(NamedTuple):
    """A question whose answer can veto (or limit) whatever the points say."""

    form: str
    path: str
    question: Question
    state: str
    """``pass``, ``fail`` or ``open`` (not decided yet: missing, to come, disputed)."""
    limiting: bool


class Score(NamedTuple):
    """What the answers of a visit come to."""

    root: Part
    gates: tuple[Gate, ...]
    levels: tuple[str, ...]
    """Names of the levels still possible, highest first; ``""`` stands for "none of them"."""
    undecided: tuple[str, ...]
    """Names of parameters without a value, for want of which a level cannot be decided."""
    status: str
    """The scheme's status, such as ``draft criteria``."""

    @property
    def hundred(self) -> Interval:
        """The score out of 100, exactly."""
        share = self.root.share
        return Interval(share.least * 100, share.most * 100)

    @property
    def coverage(self) -> Fraction:
        """Share of the score that rests on answers, 0 to 1."""
        return self.root.coverage

    def form(self, form_id: str) -> Part | None:
        """The part of one form, None when it does not count."""
        return next((part for part in self.root.children if part.form == form_id), None)


_NOTHING = Decided(frozenset(), frozenset(), frozenset())


class Known:
    """What was found out about a form when it was last scored: a memory for scoring it again."""

    __slots__ = ("disputed", "gates", "groups", "parts", "stale", "sums")

    def __init__(self) -> None:
        self.parts: dict[str, Part | None] = {}
        """By path of the question."""
        self.sums: dict[tuple[str, str], Part] = {}
        """What was last added up, by kind and path."""
        self.groups: dict[str, tuple[frozenset[str], Part | None]] = {}
        """Groups without repeats inside: paths of all their questions, and the part."""
        self.gates: tuple[Gate, ...] | None = None
        self.disputed = _NOTHING
        self.stale: set[str] = set()
        """Paths of which something may have changed since."""


class _Asked(NamedTuple):
    """What the walk through one form needs at hand."""

    form: Form
    filling: Filling
    state: VisitState
    disputed: Decided
    """What disputed answers and rows decide about."""
    known: Known
    scores: str
    """As ``Extent.scores``."""


def score(scheme: Scheme, category: str, fillings: Mapping[str, Filling], state: VisitState) -> Score:
    """The score of a visit for a category of its scheme.

    ``fillings`` by form id; a form of the category without a filling counts as not answered at all (0 to everything).
    An unknown category (none chosen yet) scores over the forms of the scheme's first.
    """
    chosen = next((each for each in scheme.categories if each.name == category), scheme.categories[0])
    scores = extent_of(scheme, chosen, lambda path: _header(scheme, state, path)).scores
    scored = {
        use.form: form_score(fillings[use.form], state, scores=scores) for use in chosen.forms if use.form in fillings
    }
    return combined(scheme, chosen, scored)


def _header(scheme: Scheme, state: VisitState, path: str) -> Value | None:
    standing = state.standing(scheme.header_form, path)
    return standing.value if standing is not None else None


class FormScore(NamedTuple):
    """What one form contributes; it only changes when something in that form does."""

    part: Part
    gates: tuple[Gate, ...]


def form_score(filling: Filling, state: VisitState, known: Known | None = None, *, scores: str = FULL) -> FormScore:
    """The part and the gates of one form; the part's ``of`` is 0 when nothing in it earns points.

    With ``known`` of the same form (which it fills) only what its ``stale`` paths touch is computed again. ``scores``
    as ``Extent.scores``; gates count whatever is scored.
    """
    form = filling.compiled.form
    known = Known() if known is None else known
    disputed = decided_by_disputes(form.form_id, filling, state)
    known.stale |= disputed.relevance ^ known.disputed.relevance
    known.stale |= disputed.computed ^ known.disputed.computed
    known.disputed = disputed
    asked = _Asked(form, filling, state, disputed, known, scores)
    part = _sum(asked, "form", "", form.title, ONE, tuple(_parts(asked, form.children, "")))
    if known.gates is None or _touches_gates(filling, known.stale):
        known.gates = tuple(_gates(asked))
    known.stale.clear()
    return FormScore(part, known.gates)


def combined(scheme: Scheme, category: Category, scored: Mapping[str, FormScore]) -> Score:
    """The score out of what each form of the category contributes, by form id."""
    parts: list[Part] = []
    gates: list[Gate] = []
    whole = True
    for use in category.forms:
        weight = exact(use.weight)
        if use.form not in scored:
            whole = False
            if weight:
                parts.append(Part("form", use.form, "", {}, weight, Interval(ZERO, ONE), ONE, ZERO, MISSING))
            continue
        part, found = scored[use.form]
        gates.extend(found)
        if weight and part.of:
            parts.append(part._replace(weight=weight))
    root = _by_share("scheme", "", "", scheme.title, ONE, tuple(parts))
    levels, undecided = _levels(scheme, category, root.share, gates, whole=whole)
    return Score(root, tuple(gates), levels, undecided, scheme.status)


def decided_by_disputes(form_id: str, filling: Filling, state: VisitState) -> Decided:
    """What depends on the disputed answers and rows of the form; what stands in a disputed row is part of it."""
    disputed = [conflict.path for conflict in state.conflicts.values() if conflict.form == form_id]
    if not disputed:
        return _NOTHING
    rows = tuple(f"{path}/" for path in disputed if path.endswith("]"))
    inside = {item.path for item in filling.items() if rows and item.kind == "question" and item.path.startswith(rows)}
    # What stands in a row that is gone, or in no question of this version, decides nothing here.
    decided = filling.decided_by(disputed)
    return decided._replace(relevance=decided.relevance | inside)


def shaky_paths(form_id: str, filling: Filling, state: VisitState) -> frozenset[str]:
    """Paths of questions that a disputed answer of the form makes relevant or not, or that stand in a disputed row."""
    return decided_by_disputes(form_id, filling, state).relevance


def points_of(question: Question, value: Value | None) -> Fraction | None:
    """Unweighted points that this answer earns; None when a benchmark is not loaded, so that it cannot be said."""
    if question.benchmark is not None:
        return _benchmark_points(question, question.benchmark, value)
    earned = sum((exact(question.points.get(name, "0")) for name in names(value)), ZERO)
    return min(earned, most_points(question))


def most_points(question: Question) -> Fraction:
    """Most points the question can earn, unweighted; 0 when it earns none."""
    if question.benchmark is not None:
        return exact(question.benchmark.points or "0")
    if not question.points:
        return ZERO
    values = [exact(points) for points in question.points.values()]
    return sum((each for each in values if each > 0), ZERO) if question.type == SELECT_MULTIPLE else max(values)


def least_points(question: Question) -> Fraction:
    """Fewest points an answer can earn, unweighted."""
    if question.benchmark is not None or question.type != SELECT_ONE or not question.points:
        return ZERO
    return min(ZERO, *(exact(points) for points in question.points.values()))


def _benchmark_points(question: Question, benchmark: Benchmark, value: Value | None) -> Fraction | None:
    """Linear between baseline and leading value; None when either is not loaded or the unit does not convert."""
    if not benchmark.baseline or not benchmark.leading:
        return None
    number = number_of(question, value)
    if number is None:
        return None
    baseline, leading = exact(benchmark.baseline), exact(benchmark.leading)
    if baseline == leading:
        reached = number <= leading if benchmark.better == "lower" else number >= leading
        return exact(benchmark.points) if reached else ZERO
    return min(max((number - baseline) / (leading - baseline), ZERO), ONE) * exact(benchmark.points)


def number_of(question: Question, value: Value | None) -> Fraction | None:
    """The answer (or result of a calculation) as a number in the question's first unit; None when it is none."""
    if isinstance(value, Quantity):
        return convert(Fraction(value.n), value.u, question.units[0]) if question.units else Fraction(value.n)
    try:
        return Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        return None


def _is_scored(asked: _Asked, node: Node) -> bool:
    """False for what a visit of this size leaves out: sites of one size are compared over the same questions."""
    return isinstance(node, Group) or node.asked == CORE or (node.asked == FULL and asked.scores == FULL)


def _parts(asked: _Asked, nodes: Iterable[Node], prefix: str) -> Iterator[Part]:
    """Every part among ``nodes`` that counts, or is taken off."""
    for node in nodes:
        if not _is_scored(asked, node):
            continue
        if isinstance(node, Question):
            if part := _question(asked, node, prefix + node.name):
                yield part
        elif isinstance(node, Repeat):
            if part := _repeat(asked, node, prefix + node.name):
                yield part
        elif part := _group(asked, node, prefix):
            yield part


def _group(asked: _Asked, group: Group, prefix: str) -> Part | None:
    path, known = prefix + group.name, asked.known
    before = known.groups.get(path)
    if before is not None and before[0].isdisjoint(known.stale):
        return before[1]
    children = tuple(_parts(asked, group.children, prefix))
    weight = exact(group.weight) if group.weight else ZERO
    part = _sum(asked, "group", path, group.label, weight, children) if children else None
    if before is not None:
        known.groups[path] = before[0], part
    else:
        inside = [node for _, node in walk(group.children)]
        if not any(isinstance(node, Repeat) for node in inside):
            known.groups[path] = frozenset(prefix + node.name for node in inside if isinstance(node, Question)), part
    return part


def _question(asked: _Asked, question: Question, path: str) -> Part | None:
    if not question.points and question.benchmark is None:
        return None
    known = asked.known
    if path in known.parts and path not in known.stale:
        return known.parts[path]
    part = known.parts[path] = _question_part(asked, question, path)
    return part


def _question_part(asked: _Asked, question: Question, path: str) -> Part | None:
    try:
        now = asked.filling.state(path)
    except KeyError:
        return None
    most, shaky = most_points(question), path in asked.disputed.relevance
    if not most or not (now.relevant or shaky):
        return None
    shaky = shaky or path in asked.disputed.computed
    standing = asked.state.standing(asked.form.form_id, path)
    weight = exact(question.weight)
    interval, state = _interval(question, now.status, now.value, most)
    if standing is not None and standing.disputed:
        state = DISPUTED
        heads = [_interval(question, *_said(entry.act, entry.value), most)[0] for _, entry in standing.heads]
        # A head "not applicable" takes the question out of the ratio: anything from none to all covers that.
        bounds = [head or Interval(least_points(question), most) for head in heads]
        interval = Interval(min(b.least for b in bounds), max(b.most for b in bounds))
    if shaky:
        state, interval = DEPENDS, Interval(min(least_points(question), ZERO), most)
    answer = _answer_text(now.value) if now.status == ANSWERED else ""
    if interval is None:
        nothing = Interval(ZERO, ZERO)
        return Part(
            "question", asked.form.form_id, path, question.label, weight, nothing, ZERO, ZERO, state, answer,
            most * weight,
        )  # fmt: skip
    covered = ONE if state == ANSWERED else ZERO
    points = Interval(interval.least * weight, interval.most * weight)
    return Part(
        "question", asked.form.form_id, path, question.label, weight, points, most * weight, covered, state, answer
    )


def _said(act: str, value: Value | None) -> tuple[str, Value | None]:
    if act in ("answer", "settle") and value is not None:
        return ANSWERED, value
    return (act if act in (NOT_APPLICABLE, TO_COME) else MISSING), None


def _interval(question: Question, status: str, value: Value | None, most: Fraction) -> tuple[Interval | None, str]:
    """Points from least to most and the state; None instead of points when the question is not applicable."""
    if status == NOT_APPLICABLE:
        return None, NOT_APPLICABLE
    if status == ANSWERED:
        earned = points_of(question, value)
        return (Interval(earned, earned), ANSWERED) if earned is not None else (Interval(ZERO, most), NOT_LOADED)
    return Interval(least_points(question), most), status


def _repeat(asked: _Asked, repeat: Repeat, path: str) -> Part | None:
    """The mean over the rows: more rows do not make the question heavier."""
    rows: list[Part] = []
    for row in asked.filling.rows(path):
        inside = tuple(_parts(asked, repeat.children, f"{path}[{row}]/"))
        rows.append(_sum(asked, "row", f"{path}[{row}]", repeat.label, ZERO, inside))
    counting = [row for row in rows if row.of]
    if path in asked.disputed.counted or (path in asked.disputed.relevance and (counting or repeat.at_least)):
        return _disputed_repeat(asked, repeat, path, tuple(rows))
    if not counting:
        return _repeat_without_rows(asked, repeat, path) if repeat.at_least else None
    share = Interval(
        sum((row.share.least for row in counting), ZERO) / len(counting),
        sum((row.share.most for row in counting), ZERO) / len(counting),
    )
    full = max(row.of for row in counting)
    coverage = sum((row.coverage for row in counting), ZERO) / len(counting)
    points = Interval(share.least * full, share.most * full)
    if asked.disputed.relevance and max(map(_firm, rows)) < full:
        # Settling the dispute may also change how heavy the repeat is among its neighbours.
        points = Interval(ZERO, full)
    return Part(
        "repeat", asked.form.form_id, path, repeat.label, ZERO, points, full, coverage, children=tuple(rows)
    )  # fmt: skip


def _disputed_repeat(asked: _Asked, repeat: Repeat, path: str, rows: tuple[Part, ...]) -> Part | None:
    """It is disputed whether it is asked, or how many rows it has: from nothing to all that one row can earn."""
    full = sum(
        (
            most_points(node) * exact(node.weight)
            for _, node in walk(repeat.children)
            if isinstance(node, Question) and _is_scored(asked, node)
        ),
        ZERO,
    )
    if full and any(isinstance(node, Group) and node.weight for node in repeat.children):
        full = ONE
    full = max([full, *(row.of for row in rows)])
    if not full:
        return None
    return Part(
        "repeat", asked.form.form_id, path, repeat.label, ZERO, Interval(ZERO, full), full, ZERO, DEPENDS, children=rows
    )  # fmt: skip


def _firm(part: Part) -> Fraction:
    """What of the part's ``of`` is there however disputes are settled."""
    if part.state == DEPENDS:
        return ZERO
    if part.kind == "question" or not part.children:
        return part.of
    if part.kind == "repeat":
        return max(map(_firm, part.children))
    firm = _total(map(_firm, part.children))
    return min(firm, part.of) if not _is_by_share(part.children) else part.of if firm else ZERO


def _repeat_without_rows(asked: _Asked, repeat: Repeat, path: str) -> Part | None:
    """Rows are demanded and none is there: one row's worth of points, from none to all."""
    if not any(item.kind == "repeat" and item.path == path for item in asked.filling.items()):
        return None
    full = sum(
        (
            most_points(node) * exact(node.weight)
            for inside, node in walk(repeat.children)
            if isinstance(node, Question) and not inside and not node.relevant and _is_scored(asked, node)
        ),
        ZERO,
    )
    if not full:
        return None
    return Part("repeat", asked.form.form_id, path, repeat.label, ZERO, Interval(ZERO, full), full, ZERO, MISSING)


def _sum(asked: _Asked, kind: str, path: str, label: Text, weight: Fraction, children: tuple[Part, ...]) -> Part:
    """A part out of its children: by shares when groups among them carry weights, else by adding points."""
    form, sums, key = asked.form.form_id, asked.known.sums, (kind, path)
    if _is_by_share(children):
        return _by_share(kind, form, path, label, weight, children)
    before = sums.get(key)
    if before is None or len(before.children) != len(children):
        least, most, of, covered, off = _totals(children)
    else:
        # What is exact may be corrected by what has changed, as often as one likes.
        pairs = [pair for pair in zip(before.children, children, strict=True) if pair[0] is not pair[1]]
        if not pairs:
            return before
        less, more = _totals([old for old, _ in pairs]), _totals([new for _, new in pairs])
        totals = (*before.points, before.of, before.coverage * before.of, before.taken_off)
        least, most, of, covered, off = (
            total - minus + plus for total, minus, plus in zip(totals, less, more, strict=True)
        )
    part = sums[key] = Part(
        kind, form, path, label, weight, Interval(least, most), of, covered / of if of else ZERO,
        taken_off=off, children=children,
    )  # fmt: skip
    return part


def _totals(parts: Collection[Part]) -> tuple[Fraction, Fraction, Fraction, Fraction, Fraction]:
    """Least and most points, what they are of, what of that is covered, and what was taken off."""
    return (
        _total(part.points.least for part in parts),
        _total(part.points.most for part in parts),
        _total(part.of for part in parts),
        _total(part.of if part.coverage is ONE else part.coverage * part.of for part in parts if part.coverage),
        _total(part.taken_off for part in parts),
    )


def _is_by_share(children: Iterable[Part]) -> bool:
    return any(child.kind == "group" and child.weight for child in children)


def _total(numbers: Iterable[Fraction]) -> Fraction:
    """The exact sum; common divisors are looked for once, at the end."""
    sum_, of = 0, 1
    for number in numbers:
        numerator, denominator = number.numerator, number.denominator
        if denominator == of:
            sum_ += numerator
        elif not of % denominator:
            sum_ += numerator * (of // denominator)
        else:
            sum_, of = sum_ * denominator + numerator * of, of * denominator
    return Fraction(sum_, of)


def _by_share(kind: str, form: str, path: str, label: Text, weight: Fraction, children: tuple[Part, ...]) -> Part:
    """Weighted mean of the children's shares; weights of children in which nothing counts go to the others."""
    counting = [child for child in children if child.of and child.weight]
    whole = _total(child.weight for child in counting)
    if not whole:
        return Part(kind, form, path, label, weight, Interval(ZERO, ZERO), ZERO, ZERO, children=children)
    per_point = [child.weight / child.of for child in counting]
    least = _total(child.points.least * each for child, each in zip(counting, per_point, strict=True)) / whole
    most = _total(child.points.most * each for child, each in zip(counting, per_point, strict=True)) / whole
    coverage = _total(child.coverage * child.weight for child in counting if child.coverage) / whole
    return Part(kind, form, path, label, weight, Interval(least, most), ONE, coverage, children=children)


def _answer_text(value: Value | None) -> str:
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}".strip()
    if isinstance(value, str):
        return value
    return " ".join(names(value))


def _touches_gates(filling: Filling, paths: Iterable[str]) -> bool:
    """True when what has changed there can change a gate."""
    for path in paths:
        try:
            question = filling.state(path).question
        except KeyError:
            return True  # rows came or went
        if question.veto or question.limiting:
            return True
    return False


def _gates(asked: _Asked) -> Iterator[Gate]:
    for path, question in _instances(asked, asked.form.children, ""):
        for failing, limiting in ((question.veto, False), (question.limiting, True)):
            if not failing:
                continue
            now = asked.filling.state(path)
            shaky = path in asked.disputed.relevance
            if not now.relevant and not shaky:
                continue
            standing = asked.state.standing(asked.form.form_id, path)
            if shaky:
                verdicts = {OPEN}
            elif standing is not None and standing.disputed:
                verdicts = {_verdict(failing, *_said(entry.act, entry.value)) for _, entry in standing.heads}
            else:
                verdicts = {_verdict(failing, now.status, now.value)}
            state = verdicts.pop() if len(verdicts) == 1 else OPEN
            yield Gate(asked.form.form_id, path, question, state, limiting)


def _verdict(failing: tuple[str, ...], status: str, value: Value | None) -> str:
    if status == NOT_APPLICABLE:
        return PASS
    if status != ANSWERED or not names(value):
        return OPEN
    return FAIL if any(name in failing for name in names(value)) else PASS


def _instances(asked: _Asked, nodes: Iterable[Node], prefix: str) -> Iterator[tuple[str, Question]]:
    for node in nodes:
        if isinstance(node, Question):
            yield prefix + node.name, node
        elif isinstance(node, Group):
            yield from _instances(asked, node.children, prefix)
        else:
            for row in asked.filling.rows(prefix + node.name):
                yield from _instances(asked, node.children, f"{prefix}{node.name}[{row}]/")


def _levels(
    scheme: Scheme, category: Category, share: Interval, gates: list[Gate], *, whole: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Levels still possible, highest first, and the parameters without a value that stand in the way."""
    undecided = tuple(
        level.at_least
        for level in category.levels
        if level.at_least not in scheme.parameters or not scheme.parameters[level.at_least].value
    )
    decidable = [level for level in category.levels if level.at_least not in undecided]
    best = _level(scheme, decidable, share.most, gates, hopeful=True)
    # A form that is not here may hold gates that fail.
    worst = _level(scheme, decidable, share.least, gates, hopeful=False) if whole else ""
    ladder = [*(level.name for level in decidable), ""]
    return tuple(ladder[ladder.index(best) : ladder.index(worst) + 1]), undecided


def _level(scheme: Scheme, levels: list[Level], share: Fraction, gates: list[Gate], *, hopeful: bool) -> str:
    bad = {FAIL} if hopeful else {FAIL, OPEN}
    if any(gate.state in bad and not gate.limiting for gate in gates):
        return ""
    limited = any(gate.state in bad and gate.limiting for gate in gates)
    for level in levels:
        if share * 100 >= exact(scheme.parameters[level.at_least].value) and not (level.limiting and limited):
            return level.name
    return ""
