"""Flows of energy and material: where it comes from, where it goes, and what nobody can explain."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from assessor_tui.i18n import _, language
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.commands import FLOWS, ROWS, WALK, bindings
from assessor_tui.tui.visit_screen import VisitScreen
from assessor_tui.tui.widgets.card import Card, CardLine
from assessor_tui.tui.widgets.glyphs import bar, glyphs
from assessor_tui.tui.widgets.hint_bar import HintBar, LineBar
from assessor_tui.tui.widgets.text import Piece, content, fit, fit_content, left_right, safe, width_of, wrap
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.assess.flows import FlowChart
    from assessor_tui.tui.shown.flows import FlowRow, Page
    from assessor_tui.tui.widgets.sankey import Chart
    from assessor_tui.visit import Recorded

CHART, TABLE = "chart", "table"
UNIT, VIEW = "flow unit", "flow view"
"""Local state of a visit."""

COLUMNS = (
    Column(12, grows=True),
    Column(12, grows=True),
    Column(12, rank=2),
    Column(11, align="right"),
    Column(7, align="right"),
    Column(14, rank=1),
)


class FlowHead(LineBar):
    """Which flows, in which unit, as chart or table."""

    DEFAULT_CSS = "FlowHead { background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.kinds: Sequence[tuple[str, bool]] = ()
        self.units: Sequence[tuple[str, bool]] = ()
        self.view = CHART
        self._spans: list[tuple[int, int, str]] = []

    def show(self, kinds: Sequence[tuple[str, bool]], units: Sequence[tuple[str, bool]], view: str) -> None:
        """Nothing; shows another state. Names come with whether they are the present one."""
        self.kinds, self.units, self.view = kinds, units, view
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """Kinds at the left, unit and view at the right; the present ones in brackets."""

        def some(names: Sequence[tuple[str, bool]]) -> list[Piece]:
            return [
                (f"[{safe(name)}]" if here else f" {safe(name)} ", "bold $accent-text" if here else "")
                for name, here in names
            ]

        views = ((_("chart"), self.view == CHART), (_("table"), self.view == TABLE))
        left, right = content(" ", *some(self.kinds)), content(*some(self.units), "   ", *some(views), " ")
        at = width - right.cell_length
        self._spans = [(0, left.cell_length, "other_flows")]
        for command, names in (("unit", self.units), ("view", views)):
            cells = content(*some(names)).cell_length
            self._spans.append((at, at + cells, command))
            at += cells + 3
        return [left_right(left, right, width)]

    async def _on_click(self, event: Any) -> None:
        event.stop()
        for start, end, command in self._spans:
            if start <= event.x < end:
                await self.screen.run_action(f"command('{command}')")
                return


class FlowChartView(Widget):
    """Draws the flows, the one under the cursor standing out."""

    DEFAULT_CSS = "FlowChartView { height: 1fr; width: 1fr; margin: 0 1; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.can_focus = False
        self._chart: Chart | None = None
        self._strips: list[Strip] = []
        self._drawn: tuple[object, ...] = ()

    def show(self, chart: "Chart") -> None:
        """Nothing; draws another chart."""
        if chart != self._chart:
            self._chart = chart
            self._drawn = ()
            self.refresh()

    def render(self) -> str:
        """Nothing: the lines are drawn by ``render_line``."""
        return ""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As much as there is."""
        return container.height

    def render_line(self, y: int) -> Strip:
        """One row of cells, exactly as wide as the widget."""
        width, height = self.size.width, self.size.height
        blank = Strip.blank(width, self.visual_style.rich_style)
        if self._chart is None:
            return blank
        key = (width, height, self.app.theme, glyphs())
        if key != self._drawn:
            from assessor_tui.tui.widgets import sankey

            variables = self.app.theme_variables
            palette = (sankey.DARK if self.app.current_theme.dark else sankey.LIGHT)._replace(
                background=pixel(variables["background"]),
                text=pixel(variables["foreground"]),
                muted=pixel(variables["muted"]),
            )
            self._strips = sankey.paint(self._chart, width, height, palette, half_blocks=glyphs().half != " ")
            self._drawn = key
        return self._strips[y] if y < len(self._strips) else blank


def pixel(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of a colour as a theme names it."""
    from textual.color import Color

    red, green, blue = Color.parse(colour).rgb
    return float(red), float(green), float(blue)


def can_paint(screen: VisitScreen) -> bool:
    """True when the terminal shows enough colours for a chart."""
    return not os.environ.get("NO_COLOR") and screen.app.console.color_system in ("truecolor", "256", "windows")


class BalanceModel:
    """What stands under the chart."""

    def __init__(self, page: "Page | None" = None, row: "FlowRow | None" = None, using: Sequence[str] = ()) -> None:
        self.page, self.row, self.using = page, row, tuple(using)


def balance_lines(model: BalanceModel, width: int) -> list[CardLine]:
    """Balance, limit, the flow under the cursor and the answers that use it; each line ``width`` cells wide."""
    page = model.page
    if page is None or width < 20:
        return []
    from assessor_tui.tui.shown.flows import amount_words, problems_in
    from assessor_tui.tui.shown.words import number_words

    marks = glyphs()
    lines: list[Content] = []

    def share(part: Any) -> str:
        return f" {number_words(part / page.input * 100)}%" if page.input else ""

    over = page.limit is not None and page.share is not None and abs(page.share) > page.limit
    parts = [
        (_("in"), page.input, f" {page.unit}", "bold"),
        (_("not explained"), page.unexplained, share(page.unexplained), "bold $doubt" if over else "bold"),
        (_("used"), page.used, share(page.used), "$good"),
        (_("lost"), page.lost, share(page.lost), ""),
    ]
    if page.returned:
        parts.append((_("returned"), page.returned, share(page.returned), ""))
    pieces: list[Piece] = [" "]
    for title, amount, per_cent, style in parts:
        pieces += [(f"{title} ", "$muted"), (f"{amount_words(amount)}{per_cent}", style), "  "]
    lines.append(fit_content(content(*pieces), width))
    if page.limit is not None and page.share is not None:
        state = (f"{marks.warning} ", "$doubt") if over else (f"{marks.answered} ", "$good")
        said = (
            _("more is unexplained than the accepted {limit}%") if over else _("balance within the accepted {limit}%")
        ).format(limit=number_words(page.limit))
        if page.unexplained < 0:
            said += "   " + _("more comes out than went in: is a flow counted twice?")
        lines.append(fit_content(content(" ", state, (said, "$doubt" if over else "$good")), width))
    elif page.rows:
        lines.append(fit_content(content(" ", (_("no accepted share is set"), "$muted")), width))
    missing = ", ".join(problems_in(page))
    if missing:
        lines.append(fit_content(content(" ", (f"{marks.warning} {missing}", "$doubt")), width))
    if model.row is not None:
        row = model.row
        much = f"{amount_words(row.amount)} {page.unit}" if row.amount is not None else _("no amount")
        part = _("{share}% of the input").format(share=number_words(row.share)) if row.share is not None else ""
        right = content((much, "bold"), f"   {part} ")
        what = f"   {row.what}" if row.what else ""
        left = content(
            (f" {marks.cursor} ", "bold $accent-text"),
            (f"{safe(row.start)} -> {safe(row.end)}", "bold"),
            (safe(what), "$muted"),
        )
        lines.append(left_right(left, right, width))
    if model.using:
        head = _("Answers that use this:")
        for place, text in enumerate(wrap("  ".join(model.using), max(width - width_of(head) - 4, 12))):
            lines.append(
                fit_content(content(" ", (head if not place else " " * width_of(head), "$muted"), f"  {text}"), width)
            )
    return [CardLine(line) for line in lines]


class FlowsScreen(VisitScreen):
    """The page of flows."""

    PLACE = FLOWS
    BINDINGS: ClassVar[list[Any]] = bindings(FLOWS)
    DEFAULT_CSS = """
    FlowsScreen #whole { height: 1fr; width: 1fr; }
    FlowsScreen #table { height: 1fr; }
    FlowsScreen #table.-below { height: 8; border-top: solid $rule; }
    FlowsScreen #balance { height: 6; border-top: solid $rule; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = CHART
        self.charts: Sequence[FlowChart] = ()
        self.at = 0
        """Which of the charts is shown."""
        self.page: Page | None = None
        self._using: list[tuple[str, str, str]] = []

    def body(self) -> ComposeResult:
        """What is shown how, the chart, the table, the balance."""
        with Vertical(id="whole"):
            yield FlowHead(id="head")
            yield FlowChartView(id="chart")
            yield VirtualList(self.draw_row, id="table")
            yield Card(BalanceModel(), lines=balance_lines, id="balance")

    # Drawing

    def on_mount(self) -> None:
        """Nothing; says what is waited for."""
        self.query_one("#chart").display = False
        self.query_one("#table", VirtualList).empty = _("The visit is being opened.")

    def show(self, target: str = "") -> None:
        """Nothing; draws the flows, the cursor on the one at ``target``."""
        from assessor_tui.tui.shown import flows as of

        store, visit = self.program.store, self.visit
        self.view = store.local(visit.id, VIEW, CHART)
        self.charts = of.charts_of(visit)
        wanted = target or self.target
        found = next((place for place, chart in enumerate(self.charts) if of.belongs(chart, wanted)), None)
        self.at = found if found is not None else min(self.at, max(len(self.charts) - 1, 0))
        table = self.query_one("#table", VirtualList)
        table.empty = _("No flows yet. Ins adds the first one.")
        if not self.charts:
            self.page = None
            table.empty = _("The forms of this visit ask for no flows.")
            table.set_rows(())
        else:
            chart = self.charts[self.at]
            chosen = store.local(visit.id, UNIT, {}).get(chart.kind, "")
            unit = chosen if chosen in of.units_for(chart) else of.best_unit(chart)
            self.page = of.page_of(visit, chart, unit, language())
            self._using = of.using(visit, chart)
            row = of.find_row(self.page.rows, wanted.partition("/")[2])
            table.set_rows(
                self.page.rows, row if row >= 0 else min(max(table.cursor, 0), max(len(self.page.rows) - 1, 0))
            )
        self._lay_out()
        self._draw()
        self.show_header()

    def _lay_out(self) -> None:
        """Which of chart and table there is room for, and whether the terminal can paint."""
        chart, table = self.query_one("#chart"), self.query_one("#table")
        from assessor_tui.tui.widgets.sankey import LEAST_HEIGHT, LEAST_WIDTH

        room = self.size.height - 13
        fits = can_paint(self) and self.size.width - 2 >= LEAST_WIDTH and room >= LEAST_HEIGHT
        flows = self.page is not None and any(row.amount for row in self.page.rows)
        painted = fits and flows and self.view == CHART
        tall = self.size.height >= 36
        chart.display = painted
        table.display = not painted or tall
        table.set_class(painted, "-below")
        if self.page is not None:
            from assessor_tui.tui.shown import flows as of

            kinds = [(of_kind(each.kind), place == self.at) for place, each in enumerate(self.charts)]
            shown = [(unit, unit == self.page.unit) for unit in of.units_for(self.page.chart)]
            self.query_one(FlowHead).show(kinds, shown, CHART if painted else TABLE)

    def on_resize(self) -> None:
        """Nothing; how much fits has changed."""
        if self.program.visit is not None:
            self._lay_out()

    def _draw(self) -> None:
        row: FlowRow | None = self.query_one("#table", VirtualList).row
        page = self.page
        hints = self.query_one(HintBar)
        if page is None:
            self.query_one("#balance", Card).show(BalanceModel())
            hints.show(("open", "add_row", "unit", "view", "open_question"))
            return
        if row is not None:
            self.target = f"{page.chart.form}/{row.path}"
        from assessor_tui.tui.shown.flows import drawn

        self.query_one("#chart", FlowChartView).show(
            drawn(page, row.path if row is not None and self.has_moved else "")
        )
        self.query_one("#balance", Card).show(BalanceModel(page, row, [number for number, _form, _path in self._using]))
        hints.show((), {"open": _("edit"), "open_question": _("answers that use it")})

    has_moved = False
    """True once the cursor was moved: until then no flow stands out, so that the whole is seen first."""

    def draw_row(self, row: "FlowRow", width: int, cursor: bool) -> Content:
        """A flow on one line: from, to, what, how much, its share, a bar."""
        from assessor_tui.tui.shown.flows import amount_words
        from assessor_tui.tui.shown.words import number_words

        page = self.page
        assert page is not None
        widths = column_widths(COLUMNS, width)
        most = max((each.amount or 0 for each in page.rows), default=0)
        amount = amount_words(row.amount) if row.amount is not None else _("no amount")
        share = f"{number_words(row.share)}%" if row.share is not None else ""
        cells: list[str | tuple[str, str]] = [
            row.start,
            row.end,
            (row.what, "$muted"),
            (amount, "bold" if row.amount is not None else "$doubt"),
            share,
            (bar(int((row.amount or 0) * 1000 / most) if most else 0, 1000, widths[5]), "$accent-text"),
        ]
        return columns_line(cells, COLUMNS, widths)

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; the flow under the cursor stands out."""
        self._draw()

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws everything again."""
        self.show(self.target)

    def subject(self) -> tuple[str, str] | None:
        """The flow under the cursor."""
        row: FlowRow | None = self.query_one("#table", VirtualList).row
        return (self.page.chart.form, row.path) if self.page is not None and row is not None else None

    # Commands

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now."""
        if self.page is None and command_id in ("open", "add_row", "unit", "view", "open_question", "other_flows"):
            return _("The forms of this visit ask for no flows.")
        if command_id == "view" and not can_paint(self):
            return _("This terminal shows too few colours for the chart; the table says the same.")
        return ""

    def command_next(self) -> None:
        """Nothing; the next flow."""
        self._move(1)

    def command_previous(self) -> None:
        """Nothing; the flow before."""
        self._move(-1)

    def _move(self, step: int) -> None:
        table = self.query_one("#table", VirtualList)
        if not self.has_moved and self.query_one("#chart").display:
            self.has_moved = True
            self._draw()
            return
        self.has_moved = True
        table.action_cursor(step)

    def command_view(self) -> None:
        """Nothing; chart or table."""
        self.view = TABLE if self.view == CHART else CHART
        self.program.store.set_local(self.visit.id, VIEW, self.view)
        self._lay_out()
        self._draw()
        if self.view == CHART and not self.query_one("#chart").display:
            self.say(_("There is no room for the chart here; make the window larger."), "bold $doubt")

    def command_unit(self) -> None:
        """Nothing; the next unit."""
        from assessor_tui.tui.shown.flows import units_for

        page = self.page
        assert page is not None
        offered = units_for(page.chart)
        chosen = dict(self.program.store.local(self.visit.id, UNIT, {}))
        chosen[page.chart.kind] = offered[(offered.index(page.unit) + 1) % len(offered)]
        self.program.store.set_local(self.visit.id, UNIT, chosen)
        self.show(self.target)

    def command_other_flows(self) -> None:
        """Nothing; energy or material."""
        if len(self.charts) < 2:
            self.say(_("There is only one chart."))
            return
        self.at = (self.at + 1) % len(self.charts)
        self.target = ""
        self.has_moved = False
        self.query_one("#table", VirtualList).set_rows((), 0)
        self.show(f"{self.charts[self.at].form}/{self.charts[self.at].kind}")

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; edits the flow's row."""
        page, row = self.page, message.source.row
        if page is not None and row is not None:
            await self.program.go(ROWS, f"{page.chart.form}/{row.path}")

    def command_open(self) -> None:
        """Nothing; edits the flow's row; without one, opens its table."""
        if self.query_one("#table", VirtualList).row is None:
            self.app.call_next(self._open_table)
        else:
            super().command_open()

    async def _open_table(self) -> None:
        from assessor_tui.tui.shown.flows import flows_repeat

        page = self.page
        assert page is not None
        repeat = flows_repeat(self.visit, page.chart)
        if repeat is not None:
            await self.program.go(ROWS, f"{page.chart.form}/{repeat.name}")

    async def command_add_row(self) -> None:
        """Nothing; adds a flow and goes to its row."""
        from assessor_tui.tui.shown.flows import flows_repeat

        page = self.page
        assert page is not None
        repeat = flows_repeat(self.visit, page.chart)
        if repeat is None:
            return
        if not page.chart.nodes:
            self.say(_("First the nodes: sources, conversions, uses and losses. Their table is the one before."))
            await self._open_table()
            return
        recorded = self.record(acts.ADD_ROW, page.chart.form, repeat.name)
        if recorded.entries:
            await self.program.go(ROWS, f"{page.chart.form}/{recorded.entries[0][1].path}")

    async def command_open_question(self) -> None:
        """Nothing; a list of the answers that use these flows, then goes there."""
        from assessor_tui.tui.windows.dialog import Choose, Option

        page = self.page
        assert page is not None
        if not self._using:
            self.say(_("No other answer uses these flows."))
            return
        filling = self.visit.filling(page.chart.form)
        options = [
            Option(f"{form}/{path}", f"{number}  {filling.label(path, language())}")
            for number, form, path in self._using
        ]

        async def go(target: str | None) -> None:
            if target:
                await self.program.go(WALK, target)

        await self.app.push_screen(Choose(_("Answers that use these flows"), options), go)


def of_kind(kind: str) -> str:
    """What a chart shows, as a heading."""
    return {"energy": _("Energy flow"), "material": _("Material flow")}.get(kind, fit(kind, 20).rstrip())
