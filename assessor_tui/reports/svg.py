"""Drawings of the summary as SVG text: flow charts and score bars. Colours come from the page's style sheet."""

import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup, escape

from assessor_tui.assess.flow_layout import Arrow, FlowLayout, PlacedNode, Point, Ribbon, flow_layout

_WIDTH, _MARGIN, _BAR = 1000.0, 168.0, 13.0
_ABOVE = 22.0
"""Room above and below for labels of thin nodes at the edge."""
_LINE = 15.0
_SOURCE_COLOURS = 6


class Label(NamedTuple):
    """What stands beside a node."""

    name: str
    amount: str


def sankey(
    points: Sequence[Point], arrows: Sequence[Arrow], labels: Mapping[str, Label], titles: Sequence[str], title: str
) -> Markup:
    """A flow chart as one SVG element; empty when no flow has an amount.

    Args:
        points: the nodes.
        arrows: the flows.
        labels: row -> what stands beside its node.
        titles: what is said of each arrow on hovering, in the order of ``arrows``.
        title: alternative text of the whole chart.
    """
    tallest = _tallest(points, arrows)
    height = max(200.0, 58.0 * tallest) + 2 * _ABOVE
    layout = flow_layout(points, arrows, height - 2 * _ABOVE, 28.0)
    if not layout.nodes:
        return Markup("")
    kinds = {point.row: point.kind for point in points}
    paint = _paint(layout, kinds)
    parts = [
        f'<svg class="sankey" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" aria-label="{escape(title)}">',
    ]
    nodes = {node.row: node for node in layout.nodes}
    for ribbon in sorted(layout.ribbons, key=lambda each: -each.thickness):
        parts.append(_ribbon(ribbon, nodes, layout, paint, kinds, titles[ribbon.arrow]))
    for node in layout.nodes:
        x, y = _x(node.column, layout.columns), node.top + _ABOVE
        tall = max(node.height, 1.5)
        parts.append(
            f'<rect class="node {paint[node.row]}" x="{x:.1f}" y="{y:.1f}" width="{_BAR:.0f}" height="{tall:.1f}"/>'
        )
        if kinds[node.row] == "loss":
            parts.append(f'<rect fill="url(#hatch)" x="{x:.1f}" y="{y:.1f}" width="{_BAR:.0f}" height="{tall:.1f}"/>')
    parts += [_label(node, layout, labels[node.row]) for node in layout.nodes]
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text in it was escaped above


def _tallest(points: Sequence[Point], arrows: Sequence[Arrow]) -> int:
    layout = flow_layout(points, arrows, 100.0, 0.0)
    columns = [node.column for node in layout.nodes]
    return max((columns.count(column) for column in set(columns)), default=0)


def _x(column: int, columns: int) -> float:
    step = (_WIDTH - 2 * _MARGIN - _BAR) / max(columns - 1, 1)
    return _MARGIN + column * step


def _paint(layout: FlowLayout, kinds: Mapping[str, str]) -> dict[str, str]:
    """Row -> class that colours it: each source its own, the rest by kind."""
    sources = [node.row for node in layout.nodes if kinds[node.row] == "source"]
    paint = {row: f"s{place % _SOURCE_COLOURS}" for place, row in enumerate(sources)}
    for node in layout.nodes:
        paint.setdefault(node.row, kinds[node.row] or "conversion")
    return paint


def _ribbon(
    ribbon: Ribbon, nodes: Mapping[str, PlacedNode], layout: FlowLayout, paint: Mapping[str, str],
    kinds: Mapping[str, str], title: str,
) -> str:  # fmt: skip
    left = _x(nodes[ribbon.start].column, layout.columns) + _BAR
    right = _x(nodes[ribbon.end].column, layout.columns)
    thick = max(ribbon.thickness, 0.8)
    y1, y2 = ribbon.start_top + _ABOVE, ribbon.end_top + _ABOVE
    # A flow takes the colour of its source; further on, of what becomes of it.
    colour = paint[ribbon.start] if kinds[ribbon.start] == "source" else paint[ribbon.end]
    if ribbon.back or right <= left:
        bend = 46.0
        path = (
            f"M{left:.1f} {y1:.1f}C{left + bend:.1f} {y1:.1f} {right - bend:.1f} {y2:.1f} {right:.1f} {y2:.1f}"
            f"v{thick:.1f}C{right - bend:.1f} {y2 + thick:.1f} {left + bend:.1f} {y1 + thick:.1f} "
            f"{left:.1f} {y1 + thick:.1f}Z"
        )
    else:
        middle = (left + right) / 2
        path = (
            f"M{left:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {right:.1f} {y2:.1f}"
            f"v{thick:.1f}C{middle:.1f} {y2 + thick:.1f} {middle:.1f} {y1 + thick:.1f} "
            f"{left:.1f} {y1 + thick:.1f}Z"
        )
    return f'<path class="flow {colour}" d="{path}"><title>{escape(title)}</title></path>'


def _label(node: PlacedNode, layout: FlowLayout, label: Label) -> str:
    """Name and amount: outside of the chart for the first and last column, over the ribbons between."""
    x, middle = _x(node.column, layout.columns), node.top + _ABOVE + node.height / 2
    if node.column == 0:
        x, anchor, room = x - 8, "end", _MARGIN - 12
    elif node.column == layout.columns - 1:
        x, anchor, room = x + _BAR + 8, "start", _MARGIN - 12
    else:
        x, anchor, room = x + _BAR + 6, "start", 190.0
    lines = [*_wrapped(label.name, room / 12.5), label.amount]
    top = middle - _LINE * (len(lines) - 1) / 2 + 4.5
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{top + _LINE * at:.1f}"{" class=amount" if at == len(lines) - 1 else ""}>'
        f"{escape(line)}</tspan>".replace("class=amount", 'class="amount"')
        for at, line in enumerate(lines)
    )
    return f'<text class="label" text-anchor="{anchor}">{spans}</text>'


def _wrapped(text: str, widest: float, most: int = 2) -> list[str]:
    """The text in at most ``most`` lines of about ``widest`` Chinese characters each; the rest as an ellipsis."""
    words: list[str] = []
    for character in " ".join(text.split()):
        narrow = character.isascii() and character != " "
        if words and narrow and words[-1][-1].isascii() and words[-1][-1] != " ":
            words[-1] += character
        else:
            words.append(character)
    lines = [""]
    for word in words:
        if _width(lines[-1] + word.rstrip()) > widest and lines[-1].strip():
            if len(lines) == most:
                lines[-1] = lines[-1].rstrip() + "…"
                break
            lines.append("")
        lines[-1] += word if lines[-1] or word != " " else ""
    return [_cut(line.strip(), widest + 1) for line in lines if line.strip()] or ["–"]


def _cut(line: str, widest: float) -> str:
    if _width(line) <= widest:
        return line
    while line and _width(line) > widest - 1:
        line = line[:-1]
    return line + "…"


def _width(text: str) -> float:
    """About how many Chinese characters wide."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56 for character in text)


def score_bar(least: Fraction, most: Fraction, limits: Sequence[Fraction], title: str) -> Markup:
    """A bar from 0 to 100: solid up to what is certain, hatched to what is still possible, a mark at each limit."""
    low, high = float(least), float(most)
    marks = "".join(f'<path class="limit" d="M{float(limit) * 2:.2f} 0v18m-4 0h8l-4 -5z"/>' for limit in limits)
    return Markup(  # noqa: S704 - the one text in it is escaped
        f'<svg class="bar" viewBox="0 0 200 18" role="img" aria-label="{escape(title)}">'
        f'<rect class="track" y="4" width="200" height="10"/>'
        f'<rect class="sure" y="4" width="{low * 2:.2f}" height="10"/>'
        f'<rect class="maybe" x="{low * 2:.2f}" y="4" width="{max(high - low, 0) * 2:.2f}" height="10"/>'
        f"{_stripes(low * 2, high * 2)}{marks}</svg>"
    )


def _stripes(left: float, right: float) -> str:
    """Upright lines across what is only possible: a pattern that needs no second colour."""
    strokes, x = [], left + 2.0
    while x < right:
        strokes.append(f"M{x:.2f} 4v10")
        x += 4.0
    return f'<path class="stripe" d="{"".join(strokes)}"/>' if strokes else ""
