"""Where the nodes and ribbons of a flow chart lie: columns, heights and thicknesses, with nothing drawn.

The summary paints it as SVG, the terminal in half blocks. Lengths are in whatever unit ``height`` is given in.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

LAST_KINDS = frozenset({"use", "loss"})
_SWEEPS = 6


class Point(NamedTuple):
    """A node to be placed."""

    row: str
    """What flows name it by."""
    kind: str = ""
    """``source``, ``conversion``, ``use``, ``loss`` or ``""``."""


class Arrow(NamedTuple):
    """A flow to be placed; its amount is above zero."""

    start: str
    end: str
    amount: Fraction


class PlacedNode(NamedTuple):
    """Where a node lies."""

    row: str
    column: int
    """Counted from 0 at the left."""
    top: float
    height: float


class Ribbon(NamedTuple):
    """Where a flow leaves one node and reaches another."""

    arrow: int
    """Its place among the arrows."""
    start: str
    end: str
    start_top: float
    end_top: float
    thickness: float
    back: bool
    """True when it runs against the direction of the chart."""


class FlowLayout(NamedTuple):
    """A flow chart, placed."""

    columns: int
    nodes: tuple[PlacedNode, ...]
    """Only nodes that a flow touches, in the order they were given."""
    ribbons: tuple[Ribbon, ...]
    scale: float
    """Length per unit of amount."""


def flow_layout(points: Sequence[Point], arrows: Sequence[Arrow], height: float, gap: float) -> FlowLayout:
    """The chart placed in ``height``, with ``gap`` between the nodes of a column. Flows of zero or less and flows
    whose ends are not among the points are left out.
    """
    known = {point.row: place for place, point in enumerate(points)}
    drawn = {
        place: arrow
        for place, arrow in enumerate(arrows)
        if arrow.start in known and arrow.end in known and arrow.start != arrow.end and arrow.amount > 0
    }
    touched = {row for arrow in drawn.values() for row in (arrow.start, arrow.end)}
    kinds = {point.row: point.kind for point in points if point.row in touched}
    if not kinds:
        return FlowLayout(0, (), (), 0.0)
    back = _against(kinds, drawn)
    columns = _columns(kinds, {place: arrow for place, arrow in drawn.items() if place not in back})
    sizes = _sizes(kinds, drawn)
    stacks = _ordered(kinds, columns, drawn)
    scale = min(
        max(height - gap * (len(stack) - 1), height / 4) / float(sum(sizes[row] for row in stack)) for stack in stacks
    )
    tops = _tops(stacks, sizes, drawn, scale, height, gap)
    nodes = tuple(PlacedNode(row, columns[row], tops[row], float(sizes[row]) * scale) for row in kinds)
    return FlowLayout(len(stacks), nodes, tuple(_ribbons(drawn, tops, scale, back)), scale)


def _against(kinds: Mapping[str, str], drawn: Mapping[int, Arrow]) -> frozenset[int]:
    """Places of the arrows that close a circle, found by walking from the sources in the order given."""
    leaving: dict[str, list[int]] = {}
    for place, arrow in drawn.items():
        leaving.setdefault(arrow.start, []).append(place)
    against: set[int] = set()
    state: dict[str, int] = {}
    for first in sorted(kinds, key=lambda row: kinds[row] != "source"):
        if first in state:
            continue
        walk = [(first, iter(leaving.get(first, ())))]
        state[first] = 1
        while walk:
            row, rest = walk[-1]
            place = next(rest, -1)
            if place < 0:
                state[row] = 2
                walk.pop()
                continue
            end = drawn[place].end
            if state.get(end) == 1:
                against.add(place)
            elif end not in state:
                state[end] = 1
                walk.append((end, iter(leaving.get(end, ()))))
    return frozenset(against)


def _columns(kinds: Mapping[str, str], forward: Mapping[int, Arrow]) -> dict[str, int]:
    """Longest way from the left; what ends a flow for good stands at the right."""
    columns = dict.fromkeys(kinds, 0)
    for _ in kinds:
        moved = False
        for arrow in forward.values():
            if columns[arrow.end] <= columns[arrow.start]:
                columns[arrow.end], moved = columns[arrow.start] + 1, True
        if not moved:
            break
    last = max(columns.values())
    goes_on = {arrow.start for arrow in forward.values()}
    for row, kind in kinds.items():
        if kind in LAST_KINDS and row not in goes_on:
            columns[row] = last
    # Columns that nobody stands in any more are closed up.
    used = {column: place for place, column in enumerate(sorted(set(columns.values())))}
    return {row: used[column] for row, column in columns.items()}


def _sizes(kinds: Mapping[str, str], drawn: Mapping[int, Arrow]) -> dict[str, Fraction]:
    into, out = dict.fromkeys(kinds, Fraction(0)), dict.fromkeys(kinds, Fraction(0))
    for arrow in drawn.values():
        into[arrow.end] += arrow.amount
        out[arrow.start] += arrow.amount
    return {row: max(into[row], out[row]) for row in kinds}


def _ordered(kinds: Mapping[str, str], columns: Mapping[str, int], drawn: Mapping[int, Arrow]) -> list[list[str]]:
    """Rows of each column from top to bottom, so that few ribbons cross; losses at the bottom."""
    stacks: list[list[str]] = [[] for _ in range(max(columns.values()) + 1)]
    for row in kinds:
        stacks[columns[row]].append(row)
    for sweep in range(_SWEEPS):
        place = {row: (at + 0.5) / len(stack) for stack in stacks for at, row in enumerate(stack)}
        for stack in stacks if sweep % 2 == 0 else reversed(stacks):
            wanted = {row: _mean(row, place, drawn) for row in stack}
            stack.sort(key=lambda row: (kinds[row] == "loss", wanted[row]))
            place.update({row: (at + 0.5) / len(stack) for at, row in enumerate(stack)})
    return stacks


def _mean(row: str, place: Mapping[str, float], drawn: Mapping[int, Arrow]) -> float:
    """Where the neighbours of a row lie on average, weighed by what flows; its own place without neighbours."""
    total = weight = 0.0
    for arrow in drawn.values():
        other = arrow.end if arrow.start == row else arrow.start if arrow.end == row else None
        if other is not None:
            total += place[other] * float(arrow.amount)
            weight += float(arrow.amount)
    return total / weight if weight else place[row]


def _tops(
    stacks: Sequence[Sequence[str]], sizes: Mapping[str, Fraction], drawn: Mapping[int, Arrow],
    scale: float, height: float, gap: float,
) -> dict[str, float]:  # fmt: skip
    """Upper edge of every row: near its neighbours, never over another, all inside the height where they fit."""
    tops: dict[str, float] = {}
    length = {row: float(size) * scale for row, size in sizes.items()}
    for stack in stacks:
        free = height - sum(length[row] for row in stack)
        between = free / (len(stack) + 1) if len(stack) > 1 else free / 2
        between = max(min(between, gap * 3), min(gap, max(free, 0.0) / max(len(stack) - 1, 1)))
        top = max((free - between * (len(stack) - 1)) / 2, 0.0)
        for row in stack:
            tops[row] = top
            top += length[row] + between
    centres = {row: top + length[row] / 2 for row, top in tops.items()}
    for stack in stacks[1:]:
        least = 0.0
        for row in stack:
            top = max(_mean(row, centres, drawn) - length[row] / 2, least)
            tops[row] = top
            least = top + length[row] + gap
        below = height
        for row in reversed(stack):
            tops[row] = max(min(tops[row], below - length[row]), 0.0)
            below = tops[row] - gap
        centres.update({row: tops[row] + length[row] / 2 for row in stack})
    return tops


def _ribbons(drawn: Mapping[int, Arrow], tops: Mapping[str, float], scale: float, back: frozenset[int]) -> list[Ribbon]:
    """Ribbons side by side along the edges of their nodes, in the order of their other ends."""
    starts, ends = dict(tops), dict(tops)
    start_tops: dict[int, float] = {}
    end_tops: dict[int, float] = {}
    for place in sorted(drawn, key=lambda place: (tops[drawn[place].end], place)):
        arrow = drawn[place]
        start_tops[place] = starts[arrow.start]
        starts[arrow.start] += float(arrow.amount) * scale
    for place in sorted(drawn, key=lambda place: (tops[drawn[place].start], place)):
        arrow = drawn[place]
        end_tops[place] = ends[arrow.end]
        ends[arrow.end] += float(arrow.amount) * scale
    return [
        Ribbon(
            place,
            arrow.start,
            arrow.end,
            start_tops[place],
            end_tops[place],
            float(arrow.amount) * scale,
            place in back,
        )
        for place, arrow in drawn.items()
    ]
