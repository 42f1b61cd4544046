"""Rules, and the order in which they run: each after what it reads."""

from collections import deque
from collections.abc import Iterator

from assessor_tui.form.model import Question
from assessor_tui.logic.definitions import Definition
from assessor_tui.logic.effort import WORTH
from assessor_tui.logic.reads import Use
from assessor_tui.logic.values import Closure
from assessor_tui.problem import Place, Problem


class Rule:
    """One expression of one definition."""

    __slots__ = ("definition", "kind", "rank", "remembers", "run", "sets", "size", "speaks", "text", "uses")

    def __init__(self, kind: str, definition: Definition, text: str, run: Closure, uses: tuple[Use, ...]) -> None:
        self.kind = kind
        """XLSForm column: relevant, calculation, required, read_only, constraint, warning ..."""
        self.definition = definition
        self.text = text
        self.run = run
        self.uses = uses
        self.size = len(text) // WORTH
        """What running it is worth beside what it looks at, in looks."""
        self.rank = 0
        """Rules of a lower rank run first."""
        self.speaks = False
        """True when its result depends on the language being shown."""
        self.remembers = kind == "calculation" and any(
            use.definition is definition and use.anchor is definition.scope and use.shift is None for use in uses
        )
        """True when it looks at its own last result, as ``once`` does: that cannot be computed again, but stored."""
        self.sets: Rule | None = None
        """Of a ``trigger``: what gives the value that is set; None clears it."""

    @property
    def column(self) -> str:
        """The column that it stands in; a calculation that waits for a trigger is still one."""
        return "calculation" if self.kind == "triggered" else self.kind

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.definition.path}: {self.text}>"


_PRODUCERS = frozenset({"relevant", "calculation"})
"""Rules whose result other rules can read. The others run after them; how many rows there are comes last of all,
outside this order, because a count may well depend on what stands inside the rows."""


def ranked(rules: list[Rule], problems: list[Problem]) -> tuple[Rule, ...]:
    """The rules in the order they run, each with its rank. Rules that wait for each other become problems and go."""
    triggers = {rule.definition: rule for rule in rules if rule.kind == "trigger" and _is_column(rule)}
    producers: dict[tuple[str, Definition], Rule] = {}
    for rule in rules:
        if rule.kind == "calculation" and rule.definition in triggers:
            rule.kind = "triggered"
            triggers[rule.definition].sets = rule
        if rule.kind in _PRODUCERS:
            producers[rule.kind, rule.definition] = rule
    waits: dict[Rule, set[Rule]] = {rule: _waits_for(rule, producers) for rule in producers.values()}
    order: list[Rule] = []
    cycles = 0
    while waits:
        order.extend(_sorted_out(waits))
        if waits and cycles == MOST_CYCLES:
            break
        if waits:
            cycles += 1
            cycle = _cycle(waits)
            problems.append(_cycle_problem(cycle))
            for rule in cycle:
                del waits[rule]
    standing = set(order)
    order += [rule for rule in rules if rule.kind not in _PRODUCERS]
    for rank, rule in enumerate(order):
        rule.rank = rank
    return tuple(rule for rule in order if rule.kind not in _PRODUCERS or rule in standing)


def _is_column(rule: Rule) -> bool:
    """True for the column ``trigger``, whose value is the calculation; actions bring their own."""
    return (
        isinstance(rule.definition.node, Question) and rule.sets is None and rule.text == rule.definition.node.trigger
    )


def _waits_for(rule: Rule, producers: dict[tuple[str, Definition], Rule]) -> set[Rule]:
    """The rules that decide what ``rule`` reads: a value's own, and the relevance of everything around it."""
    found: set[Rule] = set()
    for use in rule.uses:
        if (producer := producers.get(("calculation", use.definition))) is not None:
            found.add(producer)
        around: Definition | None = use.definition
        while around is not None:
            if (producer := producers.get(("relevant", around))) is not None:
                found.add(producer)
            around = around.parent
    if rule.kind == "calculation":
        # A calculation may look at its own last result (`once`), and at its own result in other rows.
        found.discard(rule)
    return found


def _sorted_out(waits: dict[Rule, set[Rule]]) -> Iterator[Rule]:
    """Takes out of ``waits``, in order, every rule that does not wait for a cycle."""
    readers: dict[Rule, list[Rule]] = {}
    for rule, others in waits.items():
        for other in others:
            readers.setdefault(other, []).append(rule)
    left = {rule: sum(1 for other in others if other in waits) for rule, others in waits.items()}
    ready = deque(rule for rule, count in left.items() if not count)
    while ready:
        rule = ready.popleft()
        del waits[rule]
        yield rule
        for reader in readers.get(rule, ()):
            left[reader] -= 1
            if not left[reader]:
                ready.append(reader)


def _cycle(waits: dict[Rule, set[Rule]]) -> list[Rule]:
    """One cycle, from its first rule in document order. Every rule left waits for another that is left."""
    rule = next(iter(waits))
    seen: dict[Rule, int] = {}
    road: list[Rule] = []
    while rule not in seen:
        seen[rule] = len(road)
        road.append(rule)
        rule = min((other for other in waits[rule] if other in waits), key=lambda other: other.definition.order)
    cycle = road[seen[rule] :]
    first = min(range(len(cycle)), key=lambda at: cycle[at].definition.order)
    return cycle[first:] + cycle[:first]


MOST_CYCLES = 40
"""Circles that are told; whatever else waits for a circle then is left out without a word of its own."""
_LONG_ROAD = 12
"""Most paths of a cycle that are named."""


def _cycle_problem(cycle: list[Rule]) -> Problem:
    paths = [rule.definition.path for rule in (*cycle, cycle[0])]
    if len(paths) > _LONG_ROAD:
        paths = [*paths[: _LONG_ROAD - 2], f"... ({len(cycle)})", paths[-1]]
    first = cycle[0]
    parameters = {"column": first.kind, "expression": first.text[:200], "cycle": " → ".join(paths)}
    return Problem("form.cycle", Place(path=first.definition.path), parameters)
