"""A flow chart as coloured cells: two pixels in each cell, labels over them, every row exactly as wide as asked.

Nothing of the screen but colours: ``paint`` gives strips, so it is the same in a test, a widget or a picture.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from assessor_tui.assess.flow_layout import Arrow, FlowLayout, PlacedNode, Point, Ribbon, flow_layout
from assessor_tui.tui.widgets.text import fit, safe, width_of

Pixel = tuple[float, float, float]
"""Red, green and blue, 0 to 255."""

BAR_CELLS = 2
LEAST_WIDTH, LEAST_HEIGHT = 50, 7
"""Cells below which a chart says nothing any more."""

_ALPHA, _CHOSEN_ALPHA, _OTHER_ALPHA = 0.55, 0.95, 0.35
_THINNEST = 0.9
"""Pixels: a flow that is there can be seen."""


class Palette(NamedTuple):
    """Colours of a theme."""

    background: Pixel
    text: Pixel
    muted: Pixel
    sources: tuple[Pixel, ...]
    conversion: Pixel
    use: Pixel
    loss: Pixel


DARK = Palette(
    (18, 26, 34), (236, 240, 244), (154, 165, 177),
    ((38, 139, 210), (245, 183, 28), (232, 114, 28), (42, 184, 160), (165, 116, 214), (220, 90, 130)),
    (122, 138, 153), (34, 168, 118), (142, 142, 146),
)  # fmt: skip
LIGHT = Palette(
    (251, 252, 253), (23, 33, 43), (90, 101, 114),
    ((24, 110, 190), (214, 150, 0), (208, 90, 10), (10, 140, 120), (130, 80, 190), (190, 60, 110)),
    (110, 124, 138), (24, 140, 84), (140, 140, 144),
)  # fmt: skip


class Node(NamedTuple):
    """A node with what is written beside it."""

    row: str
    kind: str
    label: str
    amount: str


class Chart(NamedTuple):
    """What is drawn."""

    nodes: tuple[Node, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    chosen: int = -1
    """Place of the arrow that stands out; -1 for none."""


class _Cell(NamedTuple):
    """A character written over the pixels; ``""`` for the second half of a wide one."""

    character: str
    colour: Pixel
    bold: bool


def paint(chart: Chart, width: int, height: int, palette: Palette, *, half_blocks: bool = True) -> list[Strip]:
    """``height`` strips of ``width`` cells; ``[]`` when there is nothing to draw or no room for it.

    ``half_blocks`` False draws with coloured spaces alone, for terminals in which the block takes two cells.
    """
    arrows = [arrow if arrow.amount > 0 else arrow._replace(amount=Fraction(0)) for arrow in chart.arrows]
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    pixels_high = height * 2 if half_blocks else height
    points = [Point(node.row, node.kind) for node in chart.nodes]
    gap = max(2.0, min(4.0, pixels_high / 16)) if half_blocks else 1.0
    layout = flow_layout(points, arrows, float(pixels_high - 1), gap)
    if not layout.nodes:
        return []
    frame = _Frame(layout, {node.row: node for node in chart.nodes}, width, pixels_high, palette)
    pixels = [[palette.background] * width for _ in range(pixels_high)]
    for ribbon in sorted(layout.ribbons, key=lambda each: (each.arrow == chart.chosen, -each.thickness)):
        _draw_ribbon(pixels, ribbon, frame, arrows[ribbon.arrow], chart.chosen)
    for node in layout.nodes:
        _draw_node(pixels, node, frame)
    cells = _labels(frame, height, 2 if half_blocks else 1)
    return [_strip(pixels, row, cells.get(row, {}), width, palette, half_blocks=half_blocks) for row in range(height)]


class _Frame:
    """Where columns lie and how wide the margins for labels are."""

    def __init__(
        self, layout: FlowLayout, nodes: Mapping[str, Node], width: int, pixels_high: int, palette: Palette
    ) -> None:
        self.layout, self.nodes, self.palette = layout, nodes, palette
        self.width, self.pixels_high = width, pixels_high
        most = width // 4 if width < 90 else width * 3 // 10
        last = layout.columns - 1

        def margin(column: int) -> int:
            texts = [nodes[each.row] for each in layout.nodes if each.column == column]
            needed = max((max(width_of(safe(n.label)), width_of(n.amount)) for n in texts), default=0) + 2
            return min(needed, most)

        self.left = margin(0)
        self.right = margin(last) if last else 0
        self.inner = width - self.left - self.right - BAR_CELLS
        self.colours = self._colours()

    def x(self, column: int) -> int:
        """First cell of the bars of a column."""
        columns = self.layout.columns
        return self.left + (round(column * self.inner / (columns - 1)) if columns > 1 else self.inner // 2)

    def _colours(self) -> dict[str, Pixel]:
        colours: dict[str, Pixel] = {}
        sources = [node.row for node in self.layout.nodes if self.nodes[node.row].kind == "source"]
        for place, row in enumerate(sources):
            colours[row] = self.palette.sources[place % len(self.palette.sources)]
        for node in self.layout.nodes:
            kind = self.nodes[node.row].kind
            colours.setdefault(
                node.row, {"use": self.palette.use, "loss": self.palette.loss}.get(kind, self.palette.conversion)
            )
        return colours


def _mix(below: Pixel, above: Pixel, part: float) -> Pixel:
    return (
        below[0] + (above[0] - below[0]) * part,
        below[1] + (above[1] - below[1]) * part,
        below[2] + (above[2] - below[2]) * part,
    )


def _draw_ribbon(pixels: list[list[Pixel]], ribbon: Ribbon, frame: _Frame, arrow: Arrow, chosen: int) -> None:
    places = {node.row: node for node in frame.layout.nodes}
    start, end = frame.x(places[ribbon.start].column) + BAR_CELLS, frame.x(places[ribbon.end].column)
    from_source = frame.nodes[ribbon.start].kind == "source"
    colour = frame.colours[ribbon.start if from_source else ribbon.end]
    alpha = _ALPHA if chosen < 0 else _CHOSEN_ALPHA if ribbon.arrow == chosen else _OTHER_ALPHA
    thick = max(ribbon.thickness, _THINNEST)
    y0, y1 = ribbon.start_top, ribbon.end_top
    if end <= start:  # runs back: from right to left, dashed
        start, end = end + BAR_CELLS, start - BAR_CELLS
        y0, y1 = y1, y0
    length = max(end - start, 1)
    for x in range(max(start, 0), min(end, frame.width)):
        if ribbon.back and (x - start) % 4 > 1:
            continue
        at = (x - start + 0.5) / length
        top = y0 + (y1 - y0) * at * at * (3 - 2 * at)
        bottom = top + thick
        for y in range(max(int(top), 0), min(int(bottom) + 1, frame.pixels_high)):
            part = min(bottom, y + 1) - max(top, y)
            if part > 0:
                pixels[y][x] = _mix(pixels[y][x], colour, alpha * min(part, 1.0))


def _draw_node(pixels: list[list[Pixel]], node: PlacedNode, frame: _Frame) -> None:
    top = int(node.top)
    bottom = max(round(node.top + node.height), top + 1)
    x = frame.x(node.column)
    for y in range(top, min(bottom, frame.pixels_high)):
        for cell in range(x, min(x + BAR_CELLS, frame.width)):
            pixels[y][cell] = frame.colours[node.row]


def _labels(frame: _Frame, height: int, per_row: int) -> dict[int, dict[int, _Cell]]:
    """Row -> first cell -> character, for the labels of all nodes; none stands over another."""
    cells: dict[int, dict[int, _Cell]] = {}
    last = frame.layout.columns - 1
    step = frame.inner / max(last, 1)
    for column in range(frame.layout.columns):
        taken: set[int] = set()
        nodes = sorted((each for each in frame.layout.nodes if each.column == column), key=lambda each: each.top)
        for node in nodes:
            said = frame.nodes[node.row]
            middle = (node.top + node.height / 2) / per_row
            side = "left" if column == 0 else "right" if column == last else "over"
            room = {"left": frame.left - 1, "right": frame.right - 1}.get(side, int(step) - BAR_CELLS - 2)
            tall = node.height / per_row >= 2 and side != "over"
            lines = _label_lines(said, room, tall=tall)
            row = _free_row(int(middle - (len(lines) - 1) / 2), len(lines), taken, height)
            if row < 0 and len(lines) > 1:
                lines = lines[:1]
                row = _free_row(int(middle), 1, taken, height)
            if row < 0:
                continue
            taken.update(range(row, row + len(lines)))
            x = frame.x(column) + BAR_CELLS + 1
            for number, text in enumerate(lines):
                begin = frame.left - 1 - width_of(text) if side == "left" else x
                colour = frame.palette.text if number == 0 else frame.palette.muted
                _write(cells.setdefault(row + number, {}), begin, text, colour, frame.width, bold=number == 0)
    return cells


def _label_lines(said: Node, room: int, *, tall: bool) -> list[str]:
    label = safe(said.label)
    if tall:
        return [_cut(label, room), _cut(said.amount, room)]
    both = f"{label} {said.amount}"
    if width_of(both) <= room:
        return [both]
    amount = width_of(said.amount) + 1
    if room - amount >= 8:
        return [f"{_cut(label, room - amount)} {said.amount}"]
    return [_cut(label, room)]


def _cut(text: str, room: int) -> str:
    return text if width_of(text) <= room else fit(text, max(room, 1)).rstrip()


def _free_row(wanted: int, lines: int, taken: set[int], height: int) -> int:
    """The row nearest to the wanted one from which on so many lines are free; -1 for none close by."""
    for distance in range(3):
        for row in (wanted + distance, wanted - distance):
            if row >= 0 and row + lines <= height and not taken.intersection(range(row, row + lines)):
                return row
    return -1


def _write(cells: dict[int, _Cell], begin: int, text: str, colour: Pixel, width: int, *, bold: bool) -> None:
    x = max(begin, 0)
    while text and x < width:
        # A character with the marks that belong to it.
        count = 1
        while count < len(text) and width_of(text[: count + 1]) == width_of(text[:count]):
            count += 1
        piece, text = text[:count], text[count:]
        needed = width_of(piece)
        if x + needed > width:
            return
        cells[x] = _Cell(piece, colour, bold)
        for extra in range(1, needed):
            cells[x + extra] = _Cell("", colour, bold)
        x += needed


def _strip(
    pixels: Sequence[Sequence[Pixel]], row: int, cells: Mapping[int, _Cell], width: int, palette: Palette,
    *, half_blocks: bool,
) -> Strip:  # fmt: skip
    upper = pixels[row * 2] if half_blocks else pixels[row]
    lower = pixels[row * 2 + 1] if half_blocks else pixels[row]
    segments: list[Segment] = []
    for x in range(width):
        above, below = upper[x], lower[x]
        cell = cells.get(x)
        if cell is not None:
            if not cell.character:
                continue
            ground = _mix(_mix(above, below, 0.5), palette.background, 0.6)
            segments.append(Segment(cell.character, _style(cell.colour, ground, bold=cell.bold)))
        elif above == below:
            segments.append(Segment(" ", _style(palette.text, above)))
        else:
            segments.append(Segment("▀", _style(above, below)))
    return Strip(segments, width).simplify()


_styles: dict[tuple[int, int, int, int, int, int, bool], Style] = {}


def _style(colour: Pixel, ground: Pixel, *, bold: bool = False) -> Style:
    key = (int(colour[0]), int(colour[1]), int(colour[2]), int(ground[0]), int(ground[1]), int(ground[2]), bold)
    found = _styles.get(key)
    if found is None:
        if len(_styles) > 4000:
            _styles.clear()
        red, green, blue, back_red, back_green, back_blue, _bold = key
        found = _styles[key] = Style(
            color=Color.from_rgb(red, green, blue), bgcolor=Color.from_rgb(back_red, back_green, back_blue), bold=bold
        )
    return found


def text_of(strips: Sequence[Strip]) -> str:
    """The letters of the strips without their colours, for tests and for people who look for words."""
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
