"""Where a path of an expression can lead, step by step: places of the form, or rows and columns of one of its lists."""

from collections.abc import Sequence
from typing import NamedTuple

from assessor_tui.logic.definitions import REPEAT, Definition, top, walk
from assessor_tui.logic.lexer import ExpressionError
from assessor_tui.logic.parser import Step


class Location(NamedTuple):
    """What a path can lead to."""

    definitions: tuple[Definition, ...]
    anchor: Definition
    """The outermost root or row that the path has climbed to."""
    many: bool = False
    """True when there may be several nodes, or none."""
    open: bool = False
    """True outside the form, in one of its lists."""
    shift: int | None = None
    """Set when it is the row so many places after one's own; ``anchor`` is one's own row then."""
    level: int = -1
    """How far inside a list: 0 around it, 1 its root, 2 a row, 3 a column; -1 where nobody can say."""
    columns: frozenset[str] = frozenset()
    """Of the list; empty when they are not known."""


_LEVELS = ("root", "item")


def in_list(step: Step, here: Location) -> Location:
    """Where the step leads from ``here``, in a list."""
    if here.level < 0 or step.axis == "self":
        return here
    if step.axis == "parent":
        return here._replace(level=here.level - 1)
    if step.axis != "child" or here.level > 2:
        return here._replace(level=-1, many=True)
    if is_name(step.test) and step.test not in (_LEVELS[here.level : here.level + 1] or here.columns):
        raise ExpressionError("form.no_such_column", step.start, step.test)
    single = here.level == 0 or (here.level == 2 and is_name(step.test))
    return here._replace(level=here.level + 1, many=here.many or not single)


def merged(locations: Sequence[Location | None]) -> Location | None:
    """Where one of several expressions leads, nobody knows which; None when none gives nodes."""
    found = [location for location in locations if location is not None]
    if not found:
        return None
    definitions = dict.fromkeys(definition for location in found for definition in location.definitions)
    anchor = min((location.anchor for location in found), key=lambda scope: len(scope.chain))
    return Location(tuple(definitions), anchor, True, all(location.open for location in found))


def reached(step: Step, definition: Definition) -> list[Definition]:
    """Where one step can lead from ``definition``."""
    axis, test = step.axis, step.test
    if axis == "child" and is_name(test):
        target = definition.names.get(test)
        return [target.row or target] if target is not None else []
    if axis == "self":
        found = [definition]
    elif axis == "parent":
        found = places_around(definition)[:1]
    elif axis in ("ancestor", "ancestor-or-self"):
        found = places_around(definition) + ([definition] if axis != "ancestor" else [])
    elif axis == "child":
        found = [child.row or child for child in definition.children]
    elif axis in ("descendant", "descendant-or-self"):
        found = [inner for inner in walk(definition) if inner.kind != REPEAT]
        if axis == "descendant":
            found = found[1:]
    elif axis in ("attribute", "namespace"):
        return []
    else:
        # Siblings and what precedes or follows: anything of the form, rather than too little.
        found = [inner for inner in walk(top(definition)) if inner.kind != REPEAT]
    return [target for target in found if target.name == test] if is_name(test) else found


def is_name(test: str) -> bool:
    """True for the test of a step that is a name, rather than ``*`` or a type of nodes."""
    return test != "*" and "(" not in test


def places_around(definition: Definition) -> list[Definition]:
    """What an expression finds outwards: groups, rows, the root; a row stands directly in what is around its repeat."""
    found: list[Definition] = []
    above = definition.parent
    while above is not None:
        if above.kind != REPEAT:
            found.append(above)
        above = above.parent
    return found
